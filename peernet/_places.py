"""Everybody's places as nodes of a matching, so that one place of each person can count apart from the others.

Somebody with room for several has a first place and further ones. Two people who both have further places could be
joined twice; where that would happen, their pair gets two nodes of its own: one beside the first person, one beside the
second. Both are always matched: outwards if the pair is made, else to each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from peernet._arrays import Flags, Floats, Integers

__all__ = ["Places", "places"]

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Places:
    """Links between places.

    Parameters
    ----------
    owner
        Whose place each node is; -1 for the nodes of a pair.
    open
        Links there are, shape (nodes, nodes).
    gain
        What the row's person gains by the link, where that counts for them: in their first place; else missing.
    value
        What the pair is worth, on the link that makes it.
    makes
        Whether the link makes a pair.
    single
        Pairs with nodes of their own.
    """

    owner: Integers
    open: Flags
    gain: Floats
    value: Floats
    makes: Flags
    single: Pairs

    @property
    def own_nodes(self) -> Integers:
        """The two nodes of each single pair, one row each."""
        return np.flatnonzero(self.owner < 0).reshape(-1, 2)

    def joined(self, pairs: Pairs) -> list[tuple[int, int]]:
        """The pairs of people that matched places make, some perhaps twice."""
        own = {int(node): pair for nodes, pair in zip(self.own_nodes, self.single, strict=True) for node in nodes}
        found = []
        for u, v in pairs:
            if self.makes[u, v]:
                person = {int(self.owner[u]), int(self.owner[v])} - {-1}
                i, j = own.get(u) or own.get(v) or sorted(person)
                found.append((i, j))
        return sorted(found)


def places(own: Floats, value: Floats, capacity: Integers, single: Pairs = ()) -> Places:
    """Places of people, given what each row's person gains from each column's and what pairs are worth.

    Pairs are possible where ``value`` is known.
    """
    first = np.cumsum(capacity) - capacity
    owner = np.repeat(np.arange(len(capacity)), capacity)
    leading = np.arange(len(owner)) == first[owner]
    cells = np.ix_(owner, owner)
    open_ = ~np.isnan(value[cells]) & (owner[:, None] != owner)
    gain = np.where(open_ & leading[:, None], own[cells], np.nan)
    graph = Places(owner, open_, gain, np.where(open_, value[cells], np.nan), open_.copy(), single)
    return _with_own_nodes(graph, own, value, leading) if single else graph


def _with_own_nodes(graph: Places, own: Floats, value: Floats, leading: Flags) -> Places:
    """The links of single pairs led over two nodes of their own."""
    n, more = len(graph.owner), 2 * len(graph.single)
    owner = np.concatenate([graph.owner, np.full(more, -1)])
    open_, makes = (np.pad(part, (0, more)) for part in (graph.open, graph.makes))
    gain, worth = (np.pad(part, (0, more), constant_values=np.nan) for part in (graph.gain, graph.value))
    for k, (i, j) in enumerate(graph.single):
        a, b = n + 2 * k, n + 2 * k + 1
        at_i, at_j = np.flatnonzero(owner == i), np.flatnonzero(owner == j)
        for cells in (np.ix_(at_i, at_j), np.ix_(at_j, at_i)):
            open_[cells] = makes[cells] = False
            gain[cells] = worth[cells] = np.nan
        for node, at, other in ((a, at_i, j), (b, at_j, i)):
            open_[node, at] = open_[at, node] = True
            gain[at[leading[at]], node] = own[owner[at[0]], other]
        open_[a, b] = open_[b, a] = True
        makes[a, at_i] = makes[at_i, a] = True
        worth[a, at_i] = worth[at_i, a] = value[i, j]
        worth[b, at_j] = worth[at_j, b] = worth[a, b] = worth[b, a] = 0.0
    return Places(owner, open_, gain, worth, makes, graph.single)
