"""Partitioning around medoids (PAM: BUILD and SWAP), silhouettes, and the complete tables of distances they need.

A medoid is the person who stands for a group. Where too many answers are missing, distances are taken on the main axes
of classical multidimensional scaling (MDS).
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh
from scipy.spatial.distance import cdist

from peernet._arrays import Array, Floats
from peernet._compiled import inlined, kernel
from peernet.distance.coding import CodedItems
from peernet.distance.kernels import fill_square

TOLERANCE = 1e-12  # gains below this are rounding errors


@kernel
def build(table: Array, most: int) -> Array:
    """BUILD: the most central person, then again and again the person who shortens the distances most."""
    n = len(table)
    medoids = np.empty(most, dtype=np.int64)
    nearest = np.full(n, np.inf)
    for k in range(most):
        best, best_cost = -1, np.inf
        for c in range(n):
            cost = 0.0
            for j in range(n):
                cost += min(table[c, j], nearest[j])
            if cost < best_cost - TOLERANCE:
                best, best_cost = c, cost
        medoids[k] = best
        for j in range(n):
            nearest[j] = min(nearest[j], table[best, j])
    return medoids


@inlined
def _two_nearest(table: Array, medoids: Array) -> tuple[Array, Array, Array]:
    """Nearest medoid of everybody (the first among equals), its distance, and that of the second nearest."""
    n = len(table)
    label = np.zeros(n, dtype=np.int64)
    first, second = np.full(n, np.inf), np.full(n, np.inf)
    for k in range(medoids.size):
        for j in range(n):
            distance = table[medoids[k], j]
            if distance < first[j]:
                label[j], first[j], second[j] = k, distance, first[j]
            elif distance < second[j]:
                second[j] = distance
    return label, first, second


@kernel
def swap(table: Array, start: Array) -> Array:
    """SWAP: make the best exchange of a medoid for another person, until none shortens the total distance."""
    medoids = start.copy()
    loss = np.empty(medoids.size)
    while True:
        label, first, second = _two_nearest(table, medoids)
        out, person, best = -1, -1, -TOLERANCE
        for c in range(len(table)):
            gain = 0.0
            loss[:] = 0.0
            for j in range(len(table)):
                closer = min(table[c, j], first[j])
                gain += closer - first[j]
                loss[label[j]] += min(table[c, j], second[j]) - closer  # if their own medoid goes
            for k in range(medoids.size):
                if gain + loss[k] < best - TOLERANCE:
                    out, person, best = k, c, gain + loss[k]
        if out < 0:
            return medoids
        medoids[out] = person


@kernel
def silhouettes(table: Array, label: Array, sizes: Array) -> tuple[Array, float]:
    """Silhouette of everybody (0 for somebody alone in a group), and the dispersion within groups.

    The dispersion is the sum over groups of the distances of all pairs of members over twice their number.
    """
    width, dispersion = np.zeros(len(table)), 0.0
    total = np.empty(sizes.size)
    for i in range(len(table)):
        total[:] = 0.0
        for j in range(len(table)):
            total[label[j]] += table[i, j]
        own = label[i]
        dispersion += total[own] / sizes[own] / 4  # every pair is met twice
        if sizes[own] < 2:
            continue
        inside, outside = total[own] / (sizes[own] - 1), np.inf
        for k in range(sizes.size):
            if k != own:
                outside = min(outside, total[k] / sizes[k])
        if 0 < max(inside, outside) < np.inf:
            width[i] = (outside - inside) / max(inside, outside)
    return width, dispersion


def assign(table: Array, medoids: Array) -> Array:
    """Group of everybody: the nearest medoid, the first among equals."""
    return np.asarray(table[medoids].argmin(axis=0))


def partition(table: Array, start: Array, min_size: int = 1) -> Array:
    """Medoids improved from a start; groups that are too small dissolve into the others, the smallest first."""
    medoids = swap(table, start)
    sizes = np.bincount(assign(table, medoids), minlength=len(medoids))
    while len(medoids) > 1 and sizes.min() < min_size:
        medoids = np.delete(medoids, sizes.argmin())
        sizes = np.bincount(assign(table, medoids), minlength=len(medoids))
    return medoids


def partitions(table: Array, most: int, min_size: int = 1) -> list[Array]:
    """Medoids for 1, 2, ... ``most`` groups."""
    start = build(table, most)
    return [partition(table, start[:k], min_size) for k in range(1, most + 1)]


def appraise(table: Array, medoids: Array) -> tuple[float, float]:
    """Mean silhouette (0 for a single group), and the dispersion within groups."""
    label = assign(table, medoids)
    width, dispersion = silhouettes(table, label, np.bincount(label, minlength=len(medoids)))
    return float(width.mean()), dispersion


def filled_table(items: CodedItems, weights: Floats, least: float) -> Floats:
    """Distances of everybody, with the mean where a pair shares too little: it speaks neither for nor against."""
    table = np.empty((len(items.people), len(items.people)))
    fill_square(items, weights, least, table)
    undefined = np.isnan(table)
    table[undefined] = table[~undefined].mean()
    np.fill_diagonal(table, 0.0)
    return table


def axis_table(items: CodedItems, weights: Floats, axes: int) -> Floats:
    """Distances on the main axes (classical MDS) of the expected distances.

    Expected differences draw people who answered little to the middle, so places are divided by the square root of the
    share of items answered.
    """
    centred = centred_squares(_expected_table(items, weights))
    values, vectors = eigh(centred, subset_by_index=[max(len(centred) - axes, 0), len(centred) - 1])
    answered = (~np.isnan(items.answers)).mean(axis=0)
    places = vectors * np.sqrt(np.maximum(values, 0.0) / answered[:, None])
    return np.asarray(cdist(places, places))


def centred_squares(table: Floats) -> Floats:
    """Squared distances turned into inner products around their centre (Gower's centred matrix)."""
    squares = table**2
    return np.asarray((squares.mean(axis=0) + squares.mean(axis=1)[:, None] - squares - squares.mean()) / 2)


def _expected_table(items: CodedItems, weights: Floats) -> Floats:
    """Distances in which a missing answer counts as everybody's answers to the item, from oneself as from others."""
    total = np.zeros((len(items.people), len(items.people)))
    for v in np.flatnonzero(weights):
        total += weights[v] * _expected_differences(items.only(int(v)))
    return total


def _expected_differences(item: CodedItems) -> Floats:
    """The same on one item."""
    table = np.empty((len(item.people), len(item.people)))
    fill_square(item, np.ones(1), 0.0, table)
    answered = ~np.isnan(item.answers[0])
    table[np.ix_(answered, answered)] = np.nan_to_num(table[np.ix_(answered, answered)])  # both no: they agree
    typical = table[:, answered].mean(axis=1)
    typical[~answered] = typical[answered].mean()
    either = np.where(answered, typical, typical[:, None])
    return np.where(np.isnan(table), either, table)
