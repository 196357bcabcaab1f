"""Columns of one question are found by their names and wordings where a tool does not hold them together."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from peernet.survey.formats.door import with_batteries
from peernet.survey.formats.export import Column, Export

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
