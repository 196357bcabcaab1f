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

from peernet._arrays import Array, Flags, Floats, Ints
from peernet._parallel import generator
from peernet._wording import Shown, count_in_digits, listed
from peernet.clusters.groups import some_people
from peernet.clusters.partition import centred_squares, filled_table
from peernet.distance.distances import PersonDistances, person_distances
from peernet.errors import SettingError, check_type, checked_list, did_you_mean, is_number, is_whole, type_in_words
from peernet.survey.names import in_groups
from peernet.survey.survey import Survey

Measure = Callable[[Ints], Floats]  # from orders of people in the second view (rows) to the value of each
COLUMNS = ["value", "expected", "low", "high", "p_value"]
BAND = [0.025, 0.975]  # of the value under independent views
FEWEST_RELATED = 4  # people
VIEWS = 2
FEWEST_GROUPS = 2  # of a view, or there is nothing to compare
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
        ``supply`` (number of pairs close in the first view and far apart in the second) and, where groups are given
        for both views, ``adjusted_rand`` and ``adjusted_mutual_information`` among the people who are in a group of
        either view. Columns ``value``; ``expected`` and the 95 % band ``low`` to ``high`` under independent views;
        two-sided ``p_value``. NaN where there are too few people, and for the agreement of groups where one view has
        them all in one.
    partners
        Index ``person``: number of others who are close in the first view and far apart in the second. Missing for
        people without answers in both views, and for those not drawn.
    coverable
        Largest share of people who could all have such a partner at once, in pairs or in rings of three, five and so
        on, in which everybody meets two others.
    contingency
        People by group in the first view (rows) and the second (columns), those without a group in one of them left
        out; empty unless groups are given for both.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.clusters.relate_views(pn.load_example(), draws=99)
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
        told = f"{value:,.0f} pairs alike in {one} and different in {other}, {chance}; {able} can be in one at once"
        single = "adjusted_rand" in self.table.index and min(self.contingency.shape) < FEWEST_GROUPS
        return f"{told}; the groups cannot be compared, one view has no two of them" if single else told


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
        Groups per view, as in ``PeopleClusters.table``: index ``person``, a column per view. Whoever is not in it, or
        has a missing or blank label, is in no group.
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
        If a quantile or a number is out of range, a view has nothing to compare people by, or ``groups`` is no table
        of both views by person.

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
    >>> relation = pn.clusters.relate_views(pn.load_example(), draws=99)
    >>> relation.table.index.tolist()
    ['mantel', 'rv', 'supply']
    """
    check_type("survey", survey, Survey, "read_survey")
    inside = all(is_number(quantile, 0, 1) and quantile not in (0, 1) for quantile in (close, far))
    if not (inside and is_whole(draws, 1)):
        raise SettingError(f"close and far lie between 0 and 1, draws at 1 or more; got {close!r}, {far!r}, {draws!r}.")
    if len(views := tuple(checked_list("views", views, "two views"))) != VIEWS:
        raise SettingError(f"views must be two, such as ('experience', 'perspective'); got {views!r}.")
    if groups is not None:
        check_groups(groups, survey.people.index)
        _check_views(groups, views)
    alike, apart = (person_distances(survey, view, weights=weights, min_shared=min_shared) for view in views)
    rng = generator(rng)
    people = some_people(np.flatnonzero(alike.answered & apart.answered), RELATED, rng)
    oneself = np.eye(len(people), dtype=bool)
    one, other = (np.where(oneself, np.nan, view.block(people, people)) for view in (alike, apart))
    wanted = one <= _quantile(one, close), other >= _quantile(other, far)
    measures = _measures(alike, apart, people, wanted)
    both = wanted[0] & wanted[1]
    partners = pd.Series(pd.NA, index=survey.people.index, name="partners", dtype="Int64")
    partners.iloc[people] = both.sum(axis=1)
    table = against_shuffling(measures, len(people), draws, rng)
    grouped = _grouped_in_both(groups, survey.people.index[people], views)
    if grouped is None:
        return ViewRelation(views, table, partners, _coverable(both), pd.DataFrame())
    table = pd.concat([table, against_shuffling(_agreement(grouped), len(grouped), draws, rng)])
    contingency = pd.crosstab(grouped[views[0]], grouped[views[1]])
    return ViewRelation(views, table, partners, _coverable(both), contingency)


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


def check_groups(groups: pd.DataFrame, people: pd.Index) -> None:
    """Raise `SettingError` unless the groups are a table with one row per person, and of these people only."""
    if not isinstance(groups, pd.DataFrame):
        raise SettingError(f"groups must be a table, such as PeopleClusters.table; got {type_in_words(groups)}.")
    if not groups.index.is_unique:
        twice = groups.index[groups.index.duplicated()][0]
        raise SettingError(f"groups has more than one row for {twice!r}; keep one row per person.")
    strangers = [person for person in groups.index if person not in people]
    if strangers:
        hint = did_you_mean(str(strangers[0]), map(str, people))
        raise SettingError(
            f"groups has {count_in_digits(len(strangers), 'row', 'rows')} for nobody in the survey, such as "
            f"{strangers[0]!r}; its index must hold people.{hint}"
        )


def _check_views(groups: pd.DataFrame, views: tuple[str, str]) -> None:
    for view in views:
        if view not in groups:
            known = list(map(str, groups))
            raise SettingError(f"groups has no column {view!r}; it has {listed(known)}.{did_you_mean(view, known)}")


def _grouped_in_both(groups: pd.DataFrame | None, people: pd.Index, views: tuple[str, str]) -> pd.DataFrame | None:
    """The groups of the people who are in one in both views; None where a view shows none."""
    if groups is None:
        return None
    ours = pd.DataFrame({view: in_groups(groups[view]).reindex(people) for view in views})
    return None if ours.isna().all(axis=0).any() else ours.dropna()


def _agreement(grouped: pd.DataFrame) -> dict[str, Measure]:
    """How far two groupings agree; missing where one of them has no two groups, since then nothing could differ."""
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score  # quick to use, slow to load

    one, other = (pd.factorize(grouped.iloc[:, side])[0] for side in (0, -1))
    comparable = len(grouped) >= FEWEST_RELATED and min(one.max(initial=0), other.max(initial=0)) >= FEWEST_GROUPS - 1
    scores = {"adjusted_rand": adjusted_rand_score, "adjusted_mutual_information": adjusted_mutual_info_score}
    return {
        name: label_measure(score, one, other) if comparable else lambda orders: np.full(len(orders), np.nan)
        for name, score in scores.items()
    }


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
