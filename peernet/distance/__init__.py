"""How far apart two people's answers are, whatever the kind of question and with answers missing."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
