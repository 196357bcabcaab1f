"""Whether the people of a group agree: intraclass correlations, within-group agreement, group means drawn in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution

from peernet._arrays import Floats

__all__ = [
    "NULLS",
    "Intraclass",
    "average_deviation",
    "awg",
    "drawn_in_means",
    "intraclass",
    "null_variance",
    "rwg_j",
    "variance_parts",
]

# Shares of a five-point scale's answers if nobody agreed but all were polite (LeBreton & Senter 2008).
SKEWED = {"slight skew": (0.05, 0.15, 0.20, 0.35, 0.25), "moderate skew": (0.0, 0.10, 0.15, 0.40, 0.35)}
NULLS: Mapping[str, Callable[[int], Floats | None]] = {
    "uniform": lambda answers: np.ones(answers),
    "triangular": lambda answers: np.minimum(np.arange(1, answers + 1), np.arange(answers, 0, -1)).astype(float),
    "slight skew": lambda answers: np.array(SKEWED["slight skew"]) if answers == 5 else None,
    "moderate skew": lambda answers: np.array(SKEWED["moderate skew"]) if answers == 5 else None,
}


SEARCHED = (-20, 12)  # log of the ratio of the variances between and within groups


@dataclass(frozen=True)
class Intraclass:
    """How much of the variance lies between groups: ICC(1), of their means ICC(2), and its test."""

    icc1: float
    icc2: float
    p: float


def intraclass(values: pd.Series, groups: pd.Series) -> Intraclass:
    """ICC(1) and ICC(2) from a one-way analysis of variance, with the mean group size."""
    found = values.groupby(groups).agg(["size", "mean"])
    n, k = len(values), len(found)
    if k < 2 or n <= k:
        return Intraclass(float("nan"), float("nan"), float("nan"))
    between = float((found["size"] * (found["mean"] - values.mean()) ** 2).sum() / (k - 1))
    within = float(((values - values.groupby(groups).transform("mean")) ** 2).sum() / (n - k))
    if between == 0:
        return Intraclass(0.0 if within == 0 else -1 / (n / k - 1), float("nan"), 1.0)
    icc1 = (between - within) / (between + (n / k - 1) * within)
    ratio = between / within if within else np.inf
    return Intraclass(icc1, (between - within) / between, float(f_distribution.sf(ratio, k - 1, n - k)))


def variance_parts(values: pd.Series, groups: pd.Series) -> tuple[float, float, float]:
    """Variance between and within groups by restricted maximum likelihood, and the mean they go with."""
    found = values.groupby(groups).agg(["size", "mean"])
    size, mean = found["size"].to_numpy(dtype=float), found["mean"].to_numpy()
    within = float(((values - values.groupby(groups).transform("mean")) ** 2).sum())
    search = minimize_scalar(
        lambda log: _deviance(float(np.exp(log)), size, mean, within),
        bounds=SEARCHED,
        method="bounded",
        options={"xatol": 1e-9},
    )
    ratios = 0.0, float(np.exp(search.x))
    ratio = min(ratios, key=lambda chosen: _deviance(chosen, size, mean, within))
    grand, squares = _fit(ratio, size, mean, within)
    noise = squares / (size.sum() - 1)
    return ratio * noise, noise, grand


def _fit(ratio: float, size: Floats, mean: Floats, within: float) -> tuple[float, float]:
    weight = size / (1 + size * ratio)
    grand = float(weight @ mean / weight.sum())
    return grand, within + float(weight @ (mean - grand) ** 2)


def _deviance(ratio: float, size: Floats, mean: Floats, within: float) -> float:
    """Minus twice the restricted log likelihood, up to a constant, at this ratio of the variances."""
    squares = _fit(ratio, size, mean, within)[1]
    spread = np.log1p(size * ratio).sum() + np.log((size / (1 + size * ratio)).sum())
    return float((size.sum() - 1) * np.log(max(squares, np.finfo(float).tiny)) + spread)


def drawn_in_means(values: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Best predictors of the group means, drawn in towards the mean of all: ``mean`` and a 95 % interval."""
    between, within, grand = variance_parts(values, groups)
    found = values.groupby(groups).agg(["size", "mean"])
    if between + within == 0:
        return pd.DataFrame({"mean": found["mean"], "low": found["mean"], "high": found["mean"]})
    own = between + within / found["size"]
    share = between / own
    error = np.sqrt(between * (1 - share) + (1 - share) ** 2 / (1 / own).sum())
    centre = grand + share * (found["mean"] - grand)
    reach = error * float(t_distribution.ppf(0.975, max(len(found) - 1, 1)))
    return pd.DataFrame({"mean": centre, "low": centre - reach, "high": centre + reach})


def null_variance(null: str, answers: int) -> float:
    """Variance of one item's answers if nobody agreed; missing where the null is not known for so many answers."""
    shares = NULLS[null](answers)
    if shares is None:
        return float("nan")
    points = np.arange(1, answers + 1)
    mean = np.average(points, weights=shares)
    return float(np.average((points - mean) ** 2, weights=shares))


def rwg_j(items: pd.DataFrame, null: float) -> float:
    """Agreement of a group on a scale of several items; 0 where they agree less than by chance."""
    if len(items) < 2 or np.isnan(null):
        return float("nan")
    ratio = float(items.var(ddof=1).mean()) / null
    if ratio >= 1:
        return 0.0
    agreed = items.shape[1] * (1 - ratio)
    return agreed / (agreed + ratio)


def average_deviation(items: pd.DataFrame) -> float:
    """Mean distance of answers from their item's mean."""
    return float((items - items.mean()).abs().mean().mean())


def awg(items: pd.DataFrame, low: float, high: float) -> float:
    """Agreement relative to the most disagreement the item means allow, mean over items."""
    k, mean = len(items), items.mean()
    most = ((high + low) * mean - mean**2 - high * low) * k / (k - 1) if k > 1 else mean * 0
    return float((1 - 2 * items.var(ddof=1) / most.where(most > 0)).mean())
