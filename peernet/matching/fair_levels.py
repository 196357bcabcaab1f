"""Levels of gain as digits of one whole number, so that many levels are counted in a single matching problem.

The lowest level is the highest digit. A digit has room for everybody who could be at its level, so that nothing counted
at higher levels can outweigh a person at a lower one. Gains seldom tie: most levels need a single bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from peernet._arrays import Floats
from peernet.matching.places import Places

__all__ = ["Digits", "digits_from"]

LARGEST = 2.0**39  # weights the matching engine takes exactly
TOTAL = 2.0**51  # sums of them that numbers hold exactly


@dataclass(frozen=True)
class Digits:
    """Levels that are counted together.

    Parameters
    ----------
    levels
        The levels, from the lowest up.
    worth
        What one person at each level counts.
    span
        More than everybody together can count.
    """

    levels: Floats
    worth: Floats
    span: float

    @property
    def highest(self) -> float:
        """The last level counted."""
        return float(self.levels[-1])

    def count(self, graph: Places) -> Floats:
        """What each link counts by what its two people gain."""
        return self._of(graph.gain_u) + self._of(graph.gain_v)

    def _of(self, gain: Floats) -> Floats:
        """People at a level count against a link; who is above zero counts for it, as a free place is at zero."""
        at = np.minimum(np.searchsorted(self.levels, gain), len(self.levels) - 1)
        against = np.where((self.levels[at] == gain) & (gain != 0), self.worth[at], 0.0)
        above_zero = self.worth[self.levels == 0].sum()
        return np.where(gain > 0, above_zero, 0.0) - against


def digits_from(graph: Places, low: float, heaviest: float) -> Digits:
    """The levels from ``low`` up, as many as can be counted below weights of at most ``heaviest``; at least one.

    From zero or below, zero is among the levels whether or not a pair brings it: a free place does.
    """
    levels, most = _levels(graph, low)
    room = min(LARGEST, TOTAL / max(1, len(graph.owner))) / (heaviest + 2.0)
    bits = np.cumsum(np.log2(most + 1.0))
    kept = max(1, int(np.searchsorted(bits, np.log2(room), side="right")))
    span = np.cumprod(most[:kept] + 1.0)
    return Digits(levels[:kept], span[-1] / span, float(span[-1]))


def _levels(graph: Places, low: float) -> tuple[Floats, Floats]:
    """Levels from ``low`` up, and how many people could be at each."""
    gain = np.concatenate([graph.gain_u, graph.gain_v])
    node = np.concatenate([graph.u, graph.v])
    counts = gain >= low
    levels, at = np.unique(gain[counts], return_inverse=True)
    people = np.unique(at * len(graph.owner) + node[counts]) // len(graph.owner)
    most = np.bincount(people, minlength=len(levels)).astype(float)
    if low > 0:
        return levels, most
    below, above = levels < 0, levels > 0
    everybody = float(len(graph.owner))
    return (
        np.concatenate([levels[below], [0.0], levels[above]]),
        np.concatenate([most[below], [everybody], most[above]]),
    )
