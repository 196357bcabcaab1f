"""The weights a caller brings, read block by block, and the even integers in which a matching is proven best."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import frexp, ldexp
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.errors import MatchingError, type_in_words
from peernet.matching.pricing import UNCOMPILED, is_whole, look_over_array, look_over_block

Rows: TypeAlias = slice | Ints
AnyMatrix: TypeAlias = Any  # SciPy's sparse classes and arrays share no useful type
WeightedPairs: TypeAlias = tuple[Ints, Ints, Floats]  # allowed pairs u < v and their weights
BLOCK_CELLS = 1 << 21  # 16 MB of weights at a time
SPARSE_SHARE = 0.05  # sparse weights with a smaller share of pairs are never spread out
MOST_BITS = 40  # of a weight
BLUR = 2.0**-20  # of a small weight that a unit may be
LOOKED_AT = 1 << 13  # weights, to know what a small one is
FEW_WEIGHTS = 1 << 12
HARDLY_ANY = 0.01  # share of weights
BITS_TO_SHARE = 47  # between a weight and the number of pairs, where as many pairs as possible come first


@runtime_checkable
class WeightBlocks(Protocol):
    """Anything that hands out the weights of some people with everyone.

    ``len()`` gives the number of people; ``block(rows)`` an array of ``len(rows)`` x n, NaN where not allowed.
    """

    def __len__(self) -> int:
        """Return the number of people."""

    def block(self, rows: Ints) -> Floats:
        """Return the weights of the people in ``rows`` with everyone."""


@dataclass(frozen=True)
class PairTable:
    """Weights by block: ``take(rows)`` gives some people's rows with NaN where a pair is not allowed."""

    n: int
    take: Callable[[Rows], Floats]
    pairs: WeightedPairs | None = None  # all allowed pairs u < v in order, where they are few
    cells: Floats | None = None  # all rows, where they are in memory
    seen: Floats | None = None  # what `look_over` would see, where that is known

    @classmethod
    def listing(cls, n: int, pairs: WeightedPairs) -> PairTable:
        """The table of a list of pairs u < v, in order."""

        def take(rows: Rows) -> Floats:
            u, v, weight = pairs
            both = np.append(u, v), np.append(v, u)
            return _spread(sparse.csr_array((np.tile(weight, 2), both), shape=(n, n))[rows])

        return cls(n, take, pairs)

    def blocks(self) -> Iterator[tuple[int, Floats]]:
        """Yield first row and rows, about 16 MB at a time."""
        step = max(1, BLOCK_CELLS // max(1, self.n))
        for start in range(0, self.n, step):
            yield start, self.take(slice(start, min(self.n, start + step)))

    def parts(self, rows: Ints | None = None) -> Iterator[tuple[Ints, Floats]]:
        """Yield people and their rows, about 16 MB at a time; everybody's if ``rows`` is None."""
        if rows is None:
            yield from ((np.arange(start, start + len(block)), block) for start, block in self.blocks())
            return
        step = max(1, BLOCK_CELLS // max(1, self.n))
        for start in range(0, len(rows), step):
            yield rows[start : start + step], self.take(rows[start : start + step])

    def rows_of(self, people: Ints | None = None) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Yield where in a block people stand, the people, and the block, which is not copied where it is held."""
        if self.cells is not None:
            everybody = np.arange(self.n) if people is None else people
            yield everybody, everybody, self.cells
            return
        yield from ((np.arange(len(some)), some, block) for some, block in self.parts(people))

    def weight_of(self, u: Ints, v: Ints) -> Floats:
        """Weights of given pairs, NaN where not allowed."""
        if self.pairs is not None:
            return np.asarray(self._numbered[1][self._places(u, v)])
        if self.cells is not None:
            return np.asarray(self.cells[u, v])
        found = np.empty(len(u))
        for people, block in self.parts(np.unique(u)):
            here = np.isin(u, people)
            found[here] = block[np.searchsorted(people, u[here]), v[here]]
        return found

    def _places(self, u: Ints, v: Ints) -> Ints:
        """Where each of some pairs u < v stands in the list, -1 where not allowed."""
        number, asked = self._numbered[0], u * self.n + v
        at = np.searchsorted(number, asked)
        return np.where(number[at] == asked, at, -1)

    @cached_property
    def _numbered(self) -> tuple[Ints, Floats]:
        """One number for each pair of the list, and its weight; at the end what stands for any pair not allowed."""
        assert self.pairs is not None
        u, v, weight = self.pairs
        return np.append(u * self.n + v, self.n**2), np.append(weight, np.nan)

    def without(self, u: Ints, v: Ints) -> PairTable:
        """The same table with some pairs not allowed."""
        if len(u) == 0:
            return self
        a, b = np.concatenate([u, v]), np.concatenate([v, u])

        def take(rows: Rows) -> Floats:
            block, place = np.array(self.take(rows)), np.full(self.n, -1)
            place[rows] = np.arange(len(block))
            here = place[a] >= 0
            block[place[a[here]], b[here]] = np.nan
            return block

        def kept(i: Ints, _: Ints) -> Flags:
            at = self._places(np.minimum(u, v), np.maximum(u, v))
            left = np.ones(len(i), dtype=bool)
            left[at[at >= 0]] = False
            return left

        return PairTable(self.n, take, self.pairs_where(kept))

    def without_people(self, gone: Flags) -> PairTable:
        """The same table without the weights of some people."""

        def take(rows: Rows) -> Floats:
            return np.where(gone[rows][:, None] | gone, np.nan, self.take(rows))

        table = PairTable(self.n, take, self.pairs_where(lambda i, j: ~(gone[i] | gone[j])))
        return table if self.cells is None else table.held()

    def pairs_where(self, keep: Callable[[Ints, Ints], Flags]) -> WeightedPairs | None:
        """Some of the pairs, where they are listed."""
        if self.pairs is None:
            return None
        u, v, weight = self.pairs
        kept = keep(u, v)
        return u[kept], v[kept], weight[kept]

    def sample(self, people: Ints) -> PairTable:
        """The table of some of the people, held in memory."""
        if self.cells is not None:
            cells = self.cells[_crossing(people)]
        else:
            cells = np.concatenate([block[:, people] for _, block in self.parts(people)])
        cells = np.ascontiguousarray(cells)  # kernels are compiled for one order of cells
        return PairTable(len(people), cells.__getitem__, cells=cells)

    def held(self) -> PairTable:
        """The same table with all rows in memory."""
        cells = np.concatenate([np.empty((0, self.n)), *(block for _, block in self.blocks())])
        return PairTable(self.n, cells.__getitem__, self.pairs, cells, self.seen)


def _crossing(people: Ints) -> tuple[Any, ...]:
    """Index of the rows and columns of some people: slices where they stand evenly, which takes a third of the time."""
    if len(people) < 2:
        return np.ix_(people, people)
    first, last, step = people[0], people[-1], people[1] - people[0]
    if step > 0 and np.array_equal(people, np.arange(first, last + 1, step)):
        return (slice(first, last + 1, step),) * 2
    return np.ix_(people, people)


# --- what a caller brings ---------------------------------------------------------------------------------------------


def read_weights(weights: object, allowed: object = None) -> PairTable:
    """Check the weights a caller brings and make them readable by block."""
    if sparse.issparse(weights):
        table = _from_sparse(weights)
    elif isinstance(weights, WeightBlocks):
        table = _from_blocks(weights)
    else:
        table = _from_array(weights)
    return table if allowed is None else _masked(table, allowed)


def _from_array(weights: object) -> PairTable:
    try:
        cells = np.ascontiguousarray(weights, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise MatchingError(
            f"weights must be numbers, a sparse matrix or an object with block(); got {type_in_words(weights)}."
        ) from error
    _check_square("weights", cells.shape)
    seen = nothing_seen()
    cell = look_over_array(cells, seen)
    if cell >= 0:
        i, j = divmod(cell, len(cells))
        raise _asymmetric(i, j, float(cells[i, j]), float(cells[j, i]))
    return PairTable(len(cells), cells.__getitem__, cells=cells, seen=seen)


def _check_square(name: str, shape: tuple[int, ...]) -> None:
    if len(shape) != 2 or shape[0] != shape[1]:
        raise MatchingError(f"{name} must be square, one row and one column per person; got shape {shape}.")


def _from_blocks(weights: WeightBlocks) -> PairTable:
    n = len(weights)

    def take(rows: Rows) -> Floats:
        people = np.arange(n)[rows]
        block = np.ascontiguousarray(weights.block(people), dtype=np.float64)
        if block.shape != (len(people), n):
            raise MatchingError(f"block() must return {(len(people), n)} for {len(people)} people; got {block.shape}.")
        return block

    return PairTable(n, take)


def _from_sparse(weights: AnyMatrix) -> PairTable:
    rows = _canonical(weights)
    turned = rows.T.tocsr()  # a counting sort, linear in the cells: each stored cell must equal its mirror
    if not all(np.array_equal(getattr(rows, part), getattr(turned, part)) for part in ("indptr", "indices", "data")):
        raise _asymmetric(*_first_odd_cell(rows))
    n = rows.shape[0]
    row = np.repeat(np.arange(n), np.diff(rows.indptr))
    upper = row < rows.indices
    u, v, w = row[upper], rows.indices[upper].astype(np.int64), rows.data[upper]
    few = len(u) <= max(32 * n, SPARSE_SHARE * n * n / 2)
    held = rows if few else rows.copy()  # nobody else may change what is read later
    return PairTable(n, lambda some: _spread(held[some]), (u, v, w) if few else None)


def _canonical(weights: AnyMatrix) -> AnyMatrix:
    """The weights by row, each row in order, without duplicates or missing ones; what is so already is not copied."""
    rows: AnyMatrix = sparse.csr_array(weights, dtype=np.float64)
    _check_square("weights", rows.shape)
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    stored = ~np.isnan(rows.data)
    if stored.all():
        return rows
    left = np.concatenate([[0], np.cumsum(stored)])[rows.indptr]  # cells before each row
    return sparse.csr_array((rows.data[stored], rows.indices[stored], left), shape=rows.shape)


def _spread(rows: AnyMatrix) -> Floats:
    cells = sparse.coo_array(rows)
    block = np.full(rows.shape, np.nan)
    block[cells.row, cells.col] = cells.data
    return block


def _first_odd_cell(rows: AnyMatrix) -> tuple[int, int, float, float]:
    """The first cell that differs from its mirror, with its weight and that of the mirror, NaN where none is stored."""
    n, cells = rows.shape[0], sparse.coo_array(rows)
    there = cells.row.astype(np.int64) * n + cells.col
    back = cells.col.astype(np.int64) * n + cells.row
    either = np.union1d(there, back)
    weights = [np.full(len(either), np.nan) for _ in range(2)]
    for side, number in zip(weights, (there, back), strict=True):
        side[np.searchsorted(either, number)] = cells.data
    first = int(np.argmax(weights[0] != weights[1]))
    return (*divmod(int(either[first]), n), float(weights[0][first]), float(weights[1][first]))


def _asymmetric(i: int, j: int, there: float, back: float) -> MatchingError:
    shown = ["not allowed" if np.isnan(w) else f"{w:g}" for w in (there, back)]
    return MatchingError(
        f"weights must be symmetric: cell [{i}, {j}] is {shown[0]} but cell [{j}, {i}] is {shown[1]}. "
        "A pair has one weight; average the two directions or take the smaller."
    )


def _masked(table: PairTable, allowed: AnyMatrix) -> PairTable:
    stored = sparse.issparse(allowed)
    mask: AnyMatrix = allowed.astype(bool).tocsr() if stored else np.asarray(allowed, dtype=bool)
    _check_square("allowed", mask.shape)
    if mask.shape[0] != table.n:
        raise MatchingError(
            f"allowed is about {mask.shape[0]} people but weights about {table.n}; both need the same people."
        )
    _check_mask(mask)

    def take(rows: Rows) -> Floats:
        yes = mask[rows]
        return np.where(yes.toarray() if stored else yes, table.take(rows), np.nan)

    return PairTable(table.n, take, table.pairs_where(lambda u, v: np.asarray(mask[u, v]).ravel().astype(bool)))


def _check_mask(mask: AnyMatrix) -> None:
    odd = np.argwhere(mask != mask.T) if isinstance(mask, np.ndarray) else np.transpose((mask != mask.T).nonzero())
    if len(odd):
        i, j = odd[0]
        raise MatchingError(
            f"allowed must be symmetric: cells [{i}, {j}] and [{j}, {i}] differ. Allow a pair in both or in neither."
        )


# --- one look at all of it --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """What one look at all allowed pairs tells; ``whole`` where all weights are whole numbers."""

    smallest: float
    largest: float
    count: int
    whole: bool

    def most(self, pairs: tuple[int, int]) -> float:
        """No total of so many pairs, from the fewest to the most, is greater."""
        return max(count * self.largest if count else 0.0 for count in pairs)


def look_over(table: PairTable) -> Span:
    """Smallest and largest weight and number of allowed pairs; refuses infinite weights."""
    if table.pairs is not None:
        return _look_over_pairs(*table.pairs)
    seen = table.seen
    if seen is None:
        seen = nothing_seen()
        for start, block in table.blocks():
            look_over_block(block, start, seen)
    if seen[2] and np.isinf(seen[:2]).any():
        raise _infinite(*_first_infinite(table))
    return Span(float(seen[0]), float(seen[1]), int(seen[2]), seen[3] == 0)


def nothing_seen() -> Floats:
    """Smallest and largest weight, number of weights and of fractions among them before any was looked at."""
    return np.array([np.inf, -np.inf, 0.0, 0.0])


def _look_over_pairs(u: Ints, v: Ints, w: Floats) -> Span:
    bad = np.flatnonzero(np.isinf(w))
    if len(bad):
        raise _infinite(int(u[bad[0]]), int(v[bad[0]]), float(w[bad[0]]))
    return Span(float(w.min(initial=np.inf)), float(w.max(initial=-np.inf)), len(w), bool((w == np.rint(w)).all()))


def _first_infinite(table: PairTable) -> tuple[int, int, float]:
    cells = (
        (start + i, j, float(block[i, j])) for start, block in table.blocks() for i, j in np.argwhere(np.isinf(block))
    )
    return next((int(i), int(j), weight) for i, j, weight in cells if j > i)


def _infinite(i: int, j: int, weight: float) -> MatchingError:
    return MatchingError(
        f"weights must be finite: cell [{i}, {j}] is {weight}. Use NaN for a pair that is not allowed."
    )


def listed_cells(table: PairTable) -> PairTable:
    """The table with all its allowed pairs in a list, for pools with few."""
    if table.pairs is not None:
        return table
    found = [_allowed_pairs(block, start) for start, block in table.blocks()]
    u, v, w = (np.concatenate(part) for part in zip(*found, strict=True))
    return PairTable(table.n, table.take, (u, v, w))


def _allowed_pairs(block: Floats, start: int) -> WeightedPairs:
    i, j = np.nonzero(~np.isnan(block))
    later = j > i + start
    i, j = i[later], j[later]
    return (i + start).astype(np.int64), j.astype(np.int64), block[i, j]


# --- integers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Units:
    """A weight counts as ``2 * round(weight * scale) + offset``; ``scale`` is a power of two."""

    scale: float
    offset: int
    exact: bool

    def to_integers(self, weights: Floats) -> Ints:
        """Integer weights, computed as the kernels do."""
        return (2.0 * np.rint(weights * self.scale)).astype(np.int64) + self.offset

    @property
    def unit(self) -> float:
        """The weight one integer stands for."""
        return 0.5 / self.scale


def whole_total(numbers: Ints) -> int:
    """The sum of whole numbers, which 64 bits may not hold: the upper and the lower half of each are added up apart."""
    if numbers.dtype == object:
        return sum(numbers.tolist())
    return (int((numbers >> 32).sum()) << 32) + int((numbers & 0xFFFFFFFF).sum())


def choose_units(table: PairTable, span: Span, *, most_pairs: int, fill: bool) -> Units:
    """Finest units in which nothing overflows; with ``fill`` one more pair outweighs any change of weights.

    Without it, weights below zero have no part: nobody is paired at a loss.
    """
    top = max(abs(span.smallest), abs(span.largest)) if fill else span.largest
    if span.count == 0 or not (fill or top > 0):
        return Units(1.0, 0, True)
    bits = min(MOST_BITS, BITS_TO_SHARE - (most_pairs + 1).bit_length()) if fill else MOST_BITS
    scale = ldexp(1.0, min(bits - frexp(top)[1], 1000))
    units = Units(scale, 0, (span.whole and scale >= 1) or _all_whole(table, scale))
    if not fill:
        return units
    low, high = units.to_integers(np.array([span.smallest, span.largest])).tolist()
    return Units(scale, most_pairs * (high - low + 2) + 2 - low, units.exact)  # + 2: rounding moves each end by 1


def _all_whole(table: PairTable, scale: float) -> bool:
    if table.n <= UNCOMPILED:
        table = listed_cells(table)
    if table.pairs is not None:
        with np.errstate(over="ignore"):  # of weights below zero that have no part
            scaled = table.pairs[2] * scale
        return bool((scaled == np.rint(scaled)).all())
    return all(is_whole(block, start, scale) for start, block in table.blocks())


def are_coarse(units: Units, table: PairTable, *, fill: bool) -> bool:
    """Whether rounding to these units may blur weights that count: some are far smaller than the largest."""
    return not units.exact and units.unit > BLUR * _small_weight(table, fill=fill)


def _small_weight(table: PairTable, *, fill: bool) -> float:
    """The smallest weight that counts, where they are few; else one that hardly any is below, by some people's rows."""
    if table.pairs is not None:
        weight = table.pairs[2][:: max(1, len(table.pairs[2]) // LOOKED_AT)]
    else:
        weight = table.take(slice(None, None, max(1, table.n**2 // LOOKED_AT))).ravel()
    size = np.abs(weight) if fill else weight
    size = size[size > 0]
    if not len(size):
        return 0.0
    return float(size.min() if len(size) <= FEW_WEIGHTS else np.quantile(size, HARDLY_ANY))
