"""Perspectives within reach: everyone's surroundings, prepared so that the gain from any newcomer is quick."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import numpy as np

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity import kernels

__all__ = ["Blocks", "Reach", "reach_from"]

UNDEFINED = np.exp(-1.0)
AT_A_TIME = 2_000  # people whose distances are worked out in one table; of more, circle by circle


class Blocks(Protocol):
    """Distances between people, given row block by row block."""

    def block(self, rows: Ints, cols: Ints | None = None) -> Floats:
        """Distances of the rows to the columns (everyone by default)."""
        ...


@dataclass(frozen=True, repr=False)
class Reach:
    """Everyone's set {self, colleagues heard} and what makes it diverse.

    Parameters
    ----------
    distances
        Perspective distances by block.
    scale
        Distance at which two people count as about a third alike (exp(-1)).
    heard
        For each person the positions of themselves and the colleagues they hear from whose perspective is known;
        empty where their own is not.
    unknown
        For each person how many colleagues they hear from whose perspective is not known.
    """

    distances: Blocks
    scale: float
    heard: tuple[Ints, ...]
    unknown: Ints
    exposure: Floats
    _arrays: tuple[Ints, Ints, Ints, Floats, Floats, Floats]

    def gains(self, rows: Ints, wanted: Flags | None = None) -> tuple[Floats, Floats]:
        """What each of the rows gains from everyone, and what everyone gains from each of the rows.

        Parameters
        ----------
        rows
            Positions of people.
        wanted
            Cells to compute, boolean of shape (rows, people); others stay missing. All by default.

        Returns
        -------
        own, given
            Two arrays of shape (rows, people), in effective perspectives.
        """
        table, place = self._table(rows)
        own = self._filled(rows, False, table, place, wanted)
        if np.array_equal(rows, np.arange(len(self.heard))) and (wanted is None or np.array_equal(wanted, wanted.T)):
            return own, own.T.copy()
        return own, self._filled(rows, True, table, place, wanted)

    def _filled(self, rows: Ints, incoming: bool, table: Floats, place: Ints, wanted: Flags | None) -> Floats:
        shape = len(rows), len(self.heard)
        wanted = np.ones(shape, dtype=bool) if wanted is None else wanted
        out = np.full(shape, np.nan)
        start, heard, square, Z, inverse, w = self._arrays
        kernels.fill_gains(rows, incoming, place, table, wanted, self.scale, start, heard, square, Z, inverse, w, out)
        return out

    def _table(self, rows: Ints) -> tuple[Floats, Ints]:
        """Distance rows of the given people and of everyone they hear, and where each person's row is."""
        needed = np.unique(np.concatenate([rows, *(self.heard[row] for row in rows)]))
        place = np.zeros(len(self.heard), dtype=np.int64)
        place[needed] = np.arange(len(needed))
        return self.distances.block(needed), place

    def exposure_with(self, person: int, partners: Collection[int]) -> float:
        """Effective perspectives within one person's reach once they also hear the partners whose own is known."""
        heard, weights = self.weighted(person)
        together = _heard_too(heard, [partner for partner in partners if len(self.heard[partner])])
        if len(together) == len(heard):
            return float(self.exposure[person])
        return float(kernels.grown_weights(self._similarity(together), weights).sum())

    @property
    def arrays(self) -> tuple[Ints, Ints, Floats]:
        """Everyone's surroundings end to end: where each begins, whom they hear, and the weights of those heard."""
        start, heard, _, _, _, w = self._arrays
        return start, heard, w

    def weighted(self, person: int) -> tuple[Ints, Floats]:
        """Whom a person hears, themselves first, and the weights that make them most diverse."""
        start, _, _, _, _, w = self._arrays
        return self.heard[person], w[start[person] : start[person + 1]]

    def among(self, members: Ints) -> float:
        """Effective perspectives among some people."""
        return float(kernels.diverse_weights(self._similarity(members)).sum())

    def among_without(self, members: Ints, absent: Iterable[int]) -> Floats:
        """Effective perspectives among some people without each of the absent in turn, who are among them."""
        similarity = self._similarity(members)
        staying = (np.flatnonzero(members != person) for person in absent)
        return np.array([kernels.diverse_weights(similarity[np.ix_(rest, rest)]).sum() for rest in staying])

    def _similarity(self, members: Ints) -> Floats:
        return similarity_of(self.distances.block(members, members), self.scale)

    def joined(self, partners: Mapping[int, Collection[int]]) -> Reach:
        """The same surroundings once people also hear the partners given for them, by position."""
        heard = [_heard_too(members, partners.get(person, ())) for person, members in enumerate(self.heard)]
        return replace(reach_from(self.distances, self.scale, heard), unknown=self.unknown)

    def rescaled(self, scale: float) -> Reach:
        """The same surroundings seen at another scale."""
        return replace(reach_from(self.distances, scale, self.heard), unknown=self.unknown)


def _heard_too(heard: Ints, partners: Collection[int]) -> Ints:
    """Those heard and the partners not among them; nobody where the person's own perspective is not known."""
    if not len(heard) or not partners:
        return heard
    return np.concatenate([heard, np.setdiff1d(np.array(sorted(partners), dtype=np.int64), heard)])


def reach_from(distances: Blocks, scale: float, heard: Sequence[Ints]) -> Reach:
    """Prepare everyone's surroundings; ``heard`` lists positions, each person's own first."""
    sizes = np.array([len(members) for members in heard], dtype=np.int64)
    start = np.concatenate([[0], np.cumsum(sizes)])
    square = np.concatenate([[0], np.cumsum(sizes**2)])
    Z, w = np.empty(square[-1]), np.empty(start[-1])
    likeness = _likeness(distances, scale, len(heard))
    for person, members in enumerate(heard):
        if len(members):
            own = likeness(members)
            Z[square[person] : square[person + 1]] = own.ravel()
            w[start[person] : start[person + 1]] = kernels.diverse_weights(own)
    inverse = _inverses(Z, w, start[:-1], square[:-1], sizes)
    exposure = np.array([w[a:b].sum() if b > a else np.nan for a, b in pairwise(start)])
    everyone = np.concatenate([np.empty(0, dtype=np.int64), *heard]).astype(np.int64)
    arrays = (start, everyone, square, Z, inverse, w)
    return Reach(distances, scale, tuple(heard), np.zeros(len(sizes), dtype=int), exposure, arrays)


def _inverses(Z: Floats, w: Floats, start: Ints, square: Ints, sizes: Ints) -> Floats:
    """Inverse of everyone's similarities over the people with weight, laid out as ``Z`` is."""
    inverse = np.zeros(len(Z))
    for size in np.unique(sizes[sizes > 0]).tolist():  # all tables of one size at once
        cells = square[sizes == size][:, None] + np.arange(size**2)
        weights = w[start[sizes == size][:, None] + np.arange(size)]
        whole, tables = (weights > 0).all(axis=1), Z[cells].reshape(-1, size, size)
        inverse[cells[whole]] = np.linalg.inv(tables[whole]).reshape(-1, size**2)
        for k in np.flatnonzero(~whole).tolist():
            inverse[cells[k]] = kernels.support_inverse(tables[k], weights[k]).ravel()
    return inverse


def _likeness(distances: Blocks, scale: float, people: int) -> Callable[[Ints], Floats]:
    """How to come by the similarities among some people: from one table of everybody where it is small enough."""
    if people > AT_A_TIME:
        return lambda members: similarity_of(distances.block(members, members), scale)
    table = similarity_of(distances.block(np.arange(people)), scale)
    return lambda members: table[members[:, None], members]


def similarity_of(distances: Floats, scale: float) -> Floats:
    """Similarity exp(-distance / scale); an undefined distance counts as one scale, oneself as 1."""
    with np.errstate(invalid="ignore"):
        similarity = np.exp(-distances / scale)
    similarity = np.where(np.isnan(distances), UNDEFINED, similarity)
    np.fill_diagonal(similarity, 1.0)
    return similarity
