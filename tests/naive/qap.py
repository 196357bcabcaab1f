"""QAP regression the long way: every draw is a regression of its own, on the dyads known in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def drawn_t(
    outcome: Floats, predictors: Sequence[Floats], groups: Sequence[int], orders: Sequence[Sequence[int]], once: bool
) -> Floats:
    """The t statistics, draws x predictors; an order says whose place each person takes."""
    people = range(len(outcome))
    dyads = [(i, j) for i in people for j in people if groups[i] == groups[j] and (j < i if once else i != j)]
    return np.array(
        [
            [_t_of(outcome, predictors, k, groups, dyads, order, once) for k in range(len(predictors))]
            for order in orders
        ]
    )


def _t_of(outcome, predictors, k, groups, dyads, order, once) -> float:
    others = [x for c, x in enumerate(predictors) if c != k]
    explained = [dyad for dyad in dyads if not any(np.isnan(x[dyad]) for x in predictors)]
    design = _design(explained, others, groups)
    target = np.array([predictors[k][dyad] for dyad in explained])
    rest = np.full(outcome.shape, np.nan)
    for (i, j), value in zip(explained, target - design @ np.linalg.lstsq(design, target)[0], strict=True):
        rest[i, j] = value
        if once:
            rest[j, i] = value
    shuffled = rest[np.ix_(order, order)]
    used = [dyad for dyad in explained if not np.isnan(outcome[dyad]) and not np.isnan(shuffled[dyad])]
    design = np.column_stack([_design(used, others, groups), [shuffled[dyad] for dyad in used]])
    target = np.array([outcome[dyad] for dyad in used])
    slopes, _, rank, _ = np.linalg.lstsq(design, target)
    if rank < design.shape[1] or rank == len(used):
        return np.nan
    left = target - design @ slopes
    return slopes[-1] / np.sqrt(left @ left / (len(used) - rank) * np.linalg.inv(design.T @ design)[-1, -1])


def _design(dyads, others, groups) -> Floats:
    levels = [[groups[i] == g for i, _ in dyads] for g in sorted({groups[i] for i, _ in dyads})]
    return np.column_stack([*levels, *([x[dyad] for dyad in dyads] for x in others)]).astype(float)
