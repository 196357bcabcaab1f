"""What if? A live view of pairings on one set of settings, proven at every position of every dial."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
