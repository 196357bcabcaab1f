"""Distances in which some people's answers do not count: nothing is known of them but that they are like people are.

Somebody who ticked one answer all the way down is far from everybody else, and the first whom a pairing for difference
would pick. Left out they would lose a partner, and the others one, for what may not even be so. So they take part with
an outlook that is not known: about as far from each colleague as people are from that colleague on average.

Such a person stands at the average of all outlooks and a little beside it, in a direction of their own. Where x_j are
points whose squared distances are the distances d, c their average and e orthogonal to all of them, c + h e lies at
|x_j - c|^2 + h^2, which is the mean distance of j from everybody if h^2 is half the mean m of all distances; two such
people lie 2 h^2 apart. So likenesses exp(-d / scale) stay positive semidefinite where they are without these people
(Schoenberg 1938), and what is gained from anybody is never negative, and nothing from a clone. Nobody real differs from
everybody in a direction of their own, so h^2 is `BESIDE` of m / 2. In ten made-up organisations of 240 pairs with such
people were then promised 1.11 times what they brought in truth, with all of it 1.36; of 120, 0.87 and 1.14
(``tests/benchmarks/bench_truth.py --promises --organisations 10 --first 9000 --worlds types``).

References
----------
Schoenberg, I. J. (1938). Metric spaces and positive definite functions. Transactions of the American Mathematical
Society 44, 522-536.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet.distance.adjusted import AdjustedDistances, Borrowing
from peernet.distance.distances import PersonDistances
from peernet.distance.items import evenly_spread

BESIDE = 0.8  # of half the mean distance: how far unknown outlooks lie beside the average, squared


@dataclass(frozen=True, repr=False, eq=False)
class AverageDistances(PersonDistances):
    """Distances between people, some of whom are as far from each other person as people are on average.

    Parameters
    ----------
    average
        Whose answers do not count, of everyone coded. Whoever answered nothing that weighs has no distance all the
        same. What `parts` says is said of the answers as given.
    kind
        How to make the distances that the others have.
    """

    average: Flags
    kind: Callable[..., PersonDistances] = PersonDistances

    @cached_property
    def counted(self) -> PersonDistances:
        """The same distances with everybody's answers counted."""
        return self.kind(self.people, self.weights, self.min_shared, self.items)

    @cached_property
    def as_given(self) -> AverageDistances:
        """Distances of the answers as they were given, of those whose answers count."""
        given = replace(self, kind=PersonDistances)
        given.__dict__["counted"] = self.counted.as_given  # which may have its table already
        return given

    @property
    def borrowing(self) -> Borrowing:
        """What people's answers tell of each other, of adjusted distances alone, see `AdjustedDistances`."""
        if not isinstance(self.counted, AdjustedDistances):
            raise AttributeError("Only adjusted distances borrow.")
        return self.counted.borrowing

    def _between(self, rows: Ints, cols: Ints | None) -> Floats:
        """Distances of some people from others."""
        out = self.counted.block(rows, cols)  # first, as the average is then taken from a table that is there
        apart, usual = self._from_everybody
        cols = np.arange(len(self)) if cols is None else cols
        own, others = self.unread[rows], self.unread[cols]
        out[own] = apart[cols]
        out[:, others] = apart[rows][:, None]
        out[np.ix_(own, others)] = usual
        out[own[:, None] & (rows[:, None] == cols)] = 0.0
        return out

    def _pair_by_pair(self, firsts: Ints, seconds: Ints) -> Floats:
        apart, usual = self._from_everybody
        own, others = self.unread[firsts], self.unread[seconds]
        out = self.counted.of_pairs(firsts, seconds)
        out = np.where(own, apart[seconds], out)
        out = np.where(others, np.where(own, usual, apart[firsts]), out)
        out[(own | others) & (firsts == seconds)] = 0.0
        return out

    def to_frame(self) -> pd.DataFrame:
        """Square table of distances, people in rows and columns."""
        return pd.DataFrame(self.block(np.arange(len(self))), index=self.people, columns=self.people)

    @cached_property
    def unread(self) -> Flags:
        """Whose answers do not count, of the people here who answered anything that weighs."""
        return np.asarray(self.average[self.items.people] & self.answered)

    @cached_property
    def _from_everybody(self) -> tuple[Floats, float]:
        """Each person's distance from an unknown outlook, and that of two of these from each other.

        Of many people some, evenly spread, stand for all.
        """
        others = evenly_spread(np.flatnonzero(self.answered & ~self.unread))
        if not len(others):
            return np.full(len(self), np.nan), np.nan
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of people who share too little with everybody
            apart = np.nanmean(self.counted.block(np.arange(len(self)), others), axis=1)
            usual = float(np.nanmean(apart[others]))
            return np.maximum(apart - (1 - BESIDE) * usual / 2, 0.0), BESIDE * usual


def with_average(distances: PersonDistances, average: Flags) -> PersonDistances:
    """The same distances, but for people whose answers do not count; as they are where there is nobody."""
    if not (average & distances.answered).any() or not (distances.answered & ~average).any():
        return distances
    return AverageDistances(
        distances.people, distances.weights, distances.min_shared, distances.items, average, type(distances)
    )
