"""Did the pairings do it: pairs and their outcomes, tests that draw the pairing again, and the power of a study."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
