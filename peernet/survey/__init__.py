"""From the files an organisation has to one checked survey: people, ties, outcomes, codebook, issues."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
