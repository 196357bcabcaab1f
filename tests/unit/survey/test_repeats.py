"""Several rows of one person: the newest answer to each question, every conflict told, what keeps apart in any row."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import peernet as pn
from peernet import read_survey
from peernet.survey import Item

ITEMS = (
    Item("id", "person"),
    Item("name", "name"),
    Item("team", "team", "nominal"),
    Item("boss", "manager"),
    Item("level", "experience", "ordinal", categories=("Junior", "Senior")),
    Item("q1", "perspective", "ordinal", low=1, high=5, missing=("9",)),
    Item("trust", "tie", layer="trust"),
    Item("room", "constraint", "numeric", role="capacity"),
    Item("out", "constraint", "binary", role="opted_out"),
    Item("not_with", "constraint", role="never_with"),
    Item("stamp", "ignore"),
)
HEADER = "id,level,q1,trust,room,out,not_with,stamp\n"
OTHERS = "p2,Senior,1,,1,no,,t\np3,Junior,2,,1,no,,t\n"
ROSTER = "id,name,team,boss\np1,Ann Lee,A,\np2,Bo Ek,A,p3\np3,Cy Oz,B,\n"


def sheets(folder, *rows: str, roster: str = ROSTER) -> pn.Survey:
    return read_survey(folder(ITEMS, roster=roster, survey=HEADER + OTHERS + "".join(f"p1,{row}\n" for row in rows)))


def told(survey: pn.Survey, person: str = "p1") -> list[tuple[str, str, str]]:
    issues = survey.issues[(survey.issues["person"] == person) & (survey.issues["severity"] != "note")]
    return list(issues[["item", "problem", "done"]].itertuples(index=False, name=None))


PUT_TOGETHER = "put together, the newest answer to each question"
BOTH = ("", "has 2 rows in survey.csv: 4, 5", PUT_TOGETHER)


def says(item: str, one: str, other: str, done: str) -> tuple[str, str, str]:
    return item, f"survey.csv says {one!r} in row 4, {other!r} in row 5", done


@pytest.mark.parametrize("rows", [("Junior,,p2,,,,a", ",3,,1,no,,b"), (",3,,1,no,,a", "Junior,,p2,,,,b")])
def test_answers_spread_over_two_sheets_all_count(folder, rows):
    survey = sheets(folder, *rows)
    assert survey.people.loc["p1", ["level", "q1", "room"]].tolist() == ["Junior", 3.0, 1.0]
    assert survey.ties[["ego", "alter"]].to_numpy().tolist() == [["p1", "p2"]]
    assert told(survey) == [BOTH]


def test_the_newest_of_two_different_answers_counts_and_both_are_told(folder):
    survey = sheets(folder, "Senior,2,p2; p3,,,,a", "Junior,4,p2,,,,b")
    assert survey.people.loc["p1", ["level", "q1"]].tolist() == ["Junior", 4.0]
    assert told(survey) == [
        BOTH,
        says("level", "Senior", "Junior", "kept 'Junior', the newest"),
        says("q1", "2", "4", "kept '4', the newest"),
        says("trust", "p2; p3", "p2", "kept 'p2', the newest"),
    ]


def test_of_three_rows_every_different_answer_is_told_once(folder):
    survey = sheets(folder, ",2,,,,,a", ",4,,,,,b", ",2,,,,,c")
    assert survey.people.loc["p1", "q1"] == 2
    assert told(survey)[1:] == [("q1", "survey.csv says '4' in row 5, '2' in row 6", "kept '2', the newest")]


def test_of_an_answer_spelt_in_two_ways_beside_another_every_spelling_is_told(folder):
    survey = sheets(folder, "Senior,,,,,,a", "senior,,,,,,b", "Junior,,,,,,c")
    problem = "survey.csv says 'Senior' in row 4, 'senior' in row 5, 'Junior' in row 6"
    assert told(survey)[1:] == [("level", problem, "kept 'Junior', the newest")]


@pytest.mark.parametrize(("one", "other"), [("Junior,3", "JUNIOR,3.0"), ("Junior,3", ",9"), ("Junior,3", "junior ,")])
def test_one_answer_written_in_two_ways_or_not_given_again_is_no_conflict(folder, one, other):
    survey = sheets(folder, f"{one},Bo Ek; Cy Oz,,,,a", f"{other},Cy Oz;Bo Ek,,,,b")
    assert survey.people.loc["p1", ["level", "q1"]].tolist() == ["Junior", 3.0]
    assert told(survey) == [BOTH]


@pytest.mark.parametrize(("first", "second"), [("yes", "no"), ("no", "yes"), ("yes", "")])
def test_an_opt_out_holds_in_whichever_row_it_stands(folder, first, second):
    survey = sheets(folder, f",3,,,{first},,a", f",3,,,{second},,b")
    assert survey.constraint("opted_out")["p1"]
    if second:
        done = "kept 'yes', since what keeps somebody out holds in any row"
        assert told(survey)[1:] == [says("out", first, second, done)]


@pytest.mark.parametrize("rows", [("skip", "no"), ("no", "skip")])
def test_an_opt_out_that_is_not_understood_holds_in_whichever_row_it_stands(folder, rows):
    survey = sheets(folder, *(f",3,,,{cell},,a" for cell in rows))
    assert survey.constraint("opted_out")["p1"]
    assert "error" in survey.issues.loc[survey.issues["item"] == "out", "severity"].tolist()


@pytest.mark.parametrize(("rows", "partners"), [(("0", "2"), 0), (("2", "0"), 0), (("2", "1"), 1), (("1", "many"), 0)])
def test_no_room_for_a_partner_holds_in_whichever_row_it_stands(folder, rows, partners):
    survey = sheets(folder, *(f",3,,{cell},,,a" for cell in rows))
    assert survey.constraint("capacity")["p1"] == partners


@pytest.mark.parametrize("word", ["-", "N/A", "prefer not to say"])
@pytest.mark.parametrize("names", ["p2", "p2; p3", "nobody"])
def test_a_word_for_no_answer_is_not_the_newest_answer(folder, word, names):
    survey, alone = sheets(folder, f"Junior,2,{names},,,,a", f",,{word},,,,b"), sheets(folder, f"Junior,2,{names},,,,a")
    assert survey.ties.equals(alone.ties)
    assert (survey.answered, survey.incomplete) == (alone.answered, alone.incomplete)
    assert says("trust", names, word, f"kept {names!r}, the newest that is one") in told(survey)


@pytest.mark.parametrize(("first", "second"), [("p2", "p3"), ("Bo Ek", "Cy Oz; nobody"), ("p2; p3", "nobody")])
def test_vetoes_of_every_row_hold(folder, first, second):
    survey = sheets(folder, f",3,,,,{first},a", f",3,,,,{second},b")
    assert survey.constraint("never_with")["p1"] == {"p2", "p3"}
    done = f"kept '{second}; {first}', since nobody named in any row is paired"
    assert told(survey)[1:] == [says("not_with", first, second, done)]


def test_reporting_lines_of_every_row_of_the_roster_hold(folder):
    survey = sheets(
        folder, "Junior,3,,,,,a", roster=ROSTER.replace("p1,Ann Lee,A,\n", "p1,Ann Lee,A,p2\np1,Ann Lee,B,p3\n")
    )
    assert survey.people.loc["p1", ["team", "manager"]].tolist() == ["B", "p3"]
    assert survey.reporting_lines() == [("p1", "p3"), ("p2", "p3"), ("p1", "p2")]
    lines = "roster.csv says 'p2' in row 2, 'p3' in row 3"
    assert told(survey) == [
        ("", "has 2 rows in roster.csv: 2, 3", PUT_TOGETHER),
        ("team", "roster.csv says 'A' in row 2, 'B' in row 3", "kept 'B', the newest"),
        ("boss", lines, "kept 'p3; p2', since nobody named in any row is paired"),
        (
            "boss",
            "rows 2 and 3 of roster.csv: has 2 managers: p3, p2",
            "p3 counts as the manager; p1 is paired with none of them",
        ),
    ]


def test_a_manager_named_in_the_survey_holds_beside_the_rosters(folder):
    rows = "id,level,q1,boss\np1,Junior,1,p2\np2,Senior,2,\np3,Junior,3,\n"
    survey = read_survey(folder(ITEMS, roster=ROSTER.replace("Ann Lee,A,", "Ann Lee,A,p3"), survey=rows))
    assert survey.people.loc["p1", "manager"] == "p3"
    assert {("p1", "p2"), ("p1", "p3")} <= set(survey.reporting_lines())


def test_outcomes_spread_over_two_rows_all_count(folder):
    items = (
        ITEMS[0],
        ITEMS[4],
        *(Item(name, "outcome", "numeric", low=0, high=10, wave=2) for name in ("ease", "use")),
    )
    survey = read_survey(
        folder(items, survey="id,level\np1,Junior\np2,Senior\n", outcomes="id,ease,use\np1,3,4\np1,,5\np2,1,1\n")
    )
    assert survey.outcomes.query("person == 'p1'")["value"].tolist() == [3, 5]
    assert told(survey) == [
        ("", "has 2 rows in outcomes.csv: 2, 3", PUT_TOGETHER),
        ("use", "outcomes.csv says '4' in row 2, '5' in row 3", "kept '5', the newest"),
    ]


def test_two_half_filled_sheets(shared):
    survey = read_survey(shared / "cases" / "A3")
    person = survey.people.loc["n02"]
    assert person[["level", "years", "q1", "q2", "q3"]].tolist() == ["Junior", 3, 5, 1, 4]
    assert set(survey.ties.loc[survey.ties["ego"] == "n02", "alter"]) == {"n01", "n03"}
    assert told(survey, "n02") == [
        ("", "has 2 rows in survey.csv: 3, 5", PUT_TOGETHER),
        ("q3", "survey.csv says '2' in row 3, '4' in row 5", "kept '4', the newest"),
    ]


def test_every_cell_of_every_row_is_used_or_told(folder):
    """Rows in are rows used and rows listed, and so are the answers in them."""
    survey = sheets(folder, "Junior,1,,2,,,a", "Senior,5,,1,,,b", "Junior,5,,2,,,c")
    spoken = json.dumps(survey.issues["problem"].tolist())
    used = {"level": "Junior", "q1": "5", "room": "2"}
    for item, cells in {"level": ("Junior", "Senior"), "q1": ("1", "5"), "room": ("2", "1")}.items():
        assert all(cell == used[item] or f"'{cell}' in row" in spoken for cell in cells)


def test_the_people_come_in_the_order_in_which_they_first_answered(folder):
    survey = read_survey(folder(ITEMS[:1] + ITEMS[4:5], survey="id,level\nb,Junior\na,Senior\nb,Senior\n"))
    assert survey.people.index.tolist() == ["b", "a"]
    assert pd.notna(survey.people["level"]).all()


def test_a_roster_of_identifiers_alone_may_repeat_them(folder):
    items = (ITEMS[0], ITEMS[4])
    survey = read_survey(folder(items, roster="id\np1\np2\np1\n", survey="id,level\np1,Junior\np2,Senior\n"))
    assert survey.people.index.tolist() == ["p1", "p2"]
    assert told(survey) == [("", "has 2 rows in roster.csv: 2, 4", PUT_TOGETHER)]
