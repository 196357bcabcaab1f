"""Whole tables of distances from answers rounded to 16-bit codes: faster, with a stated error."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from peernet._item_coding import CHOSEN, NAMED, TRAIT, CodedItems
from peernet._item_distance import bits_set, fill_by_tile

__all__ = ["fill_compact"]

Array = npt.NDArray[Any]

TOTAL = 65_000  # of the weights in codes, at most
MISSING = np.uint16(65_535)
NONE = np.uint16(0)


@njit(cache=True, nogil=True)
def _add_difference(code: int, others: Array, weight: int, total: Array, counted: Array) -> None:
    for j in range(others.size):
        difference = np.uint16(max(code, others[j]) - min(code, others[j]))
        total[j] = np.uint16(total[j] + (difference if difference <= weight else NONE))
        counted[j] = np.uint16(counted[j] + (weight if difference <= weight else NONE))


@njit(cache=True, nogil=True)
def _add_mismatch(code: int, others: Array, weight: int, total: Array, counted: Array) -> None:
    for j in range(others.size):
        answered = weight if others[j] != MISSING else NONE
        total[j] = np.uint16(total[j] + (answered if others[j] != code else NONE))
        counted[j] = np.uint16(counted[j] + answered)


@njit(cache=True, nogil=True)
def _add_absent_trait(others: Array, weight: int, total: Array, counted: Array, silent: Array) -> None:
    for j in range(others.size):
        present = weight if others[j] == weight else NONE
        total[j] = np.uint16(total[j] + present)
        counted[j] = np.uint16(counted[j] + present)
        silent[j] = np.uint16(silent[j] + (weight if others[j] == NONE else NONE))


@njit(cache=True, nogil=True)
def _add_overlap(size: int, chosen: Array, bits: Array, sizes: Array, weight: int, totals: Array) -> None:
    for j in range(sizes.size):
        if sizes[j] == MISSING:
            continue
        shared = np.uint64(0)
        for word in range(chosen.size):
            shared += bits_set(chosen[word] & bits[word, j])
        either = size + sizes[j] - shared
        if either > 0:
            totals[0, j] += np.uint16(weight * (1 - shared / either) + 0.5)
            totals[1, j] += weight
        else:
            totals[2, j] += weight


@njit(cache=True, nogil=True)
def _fill_tile(left: CodedItems, right: CodedItems, weights: Array, least: float, out: Array) -> None:
    codes, others, words, rules = left.answers, right.answers, left.words, left.rules
    totals = np.zeros((3, out.shape[1]), dtype=np.uint16)
    for i in range(out.shape[0]):
        totals[:] = 0
        for v in range(weights.size):
            weight = weights[v]
            if weight == 0 or codes[v, i] == MISSING:
                continue
            if rules[v] == CHOSEN:
                part = slice(words[v], words[v + 1])
                _add_overlap(codes[v, i], left.bits[part, i], right.bits[part], others[v], weight, totals)
            elif rules[v] == NAMED:
                _add_mismatch(codes[v, i], others[v], weight, totals[0], totals[1])
            elif rules[v] == TRAIT and codes[v, i] == 0:
                _add_absent_trait(others[v], weight, totals[0], totals[1], totals[2])
            else:
                _add_difference(codes[v, i], others[v], weight, totals[0], totals[1])
        for j in range(out.shape[1]):
            counted, silent = np.float32(totals[1, j]), np.float32(totals[2, j])
            known = counted > 0 and counted + silent >= least
            out[i, j] = np.float32(totals[0, j]) / counted if known else np.float32(np.nan)


def fill_compact(items: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill the whole table; each distance is off by at most twice the number of items / 65,000 / shared weight."""
    coded, caps = _compact(items, weights)
    least = least * caps.sum() - len(caps)  # rounding may take half a unit from each weight
    fill_by_tile(coded, out, lambda left, right, tile: _fill_tile(left, right, caps, least, tile))
    answered = (coded.answers[caps > 0] != MISSING).any(axis=0)
    np.fill_diagonal(out, np.where(answered, 0.0, np.nan))


def _compact(items: CodedItems, weights: Array) -> tuple[CodedItems, npt.NDArray[np.uint16]]:
    """Graded answers times their weight as whole numbers, categories and set sizes as they are."""
    caps = np.floor(weights * TOTAL)
    graded = np.isin(items.rules, (NAMED, CHOSEN), invert=True)
    codes = np.where(graded[:, None], np.round(items.answers * caps[:, None]), items.answers)
    codes = np.where(np.isnan(codes), float(MISSING), codes).astype(np.uint16)
    return items._replace(answers=codes), caps.astype(np.uint16)
