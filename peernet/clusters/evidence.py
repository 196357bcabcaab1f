"""How many groups the answers show, if any, from several sides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._arrays import Floats
from peernet._parallel import progress_bar
from peernet.clusters.one_cloud import answer_scores, deal_again, latent_loadings
from peernet.clusters.partition import appraise, assign, partitions
from peernet.distance.coding import CodedItems

__all__ = ["EVIDENCE", "gap_number", "gap_statistic", "prediction_strength", "weigh_numbers"]


EVIDENCE = ["silhouette", "expected", "excess", "gap", "gap_se", "prediction_strength"]
SPLITS = 20  # into halves, for the prediction strength


def weigh_numbers(
    items: CodedItems,
    table_of: Callable[[CodedItems], Floats],
    *,
    most: int,
    min_size: int,
    draws: int,
    rng: np.random.Generator,
    progress: bool = False,
) -> tuple[pd.DataFrame, float]:
    """Evidence for each number of groups from 1 on, and the p-value of there being more than one.

    The excess of a number is its mean silhouette less what the same number reaches on average in surveys without
    groups. The test statistic is the largest excess. The gap is against the same surveys.
    """
    table = table_of(items)
    scores = answer_scores(items, table)
    loadings = latent_loadings(scores)
    appraised = np.empty((1 + draws, most, 2))
    appraised[0] = _appraised(table, most, min_size)
    with progress_bar(draws, "surveys without groups", wanted=progress) as bar:
        for draw in range(1, 1 + draws):
            appraised[draw] = _appraised(table_of(deal_again(items, scores, loadings, rng)), most, min_size)
            bar.update()
    widths, dispersions = appraised[..., 0], np.log(np.maximum(appraised[..., 1], 1e-300))
    excess = widths - widths.mean(axis=0)
    gap, gap_se = gap_statistic(dispersions[0], dispersions[1:])
    strength = prediction_strength(table, most, min_size, SPLITS, rng)
    columns = dict(zip(EVIDENCE, (widths[0], widths.mean(axis=0), excess[0], gap, gap_se, strength), strict=True))
    evidence = pd.DataFrame(columns, index=pd.RangeIndex(1, most + 1, name="clusters"))
    largest = excess.max(axis=1)
    return evidence, float(np.mean(largest >= largest[0] - 1e-9))


def _appraised(table: Floats, most: int, min_size: int) -> list[tuple[float, float]]:
    return [appraise(table, medoids) for medoids in partitions(table, most, min_size)]


def gap_statistic(log_dispersion: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Gap of each number of groups and its standard error, from draws (rows) without groups."""
    return expected.mean(axis=0) - log_dispersion, expected.std(axis=0) * np.sqrt(1 + 1 / len(expected))


def gap_number(gap: Floats, gap_se: Floats) -> int:
    """Smallest number of groups whose gap is within one standard error of that of the next (Tibshirani et al.)."""
    enough = np.flatnonzero(gap[:-1] >= gap[1:] - gap_se[1:])
    return int(enough[0]) + 1 if enough.size else len(gap)


def prediction_strength(table: Floats, most: int, min_size: int, splits: int, rng: np.random.Generator) -> Floats:
    """How well the groups in one half of the people tell who belongs together in the other, by number of groups."""
    strengths = []
    for _ in range(splits):
        people = np.argsort(rng.random(len(table)), kind="stable")
        halves = people[: len(people) // 2], people[len(people) // 2 :]
        strengths += [_strength(table, *halves, most, min_size), _strength(table, *halves[::-1], most, min_size)]
    return np.asarray(np.mean(strengths, axis=0))


def _strength(table: Floats, known: npt.NDArray[np.int64], new: npt.NDArray[np.int64], most: int, size: int) -> Floats:
    learnt = partitions(table[np.ix_(known, known)], most, size)
    among = table[np.ix_(new, new)]
    own = [assign(among, medoids) for medoids in partitions(among, most, size)]
    predicted = [table[np.ix_(known[medoids], new)].argmin(axis=0) for medoids in learnt]
    return np.array([_worst_agreement(mine, theirs) for mine, theirs in zip(own, predicted, strict=True)])


def _worst_agreement(label: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64]) -> float:
    """Share of the pairs within a group that the prediction keeps together, in the group where it is lowest."""
    counts = np.zeros((label.max() + 1, predicted.max() + 1))
    np.add.at(counts, (label, predicted), 1)
    size = counts.sum(axis=1)
    together, pairs = (counts * (counts - 1)).sum(axis=1), size * (size - 1)
    return float(np.divide(together, pairs, out=np.ones_like(pairs), where=pairs > 0).min())
