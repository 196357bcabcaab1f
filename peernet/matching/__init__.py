"""The exact engine: weights and positions in, pairs and a proof out; it knows no survey and no person."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
