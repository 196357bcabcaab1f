"""How far what a pairing opens depends on the scale, and on which ties count as hearing each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
import pandas as pd

from peernet._parallel import progress_bar
from peernet.compare.pairing_measures import places_of
from peernet.diversity.ledger import exposure, reach
from peernet.errors import SettingError
from peernet.pairing.pairing import Pairing
from peernet.scores.pair_scores import PairScores

__all__ = ["exposure_sensitivity"]

AS_CHOSEN, TOGETHER = "as chosen", "all layers"
TOP = 4  # the best quarter of the pairs


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
    >>> found = pn.exposure_sensitivity(scores, pn.pair_people(scores), graph, contact={"lunch": ["lunch"]})
    >>> found["contact"].tolist()
    ['lunch', 'lunch', 'lunch']
    """
    pairs = pairing.pairs if isinstance(pairing, Pairing) else list(pairing)
    pairs = sorted({(min(pair), max(pair)) for pair in pairs})
    base = _opened(scores, pairs)
    contacts, scales = _contacts(scores, graph, contact), [float(factor) for factor in factors]
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
