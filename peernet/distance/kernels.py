"""Gower's distance by compiled kernels, block by block of people, from answers times their weights."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from peernet._arrays import Array, Ints
from peernet._compiled import inner_kernel, inner_kernel_ieee
from peernet.distance.coding import CHOSEN, NAMED, SCALED, TRAIT, CodedItems

Corner = tuple[int, int, int]  # of a tile: first row, first column, end of columns
UNIT = 2.0**-52  # of the weight of all items: too small to matter, and sums of it are exact
BLOCK = 448  # people: their answers stay close at hand
AT_ONCE = 4  # items compared in one go, so that a sum is fetched and stored once for four of them


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
    """What the rows of multiple choice items are."""

    chosen: Array  # weights of the items
    words: npt.NDArray[np.int64]  # where the words of each begin and end
    missing: float  # the number chosen of those who did not answer


class WeighedItems(NamedTuple):
    """What a distance needs of all people."""

    answers: Answers  # block x item x person in the block, the last block filled up with zeros
    layout: ItemLayout

    def block(self, number: int) -> Answers:
        """Answers of a block of people, item x person."""
        return Answers(*(array[number] for array in self.answers))

    def rows(self, positions: npt.NDArray[np.int64]) -> Answers:
        """Answers of some people in the order given, person x item."""
        block, place = np.divmod(positions, BLOCK)
        return Answers(*(array[block, :, place] for array in self.answers))

    def take(self, positions: npt.NDArray[np.int64]) -> WeighedItems:
        """Only some people, in the order given."""
        return self._replace(answers=Answers(*(_in_blocks(array.T) for array in self.rows(positions))))


def weighed(items: CodedItems, weights: Array) -> WeighedItems:
    """Lay out the items that weigh anything, their weights rounded up to the unit so that sums are exact.

    A missing answer lies at twice the weight where items differ by degree, and beyond any category or number chosen.
    """
    weights = np.ceil(weights / UNIT) * UNIT
    heavy, weight = np.flatnonzero(weights), weights[:, None]
    graded, named, chosen, lacking = (
        heavy[np.isin(items.rules[heavy], rules)] for rules in ((SCALED, TRAIT), NAMED, CHOSEN, (TRAIT, CHOSEN))
    )
    degrees = items.answers[graded] * (weight[graded] / UNIT)
    degrees = np.where(np.isnan(degrees), 2 * weight[graded], np.rint(degrees, out=degrees) * UNIT)
    codes, numbers = (np.nan_to_num(items.answers[rows], nan=np.inf) for rows in (named, chosen))
    answered = np.where(np.isnan(items.answers), 0.0, weight)
    known = _in_blocks(answered[heavy])
    answers = Answers(
        simple=_in_blocks(np.concatenate([degrees, codes]), AT_ONCE),
        most=_in_blocks(answered[np.append(graded, named)], AT_ONCE),
        chosen=_in_blocks(numbers),
        bits=_in_blocks(items.bits),
        answered=known,
        absent=_in_blocks(np.where(items.answers[lacking] == 0, weight[lacking], 0.0)),
        known=known.sum(axis=1, keepdims=True),
    )
    words = np.stack([items.words[chosen], items.words[chosen + 1]], axis=1)
    return WeighedItems(answers, ItemLayout(weights[chosen], words, np.inf))


def _in_blocks(rows: Array, at_once: int = 1) -> Array:
    """Rows of one number per person as block x row x person in the block, filled up with zeros."""
    blocks = max(-(-rows.shape[1] // BLOCK), 1)
    out = np.zeros((blocks, -(-len(rows) // at_once) * at_once, BLOCK), dtype=rows.dtype)
    for number in range(blocks):
        some = rows[:, number * BLOCK : (number + 1) * BLOCK]
        out[number, : len(rows), : some.shape[1]] = some
    return out


def fill_square(items: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill the table of all people tile by tile, each pair computed once; a person's distance from themself is 0."""
    everybody, starts = weighed(items, weights), range(0, len(out), BLOCK)
    for a in starts:
        rows = slice(a, min(a + BLOCK, len(out)))
        left = everybody.rows(np.arange(rows.start, rows.stop))
        for number, b in enumerate(starts[: a // BLOCK + 1]):
            cols = slice(b, min(b + BLOCK, len(out)))
            _fill_tile(left, everybody.block(number), everybody.layout, least, out, (a, cols.start, cols.stop))
            if b < a:
                out[cols, rows] = out[rows, cols].T
    np.fill_diagonal(out, distance_to_self(everybody, len(out)))


def fill_rows(left: Answers, right: WeighedItems, least: float, out: Array) -> None:
    """Fill some people, person x item, x everybody on the right."""
    for number, start in enumerate(range(0, out.shape[1], BLOCK)):
        corner = 0, start, min(start + BLOCK, out.shape[1])
        _fill_tile(left, right.block(number), right.layout, least, out, corner)


def fill_pairs(people: Answers, layout: ItemLayout, firsts: Ints, seconds: Ints, least: float, out: Array) -> None:
    """Fill pairs of people given by position, person x item; what `fill_rows` would give, to the bit."""
    _fill_pairs(people, layout, firsts, seconds, least, out)


def distance_to_self(items: WeighedItems, people: int) -> Array:
    """Distance of each person from themself: 0, or NaN where they answered nothing that weighs."""
    return np.where(items.answers.known.ravel()[:people] > 0, 0.0, np.nan)


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


@njit(cache=True, nogil=True, error_model="numpy")
def _fill_pairs(people: Answers, rules: ItemLayout, firsts: Ints, seconds: Ints, least: float, out: Array) -> None:
    """The same for pairs: sums are exact, so one pair at a time gives what a tile gives."""
    simple, most, own, lacking, chosen = people.simple, people.most, people.answered, people.absent, people.chosen
    for pair in range(len(out)):
        i, j = firsts[pair], seconds[pair]
        answered = people.known[j, 0]
        for v in range(own.shape[1]):
            if own[i, v] == 0:
                answered -= own[j, v]
        compared, total = answered, answered - people.known[i, 0]
        for v in range(lacking.shape[1]):
            if lacking[i, v] > 0:
                compared -= lacking[j, v]
        for v in range(simple.shape[1]):
            apart, limit = abs(simple[i, v] - simple[j, v]), most[i, v]
            total += apart if apart < limit else limit
        for v in range(rules.chosen.size):
            if chosen[i, v] < rules.missing:
                shared = np.uint64(0)
                for word in range(rules.words[v, 0], rules.words[v, 1]):
                    shared += bits_set(people.bits[i, word] & people.bits[j, word])
                either = chosen[i, v] + chosen[j, v] - shared
                total += (rules.chosen[v] * (1 - shared / either) + 1.0) - 1.0 if either > 0 else 0.0
        out[pair] = total / compared if compared > 0 and answered >= least else np.nan


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


@inner_kernel_ieee
def _add_overlap(size: float, chosen: Array, sizes: Array, bits: Array, weight: float, total: Array) -> None:
    """Add the weight times one minus overlap over union (Jaccard); nothing where both chose nothing."""
    for j in range(total.size):
        shared = np.uint64(0)
        for word in range(chosen.size):
            shared += bits_set(chosen[word] & bits[word, j])
        either = size + sizes[j] - shared
        total[j] += (weight * (1 - shared / either) + 1.0) - 1.0 if either > 0 else 0.0  # in units, like all sums


@inner_kernel
def bits_set(word: np.uint64) -> np.uint64:
    """How many bits of a word are set (population count, in parallel over parts of the word)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


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
