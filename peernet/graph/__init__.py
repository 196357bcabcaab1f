"""Who names whom: the colleague graph, its layers, each person's place, and what teams can carry."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
