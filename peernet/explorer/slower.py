"""Questions about a state that take longer: a person, a pair, the curve, prices, what stands, repeats and a way on."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

import numpy as np

from peernet.compare.sensitivity import gate_prices
from peernet.explorer.repeats import enough_in_words
from peernet.explorer.sentences import closed_in_words, help_in_words, opened_in_words, why_in_words
from peernet.explorer.what_if import WhatIf
from peernet.pairing.frontier import pairing_frontier
from peernet.pairing.pairing import Pairing
from peernet.pairing.why_not import why_not
from peernet.programme.without_partner import way_on
from peernet.scores.rules import Rules

Plain = dict[str, Any]
POINTS = 10  # of the curve
NEXT_BEST = 6  # partners
SECONDS = 0.25  # of one answer about what stands, so that a move need not wait longer
BY_TOTAL = "Here all pairs are those of the largest total, neither the fairest nor as many as possible."
ALTERNATES = "explorer.pairing.alternates(person)"
MANY = 2_000  # people; with more, what takes long is not worked out in between, as moves would wait for it
MANY_WITH_FEW = 5_000  # the same where each has few possible partners, and only those are looked at
MANY_PRICED = 2_500  # the same for prices: with trust left out of the rules, all pairs are looked at


def person(state: WhatIf, a: str) -> Plain:
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


def pair(state: WhatIf, a: str, b: str) -> Plain:
    """What any two people would cost as a pair."""
    call = state.bench.people.call
    found = why_not(state.pairing, state.pairing.optimum, a, b, progress=False, call=call)
    closed = found.table["reason"].iloc[0]
    return {
        "told": closed_in_words(a, b, closed.split(", "), call) if closed else found.text,
        "cost": None if np.isnan(found.cost) else found.cost,
    }


def curve(state: WhatIf) -> Plain:
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


def prices(state: WhatIf) -> Plain:
    """What each gate costs, by the largest total of all pairs whatever else the settings look for."""
    if most := _too_many_for(state, MANY_PRICED):
        return {"gates": [], "told": _in_python("pn.gate_prices(explorer.pairing.scores)", most)}
    found = gate_prices(state.pairing.scores)
    looked_for = state.settings.objective == "fair" or state.settings.cardinality == "max"
    return {
        "gates": [[opened_in_words(gate), int(pairs), *sums] for gate, pairs, *sums, _ in found.itertuples()],
        "told": BY_TOTAL if looked_for else "",
    }


def standing(state: WhatIf, start: int, pairs: Sequence[Sequence[float]]) -> Plain:
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


def repeat(state: WhatIf) -> Plain:
    """One more repeat of the survey, and what all so far tell of the last moves."""
    if most := _too_many_for(state):
        return {"done": 0, "of": 0, "told": _in_python("pn.pairing_stability(survey)", most)}
    repeats = state.repeats()
    repeats.one_more()
    return {"done": repeats.done, "of": repeats.of, "told": enough_in_words(repeats.against(state.pairing))}


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


def help_on(state: WhatIf) -> Plain:
    """What would give everybody a partner."""
    if most := _too_many_for(state):
        return {"told": _in_python("pn.programme.way_on(explorer.pairing, explorer.settings)", most)}
    return {"told": help_in_words(way_on(state.pairing, state.settings), Rules(state.rules), state.bench.people)}
