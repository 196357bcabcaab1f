"""Compiled distances between people, block by block, from weighed answers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit

from peernet._arrays import Array
from peernet._compiled import dividing_part, part
from peernet.distance.coding import CHOSEN, NAMED, TRAIT, CodedItems
from peernet.distance.weighed_items import AT_ONCE, Answers, Rules, WeighedItems, weigh

__all__ = [
    "bits_set",
    "count_answered",
    "count_compared",
    "distance_to_self",
    "fill_by_tile",
    "fill_rows",
    "fill_square",
    "item_differences",
    "weighed",
]

Corner = tuple[int, int, int]  # of a tile: first row, first column, end of columns
UNIT = 2.0**-52  # of the weight of all items: too small to matter, and sums of it are exact


@part
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


@part
def bits_set(word: np.uint64) -> np.uint64:
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@dividing_part
def _add_overlap(size: float, chosen: Array, sizes: Array, bits: Array, weight: float, total: Array) -> None:
    for j in range(total.size):
        shared = np.uint64(0)
        for word in range(chosen.size):
            shared += bits_set(chosen[word] & bits[word, j])
        either = size + sizes[j] - shared
        total[j] += (weight * (1 - shared / either) + 1.0) - 1.0 if either > 0 else 0.0  # in units, like all sums


@part
def count_answered(left: Array, right: Array, known: Array, answered: Array) -> None:
    """Weight that a person on the left and those on the right both answered."""
    for j in range(answered.size):
        answered[j] = known[j]
    for v in range(left.size):
        if left[v] == 0:
            row = right[v]
            for j in range(answered.size):
                answered[j] -= row[j]


@part
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
def _fill_tile(left: Answers, right: Answers, rules: Rules, least: float, out: Array, corner: Corner) -> None:
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
