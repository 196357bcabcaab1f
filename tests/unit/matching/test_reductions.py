"""Rules that settle people before the search, each alone, and when they are tried at all."""

from unittest.mock import patch

import numpy as np
import pytest
from scipy import sparse

from peernet.matching.blossom_state import GONE
from peernet.matching.matching import max_weight_matching, prepare, verify_bound
from peernet.matching.problem import CandidatePairs, read_constraints
from peernet.matching.reductions import DUAL, SHORT, begun, put_back, settle, solve_reduced
from peernet.matching.weights import PairTable, listed_cells, read_weights
from tests.naive import matching as naive


def settled(n, pairs):
    """What is left of pairs {(u, v): weight}, and what is taken off everybody, after all rules."""
    u, v = np.array(list(pairs)).T
    reduction = begun(n, CandidatePairs(u, v, np.array(list(pairs.values()))))
    settle(reduction)
    mate = np.full(n, -1)
    put_back(reduction, mate)
    dual = np.where(reduction.off == GONE, reduction.people[:, DUAL], reduction.off)
    return np.flatnonzero(reduction.is_left).tolist(), dual.tolist(), mate.tolist()


def test_somebody_with_one_candidate_is_had_by_whoever_has_nobody_else():
    """0 has only 1, worth 10. Beside that, 1 with 2 is worth 4 more, so it is made, and 0 stays single."""
    assert settled(3, {(0, 1): 10, (1, 2): 14}) == ([], [0, 10, 4], [-1, 2, 1])


def test_a_pair_worth_no_more_than_the_one_candidate_of_its_person_is_dropped():
    """0 has only 1, worth 10, and 1 gains nothing by any of 2 and 3, who have each other."""
    left, dual, mate = settled(4, {(0, 1): 10, (1, 2): 8, (1, 3): 10, (2, 3): 6})
    assert (left, mate) == ([], [1, 0, 3, 2])
    assert sum(dual) == 16


def test_trees_are_settled_whole(rng):
    n = 400
    parents = [int(rng.integers(i)) for i in range(1, n)]
    pairs = {(parent, i): 2 * int(rng.integers(1, 50)) for i, parent in enumerate(parents, 1)}
    left, dual, mate = settled(n, pairs)
    assert left == []
    assert all(dual[u] + dual[v] >= weight for (u, v), weight in pairs.items())
    assert sum(dual) == sum(weight for (u, v), weight in pairs.items() if mate[u] == v)


def test_a_pair_that_dominates_is_made_though_both_have_other_candidates():
    """0 and 1 are worth 12; their best other pairs 8 and 4. What is left are 2, 3 and 4, a ring."""
    ring = {(2, 3): 6, (3, 4): 6, (2, 4): 6}
    left, dual, mate = settled(5, {(0, 1): 12, (0, 2): 8, (0, 3): 2, (1, 3): 4, (1, 4): 4, **ring})
    assert left == [2, 3, 4]
    assert mate[:2] == [1, 0]
    assert dual == [8, 4, 0, 0, 0]


def test_a_pair_worth_less_than_both_could_have_instead_is_not_made():
    pairs = {(0, 1): 10, (0, 2): 8, (1, 3): 4, (2, 3): 6}
    assert settled(4, pairs)[0] == [0, 1, 2, 3]


@pytest.mark.parametrize("n", [3, 4, 5, 8])
def test_rings_of_one_weight_are_left_to_the_search(n):
    assert settled(n, {(0, n - 1): 2} | {(i, i + 1): 2 for i in range(n - 1)})[0] == [*range(n)]


def test_whoever_has_very_many_candidates_is_settled_once_these_have_gone():
    """The middle of a star: each of the others has nobody else."""
    n = 30 * SHORT
    left, dual, mate = settled(n, {(0, i): 2 * i for i in range(1, n)})
    assert (left, sum(dual), mate[0]) == ([], 2 * n - 2, n - 1)


def thin(n, rng):
    u = np.arange(1, n)
    v = (rng.random(n - 1) * u).astype(int)
    return sparse.csr_array((np.tile(rng.random(n - 1), 2), (np.append(u, v), np.append(v, u))), shape=(n, n))


def problem(weights, capacity=1):
    return prepare(read_constraints(listed_cells(read_weights(weights)), capacity, ()), fill=False).problem(np.inf)


def test_a_large_thin_pool_is_reduced_and_proven_as_before(rng):
    weights = thin(5000, rng)
    assert solve_reduced(problem(weights)) is not None
    found = max_weight_matching(weights)
    with patch("peernet.matching.reductions.REDUCED_ABOVE", 10**9):
        plain = max_weight_matching(weights)
    assert found.proven
    assert found.objective == pytest.approx(plain.objective, rel=1e-12)
    assert verify_bound(found, weights) <= found.bound * (1 + 1e-12)


def test_small_pools_pools_with_room_for_several_and_pools_with_many_candidates_are_not(rng):
    assert solve_reduced(problem(thin(500, rng))) is None
    assert solve_reduced(problem(thin(5000, rng), capacity=2)) is None
    assert solve_reduced(problem(naive.pool("uniform", 60, rng))) is None
    with patch("peernet.matching.reductions.REDUCED_ABOVE", 0):
        assert solve_reduced(problem(naive.pool("uniform", 60, rng))) is None


def test_a_large_pool_in_which_nobody_has_only_one_candidate_is_left_to_the_search():
    n = 5000
    u, v = np.arange(n), (np.arange(n) + 1) % n
    ring = sparse.csr_array((np.ones(2 * n), (np.append(u, v), np.append(v, u))), shape=(n, n))
    assert solve_reduced(problem(ring)) is None
    assert max_weight_matching(ring).objective == n / 2


def test_a_table_of_listed_pairs_hands_out_the_rows_of_its_matrix(rng):
    matrix = thin(30, rng)
    table = read_weights(matrix)
    listing = PairTable.listing(30, table.pairs)
    assert np.array_equal(listing.take(slice(3, 9)), table.take(slice(3, 9)), equal_nan=True)
    assert np.array_equal(listing.take(np.array([7, 2])), table.take(np.array([7, 2])), equal_nan=True)
