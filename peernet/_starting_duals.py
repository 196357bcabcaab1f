"""Where a search begins: duals near the best ones, and the candidate pairs they point to.

Good candidates need good duals first: those of a third of the people, solved the same way, are extended to everybody.
"""

from dataclasses import replace

import numpy as np

from ._copies import OPEN, Copies, Pairs, no_pairs
from ._covering import Standing, cover, opened
from ._matching_problem import Problem
from ._pair_weights import Floats, Ints
from ._pricing import best_offers, nearest_pairs

__all__ = ["begin"]

SAMPLE_ABOVE = 100  # people; smaller pools need no sample
SAMPLE_STEP = 3
LARGEST_SAMPLE = 2500  # people: 50 MB of weights
SETTLING_PASSES = 2
NEAREST = 12  # candidates a person to begin with


def begin(problem: Problem) -> Standing:
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
    return opened(problem, pairs, np.repeat(dual, capacity), np.full(capacity.sum(), -1))


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
    return copies.person_duals(cover(begin(part), halves=True)[0].state)


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
    row, c = np.nonzero(partner >= 0)
    return Pairs(row, partner[row, c], weight[row, c]).once(n)
