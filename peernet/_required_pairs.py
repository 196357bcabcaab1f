"""Pairs that must be made, held against the gates and everybody's room."""

from __future__ import annotations

from collections.abc import Sequence

from peernet._hand_edit import check_room, sorted_pairs
from peernet.errors import InfeasibleError
from peernet.scores import PairScores

__all__ = ["check_required"]


def check_required(scores: PairScores, required: Sequence[tuple[str, str]]) -> None:
    """Raise `InfeasibleError` where a required pair is not possible or somebody is required in more than have room."""
    asked = scores.to_frame(required)
    problems = [
        f"{row.a!r} and {row.b!r} are required but cannot be paired: {row.blocked}."
        for row in asked[asked["blocked"] != ""].itertuples()
    ]
    if problems:
        raise InfeasibleError(" ".join(problems) + " Drop the requirement, or open the gate for everyone.")
    check_room(scores, sorted_pairs(scores, required))
