"""The best pairing with a trio in it: every possible trio bounded by duals, the promising ones re-solved in order.

A trio takes three people out of the pairing. The duals of the best pairing without a trio bound what the others can
still be worth together, so a trio's bound is its own weight and the duals of everyone else. Re-solving goes on from
the greatest bound down until no bound is left above the best pairing found: then it is proven best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heapreplace

import numpy as np

from peernet._arrays import Flags, Ints
from peernet.matching.matching import Matching
from peernet.matching.resolver import Resolver
from peernet.meetings.held import Group
from peernet.meetings.one_round import RoundWeights
from peernet.meetings.trio_bounds import Duals, Promising, promising_trios

__all__ = ["Found", "beside", "best_groups"]

MOST_SOLVED = 100  # pairings solved anew to find one trio
ROUNDING = 1e-9


@dataclass(frozen=True)
class Found:
    """Groups, their total weight, and a bound on the weight of any other choice."""

    groups: tuple[Group, ...]
    total: float
    bound: float

    @property
    def trios(self) -> list[Group]:
        """The groups of three."""
        return [group for group in self.groups if len(group) > 2]


def best_groups(weights: RoundWeights, capacity: Ints, *, trios: int, willing: Flags) -> Found:
    """Pairs and at most so many trios of greatest weight: proven with one trio, the others added one by one."""
    best, most = _with_one(weights, capacity, willing, trios)
    for _ in range(trios - 1):
        found = _with_another(weights, capacity, willing, best)
        if found.total <= best.total + _rounding(best):
            break
        best = found
    return best if trios < 2 else replace(best, bound=max(best.total, most))


def _rounding(found: Found) -> float:
    return ROUNDING * max(1.0, abs(found.total))


def _with_another(weights: RoundWeights, capacity: Ints, willing: Flags, best: Found) -> Found:
    """The best one more trio beside those there are; nobody is in two."""
    rest, space = beside(weights, capacity, best.trios)
    free = ~np.isin(np.arange(len(willing)), [person for group in best.trios for person in group])
    found, _ = _with_one(rest, space, willing & free, 1)
    total = found.total + sum(weights.of_trio(group) for group in best.trios)
    return Found((*best.trios, *found.groups), total, np.inf)


def beside(weights: RoundWeights, capacity: Ints, groups: Sequence[Group]) -> tuple[RoundWeights, Ints]:
    """What is left to pair beside some groups: their people have met each other and have one place less for each."""
    space, inside = capacity.copy(), np.zeros(len(weights.pairs), dtype=bool)
    for group in groups:
        space[list(group)] = np.maximum(space[list(group)] - 1, 0)
        inside |= np.isin(weights.pairs.first, group) & np.isin(weights.pairs.second, group)
    return weights.where(~inside), space


def _with_one(weights: RoundWeights, capacity: Ints, willing: Flags, trios: int) -> tuple[Found, float]:
    """The best pairing with at most one trio, and a bound on any with as many as asked for."""
    if not trios:
        plain = weights.pairs.best(weights.weights, capacity)
        return Found(tuple(weights.pairs.placed(plain)), plain.objective, plain.bound), plain.bound
    pool = weights.pairs.resolver(weights.weights, capacity)
    duals = Duals(pool.matching, weights.pairs.rank)
    listed = promising_trios(weights, willing & (capacity > 0), duals)
    search = Search(weights, capacity, pool, duals, listed)
    return search.best(), pool.matching.bound + float(listed.added[:trios].sum())


@dataclass(frozen=True)
class Search:
    """The best of the pairing without a trio and those with one, the trios taken in the order of their bounds."""

    weights: RoundWeights
    capacity: Ints
    pool: Resolver
    duals: Duals
    listed: Promising

    def best(self) -> Found:
        """The best pairing with at most one trio."""
        plain, queue = self.pool.matching, [(-added, False, k) for k, added in enumerate(self.listed.added.tolist())]
        best, proven = Found(tuple(self.weights.pairs.placed(plain)), plain.objective, plain.bound), plain.bound
        solved = 0
        while queue and plain.bound - queue[0][0] > best.total + _rounding(best) and solved < MOST_SOLVED:
            _, exact, trio = queue[0]
            group = tuple(self.listed.members[trio].tolist())
            if not exact:
                heapreplace(queue, (self.duals.freed(group) - self.weights.of_trio(group), True, trio))
                continue
            heappop(queue)
            found, solved = self._with_this(group), solved + 1
            proven, best = max(proven, found.bound), max(best, found, key=lambda choice: choice.total)
        left = plain.bound + max(self.listed.others, -queue[0][0] if queue else 0.0)
        return replace(best, bound=max(best.total, proven, left if left > best.total + _rounding(best) else 0.0))

    def _with_this(self, group: Group) -> Found:
        """The best pairing of everyone else beside one trio."""
        rest, weight = self._rest(group), self.weights.of_trio(group)
        pairs = self.weights.pairs.placed(rest)
        return Found((group, *pairs), rest.objective + weight, rest.bound + weight)

    def _rest(self, group: Group) -> Matching:
        if (self.capacity[list(group)] == 1).all():
            return self.pool.again(absent=self.weights.pairs.rank[list(group)].tolist())
        rest, space = beside(self.weights, self.capacity, [group])
        return rest.pairs.best(rest.weights, space)
