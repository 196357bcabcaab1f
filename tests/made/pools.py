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
}
pools = st.builds(
    lambda kind, n, seed: naive.pool(kind, n, np.random.default_rng(seed)),
    st.sampled_from(naive.KINDS),
    st.integers(0, 9),
    st.integers(0, 10**6),
)
routes = st.sampled_from(sorted(ROUTES))
