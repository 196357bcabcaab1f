r"""What the matching engine remembers: the node table, the queue of coming events and the clock.

A blossom B is an odd ring of nodes that is treated as one. Here it has five children: the people 0, 1, 2 and 6, and
the inner blossom A, a ring of three of its own::

                1 ===== 2         +---------- A -+
              /           \       |              |
    9 ===== 0               ------+-- 4 ==== 5   |         === matched
              \                   |    \    /    |         --- tight, not matched
                6 ================+===== 3       |
                                  +--------------+

Only one person of a ring has a mate outside it, and the child that holds them is its base: in B it is 0, with mate 9,
in A it is 3, with mate 6. The others are matched around the ring. If any other of the seven had the mate outside, the
rest could still be matched around the two rings, which is why B can be one node of the tree.

* ``MATE_IN`` and ``MATE_OUT`` of B are 0 and 9; while B stays closed, those of nodes within it are not kept up to date.
* ``CHILD`` of B is one of its children, ``NEXT`` of each leads on around the ring (0, 1, 2, A, 6, and 0 again) and
  ``PREV`` back. ``LINK_IN`` and ``LINK_OUT`` of a child are the pair that leads to the next: of 2 they are 2 and 4, of
  A they are 3 and 6.
* ``PARENT`` leads to the next larger blossom: from 4 to A, from A to B, -1 from B. ``UP`` leads to the outermost, from
  all seven to B.
* ``FIRST`` and ``LAST`` of B are the ends of the list of its people, ``FOLLOW`` of each leads to the next.

The kernels here are compiled into those of `blossom`: after editing one, delete the compiled files in ``__pycache__``.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np

from peernet._arrays import Ints
from peernet._compiled import inner_kernel, kernel_no_arrays

N_FIELDS = 20
N_TALLIES = 19


def numbers(start: int, stop: int) -> tuple[int, ...]:
    """Consecutive NumPy integers."""
    return tuple(cast("list[int]", list(np.arange(start, stop))))


# NumPy integers, for numba would compile a function once per value of a plain constant.
# Columns of the node table. Rows 0..n-1 are people, later rows are blossoms.
DUAL, UP, LABEL, MATE_IN, MATE_OUT, TREE_IN, TREE_OUT, BEST = numbers(0, 8)  # read while scanning: one cache line
PARENT, NEXT, PREV, LINK_IN, LINK_OUT, FIRST, LAST, FOLLOW, MARK, PAIRS_FROM, PAIRS_TO, DOWN = numbers(8, 20)
(CHILD,) = numbers(17, 18)  # of a blossom, in the column that is PAIRS_FROM of a person
PARTNER, WEIGHT = numbers(0, 2)  # columns of the pairs
WAITING, TOUCHED, REACHED, SPARE = numbers(0, 4)  # lists; the tally holds their lengths
(ENTERED,) = numbers(4, 5)  # list beside WAITING: the clock when each became outer
CLOCK, LIMIT, END_IN, END_OUT, END, EVENTS, SCANNED, STAMP, PEOPLE, NEXT_ROOT, TAKEN, TREES = numbers(4, 16)
STUBS, MOST_STUBS = numbers(16, 18)  # rows that only say where their people are now
(PATIENCE,) = numbers(18, 19)  # people a search scans before it pauses
FREE, OUTER, INNER = numbers(0, 3)  # labels
(NOBODY,) = numbers(-1, 0)
(ONE,) = numbers(1, 2)
# how a search ends: one root is settled, at an odd cycle, two trees meet, or it pauses
SETTLED, AT_CYCLE, MET, PAUSED = numbers(0, 4)
(GONE,) = numbers(2**55, 2**55 + 1)  # dual of a node that is taken out
(RING,) = numbers(2**31, 2**31 + 1)  # marks the events of pairs that close an odd ring
LISTED, NEVER = numbers(2**62 - 1, 2**62 + 1)  # LISTED is like NEVER, but already on the list of people to clear


class State(NamedTuple):
    """The pairs and everything the search changes; a list and its length share one number."""

    node: Ints
    pairs: Ints
    heap: Ints
    lists: Ints
    tally: Ints


def new_state(starts: Ints, pairs: Ints, dual: Ints, mate: Ints) -> State:
    """State without blossoms; v's pairs are ``pairs[starts[v]:starts[v + 1]]``, ``mate`` is -1 for the unmatched."""
    n = len(dual)
    stubs = n // 8
    rows = n + n // 2 + 1 + stubs
    node = np.full((rows, N_FIELDS), -1, dtype=np.int64)
    node[:n, DUAL], node[:n, MATE_OUT] = dual, mate
    node[:n, PAIRS_FROM], node[:n, PAIRS_TO] = starts[:-1], starts[1:]
    for column in (UP, MATE_IN, FIRST, LAST):
        node[:n, column] = np.arange(n)
    node[:, LABEL], node[:, BEST], node[:, DOWN] = FREE, NEVER, 0
    lists = np.empty((5, 8 * n + 16), dtype=np.int64)
    lists[SPARE, : rows - n] = np.arange(rows - 1, n - 1, -1)
    tally = np.zeros(N_TALLIES, dtype=np.int64)
    tally[SPARE], tally[PEOPLE], tally[MOST_STUBS] = rows - n, n, stubs
    return State(node, pairs, _empty_heap(n, pairs), lists, tally)


def _empty_heap(n: int, pairs: Ints) -> Ints:
    return np.empty((2 * len(pairs) + 2 * n + 16, 2), dtype=np.int64)


def copied(s: State) -> State:
    """The state between two searches, to go on from without changing this one; the pairs are shared."""
    lists = np.empty_like(s.lists)
    lists[SPARE, : s.tally[SPARE]] = s.lists[SPARE, : s.tally[SPARE]]  # the only list that is not written anew
    return s._replace(node=s.node.copy(), heap=np.empty_like(s.heap), lists=lists, tally=s.tally.copy())


def with_pairs(s: State, starts: Ints, pairs: Ints) -> State:
    """The same state with other pairs."""
    n = len(starts) - 1
    node = s.node.copy()
    node[:n, PAIRS_FROM], node[:n, PAIRS_TO] = starts[:-1], starts[1:]
    return s._replace(node=node, pairs=pairs, heap=_empty_heap(n, pairs))


def all_candidates(s: State) -> State:
    """The same state with all links of every row as candidates."""
    node, n = s.node.copy(), s.tally[PEOPLE]
    node[:n, PAIRS_TO] = np.append(node[1:n, PAIRS_FROM], len(s.pairs))[:n]
    return s._replace(node=node)


@inner_kernel
def row_end(s: State, v: int) -> int:
    """Where the row of ``v`` ends, the links in it that are no candidates included."""
    return int(s.node[v + 1, PAIRS_FROM]) if v + 1 < s.tally[PEOPLE] else len(s.pairs)


def n_blossoms(s: State) -> int:
    """How many blossoms there are."""
    return int(len(s.node) - s.tally[PEOPLE] - s.tally[SPARE] - s.tally[STUBS])


# --- nodes and lists --------------------------------------------------------------------------------------------------


@inner_kernel
def find(node: Ints, v: int) -> int:
    """The outermost node that holds person ``v``; ways are shortened, but nothing is written where they are short."""
    x = node[v, UP]
    above = node[x, UP]
    while above != x:
        node[v, UP] = above
        v, x = above, node[above, UP]
        above = node[x, UP]
    return int(x)


@inner_kernel
def child_holding(node: Ints, blossom: int, v: int) -> int:
    """The child of a blossom that holds person or blossom ``v``."""
    while node[v, PARENT] != blossom:
        v = node[v, PARENT]
    return v


@inner_kernel
def append(s: State, which: int, x: int) -> None:
    """Put ``x`` at the end of a list."""
    s.lists[which, s.tally[which]] = x
    s.tally[which] += 1


@inner_kernel
def touch(s: State, x: int, label: int) -> None:
    """Label a node, and note that it is to be looked at when the search ends."""
    s.node[x, LABEL] = label
    append(s, TOUCHED, x)


@inner_kernel
def wait_all(s: State, x: int) -> None:
    """Queue all people of an outer node."""
    v, last = s.node[x, FIRST], s.node[x, LAST]
    wait_for_scan(s, v)
    while v != last:
        v = s.node[v, FOLLOW]
        wait_for_scan(s, v)


@inner_kernel
def wait_for_scan(s: State, v: int) -> None:
    """Queue outer person ``v``; the search ends at the latest when its dual is used up."""
    s.lists[ENTERED, s.tally[WAITING]] = s.tally[CLOCK]
    append(s, WAITING, v)
    if s.node[v, DUAL] < s.tally[LIMIT]:
        end_at(s, s.node[v, DUAL], v, NOBODY, SETTLED)


@inner_kernel
def raise_people(node: Ints, x: int, by: int) -> None:
    """Add ``by`` to the stored dual of every person in ``x``."""
    v, last = node[x, FIRST], node[x, LAST]
    node[v, DUAL] += by
    while v != last:
        v = node[v, FOLLOW]
        node[v, DUAL] += by


@inner_kernel
def shift(s: State, x: int, by: int) -> None:
    """Add ``by`` to the stored dual of every person in ``x`` and take it twice from the dual of ``x`` if a blossom."""
    raise_people(s.node, x, by)
    if x >= s.tally[PEOPLE]:
        s.node[x, DUAL] -= 2 * by


# --- the queue of coming events, a heap -------------------------------------------------------------------------------


@kernel_no_arrays
def push(s: State, key: int, payload: int) -> None:
    """Queue an event for a time."""
    if s.tally[EVENTS] == len(s.heap):
        drop_stale(s)
    sift_up(s, key, payload)


@inner_kernel
def drop_stale(s: State) -> None:
    """Make room in a full heap: keep only events that still hold, or lead to others, and come in time."""
    size, s.tally[EVENTS] = s.tally[EVENTS], 0
    for i in range(size):
        key, payload = s.heap[i, 0], s.heap[i, 1]
        if key < s.tally[LIMIT] and (closes_ring(payload) or holds(s, key, payload)):
            sift_up(s, key, payload)


@kernel_no_arrays
def sift_up(s: State, key: int, payload: int) -> None:
    """Put an event into the heap, which has room."""
    heap, at = s.heap, s.tally[EVENTS]
    s.tally[EVENTS] += 1
    while at > 0:
        above = (at - 1) >> 1
        if heap[above, 0] <= key:
            break
        heap[at, 0], heap[at, 1] = heap[above, 0], heap[above, 1]
        at = above
    heap[at, 0], heap[at, 1] = key, payload


@kernel_no_arrays
def pop(s: State) -> int:
    """Take the earliest event out of the heap."""
    heap = s.heap
    first = heap[0, 1]
    s.tally[EVENTS] -= 1
    size = s.tally[EVENTS]
    key, payload = heap[size, 0], heap[size, 1]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and heap[below + 1, 0] < heap[below, 0]:
            below += 1
        if heap[below, 0] >= key:
            break
        heap[at, 0], heap[at, 1] = heap[below, 0], heap[below, 1]
        at = below
    heap[at, 0], heap[at, 1] = key, payload
    return int(first)


@inner_kernel
def pair_event(u: int, e: int) -> int:
    """The event of one of the pairs of ``u``."""
    return (u << 32) | e


@inner_kernel
def closes_ring(payload: int) -> bool:
    """Whether an event is of a pair that closes an odd ring."""
    return payload >= 0 and payload & RING != 0


@inner_kernel
def ends(s: State, payload: int) -> tuple[int, int]:
    """The two people of a pair event, an outer one first."""
    e = payload & (RING - 1)
    u, v = payload >> 32, s.pairs[e, PARTNER]
    if s.node[find(s.node, u), LABEL] == OUTER:
        return u, v
    return v, u


@inner_kernel
def holds(s: State, key: int, payload: int) -> bool:
    """Whether an event is still as it was when queued."""
    node = s.node
    if payload < 0:
        b = -payload
        return bool(node[b, UP] == b and node[b, LABEL] == INNER and node[b, DUAL] == 2 * key)
    u, v = ends(s, payload)
    a, b = find(node, u), find(node, v)
    if a == b or node[a, LABEL] != OUTER or node[b, LABEL] == INNER:
        return False
    time = node[u, DUAL] + node[v, DUAL] - s.pairs[payload & (RING - 1), WEIGHT]
    return bool(time == (key if node[b, LABEL] == FREE else 2 * key))


@inner_kernel
def end_at(s: State, time: int, inside: int, outside: int, how: int) -> None:
    """Note how and when the search ends, if nothing comes before."""
    s.tally[LIMIT], s.tally[END_IN], s.tally[END_OUT], s.tally[END] = time, inside, outside, how
