"""Pairs that must be made are made in the first round, unless they met before."""

from __future__ import annotations

from peernet.meetings.held import Round, pairs_in
from peernet.pairing.objectives import check_required, sorted_pairs, with_required
from peernet.scores.pair_scores import PairScores

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
    check_required(scores, wanted)
    return tuple((scores.position(a), scores.position(b)) for a, b in wanted)
