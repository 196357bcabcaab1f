"""Picture of pairings under several models of opinion: what each adds, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from peernet.opinions.comparison import ScenarioComparison
from peernet.plots.style import FAINT, INK, QUIET, STRONG

HEADS = {"diversity": "diversity\nkept", "parted": "partners\nfurther apart"}


def plot_opinions(comparison: ScenarioComparison, *, ax: Axes | None = None, **kws: object) -> Axes:
    """What each pairing does to exposure later on, under each model of opinion, and at what price.

    Parameters
    ----------
    comparison
        What `compare_scenarios` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.scatter`, for the dots.

    Returns
    -------
    matplotlib.axes.Axes
        A row per pairing, by model from top to bottom: the exposure it adds with the middle 95 % of the draws; on the
        right the share of diversity it keeps and how much further apart partners end than without it. Filled where
        exposure surely rises, diversity is kept and partners are not driven apart.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> graph = pn.colleague_graph(survey)
    >>> found = pn.compare_scenarios(survey, graph, {"mine": [("p001", "p064")]}, draws=2, progress=False)
    >>> [label.get_text() for label in plot_opinions(found).get_yticklabels()]
    ['mine', 'mine', 'mine']
    """
    table = comparison.table.reset_index()
    ax = plt.figure(figsize=(7.4, 1.4 + 0.36 * len(table)), layout="constrained").subplots() if ax is None else ax
    place = _places(table)
    good = table[["raises", "keeps", "together"]].all(axis=1).to_numpy()
    colours = [STRONG if name == comparison.pairings[0] else INK for name in table["pairing"]]
    fills = [colour if fine else "white" for colour, fine in zip(colours, good, strict=True)]
    ax.axvline(0, color=QUIET, linewidth=0.8, zorder=0)
    ax.hlines(place, table["exposure_low"], table["exposure_high"], colors=colours, linewidth=2.0, alpha=0.5)
    look: dict[str, Any] = {"s": 52, "c": fills, "edgecolors": colours, "linewidths": 1.4, "zorder": 3, **kws}
    ax.scatter(table["exposure"], place, **look)
    _names(ax, table, place)
    _margin(ax, 1.10, HEADS["diversity"], place, [f"{share:.1%}" for share in table["diversity"]])
    _margin(ax, 1.29, HEADS["parted"], place, [_signed(more) for more in table["parted"]])
    _legend(ax)
    return ax


def _places(table: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Rows from top to bottom, with room for the name of each model."""
    model = pd.factorize(table["model"])[0]
    return -(np.arange(len(table)) + 1.3 * model).astype(float)


def _signed(value: float) -> str:
    """A number with its sign, which a zero has not."""
    return "0.000" if abs(value) < 0.0005 else "–" if np.isnan(value) else f"{value:+.3f}"


def _names(ax: Axes, table: pd.DataFrame, place: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    """Pairings beside their rows, models above them, and only the horizontal axis."""
    ax.set_yticks(place, table["pairing"].tolist())
    for label in ax.get_yticklabels():
        label.set_parse_math(False)
    for model, row in table.drop_duplicates("model").groupby("model", sort=False).groups.items():
        ax.text(0, place[row[0]] + 0.85, f"under {model}", transform=ax.get_yaxis_transform(), va="center", color=QUIET)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0, pad=8)
    ax.grid(axis="x", color=FAINT, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set(ylim=(place[-1] - 0.7, place[0] + 1.3), xlabel="later exposure the pairing adds, effective perspectives")


def _margin(ax: Axes, x: float, head: str, place: np.ndarray[Any, np.dtype[np.float64]], texts: Sequence[str]) -> None:
    """A column of numbers in the right margin, under its heading."""
    where = ax.get_yaxis_transform()
    ax.text(x, place[0] + 1.25, head, transform=where, ha="right", va="bottom", color=INK, size="small")
    for y, text in zip(place, texts, strict=True):
        ax.text(x, y, text, transform=where, ha="right", va="center", color=INK)


def _legend(ax: Axes) -> None:
    """What filled and hollow dots mean."""
    dot: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 7, "color": INK}
    handles = [
        Line2D([], [], label="more exposure, diversity kept", **dot),
        Line2D([], [], mfc="white", label="not sure, or partners driven apart", **dot),
    ]
    look: dict[str, Any] = {
        "frameon": False,
        "ncols": 2,
        "fontsize": "small",
        "columnspacing": 1.0,
        "handletextpad": 0.1,
    }
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.05, 1.0), **look)
