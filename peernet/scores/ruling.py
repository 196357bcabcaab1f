"""Rules held against the people of some scores: which pairs each one is about, and what is wrong with it.

A rule becomes a mask of pairs that are closed or cost a price, or a limit on how many of some pairs are made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet.errors import RulesError, SettingError, UnknownPersonError, did_you_mean, unknown_person
from peernet.scores.cells import AppliedRules, GroupPairs, Limit, PairMask, TooFewSharedHours, listed_pairs
from peernet.scores.rules import LIMITS, RARE_SHARE, Rule, Rules, answer_key
from peernet.survey.names import IDENTIFIER, NAME, SETTLED, NameBook, same_label
from peernet.survey.survey import Survey

if TYPE_CHECKING:
    from peernet.diversity.reach import Reach

CLOSING = {
    "forbidden": "forbidden",
    "met": "met before",
    "reporting line": "reporting line",
    "not within": "same group",
    "not across": "different group",
    "shared hours": "too few shared hours",
}
COLUMN_RULES = ("not within", "not across")
BY_PAIR = ("forbidden", "met", "required", "allowed")
MOST_NAMED = 5  # people named in one message
GAINS_MORE = 1e-9  # effective perspectives; a smaller difference between two gains is rounding
# "Mon 9-12", "14:00-17:30": a day (every day if none is given), from, to.
TIMES = re.compile(r"(?P<day>[^\W\d]*)\.?\s*(\d{1,2})(?:[:.](\d{2}))?\s*[-\u2013]\s*(\d{1,2})(?:[:.](\d{2}))?")
HOURS, MINUTES = 24, 60
PLAIN = 1_000.0  # prices up to this count as they are, whatever they mean
PER_PAIR = 1.0  # effective perspectives a pair brings at the most
# Days as people write them; a short form that stands in two rows could be either and is none.
WEEKDAYS = {
    "mon": "monday mon mo montag lundi lun lu lunes maandag maa ma",
    "tue": "tuesday tue tues tu dienstag die di mardi mar ma martes dinsdag din",
    "wed": "wednesday wed weds we mittwoch mit mi mercredi mer me miércoles miercoles mié mie woensdag woe wo",
    "thu": "thursday thu thur thurs th donnerstag don do jeudi jeu je jueves jue ju donderdag",
    "fri": "friday fri fr freitag fre vendredi ven ve viernes vie vi vrijdag vri vr",
    "sat": "saturday sat sa samstag sam sonnabend samedi sábado sabado sáb sab zaterdag zat za",
    "sun": "sunday sun su sonntag son so dimanche dim domingo dom zondag zon zo",
}
TimeSpan = tuple[str, float, float]


class RuledScores(Protocol):
    """What rules are held against: the people of some scores, their answers, gains and distances."""

    @property
    def people(self) -> pd.Index:
        """Everyone, in the survey's order."""

    @property
    def capacity(self) -> pd.Series:
        """How many partners each person can have."""

    @property
    def reach(self) -> Reach:
        """Everyone's surroundings."""

    @property
    def survey(self) -> Survey | None:
        """The survey behind the scores."""

    @property
    def applied_rules(self) -> AppliedRules | None:
        """What the rules so far come to."""

    def __len__(self) -> int: ...

    def position(self, person: str) -> int:
        """Where a person stands in the survey's order."""

    def blocks(self) -> Iterator[Ints]:
        """Positions of everyone in blocks small enough to score at once."""

    def block(self, rows: Ints, *, column: str) -> Floats:
        """One score of the rows against everyone."""


def apply_rules(scores: RuledScores, rules: Rules) -> AppliedRules:
    """Hold rules against the people of some scores.

    `RulesError` if one names somebody or a column that is not there, or a protected column; every problem at once.
    """
    rules, problems = as_the_survey_calls_them(scores, rules)
    problems = problems or problems_on(scores, rules)
    if problems:
        raise RulesError(*problems)
    capacity = _capacity(scores, rules)
    counted, barred, least = _prices_read(rules, capacity)
    wished = [rule for rule in barred if rule.rule == "required"]
    return AppliedRules(
        rules,
        capacity,
        tuple(_closed(scores, rules)),
        _cells(scores, rules, allowed) if (allowed := [*rules.of("allowed")]) else None,
        tuple(_priced(scores, Rules([rule for rule in counted if rule not in wished], rules.facts))),
        tuple((min(r.a, r.b), max(r.a, r.b)) for r in rules.of("required") if r.price is None and r.a and r.b),
        _wished(wished),
        tuple(replace(limit, never=limit.rule in barred) for limit in _limits(scores, counted, capacity)),
        tuple(_never_in_words(rules, counted, least)),
    )


def _prices_read(rules: Rules, capacity: pd.Series) -> tuple[Rules, list[Rule], float]:
    """The rules with prices as they count, those among them whose price means never, and the least such price."""
    most_pairs = int(capacity.clip(upper=len(capacity)).sum()) // 2
    counted, least = as_they_count(rules, most_pairs), least_never(rules, most_pairs)
    never = [rule.price is not None and rule.price >= least for rule in rules]
    return counted, [other for other, so in zip(counted, never, strict=True) if so], least


def _wished(rules: Iterable[Rule]) -> tuple[tuple[str, str, float], ...]:
    """Pairs with the prices that they are required at, added up."""
    prices: dict[tuple[str, str], float] = {}
    for low, high, price in dict.fromkeys(
        (min(str(rule.a), str(rule.b)), max(str(rule.a), str(rule.b)), rule.price or 0.0) for rule in rules
    ):
        prices[low, high] = prices.get((low, high), 0.0) + price
    return tuple((a, b, price) for (a, b), price in prices.items())


def _capacity(scores: RuledScores, rules: Rules) -> pd.Series:
    """Own answers, overruled for everyone who wants a partner, then for one person; later rules overrule earlier."""
    capacity = scores.capacity.copy()
    for rule in sorted(rules.of("capacity"), key=lambda rule: rule.a is not None):
        whom = capacity > 0 if rule.a is None else capacity.index == rule.a
        capacity[whom] = _whole(rule) + (rule.price is not None)
    return capacity


def _whole(rule: Rule) -> int:
    return int(rule.number or 0)


# --- prices as they count: one so high that breaking its rule can never pay counts as the least such price ------------


def counted_prices(rules: Rules, most_pairs: int) -> Mapping[float, float]:
    """What each price counts as, where there can be so many pairs.

    Numbers that mean "never" would leave no digits for what pairs bring. A pair brings one effective perspective at
    the most: adding one person to those somebody hears adds no more than that to their effective number (put y = 1
    on the newcomer in the maximum of 2 r'y - y'Zy, see `peernet.diversity.reach`). So no two pairings differ by
    more than the pairs there can be and what lower prices come to. A price above that is never paid for anything
    but a rule with a higher price, however much higher it is. Prices above it that lie close to each other keep
    their proportions.

    References
    ----------
    Ehrgott, M. (2005). Multicriteria Optimization. Springer, chapter 5 (lexicographic optimality by weights).
    """
    reach = counted_reach = most_pairs * PER_PAIR  # pairings differ by no more, as prices stand and as they count
    share, found = 1.0, {}
    for price in sorted({rule.price for rule in rules if rule.price is not None}):
        found[price] = price * share
        if price > max(PLAIN, reach + PER_PAIR):
            found[price] = max(PLAIN, counted_reach + PER_PAIR)
            share = found[price] / price
        reach += price * most_pairs
        counted_reach += found[price] * most_pairs
    return found


def as_they_count(rules: Rules, most_pairs: int) -> Rules:
    """The rules with prices as they count."""
    counted = counted_prices(rules, most_pairs)
    priced = (rule if rule.price is None else replace(rule, price=counted[rule.price]) for rule in rules)
    return Rules(priced, rules.facts)


def least_never(rules: Rules, most_pairs: int) -> float:
    """The least price of some rules that means never, see `counted_prices`; infinite where none does."""
    reach = most_pairs * PER_PAIR
    for price in sorted({rule.price for rule in rules if rule.price is not None}):
        if price >= max(PLAIN, reach + PER_PAIR):
            return price
        reach += price * most_pairs
    return math.inf


def _never_in_words(rules: Rules, counted: Rules, least: float) -> Iterator[tuple[Rule, str]]:
    """Rules whose price means never, and that in words."""
    counts = [other.price or 0.0 for other in counted]
    from_on = min(
        (as_is for rule, as_is in zip(rules, counts, strict=True) if (rule.price or 0.0) >= least), default=0.0
    )
    for rule, as_is in zip(rules, counts, strict=True):
        if rule.price is not None and rule.price >= least:
            total = "in no total" if rule.rule == "required" else f"as {as_is:g} in totals"
            yield (
                rule,
                f"The rule {rule.told!r} has a price of {rule.price:g}. From {from_on:g} on no gain is worth breaking "
                f"it, so it is broken only where nothing else is possible, and counts {total}.",
            )


# --- which pairs a rule closes or prices ------------------------------------------------------------------------------


def _closed(scores: RuledScores, rules: Rules) -> Iterator[tuple[str, PairMask]]:
    for kind, reason in CLOSING.items():
        for rules_alike in _alike(rules, kind):
            if rules_alike[0].price is None:
                yield reason, _cells(scores, rules, rules_alike)
    for rule, cells in _exhausted(scores, rules):
        if rule.price is None:
            yield "the different one too often", cells


def _priced(scores: RuledScores, rules: Rules) -> Iterator[tuple[float, PairMask]]:
    for kind in (*CLOSING, "required"):
        for rules_alike in _alike(rules, kind):
            price = rules_alike[0].price
            if price is not None:
                yield (-price if kind == "required" else price), _cells(scores, rules, rules_alike)
    for rule, cells in _exhausted(scores, rules):
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


def _cells(scores: RuledScores, rules: Rules, alike: list[Rule]) -> PairMask:
    """The pairs that some rules of one kind and price are about."""
    rule = alike[0]
    if rule.rule in BY_PAIR:
        return listed_pairs(len(scores), [(scores.position(str(r.a)), scores.position(str(r.b))) for r in alike])
    if rule.rule == "reporting line":
        return listed_pairs(len(scores), _lines(scores, _whole(rule)))
    if rule.rule == "shared hours":
        return TooFewSharedHours(*free_hours(_survey(scores)), float(rule.number or 0))
    return _grouped(scores, rules, rule)


def _grouped(scores: RuledScores, rules: Rules, rule: Rule) -> GroupPairs:
    """Pairs within or across the groups of a rule's column."""
    keys = _answer_keys(scores, rules, str(rule.column))
    place = {key: group for group, key in enumerate(dict.fromkeys(key for key in keys if key is not None))}
    group = np.array([-1 if key is None else place[key] for key in keys], dtype=np.int64)
    return GroupPairs(group, rule.rule.endswith("within"))


def _answer_keys(scores: RuledScores, rules: Rules, column: str) -> list[Hashable]:
    """Everybody's answer in a rule's column, one key for all spellings of it; None where it is not known."""
    brought, asked = rules.facts.get(column), None if scores.survey is None else scores.survey.people.get(column)
    keys = [
        [answer_key(cell) for cell in answers.astype("object").reindex(scores.people)]
        for answers in (brought, asked)
        if answers is not None
    ]
    return [next((key for key in both if key is not None), None) for both in zip(*keys, strict=True)]


def not_judged(scores: RuledScores, rule: Rule) -> list[str]:
    """The people a rule on groups says nothing about, because their own group is not known."""
    if scores.applied_rules is None or rule.rule not in (*COLUMN_RULES, *LIMITS):
        return []
    keys = _answer_keys(scores, scores.applied_rules.rules, str(rule.column))
    return [str(person) for person, key in zip(scores.people, keys, strict=True) if key is None]


def _survey(scores: RuledScores) -> Survey:
    if scores.survey is None:
        raise SettingError("These scores do not know their survey; score the pairs again with score_pairs.")
    return scores.survey


def _lines(scores: RuledScores, steps: int) -> Iterator[tuple[int, int]]:
    """Everyone with each manager up to so many steps above them; circles of managers are walked once."""
    place = {str(person): i for i, person in enumerate(scores.people)}
    above: dict[int, set[int]] = {}
    for who, boss in _survey(scores).reporting_lines():
        if who in place and boss in place:
            above.setdefault(place[who], set()).add(place[boss])
    for person, bosses in above.items():
        reached, step = {person}, bosses
        for _ in range(steps):
            step = step - reached
            yield from ((person, manager) for manager in sorted(step))
            reached |= step
            step = {boss for manager in step for boss in above.get(manager, ())}


# --- limits on how many of some pairs are made ------------------------------------------------------------------------


def _limits(scores: RuledScores, rules: Rules, capacity: pd.Series) -> Iterator[Limit]:
    """Limits on how many pairs are made of groups, then with people: paid partners, wanted ones, being different again.

    Being the different one again is limited where that can be less often than somebody's capacity.
    """
    for rule in rules.of(*LIMITS):
        sign = 1 if rule.rule.startswith("at most") else -1
        yield Limit(rule, _grouped(scores, rules, rule), sign, _whole(rule), _price(rule))
    yield from _soft_capacity(scores, rules)
    yield from _partners(scores, rules)
    yield from (limit for limit in _different_ones(scores, rules) if limit.number < capacity[limit.person])


def _price(rule: Rule) -> float:
    return float("inf") if rule.price is None else rule.price


def _soft_capacity(scores: RuledScores, rules: Rules) -> Iterator[Limit]:
    """Limits for people whose capacity has a price; the last rule about somebody counts."""
    for person, rule in {rule.a: rule for rule in rules.of("capacity") if rule.a is not None}.items():
        if rule.price is not None:
            i = scores.position(person)
            cells = listed_pairs(len(scores), ((i, j) for j in range(len(scores)) if j != i))
            yield Limit(rule, cells, 1, _whole(rule), rule.price, person)


def _partners(scores: RuledScores, rules: Rules) -> Iterator[Limit]:
    """Limits for people who are to have a partner."""
    for rule in rules.of("partner"):
        i = scores.position(str(rule.a))
        cells = listed_pairs(len(scores), ((i, j) for j in range(len(scores)) if j != i))
        yield Limit(rule, cells, -1, _whole(rule) or 1, _price(rule), str(rule.a))


def different_one_limits(scores: RuledScores) -> tuple[Limit, ...]:
    """How often everyone with a rare outlook can be the different one again, though it be above their capacity.

    One pairing cannot exceed what is above somebody's capacity; several rounds, or a circle, can.
    """
    if scores.applied_rules is None:
        return ()
    rules = scores.applied_rules.rules
    counted, barred, _ = _prices_read(rules, _capacity(scores, rules))
    return tuple(replace(limit, never=limit.rule in barred) for limit in _different_ones(scores, counted))


def _different_ones(scores: RuledScores, rules: Rules) -> Iterator[Limit]:
    for rule, person, remaining in remaining_capacity(scores, rules):
        if remaining > 0:
            cells = listed_pairs(len(scores), ((person, j) for j in learners(scores, person)))
            yield Limit(rule, cells, 1, remaining, _price(rule), str(scores.people[person]))


def _exhausted(scores: RuledScores, rules: Rules) -> Iterator[tuple[Rule, PairMask]]:
    """Per rule the pairs in which somebody would be the different one more often than it allows."""
    for rule in rules.of("different one"):
        spent = [person for own, person, left in remaining_capacity(scores, rules) if own is rule and left == 0]
        if spent:
            yield rule, listed_pairs(len(scores), ((person, j) for person in spent for j in learners(scores, person)))


# --- people and columns as people know them ---------------------------------------------------------------------------


def as_the_survey_calls_them(scores: RuledScores, rules: Rules) -> tuple[Rules, list[str]]:
    """Rules with identifiers for people and names for columns, where names of people and wordings were typed.

    With what cannot be told: a name that several people have, a wording that several questions have. What nobody is
    called stays as it is, and is told by `problems_on`.
    """
    if scores.survey is None:
        return rules, []
    known = _Known(scores.survey, {*map(str, scores.people)}, rules)
    read = [
        replace(
            rule,
            a=known.identifier(rule.a, f"{_where(rule)}, column 'a'"),
            b=known.identifier(rule.b, f"{_where(rule)}, column 'b'"),
            column=known.column(rule.column, f"{_where(rule)}, column 'column'"),
        )
        for rule in rules
    ]
    facts = {
        name: said.set_axis(pd.Index([known.identifier(who, f"Rules.facts[{name!r}]") for who in said.index]))
        for name, said in rules.facts.items()
    }
    return Rules(read, facts), known.problems


class _Known:
    """What people and questions of a survey are called, and what was typed that several are called."""

    def __init__(self, survey: Survey, people: set[str], rules: Rules) -> None:
        names = survey.people["name"] if "name" in survey.people else pd.Series("", index=survey.people.index)
        called = {str(person): str(name) for person, name in names.fillna("").items()}
        self._book = NameBook(called, settled=survey.codebook.aliases)
        self._people = people
        self._columns = {*map(str, survey.people), *rules.facts}
        self._worded: dict[str, list[str]] = {}
        for item in survey.codebook:
            if item.name in survey.people:
                self._worded.setdefault(same_label(item.label), []).append(item.name)
        self.problems: list[str] = []

    def identifier(self, typed: Any, where: str) -> Any:  # noqa: ANN401 - what was typed, where nobody is meant
        if not isinstance(typed, str) or typed in self._people:
            return typed
        found = self._book.read(typed)
        if len(found.candidates) > 1 and found.how == NAME:
            several = " or ".join(map(repr, sorted(found.candidates)))
            self.problems.append(f"{where}: {typed!r} could be {several}; give the identifier.")
        return found.person if found.person and found.how in (IDENTIFIER, NAME, SETTLED) else typed

    def column(self, typed: str | None, where: str) -> str | None:
        meant = self._worded.get(same_label(typed), []) if typed and typed not in self._columns else []
        if len(meant) > 1:
            several = " and of ".join(map(repr, meant))
            self.problems.append(f"{where}: {typed!r} is the wording of {several}; give the name of the column.")
        return meant[0] if meant else typed


# --- what is wrong with a rule ----------------------------------------------------------------------------------------


def problems_on(scores: RuledScores, rules: Rules) -> list[str]:
    """Everything that keeps rules from being held against the people of some scores."""
    facts = list(_unusable_facts(scores, rules))
    return [*_unknown_people(scores, rules), *facts, *(_unusable_columns(scores, rules) if not facts else ())]


def refuse_unusable(survey: Survey, rules: Rules) -> None:
    """Raise `RulesError` where rules name somebody or a column that a survey does not hold, before pairs are scored."""
    alone = cast("RuledScores", _NotScored(survey))
    read, problems = as_the_survey_calls_them(alone, rules)
    if problems := problems or problems_on(alone, read):
        raise RulesError(*problems)


class _NotScored:
    """A survey where scores are expected, as far as it takes to read rules."""

    def __init__(self, survey: Survey) -> None:
        self.survey, self.people = survey, survey.people.index

    def position(self, person: str) -> int:
        if person not in self.people:
            raise unknown_person(person, self.people, "was scored")
        return self.people.tolist().index(person)


def _unknown_people(scores: RuledScores, rules: Rules) -> Iterator[str]:
    for rule in rules:
        for name in ("a", "b"):
            try:
                if (person := getattr(rule, name)) is not None:
                    scores.position(person)
            except UnknownPersonError as error:
                yield f"{_where(rule)}, column {name!r}: {error}"


def _where(rule: Rule) -> str:
    return rule.where or repr(rule)


def _unusable_columns(scores: RuledScores, rules: Rules) -> Iterator[str]:
    protected = () if scores.survey is None else [item.name for item in scores.survey.codebook.block("protected")]
    columns = () if scores.survey is None else [name for name in scores.survey.people if name not in protected]
    known = [*rules.facts, *columns]
    for rule in rules:
        if rule.column is None:
            continue
        if rule.column in known:
            if rule.rule in COLUMN_RULES and not any(
                key is not None for key in _answer_keys(scores, rules, rule.column)
            ):
                yield (
                    f"{_where(rule)}, column 'column': {rule.column!r} is not known of anybody, so the rule would do "
                    "nothing; fill it in or drop the rule."
                )
        elif rule.column in protected:
            yield f"{_where(rule)}, column 'column': {rule.column!r} is protected, for audit and not for pairing."
        else:
            yield (
                f"{_where(rule)}, column 'column': found {rule.column!r}; allowed: a column of the survey "
                f"({', '.join(known)}) or of Rules.facts.{did_you_mean(rule.column, known)}"
            )


def _unusable_facts(scores: RuledScores, rules: Rules) -> Iterator[str]:
    """Facts about nobody in the survey, about a protected item, or at odds with what the survey says."""
    for name, said in rules.facts.items():
        where = f"Rules.facts[{name!r}]"
        strangers = [person for person in said.index if person not in scores.people]
        if strangers:
            more = f" and {len(strangers) - MOST_NAMED:,} more" if len(strangers) > MOST_NAMED else ""
            found = ", ".join(map(repr, strangers[:MOST_NAMED])) + more
            who = str(strangers[0])
            hint = did_you_mean(who, map(str, scores.people))
            yield (
                f"{where}: found {found} in the index; allowed: identifiers of people who were scored, such as "
                f"{scores.people[0]!r}. Leave out everybody else.{hint}"
            )
        elif scores.survey is not None:
            yield from _at_odds(scores.survey, name, said)


def _at_odds(survey: Survey, name: str, said: pd.Series) -> Iterator[str]:
    where = f"Rules.facts[{name!r}]"
    if name in survey.codebook and survey.codebook[name].block == "protected":
        yield f"{where}: {name!r} is protected, for audit and not for pairing."
        return
    if name not in survey.people:
        return
    own = survey.people[name].astype("object").to_dict()
    for person, cell in said.items():
        other = own[person]
        if None not in (keys := (answer_key(cell), answer_key(other))) and keys[0] != keys[1]:
            yield f"{where}: found {cell!r} of {person!r}, where the survey has {other!r}. Settle which holds."


# --- who has a rare outlook, and how often they can still be the different one ----------------------------------------


def remaining_capacity(scores: RuledScores, rules: Rules) -> Iterator[tuple[Rule, int, int]]:
    """For each rule about the different one, each person it is about and in how many more pairs they can be it."""
    met: dict[int, set[int]] = {}
    for rule in rules.of("met"):
        i, j = scores.position(str(rule.a)), scores.position(str(rule.b))
        met.setdefault(i, set()).add(j)
        met.setdefault(j, set()).add(i)
    for rule in rules.of("different one"):
        for person in _rare(scores, rule):
            before = len(met.get(person, set()) & set(learners(scores, person)))
            yield rule, person, max(0, int(rule.number or 0) - before)


def _rare(scores: RuledScores, rule: Rule) -> list[int]:
    if rule.a is not None:
        return [scores.position(rule.a)]
    far = _mean_distance(scores)
    known = np.flatnonzero(~np.isnan(far))
    share = RARE_SHARE if rule.share is None else rule.share
    names = scores.people.to_numpy(dtype=object)
    furthest = sorted(known.tolist(), key=lambda i: (-round(float(far[i]), 9), names[i]))
    return sorted(furthest[: int(np.ceil(share * len(known) - GAINS_MORE))])


def _mean_distance(scores: RuledScores) -> Floats:
    """How far everyone is from everybody else in perspective, on average."""
    found = np.full(len(scores), np.nan)
    for rows in scores.blocks():
        apart = scores.block(rows, column="perspective")
        count = (~np.isnan(apart)).sum(axis=1)
        total = np.nansum(apart, axis=1)
        found[rows[count > 0]] = total[count > 0] / count[count > 0]
    return found


def learners(scores: RuledScores, person: int) -> list[int]:
    """Everyone who would gain more from this person than this person from them."""
    own, given = scores.reach.gains(np.array([person]))
    return [int(j) for j in np.flatnonzero(given[0] > own[0] + GAINS_MORE) if j != person]


# --- when people are free ---------------------------------------------------------------------------------------------


def free_hours(survey: Survey) -> tuple[Floats, Floats]:
    """When people are free: an array (people, slots) of 0 and 1, and how many hours each slot counts.

    `SettingError` if the survey did not ask for hours, or an answer is no choice of slots and no list of times.
    """
    said, item = survey.constraint("hours"), survey.codebook.constraint("hours")
    if said is None or item is None:
        raise SettingError(
            "A rule asks for shared hours, but no item of the codebook has the role 'hours'. "
            "Add the item to the codebook (block constraint, role hours) or drop the rule."
        )
    if item.kind == "multiple":
        answers = [cell if isinstance(cell, frozenset) else frozenset() for cell in said]
        slots = sorted(frozenset().union(*answers))
        return np.array([[float(slot in answer) for slot in slots] for answer in answers]), np.ones(len(slots))
    spans = []
    for who, cell in said.items():
        parts = [] if pd.isna(cell) else str(cell).split(item.separator)
        spans.append([_span(str(who), part.strip()) for part in parts if part.strip()])
    return _cut_into_slots(spans)


def _span(person: str, part: str) -> TimeSpan:
    found = TIMES.fullmatch(part)
    if found:
        named, h1, m1, h2, m2 = found.groups()
        day = weekday(named) if named else ""
        start, stop = int(h1) + int(m1 or 0) / 60, int(h2) + int(m2 or 0) / 60
        if day is not None and start < stop <= HOURS and max(int(m1 or 0), int(m2 or 0)) < MINUTES:
            return day, start, stop
    raise SettingError(
        f"The hours of {person!r} hold {part!r}; allowed are times such as '9-12' or 'Mon 14:00-17:30', the day in "
        "English, German, French, Spanish or Dutch, or an item of kind multiple whose categories are slots."
    )


def weekday(word: str) -> str | None:
    """The day a word names, in three English letters; None where it names no day, or could name several."""
    said = same_label(word)
    days = {day for day, names in WEEKDAYS.items() if said in names.split()}
    return days.pop() if len(days) == 1 else None


def _cut_into_slots(spans: list[list[TimeSpan]]) -> tuple[Floats, Floats]:
    """Days cut where anybody starts or stops; times without a day hold on every day that anybody names."""
    days = sorted({day for own in spans for day, _, _ in own if day}) or [""]
    columns, lengths = [], []
    for day in days:
        today = [[(start, stop) for on, start, stop in own if on in ("", day)] for own in spans]
        for start, stop in pairwise(sorted({cut for own in today for span in own for cut in span})):
            columns.append([float(any(a <= start and stop <= b for a, b in own)) for own in today])
            lengths.append(stop - start)
    return np.array(columns).reshape(-1, len(spans)).T, np.array(lengths)
