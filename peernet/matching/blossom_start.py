"""Duals made feasible before a search: raised until they cover every candidate, and no greater than that needs."""

import numpy as np

from peernet._arrays import Ints
from peernet._compiled import step, uncounted_kernel
from peernet.matching.blossom_rings import common_dual, mark_above, set_free
from peernet.matching.blossom_state import (
    DOWN,
    DUAL,
    MATE_OUT,
    NEVER,
    NOBODY,
    PAIRS_FROM,
    PAIRS_TO,
    PARTNER,
    PEOPLE,
    UP,
    WEIGHT,
    State,
)

__all__ = ["cover_links", "start"]


@uncounted_kernel
def start(s: State) -> None:
    """Make duals feasible and small, drop pairs that are not tight and match tight unmatched pairs."""
    for u in range(s.tally[PEOPLE]):
        raise_dual(s, u)
    for u in range(s.tally[PEOPLE]):
        if s.node[u, MATE_OUT] < 0:
            tighten(s, u)


@uncounted_kernel
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


@step
def raise_dual(s: State, u: int) -> None:
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


@step
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
