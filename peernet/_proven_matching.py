"""From candidate pairs to a matching that is proven best among all allowed pairs.

The blossom method runs on a few candidate pairs per person. Its duals are then held against every allowed pair; pairs
they miss become candidates and the search goes on from where it stood. When nothing is missed, the duals bound every
matching there is, and the bound equals the total found.

Good candidates need good duals first: those of a third of the people, solved the same way, are extended to everybody.
"""

from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from ._blossom import run, start
from ._blossom_rings import dissolve, odd_sets
from ._blossom_state import DUAL, MATE_OUT, PEOPLE, State
from ._certificate import Certificate
from ._copies import OPEN, Copies, Pairs, no_pairs
from ._matching_units import Units
from ._pair_weights import Floats, Ints, PairTable
from ._pricing import best_offers, missed_pairs, nearest_pairs

__all__ = ["Problem", "Solution", "solve"]

SAMPLE_ABOVE = 100  # people; smaller pools need no sample
SAMPLE_STEP = 3
LARGEST_SAMPLE = 2500  # people: 50 MB of weights
SETTLING_PASSES = 2
NEAREST = 12  # candidates a person to begin with
MISSED = 8  # candidates a person added at a time
AT_ONCE = 64  # roots between two looks at the clock


@dataclass(frozen=True)
class Problem:
    """Allowed pairs in integers, capacities and when to stop."""

    table: PairTable
    units: Units
    copies: Copies
    deadline: float

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return monotonic() > self.deadline


@dataclass(frozen=True)
class Solution:
    """Matched people u < v and the duals that bound every matching."""

    u: Ints
    v: Ints
    certificate: Certificate


@dataclass(frozen=True)
class Progress:
    """Candidates and where the search stands."""

    pairs: Pairs
    dual: Ints
    mate: Ints


def solve(problem: Problem) -> Solution:
    """Best matching in which no pair occurs twice."""
    progress = _begin(problem)
    while True:
        progress, certificate = _prove(problem, progress)
        u, v, doubled = _told_apart(problem.copies, progress)
        if problem.late or not len(doubled):
            return Solution(u, v, certificate)
        problem = replace(problem, copies=replace(problem.copies, single=problem.copies.single.plus(doubled)))
        progress = replace(progress, pairs=_without(progress.pairs, doubled, problem.table.n))


def _told_apart(copies: Copies, progress: Progress) -> tuple[Ints, Ints, Pairs]:
    """Each matched pair once, and the pairs that were matched twice."""
    n = len(copies.capacity)
    pair, times = np.unique(_number(*copies.matched(progress.mate), n), return_counts=True)
    twice = np.isin(_number(progress.pairs.u, progress.pairs.v, n), pair[times > 1])
    return pair // n, pair % n, progress.pairs.where(twice)


def _without(pairs: Pairs, gone: Pairs, n: int) -> Pairs:
    return pairs.where(~np.isin(_number(pairs.u, pairs.v, n), _number(gone.u, gone.v, n)))


def _number(u: Ints, v: Ints, n: int) -> Ints:
    return u * n + v


def _begin(problem: Problem) -> Progress:
    """First candidates and duals."""
    capacity = problem.copies.capacity
    if problem.table.pairs is not None:
        pairs = _usable(Pairs(*problem.table.pairs[:2], problem.units.to_integers(problem.table.pairs[2])), capacity)
        dual = np.zeros(len(capacity), dtype=np.int64)
        np.maximum.at(dual, pairs.u, pairs.w // 2)
        np.maximum.at(dual, pairs.v, pairs.w // 2)
    else:
        guess = _guess_duals(problem)
        pairs = _usable(_nearest(problem, guess), capacity)
        dual = np.where(capacity > 0, guess, 0.0).astype(np.int64)
    return Progress(pairs, np.repeat(dual, capacity), np.full(capacity.sum(), -1))


def _usable(pairs: Pairs, capacity: Ints) -> Pairs:
    return pairs.where((pairs.w > 0) & (capacity[pairs.u] > 0) & (capacity[pairs.v] > 0))


def _guess_duals(problem: Problem) -> Floats:
    """Duals near the best ones that miss no pair."""
    able = np.flatnonzero(problem.copies.capacity > 0)
    known = np.full(problem.table.n, OPEN)
    if len(able) > SAMPLE_ABOVE:
        people = able[:: max(SAMPLE_STEP, -(-len(able) // LARGEST_SAMPLE))]
        known[people] = _sample_duals(problem, people)
        dual = np.maximum(_offers(problem, known), 0.0)
        dual[people] = known[people]
        dual += np.maximum(_offers(problem, dual) - dual, 0.0) / 2
    else:
        dual = np.maximum(_offers(problem, np.where(problem.copies.capacity > 0, 0.0, OPEN)), 0.0) / 2
    for _ in range(SETTLING_PASSES):
        dual = np.maximum(dual + _offers(problem, dual), 0.0) / 2
    return np.where(problem.copies.capacity > 0, np.ceil(np.maximum(dual, 0.0)), OPEN)


def _sample_duals(problem: Problem, people: Ints) -> Floats:
    """Duals of some people among themselves, where half pairs are allowed."""
    copies = Copies(problem.copies.capacity[people], no_pairs())
    part = replace(problem, table=problem.table.sample(people), copies=copies)
    return copies.person_duals(_cover(part, _begin(part), halves=True)[1])


def _offers(problem: Problem, dual: Floats) -> Floats:
    """The most any partner leaves each person; people without capacity offer and take nothing."""
    dual = np.where(problem.copies.capacity > 0, dual, OPEN)
    found = np.empty(problem.table.n)
    for first, block in problem.table.blocks():
        best_offers(block, first, problem.units.scale, float(problem.units.offset), dual, found)
    return found


def _nearest(problem: Problem, dual: Floats) -> Pairs:
    n = problem.table.n
    partner, weight = np.empty((2, n, min(NEAREST, n)), dtype=np.int64)
    for first, block in problem.table.blocks():
        nearest_pairs(block, first, problem.units.scale, float(problem.units.offset), dual, partner, weight)
    pairs = _listed(partner, weight)
    u, v = np.minimum(pairs.u, pairs.v), np.maximum(pairs.u, pairs.v)
    once = np.unique(u * n + v, return_index=True)[1]
    return Pairs(u[once], v[once], pairs.w[once])


def _listed(partner: Ints, weight: Ints) -> Pairs:
    u, c = np.nonzero(partner >= 0)
    return Pairs(u, partner[u, c], weight[u, c])


def _missed(problem: Problem, state: State) -> tuple[Pairs, Floats]:
    """Pairs the duals do not cover, the worst of each person, and how much each person lacks at most."""
    n = problem.table.n
    lack = np.zeros(n)
    if problem.table.pairs is not None:
        return no_pairs(), lack
    partner, weight = np.empty((2, n, MISSED), dtype=np.int64)
    units, starts, dual = problem.units, problem.copies.starts, problem.copies.person_duals(state)
    table = problem.table.without(problem.copies.single.u, problem.copies.single.v)
    for first, block in table.blocks():
        missed_pairs(block, first, units.scale, float(units.offset), dual, state, starts, partner, weight, lack)
    return _listed(partner, weight), lack


def _search(problem: Problem, state: State, *, halves: bool) -> None:
    """Settle every root, or as many as there is time for; with ``halves`` odd cycles may share half pairs."""
    while run(state, halves, AT_ONCE) == AT_ONCE and not problem.late:
        pass


def _closed(progress: Progress, state: State) -> Progress:
    """Progress with blossoms opened and duals that still cover the candidates."""
    dissolve(state)
    n = state.tally[PEOPLE]
    return replace(progress, dual=state.node[:n, DUAL].copy(), mate=state.node[:n, MATE_OUT].copy())


def _cover(problem: Problem, progress: Progress, *, halves: bool) -> tuple[Progress, State, Floats]:
    """Search and add missed pairs until nothing is missed or the time is up; what each person lacks then."""
    while True:
        state = problem.copies.state(progress.pairs, progress.dual, progress.mate)
        start(state)
        _search(problem, state, halves=True)
        if not halves:
            _search(problem, state, halves=False)
        missed, lack = _missed(problem, state)
        if problem.late or not len(missed):
            return progress, state, lack
        progress = _closed(replace(progress, pairs=progress.pairs.plus(missed)), state)


def _prove(problem: Problem, progress: Progress) -> tuple[Progress, Certificate]:
    """Best matching of copies and the duals that bound it."""
    if problem.table.pairs is None:
        progress, state, _ = _cover(problem, progress, halves=True)
        progress = _closed(progress, state)
    progress, state, lack = _cover(problem, progress, halves=False)
    certificate = _certificate(problem, state, lack)
    return _closed(progress, state), certificate


def _certificate(problem: Problem, state: State, lack: Floats) -> Certificate:
    """The duals as they stand, raised until no pair is missed."""
    copies, units = problem.copies, problem.units
    dual = state.node[: copies.n_nodes, DUAL].copy()
    dual[: copies.n_copies] += np.repeat(np.ceil(lack / 2).astype(np.int64), copies.capacity)
    dual[copies.n_copies :] -= copies.bonus
    single = np.column_stack([copies.single.u, copies.single.v])
    return Certificate(copies.capacity, single, dual, *odd_sets(state), units.unit, units.offset)
