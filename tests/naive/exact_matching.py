"""The best matching of any weights in exact fractions, found by trying all: the slow twin of what is called proven."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np


def exact_best(weights, *, capacity=1, required=(), forbidden=(), fill=False):
    """(number of pairs, total weight as a Fraction) of the best matching; ``fill``: most pairs come first."""
    n = len(weights)
    fixed = {tuple(sorted(pair)) for pair in required}
    out = {tuple(sorted(pair)) for pair in forbidden}
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if not np.isnan(weights[i, j]) and (i, j) not in out]
    worth = [Fraction(float(weights[pair])) for pair in pairs]

    @cache
    def best(at, space):
        if at == len(pairs):
            return (0, Fraction(0))
        i, j = pairs[at]
        options = [] if pairs[at] in fixed else [best(at + 1, space)]
        if space[i] and space[j]:
            left = tuple(room - (person in (i, j)) for person, room in enumerate(space))
            after = best(at + 1, left)
            if after is not None:
                options.append((after[0] + 1, after[1] + worth[at]))
        options = [option for option in options if option is not None]
        return max(options, key=lambda option: option if fill else option[1:], default=None)

    return best(0, tuple(np.broadcast_to(capacity, n).tolist()))


def exact_total(weights, pairs):
    """Total weight of some pairs as a Fraction."""
    return sum((Fraction(float(weights[pair])) for pair in pairs), Fraction(0))


def mixed_weights(rng, n):
    """Symmetric weights of very different size and either sign, some pairs missing; a few families of them."""
    size = int(rng.choice([3, 12, 40, 300]))
    few = 10.0 ** rng.integers(-size // 2, size // 2 + 1, 3)
    family = rng.integers(4)
    if family == 0:  # gains, and prices of a few sizes
        cells = rng.random((n, n)) - rng.choice([0.0, 0.0, *few], (n, n))
    elif family == 1:  # gains, and pairs wished for
        cells = rng.random((n, n)) + rng.choice([0.0, 0.0, 0.0, *few], (n, n))
    elif family == 2:  # all sizes
        cells = rng.choice([-1, 1, 1, 1], (n, n)) * rng.random((n, n)) * 10.0 ** rng.integers(-size, size + 1, (n, n))
    else:  # many ties among sizes
        cells = rng.choice([-few[0], few[1], few[2], 1.0, 0.1, 0.3], (n, n))
    cells[rng.random((n, n)) < rng.choice([0.0, 0.3])] = np.nan
    weights = np.triu(cells, 1)
    return weights + weights.T
