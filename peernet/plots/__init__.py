"""The room of plots."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "colleagues": ["plot_colleagues"],
        "comparison": ["plot_comparison", "plot_gate_prices"],
        "diversity": ["plot_exposure"],
    },
)
