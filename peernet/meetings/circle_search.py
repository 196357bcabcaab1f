"""Peer circles as a set packing problem: local search on matchings of matchings, or exact by integer programs (MILP).

The compiled kernels first (whether people fit together, what a circle is worth, moves and exchanges that improve it),
then the search that uses them, then the exact choice among every possible circle where there are few.

Under limits on the number of some pairs a change may never break those without a price further, and one that mends
them comes before any value; what broken ones with a price cost is taken off. Where the search ends with limits broken,
people leave circles until no limit holds too many pairs; where pairs are missing it starts again with a bonus on them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity.kernels import Workspace, improve_weights
from peernet.errors import InfeasibleError
from peernet.matching.matching import max_weight_matching
from peernet.meetings.meeting_limits import Limits, MeetingLimit, excess_in_words

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

BETTER = 1e-9  # effective perspectives by which a move or an exchange must improve the circles
NO_SOLUTION = 2  # what SciPy calls a program without one
Circle = tuple[int, ...]
Rows = tuple[sparse.csr_array, Floats]  # conditions on a choice of circles, and what each may come to
ATTEMPTS = 4  # new circles from those left out, each followed by improving all of them
PASSES = 20  # times that everybody's moves are tried at most, in one attempt
MOST_CIRCLES = 20_000  # possible circles; where there are more, circles are searched for
BONUSES = (0.0, 0.1, 1.0, 10.0)  # effective perspectives on pairs that limits ask for, where they start the search


class CircleData(NamedTuple):
    """Everything a circle is judged by.

    ``allowed`` and ``never``: pairs that pass every gate, and pairs that hard rules forbid. ``passing``: least share of
    pairs inside a circle that must pass. ``start``, ``heard``, ``strength``, ``weight`` and ``exposure``: whom everyone
    hears, and how fully. ``mean`` and ``lesser``: how the mean and the lesser of two gains count. ``price``: what rules
    add to a pair.
    """

    allowed: Flags
    never: Flags
    passing: float
    likeness: Floats
    start: Ints
    heard: Ints
    strength: Floats
    weight: Floats
    exposure: Floats
    mean: float
    lesser: float
    price: Floats


class CircleLimits(NamedTuple):
    """Limits on the number of some pairs in all circles together, as `MeetingLimit` has them, in arrays."""

    pairs: Flags
    sign: Ints
    number: Ints
    price: Floats
    once: Flags


def in_arrays(limits: Limits, people: int) -> CircleLimits:
    """Limits as the kernels take them."""
    pairs = np.array([limit.pairs for limit in limits], dtype=bool).reshape(len(limits), people, people)
    sign, number = (np.array([getattr(one, name) for one in limits], dtype=np.int64) for name in ("sign", "number"))
    price, once = np.array([one.price for one in limits], dtype=float), np.array([one.once for one in limits], bool)
    return CircleLimits(pairs, sign, number, price, once)


@njit(cache=True)
def counted(limits: CircleLimits, members: Ints) -> Ints:
    """How many pairs of a circle each limit counts."""
    found = np.zeros(len(limits.sign), dtype=np.int64)
    for k in range(len(found)):
        for i in range(len(members)):
            for j in range(i):
                found[k] += limits.pairs[k, members[i], members[j]]
        if limits.once[k]:
            found[k] = min(found[k], 1)
    return found


@njit(cache=True)
def broken(limits: CircleLimits, counts: Ints) -> tuple[int, float]:
    """By how many pairs limits without a price are broken, and what the others cost."""
    pairs, cost = 0, 0.0
    for k in range(len(counts)):
        excess = max(0, limits.sign[k] * (counts[k] - limits.number[k]))
        if np.isinf(limits.price[k]):
            pairs += excess
        else:
            cost += limits.price[k] * excess
    return pairs, cost


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
            known |= who[i] == other and pool.strength[first + i] == 1.0
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
        if i < m:
            Z[i, i] += 1.0 / pool.strength[first + i] - 1.0
    room = Workspace(np.empty(count, np.bool_), np.empty(count, np.int64), np.empty((count, count)), np.empty(count))
    weights = start[:count]
    improve_weights(Z, weights, room)
    return float(weights.sum() - pool.exposure[ego])


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
def gathered(pool: CircleData, seed: Ints, left: Ints, size: int) -> Ints:
    """A circle around some people: whoever of those left makes it worth most joins, until it is full or nobody fits."""
    members = seed
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
def climb(
    pool: CircleData,
    limits: CircleLimits,
    order: Ints,
    circles: Ints,
    sizes: Ints,
    place: Ints,
    size: int,
    turn: int,
    latest: Ints,
) -> int:
    """Improve circles in place by moving and exchanging people, each once; how many changes were made.

    Limits without a price count first, then people placed, then circles of just the size asked for, then value.
    ``circles`` has a row per circle, filled with -1; ``place`` gives everyone's circle, -1 for none. ``latest`` says in
    which turn each circle was changed last, then of each person left out when they last were not. Without limits what
    was no better in the turn before is no better now where nothing has changed since, and is not tried again.
    """
    values = np.array([worth(pool, circles[c, : sizes[c]]) for c in range(len(circles))])
    counts = np.zeros(len(limits.sign), dtype=np.int64)
    for c in range(len(circles)):
        counts += counted(limits, circles[c, : sizes[c]])
    changes, n, old = 0, len(circles), turn - 1 if len(counts) == 0 else 0
    for at, p in enumerate(order):
        a = place[p]
        if _move(pool, limits, circles, sizes, place, values, counts, size, p, old, latest):
            changes += 1
            latest[a if a >= 0 else n + p] = latest[place[p]] = turn
        for q in order[at + 1 :]:
            a, b = place[p], place[q]
            if a == b or (latest[a if a >= 0 else n + p] < old and latest[b if b >= 0 else n + q] < old):
                continue
            if _swap(pool, limits, circles, sizes, place, values, counts, p, q):
                changes += 1
                latest[a if a >= 0 else n + q] = latest[b if b >= 0 else n + p] = turn
    return changes


@njit(cache=True)
def _change(limits: CircleLimits, counts: Ints, gone: tuple[Ints, Ints], made: tuple[Ints, Ints]) -> Ints:
    """How many more pairs each limit counts once two circles are exchanged for two others; empty ones are none."""
    found = np.zeros(len(counts), dtype=np.int64)
    for k in range(2):
        found += counted(limits, made[k]) - counted(limits, gone[k])
    return found


@njit(cache=True)
def _set(circles: Ints, sizes: Ints, place: Ints, c: int, members: Ints) -> None:
    """Write down who is in a circle; loops, as they compile much faster than slices."""
    for k in range(circles.shape[1]):
        circles[c, k] = members[k] if k < len(members) else -1
    sizes[c] = len(members)
    for person in members:
        place[person] = c


@njit(cache=True)
def _swap(
    pool: CircleData,
    limits: CircleLimits,
    circles: Ints,
    sizes: Ints,
    place: Ints,
    values: Floats,
    counts: Ints,
    p: int,
    q: int,
) -> int:
    """Exchange two people of different circles, or one with somebody left out, if that is worth more."""
    a, b = place[p], place[q]
    delta, new_a, new_b = 0.0, 0.0, 0.0
    nobody = np.empty(0, dtype=np.int64)
    one, two, old_one, old_two = nobody, nobody, nobody, nobody
    if a >= 0:
        old_one = circles[a, : sizes[a]]
        one = _exchanged(old_one, p, q)
        if not fits(pool, one):
            return 0
    if b >= 0:
        old_two = circles[b, : sizes[b]]
        two = _exchanged(old_two, q, p)
        if not fits(pool, two):
            return 0
    change, mended = counts, 0
    if len(counts):
        change = _change(limits, counts, (old_one, old_two), (one, two))
        before, after = broken(limits, counts), broken(limits, counts + change)
        mended = before[0] - after[0]
        if mended < 0:
            return 0
        delta += before[1] - after[1]
    if a >= 0:
        new_a = worth(pool, one)
        delta += new_a - values[a]
    if b >= 0:
        new_b = worth(pool, two)
        delta += new_b - values[b]
    if delta <= BETTER and mended == 0:
        return 0
    if len(counts):
        counts += change
    place[p], place[q] = b, a
    if a >= 0:
        _set(circles, sizes, place, a, one)
        values[a] = new_a
    if b >= 0:
        _set(circles, sizes, place, b, two)
        values[b] = new_b
    return 1


@njit(cache=True)
def _move(
    pool: CircleData,
    limits: CircleLimits,
    circles: Ints,
    sizes: Ints,
    place: Ints,
    values: Floats,
    counts: Ints,
    size: int,
    p: int,
    old: int,
    latest: Ints,
) -> int:
    """Move one person to another circle: from nowhere always, else towards the size asked for or for more value.

    Circles not changed since turn ``old`` are not tried if nothing has changed where the person is either.
    """
    a = place[p]
    same = latest[a if a >= 0 else len(circles) + p] < old
    if a >= 0 and sizes[a] < size:
        return 0
    left, rest, home = 0.0, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if a >= 0:
        home = circles[a, : sizes[a]]
        rest = _exchanged(home, p, -1)
        if not fits(pool, rest):
            return 0
        left = worth(pool, rest)
    best, best_delta, best_odd, best_mended, joined = -1, BETTER, 0, 0, 0.0
    for b in range(len(circles)):
        if b == a or sizes[b] == 0 or sizes[b] > size or (same and latest[b] < old):
            continue
        odd = abs(sizes[b] + 1 - size) - abs(sizes[b] - size)
        if a >= 0:
            odd += abs(sizes[a] - 1 - size) - abs(sizes[a] - size)
        if len(counts) == 0 and ((a >= 0 and odd > 0) or (best >= 0 and odd > best_odd)):
            continue
        both = _exchanged(circles[b, : sizes[b]], -1, p)
        if not fits(pool, both):
            continue
        saved, mended = 0.0, 0
        if len(counts):
            change = _change(limits, counts, (home, circles[b, : sizes[b]]), (rest, both))
            before, after = broken(limits, counts), broken(limits, counts + change)
            saved, mended = before[1] - after[1], before[0] - after[0]
            if mended < best_mended or (mended == 0 and a >= 0 and odd > 0):
                continue
        value = worth(pool, both)
        delta = value - values[b] + (left - values[a] if a >= 0 else 0.0) + saved
        better = odd < best_odd or (odd == best_odd and delta > best_delta)
        if mended > best_mended or ((a < 0 and best < 0) or better):
            best, best_delta, best_odd, best_mended, joined = b, delta, odd, mended, value
    if best < 0:
        return 0
    both = _exchanged(circles[best, : sizes[best]], -1, p)
    if len(counts):
        counts += _change(limits, counts, (home, circles[best, : sizes[best]]), (rest, both))
    if a >= 0:
        _set(circles, sizes, place, a, rest)
        values[a] = left
    _set(circles, sizes, place, best, both)
    values[best] = joined
    return 1


# --- the search -------------------------------------------------------------------------------------------------------


def search_circles(
    pool: CircleData, limits: Limits, people: Ints, size: int, *, step: Callable[[], object]
) -> list[Circle]:
    """Circles of ``size`` people, one more or one less, that no single move or exchange improves.

    `InfeasibleError` if none are found that keep the limits that have no price.
    """
    known = in_arrays(limits, len(pool.exposure))
    together = _to_be_together(pool, limits)
    # Which pairs limits without a price ask for, less those they allow only so many of.
    firmly = np.where(np.isinf(known.price), -known.sign, 0).astype(float)
    asked = np.tensordot(firmly, known.pairs.astype(float), axes=1)
    for bonus in BONUSES if any(np.isinf(known.price)) else BONUSES[:1]:
        start = pool._replace(price=pool.price + bonus * asked)
        circles = _searched(pool, start, known, together, people, size, step)
        missed = [limit for limit in limits if np.isinf(limit.price) and limit.excess(circles)]
        if not missed:
            return circles
    told = ", ".join(f"{limit.told} ({excess_in_words(limit, limit.excess(circles))})" for limit in missed)
    raise InfeasibleError(
        f"No circles were found that keep every rule; these were missed: {told}. There may be some. Change the number, "
        "or give a rule a price."
    )


def _to_be_together(pool: CircleData, limits: Limits) -> list[Circle]:
    """People who must be in one circle because of single pairs that must be made, the largest groups first."""
    joined = np.zeros(pool.allowed.shape, dtype=bool)
    for limit in limits:
        if limit.sign < 0 and np.isinf(limit.price) and limit.pairs.sum() == 2 * limit.number:
            joined |= limit.pairs
    labels = connected_components(joined, directed=False)[1]
    groups = [tuple(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels[joined.any(axis=1)])]
    return sorted(groups, key=lambda group: (-len(group), group))


def _searched(
    pool: CircleData,
    start: CircleData,
    limits: CircleLimits,
    together: list[Circle],
    people: Ints,
    size: int,
    step: Callable[[], object],
) -> list[Circle]:
    """Circles around people who must be together, then of those left out, improved until nothing is better."""
    circles: list[Circle] = []
    for group in together:
        left = _left(people, [*circles, *together])
        circles.append(tuple(gathered(start, np.array(group), left, size).tolist()))
    circles = [
        circle for circle in circles if len(circle) in (size - 1, size, size + 1) and fits(pool, np.array(circle))
    ]
    for _ in range(ATTEMPTS):
        fresh = _started(start, _left(people, circles), size)
        if circles and not fresh:
            break
        found = _climbed(pool, limits, people, [*circles, *fresh], size, step)
        if len(limits.sign):
            mended = _mended(pool, limits, found, size)
            found = max(circles, mended, key=lambda some: _rank(pool, limits, some, size))
            if found == circles:
                break
        circles = found
    return circles


def _rank(pool: CircleData, limits: CircleLimits, circles: list[Circle], size: int) -> tuple[float, ...]:
    """What circles under limits are compared by."""
    pairs, cost = broken(limits, _all_counted(limits, circles).sum(axis=1))
    off = sum(abs(len(circle) - size) for circle in circles)
    value = sum(worth(pool, np.array(circle)) for circle in circles)
    return -pairs, sum(map(len, circles)), -off, value - cost


def _all_counted(limits: CircleLimits, circles: Sequence[Circle]) -> Ints:
    """How many pairs of each circle each limit counts, shape (limits, circles)."""
    found = [counted(limits, np.array(circle)) for circle in circles]
    return np.array(found, dtype=np.int64).reshape(len(circles), len(limits.sign)).T


def _mended(pool: CircleData, limits: CircleLimits, circles: list[Circle], size: int) -> list[Circle]:
    """Circles without those people, or those whole circles, that break limits without a price, as few as it takes."""
    while (over := broken(limits, _all_counted(limits, circles).sum(axis=1))[0]) > 0:
        options = [
            (len(circle) - len(rest), number, rest)
            for number, circle in enumerate(circles)
            for rest in [*(tuple(p for p in circle if p != gone) for gone in circle), ()]
            if not rest or (len(rest) >= size - 1 and fits(pool, np.array(rest)))
        ]
        tried = []
        for lost, number, rest in options:
            other = [*circles[:number], *([rest] if rest else []), *circles[number + 1 :]]
            won = over - broken(limits, _all_counted(limits, other).sum(axis=1))[0]
            tried.append((won / lost, -lost, other))
        if not tried or (best := max(tried, key=lambda option: option[:2]))[0] <= 0:
            break
        circles = best[2]
    return circles


def _left(people: Ints, circles: list[Circle]) -> Ints:
    """Who is in no circle yet."""
    placed = {person for circle in circles for person in circle}
    return np.array([person for person in people if person not in placed], dtype=np.int64)


def _climbed(
    pool: CircleData,
    limits: CircleLimits,
    people: Ints,
    circles: list[Circle],
    size: int,
    step: Callable[[], object],
) -> list[Circle]:
    rows, sizes = _rows(circles, size + 1)
    place = np.full(len(pool.exposure), -1, dtype=np.int64)
    for number, circle in enumerate(circles):
        place[list(circle)] = number
    latest = np.zeros(len(circles) + len(place), dtype=np.int64)
    for turn in range(1, PASSES + 1):
        step()
        if not climb(pool, limits, people, rows, sizes, place, size, turn, latest):
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
            found = gathered(pool, np.array([seed]), left, size)
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


def best_cover(pool: CircleData, limits: Limits, circles: list[Circle], size: int, *, seconds: float) -> Cover | None:
    """As many people as possible, then sizes as asked for, then value; None if the time was too short for any.

    `InfeasibleError` if no circles keep the limits that have no price.
    """
    if not circles:
        _check_possible([limit for limit in limits if np.isinf(limit.price)], np.zeros((len(limits), 0)), seconds)
        return Cover([], -_cost(limits, np.zeros(len(limits))), True)
    n = len(pool.exposure)
    counts = np.array([len(circle) for circle in circles])
    goal = (n // (size - 1) + 1.0) * counts - np.abs(counts - size)
    which = np.repeat(np.arange(len(circles)), counts)
    members = sparse.csr_array((np.ones(len(which)), (np.concatenate(circles), which)), shape=(n, len(circles)))
    once = (members, np.ones(n))
    held = _all_counted(in_arrays(limits, n), circles).astype(float)
    hard = np.array([np.isinf(limit.price) for limit in limits], dtype=bool)
    kept = [_held(limits, held, hard)] if hard.any() else []
    placed = _solved(goal, [once, *kept], seconds / 2)
    if placed.status == NO_SOLUTION:
        _check_possible([limit for limit in limits if np.isinf(limit.price)], held[hard], seconds, once)
    if placed.x is None:
        return None
    # a whole number is asked for
    as_good = sparse.csr_array(-goal[None, :]), np.array([0.5 - float(goal @ np.rint(placed.x))])
    values = np.array([worth(pool, np.array(circle)) for circle in circles])
    best = _priced(values, [once, *kept, as_good], limits, held, ~hard, seconds / 2)
    chosen = np.rint(placed.x if best.x is None else best.x[: len(values)])
    bound = np.inf if best.mip_dual_bound is None else -float(best.mip_dual_bound)
    made = [circle for circle, used in zip(circles, chosen, strict=True) if used]
    total = float(values @ chosen) - _cost(limits, held @ chosen)
    return Cover(made, max(bound, total), placed.status == 0 and np.isfinite(bound))


def _held(limits: Limits, held: Floats, which: Flags) -> Rows:
    """Some of the limits as rows over the circles and the numbers these may come to."""
    chosen = [limit for limit, so in zip(limits, which, strict=True) if so]
    sign = np.array([limit.sign for limit in chosen], dtype=float)
    number = np.array([limit.number for limit in chosen], dtype=float)
    return sparse.csr_array(sign[:, None] * held[which]), sign * number


def _cost(limits: Limits, counts: Floats) -> float:
    """What limits with a price cost at these counts."""
    each = zip(limits, counts.tolist(), strict=True)
    broken_by = [(limit.price, max(0.0, limit.sign * (float(count) - limit.number))) for limit, count in each]
    return math.fsum(price * excess for price, excess in broken_by if price < np.inf)


def _priced(
    values: Floats, rules: list[Rows], limits: Limits, held: Floats, soft: Flags, seconds: float
) -> OptimizeResult:
    """The circles of greatest value less what broken limits cost: a column more for the pairs that break each."""
    if not soft.any():
        return _solved(values, rules, seconds)
    rows, ub = _held(limits, held, soft)
    price = np.array([limit.price for limit, so in zip(limits, soft, strict=True) if so])
    wide = [
        (sparse.hstack([row, sparse.csr_array((row.shape[0], len(price)))], format="csr"), most) for row, most in rules
    ]
    slack = sparse.hstack([rows, -sparse.eye_array(len(price))], format="csr")
    return _solved(np.concatenate([values, -price]), [*wide, (slack, ub)], seconds, len(price))


def _check_possible(hard: list[MeetingLimit], held: Floats, seconds: float, once: Rows | None = None) -> None:
    """Refuse limits without a price that no circles keep, with the least they are missed by."""
    limits = tuple(replace(limit, price=1.0) for limit in hard)
    counts = np.zeros(len(limits))
    if once is not None:
        soft = np.ones(len(limits), dtype=bool)
        found = _priced(np.zeros(held.shape[1]), [once], limits, held, soft, seconds)
        counts = counts if found.x is None else held @ np.rint(found.x[: held.shape[1]])
    excess = [max(0, round(limit.sign * (count - limit.number))) for limit, count in zip(limits, counts, strict=True)]
    missed = [f"{limit.told} ({excess_in_words(limit, by)})" for limit, by in zip(limits, excess, strict=True) if by]
    if missed:
        raise InfeasibleError(
            f"No circles keep every rule; at the least this is missed: {', '.join(missed)}. Change the number by that "
            "much, or give a rule a price."
        )


def _solved(goal: Floats, rules: list[Rows], seconds: float, slack: int = 0) -> OptimizeResult:
    """The choice of circles with the greatest total, and the bound on it, as SciPy tells them.

    The last columns (``slack``) are no circles: they are the pairs by which limits are broken.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    circles = len(goal) - slack
    return milp(
        -goal,
        constraints=[LinearConstraint(rows, ub=limit) for rows, limit in rules],
        integrality=np.repeat([1, 0], [circles, slack]),
        bounds=Bounds(0, np.repeat([1.0, np.inf], [circles, slack])),
        options={"time_limit": seconds, "mip_rel_gap": 1e-9},
    )
