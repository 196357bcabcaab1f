"""Column generation (pricing) around the blossom method: from candidate pairs to a matching proven best among all.

The search runs on a few candidate pairs per person until its duals cover every allowed pair. They then bound
every matching there is, and the bound equals the total found. Pairs that are missed become candidates; one end of each
goes single, its dual is raised until it covers the pair, and the search goes on from where it stood.

Good candidates need good duals first: those of a third of the people, solved the same way, are extended to everybody.
Where they turn out to be poor, as for points in a plane, whose common centre no sample hits, those of the other thirds
are worked out too: their mean covers all that each covers, and its error is far smaller.

Where few pairs are allowed they are all listed, and people bid for partners first (`bidding`). In large pools the
search then runs on each person's nearest, and hardly any other pair is missed in the end. Somebody with room for
several is several copies. Nearly every pair of such people would be made twice if it could, so those that bids made, or
came close to making, have nodes of their own from the start.

The shortest proof needs no search (`greatest_pairs`): everybody paired, each pair with the greatest weight of all.
Where weights are heavily tied this happens, and it takes a few looks at each person's row to find out. Elsewhere the
first people without such a partner end the attempt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from peernet._arrays import Flags, Floats, Ints
from peernet._compiled import inlined, inner_kernel, kernel_no_arrays
from peernet.matching.bidding import bid, bid_for_several, no_places_taken, shared_places
from peernet.matching.blossom import cover_links, run, start
from peernet.matching.blossom_rings import common_duals, dissolve, odd_sets, partners, ring_order
from peernet.matching.blossom_state import (
    DUAL,
    GONE,
    MATE_OUT,
    NEVER,
    NOBODY,
    PAIRS_FROM,
    PAIRS_TO,
    PARTNER,
    PEOPLE,
    WEIGHT,
    State,
    copied,
    n_blossoms,
    row_end,
    with_pairs,
)
from peernet.matching.certificate import Certificate
from peernet.matching.pricing import FAR, OPEN, best_offers, each_once, nearest_pairs, tightest_pairs
from peernet.matching.problem import CandidatePairs, Constraints, Copies, Problem, by_node, no_pairs, unweighted
from peernet.matching.weights import Units

MISSED = 8  # candidates a person added at a time
AT_ONCE = 64  # roots between two looks at the clock
FEW_CYCLES = 8  # so few take less time than to look at all pairs once more
SAMPLE_ABOVE = 200  # people; smaller pools need no sample
SAMPLE_STEP = 3
LARGEST_SAMPLE = 2500  # people: 50 MB of weights
BIDDING_ABOVE = 2000  # people; smaller pools with few pairs need no better start
OWN_NODES = 4  # pairs that get nodes of their own before the search, for each pair that bids made
NEAREST_LISTED = 12  # candidates a person after bids, where pairs are listed
SEVERAL_ABOVE = 300  # people; where some have room for several, smaller pools need no better start either
PATIENCE = (64, 512, 4096, NEVER)  # people a search scans before it pauses, time after time
BIDS = 24  # after one another, each by whoever the last one displaced
MANY = 1  # pairs missed per person after which more samples are worth their time
NEAREST = 16  # candidates a person to begin with
MORE_NEAREST = 48  # where these turned out to be poor
MOST_LEFT = 16  # people without a partner after the first round, beyond which nothing is tried
MOST_SHUT = 16  # pairs that must not be made, beyond which nothing is tried


@dataclass(frozen=True)
class Found:
    """Matched people u < v and the duals that bound every matching."""

    u: Ints
    v: Ints
    certificate: Certificate


@dataclass(frozen=True)
class Solution(Found):
    """The same, and where the search ended."""

    end: SearchState


@dataclass(frozen=True)
class SearchState:
    """Where a search stands: its pairs, and duals, blossoms and partners.

    The pairs are the candidates. Where pairs are listed they are all of them, and the rows of the state know which are.
    """

    problem: Problem
    pairs: CandidatePairs
    state: State


@dataclass(frozen=True)
class Tightest:
    """Pairs with little slack, the largest slack listed for each row, and how much each person lacks at most."""

    pairs: CandidatePairs
    reach: Floats
    lack: Floats


def solve(problem: Problem) -> Solution:
    """Best matching in which no pair occurs twice: solved with half pairs allowed first, then without."""
    found = solve_from(*relaxed(problem, cycles=FEW_CYCLES))
    weight = found.end.problem.copies.single.w
    return replace(found, certificate=found.certificate.without_idle_nodes(weight)) if len(weight) else found


def solve_from(at: SearchState, missed: Tightest | None = None) -> Solution:
    """Go on from wherever a search stands."""
    while True:
        at, missed = cover(at, halves=False, missed=missed)
        u, v, doubled = pairs_made(at)
        if at.problem.late or not len(doubled):
            return Solution(u, v, certify(at, missed.lack), at)
        at, missed = _with_nodes_for(at, doubled), None


def _with_nodes_for(at: SearchState, doubled: CandidatePairs) -> SearchState:
    """The search opened again with nodes for pairs that were made twice; each is made once from the start."""
    dual, mate = closed(at.state)
    copies, n, owner = at.problem.copies, at.problem.table.n, at.problem.copies.owner
    first = np.flatnonzero((mate[: len(owner)] >= 0) & (mate[: len(owner)] < len(owner)))
    first = first[np.argsort(dual[first], kind="stable")]
    number, earliest = np.unique(owner[first] * n + owner[mate[first]], return_index=True)
    first = first[earliest[np.searchsorted(number, doubled.number(n))]]
    second, beside = mate[first], len(mate) + 2 * np.arange(len(doubled))
    own = np.column_stack([doubled.w + copies.bonus - dual[first], copies.bonus - dual[second]]).ravel()
    mate = np.append(mate, np.column_stack([first, second]).ravel())
    mate[first], mate[second] = beside, beside + 1
    problem = replace(at.problem, copies=replace(copies, single=copies.single.plus(doubled)))
    return opened(problem, at.pairs.without(doubled, n), np.append(dual, own), mate)


def with_own_nodes(at: SearchState, rules: Constraints, doubled: CandidatePairs) -> SearchState:
    """The search opened again, copies that are gone left out, for pairs that need nodes of their own."""
    dual, mate = closed(at.state)
    copies, here = at.problem.copies, dual < GONE
    place = np.append(np.cumsum(here) - 1, -1)
    single = copies.single.where(here[copies.n_copies :: 2])
    single = single.plus(doubled.without(single, rules.given.n))
    pairs = at.pairs.without(unweighted(rules.settled).plus(doubled), rules.given.n)
    problem = replace(at.problem, table=rules.table, copies=Copies(rules.space, single, copies.bonus))
    able = (rules.space[pairs.u] > 0) & (rules.space[pairs.v] > 0)
    return opened(problem, pairs.where(able), dual[here], place[mate[here]])


def closed(state: State) -> tuple[Ints, Ints]:
    """Duals and partners with all blossoms opened, the state itself left as it is."""
    state = copied(state)
    dissolve(state)
    n = state.tally[PEOPLE]
    return state.node[:n, DUAL].copy(), state.node[:n, MATE_OUT].copy()


def pairs_made(at: SearchState) -> tuple[Ints, Ints, CandidatePairs]:
    """Each matched pair once, and the pairs that were matched twice."""
    n = at.problem.table.n
    u, v = at.problem.copies.matched(partners(at.state))
    number = np.sort(u * n + v)
    again = np.diff(number, prepend=-1) == 0
    pair, doubled = number[~again], no_pairs()
    if again.any():
        doubled = at.pairs.where(np.isin(at.pairs.number(n), number[again]))
    return pair // n, pair % n, doubled


def certify(at: SearchState, lack: Floats) -> Certificate:
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


# --- searching until no pair is missed --------------------------------------------------------------------------------


def opened(problem: Problem, pairs: CandidatePairs, dual: Ints, mate: Ints) -> SearchState:
    """Begin without blossoms; duals and partners of all copies may be guesses."""
    state = problem.copies.state(pairs, dual, mate)
    start(state)
    return SearchState(problem, pairs, state)


def cover(at: SearchState, *, halves: bool, missed: Tightest | None = None) -> tuple[SearchState, Tightest]:
    """Search and add missed pairs until nothing is missed or the time is up; what is missed then.

    ``missed`` is what is missed now, if that is known: it stays so where there is nothing to search.
    """
    while True:
        if settle_roots(at, halves=halves) or missed is None:
            missed = missed_by(at)
        if at.problem.late or not len(missed.pairs):
            return at, missed
        at, missed = with_more(at, missed.pairs), None


def settle_roots(at: SearchState, *, halves: bool) -> int:
    """Settle every root, or as many as there is time for; with ``halves`` odd cycles may share half pairs."""
    done = 0
    for patience in PATIENCE:
        latest = AT_ONCE
        while latest == AT_ONCE and not at.problem.late:
            latest = run(at.state, halves, AT_ONCE, patience)
            done += latest
    return done


def missed_by(at: SearchState) -> Tightest:
    """Pairs the duals do not cover, the worst of each person."""
    if at.problem.table.pairs is not None:
        return _missed_of_listed(at)
    return tightest(at, MISSED, below=0.0)


def _missed_of_listed(at: SearchState) -> Tightest:
    """The listed pairs that are no candidates and that the duals do not cover; everybody is one node at the most."""
    n, owner, dual = at.problem.table.n, at.problem.copies.owner, at.state.node[: at.state.tally[PEOPLE], DUAL].copy()
    links, lack = np.empty((3, len(at.state.pairs) // 2), dtype=np.int64), np.zeros(n)
    a, b, w = links[:, : note_short(at.state, dual, links)]
    if not len(a):
        return Tightest(no_pairs(), np.full(n, np.inf), lack)
    short = w - dual[a] - dual[b] - common_duals(at.state, a, b)
    missed = CandidatePairs(owner[a], owner[b], w).where(short > 0)
    for side in (missed.u, missed.v):
        np.maximum.at(lack, side, short[short > 0].astype(np.float64))
    return Tightest(missed, np.full(n, np.inf), lack)


@kernel_no_arrays
def note_short(s: State, dual: Ints, links: Ints) -> int:
    """List links a < b that are no candidates and that the duals of their nodes alone do not cover; how many."""
    size = 0
    for u in range(len(dual)):
        for e in range(s.node[u, PAIRS_TO], row_end(s, u)):
            v, w = s.pairs[e, PARTNER], s.pairs[e, WEIGHT]
            if u < v and w - dual[u] > dual[v]:
                links[0, size], links[1, size], links[2, size] = u, v, w
                size += 1
    return size


def tightest(at: SearchState, most: int, *, below: float = FAR, rows: Ints | None = None) -> Tightest:
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
    return Tightest(CandidatePairs(whose[row], partner[row, c], weight[row, c]), value[:, -1], lack)


def with_more(at: SearchState, more: CandidatePairs) -> SearchState:
    """The same standing with more candidate pairs, and duals that cover them."""
    copies, new = at.problem.copies, at.problem.copies.between_copies(more)
    if at.problem.table.pairs is not None:
        make_candidates(at.state, new.u, new.v)
    else:
        pairs = at.pairs.plus(more)
        at = replace(at, pairs=pairs, state=with_pairs(at.state, *copies.cells(pairs)))
    cover_links(at.state, new.u, new.v, new.w)
    return at


@kernel_no_arrays
def make_candidates(s: State, a: Ints, b: Ints) -> None:
    """Let links that stand at the end of their rows be candidates too."""
    for k in range(len(a)):
        for u, v in ((a[k], b[k]), (b[k], a[k])):
            near = s.node[u, PAIRS_TO]
            for e in range(near, row_end(s, u)):
                if s.pairs[e, PARTNER] == v:
                    swap_links(s.pairs, e, near)
                    s.node[u, PAIRS_TO] = near + 1
                    break


@inner_kernel
def swap_links(pairs: Ints, e: int, f: int) -> None:
    """Let two links of a row change places."""
    v, w = pairs[e, PARTNER], pairs[e, WEIGHT]
    pairs[e, PARTNER], pairs[e, WEIGHT] = pairs[f, PARTNER], pairs[f, WEIGHT]
    pairs[f, PARTNER], pairs[f, WEIGHT] = v, w


# --- where a search begins: duals near the best ones, and the candidates they point to --------------------------------


def relaxed(problem: Problem, *, cycles: int = 0) -> tuple[SearchState, Tightest | None]:
    """The problem solved with half pairs allowed, and what is missed then, if that was looked at.

    Where no more than so many odd cycles are left, they are settled before all pairs are looked at.
    """
    if problem.table.pairs is not None:
        at = _listed(problem)
        settle_roots(at, halves=True)
        return at, None
    groups = _samples(problem)
    dual = _extended(problem, groups[0]) if groups else _offers(problem, np.zeros(problem.table.n), _able(problem)) / 2
    at = _near(problem, dual, NEAREST)
    settle_roots(at, halves=True)
    few = cycles > 0 and n_blossoms(at.state) <= cycles
    if few:
        settle_roots(at, halves=False)
    missed = missed_by(at)
    if groups and len(missed.pairs) >= MANY * problem.table.n:
        others = [_extended(problem, group) for group in groups[1:]]
        return cover(_near(problem, np.mean([dual, *others], axis=0), MORE_NEAREST), halves=True)
    return (at, missed) if few else cover(at, halves=True, missed=missed)


def listed_pairs(problem: Problem) -> CandidatePairs:
    """All pairs of a list that both could make and that gain anything."""
    assert problem.table.pairs is not None
    (u, v, weight), capacity = problem.table.pairs, problem.copies.capacity
    able = (capacity[u] > 0) & (capacity[v] > 0) & ((weight > 0) | (problem.units.offset != 0))
    u, v, weight = u[able], v[able], weight[able]
    return _usable(CandidatePairs(u, v, problem.units.to_integers(weight)), capacity)


def _listed(problem: Problem) -> SearchState:
    """Begin with all allowed pairs as candidates."""
    capacity, pairs = problem.copies.capacity, listed_pairs(problem)
    dual = np.zeros(len(capacity), dtype=np.int64)
    np.maximum.at(dual, pairs.u, pairs.w // 2)
    np.maximum.at(dual, pairs.v, pairs.w // 2)
    if len(capacity) > SEVERAL_ABOVE and (capacity > 1).any():
        return _after_bids(problem, pairs, dual)
    at = opened(problem, pairs, np.repeat(dual, capacity), np.full(capacity.sum(), -1))
    if len(capacity) > BIDDING_ABOVE:
        bid(at.state, BIDS)
        narrow(at.state)
    return at


def narrow(state: State) -> None:
    """Leave each person's pairs of least slack as candidates; the others are looked at in the end.

    How many are nearer than a share of a person's mean slack is what it would be were slack spread evenly from zero.
    """
    dual = state.node[: state.tally[PEOPLE], DUAL].copy()
    part_by_slack(state, NEAREST_LISTED, dual, np.empty_like(dual))


@kernel_no_arrays
def part_by_slack(s: State, most: int, dual: Ints, reach: Ints) -> None:
    """Move each row's nearest links to its front, where they are candidates."""
    note_reach(s, most, dual, reach)
    for u in range(len(dual)):
        if reach[u] == NEVER:
            continue
        near = s.node[u, PAIRS_FROM]
        for e in range(near, s.node[u, PAIRS_TO]):
            v = s.pairs[e, PARTNER]
            kept = int(dual[u] + dual[v] - s.pairs[e, WEIGHT] <= max(reach[u], reach[v]))  # nobody can guess it
            swap_links(s.pairs, e, near)
            near += kept
        s.node[u, PAIRS_TO] = near


@inlined
def note_reach(s: State, most: int, dual: Ints, reach: Ints) -> None:
    """The slack up to which each has about so many pairs; no end where there are no more."""
    for u in range(len(dual)):
        total, each, reach[u] = 0.0, s.node[u, PAIRS_TO] - s.node[u, PAIRS_FROM], NEVER
        if each > most:
            for e in range(s.node[u, PAIRS_FROM], s.node[u, PAIRS_TO]):
                total += dual[u] + dual[s.pairs[e, PARTNER]] - s.pairs[e, WEIGHT]
            reach[u] = np.int64(2 * most * total / each**2)


def _after_bids(problem: Problem, pairs: CandidatePairs, dual: Ints) -> SearchState:
    """Begin with what people with room for several get by bidding, and nodes for the pairs that could be made twice.

    The nodes of a pair that is made are matched to its two people from the start, those of another to each other, so
    that only places nobody bid for are left to search for.
    """
    copies, n = problem.copies, problem.table.n
    places, owner = no_places_taken(copies.starts), copies.owner
    bid_for_several(*by_node(n, pairs.u, pairs.v, pairs.w), dual, places, BIDS)
    first, second = shared_places(places)
    own = _worth_nodes(copies, pairs, dual[pairs.u] + dual[pairs.v] - pairs.w, len(first))
    copies = replace(copies, single=pairs.where(own))
    left = copies.single.w + copies.bonus - dual[copies.single.u]
    right = np.maximum(copies.bonus - dual[copies.single.v], 2 * copies.bonus - left)
    mate, beside = np.full(copies.n_nodes, NOBODY), np.full(len(pairs), NOBODY)
    beside[own] = node = copies.first_dummies
    mate[node], mate[node + 1] = node + 1, node
    node = beside[np.searchsorted(pairs.number(n), owner[first] * n + owner[second])]
    mate[first], mate[second] = np.where(node < 0, second, node), np.where(node < 0, first, node + 1)
    some = node >= 0
    mate[node[some]], mate[node[some] + 1] = first[some], second[some]
    duals = np.append(dual[owner], np.column_stack([left, right]).ravel())
    return opened(replace(problem, copies=copies), pairs.where(~own), duals, mate)


def _worth_nodes(copies: Copies, pairs: CandidatePairs, slack: Ints, n_made: int) -> Flags:
    """Which pairs get nodes of their own: those of little slack, and those whose nodes need fewer links than copies."""
    a, b = copies.capacity[pairs.u], copies.capacity[pairs.v]
    last = min(OWN_NODES * n_made, len(slack) - 1)
    few = slack <= np.partition(slack, last)[last] if len(slack) else slack < 0
    return (a > 1) & (b > 1) & (few | (a * b > a + b + 1))


def _usable(pairs: CandidatePairs, capacity: Ints) -> CandidatePairs:
    return pairs.where((pairs.w > 0) & (capacity[pairs.u] > 0) & (capacity[pairs.v] > 0))


def _able(problem: Problem) -> Ints:
    return np.flatnonzero(problem.copies.capacity > 0)


def _samples(problem: Problem) -> list[Ints]:
    """Everybody in groups; none where they are few."""
    able = _able(problem)
    if len(able) <= SAMPLE_ABOVE:
        return []
    step = max(SAMPLE_STEP, -(-len(able) // LARGEST_SAMPLE))
    return [np.ascontiguousarray(able[turn::step]) for turn in range(step)]  # as the kernels are compiled


def _extended(problem: Problem, people: Ints) -> Floats:
    """Duals of some people, solved with half pairs allowed; for the others those that cover all pairs with these."""
    capacity, known = problem.copies.capacity, np.full(problem.table.n, OPEN)
    sample = replace(problem, table=problem.table.sample(people), copies=Copies(capacity[people], no_pairs()))
    known[people] = sample.copies.person_duals(relaxed(sample)[0].state)
    dual = _offers(problem, known, people)
    dual[people] = known[people]
    return dual


def _offers(problem: Problem, dual: Floats, people: Ints) -> Floats:
    """The most any of some people leaves each person, nothing at least."""
    best, units = np.zeros(problem.table.n), problem.units
    for rows, some, block in problem.table.rows_of(people):
        best_offers(block, rows, some, units.scale, float(units.offset), dual, best)
    return best


def _near(problem: Problem, dual: Floats, most: int) -> SearchState:
    """Begin with the pairs that have the least slack, once the duals are raised to miss little."""
    capacity = problem.copies.capacity
    dual = np.ceil(dual + np.maximum(_offers(problem, dual, _able(problem)) - dual, 0.0) / 2)
    pairs = _usable(_nearest(problem, np.where(capacity > 0, dual, OPEN), most), capacity)
    return opened(problem, pairs, np.repeat(dual.astype(np.int64), capacity), np.full(capacity.sum(), -1))


def _nearest(problem: Problem, dual: Floats, most: int) -> CandidatePairs:
    n = problem.table.n
    partner, weight = np.empty((2, n, min(most, n)), dtype=np.int64)
    for first, block in problem.table.blocks():
        nearest_pairs(block, first, problem.units.scale, float(problem.units.offset), dual, partner, weight)
    row, c = each_once(partner)
    other = partner[row, c]
    return CandidatePairs(np.minimum(row, other), np.maximum(row, other), weight[row, c])


# --- the shortest proof: all pairs of the greatest weight -------------------------------------------------------------


def greatest_pairs(rules: Constraints, units: Units, greatest: float, *, before: Found | None = None) -> Found | None:
    """Pairs u < v of everybody (but one, where their number is odd), each of the greatest weight, and the proof.

    ``before`` are such pairs under looser rules; those that are still possible stay.
    """
    cells, space, shut = rules.given.cells, rules.space, rules.shut
    if cells is None or len(shut) > MOST_SHUT or (space > 1).any():
        return None
    mate = np.full(len(space), NOBODY)
    if before is not None:
        mate[before.u], mate[before.v] = before.v, before.u
    waiting, left = np.empty(len(space), dtype=np.int64), np.empty(MOST_LEFT, dtype=np.int64)
    if not pair_all(cells, greatest, shut, space, mate, waiting, left):
        return None
    u = np.flatnonzero(mate > np.arange(len(space)))
    return Found(u, mate[u], _proof(space, units, int(units.to_integers(np.array([greatest]))[0])))


def _proof(space: Ints, units: Units, greatest: int) -> Certificate:
    """Half the greatest weight for each, or all of it for everybody as one set if their number is odd."""
    here, no_single = int(space.sum()), np.empty((0, 2), dtype=np.int64)
    odd = here % 2
    dual, set_dual = np.full(here, 0 if odd else greatest // 2), np.full(odd, greatest)
    sets = (np.arange(here),) * odd
    return Certificate(space, no_single, dual, sets, set_dual, units.unit, units.offset)


@kernel_no_arrays
def pair_all(cells: Floats, greatest: float, shut: Ints, space: Ints, mate: Ints, waiting: Ints, left: Ints) -> bool:
    """Pair all who are there by pairs of one weight, or all but one; whether that was found.

    ``waiting`` and ``left`` are lists to write on; if the second is full, nothing more is tried.
    """
    part_impossible(shut, space, mate)
    n_waiting = note_single(space, mate, waiting)
    size = pair_first(cells, greatest, shut, mate, waiting, n_waiting, left)
    if size > len(left):
        return False
    return pair_left(cells, greatest, shut, mate, left, size) <= 1


@inlined
def part_impossible(shut: Ints, space: Ints, mate: Ints) -> None:
    """Part the pairs of those who are not there, and the pairs that must not be made."""
    for v in range(len(mate)):
        if space[v] == 0 and mate[v] >= 0:
            mate[mate[v]] = mate[v] = NOBODY
    for k in range(len(shut)):
        if mate[shut[k, 0]] == shut[k, 1]:
            mate[shut[k, 0]] = mate[shut[k, 1]] = NOBODY


@inlined
def note_single(space: Ints, mate: Ints, waiting: Ints) -> int:
    """List those who are there and have nobody, the last first; how many they are."""
    size = 0
    for v in range(len(mate) - 1, -1, -1):
        if space[v] > 0 and mate[v] < 0:
            waiting[size], size = v, size + 1
    return size


@inlined
def pair_first(
    cells: Floats, greatest: float, shut: Ints, mate: Ints, waiting: Ints, n_waiting: int, left: Ints
) -> int:
    """Pair each person in turn with the next who waits; how many found nobody, as long as they are few."""
    n_left = 0
    while n_waiting > 0 and n_left <= len(left):
        n_waiting -= 1
        u, at = waiting[n_waiting], n_waiting - 1
        while at >= 0 and not can_be(cells, greatest, shut, u, waiting[at]):
            at -= 1
        if at >= 0:
            mate[u], mate[waiting[at]] = waiting[at], u
            n_waiting -= 1
            waiting[at] = waiting[n_waiting]
        else:
            if n_left < len(left):
                left[n_left] = u
            n_left += 1
    return n_left


@inner_kernel
def can_be(cells: Floats, greatest: float, shut: Ints, a: int, b: int) -> bool:
    """Whether two people could be a pair of the greatest weight."""
    if cells[a, b] != greatest:
        return False
    barred = 0
    for k in range(len(shut)):
        barred += 1 if shut[k, 0] == min(a, b) and shut[k, 1] == max(a, b) else 0
    return barred == 0


@inner_kernel
def pair_left(cells: Floats, greatest: float, shut: Ints, mate: Ints, left: Ints, size: int) -> int:
    """Pair two who are left by parting a pair for them, as long as there are any such; how many are left then."""
    while size > 1:
        size -= 1
        u, at = left[size], size - 1
        while at >= 0 and not parted_for(cells, greatest, shut, mate, u, left[at]):
            at -= 1
        if at < 0:
            return size + 1
        size -= 1
        left[at] = left[size]
    return size


@inner_kernel
def parted_for(cells: Floats, greatest: float, shut: Ints, mate: Ints, a: int, b: int) -> bool:
    """Whether a pair could be parted so that each of the two pairs with one of these people."""
    for v in range(len(mate)):
        w = mate[v]
        if w >= 0 and can_be(cells, greatest, shut, a, v) and can_be(cells, greatest, shut, b, w):
            mate[a], mate[v], mate[b], mate[w] = v, a, w, b
            return True
    return False
