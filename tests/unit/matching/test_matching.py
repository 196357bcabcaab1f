"""max_weight_matching reads every kind of input, keeps the rules it is given and says what is wrong with bad ones."""

import dataclasses
import re

import numpy as np
import pytest
from scipy import sparse

from peernet.errors import InfeasibleError, MatchingError, SettingError
from peernet.matching.matching import Matching, max_weight_matching, verify_bound
from peernet.matching.resolver import Resolver
from tests.naive import matching as naive

PATH = np.array([[0, 2, 0, 0], [2, 0, 3, 0], [0, 3, 0, 2], [0, 0, 2, 0]], dtype=float)
NOBODY = Matching(pairs=(), objective=0.0, bound=0.0, proven=True)


def refusal(error, *args, **settings):
    with pytest.raises(error) as refused:
        max_weight_matching(*args, **settings)
    return str(refused.value)


def test_the_heaviest_pair_gives_way_to_two_others():
    assert max_weight_matching(PATH) == Matching(((0, 1), (2, 3)), 4.0, 4.0, True)


@pytest.mark.parametrize("n", [0, 1, 2, 5])
@pytest.mark.parametrize("cardinality", [None, "max"])
def test_where_nobody_may_meet_nobody_is_paired(n, cardinality):
    assert max_weight_matching(np.full((n, n), np.nan), cardinality=cardinality) == NOBODY


def test_two_people_are_paired():
    assert max_weight_matching([[0, 1.5], [1.5, 0]]).pairs == ((0, 1),)


def test_nobody_is_paired_at_a_loss_unless_pairs_count_first():
    loss = np.full((3, 3), -1.0)
    assert max_weight_matching(loss) == NOBODY
    assert max_weight_matching(loss, cardinality="max").objective == -1.0


def test_the_diagonal_is_ignored():
    weights = PATH.copy()
    np.fill_diagonal(weights, [9, np.inf, -np.inf, np.nan])
    assert max_weight_matching(weights) == max_weight_matching(PATH)


def test_stored_zeros_of_a_sparse_matrix_are_allowed_pairs():
    zeros = sparse.coo_array(([0.0, 0.0], ([0, 1], [1, 0])), shape=(3, 3))
    assert max_weight_matching(zeros, cardinality="max").pairs == ((0, 1),)


def in_disorder(weights, rng):
    """The same weights as a sparse matrix whose cells stand in any order, some in two parts or missing."""
    i, j = np.nonzero(~np.isnan(weights) | (rng.random(weights.shape) < 0.3))
    part = rng.integers(0, 5, weights.shape) * (rng.random(weights.shape) < 0.3)
    i, j, w = np.append(i, i), np.append(j, j), np.append((weights - part)[i, j], part[i, j])
    order = np.random.default_rng(0).permutation(len(i))
    rows = order[np.argsort(i[order], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(np.bincount(i, minlength=len(weights)))])
    return sparse.csr_array((w[rows], j[rows], starts), shape=weights.shape)


@pytest.mark.parametrize("kind", ["sparse", "signed", "tied"])
def test_a_sparse_matrix_in_any_order_reads_like_one_in_order_and_is_left_alone(kind, rng):
    weights = naive.pool(kind, 60, rng)
    given = in_disorder(weights, rng)
    before = [part.copy() for part in (given.data, given.indices, given.indptr)]
    found = max_weight_matching(given)
    at = np.nonzero(~np.isnan(weights))
    assert found == max_weight_matching(sparse.csr_array((weights[at], at), shape=weights.shape))
    assert verify_bound(found, given) == found.bound == max_weight_matching(weights).objective
    for part, as_it_was in zip((given.data, given.indices, given.indptr), before, strict=True):
        np.testing.assert_array_equal(part, as_it_was)


@pytest.mark.parametrize("seed", range(20))
def test_one_odd_cell_of_a_sparse_matrix_is_named_as_in_an_array(seed):
    rng = np.random.default_rng(seed)
    weights = naive.pool("sparse", 12, rng)
    i, j = rng.choice(np.argwhere(~np.isnan(weights) & ~np.eye(12, dtype=bool)))
    weights[i, j] = rng.choice([np.nan, 0.0, 1000.0])
    given = in_disorder(weights, rng) if seed % 2 else sparse.coo_array(np.nan_to_num(weights, nan=0.0))
    shown = weights if seed % 2 else np.where(given.toarray() == 0, np.nan, given.toarray())
    assert refusal(MatchingError, given) == refusal(MatchingError, shown)


def test_capacity_zero_keeps_a_person_out():
    assert max_weight_matching(PATH, capacity=[1, 0, 1, 1]).pairs == ((2, 3),)


def test_capacity_never_pairs_the_same_two_twice():
    found = max_weight_matching([[0, 9, 1], [9, 0, 1], [1, 1, 0]], capacity=2)
    assert found == Matching(((0, 1), (0, 2), (1, 2)), 11.0, 11.0, True)


def test_required_pairs_stay_even_at_a_loss():
    found = max_weight_matching(PATH - 1, required=[(3, 0)])
    assert found.pairs == ((0, 3), (1, 2))
    assert found.objective == found.bound == 1.0


def test_inputs_are_left_as_they_were():
    weights, allowed, capacity = PATH.copy(), np.ones((4, 4), dtype=bool), np.array([1, 2, 2, 1])
    max_weight_matching(weights, allowed=allowed, capacity=capacity, required=[(0, 1)])
    assert np.array_equal(weights, PATH)
    assert allowed.all()
    assert capacity.tolist() == [1, 2, 2, 1]


def test_weights_that_are_no_binary_fractions_are_proven_within_their_rounding():
    found = max_weight_matching(PATH / 10)
    assert found.proven
    assert found.objective == pytest.approx(0.4, abs=1e-15)
    assert found.objective <= found.bound <= found.objective + 1e-11


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1.0, 1e12, 1e300])
@pytest.mark.parametrize("cardinality", [None, "max"])
def test_the_scale_of_weights_does_not_matter(size, cardinality):
    assert max_weight_matching(PATH * size, cardinality=cardinality).pairs == ((0, 1), (2, 3))


@pytest.mark.parametrize("n", [40, 300])
@pytest.mark.parametrize("cardinality", [None, "max"])
@pytest.mark.parametrize("capacity", [1, 2])
def test_out_of_time_the_bound_still_holds(n, cardinality, capacity, rng):
    weights = naive.pool("plane", n, rng)
    best = max_weight_matching(weights, cardinality=cardinality, capacity=capacity)
    hurried = max_weight_matching(weights, cardinality=cardinality, capacity=capacity, time_limit=0)
    assert best.proven
    assert hurried.objective <= best.objective <= hurried.bound
    assert hurried.proven == (hurried.gap == 0)
    assert hurried.objective == sum(weights[i, j] for i, j in hurried.pairs)


def test_out_of_time_is_not_called_proven(rng):
    with naive.few_candidates():
        hurried = max_weight_matching(naive.pool("plane", 300, rng), time_limit=0)
    assert not hurried.proven
    assert 0 < hurried.gap < np.inf


def test_a_large_pool_of_few_allowed_pairs_is_proven(rng):
    near = np.arange(3000)
    ring = sparse.coo_array((rng.random(3000), (near, (near + 1) % 3000)), shape=(3000, 3000))
    found = max_weight_matching(ring + ring.T)
    assert found.proven
    assert len(found.pairs) > 900


def gated(n, rng):
    """Weights of people two steps apart in a sparse graph: whole numbers with many ties."""
    u, v = np.repeat(np.arange(n), 2), rng.integers(0, n, 2 * n)
    knows = sparse.csr_array((np.ones(2 * n), (u, v)), shape=(n, n))
    two = sparse.triu((knows + knows.T) @ (knows + knows.T), 1).tocoo()
    answers = rng.integers(1, 6, (n, 6))
    weight = np.abs(answers[two.row] - answers[two.col]).sum(axis=1) - 3.0
    upper = sparse.csr_array((weight, (two.row, two.col)), shape=(n, n))
    return upper + upper.T


@pytest.mark.parametrize("rules", [{}, {"cardinality": "max"}, {"capacity": 2}])
@pytest.mark.parametrize("kind", naive.KINDS)
def test_with_all_pairs_as_candidates_the_total_is_that_of_a_choice_of_them(kind, rules, rng, monkeypatch):
    weights = naive.pool(kind, 90, rng)
    chosen = max_weight_matching(weights, **rules)
    monkeypatch.setattr("peernet.matching.matching.FEW_PAIRS", 90 * 89 // 2)
    monkeypatch.setattr("peernet.matching.proving.tightest", None)  # nothing is priced
    found = max_weight_matching(weights, **rules)
    assert found.proven
    assert chosen.proven
    assert found.objective == chosen.objective == verify_bound(found, weights, **rules)


@pytest.mark.parametrize("rules", [{}, {"cardinality": "max"}, {"capacity": 2}])
def test_bids_before_the_search_change_no_total(rules, rng):
    weights = gated(2400, rng)
    found = max_weight_matching(weights, **rules)
    with naive.no_bidding():
        slow = max_weight_matching(weights, **rules)
    assert found.proven
    assert (found.objective, len(found.pairs)) == (slow.objective, len(slow.pairs))
    assert verify_bound(found, weights, **rules) == found.bound == found.objective


def test_many_people_with_capacity_are_proven(rng):
    assert max_weight_matching(naive.pool("coded", 120, rng), capacity=rng.integers(0, 4, 120)).proven


def test_a_matching_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        max_weight_matching(PATH).proven = False


def test_one_sided_weights_are_refused_by_cell():
    weights = PATH.copy()
    weights[3, 1] = 7
    for given in (weights, sparse.csr_array(weights)):
        assert re.search(r"cell \[1, 3\] is .* but cell \[3, 1\] is 7", refusal(MatchingError, given))
    weights[3, 1] = np.nan
    assert "cell [1, 3] is 0 but cell [3, 1] is not allowed" in refusal(MatchingError, weights)


def test_infinite_weights_are_refused_by_cell():
    weights = PATH.copy()
    weights[1, 3] = weights[3, 1] = np.inf
    for given in (weights, sparse.csr_array(weights)):
        assert "cell [1, 3] is inf" in refusal(MatchingError, given)


def test_shapes_that_do_not_fit_are_refused():
    assert "square" in refusal(MatchingError, np.ones((2, 3)))
    assert "numbers" in refusal(MatchingError, [["a", "b"], ["b", "a"]])
    assert "4 people" in refusal(MatchingError, PATH, allowed=np.ones((3, 3))).replace("about 4;", "4 people")
    assert "cells [0, 1] and [1, 0] differ" in refusal(MatchingError, PATH, allowed=np.triu(np.ones((4, 4))))


@pytest.mark.parametrize("allowed", [np.tri(4, k=-1), sparse.csr_array(np.tri(4, k=-1))])
def test_one_sided_masks_are_refused(allowed):
    assert "allowed must be symmetric" in refusal(MatchingError, PATH, allowed=allowed)


@pytest.mark.parametrize(
    ("capacity", "problem"),
    [(-1, "-1 for person 0"), ([1, 1, 0.5, 1], "0.5 for person 2"), ([1, 2], r"shape \(2,\)"), ("two", "two")],
)
def test_bad_capacities_are_named(capacity, problem):
    assert re.search(problem, refusal(MatchingError, PATH, capacity=capacity))


@pytest.mark.parametrize("pair", [(0, 0), (0, 9), (-1, 2), (0, 1, 2), ("a", "b")])
def test_required_pairs_must_be_two_people(pair):
    assert "equired pair" in refusal(MatchingError, PATH, required=[pair])


def test_required_pairs_must_be_allowed_and_within_capacity():
    apart = PATH.copy()
    apart[0, 3] = apart[3, 0] = np.nan
    assert "(0, 3) is not allowed" in refusal(InfeasibleError, apart, required=[(3, 0)])
    crowded = refusal(InfeasibleError, PATH, required=[(0, 1), (1, 2)])
    assert "Person 1 has capacity 1 but is in 2 required pairs: (0, 1), (1, 2)" in crowded


def test_unknown_settings_are_refused():
    assert "cardinality" in refusal(SettingError, PATH, cardinality="most")
    for wrong in (-1, np.nan, "soon"):
        assert "time_limit" in refusal(SettingError, PATH, time_limit=wrong)


def test_blocks_of_the_wrong_shape_are_refused():
    class Short:
        def __len__(self):
            return 4

        def block(self, rows):
            return PATH[rows, :2]

    assert "block() must return (4, 4)" in refusal(MatchingError, Short())


class Counted:
    """Weights by block that count the rows asked for."""

    def __init__(self, weights):
        self.weights, self.rows = weights, 0

    def __len__(self):
        return len(self.weights)

    def block(self, rows):
        self.rows += len(rows)
        return self.weights[rows]


def test_a_pool_can_be_asked_again_with_a_pair_required_forbidden_or_somebody_absent():
    pool = Resolver(PATH)
    assert pool.matching == max_weight_matching(PATH)
    assert pool.again(required=[(2, 1)]).pairs == ((1, 2),)
    assert pool.again(forbidden=[(1, 0)]).pairs == ((1, 2),)
    assert pool.again(absent=[0]).pairs == ((1, 2),)
    assert pool.again(required=[(1, 2)], absent=[0]).objective == 3.0
    assert pool.again() == pool.matching


def test_asking_again_keeps_the_first_rules():
    pool = Resolver(PATH, required=[(1, 2)], capacity=[1, 1, 2, 1], cardinality="max")
    found = pool.again(forbidden=[(0, 3)])
    assert found.pairs == ((1, 2), (2, 3))
    assert verify_bound(
        found,
        PATH,
        required=[(1, 2)],
        capacity=[1, 1, 2, 1],
        cardinality="max",
        allowed=[[0, 1, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 1, 0]],
    ) == pytest.approx(5.0)


def test_asking_again_where_nobody_gains_pairs_nobody():
    assert Resolver(np.full((3, 3), np.nan)).again(absent=[0]) == NOBODY
    assert Resolver(PATH).again(absent=[0, 1, 2]) == NOBODY
    assert Resolver(np.zeros((0, 0))).again() == NOBODY


def test_weights_by_block_are_read_once_and_then_kept(rng):
    weights = Counted(naive.pool("uniform", 150, rng))
    pool = Resolver(weights)
    assert weights.rows == 150
    pool.again(absent=[5, 7])
    assert weights.rows == 150


def test_weights_by_block_that_are_too_many_to_keep_are_read_where_needed(rng, monkeypatch):
    monkeypatch.setattr("peernet.matching.resolver.HELD_BELOW", 10)
    weights = Counted(naive.pool("uniform", 400, rng))
    pool = Resolver(weights)
    pool.again()  # the first question lists everybody's nearest pairs
    weights.rows = 0
    found = pool.again(forbidden=pool.matching.pairs[:1])
    assert weights.rows < 400
    assert found.proven


def contradiction(error, **change):
    with pytest.raises(error) as refused:
        Resolver(PATH, required=[(0, 1)]).again(**change)
    return str(refused.value)


def test_a_time_limit_may_be_a_numpy_number():
    assert max_weight_matching(PATH, time_limit=np.int64(60)) == max_weight_matching(PATH)


def test_asking_for_what_cannot_be_is_refused():
    assert "(0, 1) is forbidden" in contradiction(InfeasibleError, forbidden=[(0, 1)])
    assert "Person 1 has capacity 0" in contradiction(InfeasibleError, absent=[1])
    assert "(0, 1), (1, 2)" in contradiction(InfeasibleError, required=[(1, 2)])
    assert "Absent person 4" in contradiction(MatchingError, absent=[4])
    assert "absent must be positions" in contradiction(MatchingError, absent=["a"])
    assert "forbidden pair" in contradiction(MatchingError, forbidden=[("a", "b")])
