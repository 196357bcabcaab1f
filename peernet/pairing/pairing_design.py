"""A way of drawing pairings by lot that can be drawn from again: among those nearly as good as the best."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet.errors import InfeasibleError, SettingError, check_choice
from peernet.pairing.design_limits import asked_for, check_limits, limits_of, no_limits
from peernet.pairing.listed_pairings import listed_pairings
from peernet.pairing.pool import PairPool
from peernet.pairing.random_arm import paired_at_random, people_by_lot

__all__ = ["ARMS", "PairingDesign"]

ARMS = ("near the best", "random")
ROUNDING = 1e-9
MOST_PEOPLE = 16  # beyond these, the pairings of a design are not listed
MOST_TRIES = 100  # times that arms are drawn again where those drawn leave no pairing under the rules


@dataclass(frozen=True, repr=False, eq=False)
class PairingDesign:
    """Everything it takes to draw pairings from one design, now or later.

    Parameters
    ----------
    pairs
        The possible pairs: ``a``, ``b``, ``value``; ``required`` (whether the pair must be made), if a rule says so;
        and for each limit a column of its name that says which pairs it counts.
    capacity
        How many partners each person can have, index ``person``, for everyone in ``pairs``.
    within
        Share of the greatest total value that a pairing may fall short.
    random_arm
        Share of people who are paired at random instead, drawn by lot.
    cardinality
        None: pairings to which no pair that brings anything can be added without breaking a limit any further;
        ``"max"``: those of as many pairs as possible, whether they bring anything or not.
    limits
        Limits on the number of pairs, one row each, index ``limit``: ``rule`` (in words), ``at`` (``"most"`` or
        ``"least"``), ``number`` and ``price`` of each pair too many or missing; missing: the limit is never broken.

    Raises
    ------
    SettingError
        If a setting is outside what is allowed, or the tables do not fit together.

    Notes
    -----
    Where the pairings of a design are few enough to be listed, each is as likely as the others. Elsewhere every
    possible pair gets a random number from 0 to 1, and the pairing drawn has the greatest weighted sum of these numbers
    and of value whose value is not below the floor. Every pairing of the design can come up and no other does, but they
    are not equally likely: most of what the floor allows is used.

    Every pairing drawn makes the required pairs and keeps the limits without a price; the floor is one on value less
    what the other limits cost. Pairs that bring nothing come up only where they are required or counted by a limit of
    at least so many; their numbers run from -1 to 1. A random arm breaks no limit, uses no more of it than its share of
    the pairs counted, and has nobody in it who is required in a pair; what it leaves is the other arm's, and arms that
    leave no pairing under the rules are drawn again.

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
    limits: pd.DataFrame = field(default_factory=no_limits)

    def __post_init__(self) -> None:
        check_limits(self.limits, self.pairs)
        check_choice("cardinality", self.cardinality, (None, "max"))
        for name, most in (("within", 1.0), ("random_arm", 0.9)):
            share = getattr(self, name)
            if not (isinstance(share, (int, float)) and 0 <= share <= most):
                raise SettingError(f"{name} must be a share from 0 to {most:g}; got {share!r}.")

    def __repr__(self) -> str:
        among = "the pairings" if self.listed is None else f"{len(self.listed):,} pairings"
        likely = "not equally likely" if self.listed is None else "equally likely"
        arm = f", {self.random_arm:.0%} paired at random" if self.random_arm else ""
        count = len(self.limits)
        limits = f", {count} limit{'s' * (count != 1)} on the number of pairs" if count else ""
        return (
            f"<PairingDesign: {among} of {len(self.pool.people)} people within {self.within:.0%} of the best, "
            f"{likely}{arm}{limits}>"
        )

    @cached_property
    def pool(self) -> PairPool:
        """The pairs that can be drawn, people sorted."""
        asked = asked_for(self.limits, self.pairs)
        kept = self.pairs if self.fill else self.pairs[(self.pairs["value"] > 0) | asked]
        people = pd.Index(sorted({*kept["a"], *kept["b"]}))
        i, j = np.sort([people.get_indexer(pd.Index(kept[side])) for side in ("a", "b")], axis=0).astype(np.int64)
        capacity = self.capacity.reindex(people).to_numpy().astype(np.int64)
        order = np.lexsort((j, i))
        value = kept["value"].to_numpy(dtype=np.float64)[order]
        required = np.flatnonzero(kept["required"].to_numpy(dtype=bool)[order]) if "required" in kept else order[:0]
        limits = limits_of(self.limits, kept, i, j, len(people))
        return PairPool(people, capacity, i[order], j[order], {"value": value}, required, limits)

    @property
    def fill(self) -> bool:
        """Whether as many pairs as possible come first."""
        return self.cardinality == "max"

    @cached_property
    def best(self) -> Ints:
        """The pairing of greatest value, were everyone paired near the best."""
        return self.pool.best(self.pool.columns["value"], fill=self.fill)

    @property
    def floor(self) -> float:
        """Least value of a pairing of everyone that the design draws, less what broken limits cost."""
        return self._floor(self.pool.worth(self.best))

    def _floor(self, best: float) -> float:
        return best - self.within * abs(best)

    @cached_property
    def listed(self) -> list[Ints] | None:
        """Every pairing of the design, or None where they are too many or people are drawn into arms first."""
        few = len(self.pool.people) <= MOST_PEOPLE and (self.pool.capacity <= 1).all()
        return self._listed(_lowered(self.floor)) if few and not self.random_arm else None

    def _listed(self, floor: float) -> list[Ints] | None:
        return listed_pairings(self.pool, floor, len(self.best) if self.fill else 0)

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

    def drawn(self, rng: np.random.Generator) -> tuple[Ints, Ints]:
        """Positions in the pool of the pairs drawn, and the arm of each."""
        if self.listed is not None:
            chosen = self.listed[int(rng.random() * len(self.listed))]
            return chosen, np.zeros(len(chosen), dtype=np.int64)
        if not self.random_arm:
            near = self._near_best(self.pool, np.ones(len(self.pool), dtype=bool), rng)
            return near, np.zeros(len(near), dtype=np.int64)
        for _ in range(MOST_TRIES):
            with suppress(InfeasibleError):  # of the limits, once the random arm has taken its share
                return self._in_arms(rng)
        raise InfeasibleError(
            f"None of {MOST_TRIES} draws of a random arm of {self.random_arm:.0%} left a pairing of the others that "
            "keeps every limit on the number of pairs. Lower random_arm, or give a limit of at least so many a price."
        )

    def _in_arms(self, rng: np.random.Generator) -> tuple[Ints, Ints]:
        """Pairs of people drawn by lot, then the others near the best of what the limits leave."""
        pool, by_lot = self.pool, people_by_lot(self.pool, self.random_arm, rng)
        other = paired_at_random(pool, by_lot, rng)
        near = self._near_best(pool.after(other), ~by_lot[pool.firsts] & ~by_lot[pool.seconds], rng)
        return np.concatenate([near, other]), np.repeat([0, 1], [len(near), len(other)])

    def _near_best(self, pool: PairPool, among: Flags, rng: np.random.Generator) -> Ints:
        """The pairing that suits random numbers best of those on the hull that are worth enough."""
        (luck, costs), value, fill = self._lots(pool, rng), pool.columns["value"], self.fill
        most = self.best if among.all() else pool.best(value, fill=fill, among=among)
        floor = _lowered(self._floor(pool.worth(most)))
        lucky = pool.best(luck, prices=costs, fill=fill, among=among)
        while pool.worth(lucky) < floor:
            won = pool.weighed(lucky, luck, costs) - pool.weighed(most, luck, costs)
            lost = pool.worth(most) - pool.worth(lucky)
            mixed, prices = won * value + lost * luck, won * pool.prices + lost * costs
            between = pool.best(mixed, prices=prices, fill=fill, among=among)
            gained = pool.weighed(between, mixed, prices) - pool.weighed(most, mixed, prices)
            if gained <= ROUNDING * max(won, lost) * max(1, len(most)):
                return most
            lucky, most = (lucky, between) if pool.worth(between) >= floor else (between, most)
        return lucky

    def _lots(self, pool: PairPool, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """A random number for each pair, and what breaking each limit of at most so many takes off them."""
        luck = rng.random(len(pool))
        luck = luck if self.fill else np.where(pool.columns["value"] > 0, luck, 2 * luck - 1)
        return luck, np.where(pool.signs > 0, rng.random(len(pool.limits)), 0.0)

    def refuse_if_certain(self) -> None:
        """Raise `InfeasibleError` where the design has one pairing only, and say what it would take."""
        if not len(self.best):
            raise InfeasibleError("No possible pair brings anything, so there is no pairing to draw.")
        most = self.pool.worth(self.best)
        if most <= 0:
            raise InfeasibleError(
                f"The best pairing comes to {most:.3g} once prices are paid, so no share of it can be kept. Lower the "
                "prices of the rules, or require fewer pairs."
            )
        if self.random_arm:
            return
        second = self._second()
        if second >= _lowered(self.floor):
            return
        need = 1 - second / most if np.isfinite(second) else np.inf
        told = f"within={need:.3g} would let in a second one" if need <= 1 else "there is no other at all"
        raise InfeasibleError(
            f"Only one pairing lies within {self.within:.2%} of the best, so nothing can be drawn by lot; {told}. "
            "Raise within, open a gate, or set a random_arm."
        )

    def _second(self) -> float:
        """Value of the second best pairing; at most, where there are too many to list."""
        every = None if self.listed is None else self._listed(-np.inf)
        if every is not None:
            return sorted([-np.inf, *(self.pool.worth(chosen) for chosen in every)])[-2] if len(every) > 1 else -np.inf
        return max((self._without(pair) for pair in self.best), default=-np.inf)

    def _without(self, pair: int) -> float:
        """Value of the best pairing without one pair, of as many pairs where that is asked for."""
        among = np.arange(len(self.pool)) != pair
        if pair in self.pool.required:
            return -np.inf
        try:
            found = self.pool.best(self.pool.columns["value"], fill=self.fill, among=among)
        except InfeasibleError:
            return -np.inf
        short = self.fill and len(found) < len(self.best)
        return -np.inf if short or not len(found) else self.pool.worth(found)


def _lowered(floor: float) -> float:
    """A floor that rounding does not lift."""
    return floor - ROUNDING * max(abs(floor), ROUNDING)
