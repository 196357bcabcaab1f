"""A bar for what takes longer than one likes to wait without a sign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

__all__ = ["watched"]

T = TypeVar("T")


def watched(steps: Iterable[T], what: str, *, shown: bool) -> Iterable[T]:
    """The same steps, counted by a progress bar that disappears when they are done."""
    if not shown:
        return steps
    from tqdm.auto import tqdm

    bar: Iterable[T] = tqdm(steps, desc=what, leave=False)
    return bar
