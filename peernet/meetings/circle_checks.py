"""Circles held against their own promises, each worked out anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from peernet.meetings.circle_kernels import fits
from peernet.meetings.circle_pool import CirclePool, circle_pool
from peernet.meetings.together import group_value, joint_gains
from peernet.scores.pair_scores import PairScores

__all__ = ["broken_circles"]

ROUNDING = 1e-7
Broken = Iterator[tuple[str, str, str]]


def broken_circles(
    scores: PairScores, settings: Mapping[str, Any], members: pd.DataFrame, stated: pd.Series, bound: float
) -> Broken:
    """Every violation as rule, who and what was found; ``stated``: the value of each circle."""
    for person in sorted(members["person"][members["person"].duplicated()]):
        yield "once", person, "in more than one circle"
    pool, total = circle_pool(scores, settings["passing"]), 0.0
    for number, inside in members.groupby("circle"):
        circle = [scores.position(person) for person in inside["person"]]
        value = group_value(scores, circle) + pool.price(circle)
        gains, told = inside["gain"].tolist(), stated.to_dict().get(number, np.nan)
        total += value
        yield from _broken_circle(pool, circle, settings["size"], gains)
        if not abs(value - told) <= ROUNDING:
            yield "value", ", ".join(inside["person"]), f"{value!r} recomputed, {told!r} stated"
    if total > bound + ROUNDING * max(1.0, abs(bound)):
        yield "bound", "total", f"{total!r} is above the bound {bound!r}"


def _broken_circle(pool: CirclePool, circle: Sequence[int], size: int, gains: Sequence[float]) -> Broken:
    who = ", ".join(pool.scores.people[list(circle)])
    if abs(len(circle) - size) > 1:
        yield "size", who, f"{len(circle)} people"
    if not fits(pool.facts, np.array(circle)):
        yield "foundation", who, "not all of them may be in one circle"
    if not np.allclose(joint_gains(pool.scores, circle), gains, rtol=0, atol=ROUNDING):
        yield "gain", who, "not what the scores give"
