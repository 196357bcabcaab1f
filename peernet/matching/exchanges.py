"""Matchings that lie between two: what they differ by falls into parts, and each part can be exchanged alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from peernet._arrays import Ints
from peernet.matching.integer_program import Program, solve_program

if TYPE_CHECKING:
    from peernet.matching.limits import Pool

__all__ = ["best_between"]

Pairs = tuple[tuple[int, int], ...]


def best_between(pool: Pool, one: Pairs, other: Pairs) -> Pairs | None:
    """The best matching that takes each part of the difference from one of two; None where none keeps the limits.

    Where both are the best under the same prices, each part is worth the same in both, and so is every matching
    between them: one that meets the limits exactly is proven best at once.
    """
    given_up, made = sorted({*one} - {*other}), sorted({*other} - {*one})
    if not given_up and not made:
        return None
    pairs = np.array([*given_up, *made], dtype=np.int64)
    change = np.repeat([-1.0, 1.0], [len(given_up), len(made)])
    part = _parts(pairs, len(pool.weights))
    chosen = solve_program(_choice(pool, one, pairs, change, part), math.inf).pairs
    if chosen is None:
        return None
    taken = np.isin(part, [first // 2 for first, _ in chosen])
    lost, won = ({tuple(pair) for pair in pairs[taken & (change == sign)].tolist()} for sign in (-1, 1))
    return tuple(sorted({*one} - lost | won))


def _parts(pairs: Ints, people: int) -> Ints:
    """To which connected part of the difference each pair belongs, numbered from 0."""
    graph: Any = sparse.csr_array((np.ones(len(pairs)), pairs.T), shape=(people, people))
    number = connected_components(graph, directed=False)[1][pairs[:, 0]]
    return np.unique(number, return_inverse=True)[1].astype(np.int64)


def _choice(pool: Pool, one: Sequence[tuple[int, int]], pairs: Ints, change: Ints, part: Ints) -> Program:
    """Parts to exchange, each told to the program like a pair of people whom no other part needs."""
    parts = np.arange(int(part.max()) + 1)
    i, j = pairs.T
    counted = [np.bincount(part, weights=change * limit.pairs[i, j]) for limit in pool.limits]
    left = [limit.number - sum(bool(limit.pairs[a, b]) for a, b in one) for limit in pool.limits]
    return Program(
        2 * parts,
        2 * parts + 1,
        np.bincount(part, weights=change * pool.weights[i, j]).astype(float),
        np.zeros(len(parts), dtype=bool),
        np.ones(2 * len(parts), dtype=np.int64),
        sparse.csr_array(np.array(counted, dtype=float).reshape(len(pool.limits), len(parts))),
        np.array([limit.sign for limit in pool.limits]),
        np.array(left, dtype=float),
        np.array([limit.price for limit in pool.limits]),
    )
