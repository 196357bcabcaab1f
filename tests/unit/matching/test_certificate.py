"""A certificate proves its bound on its own; one that was tampered with proves a higher bound, or none."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from peernet.matching.certificate import Laminar
from peernet.matching.matching import max_weight_matching, verify_bound
from tests.naive import matching as naive

TRIANGLE = 2.0 - 2.0 * np.eye(3)


def with_proof(found, **parts):
    return replace(found, certificate=replace(found.certificate, **parts))


def test_three_alike_are_held_by_one_odd_set():
    proof = max_weight_matching(TRIANGLE).certificate
    assert [sorted(nodes) for nodes in proof.sets] == [[0, 1, 2]]
    assert proof.value * proof.unit == 2.0


def test_the_proof_stands_without_the_engine():
    """Duals 1, 2, 1 on a path of weights 2, 3, 2 cover every pair by hand."""
    found = max_weight_matching(np.array([[0, 2, 0, 0], [2, 0, 3, 0], [0, 3, 0, 2], [0, 0, 2, 0]]))
    dual = found.certificate.dual * found.certificate.unit
    assert dual.sum() == found.bound == 4.0
    assert (dual[:-1] + dual[1:] >= [2, 3, 2]).all()


@pytest.mark.parametrize("capacity", [1, 2])
@pytest.mark.parametrize("kind", naive.KINDS)
def test_larger_pools_of_every_kind_are_verified(kind, capacity, rng):
    weights = naive.pool(kind, 90, rng)
    with naive.few_candidates():
        found = max_weight_matching(weights, capacity=capacity)
    assert verify_bound(found, weights, capacity=capacity) == found.bound == found.objective


@pytest.mark.parametrize("cardinality", [None, "max"])
def test_out_of_time_the_certificate_proves_the_looser_bound(cardinality, rng):
    weights = naive.pool("plane", 300, rng)
    with naive.few_candidates():
        hurried = max_weight_matching(weights, cardinality=cardinality, time_limit=0)
    assert not hurried.proven
    assert hurried.objective < verify_bound(hurried, weights, cardinality=cardinality) == hurried.bound


def test_as_many_pairs_as_possible_are_proven_to_be_so():
    """The bonus of a pair is in the duals: one pair more would need more than they hold."""
    weights = np.array([[0, 1, 0, 0], [1, 0, 9, 0], [0, 9, 0, 1], [0, 0, 1, 0]]) / 3
    weights[weights == 0] = np.nan
    found = max_weight_matching(weights, cardinality="max")
    assert found.pairs == ((0, 1), (2, 3))
    assert verify_bound(found, weights, cardinality="max") == pytest.approx(found.objective, abs=1e-11)


def test_pairs_that_must_not_double_have_nodes_of_their_own():
    weights = np.array([[0, 9, 1], [9, 0, 1], [1, 1, 0]])
    found = max_weight_matching(weights, capacity=2)
    assert found.certificate.single.tolist() == [[0, 1]]
    assert verify_bound(found, weights, capacity=2) == 11.0
    loose = with_proof(found, dual=found.certificate.dual - 10**9 * (np.arange(8) == 7))
    assert verify_bound(loose, weights, capacity=2) == np.inf


@pytest.mark.parametrize("spread", [np.asarray, sparse.csr_array])
def test_a_smaller_dual_proves_a_higher_bound(spread, rng):
    weights = naive.pool("uniform", 40, rng)
    found = max_weight_matching(weights)
    weights = spread(weights)
    assert verify_bound(found, weights) == found.bound
    for node in np.flatnonzero(found.certificate.dual):
        dual = found.certificate.dual.copy()
        dual[node] -= 1 + dual[node] // 2
        assert verify_bound(with_proof(found, dual=dual), weights) > found.bound


def test_a_changed_set_proves_a_higher_bound():
    weights = np.kron([[1, 0], [0, 3]], TRIANGLE)  # two threes: pairs are worth 2 in one, 6 in the other
    found = max_weight_matching(weights)
    assert verify_bound(found, weights) == 8.0
    for at, nodes in enumerate(found.certificate.sets):
        sets = [*found.certificate.sets]
        sets[at] = nodes[1:]
        assert verify_bound(with_proof(found, sets=tuple(sets)), weights) > 8.0


@pytest.mark.parametrize(
    "parts",
    [
        {"sets": (np.array([0, 1, 1]),)},
        {"sets": (np.array([0, 1, 3]),)},
        {"set_dual": np.array([-2])},
        {"dual": np.array([2, 0, -2])},
        {"dual": np.array([0, 0])},
        {"copies": np.array([1, 1, 0])},
        {"copies": np.array([1, 1])},
        {"unit": 0.0},
        {"single": np.array([[0, 3]])},
    ],
)
def test_a_certificate_for_something_else_proves_nothing(parts):
    assert verify_bound(with_proof(max_weight_matching(TRIANGLE), **parts), TRIANGLE) == np.inf


def test_without_a_certificate_nothing_is_proven():
    assert verify_bound(replace(max_weight_matching(TRIANGLE), certificate=None), TRIANGLE) == np.inf


def test_a_certificate_does_not_prove_the_bound_of_wider_rules():
    found = max_weight_matching(TRIANGLE)
    assert verify_bound(found, TRIANGLE, capacity=2) == np.inf
    apart = ~np.eye(3, dtype=bool)
    apart[0, 1] = apart[1, 0] = False
    alone = max_weight_matching(TRIANGLE + apart, allowed=apart)
    assert verify_bound(alone, TRIANGLE + 1, allowed=apart) == alone.bound
    assert verify_bound(alone, 5 * TRIANGLE) >= 10.0


def nested_sets(n, count, rng):
    """Sets of nodes of which any two are nested or apart: spans of one order of the nodes that do not cross."""
    order, spans = rng.permutation(n), [(0, n)]
    for _ in range(count):
        first, last = spans[rng.integers(len(spans))]
        start, stop = np.sort(rng.integers(first, last + 1, 2))
        if all(stop <= a or b <= start or (a <= start and stop <= b) or (start <= a and b <= stop) for a, b in spans):
            spans.append((start, stop))
    return tuple(order[start:stop] for start, stop in spans[1:])


def shared_worth(sets, worth, a, b):
    """The slow twin of `Laminar.common`: every set is asked whether it holds both."""
    return [
        sum(w for nodes, w in zip(sets, worth, strict=True) if {i, j} <= set(nodes.tolist()))
        for i, j in zip(a.tolist(), b.tolist(), strict=True)
    ]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("fine", [False, True])
def test_what_nested_sets_that_hold_both_nodes_add_up_to(seed, fine):
    rng = np.random.default_rng(seed)
    n, count = (60, 40) if seed % 2 else (12, 6)
    sets = nested_sets(n, count, rng)
    sets = (*sets, *sets[:2])  # the same set may have a dual of its own twice
    worth = [int(w) * (10**30 if fine else 1) for w in rng.integers(0, 9, len(sets))]
    a, b = rng.integers(0, n, (2, 300))
    forest = Laminar.of(n, sets, np.array(worth, dtype=object if fine else np.int64))
    assert forest.common(a, b).tolist() == shared_worth(sets, worth, a, b)


def test_sets_that_cross_are_no_forest_and_prove_what_they_prove_all_the_same():
    crossing = (np.array([0, 1, 2]), np.array([2, 3, 4]), np.array([1, 2, 3]))
    assert Laminar.of(5, crossing, np.ones(3, dtype=np.int64)) is None
    weights = np.full((5, 5), np.nan)
    for nodes in crossing:
        for i, j in ((0, 1), (0, 2), (1, 2)):
            a, b = nodes[i], nodes[j]
            weights[a, b] = weights[b, a] = np.nan_to_num(weights[a, b]) + 1.0
    found = max_weight_matching(weights)
    proof = {"sets": crossing, "set_dual": np.ones(3, dtype=np.int64), "dual": np.zeros(5, dtype=np.int64)}
    proof |= {"unit": 1.0, "bonus": 0}
    assert verify_bound(with_proof(found, **proof), weights) == 3.0
    whole = {**proof, "set_dual": np.array([1, 1, 1], dtype=object)}
    assert verify_bound(with_proof(found, **whole), weights) == 3.0
    assert verify_bound(with_proof(found, **{**proof, "set_dual": np.array([1, 1, 0])}), weights) > 3.0
