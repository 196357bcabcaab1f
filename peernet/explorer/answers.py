"""What the view asks and what it is told, a plain mapping each way, so that all but the wiring runs without a browser.

A question is ``{"id": number, "ask": name, ...}``, its answer ``{"id": the same, "ask": the same, ...}`` or, where it
cannot be, ``{..., "error": sentence, "at": control}``. People are told by their place in the list that ``open`` gives.
Questions about a state say which, ``"of": number``; those about one that is over are answered ``{"over": True}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from peernet._wording import amount, count_in_digits, listed_few
from peernet.compare.sensitivity import gate_prices
from peernet.errors import PeernetError
from peernet.explorer.what_if import WhatIf, with_partner, worst_off
from peernet.pairing.frontier import pairing_frontier
from peernet.pairing.pairing import Pairing
from peernet.plots.layout import place_colleagues
from peernet.plots.style import PALETTE
from peernet.programme.settings import Settings, as_toml
from peernet.programme.without_partner import way_on
from peernet.scores.rules import Rule

Plain = dict[str, Any]
AS_GRAPH = 100  # people; more are shown as rows
POINTS = 10  # of the curve
NAMED = 6  # people in a sentence
NEXT_BEST = 6  # partners


def answer(state: WhatIf, question: Mapping[str, Any]) -> Plain:
    """The answer to one question of the view; moves change the state, errors leave it as it was."""
    asked = {"id": question.get("id"), "ask": question["ask"]}
    if "of" in question and question["of"] != state.number:
        return {**asked, "over": True}
    try:
        return {**asked, **ANSWERS[question["ask"]](state, question)}
    except PeernetError as error:
        return {**asked, "error": str(error), "at": question.get("at", question["ask"])}


def _open(state: WhatIf, _question: Mapping[str, Any]) -> Plain:
    """Everything no move changes: people, their groups and places, and the dials with their ends."""
    people, bench = state.pairing.scores.people, state.bench
    told: Plain = {
        "names": bench.names[people].tolist(),
        "groups": bench.groups[people].tolist(),
        "colours": PALETTE,
        "dials": _dials(state),
        "state": state_told(state),
    }
    if len(people) <= AS_GRAPH:
        places = place_colleagues(bench.graph).reindex(people)
        told["places"] = places[["x", "y"]].round(4).to_numpy().tolist()
    return told


def _dials(state: WhatIf) -> Plain:
    """What each dial can be set to."""
    scores, dials = state.pairing.scores, {}
    for gate in ("experience", "goals"):
        distances = getattr(scores.gates, gate)
        average = None if distances is None else round(float(np.nan_to_num(distances.mean)), 4)
        opened = gate in state.bench.scores(Settings()).settings["unreliable"]
        dials[gate] = {"asked": distances is not None, "average": average, "opened": opened}
    return dials


def state_told(state: WhatIf) -> Plain:
    """The state as it is: settings, pairs, totals, and what the last moves changed against the kept pairing."""
    pairing, place = state.pairing, {person: i for i, person in enumerate(state.pairing.scores.people)}
    table = pairing.table.sort_values("value", ascending=False, kind="stable")
    locked, kept = {*pairing.required}, {*state.kept_pairing.pairs}
    pairs = [
        [place[a], place[b], *np.round([value, own, given], 4).tolist(), int((a, b) in locked), int((a, b) in kept)]
        for a, b, value, own, given in table[["a", "b", "value", "gain_a", "gain_b"]].itertuples(index=False)
    ]
    reasons = [*dict.fromkeys(zip(pairing.unpaired["reason"], pairing.unpaired["detail"], strict=True))]
    alone = zip(pairing.unpaired["person"], pairing.unpaired["reason"], pairing.unpaired["detail"], strict=True)
    return {
        "number": state.number,
        "settings": state.settings.to_record(),
        "now": totals(pairing),
        "kept": totals(state.kept_pairing),
        "pairs": pairs,
        "reasons": [" – ".join(filter(None, reason)) for reason in reasons],
        "alone": [[place[who], reasons.index((reason, detail))] for who, reason, detail in alone],
        "rules": [{"row": row, "told": rule.told} for row, rule in enumerate(state.settings.rules)],
        "certificate": certificate_in_words(pairing),
        "difference": difference_in_words(state),
        "code": code(state.settings),
        "sheet": as_toml(state.settings),
        "can": {"undo": state.can_undo, "keep": state.settings != state.kept, "reset": state.settings != state.first},
    }


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


def certificate_in_words(pairing: Pairing) -> str:
    """The proof in one line."""
    if not pairing.proven:
        return f"Not proven: at most {amount(pairing.bound)} is possible within these rules."
    if pairing.settings["objective"] == "fair":
        return "Proven: within these rules no pairing is fairer to those who gain least."
    return f"Proven: nothing within these rules is worth more than {amount(pairing.objective)}."


def difference_in_words(state: WhatIf) -> list[str]:
    """What the state changes against the kept pairing, a sentence each."""
    found, names = state.difference, state.bench.names
    if not (found.lost or found.made):
        return ["The same pairs as kept."]
    told = [
        f"{found.total:+.3f} effective perspectives in all, {found.worst_off:+.3f} for the worst-off.",
        f"{count_in_digits(len(found.lost), 'pair is', 'pairs are')} given up, {len(found.made):,} made.",
    ]
    if found.left:
        told.append(f"Without a partner now: {listed_few(names[[*found.left]].tolist(), NAMED)}.")
    if found.newly:
        told.append(f"With a partner now: {listed_few(names[[*found.newly]].tolist(), NAMED)}.")
    return told


def code(settings: Settings) -> str:
    """The Python that makes this state."""
    changed = ", ".join(f"{name}={value!r}" for name, value in settings.changed().items())
    return f"import peernet as pn\n\nstudy = pn.run_study(survey{', ' + changed if changed else ''})"


def _set(state: WhatIf, question: Mapping[str, Any]) -> Plain:
    changes = {name: tuple(value) if isinstance(value, list) else value for name, value in question["changes"].items()}
    state.change(**changes)
    return {"state": state_told(state)}


def _moved(move: Callable[[WhatIf, Mapping[str, Any]], None]) -> Callable[[WhatIf, Mapping[str, Any]], Plain]:
    def told(state: WhatIf, question: Mapping[str, Any]) -> Plain:
        move(state, question)
        return {"state": state_told(state)}

    return told


def _people(state: WhatIf, question: Mapping[str, Any]) -> list[str]:
    people = state.pairing.scores.people
    return [str(people[int(question[side])]) for side in ("a", "b") if side in question]


def _rule(state: WhatIf, question: Mapping[str, Any]) -> Rule:
    return state.settings.rules.rules[int(question["row"])]


def _person(state: WhatIf, question: Mapping[str, Any]) -> Plain:
    """Why somebody has the partner they have, and the next best with what each would cost everybody."""
    (person,) = _people(state, question)
    why = state.pairing.why(person)
    table = state.pairing.alternates(person, NEXT_BEST, progress=False)
    place = {person: i for i, person in enumerate(state.pairing.scores.people)}
    cheapest = zip(table["partner"], table["cost"], table["people"], strict=True)
    return {"why": why.text, "next": [[place[partner], cost, people] for partner, cost, people in cheapest]}


def _pair(state: WhatIf, question: Mapping[str, Any]) -> Plain:
    """What any two people would cost as a pair."""
    found = state.pairing.why_not(*_people(state, question), progress=False)
    return {"told": found.text, "cost": None if np.isnan(found.cost) else found.cost}


def _curve(state: WhatIf, _question: Mapping[str, Any]) -> Plain:
    """Closeness in experience against value, and where the state and the kept pairing stand."""
    found = pairing_frontier(state.pairing.scores, points=POINTS, progress=False)
    return {
        "points": found.table[["closeness", "value"]].round(4).to_numpy().tolist(),
        "knee": found.knee,
        "now": _place_on_curve(state.pairing),
        "kept": _place_on_curve(state.kept_pairing),
    }


def _place_on_curve(pairing: Pairing) -> list[float]:
    return [round(float((1 - pairing.table["experience"]).sum()), 4), round(pairing.objective, 4)]


def _prices(state: WhatIf, _question: Mapping[str, Any]) -> Plain:
    """What each gate costs."""
    found = gate_prices(state.pairing.scores)
    return {"gates": [[gate, int(pairs), value, price] for gate, pairs, value, price, _ in found.itertuples()]}


def _help(state: WhatIf, _question: Mapping[str, Any]) -> Plain:
    """What would give everybody a partner."""
    return {"told": way_on(state.pairing, state.settings).words}


ANSWERS: dict[str, Callable[[WhatIf, Mapping[str, Any]], Plain]] = {
    "open": _open,
    "set": _set,
    "lock": _moved(lambda state, question: state.lock(*_people(state, question))),
    "forbid": _moved(lambda state, question: state.forbid(*_people(state, question))),
    "leave out": _moved(lambda state, question: state.leave_out(*_people(state, question))),
    "release": _moved(lambda state, question: state.release(_rule(state, question))),
    "undo": _moved(lambda state, _: state.undo()),
    "keep": _moved(lambda state, _: state.keep()),
    "reset": _moved(lambda state, _: state.reset()),
    "person": _person,
    "pair": _pair,
    "curve": _curve,
    "prices": _prices,
    "help": _help,
}
