"""The room of datasets."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "examples": ["load_aarhus", "load_example"],
        "synthetic": ["SyntheticSurvey", "make_survey"],
    },
)
