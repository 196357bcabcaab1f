"""Pairs that pass every gate as one list, so that they can be weighed anew for every round."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.matching.matching import Matching, max_weight_matching
from peernet.matching.resolver import Resolver
from peernet.scores.pair_scores import PairScores

FEW = 0.2  # share of all pairs up to which the engine gets a list instead of a table


@dataclass(frozen=True)
class PossiblePairs:
    """Possible pairs by position, the smaller identifier first, sorted by identifier.

    Parameters
    ----------
    rank
        Place of each person in the order of the identifiers, which ties are broken by.
    first, second
        Both people of each pair.
    price
        What a rule adds to the value of each pair beside the gains.
    """

    rank: Ints
    first: Ints
    second: Ints
    price: Floats

    def __len__(self) -> int:
        return len(self.first)

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.rank)

    def values(self, scores: PairScores) -> Floats:
        """Value of every pair under scores that may hear more than those the list was made from."""
        return scores.combined(*scores.gains(self.first, self.second)) + self.price

    def where(self, keep: Flags) -> PossiblePairs:
        """Some of the pairs."""
        return replace(self, first=self.first[keep], second=self.second[keep], price=self.price[keep])

    def without(self, met: Collection[tuple[int, int]]) -> PossiblePairs:
        """The pairs of people who have not met."""
        return self.where(~self.contains(met))

    def contains(self, pairs: Collection[tuple[int, int]]) -> Flags:
        """Whether each possible pair is one of the given ones, in whichever order those name the two."""
        found: Flags = np.isin(self._numbers, self._numbered(pairs))
        return found

    def find(self, pairs: Collection[tuple[int, int]]) -> Ints:
        """Where the given pairs stand in the list; all of them must be in it."""
        order = np.argsort(self._numbers)
        found: Ints = order[np.searchsorted(self._numbers, self._numbered(pairs), sorter=order)]
        return found

    @cached_property
    def _numbers(self) -> Ints:
        return self._numbered(np.column_stack([self.first, self.second]))

    def _numbered(self, pairs: Collection[tuple[int, int]] | Ints) -> Ints:
        """One number per pair, whichever of the two is named first."""
        listed = pairs if isinstance(pairs, np.ndarray) else np.array(list(pairs), dtype=np.int64)
        sides = np.sort(listed.reshape(-1, 2), axis=1)
        found: Ints = sides[:, 0] * self.n + sides[:, 1]
        return found

    def partners(self) -> Ints:
        """How many possible partners each person has."""
        return np.bincount(np.concatenate([self.first, self.second]), minlength=self.n)

    def table(self) -> Flags:
        """Whether two people can be paired, shape (people, people)."""
        found = np.zeros((self.n, self.n), dtype=bool)
        found[self.first, self.second] = found[self.second, self.first] = True
        return found

    def best(self, weights: Floats, capacity: Ints, *, required: Iterable[tuple[int, int]] = ()) -> Matching:
        """Best matching of the pairs weighed like this; people are placed by rank."""
        order = np.argsort(self.rank)
        fixed = [(int(self.rank[i]), int(self.rank[j])) for i, j in required]
        return max_weight_matching(self._weighed(weights), capacity=capacity[order], required=fixed)

    def resolver(self, weights: Floats, capacity: Ints) -> Resolver:
        """The same, to be asked again without some of the people."""
        return Resolver(self._weighed(weights), capacity=capacity[np.argsort(self.rank)])

    def _weighed(self, weights: Floats) -> Any:  # noqa: ANN401, SciPy's sparse arrays have no type the engine names
        u, v = self.rank[self.first], self.rank[self.second]
        if len(self) <= FEW * self.n**2 / 2:
            cells = np.concatenate([weights, weights]), (np.concatenate([u, v]), np.concatenate([v, u]))
            return sparse.csr_array(cells, shape=(self.n, self.n))
        table = np.full((self.n, self.n), np.nan)
        table[u, v] = table[v, u] = weights
        return table

    def placed(self, matching: Matching) -> list[tuple[int, int]]:
        """Pairs of a matching as positions, the smaller identifier first."""
        order = np.argsort(self.rank)
        return [(int(order[i]), int(order[j])) for i, j in matching.pairs]


def possible_pairs(scores: PairScores) -> PossiblePairs:
    """All pairs that pass every gate and whose people may have a partner."""
    order = scores.by_name
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    found = [_possible(scores, rank, rows) for rows in scores.blocks()]
    first, second = (np.concatenate([np.empty(0, dtype=np.int64), *side]) for side in zip(*found, strict=True))
    sort = np.lexsort((rank[second], rank[first]))
    pairs = PossiblePairs(rank, first[sort], second[sort], np.zeros(len(sort)))
    return replace(pairs, price=_stated(scores, pairs) - pairs.values(scores))


def _possible(scores: PairScores, rank: Ints, rows: Ints) -> tuple[Ints, Ints]:
    willing = scores.capacity.to_numpy() > 0
    r, second = np.nonzero(scores.possible(rows) & willing & (rank[rows][:, None] < rank))
    keep = willing[rows[r]]
    return rows[r][keep], second[keep].astype(np.int64)


def _stated(scores: PairScores, pairs: PossiblePairs) -> Floats:
    """Value of every pair as the scores state it, prices of rules included."""
    found = np.empty(len(pairs))
    for chosen, rows, r in scores.chunks(pairs.first):
        found[chosen] = scores.block(rows)[r, pairs.second[chosen]]
    return found
