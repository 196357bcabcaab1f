"""Pictures of a pairing: what it buys, what else could be had, and how sure it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from peernet._arrays import Floats
from peernet._wording import count_in_digits
from peernet.compare.stability import STANDINGS, PairingStability
from peernet.errors import SettingError
from peernet.meetings.circles import Circles
from peernet.meetings.trios import TrioPairing
from peernet.pairing.frontier import PairingFrontier
from peernet.pairing.pairing import Pairing
from peernet.pairing.pool import possible_pairs
from peernet.plots.style import FAINT, INK, QUIET, STRONG, axes_or_new, draw_legend, styled

MOST_DOTS = 4000  # of possible pairs; more would only be a cloud
MOST_AT_A_PLACE = 30  # beyond so many, dots do not grow
STANDING_COLOURS = {"stable": STRONG, "likely": "#56a0d6", "one of several": QUIET}
ABOVE: dict[str, Any] = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 3, "dots": 36}  # the legend


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
    >>> ax = pn.plots.plot_pairing(pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey))))
    >>> ax.get_ylabel()
    'difference in perspective'
    """
    if pairing.scores.gates.experience is None:
        raise SettingError("The survey asks nothing about experience, so pairs cannot be drawn by it.")
    ax = axes_or_new(ax, (6.4, 4.8))
    pool = possible_pairs(pairing.scores, "experience", "perspective")
    possible = pd.DataFrame({name: pool.columns[name] for name in ("experience", "perspective")})
    chosen = pairing.scores.to_frame(pairing.pairs)[["experience", "perspective"]]
    evenly = np.linspace(0, max(len(possible) - 1, 0), min(len(possible), MOST_DOTS)).round().astype(int)
    sample = possible.iloc[np.unique(evenly)]
    _draw_dots(ax, sample, color=FAINT, zorder=1, label=f"possible pairs ({len(possible):,})")
    look = styled(
        kws, color=STRONG, zorder=3, edgecolors="white", linewidths=0.4, label=f"chosen pairs ({len(chosen):,})"
    )
    _draw_dots(ax, chosen, **look)
    for pairs, colour in ((possible, QUIET), (chosen, INK)):
        x, y = pairs.median()
        ax.scatter(x, y, marker="+", s=240, linewidths=2.2, color=colour, zorder=4, label="_median")
    ax.set(xlabel="difference in experience", ylabel="difference in perspective")
    ax.spines[["top", "right"]].set_visible(False)
    draw_legend(ax, **ABOVE, title="+ medians", title_fontsize="small")
    return ax


def _draw_dots(ax: Axes, pairs: pd.DataFrame, **look: object) -> None:
    """One dot per place, larger the more pairs are there."""
    places = pairs.dropna().round(6).value_counts().reset_index()
    sizes = 13.0 * places["count"].clip(upper=MOST_AT_A_PLACE)
    ax.scatter(x=places["experience"], y=places["perspective"], **styled(look, s=sizes))


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
    >>> ax = pn.plots.plot_frontier(pn.pairing_frontier(scores, progress=False))
    >>> ax.get_xlabel()
    'closeness in experience, total over pairs'
    """
    ax = axes_or_new(ax, (6.4, 4.4))
    table, against = frontier.table, frontier.settings["against"]
    corners, under = table[table["kind"] == "supported"], table[table["kind"] == "unsupported"]
    look = styled(kws, color=STRONG, marker="o", markersize=3.5, linewidth=1.4, zorder=2)
    ax.plot(corners["closeness"], corners["value"], label="best compromises", **look)
    if len(under):
        ax.plot(under["closeness"], under["value"], "o", mfc="white", color=STRONG, ms=3.5, label="under the hull")
    closeness, gate = f"closeness in {against}", f"best with the {against} gate"
    if against == "foundation":
        closeness, gate = "strength of foundation", "best of all"
    _mark(ax, table[table["knee"]], against, marker="D", color=STRONG, label="knee")
    proposed = frontier.proposed.to_frame().T.dropna(subset=["value"])
    _mark(ax, proposed, against, marker="X", color=INK, label=gate)
    total = "total value" if frontier.settings["objective"] == "value" else "total difference in perspective"
    ax.set(xlabel=f"{closeness}, total over pairs", ylabel=total)
    ax.spines[["top", "right"]].set_visible(False)
    ax.margins(0.1)
    draw_legend(ax, **ABOVE)
    return ax


def _mark(ax: Axes, rows: pd.DataFrame, against: str, **look: str) -> None:
    """Larger marks with what pairs they stand for."""
    for row in rows.to_dict("records"):
        at, apart = (float(row["closeness"]), float(row["value"])), float(row["apart"])
        ax.scatter(*at, **styled(look, s=70, edgecolors="white", zorder=4))
        pairs = count_in_digits(int(row["pairs"]), "pair", "pairs")
        stands_for = pairs if against == "foundation" else f"{pairs},\n{apart:.2f} apart"
        side = "left" if look["color"] == INK else "right"  # the knee has the curve to its right
        place: dict[str, Any] = {"ha": side, "va": "top", "color": look["color"], "size": "small"}
        ax.annotate(stands_for, at, (7 if side == "left" else -7, -4), textcoords="offset points", **place)


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
    >>> ax = pn.plots.plot_pairing_stability(pn.pairing_stability(pn.load_aarhus(), draws=10, progress=False))
    >>> ax.get_xlabel()
    'proposed pairs, the surest first'
    """
    ax = axes_or_new(ax, (7.0, 3.6))
    pairs = stability.pairs[stability.pairs["proposed"]].sort_values("inclusion", ascending=False, kind="stable")
    place = np.arange(1, len(pairs) + 1)
    for least in STANDINGS:
        if least > 0:  # where a pair counts as stable, and as likely
            ax.axhline(least, color=FAINT, linewidth=0.8, linestyle=(0, (4, 4)), zorder=0)
    ax.vlines(place, pairs["low"], pairs["high"], color=FAINT, linewidth=2.0, zorder=1)
    for standing, colour in STANDING_COLOURS.items():
        own = (pairs["standing"] == standing).to_numpy()
        if own.any():
            look = styled(kws, s=14, color=colour, zorder=3, label=f"{standing} ({own.sum()})")
            ax.scatter(place[own], pairs["inclusion"][own], **look)
    consensus: Floats = np.sort(stability.consensus["inclusion"].to_numpy())[::-1]
    ax.plot(np.arange(1, len(consensus) + 1), consensus, color=INK, linewidth=1.0, zorder=2, label="consensus")
    ax.set(xlabel="proposed pairs, the surest first", ylabel="share of surveys drawn anew", ylim=(0, 1.02))
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.spines[["top", "right"]].set_visible(False)
    draw_legend(ax, loc="upper right", bbox_to_anchor=(1.0, 0.9))
    return ax
