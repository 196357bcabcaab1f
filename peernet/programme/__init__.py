"""A programme as it lives: its settings, briefs for the pairs, rounds, a partner who leaves, and what may be shared."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
