"""What sets each group of people apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet.codebook import Item
from peernet.distance import compared_items
from peernet.errors import SettingError, check_choice
from peernet.privacy import suppress_small
from peernet.survey import Survey

__all__ = ["describe_clusters"]

Floats = npt.NDArray[np.float64]

COLUMNS = ["cluster", "size", "item", "answer", "inside", "outside", "effect", "low", "high"]
WITHIN = 1.959963984540054  # standard errors to either side of a 95 % interval


def describe_clusters(
    survey: Survey, groups: pd.DataFrame, view: str, *, block: str | None = None, floor: int = 5
) -> pd.DataFrame:
    """What sets each group of one view apart from everybody else, item by item.

    Parameters
    ----------
    survey
        The survey.
    groups
        Groups per view, as in ``PeopleClusters.table``.
    view
        The view whose groups to describe.
    block
        The block of items to describe them by; by default the view's own. The groups were formed to differ on those,
        so their intervals describe and do not test; items of another block are free of that.
    floor
        Answers given by fewer people than this, and others from which they could be worked out, are hidden.

    Returns
    -------
    pandas.DataFrame
        Per group, the largest differences first: ``cluster``, its ``size``, ``item``, ``answer`` (empty for graded
        items), mean answer or share of people ``inside`` the group and ``outside`` it, and the ``effect`` with its 95 %
        interval ``low`` to ``high``: Hedges' g for graded items, Cohen's h for shares. Hidden values are missing. Empty
        where there are no groups.

    Raises
    ------
    SettingError
        If the view has no column in ``groups``, or ``floor`` is below 1.

    References
    ----------
    Hedges (1981), Distribution theory for Glass's estimator of effect size and related estimators, Journal of
    Educational Statistics 6, 107-128.
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapter 6.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> profile = describe_clusters(survey, pn.cluster_people(survey, draws=39).table, "perspective")
    >>> profile.columns.tolist()
    ['cluster', 'size', 'item', 'answer', 'inside', 'outside', 'effect', 'low', 'high']
    """
    check_choice("view", view, groups.columns)
    if floor < 1:
        raise SettingError(f"floor must be at least 1; got {floor!r}.")
    labels = groups[view].dropna().astype(np.int64)
    rows = [
        {"size": int((labels == row["cluster"]).sum()), "item": item.name} | row
        for item in compared_items(survey, block or view)
        for row in _item_rows(survey.people.loc[labels.index, item.name], item, labels, floor)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = table.assign(strength=-table["effect"].abs()).sort_values(["cluster", "strength"], kind="stable").index
    return table.loc[order].reset_index(drop=True)


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
    for cluster in np.unique(labels):
        inside, outside = values[labels == cluster], values[labels != cluster]
        row: dict[str, object] = {"cluster": cluster, "answer": ""}
        if min(len(inside), len(outside)) >= max(floor, 2):
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
    kept = pd.DataFrame(suppress_small(counts, floor=floor)).notna().to_numpy(dtype=bool)[:-1, :-1]
    inside, table = counts.sum().to_numpy(), counts.to_numpy()
    for column, cluster in enumerate(counts.columns):
        here, others = inside[column], inside.sum() - inside[column]
        for row, answer in enumerate(counts.index):
            found: dict[str, object] = {"cluster": cluster, "answer": answer}
            if kept[row].all() and others:
                shares = table[row, column] / here, (table[row].sum() - table[row, column]) / others
                angles = 2 * np.arcsin(np.sqrt(shares))
                found |= {"inside": shares[0], "outside": shares[1]}
                found |= _interval(angles[0] - angles[1], np.sqrt(1 / here + 1 / others))
            yield found


def _interval(effect: float, error: float) -> dict[str, object]:
    return {"effect": effect, "low": effect - WITHIN * error, "high": effect + WITHIN * error}
