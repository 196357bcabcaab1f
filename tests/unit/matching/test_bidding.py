"""Bids before the search: every pair stays covered, nobody is paired at a loss, and the optimum is left as it is."""

from unittest.mock import patch

import numpy as np
import pytest

from peernet.matching import blossom_state
from peernet.matching.bidding import bid, bid_for_several, no_places_taken, shared_places
from peernet.matching.blossom import run
from peernet.matching.matching import max_weight_matching, prepare, verify_bound
from peernet.matching.problem import CandidatePairs, Copies, by_node, no_pairs, read_constraints
from peernet.matching.proving import relaxed
from peernet.matching.weights import listed_cells, read_weights
from tests.made.searches import ALL, listed, opened, triples
from tests.naive import matching as naive

N = 80


@pytest.fixture(params=naive.KINDS)
def pairs(request, rng):
    return listed(naive.pool(request.param, N, rng))


@pytest.mark.parametrize("most", [1, 2, 7, 1000])
def test_bids_keep_every_pair_covered_match_by_tight_pairs_and_leave_the_optimum(pairs, most):
    plain, state = opened(pairs, N), opened(pairs, N)
    before = naive.dual_value(state, triples(pairs))
    bid(state, most)
    assert naive.dual_value(state, triples(pairs)) <= before
    dual, mate = state.node[:N, blossom_state.DUAL], state.node[:N, blossom_state.MATE_OUT]
    made = mate[pairs.u] == pairs.v
    assert 2 * made.sum() == (mate >= 0).sum()
    assert np.array_equal(dual[pairs.u[made]] + dual[pairs.v[made]], pairs.w[made])
    for one in (plain, state):
        run(one, True, ALL, blossom_state.NEVER)
        run(one, False, ALL, blossom_state.NEVER)
    assert naive.dual_value(state, triples(pairs)) == naive.dual_value(plain, triples(pairs))


def test_whoever_bids_takes_the_best_partner_and_pays_what_the_second_best_asks():
    """Person 0 has 1 for 10; person 2 has 1 for 30 or 3 for 14, and gives the difference to 1."""
    pairs = CandidatePairs(np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4]), np.array([10, 30, 14, 12]))
    dual, mate = np.array([0, 10, 20, 4, 8]), np.array([1, 0, -1, 4, 3])
    state = Copies(np.ones(5, dtype=np.int64), no_pairs()).state(pairs, dual, mate)
    bid(state, 1)
    assert state.node[:5, blossom_state.DUAL].tolist() == [0, 20, 10, 4, 8]
    assert state.node[:5, blossom_state.MATE_OUT].tolist() == [-1, 2, 1, 4, 3]


def test_whoever_bids_no_more_than_another_takes_the_partner_and_the_other_bids_on():
    """Person 0 has 1 or 3, both taken, for the same; person 2, who had 1, could as well have 5."""
    pairs = CandidatePairs(np.array([0, 0, 1, 3, 2]), np.array([1, 3, 2, 4, 5]), np.array([10, 10, 10, 10, 6]))
    dual, mate = np.array([4, 6, 4, 6, 4, 2]), np.array([-1, 2, 1, 4, 3, -1])
    state = Copies(np.ones(6, dtype=np.int64), no_pairs()).state(pairs, dual, mate)
    bid(state, 2)
    assert state.node[:6, blossom_state.DUAL].tolist() == dual.tolist()
    assert state.node[:6, blossom_state.MATE_OUT].tolist() == [1, 0, 5, 4, 3, 2]


@pytest.mark.parametrize("most", [1, 7, 1000])
def test_people_with_room_for_several_pay_no_more_than_a_pair_is_worth_and_no_less_than_others_would(pairs, most, rng):
    capacity = rng.integers(0, 4, N)
    pairs = pairs.where((capacity[pairs.u] > 0) & (capacity[pairs.v] > 0))
    dual = opened(pairs, N).node[:N, blossom_state.DUAL].copy()
    places = no_places_taken(Copies(capacity, no_pairs()).starts)
    bid_for_several(*by_node(N, pairs.u, pairs.v, pairs.w), dual, places, most)
    owner = np.repeat(np.arange(N), capacity)
    first, second = shared_places(places)
    a, b = owner[first], owner[second]
    made = a * N + b
    assert (a < b).all()
    assert len(np.unique(made)) == len(made)
    assert np.array_equal(places.holder[first], b)
    assert np.array_equal(places.holder[second], a)
    assert 2 * len(made) == (places.holder >= 0).sum()
    slack = dual[pairs.u] + dual[pairs.v] - pairs.w
    is_made = np.isin(pairs.u * N + pairs.v, made)
    assert is_made.sum() == len(made)
    assert (slack[is_made] <= 0).all()
    assert (slack[~is_made] >= 0).all()
    assert (dual >= 0).all()
    full = (capacity > 0) & (np.bincount(np.append(a, b), minlength=N) == capacity)
    tight = np.zeros(N, dtype=bool)
    tight[pairs.u[is_made & (slack == 0)]] = tight[pairs.v[is_made & (slack == 0)]] = True
    assert tight[full].all()


@pytest.mark.parametrize("kind", naive.KINDS)
@pytest.mark.parametrize("fill", [None, "max"])
def test_whatever_was_bid_the_same_total_is_proven(kind, fill, rng):
    weights = naive.pool(kind, 60, rng)
    weights[rng.random(weights.shape) < 0.6] = np.nan
    weights = np.triu(weights, 1) + np.triu(weights, 1).T
    capacity = rng.integers(0, 5, 60)
    found = max_weight_matching(weights, capacity=capacity, cardinality=fill)
    with naive.no_bidding():
        slow = max_weight_matching(weights, capacity=capacity, cardinality=fill)
    assert found.proven
    assert slow.proven
    assert found.objective == slow.objective
    assert len(found.pairs) == len(slow.pairs) or fill is None
    for one in (found, slow):
        assert verify_bound(one, weights, capacity=capacity, cardinality=fill) == one.bound == one.objective


def test_nodes_that_prove_nothing_are_left_out_of_the_certificate():
    """Of three people only 0 and 1 are worth more than both bid, and need nodes of their own."""
    weights = np.array([[0, 9, 1], [9, 0, 1], [1, 1, 0]])
    proof = max_weight_matching(weights, capacity=2).certificate
    assert proof.single.tolist() == [[0, 1]]
    same = proof.without_idle_nodes(np.array([9 * 2**37]))
    assert same.single.tolist() == [[0, 1]]
    assert same.value == proof.value


@pytest.mark.parametrize("nearest", [1, 4, 100])
def test_after_bids_pairs_of_much_slack_wait_until_the_duals_are_held_against_them(nearest, rng):
    weights = np.where(naive.symmetric(rng.random((N, N))) < 0.5, naive.pool("uniform", N, rng), np.nan)
    task = prepare(read_constraints(listed_cells(read_weights(weights)), 1, ()), fill=False)
    with naive.bidding(), patch("peernet.matching.proving.NEAREST_LISTED", nearest):
        at, _ = relaxed(task.problem(np.inf))
    state, people = at.state, np.arange(N)
    first, candidates = state.node[:N, blossom_state.PAIRS_FROM], state.node[:N, blossom_state.PAIRS_TO]
    owner = np.repeat(people, np.diff(np.append(first, len(state.pairs))))
    partner, every = state.pairs[:, blossom_state.PARTNER], listed(weights)
    assert sorted(owner * N + partner) == sorted([*(every.u * N + every.v), *(every.v * N + every.u)])
    near = np.arange(len(partner)) < candidates[owner]
    assert {*zip(owner[near], partner[near], strict=True)} == {*zip(partner[near], owner[near], strict=True)}
    assert (nearest == 100) == near.all()


@pytest.mark.parametrize("kind", naive.KINDS)
def test_pairs_left_out_of_the_search_come_in_where_the_duals_miss_them(kind, rng):
    weights = naive.pool(kind, 90, rng)
    weights[rng.random(weights.shape) < 0.6] = np.nan
    weights = np.triu(weights, 1) + np.triu(weights, 1).T
    with naive.no_bidding():
        slow = max_weight_matching(weights)
    with naive.bidding():
        found = max_weight_matching(weights)
    assert found.proven
    assert verify_bound(found, weights) == found.bound == found.objective == slow.objective
