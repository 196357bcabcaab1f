"""Leximin under limits on how many of some pairs there are, by digits and integer programs.

People are taken level by level, from the least gain up, as they are without limits. The matching at hand says how high
the worst-off can be lifted at the least, so links that bring anybody less are left out. How many people it has at each
of the next levels are then the digits of one number, the lowest level the leading digit, and an integer program looks
for a matching of a smaller number. Where there is none, these levels are settled, and stay so as rows of the next
program: no more people at each of them. Whoever is settled for good drops out, so programs become smaller on the way.
The matching engine, which knows nothing of limits, tells which odd sets of people bound the same step without them;
they are rows too.
Limits that must hold are rows of every program. What limits with a price cost is part of the total value that settles
ties, for it is nobody's in particular.

References
----------
Ogryczak, W. (1997). On the lexicographic minimax approach to location problems. European Journal of Operational
Research, 100, 566-585.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate
from time import monotonic

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.matching.fairness import CapacitySlots, FairMatching, GainSides, capacity_slots, fairest, is_fairest
from peernet.matching.integer_program import Program, solve_program
from peernet.matching.limits import LimitedMatching, LimitedProblem, binding_sets
from peernet.matching.matching import max_weight_matching, reaches
from peernet.matching.problem import PositionPairs

LARGEST_NUMBER = 2.0**13  # of all digits together; beyond, the solver's tolerance would blur the last one
STEEP = 8  # how much more it is worth to lift those who gain least
LIFT = 0.4  # what lifting is worth at the most, where digits are whole numbers


@dataclass(frozen=True)
class FairWithinLimits(FairMatching):
    """The fairest pairs within the limits; ``best_total`` and ``bound`` are of matchings within the limits too.

    It has ``steps`` where the fairest pairs without limits keep them all; else `is_fairest_within` searches again.
    """

    # the matching of largest total value within the limits
    best: LimitedMatching = field(kw_only=True, repr=False, compare=False)


def fairest_within(
    sides: GainSides,
    pool: LimitedProblem,
    best: LimitedMatching,
    *,
    deadline: float = math.inf,
    step: Callable[[int], object] = lambda _seen: None,
) -> FairWithinLimits:
    """The fairest matching within the limits, and of the fairest the one of largest total value less prices.

    ``best`` is the one of largest total value within the limits. After the ``deadline``, a time of `time.monotonic`,
    levels are left as they are, and the matching is not proven. ``step`` is told after every step how many people have
    been seen to so far; under limits they are counted anew.
    """
    half_way = deadline if deadline == math.inf else (monotonic() + deadline) / 2
    without = fairest(sides, best, deadline=half_way, step=step)
    if without.proven and _keeps_all(pool, without.pairs):
        return FairWithinLimits(**vars(without), best=best)
    pairs, proven = _searched(sides, pool, best.pairs, deadline, step)
    total = pool.total(pairs)
    return FairWithinLimits(
        pairs,
        total,
        max(best.bound, total),
        proven and best.proven,
        best.certificate,
        max(best.objective, total),
        best=best,
    )


def is_fairest_within(sides: GainSides, pool: LimitedProblem, matching: FairWithinLimits) -> bool:
    """Whether nothing fairer can be had within the limits, searched for again from the matching itself.

    Where the fairest without limits keeps them all, its certificates are held against the gains instead.
    """
    if matching.steps:
        return _keeps_all(pool, matching.pairs) and is_fairest(sides, matching)
    total = pool.total(matching.pairs)
    if total == -math.inf:
        return False
    pairs, proven = _searched(sides, pool, matching.pairs, math.inf)
    same = sorted(sides.levels(pairs)) == sorted(sides.levels(matching.pairs))
    return proven and same and reaches(total, pool.total(pairs))


def _keeps_all(pool: LimitedProblem, pairs: PositionPairs) -> bool:
    """Whether some pairs keep every limit."""
    return not any(limit.excess(pairs) for limit in pool.limits)


# --- level by level ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LevelState:
    """Where the search stands."""

    graph: CapacitySlots  # all links between places
    room: Ints  # how many partners each place has room for
    # count, number: rows of the program: how often each link counts for each, and the most there may be in all
    count: sparse.csr_array
    number: Floats
    open: Flags  # links that are left
    held: Flags  # links that are made in each of the fairest matchings
    made: Flags  # links of the matching at hand, which keeps every row
    level: float = -math.inf  # the level seen to last

    def with_row(self, count: Floats, number: float) -> LevelState:
        """One row more."""
        rows = sparse.vstack([self.count, sparse.csr_array(count[None])], format="csr")
        return replace(self, count=rows, number=np.append(self.number, number))

    def worst_off(self) -> float:
        """The lowest level above the present one at which the matching at hand leaves anybody."""
        gain = np.concatenate([self.graph.gain_u[self.made], self.graph.gain_v[self.made]])
        lowest = float(gain[gain > self.level].min(initial=math.inf))
        return min(lowest, 0.0) if self.level < 0 else lowest

    def levels(self) -> Floats:
        """Levels above the present one that somebody could be at; below zero, up to zero."""
        gain = np.concatenate([self.graph.gain_u[self.open], self.graph.gain_v[self.open]])
        found = np.unique(gain[gain > self.level])
        return found if self.level >= 0 else np.append(found[found < 0], 0.0)

    def lifted(self) -> LevelState:
        """Without links that bring anybody more than the present level, but less than the worst-off have above it."""
        lowest = self.worst_off()
        closed = [(gain > self.level) & (gain < lowest) for gain in (self.graph.gain_u, self.graph.gain_v)]
        return replace(self, open=self.open & ~(closed[0] | closed[1]))


@dataclass(frozen=True)
class Digit:
    """A number of people (or pairs) of which there should be few."""

    level: float  # the level they are at; no level for pairs
    count: Floats  # how many each link adds
    # least, most: between what the number can be
    least: int
    most: int


def _searched(
    sides: GainSides,
    pool: LimitedProblem,
    pairs: PositionPairs,
    deadline: float,
    step: Callable[[int], object] = lambda _seen: None,
) -> tuple[PositionPairs, bool]:
    """The fairest pairs, given some that keep every limit, and whether they are proven to be."""
    sides = sides.rounded()
    state, proven = _start(sides, pool, pairs), True
    if sides.fill:  # pairs made are counted as below zero, so that few are many
        made = Digit(-math.inf, -state.graph.makes.astype(float), -int(state.room.sum()) // 2, 0)
        state, proven = _settled(state, sides, [made], deadline)
    while proven and state.worst_off() < math.inf:
        state = state.lifted()
        state, proven = _settled(state, sides, list(_digits(state)), deadline)
        seen = sides.levels(_pairs(state.graph, state.made)) <= state.level
        step(int(seen[sides.capacity > 0].sum()))
    return _valued(state, pool, deadline) if proven else (_pairs(state.graph, state.made), False)


def _settled(state: LevelState, sides: GainSides, digits: list[Digit], deadline: float) -> tuple[LevelState, bool]:
    """The matching with the smallest number of these digits, kept from now on; and whether it is proven."""
    sizes = (digit.most - digit.least + 1 for digit in reversed(digits[1:]))
    worth = list(accumulate(sizes, lambda one, size: one * size, initial=1.0))[::-1]  # each more than all after it
    number = np.sum([w * digit.count for w, digit in zip(worth, digits, strict=True)], axis=0)
    least = sum(w * digit.least for w, digit in zip(worth, digits, strict=True))
    now, proven = float(number[state.made].sum()), True
    if now > least:
        if monotonic() > deadline:
            return state, False
        weight = _lift(state, digits[-1].level) - number
        tolerance = (0.5 - LIFT) / (1 + max(abs(now), abs(least)))
        program = replace(_program_of(state.with_row(number, now - 1), weight), sets=_places_of_sets(state, weight))
        found = solve_program(program, deadline, presolve=False, tolerance=tolerance)
        if found.pairs is not None:
            state = replace(state, made=_placed(sides, state.graph, _pairs_by(state.graph, found.pairs)))
            now = float(number[state.made].sum())
        proven = -found.bound > now - 0.5  # numbers are whole; lifting and the tolerance are worth less
    for digit in digits:
        state = _kept(state, digit)
    return state, proven


def _lift(state: LevelState, level: float) -> Floats:
    """What each link is worth for lifting people above a level, all together less than the last digit.

    It settles nothing; it makes the next matching at hand one that needs few more steps.
    """
    graph, above = state.graph, max(level, 0.0)
    gain = np.column_stack([graph.gain_u, graph.gain_v])
    levels = np.unique(gain[state.open][gain[state.open] > above])
    rank = np.searchsorted(levels, gain, side="right") / max(1, len(levels))
    lift = np.where(gain > above, 1 - (1 - rank) ** STEEP, 0.0).sum(axis=1)
    return np.asarray(LIFT / max(1, len(graph.owner)) * lift, dtype=float)


def _places_of_sets(state: LevelState, weight: Floats) -> tuple[Ints, ...]:
    """Odd sets of places that bound the matching of these weights without limits; they spare much of the search."""
    graph = state.graph.where(state.open)
    above = (graph.gain_u > 0).astype(float) + (graph.gain_v > 0)
    bonus = (1.0 + float(np.abs(weight).max(initial=0.0))) * above  # as many people above nothing come first
    proof = max_weight_matching(graph.matrix(weight[state.open] + bonus), capacity=state.room).certificate
    assert proof is not None  # the engine always gives one
    place = np.repeat(np.arange(len(proof.copies)), proof.copies)
    return tuple(place[held] for held in binding_sets(proof, several=False))


def _kept(state: LevelState, digit: Digit) -> LevelState:
    """No more of a digit from now on than the matching at hand has."""
    number, left = float(digit.count[state.made].sum()), state.open & (digit.count > 0)
    if number == 0 == digit.least:
        state = replace(state, open=state.open & ~left)
    elif digit.count[left].sum() == number:  # all there are
        state = replace(state, held=state.held | left)
    else:
        state = state.with_row(digit.count, number)
    return replace(state, level=digit.level)


def _digits(state: LevelState) -> Iterator[Digit]:
    """How many people are at each of the next levels, as many levels as make one number."""
    size = 1.0
    for level in state.levels():
        digit = _digit(state, float(level))
        size *= digit.most - digit.least + 1
        if size > LARGEST_NUMBER and level > state.worst_off():
            return
        yield digit


def _digit(state: LevelState, level: float) -> Digit:
    """People at one level; at zero those above it are counted, for who has no partner is on no link."""
    graph = state.graph
    if level == 0 and state.level < 0:
        above = (graph.gain_u > 0).astype(float) + (graph.gain_v > 0)
        return Digit(level, -above, -len(np.unique(graph.owner)), 0)
    at_u, at_v = graph.gain_u == level, graph.gain_v == level
    there = np.concatenate([graph.u[at_u & state.open], graph.v[at_v & state.open]])
    return Digit(level, at_u.astype(float) + at_v, 0, len(np.unique(there)))


def _valued(state: LevelState, pool: LimitedProblem, deadline: float) -> tuple[PositionPairs, bool]:
    """Of the fairest pairs those of largest total value, less what broken limits cost."""
    known, pool = _pairs(state.graph, state.made), pool.tempered()
    found = solve_program(_program_of(state, state.graph.value, pool), deadline)
    better = known if found.pairs is None else _pairs_by(state.graph, found.pairs)
    pairs = max(known, better, key=pool.total)
    return pairs, reaches(pool.total(pairs), found.bound)


# --- places, rows and programs ----------------------------------------------------------------------------------------


def _start(sides: GainSides, pool: LimitedProblem, pairs: PositionPairs) -> LevelState:
    """All links, and rows for the limits that must hold, for required pairs, and for nobody meeting twice."""
    few = np.minimum(sides.capacity, 2)
    graph = capacity_slots(sides.own, sides.value, few)
    room = np.ones(len(graph.owner), dtype=np.int64)
    further = np.cumsum(few)[few == 2] - 1
    room[further] = sides.capacity[few == 2] - 1
    i, j = graph.pair.T
    hard = [limit for limit in pool.limits if math.isinf(limit.price)]
    pair = i * len(few) + j
    needed = [-(pair == a * len(few) + b).astype(float) for a, b in sides.required]
    once, number = _once(pair)
    count = [sparse.csr_array(row[None]) for row in (*(limit.sign * limit.pairs[i, j] for limit in hard), *needed)]
    number = np.concatenate([[limit.sign * limit.number for limit in hard], [-1.0] * len(needed), number])
    every = np.ones(len(graph.u), dtype=bool)
    rows = sparse.csr_array(sparse.vstack([*count, once], format="csr"))
    return LevelState(graph, room, rows, number, every, ~every, _placed(sides, graph, pairs))


def _once(pair: Ints) -> tuple[sparse.csr_array, Floats]:
    """Rows for pairs that are on several links, so that two people do not meet twice, and what there may be of each."""
    which, at, links = np.unique(pair, return_inverse=True, return_counts=True)
    twice = np.flatnonzero(links > 2)  # both have several places
    member = sparse.csr_array((np.ones(len(pair)), (at, np.arange(len(pair)))), shape=(len(which), len(pair)))
    return member[twice], np.ones(len(twice))


def _placed(sides: GainSides, graph: CapacitySlots, pairs: PositionPairs) -> Flags:
    """Links that make some pairs, the best partner of each in their first place; a free place is better than a loss."""
    few = np.minimum(sides.capacity, 2)
    first = np.cumsum(few) - few
    best: dict[int, tuple[float, int]] = {}
    for one, other in [*pairs, *((j, i) for i, j in pairs)]:
        best[one] = max(best.get(one, (-math.inf, -1)), (float(sides.own[one, other]), other))
    partners = np.bincount(np.array(pairs, dtype=np.int64).ravel(), minlength=len(few))
    full = partners == sides.capacity
    place = {(one, other): first[one] for one, (gain, other) in best.items() if full[one] or gain > 0}
    nodes = [
        place.get((one, other), first[one] + 1) * len(graph.owner) + place.get((other, one), first[other] + 1)
        for one, other in pairs
    ]
    return np.isin(graph.u * len(graph.owner) + graph.v, nodes)


def _program_of(state: LevelState, weight: Floats, pool: LimitedProblem | None = None) -> Program:
    """The links that are left; with a pool its limits with a price too."""
    graph, left = state.graph, state.open
    soft = [] if pool is None else [limit for limit in pool.limits if math.isfinite(limit.price)]
    i, j = graph.pair.T
    count = [state.count, *(sparse.csr_array(limit.pairs[i, j].astype(float)[None]) for limit in soft)]
    rows = len(state.number)
    return Program(
        graph.u[left],
        graph.v[left],
        weight[left],
        state.held[left],
        state.room,
        sparse.csr_array(sparse.vstack(count, format="csr")[:, left]),
        np.array([1] * rows + [limit.sign for limit in soft]),
        np.append(state.number, [float(limit.number) for limit in soft]),
        np.array([math.inf] * rows + [limit.price for limit in soft]),
    )


def _pairs_by(graph: CapacitySlots, links: PositionPairs) -> PositionPairs:
    """The pairs of links given by their two places."""
    n = len(graph.owner)
    return _pairs(graph, np.isin(graph.u * n + graph.v, [u * n + v for u, v in links]))


def _pairs(graph: CapacitySlots, links: Flags) -> PositionPairs:
    """The pairs that some links are of."""
    return tuple(sorted(map(tuple, graph.pair[links].tolist())))
