"""The shortest proof there is: everybody paired, each pair with the greatest weight of all.

Where weights are heavily tied this happens, and it takes a few looks at each person's row to find out. Elsewhere the
first people without such a partner end the attempt.
"""

import numpy as np

from ._blossom_state import NOBODY, Ints
from ._certificate import Certificate
from ._compiled import kernel, part, uncounted_kernel
from ._matching_rules import Rules
from ._matching_units import Units
from ._pair_weights import Floats
from ._proven_matching import Found

__all__ = ["greatest_pairs"]

MOST_LEFT = 16  # people without a partner after the first round, beyond which nothing is tried


def greatest_pairs(rules: Rules, units: Units, greatest: float) -> Found | None:
    """Pairs u < v of everybody (but one, where their number is odd), each of the greatest weight, and the proof."""
    cells, n = rules.given.cells, rules.given.n
    if cells is None or len(rules.settled) or (rules.space != 1).any():
        return None
    mate = np.full(n, NOBODY)
    if not pair_all(cells, greatest, mate):
        return None
    u = np.flatnonzero(mate > np.arange(n))
    return Found(u, mate[u], _proof(rules.space, units, int(units.to_integers(np.array([greatest]))[0])))


def _proof(space: Ints, units: Units, greatest: int) -> Certificate:
    """Half the greatest weight for each, or all of it for everybody as one set if their number is odd."""
    odd, no_single = len(space) % 2, np.empty((0, 2), dtype=np.int64)
    dual, set_dual = np.full(len(space), 0 if odd else greatest // 2), np.full(odd, greatest)
    sets = (np.arange(len(space)),) * odd
    return Certificate(space, no_single, dual, sets, set_dual, units.unit, units.offset)


@kernel
def pair_all(cells: Floats, greatest: float, mate: Ints) -> bool:
    """Pair everybody by pairs of one weight, or all but one; whether that was found."""
    waiting, left = np.arange(len(mate))[::-1].copy(), np.empty(MOST_LEFT, dtype=np.int64)
    size = pair_first(cells, greatest, mate, waiting, left)
    if size > MOST_LEFT:
        return False
    return pair_left(cells, greatest, mate, left, size) <= 1


@uncounted_kernel
def pair_first(cells: Floats, greatest: float, mate: Ints, waiting: Ints, left: Ints) -> int:
    """Pair each person in turn with the next who waits; how many found nobody, as long as they are few."""
    n_waiting, n_left = len(waiting), 0
    while n_waiting > 0 and n_left <= len(left):
        n_waiting -= 1
        u, at = waiting[n_waiting], n_waiting - 1
        while at >= 0 and cells[u, waiting[at]] != greatest:
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
def pair_left(cells: Floats, greatest: float, mate: Ints, left: Ints, size: int) -> int:
    """Pair two who are left by parting a pair for them, as long as there are any such; how many are left then."""
    while size > 1:
        size -= 1
        u, at = left[size], size - 1
        while at >= 0 and not parted_for(cells, greatest, mate, u, left[at]):
            at -= 1
        if at < 0:
            return size + 1
        size -= 1
        left[at] = left[size]
    return size


@part
def parted_for(cells: Floats, greatest: float, mate: Ints, a: int, b: int) -> bool:
    """Whether a pair could be parted so that each of the two pairs with one of these people."""
    for v in range(len(mate)):
        if cells[a, v] == greatest and mate[v] >= 0 and cells[b, mate[v]] == greatest:
            w = mate[v]
            mate[a], mate[v], mate[b], mate[w] = v, a, w, b
            return True
    return False
