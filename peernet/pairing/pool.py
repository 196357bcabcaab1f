"""Every possible pair with its value, listed once, and the best pairing under the rules for any weights of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.errors import MatchingError
from peernet.matching.limits import Counted, LimitedProblem, best_within_limits
from peernet.matching.matching import Matching, max_weight_matching
from peernet.pairing.objectives import EngineWeights, check_required, with_required
from peernet.scores.pair_scores import PairScores

NONE = np.empty(0, dtype=np.int64)
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
    required
        Positions of the pairs that must be made.
    limits
        Limits on the number of some pairs.
    """

    people: pd.Index
    capacity: Ints
    firsts: Ints
    seconds: Ints
    columns: Mapping[str, Floats]
    required: Ints = field(default_factory=NONE.copy)
    limits: tuple[Counted, ...] = ()

    def __len__(self) -> int:
        return len(self.firsts)

    @cached_property
    def _places(self) -> Sparse:
        """Number of each pair plus one, where both people meet."""
        n, number = len(self.people), np.arange(1.0, len(self) + 1)
        one = sparse.csr_array((number, (self.firsts, self.seconds)), shape=(n, n))
        return sparse.csr_array(one + one.T)

    def best(
        self, weight: Floats, *, prices: Floats | None = None, fill: bool = False, among: Flags | None = None
    ) -> Ints:
        """Positions of the pairs of greatest total weight under the rules, proven.

        Parameters
        ----------
        weight
            What each pair counts.
        prices
            What each pair too many or missing takes off, by limit; by default what the rules say.
        fill
            Whether as many pairs as possible come first.
        among
            Which pairs are allowed, all by default.

        Raises
        ------
        InfeasibleError
            If no pairing keeps the limits that have no price.
        """
        among = np.ones(len(self), dtype=bool) if among is None else among
        found = (
            self._within_limits(weight, self.prices if prices is None else prices, among, fill=fill)
            if self.limits
            else self._unlimited(weight, among, fill=fill)
        )
        i, j = np.array(found.pairs, dtype=np.int64).reshape(-1, 2).T
        return np.sort(np.asarray(self._places[i, j]).ravel().astype(np.int64) - 1) if len(i) else i

    def _unlimited(self, weight: Floats, among: Flags, *, fill: bool) -> Matching:
        places = self._places
        number = places.data.astype(np.int64) - 1
        table: Sparse = sparse.csr_array((weight[number], places.indices, places.indptr), shape=places.shape)
        return max_weight_matching(
            table if among.all() else _only(table, among[number]),
            capacity=self.capacity,
            required=self._must(among),
            cardinality="max" if fill else None,
        )

    def _within_limits(self, weight: Floats, prices: Floats, among: Flags, *, fill: bool) -> Matching:
        i, j = self.firsts[among], self.seconds[among]
        table = np.full((len(self.people), len(self.people)), np.nan)
        table[i, j] = table[j, i] = weight[among]
        limits = (
            limit if math.isinf(limit.price) else replace(limit, price=price)
            for limit, price in zip(self.limits, prices.tolist(), strict=True)
        )
        found = best_within_limits(LimitedProblem(table, self.capacity, self._must(among), tuple(limits)), fill=fill)
        if not found.proven:
            raise MatchingError(
                f"The best pairing within the limits is proven to {found.gap:.2g} of its bound only. Round the prices "
                "of the rules, or give fewer limits."
            )
        return found

    def _must(self, among: Flags) -> tuple[tuple[int, int], ...]:
        """Required pairs of those allowed, as positions of people."""
        own = self.required[among[self.required]]
        return tuple(zip(self.firsts[own].tolist(), self.seconds[own].tolist(), strict=True))

    @property
    def prices(self) -> Floats:
        """What each pair too many or missing costs, by limit; 0 for limits that are never broken."""
        return np.array([0.0 if math.isinf(limit.price) else limit.price for limit in self.limits])

    @property
    def signs(self) -> Ints:
        """Of each limit: 1 for at most, -1 for at least."""
        return np.array([limit.sign for limit in self.limits], dtype=np.int64)

    @cached_property
    def counted(self) -> Flags:
        """Which pairs each limit counts, shape (limits, pairs)."""
        rows = [limit.pairs[self.firsts, self.seconds] for limit in self.limits]
        return np.array(rows, dtype=bool).reshape(len(self.limits), len(self))

    def used_up(self, chosen: Ints) -> Flags:
        """Which pairs would break a limit, or break it further, if they were added to some."""
        numbers = np.array([limit.number for limit in self.limits])
        tight = (self.signs > 0) & (self.counted[:, chosen].sum(axis=1) >= numbers)
        return np.asarray(self.counted[tight].any(axis=0))

    def allows(self, chosen: Ints) -> bool:
        """Whether some pairs make every required one and keep the limits that have no price."""
        hard = np.array([math.isinf(limit.price) for limit in self.limits], dtype=bool)
        return bool(np.isin(self.required, chosen).all() and not self.excesses(chosen)[hard].any())

    def after(self, made: Ints) -> PairPool:
        """The same pool where some pairs are made already and count for the limits."""
        counts = self.counted[:, made].sum(axis=1).tolist()
        left = (replace(limit, number=limit.number - count) for limit, count in zip(self.limits, counts, strict=True))
        return replace(self, limits=tuple(left))

    def excesses(self, chosen: Ints) -> Ints:
        """How many pairs too many or missing, by limit."""
        numbers = np.array([limit.number for limit in self.limits], dtype=np.int64)
        found: Ints = np.maximum(self.signs * (self.counted[:, chosen].sum(axis=1) - numbers), 0)
        return found

    def weighed(self, chosen: Ints, weight: Floats, prices: Floats) -> float:
        """Total weight of some pairs less what broken limits take off, summed exactly."""
        return math.fsum([*weight[chosen], *(-prices * self.excesses(chosen))])

    def worth(self, chosen: Ints) -> float:
        """Total value of some pairs, less what broken limits cost."""
        return self.weighed(chosen, self.columns["value"], self.prices)

    def total(self, chosen: Ints, column: str = "value") -> float:
        """Total score of some pairs, summed exactly."""
        return math.fsum(self.columns[column][chosen])

    def where(self, kept: Flags) -> PairPool:
        """Some of the pairs, every required one among them; people and limits stay."""
        places = np.cumsum(kept) - 1
        return replace(
            self,
            firsts=self.firsts[kept],
            seconds=self.seconds[kept],
            columns={name: column[kept] for name, column in self.columns.items()},
            required=places[self.required],
        )

    def names(self, chosen: Ints) -> list[tuple[str, str]]:
        """Pairs as people, sorted."""
        return sorted(zip(self.people[self.firsts[chosen]], self.people[self.seconds[chosen]], strict=True))


def _only(table: Sparse, kept: Flags) -> Sparse:
    """A sparse table with some of its cells; those of value zero stay cells."""
    rows = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    return sparse.csr_array((table.data[kept], (rows[kept], table.indices[kept])), shape=table.shape)


def possible_pairs(scores: PairScores, *columns: str) -> PairPool:
    """Every pair that passes the gates, with its value and more columns of `PairScores.block`."""
    order = scores.by_name
    found: dict[str, list[Floats]] = {name: [] for name in ("value", *columns)}
    sides: list[Ints] = []
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


def under_rules(pool: PairPool, scores: PairScores) -> PairPool:
    """The pool of some scores with the pairs that their rules require and the limits they put on numbers of pairs.

    Raises
    ------
    InfeasibleError
        If a required pair is not possible.
    """
    required = with_required(scores, ())
    check_required(scores, required)
    names = EngineWeights(scores)
    sides = np.array(names.positions(required), dtype=np.int64).reshape(-1, 2)
    numbers = np.asarray(pool._places[sides[:, 0], sides[:, 1]]).ravel().astype(np.int64) - 1 if len(sides) else NONE
    return replace(pool, required=numbers, limits=names.limits)
