"""Who has a rare outlook, and how often they may still be the different one of a pair."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from peernet._arrays import Floats
from peernet.scores.rules import RARE_SHARE, Rule, Rules

if TYPE_CHECKING:
    from peernet.scores.pair_scores import PairScores

__all__ = ["learners", "rooms"]

GAINS_MORE = 1e-9


def rooms(scores: PairScores, rules: Rules) -> Iterator[tuple[Rule, int, int]]:
    """For each rule about the different one, each person it is about and in how many more pairs they can be it."""
    met: dict[int, set[int]] = {}
    for rule in rules.of("met"):
        i, j = scores.position(str(rule.a)), scores.position(str(rule.b))
        met.setdefault(i, set()).add(j)
        met.setdefault(j, set()).add(i)
    for rule in rules.of("different one"):
        for person in _rare(scores, rule):
            before = len(met.get(person, set()) & set(learners(scores, person)))
            yield rule, person, max(0, int(rule.number or 0) - before)


def _rare(scores: PairScores, rule: Rule) -> list[int]:
    if rule.a is not None:
        return [scores.position(rule.a)]
    far = _mean_distance(scores)
    known = np.flatnonzero(~np.isnan(far))
    share = RARE_SHARE if rule.share is None else rule.share
    names = scores.people.to_numpy(dtype=object)
    furthest = sorted(known.tolist(), key=lambda i: (-round(float(far[i]), 9), names[i]))
    return sorted(furthest[: int(np.ceil(share * len(known) - GAINS_MORE))])


def _mean_distance(scores: PairScores) -> Floats:
    """How far everyone is from everybody else in perspective, on average."""
    found = np.full(len(scores), np.nan)
    for rows in scores.blocks():
        apart = scores.block(rows, column="perspective")
        count = (~np.isnan(apart)).sum(axis=1)
        total = np.nansum(apart, axis=1)
        found[rows[count > 0]] = total[count > 0] / count[count > 0]
    return found


def learners(scores: PairScores, person: int) -> list[int]:
    """Everyone who would gain more from this person than this person from them."""
    own, given = scores.reach.gains(np.array([person]))
    return [int(j) for j in np.flatnonzero(given[0] > own[0] + GAINS_MORE) if j != person]
