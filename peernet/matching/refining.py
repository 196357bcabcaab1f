"""Scaling: a matching proven best of rounded weights, made the best of the weights as they are, whatever their size.

Where some weights are far larger than others, rounding all to one unit loses the small ones. But the duals say what is
settled: a pair that falls short of them by more than all rounding together is in no best matching, and whoever has a
dual above that is matched in each of them, as every set with such a dual is filled. So these duals can be cut down to
little more than the rounding, and the weights they cover by as much: the best matchings stay the same. What is left is
small, and is solved in a finer unit, until nothing is rounded. The duals and what was cut off them are the proof.

References
----------
Gabow, H. N., & Tarjan, R. E. (1991). Faster scaling algorithms for general graph-matching problems. Journal of the ACM,
38, 815-853.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from time import monotonic
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.matching.certificate import Certificate
from peernet.matching.problem import CandidatePairs, Constraints, Copies, Problem, no_pairs
from peernet.matching.proving import Found, Solution, solve, solve_from, with_own_nodes
from peernet.matching.weights import Units, listed_cells, read_weights

Exact: TypeAlias = Any  # arrays of Python's own whole numbers, which know no overflow
BITS = 39  # of a weight in each step
FINEST = -1073  # powers of two below it have no half that is a number
NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Links:
    """Links between nodes: what they weigh in whole units, and which pair each makes (-1 for none)."""

    a: Ints
    b: Ints
    weight: Exact
    pair: Ints

    def where(self, kept: Flags) -> Links:
        """Some of the links."""
        return Links(self.a[kept], self.b[kept], self.weight[kept], self.pair[kept])

    def covered(self, duals: Duals) -> Exact:
        """What the duals of its two nodes, and of the sets that hold both, add up to on each link."""
        cover = duals.node[self.a] + duals.node[self.b]
        inside = np.zeros(len(duals.node), dtype=bool)
        for held, worth in zip(duals.sets, duals.worth, strict=True):
            inside[held] = True
            cover[inside[self.a] & inside[self.b]] += worth
            inside[held] = False
        return cover


@dataclass(frozen=True)
class Duals:
    """Duals of nodes and sets, in whole units."""

    node: Exact
    sets: tuple[Ints, ...]
    worth: tuple[int, ...]

    def above(self, bar: int) -> Duals:
        """How far each dual is above a bar; sets that are not are left out."""
        over = [(held, worth - bar) for held, worth in zip(self.sets, self.worth, strict=True) if worth > bar]
        node = np.array([max(0, dual - bar) for dual in self.node], dtype=object)
        return Duals(node, tuple(held for held, _ in over), tuple(worth for _, worth in over))

    def plus(self, other: Duals) -> Duals:
        """Both added up."""
        return Duals(self.node + other.node, self.sets + other.sets, self.worth + other.worth)

    @property
    def value(self) -> int:
        """All duals together, sets as often as they hold pairs."""
        held = sum(worth * (len(nodes) // 2) for nodes, worth in zip(self.sets, self.worth, strict=True))
        return int(sum(self.node)) + held


def refined(found: Found, rules: Constraints, units: Units, deadline: float = math.inf) -> Found | None:
    """The best matching of the weights as they are, and its proof, from one proven best of the rounded weights.

    None where the numbers are too small to halve, where a step brings nothing, as it may among very many people, or
    where the time is up, which is looked at between rounds.
    """
    while monotonic() < deadline:
        finer = _Refinement.of(found, rules)
        exact = None if finer is None else finer.solved()
        if finer is None or exact is None:
            return None
        duals, pairs = exact
        made, times = np.unique(pairs, return_counts=True)
        if not (times > 1).any():
            return Found(finer.u[made], finer.v[made], finer.certificate(duals))
        assert isinstance(found, Solution)  # only the engine's search makes copies
        twice = made[times > 1]
        doubled = CandidatePairs(finer.u[twice], finer.v[twice], units.to_integers(finer.w[twice]))
        found = solve_from(with_own_nodes(found.end, rules, doubled))
    return None


@dataclass(frozen=True)
class _Refinement:
    """What there is to refine: the pairs in doubt, and a unit so fine that nothing is rounded."""

    proof: Certificate
    u: Ints
    v: Ints
    w: Floats
    low: int  # the unit is two to this power

    @classmethod
    def of(cls, found: Found, rules: Constraints) -> _Refinement | None:
        """The refinement of a matching; None where the unit would be too small for a number."""
        proof = found.certificate
        u, v, w = _in_doubt(proof, rules)
        low = min(_lowest(np.append(w, proof.unit)), default=0) - 1  # duals may be halves of a weight's unit
        return None if low < FINEST else cls(proof, u, v, w, low)

    @property
    def rounding(self) -> int:
        """The most that rounding moved a weight."""
        return int(exact_integers(np.array([self.proof.unit]), self.low)[0])

    @cached_property
    def _weights(self) -> Exact:
        return exact_integers(self.w, self.low)

    @property
    def _bonus(self) -> int:
        return self.proof.bonus * self.rounding

    def solved(self) -> tuple[Duals, Ints] | None:
        """Duals that are exact, and the pairs made; None where a step brings nothing."""
        links, proof = self._links(), self.proof
        every, unit = links, self.rounding
        node = np.array([dual * unit for dual in proof.dual.tolist()], dtype=object)
        node[int(proof.copies.sum()) :] += self._own
        duals = Duals(node, proof.sets, tuple(worth * unit for worth in proof.set_dual.tolist()))
        cut, moved, shift, matched = Duals(node * 0, (), ()), unit, 1 << 62, NONE
        while moved:
            room = 2 * (len(node) // 2) * moved
            links = links.where(np.asarray(links.covered(duals) - links.weight <= room, dtype=bool))
            off = duals.above(room + 2)
            links, cut = replace(links, weight=links.weight - links.covered(off)), cut.plus(off)
            before, shift = shift, max(1, max(map(abs, links.weight), default=0).bit_length() - BITS)
            if shift >= before:
                return None
            duals, matched = _best_of(links, len(node), shift)
            moved = 0 if shift == 1 else 1 << (shift - 1)
            pairs = links.pair[matched]
        total = cut.plus(duals)
        made = np.isin(every.a * len(node) + every.b, links.a[matched] * len(node) + links.b[matched])
        if total.value != sum(every.weight[made]):  # the theory says it is
            return None
        return total, pairs[pairs >= 0]

    @property
    def _own(self) -> int:
        """So much is put on nodes of single pairs that they are matched in every best matching."""
        largest = max(map(abs, self._weights), default=0) + abs(self._bonus)
        return 4 * (len(self.proof.dual) + 1) * int(largest + 1)

    def _links(self) -> Links:
        """All links between nodes that are in doubt."""
        proof, bonus, own = self.proof, self._bonus, self._own
        weight = self._weights + bonus
        alone = len(proof.single)
        pair = np.arange(alone, len(self.u))
        first, a = proof.nodes_of(self.u[pair])
        second, b = proof.nodes_of(self.v[pair][first])
        parts = [Links(a[second], b, weight[pair[first[second]]], pair[first[second]])]
        for k, (one, other) in enumerate(proof.single.tolist()):
            near = int(proof.copies.sum()) + 2 * k
            if self.w[k] == self.w[k]:
                parts.append(self._led_to(near, one, weight[k] + own, k))
            parts.append(self._led_to(near + 1, other, own, -1))
            parts.append(_even_links(np.array([near]), near + 1, 2 * own, -1))
        columns = zip(*((part.a, part.b, part.weight, part.pair) for part in parts), strict=True)
        return Links(*(np.concatenate(column) for column in columns))

    def _led_to(self, node: int, person: int, weight: int, pair: int) -> Links:
        """Links from all nodes of a person to a node of a single pair."""
        return _even_links(self.proof.nodes_of(np.array([person]))[1], node, weight, pair)

    def certificate(self, duals: Duals) -> Certificate:
        """The proof, in units in which nothing is rounded."""
        proof, node = self.proof, duals.node.copy()
        node[int(proof.copies.sum()) :] -= self._own
        worth = np.array(duals.worth, dtype=object)
        unit = math.ldexp(1.0, self.low)
        return Certificate(proof.copies, proof.single, node, duals.sets, worth, unit, self._bonus)


def _even_links(a: Ints, b: int, weight: int, pair: int) -> Links:
    """Links to one node that weigh the same and belong to one pair."""
    return Links(a, np.full(len(a), b), np.array([weight] * len(a), dtype=object), np.full(len(a), pair))


def _in_doubt(proof: Certificate, rules: Constraints) -> tuple[Ints, Ints, Floats]:
    """Pairs that rounding may keep out of a best matching, and some more; nobody is paired at a loss.

    Pairs with nodes of their own come first, missing their weight where they are not possible.
    """
    single, table = proof.single, rules.table
    pairs, weights = [single], [table.weight_of(*single.T)]
    for u, v, weight in proof.in_doubt(table.without(*single.T), float(len(proof.dual) + 4)):
        kept = (weight > 0) | (proof.bonus != 0)  # without a bonus nobody is paired at a loss
        pairs.append(np.column_stack([u, v])[kept])
        weights.append(weight[kept])
    u, v = np.concatenate(pairs).T
    return u, v, np.concatenate(weights)


def _lowest(weights: Floats) -> list[int]:
    """Power of two of the last bit of each number but 0."""
    mantissa, power = np.frexp(weights[(weights != 0) & ~np.isnan(weights)])
    whole = (mantissa * 2.0**53).astype(np.int64)
    last = np.log2((whole & -whole).astype(float)).astype(np.int64)
    return list((power - 53 + last).tolist())


def exact_integers(weights: Floats, low: int) -> Exact:
    """Numbers as whole multiples of two to the power ``low``, which none has a bit below; missing ones as 0."""
    mantissa, power = np.frexp(np.nan_to_num(weights))
    whole, shift = (mantissa * 2.0**53).astype(np.int64).tolist(), (power - 53 - low).tolist()
    cells = [m << s if s >= 0 else m >> -s for m, s in zip(whole, shift, strict=True)]
    return np.array(cells, dtype=object)


def _best_of(links: Links, n: int, shift: int) -> tuple[Duals, Ints]:
    """Duals and matched links of the best matching, all weights rounded to ``shift`` bits."""
    whole = np.array([(weight + (1 << (shift - 1))) >> shift for weight in links.weight], dtype=np.float64)
    use = np.flatnonzero(whole > 0)
    if not len(use):
        return Duals(np.array([0] * n, dtype=object), (), ()), NONE
    a, b, both = links.a[use], links.b[use], np.tile(whole[use], 2)
    matrix = sparse.csr_array((both, (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(n, n))
    table = listed_cells(read_weights(matrix))
    found = solve(Problem(table, Units(1.0, 0, True), Copies(np.ones(n, dtype=np.int64), no_pairs()), math.inf))
    proof, half = found.certificate, shift - 1
    node = np.array([dual << half for dual in proof.dual.tolist()], dtype=object)
    worth = tuple(dual << half for dual in proof.set_dual.tolist())
    number = np.minimum(links.a, links.b) * n + np.maximum(links.a, links.b)
    matched = np.flatnonzero(np.isin(number, found.u * n + found.v) & (np.isin(np.arange(len(number)), use)))
    return Duals(node, proof.sets, worth), matched
