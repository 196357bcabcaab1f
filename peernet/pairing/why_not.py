"""Why two people were not paired: what forcing the pair costs everybody, who would be worse off, and who would move.

The cost is the difference of two proven optima, with and without the pair (`Optimum`); the engine is warm-started from
the pairing at hand. Last: where a pairing is first less fair than another (leximin order), in numbers and in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse
from tqdm.auto import tqdm

from peernet._arrays import Flags, Floats, Ints
from peernet.errors import InfeasibleError, SettingError
from peernet.matching.fairness import fairest
from peernet.matching.limits import OutOfTimeError
from peernet.matching.matching import Matching, max_weight_matching
from peernet.matching.problem import deadline_after
from peernet.matching.resolver import Resolver
from peernet.pairing.check import limits_cost
from peernet.pairing.objectives import EngineWeights, best_pairs
from peernet.pairing.record import (
    Move,
    PairingRecord,
    Pairs,
    difference,
    difference_around,
    moves,
    pairs_in_words,
    partners_of,
)
from peernet.scores.gates import GATES
from peernet.scores.pair_scores import CELLS_AT_ONCE, PairScores
from peernet.scores.reasons import closed_to, in_words

COLUMNS = {
    "person": "str",
    "partner": "str",
    "cost": "float64",
    "share": "float64",
    "value": "float64",
    "worst_off": "float64",
    "instead_of": "float64",
    "more_people": "Int64",
    "pairs": "int64",
    "people": "int64",
    "proven": "bool",
    "reason": "str",
    "gates": "str",
}
FAIRNESS = ["worst_off", "instead_of", "more_people"]
MOVES = {
    "person": "str",
    "partner": "str",
    "who": "str",
    "before": "str",
    "after": "str",
    "gain_before": "float64",
    "gain_after": "float64",
}
MOST_NAMED = 5  # who would be worse off; all are in the table of moves
CUT_SHORT = "That is not proven: the time limit of the pairing cut the search short."
NOTHING = 1e-12  # effective perspectives; a cost below it is rounding
SETTLED = 1e-9  # of fair pairings, whose ties are settled in whole numbers
Call: TypeAlias = Callable[[str], str]  # what to call a person
Values: TypeAlias = Any  # an array, a sparse matrix or `EngineWeights`; they share no useful type
MOST_HELD = 40_000_000  # possible pairs whose values are kept; beyond, they are worked out each time
SLOW = 2.0  # seconds after which a progress bar shows


@dataclass(frozen=True, repr=False)
class WhyNot:
    """What it would cost to make pairs that a pairing does not make; for the analyst, as it tells of others' partners.

    Parameters
    ----------
    table
        One row per pair asked about, the cheapest first, of a fair pairing the fairest first and of equally fair ones
        the cheapest (where as many pairs as possible come first, those that keep the most pairs come before):
        ``person``, ``partner``; ``cost`` (total value lost if the two must meet, in effective perspectives: the best
        pairing less the best pairing that makes this pair, below zero where one that is less fair or makes fewer pairs
        is worth more; missing if they cannot be paired) and ``share`` (of the best total); ``value`` of the pair
        itself. Of a fair pairing, everybody who could be paired ranked from the worst-off up: ``worst_off`` (gain at
        the first rank that would gain less, in effective perspectives; missing if it is as fair), ``instead_of`` (what
        this rank gains now) and ``more_people`` (how many people more would gain no more than ``worst_off``; 0 if it is
        as fair). Where fewer pairs let it be fairer, ``worst_off`` is above ``instead_of`` and ``more_people`` below
        zero, counted at the lower of the two. All three are missing where the total value is the objective. ``pairs``
        (by how many the number of pairs changes); ``people`` (how many get other partners); ``proven`` (whether both
        pairings are proven best; not where the time limit of the pairing cut a search short, or they cannot be paired);
        ``reason`` (why they cannot be paired: not taking part, rules, required, limits, too few answers or the gates;
        empty if they can) and ``gates`` (those that would have to open).
    moves
        One row per pair asked about and person who would get other partners: ``person`` and ``partner`` of the pair,
        ``who``, ``before`` and ``after`` (their partners in the best pairing and in the best that makes this pair,
        empty for none), ``gain_before`` and ``gain_after`` (what a fair pairing counts for them, see `pair_people`;
        missing where the total value is the objective).
    text
        The same in sentences.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> print(pairing.why_not("p001", "p188"))
    p001 and p188 cannot be paired: no foundation is known that the pair could rest on; the foundation gate would have
    to open for everyone.
    """

    table: pd.DataFrame
    moves: pd.DataFrame
    text: str = field(repr=False)

    @property
    def cost(self) -> float:
        """Cost of the pair; of the first in the table, where all partners of a person were asked about."""
        return float(self.table["cost"].iloc[0]) if len(self.table) else float("nan")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        if len(self.table) != 1:
            return f"<WhyNot: {len(self.table)} pairs{f', the first costs {self.cost:.3f}' if len(self.table) else ''}>"
        row = self.table.iloc[0]
        fairer = "fairer" if row["instead_of"] < row["worst_off"] else "less fair"
        fair = "" if np.isnan(row["worst_off"]) else f"{fairer}, "
        return f"<WhyNot: {row['person']} and {row['partner']}, {row['reason'] or f'{fair}costs {self.cost:.3f}'}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text)}</p>{self.table.head(10).round(3).to_html()}"


def why_not(
    pairing: PairingRecord, best: Optimum, a: str, b: str | None, *, progress: bool, call: Call = str
) -> WhyNot:
    """What `Pairing.why_not` documents; in the sentences people are called as given."""
    pairing.scores.position(a)
    if b is not None:
        found = _answer(best, a, b, _closed(pairing, best, a, b))
        return WhyNot(*_frames([found]), _in_sentences(best, found, call))
    met = partners_of(pairing.pairs).get(a, ())
    partners = [other for other in best.open_to(a) if other not in met]
    bar = tqdm(partners, desc="why not", unit="pair", delay=SLOW, disable=not progress, leave=False)
    answers = [_answer(best, a, other, ()) for other in bar]
    answers.sort(key=lambda answer: ([-level for level in answer.levels], answer.cost))  # the fairest, the cheapest
    if pairing.settings["cardinality"] == "max":
        answers.sort(key=lambda answer: len(answer.lost) - len(answer.made))
    return WhyNot(*_frames(answers), _list_in_sentences(best, a, answers, call))


def alternates(pairing: PairingRecord, best: Optimum, a: str, n: int, *, progress: bool) -> pd.DataFrame:
    """What `Pairing.alternates` documents."""
    if n < 1:
        raise SettingError(f"n must be at least 1; got {n!r}.")
    asked = why_not(pairing, best, a, None, progress=progress)
    table = asked.table[["partner", "cost", "share", "value", *FAIRNESS, "people", "proven"]].head(n)
    displaced = []
    for partner in table["partner"]:
        # Who loses a partner so that the two can be paired, and who of them is left with none.
        moves = asked.moves[(asked.moves["partner"] == partner) & (asked.moves["before"] != "")]
        others = moves[~moves["who"].isin([a, partner])]
        displaced.append((", ".join(others["who"]), ", ".join(others.loc[others["after"] == "", "who"])))
    table[["displaced", "left_out"]] = pd.DataFrame(displaced, columns=["displaced", "left_out"], dtype="str")
    return table


@dataclass(frozen=True)
class Broken:
    """What the best pairing comes to where one of its pairs must not be made."""

    stands: bool  # whether the pair is in every best pairing; not where one of the two searches was cut short
    # total value lost: the best pairing less the best without the pair, below zero where one that is less fair or makes
    # fewer pairs is worth more; None where the rules leave no pairing without it
    cost: float | None
    pairs: int = 0  # by how many the number of pairs changes
    difference: Difference | None = None  # where a fair pairing is less fair without it; None where it is as fair
    proven: bool = True  # whether both pairings are proven best


@dataclass(frozen=True)
class _Answer:
    """One pair asked about."""

    # person, partner, cost, share, value: as in the table
    person: str
    partner: str
    cost: float
    share: float
    value: float
    closed: tuple[str, ...] = ()  # why the two cannot be paired
    # proven: whether the time limit cut no search short; lost, made, moves: what changes
    proven: bool = False
    lost: Pairs = field(default_factory=list)
    made: Pairs = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    # what everybody gains then, from the least up; empty where the total is the objective
    levels: list[float] = field(default_factory=list)
    # where that is first less fair; None where it is as fair, or the total is the objective
    difference: Difference | None = None
    gains: list[tuple[float, float]] = field(default_factory=list)  # what those who move gain before and after

    @property
    def worse_off(self) -> list[tuple[str, float, float]]:
        """Who gains less than before, what they gained and what they would gain."""
        moved = zip(self.moves, self.gains, strict=True)
        return [(who, before, after) for (who, _, _), (before, after) in moved if after < before]


def _closed(pairing: PairingRecord, best: Optimum, a: str, b: str) -> tuple[str, ...]:
    pairing.scores.position(b)  # names somebody who is not there
    if a == b:
        raise SettingError(f"A pair needs two people; got {a!r} twice.")
    closed = closed_to(pairing.scores, a, b)
    full = not best.makes(a, b) and min(best.remaining_capacity(a), best.remaining_capacity(b)) < 1
    return closed or (("required",) if full else ())


def _answer(best: Optimum, a: str, b: str, closed: tuple[str, ...]) -> _Answer:
    try:
        lost, made, proven = ([], [], False) if closed else best.forcing(a, b)
    except OutOfTimeError:  # there may be one
        raise
    except InfeasibleError:
        closed = ("limits",)
    if closed:
        return _Answer(a, b, float("nan"), float("nan"), float("nan"), closed)
    cost = best.cost(lost, made)
    share = cost / best.value if best.value else 0.0
    value = float(best.worth([(a, b)])[0])
    moved = moves(best.partners, lost, made)
    return _Answer(a, b, cost, share, value, (), proven, lost, made, moved, *_fairness(best, lost, made, moved))


def _fairness(
    best: Optimum, lost: Pairs, made: Pairs, moved: list[Move]
) -> tuple[list[float], Difference | None, list[tuple[float, float]]]:
    """Levels of gain after a change, where they are first less fair, and what those who move gain before and after."""
    if not best.fair:
        return [], None, [(float("nan"), float("nan"))] * len(moved)
    levels = best.levels(best.after(lost, made))
    places = best.places([who for who, _, _ in moved])
    gains = zip(best.now[places].tolist(), levels[places].tolist(), strict=True)
    return np.sort(levels).tolist(), best.fairness(levels), list(gains)


def _frames(answers: Sequence[_Answer]) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = pd.DataFrame([_row(answer) for answer in answers], columns=list(COLUMNS)).astype(COLUMNS)
    changes = [
        (answer.person, answer.partner, *move, *gains)
        for answer in answers
        for move, gains in zip(answer.moves, answer.gains, strict=True)
    ]
    return table, pd.DataFrame(changes, columns=list(MOVES)).astype(MOVES)


def _row(answer: _Answer) -> tuple[object, ...]:
    fairness: tuple[object, ...] = float("nan"), float("nan"), 0 if answer.levels else pd.NA
    if answer.difference is not None:
        fairness = answer.difference.now, answer.difference.before, answer.difference.more_people
    return (
        answer.person,
        answer.partner,
        answer.cost,
        answer.share,
        answer.value,
        *fairness,
        len(answer.made) - len(answer.lost),
        len(answer.moves),
        answer.proven,
        ", ".join(answer.closed),
        ", ".join(reason for reason in answer.closed if reason in GATES),
    )


def _in_sentences(best: Optimum, answer: _Answer, call: Call) -> str:
    a, b = call(answer.person), call(answer.partner)
    if answer.closed:
        return f"{a} and {b} cannot be paired: {in_words(answer.closed)}"
    if not answer.lost and not answer.made:
        return f"{a} and {b} are paired in the best pairing{'' if answer.proven else ' found'}."
    told = f"Pairing {a} with {b} {_cost_in_words(best, answer)}."
    return " ".join([told, *([] if answer.proven else [CUT_SHORT]), *_who_moves(answer, call)])


def _cost_in_words(best: Optimum, answer: _Answer) -> str:
    if best.fair:
        return _fair_cost_in_words(best.value, answer)
    if answer.cost == 0:
        return "costs nothing: another pairing that makes it is worth as much"
    if answer.cost > 0:
        return f"costs {answer.cost:.3g} of {best.value:.3f} effective perspectives ({answer.share:.2%})"
    fewer = ", from fewer pairs" if len(answer.made) < len(answer.lost) else ""
    return f"brings {-answer.cost:.3g} effective perspectives more than {best.value:.3f}{fewer}"


def _fair_cost_in_words(best: float, answer: _Answer) -> str:
    found, (then, now) = answer.difference, told_apart(best - answer.cost, best, digits=4)
    total = f"the total value would {f'be {then} instead of {now}' if answer.cost else f'stay {now}'}"
    if found is None and answer.cost == 0:
        return "costs nothing: another pairing that makes it is as fair and worth as much"
    if found is None:
        return f"is as fair; {total}"
    fewer = ", from fewer pairs" if len(answer.made) < len(answer.lost) else ""
    return f"is {f'fairer{fewer}' if found.fairer else 'less fair'}: {found}; {total}"


def _who_moves(answer: _Answer, call: Call) -> list[str]:
    lost, made = ([(call(a), call(b)) for a, b in pairs] for pairs in (answer.lost, answer.made))
    changes = {
        "Worse off": _losers(answer, call),
        "Given up": pairs_in_words(lost),
        "Made": pairs_in_words(made),
        "Left without a partner": ", ".join(call(person) for person, _, after in answer.moves if not after),
        "Newly paired": ", ".join(call(person) for person, before, _ in answer.moves if not before),
    }
    return [f"{change}: {who}." for change, who in changes.items() if who]


def _losers(answer: _Answer, call: Call) -> str:
    """Who would gain less, and how much less, the worst-off first."""
    losers = sorted(answer.worse_off, key=lambda loser: loser[2])
    gains = [(call(who), *told_apart(before, after)) for who, before, after in losers[:MOST_NAMED]]
    named = ", ".join(f"{who} ({or_nothing(after)} instead of {before})" for who, before, after in gains)
    return named + (f" and {len(losers) - MOST_NAMED} more" if len(losers) > MOST_NAMED else "")


def _list_in_sentences(best: Optimum, a: str, answers: Sequence[_Answer], call: Call) -> str:
    if not answers:
        return f"There is nobody else {call(a)} could be paired with."
    others = f"{len(answers)} other people" if len(answers) > 1 else "1 other person"
    first = f"pairing {call(a)} with {call(answers[0].partner)} {_cost_in_words(best, answers[0])}"
    cut_short = "" if all(answer.proven for answer in answers) else f" {CUT_SHORT}"
    return f"{call(a)} could be paired with {others}. First of them: {first}.{cut_short}"


# --- the best pairing under the same rules, in total or in fairness, found again with one more pair -------------------


class Optimum:
    """The pairs of the best pairing, and those of the best pairing that makes one more pair.

    The scores and rules of a pairing count. Its hand edits do not: this is what they fall short of. Its time limit
    holds for every search, and what that cuts short is not proven.
    """

    def __init__(self, pairing: PairingRecord) -> None:
        by_name = EngineWeights(pairing.scores)
        self._scores, self._settings = pairing.scores, pairing.settings
        self.people: list[str] = by_name.people.tolist()
        self._place = {person: i for i, person in enumerate(self.people)}
        self._required = [self._places(pair) for pair in pairing.required]
        self.fair, fill = pairing.settings["objective"] == "fair", pairing.settings["cardinality"] == "max"
        self._sides = by_name.sides(pairing.required, fill=fill) if self.fair else None
        self._values = _held(by_name) if self._sides is None else self._sides.value
        self._capacity, self._limited, self._found = by_name.capacity, bool(by_name.limits), pairing.matching
        ends = np.array(self._required, dtype=np.int64).ravel()
        self._remaining = self._capacity - np.bincount(ends, minlength=len(self.people))
        if not self._found.proven:
            self._found = self._again()
        self.value = self._found.objective
        self.pairs: Pairs = self._as_people(self._found)
        self.partners = partners_of(self.pairs)
        self.now = self.levels(self.pairs)

    def levels(self, pairs: Pairs) -> Floats:
        """What everybody gains from some pairs, people by name; missing where the total is the objective."""
        if self._sides is None:
            return np.full(len(self.people), np.nan)
        return self._sides.levels(self._places(pair) for pair in pairs)

    def after(self, lost: Pairs, made: Pairs) -> Pairs:
        """The pairs of the best pairing with some given up and some made."""
        return sorted({*self.pairs} - {*lost} | {*made})

    def places(self, people: Iterable[str]) -> list[int]:
        """Where people stand by name."""
        return [self._place[person] for person in people]

    def fairness(self, levels: Floats) -> Difference | None:
        """Where a pairing that leaves people at some levels is first less fair; None where it is as fair.

        Only people who could be paired count.
        """
        if self._sides is None:
            return None
        counts = (self._capacity > 0) & ~np.isnan(self._sides.value).all(axis=1)
        return first_difference(self.now[counts], levels[counts])

    def remaining_capacity(self, person: str) -> int:
        """How many partners somebody can have beside those that are required."""
        return int(self._remaining[self._place[person]])

    def makes(self, a: str, b: str) -> bool:
        """Whether the best pairing pairs two people."""
        return b in self.partners.get(a, ())

    def open_to(self, person: str) -> list[str]:
        """Everybody whom gates and required pairs let somebody be paired with, by name; present partners too."""
        place = self._place[person]
        possible = _allowed(self._values, place) & (self._remaining > 0) & (self._remaining[place] > 0)
        return [self.people[i] for i in np.flatnonzero(possible)]

    def worth(self, pairs: Pairs) -> Floats:
        """Values of some possible pairs."""
        places = np.array([self._places(pair) for pair in pairs], dtype=np.int64).reshape(-1, 2)
        return _looked_up(self._values, *places.T)

    def cost(self, lost: Pairs, made: Pairs) -> float:
        """Value of the pairs given up less that of the pairs made; exactly 0 where they differ by rounding alone."""
        limits = self._limits_cost(self.after(lost, made)) - self._limits_cost(self.pairs)
        cost = math.fsum([*self.worth(lost), *-self.worth(made), limits])
        return 0.0 if abs(cost) < (SETTLED if self.fair else NOTHING) else cost

    def _limits_cost(self, pairs: Pairs) -> float:
        return limits_cost(self._scores, pairs) if self._limited else 0.0

    def forcing(self, a: str, b: str) -> tuple[Pairs, Pairs, bool]:
        """Pairs that the best pairing gives up and makes where a and b must meet, and whether both are proven best.

        `InfeasibleError` if no pairing that makes the pair keeps the limits on the number of pairs.
        """
        if self.makes(a, b):
            return [], [], self._found.proven
        found = self._again([self._places((a, b))])
        after, proven = self._as_people(found), found.proven and self._found.proven
        if self._limited or not proven:  # changes elsewhere may be what keeps a limit, or what brings more
            return *difference(self.pairs, after), proven
        return *difference_around((a, b), self.pairs, after), proven

    def breaking(self, a: str, b: str) -> Broken:
        """The price of parting two people whom the best pairing pairs, and whether every best pairing pairs them.

        Of a fair pairing: whether the fairest pairing without the pair is less fair, or as fair and worth less. Where
        as many pairs as possible come first: whether it makes fewer, or as many that are worth less.
        """
        pair = (min(a, b), max(a, b))
        if not self.makes(a, b):
            return Broken(stands=False, cost=0.0)
        if self._places(pair) in self._required:
            return Broken(stands=True, cost=None)
        try:
            found = self.without(self._places(pair))
        except OutOfTimeError:
            return Broken(stands=False, cost=None, proven=False)
        except InfeasibleError:
            return Broken(stands=self._found.proven, cost=None, proven=self._found.proven)
        after, proven = self._as_people(found), found.proven and self._found.proven
        lost, made = difference(self.pairs, after)
        cost, apart = self.cost(lost, made), self.fairness(self.levels(after))
        fewer = len(after) - len(self.pairs) if self._settings["cardinality"] == "max" else 0
        worse = apart is not None or fewer < 0 or cost > 0
        return Broken(proven and worse, cost, len(after) - len(self.pairs), apart, proven)

    def without(self, pair: tuple[int, ...]) -> Matching:
        """The best matching that does not make a pair, people by name."""
        i, j = pair
        if self._sides is None and not self._limited and self._found.proven:
            return self._pool.again(forbidden=[(i, j)])
        return self._anew(self._scores.excluding(pairs=[(self.people[i], self.people[j])]))

    def with_less_room(self, person: int, by: int) -> Matching:
        """The best matching where somebody, people by name, can have fewer partners by so many."""
        room = self._capacity.copy()
        room[person] -= by
        if self._sides is None and not self._limited and self._found.proven:
            return self._pool.again(capacity=room)
        own = self._scores.capacity.copy()
        own[self.people[person]] -= by
        return self._anew(replace(self._scores, capacity=own))

    def _anew(self, scores: PairScores) -> Matching:
        asked = {rule: self._settings[rule] for rule in ("objective", "cardinality", "time_limit")}
        required = tuple((self.people[i], self.people[j]) for i, j in self._required)
        return best_pairs(scores, required=required, progress=False, **asked)[0]

    def _again(self, also: Sequence[tuple[int, int]] = ()) -> Matching:
        """The best matching that makes some more pairs."""
        limit = self._settings["time_limit"]
        if self._limited:
            required = tuple((self.people[i], self.people[j]) for i, j in (*self._required, *also))
            asked = {rule: self._settings[rule] for rule in ("objective", "cardinality")}
            return best_pairs(self._scores, **asked, required=required, time_limit=limit, progress=False)[0]
        if self._sides is not None:
            sides = replace(self._sides, required=(*self._sides.required, *also))
            return fairest(sides, self._found, deadline=deadline_after(limit))
        if self._found.proven:  # within the limit, and going on from there takes a fraction of that
            return self._pool.again(required=also)
        return max_weight_matching(
            self._values,
            capacity=self._capacity,
            required=[*self._required, *also],
            cardinality=self._settings["cardinality"],
            time_limit=limit,
        )

    @cached_property
    def _pool(self) -> Resolver:
        cardinality = self._settings["cardinality"]
        return Resolver(self._values, capacity=self._capacity, required=self._required, cardinality=cardinality)

    def _as_people(self, matching: Matching) -> Pairs:
        return [(self.people[i], self.people[j]) for i, j in matching.pairs]

    def _places(self, pair: tuple[str, str]) -> tuple[int, int]:
        i, j = sorted(self._place[person] for person in pair)
        return i, j


def _held(weights: EngineWeights) -> Values:
    """Values as an array for few people, as a sparse matrix where gates close most pairs, else by block."""
    n, listed = len(weights), weights.listed()
    if listed is not None:
        return listed
    if n * n <= CELLS_AT_ONCE:
        return weights.block(np.arange(n))
    step, rows, count = max(1, CELLS_AT_ONCE // n), [], 0
    for start in range(0, n, step):
        block = weights.block(np.arange(start, min(start + step, n)))
        i, j = np.nonzero(~np.isnan(block))
        rows.append(sparse.csr_array((block[i, j], (i, j)), shape=block.shape))
        count += rows[-1].nnz
        if count > 2 * MOST_HELD:
            return weights
    return sparse.csr_array(sparse.vstack(rows))


def _looked_up(values: Values, i: Ints, j: Ints) -> Floats:
    if isinstance(values, EngineWeights):
        block: Floats = values.block(i)[np.arange(len(i)), j]
        return block
    return np.asarray(values[i, j], dtype=float).ravel()


def _allowed(values: Values, place: int) -> Flags:
    """Whom the gates let one person be paired with."""
    if isinstance(values, sparse.csr_array):
        found = np.zeros(values.shape[1], dtype=bool)
        found[values[[place]].indices] = True
        return found
    row: Floats = values.block(np.array([place]))[0] if isinstance(values, EngineWeights) else values[place]
    return ~np.isnan(row)


@dataclass(frozen=True)
class Difference:
    """The first level at which two pairings differ, everybody ranked from the worst-off up."""

    rank: int  # how many people are ranked before; 0 for the worst-off
    # now, before: what the person at this rank gains in the one pairing and in the other
    now: float
    before: float
    # people_now, people_before: how many people gain no more than the lower of the two
    people_now: int
    people_before: int

    @property
    def fairer(self) -> bool:
        """Whether the one pairing is fairer than the other."""
        return self.now > self.before

    @property
    def more_people(self) -> int:
        """How many people more gain no more than the lower of the two."""
        return self.people_now - self.people_before

    def __str__(self) -> str:
        now, before = told_apart(self.now, self.before)
        if self.rank == 0:
            return f"the worst-off person would gain {or_nothing(now)} instead of {or_nothing(before)}"
        people = "1 person" if self.people_now == 1 else f"{self.people_now} people"
        lower = before if self.fairer else now
        gain = f"{lower} or less" if lower != "0" else "nothing"
        return f"{people} instead of {self.people_before} would gain {gain}"


def first_difference(before: Floats, now: Floats) -> Difference | None:
    """Where one pairing is first less fair, or fairer, than another; None where they are as fair.

    Given is what everybody gains in the other pairing, ``before``, and in the one, ``now``.
    """
    one, other = np.sort(now), np.sort(before)
    apart = np.flatnonzero(one != other)
    if not len(apart):
        return None
    rank = int(apart[0])
    here, there = float(one[rank]), float(other[rank])
    lower = min(here, there)
    return Difference(rank, here, there, int((one <= lower).sum()), int((other <= lower).sum()))


def told_apart(one: float, other: float, digits: int = 3) -> tuple[str, str]:
    """Two numbers in as few digits as tell them apart, or in ``digits`` where they are the same."""
    for more in (*range(digits, 16), digits):
        texts = _in_digits(one, more), _in_digits(other, more)
        if texts[0] != texts[1]:
            break
    return texts


def _in_digits(number: float, digits: int) -> str:
    return np.format_float_positional(number, precision=digits, fractional=False, trim="-")


def or_nothing(gain: str) -> str:
    """A gain in words where it is none."""
    return "nothing" if gain == "0" else gain
