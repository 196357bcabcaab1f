"""Where everybody can have a partner of the greatest weight, that is found and proven without a search."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.matching.matching import max_weight_matching, prepare, verify_bound
from peernet.matching.problem import read_constraints
from peernet.matching.proving import MOST_LEFT, MOST_SHUT, greatest_pairs
from peernet.matching.resolver import Resolver
from peernet.matching.weights import read_weights
from tests.naive import matching as naive


def found_in(weights, *, capacity=1, required=(), fill=False):
    task = prepare(read_constraints(read_weights(weights), capacity, required), fill=fill)
    return greatest_pairs(task.rules, task.units, task.span.largest)


def tied(n, rng, levels=4):
    weights = np.triu(rng.integers(0, levels, (n, n)), 1).astype(float)
    return weights + weights.T


@pytest.mark.parametrize("fill", [False, True])
@pytest.mark.parametrize("n", [300, 301])
def test_everybody_has_a_partner_of_the_greatest_weight(n, fill, rng):
    weights = tied(n, rng)
    found = found_in(weights, fill=fill)
    assert (weights[found.u, found.v] == 3).all()
    assert len(np.unique([found.u, found.v])) == 2 * len(found.u) == n - n % 2
    best = max_weight_matching(weights, cardinality="max" if fill else None)
    assert best.proven
    assert best.objective == best.bound == 3 * (n // 2)
    assert verify_bound(best, weights, cardinality="max" if fill else None) == best.bound


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 8), st.integers(1, 3), st.booleans(), st.booleans(), st.integers(0, 10**6))
def test_it_is_the_best_of_all_matchings_and_none_is_missed(n, levels, fill, barred, seed):
    rng = np.random.default_rng(seed)
    weights = tied(n, rng, levels) - (1.0 if barred else 0.0)
    if barred:
        weights[weights < 0] = np.nan
    count, total = naive.best_by_trying(weights, fill=fill)
    best = max_weight_matching(weights, cardinality="max" if fill else None)
    assert best.proven
    assert best.objective == total
    assert not fill or len(best.pairs) == count
    assert verify_bound(best, weights, cardinality="max" if fill else None) == best.bound
    found = found_in(weights, fill=fill) if np.nanmax(weights[np.triu_indices(n, 1)], initial=-1) > 0 else None
    if found is not None:
        assert weights[found.u, found.v].sum() == total


def test_a_pair_is_parted_for_two_who_are_left():
    weights = np.ones((4, 4))
    for u, v in [(0, 1), (0, 2), (1, 3)]:
        weights[u, v] = weights[v, u] = 2
    found = found_in(weights)  # 0 takes 1 first, which leaves 2 and 3
    assert {*zip(found.u.tolist(), found.v.tolist(), strict=True)} == {(0, 2), (1, 3)}


@pytest.mark.parametrize("kind", ["uniform", "plane", "two groups"])
def test_elsewhere_it_is_left_to_the_engine(kind, rng):
    assert found_in(naive.pool(kind, 90, rng)) is None


def test_many_without_a_partner_end_the_attempt():
    n = 4 * MOST_LEFT
    weights = np.ones((n, n))
    weights[0, 1] = weights[1, 0] = 2
    assert found_in(weights) is None


def test_room_for_several_partners_is_left_to_the_engine(rng):
    assert found_in(tied(90, rng), capacity=2) is None


@pytest.mark.parametrize("rules", [{"capacity": [0, *[1] * 89]}, {"required": [(0, 1), (7, 80)]}])
def test_who_has_no_room_left_is_no_part_of_it(rules, rng):
    weights = tied(90, rng)
    found, room = found_in(weights, **rules), np.ones(90, dtype=int)
    room[[0] if "capacity" in rules else [0, 1, 7, 80]] = 0
    assert (weights[found.u, found.v] == 3).all()
    paired = {*found.u.tolist(), *found.v.tolist()}
    assert paired <= {*np.flatnonzero(room).tolist()}
    assert len(paired) == 2 * len(found.u) == room.sum() // 2 * 2
    best = max_weight_matching(weights, **rules)
    assert best.proven
    assert verify_bound(best, weights, **rules) == best.bound == best.objective


@pytest.fixture
def pool(rng, monkeypatch):
    """A tied pool whose answers all come without a search."""
    monkeypatch.setattr("peernet.matching.proving.solve", None)
    weights = tied(120, rng)
    return weights, Resolver(weights)


def asked(pool, **change):
    """What the pool answers, held against its own certificate and the greatest total there can be."""
    weights, resolver = pool
    found = resolver.again(**change)
    there = (~np.isin(np.arange(120), change.get("absent", []))).astype(int)
    allowed = np.ones((120, 120), dtype=bool)
    for i, j in change.get("forbidden", []):
        allowed[i, j] = allowed[j, i] = False
    rules = {"capacity": there, "required": change.get("required", []), "allowed": allowed}
    assert found.proven
    assert verify_bound(found, weights, **rules) == found.bound == found.objective
    return found


def kept(pool, found):
    """How many of the first pairs are still made."""
    return len({*found.pairs} & {*pool[1].matching.pairs})


def test_asked_again_only_those_the_change_touches_have_another_partner(pool):
    made = pool[1].matching.pairs
    assert kept(pool, asked(pool, absent=[5])) == 59
    assert kept(pool, asked(pool, forbidden=made[:1])) == 58
    assert kept(pool, asked(pool, required=[(made[0][0], made[1][1])])) >= 57
    assert kept(pool, asked(pool, absent=made[0], forbidden=[made[3]])) >= 57
    assert asked(pool) == pool[1].matching


def test_a_pair_that_must_not_be_made_is_not_made_elsewhere_either(pool):
    everybody = range(1, 120)
    best = [(0, v) for v in everybody if pool[0][0, v] == 3]
    assert len(best) > MOST_SHUT
    found = asked(pool, forbidden=best[:MOST_SHUT])
    assert not {*found.pairs} & {*best[:MOST_SHUT]}


def test_beyond_a_few_such_pairs_the_engine_is_asked(rng):
    weights = tied(120, rng)
    barred = [(0, v) for v in range(1, 120) if weights[0, v] == 3]
    apart = np.ones((120, 120), dtype=bool)
    for i, j in barred:
        apart[i, j] = apart[j, i] = False
    found, anew = Resolver(weights).again(forbidden=barred), max_weight_matching(weights, allowed=apart)
    assert found.proven
    assert found.objective == anew.objective == 179
