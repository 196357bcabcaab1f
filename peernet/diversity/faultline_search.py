"""Compiled search for the split of a team into the most homogeneous subgroups, and for how good chance's is."""

from __future__ import annotations

import numpy as np
from numba import njit

from peernet._arrays import Flags, Floats, Ints

__all__ = ["best_split", "blended", "chance_strengths"]

TOLERANCE = 1e-12


@njit(cache=True)
def _width(label: Ints, size: Ints, total: Floats) -> float:
    """Average silhouette width; ``total`` holds everyone's summed distance to each subgroup."""
    n, k = total.shape
    width = 0.0
    for i in range(n):
        own = label[i]
        if size[own] < 2:
            continue
        inside, outside = total[i, own] / (size[own] - 1), np.inf
        for c in range(k):
            if c != own and size[c] > 0:
                outside = min(outside, total[i, c] / size[c])
        most = max(inside, outside)
        if most > 0.0 and outside < np.inf:
            width += (outside - inside) / most
    return float(width / n)


@njit(cache=True)
def _move(apart: Floats, label: Ints, size: Ints, total: Floats, person: int, to: int) -> None:
    """Put one person into another subgroup."""
    home = label[person]
    for i in range(len(label)):
        total[i, home] -= apart[i, person]
        total[i, to] += apart[i, person]
    size[home] -= 1
    size[to] += 1
    label[person] = to


@njit(cache=True)
def _improve(apart: Floats, label: Ints, k: int) -> float:
    """Move single people for as long as that widens the split; the width reached."""
    n = len(label)
    size, total = np.zeros(k, dtype=np.int64), np.zeros((n, k))
    for j in range(n):
        size[label[j]] += 1
        for i in range(n):
            total[i, label[j]] += apart[i, j]
    width, tried, person = _width(label, size, total), 0, 0
    while tried < n:
        home, best, target = label[person], width + TOLERANCE, -1
        if size[home] > 1:
            for to in range(k):
                if to != home:
                    _move(apart, label, size, total, person, to)
                    found = _width(label, size, total)
                    if found > best:
                        best, target = found, to
                    _move(apart, label, size, total, person, home)
        tried += 1
        if target >= 0:
            _move(apart, label, size, total, person, target)
            width, tried = best, 0
        person = (person + 1) % n
    return width


@njit(cache=True)
def _joined(between: Floats, size: Ints, label: Ints) -> None:
    """Join the two subgroups that are nearest on average."""
    k, a, b, least = len(size), -1, -1, np.inf
    for i in range(k):
        for j in range(i):
            if size[i] > 0 and size[j] > 0 and between[i, j] / (size[i] * size[j]) < least - TOLERANCE:
                a, b, least = j, i, between[i, j] / (size[i] * size[j])
    for c in range(k):
        between[a, c] += between[b, c]
        between[c, a] = between[a, c]
    size[a] += size[b]
    size[b] = 0
    for i in range(len(label)):
        if label[i] == b:
            label[i] = a


@njit(cache=True)
def _numbered(label: Ints) -> Ints:
    """Subgroups numbered from 0 in the order of the people."""
    number, found = np.full(len(label), -1, dtype=np.int64), np.empty(len(label), dtype=np.int64)
    count = 0
    for i in range(len(label)):
        if number[label[i]] < 0:
            number[label[i]] = count
            count += 1
        found[i] = number[label[i]]
    return found


@njit(cache=True)
def best_split(apart: Floats, most: int) -> tuple[float, Ints]:
    """The widest split into 2 to ``most`` subgroups found, and its width.

    Starts from average linkage at each number of subgroups and then moves people.
    """
    n = len(apart)
    best, split = -np.inf, np.zeros(n, dtype=np.int64)
    between, size, label = apart.copy(), np.ones(n, dtype=np.int64), np.arange(n)
    for k in range(n - 1, 1, -1):
        _joined(between, size, label)
        if k <= most:
            tried = _numbered(label)
            width = _improve(apart, tried, k)
            if width > best + TOLERANCE:
                best, split = width, _numbered(tried)
    return best, split


@njit(cache=True)
def blended(tables: Floats, answered: Flags, shares: Floats, least: float, order: Ints) -> Floats:
    """Distances once everybody has the answers to each item of whoever ``order`` (item x person) names.

    Where two people share too little, the mean of the others; nothing where no two share enough.
    """
    items, n, _ = tables.shape
    out = np.zeros((n, n))
    total, known = 0.0, 0
    for i in range(n):
        for j in range(i):
            apart, compared, both = 0.0, 0.0, 0.0
            for v in range(items):
                a, b = order[v, i], order[v, j]
                if answered[v, a] and answered[v, b]:
                    both += shares[v]
                    if not np.isnan(tables[v, a, b]):
                        apart += shares[v] * tables[v, a, b]
                        compared += shares[v]
            out[i, j] = apart / compared if compared > 0.0 and both >= least else np.nan
            if not np.isnan(out[i, j]):
                total += out[i, j]
                known += 1
    if known == 0:
        return np.empty((0, 0))
    for i in range(n):
        for j in range(i):
            out[i, j] = total / known if np.isnan(out[i, j]) else out[i, j]
            out[j, i] = out[i, j]
    return out


@njit(cache=True)
def chance_strengths(
    tables: Floats, answered: Flags, shares: Floats, least: float, orders: Ints, scale: Ints, most: int
) -> Floats:
    """Strength in each draw, in which the answers to the items of each scale go to people by ``orders``."""
    found = np.full(len(orders), np.nan)
    for draw in range(len(orders)):
        apart = blended(tables, answered, shares, least, orders[draw][scale])
        if len(apart) > 0:
            found[draw] = best_split(apart, most)[0]
    return found
