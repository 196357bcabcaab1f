"""Pairings drawn by lot among those nearly as good as the best (restricted randomisation), each pair's chance known.

`draw_pairing` draws from a `PairingDesign`, which is plain tables and can be drawn from again, as a randomisation test
needs. Chances are exact where every pairing of the design can be listed, else estimated by drawing (Monte Carlo).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import check_draws, over_draws, share_interval, spawned
from peernet._wording import Shown, count_in_digits
from peernet.errors import InfeasibleError, SettingError, check_choice
from peernet.matching.limits import Counted
from peernet.pairing.pool import PairList, possible_pairs, under_rules
from peernet.scores.pair_scores import PairScores, numbered

AT = {"most": 1, "least": -1}
ARMS = ("near the best", "random")
ROUNDING = 1e-9
MOST_PEOPLE = 16  # with more, the pairings of a design are not listed
MOST_TRIES = 100  # times that arms are drawn again where those drawn leave no pairing under the rules
MOST_LOOKED_AT = 200_000  # steps after which the list is given up
A_PAIR, A_PERSON = 160, 2_500  # bytes of memory that a possible pair and a person take while a pairing is drawn


@dataclass(frozen=True, repr=False)
class RandomPairing(Shown):
    """A pairing drawn by lot, and all it takes to draw it again.

    Parameters
    ----------
    table
        One row per pair: ``pair`` (number), ``a``, ``b``, ``arm`` ("near the best" or "random"), ``probability`` with
        ``low`` and ``high``, and the score columns of `PairScores.to_frame`.
    unpaired
        People who have a possible partner and were left without one in this draw.
    probabilities
        One row per pair that can come up: ``a``, ``b``, ``probability`` of being paired (in either arm), and the 95 %
        Monte Carlo interval from ``low`` to ``high`` (both equal to the probability where it is exact).
    exact
        Whether the probabilities are exact, every pairing of the design having been listed.
    value
        Total value of the pairs drawn, less what broken limits on their number cost.
    best
        The same of the best pairing of everyone.
    design
        What was drawn from.
    settings
        What was chosen, enough to draw the same pairing again; ``rng`` is None where it was a generator.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> drawn = pn.draw_pairing(scores, draws=20, rng=1, progress=False)
    >>> drawn
    <RandomPairing: ... pairs drawn by lot, ... of the best value, ... with a probability below one half>
    >>> len(drawn.redraw(7)) > 0
    True
    """

    table: pd.DataFrame
    unpaired: list[str]
    probabilities: pd.DataFrame
    exact: bool
    value: float
    best: float
    design: PairingDesign
    settings: Mapping[str, Any] = field(repr=False)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs as tuples of people."""
        return list(zip(self.table["a"], self.table["b"], strict=True))

    def redraw(self, rng: int | np.random.Generator) -> pd.DataFrame:
        """Another pairing from the same design, as a randomisation test needs: ``a``, ``b``, ``arm``.

        Parameters
        ----------
        rng
            Seed or generator.
        """
        return self.design.draw(rng)

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        open_ = int((self.table["probability"] < 0.5).sum())
        return (
            f"<RandomPairing: {count_in_digits(len(self), 'pair', 'pairs')} drawn by lot, "
            f"{self.value / self.best:.0%} of the best value, "
            f"{open_} with a probability below one half>"
        )


def draw_pairing(
    scores: PairScores,
    *,
    within: float = 0.05,
    random_arm: float = 0.0,
    cardinality: str | None = None,
    draws: int = 400,
    rng: int | np.random.Generator = 0,
    n_jobs: int | None = None,
    progress: bool = True,
) -> RandomPairing:
    """Draw a pairing by lot among those nearly as good as the best, so that its effects can be told from selection.

    Parameters
    ----------
    scores
        What `score_pairs` returned; every gate stays, and so do rules (`PairScores.under`): required pairs are made,
        limits on the number of pairs are kept or, where they have a price, paid for.
    within
        Share of the greatest total value that the pairing may fall short; 1 for any pairing within the gates.
    random_arm
        Share of people who are drawn by lot to be paired among themselves at random, within the gates; they are the
        yardstick. The others are paired near the best among themselves.
    cardinality
        None: whoever adds nothing to anyone stays single; ``"max"``: as many pairs as possible first.
    draws
        Draws from the same design from which probabilities are estimated, where they cannot be worked out exactly.
    rng
        Seed or generator; the same seed gives the same pairing and probabilities, whatever ``n_jobs``.
    n_jobs
        Processes to share the draws among, -1 for all processors. None: what
        ``joblib.parallel_config`` says around the call, also a Dask cluster; one process if it says nothing.
    progress
        Whether to show a progress bar.

    Returns
    -------
    RandomPairing
        ``.table``, ``.probabilities``, ``.design`` and ``.redraw(rng)``.

    Raises
    ------
    InfeasibleError
        If only one pairing lies within that share of the best, none brings anything, or none keeps the rules.
    SettingError
        If a share is outside what is allowed.

    Notes
    -----
    Where at most sixteen people have a possible partner, one each, all pairings of the design are listed as far as that
    can be done quickly: each is as likely as the others and the probabilities are exact. Elsewhere the lot works as
    `PairingDesign` says; draws are independent, and the pairing itself counts as one of those from which its
    probabilities are estimated, so none of them is estimated as zero. Pairs whose probability is one, or so low that
    the interval spans a factor of ten, carry little information afterwards: raise ``within`` or ``draws``.

    References
    ----------
    Basse, G., Ding, P., Feller, A. & Toulis, P. (2024). Randomization tests for peer effects in group formation
    experiments. Econometrica 92, 567-590.
    Rosenbaum, P. R. (2002). Observational Studies. Springer, chapter 2.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> drawn = pn.draw_pairing(scores, within=0.1, draws=10, progress=False)
    >>> bool(drawn.value >= 0.9 * drawn.best - 1e-9)
    True
    """
    check_draws(draws)
    design = design_of(scores, within=within, random_arm=random_arm, cardinality=cardinality)
    design.refuse_if_certain()
    seeds = spawned(rng, draws + 1)
    pool, listed = design.pool, design.listed
    first, arms = design.drawn(np.random.default_rng(seeds[0]))
    if listed is None:
        found = over_draws(
            design.drawn, seeds[1:], n_jobs=n_jobs, progress=progress, what="pairings drawn", room=design.room
        )
        listed = [first, *(pairs for pairs, _ in found)]
    chances = _chances(design, listed, exact=design.listed is not None)
    drawn = design._named(first, arms)
    table = drawn.merge(chances, on=["a", "b"], how="left")
    table = numbered(table.merge(scores.to_frame(zip(drawn["a"], drawn["b"], strict=True)), on=["a", "b"]))
    return RandomPairing(
        table,
        sorted({*pool.people} - {*table["a"], *table["b"]}),
        chances,
        design.listed is not None,
        pool.worth(first),
        pool.worth(design.best),
        design,
        {
            **scores.settings,
            "within": within,
            "random_arm": random_arm,
            "cardinality": cardinality,
            "draws": draws,
            "rng": rng if isinstance(rng, int) else None,
        },
    )


def design_of(scores: PairScores, *, within: float, random_arm: float, cardinality: str | None) -> PairingDesign:
    """The design that draws among the possible pairs of some scores."""
    pairs, limits = _design_tables(under_rules(possible_pairs(scores), scores))
    return PairingDesign(pairs, scores.capacity, within, random_arm, cardinality, limits)


def _chances(design: PairingDesign, pairings: list[Ints], *, exact: bool) -> pd.DataFrame:
    """How often each pair is in some pairings, with its interval where they are draws."""
    pool, draws = design.pool, len(pairings)
    counts = np.bincount(np.concatenate(pairings), minlength=len(pool)).astype(np.float64)
    low, high = (counts / draws, counts / draws) if exact else share_interval(counts, draws)
    sides = {"a": pool.people[pool.firsts], "b": pool.people[pool.seconds]}
    table = pd.DataFrame({**sides, "probability": counts / draws, "low": low, "high": high})
    return table[(counts > 0) | (not exact)].sort_values(["a", "b"], ignore_index=True)


# --- the design -------------------------------------------------------------------------------------------------------


def no_limits() -> pd.DataFrame:
    """A table without a limit."""
    return pd.DataFrame({"rule": [], "at": [], "number": [], "price": []}, index=pd.Index([], name="limit"))


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
    >>> import peernet as pn
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"a": ["ann", "ann", "bo"], "b": ["bo", "cy", "cy"], "value": [1.0, 0.98, 0.5]})
    >>> design = pn.pairing.PairingDesign(pairs, pd.Series({"ann": 1, "bo": 1, "cy": 1}), within=0.05)
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
        _check_limits(self.limits, self.pairs)
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
    def pool(self) -> PairList:
        """The pairs that can be drawn, people sorted."""
        asked = _asked_for(self.limits, self.pairs)
        kept = self.pairs if self.fill else self.pairs[(self.pairs["value"] > 0) | asked]
        people = pd.Index(sorted({*kept["a"], *kept["b"]}))
        i, j = np.sort([people.get_indexer(pd.Index(kept[side])) for side in ("a", "b")], axis=0).astype(np.int64)
        capacity = self.capacity.reindex(people).to_numpy().astype(np.int64)
        order = np.lexsort((j, i))
        value = kept["value"].to_numpy(dtype=np.float64)[order]
        required = np.flatnonzero(kept["required"].to_numpy(dtype=bool)[order]) if "required" in kept else order[:0]
        limits = _limits_of(self.limits, kept, i, j, len(people))
        return PairList(
            people, np.arange(len(people)), capacity, i[order], j[order], {"value": value}, required, limits
        )

    @property
    def room(self) -> float:
        """Bytes of memory that drawing one pairing takes."""
        return float(A_PAIR * len(self.pool) + A_PERSON * len(self.pool.people))

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
        return self._floor_below(self.pool.worth(self.best))

    def _floor_below(self, best: float) -> float:
        return best - self.within * abs(best)

    def _lowered(self, floor: float) -> float:
        """A floor that rounding does not lift: values of any size are added up, however little is left of them."""
        largest = max(np.abs(self.pool.columns["value"]).max(initial=ROUNDING), abs(floor))
        return float(floor - ROUNDING * largest)

    @cached_property
    def listed(self) -> list[Ints] | None:
        """Every pairing of the design, or None where they are too many or people are drawn into arms first."""
        few = len(self.pool.people) <= MOST_PEOPLE and (self.pool.capacity <= 1).all()
        return self._every_pairing(self._lowered(self.floor)) if few and not self.random_arm else None

    def _every_pairing(self, floor: float) -> list[Ints] | None:
        return _listed_pairings(self.pool, floor, len(self.best) if self.fill else 0)

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
        return self._named(*self.drawn(np.random.default_rng(rng)))

    def _named(self, chosen: Ints, arms: Ints) -> pd.DataFrame:
        """Pairs of the pool by name, sorted, and the arm of each."""
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

    def _near_best(self, pool: PairList, among: Flags, rng: np.random.Generator) -> Ints:
        """The pairing that suits random numbers best of those on the hull that are worth enough."""
        luck, value, fill = rng.random(len(pool)), pool.columns["value"], self.fill
        if not fill:  # a pair that adds nothing is made where it is lucky
            luck = np.where(value > 0, luck, 2 * luck - 1)
        costs = np.where(pool.signs > 0, rng.random(len(pool.limits)), 0.0)  # of breaking limits of at most so many
        most = self.best if among.all() else pool.best(value, fill=fill, among=among)
        floor = self._lowered(self._floor_below(pool.worth(most)))
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
        enough = self._lowered(self.floor)
        second = self._second(enough)
        if second >= enough:
            return
        need = 1 - second / most if np.isfinite(second) else np.inf
        way_out = (
            f"within={need:.3g} would let in a second one. Raise within, open"
            if need <= 1
            else "there is no other at all. Open"
        )
        raise InfeasibleError(
            f"Only one pairing lies within {self.within:.2%} of the best, so nothing can be drawn by lot; {way_out} "
            "a gate, or set a random_arm."
        )

    def _second(self, enough: float) -> float:
        """Value of the second best pairing or of any that reaches ``enough``; at most, where they are not listed."""
        every = None if self.listed is None else self._every_pairing(-np.inf)
        if every is not None:
            return sorted([-np.inf, *(self.pool.worth(chosen) for chosen in every)])[-2] if len(every) > 1 else -np.inf
        second = -np.inf
        for pair in self.best[np.argsort(self.pool.columns["value"][self.best], kind="stable")]:  # least to lose first
            second = max(second, self._without(pair))
            if second >= enough:
                break
        return second

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


# --- the design as tables, so that it can be kept and drawn from later ------------------------------------------------


def _design_tables(pool: PairList) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pairs with their values, whether they are required and which limits count them; and the limits."""
    sides = {"a": pool.people[pool.firsts], "b": pool.people[pool.seconds]}
    names = pd.Index([f"limit {k + 1}" for k in range(len(pool.limits))], name="limit")
    counted = dict(zip(names, pool.counted, strict=True))
    required = np.isin(np.arange(len(pool)), pool.required)
    pairs = pd.DataFrame({**sides, "value": pool.columns["value"], "required": required, **counted})
    words = {sign: at for at, sign in AT.items()}
    rows = [(limit.told, words[limit.sign], limit.number, limit.price) for limit in pool.limits]
    limits = pd.DataFrame(rows, columns=["rule", "at", "number", "price"], index=names) if rows else no_limits()
    return pairs, limits.replace({"price": math.inf}, np.nan)


def _limits_of(limits: pd.DataFrame, pairs: pd.DataFrame, i: Ints, j: Ints, people: int) -> tuple[Counted, ...]:
    """The limits of a table, over pairs of positions."""
    found = []
    for name, row in limits.iterrows():
        cells = np.zeros((people, people), dtype=bool)
        cells[i, j] = cells[j, i] = pairs[name].to_numpy(dtype=bool)
        price = math.inf if pd.isna(row["price"]) else float(row["price"])
        found.append(Counted(cells, AT[row["at"]], int(row["number"]), price, str(row["rule"])))
    return tuple(found)


def _asked_for(limits: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """Which pairs a rule asks for: required ones, and those that there must be so many of at least."""
    asked = pairs["required"].astype(bool) if "required" in pairs else pd.Series(False, index=pairs.index)
    for name in limits.index[limits["at"] == "least"]:
        asked |= pairs[name].astype(bool)
    return asked


def _check_limits(limits: pd.DataFrame, pairs: pd.DataFrame) -> None:
    """Raise `SettingError` where a limit has no column among the pairs, or says what no limit can."""
    for name, row in limits.iterrows():
        at, number, price = row["at"], row["number"], row["price"]
        if name not in pairs:
            raise SettingError(f"pairs must say in a column {name!r} which of them that limit counts; there is none.")
        if at not in AT:
            raise SettingError(f"The limit {name!r} must be at 'most' or at 'least'; got {at!r}.")
        if not (number >= 0 and number == int(number)):
            raise SettingError(f"The number of the limit {name!r} must be a whole number, 0 or more; got {number!r}.")
        if price < 0:
            raise SettingError(f"The price of the limit {name!r} must be missing, or 0 or more; got {price!r}.")


# --- every pairing of a design, where there are few -------------------------------------------------------------------


def _listed_pairings(pool: PairList, floor: float, count: int) -> list[Ints] | None:
    """Every pairing under the rules worth at least the floor; None where there is too much to look at.

    Those of ``count`` pairs or, where that is 0, those to which no pair of any value can be added without breaking a
    limit any further.
    """
    found: list[Ints] = []
    for looked_at, chosen in enumerate(_pairings(pool, floor)):
        if looked_at > MOST_LOOKED_AT:
            return None
        if chosen is None or not pool.allows(chosen) or pool.worth(chosen) < floor:
            continue
        if len(chosen) == count if count else _is_full(pool, chosen):
            found.append(chosen)
    return found


def _pairings(pool: PairList, floor: float) -> Iterator[Ints | None]:
    """Pairings of at least the floor before any price, one partner each; None for every step, so that steps count."""
    value, n = pool.columns["value"], len(pool.people)
    of_person = [np.flatnonzero(pool.firsts == i).tolist() for i in range(n)]
    most = np.zeros(n)  # a person's half of the best pair they could be in
    np.maximum.at(most, pool.firsts, value / 2)
    np.maximum.at(most, pool.seconds, value / 2)

    def grow(person: int, free: Flags, chosen: list[int], total: float) -> Iterator[Ints | None]:
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


def _is_full(pool: PairList, chosen: Ints) -> bool:
    free = pool.capacity > 0
    free[pool.firsts[chosen]] = free[pool.seconds[chosen]] = False
    addable = free[pool.firsts] & free[pool.seconds] & (pool.columns["value"] > 0)
    return not bool((addable & ~pool.used_up(chosen)).any())


# --- the yardstick: people drawn by lot and paired among themselves at random -----------------------------------------


def people_by_lot(pool: PairList, share: float, rng: np.random.Generator) -> Flags:
    """A share of everybody, drawn by lot from those whom no rule gives a partner."""
    fixed = np.zeros(len(pool.people), dtype=bool)
    fixed[pool.firsts[pool.required]] = fixed[pool.seconds[pool.required]] = True
    order = _shuffled(len(fixed), rng)
    found = np.zeros(len(fixed), dtype=bool)
    found[order[~fixed[order]][: round(share * len(fixed))]] = True
    return found


def paired_at_random(pool: PairList, people: Flags, rng: np.random.Generator) -> Ints:
    """Pairs of some people in random order, each made if both still can: nobody is left who could be paired.

    Of what a limit allows at most, they use no more than their share of the pairs it counts, and break none.
    """
    allowed = np.flatnonzero(people[pool.firsts] & people[pool.seconds])
    counted, left = pool.counted & (pool.signs > 0)[:, None], _allowances(pool, people)
    space, made = pool.capacity.copy(), []
    for pair in allowed[_shuffled(len(allowed), rng)].tolist():
        sides = [pool.firsts[pair], pool.seconds[pair]]
        if (space[sides] > 0).all() and (left[counted[:, pair]] >= 1).all():
            space[sides] -= 1
            left[counted[:, pair]] -= 1
            made.append(pair)
    return np.array(made, dtype=np.int64)


def _allowances(pool: PairList, people: Flags) -> Floats:
    """How many pairs of those each limit counts some people can make, in proportion to those both arms could."""
    inside = pool.counted @ (people[pool.firsts] & people[pool.seconds]).astype(float)
    outside = pool.counted @ (~people[pool.firsts] & ~people[pool.seconds]).astype(float)
    numbers = np.array([float(limit.number) for limit in pool.limits])
    return np.asarray(np.floor(numbers * inside / np.maximum(inside + outside, 1.0)), dtype=np.float64)


def _shuffled(n: int, rng: np.random.Generator) -> Ints:
    """The numbers below n in random order, by a stream that numpy keeps from release to release."""
    return np.argsort(rng.random(n), kind="stable").astype(np.int64)
