"""One round of pairs: the proven best, why and why not, and what else there is."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
