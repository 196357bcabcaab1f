"""A pool asked again under stricter rules: reoptimisation from proven duals, and anyone absent from a single search.

**Going on after a small change.** Only those the change touches go single: somebody who is taken out, the two of a pair
that is no longer allowed, and the partners they had. Taking people and pairs out asks less of the duals, so all others
still cover every pair. Which pairs may be missed afterwards is known without reading all weights. While the search goes
on, two people lose slack only when one of them is outer and they are not in one blossom, and then no more than the
clock moves. So with ``down`` the time each person was outer, and what their dual was lowered by when they went single,

    slack(u, v) >= slack before - down(u) - down(v).

All pairs of u with a slack below ``reach(u)`` before are candidates, and the search minds these itself. A pair it may
have missed therefore has an end u with ``down(u) > 0`` and ``reach(u) < down(u) + largest down``: only such rows are
read.

**Another round.** Where a large part of all pairs go in a pool of listed pairs, as the pairs made do before another
round, going on would leave as many for the search as after the bids of a pool solved anew, but with blossoms to open.
So everybody is single again and bids. What need not be done again is to read, check and list the pairs and to find
duals that cover them: those of the first search do, and the rows of pairs lose what goes in one pass. Of rounds one
after another each begins with the rows that the one before left, and with the mean of the first duals and its own:
the first go stale, and from its own alone the search is longer, for they are as good as they can be only with the
pairs that have just gone.

**One person absent.** Where all are matched and one leaves, somebody must stay single, and to find out who takes a
search through the whole pool. One search does it for everybody. A spare person, whom each may have instead of a partner
for no gain, makes the number of people odd, and the dual of whoever is left single is lowered until one blossom holds
all. Whoever is then made its base is left out, and the others are matched by tight pairs, so nothing is better. Where
the number of people is odd, no spare person is needed.

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

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import cast

import numpy as np
import numpy.typing as npt

from peernet._arrays import Flags, Floats, Ints
from peernet._compiled import kernel_no_arrays
from peernet.errors import check_choice
from peernet.matching.bidding import bid
from peernet.matching.blossom import start, tighten
from peernet.matching.blossom_rings import bar, dissolve, partners, set_spans, take_out
from peernet.matching.blossom_state import (
    DOWN,
    DUAL,
    MATE_IN,
    MATE_OUT,
    NOBODY,
    PAIRS_FROM,
    PAIRS_TO,
    PARTNER,
    PEOPLE,
    UP,
    WEIGHT,
    State,
    all_candidates,
    copied,
    new_state,
)
from peernet.matching.certificate import Certificate
from peernet.matching.matching import Matching, MatchingTask, prepare, solve_task, to_matching
from peernet.matching.problem import (
    CandidatePairs,
    Constraints,
    Copies,
    by_node,
    no_pairs,
    read_constraints,
    unweighted,
)
from peernet.matching.proving import (
    BIDS,
    MISSED,
    Found,
    SearchState,
    Solution,
    certify,
    closed,
    cover,
    greatest_pairs,
    missed_by,
    pairs_made,
    settle_roots,
    solve,
    solve_from,
    tightest,
    with_more,
    with_own_nodes,
)
from peernet.matching.weights import Units, WeightBlocks, read_weights

HELD_BELOW = 5000  # people: up to 200 MB of weights are kept in memory for asking again
NEAR = 16  # candidates a person, those with the least slack
PARTED = 16  # of so many pairs one has to go, and people bid anew for listed ones
DEPTH_BITS = 5  # duals are raised to 2^5 times the largest weight, so that none is used up


class Resolver:
    """A pool that is solved once and then asked again under stricter rules, each time proven.

    The search goes on from the duals of the first solution, so that asking again after a small change costs a
    fraction of solving anew. Answers depend only on what is asked, never on what was asked before.

    Parameters
    ----------
    weights, allowed, capacity, required, cardinality
        As `max_weight_matching` takes them.

    Attributes
    ----------
    matching : Matching
        The pairing of greatest total weight, as `max_weight_matching` would prove it.

    Raises
    ------
    MatchingError, InfeasibleError, SettingError
        As `max_weight_matching` does.

    Notes
    -----
    Of several pairings with the same total, asking again may give another one than solving anew. Where all are matched,
    one search answers who pairs with whom without any one person; it is made when that is first asked.

    Examples
    --------
    What is lost if persons 0 and 1 have to be paired?

    >>> import peernet as pn
    >>> import numpy as np
    >>> weights = np.array([[0, 5, 4, 1], [5, 0, 1, 4], [4, 1, 0, 1], [1, 4, 1, 0]])
    >>> pool = pn.matching.Resolver(weights)
    >>> pool.matching.objective - pool.again(required=[(0, 1)]).objective
    2.0
    >>> pool.again(absent=[2]).pairs
    ((0, 1),)
    """

    def __init__(
        self,
        weights: npt.ArrayLike | WeightBlocks,
        *,
        allowed: npt.ArrayLike | None = None,
        capacity: npt.ArrayLike = 1,
        required: Iterable[tuple[int, int]] = (),
        cardinality: str | None = None,
    ) -> None:
        check_choice("cardinality", cardinality, (None, "max"))
        table = read_weights(weights, allowed)
        if table.n <= HELD_BELOW and table.pairs is None:
            table = table.held()
        self._task = prepare(read_constraints(table, capacity, required), fill=cardinality == "max")
        self._first = solve_task(self._task, math.inf, to_go_on=True)
        self.matching = to_matching(self._task, self._first)

    def __repr__(self) -> str:
        return f"<Resolver: {self._task.rules.given.n} people, {self.matching!r}>"

    def again(
        self,
        *,
        required: Iterable[tuple[int, int]] = (),
        forbidden: Iterable[tuple[int, int]] = (),
        absent: Iterable[int] = (),
        capacity: npt.ArrayLike | None = None,
    ) -> Matching:
        """Best pairing of the same pool under stricter rules.

        Parameters
        ----------
        required
            Pairs of positions that must be in the matching too.
        forbidden
            Pairs of positions that must not be in it.
        absent
            Positions of people who are not there.
        capacity
            The most partners of each person, nobody's more than it was; as before by default.

        Returns
        -------
        Matching
            As `max_weight_matching` returns under these rules: the same objective, bound and proof. `verify_bound`
            checks its certificate when given the same rules: absent people with capacity 0, forbidden pairs not
            allowed, and all required pairs, the first ones too.

        Raises
        ------
        MatchingError
            If a pair or person is none of this pool, or a capacity is greater than it was.
        InfeasibleError
            If a required pair is forbidden or not allowed, has an absent person, or asks for more partners than a
            person's capacity.

        Examples
        --------
        >>> import peernet as pn
        >>> import numpy as np
        >>> from peernet.matching.matching import verify_bound
        >>> weights = np.array([[0, 5, 4, 1], [5, 0, 1, 4], [4, 1, 0, 1], [1, 4, 1, 0]])
        >>> found = pn.matching.Resolver(weights).again(required=[(0, 1)], absent=[3])
        >>> found.pairs, found.bound
        (((0, 1),), 5.0)
        >>> verify_bound(found, weights, required=[(0, 1)], capacity=[1, 1, 1, 0])
        5.0
        """
        task = self._task.under(self._task.rules.also(required, forbidden, absent, capacity))
        return to_matching(task, None if self._first is None or task.is_empty else self._found(task))

    def rounds(self, count: int) -> Iterator[Matching]:
        """Pairings one after another in which nobody meets again, each the best of what the ones before it left.

        Parameters
        ----------
        count
            How many; the first is `matching`.

        Yields
        ------
        Matching
            As `again` gives it where all pairs made before are forbidden, in less time where pairs are listed.

        Raises
        ------
        InfeasibleError
            After the first round, if pairs are required: they have met then.

        Examples
        --------
        >>> import peernet as pn
        >>> import numpy as np
        >>> weights = np.array([[0, 5, 4, 1], [5, 0, 1, 4], [4, 1, 0, 1], [1, 4, 1, 0]])
        >>> [found.pairs for found in pn.matching.Resolver(weights).rounds(3)]
        [((0, 2), (1, 3)), ((0, 1), (2, 3)), ((0, 3), (1, 2))]
        """
        task, found, matching = self._task, self._first, self.matching
        for turn in range(count):
            if turn:
                made = np.fromiter(chain.from_iterable(matching.pairs), np.int64).reshape(-1, 2)
                task = task.under(task.rules.also((), made, ()))
                found = self._next(task, made, found)
                matching = to_matching(task, found)
            yield matching

    def _next(self, task: MatchingTask, made: Ints, before: Found | None) -> Found | None:
        """The best pairs of a round after another, whose rows lose what it made where pairs are listed."""
        if before is None or not self._bids_anew(task):
            return None if before is None else self._found(task)
        (ground, _), dual = self._ground, self._duals
        cells = np.empty_like(ground.state.pairs)
        if before is not self._first:
            ground = cast("Solution", before).end
            cells = ground.state.pairs
            dissolve(ground.state)
            dual = -(-(dual + ground.state.node[: len(dual), DUAL]) // 2)
        return pair_anew(ground, dual, unweighted(made), task.rules, cells)

    def _found(self, task: MatchingTask) -> Found:
        """The best pairs under stricter rules, by the shortest way: of the greatest weight, one absent, or going on."""
        found = None
        if not isinstance(self._first, Solution):  # all pairs had the greatest weight
            found = greatest_pairs(task.rules, task.units, task.span.largest, before=self._first)
        absent = who_left(self._task.rules, task.rules)
        if found is None and absent is not None and self._anyone_out:
            found = self._anyone_out.without(absent)
        if found is None and task.is_listed and self._parts_many(task.rules):
            found = self._anew(task)
        return found or reoptimise(*self._ground, task.rules)

    def _anew(self, task: MatchingTask) -> Solution:
        if not self._bids_anew(task):
            return solve(task.problem(math.inf))
        ground = self._ground[0]
        return pair_anew(
            ground, self._duals, unweighted(task.rules.shut), task.rules, np.empty_like(ground.state.pairs)
        )

    def _bids_anew(self, task: MatchingTask) -> bool:
        """Whether pairs are listed and everybody is one node at the most, so that all may bid anew."""
        return task.is_listed and not (self._task.rules.space > 1).any()

    def _parts_many(self, rules: Constraints) -> bool:
        """Whether a large part of the pairs of the first matching cannot be made any more."""
        first, settled = self._first, unweighted(rules.settled)
        assert first is not None  # `again` asks for nothing then
        made = unweighted(np.column_stack([first.u, first.v]))
        there = (rules.space[made.u] > 0) & (rules.space[made.v] > 0)
        return PARTED * len(made.where(there).without(settled, rules.given.n)) < (PARTED - 1) * len(made)

    @cached_property
    def _ground(self) -> tuple[SearchState, Floats]:
        found = self._first if isinstance(self._first, Solution) else solve(self._task.problem(math.inf))
        return warm_start(found.end)

    @cached_property
    def _duals(self) -> Ints:
        return closed(self._ground[0].state)[0]

    @cached_property
    def _anyone_out(self) -> OneAbsent | None:
        return one_absent(self._ground[0])


# --- going on from a proven matching after a small change of the rules ------------------------------------------------


def warm_start(end: SearchState) -> tuple[SearchState, Floats]:
    """A proven matching to go on from, and each person's reach: all pairs with a slack below it are candidates."""
    end.state.node[:, DOWN] = 0
    n = end.problem.table.n
    if end.problem.table.pairs is not None:
        return replace(end, state=all_candidates(end.state)), np.full(n, np.inf)  # all are covered
    near = tightest(end, NEAR)
    return with_more(end, near.pairs.once(n).without(end.pairs, n)), near.reach


def reoptimise(ground: SearchState, reach: Floats, rules: Constraints) -> Solution:
    """Best matching under stricter rules; ``ground`` and ``reach`` are what `warm_start` returns."""
    return _proven(_changed(ground, rules, unweighted(rules.shut)), reach, rules)


def pair_anew(ground: SearchState, dual: Ints, gone: CandidatePairs, rules: Constraints, cells: Ints) -> Solution:
    """Best matching under stricter rules where everybody is one node, pairs are listed and many of those made go.

    ``dual`` covers all pairs of ``ground`` without blossoms. Those that are left are written to ``cells``, which may be
    where they stand.
    """
    copies, gone = ground.problem.copies, ground.problem.copies.between_copies(gone)
    state = new_state(np.zeros(len(dual) + 1, dtype=np.int64), cells, dual, _nobody(dual))
    take_out(state, *_leaving(copies, rules))
    left = keep_links(ground.state, *by_node(len(dual), gone.u, gone.v, gone.w), _nobody(dual), state)
    state = state._replace(pairs=state.pairs[:left])
    bid(state, BIDS)
    at = replace(ground, state=state)
    settle_roots(at, halves=True)
    return _proven(at, np.full(rules.given.n, np.inf), rules)


def _nobody(people: Ints) -> Ints:
    return np.full_like(people, NOBODY)


@kernel_no_arrays
def keep_links(s: State, gone_from: Ints, gone: Ints, barred_to: Ints, new: State) -> int:
    """Write the rows of all links but those that are gone, which come as rows too, and tighten duals; how many."""
    size = 0
    for u in range(s.tally[PEOPLE]):
        for k in range(gone_from[u], gone_from[u + 1]):
            barred_to[gone[k, PARTNER]] = u
        new.node[u, PAIRS_FROM] = size
        for e in range(s.node[u, PAIRS_FROM], s.node[u, PAIRS_TO]):
            v = s.pairs[e, PARTNER]
            new.pairs[size, PARTNER], new.pairs[size, WEIGHT] = v, s.pairs[e, WEIGHT]
            size += int(barred_to[v] != u)
        new.node[u, PAIRS_TO] = size
        if new.node[u, MATE_OUT] < 0:
            tighten(new, u)
    return size


def _proven(at: SearchState, reach: Floats, rules: Constraints) -> Solution:
    """Search until no pair is missed."""
    listed = at.problem.table.pairs is not None
    shut, before = no_pairs() if listed else unweighted(rules.shut), np.zeros(rules.given.n)
    while True:
        settle_roots(at, halves=False)
        missed, before = _missed(at, reach, before, shut)
        if not len(missed):
            break
        if at.problem.table.pairs is None:
            at = replace(at, pairs=at.pairs.without(shut, rules.given.n))  # candidates are listed anew
        at = with_more(at, missed)
    u, v, doubled = pairs_made(at)
    if len(doubled):
        return solve_from(with_own_nodes(at, rules, doubled))
    return Solution(u, v, certify(at, np.zeros(rules.given.n)), at)


def _changed(at: SearchState, rules: Constraints, shut: CandidatePairs) -> SearchState:
    """Where the search stands when those the change touches are single."""
    copies, state = at.problem.copies, copied(at.state)
    take_out(state, *_leaving(copies, rules))
    if len(shut):
        state = state._replace(pairs=state.pairs.copy())
        links = copies.between_copies(shut)
        bar(state, links.u, links.v)
    return replace(at, state=state)


def _leaving(copies: Copies, rules: Constraints) -> tuple[Ints, Ints]:
    """Copies and dummies that are taken out, and the node each is matched to for good."""
    count = copies.capacity - rules.space
    who = np.repeat(np.arange(len(count)), count)
    turn = np.arange(len(who)) - np.searchsorted(who, who)
    node = copies.starts[1:][who] - 1 - turn
    single, n = copies.single, rules.given.n
    shut = single.among(unweighted(rules.settled), n)
    shut |= (rules.space[single.u] == 0) | (rules.space[single.v] == 0)
    a = copies.first_dummies[shut]
    return np.concatenate([node, a, a + 1]), np.concatenate([node, a + 1, a])


def _missed(at: SearchState, reach: Floats, before: Floats, shut: CandidatePairs) -> tuple[CandidatePairs, Floats]:
    """What the duals miss, and how long each person was outer when nothing of theirs was left unlisted.

    It is looked for only where the duals may miss something since ``before``.
    """
    copies = at.problem.copies
    down, some = np.zeros(len(copies.capacity)), copies.capacity > 0  # how long their copies were outer, at most
    down[some] = np.maximum.reduceat(at.state.node[: copies.n_copies, DOWN], copies.starts[:-1][some])
    rows = np.flatnonzero((down > before) & (reach < down + down.max(initial=0.0)))
    if at.problem.table.pairs is not None:
        return missed_by(at).pairs, down
    if not len(rows):
        return no_pairs(), down
    most = MISSED + np.bincount(np.concatenate([shut.u, shut.v]), minlength=1).max()
    found = tightest(at, int(most), below=0.0, rows=rows if 2 * len(rows) < len(down) else None)
    full = np.flatnonzero(found.reach < 0)
    down[full if len(found.reach) == len(down) else rows[full]] = -1.0
    return found.pairs.once(len(down)).without(shut, len(down)), down


# --- anyone absent ----------------------------------------------------------------------------------------------------


def who_left(before: Constraints, after: Constraints) -> int | None:
    """The one person who is absent, where nothing else has changed."""
    absent = np.flatnonzero(before.capacity != after.capacity)
    same = len(before.settled) == len(after.settled)
    return int(absent[0]) if same and len(absent) == 1 else None


@dataclass(frozen=True)
class OneAbsent:
    """A search that ended with one blossom around everybody, its duals raised by half of ``raised``."""

    at: SearchState
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


def one_absent(end: SearchState) -> OneAbsent | None:
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


def _raised(end: SearchState, by: int) -> SearchState:
    """The search opened again, everybody's dual so high that none is used up, with a spare person if all are matched.

    What was added to each pair so that as many as possible come first is taken off: here nobody stays single anyway.
    """
    problem, (dual, mate) = end.problem, closed(end.state)
    offset, copies, n = problem.units.offset, problem.copies, problem.table.n
    pairs, dual = CandidatePairs(end.pairs.u, end.pairs.v, end.pairs.w - offset + by), dual + (by - offset) // 2
    if n % 2 == 0:
        copies = WithSpare(copies.capacity, copies.single, by)
        dual, mate = np.append(dual, by // 2), np.append(mate, -1)
    state = new_state(*copies.cells(pairs), dual, mate)
    start(state)
    return SearchState(replace(problem, units=replace(problem.units, offset=by), copies=copies), pairs, state)


def _outermost(state: State) -> Ints:
    """The nodes that are in no other."""
    return np.flatnonzero(state.node[:, UP] == np.arange(len(state.node)))


class WithSpare(Copies):
    """Everybody once and a spare person, whom each may have for the bonus alone."""

    @property
    def n_nodes(self) -> int:
        """People and the spare one."""
        return self.n_copies + 1

    def links(self, pairs: CandidatePairs) -> CandidatePairs:
        """Every pair, and one of each person with the spare one."""
        n = self.n_copies
        return pairs.plus(CandidatePairs(np.arange(n), np.full(n, n), np.full(n, self.bonus)))


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
