"""Randomisation tests of pairings the obvious way: the table of every pairing, a regression of it, counts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd


def every_pairing(people: list[str]) -> Iterator[list[tuple[str, str]]]:
    """All ways to pair an even number of people."""
    if not people:
        yield []
        return
    first, *others = people
    for partner in others:
        rest = [each for each in others if each != partner]
        for pairing in every_pairing(rest):
            yield [(first, partner), *pairing]


def t_of_first(columns: list[np.ndarray], outcome: np.ndarray, *, unequal: bool) -> tuple[float, float]:
    """Coefficient of the first column and its standard error, the classical one or HC2."""
    x = np.column_stack(columns)
    coefficients, *_ = np.linalg.lstsq(x, outcome, rcond=None)
    left = outcome - x @ coefficients
    if unequal:
        free = 1 - np.diag(x @ np.linalg.inv(x.T @ x) @ x.T)
        return coefficients[0], np.sqrt(((np.linalg.pinv(x)[0] * left) ** 2 / free).sum())
    spread = left @ left / (len(outcome) - x.shape[1])
    return coefficients[0], np.sqrt(spread * np.linalg.inv(x.T @ x)[0, 0])


def added_by_row(x: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """What each row adds to the first coefficient, by what the other columns leave of the outcome."""
    others = x[:, 1:]
    return np.linalg.pinv(x)[0] * (outcome - others @ np.linalg.lstsq(others, outcome, rcond=None)[0])


def expected_of_each(tables: list[pd.DataFrame], of: str) -> dict[str, float]:
    """Mean of a measure of the pair over all pairings, for each person."""
    rows = pd.concat(tables)
    both = pd.concat([rows[[side, of]].set_axis(["who", "value"], axis=1) for side in ("a", "b")])
    return both.groupby("who")["value"].mean().to_dict()


def of_both(table: pd.DataFrame, value: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """What is known of each person, for both of every pair."""
    a, b = (np.array([value[who] for who in table[side]]) for side in ("a", "b"))
    return a, b


def pair_t(
    table: pd.DataFrame, outcome: dict[str, float], of: str, covariates: list[str], expected: dict[str, float] | None
) -> float:
    """The t value of a predictor of pairs in the regression of pair means, outcomes given by person."""
    mean = sum(of_both(table, outcome)) / 2
    columns = [table[of], *[(table[f"{c}_a"] + table[f"{c}_b"]) / 2 for c in covariates], np.ones(len(table))]
    if expected is not None:
        columns.append(sum(of_both(table, expected)))
    estimate, error = t_of_first([np.asarray(c, dtype=float) for c in columns], mean, unequal=expected is not None)
    return estimate / error


def partner_t(table: pd.DataFrame, outcome: dict[str, float], of: str) -> float:
    """The t value of the partner's measure, from sums and differences within pairs, errors by pair."""
    a, b = of_both(table, outcome)
    x, z = table[f"{of}_a"].to_numpy(dtype=float), table[f"{of}_b"].to_numpy(dtype=float)
    estimates, off = [], []
    for design, y in ((np.column_stack([x + z, np.ones(len(x))]), a + b), ((x - z)[:, None], a - b)):
        coefficients, *_ = np.linalg.lstsq(design, y, rcond=None)
        estimates.append(coefficients[0])
        off.append(added_by_row(design, y))
    return (estimates[0] - estimates[1]) / np.sqrt(((off[0] - off[1]) ** 2).sum())


def p_values(statistics: list[float], drawn: float) -> tuple[float, float]:
    """Shares at least as great and at least as small."""
    values = np.array(statistics)
    return float((values >= drawn - 1e-9).mean()), float((values <= drawn + 1e-9).mean())
