"""Groups described by what sets them apart, in the words of the questions."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from peernet.report.groups import NOTHING, groups_in_words
from peernet.study import Study
from tests.made.studies import aarhus, harbour, page_of, with_groups


def split_by(study: Study, column: str, at: float) -> Study:
    """The study as if people had fallen into two groups by one answer."""
    answers = pd.to_numeric(study.survey.people[column].astype("float64"))
    labels = (answers > at).astype("Int64").mask(answers.isna()) + 1
    table = study.clusters.table.assign(perspective=labels)
    return replace(study, clusters=replace(study.clusters, table=table))


def test_a_group_is_described_by_the_answer_that_made_it() -> None:
    words = groups_in_words(split_by(harbour(), "planning_1", 3.0), "perspective", told=1)
    assert words == {
        1: "agree less with “I want the steps written down before work begins.”",
        2: "agree more with “I want the steps written down before work begins.”",
    }


def test_a_statement_worded_against_its_scale_is_agreed_with_less_by_whoever_scores_more() -> None:
    assert harbour().survey.codebook["planning_2"].reverse
    words = groups_in_words(split_by(harbour(), "planning_2", 3.0), "perspective", told=1)
    assert words[2] == "agree less with “I do my best work when I improvise.”"
    assert words[1] == "agree more with “I do my best work when I improvise.”"


def test_groups_are_told_apart_and_stand_in_the_key_instead_of_numbers() -> None:
    for view in ("experience", "perspective"):
        words = groups_in_words(harbour(), view)
        assert len(words) == harbour().clusters.table[view].nunique() == len({*words.values()})
        assert all(text.replace("&", "&amp;") in page_of(harbour) for text in words.values())


def test_groups_that_nothing_sets_apart_are_still_told_apart() -> None:
    people = len(harbour().survey.people)
    words = groups_in_words(with_groups(harbour(), [], [1, 2] * (people // 2)), "perspective", told=1)
    assert len({*words.values()}) == 2
    assert all(text.startswith(NOTHING) for text in words.values() if "“" not in text)


def test_of_a_group_of_few_nothing_is_told() -> None:
    few = with_groups(harbour(), [], [1] * 3 + [2] * 60)
    assert groups_in_words(few, "perspective")[1].startswith(NOTHING)


def test_no_groups_no_words() -> None:
    assert groups_in_words(aarhus(), "perspective") == {}
