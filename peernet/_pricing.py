"""Passes over all allowed pairs: what weights there are, good starting duals, candidates, and pairs the duals miss.

Each pass turns a row of float weights into the engine's even integers, held as floats: below 2^53 they are exact, so
every comparison here is exact too.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

from ._blossom_state import DUAL, FIRST, LAST, NOBODY, PARENT, State, kernel, part, step

__all__ = ["asymmetric_cell", "best_offers", "is_whole", "nearest_pairs", "survey_block", "tightest_pairs"]

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
P = ParamSpec("P")
R = TypeVar("R")

NOT_ALLOWED = -1e300
FAR, OPEN = 1e299, 1e300
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


@part
def note_lack(slack: Floats, me: int, after: int, lack: Floats) -> None:
    for j in range(len(slack)):
        if slack[j] < 0.0:
            lack[me] = max(lack[me], -slack[j])
            lack[after + j] = max(lack[after + j], -slack[j])


@part
def raise_between(node: Ints, order: Ints, first: int, stop: int, by: float, dual: Floats) -> None:
    """Set what the people at these places of the ring order cover: their own dual and ``by``."""
    for k in range(first, stop):
        v = order[k]
        if v < len(dual):
            dual[v] = by + float(node[v, DUAL])


@step
def lift(s: State, a: int, order: Ints, place: Ints, lifted: int, dual: Floats) -> int:
    """Add to each dual those of the blossoms that hold both that node and ``a``; the outermost blossom, or -1.

    What was added for the node before is taken back: ``lifted`` is its outermost blossom. Everybody in the blossom is
    visited once, for the members of a blossom stand together in the order.
    """
    node, total, top, x = s.node, 0.0, NOBODY, s.node[a, PARENT]
    while x >= 0:
        total += float(node[x, DUAL])
        top, x = x, node[x, PARENT]
    if lifted >= 0 and lifted != top:
        raise_between(node, order, place[node[lifted, FIRST]], place[node[lifted, LAST]] + 1, 0.0, dual)
    first, stop, x = place[a], place[a] + 1, node[a, PARENT]
    while x >= 0:
        raise_between(node, order, place[node[x, FIRST]], first, total, dual)
        raise_between(node, order, stop, place[node[x, LAST]] + 1, total, dual)
        first, stop = place[node[x, FIRST]], place[node[x, LAST]] + 1
        total -= float(node[x, DUAL])
        x = node[x, PARENT]
    return top


@part
def least_cover(dual: Floats, starts: Ints, after: int, mine: float, out: Floats) -> None:
    """Lower ``out`` to what one copy and the copies of each person cover at least."""
    for j in range(len(out)):
        for b in range(starts[after + j], starts[after + j + 1]):
            out[j] = min(out[j], mine + dual[b])


@kernel
def tightest_pairs(
    block: Floats,
    rows: Ints,
    later: bool,
    bar: float,
    scale: float,
    offset: float,
    s: State,
    order: Ints,
    place: Ints,
    starts: Ints,
    partner: Ints,
    weight: Ints,
    value: Floats,
    lack: Floats,
) -> None:
    """For each row the partners with the least slack below ``bar``, and the worst lack of each person of any pair.

    With ``later`` only pairs with later people are looked at, which is all pairs once where the rows are everybody.
    """
    n, copies = block.shape[1], starts[-1]
    room, cover, dual = np.empty(n), np.empty(n), np.empty(copies)
    lifted, alone = NOBODY, copies == n
    for a in range(copies):
        dual[a] = s.node[a, DUAL]
    for me in range(n):
        alone = alone and starts[me] == me
    for i in range(len(block)):
        me = rows[i]
        after = me + 1 if later else 0
        slack = room[: n - after]
        read_row(block[i, after:], scale, offset, slack)
        least = cover[: n - after]
        if not alone:
            least[:] = OPEN
        for a in range(starts[me], starts[me + 1]):
            lifted = lift(s, a, order, place, lifted, dual)
            if alone:
                to_slack(slack, dual[after:], float(s.node[a, DUAL]))
            else:
                least_cover(dual, starts, after, float(s.node[a, DUAL]), least)
        if not alone:
            to_slack(slack, least, 0.0)
        if not later:
            slack[me] = OPEN
        found = smallest(slack, bar, partner[i], value[i])
        for c in range(found):
            partner[i, c] += after
            weight[i, c] = to_integer(block[i, partner[i, c]], scale, offset)
        partner[i, found:], value[i, found:] = -1, FAR
        if found > 0 and value[i, 0] < 0.0:
            note_lack(slack, me, after, lack)
