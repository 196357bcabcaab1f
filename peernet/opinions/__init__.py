"""What could happen next, under models that contradict each other: scenarios, never forecasts."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
