"""Errors: one message, every problem, nothing lost on the way through a worker process."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import numpy as np
import pytest

from peernet import errors
from peernet.errors import (
    CodebookError,
    InfeasibleError,
    MatchingError,
    PeernetError,
    SettingError,
    SurveyError,
    UnknownItemError,
    UnknownPersonError,
    check_choice,
    checked_pairs,
    did_you_mean,
    type_in_words,
    unknown_person,
)

PEOPLE = ("p001", "p002", "p017")
SOURCES = Path(errors.__file__).parent.rglob("*.py")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1, "an int"),
        ("x", "a str"),
        (1.0, "a float"),
        ([], "a list"),
        (np.zeros(1), "an ndarray"),
        (object(), "an object"),
    ],
)
def test_a_type_has_the_article_that_is_spoken(value, words):
    assert type_in_words(value) == words


def test_no_message_puts_an_article_of_its_own_before_a_type():
    wrong = re.compile(r"""\ban? (["']\s*f["'])?\{type\(""")
    assert [str(path) for path in SOURCES if wrong.search(path.read_text(encoding="utf-8"))] == []


def test_one_problem_is_the_whole_message():
    assert str(SurveyError("survey.csv is empty.")) == "survey.csv is empty."


def test_several_problems_are_numbered():
    assert str(SurveyError("One.", "Two.")) == "2 problems:\n  1. One.\n  2. Two."


def test_more_than_twenty_problems_are_counted_but_all_kept():
    error = SurveyError(*(f"Row {i}." for i in range(1, 26)))
    assert str(error).startswith("25 problems:\n  1. Row 1.")
    assert str(error).endswith("  20. Row 20.\n  ... and 5 more")
    assert len(error.problems) == 25


@pytest.mark.parametrize("kind", [SurveyError, CodebookError])
def test_a_survey_error_survives_pickling(kind):
    error = pickle.loads(pickle.dumps(kind("One.", "Two.")))
    assert (type(error), error.problems) == (kind, ("One.", "Two."))


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (SurveyError, ValueError),
        (CodebookError, SurveyError),
        (SettingError, ValueError),
        (MatchingError, ValueError),
        (InfeasibleError, MatchingError),
        (UnknownPersonError, KeyError),
        (UnknownItemError, KeyError),
    ],
)
def test_every_error_is_caught_as_a_peernet_error_and_as_its_builtin(kind, builtin):
    assert issubclass(kind, PeernetError)
    assert issubclass(kind, builtin)


@pytest.mark.parametrize("kind", [UnknownPersonError, UnknownItemError])
def test_an_unknown_key_is_told_without_the_quotation_marks_of_a_key_error(kind):
    assert str(kind("No person 'p9' in the survey.")) == "No person 'p9' in the survey."


def test_a_choice_outside_the_allowed_ones_is_refused_with_all_of_them():
    with pytest.raises(SettingError, match=r"^rule must be one of 'mutual', 'either'; got 'both'\.$"):
        check_choice("rule", "both", ("mutual", "either"))


@pytest.mark.parametrize(
    ("word", "hint"),
    [("trsut", " Did you mean 'Trust'?"), ("TRUST", " Did you mean 'Trust'?"), ("lunch", "")],
)
def test_a_hint_is_given_only_for_a_close_word_whatever_its_case(word, hint):
    assert did_you_mean(word, ["Trust", "candour"]) == hint


def test_an_unknown_person_is_told_with_the_nearest_one_and_where_was_looked():
    error = unknown_person("p0002", PEOPLE)
    assert isinstance(error, UnknownPersonError)
    assert str(error) == "No person 'p0002' in the survey. Did you mean 'p002'?"
    assert str(unknown_person("zoe", PEOPLE, "among the mentors")) == "No person 'zoe' among the mentors."
    assert str(unknown_person(7, [17, 8])) == "No person 7 in the survey. Did you mean '17'?"


def test_pairs_of_known_people_come_back_as_they_were_given():
    assert checked_pairs([["p002", "p001"], ("p017", "p002"), ("p002", "p001")], PEOPLE) == [
        ("p002", "p001"),
        ("p017", "p002"),
        ("p002", "p001"),
    ]
    assert checked_pairs([], PEOPLE) == []


@pytest.mark.parametrize("pair", ["p1", ("p001",), ("p001", "p002", "p017"), ()])
def test_a_row_that_does_not_hold_two_people_is_no_pair_not_even_a_word_of_two_letters(pair):
    with pytest.raises(SettingError) as caught:
        checked_pairs([("p001", "p002"), pair], PEOPLE, whose="Held: ")
    assert str(caught.value) == f"Held: Pairs must hold two people each, such as [('p001', 'p002')]; got {pair!r}."


@pytest.mark.parametrize("pair", [("p001", "p03"), ("p03", "p001")])
def test_a_pair_with_somebody_unknown_is_told_with_whose_it_is_and_where_was_looked(pair):
    with pytest.raises(UnknownPersonError) as caught:
        checked_pairs([pair], ["p001", "p030"], where="among the mentors", whose="Held: ")
    assert str(caught.value) == "Held: No person 'p03' among the mentors. Did you mean 'p030'?"


def test_one_person_twice_is_no_pair_and_an_unknown_one_is_told_first():
    with pytest.raises(SettingError) as caught:
        checked_pairs([("p002", "p002")], PEOPLE, whose="Held: ")
    assert str(caught.value) == "Held: A pair needs two people; got 'p002' twice."
    with pytest.raises(UnknownPersonError, match=r"^No person 'zoe' in the survey\.$"):
        checked_pairs([("zoe", "zoe")], PEOPLE)
