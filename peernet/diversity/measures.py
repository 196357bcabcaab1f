"""Variety, separation and disparity (Harrison and Klein) of any set of people, each with its jackknife interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from peernet._arrays import Floats, Ints
from peernet.distance.coding import SCALED
from peernet.distance.distances import EXACT_PEOPLE, PersonDistances
from peernet.distance.items import without_each
from peernet.diversity.effective_numbers import similarity_diversity
from peernet.diversity.kernels import diverse_weights
from peernet.diversity.reach import similarity_of
from peernet.errors import SettingError, did_you_mean
from peernet.survey.item import Item
from peernet.survey.survey import Survey

OVER = ("items", "people")
GRADED = ("numeric", "ordinal")
FEWEST = 3  # questions or people; of fewer no interval is said


class Measured(NamedTuple):
    """One row of the table, but for the faultline."""

    people: int
    variety: float
    variety_low: float
    variety_high: float
    variety_0: float
    variety_2: float
    perspectives: float
    separation: float
    separation_low: float
    separation_high: float
    disparity: float
    disparity_low: float
    disparity_high: float


class Measures:
    """Measures any set of people of one survey, from their distances on a view and their status, person x item.

    At the distance ``scale`` two people count as about a third alike; intervals run over other ``"items"`` or
    ``"people"``.
    """

    def __init__(self, distances: PersonDistances, amounts: Floats, scale: float, over: str) -> None:
        self.distances, self.amounts, self.scale, self.over = distances, amounts, scale, over
        graded = np.where(distances.items.rules == SCALED, distances.shares, 0.0)
        self.graded = distances.reweighed(graded) if graded.any() else None
        by_items = over == "items"
        self._without = without_each(distances) if by_items else []
        self._graded_without = without_each(self.graded) if by_items and self.graded is not None else []

    def of(self, members: Ints) -> Measured:
        """The measures of some people, by position."""
        if not len(members):
            return Measured(0, *[np.nan] * (len(Measured._fields) - 1))
        if len(members) > EXACT_PEOPLE:
            some = np.sort(np.random.default_rng(0).choice(members, EXACT_PEOPLE, replace=False))
            return self.of(some)._replace(people=len(members))
        alike = similarity_of(self.distances.block(members, members), self.scale)
        variety, varied = _variety(alike), self._variety_without(members, alike)
        apart, moved = self._separation(members)
        return Measured(
            len(members),
            variety,
            *jackknife_interval(variety, varied, (1.0, float(len(members)))),
            similarity_diversity(alike, order=0),
            similarity_diversity(alike, order=2),
            float(diverse_weights(alike).sum()),
            apart,
            *jackknife_interval(apart, moved, (0.0, 1.0)),
            *self._disparity(self.amounts[members]),
        )

    def variety(self, members: Ints) -> float:
        """Variety of some people."""
        return _variety(similarity_of(self.distances.block(members, members), self.scale))

    def variety_by_lot(self, known: Ints, size: int, draws: int, rng: np.random.Generator) -> Floats:
        """Varieties of groups of one size drawn by lot from the known; none where that is nobody or everybody."""
        if not 0 < size < len(known):
            return np.empty(0)
        lots = [np.sort(rng.choice(known, size, replace=False)) for _ in range(draws)]
        return np.array([self.variety(members) for members in lots])

    def _variety_without(self, members: Ints, alike: Floats) -> Floats:
        """Variety without each item or person."""
        if self.over == "people":
            return variety_without_people(alike)
        tables = (rest.block(members, members) for rest in self._without)
        return np.array([_variety(similarity_of(table, self.scale)) for table in tables])

    def _separation(self, members: Ints) -> tuple[float, Floats]:
        """Mean distance on graded items, and what it is without each item or person."""
        if self.graded is None:
            return float("nan"), np.empty(0)
        table = self.graded.block(members, members)
        if self.over == "people":
            return _mean_distance(table), means_without_people(table)
        without = [_mean_distance(rest.block(members, members)) for rest in self._graded_without]
        return _mean_distance(table), np.array(without)

    def _disparity(self, amounts: Floats) -> tuple[float, float, float]:
        """Mean Gini coefficient of the status items, and its interval."""
        each = gini_corrected(amounts)
        each = each[~np.isnan(each)]
        if not len(each):
            return float("nan"), float("nan"), float("nan")
        value = float(each.mean())
        without = (each.sum() - each) / max(len(each) - 1, 1)
        if self.over == "people":
            rest = (np.delete(amounts, i, axis=0) for i in range(len(amounts)))
            without = np.array([_known_mean(gini_corrected(others)) for others in rest])
        return value, *jackknife_interval(value, without, (0.0, 1.0))


def _variety(alike: Floats) -> float:
    """Effective number of order 1, in which each perspective counts by its share."""
    return similarity_diversity(alike, order=1)


def variety_without_people(alike: Floats) -> Floats:
    """Variety of order 1 without each person in turn."""
    n = len(alike)
    if n < 2:
        return np.empty(0)
    usual = (alike.sum(axis=1)[:, None] - alike) / (n - 1)  # of each person (row) without another (column)
    logs = np.log(np.where(np.eye(n, dtype=bool), 1.0, usual))
    return np.asarray(np.exp(-logs.sum(axis=0) / (n - 1)))


def _mean_distance(table: Floats) -> float:
    """Mean distance over the known pairs of different people."""
    return _known_mean(table[np.triu_indices(len(table), k=1)])


def means_without_people(table: Floats) -> Floats:
    """Mean distance without each person in turn."""
    other = ~np.eye(len(table), dtype=bool) & ~np.isnan(table)
    total, count = np.where(other, table, 0.0).sum(axis=1), other.sum(axis=1)
    left = (count.sum() - 2 * count).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((total.sum() - 2 * total) / np.where(left > 0, left, np.nan))


def _known_mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def gini_corrected(amounts: Floats) -> Floats:
    """Gini coefficient of each column, corrected for the number of people: 0 for all the same, 1 where one has all.

    With the n values x in rising order, sum((2 i - n - 1) x_i) / ((n - 1) sum(x)): half the mean difference of two
    different people, over the mean, which is n / (n - 1) times `gini`. So teams of different size compare. Missing
    answers are left out; missing where fewer than two people answered.

    References
    ----------
    Deltas, G. (2003). The small-sample bias of the Gini coefficient: results and implications for empirical research.
    Review of Economics and Statistics 85, 226-234.
    """
    ordered = np.sort(amounts, axis=0)  # missing ones last
    n = (~np.isnan(ordered)).sum(axis=0)
    rank = np.arange(1, len(ordered) + 1)[:, None]
    total = np.nansum(ordered, axis=0)
    spread = np.nansum((2 * rank - n - 1) * ordered, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(total > 0, spread / ((n - 1) * total), 0.0)
    return np.asarray(np.where(n > 1, found, np.nan))


def gini(values: pd.Series) -> float:
    """Gini coefficient: 0 where everyone has the same, towards 1 where one person has all.

    With the n values x in rising order, 2 sum(i x_i) / (n sum(x)) - (n + 1) / n: half the mean difference of two people
    drawn with replacement, over the mean. It is at most (n - 1) / n. Right for one whole organisation; groups of
    different size do not compare, see `gini_corrected`. 0 for nobody.

    References
    ----------
    Damgaard, C. & Weiner, J. (2000). Describing inequality in plant size or fecundity. Ecology 81, 1139-1142.
    """
    ordered = np.sort(values.to_numpy(dtype=float))
    if not len(ordered) or ordered.sum() == 0:
        return 0.0
    n = len(ordered)
    return float(2 * (ordered * np.arange(1, n + 1)).sum() / (n * ordered.sum()) - (n + 1) / n)


def jackknife_interval(value: float, without: Floats, limits: tuple[float, float]) -> tuple[float, float]:
    """The 95 % interval of a value from what it is without each question or person in turn.

    Student's t with one degree of freedom less than there are of them, cut off at the limits of the measure; missing
    where there are fewer than `FEWEST`.
    """
    k = len(without)
    if k < FEWEST or np.isnan(value) or np.isnan(without).any():
        return float("nan"), float("nan")
    error = np.sqrt((k - 1) / k * ((without - without.mean()) ** 2).sum())
    half = float(stdtrit(k - 1, 0.975)) * error
    low, high = limits
    return float(max(value - half, low)), float(min(value + half, high))


def status_answers(survey: Survey, status: Sequence[str] | None) -> pd.DataFrame:
    """Graded answers that tell of status, as numbers: years as they are, grades counted from 1."""
    graded = {item.name: item for item in survey.codebook.items if item.kind in GRADED and item.name in survey.people}
    experience = [name for name, item in graded.items() if item.block == "experience"]
    for name in status or ():
        if name not in graded or graded[name].block == "protected":
            hint = did_you_mean(name, graded)
            raise SettingError(f"status names {name!r}, which is no graded item of the survey that may be used.{hint}")
    names = experience if status is None else list(status)
    return pd.DataFrame({name: _amounts(survey.people[name], graded[name]) for name in names}, survey.people.index)


def _amounts(answers: pd.Series, item: Item) -> pd.Series[float]:
    """One item's answers as numbers."""
    if isinstance(answers.dtype, pd.CategoricalDtype):
        codes = answers.cat.codes.astype(float)
        return codes.where(codes >= 0) + 1
    amounts = answers.astype(float)
    lowest = item.low if item.low is not None else min(0.0, float(np.nan_to_num(amounts.min())))
    return amounts - lowest + 1 if item.kind == "ordinal" else amounts - min(lowest, 0.0)
