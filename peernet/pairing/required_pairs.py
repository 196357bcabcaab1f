"""Pairs that must be made, held against the gates and everybody's room."""

from __future__ import annotations

from collections.abc import Sequence

from peernet.errors import InfeasibleError
from peernet.pairing.hand_edit import check_room, sorted_pairs
from peernet.scores.gates import GATES
from peernet.scores.pair_scores import PairScores
from peernet.scores.reasons import closed_to

__all__ = ["check_required"]


def check_required(scores: PairScores, required: Sequence[tuple[str, str]]) -> None:
    """Raise `InfeasibleError` where a required pair is not possible or somebody is required in more than have room."""
    asked = scores.to_frame(required)
    problems = [
        f"{row.a!r} and {row.b!r} are required but cannot be paired: {row.blocked}. Drop the requirement"
        f"{_or_else(closed_to(scores, str(row.a), str(row.b)))}."
        for row in asked[asked["blocked"] != ""].itertuples()
    ]
    if problems:
        raise InfeasibleError(" ".join(problems))
    check_room(scores, sorted_pairs(scores, required))


def _or_else(closed: tuple[str, ...]) -> str:
    """What else would help, as the end of a sentence."""
    gates = [gate for gate in closed if gate in GATES]
    if gates:
        return f", or open the {' and '.join(gates)} gate{'s' * (len(gates) > 1)} for everyone"
    return ", or the rule that keeps them apart" if closed == ("rules",) else ""
