"""What several people bring each other at once: a pair, a trio or a circle, in one currency."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

import numpy as np

from peernet._arrays import Floats
from peernet.scores import PairScores

__all__ = ["joint_gains", "joint_values", "joint_value"]


def joint_gains(scores: PairScores, members: Sequence[int]) -> Floats:
    """What each member gains from hearing all the others, every gate ignored; members are given by position."""
    reach = scores.reach
    return np.array([reach.exposure_with(i, [j for j in members if j != i]) - reach.exposure[i] for i in members])


def joint_values(scores: PairScores, members: Sequence[int]) -> dict[tuple[int, int], float]:
    """Every pair's part of the value of a group.

    The parts are the values pairs would have if both gained what they gain from the whole group, shared among the
    partners each of them has in it. They add up to half the sum of the gains where a pair's value is the mean of the
    two gains, so that a person counts as much in a group as in a pair.
    """
    gains = dict(zip(members, joint_gains(scores, members), strict=True))
    pairs = list(combinations(members, 2))
    own, given = (np.array([gains[pair[side]] for pair in pairs]) for side in (0, 1))
    return dict(zip(pairs, (scores.combined(own, given) / (len(members) - 1)).tolist(), strict=True))


def joint_value(scores: PairScores, members: Collection[int]) -> float:
    """Value of a group, in effective perspectives: the parts of its pairs together."""
    return sum(joint_values(scores, sorted(members)).values())
