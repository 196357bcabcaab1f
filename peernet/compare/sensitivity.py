"""Sensitivity analysis, one setting at a time: strength of the foundation, gates, scale, ties that count as contact."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

from peernet._arrays import Floats
from peernet._parallel import over, progress_bar
from peernet.compare.comparison import share
from peernet.compare.held_out import places_of
from peernet.diversity.ledger import exposure, reach
from peernet.errors import InfeasibleError, SettingError, check_type, checked_list, is_number
from peernet.graph.colleagues import layer_matrices
from peernet.pairing.check import total_value
from peernet.pairing.objectives import best_pairs, best_with_gates_open, with_required
from peernet.pairing.pairing import Pairing
from peernet.scores.cells import PairsAt
from peernet.scores.foundation import FOUNDED, STATES, lay_foundation, lowest_rating
from peernet.scores.gates import GATES
from peernet.scores.pair_scores import PairScores

MOST_STEPS = 12
AS_CHOSEN, TOGETHER = "as chosen", "all layers"
TOP = 4  # the best quarter of the pairs


def foundation_curve(
    scores: PairScores,
    graph: nx.MultiDiGraph[str],
    *,
    at_least: Sequence[float] | None = None,
    dimensions: Sequence[int] | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """How many pairs and people remain, and what value is lost, as the foundation is asked to be stronger.

    Parameters
    ----------
    scores
        What `score_pairs` returned; every other gate stays as it is there, and so do rules.
    graph
        The colleague graph they were made from.
    at_least
        Lowest ratings to try, by default every rating there is, or twelve spread over them.
    dimensions
        On how many foundation layers a pair must trust each other, by default all; where nobody was rated, from one
        to all, since then the number of layers is what can be made stricter.
    progress
        Whether to show how far it has come, if it takes longer than two seconds.

    Returns
    -------
    DataFrame
        One row per step, from the least strict: ``at_least``, ``dimensions``; ``mutual`` and ``introduced`` pairs and
        the number of ``parts`` into which people fall when only mutual foundation joins them; ``possible`` pairs
        within every gate; ``people`` with a possible partner; ``paired``, the most people any pairing can serve, of
        those who ``takes_part`` counts, and ``everyone``, whether that is all of them (but for an odd one); ``value``
        of the best pairing and ``lost``, the share of what would be gained with the gate open; both are missing where
        no pairing keeps the rules.

    Raises
    ------
    SettingError
        If no layer asks about trust, respect or candour, ``dimensions`` are outside what there is, or ``at_least``
        asks for ratings that the codebook says are no ties.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> graph = pn.colleague_graph(survey)
    >>> pn.compare.foundation_curve(pn.score_pairs(survey, graph), graph)[["dimensions", "everyone"]]
       dimensions  everyone
    0           1 ...
    """
    check_type("scores", scores, PairScores, "score_pairs")
    check_type("graph", graph, nx.MultiDiGraph, "colleague_graph")
    layers = graph.graph["foundation"]
    if not layers:
        raise SettingError(
            'No tie layer asks about trust, respect or candour; mark the one that stands in with "foundation": true.'
        )
    thresholds = _ratings(graph) if at_least is None else sorted(_each_checked("at_least", at_least))
    every = [len(layers)] if len(thresholds) > 1 else list(range(1, len(layers) + 1))
    steps = list(product(thresholds, every if dimensions is None else sorted(_each_checked("dimensions", dimensions))))
    best, _ = _best(scores.without("foundation"))
    return pd.DataFrame(
        over(partial(_step, scores, graph, best), steps, progress=progress, what="stricter foundations")
    )


def _each_checked(name: str, values: Iterable[float]) -> list[Any]:
    """A list of numbers, at least one."""
    values = checked_list(name, values, "numbers")
    if not values:
        raise SettingError(f"{name} must hold at least one number; got {values!r}.")
    if strange := [value for value in values if not is_number(value)]:
        raise SettingError(f"{name} must hold numbers; got {strange[0]!r}.")
    return values


def _ratings(graph: nx.MultiDiGraph[str]) -> list[float]:
    """The ratings that can be a threshold."""
    found = np.unique(np.concatenate([m.data for m in layer_matrices(graph, graph.graph["foundation"]).values()]))
    known: Floats = found if len(found) else np.array([lowest_rating(graph)])
    chosen = np.linspace(0, len(known) - 1, min(len(known), MOST_STEPS)).round().astype(int)
    return [float(rating) for rating in known[chosen]]


def _step(scores: PairScores, graph: nx.MultiDiGraph[str], best: float, step: tuple[float, int]) -> dict[str, Any]:
    """One row of the curve."""
    at_least, dimensions = step
    missing = scores.settings["missing"]
    foundation = lay_foundation(graph, at_least=at_least, dimensions=dimensions, missing=missing)
    stricter = replace(scores, gates=replace(scores.gates, foundation=foundation))
    found, _ = _best(stricter)
    served = len({person for pair in _best(stricter, cardinality="max")[1] for person in pair})
    takes_part = int((scores.gates.out == 0).sum())
    counts = _counts(stricter)
    return {
        "at_least": at_least,
        "dimensions": dimensions,
        **{state.name: counts[state.name] for state in FOUNDED},
        "parts": int(connected_components(foundation.mutual, directed=False)[0]),
        "possible": counts["possible"],
        "people": counts["people"],
        "paired": served,
        "takes_part": takes_part,
        "everyone": takes_part - served <= takes_part % 2,
        "value": found,
        "lost": max(1 - found / best, 0.0) if best > 0 or math.isnan(found) else 0.0,
    }


def _best(scores: PairScores, *, cardinality: str | None = None) -> tuple[float, list[tuple[str, str]]]:
    """Value and pairs of the best pairing under the rules; missing and none where no pairing keeps them."""
    required = with_required(scores, ())
    try:
        matching, pairs = best_pairs(
            scores, "total", required=required, cardinality=cardinality, time_limit=None, progress=False
        )
    except InfeasibleError:
        return math.nan, []
    return matching.objective, pairs


def _counts(scores: PairScores) -> dict[str, int]:
    """Unordered pairs by state of foundation, pairs within every gate, and people with one."""
    total, laid = dict.fromkeys((state.name for state in FOUNDED), 0), scores.gates.foundation
    for rows in scores.blocks():
        r, c = laid.within_reach(rows, list(total)).nonzero()  # nobody else rests on anything
        states = laid.states(PairsAt(rows[r], c.astype(np.int64)))[rows[r] < c]
        for state in FOUNDED:
            total[state.name] += int((states == STATES.index(state)).sum())
    at = scores.possible_at()
    return {**total, "possible": len(at), "people": len(np.union1d(at.firsts, at.seconds))}


def exposure_sensitivity(
    scores: PairScores,
    pairing: Pairing | Iterable[tuple[str, str]],
    graph: nx.MultiDiGraph[str],
    *,
    factors: Iterable[float] = (0.5, 1.0, 2.0),
    contact: Mapping[str, Sequence[str]] | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Measure one pairing at other scales and with other ties as contact.

    `scale_sensitivity` says which pairs another scale would choose; here the pairs stay, and what they open is
    counted anew.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    pairing
        What `pair_people` returned, or any pairs of people.
    graph
        What `colleague_graph` returned.
    factors
        Multiples of the scale to try.
    contact
        Name to tie layers that count as hearing each other; by default the chosen ones, each layer of the graph alone,
        and all layers.
    progress
        Whether to show a progress bar where it takes longer than two seconds.

    Returns
    -------
    DataFrame
        One row per combination: ``factor``, ``contact``; ``before`` (effective perspectives in reach, the mean of
        everybody), ``gain`` (what those with a partner gain, their mean), ``same_top`` (share of the quarter of pairs
        that open most as scored that are still in that quarter) and ``rank_correlation`` (Spearman, of what those with
        a partner gain; missing where all gain the same).

    Raises
    ------
    SettingError
        If a factor is not above 0, or a layer is unknown.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> graph = pn.colleague_graph(survey)
    >>> scores = pn.score_pairs(survey, graph)
    >>> found = pn.compare.exposure_sensitivity(scores, pn.pair_people(scores), graph, contact={"lunch": ["lunch"]})
    >>> found["contact"].tolist()
    ['lunch', 'lunch', 'lunch']
    """
    pairs = pairing.pairs if isinstance(pairing, Pairing) else list(pairing)
    pairs = sorted({(min(pair), max(pair)) for pair in pairs})
    base = _opened(scores, pairs)
    contacts, scales = (
        _contacts(scores, graph, contact),
        [float(factor) for factor in _each_checked("factors", factors)],
    )
    rows = []
    with progress_bar(len(contacts) * len(scales), "counting with other contacts", wanted=progress) as bar:
        for name, layers in contacts.items():
            for factor, seen in _seen(scores, graph, layers, scales):
                rows.append({"factor": factor, "contact": name, **_against(base, _opened(seen, pairs))})
                bar.update()
    columns = ["factor", "contact", "before", "gain", "same_top", "rank_correlation"]
    return pd.DataFrame(rows, columns=columns)


def _contacts(
    scores: PairScores, graph: nx.MultiDiGraph[str], contact: Mapping[str, Sequence[str]] | None
) -> Mapping[str, Sequence[str]]:
    if contact is not None:
        return contact
    layers = list(graph.graph["layers"])
    return {AS_CHOSEN: scores.settings["contact"], **{layer: [layer] for layer in layers}, TOGETHER: layers}


def _seen(
    scores: PairScores, graph: nx.MultiDiGraph[str], layers: Sequence[str], factors: Sequence[float]
) -> Iterator[tuple[float, PairScores]]:
    """The scores with these layers as contact, at each scale."""
    known = np.array([len(heard) > 0 for heard in scores.reach.heard])
    scale = float(scores.settings["scale"])
    for factor in factors:
        if not factor > 0:
            raise SettingError(f"factors must be above 0; got {factor!r}.")
        around = reach(graph, scores.perspective, known, scale=scale * factor, contact=layers)
        yield factor, replace(scores, reach=around)


@dataclass(frozen=True)
class _Opened:
    """What people have on average before, what each with a partner gains, and what each pair opens."""

    before: float
    gains: pd.Series[float]
    pairs: Mapping[tuple[str, str], float]

    @property
    def top(self) -> set[tuple[str, str]]:
        """The quarter of the pairs that open most."""
        count = -(-len(self.pairs) // TOP)
        return {*sorted(self.pairs, key=lambda pair: -self.pairs[pair])[:count]}


def _opened(scores: PairScores, pairs: Sequence[tuple[str, str]]) -> _Opened:
    table = exposure(scores, pairs).table
    firsts, seconds = places_of(scores, list(pairs))
    opened = dict(zip(pairs, np.nansum(scores.gains(firsts, seconds), axis=0), strict=True))
    return _Opened(float(table["before"].mean()), table.loc[table["partners"] > 0, "gain"], opened)


def _against(base: _Opened, other: _Opened) -> dict[str, float]:
    varies = min(base.gains.nunique(), other.gains.nunique()) > 1
    return {
        "before": other.before,
        "gain": float(other.gains.mean()),
        "same_top": len(base.top & other.top) / len(base.top) if base.top else np.nan,
        "rank_correlation": float(base.gains.corr(other.gains, method="spearman")) if varies else np.nan,
    }


def gate_prices(scores: PairScores) -> pd.DataFrame:
    """What each gate costs: the best total value with that gate open.

    This is about the largest total value, in whatever other way the pairs of a programme are chosen.

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
    check_type("scores", scores, PairScores, "score_pairs")
    alone = {f"{gate} open": (gate,) for gate in scores.gates.named}
    opened = {"all gates kept": (), **alone, "every gate open": GATES}
    found = best_with_gates_open(scores, opened)
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
        Index ``factor``; ``scale``, ``same_pairs`` (share of the pairing's pairs that the best pairing at that scale,
        by the pairing's own objective, cardinality and floor, also makes) and ``kept`` (value of the pairing at that
        scale as a share of that of the best there; above 1 where the best is chosen by more than value and is worth
        less); both missing where no pairing keeps the rules at that scale.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.compare.scale_sensitivity(scores, pn.pair_people(scores), factors=[1.0])["same_pairs"].tolist()
    [1.0]
    """
    check_type("scores", scores, PairScores, "score_pairs")
    check_type("pairing", pairing, Pairing, "pair_people")
    rows = [_at_scale(scores, pairing, float(factor)) for factor in _each_checked("factors", factors)]
    return pd.DataFrame(rows).set_index("factor")


def _at_scale(scores: PairScores, pairing: Pairing, factor: float) -> dict[str, float]:
    other = scores.rescaled(float(scores.settings["scale"]) * factor)
    chosen = pairing.settings
    if chosen["floor"] is not None:
        other = other.floored(chosen["floor"])
    row = {"factor": factor, "scale": float(other.settings["scale"]), "same_pairs": np.nan, "kept": np.nan}
    try:
        best, pairs = best_pairs(
            other,
            chosen["objective"],
            required=with_required(other, ()),
            cardinality=chosen["cardinality"],
            time_limit=None,
            progress=False,
        )
    except InfeasibleError:  # who is the different one depends on the scale
        return row
    value = total_value(other, other.to_frame(pairing.pairs))
    row["same_pairs"] = share(np.isin([str(p) for p in pairing.pairs], [str(p) for p in pairs]))
    row["kept"] = value / best.objective if best.objective > 0 else np.nan
    return row
