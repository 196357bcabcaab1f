"""Which pairs may be made, by foundation, gates and the programme's rules, and what each would bring."""

from peernet._face import face as _face

__getattr__, __dir__, __all__ = _face(__name__, __file__)
