"""On any pool, the matching found is the best there is, proves it, and does not depend on how it was asked for."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from peernet.matching.matching import max_weight_matching, verify_bound
from tests.made.pools import ROUTES, pools, routes
from tests.naive import matching as naive

small_pools = pools.filter(lambda weights: len(weights) <= 6)


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


RULES = st.fixed_dictionaries(
    {"cardinality": st.sampled_from([None, "max"]), "required": st.booleans(), "capacity": st.sampled_from([1, 2, 3])}
)


def asked(weights, rules):
    """Rules with a required pair, if there is one that is allowed."""
    possible = np.argwhere(~np.isnan(weights) & ~np.eye(len(weights), dtype=bool)).tolist()
    return {**rules, "required": possible[:1] if rules["required"] and rules["capacity"] else []}


@settings(max_examples=300, deadline=None)
@given(weights=pools, route=routes, rules=RULES, tenths=st.booleans(), late=st.booleans())
def test_the_certificate_proves_the_bound_that_is_stated(weights, route, rules, tenths, late):
    weights, rules = weights / 10 if tenths else weights, asked(weights, rules)
    with ROUTES[route]():
        found = max_weight_matching(weights, **rules, time_limit=0 if late else None)
    proven = verify_bound(found, weights, **rules)
    assert proven <= found.bound + 1e-12 * abs(found.bound)
    if found.proven:
        assert proven == found.bound if not tenths else proven >= found.objective - 1e-12 * abs(found.objective)


def bent(certificate, rng):
    """The certificate with one random part changed."""
    part = rng.choice(["dual", "set_dual", "sets", "single", "bonus", "unit"])
    held = getattr(certificate, part)
    if part in ("dual", "set_dual"):
        shift = rng.integers(-2, 3, len(held)) * rng.integers(0, 2 ** rng.integers(1, 41))
        return replace(certificate, **{part: np.maximum(held + shift, rng.choice([0, -9]))})
    if part == "sets":
        change = [nodes + 1 if rng.random() < 0.3 else nodes[rng.random(len(nodes)) < 0.8] for nodes in held]
        return replace(certificate, sets=tuple(change))
    if part == "single":
        return replace(certificate, single=held[:, ::-1] if rng.random() < 0.5 else held[1:])
    return replace(certificate, **{part: 2 * held if rng.random() < 0.5 else held / 2})


@settings(max_examples=300, deadline=None)
@given(weights=small_pools, rules=RULES, seed=st.integers(0, 10**6))
def test_whatever_a_certificate_says_it_never_proves_less_than_the_best_total(weights, rules, seed):
    rng, rules = np.random.default_rng(seed), asked(weights, rules)
    found = max_weight_matching(weights, **rules)
    bad = replace(found, certificate=bent(found.certificate, rng))
    assert verify_bound(bad, weights, **rules) >= found.objective - 1e-9


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
