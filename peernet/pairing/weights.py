"""One score of every pair as weights for the matching engine, people in the order of their identifiers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from peernet._arrays import Floats, Ints
from peernet.matching.fairness import Sides
from peernet.matching.limits import Counted, Pool
from peernet.matching.matching import Matching, max_weight_matching, verify_bound
from peernet.scores.cells import Limit
from peernet.scores.pair_scores import CELLS_AT_ONCE, PairScores, sides_of

__all__ = ["ByName"]


class ByName:
    """A score by block, people ordered by identifier so that ties do not depend on the order of the survey's rows.

    Parameters
    ----------
    scores
        The scores; pairs their gates close are not allowed.
    column
        The score that counts.
    sign
        -1 to look for the smallest total.
    positive
        Whether only pairs with a score above zero are allowed.
    """

    def __init__(self, scores: PairScores, column: str = "value", *, sign: int = 1, positive: bool = False) -> None:
        self._scores, self._column, self._sign, self._positive = scores, column, sign, positive
        self.order = np.argsort(scores.people.to_numpy(dtype=object), kind="stable")
        self.people = scores.people[self.order]

    def __len__(self) -> int:
        return len(self._scores)

    @property
    def capacity(self) -> Ints:
        """How many partners each person can have."""
        return self._scores.capacity.to_numpy()[self.order]

    def block(self, rows: Ints) -> Floats:
        """Weights of the rows against everyone, missing where not allowed."""
        places = self.order[rows]
        weights = self._scores.block(places, column=self._column)
        if self._column != "value":
            weights[~self._scores.possible(places)] = np.nan
        if self._positive:
            weights[~(weights > 0)] = np.nan
        return self._sign * weights[:, self.order]

    def positions(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[int, int]]:
        """Pairs of people as pairs of positions."""
        place = np.argsort(self.order)
        firsts, seconds = sides_of(self._scores, pairs)  # names anybody who is not there
        return list(zip(place[firsts].tolist(), place[seconds].tolist(), strict=True))

    def best(
        self,
        *,
        required: Iterable[tuple[str, str]] = (),
        cardinality: str | None = None,
        time_limit: float | None = None,
    ) -> tuple[Matching, list[tuple[str, str]]]:
        """The best matching of these weights, and its pairs as people."""
        rules = self._rules(required, cardinality)
        found = max_weight_matching(self._weights(), time_limit=time_limit, **rules)
        return found, [(self.people[i], self.people[j]) for i, j in found.pairs]

    def proven_bound(
        self, matching: Matching, *, required: Iterable[tuple[str, str]] = (), cardinality: str | None = None
    ) -> float:
        """The bound that the certificate of `best` proves, worked out anew."""
        return verify_bound(matching, self._weights(), **self._rules(required, cardinality))

    @property
    def limits(self) -> tuple[Counted, ...]:
        """The limits that rules put on the number of pairs."""
        ruling = self._scores.ruling
        return () if ruling is None else tuple(self._counted(limit) for limit in ruling.limits)

    def _counted(self, limit: Limit) -> Counted:
        pairs = limit.cells.among(self.order)[:, self.order]
        return Counted(pairs, limit.sign, limit.number, limit.price, limit.rule.told)

    def pool(self, required: Iterable[tuple[str, str]] = ()) -> Pool:
        """What there is to choose from within the limits."""
        everyone = self.block(np.arange(len(self)))
        return Pool(everyone, self.capacity, tuple(sorted(self.positions(required))), self.limits)

    def sides(self, required: Iterable[tuple[str, str]] = (), *, fill: bool = False) -> Sides:
        """What possible pairs bring to both sides; prices are borne by each."""
        possible = self._scores.possible(self.order)
        own = self._scores.reach.gains(self.order, possible)[0] - self._scores.prices(self.order)
        value = self.block(np.arange(len(self)))
        return Sides(own[:, self.order], value, self.capacity, tuple(sorted(self.positions(required))), fill)

    def _weights(self) -> Floats | ByName:
        n = len(self)
        return self.block(np.arange(n)) if n * n <= CELLS_AT_ONCE else self

    def _rules(self, required: Iterable[tuple[str, str]], cardinality: str | None) -> dict[str, Any]:
        return {"capacity": self.capacity, "required": self.positions(required), "cardinality": cardinality}
