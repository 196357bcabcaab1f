"""Surroundings that grow: whom people meet is heard from then on."""

from itertools import combinations

import numpy as np
import pytest

import peernet as pn
from tests.made.surveys import both_ways, survey_of


@pytest.fixture
def reach():
    answers = {p: {"perspective_1": x, "perspective_2": y} for p, x, y in [("a", 1, 1), ("b", 5, 5), ("c", 1, 5)]}
    ties = {"works_with": both_ways(("a", "b")), "trust": both_ways(*combinations("abc", 2))}
    survey = survey_of({**answers, "d": {}}, ties)
    return pn.score_pairs(survey, pn.colleague_graph(survey)).reach


def test_exposure_grows_by_those_who_join(reach):
    assert reach.joined({0: {2}}).exposure[0] == pytest.approx(reach.exposure_with(0, [2]))


def test_a_gain_is_gone_once_it_was_had(reach):
    own, _ = reach.joined({0: {2}}).gains(np.array([0]))
    assert own[0, 2] == 0


def test_somebody_heard_already_changes_nothing(reach):
    assert reach.joined({0: {1}}).exposure[0] == reach.exposure[0] == reach.exposure_with(0, [1])


def test_others_stay_as_they_were_and_the_first_reach_too(reach):
    before = reach.exposure.copy()
    after = reach.joined({0: {2}})
    assert after.exposure[1] == before[1]
    np.testing.assert_array_equal(reach.exposure, before)
    assert after.unknown is reach.unknown


def test_people_whose_perspective_is_not_known_hear_nobody(reach):
    assert np.isnan(reach.joined({3: {0}}).exposure[3])
    assert np.isnan(reach.exposure_with(3, [0]))


def test_effective_numbers_do_not_depend_on_when_people_joined(reach):
    at_once, in_turn = reach.joined({1: {0, 2}}), reach.joined({1: {2}}).joined({1: {0, 2}})
    assert at_once.exposure[1] == pytest.approx(in_turn.exposure[1])


def test_surroundings_are_the_same_from_one_table_and_circle_by_circle(reach, monkeypatch):
    monkeypatch.setattr("peernet.diversity.reach.AT_A_TIME", 0)
    alone = reach.rescaled(reach.scale)
    for one, other in zip(reach._arrays, alone._arrays, strict=True):
        np.testing.assert_array_equal(one, other)


def test_gains_of_everybody_turned_over_are_those_worked_out_row_by_row(reach):
    everyone = np.arange(len(reach.heard))
    wanted = np.add.outer(everyone, everyone) % 3 > 0  # symmetric, as possible pairs are
    own, given = reach.gains(everyone, wanted)
    rows = [reach.gains(everyone[[i]], wanted[[i]]) for i in everyone]
    np.testing.assert_array_equal(own, np.vstack([row for row, _ in rows]))
    np.testing.assert_allclose(given, np.vstack([row for _, row in rows]), rtol=1e-12)


@pytest.mark.parametrize("order", ["abcde", "adcbe", "edcba"])
def test_where_missing_answers_blur_who_counts_first_the_order_of_the_survey_does_not_decide(order):
    said = {"a": (np.nan, 1, np.nan), "b": (2, 2, 1), "c": (3, 5, 5), "d": (np.nan, 2, 1), "e": (np.nan, 2, 4)}
    answers = {p: {f"perspective_{i}": answer for i, answer in enumerate(said[p], start=1)} for p in order}
    ties = {"trust": both_ways(("a", "b")), "works_with": both_ways(("a", "b"), ("a", "c"), ("a", "d"))}
    survey = survey_of(answers, ties)
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    coarse = scores.rescaled(scores.perspective.median)
    assert coarse.reach.exposure[order.index("a")] == pytest.approx(1.6942579426484614)
