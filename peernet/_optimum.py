"""The best pairing under the rules of a `Pairing`, found again with one more pair in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Integers
from peernet._moves import Pairs, difference_around
from peernet._weights import ByName
from peernet.matching import Matching, Resolver
from peernet.scores import CELLS_AT_ONCE

if TYPE_CHECKING:
    from peernet.pairing import Pairing

__all__ = ["Optimum"]

NOTHING = 1e-12  # effective perspectives
Values: TypeAlias = Any  # an array, a sparse matrix or `ByName`; they share no useful type
MOST_HELD = 40_000_000  # possible pairs whose values are kept; beyond, they are worked out each time


class Optimum:
    """The pairs of the best pairing, and those of the best pairing that makes one more pair.

    Parameters
    ----------
    pairing
        The pairing whose scores and rules count. Hand edits do not: this is what they fall short of.
    """

    def __init__(self, pairing: Pairing) -> None:
        by_name, cardinality = ByName(pairing.scores), pairing.settings["cardinality"]
        self.people, capacity = by_name.people, by_name.capacity
        self._values = _held(by_name)
        required = [self._places(pair) for pair in pairing.settings["required"]]
        self._pool = Resolver(self._values, capacity=capacity, required=required, cardinality=cardinality)
        self._room = capacity - np.bincount(np.array(required, dtype=np.int64).ravel(), minlength=len(self.people))
        best = pairing.matching if pairing.matching.proven else self._pool.matching
        self.value = best.objective
        self.pairs: Pairs = self._named(best)

    def room(self, person: str) -> int:
        """How many partners somebody can have beside those that are required."""
        return int(self._room[self._place(person)])

    def makes(self, a: str, b: str) -> bool:
        """Whether the best pairing pairs two people."""
        return (min(a, b), max(a, b)) in self.pairs

    def open_to(self, person: str) -> list[str]:
        """Everybody with room whom gates and required pairs let somebody be paired with, and current partners."""
        place = self._place(person)
        possible = _allowed(self._values, place) & (self._room > 0) & (self._room[place] > 0)
        return [str(other) for other in self.people[possible]]

    def worth(self, pairs: Pairs) -> Floats:
        """Values of some possible pairs."""
        places = np.array([self._places(pair) for pair in pairs], dtype=np.int64).reshape(-1, 2)
        return _looked_up(self._values, *places.T)

    def cost(self, lost: Pairs, made: Pairs) -> float:
        """Value of the pairs given up less that of the pairs made; exactly 0 where they differ by rounding alone."""
        cost = math.fsum([*self.worth(lost), *-self.worth(made)])
        return 0.0 if abs(cost) < NOTHING else cost

    def forcing(self, a: str, b: str) -> tuple[Pairs, Pairs]:
        """Pairs that the best pairing gives up and makes where a and b must meet."""
        if self.makes(a, b):
            return [], []
        return difference_around((a, b), self.pairs, self._named(self._pool.again(required=[self._places((a, b))])))

    def _named(self, matching: Matching) -> Pairs:
        return [(self.people[i], self.people[j]) for i, j in matching.pairs]

    def _place(self, person: str) -> int:
        return int(self.people.get_indexer(pd.Index([person]))[0])

    def _places(self, pair: tuple[str, str]) -> tuple[int, int]:
        i, j = sorted(self.people.get_indexer(pd.Index(pair)).tolist())
        return i, j


def _held(weights: ByName) -> Values:
    """Values as an array for few people, as a sparse matrix where gates close most pairs, else by block."""
    n = len(weights)
    if n * n <= CELLS_AT_ONCE:
        return weights.block(np.arange(n))
    step, rows, count = max(1, CELLS_AT_ONCE // n), [], 0
    for start in range(0, n, step):
        rows.append(_listed(weights.block(np.arange(start, min(start + step, n)))))
        count += rows[-1].nnz
        if count > 2 * MOST_HELD:
            return weights
    return sparse.csr_array(sparse.vstack(rows))


def _listed(block: Floats) -> sparse.csr_array:
    i, j = np.nonzero(~np.isnan(block))
    return sparse.csr_array((block[i, j], (i, j)), shape=block.shape)


def _looked_up(values: Values, i: Integers, j: Integers) -> Floats:
    if isinstance(values, ByName):
        block: Floats = values.block(i)[np.arange(len(i)), j]
        return block
    return np.asarray(values[i, j], dtype=float).ravel()


def _allowed(values: Values, place: int) -> Flags:
    """Whom the gates let one person be paired with."""
    if sparse.issparse(values):
        return np.bincount(values[[place]].indices, minlength=values.shape[1]) > 0
    row = values.block(np.array([place]))[0] if isinstance(values, ByName) else values[place]
    return ~np.isnan(row)
