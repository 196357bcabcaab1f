"""Duals that cover all allowed pairs: search on candidates, hold the duals against every pair, add what they miss.

Pairs that are missed become candidates; one end of each goes single, its dual is raised until it covers the pair, and
the search goes on from where it stood.
"""

from dataclasses import dataclass

import numpy as np

from peernet._arrays import Floats, Ints
from peernet.matching.blossom import run
from peernet.matching.blossom_rings import ring_order
from peernet.matching.blossom_start import cover_links, start
from peernet.matching.blossom_state import State, with_pairs
from peernet.matching.copies import Pairs, no_pairs
from peernet.matching.pricing import FAR, tightest_pairs
from peernet.matching.problem import Problem

__all__ = ["Standing", "Tightest", "cover", "missed_by", "opened", "search", "tightest", "with_more"]

MISSED = 8  # candidates a person added at a time
AT_ONCE = 64  # roots between two looks at the clock


@dataclass(frozen=True)
class Standing:
    """Where a search stands: the candidate pairs, and duals, blossoms and partners."""

    problem: Problem
    pairs: Pairs
    state: State


@dataclass(frozen=True)
class Tightest:
    """Pairs with little slack, the largest slack listed for each row, and how much each person lacks at most."""

    pairs: Pairs
    reach: Floats
    lack: Floats


def opened(problem: Problem, pairs: Pairs, dual: Ints, mate: Ints) -> Standing:
    """Begin without blossoms; duals and partners of all copies may be guesses."""
    state = problem.copies.state(pairs, dual, mate)
    start(state)
    return Standing(problem, pairs, state)


def cover(at: Standing, *, halves: bool, missed: Tightest | None = None) -> tuple[Standing, Tightest]:
    """Search and add missed pairs until nothing is missed or the time is up; what is missed then.

    ``missed`` is what is missed now, if that is known: it stays so where there is nothing to search.
    """
    while True:
        if search(at, halves=halves) or missed is None:
            missed = missed_by(at)
        if at.problem.late or not len(missed.pairs):
            return at, missed
        at, missed = with_more(at, missed.pairs), None


def search(at: Standing, *, halves: bool) -> int:
    """Settle every root, or as many as there is time for; with ``halves`` odd cycles may share half pairs."""
    done = latest = run(at.state, halves, AT_ONCE)
    while latest == AT_ONCE and not at.problem.late:
        latest = run(at.state, halves, AT_ONCE)
        done += latest
    return done


def missed_by(at: Standing) -> Tightest:
    """Pairs the duals do not cover, the worst of each person."""
    n = at.problem.table.n
    if at.problem.table.pairs is not None:
        return Tightest(no_pairs(), np.full(n, np.inf), np.zeros(n))
    return tightest(at, MISSED, below=0.0)


def tightest(at: Standing, most: int, *, below: float = FAR, rows: Ints | None = None) -> Tightest:
    """Pairs of some people with less slack than ``below``, at most so many a person; of all pairs if ``rows`` is None.

    Where all pairs are looked at for lack (``below`` 0), each is looked at once, at its first person.
    """
    problem, copies, units = at.problem, at.problem.copies, at.problem.units
    whose = np.arange(problem.table.n) if rows is None else rows
    partner, weight = np.empty((2, len(whose), min(most, problem.table.n)), dtype=np.int64)
    value, lack, done = np.empty(partner.shape), np.zeros(problem.table.n), 0
    order, place = ring_order(at.state)
    starts, later = copies.starts, rows is None and below == 0
    table = problem.table.without(copies.single.u, copies.single.v)
    for spots, people, block in table.rows_of(rows):
        part = slice(done, done + len(people))
        # who has no room has no place of their own, and the last of them none after it
        turns = np.argsort(place[np.minimum(starts[people], len(place) - 1)])
        found = partner[part], weight[part], value[part], lack
        asked = later, below, units.scale, float(units.offset)
        tightest_pairs(block, spots, people, turns, *asked, at.state, order, place, starts, *found)
        done += len(people)
    row, c = np.nonzero(partner >= 0)
    return Tightest(Pairs(whose[row], partner[row, c], weight[row, c]), value[:, -1], lack)


def with_more(at: Standing, more: Pairs) -> Standing:
    """The same standing with more candidate pairs, and duals that cover them."""
    copies, pairs = at.problem.copies, at.pairs.plus(more)
    state, new = with_pairs(at.state, *copies.cells(pairs)), copies.between_copies(more)
    cover_links(state, new.u, new.v, new.w)
    return Standing(at.problem, pairs, state)
