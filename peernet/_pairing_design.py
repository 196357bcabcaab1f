"""A way of drawing pairings by lot that can be drawn from again: among those nearly as good as the best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Integers
from peernet._pair_pool import PairPool
from peernet.errors import InfeasibleError, SettingError, check_choice

__all__ = ["ARMS", "PairingDesign"]

ARMS = ("near the best", "random")
ROUNDING = 1e-9
MOST_PEOPLE, MOST_LOOKED_AT = 16, 200_000  # beyond these, the pairings of a design are not listed


@dataclass(frozen=True, repr=False, eq=False)
class PairingDesign:
    """Everything it takes to draw pairings from one design, now or later.

    Parameters
    ----------
    pairs
        The possible pairs: ``a``, ``b``, ``value``.
    capacity
        How many partners each person can have, index ``person``, for everyone in ``pairs``.
    within
        Share of the greatest total value that a pairing may fall short.
    random_arm
        Share of people who are paired at random instead, drawn by lot.
    cardinality
        None: pairings to which no pair that brings anything can be added; ``"max"``: those of as many pairs as
        possible, whether they bring anything or not.

    Notes
    -----
    Where the pairings of a design are few enough to be listed, each is as likely as the others. Elsewhere every
    possible pair gets a random number from 0 to 1, and the pairing drawn has the greatest weighted sum of these numbers
    and of value whose value is not below the floor. Every pairing of the design can come up and no other does, but they
    are not equally likely: most of what the floor allows is used.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"a": ["ann", "ann", "bo"], "b": ["bo", "cy", "cy"], "value": [1.0, 0.98, 0.5]})
    >>> design = PairingDesign(pairs, pd.Series({"ann": 1, "bo": 1, "cy": 1}), within=0.05)
    >>> design
    <PairingDesign: 2 pairings of 3 people within 5% of the best, equally likely>
    """

    pairs: pd.DataFrame
    capacity: pd.Series
    within: float = 0.05
    random_arm: float = 0.0
    cardinality: str | None = None

    def __post_init__(self) -> None:
        check_choice("cardinality", self.cardinality, (None, "max"))
        for name, most in (("within", 1.0), ("random_arm", 0.9)):
            share = getattr(self, name)
            if not (isinstance(share, (int, float)) and 0 <= share <= most):
                raise SettingError(f"{name} must be a share from 0 to {most:g}; got {share!r}.")

    def __repr__(self) -> str:
        among = "the pairings" if self.listed is None else f"{len(self.listed):,} pairings"
        likely = "not equally likely" if self.listed is None else "equally likely"
        arm = f", {self.random_arm:.0%} paired at random" if self.random_arm else ""
        return (
            f"<PairingDesign: {among} of {len(self.pool.people)} people within {self.within:.0%} of the best, "
            f"{likely}{arm}>"
        )

    @cached_property
    def pool(self) -> PairPool:
        """The pairs that can be drawn, people sorted."""
        kept = self.pairs if self.fill else self.pairs[self.pairs["value"] > 0]
        people = pd.Index(sorted({*kept["a"], *kept["b"]}))
        i, j = np.sort([people.get_indexer(pd.Index(kept[side])) for side in ("a", "b")], axis=0).astype(np.int64)
        capacity = self.capacity.reindex(people).to_numpy().astype(np.int64)
        order = np.lexsort((j, i))
        value = kept["value"].to_numpy(dtype=np.float64)[order]
        return PairPool(people, capacity, i[order], j[order], {"value": value})

    @property
    def fill(self) -> bool:
        """Whether as many pairs as possible come first."""
        return self.cardinality == "max"

    @cached_property
    def best(self) -> Integers:
        """The pairing of greatest value, were everyone paired near the best."""
        return self.pool.best(self.pool.columns["value"], fill=self.fill)

    @property
    def floor(self) -> float:
        """Least value of a pairing of everyone that the design draws."""
        return (1 - self.within) * self.pool.total(self.best)

    @cached_property
    def listed(self) -> list[Integers] | None:
        """Every pairing of the design, or None where they are too many or people are drawn into arms first."""
        few = len(self.pool.people) <= MOST_PEOPLE and (self.pool.capacity <= 1).all()
        if self.random_arm or not few:
            return None
        return _listed(self.pool, _lowered(self.floor), len(self.best) if self.fill else 0)

    def draw(self, rng: int | np.random.Generator) -> pd.DataFrame:
        """One pairing from the design.

        Parameters
        ----------
        rng
            Seed or generator.

        Returns
        -------
        DataFrame
            ``a``, ``b`` and ``arm``, sorted; independent of every other draw.
        """
        chosen, arms = self.drawn(np.random.default_rng(rng))
        sides = {"a": self.pool.people[self.pool.firsts[chosen]], "b": self.pool.people[self.pool.seconds[chosen]]}
        table = pd.DataFrame({**sides, "arm": np.array(ARMS, dtype=object)[arms]}).astype("str")
        return table.sort_values(["a", "b"], ignore_index=True)

    def drawn(self, rng: np.random.Generator) -> tuple[Integers, Integers]:
        """Positions in the pool of the pairs drawn, and the arm of each."""
        if self.listed is not None:
            chosen = self.listed[int(rng.random() * len(self.listed))]
            return chosen, np.zeros(len(chosen), dtype=np.int64)
        by_lot = np.zeros(len(self.pool.people), dtype=bool)
        by_lot[_shuffled(len(by_lot), rng)[: round(self.random_arm * len(by_lot))]] = True
        near = self._near_best(self._among(~by_lot), rng)
        other = _at_random(self.pool, self._among(by_lot), rng) if by_lot.any() else near[:0]
        return np.concatenate([near, other]), np.repeat([0, 1], [len(near), len(other)])

    def _among(self, people: Flags) -> Flags:
        """Which pairs lie among some people."""
        return np.asarray(people[self.pool.firsts] & people[self.pool.seconds])

    def _near_best(self, among: Flags, rng: np.random.Generator) -> Integers:
        """The pairing that suits random numbers best of those on the hull that are worth enough."""
        luck, value, fill = rng.random(len(self.pool)), self.pool.columns["value"], self.fill
        most = self.best if among.all() else self.pool.best(value, fill=fill, among=among)
        floor = _lowered((1 - self.within) * self.pool.total(most))
        lucky = self.pool.best(luck, fill=fill, among=among)
        while self.pool.total(lucky) < floor:
            won, lost = luck[lucky].sum() - luck[most].sum(), self.pool.total(most) - self.pool.total(lucky)
            between = self.pool.best(won * value + lost * luck, fill=fill, among=among)
            gained = won * (value[between].sum() - value[most].sum()) + lost * (luck[between].sum() - luck[most].sum())
            if gained <= ROUNDING * max(won, lost) * max(1, len(most)):
                return most
            lucky, most = (lucky, between) if self.pool.total(between) >= floor else (between, most)
        return lucky

    def refuse_if_certain(self) -> None:
        """Raise `InfeasibleError` where the design has one pairing only, and say what it would take."""
        if not len(self.best):
            raise InfeasibleError("No possible pair brings anything, so there is no pairing to draw.")
        if self.random_arm:
            return
        second = max((self._without(pair) for pair in self.best), default=-np.inf)
        if second >= _lowered(self.floor):
            return
        need = 1 - second / self.pool.total(self.best) if np.isfinite(second) else np.inf
        told = f"within={need:.3g} would let in a second one" if need <= 1 else "there is no other at all"
        raise InfeasibleError(
            f"Only one pairing lies within {self.within:.2%} of the best, so nothing can be drawn by lot; {told}. "
            "Raise within, open a gate, or set a random_arm."
        )

    def _without(self, pair: int) -> float:
        """Value of the best pairing without one pair, of as many pairs where that is asked for."""
        among = np.ones(len(self.pool), dtype=bool)
        among[pair] = False
        found = self.pool.best(self.pool.columns["value"], fill=self.fill, among=among)
        short = self.fill and len(found) < len(self.best)
        return -np.inf if short or not len(found) else self.pool.total(found)


def _lowered(floor: float) -> float:
    """A floor that rounding does not lift."""
    return floor - ROUNDING * max(abs(floor), ROUNDING)


def _shuffled(n: int, rng: np.random.Generator) -> Integers:
    """The numbers below n in random order, by a stream that numpy keeps from release to release."""
    return np.argsort(rng.random(n), kind="stable").astype(np.int64)


def _at_random(pool: PairPool, among: Flags, rng: np.random.Generator) -> Integers:
    """Pairs in random order, each made if both people still can: nobody is left who could be paired."""
    space, made = pool.capacity.copy(), []
    allowed = np.flatnonzero(among)
    for pair in allowed[_shuffled(len(allowed), rng)].tolist():
        sides = [pool.firsts[pair], pool.seconds[pair]]
        if (space[sides] > 0).all():
            space[sides] -= 1
            made.append(pair)
    return np.array(made, dtype=np.int64)


def _listed(pool: PairPool, floor: float, count: int) -> list[Integers] | None:
    """Every pairing worth at least the floor, of ``count`` pairs or, where that is 0, with none left to add."""
    found: list[Integers] = []
    for looked_at, chosen in enumerate(_pairings(pool, floor)):
        if looked_at > MOST_LOOKED_AT:
            return None
        if chosen is not None and (len(chosen) == count if count else _is_full(pool, chosen)):
            found.append(chosen)
    return found


def _pairings(pool: PairPool, floor: float) -> Iterator[Integers | None]:
    """Pairings worth at least the floor, one partner each; None for every step on the way, so that steps count."""
    value, n = pool.columns["value"], len(pool.people)
    of_person = [np.flatnonzero(pool.firsts == i).tolist() for i in range(n)]
    most = np.zeros(n)  # a person's half of the best pair they could be in
    np.maximum.at(most, pool.firsts, value / 2)
    np.maximum.at(most, pool.seconds, value / 2)

    def grow(person: int, free: Flags, chosen: list[int], total: float) -> Iterator[Integers | None]:
        yield None
        if total + most[person:][free[person:]].sum() < floor:
            return
        if person == n:
            yield np.array(chosen, dtype=np.int64)
            return
        yield from grow(person + 1, free, chosen, total)  # nobody further on
        for pair in of_person[person] if free[person] else ():
            if free[pool.seconds[pair]]:
                left = free.copy()
                left[[person, pool.seconds[pair]]] = False
                yield from grow(person + 1, left, [*chosen, pair], total + value[pair])

    return grow(0, np.asarray(pool.capacity > 0), [], 0.0)


def _is_full(pool: PairPool, chosen: Integers) -> bool:
    free = pool.capacity > 0
    free[pool.firsts[chosen]] = free[pool.seconds[chosen]] = False
    return not bool((free[pool.firsts] & free[pool.seconds]).any())
