"""What the view asks and what it is told, a plain mapping each way, so that all but the wiring runs without a browser.

A question is ``{"id": number, "ask": name, ...}``, its answer ``{"id": the same, "ask": the same, ...}`` or, where it
cannot be, ``{..., "error": sentence, "at": control}``. People are told by their place in the list that ``open`` gives.
Questions about a state say which, ``"of": number``; those about one that is over are answered ``{"over": True}``.

What is long comes in parts: of names, pairs and people without a partner an answer has the first, and ``people``,
``pairs`` and ``alone`` ask for further ones ``"from"`` a place on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

import numpy as np

from peernet.errors import PeernetError, SettingError
from peernet.explorer.differences import with_partner, worst_off
from peernet.explorer.people import People, ToldError
from peernet.explorer.sentences import (
    certificate_in_words,
    code,
    difference_in_words,
    loss_in_words,
    rule_in_words,
    sheet,
    unreadable_in_words,
    without_names,
)
from peernet.explorer.slower import curve, help_on, pair, person, prices, repeat, standing
from peernet.explorer.what_if import WhatIf
from peernet.explorer.workbench import NoPairingError
from peernet.pairing.pairing import Pairing
from peernet.plots.layout import place_colleagues
from peernet.plots.style import PALETTE
from peernet.programme.settings import Settings
from peernet.scores.rules import Rule

Plain = dict[str, Any]
AS_GRAPH = 100  # people; more are shown as rows
AT_ONCE = 2_000  # names, pairs or people without a partner in one answer
RULES_TOLD = 300
DIAL_OF = {"value": "mix"}  # dials that are not called as their setting
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
    scores, dials = state.pairing.scores, {}
    opened = state.bench.scores(Settings()).settings["unreliable"]
    for gate in ("experience", "goals"):
        distances = getattr(scores.gates, gate)
        average = None if distances is None else round(float(np.nan_to_num(distances.mean)), 4)
        dials[gate] = {
            "asked": distances is not None,
            "average": average,
            "opened": gate in opened,
            "least": 0,
            "most": 1,
            "step": 0.01,
        }
    made = state.bench.held(state.settings).pairs
    least, most = _ends_of_floor(state, made.firsts, made.seconds)
    step = 0.001 if most < 0.1 else 0.01
    dials["floor"] = {"least": 0, "most": round(max(1, ceil(most / step)) * step, 3), "step": step, "now": least}
    dials["band"] = {"asked": True, "least": 0, "most": 1, "step": 0.01}
    dials["mix"] = {"least": 0, "most": 1, "step": 0.05}
    dials["accept"] = {"asked": bool(state.bench.graph.graph["foundation"])}
    return dials


def _ends_of_floor(state: WhatIf, firsts: Any, seconds: Any) -> tuple[float, float]:  # noqa: ANN401 - positions
    """The least gain of anybody with a partner now, and the largest floor at which any pair is possible."""
    own, given = state.pairing.scores.gains(firsts, seconds)
    most = float(np.nanmax(np.minimum(own, given), initial=0.0)) if len(firsts) else 0.0
    return round(worst_off(state.pairing), 4), most


# --- a state ----------------------------------------------------------------------------------------------------------


def state_told(state: WhatIf) -> Plain:
    """The state as it is: settings, pairs, totals, and what the last moves changed against the kept pairing."""
    people, pairing = state.bench.people, state.pairing
    pairs, alone, changed = _pairs_told(state), _alone_told(state), state.difference
    settings = {name: chosen for name, chosen in state.settings.to_record().items() if name != "rules"}
    return {
        "number": state.number,
        "settings": settings,
        "now": totals(pairing),
        "kept": totals(state.kept_pairing),
        "pairs": pairs[:AT_ONCE],
        "reasons": _reasons(pairing),
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


def _reasons(pairing: Pairing) -> list[str]:
    """Why people have no partner, each reason once."""
    reasons = dict.fromkeys(zip(pairing.unpaired["reason"], pairing.unpaired["detail"], strict=True))
    return [" – ".join(filter(None, reason)) for reason in reasons]


def _alone_told(state: WhatIf) -> list[list[int]]:
    """Who has no partner, by place, and the place of the reason."""
    unpaired = state.pairing.unpaired
    told = [*zip(unpaired["reason"], unpaired["detail"], strict=True)]
    number = {reason: i for i, reason in enumerate(dict.fromkeys(told))}
    place = state.bench.people.place
    return sorted([place[who], number[reason]] for who, reason in zip(unpaired["person"], told, strict=True))


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
        "alone": _alone_told(state)[question["from"] :][:AT_ONCE],
    },
    "person": lambda state, question: person(state, *_who(state, question)),
    "pair": lambda state, question: pair(state, *_who(state, question)),
    "curve": lambda state, _: curve(state),
    "prices": lambda state, _: prices(state),
    "standing": lambda state, question: standing(state, int(question["from"]), _pairs_told(state)),
    "repeat": lambda state, _: repeat(state),
    "help": lambda state, _: help_on(state),
}
