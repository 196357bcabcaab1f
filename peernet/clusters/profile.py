"""What sets each group of people apart, what they all share, and who stands for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import numpy as np
import pandas as pd

from peernet.clusters.group_differences import answers_differ
from peernet.clusters.group_portraits import answers_in_words, answers_shared, central_people, portraits
from peernet.distance.distances import COMPARED_BLOCKS, compared_items, person_distances
from peernet.errors import SettingError, UnknownPersonError, check_choice, did_you_mean
from peernet.survey.survey import Survey

__all__ = ["ClusterProfile", "describe_clusters"]


@dataclass(frozen=True, repr=False, eq=False)
class ClusterProfile:
    """What sets the groups of one view apart, and what they share; fit to be shown to others.

    Parameters
    ----------
    view
        The view whose groups are described.
    table
        Per group, the largest differences first: ``cluster``, its ``size``, ``item``, ``answer`` (empty for graded
        items), mean answer or share of people ``inside`` the group and ``outside`` it, and the ``effect`` with its 95 %
        interval ``low`` to ``high``: Hedges' g for graded items, Cohen's h for shares. Missing where hidden. Empty
        where there are no groups.
    shared
        What everybody shares: each ``item`` and ``answer`` that at least half of every group gave (graded answers by
        thirds of the scale: low, middle, high), with the share that ``everybody`` taken together and ``every_group``
        reach at least, rounded down to 5 %. Never so high that fewer than ``floor`` people are left who said
        otherwise. Without groups, everybody counts as one.
    exemplars
        The person at the centre of each group, without name or identifier: ``cluster``, and each ``item`` and
        ``answer``, the most telling first. At least ``floor`` members of the group gave all the answers told of it.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pn.describe_clusters(survey, pn.cluster_people(survey, views=["perspective"]).table, "perspective")
    <ClusterProfile: perspective, 5 groups, set apart most by background, change_2, people_1, planning_3, ...>
    """

    view: str
    table: pd.DataFrame = field(repr=False)
    shared: pd.DataFrame = field(repr=False)
    exemplars: pd.DataFrame = field(repr=False)

    def __repr__(self) -> str:
        first = self.table.dropna(subset=["effect"]).groupby("cluster")["item"].first()
        apart = f"set apart most by {', '.join(dict.fromkeys(first))}" if len(first) else "nothing sets them apart"
        return f"<ClusterProfile: {self.view}, {self.table['cluster'].nunique()} groups, {apart}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.table.to_html(index=False)}"

    @property
    def hidden(self) -> int:
        """Number of rows of the table whose values are hidden."""
        return int(self.table["inside"].isna().sum())


def describe_clusters(
    survey: Survey, groups: pd.DataFrame, view: str, *, block: str | None = None, floor: int = 5
) -> ClusterProfile:
    """What sets each group of one view apart from everybody else, what all share, and who stands for each.

    Parameters
    ----------
    survey
        The survey.
    groups
        Groups per view, as in ``PeopleClusters.table``.
    view
        The view whose groups to describe.
    block
        The block of items to describe them by; by default the view's own. The groups were formed to differ on those,
        so their intervals describe and do not test; items of another block are free of that.
    floor
        Answers given by fewer people than this, and others from which they could be worked out, are hidden.

    Returns
    -------
    ClusterProfile

    Raises
    ------
    SettingError
        If the view has no column in ``groups``, the block is no block of answers, or ``floor`` is below 1.
    UnknownPersonError
        If somebody in a group is not in the survey.

    References
    ----------
    Hedges (1981), Distribution theory for Glass's estimator of effect size and related estimators, Journal of
    Educational Statistics 6, 107-128.
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapter 6.
    Sweeney (2002), k-anonymity: a model for protecting privacy, International Journal of Uncertainty, Fuzziness and
    Knowledge-Based Systems 10, 557-570 (for the exemplars).

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> profile = describe_clusters(survey, pn.cluster_people(survey, views=["perspective"]).table, "perspective")
    >>> profile.table[["cluster", "item", "answer", "effect"]].head(3).round(1)
       cluster        item      answer  effect
    0        1  background     A trade     1.3
    1        1  planning_3                -1.2
    2        1   education  Vocational     1.1
    """
    check_choice("view", view, groups.columns)
    if floor < 1:
        raise SettingError(f"floor must be at least 1; got {floor!r}.")
    items = compared_items(survey, block or view)
    labels = groups[view].dropna().astype(np.int64)
    for person in labels.index.difference(survey.people.index)[:1]:
        raise UnknownPersonError(f"No person {person!r} in the survey.{did_you_mean(str(person), survey.people.index)}")
    told = answers_in_words(survey.people, items)
    table = answers_differ(survey.people, items, labels, floor)
    everybody = labels if len(labels) else pd.Series(0, index=survey.people.index)
    centred_on = view if view in COMPARED_BLOCKS and compared_items(survey, view) else block or view
    centres = central_people(person_distances(survey, centred_on), labels) if len(labels) else {}
    return ClusterProfile(
        view, table, answers_shared(told, everybody, floor), portraits(told, labels, centres, table, floor)
    )
