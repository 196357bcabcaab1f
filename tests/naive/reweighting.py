"""How sure a slope is if pairs may stray unequally, written out: a fit without each pair, and a fit for each slope."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm, t


def by_pair(X: np.ndarray, y: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """Standard error of ``weights @ y`` from what each pair yields and the others foretell; its 95 % point, drawn."""
    rest = np.eye(len(y)) - X @ np.linalg.pinv(X)

    def missed(y):
        others = [np.arange(len(y)) != k for k in range(len(y))]
        return np.array([y[k] - X[k] @ np.linalg.lstsq(X[some], y[some])[0] for k, some in enumerate(others)])

    pull = np.array([missed(unit) for unit in np.eye(len(y))]).T  # of the outcomes, on what is missed
    expected = weights**2 @ (pull**2).sum(axis=1)
    scale = np.sqrt(weights @ weights / expected)
    noise = rng.normal(size=(200_000, len(y)))
    drawn = noise @ rest @ weights, scale * np.sqrt((noise @ pull.T) ** 2 @ weights**2)
    assert np.allclose(drawn[0], 0), "the estimate has nothing of what is left"
    z = rng.normal(size=len(noise)) * np.linalg.norm(weights)
    return float(scale * np.sqrt(missed(y) ** 2 @ weights**2)), float(np.quantile(np.abs(z) / drawn[1], 0.95))


def by_spread(X: np.ndarray, y: np.ndarray, weights: np.ndarray, grown: np.ndarray) -> tuple[float, float]:
    """The same where the log of the variance goes with ``grown``: slopes by restricted likelihood and size."""
    n, rank = X.shape
    likely, scales = [], []
    for slope in np.linspace(-3, 3, 13):
        V = np.diag(np.exp(slope * grown))
        inverse = np.linalg.inv(V)
        left = y - X @ np.linalg.solve(X.T @ inverse @ X, X.T @ inverse @ y)
        size = left @ inverse @ left / (n - rank)
        normal = -(n - rank) / 2 * np.log(size) - np.linalg.slogdet(V)[1] / 2
        likely.append(normal - np.linalg.slogdet(X.T @ inverse @ X)[1] / 2 + norm.logpdf(slope))
        scales.append(np.sqrt(size * weights @ V @ weights))
    share = np.exp(likely) / np.exp(likely).sum()
    scales = np.array(scales)
    point = brentq(lambda c: share @ t.sf(c / scales, n - rank) - 0.025, scales.min(), 50 * scales.max())
    return float(np.sqrt(share @ scales**2)), float(point)
