"""How each group's answers differ from everybody else's, item by item, no small count given away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._arrays import Floats
from peernet.privacy import suppress_small
from peernet.survey.item import Item

__all__ = ["answers_differ"]


COLUMNS = ["cluster", "size", "item", "answer", "inside", "outside", "effect", "low", "high"]
WITHIN = 1.959963984540054  # standard errors to either side of a 95 % interval


def answers_differ(people: pd.DataFrame, items: Sequence[Item], labels: pd.Series, floor: int) -> pd.DataFrame:
    """Each group against everybody else, by item and answer, the largest differences first."""
    sizes = shown_counts(labels, floor)
    rows = [
        {"size": sizes.get(row["cluster"], pd.NA), "item": item.name} | row
        for item in items
        for row in _item_rows(people.loc[labels.index, item.name], item, labels, floor)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"size": "Int64"})
    order = table.assign(strength=-table["effect"].abs()).sort_values(["cluster", "strength"], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def shown_counts(labels: pd.Series, floor: int) -> dict[Any, int]:
    """People in each group whose number may be shown, so that no smaller number can be worked out."""
    counts = labels.value_counts().sort_index()
    if counts.empty:
        return {}
    shown = pd.Series(suppress_small(counts, floor=floor)).iloc[:-1].dropna()
    return {cluster: int(size) for cluster, size in shown.items()}


def _item_rows(answers: pd.Series, item: Item, labels: pd.Series, floor: int) -> Iterator[dict[str, object]]:
    known = answers.notna()
    answers, groups = answers[known], labels[known].to_numpy()
    if item.kind in ("numeric", "ordinal"):
        values = answers.cat.codes + 1 if isinstance(answers.dtype, pd.CategoricalDtype) else answers
        yield from _graded_rows(np.asarray(values, dtype=np.float64), groups, floor)
    elif item.kind == "multiple":
        for option in sorted(frozenset().union(*answers)):
            chose = [option if option in chosen else "" for chosen in answers]
            yield from (row for row in _share_rows(chose, groups, floor) if row["answer"])
    else:
        yield from _share_rows([str(answer) for answer in answers], groups, floor)


def _graded_rows(values: Floats, labels: npt.NDArray[np.int64], floor: int) -> Iterator[dict[str, object]]:
    shown = shown_counts(pd.Series(labels), floor)
    for cluster in np.unique(labels):
        inside, outside = values[labels == cluster], values[labels != cluster]
        row: dict[str, object] = {"cluster": cluster, "answer": ""}
        if cluster in shown and min(len(inside), len(outside)) >= max(floor, 2):
            effect, error = _standardised_difference(inside, outside)
            row |= {"inside": inside.mean(), "outside": outside.mean()} | _interval(effect, error)
        yield row


def _standardised_difference(inside: Floats, outside: Floats) -> tuple[float, float]:
    """Hedges' g and its standard error."""
    a, b = len(inside), len(outside)
    spread = np.sqrt(((a - 1) * inside.var(ddof=1) + (b - 1) * outside.var(ddof=1)) / (a + b - 2))
    if spread == 0:
        return np.nan, np.nan
    effect = (1 - 3 / (4 * (a + b) - 9)) * (inside.mean() - outside.mean()) / spread
    return float(effect), float(np.sqrt(1 / a + 1 / b + effect**2 / (2 * (a + b))))


def _share_rows(answers: list[str], labels: npt.NDArray[np.int64], floor: int) -> Iterator[dict[str, object]]:
    counts = pd.crosstab(np.array(answers, dtype=object), labels)
    kept = pd.DataFrame(suppress_small(counts, floor=floor)).notna().to_numpy(dtype=bool)
    kept = kept & kept[-1] & kept[:, -1:] & kept[-1, -1]  # outside the group is what is left of the totals
    inside, table = counts.sum().to_numpy(), counts.to_numpy()
    for column, cluster in enumerate(counts.columns):
        here, others = inside[column], inside.sum() - inside[column]
        for row, answer in enumerate(counts.index):
            found: dict[str, object] = {"cluster": cluster, "answer": answer}
            if kept[row, column] and others:
                shares = table[row, column] / here, (table[row].sum() - table[row, column]) / others
                angles = 2 * np.arcsin(np.sqrt(shares))
                found |= {"inside": shares[0], "outside": shares[1]}
                found |= _interval(angles[0] - angles[1], np.sqrt(1 / here + 1 / others))
            yield found


def _interval(effect: float, error: float) -> dict[str, object]:
    return {"effect": effect, "low": effect - WITHIN * error, "high": effect + WITHIN * error}
