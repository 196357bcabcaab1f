"""How much each item weighs in a distance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._arrays import Floats
from peernet.distance.coding import CHOSEN, NAMED, TRAIT, CodedItems
from peernet.distance.kernels import fill_rows, weighed
from peernet.errors import SettingError, check_choice, did_you_mean

__all__ = ["WEIGHTINGS", "item_weights", "mean_differences"]


WEIGHTINGS = ("contribution", "equal")
ROUNDING = 1e-12
ROWS = 256  # distinct sets of answers compared with all others at a time
MOST = 5.0  # an item on which hardly anybody differs weighs at most this many times the typical item


def item_weights(items: CodedItems, names: list[Any], weights: str | Mapping[Any, float]) -> Floats:
    """Share of weight of each item; the shares sum to 1 unless nobody answered anything."""
    if isinstance(weights, Mapping):
        raw = _given(names, weights)
    else:
        check_choice("weights", weights, WEIGHTINGS)
        raw = _from_answers(items, weights)
    return raw / raw.sum() if raw.sum() else raw


def mean_differences(items: CodedItems) -> Floats:
    """Mean difference of each item over all pairs that it compares, NaN where it compares none."""
    means = [_mean_difference(items, v, values[~np.isnan(values)]) for v, values in enumerate(items.answers)]
    return np.array(means, dtype=np.float64)


def _mean_difference(items: CodedItems, v: int, answers: Floats) -> float:
    n = len(answers)
    if n < 2:
        return np.nan
    if items.rules[v] == CHOSEN:
        return _mean_overlap(items, v)
    if items.rules[v] == NAMED:
        counts = np.unique(answers, return_counts=True)[1]
        return float(1 - (counts * (counts - 1.0)).sum() / (n * (n - 1)))
    if items.rules[v] == TRAIT:
        yes = answers.sum()
        pairs = yes * (n - yes) + yes * (yes - 1) / 2
        return float(yes * (n - yes) / pairs) if pairs else np.nan
    return float(2 * ((2 * np.arange(n) - n + 1) * np.sort(answers)).sum() / (n * (n - 1)))


def _mean_overlap(items: CodedItems, v: int) -> float:
    """Mean Jaccard distance, with each distinct set of answers compared once and counted as often as it occurs."""
    answered = np.flatnonzero(~np.isnan(items.answers[v]))
    bits = items.bits[items.words[v] : items.words[v + 1], answered]
    _, first, counts = np.unique(bits, axis=1, return_index=True, return_counts=True)
    sets = weighed(items.only(v).take(answered[first]), np.ones(1))
    total = pairs = 0.0
    for rows in np.array_split(np.arange(len(first)), -(-len(first) // ROWS)):
        apart = np.empty((len(rows), len(first)))
        fill_rows(sets.rows(rows), sets, 0.0, apart)
        often = counts[rows, None] * (counts - (rows[:, None] == np.arange(len(first))))
        total += np.nansum(apart * often)
        pairs += often[~np.isnan(apart)].sum()
    return total / pairs if pairs else np.nan


def _given(names: list[Any], weights: Mapping[Any, float]) -> Floats:
    unknown = [name for name in weights if name not in names]
    if unknown:
        hint = did_you_mean(str(unknown[0]), map(str, names))
        raise SettingError(f"weights names an item {unknown[0]!r} that is not compared.{hint}")
    raw = pd.Series(weights, dtype=np.float64).reindex(names, fill_value=0.0).to_numpy()
    if not (np.isfinite(raw).all() and (raw >= 0).all() and raw.any()):
        raise SettingError(f"weights must be finite, not negative and not all zero; got {dict(weights)!r}.")
    return raw


def _from_answers(items: CodedItems, weighting: str) -> Floats:
    """Weight 0 for items that set nobody apart, except where that is true of them all."""
    apart = _sets_apart(items)
    if weighting == "equal" and apart.any():
        return apart.astype(np.float64)
    means = mean_differences(items)
    informative = means > ROUNDING
    if not informative.any():
        return (~np.isnan(means)).astype(np.float64)
    raw = np.divide(1.0, means, out=np.zeros_like(means), where=informative)
    return np.asarray(np.minimum(raw, MOST * np.median(raw[informative])))


def _sets_apart(items: CodedItems) -> npt.NDArray[np.bool_]:
    """Whether any two people differ on each item."""
    most = np.fmax.reduce(items.answers, axis=1, initial=-np.inf)
    apart = most > np.fmin.reduce(items.answers, axis=1, initial=np.inf)
    for v in np.flatnonzero(items.rules == CHOSEN):
        sets = items.bits[items.words[v] : items.words[v + 1], ~np.isnan(items.answers[v])]
        apart[v] = (sets != sets[:, :1]).any()
    return np.asarray(apart)
