"""Passes over all weights find what looking at every pair finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.matching.blossom import run
from peernet.matching.blossom_state import NEVER
from peernet.matching.pricing import each_once, look_over_array, look_over_few, nearest_pairs
from peernet.matching.problem import Copies, Problem, no_pairs
from peernet.matching.proving import relaxed, tightest
from peernet.matching.weights import Units, nothing_seen, read_weights
from tests.naive import matching as naive

UNITS = Units(1.0, 0, True)


def problem_of(weights, capacity):
    return Problem(read_weights(weights), UNITS, Copies(capacity, no_pairs(), 0), np.inf)


@pytest.mark.parametrize("most", [1, 5, 16, 90])
@pytest.mark.parametrize("kind", naive.KINDS)
def test_everybody_is_listed_with_the_partners_of_least_slack(kind, most, rng):
    weights = naive.pool(kind, 90, rng)
    dual = np.rint(rng.random(90) * np.nanmax(np.abs(weights)))
    partner, weight = np.empty((2, 90, most), dtype=np.int64)
    nearest_pairs(weights, 0, 1.0, 0.0, dual, partner, weight)
    slack = dual[:, None] + dual - 2 * weights
    slack[~(weights > 0) | np.eye(90, dtype=bool)] = np.inf
    for person in range(90):
        found = partner[person][partner[person] >= 0]
        assert len(found) == len(set(found)) == min(most, np.isfinite(slack[person]).sum())
        assert (weight[person, : len(found)] == 2 * weights[person, found]).all()
        # a fraction below one is added to each slack, so whoever is left out is no nearer than a fraction
        left = np.delete(slack[person], found)
        assert slack[person, found].max(initial=-np.inf) < left.min(initial=np.inf) + 1


@given(
    st.lists(st.lists(st.integers(0, 8), max_size=4, unique=True), min_size=9, max_size=9),
)
@settings(deadline=None)
def test_each_listed_pair_is_kept_once(listed):
    partner = np.full((9, 4), -1)
    for person, others in enumerate(listed):
        found = [other for other in others if other != person]
        partner[person, : len(found)] = found
    row, column = each_once(partner)
    kept = [tuple(sorted(pair)) for pair in zip(row.tolist(), partner[row, column].tolist(), strict=True)]
    assert len(kept) == len(set(kept))
    assert set(kept) == {tuple(sorted((i, j))) for i in range(9) for j in partner[i].tolist() if j >= 0}


def blossoms_of(state):
    n = int(state.tally[naive.PEOPLE])
    return [
        (naive.members(state, b), float(state.node[b, naive.DUAL]))
        for b in range(n, len(state.node))
        if state.node[b, naive.UP] >= 0
    ]


def slack_by_definition(at, weights):
    """The least slack between any copies of two people: their duals and those of the blossoms that hold both."""
    copies, state = at.problem.copies, at.state
    cover = state.node[: copies.n_copies, naive.DUAL].astype(float)
    cover = cover[:, None] + cover
    for held, dual in blossoms_of(state):
        cover[np.ix_(held, held)] += dual
    starts, n = copies.starts, len(weights)
    slack = np.full((n, n), np.inf)
    for i, j in np.argwhere(weights > 0):
        if i != j and copies.capacity[i] and copies.capacity[j]:
            slack[i, j] = cover[starts[i] : starts[i + 1], starts[j] : starts[j + 1]].min() - 2 * weights[i, j]
    return slack


@pytest.mark.parametrize("room", [1, 2])
@pytest.mark.parametrize("kind", ["odd clusters", "plane", "tied", "uniform", "sparse"])
def test_the_duals_are_held_against_every_pair_blossoms_and_all(kind, room, rng):
    weights, capacity = naive.pool(kind, 60, rng), np.full(60, room)
    capacity[3] = 0
    with naive.few_candidates():
        at, _ = relaxed(problem_of(weights, capacity))
        run(at.state, False, 10**9, NEVER)
    assert len(blossoms_of(at.state)) > 5 or room == 2 or kind not in ("odd clusters", "uniform")
    slack = slack_by_definition(at, weights)
    for rows in (None, np.array([7, 2, 59, 31])):
        found = tightest(at, 60, rows=rows)
        asked = range(60) if rows is None else rows.tolist()
        listed = set(zip(found.pairs.u.tolist(), found.pairs.v.tolist(), strict=True))
        assert listed == {(i, j) for i in asked for j in range(60) if np.isfinite(slack[i, j])}
    lacking = tightest(at, 60, below=0.0)
    assert set(zip(lacking.pairs.u.tolist(), lacking.pairs.v.tolist(), strict=True)) == {
        (i, j) for i in range(60) for j in range(i, 60) if slack[i, j] < 0
    }
    assert lacking.lack.tolist() == np.maximum(0.0, -slack.min(axis=1)).tolist()


def test_the_slack_of_the_nearest_is_told(rng):
    weights = naive.pool("odd clusters", 40, rng)
    at, _ = relaxed(problem_of(weights, np.ones(40, dtype=np.int64)))
    run(at.state, False, 10**9, NEVER)
    slack = np.sort(slack_by_definition(at, weights), axis=1)
    for most in (1, 4):
        assert tightest(at, most).reach.tolist() == slack[:, most - 1].tolist()


@pytest.mark.parametrize("kind", naive.KINDS)
def test_a_small_array_is_looked_over_without_a_kernel_as_with_one(kind, rng, monkeypatch):
    weights = naive.pool(kind, 70, rng)
    weights[rng.random(weights.shape) < 0.1] += 0.25
    weights = naive.symmetric(weights)
    np.fill_diagonal(weights, np.inf)  # says nothing
    by_kernel, by_numpy = np.array([[3.0, 4.0, 1.0, 1.0]] * 2)
    assert look_over_array(weights, by_kernel) == look_over_few(weights, by_numpy) == -1
    np.testing.assert_array_equal(by_kernel, by_numpy)
    i, j = sorted(rng.choice(70, 2, replace=False))
    weights[j, i] += 1
    weights[69, 68] += 1
    odd = look_over_array(weights, by_kernel)
    assert odd == look_over_few(weights, by_numpy)


def test_no_weights_at_all_are_looked_over():
    for cells in (np.empty((0, 0)), np.full((3, 3), np.nan)):
        seen = nothing_seen()
        assert look_over_few(cells, seen) == -1
        np.testing.assert_array_equal(seen, nothing_seen())
