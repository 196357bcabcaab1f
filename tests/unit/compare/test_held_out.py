"""Pairs are chosen on one half of the questions, valued on the other, and held against partners by lot."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.compare.held_out import (
    HELD_OUT_COLUMNS,
    ValuedPairs,
    bootstrap_weights,
    held_out_table,
    holm,
    pair_weights,
    position_bands,
    split_scores,
    valued_half,
)
from peernet.compare.strategies import most_different
from tests.made.structureless import scores_of
from tests.made.surveys import survey_of
from tests.made.taking_part import EVERYONE, IDLE, WAYS


@pytest.fixture(scope="module")
def scores():
    return scores_of(3, people=30)


@pytest.fixture(scope="module")
def half(scores):
    return valued_half(*next(split_scores(scores, rng=np.random.default_rng(0), splits=1)))


def table(scores, chosen, **settings):
    return held_out_table(scores, chosen, rng=np.random.default_rng(0), **{"splits": 1, "progress": False, **settings})


def test_a_lot_is_anyone_whom_a_person_does_not_hear_yet(scores, half):
    person = 4
    others = np.setdiff1d(np.arange(len(scores)), scores.reach.heard[person])
    others = [c for c in others if not np.isnan(half.gains[person, c] + half.gains[c, person])]
    assert half.lot[person] == pytest.approx(np.mean([half.gains[person, c] for c in others]))


def test_a_partner_by_lot_brings_no_more_than_a_partner_by_lot(half):
    """What each person gains more than by lot sums to nothing over everybody they could get."""
    own = np.where(half.new, half.gains - half.lot[:, None], 0.0)
    assert np.abs(own.sum(axis=1)).max() < 1e-12


def test_held_out_is_what_the_pairs_bring_on_the_other_half(scores):
    pairs = [("p000", "p001"), ("p002", "p003")]
    halves = [valued_half(*each) for each in split_scores(scores, rng=np.random.default_rng(0), splits=1)]
    cells = [(a, b) for i, j in ((0, 1), (2, 3)) for a, b in ((i, j), (j, i))]
    brought = sum(half.gains[cell] for half in halves for cell in cells)
    by_lot = sum(half.lot[a] for half in halves for a, _ in cells)
    assert table(scores, {"own": pairs}).loc["own", "held_out"] == pytest.approx(brought / by_lot - 1)


def test_the_halves_that_choose_do_not_value(scores):
    seen = []

    def spy(given):
        seen.append(given.perspective.shares > 0)
        return most_different(given)

    table(scores, {"spy": spy})
    assert len(seen) == 2
    assert not (seen[0] & seen[1]).any()
    assert (seen[0] | seen[1]).sum() == (scores.perspective.shares > 0).sum()


def test_pairs_who_hear_each_other_bring_nothing_new(scores):
    heard = scores.reach.heard
    pair = next((i, int(j)) for i in range(len(heard)) for j in heard[i] if i < j)
    found = table(scores, {"colleagues": [tuple(scores.people[[*pair]])]})
    assert found.loc["colleagues", "held_out"] == pytest.approx(-1)
    assert found.loc["colleagues", "p_value"] > 0.3


def test_the_band_holds_the_share_and_chance_has_no_p_value(scores):
    found = table(scores, {"most different": most_different, "random": pn.compare.random_pairs}, splits=2)
    assert (found["held_low"] < found["held_out"]).all()
    assert (found["held_out"] < found["held_high"]).all()
    assert found["p_value"].isna().tolist() == [False, True]


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


@pytest.mark.parametrize(("scores", "_reason"), WAYS.values(), ids=WAYS)
def test_whoever_takes_no_part_is_no_partner_by_lot(scores, _reason):
    half = valued_half(*next(split_scores(scores(), rng=np.random.default_rng(0), splits=1)))
    assert not half.new[EVERYONE.index(IDLE)].any()
    assert not half.new[:, EVERYONE.index(IDLE)].any()
