"""An obvious slow twin of least squares for pairs: all covariances written out, their parameters searched for."""

import numpy as np
from scipy.linalg import block_diag
from scipy.optimize import minimize


def fit_by_search(designs, outcomes, *, kinds):
    """Coefficients, their covariance and rho by restricted maximum likelihood, members as they come.

    ``designs`` has shape (pairs, 2, terms) beside each member's outcome; two ``kinds`` have a variance each.
    """
    pairs, _, terms = designs.shape
    X, y = designs.reshape(-1, terms), outcomes.ravel()

    def covariance(parameters):
        logs, rho = (parameters[:2], np.tanh(parameters[2])) if kinds else (parameters[[0, 0]], np.tanh(parameters[1]))
        first, second = np.exp(logs)
        shared = rho * np.sqrt(first * second)
        return np.array([[first, shared], [shared, second]])

    def solved(parameters):
        V = np.linalg.inv(block_diag(*[covariance(parameters)] * pairs))
        bread = np.linalg.inv(X.T @ V @ X)
        found = bread @ X.T @ V @ y
        left = y - X @ found
        return found, bread, left @ V @ left - np.linalg.slogdet(V)[1] - np.linalg.slogdet(bread)[1]

    start = np.zeros(3 if kinds else 2)
    start[: 2 if kinds else 1] = np.log(outcomes.var())
    best = minimize(
        lambda p: solved(p)[2], start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 5000}
    )
    found, bread, _ = solved(best.x)
    return found, bread, float(np.tanh(best.x[-1]))


def clustered(designs, outcomes, variances):
    """Coefficients and their bias-reduced covariance by pairs, from given variances, with matrices written out."""
    pairs, _, terms = designs.shape
    X, y = designs.reshape(-1, terms), outcomes.ravel()
    values, vectors = np.linalg.eigh(variances)
    half = vectors @ np.diag(values**-0.5) @ vectors.T
    W = block_diag(*[half] * pairs)
    WX, Wy = W @ X, W @ y
    bread = np.linalg.inv(WX.T @ WX)
    found = bread @ WX.T @ Wy
    left = Wy - WX @ found
    middle = np.zeros((terms, terms))
    for pair in range(pairs):
        rows = slice(2 * pair, 2 * pair + 2)
        own, directions = np.linalg.eigh(np.eye(2) - WX[rows] @ bread @ WX[rows].T)
        score = WX[rows].T @ directions @ np.diag(own**-0.5) @ directions.T @ left[rows]
        middle += np.outer(score, score)
    return found, bread @ middle @ bread
