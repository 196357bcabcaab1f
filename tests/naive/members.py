"""Models of all pairs written out: dummies for members, whole covariance matrices, every fit anew without a person."""

from __future__ import annotations

import numpy as np
import pandas as pd


def incidence(pairs: pd.DataFrame) -> np.ndarray:
    """A row per pair, a column per person, 1 for both members."""
    people = sorted({*pairs["a"], *pairs["b"]})
    return np.array([[float(p in (a, b)) for p in people] for a, b in zip(pairs["a"], pairs["b"], strict=True)])


def member_effects(pairs: pd.DataFrame, outcome: str, predictors: list[str], errors: str) -> pd.DataFrame:
    """Least squares on predictors and dummies of members, with the whole table of leverages."""
    X = np.column_stack([pairs[predictors], incidence(pairs)])
    y = pairs[outcome].to_numpy(float)
    inverse = np.linalg.pinv(X.T @ X)
    coefficients = inverse @ X.T @ y
    residual, df = y - X @ coefficients, len(y) - np.linalg.matrix_rank(X)
    leverage = np.diag(X @ inverse @ X.T)
    squared = {
        "classical": np.full(len(y), residual @ residual / df),
        "HC1": residual**2 * len(y) / df,
        "HC3": (residual / (1 - leverage)) ** 2,
    }[errors]
    V = inverse @ X.T @ np.diag(squared) @ X @ inverse
    n = len(predictors)
    return pd.DataFrame(
        {"estimate": coefficients[:n], "std_error": np.sqrt(np.diag(V)[:n]), "df": float(df)}, predictors
    )


def restricted_criterion(
    pairs: pd.DataFrame, outcome: str, columns: np.ndarray, member: float, residual: float
) -> tuple[float, np.ndarray, np.ndarray]:
    """Minus twice the restricted log likelihood at two variances, the estimates and their covariances."""
    y, D = pairs[outcome].to_numpy(float), incidence(pairs)
    V = residual * np.eye(len(y)) + member * D @ D.T
    weights = np.linalg.inv(V)
    covariance = np.linalg.inv(columns.T @ weights @ columns)
    estimate = covariance @ columns.T @ weights @ y
    left = y - columns @ estimate
    free = len(y) - columns.shape[1]
    determinants = np.linalg.slogdet(V)[1] - np.linalg.slogdet(covariance)[1]
    return determinants + left @ weights @ left + free * np.log(2 * np.pi), estimate, covariance


def errors_by_member(
    pairs: pd.DataFrame, outcome: str, columns: np.ndarray, member: float, residual: float
) -> tuple[np.ndarray, np.ndarray]:
    """Standard errors at two variances: an equation per member by HC3, and what pairs tell beyond by the model.

    Of columns that members tell wholly they are as large as the model has them on average; with Satterthwaite's degrees
    of freedom (of other columns they mean nothing).
    """
    D, data = incidence(pairs), np.column_stack([pairs[outcome], columns])
    of_members = np.linalg.pinv(D) @ data
    beyond = (data - D @ of_members)[:, 1:]
    covariance = member * np.eye(D.shape[1]) + residual * np.linalg.inv(D.T @ D)
    sizes, vectors = np.linalg.eigh(covariance)
    rows = vectors @ np.diag(sizes**-0.5) @ vectors.T @ of_members
    y, X = rows[:, 0], rows[:, 1:]
    V = np.linalg.inv(X.T @ X + beyond.T @ beyond / residual)
    shown = (data[:, 0] - D @ of_members[:, 0]) @ beyond / residual
    left = y - X @ V @ (X.T @ y + shown)
    leverage = np.diag(X @ V @ X.T)
    counts = (X @ V) ** 2 / (1 - leverage)[:, None] ** 2
    told = (beyond**2).sum(axis=0) < 1e-18 * (columns**2).sum(axis=0)
    scale = np.where(told, ((X @ V) ** 2).sum(axis=0) / ((1 - leverage) @ counts), 1.0)
    within = np.diag(V @ beyond.T @ beyond @ V) / residual
    variances = scale * (left**2 @ counts) + within
    rest = np.eye(len(y)) - X @ V @ X.T
    forms = [np.diag(column) @ rest for column in counts.T]
    own = np.array([np.trace(form) ** 2 / np.trace(form @ form) for form in forms])
    free = max(len(pairs) - D.shape[1] - int((~told).sum()), 1)
    return np.sqrt(variances), variances**2 / ((variances - within) ** 2 / own + within**2 / free)


def errors_without_each(
    pairs: pd.DataFrame, outcome: str, columns: np.ndarray, member: float, residual: float
) -> tuple[np.ndarray, np.ndarray]:
    """Standard errors and degrees of freedom at two variances from fits without each person, less without each pair."""
    D, y = incidence(pairs), pairs[outcome].to_numpy(float)
    V = residual * np.eye(len(y)) + member * D @ D.T

    def solver(rows: np.ndarray) -> np.ndarray:
        weights, whole = np.linalg.inv(V[np.ix_(rows, rows)]), np.zeros((columns.shape[1], len(y)))
        X = columns[rows]
        whole[:, rows] = np.linalg.inv(X.T @ weights @ X) @ X.T @ weights
        return whole

    everything = np.arange(len(y))
    covariance = np.linalg.inv(columns.T @ np.linalg.inv(V) @ columns)
    form = np.zeros((columns.shape[1], len(y), len(y)))
    for person in D.T:
        moves = solver(np.flatnonzero(person == 0)) - solver(everything)
        form += moves[:, :, None] * moves[:, None, :]
    for together in pairs.groupby(["a", "b"]).indices.values():  # all rounds of the same two
        moves = solver(np.delete(everything, together)) - solver(everything)
        form -= moves[:, :, None] * moves[:, None, :]
    size, squares = np.array([[np.trace(F @ V), np.trace(F @ V @ F @ V)] for F in form]).T
    found = np.maximum(np.array([y @ F @ y for F in form]) / size, 0.1)
    return np.sqrt(found * np.diag(covariance)), size**2 / squares


def added_by_weights(
    pairs: pd.DataFrame, columns: np.ndarray, member: float, residual: float, step: float = 1e-5
) -> np.ndarray:
    """Variances that two estimated variances add to the coefficients, from how these move with each of them."""
    D = incidence(pairs)
    parts, variances = [np.eye(len(D)), D @ D.T], np.array([residual, member])

    def solver(two: np.ndarray) -> np.ndarray:
        weights = np.linalg.inv(two[0] * parts[0] + two[1] * parts[1])
        return np.linalg.inv(columns.T @ weights @ columns) @ columns.T @ weights

    truth = variances[0] * parts[0] + variances[1] * parts[1]
    weights = np.linalg.inv(truth)
    P = weights - weights @ columns @ solver(variances)
    information = np.array([[np.trace(P @ one @ P @ two) / 2 for one in parts] for two in parts])
    moves = [(solver(variances + d) - solver(variances - d)) / (2 * step) for d in step * np.eye(2)]
    both = np.array([[np.diag(one @ truth @ two.T) for one in moves] for two in moves])
    return np.einsum("ij,ijk->k", np.linalg.inv(information), both)


def node_jackknife(pairs: pd.DataFrame, outcome: str, columns: np.ndarray) -> np.ndarray:
    """Standard errors from fits without each person in turn."""
    people = sorted({*pairs["a"], *pairs["b"]})
    fits = []
    for person in people:
        rest = ((pairs["a"] != person) & (pairs["b"] != person)).to_numpy()
        fits.append(np.linalg.lstsq(columns[rest], pairs[outcome].to_numpy(float)[rest])[0])
    moved = np.array(fits) - np.mean(fits, axis=0)
    return np.sqrt((len(people) - 1) / len(people) * (moved**2).sum(axis=0))


def dyadic_robust(pairs: pd.DataFrame, outcome: str, columns: np.ndarray) -> np.ndarray:
    """Standard errors from the products of the residuals of any two pairs that share a person."""
    y = pairs[outcome].to_numpy(float)
    inverse = np.linalg.inv(columns.T @ columns)
    residual = y - columns @ inverse @ columns.T @ y
    share = incidence(pairs) @ incidence(pairs).T > 0
    middle = columns.T @ (np.outer(residual, residual) * share) @ columns
    return np.sqrt(np.diag(inverse @ middle @ inverse))
