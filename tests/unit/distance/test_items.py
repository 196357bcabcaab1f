"""Distances on some of the items alone, and their reliability: Cronbach's alpha over pairs."""

import numpy as np
import pandas as pd
import pytest

from peernet.distance.distances import frame_distances
from peernet.distance.items import distance_reliability, each_alone, repeat_share, without_each
from tests.naive import distance as naive


def distances_of(answers, kind="ordinal"):
    frame = pd.DataFrame(answers, columns=[f"v{v}" for v in range(np.shape(answers)[1])])
    ranges = dict.fromkeys(frame, (1.0, 5.0)) if kind == "ordinal" else None
    return frame_distances(frame, dict.fromkeys(frame, kind), ranges, "contribution", 0.5)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_distances_on_some_items_are_those_of_a_survey_that_asked_no_others(missing, rng):
    frame, kinds = naive.answers_of_every_kind(rng, 20, missing)
    weights = dict(zip(kinds, rng.random(len(kinds)), strict=True))
    distances, names = frame_distances(frame, kinds, None, weights, 0.5), list(kinds)
    some = rng.permutation(len(names))[:3]
    asked = {names[v]: weights[names[v]] for v in some}
    expected = frame_distances(frame, kinds, None, asked, 0.5)
    np.testing.assert_allclose(distances.on_items(some).shares, expected.shares)
    np.testing.assert_allclose(distances.on_items(some).to_frame(), expected.to_frame(), atol=1e-12)
    assert distances.on_items(2).weights.to_dict() == dict.fromkeys(names, 0.0) | {names[2]: 1.0}
    assert distances.shares == pytest.approx(np.array(list(weights.values())) / sum(weights.values()))


def test_weights_are_scaled_to_sum_to_one_and_stay_nothing_where_nothing_weighs(rng):
    distances = distances_of(np.rint(rng.uniform(1, 5, (12, 4))))
    assert distances.reweighed(np.array([2.0, 0.0, 1.0, 1.0])).weights.tolist() == [0.5, 0, 0.25, 0.25]
    assert np.isnan(distances.reweighed(np.zeros(4)).block([0])).all()


def test_each_item_is_taken_alone_and_left_out_in_turn_if_it_weighs(rng):
    answers = np.rint(rng.uniform(1, 5, (12, 4)))
    answers[:, 1] = 3.0
    distances = distances_of(answers)
    assert [np.flatnonzero(one.shares).tolist() for one in each_alone(distances)] == [[0], [2], [3]]
    assert [np.flatnonzero(rest.shares).tolist() for rest in without_each(distances)] == [[2, 3], [0, 3], [0, 2]]
    assert without_each(distances.on_items(2)) == []


def test_equals_alpha_of_the_items_parts_over_pairs(rng):
    answers = np.rint(rng.uniform(1, 5, (12, 4)))
    distances = distances_of(answers)
    above = np.triu_indices(12, k=1)
    parts = [w * np.abs(a[:, None] - a)[above] / 4 for w, a in zip(distances.shares, answers.T, strict=True)]
    variances, total = np.var(parts, axis=1, ddof=1).sum(), np.var(np.sum(parts, axis=0), ddof=1)
    assert distance_reliability(distances) == pytest.approx(max(0.0, 4 / 3 * (1 - variances / total)))


def test_items_that_say_the_same_are_perfectly_reliable(rng):
    one = np.rint(rng.uniform(1, 5, (10, 1)))
    assert distance_reliability(distances_of(np.repeat(one, 3, axis=1))) == pytest.approx(1.0)


def test_items_that_have_nothing_in_common_are_not(rng):
    assert distance_reliability(distances_of(np.rint(rng.uniform(1, 5, (60, 6))))) < 0.2


def test_there_is_no_telling_from_one_item_or_none():
    assert np.isnan(distance_reliability(distances_of([[1.0], [5.0], [2.0]])))
    assert np.isnan(distance_reliability(distances_of([[3.0, 3.0], [3.0, 3.0]])))


def test_missing_answers_are_left_out_pair_by_pair(rng):
    answers = np.repeat(np.rint(rng.uniform(1, 5, (20, 1))), 3, axis=1)
    answers[0, 0] = answers[5, 1] = np.nan
    assert distance_reliability(distances_of(answers)) == pytest.approx(1.0, abs=0.05)


def test_reliability_is_known_though_holes_leave_a_table_that_no_answers_could_give(rng):
    for _ in range(50):
        answers = np.rint(rng.uniform(1, 5, (12, 6)))
        answers[rng.random(answers.shape) < 0.5] = np.nan
        alpha = distance_reliability(distances_of(answers))
        assert np.isnan(alpha) or 0 <= alpha <= 1


def test_a_perfectly_reliable_block_is_drawn_by_half():
    assert repeat_share(1.0) == 0.5
    assert repeat_share(0.0) == 0.0
