"""Where each person stands in the colleague graph: ties, reciprocity, brokerage, bridges to other teams and views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from peernet._arrays import Flags, Floats, Integers
from peernet._layer_statistics import treated, who_answered
from peernet.graph import Ratings, check_layer, layer_matrices

__all__ = ["describe_people", "simmelian_ties"]


def describe_people(
    graph: nx.MultiDiGraph[str],
    *,
    layers: Sequence[str] | None = None,
    perspective: pd.Series | None = None,
    betweenness: bool = False,
) -> pd.DataFrame:
    """Where each person stands among the colleagues.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    layers
        Which layers make a tie, by default the contact layers, or all where there are none. Degrees and reciprocity
        are per layer; everything else takes the layers together, a tie on any of them.
    perspective
        Group of each person by perspective, index ``person``, for example ``PeopleClusters.table["perspective"]``.
    betweenness
        Whether to count shortest paths, which takes minutes for thousands of people.

    Returns
    -------
    DataFrame
        Index ``person``. Per layer ``sent_...`` (colleagues named; missing for somebody who did not answer),
        ``received_...`` and ``mutual_...``. ``ties``, colleagues tied to in either direction; ``reciprocity``, share of
        their ties that are mutual, of pairs who both answered; ``constraint`` and ``effective_size``, Burt's measures
        of how much their colleagues know each other: low constraint and large effective size are a broker's;
        ``component`` (1 is the largest part of the graph that hangs together) and ``component_size``;
        ``outside_team`` and ``cross_perspective``, share of ties with people of another team or group, of those whose
        is known; ``simmelian``, mutual ties inside a circle of three; ``betweenness`` if wanted, directed, as a count
        of paths. Missing where undefined.

    Raises
    ------
    SettingError
        If a layer is unknown.

    Notes
    -----
    Who is named by others is robust when some people do not answer; constraint, effective size and betweenness are
    not.

    References
    ----------
    Burt, R. S. (1992). Structural Holes. Harvard University Press. Krackhardt, D. (1999). The ties that torture:
    Simmelian tie analysis in organizations. Research in the Sociology of Organizations 16, 183-210.

    Examples
    --------
    >>> import peernet as pn
    >>> people = describe_people(pn.colleague_graph(pn.load_aarhus()), layers=["work"])
    >>> int(people["ties"].sum()), int(people["component_size"].max())  # 194 ties, seen from both ends
    (388, 60)
    """
    for layer in layers or ():
        check_layer(graph, layer)
    chosen = tuple(graph.graph["contact"] or graph.graph["layers"]) if layers is None else tuple(layers)
    answered = {layer: who_answered(graph, layer) for layer in chosen}
    named = {
        layer: treated(matrix.astype(bool).astype(float), answered[layer], "available")
        for layer, matrix in layer_matrices(graph, chosen).items()
    }
    table = pd.DataFrame(index=pd.Index(list(graph), name="person"))
    for layer, matrix in named.items():
        table[f"sent_{layer}"] = np.where(answered[layer], matrix.sum(axis=1), np.nan)
        table[f"received_{layer}"] = matrix.sum(axis=0)
        table[f"mutual_{layer}"] = matrix.multiply(matrix.T).sum(axis=1)
    together = _together(named, len(graph))
    either = _binary(together + together.T)
    team = pd.Series([graph.nodes[person].get("team") for person in graph], index=table.index)
    return table.assign(
        ties=either.sum(axis=1),
        reciprocity=_reciprocity(named, answered, len(graph)),
        **_brokerage(together),
        **_components(either),
        outside_team=_share_across(either, team),
        cross_perspective=_share_across(either, None if perspective is None else perspective.reindex(table.index)),
        simmelian=simmelian_ties(together).sum(axis=1),
        **({"betweenness": _betweenness(together)} if betweenness else {}),
    )


def _together(named: Mapping[str, Ratings], n: int) -> Ratings:
    """1 where the ego named the alter on any layer."""
    return _binary(sum(named.values(), start=sparse.csr_array((n, n))))


def _binary(matrix: Any) -> Ratings:  # noqa: ANN401
    return sparse.csr_array(matrix.astype(bool).astype(float))


def _reciprocity(named: Mapping[str, Ratings], answered: Mapping[str, Flags], n: int) -> Floats:
    """Share of each person's ties that are mutual, over all layers, of pairs who both answered."""
    tied, mutual = np.zeros(n), np.zeros(n)
    for layer, matrix in named.items():
        own = sparse.csr_array(matrix @ sparse.diags_array(answered[layer].astype(float)))
        tied = tied + _binary(own + own.T).sum(axis=1)
        mutual = mutual + own.multiply(own.T).sum(axis=1)
    return _shares(mutual, tied)


def _brokerage(named: Ratings) -> dict[str, Floats]:
    """Burt's constraint and effective size from the strength of each tie, 2 where both named the other."""
    strength = sparse.csr_array(named + named.T)
    tied = _binary(strength)
    to_all = _scaled_rows(strength, strength.sum(axis=1))
    to_strongest = _scaled_rows(strength, strength.max(axis=1).toarray().ravel())
    invested = to_all + (to_all @ to_all).multiply(tied)
    redundant = (to_all @ to_strongest.T).multiply(tied)
    alone = tied.sum(axis=1) == 0
    constraint, size = invested.power(2).sum(axis=1), tied.sum(axis=1) - redundant.sum(axis=1)
    return {"constraint": np.where(alone, np.nan, constraint), "effective_size": np.where(alone, np.nan, size)}


def _scaled_rows(matrix: Ratings, by: Any) -> Ratings:  # noqa: ANN401
    factor = np.divide(1.0, by, out=np.zeros(len(by)), where=np.asarray(by) > 0)
    return sparse.csr_array(sparse.diags_array(factor) @ matrix)


def _components(either: Ratings) -> dict[str, Integers]:
    """Component of each person, the largest first, and its size."""
    _, label = connected_components(either, directed=False)
    size = np.bincount(label)
    rank = np.empty(len(size), dtype=np.int64)
    rank[np.argsort(-size, kind="stable")] = np.arange(1, len(size) + 1)
    return {"component": rank[label], "component_size": size[label].astype(np.int64)}


def _share_across(either: Ratings, group: pd.Series | None) -> Floats:
    """Share of each person's ties that lead to another group, of ties between people whose group is known."""
    if group is None:
        return np.full(either.shape[0], np.nan)
    codes = pd.factorize(group)[0]
    known = sparse.diags_array((codes >= 0).astype(float))
    ties = (known @ either @ known).tocoo()
    ego, alter = ties.coords
    across = np.bincount(ego, weights=codes[ego] != codes[alter], minlength=len(codes))
    return _shares(across.astype(float), np.bincount(ego, minlength=len(codes)).astype(float))


def _shares(part: Floats, whole: Floats) -> Floats:
    shares: Floats = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return shares


def simmelian_ties(named: Ratings) -> Ratings:
    """1 for mutual ties between two people who have a mutual tie with the same third."""
    mutual = sparse.csr_array(named.multiply(named.T))
    return _binary((mutual @ mutual).multiply(mutual))


def _betweenness(named: Ratings) -> list[float]:
    found = nx.betweenness_centrality(nx.from_scipy_sparse_array(named, create_using=nx.DiGraph), normalized=False)
    return [float(found[i]) for i in range(named.shape[0])]
