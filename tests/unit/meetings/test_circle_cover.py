"""Every possible circle is looked at where there are few, and the number is known before they are made."""

from itertools import combinations

import numpy as np

from peernet.meetings.circle_search import MOST_CIRCLES, every_circle


def everyone_may_meet(n):
    return ~np.eye(n, dtype=bool)


def test_circles_of_the_size_and_one_more_or_less():
    found = every_circle(everyone_may_meet(5), np.arange(5), 3)
    assert found is not None
    assert sorted(found) == sorted(c for size in (2, 3, 4) for c in combinations(range(5), size))


def test_only_people_who_may_all_meet():
    allowed = everyone_may_meet(4)
    allowed[0, 1] = allowed[1, 0] = False
    found = every_circle(allowed, np.arange(4), 3)
    assert found is not None
    assert all(not {0, 1} <= set(circle) for circle in found)


def test_people_who_do_not_take_part_are_in_no_circle():
    assert every_circle(everyone_may_meet(4), np.array([0, 2]), 3) == [(0, 2)]


def test_too_many_circles_are_not_made():
    n = 300
    assert n * (n - 1) / 2 > MOST_CIRCLES
    assert every_circle(everyone_may_meet(n), np.arange(n), 3) is None
