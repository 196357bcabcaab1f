"""From text in a cell to a typed answer, kind by kind."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from peernet.survey.answers import typed_answers
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item

LEFT_OUT = "treated as not answered"


def read(item: Item, *cells: str, missing: tuple[str, ...] = ("",)) -> tuple[pd.Series, list[tuple[str, str, str]]]:
    """Typed answers of people p0, p1, ... and the issues as (person, problem, done)."""
    log = IssueLog()
    answers = typed_answers(
        item, pd.Series(cells, index=[f"p{i}" for i in range(len(cells))], dtype="str"), missing, log
    )
    return answers, list(log.to_frame()[["person", "problem", "done"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("7", 7),
        ("7.5", 7.5),
        ("7,5", 7.5),
        ("-2", -2),
        ("+3", 3),
        (".5", 0.5),
        ("1e2", 100),
        ("0,125", 0.125),
        ("", math.nan),
    ],
)
def test_a_number_is_read_with_point_or_comma(cell, number):
    answers, issues = read(Item("q", "experience", "numeric"), cell)
    assert answers.iloc[0] == pytest.approx(number, nan_ok=True)
    assert issues == []


@pytest.mark.parametrize(
    ("item", "cell", "problem"),
    [
        (Item("q", "goal", "numeric"), "many", "'many' is not a number"),
        (Item("q", "goal", "numeric"), "1e999", "'1e999' is not a number"),
        (Item("q", "goal", "numeric"), "4 - agree", "'4 - agree' is not a number"),
        (Item("q", "goal", "ordinal", low=1, high=5), "5 - 6", "'5 - 6' is not a number"),
        (Item("q", "goal", "ordinal", low=1, high=5), "3 or 4", "'3 or 4' is not a number"),
        (Item("q", "goal", "ordinal", low=1, high=5), "7", "'7' is outside 1 to 5"),
        (Item("q", "goal", "ordinal", low=1, high=5, reverse=True), "0", "'0' is outside 1 to 5"),
        (Item("q", "goal", "numeric", low=0), "-1", "'-1' is below 0"),
        (Item("q", "goal", "numeric", high=40), "41,5", "'41,5' is above 40"),
        (Item("q", "goal", "numeric"), "1,234", "'1,234' could be 1234 or 1.234; write it without the comma"),
        (
            Item("q", "goal", "ordinal", categories=("Low", "High")),
            "Middle",
            "'Middle' is none of: Low, High",
        ),
        (Item("q", "goal", "binary"), "perhaps", "'perhaps' is neither yes nor no"),
    ],
)
def test_an_answer_that_cannot_be_used_is_missing_and_logged_with_its_reason(item, cell, problem):
    answers, issues = read(item, cell)
    assert answers.isna().tolist() == [True]
    assert issues == [("p0", problem, LEFT_OUT)]


def test_declared_limits_settle_whether_a_comma_is_decimal():
    answers, issues = read(Item("q", "goal", "numeric", low=0, high=50), "1,234")
    assert answers.tolist() == [1.234]
    assert issues == []


@pytest.mark.parametrize("cell", ["4", "4 - agree", "4 (agree)", "4: agree", "4 – Stimme zu", "4. agree", "4 agree"])
def test_a_numbered_answer_may_carry_its_wording(cell):
    assert read(Item("q", "goal", "ordinal", low=1, high=5), cell)[0].tolist() == [4.0]


def test_a_reversed_number_turns_round_within_its_declared_limits_not_those_observed():
    item = Item("q", "goal", "ordinal", low=1, high=7, reverse=True)
    assert read(item, "2", "3", "3")[0].tolist() == [6.0, 5.0, 5.0]


def test_ordered_categories_ignore_case_and_turn_round_when_reversed():
    plain, turned = (Item("q", "goal", "ordinal", categories=("Low", "Mid", "High"), reverse=r) for r in (False, True))
    answers = read(plain, "LOW", "High", "")[0]
    assert answers.cat.ordered
    assert answers.cat.codes.tolist() == [0, 2, -1]
    assert read(turned, "LOW", "High", "")[0].cat.codes.tolist() == [2, 0, -1]


def test_an_undeclared_category_is_kept_and_logged_with_the_nearest_declared_one():
    answers, issues = read(Item("q", "goal", "nominal", categories=("Finance", "Law")), "fiance", "law")
    assert answers.tolist() == ["fiance", "Law"]
    assert answers.cat.categories.tolist() == ["Finance", "Law", "fiance"]
    problem = "'fiance' is not among the declared categories. Did you mean 'Finance'?"
    assert issues == [("p0", problem, "kept as a category of its own")]


def test_categories_that_were_never_declared_are_taken_as_they_come():
    answers, issues = read(Item("q", "goal", "nominal"), "b", "a", "b")
    assert answers.cat.categories.tolist() == ["a", "b"]
    assert issues == []


@pytest.mark.parametrize("kind", ["binary", "asymmetric"])
def test_yes_and_no_are_nullable_booleans(kind):
    answers, issues = read(Item("q", "goal", kind), "yes", "No", "1", "0", "TRUE", "x", "")
    assert answers.dtype == "boolean"
    assert answers.tolist() == [True, False, True, False, True, True, pd.NA]
    assert issues == []


def test_multiple_choices_are_sets_none_is_an_empty_set_and_blank_is_no_answer():
    item = Item("q", "goal", "multiple", categories=("Lead", "Move"))
    answers, issues = read(item, "lead; MOVE;", "Lead", "none", "")
    assert answers.tolist() == [frozenset({"Lead", "Move"}), frozenset({"Lead"}), frozenset(), None]
    assert issues == []


def test_multiple_choices_part_at_the_declared_separator_only():
    answers, _ = read(Item("q", "goal", "multiple", separator="/"), "G2/G3", "a;b")
    assert answers.tolist() == [frozenset({"G2", "G3"}), frozenset({"a;b"})]


def test_text_stays_text():
    answers, _ = read(Item("q", "perspective", "text"), "I disagree.", "")
    assert answers.iloc[0] == "I disagree."
    assert pd.isna(answers.iloc[1])


def test_missing_words_of_the_survey_and_of_the_item_are_no_answers_whatever_their_case():
    item = Item("q", "goal", "numeric", missing=("-99",))
    answers, issues = read(item, "n/a", "-99", "3", missing=("", "N/A"))
    assert answers.isna().tolist() == [True, True, False]
    assert issues == []


@pytest.mark.parametrize("kind", ["numeric", "nominal", "binary", "multiple", "text"])
def test_a_question_nobody_answered_keeps_its_type(kind):
    full, empty = (read(Item("q", "goal", kind), cell)[0] for cell in ("1", ""))
    assert empty.isna().all()
    assert empty.dtype.kind == full.dtype.kind


def test_the_cells_given_are_not_changed():
    cells = pd.Series(["3", "x"], index=["p0", "p1"], dtype="str")
    before = cells.copy()
    typed_answers(Item("q", "goal", "numeric"), cells, ("",), IssueLog())
    pd.testing.assert_series_equal(cells, before)
