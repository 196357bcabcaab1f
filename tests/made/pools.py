"""Pools of weights and the ways the engine goes through them."""

from contextlib import nullcontext

import numpy as np
from hypothesis import strategies as st

from tests.naive import matching as naive

ROUTES = {
    "all pairs at once": nullcontext,
    "bids before the search": naive.bidding,
    "bids, and on from there": naive.going_on,
    "candidates and pricing": naive.few_candidates,
    "many settled before": naive.reducing,
}
pools = st.builds(
    lambda kind, n, seed: naive.pool(kind, n, np.random.default_rng(seed)),
    st.sampled_from(naive.KINDS),
    st.integers(0, 9),
    st.integers(0, 10**6),
)
routes = st.sampled_from(sorted(ROUTES))


def thin_pool(parents, closing, weights):
    """Trees, each person under an earlier one or none, and some pairs that close cycles; NaN elsewhere."""
    n = len(parents)
    cells = np.full((n, n), np.nan)
    links = [(i, parent % i) for i, parent in enumerate(parents) if i and parent >= 0]
    links += [(a % n, b % n) for a, b in closing if n and a % n != b % n]
    for (i, j), weight in zip(links, weights, strict=False):
        cells[i, j] = cells[j, i] = weight
    return cells


@st.composite
def thin_pools(draw):
    """Paths, stars, trees and cycles, several beside each other; weights with many ties or hardly any."""
    n, place = draw(st.integers(0, 11)), st.integers(0, 10)
    parents = draw(st.lists(st.integers(-1, 10), min_size=n, max_size=n))
    if draw(st.booleans()):
        parents = [i - 1 for i in range(n)]  # a path
    closing = draw(st.lists(st.tuples(place, place), max_size=4))
    weight = draw(st.sampled_from([st.integers(1, 3), st.integers(-3, 30), st.integers(1, 10**6)]))
    weights = draw(st.lists(weight, min_size=n + 4, max_size=n + 4))
    return thin_pool(parents, closing, np.array(weights, dtype=float))
