"""The number of groups is judged from several sides."""

from itertools import combinations

import numpy as np
import pytest

from peernet.clusters.evidence import gap_number, gap_statistic, prediction_strength
from peernet.clusters.partition import assign, build, partition


def test_gap_is_the_mean_difference_of_log_dispersions_and_its_error_counts_the_draws():
    gap, se = gap_statistic(np.array([1.0, 0.5]), np.array([[1.0, 1.0], [1.0, 2.0]]))
    assert gap.tolist() == [0, 1]
    assert se == pytest.approx([0, 0.5 * np.sqrt(1.5)])


@pytest.mark.parametrize(
    ("gap", "se", "number"),
    [
        ([0.0, 0.0, 0.0], [0.0, 0.1, 0.1], 1),
        ([0.0, 0.5, 0.55], [0.0, 0.1, 0.1], 2),
        ([0.0, 0.5, 0.7], [0.0, 0.1, 0.1], 3),
    ],
)
def test_the_gap_chooses_the_first_number_within_one_standard_error_of_the_next(gap, se, number):
    assert gap_number(np.array(gap), np.array(se)) == number


def test_prediction_is_perfect_for_the_true_number_of_separate_groups_and_poor_beyond():
    place = np.repeat([0.0, 10.0, 20.0], 20) + np.random.default_rng(0).random(60)
    strength = prediction_strength(np.abs(place[:, None] - place), 5, 1, 10, np.random.default_rng(1))
    assert strength[0] == strength[2] == 1
    assert strength[3:].max() < 0.8


def test_prediction_strength_equals_counting_pairs():
    points = np.random.default_rng(2).random((40, 2))
    table = np.abs(points[:, None] - points).sum(axis=2)
    people = np.argsort(np.random.default_rng(7).random(40), kind="stable")
    halves = [people[:20], people[20:]]
    by_hand = np.mean([counted_strength(table, *halves, 3), counted_strength(table, *halves[::-1], 3)])
    assert prediction_strength(table, 3, 1, 1, np.random.default_rng(7))[2] == pytest.approx(by_hand)


def counted_strength(table, known, new, k):
    among, learnt = table[np.ix_(new, new)], table[np.ix_(known, known)]
    label = assign(among, partition(among, build(among, k)))
    medoids = known[partition(learnt, build(learnt, k))]
    predicted = table[np.ix_(medoids, new)].argmin(axis=0)
    shares = []
    for group in set(label):
        pairs = list(combinations(np.flatnonzero(label == group), 2))
        shares.append(np.mean([predicted[i] == predicted[j] for i, j in pairs]) if pairs else 1.0)
    return min(shares)
