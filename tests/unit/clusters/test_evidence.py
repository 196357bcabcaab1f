"""The number of groups is judged from several sides, against surveys without groups, and groups must come back."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from peernet.clusters.evidence import (
    answer_scores,
    consensus,
    gap_number,
    gap_statistic,
    jaccards,
    latent_loadings,
    mean_overlaps,
    null_survey,
    prediction_strength,
    regroup,
    resample_people,
    stability_label,
)
from peernet.clusters.partition import assign, build, partition
from peernet.distance.coding import code_items
from peernet.distance.distances import gower_distances
from tests.naive import distance as naive


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


@pytest.fixture
def cloud():
    frame, kinds = naive.answers_of_every_kind(np.random.default_rng(2), 60, missing=0.2)
    items = code_items(frame, kinds)
    table = gower_distances(frame, kinds=kinds, min_shared=0)
    return items, answer_scores(items, np.nan_to_num(table, nan=np.nanmean(table)))


def test_every_item_keeps_its_answers_and_its_gaps(cloud):
    items, scores = cloud
    dealt = null_survey(items, scores, latent_loadings(scores), np.random.default_rng(0))
    np.testing.assert_array_equal(np.isnan(dealt.answers), np.isnan(items.answers))
    np.testing.assert_array_equal(np.sort(dealt.answers), np.sort(items.answers))
    assert (dealt.answers != items.answers).any(axis=1).all()


def test_a_set_of_answers_stays_together(cloud):
    items, scores = cloud
    dealt = null_survey(items, scores, latent_loadings(scores), np.random.default_rng(0))
    for v in np.flatnonzero(items.rules == items.rules.max()):
        words = slice(items.words[v], items.words[v + 1])
        before = np.vstack([np.nan_to_num(items.answers[v], nan=-1), items.bits[words]])
        after = np.vstack([np.nan_to_num(dealt.answers[v], nan=-1), dealt.bits[words]])
        np.testing.assert_array_equal(after[:, np.lexsort(after)], before[:, np.lexsort(before)])


def test_answers_that_are_equal_score_the_same_and_every_answer_scores(cloud):
    items, scores = cloud
    np.testing.assert_array_equal(np.isnan(scores), np.isnan(items.answers))
    for v in range(len(scores)):
        words = items.bits[items.words[v] : items.words[v + 1]]
        given = pd.DataFrame({"answer": items.answers[v], **dict(enumerate(words))}).dropna()
        keys = [given[column] for column in given]
        assert pd.Series(scores[v][given.index]).groupby([key.to_numpy() for key in keys]).nunique().max() == 1


@pytest.mark.parametrize("levels", [2, 3, 5, 1000])
def test_items_stay_as_alike_as_they_were(levels):
    rng = np.random.default_rng(1)
    general = rng.standard_normal(800)
    latent = 0.8 * general + 0.6 * rng.standard_normal((6, 800))
    frame = pd.DataFrame(latent.T).rank(pct=True).mul(levels).apply(np.ceil).add_prefix("q")
    items = code_items(frame, dict.fromkeys(frame, "ordinal"))
    scores = items.answers
    loadings = latent_loadings(scores)
    after = [null_survey(items, scores, loadings, rng).answers for _ in range(20)]
    before = np.corrcoef(scores)[np.triu_indices(6, k=1)]
    mean = np.mean([np.corrcoef(answers)[np.triu_indices(6, k=1)] for answers in after], axis=0)
    np.testing.assert_allclose(mean, before, atol=0.03)
    assert before.mean() > 0.3


def test_a_choice_from_which_nobody_chose_scores_the_same_for_everybody():
    frame = pd.DataFrame({"tools": [frozenset()] * 12, "years": np.arange(12.0)})
    items = code_items(frame, {"tools": "multiple", "years": "numeric"})
    scores = answer_scores(items, np.abs(np.arange(12.0)[:, None] - np.arange(12.0)))
    assert (scores[0] == 0).all()
    dealt = null_survey(items, scores, latent_loadings(scores), np.random.default_rng(0))
    assert (dealt.answers[0] == 0).all()


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
    table = np.abs(place[:, None] - place)
    drawn = resample_people(36, 36, 20, np.random.default_rng(0))
    groups = regroup(table, drawn, 3)
    assert jaccards(np.repeat([0, 1, 2], 12), groups).min() == 1
    for people, group in zip(drawn, groups, strict=True):
        assert set(np.flatnonzero(group >= 0)) == set(people)


@pytest.mark.parametrize(
    ("jaccard", "word"),
    [(0.85, "highly stable"), (0.84, "stable"), (0.75, "stable"), (0.6, "pattern only"), (0.59, "do not trust")],
)
def test_standing_follows_the_published_thresholds(jaccard, word):
    assert stability_label(jaccard) == word
