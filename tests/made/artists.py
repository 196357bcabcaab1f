"""What a picture holds: its artists, by what they are called."""

from __future__ import annotations

from matplotlib.artist import Artist
from matplotlib.axes import Axes


def artist(ax: Axes, label: str) -> Artist:
    """The only artist of that label."""
    (found,) = [child for child in ax.get_children() if child.get_label() == label]
    return found


def labels(ax: Axes) -> set[str]:
    """Labels of dots, lines between people and other collections."""
    return {str(child.get_label()) for child in ax.collections}
