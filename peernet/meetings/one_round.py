"""What counts when one round is made: everyone's turn first, then trio duty, then new clusters, then value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from peernet._arrays import Flags, Floats, Ints
from peernet.meetings.held import Group
from peernet.meetings.possible_pairs import PossiblePairs
from peernet.meetings.together import group_value
from peernet.scores.pair_scores import PairScores

__all__ = ["RoundWeights"]


@dataclass(frozen=True)
class RoundWeights:
    """Weights of the pairs and trios of one round.

    Parameters
    ----------
    scores
        Scores as they stand before the round.
    pairs
        Pairs that may be made in it.
    new
        Clusters each person has not met, shape (people, clusters).
    labels
        Cluster of each person, -1 for none.
    price
        Effective perspectives that meeting a new cluster is worth.
    person
        Added for each person who meets somebody.
    duty
        Taken off for each person who is in a trio.
    """

    scores: PairScores
    pairs: PossiblePairs
    new: Flags
    labels: Ints
    price: float
    person: Floats
    duty: Floats

    @classmethod
    def plain(cls, scores: PairScores, pairs: PossiblePairs) -> RoundWeights:
        """Weights of value alone."""
        nothing, nobody = np.zeros(pairs.n), np.full(pairs.n, -1)
        return cls(scores, pairs, np.zeros((pairs.n, 0), dtype=bool), nobody, 0.0, nothing, nothing)

    @cached_property
    def values(self) -> Floats:
        """Value of every pair."""
        return self.pairs.values(self.scores)

    @cached_property
    def worth(self) -> Floats:
        """Value of every pair and what the new clusters in it count."""
        i, j = self.pairs.first, self.pairs.second
        found: Floats = self.values + self.price * (self._is_new(i, j) + self._is_new(j, i))
        return found

    def _is_new(self, person: Ints, other: Ints) -> Floats:
        label = self.labels[other]
        if not self.new.shape[1]:
            return np.zeros(len(label))
        return (self.new[person, label] & (label >= 0)).astype(np.float64)

    @property
    def weights(self) -> Floats:
        """Weight of every pair, with what counts for its people."""
        found: Floats = self.worth + self.person[self.pairs.first] + self.person[self.pairs.second]
        return found

    def spread(self, capacity: Ints) -> float:
        """No two ways of pairing differ by more in worth."""
        return _spread(self.pairs, self.worth, capacity)

    def with_clusters(self, new: Flags, labels: Ints, price: float | None, capacity: Ints) -> RoundWeights:
        """The same weights with new clusters at a price; None: before value."""
        first = 1.0 + _spread(self.pairs, self.values, capacity)
        return replace(self, new=new, labels=labels, price=first if price is None else price)

    def with_turns(self, turn: Ints, duty: Ints, capacity: Ints) -> RoundWeights:
        """The same weights with people's turns before everything else, then trio duty for those with less of it.

        As those who can meet somebody are the independent sets of a matroid, only the order of turns matters: whoever
        is left out could not meet anybody beside those whose turn is as great.
        """
        off = (1.0 + self.spread(capacity)) * _ranked(duty)
        person = (1.0 + self.spread(capacity) + 3 * off.max(initial=0.0)) * turn
        return replace(self, person=person.astype(float), duty=off)

    def worth_of(self, group: Group) -> float:
        """Value of a group and what the new clusters in it count."""
        price = self.pairs.price[self.pairs.find(list(combinations(group, 2)))].sum()
        value = group_value(self.scores, group) + float(price)
        return value + self.price * sum(self._new_in(group, person) for person in group)

    def _new_in(self, group: Group, person: int) -> int:
        met = {int(self.labels[other]) for other in group if other != person} - {-1}
        return sum(bool(self.new[person, label]) for label in met)

    def of_trio(self, group: Group) -> float:
        """Weight of a trio."""
        return self.worth_of(group) + float((self.person - self.duty)[list(group)].sum())

    def where(self, keep: Flags) -> RoundWeights:
        """The same weights for some of the pairs."""
        return replace(self, pairs=self.pairs.where(keep))


def _spread(pairs: PossiblePairs, worth: Floats, capacity: Ints) -> float:
    best, worst = np.zeros(pairs.n), np.zeros(pairs.n)
    for side in (pairs.first, pairs.second):
        np.maximum.at(best, side, worth)
        np.minimum.at(worst, side, worth)
    return float((capacity * (best - worst)).sum() / 2)


def _ranked(counts: Ints) -> Floats:
    """Ranks of counts without holes, the least 0."""
    return np.unique(counts, return_inverse=True)[1].astype(float)
