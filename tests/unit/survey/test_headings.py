"""Headings as tools write them: broken over lines, with odd spaces, in two rows; none may cost a question unsaid."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

import peernet as pn
from peernet import read_survey
from peernet.errors import CodebookError, SurveyError
from peernet.survey import Codebook, Item

ITEMS = (
    Item("id", "person", label="Your number"),
    Item("years", "experience", "numeric", label="How many years have you been here?"),
    Item("bold", "perspective", "ordinal", low=1, high=5, label="I say what I think"),
    Item("whom do you trust", "tie", layer="trust", label="Whom do you trust?"),
    Item("out", "constraint", "binary", role="opted_out", label="Leave me out"),
)
HEADINGS = tuple(item.name for item in ITEMS)
ROWS = (("p1", "3", "4", "p2", "no"), ("p2", "9", "2", "p1", "no"), ("p3", "1", "5", "nobody", "yes"))


def text(*rows: tuple[str, ...]) -> str:
    out = StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def problems(path) -> tuple[str, ...]:
    with pytest.raises(SurveyError) as caught:
        read_survey(path)
    return caught.value.problems


def by_severity(survey: pn.Survey, severity: str) -> list[str]:
    return survey.issues.loc[survey.issues["severity"] == severity, "item"].tolist()


@pytest.mark.parametrize(
    "heading",
    [
        "whom do\nyou trust",
        "whom do\r\nyou trust",
        "whom\u00a0do you\u00a0trust",
        "whom  do   you trust",
        " whom do you trust ",
        "whom do\tyou\u2009trust",
        "whom do you trust\u200b",
        "\ufeffwhom do you trust",
    ],
)
def test_white_space_in_a_heading_is_one_space_and_costs_no_question(folder, heading):
    survey = read_survey(folder(ITEMS, survey=text((*HEADINGS[:3], heading, "out"), *ROWS)))
    assert survey.ties[["ego", "alter"]].to_numpy().tolist() == [["p1", "p2"], ["p2", "p1"]]
    assert survey.issues.empty


@pytest.mark.parametrize("name", ["whom do\nyou trust", "whom do\u00a0you trust ", "whom  do you trust"])
def test_white_space_in_a_name_of_the_codebook_is_one_space_too(folder, name):
    items = (*ITEMS[:3], Item(name, "tie", layer="trust"), ITEMS[4])
    assert items[3].name == "whom do you trust"
    assert len(read_survey(folder(items, survey=text(HEADINGS, *ROWS))).ties) == 2
    fields = [{"name": "id", "peernet": {"block": "person"}}, {"name": name, "peernet": {"block": "ignore"}}]
    assert Codebook.from_descriptor({"fields": fields}).names == ("id", "whom do you trust")


def test_two_names_that_differ_in_white_space_alone_are_one():
    with pytest.raises(CodebookError, match=r"^Item 'a b' is described 2 times; keep one\.$"):
        Codebook((ITEMS[0], Item("a\u00a0b", "goal"), Item("a b", "goal")))


def test_two_columns_that_differ_in_white_space_alone_are_refused(folder):
    path = folder(ITEMS, survey=text((*HEADINGS, "out\u00a0"), *((*row, "") for row in ROWS)))
    assert problems(path) == (f"{path / 'survey.csv'} has 2 columns called 'out'; rename or remove all but one.",)


def test_headings_of_every_file_are_read_alike(folder):
    survey = read_survey(
        folder(
            (*ITEMS, Item("line manager", "manager"), Item("learned much", "outcome", "numeric", wave=2)),
            survey=text(HEADINGS, *ROWS),
            roster=text(("id", "line\nmanager"), ("p1", "p2"), ("p2", ""), ("p3", "")),
            outcomes=text(("id", "learned\u00a0much"), ("p1", "4")),
        )
    )
    assert survey.people["manager"].dropna().to_dict() == {"p1": "p2"}
    assert survey.outcomes["value"].tolist() == [4]


@pytest.mark.parametrize("place", [3, 4])
def test_a_question_on_ties_or_on_taking_part_that_is_not_in_the_data_must_be_settled(folder, place):
    headings = tuple("something else" if i == place else name for i, name in enumerate(HEADINGS))
    survey = read_survey(folder(ITEMS, survey=text(headings, *ROWS)))
    assert by_severity(survey, "error") == [HEADINGS[place]]
    assert survey.issues.iloc[0]["problem"] == f"item {HEADINGS[place]!r} is in the codebook but not in the data"
    assert survey.issues.iloc[0]["done"] == "left out; nothing is known of it until its column is named so"


def test_another_question_that_is_not_in_the_data_is_a_warning(folder):
    rows = (row[:1] + row[2:] for row in ROWS)
    assert by_severity(read_survey(folder(ITEMS, survey=text(HEADINGS[:1] + HEADINGS[2:], *rows))), "error") == []


LABELS = tuple(item.label for item in ITEMS)
IMPORT_IDS = tuple(f'{{"ImportId":"QID{i}"}}' for i in range(5))
OTHER_WORDS = ("Respondent", "Time with us", "Bold?", "Trusted", "Left out?")


@pytest.mark.parametrize(
    ("more", "numbers"),
    [
        ([LABELS], "row 2"),
        ([LABELS, IMPORT_IDS], "rows 2, 3"),
        ([OTHER_WORDS, IMPORT_IDS], "rows 2, 3"),
        ([OTHER_WORDS], "row 2"),
        ([HEADINGS], "row 2"),
        ([("", "Open-Ended Response", "Response", "Open-Ended Response", "Response")], "row 2"),
        ([("ID", "Years", "Bold", "", "")], "row 2"),
    ],
)
def test_rows_that_look_like_headings_are_refused_and_nobody_comes_of_them(folder, more, numbers):
    path = folder(ITEMS, survey=text(HEADINGS, *more, *ROWS))
    (problem,) = problems(path)
    assert problem.startswith(f"survey.csv: {numbers} look")
    assert problem.endswith("Keep one row of headings, the names in the codebook, and remove the others.")


@pytest.mark.parametrize(
    "row", [("Your number", "How long?"), ("Please give your ID", "Years"), ("respondent", "in years")]
)
def test_a_heading_is_told_from_one_question_where_its_identifier_is_like_no_other(folder, row):
    rows = [(f"p{i}", str(i)) for i in range(1, 5)]
    assert problems(folder((Item("id", "person"), Item("q", "goal", "numeric")), survey=text(("id", "q"), row, *rows)))


@pytest.mark.parametrize("place", [1, 2, 3])
def test_headings_repeated_further_down_are_refused(folder, place):
    rows = [*ROWS[:place], HEADINGS, *ROWS[place:]]
    assert problems(folder(ITEMS, survey=text(HEADINGS, *rows)))[0].startswith(f"survey.csv: row {place + 2} looks")


@pytest.mark.parametrize("file", ["roster", "outcomes", "ties"])
def test_headings_in_two_rows_of_another_file_are_refused(folder, file):
    header = {"roster": ("id", "boss"), "outcomes": ("id", "learned"), "ties": ("ego", "alter", "layer")}[file]
    row = {"roster": ("p1", "p2"), "outcomes": ("p1", "4"), "ties": ("p1", "p2", "trust")}[file]
    items = (*ITEMS, Item("boss", "manager"), Item("learned", "outcome", "numeric", wave=2))
    path = folder(items, survey=text(HEADINGS, *ROWS), **{file: text(header, header, row)})
    assert problems(path)[0].startswith(f"{file}.csv: row 2 looks like a heading")


@pytest.mark.parametrize(
    "rows",
    [
        [("p1", "many", "x", "", ""), *ROWS[1:]],  # one odd answer, one odd answer, nothing readable, but a person
        [("p1", "many", "4", "p2", "no"), *ROWS[1:]],
        [("p1", "", "", "Whom do you trust?", ""), *ROWS[1:]],
        [("p1", "many", "agree", "p2", "perhaps"), ("p2", "few", "disagree", "p1", "perhaps")],
    ],
)
def test_answers_that_cannot_be_read_are_answers_still(folder, rows):
    survey = read_survey(folder(ITEMS, survey=text(HEADINGS, *rows)))
    assert survey.people.index.tolist() == [row[0] for row in rows]


@pytest.mark.parametrize(
    ("table", "column"),
    [("roster", "years"), ("roster", "out"), ("outcomes", "bold"), ("outcomes", "out"), ("ties", "bold")],
)
@pytest.mark.parametrize("also", [True, False])
def test_a_column_of_a_table_that_does_not_use_it_is_told(folder, table, column, also):
    heads = [head for head in ("id", "years", "bold", "out") if also or head != column]
    cells = {"id": "p1", "years": "3", "bold": "4", "out": "no"}
    survey = text(tuple(heads), tuple(cells[head] for head in heads))
    first = {"roster": "id", "outcomes": "id", "ties": "ego,alter,layer"}[table]
    row = {"roster": "p1", "outcomes": "p1", "ties": "p1,p1,trust"}[table]
    files = {table: f"{first},{column}\n{row},{cells[column]}\n"}
    issues = read_survey(folder(ITEMS, survey=survey, **files)).issues
    (done,) = issues.loc[issues["problem"] == f"item {column!r} is in {table}.csv", "done"]
    assert done == ("not used; read from survey.csv alone" if also else "not used; move the column to survey.csv")
