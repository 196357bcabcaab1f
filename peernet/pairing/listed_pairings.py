"""Every pairing that is worth enough, one by one, where there are few."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from peernet._arrays import Flags, Ints
from peernet.pairing.pool import PairPool

__all__ = ["listed_pairings"]

MOST_LOOKED_AT = 200_000  # steps after which the list is given up


def listed_pairings(pool: PairPool, floor: float, count: int) -> list[Ints] | None:
    """Every pairing under the rules worth at least the floor; None where there is too much to look at.

    Those of ``count`` pairs or, where that is 0, those to which no pair of any value can be added without breaking a
    limit any further.
    """
    found: list[Ints] = []
    for looked_at, chosen in enumerate(_pairings(pool, floor)):
        if looked_at > MOST_LOOKED_AT:
            return None
        if chosen is not None and _counts(pool, chosen, floor, count):
            found.append(chosen)
    return found


def _counts(pool: PairPool, chosen: Ints, floor: float, count: int) -> bool:
    if not pool.allows(chosen) or pool.worth(chosen) < floor:
        return False
    return len(chosen) == count if count else _is_full(pool, chosen)


def _pairings(pool: PairPool, floor: float) -> Iterator[Ints | None]:
    """Pairings of at least the floor before any price, one partner each; None for every step, so that steps count."""
    value, n = pool.columns["value"], len(pool.people)
    of_person = [np.flatnonzero(pool.firsts == i).tolist() for i in range(n)]
    most = np.zeros(n)  # a person's half of the best pair they could be in
    np.maximum.at(most, pool.firsts, value / 2)
    np.maximum.at(most, pool.seconds, value / 2)

    def grow(person: int, free: Flags, chosen: list[int], total: float) -> Iterator[Ints | None]:
        yield None
        if total + most[person:][free[person:]].sum() < floor:
            return
        if person == n:
            yield np.array(chosen, dtype=np.int64)
            return
        yield from grow(person + 1, free, chosen, total)  # nobody further on
        for pair in of_person[person] if free[person] else ():
            if free[pool.seconds[pair]]:
                left = free.copy()
                left[[person, pool.seconds[pair]]] = False
                yield from grow(person + 1, left, [*chosen, pair], total + value[pair])

    return grow(0, np.asarray(pool.capacity > 0), [], 0.0)


def _is_full(pool: PairPool, chosen: Ints) -> bool:
    free = pool.capacity > 0
    free[pool.firsts[chosen]] = free[pool.seconds[chosen]] = False
    addable = free[pool.firsts] & free[pool.seconds] & (pool.columns["value"] > 0)
    return not bool((addable & ~pool.used_up(chosen)).any())
