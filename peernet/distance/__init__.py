"""The room of distance."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "distances": ["PersonDistances", "gower_distances", "person_distances"],
        "topics": ["TextTopics", "text_topics"],
    },
)
