"""How far apart two people's answers are, whatever the kind of question and with answers missing."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
