"""Passes over all allowed pairs: what weights there are, good starting duals, candidates, and pairs the duals miss.

Each pass turns a row of float weights into the engine's even integers, held as floats: below 2^53 they are exact, so
every comparison here is exact too.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

from ._blossom_rings import common_dual, mark_above
from ._blossom_state import DUAL, PARENT, State, kernel, part, step

__all__ = ["asymmetric_cell", "best_offers", "is_whole", "missed_pairs", "nearest_pairs", "survey_block"]

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
P = ParamSpec("P")
R = TypeVar("R")

NOT_ALLOWED = -1e300
FAR = 1e299
STRIP = 64
GOLDEN, PLASTIC = 0.6180339887498949, 0.7548776662466927


def fast_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile for rows without NaN, so that whole strips are handled at once."""
    return cast("Callable[P, R]", njit(cache=True, nogil=True, fastmath={"nnan", "nsz", "reassoc"})(function))


@kernel
def asymmetric_cell(cells: Floats) -> int:
    """The first cell (row * n + column) that differs from its mirror, -1 if none; tile by tile, to stay in cache."""
    n = len(cells)
    for top in range(0, n, STRIP):
        for left in range(top, n, STRIP):
            for i in range(top, min(n, top + STRIP)):
                for j in range(max(left, i + 1), min(n, left + STRIP)):
                    a, b = cells[i, j], cells[j, i]
                    if a != b and (a == a or b == b):
                        return i * n + j
    return -1


@kernel
def survey_block(block: Floats, first: int) -> tuple[float, float, int, int]:
    """Smallest and largest weight, number of allowed pairs, first infinite cell or -1, above the diagonal."""
    low, high, count = np.inf, -np.inf, 0
    for i in range(len(block)):
        for j in range(first + i + 1, block.shape[1]):
            w = block[i, j]
            low = w if w < low else low
            high = w if w > high else high
            count += 1 if w == w else 0
        if np.isinf(low) or np.isinf(high):
            for j in range(first + i + 1, block.shape[1]):
                if np.isinf(block[i, j]):
                    return low, high, count, i * block.shape[1] + j
    return low, high, count, -1


@kernel
def is_whole(block: Floats, first: int, scale: float) -> bool:
    """Whether every weight times ``scale`` is a whole number."""
    for i in range(len(block)):
        odd = 0
        for j in range(first + i + 1, block.shape[1]):
            w = block[i, j] * scale
            odd += 1 if (w == w and np.rint(w) != w) else 0
        if odd > 0:
            return False
    return True


@part
def read_row(row: Floats, scale: float, offset: float, out: Floats) -> None:
    """Integer weights of a person's pairs; pairs that cannot help count as not allowed."""
    for j in range(len(row)):
        w = 2.0 * np.rint(row[j] * scale) + offset
        out[j] = w if w > 0.0 else NOT_ALLOWED


@part
def to_integer(weight: float, scale: float, offset: float) -> int:
    return 2 * int(np.rint(weight * scale)) + int(offset)


@fast_kernel
def best_offer(weights: Floats, dual: Floats) -> float:
    best = NOT_ALLOWED
    for j in range(len(weights)):
        offer = weights[j] - dual[j]
        best = offer if offer > best else best
    return best


@kernel
def best_offers(block: Floats, first: int, scale: float, offset: float, dual: Floats, out: Floats) -> None:
    """For each person the most any partner leaves them: weight less the partner's dual."""
    weights = np.empty(block.shape[1])
    for i in range(len(block)):
        read_row(block[i], scale, offset, weights)
        weights[first + i] = NOT_ALLOWED
        out[first + i] = best_offer(weights, dual)


@fast_kernel
def to_slack(weights: Floats, dual: Floats, mine: float) -> None:
    for j in range(len(weights)):
        weights[j] = mine + dual[j] - weights[j]


@fast_kernel
def break_ties(slack: Floats, order: Floats, turn: float) -> None:
    """Add a fraction below one, different for every person, so that equal partners are spread over people."""
    for j in range(len(slack)):
        part = order[j] + turn
        slack[j] += part - 1.0 if part >= 1.0 else part


@part
def any_below(slack: Floats, start: int, stop: int, bar: float) -> bool:
    count = 0
    for j in range(start, stop):
        count += 1 if slack[j] < bar else 0
    return count > 0


@part
def insert(place: Ints, value: Floats, size: int, j: int, x: float) -> int:
    """Put ``x`` into a short sorted list that drops its largest when full; the new size."""
    at = size if size < len(place) else size - 1
    while at > 0 and value[at - 1] > x:
        value[at], place[at] = value[at - 1], place[at - 1]
        at -= 1
    value[at], place[at] = x, j
    return min(size + 1, len(place))


@part
def smallest(slack: Floats, bar: float, place: Ints, value: Floats) -> int:
    """Positions of the smallest entries below ``bar``; how many were found."""
    size = 0
    for start in range(0, len(slack), STRIP):
        stop = min(len(slack), start + STRIP)
        if any_below(slack, start, stop, bar):
            for j in range(start, stop):
                if slack[j] < bar:
                    size = insert(place, value, size, j, slack[j])
                    if size == len(place):
                        bar = value[size - 1]
    return size


@kernel
def nearest_pairs(
    block: Floats, first: int, scale: float, offset: float, dual: Floats, partner: Ints, weight: Ints
) -> None:
    """Each person's partners with the least slack, -1 where there are fewer, and their integer weights."""
    n, k = block.shape[1], partner.shape[1]
    slack, value = np.empty(n), np.empty(k)
    order = np.empty(n)
    for j in range(n):
        order[j] = (j * GOLDEN) % 1.0
    for i in range(len(block)):
        me = first + i
        read_row(block[i], scale, offset, slack)
        slack[me] = NOT_ALLOWED
        to_slack(slack, dual, dual[me])
        break_ties(slack, order, (me * PLASTIC) % 1.0)
        found = smallest(slack, FAR, partner[me], value)
        partner[me, found:] = -1
        for c in range(found):
            weight[me, c] = to_integer(block[i, partner[me, c]], scale, offset)


@step
def least_slack(s: State, starts: Ints, a: int, j: int, weight: float) -> float:
    """Least slack of one copy with the copies of ``j``, with the duals of blossoms that hold both."""
    least = FAR
    for b in range(starts[j], starts[j + 1]):
        least = min(least, float(s.node[a, DUAL] + s.node[b, DUAL] + common_dual(s, b)) - weight)
    return least


@part
def add_blossoms(slack: Floats, exact: Floats, s: State, starts: Ints, me: int, dual: Floats) -> None:
    """Replace the negative slacks of ``me`` with later people by exact ones, least over all copies."""
    exact[: len(slack)] = FAR
    for a in range(starts[me], starts[me + 1]):
        mark_above(s, a)
        for j in range(len(slack)):
            if slack[j] < 0.0:
                v = me + 1 + j
                weight = dual[me] + dual[v] - slack[j]
                exact[j] = min(exact[j], least_slack(s, starts, a, v, weight))
    for j in range(len(slack)):
        if slack[j] < 0.0:
            slack[j] = exact[j]


@part
def note_lack(slack: Floats, me: int, lack: Floats) -> None:
    for j in range(len(slack)):
        if slack[j] < 0.0:
            lack[me] = max(lack[me], -slack[j])
            lack[me + 1 + j] = max(lack[me + 1 + j], -slack[j])


@part
def in_blossom(s: State, starts: Ints, me: int) -> bool:
    return bool((s.node[starts[me] : starts[me + 1], PARENT] >= 0).any())


@kernel
def missed_pairs(
    block: Floats,
    first: int,
    scale: float,
    offset: float,
    dual: Floats,
    s: State,
    starts: Ints,
    partner: Ints,
    weight: Ints,
    lack: Floats,
) -> None:
    """Each person's later partners with the most negative slack, and the worst lack of each person of any pair."""
    n = block.shape[1]
    room, exact, value = np.empty(n), np.empty(n), np.empty(partner.shape[1])
    for i in range(len(block)):
        me = first + i
        slack = room[: n - me - 1]
        read_row(block[i, me + 1 :], scale, offset, slack)
        to_slack(slack, dual[me + 1 :], dual[me])
        if in_blossom(s, starts, me):
            add_blossoms(slack, exact, s, starts, me, dual)
        found = smallest(slack, 0.0, partner[me], value)
        for c in range(found):
            partner[me, c] += me + 1
            weight[me, c] = to_integer(block[i, partner[me, c]], scale, offset)
        partner[me, found:] = -1
        if found > 0:
            note_lack(slack, me, lack)
