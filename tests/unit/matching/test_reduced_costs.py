"""What a certificate says each pair costs at the least is never more than forcing the pair does cost."""

import numpy as np
import pytest

from peernet.matching.limits import reduced_costs
from peernet.matching.matching import max_weight_matching
from tests.naive.matching import KINDS, pool


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("room", ["one", "several"])
def test_no_pair_costs_less_than_its_certificate_says(rng, kind, room):
    weights = pool(kind, 9, rng)
    np.fill_diagonal(weights, np.nan)
    capacity = np.ones(9, dtype=np.int64) if room == "one" else rng.integers(0, 3, 9)
    best = max_weight_matching(weights, capacity=capacity)
    short = reduced_costs(best.certificate, weights)
    for i, j in zip(*np.nonzero(np.triu(np.isfinite(short), 1)), strict=True):
        forced = max_weight_matching(weights, capacity=capacity, required=[(i, j)])
        assert best.objective - forced.objective >= short[i, j] - 1e-6
    assert all(short[i, j] <= 1e-6 for i, j in best.pairs)


def test_pairs_that_cannot_be_made_are_infinitely_far():
    weights = np.array([[np.nan, 2, np.nan], [2, np.nan, 1], [np.nan, 1, np.nan]])
    short = reduced_costs(max_weight_matching(weights, capacity=[1, 1, 0]).certificate, weights)
    assert np.isinf(short[0, 2])
    assert np.isinf(short[1, 2])
    assert short[0, 1] == 0
