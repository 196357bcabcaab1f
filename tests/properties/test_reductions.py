"""Where people have few candidates, settling many of them before the search changes neither total nor proof."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.matching.matching import max_weight_matching, prepare, verify_bound
from peernet.matching.problem import read_constraints
from peernet.matching.reductions import solve_reduced
from peernet.matching.weights import listed_cells, read_weights
from tests.made.pools import thin_pools
from tests.naive import matching as naive

fills = st.sampled_from([None, "max"])


def reduced(weights, **rules):
    with naive.reducing():
        return max_weight_matching(weights, **rules)


@settings(max_examples=500, deadline=None)
@given(weights=thin_pools(), fill=fills)
def test_the_total_is_the_best_of_all_matchings_and_proven_on_the_pool_as_it_was(weights, fill):
    count, total = naive.best_by_trying(weights, fill=fill == "max")
    found = reduced(weights, cardinality=fill)
    assert found.proven
    assert found.objective == found.bound == total == sum(weights[pair] for pair in found.pairs)
    assert verify_bound(found, weights, cardinality=fill) == total
    assert np.bincount(np.array(found.pairs, dtype=int).ravel(), minlength=1).max() <= 1
    assert not fill or len(found.pairs) == count


@settings(max_examples=300, deadline=None)
@given(weights=thin_pools(), fill=fills, data=st.data())
def test_required_and_barred_pairs_and_people_without_room_are_kept(weights, fill, data):
    possible = np.argwhere(np.triu(~np.isnan(weights), 1)).tolist()
    required = data.draw(st.lists(st.sampled_from(possible), max_size=1)) if possible else []
    room = np.array(data.draw(st.lists(st.integers(0, 1), min_size=len(weights), max_size=len(weights))), dtype=int)
    room[np.array(required, dtype=int).ravel()] = 1
    barred = data.draw(st.lists(st.sampled_from(possible), max_size=2)) if possible else []
    allowed = ~np.isnan(weights)
    for i, j in barred:
        allowed[i, j] = allowed[j, i] = [i, j] in required
    rules = {"allowed": allowed, "capacity": room, "required": required, "cardinality": fill}
    left = np.where(allowed, weights, np.nan)
    _, total = naive.best_by_trying(left, capacity=room, required=required, fill=fill == "max")
    found = reduced(weights, **rules)
    assert found.proven
    assert found.objective == total == verify_bound(found, weights, **rules)
    assert {tuple(pair) for pair in required} <= set(found.pairs)


@settings(max_examples=200, deadline=None)
@given(weights=thin_pools(), fill=fills, late=st.booleans())
def test_fractions_are_bounded_as_without_and_so_is_what_the_time_cuts_short(weights, fill, late):
    weights = weights / 10
    found = reduced(weights, cardinality=fill, time_limit=0 if late else None)
    if not late:
        assert found.objective == pytest.approx(max_weight_matching(weights, cardinality=fill).objective, abs=1e-12)
    assert verify_bound(found, weights, cardinality=fill) <= found.bound + 1e-12 * abs(found.bound)
    assert found.bound >= naive.best_by_trying(weights, fill=fill == "max")[1] - 1e-12


@pytest.mark.parametrize("fill", [None, "max"])
@pytest.mark.parametrize("candidates", [2, 3, 4])
@pytest.mark.parametrize("most", [3, 10**6])
def test_larger_thin_pools_are_settled_in_part_and_proven_to_the_same_total(fill, candidates, most, rng):
    n = 600
    u, v = rng.integers(0, n, (2, n * candidates // 2))
    weights = np.full((n, n), np.nan)
    weights[np.minimum(u, v), np.maximum(u, v)] = rng.integers(1, most + 1, len(u))
    weights = np.fmax(weights, weights.T)
    np.fill_diagonal(weights, np.nan)
    task = prepare(read_constraints(listed_cells(read_weights(weights)), 1, ()), fill=fill == "max")
    with naive.reducing():
        assert solve_reduced(task.problem(np.inf)) is not None
    found, plain = reduced(weights, cardinality=fill), max_weight_matching(weights, cardinality=fill)
    assert (found.objective, len(found.pairs) if fill else 0) == (plain.objective, len(plain.pairs) if fill else 0)
    assert found.proven
    assert verify_bound(found, weights, cardinality=fill) == found.objective
