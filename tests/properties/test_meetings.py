"""Rounds, trios and circles: every promise held against all there is to choose from in small pools."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.errors import InfeasibleError
from tests.naive.meetings import (
    best_programme,
    gains,
    group_value,
    groupings,
    limited_scores,
    matchings,
    possible,
    rules_cost,
    trusting_scores,
)

VALUES = st.sampled_from(["mean", "lesser"])


def met(groups):
    return [pair for group in groups for pair in combinations(group, 2)]


# --- rounds -----------------------------------------------------------------------------------------------------------


@given(trusting_scores(value=VALUES), st.integers(1, 4), st.integers(0, 1), st.booleans())
@settings(max_examples=25, deadline=None)
def test_a_plan_keeps_all_its_promises(scores, rounds, trios, everyone):
    plan = pn.plan_rounds(scores, rounds=rounds, trios=trios, everyone=everyone, progress=False)
    assert plan.check().empty
    pairs = list(zip(plan.table["a"], plan.table["b"], strict=True))
    assert len(set(pairs)) == len(pairs)
    assert (scores.to_frame(pairs)["blocked"] == "").all()
    assert plan.objective <= plan.bound + 1e-9
    places = plan.table.groupby("round")[["a", "b"]].agg(list)
    for row in places.itertuples():
        times = {person: (row.a + row.b).count(person) for person in row.a + row.b}
        assert all(times[person] <= scores.capacity[person] + trios for person in times)  # a trio takes one place


@given(trusting_scores(most=5, capacity=False))
@settings(max_examples=15, deadline=None)
def test_no_two_rounds_there_are_exceed_the_bound(scores):
    plan = pn.plan_rounds(scores, rounds=2, everyone=False, progress=False)
    assert plan.bound >= best_programme(scores, 2) - 1e-9
    assert plan.in_turn <= plan.objective + 1e-12


@given(trusting_scores(most=6, capacity=False))
@settings(max_examples=20, deadline=None)
def test_whoever_rested_comes_first_wherever_that_is_possible(scores):
    plan, place = pn.plan_rounds(scores, rounds=4, progress=False), {p: i for i, p in enumerate(scores.people)}
    rested, left = np.zeros(len(scores), dtype=int), possible(scores)
    for pairs in plan.rounds:
        made = {tuple(sorted((place[a], place[b]))) for a, b in pairs}
        claim = np.unique(rested, return_inverse=True)[1] + 1
        claims = [sum(claim[i] + claim[j] for i, j in choice) for choice in matchings(left, [1] * len(scores))]
        assert sum(claim[i] + claim[j] for i, j in made) == max(claims)
        able = {person for pair in left for person in pair}
        rested[sorted(able - {person for pair in made for person in pair})] += 1
        left -= made
    assert plan.people["rested"].tolist() == rested.tolist()


@given(trusting_scores(least=3, most=6, missing=False), st.integers(0, 2))
@settings(max_examples=20, deadline=None)
def test_gains_add_up_to_the_exposure_gained(scores, trios):
    plan = pn.plan_rounds(scores, rounds=3, trios=trios, progress=False)
    told = plan.table.groupby("a")["gain_a"].sum().add(plan.table.groupby("b")["gain_b"].sum(), fill_value=0)
    gained = plan.people["gain"].fillna(0)
    np.testing.assert_allclose(told.reindex(gained.index).fillna(0), gained, atol=1e-9)


# --- trios ------------------------------------------------------------------------------------------------------------


def best_with_trios(scores, trios, *, fill):
    """(people, value) of the best groups of two, with at most so many of three."""
    gain = gains(scores)
    choices = [
        (sum(map(len, groups)) if fill else 0, sum(group_value(scores, group, gain) for group in groups))
        for groups in groupings(possible(scores), (2, 3), tuple(range(len(scores))))
        if sum(len(group) > 2 for group in groups) <= trios
    ]
    return max(choices)


@given(trusting_scores(most=7, capacity=False, value=VALUES), st.booleans())
@settings(max_examples=25, deadline=None)
def test_the_pairing_with_one_trio_is_the_best_there_is(scores, fill):
    found = pn.pair_with_trios(scores, cardinality="max" if fill else None)
    people, value = best_with_trios(scores, 1, fill=fill)
    assert found.check().empty
    assert found.proven
    assert found.objective == pytest.approx(value, abs=1e-8)
    assert not fill or len({*found.table["a"], *found.table["b"]}) == people


@given(trusting_scores(least=5, most=7, capacity=False))
@settings(max_examples=12, deadline=None)
def test_two_trios_never_exceed_the_bound(scores):
    found = pn.pair_with_trios(scores, trios=2)
    assert found.check().empty
    assert found.objective - 1e-8 <= best_with_trios(scores, 2, fill=False)[1] <= found.bound + 1e-8


# --- circles ----------------------------------------------------------------------------------------------------------


def ranked_circles(scores, size):
    """(people, minus how far sizes are off, value) of the best circles."""
    gain = gains(scores)
    return max(
        (
            sum(map(len, circles)),
            -sum(abs(len(circle) - size) for circle in circles),
            sum(group_value(scores, circle, gain) for circle in circles),
        )
        for circles in groupings(possible(scores), range(size - 1, size + 2), tuple(range(len(scores))))
    )


@given(trusting_scores(least=2, most=8, value=VALUES), st.integers(3, 4))
@settings(max_examples=20, deadline=None)
def test_circles_are_the_best_there_are(scores, size):
    circles = pn.form_circles(scores, size=size, progress=False)
    people, off, value = ranked_circles(scores, size)
    assert circles.check().empty
    assert circles.exact
    assert (len(circles.members), -(circles.table["size"] - size).abs().sum()) == (people, off)
    assert circles.objective == pytest.approx(value, abs=1e-6)
    assert circles.gap < 1e-6


@given(trusting_scores(least=3, most=8), st.integers(3, 4))
@settings(max_examples=20, deadline=None)
def test_no_circles_there_are_exceed_the_bound_of_the_search(scores, size):
    circles = pn.form_circles(scores, size=size, exact=False, progress=False)
    assert circles.check().empty
    gain, largest = gains(scores), int(circles.table["size"].max()) if len(circles) else 1
    every = groupings(possible(scores), range(2, largest + 1), tuple(range(len(scores))))
    best = max(sum(group_value(scores, circle, gain) for circle in choice) for choice in every)
    assert circles.bound >= best - 1e-9
    assert {*circles.members["person"]} | {*circles.unplaced["person"]} == set(scores.people)


@given(trusting_scores(least=4, most=8), st.floats(0.4, 0.9))
@settings(max_examples=25, deadline=None)
def test_looser_circles_still_keep_their_share_of_passing_pairs(scores, passing):
    circles = pn.form_circles(scores, size=3, passing=passing, progress=False)
    assert circles.check().empty
    assert (circles.table["passing"] >= passing - 1e-9).all()


# --- limits on numbers ------------------------------------------------------------------------------------------------


def ranked(scores, rules, side, choices, *order):
    """The best of some choices of groups that keep every rule: what comes before value, and the value; None if none."""
    gain = gains(scores)
    found = [
        (*(rank(groups) for rank in order), sum(group_value(scores, group, gain) for group in groups) - cost)
        for groups in choices
        if (cost := rules_cost(scores, rules, side, groups)) < np.inf
    ]
    return max(found, default=None)


@given(limited_scores(trusting_scores(most=6)), st.booleans())
@settings(max_examples=20, deadline=None)
def test_one_round_under_limits_is_the_best_there_is(limited, everyone):
    scores, rules, side = limited
    choices = matchings(possible(scores), scores.capacity.tolist())
    best = ranked(scores, rules, side, [c for c in choices if len({*c}) == len(c)], len if everyone else lambda _: 0)
    if best is None:
        with pytest.raises(InfeasibleError):
            pn.plan_rounds(scores, rounds=1, everyone=everyone, progress=False)
        return
    plan = pn.plan_rounds(scores, rounds=1, everyone=everyone, progress=False)
    assert plan.check().empty
    assert not everyone or len(plan.table) == best[0]
    assert plan.objective <= plan.bound + 1e-9
    if (scores.capacity <= 1).all():
        assert plan.objective == pytest.approx(best[1], abs=1e-8)


@given(limited_scores(trusting_scores(most=7, capacity=False, value=VALUES)), st.booleans())
@settings(max_examples=20, deadline=None)
def test_a_pairing_with_one_trio_under_limits_is_the_best_there_is(limited, fill):
    scores, rules, side = limited
    every = list(groupings(possible(scores), (2, 3), tuple(range(len(scores)))))
    pairs = ranked(scores, rules, side, [groups for groups in every if all(len(group) == 2 for group in groups)])
    if pairs is None:
        with pytest.raises(InfeasibleError):
            pn.pair_with_trios(scores, cardinality="max" if fill else None)
        return
    found = pn.pair_with_trios(scores, cardinality="max" if fill else None)
    one = [groups for groups in every if sum(len(group) > 2 for group in groups) <= 1]
    people, value = ranked(scores, rules, side, one, (lambda groups: sum(map(len, groups))) if fill else lambda _: 0)
    assert found.check().empty
    assert not fill or len({*found.table["a"], *found.table["b"]}) == people
    assert found.objective == pytest.approx(value, abs=1e-8)
    assert value <= found.bound + 1e-8


@given(limited_scores(trusting_scores(least=4, most=7)), st.integers(0, 2), st.booleans())
@settings(max_examples=15, deadline=None)
def test_no_limit_is_broken_in_any_round(limited, trios, everyone):
    scores, rules, side = limited
    try:
        plan = pn.plan_rounds(scores, rounds=3, trios=trios, everyone=everyone, progress=False)
    except InfeasibleError:
        assert any(rule.price is None and rule.rule.startswith("at least") and rule.number for rule in rules)
        return
    assert plan.check().empty
    anew, lasting = ([rule for rule in rules if (rule.rule == "different one") == so] for so in (False, True))
    cost = [rules_cost(scores, anew, side, groups) for groups in plan._plan]
    cost.append(rules_cost(scores, lasting, side, [group for groups in plan._plan for group in groups]))
    assert sum(cost) < np.inf
    assert plan.objective == pytest.approx(plan.table["value"].sum() - sum(cost))
    assert plan.objective <= plan.bound + 1e-9
    assert plan.in_turn <= plan.objective + 1e-12


@given(limited_scores(trusting_scores(least=2, most=8, value=VALUES), required=True), st.integers(3, 4))
@settings(max_examples=20, deadline=None)
def test_circles_under_limits_are_the_best_there_are(limited, size):
    scores, rules, side = limited
    every = groupings(possible(scores), range(size - 1, size + 2), tuple(range(len(scores))))
    best = ranked(
        scores,
        rules,
        side,
        every,
        lambda circles: sum(map(len, circles)),
        lambda circles: -sum(abs(len(circle) - size) for circle in circles),
    )
    if best is None:
        for exact in (True, False):
            with pytest.raises(InfeasibleError):
                pn.form_circles(scores, size=size, exact=exact, progress=False)
        return
    circles = pn.form_circles(scores, size=size, progress=False)
    assert circles.check().empty
    assert circles.exact
    assert (len(circles.members), -(circles.table["size"] - size).abs().sum()) == best[:2]
    assert circles.objective == pytest.approx(best[2], abs=1e-6)
    assert circles.gap < 1e-6


@given(limited_scores(trusting_scores(least=3, most=8), required=True), st.integers(3, 4), st.sampled_from([1.0, 0.6]))
@settings(max_examples=20, deadline=None)
def test_circles_that_are_searched_for_break_no_limit(limited, size, passing):
    scores, rules, side = limited
    try:
        circles = pn.form_circles(scores, size=size, exact=False, passing=passing, progress=False)
    except InfeasibleError:
        assert any(rule.price is None and (rule.rule == "required" or "least" in rule.rule) for rule in rules)
        return
    assert circles.check().empty
    assert rules_cost(scores, rules, side, circles._circles) < np.inf
    assert circles.objective <= circles.bound + 1e-9
