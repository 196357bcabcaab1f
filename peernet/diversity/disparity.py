"""Disparity: how unequally status is spread over a set of people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from peernet._arrays import Floats
from peernet.errors import SettingError, did_you_mean
from peernet.survey.item import Item
from peernet.survey.survey import Survey

__all__ = ["inequality", "status_answers"]

GRADED = ("numeric", "ordinal")


def status_answers(survey: Survey, status: Sequence[str] | None) -> pd.DataFrame:
    """Graded answers that tell of status, as numbers: years as they are, grades counted from 1."""
    graded = {item.name: item for item in survey.codebook.items if item.kind in GRADED and item.name in survey.people}
    experience = [name for name, item in graded.items() if item.block == "experience"]
    for name in status or ():
        if name not in graded or graded[name].block == "protected":
            hint = did_you_mean(name, graded)
            raise SettingError(f"status names {name!r}, which is no graded item of the survey that may be used.{hint}")
    names = experience if status is None else list(status)
    return pd.DataFrame({name: _amounts(survey.people[name], graded[name]) for name in names}, survey.people.index)


def _amounts(answers: pd.Series, item: Item) -> pd.Series[float]:
    if isinstance(answers.dtype, pd.CategoricalDtype):
        codes = answers.cat.codes.astype(float)
        return codes.where(codes >= 0) + 1
    amounts = answers.astype(float)
    lowest = item.low if item.low is not None else min(0.0, float(np.nan_to_num(amounts.min())))
    return amounts - lowest + 1 if item.kind == "ordinal" else amounts - min(lowest, 0.0)


def inequality(amounts: Floats) -> Floats:
    """Gini coefficient of each column: 0 where everybody has the same, 1 where one person has all.

    Corrected for the number of people, so that teams of different size compare. Missing answers are left out; missing
    where fewer than two people answered.
    """
    ordered = np.sort(amounts, axis=0)  # missing ones last
    n = (~np.isnan(ordered)).sum(axis=0)
    rank = np.arange(1, len(ordered) + 1)[:, None]
    total = np.nansum(ordered, axis=0)
    spread = np.nansum((2 * rank - n - 1) * ordered, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(total > 0, spread / ((n - 1) * total), 0.0)
    return np.asarray(np.where(n > 1, found, np.nan))
