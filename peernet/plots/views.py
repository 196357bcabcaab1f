"""The same people mapped by each view of them, drawn from a result on Axes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import ConnectionPatch

from peernet.clusters.people_clusters import PeopleClusters
from peernet.distance.distances import person_distances
from peernet.errors import UnknownPersonError, check_choice, did_you_mean
from peernet.plots.layout import PeopleMap, map_people
from peernet.plots.style import FAINT, INK, QUIET, PairingOrPairs, _legend, _lines, _pairs, _people
from peernet.survey.survey import Survey

__all__ = ["plot_views"]

LINKED = "the same person"


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
    >>> axes = plot_views(pn.cluster_people(survey), survey)
    >>> [ax.get_title(loc="left") for ax in axes]
    ['Experience – too few items to tell...', 'Perspective – too few items to tell...']
    """
    views = [str(view) for view in clusters.table] if views is None else views
    check_choice("colour_by", colour_by or views[0], clusters.views.index)
    if axes is None:
        figure = plt.figure(figsize=(5.4 * len(views), 5.4), layout="constrained")
        axes = figure.subplots(1, len(views), squeeze=False)[0]
    maps = [map_people(person_distances(survey, view)) for view in views]
    for ax, view, found in zip(axes, views, maps, strict=True):
        _map(ax, found, clusters.table[colour_by or view], _pairs(pairing), kws)
        ax.set_title(f"{view.capitalize()} – {clusters.verdict(view)}", loc="left", wrap=True)
        if legend:
            _legend(ax, loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=3)
    people = _centres(clusters, colour_by or views[0]) if linked is None else list(linked)
    for (left, one), (right, other) in pairwise(zip(axes, maps, strict=True)):
        _links(left, right, one.table, other.table, people)
    return np.asarray(axes, dtype=object)


def _map(
    ax: Axes, found: PeopleMap, groups: pd.Series, pairs: list[tuple[str, str]], kws: Mapping[str, object]
) -> None:
    places = found.table.dropna()
    if pairs:
        _lines(ax, places, pairs, QUIET, 0.6, "proposed pair")
    _people(ax, places, groups, pd.Series(26.0, index=places.index), kws)
    ax.set(xticks=[], yticks=[], xlabel=f"these two directions show {found.shown:.0%} of the differences")
    ax.set_aspect("equal", adjustable="datalim")
    ax.spines[:].set_color(FAINT)


def _centres(clusters: PeopleClusters, view: str) -> list[str]:
    stability = clusters.stability
    return [str(person) for person in stability.loc[stability["view"] == view, "exemplar"]]


def _links(left: Axes, right: Axes, one: pd.DataFrame, other: pd.DataFrame, people: Iterable[str]) -> None:
    """Lines from people in one map to themselves in another, where they have a place in both."""
    for person in people:
        if person not in one.index:
            raise UnknownPersonError(f"No person {person!r} in the survey.{did_you_mean(person, one.index)}")
        here, there = (table.loc[[person], ["x", "y"]].to_numpy()[0] for table in (one, other))
        if np.isfinite([*here, *there]).all():
            look: dict[str, Any] = {"color": INK, "linewidth": 0.9, "zorder": 4, "label": LINKED}
            right.figure.add_artist(ConnectionPatch(tuple(here), tuple(there), "data", axesA=left, axesB=right, **look))
            for ax, (x, y) in ((left, here), (right, there)):
                ax.scatter(x, y, s=70, facecolors="none", edgecolors=INK, zorder=5)
