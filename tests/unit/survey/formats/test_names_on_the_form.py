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


def test_whole_names_and_first_names_stand_side_by_side(tmp_path):
    headings = [*PEOPLE[:4], *(name.split()[0] for name in PEOPLE[4:])]
    survey = read(put(tmp_path, about(headings)))[1]
    assert [*survey.people.index] == [*PEOPLE]
    assert named(survey, "colleagues") == every_second()


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


# --- several questions about each colleague at once -------------------------------------------------------------------

THINGS = ("Advice", "Trust", "I don't know this person")


def grid(join: str, things: tuple[str, ...] = THINGS, first: str = "Timestamp") -> list[list[str]]:
    """A grid of boxes as Google Forms exports it: who ticks nothing leaves a blank; the last sheet is blank."""
    cells = [["", "0", "1", "01", "2"][(2 * i + j) % 5] for i in range(len(PEOPLE)) for j in range(len(PEOPLE))]
    ticked = [join.join(things[int(k)] for k in cell) for cell in cells]
    rows = [[f"2026/05/0{i + 1} 10:00:00 AM GMT+2", name] for i, name in enumerate(PEOPLE)]
    for i, row in enumerate(rows):
        row += ["" if j == i or i == len(PEOPLE) - 1 else ticked[6 * i + j] for j in range(len(PEOPLE))]
    return [[first, "Your name", *(f"Which of these apply? [{name}]" for name in PEOPLE)], *rows]


def said(rows: list[list[str]], thing: str, join: str) -> set[tuple[str, str]]:
    told = {(row[1], PEOPLE[j]): cell for row in rows[1:] for j, cell in enumerate(row[2:])}
    return {pair for pair, cell in told.items() if thing in (cell.split(join) if ", " not in thing else [cell])}


@pytest.mark.parametrize("join", [", ", ";"])
def test_boxes_to_tick_for_each_colleague_are_a_question_for_each_thing(tmp_path, join):
    rows = grid(join)
    draft, survey = read(put(tmp_path, rows))
    assert draft.table["layer"].dropna().tolist() == ["advice", "trust"]
    assert not any(draft.table["look"])
    assert any("Advice, Trust" in note or "Advice and Trust" in note for note in survey.issues["problem"])
    for layer, thing in (("advice", "Advice"), ("trust", "Trust")):
        assert named(survey, layer) == said(rows, thing, join)
        strangers = survey.ties[(survey.ties["layer"] == layer) & ~survey.ties["asked"]]
        assert {*zip(strangers["ego"], strangers["alter"], strict=True)} == said(rows, THINGS[2], join)
        assert survey.answered[layer] == {*PEOPLE[:-1]}, "who ticks nothing at all gave no answer"


def test_boxes_about_one_colleague_in_two_columns_are_told(tmp_path):
    rows = [[*row, row[2]] for row in grid(", ")]
    survey = read(put(tmp_path, rows))[1]
    assert "2 columns of 'Which of these apply? [Advice]' are about 'Ann Ash'" in survey.issues["problem"].tolist()


def test_an_option_with_a_comma_stays_one(tmp_path):
    things = ("I ask them for advice, and they help", "Trust", THINGS[2])
    rows = grid(", ", things)
    draft, survey = read(put(tmp_path, rows))
    assert draft.table["wording"].tolist()[2:] == [*things[:2]]
    pairs = {(row[1], PEOPLE[j]) for row in rows[1:] for j, cell in enumerate(row[2:]) if things[0] in cell}
    assert named(survey, "advice") == pairs


def test_ratings_with_a_comma_and_single_answers_stay_one_question(tmp_path):
    for words in (
        ("Yes, often", "Yes, sometimes", "No, never", "No, and I would not"),
        ("Never", "Rarely", "Often", ""),
    ):
        rows = about([f"Do you ask for advice? [{name}]" for name in PEOPLE], marks="0123")
        rows = [rows[0], *([row[0], *(words[int(cell)] for cell in row[1:])] for row in rows[1:])]
        table = pn.draft_codebook(put(tmp_path, rows)).table
        assert table.index.tolist() == ["Name", "Do you ask for advice?"]


def test_a_limesurvey_array_of_two_dimensions_is_a_question_for_each_column(tmp_path):
    heads = [f"Which apply? [{name}][{thing}]" for name in PEOPLE for thing in THINGS[:2]]
    tool = ["id", "submitdate", "lastpage", "startlanguage", "seed", "token", "Your name"]
    rows = [[*tool, *heads]]
    for i, name in enumerate(PEOPLE):
        ticks = ["1" if (i + j + k) % 3 == 0 and i != j else "" for j in range(6) for k in range(2)]
        rows.append([str(i + 1), "2026-05-01 10:00:00", "3", "en", "7", f"tk{i}", name, *ticks])
    survey = read(put(tmp_path, rows))[1]
    ids = {name: f"tk{i}" for i, name in enumerate(PEOPLE)}
    for k, layer in enumerate(("advice", "trust")):
        expected = {
            (a, b) for i, a in enumerate(PEOPLE) for j, b in enumerate(PEOPLE) if (i + j + k) % 3 == 0 and i != j
        }
        assert named(survey, layer) == {(ids[a], ids[b]) for a, b in expected}


def test_a_qualtrics_matrix_of_ticks_keeps_what_is_ticked_in_its_wording(tmp_path):
    names = [(j, k, name, thing) for j, name in enumerate(PEOPLE, 1) for k, thing in enumerate(THINGS[:2], 1)]
    rows = [
        ["ResponseId", "Q1", *(f"Q8_{j}_{k}" for j, k, *_ in names)],
        ["Response ID", "What is your name?", *(f"Which apply? - {name} - {thing}" for *_, name, thing in names)],
        [f'{{"ImportId":"{x}"}}' for x in ("_recordId", "QID1_TEXT", *(f"QID8_{j}_{k}" for j, k, *_ in names))],
    ]
    for i, name in enumerate(PEOPLE):
        cells = [thing if (i + j + k) % 3 == 0 and i + 1 != j else "" for j, k, _, thing in names]
        rows.append([f"R_{i}", name, *cells])
    draft, survey = read(put(tmp_path, rows))
    ties = draft.table[draft.table["block"] == "tie"]
    assert ties["wording"].tolist() == ["Which apply? - Advice", "Which apply? - Trust"]
    expected = {
        (PEOPLE[i], PEOPLE[j - 1]) for i in range(6) for j in range(1, 7) if (i + j + 1) % 3 == 0 and i + 1 != j
    }
    assert {tuple(survey.people["name"][[*pair]]) for pair in named(survey, "advice")} == expected


# --- names in two columns, and what the list of everybody says --------------------------------------------------------


@pytest.mark.parametrize(
    "heads", [("First name", "Last name"), ("Vorname", "Nachname"), ("Nombre", "Apellidos"), ("Prénom", "Nom")]
)
def test_first_and_last_names_in_two_columns_are_who_answered(tmp_path, heads):
    rows = [[*heads, "Whom do you trust?"], *([*name.split(), PEOPLE[k - 1]] for k, name in enumerate(PEOPLE))]
    draft, survey = read(put(tmp_path, rows))
    assert draft.table["block"].tolist() == ["person", "ignore", "ignore", "tie"]
    assert [*survey.people.index] == [*PEOPLE]
    assert named(survey, "trust") == {(name, PEOPLE[k - 1]) for k, name in enumerate(PEOPLE)}
    with_id = [["Employee ID", *rows[0]], *([f"e{k}", *row] for k, row in enumerate(rows[1:]))]
    survey = read(put(tmp_path, with_id))[1]
    assert survey.people["name"].to_dict() == {f"e{k}": name for k, name in enumerate(PEOPLE)}


def test_a_first_name_alone_or_beside_the_whole_name_makes_no_column(tmp_path):
    rows = [["First name", "Team"], *([name.split()[0], "A"] for name in PEOPLE)]
    assert "full name" not in pn.draft_codebook(put(tmp_path, rows)).table.index
    rows = [["Name", "First name", "Last name"], *([name, *name.split()] for name in PEOPLE)]
    assert pn.draft_codebook(put(tmp_path, rows)).table["block"].tolist() == ["person", "ignore", "ignore"]


def test_team_and_manager_on_the_list_of_everybody_are_used_where_nobody_was_asked(tmp_path):
    roster = [
        ["Name", "Team", "Manager"],
        *([name, "AB"[k % 2], PEOPLE[0] if k else ""] for k, name in enumerate(PEOPLE)),
    ]
    rows = [["Name", "Whom do you trust?"], *([name, PEOPLE[k - 1]] for k, name in enumerate(PEOPLE[:4]))]
    draft, survey = read(put(tmp_path, rows, roster))
    assert draft.table["block"].tolist() == ["person", "tie", "team", "manager"]
    assert survey.people["team"].tolist() == [*"ABABAB"]
    assert survey.people["manager"].tolist()[1:] == [PEOPLE[0]] * 5
    asked = [[*row, "Team" if not k else "C"] for k, row in enumerate(rows)]
    survey = read(put(tmp_path, asked, roster))[1]
    assert survey.people["team"].tolist()[4:] == [*"AB"], "the list still tells it of who did not answer"


@pytest.mark.parametrize("and_", [" and ", " und ", " et ", " och ", " og ", "; ", ", "])
def test_names_are_parted_at_words_for_and(tmp_path, and_):
    cells = [f"{PEOPLE[k - 1]}{and_}{PEOPLE[k - 2]}" for k in range(6)]
    rows = [["Name", "Wem vertrauen Sie?"], *([name, cell] for name, cell in zip(PEOPLE, cells, strict=True))]
    survey = read(put(tmp_path, rows))[1]
    assert named(survey, "trust") == {(name, PEOPLE[k - n]) for k, name in enumerate(PEOPLE) for n in (1, 2)}


def test_whom_everybody_names_is_not_who_answered_though_all_of_them_are_invited(tmp_path):
    rows = [["Whom do you trust?", "Team", "Name"], *([PEOPLE[k - 1], "A", name] for k, name in enumerate(PEOPLE))]
    draft = pn.draft_codebook(put(tmp_path, rows, [["Name"], *([name] for name in PEOPLE)]))
    assert draft.table["block"].to_dict() == {"Whom do you trust?": "tie", "Team": "team", "Name": "person"}
