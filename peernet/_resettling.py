"""Going on from a proven matching after a small change of the rules.

Only those the change touches go single: somebody who is taken out, the two of a pair that is no longer allowed, and the
partners they had. Taking people and pairs out asks less of the duals, so all others still cover every pair.

Which pairs may be missed afterwards is known without reading all weights. While the search goes on, two people lose
slack only when one of them is outer and they are not in one blossom, and then no more than the clock moves. So with
``down`` the time each person was outer,

    slack(u, v) >= slack before - down(u) - down(v).

All pairs of u with a slack below ``reach(u)`` before are candidates, and the search minds these itself. A pair it may
have missed therefore has an end u with ``down(u) > 0`` and ``reach(u) < down(u) + largest down``: only such rows are
read.
"""

from dataclasses import dataclass, replace

import numpy as np

from ._blossom_rings import bar, take_out
from ._blossom_state import DOWN, GONE, copied
from ._copies import Copies, Pairs
from ._covering import MISSED, Standing, Tightest, opened, search, tightest, with_more
from ._matching_rules import Rules
from ._pair_weights import Floats, Ints
from ._proven_matching import Solution, certify, closed, pairs_made, solve_from

__all__ = ["Ground", "lay_ground", "resettle"]

NEAR = 12  # candidates a person, those with the least slack


@dataclass(frozen=True)
class Ground:
    """A proven matching to go on from: each person's pairs with a slack below ``reach`` are candidates."""

    at: Standing
    reach: Floats


def lay_ground(end: Standing) -> Ground:
    """Add the pairs with the least slack to the candidates."""
    end.state.node[:, DOWN] = 0
    if end.problem.table.pairs is not None:
        return Ground(end, np.full(end.problem.table.n, np.inf))
    n = end.problem.table.n
    near = tightest(end, NEAR)
    return Ground(with_more(end, near.pairs.once(n).without(end.pairs, n)), near.reach)


def resettle(ground: Ground, rules: Rules) -> Solution:
    """Best matching under stricter rules."""
    at = _changed(ground.at, rules)
    while True:
        search(at, halves=False)
        missed = _missed(at, ground.reach)
        if not len(missed.pairs):
            break
        at = with_more(_cleared(at, rules), missed.pairs.once(rules.given.n))
    dual, mate = closed(at.state)
    u, v, doubled = pairs_made(at, mate)
    if len(doubled):
        return solve_from(_with_own_nodes(at, rules, doubled, dual, mate))
    return Solution(u, v, certify(at, missed.lack), at)


def _changed(at: Standing, rules: Rules) -> Standing:
    """Where the search stands when those the change touches are single."""
    copies = at.problem.copies
    closed_pairs = rules.settled[(rules.space[rules.settled] > 0).all(axis=1)]
    state = copied(at.state)
    if len(closed_pairs):
        state = state._replace(pairs=state.pairs.copy())
    take_out(state, *_leaving(copies, rules))
    links = copies.between_copies(_unweighted(closed_pairs))
    bar(state, links.u, links.v)
    table = rules.table if at.problem.table.pairs is None else at.problem.table
    return Standing(replace(at.problem, table=table), at.pairs, state)


def _leaving(copies: Copies, rules: Rules) -> tuple[Ints, Ints]:
    """Copies and dummies that are taken out, and the node each is matched to for good."""
    count = copies.capacity - rules.space
    who = np.repeat(np.arange(len(count)), count)
    turn = np.arange(len(who)) - np.searchsorted(who, who)
    node = copies.starts[1:][who] - 1 - turn
    single, n = copies.single, rules.given.n
    shut = np.isin(single.number(n), _unweighted(rules.settled).number(n))
    shut |= (rules.space[single.u] == 0) | (rules.space[single.v] == 0)
    a = copies.first_dummies[shut]
    return np.concatenate([node, a, a + 1]), np.concatenate([node, a + 1, a])


def _missed(at: Standing, reach: Floats) -> Tightest:
    """What the duals may miss, looked for only where it may be."""
    copies, down = at.problem.copies, np.zeros(len(reach))
    some = copies.capacity > 0
    down[some] = np.maximum.reduceat(at.state.node[: copies.n_copies, DOWN], copies.starts[:-1][some])
    rows = np.flatnonzero((down > 0) & (reach < down + down.max(initial=0.0)))
    return tightest(at, MISSED, below=0.0, rows=rows)


def _cleared(at: Standing, rules: Rules) -> Standing:
    """Without the candidates that are no longer allowed, before candidates are listed anew."""
    return replace(at, pairs=at.pairs.without(_unweighted(rules.settled), rules.given.n))


def _with_own_nodes(at: Standing, rules: Rules, doubled: Pairs, dual: Ints, mate: Ints) -> Standing:
    """The search opened again, copies that are gone left out, for pairs that need nodes of their own."""
    copies, here = at.problem.copies, dual < GONE
    place = np.append(np.cumsum(here) - 1, -1)
    single = copies.single.where(here[copies.n_copies :: 2]).plus(doubled)
    pairs = _cleared(at, rules).pairs.without(doubled, rules.given.n)
    problem = replace(at.problem, table=rules.table, copies=Copies(rules.space, single, copies.bonus))
    able = (rules.space[pairs.u] > 0) & (rules.space[pairs.v] > 0)
    return opened(problem, pairs.where(able), dual[here], place[mate[here]])


def _unweighted(pairs: Ints) -> Pairs:
    return Pairs(pairs[:, 0], pairs[:, 1], np.zeros(len(pairs), dtype=np.int64))
