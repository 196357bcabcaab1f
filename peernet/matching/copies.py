"""People with capacity for several partners, as that many copies in an ordinary matching.

Copies would let two people with spare capacity be paired twice. Where the best matching does that, the pair is rebuilt
with two dummies, a and b: copies of u - a - b - copies of v. The bonus on these three links is so large that either
a-b is chosen (the pair is not used) or both outer links are (it is used, once).

References
----------
Schrijver, A. (2003). Combinatorial Optimization: Polyhedra and Efficiency. Springer, chapters 30 to 33.
"""

from dataclasses import dataclass

import numpy as np

from peernet._arrays import Ints
from peernet._compiled import kernel
from peernet.matching.blossom_state import DUAL, State, new_state

__all__ = ["Copies", "Pairs", "no_pairs"]

OPEN = 1e300  # dual of somebody without capacity: no pair with them is ever missed


@dataclass(frozen=True)
class Pairs:
    """Pairs u < v of people with their integer weights."""

    u: Ints
    v: Ints
    w: Ints

    def __len__(self) -> int:
        return len(self.u)

    def plus(self, more: "Pairs") -> "Pairs":
        """Both lists together."""
        return Pairs(*(np.concatenate(part) for part in ((self.u, more.u), (self.v, more.v), (self.w, more.w))))

    def where(self, keep: np.ndarray) -> "Pairs":
        """Some of the pairs."""
        return Pairs(self.u[keep], self.v[keep], self.w[keep])

    def number(self, n: int) -> Ints:
        """One number for each pair of n people, whichever of the two comes first."""
        return np.minimum(self.u, self.v) * n + np.maximum(self.u, self.v)

    def once(self, n: int) -> "Pairs":
        """Each pair once, u < v."""
        number, first = np.unique(self.number(n), return_index=True)
        return Pairs(number // n, number % n, self.w[first])

    def without(self, gone: "Pairs", n: int) -> "Pairs":
        """The pairs that are not in another list."""
        return self.where(~np.isin(self.number(n), gone.number(n)))


def no_pairs() -> Pairs:
    """An empty list."""
    return Pairs(*(np.empty(0, dtype=np.int64) for _ in range(3)))


@dataclass(frozen=True)
class Copies:
    """Copies of people, followed by two dummies for each pair that must not be doubled."""

    capacity: Ints
    single: Pairs  # pairs rebuilt with dummies
    bonus: int = 0

    @property
    def starts(self) -> Ints:
        """First copy of each person, and their number at the end."""
        return np.concatenate([[0], np.cumsum(self.capacity)])

    @property
    def n_copies(self) -> int:
        """Copies of people."""
        return int(self.capacity.sum())

    @property
    def n_nodes(self) -> int:
        """Copies and dummies."""
        return self.n_copies + 2 * len(self.single)

    @property
    def first_dummies(self) -> Ints:
        """The dummy next to u, for each rebuilt pair; the one next to v follows it."""
        return self.n_copies + 2 * np.arange(len(self.single))

    @property
    def owner(self) -> Ints:
        """Whose copy each is."""
        return np.repeat(np.arange(len(self.capacity)), self.capacity)

    def links(self, pairs: Pairs) -> Pairs:
        """Every pair as links between copies, with the rebuilt pairs."""
        if not len(self.single):
            return self.between_copies(pairs)
        a = self.first_dummies
        near = Pairs(self.single.u, a, self.single.w + self.bonus)
        far = Pairs(self.single.v, a + 1, np.full(len(a), self.bonus))
        middle = Pairs(a, a + 1, np.full(len(a), 2 * self.bonus))
        return self.between_copies(pairs).plus(self._to_dummies(near)).plus(self._to_dummies(far)).plus(middle)

    def between_copies(self, pairs: Pairs) -> Pairs:
        """Every pair as links between all copies of the two."""
        if (self.capacity == 1).all():
            return pairs
        each = self.capacity[pairs.v]
        pair, turn = _repeat(self.capacity[pairs.u] * each)
        starts = self.starts
        return Pairs(
            starts[pairs.u[pair]] + turn // each[pair], starts[pairs.v[pair]] + turn % each[pair], pairs.w[pair]
        )

    def _to_dummies(self, arms: Pairs) -> Pairs:
        arm, turn = _repeat(self.capacity[arms.u])
        return Pairs(self.starts[arms.u[arm]] + turn, arms.v[arm], arms.w[arm])

    def cells(self, pairs: Pairs) -> tuple[Ints, Ints]:
        """Where each node's links start, and (partner, weight) of each."""
        links = self.links(pairs)
        return by_node(self.n_nodes, links.u, links.v, links.w)

    def state(self, pairs: Pairs, dual: Ints, mate: Ints) -> State:
        """Engine state for some pairs; dummies the duals do not know yet get safe ones."""
        new = self.n_nodes - len(dual)
        fresh = np.column_stack([self.single.w + self.bonus, np.full(len(self.single), self.bonus)]).ravel()
        dual = np.concatenate([dual, fresh[len(fresh) - new :]])
        return new_state(*self.cells(pairs), dual, np.concatenate([mate, np.full(new, -1)]))

    def person_duals(self, state: State) -> np.ndarray:
        """Smallest dual among each person's copies, as floats."""
        duals = np.full(len(self.capacity), OPEN)
        some = self.capacity > 0
        if some.any():
            copies = state.node[: self.n_copies, DUAL]
            duals[some] = np.minimum.reduceat(copies, self.starts[:-1][some])
        return duals

    def matched(self, mate: Ints) -> tuple[Ints, Ints]:
        """Matched people u < v, once for every matched pair of copies."""
        owner = self.owner
        copies = np.arange(len(owner))
        a = copies[(mate[: len(owner)] > copies) & (mate[: len(owner)] < len(owner))]
        dummy = self.first_dummies
        used = (mate[dummy] >= 0) & (mate[dummy + 1] >= 0) & (mate[dummy] != dummy + 1)
        u = np.concatenate([owner[a], self.single.u[used]])
        v = np.concatenate([owner[mate[a]], self.single.v[used]])
        return np.minimum(u, v), np.maximum(u, v)


def _repeat(counts: Ints) -> tuple[Ints, Ints]:
    """Position of each repeated entry and the turn of the repetition."""
    entry = np.repeat(np.arange(len(counts)), counts)
    return entry, np.arange(len(entry)) - np.repeat(np.cumsum(counts) - counts, counts)


@kernel
def by_node(n: int, a: Ints, b: Ints, w: Ints) -> tuple[Ints, Ints]:
    """Links as rows: where each node's links start, and (partner, weight) of each."""
    starts = np.zeros(n + 1, dtype=np.int64)
    for e in range(len(a)):
        starts[a[e] + 1] += 1
        starts[b[e] + 1] += 1
    for v in range(n):
        starts[v + 1] += starts[v]
    cells, free = np.empty((2 * len(a), 2), dtype=np.int64), starts.copy()
    for e in range(len(a)):
        for u, v in ((a[e], b[e]), (b[e], a[e])):
            cells[free[u], 0], cells[free[u], 1] = v, w[e]
            free[u] += 1
    return starts, cells
