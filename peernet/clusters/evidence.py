"""How many groups, if any, and do they come back: cluster index, silhouettes, gap, prediction strength, stability.

Groups are sought on the main axes of the answers, where the cluster index tests whether there are any, and weighed by
all answers, both against surveys without groups. Stability is the bootstrap Jaccard overlap of each group when people
are drawn again.

In a survey without groups the same answers are dealt out again to one cloud of people. There everybody has a place on
every trait, and traits have one peak. Answers are cut from the traits, so that each item keeps its answers and its
gaps. The cloud is fitted until its surveys resemble the one at hand in how items go together, in how spread out people
are on each of the main axes, in how skewed the leading traits are and how evenly people are spread over them, and in
how much some people answer more extremely than others: none of these makes groups.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.linalg import eigh, eigvalsh
from scipy.special import ndtr, ndtri

from peernet._arrays import Array, Floats, Ints
from peernet._parallel import progress_bar
from peernet.clusters.partition import (
    Places,
    all_distances,
    appraise,
    axes_for,
    by_all_answers,
    centres_of,
    cluster_index,
    groupings,
    main_directions,
    nearest_centre,
    on_axes,
)
from peernet.distance.coding import CHOSEN, NAMED, CodedItems

EVIDENCE = ["silhouette", "expected", "excess", "gap", "gap_se", "prediction_strength"]
TINY = 1e-12  # of a dispersion: as good as none
SPLITS = 20  # into halves, for the prediction strength
HANDICAP = 0.5  # standard deviations by which two or four groups must stand out more than three; six by two of these
# What a mean Jaccard overlap of at least so much says of a group (Hennig 2007).
STANDINGS = {0.85: "highly stable", 0.75: "stable", 0.6: "pattern only", 0.0: "do not trust"}


def weigh_numbers(
    items: CodedItems,
    places: Places,
    *,
    most: int,
    min_size: int,
    axes: int | None,
    draws: int,
    rng: np.random.Generator,
    progress: bool = False,
) -> tuple[pd.DataFrame, float]:
    """Evidence for each number of groups from 1 on, and the p-value of there being more than one.

    The test statistic is the smallest cluster index, the variance within groups as a share of all on the axes on which
    they were sought (Liu et al. 2008), against that of as many groups in surveys without any, in standard deviations.
    Some of many numbers stands out by chance, and three blurred groups are what a small survey can still show: the
    further a number is from three, the more it must stand out. The excess of a number is its mean silhouette less what
    the same number reaches on average in these surveys, and the gap is against them too.
    """
    found, points = _appraised(places, most, min_size, axes)
    scores = answer_scores(items, points[:, 0])
    cloud = fit_cloud(scores, rng)
    appraised = np.empty((1 + draws, most, 3))
    appraised[0] = found
    with progress_bar(draws, "surveys without groups", wanted=progress) as bar:
        for draw in range(1, 1 + draws):
            without = dealt_places(places, scores, cloud.latent(rng, len(points)))
            appraised[draw] = _appraised(without, most, min_size, axes)[0]
            bar.update()
    widths, (dispersions, indices) = appraised[..., 0], np.log(np.maximum(appraised[..., 1:], TINY)).transpose(2, 0, 1)
    expected = widths[1:].mean(axis=0)
    gap, gap_se = gap_statistic(dispersions[0], dispersions[1:])
    strength = prediction_strength(places, most, min_size, SPLITS, rng, axes)
    columns = dict(zip(EVIDENCE, (widths[0], expected, widths[0] - expected, gap, gap_se, strength), strict=True))
    evidence = pd.DataFrame(columns, index=pd.RangeIndex(1, most + 1, name="clusters"))
    tighter = (indices.mean(axis=0) - indices)[:, 1:]  # than usual, the survey itself included
    handicaps = HANDICAP * np.log2(1 + np.abs(np.arange(2, most + 1) - 3))
    most_tight = (tighter / np.maximum(tighter.std(axis=0), TINY) - handicaps).max(axis=1)
    return evidence, float(np.mean(most_tight >= most_tight[0] - 1e-9))


def _appraised(
    places: Places, most: int, min_size: int, axes: int | None
) -> tuple[list[tuple[float, float, float]], Floats]:
    """Mean silhouette, dispersion and cluster index of each number of groups, and the axes they were sought on."""
    points = on_axes(places, main_directions(places, axes or most - 1))
    table = all_distances(places)
    found = []
    for k, label in enumerate(groupings(points, most, min_size, axes), start=1):
        seen = points[:, : axes_for(k, axes, points.shape[1])]
        found.append((*appraise(table, label), cluster_index(seen, label)))
    return found, points


def gap_statistic(log_dispersion: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Gap of each number of groups and its standard error, from draws (rows) without groups."""
    return expected.mean(axis=0) - log_dispersion, expected.std(axis=0) * np.sqrt(1 + 1 / len(expected))


def gap_number(gap: Floats, gap_se: Floats) -> int:
    """Smallest number of groups whose gap is within one standard error of the first that is larger than the next.

    As in Tibshirani et al., but from the top: five groups that two hardly improve on one for are five all the same.
    """
    falls = np.flatnonzero(gap[:-1] >= gap[1:])
    top = int(falls[0]) if falls.size else len(gap) - 1
    return int(np.flatnonzero(gap >= gap[top] - gap_se[top])[0]) + 1


def prediction_strength(
    places: Places, most: int, min_size: int, splits: int, rng: np.random.Generator, axes: int | None = None
) -> Floats:
    """How well the groups in one half of the people tell who belongs together in the other, by number of groups."""
    strengths = []
    for _ in range(splits):
        people = np.argsort(rng.random(len(places.answered)), kind="stable")
        halves = []
        for half in map(places.take, np.array_split(people, 2)):
            points = on_axes(half, main_directions(half, axes or most - 1))  # each half has main axes of its own
            halves.append((by_all_answers(half), groupings(points, most, min_size, axes)))
        strengths += [_strength(*halves), _strength(*halves[::-1])]
    return np.asarray(np.mean(strengths, axis=0))


def _strength(known: tuple[Floats, list[Ints]], new: tuple[Floats, list[Ints]]) -> Floats:
    """What the known half tells of the new one, by number of groups."""
    predicted = [nearest_centre(new[0], centres_of(known[0], label)) for label in known[1]]
    return np.array([_worst_agreement(mine, theirs) for mine, theirs in zip(new[1], predicted, strict=True)])


def _worst_agreement(label: Ints, predicted: Ints) -> float:
    """Share of the pairs within a group that the prediction keeps together, in the group where it is lowest."""
    counts = np.zeros((label.max() + 1, predicted.max() + 1))
    np.add.at(counts, (label, predicted), 1)
    size = counts.sum(axis=1)
    together, pairs = (counts * (counts - 1)).sum(axis=1), size * (size - 1)
    return float(np.divide(together, pairs, out=np.ones_like(pairs), where=pairs > 0).min())


def resample_people(n: int, size: int, draws: int, rng: np.random.Generator) -> Array:
    """Positions of ``size`` among ``n`` people drawn with replacement, one row per draw."""
    return np.floor(rng.random((draws, size)) * n).astype(np.int64)


def regroup(
    places: Places, drawn: Array, k: int, min_size: int = 1, axes: int | None = None, *, progress: bool = False
) -> Array:
    """Group of everybody in each draw, -1 for those not drawn; people drawn twice count twice in the grouping."""
    groups = np.full((len(drawn), len(places.answered)), -1, dtype=np.int64)
    with progress_bar(len(drawn), "people drawn again", wanted=progress) as bar:
        for group, people in zip(groups, drawn, strict=True):
            part = places.take(people)
            points = on_axes(part, main_directions(part, axes or max(k - 1, 1)))
            group[people] = groupings(points, k, min_size, axes)[-1]
            bar.update()
    return groups


def jaccards(label: Array, groups: Array) -> Floats:
    """Overlap of each group (column) with its best match in each draw (row), among the people drawn, each once."""
    found = np.full((len(groups), label.max() + 1), np.nan)
    for row, group in zip(found, groups, strict=True):
        drawn = group >= 0
        both = np.zeros((label.max() + 1, group.max() + 1))
        np.add.at(both, (label[drawn], group[drawn]), 1)
        size = both.sum(axis=1)
        either = size[:, None] + both.sum(axis=0) - both
        best = np.divide(both, either, out=np.zeros_like(both), where=either > 0).max(axis=1)
        row[size > 0] = best[size > 0]
    return found


def mean_overlaps(overlaps: Floats) -> Floats:
    """Mean overlap of each group over the draws with any of its members, NaN where there is none."""
    known = ~np.isnan(overlaps)
    total = np.where(known, overlaps, 0.0).sum(axis=0)
    return np.asarray(np.divide(total, known.sum(axis=0), out=np.full(len(total), np.nan), where=known.any(axis=0)))


def consensus(groups: Array) -> Floats:
    """Share of the draws with both people that put them in the same group, NaN where no draw has both."""
    drawn = (groups >= 0).astype(np.float64)
    members = [(groups == k).astype(np.float64) for k in range(groups.max() + 1)]
    together, both = sum(member.T @ member for member in members), drawn.T @ drawn
    return np.asarray(np.divide(together, both, out=np.full_like(both, np.nan), where=both > 0))


def stability_label(jaccard: float) -> str:
    """What a mean overlap says of a group."""
    return next((word for least, word in STANDINGS.items() if jaccard >= least), "not known")


# --- surveys without groups -------------------------------------------------------------------------------------------

BISECTIONS = 30  # for the correlation of two normal variables: as near as 1e-9
ORDERS = 12  # of the polynomials that turn a normal variable into answers
RELIABLE = 0.95  # no answer tells more of the traits: an item read without error would itself part people into groups
AXES = 7  # on which people are as spread out as they are: eight groups are sought on as many
SHARINGS = 10  # rounds in which it settles how much of each item is shared with the traits
TRAITS = 3  # that may be skewed or spread evenly, at most
LEADS = 1.0  # variance of such a trait at least, in items: less is mostly chance
DRAWN = 480  # people drawn in each round of fitting
STEPS = 1 / np.maximum((np.arange(14) - 3) / 3, 1)  # whole until it is near, then shorter, so that chance averages out
FASTER = np.array([0.6, -6.0, 0.35, 0.8])  # steps per unit of what is missing: skews, evenness, stretch, extremeness
LEAST_SHAPE, MOST_SHAPE = np.array([[-1.5, 0.0, np.log(0.1), 0.0], [1.5, 1.0, np.log(3.0), 1.2]])  # of the same
LOPSIDED = 0.6  # skewness of a trait at least, for traits to be turned; a group of a third makes at most 0.71
EVENLY = 2.0  # kurtosis of traits on average at most, for them to be turned: 1.8 from end to end, 3 if normal
ANGLES = np.deg2rad(np.arange(0, 90, 3))  # by which two traits are turned
SWEEPS = 3  # over all pairs of traits
GRID = ndtri((np.arange(2_000) + 0.5) / 2_000)  # equally likely values of a normal variable
SLIGHT = 0.01  # evenness and skewness that make no difference
LEAST = 1e-12  # below this there is no spread
FLAT = 0.1  # variance of an axis below which people's places on it say nothing


@dataclass(frozen=True, eq=False)
class Cloud:
    """People with places on traits, and how answers follow from them.

    Parameters
    ----------
    loadings
        Of the items on traits of unit variance, item x trait, the leading ones first.
    turn
        Of the leading traits to where they are skewed or spread evenly, trait x trait.
    skews
        Of these: they are shifted lognormal (1 is as skewed as the exponential of a normal variable, 0 is normal).
    even
        How evenly people are spread over them: normal at 0, from end to end at 1, where groups begin.
    stretch
        Of every trait's loadings: what is skewed shows less in the answers, and what is chance shows more.
    extremes
        Standard deviation of the logarithm of how extremely people answer.
    """

    loadings: Floats
    turn: Floats
    skews: Floats
    even: Floats
    stretch: Floats
    extremes: float

    def latent(self, rng: np.random.Generator, people: int) -> Floats:
        """What people would answer before it is cut into answers, item x person."""
        places = rng.standard_normal((self.loadings.shape[1], people))
        shapes = zip(places, self.skews, self.even, strict=False)
        places[: len(self.turn)] = self.turn.T @ [_shaped(normal, skew, even) for normal, skew, even in shapes]
        stretched = no_surer(self.loadings * self.stretch)
        error = np.sqrt(1 - (stretched**2).sum(axis=1, keepdims=True)) * rng.standard_normal((len(stretched), people))
        extremes = np.exp(self.extremes * rng.standard_normal(people))
        return np.asarray((stretched @ places + error) * extremes)


def _shaped(normal: Floats, skew: float, even: float) -> Floats:
    """A variable of one peak, mean 0 and variance 1: the more even the flatter, and shifted lognormal by the skew."""
    steep, skew = max(float(np.sqrt(even)), SLIGHT), skew if abs(skew) > SLIGHT else SLIGHT
    wide = np.sqrt(np.arcsin(steep**2 / (1 + steep**2)) / (2 * np.pi))  # of what is even, before it is skewed
    grid, shaped = (np.expm1(skew * (ndtr(steep * z) - 0.5) / wide) / skew for z in (GRID, normal))
    return np.asarray((shaped - grid.mean()) / grid.std())


def fit_cloud(scores: Floats, rng: np.random.Generator) -> Cloud:
    """The cloud whose surveys resemble the answers, one number per answer, item x person.

    Correlations come first; then all else moves towards what is seen, round by round, and is averaged over the second
    half of them. Traits stay in the order of their sizes, by which the axes seen are told apart.
    """
    loadings = latent_loadings(scores)
    lengths = np.log(np.maximum(np.linalg.norm(loadings, axis=0), LEAST))
    seen = _Likeness(scores, loadings)
    wanted, people, traits = seen.of(scores), scores.shape[1], len(seen.turn)
    faster, least, most = np.repeat([FASTER, LEAST_SHAPE, MOST_SHAPE], [traits, traits, len(lengths), 1], axis=1)
    shape, stretch, rounds = np.zeros(len(wanted)), slice(2 * traits, -1), []
    for step in STEPS:
        cloud = _cloud(loadings, seen.turn, shape)
        drawn = [seen.of(dealt(scores, cloud.latent(rng, people))) for _ in range(max(DRAWN // people, 4))]
        shape = np.clip(shape + step * faster * (wanted - np.mean(drawn, axis=0)), least, most)
        shape[stretch] = np.minimum.accumulate(lengths + shape[stretch]) - lengths
        rounds.append(shape)
    return _cloud(loadings, seen.turn, np.mean(rounds[len(rounds) // 2 :], axis=0))


def _cloud(loadings: Floats, turn: Floats, shape: Floats) -> Cloud:
    """The shape in the order of what it is fitted to."""
    skews, even, stretch = np.split(shape[:-1], [len(turn), 2 * len(turn)])
    return Cloud(loadings, turn, skews, even, np.exp(stretch), float(shape[-1]))


def turned(places: Floats) -> Floats:
    """How the leading traits (rows) are turned to where they are as skewed as can be, or else as evenly spread.

    The main axes of several skewed or evenly spread traits are mixtures of them, less so than the independent ones
    (Comon 1994). They are not turned where none is very skewed and not all are even: where one is chance, a turn mixes.
    """
    skewed = _turned_to_most(places, lambda axis: (axis**3).mean(axis=1) ** 2)
    if np.abs(((skewed @ places) ** 3).mean(axis=1)).max() >= LOPSIDED:
        return skewed
    even = _turned_to_most(places, lambda axis: -(axis**4).mean(axis=1))
    return even if ((even @ places) ** 4).mean() <= EVENLY else np.eye(len(places))


def _turned_to_most(places: Floats, contrast: Callable[[Floats], Floats]) -> Floats:
    """The turn that makes a sum over traits largest, pair by pair."""
    turn, places = np.eye(len(places)), places.copy()
    cos, sin = np.cos(ANGLES)[:, None], np.sin(ANGLES)[:, None]
    for i, j in SWEEPS * list(combinations(range(len(places)), 2)):
        one, other = cos * places[i] + sin * places[j], cos * places[j] - sin * places[i]
        best = int((contrast(one) + contrast(other)).argmax())
        step = np.array([[cos[best, 0], sin[best, 0]], [-sin[best, 0], cos[best, 0]]])
        places[[i, j]], turn[[i, j]] = step @ places[[i, j]], step @ turn[[i, j]]
    return turn


class _Likeness:
    """What a cloud is fitted to.

    Skewness and L-kurtosis of the leading traits, log variances of the main axes, whichever these are in each survey,
    and how radii vary.
    """

    def __init__(self, scores: Floats, loadings: Floats) -> None:
        answered = ~np.isnan(scores)
        few = np.maximum(answered.sum(axis=1, keepdims=True), 1)
        self.mean = np.nansum(scores, axis=1, keepdims=True) / few
        self.spread = np.sqrt(np.nansum((scores - self.mean) ** 2, axis=1, keepdims=True) / few)
        self.weight = 1 / np.sqrt(np.maximum(answered.mean(axis=0), LEAST))
        size = (loadings**2).sum(axis=0)
        self.axes = (loadings / np.sqrt(np.maximum(size, LEAST))).T
        standard = self.standard(scores)
        variances, vectors = eigh(standard @ standard.T / scores.shape[1])
        self.alike = (vectors / np.sqrt(np.maximum(variances, FLAT))).T  # all axes, on which people are as spread out
        leading = max(1, int((size[:TRAITS] >= LEADS).sum()))
        self.turn = turned(_standardised(self.axes[:leading] @ standard))

    def standard(self, scores: Floats) -> Floats:
        """Answers around the mean of their item, by its spread."""
        return np.asarray(np.nan_to_num((scores - self.mean) / np.maximum(self.spread, LEAST)) * self.weight)

    def of(self, scores: Floats) -> Floats:
        standard = self.standard(scores)
        traits = _standardised(self.turn @ _standardised(self.axes[: len(self.turn)] @ standard))
        variances = eigvalsh(standard @ standard.T / scores.shape[1])[: -1 - len(self.axes) : -1]
        radius = ((self.alike @ standard) ** 2).mean(axis=0)
        flat, varied = [l_kurtosis(trait) for trait in traits], radius.std() / max(radius.mean(), LEAST)
        return np.concatenate([(traits**3).mean(axis=1), flat, np.log(np.maximum(variances, FLAT)), [varied]])


def _standardised(places: Floats) -> Floats:
    """Mean 0 and variance 1 on every axis (row)."""
    away = places - places.mean(axis=1, keepdims=True)
    return np.asarray(away / np.maximum(away.std(axis=1, keepdims=True), LEAST))


def l_kurtosis(values: Floats) -> float:
    """The fourth L-moment as a share of the second: 0 where spread evenly, 0.12 if normal, negative with two humps.

    Unlike a fourth power it does not hang on a few people (Hosking 1990).
    """
    values = np.sort(values)
    place = np.linspace(0, 1, len(values))
    below = np.cumprod([(len(values) * place - place - k) / (len(values) - 1 - k) for k in range(3)], axis=0)
    first, second, third = (below * values).mean(axis=1)
    mean = values.mean()
    return float((20 * third - 30 * second + 12 * first - mean) / max(2 * first - mean, LEAST))


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
    """Loadings of normal variables that, cut into answers (NORTA), correlate as the items do.

    They follow a few traits (principal factors); the rest of every item is its own, so that what is chance in the
    correlations at hand is not kept, and then met again in every new survey.
    """
    wanted = pd.DataFrame(scores.T).corr().fillna(0.0).to_numpy()
    shapes = np.array([_hermite_coefficients(answers[~np.isnan(answers)]) for answers in scores])
    low, high = -np.ones_like(wanted), np.ones_like(wanted)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        reached = sum(np.outer(shape, shape) * middle**order for order, shape in enumerate(shapes.T, start=1))
        low, high = np.where(reached < wanted, middle, low), np.where(reached < wanted, high, middle)
    middle[wanted == 0] = 0.0  # also where all answers to an item are equal
    np.fill_diagonal(middle, 0.0)
    shared = np.abs(middle).max(axis=1)
    for _ in range(SHARINGS):
        values, vectors = eigh(middle + np.diag(shared))
        loadings = no_surer((vectors * np.sqrt(np.maximum(values, 0.0)))[:, : -1 - min(AXES, len(scores)) : -1])
        shared = (loadings**2).sum(axis=1)
    return loadings


def no_surer(loadings: Floats) -> Floats:
    """Loadings made smaller where an answer would tell more of the traits than any does."""
    shared = (loadings**2).sum(axis=1, keepdims=True)
    return np.asarray(loadings * np.sqrt(np.minimum(1.0, RELIABLE / np.maximum(shared, LEAST))))


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
