"""What the view asks and what it is told, a plain mapping each way, so that all but the wiring runs without a browser.

A question is ``{"id": number, "ask": name, ...}``, its answer ``{"id": the same, "ask": the same, ...}`` or, where it
cannot be, ``{..., "error": sentence, "at": control}``. People are told by their place in the list that ``open`` gives.
Questions about a state say which, ``"of": number``; those about one that is over are answered ``{"over": True}``.

What is long comes in parts: of names, pairs and people without a partner an answer has the first, and ``people``,
``pairs`` and ``alone`` ask for further ones ``"from"`` a place on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from time import monotonic
from typing import Any

import numpy as np

from peernet.compare.sensitivity import gate_prices
from peernet.errors import PeernetError, SettingError
from peernet.explorer.differences import with_partner, worst_off
from peernet.explorer.people import People, ToldError
from peernet.explorer.repeats import enough_in_words
from peernet.explorer.sentences import (
    certificate_in_words,
    closed_in_words,
    code,
    difference_in_words,
    help_in_words,
    loss_in_words,
    opened_in_words,
    rule_in_words,
    sheet,
    unreadable_in_words,
    why_in_words,
    without_names,
)
from peernet.explorer.what_if import WhatIf
from peernet.explorer.workbench import NoPairingError
from peernet.pairing.frontier import pairing_frontier
from peernet.pairing.pairing import Pairing
from peernet.pairing.why_not import why_not
from peernet.plots.layout import place_colleagues
from peernet.plots.style import PALETTE
from peernet.programme.settings import Settings
from peernet.programme.without_partner import way_on
from peernet.scores.rules import Rule, Rules

Plain = dict[str, Any]
AS_GRAPH = 100  # people; more are shown as rows
AT_ONCE = 2_000  # names, pairs or people without a partner in one answer
RULES_TOLD = 300
DIAL_OF = {"value": "mix"}  # dials that are not called as their setting
POINTS = 10  # of the curve
NEXT_BEST = 6  # partners
SECONDS = 0.25  # of one answer about what stands, so that a move need not wait longer
BY_TOTAL = "Here all pairs are those of the largest total, neither the fairest nor as many as possible."
ALTERNATES = "explorer.pairing.alternates(person)"
MANY = 2_000  # people; with more, what takes long is not worked out in between, as moves would wait for it
MANY_WITH_FEW = 5_000  # the same where each has few possible partners, and only those are looked at
MANY_PRICED = 2_500  # the same for prices: with trust left out of the rules, all pairs are looked at
BY_RULE = {"required": "lock", "forbidden": "forbid", "capacity": "leave out"}


def answer(state: WhatIf, question: Mapping[str, Any]) -> Plain:
    """The answer to one question of the view; moves change the state, errors leave it as it was."""
    asked = {"id": question.get("id"), "ask": question["ask"]}
    if "of" in question and question["of"] != state.number:
        return {**asked, "over": True}
    people = state.bench.people
    try:
        return {**asked, **ANSWERS[question["ask"]](state, question)}
    except NoPairingError as error:
        told = " ".join(error.told(people.call))
    except PeernetError as error:
        told = without_names(error, people)
    return {**asked, "error": told, "at": question.get("at", question["ask"])}


# --- what no move changes ---------------------------------------------------------------------------------------------


def _open(state: WhatIf, _question: Mapping[str, Any]) -> Plain:
    """Everything no move changes: people, their groups and places, and the dials with their ends."""
    people, bench = state.bench.people, state.bench
    told: Plain = {
        **_people(state, {"from": 0}),
        "count": len(people),
        "colours": PALETTE,
        "dials": _dials(state),
        "shown": people.shown,
        "saved": people.saved,
        "state": state_told(state),
    }
    if len(people) <= AS_GRAPH:
        places = place_colleagues(bench.graph).loc[people.by_place]
        told["places"] = places[["x", "y"]].round(4).to_numpy().tolist()
    return told


def _people(state: WhatIf, question: Mapping[str, Any]) -> Plain:
    """Names and groups from a place on."""
    people, groups = state.bench.people, state.bench.groups
    start = int(question["from"])
    some = range(start, min(start + AT_ONCE, len(people)))
    return {
        "from": start,
        "names": [people.called(place) for place in some],
        "groups": groups[[people.by_place[place] for place in some]].tolist(),
    }


def _names(state: WhatIf, question: Mapping[str, Any]) -> Plain:
    """Names shown or not, in the view and in what is saved; all sentences of the state anew."""
    people = state.bench.people
    people.shown, people.saved = (bool(question.get(name, getattr(people, name))) for name in ("shown", "saved"))
    return {
        **_people(state, {"from": 0}),
        "shown": people.shown,
        "saved": people.saved,
        "state": state_told(state),
    }


def _dials(state: WhatIf) -> Plain:
    """What each dial can be set to, and what it is."""
    scores = state.pairing.scores
    dials: Plain = {}
    opened = state.bench.scores(Settings()).settings["unreliable"]
    for gate in ("experience", "goals"):
        distances = getattr(scores.gates, gate)
        average = None if distances is None else round(float(np.nan_to_num(distances.mean)), 4)
        dials[gate] = {"asked": distances is not None, "average": average, "opened": gate in opened}
        dials[gate] |= {"least": 0, "most": 1, "step": 0.01}
    made, now = state.bench.held(state.settings).pairs, round(worst_off(state.pairing), 4)
    # The dial ends at the largest floor at which a pair is still possible.
    most = float(np.nanmax(np.minimum(*scores.gains(made.firsts, made.seconds)), initial=0.0)) if len(made) else 0.0
    step = 0.001 if most < 0.1 else 0.01
    dials["floor"] = {"least": 0, "most": round(max(1, ceil(most / step)) * step, 3), "step": step, "now": now}
    dials["band"] = {"asked": True, "least": 0, "most": 1, "step": 0.01}
    dials["mix"] = {"least": 0, "most": 1, "step": 0.05}
    dials["accept"] = {"asked": bool(state.bench.graph.graph["foundation"])}
    return dials


# --- a state ----------------------------------------------------------------------------------------------------------


def state_told(state: WhatIf) -> Plain:
    """The state as it is: settings, pairs, totals, and what the last moves changed against the kept pairing."""
    people, pairing = state.bench.people, state.pairing
    pairs, (reasons, alone), changed = _pairs_told(state), _alone_told(state), state.difference
    settings = {name: chosen for name, chosen in state.settings.to_record().items() if name != "rules"}
    return {
        "number": state.number,
        "settings": settings,
        "now": totals(pairing),
        "kept": totals(state.kept_pairing),
        "pairs": pairs[:AT_ONCE],
        "reasons": reasons,
        "alone": alone[:AT_ONCE],
        "more": {"pairs": len(pairs), "alone": len(alone)},
        "changed": {"made": len(changed.made), "lost": len(changed.lost)},
        "gone": [sorted((people.place[a], people.place[b])) for a, b in changed.lost[:AT_ONCE]],
        "rules": [_rule_told(row, rule, people) for row, rule in enumerate(state.rules)][-RULES_TOLD:],
        "certificate": certificate_in_words(pairing),
        "difference": difference_in_words(changed, people),
        "beside": beside(state),
        "code": code(state.settings, names=people.shown),
        "sheet": sheet(state.settings, names=people.shown),
        "can": {"undo": state.can_undo, "keep": state.settings != state.kept, "reset": state.settings != state.first},
    }


def _pairs_told(state: WhatIf) -> list[list[float]]:
    """Pairs by place, the largest value first; of equal ones those of the smallest places."""
    place, table = state.bench.people.place, state.pairing.table
    locked, kept = {*state.pairing.required}, {*state.kept_pairing.pairs}
    found = []
    for a, b, *numbers in table[["a", "b", "value", "gain_a", "gain_b"]].itertuples(index=False):
        value, own, given = (round(float(number), 4) for number in np.nan_to_num(numbers))
        i, j = place[a], place[b]
        sides = [i, j, value, own, given] if i < j else [j, i, value, given, own]
        found.append([*sides, int((a, b) in locked), int((a, b) in kept)])
    return sorted(found, key=lambda pair: (-pair[2], pair[0]))


def _rule_told(row: int, rule: Rule, people: People) -> Plain:
    """A rule in words, and whom it names."""
    about = [people.place[person] for person in (rule.a, rule.b) if person in people.place]
    return {"row": row, "told": rule_in_words(rule, people.call), "people": about}


def _alone_told(state: WhatIf) -> tuple[list[str], list[list[int]]]:
    """Why people have no partner, each reason once; and who has none, by place, with the place of the reason."""
    unpaired, place = state.pairing.unpaired, state.bench.people.place
    told = [*zip(unpaired["reason"], unpaired["detail"], strict=True)]
    number = {reason: i for i, reason in enumerate(dict.fromkeys(told))}
    rows = sorted([place[who], number[reason]] for who, reason in zip(unpaired["person"], told, strict=True))
    return [" – ".join(filter(None, reason)) for reason in number], rows


def totals(pairing: Pairing) -> Plain:
    """What a pairing comes to, in numbers."""
    able = int(((pairing.scores.gates.out == 0) & (pairing.scores.capacity > 0)).sum())
    return {
        "paired": len(with_partner(pairing)),
        "able": able,
        "pairs": len(pairing),
        "total": pairing.objective,
        "worst_off": worst_off(pairing) if len(pairing) else None,
        "proven": pairing.proven,
    }


def beside(state: WhatIf) -> dict[str, list[str]]:
    """What the last move did to people, by the control that was moved."""
    if state.came_from is None:
        return {}
    before, now = with_partner(state.bench.pairing(state.came_from)), with_partner(state.pairing)
    told = loss_in_words(state.pairing, sorted(before - now), sorted(now - before), state.bench.people)
    controls = controls_moved(state.came_from, state.settings)
    return {controls[0]: told} if told and controls else {}


def controls_moved(before: Settings, after: Settings) -> list[str]:
    """The controls whose settings differ, as the view calls them."""
    moved = []
    for name in after.changed(since=before):
        if name == "accept":
            moved += [f"accept-{kind}" for kind in sorted({*before.accept} ^ {*after.accept})]
        elif name == "band":
            ends = [
                "band-least" if end == 0 else "band-most"
                for end in (0, 1)
                if (before.band or (0.0, 1.0))[end] != (after.band or (0.0, 1.0))[end]
            ]
            moved += ends or ["band-most"]
        else:
            moved.append(DIAL_OF.get(name, name))
    added = [rule for rule in after.rules if rule not in before.rules.rules]
    gone = [rule for rule in before.rules if rule not in after.rules.rules]
    return moved + [BY_RULE.get(rule.rule, "release") for rule in added] + ["release" for _ in gone]


# --- moves ------------------------------------------------------------------------------------------------------------


def _set(state: WhatIf, question: Mapping[str, Any]) -> Plain:
    changes = {name: tuple(value) if isinstance(value, list) else value for name, value in question["changes"].items()}
    try:
        settings = state.settings.but(**changes)
    except (SettingError, TypeError) as error:
        raise ToldError(unreadable_in_words(changes)) from error
    state.move(settings, gesture=question.get("gesture"))
    return {"state": state_told(state)}


def _moved(move: Callable[[WhatIf, Mapping[str, Any]], None]) -> Callable[[WhatIf, Mapping[str, Any]], Plain]:
    def told(state: WhatIf, question: Mapping[str, Any]) -> Plain:
        move(state, question)
        return {"state": state_told(state)}

    return told


def _who(state: WhatIf, question: Mapping[str, Any]) -> list[str]:
    return [state.bench.people.person(question[side]) for side in ("a", "b") if side in question]


def _rule(state: WhatIf, question: Mapping[str, Any]) -> Rule:
    rules = state.settings.rules.rules
    if not 0 <= int(question["row"]) < len(rules):
        raise ToldError("This rule is not there any more.")
    return rules[int(question["row"])]


# --- what takes longer ------------------------------------------------------------------------------------------------


def _person(state: WhatIf, a: str) -> Plain:
    """Why somebody has the partner they have, and the next best with what each would cost everybody."""
    if _are_many(state) and not _is_quick(state):
        return {
            "why": why_in_words(state.pairing, a, state.bench.people.call),
            "next": [],
            "told": _in_python(ALTERNATES, MANY),
        }
    table = state.pairing.alternates(a, NEXT_BEST, progress=False)
    place = state.bench.people.place
    cheapest = zip(table["partner"], table["cost"], table["people"], strict=True)
    return {
        "why": why_in_words(state.pairing, a, state.bench.people.call),
        "next": [[place[partner], float(cost), int(people)] for partner, cost, people in cheapest],
    }


def _pair(state: WhatIf, a: str, b: str) -> Plain:
    """What any two people would cost as a pair."""
    call = state.bench.people.call
    found = why_not(state.pairing, state.pairing.optimum, a, b, progress=False, call=call)
    closed = found.table["reason"].iloc[0]
    return {
        "told": closed_in_words(a, b, closed.split(", "), call) if closed else found.text,
        "cost": None if np.isnan(found.cost) else found.cost,
    }


def _curve(state: WhatIf) -> Plain:
    """Closeness in experience against value, and where the state and the kept pairing stand."""
    why_not_drawn = (
        _in_python("pn.pairing_frontier(explorer.pairing.scores)", most)
        if (most := _too_many_for(state))
        else "Nothing was asked about experience."
        if state.pairing.scores.gates.experience is None
        else "No pair is possible."
        if not len(state.bench.held(state.settings).pairs)
        else ""
    )
    if why_not_drawn:
        return {"points": [], "now": None, "kept": None, "told": why_not_drawn}
    found = pairing_frontier(state.pairing.scores, points=POINTS, prices=False, progress=False)
    return {
        "points": found.table[["closeness", "value"]].round(4).to_numpy().tolist(),
        "now": _place_on_curve(state.pairing),
        "kept": _place_on_curve(state.kept_pairing),
    }


def _place_on_curve(pairing: Pairing) -> list[float]:
    return [round(float((1 - pairing.table["experience"]).sum()), 4), round(pairing.objective, 4)]


def _prices(state: WhatIf) -> Plain:
    """What each gate costs, by the largest total of all pairs whatever else the settings look for."""
    if most := _too_many_for(state, MANY_PRICED):
        return {"gates": [], "told": _in_python("pn.gate_prices(explorer.pairing.scores)", most)}
    found = gate_prices(state.pairing.scores)
    looked_for = state.settings.objective == "fair" or state.settings.cardinality == "max"
    return {
        "gates": [[opened_in_words(gate), int(pairs), *sums] for gate, pairs, *sums, _ in found.itertuples()],
        "told": BY_TOTAL if looked_for else "",
    }


def _standing(state: WhatIf, start: int, pairs: Sequence[Sequence[float]]) -> Plain:
    """Which pairs stand in every best pairing, and the exact price of breaking each, as far as the time goes.

    Pairs in the order of the state, from one on: of those that stand ``[a, b, price]``, the price missing where the
    rules leave no pairing without the pair; ``next`` is where to go on, missing at the end.
    """
    if _are_many(state) and not _is_quick(state):
        return {"from": start, "standing": [], "next": None, "told": _in_python("explorer.pairing.why_not", MANY)}
    by_place, best = state.bench.people.by_place, state.pairing.optimum
    found: list[list[float | int | None]] = []
    until, place = monotonic() + SECONDS, start
    while place < len(pairs) and (place == start or monotonic() < until):
        a, b = (int(side) for side in pairs[place][:2])
        broken = best.breaking(by_place[a], by_place[b])
        if broken.stands:
            found.append([a, b, None if broken.cost is None else round(broken.cost, 6)])
        place += 1
    return {"from": start, "standing": found, "next": place if place < len(pairs) else None}


def _repeat(state: WhatIf) -> Plain:
    """One more repeat of the survey, and what all so far tell of the last moves."""
    if most := _too_many_for(state):
        return {"done": 0, "of": 0, "told": _in_python("pn.pairing_stability(survey)", most)}
    repeats = state.repeats()
    repeats.one_more()
    return {"done": repeats.done, "of": repeats.of, "told": enough_in_words(repeats.against(state.pairing))}


def _help(state: WhatIf) -> Plain:
    """What would give everybody a partner."""
    if most := _too_many_for(state):
        return {"told": _in_python("pn.programme.way_on(explorer.pairing, explorer.settings)", most)}
    return {"told": help_in_words(way_on(state.pairing, state.settings), Rules(state.rules), state.bench.people)}


def _are_many(state: WhatIf) -> bool:
    return len(state.bench.people) > MANY


def _too_many_for(state: WhatIf, with_few: int | None = None) -> int:
    """Beyond how many people what is asked takes long; 0 where there are no more than that."""
    most = (MANY_WITH_FEW if with_few is None else with_few) if _is_quick(state) else MANY
    return most if len(state.bench.people) > most else 0


def _is_quick(state: WhatIf) -> bool:
    """Whether asking again for one pair takes a moment: few pairs can pass, and their total is what counts."""
    return state.pairing.scores.candidates is not None and state.settings.objective == "total"


def _in_python(call: str, most: int) -> str:
    return f"With more than {most:,} people this takes long and is not worked out in between. In Python: {call}"


# --- the table of questions -------------------------------------------------------------------------------------------

ANSWERS: dict[str, Callable[[WhatIf, Mapping[str, Any]], Plain]] = {
    "open": _open,
    "people": _people,
    "names": _names,
    "set": _set,
    "lock": _moved(lambda state, question: state.lock(*_who(state, question))),
    "forbid": _moved(lambda state, question: state.forbid(*_who(state, question))),
    "leave out": _moved(lambda state, question: state.leave_out(*_who(state, question))),
    "release": _moved(lambda state, question: state.release(_rule(state, question))),
    "undo": _moved(lambda state, _: state.undo()),
    "keep": _moved(lambda state, _: state.keep()),
    "reset": _moved(lambda state, _: state.reset()),
    "pairs": lambda state, question: {
        "from": question["from"],
        "pairs": _pairs_told(state)[question["from"] :][:AT_ONCE],
    },
    "alone": lambda state, question: {
        "from": question["from"],
        "alone": _alone_told(state)[1][question["from"] :][:AT_ONCE],
    },
    "person": lambda state, question: _person(state, *_who(state, question)),
    "pair": lambda state, question: _pair(state, *_who(state, question)),
    "curve": lambda state, _: _curve(state),
    "prices": lambda state, _: _prices(state),
    "standing": lambda state, question: _standing(state, int(question["from"]), _pairs_told(state)),
    "repeat": lambda state, _: _repeat(state),
    "help": lambda state, _: _help(state),
}
