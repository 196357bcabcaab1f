"""The shortest proof there is: everybody paired, each pair with the greatest weight of all.

Where weights are heavily tied this happens, and it takes a few looks at each person's row to find out. Elsewhere the
first people without such a partner end the attempt. Asked again under stricter rules, only those need another partner
whose pair is no longer possible.
"""

import numpy as np

from peernet._arrays import Floats, Ints
from peernet._compiled import part, step, uncounted_kernel
from peernet.matching.blossom_state import NOBODY
from peernet.matching.certificate import Certificate
from peernet.matching.matching_rules import Rules
from peernet.matching.matching_units import Units
from peernet.matching.proven_matching import Found

__all__ = ["greatest_pairs"]

MOST_LEFT = 16  # people without a partner after the first round, beyond which nothing is tried
MOST_SHUT = 16  # pairs that must not be made, beyond which nothing is tried


def greatest_pairs(rules: Rules, units: Units, greatest: float, *, before: Found | None = None) -> Found | None:
    """Pairs u < v of everybody (but one, where their number is odd), each of the greatest weight, and the proof.

    ``before`` are such pairs under looser rules; those that are still possible stay.
    """
    cells, space, shut = rules.given.cells, rules.space, rules.shut
    if cells is None or len(shut) > MOST_SHUT or (space > 1).any():
        return None
    mate = np.full(len(space), NOBODY)
    if before is not None:
        mate[before.u], mate[before.v] = before.v, before.u
    waiting, left = np.empty(len(space), dtype=np.int64), np.empty(MOST_LEFT, dtype=np.int64)
    if not pair_all(cells, greatest, shut, space, mate, waiting, left):
        return None
    u = np.flatnonzero(mate > np.arange(len(space)))
    return Found(u, mate[u], _proof(space, units, int(units.to_integers(np.array([greatest]))[0])))


def _proof(space: Ints, units: Units, greatest: int) -> Certificate:
    """Half the greatest weight for each, or all of it for everybody as one set if their number is odd."""
    here, no_single = int(space.sum()), np.empty((0, 2), dtype=np.int64)
    odd = here % 2
    dual, set_dual = np.full(here, 0 if odd else greatest // 2), np.full(odd, greatest)
    sets = (np.arange(here),) * odd
    return Certificate(space, no_single, dual, sets, set_dual, units.unit, units.offset)


@uncounted_kernel
def pair_all(cells: Floats, greatest: float, shut: Ints, space: Ints, mate: Ints, waiting: Ints, left: Ints) -> bool:
    """Pair all who are there by pairs of one weight, or all but one; whether that was found.

    ``waiting`` and ``left`` are lists to write on; if the second is full, nothing more is tried.
    """
    part_impossible(shut, space, mate)
    n_waiting = note_single(space, mate, waiting)
    size = pair_first(cells, greatest, shut, mate, waiting, n_waiting, left)
    if size > len(left):
        return False
    return pair_left(cells, greatest, shut, mate, left, size) <= 1


@step
def part_impossible(shut: Ints, space: Ints, mate: Ints) -> None:
    """Part the pairs of those who are not there, and the pairs that must not be made."""
    for v in range(len(mate)):
        if space[v] == 0 and mate[v] >= 0:
            mate[mate[v]] = mate[v] = NOBODY
    for k in range(len(shut)):
        if mate[shut[k, 0]] == shut[k, 1]:
            mate[shut[k, 0]] = mate[shut[k, 1]] = NOBODY


@step
def note_single(space: Ints, mate: Ints, waiting: Ints) -> int:
    """List those who are there and have nobody, the last first; how many they are."""
    size = 0
    for v in range(len(mate) - 1, -1, -1):
        if space[v] > 0 and mate[v] < 0:
            waiting[size], size = v, size + 1
    return size


@part
def can_be(cells: Floats, greatest: float, shut: Ints, a: int, b: int) -> bool:
    """Whether two people could be a pair of the greatest weight."""
    if cells[a, b] != greatest:
        return False
    barred = 0
    for k in range(len(shut)):
        barred += 1 if shut[k, 0] == min(a, b) and shut[k, 1] == max(a, b) else 0
    return barred == 0


@step
def pair_first(
    cells: Floats, greatest: float, shut: Ints, mate: Ints, waiting: Ints, n_waiting: int, left: Ints
) -> int:
    """Pair each person in turn with the next who waits; how many found nobody, as long as they are few."""
    n_left = 0
    while n_waiting > 0 and n_left <= len(left):
        n_waiting -= 1
        u, at = waiting[n_waiting], n_waiting - 1
        while at >= 0 and not can_be(cells, greatest, shut, u, waiting[at]):
            at -= 1
        if at >= 0:
            mate[u], mate[waiting[at]] = waiting[at], u
            n_waiting -= 1
            waiting[at] = waiting[n_waiting]
        else:
            if n_left < len(left):
                left[n_left] = u
            n_left += 1
    return n_left


@part
def pair_left(cells: Floats, greatest: float, shut: Ints, mate: Ints, left: Ints, size: int) -> int:
    """Pair two who are left by parting a pair for them, as long as there are any such; how many are left then."""
    while size > 1:
        size -= 1
        u, at = left[size], size - 1
        while at >= 0 and not parted_for(cells, greatest, shut, mate, u, left[at]):
            at -= 1
        if at < 0:
            return size + 1
        size -= 1
        left[at] = left[size]
    return size


@part
def parted_for(cells: Floats, greatest: float, shut: Ints, mate: Ints, a: int, b: int) -> bool:
    """Whether a pair could be parted so that each of the two pairs with one of these people."""
    for v in range(len(mate)):
        w = mate[v]
        if w >= 0 and can_be(cells, greatest, shut, a, v) and can_be(cells, greatest, shut, b, w):
            mate[a], mate[v], mate[b], mate[w] = v, a, w, b
            return True
    return False
