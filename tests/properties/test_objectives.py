"""Whatever the rules and the objective, the pairing is the best of all there are, and its proof holds."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.errors import InfeasibleError, RulesError
from peernet.matching.fair_limits import fairest_within, is_fairest_within
from peernet.matching.fairness import GainSides, fairest, is_fairest
from peernet.matching.limits import Counted, LimitedProblem, best_within_limits, confirmed_bound
from peernet.matching.matching import max_weight_matching
from tests.made.ruled import programmes
from tests.naive.rules import NaivePairs, every_matching, fairest_levels

GAINS = st.one_of(st.integers(-2, 4).map(lambda k: k / 10), st.floats(0, 1, allow_subnormal=False))


@given(programmes(), st.sampled_from((None, "max")))
@settings(max_examples=25, deadline=None)
def test_the_best_pairing_under_any_rules_is_found_and_passes_its_check(programme, cardinality):
    survey, rules = programme
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    if survey.people["team"].isna().all() and any(rule.column for rule in rules):
        with pytest.raises(RulesError, match="is not known of anybody"):
            pn.pair_people(scores, rules=rules, cardinality=cardinality)
        return
    # A rule about somebody's room counts before their own answer, so the twin starts from pairs no room has closed.
    roomy = replace(survey, people=survey.people.assign(capacity=survey.people["capacity"].clip(lower=1)))
    twin = NaivePairs(roomy, pn.score_pairs(roomy, pn.colleague_graph(roomy)), rules)
    twin.own = scores.capacity.to_dict()
    expected = twin.best(fill=cardinality == "max")
    try:
        pairing = pn.pair_people(scores, rules=rules, cardinality=cardinality)
    except InfeasibleError:
        assert expected is None
        return
    assert expected is not None
    assert pairing.objective == pytest.approx(expected[1], abs=1e-8)
    assert cardinality is None or len(pairing) == expected[0]
    assert pairing.proven
    assert pairing.check().empty


@st.composite
def sides(draw):
    """Gains with many ties or none, for up to six people with room for none, one or two."""
    n = draw(st.integers(1, 6))
    own = np.array(draw(st.lists(st.lists(GAINS, min_size=n, max_size=n), min_size=n, max_size=n)))
    value = (own + own.T) / 2
    closed = np.array(draw(st.lists(st.booleans(), min_size=n * n, max_size=n * n))).reshape(n, n)
    value[closed & closed.T | np.eye(n, dtype=bool)] = np.nan
    capacity = np.array(draw(st.lists(st.sampled_from((1, 1, 1, 2, 0)), min_size=n, max_size=n)))
    return GainSides(own, value, capacity, (), draw(st.booleans()))


def fair(given_sides):
    best = max_weight_matching(
        given_sides.value, capacity=given_sides.capacity, cardinality="max" if given_sides.fill else None
    )
    return fairest(given_sides, best)


@given(sides())
@settings(max_examples=60, deadline=None)
def test_nobody_could_be_better_off_without_somebody_worse_off_being_worse_off(some):
    found = fair(some)
    count, levels, total = fairest_levels(some.own, some.value, some.capacity.tolist(), fill=some.fill)
    assert np.sort(some.levels(found.pairs)) == pytest.approx(levels, abs=2e-9)
    assert found.objective == pytest.approx(total, abs=1e-8)
    assert not some.fill or len(found.pairs) == count
    assert found.proven
    assert is_fairest(some, found)


@st.composite
def limits_on(draw, n):
    """One to three limits within or across groups of n people, some with a price."""
    limits = []
    for _ in range(draw(st.integers(1, 3))):
        group = np.array(draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
        same = group[:, None] == group
        counted = same if draw(st.booleans()) else ~same
        price = draw(st.sampled_from((math.inf, 0.05, 0.3)))
        limits.append(Counted(counted, draw(st.sampled_from((1, -1))), draw(st.integers(0, 3)), price, "limit"))
    return tuple(limits)


@st.composite
def limited_sides(draw):
    """Gains, room, limits, and perhaps a pair that must be made."""
    some = draw(sides())
    n = len(some.own)
    possible = [tuple(map(int, pair)) for pair in np.argwhere(np.triu(~np.isnan(some.value), 1))]
    open_pairs = [pair for pair in possible if some.capacity[list(pair)].all()]
    required = (draw(st.sampled_from(open_pairs)),) if open_pairs and draw(st.booleans()) else ()
    some = replace(some, required=required)
    return some, LimitedProblem(some.value, some.capacity, required, draw(limits_on(n)))


@given(limited_sides())
@settings(max_examples=120, deadline=None)
def test_within_limits_nobody_could_be_better_off_without_somebody_worse_off_being_worse_off(given_sides):
    some, pool = given_sides

    def total(made):
        return pool.total(made) if {*some.required} <= {*made} else -math.inf

    expected = fairest_levels(some.own, some.value, some.capacity.tolist(), fill=some.fill, total=total)
    try:
        best = best_within_limits(pool, fill=some.fill)
    except InfeasibleError:
        assert expected is None
        return
    found = fairest_within(some, pool, best)
    count, levels, worth = expected
    assert np.sort(some.levels(found.pairs)) == pytest.approx(levels, abs=2e-9)
    assert found.objective == pytest.approx(worth, abs=1e-8)
    assert not some.fill or len(found.pairs) == count
    assert {*some.required} <= {*found.pairs}
    assert found.proven
    assert is_fairest_within(some, pool, found)


@st.composite
def pools(draw):
    n = draw(st.integers(2, 7))
    weight = np.array(draw(st.lists(GAINS, min_size=n * n, max_size=n * n))).reshape(n, n)
    weight = np.triu(weight, 1) + np.triu(weight, 1).T
    closed = np.array(draw(st.lists(st.booleans(), min_size=n * n, max_size=n * n))).reshape(n, n)
    weight[closed & closed.T | np.eye(n, dtype=bool)] = np.nan
    return LimitedProblem(weight, np.ones(n, dtype=np.int64), (), draw(limits_on(n)))


@given(pools(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_best_within_limits_is_found_and_its_bound_confirmed(pool, fill):
    n = len(pool.weights)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if not np.isnan(pool.weights[i, j])]
    options = [(len(m) if fill else 0, pool.total(m)) for m in every_matching(pairs, dict.fromkeys(range(n), 1))]
    expected = max((option for option in options if option[1] > -math.inf), default=None)
    try:
        found = best_within_limits(pool, fill=fill)
    except InfeasibleError:
        assert expected is None
        return
    assert found.objective == pytest.approx(expected[1], abs=1e-8)
    assert not fill or len(found.pairs) == expected[0]
    assert found.proven
    assert confirmed_bound(pool, found) == pytest.approx(found.objective, abs=1e-8)


@given(programmes(), st.sampled_from((0.05, 0.15)))
@settings(max_examples=15, deadline=None)
def test_above_a_floor_nobody_gains_less_and_nothing_better_is_missed(programme, floor):
    survey, _ = programme
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    pairing = pn.pair_people(scores, floor=floor)
    naive = NaivePairs(survey, scores, pn.Rules())
    naive.pairs = {pair: r for pair, r in naive.pairs.items() if min(r.gain_a, r.gain_b) >= floor}
    assert (pairing.table[["gain_a", "gain_b"]] >= floor).all(axis=None)
    assert pairing.objective == pytest.approx(naive.best()[1], abs=1e-9)
    assert pairing.check().empty
