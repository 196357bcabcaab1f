"""Statistics for pairs of people, on arrays and frames: models, tests and the simple questions; knows no survey."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
