"""Under limits on the number of pairs the fairest matching is the fairest of those that keep them."""

import math
from dataclasses import replace
from time import monotonic

import numpy as np
import pytest

from peernet.errors import InfeasibleError
from peernet.matching import fair_limits
from peernet.matching.fair_limits import fairest_within, is_fairest_within
from peernet.matching.limits import Counted, LimitedProblem, best_within_limits
from tests.made.surveys import sides


def counted(n, pairs, sign, number, price=math.inf):
    cells = np.zeros((n, n), dtype=bool)
    for i, j in pairs:
        cells[i, j] = cells[j, i] = True
    return Counted(cells, sign, number, price, "so many pairs across team")


def within(some, *limits, **kws):
    """The pool of some sides under limits, and the fairest matching in it."""
    pool = LimitedProblem(some.value, some.capacity, some.required, limits)
    best = best_within_limits(pool, fill=some.fill)
    return pool, fairest_within(some, pool, best, **kws)


CHAIN = [[0, 1, 0, 0], [1, 0, 9, 0], [0, 9, 0, 1], [0, 0, 1, 0]]


def test_where_only_one_pair_may_be_made_the_two_who_gain_most_are_the_fairest():
    pool, found = within(sides(CHAIN), counted(4, [(0, 1), (2, 3)], 1, 1))
    assert found.pairs == ((1, 2),)
    assert found.proven
    assert is_fairest_within(sides(CHAIN), pool, found)


def test_limits_that_the_fairest_keeps_anyway_leave_it_its_certificates():
    some = sides(CHAIN)
    pool, found = within(some, counted(4, [(0, 1), (2, 3)], -1, 2))
    assert found.pairs == ((0, 1), (2, 3))
    assert found.steps
    assert is_fairest_within(some, pool, found)
    assert not is_fairest_within(some, pool, replace(found, steps=found.steps[:-1]))


def test_the_price_of_fairness_is_against_the_best_within_the_same_limits():
    """Without the limit the pair in the middle is worth 9; with it, at least two outer pairs are worth 2."""
    _, found = within(sides(CHAIN), counted(4, [(0, 1), (2, 3)], -1, 2))
    assert (found.best_total, found.bound, found.objective) == pytest.approx((2, 2, 2), abs=1e-9)


def test_a_price_settles_ties_between_pairings_that_are_as_fair():
    some = sides(np.ones((4, 4)))
    assert within(some, counted(4, [(0, 1), (2, 3)], -1, 2, price=0.1))[1].pairs == ((0, 1), (2, 3))
    assert within(some, counted(4, [(0, 1), (2, 3)], 1, 0, price=0.1))[1].pairs != ((0, 1), (2, 3))


def test_no_price_is_worth_leaving_somebody_worse_off():
    pool, found = within(sides(CHAIN), counted(4, [(0, 1), (2, 3)], 1, 0, price=50))
    assert found.pairs == ((0, 1), (2, 3))
    assert found.objective == 2 - 2 * 50
    assert (found.best_total, found.proven) == (9, True)
    assert is_fairest_within(sides(CHAIN), pool, found)


def test_required_pairs_and_most_pairs_come_before_fairness():
    some = sides(CHAIN, required=((1, 2),))
    assert within(some, counted(4, [(0, 1)], 1, 0))[1].pairs == ((1, 2),)
    loss = sides([[0, -1, 2], [-1, 0, 0], [2, 0, 0]], closed=[(1, 2)], fill=True)
    assert within(loss, counted(3, [(0, 2)], 1, 0))[1].pairs == ((0, 1),)
    assert within(replace(loss, fill=False), counted(3, [(0, 2)], 1, 0))[1].pairs == ()


def test_somebody_with_room_for_two_counts_with_the_better_partner_and_nobody_meets_twice():
    some = sides([[0, 1, 2], [1, 0, 0], [2, 0, 0]], closed=[(1, 2)], capacity=[2, 1, 1])
    assert within(some, counted(3, [(0, 1)], -1, 1))[1].pairs == ((0, 1), (0, 2))
    pair = sides([[0, 1], [1, 0]], capacity=2)
    assert within(pair, counted(2, [(0, 1)], 1, 1, price=0.1))[1].pairs == ((0, 1),)


def test_limits_nobody_can_keep_are_told_as_for_the_total():
    with pytest.raises(InfeasibleError, match="no pairing has more than 2 such pairs, 3 too few"):
        within(sides(CHAIN), counted(4, [(0, 1), (2, 3)], -1, 5))


def test_people_without_anybody_to_meet_are_a_correct_result():
    some = sides(np.zeros((2, 2)), closed=[(0, 1)])
    pool, found = within(some, counted(2, [(0, 1)], -1, 1, price=0.5))
    assert (found.pairs, found.objective, found.proven) == ((), -0.5, True)
    assert is_fairest_within(some, pool, found)


@pytest.mark.parametrize("largest", [2.0, 50.0])
@pytest.mark.parametrize("kind", ["untied", "tied", "room for two"])
def test_few_levels_at_a_time_give_the_same_as_many(rng, monkeypatch, kind, largest):
    own = rng.integers(0, 5, (12, 12)) / 10 if kind == "tied" else rng.random((12, 12))
    some = sides(own, capacity=2 if kind == "room for two" else 1)
    team = rng.integers(0, 3, 12)
    limit = Counted(team[:, None] == team, -1, 9 if kind == "room for two" else 5, math.inf)
    pool, found = within(some, limit)
    monkeypatch.setattr(fair_limits, "LARGEST_NUMBER", largest)
    _, again = within(some, limit)
    assert not found.steps
    assert found.proven
    assert again.proven
    assert sorted(some.levels(again.pairs)) == sorted(some.levels(found.pairs))
    assert again.objective == pytest.approx(found.objective, abs=1e-9)
    assert limit.excess(found.pairs) == 0
    assert is_fairest_within(some, pool, again)


def test_the_proof_does_not_hold_for_a_pairing_less_fair_or_outside_the_limits(rng):
    some = sides(rng.random((14, 14)))
    team = np.arange(14) % 2
    pool, found = within(some, Counted(team[:, None] == team, 1, 1, math.inf))
    total = best_within_limits(pool)
    assert sorted(some.levels(total.pairs)) < sorted(some.levels(found.pairs))
    assert not is_fairest_within(some, pool, replace(found, pairs=total.pairs))
    outside = ((0, 2), (1, 3))
    assert not is_fairest_within(some, pool, replace(found, pairs=outside))


def test_of_pairings_as_fair_only_the_one_of_largest_value_is_proven():
    own = np.array([[0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0]], dtype=float)
    some = sides(own, closed=[(0, 3), (1, 2)])
    some.value[0, 1] = some.value[1, 0] = 1.5
    pool, found = within(some, counted(4, [(0, 1)], 1, 0, price=0.1))
    assert found.pairs == ((0, 1), (2, 3))
    assert is_fairest_within(some, pool, found)
    assert not is_fairest_within(some, pool, replace(found, pairs=((0, 2), (1, 3))))


def test_when_the_time_is_up_the_limits_hold_but_the_pairing_is_not_called_proven(rng):
    some = sides(rng.random((20, 20)))
    team = rng.integers(0, 3, 20)
    limit = Counted(team[:, None] == team, -1, 9, math.inf)
    _, found = within(some, limit, deadline=monotonic() - 1)
    assert not found.proven
    assert limit.excess(found.pairs) == 0
    assert found.objective <= found.bound


def test_limits_cost_the_worst_off_nothing_or_something_never_the_reverse(rng):
    """The levels without limits are never below those with them."""
    some = sides(rng.random((40, 40)))
    team = rng.integers(0, 4, 40)
    _, loose = within(some, Counted(team[:, None] == team, -1, 0, math.inf))
    _, tight = within(some, Counted(team[:, None] == team, -1, 15, math.inf))
    assert tight.proven
    assert sorted(some.levels(tight.pairs)) < sorted(some.levels(loose.pairs))


def test_after_every_step_it_is_told_how_many_people_are_seen_to(rng):
    team, seen = np.arange(14) % 2, []
    _, found = within(sides(rng.random((14, 14))), Counted(team[:, None] == team, 1, 1, math.inf), step=seen.append)
    assert not found.steps
    assert seen[-1] == 14
