"""Answers that keep somebody out: whoever is not understood stays out, and the survey says so until it is settled."""

from __future__ import annotations

import pandas as pd
import pytest

import peernet as pn
from peernet import read_survey
from peernet.errors import CodebookError
from peernet.survey import Codebook, Item

PERSON = Item("id", "person")
YEARS = Item("years", "experience", "numeric")
OUT = Item("out", "constraint", "binary", role="opted_out")
IN = Item("joins", "constraint", "binary", role="takes_part")
ROOM = Item("room", "constraint", "numeric", role="capacity")
BOSS = Item("boss", "manager")
OTHERS = "p8,8,{0}\np9,9,{0}\n"  # two who answer as one should


KEPT_OUT = "kept out until this is settled; write yes or no"


def read(folder, item: Item, *cells: str, others: str = "") -> pn.Survey:
    """A survey of p1, p2, ... with one answer each, and of two others who answered as they should."""
    rows = "".join(f'p{i},{i},"{cell}"\n' for i, cell in enumerate(cells, start=1))
    return read_survey(folder((PERSON, YEARS, item), survey=f"id,years,{item.name}\n{rows}" + OTHERS.format(others)))


def told(survey: pn.Survey, item: str) -> list[list[str]]:
    issues = survey.issues[survey.issues["item"] == item]
    return issues[["severity", "person", "problem", "done"]].to_numpy().tolist()


@pytest.mark.parametrize(
    "cell", ["skip", "not this time", "opt out", "yes and no", "maybe", "No thanks, yes", "2", "?"]
)
@pytest.mark.parametrize("item", [OUT, IN])
def test_whoever_does_not_say_clearly_whether_they_take_part_stays_out_until_it_is_settled(folder, item, cell):
    survey = read(folder, item, cell, others="yes" if item is IN else "no")
    assert survey.constraint("opted_out").tolist() == [True, False, False]
    assert told(survey, item.name) == [
        ["error", "p1", f"row 2 of survey.csv: {cell!r} is neither yes nor no", KEPT_OUT]
    ]


def test_taking_part_is_declared_as_it_was_asked(folder):
    survey = read(folder, IN, "Yes", "no", "", others="yes")
    assert survey.constraint("takes_part").tolist() == [True, False, pd.NA, True, True]
    assert survey.constraint("opted_out").tolist() == [False, True, pd.NA, False, False]
    assert told(survey, "joins") == [
        [
            "warning",
            "p3",
            "row 4 of survey.csv: answered, but not whether they take part",
            "counted as taking part; ask before pairing them",
        ]
    ]


@pytest.mark.parametrize("kind", ["binary", "asymmetric"])
def test_yes_and_no_turn_round_where_the_question_is_worded_the_other_way(folder, kind):
    turned = Item("out", "constraint", kind, role="opted_out", reverse=True)
    assert read(folder, turned, "yes", "no", others="yes").constraint("opted_out").tolist() == [
        False,
        True,
        False,
        False,
    ]
    settled = Item("q", "perspective", kind, reverse=True)
    assert read(folder, settled, "yes", "no", "").people["q"].tolist() == [False, True, pd.NA, pd.NA, pd.NA]


@pytest.mark.parametrize("reverse", [True, False])
@pytest.mark.parametrize("role", ["opted_out", "takes_part"])
def test_not_understood_keeps_out_whichever_way_the_question_is_worded(folder, role, reverse):
    item = Item("q", "constraint", "binary", role=role, reverse=reverse)
    joins = "yes" if (role == "takes_part") != reverse else "no"
    assert read(folder, item, "skip", others=joins).constraint("opted_out").tolist() == [True, False, False]


def test_a_reversed_yes_or_no_survives_the_document():
    codebook = Codebook((PERSON, Item("q", "goal", "binary", reverse=True), IN))
    assert Codebook.from_descriptor(codebook.to_descriptor()) == codebook


def test_taking_part_may_not_be_asked_both_ways():
    with pytest.raises(CodebookError, match=r"^Only one item can say who takes part; found out, joins\.$"):
        Codebook((PERSON, OUT, IN))


def test_that_most_opt_out_is_asked_about(folder):
    survey = read(folder, OUT, "yes", "yes", "yes", others="no")
    assert told(survey, "out") == [
        [
            "warning",
            "",
            "3 of 5 people who answered 'out' opted out",
            "kept out; if the question asks who takes part, give the item the role 'takes_part'",
        ]
    ]


@pytest.mark.parametrize(
    ("cell", "partners"), [("0", 0), ("1", 1), ("2.0", 2), ("3,0", 3), ("", 1), ("0 (none)", 0), ("2 partners", 2)]
)
def test_how_many_partners_somebody_wants_is_a_whole_number(folder, cell, partners):
    survey = read(folder, ROOM, cell, others="1")
    assert survey.constraint("capacity").fillna(1).tolist() == [partners, 1, 1]
    assert not (survey.issues["severity"] == "error").any()


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("0.5", "'0.5' is no whole number of partners"),
        ("1,5", "'1,5' is no whole number of partners"),
        ("-1", "'-1' is no whole number of partners"),
        ("none", "'none' is not a number"),
        ("1 or 2", "'1 or 2' is not a number"),
        ("1e19", "'1e19' is no whole number of partners"),
        ("nan", "'nan' is not a number"),
    ],
)
def test_whoever_does_not_say_clearly_how_many_partners_gets_none_until_it_is_settled(folder, cell, problem):
    survey = read(folder, ROOM, cell, others="1")
    assert survey.constraint("capacity").tolist() == [0, 1, 1]
    done = "counts as 0 partners until this is settled; write a whole number such as 0, 1 or 2"
    assert told(survey, "room") == [["error", "p1", f"row 2 of survey.csv: {problem}", done]]


def test_more_partners_than_the_question_allows_is_settled_by_hand(folder):
    survey = read(folder, Item("room", "constraint", "numeric", low=0, high=3, role="capacity"), "7", others="1")
    assert survey.constraint("capacity").tolist() == [0, 1, 1]
    assert told(survey, "room")[0][:3] == ["error", "p1", "row 2 of survey.csv: '7' is outside 0 to 3"]


def reporting(folder, *bosses: str) -> pn.Survey:
    names = ("Ann Lee", "Bo Ek", "Cy Oz", "Cleo Oz")
    rows = "".join(
        f'p{i},{name},"{boss}"\n' for i, (name, boss) in enumerate(zip(names, bosses, strict=False), start=1)
    )
    items = (PERSON, Item("name", "name"), BOSS, YEARS)
    return read_survey(folder(items, roster=f"id,name,boss\n{rows}", survey="id,years\np1,3\np2,4\n"))


@pytest.mark.parametrize("cell", ["p1; p2", "p1;p2", "Ann Lee and Bo Ek", "p1 / p2", "Ann Lee, Bo Ek", "p1\np2"])
def test_of_two_managers_both_are_reporting_lines(folder, cell):
    survey = reporting(folder, "", "", cell)
    assert survey.people["manager"].dropna().to_dict() == {"p3": "p1"}
    assert survey.reporting_lines() == [("p3", "p1"), ("p3", "p2")]
    assert told(survey, "boss") == [
        [
            "warning",
            "p3",
            "row 4 of roster.csv: has 2 managers: p1, p2",
            "p1 counts as the manager; p3 is paired with none of them",
        ]
    ]


def test_a_manager_who_could_be_several_people_is_none_of_their_partners_until_settled(folder):
    survey = reporting(folder, "", "Oz", "", "")
    assert survey.people["manager"].isna().all()
    assert survey.reporting_lines() == [("p2", "p3"), ("p2", "p4")]
    assert told(survey, "boss") == [
        [
            "error",
            "p2",
            "row 3 of roster.csv: 'Oz' could be Cy Oz (p3), Cleo Oz (p4)",
            "kept apart from all of them; write the identifier to settle it",
        ]
    ]


def test_a_manager_who_is_nobody_we_know_must_be_settled(folder):
    survey = reporting(folder, "", "Zed; p1")
    assert survey.people["manager"].dropna().to_dict() == {"p2": "p1"}
    assert told(survey, "boss") == [
        ["error", "p2", "row 3 of roster.csv: 'Zed' is nobody on the roster", "not counted"]
    ]


def test_somebody_who_could_be_several_people_is_vetoed_as_all_of_them_until_settled(folder):
    items = (PERSON, Item("name", "name"), YEARS, Item("not_with", "constraint", role="never_with"))
    rows = "p1,Ann Lee,1,Oz\np2,Bo Ek,2,Ann Lee; Cleo\np3,Cy Oz,3,\np4,Cleo Oz,4,\n"
    survey = read_survey(folder(items, survey=f"id,name,years,not_with\n{rows}"))
    assert survey.constraint("never_with").tolist() == [{"p3", "p4"}, {"p1", "p4"}, None, None]
    assert told(survey, "not_with")[0] == [
        "error",
        "p1",
        "row 2 of survey.csv: 'Oz' could be Cy Oz (p3), Cleo Oz (p4)",
        "kept apart from all of them; write the identifier to settle it",
    ]


def test_yes_and_no_may_be_said_in_words_of_its_own(folder):
    item = Item("joins", "constraint", "binary", role="takes_part", categories=("Not this time", "Count me in"))
    survey = read(folder, item, "Not this time", "count me in.", "maybe", "no", "Yes", others="Count me in")
    assert survey.people.loc[["p1", "p2", "p3", "p4", "p5"], "joins"].tolist() == [False, True, False, False, True]
    assert [person for _, person, _, _ in told(survey, "joins")] == ["p3"]
