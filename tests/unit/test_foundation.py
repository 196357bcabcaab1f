"""The foundation of a pair is mutual, introduced, refused or unknown, and unknown is not refused."""

import numpy as np
import pytest

import peernet as pn
from peernet._foundation import STATES, lay_foundation
from tests.build import both_ways, survey_of

PEOPLE = {name: {"perspective_1": 1} for name in "abcdef"}


def state(survey, one, other):
    graph = pn.colleague_graph(survey)
    place = {person: i for i, person in enumerate(graph)}
    states = lay_foundation(graph).states(np.array([place[one], place[other]]))
    assert states[0, place[other]] == states[1, place[one]], "foundation is the same seen from both sides"
    return STATES[states[0, place[other]]]


def test_both_naming_each_other_on_every_layer_is_mutual():
    ties = {"trust": both_ways(("a", "b")), "respect": both_ways(("a", "b"))}
    assert state(survey_of(PEOPLE, ties), "a", "b") == "mutual"


def test_mutual_trust_without_respect_is_refused_by_people_who_know_each_other():
    ties = {"trust": both_ways(("a", "b")), "respect": [("a", "b")]}
    assert state(survey_of(PEOPLE, ties), "a", "b") == "refused"


def test_colleagues_who_work_together_without_trust_are_refused():
    ties = {"works_with": both_ways(("a", "b")), "trust": [("a", "b")]}
    assert state(survey_of(PEOPLE, ties), "a", "b") == "refused"


def test_not_being_named_by_a_stranger_is_unknown():
    assert state(survey_of(PEOPLE, {"trust": [("a", "b")]}), "a", "b") == "unknown"


def test_no_answer_is_unknown_not_refused():
    ties = {"works_with": both_ways(("a", "b")), "trust": [("a", "b")]}
    assert state(survey_of(PEOPLE, ties, silent={"trust": ["b"]}), "a", "b") == "unknown"


def test_strangers_with_a_colleague_both_trust_can_be_introduced():
    assert state(survey_of(PEOPLE, {"trust": both_ways(("a", "c"), ("b", "c"))}), "a", "b") == "introduced"


def test_an_introducer_must_be_trusted_both_ways():
    assert state(survey_of(PEOPLE, {"trust": [*both_ways(("a", "c")), ("b", "c")]}), "a", "b") == "unknown"


def test_people_who_refused_are_not_introduced():
    ties = {"works_with": both_ways(("a", "b")), "trust": both_ways(("a", "c"), ("b", "c"))}
    assert state(survey_of(PEOPLE, ties), "a", "b") == "refused"


def test_without_foundation_layers_everything_is_unknown():
    assert state(survey_of(PEOPLE, {"works_with": both_ways(("a", "b"))}), "a", "b") == "unknown"


def test_introducers_come_strongest_first():
    survey = survey_of(PEOPLE, {"trust": both_ways(("a", "c"), ("b", "c"), ("a", "d"), ("b", "d"))})
    survey.ties.loc[lambda t: (t["ego"] == "d") | (t["alter"] == "d"), "rating"] = 3.0
    graph = pn.colleague_graph(survey)
    assert [list(graph)[i] for i in lay_foundation(graph).introducers(0, 1)] == ["d", "c"]


@pytest.mark.parametrize(("at_least", "expected"), [(2.0, "mutual"), (3.0, "refused")])
def test_a_rating_below_the_threshold_is_no_trust(at_least, expected):
    survey = survey_of(PEOPLE, {"trust": both_ways(("a", "b"))})
    survey.ties["rating"] = [4.0, 2.0]
    found = lay_foundation(pn.colleague_graph(survey), at_least=at_least).states(np.array([0]))
    assert STATES[found[0, 1]] == expected
