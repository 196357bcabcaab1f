"""The frontier equals what looking at every pairing finds, whatever the rules."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peernet.errors import InfeasibleError
from peernet.matching.limits import Counted
from peernet.pairing.frontier import every_point, hull
from tests.naive.pairings import every_pairing, hull_totals, pool_of, unbeaten_totals

PAIRS = [(i, j) for i in range(7) for j in range(i + 1, 7)]
score = st.integers(0, 20).map(lambda k: k / 20)


@st.composite
def pools(draw):
    pairs = draw(st.lists(st.sampled_from(PAIRS), min_size=1, max_size=11, unique=True))
    scores = [draw(st.lists(score, min_size=len(pairs), max_size=len(pairs))) for _ in range(2)]
    room = draw(st.sampled_from([1, 1, 2]))
    required, limits = draw(rules(len(pairs))) if draw(st.booleans()) else ((), ())
    return pool_of(7, sorted(pairs), room, required, limits, value=scores[0], closeness=scores[1])


@st.composite
def rules(draw, pairs):
    """At most one required pair, and up to three limits on pairs within or across groups, with or without a price."""
    limits = []
    for _ in range(draw(st.integers(1, 3))):
        group = np.array(draw(st.lists(st.integers(0, 1), min_size=7, max_size=7)))
        same = group[:, None] == group
        price = draw(st.sampled_from([math.inf, math.inf, 0.0, 0.1, 2.0]))
        counted = same if draw(st.booleans()) else ~same
        limits.append(Counted(counted, draw(st.sampled_from([1, -1])), draw(st.integers(0, 3)), price, "a limit"))
    return draw(st.lists(st.integers(0, pairs - 1), max_size=1)), tuple(limits)


def hull_of(pool, **how):
    """The hull; None where no pairing keeps the rules, which is checked."""
    try:
        return hull(pool, **how)
    except InfeasibleError:
        assert every_pairing(pool) == []
        return None


def alike_but_for_rounding():
    """Two pairings worth 1.1, of which the closer one's value comes to the last bit less."""
    pairs = [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (0, 6), (1, 2), (1, 3), (1, 4), (2, 3), (3, 4)]
    value = [0.15, 0.9, 0, 0, 0, 0, 0, 0, 0, 0.95, 0.2]
    return pool_of(7, pairs, value=value, closeness=[0.05] + [0] * 10)


@given(pools())
@example(alike_but_for_rounding())
@settings(max_examples=60, deadline=None)
def test_corners_are_the_convex_hull_of_all_pairings(pool):
    corners = hull_of(pool)
    found = np.array([(point.value, point.closeness) for point, _ in corners or ()])
    assert corners is None or found == pytest.approx(np.array(hull_totals(pool)), abs=1e-6)


@given(pools())
@settings(max_examples=25, deadline=None)
def test_with_those_under_the_hull_they_are_all_that_nothing_beats(pool):
    corners = hull_of(pool)
    every = every_point(pool, [point for point, _ in corners]) if corners else []
    found = np.array([(point.value, point.closeness) for point in every])
    assert corners is None or found == pytest.approx(np.array(unbeaten_totals(pool)), abs=1e-6)


@given(pools(), st.integers(2, 4))
@settings(max_examples=40, deadline=None)
def test_a_search_stopped_early_says_how_much_may_lie_above(pool, points):
    some = hull_of(pool, points=points)
    if some is None:
        return
    value, closeness = (np.array([getattr(point, name) for point, _ in some]) for name in ("value", "closeness"))
    for best, close in hull_totals(pool):
        line = np.interp(close, closeness[::-1], value[::-1])
        place = max(0, min(int((closeness > close).sum()) - 1, len(some) - 1))
        assert best <= line + some[place][1] + 1e-6


@given(pools(), st.lists(st.integers(0, 100), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_searched_at_some_closeness_only_the_curve_is_the_same_there(pool, places):
    whole = hull_of(pool)
    if whole is None:
        return
    curve = np.array([(point.closeness, point.value) for point, _ in whole])[::-1].T
    at = [float(np.interp(place, [0, 100], curve[0, [0, -1]])) for place in places]
    some = np.array([(point.closeness, point.value) for point, _ in hull(pool, at=at)])[::-1].T
    assert np.interp(at, *some) == pytest.approx(np.interp(at, *curve), abs=1e-6)
