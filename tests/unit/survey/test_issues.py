"""The running list of problems, each with the row of the file where it stands."""

from __future__ import annotations

import pytest

from peernet import Survey, read_survey
from peernet.survey import Item
from peernet.survey.issues import COLUMNS, IssueLog

ID, YEARS, TRUST = Item("id", "person"), Item("years", "experience", "numeric"), Item("trust", "tie", layer="trust")
ROW = "row 3 of survey.csv: "
ROSTER = "id,name,team,boss\np1,Ann Lee,Quay,\np2,Bo Ek,Quay,\np3,Cy Oz,Yard,\np4,Cleo Oz,Yard,\n"
NAMED = (ID, Item("name", "name"), Item("team", "team", "nominal"), Item("boss", "manager"), YEARS)


def test_problems_become_rows_in_the_order_they_were_found():
    log = IssueLog()
    log.warning("'x' is not a number", "treated as not answered", item="years", person="p1")
    log.error("row 3 has no id", "row left out")
    log.note("typed 'Bo'", "read as Bo Li (p2)", person="p1")
    assert log.to_frame().to_numpy().tolist() == [
        ["warning", "years", "p1", "'x' is not a number", "treated as not answered"],
        ["error", "", "", "row 3 has no id", "row left out"],
        ["note", "", "p1", "typed 'Bo'", "read as Bo Li (p2)"],
    ]


def test_no_problems_are_an_empty_table_with_the_same_columns():
    table = IssueLog().to_frame()
    assert table.empty
    assert table.columns.tolist() == COLUMNS


def test_what_was_done_follows_on_the_problem_which_has_no_full_stop():
    log = IssueLog()
    log.note("item 'q' is not in the data.", "left out")
    log.note("'Zed' is nobody. Did you mean 'p1'?", "not counted")
    assert log.to_frame()["problem"].tolist() == ["item 'q' is not in the data", "'Zed' is nobody. Did you mean 'p1'?"]


def test_what_is_told_of_a_person_begins_with_its_row_and_what_is_told_of_nobody_does_not():
    log = IssueLog()
    placed = log.placed(lambda person, _item: "row 7 of survey.csv" if person == "p1" else "")
    placed.warning("odd", "kept", person="p1")
    placed.warning("odd", "kept", person="p2")
    placed.warning("odd", "kept")
    log.warning("odd", "kept", person="p1")
    assert log.to_frame()["problem"].tolist() == ["row 7 of survey.csv: odd", "odd", "odd", "odd"]


def told(survey: Survey, item: str, person: str) -> str:
    """The one problem of a person's answer to an item."""
    issues = survey.issues
    return issues.loc[(issues["item"] == item) & (issues["person"] == person), "problem"].item()


@pytest.mark.parametrize(
    ("item", "cell", "problem"),
    [
        (Item("q", "goal", "numeric"), "many", "'many' is not a number"),
        (Item("q", "goal", "numeric", low=0, high=9), "12", "'12' is outside 0 to 9"),
        (Item("q", "goal", "numeric", label="in years"), "3 months", "'3 months' is in months, the question in years"),
        (Item("q", "goal", "ordinal", low=1, high=5), "4.5", "'4.5' is between two points of 1 to 5"),
        (Item("q", "goal", "ordinal", categories=("No", "Yes")), "Eh", "'Eh' is none of: No, Yes"),
        (Item("q", "goal", "nominal", categories=("Law",)), "Art", "'Art' is not among the declared categories"),
        (Item("q", "goal", "binary"), "eh", "'eh' is neither yes nor no"),
        (Item("q", "offers", "multiple", categories=("Law",)), "Art", "'Art' is not among the declared options"),
        (Item("q", "constraint", "binary", role="opted_out"), "skip", "'skip' is neither yes nor no"),
        (Item("q", "constraint", "numeric", role="capacity"), "0.5", "'0.5' is no whole number of partners"),
        (Item("q", "constraint", role="never_with"), "Zed", "'Zed' is nobody on the roster"),
        (Item("q", "tie", layer="trust"), "Zed", "'Zed' is nobody on the roster"),
        (Item("q", "tie", layer="trust"), "-", "'-' is no answer"),
        (Item("q", "tie", layer="trust"), "p1; n/a", "'n/a' stands beside names"),
        (Item("q", "tie", layer="trust"), "p1; nobody", "'nobody' stands beside names"),
        (Item("q", "outcome", "numeric"), "many", "'many' is not a number"),
        (Item("q", "climate", "ordinal", low=1, high=5), "6", "'6' is outside 1 to 5"),
    ],
)
@pytest.mark.parametrize(("above", "row"), [("", 3), ("\n,,\n", 5)])
def test_an_answer_stands_in_the_row_that_a_spreadsheet_shows(folder, item, cell, problem, above, row):
    text = f"id,years,q\np1,3,\n{above}p2,4,{cell}\np3,5,\n"
    assert told(read_survey(folder((ID, YEARS, item), survey=text)), "q", "p2") == f"row {row} of survey.csv: {problem}"


def test_numbers_far_out_stand_in_their_row(folder):
    rows = "".join(f"p{i},{i}\n" for i in range(1, 9))
    survey = read_survey(folder((ID, YEARS), survey=f"id,years\n{rows}p9,-999\n"))
    assert told(survey, "years", "p9").startswith("row 10 of survey.csv: '-999' lies far from the other answers")


def test_of_several_rows_the_one_that_counts_is_told(folder):
    items = (ID, YEARS, Item("q", "goal", "binary"), Item("not_with", "constraint", role="never_with"))
    rows = "p1,3,eh,Zed\np2,4,no,\np1,many,,Yve\np1,many,,\n"
    survey = read_survey(folder(items, survey=f"id,years,q,not_with\n{rows}"))
    problems = survey.issues.loc[survey.issues["person"] == "p1", "problem"].tolist()
    assert problems == [
        "has 3 rows in survey.csv: 2, 4, 5",
        "survey.csv says '3' in row 2, 'many' in row 5",
        "survey.csv says 'Zed' in row 2, 'Yve' in row 4",
        "row 5 of survey.csv: 'many' is not a number",
        "row 2 of survey.csv: 'eh' is neither yes nor no",
        "rows 2 and 4 of survey.csv: 'Yve' is nobody on the roster",
        "rows 2 and 4 of survey.csv: 'Zed' is nobody on the roster",
    ]


@pytest.mark.parametrize(
    ("survey", "item", "person", "problem"),
    [
        ("p3,,,Zed,1\n", "boss", "p3", "row 2 of survey.csv: 'Zed' is nobody on the roster"),
        ("z,,,,1\n", "", "z", "row 2 of survey.csv: answered but is not on the roster"),
        ("p1,,,,1\np9,Eva Ek,quay,,2\n", "team", "p9", "row 3 of survey.csv: 'quay' is 'Quay' in another spelling"),
        ("p1,,,,1\np3,,Quay,,1\n", "team", "p3", f"{ROW}in 'Yard' on the roster but in 'Quay' in the survey"),
        ("p1,,,,1\np2,Zo Zy,,,1\n", "name", "p2", f"{ROW}called 'Bo Ek' on the roster but 'Zo Zy' in the survey"),
        ("p1,,,,1\np2,,?,,1\n", "team", "p2", "row 3 of survey.csv: '?' names no team"),
        ("p1,,,,1\np2,,,,\n", "", "p2", "row 3 of survey.csv: every answer is missing"),
    ],
)
def test_what_is_told_of_people_stands_in_the_table_that_says_it(folder, survey, item, person, problem):
    read = read_survey(folder(NAMED, roster=ROSTER, survey=f"id,name,team,boss,years\n{survey}"))
    assert problem in read.issues.loc[read.issues["person"] == person, "problem"].tolist()


def test_what_the_roster_says_stands_in_its_rows(folder):
    roster = ROSTER.replace("p2,Bo Ek,Quay,", "p2,Bo Ek,quay,Zed").replace("p4,Cleo Oz,Yard,", "p4,Cleo Oz,n/a,p4")
    survey = read_survey(folder(NAMED, roster=roster, survey="id,years\np1,1\n"))
    assert told(survey, "boss", "p2") == "row 3 of roster.csv: 'Zed' is nobody on the roster"
    assert told(survey, "boss", "p4") == "row 5 of roster.csv: is listed as their own manager"
    assert told(survey, "team", "p4") == "row 5 of roster.csv: 'n/a' names no team"
    assert survey.issues.loc[survey.issues["item"] == "team", "problem"].tolist()[1].endswith("in another spelling")


def test_what_a_later_wave_says_stands_in_its_rows(folder):
    items = (ID, YEARS, Item("late", "outcome", "numeric", wave=2))
    survey = read_survey(
        folder(items, survey="id,years\np1,1\np2,2\n", outcomes="id,late\np2,4\np1,much\np9,3\nP2,1\n")
    )
    assert told(survey, "late", "p1") == "row 3 of outcomes.csv: 'much' is not a number"
    assert told(survey, "", "p9") == "row 4 of outcomes.csv: not among the people"
    assert told(survey, "", "P2") == "row 5 of outcomes.csv: not among the people; 'p2' is"
