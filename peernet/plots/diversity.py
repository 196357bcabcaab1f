"""Pictures of diversity: kinds of it side by side and never added up, items, and what is in each person's reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from peernet.diversity.items import ItemDiversity
from peernet.diversity.ledger import Exposure
from peernet.diversity.profile import DiversityProfile
from peernet.errors import SettingError
from peernet.plots.style import (
    FAINT,
    GAIN,
    INK,
    QUIET,
    STRONG,
    axes_or_new,
    bare_rows,
    draw_legend,
    name_rows,
    panels_or_new,
    styled,
)

# Each measure with its title, what the axis says and the column of what chance gives.
PANELS = {
    "variety": ("Variety", "distinct perspectives", "variety_by_lot"),
    "separation": ("Separation", "mean distance on graded items", None),
    "disparity": ("Disparity", "Gini of standing", None),
    "faultline": ("Faultline", "width of the best split", "faultline_chance"),
}
MOST_NAMED = 40  # groups that have a name in the margin
CHANCE = "by chance"


def plot_diversity(
    profile: DiversityProfile | pd.DataFrame, *, axes: Sequence[Axes] | None = None, **kws: object
) -> npt.NDArray[np.object_]:
    """Variety, separation, disparity and faultline of each group in panels of their own, with 95 % intervals.

    Parameters
    ----------
    profile
        What `describe_diversity` returned, or its `shareable` table.
    axes
        One Axes per measure, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.scatter`, for the measures.

    Returns
    -------
    array of matplotlib.axes.Axes
        One row per group, in the order of the table; up to 40 groups are named, more are ordered by variety. A short
        upright line is what chance gives: for variety as many colleagues drawn by lot, for the faultline answers that
        do not line up. A measure that no group has is left out, and a group whose measures are hidden has none.

    Raises
    ------
    SettingError
        If no group has anything to show, or there are too few axes.

    Examples
    --------
    >>> import peernet as pn
    >>> axes = pn.plots.plot_diversity(pn.diversity.describe_diversity(pn.load_example(), "team", draws=19))
    >>> [ax.get_title(loc="left") for ax in axes]
    ['Variety', 'Separation', 'Disparity', 'Faultline']
    """
    table = profile if isinstance(profile, pd.DataFrame) else profile.table
    shown = [measure for measure in PANELS if table[measure].notna().any()]
    if not shown:
        raise SettingError("No group has a measure that may be shown, so nothing is drawn.")
    named = len(table) <= MOST_NAMED
    table = table if named else table.sort_values("variety", kind="stable", ascending=False)
    height = 1.5 + (0.26 * len(table) if named else 6.0)
    axes = panels_or_new(axes, len(shown), (3.0 * len(shown) + 1.0, height), sharey=True)
    if len(axes) < len(shown):
        raise SettingError(f"There are {len(shown)} measures to draw and only {len(axes)} axes for them.")
    for ax, measure in zip(axes, shown, strict=False):
        _draw_panel(ax, table, measure, kws)
    if named:
        sizes = ["" if pd.isna(size) else f"  {size}" for size in table["people"].astype("Int64")]
        name_rows(
            axes[0], np.arange(len(table)), [f"{group}{size}" for group, size in zip(table.index, sizes, strict=True)]
        )
    else:
        axes[0].set_yticks([])
        axes[0].set_ylabel(f"{len(table):,} groups, the most varied first")
    for ax in [ax for ax in axes if ax.get_legend_handles_labels()[1]][:1]:
        draw_legend(ax, loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.0, handletextpad=0.0)
    return np.asarray(axes, dtype=object)


def _draw_panel(ax: Axes, table: pd.DataFrame, measure: str, kws: dict[str, object]) -> None:
    title, axis, chance = PANELS[measure]
    rows = np.arange(len(table))
    crowd = min(1.0, MOST_NAMED / len(table))
    low, high, value = (table[name].to_numpy(float) for name in (f"{measure}_low", f"{measure}_high", measure))
    ax.hlines(rows, low, high, colors=QUIET, linewidth=2.0 * crowd, alpha=0.6)
    ax.scatter(value, rows, **styled(kws, color=STRONG, s=34 * crowd, zorder=3))
    if chance is not None and table[chance].notna().any():
        look: dict[str, Any] = {"color": INK, "marker": "|", "s": 60 * crowd, "linewidths": 1.2, "zorder": 4}
        ax.scatter(table[chance].to_numpy(float), rows, label=CHANCE, **look)
    for row in rows[::2] if crowd == 1.0 else ():
        ax.axhspan(row - 0.5, row + 0.5, color=FAINT, alpha=0.35, linewidth=0, zorder=-1)
    ax.set(xlabel=axis, ylim=(len(table) - 0.5, -0.5))
    ax.set_title(title, loc="left")
    bare_rows(ax)


def plot_item_diversity(found: ItemDiversity, *, ax: Axes | None = None, **kws: object) -> Axes:
    """What each item adds to the diversity of a set of people, within groups and between them.

    Parameters
    ----------
    found
        What `rao_by_item` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.barh`, for the part between groups (or for all, without groups).

    Returns
    -------
    matplotlib.axes.Axes
        One bar per item, the largest on top. An upright line is what would lie between groups put together by lot.

    Raises
    ------
    SettingError
        If nobody differs on any item, or nobody knows.

    Examples
    --------
    >>> import peernet as pn
    >>> ax = pn.plots.plot_item_diversity(pn.diversity.rao_by_item(pn.load_example(), groups="team"))
    >>> ax.get_xlabel()
    'part of the diversity, 0.347 in all'
    """
    table = found.table
    if not found.total["diversity"] > 0:
        raise SettingError("No item sets these people apart, so nothing is drawn.")
    ax = axes_or_new(ax, (6.4, 1.4 + 0.28 * len(table)))
    rows = np.arange(len(table))
    if "between" in table:
        between = table["between"].clip(lower=0.0)
        ax.barh(rows, between, **styled(kws, color=STRONG, height=0.62, label="between groups"))
        ax.barh(rows, table["diversity"] - between, left=between, color=FAINT, height=0.62, label="within groups")
        look: dict[str, Any] = {"color": INK, "marker": "|", "s": 260, "linewidths": 1.4, "zorder": 4}
        ax.scatter(found.chance * table["diversity"], rows, label="between, by chance", **look)
        draw_legend(ax, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.0)
    else:
        ax.barh(rows, table["diversity"], **styled(kws, color=STRONG, height=0.62))
    name_rows(ax, rows, table.index)
    bare_rows(ax)
    ax.set(ylim=(len(table) - 0.4, -0.6), xlabel=f"part of the diversity, {found.total['diversity']:.3f} in all")
    return ax


def plot_exposure(exposure: Exposure, *, ax: Axes | None = None, **kws: object) -> Axes:
    """Perspectives in reach of each person, from before the pairing to after it.

    Parameters
    ----------
    exposure
        What `exposure` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.vlines`, for the gains.

    Returns
    -------
    matplotlib.axes.Axes
        People from left to right by what they reach before.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.plots.plot_exposure(pn.exposure(scores, pn.pair_people(scores))).get_ylabel()
    'effective perspectives in reach'
    """
    ax = axes_or_new(ax, (7.0, 3.4))
    table = exposure.table.dropna(subset=["before"]).sort_values("before", kind="stable").reset_index()
    ax.vlines(table.index, table["before"], table["after"], **styled(kws, color=STRONG, linewidth=1.4))
    ax.scatter(table.index, table["before"], s=7, color=QUIET, label="before", zorder=3)
    gained = table[table["partners"] > 0]
    ax.scatter(gained.index, gained["after"], s=11, color=STRONG, label="after", zorder=3)
    ax.set(xticks=[], xlabel="people, by what they reach before", ylabel=f"{GAIN} in reach")
    ax.spines[["top", "right"]].set_visible(False)
    draw_legend(ax, lines=1.6, loc="upper left")
    return ax
