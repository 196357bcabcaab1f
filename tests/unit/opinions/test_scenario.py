"""A scenario says what moves, what stays, what was left out, and that it is no forecast."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError, UnknownPersonError
from tests.made.surveys import survey_of

CAMPS = {p: {"perspective_1": 1, "perspective_2": 1} for p in "abc"} | {
    p: {"perspective_1": 5, "perspective_2": 5} for p in "def"
}
TIES = {"works_with": [("a", "b"), ("b", "c"), ("a", "c"), ("d", "e"), ("e", "f"), ("d", "f")]}


@pytest.fixture
def camps():
    survey = survey_of(CAMPS, TIES)
    return survey, pn.colleague_graph(survey)


@pytest.fixture(scope="module")
def harbour():
    survey = pn.load_example()
    graph = pn.colleague_graph(survey)
    scores = pn.score_pairs(survey, graph)
    return scores, graph, pn.pair_people(scores)


def play(data, *pairs, **settings):
    return pn.simulate_opinions(*data, pairs, **{"susceptibility": 0.5, "progress": False, **settings})


def test_two_camps_stay_where_they_are_until_a_pair_joins_them(camps):
    found = play(camps, ("a", "d"))
    row = found.organisation.loc["partners_apart"]
    assert (row["before"], row["without"]) == pytest.approx((1.0, 1.0))
    assert row["with"] < 1
    assert found.people.loc["a", ["moved_without", "partner_without"]].tolist() == pytest.approx([0.0, 1.0])
    assert found.people.loc["a", "moved_with"] > found.people.loc["b", "moved_with"] > 0


def test_the_fixed_point_is_the_one_of_the_arrays(camps):
    found = play(camps, ("a", "d"))
    third, fourth = 1 / 3, 1 / 4
    W = np.zeros((6, 6))
    W[:3, :3] = W[3:, 3:] = third
    W[0, :4] = fourth
    W[3, [0, 3, 4, 5]] = fourth
    first = np.repeat([0.0, 1.0], 3)
    final = pn.opinions.friedkin_johnsen(W, first, susceptibility=0.5)
    np.testing.assert_allclose(found.people["moved_with"], np.abs(final - first))
    assert found.organisation.loc["diversity", "with"] == pytest.approx(np.abs(final[:, None] - final).mean())


def test_partners_are_heard_at_once(camps):
    exposure = play(camps, ("a", "d")).people
    assert exposure["exposure_before"].eq(1).all()
    assert (exposure["exposure_met"] > 1).tolist() == [True, False, False, True, False, False]


def test_consensus_needs_the_pair(camps):
    found = play(camps, ("a", "d"))
    assert found.consensus.possible
    assert not found.consensus_without.possible
    assert found.consensus_without.circles == (("a", "b", "c"), ("d", "e", "f"))


def test_partners_beyond_confidence_do_not_hear_each_other_unless_trust_lets_them(camps):
    near = {"model": "bounded confidence", "confidence": 0.5}
    assert play(camps, ("a", "d"), **near).organisation.loc["partners_apart", "with"] == 1.0
    trusted = play(camps, ("a", "d"), partner_confidence=1.0, **near)
    assert trusted.organisation.loc["partners_apart", "with"] < 1.0


def test_a_partner_with_more_attention_comes_nearer(camps):
    little, much = (
        play(camps, ("a", "d"), partner_weight=w).organisation.loc["partners_apart", "with"] for w in (1, 5)
    )
    assert much < little


def test_without_a_pairing_nothing_differs(camps):
    found = play(camps)
    assert found.organisation.loc["diversity", "difference"] == 0
    assert not found.raises_exposure
    assert found.people["partner_with"].isna().all()
    assert "pairs" not in found.words


def test_susceptibility_can_be_given_by_person(camps):
    stubborn = pd.Series(1.0, index=list("abcdef")).mask(lambda s: s.index == "a", 0.0)
    moved = play(camps, ("a", "d"), susceptibility=stubborn).people["moved_with"]
    assert moved["a"] == 0
    assert moved["d"] == pytest.approx(1.0)  # everybody else follows the one who never moves
    with pytest.raises(
        SettingError, match="susceptibility of 'b' is nan; everybody with an opinion needs one from 0 to"
    ):
        play(camps, susceptibility=stubborn.drop("b"))


def test_the_words_claim_no_forecast_and_count_what_was_left_out(harbour):
    words = pn.simulate_opinions(*harbour, draws=3, progress=False).words
    assert words.startswith("A scenario, not a forecast. If people go part of the way to those they hear and hold on")
    assert words.endswith("Left out: four items that cannot move part of the way and 20 people without an opinion.")
    assert f"The {len(harbour[2])} pairs raise later exposure" in words


def test_the_same_seed_gives_the_same_table_in_any_order_of_rows(harbour):
    scores, _, pairing = harbour
    survey = scores.survey
    turned = pn.Survey(**{**vars(survey), "people": survey.people.iloc[::-1]})
    settings = {"draws": 3, "rng": 7, "progress": False}
    one = pn.simulate_opinions(survey, pn.colleague_graph(survey), pairing, **settings)
    other = pn.simulate_opinions(turned, pn.colleague_graph(turned), pairing, **settings)
    pd.testing.assert_frame_equal(one.organisation, other.organisation, rtol=1e-9)
    pd.testing.assert_frame_equal(one.people, other.people.loc[one.people.index], rtol=1e-9, atol=1e-12)


def test_survey_and_scores_are_the_same_data(harbour):
    scores, graph, pairing = harbour
    one, other = (
        pn.simulate_opinions(data, graph, pairing, susceptibility=0.5, progress=False)
        for data in (scores, scores.survey)
    )
    pd.testing.assert_frame_equal(one.organisation, other.organisation)


def test_people_stay_in_the_order_of_the_survey_and_those_without_opinion_are_missing(harbour):
    scores, graph, pairing = harbour
    people = pn.simulate_opinions(scores, graph, pairing, susceptibility=0.5, progress=False).people
    assert people.index.equals(scores.people)
    assert people["exposure_before"].isna().sum() == 20


def test_a_pair_with_somebody_without_opinion_is_counted_as_left_out(harbour):
    scores, graph, _ = harbour
    silent = scores.people[~scores.survey.people["answered"]][0]
    found = pn.simulate_opinions(scores, graph, [("p001", silent)], susceptibility=0.5, progress=False)
    assert (found.settings["pairs"], found.settings["left_out"]) == (0, 1)
    assert "one pair with one of them" in found.words


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"model": "contagion"},
            "model must be one of 'assimilation', 'bounded confidence', 'repulsion'; got 'contagion'",
        ),
        (
            {"susceptibility": (0.8, 0.2)},
            r"susceptibility must lie between 0 and 1, the lower limit first; got \(0.8, 0.2",
        ),
        (
            {"susceptibility": "half"},
            "susceptibility must be a number, the lowest and the highest, or a Series by person",
        ),
        ({"susceptibility": (0.1, 0.5, 0.9)}, "susceptibility must be a number, the lowest and the highest"),
        ({"susceptibility": 2.0}, "susceptibility must lie between 0 and 1"),
        ({"partner_weight": 0}, "partner_weight must be above 0; got 0"),
        ({"confidence": -1.0}, "confidence must be above 0; got -1.0"),
        ({"draws": 0}, "draws must be at least 1; got 0"),
        ({"tolerance": 5}, "tolerance must be a share from 0 to 1; got 5"),
        ({"contact": ["lunch"]}, "No tie layer 'lunch'"),
    ],
)
def test_settings_outside_what_is_allowed_are_named(camps, settings, message):
    with pytest.raises(SettingError, match=message):
        play(camps, **settings)


def test_pairs_are_two_people_of_the_survey(camps):
    with pytest.raises(UnknownPersonError, match="No person 'z' in the survey"):
        play(camps, ("a", "z"))
    with pytest.raises(SettingError, match="A pair needs two people; got 'a' twice"):
        play(camps, ("a", "a"))
    for wrong in (("a", "b", "d"), "ab", 7):
        with pytest.raises(SettingError, match="Pairs must hold two people each"):
            play(camps, wrong)


def test_trios_and_circles_are_played_as_everyone_who_meets(harbour):
    scores, graph, _ = harbour
    trios = pn.pair_with_trios(scores)
    found = pn.simulate_opinions(scores, graph, trios, susceptibility=0.5, progress=False)
    assert found.settings["pairs"] == len(trios.pairs)


def test_where_all_end_alike_there_is_nothing_to_keep_or_to_raise(harbour):
    scores, graph, _ = harbour
    found = pn.simulate_opinions(scores, graph, [("p001", "p064")], susceptibility=1.0, progress=False)
    assert (found.diversity_kept, found.keeps_diversity, found.raises_exposure) == (1.0, True, False)
    assert "The pair does not surely raise later exposure" in found.words
    assert "There is no diversity of opinion left to keep." in found.words
