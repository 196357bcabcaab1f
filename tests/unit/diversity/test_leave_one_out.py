"""The jackknife interval of a mean is the textbook one, and nothing is said of two questions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from peernet.diversity.measures import interval

EVERYTHING = (-np.inf, np.inf)


def test_the_interval_of_a_mean_is_students(rng):
    values = rng.standard_normal(9)
    without = (values.sum() - values) / 8
    expected = stats.t.interval(0.95, 8, values.mean(), stats.sem(values))
    assert interval(values.mean(), without, EVERYTHING) == pytest.approx(expected)


def test_it_ends_where_the_measure_does():
    assert interval(0.5, np.array([0.1, 0.5, 0.9]), (0.0, 1.0)) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("value", "without"), [(0.5, [0.4, 0.6]), (np.nan, [0.4, 0.5, 0.6]), (0.5, [0.4, np.nan, 0.6]), (0.5, [])]
)
def test_too_few_questions_or_unknown_values_give_none(value, without):
    assert np.isnan(interval(value, np.array(without), EVERYTHING)).all()
