"""Is it any good: against chance, other ways, other questions, another survey, other thresholds, the truth."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
