"""Leximin by digits: the fairest matching, from the worst-off person up, each step proven by the exact engine.

People are taken level by level, from the least gain up: as few people as possible at the lowest level, of those
matchings as few as possible at the next, and so on; ties are settled by total value. One step is one matching problem
in whole numbers and sees to as many levels as those have digits for. Its duals say which matchings are best: those that
use only links without slack, leave nobody single whose dual is above zero, and fill every set whose dual is above zero.
Weights of one on those people and sets therefore have the same best matchings, and the next step is put on top of them.
Numbers stay small however many levels there are, and the duals of all steps together are the proof.

**Digits.** The lowest level is the highest digit. A digit has room for everybody who could be at its level, so that
nothing counted at higher levels can outweigh a person at a lower one. Gains seldom tie: most levels need a single bit.

**Places.** Everybody's places are nodes of a matching, so that one place of each person can count apart from the
others. Somebody with room for several has a first place and further ones. Two people who both have further places could
be joined twice; where that would happen, their pair gets two nodes of its own: one beside the first person, one beside
the second. Both are always matched: outwards if the pair is made, else to each other.

References
----------
Bertsimas, D., Farias, V. F., & Trichakis, N. (2011). The price of fairness. Operations Research, 59, 17-31.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from time import monotonic

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.matching.certificate import Certificate
from peernet.matching.matching import ROUNDING, Matching, exact_matching, max_weight_matching, verify_bound
from peernet.matching.problem import PositionPairs
from peernet.matching.weights import AnyMatrix

DECIMALS = 9  # gains that agree so far count as equal
LARGEST = 2.0**39  # weights the matching engine takes exactly
TOTAL = 2.0**51  # sums of them that numbers hold exactly
FEW = 1 / 8  # share of all links up to which they are handed on as a sparse matrix


@dataclass(frozen=True)
class GainSides:
    """What pairs bring to both sides: everything the fairest matching depends on."""

    own: Floats  # what the row's person gains from the column's, where their pair is possible
    value: Floats  # what pairs are worth, missing where they are not possible
    capacity: Ints  # the most partners each person can have
    required: PositionPairs = ()  # pairs of positions that must be made
    fill: bool = False  # whether as many pairs as possible come first

    def rounded(self) -> GainSides:
        """The same sides, gains that agree to nine decimals made equal."""
        return replace(self, own=np.round(self.own, DECIMALS) + 0.0)

    def levels(self, pairs: Iterable[tuple[int, int]]) -> Floats:
        """What everybody has of some pairs: the best that any of their places brings, a free place bringing nothing."""
        brought: list[list[float]] = [[] for _ in self.capacity]
        for i, j in pairs:
            brought[i].append(self.own[i, j])
            brought[j].append(self.own[j, i])
        best = [
            max(gains + [0.0] * int(room > len(gains)), default=0.0)
            for gains, room in zip(brought, self.capacity, strict=True)
        ]
        return np.round(best, DECIMALS) + 0.0


@dataclass(frozen=True)
class FairMatching(Matching):
    """The fairest pairs; ``bound`` bounds the total value of every matching, fair or not."""

    best_total: float = math.nan  # the largest total value there is
    single: PositionPairs = field(default=(), repr=False)  # pairs with nodes of their own, see `CapacitySlots`
    links: PositionPairs = field(default=(), repr=False)  # the matched places
    steps: tuple[LeximinStep, ...] = field(default=(), repr=False, compare=False)  # the proof, level by level


@dataclass(frozen=True)
class LeximinStep:
    """One proven step: what was counted, and the duals that say that no more can be had."""

    kind: str  # what was counted: nodes of single pairs, required pairs, pairs, levels or value
    # low, level: the lowest and the highest level seen to; of other kinds, the level seen to last
    low: float
    level: float
    certificate: Certificate | None  # the duals


def fairest(
    sides: GainSides, best: Matching, *, deadline: float = math.inf, step: Callable[[int], object] = lambda _seen: None
) -> FairMatching:
    """The fairest matching, and of the fairest the one of largest total value.

    ``best`` is the one of largest total value of all. After the ``deadline``, a time of `time.monotonic`, levels are
    left as they are, and the matching is not proven. ``step`` is told after every step how many people have been seen
    to so far.
    """
    sides = sides.rounded()
    single: PositionPairs = ()
    while True:
        graph = capacity_slots(sides.own, sides.value, sides.capacity, single)
        steps, found, proven = _climb(graph, sides, deadline, step)
        joined = graph.joined(found.pairs)
        twice = {pair for pair in joined if joined.count(pair) > 1}
        if not twice:
            break
        single = tuple(sorted({*single, *twice}))
    total = math.fsum(sides.value[i, j] for i, j in joined)
    return FairMatching(
        tuple(joined),
        total,
        max(best.bound, total),
        proven and best.proven,
        best.certificate,
        max(best.objective, total),
        single,
        found.pairs,
        tuple(steps),
    )


def _climb(
    graph: CapacitySlots, sides: GainSides, deadline: float, step: Callable[[int], object]
) -> tuple[list[LeximinStep], Matching, bool]:
    """Every step up, the last matching, and whether every level was seen to."""
    state, people = LevelSearch(graph, np.zeros(len(graph.u))), int(np.count_nonzero(sides.capacity))
    steps: list[LeximinStep] = []
    for kind in _kinds(sides, bool((graph.owner < 0).any())):
        state, _ = _counting(state, kind, sides, steps)
    low = _worst_off(state, state.pairs)
    while low < math.inf and monotonic() < deadline:
        state, _ = _solved(*state.counting_from(low), "level", low, steps)
        low = _next_level(state, low)
        step(people - int((state.gains(state.pairs) > state.level).sum()))
    _, found = _counting(state, "value", sides, steps)
    return steps, found, low == math.inf


def _kinds(sides: GainSides, single: bool) -> Iterator[str]:
    """What comes before the levels."""
    if single:
        yield "single"
    if sides.required:
        yield "required"
    if sides.fill:
        yield "pairs"


def _counting(
    state: LevelSearch, kind: str, sides: GainSides, steps: list[LeximinStep]
) -> tuple[LevelSearch, Matching]:
    """Count one kind of thing, below everything counted before."""
    return _solved(state, _step_weights(state, kind, sides), kind, state.level, steps)


def _step_weights(state: LevelSearch, kind: str, sides: GainSides) -> Floats:
    """The weights of one step: what it counts, below everything counted before."""
    counted = _counted(state, kind, sides)
    most = float(np.abs(counted).max(initial=0.0))
    return state.weight * (1.0 + most * len(state.graph.owner)) + counted


def _counted(state: LevelSearch, kind: str, sides: GainSides) -> Floats:
    """What one step counts on each link."""
    graph = state.graph
    if kind == "single":
        return (graph.owner[graph.u] < 0).astype(float) + (graph.owner[graph.v] < 0)
    if kind == "required":
        n = len(sides.capacity)
        wanted = np.isin(graph.pair @ [n, 1], [i * n + j for i, j in sides.required])
        return (wanted & graph.makes).astype(float)
    if kind == "pairs":
        return graph.makes.astype(float)
    return graph.value


def _solved(
    state: LevelSearch, weights: Floats, kind: str, low: float, steps: list[LeximinStep]
) -> tuple[LevelSearch, Matching]:
    """Solve one step and keep its proof; the state that has the same best matchings."""
    solve = exact_matching if kind == "value" else max_weight_matching  # values are small beside what comes before them
    found = solve(state.graph.matrix(weights))
    steps.append(LeximinStep(kind, low, state.level, found.certificate))
    return replace(_same_best(state, weights, found.certificate), pairs=found.pairs), found


def _same_best(state: LevelSearch, weights: Floats, proof: Certificate | None) -> LevelSearch:
    """Small weights with the same best matchings: links without slack, and one for each dual above zero."""
    assert proof is not None  # the engine always gives one
    u, v = state.graph.u, state.graph.v
    held = proof.dual > 0
    slack = proof.dual[u].astype(float) + proof.dual[v] - weights / proof.unit
    small = held[u].astype(float) + held[v]
    for nodes, worth in zip(proof.sets, proof.set_dual.tolist(), strict=True):
        inside = np.zeros(len(held), dtype=bool)
        inside[nodes] = worth > 0
        both = inside[u] & inside[v]
        slack[both] += worth
        small[both] += 1.0
    kept = slack == 0
    return replace(state, graph=state.graph.where(kept), weight=small[kept], held=held)


# --- which level comes next -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LevelSearch:
    """Where the search stands."""

    graph: CapacitySlots  # the links that are left
    weight: Floats  # their weights, whose best matchings are the fairest so far
    level: float = -math.inf  # the level seen to last
    pairs: PositionPairs = ()  # matched places that are among the best
    held: Flags | None = None  # places that are matched in each of them

    def without_between(self, level: float) -> LevelSearch:
        """What is left when nobody may gain more than at this state's level, but less than ``level``."""
        kept = np.ones(len(self.weight), dtype=bool)
        for gain in (self.graph.gain_u, self.graph.gain_v):
            kept &= ~((gain > self.level) & (gain < level))
        return replace(self, graph=self.graph.where(kept), weight=self.weight[kept])

    def counting_from(self, low: float) -> tuple[LevelSearch, Floats]:
        """What is left when nobody may be below ``low``, up to the level one step can see to, and its weights."""
        left = self.without_between(low)
        counted = digits_from(left.graph, low, float(left.weight.max(initial=0.0)))
        return replace(left, level=counted.highest), left.weight * counted.span + counted.count(left.graph)

    def gains(self, pairs: PositionPairs) -> Floats:
        """What matched places bring to the two people of each, missing where it does not count."""
        used = self.graph.is_matched(pairs)
        return np.concatenate([self.graph.gain_u[used], self.graph.gain_v[used]])

    def total(self, pairs: PositionPairs) -> float:
        """Weight of matched places; missing where a link is gone."""
        used = self.graph.is_matched(pairs)
        return math.fsum(self.weight[used]) if used.sum() == len(pairs) else math.nan


def _next_level(state: LevelSearch, low: float) -> float:
    """A level from which to go on, below which nobody has to be; infinite where nobody is left."""
    gain = state.gains(state.pairs)
    reached = (gain >= low) & (gain <= state.level)
    above = _worst_off(state, state.pairs)
    return above if reached.any() or low <= 0 or above == math.inf else _lifted(state, above)


def _lifted(state: LevelSearch, low: float) -> float:
    """The highest level that the worst-off above the present level can be lifted to; ``low`` can be had."""
    gain = np.concatenate([state.graph.gain_u, state.graph.gain_v])
    levels = np.unique(gain[gain > state.level])
    best, known = state.total(state.pairs), int(np.searchsorted(levels, low))
    high = int(np.searchsorted(levels, _ceiling(state), side="right"))  # cannot be had
    middle = high - 1
    while high - known > 1:
        kept = state.without_between(float(levels[middle]))
        found = max_weight_matching(kept.graph.matrix(kept.weight))
        if found.objective == best:
            known = max(middle, int(np.searchsorted(levels, _worst_off(state, found.pairs))))
        else:
            high = middle
        middle = (known + high) // 2
    return float(levels[known])


def _ceiling(state: LevelSearch) -> float:
    """A level nobody can be above who is bound to be above the present one and has the least to choose from."""
    graph, n = state.graph, len(state.graph.owner)
    least, most = np.full(n, math.inf), np.full(n, -math.inf)
    for node, gain in ((graph.u, graph.gain_u), (graph.v, graph.gain_v)):
        np.minimum.at(least, node, np.where(np.isnan(gain), -math.inf, gain))
        np.maximum.at(most, node, np.where(np.isnan(gain), -math.inf, gain))
    bound = (least > state.level) & (most > state.level)
    if state.held is not None and len(graph.u):
        bound &= state.held
    return float(most[bound].min(initial=math.inf))


def _worst_off(state: LevelSearch, pairs: PositionPairs) -> float:
    """The lowest level above the present one that a matching leaves anybody at; a free place leaves at zero."""
    gain = state.gains(pairs)
    lowest = float(gain[gain > state.level].min(initial=math.inf))
    return min(lowest, 0.0) if state.level < 0 else lowest


# --- the proof, held against the gains again --------------------------------------------------------------------------


def is_fairest(sides: GainSides, matching: FairMatching) -> bool:
    """Whether the proof of the fairest matching holds: every step's duals prove that no more can be counted.

    The engine has no part in it. Step by step the weights are made anew, the duals are held against every link, and the
    matching is seen to reach what they prove; a level the matching reaches has its step.
    """
    sides = sides.rounded()
    graph = capacity_slots(sides.own, sides.value, sides.capacity, matching.single)
    if sorted(graph.joined(matching.links)) != list(matching.pairs):
        return False
    state = LevelSearch(graph, np.zeros(len(graph.u)))
    for step in matching.steps:
        if step.kind == "level":
            state, weights = state.counting_from(step.low)
        else:
            weights = _step_weights(state, step.kind, sides)
        if step.level != state.level or not _reaches(matching, step, replace(state, weight=weights)):
            return False
        state = _same_best(state, weights, step.certificate)
    return _all_counted(sides, matching)


def _reaches(matching: FairMatching, step: LeximinStep, state: LevelSearch) -> bool:
    """Whether the matching has the total that a step's duals prove."""
    claim = Matching((), 0.0, 0.0, True, step.certificate)
    proven = verify_bound(claim, state.graph.matrix(state.weight))
    room = 0.5
    if step.kind == "value":
        room = ROUNDING * max(1.0, math.fsum(np.abs(state.graph.value[state.graph.is_matched(matching.links)])))
    return bool(proven - state.total(matching.links) <= room)


def _all_counted(sides: GainSides, matching: FairMatching) -> bool:
    """Whether every step there must be is there, in order, and so is every level of the matching but the highest."""
    kinds = [step.kind for step in matching.steps]
    seen = [(step.low, step.level) for step in matching.steps if step.kind == "level"]
    takes_part = sides.capacity > 0
    reached = np.unique(sides.levels(matching.pairs)[takes_part])
    first = [*_kinds(sides, bool(matching.single))]
    bounds = [bound for step in seen for bound in step]
    return (
        kinds == [*first, *["level"] * len(seen), "value"]
        and bounds == sorted(bounds)
        and all(any(low <= level <= high for low, high in seen) for level in reached[:-1].tolist())
    )


# --- levels as digits of one whole number -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Digits:
    """Levels that are counted together."""

    levels: Floats  # the levels, from the lowest up
    worth: Floats  # what one person at each level counts
    span: float  # more than everybody together can count

    @property
    def highest(self) -> float:
        """The last level counted."""
        return float(self.levels[-1])

    def count(self, graph: CapacitySlots) -> Floats:
        """What each link counts by what its two people gain."""
        return self._of(graph.gain_u) + self._of(graph.gain_v)

    def _of(self, gain: Floats) -> Floats:
        """People at a level count against a link; who is above zero counts for it, as a free place is at zero."""
        at = np.minimum(np.searchsorted(self.levels, gain), len(self.levels) - 1)
        against = np.where((self.levels[at] == gain) & (gain != 0), self.worth[at], 0.0)
        above_zero = self.worth[self.levels == 0].sum()
        return np.where(gain > 0, above_zero, 0.0) - against


def digits_from(graph: CapacitySlots, low: float, heaviest: float) -> Digits:
    """The levels from ``low`` up, as many as can be counted below weights of at most ``heaviest``; at least one.

    From zero or below, zero is among the levels whether or not a pair brings it: a free place does.
    """
    levels, most = _levels(graph, low)
    room = min(LARGEST, TOTAL / max(1, len(graph.owner))) / (heaviest + 2.0)
    bits = np.cumsum(np.log2(most + 1.0))
    kept = max(1, int(np.searchsorted(bits, np.log2(room), side="right")))
    span = np.cumprod(most[:kept] + 1.0)
    return Digits(levels[:kept], span[-1] / span, float(span[-1]))


def _levels(graph: CapacitySlots, low: float) -> tuple[Floats, Floats]:
    """Levels from ``low`` up, and how many people could be at each."""
    gain = np.concatenate([graph.gain_u, graph.gain_v])
    node = np.concatenate([graph.u, graph.v])
    counts = gain >= low
    levels, at = np.unique(gain[counts], return_inverse=True)
    people = np.unique(at * len(graph.owner) + node[counts]) // len(graph.owner)
    most = np.bincount(people, minlength=len(levels)).astype(float)
    if low > 0:
        return levels, most
    below, above = levels < 0, levels > 0
    everybody = float(len(graph.owner))
    return (
        np.concatenate([levels[below], [0.0], levels[above]]),
        np.concatenate([most[below], [everybody], most[above]]),
    )


# --- places as nodes --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CapacitySlots:
    """Links between places."""

    owner: Ints  # whose place each node is; -1 for the nodes of a pair
    # u, v: the two nodes of each link
    u: Ints
    v: Ints
    # gain_u, gain_v: what the owners gain by the link, where that counts for them: in their first place; else missing
    gain_u: Floats
    gain_v: Floats
    value: Floats  # what the pair is worth, on the link that makes it; else 0
    pair: Ints  # the two people whose pair the link belongs to, one row each
    makes: Flags  # whether the link makes the pair

    @property
    def columns(self) -> tuple[Ints | Floats | Flags, ...]:
        """What is known of each link, one array each."""
        return self.u, self.v, self.gain_u, self.gain_v, self.value, self.pair, self.makes

    def where(self, keep: Flags) -> CapacitySlots:
        """Some of the links."""
        return CapacitySlots(self.owner, *(column[keep] for column in self.columns))  # type: ignore[arg-type]

    def is_matched(self, matched: PositionPairs) -> Flags:
        """Which links are among the matched nodes."""
        mate = np.full(len(self.owner), -1)
        a, b = np.array(matched, dtype=np.int64).reshape(-1, 2).T
        mate[a], mate[b] = b, a
        return np.asarray(mate[self.u] == self.v)

    def joined(self, matched: PositionPairs) -> list[tuple[int, int]]:
        """The pairs of people that matched nodes make, some perhaps twice."""
        return sorted(map(tuple, self.pair[self.is_matched(matched) & self.makes].tolist()))

    def matrix(self, weight: Floats) -> AnyMatrix:
        """Weights of the links for the matching engine."""
        n = len(self.owner)
        ends = np.concatenate([self.u, self.v]), np.concatenate([self.v, self.u])
        both = np.concatenate([weight, weight])
        if len(weight) < FEW * n * n / 2:
            return sparse.csr_array((both, ends), shape=(n, n))
        cells = np.full((n, n), np.nan)
        cells[ends] = both
        return cells


def capacity_slots(own: Floats, value: Floats, capacity: Ints, single: PositionPairs = ()) -> CapacitySlots:
    """Places of people, given what each row's person gains from each column's and what pairs are worth.

    Pairs are possible where ``value`` is known. ``single`` pairs get nodes of their own.
    """
    i, j = np.nonzero(np.triu(~np.isnan(value), 1))
    apart = np.isin(i * len(capacity) + j, [a * len(capacity) + b for a, b in single])
    plain = _between(own, value, capacity, i[~apart], j[~apart])
    if not single:
        return plain
    own_nodes = [_led_over(own, value, capacity, pair, k) for k, pair in enumerate(single)]
    parts = zip(*(part.columns for part in (plain, *own_nodes)), strict=True)
    owner = np.concatenate([plain.owner, np.full(2 * len(single), -1)])
    return CapacitySlots(owner, *(np.concatenate(part) for part in parts))


def _between(own: Floats, value: Floats, capacity: Ints, i: Ints, j: Ints) -> CapacitySlots:
    """Every place of the one linked with every place of the other."""
    first = np.cumsum(capacity) - capacity
    pair = np.repeat(np.arange(len(i)), capacity[i] * capacity[j])
    turn = np.arange(len(pair)) - np.searchsorted(pair, pair)
    i, j = i[pair], j[pair]
    at_i, at_j = turn // capacity[j], turn % capacity[j]
    return CapacitySlots(
        np.repeat(np.arange(len(capacity)), capacity),
        first[i] + at_i,
        first[j] + at_j,
        np.where(at_i == 0, own[i, j], np.nan),
        np.where(at_j == 0, own[j, i], np.nan),
        value[i, j],
        np.column_stack([i, j]).astype(np.int64),
        np.ones(len(i), dtype=bool),
    )


def _led_over(own: Floats, value: Floats, capacity: Ints, pair: tuple[int, int], k: int) -> CapacitySlots:
    """The links of a single pair, led over two nodes of its own."""
    (i, j), n = pair, int(capacity.sum())
    a, b = n + 2 * k, n + 2 * k + 1
    first = np.cumsum(capacity) - capacity
    at_i, at_j = first[i] + np.arange(capacity[i]), first[j] + np.arange(capacity[j])
    near, far, number = len(at_i), len(at_j), len(at_i) + len(at_j) + 1
    gain = np.full(number, np.nan)
    gain[0], gain[near] = own[i, j], own[j, i]
    makes = np.arange(number) < near
    return CapacitySlots(
        np.empty(0, dtype=np.int64),
        np.concatenate([at_i, at_j, [a]]),
        np.concatenate([np.full(near, a), np.full(far, b), [b]]),
        gain,
        np.full(number, np.nan),
        np.where(makes, value[i, j], 0.0),
        np.tile(np.array(pair, dtype=np.int64), (number, 1)),
        makes,
    )
