"""The quicker tables agree with the exact one within their stated errors."""

import numpy as np
import pandas as pd
import pytest

from peernet.distance import frame_distances, gower_distances
from peernet.errors import SettingError
from tests import naive_distance as naive


@pytest.mark.parametrize("weights", ["equal", "contribution"])
@pytest.mark.parametrize("missing", [0.0, 0.05, 0.3])
def test_single_and_compact_tables_are_as_close_as_they_say(weights, missing, rng):
    frame, kinds = naive.answers_of_every_kind(rng, 400, missing)
    exact = gower_distances(frame, kinds=kinds, weights=weights)
    for precision, most in (("single", 1e-6), ("compact", 2 * len(kinds) / 65_000 / 0.5)):
        table = gower_distances(frame, kinds=kinds, weights=weights, precision=precision)
        assert table.dtype == np.float32
        np.testing.assert_array_equal(np.isnan(table), np.isnan(exact))
        np.testing.assert_allclose(table, exact, atol=most, rtol=0)
        np.testing.assert_array_equal(table, table.T)


@pytest.mark.parametrize("precision", ["exact", "single", "compact"])
def test_clones_are_at_distance_zero_and_opposites_at_one(precision):
    frame = pd.DataFrame({"a": [1.0, 1.0, 5.0], "b": ["x", "x", "y"], "c": [{"p"}, {"p"}, {"q"}]})
    kinds = {"a": "numeric", "b": "nominal", "c": "multiple"}
    table = gower_distances(frame, kinds=kinds, precision=precision)
    assert table.tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 0]]


def test_many_items_do_not_overflow_the_codes():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.integers(0, 2, (30, 3000)).astype(float)).add_prefix("q")
    kinds = dict.fromkeys(frame, "numeric")
    exact = gower_distances(frame, kinds=kinds, weights="equal")
    compact = gower_distances(frame, kinds=kinds, weights="equal", precision="compact")
    np.testing.assert_allclose(compact, exact, atol=0.01)


def test_an_unknown_precision_is_refused():
    with pytest.raises(SettingError, match="precision must be one of 'exact', 'single', 'compact'; got 'half'"):
        gower_distances(pd.DataFrame({"a": [1.0, 2.0]}), kinds={"a": "numeric"}, precision="half")


def test_a_wide_block_equals_the_table_it_is_cut_from():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.random((5000, 3))).mask(rng.random((5000, 3)) < 0.1).add_prefix("q")
    distances = frame_distances(frame, dict.fromkeys(frame, "numeric"), None, "equal", 0.5)
    wide = distances.block([7, 4000])
    narrow = np.hstack([distances.block([7, 4000], range(start, start + 500)) for start in range(0, 5000, 500)])
    np.testing.assert_array_equal(wide, narrow)
