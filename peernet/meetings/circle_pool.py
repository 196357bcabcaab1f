"""The people circles are formed from, and everything a circle is judged by, ready for the compiled search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from peernet._arrays import Flags, Ints
from peernet.diversity.reach import likeness_of
from peernet.meetings.circle_kernels import Pool
from peernet.meetings.circle_search import Circle
from peernet.meetings.held import heard_in
from peernet.meetings.meeting_bounds import meeting_bounds
from peernet.meetings.possible_pairs import PossiblePairs, possible_pairs
from peernet.scores.gates import REASONS
from peernet.scores.pair_scores import PairScores

__all__ = ["CirclePool", "circle_pool"]

BEARABLE = ("", "foundation unknown", "foundation not accepted", "experience too different", "goals too different")


@dataclass(frozen=True)
class CirclePool:
    """People who may be in a circle, in the order of their identifiers, and the facts about them."""

    scores: PairScores
    pairs: PossiblePairs
    people: Ints
    facts: Pool

    def in_order(self, circles: Sequence[Circle]) -> list[Circle]:
        """Circles and their people in the order of the identifiers."""
        rank = self.pairs.rank
        inside = [tuple(sorted(circle, key=lambda person: rank[person])) for circle in circles]
        return sorted(inside, key=lambda circle: rank[list(circle)].tolist())

    def bounds(self, circles: Sequence[Circle]) -> tuple[float, float]:
        """No circles of at most the size of the largest one are worth more; and what is likely to hold."""
        most = max(map(len, circles), default=1) - 1
        heard = heard_in([tuple(circles)])
        after = replace(self.scores, reach=self.scores.reach.joined(heard)) if heard else self.scores
        able = np.isin(np.arange(self.pairs.n), self.people)
        return meeting_bounds(self.scores, after, self.bearable(), np.where(able, most, 0))

    def bearable(self) -> PossiblePairs:
        """Every pair that may be in one circle, whether it passes the gates or not."""
        rank = self.pairs.rank
        near = ~self.facts.never & (rank[:, None] < rank)
        first, second = (side.astype(np.int64) for side in np.nonzero(near))
        return PossiblePairs(rank, first, second, self.facts.price[first, second])

    def price(self, circle: Sequence[int]) -> float:
        """What rules add to the value of a circle."""
        return float(sum(self.facts.price[i, j] for i, j in combinations(circle, 2)))

    def passing(self, circle: Circle) -> float:
        """Share of a circle's pairs that pass every gate."""
        return float(np.mean([self.facts.allowed[i, j] for i, j in combinations(circle, 2)]))


def circle_pool(scores: PairScores, passing: float) -> CirclePool:
    """Read everything a circle is judged by from the scores; tables of people by people."""
    pairs, reach, n = possible_pairs(scores), scores.reach, len(scores)
    start, heard, weight = reach.arrays
    price = np.zeros((n, n))
    price[pairs.first, pairs.second] = price[pairs.second, pairs.first] = pairs.price
    mean = 2.0 * float(scores.combined(np.ones(1), np.zeros(1))[0])
    lesser = float(scores.combined(np.ones(1), np.ones(1))[0]) - mean
    never = _never(scores, pairs, passing)
    facts = Pool(
        pairs.table(),
        never,
        float(passing),
        likeness_of(reach),
        start,
        heard,
        weight,
        reach.exposure,
        mean,
        lesser,
        price,
    )
    people = np.argsort(pairs.rank)
    return CirclePool(scores, pairs, people[~never[people].all(axis=1)], facts)


def _never(scores: PairScores, pairs: PossiblePairs, passing: float) -> Flags:
    """Pairs that no circle may hold."""
    if passing == 1.0:
        return ~pairs.table()
    codes = np.concatenate([scores.gates.codes(rows) for rows in scores.blocks()])
    unable = (scores.capacity == 0).to_numpy()
    bearable = np.isin(codes, [REASONS.index(reason) for reason in BEARABLE if reason in REASONS])
    found: Flags = ~bearable | unable | unable[:, None]
    return found
