"""Where each person stands in the colleague graph: ties, reciprocity, brokerage, bridges to other teams and views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats
from peernet.graph.colleagues import Ratings, check_layer, layer_matrices, treated, unsaid, who_answered
from peernet.graph.measures import betweenness_counts, binary, brokerage, components, mutual_ties, simmelian_ties


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
        ``received_...``, ``received_share_...`` (of the others who answered and were asked about them; missing where
        there are none) and ``mutual_...``. ``ties``, colleagues tied to in either direction; ``component`` (1 is the
        largest part of the graph that hangs together) and ``component_size``; ``outside_team`` and
        ``cross_perspective``, share of ties with people of another team or group, of those whose is known; the same
        five once more, ending in ``_mutual``, if only ties count that both sides named, be it on two layers;
        ``reciprocity``, share of their ties that are mutual, of pairs who both answered; ``constraint`` and
        ``effective_size``, Burt's measures of how much their colleagues know each other, a mutual tie counting twice:
        low constraint and large effective size are a broker's; ``simmelian``, mutual ties inside a circle of three;
        ``betweenness`` if wanted, directed, as a count of paths. Missing where undefined.

    Raises
    ------
    SettingError
        If a layer is unknown.

    Notes
    -----
    Who is named by others is robust when some people do not answer, and ``received_share_...`` is what to compare where
    not everybody was asked about everybody; whoever used up a list of limited length counts as asked. Constraint,
    effective size and betweenness are not robust. A mutual tie with somebody who did not answer cannot be seen. Who
    links teams, and who is cut off, can depend on whether one side's word is enough, so both are given.

    References
    ----------
    Burt, R. S. (1992). Structural Holes. Harvard University Press. Krackhardt, D. (1999). The ties that torture:
    Simmelian tie analysis in organizations. Research in the Sociology of Organizations 16, 183-210.

    Examples
    --------
    >>> import peernet as pn
    >>> people = pn.graph.describe_people(pn.colleague_graph(pn.load_aarhus()), layers=["work"])
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
        spoke = answered[layer].astype(float)
        asked = np.asarray(spoke.sum() - spoke - spoke @ unsaid(graph, layer))  # others who answered about each person
        table[f"received_share_{layer}"] = _shares(matrix.sum(axis=0).astype(float), asked)
        table[f"mutual_{layer}"] = matrix.multiply(matrix.T).sum(axis=1)
    together = binary(sum(named.values(), start=sparse.csr_array((len(graph), len(graph)))))  # a tie on any layer
    team = pd.Series([graph.nodes[person].get("team") for person in graph], index=table.index)
    groups = {
        "outside_team": team,
        "cross_perspective": None if perspective is None else perspective.reindex(team.index),
    }
    return table.assign(
        **_standing(binary(together + together.T), groups),
        **{f"{name}_mutual": found for name, found in _standing(mutual_ties(together), groups).items()},
        reciprocity=_reciprocity(named, answered, len(graph)),
        **brokerage(together),
        simmelian=simmelian_ties(together).sum(axis=1),
        **({"betweenness": betweenness_counts(together)} if betweenness else {}),
    )


def _standing(ties: Ratings, groups: Mapping[str, pd.Series | None]) -> dict[str, Any]:
    """What depends on whether a tie must be mutual: number of ties, component, shares across groups."""
    across = {name: _share_across(ties, group) for name, group in groups.items()}
    return {"ties": ties.sum(axis=1), **components(ties), **across}


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


def _reciprocity(named: Mapping[str, Ratings], answered: Mapping[str, Flags], n: int) -> Floats:
    """Share of each person's ties that are mutual, over all layers, of pairs who both answered."""
    tied, mutual = np.zeros(n), np.zeros(n)
    for layer, matrix in named.items():
        own = sparse.csr_array(matrix @ sparse.diags_array(answered[layer].astype(float)))
        tied = tied + binary(own + own.T).sum(axis=1)
        mutual = mutual + own.multiply(own.T).sum(axis=1)
    return _shares(mutual, tied)


def _shares(part: Floats, whole: Floats) -> Floats:
    """One through the other, missing of nothing."""
    shares: Floats = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return shares
