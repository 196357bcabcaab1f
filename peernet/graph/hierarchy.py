"""How far a tie layer is built like a chain of command: Krackhardt's four dimensions of an informal organisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

from peernet._arrays import Flags, Floats, Ints
from peernet.errors import check_choice
from peernet.graph.colleagues import Ratings, check_layer, layer_matrices
from peernet.graph.layers import MISSING, ratio, treated, who_answered
from peernet.graph.measures import binary

__all__ = ["layer_hierarchy"]

SUPERIORS = ("named", "naming")
BOUNDS = ("any_superior", "nearest_superior", "highest_superior")


class Chains(NamedTuple):
    """Who stands over whom, by circles of people who all stand over each other."""

    size: Floats  # people in each circle
    over: Flags  # whether the row's circle stands over the column's, itself included
    above: Ints  # how many circles stand over each
    part: Ints  # which part of the graph, of those that do not hang together, each circle belongs to


def layer_hierarchy(
    graph: nx.MultiDiGraph[str],
    *,
    layers: Sequence[str] | None = None,
    superiors: str = "named",
    missing: str = "available",
) -> pd.DataFrame:
    """How far each tie layer is built like a chain of command.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    layers
        Which layers, all by default.
    superiors
        Who stands above. ``"named"``: whoever is named, as where people name the one they report to or turn to for
        advice. ``"naming"``: whoever names, as where managers name their staff.
    missing
        What somebody who did not answer says, as in `layer_statistics`.

    Returns
    -------
    DataFrame
        Index ``layer``; each from 0 to 1, and all 1 in a tree with one head. ``connectedness``, share of pairs whom
        some chain of ties joins, whatever its direction; ``hierarchy``, share of pairs joined by a directed chain in
        which it leads one way only; ``efficiency``, how few ties there are beyond those needed to hang together;
        and how few pairs, of the most there can be, lack a superior in common: ``any_superior``; one below all their
        other common superiors, ``nearest_superior`` (Krackhardt's least upper bound, with whom a dispute ends); one
        above all of them, ``highest_superior``. People count as their own superiors. Missing where undefined.

    Raises
    ------
    SettingError
        If a layer, the treatment or ``superiors`` is unknown.

    Notes
    -----
    Mind the direction: only the three columns on superiors depend on it, and they depend on it entirely. Krackhardt's
    managers, named by those who report to them, have a nearest superior throughout (1.0); read the other way round,
    hardly ever (0.08). R's ``sna::lubness`` takes ties to lead downwards, which is ``superiors="naming"``, and looks
    for a bound that reaches all others: its value is ``highest_superior``. In trees the three agree. Everett and
    Krackhardt recommend ``any_superior``, since a few more ties can undo the nearest one.

    References
    ----------
    Krackhardt, D. (1994). Graph theoretical dimensions of informal organizations. In Carley & Prietula (eds.),
    Computational Organization Theory, 89-111. Everett, M. & Krackhardt, D. (2012). A second look at Krackhardt's graph
    theoretical dimensions of informal organizations. Social Networks 34, 159-163.

    Examples
    --------
    >>> import peernet as pn
    >>> table = layer_hierarchy(pn.colleague_graph(pn.load_aarhus()), layers=["work"])
    >>> table[["connectedness", "hierarchy"]].round(2)  # ties were recorded both ways
           connectedness  hierarchy
    layer
    work            0.97        0.0
    """
    check_choice("superiors", superiors, SUPERIORS)
    check_choice("missing", missing, MISSING)
    for layer in layers or ():
        check_layer(graph, layer)
    rows = {
        layer: _dimensions(binary(treated(matrix, who_answered(graph, layer), missing)), superiors)
        for layer, matrix in layer_matrices(graph, layers).items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("layer")


def _dimensions(named: Ratings, superiors: str) -> dict[str, float]:
    chains = _chains(binary(named.T) if superiors == "named" else named)
    circles, parts = chains.size, np.bincount(chains.part, weights=chains.size)
    n, joined = circles.sum(), (parts * (parts - 1)).sum() / 2
    one_way = float(circles @ chains.over @ circles - circles @ circles)
    both_ways = (circles * (circles - 1)).sum() / 2
    most, needed = ((parts - 1) ** 2).sum(), (parts - 1).sum()
    return {
        "connectedness": ratio(joined, n * (n - 1) / 2),
        "hierarchy": ratio(one_way, one_way + both_ways),
        "efficiency": 1 - ratio(named.nnz - needed, most),
        **_superiors(chains, joined, ((parts - 1) * (parts - 2)).sum() / 2),
    }


def _chains(downwards: Ratings) -> Chains:
    """Circles of people who all reach each other, and who reaches whom along ties that lead downwards."""
    tree = nx.condensation(nx.from_scipy_sparse_array(downwards, create_using=nx.DiGraph))
    size = np.array([len(tree.nodes[circle]["members"]) for circle in range(len(tree))], dtype=float)
    over = np.eye(len(tree), dtype=bool)
    for circle in reversed(list(nx.topological_sort(tree))):
        for below in tree[circle]:
            over[circle] |= over[below]
    _, part = connected_components(nx.to_scipy_sparse_array(tree, nodelist=range(len(tree))), directed=False)
    return Chains(size, over, over.sum(axis=0), part.astype(np.int64))


def _superiors(chains: Chains, pairs: float, most: float) -> dict[str, float]:
    """How few pairs lack a common superior of each kind, of the most pairs that can lack one."""
    having = np.sum([_pairs_having(chains, circle) for circle in range(len(chains.size))], axis=0) / 2
    return {name: 1 - ratio(pairs - found, most) for name, found in zip(BOUNDS, having, strict=True)}


def _pairs_having(chains: Chains, circle: int) -> Floats:
    """Ordered pairs whose first person is in the circle with any, a nearest and a highest common superior.

    Those above a common superior are common superiors too. So the nearest is one with as many people above as there
    are common superiors, and there is a highest if just one of them has nobody above.
    """
    above = chains.over[:, circle]
    common = chains.over[above]
    rank = chains.above[above]
    number = common.sum(axis=0)
    some, nearest = number > 0, (common * rank[:, None]).max(axis=0) == number
    kinds = some, some & nearest, common[rank == 1].sum(axis=0) == 1
    own, others = chains.size[circle], chains.size
    return np.array([own * (kind @ others - kind[circle]) for kind in kinds])
