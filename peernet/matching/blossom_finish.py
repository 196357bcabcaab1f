"""What a search leaves behind: the matching it found, duals written back, and how long everybody was outer."""

from peernet._arrays import Ints
from peernet._compiled import part, step
from peernet.matching.blossom_opening import drop_stubs, open_blossom
from peernet.matching.blossom_rings import make_blossom, meeting
from peernet.matching.blossom_state import (
    AT_CYCLE,
    BEST,
    CLOCK,
    DOWN,
    DUAL,
    END,
    END_IN,
    END_OUT,
    ENTERED,
    FREE,
    INNER,
    LABEL,
    LIMIT,
    MATE_IN,
    MATE_OUT,
    MET,
    NEVER,
    NEXT,
    NOBODY,
    OUTER,
    PEOPLE,
    REACHED,
    TAKEN,
    TOUCHED,
    TREE_IN,
    TREE_OUT,
    TREES,
    UP,
    WAITING,
    State,
    find,
    shift,
    touch,
)


@part
def flip(node: Ints, u: int, v: int) -> None:
    """Match outer person ``u`` to ``v`` (-1: nobody) and re-match every pair on the way to the root."""
    x = find(node, u)
    while True:
        before = node[x, MATE_OUT]
        node[x, MATE_IN], node[x, MATE_OUT] = u, v
        if before < 0:
            return
        t = find(node, before)
        node[t, MATE_IN], node[t, MATE_OUT] = node[t, TREE_IN], node[t, TREE_OUT]
        u, v = node[t, TREE_OUT], node[t, TREE_IN]
        x = find(node, u)


@step
def finish(s: State) -> None:
    """Change the matching as the search found."""
    node, tally = s.node, s.tally
    tally[CLOCK] = tally[LIMIT]
    u, v = tally[END_IN], tally[END_OUT]
    if tally[END] == AT_CYCLE:
        make_blossom(s, u, v, meeting(s, find(node, u), find(node, v)))
        flip(node, u, NOBODY)
        return
    flip(node, u, v)
    if tally[END] == MET:
        flip(node, v, u)
    elif v >= 0:
        x = find(node, v)
        node[x, MATE_IN], node[x, MATE_OUT] = v, u


@step
def unlabel(s: State) -> None:
    """Write the duals back and open matched blossoms that carry no dual."""
    node, tally = s.node, s.tally
    at = 0
    while at < tally[TOUCHED]:
        x = s.lists[TOUCHED, at]
        at += 1
        if node[x, UP] != x:
            continue
        if node[x, LABEL] == OUTER:
            shift(s, x, -tally[CLOCK])
        elif node[x, LABEL] == INNER:
            shift(s, x, tally[CLOCK])
        node[x, LABEL] = FREE
        if x >= tally[PEOPLE] and node[x, DUAL] == 0 and node[x, MATE_OUT] >= 0:
            open_empty(s, x)
    for i in range(tally[REACHED]):
        node[s.lists[REACHED, i], BEST] = NEVER
    note_time_outer(s)
    drop_stubs(s)


@part
def note_time_outer(s: State) -> None:
    """Add up how long each person was outer, until all are in one blossom, whose people lose no slack to each other."""
    tally, stop = s.tally, s.tally[CLOCK]
    if tally[TREES] == 1 and tally[WAITING] + tally[TAKEN] == tally[PEOPLE]:
        stop = s.lists[ENTERED, tally[WAITING] - 1]
    for i in range(tally[WAITING]):
        s.node[s.lists[WAITING, i], DOWN] += stop - s.lists[ENTERED, i]


@part
def open_empty(s: State, x: int) -> None:
    """Open a blossom that carries no dual, and let its children be looked at too."""
    base = open_blossom(s, x, NOBODY)
    c = base
    while True:
        if c >= s.tally[PEOPLE]:
            touch(s, c, FREE)
        c = s.node[c, NEXT]
        if c == base:
            break
