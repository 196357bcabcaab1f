"""Nominations: cells of names and rows of a tie file become ties, and what cannot is told."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import NameBook
from peernet.survey.nominations import NameReader, listed_ties, nominated_ties, vetoed_people

PEOPLE = {"p1": "Ann Lee", "p2": "Bo Ek", "p3": "Cy Oz", "p4": "Cleo Oz"}
TRUST = Item("q", "tie", layer="trust")


@pytest.fixture
def reader() -> NameReader:
    return NameReader(NameBook(PEOPLE, {"p1": "A", "p3": "A", "p4": "B"}), ("", "NA"), IssueLog())


def cells(**typed: str) -> pd.DataFrame:
    return pd.DataFrame({"q": pd.Series(typed, dtype="str")})


def issues(reader: NameReader) -> list[tuple[str, ...]]:
    return list(reader.log.to_frame().itertuples(index=False, name=None))


def test_every_name_becomes_a_tie_once_and_the_ego_has_answered(reader):
    ties, answered = nominated_ties([TRUST], cells(p1="Bo Ek; Cy Oz; bo ek"), reader)
    assert ties == [("p1", "p2", "trust", 1.0, True), ("p1", "p3", "trust", 1.0, True)]
    assert answered == {"trust": {"p1"}}
    assert issues(reader) == []


@pytest.mark.parametrize("cell", ["", "NA", "na"])
def test_a_blank_nomination_is_no_answer(reader, cell):
    assert nominated_ties([TRUST], cells(p1=cell), reader) == ([], {"trust": set()})
    assert issues(reader) == []


def test_nobody_is_an_answer_that_names_nobody(reader):
    assert nominated_ties([TRUST], cells(p1="nobody"), reader) == ([], {"trust": {"p1"}})
    assert issues(reader) == []


@pytest.mark.parametrize("cell", [";", "???", " , "])
def test_a_cell_without_any_name_is_no_answer_and_is_told(reader, cell):
    assert nominated_ties([TRUST], cells(p1=cell), reader) == ([], {"trust": set()})
    assert issues(reader) == [("warning", "q", "p1", f"{cell!r} holds no name", "treated as not answered")]


def test_a_stranger_is_told_and_the_question_counts_as_answered(reader):
    assert nominated_ties([TRUST], cells(p1="the canteen lady"), reader) == ([], {"trust": {"p1"}})
    assert issues(reader) == [("warning", "q", "p1", "'the canteen lady' is nobody on the roster", "not counted")]


def test_naming_oneself_is_left_out_and_noted(reader):
    assert nominated_ties([TRUST], cells(p1="Ann Lee; Bo Ek"), reader)[0] == [("p1", "p2", "trust", 1.0, True)]
    assert issues(reader) == [("note", "q", "p1", "'Ann Lee' is the respondent", "left out")]


def test_an_ambiguous_name_lists_everyone_it_could_be(reader):
    assert nominated_ties([TRUST], cells(p2="Oz"), reader)[0] == []
    done = "not counted; write the identifier to settle it"
    assert issues(reader) == [("warning", "q", "p2", "'Oz' could be Cy Oz (p3), Cleo Oz (p4)", done)]


def test_an_ambiguous_name_is_settled_by_the_team_and_noted(reader):
    assert nominated_ties([TRUST], cells(p1="Oz"), reader)[0] == [("p1", "p3", "trust", 1.0, True)]
    assert issues(reader) == [
        ("note", "q", "p1", "typed 'Oz'", "read as Cy Oz (p3): part of the name, in the same team")
    ]


def test_a_guess_at_a_nickname_asks_to_be_checked():
    reader = NameReader(NameBook({"p1": "Ann Lee", "p2": "Michael Dubois"}), ("",), IssueLog())
    assert nominated_ties([TRUST], cells(p1="Mike Dubois"), reader)[0] == [("p1", "p2", "trust", 1.0, True)]
    done = "read as Michael Dubois (p2): similar first name; check that this is who was meant"
    assert issues(reader) == [("warning", "q", "p1", "typed 'Mike Dubois'", done)]


@pytest.mark.parametrize(
    ("cell", "alters"),
    [
        ("Ek, Bo", ["p2"]),
        ("Ek, Bo; Oz, Cy", ["p2", "p3"]),
        ("Bo Ek, Cy Oz", ["p2", "p3"]),
        ("Bo, Cy", ["p2", "p3"]),
        ("Bo Ek, Cy Oz, Cleo Oz", ["p2", "p3", "p4"]),
        ("Bo Ek, Cy Oz; Cleo Oz", ["p2", "p3", "p4"]),
        ("p2, p3", ["p2", "p3"]),
        ("Bo Ek, the canteen lady", ["p2"]),
    ],
)
def test_commas_part_names_unless_they_stand_in_one(reader, cell, alters):
    assert [alter for _, alter, *_ in nominated_ties([TRUST], cells(p1=cell), reader)[0]] == alters


def test_a_stranger_typed_last_name_first_is_not_taken_apart(reader):
    """ "Cy" alone would be read as somebody else."""
    assert nominated_ties([TRUST], cells(p1="Young, Cy"), reader)[0] == []
    assert issues(reader) == [("warning", "q", "p1", "'Young, Cy' is nobody on the roster", "not counted")]


def test_two_questions_can_feed_one_layer(reader):
    items = [Item("a", "tie", layer="trust"), Item("b", "tie", layer="trust")]
    table = pd.DataFrame({"a": ["Bo Ek", ""], "b": ["", "Cy Oz"]}, index=["p1", "p2"], dtype="str")
    ties, answered = nominated_ties(items, table, reader)
    assert [tie[:3] for tie in ties] == [("p1", "p2", "trust"), ("p2", "p3", "trust")]
    assert answered == {"trust": {"p1", "p2"}}


def test_vetoes_are_sets_of_people_and_none_where_not_answered(reader):
    item = Item("q", "constraint", role="never_with")
    assert vetoed_people(item, cells(p1="Bo Ek; Cy Oz", p2="", p3="nobody")["q"], reader).tolist() == [
        frozenset({"p2", "p3"}),
        None,
        frozenset(),
    ]


def test_a_veto_that_cannot_be_read_is_an_error_to_settle(reader):
    vetoed_people(Item("q", "constraint", role="never_with"), cells(p1="Zed")["q"], reader)
    assert issues(reader) == [("error", "q", "p1", "'Zed' is nobody on the roster", "not counted")]


def listed(reader: NameReader, *rows: dict[str, str]) -> list[tuple]:
    return listed_ties(pd.DataFrame(list(rows), dtype="str").fillna(""), [TRUST], reader)


def test_a_listed_tie_has_a_rating_of_one_unless_it_says_otherwise(reader):
    rows = [
        {"ego": "p1", "alter": "p2", "layer": "trust", "rating": ""},
        {"ego": "p1", "alter": "p3", "layer": "trust", "rating": "2,5"},
        {"ego": "Ann Lee", "alter": "p4", "layer": "trust", "rating": "0"},
    ]
    assert listed(reader, *rows) == [
        ("p1", "p2", "trust", 1.0, True),
        ("p1", "p3", "trust", 2.5, True),
        ("p1", "p4", "trust", 0.0, True),
    ]
    assert issues(reader) == []


@pytest.mark.parametrize("said", ["no", "0", "FALSE"])
def test_somebody_the_ego_was_not_asked_about_has_no_rating_to_speak_of(reader, said):
    row = {"ego": "p1", "alter": "p2", "layer": "trust", "rating": "5", "asked": said}
    assert listed(reader, row) == [("p1", "p2", "trust", 0.0, False)]


def test_a_rating_that_cannot_be_read_leaves_the_tie(reader):
    ((*tie, rating, asked),) = listed(reader, {"ego": "p1", "alter": "p2", "layer": "trust", "rating": "much"})
    assert (tie, asked) == (["p1", "p2", "trust"], True)
    assert math.isnan(rating)
    assert issues(reader) == [("warning", "q", "p1", "'much' is not a number", "tie kept, its rating unknown")]


def test_a_tie_listed_twice_with_different_ratings_counts_once_and_is_noted(reader):
    rows = [{"ego": "p1", "alter": "p2", "layer": "trust", "rating": rating} for rating in ("1", "1", "3")]
    assert listed(reader, *rows) == [("p1", "p2", "trust", 1.0, True)]
    assert issues(reader) == [("note", "q", "p1", "tie to p2 is listed more than once", "kept the first row")]


@pytest.mark.parametrize(
    ("row", "issue"),
    [
        ({"ego": "p1", "alter": "p1"}, ("note", "q", "p1", "a tie to oneself", "left out")),
        ({"ego": "p1", "alter": "p9"}, ("warning", "q", "p1", "'p9' is nobody on the roster", "not counted")),
        ({"ego": "p9", "alter": "p1"}, ("warning", "q", "", "'p9' is nobody on the roster", "not counted")),
    ],
)
def test_a_listed_tie_that_leads_nowhere_is_left_out_and_told(reader, row, issue):
    assert listed(reader, row | {"layer": "trust"}) == []
    assert issues(reader) == [issue]
