"""Which pairs are looked at, which of them a rule is about, and what the rules of a programme come to: data, no scores.

Gates and rules are asked about some people against everyone (a block of rows), or about pairs in a list. The question
is the same, so it stands once, for a `Look` of either shape.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.scores.rules import Rule, Rules

if TYPE_CHECKING:
    from peernet.diversity.reach import Blocks, Reach

AnyArray: TypeAlias = Any  # an array of whatever is known of people
HOURS_ROUNDING = 1e-9  # hours; sums of parts of hours are off by less
FLOOR_ROUNDING = 1e-12  # effective perspectives; a gain no further below the floor lies on it


@dataclass(frozen=True)
class PairsAt:
    """Pairs in a list, by the positions of their people; everything about them has shape (pairs,)."""

    firsts: Ints
    seconds: Ints

    def __len__(self) -> int:
        return len(self.firsts)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of whatever is said of these pairs."""
        return self.firsts.shape

    def sides(self, each: AnyArray) -> tuple[AnyArray, AnyArray]:
        """What is known of each person, of the first of each pair and of the second."""
        return each[self.firsts], each[self.seconds]

    def stored(self, matrix: sparse.csr_array) -> AnyArray:
        """Cells of a sparse matrix."""
        return np.asarray(matrix[self.firsts, self.seconds]) if len(self) else np.empty(0, dtype=matrix.dtype)

    def apart(self, distances: Blocks) -> Floats:
        """Distances of the pairs."""
        return distances.of_pairs(self.firsts, self.seconds)

    def gains(self, reach: Reach) -> tuple[Floats, Floats]:
        """What the first of each pair gains, and the second."""
        return reach.gains_of(self.firsts, self.seconds)

    @property
    def selves(self) -> AnyArray:
        """Where somebody is held against themselves, to index what is said of these pairs."""
        return self.firsts == self.seconds


@dataclass(frozen=True)
class RowsOf:
    """Some people against everyone, by position; everything about them has shape (rows, people)."""

    rows: Ints
    people: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of whatever is said of these pairs."""
        return len(self.rows), self.people

    def sides(self, each: AnyArray) -> tuple[AnyArray, AnyArray]:
        """What is known of each person: of the rows, as a column, and of everyone."""
        return each[self.rows][:, None], each

    def stored(self, matrix: sparse.csr_array) -> AnyArray:
        """Cells of a sparse matrix."""
        return matrix[self.rows].toarray()

    def apart(self, distances: Blocks) -> Floats:
        """Distances of the rows from everyone."""
        return distances.block(self.rows)

    def gains(self, reach: Reach) -> tuple[Floats, Floats]:
        """What each of the rows gains from everyone, and everyone from them."""
        return reach.gains(self.rows)

    @property
    def selves(self) -> AnyArray:
        """Where somebody is held against themselves, to index what is said of these pairs."""
        return np.arange(len(self.rows)), self.rows


Look: TypeAlias = PairsAt | RowsOf
Where: TypeAlias = Look | Ints  # or the positions of people to hold against everyone


def look(where: Where, people: int) -> Look:
    """Pairs as they are looked at, of so many people."""
    return where if isinstance(where, (PairsAt, RowsOf)) else RowsOf(np.asarray(where, dtype=np.int64), people)


class PairMask(Protocol):
    """Pairs a rule is about."""

    def mask(self, where: Where) -> Flags:
        """Whether the rule is about each of the pairs looked at: of a list, or of some rows against everyone."""


@dataclass(frozen=True)
class ListedPairs:
    """Pairs in a list."""

    pairs: sparse.csr_array

    def mask(self, where: Where) -> Flags:
        """Pairs that are listed."""
        return np.asarray(look(where, self.pairs.shape[0]).stored(self.pairs).astype(bool))


@dataclass(frozen=True)
class GroupPairs:
    """Pairs of people of one group, or of different ones; -1: not known, neither."""

    group: Ints
    within: bool

    def mask(self, where: Where) -> Flags:
        """Pairs within a group, or across."""
        own, other = look(where, len(self.group)).sides(self.group)
        same = own == other
        return np.asarray((same if self.within else ~same) & (own >= 0) & (other >= 0))


@dataclass(frozen=True)
class TooFewSharedHours:
    """Pairs who share fewer hours than needed."""

    free: Floats
    length: Floats
    needed: float

    def mask(self, where: Where) -> Flags:
        """Pairs that share too few hours."""
        at = look(where, len(self.free))
        if isinstance(at, PairsAt):
            shared = (self.free[at.firsts] * self.length * self.free[at.seconds]).sum(axis=1)
        else:
            shared = (self.free[at.rows] * self.length) @ self.free.T
        return np.asarray(shared < self.needed - HOURS_ROUNDING)


@dataclass(frozen=True)
class BelowFloor:
    """Pairs in which one of the two gains less than so much."""

    reach: Reach
    floor: float

    def mask(self, where: Where) -> Flags:
        """Pairs in which somebody gains too little."""
        own, given = look(where, len(self.reach.heard)).gains(self.reach)
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

    def prices(self, where: Where) -> Floats:
        """What the rules with a price take off each pair of a list, or of some rows against everyone."""
        found = np.zeros(look(where, len(self.capacity)).shape)
        for price, cells in self.priced:
            found += price * cells.mask(where)
        return found


def listed_pairs(n: int, pairs: Iterable[tuple[int, int]]) -> ListedPairs:
    """Pairs of positions, both ways."""
    both = sorted({cell for i, j in pairs for cell in ((i, j), (j, i))})
    i, j = np.array(both, dtype=np.intp).reshape(-1, 2).T
    return ListedPairs(sparse.csr_array((np.ones(len(both), dtype=np.int8), (i, j)), shape=(n, n)))
