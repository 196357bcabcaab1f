"""The quicker tables agree with the exact one within their stated errors."""

import numpy as np
import pandas as pd
import pytest

from peernet.distance.coding import code_items
from peernet.distance.distances import frame_distances, gower_distances
from peernet.distance.kernels import fill_compact
from peernet.errors import SettingError
from tests.naive import distance as naive

SHARED = 0.5  # least share of weight


def stated_error(precision, items):
    return 2e-7 + items / 3e8 / SHARED if precision == "single" else items / 10_000 / SHARED


@pytest.mark.parametrize("precision", ["single", "compact"])
@pytest.mark.parametrize("weights", ["equal", "one item above all"])
@pytest.mark.parametrize("missing", [0.0, 0.05, 0.3])
def test_rounded_tables_are_as_close_as_they_say(precision, weights, missing, rng):
    frame, kinds = naive.answers_of_every_kind(rng, 400, missing)
    if weights == "one item above all":
        weights = dict.fromkeys(kinds, 0.01) | {"numeric_1": 0.5, "multiple_1": 0.39}
    distances = frame_distances(frame, kinds, None, weights, SHARED)
    exact = distances.to_frame().to_numpy()
    table = gower_distances(frame, kinds=kinds, weights=weights, precision=precision)
    assert table.dtype == np.float32
    np.testing.assert_allclose(table, exact, atol=stated_error(precision, len(kinds)), rtol=0, equal_nan=True)
    np.testing.assert_array_equal(table, table.T)


@pytest.mark.parametrize("precision", ["single", "compact"])
def test_a_pair_that_shares_barely_too_little_may_be_kept_and_no_other(precision, rng):
    frame, kinds = naive.answers_of_every_kind(rng, 400, missing=0.3)
    distances = frame_distances(frame, kinds, None, "contribution", SHARED)
    table = gower_distances(frame, kinds=kinds, precision=precision)
    answered = frame.notna().to_numpy(dtype=float)
    shared = (answered * distances.shares) @ answered.T
    exact = distances.to_frame().to_numpy()
    kept, lost = np.isnan(exact) & ~np.isnan(table), ~np.isnan(exact) & np.isnan(table)
    assert not lost.any()
    assert np.nanmax(np.abs(table - exact)) < stated_error(precision, len(kinds))
    assert (SHARED - shared[kept]).max(initial=0) < stated_error(precision, len(kinds))


@pytest.mark.parametrize("precision", ["exact", "single", "compact"])
def test_tables_of_more_people_than_fit_in_a_block_equal_the_naive_twin(precision, rng):
    frame, kinds = naive.answers_of_every_kind(rng, 1400, missing=0.2)
    table = gower_distances(frame, kinds=kinds, weights=dict.fromkeys(kinds, 1.0), precision=precision)
    numbers = frame[["numeric_1", "numeric_2"]].reset_index(drop=True)
    some = np.unique(np.r_[0, rng.choice(1400, 40), 1399, numbers.idxmin(), numbers.idxmax()])  # keeps all ranges
    expected = naive.gower(frame.iloc[some], kinds, dict.fromkeys(kinds, 1.0))
    most = 1e-12 if precision == "exact" else stated_error(precision, len(kinds))
    np.testing.assert_allclose(table[np.ix_(some, some)], expected, atol=most, rtol=0)
    np.testing.assert_array_equal(table, table.T)


@pytest.mark.parametrize("precision", ["exact", "single", "compact"])
def test_clones_are_at_distance_zero_and_opposites_at_one(precision):
    frame = pd.DataFrame({"a": [1.0, 1.0, 5.0], "b": ["x", "x", "y"], "c": [{"p"}, {"p"}, {"q"}]})
    kinds = {"a": "numeric", "b": "nominal", "c": "multiple"}
    table = gower_distances(frame, kinds=kinds, precision=precision)
    assert table.tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 0]]


def test_more_categories_than_codes_are_refused():
    items = code_items(pd.DataFrame({"badge": ["a", "b"]}), {"badge": "nominal"})
    items = items._replace(answers=items.answers + 70_000)
    with pytest.raises(SettingError, match="more categories than 16-bit codes can tell apart; use precision='exact'"):
        fill_compact(items, np.ones(1), 0.5, np.empty((2, 2), dtype=np.float32))


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
