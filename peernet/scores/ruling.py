"""Rules held against the people of some scores: which pairs each one is about, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity.reach import Reach
from peernet.errors import RulesError, SettingError
from peernet.scores.rare_outlooks import learners, rooms
from peernet.scores.rule_hours import free_hours
from peernet.scores.rule_problems import problems_on
from peernet.scores.rules import LIMITS, Rule, Rules
from peernet.survey.survey import Survey

if TYPE_CHECKING:
    from peernet.scores.pair_scores import PairScores

__all__ = ["BelowFloor", "Cells", "Limit", "Ruling", "rule_on"]

CLOSING = {
    "forbidden": "forbidden",
    "met": "met before",
    "reporting line": "reporting line",
    "not within": "same group",
    "not across": "different group",
    "shared hours": "too few shared hours",
}
BY_PAIR = ("forbidden", "met", "required")
HOURS_ROUNDING = 1e-9
FLOOR_ROUNDING = 1e-12


class Cells(Protocol):
    """Pairs a rule is about."""

    def among(self, rows: Ints) -> Flags:
        """Whether the rule is about each of the rows with everyone, shape (rows, people)."""


@dataclass(frozen=True)
class Listed:
    """Pairs in a list."""

    pairs: sparse.csr_array

    def among(self, rows: Ints) -> Flags:
        """Pairs of the rows that are listed."""
        return self.pairs[rows].toarray().astype(bool)


@dataclass(frozen=True)
class Grouped:
    """Pairs of people of one group, or of different ones; -1: not known, neither."""

    group: Ints
    within: bool

    def among(self, rows: Ints) -> Flags:
        """Pairs of the rows within a group, or across."""
        own = self.group[rows][:, None]
        same = own == self.group
        return np.asarray((same if self.within else ~same) & (own >= 0) & (self.group >= 0))


@dataclass(frozen=True)
class Busy:
    """Pairs who share fewer hours than needed."""

    free: Floats
    length: Floats
    needed: float

    def among(self, rows: Ints) -> Flags:
        """Pairs of the rows that share too few hours."""
        shared = (self.free[rows] * self.length) @ self.free.T
        return np.asarray(shared < self.needed - HOURS_ROUNDING)


@dataclass(frozen=True)
class BelowFloor:
    """Pairs in which one of the two gains less than so much."""

    reach: Reach
    floor: float

    def among(self, rows: Ints) -> Flags:
        """Pairs of the rows in which somebody gains too little."""
        own, given = self.reach.gains(rows)
        return np.asarray(np.minimum(own, given) < self.floor - FLOOR_ROUNDING)


@dataclass(frozen=True)
class Limit:
    """At most or at least so many of some pairs.

    Parameters
    ----------
    rule
        The rule behind it.
    cells
        The pairs counted.
    sign
        1: at most, -1: at least.
    number
        How many.
    price
        What each pair too many or missing costs; infinite where the rule is never broken.
    person
        Whom the limit is about, if about one person.
    """

    rule: Rule
    cells: Cells
    sign: int
    number: int
    price: float
    person: str = ""

    def excess(self, count: int) -> int:
        """How many pairs too many, or missing."""
        return max(0, self.sign * (count - self.number))


@dataclass(frozen=True)
class Ruling:
    """What rules mean for the people of some scores.

    Parameters
    ----------
    rules
        The rules themselves.
    capacity
        Partners each person can have, index ``person``.
    closed
        Reason (one of `REASONS`) and pairs that are not possible.
    priced
        Price and pairs that are worth that much less; the price is negative for pairs that are wished for.
    required
        Pairs that must be made.
    limits
        At most or at least so many of some pairs.
    """

    rules: Rules
    capacity: pd.Series
    closed: tuple[tuple[str, Cells], ...] = ()
    priced: tuple[tuple[float, Cells], ...] = ()
    required: tuple[tuple[str, str], ...] = ()
    limits: tuple[Limit, ...] = ()

    @cached_property
    def resting(self) -> frozenset[str]:
        """People whom a rule gives no partner."""
        none = {rule.a for rule in self.rules.of("capacity") if rule.price is None and not rule.number}
        left = self.capacity.index[self.capacity == 0]
        return frozenset(str(person) for person in left if None in none or person in none)

    def prices(self, rows: Ints) -> Floats:
        """What the rules with a price take off each pair of the rows, shape (rows, people)."""
        found = np.zeros((len(rows), len(self.capacity)))
        for price, cells in self.priced:
            found += price * cells.among(rows)
        return found


def rule_on(scores: PairScores, rules: Rules) -> Ruling:
    """Hold rules against the people of some scores.

    Raises
    ------
    RulesError
        If a rule names somebody or a column that is not there, or a protected column; every problem at once.
    """
    problems = problems_on(scores, rules)
    if problems:
        raise RulesError(*problems)
    return Ruling(
        rules,
        _capacity(scores, rules),
        tuple(_closed(scores, rules)),
        tuple(_priced(scores, rules)),
        tuple((min(r.a, r.b), max(r.a, r.b)) for r in rules.of("required") if r.price is None and r.a and r.b),
        (*_group_limits(scores, rules), *_soft_capacity(scores, rules), *_rare_limits(scores, rules)),
    )


def _capacity(scores: PairScores, rules: Rules) -> pd.Series:
    """Own answers, overruled for everyone who has room, overruled for one person; later rules overrule earlier ones."""
    capacity = scores.capacity.copy()
    for rule in sorted(rules.of("capacity"), key=lambda rule: rule.a is not None):
        whom = capacity > 0 if rule.a is None else capacity.index == rule.a
        capacity[whom] = _whole(rule) + (rule.price is not None)
    return capacity


def _whole(rule: Rule) -> int:
    return int(rule.number or 0)


def _closed(scores: PairScores, rules: Rules) -> Iterator[tuple[str, Cells]]:
    for kind, reason in CLOSING.items():
        for rules_alike in _alike(rules, kind):
            if rules_alike[0].price is None:
                yield reason, _cells(scores, rules, rules_alike)
    for rule, cells in _worn_out(scores, rules):
        if rule.price is None:
            yield "the different one too often", cells


def _priced(scores: PairScores, rules: Rules) -> Iterator[tuple[float, Cells]]:
    for kind in (*CLOSING, "required"):
        for rules_alike in _alike(rules, kind):
            price = rules_alike[0].price
            if price is not None:
                yield (-price if kind == "required" else price), _cells(scores, rules, rules_alike)
    for rule, cells in _worn_out(scores, rules):
        if rule.price is not None:
            yield rule.price, cells


def _alike(rules: Rules, kind: str) -> Iterator[list[Rule]]:
    """Rules of one kind that can be held against pairs together: listed pairs of one price, others one by one."""
    found = list(rules.of(kind))
    if kind not in BY_PAIR:
        yield from ([rule] for rule in found)
        return
    for price in dict.fromkeys(rule.price for rule in found):
        yield [rule for rule in found if rule.price == price]


def _cells(scores: PairScores, rules: Rules, alike: list[Rule]) -> Cells:
    """The pairs that some rules of one kind and price are about."""
    rule = alike[0]
    if rule.rule in BY_PAIR:
        return listed(len(scores), [(scores.position(str(r.a)), scores.position(str(r.b))) for r in alike])
    if rule.rule == "reporting line":
        return listed(len(scores), _lines(scores, _whole(rule)))
    if rule.rule == "shared hours":
        return Busy(*free_hours(_survey(scores)), float(rule.number or 0))
    return _grouped(scores, rules, rule)


def _grouped(scores: PairScores, rules: Rules, rule: Rule) -> Grouped:
    """Pairs within or across the groups of a rule's column."""
    name = str(rule.column)
    answers = rules.facts[name] if name in rules.facts else _survey(scores).people[name]
    return Grouped(_groups(answers.reindex(scores.people)), rule.rule.endswith("within"))


def _groups(answers: pd.Series) -> Ints:
    """A number for each answer, -1 where there is none."""
    told = answers.map(lambda cell: ";".join(sorted(cell)) if isinstance(cell, frozenset) else cell)
    return np.asarray(pd.factorize(told.astype("object"))[0], dtype=np.int64)


def _survey(scores: PairScores) -> Survey:
    if scores.survey is None:
        raise SettingError("These scores do not know their survey; score the pairs again with score_pairs.")
    return scores.survey


def listed(n: int, pairs: Iterable[tuple[int, int]]) -> Listed:
    """Pairs of positions, both ways."""
    both = sorted({cell for i, j in pairs for cell in ((i, j), (j, i))})
    i, j = np.array(both, dtype=np.intp).reshape(-1, 2).T
    return Listed(sparse.csr_array((np.ones(len(both), dtype=np.int8), (i, j)), shape=(n, n)))


def _lines(scores: PairScores, steps: int) -> Iterator[tuple[int, int]]:
    """Everyone with each manager up to so many steps above them; circles of managers are walked once."""
    above = _managers(scores)
    for person in above:
        manager, seen = above.get(person), {person}
        while manager is not None and manager not in seen and len(seen) <= steps:
            yield person, manager
            seen.add(manager)
            manager = above.get(manager)


def _managers(scores: PairScores) -> Mapping[int, int]:
    place = {str(person): i for i, person in enumerate(scores.people)}
    managers = _survey(scores).people["manager"].reindex(scores.people).dropna()
    return {place[str(person)]: place[str(boss)] for person, boss in managers.items() if str(boss) in place}


def _group_limits(scores: PairScores, rules: Rules) -> Iterator[Limit]:
    for rule in rules.of(*LIMITS):
        sign = 1 if rule.rule.startswith("at most") else -1
        yield Limit(rule, _grouped(scores, rules, rule), sign, _whole(rule), _price(rule))


def _price(rule: Rule) -> float:
    return float("inf") if rule.price is None else rule.price


def _soft_capacity(scores: PairScores, rules: Rules) -> Iterator[Limit]:
    """Limits for people whose capacity has a price; the last rule about somebody counts."""
    for person, rule in {rule.a: rule for rule in rules.of("capacity") if rule.a is not None}.items():
        if rule.price is not None:
            i = scores.position(person)
            cells = listed(len(scores), ((i, j) for j in range(len(scores)) if j != i))
            yield Limit(rule, cells, 1, _whole(rule), rule.price, person)


def _rare_limits(scores: PairScores, rules: Rules) -> Iterator[Limit]:
    """Limits for people with a rare outlook who have some room left, but less than their capacity."""
    capacity = _capacity(scores, rules).to_numpy()
    for rule, person, room in rooms(scores, rules):
        if 0 < room < capacity[person]:
            cells = listed(len(scores), ((person, j) for j in learners(scores, person)))
            yield Limit(rule, cells, 1, room, _price(rule), str(scores.people[person]))


def _worn_out(scores: PairScores, rules: Rules) -> Iterator[tuple[Rule, Cells]]:
    """Per rule the pairs in which somebody would be the different one more often than it allows."""
    for rule in rules.of("different one"):
        spent = [person for own, person, room in rooms(scores, rules) if own is rule and room == 0]
        if spent:
            yield rule, listed(len(scores), ((person, j) for person in spent for j in learners(scores, person)))
