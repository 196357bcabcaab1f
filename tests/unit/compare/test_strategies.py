"""Each way of pairing does what its name says and keeps the hard rules."""

import numpy as np
import pytest

import peernet as pn
from peernet.compare.strategies import (
    STRATEGIES,
    draw_new_pairs,
    draw_random_pairs,
    new_pairs,
    same_experience,
    senior_with_junior,
    seniority,
    usual_strategies,
)
from tests.made.surveys import both_ways, survey_of
from tests.made.taking_part import EVERYONE, IDLE, WAYS


def scores_of(answers, **rules):
    survey = survey_of(answers, {"works_with": [], "trust": []}, **rules)
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def years(*answers):
    return {f"p{i}": {"experience_1": a, "experience_2": a, "perspective_1": i % 5 + 1} for i, a in enumerate(answers)}


def test_same_experience_takes_the_most_different_outlook_within_the_gate_and_no_heed_of_trust():
    answers = {
        "a": {"experience_1": 1, "perspective_1": 1},
        "b": {"experience_1": 1, "perspective_1": 5},
        "c": {"experience_1": 5, "perspective_1": 1},
        "d": {"experience_1": 5, "perspective_1": 5},
    }
    assert list(same_experience(scores_of(answers))) == [("a", "b"), ("c", "d")]


def test_seniors_meet_juniors_half_the_ranks_below():
    assert list(senior_with_junior(scores_of(years(1, 2, 3, 4)))) == [("p0", "p2"), ("p1", "p3")]


def test_reporting_lines_stand_in_mentor_style_pairs_too():
    scores = scores_of(years(1, 2, 3, 4), manager={"p0": "p2"})
    assert ("p0", "p2") not in list(senior_with_junior(scores))


def test_seniority_is_what_graded_answers_have_in_common():
    """The third item goes against chance order and hardly counts."""
    answers = {
        f"p{i}": {"experience_1": i + 1, "experience_2": i + 1, "experience_3": noise, "perspective_1": i + 1}
        for i, noise in enumerate([2, 5, 1, 4, 3])
    }
    assert np.argsort(seniority(scores_of(answers))).tolist() == [0, 1, 2, 3, 4]


def test_seniority_follows_the_planted_one():
    made = pn.make_survey(rng=0)
    survey = made.read()
    found = seniority(pn.score_pairs(survey, pn.colleague_graph(survey)))
    assert (
        made.truth["seniority"]
        .reindex(survey.people.index)
        .corr(survey.people["answered"].where(survey.people["answered"]).astype(float) * found, method="spearman")
        > 0.7
    )


def test_somebody_without_answers_about_experience_has_no_rank():
    answers = years(1, 2, 3, 4)
    answers["p1"] |= {"experience_1": np.nan, "experience_2": np.nan}
    assert np.isnan(seniority(scores_of(answers))[1])
    assert "p1" not in {person for pair in senior_with_junior(scores_of(answers)) for person in pair}


def test_without_graded_experience_there_is_no_mentor_style():
    survey = pn.load_aarhus()
    names = [*usual_strategies(pn.score_pairs(survey, pn.colleague_graph(survey)))]
    assert "senior with junior" not in names
    assert "same experience, different outlook" in names


def test_without_an_experience_gate_there_is_no_pairing_within_it():
    survey = survey_of(years(1, 2, 3, 4), {"works_with": [], "trust": both_ways(("p0", "p1"))})
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), experience=None)
    assert "same experience, different outlook" not in usual_strategies(scores)


def test_row_order_changes_no_strategy():
    survey = pn.load_example()
    other = pn.Survey(
        survey.people.iloc[::-1], survey.ties, survey.outcomes, survey.codebook, survey.issues, survey.answered
    )
    one, two = (pn.score_pairs(each, pn.colleague_graph(each)) for each in (survey, other))
    assert sorted(senior_with_junior(one)) == sorted(senior_with_junior(two))


@pytest.mark.parametrize(("scores", "_reason"), WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("within_gates", [False, True])
def test_whoever_takes_no_part_is_nobodys_partner_by_chance(scores, _reason, within_gates):
    drawn = list(draw_random_pairs(scores(), 100, within_gates=within_gates, rng=np.random.default_rng(0)))
    assert IDLE not in {person for pairs in drawn for pair in pairs for person in pair}
    assert {person for pairs in drawn for pair in pairs for person in pair} == set(EVERYONE) - {IDLE}


@pytest.mark.parametrize(("scores", "_reason"), WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_whoever_takes_no_part_is_in_no_way_of_pairing(scores, _reason, strategy):
    pairs = STRATEGIES[strategy](scores())
    assert IDLE not in {person for pair in pairs for person in pair}


def test_new_pairs_by_lot_are_as_many_as_possible_among_people_who_do_not_hear_each_other():
    """Those who hear each other are c and d; pairing a with b would leave them alone with each other."""
    answers = {name: {"perspective_1": k + 1} for k, name in enumerate("abcd")}
    trust = both_ways(("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"))
    survey = survey_of(answers, {"works_with": [("d", "c")], "trust": trust})
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), contact=["works_with"], foundation=["mutual"])
    assert [new_pairs(scores, rng=seed) for seed in range(5)] == [[("a", "c"), ("b", "d")]] * 5


def test_new_pairs_are_drawn_by_lot_and_keep_the_rules():
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    one, two = draw_new_pairs(scores, 2, rng=np.random.default_rng(0))
    assert one != two
    assert len(one) == len(two)
    assert (scores.to_frame(one)["blocked"] == "").all()
    heard = {(i, int(j)) for i, members in enumerate(scores.reach.heard) for j in members}
    places = [(scores.position(a), scores.position(b)) for a, b in one]
    assert not {*places, *((j, i) for i, j in places)} & heard


def test_new_pairs_of_many_people_are_drawn_without_a_table_of_everybody(monkeypatch):
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    whole = new_pairs(scores, rng=3)
    monkeypatch.setattr("peernet.compare.strategies.CELLS_AT_ONCE", 1)
    assert len(new_pairs(scores, rng=3)) == len(whole)


@pytest.fixture(scope="module")
def example():
    survey = pn.load_example()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


@pytest.mark.parametrize("name", ["peernet", "same experience, different outlook", "most similar", "most different"])
def test_a_pair_that_the_programme_requires_is_made_in_every_way_that_pairs_the_best(example, name):
    way = STRATEGIES[name]
    made = {tuple(sorted(pair)) for pair in way(example)}
    possible = np.argwhere(np.triu(example.possible(np.arange(len(example)))))
    pair = next(pair for i, j in possible if (pair := tuple(sorted(example.people[[i, j]]))) not in made)
    bound = example.under(pn.Rules([pn.Rule("required", *pair)]))
    assert pair in {tuple(sorted(each)) for each in way(bound)}


@pytest.mark.parametrize("name", ["most similar", "most different"])
def test_a_limit_on_numbers_of_pairs_holds_in_every_way_that_pairs_the_best(example, name):
    team = example.survey.people["team"]
    most = pn.Rules([pn.Rule("at most across", column="team", number=20)])
    pairs = STRATEGIES[name](example.under(most))
    assert 0 < sum(team[a] != team[b] for a, b in pairs if team[[a, b]].notna().all()) <= 20
