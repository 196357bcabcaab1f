"""Split-half cross-fitting against a fair rival, a test that allows for habits of answering, and what will hold.

Of many pairings the one that looks best on some answers looks best by luck too. So each way of pairing chooses on one
half of the perspective items and is valued on the other. The yardstick is the fair rival: new pairs by lot under the
same rules and gates, as many. How much more the pairs bring than these is the *advantage*, a share. Halves value by the
outlook behind the answers (`peernet.distance.adjusted`), whatever the scores rest on: it tells more of less.

*Estimate.* The advantage found on halves is smaller than the true one for two reasons, and is raised for both.

- Whoever chooses by half of the questions chooses worse than by all. With k the share of what pairs promise on their
  own half that the other half delivers, reliability rises by 2 / (1 + k) when the questions double (Spearman and
  Brown). A choice gains by the root of that, if gains are as widely spread as before; what is told by more questions
  is spread more widely, which at most squares the root. The middle of the two, the power 3/4, is taken.
- What values is outlook and chance, and chance in distances makes all pairs look more alike. As with correlations
  (Spearman 1904) what is found is divided by the reliability of what values, here of single answers. The other answers
  tell a share t of an answer (held out, see `Borrowing`), which is its reliability if they are many. With m of them 1/t
  is 1/reliability and a multiple of 1/m, so from all and from half of the questions one reads off what infinitely many
  would tell: 2 / t(all) - 1 / t(half). As this scatters, the root of its product with the middle of what can be,
  2 / (1 + t(half)), is taken.

What habits of answering alone would give (below) is found on other questions too, and nobody can tell how much of it is
outlook: half of it is taken off.

*Expected.* What all pairs bring is the advantage on top of what the fair rival's bring, which is told by distances of
their own. Those that choose rank people well, but are too short where questions have little in common, since what no
other question tells is halved whether it is outlook or chance, and blurred where all ask about one thing. Where all
questions tell hardly more of an answer than half of them do, what they do not tell is chance and goes; otherwise up to
half of it stays. Chance makes distances longer, and a mean over questions is shorter than the straight line; the two
nearly cancel, so distances are lengthened until their root mean square is `SPREAD` of the mean distance of answers as
given, which allows for contacts that nobody named, too. Where answers tell nothing of each other, distances stay those
of the answers as given. Of 60 made-up organisations of twelve worlds whose answers follow outlook what was expected,
added up by world, was within 15 % of the truth in eight worlds at 240 people and in nine at 120; by the distances that
choose it was in five and in four. At worst it was .59 of the truth, with twelve dimensions of outlook.

*Band.* Its errors are that of the people and halves drawn, that of not knowing how much of the habits is outlook (as if
any share were as likely), one of 12 % for what the two corrections may be wrong by, and one for what is found on no
half at all, the larger the more is raised. People are drawn anew, not pairs: everybody gets a gamma weight, the same in
every way of pairing, and a pair counts with the product of its people's. So two ways of pairing that serve the same
people go up and down together. As other people would also have another true advantage, this error is too large for that
of the people there are: half of it is taken. Bands held the true advantage in 144 of 150 made-up organisations of 120
people and in 118 of 123 of 240, of 15 worlds; at most of these one had looked before settling on the shares.

*Test.* Some people answer extremely, or agree with whatever is asked, and this shows in both halves; who answers
extremely may have few contacts, and gain from anybody. None of it is outlook. So the answers of the half that values
are drawn anew, everybody keeping how often they gave each answer (`chance_answers`), while who is paired, whom they
hear and the rival stay. The advantage must be more than in these draws; it, not the difference, since where answers are
not told by each other all distances are larger. How halves go together is found twice, once each way round, so the
halves are taken to be correlated by one half, more than they are: the test errs on the safe side.

References
----------
Spearman, C. (1904). The proof and measurement of association between two things. American Journal of Psychology 15,
72-101.

Spearman, C. (1910). Correlation calculated from faulty data. British Journal of Psychology 3, 271-295.

Brown, W. (1910). Some experimental results in the correlation of mental abilities. British Journal of Psychology 3,
296-322.
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
from peernet.distance.adjusted import KEPT, AdjustedDistances, adjusted
from peernet.distance.average import AverageDistances
from peernet.distance.coding import CodedItems
from peernet.distance.distances import PersonDistances
from peernet.distance.items import weighing
from peernet.errors import InfeasibleError
from peernet.pairing.objectives import best_under_rules
from peernet.scores.pair_scores import PairScores, memory_at_work

Fixed = Sequence[tuple[str, str]]
Sides = tuple[Ints, Ints]  # of pairs, by position
HELD_OUT_COLUMNS = [
    "held_out",
    "held_low",
    "held_high",
    "p_value",
    "p_adjusted",
    "expected",
    "people_needed",
    "questions_needed",
]
RIVALS = 20  # pairings by lot that make up the fair rival
CHANCE_DRAWS = 12  # of the answers of each half
HELD_OUT_DRAWS = 200  # for the band of what is held out
BAND_DRAWS = 200  # for the bands of positions
LIKE_PAIRS = np.sqrt(2) - 1  # variance of a person's weight that gives the product of two the variance 1
TOGETHER = 0.5  # correlation allowed for between halves; .2 was seen where answers say nothing
SIGNIFICANCE, POWER = 0.05, 0.8
Z_95 = float(ndtri(BAND_95[1]))
LEAST_ERROR = 1e-12  # so that nothing is divided by nothing
SPLITS = 10
TABLES = 25  # of people by people, held while ways of pairing choose on one half and are valued on the other
SPLIT_COLUMNS = ["promised", "delivered", "optimism"]
GROWTH = 0.75  # power of what reliability rises by, with which a choice gains
LEAST_TOLD, MOST_RAISED = 0.02, 3.0  # of answers by others; and what is found is never raised more for chance in them
THESE = 0.5  # of the scatter of people drawn anew: that of what is told of the people there are
UNSURE = 0.12  # of the estimate: what the corrections may be wrong by, as a standard error
UNSEEN = 0.03  # of what is raised, above 1: what no half shows, as a standard error
SPREAD = 0.85  # of the mean distance of answers as given: least root mean square of outlooks' distances


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
    whole, behind = _means(scores, choices, weights), behind_answers(scores)
    told = _told(behind)
    if not whole[NEW_BY_LOT][0] > 0:  # nobody gains from anybody new, so there is nothing to hold a pairing against
        return table
    likely = _means(_likely(behind, judged), {NEW_BY_LOT: rival}, weights[:1])[NEW_BY_LOT] / whole[NEW_BY_LOT][0]
    signs = pd.DataFrame(np.nan, index=table.index, columns=["above", "ahead", "kept"])
    for name in [*choices][1:]:
        if any(half.pairs.get(name) != judged[0].pairs.get(name) for half in judged):
            found = _estimated(name, judged, picked, told)
            share, low, high = found.share, found.share - Z_95 * found.error, found.share + Z_95 * found.error
            signs.loc[name, ["ahead", "kept"]] = [found.share / max(found.scatter, LEAST_ERROR), found.kept]
        else:  # these did not look at the answers, so there is nothing to be held to others
            face = _advantage(whole, name)
            known = face[1:][~np.isnan(face[1:])]
            share, (low, high) = face[0], np.quantile(known, BAND_95) if len(known) else (np.nan, np.nan)
            signs.loc[name, "ahead"] = share / max(_spread(known), LEAST_ERROR)
        gain, by_lot = float(whole[name][0]), float(whole[NEW_BY_LOT][0])
        table.loc[name, HELD_OUT_COLUMNS[:3]] = [share, low, high]
        table.loc[name, "expected"] = min((1 + share) * by_lot / gain, 1.0) if gain > 0 else 1.0
        table.loc[name, "p_value"], signs.loc[name, "above"] = _tested(name, judged)
    unseen = table.index.isin(list(CHANCE))
    table.loc[unseen, "p_value"], table.loc[unseen, "expected"] = np.nan, 1.0  # they were not chosen by answers
    table["expected"] *= float(likely[0])
    return needed(table, signs, able=int((scores.gates.out == 0).sum()), asked=len(weighing(scores.perspective)))


class _Estimate(NamedTuple):
    """The advantage of a way of pairing that chooses by all questions, as halves tell it."""

    share: float
    error: float  # of the band
    scatter: float  # the part of it that more people make smaller
    kept: float  # of what is promised on one half: what the other delivers


def _estimated(name: str, judged: Sequence[_Half], picked: Ints, told: float) -> _Estimate:
    """The advantage found on halves, raised for what halves find too little of, half of what habits give taken off."""
    nothing = np.full(len(picked), np.nan)
    held = np.array([half.held.get(name, nothing) for half in judged])
    drawn = np.take_along_axis(held, picked.T, axis=0)
    known = (~np.isnan(drawn)).sum(axis=0)
    means = np.divide(np.nansum(drawn, axis=0), known, out=nothing, where=known > 0)
    promised, delivered = np.sum([half.more[name] for half in judged if name in half.more], axis=0)
    kept = float(np.clip(delivered / promised, 0.0, 1.0)) if promised != 0 else 0.0
    by_halves = max(float(np.mean([half.told for half in judged])), LEAST_TOLD)
    all_told = max(told, LEAST_TOLD)
    endless = np.clip(2 / all_told - 1 / by_halves, 1.0, min(1 / all_told, MOST_RAISED))
    raised = (2 / (1 + kept)) ** GROWTH * np.sqrt(endless * 2 / (1 + by_halves))
    habits = raised * np.mean([half.by_chance[name].mean() for half in judged if name in half.by_chance])
    share, scatter = raised * means[0] - habits / 2, THESE * raised * _spread(means[1:])
    error = np.sqrt(scatter**2 + habits**2 / 12 + (UNSURE * share) ** 2 + (UNSEEN * (raised - 1)) ** 2)
    return _Estimate(share, error, scatter, kept)


def _spread(drawn: Floats) -> float:
    """Standard deviation of what is known; missing where nothing is, as where only a few people's pairs gain."""
    known = drawn[~np.isnan(drawn)]
    return float(known.std()) if len(known) else np.nan


def behind_answers(scores: PairScores) -> PairScores:
    """The same scores with perspective from the outlook behind the answers."""
    given = scores.perspective
    if hasattr(given, "borrowing"):
        return scores
    perspective = adjusted(given) if not isinstance(given, AverageDistances) else replace(given, kind=AdjustedDistances)
    reach = replace(scores.reach, distances=perspective).rescaled(scores.reach.scale)
    return replace(scores, perspective=perspective, reach=reach)


def _likely(behind: PairScores, judged: Sequence[_Half]) -> PairScores:
    """Scores `behind_answers` with distances as long as those of outlooks without chance are likely to be."""
    by_halves = max(float(np.mean([half.told for half in judged])), LEAST_TOLD)
    kept = KEPT * float(np.clip(_told(behind) / by_halves - 1, 0.0, 1.0))
    kind, given = partial(AdjustedDistances, kept=kept, spread=SPREAD), behind.perspective
    if isinstance(given, AverageDistances):
        perspective: PersonDistances = replace(given, kind=kind)
    else:
        perspective = kind(given.people, given.weights, given.min_shared, given.items)
    reach = replace(behind.reach, distances=perspective).rescaled(behind.reach.scale)
    return replace(behind, perspective=perspective, reach=reach)


def _told(scores: PairScores) -> float:
    """What the other answers tell of each, of scores `behind_answers`."""
    return float(getattr(scores.perspective, "borrowing").told)  # noqa: B009, distances as given have none


def needed(table: pd.DataFrame, signs: pd.DataFrame, able: int, asked: int) -> pd.DataFrame:
    """P values for several ways at once, and how many people, or questions, it would take where it cannot be told.

    ``signs``: how many standard errors each way is ``above`` answers by chance and ``ahead`` of the rival, and what it
    has ``kept`` from half to half. Errors fall with the root of the number of people. How far pairs chosen on one half
    stand out on the other goes with how reliable halves are, which rises by the formula of Spearman and Brown. Said
    only where a survey does not tell, that is of those with less luck, both are rather too many than too few.
    """
    table = table.assign(p_adjusted=own_first(table["p_value"]))
    tests = np.where(table.index == OWN, 1, max(table["p_value"].drop(OWN, errors="ignore").count(), 1))
    unsure = table["p_value"].notna() & ~wins(table) & (table["held_out"] > 0) & (signs["above"] > 1)
    test, band = ndtri(POWER) - ndtri(SIGNIFICANCE / tests), ndtri(POWER) + Z_95
    times = np.maximum(test / signs["above"], band / signs["ahead"])
    times = times.where(unsure & (times > 1))  # or it is not for want of people, but of knowing what habits are
    now, then = signs["kept"], signs["kept"] * times
    odds = (then / (1 - then) / (now / (1 - now))).where((now > 0) & (then < 1))
    return table.assign(people_needed=np.ceil(able * times**2), questions_needed=np.ceil(asked * odds))


def wins(table: pd.DataFrame) -> pd.Series[bool]:
    """Which ways of pairing bring more than the fair rival: both the answers by chance and the band must say so."""
    return pd.Series((table["p_adjusted"] <= SIGNIFICANCE) & (table["held_low"] > 0))


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
    """What ways of pairing that chose on one half bring, by the mean over their pairs of both gains together."""

    pairs: dict[str, list[list[int]]]
    held: dict[str, Floats]  # the advantage on the other half, once for each row of weights
    more: dict[str, tuple[float, float]]  # than the rival on the half that chose and on the other
    by_chance: dict[str, Floats]  # the advantage where the other half is answered by chance, once per draw
    told: float  # of each answer of the other half by the others of that half


class _Split(NamedTuple):
    """One half of the questions to choose by, the other to value by, and that one answered by chance."""

    chosen_by: PairScores
    valued_by: PairScores
    by_chance: list[CodedItems]


def _drawn_by_chance(scores: PairScores, rng: np.random.Generator) -> list[CodedItems]:
    answers = chance_answers(scores)
    return [answers.drawn(rng) for _ in range(CHANCE_DRAWS)]


def _judged(ways: Mapping[str, Strategy | Fixed], rival: Sides, weights: Floats, split: _Split) -> _Half:
    chosen = {NEW_BY_LOT: rival} | _chosen(ways, split.chosen_by)
    one, other = behind_answers(split.chosen_by), behind_answers(split.valued_by)
    promised, delivered = _means(one, chosen, weights[:1]), _means(other, chosen, weights)
    drawn = [_means(answered_by_chance(other, items), chosen, weights[:1]) for items in split.by_chance]
    names = [*chosen][1:]
    more = {name: tuple(each[name][0] - each[NEW_BY_LOT][0] for each in (promised, delivered)) for name in names}
    return _Half(
        pairs={name: np.sort(chosen[name], axis=0).T.tolist() for name in names},
        held={name: _advantage(delivered, name) for name in names},
        more=more,
        by_chance={name: np.concatenate([_advantage(means, name) for means in drawn]) for name in names},
        told=_told(other),
    )


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


def _tested(name: str, judged: Sequence[_Half]) -> tuple[float, float]:
    """P value of answers by chance, and how many standard errors the pairs are above them."""
    halves = [half for half in judged if name in half.by_chance]
    if not halves:
        return np.nan, np.nan
    found = np.array([half.held[name][0] for half in halves])
    p_value, above = more_than_drawn(found, np.array([half.by_chance[name] for half in halves]))
    return float(p_value), float(above)


def _advantage(means: Mapping[str, Floats], name: str) -> Floats:
    """How much more than the rival's the pairs of a way bring, as a share; missing where the rival's bring nothing."""
    own, rival = means[name], means[NEW_BY_LOT]
    more: Floats = np.divide(own, rival, out=np.full(len(own), np.nan), where=rival > 0) - 1
    return more


def more_than_drawn(found: Floats, drawn: Floats) -> tuple[Floats, Floats]:
    """P value of what was found on some halves of the questions, given what was drawn for each, and standard errors.

    ``found`` has one row per half, ``drawn`` one per half and draw; further axes are tested each for itself. The sum
    over halves is held to Student's distribution, since a p value by rank would take a thousand draws. How halves go
    together is found twice, so they are taken to be correlated by `TOGETHER`.
    """
    halves, draws = drawn.shape[:2]
    spreads = drawn.std(axis=1, ddof=1)
    error = np.sqrt((1 - TOGETHER) * (spreads**2).sum(axis=0) + TOGETHER * spreads.sum(axis=0) ** 2)
    error *= np.sqrt(1 + 1 / draws)
    more = found.sum(axis=0) - drawn.mean(axis=1).sum(axis=0)
    above = np.divide(more, error, out=np.full_like(more, np.nan), where=error > 0)
    p_value = np.where(np.isnan(more) | (error > 0), stdtr(halves * (draws - 1), -above), 1.0)
    return p_value, above


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
