"""What a pairing can rest on: trust that is mutual, a colleague who can introduce, or not known."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import add

import networkx as nx
import numpy as np
from scipy import sparse

from peernet._arrays import Codes, Integers
from peernet.graph import layer_matrix

__all__ = ["STATES", "Foundation", "lay_foundation"]

STATES = ("unknown", "mutual", "introduced", "refused")
UNKNOWN, MUTUAL, INTRODUCED, REFUSED = range(4)
Mask = sparse.csr_array


@dataclass(frozen=True)
class Foundation:
    """Foundation of every pair, held as sparse matrices of people by people.

    Parameters
    ----------
    mutual
        Both named the other on every foundation layer.
    refused
        On some foundation layer someone who knows the other answered and did not name them.
    vouching
        Ratings of the mutual ties an introduction can rest on.
    """

    mutual: Mask
    refused: Mask
    vouching: Mask
    shared: Mask = field(init=False)

    def __post_init__(self) -> None:
        linked = self.vouching.astype(bool).astype(np.int32)
        object.__setattr__(self, "shared", sparse.csr_array(linked @ linked))

    def states(self, rows: Integers) -> Codes:
        """Index into `STATES` for each of the rows against everyone, int8."""
        found = np.zeros((len(rows), self.mutual.shape[0]), dtype=np.int8)
        for state, matrix in ((INTRODUCED, self.shared), (REFUSED, self.refused), (MUTUAL, self.mutual)):
            found[matrix[rows].astype(bool).toarray()] = state
        return found

    def introducers(self, a: int, b: int) -> Integers:
        """People who could introduce a and b, those with the strongest trust in both first."""
        row_a, row_b = self.vouching[[a]].toarray()[0], self.vouching[[b]].toarray()[0]
        weakest = np.minimum(row_a, row_b)
        both = np.flatnonzero(weakest > 0)
        return both[np.lexsort((both, -(row_a + row_b)[both], -weakest[both]))]


def lay_foundation(graph: nx.MultiDiGraph[str], *, at_least: float = 1.0) -> Foundation:
    """Foundation of every pair in the graph.

    Mutual: both named the other, rated ``at_least`` so much, on every foundation layer. Refused: they know each
    other (one named the other on any layer) and on some foundation layer the one who knows the other answered
    without naming them, or rated them lower. Introduced: neither, and a colleague has a mutual tie of trust with
    both. Otherwise unknown, which is not distrust.
    """
    layers = graph.graph["foundation"]
    n = len(graph)
    if not layers:
        empty = sparse.csr_array((n, n), dtype=bool)
        return Foundation(empty, empty, sparse.csr_array((n, n)))
    ratings = {layer: layer_matrix(graph, layer) for layer in graph.graph["layers"]}
    knows = (_sum(ratings.values()) > 0).astype(float)
    sent = {layer: sparse.csr_array(ratings[layer] >= at_least) for layer in layers}
    mutual = reduce(lambda a, b: a.multiply(b), (_both_ways(matrix) for matrix in sent.values()))
    refused = _sum(_withheld(graph, layer, knows, sent[layer]) for layer in layers)
    vouching = "trust" if "trust" in layers else None
    basis = _both_ways(sent[vouching]) if vouching else mutual
    strength = _sum(matrix.minimum(matrix.T) for layer, matrix in ratings.items() if layer in layers)
    return Foundation(
        sparse.csr_array(mutual.astype(bool)),
        sparse.csr_array((refused + refused.T).astype(bool)),
        sparse.csr_array(basis.astype(float).multiply(strength)),
    )


def _sum(matrices: object) -> Mask:
    return reduce(add, matrices)  # type: ignore[call-overload, no-any-return]


def _both_ways(sent: Mask) -> Mask:
    return sparse.csr_array(sent.multiply(sent.T))


def _withheld(graph: nx.MultiDiGraph[str], layer: str, knows: Mask, sent: Mask) -> Mask:
    """Cells where the ego knows the alter, answered this layer's question and did not name them."""
    answered = np.array([person in graph.graph["answered"][layer] for person in graph], dtype=float)
    known = sparse.diags_array(answered) @ knows
    return sparse.csr_array((known - known.multiply(sent)) > 0)
