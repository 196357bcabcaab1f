"""A row per tie layer: dyads and centralisation, Krackhardt's dimensions of hierarchy, and the triad census."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import comb
from typing import NamedTuple

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import count_in_digits
from peernet.errors import SettingError, check_choice
from peernet.graph.colleagues import MISSING, Ratings, check_layer, layer_matrices, treated, unsaid, who_answered
from peernet.graph.measures import betweenness_counts, binary, mutual_ties, simmelian_ties

SUPERIORS = ("named", "naming")
BOUNDS = ("any_superior", "nearest_superior", "highest_superior")
# Mutual, one-sided and empty pairs in a triad, then its direction (Holland & Leinhardt 1970).
OPEN = ("003", "012", "102", "021D", "021U", "021C", "111D", "111U", "201")
CLOSED = ("030T", "030C", "120D", "120U", "120C", "210", "300")
KINDS = (*OPEN, *CLOSED)


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
        and answered, so that the rating is known; ``ties``; ``density`` (ties per cell); pairs answered from both
        sides: ``mutual``, ``one_sided`` and ``empty``; ``reciprocity``, the share of ties that are returned, and
        ``pair_reciprocity``, the share of tied pairs that are mutual, both of pairs answered from both sides;
        ``reciprocity_correlation``, reciprocity beyond what ties given at random would show at this density (0: as at
        random; 1: all returned);
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
    >>> table = pn.graph.layer_statistics(graph, layers=["trust"])
    >>> reconstructed = pn.graph.layer_statistics(graph, layers=["trust"], missing="reconstruct")
    >>> bool(table.loc["trust", "reciprocity"] < reconstructed.loc["trust", "reciprocity"])
    True
    """
    table = by_layer(graph, layers, missing, partial(_statistics, betweenness=betweenness))
    counts = ["people", "answered", "cells", "ties", "mutual", "one_sided", "empty", "simmelian"]
    counts += ["isolates", "isolates_mutual"]
    return table.astype(dict.fromkeys(counts, int)) if len(table) else table


def by_layer(
    graph: nx.MultiDiGraph[str],
    layers: Sequence[str] | None,
    missing: str,
    row: Callable[[nx.MultiDiGraph[str], str, Ratings, str], Mapping[str, float]],
    columns: list[str] | None = None,
) -> pd.DataFrame:
    """What ``row`` makes of the graph, each layer, its matrix and the treatment; `SettingError` if one is unknown."""
    check_choice("missing", missing, MISSING)
    for layer in layers or ():
        check_layer(graph, layer)
    rows = {layer: row(graph, layer, matrix, missing) for layer, matrix in layer_matrices(graph, layers).items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("layer")


def _statistics(
    graph: nx.MultiDiGraph[str], layer: str, matrix: Ratings, missing: str, *, betweenness: bool
) -> dict[str, float]:
    """The row of `layer_statistics`."""
    answered = who_answered(graph, layer)
    named = treated(matrix.astype(bool).astype(float), answered, missing)
    given = int(answered.sum())
    spoke = answered if missing == "available" else np.ones(len(graph), dtype=bool)
    skipped = sparse.diags_array(spoke.astype(float)) @ unsaid(graph, layer)
    cells = spoke.sum() * (len(spoke) - 1) - skipped.sum()
    ties = float(named.sum())
    paths = named @ named  # of two ties; a share of those to somebody else is transitive: their ends are tied
    between = {}
    if betweenness:
        between["centralisation_betweenness"] = _centralisation(betweenness_counts(named), most=len(graph) - 2.0)
    return {
        "people": len(graph),
        "answered": given,
        "cells": cells,
        "ties": ties,
        "density": ratio(ties, cells),
        **_dyads(named, spoke, skipped),
        "transitivity": ratio(paths.multiply(named).sum(), paths.sum() - paths.diagonal().sum()),
        "simmelian": simmelian_ties(named).sum() / 2,
        "centralisation_in": _centralisation(named.sum(axis=0).astype(float), most=1.0),
        "centralisation_out": _centralisation(named.sum(axis=1).astype(float), most=1.0),
        **between,
        "isolates": int(((named.sum(axis=0) + named.sum(axis=1)) == 0).sum()),
        "isolates_mutual": int((mutual_ties(named).sum(axis=1) == 0).sum()),
    }


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
    returned, density = ratio(2 * mutual, ties), ratio(ties, 2 * pairs)
    return {
        "mutual": mutual,
        "one_sided": one_sided,
        "empty": pairs - mutual - one_sided,
        "reciprocity": returned,
        "pair_reciprocity": ratio(mutual, mutual + one_sided),
        "reciprocity_correlation": ratio(returned - density, 1 - density),  # Garlaschelli and Loffredo's rho
    }


def _centralisation(scores: Floats, *, most: float) -> float:
    """How far everybody falls short of the highest score, in shares of a star where the others fall short of most."""
    return ratio((scores.max(initial=0) - scores).sum(), most * (len(scores) - 1) ** 2)


def ratio(part: float, whole: float) -> float:
    """A share, missing of nothing."""
    return float(part / whole) if whole else float("nan")


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
    >>> table = pn.graph.layer_hierarchy(pn.colleague_graph(pn.load_aarhus()), layers=["work"])
    >>> table[["connectedness", "hierarchy"]].round(2)  # ties were recorded both ways
           connectedness  hierarchy
    layer
    work            0.97        0.0
    """
    check_choice("superiors", superiors, SUPERIORS)
    return by_layer(graph, layers, missing, partial(_dimensions, superiors=superiors))


def _dimensions(
    graph: nx.MultiDiGraph[str], layer: str, matrix: Ratings, missing: str, *, superiors: str
) -> dict[str, float]:
    """The row of `layer_hierarchy`."""
    named = binary(treated(matrix, who_answered(graph, layer), missing))
    chains = _chains(binary(named.T) if superiors == "named" else named)
    circles, parts = chains.size, np.bincount(chains.part, weights=chains.size)
    n, joined = circles.sum(), (parts * (parts - 1)).sum() / 2
    one_way = float(circles @ chains.over @ circles - circles @ circles)
    both_ways = (circles * (circles - 1)).sum() / 2
    most, needed = ((parts - 1) ** 2).sum(), (parts - 1).sum()
    may_lack = ((parts - 1) * (parts - 2)).sum() / 2  # pairs, at most, without a superior in common
    having = np.sum([_pairs_having(chains, circle) for circle in range(len(circles))], axis=0) / 2
    return {
        "connectedness": ratio(joined, n * (n - 1) / 2),
        "hierarchy": ratio(one_way, one_way + both_ways),
        "efficiency": 1 - ratio(named.nnz - needed, most),
        **{name: 1 - ratio(joined - found, may_lack) for name, found in zip(BOUNDS, having, strict=True)},
    }


class Chains(NamedTuple):
    """Who stands over whom, by circles of people who all stand over each other."""

    size: Floats  # people in each circle
    over: Flags  # whether the row's circle stands over the column's, itself included
    above: Ints  # how many circles stand over each
    part: Ints  # which part of the graph, of those that do not hang together, each circle belongs to


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


def triad_census(
    graph: nx.MultiDiGraph[str], *, layers: Sequence[str] | None = None, missing: str = "available"
) -> pd.DataFrame:
    """Count the sixteen kinds of triad on each tie layer.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    layers
        Which layers, all by default.
    missing
        What somebody who did not answer says, as in `layer_statistics`. With ``"available"`` only triads of three
        people who all answered count.

    Returns
    -------
    DataFrame
        Index ``layer``; ``people`` and one column per kind of triad, ``003`` to ``300``, named by its number of mutual,
        one-sided and empty pairs: ``300`` are circles in which all name each other; ``030C`` and ``201`` are circles
        and bridges nobody closes.

    Raises
    ------
    SettingError
        If a layer or the treatment is unknown, or ``"available"`` is wanted where people were asked about some
        colleagues only or a rating is not known, for then it is not known of which kind a triad is.

    References
    ----------
    Holland, P. W. & Leinhardt, S. (1970). A method for detecting structure in sociometric data. American Journal of
    Sociology 76, 492-513. Moody, J. (1998). Matrix methods for calculating the triad census. Social Networks 20,
    291-299.

    Examples
    --------
    >>> import peernet as pn
    >>> table = pn.graph.triad_census(pn.colleague_graph(pn.load_aarhus()), layers=["lunch"])
    >>> table.loc["lunch", ["people", "003", "201", "300"]].tolist()
    [61, 25667, 566, 249]
    """
    return by_layer(graph, layers, missing, _census, columns=["people", *KINDS])


def _census(graph: nx.MultiDiGraph[str], layer: str, matrix: Ratings, missing: str) -> dict[str, int]:
    """Closed triads by matrix products, open ones by what is left of each person's pairs of ties."""
    named = _known_ties(graph, layer, matrix, missing)
    mutual = mutual_ties(named)
    one_sided = sparse.csr_array(binary(named) - mutual)
    found = _closed(mutual, one_sided)
    found |= _open(mutual, one_sided, found)
    n, pairs = named.shape[0], {"102": mutual.sum() / 2, "012": one_sided.sum()}
    for kind, place in (("102", 0), ("012", 1)):
        found[kind] = pairs[kind] * max(n - 2, 0) - sum(int(other[place]) * count for other, count in found.items())
    found["003"] = comb(n, 3) - sum(found.values())
    return {"people": n, **{kind: round(found[kind]) for kind in KINDS}}


def _known_ties(graph: nx.MultiDiGraph[str], layer: str, matrix: Ratings, missing: str) -> Ratings:
    """Who named whom, among those whose ties are known."""
    answered = who_answered(graph, layer)
    if missing != "available":
        return treated(matrix, answered, missing)
    skipped = unsaid(graph, layer)[answered].nnz
    if skipped:
        raise SettingError(
            f"On layer {layer!r} {count_in_digits(skipped, 'answer', 'answers')} about colleagues not asked for or not "
            "known, so triads cannot be told apart. missing='as_zero' takes them for no ties."
        )
    return sparse.csr_array(matrix[answered][:, answered])


def _closed(mutual: Ratings, one_sided: Ratings) -> dict[str, float]:
    """Triads in which every two are tied."""
    both, down = mutual @ mutual, one_sided @ one_sided
    return {
        "300": mutual.multiply(both).sum() / 6,
        "210": one_sided.multiply(both).sum(),
        "120D": mutual.multiply(one_sided.T @ one_sided).sum() / 2,
        "120U": mutual.multiply(one_sided @ one_sided.T).sum() / 2,
        "120C": mutual.multiply(down).sum(),
        "030T": one_sided.multiply(down).sum(),
        "030C": one_sided.T.multiply(down).sum() / 3,
    }


def _open(mutual: Ratings, one_sided: Ratings, closed: Mapping[str, float]) -> dict[str, float]:
    """Triads in which two are tied to a third and not to each other: pairs of ties less those in closed triads."""
    m, to, by = mutual.sum(axis=1), one_sided.sum(axis=1), one_sided.sum(axis=0)
    c = closed
    return {
        "201": (m * (m - 1)).sum() / 2 - 3 * c["300"] - c["210"],
        "111D": (m * by).sum() - c["210"] - 2 * c["120D"] - c["120C"],
        "111U": (m * to).sum() - c["210"] - 2 * c["120U"] - c["120C"],
        "021D": (to * (to - 1)).sum() / 2 - c["120D"] - c["030T"],
        "021U": (by * (by - 1)).sum() / 2 - c["120U"] - c["030T"],
        "021C": (to * by).sum() - c["120C"] - c["030T"] - 3 * c["030C"],
    }
