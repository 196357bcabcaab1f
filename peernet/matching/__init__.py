"""The exact engine: weights and positions in, pairs and a proof out; it knows no survey and no person."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
