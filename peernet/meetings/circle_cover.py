"""The best circles there are, from every possible circle at once: people covered by circles, as integer programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.meetings.circle_kernels import Pool, worth
from peernet.meetings.circle_search import Circle

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

__all__ = ["Cover", "best_cover", "every_circle"]

MOST_CIRCLES = 20_000  # possible circles; where there are more, circles are searched for


@dataclass(frozen=True)
class Cover:
    """Circles, and a bound on the value of any for as many people that keep as close to the size asked for.

    ``proven``: whether no choice places more people, or as many in sizes closer to the one asked for.
    """

    circles: list[Circle]
    bound: float
    proven: bool


def every_circle(allowed: Flags, people: Ints, size: int) -> list[Circle] | None:
    """Every set of ``size`` people, one more or one less who may all meet; None where there are too many."""
    later = {
        int(p): set(np.flatnonzero(allowed[p]).tolist()) & set(people[k + 1 :].tolist()) for k, p in enumerate(people)
    }
    sets: list[tuple[Circle, set[int]]] = [((person,), later[person]) for person in later]
    found: list[Circle] = []
    for count in range(1, size + 2):
        more_to_come = sum(len(more) for _, more in sets) if count <= size else 0
        if len(sets) + len(found) + more_to_come > MOST_CIRCLES:
            return None
        found += [circle for circle, _ in sets] if count >= size - 1 else []
        if count <= size:
            sets = [((*circle, p), more & later[p]) for circle, more in sets for p in sorted(more)]
    return found


def best_cover(pool: Pool, circles: list[Circle], size: int, *, seconds: float) -> Cover | None:
    """As many people as possible, then sizes as asked for, then value; None if the time was too short for any."""
    if not circles:
        return Cover([], 0.0, True)
    n = len(pool.exposure)
    counts = np.array([len(circle) for circle in circles])
    goal = (n // (size - 1) + 1.0) * counts - np.abs(counts - size)
    once = (_members(circles, n), 1.0)
    placed = _solved(goal, [once], seconds / 2)
    if placed.x is None:
        return None
    as_good = sparse.csr_array(-goal[None, :]), 0.5 - float(goal @ np.rint(placed.x))  # a whole number is asked for
    values = np.array([worth(pool, np.array(circle)) for circle in circles])
    best = _solved(values, [once, as_good], seconds / 2)
    chosen = np.rint(placed.x if best.x is None else best.x)
    bound = np.inf if best.mip_dual_bound is None else -float(best.mip_dual_bound)
    kept = [circle for circle, used in zip(circles, chosen, strict=True) if used]
    return Cover(kept, max(bound, float(values @ chosen)), placed.status == 0 and np.isfinite(bound))


def _members(circles: list[Circle], n: int) -> sparse.csr_array:
    """Who (row) is in which circle (column)."""
    who = np.concatenate(circles)
    which = np.repeat(np.arange(len(circles)), [len(circle) for circle in circles])
    return sparse.csr_array((np.ones(len(who)), (who, which)), shape=(n, len(circles)))


def _solved(goal: Floats, rules: list[tuple[sparse.csr_array, float]], seconds: float) -> OptimizeResult:
    """The choice of circles with the greatest total, and the bound on it, as SciPy tells them."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    return milp(
        -goal,
        constraints=[LinearConstraint(rows, ub=limit) for rows, limit in rules],
        integrality=np.ones(len(goal), dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 1e-9},
    )
