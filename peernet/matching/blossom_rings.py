"""Blossoms: an odd ring shrunk into one node, what it says, opened again, and people who leave it.

Opening matches the children around the ring, away from the one that holds the blossom's mate, and its row is used
again. People find the outermost node around them by its row. Where a large blossom lies within the one that is opened,
it takes over that one's row, and its own becomes a stub that points there: its people need not be told one by one.
Otherwise opening blossoms that lie deep within each other would take the square of the time.
"""

from __future__ import annotations

import numpy as np

from peernet._arrays import Ints
from peernet._compiled import inlined, inner_kernel, kernel, kernel_no_arrays
from peernet.matching.blossom_state import (
    CHILD,
    CLOCK,
    DUAL,
    ENTERED,
    FIRST,
    FOLLOW,
    FREE,
    GONE,
    INNER,
    LABEL,
    LAST,
    LINK_IN,
    LINK_OUT,
    MARK,
    MATE_IN,
    MATE_OUT,
    MOST_STUBS,
    N_FIELDS,
    NEXT,
    NOBODY,
    OUTER,
    PAIRS_FROM,
    PAIRS_TO,
    PARENT,
    PARTNER,
    PEOPLE,
    PREV,
    SPARE,
    STAMP,
    STUBS,
    TAKEN,
    TREE_IN,
    TREE_OUT,
    UP,
    WAITING,
    WEIGHT,
    State,
    append,
    child_holding,
    find,
    raise_people,
    shift,
    touch,
    wait_all,
)

LARGE = 16  # people; a smaller blossom is moved faster than its row


# --- shrinking an odd ring --------------------------------------------------------------------------------------------


@inner_kernel
def meeting(s: State, a: int, b: int) -> int:
    """The first node on both ways to the root, -1 if there are two roots."""
    node = s.node
    s.tally[STAMP] += 1
    while a >= 0 or b >= 0:
        if a >= 0:
            if node[a, MARK] == s.tally[STAMP]:
                return a
            node[a, MARK] = s.tally[STAMP]
            a = outer_above(node, a)
        a, b = b, a
    return NOBODY


@inner_kernel
def outer_above(node: Ints, x: int) -> int:
    """The next outer node towards the root, -1 above the root."""
    if node[x, MATE_OUT] < 0:
        return NOBODY
    return find(node, node[find(node, node[x, MATE_OUT]), TREE_OUT])


@inner_kernel
def make_blossom(s: State, u: int, v: int, top: int) -> int:
    """Shrink the odd ring that the tight pair (u, v) closes below ``top`` into one outer node."""
    node, tally = s.node, s.tally
    link_cycle(node, u, v, top)
    tally[SPARE] -= 1
    blossom = s.lists[SPARE, tally[SPARE]]
    node[blossom, MATE_IN], node[blossom, MATE_OUT] = node[top, MATE_IN], node[top, MATE_OUT]
    node[blossom, UP], node[blossom, PARENT], node[blossom, CHILD] = blossom, -1, top
    node[blossom, FIRST], node[blossom, LAST] = node[top, FIRST], node[top, LAST]
    absorb(s, blossom, top)
    c = node[top, NEXT]
    while c != top:
        node[node[blossom, LAST], FOLLOW] = node[c, FIRST]
        node[blossom, LAST] = node[c, LAST]
        absorb(s, blossom, c)
        c = node[c, NEXT]
    node[blossom, DUAL] = -2 * tally[CLOCK]
    touch(s, blossom, OUTER)
    return int(blossom)


@inlined
def link_cycle(node: Ints, u: int, v: int, top: int) -> None:
    """Join the tree ways from ``u`` and ``v`` up to ``top`` and the pair (u, v) into one ring."""
    x = find(node, u)
    link(node, find(node, v), v, x, u)
    while x != top:
        t = find(node, node[x, MATE_OUT])
        link(node, x, node[x, MATE_IN], t, node[x, MATE_OUT])
        x = find(node, node[t, TREE_OUT])
        link(node, t, node[t, TREE_IN], x, node[t, TREE_OUT])
    x = find(node, v)
    while x != top:
        t = find(node, node[x, MATE_OUT])
        link(node, t, node[x, MATE_OUT], x, node[x, MATE_IN])
        x = find(node, node[t, TREE_OUT])
        link(node, x, node[t, TREE_OUT], t, node[t, TREE_IN])


@inner_kernel
def link(node: Ints, x: int, x_person: int, y: int, y_person: int) -> None:
    """Let ``y`` follow ``x`` in a ring, by the pair of these two people."""
    node[x, NEXT], node[y, PREV] = y, x
    node[x, LINK_IN], node[x, LINK_OUT] = x_person, y_person


@inlined
def absorb(s: State, blossom: int, c: int) -> None:
    """Make ``c`` a child of an outer blossom; inner people become outer."""
    node, clock = s.node, s.tally[CLOCK]
    if node[c, LABEL] == INNER:
        shift(s, c, 2 * clock)  # to outer form; the blossom's own dual is set apart below
        wait_all(s, c)
    if c >= s.tally[PEOPLE]:
        node[c, DUAL] += 2 * clock
    node[c, LABEL], node[c, PARENT], node[c, UP] = FREE, blossom, blossom


# --- what blossoms say: common duals, partners, odd sets --------------------------------------------------------------


@kernel_no_arrays
def mark_above(s: State, v: int) -> None:
    """Note at each blossom around ``v`` the sum of its dual and of those further out (in a spare column)."""
    node, total = s.node, 0
    s.tally[STAMP] += 1
    x = node[v, PARENT]
    while x >= 0:
        total += node[x, DUAL]
        x = node[x, PARENT]
    x = node[v, PARENT]
    while x >= 0:
        node[x, MARK], node[x, TREE_IN] = s.tally[STAMP], total
        total -= node[x, DUAL]
        x = node[x, PARENT]


@kernel
def common_dual(s: State, v: int) -> int:
    """Sum of the duals of the blossoms that hold both ``v`` and the person last marked."""
    x = s.node[v, PARENT]
    while x >= 0:
        if s.node[x, MARK] == s.tally[STAMP]:
            return int(s.node[x, TREE_IN])
        x = s.node[x, PARENT]
    return 0


@kernel
def common_duals(s: State, a: Ints, b: Ints) -> Ints:
    """Sum of the duals of the blossoms that hold both people of each pair; pairs of one person together save time."""
    found, marked = np.empty(len(a), dtype=np.int64), NOBODY
    for e in range(len(a)):
        if a[e] != marked:
            mark_above(s, a[e])
            marked = a[e]
        found[e] = common_dual(s, b[e])
    return found


def partners(s: State) -> Ints:
    """Partner of everybody, -1 for the single; nothing else changes, for blossoms are only looked into."""
    inside, outside = s.node[:, MATE_IN].copy(), s.node[:, MATE_OUT].copy()
    match_within(s, inside, outside, np.empty(len(s.node), dtype=np.int64))
    return outside[: s.tally[PEOPLE]]


@kernel_no_arrays
def match_within(s: State, inside: Ints, outside: Ints, waiting: Ints) -> None:
    """Match the children of every blossom around their ring; ``waiting`` is a list to write on."""
    node, n, size = s.node, s.tally[PEOPLE], 0
    for x in range(n, len(node)):
        if node[x, UP] == x:
            waiting[size], size = x, size + 1
    while size > 0:
        size -= 1
        x = waiting[size]
        base = child_holding(node, x, inside[x])
        inside[base], outside[base] = inside[x], outside[x]
        c, step_in = base, 0
        while True:
            if c >= n:
                waiting[size], size = c, size + 1
            d = node[c, NEXT]
            if c != base and step_in % 2 == 1:
                inside[c], outside[c] = node[c, LINK_IN], node[c, LINK_OUT]
                inside[d], outside[d] = node[c, LINK_OUT], node[c, LINK_IN]
            step_in += 1
            c = d
            if c == base:
                break


def ring_order(s: State) -> tuple[Ints, Ints]:
    """Everybody, so that the people of any blossom stand together, and the place of each."""
    order, place = np.empty((2, int(s.tally[PEOPLE])), dtype=np.int64)
    list_rings(s.node, order, place)
    return order, place


@kernel_no_arrays
def list_rings(node: Ints, order: Ints, place: Ints) -> None:
    """The same, written into two lists."""
    size = 0
    for x in range(len(node)):
        if node[x, UP] == x:
            v = node[x, FIRST]
            while True:
                order[size], place[v] = v, size
                size += 1
                if v == node[x, LAST]:
                    break
                v = node[v, FOLLOW]


def set_spans(s: State) -> tuple[Ints, Ints, Ints, Ints]:
    """Everybody in the order of rings, and the first place, end and dual of each blossom that has a dual."""
    node, n = s.node, int(s.tally[PEOPLE])
    order, place = ring_order(s)
    used = n + np.flatnonzero((node[n:, UP] >= 0) & (node[n:, DUAL] > 0))
    return order, place[node[used, FIRST]], place[node[used, LAST]] + 1, node[used, DUAL]


def odd_sets(s: State, number: Ints | None = None) -> tuple[tuple[Ints, ...], Ints]:
    """The people in each blossom that has a dual, by number if people are numbered, and that dual."""
    order, first, stop, dual = set_spans(s)
    people = order if number is None else number[order]
    return tuple(map(people.__getitem__, map(slice, first.tolist(), stop.tolist()))), dual


# --- opening ----------------------------------------------------------------------------------------------------------


@inner_kernel
def open_blossom(s: State, blossom: int, kept: int) -> int:
    """Replace a blossom by its children, matched around the ring away from the child that holds its mate.

    The child ``kept``, if there is one, is to take the blossom's row (see `take_row`).
    """
    node = s.node
    base = match_children(node, blossom)
    c = base
    while True:
        following = node[c, NEXT]
        if c != kept:
            release(node, c)
        c = following
        if c == base:
            break
    if kept < 0:
        drop_row(s, blossom)
    return base


@inner_kernel
def match_children(node: Ints, blossom: int) -> int:
    """Match the children of a blossom around the ring, away from the one that holds its mate; which one that is."""
    base = child_around(node, blossom, node[blossom, MATE_IN])
    node[base, MATE_IN], node[base, MATE_OUT] = node[blossom, MATE_IN], node[blossom, MATE_OUT]
    c = node[base, NEXT]
    while c != base:
        d = node[c, NEXT]
        node[c, MATE_IN], node[c, MATE_OUT] = node[c, LINK_IN], node[c, LINK_OUT]
        node[d, MATE_IN], node[d, MATE_OUT] = node[c, LINK_OUT], node[c, LINK_IN]
        c = node[d, NEXT]
    return base


@inner_kernel
def child_around(node: Ints, blossom: int, v: int) -> int:
    """The child of a blossom that holds person ``v``; looked for in its ring first, for the way up can be long."""
    first = c = node[blossom, CHILD]
    others, holder = 0, c
    while True:
        if c == v:
            return int(c)
        if node[c, FIRST] != c:
            others, holder = others + 1, c
        c = node[c, NEXT]
        if c == first:
            break
    return int(holder) if others == 1 else child_holding(node, blossom, v)


@inner_kernel
def release(node: Ints, c: int) -> None:
    """Make ``c`` an outermost node again."""
    node[c, PARENT], node[c, UP] = -1, c
    v = node[c, FIRST]
    node[v, UP] = c
    while v != node[c, LAST]:
        v = node[v, FOLLOW]
        node[v, UP] = c


@inner_kernel
def drop_row(s: State, blossom: int) -> None:
    """Free the row of a blossom."""
    s.node[blossom, UP], s.node[blossom, LABEL] = -1, FREE
    append(s, SPARE, blossom)


@inlined
def worth_keeping(s: State, c: int) -> int:
    """A child with so many people that it should take the row of the blossom around it; -1 if it has few."""
    node, v = s.node, s.node[c, FIRST]
    for _ in range(LARGE):
        if v == node[c, LAST]:
            return NOBODY
        v = node[v, FOLLOW]
    return c if s.tally[STUBS] < s.tally[MOST_STUBS] else NOBODY


@inlined
def take_row(s: State, blossom: int, c: int) -> None:
    """Move a child to the row of its blossom, as an outermost node; its own row becomes a stub that points there.

    Its people are found there already, so they need not be told, however many they are.
    """
    node = s.node
    for field in range(N_FIELDS):
        node[blossom, field] = node[c, field]
    node[blossom, UP], node[blossom, PARENT] = blossom, -1
    node[node[c, PREV], NEXT] = node[node[c, NEXT], PREV] = blossom
    first = x = node[c, CHILD]
    while True:
        node[x, PARENT] = blossom
        x = node[x, NEXT]
        if x == first:
            break
    node[c, UP], node[c, PARENT], node[c, DUAL], node[c, LABEL] = blossom, -1, 0, FREE
    s.tally[STUBS] += 1


@inlined
def drop_stubs(s: State) -> None:
    """Tell everybody where they are, and free the rows of stubs, once these are many."""
    node, n = s.node, s.tally[PEOPLE]
    if 2 * s.tally[STUBS] <= s.tally[MOST_STUBS]:
        return
    for v in range(n):
        node[v, UP] = find(node, v)
    for x in range(n, len(node)):
        if node[x, UP] >= 0 and node[x, UP] != x and node[x, PARENT] < 0:
            drop_row(s, x)
    s.tally[STUBS] = 0


@kernel_no_arrays
def dissolve(s: State) -> None:
    """Open every blossom; its people take half its dual each, which keeps all duals feasible.

    From the outermost inwards, each with the halves of all around it, so that each person is told but once.
    """
    node, size = s.node, 0
    for x in range(s.tally[PEOPLE], len(node)):
        if node[x, UP] == x:
            s.lists[WAITING, size], s.lists[ENTERED, size] = x, node[x, DUAL] // 2
            size += 1
    while size > 0:
        size = dissolve_one(s, s.lists[WAITING, size - 1], s.lists[ENTERED, size - 1], size - 1)


@inlined
def dissolve_one(s: State, x: int, share: int, size: int) -> int:
    """Open a blossom whose people are owed a share, and list the blossoms in it; how many are listed then."""
    node, base = s.node, match_children(s.node, x)
    c = base
    while True:
        node[c, PARENT], node[c, UP] = NOBODY, c
        if c < s.tally[PEOPLE]:
            node[c, DUAL] += share
        else:
            s.lists[WAITING, size], s.lists[ENTERED, size] = c, share + node[c, DUAL] // 2
            size += 1
        c = node[c, NEXT]
        if c == base:
            break
    node[x, DUAL] = 0
    drop_row(s, x)
    return size


# --- people and pairs that leave --------------------------------------------------------------------------------------


@kernel_no_arrays
def set_free(s: State, v: int) -> None:
    """Make ``v`` a single person on their own.

    Blossoms around ``v`` are opened as `dissolve` does, which loosens no pair but those that lead out of them; the two
    ends of these go single too. All are opened in one go, for there can be hundreds around each other.
    """
    node, around, depth, share = s.node, s.lists[WAITING], 0, 0
    x = node[v, PARENT]
    while x >= 0:
        around[depth] = x
        depth, x = depth + 1, node[x, PARENT]
    for turn in range(depth - 1, -1, -1):
        x, inner = around[turn], around[turn - 1] if turn > 0 else v
        if node[x, DUAL] > 0:
            part_from_mate(node, x)
            share += node[x, DUAL] // 2
        match_children(node, x)
        free_beside(node, inner, share)
        node[inner, PARENT] = -1
        drop_row(s, x)
    node[v, UP] = v
    node[v, DUAL] += share
    part_from_mate(node, v)


@inner_kernel
def free_beside(node: Ints, inner: int, share: int) -> None:
    """Make all others in the ring of a node outermost ones, their people's duals raised."""
    c = node[inner, NEXT]
    while c != inner:
        release(node, c)
        raise_people(node, c, share)
        c = node[c, NEXT]


@inner_kernel
def part_from_mate(node: Ints, x: int) -> None:
    """Make a node and its mate single, if it has one."""
    if node[x, MATE_OUT] >= 0:
        node[find(node, node[x, MATE_OUT]), MATE_OUT] = NOBODY
        node[x, MATE_OUT] = NOBODY


@kernel_no_arrays
def take_out(s: State, nodes: Ints, partners: Ints) -> None:
    """Match each node for good to a partner that is taken out too, maybe itself; no pair with it is tight any more."""
    for v in nodes:
        set_free(s, v)
    s.tally[TAKEN] = len(nodes)
    for i in range(len(nodes)):
        s.node[nodes[i], DUAL], s.node[nodes[i], MATE_OUT] = GONE, partners[i]


@kernel_no_arrays
def bar(s: State, a: Ints, b: Ints) -> None:
    """Close links: two who are matched or share a blossom are parted, and no search uses their link again."""
    node = s.node
    for e in range(len(a)):
        u, v = a[e], b[e]
        x = find(node, u)
        if x == find(node, v) or (node[x, MATE_IN] == u and node[x, MATE_OUT] == v):
            set_free(s, u)
        close(s, u, v)
        close(s, v, u)


@inner_kernel
def close(s: State, u: int, v: int) -> None:
    """Let no search use the pairs of ``u`` with ``v`` again."""
    for e in range(s.node[u, PAIRS_FROM], s.node[u, PAIRS_TO]):
        if s.pairs[e, PARTNER] == v:
            s.pairs[e, WEIGHT] = -GONE
            break
