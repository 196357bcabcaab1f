"""Columns of one question are found by their names and wordings where a tool does not hold them together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from peernet import read_survey
from peernet.survey.draft import draft_of
from peernet.survey.formats.door import open_export, with_batteries
from peernet.survey.formats.export import Column, Export, Source

RATED = {"1": "no", "2": "rather", "3": "yes"}


def export(columns: Sequence[Column]) -> Export:
    cells = pd.DataFrame([[""] * len(columns)], columns=[column.name for column in columns], dtype="str")
    return Export("made", "made.sav", cells, tuple(columns), lines=1)


def test_what_is_numbered_and_worded_alike_is_one_question_and_what_is_left_its_part() -> None:
    names = ("Ann Ash", "Bo Birk", "Cas Oak")
    columns = [Column(f"trust_{n}", f"Whom do you trust?: {name}", labels=RATED) for n, name in enumerate(names, 1)]
    found = with_batteries(export([Column("id"), *columns]))
    assert list(found.groups) == ["trust"]
    assert [column.part for column in found.groups["trust"]] == [*names]
    assert {column.group_wording for column in found.groups["trust"]} == {"Whom do you trust?"}
    assert found.columns[0] == Column("id")


def test_options_of_a_list_are_ticks_with_the_code_of_one_that_was_not_ticked() -> None:
    labels = {"0": "Not selected", "1": "Selected"}
    columns = [Column(f"c{n}", f"What is hard? [{part}]", labels=labels) for n, part in enumerate("abc")]
    assert {(c.kind, c.unticked, c.part) for c in with_batteries(export(columns)).groups["c"]} == {
        ("tick", "0", part) for part in "abc"
    }


def test_an_option_that_is_its_own_label_is_a_tick_of_which_nobody_can_tell_whether_it_was_shown() -> None:
    columns = [Column(f"Q1_{n}", f"Friends - {part}", labels={"1": part}) for n, part in enumerate(("Al", "Bo", "Cy"))]
    assert [(c.kind, c.unticked) for c in with_batteries(export(columns)).groups["Q1"]] == [("tick", None)] * 3


def test_columns_stay_alone_where_they_share_no_question_or_no_answers() -> None:
    apart = [Column("q1", "I like change"), Column("q2", "I like peace"), Column("q3", "I like work")]
    two = [Column("r1", "Of us: a", labels=RATED), Column("r2", "Of us: b", labels=RATED)]
    other = [Column("s1", "Of you: a"), Column("s2", "Of you: b", labels=RATED), Column("s3", "Of you: c")]
    twice = [Column(f"t{n}", "Of them: the same") for n in range(3)]
    columns = [*apart, *two, *other, *twice]
    assert with_batteries(export(columns)).groups == {}


def test_what_the_reader_has_put_together_stays_so_and_no_name_is_taken_twice() -> None:
    named = [Column(f"trust_{n}", f"Trust: {n}", group="QID7", part=str(n)) for n in range(3)]
    alone = [Column("out", "Outcome"), *(Column(f"out_{n}", f"How far?: {part}") for n, part in enumerate("abc"))]
    found = with_batteries(export([*named, *alone]))
    assert list(found.groups) == ["QID7", "How far?"]


def test_a_question_ends_where_its_question_mark_stands() -> None:
    names = ("Ann Ash", "Bo Birk", "Cas Oak")
    columns = [Column(f"ver{n:02}", f"Wem vertrauen Sie? {name}", labels=RATED) for n, name in enumerate(names, 1)]
    assert [column.part for column in with_batteries(export(columns)).groups["ver"]] == [*names]


# --- a question about a colleague in each heading ---------------------------------------------------------------------

STAFF = ("Ann Ash", "Bo O'Birk", "Cas van Oak", "Dée Elm", "Eli Fir")


def about_colleagues(folder: Path, heading: str, yes: str = "Yes", no: str = "No") -> pd.DataFrame:
    """Everybody's answer about everybody, of whom the last did not answer: yes to the next alone, else no."""
    columns: dict[str, list[str]] = {"Employee ID": [f"p{n}" for n in range(4)], "Name": [*STAFF[:4]]}
    for alter, name in enumerate(STAFF):
        said = [yes if alter == ego + 1 else no for ego in range(4)]
        columns[heading.format(name)] = ["" if alter == ego else word for ego, word in enumerate(said)]
    table = pd.DataFrame({**columns, "I like change": [*"1234"]})
    table.to_csv(folder / "answers.csv", index=False)
    return table


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("I trust {}", "I trust"),
        ("Whom do you trust? {}", "Whom do you trust?"),
        ("Do you trust {}?", "Do you trust?"),
        ("Do you trust {}? (yes or no)", "Do you trust? (yes or no)"),
        ("Do you trust {} with a secret?", "Do you trust … with a secret?"),
        ("{} - do you trust them?", "do you trust them?"),
        ("{}", "colleagues"),
    ],
)
def test_columns_whose_headings_name_a_colleague_each_are_one_question_with_its_ties(tmp_path, heading, question):
    about_colleagues(tmp_path, heading)
    export = open_export(Source(tmp_path / "answers.csv"))
    parts = [column.part for column in export.groups[question]]
    asked = STAFF[:4] if heading == "{}" else STAFF
    assert parts == [*asked], "a name alone is told by whoever answered by it"
    draft = draft_of(export)
    tie = draft.table.loc[question]
    assert tie[["block", "kind", "at_least"]].tolist() == ["tie", "ordinal", "Yes"]
    assert tie["layer"] == ("colleagues" if heading == "{}" else "trust")
    ties = read_survey(tmp_path / "answers.csv", codebook=draft.codebook).ties
    told = {(ego, alter): rating for ego, alter, rating in ties[["ego", "alter", "rating"]].to_numpy().tolist()}
    yes = {("p0", "p1"), ("p1", "p2"), ("p2", "p3")}
    yes |= {("p3", STAFF[4])} if len(asked) == 5 else set()
    others = {(f"p{a}", f"p{b}" if b < 4 else STAFF[4]) for a in range(4) for b in range(len(asked)) if a != b} - yes
    assert {pair for pair, rating in told.items() if rating == 2} == yes
    assert {pair for pair, rating in told.items() if rating == 1} == others, "asked and not chosen"


def test_a_colleague_between_the_others_who_did_not_answer_is_of_the_question(tmp_path):
    table = about_colleagues(tmp_path, "I trust {}")
    table.insert(4, "I trust Zoë Yew", ["Yes", "No", "No", "Yes"])
    table.insert(5, "I trust my own judgement and that of all the others", [*"1234"])
    table.to_csv(tmp_path / "answers.csv", index=False)
    parts = [column.part for column in open_export(Source(tmp_path / "answers.csv")).groups["I trust"]]
    assert parts == ["Ann Ash", "Bo O'Birk", "Zoë Yew", "Cas van Oak", "Dée Elm", "Eli Fir"]


@pytest.mark.parametrize(
    "headings", [["Ann Ash leads well", "Bo O'Birk plans", "Dée Elm talks"], ["I trust Ann Ash", "b"]]
)
def test_other_headings_with_names_stay_alone(tmp_path, headings):
    table = about_colleagues(tmp_path, "I trust {}").iloc[:, :2]
    table.assign(**dict.fromkeys(headings, "Yes")).to_csv(tmp_path / "answers.csv", index=False)
    assert not open_export(Source(tmp_path / "answers.csv")).groups


@pytest.mark.parametrize(
    ("words", "mark"),
    [
        (("blau", "grün"), "Nothing tells their order"),
        (("knows | trusts", "knows"), "several answers about a colleague"),
    ],
)
def test_answers_about_colleagues_that_are_no_rating_are_marked(tmp_path, words, mark):
    about_colleagues(tmp_path, "I trust {}", *words)
    assert mark in draft_of(open_export(Source(tmp_path / "answers.csv"))).table.loc["I trust", "look"]
