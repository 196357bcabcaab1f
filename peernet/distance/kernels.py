"""Compiled distances between people, block by block, from weighed answers.

Coded answers times their weights, laid out for distances: items of one rule together, people in blocks.

Whole tables of distances from answers rounded to whole numbers of 32 or 16 bits: faster, with a stated error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from peernet._arrays import Array
from peernet._compiled import inner_kernel, inner_kernel_ieee
from peernet.distance.coding import CHOSEN, NAMED, SCALED, TRAIT, CodedItems
from peernet.errors import SettingError

Corner = tuple[int, int, int]  # of a tile: first row, first column, end of columns
UNIT = 2.0**-52  # of the weight of all items: too small to matter, and sums of it are exact
WIDTHS = {8: 448, 4: 640, 2: 640}  # people in a block, by the bytes of a number: their answers stay close at hand
AT_ONCE = 4  # items compared in one go, so that a sum is fetched and stored once for four of them


@inner_kernel
def _add_differences(answers: Array, others: Array, most: Array, total: Array) -> None:
    """Add differences, but never more than an item's weight: of categories, or where the other did not answer."""
    for v in range(0, answers.size, AT_ONCE):
        a, b, c, d = answers[v], answers[v + 1], answers[v + 2], answers[v + 3]
        others_a, others_b, others_c, others_d = others[v], others[v + 1], others[v + 2], others[v + 3]
        most_a, most_b, most_c, most_d = most[v], most[v + 1], most[v + 2], most[v + 3]
        for j in range(total.size):
            by_a, by_b = abs(a - others_a[j]), abs(b - others_b[j])
            by_c, by_d = abs(c - others_c[j]), abs(d - others_d[j])
            by_a, by_b = by_a if by_a < most_a else most_a, by_b if by_b < most_b else most_b
            by_c, by_d = by_c if by_c < most_c else most_c, by_d if by_d < most_d else most_d
            total[j] += (by_a + by_b) + (by_c + by_d)


@inner_kernel
def bits_set(word: np.uint64) -> np.uint64:
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@inner_kernel_ieee
def _add_overlap(size: float, chosen: Array, sizes: Array, bits: Array, weight: float, total: Array) -> None:
    for j in range(total.size):
        shared = np.uint64(0)
        for word in range(chosen.size):
            shared += bits_set(chosen[word] & bits[word, j])
        either = size + sizes[j] - shared
        total[j] += (weight * (1 - shared / either) + 1.0) - 1.0 if either > 0 else 0.0  # in units, like all sums


@inner_kernel
def count_answered(left: Array, right: Array, known: Array, answered: Array) -> None:
    """Weight that a person on the left and those on the right both answered."""
    for j in range(answered.size):
        answered[j] = known[j]
    for v in range(left.size):
        if left[v] == 0:
            row = right[v]
            for j in range(answered.size):
                answered[j] -= row[j]


@inner_kernel
def count_compared(left: Array, right: Array, answered: Array, known: float, compared: Array, total: Array) -> None:
    """The same less what both lack; and the start of the differences: what the others miss will count as different."""
    for j in range(answered.size):
        compared[j] = answered[j]
        total[j] = answered[j] - known
    for v in range(left.size):
        if left[v] > 0:
            row = right[v]
            for j in range(answered.size):
                compared[j] -= row[j]


@njit(cache=True, nogil=True, error_model="numpy")
def _fill_tile(left: Answers, right: Answers, rules: ItemLayout, least: float, out: Array, corner: Corner) -> None:
    """Fill people of ``left`` x a block on the ``right``; NaN where the weight both answered is below ``least``."""
    first, start, stop = corner
    answered, compared = np.empty(stop - start), np.empty(stop - start)
    simple, most, own, lacking, chosen = left.simple, left.most, left.answered, left.absent, left.chosen
    others, others_answered, others_lack, known = right.simple, right.answered, right.absent, right.known[0]
    for i in range(len(own)):
        total = out[first + i, start:stop]
        count_answered(own[i], others_answered, known, answered)
        count_compared(lacking[i], others_lack, answered, left.known[i, 0], compared, total)
        _add_differences(simple[i], others, most[i], total)
        for v in range(rules.chosen.size):
            if chosen[i, v] < rules.missing:
                words = slice(rules.words[v, 0], rules.words[v, 1])
                sets, others_sets = left.bits[i, words], right.bits[words]
                _add_overlap(chosen[i, v], sets, right.chosen[v], others_sets, rules.chosen[v], total)
        for j in range(total.size):
            defined = (compared[j] > 0) & (answered[j] >= least)
            total[j] = total[j] / compared[j] if defined else np.nan


def weighed(items: CodedItems, weights: Array) -> WeighedItems:
    """Answers laid out for exact distances."""
    return weigh(items, np.ceil(weights / UNIT) * UNIT, np.float64, UNIT)


def fill_rows(left: Answers, right: WeighedItems, least: float, out: Array) -> None:
    """Fill some people, person x item, x everybody on the right."""
    for number, start in enumerate(range(0, out.shape[1], right.width)):
        corner = 0, start, min(start + right.width, out.shape[1])
        _fill_tile(left, right.block(number), right.rules, least, out, corner)


def fill_square(items: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill the table of all people; a person's distance from themself is 0."""
    fill_by_tile(weighed(items, weights), _fill_tile, least, out)


def fill_by_tile(items: WeighedItems, fill_tile: Callable[..., None], least: float, out: Array) -> None:
    """Fill a symmetric table tile by tile, each pair computed once."""
    starts = range(0, len(out), items.width)
    for a in starts:
        rows = slice(a, min(a + items.width, len(out)))
        left = items.rows(np.arange(rows.start, rows.stop))
        for number, b in enumerate(starts[: a // items.width + 1]):
            cols = slice(b, min(b + items.width, len(out)))
            fill_tile(left, items.block(number), items.rules, least, out, (a, cols.start, cols.stop))
            if b < a:
                out[cols, rows] = out[rows, cols].T
    np.fill_diagonal(out, distance_to_self(items, len(out)))


def distance_to_self(items: WeighedItems, people: int) -> Array:
    """Distance of each person from themself: 0, or NaN where they answered nothing that weighs."""
    return np.where(items.answers.known.ravel()[:people] > 0, 0.0, np.nan)


def item_differences(items: CodedItems, a: int, b: int) -> Array:
    """Difference of two people's answers to each item, NaN where the item does not compare them."""
    one, other = items.answers[:, a], items.answers[:, b]
    apart = np.abs(one - other)
    apart = np.where(items.rules == NAMED, np.sign(apart), apart)
    for v in np.flatnonzero((items.rules == CHOSEN) & ~np.isnan(apart)):
        words = items.bits[items.words[v] : items.words[v + 1]]
        either = np.bitwise_count(words[:, a] | words[:, b]).sum()
        apart[v] = 1 - np.bitwise_count(words[:, a] & words[:, b]).sum() / max(either, 1)
    both_lack = (one == 0) & (other == 0) & np.isin(items.rules, (TRAIT, CHOSEN))
    return np.where(both_lack, np.nan, apart)


class Answers(NamedTuple):
    """Weighed answers of some people: item x person, or person x item; a tuple of arrays for compiled code."""

    simple: Array  # weight times answer of items that differ by degree, then numbers of categories
    most: Array  # the most that such an answer can differ: the weight, or 0 where it is missing
    chosen: Array  # number of answers chosen, for multiple choice
    bits: npt.NDArray[np.uint64]  # which were chosen, in words
    answered: Array  # weight where answered, else 0
    absent: Array  # weight where the answer is "no" or "nothing", else 0: two of these are answered but not compared
    known: Array  # weight of all that was answered, as one item


class ItemLayout(NamedTuple):
    """Which rows of the answers follow which rule."""

    graded: int  # how many of the simple ones differ by degree
    chosen: Array  # weights of multiple choice items
    words: npt.NDArray[np.int64]  # where the words of each begin and end
    missing: float  # the number chosen of those who did not answer


class WeighedItems(NamedTuple):
    """What a distance needs of all people."""

    answers: Answers  # block x item x person in the block, the last block filled up with zeros
    rules: ItemLayout

    @property
    def width(self) -> int:
        """Number of people in a block."""
        return int(self.answers.known.shape[-1])

    def block(self, number: int) -> Answers:
        """Answers of a block of people, item x person."""
        return Answers(*(array[number] for array in self.answers))

    def rows(self, positions: npt.NDArray[np.int64]) -> Answers:
        """Answers of some people in the order given, person x item."""
        block, place = np.divmod(positions, self.width)
        return Answers(*(array[block, :, place] for array in self.answers))

    def take(self, positions: npt.NDArray[np.int64]) -> WeighedItems:
        """Only some people, in the order given."""
        rows = self.rows(positions)
        laid = (_in_blocks(array.T, len(positions), self.width, array.dtype) for array in rows)
        return self._replace(answers=Answers(*laid))


class _Rows(NamedTuple):
    """One number per person for an item, as each rule wants it; nothing for item -1, which fills up a group of rows."""

    items: CodedItems
    weights: Array
    unit: float
    missing: float
    graded: set[int]  # items that differ by degree

    def degrees(self, v: int) -> Array:
        answers, weight = self.items.answers[v], self.weights[v]
        steps = np.rint(answers * (weight / self.unit)) * self.unit
        return np.asarray(np.where(np.isnan(answers), 2 * weight, steps))

    def numbers(self, v: int) -> Array:
        answers = self.items.answers[v]
        return np.where(np.isnan(answers), self.missing, answers)

    def differing(self, v: int) -> Array:
        return self.degrees(v) if v in self.graded else self.numbers(v)

    def answered(self, v: int) -> Array:
        return np.where(np.isnan(self.items.answers[v]), 0.0, self.weights[v])

    def absent(self, v: int) -> Array:
        return np.where(self.items.answers[v] == 0, self.weights[v], 0.0)


def weigh(items: CodedItems, weights: Array, kind: npt.DTypeLike, unit: float) -> WeighedItems:
    """Lay out the items that weigh anything in numbers of one kind, all rounded to the unit so that sums are exact.

    Weights are multiples of the unit. A missing answer lies at twice the weight where items differ by degree, and
    beyond any category or number chosen.
    """
    width, missing, people = WIDTHS[np.dtype(kind).itemsize], _beyond_all(kind), len(items.people)
    graded, named, chosen, lacking = _by_rule(items, np.flatnonzero(weights))
    rows, nothing = _Rows(items, weights, unit, missing, set(graded)), np.zeros(people)
    simple = np.append(_filled_up(graded), _filled_up(named))

    def laid(row: Callable[[int], Array], of: Iterable[int]) -> Array:
        return _in_blocks([row(v) if v >= 0 else nothing for v in of], people, width, kind)

    answered = laid(rows.answered, np.flatnonzero(weights))
    answers = Answers(
        simple=laid(rows.differing, simple),
        most=laid(rows.answered, simple),
        chosen=laid(rows.numbers, chosen),
        bits=_in_blocks(items.bits, people, width, np.uint64),
        answered=answered,
        absent=laid(rows.absent, lacking),
        known=answered.sum(axis=1, keepdims=True, dtype=kind),
    )
    words = np.stack([items.words[chosen], items.words[chosen + 1]], axis=1)
    return WeighedItems(answers, ItemLayout(len(_filled_up(graded)), weights[chosen].astype(kind), words, missing))


def _by_rule(items: CodedItems, heavy: Array) -> tuple[Array, Array, Array, Array]:
    """Items that differ by degree (or yes from no), by category, by choice; and those in which two can both lack."""
    rules, two_valued = items.rules[heavy], ~(items.answers[heavy] > 1).any(axis=1)
    graded = np.isin(rules, (SCALED, TRAIT)) | ((rules == NAMED) & two_valued)
    named = (rules == NAMED) & ~two_valued
    return heavy[graded], heavy[named], heavy[rules == CHOSEN], heavy[np.isin(rules, (TRAIT, CHOSEN))]


def _beyond_all(kind: npt.DTypeLike) -> float:
    return np.inf if np.issubdtype(kind, np.floating) else float(np.iinfo(kind).max)


def _filled_up(places: Array) -> Array:
    """Items and, up to a number that is compared in one go, what stands for none."""
    return np.append(places, np.full(-len(places) % AT_ONCE, -1))


def _in_blocks(rows: Sequence[Array] | Array, people: int, width: int, kind: npt.DTypeLike) -> Array:
    """Rows of one number per person as block x row x person in the block."""
    blocks = max(-(-people // width), 1)
    out = np.zeros((blocks, len(rows), width), dtype=kind)
    for number, row in enumerate(rows):
        padded = np.zeros(blocks * width, dtype=kind)
        padded[:people] = row
        out[:, number] = padded.reshape(blocks, width)
    return out


@inner_kernel
def _add_degrees(codes: Array, others: Array, most: Array, graded: int, total: Array) -> None:
    """Add differences, but never more than an item's weight, where the other did not answer."""
    code = total.dtype.type
    for v in range(0, graded, AT_ONCE):
        a, b, c, d = codes[v], codes[v + 1], codes[v + 2], codes[v + 3]
        others_a, others_b, others_c, others_d = others[v], others[v + 1], others[v + 2], others[v + 3]
        most_a, most_b, most_c, most_d = most[v], most[v + 1], most[v + 2], most[v + 3]
        for j in range(total.size):
            by_a = code(max(a, others_a[j]) - min(a, others_a[j]))
            by_b = code(max(b, others_b[j]) - min(b, others_b[j]))
            by_c = code(max(c, others_c[j]) - min(c, others_c[j]))
            by_d = code(max(d, others_d[j]) - min(d, others_d[j]))
            by_a, by_b = code(by_a if by_a < most_a else most_a), code(by_b if by_b < most_b else most_b)
            by_c, by_d = code(by_c if by_c < most_c else most_c), code(by_d if by_d < most_d else most_d)
            total[j] = code(total[j] + code(by_a + by_b) + code(by_c + by_d))


@inner_kernel
def _add_mismatches(codes: Array, others: Array, weights: Array, graded: int, total: Array) -> None:
    code = total.dtype.type
    none = code(0)
    for v in range(graded, codes.size, AT_ONCE):
        a, b, c, d = codes[v], codes[v + 1], codes[v + 2], codes[v + 3]
        others_a, others_b, others_c, others_d = others[v], others[v + 1], others[v + 2], others[v + 3]
        weight_a, weight_b, weight_c, weight_d = weights[v], weights[v + 1], weights[v + 2], weights[v + 3]
        for j in range(total.size):
            by_a, by_b = weight_a if a != others_a[j] else none, weight_b if b != others_b[j] else none
            by_c, by_d = weight_c if c != others_c[j] else none, weight_d if d != others_d[j] else none
            total[j] = code(total[j] + code(by_a + by_b) + code(by_c + by_d))


@inner_kernel_ieee
def _add_compact_overlap(size: int, chosen: Array, sizes: Array, bits: Array, weight: int, total: Array) -> None:
    code = total.dtype.type
    for j in range(total.size):
        shared = np.int64(0)
        for word in range(chosen.size):
            shared += np.int64(bits_set(chosen[word] & bits[word, j]))
        either = np.int64(size) + np.int64(sizes[j]) - shared
        apart = weight * (1 - shared / either) + 0.5 if either > 0 else 0.0
        total[j] = code(total[j] + code(apart))


@njit(cache=True, nogil=True, error_model="numpy")
def _fill_compact_tile(
    left: Answers, right: Answers, rules: ItemLayout, least: float, out: Array, corner: Corner
) -> None:
    first, start, stop = corner
    sums = np.empty((3, stop - start), dtype=right.known.dtype)
    answered, compared, total = sums[0], sums[1], sums[2]
    simple, most, own, lacking, chosen = left.simple, left.most, left.answered, left.absent, left.chosen
    others, others_answered, others_lack, known = right.simple, right.answered, right.absent, right.known[0]
    for i in range(len(own)):
        count_answered(own[i], others_answered, known, answered)
        count_compared(lacking[i], others_lack, answered, left.known[i, 0], compared, total)
        _add_degrees(simple[i], others, most[i], rules.graded, total)
        _add_mismatches(simple[i], others, most[i], rules.graded, total)
        for v in range(rules.chosen.size):
            if chosen[i, v] < rules.missing:
                words = slice(rules.words[v, 0], rules.words[v, 1])
                sets, others_sets = left.bits[i, words], right.bits[words]
                _add_compact_overlap(chosen[i, v], sets, right.chosen[v], others_sets, rules.chosen[v], total)
        row = out[first + i, start:stop]
        for j in range(total.size):
            defined = (compared[j] > 0) & (answered[j] >= least)
            row[j] = np.float32(total[j]) / np.float32(compared[j]) if defined else np.float32(np.nan)


def fill_single(items: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill the whole table from 32-bit codes, off by at most 2e-7 plus the number of items / 3e8 / shared weight."""
    _fill(items, weights, least, out, np.int32)


def fill_compact(items: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill the whole table from 16-bit codes, off by at most the number of items / 10,000 / shared weight."""
    _fill(items, weights, least, out, np.uint16)


def _fill(items: CodedItems, weights: Array, least: float, out: Array, kind: type[np.integer]) -> None:
    if (items.answers >= np.iinfo(kind).max).any():
        raise SettingError(
            f"An item has more categories than {np.iinfo(kind).bits}-bit codes can tell apart; use precision='exact'."
        )
    most = np.iinfo(kind).max / max(1.0, 3 * weights.max(initial=0.0))  # room for missing answers, at twice the weight
    whole = np.floor(weights * most)
    shared = max(np.ceil(least * whole.sum()) - len(whole), 1)  # rounding takes up to one off each weight
    fill_by_tile(weigh(items, whole, kind, 1.0), _fill_compact_tile, kind(shared), out)  # type: ignore[arg-type]
