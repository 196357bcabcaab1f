"""How far a measure would move with other questions or other people: the jackknife."""

from __future__ import annotations

import numpy as np
from scipy.stats import t as student

from peernet._arrays import Floats

__all__ = ["FEWEST", "interval"]

FEWEST = 3  # questions or people without which nothing is said


def interval(value: float, without: Floats, limits: tuple[float, float]) -> tuple[float, float]:
    """The 95 % interval of a value from what it is without each question or person in turn.

    Student's t with one degree of freedom less than there are of them, cut off at the limits of the measure; missing
    where there are fewer than `FEWEST`.
    """
    k = len(without)
    if k < FEWEST or np.isnan(value) or np.isnan(without).any():
        return float("nan"), float("nan")
    error = np.sqrt((k - 1) / k * ((without - without.mean()) ** 2).sum())
    half = float(student.ppf(0.975, k - 1)) * error
    low, high = limits
    return float(max(value - half, low)), float(min(value + half, high))
