"""Pairs in which everybody is in one pair: nine by hand, and worlds in which the truth is known."""

import numpy as np
import pandas as pd

# Results of R's nlme::gls on these stand in tests/unit/dyads/test_apim.py.
NINE = pd.DataFrame(
    {
        "a": ["ann", "bo", "cy", "di", "ed", "fay", "gus", "hal", "ivy"],
        "b": ["jo", "kim", "lea", "mo", "ned", "oda", "pam", "quy", "ray"],
        "pace_a": [3.0, 5, 2, 4, 1, 4, 5, 2, 3],
        "pace_b": [4.0, 1, 2, 5, 3, 2, 3, 5, 1],
        "before_a": [2.0, 4, 3, 5, 1, 2, 4, 3, 2],
        "before_b": [3.0, 2, 5, 4, 2, 1, 3, 4, 5],
        "hours": [4.0, 2, 7, 5, 3, 6, 1, 8, 2],
        "role_a": ["old", "new", "old", "new", "old", "new", "old", "new", "old"],
        "role_b": ["new", "old", "new", "old", "new", "old", "new", "old", "new"],
        "gain_a": [5.1, 7.4, 4.2, 8.0, 2.1, 5.2, 6.3, 6.1, 3.2],
        "gain_b": [4.0, 3.1, 6.9, 6.2, 4.4, 2.3, 6.0, 7.7, 6.1],
    }
)

WORLDS = ("normal", "disagreeing", "heavy tails", "skewed", "binary", "spread goes with x")


def world(
    kind: str,
    pairs: int,
    rng: np.random.Generator,
    actor: float = 0.0,
    partner: float = 0.0,
    *,
    rho: float | None = None,
) -> pd.DataFrame:
    """Pairs whose outcome has these actor and partner effects, and whose errors are of a kind.

    Errors have standard deviation 1 (but for "spread goes with x": exp(x / 2)) and correlate at ``rho``: .4 unless
    given, "disagreeing" ones at -.7; the predictors of the two correlate at .3.
    """
    x = rng.standard_normal((pairs, 2))
    x[:, 1] = 0.3 * x[:, 0] + np.sqrt(1 - 0.09) * x[:, 1]
    drawn = {
        "heavy tails": lambda size: rng.standard_t(3, size) / np.sqrt(3),
        "skewed": lambda size: rng.standard_exponential(size) - 1,
    }.get(kind, rng.standard_normal)((pairs, 2))
    if rho is None:
        rho = -0.7 if kind == "disagreeing" else 0.4
    sums, differences = drawn.sum(axis=1) * np.sqrt((1 + rho) / 2), (drawn[:, 0] - drawn[:, 1]) * np.sqrt((1 - rho) / 2)
    errors = np.stack([sums + differences, sums - differences], axis=1) / np.sqrt(2)
    if kind == "spread goes with x":
        errors *= np.exp(x / 2)
    y = actor * x + partner * x[:, ::-1] + errors
    if kind == "binary":
        y = (y > 0.5).astype(float)
    return pd.DataFrame({"x_a": x[:, 0], "x_b": x[:, 1], "y_a": y[:, 0], "y_b": y[:, 1]})


def turned(table: pd.DataFrame, which: np.ndarray) -> pd.DataFrame:
    """The same pairs with the members of some the other way round."""

    def other(column: str) -> str:
        if column in ("a", "b"):
            return "ba"["ab".index(column)]
        return {"_a": f"{column[:-2]}_b", "_b": f"{column[:-2]}_a"}.get(column[-2:], column)

    return pd.DataFrame({c: np.where(which, table[other(c)], table[c]) for c in table}).infer_objects()
