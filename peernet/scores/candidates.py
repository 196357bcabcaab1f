"""The pairs that could pass at all, listed from the graph and the rules instead of looked for among everybody.

Where a pair needs a tie, a colleague whom both trust or a place in the same group, most pairs are closed before
anything is worked out. Those left are counted first; where they are few they are listed, and gates, gains and the
engine see no others. What is left out no gate lets pass, so nothing is approximate: totals, proofs and reasons are
those of all pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import count_in_digits
from peernet.scores.cells import GroupPairs, ListedPairs, PairsAt
from peernet.scores.foundation import UNKNOWN
from peernet.scores.gates import Gates

FEW = 0.2  # share of all pairs up to which they are listed; more are quicker row by row
SMALLEST_TOLD = 0.001  # share
MOST = 60_000_000  # pairs that are ever listed, about 3 GB; row by row takes longer, but no more memory
CELLS_AT_ONCE = 4_000_000  # looked at in one go: about 150 MB


@dataclass(frozen=True, repr=False)
class Candidates:
    """Pairs that could pass, each once, the smaller identifier first, in the order of identifiers."""

    at: PairsAt
    people: int

    def __len__(self) -> int:
        return len(self.at)

    def __repr__(self) -> str:
        return f"<Candidates: {self.in_words}>"

    @property
    def share(self) -> float:
        """Share of all pairs."""
        return len(self) / max(1, self.people * (self.people - 1) // 2)

    @property
    def in_words(self) -> str:
        """How many, and of how many."""
        return f"{count_in_digits(len(self), 'pair', 'pairs')}, {self.share_in_words} of all"

    @property
    def share_in_words(self) -> str:
        """Their share of all pairs, which does not claim none where there are a few."""
        few = 0 < self.share < SMALLEST_TOLD
        return f"under {SMALLEST_TOLD:.1%}" if few else f"{self.share:.1%}"


@dataclass(frozen=True)
class PassingPairs:
    """The pairs that pass every gate, and what they bring; in the order of `Candidates`."""

    at: PairsAt
    own: Floats  # what the first gains
    given: Floats  # what the second gains
    value: Floats  # of the pair, prices taken off; missing where gains are
    people: int

    def __len__(self) -> int:
        return len(self.at)

    def ends(self, each: Flags | None = None) -> Ints:
        """How many of the pairs, or of those among them that are flagged, each person is in."""
        kept = slice(None) if each is None else each
        return np.bincount(np.concatenate([self.at.firsts[kept], self.at.seconds[kept]]), minlength=self.people)


def find_candidates(gates: Gates, order: Ints) -> Candidates | None:
    """Pairs that could pass the gates, people in the order of their identifiers; None where they are not few."""
    takes_part = gates.out == 0
    most = min(MOST, FEW * len(order) * (len(order) - 1) / 2)
    found = [_listed(neighbours, takes_part, order, most) for neighbours in _sources(gates)]
    listed = [pairs for pairs in found if pairs is not None]
    if not listed:
        return None
    firsts, seconds = min(listed, key=lambda pairs: len(pairs[0]))
    if gates.allowed is not None:  # by name, whatever else keeps them apart
        firsts, seconds = _with_allowed(gates, firsts, seconds, order)
    return Candidates(PairsAt(order[firsts], order[seconds]), len(order))


@dataclass(frozen=True)
class _Neighbours:
    """Pairs that one gate or rule leaves."""

    of: Callable[[Ints], sparse.csr_array]  # some people: a cell is stored wherever they could be paired
    most: Ints  # no person has more cells than this


def _sources(gates: Gates) -> Iterator[_Neighbours]:
    """What by itself leaves few pairs: a foundation that must be known, or a rule that pairs stay in a group."""
    accept, laid = gates.accept, gates.foundation
    if accept is not None and UNKNOWN.name not in accept:
        most = laid.linked @ _row_sizes(laid.linked) + _row_sizes(laid.mutual)
        yield _Neighbours(lambda rows: laid.within_reach(rows, accept), most)
    for _, cells in gates.closed:
        if isinstance(cells, GroupPairs) and not cells.within:
            yield _group_mates(cells.group)


def _row_sizes(matrix: sparse.csr_array) -> Ints:
    return np.diff(matrix.indptr).astype(np.int64)


def _group_mates(group: Ints) -> _Neighbours:
    """People of the same group, and whoever's group is not known, whom no such rule keeps apart."""
    n, known = len(group), np.flatnonzero(group >= 0)
    cells = np.ones(len(known), dtype=np.int32), (known, group[known])
    member = sparse.csr_array(cells, shape=(n, int(group.max(initial=-1)) + 1))
    unknown = sparse.csr_array((group < 0).astype(np.int32)[:, None])
    anybody = sparse.csr_array(np.ones((n, 1), dtype=np.int32))
    beside = sparse.csr_array(sparse.hstack([member, unknown, anybody]))
    against = sparse.csr_array(sparse.hstack([member, anybody, unknown]).T)
    most = np.asarray(beside @ _row_sizes(against), dtype=np.int64)
    return _Neighbours(lambda rows: sparse.csr_array(beside[rows] @ against), most)


def _listed(neighbours: _Neighbours, takes_part: Flags, order: Ints, most: float) -> tuple[Ints, Ints] | None:
    """Pairs of people who take part, by rank, the first below the second; None as soon as they are more than that."""
    n, rank = len(order), np.argsort(order)
    firsts, seconds, count = [], [], 0
    ranks = np.flatnonzero(takes_part[order])
    blocks = np.cumsum(neighbours.most[order[ranks]]) // CELLS_AT_ONCE
    for rows in np.split(ranks, np.flatnonzero(np.diff(blocks)) + 1):
        cells = sparse.coo_array(neighbours.of(order[rows]))
        i, j = rows[cells.coords[0]], rank[cells.coords[1]]
        number = np.sort((i * n + j)[(i < j) & takes_part[cells.coords[1]]])
        count += len(number)
        if count > most:
            return None
        firsts.append(number // n)
        seconds.append(number % n)
    return np.concatenate(firsts), np.concatenate(seconds)


def _with_allowed(gates: Gates, firsts: Ints, seconds: Ints, order: Ints) -> tuple[Ints, Ints]:
    """The pairs, and those allowed by name."""
    n, rank = len(order), np.argsort(order)
    allowed = gates.allowed
    if not isinstance(allowed, ListedPairs):
        raise TypeError("Pairs are allowed by name, so they are in a list.")
    i, j = (rank[side] for side in sparse.coo_array(allowed.pairs).coords)
    number = np.union1d(firsts * n + seconds, np.minimum(i, j) * n + np.maximum(i, j))
    return number // n, number % n
