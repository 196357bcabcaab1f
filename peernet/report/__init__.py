"""The room of report."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "page": ["Study", "report_page", "run_study", "write_report"],
    },
)
