"""The room of report."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "page": ["report_page", "write_report"],
    },
)
