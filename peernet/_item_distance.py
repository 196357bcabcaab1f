"""Compiled distances between people, tile by tile, from coded answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from peernet._item_coding import CHOSEN, NAMED, TRAIT, CodedItems

__all__ = ["fill_square", "fill_tile"]

Array = npt.NDArray[Any]
TILE = 256


@njit(cache=True, nogil=True)
def _add_difference(answer: float, others: Array, weight: float, total: Array) -> None:
    none = weight - weight  # zero in the precision of the weights
    for j in range(others.size):
        difference = abs(answer - others[j])
        total[0, j] += weight * (difference if difference > none else none)  # a missing answer adds nothing
        total[1, j] += weight if difference == difference else none


@njit(cache=True, nogil=True)
def _add_mismatch(answer: float, others: Array, weight: float, total: Array) -> None:
    none = weight - weight
    for j in range(others.size):
        difference = abs(answer - others[j])
        total[0, j] += weight if difference > none else none
        total[1, j] += weight if difference == difference else none


@njit(cache=True, nogil=True)
def _add_absent_trait(others: Array, weight: float, total: Array) -> None:
    none = weight - weight
    for j in range(others.size):
        total[0, j] += weight if others[j] > none else none
        total[1, j] += weight if others[j] > none else none
        total[2, j] += weight if others[j] == none else none  # both no: answered, but no agreement


@njit(cache=True, nogil=True)
def _bits_set(word: np.uint64) -> np.uint64:
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@njit(cache=True, nogil=True)
def _add_overlap(answer: float, chosen: Array, others: Array, sizes: Array, weight: float, total: Array) -> None:
    none = weight - weight
    for j in range(sizes.size):
        shared = np.uint64(0)
        for word in range(chosen.size):
            shared += _bits_set(chosen[word] & others[word, j])
        either = answer + sizes[j] - shared
        if either > none:
            total[0, j] += weight * (1 - shared / either)
            total[1, j] += weight
        elif either == none:
            total[2, j] += weight  # both chose nothing: answered, but no agreement


@njit(cache=True, nogil=True)
def _add_item(left: CodedItems, right: CodedItems, v: int, i: int, weight: float, total: Array) -> None:
    rule, answer = left.rules[v], left.answers[v, i]
    if rule == CHOSEN:
        words = slice(left.words[v], left.words[v + 1])
        _add_overlap(answer, left.bits[words, i], right.bits[words], right.answers[v], weight, total)
    elif rule == NAMED:
        _add_mismatch(answer, right.answers[v], weight, total)
    elif rule == TRAIT and answer == 0:
        _add_absent_trait(right.answers[v], weight, total)
    else:
        _add_difference(answer, right.answers[v], weight, total)


@njit(cache=True, nogil=True)
def fill_tile(left: CodedItems, right: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill rows ``left`` x columns ``right``; NaN where the shared answered weight is below ``least``."""
    total = np.zeros((3, out.shape[1]), dtype=out.dtype)  # weighted difference; weight counted; answered, not counted
    for i in range(out.shape[0]):
        total[:] = 0
        answered = False
        for v in range(weights.size):
            if weights[v] > 0 and left.answers[v, i] == left.answers[v, i]:
                _add_item(left, right, v, i, weights[v], total)
                answered = True
        for j in range(out.shape[1]):
            out[i, j] = np.nan
            if left.people[i] == right.people[j]:
                out[i, j] = 0.0 if answered else np.nan
            elif total[1, j] > 0 and total[1, j] + total[2, j] >= least:
                out[i, j] = total[0, j] / total[1, j]


def fill_square(items: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill the whole table, each pair computed once."""
    starts = range(0, len(items.people), TILE)
    tiles = [items.take(np.arange(len(items.people))[start : start + TILE]) for start in starts]
    for a, left in zip(starts, tiles, strict=True):
        for b, right in zip(starts, tiles, strict=True):
            if b > a:
                break
            tile = out[a : a + len(left.people), b : b + len(right.people)]
            fill_tile(left, right, weights, least, tile)
            if b < a:
                out[b : b + len(right.people), a : a + len(left.people)] = tile.T
