"""Opening blossoms: children matched around the ring, and rows that are used again.

People find the outermost node around them by its row. Where a large blossom lies within the one that is opened, it
takes over that one's row, and its own becomes a stub that points there: its people need not be told one by one.
Otherwise opening blossoms that lie deep within each other would take the square of the time.
"""

from peernet._arrays import Ints
from peernet._compiled import part, step, uncounted_kernel
from peernet.matching.blossom_state import (
    CHILD,
    DUAL,
    FIRST,
    FOLLOW,
    FREE,
    LABEL,
    LAST,
    LINK_IN,
    LINK_OUT,
    MATE_IN,
    MATE_OUT,
    MOST_STUBS,
    N_FIELDS,
    NEXT,
    NOBODY,
    PARENT,
    PEOPLE,
    PREV,
    SPARE,
    STUBS,
    UP,
    State,
    append,
    child_holding,
    find,
    shift,
)

LARGE = 16  # people; a smaller blossom is moved faster than its row


@part
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


@part
def release(node: Ints, c: int) -> None:
    """Make ``c`` an outermost node again."""
    node[c, PARENT], node[c, UP] = -1, c
    v = node[c, FIRST]
    node[v, UP] = c
    while v != node[c, LAST]:
        v = node[v, FOLLOW]
        node[v, UP] = c


@part
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


@part
def drop_row(s: State, blossom: int) -> None:
    s.node[blossom, UP], s.node[blossom, LABEL] = -1, FREE
    append(s, SPARE, blossom)


@part
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


@step
def worth_keeping(s: State, c: int) -> int:
    """A child with so many people that it should take the row of the blossom around it; -1 if it has few."""
    node, v = s.node, s.node[c, FIRST]
    for _ in range(LARGE):
        if v == node[c, LAST]:
            return NOBODY
        v = node[v, FOLLOW]
    return c if s.tally[STUBS] < s.tally[MOST_STUBS] else NOBODY


@step
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


@step
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


@uncounted_kernel
def dissolve(s: State) -> None:
    """Open every blossom; its people take half its dual each, which keeps all duals feasible."""
    node, n = s.node, s.tally[PEOPLE]
    for blossom in range(n, len(node)):
        if node[blossom, UP] >= 0 and node[blossom, DUAL] > 0:
            shift(s, blossom, node[blossom, DUAL] // 2)
    for v in range(n):
        while find(node, v) != v:
            open_blossom(s, find(node, v), NOBODY)
