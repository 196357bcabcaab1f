"""The room of compare."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "comparison": ["Comparison", "compare_pairings"],
        "sensitivity": ["gate_prices", "scale_sensitivity"],
        "strategies": ["STRATEGIES"],
    },
)
