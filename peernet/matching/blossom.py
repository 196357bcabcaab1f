"""The blossom method (Edmonds): maximum-weight matching on a sparse graph, with the dual solution that proves it.

In order, as the sections below: `start` makes the duals feasible and matches what is easy; in large pools with few
pairs people then bid for partners (see `bidding`), which leaves far fewer to search for. `run` then settles one
unmatched root after another, each by a `search`. It lets a tree *grow* from the root along tight pairs, *scans* the
pairs of outer people for when they become tight, *shrinks* an odd ring that closes into a blossom (see the drawing in
`blossom_state`), *opens* one in the tree whose dual is used up, and *finishes* by changing the matching along the tree
and writing the duals back.

A primal-dual method in integers. One alternating tree grows at a time, from an unmatched person whose dual is positive,
until it meets an unmatched person or a dual falls to zero; either way that root is settled for good. A search that has
gone far pauses. What it has lowered the duals by stays, so that others come to meet it: where k of n people are left,
one who goes all the way looks at n / k, two who meet half way look at hardly more than the square root of that. The
last two roots grow a tree each. Duals inside the trees move together with one clock, so a person's dual is stored
once per label and read against the clock: ``stored - clock`` for outer people, ``stored + clock`` for inner ones.

A first pass stops at the first odd cycle and leaves the cycle waiting as one unmatched node: that solves the problem
in which half pairs are allowed, and only the waiting cycles are left for the full method.

All weights must be even; people of a tree then share parity, of two trees if their roots do, blossom duals stay even
and no step ever rounds.

References
----------
Edmonds, J. (1965). Maximum matching and a polyhedron with 0,1-vertices. Journal of Research of the National Bureau of
Standards B, 69, 125-130.
Galil, Z. (1986). Efficient algorithms for finding maximum matching in graphs. ACM Computing Surveys, 18(1), 23-38.
Applegate, D., & Cook, W. (1993). Solving large-scale matching problems. DIMACS Series 12, 557-576.
"""

from __future__ import annotations

import numpy as np

from peernet._arrays import Ints
from peernet._compiled import inlined, inner_kernel, kernel_no_arrays
from peernet.matching.blossom_rings import (
    child_around,
    common_dual,
    drop_row,
    drop_stubs,
    make_blossom,
    mark_above,
    match_children,
    meeting,
    open_blossom,
    release,
    set_free,
    take_row,
    worth_keeping,
)
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
    EVENTS,
    FIRST,
    FOLLOW,
    FREE,
    INNER,
    LABEL,
    LAST,
    LIMIT,
    LINK_IN,
    LINK_OUT,
    LISTED,
    MATE_IN,
    MATE_OUT,
    MET,
    MOST_STUBS,
    NEVER,
    NEXT,
    NEXT_ROOT,
    NOBODY,
    ONE,
    OUTER,
    PAIRS_FROM,
    PAIRS_TO,
    PARENT,
    PARTNER,
    PATIENCE,
    PAUSED,
    PEOPLE,
    PREV,
    REACHED,
    RING,
    SCANNED,
    SETTLED,
    STUBS,
    TAKEN,
    TOUCHED,
    TREE_IN,
    TREE_OUT,
    TREES,
    UP,
    WAITING,
    WEIGHT,
    State,
    append,
    closes_ring,
    end_at,
    ends,
    find,
    holds,
    pair_event,
    pop,
    push,
    raise_people,
    shift,
    touch,
    wait_all,
)


@kernel_no_arrays
def run(s: State, stop_at_cycle: bool, at_most: int, patience: int) -> int:
    """Settle up to ``at_most`` roots; fewer done than allowed means none is left, but those that pause.

    A search pauses once it has scanned as many people as ``patience`` says. Each blossom then has one turn.
    """
    tally, done = s.tally, 0
    tally[PATIENCE] = patience
    while tally[NEXT_ROOT] < tally[PEOPLE] and done < at_most:
        v = tally[NEXT_ROOT]
        x = root_around(s.node, v)
        if x < 0 or (stop_at_cycle and x != v) or (patience < NEVER and s.node[x, FIRST] != v):
            tally[NEXT_ROOT] += 1
            continue
        search(s, x, NOBODY if stop_at_cycle else second_root(s, v, x), stop_at_cycle)
        done += 1
        if tally[END] == PAUSED:
            tally[NEXT_ROOT] += 1
    if done < at_most:
        tally[NEXT_ROOT] = 0
    return done


@inner_kernel
def root_around(node: Ints, v: int) -> int:
    """The outermost node that holds person ``v`` if it is still to be settled, else -1."""
    x = find(node, v)
    return NOBODY if node[x, MATE_OUT] >= 0 or node[node[x, MATE_IN], DUAL] == 0 else x


@inlined
def second_root(s: State, v: int, root: int) -> int:
    """The only other root, its people's duals raised by one if their parity differs; -1 if no tree may grow there."""
    node, other = s.node, only_other(s, v, root)
    if other < 0 or (node[node[root, FIRST], DUAL] + node[node[other, FIRST], DUAL]) % 2 == 0:
        return other
    if other >= s.tally[PEOPLE] and node[other, DUAL] == 0:
        return NOBODY
    shift(s, other, ONE)
    return other


@inlined
def only_other(s: State, v: int, root: int) -> int:
    """The only other root after person ``v``; -1 if there is none or more."""
    node, other = s.node, NOBODY
    for w in range(v + 1, s.tally[PEOPLE]):
        x = root_around(node, w)
        if x >= 0 and x != root and x != other:
            if other >= 0:
                return NOBODY
            other = x
    return other


@inlined
def search(s: State, root: int, other: int, stop_at_cycle: bool) -> None:
    """Settle an unmatched root, or of two roots one or both."""
    tally = s.tally
    tally[CLOCK] = tally[EVENTS] = tally[WAITING] = tally[SCANNED] = tally[TOUCHED] = tally[REACHED] = 0
    tally[LIMIT], tally[TREES] = NEVER, 1
    make_outer(s, root)
    if other >= 0:
        tally[TREES] = 2
        make_outer(s, other)
    while True:
        scan_waiting(s, stop_at_cycle)
        if tally[EVENTS] == 0 or s.heap[0, 0] >= tally[LIMIT]:
            break
        tally[CLOCK] = s.heap[0, 0]
        payload = pop(s)
        if holds(s, tally[CLOCK], payload):
            handle(s, payload)
        if closes_ring(payload):
            note_ring(s, payload >> 32)
    finish(s)
    if tally[END] == SETTLED and tally[END_OUT] >= 0:
        x = find(s.node, tally[END_OUT])
        if x >= tally[PEOPLE]:
            touch(s, x, FREE)
    unlabel(s)


@inlined
def handle(s: State, payload: int) -> None:
    """Carry out one event that holds."""
    if payload < 0:
        expand(s, -payload)
        return
    u, v = ends(s, payload)
    if s.node[find(s.node, v), LABEL] == FREE:
        grow(s, u, v)
        return
    top = meeting(s, find(s.node, u), find(s.node, v))
    if top >= 0:
        make_blossom(s, u, v, top)
    else:
        end_at(s, s.tally[CLOCK], u, v, MET)


# --- start: duals that cover every candidate, no greater than that needs ----------------------------------------------


@kernel_no_arrays
def start(s: State) -> None:
    """Make duals feasible and small, drop pairs that are not tight and match tight unmatched pairs."""
    for u in range(s.tally[PEOPLE]):
        raise_dual(s, u)
    tighten_all(s)


@kernel_no_arrays
def tighten_all(s: State) -> None:
    """Make duals that cover everything small, and match tight unmatched pairs."""
    for u in range(s.tally[PEOPLE]):
        if s.node[u, MATE_OUT] < 0:
            tighten(s, u)


@inlined
def raise_dual(s: State, u: int) -> None:
    """Raise the dual of ``u`` until it covers all their pairs; part them from their mate if that pair is not tight."""
    node = s.node
    mate, tight = node[u, MATE_OUT], NEVER
    for e in range(node[u, PAIRS_FROM], node[u, PAIRS_TO]):
        v = s.pairs[e, PARTNER]
        need = s.pairs[e, WEIGHT] - node[v, DUAL]
        node[u, DUAL] = max(node[u, DUAL], need)
        if v == mate:
            tight = need
    if mate >= 0 and node[u, DUAL] != tight:
        node[mate, MATE_OUT] = node[u, MATE_OUT] = -1


@inlined
def tighten(s: State, u: int) -> None:
    """Lower the dual of unmatched ``u`` as far as its pairs allow and match it if a tight partner is unmatched."""
    node = s.node
    lowest, partner = np.int64(0), NOBODY
    for e in range(node[u, PAIRS_FROM], node[u, PAIRS_TO]):
        v = s.pairs[e, PARTNER]
        need = s.pairs[e, WEIGHT] - node[v, DUAL]
        if need > lowest or (need == lowest and partner < 0):
            lowest, partner = need, (v if node[v, UP] == v and node[v, MATE_OUT] < 0 else NOBODY)
    node[u, DOWN] += max(0, node[u, DUAL] - lowest)
    node[u, DUAL] = lowest
    if partner >= 0:
        node[u, MATE_OUT], node[partner, MATE_OUT] = partner, u


@kernel_no_arrays
def cover_links(s: State, a: Ints, b: Ints, w: Ints) -> None:
    """Raise the dual of one end of each link that is not covered; who goes single is matched again if that is easy."""
    node = s.node
    for e in range(len(a)):
        mark_above(s, a[e])
        if node[a[e], DUAL] + node[b[e], DUAL] + common_dual(s, b[e]) < w[e]:
            set_free(s, a[e])
            node[a[e], DUAL] = max(node[a[e], DUAL], w[e] - node[b[e], DUAL])
    for e in range(len(a)):
        if node[a[e], UP] == a[e] and node[a[e], MATE_OUT] < 0:
            tighten(s, a[e])


# --- grow: nodes join the tree ----------------------------------------------------------------------------------------


@inner_kernel
def grow(s: State, u: int, v: int) -> None:
    """Take the matched node of ``v`` and its mate into the tree along the tight pair (u, v)."""
    x = find(s.node, v)
    make_inner(s, x, v, u)
    make_outer(s, find(s.node, s.node[x, MATE_OUT]))


@inner_kernel
def make_outer(s: State, x: int) -> None:
    """Let a node join a tree as outer: its duals are stored as those of outer ones, its people wait to be scanned."""
    touch(s, x, OUTER)
    shift(s, x, s.tally[CLOCK])
    wait_all(s, x)


@inner_kernel
def make_inner(s: State, x: int, inside: int, outside: int) -> None:
    """Let a node join a tree as inner, entered by its person ``inside`` from ``outside``."""
    shift(s, x, -s.tally[CLOCK])
    join_as_inner(s, x, inside, outside)


@inner_kernel
def join_as_inner(s: State, x: int, inside: int, outside: int) -> None:
    """Label a node whose duals are stored as those of inner ones."""
    touch(s, x, INNER)
    s.node[x, TREE_IN], s.node[x, TREE_OUT] = inside, outside
    if x >= s.tally[PEOPLE]:
        used_up = s.node[x, DUAL] // 2
        if used_up < s.tally[LIMIT]:
            push(s, used_up, -x)


# --- scan: when pairs become tight ------------------------------------------------------------------------------------


@inlined
def scan_waiting(s: State, stop_at_cycle: bool) -> None:
    """Scan outer people in the order in which they became so, unless the search ends before."""
    tally = s.tally
    while tally[SCANNED] < tally[WAITING] and tally[LIMIT] > tally[CLOCK]:
        if tally[SCANNED] >= tally[PATIENCE] and tally[TREES] == 1:
            end_at(s, tally[CLOCK], NOBODY, NOBODY, PAUSED)
            break
        u = s.lists[WAITING, tally[SCANNED]]
        tally[SCANNED] += 1
        scan(s, u, stop_at_cycle)


@inner_kernel
def scan(s: State, u: int, stop_at_cycle: bool) -> None:
    """Note when each pair of outer person ``u`` becomes tight."""
    node, tally = s.node, s.tally
    mine, y, clock, first, at = find(node, u), node[u, DUAL], tally[CLOCK], NEVER, NOBODY
    for e in range(node[u, PAIRS_FROM], node[u, PAIRS_TO]):
        v = s.pairs[e, PARTNER]
        x = find(node, v)
        label = node[x, LABEL]
        if label == INNER or x == mine:
            continue
        time = y + node[v, DUAL] - s.pairs[e, WEIGHT]
        if label == OUTER:
            time >>= 1
            if time < min(first, tally[LIMIT]):
                first, at = time, e
                if stop_at_cycle:
                    end_at(s, time, u, v, AT_CYCLE)
        elif time < tally[LIMIT]:
            if node[x, MATE_OUT] < 0:
                end_at(s, time, u, v, SETTLED)
            elif time == clock:
                grow(s, u, v)
            else:
                note_earliest(s, time, u, e, v)
    if at >= 0 and not stop_at_cycle and first < tally[LIMIT]:
        push(s, first, pair_event(u, at) | RING)


@inner_kernel
def note_ring(s: State, u: int) -> None:
    """Queue the earliest pair of outer person ``u`` that closes an odd ring; the next one follows when it is due."""
    node, mine, first, at = s.node, find(s.node, u), s.tally[LIMIT], NOBODY
    for e in range(node[u, PAIRS_FROM], node[u, PAIRS_TO]):
        v = s.pairs[e, PARTNER]
        x = find(node, v)
        if node[x, LABEL] == OUTER and x != mine:
            time = (node[u, DUAL] + node[v, DUAL] - s.pairs[e, WEIGHT]) >> 1
            if time < first:
                first, at = time, e
                if time <= s.tally[CLOCK]:
                    break
    if at >= 0:
        push(s, first, pair_event(u, at) | RING)


@inner_kernel
def note_earliest(s: State, time: int, owner: int, e: int, v: int) -> None:
    """Queue the pair of free person ``v`` unless an earlier one is known."""
    best = s.node[v, BEST]
    if time >= best:
        return
    if best == NEVER:
        append(s, REACHED, v)
    s.node[v, BEST] = time
    push(s, time, pair_event(owner, e))


# --- open: an inner blossom whose dual is used up (shrinking is in blossom_rings) -------------------------------------


@inner_kernel
def expand(s: State, blossom: int) -> None:
    """Open an inner blossom whose dual is used up; an even way through its ring stays in the tree."""
    node = s.node
    inside, outside = node[blossom, TREE_IN], node[blossom, TREE_OUT]
    entry = child_around(node, blossom, inside)
    if s.tally[STUBS] == s.tally[MOST_STUBS]:
        drop_stubs(s)
    kept = worth_keeping(s, entry)
    base = open_blossom(s, blossom, kept)
    if kept >= 0:
        take_row(s, blossom, kept)
        entry, base = blossom, blossom if base == kept else base
    keep_even_way(s, entry, base, inside, outside)
    c = entry
    while True:
        if node[c, LABEL] == FREE:
            raise_people(node, c, s.tally[CLOCK])
            scan_back(s, c)
        c = node[c, NEXT]
        if c == entry:
            break


@inlined
def keep_even_way(s: State, entry: int, base: int, inside: int, outside: int) -> None:
    """Label the nodes on the even way from where the tree enters a ring to the one matched outside it."""
    node, x = s.node, entry
    forward = node[x, MATE_OUT] == node[x, LINK_OUT]
    while True:
        stay_inner(s, x, inside, outside)
        if x == base:
            break
        if forward:
            m = node[x, NEXT]
            x = node[m, NEXT]
            inside, outside = node[m, LINK_OUT], node[m, LINK_IN]
        else:
            m = node[x, PREV]
            x = node[m, PREV]
            inside, outside = node[x, LINK_IN], node[x, LINK_OUT]
        raise_people(node, m, s.tally[CLOCK])
        make_outer(s, m)


@inlined
def stay_inner(s: State, x: int, inside: int, outside: int) -> None:
    """Let a child of an inner blossom that was opened be inner itself: its people's duals stay as they are stored."""
    if x >= s.tally[PEOPLE]:
        s.node[x, DUAL] += 2 * s.tally[CLOCK]
    join_as_inner(s, x, inside, outside)


@inlined
def scan_back(s: State, c: int) -> None:
    """Note the pairs of newly free people with outer people."""
    node = s.node
    v, last = node[c, FIRST], node[c, LAST]
    while True:
        if node[v, BEST] != NEVER:
            node[v, BEST] = LISTED
        for e in range(node[v, PAIRS_FROM], node[v, PAIRS_TO]):
            u = s.pairs[e, PARTNER]
            if node[find(node, u), LABEL] == OUTER:
                time = node[u, DUAL] + node[v, DUAL] - s.pairs[e, WEIGHT]
                if time < s.tally[LIMIT]:
                    note_earliest(s, time, v, e, v)
        if v == last:
            break
        v = node[v, FOLLOW]


# --- finish: the matching found, duals written back, and how long everybody was outer ---------------------------------


@inlined
def finish(s: State) -> None:
    """Change the matching as the search found."""
    node, tally = s.node, s.tally
    tally[CLOCK] = tally[LIMIT]
    u, v = tally[END_IN], tally[END_OUT]
    if tally[END] == PAUSED:
        return
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


@inner_kernel
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


@inlined
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


@inner_kernel
def note_time_outer(s: State) -> None:
    """Add up how long each person was outer, until all are in one blossom, whose people lose no slack to each other."""
    tally, stop = s.tally, s.tally[CLOCK]
    if tally[TREES] == 1 and tally[WAITING] + tally[TAKEN] == tally[PEOPLE]:
        stop = s.lists[ENTERED, tally[WAITING] - 1]
    for i in range(tally[WAITING]):
        s.node[s.lists[WAITING, i], DOWN] += stop - s.lists[ENTERED, i]


@inner_kernel
def open_empty(s: State, x: int) -> None:
    """Open a blossom that carries no dual, and let its children be looked at too.

    Where weights are tied, thousands lie within each other. A child that is opened next does not tell its people where
    they are: that would take the square of the time.
    """
    node, base = s.node, match_children(s.node, x)
    c = base
    while True:
        if c >= s.tally[PEOPLE]:
            touch(s, c, FREE)
        if c < s.tally[PEOPLE] or node[c, DUAL] > 0:
            release(node, c)
        else:
            node[c, PARENT], node[c, UP] = NOBODY, c
        c = node[c, NEXT]
        if c == base:
            break
    drop_row(s, x)
