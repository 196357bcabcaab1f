"""Groups of people in each view, with the evidence for them and the right to find none."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
