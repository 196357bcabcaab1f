"""What a matrix of ties says of everybody's place in it: brokerage, components, circles, shortest paths."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from peernet._arrays import Floats, Ints
from peernet.graph.colleagues import Ratings

__all__ = ["betweenness_counts", "binary", "brokerage", "components", "mutual_ties", "simmelian_ties"]


def binary(matrix: Any) -> Ratings:  # noqa: ANN401
    """1 wherever the matrix is not 0."""
    ones = sparse.csr_array(matrix.astype(bool).astype(float))
    ones.eliminate_zeros()
    return ones


def brokerage(named: Ratings) -> dict[str, Floats]:
    """Burt's constraint and effective size from the strength of each tie, 2 where both named the other."""
    strength = sparse.csr_array(named + named.T)
    tied = binary(strength)
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


def components(either: Ratings) -> dict[str, Ints]:
    """Component of each person, the largest first, and its size."""
    _, label = connected_components(either, directed=False)
    size = np.bincount(label)
    rank = np.empty(len(size), dtype=np.int64)
    rank[np.argsort(-size, kind="stable")] = np.arange(1, len(size) + 1)
    return {"component": rank[label], "component_size": size[label].astype(np.int64)}


def mutual_ties(named: Ratings) -> Ratings:
    """1 where both named the other."""
    return binary(named.multiply(named.T))


def simmelian_ties(named: Ratings) -> Ratings:
    """1 for mutual ties between two people who have a mutual tie with the same third."""
    mutual = mutual_ties(named)
    return binary((mutual @ mutual).multiply(mutual))


def betweenness_counts(named: Ratings) -> Floats:
    """How many shortest paths between two others lead through each person, paths of one length sharing."""
    found = nx.betweenness_centrality(nx.from_scipy_sparse_array(named, create_using=nx.DiGraph), normalized=False)
    return np.array([found[i] for i in range(named.shape[0])], dtype=float)
