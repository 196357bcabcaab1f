"""Entropies, effective numbers and their partition: hand-made sets and groups, and what missing distances do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.diversity.effective_numbers import power_mean
from peernet.errors import SettingError


def test_entropy_is_the_mean_distance_of_two_draws():
    assert pn.diversity.rao_entropy([[0, 0.6, 0.2], [0.6, 0, 0.4], [0.2, 0.4, 0]]) == pytest.approx(
        2 * (0.6 + 0.2 + 0.4) / 9
    )


def test_a_pair_has_half_its_distance():
    assert pn.diversity.rao_entropy([[0, 0.8], [0.8, 0]]) == pytest.approx(0.4)


def test_shares_need_not_sum_to_one():
    table = [[0, 1.0], [1.0, 0]]
    assert (
        pn.diversity.rao_entropy(table, [3, 1])
        == pytest.approx(pn.diversity.rao_entropy(table, [0.75, 0.25]))
        == pytest.approx(0.375)
    )


def test_a_missing_distance_counts_as_the_average_of_the_others():
    table = np.array([[0, 0.6, np.nan], [0.6, 0, 0.2], [np.nan, 0.2, 0]])
    assert pn.diversity.rao_entropy(table) == pytest.approx(
        pn.diversity.rao_entropy(np.where(np.isnan(table), 0.4, table))
    )


def test_where_no_distance_is_known_the_entropy_is_unknown():
    assert np.isnan(pn.diversity.rao_entropy([[0, np.nan], [np.nan, 0]]))
    assert pn.diversity.rao_entropy([[0.0]]) == 0.0


@pytest.mark.parametrize(("order", "expected"), [(0, 3), (1, np.exp(1.0397207708)), (2, 1 / 0.375), (np.inf, 2)])
def test_hill_numbers_by_hand(order, expected):
    assert pn.diversity.hill_number([2, 1, 1, 0], order=order) == pytest.approx(expected)


def test_a_very_high_order_looks_only_at_the_most_common():
    assert pn.diversity.hill_number([2, 1, 1], order=2000) == pytest.approx(2.0, rel=1e-3)
    assert power_mean(np.array([1e-3, 1.0]), np.array([0.5, 0.5]), -500.0) == pytest.approx(1e-3, rel=1e-2)


def test_kinds_that_nobody_has_do_not_count():
    alike = np.array([[1, 0.2, 0.9], [0.2, 1, 0.1], [0.9, 0.1, 1]])
    for order in (0, 1, 2, np.inf):
        full = pn.diversity.similarity_diversity(alike, [1, 1, 0], order=order)
        assert full == pytest.approx(pn.diversity.similarity_diversity(alike[:2, :2], order=order))


APART = pd.DataFrame({"north": [2, 2, 0, 0], "south": [0, 0, 2, 2]})
ALIKE = pd.DataFrame({"north": [1, 1], "south": [3, 3]})


@pytest.mark.parametrize("order", [0, 1, 2, np.inf])
def test_groups_that_share_nothing_add_up(order):
    found = pn.diversity.partition_diversity(APART, order=order)
    assert found.groups["alpha"].tolist() == pytest.approx([2, 2])
    assert found.groups["beta"].tolist() == pytest.approx([2, 2])
    assert found.whole["gamma"] == pytest.approx(4)


@pytest.mark.parametrize("order", [0, 1, 2, np.inf])
def test_groups_of_the_same_composition_are_not_distinct(order):
    found = pn.diversity.partition_diversity(ALIKE, order=order)
    assert found.groups["share"].tolist() == [0.25, 0.75]
    assert found.groups["rho"].tolist() == pytest.approx([1, 1])
    assert found.groups["raw_rho"].tolist() == pytest.approx([4, 4 / 3]), "the whole holds four times as much as north"
    assert found.whole["gamma"] == pytest.approx(2)


def test_raos_partition_puts_everything_between_groups_that_agree_inside():
    apart = 0.5 * (1 - np.eye(2))
    found = pn.diversity.rao_partition(pd.DataFrame({"a": [4, 0], "b": [0, 4]}), apart)
    assert found["alpha"] == 0
    assert found["beta_share"] == 1
    assert found["gamma_number"] == pytest.approx(1 / 0.75)


def test_raos_partition_of_identical_people_is_nothing():
    found = pn.diversity.rao_partition(APART, np.zeros((4, 4)))
    assert found[["gamma", "alpha", "beta", "beta_share"]].tolist() == [0, 0, 0, 0]
    assert found[["gamma_number", "alpha_number", "beta_number"]].tolist() == [1, 1, 1]


def test_equal_weights_count_a_small_group_like_a_large_one():
    members = pd.DataFrame({"small": [1, 1, 0], "large": [0, 0, 8]})
    unlike = 1 - np.eye(3)
    assert pn.diversity.rao_partition(members, unlike)["alpha"] == pytest.approx(0.2 * 0.5)
    assert pn.diversity.rao_partition(members, unlike, weights="equal")["alpha"] == pytest.approx(0.5 * 0.5)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: pn.diversity.hill_number([1, 1], order=-1), "order must be 0 or more; got -1"),
        (lambda: pn.diversity.hill_number([1, -1]), "shares must be numbers from 0 on"),
        (lambda: pn.diversity.hill_number([0, 0]), "not all 0"),
        (lambda: pn.diversity.rao_entropy([[0, 1], [1, 0]], [1, 1, 1]), r"shares must be 2 numbers.*shape \(3,\)"),
        (lambda: pn.diversity.rao_entropy([0, 1]), r"distances must be a square table; got an array of shape \(2,\)"),
        (lambda: pn.diversity.similarity_diversity([[1, 2], [2, 1]]), "similarity must be from 0 to 1"),
        (lambda: pn.diversity.similarity_diversity([[1, np.nan], [np.nan, 1]]), "never missing"),
        (lambda: pn.diversity.similarity_diversity([[0.5, 0], [0, 1]]), "1 on the diagonal"),
        (lambda: pn.diversity.partition_diversity(APART.assign(none=0)), "Group 'none' has no members; leave it out"),
        (lambda: pn.diversity.partition_diversity(APART.assign(north=-1)), "members must be numbers from 0 on"),
        (lambda: pn.diversity.partition_diversity(APART[[]]), "members holds no group"),
        (lambda: pn.diversity.partition_diversity(APART, np.eye(3)), "similarity must be 4 x 4"),
        (lambda: pn.diversity.partition_diversity(APART, order=-1), "order must be 0 or more"),
        (
            lambda: pn.diversity.rao_partition(APART, np.zeros((4, 4)), weights="some"),
            "weights must be one of 'size', 'equal'",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(call, words):
    with pytest.raises(SettingError, match=words):
        call()
