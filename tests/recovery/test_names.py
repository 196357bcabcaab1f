"""Names typed by hand in a made-up survey, whose truth is known, are read as the people meant."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

import peernet as pn
from peernet import Survey

READABLE = (
    "extra spaces",
    "other case",
    "last name first",
    "first name only",
    "initial",
    "typo",
    "no accents",
    "nickname",
)
SEEDS = (0, 1)


@cache
def made_and_read(seed: int) -> tuple[pd.DataFrame, Survey]:
    """Every name given in an answered cell with who was meant, and the survey as read."""
    made = pn.make_survey(rng=seed)
    sheets = made.survey.set_index("person")
    sheets = sheets[~sheets.index.duplicated(keep="last")]
    given = made.nominations
    kept = [bool(sheets.loc[person, layer]) for person, layer in zip(given["person"], given["layer"], strict=True)]
    return given[kept], made.read()


def pairs(table: pd.DataFrame, *columns: str) -> set[tuple[str, ...]]:
    return set(table[list(columns)].itertuples(index=False, name=None))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_typed_name_is_read_as_the_wrong_person(seed):
    given, survey = made_and_read(seed)
    assert pairs(survey.ties, "ego", "alter", "layer") <= pairs(given, "person", "alter", "layer")


@pytest.mark.parametrize("seed", SEEDS)
def test_at_least_999_of_1000_typed_names_are_read(seed):
    given, survey = made_and_read(seed)
    meant = pairs(given[(given["alter"] != "") & (given["alter"] != given["person"])], "person", "alter", "layer")
    assert len(meant & pairs(survey.ties, "ego", "alter", "layer")) >= 0.999 * len(meant)


@pytest.mark.parametrize("how", READABLE)
def test_nine_in_ten_names_of_each_form_are_read(how):
    given, survey = made_and_read(0)
    typed = given[given["how"] == how]
    read = pairs(typed, "person", "alter", "layer") & pairs(survey.ties, "ego", "alter", "layer")
    assert len(typed) >= 20
    assert len(read) >= 0.9 * len(typed)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_name_that_is_no_tie_is_told(seed):
    given, survey = made_and_read(seed)
    ties = pairs(survey.ties, "ego", "alter", "layer")
    told = survey.issues.groupby(["person", "item"])["problem"].agg(" ".join)
    for row in given.itertuples():
        if (row.person, row.alter, row.layer) not in ties:
            assert repr(row.typed.strip()) in told[row.person, row.layer]


@pytest.fixture(scope="module")
def planted() -> pd.DataFrame:
    return pn.make_survey().planted


@pytest.mark.parametrize(
    ("problem", "severity", "words"),
    [
        ("out of range", "warning", "'7' is outside 1 to 5"),
        ("answered twice", "warning", "has 2 rows in survey.csv"),
        ("every answer missing", "warning", "every answer is missing"),
        ("self-nomination", "note", "is the respondent"),
        ("not on the roster", "warning", "is nobody on the roster"),
        ("shared first name", "warning", " could be "),
    ],
)
def test_every_planted_problem_is_a_row_of_issues(planted, problem, severity, words):
    issues = pn.load_example().issues
    cases = planted[planted["problem"] == problem]
    assert len(cases)
    for case in cases.itertuples():
        rows = issues[(issues["person"] == case.person) & (issues["item"] == case.item)]
        assert (rows["problem"].str.contains(words, regex=False) & (rows["severity"] == severity)).any()


def test_planted_constraints_are_in_force(planted):
    survey = pn.load_example()
    who = planted.set_index("problem")["person"]
    meant = planted.set_index("problem").loc["veto", "found"]
    assert survey.constraint("opted_out")[who["opted out"]]
    assert survey.constraint("capacity")[who["capacity two"]] == 2
    assert [survey.people.loc[p, "name"] for p in survey.constraint("never_with")[who["veto"]]] == [meant]


def test_who_answered_twice_keeps_the_complete_sheet(planted):
    twice = planted.set_index("problem").loc["answered twice", "person"]
    survey = pn.load_example()
    answered = pn.survey.missing_answers(survey)
    given = survey.people.loc[twice, [name for name in answered.index if name in survey.people]].notna().sum()
    assert given >= 0.8 * survey.people[survey.people["answered"]].notna().sum(axis=1).median()
