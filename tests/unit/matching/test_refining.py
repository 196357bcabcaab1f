"""Weights far larger than the rest take nothing from it: what is proven is the best of the weights as they are."""

import numpy as np
import pytest
from scipy import sparse

from peernet.matching.fairness import GainSides, fairest, is_fairest
from peernet.matching.matching import max_weight_matching, prepare, solve_task, to_matching, verify_bound
from peernet.matching.problem import read_constraints
from peernet.matching.resolver import Resolver
from peernet.matching.weights import read_weights

HUGE = [1e2, 1e6, 1e10, 1e12, 1e150, 1e300]


def gains(n=60, seed=0):
    cells = np.triu(np.random.default_rng(seed).random((n, n)) / 10, 1)
    return cells + cells.T


def with_pairs(weights, pairs, weight):
    changed = weights.copy()
    for i, j in pairs:
        changed[i, j] = changed[j, i] = weight
    return changed


def without(weights, people):
    closed = weights.copy()
    closed[people], closed[:, people] = np.nan, np.nan
    return closed


@pytest.mark.parametrize("huge", HUGE)
def test_pairs_never_worth_making_do_not_count(huge):
    pairs = [(0, 1), (2, 3), (4, 9)]
    best = max_weight_matching(with_pairs(gains(), pairs, np.nan))
    found = max_weight_matching(with_pairs(gains(), pairs, -huge))
    assert found.pairs == best.pairs
    assert (found.objective, found.proven, found.gap) == (best.objective, True, 0.0)


@pytest.mark.parametrize("cardinality", [None, "max"])
@pytest.mark.parametrize("huge", HUGE)
def test_people_without_room_do_not_count(huge, cardinality):
    capacity = np.where(np.arange(60) < 2, 0, 1)
    weights = with_pairs(gains(), [(0, 1), (0, 7), (1, 8)], huge)
    best = max_weight_matching(without(gains(), [0, 1]), cardinality=cardinality)
    found = max_weight_matching(weights, capacity=capacity, cardinality=cardinality)
    assert found.pairs == best.pairs
    assert (found.proven, found.gap) == (True, 0.0)
    assert verify_bound(found, weights, capacity=capacity, cardinality=cardinality) == pytest.approx(found.bound)


@pytest.mark.parametrize("huge", HUGE)
def test_a_pair_worth_far_more_is_made_and_the_others_are_the_best_around_it(huge):
    best = max_weight_matching(without(gains(), [3, 5]))
    weights = with_pairs(gains(), [(3, 5)], huge)
    found = max_weight_matching(weights)
    assert set(found.pairs) == {*best.pairs, (3, 5)}
    assert (found.proven, found.bound) == (True, found.objective)
    assert verify_bound(found, weights) == found.bound


@pytest.mark.parametrize("huge", HUGE)
def test_of_pairs_worth_far_more_as_many_as_possible_are_made_and_then_the_rest_counts(huge):
    weights = with_pairs(gains(), [(0, 1), (1, 2), (2, 0), (0, 3)], huge)
    rest = max_weight_matching(without(gains(), [0, 1, 2, 3]))
    found = max_weight_matching(weights)
    assert set(found.pairs) == {*rest.pairs, (0, 3), (1, 2)}
    assert (found.proven, found.bound) == (True, found.objective)


@pytest.mark.parametrize("huge", HUGE)
def test_somebody_with_room_for_several_meets_nobody_twice(huge):
    capacity = np.where(np.arange(60) < 6, 3, 1)
    weights = with_pairs(gains(), [(0, 1), (1, 2), (2, 0), (0, 3), (4, 5)], huge)
    required = [(0, 1), (0, 2), (0, 3), (1, 2), (4, 5)]
    best = max_weight_matching(gains(), capacity=capacity, required=required)
    found = max_weight_matching(weights, capacity=capacity)
    assert found.pairs == best.pairs
    assert found.proven
    assert verify_bound(found, weights, capacity=capacity) == found.bound


@pytest.mark.parametrize("huge", HUGE)
def test_where_most_pairs_come_first_a_price_is_paid_only_if_it_must_be(huge):
    star = np.full((4, 4), np.nan)  # 1 meets 0 or 2; 2 meets 1 or 3
    for i, j, weight in ((0, 1, -huge), (1, 2, 0.3), (2, 3, 0.1)):
        star[i, j] = star[j, i] = weight
    found = max_weight_matching(star, cardinality="max")
    assert found.pairs == ((0, 1), (2, 3))
    assert max_weight_matching(star).pairs == ((1, 2),)
    assert found.proven


@pytest.mark.parametrize("huge", HUGE)
def test_a_pool_asked_again_does_not_blur_either(huge):
    weights = with_pairs(gains(), [(3, 5)], huge)
    found = Resolver(weights).again(absent=[3], forbidden=[(0, 1)])
    best = max_weight_matching(with_pairs(without(gains(), [3]), [(0, 1)], np.nan))
    assert (found.pairs, found.proven, found.bound) == (best.pairs, True, found.objective)


def test_sizes_from_the_smallest_to_the_largest_are_all_told_apart():
    weights = np.full((40, 40), np.nan)
    for k in range(0, 40, 4):  # of four people in a row, the outer two pairs are worth a hair more than the inner one
        low = 10.0 ** (30 * k / 4 - 150)
        for i, weight in ((k, low), (k + 1, 2 * low), (k + 2, low * (1 + 2.0**-50))):
            weights[i, i + 1] = weights[i + 1, i] = weight
    found = max_weight_matching(weights)
    assert found.pairs == tuple((i, i + 1) for i in range(0, 40, 2))
    assert found.proven


def test_a_gap_is_not_called_proven_where_many_small_roundings_add_up():
    weights = with_pairs(gains(200), [(0, 1)], -300.0)
    found = max_weight_matching(weights, cardinality="max")
    assert found.bound - found.objective <= 1e-9 * max(1.0, found.objective)


@pytest.mark.parametrize("huge", [1e6, 1e10])
def test_ties_of_the_fairest_are_settled_by_value_to_the_last_bit(huge):
    own = np.full((6, 6), 0.1)
    value = with_pairs(gains(6), [(0, 1)], huge)
    np.fill_diagonal(value, np.nan)
    sides = GainSides(own, value, np.ones(6, dtype=np.int64))
    found = fairest(sides, max_weight_matching(value))
    best = max_weight_matching(value, cardinality="max")
    assert (found.pairs, found.proven) == (best.pairs, True)
    assert is_fairest(sides, found)


@pytest.mark.parametrize("huge", [1e10, 1e300])
def test_where_the_time_is_up_before_all_is_told_apart_the_pairing_is_not_called_proven(huge):
    task = prepare(read_constraints(read_weights(with_pairs(gains(), [(3, 5)], huge)), 1, ()), fill=False)
    found = solve_task(task, np.inf)
    late, whole = to_matching(task, found, 0.0), to_matching(task, found)
    assert (late.proven, whole.proven) == (False, True)
    assert late.objective <= whole.objective <= late.bound


@pytest.mark.parametrize("seed", [22, 23])
def test_pairs_that_are_not_in_doubt_are_covered_by_the_finer_proof_too(seed):
    """In the first of these trees a pair just out of doubt was covered by the rounded proof, not by the finer one."""
    rng, n = np.random.default_rng(seed), 3000
    v = np.arange(1, n)
    u = (rng.random(n - 1) * v).astype(int)
    both = np.append(u, v), np.append(v, u)
    weights = sparse.csr_array((np.tile(10.0 ** rng.uniform(-12, 12, n - 1), 2), both), shape=(n, n))
    found = max_weight_matching(weights, cardinality="max")
    assert (found.proven, found.bound) == (True, found.objective)
    assert verify_bound(found, weights, cardinality="max") == pytest.approx(found.objective, rel=1e-14)
