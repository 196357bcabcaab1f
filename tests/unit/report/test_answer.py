"""The report's answer: what the pairs bring, against chance, and which kinds bring most."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from peernet._wording import amount
from peernet.compare.kinds import PairingKinds
from peernet.report.answer import (
    best_kind_in_words,
    chance_in_words,
    headline,
    kinds_table,
    main_numbers,
    response_in_words,
    summary,
)
from peernet.study import Study
from tests.made.studies import aarhus, alone, harbour, nobody_paired, page_of
from tests.made.taking_part import WAYS


def with_chance(study: Study, **changed: float) -> Study:
    table = study.comparison.table.copy()
    for column, value in changed.items():
        table.loc["random", column] = value
    return replace(study, comparison=replace(study.comparison, table=table))


def test_the_answer_is_two_sentences() -> None:
    for study in (harbour(), aarhus(), nobody_paired(), alone()):
        assert len(headline(study)) == 2
        assert all(sentence.endswith(".") for sentence in headline(study))


def test_the_first_sentence_says_what_paired_people_gain_and_that_it_is_proven() -> None:
    study = without_kinds(harbour())
    paired = study.exposure.table.query("partners > 0")
    first, _ = headline(study)
    assert first.startswith(f"The {len(study.pairing)} pairs bring the most new perspectives the rules on trust")
    assert "allow (proven)" in first
    before, after = amount(paired["before"].mean()), amount(paired["after"].mean())
    assert f"{after} effective perspectives on average instead of {before}" in first


def without_kinds(study: Study) -> Study:
    """The study as it is where kinds of pairs cannot be told."""
    return replace(study, kinds=None)


def test_where_kinds_of_pairs_can_be_told_the_first_sentence_names_the_one_that_brings_most() -> None:
    first, second = headline(harbour())
    kinds = harbour().kinds
    assert kinds is not None
    assert first.startswith("Pairs far in perspective bring most: ")
    assert f"{kinds.steps['excess'][kinds.best] / kinds.settings['mean']:.0%} more than possible pairs" in first
    assert first.endswith("; their experience makes no difference that can be told."), "as was planted"
    assert second.startswith(
        f"The {len(harbour().pairing)} pairs proposed bring the most new perspectives the rules on"
    )
    assert second.endswith(chance_in_words(harbour())[1:])


def test_where_no_kind_stands_out_the_first_sentence_says_so() -> None:
    kinds = harbour().kinds
    assert kinds is not None
    alike = replace(kinds, steps=kinds.steps.assign(p_adjusted=0.7))
    first, _ = headline(replace(harbour(), kinds=alike))
    assert first == "No kind of pair, alike or different in outlook, brings clearly more than the others."


def test_a_pairing_that_is_not_proven_says_how_far_it_may_be_off() -> None:
    pairing = replace(harbour().pairing, proven=False, bound=harbour().pairing.objective / 0.9)
    first = headline(without_kinds(replace(harbour(), pairing=pairing)))[0]
    assert "about as many new perspectives as the rules" in first
    assert "allow (at most 10% below the best)" in first


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0, 0.1, "more than everybody paired at random (0.00 to 0.10)"),
        (90.0, 99.0, "less than everybody paired at random"),
        (0.0, 99.0, "about as much as everybody paired at random"),
    ],
)
def test_chance_brings_less_more_or_about_as_much(low: float, high: float, words: str) -> None:
    assert words in chance_in_words(with_chance(harbour(), low=low, high=high))


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "hardly any pairs would keep the rules"), (0.03, "only 3 in 100 pairs"), (0.8, "where 80 in 100 pairs")],
)
def test_chance_rarely_keeps_the_rules(share: float, words: str) -> None:
    assert words in chance_in_words(with_chance(harbour(), possible=share))


def test_chance_within_the_rules_is_told_too() -> None:
    fair = harbour().comparison.table.loc["new pairs by lot", "gain"]
    assert f"more than as many new pairs as can be drawn by lot within the rules ({fair:.2f})" in chance_in_words(
        harbour()
    )


def test_what_is_expected_to_hold_comes_before_what_is_promised() -> None:
    expected, gain = harbour().comparison.table.loc["peernet", ["expected", "gain"]]
    words = chance_in_words(harbour())
    assert words.startswith(f"Together they are expected to bring {expected:.2f} ({gain:.2f} by the very answers")
    assert main_numbers(harbour())[2] == (
        f"effective perspectives expected to be gained, of {gain:.2f} by these answers",
        f"{expected:.2f}",
    )


def test_where_nothing_was_held_out_the_gain_stands_alone() -> None:
    table = harbour().comparison.table.assign(expected=np.nan)
    study = replace(harbour(), comparison=replace(harbour().comparison, table=table))
    assert chance_in_words(study).startswith(f"Together they gain {table['gain']['peernet']:.2f}, ")
    assert main_numbers(study)[2] == ("effective perspectives gained in total", f"{table['gain']['peernet']:.2f}")


def test_where_nobody_is_paired_the_answer_says_so() -> None:
    first, _ = headline(nobody_paired())
    assert first == "Of the 5 people who answered, no two can be paired within the rules with anything to gain."


def test_where_one_gate_would_help_it_is_named() -> None:
    prices = nobody_paired().prices.copy()
    prices.loc["goals open", ["pairs", "value"]] = [2, 0.5]
    assert headline(replace(nobody_paired(), prices=prices))[1] == (
        "With goals left out of the rules, 2 pairs would be possible; see the price of each gate."
    )


def test_where_no_gate_would_help_that_is_said() -> None:
    prices = nobody_paired().prices.assign(pairs=0)
    assert headline(replace(nobody_paired(), prices=prices))[1].startswith("Opening any one of the gates would not")


def test_one_respondent_is_not_enough() -> None:
    assert headline(alone())[0] == "A pair needs two people, and only 1 answered."


def test_who_answered_counts_teams_where_there_are_any() -> None:
    assert response_in_words(harbour()) == "240 of 260 people answered, in 24 teams"
    assert response_in_words(aarhus()) == "61 of 61 people answered"


def test_the_main_numbers_are_those_of_the_pairing() -> None:
    numbers = [number for _, number in main_numbers(harbour())]
    pairing = harbour().pairing
    people = len(set(pairing.table["a"]) | set(pairing.table["b"]))
    recur = f"{harbour().stability.summary['recur']:.0%}"
    expected = f"{harbour().comparison.table['expected']['peernet']:.2f}"
    assert numbers == [str(len(pairing)), str(people), expected, recur]


def test_where_the_survey_was_not_drawn_anew_the_proof_is_the_last_number() -> None:
    assert main_numbers(replace(harbour(), stability=None))[-1][1] == "0, proven"


def kinds_of(study: Study) -> PairingKinds:
    assert study.kinds is not None
    return study.kinds


def with_rivals(study: Study, rivals: list[str]) -> Study:
    kinds = kinds_of(study)
    told_apart = pd.Series(kinds.steps.index.isin(rivals), index=kinds.steps.index, dtype="boolean")
    return replace(study, kinds=replace(kinds, steps=kinds.steps.assign(rival=told_apart)))


def test_rivals_are_named_one_by_one_counted_or_left_out() -> None:
    first, second = kinds_of(harbour()).steps.index[:2]
    assert "cannot be told apart" not in str(best_kind_in_words(with_rivals(harbour(), [])))
    assert "; near in perspective cannot be told apart from that" in str(
        best_kind_in_words(with_rivals(harbour(), [first]))
    )
    assert "; two other kinds cannot be told apart from that" in str(
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
    assert row["Kind of pair"] == "middle in experience, far in perspective"
    assert row["Gain a pair"] == f"{best['gain']:.3f}"
    assert row["95 % interval"] == f"{best['low']:.3f} to {best['high']:.3f}"
    assert row["Chance gives as much"] == "–", "decides nothing"
    assert row["Pairs"] == str(best["pairs"])
    far = table.set_index("Kind of pair").loc["far in perspective"]
    assert far["Chance gives as much"] == f"{kinds_of(harbour()).steps.loc['far in perspective', 'p_adjusted']:.1%}"


def test_kinds_of_few_people_are_hidden() -> None:
    kinds = kinds_of(harbour())
    few = kinds.table.assign(people=[2, *kinds.table["people"].iloc[1:]])
    table = kinds_table(replace(kinds, table=few))
    assert (table.set_index("Kind of pair").loc[few.index[0]] == "–").all()
    assert (table["Gain a pair"] == "–").sum() >= 2, "one alone could be worked out from the total"


def test_the_picture_is_drawn_with_lines_and_told_in_words() -> None:
    page = page_of(harbour)
    assert "Mean gain of a pair by kind, in effective perspectives: near in experience, near in perspective 0." in page
    assert "data:image" not in page, "the page allows no pictures, and none may hide in a drawing"


def test_the_summary_is_five_lines_to_follow_the_path() -> None:
    lines = summary(harbour())
    assert len(lines) == 5
    assert "proven optimal" in lines[1]
    assert lines[3].startswith("When the survey is drawn anew, ")
    assert lines[4].startswith(f"{len(harbour().survey.issues)} issues with the data")


def test_wording_survives_a_study_without_issues() -> None:
    issues = pd.DataFrame(columns=harbour().survey.issues.columns, dtype="str")
    assert summary(replace(harbour(), survey=replace(harbour().survey, issues=issues)))[4].startswith("0 issues")


@pytest.mark.parametrize(("scores", "_reason"), WAYS.values(), ids=WAYS)
def test_whoever_takes_no_part_is_not_counted_among_those_who_could(scores: Any, _reason: str) -> None:
    study = replace(harbour(), scores=scores())
    assert main_numbers(study)[1][0] == "people with a partner, of 5 who could take part"


def with_people(study: Study, kind: str, people: int, pairs: int) -> Study:
    kinds, parts = kinds_of(study), {}
    for name in ("table", "steps"):
        parts[name] = getattr(kinds, name).copy()
        if kind in parts[name].index:
            parts[name].loc[kind, ["people", "pairs"]] = [people, pairs]
    return replace(study, kinds=replace(kinds, **parts))


@pytest.mark.parametrize(("people", "pairs"), [(2, 1), (4, 9), (12, 4)])
def test_the_headline_never_names_a_kind_of_few_people_or_pairs(people: int, pairs: int) -> None:
    best = str(kinds_of(harbour()).best)
    few = with_people(harbour(), best, people, pairs)
    assert best.replace(", ", " and ") not in " ".join([*headline(few), *summary(few)])
    assert best not in str(kinds_of(few).words)


def test_the_headline_never_names_a_kind_that_the_table_hides() -> None:
    best = str(kinds_of(harbour()).best)
    for kind in kinds_of(harbour()).table.index:
        few = with_people(harbour(), kind, 2, 1)
        shown = kinds_table(kinds_of(few)).set_index("Kind of pair")["Gain a pair"]
        hidden = shown.index[shown == "–"]
        said = " ".join([*headline(few), *summary(few), kinds_of(few).words.lower()])
        assert not any(name in said or name.replace(", ", " and ") in said for name in hidden)
        if best in hidden:
            assert headline(few)[0].startswith("One kind of pairing brings clearly more than the others.")
