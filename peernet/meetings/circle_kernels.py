"""Compiled kernels for peer circles: whether people fit together, what a circle is worth, and moves that improve it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity.kernels import _improved

__all__ = ["Pool", "climb", "fits", "gathered", "merge_values", "worth"]

BETTER = 1e-9


class Pool(NamedTuple):
    """Everything a circle is judged by.

    ``allowed`` and ``never``: pairs that pass every gate, and pairs that hard rules forbid. ``passing``: least share of
    pairs inside a circle that must pass. ``start``, ``heard``, ``weight`` and ``exposure``: whom everyone hears.
    ``mean`` and ``lesser``: how the mean and the lesser of two gains count. ``price``: what rules add to a pair.
    """

    allowed: Flags
    never: Flags
    passing: float
    likeness: Floats
    start: Ints
    heard: Ints
    weight: Floats
    exposure: Floats
    mean: float
    lesser: float
    price: Floats


@njit(cache=True)
def fits(pool: Pool, members: Ints) -> bool:
    """Whether people may be in one circle: no hard rule broken, enough pairs pass, all linked by pairs that pass."""
    n = len(members)
    passing = 0
    for i in range(n):
        for j in range(i):
            if pool.never[members[i], members[j]]:
                return False
            passing += pool.allowed[members[i], members[j]]
    return passing >= pool.passing * (n * (n - 1) // 2) - BETTER and _linked(pool, members)


@njit(cache=True)
def _linked(pool: Pool, members: Ints) -> bool:
    n = len(members)
    seen = np.zeros(n, dtype=np.bool_)
    seen[0] = True
    for _ in range(n):
        for i in range(n):
            for j in range(n):
                if seen[i] and pool.allowed[members[i], members[j]]:
                    seen[j] = True
    return bool(seen.all())


@njit(cache=True)
def _joint_gain(pool: Pool, ego: int, members: Ints) -> float:
    """What one member gains from hearing all the others, these in order, as `Reach.exposure_with` has it."""
    first, m = pool.start[ego], pool.start[ego + 1] - pool.start[ego]
    who = np.empty(m + len(members), dtype=np.int64)
    start = np.zeros(m + len(members))
    for i in range(m):
        who[i], start[i] = pool.heard[first + i], pool.weight[first + i]
    count = m
    for other in members:
        known = False
        for i in range(m):
            known |= who[i] == other
        if not known:
            at = count
            while at > m and who[at - 1] > other:
                who[at] = who[at - 1]
                at -= 1
            who[at] = other
            count += 1
    Z = np.empty((count, count))
    for i in range(count):
        for j in range(count):
            Z[i, j] = pool.likeness[who[i], who[j]]
    return float(_improved(Z, start[:count]).sum() - pool.exposure[ego])


@njit(cache=True)
def worth(pool: Pool, members: Ints) -> float:
    """Value of a circle: the pairs inside with gains shared among all of it."""
    n = len(members)
    gains, total = np.empty(n), 0.0
    for i in range(n):
        gains[i] = _joint_gain(pool, members[i], members)
    for i in range(n):
        for j in range(i):
            mean, lesser = (gains[i] + gains[j]) / 2, min(gains[i], gains[j])
            total += (pool.mean * mean + pool.lesser * lesser) / (n - 1)
            total += pool.price[members[i], members[j]]
    return total


@njit(cache=True)
def merge_values(pool: Pool, groups: Ints, sizes: Ints, others: Ints, other_sizes: Ints) -> Floats:
    """Value of each of the groups joined with each of the others; missing where they do not fit together."""
    out = np.full((len(groups), len(others)), np.nan)
    for a in range(len(groups)):
        for b in range(len(others)):
            both = groups[a, : sizes[a]]
            for k in range(other_sizes[b]):
                both = _exchanged(both, -1, others[b, k])
            if groups[a, 0] != others[b, 0] and fits(pool, both):
                out[a, b] = worth(pool, both)
    return out


@njit(cache=True)
def _exchanged(members: Ints, gone: int, newcomer: int) -> Ints:
    """A circle with one person exchanged; -1 for nobody on either side."""
    out = np.empty(len(members) + 1, dtype=np.int64)
    count = 0
    for person in members:
        if person != gone:
            out[count] = person
            count += 1
    if newcomer >= 0:
        out[count] = newcomer
        count += 1
    return out[:count]


@njit(cache=True)
def gathered(pool: Pool, seed: int, left: Ints, size: int) -> Ints:
    """A circle around one person: whoever of those left makes it worth most joins, until it is full or nobody fits."""
    members = np.array([seed])
    while len(members) < size:
        best, most = -1, -np.inf
        for person in left:
            if not (members == person).any():
                both = _exchanged(members, -1, person)
                if fits(pool, both) and worth(pool, both) > most:
                    best, most = person, worth(pool, both)
        if best < 0:
            break
        members = _exchanged(members, -1, best)
    return members


@njit(cache=True)
def climb(pool: Pool, order: Ints, circles: Ints, sizes: Ints, place: Ints, size: int) -> int:
    """Improve circles in place by moving and exchanging people, each once; how many changes were made.

    People placed count first, then circles of just the size asked for, then value. ``circles`` has a row per circle,
    filled with -1; ``place`` gives everyone's circle, -1 for none.
    """
    values = np.array([worth(pool, circles[c, : sizes[c]]) for c in range(len(circles))])
    changes = 0
    for at, p in enumerate(order):
        changes += _move(pool, circles, sizes, place, values, size, p)
        for q in order[at + 1 :]:
            if place[q] != place[p]:
                changes += _swap(pool, circles, sizes, place, values, p, q)
    return changes


@njit(cache=True)
def _set(circles: Ints, sizes: Ints, place: Ints, c: int, members: Ints) -> None:
    """Write down who is in a circle; loops, as they compile much faster than slices."""
    for k in range(circles.shape[1]):
        circles[c, k] = members[k] if k < len(members) else -1
    sizes[c] = len(members)
    for person in members:
        place[person] = c


@njit(cache=True)
def _swap(pool: Pool, circles: Ints, sizes: Ints, place: Ints, values: Floats, p: int, q: int) -> int:
    """Exchange two people of different circles, or one with somebody left out, if that is worth more."""
    a, b = place[p], place[q]
    delta, new_a, new_b = 0.0, 0.0, 0.0
    one, two = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if a >= 0:
        one = _exchanged(circles[a, : sizes[a]], p, q)
        if not fits(pool, one):
            return 0
    if b >= 0:
        two = _exchanged(circles[b, : sizes[b]], q, p)
        if not fits(pool, two):
            return 0
    if a >= 0:
        new_a = worth(pool, one)
        delta += new_a - values[a]
    if b >= 0:
        new_b = worth(pool, two)
        delta += new_b - values[b]
    if delta <= BETTER:
        return 0
    place[p], place[q] = b, a
    if a >= 0:
        _set(circles, sizes, place, a, one)
        values[a] = new_a
    if b >= 0:
        _set(circles, sizes, place, b, two)
        values[b] = new_b
    return 1


@njit(cache=True)
def _move(pool: Pool, circles: Ints, sizes: Ints, place: Ints, values: Floats, size: int, p: int) -> int:
    """Move one person to another circle: from nowhere always, else towards the size asked for or for more value."""
    a = place[p]
    if a >= 0 and sizes[a] < size:
        return 0
    left, rest = 0.0, np.empty(0, dtype=np.int64)
    if a >= 0:
        rest = _exchanged(circles[a, : sizes[a]], p, -1)
        if not fits(pool, rest):
            return 0
        left = worth(pool, rest)
    best, best_delta, best_odd, joined = -1, BETTER, 0, 0.0
    for b in range(len(circles)):
        if b == a or sizes[b] == 0 or sizes[b] > size:
            continue
        odd = abs(sizes[b] + 1 - size) - abs(sizes[b] - size)
        if a >= 0:
            odd += abs(sizes[a] - 1 - size) - abs(sizes[a] - size)
        if (a >= 0 and odd > 0) or (best >= 0 and odd > best_odd):
            continue
        both = _exchanged(circles[b, : sizes[b]], -1, p)
        if not fits(pool, both):
            continue
        value = worth(pool, both)
        delta = value - values[b] + (left - values[a] if a >= 0 else 0.0)
        better = odd < best_odd or (odd == best_odd and delta > best_delta)
        if (a < 0 and best < 0) or better:
            best, best_delta, best_odd, joined = b, delta, odd, value
    if best < 0:
        return 0
    if a >= 0:
        _set(circles, sizes, place, a, rest)
        values[a] = left
    _set(circles, sizes, place, best, _exchanged(circles[best, : sizes[best]], -1, p))
    values[best] = joined
    return 1
