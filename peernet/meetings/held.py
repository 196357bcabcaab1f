"""Rounds as they were held: who met whom, who rested, who was in a trio, and which clusters everyone has met.

Below: earlier rounds read from whatever the caller has (pairings, plans or plain pairs), and what people bring each
other who meet at the same time, in pairs, a trio or a circle, in one currency.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

import networkx as nx
import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import count_in_digits
from peernet.diversity.reach import Reach
from peernet.errors import PeernetWarning, SettingError
from peernet.pairing.pool import PairList
from peernet.scores.pair_scores import PairScores

Group = tuple[int, ...]
Round = tuple[Group, ...]
Names = tuple[tuple[tuple[str, ...], ...], ...]
MetPairs = Collection[tuple[int, int]]
MANY = 4  # times as many people are the whole organisation, or fewer: what they reach is worked out together


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
class RoundHistory:
    """What everyone has had so far."""

    met: tuple[tuple[int, int], ...]  # pairs of people who have met
    rested: Ints  # in how many rounds each person had a possible partner not met yet, and nobody to meet
    no_one_new: Ints  # in how many rounds each person had no possible partner left to meet
    trios: Ints  # how many trios each person was in


def history_after(pairs: PairList, rounds: Sequence[Round]) -> RoundHistory:
    """Where everyone stands after some rounds, played through one by one."""
    counts = np.zeros((3, pairs.n), dtype=np.int64)
    left = pairs
    for groups in rounds:
        counts += _tallied(left, groups)
        left = left.without(pairs_in([groups]))
    return RoundHistory(tuple(pairs_in(rounds)), *counts)


def _tallied(left: PairList, groups: Round) -> Ints:
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


def read_rounds(earlier: object, people: pd.Index) -> tuple[Round, ...]:
    """Groups of positions for each earlier round; whoever is not among the people is dropped with a warning."""
    place = {person: position for position, person in enumerate(people)}
    one_round = hasattr(earlier, "pairs") and not hasattr(earlier, "rounds")
    rounds = [_pairs_of(one) for one in ([earlier] if one_round else _inside(earlier, "rounds"))]
    gone = sorted({person for pairs in rounds for pair in pairs for person in pair} - set(place))
    if gone:
        warnings.warn(
            f"{count_in_digits(len(gone), 'person', 'people')} of earlier rounds not scored, and left out: "
            f"{', '.join(map(repr, gone[:5]))}"
            f"{' ...' if len(gone) > 5 else ''}.",
            PeernetWarning,
            stacklevel=4,
        )
    return tuple(_groups((place[a], place[b]) for a, b in pairs if a in place and b in place) for pairs in rounds)


def _pairs_of(one: object) -> list[tuple[str, str]]:
    """Pairs of one round: a result with ``.pairs``, or any pairs of people."""
    if not hasattr(one, "pairs") and any(isinstance(pair, str) for pair in _inside(one, "pairs")):
        raise SettingError(f"earlier must hold one list of pairs per round; got {one!r} for a round.")
    pairs = [tuple(pair) for pair in _inside(one, "pairs")]
    odd = [pair for pair in pairs if len(pair) != 2 or pair[0] == pair[1]]
    if odd:
        raise SettingError(f"earlier must hold rounds of pairs of two people; got {odd[0]!r}.")
    return [(str(a), str(b)) for a, b in pairs]


def _inside(given: object, name: str) -> Iterable[Any]:
    """What a result holds under a name, or the thing itself."""
    return cast("Iterable[Any]", getattr(given, name) if hasattr(given, name) else given)


def _groups(pairs: Iterable[tuple[int, int]]) -> Round:
    """Pairs, and three pairs among three people who met nobody else as a trio."""
    met: nx.Graph[int] = nx.Graph(pairs)
    groups: list[tuple[int, ...]] = []
    for people in nx.connected_components(met):
        trio = len(people) == 3 and met.subgraph(people).number_of_edges() == 3
        groups += [tuple(sorted(people))] if trio else [tuple(sorted(pair)) for pair in met.subgraph(people).edges]
    return tuple(sorted(groups))


def group_gains(scores: PairScores, pairs: MetPairs) -> tuple[Floats, Floats]:
    """What both people of each pair gain where all the pairs meet in the same round; people are given by position.

    Somebody with several partners gains from all of them together, and each of them counts for an equal share of it.
    """
    partners: dict[int, list[int]] = {}
    for i, j in pairs:
        partners.setdefault(i, []).append(j)
        partners.setdefault(j, []).append(i)
    reached = reached_with(scores.reach, partners)
    before = scores.reach.exposure
    share = {person: (after - float(before[person])) / len(partners[person]) for person, after in reached.items()}
    own, given = (np.array([share[pair[side]] for pair in pairs], dtype=float) for side in (0, 1))
    return own, given


def reached_with(reach: Reach, partners: Mapping[int, Collection[int]]) -> dict[int, float]:
    """Effective perspectives within the reach of some people once they also hear the partners given for them."""
    if MANY * len(partners) > len(reach.heard):
        return dict(reach.exposures_with(partners))
    return {person: reach.exposure_with(person, others) for person, others in partners.items()}


def joint_gains(scores: PairScores, members: Collection[int]) -> Floats:
    """What each member of a group gains from all the others together."""
    together = [scores.reach.exposure_with(person, sorted({*members} - {person})) for person in members]
    return np.array(together, dtype=float) - scores.reach.exposure[[*members]]


def group_value(scores: PairScores, members: Collection[int]) -> float:
    """Value of a group in which everybody meets everybody, in effective perspectives.

    It is the total value of its pairs with shared gains: half the sum of what the members gain, where a pair's value
    is the mean of the two gains, so that a person counts as much in a group as in a pair.
    """
    pairs = list(combinations(sorted(members), 2))
    return float(scores.combined(*group_gains(scores, pairs)).sum())
