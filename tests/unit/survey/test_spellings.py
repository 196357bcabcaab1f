"""A group has one name, however people spell it, and somebody whose group is not known is in none."""

from __future__ import annotations

import pandas as pd
import pytest

from peernet import read_survey
from peernet.survey import Item
from peernet.survey.spellings import same_label, says_nothing

ITEMS = (
    Item("id", "person"),
    Item("team", "team", "nominal"),
    Item("field", "perspective", "nominal"),
    Item("teaches", "offers", "multiple"),
)


def read(folder, *rows, items=ITEMS):
    return read_survey(folder(items, survey="id,team,field,teaches\n" + "".join(f"{row}\n" for row in rows)))


def notes(survey, item):
    mine = survey.issues[survey.issues["item"] == item]
    return mine[["severity", "person", "problem", "done"]].to_numpy().tolist()


@pytest.mark.parametrize("other", ["quay", "QUAY", "Quay ", " Ｑuay"])
def test_a_team_in_another_spelling_is_the_same_team_and_is_noted(folder, other):
    survey = read(folder, "a,Quay,Law,", "b,Quay,Arts,", f"c,{other},Law,")
    assert survey.people["team"].tolist() == ["Quay"] * 3
    typed = other.strip()
    expected = [["note", "c", f"{typed!r} is 'Quay' in another spelling", "read as 'Quay'"]] if typed != "Quay" else []
    assert notes(survey, "team") == expected


@pytest.mark.parametrize("between", ["  ", "\u00a0", " \u2009"])
def test_white_space_inside_a_name_does_not_make_two_teams(folder, between):
    survey = read(folder, "a,Quay Side,Law,", "b,Quay Side,Arts,", f"c,Quay{between}Side,Law,")
    assert set(survey.people["team"]) == {"Quay Side"}


def test_the_commonest_spelling_stands_whatever_the_order_of_rows(folder):
    rows = ["a,quay,Law,", "b,Quay,Arts,", "c,quay,Law,", "d,Yard,Law,"]
    assert read(folder, *rows).people["team"].to_dict() == read(folder, *rows[::-1]).people["team"].to_dict()
    assert set(read(folder, *rows).people["team"]) == {"quay", "Yard"}


def test_a_declared_spelling_stands_before_the_commonest(folder):
    items = (ITEMS[0], Item("team", "team", "nominal", categories=("Quay", "Yard")), *ITEMS[2:])
    assert set(read(folder, "a,quay,Law,", "b,quay,Law,", items=items).people["team"]) == {"Quay"}


@pytest.mark.parametrize("word", ["unknown", "Unknown", "?", "-", "--", "n/a", "N/A", "none", "not known"])
def test_a_label_that_says_nothing_is_no_team_and_is_noted(folder, word):
    survey = read(folder, "a,Quay,Law,", f"b,{word},Arts,", f"c,{word},Law,")
    assert survey.people["team"].isna().tolist() == [False, True, True]
    assert notes(survey, "team") == [
        ["note", person, f"{word!r} names no team", "team left unknown"] for person in ("b", "c")
    ]


def test_a_team_that_is_declared_by_such_a_name_is_a_team(folder):
    items = (ITEMS[0], Item("team", "team", "nominal", categories=("Unknown", "Quay")), *ITEMS[2:])
    assert read(folder, "a,Unknown,Law,", "b,Quay,Law,", items=items).people["team"].tolist() == ["Unknown", "Quay"]


def test_a_blank_team_is_unknown_without_a_word(folder):
    survey = read(folder, "a,Quay,Law,", "b,,Arts,", "c,  ,Arts,")
    assert survey.people["team"].isna().tolist() == [False, True, True]
    assert notes(survey, "team") == []


def test_answers_that_differ_in_spelling_only_are_one_answer(folder):
    survey = read(folder, "a,Q,Law,Code; Budgets", "b,Q,law,code", "c,Q,Law,Budgets;budgets")
    assert survey.people["field"].astype("str").tolist() == ["Law"] * 3
    assert survey.people["teaches"].tolist() == [
        frozenset({"Code", "Budgets"}),
        frozenset({"Code"}),
        frozenset({"Budgets"}),
    ]
    assert notes(survey, "teaches") == [
        ["note", "b", "'code' is 'Code' in another spelling", "read as 'Code'"],
        ["note", "c", "'budgets' is 'Budgets' in another spelling", "read as 'Budgets'"],
    ]


def test_accents_and_other_letters_do_make_another_label():
    assert same_label("Café") != same_label("Cafe")
    assert same_label("R&D 1") != same_label("R&D 2")
    assert not says_nothing("Unknown Pleasures")
    assert not says_nothing("NA")  # North America
    assert pd.Series(["", "  "]).map(says_nothing).all()
