"""Compiled kernel: everybody meets those they listen to, all at once, again and again."""

from __future__ import annotations

import numpy as np
from numba import njit

from peernet._arrays import Floats, Ints

__all__ = ["meet"]

BOUNDARY = 1e-12  # a distance this little above the confidence still counts as within


@njit(inline="always")
def _apart(x: Floats, y: Floats) -> float:
    total = 0.0
    for v in range(len(x)):
        total += abs(x[v] - y[v])
    return total / max(len(x), 1)


@njit(cache=True)
def meet(
    start: Ints,
    heard: Ints,
    share: Floats,
    first: Floats,
    susceptibility: Floats,
    confidence: Floats,
    repel: bool,
    meetings: int,
    still: float,
) -> tuple[Floats, int]:
    """Opinions after the last meeting, and how many it took; one more than allowed where they still move."""
    now, then = first.copy(), first.copy()
    people, items = first.shape
    step = np.empty(items)
    for meeting in range(meetings):
        largest = 0.0
        for i in range(people):
            step[:] = 0.0
            total = 0.0
            for k in range(start[i], start[i + 1]):
                distance = _apart(now[i], now[heard[k]])
                if repel:
                    pull = share[k] * max(-1.0, 1.0 - distance / confidence[k])
                else:
                    pull = share[k] if distance <= confidence[k] + BOUNDARY else 0.0
                    total += pull
                for v in range(items):
                    step[v] += pull * (now[heard[k], v] - now[i, v])
            part = susceptibility[i] if repel else susceptibility[i] / total if total > 0.0 else 0.0
            for v in range(items):
                then[i, v] = min(1.0, max(0.0, now[i, v] + part * step[v]))
                largest = max(largest, abs(then[i, v] - now[i, v]))
        now, then = then, now
        if largest <= still:
            return now, meeting
    return now, meetings + 1
