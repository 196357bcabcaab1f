"""The report on kinds of pairs."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from peernet.compare.kinds import PairingKinds
from peernet.report.answer import best_kind_in_words, kinds_table
from peernet.study import Study
from tests.made.studies import aarhus, harbour, page_of


def kinds_of(study: Study) -> PairingKinds:
    assert study.kinds is not None
    return study.kinds


def with_rivals(study: Study, rivals: list[str]) -> Study:
    kinds = kinds_of(study)
    told_apart = pd.Series(kinds.table.index.isin(rivals), index=kinds.table.index, dtype="boolean")
    return replace(study, kinds=replace(kinds, table=kinds.table.assign(rival=told_apart)))


def test_rivals_are_named_one_by_one_counted_or_left_out() -> None:
    first, second = kinds_of(harbour()).table.index[:2]
    assert str(best_kind_in_words(with_rivals(harbour(), []))).endswith("judged by answers that did not choose them.")
    assert "; near in experience and near in perspective cannot be told apart" in str(
        best_kind_in_words(with_rivals(harbour(), [first]))
    )
    assert "; two other kinds cannot be told apart from that." in str(
        best_kind_in_words(with_rivals(harbour(), [first, second]))
    )


def test_where_one_question_on_outlook_is_all_there_is_no_kind_is_claimed() -> None:
    assert best_kind_in_words(aarhus()) is None
    page = page_of(aarhus)
    assert "Which kinds of pairs bring most" in page
    assert "<p>Cannot tell which kind of pairing brings most" in page
    assert "Mean gain of a pair by kind" not in page, "a picture of nothing"


def test_the_table_shows_every_kind_with_its_interval_and_chance() -> None:
    table, found = kinds_table(kinds_of(harbour())), kinds_of(harbour()).table
    row, best = table.iloc[-1], found.iloc[-1]
    assert row["Kind of pair"] == "far in experience, far in perspective"
    assert row["Gain a pair"] == f"{best['gain']:.3f}"
    assert row["95 % interval"] == f"{best['low']:.3f} to {best['high']:.3f}"
    assert row["Chance gives as much"] == f"{best['p_adjusted']:.1%}"
    assert row["Pairs"] == str(best["pairs"])


def test_kinds_of_few_people_are_hidden() -> None:
    kinds = kinds_of(harbour())
    few = kinds.table.assign(people=[2, *kinds.table["people"].iloc[1:]])
    table = kinds_table(replace(kinds, table=few))
    assert (table.iloc[0, 1:] == "–").all()
    assert (table["Gain a pair"] == "–").sum() >= 2, "one alone could be worked out from the total"


def test_the_picture_is_drawn_with_lines_and_told_in_words() -> None:
    page = page_of(harbour)
    assert "Mean gain of a pair by kind, in effective perspectives: near in experience, near in perspective 0.0" in page
    assert "data:image" not in page, "the page allows no pictures, and none may hide in a drawing"
