"""The page somebody forwards, and the files beside it."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
