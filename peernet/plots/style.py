"""Pictures: each takes a result, draws it on an Axes and returns that Axes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from peernet.pairing.pairing import Pairing

PairingOrPairs = Pairing | Iterable[tuple[str, str]]
INK, QUIET, FAINT, STRONG = "#1f2933", "#7b8794", "#d9dee4", "#0b5fa5"
PALETTE = [colour for i, colour in enumerate(sns.color_palette("colorblind", 10).as_hex()) if i != 7]  # 7 is grey
TIES = ("#77aadd", "#ee8866", "#aaaa00", "#cc99cc", "#44bb99")  # light, told apart by the colour-blind (Tol 2021)
MARKERS = "os^DvPX"
GAIN = "effective perspectives"


def axes_or_new(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """The axes given, or the only ones of a new figure of that size in inches."""
    return plt.figure(figsize=size, layout="constrained").subplots() if ax is None else ax


def _pairs(pairing: PairingOrPairs | None) -> list[tuple[str, str]]:
    return pairing.pairs if isinstance(pairing, Pairing) else list(pairing or ())


def _lines(
    ax: Axes,
    places: pd.DataFrame,
    pairs: Iterable[tuple[str, str]],
    colour: str,
    width: float,
    label: str,
    halo: float = 0.0,
) -> None:
    """Straight lines between two people each, where both have a place, on a white halo so that they stand out."""
    at = {str(person): (x, y) for person, x, y in places.itertuples(name=None)}
    segments = [(at[a], at[b]) for a, b in pairs if a in at and b in at]
    around = [withStroke(linewidth=width + halo, foreground="white")] if halo else None
    lines = LineCollection(segments, colors=colour, linewidths=width, label=label, zorder=1, path_effects=around)
    ax.add_collection(lines)


def _people(
    ax: Axes, places: pd.DataFrame, groups: pd.Series | None, sizes: pd.Series[float], kws: Mapping[str, object]
) -> None:
    """Dots, one colour and shape per group, people without a group grey."""
    groups = pd.Series(pd.NA, index=places.index) if groups is None else groups.reindex(places.index)
    named = groups.dropna().drop_duplicates().sort_values()
    looks = {group: _group_look(number, group) for number, group in enumerate(named)}
    looks[None] = {"color": QUIET, "label": "no group" if looks else "person"}
    for group, look in looks.items():
        own = places[groups.isna() if group is None else (groups == group).fillna(False)]
        if len(own):
            style = _style({**look, **kws}, edgecolors="white", linewidths=0.5, zorder=2)
            ax.scatter(own["x"], own["y"], s=sizes[own.index], **style)


def _group_look(number: int, group: Hashable) -> dict[str, object]:
    colour, marker = group_style(number)
    return {"color": colour, "marker": marker, "label": f"group {group}"}


def _style(chosen: Mapping[str, object], **usual: object) -> dict[str, Any]:
    """Keywords for matplotlib, the caller's before the usual ones."""
    return {**usual, **chosen}


def group_style(number: int) -> tuple[str, str]:
    """Colour and shape of the group with this number, from 0."""
    return PALETTE[number % len(PALETTE)], MARKERS[number % len(MARKERS)]


def _legend(ax: Axes, **place: object) -> None:
    legend = ax.legend(**_style(place, frameon=False))
    for handle in legend.legend_handles:
        if isinstance(handle, Line2D):  # as fine and pale as in the picture it could not be told apart
            handle.set(alpha=1.0, linewidth=1.6)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _bare(ax: Axes, rows: npt.NDArray[np.int64], names: Iterable[object], *, most: float) -> None:
    """Rows with their names, and only the horizontal axis."""
    ax.set_yticks(rows, [str(name) for name in names])
    for label in ax.get_yticklabels():
        label.set_parse_math(False)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0, pad=8)
    ax.set(xlim=(0, 1.15 * most if most > 0 else 1.0), xlabel=f"total gain, {GAIN}")


def _beside(ax: Axes, values: Iterable[float], texts: Iterable[str]) -> None:
    """Text to the right of each row's value."""
    for row, (value, text) in enumerate(zip(values, texts, strict=True)):
        ax.annotate(text, (value, row), (7, 0), textcoords="offset points", va="center", color=INK)


def _margin(ax: Axes, head: str, texts: Sequence[str]) -> None:
    """A column of text in the right margin, under its heading."""
    place = ax.get_yaxis_transform()
    ax.text(1.14, len(texts) - 0.45, head, transform=place, ha="right", color=INK)
    for row, text in enumerate(texts):
        ax.text(1.14, row, text, transform=place, ha="right", va="center", color=INK)
