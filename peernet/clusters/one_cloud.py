"""Surveys without groups to compare with: the same answers, dealt out again to one cloud of people.

In the cloud everybody has a place on every trait, and traits have one peak. Answers are cut from the traits, so that
each item keeps its answers and its gaps. The cloud is fitted until its surveys resemble the one at hand in how items go
together, in how skewed the leading traits are, and in how much some people answer more extremely than others: none of
these makes groups.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.linalg import eigh
from scipy.special import ndtri

from peernet._arrays import Floats, Ints
from peernet.clusters.partition import Places
from peernet.distance.coding import CHOSEN, NAMED, CodedItems

BISECTIONS = 30  # for the correlation of two normal variables: as near as 1e-9
ORDERS = 12  # of the polynomials that turn a normal variable into answers
RELIABLE = 0.95  # no answer tells more of a trait: an item read without error would itself part people into groups
TRAITS = 3  # that may be skewed
ROUNDS = 14  # of fitting
DRAWN = 480  # people drawn in each round
SKEWED, EXTREME = 1.5, 1.2  # the most a trait is skewed (1 is lognormal) and people vary in how extremely they answer
STRETCHED = (0.3, 3.0)  # least and most that a trait is stretched
FASTER = (0.25, 0.7, 0.8)  # steps in skewness, log of the stretch, and extremeness per unit of what is missing
LEAST = 1e-12  # below this there is no spread
FLAT = 0.1  # variance of an axis below which people's places on it say nothing


@dataclass(frozen=True, eq=False)
class Cloud:
    """People with places on traits, and how answers follow from them.

    Parameters
    ----------
    loadings
        Of the items on traits of unit variance, item x trait, the leading ones first.
    skews
        Of the leading traits: they are shifted lognormal, the exponential of ``skew`` times a normal variable, and
        normal where it is 0.
    stretch
        Of the same traits, which skewness makes less visible in the answers.
    extremes
        Standard deviation of the logarithm of how extremely people answer.
    """

    loadings: Floats
    skews: Floats
    stretch: Floats
    extremes: float = 0.0

    def latent(self, rng: np.random.Generator, people: int) -> Floats:
        """What people would answer before it is cut into answers, item x person."""
        places = rng.standard_normal((self.loadings.shape[1], people))
        for trait, skew in enumerate(self.skews):
            places[trait] = _skewed(places[trait], skew)
        stretched = self.loadings.copy()
        stretched[:, : len(self.stretch)] *= self.stretch
        stretched /= np.maximum(np.linalg.norm(stretched, axis=1, keepdims=True), LEAST)
        error = rng.standard_normal((len(stretched), people))
        extremes = np.exp(self.extremes * rng.standard_normal(people))
        return np.asarray((np.sqrt(RELIABLE) * stretched @ places + np.sqrt(1 - RELIABLE) * error) * extremes)


def _skewed(normal: Floats, skew: float) -> Floats:
    """A lognormal variable of mean 0 and variance 1, or the normal one where there is no skew."""
    if abs(skew) < 0.01:
        return normal
    grown = np.exp(skew**2)
    return np.asarray((np.exp(skew * normal) - np.sqrt(grown)) / np.sqrt(grown * (grown - 1)) * np.sign(skew))


def fit_cloud(scores: Floats, rng: np.random.Generator) -> Cloud:
    """The cloud whose surveys resemble the answers, one number per answer, item x person.

    Correlations come first; then skewness, stretch and extremeness move towards what is seen on the leading axes,
    round by round on the same draws.
    """
    loadings = latent_loadings(scores)
    seen = _Likeness(scores, loadings)
    traits = min(TRAITS, len(scores))
    cloud, wanted = Cloud(loadings, np.zeros(traits), np.ones(traits)), seen.of(scores)
    people, seed = scores.shape[1], int(rng.integers(2**32))
    for _ in range(ROUNDS):
        same = np.random.default_rng(seed)
        drawn = [seen.of(dealt(scores, cloud.latent(same, people))) for _ in range(max(DRAWN // people, 4))]
        missing = [want - np.mean(have, axis=0) for want, have in zip(wanted, zip(*drawn, strict=True), strict=True)]
        skews, spreads, extremes = (faster * step for faster, step in zip(FASTER, missing, strict=True))
        cloud = replace(
            cloud,
            skews=np.clip(cloud.skews + skews, -SKEWED, SKEWED),
            stretch=np.clip(cloud.stretch * np.exp(spreads), *STRETCHED),
            extremes=float(np.clip(cloud.extremes + extremes, 0, EXTREME)),
        )
    return cloud


class _Likeness:
    """What a cloud is fitted to, along the axes of given loadings: skewness, log variance, and how radii vary."""

    def __init__(self, scores: Floats, loadings: Floats) -> None:
        answered = ~np.isnan(scores)
        few = np.maximum(answered.sum(axis=1, keepdims=True), 1)
        self.mean = np.nansum(scores, axis=1, keepdims=True) / few
        self.spread = np.sqrt(np.nansum((scores - self.mean) ** 2, axis=1, keepdims=True) / few)
        self.weight = 1 / np.sqrt(np.maximum(answered.mean(axis=0), LEAST))
        self.axes = (loadings / np.maximum(np.linalg.norm(loadings, axis=0), LEAST)).T
        self.width = np.maximum(self._places(scores).std(axis=1, keepdims=True), np.sqrt(FLAT))

    def _places(self, scores: Floats) -> Floats:
        standard = np.nan_to_num((scores - self.mean) / np.maximum(self.spread, LEAST))
        return np.asarray(self.axes @ standard * self.weight)

    def of(self, scores: Floats) -> tuple[Floats, Floats, float]:
        places = self._places(scores)
        leading = places[:TRAITS] - places[:TRAITS].mean(axis=1, keepdims=True)
        width = np.maximum(leading.std(axis=1), LEAST)
        radius = ((places / self.width) ** 2).mean(axis=0)
        skewness = (leading**3).mean(axis=1) / width**3
        return skewness, 2 * np.log(width), float(radius.std() / max(radius.mean(), LEAST))


def answer_scores(items: CodedItems, axis: Floats) -> Floats:
    """One number per answer, so that every item has an order: item x person, NaN where unanswered.

    Answers without an order of their own (categories, sets) take the mean place, on the main axis, of the people who
    gave them.
    """
    scores = items.answers.astype(np.float64)
    for v, rule in enumerate(items.rules):
        if rule == NAMED:
            answered = ~np.isnan(scores[v])
            scores[v, answered] = pd.Series(axis[answered]).groupby(scores[v, answered]).transform("mean")
        elif rule == CHOSEN:
            scores[v] = np.where(np.isnan(scores[v]), np.nan, _set_scores(items, v, axis))
    return scores


def _set_scores(items: CodedItems, v: int, axis: Floats) -> Floats:
    """Mean over the answers chosen of the mean place of those who chose each."""
    words = np.ascontiguousarray(items.bits[items.words[v] : items.words[v + 1]].T)
    chosen = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little").astype(np.float64)
    place = axis @ chosen / np.maximum(chosen.sum(axis=0), 1)
    return np.asarray(chosen @ place / np.maximum(chosen.sum(axis=1), 1))


def latent_loadings(scores: Floats) -> Floats:
    """Loadings of normal variables that, cut into answers (NORTA), correlate on the whole as the items do.

    Part of every answer is error, so the normal variables correlate by so much more.
    """
    wanted = _correlation_beyond_chance(scores)
    shapes = np.array([_hermite_coefficients(answers[~np.isnan(answers)]) for answers in scores])
    low, high = -np.ones_like(wanted), np.ones_like(wanted)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        reached = sum(np.outer(shape, shape) * middle**order for order, shape in enumerate(shapes.T, start=1))
        low, high = np.where(reached < wanted, middle, low), np.where(reached < wanted, high, middle)
    middle = np.clip(middle / RELIABLE, -1, 1)
    np.fill_diagonal(middle, 1.0)
    values, vectors = eigh(middle)
    loadings = (vectors * np.sqrt(np.maximum(values, 0.0)))[:, ::-1]
    return np.asarray(loadings / np.maximum(np.linalg.norm(loadings, axis=1, keepdims=True), LEAST))


def _correlation_beyond_chance(scores: Floats) -> Floats:
    """Correlations less what chance adds to their squares, so that new samples show as much as these answers."""
    observed = pd.DataFrame(scores.T).corr().fillna(0.0).to_numpy()
    answered = (~np.isnan(scores)).astype(np.float64)
    chance = (1 - observed**2) ** 2 / np.maximum(answered @ answered.T - 1, 1)
    return np.asarray(np.sign(observed) * np.sqrt(np.maximum(observed**2 - chance, 0.0)))


def _hermite_coefficients(answers: Floats) -> Floats:
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


def dealt(scores: Floats, latent: Floats) -> Floats:
    """Each item's scores dealt out again in the order of what people would answer; who answered what stays."""
    out = np.empty_like(scores)
    np.put_along_axis(out, _takers(scores, latent), np.sort(scores, axis=1), axis=1)  # missing ones are last in both
    return out


def dealt_places(places: Places, scores: Floats, latent: Floats) -> Places:
    """The same with people's places on every column of an item."""
    givers = np.argsort(scores, axis=1, kind="stable")[places.item]
    takers = _takers(scores, latent)[places.item]
    columns = np.empty_like(places.columns)
    np.put_along_axis(columns, takers, np.take_along_axis(places.columns, givers, axis=1), axis=1)
    return places._replace(columns=columns)


def _takers(scores: Floats, latent: Floats) -> Ints:
    """Per item, people in the order in which they take its answers, those who gave none last."""
    return np.asarray(np.argsort(np.where(np.isnan(scores), np.inf, latent), axis=1, kind="stable"))
