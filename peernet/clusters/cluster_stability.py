"""How well each group comes back when people are drawn again."""

from __future__ import annotations

import numpy as np

from peernet._arrays import Array, Floats
from peernet._parallel import progress_bar
from peernet.clusters.partition import assign, build, partition

__all__ = ["STANDINGS", "consensus", "draw_people", "jaccards", "mean_overlaps", "regroup", "standing"]


STANDINGS = {0.85: "highly stable", 0.75: "stable", 0.6: "pattern only", 0.0: "do not trust"}


def draw_people(n: int, size: int, draws: int, rng: np.random.Generator) -> Array:
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


def standing(jaccard: float) -> str:
    """What a mean overlap says of a group."""
    return next((word for least, word in STANDINGS.items() if jaccard >= least), "not known")
