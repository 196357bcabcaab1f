"""The shared hand of every picture: colours, axes, legends, rows of names, and people with lines between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.transforms import ScaledTranslation

from peernet._arrays import Array
from peernet.pairing.pairing import Pairing

PairingOrPairs = Pairing | Iterable[tuple[str, str]]
INK, QUIET, FAINT, STRONG = "#1f2933", "#7b8794", "#d9dee4", "#0b5fa5"
# Seaborn's "colorblind" without its grey, written out so that drawing a network need not load seaborn.
PALETTE = ["#0173b2", "#de8f05", "#029e73", "#d55e00", "#cc78bc", "#ca9161", "#fbafe4", "#ece133", "#56b4e9"]
TIES = ("#77aadd", "#ee8866", "#aaaa00", "#cc99cc", "#44bb99")  # light, told apart by the colour-blind (Tol 2021)
MARKERS = "os^DvPX"
GAIN = "effective perspectives"
UNDER_A_QUESTION = re.compile(r"^[^\[]+\s\[(.+)\]$", re.DOTALL)  # as tools head a column: "Do you agree? [I do.]"
ROOM = 48  # characters of a name in the margin: longer ones leave no room for the picture


def group_style(number: int) -> tuple[str, str]:
    """Colour and shape of the group with this number, from 0."""
    return PALETTE[number % len(PALETTE)], MARKERS[number % len(MARKERS)]


def styled(chosen: Mapping[str, object], **usual: object) -> dict[str, Any]:
    """Keywords for matplotlib, the caller's before the usual ones."""
    return {**usual, **chosen}


def axes_or_new(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """The axes given, or the only ones of a new figure of that size in inches."""
    return _new_figure(size).subplots() if ax is None else ax


def panels_or_new(
    axes: Sequence[Axes] | None, count: int, size: tuple[float, float], **layout: object
) -> Sequence[Axes]:
    """The axes given, or so many side by side in a new figure of that size in inches."""
    if axes is not None:
        return axes
    how: dict[str, Any] = {"squeeze": False, **layout}
    panels: Sequence[Axes] = _new_figure(size).subplots(1, count, **how)[0]
    return panels


def _new_figure(size: tuple[float, float]) -> Figure:
    """A figure that a notebook shows; what has axes to draw on need not load what shows them."""
    import matplotlib.pyplot as plt

    return plt.figure(figsize=size, layout="constrained")


def draw_legend(ax: Axes, *, lines: float | None = None, dots: float | None = None, **look: object) -> None:
    """Legend without a frame, its texts as they stand.

    Where those in the picture are too fine and pale to be told apart, or of several sizes: lines of one width, opaque,
    and dots of one size.
    """
    legend = ax.legend(**styled(look, frameon=False))
    for handle in legend.legend_handles:
        if lines is not None and isinstance(handle, Line2D):
            handle.set(alpha=1.0, linewidth=lines)
        if dots is not None and isinstance(handle, PathCollection):
            handle.set_sizes([dots])
    for text in legend.get_texts():
        text.set_parse_math(False)


def bare_rows(ax: Axes, **ticks: object) -> None:
    """Only the horizontal axis: the rows have names, if any, and no ticks."""
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", **styled(ticks, length=0))


def name_rows(ax: Axes, rows: Array, names: Iterable[object]) -> None:
    """Names in the left margin; of a statement under a question the statement, and no more than there is room for."""
    told = [UNDER_A_QUESTION.sub(r"\1", str(name)) for name in names]
    ax.set_yticks(rows, [f"{name[: ROOM - 1].rstrip()} …" if len(name) > ROOM else name for name in told])
    for label in ax.get_yticklabels():
        label.set_parse_math(False)


def write_margin(
    ax: Axes,
    x: float,
    rows: Iterable[float],
    texts: Iterable[str],
    *,
    head: str,
    above: float,
    points: float = 0.0,
    **head_look: object,
) -> None:
    """A column of text in the right margin, its heading at the height ``above``; it ends ``points`` beyond ``x``."""
    beyond = ScaledTranslation(points / 72, 0, ax.get_figure(root=True).dpi_scale_trans)  # type: ignore[union-attr]
    place: dict[str, Any] = {"transform": ax.get_yaxis_transform() + beyond, "ha": "right", "color": INK}
    ax.text(x, above, head, **styled(head_look, **place))
    for row, text in zip(rows, texts, strict=True):
        ax.text(x, row, text, va="center", **place)


def proposed_pairs(pairing: PairingOrPairs | None) -> list[tuple[str, str]]:
    """Pairs to draw, none by default."""
    return pairing.pairs if isinstance(pairing, Pairing) else list(pairing or ())


def draw_pairs(
    ax: Axes,
    places: pd.DataFrame,
    pairs: Iterable[tuple[str, str]],
    *,
    color: str,
    width: float,
    halo: float = 0.0,
) -> None:
    """Straight lines between partners, where both have a place, on a white halo so that they stand out."""
    at = {str(person): (x, y) for person, x, y in places.itertuples(name=None)}
    ends = [(at[a], at[b]) for a, b in pairs if a in at and b in at]
    look: dict[str, Any] = {"colors": color, "linewidths": width, "label": "proposed pair", "zorder": 1}
    if halo:
        look["path_effects"] = [withStroke(linewidth=width + halo, foreground="white")]
    ax.add_collection(LineCollection(ends, **look))


def draw_people(
    ax: Axes, places: pd.DataFrame, groups: pd.Series | None, sizes: pd.Series[float], kws: Mapping[str, object]
) -> None:
    """Dots, one colour and shape per group, people without a group grey."""
    groups = pd.Series(pd.NA, index=places.index) if groups is None else groups.reindex(places.index)
    looks: dict[object, dict[str, object]] = {}
    for number, group in enumerate(groups.dropna().drop_duplicates().sort_values()):
        colour, marker = group_style(number)
        looks[group] = {"color": colour, "marker": marker, "label": f"group {group}"}
    looks[None] = {"color": QUIET, "label": "no group" if looks else "person"}
    for group, look in looks.items():
        own = places[groups.isna() if group is None else (groups == group).fillna(False)]
        if len(own):
            style = styled({**look, **kws}, edgecolors="white", linewidths=0.5, zorder=2)
            ax.scatter(own["x"], own["y"], s=sizes[own.index], **style)
