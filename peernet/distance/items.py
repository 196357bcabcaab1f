"""The items' parts in the distances of pairs, distances without each item, and how reliable distances are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet.distance.distances import PersonDistances

CELLS_AT_ONCE = 2_000_000  # of the parts of pairs, held in memory
PEOPLE = 300  # among so many people, evenly spread, reliability is worked out


def subset(distances: PersonDistances, people: Ints) -> PersonDistances:
    """Distances between some of the people alone."""
    return replace(distances, people=distances.people[people], items=distances.items.take(people))


def weighing(distances: PersonDistances) -> list[int]:
    """Places of the items that weigh anything."""
    return [int(v) for v in np.flatnonzero(distances.shares > 0)]


def each_alone(distances: PersonDistances) -> list[PersonDistances]:
    """Distances on each item that weighs, alone."""
    return [distances.on_items(v) for v in weighing(distances)]


def without_each(distances: PersonDistances) -> list[PersonDistances]:
    """Distances without each item that weighs, in turn; none where only one does."""
    asked = weighing(distances)
    return [distances.on_items(np.delete(asked, k)) for k in range(len(asked))] if len(asked) > 1 else []


def parts_by_block(distances: PersonDistances) -> Iterator[tuple[slice, Floats]]:
    """What each item adds to the distance of some of the people from all of them, shape (items, rows, people).

    The parts of a pair sum to its distance: each item's difference times its weight, over the weight of all items that
    compare the two. Missing where the distance is.
    """
    alone, n = each_alone(distances), len(distances)
    step = max(1, CELLS_AT_ONCE // max(1, n * len(alone)))
    shares = distances.shares[weighing(distances)]
    for start in range(0, n, step):
        rows = np.arange(start, min(start + step, n))
        apart = np.stack([one.block(rows) for one in alone])
        compared = np.tensordot(shares, ~np.isnan(apart), axes=1)
        with np.errstate(invalid="ignore"):
            parts = np.nan_to_num(apart) * shares[:, None, None] / compared
        parts[:, np.isnan(distances.block(rows))] = np.nan
        yield slice(start, start + len(rows)), parts


def distance_reliability(distances: PersonDistances) -> float:
    """Cronbach's alpha of the distances of pairs, each item's part taken as one question; from 0 to 1.

    Missing where fewer than two items set people apart or no pair is compared by two of them.
    """
    shares, people = distances.shares, evenly_spread(np.arange(len(distances)))
    above = np.triu_indices(len(people), k=1)
    alone = zip(weighing(distances), each_alone(subset(distances, people)), strict=True)
    parts = pd.DataFrame({v: shares[v] * one.block(np.arange(len(people)))[above] for v, one in alone})
    together = np.nan_to_num(parts.cov().to_numpy()) if min(parts.shape) > 1 else np.zeros((1, 1))
    total, k = together.sum(), len(together)
    return float(np.clip(k / (k - 1) * (1 - np.trace(together) / total), 0.0, 1.0)) if total > 0 else float("nan")


def evenly_spread(people: Ints) -> Ints:
    """At most `PEOPLE` of the people, evenly spread, so that the same ones are taken every time."""
    return people[np.unique(np.linspace(0, len(people) - 1, min(len(people), PEOPLE)).round().astype(np.int64))]


def shared_weight(distances: PersonDistances, people: Ints) -> Floats:
    """Share of the weight of all items that each two of some people both answered, shape (people, people)."""
    known = (~np.isnan(distances.items.answers[:, people])).astype(np.float64)
    return np.asarray((known * distances.shares[:, None]).T @ known)


def lengthened(reliability: float, share: Floats) -> Floats:
    """Reliability of distances that rest on a share of the items, by the formula of Spearman and Brown."""
    return share * reliability / (1 + (share - 1) * reliability)


def repeat_share(reliability: float) -> float:
    """Share of the items to draw, with replacement, so that a draw differs from the survey as a repeat does.

    Given an observed distance d with mean m, variance v and reliability r, a repeat's is expected at m + r (d - m) with
    variance v (1 - r)(1 + r). Drawing a share s of the items leaves d where it is and adds variance v (1 - r) / s.
    Pairings only depend on how the two compare: r**2 / (1 + r) = s.
    """
    return reliability**2 / (1 + reliability)
