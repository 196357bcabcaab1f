"""What the engine is asked: who may pair with whom, how often, and the b-matching as an ordinary one by copies.

Somebody with capacity for several partners is that many copies. Copies would let two people with spare capacity be
paired twice. Where the best matching does that, the pair is rebuilt with two dummies, a and b: copies of u - a - b -
copies of v. The bonus on these three links is so large that either a-b is chosen (the pair is not used) or both outer
links are (it is used, once).

References
----------
Schrijver, A. (2003). Combinatorial Optimization: Polyhedra and Efficiency. Springer, chapters 30 to 33.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from operator import index
from time import monotonic
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from peernet._arrays import Flags, Floats, Ints
from peernet._compiled import kernel_no_arrays
from peernet.errors import InfeasibleError, MatchingError, SettingError
from peernet.matching.blossom_state import DUAL, State, new_state
from peernet.matching.pricing import OPEN
from peernet.matching.weights import PairTable, Units

PositionPairs: TypeAlias = tuple[tuple[int, int], ...]  # as callers have them: people by position, i < j


@dataclass(frozen=True)
class Problem:
    """Allowed pairs in integers, capacities and when to stop."""

    table: PairTable
    units: Units
    copies: Copies
    deadline: float

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return monotonic() > self.deadline


def deadline_after(time_limit: float | None) -> float:
    """The time of `time.monotonic` to stop at, infinite for None."""
    if time_limit is None:
        return math.inf
    if not isinstance(time_limit, int | float | np.number) or not time_limit >= 0:
        raise SettingError(f"time_limit must be None or a number of seconds, 0 or more; got {time_limit!r}.")
    return monotonic() + time_limit


@dataclass(frozen=True)
class Constraints:
    """Weights, the most partners of each person, and pairs that must or must not be made, one row each.

    With ``able`` the table has no weights of people who have room for nobody.
    """

    given: PairTable
    capacity: Ints
    required: Ints
    required_weights: Floats
    forbidden: Ints
    able: bool = False

    @cached_property
    def table(self) -> PairTable:
        """Weights of the pairs that are left to decide."""
        table = self.given.without(*self.settled.T)
        return table.without_people(self.space == 0) if self.able else table

    @cached_property
    def settled(self) -> Ints:
        """Pairs that are not left to decide."""
        return np.concatenate([self.required, self.forbidden])

    @cached_property
    def space(self) -> Ints:
        """Partners each person can have beside the required ones."""
        return self.capacity - np.bincount(self.required.ravel(), minlength=self.given.n)

    @cached_property
    def shut(self) -> Ints:
        """Pairs that are not left to decide though both could still have a partner."""
        return self.settled[(self.space[self.settled[:, 0]] > 0) & (self.space[self.settled[:, 1]] > 0)]

    @property
    def most_pairs(self) -> int:
        """More pairs than this cannot be made."""
        return int(self.space.sum()) // 2

    def also(
        self,
        required: Iterable[tuple[int, int]],
        forbidden: Iterable[tuple[int, int]],
        absent: Iterable[int],
        room: npt.ArrayLike | None = None,
    ) -> Constraints:
        """These rules and some more."""
        n, capacity = self.given.n, self._no_more(room)
        capacity[_read_people(absent, n)] = 0
        forbidden = _together(self.forbidden, read_position_pairs(forbidden, n, "forbidden"), n)
        required = _together(self.required, read_position_pairs(required, n, "required"), n)
        return replace(_checked(self.given, capacity, required, forbidden), able=self.able)

    def _no_more(self, room: npt.ArrayLike | None) -> Ints:
        """The most partners of each person, where that is nobody's gain."""
        capacity = self.capacity.copy() if room is None else _read_capacity(room, self.given.n).copy()
        grown = np.flatnonzero(capacity > self.capacity)
        if len(grown):
            person = int(grown[0])
            raise MatchingError(
                f"Person {person} could have {self.capacity[person]} partners and cannot have {capacity[person]} when "
                "asking again. Give a capacity no greater than before, or solve anew."
            )
        return capacity


def read_constraints(table: PairTable, capacity: npt.ArrayLike, required: Iterable[tuple[int, int]]) -> Constraints:
    """Rules as a caller gives them."""
    room, pairs = _read_capacity(capacity, table.n), read_position_pairs(required, table.n, "required")
    return _checked(table, room, pairs, np.empty((0, 2), dtype=np.int64))


def _read_capacity(capacity: npt.ArrayLike, n: int) -> Ints:
    """Capacity of each person, cut to the number of others."""
    given = np.asarray(capacity)
    if given.shape not in ((), (n,)):
        raise MatchingError(f"capacity must be one number or one for each of the {n} people; got shape {given.shape}.")
    each = np.broadcast_to(given, n)
    whole = each.dtype.kind in "iu" or (each.dtype.kind == "f" and np.array_equal(each, np.rint(each)))
    if n and not (whole and each.min() >= 0):
        raise MatchingError(f"capacity must be whole numbers, 0 or more; got {_first_bad(each)}.")
    return np.asarray(np.minimum(each, max(0, n - 1)), dtype=np.int64)


def _first_bad(each: np.ndarray) -> str:
    if each.dtype.kind not in "iuf":
        return f"{each[0]!r}"
    person = int(np.flatnonzero(~((each >= 0) & (each == np.rint(each))))[0])
    return f"{each[person]} for person {person}"


def read_position_pairs(pairs: Iterable[tuple[int, int]], n: int, name: str) -> Ints:
    """Pairs of positions, one row each and each once, the lower first, sorted."""
    given = pairs if isinstance(pairs, np.ndarray) else list(pairs)
    u, v = _sides(given)
    low, high = np.minimum(u, v), np.maximum(u, v)
    if len(u) < len(given) or (low < 0).any() or (low == high).any() or (high >= n).any():
        low, high = np.array([_ordered(pair, n, name) for pair in given], dtype=np.int64).T  # tells which is wrong
    return _each_once(low * n + high, n)


def _each_once(number: Ints, n: int) -> Ints:
    """Numbered pairs, one row each and each once, in order."""
    number = np.sort(number)
    return np.column_stack(np.divmod(number[np.diff(number, prepend=-1) > 0], max(n, 1)))


def _sides(pairs: np.ndarray | list[tuple[int, int]]) -> Ints:
    """First and second of each of some pairs; of none where not all are two whole numbers."""
    if isinstance(pairs, np.ndarray) and pairs.dtype.kind in "iu" and pairs.shape[1:] == (2,):
        return np.asarray(pairs.T, dtype=np.int64)
    try:
        in_twos = set(map(len, pairs)) == {2}
        return np.fromiter(map(index, chain.from_iterable(pairs if in_twos else ())), np.int64).reshape(-1, 2).T
    except (TypeError, OverflowError):
        return np.empty((2, 0), dtype=np.int64)


def _ordered(pair: tuple[int, int], n: int, name: str) -> tuple[int, int]:
    try:
        i, j = sorted(map(index, pair))
    except (TypeError, ValueError) as error:
        raise MatchingError(f"A {name} pair must be two positions of people; got {pair!r}.") from error
    if i == j or i < 0 or j >= n:
        raise MatchingError(f"{name.capitalize()} pair ({i}, {j}) must be two different people from 0 to {n - 1}.")
    return i, j


def _read_people(people: Iterable[int], n: int) -> Ints:
    try:
        places = [index(person) for person in people]
    except TypeError as error:
        raise MatchingError(f"absent must be positions of people; got {people!r}.") from error
    for place in places:
        if not 0 <= place < n:
            raise MatchingError(f"Absent person {place} must be from 0 to {n - 1}.")
    return np.array(places, dtype=np.int64)


def _together(some: Ints, more: Ints, n: int) -> Ints:
    """Both lists of pairs, each pair once."""
    if not len(some) or not len(more):
        return more if len(more) else some
    return _each_once(np.append(some @ [n, 1], more @ [n, 1]), n)


def _checked(table: PairTable, capacity: Ints, required: Ints, forbidden: Ints) -> Constraints:
    weights = table.weight_of(*required.T) if len(required) else np.empty(0)
    barred = set(map(tuple, forbidden.tolist() if len(required) else ()))
    for (i, j), w in zip(required.tolist(), weights.tolist(), strict=True):
        if w != w or (i, j) in barred:
            why = "forbidden" if (i, j) in barred else "not allowed"
            raise InfeasibleError(f"Required pair ({i}, {j}) is {why}. Allow it or drop it from required.")
    _check_space(required, capacity)
    return Constraints(table, capacity, required, weights, forbidden)


def _check_space(required: Ints, capacity: Ints) -> None:
    wanted = np.bincount(required.ravel(), minlength=len(capacity))
    for person in np.flatnonzero(wanted > capacity).tolist():
        named = ", ".join(f"({i}, {j})" for i, j in required.tolist() if person in (i, j))
        raise InfeasibleError(
            f"Person {person} has capacity {capacity[person]} but is in {wanted[person]} required pairs: {named}. "
            "Raise the capacity or require fewer."
        )


# --- pairs in integers, and copies of people -----------------------------------------------------------------------


@dataclass(frozen=True)
class CandidatePairs:
    """Pairs u < v of people with their integer weights."""

    u: Ints
    v: Ints
    w: Ints

    def __len__(self) -> int:
        return len(self.u)

    def plus(self, more: CandidatePairs) -> CandidatePairs:
        """Both lists together."""
        return CandidatePairs(
            *(np.concatenate(part) for part in ((self.u, more.u), (self.v, more.v), (self.w, more.w)))
        )

    def where(self, keep: np.ndarray) -> CandidatePairs:
        """Some of the pairs."""
        kept = np.flatnonzero(keep) if keep.dtype == bool else keep  # found once for all three
        return CandidatePairs(self.u[kept], self.v[kept], self.w[kept])

    def number(self, n: int) -> Ints:
        """One number for each pair of n people, whichever of the two comes first."""
        return np.minimum(self.u, self.v) * n + np.maximum(self.u, self.v)

    def once(self, n: int) -> CandidatePairs:
        """Each pair once, u < v."""
        number, first = np.unique(self.number(n), return_index=True)
        return CandidatePairs(number // n, number % n, self.w[first])

    def among(self, others: CandidatePairs, n: int) -> Flags:
        """Which of the pairs are in another list."""
        if not len(self):
            return np.zeros(0, dtype=bool)
        number, theirs = self.number(n), np.sort(others.number(n), kind="stable")  # mostly in order
        return np.asarray(np.append(theirs, -1)[np.searchsorted(theirs, number)] == number)

    def without(self, gone: CandidatePairs, n: int) -> CandidatePairs:
        """The pairs that are not in another list."""
        return self.where(~self.among(gone, n))


def no_pairs() -> CandidatePairs:
    """An empty list."""
    return CandidatePairs(*(np.empty(0, dtype=np.int64) for _ in range(3)))


def unweighted(pairs: Ints) -> CandidatePairs:
    """Pairs given one a row."""
    return CandidatePairs(pairs[:, 0], pairs[:, 1], np.zeros(len(pairs), dtype=np.int64))


@dataclass(frozen=True)
class Copies:
    """Copies of people, followed by two dummies for each pair that must not be doubled."""

    capacity: Ints
    single: CandidatePairs  # pairs rebuilt with dummies
    bonus: int = 0

    @property
    def starts(self) -> Ints:
        """First copy of each person, and their number at the end."""
        return np.concatenate([[0], np.cumsum(self.capacity)])

    @property
    def n_copies(self) -> int:
        """Copies of people."""
        return int(self.capacity.sum())

    @property
    def n_nodes(self) -> int:
        """Copies and dummies."""
        return self.n_copies + 2 * len(self.single)

    @property
    def first_dummies(self) -> Ints:
        """The dummy next to u, for each rebuilt pair; the one next to v follows it."""
        return self.n_copies + 2 * np.arange(len(self.single))

    @property
    def owner(self) -> Ints:
        """Whose copy each is."""
        return np.repeat(np.arange(len(self.capacity)), self.capacity)

    def links(self, pairs: CandidatePairs) -> CandidatePairs:
        """Every pair as links between copies, with the rebuilt pairs."""
        if not len(self.single):
            return self.between_copies(pairs)
        a = self.first_dummies
        near = CandidatePairs(self.single.u, a, self.single.w + self.bonus)
        far = CandidatePairs(self.single.v, a + 1, np.full(len(a), self.bonus))
        middle = CandidatePairs(a, a + 1, np.full(len(a), 2 * self.bonus))
        return self.between_copies(pairs).plus(self._to_dummies(near)).plus(self._to_dummies(far)).plus(middle)

    def between_copies(self, pairs: CandidatePairs) -> CandidatePairs:
        """Every pair as links between all copies of the two."""
        if (self.capacity == 1).all():
            return pairs
        each = self.capacity[pairs.v]
        pair, turn = _repeat(self.capacity[pairs.u] * each)
        starts = self.starts
        return CandidatePairs(
            starts[pairs.u[pair]] + turn // each[pair], starts[pairs.v[pair]] + turn % each[pair], pairs.w[pair]
        )

    def _to_dummies(self, arms: CandidatePairs) -> CandidatePairs:
        arm, turn = _repeat(self.capacity[arms.u])
        return CandidatePairs(self.starts[arms.u[arm]] + turn, arms.v[arm], arms.w[arm])

    def cells(self, pairs: CandidatePairs) -> tuple[Ints, Ints]:
        """Where each node's links start, and (partner, weight) of each."""
        links = self.links(pairs)
        return by_node(self.n_nodes, links.u, links.v, links.w)

    def state(self, pairs: CandidatePairs, dual: Ints, mate: Ints) -> State:
        """Engine state for some pairs; dummies the duals do not know yet get safe ones."""
        new = self.n_nodes - len(dual)
        fresh = np.column_stack([self.single.w + self.bonus, np.full(len(self.single), self.bonus)]).ravel()
        dual = np.concatenate([dual, fresh[len(fresh) - new :]])
        return new_state(*self.cells(pairs), dual, np.concatenate([mate, np.full(new, -1)]))

    def person_duals(self, state: State) -> np.ndarray:
        """Smallest dual among each person's copies, as floats."""
        duals = np.full(len(self.capacity), OPEN)
        some = self.capacity > 0
        if some.any():
            copies = state.node[: self.n_copies, DUAL]
            duals[some] = np.minimum.reduceat(copies, self.starts[:-1][some])
        return duals

    def matched(self, mate: Ints) -> tuple[Ints, Ints]:
        """Matched people u < v, once for every matched pair of copies."""
        owner = self.owner
        copies = np.arange(len(owner))
        a = copies[(mate[: len(owner)] > copies) & (mate[: len(owner)] < len(owner))]
        dummy = self.first_dummies
        used = (mate[dummy] >= 0) & (mate[dummy + 1] >= 0) & (mate[dummy] != dummy + 1)
        u = np.concatenate([owner[a], self.single.u[used]])
        v = np.concatenate([owner[mate[a]], self.single.v[used]])
        return np.minimum(u, v), np.maximum(u, v)


def _repeat(counts: Ints) -> tuple[Ints, Ints]:
    """Position of each repeated entry and the turn of the repetition."""
    entry = np.repeat(np.arange(len(counts)), counts)
    return entry, np.arange(len(entry)) - np.repeat(np.cumsum(counts) - counts, counts)


def by_node(n: int, a: Ints, b: Ints, w: Ints) -> tuple[Ints, Ints]:
    """Links as rows: where each node's links start, and (partner, weight) of each."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(a, minlength=n) + np.bincount(b, minlength=n))])
    cells = np.empty((2 * len(a), 2), dtype=np.int64)
    fill_rows(a, b, w, starts[:-1].copy(), cells)
    return starts, cells


@kernel_no_arrays
def fill_rows(a: Ints, b: Ints, w: Ints, free: Ints, cells: Ints) -> None:
    """Write each link into the rows of both its nodes; ``free`` is the next free place of each row."""
    for e in range(len(a)):
        for u, v in ((a[e], b[e]), (b[e], a[e])):
            cells[free[u], 0], cells[free[u], 1] = v, w[e]
            free[u] += 1
