"""The best pairing under the rules of a `Pairing`, be it in total or in fairness, found again with one more pair.

The engine is warm-started from the pairing at hand. Below: where a pairing is first less fair than another (leximin
order), in numbers and in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.matching.fairness import fairest
from peernet.matching.matching import Matching
from peernet.matching.resolver import Resolver
from peernet.pairing.check import limits_cost
from peernet.pairing.objectives import EngineWeights, best_pairs
from peernet.pairing.record import PairingRecord, Pairs, difference, difference_around, partners_of
from peernet.scores.pair_scores import CELLS_AT_ONCE

NOTHING = 1e-12  # effective perspectives; a cost below it is rounding
SETTLED = 1e-9  # of fair pairings, whose ties are settled in whole numbers
Values: TypeAlias = Any  # an array, a sparse matrix or `EngineWeights`; they share no useful type
MOST_HELD = 40_000_000  # possible pairs whose values are kept; beyond, they are worked out each time


class Optimum:
    """The pairs of the best pairing, and those of the best pairing that makes one more pair.

    Parameters
    ----------
    pairing
        The pairing whose scores and rules count. Hand edits do not: this is what they fall short of.
    """

    def __init__(self, pairing: PairingRecord) -> None:
        by_name = EngineWeights(pairing.scores)
        self._scores, self._settings = pairing.scores, pairing.settings
        self.people: list[str] = by_name.people.tolist()
        self._place = {person: i for i, person in enumerate(self.people)}
        self._required = [self._places(pair) for pair in pairing.settings["required"]]
        self.fair, fill = pairing.settings["objective"] == "fair", pairing.settings["cardinality"] == "max"
        self._sides = by_name.sides(pairing.settings["required"], fill=fill) if self.fair else None
        self._values = _held(by_name) if self._sides is None else self._sides.value
        self._capacity, self._limited, self._found = by_name.capacity, bool(by_name.limits), pairing.matching
        ends = np.array(self._required, dtype=np.int64).ravel()
        self._remaining = self._capacity - np.bincount(ends, minlength=len(self.people))
        best = pairing.matching if pairing.matching.proven else self._again([])
        self.value = best.objective
        self.pairs: Pairs = self._as_people(best)
        self.partners = partners_of(self.pairs)
        self.now = self.levels(self.pairs)

    def levels(self, pairs: Pairs) -> Floats:
        """What everybody gains from some pairs, people by name; missing where the total is the objective."""
        if self._sides is None:
            return np.full(len(self.people), np.nan)
        return self._sides.levels(self._places(pair) for pair in pairs)

    def after(self, lost: Pairs, made: Pairs) -> Pairs:
        """The pairs of the best pairing with some given up and some made."""
        return sorted({*self.pairs} - {*lost} | {*made})

    def places(self, people: Iterable[str]) -> list[int]:
        """Where people stand by name."""
        return [self._place[person] for person in people]

    def fairness(self, levels: Floats) -> Difference | None:
        """Where a pairing that leaves people at some levels is first less fair; None where it is as fair.

        Only people who could be paired count.
        """
        if self._sides is None:
            return None
        counts = (self._capacity > 0) & ~np.isnan(self._sides.value).all(axis=1)
        return first_difference(self.now[counts], levels[counts])

    def remaining_capacity(self, person: str) -> int:
        """How many partners somebody can have beside those that are required."""
        return int(self._remaining[self._place[person]])

    def makes(self, a: str, b: str) -> bool:
        """Whether the best pairing pairs two people."""
        return b in self.partners.get(a, ())

    def open_to(self, person: str) -> list[str]:
        """Everybody whom gates and required pairs let somebody be paired with, by name; present partners too."""
        place = self._place[person]
        possible = _allowed(self._values, place) & (self._remaining > 0) & (self._remaining[place] > 0)
        return [self.people[i] for i in np.flatnonzero(possible)]

    def worth(self, pairs: Pairs) -> Floats:
        """Values of some possible pairs."""
        places = np.array([self._places(pair) for pair in pairs], dtype=np.int64).reshape(-1, 2)
        return _looked_up(self._values, *places.T)

    def cost(self, lost: Pairs, made: Pairs) -> float:
        """Value of the pairs given up less that of the pairs made; exactly 0 where they differ by rounding alone."""
        limits = self._limits_cost(self.after(lost, made)) - self._limits_cost(self.pairs)
        cost = math.fsum([*self.worth(lost), *-self.worth(made), limits])
        return 0.0 if abs(cost) < (SETTLED if self.fair else NOTHING) else cost

    def _limits_cost(self, pairs: Pairs) -> float:
        return limits_cost(self._scores, pairs) if self._limited else 0.0

    def forcing(self, a: str, b: str) -> tuple[Pairs, Pairs]:
        """Pairs that the best pairing gives up and makes where a and b must meet.

        `InfeasibleError` if no pairing that makes the pair keeps the limits on the number of pairs.
        """
        if self.makes(a, b):
            return [], []
        after = self._as_people(self._again([self._places((a, b))]))
        if self._limited:  # changes elsewhere may be what keeps a limit
            return difference(self.pairs, after)
        return difference_around((a, b), self.pairs, after)

    def _again(self, also: list[tuple[int, int]]) -> Matching:
        """The best matching that makes some more pairs."""
        if self._limited:
            required = tuple((self.people[i], self.people[j]) for i, j in (*self._required, *also))
            asked = {rule: self._settings[rule] for rule in ("objective", "cardinality")}
            return best_pairs(self._scores, **asked, required=required, time_limit=None, progress=False)[0]
        if self._sides is not None:
            return fairest(replace(self._sides, required=(*self._sides.required, *also)), self._found)
        return self._pool.again(required=also) if also else self._pool.matching

    @cached_property
    def _pool(self) -> Resolver:
        cardinality = self._settings["cardinality"]
        return Resolver(self._values, capacity=self._capacity, required=self._required, cardinality=cardinality)

    def _as_people(self, matching: Matching) -> Pairs:
        return [(self.people[i], self.people[j]) for i, j in matching.pairs]

    def _places(self, pair: tuple[str, str]) -> tuple[int, int]:
        i, j = sorted(self._place[person] for person in pair)
        return i, j


def _held(weights: EngineWeights) -> Values:
    """Values as an array for few people, as a sparse matrix where gates close most pairs, else by block."""
    n = len(weights)
    if n * n <= CELLS_AT_ONCE:
        return weights.block(np.arange(n))
    step, rows, count = max(1, CELLS_AT_ONCE // n), [], 0
    for start in range(0, n, step):
        block = weights.block(np.arange(start, min(start + step, n)))
        i, j = np.nonzero(~np.isnan(block))
        rows.append(sparse.csr_array((block[i, j], (i, j)), shape=block.shape))
        count += rows[-1].nnz
        if count > 2 * MOST_HELD:
            return weights
    return sparse.csr_array(sparse.vstack(rows))


def _looked_up(values: Values, i: Ints, j: Ints) -> Floats:
    if isinstance(values, EngineWeights):
        block: Floats = values.block(i)[np.arange(len(i)), j]
        return block
    return np.asarray(values[i, j], dtype=float).ravel()


def _allowed(values: Values, place: int) -> Flags:
    """Whom the gates let one person be paired with."""
    if isinstance(values, sparse.csr_array):
        found = np.zeros(values.shape[1], dtype=bool)
        found[values[[place]].indices] = True
        return found
    row: Floats = values.block(np.array([place]))[0] if isinstance(values, EngineWeights) else values[place]
    return ~np.isnan(row)


@dataclass(frozen=True)
class Difference:
    """The first level at which two pairings differ, everybody ranked from the worst-off up."""

    rank: int  # how many people are ranked before; 0 for the worst-off
    # now, before: what the person at this rank gains in the one pairing and in the other
    now: float
    before: float
    # people_now, people_before: how many people gain no more than the lower of the two
    people_now: int
    people_before: int

    @property
    def fairer(self) -> bool:
        """Whether the one pairing is fairer than the other."""
        return self.now > self.before

    @property
    def more_people(self) -> int:
        """How many people more gain no more than the lower of the two."""
        return self.people_now - self.people_before

    def __str__(self) -> str:
        now, before = told_apart(self.now, self.before)
        if self.rank == 0:
            return f"the worst-off person would gain {or_nothing(now)} instead of {or_nothing(before)}"
        people = "1 person" if self.people_now == 1 else f"{self.people_now} people"
        lower = before if self.fairer else now
        gain = f"{lower} or less" if lower != "0" else "nothing"
        return f"{people} instead of {self.people_before} would gain {gain}"


def first_difference(before: Floats, now: Floats) -> Difference | None:
    """Where one pairing is first less fair, or fairer, than another; None where they are as fair.

    Given is what everybody gains in the other pairing, ``before``, and in the one, ``now``.
    """
    one, other = np.sort(now), np.sort(before)
    apart = np.flatnonzero(one != other)
    if not len(apart):
        return None
    rank = int(apart[0])
    here, there = float(one[rank]), float(other[rank])
    lower = min(here, there)
    return Difference(rank, here, there, int((one <= lower).sum()), int((other <= lower).sum()))


def told_apart(one: float, other: float, digits: int = 3) -> tuple[str, str]:
    """Two numbers in as few digits as tell them apart, or in ``digits`` where they are the same."""
    for more in (*range(digits, 16), digits):
        texts = _in_digits(one, more), _in_digits(other, more)
        if texts[0] != texts[1]:
            break
    return texts


def _in_digits(number: float, digits: int) -> str:
    return np.format_float_positional(number, precision=digits, fractional=False, trim="-")


def or_nothing(gain: str) -> str:
    """A gain in words where it is none."""
    return "nothing" if gain == "0" else gain
