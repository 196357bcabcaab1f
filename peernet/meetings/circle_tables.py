"""Circles as tables: each circle, each member, and everybody who is in none with the reason."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from peernet._arrays import Flags
from peernet.meetings.circle_cover import every_circle
from peernet.meetings.circle_kernels import worth
from peernet.meetings.circle_pool import CirclePool
from peernet.meetings.circle_search import Circle
from peernet.meetings.together import joint_gains
from peernet.scores.reasons import left_out

__all__ = ["circle_table", "left_out_of_circles", "member_table"]

COLUMNS = ["size", "members", "value", "perspective", "passing", "least"]


def circle_table(pool: CirclePool, circles: Sequence[Circle]) -> pd.DataFrame:
    """One row per circle."""
    rows = [_one_circle(pool, circle) for circle in circles]
    index = pd.RangeIndex(1, len(rows) + 1, name="circle")
    return pd.DataFrame(rows, columns=COLUMNS, index=index).astype({"members": "str", "value": float})


def _one_circle(pool: CirclePool, circle: Circle) -> tuple[int, str, float, float, float, float]:
    distances = pool.scores.perspective.block(circle, circle)
    inside = distances[np.triu_indices(len(circle), k=1)]
    spread = float(np.nanmean(inside)) if not np.isnan(inside).all() else np.nan
    told = ", ".join(pool.scores.people[list(circle)])
    value = worth(pool.facts, np.array(circle))
    return len(circle), told, value, spread, pool.passing(circle), float(joint_gains(pool.scores, circle).min())


def member_table(pool: CirclePool, circles: Sequence[Circle]) -> pd.DataFrame:
    """One row per person in a circle."""
    rows = [
        (number, pool.scores.people[person], gain)
        for number, circle in enumerate(circles, 1)
        for person, gain in zip(circle, joint_gains(pool.scores, circle), strict=True)
    ]
    return pd.DataFrame(rows, columns=["circle", "person", "gain"]).astype({"person": "str", "gain": float})


def left_out_of_circles(pool: CirclePool, members: pd.DataFrame, size: int) -> pd.DataFrame:
    """Everybody in no circle, and why."""
    table = left_out(pool.scores, set(members["person"]))
    left = table["reason"].isin(["left over", "nothing new"])
    able = _in_any_circle(pool, size)
    known = table["person"].map(dict(zip(pool.scores.people, able, strict=True)))
    told = np.where(known, "left over", "no possible circle")
    why = np.where(known, "no circle has room for them", f"no {size - 1} people with them who may all meet")
    return table.assign(reason=table["reason"].mask(left, told), detail=table["detail"].mask(left, why)).astype("str")


def _in_any_circle(pool: CirclePool, size: int) -> Flags:
    """Whether each person could be in some circle; yes where there are too many to tell, or not all pairs must pass."""
    possible = every_circle(pool.facts.allowed, pool.people, size) if pool.facts.passing == 1.0 else None
    able = np.full(pool.pairs.n, possible is None)
    for circle in possible or ():
        able[list(circle)] = True
    return able
