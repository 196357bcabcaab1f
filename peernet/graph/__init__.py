"""The room of graph."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "climate": ["TeamClimate", "team_climate"],
        "colleagues": [
            "RULES",
            "check_at_least",
            "check_layer",
            "colleague_graph",
            "layer_matrices",
            "layer_matrix",
            "nominations_between",
            "threshold",
            "tie_layer",
        ],
        "leaders": ["LeaderIndependence", "leader_independence"],
    },
)
