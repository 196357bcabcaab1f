"""Surveys without groups: the same answers, as alike between items as before, dealt out again as one cloud."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.linalg import eigh
from scipy.special import ndtri

from peernet._arrays import Floats
from peernet.clusters.group_tables import centred_squares
from peernet.distance.coding import CHOSEN, NAMED, CodedItems

__all__ = ["answer_scores", "deal_again", "latent_loadings"]


MULTIPLICATIONS = 50
ORDERS = 12  # of the polynomials that turn a normal variable into answers


def answer_scores(items: CodedItems, table: Floats) -> Floats:
    """One number per answer, so that every item has an order: item x person, NaN where unanswered.

    Answers without an order of their own (categories, sets) take the mean place, on the main axis of the distances,
    of the people who gave them.
    """
    axis = _main_axis(table)
    scores = items.answers.astype(np.float64)
    for v, rule in enumerate(items.rules):
        if rule == NAMED:
            answered = ~np.isnan(scores[v])
            scores[v, answered] = pd.Series(axis[answered]).groupby(scores[v, answered]).transform("mean")
        elif rule == CHOSEN:
            scores[v] = np.where(np.isnan(scores[v]), np.nan, _set_scores(items, v, axis))
    return scores


def _main_axis(table: Floats) -> Floats:
    """First principal coordinate up to its length, by repeated multiplication; its largest entry is positive."""
    centred = centred_squares(table)
    axis = centred.diagonal() - centred.diagonal().mean()
    for _ in range(MULTIPLICATIONS):
        axis = centred @ axis
        axis = axis / max(np.linalg.norm(axis), 1e-300)
    return np.asarray(axis * np.sign(axis[np.argmax(np.abs(axis))]))


def _set_scores(items: CodedItems, v: int, axis: Floats) -> Floats:
    """Mean over the answers chosen of the mean place of those who chose each."""
    words = np.ascontiguousarray(items.bits[items.words[v] : items.words[v + 1]].T)
    chosen = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little").astype(np.float64)
    place = axis @ chosen / np.maximum(chosen.sum(axis=0), 1)
    return np.asarray(chosen @ place / np.maximum(chosen.sum(axis=1), 1))


def latent_loadings(scores: Floats) -> Floats:
    """Loadings of normal variables that, cut into the items' answers, correlate on the whole as the items do."""
    wanted = _correlation_beyond_chance(scores)
    shapes = np.array([_shape(answers[~np.isnan(answers)]) for answers in scores])
    low, high = -np.ones_like(wanted), np.ones_like(wanted)
    for _ in range(30):
        middle = (low + high) / 2
        reached = sum(np.outer(shape, shape) * middle**order for order, shape in enumerate(shapes.T, start=1))
        low, high = np.where(reached < wanted, middle, low), np.where(reached < wanted, high, middle)
    np.fill_diagonal(middle, 1.0)
    values, vectors = eigh(middle)
    loadings = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(loadings / np.linalg.norm(loadings, axis=1, keepdims=True))


def _correlation_beyond_chance(scores: Floats) -> Floats:
    """Correlations less what chance adds to their squares, so that new samples show as much as these answers."""
    observed = pd.DataFrame(scores.T).corr().fillna(0.0).to_numpy()
    answered = (~np.isnan(scores)).astype(np.float64)
    chance = (1 - observed**2) ** 2 / np.maximum(answered @ answered.T - 1, 1)
    return np.asarray(np.sign(observed) * np.sqrt(np.maximum(observed**2 - chance, 0.0)))


def _shape(answers: Floats) -> Floats:
    """Hermite coefficients of the answers as a function of a normal variable.

    Two such functions of normal variables with correlation r correlate as the sum of the products of their
    coefficients times r to the power of the order (Mehler).
    """
    if len(answers) < 2 or np.ptp(answers) == 0:
        return np.zeros(ORDERS)
    normal = ndtri((np.arange(len(answers)) + 0.5) / len(answers))
    standard = np.sort((answers - answers.mean()) / answers.std())
    before, now = np.zeros_like(normal), np.ones_like(normal)
    coefficients = []
    for order in range(ORDERS):
        before, now = now, (normal * now - np.sqrt(order) * before) / np.sqrt(order + 1)
        coefficients.append((standard * now).mean())
    return np.array(coefficients)


def deal_again(items: CodedItems, scores: Floats, loadings: Floats, rng: np.random.Generator) -> CodedItems:
    """Deal each item's answers out again in the order of correlated normal variables; who answered what stays."""
    latent = loadings @ rng.standard_normal((loadings.shape[1], len(items.people)))
    answers, bits = items.answers.copy(), items.bits.copy()
    for v in range(len(scores)):
        answered = np.flatnonzero(~np.isnan(scores[v]))
        giver = answered[np.argsort(scores[v, answered], kind="stable")]
        taker = answered[np.argsort(latent[v, answered], kind="stable")]
        words = slice(items.words[v], items.words[v + 1])
        answers[v, taker] = items.answers[v, giver]
        bits[words, taker] = items.bits[words, giver]
    return items._replace(answers=answers, bits=bits)
