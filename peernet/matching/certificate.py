"""Dual certificates (Edmonds): duals that say how good a matching can be at most, and a plain way to check them.

Somebody with room for c partners is c nodes. Every node has a dual, and so have some sets of nodes. Two nodes are
covered when their duals and those of the sets that hold both add up to the weight of their pair, or more. As a set of m
nodes holds at most m // 2 pairs, adding up all duals bounds every matching.

Nodes alone would let two people with room for several meet twice. Where that matters, a pair has two nodes of its own,
one beside each person, which are always matched: to those persons if the pair is made, else to each other. Only the
link to its first person carries the weight. Duals of such nodes may be negative, for none of them is ever left single.

References
----------
Edmonds, J. (1965). Maximum matching and a polyhedron with 0,1-vertices. Journal of Research of the National Bureau of
Standards B, 69, 125-130.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from peernet._arrays import Floats, Ints
from peernet.matching.weights import PairTable, whole_total

INEXACT = 1e-12  # share of a number that sums of floats may be off


@dataclass(frozen=True, eq=False)
class Certificate:
    """Duals that prove the bound of a matching, in whole units so that nothing is lost by rounding.

    Parameters
    ----------
    copies
        Nodes of each person; person by person they are the first nodes.
    single
        Pairs that have two nodes of their own, one row each; the nodes follow, beside the first and the second person.
    dual
        Dual of each node; Python's own whole numbers where the unit is so fine that 64 bits do not hold them.
    sets
        Nodes of each set that has a dual.
    set_dual
        Dual of each set, likewise.
    unit
        The weight one unit stands for.
    bonus
        Units added to the weight of every pair, where as many pairs as possible come first.

    Examples
    --------
    Of three people who each differ by 2, only two can meet. A set of all three says so:

    >>> import numpy as np
    >>> from peernet.matching.matching import max_weight_matching
    >>> proof = max_weight_matching(2 - 2 * np.eye(3)).certificate
    >>> [sorted(nodes.tolist()) for nodes in proof.sets], proof.set_dual * proof.unit, proof.dual
    ([[0, 1, 2]], array([2.]), array([0, 0, 0]))
    >>> proof.value * proof.unit
    2.0
    """

    copies: Ints
    single: Ints
    dual: Ints
    sets: tuple[Ints, ...]
    set_dual: Ints
    unit: float
    bonus: int

    @cached_property
    def value(self) -> int:
        """All duals together, in units; Python integers cannot overflow."""
        held = sum(dual * (len(nodes) // 2) for dual, nodes in zip(self.set_dual.tolist(), self.sets, strict=True))
        return int(whole_total(self.dual) + held)

    @property
    def worth(self) -> Floats:
        """Dual of each node in the caller's weights."""
        return self._in_weights(self.dual)

    @property
    def set_worth(self) -> Floats:
        """Dual of each set in the caller's weights."""
        return self._in_weights(self.set_dual)

    @property
    def is_fine(self) -> bool:
        """Whether the duals are Python's own whole numbers."""
        return object in (self.dual.dtype, self.set_dual.dtype)

    def _in_weights(self, duals: Ints) -> Floats:
        if not self.is_fine:
            return np.asarray(duals.astype(np.float64) * self.unit)
        return np.array([float(dual * Fraction(self.unit)) for dual in duals.tolist()], dtype=np.float64)

    def bound(self, pairs: tuple[int, int], lack: float) -> float:
        """Largest total weight of so many pairs, from the fewest to the most, each of which may lack some units."""
        unit, each = Fraction(self.unit), Fraction(lack) - self.bonus
        return float(max(self.value + count * each for count in pairs) * unit)

    def most_pairs(self, smallest: float, lack: float) -> int:
        """The most pairs that can be made where none weighs less than ``smallest``."""
        least = Fraction(smallest) / Fraction(self.unit) + self.bonus - Fraction(lack)
        return int(self.value // least) if least > 0 else sys.maxsize

    def lack(self, table: PairTable, space: Ints) -> Any:  # noqa: ANN401, a float, or a fraction where it is fine
        """The most units any allowed pair weighs above its cover; infinite where the duals prove nothing."""
        if not self._is_sound(space):
            return math.inf
        (pair, near), (_, far) = self._beside(0), self._beside(1)
        own = np.arange(self.copies.sum(), len(self.dual)).reshape(-1, 2)
        if self._worst(far, -self.bonus) > 0 or self._worst(own, -self.bonus) > 0:
            return math.inf
        worst = self._worst(near, self._in_units(table.weight_of(*self.single.T)[pair]))
        for u, v, weight in self.in_doubt(table.without(*self.single.T)):
            first, a = self.nodes_of(u)
            second, b = self.nodes_of(v[first])
            worst = max(worst, self._worst(np.column_stack([a[second], b]), self._in_units(weight)[first[second]]))
        return worst

    def without_idle_nodes(self, weight: Ints) -> Certificate:
        """The same proof without the nodes of pairs, of such weights in units, that add nothing and cover nothing.

        They may be in no set, and the duals of the two people have to cover the pair instead.
        """
        people, least = int(self.copies.sum()), np.full(len(self.copies), sys.maxsize)
        np.minimum.at(least, np.repeat(np.arange(len(least)), self.copies), self.dual[:people])
        held = np.zeros(len(self.dual), dtype=bool)
        for nodes in self.sets:
            held[nodes] = True
        in_a_set, worth = held[people:].reshape(-1, 2).any(axis=1), self.dual[people:].reshape(-1, 2).sum(axis=1)
        u, v = self.single.T
        needed = in_a_set | (worth != 0) | (least[u] < weight - least[v])
        kept = np.append(np.ones(people, dtype=bool), np.repeat(needed, 2))
        place = np.cumsum(kept) - 1
        sets = tuple(place[nodes] for nodes in self.sets)
        return replace(self, single=self.single[needed], dual=self.dual[kept], sets=sets)

    def _is_sound(self, space: Ints) -> bool:
        """Whether everybody has a node for each partner, and only nodes beside people have negative duals."""
        n, people = len(space), int(self.copies.sum())
        return bool(
            self.unit > 0
            and len(self.copies) == n
            and (self.copies >= space).all()
            and len(self.dual) == people + 2 * len(self.single)
            and (self.dual[:people] >= 0).all()
            and (self.set_dual >= 0).all()
            and ((self.single >= 0) & (self.single < n)).all()
            and (self.single[:, 0] < self.single[:, 1]).all()
            and len(self.sets) == len(self.set_dual)
            and all(((nodes >= 0) & (nodes < len(self.dual))).all() for nodes in self.sets)
            and self._nobody_twice()
        )

    def _nobody_twice(self) -> bool:
        """Whether no set names a node twice: each is written where it stands, and the last to be written is read."""
        place = np.empty(len(self.dual), dtype=np.int64)
        turns = np.arange(max(map(len, self.sets), default=0))
        for nodes in self.sets:
            place[nodes] = turns[: len(nodes)]
            if (place[nodes] != turns[: len(nodes)]).any():
                return False
        return True

    def nodes_of(self, people: Ints) -> tuple[Ints, Ints]:
        """Every node of every person asked for, and whose it is by position in ``people``."""
        which = np.repeat(np.arange(len(people)), self.copies[people])
        first = np.cumsum(self.copies) - self.copies
        return which, first[people[which]] + np.arange(len(which)) - np.searchsorted(which, which)

    def _beside(self, side: int) -> tuple[Ints, Ints]:
        """Links between a person of each single pair and the node beside them, and which pair they belong to."""
        pair, node = self.nodes_of(self.single[:, side])
        return pair, np.column_stack([node, int(self.copies.sum()) + 2 * pair + side])

    def in_doubt(self, table: PairTable, room: float = 0.0) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Allowed pairs u < v that duals of people alone do not cover by more than so many units, and their weights."""
        least = np.full(len(self.copies), np.inf)
        who, node = self.nodes_of(np.arange(len(least)))
        np.minimum.at(least, who, self.worth[node])
        bonus, share = float(self.bonus * Fraction(self.unit)), INEXACT if self.is_fine else 0.0
        room = float(room * Fraction(self.unit)) + share * (bonus + float(least[np.isfinite(least)].max(initial=0.0)))
        if table.pairs is not None:
            u, v, weight = table.pairs
            needed = weight + share * abs(weight) - (least[u] - bonus) > least[v] - room
            yield u[needed], v[needed], weight[needed]
            return
        for start, weight in table.blocks():
            raised = weight + share * abs(weight) if share else weight
            needed = raised - (least[start : start + len(weight), None] - bonus) > least - room
            row, v = np.nonzero(np.triu(needed, start + 1))
            yield row + start, v, weight[row, v]

    def _in_units(self, weights: Floats) -> Floats:
        """Weights in units, as fractions where floats would not hold them."""
        if not self.is_fine:
            return weights / self.unit
        unit = Fraction(self.unit)
        return np.array([w if w != w else Fraction(w) / unit for w in weights.tolist()], dtype=object)

    def _worst(self, links: Ints, weight: Floats | int) -> Any:  # noqa: ANN401, a float, or a fraction where it is fine
        """The most any link weighs above its cover; the bonus is taken from the cover, which keeps this exact."""
        if not len(links):
            return 0.0
        cover = self.dual[links].sum(axis=1) - self.bonus
        if self.sets:
            cover = cover + self._common(*links.T)  # one of the two may be Python's own whole numbers
        if self.is_fine:
            return max([0, *(over for over in (weight - cover).tolist() if over == over)])
        return float(np.fmax.reduce(weight - cover, initial=0.0))

    def _common(self, a: Ints, b: Ints) -> Any:  # noqa: ANN401, whole numbers, Python's own where it is fine
        """What the duals of the sets that hold both nodes of each link add up to."""
        if self._laminar is not None:
            return self._laminar.common(a, b)
        common, inside = np.zeros(len(a), dtype=self.set_dual.dtype), np.zeros(len(self.dual), dtype=bool)
        for held, worth in zip(self.sets, self.set_dual.tolist(), strict=True):
            inside[held] = True
            common[inside[a] & inside[b]] += worth
            inside[held] = False
        return common

    @cached_property
    def _laminar(self) -> Laminar | None:
        return Laminar.of(len(self.dual), self.sets, self.set_dual)


@dataclass(frozen=True)
class Laminar:
    """Sets of which any two are apart or one lies in the other: a forest, each set below the smallest around it.

    Sets that lie within each other by the thousand then take no more than a look at each of their nodes. A number past
    the last set stands for none.
    """

    innermost: Ints  # smallest set that holds each node
    outward: tuple[Ints, ...]  # of each set, the one that lies 1, 2, 4, ... steps further out
    depth: Ints
    worth: Any  # duals of each set and of all around it, added up

    @classmethod
    def of(cls, n: int, sets: tuple[Ints, ...], set_dual: Ints) -> Laminar | None:
        """The forest of some sets of n nodes; None where two of them cross."""
        none = len(sets)
        innermost, around = np.full(n, none), np.full(none + 1, none)
        depth, worth = np.zeros(none + 1, dtype=np.int64), np.append(set_dual, set_dual[:0].sum())
        for k in np.argsort([-len(nodes) for nodes in sets], kind="stable").tolist():
            outer = innermost[sets[k]]
            if (outer != outer[:1]).any():
                return None
            around[k] = outer[0] if len(outer) else none
            depth[k] = depth[around[k]] + 1
            worth[k] += worth[around[k]]
            innermost[sets[k]] = k
        outward = [around]
        while (outward[-1] != none).any():
            outward.append(outward[-1][outward[-1]])
        return cls(innermost, tuple(outward), depth, worth)

    def common(self, a: Ints, b: Ints) -> Any:  # noqa: ANN401, as ``worth``
        """What the sets that hold both of two nodes are worth: those around the lowest common ancestor, and itself."""
        x, y = self.innermost[a], self.innermost[b]
        deeper = self.depth[x] >= self.depth[y]
        x, y = np.where(deeper, x, y), np.where(deeper, y, x)
        for step in reversed(range(len(self.outward))):
            x = np.where(self.depth[x] - self.depth[y] >= 1 << step, self.outward[step][x], x)
        for outer in reversed(self.outward):
            apart = outer[x] != outer[y]
            x, y = np.where(apart, outer[x], x), np.where(apart, outer[y], y)
        return self.worth[np.where(x == y, x, self.outward[0][x])]


def no_duals(copies: Ints) -> Certificate:
    """The certificate where nobody gains anything."""
    none = np.empty(0, dtype=np.int64)
    return Certificate(copies, none.reshape(0, 2), np.zeros(copies.sum(), dtype=np.int64), (), none, 1.0, 0)
