"""Peer circles as a set packing problem: local search on matchings of matchings, or exact by integer programs (MILP).

The compiled kernels first (whether people fit together, what a circle is worth, moves and exchanges that improve it),
then the search that uses them, then the exact choice among every possible circle where there are few.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity.kernels import improved_weights
from peernet.matching.matching import max_weight_matching

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

BETTER = 1e-9  # effective perspectives by which a move or an exchange must improve the circles
Circle = tuple[int, ...]
ATTEMPTS = 4  # new circles from those left out, each followed by improving all of them
PASSES = 20  # times that everybody's moves are tried at most, in one attempt
MOST_CIRCLES = 20_000  # possible circles; where there are more, circles are searched for


class CircleData(NamedTuple):
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
def fits(pool: CircleData, members: Ints) -> bool:
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
def _linked(pool: CircleData, members: Ints) -> bool:
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
def _joint_gain(pool: CircleData, ego: int, members: Ints) -> float:
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
    return float(improved_weights(Z, start[:count]).sum() - pool.exposure[ego])


@njit(cache=True)
def worth(pool: CircleData, members: Ints) -> float:
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
def merge_values(pool: CircleData, groups: Ints, sizes: Ints, others: Ints, other_sizes: Ints) -> Floats:
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
def gathered(pool: CircleData, seed: int, left: Ints, size: int) -> Ints:
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
def climb(pool: CircleData, order: Ints, circles: Ints, sizes: Ints, place: Ints, size: int) -> int:
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
def _swap(pool: CircleData, circles: Ints, sizes: Ints, place: Ints, values: Floats, p: int, q: int) -> int:
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
def _move(pool: CircleData, circles: Ints, sizes: Ints, place: Ints, values: Floats, size: int, p: int) -> int:
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


# --- the search -------------------------------------------------------------------------------------------------------


def search_circles(pool: CircleData, people: Ints, size: int, *, step: Callable[[], object]) -> list[Circle]:
    """Circles of ``size`` people, one more or one less, that no single move or exchange improves."""
    circles: list[Circle] = []
    for _ in range(ATTEMPTS):
        fresh = _started(pool, _left(people, circles), size)
        if circles and not fresh:
            break
        circles = _climbed(pool, people, [*circles, *fresh], size, step)
    return circles


def _left(people: Ints, circles: list[Circle]) -> Ints:
    """Who is in no circle yet."""
    placed = {person for circle in circles for person in circle}
    return np.array([person for person in people if person not in placed], dtype=np.int64)


def _climbed(
    pool: CircleData, people: Ints, circles: list[Circle], size: int, step: Callable[[], object]
) -> list[Circle]:
    rows, sizes = _rows(circles, size + 1)
    place = np.full(len(pool.exposure), -1, dtype=np.int64)
    for number, circle in enumerate(circles):
        place[list(circle)] = number
    for _ in range(PASSES):
        step()
        if not climb(pool, people, rows, sizes, place, size):
            break
    return [tuple(row[:count].tolist()) for row, count in zip(rows, sizes, strict=True)]


def _rows(groups: Sequence[Circle], width: int) -> tuple[Ints, Ints]:
    """Groups as rows filled with -1, and their sizes."""
    rows = np.full((len(groups), width), -1, dtype=np.int64)
    for row, group in zip(rows, groups, strict=True):
        row[: len(group)] = group
    return rows, np.array([len(group) for group in groups], dtype=np.int64)


def _started(pool: CircleData, people: Ints, size: int) -> list[Circle]:
    """Full circles first, then circles of one less, then whoever fits around those left out."""
    circles = _grown(pool, people, size)
    circles += _grown(pool, _left(people, circles), size - 1)
    for seed in _left(people, circles):
        left = _left(people, circles)
        if seed in left:
            found = gathered(pool, seed, left, size)
            circles += [tuple(found.tolist())] if len(found) >= size - 1 else []
    return circles


def _grown(pool: CircleData, people: Ints, size: int) -> list[Circle]:
    """Pairs by the best matching, pairs of pairs by the next, and so on; what is missing then, one person at a time."""
    groups: list[Circle] = [(int(person),) for person in people]
    reached = 1
    while 2 * reached <= size:
        groups, reached = _doubled(pool, groups), 2 * reached
    if reached < size:
        groups = sorted(groups, key=lambda group: -worth(pool, np.array(group)))[: len(people) // size]
    for _ in range(size - reached):
        grouped = {person for group in groups for person in group}
        singles: list[Circle] = [(int(person),) for person in people if person not in grouped]
        groups = _joined(groups, singles, _values(pool, groups, singles))
    return [group for group in groups if len(group) == size and fits(pool, np.array(group))]


def _doubled(pool: CircleData, groups: list[Circle]) -> list[Circle]:
    """Groups matched with each other; those without a partner are given up."""
    if len(groups) < 2:
        return []
    values = _values(pool, groups, groups)
    matching = max_weight_matching(np.fmax(values, values.T), cardinality="max")
    return [groups[i] + groups[j] for i, j in matching.pairs]


def _joined(groups: list[Circle], singles: list[Circle], values: Floats) -> list[Circle]:
    """Groups with one more person each, where one fits."""
    if not groups or not singles:
        return groups
    n, cells = len(groups), np.full((len(groups) + len(singles),) * 2, np.nan)
    cells[:n, n:], cells[n:, :n] = values, values.T
    matching = max_weight_matching(cells, cardinality="max")
    added = {i: singles[j - n] for i, j in matching.pairs}
    return [group + added.get(number, ()) for number, group in enumerate(groups)]


def _values(pool: CircleData, groups: list[Circle], others: list[Circle]) -> Floats:
    width = max(map(len, [*groups, *others]), default=1)
    found: Floats = merge_values(pool, *_rows(groups, width), *_rows(others, width))
    return found


# --- the exact choice -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cover:
    """Circles, and a bound on the value of any for as many people that keep as close to the size asked for.

    ``proven``: whether no choice places more people, or as many in sizes closer to the one asked for.
    """

    circles: list[Circle]
    bound: float
    proven: bool


def every_circle(allowed: Flags, people: Ints, size: int) -> list[Circle] | None:
    """Every set of ``size`` people, one more or one less who may all meet; None where there are too many."""
    later = {
        int(p): set(np.flatnonzero(allowed[p]).tolist()) & set(people[k + 1 :].tolist()) for k, p in enumerate(people)
    }
    sets: list[tuple[Circle, set[int]]] = [((person,), later[person]) for person in later]
    found: list[Circle] = []
    for count in range(1, size + 2):
        more_to_come = sum(len(more) for _, more in sets) if count <= size else 0
        if len(sets) + len(found) + more_to_come > MOST_CIRCLES:
            return None
        found += [circle for circle, _ in sets] if count >= size - 1 else []
        if count <= size:
            sets = [((*circle, p), more & later[p]) for circle, more in sets for p in sorted(more)]
    return found


def best_cover(pool: CircleData, circles: list[Circle], size: int, *, seconds: float) -> Cover | None:
    """As many people as possible, then sizes as asked for, then value; None if the time was too short for any."""
    if not circles:
        return Cover([], 0.0, True)
    n = len(pool.exposure)
    counts = np.array([len(circle) for circle in circles])
    goal = (n // (size - 1) + 1.0) * counts - np.abs(counts - size)
    once = (_members(circles, n), 1.0)
    placed = _solved(goal, [once], seconds / 2)
    if placed.x is None:
        return None
    as_good = sparse.csr_array(-goal[None, :]), 0.5 - float(goal @ np.rint(placed.x))  # a whole number is asked for
    values = np.array([worth(pool, np.array(circle)) for circle in circles])
    best = _solved(values, [once, as_good], seconds / 2)
    chosen = np.rint(placed.x if best.x is None else best.x)
    bound = np.inf if best.mip_dual_bound is None else -float(best.mip_dual_bound)
    kept = [circle for circle, used in zip(circles, chosen, strict=True) if used]
    return Cover(kept, max(bound, float(values @ chosen)), placed.status == 0 and np.isfinite(bound))


def _members(circles: list[Circle], n: int) -> sparse.csr_array:
    """Who (row) is in which circle (column)."""
    who = np.concatenate(circles)
    which = np.repeat(np.arange(len(circles)), [len(circle) for circle in circles])
    return sparse.csr_array((np.ones(len(who)), (who, which)), shape=(n, len(circles)))


def _solved(goal: Floats, rules: list[tuple[sparse.csr_array, float]], seconds: float) -> OptimizeResult:
    """The choice of circles with the greatest total, and the bound on it, as SciPy tells them."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    return milp(
        -goal,
        constraints=[LinearConstraint(rows, ub=limit) for rows, limit in rules],
        integrality=np.ones(len(goal), dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 1e-9},
    )
