"""Circles held against their own promises, each worked out anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from peernet._circle_kernels import fits
from peernet._circle_pool import circle_pool
from peernet._together import group_value, joint_gains
from peernet.scores import PairScores

__all__ = ["broken_circles"]

ROUNDING = 1e-7
Broken = Iterator[tuple[str, str, str]]


def broken_circles(
    scores: PairScores, settings: Mapping[str, Any], members: pd.DataFrame, table: pd.DataFrame, objective: float, bound: float
) -> Broken:
    """Every violation as rule, who and what was found."""
    for person in sorted(members["person"][members["person"].duplicated()]):
        yield "once", person, "in more than one circle"
    pool, total = circle_pool(scores, settings["passing"]), 0.0
    for number, inside in members.groupby("circle"):
        circle, who = [scores.position(person) for person in inside["person"]], ", ".join(inside["person"])
        if abs(len(circle) - settings["size"]) > 1:
            yield "size", who, f"{len(circle)} people"
        if not fits(pool.facts, np.array(circle)):
            yield "foundation", who, "not all of them may be in one circle"
        if not np.allclose(joint_gains(scores, circle), inside["gain"], rtol=0, atol=ROUNDING):
            yield "gain", who, "not what the scores give"
        value = group_value(scores, circle) + pool.price(circle)
        total += value
        if abs(value - table.loc[number, "value"]) > ROUNDING:
            yield "value", who, f"{value!r} recomputed, {table.loc[number, 'value']!r} stated"
    if abs(total - objective) > ROUNDING * max(1.0, abs(total)):
        yield "objective", "total", f"{total!r} recomputed, {objective!r} stated"
    if total > bound + ROUNDING * max(1.0, abs(bound)):
        yield "bound", "total", f"{total!r} is above the bound {bound!r}"
