"""Peer circles: groups of a few people with a foundation inside and as much difference of outlook as it allows.

A set packing: exact where every possible circle can be listed, else searched for (`circle_search`). The circles first,
then what they are formed from, then their tables and checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from peernet._arrays import Flags, Ints
from peernet._wording import Shown, count_in_digits
from peernet.diversity.reach import likeness_of
from peernet.errors import InfeasibleError, SettingError
from peernet.meetings.circle_search import Circle, CircleData, best_cover, every_circle, fits, search_circles, worth
from peernet.meetings.held import group_value, heard_in, joint_gains
from peernet.meetings.meeting_limits import (
    Limits,
    MeetingLimit,
    cost_of,
    excess_in_words,
    excesses,
    firm,
    limits_on,
)
from peernet.meetings.planner import meeting_bounds
from peernet.pairing.objectives import with_required
from peernet.pairing.pool import PairList, pairs_to_reweigh, without_wishes
from peernet.pairing.record import VIOLATION, Bounded, Violation
from peernet.scores.gates import OPENED_BY, REASONS
from peernet.scores.pair_scores import PairScores
from peernet.scores.reasons import left_out

Bounds = tuple[float, float]
# Why two people may not be paired and yet be in one circle, where not all of its pairs must pass every gate.
TOLERATED = [code for code, reason in enumerate(REASONS) if OPENED_BY[reason] in ("foundation", "experience", "goals")]
COLUMNS = ["size", "members", "value", "perspective", "passing", "least"]
ROUNDING = 1e-7  # in checks: effective perspectives, of the total a share
NEGLIGIBLE = 1e-6  # gap up to which a bound of an integer program is the optimum


@dataclass(frozen=True, repr=False)
class Circles(Bounded, Shown):
    """Who is in which circle, what everyone gains from the others in it, and how much more circles could be worth.

    Parameters
    ----------
    table
        One row per circle, index ``circle``: ``size``, ``members``, ``value`` (effective perspectives), ``perspective``
        (mean distance between its people, the spread), ``passing`` (share of its pairs that pass every gate) and
        ``least`` (what the member who gains least gains).
    members
        One row per person in a circle: ``circle``, ``person`` and ``gain`` from all the others together, in effective
        perspectives.
    unplaced
        One row per person in no circle: ``person``, ``reason`` and ``detail``.
    objective
        Total value: half the sum of what everybody gains from the rest of their circle, where a pair's value is the
        mean of the two gains, so that a person counts as much in a circle as in a pair; less what broken limits on
        numbers cost.
    bounds
        Two bounds on the total value. If ``exact`` both are proven: no circles for as many people that keep as close to
        the size asked for are worth more. Otherwise the first is proven: no circles of at most the size of the largest
        are worth more; the second holds if nobody adds more after others than alone, which is usual but not certain.
    exact
        Whether every possible circle was looked at, so that nobody could place more people, or as many in sizes closer
        to the one asked for.
    settings
        What was chosen, enough to form circles again.
    scores
        The scores they were formed from.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> circles = pn.form_circles(pn.score_pairs(survey, pn.colleague_graph(survey)), size=4)
    >>> circles
    <Circles: 66 circles, 218 people placed, 42 not, total value 23.245 (proven optimal)>
    """

    table: pd.DataFrame
    members: pd.DataFrame
    unplaced: pd.DataFrame
    objective: float
    bounds: Bounds
    exact: bool
    settings: Mapping[str, Any]
    scores: PairScores = field(repr=False, compare=False)
    _circles: tuple[Circle, ...] = field(repr=False, compare=False)

    @property
    def bound(self) -> float:
        """The proven bound."""
        return self.bounds[0]

    @property
    def likely_bound(self) -> float:
        """What the bound would be if nobody ever added more after others than alone."""
        return self.bounds[1]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Everyone who meets in a circle, pair by pair."""
        people = self.scores.people
        found = [(people[i], people[j]) for circle in self._circles for i, j in combinations(circle, 2)]
        return sorted((min(pair), max(pair)) for pair in found)

    def __len__(self) -> int:
        return len(self._circles)

    def __repr__(self) -> str:
        proof = self.proof_in_words() if self.gap > NEGLIGIBLE else "proven optimal"
        circles = count_in_digits(len(self), "circle", "circles")
        people = count_in_digits(len(self.members), "person", "people")
        return (
            f"<Circles: {circles}, {people} placed, {len(self.unplaced):,} not, "
            f"total value {self.objective:.3f} ({proof})>"
        )

    def check(self) -> pd.DataFrame:
        """Hold the circles against their scores again: once each, sizes, foundation, limits, values and the bound.

        Returns
        -------
        DataFrame
            One row per violation: ``rule``, ``who``, ``found``. Empty when everything holds.
        """
        pool = possible_circles(self.scores, self.settings["passing"])
        inside = self.members.groupby("circle")["person"]
        circles = {number: [self.scores.position(person) for person in people] for number, people in inside}
        values = {number: group_value(self.scores, circle) + pool.price(circle) for number, circle in circles.items()}
        found = [*_broken_circles(pool, self, circles, values)]
        limits, groups = (*limits_on(self.scores), *pool.together()), tuple(map(tuple, circles.values()))
        found += [
            ("limits", limit.told, excess_in_words(limit, excess))
            for limit, _, excess in excesses(limits, [groups])
            if limit.is_hard
        ]
        found += self.broken_totals(sum(values.values()) - cost_of(limits, [groups]), ROUNDING)
        return pd.DataFrame(found, columns=VIOLATION)


def form_circles(
    scores: PairScores,
    *,
    size: int = 4,
    passing: float = 1.0,
    exact: bool = True,
    time_limit: float = 60.0,
    progress: bool = True,
) -> Circles:
    """Form peer circles: as many people as possible, as close to one size as possible, then the greatest value.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    size
        People in a circle, at least 3. Circles have one more or one less where that leaves fewer people out.
    passing
        The foundation inside: the share of a circle's pairs that must pass every gate. 1: every two of them. Below 1
        the pairs that pass must still link all its people, and nobody is put together with their manager, somebody they
        ruled out, or somebody where trust is refused; pairs that are merely unknown to each other, or whose experience
        or goals differ, may be in it.
    exact
        Whether to look at every possible circle where there are not too many of them, and prove the best choice.
        Otherwise circles are searched for: pairs from the best matching, pairs of pairs from the next, and so on, then
        moves and exchanges of people until none helps.
    time_limit
        Seconds for the proof; the best circles known then are returned. Small sizes in pools of 500 people and more can
        need longer.
    progress
        Whether to show a progress bar while circles are searched for.

    Returns
    -------
    Circles

    Raises
    ------
    SettingError
        If ``size``, ``passing`` or ``time_limit`` is outside what is allowed.
    InfeasibleError
        If two people whom the rules require to meet may not be in one circle, or no circles are there, or were found,
        that keep the limits of the rules.

    Notes
    -----
    *Rules.* A pair that the rules require is in one circle. Limits on the number of pairs, and on being the different
    one, hold for all circles together and count every two people of a circle; for a capacity with a price a circle is
    one place. Limits without a price come before how many people are placed, what others cost is taken off the value.
    Circles that are searched for keep all this too, but there may be some where none were found.

    The value of a circle is what its people gain from all the others *together*, not the sum of what pairs would gain
    one by one, since four people who think alike bring each other little more than two. The bound for circles that were
    searched for comes from a matching in which everybody has as many partners as a circle gives them, weighed by what
    each partner can add at most among the others; it is loose where everybody may meet everybody.

    References
    ----------
    Edmonds, J. (1965). Maximum matching and a polyhedron with 0,1-vertices. Journal of Research of the National Bureau
    of Standards 69B, 125-130.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> circles = pn.form_circles(pn.score_pairs(survey, pn.colleague_graph(survey)), size=4)
    >>> circles.table["size"].value_counts().to_dict(), len(circles.check())
    ({3: 46, 4: 20}, 0)
    """
    if not (isinstance(size, int) and size >= 3):
        raise SettingError(f"size must be a whole number, 3 or more; got {size!r}. For pairs see pair_people.")
    if not 0 < passing <= 1:
        raise SettingError(f"passing must be a share above 0, up to 1; got {passing!r}.")
    if not 0 < time_limit < np.inf:
        raise SettingError(f"time_limit must be a number of seconds above 0; got {time_limit!r}.")
    pool = possible_circles(scores, passing)
    limits = limits_on(scores)
    circles, bounds = _best_firmly(pool, limits, size, time_limit if exact else 0.0, progress)
    table, members = circle_table(pool, circles), member_table(pool, circles)
    return Circles(
        table=table,
        members=members,
        unplaced=left_out_of_circles(pool, members, size),
        objective=float(table["value"].sum()) - cost_of(limits, [tuple(circles)]),
        bounds=bounds or pool.bounds(circles),
        exact=bounds is not None,
        settings={**scores.settings, "size": size, "passing": passing, "exact": exact, "time_limit": time_limit},
        scores=scores,
        _circles=tuple(circles),
    )


def _best_firmly(
    pool: PossibleCircles, limits: Limits, size: int, seconds: float, progress: bool
) -> tuple[list[Circle], Bounds | None]:
    """The best circles, where rules whose price means never are kept like those without a price wherever they can be.

    Pairs required at such a price come one by one, the dearest first.
    """
    asked = (*firm(limits), *pool.together())
    try:
        found = _best(pool, asked, size, seconds, progress)
    except InfeasibleError:
        if not any(limit.never for limit in limits):
            raise
        asked = (*limits, *pool.together())
        found = _best(pool, asked, size, seconds, progress)
    for wish in pool.wished():
        try:
            found = _best(pool, (*asked, wish), size, seconds, progress)
        except InfeasibleError:
            continue
        asked = (*asked, wish)
    return found


def _best(
    pool: PossibleCircles, limits: Limits, size: int, seconds: float, progress: bool
) -> tuple[list[Circle], Bounds | None]:
    """Circles in the order of their first members, and their bounds if every possible circle was looked at."""
    possible = every_circle(pool.facts.allowed, pool.people, size) if seconds and pool.facts.passing == 1.0 else None
    cover = None if possible is None else best_cover(pool.facts, limits, possible, size, seconds=seconds)
    if cover is not None:
        return pool.in_order(cover.circles), (cover.bound, cover.bound) if cover.proven else None
    with tqdm(desc="circles", disable=not progress, leave=False) as bar:
        circles = pool.in_order(search_circles(pool.facts, limits, pool.people, size, step=bar.update))
    return circles, None


@dataclass(frozen=True)
class PossibleCircles:
    """People who may be in a circle, in the order of their identifiers, and the facts about them."""

    scores: PairScores
    pairs: PairList
    people: Ints
    facts: CircleData

    def together(self) -> Limits:
        """Pairs that the rules require, each as a limit of its own; `InfeasibleError` if one may not be in a circle."""
        return self._at_least_once(with_required(self.scores, ()))

    def wished(self) -> Limits:
        """The same of pairs that are required at a price which means never, as far as they may be in one circle."""
        applied = self.scores.applied_rules
        dearest = sorted(() if applied is None else applied.wished, key=lambda wish: -wish[2])
        return self._at_least_once([(a, b) for a, b, _ in dearest if not self._apart(a, b)])

    def _at_least_once(self, pairs: Sequence[tuple[str, str]]) -> Limits:
        problems = [
            f"{a!r} and {b!r} are required but may not be in one circle: {self.scores.pair(a, b)['blocked']}."
            for a, b in pairs
            if self._apart(a, b)
        ]
        if problems:
            raise InfeasibleError(" ".join(problems))
        found = []
        for a, b in pairs:
            i, j = self.scores.position(a), self.scores.position(b)
            table = np.zeros(self.facts.never.shape, dtype=bool)
            table[i, j] = table[j, i] = True
            found.append(MeetingLimit(table, -1, 1, np.inf, f"required {a} and {b}"))
        return tuple(found)

    def _apart(self, a: str, b: str) -> bool:
        return bool(self.facts.never[self.scores.position(a), self.scores.position(b)])

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

    def bearable(self) -> PairList:
        """Every pair that may be in one circle, whether it passes the gates or not."""
        rank = self.pairs.rank
        near = ~self.facts.never & (rank[:, None] < rank)
        firsts, seconds = (side.astype(np.int64) for side in np.nonzero(near))
        return replace(self.pairs, firsts=firsts, seconds=seconds, columns={"price": self.facts.price[firsts, seconds]})

    def price(self, circle: Sequence[int]) -> float:
        """What rules add to the value of a circle."""
        return float(sum(self.facts.price[i, j] for i, j in combinations(circle, 2)))

    def passing(self, circle: Circle) -> float:
        """Share of a circle's pairs that pass every gate."""
        return float(np.mean([self.facts.allowed[i, j] for i, j in combinations(circle, 2)]))


def possible_circles(scores: PairScores, passing: float) -> PossibleCircles:
    """Read everything a circle is judged by from the scores; tables of people by people."""
    pairs, reach, n = without_wishes(pairs_to_reweigh(scores)), scores.reach, len(scores)
    start, heard, strength, weight = reach.arrays
    price = np.zeros((n, n))
    price[pairs.firsts, pairs.seconds] = price[pairs.seconds, pairs.firsts] = pairs.columns["price"]
    mean = 2.0 * float(scores.combined(np.ones(1), np.zeros(1))[0])
    lesser = float(scores.combined(np.ones(1), np.ones(1))[0]) - mean
    never = _never(scores, pairs, passing)
    facts = CircleData(
        pairs.table(),
        never,
        float(passing),
        likeness_of(reach),
        start,
        heard,
        strength,
        weight,
        reach.exposure,
        mean,
        lesser,
        price,
    )
    people = np.argsort(pairs.rank)
    return PossibleCircles(scores, pairs, people[~never[people].all(axis=1)], facts)


def _never(scores: PairScores, pairs: PairList, passing: float) -> Flags:
    """Pairs that no circle may hold."""
    if passing == 1.0:
        return ~pairs.table()
    codes = np.concatenate([scores.gates.codes(rows) for rows in scores.blocks()])
    return ~np.isin(codes, [0, *TOLERATED])


def circle_table(pool: PossibleCircles, circles: Sequence[Circle]) -> pd.DataFrame:
    """One row per circle."""
    rows = [_one_circle(pool, circle) for circle in circles]
    index = pd.RangeIndex(1, len(rows) + 1, name="circle")
    return pd.DataFrame(rows, columns=COLUMNS, index=index).astype({"members": "str", "value": float})


def _one_circle(pool: PossibleCircles, circle: Circle) -> tuple[int, str, float, float, float, float]:
    distances = pool.scores.perspective.as_given.block(circle, circle)
    inside = distances[np.triu_indices(len(circle), k=1)]
    spread = float(np.nanmean(inside)) if not np.isnan(inside).all() else np.nan
    members = ", ".join(pool.scores.people[list(circle)])
    value = worth(pool.facts, np.array(circle))
    return len(circle), members, value, spread, pool.passing(circle), float(joint_gains(pool.scores, circle).min())


def member_table(pool: PossibleCircles, circles: Sequence[Circle]) -> pd.DataFrame:
    """One row per person in a circle."""
    rows = [
        (number, pool.scores.people[person], gain)
        for number, circle in enumerate(circles, 1)
        for person, gain in zip(circle, joint_gains(pool.scores, circle), strict=True)
    ]
    return pd.DataFrame(rows, columns=["circle", "person", "gain"]).astype({"person": "str", "gain": float})


def left_out_of_circles(pool: PossibleCircles, members: pd.DataFrame, size: int) -> pd.DataFrame:
    """Everybody in no circle, and why."""
    table = left_out(pool.scores, set(members["person"]))
    left = table["reason"].isin(["left over", "nothing new"])
    able = _in_any_circle(pool, size)
    known = table["person"].map(dict(zip(pool.scores.people, able, strict=True)))
    reason = np.where(known, "left over", "no possible circle")
    detail = np.where(known, "no circle has room for them", f"no {size - 1} people with them who may all meet")
    found = {"reason": table["reason"].mask(left, reason), "detail": table["detail"].mask(left, detail)}
    return table.assign(**found).astype("str")


def _in_any_circle(pool: PossibleCircles, size: int) -> Flags:
    """Whether each person could be in some circle; yes where there are too many to tell, or not all pairs must pass."""
    possible = every_circle(pool.facts.allowed, pool.people, size) if pool.facts.passing == 1.0 else None
    able = np.full(pool.pairs.n, possible is None)
    for circle in possible or ():
        able[list(circle)] = True
    return able


def _broken_circles(
    pool: PossibleCircles, plan: Circles, circles: Mapping[Any, Sequence[int]], values: Mapping[Any, float]
) -> Iterator[Violation]:
    """Every violation but that of the total; ``circles`` and ``values``: positions and worth of each, anew."""
    members, stated = plan.members, plan.table["value"].to_dict()
    for person in sorted(members["person"][members["person"].duplicated()]):
        yield "once", person, "in more than one circle"
    for number, circle in circles.items():
        who, value = ", ".join(pool.scores.people[list(circle)]), stated.get(number, np.nan)
        if abs(len(circle) - plan.settings["size"]) > 1:
            yield "size", who, f"{len(circle)} people"
        if not fits(pool.facts, np.array(circle)):
            yield "foundation", who, "not all of them may be in one circle"
        gains = members.loc[members["circle"] == number, "gain"]
        if not np.allclose(joint_gains(pool.scores, circle), gains, rtol=0, atol=ROUNDING):
            yield "gain", who, "not what the scores give"
        if not abs(values[number] - value) <= ROUNDING:
            yield "value", who, f"{values[number]!r} recomputed, {value!r} stated"
