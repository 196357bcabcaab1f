"""Ways of pairing held against each other, against chance and against what could be attained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from peernet._arrays import Floats
from peernet._parallel import Seed, spawned
from peernet.compare.chance import draw_pairs, random_pairs
from peernet.compare.held_out import held_out_table
from peernet.compare.own_list import checked_list
from peernet.compare.pairing_measures import measured, places_of, share
from peernet.compare.people_bands import Valued, position_bands
from peernet.compare.strategies import Strategy, attainable, usual_strategies
from peernet.compare.verdict import YARDSTICKS, verdict_of
from peernet.diversity.reach import perspectives_of_all
from peernet.errors import InfeasibleError, SettingError
from peernet.pairing.check import total_value
from peernet.pairing.objectives import best_under_rules
from peernet.pairing.pairing import Pairing
from peernet.pairing.record import GivenPairs
from peernet.scores.gates import GATES
from peernet.scores.pair_scores import PairScores

__all__ = ["STRATEGIES", "Comparison", "compare_pairings", "gate_prices", "scale_sensitivity"]

BAND = (0.025, 0.975)
SPLITS = {500: 3, 3_000: 1}  # up to how many people questions are split how often
LOTS: Mapping[str, Strategy] = {
    "random within gates": lambda scores: random_pairs(scores, within_gates=True),
    "random": random_pairs,
}
Way = Strategy | Pairing | GivenPairs


@dataclass(frozen=True, repr=False)
class Comparison:
    """Strategies side by side.

    Parameters
    ----------
    table
        One row per strategy, index ``strategy``: ``pairs``; ``gain`` (total value of the pairs, gates ignored, in
        effective perspectives, no price of a rule taken off; for chance the mean of the draws), ``low`` and ``high``
        (for chance: the middle 95 % of the draws; its other columns are those of the draw in the middle); ``worst_off``
        (least any paired person gains); ``founded`` (share of pairs on a mutual or introduced foundation); ``possible``
        (share that passes every gate); ``repeats`` (share already tied); ``coverage`` (what people have in reach
        afterwards, on average, as a share of the perspectives there are among everybody) and ``gini`` (its inequality,
        0 where everybody has as much); ``position`` (0 where chance lies on average, 1 at what could be attained with
        only the hard rules), ``position_low`` and ``position_high`` (its 95 % band for people drawn anew).

        On questions a strategy was not chosen by: ``held_out`` (how much more its pairs bring than partners by lot
        would bring the same people, as a share), ``held_low`` and ``held_high`` (95 % band for people and questions
        drawn anew), ``p_value`` (how often people dealt into the pairs by lot bring as much) and ``p_adjusted`` (the
        same for several strategies at once, Holm). Missing for what is attainable, for a `Pairing`, which was chosen by
        every question, and where there are too few questions; chance has no p values.
    draws
        Total gain of each random pairing.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.compare_pairings(scores, draws=20, held_out=0)
    <Comparison: 9 ways of pairing, 'same experience, different outlook' gains most>
    """

    table: pd.DataFrame
    draws: Floats

    @property
    def verdict(self) -> str:
        """In words, which pairs bring more than chance also on questions they were not chosen by."""
        return verdict_of(self.table)

    def __repr__(self) -> str:
        best = self.table.drop(index=[*YARDSTICKS], errors="ignore")["gain"]
        lead = f", {best.idxmax()!r} gains most" if best.notna().any() else ""
        return f"<Comparison: {len(self.table)} ways of pairing{lead}>"

    def _repr_html_(self) -> str:
        told = f"<p>{escape(repr(self)[1:-1])}. {escape(self.verdict)}</p>" if "p_adjusted" in self.table else ""
        return (told or f"<p>{escape(repr(self)[1:-1])}</p>") + self.table.round(3).to_html()


def compare_pairings(
    scores: PairScores,
    strategies: Mapping[str, Way] | None = None,
    *,
    also: Mapping[str, Way] | None = None,
    draws: int = 200,
    held_out: int | None = None,
    rng: int | np.random.Generator = 0,
    progress: bool = True,
) -> Comparison:
    """Compare ways of pairing the same people: what each brings, and where it lies between chance and attainable.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    strategies
        Name to a pairing, to pairs, or to a function of the scores that gives pairs; by default, as far as the survey
        asks what they need: peernet's own pairing, the most different outlook within the experience gate without a look
        at trust and contacts (*same experience, different outlook*), most similar, most different, closest tie, the
        senior half with the junior half (*senior with junior*), and attainable. Chance, with and without the gates, is
        always added.
    also
        Further ones beside these, such as ``{"last year": [("p001", "p050"), ...]}``.
    draws
        Number of random pairings, at least 200 for a usable band.
    held_out
        How often the perspective questions are split in two halves, each choosing pairs that the other values; by
        default 3 times, once beyond 500 people and never beyond 3,000, since it takes most of the time.
    rng
        Seed or generator for the draws.
    progress
        Whether to show a progress bar where it takes longer than two seconds.

    Returns
    -------
    Comparison

    Raises
    ------
    SettingError
        If ``draws`` is below 1, ``held_out`` below 0, a name is given twice, or a list of pairs pairs somebody with
        themselves, has a pair twice, or somebody in more pairs than they can have.
    UnknownPersonError
        If a list of pairs names somebody who was not scored.

    Notes
    -----
    Gains are those the library counts, effective perspectives in reach. They say nothing about whether a
    pair gets on or learns, which only outcomes can show.

    *Held out.* A pairing always looks good on the answers it was chosen by. So functions of the scores are called with
    one half of the perspective items and their pairs valued on the other. The yardstick is what the same people would
    gain there from partners by lot whom they do not hear yet, so that it does not count who is paired and how many
    contacts they have; it is what both people gain, whatever value the scores use. The p value is a permutation's: one
    deal of people into the pairs' places for all halves, 999 deals. A strategy wins, see `Comparison.verdict`, where
    ``p_adjusted`` is at most 0.05 and ``held_low`` above 0; on 200 surveys of 48 people whose answers had nothing to do
    with each other some strategy won in 2, and would have in 14 by ``p_adjusted`` alone. A list of pairs is taken as
    made without a look at these answers; if it was not, its p value means nothing.

    *Bands.* People, not pairs, are drawn anew: a pair weighs the product of its people's gamma weights, so that pairs
    who share somebody go up and down together. For the held-out band the halves of the questions are drawn
    anew, too. Colleagues heard are not drawn.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> found = pn.compare_pairings(scores, also={"own": [("p001", "p050")]}, draws=20, held_out=0)
    >>> found.table.index.tolist()[-3:]
    ['own', 'random within gates', 'random']
    """
    splits = _usual_splits(len(scores)) if held_out is None else held_out
    _check(draws, splits)
    ways = _ways(scores, strategies, also)
    everybody = perspectives_of_all(scores.reach)
    pairs = {name: _pairs_of(way, scores) for name, way in ways.items()}
    rows = {name: measured(scores, found, everybody) for name, found in pairs.items()}
    rng = np.random.default_rng(rng)
    for_bands, for_halves = spawned(rng, 2)
    chance = {within: _by_chance(scores, draws, rng, within_gates=within != "random") for within in YARDSTICKS[1::-1]}
    rows |= {name: measured(scores, drawn.middle, everybody) | drawn.band for name, drawn in chance.items()}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("strategy")
    table = table.join(_positions(scores, pairs, chance, for_bands))
    tried = {**_tried(ways), **LOTS}
    told = held_out_table(scores, tried, splits=splits, rng=np.random.default_rng(for_halves), progress=progress)
    return Comparison(table.join(told), chance["random"].totals)


def _check(draws: int, splits: int) -> None:
    if draws < 1:
        raise SettingError(f"draws must be at least 1; got {draws!r}.")
    if splits < 0:
        raise SettingError(f"held_out must be 0 or a number of splits; got {splits!r}.")


def _usual_splits(people: int) -> int:
    return next((splits for most, splits in SPLITS.items() if people <= most), 0)


def _ways(scores: PairScores, strategies: Mapping[str, Way] | None, also: Mapping[str, Way] | None) -> dict[str, Way]:
    """Everything to compare by name; lists are checked."""
    chosen: dict[str, Way] = dict(usual_strategies(scores) if strategies is None else strategies)
    for name in also or {}:
        if name in chosen or name in YARDSTICKS:
            raise SettingError(f"There is a way of pairing called {name!r} already. Give yours another name.")
    ways = {**chosen, **(also or {})}
    return {
        name: way if isinstance(way, Pairing) or callable(way) else checked_list(name, way, scores)
        for name, way in ways.items()
    }


def _pairs_of(way: Way, scores: PairScores) -> list[tuple[str, str]]:
    if isinstance(way, Pairing):
        return way.pairs
    return list(way(scores) if callable(way) else way)


def _tried(ways: Mapping[str, Way]) -> dict[str, Strategy | list[tuple[str, str]]]:
    """What can be held to questions it was not chosen by."""
    return {
        name: way if callable(way) else list(way)
        for name, way in ways.items()
        if name not in YARDSTICKS and not isinstance(way, Pairing)
    }


@dataclass(frozen=True)
class _Chance:
    """Random pairings: the pairs of all draws together, and what each draw brings."""

    drawn: list[list[tuple[str, str]]]
    valued: Valued
    totals: Floats

    @property
    def middle(self) -> list[tuple[str, str]]:
        """The draw in the middle."""
        return self.drawn[int(np.argsort(self.totals, kind="stable")[len(self.drawn) // 2])]

    @property
    def band(self) -> dict[str, float]:
        """What the draws bring on average, and the middle 95 % of them."""
        low, high = np.quantile(self.totals, BAND)
        return {"gain": float(self.totals.mean()), "low": float(low), "high": float(high)}


def _by_chance(scores: PairScores, draws: int, rng: np.random.Generator, *, within_gates: bool) -> _Chance:
    drawn = list(draw_pairs(scores, draws, within_gates=within_gates, rng=rng))
    valued = _valued(scores, [pair for pairs in drawn for pair in pairs])
    ends = np.cumsum([len(pairs) for pairs in drawn])
    totals = np.array([np.nansum(part) for part in np.split(valued.values, ends[:-1])])
    return _Chance(drawn, valued, totals)


def _valued(scores: PairScores, pairs: list[tuple[str, str]]) -> Valued:
    firsts, seconds = places_of(scores, pairs)
    return Valued(firsts, seconds, scores.worth(*scores.gains(firsts, seconds), firsts, seconds))


def _positions(
    scores: PairScores, pairs: Mapping[str, list[tuple[str, str]]], chance: Mapping[str, _Chance], seed: Seed
) -> pd.DataFrame:
    """Where each way lies between chance and attainable: ``position``, ``position_low`` and ``position_high``."""
    ways = {name: _valued(scores, found) for name, found in pairs.items()}
    most = ways["attainable"] if "attainable" in ways else _valued(scores, list(attainable(scores)))
    random = chance["random"]
    gain = pd.Series({name: np.nansum(way.values) for name, way in ways.items()})
    gain = pd.concat([gain, pd.Series({name: drawn.totals.mean() for name, drawn in chance.items()})])
    middle = random.totals.mean()
    room = float(np.nansum(most.values) - middle)
    position = (gain - middle) / room if room > 0 else gain * np.nan
    bands = position_bands(ways, random.valued, len(random.drawn), most, len(scores), np.random.default_rng(seed))
    return bands.reindex(position.index).assign(position=position)[["position", "position_low", "position_high"]]


def gate_prices(scores: PairScores) -> pd.DataFrame:
    """What each gate costs: the best total value with that gate open.

    Parameters
    ----------
    scores
        What `score_pairs` returned.

    Returns
    -------
    DataFrame
        Index ``gate`` (``all gates kept``, each gate opened alone, ``every gate open``); ``pairs``, ``value`` (total,
        in effective perspectives), ``price`` (what keeping the gate costs) and ``share`` (the price as a share of the
        value with the gate open). Hard rules always stand, those of the programme too, and their prices are taken off.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> prices = pn.gate_prices(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> bool((prices["price"] >= 0).all())
    True
    """
    alone = {f"{gate} open": (gate,) for gate in scores.gates.named}
    opened = {"all gates kept": (), **alone, "every gate open": GATES}
    found = {name: best_under_rules(scores.without(*gates))[0] for name, gates in opened.items()}
    table = pd.DataFrame(
        {"pairs": {k: len(m.pairs) for k, m in found.items()}, "value": {k: m.objective for k, m in found.items()}}
    ).rename_axis("gate")
    table["price"] = (table["value"] - table["value"].iloc[0]).clip(lower=0)
    table["share"] = (table["price"] / table["value"]).where(table["value"] > 0, 0.0)
    return table


def scale_sensitivity(
    scores: PairScores, pairing: Pairing, *, factors: Iterable[float] = (0.5, 0.75, 1.5, 2.0)
) -> pd.DataFrame:
    """How far the pairs depend on the scale at which perspective is seen.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    pairing
        The pairing made from them.
    factors
        Multiples of the scale to try.

    Returns
    -------
    DataFrame
        Index ``factor``; ``scale``, ``same_pairs`` (share of the pairing's pairs that the best pairing at that scale
        also makes) and ``kept`` (value of the pairing at that scale as a share of the best there); both missing where
        no pairing keeps the rules at that scale.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.scale_sensitivity(scores, pn.pair_people(scores), factors=[1.0])["same_pairs"].tolist()
    [1.0]
    """
    rows = [_at_scale(scores, pairing, float(factor)) for factor in factors]
    return pd.DataFrame(rows).set_index("factor")


def _at_scale(scores: PairScores, pairing: Pairing, factor: float) -> dict[str, float]:
    other = scores.rescaled(float(scores.settings["scale"]) * factor)
    row = {"factor": factor, "scale": float(other.settings["scale"]), "same_pairs": np.nan, "kept": np.nan}
    try:
        best, pairs = best_under_rules(other)
    except InfeasibleError:  # who is the different one depends on the scale
        return row
    value = total_value(other, other.to_frame(pairing.pairs))
    row["same_pairs"] = share(np.isin([str(p) for p in pairing.pairs], [str(p) for p in pairs]))
    row["kept"] = value / best.objective if best.objective > 0 else np.nan
    return row
