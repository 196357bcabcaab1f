"""Distances made ready for grouping, which needs one for every pair."""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh
from scipy.spatial.distance import cdist

from peernet._arrays import Floats
from peernet.distance.coding import CodedItems
from peernet.distance.kernels import fill_square

__all__ = ["axis_table", "centred_squares", "filled_table"]


def filled_table(items: CodedItems, weights: Floats, least: float) -> Floats:
    """Distances of everybody, with the mean where a pair shares too little: it speaks neither for nor against."""
    table = np.empty((len(items.people), len(items.people)))
    fill_square(items, weights, least, table)
    undefined = np.isnan(table)
    table[undefined] = table[~undefined].mean()
    np.fill_diagonal(table, 0.0)
    return table


def axis_table(items: CodedItems, weights: Floats, axes: int) -> Floats:
    """Distances on the main axes of the expected distances.

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
    table = np.empty((len(item.people), len(item.people)))
    fill_square(item, np.ones(1), 0.0, table)
    answered = ~np.isnan(item.answers[0])
    table[np.ix_(answered, answered)] = np.nan_to_num(table[np.ix_(answered, answered)])  # both no: they agree
    typical = table[:, answered].mean(axis=1)
    typical[~answered] = typical[answered].mean()
    either = np.where(answered, typical, typical[:, None])
    return np.where(np.isnan(table), either, table)
