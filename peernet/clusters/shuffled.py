"""Measures of two views against the same views of people shuffled in one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numba import njit

from peernet._arrays import Array, Floats, Ints

__all__ = ["against_shuffling", "label_measure", "table_measure"]

Measure = Callable[[Ints], Floats]  # from orders of people in the second view (rows) to the value of each

COLUMNS = ["value", "expected", "low", "high", "p_value"]
WITHIN = [0.025, 0.975]


def table_measure(one: Floats, other: Floats) -> Measure:
    """The sum of the products of two symmetric tables, entry by entry."""
    return lambda orders: np.asarray(_sums_of_products(np.ascontiguousarray(one), np.ascontiguousarray(other), orders))


def label_measure(agreement: Callable[[Ints, Ints], float], one: Ints, other: Ints) -> Measure:
    """The agreement of two groupings."""
    return lambda orders: np.array([agreement(one, other[order]) for order in orders])


def against_shuffling(
    measures: Mapping[str, Measure], people: int, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Each measure beside its mean and 95 % band when people are shuffled, with the two-sided p-value."""
    orders = np.array([np.argsort(rng.random(people), kind="stable") for _ in range(draws)], dtype=np.int64)
    table = {name: _row(measure(np.vstack([np.arange(people), orders]))) for name, measure in measures.items()}
    return pd.DataFrame.from_dict(table, orient="index", columns=COLUMNS).rename_axis("measure")


def _row(values: Floats) -> tuple[float, ...]:
    value, shuffled = values[0], values[1:]
    middle = shuffled.mean()
    extreme = np.abs(shuffled - middle) >= abs(value - middle) - 1e-12
    p_value = np.nan if np.isnan(value) else (1 + extreme.sum()) / (1 + len(shuffled))
    return (value, middle, *np.quantile(shuffled, WITHIN), p_value)


@njit(cache=True, nogil=True)
def _sums_of_products(one: Array, other: Array, orders: Array) -> Array:
    sums = np.zeros(len(orders))
    for r in range(len(orders)):
        order = orders[r]
        twice, once = 0.0, 0.0
        for i in range(len(one)):
            mine, theirs = one[i], other[order[i]]
            for j in range(i):
                twice += mine[j] * theirs[order[j]]
            once += mine[i] * theirs[order[i]]
        sums[r] = 2 * twice + once
    return sums
