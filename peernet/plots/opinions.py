"""Picture of pairings under several models of opinion: what each adds, and what it costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from peernet._arrays import Floats
from peernet.opinions.comparison import ScenarioComparison
from peernet.plots.style import (
    FAINT,
    INK,
    QUIET,
    STRONG,
    axes_or_new,
    bare_rows,
    draw_legend,
    name_rows,
    styled,
    write_margin,
)


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
    >>> [label.get_text() for label in pn.plots.plot_opinions(found).get_yticklabels()]
    ['mine', 'mine', 'mine']
    """
    table = comparison.table.reset_index()
    ax = axes_or_new(ax, (7.4, 1.4 + 0.36 * len(table)))
    rows: Floats = -(np.arange(len(table)) + 1.3 * pd.factorize(table["model"])[0])  # room for the name of each model
    good = table[["raises", "keeps", "together"]].all(axis=1).to_numpy()
    colours = [STRONG if name == comparison.pairings[0] else INK for name in table["pairing"]]
    fills = [colour if fine else "white" for colour, fine in zip(colours, good, strict=True)]
    ax.axvline(0, color=QUIET, linewidth=0.8, zorder=0)
    ax.hlines(rows, table["exposure_low"], table["exposure_high"], colors=colours, linewidth=2.0, alpha=0.5)
    look = styled(kws, s=52, c=fills, edgecolors=colours, linewidths=1.4, zorder=3)
    ax.scatter(table["exposure"], rows, **look)
    _name_pairings(ax, table, rows)
    small = {"above": rows[0] + 1.25, "va": "bottom", "size": "small"}
    kept = [f"{share:.1%}" for share in table["diversity"]]
    write_margin(ax, 1.10, rows, kept, head="diversity\nkept", **small)
    apart = [_signed(more) for more in table["parted"]]
    write_margin(ax, 1.29, rows, apart, head="partners\nfurther apart", **small)
    _explain_dots(ax)
    return ax


def _signed(value: float) -> str:
    """A number with its sign, which a zero has not."""
    return "0.000" if abs(value) < 0.0005 else "–" if np.isnan(value) else f"{value:+.3f}"


def _name_pairings(ax: Axes, table: pd.DataFrame, rows: Floats) -> None:
    """Pairings beside their rows, models above them, and only the horizontal axis."""
    name_rows(ax, rows, table["pairing"])
    over: dict[str, Any] = {"transform": ax.get_yaxis_transform(), "va": "center", "color": QUIET}
    for row in np.flatnonzero(~table["model"].duplicated()):
        ax.text(0, rows[row] + 0.85, f"under {table['model'][row]}", **over)
    bare_rows(ax, pad=8)
    ax.grid(axis="x", color=FAINT, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set(ylim=(rows[-1] - 0.7, rows[0] + 1.3), xlabel="later exposure the pairing adds, effective perspectives")


def _explain_dots(ax: Axes) -> None:
    """What filled and hollow dots mean."""
    dot: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 7, "color": INK}
    handles = [
        Line2D([], [], label="more exposure, diversity kept", **dot),
        Line2D([], [], mfc="white", label="not sure, or partners driven apart", **dot),
    ]
    place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (-0.05, 1.0), "ncols": 2}
    draw_legend(ax, handles=handles, fontsize="small", columnspacing=1.0, handletextpad=0.1, **place)
