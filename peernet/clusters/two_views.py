"""How two views of the same people relate: Mantel test, RV coefficient and agreement of groups, by permutation.

And how many pairs they leave that are the same here and different there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numba import njit
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from peernet._arrays import Array, Flags, Floats, Ints
from peernet._wording import Shown
from peernet.clusters.groups import some_people
from peernet.clusters.partition import centred_squares, filled_table
from peernet.distance.distances import PersonDistances, person_distances
from peernet.errors import SettingError
from peernet.survey.survey import Survey

Measure = Callable[[Ints], Floats]  # from orders of people in the second view (rows) to the value of each
COLUMNS = ["value", "expected", "low", "high", "p_value"]
BAND = [0.025, 0.975]  # of the value under independent views
FEWEST_RELATED = 4  # people
RELATED = 2_000  # people at most whose views are related


@dataclass(frozen=True, repr=False, eq=False)
class ViewRelation(Shown):
    """How two views relate, against the same views of people shuffled in one of them.

    Parameters
    ----------
    views
        The two views: people are to be alike in the first and different in the second.
    table
        Index ``measure``: ``mantel`` (correlation of the two distances), ``rv`` (of the two configurations),
        ``supply`` (number of pairs close in the first view and far apart in the second) and, where both views show
        groups, ``adjusted_rand`` and ``adjusted_mutual_information``. Columns ``value``; ``expected`` and the 95 % band
        ``low`` to ``high`` under independent views; two-sided ``p_value``. NaN where there are too few people.
    partners
        Index ``person``: number of others who are close in the first view and far apart in the second. Missing for
        people without answers in both views, and for those not drawn.
    coverable
        Largest share of people who could all have such a partner at once, in pairs or in rings of three, five and so
        on, in which everybody meets two others.
    contingency
        People by group in the first view (rows) and the second (columns); empty unless both show groups.

    Examples
    --------
    >>> import peernet as pn
    >>> relate_views(pn.load_example(), draws=99)
    <ViewRelation: 6,850 pairs alike in experience and different in perspective, 3% fewer than independent views ...>
    """

    views: tuple[str, str]
    table: pd.DataFrame
    partners: pd.Series
    coverable: float
    contingency: pd.DataFrame = field(repr=False)

    def __repr__(self) -> str:
        return f"<ViewRelation: {self.words}>"

    @property
    def words(self) -> str:
        """The number that matters, in words."""
        value, expected, low, high = (self.table[column].to_dict()["supply"] for column in COLUMNS[:4])
        if np.isnan(value):
            return "too few people to tell"
        off = f"{abs(value - expected) / max(expected, 1):.0%} {'fewer' if value < expected else 'more'} than"
        chance = f"{'as many as' if low <= value <= high else off} independent views give"
        able = "everybody" if self.coverable == 1 else f"{min(self.coverable, 0.99):.0%} of people"
        one, other = self.views
        return f"{value:,.0f} pairs alike in {one} and different in {other}, {chance}; {able} can be in one at once"


def relate_views(
    survey: Survey,
    groups: pd.DataFrame | None = None,
    *,
    views: tuple[str, str] = ("experience", "perspective"),
    close: float = 0.5,
    far: float = 0.5,
    draws: int = 499,
    weights: str = "contribution",
    min_shared: float = 0.5,
    rng: int | np.random.Generator = 0,
) -> ViewRelation:
    """How two views of the same people relate, and the supply of pairs alike in one and different in the other.

    Parameters
    ----------
    survey
        The survey.
    groups
        Groups per view, as in ``PeopleClusters.table``.
    views
        The two views: alike in the first, different in the second.
    close, far
        A pair is close in the first view at or below this quantile of its distances, and far apart in the second at or
        above this quantile. The default splits both at the median.
    draws
        Number of times people are shuffled in one view.
    weights, min_shared
        As in `person_distances`.
    rng
        Seed or generator.

    Returns
    -------
    ViewRelation
        Beyond 2,000 people, of a random 2,000.

    Raises
    ------
    SettingError
        If a quantile or a number is out of range, or a view has nothing to compare people by.

    References
    ----------
    Mantel (1967), The detection of disease clustering and a generalized regression approach, Cancer Research 27.
    Robert & Escoufier (1976), A unifying tool for linear multivariate statistical methods: the RV-coefficient,
    Applied Statistics 25, 257-265.
    Hubert & Arabie (1985), Comparing partitions, Journal of Classification 2, 193-218.
    Vinh, Epps & Bailey (2010), Information theoretic measures for clusterings comparison, JMLR 11, 2837-2854.

    Examples
    --------
    >>> import peernet as pn
    >>> relation = relate_views(pn.load_example(), draws=99)
    >>> relation.table.index.tolist()
    ['mantel', 'rv', 'supply']
    """
    if not (0 < close < 1 and 0 < far < 1 and draws >= 1):
        raise SettingError(f"close and far lie between 0 and 1, draws at 1 or more; got {close!r}, {far!r}, {draws!r}.")
    alike, apart = (person_distances(survey, view, weights=weights, min_shared=min_shared) for view in views)
    generator = np.random.default_rng(rng)
    people = some_people(np.flatnonzero(alike.answered & apart.answered), RELATED, generator)
    one, other = (_off_diagonal(view, people) for view in (alike, apart))
    wanted = one <= _quantile(one, close), other >= _quantile(other, far)
    measures = _measures(alike, apart, people, wanted)
    labels, contingency = _groupings(groups, survey.people.index[people], views)
    if len(contingency):
        measures["adjusted_rand"] = label_measure(adjusted_rand_score, *labels)
        measures["adjusted_mutual_information"] = label_measure(adjusted_mutual_info_score, *labels)
    both = wanted[0] & wanted[1]
    partners = pd.Series(pd.NA, index=survey.people.index, name="partners", dtype="Int64")
    partners.iloc[people] = both.sum(axis=1)
    table = against_shuffling(measures, len(people), draws, generator)
    return ViewRelation(views, table, partners, _coverable(both), contingency)


def _off_diagonal(distances: PersonDistances, people: Ints) -> Floats:
    table = distances.block(people, people)
    np.fill_diagonal(table, np.nan)
    return table


def _quantile(table: Floats, quantile: float) -> float:
    return float(np.nanquantile(table, quantile)) if np.isfinite(table).any() else np.nan


def _measures(
    alike: PersonDistances, apart: PersonDistances, people: Ints, wanted: tuple[Flags, Flags]
) -> dict[str, Measure]:
    """Each measure as a function of the orders of people in the second view."""
    if len(people) < FEWEST_RELATED:
        return {measure: lambda orders: np.full(len(orders), np.nan) for measure in ("mantel", "rv", "supply")}
    one, other = (filled_table(view.items.take(people), view.shares, view.least) for view in (alike, apart))
    return {
        "mantel": table_measure(_standard(one), _standard(other)),
        "rv": table_measure(_unit(centred_squares(one)), _unit(centred_squares(other))),
        "supply": table_measure(wanted[0].astype(np.float64) / 2, wanted[1].astype(np.float64)),
    }


def _standard(table: Floats) -> Floats:
    """Distances less their mean, 0 on the diagonal."""
    pairs = ~np.eye(len(table), dtype=bool)
    return _unit(np.where(pairs, table - table[pairs].mean(), 0.0))


def _unit(table: Floats) -> Floats:
    return np.asarray(table / max(float(np.linalg.norm(table)), 1e-300))


def _groupings(
    groups: pd.DataFrame | None, people: pd.Index, views: tuple[str, str]
) -> tuple[list[Ints], pd.DataFrame]:
    """Groups of the people in both views (0 for people without one) and their contingency table."""
    if groups is None or groups[list(views)].isna().all(axis=0).any():
        return [], pd.DataFrame()
    ours = groups.loc[people, list(views)]
    contingency = pd.crosstab(ours[views[0]], ours[views[1]])
    return [ours[view].fillna(0).to_numpy(dtype=np.int64) for view in views], contingency


def _coverable(both: Flags) -> float:
    """Share of people in the largest set of pairs and rings, from a matching of everybody with everybody."""
    if not len(both):
        return 0.0
    return float((maximum_bipartite_matching(csr_array(both)) >= 0).mean())


def table_measure(one: Floats, other: Floats) -> Measure:
    """The sum of the products of two symmetric tables, entry by entry."""
    return lambda orders: np.asarray(_sums_of_products(np.ascontiguousarray(one), np.ascontiguousarray(other), orders))


def label_measure(agreement: Callable[[Ints, Ints], float], one: Ints, other: Ints) -> Measure:
    """The agreement of two groupings."""
    return lambda orders: np.array([agreement(one, other[order]) for order in orders])


def against_shuffling(
    measures: Mapping[str, Measure], people: int, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Each measure beside its mean and 95 % band when people are shuffled, with the two-sided p-value."""
    orders = np.array([np.argsort(rng.random(people), kind="stable") for _ in range(draws)], dtype=np.int64)
    table = {
        name: _beside_expected(measure(np.vstack([np.arange(people), orders]))) for name, measure in measures.items()
    }
    return pd.DataFrame.from_dict(table, orient="index", columns=COLUMNS).rename_axis("measure")


def _beside_expected(values: Floats) -> tuple[float, ...]:
    """The first of the values against the others."""
    value, shuffled = values[0], values[1:]
    middle = shuffled.mean()
    extreme = np.abs(shuffled - middle) >= abs(value - middle) - 1e-12
    p_value = np.nan if np.isnan(value) else (1 + extreme.sum()) / (1 + len(shuffled))
    return (value, middle, *np.quantile(shuffled, BAND), p_value)


@njit(cache=True, nogil=True)
def _sums_of_products(one: Array, other: Array, orders: Array) -> Array:
    sums = np.zeros(len(orders))
    for r in range(len(orders)):
        order = orders[r]
        twice, once = 0.0, 0.0
        for i in range(len(one)):
            mine, theirs = one[i], other[order[i]]
            for j in range(i):
                twice += mine[j] * theirs[order[j]]
            once += mine[i] * theirs[order[i]]
        sums[r] = 2 * twice + once
    return sums
