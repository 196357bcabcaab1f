"""Views are held against the same views of people in another order."""

import numpy as np
import pytest

from peernet.clusters.two_views import against_shuffling, label_measure, table_measure


def symmetric(rng, n):
    table = rng.random((n, n))
    return table + table.T


def test_tables_are_multiplied_entry_by_entry_in_the_order_given(rng):
    one, other = symmetric(rng, 9), symmetric(rng, 9)
    orders = np.array([rng.permutation(9) for _ in range(5)])
    expected = [(one * other[np.ix_(order, order)]).sum() for order in orders]
    np.testing.assert_allclose(table_measure(one, other)(orders), expected)


def test_the_same_people_in_the_same_order_are_the_value_and_the_others_what_is_expected():
    group = np.array([0, 0, 1, 1])
    measure = label_measure(lambda one, other: float((one == other).mean()), group, group)
    row = against_shuffling({"same": measure}, 4, 200, np.random.default_rng(0)).loc["same"]
    assert row["value"] == 1
    assert row["expected"] == pytest.approx(0.5, abs=0.05)
    assert row[["low", "high"]].tolist() == [0, 1]
    assert row["p_value"] == pytest.approx(1 / 3, abs=0.1)  # one order in six is the same, one in six the opposite
