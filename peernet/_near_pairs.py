"""A pass over all weights that lists each person's partners with the least slack."""

import numpy as np

from ._blossom_state import Ints, kernel, part
from ._pricing import FAR, OPEN, STRIP, Floats, as_worth, insert, to_integer

__all__ = ["each_once", "nearest_pairs"]

GOLDEN, PLASTIC = 0.6180339887498949, 0.7548776662466927


@part
def spread_slack(
    row: Floats, dual: Floats, fraction: Floats, mine: float, scale: float, offset: float, out: Floats
) -> None:
    """Slack of a person with everybody, a fraction added to each."""
    for j in range(len(row)):
        out[j] = mine + (dual[j] + fraction[j]) - as_worth(row[j], scale, offset)


@part
def smallest_in_turn(out: Floats, low: Floats) -> None:
    """The smallest of every so many numbers, each column taken in turn."""
    low[:] = FAR
    for start in range(0, len(out), STRIP):
        here = out[start : min(len(out), start + STRIP)]
        for k in range(len(here)):
            low[k] = here[k] if here[k] < low[k] else low[k]


@part
def least(out: Floats, low: Floats, place: Ints, value: Floats) -> int:
    """List the smallest numbers; how many there are.

    So many columns reach down to some height; no number above it can be among the smallest, and few others are below.
    """
    smallest_in_turn(out, low)
    size, bar = len(place) - len(place), FAR
    for k in range(STRIP):
        if low[k] < bar:
            size = insert(place, value, size, k, low[k])
            bar = value[size - 1] if size == len(place) else FAR
    height = np.nextafter(bar, FAR)
    size, bar = len(place) - len(place), height
    for k in range(STRIP):
        if low[k] < height:
            for j in range(k, len(out), STRIP):
                if out[j] < bar:
                    size = insert(place, value, size, j, out[j])
                    bar = value[size - 1] if size == len(place) else height
    return size


@kernel
def nearest_pairs(
    block: Floats, first: int, scale: float, offset: float, dual: Floats, partner: Ints, weight: Ints
) -> None:
    """Each person's partners with the least slack, -1 where there are fewer, and their integer weights.

    A fraction below one, different for every person, is added so that equal partners are spread over people.
    """
    n, k = block.shape[1], partner.shape[1]
    slack, value, low, fraction = np.empty(n), np.empty(k), np.empty(STRIP), np.empty(2 * n)
    for j in range(2 * n):
        fraction[j] = (j * GOLDEN) % 1.0
    for i in range(len(block)):
        me = first + i
        turn = int(n * ((me * PLASTIC) % 1.0))
        spread_slack(block[i], dual, fraction[turn : turn + n], dual[me], scale, offset, slack)
        slack[me] = OPEN
        found = least(slack, low, partner[me], value)
        partner[me, found:] = -1
        for c in range(found):
            weight[me, c] = to_integer(block[i, partner[me, c]], scale, offset)


@part
def is_listed(row: Ints, who: int) -> bool:
    found = 0
    for c in range(len(row)):
        found += 1 if row[c] == who else 0
    return found > 0


@kernel
def each_once(partner: Ints) -> tuple[Ints, Ints]:
    """Row and column of the cells that list each pair once: with its first person, or with the second if only there."""
    row, column = np.empty((2, partner.size), dtype=np.int64)
    size = 0
    for i in range(len(partner)):
        for c in range(partner.shape[1]):
            j = partner[i, c]
            if j < 0:
                break
            if i < j or not is_listed(partner[j], i):
                row[size], column[size] = i, c
                size += 1
    return row[:size], column[:size]
