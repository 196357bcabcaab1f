"""Lagrangian bound, variables fixed by reduced cost, MILP on the rest: the best matching under limits on pairs.

A multiplier on each limit turns it into a price on the pairs it counts; the exact engine then solves what is left, and
its total is a bound for every choice of multipliers. The multipliers of the lowest bound are searched for by cutting
planes. Then every pair is held against the duals behind that bound: a pair that falls short of them by more than the
bound exceeds the value found (its reduced cost) is in no better matching.

The few pairs that are left in doubt go to an integer program. The sets of a certificate say how many pairs there can be
inside them, which keeps the program close to the bound. Where a set holds only some of the places that somebody has for
partners, those places are told apart in the program.

References
----------
Geoffrion, A. M. (1974). Lagrangean relaxation for integer programming. Mathematical Programming Study, 2, 82-114.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from time import monotonic
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from peernet._arrays import Flags, Floats, Ints
from peernet.errors import InfeasibleError
from peernet.matching.certificate import Certificate
from peernet.matching.integer_program import Program, Solved, solve_program
from peernet.matching.matching import ROUNDING, Matching, max_weight_matching, verify_bound
from peernet.matching.problem import PositionPairs

MOST_ROUNDS = 80  # of the search for multipliers
COLUMNS_EACH = 2  # pairs a person that the integer program begins with
MOST_COLUMNS = 2  # times the pairs; where telling places apart takes more, sets that need it are left out
FIRMLY = 2.0  # times what everything else comes to, so that rounding does not matter
RESOLVED = 1e-10  # of the largest weight or price, what the integer program can tell apart
SMALL = 1e-3  # of a usual weight, what may be lost
ABOVE_TOLERANCE = 1e3  # times the tolerance: prices are never made lower than that
LEANING = 1e-6  # how far multipliers are moved to choose among tied matchings, as a share of the largest weight


@dataclass(frozen=True)
class Counted:
    """A limit on the number of some pairs."""

    pairs: Flags  # the pairs counted, symmetric, shape (people, people)
    sign: int  # 1: at most, -1: at least
    number: int  # how many
    price: float  # what each pair too many or missing costs; infinite where the limit always holds
    told: str = ""  # the limit in words

    def excess(self, pairs: Sequence[tuple[int, int]]) -> int:
        """How many pairs too many, or missing."""
        return max(0, self.sign * (sum(bool(self.pairs[i, j]) for i, j in pairs) - self.number))


class OutOfTimeError(InfeasibleError):
    """No pairing that keeps every limit was found in time; there may be one."""


@dataclass(frozen=True)
class LimitedProblem:
    """What there is to choose from."""

    weights: Floats  # weight of every pair, missing where it is not possible
    capacity: Ints  # the most partners each person can have
    required: PositionPairs  # pairs that must be made, smaller position first
    limits: tuple[Counted, ...]  # limits on the number of pairs

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

    @property
    def most_pairs(self) -> int:
        """More pairs than this cannot be made."""
        return int(self.capacity.sum()) // 2

    @property
    def largest(self) -> float:
        """The largest weight or price."""
        prices = [limit.price for limit in self.limits if math.isfinite(limit.price)]
        return max(float(np.nanmax(np.abs(self.weights), initial=0.0)), *prices, 0.0)

    @cached_property
    def typical(self) -> float:
        """The size that a tenth of the weights are below, zeros apart."""
        sizes = np.abs(self.weights)
        sizes = sizes[sizes > 0]
        return float(np.quantile(sizes, 0.1)) if len(sizes) else 0.0

    @property
    def tolerance(self) -> float:
        """What a proven total may be short of its bound: rounding of usual weights, however large others are."""
        return ROUNDING * max(1.0, self.most_pairs * self.typical)

    @property
    def is_told_apart(self) -> bool:
        """Whether sums and the integer program tell usual weights apart beside the largest weights and prices."""
        return self.largest * RESOLVED <= max(self.tolerance, SMALL * self.typical)

    def relevant(self, *, fill: bool) -> LimitedProblem:
        """The same pool without the weights of pairs that cannot be made, or that nothing could ask for."""
        gone = self.capacity == 0
        out = gone[:, None] | gone
        if not fill and all(limit.sign > 0 for limit in self.limits):
            out |= self.weights < 0
        for i, j in self.required:
            out[i, j] = out[j, i] = False
        return replace(self, weights=np.where(out, np.nan, self.weights)) if out.any() else self

    def tempered(self) -> LimitedProblem:
        """The same pool with prices that no weights and lower prices together come to made as low as that allows.

        Its best matchings are the same: among them none breaks such a limit once more than it must.
        """
        largest = float(np.nanmax(np.abs(self.weights), initial=0.0))
        reach = self.most_pairs * max(largest, ABOVE_TOLERANCE * self.tolerance)  # beside less no price is told
        counted: dict[float, float] = {math.inf: math.inf}
        for price in sorted({limit.price for limit in self.limits} - {math.inf}):
            counted[price] = min(price, FIRMLY * reach)
            reach += self.most_pairs * counted[price] * sum(limit.price == price for limit in self.limits)
        return replace(self, limits=tuple(replace(limit, price=counted[limit.price]) for limit in self.limits))

    def below(self, price: float) -> float:
        """No two matchings differ by more than this in weights and limits of a lower price."""
        largest = float(np.nanmax(np.abs(self.weights), initial=0.0))
        return self.most_pairs * math.fsum([2 * largest, *(lim.price for lim in self.limits if lim.price < price)])

    def extra(self, tempered: LimitedProblem, pairs: Sequence[tuple[int, int]]) -> float:
        """What broken limits cost more than in the tempered pool."""
        both = zip(self.limits, tempered.limits, strict=True)
        return math.fsum(
            (limit.price - lower.price) * limit.excess(pairs) for limit, lower in both if limit.price > lower.price
        )

    def with_pairs(self, number: int) -> LimitedProblem:
        """The same pool where so many pairs are made at least."""
        everyone = Counted(np.ones(self.weights.shape, dtype=bool), -1, number, math.inf, "as many pairs as possible")
        return replace(self, limits=(*self.limits, everyone))


@dataclass(frozen=True)
class LimitedMatching(Matching):
    """The best pairs within the limits; the certificate is of the priced weights."""

    # what the bound puts on each limit, and on the number of pairs where as many as possible come first
    multipliers: tuple[float, ...] = ()


def best_within_limits(pool: LimitedProblem, *, fill: bool = False, deadline: float = math.inf) -> LimitedMatching:
    """The matching of largest total weight, less what broken limits cost; with ``fill`` most pairs come first.

    `InfeasibleError` if no matching keeps the limits that have no price.
    """
    _check_each_limit(pool)
    settled, cost = _settled(pool.relevant(fill=fill), fill=fill, deadline=deadline)
    usual = settled.tempered()
    found = _within(usual, fill=fill, deadline=deadline)
    total = pool.total(found.pairs)
    return replace(found, objective=total, bound=max(total, found.bound - _extra(settled, usual, found) - cost))


def _settled(pool: LimitedProblem, *, fill: bool, deadline: float = math.inf) -> tuple[LimitedProblem, float]:
    """The same pool where limits that come before all else are broken no more than they must be, and what that costs.

    Beside several tiers of prices, each above all that lies below it, no digits are left for what pairs bring. So the
    limit of the highest tier is settled first, by itself, then the next. Where a tier holds several limits that
    cannot all be kept, which of them to break is left to the prices.
    """
    cost = 0.0
    while not pool.tempered().is_told_apart:
        top = max((limit.price for limit in pool.limits if math.isfinite(limit.price)), default=0.0)
        alike = [k for k, limit in enumerate(pool.limits) if limit.price == top]
        if top <= pool.below(top):
            break
        asked = [
            replace(limit, price=limit.price if math.isinf(limit.price) else float(k in alike))
            for k, limit in enumerate(pool.limits)
        ]
        nothing = np.where(np.isnan(pool.weights), np.nan, 0.0)
        found = _within(replace(pool, weights=nothing, limits=tuple(asked)), fill=fill, deadline=deadline)
        excess = {k: pool.limits[k].excess(found.pairs) for k in alike}
        if not found.proven or (len(alike) > 1 and any(excess.values())):
            break
        cost += top * sum(excess.values())
        pool = replace(
            pool,
            limits=tuple(
                replace(limit, number=limit.number + limit.sign * excess[k], price=math.inf) if k in alike else limit
                for k, limit in enumerate(pool.limits)
            ),
        )
    return pool, cost


def _extra(pool: LimitedProblem, tempered: LimitedProblem, found: LimitedMatching) -> float:
    """What the bound of a tempered pool is too high by: where it is proven, no limit can be broken less."""
    return pool.extra(tempered, found.pairs) if found.proven else 0.0


def _within(pool: LimitedProblem, *, fill: bool, deadline: float) -> LimitedMatching:
    """The best pairs; with ``fill`` their number first."""
    if not fill:
        return _bounded(pool, deadline)
    hard = tuple(limit for limit in pool.limits if math.isinf(limit.price))
    counted = replace(pool, weights=np.where(np.isnan(pool.weights), np.nan, 1.0), limits=hard)
    most = _bounded(counted, deadline)
    found = _bounded(pool.with_pairs(len(most.pairs)), deadline)
    return replace(found, proven=found.proven and most.proven)


def _check_each_limit(pool: LimitedProblem) -> None:
    """Refuse limits without a price that cannot be kept even by themselves, each with what it is missed by."""
    problems = []
    for limit in pool.limits:
        if math.isinf(limit.price):
            weights = np.where(np.isnan(pool.weights), np.nan, -limit.sign * limit.pairs)
            best = max_weight_matching(weights, capacity=pool.capacity, required=pool.required)
            if excess := limit.excess(best.pairs):
                problems.append(_missed_limit(limit, excess))
    if problems:
        raise InfeasibleError(" ".join(problems))


def _missed_limit(limit: Counted, excess: int) -> str:
    """What a limit that nobody can keep is missed by, and what to do."""
    if limit.sign < 0:
        return (
            f"{limit.told}: no pairing has more than {limit.number - excess} such pairs, {excess} too few. Lower the "
            "number to that, give the rule a price, or open a gate."
        )
    return (
        f"{limit.told}: every pairing has {limit.number + excess} such pairs or more, {excess} too many. Raise the "
        "number to that, give the rule a price, or require fewer pairs."
    )


def _bounded(pool: LimitedProblem, deadline: float) -> LimitedMatching:
    """The best pairs, where their number does not come first: the bound, then the pairs it leaves in doubt."""
    multipliers, relaxed = _lowest_bound(pool, deadline)
    pairs, upper = _finished(pool, multipliers, relaxed, deadline)
    total = pool.total(pairs)
    upper = max(upper, total)
    proven = upper - total <= pool.tolerance and pool.is_told_apart
    return LimitedMatching(pairs, total, upper, proven, relaxed.certificate, tuple(multipliers.tolist()))


def confirmed_bound(pool: LimitedProblem, matching: LimitedMatching) -> float:
    """The bound of a matching worked out anew: the multipliers' certificate first, then the pairs it leaves in doubt.

    Where as many pairs as possible come first, the bound is one for matchings of as many pairs or more.
    """
    fill = len(matching.multipliers) > len(pool.limits)
    settled, cost = _settled(pool.relevant(fill=fill), fill=fill)
    usual = settled.tempered()
    bound = _confirmed(usual.with_pairs(len(matching.pairs)) if fill else usual, matching)
    return bound - _extra(settled, usual, matching) - cost


def _confirmed(pool: LimitedProblem, matching: LimitedMatching) -> float:
    multipliers = np.array(matching.multipliers)
    claim = Matching((), 0.0, 0.0, True, matching.certificate)
    bound = verify_bound(claim, pool.priced(multipliers), capacity=pool.capacity, required=pool.required)
    bound += pool.granted(multipliers)
    total = pool.total(matching.pairs)
    if bound - total <= pool.tolerance:
        return max(bound, total)
    short = _shortfalls(pool, multipliers, claim)
    i, j = np.nonzero(np.triu(short <= bound - total + ROUNDING, 1))
    found = solve_unfixed(pool, i, j, claim.certificate, math.inf)
    return min(bound, max(found.bound, total))


# --- the multipliers of the lowest bound ------------------------------------------------------------------------------


def _lowest_bound(pool: LimitedProblem, deadline: float) -> tuple[Floats, Matching]:
    """Multipliers of the lowest bound, by cutting planes: every matching found is a plane the bound lies above."""
    usual = 4.0 * float(np.nanmax(np.abs(pool.weights), initial=0.0)) + ROUNDING
    highest = np.array([min(limit.price, usual) for limit in pool.limits])
    most = np.array([min(limit.price, 2.0 * _reach(pool)) for limit in pool.limits])
    multipliers, planes = np.zeros(len(pool.limits)), []
    best: tuple[float, Floats, Matching] | None = None
    for _ in range(MOST_ROUNDS):
        found = _priced_best(pool, multipliers)
        bound = found.bound + pool.granted(multipliers)
        if best is None or bound < best[0]:
            best = bound, multipliers, found
        planes.append(_plane(pool, found.pairs))
        lowest = _lowest_point(planes, highest)
        if lowest is None:
            break
        multipliers, least = lowest
        if (multipliers >= highest)[highest < most].any():
            highest = np.minimum(most, np.where(multipliers >= highest, 4 * highest, highest))
        elif best[0] - least <= ROUNDING * max(1.0, abs(best[0])):
            break
        if monotonic() > deadline:
            break
    assert best is not None  # there is at least one round
    return best[1], best[2]


def _priced_best(pool: LimitedProblem, multipliers: Floats) -> Matching:
    """The Lagrangian relaxation: the best matching once multipliers are taken off what limits count."""
    return max_weight_matching(pool.priced(multipliers), capacity=pool.capacity, required=pool.required)


def _plane(pool: LimitedProblem, pairs: Sequence[tuple[int, int]]) -> tuple[float, Floats]:
    """Total weight of some pairs, and how far they stay within each limit: the height and slopes of a plane."""
    height = math.fsum(float(pool.weights[i, j]) for i, j in pairs)
    counts = [sum(bool(limit.pairs[i, j]) for i, j in pairs) for limit in pool.limits]
    slopes = [limit.sign * (limit.number - count) for limit, count in zip(pool.limits, counts, strict=True)]
    return height, np.array(slopes, dtype=float)


def _lowest_point(planes: list[tuple[float, Floats]], highest: Floats) -> tuple[Floats, float] | None:
    """Where the highest of all planes is lowest, and how high it is there; None where numbers are too far apart."""
    heights = np.array([height for height, _ in planes])
    slopes = np.array([slope for _, slope in planes])
    bounds = [*((0.0, top) for top in highest), (None, None)]
    goal = np.append(np.zeros(len(highest)), 1.0)
    above = np.column_stack([slopes, -np.ones(len(planes))])
    found = linprog(goal, A_ub=above, b_ub=-heights, bounds=bounds).x
    if found is None:  # numbers too far apart for it: no point is known to be lower
        return None
    at = np.asarray(found)
    return np.clip(at[:-1], 0.0, highest), float(at[-1])


def _reach(pool: LimitedProblem) -> float:
    """More than the totals of any two matchings differ by."""
    largest = float(np.nanmax(np.abs(pool.weights), initial=0.0))
    priced = [limit.price * len(pool.capacity) for limit in pool.limits if math.isfinite(limit.price)]
    return 1.0 + float(pool.capacity.sum()) * largest + math.fsum(priced)


# --- the pairs left in doubt ------------------------------------------------------------------------------------------


def _finished(
    pool: LimitedProblem, multipliers: Floats, relaxed: Matching, deadline: float
) -> tuple[PositionPairs, float]:
    """The best pairs, and a bound on every total: pairs are taken in until none that is left out could be better."""
    bound = relaxed.bound + pool.granted(multipliers)
    best = _kept_by_leaning(pool, multipliers, relaxed)
    if best is not None and bound - pool.total(best) <= ROUNDING:
        return best, bound
    shortfalls = _shortfalls(pool, multipliers, relaxed)
    i, j = np.nonzero(np.triu(np.isfinite(shortfalls), 1))
    # The nearest to being made first, those that fall short alike in a random order.
    order = np.lexsort((np.random.default_rng(0).permutation(len(i)), shortfalls[i, j]))
    i, j, short = i[order], j[order], shortfalls[i, j][order]
    some = min(len(i), COLUMNS_EACH * len(pool.weights))
    if best is not None:
        some = min(some, max(1, int(np.searchsorted(short, bound - pool.total(best) + ROUNDING))))
    while True:
        found = solve_unfixed(pool, i[:some], j[:some], relaxed.certificate, deadline)
        best = _better(pool, best, found.pairs)
        excess = math.inf if best is None else bound - pool.total(best)
        needed = int(np.searchsorted(short, excess + ROUNDING))  # no pair beyond these is in a better matching
        if best is not None and (excess <= ROUNDING or needed <= some or monotonic() > deadline):
            left_out = bound - float(short[some]) if some < len(i) else -math.inf
            return best, min(bound, max(found.bound, left_out))
        if some == len(i) or monotonic() > deadline:
            raise _infeasible(pool, relaxed, deadline)
        some = min(len(i), max(needed, some + 1), 4 * some)


def _kept_by_leaning(pool: LimitedProblem, multipliers: Floats, relaxed: Matching) -> PositionPairs | None:
    """Of tied matchings one that leans towards the limits or lies between two; None where none tried keeps them."""
    lean = LEANING * (1.0 + float(np.nanmax(np.abs(pool.weights), initial=0.0)))
    strict, loose = (_priced_best(pool, np.maximum(multipliers + by, 0.0)).pairs for by in (lean, -lean))
    best: PositionPairs | None = None
    for found in (relaxed.pairs, strict, loose, recombine(pool, strict, loose)):
        best = _better(pool, best, found)
    return best


def _better(pool: LimitedProblem, one: PositionPairs | None, other: PositionPairs | None) -> PositionPairs | None:
    """The better of two choices that keep every limit; None where neither does."""
    known = [pairs for pairs in (one, other) if pairs is not None and pool.total(pairs) > -math.inf]
    return max(known, key=lambda pairs: pool.total(pairs), default=None)


def _shortfalls(pool: LimitedProblem, multipliers: Floats, proof: Matching) -> Floats:
    """How far below the duals each pair weighs; required pairs come first of all."""
    short = reduced_costs(proof.certificate, pool.priced(multipliers))
    for i, j in pool.required:
        short[i, j] = short[j, i] = -1.0
    return short


def reduced_costs(proof: Certificate | None, weights: Floats) -> Floats:
    """What a matching falls short of the certificate's bound, at the least, for making each pair, (people, people).

    Never below 0; infinite where a pair is not possible (its weight is missing) or somebody has no room; 0 for pairs
    with nodes of their own.
    """
    assert proof is not None  # the engine always gives one
    n, nodes = len(proof.copies), int(proof.copies.sum())
    dual = proof.worth[:nodes]
    cover = dual[:, None] + dual
    for held, worth in zip(proof.sets, proof.set_worth.tolist(), strict=True):
        people = held[held < nodes]
        cover[np.ix_(people, people)] += worth
    least = np.full((n, n), np.inf)
    some = np.flatnonzero(proof.copies)
    if len(some):
        starts = (np.cumsum(proof.copies) - proof.copies)[some]
        least[np.ix_(some, some)] = np.minimum.reduceat(np.minimum.reduceat(cover, starts, axis=0), starts, axis=1)
    short = np.maximum(least - float(proof.bonus * Fraction(proof.unit)) - weights, 0.0)
    u, v = proof.single.T
    short[u, v] = short[v, u] = 0.0
    return np.where(np.isnan(short), np.inf, short)


def _infeasible(pool: LimitedProblem, relaxed: Matching, deadline: float) -> InfeasibleError:
    """Each limit can be kept, but not all of them: the fewest pairs too many or missing, and where."""
    if monotonic() > deadline:
        return OutOfTimeError("No pairing that keeps every limit was found in time. Give it more time.")
    soft = tuple(replace(limit, price=1.0 if math.isinf(limit.price) else 0.0) for limit in pool.limits)
    eased = replace(pool, weights=np.where(np.isnan(pool.weights), np.nan, 0.0), limits=soft)
    i, j = np.nonzero(np.triu(~np.isnan(pool.weights), 1))
    found = solve_unfixed(eased, i, j, relaxed.certificate, deadline)
    broken = [
        f"{limit.told} by {excess}"
        for limit in pool.limits
        if math.isinf(limit.price) and (excess := limit.excess(found.pairs or ()))
    ]
    return InfeasibleError(
        f"No pairing keeps every limit; at the least this is missed: {', '.join(broken)}. Change the number by that "
        "much, or give a rule a price."
    )


# --- the integer program over them ------------------------------------------------------------------------------------


def solve_unfixed(pool: LimitedProblem, i: Ints, j: Ints, proof: Certificate | None, deadline: float) -> Solved:
    """The best choice among some pairs, required ones among them, less what broken limits cost."""
    assert proof is not None  # the engine always gives one
    n = len(pool.weights)
    required = np.isin(i * n + j, [a * n + b for a, b in pool.required])
    places = _places(proof, told_apart=True)
    if _columns(places, i, j, required).sum() > MOST_COLUMNS * len(i):
        places = _places(proof, told_apart=False)
    pair = np.repeat(np.arange(len(i)), _columns(places, i, j, required))
    program = _program_over(pool, places, i, j, required, pair)
    solved = solve_program(program, deadline)
    if solved.pairs is None:
        return solved
    columns = dict(zip(zip(program.i.tolist(), program.j.tolist(), strict=True), pair.tolist(), strict=True))
    made = [columns[cell] for cell in solved.pairs]
    return Solved(tuple(sorted(zip(i[made].tolist(), j[made].tolist(), strict=True))), solved.bound)


@dataclass(frozen=True)
class Slots:
    """Places for partners beside required pairs; several are one, with that much room, if no set tells them apart."""

    count: Ints  # places of each person; person by person they follow each other
    room: Ints  # partners in each place
    sets: tuple[Ints, ...]  # places of each set, no more than half of which can be paired inside

    @property
    def first(self) -> Ints:
        """First place of each person."""
        return np.cumsum(self.count) - self.count


def _places(proof: Certificate, *, told_apart: bool) -> Slots:
    """Places for the copies of a proof, told apart where a set holds only some of somebody's."""
    copies = proof.copies
    owner = np.repeat(np.arange(len(copies)), copies)
    sets = binding_sets(proof, several=told_apart)
    split = np.zeros(len(copies), dtype=bool)
    split[owner[np.concatenate([np.empty(0, dtype=np.int64), *sets])]] = True
    split &= copies > 1
    count = np.where(split, copies, 1)
    nth = np.arange(len(owner)) - (np.cumsum(copies) - copies)[owner]
    place = (np.cumsum(count) - count)[owner] + np.where(split[owner], nth, 0)
    return Slots(count, np.repeat(np.where(split, 1, copies), count), tuple(place[held] for held in sets))


def binding_sets(proof: Certificate | None, *, several: bool = True) -> list[Ints]:
    """Odd sets that carry a dual: places for partners, no more than half of which can be paired inside.

    Sets in which somebody has room for several partners count only where ``several`` says so.
    """
    assert proof is not None  # the engine always gives one
    owner = np.repeat(np.arange(len(proof.copies)), proof.copies)
    return [
        held
        for held, worth in zip(proof.sets, proof.set_dual.tolist(), strict=True)
        if worth > 0 and (held < len(owner)).all() and (several or (proof.copies[owner[held]] == 1).all())
    ]


def _columns(places: Slots, i: Ints, j: Ints, required: Flags) -> Ints:
    """In how many places each pair can be made."""
    return np.where(required, 1, places.count[i] * places.count[j])


def _program_over(pool: LimitedProblem, places: Slots, i: Ints, j: Ints, required: Flags, pair: Ints) -> Program:
    """One column per pair and place; required pairs have places of their own, others are made once at the most."""
    turn = np.arange(len(pair)) - np.searchsorted(pair, pair)
    u = places.first[i[pair]] + turn // places.count[j[pair]]
    v = places.first[j[pair]] + turn % places.count[j[pair]]
    must, own = required[pair], len(places.room) + 2 * np.arange(int(required.sum()))
    u[must], v[must] = own, own + 1
    several = np.add.reduceat(places.room, places.first) > 1
    twice = np.flatnonzero((_columns(places, i, j, required) > 1) & several[i] & several[j])  # could be made twice
    counts = [limit.pairs[i, j].astype(float) for limit in pool.limits]
    once = [(np.arange(len(i)) == k).astype(float) for k in twice]
    return Program(
        u,
        v,
        pool.weights[i, j][pair],
        must,
        np.append(places.room, np.ones(2 * len(own), dtype=np.int64)),
        sparse.csr_array(np.array([*counts, *once]).reshape(len(pool.limits) + len(twice), len(i))[:, pair]),
        np.array([*(limit.sign for limit in pool.limits), *(1 for _ in twice)]),
        np.array([*(float(limit.number) for limit in pool.limits), *(1.0 for _ in twice)]),
        np.array([*(limit.price for limit in pool.limits), *(math.inf for _ in twice)]),
        places.sets,
    )


# --- matchings that lie between two: each part they differ by can be exchanged alone ----------------------------------


def recombine(pool: LimitedProblem, one: PositionPairs, other: PositionPairs) -> PositionPairs | None:
    """The best matching that takes each part of the difference from one of two; None where none keeps the limits.

    Where both are the best under the same prices, each part is worth the same in both, and so is every matching
    between them: one that meets the limits exactly is proven best at once.
    """
    given_up, made = sorted({*one} - {*other}), sorted({*other} - {*one})
    if not given_up and not made:
        return None
    pairs = np.array([*given_up, *made], dtype=np.int64)
    change = np.repeat([-1.0, 1.0], [len(given_up), len(made)])
    graph: Any = sparse.csr_array((np.ones(len(pairs)), pairs.T), shape=pool.weights.shape)
    joined = connected_components(graph, directed=False)[1][pairs[:, 0]]
    part = np.unique(joined, return_inverse=True)[1].astype(np.int64)  # of the difference, numbered from 0
    chosen = solve_program(_choice(pool, one, pairs, change, part), math.inf).pairs
    if chosen is None:
        return None
    taken = np.isin(part, [first // 2 for first, _ in chosen])
    lost, won = ({tuple(pair) for pair in pairs[taken & (change == sign)].tolist()} for sign in (-1, 1))
    return tuple(sorted({*one} - lost | won))


def _choice(pool: LimitedProblem, one: Sequence[tuple[int, int]], pairs: Ints, change: Ints, part: Ints) -> Program:
    """Parts to exchange, each told to the program like a pair of people whom no other part needs."""
    parts = np.arange(int(part.max()) + 1)
    i, j = pairs.T
    counted = [np.bincount(part, weights=change * limit.pairs[i, j]) for limit in pool.limits]
    left = [limit.number - sum(bool(limit.pairs[a, b]) for a, b in one) for limit in pool.limits]
    return Program(
        2 * parts,
        2 * parts + 1,
        np.bincount(part, weights=change * pool.weights[i, j]).astype(float),
        np.zeros(len(parts), dtype=bool),
        np.ones(2 * len(parts), dtype=np.int64),
        sparse.csr_array(np.array(counted, dtype=float).reshape(len(pool.limits), len(parts))),
        np.array([limit.sign for limit in pool.limits]),
        np.array(left, dtype=float),
        np.array([limit.price for limit in pool.limits]),
    )
