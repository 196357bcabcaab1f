"""Among the pairs in doubt the best choice is found, somebody's places told apart where a set of the proof needs it."""

import math

import numpy as np
import pytest

from peernet.matching import limits
from peernet.matching.limits import Counted, LimitedProblem, solve_unfixed
from peernet.matching.matching import max_weight_matching
from tests.naive.matching import KINDS
from tests.naive.matching import pool as people
from tests.naive.rules import every_matching


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("most_columns", [0, 9])
def test_the_best_choice_is_found_whether_or_not_places_are_told_apart(rng, monkeypatch, kind, most_columns):
    monkeypatch.setattr(limits, "MOST_COLUMNS", most_columns)
    for _ in range(6):
        weights = people(kind, 6, rng)
        np.fill_diagonal(weights, np.nan)
        capacity = rng.integers(1, 4, 6)
        half = np.add.outer(rng.integers(0, 2, 6), rng.integers(0, 2, 6)) == 1
        limit = Counted(half | half.T, 1, 1, 0.5 * float(np.nanmax(weights)))
        required = ((0, 1),) if not np.isnan(weights[0, 1]) else ()
        pool = LimitedProblem(weights, capacity, required, (limit,))
        i, j = np.nonzero(np.triu(~np.isnan(weights), 1))
        proof = max_weight_matching(weights, capacity=capacity, required=required).certificate
        found = solve_unfixed(pool, i, j, proof, math.inf)
        pairs = [*zip(i.tolist(), j.tolist(), strict=True)]
        options = [m for m in every_matching(pairs, dict(enumerate(capacity.tolist()))) if {*required} <= {*m}]
        assert len(set(found.pairs)) == len(found.pairs)
        assert pool.total(found.pairs) == pytest.approx(max(map(pool.total, options)), rel=1e-7)
        assert found.bound == pytest.approx(pool.total(found.pairs), rel=1e-6)


def test_a_set_that_holds_one_of_two_places_binds_that_place_only():
    """Three people of whom one has room for two: both pairs with them can be made, the set of three allows it."""
    weights = 2 - 2 * np.eye(3)
    np.fill_diagonal(weights, np.nan)
    capacity = np.array([2, 1, 1])
    i, j = np.nonzero(np.triu(~np.isnan(weights), 1))
    proof = max_weight_matching(weights, capacity=capacity).certificate
    assert solve_unfixed(LimitedProblem(weights, capacity, (), ()), i, j, proof, math.inf).pairs == ((0, 1), (0, 2))
