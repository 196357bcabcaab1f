"""The room of opinions."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "scenario": ["OpinionScenario", "simulate_opinions"],
    },
)
