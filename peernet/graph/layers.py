"""Counts, density and reciprocity of each tie layer, with people who did not answer treated by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats
from peernet.errors import check_choice
from peernet.graph.colleagues import Ratings, check_layer, layer_matrices
from peernet.graph.measures import betweenness_counts, mutual_ties, simmelian_ties

__all__ = ["MISSING", "layer_statistics", "pairs_matrix", "ratio", "treated", "who_answered"]

MISSING = ("available", "as_zero", "reconstruct")


def layer_statistics(
    graph: nx.MultiDiGraph[str],
    *,
    layers: Sequence[str] | None = None,
    missing: str = "available",
    betweenness: bool = False,
) -> pd.DataFrame:
    """Counts, density and reciprocity of each tie layer.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    layers
        Which layers, all by default.
    missing
        What somebody who did not answer says about their ties. ``"available"``: nothing, only cells that were asked
        and answered count. ``"as_zero"``: that they name nobody, which makes density too low and reciprocity too.
        ``"reconstruct"``: what the others say of them, which makes reciprocity too high by construction.
    betweenness
        Whether to count shortest paths too, which takes minutes for thousands of people.

    Returns
    -------
    DataFrame
        Index ``layer``; ``people`` and how many ``answered``; ``cells``, ordered pairs about which somebody was asked
        and answered; ``ties``; ``density`` (ties per cell); pairs answered from both sides: ``mutual``,
        ``one_sided`` and ``empty``; ``reciprocity``, the share of ties that are returned, and ``pair_reciprocity``,
        the share of tied pairs that are mutual, both of pairs answered from both sides; ``reciprocity_correlation``,
        reciprocity beyond what ties given at random would show at this density (0: as at random; 1: all returned);
        ``transitivity``, how often someone names whom those they name name; ``simmelian``, mutual pairs inside a
        circle of three; ``centralisation_in`` and ``centralisation_out`` (0: all are named, or name, equally often;
        1: one person alone), and ``centralisation_betweenness`` (1: all shortest paths lead through one person) if
        wanted; ``isolates``, people in no tie, and ``isolates_mutual``, people in no mutual tie. Missing where
        undefined.

    Raises
    ------
    SettingError
        If a layer or the treatment is unknown.

    References
    ----------
    Stork, D. & Richards, W. D. (1992). Nonrespondents in communication network studies. Group & Organization
    Management 17, 193-209. Freeman, L. C. (1979). Centrality in social networks: conceptual clarification. Social
    Networks 1, 215-239. Garlaschelli, D. & Loffredo, M. I. (2004). Patterns of link reciprocity in directed networks.
    Physical Review Letters 93, 268701.

    Examples
    --------
    >>> import peernet as pn
    >>> graph = pn.colleague_graph(pn.load_example())
    >>> table = layer_statistics(graph, layers=["trust"])
    >>> reconstructed = layer_statistics(graph, layers=["trust"], missing="reconstruct")
    >>> bool(table.loc["trust", "reciprocity"] < reconstructed.loc["trust", "reciprocity"])
    True
    """
    check_choice("missing", missing, MISSING)
    for layer in layers or ():
        check_layer(graph, layer)
    matrices = layer_matrices(graph, layers)
    rows = {layer: _statistics(graph, layer, matrix, missing, betweenness) for layer, matrix in matrices.items()}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("layer")
    counts = ["people", "answered", "cells", "ties", "mutual", "one_sided", "empty", "simmelian"]
    counts += ["isolates", "isolates_mutual"]
    return table.astype(dict.fromkeys(counts, int)) if len(table) else table


def who_answered(graph: nx.MultiDiGraph[str], layer: str) -> Flags:
    """Whether each person answered the layer's question, in the order of the nodes."""
    return np.array([person in graph.graph["answered"][layer] for person in graph], dtype=bool)


def treated(matrix: Ratings, answered: Flags, missing: str) -> Ratings:
    """Ratings with the rows of those who did not answer emptied, or filled with what others said of them."""
    own = sparse.diags_array(answered.astype(float)) @ matrix
    if missing == "reconstruct":
        own = own + sparse.diags_array((~answered).astype(float)) @ own.T
    return sparse.csr_array(own)


def _statistics(
    graph: nx.MultiDiGraph[str], layer: str, matrix: Ratings, missing: str, betweenness: bool
) -> dict[str, float]:
    answered = who_answered(graph, layer)
    named = treated(matrix.astype(bool).astype(float), answered, missing)
    given = int(answered.sum())
    spoke = answered if missing == "available" else np.ones(len(graph), dtype=bool)
    not_asked = pairs_matrix(graph, graph.graph.get("not_asked", {}).get(layer, ()))
    skipped = sparse.diags_array(spoke.astype(float)) @ not_asked
    cells = spoke.sum() * (len(spoke) - 1) - skipped.sum()
    ties = float(named.sum())
    return {
        "people": len(graph),
        "answered": given,
        "cells": cells,
        "ties": ties,
        "density": ratio(ties, cells),
        **_dyads(named, spoke, skipped),
        "transitivity": _transitivity(named),
        "simmelian": simmelian_ties(named).sum() / 2,
        "centralisation_in": _centralisation(named.sum(axis=0).astype(float), most=1.0),
        "centralisation_out": _centralisation(named.sum(axis=1).astype(float), most=1.0),
        **({"centralisation_betweenness": _centralisation_betweenness(named)} if betweenness else {}),
        "isolates": int(((named.sum(axis=0) + named.sum(axis=1)) == 0).sum()),
        "isolates_mutual": int((mutual_ties(named).sum(axis=1) == 0).sum()),
    }


def pairs_matrix(graph: nx.MultiDiGraph[str], pairs: Iterable[tuple[str, str]]) -> Ratings:
    """1 for each ordered pair of people, in the order of the nodes."""
    place = {person: i for i, person in enumerate(graph)}
    cells = [(place[a], place[b]) for a, b in pairs]
    ego, alter = np.array(cells, dtype=np.intp).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(cells)), (ego, alter)), shape=(len(place), len(place)))


def _dyads(named: Ratings, spoke: Flags, skipped: Ratings) -> dict[str, float]:
    """Pairs answered from both sides: mutual, one-sided, empty, and the reciprocity of their ties."""
    both = sparse.diags_array(spoke.astype(float))
    asked = named - named.multiply(skipped.T) if skipped.nnz else named
    own = sparse.csr_array(both @ asked @ both)
    mutual = own.multiply(own.T).sum() / 2
    one_sided = own.sum() - 2 * mutual
    outside = (both @ skipped @ both).astype(bool)
    pairs = spoke.sum() * (spoke.sum() - 1) / 2 - (outside + outside.T).nnz / 2
    ties = 2 * mutual + one_sided
    return {
        "mutual": mutual,
        "one_sided": one_sided,
        "empty": pairs - mutual - one_sided,
        "reciprocity": ratio(2 * mutual, ties),
        "pair_reciprocity": ratio(mutual, mutual + one_sided),
        "reciprocity_correlation": _beyond(ratio(2 * mutual, ties), ratio(ties, 2 * pairs)),
    }


def _transitivity(named: Ratings) -> float:
    paths = named @ named
    return ratio(paths.multiply(named).sum(), paths.sum() - paths.diagonal().sum())


def _beyond(share: float, by_chance: float) -> float:
    """A share held against the one expected by chance, 1 at most."""
    return ratio(share - by_chance, 1 - by_chance)


def _centralisation(scores: Floats, *, most: float) -> float:
    """How far everybody falls short of the highest score, in shares of a star where the others fall short of most."""
    return ratio((scores.max(initial=0) - scores).sum(), most * (len(scores) - 1) ** 2)


def _centralisation_betweenness(named: Ratings) -> float:
    n = named.shape[0]
    return _centralisation(betweenness_counts(named), most=n - 2.0)


def ratio(part: float, whole: float) -> float:
    """A share, missing of nothing."""
    return float(part / whole) if whole else float("nan")
