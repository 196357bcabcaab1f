"""Rounds as they were held: who met whom, who rested, who was in a trio, and which clusters everyone has met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from peernet._arrays import Flags, Ints
from peernet.meetings.possible_pairs import PossiblePairs

__all__ = ["Group", "Round", "Standing", "clusters_met", "heard_in", "pairs_in", "standing_after"]

Group = tuple[int, ...]
Round = tuple[Group, ...]


def pairs_in(rounds: Iterable[Round]) -> list[tuple[int, int]]:
    """Everyone who met, pair by pair; a trio is three pairs."""
    return [pair for groups in rounds for group in groups for pair in combinations(group, 2)]


def heard_in(rounds: Iterable[Round]) -> dict[int, set[int]]:
    """Whom each person met."""
    found: dict[int, set[int]] = {}
    for i, j in pairs_in(rounds):
        found.setdefault(i, set()).add(j)
        found.setdefault(j, set()).add(i)
    return found


@dataclass(frozen=True)
class Standing:
    """What everyone has had so far.

    Parameters
    ----------
    met
        Pairs of people who have met.
    rested
        In how many rounds each person had a possible partner not met yet, and nobody to meet.
    no_one_new
        In how many rounds each person had no possible partner left to meet.
    trios
        How many trios each person was in.
    """

    met: tuple[tuple[int, int], ...]
    rested: Ints
    no_one_new: Ints
    trios: Ints


def standing_after(pairs: PossiblePairs, rounds: Sequence[Round]) -> Standing:
    """Where everyone stands after some rounds, played through one by one."""
    counts = np.zeros((3, pairs.n), dtype=np.int64)
    left = pairs
    for groups in rounds:
        counts += _tallied(left, groups)
        left = left.without(pairs_in([groups]))
    return Standing(tuple(pairs_in(rounds)), *counts)


def _tallied(left: PossiblePairs, groups: Round) -> Ints:
    """Who rested, had no one new to meet and was in a trio in one round, as 0 and 1."""
    times = Counter(person for group in groups for person in group)
    active, able = np.isin(np.arange(left.n), list(times)), left.partners() > 0
    in_trio = np.isin(np.arange(left.n), [person for group in groups if len(group) > 2 for person in group])
    return np.array([able & ~active, ~able & ~active, in_trio], dtype=np.int64)


def clusters_met(labels: Ints, rounds: Iterable[Round]) -> Flags:
    """Which clusters everyone has met, shape (people, clusters); one's own counts as met, label -1 is no cluster."""
    met = np.zeros((len(labels), int(labels.max(initial=-1)) + 1), dtype=bool)
    placed = np.flatnonzero(labels >= 0)
    met[placed, labels[placed]] = True
    for i, j in pairs_in(rounds):
        for person, other in ((i, j), (j, i)):
            if labels[other] >= 0:
                met[person, labels[other]] = True
    return met
