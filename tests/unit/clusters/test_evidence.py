"""The number of groups is judged from several sides, against surveys without groups, and groups must come back."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from peernet.clusters.evidence import (
    consensus,
    gap_number,
    gap_statistic,
    jaccards,
    mean_overlaps,
    prediction_strength,
    regroup,
    resample_people,
    stability_label,
)
from peernet.clusters.partition import answer_places, by_all_answers, centres_of, groupings, main_directions, on_axes
from peernet.distance.coding import code_items


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


def places_of(*columns):
    frame = pd.DataFrame({f"q{k}": column for k, column in enumerate(columns)})
    return answer_places(code_items(frame, dict.fromkeys(frame, "numeric")), np.full(len(columns), 1 / len(columns)))


def test_prediction_is_perfect_for_the_true_number_of_separate_groups_and_poor_beyond():
    rng = np.random.default_rng(0)
    corner = np.array([[0, 0], [10, 0], [5, 9]])[np.repeat([0, 1, 2], 20)] + rng.random((60, 2))
    strength = prediction_strength(places_of(*corner.T), 5, 1, 10, np.random.default_rng(1))
    assert strength[0] == strength[2] == 1
    assert strength[3:].max() < 0.8


def test_prediction_strength_equals_counting_pairs():
    places = places_of(*np.random.default_rng(2).random((2, 40)))
    people = np.argsort(np.random.default_rng(7).random(40), kind="stable")
    halves = [grouped_half(places.take(half), 3) for half in (people[:20], people[20:])]
    by_hand = np.mean([counted_strength(*halves), counted_strength(*halves[::-1])])
    assert prediction_strength(places, 3, 1, 1, np.random.default_rng(7))[2] == pytest.approx(by_hand)


def grouped_half(places, k):
    return by_all_answers(places), groupings(on_axes(places, main_directions(places, k - 1)), k)[-1]


def counted_strength(known, new):
    centres = centres_of(*known)
    predicted = np.array([np.argmin(((centres - person) ** 2).sum(axis=1)) for person in new[0]])
    shares = []
    for group in set(new[1]):
        pairs = list(combinations(np.flatnonzero(new[1] == group), 2))
        shares.append(np.mean([predicted[i] == predicted[j] for i, j in pairs]) if pairs else 1.0)
    return min(shares)


def test_overlap_is_with_the_best_match_among_the_people_drawn():
    label = np.array([0, 0, 0, 1, 1, 1])
    groups = np.array([[1, 1, 0, 0, 0, -1], [0, 0, -1, -1, -1, -1]])
    overlaps = jaccards(label, groups)
    assert overlaps[0] == pytest.approx([2 / 3, 2 / 3])
    assert overlaps[1] == pytest.approx([1, np.nan], nan_ok=True)


def test_a_group_that_is_never_drawn_has_no_mean_overlap_and_no_standing():
    assert mean_overlaps(np.array([[0.5, np.nan], [1.0, np.nan]])) == pytest.approx([0.75, np.nan], nan_ok=True)
    assert stability_label(np.nan) == "not known"


def test_consensus_is_the_share_of_joint_draws_that_put_two_people_together():
    groups = np.array([[0, 0, 1], [1, 0, 0], [0, -1, 0]])
    np.testing.assert_allclose(consensus(groups), [[1, 1 / 2, 1 / 3], [1 / 2, 1, 1 / 2], [1 / 3, 1 / 2, 1]])
    assert np.isnan(consensus(np.array([[0, -1]]))[0, 1])


def test_well_separated_groups_come_back_in_every_draw():
    place = np.repeat([0.0, 10.0, 20.0], 12) + np.linspace(0, 1, 36)
    drawn = resample_people(36, 36, 20, np.random.default_rng(0))
    groups = regroup(places_of(place), drawn, 3)
    assert jaccards(np.repeat([0, 1, 2], 12), groups).min() == 1
    for people, group in zip(drawn, groups, strict=True):
        assert set(np.flatnonzero(group >= 0)) == set(people)


@pytest.mark.parametrize(
    ("jaccard", "word"),
    [(0.85, "highly stable"), (0.84, "stable"), (0.75, "stable"), (0.6, "pattern only"), (0.59, "do not trust")],
)
def test_standing_follows_the_published_thresholds(jaccard, word):
    assert stability_label(jaccard) == word
