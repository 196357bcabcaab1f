"""Pictures of a pairing: what it buys, what else could be had, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.ticker import PercentFormatter

from peernet._arrays import Floats
from peernet.compare.stability import STANDINGS, PairingStability
from peernet.errors import SettingError
from peernet.meetings.circles import Circles
from peernet.meetings.trios import TrioPairing
from peernet.pairing.frontier import PairingFrontier
from peernet.pairing.pairing import Pairing
from peernet.pairing.pool import possible_pairs
from peernet.plots.style import FAINT, INK, QUIET, STRONG

MOST_DOTS = 4000  # of possible pairs; more would only be a cloud
MOST_AT_A_PLACE = 30  # beyond so many, dots do not grow
LOOKS = {"stable": STRONG, "likely": "#56a0d6", "one of several": QUIET}


def plot_pairing(pairing: Pairing | TrioPairing | Circles, *, ax: Axes | None = None, **kws: object) -> Axes:
    """What the pairing buys: how far apart partners are in experience and in perspective, among all possible pairs.

    Parameters
    ----------
    pairing
        What `pair_people`, `pair_with_trios` or `form_circles` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.scatter`, for the chosen pairs.

    Returns
    -------
    matplotlib.axes.Axes
        Difference in experience to the right, in perspective upwards. Grey: pairs within every gate (a fixed sample of
        them where they are very many); pairs at the same place are one larger dot. Two crosses mark the medians.

    Raises
    ------
    SettingError
        If the survey asks nothing about experience.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> ax = plot_pairing(pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey))))
    >>> ax.get_ylabel()
    'difference in perspective'
    """
    if pairing.scores.gates.experience is None:
        raise SettingError("The survey asks nothing about experience, so pairs cannot be drawn by it.")
    ax = plt.figure(figsize=(6.4, 4.8), layout="constrained").subplots() if ax is None else ax
    pool = possible_pairs(pairing.scores, "experience", "perspective")
    possible = pd.DataFrame({name: pool.columns[name] for name in ("experience", "perspective")})
    chosen = pairing.scores.to_frame(pairing.pairs)[["experience", "perspective"]]
    _dots(ax, _spread(possible), {"color": FAINT, "zorder": 1, "label": f"possible pairs ({len(possible):,})"})
    look = {"color": STRONG, "zorder": 3, "edgecolors": "white", "linewidths": 0.4}
    _dots(ax, chosen, {**look, "label": f"chosen pairs ({len(chosen):,})", **kws})
    for pairs, colour in ((possible, QUIET), (chosen, INK)):
        middle = pairs.median()
        ax.scatter(
            middle.iloc[0], middle.iloc[1], marker="+", s=240, linewidths=2.2, color=colour, zorder=4, label="_median"
        )
    ax.set(xlabel="difference in experience", ylabel="difference in perspective")
    ax.spines[["top", "right"]].set_visible(False)
    _legend(ax, title="+ medians", title_fontsize="small")
    return ax


def _spread(pairs: pd.DataFrame) -> pd.DataFrame:
    """At most so many pairs, evenly spread over the list."""
    keep = np.unique(np.linspace(0, len(pairs) - 1, min(len(pairs), MOST_DOTS)).round().astype(int))
    return pairs.iloc[keep] if len(pairs) else pairs


def _dots(ax: Axes, pairs: pd.DataFrame, look: Mapping[str, object]) -> None:
    """One dot per place, larger the more pairs are there."""
    places = pairs.dropna().round(6).value_counts().reset_index()
    sizes = 13.0 * places["count"].clip(upper=MOST_AT_A_PLACE)
    style: dict[str, Any] = {"s": sizes, **look}
    ax.scatter(x=places["experience"], y=places["perspective"], **style)


def plot_frontier(frontier: PairingFrontier, *, ax: Axes | None = None, **kws: object) -> Axes:
    """The best compromises between closeness and what pairs bring, with the knee and the pairing within the gate.

    Parameters
    ----------
    frontier
        What `pairing_frontier` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.plot`, for the curve.

    Returns
    -------
    matplotlib.axes.Axes
        Closer to the right, more upwards. Hollow dots are best compromises that no weighted sum finds. No cross where
        no pairing keeps the rules within the gate.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> ax = plot_frontier(pn.pairing_frontier(scores, progress=False))
    >>> ax.get_xlabel()
    'closeness in experience, total over pairs'
    """
    ax = plt.figure(figsize=(6.4, 4.4), layout="constrained").subplots() if ax is None else ax
    table, against = frontier.table, frontier.settings["against"]
    corners, under = table[table["kind"] == "supported"], table[table["kind"] == "unsupported"]
    usual: dict[str, Any] = {"color": STRONG, "marker": "o", "markersize": 3.5, "linewidth": 1.4, "zorder": 2}
    ax.plot(corners["closeness"], corners["value"], label="best compromises", **{**usual, **kws})
    if len(under):
        ax.plot(under["closeness"], under["value"], "o", mfc="white", color=STRONG, ms=3.5, label="under the hull")
    _mark(ax, table[table["knee"]], against, marker="D", color=STRONG, label="knee")
    proposed = frontier.proposed.to_frame().T.dropna(subset=["value"])
    _mark(ax, proposed, against, marker="X", color=INK, label=_gate(against))
    total = "total value" if frontier.settings["objective"] == "value" else "total difference in perspective"
    ax.set(xlabel=f"{_closeness(against)}, total over pairs", ylabel=total)
    ax.spines[["top", "right"]].set_visible(False)
    ax.margins(0.1)
    _legend(ax)
    return ax


def _closeness(against: str) -> str:
    return "strength of foundation" if against == "foundation" else f"closeness in {against}"


def _gate(against: str) -> str:
    return "best of all" if against == "foundation" else f"best with the {against} gate"


def _mark(ax: Axes, rows: pd.DataFrame, against: str, **look: str) -> None:
    """Larger marks with what pairs they stand for."""
    for row in rows.to_dict("records"):
        at, pairs, apart = (float(row["closeness"]), float(row["value"])), float(row["pairs"]), float(row["apart"])
        style: dict[str, Any] = {"s": 70, "edgecolors": "white", "zorder": 4, **look}
        ax.scatter(at[0], at[1], **style)
        told = f"{pairs:.0f} pairs" if against == "foundation" else f"{pairs:.0f} pairs,\n{apart:.2f} apart"
        side = "left" if look["color"] == INK else "right"  # the knee has the curve to its right
        place: dict[str, Any] = {"ha": side, "va": "top", "color": look["color"], "size": "small"}
        ax.annotate(told, at, (7 if side == "left" else -7, -4), textcoords="offset points", **place)


def _legend(ax: Axes, **look: object) -> None:
    """A legend above the picture, its dots all of one size."""
    usual: dict[str, Any] = {"frameon": False, "loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 3, **look}
    for handle in ax.legend(**usual).legend_handles:
        if isinstance(handle, PathCollection):
            handle.set_sizes([36])


def plot_pairing_stability(stability: PairingStability, *, ax: Axes | None = None, **kws: object) -> Axes:
    """How often each proposed pair comes up when the survey is drawn anew, the surest first.

    Parameters
    ----------
    stability
        What `pairing_stability` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.scatter`, for the proposed pairs.

    Returns
    -------
    matplotlib.axes.Axes
        A dot per proposed pair with its 95 % Monte Carlo interval; the line is the consensus, the pairing
        whose pairs come up most often.

    Examples
    --------
    >>> import peernet as pn
    >>> ax = plot_pairing_stability(pn.pairing_stability(pn.load_aarhus(), draws=10, progress=False))
    >>> ax.get_xlabel()
    'proposed pairs, the surest first'
    """
    ax = plt.figure(figsize=(7.0, 3.6), layout="constrained").subplots() if ax is None else ax
    pairs = stability.pairs[stability.pairs["proposed"]].sort_values("inclusion", ascending=False, kind="stable")
    place = np.arange(1, len(pairs) + 1)
    _levels(ax)
    ax.vlines(place, pairs["low"], pairs["high"], color=FAINT, linewidth=2.0, zorder=1)
    for standing, colour in LOOKS.items():
        own = (pairs["standing"] == standing).to_numpy()
        if own.any():
            look: dict[str, Any] = {"s": 14, "color": colour, "zorder": 3, "label": f"{standing} ({own.sum()})", **kws}
            ax.scatter(place[own], pairs["inclusion"][own], **look)
    consensus: Floats = np.sort(stability.consensus["inclusion"].to_numpy())[::-1]
    ax.plot(np.arange(1, len(consensus) + 1), consensus, color=INK, linewidth=1.0, zorder=2, label="consensus")
    ax.set(xlabel="proposed pairs, the surest first", ylabel="share of surveys drawn anew", ylim=(0, 1.02))
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="upper right", bbox_to_anchor=(1.0, 0.9))
    return ax


def _levels(ax: Axes) -> None:
    """Where a pair counts as stable, and as likely."""
    for level in (least for least in STANDINGS if least > 0):
        ax.axhline(level, color=FAINT, linewidth=0.8, linestyle=(0, (4, 4)), zorder=0)
