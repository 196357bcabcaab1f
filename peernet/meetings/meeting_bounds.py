"""No rounds or circles can be worth more: ceilings of what partners add together, under everyone's capacity.

What all meetings bring a person is what their partners add together, in whatever order they come. It is at most what
any reference set of partners adds, and the ceilings of further partners beyond that set. Three references serve:
nobody, the partners of the plan at hand, and every possible partner. Any mixture of the three bounds is a bound too;
the mixture is tuned person by person with the help of the matching that attains it, and the lowest bound counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from peernet._arrays import Floats, Ints
from peernet.diversity.reach import ceilings, in_doubt, likeness_of
from peernet.meetings.held import Round
from peernet.meetings.planner import Programme
from peernet.meetings.possible_pairs import PossiblePairs
from peernet.scores.pair_scores import PairScores

__all__ = ["meeting_bounds", "programme_bounds"]

STEPS = 8
BOLDNESS = 4.0


@dataclass(frozen=True)
class References:
    """Three reference sets a person: what each adds, and what either side of each pair adds beyond it at most."""

    base: Floats
    own: Floats
    given: Floats


def programme_bounds(programme: Programme, rounds: tuple[Round, ...]) -> tuple[float, float]:
    """The proven bound on the total value of so many rounds, and the one that holds if newcomers never help each other.

    The second takes what each partner adds alone as the most they add.
    """
    extra = programme.willing & (programme.capacity > 0) & (programme.trios > 0)
    most = len(rounds) * (programme.capacity + extra)
    return meeting_bounds(programme.scores_after([]), programme.scores_after(rounds), programme.open_after([]), most)


def meeting_bounds(before: PairScores, after: PairScores, pairs: PossiblePairs, most: Ints) -> tuple[float, float]:
    """Both bounds on what meetings among these pairs are worth, where everyone has so many partners at most.

    Any scores will do as ``after``; the closer to what the best meetings bring, the lower the bounds.
    """
    likeness, candidates = likeness_of(before.reach), pairs.table()
    parts, everyone = ceilings(before.reach, likeness, candidates, most)
    further, _ = ceilings(after.reach, likeness, candidates, most)
    doubt = in_doubt(after.reach, likeness, candidates)
    reached = np.where(doubt, everyone, after.reach.exposure - before.reach.exposure)
    further[doubt] = 0.0  # beyond everyone there is nothing
    base = np.nan_to_num(np.column_stack([np.zeros(pairs.n), reached, everyone]))
    sides = (pairs.first, pairs.second), (pairs.second, pairs.first)
    proven = [_beside_nothing(parts[side], further[side]) for side in sides]
    usual = [_beside_nothing(*gains) for gains in zip(before.gains(*sides[0]), after.gains(*sides[0]), strict=True)]
    whole = float(before.combined(np.ones(1), np.ones(1))[0])
    lowest = [
        _lowest(pairs, most, References(whole * base, *(whole * side for side in known))) for known in (proven, usual)
    ]
    return lowest[0], lowest[1]


def _beside_nothing(first: Floats, second: Floats) -> Floats:
    """What is added beyond the three references; beyond everyone there is nothing."""
    return np.column_stack([first, second, np.zeros(len(first))])


def _lowest(pairs: PossiblePairs, most: Ints, known: References) -> float:
    """The lowest bound that mixtures of the references prove."""
    mixture, lowest = np.full(known.base.shape, 1 / 3), np.inf
    for step in range(STEPS):
        bound, cost = _mixed(pairs, most, known, mixture)
        lowest = min(lowest, bound)
        dearest = np.maximum(cost.max(axis=1, keepdims=True), 1e-12)
        mixture = mixture * np.exp(-BOLDNESS * cost / dearest / np.sqrt(1 + step / 4))
        mixture /= mixture.sum(axis=1, keepdims=True)
    return lowest


def _mixed(pairs: PossiblePairs, most: Ints, known: References, mixture: Floats) -> tuple[float, Floats]:
    """The bound of one mixture, and what each reference of each person counts in it."""
    own, given = (mixture[pairs.first] * known.own).sum(axis=1), (mixture[pairs.second] * known.given).sum(axis=1)
    best = pairs.best((own + given) / 2 + pairs.price, most)
    made = pairs.find(pairs.placed(best))
    cost = known.base.copy()
    np.add.at(cost, pairs.first[made], known.own[made])
    np.add.at(cost, pairs.second[made], known.given[made])
    return best.bound + float((mixture * known.base).sum()) / 2, cost
