"""Groups that come back when people are drawn again are told from those that do not."""

import numpy as np
import pytest

from peernet.clusters.evidence import consensus, draw_people, jaccards, mean_overlaps, regroup, stability_label


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
    drawn = draw_people(36, 36, 20, np.random.default_rng(0))
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
