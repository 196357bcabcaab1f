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


def drawn_scores(
    outcome: Floats, predictors: Sequence[Floats], groups: Sequence[int], orders: Sequence[Sequence[int]], once: bool
) -> Floats:
    """What people bring to each effect, half its sum over the root of its squares; draws x predictors."""
    people = range(len(outcome))
    dyads = [(i, j) for i in people for j in people if groups[i] == groups[j] and (j < i if once else i != j)]
    explained = [dyad for dyad in dyads if not any(np.isnan(x[dyad]) for x in predictors)]
    found = np.empty((len(orders), len(predictors)))
    for k, own in enumerate(predictors):
        others = [x for c, x in enumerate(predictors) if c != k]
        moved = _rest(own, explained, others, groups, once)
        left = _rest(outcome, [d for d in explained if not np.isnan(outcome[d])], others, groups, once)
        for draw, order in enumerate(orders):
            product = np.nan_to_num(moved[np.ix_(order, order)] * left)
            brought = product.sum(axis=1) if once else product.sum(axis=0) + product.sum(axis=1)
            with np.errstate(invalid="ignore"):
                found[draw, k] = brought.sum() / 2 / np.sqrt((brought**2).sum())
    return found


def _rest(matrix, dyads, others, groups, once) -> Floats:
    """What others leave of a relation, missing elsewhere."""
    design, target = _design(dyads, others, groups), np.array([matrix[dyad] for dyad in dyads])
    rest = np.full(matrix.shape, np.nan)
    for (i, j), value in zip(dyads, target - design @ np.linalg.lstsq(design, target)[0], strict=True):
        rest[i, j] = value
        if once:
            rest[j, i] = value
    return rest


def _t_of(outcome, predictors, k, groups, dyads, order, once) -> float:
    others = [x for c, x in enumerate(predictors) if c != k]
    explained = [dyad for dyad in dyads if not any(np.isnan(x[dyad]) for x in predictors)]
    rest = _rest(predictors[k], explained, others, groups, once)
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
