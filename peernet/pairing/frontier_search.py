"""All best compromises between two totals: the convex hull by weighted sums, what lies under it one by one."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from peernet._arrays import Floats, Ints
from peernet.pairing.pool import PairPool

__all__ = ["Point", "best_point", "every_point", "hull", "unbeaten"]

ROUNDING = 1e-9
DEAREST = 1e4  # a price of more than so many of the greatest pair makes these steps coarser
NO_PRICES = np.empty(0)
STEPS = 1e5  # of the greatest pair: integer programs tell totals apart by so fine a step
Weights = tuple[float, float]


@dataclass(frozen=True)
class Point:
    """One pairing: its pairs, both totals, and whether a weighted sum finds it."""

    chosen: Ints
    value: float
    closeness: float
    supported: bool = True


def hull(
    pool: PairPool, *, points: int | None = None, step: Callable[[], object] = lambda: None
) -> list[tuple[Point, float]]:
    """Corners of the convex hull of all pairings from the closest to the most valuable.

    With each comes how far above the straight line to the next any pairing can lie, in value: nothing, unless the
    search was stopped after so many ``points``. Corners are searched as by Aneja & Nair (1979), widest doubt first.
    """
    search = _Search(pool)
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

    def __init__(self, pool: PairPool) -> None:
        self.pool = pool
        self.lines: dict[int, Weights] = {}
        self.count = 0

    def solved(self, weights: Weights) -> Point:
        point = best_point(self.pool, weights)
        self.lines[id(point)] = weights
        return point

    def between(self, left: Point, right: Point) -> Point | None:
        """A pairing beyond the line through two, or None: then there is none."""
        weights = _across(left, right)
        point = self.solved(weights)
        return point if _beyond(point, left, weights) else None

    def doubt(self, doubts: list[tuple[float, int, Point, Point]], left: Point, right: Point) -> None:
        """Note how far above their line a pairing between two could lie, if it could."""
        if right.value - left.value <= ROUNDING * abs(right.value) or left.closeness <= right.closeness:
            return
        self.count += 1
        heapq.heappush(doubts, (-self._room(left, right), self.count, left, right))

    def _room(self, left: Point, right: Point) -> float:
        """Height above the line of where the lines that bound both ends meet."""
        lines = np.array([self.lines[id(left)], self.lines[id(right)]])
        ends = np.array([[left.value, left.closeness], [right.value, right.closeness]])
        if abs(np.linalg.det(lines)) < ROUNDING:
            return 0.0
        value, closeness = np.linalg.solve(lines, (lines * ends).sum(axis=1))
        slope = (right.value - left.value) / (right.closeness - left.closeness)
        return max(0.0, float(value - left.value - slope * (closeness - left.closeness)))


def best_point(pool: PairPool, weights: Weights) -> Point:
    """The pairing of greatest weighted sum of value, less what broken limits cost, and closeness."""
    weight = weights[0] * pool.columns["value"] + weights[1] * pool.columns["closeness"]
    return point_of(pool, pool.best(weight, prices=weights[0] * pool.prices))


def point_of(pool: PairPool, chosen: Ints, *, supported: bool = True) -> Point:
    """A pairing with its totals."""
    return Point(chosen, pool.worth(chosen), pool.total(chosen, "closeness"), supported)


def _across(left: Point, right: Point) -> Weights:
    """Weights under which two pairings are worth the same, summing to one."""
    value, closeness = left.closeness - right.closeness, right.value - left.value
    return value / (value + closeness), closeness / (value + closeness)


def _beyond(point: Point, other: Point, weights: Weights) -> bool:
    more = weights[0] * (point.value - other.value) + weights[1] * (point.closeness - other.closeness)
    size = weights[0] * abs(other.value) + weights[1] * abs(other.closeness)
    return more > ROUNDING * max(size, ROUNDING)


def unbeaten(points: Sequence[Point]) -> list[Point]:
    """Pairings that no other beats in one total without losing in the other, from the closest on."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda p: (-p.value, -p.closeness)):
        if not kept or point.closeness > kept[-1].closeness + ROUNDING * max(1.0, abs(kept[-1].closeness)):
            kept.append(point)
    return kept[::-1]


def every_point(pool: PairPool, corners: Sequence[Point], *, step: Callable[[], object] = lambda: None) -> list[Point]:
    """All pairings that no other beats, those under the hull too, by integer programs (epsilon constraint)."""
    found = [*corners, *_under(pool, step)]
    return unbeaten(sorted(found, key=lambda point: not point.supported))


def _under(pool: PairPool, step: Callable[[], object]) -> Iterator[Point]:
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


def _program(pool: PairPool, wanted: Floats, other: Floats, least: float) -> Floats | None:
    """The pairing of greatest ``wanted`` total whose ``other`` total is at least so much; None where there is none.

    An entry per pair, whether it is made, then one per limit, by how many pairs it is broken.
    """
    n, limits = len(pool), len(pool.limits)
    required, broken = np.isin(np.arange(n), pool.required), [limit.price < np.inf for limit in pool.limits]
    rules = [LinearConstraint(_partners(pool), ub=pool.capacity), *_limit_rows(pool)]
    if np.isfinite(least):
        rules.append(LinearConstraint(other[None, :], lb=least))
    found = milp(
        -wanted,
        integrality=np.ones(n + limits, dtype=np.int64),
        bounds=Bounds(np.append(required, np.zeros(limits)), np.append(np.ones(n), np.where(broken, np.inf, 0.0))),
        constraints=rules,
        options={"mip_rel_gap": 0.0},
    )
    return None if found.x is None else np.rint(found.x)


def _partners(pool: PairPool) -> sparse.csr_array:
    """Which pairs give each person a partner."""
    pairs = np.arange(len(pool))
    cells = (np.ones(2 * len(pool)), (np.concatenate([pool.firsts, pool.seconds]), np.concatenate([pairs, pairs])))
    return sparse.csr_array(cells, shape=(len(pool.people), len(pool) + len(pool.limits)))


def _limit_rows(pool: PairPool) -> Iterator[LinearConstraint]:
    """Each limit: its pairs, less those by which it is broken, are no more than it allows."""
    for broken, limit in zip(np.eye(len(pool.limits)), pool.limits, strict=True):
        counted = limit.sign * limit.pairs[pool.firsts, pool.seconds]
        yield LinearConstraint(np.append(counted, -broken)[None, :], ub=limit.sign * limit.number)
