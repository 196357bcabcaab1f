"""The foundation of a pair is mutual, introduced, refused or unknown, and unknown is not refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError, UnknownPersonError
from peernet.scores.foundation import STATES, lay_foundation
from peernet.survey import Item
from tests.made.networks import survey_of_edges
from tests.made.surveys import both_ways, survey_of

PEOPLE = {name: {"perspective_1": 1} for name in "abcdef"}


def state(survey, one, other):
    graph = pn.colleague_graph(survey)
    place = {person: i for i, person in enumerate(graph)}
    states = lay_foundation(graph).states(np.array([place[one], place[other]]))
    assert states[0, place[other]] == states[1, place[one]], "foundation is the same seen from both sides"
    return STATES[states[0, place[other]]].name


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


@pytest.mark.parametrize("order", ["abcd", "abdc", "dcba"])
def test_of_introducers_trusted_alike_the_first_is_named_wherever_the_survey_has_them(order):
    people = {name: {"perspective_1": 1} for name in order}
    survey = survey_of(people, {"trust": both_ways(("a", "c"), ("b", "c"), ("a", "d"), ("b", "d"))})
    table = pn.scores.pair_foundation(pn.colleague_graph(survey), [("a", "b")])
    assert table["introducers"].tolist() == [("c", "d")]


@pytest.mark.parametrize(("at_least", "expected"), [(2.0, "mutual"), (3.0, "refused")])
def test_a_rating_below_the_threshold_is_no_trust(at_least, expected):
    survey = survey_of(PEOPLE, {"trust": both_ways(("a", "b"))})
    survey.ties["rating"] = [4.0, 2.0]
    found = lay_foundation(pn.colleague_graph(survey), at_least=at_least).states(np.array([0]))
    assert STATES[found[0, 1]].name == expected


def test_foundation_is_told_per_dimension_and_together():
    ties = {"trust": both_ways(("a", "b")), "respect": [("a", "b")]}
    table = pn.scores.pair_foundation(pn.colleague_graph(survey_of(PEOPLE, ties)), [("a", "b"), ("c", "d")])
    assert table.loc[0, ["foundation", "trust", "respect"]].tolist() == ["refused", "mutual", "refused"]
    assert table.loc[1, ["foundation", "trust", "respect"]].tolist() == ["unknown", "unknown", "unknown"]


def test_every_shared_trusted_colleague_is_named_best_first():
    survey = survey_of(PEOPLE, {"trust": both_ways(("a", "c"), ("b", "c"), ("a", "d"), ("b", "d"), ("a", "e"))})
    survey.ties.loc[lambda t: (t["ego"] == "d") | (t["alter"] == "d"), "rating"] = 3.0
    table = pn.scores.pair_foundation(pn.colleague_graph(survey), [("b", "a")])
    assert table.loc[0, "foundation"] == "introduced"
    assert table.loc[0, "introducers"] == ("d", "c")


def test_an_introducer_both_rate_well_comes_before_one_only_one_side_loves():
    ties = both_ways(("a", "c"), ("b", "c"), ("a", "d"), ("b", "d"))
    survey = survey_of(PEOPLE, {"trust": ties})
    survey.ties["rating"] = [3, 3, 3, 3, 5, 5, 2, 2]
    table = pn.scores.pair_foundation(pn.colleague_graph(survey), [("a", "b")])
    assert table.loc[0, "introducers"] == ("c", "d")


@pytest.mark.parametrize(("missing", "expected"), [("available", "unknown"), ("as_zero", "refused")])
def test_silence_is_unknown_unless_it_is_taken_for_a_no(missing, expected):
    ties = {"trust": [("a", "b")], "works_with": both_ways(("a", "b"))}
    survey = survey_of(PEOPLE, ties, silent={"trust": ["b"]})
    table = pn.scores.pair_foundation(pn.colleague_graph(survey), [("a", "b")], missing=missing)
    assert table.loc[0, "foundation"] == expected


def test_people_who_did_not_answer_are_paired_on_what_others_say_only_if_allowed():
    survey = survey_of(PEOPLE, {"trust": [("a", "b")]}, silent={"trust": ["b"]})
    table = pn.scores.pair_foundation(pn.colleague_graph(survey), [("a", "b"), ("b", "c")], missing="reconstruct")
    assert table["foundation"].tolist() == ["mutual", "unknown"]


def test_what_others_say_never_overrules_an_answer():
    survey = survey_of(PEOPLE, {"trust": [("a", "b")], "works_with": both_ways(("a", "b"))})
    table = pn.scores.pair_foundation(pn.colleague_graph(survey), [("a", "b")], missing="reconstruct")
    assert table.loc[0, "foundation"] == "refused"


@pytest.mark.parametrize(("dimensions", "expected"), [(1, "mutual"), (2, "mutual"), (3, "refused"), (None, "refused")])
def test_fewer_dimensions_can_be_enough(dimensions, expected):
    ties = {"trust": both_ways(("a", "b")), "respect": both_ways(("a", "b")), "candour": [("a", "b")]}
    table = pn.scores.pair_foundation(pn.colleague_graph(survey_of(PEOPLE, ties)), [("a", "b")], dimensions=dimensions)
    assert table.loc[0, "foundation"] == expected


def test_the_number_of_dimensions_must_be_one_there_is():
    graph = pn.colleague_graph(survey_of(PEOPLE, {"trust": both_ways(("a", "b"))}))
    with pytest.raises(SettingError, match="dimensions must be from 1 to 1, the number of foundation layers; got 2"):
        pn.scores.pair_foundation(graph, [("a", "b")], dimensions=2)


def test_someone_who_is_not_there_is_named():
    graph = pn.colleague_graph(survey_of(PEOPLE, {"trust": both_ways(("a", "b"))}))
    with pytest.raises(UnknownPersonError, match="No person 'z' in the graph"):
        pn.scores.pair_foundation(graph, [("a", "z")])


def rated(*ratings):
    """a and b on a scale of trust whose codebook wants at least 4 for a tie."""
    rows = [("a", "b", "trust", ratings[0], True), ("b", "a", "trust", ratings[1], True)]
    ties = pd.DataFrame(rows, columns=["ego", "alter", "layer", "rating", "asked"])
    return survey_of_edges(ties, "abc", items=[Item("q", "tie", layer="trust", low=1, high=5, at_least=4)])


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ((5, 4), "mutual"),
        ((5, 3), "refused"),
        ((5, np.nan), "unknown"),
        ((np.nan, 1), "refused"),
        ((1, 1), "refused"),
        ((0, 0), "unknown"),
    ],
)
def test_the_codebook_says_what_rating_is_trust(ratings, expected):
    table = pn.scores.pair_foundation(pn.colleague_graph(rated(*ratings)), [("a", "b")])
    assert table.loc[0, "foundation"] == expected


@pytest.mark.parametrize(("incomplete", "expected"), [("b", "unknown"), ("a", "refused"), ("", "refused")])
def test_whoever_has_an_incomplete_list_refused_nobody_by_not_naming_them(incomplete, expected):
    """a names b, b works with a and does not name a."""
    survey = survey_of(PEOPLE, {"trust": [("a", "b")], "works_with": both_ways(("a", "b"))})
    graph = pn.colleague_graph(replace(survey, incomplete={"trust": frozenset(incomplete)}))
    assert pn.scores.pair_foundation(graph, [("a", "b")]).loc[0, "foundation"] == expected


@pytest.mark.parametrize(("at_least", "expected"), [(None, "mutual"), (5, "refused")])
def test_a_low_rating_refuses_however_incomplete_the_list(at_least, expected):
    survey = replace(rated(5, 4), incomplete={"trust": frozenset("ab")})
    table = pn.scores.pair_foundation(pn.colleague_graph(survey), [("a", "b")], at_least=at_least)
    assert table.loc[0, "foundation"] == expected


def test_somebody_who_was_not_asked_about_a_colleague_refused_nothing():
    survey = survey_of(PEOPLE, {"trust": [("a", "b")], "works_with": both_ways(("a", "b"))})
    ties = pd.concat([survey.ties, pd.DataFrame([("b", "a", "trust", 0.0, False)], columns=survey.ties.columns)])
    table = pn.scores.pair_foundation(pn.colleague_graph(replace(survey, ties=ties)), [("a", "b")])
    assert table.loc[0, "foundation"] == "unknown"
