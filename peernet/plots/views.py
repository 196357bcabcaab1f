"""Pictures of views of people: their maps side by side, what sets their groups apart and how well these come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import ConnectionPatch

from peernet._arrays import Array
from peernet._wording import count_in_digits
from peernet.clusters.evidence import STANDINGS
from peernet.clusters.people_clusters import PeopleClusters
from peernet.clusters.profile import ClusterProfile
from peernet.distance.distances import person_distances
from peernet.errors import SettingError, check_choice, unknown_person
from peernet.plots.layout import PeopleMap, map_people
from peernet.plots.style import (
    FAINT,
    INK,
    QUIET,
    STRONG,
    PairingOrPairs,
    axes_or_new,
    bare_rows,
    draw_legend,
    draw_pairs,
    draw_people,
    group_style,
    name_rows,
    panels_or_new,
    proposed_pairs,
    styled,
)
from peernet.survey.survey import Survey

LINKED = "the same person"
CONSENSUS_COLOURS = LinearSegmentedColormap.from_list("together", ["white", STRONG]).with_extremes(bad=FAINT)
SPREAD = 0.62  # of a row taken up by its groups


def plot_views(
    clusters: PeopleClusters,
    survey: Survey,
    *,
    views: Sequence[str] | None = None,
    pairing: PairingOrPairs | None = None,
    linked: Iterable[str] | None = None,
    colour_by: str | None = None,
    legend: bool = True,
    axes: Sequence[Axes] | None = None,
    **kws: object,
) -> npt.NDArray[np.object_]:
    """The same people mapped by each view, the nearer the more alike, and linked from map to map.

    Parameters
    ----------
    clusters
        What `cluster_people` returned. A view without groups has one colour, and its verdict is the title.
    survey
        The survey that was clustered.
    views
        Which views, all by default.
    pairing
        Pairs to join by a line: short where partners answered alike, long where they differ.
    linked
        People to link from each map to the next, by default those at the centre of a group in ``colour_by`` or else in
        the first view.
    colour_by
        The view whose groups colour every map, so that one sees where the same people stand in the others; by default
        each map shows its own groups.
    legend
        Whether to draw legends.
    axes
        One Axes per view, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.scatter`.

    Returns
    -------
    array of matplotlib.axes.Axes
        One per view, side by side.

    Raises
    ------
    SettingError
        If a view was not clustered.
    UnknownPersonError
        If somebody to link is not in the survey.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> axes = pn.plots.plot_views(pn.cluster_people(survey), survey)
    >>> [ax.get_title(loc="left") for ax in axes]
    ['Experience – too few items to tell...', 'Perspective – too few items to tell...']
    """
    views = [str(view) for view in clusters.table] if views is None else views
    check_choice("colour_by", colour_by or views[0], clusters.views.index)
    axes = panels_or_new(axes, len(views), (5.4 * len(views), 5.4))
    maps = [map_people(person_distances(survey, view)) for view in views]
    for ax, view, found in zip(axes, views, maps, strict=True):
        _draw_map(ax, found, clusters.table[colour_by or view], proposed_pairs(pairing), kws)
        ax.set_title(f"{view.capitalize()} – {clusters.verdict(view)}", loc="left", wrap=True)
        if legend:
            draw_legend(ax, lines=1.6, loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=3)
    if linked is None:
        of_view = clusters.stability["view"] == (colour_by or views[0])
        linked = map(str, clusters.stability.loc[of_view, "exemplar"])
    people = list(linked)
    for (left, one), (right, other) in pairwise(zip(axes, maps, strict=True)):
        _draw_links(left, right, one.table, other.table, people)
    return np.asarray(axes, dtype=object)


def _draw_map(
    ax: Axes, found: PeopleMap, groups: pd.Series, pairs: list[tuple[str, str]], kws: Mapping[str, object]
) -> None:
    places = found.table.dropna()
    if pairs:
        draw_pairs(ax, places, pairs, color=QUIET, width=0.6)
    draw_people(ax, places, groups, pd.Series(26.0, index=places.index), kws)
    ax.set(xticks=[], yticks=[], xlabel=f"these two directions show {found.shown:.0%} of the differences")
    ax.set_aspect("equal", adjustable="datalim")
    ax.spines[:].set_color(FAINT)


def _draw_links(left: Axes, right: Axes, one: pd.DataFrame, other: pd.DataFrame, people: Iterable[str]) -> None:
    """Lines from people in one map to themselves in another, where they have a place in both."""
    for person in people:
        if person not in one.index:
            raise unknown_person(person, one.index)
        here, there = (table.loc[[person], ["x", "y"]].to_numpy()[0] for table in (one, other))
        if np.isfinite([*here, *there]).all():
            look: dict[str, Any] = {"color": INK, "linewidth": 0.9, "zorder": 4, "label": LINKED}
            right.figure.add_artist(ConnectionPatch(tuple(here), tuple(there), "data", axesA=left, axesB=right, **look))
            for ax, (x, y) in ((left, here), (right, there)):
                ax.scatter(x, y, s=70, facecolors="none", edgecolors=INK, zorder=5)


def plot_cluster_profile(profile: ClusterProfile, *, most: int = 10, ax: Axes | None = None, **kws: object) -> Axes:
    """What sets the groups apart: how far each differs from everybody else, answer by answer, with 95 % intervals.

    Parameters
    ----------
    profile
        What `describe_clusters` returned.
    most
        Answers to draw at most, those first by which some group differs most.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.errorbar`.

    Returns
    -------
    matplotlib.axes.Axes
        One row per answer, one mark per group; what is hidden has none.

    Raises
    ------
    SettingError
        If there is no difference to draw.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> clusters = pn.cluster_people(survey, views=["perspective"], draws=39)
    >>> ax = pn.plots.plot_cluster_profile(pn.clusters.describe_clusters(survey, clusters.table, "perspective"))
    >>> [label.get_text() for label in ax.get_yticklabels()][:2]
    ['change_2', 'change_4']
    """
    table = profile.table.dropna(subset=["effect"])
    if table.empty:
        raise SettingError(f"Nothing sets the groups of {profile.view} apart that may be shown, so nothing is drawn.")
    rows = [
        item + (f": {answer}" if answer else "") for item, answer in zip(table["item"], table["answer"], strict=True)
    ]
    table = table.assign(row=rows, strength=table["effect"].abs())
    order = table.groupby("row", sort=False)["strength"].max().sort_values(ascending=False, kind="stable").index[:most]
    ax = axes_or_new(ax, (7.0, 1.2 + 0.42 * len(order)))
    groups = [(int(str(cluster)), own.set_index("row").reindex(order)) for cluster, own in table.groupby("cluster")]
    last = len(groups) - 1
    for number, (cluster, own) in enumerate(groups):
        offset = SPREAD * (number - last / 2) / max(last, 1)
        _draw_group(ax, own, np.arange(len(order)) + offset, cluster, kws)
    _finish_effects(ax, list(order))
    return ax


def _draw_group(ax: Axes, own: pd.DataFrame, height: Array, cluster: int, kws: dict[str, object]) -> None:
    """Marks and intervals of one group."""
    colour, marker = group_style(cluster - 1)
    reach = np.array([own["effect"] - own["low"], own["high"] - own["effect"]])
    sizes = own["size"].dropna()
    label = (
        f"group {cluster}, {count_in_digits(int(sizes.iloc[0]), 'person', 'people')}"
        if len(sizes)
        else f"group {cluster}"
    )
    look = styled(kws, color=colour, fmt=marker, markersize=5, elinewidth=1.0)
    ax.errorbar(own["effect"], height, xerr=reach, label=label, **look)


def _finish_effects(ax: Axes, order: Sequence[str]) -> None:
    ax.axvline(0, color=QUIET, linewidth=0.8, zorder=0)
    for row in np.arange(len(order))[::2]:
        ax.axhspan(row - 0.5, row + 0.5, color=FAINT, alpha=0.35, linewidth=0, zorder=-1)
    name_rows(ax, np.arange(len(order)), order)
    bare_rows(ax)
    ax.set(
        ylim=(len(order) - 0.5, -0.5), xlabel="lower or rarer than elsewhere  ←  effect size  →  higher or more common"
    )
    draw_legend(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def plot_stability(
    clusters: PeopleClusters, view: str, *, axes: Sequence[Axes] | None = None, **kws: object
) -> npt.NDArray[np.object_]:
    """How well the groups of a view come back when people are drawn again, person by person and group by group.

    Parameters
    ----------
    clusters
        What `cluster_people` returned.
    view
        The view.
    axes
        Two Axes, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.imshow`, for the consensus.

    Returns
    -------
    array of matplotlib.axes.Axes
        Left, everybody against everybody: the share of the draws with both that put them in one group. Right, the mean
        Jaccard overlap of each group with its best match in each draw, and the thresholds of its standing.

    Raises
    ------
    SettingError
        If the view has no groups.

    Examples
    --------
    >>> import peernet as pn
    >>> axes = pn.plots.plot_stability(pn.cluster_people(pn.load_example(), draws=39), "perspective")
    >>> [label.get_text() for label in axes[1].get_yticklabels()][:2]
    ['group 1', 'group 2']
    """
    check_choice("view", view, clusters.views.index)
    stability = clusters.stability[clusters.stability["view"] == view]
    if stability.empty:
        raise SettingError(f"The view {view!r} has no groups to come back: {clusters.verdict(view)}.")
    axes = panels_or_new(axes, 2, (10.0, 4.6), width_ratios=[1.15, 1.0])
    _draw_consensus(axes[0], clusters, view, kws)
    _draw_overlaps(axes[1], stability)
    return np.asarray(axes, dtype=object)


def _draw_consensus(ax: Axes, clusters: PeopleClusters, view: str, kws: dict[str, object]) -> None:
    """Everybody against everybody, group by group and from a group's core to its fringe."""
    shares, membership = clusters.consensus(view), clusters.membership(view)
    label = clusters.table.loc[shares.index, view].astype(int)
    own = membership.to_numpy()[np.arange(len(label)), membership.columns.get_indexer(label)]
    people = np.lexsort((-own, label))
    look = styled(kws, cmap=CONSENSUS_COLOURS, vmin=0.0, vmax=1.0, interpolation="nearest")
    image = ax.imshow(shares.to_numpy()[np.ix_(people, people)], **look)
    ends = label.value_counts().sort_index().cumsum().to_numpy()
    for end in ends[:-1]:
        ax.axhline(end - 0.5, color="white", linewidth=1.2)
        ax.axvline(end - 0.5, color="white", linewidth=1.2)
    middles = ends - np.diff(ends, prepend=0) / 2 - 0.5
    ax.set_yticks(middles, [f"group {cluster}" for cluster in sorted(set(label))])
    ax.set(xticks=[], xlabel=f"{len(people):,} people, group by group")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title("Drawn together, placed together", loc="left")
    ax.figure.colorbar(image, ax=ax, shrink=0.7, label="share of the draws")


def _draw_overlaps(ax: Axes, stability: pd.DataFrame) -> None:
    rows = np.arange(len(stability))
    for least in STANDINGS:
        ax.axvline(least, color=FAINT, linewidth=1.2, zorder=0)
    groups = stability[["cluster", "jaccard", "standing"]].itertuples(index=False, name=None)
    for row, (cluster, jaccard, standing) in enumerate(groups):
        colour, marker = group_style(cluster - 1)
        ax.hlines(row, 0, jaccard, color=colour, linewidth=1.0, alpha=0.5)
        ax.scatter(jaccard, row, s=60, color=colour, marker=marker, zorder=3, clip_on=False)
        ax.annotate(f"{jaccard:.2f}", (jaccard, row), (0, 8), textcoords="offset points", ha="center", color=INK)
        ax.annotate(standing, (1.0, row), (10, 0), textcoords="offset points", va="center", color=INK)
    name_rows(ax, rows, [f"group {cluster}" for cluster in stability["cluster"]])
    bare_rows(ax)
    ax.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5), xlabel="mean Jaccard overlap")
    ax.set_xticks(ticks := [*sorted(STANDINGS), 1.0], [f"{tick:g}" for tick in ticks])
    ax.tick_params(axis="x", labelsize="small")  # 0.75 and 0.85 stand close together
    ax.set_title("How well each group comes back", loc="left")
