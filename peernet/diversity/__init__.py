"""How many perspectives a set of people holds, who has them in reach, and every other measure of difference."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
