"""What a stricter foundation costs: pairs, people, and the value of the best pairing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

from peernet._arrays import Floats
from peernet._parallel import progress_bar
from peernet.errors import InfeasibleError, SettingError
from peernet.graph.colleagues import layer_matrices
from peernet.pairing.objectives import best_pairs, with_required
from peernet.scores.foundation import STATES, lay_foundation, lowest_rating
from peernet.scores.pair_scores import PairScores

__all__ = ["foundation_curve"]

MOST_STEPS = 12


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
    >>> foundation_curve(pn.score_pairs(survey, graph), graph)[["dimensions", "everyone"]]
       dimensions  everyone
    0           1 ...
    """
    layers = graph.graph["foundation"]
    if not layers:
        raise SettingError(
            'No tie layer asks about trust, respect or candour; mark the one that stands in with "foundation": true.'
        )
    thresholds = _ratings(graph) if at_least is None else sorted(at_least)
    every = [len(layers)] if len(thresholds) > 1 else list(range(1, len(layers) + 1))
    steps = list(product(thresholds, every if dimensions is None else sorted(dimensions)))
    best, _ = _best(scores.without("foundation"))
    rows = []
    with progress_bar(len(steps), "stricter foundations", wanted=progress) as bar:
        for least, number in steps:
            rows.append(_step(scores, graph, least, number, best))
            bar.update()
    return pd.DataFrame(rows)


def _ratings(graph: nx.MultiDiGraph[str]) -> list[float]:
    """The ratings that can be a threshold."""
    found = np.unique(np.concatenate([m.data for m in layer_matrices(graph, graph.graph["foundation"]).values()]))
    known: Floats = found if len(found) else np.array([lowest_rating(graph)])
    chosen = np.linspace(0, len(known) - 1, min(len(known), MOST_STEPS)).round().astype(int)
    return [float(rating) for rating in known[chosen]]


def _step(
    scores: PairScores, graph: nx.MultiDiGraph[str], at_least: float, dimensions: int, best: float
) -> dict[str, Any]:
    """One row of the curve."""
    missing = scores.settings["missing"]
    foundation = lay_foundation(graph, at_least=at_least, dimensions=dimensions, missing=missing)
    stricter = replace(scores, gates=replace(scores.gates, foundation=foundation))
    found, _ = _best(stricter)
    served = len({person for pair in _best(stricter, cardinality="max")[1] for person in pair})
    takes_part = int(((scores.gates.out == 0) & (scores.capacity.to_numpy() > 0)).sum())
    counts = _counts(stricter)
    return {
        "at_least": at_least,
        "dimensions": dimensions,
        "mutual": counts["mutual"],
        "introduced": counts["introduced"],
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
    total = dict.fromkeys(("mutual", "introduced", "possible", "people"), 0)
    for rows in scores.blocks():
        states, possible = scores.gates.foundation.states(rows), scores.possible(rows)
        states[np.arange(len(rows)), rows] = -1
        for state in ("mutual", "introduced"):
            total[state] += int((states == STATES.index(state)).sum())
        total["possible"] += int(possible.sum())
        total["people"] += int(possible.any(axis=1).sum())
    return {name: count if name == "people" else count // 2 for name, count in total.items()}
