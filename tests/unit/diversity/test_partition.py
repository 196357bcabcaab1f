"""Diversity of a whole shared out among groups: hand-made groups and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError

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
