"""Ways of pairing are measured on the same people, placed between chance and the attainable, and judged in words."""

import re

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.compare.comparison import check_pairs, verdict_of, winners
from peernet.compare.strategies import STRATEGIES, closest_tie, most_different, most_similar
from peernet.errors import SettingError, UnknownPersonError
from tests.made.surveys import both_ways, survey_of


@pytest.fixture(scope="module")
def scores():
    survey = pn.load_example()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


@pytest.fixture(scope="module")
def comparison(scores):
    return pn.compare_pairings(scores)


def small(perspectives, ties):
    answers = {name: {"experience_1": 3, "perspective_1": p} for name, p in perspectives.items()}
    survey = survey_of(answers, {"works_with": [], "trust": [], **ties})
    return pn.score_pairs(survey, pn.colleague_graph(survey))


FOUR = {"a": 1, "b": 1, "c": 5, "d": 5}


def test_most_similar_pairs_people_who_think_alike():
    assert list(most_similar(small(FOUR, {}))) == [("a", "b"), ("c", "d")]


def test_most_different_ignores_foundation():
    pairs = list(most_different(small(FOUR, {"trust": both_ways(("a", "b"))})))
    assert all({a, b} & {"a", "b"} and {a, b} & {"c", "d"} for a, b in pairs)


def test_closest_tie_pairs_those_most_tied_already():
    ties = {"works_with": both_ways(("a", "c"), ("b", "d"), ("a", "b")), "trust": both_ways(("a", "c"))}
    assert list(closest_tie(small(FOUR, ties))) == [("a", "c"), ("b", "d")]


def test_closest_tie_leaves_people_without_ties_alone():
    assert list(closest_tie(small(FOUR, {"works_with": [("a", "c")]}))) == [("a", "c")]


def test_chance_lies_at_zero_and_attainable_at_one(comparison):
    assert comparison.table.loc["random", "position"] == pytest.approx(0)
    assert comparison.table.loc["attainable", "position"] == pytest.approx(1)


def test_nothing_gains_more_than_is_attainable(comparison):
    assert (comparison.table["gain"] <= comparison.table.loc["attainable", "gain"] + 1e-9).all()


def test_peernet_keeps_every_gate_and_the_bold_strategies_do_not(comparison):
    assert comparison.table.loc["peernet", "possible"] == 1
    assert comparison.table.loc["peernet", "founded"] == 1
    assert comparison.table.loc["most different", "possible"] < 1


def test_peernet_gains_what_the_pairing_promises(scores, comparison):
    assert comparison.table.loc["peernet", "gain"] == pytest.approx(pn.pair_people(scores).objective)


def test_existing_ties_repeat_what_is_heard_already(comparison):
    assert comparison.table.loc["closest tie", "repeats"] == 1
    assert comparison.table.loc["closest tie", "gain"] < comparison.table.loc["random", "gain"]


def test_the_band_of_chance_holds_95_percent_of_the_draws(comparison):
    low, high = comparison.table.loc["random", ["low", "high"]]
    assert len(comparison.draws) == 200
    assert np.mean((comparison.draws >= low) & (comparison.draws <= high)) == pytest.approx(0.95, abs=0.01)


def test_total_gain_of_chance_is_what_its_pairs_gain_one_by_one(scores):
    rng = np.random.default_rng(4)
    table = scores.to_frame(pn.compare.random_pairs(scores, within_gates=True, rng=rng))
    found = pn.compare_pairings(scores, {}, draws=1, rng=4)
    assert found.table.loc["random within gates", "gain"] == pytest.approx(
        table[["gain_a", "gain_b"]].mean(axis=1).sum()
    )


def test_chance_within_the_gates_is_beaten_by_the_proven_best(comparison):
    assert comparison.table.loc["random within gates", "high"] < comparison.table.loc["peernet", "gain"]
    assert comparison.table.loc["random within gates", "possible"] == 1


def test_the_users_own_pairs_can_be_compared(scores):
    own = {"my list": [("p001", "p050"), ("p002", "p060")], "pairing": pn.pair_people(scores)}
    table = pn.compare_pairings(scores, own, draws=5).table
    assert table.index.tolist() == ["my list", "pairing", "new pairs by lot", "random within gates", "random"]
    assert table.loc["my list", "pairs"] == 2


def test_further_ways_stand_beside_the_usual_ones(scores):
    found = pn.compare_pairings(scores, also={"mine": [("p001", "p050")]}, draws=5, held_out=0).table
    assert found.index.tolist() == [*STRATEGIES, "mine", "new pairs by lot", "random within gates", "random"]
    assert found["held_out"].isna().all()


@pytest.mark.parametrize("name", ["peernet", "random"])
def test_a_name_stands_for_one_way_of_pairing(scores, name):
    with pytest.raises(SettingError, match=f"There is a way of pairing called '{name}' already"):
        pn.compare_pairings(scores, also={name: []}, draws=1)


def test_coverage_and_inequality_are_those_of_the_ledger(scores, comparison):
    ledger = pn.exposure_ledger(scores, pn.pair_people(scores)).organisation["after"]
    assert comparison.table.loc["peernet", ["coverage", "gini"]].tolist() == pytest.approx(
        ledger[["coverage", "gini"]].tolist()
    )


def test_positions_lie_in_their_bands(comparison):
    table = comparison.table.dropna(subset=["position_low"])
    assert {*table.index} == {*pn.compare.STRATEGIES}
    assert (table["position_low"] <= table["position"] + 1e-9).all()
    assert (table["position"] <= table["position_high"] + 1e-9).all()


def test_everything_but_a_ready_pairing_the_rival_and_the_attainable_is_held_out(scores, comparison):
    missing = comparison.table.index[comparison.table["held_out"].isna()].tolist()
    assert missing == ["attainable", "new pairs by lot"]
    pairing = pn.compare_pairings(scores, {"pairing": pn.pair_people(scores)}, draws=5, held_out=1).table
    assert np.isnan(pairing.loc["pairing", "held_out"])


def test_the_fair_rival_pairs_as_many_as_the_rules_allow_and_nobody_who_is_heard_already(scores, comparison):
    rival = comparison.table.loc["new pairs by lot"]
    assert rival["possible"] == 1
    assert rival["pairs"] >= comparison.table.loc["peernet", "pairs"]
    assert comparison.table.loc["random within gates", "gain"] < rival["gain"] < comparison.table.loc["peernet", "gain"]


def test_what_no_answer_chose_is_told_on_one_scale_and_what_answers_chose_loses_more(comparison):
    told = comparison.table["expected"] / comparison.table["gain"]
    unseen = ["closest tie", "senior with junior", "new pairs by lot", "random within gates", "random"]
    assert told[unseen].to_numpy() == pytest.approx(told["random"])
    assert told["peernet"] < told["random"]
    assert comparison.table.loc["new pairs by lot", "expected"] < comparison.table.loc["peernet", "expected"]


def test_the_verdict_is_in_words_and_cannot_tell_from_one_question(comparison):
    assert "questions they were not chosen by" in comparison.verdict
    survey = pn.load_aarhus()
    found = pn.compare_pairings(pn.score_pairs(survey, pn.colleague_graph(survey)), draws=5)
    assert found.verdict == "Cannot tell: no way of pairing was held to questions it was not chosen by."


def test_the_same_seed_gives_the_same_table(scores):
    one, two = (pn.compare_pairings(scores, {}, draws=10, rng=7).table for _ in range(2))
    assert one.equals(two)


def test_at_least_one_draw_is_needed(scores):
    with pytest.raises(SettingError, match="draws must be at least 1; got 0"):
        pn.compare_pairings(scores, draws=0)
    with pytest.raises(SettingError, match="held_out must be 0 or a number of splits; got -1"):
        pn.compare_pairings(scores, held_out=-1)


@pytest.fixture(scope="module")
def four():
    people = {name: {"perspective_1": 1 + i} for i, name in enumerate(["ann", "bo", "cy", "di"])}
    survey = survey_of(people, {"trust": []}, capacity={"ann": 2, "di": 0})
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def test_a_sound_list_stays_as_it_is(four):
    listed = [("bo", "ann"), ("ann", "cy")]
    assert check_pairs("mine", iter(listed), four) == listed


def test_somebody_who_wants_no_partner_may_be_listed_once(four):
    assert check_pairs("mine", [("bo", "di")], four) == [("bo", "di")]


@pytest.mark.parametrize(
    ("listed", "error", "message"),
    [
        ([("ann", "boo")], UnknownPersonError, "'mine': No person 'boo' was scored. Did you mean 'bo'?"),
        ([("ann", "ann")], SettingError, "'mine': A pair needs two people; got 'ann' twice."),
        ([("ann", "bo"), ("bo", "ann")], SettingError, "'mine' lists 'ann' and 'bo' twice. Keep one of the rows."),
        ([("ann", "bo"), ("bo", "cy")], SettingError, "'mine' has 'bo' in 2 pairs; they can have 1."),
        (["ann"], SettingError, "'mine': Pairs must hold two people each, such as [('p001', 'p002')]; got 'ann'."),
        ([("ann", "bo", "cy")], SettingError, "'mine': Pairs must hold two people each"),
    ],
)
def test_what_cannot_be_is_refused(four, listed, error, message):
    with pytest.raises(error, match=re.escape(message)):
        check_pairs("mine", listed, four)


def test_comparing_checks_the_list(four):
    with pytest.raises(UnknownPersonError, match="'last year': No person 'eve' was scored"):
        pn.compare_pairings(four, also={"last year": [("ann", "eve")]}, draws=1)


def test_comparing_checks_what_a_way_of_pairing_returns(four):
    with pytest.raises(SettingError, match="'greedy' has 'bo' in 2 pairs; they can have 1"):
        pn.compare_pairings(four, {"greedy": lambda _: [("ann", "bo"), ("bo", "cy")]}, draws=1)


def table(**rows):
    needed = ["people_needed", "questions_needed"]
    columns = ["held_out", "held_low", "held_high", "p_adjusted", "gain", "expected", *needed]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


NONE_NEEDED = (np.nan, np.nan)
WON, LOST = (0.16, 0.08, 0.24, 0.006, 4.0, 3.0, *NONE_NEEDED), (-0.3, -0.4, -0.2, 1.0, 4.0, 4.0, *NONE_NEEDED)
UNSURE = (0.16, -0.08, 0.24, 0.2, 4.0, 3.0, 612.0)


def test_peernets_pairs_that_win():
    assert verdict_of(table(peernet=WON, similar=LOST)) == (
        "peernet's pairs bring more than as many new pairs by lot within the same rules also on questions they were "
        "not chosen by (16% more a pair, 95 % band +8% to +24%). Of the 4.00 effective perspectives they promise, "
        "3.00 are expected to hold."
    )


def test_more_can_be_expected_than_answers_promise():
    found = verdict_of(table(peernet=(*WON[:4], 4.0, 5.0, *NONE_NEEDED), similar=LOST))
    assert found.endswith(
        "They promise 4.00 effective perspectives; by the outlook behind the answers 5.00 are expected."
    )


def test_others_that_win_too():
    found = verdict_of(table(peernet=WON, other=(0.1, 0.02, 0.2, 0.01, 4.0, 4.0, *NONE_NEEDED)))
    assert found.endswith("Ways of pairing that do, too: other (10% more a pair, 95 % band +2% to +20%).")


@pytest.mark.parametrize(
    ("questions", "told"),
    [
        (31.0, "With about 650 people like these or about 35 such questions it could be told."),
        (np.nan, "With about 650 people like these it could be told."),
        (140.0, "With about 650 people like these it could be told."),  # nobody asks so many
    ],
)
def test_where_it_cannot_be_told_the_verdict_says_how_many_people_or_questions_would_tell(questions, told):
    found = verdict_of(table(peernet=(*UNSURE, questions)))
    assert found.startswith("Cannot tell whether peernet's pairs bring more than as many new pairs by lot")
    assert told in found
    assert "With about" not in verdict_of(table(peernet=LOST)), "there is no sign of any advantage"


def test_others_that_win_alone():
    found = verdict_of(table(peernet=LOST, other=WON))
    assert found.startswith("Cannot tell whether peernet's pairs bring more than as many new pairs by lot")
    assert "Ways of pairing that do: other (16% more" in found


def test_without_peernet_and_without_winners():
    assert verdict_of(table(mine=LOST)) == (
        "Cannot tell: no way of pairing brings more than as many new pairs by lot within the same rules on questions "
        "it was not chosen by."
    )


def test_nothing_held_out():
    nothing = table(peernet=(np.nan,) * 8)
    assert verdict_of(nothing) == "Cannot tell: no way of pairing was held to questions it was not chosen by."


def test_a_winner_needs_both_the_answers_by_chance_and_the_band():
    rest = (4.0, 3.0, *NONE_NEEDED)
    unsure = table(
        chance_alone=(0.1, -0.01, 0.2, 0.01, *rest),
        band_alone=(0.1, 0.01, 0.2, 0.2, *rest),
        both=(0.1, 0.01, 0.2, 0.05, *rest),
    )
    assert winners(unsure) == ["both"]
