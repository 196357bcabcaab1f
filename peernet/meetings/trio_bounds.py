"""What a pairing with a given trio can be worth at most: the trio's own weight and the duals of everybody else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity.reach import ceilings, likeness_of
from peernet.matching.matching import Matching
from peernet.meetings.held import Group
from peernet.meetings.one_round import RoundWeights

__all__ = ["Duals", "Promising", "promising_trios"]

MOST_KEPT = 50_000  # trios looked at one by one; the bound of the others still counts


@dataclass(frozen=True)
class Promising:
    """Trios that could be worth more than none.

    Parameters
    ----------
    members
        Three positions a row.
    added
        How much more than the best pairing without a trio each can be worth at most, the greatest first.
    others
        The same for any trio that is not listed.
    """

    members: Ints
    added: Floats
    others: float

    def plus(self, members: Ints, added: Floats) -> Promising:
        """With more trios, in any order."""
        return Promising(np.concatenate([self.members, members]), np.concatenate([self.added, added]), self.others)

    def cut(self, most: int) -> Promising:
        """The most promising ones, in order."""
        order = np.argsort(-self.added, kind="stable")
        left_off = self.added[order[most]] if len(order) > most else 0.0
        return Promising(self.members[order[:most]], self.added[order[:most]], max(self.others, float(left_off)))


class Duals:
    """Duals of the best pairing: what each person, and each odd set of people, is worth to it.

    Somebody with places for several partners stands in it as many times; the dearest of these goes into a trio. An odd
    set holds one pair less as soon as two of its people are in the trio.
    """

    def __init__(self, matching: Matching, rank: Ints) -> None:
        proof = matching.certificate
        if proof is None:
            raise ValueError("the engine gave no certificate")
        ends = np.cumsum(proof.copies)
        nodes = [np.arange(end - count, end) for end, count in zip(ends, proof.copies, strict=True)]
        dearest = np.array([own[np.argmax(proof.dual[own])] if len(own) else -1 for own in nodes])[rank]
        held = np.append(proof.dual, 0).astype(np.float64)
        self.person: Floats = np.where(dearest >= 0, held[dearest], 0.0) * proof.unit
        self._within = np.array([np.isin(dearest, held) for held in proof.sets]).reshape(len(proof.sets), len(rank))
        self._set_dual: Floats = proof.set_dual.astype(np.float64) * proof.unit

    @property
    def shared(self) -> Floats:
        """Duals of the sets that hold both people, shape (people, people)."""
        found: Floats = (self._within.T * self._set_dual) @ self._within.astype(float)
        return found

    def freed(self, group: Group) -> float:
        """How much less the others can be worth together once one place of each of three people is taken."""
        short = self._within[:, list(group)].sum(axis=1) >= 2
        return float(self.person[list(group)].sum() + self._set_dual[short].sum())


def promising_trios(weights: RoundWeights, able: Flags, duals: Duals) -> Promising:
    """Every possible trio of these people that the duals of the best pairing without one do not rule out."""
    slack = _slack(weights, able, duals)
    order = np.argsort(weights.pairs.rank)
    slack = slack[np.ix_(order, order)]
    kept = Promising(np.empty((0, 3), dtype=np.int64), np.empty(0), 0.0)
    for person in range(len(slack)):
        kept = kept.plus(*_trios_of(person, slack, kept.others))
        kept = kept.cut(MOST_KEPT) if len(kept.added) > 2 * MOST_KEPT else kept
    kept = kept.cut(MOST_KEPT)
    return Promising(order[kept.members], kept.added, kept.others)


def _slack(weights: RoundWeights, able: Flags, duals: Duals) -> Floats:
    """Each pair's share of what a trio with it can add, shape (people, people); minus infinity if not possible."""
    pairs, reach = weights.pairs, weights.scores.reach
    parts, _ = ceilings(reach, likeness_of(reach), pairs.table(), np.where(able, 2, 0))
    i, j = pairs.first, pairs.second
    own = weights.person - weights.duty - duals.person
    most = (parts[i, j] + parts[j, i]) / 2 + weights.worth - weights.values + pairs.price - duals.shared[i, j] / 3
    slack = np.full((pairs.n, pairs.n), -np.inf)
    slack[i, j] = slack[j, i] = np.where(able[i] & able[j], most + (own[i] + own[j]) / 2, -np.inf)
    return slack


def _trios_of(person: int, slack: Floats, above: float) -> tuple[Ints, Floats]:
    """Trios of one person and two who come later, which add more than ``above``."""
    later = person + 1 + np.flatnonzero(slack[person, person + 1 :] > -np.inf)
    added = slack[person, later][:, None] + slack[person, later] + slack[np.ix_(later, later)]
    b, c = np.nonzero(np.triu(added > above, k=1))
    return np.column_stack([np.full(len(b), person), later[b], later[c]]), added[b, c]
