"""Searches of the matching engine before they begin: pairs in its integers, and duals that cover them."""

import numpy as np

from peernet.matching.blossom import start
from peernet.matching.problem import CandidatePairs, Copies, no_pairs

ALL = 10**9


def listed(weights):
    u, v = np.nonzero(np.triu(np.nan_to_num(weights) > 0, 1))
    return CandidatePairs(u, v, (2 * weights[u, v]).astype(np.int64))


def triples(pairs):
    return list(zip(pairs.u.tolist(), pairs.v.tolist(), pairs.w.tolist(), strict=True))


def opened(pairs, n):
    """State before the first search; half the largest weight covers all of a person's pairs."""
    dual = np.zeros(n, dtype=np.int64)
    np.maximum.at(dual, pairs.u, pairs.w // 2)
    np.maximum.at(dual, pairs.v, pairs.w // 2)
    state = Copies(np.ones(n, dtype=np.int64), no_pairs()).state(pairs, dual, np.full(n, -1))
    start(state)
    return state
