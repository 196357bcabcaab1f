"""Between two matchings lies the one that takes the better side of each part they differ by."""

import math

import numpy as np

from peernet.matching.limits import Counted, LimitedProblem, recombine
from tests.naive.rules import every_matching


def pool(rng, n, *limits, capacity=1):
    weights = rng.random((n, n))
    weights = weights + weights.T
    np.fill_diagonal(weights, np.nan)
    return LimitedProblem(weights, np.full(n, capacity), (), limits)


def counted(pairs, n, sign, number, price=math.inf):
    cells = np.zeros((n, n), dtype=bool)
    for i, j in pairs:
        cells[i, j] = cells[j, i] = True
    return Counted(cells, sign, number, price)


ONE, OTHER = ((0, 1), (2, 3), (4, 5)), ((0, 3), (1, 2), (4, 6))


def test_each_part_of_the_difference_is_taken_from_the_better_one(rng):
    some = pool(rng, 7)
    parts = [(ONE[:2], OTHER[:2]), (ONE[2:], OTHER[2:])]
    best = sorted(pair for sides in parts for pair in max(sides, key=some.total))
    assert recombine(some, ONE, OTHER) == tuple(best)


def test_a_limit_that_neither_meets_is_met_between_them(rng):
    some = pool(rng, 7, counted(OTHER, 7, 1, 1), counted(OTHER, 7, -1, 1))
    assert recombine(some, ONE, OTHER) == ((0, 1), (2, 3), (4, 6))


def test_matchings_that_do_not_differ_or_cannot_keep_the_limits_have_nothing_between(rng):
    assert recombine(pool(rng, 7), ONE, ONE) is None
    assert recombine(pool(rng, 7, counted([(5, 6)], 7, -1, 1)), ONE, OTHER) is None


def test_what_is_found_is_a_matching_no_worse_than_both(rng):
    for _ in range(20):
        some = pool(rng, 6, counted([(0, 1), (2, 3), (1, 4)], 6, 1, 1, 0.3), capacity=2)
        every = list(every_matching([(0, 1), (0, 2), (1, 4), (2, 3), (3, 5), (4, 5)], dict.fromkeys(range(6), 2)))
        one, other = (tuple(sorted(every[k])) for k in rng.choice(len(every), 2, replace=False))
        between = recombine(some, one, other)
        assert np.bincount(np.ravel(between).astype(int), minlength=6).max(initial=0) <= 2
        assert some.total(between) >= max(some.total(one), some.total(other)) - 1e-12
