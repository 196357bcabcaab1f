"""Going on from a proven matching after a small change of the rules.

Only those the change touches go single: somebody who is taken out, the two of a pair that is no longer allowed, and the
partners they had. Taking people and pairs out asks less of the duals, so all others still cover every pair.

Which pairs may be missed afterwards is known without reading all weights. While the search goes on, two people lose
slack only when one of them is outer and they are not in one blossom, and then no more than the clock moves. So with
``down`` the time each person was outer, and what their dual was lowered by when they went single,

    slack(u, v) >= slack before - down(u) - down(v).

All pairs of u with a slack below ``reach(u)`` before are candidates, and the search minds these itself. A pair it may
have missed therefore has an end u with ``down(u) > 0`` and ``reach(u) < down(u) + largest down``: only such rows are
read.
"""

from dataclasses import dataclass, replace

import numpy as np

from peernet._arrays import Floats, Ints
from peernet.matching.blossom_rings import bar, take_out
from peernet.matching.blossom_state import DOWN, GONE, copied
from peernet.matching.copies import Copies, Pairs, no_pairs
from peernet.matching.matching_rules import Rules
from peernet.matching.proven_matching import Solution, certify, closed, pairs_made, solve_from
from peernet.matching.proving import MISSED, Standing, opened, search, tightest, with_more

__all__ = ["Ground", "lay_ground", "resettle"]

NEAR = 16  # candidates a person, those with the least slack


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
    shut = _unweighted(rules.shut)
    at, before = _changed(ground.at, rules, shut), np.zeros(rules.given.n)
    while True:
        search(at, halves=False)
        missed, before = _missed(at, ground.reach, before, shut)
        if not len(missed):
            break
        at = with_more(_cleared(at, shut), missed)
    u, v, doubled = pairs_made(at)
    if len(doubled):
        return solve_from(_with_own_nodes(at, rules, doubled))
    return Solution(u, v, certify(at, np.zeros(rules.given.n)), at)


def _unweighted(pairs: Ints) -> Pairs:
    return Pairs(pairs[:, 0], pairs[:, 1], np.zeros(len(pairs), dtype=np.int64))


def _changed(at: Standing, rules: Rules, shut: Pairs) -> Standing:
    """Where the search stands when those the change touches are single."""
    copies, state = at.problem.copies, copied(at.state)
    take_out(state, *_leaving(copies, rules))
    if len(shut):
        state = state._replace(pairs=state.pairs.copy())
        links = copies.between_copies(shut)
        bar(state, links.u, links.v)
    return replace(at, state=state)


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


def _time_outer(at: Standing) -> Floats:
    """How long the copies of each person were outer, at most."""
    copies = at.problem.copies
    down, some = np.zeros(len(copies.capacity)), copies.capacity > 0
    down[some] = np.maximum.reduceat(at.state.node[: copies.n_copies, DOWN], copies.starts[:-1][some])
    return down


def _missed(at: Standing, reach: Floats, before: Floats, shut: Pairs) -> tuple[Pairs, Floats]:
    """What the duals miss, and how long each person was outer when nothing of theirs was left unlisted.

    It is looked for only where the duals may miss something since ``before``.
    """
    down = _time_outer(at)
    rows = np.flatnonzero((down > before) & (reach < down + down.max(initial=0.0)))
    if at.problem.table.pairs is not None or not len(rows):
        return no_pairs(), down
    most = MISSED + np.bincount(np.concatenate([shut.u, shut.v]), minlength=1).max()
    found = tightest(at, int(most), below=0.0, rows=rows if 2 * len(rows) < len(down) else None)
    full = np.flatnonzero(found.reach < 0)
    down[full if len(found.reach) == len(down) else rows[full]] = -1.0
    return found.pairs.once(len(down)).without(shut, len(down)), down


def _cleared(at: Standing, shut: Pairs) -> Standing:
    """Without the candidates that are no longer allowed, before candidates are listed anew."""
    return replace(at, pairs=at.pairs.without(shut, at.problem.table.n))


def _with_own_nodes(at: Standing, rules: Rules, doubled: Pairs) -> Standing:
    """The search opened again, copies that are gone left out, for pairs that need nodes of their own."""
    dual, mate = closed(at.state)
    copies, here = at.problem.copies, dual < GONE
    place = np.append(np.cumsum(here) - 1, -1)
    single = copies.single.where(here[copies.n_copies :: 2]).plus(doubled)
    pairs = at.pairs.without(_unweighted(rules.settled).plus(doubled), rules.given.n)
    problem = replace(at.problem, table=rules.table, copies=Copies(rules.space, single, copies.bonus))
    able = (rules.space[pairs.u] > 0) & (rules.space[pairs.v] > 0)
    return opened(problem, pairs.where(able), dual[here], place[mate[here]])
