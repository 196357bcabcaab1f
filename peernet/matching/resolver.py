"""Best matchings without one person, for each person from a single search.

Where all are matched and one leaves, somebody must stay single, and to find out who takes a search through the whole
pool. One search does it for everybody. A spare person, whom each may have instead of a partner for no gain, makes the
number of people odd, and the dual of whoever is left single is lowered until one blossom holds all. Whoever is then
made its base is left out, and the others are matched by tight pairs, so nothing is better. Where the number of people
is odd, no spare person is needed.

The duals have to prove it without the person a and the spare one s. Written by the pairs that leave it, a set of nodes
is as good as its complement, and a set that holds a has an even number of others. So

* a set that holds a gives half its dual to each of the others in it;
* a set that holds s but not a gives half its dual to each in it, takes as much from the others, and leaves its dual to
  these others as a set;
* if the dual of s is -d by then, all lose d and have 2 d as a set, for one of them stays single.

References
----------
Lovasz, L., & Plummer, M. D. (1986). Matching Theory. North-Holland, chapter 3 (factor-critical graphs).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from peernet._arrays import Flags, Ints
from peernet.matching.blossom_rings import partners, set_spans
from peernet.matching.blossom_start import start
from peernet.matching.blossom_state import DUAL, MATE_IN, UP, State, new_state
from peernet.matching.certificate import Certificate
from peernet.matching.copies import Copies, Pairs
from peernet.matching.matching_rules import Rules
from peernet.matching.matching_units import Units
from peernet.matching.proven_matching import Found, closed
from peernet.matching.proving import Standing, cover

__all__ = ["OneAbsent", "one_absent", "who_left"]

DEPTH_BITS = 5  # duals are raised to 2^5 times the largest weight, so that none is used up


def who_left(before: Rules, after: Rules) -> int | None:
    """The one person who is absent, where nothing else has changed."""
    absent = np.flatnonzero(before.capacity != after.capacity)
    same = len(before.settled) == len(after.settled)
    return int(absent[0]) if same and len(absent) == 1 else None


class WithSpare(Copies):
    """Everybody once and a spare person, whom each may have for the bonus alone."""

    @property
    def n_nodes(self) -> int:
        """People and the spare one."""
        return self.n_copies + 1

    def links(self, pairs: Pairs) -> Pairs:
        """Every pair, and one of each person with the spare one."""
        n = self.n_copies
        return pairs.plus(Pairs(np.arange(n), np.full(n, n), np.full(n, self.bonus)))


@dataclass(frozen=True)
class Sets:
    """The odd sets of a search: everybody in the order of rings, and first place, end and dual of each set."""

    order: Ints
    first: Ints
    stop: Ints
    dual: Ints

    @cached_property
    def place(self) -> Ints:
        """Where each stands in the order."""
        place = np.empty_like(self.order)
        place[self.order] = np.arange(len(place))
        return place

    def holding(self, who: int) -> Flags:
        """Which sets hold somebody; the spare person, if there is one, is the last."""
        if who >= len(self.order):
            return np.zeros(len(self.first), dtype=bool)
        return np.asarray((self.first <= self.place[who]) & (self.place[who] < self.stop))

    def halves(self, some: Flags) -> Ints:
        """Half the duals of some sets, added up for everybody in them."""
        steps = np.zeros(len(self.order) + 1, dtype=np.int64)
        np.add.at(steps, self.first[some], self.dual[some] // 2)
        np.subtract.at(steps, self.stop[some], self.dual[some] // 2)
        return np.asarray(np.cumsum(steps)[self.place])

    def without(self, absent: int, spare: int, kept: Flags, turned: Flags) -> list[Ints]:
        """Who is in some sets, then who is not in some others, as numbered when the absent person is left out."""
        here = (self.order != absent) & (self.order != spare)
        people, place = self.order[here], np.append(0, np.cumsum(here))
        people = people - (people > absent)
        first, stop = place[self.first], place[self.stop]
        inside = [people[a:b] for a, b in zip(first[kept].tolist(), stop[kept].tolist(), strict=True)]
        outside = zip(first[turned].tolist(), stop[turned].tolist(), strict=True)
        return inside + [np.concatenate([people[:a], people[b:]]) for a, b in outside]


@dataclass(frozen=True)
class OneAbsent:
    """A search that ended with one blossom around everybody, its duals raised by half of ``raised``."""

    at: Standing
    units: Units
    raised: int

    def without(self, absent: int) -> Found | None:
        """The best matching of the others; None where it would leave more people single than it must."""
        certificate = self._certificate(absent)
        if certificate is None:
            return None
        state, n = self.at.state, self.at.problem.table.n
        node = state.node.copy()
        node[_outermost(state), MATE_IN] = absent
        mate = partners(state._replace(node=node))[:n]
        u = np.flatnonzero((mate > np.arange(n)) & (mate < n))
        return Found(u, mate[u], certificate)

    def _certificate(self, absent: int) -> Certificate | None:
        sets, n = Sets(*set_spans(self.at.state)), self.at.problem.table.n
        around = sets.holding(absent)
        beside = sets.holding(n) & ~around
        kept = ~around & ~beside
        dual = self.at.state.node[: len(sets.order), DUAL] - self.raised // 2
        dual += sets.halves(around) + 2 * sets.halves(beside) - sets.dual[beside].sum() // 2
        held, set_dual = sets.without(absent, n, kept, beside), np.append(sets.dual[kept], sets.dual[beside])
        offset = self.units.offset
        if len(dual) > n:  # one of the others has the spare person
            lost = -int(dual[n])
            left, set_dual = np.delete(dual[:n], absent) - lost, np.append(set_dual, 2 * lost + offset)
            held = [*held, np.arange(n - 1)]
        else:
            left = np.delete(dual, absent) + offset // 2
        if min(left.min(initial=0), set_dual.min(initial=0)) < 0:
            return None
        here, single = (np.arange(n) != absent).astype(np.int64), np.empty((0, 2), dtype=np.int64)
        return Certificate(here, single, left, tuple(held), set_dual, self.units.unit, offset)


def one_absent(end: Standing) -> OneAbsent | None:
    """Go on from a proven matching; None where that does not lead to one blossom around everybody.

    Nor is it tried where weights have to be worked out for each look at all pairs.
    """
    table, copies = end.problem.table, end.problem.copies
    far = table.cells is None and table.pairs is None
    if far or (copies.capacity != 1).any() or (partners(end.state) < 0).sum() > 1:
        return None
    raised = 1 << (int(np.abs(end.pairs.w - end.problem.units.offset).max(initial=1)).bit_length() + DEPTH_BITS)
    at = cover(_raised(end, raised), halves=False)[0]
    return OneAbsent(at, end.problem.units, raised) if len(_outermost(at.state)) == 1 else None


def _raised(end: Standing, by: int) -> Standing:
    """The search opened again, everybody's dual so high that none is used up, with a spare person if all are matched.

    What was added to each pair so that as many as possible come first is taken off: here nobody stays single anyway.
    """
    problem, (dual, mate) = end.problem, closed(end.state)
    offset, copies, n = problem.units.offset, problem.copies, problem.table.n
    pairs, dual = Pairs(end.pairs.u, end.pairs.v, end.pairs.w - offset + by), dual + (by - offset) // 2
    if n % 2 == 0:
        copies = WithSpare(copies.capacity, copies.single, by)
        dual, mate = np.append(dual, by // 2), np.append(mate, -1)
    state = new_state(*copies.cells(pairs), dual, mate)
    start(state)
    return Standing(replace(problem, units=replace(problem.units, offset=by), copies=copies), pairs, state)


def _outermost(state: State) -> Ints:
    """The nodes that are in no other."""
    return np.flatnonzero(state.node[:, UP] == np.arange(len(state.node)))
