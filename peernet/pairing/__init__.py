"""One round of pairs: the proven best, why and why not, and what else there is."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
