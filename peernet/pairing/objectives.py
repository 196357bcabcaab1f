"""What a pairing is to be best at: total value (maximum-weight b-matching) or fairness (leximin), each with its proof.

`EngineWeights` is what the engine gets to see of the scores. Below it: pairs that must be made, held against the gates
and everybody's capacity before any search.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import progress_bar
from peernet.diversity.reach import Blocks
from peernet.errors import InfeasibleError, check_choice, check_room, checked_pairs
from peernet.matching.fair_limits import fairest_within
from peernet.matching.fairness import FairMatching, GainSides, fairest
from peernet.matching.limits import Counted, LimitedProblem, best_within_limits
from peernet.matching.matching import Matching, max_weight_matching, verify_bound
from peernet.matching.problem import deadline_after
from peernet.matching.weights import WeightBlocks
from peernet.pairing.record import Pairs, partners_of
from peernet.scores.cells import PairsAt
from peernet.scores.gates import GATES, REASONS, RESTING
from peernet.scores.pair_scores import CELLS_AT_ONCE, PairScores, sides_of
from peernet.scores.reasons import closed_to

OBJECTIVES = ("total", "fair")
MOST_HELD = 12_000  # people: up to 1.2 GB of weights are worked out once and kept; of more, anew at each look
TURNED_AT_ONCE = 1_024  # people


def best_pairs(
    scores: PairScores,
    objective: str,
    *,
    required: Sequence[tuple[str, str]],
    cardinality: str | None,
    time_limit: float | None,
    progress: bool,
) -> tuple[Matching, Pairs]:
    """The best matching by some objective, with its proof, and its pairs as people."""
    check_choice("objective", objective, OBJECTIVES)
    check_choice("cardinality", cardinality, (None, "max"))
    deadline = deadline_after(time_limit)
    wishes, settled = wishes_kept(scores, required, cardinality, deadline)
    names, required = EngineWeights(scores), (*required, *wishes)
    found = best_matching(names, objective, required, cardinality, deadline, progress=progress)
    found = found if settled else replace(found, proven=False)
    return found, names.named(found.pairs)


def best_matching(
    names: EngineWeights,
    objective: str,
    required: Sequence[tuple[str, str]],
    cardinality: str | None,
    deadline: float = math.inf,
    *,
    progress: bool = False,
) -> Matching:
    """The best matching of some weights by some objective within the limits that rules put on the number of pairs."""
    if objective == "fair":
        return _fairest(names, required, cardinality, deadline, progress=progress)
    return _greatest(names, required, cardinality, deadline)


def _greatest(
    names: EngineWeights, required: Sequence[tuple[str, str]], cardinality: str | None, deadline: float
) -> Matching:
    if names.limits:
        return best_within_limits(names.pool(required), fill=cardinality == "max", deadline=deadline)
    return names.best(required=required, cardinality=cardinality, time_limit=time_left(deadline))


def wishes_kept(
    scores: PairScores,
    required: Sequence[tuple[str, str]],
    cardinality: str | None = None,
    deadline: float = math.inf,
) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Of the pairs required at a price that means never, those to make, and whether more cannot be kept for certain.

    They come before any gain. Which of them can be made together, beside everything else the rules demand, is for the
    engine to say, the prices put on top of the values; once it is known, they are pairs that must be made.
    """
    wished = {*scores.wished} - {(min(pair), max(pair)) for pair in required}
    if not wished:
        return (), True
    names = EngineWeights(scores, wished=True)
    found = _greatest(names, required, cardinality, deadline)
    made = {*names.named(found.pairs)}
    return tuple(sorted(wished & made)), found.proven or wished <= made


def time_left(deadline: float) -> float | None:
    """Seconds until a deadline, None where there is none."""
    return None if math.isinf(deadline) else max(0.0, deadline - monotonic())


def best_under_rules(
    scores: PairScores, column: str = "value", *, sign: int = 1, cardinality: str | None = None
) -> tuple[Matching, Pairs]:
    """The matching with the largest total of a column under the rules the scores are under, and its pairs as people.

    Pairs that rules require are made and limits on numbers of pairs kept, whatever counts; ``column``, ``sign`` and
    ``cardinality`` as in `EngineWeights`.
    """
    required = with_required(scores, ())
    if column == "value":
        return best_pairs(scores, "total", required=required, cardinality=cardinality, time_limit=None, progress=False)
    names = EngineWeights(scores, column, sign=sign)
    found = _greatest(names, required, cardinality, math.inf)
    return found, names.named(found.pairs)


def best_with_gates_open(scores: PairScores, opened: Mapping[str, Sequence[str]]) -> dict[str, Matching]:
    """The matching with the largest total value under the rules, with each of several sets of gates open.

    With the foundation open all pairs are possible: what they bring is worked out once for all these sets.
    """
    asked = {name: scores.without(*gates) for name, gates in opened.items()}
    dense, everyone = [name for name in asked if asked[name].candidates is None], EngineWeights(scores.without(*GATES))
    if len(dense) < 2 or len(scores) > MOST_HELD or everyone.limits or scores.wished:
        return {name: best_under_rules(some)[0] for name, some in asked.items()}
    values, required = everyone.held(), with_required(scores, ())
    found = {}
    for name, some in asked.items():
        names = EngineWeights(some)
        held = names.closed_off(values) if name in dense else None
        found[name] = names.best(required=required, held=held)
    return found


def _fairest(
    names: EngineWeights,
    required: Sequence[tuple[str, str]],
    cardinality: str | None,
    deadline: float,
    *,
    progress: bool,
) -> FairMatching:
    fill = cardinality == "max"
    sides = names.sides(required, fill=fill)
    with progress_bar(int(np.count_nonzero(sides.capacity)), "people seen to", wanted=progress) as bar:

        def step(seen: int) -> None:
            bar.update(seen - bar.n)

        if not names.limits:
            best = names.best(required=required, cardinality=cardinality, time_limit=time_left(deadline))
            return fairest(sides, best, deadline=deadline, step=step)
        within = best_within_limits(names.pool(required), fill=fill, deadline=deadline)
        return fairest_within(sides, names.kept_pool(required, within.pairs), within, deadline=deadline, step=step)


def price_of_fairness(found: Matching) -> float:
    """Share of the largest total value that a fair matching gives up; 0 for any other."""
    if not isinstance(found, FairMatching) or not found.best_total:
        return 0.0
    return (found.best_total - found.objective) / abs(found.best_total)


class EngineWeights:
    """Weights for the matching engine, block by block: one score of every pair, people in name order.

    Name order is that of the identifiers, so that ties do not depend on the order of the survey's rows. Positions here
    are places in it; `order` leads back to positions in the scores. Pairs the gates close are not allowed. ``column``
    is the score that counts, see `PairScores.block`; a ``sign`` of -1 looks for the smallest total; with ``positive``
    only pairs with a score above zero are allowed; with ``wished`` prices that count in no total are put on top.
    """

    def __init__(
        self,
        scores: PairScores,
        column: str = "value",
        *,
        sign: int = 1,
        positive: bool = False,
        wished: bool = False,
    ) -> None:
        self._scores, self._column, self._sign, self._positive = scores, column, sign, positive
        self._wished = wished
        self.order = scores.by_name
        self.people = scores.people[self.order]

    def __len__(self) -> int:
        return len(self._scores)

    @property
    def capacity(self) -> Ints:
        """How many partners each person can have."""
        return self._scores.capacity.to_numpy()[self.order]

    def block(self, rows: Ints) -> Floats:
        """Weights of the rows against everyone, missing where not allowed."""
        places = self.order[rows]
        weights = self._scores.block(places, column=self._column)
        if self._column != "value":
            weights[~self._scores.possible(places)] = np.nan
        if self._positive:
            weights[~(weights > 0)] = np.nan
        if self._wished:
            weights += self._scores.wishes(places)
        return self._sign * weights[:, self.order]

    def closed_off(self, values: Floats) -> Floats:
        """Values of everyone with everyone, missing where the gates close a pair."""
        table = np.full_like(values, np.nan)
        for rows in self._scores.blocks():
            possible = self._scores.possible(self.order[rows])[:, self.order]
            table[rows] = np.where(possible, values[rows], np.nan)
        return table

    def positions(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[int, int]]:
        """Pairs of people as pairs of positions."""
        place = np.argsort(self.order)
        firsts, seconds = sides_of(self._scores, pairs)  # names anybody who is not there
        return list(zip(place[firsts].tolist(), place[seconds].tolist(), strict=True))

    def named(self, pairs: Iterable[tuple[int, int]]) -> list[tuple[str, str]]:
        """Pairs of positions as pairs of people."""
        places = np.array([*pairs], dtype=np.int64).reshape(-1, 2)
        return list(zip(*(self.people[places[:, side]].tolist() for side in (0, 1)), strict=True))

    def best(
        self,
        *,
        required: Iterable[tuple[str, str]] = (),
        cardinality: str | None = None,
        time_limit: float | None = None,
        held: Floats | None = None,
    ) -> Matching:
        """The best matching of these weights, which may be ``held`` already."""
        weights = self._weights() if held is None else held
        return max_weight_matching(weights, time_limit=time_limit, **self._rules(required, cardinality))

    def proven_bound(
        self, matching: Matching, *, required: Iterable[tuple[str, str]] = (), cardinality: str | None = None
    ) -> float:
        """The bound that the certificate of `best` proves, worked out anew."""
        return verify_bound(matching, self._weights(), **self._rules(required, cardinality))

    @property
    def limits(self) -> tuple[Counted, ...]:
        """The limits that rules put on the number of pairs; `SettingError` where they take too much memory."""
        applied = self._scores.applied_rules
        limits = () if applied is None else applied.limits
        if limits:
            check_room(
                len(self), "Limits on the number of pairs take", "Drop them, or pair parts of the organisation.", 2
            )
        return tuple(
            Counted(limit.cells.mask(self.order)[:, self.order], limit.sign, limit.number, limit.price, limit.rule.told)
            for limit in limits
        )

    def pool(self, required: Iterable[tuple[str, str]] = ()) -> LimitedProblem:
        """What there is to choose from within the limits."""
        everyone = self.block(np.arange(len(self)))
        return LimitedProblem(everyone, self.capacity, tuple(sorted(self.positions(required))), self.limits)

    def kept_pool(self, required: Iterable[tuple[str, str]], pairs: Sequence[tuple[int, int]]) -> LimitedProblem:
        """The same, where limits whose price means never always hold if these pairs keep them."""
        pool, applied = self.pool(required), self._scores.applied_rules
        known = zip(pool.limits, () if applied is None else applied.limits, strict=True)
        limits = (
            replace(limit, price=math.inf) if rule.never and not limit.excess(pairs) else limit for limit, rule in known
        )
        return replace(pool, limits=tuple(limits))

    def sides(self, required: Iterable[tuple[str, str]] = (), *, fill: bool = False) -> GainSides:
        """What possible pairs bring to both sides; prices are borne by each. `SettingError` as for `pool`."""
        check_room(len(self), "A fair pairing takes", "Pair for the total, or parts of the organisation.", 4)
        possible = self._scores.possible(self.order) | self.opened()
        own = self._scores.reach.gains(self.order, possible)[0] - self._scores.prices(self.order)
        own[self.opened() & np.isnan(own)] = 0.0  # answers do not tell
        value = self.block(np.arange(len(self)))
        return GainSides(own[:, self.order], value, self.capacity, tuple(sorted(self.positions(required))), fill)

    def opened(self) -> Flags:
        """Pairs that count as possible whatever the gates say, rows by name order and columns by position: none."""
        return np.zeros((len(self), len(self)), dtype=bool)

    def listed(self) -> sparse.csr_array | None:
        """The same weights of the pairs that pass, people in name order; None where they are not listed."""
        passing = self._scores.passing
        if passing is None:
            return self._of_ties()
        at, weights = passing.at, passing.value
        if self._column != "value":
            weights = self._scores.of_pairs(at.firsts, at.seconds, column=self._column)
        if self._wished:
            weights = weights + self._scores.wishes(at)
        return self._spread(at, weights, weights > 0 if self._positive else ~np.isnan(weights))

    def _of_ties(self) -> sparse.csr_array | None:
        """Of many people the pairs that have a tie, where that is what counts."""
        if not (self._column == "ties" and self._positive) or len(self) ** 2 <= CELLS_AT_ONCE:
            return None
        ties = sparse.coo_array(sparse.triu(self._scores.ties, k=1))
        at = PairsAt(*(side.astype(np.int64) for side in ties.coords))
        return self._spread(at, ties.data.astype(np.float64), (ties.data > 0) & (self._scores.gates.codes(at) == 0))

    def _spread(self, at: PairsAt, weights: Floats, kept: Flags) -> sparse.csr_array:
        """Weights of some of the pairs, both ways, people in name order."""
        place = np.argsort(self.order)
        i, j, cells = place[at.firsts[kept]], place[at.seconds[kept]], self._sign * weights[kept]
        ends = np.concatenate([i, j]), np.concatenate([j, i])
        return sparse.csr_array((np.concatenate([cells, cells]), ends), shape=(len(self), len(self)))

    def _weights(self) -> Any:  # noqa: ANN401, SciPy's sparse arrays have no type the engine names
        """What the engine is given: the pairs that pass where they are listed, else a table, or blocks of one."""
        listed, n = self.listed(), len(self)
        if listed is not None:
            return listed
        if n * n <= CELLS_AT_ONCE:
            return self.block(np.arange(n))
        if n > MOST_HELD:
            return self
        by_value = self._column == "value" and self._sign == 1 and not (self._positive or self._wished)
        return self.held() if by_value else all_rows(self)

    def held(self) -> Floats:
        """Values of everyone with everyone, each pair worked out once: the cells of `block`, to the bit."""
        n, scores = len(self), self._scores
        reach = replace(scores.reach, distances=_KnownDistances.of(scores.reach.distances, scores.blocks()))
        scores = replace(scores, reach=reach)  # a block of people hears many others, whose distances it takes too
        place, table = np.argsort(self.order), np.full((n, n), np.nan)
        for rows in scores.blocks():
            people = self.order[rows]
            wanted = (scores.gates.codes(people) == 0) & (place > rows[:, None])
            table[rows] = scores.values(people, wanted)[:, self.order]
        for start in range(0, n, TURNED_AT_ONCE):  # what stands above the diagonal, below it
            rows = np.arange(start, min(start + TURNED_AT_ONCE, n))
            below = np.arange(rows[-1]) < rows[:, None]
            np.copyto(table[rows[0] : rows[-1] + 1, : rows[-1]], table[: rows[-1], rows].T, where=below)
        return table

    def _rules(self, required: Iterable[tuple[str, str]], cardinality: str | None) -> dict[str, Any]:
        return {"capacity": self.capacity, "required": self.positions(required), "cardinality": cardinality}


@dataclass(frozen=True)
class _KnownDistances:
    """Distances of everyone from everyone, worked out once."""

    table: Floats

    @classmethod
    def of(cls, distances: Blocks, blocks: Iterable[Ints]) -> _KnownDistances:
        """Those of some blocks of people, which are everyone."""
        table = np.empty((0, 0))
        for rows in blocks:
            some = distances.block(rows)
            table = table if len(table) else np.empty((some.shape[1],) * 2)
            table[rows] = some
        return cls(table)

    def block(self, rows: Ints, cols: Ints | None = None) -> Floats:
        """Distances of some people from others, or from everyone."""
        return self.table[rows] if cols is None else self.table[np.ix_(rows, cols)]

    def of_pairs(self, firsts: Ints, seconds: Ints) -> Floats:
        """Distances of pairs."""
        return np.asarray(self.table[firsts, seconds])


def all_rows(weights: WeightBlocks) -> Floats:
    """Everyone's weights with everyone, worked out once: a few rows at a time."""
    n = len(weights)
    table = np.empty((n, n))
    step = max(1, CELLS_AT_ONCE // max(1, n))
    for rows in (np.arange(start, min(start + step, n)) for start in range(0, n, step)):
        table[rows] = weights.block(rows)
    return table


# --- pairs that must be made ------------------------------------------------------------------------------------------


def with_required(scores: PairScores, required: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Pairs required here and by the rules."""
    by_rule = () if scores.applied_rules is None else scores.applied_rules.required
    return tuple(dict.fromkeys([*checked_pairs(required, scores.people, "was scored"), *by_rule]))


def check_required(scores: PairScores, required: Sequence[tuple[str, str]]) -> None:
    """Raise `InfeasibleError` where a required pair is not possible, or somebody is in too many of them."""
    if not required:
        return
    asked = scores.to_frame(required)
    problems = [
        f"{row.a!r} and {row.b!r} are required but cannot be paired: {row.blocked}. Drop the requirement"
        f"{_or_else(closed_to(scores, str(row.a), str(row.b)))}."
        for row in asked[~asked["blocked"].isin(["", *RESTING])].itertuples()
    ]
    if problems:
        raise InfeasibleError(" ".join(problems))
    check_capacity(scores, list(zip(asked["a"], asked["b"], strict=True)))


def _or_else(closed: tuple[str, ...]) -> str:
    """What else would help, as the end of a sentence."""
    gates = [gate for gate in closed if gate in GATES]
    if gates:
        return f", or open the {' and '.join(gates)} gate{'s' * (len(gates) > 1)} for everyone"
    return ", or the rule that keeps them apart" if closed == ("rules",) else ""


def sorted_pairs(scores: PairScores, pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Pairs with the smaller identifier first, each once, sorted; names anybody who is not there."""
    return [(str(a), str(b)) for a, b in zip(*(scores.people[side] for side in sides_of(scores, pairs)), strict=True)]


def check_capacity(scores: PairScores, required: Pairs) -> None:
    """Raise `InfeasibleError` where pairs that must be made ask for more partners than somebody can have."""
    problems = [*_without_capacity(scores, required), *over_capacity(scores, required)]
    if problems:
        raise InfeasibleError(" ".join(problems))


def over_capacity(scores: PairScores, pairs: Pairs) -> Iterator[str]:
    """A sentence about everybody who can have partners and would have more of them than that."""
    partners = partners_of(pairs)
    for person in sorted(partners):
        capacity, those = int(scores.capacity[person]), partners[person]
        if 0 < capacity < len(those):
            named = ", ".join(map(repr, sorted(those)))
            yield f"{person!r} would have {len(those)} partners ({named}) and has room for {capacity}: drop one."


def _without_capacity(scores: PairScores, required: Pairs) -> Iterator[str]:
    partners = partners_of(required)
    rules = [] if scores.applied_rules is None else [*scores.applied_rules.rules.of("capacity")]
    for person in sorted(partners):
        if not scores.capacity[person]:
            named = ", ".join(map(repr, sorted(partners[person])))
            words = [rule.told for rule in rules if rule.a in (None, person) and not rule.number]
            why = words[-1] if words else REASONS[scores.gates.out[scores.position(person)]]  # their own wish, and such
            yield (
                f"{person!r} must be paired with {named} and can have no partner ({why}): "
                "give them room, or drop the requirement."
            )
