"""What each item adds to the distances between people, pair by pair, and what is left without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet.distance.distances import PersonDistances

__all__ = ["among", "each_alone", "parts_by_block", "weighing", "without_each"]

CELLS_AT_ONCE = 2_000_000


def among(distances: PersonDistances, people: Ints) -> PersonDistances:
    """Distances between some of the people alone."""
    return replace(distances, people=distances.people[people], items=distances.items.take(people))


def weighing(distances: PersonDistances) -> list[int]:
    """Places of the items that weigh anything."""
    return [int(v) for v in np.flatnonzero(distances.shares > 0)]


def reweighed(distances: PersonDistances, shares: Floats) -> PersonDistances:
    """The same answers under other weights."""
    weights: pd.Series[Any] = pd.Series(shares / shares.sum(), index=distances.weights.index, name="weight")
    return replace(distances, weights=weights)


def each_alone(distances: PersonDistances) -> list[PersonDistances]:
    """Distances on each item that weighs, alone."""
    return [reweighed(distances, np.eye(len(distances.shares))[v]) for v in weighing(distances)]


def without_each(distances: PersonDistances) -> list[PersonDistances]:
    """Distances without each item that weighs, in turn; none where only one does."""
    asked = weighing(distances)
    kept = (np.where(np.arange(len(distances.shares)) == v, 0.0, distances.shares) for v in asked)
    return [reweighed(distances, shares) for shares in kept] if len(asked) > 1 else []


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
