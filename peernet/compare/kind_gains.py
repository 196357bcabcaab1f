"""Gains of kinds of pairs: split-half cross-fitting, a max-T permutation test, jackknife intervals.

The kind of a pair, how two people stand to each other in experience and in perspective, is told by one half of the
outlook items and the gain by the other half. Pairs share people: so people, not pairs, are left out in turn for the
intervals (Efron & Stein 1981) and swap places for the test (Westfall & Young 1993).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from peernet._arrays import Codes, Flags, Floats, Ints
from peernet._compiled import kernel
from peernet._parallel import over, progress_bar
from peernet.compare.chance_answers import answered_by_chance, chance_answers
from peernet.compare.held_out import halves, more_than_drawn, on_items
from peernet.distance.distances import PersonDistances
from peernet.scores.pair_scores import PairScores
from peernet.survey.names import in_groups

FIGURES = ("gain", "beyond", "alone", "own", "given")
STEPS = 24  # of distance, over which the gain usual at that distance is read off
BANDS = {
    1: ("any",),
    2: ("near", "far"),
    3: ("near", "middle", "far"),
    4: ("nearest", "near", "far", "farthest"),
    5: ("nearest", "near", "middle", "far", "farthest"),
}
SAMENESS = ("same group", "different groups")
FEWEST = 5  # people in a kind that is tested
TABLES_OF_MEANS = 6  # of people by kinds: sums, numbers, means without each person and what they are made from
FEWEST_GROUPS = 2  # of a view, or it is divided into bands
ALPHA = 0.05  # of 95 % intervals
HABIT_CHOICES, HABIT_DRAWS = 4, 8  # choices, and draws of answers for each, that tell what habits alone would give


@dataclass(frozen=True)
class OpenPairs:
    """The pairs of some people that are open whatever their experience, and how their kind is told.

    Parameters
    ----------
    scores
        The scores, with the gates on experience and outlook open.
    people
        Positions of the people who have an open pair; all other positions here refer to them.
    firsts, seconds
        The two people of each pair.
    fitting
        Whether each two people are close enough in experience, shape (people, people).
    experience
        How each two people stand to each other in experience.
    groups
        Group of each person by outlook, or None: bands of distance.
    finer
        Whether kinds tell which two groups meet.
    bands
        Number of bands.
    """

    scores: PairScores
    people: Ints
    firsts: Ints
    seconds: Ints
    fitting: Flags
    experience: ViewKinds
    groups: Ints | None
    finer: bool
    bands: int

    def kinds(self, perspective: PersonDistances, groups: Ints | None) -> tuple[Codes, tuple[str, ...]]:
        """Kind of every two people by these distances or groups, and the words for outlook."""
        if groups is None:
            view = banded(perspective.block(self.people, self.people), self.bands)
        else:
            view = group_kinds(groups, finer=self.finer)
        return crossed(self.experience, view), view.words

    def places(self) -> tuple[Ints, Ints]:
        """The two people of each pair, by their positions in the scores."""
        return self.people[self.firsts], self.people[self.seconds]


@dataclass(frozen=True)
class Choice:
    """What one half of the items says of everybody's kind, and the other half of the gains.

    Parameters
    ----------
    codes
        Kind of each two people, -1 for none or if too far apart in experience.
    figures
        Pair x figure, in the order of `FIGURES`.
    valued_by
        Positions of the items that the gains come from.
    """

    codes: Codes
    figures: Floats
    valued_by: Ints

    def outlook(self, words: int) -> Codes:
        """How the two stand to each other in perspective alone, of so many ways; -1 as in ``codes``."""
        return np.where(self.codes >= 0, self.codes % words, np.int16(-1)).astype(np.int16)

    def experience(self, words: int) -> Codes:
        """How they stand to each other in experience alone, where there are so many ways in perspective."""
        return np.where(self.codes >= 0, self.codes // words, np.int16(-1)).astype(np.int16)


def open_pairs(scores: PairScores, people: Ints, labels: pd.DataFrame | None, *, finer: bool, bands: int) -> OpenPairs:
    """Everything needed to tell kinds; bands of distance where a view has no groups."""
    opened = scores.without("experience", "band")
    opened = replace(opened, gates=replace(opened.gates, floor=None))
    people, firsts, seconds = _open(opened, people)
    within, apart = scores.gates.experience_within, scores.gates.experience
    near = np.ones((len(people), len(people)), dtype=bool)
    if within is not None and apart is not None:
        near = np.asarray(apart.block(people, people) <= within + 1e-12)
    groups = {view: _groups(labels, view, scores.people[people]) for view in ("experience", "perspective")}
    experience = _experience(scores, people, groups["experience"], finer=finer, bands=bands)
    return OpenPairs(opened, people, firsts, seconds, near, experience, groups["perspective"], finer, bands)


def _open(scores: PairScores, people: Ints) -> tuple[Ints, Ints, Ints]:
    """People with an open pair, and the pairs."""
    place = np.full(len(scores), -1, dtype=np.int64)
    place[people] = np.arange(len(people))
    at = scores.possible_at(people)
    firsts, seconds = np.minimum(at.firsts, at.seconds), np.maximum(at.firsts, at.seconds)
    order = np.lexsort((seconds, firsts))
    firsts, seconds = firsts[order], seconds[order]
    there = np.unique(np.concatenate([firsts, seconds]))
    return there, np.searchsorted(there, firsts), np.searchsorted(there, seconds)


def _groups(labels: pd.DataFrame | None, view: str, people: pd.Index) -> Ints | None:
    """Group of each person from 0, -1 for none; None where the view shows no two groups."""
    if labels is None or view not in labels or (known := in_groups(labels[view])).nunique() < FEWEST_GROUPS:
        return None
    codes, _ = pd.factorize(known.reindex(people), sort=True)
    return np.asarray(codes, dtype=np.int64) if codes.max(initial=-1) > 0 else None


def _experience(scores: PairScores, people: Ints, groups: Ints | None, *, finer: bool, bands: int) -> ViewKinds:
    """How two people stand to each other in experience: by group, else by bands of distance, if there is any."""
    if groups is not None:
        return group_kinds(groups, finer=finer)
    distances = scores.gates.experience
    if distances is None:
        return ViewKinds(np.zeros((len(people), len(people)), dtype=np.int8), ("any",))
    return banded(distances.block(people, people), bands)


def choices(pairs: OpenPairs, splits: int, rng: np.random.Generator, *, progress: bool) -> Iterator[Choice]:
    """Two per split of the items: each half chooses once."""
    asked = np.flatnonzero(pairs.scores.perspective.shares > 0)
    with progress_bar(2 * splits, "choosing on half of the answers", wanted=progress) as bar:
        for _ in range(splits):
            sides = halves(asked, rng)
            seen = [on_items(pairs.scores, half) for half in sides]
            for chooser, valuer, items in ((seen[0], seen[1], sides[1]), (seen[1], seen[0], sides[0])):
                yield Choice(_kinds_told_by(pairs, chooser.perspective), pair_gains(pairs, valuer), items)
                bar.update()


def above_habits(
    pairs: OpenPairs, chosen: Sequence[Choice], words: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """How far each kind told by perspective would lie above all pairs by people's habits of answering alone.

    And a p value: how often habits alone give as much as was found. The half that values is answered by chance, see
    `chance_answers`, for a few choices. Excesses are compared as shares of what all pairs gain: where answers are not
    told by each other all distances are larger, and so are gains (`peernet.distance.adjusted`).
    """
    found, habits, overall = [], [], []
    for choice in chosen[:HABIT_CHOICES]:
        valuer, codes = on_items(pairs.scores, choice.valued_by), choice.outlook(words)
        answers = chance_answers(valuer)
        means = _means_of_kinds(pairs, choice.figures, codes, words)
        drawn = [
            _means_of_kinds(pairs, pair_gains(pairs, answered_by_chance(valuer, answers.drawn(rng))), codes, words)
            for _ in range(HABIT_DRAWS)
        ]
        found.append(means.relative_excess)
        habits.append([each.relative_excess for each in drawn])
        overall.append(means.overall)
    p_value, _ = more_than_drawn(np.array(found), np.array(habits))
    return np.mean(habits, axis=(0, 1)) * np.mean(overall), p_value


def _means_of_kinds(pairs: OpenPairs, figures: Floats, codes: Codes, words: int) -> KindMeans:
    """Means of the first figure of one choice."""
    first = np.ascontiguousarray(figures[:, None, :1])
    sums, numbers = PairFigures(pairs.firsts, pairs.seconds, first, codes[:, :, None], words).sums(
        np.arange(len(pairs.people))
    )
    return kind_means(sums[:, :, 0], numbers)


def _kinds_told_by(pairs: OpenPairs, perspective: PersonDistances) -> Codes:
    """Kind of each two people by these distances, -1 if too far apart in experience."""
    groups = pairs.groups
    if groups is not None:
        groups = nearest_groups(perspective.block(pairs.people, pairs.people), groups)
    codes, _ = pairs.kinds(perspective, groups)
    return np.where(pairs.fitting, codes, np.int16(-1))


def pair_gains(pairs: OpenPairs, scores: PairScores) -> Floats:
    """Figures of every open pair, in the order of `FIGURES`.

    ``gain`` as the scores value it; ``beyond``, the same less the mean gain of pairs equally far apart; ``alone``, what
    it would be if neither heard anybody else; ``own`` and ``given``, the gain on each side.
    """
    firsts, seconds = pairs.places()
    own, given = scores.gains(firsts, seconds)
    gain, apart = scores.worth(own, given, firsts, seconds), scores.perspective.of_pairs(firsts, seconds)
    gain = np.where(np.isnan(apart), np.nan, gain)
    alike = np.exp(-apart / scores.reach.scale)
    alone = (1 - alike) / (1 + alike)
    return np.stack([gain, gain - _usual(apart, gain), alone, own, given], axis=1).astype(np.float32)


def _usual(apart: Floats, gain: Floats) -> Floats:
    """Mean gain of pairs about as far apart, read off between steps of equally many pairs."""
    known = np.flatnonzero(~np.isnan(apart + gain))
    if not len(known):
        return np.zeros_like(gain)
    parts = np.array_split(known[np.argsort(apart[known], kind="stable")], min(STEPS, len(known)))
    at, usual = (np.array([values[part].mean() for part in parts]) for values in (apart, gain))
    return np.asarray(np.interp(apart, at, usual))


class ViewKinds(NamedTuple):
    """How every two people stand to each other in one view."""

    codes: Codes  # person x person, places in the words; -1 where it is not known
    words: tuple[str, ...]


def banded(table: Floats, bands: int) -> ViewKinds:
    """Distances in bands that hold about equally many pairs, whether gates let them pass or not.

    So far is what somebody would call far who looks at all colleagues; equal distances fall into one band.
    """
    above = np.triu(np.ones(table.shape, dtype=bool), k=1)
    known, times = np.unique(table[above & ~np.isnan(table)], return_counts=True)
    bands = min(bands, max(len(known), 1))
    middle = (np.cumsum(times) - times / 2) / max(times.sum(), 1)  # rank of each distance, from 0 to 1
    starts = [known[middle >= k / bands].min(initial=np.inf) for k in range(1, bands)]
    codes = sum((table >= start).astype(np.int8) for start in starts) + np.zeros(table.shape, dtype=np.int8)
    return ViewKinds(np.where(np.isnan(table), np.int8(-1), codes), BANDS[bands])


def group_kinds(labels: Ints, *, finer: bool) -> ViewKinds:
    """Which two groups meet or, less fine, whether it is one."""
    return pair_kinds(labels) if finer else same_or_not(labels)


def same_or_not(labels: Ints) -> ViewKinds:
    """Whether two people are of one group; groups count from 0, -1 for people without one."""
    codes = np.where(np.equal.outer(labels, labels), np.int8(0), np.int8(1))
    return ViewKinds(_where_known(codes, labels), SAMENESS)


def pair_kinds(labels: Ints) -> ViewKinds:
    """Which two groups meet, whoever comes first."""
    groups = int(labels.max(initial=-1)) + 1
    low, high = np.minimum.outer(labels, labels), np.maximum.outer(labels, labels)
    place = np.full((groups, groups), -1, dtype=np.int8)
    meeting = list(zip(*np.triu_indices(groups), strict=True))
    for number, (one, other) in enumerate(meeting):
        place[one, other] = number
    words = tuple(f"{one + 1} with {other + 1}" for one, other in meeting)
    return ViewKinds(_where_known(place[low, high], labels), words)


def _where_known(codes: Codes, labels: Ints) -> Codes:
    known = labels >= 0
    return np.where(np.logical_and.outer(known, known), codes, np.int8(-1)).astype(np.int8)


def crossed(experience: ViewKinds, perspective: ViewKinds) -> Codes:
    """One code for both views, -1 where either is not known."""
    known = (experience.codes >= 0) & (perspective.codes >= 0)
    both = experience.codes.astype(np.int16) * len(perspective.words) + perspective.codes
    return np.where(known, both, -1).astype(np.int16)


def nearest_groups(table: Floats, labels: Ints) -> Ints:
    """The group each person is nearest to by these distances, whatever group they were in themselves.

    Near is the mean distance to the members, the person left out, less half the mean distance among them, so that a
    tight group draws nobody just by being tight. People without a group, or without a distance, stay without (-1).
    """
    member = np.equal.outer(labels, np.arange(labels.max(initial=-1) + 1)).astype(np.float64)
    known = ~np.isnan(table)
    np.fill_diagonal(known, False)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = np.where(known, table, 0.0) @ member / (known @ member)
        among = np.nansum(away * member, axis=0) / (member * ~np.isnan(away)).sum(axis=0)
    away = np.where(np.isnan(away), np.inf, away) - np.nan_to_num(among) / 2
    placed = (labels >= 0) & np.isfinite(away).any(axis=1)
    return np.where(placed, away.argmin(axis=1), -1)


@dataclass(frozen=True)
class PairFigures:
    """Figures of pairs and the kinds they are of, once per choice of items; choices lie side by side, read at once.

    Parameters
    ----------
    firsts, seconds
        The two people of each pair.
    figures
        Pair x choice x figure; missing where not known.
    codes
        Person x person x choice: kind of the pair, -1 for none.
    kinds
        Number of kinds.
    """

    firsts: Ints
    seconds: Ints
    figures: Floats
    codes: Codes
    kinds: int

    @property
    def room(self) -> float:
        """Bytes of memory that these figures and means of them for every person, kind and figure take."""
        means = TABLES_OF_MEANS * 8 * self.codes.shape[1] * self.kinds * self.figures.shape[2]
        return float(self.codes.nbytes + self.figures.nbytes + 2 * self.firsts.nbytes + means)

    def sums(self, order: Ints) -> tuple[Floats, Floats]:
        """Sums (person x kind x figure) and numbers (person x kind) of pairs when people take each other's places."""
        people, shape = len(order), (len(order), self.kinds, self.figures.shape[2])
        sums, numbers = np.zeros(shape), np.zeros((people, self.kinds))
        _add_up(self.firsts, self.seconds, self.figures, self.codes, order, sums, numbers)
        return sums, numbers

    def pair_variance(self, means: KindMeans) -> Floats:
        """What pairs by themselves add to the variance of each mean and of each excess of the first figure."""
        part, overall = np.zeros((len(self.firsts), self.kinds)), np.zeros(len(self.firsts))
        for kind, figure in zip(self.codes[self.firsts, self.seconds].T, self.figures[:, :, 0].T, strict=True):
            pair = np.flatnonzero((kind >= 0) & ~np.isnan(figure))
            part[pair, kind[pair]] += (figure[pair] - means.mean[kind[pair]]) / means.pairs[kind[pair]]
            overall[pair] += (figure[pair] - means.overall) / means.pairs.sum()
        return np.stack([(part**2).sum(axis=0), ((part - overall[:, None]) ** 2).sum(axis=0)])


@kernel
def _add_up(
    firsts: Ints,
    seconds: Ints,
    figures: Floats,
    codes: Codes,
    order: Ints,
    sums: Floats,
    numbers: Floats,
) -> None:
    """Add every pair to both of its people, under the kind of those whose place they take."""
    wide = figures.shape[2]
    for p in range(len(firsts)):
        i, j = firsts[p], seconds[p]
        at = order[i], order[j]
        for choice in range(codes.shape[2]):
            kind = codes[at[0], at[1], choice]
            if kind < 0 or np.isnan(figures[p, choice, 0]):
                continue
            for v in range(wide):
                figure = figures[p, choice, v]
                sums[i, kind, v] += figure
                sums[j, kind, v] += figure
            numbers[i, kind] += 1.0
            numbers[j, kind] += 1.0


@dataclass(frozen=True)
class KindMeans:
    """Means of one figure per kind, and what they would be without each person in turn.

    Parameters
    ----------
    mean, excess
        Per kind: the mean, and how far it lies above the mean over all pairs.
    without, excess_without
        Person x kind: the same without the person.
    overall
        Mean over all pairs.
    people
        Number of people in pairs of each kind.
    pairs
        Number of pairs, once per choice.
    """

    mean: Floats
    excess: Floats
    without: Floats
    excess_without: Floats
    overall: float
    people: Ints
    pairs: Floats

    @property
    def relative_excess(self) -> Floats:
        """Excess as a share of the mean over all pairs; missing where that is nothing."""
        return self.excess / self.overall if self.overall > 0 else np.full(len(self.excess), np.nan)

    def standing_out(self) -> Floats:
        """Excess in standard errors; minus infinity where there are too few people."""
        error = jackknife_spread(self.excess_without)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = self.excess / error
        return np.where((self.people >= FEWEST) & np.isfinite(ratio) & (error > 0), ratio, -np.inf)

    def intervals(self, apart: Floats) -> tuple[Floats, Floats]:
        """Half the width of the 95 % intervals of each mean and of each excess, given `PairFigures.pair_variance`.

        Leaving people out takes every pair out twice, so what pairs have to themselves is counted twice; it is taken
        off once (Efron & Stein 1981).
        """
        variance = np.stack([jackknife_spread(self.without), jackknife_spread(self.excess_without)]) ** 2
        half = _t_quantile(self.people) * np.sqrt(np.maximum(variance - apart, variance / 2))
        return half[0], half[1]

    def ahead(self, best: int) -> Floats:
        """By how much the best kind is ahead of each at the least, with 95 % confidence over all of them."""
        ahead = self.mean[best] - self.mean
        kinds = max(int((self.people >= FEWEST).sum()) - 1, 1)
        error = jackknife_spread(self.without[:, [best]] - self.without)
        return np.asarray(
            ahead - _t_quantile(np.minimum(self.people, self.people[best]), ALPHA / kinds, sides=1) * error
        )


def _t_quantile(people: Ints, level: float = ALPHA, sides: int = 2) -> Floats:
    return np.asarray(stdtrit(np.maximum(people - 1, 1), 1 - level / sides))


def jackknife_spread(without: Floats) -> Floats:
    """Jackknife standard error from what is found without each person in turn (Efron & Stein 1981)."""
    n = len(without)
    if not n:
        return np.full(without.shape[1:], np.nan)
    return np.asarray(np.sqrt((n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0)))


def kind_means(sums: Floats, numbers: Floats) -> KindMeans:
    """Means from sums and numbers of pairs per person (rows) and kind; every pair counts for both of its people."""
    there = numbers.any(axis=1)
    sums, numbers = sums[there], numbers[there]
    all_sums, all_numbers = sums.sum(axis=1, keepdims=True), numbers.sum(axis=1, keepdims=True)
    mean, without = _means(sums, numbers)
    overall, overall_without = _means(all_sums, all_numbers)
    people = (numbers > 0).sum(axis=0)
    excess, excess_without = mean - overall, without - overall_without
    return KindMeans(mean, excess, without, excess_without, float(overall[0]), people, numbers.sum(axis=0) / 2)


def _means(sums: Floats, numbers: Floats) -> tuple[Floats, Floats]:
    total, pairs = sums.sum(axis=0) / 2, numbers.sum(axis=0) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / pairs, (total - sums) / (pairs - numbers)


def against_chance(pairs: PairFigures, people: int, draws: int, rng: np.random.Generator, *, progress: bool) -> Floats:
    """How far each kind stands out (figure x kind), as found and then in each draw, stacked along the first axis.

    In a draw everybody keeps their colleagues and what they would gain, and swaps experience and outlook with somebody
    else; what two people share by being the same pair, and by sharing people with other pairs, stays. They swap, and
    are not dealt out freely, because each half of the items tells the kind once and the gain once: how the halves go
    together is then found twice, in a draw as in the survey.
    """
    orders = [np.arange(people), *(swapped(people, rng) for _ in range(draws))]
    work, room = partial(_all_standing_out, pairs), pairs.room
    return np.array(over(work, orders, progress=progress, what="shuffling people", room=room))


def swapped(people: int, rng: np.random.Generator) -> Ints:
    """Whose place each person takes when people swap places two by two; with an odd number, one keeps theirs."""
    order, mixed = np.arange(people), np.argsort(rng.random(people), kind="stable")
    one, other = mixed[0 : people - 1 : 2], mixed[1::2]
    order[one], order[other] = other, one
    return order


def _all_standing_out(pairs: PairFigures, order: Ints) -> Floats:
    sums, numbers = pairs.sums(order)
    return np.array([kind_means(sums[:, :, v], numbers).standing_out() for v in range(sums.shape[2])])


def shares_of_draws(found: Floats) -> tuple[Floats, Floats]:
    """Of draws x kind, the first as found: how often chance gives each kind as much, and any kind (max-T)."""
    as_much = (found >= found[0] - 1e-12).mean(axis=0)
    any_kind = (found.max(axis=1)[:, None] >= found[0] - 1e-12).mean(axis=0)
    tested: Flags = np.isfinite(found[0])
    return np.where(tested, as_much, np.nan), np.where(tested, any_kind, np.nan)
