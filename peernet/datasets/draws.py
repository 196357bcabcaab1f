"""Random draws whose results stay the same in every release of numpy and on every machine.

numpy promises a fixed stream for ``random`` far more firmly than for ``choice``, ``permutation`` or ``integers``, so
everything here is built on ``random`` and ``standard_normal``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from peernet._arrays import Ints


def permutation(rng: np.random.Generator, n: int) -> Ints:
    """The numbers 0 to n - 1 in random order."""
    return np.argsort(rng.random(n), kind="stable").astype(np.int64)


def whole_numbers(rng: np.random.Generator, low: int, high: int, n: int) -> Ints:
    """``n`` whole numbers from low to high, both included, all equally likely."""
    return (low + np.floor(rng.random(n) * (high - low + 1))).astype(np.int64)


def weighted(rng: np.random.Generator, weights: Sequence[float], n: int) -> Ints:
    """``n`` positions in ``weights``, each as likely as its weight says."""
    edges = np.cumsum(weights) / np.sum(weights)
    return np.minimum(np.searchsorted(edges, rng.random(n), side="right"), len(edges) - 1).astype(np.int64)


def one_of(rng: np.random.Generator, options: Sequence[str]) -> str:
    """One of the options, all equally likely."""
    return options[int(rng.random() * len(options))]
