"""Weights of very different size: whatever is called proven is optimal in exact fractions, to the stated tolerance."""

import math
from fractions import Fraction

import numpy as np
import pytest

from peernet.errors import InfeasibleError
from peernet.matching.limits import Counted, LimitedProblem, best_within_limits, confirmed_bound
from peernet.matching.matching import max_weight_matching, reaches, verify_bound
from peernet.matching.resolver import Resolver
from tests.made.pools import ROUTES
from tests.naive.exact_matching import exact_best, exact_total, mixed_weights
from tests.naive.rules import every_matching

SOME_ROUTES = ["all pairs at once", "bids before the search", "many settled before"]
AMOUNTS = [2_000, pytest.param(20_000, marks=pytest.mark.slow)]


def rules_of(rng, weights):
    """Capacities, a required pair now and then, and whether as many pairs as possible come first."""
    n = len(weights)
    capacity = rng.choice([0, 1, 1, 1, 2], n) if rng.random() < 0.5 else np.ones(n, dtype=int)
    possible = [tuple(pair) for pair in np.argwhere(np.triu(~np.isnan(weights), 1)).tolist()]
    possible = [(i, j) for i, j in possible if capacity[i] and capacity[j]]
    required = [possible[rng.integers(len(possible))]] if possible and rng.random() < 0.2 else []
    return {"capacity": capacity, "required": required}, rng.random() < 0.4


def check(found, weights, best, how):
    """The matching is what it says, and no other is better by more than it says, which is little."""
    total = exact_total(weights, found.pairs)
    assert float(total) == pytest.approx(found.objective, rel=1e-15)
    assert found.proven, how
    assert found.gap == 0.0
    assert len(found.pairs) == best[0] or not how.get("cardinality")
    assert reaches(found.objective, found.bound)
    tolerance = Fraction(found.bound) - Fraction(found.objective) + abs(best[1]) * Fraction(2) ** -52
    assert 0 <= best[1] - total <= tolerance, how
    sizes = np.abs(weights) if how.get("cardinality") else weights
    positive = sizes[sizes > 0].tolist()
    assert best[1] - total <= len(weights) * min(positive, default=0.0) * 1e-6, how


@pytest.mark.parametrize("amount", AMOUNTS)
def test_whatever_is_called_proven_is_optimal_among_all_matchings(amount):
    rng = np.random.default_rng(amount)
    for turn in range(amount):
        weights = mixed_weights(rng, int(rng.integers(2, 8)))
        rules, fill = rules_of(rng, weights)
        how = {**rules, "cardinality": "max" if fill else None}
        best = exact_best(weights, **rules, fill=fill)
        with ROUTES[SOME_ROUTES[turn % 3]]():
            found = max_weight_matching(weights, **how)
        check(found, weights, best, how)
        again = verify_bound(found, weights, **how)
        assert abs(again - found.bound) <= 1e-9 * max(1.0, abs(found.bound))


@pytest.mark.parametrize("amount", [300, pytest.param(3_000, marks=pytest.mark.slow)])
def test_a_pool_asked_again_is_as_exact(amount):
    rng = np.random.default_rng(amount)
    for turn in range(amount):
        n = int(rng.integers(3, 8))
        weights = mixed_weights(rng, n)
        capacity = rng.choice([1, 1, 2], n) if rng.random() < 0.3 else np.ones(n, dtype=int)
        fill, gone = rng.random() < 0.4, int(rng.integers(n))
        pairs = np.argwhere(np.triu(~np.isnan(weights), 1)).tolist()
        barred = [tuple(pairs[rng.integers(len(pairs))])] if pairs and rng.random() < 0.5 else []
        with ROUTES[sorted(ROUTES)[turn % 2]]():
            pool = Resolver(weights, capacity=capacity, cardinality="max" if fill else None)
            found = pool.again(absent=[gone], forbidden=barred)
        left = np.where(np.arange(n) == gone, 0, capacity)
        best = exact_best(weights, capacity=left, forbidden=barred, fill=fill)
        check(found, weights, best, {"capacity": left, "cardinality": "max" if fill else None})


# --- limits on the number of pairs ------------------------------------------------------------------------------------

PRICES = [0.05, 0.5, 100.0, 1e3, 1e6, 1e10, 1e12, 1e300, math.inf]


def limited(rng, weights):
    """A pool with one or two limits of any price."""
    n = len(weights)
    np.fill_diagonal(weights, np.nan)
    limits = []
    for _ in range(rng.integers(1, 3)):
        cells = np.triu(rng.random((n, n)) < 0.5, 1)
        sign, number, price = int(rng.choice([-1, 1])), int(rng.integers(0, 3)), float(rng.choice(PRICES))
        limits.append(Counted(cells | cells.T, sign, number, price, "a limit"))
    return LimitedProblem(weights, rng.choice([0, 1, 1, 1, 2], n).astype(np.int64), (), tuple(limits))


def worth(pool, pairs):
    """Total less what broken limits cost, in fractions; None where a limit without a price is broken."""
    broken = [(limit.price, limit.excess(pairs)) for limit in pool.limits]
    if any(excess and price == math.inf for price, excess in broken):
        return None
    return exact_total(pool.weights, pairs) - sum(Fraction(price) * excess for price, excess in broken if excess)


def best_worth(pool, fill):
    """The best number of pairs (0 where it does not count) and worth, found by trying all; None where there is none."""
    n = len(pool.weights)
    possible = [(i, j) for i in range(n) for j in range(i + 1, n) if not np.isnan(pool.weights[i, j])]
    tried = ((pairs, worth(pool, pairs)) for pairs in every_matching(possible, dict(enumerate(pool.capacity.tolist()))))
    return max(((len(pairs) if fill else 0, total) for pairs, total in tried if total is not None), default=None)


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("amount", [150, pytest.param(3_000, marks=pytest.mark.slow)])
def test_whatever_is_called_proven_within_limits_is_optimal_too(amount, plain):
    rng = np.random.default_rng(amount + plain)
    for _ in range(amount):
        n = int(rng.integers(3, 7))
        weights = np.triu(rng.random((n, n)), 1) if plain else mixed_weights(rng, n)
        pool, fill = limited(rng, weights + weights.T), bool(rng.random() < 0.3)
        best = best_worth(pool, fill)
        try:
            found = best_within_limits(pool, fill=fill)
        except InfeasibleError:
            assert best is None
            continue
        assert found.proven or not plain  # gains are proven under limits of any price
        if found.proven:
            assert len(found.pairs) == best[0] or not fill
            assert best[1] - worth(pool, found.pairs) <= 1e-8
            assert confirmed_bound(pool, found) - found.bound <= 1e-9 * max(1.0, abs(found.bound))
