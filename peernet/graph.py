"""The colleague graph: who named whom, on which layer, and who was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from peernet.errors import SettingError, check_choice, did_you_mean
from peernet.survey import Survey

__all__ = ["colleague_graph", "layer_matrix", "tie_layer"]

Ratings = sparse.csr_array
RULES: dict[str, Callable[[Ratings], Ratings]] = {
    "sent": lambda sent: sent,
    "mutual": lambda sent: sent.minimum(sent.T),
    "min": lambda sent: sent.minimum(sent.T),
    "either": lambda sent: sent.maximum(sent.T),
    "mean": lambda sent: (sent + sent.T) / 2,
}


def colleague_graph(survey: Survey) -> nx.MultiDiGraph[str]:
    """Graph of everyone in the survey, one directed edge per nomination, keyed by tie layer.

    Parameters
    ----------
    survey
        What `read_survey` returned.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are people, in the survey's order, and carry their row of ``survey.people``. Edges have ``key=layer``
        and ``rating``. ``graph.graph`` holds ``layers``, ``foundation`` (the layers a pairing must rest on),
        ``contact`` (the others) and, per layer, the sets of people ``asked`` and ``answered``: someone who was asked
        and did not answer has missing ties, not absent ones.

    Examples
    --------
    >>> import peernet as pn
    >>> graph = pn.colleague_graph(pn.load_aarhus())
    >>> len(graph), graph.graph["layers"]
    (61, ('work', 'lunch', 'leisure', 'facebook', 'coauthor'))
    """
    foundation = survey.codebook.foundation
    everyone = frozenset(survey.people.index)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        layers=survey.layers,
        foundation=foundation,
        contact=tuple(layer for layer in survey.layers if layer not in foundation),
        asked=dict.fromkeys(survey.layers, everyone),
        answered={layer: survey.answered.get(layer, frozenset()) for layer in survey.layers},
    )
    graph.add_nodes_from(
        (str(row.pop("person")), {str(k): v for k, v in row.items()})
        for row in survey.people.reset_index().to_dict("records")
    )
    ties = survey.ties
    for ego, alter, layer, rating in zip(*(ties[part] for part in ("ego", "alter", "layer", "rating")), strict=True):
        graph.add_edge(ego, alter, key=layer, rating=rating)
    return graph


def tie_layer(
    graph: nx.MultiDiGraph[str], layer: str, *, rule: str | None = None, at_least: float = 1.0
) -> nx.Graph[str] | nx.DiGraph[str]:
    """One layer of the colleague graph under a rule for ties that only one side named.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    layer
        One of ``graph.graph["layers"]``.
    rule
        ``"mutual"`` (or ``"min"``): both named the other, the lower rating counts; ``"either"``: one did, the higher
        counts; ``"mean"``: the two ratings averaged, an absent one as zero; ``"sent"``: as named, directed. By default
        mutual for the layers a pairing rests on and either for contact, as their meanings ask.
    at_least
        Lowest rating that makes a tie.

    Returns
    -------
    networkx.Graph
        (`networkx.DiGraph` for ``"sent"``) with everyone as a node and ``rating`` on each edge.

    Raises
    ------
    SettingError
        If the layer or the rule is unknown.

    Notes
    -----
    The rule can decide a conclusion; look at both where it matters.

    Examples
    --------
    >>> import peernet as pn
    >>> graph = pn.colleague_graph(pn.load_aarhus())
    >>> tie_layer(graph, "lunch").number_of_edges()
    193
    """
    rule = rule or default_rule(graph, layer)
    check_choice("rule", rule, RULES)
    matrix = RULES[rule](layer_matrix(graph, layer)).tocoo()
    people = list(graph)
    result: nx.Graph[str] = nx.DiGraph() if rule == "sent" else nx.Graph()
    result.add_nodes_from(people)
    result.add_edges_from(
        (people[i], people[j], {"rating": float(rating)})
        for i, j, rating in zip(*matrix.coords, matrix.data, strict=True)
        if rating >= at_least
    )
    return result


def default_rule(graph: nx.MultiDiGraph[str], layer: str) -> str:
    """Mutual for a layer a pairing rests on, either way for contact."""
    return "mutual" if layer in graph.graph["foundation"] else "either"


def layer_matrix(graph: nx.MultiDiGraph[str], layer: str) -> Ratings:
    """Ratings of one layer as a sparse matrix, ego in rows and alter in columns, in the order of the nodes.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    layer
        One of ``graph.graph["layers"]``.

    Returns
    -------
    scipy.sparse.csr_array, shape (people, people)
        A cell is stored where the ego named the alter; a rating that is not known counts as 1.

    Raises
    ------
    SettingError
        If the graph has no such layer.

    Examples
    --------
    >>> import peernet as pn
    >>> layer_matrix(pn.colleague_graph(pn.load_aarhus()), "work").shape
    (61, 61)
    """
    _check_layer(graph.graph, layer)
    place = {person: i for i, person in enumerate(graph)}
    ties = [
        (place[a], place[b], _rating(data)) for a, b, key, data in graph.edges(keys=True, data=True) if key == layer
    ]
    ego, alter, rating = np.array(ties, dtype=float).reshape(-1, 3).T
    shape = (len(place), len(place))
    return sparse.csr_array((rating, (ego.astype(np.intp), alter.astype(np.intp))), shape=shape)


def nominations_between(graph: nx.MultiDiGraph[str]) -> sparse.csr_array:
    """How often two people named each other, both ways and over all layers; symmetric, shape (people, people)."""
    n = len(graph)
    total = sparse.csr_array((n, n))
    for layer in graph.graph["layers"]:
        total = total + layer_matrix(graph, layer).astype(bool).astype(float)
    return sparse.csr_array(total + total.T)


def _rating(data: Mapping[str, Any]) -> float:
    rating = data.get("rating", 1.0)
    return 1.0 if pd.isna(rating) else float(rating)


def _check_layer(facts: Mapping[str, Any], layer: str) -> None:
    if layer not in facts["layers"]:
        known = ", ".join(facts["layers"]) or "no layers"
        raise SettingError(f"No tie layer {layer!r}; the graph has {known}.{did_you_mean(layer, facts['layers'])}")
