"""Bands are of people drawn anew: pairs who share somebody go up and down together."""

import numpy as np
import pytest

from peernet.compare.held_out import ValuedPairs, bootstrap_weights, pair_weights, position_bands

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
