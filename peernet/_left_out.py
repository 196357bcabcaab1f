"""Why somebody has no partner, in a word and in numbers."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from peernet._arrays import Codes, Floats, Integers
from peernet._blocked import GATE_OF
from peernet._gates import REASONS
from peernet.scores import PairScores

__all__ = ["left_out"]

NEITHER = REASONS.index("neither side")  # of people who are neither mentors nor mentees nothing is told


def left_out(scores: PairScores, paired: set[str]) -> pd.DataFrame:
    """Everyone who is not paired, as `Pairing.unpaired` documents."""
    asked = scores.gates.out != NEITHER
    left = [i for i, person in enumerate(scores.people) if asked[i] and person not in paired]
    reasons = []
    for rows in scores.blocks():
        chosen = np.intersect1d(rows, left)
        if len(chosen):
            reasons += _reasons(scores, chosen)
    found = pd.DataFrame(reasons, columns=["reason", "detail"])
    found.insert(0, "person", scores.people[left])
    return found.astype("str")


def _reasons(scores: PairScores, rows: Integers) -> list[tuple[str, str]]:
    codes, values = scores.gates.codes(rows), scores.block(rows)
    capacity = scores.capacity.to_numpy()
    return [_reason(int(scores.gates.out[i]), capacity[i], codes[r], values[r]) for r, i in enumerate(rows)]


def _reason(out: int, capacity: int, codes: Codes, values: Floats) -> tuple[str, str]:
    """Why one person is left without a partner, in a word and in detail, never saying who did not trust whom."""
    if out or not capacity:
        return (REASONS[out] if out else "wants no partner"), ""
    possible = int((codes == 0).sum())
    if not possible:
        return "no possible partner", f"nobody passes every gate ({_tally(codes)})"
    if not (np.nan_to_num(values) > 0).any():
        return "nothing new", f"none of the {possible} possible partners adds a new perspective"
    return "left over", f"each of the {possible} possible partners brings more elsewhere"


def _tally(codes: Codes) -> str:
    """How many colleagues each gate keeps away; foundation, and rules that only two people know of, told as one."""
    gates = Counter(GATE_OF[REASONS[code]] for code in codes if REASONS[code] in GATE_OF)
    return ", ".join(f"{gate}: {count}" for gate, count in sorted(gates.items())) or "nobody else answered"
