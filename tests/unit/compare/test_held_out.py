"""Pairs are chosen on one half of the questions, valued on the other, and held against new pairs by lot."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

import peernet as pn
from peernet.compare.held_out import (
    HELD_OUT_COLUMNS,
    ValuedPairs,
    behind_answers,
    bootstrap_weights,
    held_out_table,
    holm,
    more_than_drawn,
    needed,
    own_first,
    pair_weights,
    places_of,
    position_bands,
)
from peernet.compare.strategies import draw_new_pairs, most_different, peernet_pairing
from tests.made.structureless import scores_of
from tests.made.surveys import both_ways, survey_of


@pytest.fixture(scope="module")
def scores():
    return scores_of(3, people=30)


def table(scores, chosen, **settings):
    return held_out_table(scores, chosen, rng=np.random.default_rng(0), **{"splits": 1, "progress": False, **settings})


def test_pairs_that_do_not_look_at_the_answers_are_valued_by_all_of_them(scores):
    pairs = [("p000", "p001"), ("p002", "p003")]
    rival = [pair for drawn in draw_new_pairs(scores, 20, rng=np.random.default_rng(1)) for pair in drawn]

    def mean(some):
        return np.nanmean(np.sum(scores.gains(*places_of(scores, some)), axis=0))

    row = table(scores, {"own": pairs}).loc["own"]
    assert row["held_out"] == pytest.approx(mean(pairs) / mean(rival) - 1, abs=0.05), "the rival is drawn anew"
    assert row["expected"] == pytest.approx(1), "nothing of what was not chosen is lost"


def test_of_what_was_chosen_by_the_answers_less_is_expected_to_hold(scores):
    row = table(scores, {"best": peernet_pairing}, splits=3).loc["best"]
    assert 0 < row["expected"] < 1


def test_answers_that_are_all_alike_in_both_halves_hold_in_full():
    """Each person gives one answer to all ten questions, five of them reversed: style would not do that."""
    rng = np.random.default_rng(0)
    names = [f"p{i:03}" for i in range(40)]
    level = rng.integers(1, 6, 40)
    answers = {name: {f"perspective_{k}": int(level[i]) for k in range(10)} for i, name in enumerate(names)}
    pairs = both_ways(*[(names[i], names[(i + k) % 40]) for i in range(40) for k in (1, 5, 9, 14)])
    survey = survey_of(answers, {"works_with": both_ways(*zip(names[::2], names[1::2], strict=True)), "trust": pairs})
    row = table(pn.score_pairs(survey, pn.colleague_graph(survey)), {"bold": most_different}).loc["bold"]
    assert row["expected"] == pytest.approx(1, abs=0.02)


def test_the_halves_that_choose_do_not_value(scores):
    seen = []

    def spy(given):
        seen.append(given.perspective.shares > 0)
        return most_different(given)

    table(scores, {"spy": spy})
    whole, one, other = seen
    assert not (one & other).any()
    np.testing.assert_array_equal(one | other, whole)


def test_pairs_who_hear_each_other_bring_nothing_new(scores):
    heard = scores.reach.heard
    pair = next((i, int(j)) for i in range(len(heard)) for j in heard[i] if i < j and i in heard[j])
    found = table(scores, {"colleagues": [tuple(scores.people[[*pair]])]})
    assert found.loc["colleagues", "held_out"] == pytest.approx(-1)
    assert found.loc["colleagues", "people_needed":].isna().all()


def test_the_band_holds_the_share_and_chance_has_no_p_value(scores):
    found = table(scores, {"most different": most_different, "random": pn.compare.random_pairs}, splits=2)
    assert (found["held_low"] < found["held_out"]).all()
    assert (found["held_out"] < found["held_high"]).all()
    assert found["p_value"].isna().tolist() == [False, True]


def test_where_nobody_can_be_paired_anew_there_is_nothing_to_hold_against():
    answers = {p: {"perspective_1": i + 1, "perspective_2": 5 - i} for i, p in enumerate("abcd")}
    survey = survey_of(answers, {"works_with": both_ways(("a", "b")), "trust": both_ways(("a", "b"))})
    found = table(pn.score_pairs(survey, pn.colleague_graph(survey)), {"own": [("a", "b")]})
    assert found.isna().all(axis=None)


def test_how_often_chance_gives_as_much_is_what_many_draws_say():
    """Halves whose answers by chance scatter alike, and which find the same by one half."""
    rng = np.random.default_rng(0)

    def halves(draws):
        shared, own = rng.standard_normal((draws, 1)), rng.standard_normal((draws, 4))
        return np.sqrt(0.5) * (shared + own)

    found = np.array([0.4, 1.1, 0.9, 1.3])
    p_value, above = more_than_drawn(found, halves(400).T)
    assert p_value == pytest.approx((halves(200_000).sum(axis=1) >= found.sum()).mean(), abs=0.02)
    assert above == pytest.approx(found.sum() / np.sqrt(10), rel=0.1)
    assert more_than_drawn(found, np.zeros((4, 9)))[0] == 1, "chance that never differs says nothing"


def test_halves_value_by_the_outlook_behind_the_answers_whatever_the_scores_rest_on():
    survey = scores_of(2, people=60, planted=1.0).survey
    given, adjusted = (pn.score_pairs(survey, pn.colleague_graph(survey), outlook=o) for o in ("answers", "adjusted"))
    assert behind_answers(adjusted) is adjusted
    firsts, seconds = np.triu_indices(60, k=1)
    for found, expected in zip(
        behind_answers(given).gains(firsts, seconds), adjusted.gains(firsts, seconds), strict=True
    ):
        np.testing.assert_array_equal(found, expected)
    assert (given.gains(firsts, seconds)[0] != adjusted.gains(firsts, seconds)[0]).any()


def test_questions_needed_follow_spearman_and_brown_and_are_missing_where_no_number_would_do():
    columns = {"p_value": [0.1, 0.1, 0.001], "held_out": 0.2, "held_low": -0.1}
    table = pd.DataFrame(columns, index=["peernet", "other", "sure"]).reindex(columns=HELD_OUT_COLUMNS)
    signs = pd.DataFrame({"above": [1.5, 1.5, 9.0], "ahead": [2.0, 2.0, 9.0], "kept": [0.3, 0.8, 0.3]}, table.index)
    found = needed(table, signs, able=100, asked=12)
    band, test = (ndtri(0.8) + ndtri(0.975)) / 2.0, (ndtri(0.8) - ndtri(0.05)) / 1.5
    assert found.loc["peernet", "people_needed"] == np.ceil(100 * max(band, test) ** 2)
    longer = found.loc["peernet", "questions_needed"] / 12
    assert longer * 0.3 / (1 + (longer - 1) * 0.3) == pytest.approx(0.3 * max(band, test), abs=0.01)
    assert np.isnan(found.loc["other", "questions_needed"]), "halves agree as well as they can, people are too few"
    assert found.loc["sure", "people_needed":].isna().all(), "the band is as wide as it is for what habits may be"


def test_peernets_own_pairs_are_tested_first_and_the_others_only_as_far_as_they_stand():
    found = own_first(pd.Series({"other": 0.001, "peernet": 0.03, "third": 0.04, "random": np.nan}))
    assert found.to_dict() == pytest.approx(
        {"other": 0.03, "peernet": 0.03, "third": 0.04, "random": np.nan}, nan_ok=True
    )
    assert own_first(pd.Series({"other": 0.001, "third": 0.04})).tolist() == [0.002, 0.04]


def test_one_question_is_too_few():
    survey = survey_of({p: {"perspective_1": i % 5 + 1} for i, p in enumerate("abcdef")}, {"trust": []})
    found = table(pn.score_pairs(survey, pn.colleague_graph(survey)), {"own": [("a", "b")]})
    assert list(found) == HELD_OUT_COLUMNS
    assert found.isna().all(axis=None)


def test_a_way_of_pairing_that_pairs_nobody_is_missing(scores):
    assert table(scores, {"nobody": lambda _: []}).isna().all(axis=None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.5, 0.9], [1.0, 1.0]),
        ([0.02, np.nan, 0.04], [0.04, np.nan, 0.04]),
    ],
)
def test_holm(given, expected):
    np.testing.assert_allclose(holm(pd.Series(given)), expected)


MANY = 200_000


def test_pairs_with_nobody_in_common_are_as_free_as_drawn_pairs():
    weights = bootstrap_weights(2 * MANY, np.random.default_rng(0)).reshape(2, -1)
    assert np.prod(weights, axis=0).mean() == pytest.approx(1, abs=0.02)
    assert np.prod(weights, axis=0).var() == pytest.approx(1, abs=0.05)


def test_pairs_who_share_somebody_go_together():
    rng = np.random.default_rng(0)
    drawn = [bootstrap_weights(3, rng) for _ in range(20_000)]
    pairs = np.array([pair_weights(w, np.array([0, 0]), np.array([1, 2])) for w in drawn])
    assert np.corrcoef(pairs.T)[0, 1] == pytest.approx(np.sqrt(2) - 1, abs=0.05)


def test_weights_that_are_all_one_leave_the_total():
    valued = ValuedPairs(np.array([0, 2]), np.array([1, 3]), np.array([1.0, 3.0]))
    assert valued.total(np.ones(4)) == pytest.approx(4)


def test_a_pair_counts_with_the_product_of_its_peoples_weights():
    valued = ValuedPairs(np.array([0, 2]), np.array([1, 3]), np.array([1.0, 3.0]))
    assert valued.total(np.array([3.0, 1.0, 1.0, 1.0])) == pytest.approx(2 * (3 * 1 + 1 * 3) / (3 + 1))


def test_pairs_whose_value_is_not_known_do_not_count():
    valued = ValuedPairs(np.array([0, 2]), np.array([1, 3]), np.array([1.0, np.nan]))
    assert valued.total(np.ones(4)) == pytest.approx(1)


def test_bands_lie_between_chance_and_attainable_where_these_are():
    rng = np.random.default_rng(0)
    firsts, seconds = np.arange(0, 40, 2), np.arange(1, 40, 2)
    low, half, high = (ValuedPairs(firsts, seconds, level + 0.1 * rng.random(20)) for level in (0.0, 0.5, 1.0))
    bands = position_bands({"half": half, "most": high}, low, 1, high, 40, rng).loc
    assert bands["most"].tolist() == pytest.approx([1, 1])
    assert 0.4 < bands["half", "position_low"] < bands["half", "position_high"] < 0.6


def test_without_room_above_chance_there_is_no_band():
    same = ValuedPairs(np.array([0]), np.array([1]), np.array([1.0]))
    assert position_bands({"same": same}, same, 1, same, 2, np.random.default_rng(0)).isna().all(axis=None)
