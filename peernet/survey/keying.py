"""Whether the items of one scale run the same way, once those the codebook calls reversed have been turned round."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats
from peernet.survey.codebook import Codebook
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item

FEWEST_ITEMS = 3  # of two items that run against each other nobody can tell which is the odd one
FEWEST_PEOPLE = 6
AGAINST = -0.3  # correlation with the rest of the scale from which on an item runs against it
SURELY = 2.5  # times its standard error by which the correlation must differ from 0


def log_keying(codebook: Codebook, answers: pd.DataFrame, log: IssueLog) -> None:
    """Warn of every item that runs against its scale; nothing is turned round on a guess.

    Parameters
    ----------
    codebook
        Says which items belong to one scale, and which are reversed.
    answers
        Typed answers, reversed items already turned round.
    log
        Receives one warning per item: a reversed one was probably turned round before the file was made, another is
        probably worded against its scale.
    """
    for scale in dict.fromkeys(item.scale for item in codebook if item.scale):
        items = [item for item in codebook if item.scale == scale and item.name in answers and _is_graded(item)]
        if len(items) >= FEWEST_ITEMS:
            graded = pd.DataFrame({item.name: _as_numbers(answers[item.name]) for item in items})
            _log_scale(scale, items, graded, log)


def _is_graded(item: Item) -> bool:
    return item.kind in ("numeric", "ordinal")


def _as_numbers(column: pd.Series) -> pd.Series[float]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.where(column.notna()).astype(float)
    return column.astype(float)


def _log_scale(scale: str, items: list[Item], graded: pd.DataFrame, log: IssueLog) -> None:
    signs = _signs(graded, np.array([item.reverse for item in items]))
    if (signs > 0).all():
        return
    deviations = (graded - graded.mean()) / graded.std().replace(0, np.nan)
    for item, sign in zip(items, signs, strict=True):
        rest = (deviations * signs).drop(columns=item.name).mean(axis=1)
        r = _clear_correlation(deviations[item.name], rest) if sign < 0 else 0.0
        if r < AGAINST:
            problem = f"{item.name!r} runs against the other items of scale {scale!r} (r = {r:.2f})"
            if item.reverse:
                problem += " after being turned round"
                guess = 'perhaps the file has it turned round already: then take "reverse" out of the codebook'
            else:
                guess = 'perhaps it is worded against the scale: then give it "reverse": true'
            log.warning(problem, f"kept as the codebook says; {guess}", item=item.name)


def _signs(graded: pd.DataFrame, reversed_items: Flags) -> Floats:
    """1 for the items of a scale that run with most of the others and -1 for those against, by their main component.

    Where as many run one way as the other, those that were not turned round count as running the right way.
    """
    together = graded.corr(min_periods=FEWEST_PEOPLE).fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(together, 1.0)
    signs = np.where(np.linalg.eigh(together)[1][:, -1] < 0, -1.0, 1.0)
    majority = signs.sum() or signs[~reversed_items].sum()
    return -signs if majority < 0 else signs


def _clear_correlation(one: pd.Series[float], other: pd.Series[float]) -> float:
    """The correlation of two columns; 0 where too few people answered both, or it may be chance."""
    both = one.notna() & other.notna()
    n = int(both.sum())
    if n < FEWEST_PEOPLE or one[both].nunique() < 2 or other[both].nunique() < 2:
        return 0.0
    r = float(np.corrcoef(one[both], other[both])[0, 1])
    error = np.sqrt((1 - min(r * r, 1.0)) / (n - 2))
    return r if abs(r) >= SURELY * error else 0.0
