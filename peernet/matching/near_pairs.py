"""A pass over all weights that lists each person's partners with the least slack."""

import numpy as np

from peernet._arrays import Floats, Ints
from peernet._compiled import kernel, part
from peernet.matching.blossom_state import NOBODY
from peernet.matching.pricing import FAR, OPEN, STRIP, as_worth, insert, to_integer

__all__ = ["each_once", "nearest_pairs"]

SPARE_COLUMNS = 4  # more than enough that need no further halving
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
    for k in range(STRIP):
        low[k] = FAR
    for start in range(0, len(out), STRIP):
        here = out[start : min(len(out), start + STRIP)]
        for k in range(len(here)):
            low[k] = here[k] if here[k] < low[k] else low[k]


@part
def reaching(low: Floats, height: float) -> int:
    count = 0
    for k in range(len(low)):
        count += 1 if low[k] <= height else 0
    return count


@part
def one_between(low: Floats, below: float, above: float) -> float:
    found = above
    for k in range(len(low)):
        found = low[k] if below < low[k] < above else found
    return found


@part
def height_of(low: Floats, enough: int, guess: float) -> float:
    """A height that enough of the columns reach down to, and few more; above them all where they are too few.

    Halved from one of the columns to the next, as sorting them would take longer. A good guess ends it at once.
    """
    below, above, height = -FAR, FAR, guess
    while height < above:
        count = reaching(low, height)
        if count < enough:
            below = height
        else:
            above = height
            if count <= enough + SPARE_COLUMNS:
                break
        height = one_between(low, below, above)
    return above


@part
def up_to(out: Floats, low: Floats, height: float, columns: Ints, place: Ints) -> int:
    """Write down which columns reach down to some height, and where the numbers up to it are; how many those are."""
    n_columns = size = len(place) - len(place)  # no plain 0, for which the list would be compiled apart
    for k in range(STRIP):
        columns[n_columns] = k
        n_columns += 1 if low[k] <= height else 0
    for turn in range(n_columns):
        for j in range(columns[turn], len(out), STRIP):
            place[size] = j
            size += 1 if out[j] <= height else 0
    return size


@part
def least(out: Floats, low: Floats, height: float, room: tuple[Ints, Ints], place: Ints, value: Floats) -> int:
    """List the smallest numbers; how many there are.

    So many columns reach down to the height; no number above it can be among the smallest, and few others are below.
    """
    size, bar = len(place) - len(place), FAR
    columns, near = room
    for turn in range(up_to(out, low, height, columns, near)):
        j = near[turn]
        if out[j] < bar:
            size = insert(place, value, size, j, out[j])
            bar = value[size - 1] if size == len(place) else FAR
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
    room, height = (np.empty(STRIP + 1, dtype=np.int64), np.empty(n + 1, dtype=np.int64)), 0.0
    for j in range(2 * n):
        fraction[j] = (j * GOLDEN) % 1.0
    for i in range(len(block)):
        me = first + i
        turn = int(n * ((me * PLASTIC) % 1.0))
        spread_slack(block[i], dual, fraction[turn : turn + n], dual[me], scale, offset, slack)
        slack[me] = OPEN
        smallest_in_turn(slack, low)
        height = height_of(low, k, height)
        found = least(slack, low, height, room, partner[me], value)
        for c in range(found):
            weight[me, c] = to_integer(block[i, partner[me, c]], scale, offset)
        for c in range(found, k):
            partner[me, c] = NOBODY


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
