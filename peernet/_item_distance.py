"""Compiled distances between people, tile by tile, from coded answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from peernet._item_coding import CHOSEN, NAMED, TRAIT, CodedItems

__all__ = ["bits_set", "fill_by_tile", "fill_rows", "fill_square", "fill_tile"]

Array = npt.NDArray[Any]
TILE = 256
WIDE = 2048


@njit(cache=True, nogil=True)
def _add_difference(answer: float, others: Array, weight: float, differing: Array, counted: Array) -> None:
    none = weight - weight  # zero in the precision of the weights
    for j in range(others.size):
        difference = abs(answer - others[j])
        differing[j] += weight * (difference if difference > none else none)  # a missing answer adds nothing
        counted[j] += weight if difference == difference else none


@njit(cache=True, nogil=True)
def _add_mismatch(answer: float, others: Array, weight: float, differing: Array, counted: Array) -> None:
    none = weight - weight
    for j in range(others.size):
        difference = abs(answer - others[j])
        differing[j] += weight if difference > none else none
        counted[j] += weight if difference == difference else none


@njit(cache=True, nogil=True)
def _add_absent_trait(others: Array, weight: float, differing: Array, counted: Array, silent: Array) -> None:
    none = weight - weight
    for j in range(others.size):
        present = weight if others[j] > none else none
        differing[j] += present
        counted[j] += present
        silent[j] += weight if others[j] == none else none  # both no: answered, but no agreement


@njit(cache=True, nogil=True)
def bits_set(word: np.uint64) -> np.uint64:
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
            shared += bits_set(chosen[word] & others[word, j])
        either = answer + sizes[j] - shared
        if either > none:
            total[0, j] += weight * (1 - shared / either)
            total[1, j] += weight
        elif either == none:
            total[2, j] += weight  # both chose nothing: answered, but no agreement


@njit(cache=True, nogil=True)
def _add_item(rule: int, answer: float, others: Array, weight: float, total: Array) -> None:
    if rule == NAMED:
        _add_mismatch(answer, others, weight, total[0], total[1])
    elif rule == TRAIT and answer == 0:
        _add_absent_trait(others, weight, total[0], total[1], total[2])
    else:
        _add_difference(answer, others, weight, total[0], total[1])


@njit(cache=True, nogil=True)
def fill_tile(left: CodedItems, right: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill rows ``left`` x columns ``right``; NaN where the shared answered weight is below ``least``."""
    answers, others, words = left.answers, right.answers, left.words
    total = np.zeros((3, out.shape[1]), dtype=out.dtype)  # weighted difference; weight counted; answered, not counted
    for i in range(out.shape[0]):
        total[:] = 0
        answered = False
        for v in range(weights.size):
            if weights[v] == 0 or answers[v, i] != answers[v, i]:
                continue
            answered = True
            if left.rules[v] == CHOSEN:
                part = slice(words[v], words[v + 1])
                _add_overlap(answers[v, i], left.bits[part, i], right.bits[part], others[v], weights[v], total)
            else:
                _add_item(left.rules[v], answers[v, i], others[v], weights[v], total)
        for j in range(out.shape[1]):
            known = total[1, j] > 0 and total[1, j] + total[2, j] >= least
            out[i, j] = total[0, j] / total[1, j] if known else np.nan
            if left.people[i] == right.people[j]:
                out[i, j] = 0.0 if answered else np.nan


def fill_rows(left: CodedItems, right: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill rows ``left`` x columns ``right``, many columns in pieces that stay close to the processor."""
    if out.shape[1] <= WIDE:
        fill_tile(left, right, weights, least, out)
        return
    for start in range(0, out.shape[1], WIDE):
        part = right.take(np.arange(start, min(start + WIDE, out.shape[1])))
        tile = np.empty((len(out), len(part.people)), dtype=out.dtype)
        fill_tile(left, part, weights, least, tile)
        out[:, start : start + tile.shape[1]] = tile


def fill_square(items: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill the whole table in the precision of ``out``."""
    items = items._replace(answers=items.answers.astype(out.dtype, copy=False))
    weights = weights.astype(out.dtype, copy=False)
    fill_by_tile(items, out, lambda left, right, tile: fill_tile(left, right, weights, least, tile))


def fill_by_tile(items: CodedItems, out: Array, fill: Callable[[CodedItems, CodedItems, Array], None]) -> None:
    """Fill a symmetric table tile by tile, each pair computed once."""
    starts = range(0, len(out), TILE)
    tiles = [items.take(np.arange(start, min(start + TILE, len(out)))) for start in starts]
    for a, left in zip(starts, tiles, strict=True):
        for b, right in zip(starts, tiles, strict=True):
            if b > a:
                break
            tile = np.empty((len(left.people), len(right.people)), dtype=out.dtype)
            fill(left, right, tile)
            out[a : a + len(tile), b : b + tile.shape[1]] = tile
            out[b : b + tile.shape[1], a : a + len(tile)] = tile.T
