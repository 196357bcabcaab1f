"""Every pairing there is, one by one, and what follows from looking at them all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet.pairing.pool import PairList


def pool_of(people, pairs, capacity=1, required=(), limits=(), **columns):
    """A pool of pairs of positions with their scores."""
    sides = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    names = pd.Index([f"p{i}" for i in range(people)])
    listed = {name: np.asarray(column, dtype=float) for name, column in columns.items()}
    must = np.array(required, dtype=np.int64)
    everyone = np.arange(people), np.full(people, capacity)
    return PairList(names, *everyone, sides[:, 0], sides[:, 1], listed, must, tuple(limits))


def cost(pool, chosen):
    """What broken limits cost; infinite where one without a price is broken or a required pair is missing."""
    if set(pool.required.tolist()) - set(chosen):
        return np.inf
    total = 0.0
    for limit in pool.limits:
        off = limit_excess(pool, limit, chosen)
        total += limit.price * off if off else 0.0
    return total


def every_pairing(pool):
    """All sets of pairs under the rules in which nobody has more partners than they can have, the empty one too."""
    return [chosen for chosen in _every_matching(pool) if cost(pool, chosen) < np.inf]


def _every_matching(pool):

    def grow(at, space):
        if at == len(pool):
            yield ()
            return
        yield from grow(at + 1, space)
        i, j = pool.firsts[at], pool.seconds[at]
        if space[i] and space[j]:
            left = tuple(c - (p in (i, j)) for p, c in enumerate(space))
            yield from ((at, *rest) for rest in grow(at + 1, left))

    return grow(0, tuple(pool.capacity.tolist()))


def worth(pool, chosen):
    """Value less what broken limits cost."""
    return sum(pool.columns["value"][k] for k in chosen) - cost(pool, chosen)


def totals(pool, pairings):
    """Value, less what broken limits cost, and closeness of each pairing."""
    return [(worth(pool, p), sum(pool.columns["closeness"][k] for k in p)) for p in pairings]


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
    """Pairings to which no pair of any value can be added without breaking a limit any further."""

    def full(chosen):
        used = np.bincount(
            np.concatenate([pool.firsts[list(chosen)], pool.seconds[list(chosen)]]).astype(int),
            minlength=len(pool.people),
        )
        free = used < pool.capacity
        rest = [k for k in range(len(pool)) if k not in chosen and pool.columns["value"][k] > 0]
        addable = [k for k in rest if free[pool.firsts[k]] and free[pool.seconds[k]]]
        return all(_worse(pool, chosen, (*chosen, k)) for k in addable)

    return [chosen for chosen in every_pairing(pool) if full(chosen)]


def _worse(pool, before, after):
    """Whether some limit is broken by more pairs after than before."""
    return any(limit_excess(pool, limit, after) > limit_excess(pool, limit, before) for limit in pool.limits)


def limit_excess(pool, limit, chosen):
    """How many pairs too many or missing."""
    count = sum(int(limit.pairs[pool.firsts[k], pool.seconds[k]]) for k in chosen)
    return max(0, count - limit.number if limit.sign > 0 else limit.number - count)
