"""Maximum-weight matching (b-matching where people have room for several), with a bound that proves it.

Everybody is in one pool; a pair has one weight and some pairs may not be allowed. Weights are read into integers, the
pairs apart from the required ones are solved, and the bound is read back into the caller's weights. It is an upper
bound on the total of every matching there is. Where the two are equal, which is the rule, nothing better exists.

Where some weights are far larger than others, rounding all to one unit loses the small ones, and what was found is
refined by scaling. For its duals say what is settled: a pair that falls short of them by more than all rounding
together is in no best matching, and whoever has a dual above that is matched in each of them, as every set with such a
dual is filled. So these duals can be cut down to little more than the rounding, and the weights they cover by as much:
the best matchings stay the same. What is left is small, and is solved in a finer unit, until nothing is rounded. The
duals and what was cut off them are the proof.

References
----------
Gabow, H. N., & Tarjan, R. E. (1991). Faster scaling algorithms for general graph-matching problems. Journal of the ACM,
38, 815-853.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from time import monotonic
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.errors import check_choice
from peernet.matching.certificate import Certificate, no_duals
from peernet.matching.problem import (
    CandidatePairs,
    Constraints,
    Copies,
    PositionPairs,
    Problem,
    deadline_after,
    no_pairs,
    read_constraints,
)
from peernet.matching.proving import Found, Solution, greatest_pairs, solve, solve_from, with_own_nodes
from peernet.matching.reductions import solve_reduced
from peernet.matching.weights import (
    Span,
    Units,
    WeightBlocks,
    are_coarse,
    choose_units,
    listed_cells,
    look_over,
    read_weights,
    whole_total,
)

FEW_PARTNERS = 32  # per person; pools with fewer allowed pairs are solved on all of them
# Pools with fewer are solved on all of them too: everybody with everybody, of up to 283 people. It takes a millisecond
# or two more, and a first run compiles no kernel of pricing, which takes seconds.
FEW_PAIRS = 40_000
ROUNDING = 1e-9  # share of a total (of 1 where that is more) that sums of floats may be off
BITS = 39  # of a weight in each step of scaling
FINEST = -1073  # powers of two below it have no half that is a number
NONE = np.empty(0, dtype=np.int64)
Exact: TypeAlias = Any  # arrays of Python's own whole numbers, which know no overflow


@dataclass(frozen=True)
class Matching:
    """Pairs and the proof that comes with them.

    Parameters
    ----------
    pairs
        Matched people by position, ``i < j``, sorted.
    objective
        Total weight of the pairs.
    bound
        No matching under the same rules has a greater total weight. Equal to ``objective`` where the proof is exact;
        where weights had to be rounded to integers for the proof, it also allows for that rounding.
    proven
        Whether the matching was proven best (of the rounded weights, where ``bound`` exceeds ``objective``).
    certificate
        The duals behind the bound; `verify_bound` holds them against the weights.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.matching.Matching(pairs=((0, 1),), objective=2.0, bound=2.5, proven=False).gap
    0.2
    """

    pairs: PositionPairs
    objective: float
    bound: float
    proven: bool
    certificate: Certificate | None = field(default=None, repr=False, compare=False)

    @property
    def gap(self) -> float:
        """Share of the bound that the total may fall short, see `share_short`; 0 when proven, to within rounding."""
        return 0.0 if self.proven and reaches(self.objective, self.bound) else share_short(self.objective, self.bound)


def max_weight_matching(
    weights: npt.ArrayLike | WeightBlocks,
    *,
    allowed: npt.ArrayLike | None = None,
    capacity: npt.ArrayLike = 1,
    required: Iterable[tuple[int, int]] = (),
    cardinality: str | None = None,
    time_limit: float | None = None,
) -> Matching:
    """Pairing of greatest total weight.

    Parameters
    ----------
    weights
        Weight of every pair: a symmetric array (NaN = not allowed), a symmetric SciPy sparse matrix (absent = not
        allowed, stored zeros are allowed pairs), or an object with ``len()`` and ``block(rows)`` that returns the rows
        asked for (see `WeightBlocks`; its rows are taken to be symmetric). The diagonal is ignored.
    allowed
        Symmetric yes/no array or sparse matrix; a pair must be allowed here and by its weight.
    capacity
        The most partners a person can have: one number, or one per person. 0 keeps a person out. No pair occurs twice.
    required
        Pairs of positions that must be in the matching.
    cardinality
        None: greatest total weight; nobody is paired at a loss, and whether a pair of weight zero is used is left open.
        ``"max"``: as many pairs as possible first, then greatest total weight.
    time_limit
        Seconds after which the best pairing so far is returned with a valid bound. The limit is looked at between
        steps, so on large pools the answer may come some steps later.

    Returns
    -------
    Matching
        ``pairs``, ``objective``, ``bound``, ``proven``, ``gap`` and ``certificate``.

    Raises
    ------
    MatchingError
        If weights are not square, not symmetric or infinite, or a capacity or required pair makes no sense.
    InfeasibleError
        If a required pair is not allowed or asks for more partners than a person's capacity.
    SettingError
        If ``cardinality`` or ``time_limit`` is not one of the values above.

    References
    ----------
    Edmonds, J. (1965). Maximum matching and a polyhedron with 0,1-vertices. Journal of Research of the National Bureau
    of Standards B, 69, 125-130.
    Applegate, D., & Cook, W. (1993). Solving large-scale matching problems. DIMACS Series 12, 557-576.

    Examples
    --------
    The two who differ most are not paired where that would cost the others more:

    >>> import peernet as pn
    >>> import numpy as np
    >>> weights = np.array([[0, 5, 4, 1], [5, 0, 1, 4], [4, 1, 0, 1], [1, 4, 1, 0]])
    >>> best = pn.matching.max_weight_matching(weights)
    >>> best.pairs
    ((0, 2), (1, 3))
    >>> best.objective, best.bound, best.proven
    (8.0, 8.0, True)
    >>> pn.matching.max_weight_matching(weights, capacity=2).pairs
    ((0, 1), (0, 2), (1, 3), (2, 3))
    """
    check_choice("cardinality", cardinality, (None, "max"))
    deadline = deadline_after(time_limit)
    rules = read_constraints(read_weights(weights, allowed), capacity, required)
    task = prepare(rules, fill=cardinality == "max")
    return to_matching(task, solve_task(task, deadline), deadline)


def exact_matching(weights: npt.ArrayLike | WeightBlocks) -> Matching:
    """The pairing of greatest total weight, every weight taken as it is, however little it differs from others."""
    task = prepare(read_constraints(read_weights(weights), 1, ()), fill=False)
    task = replace(task, coarse=not task.units.exact)
    return to_matching(task, solve_task(task, math.inf))


def verify_bound(
    matching: Matching,
    weights: npt.ArrayLike | WeightBlocks,
    *,
    allowed: npt.ArrayLike | None = None,
    capacity: npt.ArrayLike = 1,
    required: Iterable[tuple[int, int]] = (),
    cardinality: str | None = None,
) -> float:
    """Upper bound that a matching's certificate proves, worked out anew from the weights.

    The engine has no part in it: every allowed pair is held against the duals, and what a pair weighs above them raises
    the bound. A wrong certificate therefore proves a higher bound, or none, but never one that does not hold.

    Parameters
    ----------
    matching
        What `max_weight_matching` returned.
    weights, allowed, capacity, required, cardinality
        What it was given.

    Returns
    -------
    float
        No matching under these rules has a greater total weight; with ``cardinality="max"``, none of as many pairs or
        more. Infinite where the certificate is missing or not made for these people and capacities.

    Raises
    ------
    MatchingError, InfeasibleError, SettingError
        As `max_weight_matching` does.

    References
    ----------
    Schrijver, A. (2003). Combinatorial Optimization: Polyhedra and Efficiency. Springer, chapters 25 and 26.

    Examples
    --------
    >>> import peernet as pn
    >>> weights = [[0, 5, 4, 1], [5, 0, 1, 4], [4, 1, 0, 1], [1, 4, 1, 0]]
    >>> best = pn.matching.max_weight_matching(weights)
    >>> pn.matching.verify_bound(best, weights)
    8.0

    Duals that prove a total of 8 for some weights do not prove it for greater ones:

    >>> pn.matching.verify_bound(best, [[0, 9, 4, 1], [9, 0, 1, 4], [4, 1, 0, 1], [1, 4, 1, 0]])
    16.0
    """
    check_choice("cardinality", cardinality, (None, "max"))
    rules = read_constraints(read_weights(weights, allowed), capacity, required)
    rules = replace(rules, able=bool((rules.space == 0).any()))
    proof, span, most = matching.certificate, look_over(rules.table), rules.most_pairs
    lack = math.inf if proof is None else proof.lack(rules.table, rules.space)
    if proof is None or lack == math.inf:
        return math.inf
    counts = (0, most)
    if cardinality == "max" and span.count:
        counts = (len(matching.pairs) - len(rules.required), min(most, proof.most_pairs(span.smallest, lack)))
    return math.fsum([*rules.required_weights, min(proof.bound(counts, lack), span.most(counts))])


@dataclass(frozen=True)
class MatchingTask:
    """What is to be solved: rules, what their weights span, and whether as many pairs as possible come first.

    ``coarse``: rounding to whole units may blur weights that count, so that what is found has to be refined.
    """

    rules: Constraints
    span: Span
    units: Units
    fill: bool
    coarse: bool

    @property
    def is_empty(self) -> bool:
        """Whether pairing nobody is best."""
        return not self.span.count or not self.rules.most_pairs or not (self.fill or self.span.largest > 0)

    def under(self, rules: Constraints) -> MatchingTask:
        """The same task under stricter rules."""
        return replace(self, rules=rules)

    @property
    def is_listed(self) -> bool:
        """Whether allowed pairs are so few that all of them are candidates."""
        return self.span.count <= max(FEW_PAIRS, FEW_PARTNERS * self.rules.given.n)

    def problem(self, deadline: float) -> Problem:
        """The task as the engine takes it."""
        table = listed_cells(self.rules.table) if self.is_listed else self.rules.table
        bonus = int(self.units.to_integers(np.array([self.span.largest]))[0]) + 2
        return Problem(table, self.units, Copies(self.rules.space, no_pairs(), bonus), deadline)


def prepare(rules: Constraints, *, fill: bool) -> MatchingTask:
    """Look over the weights and choose the integers they become; weights that have no part do not set their unit."""
    task = _prepared(rules, fill=fill)
    if task.coarse and (rules.space == 0).any():
        return _prepared(replace(rules, able=True), fill=fill)
    return task


def _prepared(rules: Constraints, *, fill: bool) -> MatchingTask:
    span = look_over(rules.table)
    units = choose_units(rules.table, span, most_pairs=rules.most_pairs, fill=fill)
    return MatchingTask(rules, span, units, fill, are_coarse(units, rules.table, fill=fill))


def solve_task(task: MatchingTask, deadline: float, *, to_go_on: bool = False) -> Found | None:
    """The best pairs apart from the required ones, and their proof; None where pairing nobody is best.

    With ``to_go_on`` from where the search of all ended, it is a search of all.
    """
    if task.is_empty:
        return None
    greatest = None if task.is_listed else greatest_pairs(task.rules, task.units, task.span.largest)
    if greatest is not None:
        return greatest
    problem = task.problem(deadline)
    return (None if to_go_on else solve_reduced(problem)) or solve(problem)


def to_matching(task: MatchingTask, found: Found | None, deadline: float = math.inf) -> Matching:
    """What was found beside the required pairs, in the caller's weights; None: nobody gains anything."""
    rules, weights, total, room, proven = task.rules, np.empty(0), 0.0, 0.0, True
    if found is not None:
        weights = rules.given.weight_of(found.u, found.v)
        total, room, proven = _proven_to(task, weights, found.certificate)
        if proven and (task.coarse or not reaches(total, total + room)):
            finer = refined(found, rules, task.units, deadline)
            proven = finer is not None
            found = found if finer is None else finer
            weights, room = rules.given.weight_of(found.u, found.v), room if finer is None else 0.0
            total = math.fsum(weights.tolist())
    pairs: list[tuple[int, int]] = [*map(tuple, rules.required.tolist())]
    if found is not None:
        pairs += zip(found.u.tolist(), found.v.tolist(), strict=True)
    certificate = no_duals(rules.space) if found is None else found.certificate
    if len(rules.required):
        total = math.fsum([*rules.required_weights.tolist(), *weights.tolist()])
    return Matching(tuple(sorted(pairs)), total, total + room, proven, certificate)


def _proven_to(task: MatchingTask, weights: Floats, certificate: Certificate) -> tuple[float, float, bool]:
    """The total of the pairs found, how far the bound is above it, and whether it is proven best, once rounded."""
    units = task.units
    made = whole_total(units.to_integers(weights))
    proven = certificate.value == made
    counts = (len(weights), len(weights) if proven and task.fill else task.rules.most_pairs)
    bound = certificate.bound(counts, 0.0 if units.exact else 1.0)
    if not proven:
        bound = min(bound, task.span.most(counts))
    total = (made - units.offset * len(weights)) * units.unit if units.exact else math.fsum(weights.tolist())
    return total, max(0.0, bound - total), proven


def share_short(objective: float, bound: float) -> float:
    """Share of the bound that a total may fall short: the one meaning of a gap.

    0 where the total reaches the bound, which is then proven exactly. Infinite for a total below a bound of 0, of which
    there is no share, and for an infinite bound, which says nothing. Missing where the bound is.
    """
    if bound <= objective:
        return 0.0
    if bound in (0.0, math.inf):
        return math.inf
    return (bound - objective) / abs(bound)


def reaches(objective: float, bound: float) -> bool:
    """Whether a total is as great as its bound, to within rounding: then it is proven."""
    return bound - objective <= ROUNDING * max(1.0, abs(objective))


# --- scaling: what was proven best of rounded weights, made the best of the weights as they are -----------------------


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

    def less(self, cover: Exact) -> Links:
        """Links that are worth more than what covers them, and how much more; others stay covered, whatever follows."""
        left = replace(self, weight=self.weight - cover)
        return left.where(np.asarray(left.weight > 0, dtype=bool))

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
            off = duals.above(room + 2)
            links, cut = links.less(links.covered(off)), cut.plus(off)
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

    Of each of two duals that cover a pair, about a unit for each node there is may change yet. All other pairs are
    covered by what is sure to stay, or the finer proof would not be one of all pairs.

    Pairs with nodes of their own come first, missing their weight where they are not possible.
    """
    single, table = proof.single, rules.table
    pairs, weights = [single], [table.weight_of(*single.T)]
    for u, v, weight in proof.in_doubt(table.without(*single.T), 2.0 * (len(proof.dual) + 4)):
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
