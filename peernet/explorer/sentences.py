"""What the view is told in sentences: an organiser's words, with people called as the view calls them.

Sentences are made from what was found, never by replacing words in others, so that no identifier can slip through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from peernet._wording import count_in_digits, listed
from peernet.errors import InfeasibleError
from peernet.explorer.differences import Difference
from peernet.explorer.people import NAMED, People, ToldError
from peernet.pairing.objectives import with_required
from peernet.pairing.pairing import Pairing
from peernet.pairing.record import partners_of
from peernet.pairing.why import PARTS, introducer_of
from peernet.programme.settings import Settings, as_toml
from peernet.programme.without_partner import WayOn
from peernet.scores.gates import REASONS, RESTING
from peernet.scores.pair_scores import PairScores
from peernet.scores.reasons import WORDS, closed_gates, closed_to, what_would_help
from peernet.scores.rules import LIMITS, Rule, Rules

if TYPE_CHECKING:
    import pandas as pd


Call = Callable[[str], str]
HELPED = 3  # people told what would help, under a dial
MOST_RULES = 200  # told one by one, and written out in code and sheet
DIALS = {  # gates as the view calls their dials
    "foundation": "what a pair may rest on",
    "experience": "similar experience",
    "goals": "similar goals",
    "band": "the difference in perspective",
    "floor": "the least each must gain",
}
ALLOWED = {  # by setting, what an organiser may choose
    "accept": "Choose at least one thing that a pair may rest on.",
    "experience": "Choose the average, no limit, or a distance from 0 to 1.",
    "goals": "Choose the average, no limit, or a distance from 0 to 1.",
    "band": "Choose two distances from 0 to 1, the smaller one first.",
    "value": "Choose a share from 0 (the mean) to 1 (the lesser).",
    "floor": "Choose 0 or more, or no floor.",
    "objective": "Choose the most for all together, or the fairest.",
    "cardinality": "Choose whether as many pairs as possible come first.",
    "outlook": "Choose the outlook behind the answers, or the answers as given.",
}


def total_in_words(value: float) -> str:
    """What all pairs are worth, to the digits the view shows: a bound with fewer would read as less than the total."""
    return f"{value:,.2f}"


# --- a pairing, and what changes --------------------------------------------------------------------------------------


def certificate_in_words(pairing: Pairing) -> str:
    """The proof in one line."""
    most = " with as many pairs" if pairing.settings["cardinality"] == "max" else ""
    if not pairing.proven:
        return f"Not proven: at most {total_in_words(pairing.bound)} is possible{most} within these rules."
    if pairing.settings["objective"] == "fair":
        return f"Proven: within these rules no pairing{most} is fairer to those who gain least."
    return f"Proven: nothing{most} within these rules is worth more than {total_in_words(pairing.objective)}."


def difference_in_words(found: Difference, people: People) -> list[str]:
    """What a pairing changes against the kept one, a sentence each."""
    if not (found.lost or found.made):
        return ["The same pairs as kept."]
    told = [
        f"{_signed(found.total)} effective perspectives in all, {_signed(found.worst_off)} for the worst-off"
        f"{', the kept pairs counted as these settings count' if found.recounted else ''}.",
        f"{count_in_digits(len(found.lost), 'pair is', 'pairs are')} given up, {len(found.made):,} made.",
    ]
    if found.left:
        told.append(f"Without a partner now: {people.listed(found.left)}.")
    if found.newly:
        told.append(f"With a partner now: {people.listed(found.newly)}.")
    if not found.proven:
        told.append("One of the two pairings is not proven best, so the difference may be another.")
    return told


def _signed(amount: float) -> str:
    return f"{round(amount, 3) + 0.0:+.3f}"  # never -0.000


def loss_in_words(now: Pairing, left: Sequence[str], newly: Sequence[str], people: People) -> list[str]:
    """Who lost their partner by a move and what would help each, and who found one."""
    told = []
    if left:
        told.append(f"Without a partner by this: {people.listed(left)}.")
        told += [_what_helps(now, person, people.call) for person in people.in_order(left)[:HELPED]]
        if len(left) > 1:
            told.append("“What would help?” looks for the fewest changes that give everybody a partner.")
    if newly:
        told.append(f"With a partner by this: {people.listed(newly)}.")
    return told


def _what_helps(pairing: Pairing, person: str, call: Call) -> str:
    """Why one person has no partner, and which dials would let somebody be possible for them."""
    row = pairing.unpaired[pairing.unpaired["person"] == person].iloc[0]
    why = f"{call(person)}: {row['detail'] or row['reason']}"
    if row["reason"] == "no possible partner":
        taking_part = pairing.scores.gates.out == 0
        place = np.array([pairing.scores.position(person)])
        alone, together = what_would_help(closed_gates(pairing.scores, place), 0, taking_part)
        if alone:
            return f"{why}; with one dial opened, so many would be: {_gates_in_words(alone)}."
        if together:
            return f"{why}; with several dials opened, so many would be: {_gates_in_words(together)}."
        return f"{why}; no dial would change that."
    if row["reason"] in ("left over", "nothing new") and pairing.settings["cardinality"] != "max":
        return f"{why}; as many pairs as possible first may give them one."
    return f"{why}."


def opened_in_words(gates: str) -> str:
    """Which dial is opened in a row of `gate_prices`, as the view calls it."""
    gate = gates.removesuffix(" open")
    return {"all gates kept": "none", "every gate": "all of these"}.get(gate, DIALS.get(gate, gate))


def _gates_in_words(told: str) -> str:
    """Gates, each with a number of people, as the view calls its dials."""
    ways = [way.rpartition(": ") for way in told.split(", ")]
    return listed([f"{listed([DIALS.get(g, g) for g in gates.split(' and ')])} ({n})" for gates, _, n in ways], "or")


# --- rules ------------------------------------------------------------------------------------------------------------


def rule_in_words(rule: Rule, call: Call) -> str:
    """One rule as an organiser would say it."""
    a, b = (call(person) if person else "" for person in (rule.a, rule.b))
    number = 0 if rule.number is None else rule.number
    partners = count_in_digits(int(number), "partner", "partners")
    pairs = count_in_digits(int(number), "pair", "pairs")
    said = {
        "required": f"{a} and {b} are locked as a pair",
        "forbidden": f"{a} and {b} are kept apart",
        "met": f"{a} and {b} have met before",
        "allowed": f"{a} and {b} may be paired whatever the dials say",
        "partner": f"{a} has at least {count_in_digits(int(number or 1), 'partner', 'partners')}",
        "reporting line": f"nobody with a manager up to {number:g} steps above",
        "not within": f"no pairs with the same {rule.column}",
        "not across": f"no pairs with different {rule.column}",
        "shared hours": f"pairs share at least {number:g} hours",
        "different one": f"{a or 'nobody'} is the different one in {'' if a else 'more than '}{number:g} pairs"
        + (" at most" if a else ""),
    }
    if rule.rule == "capacity":
        who = a or "everybody"
        told = f"{who} is left out" if not number else f"{who} has {partners} at most"
    elif rule.rule in LIMITS:
        most, _, where = rule.rule.rpartition(" ")
        told = f"{most} {pairs} with {'the same' if where == 'within' else 'different'} {rule.column}"
    else:
        told = said[rule.rule]
    return told if rule.price is None else f"{told}, at a price of {rule.price:g}"


def obstacles_in_words(scores: PairScores, call: Call) -> list[str]:
    """Why no pairing keeps the rules: pairs that are locked and cannot be made, people with too many, else limits."""
    required = with_required(scores, ())
    told = [*_closed_locks(scores, required, call), *_crowded(scores, required, call)]
    if told:
        return told
    rules = Rules() if scores.applied_rules is None else scores.applied_rules.rules
    held = [rule_in_words(rule, call) for rule in rules.of("required", "partner", *LIMITS) if rule.price is None]
    return [f"No pairing keeps all of this: {listed(held[:NAMED])}. Take one of these rules back, or open a dial."]


def _closed_locks(scores: PairScores, required: Sequence[tuple[str, str]], call: Call) -> Iterator[str]:
    asked = scores.to_frame(required)
    for a, b, blocked in asked[["a", "b", "blocked"]].itertuples(index=False):
        if blocked in ("", *RESTING):
            continue
        closed = closed_to(scores, a, b)
        way = _way_to_open(closed)
        why = listed([WORDS.get(reason, reason) for reason in closed])
        do = f"{way}, or do" if way else "Do"
        yield f"{call(a)} and {call(b)} are locked as a pair, but {why}. {do} without the lock."


def _way_to_open(closed: Sequence[str]) -> str:
    """What would let a closed pair be made, if anything in the view does."""
    gates = [DIALS[gate] for gate in closed if gate in DIALS]
    if gates:
        return f"Open the dial{'s' * (len(gates) > 1)} for {listed(gates)}"
    return {"rules": "Take the rule that keeps them apart back", "required": "Take a lock back"}.get(
        ", ".join(closed), ""
    )


def closed_in_words(a: str, b: str, closed: Sequence[str], call: Call) -> str:
    """Why two people cannot be paired, and what in the view would change that."""
    way = _way_to_open(closed) or "No dial would change that"
    return f"{call(a)} and {call(b)} cannot be paired: {listed([WORDS[reason] for reason in closed])}. {way}."


def _crowded(scores: PairScores, required: Sequence[tuple[str, str]], call: Call) -> Iterator[str]:
    """Everybody who is locked with more people than they have room for."""
    for person, partners in sorted(partners_of(sorted({*required})).items()):
        room = int(scores.capacity[person])
        if len(partners) > room:
            why = f"has room for {room}" if room else _why_no_room(scores, person)
            yield f"{call(person)} is locked with {listed([*map(call, partners)])} and {why}. Take one of these back."


def _why_no_room(scores: PairScores, person: str) -> str:
    by_rule = scores.applied_rules is not None and any(
        rule.a in (None, person) and not rule.number for rule in scores.applied_rules.rules.of("capacity")
    )
    return "is left out" if by_rule else REASONS[int(scores.gates.out[scores.position(person)])]


def unreadable_in_words(changes: dict[str, object]) -> str:
    """What may be chosen of the settings that were asked for and cannot be."""
    said = []
    for name, value in changes.items():
        try:
            Settings().but(**{name: value})
        except (ValueError, TypeError):
            said.append(ALLOWED.get(name, "There is no such dial."))
    return " ".join(dict.fromkeys(said)) or "These settings do not go together."


# --- a person, and a way on -------------------------------------------------------------------------------------------


def why_in_words(pairing: Pairing, person: str, call: Call) -> str:
    """Why somebody has the partner they have, as `Pairing.why` tells the two; a paragraph for each partner."""
    found = pairing.why(person).table
    if not len(found):
        row = pairing.unpaired[pairing.unpaired["person"] == person]
        reasons = [str(part) for part in row[["reason", "detail"]].to_numpy().ravel() if part]
        return f"{call(person)} has no partner: {' – '.join(reasons) or 'takes no part'}."
    return "\n".join(_pair_in_words(pairing.scores, own, call) for _, own in found.groupby(["a", "b"], sort=True))


def _pair_in_words(scores: PairScores, reasons: pd.DataFrame, call: Call) -> str:
    a, b = str(reasons["a"].iloc[0]), str(reasons["b"].iloc[0])
    told = [f"{call(a)} and {call(b)}."]
    for part in PARTS[: PARTS.index("gain")]:  # gains are for the two in rough words; here the numbers stand beside
        own = reasons[reasons["part"] == part][["block", "words"]].itertuples(index=False)
        phrases = [_reason_in_words(scores, (a, b), part, str(block), str(words), call) for block, words in own]
        if phrases:
            told.append(f"{part.capitalize()}: {', '.join(phrases)}.")
    return " ".join(told)


def _reason_in_words(scores: PairScores, pair: tuple[str, str], part: str, block: str, words: str, call: Call) -> str:
    if part == "foundation":
        introducer = introducer_of(scores, *pair)
        if introducer is None:
            return words
        return f"{words.removesuffix(f'; {introducer} can introduce them')}; {call(introducer)} can introduce them"
    return words if block in ("contacts", "topics") else f"{block} ({words})"


def help_in_words(way: WayOn, rules: Rules, people: People) -> str:
    """What would give everybody a partner: how many changes, which, and what all of them come to."""
    if not way.left_over:
        return "Everybody who takes part has a partner."
    left, now = way.left_over, total_in_words(way.before.objective)
    told = [
        f"{count_in_digits(left, 'person who takes', 'people who take')} part {'has' if left == 1 else 'have'} none."
    ]
    if way.fuller is not None:
        before, fuller = ({*pairs.table["a"], *pairs.table["b"]} for pairs in (way.before, way.fuller))
        if more := len(fuller) - len(before):
            told.append(
                f"As many pairs as possible first would give {count_in_digits(more, 'person', 'people')} more a "
                f"partner: all pairs worth {total_in_words(way.fuller.objective)} instead of {now}."
            )
        else:
            told.append("As many pairs as possible first would give nobody more a partner.")
    served = {*way.paired.table["a"], *way.paired.table["b"]}
    takes_part = way.paired.scores.people[way.before.scores.gates.out == 0]
    beyond = [str(person) for person in takes_part if str(person) not in served]
    if way.number:
        told += _changes_in_words(way, rules, beyond, people)
    elif beyond:
        told.append(f"Whatever is changed, nobody who takes part could be paired with {people.listed(beyond)}.")
    return " ".join(told)


def _changes_in_words(way: WayOn, rules: Rules, beyond: Sequence[str], people: People) -> Iterator[str]:
    fewest = "the fewest possible" if way.proven else f"at least {way.least} are needed"
    whom = f"everybody but {people.listed(beyond)}" if beyond else "everybody"
    changes = count_in_digits(way.number, "change", "changes")
    yield (
        f"With {changes} ({fewest}) {whom} would have one: all pairs worth "
        f"{total_in_words(way.paired.objective)} instead of {total_in_words(way.before.objective)}."
    )
    added = [rule_in_words(rule, people.call) for rule in way.settings.rules if rule not in rules.rules]
    dropped = [rule_in_words(rule, people.call) for rule in rules if rule not in way.settings.rules.rules]
    for does, which in (("Rules to add", added), ("Rules to take back", dropped)):
        if which:
            more = [f"{len(which) - NAMED:,} more"] if len(which) > NAMED else []
            yield f"{does}: {'; '.join([*which[:NAMED], *more])}."


# --- what makes a state, to copy --------------------------------------------------------------------------------------


def code(settings: Settings, *, names: bool) -> str:
    """The Python that makes this state; rules on people are not written out where names are off."""
    changed = [f"{name}={value!r}" for name, value in settings.changed().items()]
    lines = ["import peernet as pn", ""]
    if len(settings.rules):
        written = names and not settings.rules.facts and len(settings.rules) <= MOST_RULES
        changed.append("rules=rules" if written else "rules=explorer.settings.rules")
        if written:
            lines += ["rules = pn.Rules([", *(f"    pn.{rule!r}," for rule in settings.rules), "])"]
    return "\n".join([*lines, f"study = pn.run_study({', '.join(['survey', *changed])})"])


def sheet(settings: Settings, *, names: bool) -> str:
    """The settings sheet of this state; rules on people are not written out where names are off."""
    if not len(settings.rules) or (names and len(settings.rules) <= MOST_RULES):
        return as_toml(settings)
    left_out = count_in_digits(len(settings.rules), "rule is", "rules are")
    why = "names are off" if not names else "there are so many"
    remark = f'# {left_out} left out, as {why}: explorer.settings.write("programme.toml")'
    return f"{remark}\n{as_toml(settings.but(rules=Rules()))}"


def without_names(error: Exception, people: People) -> str:
    """What went wrong, where that names nobody; identifiers mean nothing to an organiser."""
    text = str(error)
    if not isinstance(error, ToldError) and (isinstance(error, InfeasibleError) or people.are_told_in(text)):
        return "These settings do not go together with the rules on people. Take one of the rules back, or open a dial."
    return text
