"""Pricing: passes over all allowed pairs, for what weights there are, good starting duals, and pairs the duals miss.

Each pass turns a row of float weights into the engine's even integers, held as floats: below 2^53 they are exact, so
every comparison here is exact too.
"""

from __future__ import annotations

import numpy as np

from peernet._arrays import Floats, Ints
from peernet._compiled import inlined, inner_kernel, kernel, kernel_no_arrays
from peernet.matching.blossom_state import DUAL, FIRST, LAST, NOBODY, PARENT, PEOPLE, UP, State

NOT_ALLOWED = -1e300  # weight of a pair that cannot help
FAR, OPEN = 1e299, 1e300  # more than any slack; dual of somebody without capacity, so that no pair of theirs is missed
STRIP = 64  # side of a tile, and columns by which the smallest of many numbers are found
UNCOMPILED = 300  # people: so few are looked over as fast by NumPy as a kernel is loaded
SPARE_COLUMNS = 4  # more than enough that need no further halving
GOLDEN, PLASTIC = 0.6180339887498949, 0.7548776662466927  # 1 / golden and 1 / plastic ratio: multiples spread evenly


# --- what weights there are -------------------------------------------------------------------------------------------


def look_over_array(cells: Floats, seen: Floats) -> int:
    """Look over a whole array; its first cell (row * n + column) that differs from its mirror, -1 if none."""
    if len(cells) <= UNCOMPILED:
        return look_over_few(cells, seen)
    ends = no_ends(STRIP)
    odd = compare_tiles(cells, np.empty((STRIP, STRIP + 8)), ends, seen)
    note_ends(ends, seen)
    return odd


def look_over_few(cells: Floats, seen: Floats) -> int:
    """The same of a small array, without a kernel."""
    odd = (cells != cells.T) & ~(np.isnan(cells) & np.isnan(cells.T))
    np.fill_diagonal(odd, False)
    if odd.any():
        return int(odd.argmax())
    above = cells[~np.tri(len(cells), dtype=bool)]
    weights = above[~np.isnan(above)]
    note_ends(weights[None].repeat(2, axis=0), seen)
    seen[2:] += len(weights), (np.rint(weights) != weights).sum()
    return -1


def no_ends(columns: int) -> Floats:
    """The smallest and largest weight of each column before any was looked at."""
    return np.repeat([[np.inf], [-np.inf]], columns, axis=1)


def note_ends(ends: Floats, seen: Floats) -> None:
    """Gather the smallest and largest weight of the columns."""
    seen[0], seen[1] = min(seen[0], ends[0].min(initial=np.inf)), max(seen[1], ends[1].max(initial=-np.inf))


@kernel_no_arrays
def compare_tiles(cells: Floats, turned: Floats, ends: Floats, seen: Floats) -> int:
    """Look over all tiles; the first cell of the array that differs from its mirror, -1 if none."""
    n = len(cells)
    for top in range(0, n, STRIP):
        for left in range(top, n, STRIP):
            if compare_tile(cells, top, left, turned, ends, seen):
                return first_odd_cell(cells)
    return -1


@inner_kernel
def compare_tile(cells: Floats, top: int, left: int, turned: Floats, ends: Floats, seen: Floats) -> bool:
    """Look over a tile above the diagonal; whether it differs from its mirror, which is laid beside it first."""
    n, odd = len(cells), 0
    for j in range(left, min(n, left + STRIP)):
        for i in range(top, min(n, top + STRIP)):
            turned[i - top, j - left] = cells[j, i]
    for i in range(top, min(n, top + STRIP)):
        start = max(left, i + 1)
        here, mirror = cells[i, start : min(n, left + STRIP)], turned[i - top, start - left :]
        for j in range(len(here)):
            odd += 1 if here[j] != mirror[j] and (here[j] == here[j] or mirror[j] == mirror[j]) else 0
        look_over_row(here, ends, seen)
    return odd > 0


@inner_kernel
def look_over_row(row: Floats, ends: Floats, seen: Floats) -> None:
    """Update the smallest and largest weight of each column, how many weights there are and how many fractions."""
    low, high, count, fractions = ends[0], ends[1], 0, 0
    for j in range(len(row)):
        w = row[j]
        low[j] = w if w < low[j] else low[j]
        high[j] = w if w > high[j] else high[j]
        count += 1 if w == w else 0
        fractions += 1 if w == w and np.rint(w) != w else 0
    seen[2] += count
    seen[3] += fractions


@inner_kernel
def first_odd_cell(cells: Floats) -> int:
    """The first cell (row * n + column) that differs from its mirror, -1 if none."""
    n = len(cells)
    for i in range(n):
        for j in range(i + 1, n):
            a, b = cells[i, j], cells[j, i]
            if a != b and (a == a or b == b):
                return i * n + j
    return -1


def look_over_block(block: Floats, first: int, seen: Floats) -> None:
    """Look over some rows, above the diagonal."""
    ends = no_ends(block.shape[1])
    look_over_rows(block, first, ends, seen)
    note_ends(ends, seen)


@kernel_no_arrays
def look_over_rows(block: Floats, first: int, ends: Floats, seen: Floats) -> None:
    """Look over some rows, above the diagonal, column by column."""
    for i in range(len(block)):
        look_over_row(block[i, first + i + 1 :], ends, seen)


@kernel_no_arrays
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


# --- starting duals ---------------------------------------------------------------------------------------------------


@kernel
def best_offers(
    block: Floats, rows: Ints, people: Ints, scale: float, offset: float, dual: Floats, best: Floats
) -> None:
    """Raise ``best`` to the most that any of these people leaves each person: weight less the dual of the offerer.

    ``rows`` says where in the block each of the people stands.
    """
    for i in range(len(rows)):
        me = people[i]
        kept = best[me]
        raise_offers(block[rows[i]], dual[me], scale, offset, best)
        best[me] = kept


@inner_kernel
def raise_offers(row: Floats, mine: float, scale: float, offset: float, best: Floats) -> None:
    """Raise each offer to what one person leaves: weight less their dual."""
    for j in range(len(row)):
        offer = as_worth(row[j], scale, offset) - mine
        best[j] = offer if offer > best[j] else best[j]


@inner_kernel
def as_worth(weight: float, scale: float, offset: float) -> float:
    """Integer weight of a pair; pairs that cannot help count as not allowed."""
    w = 2.0 * np.rint(weight * scale) + offset
    return w if w > 0.0 else NOT_ALLOWED


@inner_kernel
def to_integer(weight: float, scale: float, offset: float) -> int:
    """The engine's even integer for a weight."""
    return 2 * int(np.rint(weight * scale)) + int(offset)


# --- pairs the duals miss, blossoms and all ---------------------------------------------------------------------------


@kernel
def tightest_pairs(
    block: Floats,
    spots: Ints,
    people: Ints,
    turns: Ints,
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
    """For some people the partners with the least slack below ``bar``, and the worst lack of each person of any pair.

    ``spots`` says which row of the block is whose. With ``later`` only pairs with later people are looked at, which is
    all pairs once where everybody is asked for. ``turns`` says in which order; people of one blossom after each other
    save time.
    """
    n, single, lifted, above = block.shape[1], is_single(starts), NOBODY, np.full(len(s.node), -1.0)
    add_all_around(s, above)
    slack, least, own, dual = np.empty(n), np.empty(n), np.empty(len(order)), np.empty(len(order))
    for k in range(len(order)):
        own[k] = dual[order[k]] = s.node[order[k], DUAL]
    for i in turns:
        me, mine = people[i], 0.0
        after = me + 1 if later else 0
        for v in range(0 if single else n):
            least[v] = OPEN
        for a in range(starts[me], starts[me + 1]):
            lifted = lift(s.node, s.node[a, PARENT], order, place, own, above, lifted, dual)
            mine = float(s.node[a, DUAL])
            if not single:
                least_cover(dual, starts, mine, least)
        mine, cover = (mine, dual) if single else (0.0, least)
        kept, cover[me] = cover[me], OPEN
        row, out = block[spots[i], after:], slack[: n - after]
        below = slack_of(row, cover[after:n], mine, scale, offset, bar, out)
        found = smallest_below(out, bar, partner[i], value[i]) if below else 0
        cover[me] = kept
        note_nearest(row, after, found, scale, offset, partner[i], weight[i], value[i])
        if found > 0 and value[i, 0] < 0.0:
            note_lack(out, me, after, lack)


@inner_kernel
def is_single(starts: Ints) -> bool:
    """Whether everybody has one copy."""
    other = 0
    for v in range(len(starts)):
        other += 1 if starts[v] != v else 0
    return other == 0


@inner_kernel
def add_all_around(s: State, above: Floats) -> None:
    """Write down the dual of each blossom and of all around it, where less than zero stands so far."""
    node = s.node
    for blossom in range(s.tally[PEOPLE], len(node)):
        total, x = 0.0, blossom if node[blossom, UP] >= 0 else -1
        while x >= 0 and above[x] < 0.0:
            total += float(node[x, DUAL])
            x = node[x, PARENT]
        total += above[x] if x >= 0 else 0.0
        x = blossom if node[blossom, UP] >= 0 else -1
        while x >= 0 and above[x] < 0.0:
            above[x] = total
            total -= float(node[x, DUAL])
            x = node[x, PARENT]


@inlined
def lift(
    node: Ints, inner: int, order: Ints, place: Ints, own: Floats, above: Floats, lifted: int, dual: Floats
) -> int:
    """Add to each dual those of the blossoms that hold both that node and the blossom ``inner``; returns ``inner``.

    What was added for the blossom ``lifted`` before is changed only within the smallest blossom that holds both. The
    members of a blossom stand together in the order.
    """
    if inner == lifted:
        return lifted
    shared, x = False, inner
    first = stop = place[node[x, FIRST]] if x >= 0 else 0
    while x >= 0 and not shared:
        raise_between(order, own, place[node[x, FIRST]], first, above[x], dual)
        raise_between(order, own, stop, place[node[x, LAST]] + 1, above[x], dual)
        first, stop = place[node[x, FIRST]], place[node[x, LAST]] + 1
        shared = lifted >= 0 and first <= place[node[lifted, FIRST]] and place[node[lifted, LAST]] < stop
        x = node[x, PARENT]
    top = -1 if shared else outermost(node, lifted)
    if top >= 0:
        raise_between(order, own, place[node[top, FIRST]], place[node[top, LAST]] + 1, 0.0, dual)
    return inner


@inner_kernel
def outermost(node: Ints, x: int) -> int:
    """The blossom around a blossom that is in no other; -1 for none."""
    top = x
    while x >= 0:
        top, x = x, node[x, PARENT]
    return top


@inner_kernel
def raise_between(order: Ints, own: Floats, first: int, stop: int, by: float, dual: Floats) -> None:
    """Set what the people at these places of the ring order cover: their own dual and ``by``."""
    for k in range(first, stop):
        dual[order[k]] = by + own[k]


@inner_kernel
def least_cover(dual: Floats, starts: Ints, mine: float, out: Floats) -> None:
    """Lower ``out`` to what one copy and the copies of each person cover at least."""
    for v in range(len(out)):
        for b in range(starts[v], starts[v + 1]):
            out[v] = min(out[v], mine + dual[b])


@inner_kernel
def slack_of(row: Floats, dual: Floats, mine: float, scale: float, offset: float, bar: float, out: Floats) -> bool:
    """Slack of a person with others; whether any is below ``bar``."""
    below = 0
    for j in range(len(row)):
        slack = mine + dual[j] - as_worth(row[j], scale, offset)
        out[j] = slack
        below += 1 if slack < bar else 0
    return below > 0


@inner_kernel
def smallest_below(out: Floats, bar: float, place: Ints, value: Floats) -> int:
    """List the smallest numbers below ``bar``; how many were listed."""
    size = len(place) - len(place)  # no plain 0, for which the list would be compiled apart
    for start in range(0, len(out), STRIP):
        stop = min(len(out), start + STRIP)
        if is_any_below(out[start:stop], bar):
            for j in range(start, stop):
                if out[j] < bar:
                    size = insert(place, value, size, j, out[j])
                    bar = value[size - 1] if size == len(place) else bar
    return size


@inner_kernel
def is_any_below(out: Floats, bar: float) -> bool:
    """Whether any number is below ``bar``."""
    below = 0
    for j in range(len(out)):
        below += 1 if out[j] < bar else 0
    return below > 0


@inner_kernel
def insert(place: Ints, value: Floats, size: int, j: int, x: float) -> int:
    """Put ``x`` into a short sorted list that drops its largest when full; the new size."""
    at = size if size < len(place) else size - 1
    while at > 0 and value[at - 1] > x:
        value[at], place[at] = value[at - 1], place[at - 1]
        at -= 1
    value[at], place[at] = x, j
    return min(size + 1, len(place))


@inner_kernel
def note_nearest(
    row: Floats, after: int, found: int, scale: float, offset: float, partner: Ints, weight: Ints, value: Floats
) -> None:
    """Write down who is where in a row that begins with a later person, and the integer weights; nobody in the rest."""
    for c in range(found):
        weight[c] = to_integer(row[partner[c]], scale, offset)
        partner[c] += after
    for c in range(found, len(partner)):
        partner[c], value[c] = NOBODY, FAR


@inner_kernel
def note_lack(slack: Floats, me: int, after: int, lack: Floats) -> None:
    """Raise the lack of both people of each pair whose slack is below zero."""
    for j in range(len(slack)):
        if slack[j] < 0.0:
            lack[me] = max(lack[me], -slack[j])
            lack[after + j] = max(lack[after + j], -slack[j])


# --- candidates: the partners of least slack, before there are blossoms -----------------------------------------------


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


@inner_kernel
def spread_slack(
    row: Floats, dual: Floats, fraction: Floats, mine: float, scale: float, offset: float, out: Floats
) -> None:
    """Slack of a person with everybody, a fraction added to each."""
    for j in range(len(row)):
        out[j] = mine + (dual[j] + fraction[j]) - as_worth(row[j], scale, offset)


@inner_kernel
def smallest_in_turn(out: Floats, low: Floats) -> None:
    """The smallest of every so many numbers, each column taken in turn."""
    for k in range(STRIP):
        low[k] = FAR
    for start in range(0, len(out), STRIP):
        here = out[start : min(len(out), start + STRIP)]
        for k in range(len(here)):
            low[k] = here[k] if here[k] < low[k] else low[k]


@inner_kernel
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


@inner_kernel
def reaching(low: Floats, height: float) -> int:
    """How many columns reach down to some height."""
    count = 0
    for k in range(len(low)):
        count += 1 if low[k] <= height else 0
    return count


@inner_kernel
def one_between(low: Floats, below: float, above: float) -> float:
    """One of the columns between two heights; ``above`` if there is none."""
    found = above
    for k in range(len(low)):
        found = low[k] if below < low[k] < above else found
    return found


@inner_kernel
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


@inner_kernel
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


@inner_kernel
def is_listed(row: Ints, who: int) -> bool:
    """Whether somebody is in a row."""
    found = 0
    for c in range(len(row)):
        found += 1 if row[c] == who else 0
    return found > 0
