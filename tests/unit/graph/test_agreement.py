"""Agreement within groups and differences between them, on cases that can be worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from peernet.graph.climate import drawn_in_means, intraclass, null_variance, rwg_j, variance_parts

GROUPS = pd.Series(["a", "a", "b", "b"])


def test_groups_that_agree_within_and_differ_between_are_all_between():
    found = intraclass(pd.Series([1.0, 1.0, 5.0, 5.0]), GROUPS)
    assert (found.icc1, found.icc2, found.p) == (1, 1, 0)


def test_groups_with_equal_means_have_nothing_between_them():
    assert intraclass(pd.Series([1.0, 5.0, 1.0, 5.0]), GROUPS).icc1 == -1


def test_one_group_cannot_be_told_from_others():
    assert np.isnan(intraclass(pd.Series([1.0, 2.0]), pd.Series(["a", "a"])).icc1)


def test_balanced_groups_have_the_variances_of_the_analysis_of_variance(rng):
    groups = pd.Series(np.repeat(range(30), 6))
    values = pd.Series(rng.standard_normal(180) + np.repeat(2 * rng.standard_normal(30), 6))
    mean = values.groupby(groups).mean()
    within = values.groupby(groups).var(ddof=1).mean()
    between = mean.var(ddof=1) - within / 6
    assert variance_parts(values, groups) == pytest.approx((between, within, values.mean()), rel=1e-6)


def test_means_of_groups_that_do_not_differ_are_all_drawn_into_one():
    values = pd.Series([1.0, 5.0, 1.0, 5.0, 2.0, 4.0])
    found = drawn_in_means(values, pd.Series(list("aabbcc")))
    assert found["mean"].tolist() == pytest.approx([3, 3, 3])
    common = stats.t.ppf(0.975, 2) * np.sqrt(values.var(ddof=1) / 6)
    assert (found["high"] - found["mean"]).tolist() == pytest.approx([common] * 3), "as uncertain as the mean of all"


def test_small_groups_are_drawn_in_further(rng):
    groups = pd.Series(["small"] * 3 + ["large"] * 30 + ["low"] * 30)
    values = pd.Series([5.0, 4.0, 6.0] + [4.0, 5.0, 6.0] * 10 + [0.0, 1.0, 2.0] * 10)
    found = drawn_in_means(values, groups)
    assert found.loc["small", "mean"] < found.loc["large", "mean"]
    assert (found["high"] - found["low"]).idxmax() == "small"


def test_intervals_of_drawn_in_means_hold_the_true_mean_as_often_as_they_say(rng):
    """20 teams of 7, 80 surveys; about 95 of 100 intervals should hold."""
    held = []
    for _ in range(80):
        true = rng.standard_normal(20)
        groups = pd.Series(np.repeat(range(20), 7))
        found = drawn_in_means(pd.Series(np.repeat(true, 7) + 2 * rng.standard_normal(140)), groups)
        held.append(((found["low"] < true) & (true < found["high"])).mean())
    assert 0.92 < np.mean(held) < 0.98


def test_full_agreement_is_one_and_more_discord_than_chance_is_zero():
    assert rwg_j(pd.DataFrame({"q": [3, 3, 3]}), 2.0) == 1
    assert rwg_j(pd.DataFrame({"q": [1, 5, 1, 5]}), 2.0) == 0


def test_a_skewed_null_is_known_for_five_answers_only():
    assert np.isnan(null_variance("slight skew", 7))
    assert null_variance("uniform", 7) == pytest.approx((7**2 - 1) / 12)
