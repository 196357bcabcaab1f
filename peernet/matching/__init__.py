"""The room of matching."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "certificate": ["Certificate"],
        "matching": ["Matching", "max_weight_matching", "verify_bound"],
        "resolver": ["Resolver"],
        "weights": ["WeightBlocks"],
    },
)
