"""Groups of people in each view (k-means on main axes), with consensus clustering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from zlib import crc32

import numpy as np
import pandas as pd

from peernet._wording import Shown
from peernet.clusters.evidence import consensus, stability_label
from peernet.clusters.groups import Groups, GroupSettings, find_groups
from peernet.distance.distances import compared_items, person_distances
from peernet.errors import check_choice
from peernet.survey.survey import Survey


@dataclass(frozen=True, repr=False, eq=False)
class PeopleClusters(Shown):
    """Groups of people in each view, and how far to trust them.

    Parameters
    ----------
    table
        Index ``person``, everybody on the roster; one column per view with the number of the person's group, from 1
        for the largest. Missing for people who could not be placed, and for everybody where a view shows no groups.
    views
        Index ``view``: ``people`` placed, ``unplaced`` people, number of ``clusters`` (1 where there are no groups),
        mean ``silhouette``, ``p_value`` of the test for groups, ``seconded_by``, the names of the other criteria (gap,
        prediction) that see more than one group as well, ``verdict`` (``"groups"``, ``"pattern"``, ``"by degree"``,
        ``"no groups"``, ``"too little"``, or ``"as asked"`` where the number was given) and the verdict in ``words``.
    stability
        One row per group: ``view``, ``cluster``, ``size``, ``exemplar`` (the person at its centre, for the
        analyst's eyes: `describe_clusters` does not name them), mean ``silhouette``, mean ``jaccard`` overlap with its
        best match when people are drawn again, and its ``standing``.
    evidence
        One row per view and number of ``clusters`` tried: mean ``silhouette``, what is ``expected`` of it without
        groups, and the ``excess`` over that, by which the number is chosen; beside it, the ``gap`` over the dispersion
        expected without groups with its standard error ``gap_se``, the ``prediction_strength``, and ``favoured_by``,
        the names of the criteria (silhouette, gap, prediction) that would choose this number.
    groups
        What was found in each view, for `consensus` and `membership`.

    Examples
    --------
    >>> import peernet as pn
    >>> clusters = pn.cluster_people(pn.load_example(), views=["perspective"])
    >>> clusters.verdict("perspective")
    'five clear groups'
    >>> clusters.stability[["cluster", "size", "exemplar"]].head(2)
       cluster  size exemplar
    0        1    59     p150
    1        2    55     p052
    """

    MAIN_TABLE: ClassVar[str] = "stability"

    table: pd.DataFrame
    views: pd.DataFrame
    stability: pd.DataFrame
    evidence: pd.DataFrame
    groups: Mapping[str, Groups] = field(repr=False)

    def __repr__(self) -> str:
        return f"<PeopleClusters: {'; '.join(f'{view}: {words}' for view, words in self.views['words'].items())}>"

    def verdict(self, view: str) -> str:
        """What one view shows, in words."""
        check_choice("view", view, self.views.index)
        return str(self.views.loc[view, "words"])

    def consensus(self, view: str) -> pd.DataFrame:
        """How often each two people of one view end up in the same group when people are drawn again.

        Parameters
        ----------
        view
            The view.

        Returns
        -------
        pandas.DataFrame
            Square, people grouped in the view in rows and columns; the share of the draws with both that put them
            together, NaN where no draw has both. Empty where there are no groups. With more than 2,000 people it
            covers those of the sample that was partitioned.

        References
        ----------
        Monti et al. (2003), Consensus clustering, Machine Learning 52, 91-118.
        """
        people = self.table.index[self._found(view).core]
        shares = consensus(self._found(view).resampled) if len(people) else np.empty((0, 0))
        return pd.DataFrame(shares, index=people, columns=people)

    def membership(self, view: str) -> pd.DataFrame:
        """How much each person belongs to each group of one view, from the consensus with its members.

        Parameters
        ----------
        view
            The view.

        Returns
        -------
        pandas.DataFrame
            One row per person in `consensus`, one column per group; the mean consensus with the group's other
            members, scaled to sum to 1 over the groups.
        """
        shares = self.consensus(view)
        np.fill_diagonal(values := shares.to_numpy(copy=True), np.nan)
        labels = self.table[view].loc[shares.index].to_numpy()
        means = pd.DataFrame(values, index=shares.index, columns=labels).T.groupby(level=0).mean().T
        return means.div(means.sum(axis=1), axis=0).rename_axis(columns="cluster")

    def _found(self, view: str) -> Groups:
        check_choice("view", view, self.views.index)
        return self.groups[view]


def cluster_people(
    survey: Survey,
    *,
    views: Sequence[str] = ("experience", "perspective"),
    clusters: int | None = None,
    max_clusters: int = 8,
    min_size: int = 3,
    draws: int = 99,
    resamples: int = 100,
    axes: int | None = None,
    weights: str = "contribution",
    min_shared: float = 0.5,
    rng: int | np.random.Generator = 0,
    progress: bool = True,
) -> PeopleClusters:
    """Groups of people by experience and by perspective, or the verdict that there are none.

    People are placed by all their answers in a view (principal components of mixed answers), and k groups are sought by
    k-means on the k - 1 axes on which people are most spread out, where most of the noise is left behind. Whether there
    are any is tested against surveys without groups: the same answers to each item, missing where they are missing, as
    correlated between items, people as spread out on each of the main axes, leading traits as skewed and as evenly
    spread, and people as unlike in how extremely they answer, but dealt out as one cloud. Answers that merely go
    together (a gradient of opinion, however lopsided or flat) are therefore no groups. Three groups, the number that a
    small survey shows best, need stand out least, and others the more the further they are from three.
    The number of groups is the one whose mean silhouette most exceeds what it reaches in these surveys; where one of
    the groups does not come back when people are drawn again, the next smaller number of which all do.

    Views so sparse that two people on average share less answered weight than ``min_shared``, as votes on many
    statements are, go the way of Polis: two axes, corrected for what was not answered, made by the people who answered
    at least seven questions; the others join the nearest group. On such votes distances between two people rest on few
    statements, while axes rest on all of them, and k-means lets groups be of unequal size, where exemplars draw them to
    equal. If there are no groups but people differ by degree, they are cut in the two to five sides with the widest
    silhouettes, or fewer, provided that these come back; the verdict is then ``"by degree"``: sides for orientation.

    Parameters
    ----------
    survey
        The survey.
    views
        Blocks of answers to group people by.
    clusters
        A number of groups to take as given in each view, less those smaller than ``min_size``; by default the evidence
        decides.
    max_clusters
        The largest number of groups to try.
    min_size
        Smaller groups dissolve into the others.
    draws
        Surveys without groups to compare with.
    resamples
        Times that people are drawn again, with replacement, to see whether the groups come back. People drawn twice
        count twice in the grouping and once in the overlap.
    axes
        Seek every number of groups on this many axes and place everybody who answered anything. By default it is two in
        sparse views.
    weights, min_shared
        As in `person_distances`.
    rng
        Seed or generator. Neither the order of people in the survey nor the other views matter.
    progress
        Whether to show progress bars, from 500 people on and where it takes longer than two seconds.

    Returns
    -------
    PeopleClusters
        The p-value is the share of the surveys, this one included, in which the variance within groups falls as far
        below what is usual for their number. There are groups where it is at most 0.05 and members' mean Jaccard
        overlap at least 0.6. They are clear where it is at least 0.75 and no single group's below 0.6, and the gap or
        the prediction strength sees more than one group as well; otherwise they are only a pattern. Unless ``axes`` is
        given or the view is sparse, people are left out who share too little answered weight with half of the others.
        With fewer than 10 people or 2 items that set people apart there is too little to tell.

        More people than the computer can compare with each other are approximated: beyond 500 people a random 500 are
        tested for groups, beyond 1,000 as many are drawn again, and beyond 2,000 a random 2,000 are grouped and the
        others join the nearest group.

    Raises
    ------
    SettingError
        If a setting is not allowed or a view is no block of answers.

    Notes
    -----
    False claims of groups, in 40 to 80 simulated surveys of each kind, 60 people with 12 items: at most 5 in 100 where
    answers are unrelated, follow one to three lognormal traits, four normal ones or two that are spread evenly, or are
    skewed with 10 % missing, and none where they follow one trait that is normal, heavy-tailed or spread evenly from
    end to end, also up to a ceiling, or are more extreme in some people than in others. Where 120 people answer 30
    items about one trait, none of 100 surveys if it is normal or spread evenly, 3 of 60 if it is lognormal, and 1 of 30
    if it is spread evenly and a tenth is missing. More where 120 people answer 12 items about two traits that are
    spread evenly: 5 of 40 surveys. Two camps that answer 1 or 2 against 4 or 5 are found always, also where no two
    members differ; three groups in which the best possible guess of membership is right in 9 of 10 cases, in every
    fourth survey of 60 people and seven of ten of 150.

    References
    ----------
    Ding & He (2004), K-means clustering via principal component analysis, Proceedings of the 21st International
    Conference on Machine Learning (for the number of axes).
    Pagès (2004), Analyse factorielle de données mixtes, Revue de statistique appliquée 52 (4), 93-111.
    Small et al. (2021), Polis: scaling deliberation by mapping high dimensional opinion spaces, Recerca 26 (2), 1-26
    (for votes: two axes, corrected for what was not voted on, and k-means with the widest silhouettes).
    Liu, Hayes, Nobel & Marron (2008), Statistical significance of clustering for high-dimension, low-sample size data,
    Journal of the American Statistical Association 103, 1281-1293 (for the test statistic).
    Comon (1994), Independent component analysis, a new concept?, Signal Processing 36, 287-314 (for several skewed
    traits), and Hosking (1990), L-moments, Journal of the Royal Statistical Society B 52, 105-124 (for even spread).
    Hennig & Lin (2015), Flexible parametric bootstrap for testing homogeneity against clustering and assessing the
    number of clusters, Statistics and Computing 25, 821-833.
    Tibshirani, Walther & Hastie (2001), Estimating the number of clusters in a data set via the gap statistic,
    Journal of the Royal Statistical Society B 63, 411-423.
    Tibshirani & Walther (2005), Cluster validation by prediction strength, Journal of Computational and Graphical
    Statistics 14, 511-528.
    Hennig (2007), Cluster-wise assessment of cluster stability, Computational Statistics & Data Analysis 52, 258-271.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.cluster_people(pn.load_aarhus())
    <PeopleClusters: experience: too few items to tell: ...; perspective: too few items to tell: ...>
    """
    settings = GroupSettings(clusters, max_clusters, min_size, draws, resamples, axes, progress)
    found = {}
    seed = int(np.random.default_rng(rng).integers(2**32))
    for view in views:
        own = np.random.default_rng([seed, crc32(view.encode())])  # whatever other views are asked for
        if compared_items(survey, view):
            distances = person_distances(survey, view, weights=weights, min_shared=min_shared)
            found[view] = find_groups(distances, settings, own)
        else:
            found[view] = Groups(np.empty(0, dtype=np.int64), "items")
    people = survey.people.index
    return PeopleClusters(
        table=pd.DataFrame({view: _group_numbers(people, groups) for view, groups in found.items()}, index=people),
        views=pd.DataFrame([_verdict_row(view, groups, len(people)) for view, groups in found.items()]).set_index(
            "view"
        ),
        stability=pd.concat([_stability(view, groups, people) for view, groups in found.items()], ignore_index=True),
        evidence=pd.concat([_evidence(view, groups) for view, groups in found.items()], ignore_index=True),
        groups=found,
    )


def _group_numbers(people: pd.Index, groups: Groups) -> pd.Series:
    numbers = pd.Series(pd.NA, index=people, dtype="Int64")
    if len(groups.exemplars):
        numbers.iloc[groups.placed] = groups.labels + 1
    return numbers


def _verdict_row(view: str, groups: Groups, people: int) -> dict[str, Any]:
    return {
        "view": view,
        "people": len(groups.placed),
        "unplaced": people - len(groups.placed),
        "clusters": max(len(groups.exemplars), 1),
        "silhouette": groups.silhouettes.mean() if len(groups.silhouettes) else np.nan,
        "p_value": groups.p_value,
        "seconded_by": ", ".join(groups.seconded_by),
        "verdict": groups.verdict,
        "words": groups.words,
    }


def _evidence(view: str, groups: Groups) -> pd.DataFrame:
    table = groups.evidence.rename_axis("clusters").reset_index()
    table.insert(0, "view", view)
    chosen = groups.chosen.items()
    favoured = [", ".join(criterion for criterion, number in chosen if number == k) for k in table["clusters"]]
    return table.assign(favoured_by=favoured)


def _stability(view: str, groups: Groups, people: pd.Index) -> pd.DataFrame:
    k = len(groups.exemplars)
    inside = groups.labels[np.isin(groups.placed, groups.core)] if k else groups.labels
    width = pd.Series(groups.silhouettes).groupby(inside).mean()
    table = {
        "view": view,
        "cluster": np.arange(1, k + 1),
        "size": np.bincount(groups.labels, minlength=k),
        "exemplar": people[groups.exemplars],
        "silhouette": width.to_numpy(),
        "jaccard": groups.jaccards,
        "standing": [stability_label(jaccard) for jaccard in groups.jaccards],
    }
    return pd.DataFrame(table)
