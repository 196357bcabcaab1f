"""The room of diversity."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "ledger": ["Exposure", "effective_perspectives", "exposure", "heard_by", "magnitude"],
    },
)
