"""The room of plots."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "style": ["plot_colleagues", "plot_comparison", "plot_exposure", "plot_gate_prices"],
    },
)
