"""Why somebody has no partner, in a word and in numbers."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from peernet._arrays import Codes, Floats, Ints
from peernet.scores.closed_doors import unanswered
from peernet.scores.gates import REASONS
from peernet.scores.pair_scores import PairScores
from peernet.scores.reasons import GATE_OF

__all__ = ["left_out", "no_room"]

DETAILS = {  # for one possible partner, and for several
    "nothing new": (
        "the only possible partner adds no new perspective",
        "none of the {} possible partners adds a new perspective",
    ),
    "price of a rule": (
        "with the only possible partner the gain is not above the price of a rule",
        "with none of the {} possible partners is the gain above the price of a rule",
    ),
}
NEITHER = REASONS.index("neither side")  # of people who are neither mentors nor mentees nothing is told


def left_out(scores: PairScores, paired: set[str], *, fair: bool = False) -> pd.DataFrame:
    """Everyone who is not paired, as `Pairing.unpaired` documents; ``fair`` where the total was not the objective."""
    asked = scores.gates.out != NEITHER
    left = [i for i, person in enumerate(scores.people) if asked[i] and person not in paired]
    reasons = []
    for rows in scores.blocks():
        chosen = np.intersect1d(rows, left)
        if len(chosen):
            reasons += _reasons(scores, chosen, fair)
    found = pd.DataFrame(reasons, columns=["reason", "detail"])
    found.insert(0, "person", scores.people[left])
    return found.astype("str")


def _reasons(scores: PairScores, rows: Ints, fair: bool) -> list[tuple[str, str]]:
    codes, values = scores.gates.codes(rows), scores.block(rows)
    gains = values + scores.prices(rows) if scores.priced else values
    others = "is needed more by somebody else" if fair else "brings more elsewhere"
    return [_reason_and_detail(scores, i, codes[r], values[r], gains[r], others) for r, i in enumerate(rows)]


def no_room(scores: PairScores, person: str) -> str:
    """Why somebody who takes part can have no partner at all."""
    resting = scores.ruling is not None and person in scores.ruling.resting
    return "no partner by a rule" if resting else "wants no partner"


def _reason_and_detail(
    scores: PairScores, i: int, codes: Codes, values: Floats, gains: Floats, others: str
) -> tuple[str, str]:
    """Why one person is left without a partner, in a word and in detail, never saying who did not trust whom."""
    out, person = int(scores.gates.out[i]), str(scores.people[i])
    if out or not scores.capacity.iloc[i]:
        return (REASONS[out] if out else no_room(scores, person)), ""
    possible = int((codes == 0).sum())
    if not possible:
        few = unanswered(scores, np.array([i]))[0]
        told = f"; too few answers about {' and '.join(few)}" if few else ""
        return "no possible partner", f"nobody passes every gate ({_tally(codes)}){told}"
    if not (np.nan_to_num(gains) > 0).any():
        return _in_number("nothing new", possible)
    if not (np.nan_to_num(values) > 0).any():
        return _in_number("price of a rule", possible)
    who = "the only possible partner" if possible == 1 else f"each of the {possible} possible partners"
    return "left over", f"{who} {others}{_or_held(scores)}"


def _in_number(reason: str, possible: int) -> tuple[str, str]:
    """A reason and its detail, as befits one possible partner or several."""
    one, several = DETAILS[reason]
    return reason, one if possible == 1 else several.format(possible)


def _or_held(scores: PairScores) -> str:
    """What else may leave somebody over: rules on more than one pair."""
    if scores.ruling is None or not (scores.ruling.required or scores.ruling.limits):
        return ""
    return ", or a rule on other pairs leaves no room"


def _tally(codes: Codes) -> str:
    """How many colleagues each gate keeps away; foundation, and rules that only two people know of, told as one."""
    gates = Counter(GATE_OF[REASONS[code]] for code in codes if REASONS[code] in GATE_OF)
    return ", ".join(f"{gate}: {count}" for gate, count in sorted(gates.items())) or "nobody else answered"
