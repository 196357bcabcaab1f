"""Ordinary teams: answers go together as they do among everybody, and people differ by degree, not in camps.

What a team's faultline is held against. Answers to questions about one trait line up in every team, so shuffling them
one by one would find a faultline wherever a trait is asked for twice. An ordinary team is drawn instead from normally
distributed traits with the correlations that answers have within the teams of the survey (a Gaussian copula), and each
answer from the unimodal distribution nearest to that of all answers to its question.

References
----------
Schäfer, J. & Strimmer, K. (2005). A shrinkage approach to large-scale covariance matrix estimation and implications for
functional genomics. Statistical Applications in Genetics and Molecular Biology 4, 32.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.special import ndtr, ndtri

from peernet._arrays import Floats, Ints
from peernet.distance.coding import CHOSEN, NAMED, SCALED, TRAIT, CodedItems
from peernet.distance.distances import PersonDistances
from peernet.survey.item import Item

PLACES = 100  # answers an item can take in a drawn team, in rising order and equally likely
BINS = (4, 20)  # intervals of a number without grades, at least and at most
FINE, DEGREES = 2_000, 30  # places and polynomials that tell the shape of the answers to an item
CLOSEST = 0.99  # correlation of two questions at most: they never are one and the same
ROUNDING = 1e-9


class Spread(NamedTuple):
    """The answers that an item can take in a drawn team, all equally likely, in rising order."""

    tables: Floats  # item x answer x answer: how far apart two of them are
    scores: Floats  # item x answer: normal scores


@dataclass(frozen=True, eq=False)
class OrdinaryTeams:
    """Draws teams in which answers go together as in the whole survey, and nobody is in camps.

    Parameters
    ----------
    scores
        Normal score of everybody's answer to each item, item x person; missing where there is none.
    correlation
        Of the traits behind the items, within teams.
    spread
        The answers each item can take.
    """

    scores: Floats
    correlation: Floats
    spread: Spread

    def draw(self, people: int, draws: int, rng: np.random.Generator) -> Ints:
        """Places of the answers in ``spread``, draw x item x person."""
        value, axis = np.linalg.eigh(self.correlation)
        traits = axis * np.sqrt(np.maximum(value, 0.0)) @ rng.standard_normal((draws, len(value), people))
        return np.asarray(np.minimum((ndtr(traits) * PLACES).astype(np.int64), PLACES - 1))


def ordinary_teams(distances: PersonDistances, items: Mapping[int, Item], teams: Iterable[Ints]) -> OrdinaryTeams:
    """What answers have in common within these teams, and among the people in none of them.

    ``items`` are those to be answered, by their place in the distances; somebody has answered each.
    """
    coded = [distances.items.only(v) for v in items]
    leanings = leanings_of(coded)
    scores = np.stack([normal_scores(leaning) for leaning in leanings])
    tables, places = np.empty((len(coded), PLACES, PLACES)), np.zeros((len(coded), PLACES))
    for v, (one, (place, item)) in enumerate(zip(coded, items.items(), strict=True)):
        known = np.flatnonzero(~np.isnan(leanings[v]))
        if one.rules[0] == SCALED:
            answers = places_of(one.answers[0], _step(item, one.answers[0]))
            tables[v] = np.abs(answers[:, None] - answers)
            at, first = np.unique(one.answers[0][known], return_index=True)
            places[v] = np.interp(answers, at, scores[v, known][first])
        else:  # the answers of people who stand for equal shares of all, in rising order
            order = known[np.argsort(leanings[v][known], kind="stable")]
            lent = order[((np.arange(PLACES) + 0.5) / PLACES * len(order)).astype(np.int64)]
            tables[v], places[v] = _apart(one, distances.on_items(place), lent), scores[v, lent]
    teams = list(teams)
    rest = np.setdiff1d(np.arange(len(distances)), np.concatenate([np.empty(0, dtype=np.int64), *teams]))
    together = [team for team in (*teams, rest) if len(team) > 1]  # who is in no team counts as one more
    return OrdinaryTeams(scores, within_correlation(scores, together), Spread(tables, places))


def leanings_of(coded: Sequence[CodedItems]) -> list[Floats]:
    """One number per person and item: graded answers as they are, others by what goes with them in the other items.

    Of the ways to put categories on a line it takes the one that has most in common with all the other items.
    """
    columns = [_columns(one) for one in coded]
    ends = np.cumsum([0, *(len(own) for own in columns)])
    everything = np.concatenate(columns)
    together = everything @ everything.T / everything.shape[1]
    found = []
    for v, own in enumerate(columns):
        here = np.arange(ends[v], ends[v + 1])
        others = np.delete(np.arange(len(together)), here) if len(columns) > 1 else here
        inside, outside = together[np.ix_(here, here)], together[np.ix_(here, others)]
        line = _most_in_common(inside, outside) if len(own) > 1 else np.ones(1)
        found.append(np.where(np.isnan(coded[v].answers[0]), np.nan, line @ own))
    return found


def _most_in_common(inside: Floats, outside: Floats) -> Floats:
    """Weights of an item's columns whose sum, of variance one, covaries most with the columns of others."""
    value, axis = np.linalg.eigh(inside)
    kept = value > ROUNDING
    whitened = axis[:, kept] / np.sqrt(value[kept])
    return np.asarray(whitened @ np.linalg.svd(whitened.T @ outside, full_matrices=False)[0][:, 0])


def _columns(one: CodedItems) -> Floats:
    """An item's answers as standardised columns, one per category or choice where it has no grades; 0 where missing."""
    answers = one.answers[0]
    known = ~np.isnan(answers)
    if one.rules[0] == NAMED:
        raw = (answers == np.unique(answers[known])[:, None]).astype(float)
    elif one.rules[0] == CHOSEN:
        raw = ((one.bits[:, None] >> np.arange(64, dtype=np.uint64)[:, None]) & np.uint64(1)).reshape(-1, len(answers))
        raw = raw[raw.any(axis=1)].astype(float)
    else:
        raw = np.nan_to_num(answers)[None]
    raw = np.where(known, raw - raw[:, known].mean(axis=1, keepdims=True), 0.0)
    size = np.sqrt((raw**2).sum(axis=1, keepdims=True) / known.sum())
    return np.asarray(np.divide(raw, size, out=np.zeros_like(raw), where=size > ROUNDING))


def normal_scores(leaning: Floats) -> Floats:
    """Mean standard normal value of everybody's place in order; equals share one, missing where there is no answer."""
    known = np.flatnonzero(~np.isnan(leaning))
    order = known[np.argsort(leaning[known], kind="stable")]
    values = ndtri((np.arange(len(order)) + 0.5) / len(order)) if len(order) else np.empty(0)
    tied = np.cumsum(np.diff(leaning[order], prepend=leaning[order[:1]]) > ROUNDING)
    scores: Floats = np.full(len(leaning), np.nan)
    scores[order] = (np.bincount(tied, values) / np.bincount(tied))[tied] if len(order) else values
    return scores


def within_correlation(scores: Floats, teams: Iterable[Ints]) -> Floats:
    """Correlation, within teams, of the traits behind the items.

    What few people leave uncertain is drawn in towards no correlation (Schäfer and Strimmer).
    """
    centred, loose = scores.copy(), 0
    for team in teams:
        known = ~np.isnan(scores[:, team])
        mean = np.nansum(scores[:, team], axis=1) / np.maximum(known.sum(axis=1), 1)
        centred[:, team] = scores[:, team] - mean[:, None]
        loose += len(team) - 1
    known, filled = (~np.isnan(centred)).astype(float), np.nan_to_num(centred)
    together = filled @ filled.T / np.maximum(known @ known.T, 1)
    seen = _scaled(together)
    apart = ~np.eye(len(seen), dtype=bool)
    total, error = (seen[apart] ** 2).sum(), ((1 - seen[apart] ** 2) ** 2).sum() / max(loose, 1)
    behind = traits_behind(scores, seen) * (1 - min(1.0, error / total) if total > 0 else 0.0)
    np.fill_diagonal(behind, 1.0)
    value, axis = np.linalg.eigh(behind)
    return _scaled(axis * np.maximum(value, 0.0) @ axis.T)


def traits_behind(scores: Floats, seen: Floats) -> Floats:
    """The correlations of normal traits that show as these once answers are as coarse and as skewed as they are.

    Two functions of normal traits with correlation r covary by the sum over k of r^k g_k h_k, their coefficients in
    normed Hermite polynomials (Mehler's expansion).
    """
    even = ndtri((np.arange(FINE) + 0.5) / FINE)
    known = [np.sort(own[~np.isnan(own)]) for own in scores]
    shape = np.stack([own[((np.arange(FINE) + 0.5) / FINE * len(own)).astype(np.int64)] for own in known])
    before, now, parts = np.zeros(FINE), np.ones(FINE), []
    for k in range(DEGREES):
        before, now = now, (even * now - np.sqrt(k) * before) / np.sqrt(k + 1)
        parts.append(shape @ now / FINE)
    part, grid = np.array(parts), np.linspace(-CLOSEST, CLOSEST, 199)
    size = shape.std(axis=1)
    part = np.divide(part, size, out=np.zeros_like(part), where=size > ROUNDING)
    powers = grid[:, None] ** np.arange(1, DEGREES + 1)
    found = np.zeros_like(seen)
    for i in range(len(seen)):
        for j in range(i):
            found[i, j] = found[j, i] = np.interp(seen[i, j], powers @ (part[:, i] * part[:, j]), grid)
    return found


def _scaled(covariance: Floats) -> Floats:
    """Covariances as correlations; 0 with what does not vary."""
    size = np.sqrt(np.diag(covariance))
    both = np.outer(size, size)
    return np.asarray(np.divide(covariance, both, out=np.zeros_like(covariance), where=both > 0))


def _step(item: Item, answers: Floats) -> float | None:
    """How far two neighbouring grades are apart, the whole scale being one; None for a number without grades."""
    if item.kind != "ordinal":
        return None
    if item.categories:
        return 1.0 / max(len(item.categories) - 1, 1)
    if item.limits:
        return 1.0 / max(item.limits[1] - item.limits[0], 1.0)
    return float(np.diff(np.unique(answers[~np.isnan(answers)]), prepend=-1.0).min())


def places_of(answers: Floats, step: float | None) -> Floats:
    """Equally likely answers, in rising order, of the unimodal distribution nearest to that of the answers."""
    known, even = np.sort(answers[~np.isnan(answers)]), (np.arange(PLACES) + 0.5) / PLACES
    low, high = known[0], known[-1]
    if high - low <= ROUNDING:
        return np.full(PLACES, low)
    if step is not None:
        grade = np.rint(known / step).astype(np.int64)
        share = nearest_unimodal(np.bincount(grade, minlength=round(1 / step) + 1) / len(known))
        return np.asarray(np.searchsorted(np.cumsum(share)[:-1], even) * step)
    bins = int(np.clip(np.sqrt(len(known)), *BINS))
    edges = np.linspace(low, high, bins + 1)
    inside = np.clip(np.searchsorted(edges, known, side="right") - 1, 0, bins - 1)
    share = nearest_unimodal(np.bincount(inside, minlength=bins) / len(known))
    drawn = np.searchsorted(np.cumsum(share)[:-1], even)
    found = np.empty(PLACES)
    for k in np.unique(drawn):
        own, at = known[inside == k], (np.arange((drawn == k).sum()) + 0.5) / (drawn == k).sum()
        found[drawn == k] = np.quantile(own, at) if len(own) > 1 else edges[k] + at * (edges[k + 1] - edges[k])
    return found


def nearest_unimodal(share: Floats) -> Floats:
    """The shares that rise to one peak and fall again, and are nearest to these by least squares."""
    best, nearest = np.inf, share
    for peak in range(len(share)):
        rising, falling = (
            isotonic_regression(share[: peak + 1]).x,
            isotonic_regression(share[peak:], increasing=False).x,
        )
        found = np.concatenate([rising[:-1], [max(rising[-1], falling[0])], falling[1:]])
        error = float(((found - share) ** 2).sum())
        if error < best:
            best, nearest = error, found / found.sum()
    return nearest


def _apart(one: CodedItems, alone: PersonDistances, lent: Ints) -> Floats:
    """How far apart the answers of some people to one item are; missing for two that are not compared."""
    if one.rules[0] == CHOSEN:
        return alone.block(lent, lent)
    answers = one.answers[0][lent]
    different = (answers[:, None] != answers).astype(float)
    nothing = (one.rules[0] == TRAIT) & (answers[:, None] == 0) & (answers == 0)
    return np.where(nothing, np.nan, different)
