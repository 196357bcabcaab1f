"""What number a cell holds, and which numbers are codes or slips that somebody has to look at."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from peernet import read_survey
from peernet.distance import person_distances
from peernet.survey import Codebook, Item
from peernet.survey.answers import typed_answers
from peernet.survey.issues import IssueLog

LEFT_OUT = "treated as not answered"
FREE = Item("q", "experience", "numeric")
GRADED = Item("q", "perspective", "ordinal", low=1, high=5)
ASK = "if it is an answer, give the item its minimum and maximum, else declare it in missingValues"
PERSON = Item("id", "person")


def read(item: Item, *cells: str, missing: tuple[str, ...] = ("",), comma: bool = False):
    """Typed answers of p0, p1, ... and the issues as (person, problem, done)."""
    log = IssueLog()
    column = pd.Series(cells, index=[f"p{i}" for i in range(len(cells))], dtype="str")
    answers = typed_answers(item, column, missing, log, decimal_comma=comma)
    return answers, list(log.to_frame()[["person", "problem", "done"]].itertuples(index=False, name=None))


# --- codes for a missing answer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["97", "97.0", "97,0", "97.", "+97", "097", "9.7e1"])
@pytest.mark.parametrize(
    "item",
    [
        Item("q", "goal", "numeric", missing=("97",)),
        Item("q", "goal", "numeric", missing=("97.0",)),
        Item("q", "goal", "ordinal", low=0, high=100, missing=("97",)),
        Item("q", "goal", "nominal", missing=("97",)),
        Item("q", "goal", "binary", missing=("97",)),
    ],
)
def test_a_code_for_no_answer_is_compared_as_a_number(item, cell):
    answers, issues = read(item, cell, "")
    assert answers.isna().all()
    assert issues == []


@pytest.mark.parametrize("cell", ["-99", "-99.0", "−99", "-99,00"])
def test_a_negative_code_is_one_however_its_minus_is_typed(cell):
    assert read(FREE, cell, missing=("-99.0",))[0].isna().all()


def test_names_and_identifiers_are_compared_as_text():
    answers, _ = read(Item("q", "perspective", "text", missing=("7",)), "007", "7")
    assert answers.tolist()[0] == "007"
    assert pd.isna(answers.iloc[1])


@pytest.mark.parametrize("code", ["-999", "-99", "999", "99", "9999", "-1", "-9", "88", "998", "-999.0"])
def test_a_code_nobody_declared_is_no_answer_and_asked_about(code):
    answers, issues = read(FREE, "2", "30", code, "9", "12", code)
    assert answers.isna().tolist() == [False, False, True, False, False, True]
    problem = f"{code!r} lies far from the other answers, which reach from 2 to 30"
    assert issues == [("p2", problem, f"{LEFT_OUT}; {ASK}"), ("p5", problem, f"{LEFT_OUT}; {ASK}")]


@pytest.mark.parametrize("cells", [("60", "99", "140"), ("-5", "-1", "4"), ("2", "9", "8"), ("70", "77", "90")])
def test_a_number_that_could_be_a_code_but_lies_among_the_rest_is_an_answer(cells):
    answers, issues = read(FREE, *cells)
    assert answers.tolist() == [float(cell) for cell in cells]
    assert issues == []


def test_a_code_within_declared_limits_is_kept_and_asked_about():
    answers, issues = read(Item("q", "goal", "numeric", low=0, high=100), "1", "20", "99")
    assert answers.tolist() == [1, 20, 99]
    assert [(person, done.split(";")[0]) for person, _, done in issues] == [("p2", "kept")]


def test_nines_among_the_rest_are_asked_about_where_they_recur():
    answers, issues = read(FREE, "60", "99", "140", "99", "99")
    assert answers.tolist() == [60, 99, 140, 99, 99]
    done = "kept; if it means no answer, declare it in missingValues"
    assert issues == [("", "99 was given 3 times to 'q'", done)]


@pytest.mark.parametrize("cell", ["99", "0", "6", "-1"])
def test_a_number_outside_the_scale_that_recurs_may_be_a_code(cell):
    _, issues = read(GRADED, cell, "2", cell, cell)
    assert issues[-1] == (
        "",
        f"{cell} is no answer to 'q', but was given 3 times",
        f"{LEFT_OUT}; if it means no answer, declare it in missingValues",
    )
    assert len(issues) == 4


@pytest.mark.parametrize(
    "cells",
    [
        ("2", "5", "9", "12", "2019"),
        ("2", "5", "9", "12", "-70"),
        ("1", "2", "3", "4", "250", "1", "3", "2", "4", "300"),
    ],
)
def test_a_number_far_outside_the_rest_is_kept_and_asked_about(cells):
    answers, issues = read(FREE, *cells)
    assert answers.tolist() == [float(cell) for cell in cells]
    far = [f"p{i}" for i, cell in enumerate(cells) if not 0 <= float(cell) <= 12]
    assert [person for person, *_ in issues] == far
    assert all(" lies far from the other answers, which reach from " in problem for _, problem, _ in issues)
    assert all(done == "kept; check it, and if it means no answer declare it in missingValues" for *_, done in issues)


@pytest.mark.parametrize(
    "cells", [("1", "1", "1", "1", "2"), ("0", "1", "2", "4", "9", "15", "40"), ("3", "50"), ("", "7")]
)
def test_numbers_spread_as_numbers_are_raise_no_question(cells):
    assert read(FREE, *cells)[1] == []


def test_distances_do_not_depend_on_a_code_nobody_declared(folder):
    rows = "id,q\n" + "".join(f"p{i},{years}\n" for i, years in enumerate((2, 9, 15, 12)))
    with_code, blank = (read_survey(folder((PERSON, FREE), survey=f"{rows}p9,{cell}\n")) for cell in ("-999", ""))
    one, other = (person_distances(survey, "experience").to_frame() for survey in (with_code, blank))
    pd.testing.assert_frame_equal(one, other)


# --- an ordinal answer is one of its points ---------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["4,5", "4.5", "1.01", "2,999", "4.5 - agree"])
def test_an_answer_between_two_points_of_a_scale_is_none(cell):
    answers, issues = read(GRADED, cell)
    assert answers.isna().all()
    assert issues[0][1] in (f"{cell!r} is between two points of 1 to 5", f"{cell!r} is not a number")
    assert issues[0][2] == LEFT_OUT


@pytest.mark.parametrize(("cell", "point"), [("4.0", 4), ("4,0", 4), ("5", 5)])
def test_a_whole_point_may_carry_decimals(cell, point):
    assert read(GRADED, cell)[0].tolist() == [point]


def test_points_count_in_ones_from_the_lowest():
    half = Item("q", "goal", "ordinal", low=0.5, high=4.5)
    assert read(half, "1.5", "4.5")[0].tolist() == [1.5, 4.5]
    assert read(half, "2")[0].isna().all()


def test_numbers_outside_the_scale_are_as_if_not_given(shared, tmp_path):
    case = shared / "cases" / "A14"
    survey = read_survey(case)
    text = (case / "survey.csv").read_text()
    for cell in (",99,", ",6,", ",0,"):
        text = text.replace(cell, ",,")
    emptied = tmp_path / "survey.csv"
    emptied.write_text(text.replace('"4,5"', ""))
    again = read_survey(emptied, codebook=case / "codebook.json")
    pd.testing.assert_frame_equal(survey.people, again.people)
    assert "99 is no answer to 'q2', but was given 3 times" in survey.issues["problem"].tolist()


# --- words after a number ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("22 years", 22),
        ("7,5 yrs", 7.5),
        ("3 Jahre", 3),
        ("1 year (part time)", 1),
        ("0 (none)", 0),
        ("40h", 40),
        ("15 %", 15),
        ("1,5 años", 1.5),
    ],
)
def test_a_unit_after_a_number_is_read_and_noted(cell, number):
    answers, issues = read(FREE, cell)
    assert answers.tolist() == [number]
    assert issues == [("p0", f"typed {cell!r}", f"read as {number:g}")]


@pytest.mark.parametrize(
    "cell", ["3 or 4", "3 or more", "22k", "2 million", "5 to", "3 years 6 months", "about 5", "< 1", "2 ½", "5 plus"]
)
def test_words_that_change_a_number_are_not_passed_over(cell):
    answers, issues = read(FREE, cell)
    assert answers.isna().all()
    assert issues == [("p0", f"{cell!r} is not a number", LEFT_OUT)]


@pytest.mark.parametrize(
    ("item", "cells"),
    [
        (Item("years_here", "experience", "numeric"), ("18 months", "2", "4")),
        (Item("q", "experience", "numeric", "How many years have you been here?"), ("3 weeks", "2", "4")),
        (FREE, ("18 months", "2 years", "4 years")),
    ],
)
def test_a_number_in_another_unit_than_the_questions_is_no_answer(item, cells):
    answers, issues = read(item, *cells)
    assert answers.isna().tolist() == [True, False, False]
    assert issues[0][1] == f"{cells[0]!r} is in {cells[0].split()[1]}, the question in years"


def test_the_unit_of_the_question_is_read():
    answers, issues = read(Item("months_here", "experience", "numeric"), "18 months", "6")
    assert answers.tolist() == [18, 6]
    assert issues == [("p0", "typed '18 months'", "read as 18")]


# --- decimal commas ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["1.234", "12.500", "1,234", "999.999"])
def test_in_a_file_with_decimal_commas_three_digits_after_a_mark_are_doubtful(cell):
    answers, issues = read(FREE, cell, comma=True)
    assert answers.isna().all()
    mark = "comma" if "," in cell else "point"
    few = f"{float(cell.replace(',', '.')):g}" if cell != "999.999" else "999.999"
    many = cell.replace(",", "").replace(".", "")
    assert issues == [("p0", f"{cell!r} could be {many} or {few}; write it without the {mark}", LEFT_OUT)]


@pytest.mark.parametrize(
    ("low", "high", "cell", "number"),
    [(0, 50, "1.234", 1.234), (100, 5000, "1.234", 1234), (0, 50, "12.500", 12.5), (1000, 20000, "12.500", 12500)],
)
def test_declared_limits_settle_which_it_is(low, high, cell, number):
    answers, issues = read(Item("q", "goal", "numeric", low=low, high=high), cell, comma=True)
    assert answers.tolist() == [number]
    assert issues == []


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567", 1234567),
        ("1 234", 1234),
        ("12 500,25", 12500.25),
        ("1'234", 1234),
        ("-1.234,5", -1234.5),
    ],
)
def test_thousands_that_can_only_be_thousands_are_read(cell, number):
    answers, issues = read(FREE, cell)
    assert answers.tolist() == [number]
    assert issues == []


def test_a_point_is_decimal_where_the_file_has_no_decimal_commas():
    assert read(FREE, "1.234", "12.500")[0].tolist() == [1.234, 12.5]


@pytest.mark.parametrize("evidence", ["7,5", "0,25", "3,1416", "1.250,75", "7,5 years"])
def test_one_decimal_comma_makes_every_number_of_the_file_doubtful(folder, evidence):
    items = (PERSON, Item("a", "experience", "numeric"), Item("b", "goal", "numeric"))
    rows = f"id;a;b\np1;{evidence};1\np2;3;1.234\np3;4;12.500\np4;2;7\n"
    survey = read_survey(folder(items, survey=rows))
    assert survey.people["b"].isna().tolist() == [False, True, True, False]
    told = survey.issues[survey.issues["item"] == "b"]
    assert told["person"].tolist() == ["p2", "p3"]


def test_outcomes_with_decimal_commas_are_read_alike(folder):
    items = (PERSON, FREE, *(Item(name, "outcome", "numeric", wave=2) for name in ("ease", "pay")))
    survey = read_survey(folder(items, survey="id,q\np1,1\np2,2\n", outcomes="id;ease;pay\np1;2,5;1.234\np2;3,5;2\n"))
    assert survey.outcomes.query("measure == 'pay'")["value"].tolist() == [2]


def test_infinite_and_empty_columns_raise_nothing():
    for cells in (("",), ("1e999", "2"), ("nan", "inf")):
        answers, _ = read(FREE, *cells)
        assert not np.isinf(answers.fillna(0)).any()
    assert math.isnan(read(FREE, "")[0].iloc[0])


def test_identifiers_declared_missing_are_nobody(folder):
    items = Codebook((PERSON, FREE), missing=("", "NA", "-99"))
    survey = read_survey(folder(items, survey="id,q\nNA,1\nna,2\np1,3\np2,4\n-99,5\n"))
    assert survey.people.index.tolist() == ["p1", "p2"]
    problems = survey.issues.loc[survey.issues["severity"] == "error", "problem"].tolist()
    assert problems == [
        "row 2 of survey.csv has no id ('NA' is no identifier)",
        "row 3 of survey.csv has no id ('na' is no identifier)",
        "row 6 of survey.csv has no id ('-99' is no identifier)",
    ]


@pytest.mark.parametrize("file", ["survey", "roster", "outcomes"])
def test_three_rows_without_an_identifier_are_not_one_person_in_any_file(folder, file):
    items = Codebook((PERSON, FREE, Item("learned", "outcome", "numeric", wave=2)), missing=("", "NA"))
    rows = {"survey": "id,q\np1,1\np2,2\n", "roster": "id\np1\np2\n", "outcomes": "id,learned\np1,3\n"}
    width = rows[file].splitlines()[0].count(",")
    rows[file] += 3 * f"NA{',5' * width}\n"
    survey = read_survey(folder(items, **rows))
    assert survey.people.index.tolist() == ["p1", "p2"]
    assert (survey.issues["severity"] == "error").sum() == 3


@pytest.mark.parametrize("cell", ["1.234", "12.500", "-1.234", "999.999", "1.234 euros"])
@pytest.mark.parametrize("other", ["7", "", "1.500"])
def test_in_a_file_of_semicolons_three_digits_after_a_point_are_asked_about(folder, cell, other):
    survey = read_survey(folder((PERSON, FREE), survey=f"id;q\np1;{cell}\np2;{other}\np3;8\n"))
    assert math.isnan(survey.people.loc["p1", "q"])
    problem = survey.issues.loc[survey.issues["person"] == "p1", "problem"].tolist()[0]
    assert problem.startswith(f"row 2 of survey.csv: {cell!r} could be ")
    assert problem.endswith("; write it without the point")


@pytest.mark.parametrize("evidence", ["0.5", "12.25", "3.1416", "0.125", "1234.567", "2.5 years", ".5"])
def test_one_decimal_point_in_a_file_of_semicolons_settles_them(folder, evidence):
    survey = read_survey(folder((PERSON, FREE), survey=f"id;q\np1;1.234\np2;{evidence}\np3;8\n"))
    assert survey.people.loc["p1", "q"] == 1.234


@pytest.mark.parametrize(("separator", "number"), [(",", 1.234), ("\t", 1.234)])
def test_a_point_is_decimal_in_a_file_that_is_not_parted_by_semicolons(folder, separator, number):
    text = "id;q;more\np1;1.234;\np2;8;\n".replace(";", separator)
    assert read_survey(folder((PERSON, FREE), survey=text)).people.loc["p1", "q"] == number


def test_limits_settle_what_a_point_in_a_file_of_semicolons_means(folder):
    items = (PERSON, Item("q", "experience", "numeric", low=0, high=50), Item("pay", "goal", "numeric", low=1000))
    survey = read_survey(folder(items, survey="id;q;pay\np1;1.234;1.234\np2;8;2.000\n"))
    assert survey.people.loc["p1", ["q", "pay"]].tolist() == [1.234, 1234]


def test_outcomes_and_ratings_in_a_file_of_semicolons_are_asked_about_too(folder):
    items = (PERSON, FREE, Item("late", "outcome", "numeric"), Item("hours", "tie", layer="hours", at_least=1))
    files = {"outcomes": "id;late\np1;1.234\n", "ties": "ego;alter;layer;rating\np1;p2;hours;1.234\n"}
    survey = read_survey(folder(items, survey="id,q\np1,1.5\np2,2\n", **files))
    assert survey.outcomes.empty
    assert survey.ties["rating"].isna().all()
    doubts = survey.issues.loc[survey.issues["problem"].str.contains("could be 1234 or 1.234"), "problem"].tolist()
    assert [doubt.split(": ")[0] for doubt in doubts] == ["row 2 of ties.csv", "row 2 of outcomes.csv"]
