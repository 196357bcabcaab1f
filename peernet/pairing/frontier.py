"""What closeness costs: a bicriteria Pareto frontier, its hull by weighted sums, the rest by epsilon constraints.

The corners of the convex hull are searched as Aneja & Nair (1979) do, each the proven best of a weighted sum of both
totals; where people are few, an integer program at a time finds what lies under the hull. Totals that differ by
rounding alone are equal throughout: of two pairings that bring as much, the closer one is on the curve.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from tqdm.auto import tqdm

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import Shown
from peernet.errors import InfeasibleError, SettingError, check_choice
from peernet.pairing.pool import PairList, possible_pairs, under_rules
from peernet.scores.cells import PairsAt
from peernet.scores.foundation import STATES
from peernet.scores.pair_scores import PairScores

AGAINST = ("experience", "goals", "foundation")
PRICED_GATES = (*AGAINST, "band")
OBJECTIVES = ("value", "perspective")
FEW_PEOPLE = 12  # with a possible partner, up to whom points under the hull are looked for as well
ROUNDING = 1e-9  # of a total, or of 1 where it is less: totals no further apart are equal
STEPS = 1e5  # of the greatest pair: integer programs tell totals apart by so fine a step
DEAREST = 1e4  # a price of more than so many of the greatest pair makes these steps coarser
NO_PRICES = np.empty(0)
Weights = tuple[float, float]


@dataclass(frozen=True, repr=False)
class PairingFrontier(Shown):
    """The best compromises between what a pairing brings and how close its partners are.

    Parameters
    ----------
    table
        One row per pairing, index ``point``, from the closest to the one that brings most: ``closeness`` and
        ``value`` (totals over the pairs), ``pairs``, ``apart`` (mean distance of partners, or what their foundation
        lacks of mutual on average), ``price`` (value that the next unit of closeness costs, going back one row),
        ``above`` (how far any pairing can lie above the straight line to the next row, in value: 0 where the search was
        complete), ``kind`` (supported: a corner of the convex hull; unsupported: under it, beaten by none), ``knee``,
        and, where ``prices`` were asked for, ``price_<gate>`` of each other gate that is closed: how much more value as
        much closeness could bring with it open. Value is what is left once broken limits on the number of pairs are
        paid for.
    proposed
        The pairing that brings most with the gate kept, if there was one: ``closeness``, ``value``, ``pairs``,
        ``apart``, and ``lost``, the value it lies below the curve at its closeness. All missing where no pairing keeps
        the rules with the gate.
    complete
        Whether every corner of the hull is there.
    settings
        What was chosen.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> pn.pairing_frontier(pn.score_pairs(survey, pn.colleague_graph(survey)), progress=False)
    <PairingFrontier: ... pairings from closest in experience to most value...>
    """

    table: pd.DataFrame
    proposed: pd.Series
    complete: bool
    settings: dict[str, Any]
    pairings: tuple[list[tuple[str, str]], ...] = field(repr=False)

    @property
    def knee(self) -> int | None:
        """The point where the curve bends most, None where it has no corner between its ends.

        The rule: the point farthest from the straight line between both ends, each axis scaled from 0 to 1.
        """
        found = self.table.index[self.table["knee"]]
        return int(found[0]) if len(found) else None

    def pairs(self, point: int) -> list[tuple[str, str]]:
        """The pairs of one point of the curve.

        Raises
        ------
        SettingError
            If there is no such point.
        """
        if point not in self.table.index:
            raise SettingError(f"point must be from 0 to {len(self.table) - 1}; got {point!r}.")
        return self.pairings[point]

    def __repr__(self) -> str:
        knee = "" if self.knee is None else f", knee at {self.knee}"
        return (
            f"<PairingFrontier: {len(self.table)} pairings from closest in {self.settings['against']} to most "
            f"{self.settings['objective']}{knee}>"
        )


def pairing_frontier(
    scores: PairScores,
    *,
    against: str = "experience",
    objective: str = "value",
    points: int | None = None,
    unsupported: bool | None = None,
    prices: bool = True,
    progress: bool = True,
) -> PairingFrontier:
    """Trace every best compromise between closeness and what whole pairings bring, each proven.

    Parameters
    ----------
    scores
        What `score_pairs` returned. The gate on experience (or goals) is opened, since the curve shows what it trades;
        every other gate stays, and so do rules (`PairScores.under`): required pairs are made, limits on the number of
        pairs are kept or paid for. Against the foundation all gates stay.
    against
        Closeness in ``"experience"`` or ``"goals"``, 1 less the distance, or strength of the ``"foundation"``, up to 1
        for mutual trust.
    objective
        What the pairs should bring: ``"value"`` or distance in ``"perspective"``.
    points
        The most points to look for; by default all corners of the convex hull.
    unsupported
        Whether to look for the pairings under the hull too, one integer program each; by default where at most twelve
        people have a possible partner.
    prices
        Whether to say what every other gate costs, which takes a curve more for each gate that is closed. Of many
        people that takes most of the time, as with the foundation open all pairs are possible.
    progress
        Whether to show a progress bar.

    Returns
    -------
    PairingFrontier

    Raises
    ------
    InfeasibleError
        If no pairing keeps the rules, or a required pair is not possible or its closeness not known.
    SettingError
        If a setting is unknown, nothing was asked about ``against``, no pair is possible, or rules with a price, which
        is told in effective perspectives, meet another objective than value.

    Notes
    -----
    Both are totals over pairs, so that more pairs bring more of either. Each corner is the proven optimum of a weighted
    sum under the rules, and for each line between neighbours it is proven that nothing lies beyond it. Limits on the
    number of pairs dent the curve: more compromises then lie under the hull. A gate's price at a corner is how much
    more value there is on the curve with that gate open, at the same closeness or more.

    References
    ----------
    Aneja, Y. P. & Nair, K. P. K. (1979). Bicriteria transportation problem. Management Science 25, 73-78.
    Das, I. (1999). On characterizing the "knee" of the Pareto curve based on normal-boundary intersection. Structural
    Optimization 18, 107-115.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> frontier = pn.pairing_frontier(scores, points=6, progress=False)
    >>> bool(frontier.table["value"].is_monotonic_increasing and frontier.table["closeness"].is_monotonic_decreasing)
    True
    """
    check_choice("against", against, AGAINST)
    check_choice("objective", objective, OBJECTIVES)
    if points is not None and not points >= 2:
        raise SettingError(f"points must be at least 2, the two ends, or None; got {points!r}.")
    _check_prices(scores, objective)
    opened = scores if against == "foundation" else scores.without(against)
    pool = _pool(opened, against, objective)
    if not len(pool):
        raise SettingError(f"No pair is possible whose {against} is known on both sides, so there is nothing to trade.")
    if unsupported is None:
        unsupported = len(np.unique([pool.firsts, pool.seconds])) <= FEW_PEOPLE
    with tqdm(desc="points of the frontier", disable=not progress) as bar:
        corners = hull(pool, points=points, step=bar.update)
        found = [point for point, _ in corners]
        every = every_point(pool, found, step=bar.update) if unsupported else found
        opens = _gate_prices(opened, against, objective, found, points=points, step=bar.update) if prices else {}
    table = _table(every, corners, opens)
    return PairingFrontier(
        table,
        _proposed(scores, against, objective, found),
        not table["above"].any(),
        {**scores.settings, "against": against, "objective": objective, "points": points},
        tuple(pool.names(point.chosen) for point in every),
    )


def _check_prices(scores: PairScores, objective: str) -> None:
    """Prices are told in effective perspectives, which no distance can be summed with."""
    priced = [] if scores.applied_rules is None else [rule.told for rule in scores.applied_rules.rules if rule.price]
    if objective != "value" and priced:
        raise SettingError(
            f"objective={objective!r} counts distances, and prices of rules are in effective perspectives: the two "
            f"cannot be summed. Take objective='value', or rules without a price; those with one: {'; '.join(priced)}."
        )


def _pool(scores: PairScores, against: str, objective: str) -> PairList:
    """Possible pairs with their ``value`` and ``closeness``; pairs of unknown closeness are left out."""
    extra = ([] if objective == "value" else [objective]) + ([] if against == "foundation" else [against])
    if against != "foundation" and getattr(scores.gates, against) is None:
        raise SettingError(f"The survey asks nothing about {against}, so there is no closeness in it.")
    pool = under_rules(possible_pairs(scores, *extra), scores)
    if against == "foundation":
        of_state = np.array([state.closeness for state in STATES])
        closeness = of_state[scores.gates.foundation.states(PairsAt(pool.firsts, pool.seconds))]
    else:
        closeness = 1 - pool.columns[against]
    known = ~np.isnan(closeness)
    _check_known(pool, known, against)
    return replace(pool, columns={"value": pool.columns[objective], "closeness": closeness}).where(known)


def _check_known(pool: PairList, known: Flags, against: str) -> None:
    unknown = pool.names(pool.required[~known[pool.required]])
    if unknown:
        named = ", ".join(f"{a!r} and {b!r}" for a, b in unknown)
        raise InfeasibleError(
            f"{named} are required, but how close they are in {against} is not known, so no such pairing has a place "
            "on the curve. Drop the requirement, or trade against something else."
        )


def _table(every: list[Point], corners: list[tuple[Point, float]], prices: dict[str, list[float]]) -> pd.DataFrame:
    above = {id(point): height for point, height in corners}
    number = {id(point): k for k, (point, _) in enumerate(corners)}
    value, closeness = (np.array([getattr(p, name) for p in every]) for name in ("value", "closeness"))
    pairs = np.array([len(point.chosen) for point in every])
    table = pd.DataFrame(
        {
            "closeness": closeness,
            "value": value,
            "pairs": pairs,
            "apart": 1 - closeness / np.maximum(pairs, 1),
            "price": np.append(np.nan, np.diff(value) / -np.diff(closeness)),
            "above": [above.get(id(point), 0.0) for point in every],
            "kind": ["supported" if point.supported else "unsupported" for point in every],
            "knee": _at_knee(value, closeness),
        }
    ).rename_axis("point")
    for gate, own in prices.items():
        table[f"price_{gate}"] = [own[number[id(p)]] if id(p) in number else np.nan for p in every]
    return table


def _at_knee(value: Floats, closeness: Floats) -> list[bool]:
    """The point farthest from the straight line between both ends, each axis scaled from 0 to 1."""
    if len(value) < 3:
        return [False] * len(value)
    far = (value - value[0]) / (value[-1] - value[0]) + (closeness - closeness[-1]) / (closeness[0] - closeness[-1])
    return [k == int(np.argmax(far)) for k in range(len(value))] if far.max() > 1 + 1e-9 else [False] * len(value)


def _gate_prices(
    scores: PairScores,
    against: str,
    objective: str,
    corners: list[Point],
    *,
    points: int | None,
    step: Callable[[], object],
) -> dict[str, list[float]]:
    """What each other gate costs at each corner: the value that as much closeness brings once that gate is open."""
    gates, found = scores.gates, {}
    distances = {"experience": gates.experience_within, "goals": gates.goals_within}
    kept = {"foundation": gates.accept, "band": gates.band, **distances}
    for gate in (gate for gate in PRICED_GATES if gate != against and kept[gate] is not None):
        at = [point.closeness for point in corners]
        opened = hull(_pool(scores.without(gate), against, objective), points=points, at=at, step=step)
        most = _most_value([point for point, _ in opened], at)
        found[gate] = [max(0.0, value - point.value) for value, point in zip(most, corners, strict=True)]
    return found


def _most_value(curve: list[Point], closeness: Sequence[float]) -> list[float]:
    """Value of a curve at some closeness or more, along straight lines between its corners."""
    values, known = (np.array([getattr(p, name) for p in curve]) for name in ("value", "closeness"))
    found: list[float] = np.interp(closeness, known[::-1], values[::-1]).tolist()
    return found


def _proposed(scores: PairScores, against: str, objective: str, corners: list[Point]) -> pd.Series:
    """Where the best pairing within every gate lies, and how far below the curve; missing where there is none."""
    try:
        point = best_point(_pool(scores, against, objective), (1.0, 0.0))
    except InfeasibleError:  # the rules can be kept with the gate open only
        return pd.Series(np.nan, index=["closeness", "value", "pairs", "apart", "lost"], name="proposed")
    curve = _most_value(corners, [point.closeness])[0]
    apart = 1 - point.closeness / len(point.chosen) if len(point.chosen) else np.nan
    totals = {"closeness": point.closeness, "value": point.value, "pairs": len(point.chosen), "apart": apart}
    return pd.Series({**totals, "lost": max(0.0, curve - point.value)}, name="proposed")


# --- the search -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """One pairing: its pairs, both totals, and whether a weighted sum finds it."""

    chosen: Ints
    value: float
    closeness: float
    supported: bool = True


def hull(
    pool: PairList,
    *,
    points: int | None = None,
    at: Sequence[float] | None = None,
    step: Callable[[], object] = lambda: None,
) -> list[tuple[Point, float]]:
    """Corners of the convex hull of all pairings from the closest to the most valuable.

    With each comes how far above the straight line to the next any pairing can lie, in value: nothing, unless the
    search was stopped after so many ``points``. Corners are searched as by Aneja & Nair (1979), widest doubt first;
    where the hull is wanted ``at`` some closeness only, none are searched between two of which there is no such.
    """
    search = _Search(pool, at)
    ends = search.solved((0.0, 1.0)), search.solved((1.0, 0.0))
    doubts: list[tuple[float, int, Point, Point]] = []
    found = list(ends)
    search.doubt(doubts, *ends)
    while doubts and (points is None or len(found) < points):
        _, _, left, right = heapq.heappop(doubts)
        step()
        between = search.between(left, right)
        if between is not None:
            found.append(between)
            search.doubt(doubts, left, between)
            search.doubt(doubts, between, right)
    corners = unbeaten(found)
    open_lines = {(id(left), id(right)): -most for most, _, left, right in doubts}
    return [(point, open_lines.get((id(point), id(after)), 0.0)) for point, after in pairwise([*corners, corners[-1]])]


class _Search:
    """Weighted sums of both totals, scaled alike, and the lines that bound what they can be."""

    def __init__(self, pool: PairList, at: Sequence[float] | None = None) -> None:
        self.pool, self.at = pool, None if at is None else np.array(at)
        self.lines: dict[int, Weights] = {}
        self.count = 0

    def solved(self, weights: Weights) -> Point:
        point = best_point(self.pool, weights)
        self.lines[id(point)] = weights
        return point

    def between(self, left: Point, right: Point) -> Point | None:
        """A pairing beyond the line through two, or None: then there is none."""
        value, closeness = left.closeness - right.closeness, right.value - left.value
        weights = value / (value + closeness), closeness / (value + closeness)  # the two are worth the same
        point = self.solved(weights)
        more = weights[0] * (point.value - left.value) + weights[1] * (point.closeness - left.closeness)
        size = weights[0] * abs(left.value) + weights[1] * abs(left.closeness)
        return point if more > ROUNDING * max(size, ROUNDING) else None

    def doubt(self, doubts: list[tuple[float, int, Point, Point]], left: Point, right: Point) -> None:
        """Note how far above their line a pairing between two could lie, if it could."""
        if not (_exceeds(right.value, left.value) and _exceeds(left.closeness, right.closeness)):
            return
        if self.at is not None and not ((right.closeness < self.at) & (self.at < left.closeness)).any():
            return
        self.count += 1
        heapq.heappush(doubts, (-self._height(left, right), self.count, left, right))

    def _height(self, left: Point, right: Point) -> float:
        """Height above the line of where the lines that bound both ends meet."""
        lines = np.array([self.lines[id(left)], self.lines[id(right)]])
        ends = np.array([[left.value, left.closeness], [right.value, right.closeness]])
        if abs(np.linalg.det(lines)) < ROUNDING:
            return 0.0
        value, closeness = np.linalg.solve(lines, (lines * ends).sum(axis=1))
        slope = (right.value - left.value) / (right.closeness - left.closeness)
        return max(0.0, float(value - left.value - slope * (closeness - left.closeness)))


def best_point(pool: PairList, weights: Weights) -> Point:
    """The pairing of greatest weighted sum of value, less what broken limits cost, and closeness."""
    weight = weights[0] * pool.columns["value"] + weights[1] * pool.columns["closeness"]
    return point_of(pool, pool.best(weight, prices=weights[0] * pool.prices))


def point_of(pool: PairList, chosen: Ints, *, supported: bool = True) -> Point:
    """A pairing with its totals."""
    return Point(chosen, pool.worth(chosen), pool.total(chosen, "closeness"), supported)


def _exceeds(total: float, other: float) -> bool:
    """Whether one total is greater than another by more than rounding."""
    return total > other + ROUNDING * max(1.0, abs(other))


def unbeaten(points: Sequence[Point]) -> list[Point]:
    """Pairings that no other beats in one total without losing in the other, from the closest on."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda p: (-p.value, -p.closeness)):
        if kept and not _exceeds(point.closeness, kept[-1].closeness):
            continue
        if kept and not _exceeds(kept[-1].value, point.value):
            kept.pop()  # worth as much, and less close
        kept.append(point)
    return kept[::-1]


def every_point(pool: PairList, corners: Sequence[Point], *, step: Callable[[], object] = lambda: None) -> list[Point]:
    """All pairings that no other beats, those under the hull too, by integer programs (epsilon constraint)."""
    found = [*corners, *_under(pool, step)]
    return unbeaten(sorted(found, key=lambda point: not point.supported))


def _under(pool: PairList, step: Callable[[], object]) -> Iterator[Point]:
    value, closeness = _in_steps(pool.columns["value"], pool.prices), _in_steps(pool.columns["closeness"])
    closeness = np.append(closeness, np.zeros(len(pool.limits)))
    least = -np.inf
    while True:
        step()
        best = _program(pool, value, closeness, least)
        if best is None:
            return
        closest = _program(pool, closeness, value, float(value @ best) - 0.5)
        assert closest is not None  # best itself is one
        yield point_of(pool, np.flatnonzero(closest[: len(pool)] > 0.5), supported=False)
        least = float(closeness @ closest) + 0.5


def _in_steps(column: Floats, prices: Floats = NO_PRICES) -> Floats:
    """What pairs bring, and what breaking each limit once takes off, in whole steps."""
    most = max(float(np.abs(column).max(initial=0.0)), float(prices.max(initial=0.0)) / DEAREST, 1e-300)
    return np.asarray(np.rint(STEPS * np.append(column, -prices) / most), dtype=np.float64)


def _program(pool: PairList, wanted: Floats, other: Floats, least: float) -> Floats | None:
    """The pairing of greatest ``wanted`` total whose ``other`` total is at least so much; None where there is none.

    An entry per pair, whether it is made, then one per limit, by how many pairs it is broken.
    """
    n, limits, pairs = len(pool), len(pool.limits), np.arange(len(pool))
    required, breakable = np.isin(pairs, pool.required), [limit.price < np.inf for limit in pool.limits]
    cells = (np.ones(2 * n), (np.concatenate(pool.ranks), np.concatenate([pairs, pairs])))
    partners = sparse.csr_array(cells, shape=(len(pool.people), n + limits))  # in the order of the identifiers
    rules = [LinearConstraint(partners, ub=pool.capacity[pool.order])]
    for broken, limit, counted in zip(np.eye(limits), pool.limits, pool.counted, strict=True):
        # Its pairs, less those by which it is broken, are no more than it allows.
        rules.append(LinearConstraint(np.append(limit.sign * counted, -broken)[None, :], ub=limit.sign * limit.number))
    if np.isfinite(least):
        rules.append(LinearConstraint(other[None, :], lb=least))
    found = milp(
        -wanted,
        integrality=np.ones(n + limits, dtype=np.int64),
        bounds=Bounds(np.append(required, np.zeros(limits)), np.append(np.ones(n), np.where(breakable, np.inf, 0.0))),
        constraints=rules,
        options={"mip_rel_gap": 0.0},
    )
    return None if found.x is None else np.rint(found.x)
