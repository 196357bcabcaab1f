"""Which pairs may be made, by foundation, gates and the programme's rules, and what each would bring."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
