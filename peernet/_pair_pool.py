"""Every possible pair with its value, listed once, and the best pairing for any weights of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Integers
from peernet.matching import max_weight_matching
from peernet.scores import PairScores

__all__ = ["PairPool", "possible_pairs"]

Sparse = Any  # SciPy's sparse classes share no type that the engine's stubs know


@dataclass(frozen=True)
class PairPool:
    """Pairs that are possible, people in the order of their identifiers.

    Parameters
    ----------
    people
        Everyone, sorted.
    capacity
        How many partners each person can have.
    firsts, seconds
        Positions of both people of each pair, the first before the second.
    columns
        Scores of each pair by name.
    """

    people: pd.Index
    capacity: Integers
    firsts: Integers
    seconds: Integers
    columns: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.firsts)

    @cached_property
    def _places(self) -> Sparse:
        """Number of each pair plus one, where both people meet."""
        n, number = len(self.people), np.arange(1.0, len(self) + 1)
        one = sparse.csr_array((number, (self.firsts, self.seconds)), shape=(n, n))
        return sparse.csr_array(one + one.T)

    def best(self, weight: Floats, *, fill: bool = False, among: Flags | None = None) -> Integers:
        """Positions of the pairs of greatest total weight, proven; of as many pairs as possible where ``fill``.

        ``among`` says which pairs are allowed, all by default.
        """
        places = self._places
        number = places.data.astype(np.int64) - 1
        table: Sparse = sparse.csr_array((weight[number], places.indices, places.indptr), shape=places.shape)
        if among is not None:
            table = _only(table, among[number])
        found = max_weight_matching(table, capacity=self.capacity, cardinality="max" if fill else None)
        i, j = np.array(found.pairs, dtype=np.int64).reshape(-1, 2).T
        return np.sort(np.asarray(places[i, j]).ravel().astype(np.int64) - 1) if len(i) else i

    def total(self, chosen: Integers, column: str = "value") -> float:
        """Total score of some pairs, summed exactly."""
        return math.fsum(self.columns[column][chosen])

    def names(self, chosen: Integers) -> list[tuple[str, str]]:
        """Pairs as people, sorted."""
        return sorted(zip(self.people[self.firsts[chosen]], self.people[self.seconds[chosen]], strict=True))


def _only(table: Sparse, kept: Flags) -> Sparse:
    """A sparse table with some of its cells; those of value zero stay cells."""
    rows = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    return sparse.csr_array((table.data[kept], (rows[kept], table.indices[kept])), shape=table.shape)


def possible_pairs(scores: PairScores, *columns: str) -> PairPool:
    """Every pair that passes the gates, with its value and more columns of `PairScores.block`."""
    order = np.argsort(scores.people.to_numpy(dtype=object), kind="stable")
    found: dict[str, list[Floats]] = {name: [] for name in ("value", *columns)}
    sides: list[Integers] = []
    for rows in scores.blocks():
        value = scores.block(order[rows])[:, order]
        r, c = np.nonzero(~np.isnan(value) & (np.arange(len(order)) > rows[:, None]))
        sides.append(np.column_stack([rows[r], c]))
        found["value"].append(value[r, c])
        for name in columns:
            found[name].append(scores.block(order[rows], column=name)[:, order][r, c])
    firsts, seconds = np.concatenate([np.empty((0, 2), dtype=np.int64), *sides]).T
    listed = {name: np.concatenate([np.empty(0), *parts]) for name, parts in found.items()}
    return PairPool(scores.people[order], scores.capacity.to_numpy()[order], firsts, seconds, listed)
