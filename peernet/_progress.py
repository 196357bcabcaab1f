"""A sign of life from what takes longer than two seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["progress_bar"]

PATIENCE = 2.0  # seconds


def progress_bar(steps: int, doing: str, *, wanted: bool) -> tqdm[Any]:
    """A bar that appears once patience is over and leaves nothing behind."""
    from tqdm.auto import tqdm

    return tqdm(total=steps, desc=doing, delay=PATIENCE, leave=False, disable=not wanted)
