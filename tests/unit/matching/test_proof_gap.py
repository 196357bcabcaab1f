"""What may be missing is told as a share of the bound, and nothing is missing where only rounding is."""

import pytest

from peernet.matching.matching import reaches, share_short


@pytest.mark.parametrize(
    ("objective", "bound", "short"), [(9, 10, 0.1), (10, 10, 0), (10 + 1e-12, 10, 0), (-12, -10, 0.2), (0, 0, 0)]
)
def test_the_gap_is_a_share_of_the_bound(objective, bound, short):
    assert share_short(objective, bound) == pytest.approx(short)


@pytest.mark.parametrize(
    ("objective", "bound", "proven"), [(1e4, 1e4 + 1e-6, True), (1e4, 1e4 + 1e-3, False), (0, 1e-10, True)]
)
def test_a_total_reaches_its_bound_to_within_rounding(objective, bound, proven):
    assert reaches(objective, bound) is proven
