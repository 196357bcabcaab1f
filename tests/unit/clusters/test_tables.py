"""Tables for grouping have a distance for every pair."""

import numpy as np
import pandas as pd
import pytest

from peernet.clusters.partition import axis_table, centred_squares, filled_table
from peernet.distance.coding import code_items
from peernet.distance.distances import frame_distances
from tests.naive import distance as naive


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
