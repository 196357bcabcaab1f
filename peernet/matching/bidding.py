"""Bids: before any search people bid for partners, which gives good duals and most of the matching.

Whoever bids takes the best partner there is and lowers their own dual to what the second best needs; the partner's is
raised by as much as that leaves. Whoever is displaced bids next. So all pairs that are not made stay covered, and those
that are made are covered no more than exactly.

People with room for several (`bid_for_several`) fill one place after another. A pair of theirs may then be worth more
than the two duals, for it can be made but once: it is what others would have to bid more than. The dual of whoever has
no place left is raised until their least pair is covered exactly, and it is that pair which a better bid displaces.

References
----------
Bertsekas, D. P. (1988). The auction algorithm: a distributed relaxation method for the assignment problem. Annals of
Operations Research, 14, 105-123.
Jonker, R., & Volgenant, A. (1987). A shortest augmenting path algorithm for dense and sparse linear assignment
problems. Computing, 38, 325-340 (its augmenting row reduction is how people with one place bid).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from peernet._arrays import Ints
from peernet._compiled import inlined, inner_kernel, kernel_no_arrays
from peernet.matching.blossom_state import (
    DUAL,
    MATE_OUT,
    NEVER,
    NOBODY,
    PAIRS_FROM,
    PAIRS_TO,
    PARTNER,
    PEOPLE,
    WEIGHT,
    State,
)

# --- one place each ---------------------------------------------------------------------------------------------------


@kernel_no_arrays
def bid(s: State, most: int) -> None:
    """Let unmatched people bid for partners, each in turn and whoever they displace after them, up to so many times."""
    for v in range(s.tally[PEOPLE]):
        u, lost, left = v, NOBODY, most
        while u >= 0 and left > 0 and s.node[u, MATE_OUT] < 0:
            loser = displaced_by(s, u, lost)
            u, lost, left = loser, s.node[u, MATE_OUT], left - 1


@inlined
def displaced_by(s: State, u: int, lost: int) -> int:
    """Let unmatched ``u`` bid; who has lost their partner by that, -1 for nobody.

    Of several partners as good the last one is taken who is free, or else not the one ``lost`` just before.
    """
    node, best, second, partner = s.node, np.int64(0), np.int64(0), NOBODY
    for e in range(node[u, PAIRS_FROM], node[u, PAIRS_TO]):
        v = s.pairs[e, PARTNER]
        need = s.pairs[e, WEIGHT] - node[v, DUAL]
        if need > best or (need == best and partner >= 0 and (node[v, MATE_OUT] < 0 or partner == lost)):
            best, second, partner = need, best, v
        elif need > second:
            second = need
    node[u, DUAL] = best
    if partner < 0:
        return NOBODY
    loser = node[partner, MATE_OUT]
    if loser >= 0:
        node[u, DUAL] = second
        node[partner, DUAL] += best - second
        node[loser, MATE_OUT] = NOBODY
    node[u, MATE_OUT], node[partner, MATE_OUT] = partner, u
    return int(loser)


# --- several places ---------------------------------------------------------------------------------------------------


class Places(NamedTuple):
    """Everybody's places, person by person: who has each (-1: nobody), and what that pair weighs."""

    first: Ints  # each person's first place, and the number of places at the end
    holder: Ints
    worth: Ints


def no_places_taken(first: Ints) -> Places:
    """Everybody's places, free."""
    return Places(first, np.full(first[-1], NOBODY), np.zeros(first[-1], dtype=np.int64))


def shared_places(places: Places) -> tuple[Ints, Ints]:
    """The two places of each pair that is made, in the order of the pairs, the lower person's first."""
    n = len(places.first) - 1
    taken, owner = np.flatnonzero(places.holder >= 0), np.repeat(np.arange(n), np.diff(places.first))
    one, other = owner[taken], places.holder[taken]
    order = np.argsort(np.minimum(one, other) * n + np.maximum(one, other), kind="stable")
    first, second = taken[order].reshape(-1, 2).T
    return first, second


@kernel_no_arrays
def bid_for_several(starts: Ints, pairs: Ints, dual: Ints, places: Places, most: int) -> None:
    """Let people fill their places, each in turn and whoever they displace after them, up to so many bids a place.

    ``dual`` and ``places`` are changed; u's pairs are ``pairs[starts[u]:starts[u + 1]]``.
    """
    for v in range(len(dual)):
        for _ in range(places.first[v], places.first[v + 1]):
            u, left = v, most
            while u >= 0 and left > 0 and place_held_by(places, u, NOBODY) >= 0:
                u, left = bid_once(starts, pairs, dual, places, u), left - 1
    for v in range(len(dual)):
        raise_to_least(dual, places, v)


@inlined
def bid_once(starts: Ints, pairs: Ints, dual: Ints, places: Places, u: int) -> int:
    """Let ``u``, who has a place left, bid for one more partner; who is to bid next, -1 for nobody."""
    best, second, partner, weight = np.int64(0), np.int64(0), NOBODY, np.int64(0)
    for e in range(starts[u], starts[u + 1]):
        v = pairs[e, PARTNER]
        need = pairs[e, WEIGHT] - dual[v]
        if need > second and place_held_by(places, u, v) < 0:
            if need > best or (need == best and partner >= 0 and place_held_by(places, v, NOBODY) >= 0):
                best, second, partner, weight = need, best, v, pairs[e, WEIGHT]
            else:
                second = need
    dual[u] = best
    if partner < 0:
        return NOBODY
    place, loser = place_held_by(places, partner, NOBODY), NOBODY
    if place < 0:
        if raise_to_least(dual, places, partner) > 0:
            return u
        if best == second:
            return NOBODY
        place = least_place(dual, places, partner)
        loser = int(places.holder[place])
        places.holder[place_held_by(places, loser, partner)] = NOBODY
        dual[partner] += min(best - second, least_beside(dual, places, partner, place))
    dual[u] = second
    places.holder[place], places.worth[place] = u, weight
    own = place_held_by(places, u, NOBODY)
    places.holder[own], places.worth[own] = partner, weight
    raise_to_least(dual, places, partner)
    raise_to_least(dual, places, u)
    return loser


@inner_kernel
def place_held_by(places: Places, v: int, who: int) -> int:
    """The place of ``v`` that somebody has, or nobody (-1); -1 for none."""
    for place in range(places.first[v], places.first[v + 1]):
        if places.holder[place] == who:
            return place
    return NOBODY


@inner_kernel
def least_place(dual: Ints, places: Places, v: int) -> int:
    """Of the places of ``v``, all taken, the one whose pair is worth the least above the duals."""
    least, found = NEVER, NOBODY
    for place in range(places.first[v], places.first[v + 1]):
        above = places.worth[place] - dual[places.holder[place]]
        if above < least:
            least, found = above, place
    return found


@inner_kernel
def least_beside(dual: Ints, places: Places, v: int, gone: int) -> int:
    """The least that pairs of ``v`` but one are worth above the duals."""
    least = NEVER
    for place in range(places.first[v], places.first[v + 1]):
        if place != gone:
            least = min(least, places.worth[place] - dual[places.holder[place]] - dual[v])
    return least


@inner_kernel
def raise_to_least(dual: Ints, places: Places, v: int) -> int:
    """Raise the dual of ``v``, if no place is left, until their least pair is covered exactly; by how much."""
    if places.first[v] == places.first[v + 1] or place_held_by(places, v, NOBODY) >= 0:
        return 0
    by = least_beside(dual, places, v, NOBODY)
    dual[v] += by
    return by
