"""Pairs that must be made are made in the first round, unless they met before."""

from __future__ import annotations

from peernet._blocked import closed_to, in_words
from peernet._hand_edit import check_room, sorted_pairs
from peernet._meetings import Round, pairs_in
from peernet._objectives import with_required
from peernet.errors import InfeasibleError
from peernet.scores import PairScores

__all__ = ["required_now"]


def required_now(scores: PairScores, earlier: Round) -> Round:
    """Pairs that the rules require and that have not met, as positions.

    Raises
    ------
    InfeasibleError
        If one of them is not possible, or somebody is in more of them than they have room for; every problem at once.
    """
    met = {frozenset(pair) for pair in pairs_in([earlier])}
    asked = sorted_pairs(scores, with_required(scores, ()))
    wanted = [pair for pair in asked if frozenset(map(scores.position, pair)) not in met]
    check_room(scores, wanted)
    problems = [
        f"{a!r} and {b!r} are required but cannot be paired: {in_words(closed)}"
        for a, b in wanted
        if (closed := closed_to(scores, a, b))
    ]
    if problems:
        raise InfeasibleError(" ".join(problems))
    return tuple((scores.position(a), scores.position(b)) for a, b in wanted)
