"""Compiled distances between people, block by block, from weighed answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from peernet._item_coding import CHOSEN, NAMED, TRAIT, CodedItems
from peernet._weighed_items import AT_ONCE, WIDTH, Answers, ItemWeights, WeighedItems, weigh

__all__ = [
    "bits_set",
    "count_without",
    "distance_to_self",
    "fill_by_tile",
    "fill_rows",
    "fill_square",
    "item_differences",
    "weighed",
]

Array = npt.NDArray[Any]
_UNITS = 2.0**52


@njit(cache=True, nogil=True)
def _add_differences(answers: Array, others: Array, most: Array, total: Array) -> None:
    none = total.dtype.type(0)
    for v in range(0, answers.size, AT_ONCE):
        a, b, c, d = answers[v], answers[v + 1], answers[v + 2], answers[v + 3]
        others_a, others_b, others_c, others_d = others[v], others[v + 1], others[v + 2], others[v + 3]
        most_a, most_b, most_c, most_d = most[v], most[v + 1], most[v + 2], most[v + 3]
        for j in range(total.size):
            by_a, by_b = abs(a - others_a[j]), abs(b - others_b[j])
            by_c, by_d = abs(c - others_c[j]), abs(d - others_d[j])
            by_a, by_b = by_a if by_a > none else none, by_b if by_b > none else none  # a missing answer adds nothing
            by_c, by_d = by_c if by_c > none else none, by_d if by_d > none else none
            by_a, by_b = by_a if by_a < most_a else most_a, by_b if by_b < most_b else most_b  # nor a category more
            by_c, by_d = by_c if by_c < most_c else most_c, by_d if by_d < most_d else most_d
            total[j] += (by_a + by_b) + (by_c + by_d)


@njit(cache=True, nogil=True)
def bits_set(word: np.uint64) -> np.uint64:
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@njit(cache=True, nogil=True, error_model="numpy")
def _add_overlap(size: float, chosen: Array, sizes: Array, bits: Array, weight: float, total: Array) -> None:
    for j in range(total.size):
        shared = np.uint64(0)
        for word in range(chosen.size):
            shared += bits_set(chosen[word] & bits[word, j])
        either = size + sizes[j] - shared
        total[j] += weight * (1 - shared / either) if either > 0 else 0.0  # NaN where one of them did not answer


@njit(cache=True, nogil=True)
def count_without(start: Array, rows: Array, marks: Array, marked: bool, total: Array) -> None:
    """Fill ``total`` with ``start`` less the rows that are marked, or those that are not."""
    for j in range(total.size):
        total[j] = start[0, j]
    for v in range(len(rows)):
        if (marks[v] > 0) == marked:
            row = rows[v]
            for j in range(total.size):
                total[j] -= row[j]


@njit(cache=True, nogil=True, error_model="numpy")
def _fill_tile(left: Answers, right: Answers, weights: ItemWeights, least: float, out: Array) -> None:
    """Fill people of ``left`` x a block on the ``right``; NaN where the weight both answered is below ``least``."""
    shared, counted = np.empty((1, out.shape[1])), np.empty((1, out.shape[1]))
    for i in range(len(out)):
        total = out[i]
        total[:] = 0
        _add_differences(left.simple[i], right.simple, weights.simple, total)
        for v in range(weights.chosen.size):
            words = slice(weights.words[v, 0], weights.words[v, 1])
            _add_overlap(
                left.chosen[i, v], left.bits[i, words], right.chosen[v], right.bits[words], weights.chosen[v], total
            )
        count_without(right.known, right.answered, left.answered[i], False, shared[0])
        count_without(shared, right.absent, left.absent[i], True, counted[0])
        for j in range(total.size):
            known = (counted[0, j] > 0) & (shared[0, j] >= least)
            total[j] = total[j] / counted[0, j] if known else np.nan


def weighed(items: CodedItems, weights: Array, precision: npt.DTypeLike = np.float64) -> WeighedItems:
    """Answers laid out for distances in floating point, with weights that add up without rounding in any order."""
    return weigh(items, np.ceil(weights * _UNITS) / _UNITS, lambda answers: answers.astype(precision))


def fill_rows(left: Answers, right: WeighedItems, least: float, out: Array) -> None:
    """Fill some people, person x item, x everybody on the right, in the precision in which they were weighed."""
    space = np.empty(len(out) * WIDTH, dtype=out.dtype)
    for number, start in enumerate(range(0, out.shape[1], WIDTH)):
        part = out[:, start : start + WIDTH]
        tile = space[: part.size].reshape(part.shape)
        _fill_tile(left, right.block(number), right.weights, least, tile)
        part[:] = tile


def fill_square(items: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill the table of all people in the precision of ``out``; a person's distance from themself is 0."""
    fill_by_tile(weighed(items, weights, out.dtype), _fill_tile, least, out)


def fill_by_tile(items: WeighedItems, fill_tile: Callable[..., None], least: float, out: Array) -> None:
    """Fill a symmetric table tile by tile, each pair computed once."""
    space = np.empty(WIDTH * WIDTH, dtype=out.dtype)
    for a in range(0, len(out), WIDTH):
        left = items.rows(np.arange(a, min(a + WIDTH, len(out))))
        for number, b in enumerate(range(0, a + 1, WIDTH)):
            part = out[a : a + WIDTH, b : b + WIDTH]
            tile = space[: part.size].reshape(part.shape)
            fill_tile(left, items.block(number), items.weights, least, tile)
            part[:] = tile
            out[b : b + WIDTH, a : a + WIDTH] = tile.T
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
