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


def mean_silhouette(distances: np.ndarray, label: tuple[int, ...]) -> float:
    """Average silhouette width, person by person; 0 for somebody alone in a subgroup."""
    widths = []
    for i, own in enumerate(label):
        mates = [j for j, other in enumerate(label) if other == own and j != i]
        others = [[j for j, c in enumerate(label) if c == other] for other in set(label) - {own}]
        if not mates or not others:
            widths.append(0.0)
            continue
        inside = distances[i, mates].mean()
        outside = min(distances[i, members].mean() for members in others)
        widths.append((outside - inside) / max(inside, outside) if max(inside, outside) > 0 else 0.0)
    return float(np.mean(widths))


def partitions(n: int, most: int):
    """Every way to split n people into 2 to ``most`` subgroups, as labels."""

    def grown(label: tuple[int, ...]):
        if len(label) == n:
            if max(label) > 0:
                yield label
            return
        for c in range(min(max(label) + 2, most)):
            yield from grown((*label, c))

    yield from grown((0,))


def widest_split(distances: np.ndarray, most: int) -> float:
    """Faultline strength by trying every split."""
    return max(mean_silhouette(distances, label) for label in partitions(len(distances), most))
