"""Who can be paired with whom, how often, and which pairs there must be."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import index

import numpy as np
import numpy.typing as npt

from peernet._arrays import Floats, Ints
from peernet.errors import InfeasibleError, MatchingError
from peernet.matching.weights import PairTable

__all__ = ["Rules", "read_pairs", "read_rules"]


@dataclass(frozen=True)
class Rules:
    """Weights, the most partners of each person, and pairs that must or must not be made, one row each."""

    given: PairTable
    capacity: Ints
    required: Ints
    required_weights: Floats
    forbidden: Ints

    @cached_property
    def table(self) -> PairTable:
        """Weights of the pairs that are left to decide."""
        return self.given.without(*self.settled.T)

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
        return self.settled[(self.space[self.settled] > 0).all(axis=1)]

    @property
    def most_pairs(self) -> int:
        """More pairs than this cannot be made."""
        return int(self.space.sum()) // 2

    def also(
        self, required: Iterable[tuple[int, int]], forbidden: Iterable[tuple[int, int]], absent: Iterable[int]
    ) -> "Rules":
        """These rules and some more."""
        n, capacity = self.given.n, self.capacity.copy()
        capacity[_read_people(absent, n)] = 0
        forbidden = _together(self.forbidden, read_pairs(forbidden, n, "forbidden"), n)
        required = _together(self.required, read_pairs(required, n, "required"), n)
        return _checked(self.given, capacity, required, forbidden)


def read_rules(table: PairTable, capacity: npt.ArrayLike, required: Iterable[tuple[int, int]]) -> Rules:
    """Rules as a caller gives them."""
    room, pairs = _read_capacity(capacity, table.n), read_pairs(required, table.n, "required")
    return _checked(table, room, pairs, np.empty((0, 2), dtype=np.int64))


def _checked(table: PairTable, capacity: Ints, required: Ints, forbidden: Ints) -> Rules:
    weights = table.weight_of(*required.T)
    barred = set(map(tuple, forbidden.tolist()))
    for (i, j), w in zip(required.tolist(), weights.tolist(), strict=True):
        if w != w or (i, j) in barred:
            why = "forbidden" if (i, j) in barred else "not allowed"
            raise InfeasibleError(f"Required pair ({i}, {j}) is {why}. Allow it or drop it from required.")
    _check_space(required, capacity)
    return Rules(table, capacity, required, weights, forbidden)


def _check_space(required: Ints, capacity: Ints) -> None:
    wanted = np.bincount(required.ravel(), minlength=len(capacity))
    for person in np.flatnonzero(wanted > capacity).tolist():
        named = ", ".join(f"({i}, {j})" for i, j in required.tolist() if person in (i, j))
        raise InfeasibleError(
            f"Person {person} has capacity {capacity[person]} but is in {wanted[person]} required pairs: {named}. "
            "Raise the capacity or require fewer."
        )


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


def read_pairs(pairs: Iterable[tuple[int, int]], n: int, name: str) -> Ints:
    """Pairs of positions, one row each, the lower first, sorted."""
    return np.array(sorted({_ordered(pair, n, name) for pair in pairs}), dtype=np.int64).reshape(-1, 2)


def _together(some: Ints, more: Ints, n: int) -> Ints:
    """Both lists of pairs, each pair once."""
    if not len(some) or not len(more):
        return more if len(more) else some
    return np.column_stack(np.divmod(np.union1d(some @ [n, 1], more @ [n, 1]), n))


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
