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
    """Coefficients and their robust covariance by pairs, from given variances, with matrices written out.

    Every pair's errors are those it has when it is left out; each coefficient's variance is then made as large as
    errors of these variances would have it on average.
    """
    pairs, _, terms = designs.shape
    X, y = designs.reshape(-1, terms), outcomes.ravel()
    values, vectors = np.linalg.eigh(variances)
    W = block_diag(*[vectors @ np.diag(values**-0.5) @ vectors.T] * pairs)
    WX, Wy = W @ X, W @ y
    bread = np.linalg.inv(WX.T @ WX)
    maker = np.eye(2 * pairs) - WX @ bread @ WX.T
    scores = []
    for pair in range(pairs):
        rows = slice(2 * pair, 2 * pair + 2)
        scores.append(bread @ WX[rows].T @ np.linalg.inv(maker[rows, rows]) @ maker[rows])
    expected = sum(np.diag(score @ score.T) for score in scores)
    size = np.sqrt(np.diag(bread) / expected)
    found = np.stack([score @ Wy for score in scores])
    return bread @ WX.T @ Wy, np.outer(size, size) * (found.T @ found)


def added_by_weights(designs, variances, of_variances, step=1e-5):
    """Covariance that two estimated variances add to the coefficients, from how these move with each of them."""
    pairs, _, terms = designs.shape
    X = designs.reshape(-1, terms)

    def solver(two):
        V = np.linalg.inv(block_diag(*[np.diag(two)] * pairs))
        return np.linalg.inv(X.T @ V @ X) @ X.T @ V

    two, truth = np.diag(variances), block_diag(*[variances] * pairs)
    moves = [(solver(two + step * unit) - solver(two - step * unit)) / (2 * step) for unit in np.eye(2)]
    return sum(of_variances[i, j] * moves[i] @ truth @ moves[j].T for i in (0, 1) for j in (0, 1))
