"""What may be missing is told as a share of the bound, and nothing is missing where only rounding is."""

import math

import pytest

from peernet.matching.matching import Matching, reaches, share_short

SHARES = [(9, 10, 0.1), (10, 10, 0), (10 + 1e-12, 10, 0), (-12, -10, 0.2), (0, 1, 1), (-1, 1, 2)]


@pytest.mark.parametrize(("objective", "bound", "short"), SHARES)
def test_the_gap_is_a_share_of_the_bound(objective, bound, short):
    assert share_short(objective, bound) == pytest.approx(short)
    assert Matching((), objective, bound, False).gap == share_short(objective, bound)


@pytest.mark.parametrize(("objective", "bound"), [(0, 0), (1e-9, 0), (math.inf, math.inf)])
def test_nothing_is_missing_where_the_bound_is_reached_whatever_it_is(objective, bound):
    assert share_short(objective, bound) == 0


@pytest.mark.parametrize(("objective", "bound"), [(-1, 0), (-1e-9, 0), (5, math.inf), (0, math.inf), (-math.inf, 3)])
def test_a_bound_of_zero_or_infinity_that_is_not_reached_has_no_finite_share(objective, bound):
    assert share_short(objective, bound) == math.inf
    assert Matching((), objective, bound, False).gap == math.inf


def test_without_a_bound_no_share_is_known():
    assert math.isnan(share_short(5, math.nan))


@pytest.mark.parametrize(
    ("objective", "bound", "proven"), [(1e4, 1e4 + 1e-6, True), (1e4, 1e4 + 1e-3, False), (0, 1e-10, True)]
)
def test_a_total_reaches_its_bound_to_within_rounding(objective, bound, proven):
    assert reaches(objective, bound) is proven
