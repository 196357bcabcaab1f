"""Whether pairs chosen on some of the questions bring more than partners by lot on the others.

Of many pairings the one that looks best on some answers looks best by luck too. So each way of pairing chooses on one
half of the perspective items and is valued on the other. What a person would gain there from a partner by lot, anyone
they do not hear yet, is the yardstick. Answers that have nothing to do with each other leave no pairing above it on
average, whatever the network: that is what the lots are drawn for.

Where ways of pairing lie between chance and what is attainable, had other people of the kind been asked.

People are drawn anew, not pairs: everybody gets a weight, the same in every way of pairing, and a pair counts with the
product of its people's. So two ways of pairing that serve the same people go up and down together.

How much of the promised value the choice itself makes up: pairs chosen on half of the items, valued on the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import progress_bar
from peernet.compare.strategies import Strategy
from peernet.errors import InfeasibleError
from peernet.pairing.objectives import best_under_rules
from peernet.scores.pair_scores import PairScores

HELD_OUT_COLUMNS = ["held_out", "held_low", "held_high", "p_value", "p_adjusted"]
CHANCE = ("random", "random within gates")
LEVEL = 0.05
PERMUTATIONS = 999
HELD_OUT_DRAWS = 400
Fixed = Sequence[tuple[str, str]]
BAND_DRAWS = 200
BAND = (0.025, 0.975)
LIKE_PAIRS = np.sqrt(2) - 1  # variance of a person's weight that gives the product of two the variance 1
SPLITS = 10
SPLIT_COLUMNS = ["promised", "delivered", "optimism"]


@dataclass(frozen=True)
class _Half:
    """What everyone would gain from everyone on the items that were not chosen by."""

    chosen_by: PairScores
    gains: Floats
    lot: Floats

    @property
    def excess(self) -> Floats:
        """What both people of each pair gain more than from partners by lot; 0 for those who hear each other."""
        own = np.where(self.new, self.gains - self.lot[:, None], 0.0)
        both: Floats = own + own.T
        return both

    @property
    def new(self) -> Flags:
        """Whether two people do not hear each other yet, and their gains are known on both sides."""
        return _new(self.chosen_by, self.gains)


def _new(scores: PairScores, gains: Floats) -> Flags:
    new: Flags = ~np.isnan(gains + gains.T)
    for person, heard in enumerate(scores.reach.heard):
        new[person, heard] = new[heard, person] = False
    can = scores.gates.out == 0
    new &= can & can[:, None]
    return new


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
        Index ``strategy``, the columns of `Comparison.table` that are in `COLUMNS`; missing where fewer than two items
        set people apart or no half has pairs for a strategy.
    """
    halves = [_half(*pair) for pair in split_scores(scores, rng=rng, splits=splits)]
    lots = _lots(np.flatnonzero(scores.gates.out == 0), len(scores), rng)
    rows = {}
    with progress_bar(len(chosen), "choosing on half of the answers", wanted=progress) as bar:
        for name, strategy in chosen.items():
            rows[name] = _row(strategy, halves, lots, rng)
            bar.update()
    table = pd.DataFrame.from_dict(rows, orient="index", columns=HELD_OUT_COLUMNS[:-1], dtype=np.float64)
    table.loc[table.index.isin(CHANCE), "p_value"] = np.nan
    return table.assign(p_adjusted=holm(table["p_value"])).rename_axis("strategy")


def _half(chosen_by: PairScores, valued_by: PairScores) -> _Half:
    gains, _ = valued_by.reach.gains(np.arange(len(valued_by)))
    new = _new(chosen_by, gains)
    count = new.sum(axis=1)
    lot = np.where(new, gains, 0.0).sum(axis=1) / np.where(count > 0, count, np.nan)
    return _Half(chosen_by, gains, lot)


def _lots(able: Ints, people: int, rng: np.random.Generator) -> Ints:
    """Everybody's place taken by somebody by lot, shape (lots, people)."""
    places = np.tile(np.arange(people), (PERMUTATIONS, 1))
    places[:, able] = rng.permuted(places[:, able], axis=1)
    return places


def _row(strategy: Strategy | Fixed, halves: Sequence[_Half], lots: Ints, rng: np.random.Generator) -> list[float]:
    found = [(half, *sides) for half in halves for sides in _pairs(strategy, half)]
    if not found:
        return [np.nan] * 4
    values = [_values(half, firsts, seconds) for half, firsts, seconds in found]
    low, high = np.quantile(_bands(found, values, rng), (0.025, 0.975))
    return [_more(sum(v.sum(axis=1) for v in values)), low, high, _p_value(found, lots)]


def _pairs(strategy: Strategy | Fixed, half: _Half) -> Iterator[tuple[Ints, Ints]]:
    """Positions of the pairs chosen on one half, those whose gains are not known on the other left out."""
    try:
        pairs = list(strategy(half.chosen_by) if callable(strategy) else strategy)
    except InfeasibleError:  # a half can leave a required pair undefined
        return
    index = half.chosen_by.people
    firsts, seconds = (index.get_indexer(pd.Index([pair[side] for pair in pairs], dtype=object)) for side in (0, 1))
    known = ~np.isnan(half.gains[firsts, seconds] + half.gains[seconds, firsts] + half.lot[firsts] + half.lot[seconds])
    if known.any():
        yield firsts[known], seconds[known]


def _values(half: _Half, firsts: Ints, seconds: Ints) -> Floats:
    """What both gain in each pair, and what they would gain from partners by lot, shape (2, pairs)."""
    return np.array([half.gains[firsts, seconds] + half.gains[seconds, firsts], half.lot[firsts] + half.lot[seconds]])


def _more(sums: Floats) -> float:
    """How much more than by lot, as a share."""
    return float(sums[0] / sums[1] - 1) if sums[1] > 0 else np.nan


def _bands(found: Sequence[tuple[_Half, Ints, Ints]], values: Sequence[Floats], rng: np.random.Generator) -> Floats:
    """The share for people and halves of the items drawn anew."""
    people = len(found[0][0].lot)
    drawn = []
    for _ in range(HELD_OUT_DRAWS):
        weights = bootstrap_weights(people, rng)
        sums = np.array([v @ pair_weights(weights, *sides) for v, (_, *sides) in zip(values, found, strict=True)])
        drawn.append(_more(sums[rng.integers(len(sums), size=len(sums))].sum(axis=0)))
    return np.array(drawn)


def _p_value(found: Sequence[tuple[_Half, Ints, Ints]], lots: Ints) -> float:
    """How often the same pairs would bring as much were people dealt into them by lot, one deal for all halves."""
    reached, dealt = 0.0, np.zeros(len(lots))
    for half, firsts, seconds in found:
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
class Valued:
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


def bootstrap_weights(people: int, rng: np.random.Generator) -> Floats:
    """Weights of people drawn anew.

    They are gamma distributed, with a variance that gives pairs who have nobody in common the same freedom as drawing
    pairs would.
    """
    weights: Floats = rng.gamma(1 / LIKE_PAIRS, LIKE_PAIRS, size=people)
    return weights


def pair_weights(weights: Floats, firsts: Ints, seconds: Ints) -> Floats:
    """Weights of pairs: the product of their people's, so that pairs who share somebody go up and down together."""
    product: Floats = weights[firsts] * weights[seconds]
    return product


def position_bands(
    ways: Mapping[str, Valued], chance: Valued, draws: int, most: Valued, people: int, rng: np.random.Generator
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
    low, high = np.quantile(known, BAND, axis=0) if len(known) else (np.nan, np.nan)
    return pd.DataFrame({"position_low": low, "position_high": high}, index=list(ways))


def split_half(scores: PairScores, *, rng: np.random.Generator, splits: int = SPLITS) -> pd.DataFrame:
    """Pairings chosen by each half of the perspective items and valued by the other, gates and rules as they are.

    One row per choice, index ``split``: ``promised``, ``delivered`` and ``optimism``. Pairs whose distance one of the
    halves leaves undefined count in neither total, and neither do prices of rules. Choices that cannot keep the rules,
    because a half leaves a pair undefined, are left out.
    """
    rows = [row for pair in split_scores(scores, rng=rng, splits=splits) for row in _valued(*pair)]
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
    """The same scores with perspective, and its usual scale, from some items; the gates stay."""
    perspective = scores.perspective.on_items(items)
    reach = replace(scores.reach, distances=perspective)
    scale = scores.settings["scale"] * _ratio(perspective.median, scores.perspective.median)
    return replace(scores, perspective=perspective, reach=reach.rescaled(scale))


def _ratio(half: float, whole: float) -> float:
    return half / whole if half > 0 and whole > 0 else 1.0


def _valued(chosen_by: PairScores, valued_by: PairScores) -> Iterator[dict[str, float]]:
    try:
        _, best = best_under_rules(chosen_by)
    except InfeasibleError:
        return
    sides = np.array([[chosen_by.position(person) for person in pair] for pair in best], dtype=np.int64)
    sides = sides.reshape(-1, 2).T
    promised, delivered = (_gains(scores, *sides) for scores in (chosen_by, valued_by))
    both = ~np.isnan(promised + delivered)
    told, found = float(promised[both].sum()), float(delivered[both].sum())
    yield {"promised": told, "delivered": found, "optimism": 1 - found / told if told > 0 else np.nan}


def _gains(scores: PairScores, firsts: Ints, seconds: Ints) -> Floats:
    """Value of pairs, every gate ignored."""
    return scores.combined(*scores.gains(firsts, seconds))
