"""People are placed on the main axes of their answers and grouped there by k-means."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score

from peernet.clusters.partition import (
    all_distances,
    answer_places,
    appraise,
    centred_squares,
    centres_of,
    cluster_index,
    dissolved,
    filled_table,
    group_people,
    groupings,
    main_directions,
    nearest_centre,
    on_axes,
    one_more,
    silhouettes,
)
from peernet.distance.coding import code_items
from peernet.distance.distances import frame_distances
from tests.made.planted import grouped_answers
from tests.naive import distance as naive


def places_of(frame, kinds=None, weights=None):
    items = code_items(frame, kinds or dict.fromkeys(frame, "numeric"))
    return answer_places(items, np.full(frame.shape[1], 1 / frame.shape[1]) if weights is None else weights)


@pytest.fixture
def answers():
    return pd.DataFrame(np.random.default_rng(0).standard_normal((40, 5)) * [1, 2, 3, 4, 5]).add_prefix("q")


def test_main_axes_are_the_principal_components_of_standard_answers(answers):
    """Weights by contribution give every item the same spread."""
    distances = frame_distances(answers, dict.fromkeys(answers, "numeric"), None, "contribution", 0.5)
    places = answer_places(distances.items, distances.shares)
    points = on_axes(places, main_directions(places, 3))
    expected = PCA(3).fit_transform(((answers - answers.mean()) / answers.std(ddof=0)).to_numpy())
    scale = np.abs(points).max() / np.abs(expected).max()
    np.testing.assert_allclose(np.abs(points), np.abs(expected) * scale, atol=1e-10)
    np.testing.assert_allclose((places.columns**2).sum(axis=1), (places.columns[0] ** 2).sum())


def test_fewer_people_than_columns_have_the_same_main_axes():
    frame = pd.DataFrame(np.random.default_rng(0).standard_normal((8, 20))).add_prefix("q")
    places = places_of(frame)
    direct = np.linalg.svd(places.columns.T, full_matrices=False)
    points = on_axes(places, main_directions(places, 3))
    np.testing.assert_allclose(np.abs(points), np.abs(direct[0] * direct[1])[:, :3], atol=1e-9)


def test_an_item_spreads_people_by_its_weight_times_its_mean_difference_whatever_its_kind():
    frame, kinds = naive.answers_of_every_kind(np.random.default_rng(1), 60, missing=0.1)
    distances = frame_distances(frame, kinds, None, "equal", 0.5)
    places = answer_places(distances.items, distances.shares)
    spread = pd.Series((places.columns**2).sum(axis=1)).groupby(places.item).sum()
    answered = frame.notna().sum().to_numpy()[spread.index]
    apart = np.array([naive.mean_differences(frame, kinds)[frame.columns[v]] for v in spread.index])
    np.testing.assert_allclose(spread / answered, distances.shares[spread.index] * apart, rtol=1e-9)


def test_a_missing_answer_is_in_the_middle_and_nobody_is_drawn_there_for_it():
    frame = pd.DataFrame({"a": [0.0, 0.0, 1.0, 1.0, np.nan], "b": [0.0, 0.0, 1.0, 1.0, 1.0]})
    places = places_of(frame)
    assert places.columns[0, 4] == 0
    assert places.answered.tolist() == [1, 1, 1, 1, 0.5]
    points = on_axes(places, main_directions(places, 1))[:, 0] * np.sqrt(places.answered)
    assert abs(points[4]) < abs(points[2])


def test_an_item_without_weight_or_difference_has_no_say():
    frame = pd.DataFrame({"a": [0.0, 1.0, 2.0], "b": [5.0, 5.0, 5.0], "c": [1.0, 0.0, 1.0]})
    places = places_of(frame, weights=np.array([0.5, 0.5, 0.0]))
    assert places.item.tolist() == [0, 1]
    assert (places.columns[1] == 0).all()


@pytest.mark.parametrize("k", [2, 3, 4])
def test_groups_are_as_tight_as_those_of_many_random_starts(k):
    answers, group = grouped_answers(np.random.default_rng(k), people=90, items=10, groups=k, apart=1.6)
    places = places_of(answers)
    points = on_axes(places, main_directions(places, 7))
    label = groupings(points, 4)[k - 1]
    seen = points[:, : k - 1]
    tightest = KMeans(k, n_init=20, random_state=0).fit(seen)
    within = ((seen - centres_of(seen, label)[label]) ** 2).sum()
    assert within == pytest.approx(tightest.inertia_, rel=1e-6)
    assert adjusted_rand_score(group, label) > 0.9


def test_everybody_is_in_the_group_with_the_nearest_centre():
    points = np.random.default_rng(0).random((50, 2))
    for label in groupings(points, 5, axes=2):
        np.testing.assert_array_equal(nearest_centre(points, centres_of(points, label)), label)


def test_one_group_more_starts_with_the_person_who_is_farthest_from_being_served():
    points = np.array([[0.0], [0.1], [0.2], [9.0]])
    assert one_more(points, np.zeros(4, dtype=np.int64)).tolist() == [0, 0, 0, 1]


def test_people_move_to_the_nearest_centre_until_nobody_moves():
    points = np.array([[0.0], [1.0], [2.0], [10.0], [11.0]])
    assert group_people(points, np.array([0, 0, 1, 1, 1])).tolist() == [0, 0, 0, 1, 1]
    assert group_people(np.zeros((3, 1)), np.array([0, 1, 1])).tolist() == [0, 0, 1]


def test_a_group_that_is_too_small_dissolves_into_the_others_without_drawing_them_along():
    points = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2], [90.0]])
    found = np.array([1, 1, 1, 2, 2, 2, 0])
    assert dissolved(points, found, 1).tolist() == found.tolist()
    assert dissolved(points, found, 2).tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert dissolved(points, found, 5).tolist() == [0] * 7


def test_identical_people_make_one_group_without_a_silhouette():
    found = groupings(np.zeros((8, 3)), 4)
    assert [label.max() for label in found] == [0, 0, 0, 0]
    assert appraise(np.zeros((8, 8)), found[3]) == (0, 0)
    assert cluster_index(np.zeros((8, 3)), found[3]) == 1


@pytest.mark.parametrize("seed", range(4))
def test_silhouettes_equal_the_naive_twin_also_for_somebody_alone(seed):
    rng = np.random.default_rng(seed)
    points = rng.random((20, 2))
    table = cdist(points, points)
    label = np.append(rng.integers(0, 3, 19), 3)
    np.testing.assert_allclose(silhouettes(table, label, np.bincount(label))[0], naive.silhouettes(table, label))


def test_every_number_of_groups_is_appraised():
    points = np.random.default_rng(0).random((30, 2))
    table = cdist(points, points)
    found = groupings(points, 5)
    assert [label.max() + 1 for label in found] == [1, 2, 3, 4, 5]
    for label in found[1:]:
        inside = [table[np.ix_(label == k, label == k)] for k in range(label.max() + 1)]
        dispersion = sum(part.sum() / len(part) / 4 for part in inside)
        assert appraise(table, label) == pytest.approx((naive.silhouettes(table, label).mean(), dispersion))
        within = sum(
            ((points[label == k] - points[label == k].mean(axis=0)) ** 2).sum() for k in range(label.max() + 1)
        )
        assert cluster_index(points, label) == pytest.approx(within / ((points - points.mean(axis=0)) ** 2).sum())


def test_distances_by_all_answers_are_those_of_the_places(answers):
    places = places_of(answers)
    np.testing.assert_allclose(all_distances(places), cdist(places.columns.T, places.columns.T), atol=1e-7)


def test_an_undefined_distance_counts_as_the_mean():
    frame, kinds = naive.answers_of_every_kind(np.random.default_rng(0), 40, missing=0.4)
    distances = frame_distances(frame, kinds, None, "equal", 0.5)
    table = distances.to_frame().to_numpy()
    filled = filled_table(distances.items, distances.shares, distances.least)
    defined = ~np.isnan(table)
    assert 0 < defined.mean() < 1
    np.testing.assert_array_equal(filled[defined], table[defined])
    assert filled[~defined & ~np.eye(40, dtype=bool)] == pytest.approx(table[defined].mean())
    assert (filled.diagonal() == 0).all()


def test_centred_squares_are_the_inner_products_around_the_mean():
    points = np.random.default_rng(1).random((8, 3))
    table = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    centred = points - points.mean(axis=0)
    np.testing.assert_allclose(centred_squares(table), centred @ centred.T, atol=1e-12)
