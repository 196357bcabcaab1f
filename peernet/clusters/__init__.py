"""Groups of people in each view, with the evidence for them and the right to find none."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
