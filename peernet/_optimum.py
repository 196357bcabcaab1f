"""The best pairing under the rules of a `Pairing`, found again with one more pair in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Floats, Integers
from peernet._moves import Pairs, difference_around, partners_of
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
        self.people: list[str] = by_name.people.tolist()
        self._place = {person: i for i, person in enumerate(self.people)}
        self._values, capacity = _held(by_name), by_name.capacity
        required = [self._places(pair) for pair in pairing.settings["required"]]
        self._pool = Resolver(self._values, capacity=capacity, required=required, cardinality=cardinality)
        self._room = capacity - np.bincount(np.array(required, dtype=np.int64).ravel(), minlength=len(self.people))
        best = pairing.matching if pairing.matching.proven else self._pool.matching
        self.value = best.objective
        self.pairs: Pairs = self._named(best)
        self.partners = partners_of(self.pairs)

    def room(self, person: str) -> int:
        """How many partners somebody can have beside those that are required."""
        return int(self._room[self._place[person]])

    def makes(self, a: str, b: str) -> bool:
        """Whether the best pairing pairs two people."""
        return b in self.partners.get(a, ())

    def open_to(self, person: str) -> list[str]:
        """Everybody whom gates and required pairs let somebody be paired with, by name; present partners too."""
        place = self._place[person]
        possible = _allowed(self._values, place) & (self._room > 0) & (self._room[place] > 0)
        return [self.people[i] for i in np.flatnonzero(possible)]

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

    def _places(self, pair: tuple[str, str]) -> tuple[int, int]:
        i, j = sorted(self._place[person] for person in pair)
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
    if isinstance(values, sparse.csr_array):
        found = np.zeros(values.shape[1], dtype=bool)
        found[values[[place]].indices] = True
        return found
    row: Floats = values.block(np.array([place]))[0] if isinstance(values, ByName) else values[place]
    return ~np.isnan(row)
