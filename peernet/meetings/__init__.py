"""More than one pair at a time: rounds, trios, circles."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
