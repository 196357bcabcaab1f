"""On any pool, the matching found is the best there is, proves it, and does not depend on how it was asked for."""

from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from peernet.matching import max_weight_matching
from tests import naive_matching as naive

ROUTES = {"all pairs at once": nullcontext, "candidates and pricing": naive.few_candidates}
pools = st.builds(
    lambda kind, n, seed: naive.pool(kind, n, np.random.default_rng(seed)),
    st.sampled_from(naive.KINDS),
    st.integers(0, 9),
    st.integers(0, 10**6),
)
small_pools = pools.filter(lambda weights: len(weights) <= 6)
routes = st.sampled_from(sorted(ROUTES))


def check(found, weights, best, capacity=1):
    """The matching keeps the rules, adds up and reaches the best total."""
    n = len(weights)
    assert found.proven
    assert found.gap == 0.0
    assert found.objective == found.bound == sum(weights[i, j] for i, j in found.pairs) == best[1]
    assert list(found.pairs) == sorted(set(found.pairs))
    assert all(0 <= i < j < n for i, j in found.pairs)
    assert (np.bincount(np.array(found.pairs, dtype=int).ravel(), minlength=n) <= capacity).all()


@settings(max_examples=300, deadline=None)
@given(weights=pools, route=routes)
def test_the_total_is_the_best_of_all_matchings(weights, route):
    with ROUTES[route]():
        check(max_weight_matching(weights), weights, naive.best_by_trying(weights))


@settings(max_examples=300, deadline=None)
@given(weights=pools, route=routes)
def test_as_many_pairs_as_possible_come_before_their_weight(weights, route):
    best = naive.best_by_trying(weights, fill=True)
    with ROUTES[route]():
        found = max_weight_matching(weights, cardinality="max")
    check(found, weights, best)
    assert len(found.pairs) == best[0]


@settings(max_examples=300, deadline=None)
@given(weights=small_pools, route=routes, fill=st.booleans(), data=st.data())
def test_people_with_capacity_meet_several_partners_but_nobody_twice(weights, route, fill, data):
    capacity = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(weights), max_size=len(weights))), dtype=int)
    best = naive.best_by_trying(weights, capacity=capacity, fill=fill)
    with ROUTES[route]():
        found = max_weight_matching(weights, capacity=capacity, cardinality="max" if fill else None)
    check(found, weights, best, capacity)
    assert not fill or len(found.pairs) == best[0]


@settings(max_examples=150, deadline=None)
@given(weights=small_pools, route=routes, fill=st.booleans(), data=st.data())
def test_required_pairs_are_kept_and_the_rest_is_best_around_them(weights, route, fill, data):
    possible = [(i, j) for i, j in zip(*np.nonzero(~np.isnan(weights)), strict=True) if i != j]
    required = [data.draw(st.sampled_from(possible))] if possible else []
    best = naive.best_by_trying(weights, capacity=2, required=required, fill=fill)
    with ROUTES[route]():
        found = max_weight_matching(weights, capacity=2, required=required, cardinality="max" if fill else None)
    check(found, weights, best, 2)
    assert {tuple(sorted(map(int, pair))) for pair in required} <= set(found.pairs)


@settings(max_examples=150, deadline=None)
@given(weights=pools, route=routes, fill=st.booleans(), seed=st.integers(0, 10**6))
def test_the_order_of_people_changes_nothing_but_ties(weights, route, fill, seed):
    order = np.random.default_rng(seed).permutation(len(weights))
    how = "max" if fill else None
    with ROUTES[route]():
        found = max_weight_matching(weights, cardinality=how)
        again = max_weight_matching(weights[np.ix_(order, order)], cardinality=how)
    assert again.objective == found.objective
    assert not fill or len(again.pairs) == len(found.pairs)


@settings(max_examples=100, deadline=None)
@given(n=st.integers(2, 9), route=routes, seed=st.integers(0, 10**6))
def test_with_one_best_matching_its_pairs_follow_the_people(n, route, seed):
    rng = np.random.default_rng(seed)
    powers = rng.permutation(n * (n - 1) // 2)  # distinct powers of two: no two matchings weigh the same
    weights = np.zeros((n, n))
    weights[np.triu_indices(n, 1)] = 2.0**powers
    weights += weights.T
    order = rng.permutation(n)
    with ROUTES[route]():
        found = max_weight_matching(weights)
        again = max_weight_matching(weights[np.ix_(order, order)])
    assert {tuple(sorted(order[list(pair)].tolist())) for pair in again.pairs} == set(found.pairs)


class Rows:
    """Weights handed out by block."""

    def __init__(self, weights):
        self.weights = weights

    def __len__(self):
        return len(self.weights)

    def block(self, rows):
        return self.weights[rows]


@settings(max_examples=150, deadline=None)
@given(weights=pools, route=routes, fill=st.booleans())
def test_array_sparse_matrix_mask_and_blocks_give_the_same_total(weights, route, fill):
    allowed = ~np.isnan(weights)
    at = np.nonzero(allowed)
    stored = sparse.coo_array((weights[at], at), shape=weights.shape)
    full = np.where(allowed, weights, 10.0**7)
    how = "max" if fill else None
    with ROUTES[route]():
        totals = [
            max_weight_matching(weights, cardinality=how).objective,
            max_weight_matching(stored, cardinality=how).objective,
            max_weight_matching(Rows(weights), cardinality=how).objective,
            max_weight_matching(full, allowed=allowed, cardinality=how).objective,
            max_weight_matching(full, allowed=sparse.csr_array(allowed), cardinality=how).objective,
        ]
    assert totals == totals[:1] * 5


@pytest.mark.parametrize("kind", naive.KINDS)
@pytest.mark.parametrize("fill", [False, True])
def test_larger_pools_reach_the_total_of_an_independent_engine(kind, fill, rng):
    rustworkx = pytest.importorskip("rustworkx")
    weights = naive.pool(kind, 151, rng)
    graph = rustworkx.PyGraph()
    graph.add_nodes_from(range(151))
    pairs = [(i, j, int(weights[i, j])) for i in range(151) for j in range(i + 1, 151) if not np.isnan(weights[i, j])]
    graph.add_edges_from(pairs)
    theirs = rustworkx.max_weight_matching(graph, max_cardinality=fill, weight_fn=int)
    found = max_weight_matching(weights, cardinality="max" if fill else None)
    assert found.proven
    assert found.objective == sum(weights[i, j] for i, j in theirs)
    assert not fill or len(found.pairs) == len(theirs)
