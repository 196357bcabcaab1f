"""Pictures of the foundation and of teams: each takes a table, draws it on an Axes and returns that Axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from peernet._arrays import Floats
from peernet.errors import SettingError, check_choice
from peernet.graph.leaders import LeaderIndependence
from peernet.plots.style import FAINT, INK, QUIET, STRONG, axes_or_new

__all__ = ["plot_foundation_curve", "plot_leader_independence"]

MARKS = {"either": ("o", "white"), "mutual": ("o", STRONG)}


def plot_foundation_curve(curve: pd.DataFrame, *, ax: Axes | None = None, **kws: object) -> Axes:
    """What remains as the foundation is asked to be stronger: people who can be paired, and value.

    Parameters
    ----------
    curve
        What `foundation_curve` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.plot`, for both lines.

    Returns
    -------
    matplotlib.axes.Axes
        Steps from left to right, the share that remains upwards; filled where everyone can still be paired.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> graph = pn.colleague_graph(survey)
    >>> ax = plot_foundation_curve(pn.foundation_curve(pn.score_pairs(survey, graph), graph))
    >>> ax.get_xlabel()
    'foundation layers on which a pair must trust each other'
    """
    ax = axes_or_new(ax, (6.0, 3.4))
    steps, people = np.arange(len(curve)), curve["paired"] / curve["takes_part"].clip(lower=1)
    lines = {"people who can be paired": (people, STRONG), "value of the best pairing": (1 - curve["lost"], INK)}
    for label, (share, colour) in lines.items():
        look: dict[str, Any] = {"color": colour, "linewidth": 1.6, **kws}
        ax.plot(steps, share, label=label, **look)
    fills = np.where(curve["everyone"], STRONG, "white")
    ax.scatter(steps, people, s=42, c=fills, edgecolors=STRONG, zorder=3, label="filled: everyone can be paired")
    ax.scatter(steps, 1 - curve["lost"], s=20, color=INK, zorder=3)
    labels, title = _steps(curve)
    ax.set_xticks(steps, labels)
    ax.set(ylim=(0, 1.05), xlabel=title, ylabel="share that remains")
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    return ax


def _steps(curve: pd.DataFrame) -> tuple[list[str], str]:
    """What each step is called, and what the steps are."""
    least, number = (len(set(curve[column])) > 1 for column in ("at_least", "dimensions"))
    if least and number:
        told = zip(curve["at_least"], curve["dimensions"], strict=True)
        return [f"{a:g} on {d}" for a, d in told], "lowest rating that counts, and on how many foundation layers"
    if least:
        return [f"{a:g}" for a in curve["at_least"]], "lowest rating that counts as trust"
    return [str(d) for d in curve["dimensions"]], "foundation layers on which a pair must trust each other"


def plot_leader_independence(
    found: LeaderIndependence, *, when: str = "now", ax: Axes | None = None, **kws: object
) -> Axes:
    """What is left of each team's network without its leader, under both tie rules, against without anybody else.

    Parameters
    ----------
    found
        What `leader_independence` returned.
    when
        ``"now"`` or ``"with pairs"``.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.scatter`, for the teams.

    Returns
    -------
    matplotlib.axes.Axes
        Teams by name from top to bottom, not by result. A dot left of its tick: the team hangs on its leader more
        than on its other members.

    Raises
    ------
    SettingError
        If no team is shown, or not at this time.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> ax = plot_leader_independence(pn.leader_independence(survey, pn.colleague_graph(survey)))
    >>> ax.get_yticklabels()[0].get_text()
    'Berth planning'
    """
    if found.table.empty:
        raise SettingError("No team is large enough to be shown, so there is nothing to draw.")
    check_choice("when", when, dict.fromkeys(found.table["when"]))
    table = found.table[found.table["when"] == when]
    teams = list(dict.fromkeys(table["team"]))
    ax = axes_or_new(ax, (7.0, 0.8 + 0.28 * len(teams)))
    for offset, (rule, rows) in zip((-0.14, 0.14), table.groupby("rule", sort=True), strict=False):
        _rule(ax, str(rule), rows, np.array([teams.index(team) for team in rows["team"]]) + offset, kws)
    ax.axvline(1, color=FAINT, linewidth=1.0, zorder=0)
    ax.set_yticks(np.arange(len(teams)), teams)
    for label in ax.get_yticklabels():
        label.set_parse_math(False)
    ax.invert_yaxis()
    ax.set(xlabel=f"efficiency of {found.layer} kept without the leader", xlim=(0, None))
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0))
    return ax


def _rule(ax: Axes, rule: str, rows: pd.DataFrame, height: Floats, kws: Mapping[str, object]) -> None:
    """Dots and ticks of every team under one rule."""
    marker, fill = MARKS.get(rule, ("D", QUIET))
    ax.hlines(height, rows["kept"], rows["kept_others"], color=FAINT, linewidth=1.5, zorder=1)
    ax.scatter(rows["kept_others"], height, marker="|", s=60, color=QUIET, zorder=2, label=_once(ax, "without another"))
    look: dict[str, Any] = {"s": 34, "color": fill, "edgecolors": STRONG, "marker": marker, "zorder": 3, **kws}
    ax.scatter(rows["kept"], height, **look, label=f"without the leader, {rule} ties")


def _once(ax: Axes, label: str) -> str:
    """A label that is not in the legend yet, or none."""
    return "_" if label in ax.get_legend_handles_labels()[1] else label
