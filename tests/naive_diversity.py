"""Obvious, slow versions of exposure and gain."""

from __future__ import annotations

from itertools import combinations

import numpy as np


def best_subset_magnitude(Z: np.ndarray) -> float:
    """Maximum diversity by trying every subset: the largest magnitude of one whose weights are all non-negative."""
    best = 0.0
    for size in range(1, len(Z) + 1):
        for members in combinations(range(len(Z)), size):
            part = Z[np.ix_(members, members)]
            if np.linalg.eigvalsh(part)[0] < 1e-9:
                continue
            weights = np.linalg.solve(part, np.ones(size))
            if (weights >= 0).all():
                best = max(best, weights.sum())
    return best


def gain(distances: np.ndarray, scale: float, heard: list[int], newcomer: int) -> float:
    """Maximum diversity with the newcomer less without, over {self, colleagues heard}."""
    Z = np.exp(-distances / scale)
    larger = [*heard, newcomer] if newcomer not in heard else heard
    return best_subset_magnitude(Z[np.ix_(larger, larger)]) - best_subset_magnitude(Z[np.ix_(heard, heard)])
