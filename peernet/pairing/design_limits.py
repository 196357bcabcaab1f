"""Limits on the number of pairs as plain tables, so that a design can be kept and drawn from later."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from peernet._arrays import Ints
from peernet.errors import SettingError
from peernet.matching.limits import Counted
from peernet.pairing.pool import PairPool

__all__ = ["asked_for", "check_limits", "design_tables", "limits_of", "no_limits"]

AT = {"most": 1, "least": -1}


def no_limits() -> pd.DataFrame:
    """A table without a limit."""
    return pd.DataFrame({"rule": [], "at": [], "number": [], "price": []}, index=pd.Index([], name="limit"))


def design_tables(pool: PairPool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pairs with their values, whether they are required and which limits count them; and the limits."""
    sides = {"a": pool.people[pool.firsts], "b": pool.people[pool.seconds]}
    names = pd.Index([f"limit {k + 1}" for k in range(len(pool.limits))], name="limit")
    counted = dict(zip(names, pool.counted, strict=True))
    required = np.isin(np.arange(len(pool)), pool.required)
    pairs = pd.DataFrame({**sides, "value": pool.columns["value"], "required": required, **counted})
    words = {sign: at for at, sign in AT.items()}
    rows = [(limit.told, words[limit.sign], limit.number, limit.price) for limit in pool.limits]
    limits = pd.DataFrame(rows, columns=["rule", "at", "number", "price"], index=names) if rows else no_limits()
    return pairs, limits.replace({"price": math.inf}, np.nan)


def limits_of(limits: pd.DataFrame, pairs: pd.DataFrame, i: Ints, j: Ints, people: int) -> tuple[Counted, ...]:
    """The limits of a table, over pairs of positions."""
    found = []
    for name, row in limits.iterrows():
        cells = np.zeros((people, people), dtype=bool)
        cells[i, j] = cells[j, i] = pairs[name].to_numpy(dtype=bool)
        price = math.inf if pd.isna(row["price"]) else float(row["price"])
        found.append(Counted(cells, AT[row["at"]], int(row["number"]), price, str(row["rule"])))
    return tuple(found)


def asked_for(limits: pd.DataFrame, pairs: pd.DataFrame) -> pd.Series:
    """Which pairs a rule asks for: required ones, and those that there must be so many of at least."""
    asked = pairs["required"].astype(bool) if "required" in pairs else pd.Series(False, index=pairs.index)
    for name in limits.index[limits["at"] == "least"]:
        asked |= pairs[name].astype(bool)
    return asked


def check_limits(limits: pd.DataFrame, pairs: pd.DataFrame) -> None:
    """Raise `SettingError` where a limit has no column among the pairs, or says what no limit can."""
    for name, row in limits.iterrows():
        at, number, price = row["at"], row["number"], row["price"]
        if name not in pairs:
            raise SettingError(f"pairs must say in a column {name!r} which of them that limit counts; there is none.")
        if at not in AT:
            raise SettingError(f"The limit {name!r} must be at 'most' or at 'least'; got {at!r}.")
        if not (number >= 0 and number == int(number)):
            raise SettingError(f"The number of the limit {name!r} must be a whole number, 0 or more; got {number!r}.")
        if price < 0:
            raise SettingError(f"The price of the limit {name!r} must be missing, or 0 or more; got {price!r}.")
