"""The room of survey."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "codebook": ["Codebook", "read_codebook"],
        "files": ["RawSurvey", "read_raw"],
        "item": ["BLOCKS", "FOUNDATION_LAYERS", "Item", "KINDS"],
        "quality": ["answer_spread", "careless_respondents", "longest_run", "missing_answers"],
        "reading": ["read_survey"],
        "survey": ["Survey"],
    },
)
