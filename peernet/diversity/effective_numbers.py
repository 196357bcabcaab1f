"""Rao's entropy, Hill numbers and similarity-sensitive diversity of a set, and their partition among its groups."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._arrays import Floats
from peernet._wording import Shown, count_in_digits
from peernet.errors import SettingError, check_choice

ROUNDING = 1e-9  # how far a similarity may be outside 0 to 1, or a power from 0, and count as there
WEIGHTINGS = ("size", "equal")


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
    >>> import peernet as pn
    >>> pn.diversity.rao_entropy([[0.0, 0.8], [0.8, 0.0]])
    0.4
    """
    table = _square(distances, "distances")
    weights = as_shares(shares, len(table))
    pairs = np.outer(weights, weights)
    np.fill_diagonal(pairs, 0.0)
    if not pairs.sum() > 0:
        return 0.0
    known = ~np.isnan(table)
    weight = pairs[known].sum()
    return float((pairs[known] * table[known]).sum() / weight * pairs.sum()) if weight > 0 else float("nan")


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
    >>> import peernet as pn
    >>> pn.diversity.hill_number([2, 2, 2, 2]), pn.diversity.hill_number([8, 0, 0, 0])
    (4.0, 1.0)
    """
    weights = as_shares(shares, len(np.atleast_1d(shares)))
    return power_mean(1.0 / np.where(weights > 0, weights, 1.0), weights, _power(order))


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
    >>> import peernet as pn
    >>> two_alike = [[1, 0, 0], [0, 1, 1], [0, 1, 1]]
    >>> round(pn.diversity.similarity_diversity(two_alike, order=0), 9)
    2.0
    """
    alike = check_similarity(similarity)
    weights = as_shares(shares, len(alike))
    ordinariness = np.where(weights > 0, alike @ weights, 1.0)
    return power_mean(1.0 / ordinariness, weights, _power(order))


def _power(order: float) -> float:
    """The power of the mean of 1 / ordinariness that an effective number of some order is."""
    if not order >= 0:
        raise SettingError(f"order must be 0 or more; got {order!r}.")
    return 1.0 - order


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
    """The table as an array; `SettingError` unless it is square."""
    square = np.asarray(table, dtype=float)
    if square.ndim != 2 or square.shape[0] != square.shape[1]:
        raise SettingError(f"{name} must be a square table; got an array of shape {square.shape}.")
    return square


@dataclass(frozen=True, repr=False, eq=False)
class DiversityPartition(Shown):
    """Effective numbers of a whole and of its groups, of one order.

    Parameters
    ----------
    groups
        One row per group, index ``group``: ``share`` of the whole; ``alpha``, the effective number of distinct kinds
        in the group alone; ``rho``, how well the group stands for the whole (1: it holds everything in the same
        proportions, less: it stands apart); ``beta`` = 1 / ``rho``, how distinct it is; ``gamma``, what each of its
        members on average adds to the diversity of the whole. ``raw_alpha``, ``raw_rho`` and ``raw_beta`` likewise,
        but for the group at the size it has: a high ``raw_rho`` says that it could be spared, as others hold the same.
    whole
        The same measures (without ``share``) of all groups together: means over the groups; ``gamma`` is the effective
        number of distinct kinds in the whole.
    order
        The order of them all.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> members = pd.DataFrame({"north": [3, 1, 0], "south": [0, 1, 3]})
    >>> pn.diversity.partition_diversity(members, order=0)
    <DiversityPartition: 2 groups of 2.00 distinct kinds on average, 3.00 in all, order 0>
    """

    MAIN_TABLE = "groups"

    groups: pd.DataFrame = field(repr=False)
    whole: pd.Series[float] = field(repr=False)
    order: float

    def __repr__(self) -> str:
        return (
            f"<DiversityPartition: {count_in_digits(len(self.groups), 'group', 'groups')} of "
            f"{self.whole['alpha']:.2f} distinct kinds on average, "
            f"{self.whole['gamma']:.2f} in all, order {self.order:g}>"
        )


def partition_diversity(
    members: pd.DataFrame, similarity: npt.ArrayLike | None = None, *, order: float = 1.0
) -> DiversityPartition:
    """Diversity within groups, how distinct they are and how well each stands for the whole.

    Parameters
    ----------
    members
        One row per kind (or person), one column per group: how many of that kind are in the group, any numbers from 0
        on.
    similarity
        How alike the kinds are, shape (kinds, kinds), from 0 to 1 and 1 on the diagonal. By default no two have
        anything in common.
    order
        As in `hill_number`.

    Returns
    -------
    DiversityPartition
        ``.groups`` and ``.whole``.

    Raises
    ------
    SettingError
        If a number is negative or missing, a group is empty, the similarity does not fit, or the order is negative.

    References
    ----------
    Reeve, R. et al. (2016). How to partition diversity. arXiv 1404.6520.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> members = pd.DataFrame({"north": [3, 1, 0], "south": [0, 1, 3]})
    >>> pn.diversity.partition_diversity(members, order=0).groups.loc["north", ["alpha", "beta"]].to_dict()
    {'alpha': 2.0, 'beta': 1.6}
    """
    counts = _member_counts(members)
    alike = np.eye(len(counts)) if similarity is None else check_similarity(similarity)
    if len(alike) != len(counts):
        raise SettingError(f"similarity must be {len(counts)} x {len(counts)}, one row per kind; got {alike.shape}.")
    power = _power(order)
    everyone = counts / counts.sum()
    size = everyone.sum(axis=0)
    rows = [_of_one_group(own, everyone.sum(axis=1), alike, power) for own in everyone.T]
    groups = pd.DataFrame(rows, index=pd.Index(members.columns, name="group"))
    whole = {name: power_mean(groups[name].to_numpy(), size, power) for name in groups}
    groups.insert(0, "share", size)
    return DiversityPartition(groups, pd.Series(whole, name="whole"), float(order))


def _of_one_group(own: Floats, everyone: Floats, alike: Floats, power: float) -> dict[str, float]:
    """The measures of one group, from what it and what all groups hold, as shares of the whole."""
    present = own > 0
    inside = own[present] / own.sum()
    like_own, like_all = (alike @ own)[present], (alike @ everyone)[present]
    like_inside = like_own / own.sum()

    def mean(values: Floats) -> float:
        return power_mean(values, inside, power)

    raw_rho, rho = mean(like_all / like_own), mean(like_all / like_inside)
    return {
        "raw_alpha": mean(1 / like_own),
        "alpha": mean(1 / like_inside),
        "raw_rho": raw_rho,
        "rho": rho,
        "raw_beta": 1 / raw_rho,
        "beta": 1 / rho,
        "gamma": mean(1 / like_all),
    }


def rao_partition(members: pd.DataFrame, distances: npt.ArrayLike, *, weights: str = "size") -> pd.Series[float]:
    """Rao's quadratic entropy of a whole, split into what lies within its groups and between them.

    Parameters
    ----------
    members
        One row per kind (or person), one column per group: how many of that kind are in the group, any numbers from 0
        on.
    distances
        Symmetric distances between the kinds, shape (kinds, kinds), zero on the diagonal and at most 1 for the
        equivalent numbers to mean anything; missing ones as in `rao_entropy`.
    weights
        ``"size"``: a group counts by how many are in it; ``"equal"``: every group counts the same.

    Returns
    -------
    Series
        ``gamma``, the entropy of the whole; ``alpha``, the mean entropy within groups; ``beta`` = gamma - alpha,
        between them, never negative where the square roots of the distances are Euclidean, as for complete answers to
        graded and categorical items; ``beta_share`` = beta / gamma. ``gamma_number`` and ``alpha_number`` =
        1 / (1 - entropy), effective numbers of distinct kinds, and ``beta_number``, the first over the second, of
        distinct groups.

    Raises
    ------
    SettingError
        If a number is negative or missing, a group is empty, or the distances do not fit.

    References
    ----------
    Ricotta, C. (2005). Additive partitioning of Rao's quadratic diversity. Ecological Modelling 183, 365-371.
    de Bello, F. et al. (2010). The partitioning of diversity: showing Theseus a way out of the labyrinth. Journal of
    Vegetation Science 21, 992-1000.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> members = pd.DataFrame({"north": [2, 0], "south": [0, 2]})
    >>> pn.diversity.rao_partition(members, [[0.0, 0.5], [0.5, 0.0]])[["gamma", "alpha", "beta"]].to_dict()
    {'gamma': 0.25, 'alpha': 0.0, 'beta': 0.25}
    """
    check_choice("weights", weights, WEIGHTINGS)
    counts = _member_counts(members)
    size = counts.sum(axis=0) / counts.sum() if weights == "size" else np.full(counts.shape[1], 1 / counts.shape[1])
    inside = counts / counts.sum(axis=0)
    alpha = float(size @ [rao_entropy(distances, own) for own in inside.T])
    gamma = rao_entropy(distances, inside @ size)
    gamma_number, alpha_number = _equivalent_number(gamma), _equivalent_number(alpha)
    return pd.Series(
        {
            "gamma": gamma,
            "alpha": alpha,
            "beta": gamma - alpha,
            "beta_share": (gamma - alpha) / gamma if gamma > 0 else 0.0,
            "gamma_number": gamma_number,
            "alpha_number": alpha_number,
            "beta_number": gamma_number / alpha_number,
        },
        name="rao",
    )


def _equivalent_number(entropy: float) -> float:
    """Effective number of distinct kinds with this entropy."""
    return 1 / (1 - entropy) if entropy < 1 else float("inf")


def _member_counts(members: pd.DataFrame) -> Floats:
    """How many of each kind are in each group; `SettingError` unless every group has members."""
    counts = members.to_numpy(dtype=float)
    if not ((counts >= 0) & np.isfinite(counts)).all():
        raise SettingError("members must be numbers from 0 on, none missing.")
    for group in members.columns[counts.sum(axis=0) <= 0][:1]:
        raise SettingError(f"Group {group!r} has no members; leave it out.")
    if not counts.size:
        raise SettingError("members holds no group; give one column per group.")
    return counts
