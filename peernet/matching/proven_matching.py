"""From candidate pairs to a matching that is proven best among all allowed pairs.

The blossom method runs on a few candidate pairs per person until its duals cover every allowed pair. They then bound
every matching there is, and the bound equals the total found.
"""

from dataclasses import dataclass, replace

import numpy as np

from peernet._arrays import Floats, Ints
from peernet.matching.blossom_opening import dissolve
from peernet.matching.blossom_rings import odd_sets, partners
from peernet.matching.blossom_state import DUAL, GONE, MATE_OUT, PEOPLE, State, copied
from peernet.matching.certificate import Certificate
from peernet.matching.copies import Pairs
from peernet.matching.problem import Problem
from peernet.matching.proving import Standing, Tightest, cover, opened
from peernet.matching.starting_duals import relaxed

__all__ = ["Found", "Solution", "certify", "closed", "pairs_made", "solve", "solve_from"]

FEW_CYCLES = 8  # so few take less time than to look at all pairs once more


@dataclass(frozen=True)
class Found:
    """Matched people u < v and the duals that bound every matching."""

    u: Ints
    v: Ints
    certificate: Certificate


@dataclass(frozen=True)
class Solution(Found):
    """The same, and where the search ended."""

    end: Standing


def solve(problem: Problem) -> Solution:
    """Best matching in which no pair occurs twice."""
    return solve_from(*relaxed(problem, cycles=FEW_CYCLES))


def solve_from(at: Standing, missed: Tightest | None = None) -> Solution:
    """Go on from wherever a search stands."""
    while True:
        at, missed = cover(at, halves=False, missed=missed)
        u, v, doubled = pairs_made(at)
        if at.problem.late or not len(doubled):
            return Solution(u, v, certify(at, missed.lack), at)
        copies = at.problem.copies
        problem = replace(at.problem, copies=replace(copies, single=copies.single.plus(doubled)))
        at, missed = opened(problem, at.pairs.without(doubled, problem.table.n), *closed(at.state)), None


def closed(state: State) -> tuple[Ints, Ints]:
    """Duals and partners with all blossoms opened, the state itself left as it is."""
    state = copied(state)
    dissolve(state)
    n = state.tally[PEOPLE]
    return state.node[:n, DUAL].copy(), state.node[:n, MATE_OUT].copy()


def pairs_made(at: Standing) -> tuple[Ints, Ints, Pairs]:
    """Each matched pair once, and the pairs that were matched twice."""
    n = at.problem.table.n
    u, v = at.problem.copies.matched(partners(at.state))
    pair, times = np.unique(u * n + v, return_counts=True)
    twice = np.isin(at.pairs.number(n), pair[times > 1]) if (times > 1).any() else np.zeros(len(at.pairs), dtype=bool)
    return pair // n, pair % n, at.pairs.where(twice)


def certify(at: Standing, lack: Floats) -> Certificate:
    """The duals as they stand, raised until no pair is missed; copies that are gone are left out."""
    copies, units, n = at.problem.copies, at.problem.units, at.problem.copies.n_copies
    dual = at.state.node[: copies.n_nodes, DUAL].copy()
    here = dual < GONE
    dual[:n] += np.repeat(np.ceil(lack / 2).astype(np.int64), copies.capacity)
    dual[n:] -= copies.bonus
    sets, set_dual = odd_sets(at.state, np.cumsum(here) - 1)
    left = np.bincount(copies.owner[here[:n]], minlength=len(copies.capacity))
    single = np.column_stack([copies.single.u, copies.single.v])[here[n::2]]
    return Certificate(left, single, dual[here], sets, set_dual, units.unit, units.offset)
