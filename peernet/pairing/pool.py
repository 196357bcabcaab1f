"""Every possible pair with its scores, listed once, and the best pairing under the rules for any weights of them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.errors import MatchingError
from peernet.matching.limits import Counted, LimitedProblem, best_within_limits
from peernet.matching.matching import Matching, max_weight_matching
from peernet.matching.resolver import Resolver
from peernet.pairing.objectives import EngineWeights, check_required, wishes_kept, with_required
from peernet.scores.cells import PairsAt
from peernet.scores.pair_scores import PairScores

NONE = np.empty(0, dtype=np.int64)
FEW = 0.2  # share of all pairs up to which the engine gets a list instead of a table


@dataclass(frozen=True)
class PairList:
    """Possible pairs by the positions of their people."""

    people: pd.Index  # everyone
    # place of each person in the order of the identifiers, by which the engine has them: ties are broken by it
    rank: Ints
    capacity: Ints  # how many partners each person can have
    # firsts, seconds: positions of both people of each pair, the smaller identifier first
    firsts: Ints
    seconds: Ints
    columns: Mapping[str, Floats]  # scores of each pair by name; `values` needs price, what rules add beside the gains
    required: Ints = field(default_factory=NONE.copy)  # positions in the list of the pairs that must be made
    limits: tuple[Counted, ...] = ()  # limits on the number of some pairs, people by rank

    def __len__(self) -> int:
        return len(self.firsts)

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.rank)

    @cached_property
    def order(self) -> Ints:
        """Positions of everyone in the order of their identifiers."""
        return np.argsort(self.rank)

    @cached_property
    def ranks(self) -> tuple[Ints, Ints]:
        """Both people of each pair by rank."""
        return self.rank[self.firsts], self.rank[self.seconds]

    # --- which pairs --------------------------------------------------------------------------------------------------

    def where(self, kept: Flags) -> PairList:
        """Some of the pairs, and which of them are required; people and limits stay."""
        places = np.cumsum(kept) - 1
        return replace(
            self,
            firsts=self.firsts[kept],
            seconds=self.seconds[kept],
            columns={name: column[kept] for name, column in self.columns.items()},
            required=places[self.required[kept[self.required]]],
        )

    def without(self, met: Collection[tuple[int, int]]) -> PairList:
        """The pairs of people who have not met."""
        return self.where(~self.contains(met))

    def contains(self, pairs: Collection[tuple[int, int]]) -> Flags:
        """Whether each possible pair is one of the given ones, in whichever order those name the two."""
        found: Flags = np.isin(self._numbers, self._numbered(pairs))
        return found

    def find(self, pairs: Collection[tuple[int, int]]) -> Ints:
        """Where the given pairs stand in the list; all of them must be in it."""
        order = np.argsort(self._numbers)
        found: Ints = order[np.searchsorted(self._numbers, self._numbered(pairs), sorter=order)]
        return found

    @cached_property
    def _numbers(self) -> Ints:
        return self._numbered(np.column_stack([self.firsts, self.seconds]))

    def _numbered(self, pairs: Collection[tuple[int, int]] | Ints) -> Ints:
        """One number per pair, whichever of the two is named first."""
        listed = pairs if isinstance(pairs, np.ndarray) else np.array(list(pairs), dtype=np.int64)
        sides = np.sort(listed.reshape(-1, 2), axis=1)
        found: Ints = sides[:, 0] * self.n + sides[:, 1]
        return found

    def names(self, chosen: Ints) -> list[tuple[str, str]]:
        """Pairs as people, sorted."""
        return sorted(zip(self.people[self.firsts[chosen]], self.people[self.seconds[chosen]], strict=True))

    def partners(self) -> Ints:
        """How many possible partners each person has."""
        return np.bincount(np.concatenate([self.firsts, self.seconds]), minlength=self.n)

    def table(self) -> Flags:
        """Whether two people can be paired, shape (people, people)."""
        found = np.zeros((self.n, self.n), dtype=bool)
        found[self.firsts, self.seconds] = found[self.seconds, self.firsts] = True
        return found

    # --- the best of them ---------------------------------------------------------------------------------------------

    def best(
        self, weight: Floats, *, prices: Floats | None = None, fill: bool = False, among: Flags | None = None
    ) -> Ints:
        """Positions of the pairs of greatest total weight under the rules, proven.

        ``prices`` are what each pair too many or missing takes off, by limit, unless the rules' own; with ``fill`` as
        many pairs as possible come first; ``among`` are the pairs allowed, all by default. Raises `InfeasibleError` if
        no pairing keeps the limits that have no price.
        """
        if among is not None and not among.all():
            some = self.where(among).best(weight[among], prices=prices, fill=fill)
            return np.flatnonzero(among)[some]
        if self.limits:
            found = self._within_limits(weight, self.prices if prices is None else prices, fill=fill)
        else:
            found = self.matching(weight, fill=fill)
        return np.sort(self.find(self.placed(found)))

    def matching(self, weight: Floats, capacity: Ints | None = None, *, fill: bool = False) -> Matching:
        """The best matching of the pairs weighed like this, limits apart; people are placed by rank."""
        places = (self.capacity if capacity is None else capacity)[self.order]
        cardinality = "max" if fill else None
        return max_weight_matching(
            self._weighed(weight), capacity=places, required=self._must(), cardinality=cardinality
        )

    def resolver(self, weight: Floats, capacity: Ints) -> Resolver:
        """The same, to be asked again without some of the people."""
        return Resolver(self._weighed(weight), capacity=capacity[self.order])

    def placed(self, matching: Matching) -> list[tuple[int, int]]:
        """Pairs of a matching as positions, the smaller identifier first."""
        return [(int(self.order[i]), int(self.order[j])) for i, j in matching.pairs]

    def _weighed(self, weight: Floats) -> Any:  # noqa: ANN401, SciPy's sparse arrays have no type the engine names
        u, v = self.ranks
        if len(self) <= FEW * self.n**2 / 2:
            cells = np.concatenate([weight, weight]), (np.concatenate([u, v]), np.concatenate([v, u]))
            return sparse.csr_array(cells, shape=(self.n, self.n))
        return self._spread(weight)

    def _spread(self, weight: Floats) -> Floats:
        """Weights as a table, people by rank, missing where two cannot be paired."""
        u, v = self.ranks
        table = np.full((self.n, self.n), np.nan)
        table[u, v] = table[v, u] = weight
        return table

    def _within_limits(self, weight: Floats, prices: Floats, *, fill: bool) -> Matching:
        limits = (
            limit if math.isinf(limit.price) else replace(limit, price=price)
            for limit, price in zip(self.limits, prices.tolist(), strict=True)
        )
        problem = LimitedProblem(self._spread(weight), self.capacity[self.order], self._must(), tuple(limits))
        found = best_within_limits(problem, fill=fill)
        if not found.proven:
            raise MatchingError(
                f"The best pairing within the limits is proven to {found.gap:.2g} of its bound only. Round the prices "
                "of the rules, or give fewer limits."
            )
        return found

    def _must(self) -> tuple[tuple[int, int], ...]:
        """Required pairs by rank."""
        u, v = (side[self.required].tolist() for side in self.ranks)
        return tuple(zip(u, v, strict=True))

    # --- limits, and what pairs are worth -----------------------------------------------------------------------------

    @property
    def prices(self) -> Floats:
        """What each pair too many or missing costs, by limit; 0 for limits that are never broken."""
        return np.array([0.0 if math.isinf(limit.price) else limit.price for limit in self.limits])

    @property
    def signs(self) -> Ints:
        """Of each limit: 1 for at most, -1 for at least."""
        return np.array([limit.sign for limit in self.limits], dtype=np.int64)

    @cached_property
    def counted(self) -> Flags:
        """Which pairs each limit counts, shape (limits, pairs)."""
        rows = [limit.pairs[self.ranks] for limit in self.limits]
        return np.array(rows, dtype=bool).reshape(len(self.limits), len(self))

    def used_up(self, chosen: Ints) -> Flags:
        """Which pairs would break a limit, or break it further, if they were added to some."""
        numbers = np.array([limit.number for limit in self.limits])
        tight = (self.signs > 0) & (self.counted[:, chosen].sum(axis=1) >= numbers)
        return np.asarray(self.counted[tight].any(axis=0))

    def allows(self, chosen: Ints) -> bool:
        """Whether some pairs make every required one and keep the limits that have no price."""
        hard = np.array([math.isinf(limit.price) for limit in self.limits], dtype=bool)
        return bool(np.isin(self.required, chosen).all() and not self.excesses(chosen)[hard].any())

    def after(self, made: Ints) -> PairList:
        """The same pool where some pairs are made already and count for the limits."""
        counts = self.counted[:, made].sum(axis=1).tolist()
        left = (replace(limit, number=limit.number - count) for limit, count in zip(self.limits, counts, strict=True))
        return replace(self, limits=tuple(left))

    def excesses(self, chosen: Ints) -> Ints:
        """How many pairs too many or missing, by limit."""
        numbers = np.array([limit.number for limit in self.limits], dtype=np.int64)
        found: Ints = np.maximum(self.signs * (self.counted[:, chosen].sum(axis=1) - numbers), 0)
        return found

    def weighed(self, chosen: Ints, weight: Floats, prices: Floats) -> float:
        """Total weight of some pairs less what broken limits take off, summed exactly."""
        return math.fsum([*weight[chosen], *(-prices * self.excesses(chosen))])

    def worth(self, chosen: Ints) -> float:
        """Total value of some pairs, less what broken limits cost."""
        return self.weighed(chosen, self.columns["value"], self.prices)

    def total(self, chosen: Ints, column: str = "value") -> float:
        """Total score of some pairs, summed exactly."""
        return math.fsum(self.columns[column][chosen])

    def values(self, scores: PairScores) -> Floats:
        """Value of every pair, ``price`` included, under scores that may hear more than when the list was made."""
        return scores.combined(*scores.gains(self.firsts, self.seconds)) + self.columns["price"]


def possible_pairs(scores: PairScores, *columns: str) -> PairList:
    """Every pair that passes the gates, sorted by identifier, with its value and more columns of `PairScores.block`."""
    passing = scores.passing
    if passing is None:
        return _possible_by_rows(scores, columns)
    kept = ~np.isnan(passing.value)
    firsts, seconds = passing.at.firsts[kept], passing.at.seconds[kept]
    more = {name: scores.of_pairs(firsts, seconds, column=name) for name in columns}
    listed = {"value": passing.value[kept], **more}
    return PairList(scores.people, np.argsort(scores.by_name), scores.capacity.to_numpy(), firsts, seconds, listed)


def _possible_by_rows(scores: PairScores, columns: tuple[str, ...]) -> PairList:
    """The same by rows of everybody."""
    order = scores.by_name
    found: dict[str, list[Floats]] = {name: [] for name in ("value", *columns)}
    sides: list[Ints] = []
    for rows in scores.blocks():
        value = scores.block(order[rows])[:, order]
        r, c = np.nonzero(~np.isnan(value) & (np.arange(len(order)) > rows[:, None]))
        sides.append(np.column_stack([rows[r], c]))
        found["value"].append(value[r, c])
        for name in columns:
            found[name].append(scores.block(order[rows], column=name)[:, order][r, c])
    firsts, seconds = order[np.concatenate([np.empty((0, 2), dtype=np.int64), *sides]).T]
    listed = {name: np.concatenate([np.empty(0), *parts]) for name, parts in found.items()}
    return PairList(scores.people, np.argsort(order), scores.capacity.to_numpy(), firsts, seconds, listed)


def pairs_to_reweigh(scores: PairScores) -> PairList:
    """Possible pairs of people who may have a partner, with the ``price`` that rules add beside the gains.

    ``wished`` is the part of the price that puts a pair first and counts in no total.
    """
    pairs = possible_pairs(scores)
    gains, wished = scores.combined(*scores.gains(pairs.firsts, pairs.seconds)), np.zeros(len(pairs))
    if scores.wished:
        wished = scores.wishes(PairsAt(pairs.firsts, pairs.seconds))
    price = pairs.columns["value"] - gains + wished
    return replace(pairs, columns={**pairs.columns, "price": price, "wished": wished})


def without_wishes(pairs: PairList) -> PairList:
    """Pairs to reweigh at what counts in totals: no pair is put first."""
    price = pairs.columns["price"] - pairs.columns["wished"]
    return replace(pairs, columns={**pairs.columns, "price": price, "wished": np.zeros(len(pairs))})


def under_rules(pairs: PairList, scores: PairScores) -> PairList:
    """Possible pairs with those among them that the rules require, and the limits the rules put on numbers of pairs.

    `InfeasibleError` if a required pair is not possible.
    """
    required = with_required(scores, ())
    check_required(scores, required)
    required = (*required, *wishes_kept(scores, required)[0])
    places = pairs.find([(scores.position(a), scores.position(b)) for a, b in required])
    return replace(pairs, required=places, limits=EngineWeights(scores).limits)
