"""Everybody's places as nodes of a matching, so that one place of each person can count apart from the others.

Somebody with room for several has a first place and further ones. Two people who both have further places could be
joined twice; where that would happen, their pair gets two nodes of its own: one beside the first person, one beside the
second. Both are always matched: outwards if the pair is made, else to each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints

__all__ = ["Pairs", "Places", "places"]

Matrix: TypeAlias = Any  # an array or a SciPy sparse array, which share no useful type
Pairs = tuple[tuple[int, int], ...]
FEW = 1 / 8  # share of all links up to which they are handed on as a sparse matrix


@dataclass(frozen=True)
class Places:
    """Links between places.

    Parameters
    ----------
    owner
        Whose place each node is; -1 for the nodes of a pair.
    u, v
        The two nodes of each link.
    gain_u, gain_v
        What the owners gain by the link, where that counts for them: in their first place; else missing.
    value
        What the pair is worth, on the link that makes it; else 0.
    pair
        The two people whose pair the link belongs to, one row each.
    makes
        Whether the link makes the pair.
    """

    owner: Ints
    u: Ints
    v: Ints
    gain_u: Floats
    gain_v: Floats
    value: Floats
    pair: Ints
    makes: Flags

    def where(self, keep: Flags) -> Places:
        """Some of the links."""
        parts = self.u, self.v, self.gain_u, self.gain_v, self.value, self.pair, self.makes
        return Places(self.owner, *(part[keep] for part in parts))  # type: ignore[arg-type]

    def among(self, matched: Pairs) -> Flags:
        """Which links are among the matched nodes."""
        mate = np.full(len(self.owner), -1)
        a, b = np.array(matched, dtype=np.int64).reshape(-1, 2).T
        mate[a], mate[b] = b, a
        return np.asarray(mate[self.u] == self.v)

    def joined(self, matched: Pairs) -> list[tuple[int, int]]:
        """The pairs of people that matched nodes make, some perhaps twice."""
        return sorted(map(tuple, self.pair[self.among(matched) & self.makes].tolist()))

    def matrix(self, weight: Floats) -> Matrix:
        """Weights of the links for the matching engine."""
        n = len(self.owner)
        ends = np.concatenate([self.u, self.v]), np.concatenate([self.v, self.u])
        both = np.concatenate([weight, weight])
        if len(weight) < FEW * n * n / 2:
            return sparse.csr_array((both, ends), shape=(n, n))
        cells = np.full((n, n), np.nan)
        cells[ends] = both
        return cells


def places(own: Floats, value: Floats, capacity: Ints, single: Pairs = ()) -> Places:
    """Places of people, given what each row's person gains from each column's and what pairs are worth.

    Pairs are possible where ``value`` is known. ``single`` pairs get nodes of their own.
    """
    i, j = np.nonzero(np.triu(~np.isnan(value), 1))
    apart = np.isin(i * len(capacity) + j, [a * len(capacity) + b for a, b in single])
    plain = _between(own, value, capacity, i[~apart], j[~apart])
    if not single:
        return plain
    own_nodes = [_led_over(own, value, capacity, pair, k) for k, pair in enumerate(single)]
    parts = zip(*(_links(part) for part in (plain, *own_nodes)), strict=True)
    owner = np.concatenate([plain.owner, np.full(2 * len(single), -1)])
    return Places(owner, *(np.concatenate(part) for part in parts))


def _links(graph: Places) -> tuple[Ints | Floats | Flags, ...]:
    return graph.u, graph.v, graph.gain_u, graph.gain_v, graph.value, graph.pair, graph.makes


def _between(own: Floats, value: Floats, capacity: Ints, i: Ints, j: Ints) -> Places:
    """Every place of the one linked with every place of the other."""
    first = np.cumsum(capacity) - capacity
    pair = np.repeat(np.arange(len(i)), capacity[i] * capacity[j])
    turn = np.arange(len(pair)) - np.searchsorted(pair, pair)
    i, j = i[pair], j[pair]
    at_i, at_j = turn // capacity[j], turn % capacity[j]
    return Places(
        np.repeat(np.arange(len(capacity)), capacity),
        first[i] + at_i,
        first[j] + at_j,
        np.where(at_i == 0, own[i, j], np.nan),
        np.where(at_j == 0, own[j, i], np.nan),
        value[i, j],
        np.column_stack([i, j]).astype(np.int64),
        np.ones(len(i), dtype=bool),
    )


def _led_over(own: Floats, value: Floats, capacity: Ints, pair: tuple[int, int], k: int) -> Places:
    """The links of a single pair, led over two nodes of its own."""
    (i, j), n = pair, int(capacity.sum())
    a, b = n + 2 * k, n + 2 * k + 1
    first = np.cumsum(capacity) - capacity
    at_i, at_j = first[i] + np.arange(capacity[i]), first[j] + np.arange(capacity[j])
    near, far, number = len(at_i), len(at_j), len(at_i) + len(at_j) + 1
    gain = np.full(number, np.nan)
    gain[0], gain[near] = own[i, j], own[j, i]
    makes = np.arange(number) < near
    return Places(
        np.empty(0, dtype=np.int64),
        np.concatenate([at_i, at_j, [a]]),
        np.concatenate([np.full(near, a), np.full(far, b), [b]]),
        gain,
        np.full(number, np.nan),
        np.where(makes, value[i, j], 0.0),
        np.tile(np.array(pair, dtype=np.int64), (number, 1)),
        makes,
    )
