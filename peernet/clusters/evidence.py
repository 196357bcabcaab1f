"""How many groups, if any: silhouettes against a parametric bootstrap, gap statistic, prediction strength; stability.

The bootstrap makes surveys without groups: the same answers, as alike between items as before, dealt out again as one
cloud (a Gaussian copula). Stability is the bootstrap Jaccard overlap of each group when people are drawn again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import eigh
from scipy.special import ndtri

from peernet._arrays import Array, Floats
from peernet._parallel import progress_bar
from peernet.clusters.partition import appraise, assign, build, centred_squares, partition, partitions
from peernet.distance.coding import CHOSEN, NAMED, CodedItems

EVIDENCE = ["silhouette", "expected", "excess", "gap", "gap_se", "prediction_strength"]
SPLITS = 20  # into halves, for the prediction strength
MULTIPLICATIONS = 50  # of the power iteration for the main axis
BISECTIONS = 30  # for the correlation of two normal variables: as near as 1e-9
ORDERS = 12  # of the polynomials that turn a normal variable into answers
# What a mean Jaccard overlap of at least so much says of a group (Hennig 2007).
STANDINGS = {0.85: "highly stable", 0.75: "stable", 0.6: "pattern only", 0.0: "do not trust"}


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
            appraised[draw] = _appraised(table_of(null_survey(items, scores, loadings, rng)), most, min_size)
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
    """What the known half tells of the new one, by number of groups."""
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


def answer_scores(items: CodedItems, table: Floats) -> Floats:
    """One number per answer, so that every item has an order: item x person, NaN where unanswered.

    Answers without an order of their own (categories, sets) take the mean place, on the main axis of the distances,
    of the people who gave them.
    """
    axis = _main_axis(table)
    scores = items.answers.astype(np.float64)
    for v, rule in enumerate(items.rules):
        if rule == NAMED:
            answered = ~np.isnan(scores[v])
            scores[v, answered] = pd.Series(axis[answered]).groupby(scores[v, answered]).transform("mean")
        elif rule == CHOSEN:
            scores[v] = np.where(np.isnan(scores[v]), np.nan, _set_scores(items, v, axis))
    return scores


def _main_axis(table: Floats) -> Floats:
    """First principal coordinate up to its length, by power iteration; its largest entry is positive."""
    centred = centred_squares(table)
    axis = centred.diagonal() - centred.diagonal().mean()
    for _ in range(MULTIPLICATIONS):
        axis = centred @ axis
        axis = axis / max(np.linalg.norm(axis), 1e-300)
    return np.asarray(axis * np.sign(axis[np.argmax(np.abs(axis))]))


def _set_scores(items: CodedItems, v: int, axis: Floats) -> Floats:
    """Mean over the answers chosen of the mean place of those who chose each."""
    words = np.ascontiguousarray(items.bits[items.words[v] : items.words[v + 1]].T)
    chosen = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little").astype(np.float64)
    place = axis @ chosen / np.maximum(chosen.sum(axis=0), 1)
    return np.asarray(chosen @ place / np.maximum(chosen.sum(axis=1), 1))


def latent_loadings(scores: Floats) -> Floats:
    """Loadings of normal variables that, cut into answers (NORTA), correlate on the whole as the items do."""
    wanted = _correlation_beyond_chance(scores)
    shapes = np.array([_hermite_coefficients(answers[~np.isnan(answers)]) for answers in scores])
    low, high = -np.ones_like(wanted), np.ones_like(wanted)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        reached = sum(np.outer(shape, shape) * middle**order for order, shape in enumerate(shapes.T, start=1))
        low, high = np.where(reached < wanted, middle, low), np.where(reached < wanted, high, middle)
    np.fill_diagonal(middle, 1.0)
    values, vectors = eigh(middle)
    loadings = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(loadings / np.linalg.norm(loadings, axis=1, keepdims=True))


def _correlation_beyond_chance(scores: Floats) -> Floats:
    """Correlations less what chance adds to their squares, so that new samples show as much as these answers."""
    observed = pd.DataFrame(scores.T).corr().fillna(0.0).to_numpy()
    answered = (~np.isnan(scores)).astype(np.float64)
    chance = (1 - observed**2) ** 2 / np.maximum(answered @ answered.T - 1, 1)
    return np.asarray(np.sign(observed) * np.sqrt(np.maximum(observed**2 - chance, 0.0)))


def _hermite_coefficients(answers: Floats) -> Floats:
    """Hermite coefficients of the answers as a function of a normal variable.

    Two such functions of normal variables with correlation r correlate as the sum of the products of their
    coefficients times r to the power of the order (Mehler).
    """
    if len(answers) < 2 or np.ptp(answers) == 0:
        return np.zeros(ORDERS)
    normal = ndtri((np.arange(len(answers)) + 0.5) / len(answers))
    standard = np.sort((answers - answers.mean()) / answers.std())
    before, now = np.zeros_like(normal), np.ones_like(normal)
    coefficients = []
    for order in range(ORDERS):
        before, now = now, (normal * now - np.sqrt(order) * before) / np.sqrt(order + 1)
        coefficients.append((standard * now).mean())
    return np.array(coefficients)


def null_survey(items: CodedItems, scores: Floats, loadings: Floats, rng: np.random.Generator) -> CodedItems:
    """Deal each item's answers out again in the order of correlated normal variables; who answered what stays."""
    latent = loadings @ rng.standard_normal((loadings.shape[1], len(items.people)))
    answers, bits = items.answers.copy(), items.bits.copy()
    for v in range(len(scores)):
        answered = np.flatnonzero(~np.isnan(scores[v]))
        giver = answered[np.argsort(scores[v, answered], kind="stable")]
        taker = answered[np.argsort(latent[v, answered], kind="stable")]
        words = slice(items.words[v], items.words[v + 1])
        answers[v, taker] = items.answers[v, giver]
        bits[words, taker] = items.bits[words, giver]
    return items._replace(answers=answers, bits=bits)


def resample_people(n: int, size: int, draws: int, rng: np.random.Generator) -> Array:
    """Positions of ``size`` among ``n`` people drawn with replacement, one row per draw."""
    return np.floor(rng.random((draws, size)) * n).astype(np.int64)


def regroup(table: Array, drawn: Array, k: int, min_size: int = 1, *, progress: bool = False) -> Array:
    """Group of everybody in each draw, -1 for those not drawn; people drawn twice count twice in the grouping."""
    groups = np.full((len(drawn), len(table)), -1, dtype=np.int64)
    with progress_bar(len(drawn), "people drawn again", wanted=progress) as bar:
        for group, people in zip(groups, drawn, strict=True):
            part = table[np.ix_(people, people)]
            group[people] = assign(part, partition(part, build(part, k), min_size))
            bar.update()
    return groups


def jaccards(label: Array, groups: Array) -> Floats:
    """Overlap of each group (column) with its best match in each draw (row), among the people drawn, each once."""
    found = np.full((len(groups), label.max() + 1), np.nan)
    for row, group in zip(found, groups, strict=True):
        drawn = group >= 0
        both = np.zeros((label.max() + 1, group.max() + 1))
        np.add.at(both, (label[drawn], group[drawn]), 1)
        size = both.sum(axis=1)
        either = size[:, None] + both.sum(axis=0) - both
        best = np.divide(both, either, out=np.zeros_like(both), where=either > 0).max(axis=1)
        row[size > 0] = best[size > 0]
    return found


def mean_overlaps(overlaps: Floats) -> Floats:
    """Mean overlap of each group over the draws with any of its members, NaN where there is none."""
    known = ~np.isnan(overlaps)
    total = np.where(known, overlaps, 0.0).sum(axis=0)
    return np.asarray(np.divide(total, known.sum(axis=0), out=np.full(len(total), np.nan), where=known.any(axis=0)))


def consensus(groups: Array) -> Floats:
    """Share of the draws with both people that put them in the same group, NaN where no draw has both."""
    drawn = (groups >= 0).astype(np.float64)
    members = [(groups == k).astype(np.float64) for k in range(groups.max() + 1)]
    together, both = sum(member.T @ member for member in members), drawn.T @ drawn
    return np.asarray(np.divide(together, both, out=np.full_like(both, np.nan), where=both > 0))


def stability_label(jaccard: float) -> str:
    """What a mean overlap says of a group."""
    return next((word for least, word in STANDINGS.items() if jaccard >= least), "not known")
