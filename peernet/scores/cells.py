"""Which pairs a rule is about, and what the rules of a programme come to: data, no scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity.reach import Reach
from peernet.scores.rules import Rule, Rules

HOURS_ROUNDING = 1e-9  # hours; sums of parts of hours are off by less
FLOOR_ROUNDING = 1e-12  # effective perspectives; a gain no further below the floor lies on it


class PairMask(Protocol):
    """Pairs a rule is about."""

    def mask(self, rows: Ints) -> Flags:
        """Whether the rule is about each of the rows with everyone, shape (rows, people)."""


@dataclass(frozen=True)
class ListedPairs:
    """Pairs in a list."""

    pairs: sparse.csr_array

    def mask(self, rows: Ints) -> Flags:
        """Pairs of the rows that are listed."""
        return self.pairs[rows].toarray().astype(bool)


@dataclass(frozen=True)
class GroupPairs:
    """Pairs of people of one group, or of different ones; -1: not known, neither."""

    group: Ints
    within: bool

    def mask(self, rows: Ints) -> Flags:
        """Pairs of the rows within a group, or across."""
        own = self.group[rows][:, None]
        same = own == self.group
        return np.asarray((same if self.within else ~same) & (own >= 0) & (self.group >= 0))


@dataclass(frozen=True)
class TooFewSharedHours:
    """Pairs who share fewer hours than needed."""

    free: Floats
    length: Floats
    needed: float

    def mask(self, rows: Ints) -> Flags:
        """Pairs of the rows that share too few hours."""
        shared = (self.free[rows] * self.length) @ self.free.T
        return np.asarray(shared < self.needed - HOURS_ROUNDING)


@dataclass(frozen=True)
class BelowFloor:
    """Pairs in which one of the two gains less than so much."""

    reach: Reach
    floor: float

    def mask(self, rows: Ints) -> Flags:
        """Pairs of the rows in which somebody gains too little."""
        own, given = self.reach.gains(rows)
        return np.asarray(np.minimum(own, given) < self.floor - FLOOR_ROUNDING)


@dataclass(frozen=True)
class Limit:
    """At most or at least so many of some pairs."""

    rule: Rule  # the rule behind it
    cells: PairMask  # the pairs counted
    sign: int  # 1: at most, -1: at least
    number: int  # how many
    price: float  # what each pair too many or missing costs; infinite where the rule is never broken
    person: str = ""  # whom the limit is about, if about one person
    never: bool = False  # whether the price is so high that it means never, see `Rule`

    def excess(self, count: int) -> int:
        """How many pairs too many, or missing."""
        return max(0, self.sign * (count - self.number))


@dataclass(frozen=True)
class AppliedRules:
    """What rules mean for the people of some scores."""

    rules: Rules  # the rules themselves
    capacity: pd.Series  # partners each person can have, index person
    closed: tuple[tuple[str, PairMask], ...] = ()  # reason (one of `REASONS`) and pairs that are not possible
    allowed: PairMask | None = None  # pairs that gates and rules on everybody alike do not keep apart
    # price and pairs that are worth that much less; the price is negative for pairs that are wished for
    priced: tuple[tuple[float, PairMask], ...] = ()
    required: tuple[tuple[str, str], ...] = ()  # pairs that must be made
    # pairs that are required at a price which means never: they come before any gain, and count in no total
    wished: tuple[tuple[str, str, float], ...] = ()
    limits: tuple[Limit, ...] = ()  # at most or at least so many of some pairs
    # rules whose price is so high that it means never, and that in words; see `Rule`
    never: tuple[tuple[Rule, str], ...] = ()

    def prices(self, rows: Ints) -> Floats:
        """What the rules with a price take off each pair of the rows, shape (rows, people)."""
        found = np.zeros((len(rows), len(self.capacity)))
        for price, cells in self.priced:
            found += price * cells.mask(rows)
        return found


def listed_pairs(n: int, pairs: Iterable[tuple[int, int]]) -> ListedPairs:
    """Pairs of positions, both ways."""
    both = sorted({cell for i, j in pairs for cell in ((i, j), (j, i))})
    i, j = np.array(both, dtype=np.intp).reshape(-1, 2).T
    return ListedPairs(sparse.csr_array((np.ones(len(both), dtype=np.int8), (i, j)), shape=(n, n)))
