"""Partitions around medoids are those of the textbook algorithm, on tables with a distance for every pair."""

import numpy as np
import pandas as pd
import pytest

from peernet.clusters.partition import (
    appraise,
    assign,
    axis_table,
    build,
    centred_squares,
    filled_table,
    partition,
    partitions,
    silhouettes,
)
from peernet.distance.coding import code_items
from peernet.distance.distances import frame_distances
from tests.naive import distance as naive


def distances_of(points):
    return np.abs(points[:, None] - points).sum(axis=-1)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_partition_equals_the_naive_twin(k, seed):
    table = distances_of(np.random.default_rng(seed).random((25, 3)))
    assert partition(table, build(table, k)).tolist() == naive.pam(table, k)


@pytest.mark.parametrize("seed", range(4))
def test_silhouettes_equal_the_naive_twin_also_for_somebody_alone(seed):
    rng = np.random.default_rng(seed)
    table = distances_of(rng.random((20, 2)))
    label = np.append(rng.integers(0, 3, 19), 3)
    np.testing.assert_allclose(silhouettes(table, label, np.bincount(label))[0], naive.silhouettes(table, label))


def test_two_heaps_are_told_apart():
    table = distances_of(np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]]))
    medoids = partition(table, build(table, 2))
    assert sorted(medoids) == [1, 4]
    assert len(set(assign(table, medoids)[:3])) == 1


def test_a_group_that_is_too_small_dissolves_into_the_others():
    table = distances_of(np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2], [90.0]]))
    assert np.bincount(assign(table, partition(table, build(table, 3)))).min() == 1
    medoids = partition(table, build(table, 3), min_size=2)
    assert sorted(np.bincount(assign(table, medoids))) == [3, 4]


def test_identical_people_make_one_group_without_a_silhouette():
    found = partitions(np.zeros((8, 8)), 4)
    assert [len(medoids) for medoids in found] == [1, 1, 1, 1]
    assert appraise(np.zeros((8, 8)), found[3]) == (0, 0)


def test_every_number_of_groups_is_partitioned_and_appraised():
    table = distances_of(np.random.default_rng(0).random((30, 2)))
    found = partitions(table, 5)
    assert [len(medoids) for medoids in found] == [1, 2, 3, 4, 5]
    for medoids in found[1:]:
        label = assign(table, medoids)
        inside = [table[np.ix_(label == k, label == k)] for k in range(len(medoids))]
        dispersion = sum(part.sum() / len(part) / 4 for part in inside)
        assert appraise(table, medoids) == pytest.approx((naive.silhouettes(table, label).mean(), dispersion))


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


def test_all_axes_of_complete_numbers_give_back_their_distances():
    points = pd.DataFrame({"a": np.random.default_rng(0).random(20)})
    items = code_items(points, {"a": "numeric"}, {"a": (0, 1)})
    np.testing.assert_allclose(
        axis_table(items, np.ones(1), 1), np.abs(points.to_numpy() - points.to_numpy().T), atol=1e-12
    )


def test_a_missing_answer_is_placed_where_everybodys_answers_are():
    frame = pd.DataFrame({"a": [0.0, 0.0, 1.0, 1.0, np.nan], "b": [0.0, 0.0, 1.0, 1.0, 1.0]})
    items = code_items(frame, dict.fromkeys(frame, "numeric"))
    table = axis_table(items, np.full(2, 0.5), 1)
    assert table[4, 0] == pytest.approx(table[4, 1])
    assert table[4, 2] < table[4, 0] < table[2, 0] * np.sqrt(2)


def test_centred_squares_are_the_inner_products_around_the_mean():
    points = np.random.default_rng(1).random((8, 3))
    table = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    centred = points - points.mean(axis=0)
    np.testing.assert_allclose(centred_squares(table), centred @ centred.T, atol=1e-12)
