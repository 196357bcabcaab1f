"""Nobody is left standing without a way on: why each person has no partner, and what would give them one, at what cost.

From who is left over to the fewest changes that would serve everybody, each turned into rules and priced by solving
again without it; and, where many are left over, gates against people paired, every point a proven optimum.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Any

import numpy as np
import pandas as pd

from peernet._wording import Shown, amount, count_in_digits, display_names, listed, listed_few, percent
from peernet.errors import InfeasibleError
from peernet.pairing.frontier import pairing_frontier
from peernet.pairing.objectives import EngineWeights, best_pairs, check_required, with_required
from peernet.pairing.obstacles import Change, Feasibility, feasibility
from peernet.pairing.pairing import Pairing
from peernet.pairing.record import partners_of
from peernet.programme.settings import Settings
from peernet.scores.foundation import FOUNDED
from peernet.scores.gates import NAMING_BOTH, NO_OUTLOOK, NONE_BY_RULE, WANTS_NONE, resting
from peernet.scores.gates import capacity as own_capacity
from peernet.scores.pair_scores import PairScores
from peernet.scores.reasons import NO_ONE_FOUND, closed_gates, told_without_partner
from peernet.scores.rules import Rule, Rules

SECONDS = 10.0  # to look for the fewest changes; beyond, a number that none undercut is given
CLOSED_BY = {"forbidden": "forbidden", "met before": "met"}  # rules that name a pair, by the reason they give
# Of people who take no part: what they may be told, and what somebody who runs the programme can do.
NO_PART_TOLD = {
    "did not answer": ("no answers came back", "send the form once more, or ask them in person"),
    NO_OUTLOOK: ("answered too few of the questions on outlook", "ask for the answers on outlook"),
    "opted out": ("asked to take no part", "ask again before the next round"),
    WANTS_NONE: ("asked for no partner this time", "ask again before the next round"),
    NONE_BY_RULE: ("has no place by a rule of the programme", "give them room for one: a rule capacity"),
    "absent": ("is away this round", "they come first in the next round"),
}
SAID = {  # of gates, what opening one for a pair comes to
    "foundation": "let them meet, then allow the pair",
    "experience": "allow the pair though their experience differs more",
    "goals": "allow the pair though their goals differ more",
    "band": "allow the pair though their outlooks are outside the band",
    "floor": "allow the pair though one of them gains less than the floor",
}


@dataclass(frozen=True, repr=False)
class WayOn(Shown):
    """Who has no partner, what each may be told, and the fewest changes that would give everybody one.

    Parameters
    ----------
    people
        One row per person without a partner: ``person``; ``name``; ``reason`` (as in `Pairing.unpaired`, for the
        analyst); ``sentence`` (what they may be told, after their name); ``way`` (what whoever runs the programme can
        do).
    changes
        One row per change, the fewest by which everybody who takes part and can have a partner has one: ``who``,
        ``change`` (in words, names as people know them), ``count`` (as how many changes it counts), ``rule`` (the row
        of the rules sheet that makes it so), ``people`` (how many more have a partner with it than without) and
        ``price`` (value that the best pairing with as many pairs as possible loses by it; below zero where it gains).
        Empty where as many pairs as possible do, or where nothing would help.
    least
        No fewer changes than this will do.
    settings
        The settings that make all changes, as many pairs as possible first.
    paired
        The best pairing under them; the one that was proposed where nothing needs to change.
    fuller
        The best pairing with as many pairs as possible and no change beside; None where the settings ask for that
        already or everybody has a partner.
    before
        The pairing that was proposed.
    willing
        How many people answered, take part and want a partner.
    curve
        Gates against people paired, where fewer than 80 % of the willing have a partner; None otherwise.
    trade_off
        The pairs as the gate on experience is set beside those where closeness in experience and value bend most, see
        `pairing_frontier`: rows ``as set`` and ``knee``; ``pairs``, ``value``, ``apart`` (mean distance of partners in
        experience). None where there is no such gate or knee.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> way = pn.programme.way_on(pairing)
    >>> way
    <WayOn: 33 people have no partner, ... changes would give everybody one who can have one ...>
    """

    MAIN_TABLE = "people"

    people: pd.DataFrame
    changes: pd.DataFrame
    least: int
    settings: Settings
    paired: Pairing
    fuller: Pairing | None
    before: Pairing
    willing: int
    curve: GateCurve | None = None
    trade_off: pd.DataFrame | None = None

    @property
    def proven(self) -> bool:
        """Whether fewer changes are proven not to do."""
        return self.number <= self.least

    @property
    def left_over(self) -> int:
        """How many of those who take part have no partner."""
        return int((~self.people["reason"].isin(NO_PART_TOLD)).sum())

    @property
    def number(self) -> int:
        """How many changes there are."""
        return int(self.changes["count"].sum())

    @property
    def beyond_help(self) -> tuple[str, ...]:
        """Names of those who take part and whom no change would give a partner."""
        served = {*self.paired.table["a"], *self.paired.table["b"]}
        open_ = self.people["reason"].isin(NO_PART_TOLD)
        return tuple(self.people["name"][~open_ & ~self.people["person"].isin(served)])

    @property
    def words(self) -> str:
        """How many have no partner, and how many changes would give everybody one."""
        free = self.left_over
        who = f"{count_in_digits(free, 'person', 'people')} who take part {'has' if free == 1 else 'have'} no partner"
        if not free:
            return "Everybody who takes part has a partner."
        parts = [f"{who}.", *([self._fuller_words] if self.fuller is not None else [])]
        if self.number:
            parts.append(self._changes_words)
        elif self.beyond_help:
            parts.append(f"No gate or rule would give {listed_few(self.beyond_help)} a partner.")
        return " ".join(parts)

    @property
    def _changes_words(self) -> str:
        """How many changes there are to make, whom they give a partner, and what all of them together come to.

        A person who takes two partners more counts as two.
        """
        lines, beyond = len(self.changes), self.beyond_help
        counted = "" if lines == self.number else f", counted as {self.number} as each partner or pair more is one,"
        these = f"These {lines} changes{counted}" if lines > 1 else f"This change{counted}"
        whom = f"everybody but {listed_few(beyond)}" if beyond else "everybody"
        fewest = "fewest possible" if self.proven else f"at least {self.least} needed"
        founded = self.paired.table["foundation"].isin([state.name for state in FOUNDED]).mean()
        rest = "" if founded == 1 else f", {percent(founded)} of them on a known foundation"
        price = f"all pairs worth {amount(self.paired.objective)} instead of {amount(self.before.objective)}{rest}"
        return f"{these} would give {whom} one ({fewest}): {price}."

    @property
    def _fuller_words(self) -> str:
        """What as many pairs as possible would do alone, and cost."""
        assert self.fuller is not None
        people, before = (len({*found.table["a"], *found.table["b"]}) for found in (self.fuller, self.before))
        price = f"all pairs worth {amount(self.fuller.objective)} instead of {amount(self.before.objective)}"
        if people <= before:
            return "As many pairs as possible first would pair nobody more."
        left = self.willing - people
        all_of = "leave nobody over" if not left else f"leave {left:,} over"
        return f"As many pairs as possible first (cardinality max) would {all_of}: {price}."

    def __repr__(self) -> str:
        fewest = "proven fewest" if self.proven else f"at least {self.least} needed"
        changes = count_in_digits(self.number, "change", "changes")
        would = f", {changes} would give everybody one who can have one ({fewest})" if self.number else ""
        return f"<WayOn: {count_in_digits(len(self.people), 'person has', 'people have')} no partner{would}>"


def way_on(pairing: Pairing, settings: Settings | None = None) -> WayOn:
    """Say what each person without a partner may be told, and the fewest changes that would give everybody one.

    Parameters
    ----------
    pairing
        What `pair_people` or `Settings.pair` returned.
    settings
        The settings it was made with; by default as usual, with the rules the pairing is under.

    Returns
    -------
    WayOn

    Notes
    -----
    A change is one gate or rule opened for one pair, or room for one more partner. The fewest are found as an
    edge cover, see `feasibility`; whoever nobody could be paired with whatever is opened needs none. Each is priced by
    pairing again with all others and without it. Refusals, vetoes, managers and answers that are not there stand.

    What a person may be told hangs on their own answers and on what everybody knows, never on whom others named,
    refused or vetoed: one sentence stands for all who take part and were left over.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> way = pn.programme.way_on(pairing)
    >>> way.number, way.proven, len(way.paired.unpaired)
    (5, True, 21)
    """
    scores = pairing.scores
    rules = Rules() if scores.applied_rules is None else scores.applied_rules.rules
    settings = replace(settings or Settings(), rules=rules)
    willing, left = int((scores.gates.out == 0).sum()), _left_over(pairing)
    full = settings.but(cardinality="max")
    fuller = full.pair(scores) if left and settings.cardinality != "max" else None
    after, paired, changes, least = settings, pairing, _no_changes(), 0
    if left:
        after, paired = full, fuller or pairing
        found = feasibility(scores, floor=settings.floor, everyone=True, rest=False, time_limit=SECONDS)
        if found.asked and _left_over(paired):
            after, paired = _with_everybody(scores, full, found)
            changes, least = _priced(scores, full, found, after, paired), found.least
    people = _people(pairing, settings, fuller, paired)
    share = 1 - len(left) / willing if willing else 1.0
    curve = gate_curve(scores, settings) if share < ENOUGH else None
    return WayOn(people, changes, least, after, paired, fuller, pairing, willing, curve, trade_off(scores))


def _left_over(pairing: Pairing) -> list[str]:
    """Who takes part and has no partner."""
    taking = pairing.scores.people[pairing.scores.gates.out == 0]
    paired = {*pairing.table["a"], *pairing.table["b"]}
    return [str(person) for person in taking if person not in paired]


# --- changes as rules -------------------------------------------------------------------------------------------------


def _with_everybody(scores: PairScores, full: Settings, found: Feasibility) -> tuple[Settings, Pairing]:
    """The settings with all changes, and the best pairing under them.

    As many pairs as possible are not always as many people: where somebody wants several partners and somebody else is
    still left over, the pair that gives the latter a partner in the cover is required.
    """
    after = full.but(rules=_eased(scores, full.rules, found.asked))
    while True:
        paired = after.pair(_under(scores, after.rules))
        cover = {person: pair for pair in found.cover for person in pair}
        missing = {cover[person] for person in _left_over(paired) if person in cover}
        missing -= {(str(rule.a), str(rule.b)) for rule in after.rules.of("required")}
        if not missing:
            return after, paired
        after = after.but(rules=after.rules + Rules([Rule("required", a, b) for a, b in sorted(missing)]))


def _eased(scores: PairScores, rules: Rules, changes: tuple[Change, ...]) -> Rules:
    """Rules after some changes."""
    for change in changes:
        dropped, added = _as_rules(scores, rules, change)
        rules = Rules([*(rule for rule in rules if rule not in dropped), *added], rules.facts)
    return rules


def _as_rules(scores: PairScores, rules: Rules, change: Change) -> tuple[list[Rule], list[Rule]]:
    """Which rules a change drops, and which it adds."""
    names = EngineWeights(scores)
    who = tuple(str(names.people[person]) for person in change.about) if change.kind != "limit" else ()
    if change.kind == "gate":
        closed = _closed_between(scores, who[0], who[1])
        kinds = {CLOSED_BY[reason] for reason in closed if reason in NAMING_BOTH}
        dropped = [rule for rule in rules.of(*kinds) if {rule.a, rule.b} == {*who}]
        return dropped, [Rule("allowed", who[0], who[1])] if {*closed} - {*NAMING_BOTH} else []
    if change.kind == "capacity":
        dropped = [rule for rule in rules.of("capacity") if rule.a == who[0]]
        return dropped, [Rule("capacity", who[0], number=int(scores.capacity[who[0]]) + change.amount)]
    if change.kind == "required":
        return [rule for rule in rules.of("required") if {rule.a, rule.b} == {*who}], []
    if change.kind == "limit":
        applied = () if scores.applied_rules is None else scores.applied_rules.limits
        limit = [limit for limit in applied if math.isinf(limit.price)][change.about[0]]
        return [limit.rule], [replace(limit.rule, number=max(0, limit.number + limit.sign * change.amount))]
    return [], []


def _closed_between(scores: PairScores, a: str, b: str) -> tuple[str, ...]:
    """The gates and rules that keep two people apart, each by itself."""
    return closed_gates(scores, np.array([scores.position(a)])).between(0, scores.position(b))


def _under(scores: PairScores, rules: Rules) -> PairScores:
    """Scores under these rules in place of those they are under."""
    if scores.applied_rules is None or scores.survey is None:
        return scores.under(rules)
    room = own_capacity(scores.survey)
    out = resting(scores.gates.out, (room > 0).to_numpy())
    gates = replace(scores.gates, closed=(), allowed=None, out=out)
    return replace(scores, capacity=room, gates=gates, applied_rules=None).under(rules)


# --- what each change costs -------------------------------------------------------------------------------------------

EASED = ("gate", "capacity")  # changes that let one more pair be made, and nothing else
PAIRED_ANEW = 300  # people: so few are paired anew in less time than kernels that go on from a pairing take to compile
CHANGES = {"who": "str", "change": "str", "count": "int64", "rule": "str", "people": "int64", "price": "float64"}


def _no_changes() -> pd.DataFrame:
    return pd.DataFrame(columns=[*CHANGES]).astype(CHANGES)


def _priced(scores: PairScores, full: Settings, found: Feasibility, after: Settings, paired: Pairing) -> pd.DataFrame:
    """The changes, each with how many more people have a partner by it and what it costs all pairs."""
    changes = [change for change in found.asked if change.kind != "rest"]
    eased = {*_eased(scores, full.rules, found.asked)}
    extra = [rule for rule in after.rules if rule not in eased]
    served, rows = len({*paired.table["a"], *paired.table["b"]}), []
    names = _names(scores)
    alone = full.objective == "total" and not extra and not any(change.kind not in EASED for change in changes)
    alone &= len(scores) > PAIRED_ANEW
    for change in changes:
        others = tuple(other for other in changes if other is not change)
        try:
            worth, fewer = _undone(paired, change) if alone else _paired_without(scores, full, others, extra, change)
        except InfeasibleError:  # the change keeps a rule on several pairs, which none could keep without it
            worth, fewer = 0.0, 0
        rows.append((*_in_words(scores, full.rules, change, names), served - fewer, worth - paired.objective))
    table = pd.DataFrame(rows, columns=["who", "change", "count", "rule", "people", "price"])
    return table.astype(CHANGES) if rows else _no_changes()


def _undone(paired: Pairing, change: Change) -> tuple[float, int]:
    """Worth of the best pairs without a change that eases one pair or one person alone, and how many are in them."""
    best, about = paired.optimum, change.about
    found = best.without(about) if change.kind == "gate" else best.with_less_room(about[0], change.amount)
    return found.objective, len({person for pair in found.pairs for person in pair})


def _paired_without(
    scores: PairScores, full: Settings, others: tuple[Change, ...], extra: list[Rule], change: Change
) -> tuple[float, int]:
    """The same of any change, by pairing anew with all others."""
    about = {str(EngineWeights(scores).people[person]) for person in change.about if change.kind != "limit"}
    rules = _eased(scores, full.rules, others) + Rules([rule for rule in extra if not {rule.a, rule.b} & about])
    under = _under(scores, rules)
    under = under if full.floor is None else under.floored(full.floor)
    required = with_required(under, ())
    check_required(under, required)
    best, pairs = best_pairs(
        under, full.objective, required=required, cardinality=full.cardinality, time_limit=None, progress=False
    )
    return best.objective, len({person for pair in pairs for person in pair})


def _in_words(scores: PairScores, rules: Rules, change: Change, names: dict[str, str]) -> tuple[str, str, int, str]:
    """Whom a change is about, what it is, as how many it counts and its rows of the rules sheet."""
    dropped, added = _as_rules(scores, rules, change)
    rows = [_row_of(rule) for rule in added] + [f"drop: {_row_of(rule)}" for rule in dropped]
    if change.kind == "limit":
        who, told = "everyone", f"{added[0].told} instead of {dropped[0].number:g}"
    else:
        people = [str(EngineWeights(scores).people[person]) for person in change.about]
        who = listed([names[person] for person in people])
        if change.kind == "gate":
            closed = _closed_between(scores, people[0], people[1])
            told = "; ".join(SAID.get(gate, f"make an exception to the rule ({gate})") for gate in closed)
        elif change.kind == "capacity":
            told = f"room for {count_in_digits(int(added[0].number or 0), 'partner', 'partners')}"
        else:
            told = "do not require this pair"
    return who, told, change.amount, "; ".join(rows)


def _row_of(rule: Rule) -> str:
    """A rule as its cells stand in a sheet."""
    cells = (rule.rule, rule.a, rule.b, rule.column, None if rule.number is None else f"{rule.number:g}")
    return ", ".join(cell for cell in cells if cell)


# --- people -----------------------------------------------------------------------------------------------------------


def _names(scores: PairScores) -> dict[str, str]:
    """What to call each person."""
    if scores.survey is None:
        return {str(person): str(person) for person in scores.people}
    return {str(person): str(name) for person, name in display_names(scores.survey.people).items()}


def _people(pairing: Pairing, settings: Settings, fuller: Pairing | None, paired: Pairing) -> pd.DataFrame:
    """Everybody without a partner, with what they may be told and what can be done."""
    unpaired = pairing.unpaired
    rows = zip(unpaired["person"], unpaired["reason"], _sentences(pairing, settings), strict=True)
    names, ways = _names(pairing.scores), _Ways(pairing.scores, fuller, paired)
    table = [(who, names[who], reason, told, ways.of(who, reason, told)) for who, reason, told in rows]
    return pd.DataFrame(table, columns=["person", "name", "reason", "sentence", "way"]).astype("str")


def _sentences(pairing: Pairing, settings: Settings) -> Iterator[str]:
    """What each person without a partner may be told, in their order."""
    odd = len(_left_over(pairing)) == 1
    trusted = bool(pairing.scores.gates.accept) and "unknown" not in settings.accept
    known = "no free colleague both trust" if trusted else "no free colleague"
    for reason, detail in told_without_partner(pairing.scores, pairing.unpaired)[["reason", "detail"]].to_numpy():
        if reason in NO_PART_TOLD:
            yield NO_PART_TOLD[reason][0]
        elif reason != NO_ONE_FOUND:
            yield "takes no part this round"
        elif detail:
            yield f"answered {detail.replace('answers about', 'of the same questions as others about')}"
        elif odd:
            yield "left over: an odd number take part"
        else:
            yield f"{known} and within the limits of the programme is known yet"


class _Ways:
    """What would give each person a partner."""

    def __init__(self, scores: PairScores, fuller: Pairing | None, paired: Pairing) -> None:
        self._names = _names(scores)
        self._fuller = {} if fuller is None else partners_of(fuller.pairs)
        self._paired = partners_of(paired.pairs)

    def of(self, person: str, reason: str, told: str) -> str:
        """What whoever runs the programme can do for one person."""
        if reason in NO_PART_TOLD:
            return NO_PART_TOLD[reason][1]
        for partners, how in (
            (self._fuller, "as many pairs as possible first"),
            (self._paired, "with all the changes"),
        ):
            if person in partners:
                return f"{how}: paired with {listed([self._names[other] for other in sorted(partners[person])])}"
        if told.startswith("answered too few"):
            return "ask for the answers that are missing"
        return "speak with them: no gate or rule would help; they come first in the next round"


# --- gates against people paired --------------------------------------------------------------------------------------

ENOUGH = 0.8  # of the willing: with fewer in pairs the pool is too small for its gates
POINTS = 6  # of the trade-off between closeness and value that are looked at for its knee
UNFOUNDED = "unknown foundation accepted"
# A step away from the settings, and how gladly it is taken: trust is left alone wherever other steps do.
STEPS: dict[str, dict[str, Any]] = {
    "as many pairs as possible first": {"cardinality": "max"},
    "no gate on goals": {"goals": None},
    "no gate on experience": {"experience": None},
    UNFOUNDED: {"accept": "unknown"},
}
GLADLY = {step: place for place, step in enumerate(STEPS, start=1)}


@dataclass(frozen=True, repr=False)
class GateCurve(Shown):
    """How many people find a partner as gates open, and what the pairs are then like.

    Parameters
    ----------
    table
        One row per point, the settings as they are first: ``step`` (what is changed, in words), ``steps`` (how many
        settings that is), ``pairs``, ``people`` (with a partner), ``share`` (of the willing), ``value`` (of all pairs,
        in effective perspectives), ``price`` (value lost against the first row; below zero where the pairs bring
        more), ``experience`` and ``goals`` (mean distance of partners), ``founded`` (share of pairs on a known
        foundation), ``proven`` and ``recommended``. Points of several steps that pair no more people than one with
        fewer of them are left out.
    willing
        How many people answered, take part and want a partner.
    most
        No more people than this can have a partner, whichever of these gates are open.
    settings
        The settings of each row.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> curve = pn.programme.gate_curve(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> curve
    <GateCurve: 28 of 55 willing people have a partner as set; 46 with ...>
    """

    table: pd.DataFrame
    willing: int
    most: int
    settings: tuple[Settings, ...]

    @property
    def recommended(self) -> Settings:
        """The settings of the recommended point.

        The fewest steps by which at least 80 % of the willing have a partner, those that leave the foundation alone
        before any that do not; where none reach that, the steps by which the most have one.
        """
        return self.settings[int(np.flatnonzero(self.table["recommended"])[0])]

    @property
    def enough(self) -> bool:
        """Whether the recommended point gives at least 80 % of the willing a partner."""
        return bool((self.table["share"][self.table["recommended"]] >= ENOUGH).all())

    @property
    def words(self) -> str:
        """The recommended point in a sentence, with what it costs."""
        first = self.table.iloc[0]
        point = self.table[self.table["recommended"]].iloc[0]
        paired = count_in_digits(int(first["people"]), "person has", "people have")
        now = f"{paired} a partner of {self.willing:,} willing"
        reached = "" if self.enough else f"; more than {self.most:,} cannot have one, however these gates are set"
        if point["steps"] == 0:
            return f"{now} ({percent(first['share'])}){reached}."
        founded = "" if point["founded"] == 1 else f" and {percent(point['founded'])} of them on a known foundation"
        return (
            f"{now} ({percent(first['share'])}). With {point['step']} it would be {int(point['people']):,} "
            f"({percent(point['share'])}), their pairs worth {amount(point['value'])} instead of "
            f"{amount(first['value'])}{founded}{reached}."
        )

    def __repr__(self) -> str:
        first, point = self.table.iloc[0], self.table[self.table["recommended"]].iloc[0]
        more = f"; {int(point['people']):,} with {point['step']}" if point["steps"] else ""
        return f"<GateCurve: {int(first['people']):,} of {self.willing:,} willing people have a partner as set{more}>"


def gate_curve(scores: PairScores, settings: Settings | None = None) -> GateCurve:
    """Trade gates against people paired: what each step away from the settings would give, and cost.

    Parameters
    ----------
    scores
        What `score_pairs` or `Settings.score` returned.
    settings
        The settings they were made with; by default as usual.

    Returns
    -------
    GateCurve

    Notes
    -----
    A step opens the gate on goals or experience, accepts pairs of whose foundation nothing is known, or makes as many
    pairs as possible before it looks at what they bring. All of them together are looked at, sixteen points at most,
    each the proven best pairing under those settings. Refusals, vetoes, managers and answers that are not there stand
    at every point, and so do the rules.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> curve = pn.programme.gate_curve(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> curve.table[["step", "people", "recommended"]].head(2)
                                  step  people  recommended
    0                           as set      28 ...
    1  as many pairs as possible first ...
    """
    settings = settings or Settings()
    willing = int((scores.gates.out == 0).sum())
    rows: list[tuple[tuple[str, ...], dict[str, Any]]] = []
    chosen: list[Settings] = []
    worth_trying = [*_worth_trying(scores, settings)]
    fewest_first = (combinations(worth_trying, number) for number in range(len(worth_trying) + 1))
    for steps in chain.from_iterable(fewest_first):
        after = settings.but(**_changes(settings, steps))
        try:
            row = _row(steps, after.pair(with_gates_of(scores, after)), willing)
        except InfeasibleError:  # as many pairs as possible, within limits that are not to be kept that way
            continue
        if len(steps) < 2 or not any(
            {*other} <= {*steps} and row["people"] <= known["people"] for other, known in rows
        ):
            rows.append((steps, row))
            chosen.append(after)
    table = pd.DataFrame([row for _, row in rows])
    table.insert(6, "price", table["value"].iloc[0] - table["value"])
    table["recommended"] = np.arange(len(table)) == _recommended([steps for steps, _ in rows], table)
    return GateCurve(table, willing, _most(scores, settings, willing), tuple(chosen))


def with_gates_of(scores: PairScores, settings: Settings) -> PairScores:
    """Scores with gates as open as some settings want them that open some, or accept more, and close none."""
    opened = [gate for gate in ("experience", "goals") if getattr(settings, gate) is None]
    scores = scores.without(*opened) if opened else scores
    if scores.gates.accept is None:
        return scores
    gates = replace(scores.gates, accept=tuple(settings.accept))
    return replace(scores, gates=gates, settings={**scores.settings, "foundation": gates.accept})


def trade_off(scores: PairScores) -> pd.DataFrame | None:
    """The pairing as its gate on experience is set, beside the knee of what closeness in experience costs."""
    if scores.gates.experience_within is None or not len(scores.possible_at()):
        return None
    try:
        frontier = pairing_frontier(scores, points=POINTS, prices=False, progress=False)
    except InfeasibleError:
        return None
    if frontier.knee is None:
        return None
    columns = ["pairs", "value", "apart"]
    both = [frontier.proposed[columns], frontier.table.loc[frontier.knee, columns]]
    return pd.DataFrame(both, index=pd.Index(["as set", "knee"], name="point")).astype("float64")


def _worth_trying(scores: PairScores, settings: Settings) -> Iterator[str]:
    """The steps that would change anything."""
    gates = scores.gates
    closed = {
        "as many pairs as possible first": settings.cardinality is None,
        "no gate on goals": gates.goals_within is not None,
        "no gate on experience": gates.experience_within is not None,
        UNFOUNDED: gates.accept is not None and "unknown" not in gates.accept,
    }
    yield from (step for step, would_change in closed.items() if would_change)


def _changes(settings: Settings, steps: tuple[str, ...]) -> dict[str, Any]:
    """What some steps change of the settings."""
    changes = {name: value for step in steps for name, value in STEPS[step].items()}
    return changes | ({"accept": (*settings.accept, "unknown")} if "accept" in changes else {})


def _most(scores: PairScores, settings: Settings, willing: int) -> int:
    """No more people can have a partner: twice as many as there can be pairs with every gate open."""
    every = settings.but(**(_changes(settings, tuple(_worth_trying(scores, settings))) | {"cardinality": "max"}))
    try:
        found = every.pair(with_gates_of(scores, every))
    except InfeasibleError:
        return willing
    return min(willing, 2 * len(found)) if found.proven else willing


def _row(steps: tuple[str, ...], pairing: Pairing, willing: int) -> dict[str, Any]:
    table = pairing.table
    people = len({*table["a"], *table["b"]})
    return {
        "step": listed(steps) or "as set",
        "steps": len(steps),
        "pairs": len(table),
        "people": people,
        "share": people / willing if willing else np.nan,
        "value": pairing.objective,
        "experience": table["experience"].mean(),
        "goals": table["goals"].mean(),
        "founded": table["foundation"].isin([state.name for state in FOUNDED]).mean() if len(table) else np.nan,
        "proven": pairing.proven,
    }


def _recommended(steps: list[tuple[str, ...]], table: pd.DataFrame) -> int:
    """The place of the point that `GateCurve.recommended` documents."""
    reach, people = (table["share"] >= ENOUGH).to_list(), table["people"].to_list()
    asks = [(UNFOUNDED in own, len(own), sum(GLADLY[step] for step in own)) for own in steps]
    if any(reach):
        return min((place for place, enough in enumerate(reach) if enough), key=lambda place: asks[place])
    return min(range(len(table)), key=lambda place: (-people[place], asks[place]))
