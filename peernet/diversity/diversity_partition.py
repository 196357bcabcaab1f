"""Diversity of a whole shared out among its groups: within each, and between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._arrays import Floats
from peernet.diversity.effective_numbers import check_similarity, power_mean, rao_entropy
from peernet.errors import SettingError, check_choice

__all__ = ["DiversityPartition", "partition_diversity", "rao_partition"]

WEIGHTINGS = ("size", "equal")
MEASURES = ("raw_alpha", "alpha", "raw_rho", "rho", "raw_beta", "beta", "gamma")


@dataclass(frozen=True, repr=False, eq=False)
class DiversityPartition:
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
    >>> members = pd.DataFrame({"north": [3, 1, 0], "south": [0, 1, 3]})
    >>> partition_diversity(members, order=0)
    <DiversityPartition: 2 groups of 2.00 distinct kinds on average, 3.00 in all, order 0>
    """

    groups: pd.DataFrame = field(repr=False)
    whole: pd.Series[float] = field(repr=False)
    order: float

    def __repr__(self) -> str:
        return (
            f"<DiversityPartition: {len(self.groups)} groups of {self.whole['alpha']:.2f} distinct kinds on average, "
            f"{self.whole['gamma']:.2f} in all, order {self.order:g}>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.groups.round(3).to_html()}"


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
    >>> members = pd.DataFrame({"north": [3, 1, 0], "south": [0, 1, 3]})
    >>> partition_diversity(members, order=0).groups.loc["north", ["alpha", "beta"]].to_dict()
    {'alpha': 2.0, 'beta': 1.6}
    """
    counts = _counts(members)
    alike = np.eye(len(counts)) if similarity is None else check_similarity(similarity)
    if len(alike) != len(counts):
        raise SettingError(f"similarity must be {len(counts)} x {len(counts)}, one row per kind; got {alike.shape}.")
    if not order >= 0:
        raise SettingError(f"order must be 0 or more; got {order!r}.")
    everyone = counts / counts.sum()
    size = everyone.sum(axis=0)
    rows = [_one_group(everyone[:, j], everyone.sum(axis=1), alike, 1.0 - order) for j in range(len(size))]
    index = pd.Index(members.columns, name="group")
    groups = pd.DataFrame(rows, columns=list(MEASURES), index=index)
    whole = {name: power_mean(groups[name].to_numpy(), size, 1.0 - order) for name in MEASURES}
    groups.insert(0, "share", size)
    return DiversityPartition(groups, pd.Series(whole, name="whole"), float(order))


def _one_group(own: Floats, everyone: Floats, alike: Floats, power: float) -> tuple[float, ...]:
    """The measures of one group, in the order of `MEASURES`, from what it and all groups hold."""
    present = own > 0
    inside = own[present] / own.sum()
    like_own, like_all = (alike @ own)[present], (alike @ everyone)[present]
    like_normed = like_own / own.sum()

    def mean(values: Floats) -> float:
        return power_mean(values, inside, power)

    raw_rho, rho = mean(like_all / like_own), mean(like_all / like_normed)
    return mean(1 / like_own), mean(1 / like_normed), raw_rho, rho, 1 / raw_rho, 1 / rho, mean(1 / like_all)


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
    >>> members = pd.DataFrame({"north": [2, 0], "south": [0, 2]})
    >>> rao_partition(members, [[0.0, 0.5], [0.5, 0.0]])[["gamma", "alpha", "beta"]].to_dict()
    {'gamma': 0.25, 'alpha': 0.0, 'beta': 0.25}
    """
    check_choice("weights", weights, WEIGHTINGS)
    counts = _counts(members)
    size = counts.sum(axis=0) / counts.sum() if weights == "size" else np.full(counts.shape[1], 1 / counts.shape[1])
    inside = counts / counts.sum(axis=0)
    alpha = float(size @ [rao_entropy(distances, own) for own in inside.T])
    return split_entropy(rao_entropy(distances, inside @ size), alpha)


def split_entropy(gamma: float, alpha: float) -> pd.Series[float]:
    """The additive split of an entropy and its equivalent numbers."""
    gamma_number, alpha_number = _number(gamma), _number(alpha)
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


def _number(entropy: float) -> float:
    return 1 / (1 - entropy) if entropy < 1 else float("inf")


def _counts(members: pd.DataFrame) -> Floats:
    counts = members.to_numpy(dtype=float)
    if not ((counts >= 0) & np.isfinite(counts)).all():
        raise SettingError("members must be numbers from 0 on, none missing.")
    for group in members.columns[counts.sum(axis=0) <= 0][:1]:
        raise SettingError(f"Group {group!r} has no members; leave it out.")
    if not counts.size:
        raise SettingError("members holds no group; give one column per group.")
    return counts
