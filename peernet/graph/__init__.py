"""Who names whom: the colleague graph, its layers, each person's place, and what teams can carry."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
