"""Split-half cross-fitting, and a weighted (gamma) node bootstrap over people.

Of many pairings the one that looks best on some answers looks best by luck too. So each way of pairing chooses on one
half of the perspective items and is valued on the other. What a person would gain there from a partner by lot, anyone
they do not hear yet, is the yardstick. Answers that have nothing to do with each other leave no pairing above it on
average, whatever the network: that is what the lots are drawn for. P values are a permutation test's, adjusted by
Holm's method.

Bands say where ways of pairing would lie had other people of the kind been asked. People are drawn anew, not pairs:
everybody gets a gamma weight, the same in every way of pairing, and a pair counts with the product of its people's. So
two ways of pairing that serve the same people go up and down together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import BAND_95, progress_bar
from peernet.compare.strategies import CHANCE, Strategy
from peernet.errors import InfeasibleError
from peernet.pairing.objectives import best_under_rules
from peernet.scores.pair_scores import PairScores

Fixed = Sequence[tuple[str, str]]
HELD_OUT_COLUMNS = ["held_out", "held_low", "held_high", "p_value", "p_adjusted"]
PERMUTATIONS = 999  # deals of people into the pairs' places
HELD_OUT_DRAWS = 400  # for the band of what is held out
BAND_DRAWS = 200  # for the bands of positions, which move less
LIKE_PAIRS = np.sqrt(2) - 1  # variance of a person's weight that gives the product of two the variance 1
SPLITS = 10
SPLIT_COLUMNS = ["promised", "delivered", "optimism"]


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
        two items set people apart or no half has pairs for a strategy.
    """
    halves = [valued_half(*pair) for pair in split_scores(scores, rng=rng, splits=splits)]
    able = np.flatnonzero(scores.gates.out == 0)
    lots = np.tile(np.arange(len(scores)), (PERMUTATIONS, 1))  # everybody's place taken by somebody by lot
    lots[:, able] = rng.permuted(lots[:, able], axis=1)
    rows = {}
    with progress_bar(len(chosen), "choosing on half of the answers", wanted=progress) as bar:
        for name, strategy in chosen.items():
            rows[name] = _row(strategy, halves, lots, rng)
            bar.update()
    table = pd.DataFrame.from_dict(rows, orient="index", columns=HELD_OUT_COLUMNS[:-1], dtype=np.float64)
    table.loc[table.index.isin(list(CHANCE)), "p_value"] = np.nan
    return table.assign(p_adjusted=holm(table["p_value"])).rename_axis("strategy")


@dataclass(frozen=True)
class Half:
    """What everyone would gain from everyone on the items that were not chosen by.

    Parameters
    ----------
    chosen_by
        The scores with perspective from the other half of the items.
    gains
        Person x partner, what the person would gain.
    new
        Whether two people do not hear each other yet, can both take part, and their gains are known on both sides.
    lot
        What each person would gain from a partner by lot, the mean over new ones.
    """

    chosen_by: PairScores
    gains: Floats
    new: Flags
    lot: Floats

    @property
    def excess(self) -> Floats:
        """What both people of each pair gain more than from partners by lot; 0 for those who hear each other."""
        own = np.where(self.new, self.gains - self.lot[:, None], 0.0)
        both: Floats = own + own.T
        return both


def valued_half(chosen_by: PairScores, valued_by: PairScores) -> Half:
    """The half that chooses, and the gains on the other, which values."""
    gains, _ = valued_by.reach.gains(np.arange(len(valued_by)))
    new: Flags = ~np.isnan(gains + gains.T)
    for person, heard in enumerate(chosen_by.reach.heard):
        new[person, heard] = new[heard, person] = False
    can = chosen_by.gates.out == 0
    new &= can & can[:, None]
    count = new.sum(axis=1)
    lot = np.where(new, gains, 0.0).sum(axis=1) / np.where(count > 0, count, np.nan)
    return Half(chosen_by, gains, new, lot)


class _Chosen(NamedTuple):
    """Pairs chosen on one half, by position, and what they bring on the other."""

    half: Half
    firsts: Ints
    seconds: Ints
    brought: Floats  # 2 x pair: what both gain, and what they would gain from partners by lot


def _row(strategy: Strategy | Fixed, halves: Sequence[Half], lots: Ints, rng: np.random.Generator) -> list[float]:
    found = [chosen for half in halves for chosen in _chosen(strategy, half)]
    if not found:
        return [np.nan] * 4
    low, high = np.quantile(_drawn_anew(found, rng), BAND_95)
    return [_more_than_by_lot(sum(chosen.brought.sum(axis=1) for chosen in found)), low, high, _p_value(found, lots)]


def _chosen(strategy: Strategy | Fixed, half: Half) -> Iterator[_Chosen]:
    """The pairs chosen on one half, those whose gains are not known on the other left out; nothing if none is left."""
    try:
        pairs = list(strategy(half.chosen_by) if callable(strategy) else strategy)
    except InfeasibleError:  # a half can leave a required pair undefined
        return
    i, j = places_of(half.chosen_by, pairs)
    brought = np.array([half.gains[i, j] + half.gains[j, i], half.lot[i] + half.lot[j]])
    known = ~np.isnan(brought.sum(axis=0))
    if known.any():
        yield _Chosen(half, i[known], j[known], brought.compress(known, axis=1))


def places_of(scores: PairScores, pairs: Sequence[tuple[str, str]]) -> tuple[Ints, Ints]:
    """Positions of the first and of the second of each pair."""
    sides = (pd.Index([pair[side] for pair in pairs], dtype=object) for side in (0, 1))
    firsts, seconds = (scores.people.get_indexer(people) for people in sides)
    return firsts, seconds


def _more_than_by_lot(sums: Floats) -> float:
    """How much more than by lot, as a share."""
    return float(sums[0] / sums[1] - 1) if sums[1] > 0 else np.nan


def _drawn_anew(found: Sequence[_Chosen], rng: np.random.Generator) -> Floats:
    """The share for people and halves of the items drawn anew."""
    people = len(found[0].half.lot)
    drawn = []
    for _ in range(HELD_OUT_DRAWS):
        weights = bootstrap_weights(people, rng)
        sums = np.array([c.brought @ pair_weights(weights, c.firsts, c.seconds) for c in found])
        drawn.append(_more_than_by_lot(sums[rng.integers(len(sums), size=len(sums))].sum(axis=0)))
    return np.array(drawn)


def _p_value(found: Sequence[_Chosen], lots: Ints) -> float:
    """How often the same pairs would bring as much were people dealt into them by lot, one deal for all halves."""
    reached, dealt = 0.0, np.zeros(len(lots))
    for half, firsts, seconds, _ in found:
        excess = half.excess
        reached += float(excess[firsts, seconds].sum())
        dealt += excess[lots[:, firsts], lots[:, seconds]].sum(axis=1)
    return float((1 + (dealt >= reached - 1e-12).sum()) / (1 + len(lots)))


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
    product: Floats = weights[firsts] * weights[seconds]
    return product


def split_half(scores: PairScores, *, rng: np.random.Generator, splits: int = SPLITS) -> pd.DataFrame:
    """Pairings chosen by each half of the perspective items and valued by the other, gates and rules as they are.

    One row per choice, index ``split``: ``promised``, ``delivered`` and ``optimism``. Pairs whose distance one of the
    halves leaves undefined count in neither total, and neither do prices of rules. Choices that cannot keep the rules,
    because a half leaves a pair undefined, are left out.
    """
    rows = [row for pair in split_scores(scores, rng=rng, splits=splits) for row in _promised_and_delivered(*pair)]
    return pd.DataFrame(rows, columns=SPLIT_COLUMNS, dtype=np.float64).rename_axis("split")


def split_scores(
    scores: PairScores, *, rng: np.random.Generator, splits: int = SPLITS
) -> Iterator[tuple[PairScores, PairScores]]:
    """The scores with perspective from one half of its items and from the other, each half first in turn.

    Nothing where fewer than two items set people apart.
    """
    asked = np.flatnonzero(scores.perspective.shares > 0)
    for _ in range(splits if len(asked) >= 2 else 0):
        one, other = (on_items(scores, half) for half in halves(asked, rng))
        yield one, other
        yield other, one


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
