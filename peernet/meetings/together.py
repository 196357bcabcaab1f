"""What people bring each other who meet at the same time: in pairs, a trio or a circle, in one currency."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

import numpy as np

from peernet._arrays import Floats
from peernet.scores.pair_scores import PairScores

__all__ = ["Pairs", "group_value", "joint_gains", "shared_gains"]

Pairs = Collection[tuple[int, int]]


def shared_gains(scores: PairScores, pairs: Pairs) -> tuple[Floats, Floats]:
    """What both people of each pair gain where all the pairs meet in the same round; people are given by position.

    Somebody with several partners gains from all of them together, and each of them counts for an equal share of it.
    """
    partners: dict[int, list[int]] = {}
    for i, j in pairs:
        partners.setdefault(i, []).append(j)
        partners.setdefault(j, []).append(i)
    share = {person: _gain(scores, person, others) / len(others) for person, others in partners.items()}
    own, given = (np.array([share[pair[side]] for pair in pairs], dtype=float) for side in (0, 1))
    return own, given


def _gain(scores: PairScores, person: int, others: Collection[int]) -> float:
    return scores.reach.exposure_with(person, sorted(others)) - float(scores.reach.exposure[person])


def joint_gains(scores: PairScores, members: Collection[int]) -> Floats:
    """What each member of a group gains from all the others together."""
    return np.array([_gain(scores, person, set(members) - {person}) for person in members], dtype=float)


def group_value(scores: PairScores, members: Collection[int]) -> float:
    """Value of a group in which everybody meets everybody, in effective perspectives.

    It is the total value of its pairs with shared gains: half the sum of what the members gain, where a pair's value
    is the mean of the two gains, so that a person counts as much in a group as in a pair.
    """
    pairs = list(combinations(sorted(members), 2))
    return float(scores.combined(*shared_gains(scores, pairs)).sum())
