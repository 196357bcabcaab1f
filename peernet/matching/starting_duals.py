"""Where a search begins: duals near the best ones, and the candidate pairs they point to.

Good candidates need good duals first: those of a third of the people, solved the same way, are extended to everybody.
Where they turn out to be poor, as for points in a plane, whose common centre no sample hits, those of the other thirds
are worked out too: their mean covers all that each covers, and its error is far smaller.
"""

from dataclasses import replace

import numpy as np

from peernet._arrays import Floats, Ints
from peernet.matching.blossom_state import n_blossoms
from peernet.matching.copies import OPEN, Copies, Pairs, no_pairs
from peernet.matching.near_pairs import each_once, nearest_pairs
from peernet.matching.pricing import best_offers
from peernet.matching.problem import Problem
from peernet.matching.proving import Standing, Tightest, cover, missed_by, opened, search

__all__ = ["relaxed"]

SAMPLE_ABOVE = 200  # people; smaller pools need no sample
SAMPLE_STEP = 3
MANY = 1  # pairs missed per person after which more samples are worth their time
LARGEST_SAMPLE = 2500  # people: 50 MB of weights
NEAREST = 16  # candidates a person to begin with
MORE_NEAREST = 48  # where these turned out to be poor


def relaxed(problem: Problem, *, cycles: int = 0) -> tuple[Standing, Tightest]:
    """The problem solved with half pairs allowed, and what is missed then.

    Where no more than so many odd cycles are left, they are settled before all pairs are looked at.
    """
    if problem.table.pairs is not None:
        return cover(_listed(problem, *problem.table.pairs), halves=True)
    groups = _samples(problem)
    dual = _extended(problem, groups[0]) if groups else _offers(problem, np.zeros(problem.table.n), _able(problem)) / 2
    at = _near(problem, dual, NEAREST)
    search(at, halves=True)
    few = cycles > 0 and n_blossoms(at.state) <= cycles
    if few:
        search(at, halves=False)
    missed = missed_by(at)
    if groups and len(missed.pairs) >= MANY * problem.table.n:
        others = [_extended(problem, group) for group in groups[1:]]
        return cover(_near(problem, np.mean([dual, *others], axis=0), MORE_NEAREST), halves=True)
    return (at, missed) if few else cover(at, halves=True, missed=missed)


def _listed(problem: Problem, u: Ints, v: Ints, weight: Floats) -> Standing:
    """Begin with all allowed pairs as candidates."""
    capacity = problem.copies.capacity
    pairs = _usable(Pairs(u, v, problem.units.to_integers(weight)), capacity)
    dual = np.zeros(len(capacity), dtype=np.int64)
    np.maximum.at(dual, pairs.u, pairs.w // 2)
    np.maximum.at(dual, pairs.v, pairs.w // 2)
    return opened(problem, pairs, np.repeat(dual, capacity), np.full(capacity.sum(), -1))


def _near(problem: Problem, dual: Floats, most: int) -> Standing:
    """Begin with the pairs that have the least slack, once the duals are raised to miss little."""
    capacity = problem.copies.capacity
    dual = np.ceil(dual + np.maximum(_offers(problem, dual, _able(problem)) - dual, 0.0) / 2)
    pairs = _usable(_nearest(problem, np.where(capacity > 0, dual, OPEN), most), capacity)
    return opened(problem, pairs, np.repeat(dual.astype(np.int64), capacity), np.full(capacity.sum(), -1))


def _able(problem: Problem) -> Ints:
    return np.flatnonzero(problem.copies.capacity > 0)


def _samples(problem: Problem) -> list[Ints]:
    """Everybody in groups; none where they are few."""
    able = _able(problem)
    if len(able) <= SAMPLE_ABOVE:
        return []
    step = max(SAMPLE_STEP, -(-len(able) // LARGEST_SAMPLE))
    return [np.ascontiguousarray(able[turn::step]) for turn in range(step)]  # as the kernels are compiled


def _usable(pairs: Pairs, capacity: Ints) -> Pairs:
    return pairs.where((pairs.w > 0) & (capacity[pairs.u] > 0) & (capacity[pairs.v] > 0))


def _extended(problem: Problem, people: Ints) -> Floats:
    """Duals of some people among themselves, and for the others those that cover all pairs with these."""
    known = np.full(problem.table.n, OPEN)
    known[people] = _sample_duals(problem, people)
    dual = _offers(problem, known, people)
    dual[people] = known[people]
    return dual


def _sample_duals(problem: Problem, people: Ints) -> Floats:
    """Duals of some people among themselves, where half pairs are allowed."""
    copies = Copies(problem.copies.capacity[people], no_pairs())
    part = replace(problem, table=problem.table.sample(people), copies=copies)
    return copies.person_duals(relaxed(part)[0].state)


def _offers(problem: Problem, dual: Floats, people: Ints) -> Floats:
    """The most any of some people leaves each person, nothing at least."""
    best, units = np.zeros(problem.table.n), problem.units
    for rows, some, block in problem.table.rows_of(people):
        best_offers(block, rows, some, units.scale, float(units.offset), dual, best)
    return best


def _nearest(problem: Problem, dual: Floats, most: int) -> Pairs:
    n = problem.table.n
    partner, weight = np.empty((2, n, min(most, n)), dtype=np.int64)
    for first, block in problem.table.blocks():
        nearest_pairs(block, first, problem.units.scale, float(problem.units.offset), dual, partner, weight)
    row, c = each_once(partner)
    other = partner[row, c]
    return Pairs(np.minimum(row, other), np.maximum(row, other), weight[row, c])
