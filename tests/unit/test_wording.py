"""Numbers and people in plain words."""

from __future__ import annotations

import pandas as pd
import pytest

from peernet._wording import (
    amount,
    count_in_digits,
    count_in_words,
    display_names,
    distance,
    listed,
    percent,
    question,
    short_names,
)


@pytest.mark.parametrize(("value", "words"), [(0.0, "0.00"), (4.346, "4.35"), (12.34, "12.3"), (1234.5, "1,234.5")])
def test_amounts_show_what_matters(value: float, words: str) -> None:
    assert amount(value) == words


def test_unknown_numbers_are_a_dash() -> None:
    assert [wording(float("nan")) for wording in (amount, distance, percent)] == ["–"] * 3


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0%"), (0.001, "under 1%"), (0.256, "26%"), (0.999, "over 99%"), (1.0, "100%")],
)
def test_shares_claim_neither_none_nor_all_unless_it_is_so(share: float, words: str) -> None:
    assert percent(share) == words


def test_nouns_follow_their_number() -> None:
    assert [count_in_digits(n, "pair", "pairs") for n in (0, 1, 1200)] == ["0 pairs", "1 pair", "1,200 pairs"]


@pytest.mark.parametrize(("k", "words"), [(0, "no groups"), (1, "one group"), (12, "twelve groups"), (13, "13 groups")])
def test_small_numbers_are_told_in_words(k: int, words: str) -> None:
    assert count_in_words(k, "group", "groups") == words


def test_lists_read_as_a_sentence() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert listed(["a", "b"], "or") == "a or b"


def test_people_are_called_by_name_unless_two_share_it_or_there_is_none() -> None:
    people = pd.DataFrame({"name": ["Ada", "Bo", "Bo", None, "  "]}, index=list("abcde"))
    assert display_names(people).tolist() == ["Ada", "Bo (b)", "Bo (c)", "d", "e"]


def test_people_who_share_a_name_are_told_apart_by_team_where_it_does() -> None:
    people = pd.DataFrame({"name": ["Bo", "Bo", "Al", "Al"], "team": ["Dock", "Law", "Law", "Law"]}, index=list("abcd"))
    assert display_names(people).tolist() == ["Bo (Dock)", "Bo (Law)", "Al (Law) (c)", "Al (Law) (d)"]


def test_an_address_is_read_as_the_name_in_it_where_there_is_one() -> None:
    index = ["anna.rossi@firm.example", "jean-luc.dupont@firm.example", "p001@firm.example", "info@firm.example", "b_c"]
    people = pd.DataFrame({"name": [None, index[1], "", None, None]}, index=index)
    assert display_names(people).tolist() == ["Anna Rossi", "Jean-Luc Dupont", *index[2:]]


def test_two_addresses_with_one_name_keep_the_address() -> None:
    index = ["anna.rossi@firm.example", "anna.rossi@firm.test"]
    people = pd.DataFrame({"name": [None, None]}, index=index)
    assert display_names(people).tolist() == [f"Anna Rossi ({address})" for address in index]


def test_short_names_stay_different() -> None:
    names = pd.Series(["Ada Byron", "Ada Bell", "Ida (Dock)", "Ida (Law)", "U1"])
    assert short_names(names).tolist() == ["Ada Byron", "Ada Bell", "Ida (Dock)", "Ida (Law)", "U1"]


def test_a_question_is_its_wording_cut_after_a_word() -> None:
    assert question("What is your grade? (1 to 5)", "level") == "What is your grade?"
    assert question("", "years_here") == "years here"
    assert question("(only this)", "q1") == "(only this)"
    assert question("one two three", "q", 9) == "one two …"
    assert len(question("word " * 40, "q")) <= 60
