"""The frontier equals what looking at every pairing finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet._frontier_search import every_point, hull
from tests.naive_pairings import hull_totals, pool_of, unbeaten_totals

PAIRS = [(i, j) for i in range(7) for j in range(i + 1, 7)]
score = st.integers(0, 20).map(lambda k: k / 20)


@st.composite
def pools(draw):
    pairs = draw(st.lists(st.sampled_from(PAIRS), min_size=1, max_size=11, unique=True))
    scores = [draw(st.lists(score, min_size=len(pairs), max_size=len(pairs))) for _ in range(2)]
    return pool_of(7, sorted(pairs), draw(st.sampled_from([1, 1, 2])), value=scores[0], closeness=scores[1])


@given(pools())
@settings(max_examples=60, deadline=None)
def test_corners_are_the_convex_hull_of_all_pairings(pool):
    found = np.array([(point.value, point.closeness) for point, _ in hull(pool)])
    assert found == pytest.approx(np.array(hull_totals(pool)), abs=1e-6)


@given(pools())
@settings(max_examples=25, deadline=None)
def test_with_those_under_the_hull_they_are_all_that_nothing_beats(pool):
    corners = [point for point, _ in hull(pool)]
    found = np.array([(point.value, point.closeness) for point in every_point(pool, corners)])
    assert found == pytest.approx(np.array(unbeaten_totals(pool)), abs=1e-6)


@given(pools(), st.integers(2, 4))
@settings(max_examples=40, deadline=None)
def test_a_search_stopped_early_says_how_much_may_lie_above(pool, points):
    some = hull(pool, points=points)
    value, closeness = (np.array([getattr(point, name) for point, _ in some]) for name in ("value", "closeness"))
    for best, close in hull_totals(pool):
        line = np.interp(close, closeness[::-1], value[::-1])
        place = max(0, min(int((closeness > close).sum()) - 1, len(some) - 1))
        assert best <= line + some[place][1] + 1e-6
