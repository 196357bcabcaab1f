"""How different a set of opinions is: spread, perspectives, camps, and how many opinions are left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist

from peernet._arrays import Floats, Ints
from peernet.diversity.kernels import diverse_weights

__all__ = ["ROUNDING", "STATISTICS", "apart", "exposures", "kept", "spread", "typical_distance"]

ROUNDING = 1e-9  # what is below is nothing
TOGETHER = 0.05  # a fifth of a step on a scale of five: the same opinion
STATISTICS = ("diversity", "perspectives", "polarisation", "clusters")


def apart(opinions: Floats) -> Floats:
    """How far people are apart, the mean difference over the items; shape (people, people)."""
    return np.asarray(cdist(opinions, opinions, "cityblock") / max(opinions.shape[1], 1))


def kept(with_: float, without: float) -> float:
    """One diversity as a share of another; 1 where there is none to keep."""
    return with_ / without if without > ROUNDING else 1.0


def typical_distance(distances: Floats) -> float:
    """Median distance of two people who do not agree in everything; 1 where all do."""
    different = distances[distances > 0]
    return float(np.median(different)) if len(different) else 1.0


def spread(distances: Floats, scale: float) -> tuple[float, float, float, float]:
    """The `STATISTICS` of everyone's distances.

    Rao's quadratic entropy, the mean distance of two people drawn with replacement; the effective number of
    perspectives of order 2 at the scale; polarisation, four times the variance of the distances between two people: 1
    for two equal camps that agree on nothing, 0 where everybody is equally far from everybody; and the number of
    groups in which each is within a twentieth of the scale of somebody else.

    References
    ----------
    Flache, A. & Macy, M. W. (2011). Small worlds and cultural polarization. Journal of Mathematical Sociology 35,
    146-176.
    Leinster, T. & Cobbold, C. A. (2012). Measuring diversity: the importance of species similarity. Ecology 93,
    477-489.
    """
    pairs = len(distances) * (len(distances) - 1)
    mean, square = (float((distances**power).sum()) / max(pairs, 1) for power in (1, 2))
    return (
        float(distances.mean()),
        float(1.0 / np.exp(-distances / scale).mean()),
        max(0.0, 4.0 * (square - mean**2)),
        float(connected_components(distances <= TOGETHER, directed=False)[0]),
    )


def exposures(distances: Floats, scale: float, heard: Sequence[Ints]) -> Floats:
    """Effective perspectives among each person and those they hear."""
    found = np.empty(len(heard))
    for i, colleagues in enumerate(heard):
        members = np.append(colleagues, i)
        found[i] = diverse_weights(np.exp(-distances[members[:, None], members] / scale)).sum()
    return found
