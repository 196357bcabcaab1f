"""Limits on the number of pairs are kept, or paid for, and the best under them is proven."""

import math
from itertools import combinations

import numpy as np
import pytest

from peernet.errors import InfeasibleError
from peernet.matching import limits
from peernet.matching.limits import (
    Counted,
    LimitedProblem,
    best_within_limits,
    confirmed_bound,
    recombine,
    reduced_costs,
    solve_unfixed,
)
from peernet.matching.matching import max_weight_matching
from tests.naive.matching import KINDS
from tests.naive.matching import pool as people
from tests.naive.rules import every_matching


def pool(weights, *limits, capacity=1, required=()):
    weights = np.array(weights, dtype=float)
    np.fill_diagonal(weights, np.nan)
    return LimitedProblem(weights, np.broadcast_to(capacity, len(weights)).astype(np.int64), required, limits)


def counted(n, pairs, sign, number, price=math.inf):
    cells = np.zeros((n, n), dtype=bool)
    for i, j in pairs:
        cells[i, j] = cells[j, i] = True
    return Counted(cells, sign, number, price, "so many pairs across team")


SQUARE = [[0, 5, 1, 4], [5, 0, 4, 1], [1, 4, 0, 5], [4, 1, 5, 0]]  # 0-1 and 2-3 are best, 0-3 and 1-2 next


def test_at_most_so_many_pairs_of_a_kind_give_way_to_others():
    found = best_within_limits(pool(SQUARE, counted(4, [(0, 1), (2, 3)], 1, 0)))
    assert found.pairs == ((0, 3), (1, 2))
    assert (found.objective, found.proven) == (8, True)


def test_at_least_so_many_pairs_of_a_kind_are_made():
    found = best_within_limits(pool(SQUARE, counted(4, [(0, 2), (1, 3)], -1, 2)))
    assert found.pairs == ((0, 2), (1, 3))


@pytest.mark.parametrize(("price", "total"), [(0.5, 9), (5, 8)])
def test_a_limit_with_a_price_is_kept_only_where_breaking_it_costs_more(price, total):
    assert best_within_limits(pool(SQUARE, counted(4, [(0, 1), (2, 3)], 1, 0, price))).objective == total


@pytest.mark.parametrize("weight", [-1e-3, -1e-7, -1e-12, -4.8e-201])
def test_a_price_is_not_lost_beside_weights_however_small(weight):
    asked = counted(2, [(0, 1)], -1, 1, 0.05), counted(2, [(0, 1)], 1, 1, 0.5)
    found = best_within_limits(pool([[0, weight], [weight, 0]], *asked))
    assert (found.pairs, found.proven) == (((0, 1),), True)


def test_most_pairs_come_first_within_the_limit():
    chain = np.full((4, 4), np.nan)
    for i, j, w in ((0, 1, 1), (1, 2, 9), (2, 3, 1)):
        chain[i, j] = chain[j, i] = w
    one = counted(4, [(0, 1), (2, 3)], 1, 1)
    assert best_within_limits(pool(chain, one)).pairs == ((1, 2),)
    two = counted(4, [(0, 1), (2, 3)], 1, 2)
    assert best_within_limits(pool(chain, two), fill=True).pairs == ((0, 1), (2, 3))


def test_a_limit_nobody_can_keep_is_named_with_how_much_it_is_missed_by():
    with pytest.raises(InfeasibleError, match=r"so many pairs across team: no pairing has more than 2 .* 3 too few"):
        best_within_limits(pool(SQUARE, counted(4, [(0, 1), (2, 3)], -1, 5)))
    required = pool(SQUARE, counted(4, [(0, 1)], 1, 0), required=((0, 1),))
    with pytest.raises(InfeasibleError, match="every pairing has 1 such pairs or more, 1 too many"):
        best_within_limits(required)


def test_limits_that_only_together_cannot_be_kept_are_told_with_the_least_that_is_missed():
    with pytest.raises(InfeasibleError, match=r"No pairing keeps every limit; at the least this is missed: .* by 1\."):
        best_within_limits(
            pool(SQUARE, counted(4, [(0, 1), (2, 3)], -1, 1), counted(4, [(0, 2), (1, 3), (0, 3), (1, 2)], -1, 1))
        )


def test_the_bound_is_confirmed_only_for_what_it_proves(rng):
    some = pool(people("uniform", 12, rng) / 1e6, counted(12, [(i, i + 1) for i in range(11)], -1, 3))
    found = best_within_limits(some)
    assert confirmed_bound(some, found) == pytest.approx(found.objective, abs=1e-9)
    heavier = pool(some.weights * 1.5, *some.limits)
    assert confirmed_bound(heavier, found) > heavier.total(found.pairs) - 1e-9


@pytest.mark.parametrize("columns", [1, 3])
def test_pairs_are_taken_in_until_none_left_out_could_be_better(rng, monkeypatch, columns):
    """Beginning with hardly any pairs the same total is found."""
    for kind in ("plane", "coded", "uniform", "sparse"):
        weights = people(kind, 8, rng)
        weights = weights / np.nanmax(weights)
        group = rng.integers(0, 3, 8)
        some = pool(weights, Counted(group[:, None] == group, -1, 2, 0.4), Counted(group[:, None] != group, 1, 1, 0.1))
        possible = [(i, j) for i in range(8) for j in range(i + 1, 8) if not np.isnan(some.weights[i, j])]
        expected = max(some.total(m) for m in every_matching(possible, dict.fromkeys(range(8), 1)))
        monkeypatch.setattr(limits, "COLUMNS_EACH", columns)
        found = best_within_limits(some)
        assert found.proven
        assert found.objective == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("kind", ["plane", "two groups", "odd clusters", "coded", "uniform"])
def test_the_total_is_between_that_without_limits_and_a_plain_one_that_keeps_them(rng, kind):
    weights = people(kind, 60, rng)
    site = rng.integers(0, 3, 60)
    across = site[:, None] != site
    some = pool(weights, Counted(across, 1, 10, math.inf))
    found = best_within_limits(some)
    free = max_weight_matching(some.weights).objective
    plain = max_weight_matching(np.where(across, np.nan, some.weights)).objective
    assert found.proven
    assert plain - 1e-6 <= found.objective <= free + 1e-6
    assert sum(across[i, j] for i, j in found.pairs) <= 10


def test_when_the_time_is_up_the_bound_still_holds(rng):
    weights = people("uniform", 30, rng) / 1e6
    group = rng.integers(0, 3, 30)
    some = pool(weights, Counted(group[:, None] == group, 1, 2, 0.05), Counted(group[:, None] != group, 1, 5, 0.1))
    best = best_within_limits(some)
    rushed = best_within_limits(some, deadline=0.0)
    assert rushed.objective <= best.objective + 1e-9 <= rushed.bound + 2e-9


# --- a certificate's reduced costs: no more than forcing a pair does cost ---------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("room", ["one", "several"])
def test_no_pair_costs_less_than_its_certificate_says(rng, kind, room):
    weights = people(kind, 9, rng)
    np.fill_diagonal(weights, np.nan)
    capacity = np.ones(9, dtype=np.int64) if room == "one" else rng.integers(0, 3, 9)
    best = max_weight_matching(weights, capacity=capacity)
    short = reduced_costs(best.certificate, weights)
    for i, j in zip(*np.nonzero(np.triu(np.isfinite(short), 1)), strict=True):
        forced = max_weight_matching(weights, capacity=capacity, required=[(i, j)])
        assert best.objective - forced.objective >= short[i, j] - 1e-6
    assert all(short[i, j] <= 1e-6 for i, j in best.pairs)


def test_pairs_that_cannot_be_made_are_infinitely_far():
    weights = np.array([[np.nan, 2, np.nan], [2, np.nan, 1], [np.nan, 1, np.nan]])
    short = reduced_costs(max_weight_matching(weights, capacity=[1, 1, 0]).certificate, weights)
    assert np.isinf(short[0, 2])
    assert np.isinf(short[1, 2])
    assert short[0, 1] == 0


# --- the pairs left in doubt, somebody's places told apart where a set of the proof needs it --------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("most_columns", [0, 9])
def test_the_best_choice_is_found_whether_or_not_places_are_told_apart(rng, monkeypatch, kind, most_columns):
    monkeypatch.setattr(limits, "MOST_COLUMNS", most_columns)
    for _ in range(6):
        weights = people(kind, 6, rng)
        np.fill_diagonal(weights, np.nan)
        capacity = rng.integers(1, 4, 6)
        half = np.add.outer(rng.integers(0, 2, 6), rng.integers(0, 2, 6)) == 1
        limit = Counted(half | half.T, 1, 1, 0.5 * float(np.nanmax(weights)))
        required = ((0, 1),) if not np.isnan(weights[0, 1]) else ()
        some = LimitedProblem(weights, capacity, required, (limit,))
        i, j = np.nonzero(np.triu(~np.isnan(weights), 1))
        proof = max_weight_matching(weights, capacity=capacity, required=required).certificate
        found = solve_unfixed(some, i, j, proof, math.inf)
        pairs = [*zip(i.tolist(), j.tolist(), strict=True)]
        options = [m for m in every_matching(pairs, dict(enumerate(capacity.tolist()))) if {*required} <= {*m}]
        assert len(set(found.pairs)) == len(found.pairs)
        assert some.total(found.pairs) == pytest.approx(max(map(some.total, options)), rel=1e-7)
        assert found.bound == pytest.approx(some.total(found.pairs), rel=1e-6)


def test_a_set_that_holds_one_of_two_places_binds_that_place_only():
    """Three people of whom one has room for two: both pairs with them can be made, the set of three allows it."""
    weights = 2 - 2 * np.eye(3)
    np.fill_diagonal(weights, np.nan)
    capacity = np.array([2, 1, 1])
    i, j = np.nonzero(np.triu(~np.isnan(weights), 1))
    proof = max_weight_matching(weights, capacity=capacity).certificate
    assert solve_unfixed(LimitedProblem(weights, capacity, (), ()), i, j, proof, math.inf).pairs == ((0, 1), (0, 2))


# --- between two matchings: the better side of each part they differ by -----------------------------------------------


def random_pool(rng, n, *limits, capacity=1):
    weights = rng.random((n, n))
    return pool(weights + weights.T, *limits, capacity=capacity)


ONE, OTHER = ((0, 1), (2, 3), (4, 5)), ((0, 3), (1, 2), (4, 6))


def test_each_part_of_the_difference_is_taken_from_the_better_one(rng):
    some = random_pool(rng, 7)
    parts = [(ONE[:2], OTHER[:2]), (ONE[2:], OTHER[2:])]
    best = sorted(pair for sides in parts for pair in max(sides, key=some.total))
    assert recombine(some, ONE, OTHER) == tuple(best)


def test_a_limit_that_neither_meets_is_met_between_them(rng):
    some = random_pool(rng, 7, counted(7, OTHER, 1, 1), counted(7, OTHER, -1, 1))
    assert recombine(some, ONE, OTHER) == ((0, 1), (2, 3), (4, 6))


def test_matchings_that_do_not_differ_or_cannot_keep_the_limits_have_nothing_between(rng):
    assert recombine(random_pool(rng, 7), ONE, ONE) is None
    assert recombine(random_pool(rng, 7, counted(7, [(5, 6)], -1, 1)), ONE, OTHER) is None


def test_what_is_found_is_a_matching_no_worse_than_both(rng):
    for _ in range(20):
        some = random_pool(rng, 6, counted(6, [(0, 1), (2, 3), (1, 4)], 1, 1, 0.3), capacity=2)
        every = list(every_matching([(0, 1), (0, 2), (1, 4), (2, 3), (3, 5), (4, 5)], dict.fromkeys(range(6), 2)))
        one, other = (tuple(sorted(every[k])) for k in rng.choice(len(every), 2, replace=False))
        between = recombine(some, one, other)
        assert np.bincount(np.ravel(between).astype(int), minlength=6).max(initial=0) <= 2
        assert some.total(between) >= max(some.total(one), some.total(other)) - 1e-12


# --- tiers of prices, each above all that lies below it ---------------------------------------------------------------

TIERS = (1e4, 1e9, 1e14, 1e19)


def all_matchings(n):
    return every_matching(list(combinations(range(n), 2)), dict.fromkeys(range(n), 1))


def ranked(some, pairs):
    """What pairs are compared by: the dearest limits broken least first, then the next, then the weights."""
    prices = sorted({limit.price for limit in some.limits}, reverse=True)
    broken = [-sum(limit.excess(pairs) for limit in some.limits if limit.price == price) for price in prices]
    return *broken, math.fsum(some.weights[i, j] for i, j in pairs)


@pytest.mark.parametrize("fill", [False, True])
@pytest.mark.parametrize("tiers", [3, 4])
def test_each_tier_comes_before_all_that_lies_below_it_and_the_weights_last(rng, tiers, fill):
    for _ in range(15):
        picked = [
            counted(6, rng.integers(0, 6, (5, 2)), int(rng.choice([-1, 1])), int(rng.integers(0, 3)), price)
            for price in rng.permutation(TIERS[:tiers])
        ]
        some = random_pool(rng, 6, *picked)
        found = best_within_limits(some, fill=fill)
        every = [*all_matchings(6)]
        most = max(map(len, every))
        best = max(ranked(some, pairs) for pairs in every if not fill or len(pairs) == most)
        assert ranked(some, found.pairs) == pytest.approx(best, abs=1e-9)
        assert found.proven
        assert found.bound == pytest.approx(found.objective, rel=1e-9)
        assert confirmed_bound(some, found) == pytest.approx(found.bound, rel=1e-9)


def test_what_a_tier_leaves_open_among_several_limits_is_never_called_better_than_proven(rng):
    for _ in range(10):
        picked = [
            counted(6, rng.integers(0, 6, (5, 2)), int(rng.choice([-1, 1])), int(rng.integers(0, 3)), price)
            for price in (1e4, 1e9, 1e14, 1e14)
        ]
        some = random_pool(rng, 6, *picked)
        found = best_within_limits(some)
        best = max(ranked(some, pairs) for pairs in all_matchings(6))
        assert not found.proven or ranked(some, found.pairs) == pytest.approx(best, abs=1e-9)
