"""The best matching under limits on how many of some pairs there are.

A multiplier on each limit turns it into a price on the pairs it counts; the exact engine then solves what is left, and
its total is a bound for every choice of multipliers. The multipliers of the lowest bound are searched for. Then every
pair is held against the duals behind that bound: a pair that falls short of them by more than the bound exceeds the
value found is in no better matching. The few pairs that are left go to an integer program.

References
----------
Geoffrion, A. M. (1974). Lagrangean relaxation for integer programming. Mathematical Programming Study, 2, 82-114.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np
from scipy.optimize import linprog

from peernet._arrays import Flags, Floats, Ints
from peernet.errors import InfeasibleError
from peernet.matching.doubtful_pairs import best_among
from peernet.matching.exchanges import best_between
from peernet.matching.matching import Matching, max_weight_matching, verify_bound
from peernet.matching.proof_gap import reaches
from peernet.matching.reduced_costs import reduced_costs

__all__ = ["Counted", "LimitedMatching", "Pool", "best_within_limits", "confirmed_bound"]

MOST_ROUNDS = 80
COLUMNS_EACH = 2  # pairs a person that the integer program begins with
ROUNDING = 1e-9
LEANING = 1e-6  # how far multipliers are moved to choose among tied matchings, as a share of the largest weight

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Counted:
    """A limit on the number of some pairs.

    Parameters
    ----------
    pairs
        The pairs counted, symmetric, shape (people, people).
    sign
        1: at most, -1: at least.
    number
        How many.
    price
        What each pair too many or missing costs; infinite where the limit always holds.
    told
        The limit in words.
    """

    pairs: Flags
    sign: int
    number: int
    price: float
    told: str = ""

    def excess(self, pairs: Sequence[tuple[int, int]]) -> int:
        """How many pairs too many, or missing."""
        return max(0, self.sign * (sum(bool(self.pairs[i, j]) for i, j in pairs) - self.number))


@dataclass(frozen=True)
class Pool:
    """What there is to choose from.

    Parameters
    ----------
    weights
        Weight of every pair, missing where it is not possible.
    capacity
        The most partners each person can have.
    required
        Pairs that must be made, smaller position first.
    limits
        Limits on the number of pairs.
    """

    weights: Floats
    capacity: Ints
    required: Pairs
    limits: tuple[Counted, ...]

    def priced(self, multipliers: Floats) -> Floats:
        """Weights once each limit's multiplier is taken off the pairs it counts, or put on."""
        found = self.weights
        for limit, multiplier in zip(self.limits, multipliers, strict=True):
            found = found - limit.sign * multiplier * limit.pairs
        return found

    def granted(self, multipliers: Floats) -> float:
        """What the limits grant whatever the pairs."""
        return math.fsum(
            limit.sign * multiplier * limit.number for limit, multiplier in zip(self.limits, multipliers, strict=True)
        )

    def total(self, pairs: Sequence[tuple[int, int]]) -> float:
        """Total weight of pairs, less what broken limits cost."""
        broken = [limit.price * excess for limit in self.limits if (excess := limit.excess(pairs))]
        return math.fsum([*(float(self.weights[i, j]) for i, j in pairs), *(-cost for cost in broken)])

    def with_pairs(self, number: int) -> Pool:
        """The same pool where so many pairs are made at least."""
        everyone = Counted(np.ones(self.weights.shape, dtype=bool), -1, number, math.inf, "as many pairs as possible")
        return replace(self, limits=(*self.limits, everyone))


@dataclass(frozen=True)
class LimitedMatching(Matching):
    """The best pairs within the limits; the certificate is of the priced weights.

    Parameters
    ----------
    multipliers
        What the bound puts on each limit, and on the number of pairs where as many as possible come first.
    """

    multipliers: tuple[float, ...] = ()


def best_within_limits(pool: Pool, *, fill: bool = False, deadline: float = math.inf) -> LimitedMatching:
    """The matching of largest total weight, less what broken limits cost; with ``fill`` most pairs come first.

    Raises
    ------
    InfeasibleError
        If no matching keeps the limits that have no price.
    """
    _check_each_limit(pool)
    if not fill:
        return _best(pool, deadline)
    hard = tuple(limit for limit in pool.limits if math.isinf(limit.price))
    counted = replace(pool, weights=np.where(np.isnan(pool.weights), np.nan, 1.0), limits=hard)
    most = _best(counted, deadline)
    found = _best(pool.with_pairs(len(most.pairs)), deadline)
    return replace(found, proven=found.proven and most.proven)


def _best(pool: Pool, deadline: float) -> LimitedMatching:
    multipliers, relaxed = _lowest_bound(pool, deadline)
    pairs, upper = _finished(pool, multipliers, relaxed, deadline)
    total = pool.total(pairs)
    upper = max(upper, total)
    return LimitedMatching(pairs, total, upper, reaches(total, upper), relaxed.certificate, tuple(multipliers.tolist()))


def confirmed_bound(pool: Pool, matching: LimitedMatching) -> float:
    """The bound of a matching worked out anew: the multipliers' certificate first, then the pairs it leaves in doubt.

    Where as many pairs as possible come first, the bound is one for matchings of as many pairs or more.
    """
    if len(matching.multipliers) > len(pool.limits):
        pool = pool.with_pairs(len(matching.pairs))
    multipliers = np.array(matching.multipliers)
    claim = Matching((), 0.0, 0.0, True, matching.certificate)
    bound = verify_bound(claim, pool.priced(multipliers), capacity=pool.capacity, required=pool.required)
    bound += pool.granted(multipliers)
    total = pool.total(matching.pairs)
    if reaches(total, bound):
        return max(bound, total)
    short = _shortfalls(pool, multipliers, claim)
    i, j = np.nonzero(np.triu(short <= bound - total + ROUNDING, 1))
    found = best_among(pool, i, j, claim.certificate, math.inf)
    return min(bound, max(found.bound, total))


# --- the multipliers --------------------------------------------------------------------------------------------------


def _check_each_limit(pool: Pool) -> None:
    """Whether each limit without a price can be kept by itself."""
    problems = []
    for limit in pool.limits:
        if math.isinf(limit.price):
            weights = np.where(np.isnan(pool.weights), np.nan, -limit.sign * limit.pairs)
            best = max_weight_matching(weights, capacity=pool.capacity, required=pool.required)
            if excess := limit.excess(best.pairs):
                problems.append(_told(limit, excess))
    if problems:
        raise InfeasibleError(" ".join(problems))


def _told(limit: Counted, excess: int) -> str:
    if limit.sign < 0:
        return (
            f"{limit.told}: no pairing has more than {limit.number - excess} such pairs, {excess} too few. Lower the "
            "number to that, give the rule a price, or open a gate."
        )
    return (
        f"{limit.told}: every pairing has {limit.number + excess} such pairs or more, {excess} too many. Raise the "
        "number to that, give the rule a price, or require fewer pairs."
    )


def _reach(pool: Pool) -> float:
    """More than the totals of any two matchings differ by."""
    largest = float(np.nanmax(np.abs(pool.weights), initial=0.0))
    priced = [limit.price * len(pool.capacity) for limit in pool.limits if math.isfinite(limit.price)]
    return 1.0 + float(pool.capacity.sum()) * largest + math.fsum(priced)


def _lowest_bound(pool: Pool, deadline: float) -> tuple[Floats, Matching]:
    """Multipliers of the lowest bound, by cutting planes: every matching found is a plane the bound lies above."""
    usual = 4.0 * float(np.nanmax(np.abs(pool.weights), initial=0.0)) + ROUNDING
    highest = np.array([min(limit.price, usual) for limit in pool.limits])
    most = np.array([min(limit.price, 2.0 * _reach(pool)) for limit in pool.limits])
    multipliers, planes = np.zeros(len(pool.limits)), []
    best: tuple[float, Floats, Matching] | None = None
    for _ in range(MOST_ROUNDS):
        found = _relaxed(pool, multipliers)
        bound = found.bound + pool.granted(multipliers)
        if best is None or bound < best[0]:
            best = bound, multipliers, found
        planes.append(_plane(pool, found.pairs))
        multipliers, least = _lowest_point(planes, highest)
        if (multipliers >= highest)[highest < most].any():
            highest = np.minimum(most, np.where(multipliers >= highest, 4 * highest, highest))
        elif best[0] - least <= ROUNDING * max(1.0, abs(best[0])):
            break
        if monotonic() > deadline:
            break
    assert best is not None  # there is at least one round
    return best[1], best[2]


def _relaxed(pool: Pool, multipliers: Floats) -> Matching:
    return max_weight_matching(pool.priced(multipliers), capacity=pool.capacity, required=pool.required)


def _plane(pool: Pool, pairs: Sequence[tuple[int, int]]) -> tuple[float, Floats]:
    """Total weight of some pairs, and how far they stay within each limit: the height and slopes of a plane."""
    height = math.fsum(float(pool.weights[i, j]) for i, j in pairs)
    counts = [sum(bool(limit.pairs[i, j]) for i, j in pairs) for limit in pool.limits]
    slopes = [limit.sign * (limit.number - count) for limit, count in zip(pool.limits, counts, strict=True)]
    return height, np.array(slopes, dtype=float)


def _lowest_point(planes: list[tuple[float, Floats]], highest: Floats) -> tuple[Floats, float]:
    """Where the highest of all planes is lowest, and how high it is there."""
    heights = np.array([height for height, _ in planes])
    slopes = np.array([slope for _, slope in planes])
    bounds = [*((0.0, top) for top in highest), (None, None)]
    goal = np.append(np.zeros(len(highest)), 1.0)
    above = np.column_stack([slopes, -np.ones(len(planes))])
    at = np.asarray(linprog(goal, A_ub=above, b_ub=-heights, bounds=bounds).x)
    return np.clip(at[:-1], 0.0, highest), float(at[-1])


# --- the pairs left in doubt ------------------------------------------------------------------------------------------


def _shortfalls(pool: Pool, multipliers: Floats, proof: Matching) -> Floats:
    """How far below the duals each pair weighs; required pairs come first of all."""
    short = reduced_costs(proof.certificate, pool.priced(multipliers))
    for i, j in pool.required:
        short[i, j] = short[j, i] = -1.0
    return short


def _in_doubt(short: Floats) -> tuple[Ints, Ints, Floats]:
    """Pairs by how far they fall short, those that fall short alike in a random order."""
    i, j = np.nonzero(np.triu(np.isfinite(short), 1))
    order = np.lexsort((np.random.default_rng(0).permutation(len(i)), short[i, j]))
    return i[order], j[order], short[i, j][order]


def _finished(pool: Pool, multipliers: Floats, relaxed: Matching, deadline: float) -> tuple[Pairs, float]:
    """The best pairs, and a bound on every total: pairs are taken in until none that is left out could be better."""
    bound = relaxed.bound + pool.granted(multipliers)
    best = _kept_by_leaning(pool, multipliers, relaxed)
    if best is not None and bound - pool.total(best) <= ROUNDING:
        return best, bound
    i, j, short = _in_doubt(_shortfalls(pool, multipliers, relaxed))
    some = min(len(i), COLUMNS_EACH * len(pool.weights))
    if best is not None:
        some = min(some, max(1, int(np.searchsorted(short, bound - pool.total(best) + ROUNDING))))
    while True:
        found = best_among(pool, i[:some], j[:some], relaxed.certificate, deadline)
        best = _better(pool, best, found.pairs)
        gap = math.inf if best is None else bound - pool.total(best)
        needed = int(np.searchsorted(short, gap + ROUNDING))  # no pair beyond these is in a better matching
        if best is not None and (gap <= ROUNDING or needed <= some or monotonic() > deadline):
            left_out = bound - float(short[some]) if some < len(i) else -math.inf
            return best, min(bound, max(found.bound, left_out))
        if some == len(i) or monotonic() > deadline:
            raise _infeasible(pool, relaxed, deadline)
        some = min(len(i), max(needed, some + 1), 4 * some)


def _better(pool: Pool, one: Pairs | None, other: Pairs | None) -> Pairs | None:
    known = [pairs for pairs in (one, other) if pairs is not None and pool.total(pairs) > -math.inf]
    return max(known, key=lambda pairs: pool.total(pairs), default=None)


def _kept_by_leaning(pool: Pool, multipliers: Floats, relaxed: Matching) -> Pairs | None:
    """Of tied matchings one that leans towards the limits or lies between two; None where none tried keeps them."""
    lean = LEANING * (1.0 + float(np.nanmax(np.abs(pool.weights), initial=0.0)))
    strict, loose = (_relaxed(pool, np.maximum(multipliers + by, 0.0)).pairs for by in (lean, -lean))
    best: Pairs | None = None
    for found in (relaxed.pairs, strict, loose, best_between(pool, strict, loose)):
        best = _better(pool, best, found)
    return best


def _infeasible(pool: Pool, relaxed: Matching, deadline: float) -> InfeasibleError:
    """Each limit can be kept, but not all of them: the fewest pairs too many or missing, and where."""
    if monotonic() > deadline:
        return InfeasibleError("No pairing that keeps every limit was found in time. Give it more time.")
    soft = tuple(replace(limit, price=1.0 if math.isinf(limit.price) else 0.0) for limit in pool.limits)
    eased = replace(pool, weights=np.where(np.isnan(pool.weights), np.nan, 0.0), limits=soft)
    i, j = np.nonzero(np.triu(~np.isnan(pool.weights), 1))
    found = best_among(eased, i, j, relaxed.certificate, deadline)
    broken = [
        f"{limit.told} by {excess}"
        for limit in pool.limits
        if math.isinf(limit.price) and (excess := limit.excess(found.pairs or ()))
    ]
    return InfeasibleError(
        f"No pairing keeps every limit; at the least this is missed: {', '.join(broken)}. Change the number by that "
        "much, or give a rule a price."
    )
