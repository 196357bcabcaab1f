"""Who met, what came within reach, how far people moved and what they hold: each a column of its own."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.outcomes import opinion_change, outcome_measures, pairs_of
from peernet.survey import Codebook, Item
from tests.made.outcomes import answered_by, two_waves, with_outcomes
from tests.made.surveys import survey_of

PAIRS = [("p00", "p01"), ("p03", "p02"), ("p04", "p05")]


@pytest.fixture(scope="module")
def survey():
    return answered_by(24)


@pytest.fixture(scope="module")
def scores(survey):
    return pn.score_pairs(survey, pn.colleague_graph(survey)).without("foundation", "experience", "goals")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"ann": 1, "bo": 1}, "met"),
        ({"ann": 3}, "met"),
        ({"ann": 0, "bo": 0}, "not yet"),
        ({"bo": 0}, "not yet"),
        ({"ann": 0, "bo": 1}, "one says yes and one no"),
        ({"ann": 1, "bo": 0}, "one says yes and one no"),
        ({}, "no answer"),
    ],
)
def test_two_who_met_or_not_are_in_one_of_four_states(said, state):
    two = survey_of({who: {"perspective_1": 1.0} for who in ("ann", "bo")})
    told = with_outcomes(two, {("met", 2): {**{who: float(x) for who, x in said.items()}, "nobody here": 1.0}})
    found = outcome_measures(pairs_of(told, [("ann", "bo")]), told, met="met_2")
    assert found.table["met"].tolist() == [state]
    assert found.meanings["met"]


def test_whether_two_met_is_what_each_of_them_says(survey):
    with pytest.raises(pn.errors.SettingError, match="one answer per pair"):
        outcome_measures(pairs_of(survey, PAIRS), survey, met="same_team")


def test_reach_grows_by_the_partner_of_a_pair_that_met_alone(survey, scores):
    met = {("met", 2): {"p00": 1.0, "p03": 0.0, "p02": 1.0}}
    told = with_outcomes(survey, {**met})
    found = outcome_measures(pairs_of(told, PAIRS), told, met="met_2", scores=scores).table
    expected = pn.exposure(scores, PAIRS[:1]).table
    for side in ("a", "b"):
        np.testing.assert_array_equal(found[f"reach_before_{side}"], expected["before"].reindex(found[side]))
        np.testing.assert_array_equal(found[f"reach_after_{side}"], expected["after"].reindex(found[side]))
    everybody = outcome_measures(pairs_of(told, PAIRS), told, scores=scores).table["reach_after_a"]
    reached = pn.exposure(scores, PAIRS).table["after"]
    np.testing.assert_array_equal(everybody, reached.reindex(found["a"]))


def test_variety_is_how_many_options_people_tick():
    two = survey_of({who: {"perspective_1": 1.0} for who in ("ann", "bo")})
    items = (*two.codebook, Item("ways", "perspective", "multiple"), Item("fields", "perspective", "multiple"))
    ticks = {"ways": [frozenset("abc"), frozenset("a")], "fields": [frozenset("x"), None]}
    told = replace(two, people=two.people.assign(**ticks), codebook=Codebook(items))
    found = outcome_measures(pairs_of(told, [("ann", "bo")]), told, after=told)
    assert found.table[["variety_before_a", "variety_before_b"]].to_numpy().tolist() == [[2.0, 1.0]]
    assert found.table["variety_after_a"].tolist() == [2.0]


def test_without_such_questions_there_is_no_variety(survey):
    assert not [c for c in outcome_measures(pairs_of(survey, PAIRS), survey).table if c.startswith("variety")]


def test_movement_is_that_of_the_study_of_movement():
    before, after, pairs = two_waves(8, pull=0.2, seed=4)
    dyads = pairs_of(before, pairs)
    table = outcome_measures(dyads, before, after=after).table
    told = opinion_change(before, after, dyads, draws=9).people.set_index("person")
    for side in ("a", "b"):
        np.testing.assert_allclose(table[f"moved_{side}"], told["moved"].reindex(table[side]))
        np.testing.assert_allclose(table[f"moved_placebo_{side}"], told["placebo"].reindex(table[side]))


def test_other_pairs_have_their_own_movement_and_no_meetings(survey, scores):
    before, after, pairs = two_waves(8, pull=0.2, seed=4)
    first = outcome_measures(pairs_of(before, pairs), before, after=after)
    others = [*zip(before.people.index[:8], before.people.index[8:], strict=True)]
    second = outcome_measures(pairs_of(before, others), before, after=after)
    pd.testing.assert_frame_equal(first.remake(others), second.table)
    reached = outcome_measures(pairs_of(survey, PAIRS), survey, scores=scores)
    assert not [c for c in reached.remake(PAIRS) if c.startswith("reach")]


def test_turning_a_pair_turns_its_members_alone(survey, scores):
    one, other = (
        outcome_measures(pairs_of(survey, pairs), survey, scores=scores).table
        for pairs in (PAIRS, [pair[::-1] for pair in PAIRS])
    )
    for when in ("before", "after"):
        np.testing.assert_array_equal(one[f"reach_{when}_a"], other[f"reach_{when}_b"])
