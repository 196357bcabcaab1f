"""The yardstick of a design: people drawn by lot and paired among themselves at random, within gates and rules."""

from __future__ import annotations

import numpy as np

from peernet._arrays import Flags, Floats, Ints
from peernet.pairing.pool import PairPool

__all__ = ["paired_at_random", "people_by_lot"]


def people_by_lot(pool: PairPool, share: float, rng: np.random.Generator) -> Flags:
    """A share of everybody, drawn by lot from those whom no rule gives a partner."""
    fixed = np.zeros(len(pool.people), dtype=bool)
    fixed[pool.firsts[pool.required]] = fixed[pool.seconds[pool.required]] = True
    order = _shuffled(len(fixed), rng)
    found = np.zeros(len(fixed), dtype=bool)
    found[order[~fixed[order]][: round(share * len(fixed))]] = True
    return found


def paired_at_random(pool: PairPool, people: Flags, rng: np.random.Generator) -> Ints:
    """Pairs of some people in random order, each made if both still can: nobody is left who could be paired.

    Of what a limit allows at most, they use no more than their share of the pairs it counts, and break none.
    """
    allowed = np.flatnonzero(people[pool.firsts] & people[pool.seconds])
    counted, left = pool.counted & (pool.signs > 0)[:, None], _allowances(pool, people)
    space, made = pool.capacity.copy(), []
    for pair in allowed[_shuffled(len(allowed), rng)].tolist():
        sides = [pool.firsts[pair], pool.seconds[pair]]
        if (space[sides] > 0).all() and (left[counted[:, pair]] >= 1).all():
            space[sides] -= 1
            left[counted[:, pair]] -= 1
            made.append(pair)
    return np.array(made, dtype=np.int64)


def _allowances(pool: PairPool, people: Flags) -> Floats:
    """How many pairs of those each limit counts some people can make, in proportion to those both arms could."""
    inside = pool.counted @ (people[pool.firsts] & people[pool.seconds]).astype(float)
    outside = pool.counted @ (~people[pool.firsts] & ~people[pool.seconds]).astype(float)
    numbers = np.array([float(limit.number) for limit in pool.limits])
    return np.asarray(np.floor(numbers * inside / np.maximum(inside + outside, 1.0)), dtype=np.float64)


def _shuffled(n: int, rng: np.random.Generator) -> Ints:
    """The numbers below n in random order, by a stream that numpy keeps from release to release."""
    return np.argsort(rng.random(n), kind="stable").astype(np.int64)
