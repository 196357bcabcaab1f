"""Ways of pairing held against each other, against chance and against what could be attained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from math import isinf

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Integers
from peernet._chance import draw_pairs
from peernet._gates import GATES
from peernet._objectives import best_under_rules
from peernet._pairing_check import total_value
from peernet._weights import ByName
from peernet.errors import InfeasibleError, SettingError
from peernet.pairing import Pairing, pair_people
from peernet.scores import PairScores

__all__ = ["STRATEGIES", "Comparison", "compare_pairings", "gate_prices", "scale_sensitivity"]

Pairs = Iterable[tuple[str, str]]
Strategy = Callable[[PairScores], Pairs]
FOUNDED = ("mutual", "introduced")
BAND = (0.025, 0.975)


def most_similar(scores: PairScores) -> Pairs:
    """Everyone with somebody who thinks like them, foundation ignored."""
    return ByName(scores.without(*GATES), "perspective", sign=-1).best(cardinality="max")[1]


def most_different(scores: PairScores) -> Pairs:
    """Everyone with somebody who thinks differently, foundation ignored."""
    return ByName(scores.without(*GATES), "perspective").best(cardinality="max")[1]


def closest_tie(scores: PairScores) -> Pairs:
    """Everyone with the colleague they are most closely tied to already."""
    return ByName(scores.without(*GATES), "ties", positive=True).best()[1]


def attainable(scores: PairScores) -> Pairs:
    """The largest total gain of any pairing, only the hard rules kept."""
    return best_under_rules(_unpriced(scores).without(*GATES))[1]


def _unpriced(scores: PairScores) -> PairScores:
    """The same scores without the rules that have a price."""
    if scores.ruling is None:
        return scores
    hard = tuple(limit for limit in scores.ruling.limits if isinf(limit.price))
    return replace(scores, ruling=replace(scores.ruling, priced=(), limits=hard))


def peernet_pairing(scores: PairScores) -> Pairs:
    """The largest total gain within every gate."""
    return pair_people(scores).pairs


STRATEGIES: Mapping[str, Strategy] = {
    "peernet": peernet_pairing,
    "most similar": most_similar,
    "most different": most_different,
    "closest tie": closest_tie,
    "attainable": attainable,
}


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
        (share that passes every gate); ``repeats`` (share already tied); ``position`` (0 where chance lies on average,
        1 at what could be attained with only the hard rules).
    draws
        Total gain of each random pairing.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.compare_pairings(scores, draws=50)
    <Comparison: 7 ways of pairing, most different gains most>
    """

    table: pd.DataFrame
    draws: Floats

    def __repr__(self) -> str:
        best = self.table.drop(index=["random", "random within gates", "attainable"], errors="ignore")["gain"]
        lead = f", {best.idxmax()} gains most" if best.notna().any() else ""
        return f"<Comparison: {len(self.table)} ways of pairing{lead}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.table.round(3).to_html()}"


def compare_pairings(
    scores: PairScores,
    strategies: Mapping[str, Strategy | Pairing | Pairs] | None = None,
    *,
    draws: int = 200,
    rng: int | np.random.Generator = 0,
) -> Comparison:
    """Compare ways of pairing the same people: what each brings, and where it lies between chance and attainable.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    strategies
        Name to a pairing, to pairs, or to a function of the scores that gives pairs; by default peernet's own
        pairing, most similar, most different, closest tie and attainable. Chance, with and without the gates, is
        always added.
    draws
        Number of random pairings, at least 200 for a usable band.
    rng
        Seed or generator for the draws.

    Returns
    -------
    Comparison

    Raises
    ------
    SettingError
        If ``draws`` is below 1.

    Notes
    -----
    Gains are those the library counts, effective perspectives in reach. They say nothing about whether a
    pair gets on or learns, which only outcomes can show.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.compare_pairings(scores, draws=20).table.index.tolist()
    ['peernet', 'most similar', 'most different', 'closest tie', 'attainable', 'random within gates', 'random']
    """
    if draws < 1:
        raise SettingError(f"draws must be at least 1; got {draws!r}.")
    chosen = {**(strategies or STRATEGIES)}
    rows = {name: _measured(scores, _pairs_of(strategy, scores)) for name, strategy in chosen.items()}
    rng = np.random.default_rng(rng)
    rows["random within gates"], _ = _by_chance(scores, draws, rng, within_gates=True)
    rows["random"], totals = _by_chance(scores, draws, rng, within_gates=False)
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("strategy")
    most = rows["attainable"] if "attainable" in rows else _measured(scores, attainable(scores))
    room = float(most["gain"]) - float(totals.mean())
    table["position"] = (table["gain"] - totals.mean()) / room if room > 0 else np.nan
    return Comparison(table, totals)


def _pairs_of(strategy: Strategy | Pairing | Pairs, scores: PairScores) -> list[tuple[str, str]]:
    if isinstance(strategy, Pairing):
        return strategy.pairs
    return list(strategy(scores) if callable(strategy) else strategy)


def _places(scores: PairScores, pairs: list[tuple[str, str]]) -> tuple[Integers, Integers]:
    firsts, seconds = (scores.people.get_indexer(pd.Index([pair[side] for pair in pairs])) for side in (0, 1))
    return firsts, seconds


def _measured(scores: PairScores, pairs: Pairs) -> dict[str, float]:
    table = scores.to_frame(pairs)
    firsts, seconds = _places(scores, list(zip(table["a"], table["b"], strict=True)))
    own = table[["gain_a", "gain_b"]].to_numpy()
    return {
        "pairs": len(table),
        "gain": float(np.nansum(scores.worth(own[:, 0], own[:, 1], firsts, seconds))),
        "low": np.nan,
        "high": np.nan,
        "worst_off": float(np.nanmin(own)) if len(table) else np.nan,
        "founded": _share(table["foundation"].isin(FOUNDED)),
        "possible": _share(table["blocked"] == ""),
        "repeats": _share(scores.ties[firsts, seconds] > 0) if len(table) else np.nan,
    }


def _share(condition: pd.Series | Flags) -> float:
    return float(np.mean(condition)) if len(condition) else float("nan")


def _by_chance(
    scores: PairScores, draws: int, rng: np.random.Generator, *, within_gates: bool
) -> tuple[dict[str, float], Floats]:
    """What chance brings, described by the draw in the middle, and the total gain of every draw."""
    drawn = list(draw_pairs(scores, draws, within_gates=within_gates, rng=rng))
    places = _places(scores, [pair for pairs in drawn for pair in pairs])
    gains = scores.worth(*scores.gains(*places), *places)
    ends = np.cumsum([len(pairs) for pairs in drawn])
    totals = np.array([np.nansum(part) for part in np.split(gains, ends[:-1])])
    middle = drawn[int(np.argsort(totals, kind="stable")[draws // 2])]
    return _measured(scores, middle) | _band(totals), totals


def _band(totals: Floats) -> dict[str, float]:
    low, high = np.quantile(totals, BAND)
    return {"gain": float(totals.mean()), "low": float(low), "high": float(high)}


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
    row["same_pairs"] = _share(np.isin([str(p) for p in pairing.pairs], [str(p) for p in pairs]))
    row["kept"] = value / best.objective if best.objective > 0 else np.nan
    return row
