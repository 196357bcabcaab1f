"""Asked again under stricter rules, a pool gives the same proven total as one that is solved anew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from peernet.errors import InfeasibleError, MatchingError
from peernet.matching.matching import max_weight_matching, verify_bound
from peernet.matching.resolver import Resolver
from tests.made.pools import ROUTES, routes
from tests.naive import matching as naive

pools = st.builds(
    lambda kind, n, seed: naive.pool(kind, n, np.random.default_rng(seed)),
    st.sampled_from(naive.KINDS),
    st.integers(2, 8),
    st.integers(0, 10**6),
)


@st.composite
def changes(draw, weights, capacity):
    """A required pair, up to two forbidden ones, two absent people and two with less room, that go together."""
    n = len(weights)
    possible = [tuple(pair) for pair in np.argwhere(np.triu(~np.isnan(weights), 1)).tolist()]
    able = [pair for pair in possible if min(capacity[list(pair)]) > 0]
    required = draw(st.lists(st.sampled_from(able), max_size=1)) if able else []
    others = [pair for pair in possible if pair not in required]
    forbidden = draw(st.lists(st.sampled_from(others), max_size=2, unique=True)) if others else []
    people = [person for person in range(n) if not any(person in pair for pair in required)]
    absent = draw(st.lists(st.sampled_from(people), max_size=2, unique=True)) if people else []
    room, several = capacity.copy(), np.flatnonzero(capacity > 1).tolist()
    room[draw(st.lists(st.sampled_from(several), max_size=2, unique=True)) if several else []] -= 1
    return {"required": required, "forbidden": forbidden, "absent": absent, "capacity": room}


def changed(weights, capacity, change):
    """The same change as another pool."""
    weights, capacity = weights.copy(), np.minimum(capacity, change.get("capacity", capacity))
    for i, j in change["forbidden"]:
        weights[i, j] = weights[j, i] = np.nan
    capacity[change["absent"]] = 0
    return weights, {"capacity": capacity, "required": change["required"]}


@settings(max_examples=150, deadline=None)
@given(weights=pools, route=routes, fill=st.booleans(), data=st.data())
def test_the_total_is_the_best_of_all_matchings_under_the_changed_rules(weights, route, fill, data):
    capacity = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(weights), max_size=len(weights))), dtype=int)
    if len(weights) > 6:
        capacity = np.minimum(capacity, 1)
    how = "max" if fill else None
    with ROUTES[route]():
        pool = Resolver(weights, capacity=capacity, cardinality=how)
        for _ in range(3):
            change = data.draw(changes(weights, capacity))
            found = pool.again(**change)
            other, rules = changed(weights, capacity, change)
            count, total = naive.best_by_trying(other, **rules, fill=fill)
            assert found.proven
            assert found.objective == found.bound == sum(weights[i, j] for i, j in found.pairs) == total
            assert not fill or len(found.pairs) == count
            assert set(change["required"]) <= set(found.pairs)
            assert not set(change["forbidden"]) & set(found.pairs)
            assert (np.bincount(np.ravel(found.pairs).astype(int), minlength=len(weights)) <= rules["capacity"]).all()
            assert verify_bound(found, other, **rules, cardinality=how) == found.bound


def test_nobody_gets_more_room_by_asking_again():
    pool = Resolver(np.array([[np.nan, 1.0], [1.0, np.nan]]), capacity=[1, 0])
    with pytest.raises(MatchingError, match="Person 1 could have 0 partners and cannot have 1"):
        pool.again(capacity=[1, 1])


def without_each(weights, fill):
    """Who is absent and what a pool answers then, held against its certificate."""
    n, how = len(weights), "max" if fill else None
    pool = Resolver(weights, cardinality=how)
    for person in range(n):
        found = pool.again(absent=[person])
        capacity = (np.arange(n) != person).astype(int)
        assert found.proven
        assert found.objective == found.bound == sum(weights[i, j] for i, j in found.pairs)
        assert person not in np.ravel(found.pairs)
        assert verify_bound(found, weights, capacity=capacity, cardinality=how) == found.bound
        yield person, found


@settings(max_examples=100, deadline=None)
@given(weights=pools, fill=st.booleans())
def test_whoever_is_absent_the_total_is_the_best_of_the_others(weights, fill):
    for person, found in without_each(weights, fill):
        others = np.delete(np.delete(weights, person, 0), person, 1)
        count, total = naive.best_by_trying(others, fill=fill)
        assert found.objective == total
        assert not fill or len(found.pairs) == count


@pytest.mark.parametrize("n", [120, 121])
@pytest.mark.parametrize("kind", naive.KINDS)
def test_in_larger_pools_too_whoever_is_absent(kind, n, rng):
    weights = naive.pool(kind, n, rng)
    with naive.few_candidates():
        for person, found in without_each(weights, fill=False):
            if person % 15 == 0:
                others = np.delete(np.delete(weights, person, 0), person, 1)
                assert found.objective == max_weight_matching(others).objective


@pytest.mark.parametrize("kind", ["uniform", "plane", "coded", "odd clusters"])
def test_one_search_answers_for_everybody_where_all_are_matched(kind, rng, monkeypatch):
    pool = Resolver(naive.pool(kind, 120, rng))
    monkeypatch.setattr("peernet.matching.resolver.reoptimise", None)
    totals = [pool.again(absent=[person]).objective for person in range(120)]
    assert max(totals) <= pool.matching.objective


@settings(max_examples=30, deadline=None)
@given(weights=pools, route=routes, data=st.data())
def test_what_was_asked_before_changes_no_answer(weights, route, data):
    capacity = np.ones(len(weights), dtype=int)
    asked = [data.draw(changes(weights, capacity)) for _ in range(3)]
    with ROUTES[route]():
        pool = Resolver(weights)
        answers = [pool.again(**change) for change in asked]
        assert [Resolver(weights).again(**change) for change in asked[::-1]] == answers[::-1]
        assert pool.again(**asked[0]) == answers[0]
        assert pool.again().objective == pool.matching.objective


@pytest.mark.parametrize("capacity", [1, 2])
@pytest.mark.parametrize("kind", naive.KINDS)
def test_larger_pools_give_the_total_of_solving_anew(kind, capacity, rng):
    n = 110
    weights, room = naive.pool(kind, n, rng), np.full(n, capacity)
    with naive.few_candidates():
        pool = Resolver(weights, capacity=capacity)
        allowed = np.argwhere(np.triu(~np.isnan(weights), 1))
        for _ in range(10):
            first, *others = rng.permutation(allowed)[:4].tolist()
            absent = np.setdiff1d(rng.integers(0, n, 2), first).tolist()
            change = {"required": [tuple(first)], "forbidden": [tuple(pair) for pair in others], "absent": absent}
            other, rules = changed(weights, room, change)
            found, anew = pool.again(**change), max_weight_matching(other, **rules)
            assert found.proven
            assert found.objective == found.bound == anew.objective
            assert verify_bound(found, other, **rules) == found.bound


def test_fractions_are_proven_within_their_rounding(rng):
    weights = naive.pool("plane", 60, rng) / 7
    pool = Resolver(weights)
    found, anew = pool.again(absent=[3, 4]), max_weight_matching(weights, capacity=~np.isin(np.arange(60), [3, 4]) * 1)
    assert found.objective == pytest.approx(anew.objective, rel=1e-12)
    assert found.bound == pytest.approx(found.objective, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(weights=pools, route=routes, fill=st.booleans(), data=st.data())
def test_rounds_in_which_nobody_meets_again_are_each_the_best_of_what_is_left(weights, route, fill, data):
    left, made, how = weights.copy(), [], "max" if fill else None
    with ROUTES[route]():
        pool = Resolver(weights, cardinality=how)
        for _ in range(4):
            absent = data.draw(st.lists(st.integers(0, len(weights) - 1), max_size=1)) if len(weights) else []
            found, room = pool.again(forbidden=made, absent=absent), ~np.isin(np.arange(len(weights)), absent) * 1
            count, total = naive.best_by_trying(left, capacity=room, fill=fill)
            assert found.proven
            assert found.objective == found.bound == sum(weights[i, j] for i, j in found.pairs) == total
            assert not fill or len(found.pairs) == count
            assert verify_bound(found, left, capacity=room, cardinality=how) == found.bound
            made += found.pairs
            for i, j in found.pairs:
                left[i, j] = left[j, i] = np.nan
        assert len(set(made)) == len(made)


@settings(max_examples=60, deadline=None)
@given(weights=pools, route=routes, fill=st.booleans(), several=st.booleans())
def test_rounds_asked_in_one_go_are_each_the_best_of_what_is_left(weights, route, fill, several):
    left, how, room = weights.copy(), "max" if fill else None, np.ones(len(weights), dtype=int)
    room[::3] = 2 * several  # some have room for two, or for nobody
    room = np.minimum(room, 1) if len(weights) > 6 else room
    with ROUTES[route]():
        pool = Resolver(weights, capacity=room, cardinality=how)
        for found in pool.rounds(5):
            count, total = naive.best_by_trying(left, capacity=room, fill=fill)
            assert found.proven
            assert found.objective == found.bound == sum(weights[i, j] for i, j in found.pairs) == total
            assert not fill or len(found.pairs) == count
            assert verify_bound(found, left, capacity=room, cardinality=how) == found.bound
            for i, j in found.pairs:
                assert not np.isnan(left[i, j])
                left[i, j] = left[j, i] = np.nan
        assert pool.again().objective == pool.matching.objective


def test_pairs_that_are_required_meet_in_one_round_only():
    rounds = Resolver(np.array([[np.nan, 1.0], [1.0, np.nan]]), required=[(0, 1)]).rounds(2)
    assert next(rounds).pairs == ((0, 1),)
    with pytest.raises(InfeasibleError, match=r"Required pair \(0, 1\) is forbidden"):
        next(rounds)


@pytest.mark.parametrize("largest", [3, 10**6])  # tied, as below
def test_rounds_of_a_large_listed_pool_in_one_go_are_as_good_as_solved_anew(largest, rng):
    n = 2500
    u, v = np.unique(np.sort(rng.integers(0, n, (2, 4 * n)), axis=0), axis=1)
    left = {pair: float(rng.integers(1, largest)) for pair in zip(u.tolist(), v.tolist(), strict=True)}
    left = {(i, j): weight for (i, j), weight in left.items() if i < j}
    pool, made = Resolver(in_cells(left, n)), np.empty((0, 2), dtype=int)
    for found in pool.rounds(6):
        assert found.proven
        assert found.objective == found.bound == max_weight_matching(in_cells(left, n)).objective
        assert pool.again(forbidden=made).objective == found.objective
        assert verify_bound(found, in_cells(left, n)) == found.bound
        assert len(found.pairs) == sum(left.pop(pair) > 0 for pair in found.pairs)
        made = np.concatenate([made, found.pairs])


@pytest.mark.parametrize("largest", [3, 10**6])  # tied, so that there are many odd sets, or hardly tied
def test_rounds_of_a_large_listed_pool_are_as_good_as_solved_anew(largest, rng, monkeypatch):
    monkeypatch.setattr("peernet.matching.proving.NEAREST_LISTED", 1)  # so few that some are missed
    n, made, absent = 2500, [], []
    u, v = np.unique(np.sort(rng.integers(0, n, (2, 4 * n)), axis=0), axis=1)
    left = {pair: float(rng.integers(1, largest)) for pair in zip(u.tolist(), v.tolist(), strict=True)}
    pool = Resolver(in_cells(left, n))
    for turn in range(6):
        found, room = pool.again(forbidden=made, absent=absent), ~np.isin(np.arange(n), absent) * 1
        assert found.proven
        assert found.objective == found.bound == max_weight_matching(in_cells(left, n), capacity=room).objective
        assert verify_bound(found, in_cells(left, n), capacity=room) == found.bound
        assert len(found.pairs) == sum(left.pop(pair) > 0 for pair in found.pairs)
        made, absent = [*made, *found.pairs], [turn, 100 + turn]


def in_cells(weights, n):
    """Weights by pair as a sparse matrix."""
    u, v = np.transpose([*weights])
    return sparse.csr_array((np.tile([*weights.values()], 2), (np.append(u, v), np.append(v, u))), shape=(n, n))
