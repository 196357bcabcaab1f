"""Columns about a colleague each, however the form calls the colleague, and several questions about each at once."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import peernet as pn
from peernet.survey.draft import DraftedCodebook
from peernet.survey.ties import NAMED, lowest_ratings, tie_states

PEOPLE = ("Ann Ash", "Ben Birk", "Cas Oak", "Dee Elm", "Eli Fir", "Fay Yew")


def put(folder: Path, rows: list[list[str]], roster: list[list[str]] | None = None) -> Path:
    for name, table in (("export.csv", rows), ("roster.csv", roster)):
        if table is not None:
            with (folder / name).open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(table)
    return folder / "export.csv"


def about(headings: list[str], people: tuple[str, ...] = PEOPLE, marks: str = "x ") -> list[list[str]]:
    """A plain table in which everybody marks every second colleague."""
    cells = [[marks[(i + j) % len(marks)].strip() for j in range(len(headings))] for i in range(len(people))]
    return [["Name", *headings], *([person, *row] for person, row in zip(people, cells, strict=True))]


def read(path: Path) -> tuple[DraftedCodebook, pn.Survey]:
    draft = pn.draft_codebook(path)
    return draft, pn.read_survey(path, codebook=draft.codebook)


def named(survey: pn.Survey, layer: str) -> set[tuple[str, str]]:
    states = tie_states(survey.ties, lowest_ratings(survey.codebook, survey.ties))
    ties = survey.ties[(survey.ties["layer"] == layer) & (states == NAMED)]
    return {*zip(ties["ego"], ties["alter"], strict=True)}


def every_second(people: tuple[str, ...] = PEOPLE) -> set[tuple[str, str]]:
    return {(a, b) for i, a in enumerate(people) for j, b in enumerate(people) if (i + j) % 2 == 0 and i != j}


@pytest.mark.parametrize(
    "called",
    [
        "Whom do you trust? {first}",
        "Whom do you trust? [{first}]",
        "Whom do you trust? [{first} {initial}.]",
        "Whom do you trust? [{first} {last} (Sales)]",
        "Whom do you trust? {first}?",
    ],
)
@pytest.mark.parametrize("invited", [True, False])
def test_a_column_may_call_a_colleague_by_a_part_of_the_name_that_nobody_else_has(tmp_path, called, invited):
    words = [name.split() for name in PEOPLE]
    headings = [called.format(first=first, last=last, initial=last[0]) for first, last in words]
    roster = [["Name"], *([name] for name in PEOPLE)] if invited else None
    draft, survey = read(put(tmp_path, about(headings), roster))
    assert draft.table["block"].tolist() == ["person", "tie"]
    assert "6 of its 6 columns are people" in draft.table["because"].iloc[1]
    assert [*survey.people.index] == [*PEOPLE]
    assert named(survey, "trust") == every_second()


def test_somebody_on_the_form_by_a_first_name_alone_who_did_not_answer_is_a_person(tmp_path):
    rows = about([f"Whom do you trust? {name.split()[0]}" for name in PEOPLE])[:5]
    survey = read(put(tmp_path, rows))[1]
    assert [*survey.people.index] == [*PEOPLE[:4], "Eli", "Fay"]
    assert survey.people["answered"].tolist() == [True] * 4 + [False] * 2


def test_a_first_name_of_two_people_is_asked_back_and_never_read_by_whoever_answers(tmp_path):
    people = (*PEOPLE[:5], "Ann Yew")  # the heading is one person, whichever team somebody is in, and whoever answers
    rows = about([f"Whom do you trust? {name.split()[0]}" for name in people[:5]], people)
    rows = [[*row, team] for row, team in zip(rows, ("Team", *"AABBBB"), strict=True)]
    survey = read(put(tmp_path, rows))[1]
    assert named(survey, "trust") == {(a, b) for a, b in every_second(people) if "Ann" not in b}
    assert {*survey.unread["typed"]} == {"Ann"}
    assert {*survey.unread["could_be"]} == {("Ann Ash", "Ann Yew")}


def test_a_part_of_a_name_on_the_form_is_told_once_and_not_by_every_sheet(tmp_path):
    survey = read(put(tmp_path, about([f"Whom do you trust? {name.split()[0]}" for name in PEOPLE])))[1]
    told = survey.issues[survey.issues["problem"].str.contains("a column is about")]
    assert told["done"].tolist() == [f"read as {name} ({name}): part of the name" for name in PEOPLE]


def test_three_first_names_are_needed_and_words_in_small_letters_are_none(tmp_path):
    people = ("Will Green", "Rose Price", "Mark Hope", "Ann Ash", "Ben Birk")
    headings = ["What will you change?", "What rose lately?", "What mark did you get?", "Green", "Price"]
    table = pn.draft_codebook(put(tmp_path, about(headings, people, "12345"))).table
    assert "tie" not in table["block"].tolist()


def test_headings_a_tool_had_to_number_are_a_second_question(tmp_path):
    headings = [*PEOPLE, *(f"{name}2" for name in PEOPLE)]
    draft = pn.draft_codebook(put(tmp_path, about(headings)))
    assert draft.table["block"].tolist() == ["person", "tie", "tie"]
    assert draft.table.index.tolist() == ["Name", "colleagues", "colleagues 2"]


@pytest.mark.parametrize("number", ["{} (2)", "{}2"])
def test_a_question_of_a_second_wave_is_not_mixed_up_with_the_first(tmp_path, number):
    rows = about([*PEOPLE, *map(number.format, PEOPLE)])
    rows = [[*row[:7], *("" if k else cell for cell in row[7:])] for k, row in enumerate(rows)]
    survey = read(put(tmp_path, rows))[1]
    assert named(survey, "colleagues") == every_second()
    assert not named(survey, "colleagues_2")


def test_teams_on_the_list_of_everybody_are_no_people(tmp_path):
    teams = ("Sales", "Works", "Law")
    roster = [["Name", "Unit", "Town"], *([name, teams[k % 3], "Ulm"] for k, name in enumerate(PEOPLE))]
    rows = about([f"How well do you work with these departments? [{team}]" for team in teams], marks="123")
    draft, survey = read(put(tmp_path, rows, roster))
    assert "tie" not in draft.table["block"].tolist()
    assert survey.unread.empty


@pytest.mark.parametrize(("yes", "no"), [("TRUE", "FALSE"), ("✓", ""), ("☑", "☐"), ("x", ""), ("Ja", "Nein")])
def test_ticks_of_any_tool_are_ties(tmp_path, yes, no):
    rows = about([f"Whom do you trust? [{name}]" for name in PEOPLE], marks="xo")
    rows = [rows[0], *([row[0], *({"x": yes, "o": no}[cell] for cell in row[1:])] for row in rows[1:])]
    assert named(read(put(tmp_path, rows))[1], "trust") == every_second()
