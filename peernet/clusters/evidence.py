"""How many groups, if any, and do they come back: cluster index, silhouettes, gap, prediction strength, stability.

Groups are sought on the main axes of the answers, where the cluster index tests whether there are any, and weighed by
all answers, both against surveys without groups. Stability is the bootstrap Jaccard overlap of each group when people
are drawn again.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._arrays import Array, Floats, Ints
from peernet._parallel import progress_bar
from peernet.clusters.one_cloud import answer_scores, dealt_places, fit_cloud
from peernet.clusters.partition import (
    Places,
    all_distances,
    appraise,
    axes_for,
    by_all_answers,
    centres_of,
    cluster_index,
    groupings,
    main_directions,
    nearest_centre,
    on_axes,
)
from peernet.distance.coding import CodedItems

EVIDENCE = ["silhouette", "expected", "excess", "gap", "gap_se", "prediction_strength"]
TINY = 1e-12  # of a dispersion: as good as none
SPLITS = 20  # into halves, for the prediction strength
# What a mean Jaccard overlap of at least so much says of a group (Hennig 2007).
STANDINGS = {0.85: "highly stable", 0.75: "stable", 0.6: "pattern only", 0.0: "do not trust"}


def weigh_numbers(
    items: CodedItems,
    places: Places,
    *,
    most: int,
    min_size: int,
    axes: int | None,
    draws: int,
    rng: np.random.Generator,
    progress: bool = False,
) -> tuple[pd.DataFrame, float]:
    """Evidence for each number of groups from 1 on, and the p-value of there being more than one.

    The test statistic is the smallest cluster index, the variance within groups as a share of all on the axes on which
    they were sought (Liu et al. 2008), against that of as many groups in surveys without any, in standard deviations.
    The excess of a number is its mean silhouette less what the same number reaches on average in these surveys, and the
    gap is against them too.
    """
    found, points = _appraised(places, most, min_size, axes)
    scores = answer_scores(items, points[:, 0])
    cloud = fit_cloud(scores, rng)
    appraised = np.empty((1 + draws, most, 3))
    appraised[0] = found
    with progress_bar(draws, "surveys without groups", wanted=progress) as bar:
        for draw in range(1, 1 + draws):
            without = dealt_places(places, scores, cloud.latent(rng, len(points)))
            appraised[draw] = _appraised(without, most, min_size, axes)[0]
            bar.update()
    widths, (dispersions, indices) = appraised[..., 0], np.log(np.maximum(appraised[..., 1:], TINY)).transpose(2, 0, 1)
    expected = widths[1:].mean(axis=0)
    gap, gap_se = gap_statistic(dispersions[0], dispersions[1:])
    strength = prediction_strength(places, most, min_size, SPLITS, rng, axes)
    columns = dict(zip(EVIDENCE, (widths[0], expected, widths[0] - expected, gap, gap_se, strength), strict=True))
    evidence = pd.DataFrame(columns, index=pd.RangeIndex(1, most + 1, name="clusters"))
    tighter = (indices.mean(axis=0) - indices)[:, 1:]  # than usual, the survey itself included
    most_tight = (tighter / np.maximum(tighter.std(axis=0), TINY)).max(axis=1)
    return evidence, float(np.mean(most_tight >= most_tight[0] - 1e-9))


def _appraised(
    places: Places, most: int, min_size: int, axes: int | None
) -> tuple[list[tuple[float, float, float]], Floats]:
    """Mean silhouette, dispersion and cluster index of each number of groups, and the axes they were sought on."""
    points = on_axes(places, main_directions(places, axes or most - 1))
    table = all_distances(places)
    found = []
    for k, label in enumerate(groupings(points, most, min_size, axes), start=1):
        seen = points[:, : axes_for(k, axes, points.shape[1])]
        found.append((*appraise(table, label), cluster_index(seen, label)))
    return found, points


def gap_statistic(log_dispersion: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Gap of each number of groups and its standard error, from draws (rows) without groups."""
    return expected.mean(axis=0) - log_dispersion, expected.std(axis=0) * np.sqrt(1 + 1 / len(expected))


def gap_number(gap: Floats, gap_se: Floats) -> int:
    """Smallest number of groups whose gap is within one standard error of that of the next (Tibshirani et al.)."""
    enough = np.flatnonzero(gap[:-1] >= gap[1:] - gap_se[1:])
    return int(enough[0]) + 1 if enough.size else len(gap)


def prediction_strength(
    places: Places, most: int, min_size: int, splits: int, rng: np.random.Generator, axes: int | None = None
) -> Floats:
    """How well the groups in one half of the people tell who belongs together in the other, by number of groups."""
    strengths = []
    for _ in range(splits):
        people = np.argsort(rng.random(len(places.answered)), kind="stable")
        halves = []
        for half in map(places.take, np.array_split(people, 2)):
            points = on_axes(half, main_directions(half, axes or most - 1))  # each half has main axes of its own
            halves.append((by_all_answers(half), groupings(points, most, min_size, axes)))
        strengths += [_strength(*halves), _strength(*halves[::-1])]
    return np.asarray(np.mean(strengths, axis=0))


def _strength(known: tuple[Floats, list[Ints]], new: tuple[Floats, list[Ints]]) -> Floats:
    """What the known half tells of the new one, by number of groups."""
    predicted = [nearest_centre(new[0], centres_of(known[0], label)) for label in known[1]]
    return np.array([_worst_agreement(mine, theirs) for mine, theirs in zip(new[1], predicted, strict=True)])


def _worst_agreement(label: Ints, predicted: Ints) -> float:
    """Share of the pairs within a group that the prediction keeps together, in the group where it is lowest."""
    counts = np.zeros((label.max() + 1, predicted.max() + 1))
    np.add.at(counts, (label, predicted), 1)
    size = counts.sum(axis=1)
    together, pairs = (counts * (counts - 1)).sum(axis=1), size * (size - 1)
    return float(np.divide(together, pairs, out=np.ones_like(pairs), where=pairs > 0).min())


def resample_people(n: int, size: int, draws: int, rng: np.random.Generator) -> Array:
    """Positions of ``size`` among ``n`` people drawn with replacement, one row per draw."""
    return np.floor(rng.random((draws, size)) * n).astype(np.int64)


def regroup(
    places: Places, drawn: Array, k: int, min_size: int = 1, axes: int | None = None, *, progress: bool = False
) -> Array:
    """Group of everybody in each draw, -1 for those not drawn; people drawn twice count twice in the grouping."""
    groups = np.full((len(drawn), len(places.answered)), -1, dtype=np.int64)
    with progress_bar(len(drawn), "people drawn again", wanted=progress) as bar:
        for group, people in zip(groups, drawn, strict=True):
            part = places.take(people)
            points = on_axes(part, main_directions(part, axes or max(k - 1, 1)))
            group[people] = groupings(points, k, min_size, axes)[-1]
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
