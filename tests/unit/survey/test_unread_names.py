"""What could not be read is asked back once for each name, and an answer is used on the next reading."""

from __future__ import annotations

from dataclasses import replace

import pytest

import peernet as pn
from peernet.survey.asked_back import what_is_asked
from peernet.survey.item import Item
from tests.made.shapes import an_export, base, book, survey_in

TRUST, RESPECT = Item("trust", "tie", layer="trust"), Item("respect", "tie", layer="respect")
STAFF = {"p1": "Ann Lee", "p2": "Bo Ek", "p3": "Bo Oz", "p4": "Ruth"}


def typed(trust: list[str], respect: list[str] = (), aliases=None) -> pn.Survey:
    cells = base([*STAFF][: len(trust)]) | {"trust": trust} | ({"respect": respect} if respect else {})
    codebook = replace(book(TRUST, *([RESPECT] if respect else [])), aliases=aliases or {})
    return survey_in(an_export(cells, staff=STAFF), codebook)


def rows(survey: pn.Survey) -> list[tuple]:
    return list(pn.survey.unread_names(survey).itertuples(index=False, name=None))


def test_a_name_is_asked_back_once_in_its_commonest_spelling_the_most_typed_first():
    survey = typed(["Zoe Quist; Xu Li", "zoe quist", "Zoe Quist"], ["Zoe Quist", "", ""])
    assert rows(survey) == [
        ("Zoe Quist", 4, 3, "trust; respect", "", ""),
        ("Xu Li", 1, 1, "trust", "", ""),
    ]


def test_everybody_a_name_could_mean_is_named():
    assert rows(typed(["Bo", "Ann Lee"]))[0][4:] == ("Bo Ek (p2); Bo Oz (p3)", "")


def test_people_of_whom_one_name_is_known_may_be_meant_by_two():
    survey = typed(["Ruth Amari", "Ruth Amari; Ruth Bell", "Bo Ek"])
    assert rows(survey)[0] == ("Ruth Amari", 2, 2, "trust", "Ruth (p4)", "")
    table = pn.survey.unread_names(survey)
    sentence = "3 answers with 2 different names may mean one person of whom one name is known: the same?"
    assert what_is_asked(survey, table) == [sentence]


def test_a_name_with_more_words_is_counted_and_asked_back():
    survey = typed(["Bo Ek Hansen", "Bo Ek"])
    assert rows(survey)[0] == ("Bo Ek Hansen", 1, 1, "trust", "Bo Ek (p2)", "p2")
    assert ("p1", "p2") in set(zip(survey.ties["ego"], survey.ties["alter"], strict=True))


def test_a_settled_name_is_read_and_not_asked_again():
    survey = typed(["Zoe Quist", "Ann Lee"], aliases={"ZOE  quist": "p3"})
    assert survey.unread.empty
    assert ("p1", "p3") in set(zip(survey.ties["ego"], survey.ties["alter"], strict=True))
    assert survey.incomplete["trust"] == frozenset()
    assert survey.issues.empty


@pytest.mark.parametrize("nobody", ["", "nobody on the roster", "Nobody"])
def test_a_name_settled_as_nobody_is_an_answer_that_leaves_nothing_open(nobody):
    survey = typed(["Zoe Quist; Bo Ek", "Zoe Quist"], aliases={"Zoe Quist": nobody})
    assert survey.unread.empty
    assert survey.issues.empty
    assert survey.answered["trust"] == {"p1", "p2"}
    assert survey.incomplete["trust"] == frozenset()


def test_a_settled_name_overrules_what_would_be_read():
    survey = typed(["Bo Ek", "Ann Lee"], aliases={"Bo Ek": "p3"})
    assert survey.ties["alter"].tolist() == ["p3", "p1"]


def test_an_alias_may_say_the_whole_name_and_one_to_nobody_known_is_an_error_with_its_row():
    survey = typed(["Zoe Quist; Xu Li", "Ann Lee"], aliases={"Zoe Quist": "Oz, Bo", "Xu Li": "p33"})
    assert survey.ties["alter"].tolist() == ["p3", "p1"]
    ((severity, problem),) = survey.issues[["severity", "problem"]].head(1).to_numpy().tolist()
    assert severity == "error"
    assert problem.startswith("the row of 'Xu Li' among the settled names says 'p33', who is nobody on the roster")
    assert rows(survey)[0][0] == "Xu Li"


def test_a_veto_that_could_be_several_people_is_asked_back_as_well():
    veto = Item("never", "constraint", "text", role="never_with")
    export = an_export(base(["p1", "p2"]) | {"trust": ["", "Ann Lee"], "never": ["Bo", ""]}, staff=STAFF)
    survey = survey_in(export, book(TRUST, veto))
    assert rows(survey)[0][:4] == ("Bo", 1, 1, "never")
    assert survey.people.loc["p1", "never"] == {"p2", "p3"}


def test_a_survey_without_doubts_asks_nothing():
    table = pn.survey.unread_names(pn.load_aarhus())
    assert table.empty
    assert table.columns.tolist() == ["typed", "times", "people", "items", "could_be", "is"]
    assert what_is_asked(pn.load_aarhus(), table) == []
