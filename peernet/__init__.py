"""Peer mentoring pairs that bring the most diversity of thought, on a foundation of trust.

Examples
--------
>>> import peernet as pn
>>> survey = pn.load_aarhus()
>>> survey
<Survey: 61 people, 61 answered, 1,240 ties in 5 layers, ...>
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
