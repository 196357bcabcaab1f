"""How diverse a set is, from how common its kinds are and how alike: Rao's entropy and effective numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from peernet._arrays import Floats
from peernet.errors import SettingError

__all__ = ["as_shares", "hill_number", "power_mean", "rao_entropy", "similarity_diversity"]

ROUNDING = 1e-9


def rao_entropy(distances: npt.ArrayLike, shares: npt.ArrayLike | None = None) -> float:
    """Rao's quadratic entropy: how far apart two people drawn at random, with replacement, are on average.

    Parameters
    ----------
    distances
        Symmetric distances between people (or kinds), shape (n, n), zero on the diagonal. Pairs whose distance is
        missing count as the average of the others.
    shares
        Weight of each, shape (n,), any numbers from 0 on; equal by default.

    Returns
    -------
    float
        In units of the distances; 0 where all are alike. The mean over all pairs of different people, as
        `PersonDistances.mean`, is n / (n - 1) times as much. Missing where no distance is known.

    Raises
    ------
    SettingError
        If the shapes do not fit, or a share is negative or missing.

    References
    ----------
    Rao, C. R. (1982). Diversity and dissimilarity coefficients: a unified approach. Theoretical Population Biology 21,
    24-43.

    Examples
    --------
    >>> rao_entropy([[0.0, 0.8], [0.8, 0.0]])
    0.4
    """
    table = _square(distances, "distances")
    weights = as_shares(shares, len(table))
    pairs = np.outer(weights, weights)
    np.fill_diagonal(pairs, 0.0)
    if not pairs.sum() > 0:
        return 0.0
    known = ~np.isnan(table)
    heard = pairs[known].sum()
    return float((pairs[known] * table[known]).sum() / heard * pairs.sum()) if heard > 0 else float("nan")


def hill_number(shares: npt.ArrayLike, *, order: float = 1.0) -> float:
    """Effective number of kinds that have nothing in common, of one order (Hill number).

    Parameters
    ----------
    shares
        How common each kind is: shares or counts, shape (kinds,), any numbers from 0 on.
    order
        How much common kinds matter: 0 counts kinds, 1 weighs them by how common they are (the exponential of
        Shannon's entropy), 2 looks mainly at the common ones, ``inf`` only at the most common.

    Returns
    -------
    float
        Between 1 and the number of kinds.

    Raises
    ------
    SettingError
        If the order is negative, or a share is negative or missing or all are 0.

    References
    ----------
    Hill, M. O. (1973). Diversity and evenness: a unifying notation and its consequences. Ecology 54, 427-432.

    Examples
    --------
    >>> hill_number([2, 2, 2, 2]), hill_number([8, 0, 0, 0])
    (4.0, 1.0)
    """
    weights = as_shares(shares, len(np.atleast_1d(shares)))
    return power_mean(1.0 / np.where(weights > 0, weights, 1.0), weights, 1.0 - _order(order))


def similarity_diversity(
    similarity: npt.ArrayLike, shares: npt.ArrayLike | None = None, *, order: float = 1.0
) -> float:
    """Effective number of distinct kinds where kinds may be alike, of one order (Leinster and Cobbold).

    Parameters
    ----------
    similarity
        How alike people (or kinds) are, shape (n, n), from 0 to 1 and 1 on the diagonal; ``exp(-distance / scale)``
        or ``1 - distance``.
    shares
        Weight of each, shape (n,), any numbers from 0 on; equal by default.
    order
        As in `hill_number`, to which it comes down where nobody is like anybody else.

    Returns
    -------
    float
        Between 1 (all alike) and the Hill number of the same order. With ``1 - distance`` and order 2 it equals
        ``1 / (1 - rao_entropy(distance))``.

    Raises
    ------
    SettingError
        If the shapes do not fit, a similarity is missing or outside 0 to 1, the order is negative, or a share is
        negative or missing.

    References
    ----------
    Leinster, T. & Cobbold, C. A. (2012). Measuring diversity: the importance of species similarity. Ecology 93,
    477-489.

    Examples
    --------
    >>> round(similarity_diversity([[1, 0, 0], [0, 1, 1], [0, 1, 1]], order=0), 9)  # the last two are alike
    2.0
    """
    alike = check_similarity(similarity)
    weights = as_shares(shares, len(alike))
    usual = np.where(weights > 0, alike @ weights, 1.0)
    return power_mean(1.0 / usual, weights, 1.0 - _order(order))


def power_mean(values: Floats, weights: Floats, power: float) -> float:
    """Weighted mean of positive values: 1 the arithmetic, 0 the geometric, -1 the harmonic; infinite the extreme."""
    values, weights = values[weights > 0], weights[weights > 0]
    if np.isinf(power):
        return float(values.max() if power > 0 else values.min())
    if abs(power) < ROUNDING:
        return float(np.exp(weights @ np.log(values)))
    largest = values.max() if power > 0 else values.min()  # the term that counts most, so that no power overflows
    return float(largest * (weights @ (values / largest) ** power) ** (1.0 / power))


def as_shares(shares: npt.ArrayLike | None, n: int) -> Floats:
    """Weights that sum to 1, equal where none are given."""
    weights = np.ones(n) if shares is None else np.asarray(shares, dtype=float)
    if weights.shape != (n,):
        raise SettingError(f"shares must be {n} numbers, one for each; got an array of shape {weights.shape}.")
    if not ((weights >= 0).all() and np.isfinite(weights).all() and (weights.sum() > 0 or not n)):
        raise SettingError("shares must be numbers from 0 on, none missing and not all 0.")
    return weights / weights.sum() if n else weights


def check_similarity(similarity: npt.ArrayLike) -> Floats:
    """The similarities as an array; `SettingError` unless they are from 0 to 1 and 1 on the diagonal."""
    alike = _square(similarity, "similarity")
    if not ((alike >= -ROUNDING) & (alike <= 1 + ROUNDING)).all() or not np.allclose(np.diag(alike), 1.0):
        raise SettingError("similarity must be from 0 to 1, 1 on the diagonal and never missing.")
    return alike


def _square(table: npt.ArrayLike, name: str) -> Floats:
    square = np.asarray(table, dtype=float)
    if square.ndim != 2 or square.shape[0] != square.shape[1]:
        raise SettingError(f"{name} must be a square table; got an array of shape {square.shape}.")
    return square


def _order(order: float) -> float:
    if not order >= 0:
        raise SettingError(f"order must be 0 or more; got {order!r}.")
    return float(order)
