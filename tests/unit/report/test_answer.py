"""The report's answer: what the pairs bring, against chance, and which kinds bring most."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from peernet.compare.kinds import GIVEN, PairingKinds
from peernet.diversity.reach import SCALE
from peernet.report.answer import (
    DEFINITION,
    best_kind_in_words,
    comparable,
    definition,
    headline,
    kinds_chance_in_words,
    kinds_table,
    limits_in_words,
    main_numbers,
    opening,
    outlooks_heard,
    partners_in_words,
    promise_in_words,
    response_in_words,
    summary,
)
from peernet.report.context import random_in_words
from peernet.report.record import settings_in_words
from peernet.study import Study
from tests.made.studies import aarhus, alone, harbour, nobody_paired, page_of, ruled
from tests.made.taking_part import WAYS


def with_chance(study: Study, **changed: float) -> Study:
    table = study.comparison.table.copy()
    for column, value in changed.items():
        table.loc["random", column] = value
    return replace(study, comparison=replace(study.comparison, table=table))


def test_the_answer_is_four_short_paragraphs_or_two_where_nobody_is_paired() -> None:
    for study, number in ((harbour(), 4), (aarhus(), 4), (nobody_paired(), 2), (alone(), 2)):
        assert len(headline(study)) == number
        assert all(paragraph.endswith(".") for paragraph in headline(study))
        assert all(len(paragraph.split()) <= 45 for paragraph in headline(study))


def with_own(study: Study, **changed: float) -> Study:
    """The study with other figures of peernet's own pairs in its comparison."""
    table = study.comparison.table.copy()
    for column, value in changed.items():
        table.loc["peernet", column] = value
    return replace(study, comparison=replace(study.comparison, table=table))


def test_the_answer_starts_with_how_many_people_have_a_partner() -> None:
    study = harbour()
    paired = len({person for pair in study.pairing.pairs for person in pair})
    able = int((study.scores.gates.out == 0).sum())
    assert partners_in_words(study) == (
        f"{paired} of the {able} people who could take part have a partner, in {len(study.pairing)} pairs."
    )
    assert headline(study)[0] == partners_in_words(study)


def test_what_a_partner_adds_to_what_a_person_hears_is_held_against_pairs_by_lot() -> None:
    study = harbour()
    own = study.comparison.table.loc["peernet"]
    partners = {person: None for pair in study.pairing.pairs for person in pair}
    paired = study.exposure.table.loc[[*partners]].dropna()
    before, adds = paired["before"].mean(), (paired["after"] - paired["before"]).mean()
    assert outlooks_heard(study) == pytest.approx((before, before + adds))
    assert promise_in_words(study) == (
        f"Each of them hears {before:.2f} clearly different outlooks (effective perspectives) now, on average; the "
        f"partner adds {adds:.2f}. That is {own['held_out']:.0%} more than new pairs drawn by lot within the same "
        "rules add, judged by questions that did not choose them."
    )
    assert main_numbers(study)[2] == ("effective perspectives more for each of them, on average", f"+{adds:.2f}")


def test_a_partner_adds_to_each_of_the_two_what_the_pairs_are_said_to_gain() -> None:
    """Both tell of the same thing: one mean a person, the other the total of pairs."""
    for study in (harbour(), aarhus()):
        before, after = outlooks_heard(study)
        assert after - before == pytest.approx(study.pairing.table["value"].mean(), abs=0.02)


def test_what_is_expected_to_hold_stands_beside_what_is_promised() -> None:
    own = harbour().comparison.table.loc["peernet"]
    assert limits_in_words(harbour()).startswith(
        f"All pairs together promise {own['gain']:.1f} effective perspectives, {own['expected']:.1f} of it expected to "
        "hold for other questions. "
    )
    assert limits_in_words(aarhus()).startswith(
        f"All pairs together promise {aarhus().comparison.table['gain']['peernet']:.2f} effective perspectives. "
    )


def test_the_first_screen_claims_no_more_than_the_verdict() -> None:
    assert f"{harbour().comparison.table['held_out']['peernet']:.0%} more a pair" in harbour().comparison.verdict
    for changed in ({"p_adjusted": 0.2}, {"held_low": -0.01}):
        unsure = with_own(harbour(), **changed)
        assert unsure.comparison.verdict.startswith("Cannot tell whether peernet's pairs bring more")
        assert promise_in_words(unsure).endswith(
            "than new pairs drawn by lot within the same rules add; whether that is more than chance cannot be told."
        )
        assert "judged by questions" not in promise_in_words(unsure)


def test_where_nothing_was_held_out_the_gain_is_that_of_these_answers_and_no_more_is_said() -> None:
    rows = aarhus().comparison.table.to_dict("index")
    each = [rows[way]["gain"] / rows[way]["pairs"] for way in ("peernet", "new pairs by lot")]
    assert promise_in_words(aarhus()).endswith(
        f"That is {each[0] / each[1] - 1:.0%} more than new pairs drawn by lot within the same rules add; how much of "
        "it would hold for other questions cannot be told."
    )


def test_pairs_that_bring_less_than_those_by_lot_are_said_to() -> None:
    table = aarhus().comparison.table.copy()
    table.loc["peernet", "gain"] = 0.5 * table.loc["new pairs by lot", "gain"] / table.loc["new pairs by lot", "pairs"]
    table.loc["peernet", "pairs"] = 1
    worse = replace(aarhus(), comparison=replace(aarhus().comparison, table=table))
    assert "That is 50% less than new pairs drawn by lot" in promise_in_words(worse)


def test_where_no_new_pair_can_be_drawn_there_is_no_rival() -> None:
    table = aarhus().comparison.table.copy()
    table.loc["new pairs by lot", "pairs"] = 0
    none = replace(aarhus(), comparison=replace(aarhus().comparison, table=table))
    assert "drawn by lot" not in promise_in_words(none)


def test_rules_that_lots_cannot_keep_are_not_said_to_be_kept_by_them() -> None:
    assert "drawn by lot that keep the rules on who can be paired add" in promise_in_words(ruled())


def test_only_gates_that_are_kept_are_called_rules() -> None:
    assert limits_in_words(harbour()).endswith(
        " No other pairs within the rules on trust and experience promise more (proven)."
    ), "goals are no gate"
    assert "the rules on trust and experience and those of the programme promise more" in limits_in_words(ruled())


def test_a_pairing_that_is_not_proven_says_how_far_it_may_be_off() -> None:
    pairing = replace(harbour().pairing, proven=False, bound=harbour().pairing.objective / 0.9)
    assert limits_in_words(replace(harbour(), pairing=pairing)).endswith(
        " That is at most 10% less than the best within the rules on trust and experience could."
    )


def test_random_pairs_are_told_with_their_range() -> None:
    told = random_in_words(with_chance(harbour(), low=0.0, high=0.1))
    assert "Everybody paired at random would bring 0.00 to 0.10, where" in told


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "hardly any pairs would keep the rules"), (0.03, "only 3 in 100 pairs"), (0.8, "where 80 in 100 pairs")],
)
def test_chance_rarely_keeps_the_rules(share: float, words: str) -> None:
    assert words in random_in_words(with_chance(harbour(), possible=share))


def test_without_random_pairs_nothing_is_said_of_them() -> None:
    assert random_in_words(with_chance(harbour(), possible=float("nan"))) == ""


def by_outlook_alone(study: Study) -> Study:
    """The study where experience makes no difference."""
    kinds = kinds_of(study)
    steps = kinds.steps.copy()
    steps.loc[steps["step"] == GIVEN, "p_adjusted"] = 0.7
    return replace(study, kinds=replace(kinds, steps=steps))


def test_where_kinds_of_pairs_can_be_told_the_one_that_brings_most_is_named_by_outlook_first() -> None:
    kinds = kinds_of(harbour())
    more = kinds.steps["excess"]["far in perspective"] / kinds.settings["mean"]
    told, row = headline(by_outlook_alone(harbour()))[-1], kinds.steps.loc["far in perspective"]
    assert told == (
        f"Pairs far in perspective bring most: {more:.0%} more than possible pairs on average (by experience "
        f"no difference can be told), judged by answers that did not choose them ({row['pairs']} such pairs among "
        f"{row['people']} people)."
    )


def test_what_experience_adds_is_told_beside_what_outlook_does() -> None:
    kinds = kinds_of(harbour())
    both = "middle in experience, far in perspective"
    steps = kinds.steps.copy()
    steps.loc["middle in experience", "p_adjusted"] = 0.01
    kinds = replace(kinds, steps=steps)
    assert kinds.best == both
    outlook, more = (kinds.row(kind)["excess"] / kinds.settings["mean"] for kind in ("far in perspective", both))
    assert (
        f"{outlook:.0%} more than possible pairs on average ({more:.0%} where they are middle in experience too)"
        in (best_kind_in_words(replace(harbour(), kinds=kinds)))
    )


def test_where_no_kind_stands_out_or_can_be_told_that_is_said() -> None:
    kinds = kinds_of(harbour())
    alike = replace(kinds, steps=kinds.steps.assign(p_adjusted=0.7))
    pairs, people = kinds.table["pairs"].sum(), kinds.settings["people"]
    assert headline(replace(harbour(), kinds=alike))[-1] == (
        "No kind of pair, alike or different in outlook, brings clearly more than the others "
        f"({pairs:,} possible pairs of {people} people compared)."
    )
    assert headline(aarhus())[-1].startswith("Kinds of pairs cannot be compared: one question on outlook sets people")


def test_too_few_pairs_to_compare_kinds_is_an_answer_that_says_how_many_there_are() -> None:
    kinds = kinds_of(harbour())
    few = replace(kinds, steps=kinds.steps.assign(pairs=pd.array([4] * len(kinds.steps), dtype="Int64")))
    assert few.verdict == "cannot tell"
    assert best_kind_in_words(replace(harbour(), kinds=few)) == (
        f"Too few pairs to compare kinds: 12 possible pairs of {kinds.settings['people']} people, and it takes two "
        "kinds with 12 people and 20 pairs each that gain something."
    )


def test_kinds_of_few_pairs_have_no_figures_in_table_and_picture() -> None:
    few = comparable(kinds_of(with_people(harbour(), "near in experience, far in perspective", 30, 19)))
    kind, enough = few.table.loc["near in experience, far in perspective"], few.table["pairs"].ge(20).fillna(False)
    assert pd.isna(kind[["gain", "low", "high", "face_value"]]).all()
    assert few.table.loc[enough, "gain"].notna().all()
    shown = kinds_table(kinds_of(with_people(harbour(), "near in perspective", 30, 19))).set_index("Kind of pair")
    assert shown.loc["near in perspective", ["Gain a pair", "95 % interval"]].eq("–").all()
    assert shown.loc["near in perspective", "Pairs"] == "19", "how few is told"


def test_what_is_counted_is_explained_on_the_first_screen() -> None:
    assert "Colleagues half a step apart on every question with five points count as about a third alike" in DEFINITION
    assert np.exp(-(0.5 / 4) / SCALE) == pytest.approx(1 / 3, abs=0.04)
    assert np.exp(-(2 / 4) / SCALE) < 0.02, "two steps apart as entirely different"
    assert DEFINITION in page_of(harbour)


def test_what_is_heard_less_than_in_full_is_said_there_and_in_the_settings() -> None:
    told = definition({"lunch": 0.3, "facebook": 0.1})
    assert told.startswith(f"{DEFINITION} Not every contact is heard in full (lunch 0.3 and facebook 0.1, of 1)")
    assert definition({}) == DEFINITION
    study = aarhus()
    settings = {**study.pairing.settings, "strength": {"facebook": 0.1}}
    thin = replace(study, pairing=replace(study.pairing, settings=settings))
    assert ("strength at which facebook is heard", "0.1") in settings_in_words(thin)
    assert "facebook 0.1, of 1" in str(opening(thin))


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
    before, after = outlooks_heard(harbour())
    assert numbers == [str(len(pairing)), str(people), f"+{after - before:.2f}", recur]


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
    assert "cannot be told apart" not in (best_kind_in_words(with_rivals(harbour(), [])))
    assert "; near in perspective cannot be told apart from that" in str(
        best_kind_in_words(with_rivals(harbour(), [first]))
    )
    assert "; two other kinds cannot be told apart from that" in str(
        best_kind_in_words(with_rivals(harbour(), [first, second]))
    )


def test_where_one_question_on_outlook_is_all_there_is_no_kind_is_claimed() -> None:
    assert best_kind_in_words(aarhus()).startswith("Kinds of pairs cannot be compared: ")
    page = page_of(aarhus)
    assert "Which kinds of pairs bring most" in page
    assert "<p>Kinds of pairs cannot be compared: one question on outlook" in page
    assert "Mean gain of a pair by kind" not in page, "a picture of nothing"
    assert "Kinds of pairs, of all that the rules allow." not in page, "a table of nothing"


def test_what_chance_is_and_how_often_it_misleads_is_explained_beside_the_kinds() -> None:
    assert kinds_chance_in_words(kinds_of(harbour())) == (
        "Chance: 199 times people swap places by lot, and it is counted how often some kind then gains as much. Of "
        "surveys in which no kind is better than another, 5% at most still name one."
    )
    assert kinds_chance_in_words(kinds_of(harbour())) in page_of(harbour)


def test_the_table_shows_every_kind_with_its_interval_and_chance() -> None:
    table, found = kinds_table(kinds_of(harbour())), kinds_of(harbour()).table
    row, best = table.iloc[-1], found.iloc[-1]
    assert row["Kind of pair"] == "middle in experience, far in perspective"
    assert row["Gain a pair"] == f"{best['gain']:.2f}"
    assert row["95 % interval"] == f"{best['low']:.2f} to {best['high']:.2f}"
    assert row["Chance gives as much"] == "–", "decides nothing"
    assert row["Pairs"] == str(best["pairs"])
    far = table.set_index("Kind of pair").loc["far in perspective"]
    assert far["Chance gives as much"] == f"{kinds_of(harbour()).steps.loc['far in perspective', 'p_adjusted']:.1%}"
    near = table.set_index("Kind of pair").loc["near in perspective"]
    assert near["Chance gives as much"] == "100%", "a digit more is said of rare things only"


def test_small_gains_of_kinds_have_a_digit_more() -> None:
    kinds = kinds_of(harbour())
    small = {name: getattr(kinds, name).assign(gain=lambda table: table["gain"] / 10) for name in ("table", "steps")}
    assert kinds_table(replace(kinds, **small))["Gain a pair"].iloc[-1] == f"{kinds.table['gain'].iloc[-1] / 10:.3f}"


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


def test_the_summary_is_six_lines_to_follow_the_path() -> None:
    lines = summary(harbour())
    assert len(lines) == 6
    assert lines[0].endswith(partners_in_words(harbour()))
    assert lines[1] == promise_in_words(harbour())
    assert lines[2].endswith(
        f", proven optimal, {harbour().comparison.table['expected']['peernet']:.1f} of it expected to hold."
    )
    assert summary(aarhus())[2].endswith("proven optimal."), "nothing was held out"
    assert lines[4].startswith("When the survey is drawn anew, ")
    assert lines[5].startswith(f"The data: {len(harbour().survey.issues)} issues, ")


def test_wording_survives_a_study_without_issues() -> None:
    issues = pd.DataFrame(columns=harbour().survey.issues.columns, dtype="str")
    assert summary(replace(harbour(), survey=replace(harbour().survey, issues=issues)))[5].startswith(
        "The data: 0 issues"
    )


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
    for kind in kinds_of(harbour()).table.index:
        few = with_people(harbour(), kind, 2, 1)
        shown = kinds_table(kinds_of(few)).set_index("Kind of pair")["Gain a pair"]
        hidden = shown.index[shown == "–"]
        said = " ".join([*headline(few), *summary(few), kinds_of(few).words.lower()])
        assert not any(name in said or name.replace(", ", " and ") in said for name in hidden)
        if str(kinds_of(few).best) in hidden:
            assert headline(few)[-1].startswith("One kind of pairing brings clearly more than the others.")
