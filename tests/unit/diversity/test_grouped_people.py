"""Groups come in many forms and all mean the same people."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.diversity.grouped_people import grouped, overlapping
from peernet.errors import SettingError, UnknownPersonError
from tests.made.surveys import survey_of

TEAMS = {"a": "dock", "b": "dock", "c": "yard", "d": "yard"}
EVERYONE = np.ones(5, dtype=bool)


@pytest.fixture(scope="module")
def survey() -> pn.Survey:
    people = {name: {"perspective_1": 1} for name in "abcde"}
    return survey_of(people, {"works_with": [("a", "c"), ("d", "a")]}, team=TEAMS)


def found(survey, groups, known=EVERYONE) -> dict[object, list[int]]:
    return {label: members.tolist() for label, members in grouped(survey, groups, known).items()}


def test_everybody_is_one_group(survey):
    assert found(survey, None) == {"everybody": [0, 1, 2, 3, 4]}


@pytest.mark.parametrize(
    "groups",
    [
        "team",
        pd.Series(TEAMS),
        {"dock": ["b", "a"], "yard": ("c", "d")},
        SimpleNamespace(members=pd.DataFrame({"circle": ["dock", "yard"] * 2, "person": ["a", "c", "b", "d"]})),
    ],
    ids=["column", "series", "mapping", "circles"],
)
def test_a_column_labels_lists_and_circles_are_the_same_groups(survey, groups):
    assert found(survey, groups) == {"dock": [0, 1], "yard": [2, 3]}


PAIRS = pd.DataFrame({"pair": [1, 2], "a": ["a", "c"], "b": ["b", "e"]})


@pytest.mark.parametrize(
    "groups", [[("a", "b"), ("c", "e")], PAIRS, SimpleNamespace(table=PAIRS)], ids=["list", "table", "pairing"]
)
def test_pairs_are_called_after_their_people(survey, groups):
    assert found(survey, groups) == {"a, b": [0, 1], "c, e": [2, 4]}


def test_a_pair_that_meets_in_two_rounds_is_one_pair(survey):
    rounds = pd.concat([PAIRS.assign(round=1), PAIRS.assign(round=2)])
    assert found(survey, rounds) == found(survey, PAIRS)


def test_the_three_who_meet_as_a_trio_are_one_group(survey):
    trio = pd.DataFrame({"pair": [1, 2, 2, 2], "a": ["a", "b", "b", "c"], "b": ["e", "c", "d", "d"]})
    assert found(survey, SimpleNamespace(table=trio)) == {"a, e": [0, 4], "b, c, d": [1, 2, 3]}


def test_surroundings_are_a_person_and_those_they_hear(survey):
    heard = pn.diversity.heard_by(pn.colleague_graph(survey))
    assert found(survey, heard) == {"a": [0, 2, 3], "b": [1], "c": [0, 2], "d": [0, 3], "e": [4]}


def test_people_who_did_not_answer_are_left_out_and_so_are_their_surroundings(survey):
    known = np.array([True, True, False, True, True])
    assert found(survey, "team", known) == {"dock": [0, 1], "yard": [3]}
    assert found(survey, pn.diversity.heard_by(pn.colleague_graph(survey)), known)["c"] == []


def test_groups_overlap_where_somebody_is_in_two(survey):
    assert overlapping(grouped(survey, [("a", "b"), ("b", "c")], EVERYONE))
    assert not overlapping(grouped(survey, "team", EVERYONE))
    assert not overlapping({})


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ("tean", "groups names no column of the survey: 'tean'. Did you mean 'team'"),
        (["a", "b"], "groups must be lists of people, such as pairs; found a single person, 'a'"),
        ([("a", "b"), ("a", "b")], "Two groups are called 'a, b'"),
        (7, "groups must be groups of people in one of the forms described; got 7"),
        (pd.DataFrame({"x": [1]}), "pairs need columns a and b, circles circle and person. Found: x"),
    ],
)
def test_what_is_no_group_is_refused(survey, groups, words):
    with pytest.raises(SettingError, match=words):
        grouped(survey, groups, EVERYONE)


def test_strangers_are_refused(survey):
    with pytest.raises(UnknownPersonError, match="No person 'x' in the survey"):
        grouped(survey, {"dock": ["a", "x"]}, EVERYONE)


@pytest.mark.parametrize("blank", [None, np.nan, "", " ", "unknown", "?", "-"])
def test_whose_label_is_not_known_is_in_no_group_and_spelling_makes_no_new_one(survey, blank):
    labels = pd.Series(["Quay", "quay", blank, blank], index=survey.people.index[:4])
    assert found(survey, labels) == {"Quay": [0, 1]}
