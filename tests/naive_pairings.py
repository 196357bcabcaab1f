"""Every pairing there is, one by one, and what follows from looking at them all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._pair_pool import PairPool


def pool_of(people, pairs, capacity=1, **columns):
    """A pool of pairs of positions with their scores."""
    sides = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    names = pd.Index([f"p{i}" for i in range(people)])
    listed = {name: np.asarray(column, dtype=float) for name, column in columns.items()}
    return PairPool(names, np.full(people, capacity), sides[:, 0], sides[:, 1], listed)


def every_pairing(pool):
    """All sets of pairs in which nobody has more partners than they can have, the empty one too."""

    def grow(at, space):
        if at == len(pool):
            yield ()
            return
        yield from grow(at + 1, space)
        i, j = pool.firsts[at], pool.seconds[at]
        if space[i] and space[j]:
            left = tuple(c - (p in (i, j)) for p, c in enumerate(space))
            yield from ((at, *rest) for rest in grow(at + 1, left))

    return list(grow(0, tuple(pool.capacity.tolist())))


def totals(pool, pairings):
    """Value and closeness of each pairing."""
    return [(pool.total(np.array(p, int)), pool.total(np.array(p, int), "closeness")) for p in pairings]


def unbeaten_totals(pool):
    """Totals that no other pairing beats, from the closest on."""
    kept = []
    for value, closeness in sorted({(round(v, 6), round(c, 6)) for v, c in totals(pool, every_pairing(pool))})[::-1]:
        if not kept or closeness > kept[-1][1]:
            kept.append((value, closeness))
    return kept[::-1]


def hull_totals(pool):
    """Corners of the upper convex hull of those totals."""
    corners = []
    for value, closeness in unbeaten_totals(pool):
        while len(corners) > 1 and _turns_up(corners[-2], corners[-1], (value, closeness)):
            corners.pop()
        corners.append((value, closeness))
    return corners


def _turns_up(a, b, c):
    """Whether b lies on or below the line from a to c."""
    return (b[0] - a[0]) * (a[1] - c[1]) <= (c[0] - a[0]) * (a[1] - b[1]) + 1e-12


def maximal_pairings(pool):
    """Pairings to which no pair can be added."""

    def full(chosen):
        used = np.bincount(
            np.concatenate([pool.firsts[list(chosen)], pool.seconds[list(chosen)]]).astype(int),
            minlength=len(pool.people),
        )
        free = used < pool.capacity
        rest = [k for k in range(len(pool)) if k not in chosen]
        return not any(free[pool.firsts[k]] and free[pool.seconds[k]] for k in rest)

    return [chosen for chosen in every_pairing(pool) if full(chosen)]
