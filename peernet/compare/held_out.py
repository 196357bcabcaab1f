"""Split-half cross-fitting against a fair rival, a test that allows for habits of answering, and what will hold.

Of many pairings the one that looks best on some answers looks best by luck too. So each way of pairing chooses on one
half of the perspective items and is valued on the other. The yardstick is the fair rival: new pairs by lot under the
same rules and gates, as many. How much more the pairs bring than these is the *advantage*, a share.

*Estimate.* Above the rival a pairing promises more than will hold. What share of that does hold is estimated twice. On
the other half a choice keeps some of what it promised on its own; Spearman and Brown's formula tells from that share
what a choice by all items keeps, raised by Guttman's lambda 6 against Cronbach's alpha, since a questionnaire that
covers several subjects evenly is more reliable than halves drawn by lot. That errs low. By Kelley's formula what holds
of a difference is its reliability, here lambda 6 of distances; gains follow distances only in part, and that errs high.
The mean of the two came close in surveys whose questions were asked anew. Where outlooks behind the answers were found
(`peernet.distance.adjusted`), chance is taken out of the distances already, and an expectation given all answers is not
raised by choosing where it is large (Efron 2011): then all of it is taken to hold. What habits of answering alone would
give (below) holds on other questions too, but nobody can tell how much of it is outlook: half of it is counted, and the
band goes from where none of it counts to where all does.

*Test.* Some people answer extremely, or agree with whatever is asked, and this shows in both halves; who answers
extremely may have few contacts, and gain from anybody. None of it is outlook. So the answers of the half that values
are drawn anew, everybody keeping how often they gave each answer (`chance_answers`), while who is paired, whom they
hear and the rival stay. Pairs must bring more than in these draws. How halves go together is found twice, once each
way round, so the halves are taken to be correlated by one half, more than they are: the test errs on the safe side.

*Bands* say where the advantage would lie had other people of the kind been asked. People are drawn anew, not pairs:
everybody gets a gamma weight, the same in every way of pairing, and a pair counts with the product of its people's. So
two ways of pairing that serve the same people go up and down together.

References
----------
Efron, B. (2011). Tweedie's formula and selection bias. Journal of the American Statistical Association 106, 1602-1614.

Guttman, L. (1945). A basis for analyzing test-retest reliability. Psychometrika 10, 255-282.

Kelley, T. L. (1927). Interpretation of Educational Measurements. World Book Company.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtr

from peernet._arrays import Floats, Ints
from peernet._parallel import BAND_95, over
from peernet.compare.chance_answers import answered_by_chance, chance_answers
from peernet.compare.strategies import CHANCE, NEW_BY_LOT, OWN, Strategy, draw_new_pairs
from peernet.distance.coding import CodedItems
from peernet.distance.items import alpha_and_lambda_6
from peernet.errors import InfeasibleError
from peernet.pairing.objectives import best_under_rules
from peernet.scores.pair_scores import PairScores, memory_at_work

Fixed = Sequence[tuple[str, str]]
Sides = tuple[Ints, Ints]  # of pairs, by position
HELD_OUT_COLUMNS = ["held_out", "held_low", "held_high", "p_value", "p_adjusted", "expected", "people_needed"]
RIVALS = 20  # pairings by lot that make up the fair rival
CHANCE_DRAWS = 29  # of the answers of each half
HABIT_DRAWS = 5  # of all answers, to tell how reliable habits alone make distances
HELD_OUT_DRAWS = 200  # for the band of what is held out
BAND_DRAWS = 200  # for the bands of positions
LIKE_PAIRS = np.sqrt(2) - 1  # variance of a person's weight that gives the product of two the variance 1
TOGETHER = 0.5  # correlation allowed for between halves; .2 was seen where answers say nothing
SIGNIFICANCE, POWER = 0.05, 0.8
SPLITS = 10
TABLES = 25  # of people by people, held while ways of pairing choose on one half and are valued on the other
SPLIT_COLUMNS = ["promised", "delivered", "optimism"]
LEAST_ALPHA = 0.1  # below it questions have so little in common that no more can be said of all than of half of them


def held_out_table(
    scores: PairScores, chosen: Mapping[str, Strategy | Fixed], *, splits: int, rng: np.random.Generator, progress: bool
) -> pd.DataFrame:
    """How each way of pairing does on questions it was not chosen by.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    chosen
        Functions of the scores, or pairs that were chosen without looking at the answers.
    splits
        How often the perspective items are split in two halves, each of which chooses once.
    rng
        Generator.
    progress
        Whether to show a progress bar where it takes longer than two seconds.

    Returns
    -------
    DataFrame
        Index ``strategy``, the columns of `Comparison.table` that are in `HELD_OUT_COLUMNS`; missing where fewer than
        two items set people apart, no half has pairs for a strategy, or the gates leave no new pair to draw.
    """
    halves = list(split_scores(scores, rng=rng, splits=splits))
    # The fair rival: the pairs of all its draws together.
    rival = places_of(scores, [pair for pairs in draw_new_pairs(scores, RIVALS, rng=rng) for pair in pairs])
    table = pd.DataFrame(np.nan, index=pd.Index(chosen, name="strategy"), columns=HELD_OUT_COLUMNS)
    if not halves or not len(rival[0]):
        return table
    weights = np.array([np.ones(len(scores)), *(bootstrap_weights(len(scores), rng) for _ in range(HELD_OUT_DRAWS))])
    picked = rng.integers(len(halves), size=(len(weights), len(halves)))  # halves drawn anew, but for the first row
    picked[0] = np.arange(len(halves))
    choices = {NEW_BY_LOT: rival} | _chosen(chosen, scores)
    work, by_chance = partial(_judged, chosen, rival, weights), [_drawn_by_chance(valued, rng) for _, valued in halves]
    by_halves = [_Split(*half, drawn) for half, drawn in zip(halves, by_chance, strict=True)]
    room = memory_at_work(scores, TABLES)
    judged = over(work, by_halves, progress=progress, what="choosing on half of the answers", room=room)
    whole, holds = _means(scores, choices, weights), _what_holds(scores, rng)
    if not whole[NEW_BY_LOT][0] > 0:  # nobody gains from anybody new, so there is nothing to hold a pairing against
        return table
    for name in [*choices][1:]:
        looks = any(half.pairs.get(name) != judged[0].pairs.get(name) for half in judged)
        kept = np.ones((2, 1))
        if looks:
            halved = np.minimum(holds.raised * _kept(name, judged, picked), 1.0)
            kept = holds.share if holds.found else (holds.share + halved) / 2
        face = np.full(len(weights), np.nan)  # missing in draws whose people gain nothing by lot
        np.divide(whole[name], whole[NEW_BY_LOT], out=face, where=whole[NEW_BY_LOT] > 0)
        face -= 1
        more = kept * face[0] + face - face[0]  # what is not outlook scatters as well
        ends = np.nanquantile(more[:, 1:], BAND_95, axis=1)
        share = more[:, 0].mean()
        table.loc[name, HELD_OUT_COLUMNS[:3]] = [share, ends[0].min(), ends[1].max()]
        gain, by_lot = float(whole[name][0]), float(whole[NEW_BY_LOT][0])
        table.loc[name, "expected"] = (1 + share) * by_lot / gain if gain > 0 else 1.0
        table.loc[name, "p_value"], table.loc[name, "people_needed"] = _tested(name, judged)
    return _adjusted(table, able=int((scores.gates.out == 0).sum()))


class _Holds(NamedTuple):
    """What share of a difference between pairs holds on other questions."""

    found: bool  # whether chance is taken out of distances already, outlooks behind the answers being found
    share: Floats  # none of the habits counted, and all of them; shape (2, 1)
    raised: float  # what the share that holds from half to half has to be raised by


def _what_holds(scores: PairScores, rng: np.random.Generator) -> _Holds:
    alpha, lambda_6 = np.nan_to_num(alpha_and_lambda_6(scores.perspective))
    answers = chance_answers(scores)
    drawn = [replace(scores.perspective, items=answers.drawn(rng)) for _ in range(HABIT_DRAWS)]
    habits = np.nan_to_num([alpha_and_lambda_6(perspective)[1] for perspective in drawn]).mean()
    outlook = max(lambda_6 - habits, 0.0)
    borrowing = getattr(scores.perspective, "borrowing", None)
    if borrowing is not None and borrowing.found:
        return _Holds(True, np.array([[outlook / lambda_6 if lambda_6 > 0 else 0.0], [1.0]]), 1.0)
    return _Holds(False, np.array([[outlook], [lambda_6]]), lambda_6 / alpha if alpha >= LEAST_ALPHA else 1.0)


def _adjusted(table: pd.DataFrame, able: int) -> pd.DataFrame:
    """P values for several ways at once, and from standard errors how many people it would take."""
    table.loc[table.index.isin(list(CHANCE)), ["p_value", "people_needed"]] = np.nan
    table["p_adjusted"] = own_first(table["p_value"])
    tests = np.where(table.index == OWN, 1, max(table["p_value"].drop(OWN, errors="ignore").count(), 1))
    needed = ndtri(POWER) - ndtri(SIGNIFICANCE / tests)
    errors = table["people_needed"].where((table["p_adjusted"] > SIGNIFICANCE) & (table["held_out"] > 0))
    return table.assign(people_needed=np.ceil(able * (needed / errors.where(errors > 1)) ** 2))


def own_first(p_values: pd.Series[float]) -> pd.Series[float]:
    """P values adjusted for their number: peernet's own pairing first, and the others, by Holm, only if it stands.

    It is what the study is about, so it is tested for itself; the others then cost it nothing (fixed-sequence testing).
    """
    own = p_values.get(OWN, np.nan)
    others = holm(p_values.drop(OWN, errors="ignore"))
    if np.isnan(own):
        return others.reindex(p_values.index)
    return others.clip(lower=own).reindex(p_values.index).fillna({OWN: own})


def _chosen(ways: Mapping[str, Strategy | Fixed], scores: PairScores) -> dict[str, Sides]:
    """The pairs of each way, by position; ways without any are left out."""
    found = {}
    for name, way in ways.items():
        try:
            sides = places_of(scores, list(way(scores) if callable(way) else way))
        except InfeasibleError:  # a half can leave a required pair undefined
            continue
        if len(sides[0]):
            found[name] = sides
    return found


class _Half(NamedTuple):
    """What ways of pairing that chose on one half bring: the mean over their pairs, of both gains together."""

    pairs: dict[str, list[list[int]]]
    promised: dict[str, Floats]  # on the half that chose, once for each row of weights
    delivered: dict[str, Floats]  # on the other half
    by_chance: dict[str, Floats]  # more than the rival where the other half is answered by chance, once per draw


class _Split(NamedTuple):
    """One half of the questions to choose by, the other to value by, and that one answered by chance."""

    chosen_by: PairScores
    valued_by: PairScores
    by_chance: list[CodedItems]


def _drawn_by_chance(scores: PairScores, rng: np.random.Generator) -> list[CodedItems]:
    answers = chance_answers(scores)
    return [answers.drawn(rng) for _ in range(CHANCE_DRAWS)]


def _judged(ways: Mapping[str, Strategy | Fixed], rival: Sides, weights: Floats, split: _Split) -> _Half:
    chosen_by, valued_by, by_chance = split
    choices = {NEW_BY_LOT: rival} | _chosen(ways, chosen_by)
    drawn = [_means(answered_by_chance(valued_by, items), choices, weights[:1]) for items in by_chance]
    more = {name: np.array([means[name][0] - means[NEW_BY_LOT][0] for means in drawn]) for name in choices}
    pairs = {name: np.sort(sides, axis=0).T.tolist() for name, sides in choices.items()}
    promised, delivered = (_means(scores, choices, weights) for scores in (chosen_by, valued_by))
    return _Half(pairs, promised, delivered, more)


def _means(scores: PairScores, choices: Mapping[str, Sides], weights: Floats) -> dict[str, Floats]:
    """Mean gain of a pair, both sides together, for people of these weights; pairs whose gain is not known left out."""
    firsts, seconds = (np.concatenate([sides[k] for sides in choices.values()]) for k in (0, 1))
    gains = np.sum(scores.gains(firsts, seconds), axis=0)
    ends = np.cumsum([len(sides[0]) for sides in choices.values()])
    found = {}
    for name, values, (i, j) in zip(choices, np.split(gains, ends[:-1]), choices.values(), strict=True):
        known = ~np.isnan(values)
        each = pair_weights(weights, i[known], j[known])
        total = each.sum(axis=1)
        found[name] = each @ values[known] / np.where(total > 0, total, np.nan)
    return found


def _kept(name: str, judged: Sequence[_Half], picked: Ints) -> Floats:
    """Share of what a choice by all items promises above the rival that others keep, by halves, per row of weights.

    Once with what habits of answering alone would give taken off and once without.
    """
    more = np.full((3, len(judged), len(picked)), np.nan)
    for k, half in enumerate(judged):
        if name in half.pairs:
            more[0, k] = half.promised[name] - half.promised[NEW_BY_LOT]
            more[2, k] = half.delivered[name] - half.delivered[NEW_BY_LOT]
            more[1, k] = more[2, k] - half.by_chance[name].mean()
    promised, *delivered = (np.nansum(np.take_along_axis(each, picked.T, axis=0), axis=0) for each in more)
    half = np.divide(delivered, promised, out=np.zeros((2, len(picked))), where=np.abs(promised) > 0)
    whole: Floats = np.clip(2 * half / (1 + np.abs(half)), -1.0, 1.0)
    return whole


def _tested(name: str, judged: Sequence[_Half]) -> tuple[float, float]:
    """P value of answers by chance, and how many standard errors the pairs are above them."""
    halves = [half for half in judged if name in half.by_chance]
    found = sum(
        half.delivered[name][0] - half.delivered[NEW_BY_LOT][0] - half.by_chance[name].mean() for half in halves
    )
    spreads = np.array([half.by_chance[name].std(ddof=1) for half in halves])
    error = np.sqrt((1 - TOGETHER) * (spreads**2).sum() + TOGETHER * spreads.sum() ** 2) * np.sqrt(1 + 1 / CHANCE_DRAWS)
    if np.isnan(found) or not error > 0:
        return (np.nan if np.isnan(found) or not halves else 1.0), np.nan
    return float(stdtr(CHANCE_DRAWS - 1, -found / error)), float(found / error)


def places_of(scores: PairScores, pairs: Sequence[tuple[str, str]]) -> Sides:
    """Positions of the first and of the second of each pair."""
    sides = (pd.Index([pair[side] for pair in pairs], dtype=object) for side in (0, 1))
    firsts, seconds = (scores.people.get_indexer(people) for people in sides)
    return firsts, seconds


def holm(p_values: pd.Series[float]) -> pd.Series[float]:
    """P values adjusted for their number by Holm's method; missing ones are not counted."""
    ordered = p_values.dropna().sort_values(kind="stable")
    steps = np.arange(len(ordered), 0, -1)
    return (ordered * steps).cummax().clip(upper=1.0).reindex(p_values.index)


@dataclass(frozen=True)
class ValuedPairs:
    """Pairs by position, and what each is worth."""

    firsts: Ints
    seconds: Ints
    values: Floats

    def total(self, weights: Floats) -> float:
        """Total value for people of these weights, as if their number had stayed."""
        pairs = pair_weights(weights, self.firsts, self.seconds)
        known = ~np.isnan(self.values)
        if not pairs[known].sum() > 0:
            return 0.0
        return float(pairs[known] @ self.values[known] / pairs[known].sum() * known.sum())


def position_bands(
    ways: Mapping[str, ValuedPairs],
    chance: ValuedPairs,
    draws: int,
    most: ValuedPairs,
    people: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Ends of the 95 % bands of each way's position: ``position_low`` and ``position_high``, index as ``ways``.

    ``chance`` holds the pairs of that many random ``draws`` together.
    """
    found = np.full((BAND_DRAWS, len(ways)), np.nan)
    for draw in range(BAND_DRAWS):
        weights = bootstrap_weights(people, rng)
        middle = chance.total(weights) / draws
        room = most.total(weights) - middle
        if room > 0:
            found[draw] = [(way.total(weights) - middle) / room for way in ways.values()]
    known = found[~np.isnan(found).any(axis=1)]
    low, high = np.quantile(known, BAND_95, axis=0) if len(known) else (np.nan, np.nan)
    return pd.DataFrame({"position_low": low, "position_high": high}, index=list(ways))


def bootstrap_weights(people: int, rng: np.random.Generator) -> Floats:
    """Gamma weights of people with mean 1, as a weighted (Bayesian) bootstrap draws them.

    Their variance gives pairs who have nobody in common the same freedom as drawing pairs would.
    """
    weights: Floats = rng.gamma(1 / LIKE_PAIRS, LIKE_PAIRS, size=people)
    return weights


def pair_weights(weights: Floats, firsts: Ints, seconds: Ints) -> Floats:
    """Weights of pairs: the product of their people's, so that pairs who share somebody go up and down together."""
    product: Floats = weights[..., firsts] * weights[..., seconds]
    return product


def split_half(
    scores: PairScores, *, rng: np.random.Generator, splits: int = SPLITS, n_jobs: int | None = None
) -> pd.DataFrame:
    """Pairings chosen by each half of the perspective items and valued by the other, gates and rules as they are.

    One row per choice, index ``split``: ``promised``, ``delivered`` and ``optimism``. Pairs whose distance one of the
    halves leaves undefined count in neither total, and neither do prices of rules. Choices that cannot keep the rules,
    because a half leaves a pair undefined, are left out.
    """
    work, dealt = partial(_both_ways, scores), list(_dealt(scores, rng, splits))
    found = over(work, dealt, n_jobs=n_jobs, progress=False, what="halves of the questions")
    rows = [row for both in found for row in both]
    return pd.DataFrame(rows, columns=SPLIT_COLUMNS, dtype=np.float64).rename_axis("split")


def _both_ways(scores: PairScores, dealt: tuple[Ints, Ints]) -> list[dict[str, float]]:
    one, other = (on_items(scores, half) for half in dealt)
    return [*_promised_and_delivered(one, other), *_promised_and_delivered(other, one)]


def split_scores(
    scores: PairScores, *, rng: np.random.Generator, splits: int = SPLITS
) -> Iterator[tuple[PairScores, PairScores]]:
    """The scores with perspective from one half of its items and from the other, each half first in turn.

    Nothing where fewer than two items set people apart.
    """
    for dealt in _dealt(scores, rng, splits):
        one, other = (on_items(scores, half) for half in dealt)
        yield one, other
        yield other, one


def _dealt(scores: PairScores, rng: np.random.Generator, splits: int) -> Iterator[tuple[Ints, Ints]]:
    asked = np.flatnonzero(scores.perspective.shares > 0)
    for _ in range(splits if len(asked) >= 2 else 0):
        yield halves(asked, rng)


def halves(items: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Items dealt out into two halves."""
    mixed = items[np.argsort(rng.random(len(items)), kind="stable")]
    return mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]


def on_items(scores: PairScores, items: Ints) -> PairScores:
    """The same scores with perspective from some items; the gates stay, and so does the scale."""
    perspective = scores.perspective.on_items(items)
    reach = replace(scores.reach, distances=perspective)
    return replace(scores, perspective=perspective, reach=reach.rescaled(scores.settings["scale"]))


def _promised_and_delivered(chosen_by: PairScores, valued_by: PairScores) -> Iterator[dict[str, float]]:
    """One row of the table, every gate ignored; none where the rules cannot be kept."""
    try:
        _, best = best_under_rules(chosen_by)
    except InfeasibleError:
        return
    sides = places_of(chosen_by, best)
    promised, delivered = (scores.combined(*scores.gains(*sides)) for scores in (chosen_by, valued_by))
    both = ~np.isnan(promised + delivered)
    expected, found = float(promised[both].sum()), float(delivered[both].sum())
    yield {"promised": expected, "delivered": found, "optimism": 1 - found / expected if expected > 0 else np.nan}
