"""How many perspectives a set of people holds, who has them in reach, and every other measure of difference."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
