"""Whole tables of distances from answers rounded to 16-bit codes: faster, with a stated error."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from peernet._item_coding import CodedItems
from peernet._item_distance import bits_set, count_without, fill_by_tile
from peernet._weighed_items import AT_ONCE, Answers, ItemWeights, weigh

__all__ = ["fill_compact"]

Array = npt.NDArray[Any]
Code = np.uint16

TOTAL = 65_000  # of the weights in codes, at most
MISSING = Code(65_535)
NONE = Code(0)


@njit(cache=True, nogil=True)
def _degree(code: Any, other: Any, most: Any) -> Any:  # noqa: ANN401 - codes
    difference = Code(max(code, other) - min(code, other))
    return difference if difference <= most else NONE  # a missing answer adds nothing


@njit(cache=True, nogil=True)
def _mismatch(code: Any, other: Any, weight: Any) -> Any:  # noqa: ANN401 - codes
    return weight if (other != code) & (other != MISSING) else NONE


@njit(cache=True, nogil=True)
def _add_degrees(codes: Array, others: Array, most: Array, graded: int, total: Array) -> None:
    for v in range(0, graded, AT_ONCE):
        a, b, c, d = codes[v], codes[v + 1], codes[v + 2], codes[v + 3]
        others_a, others_b, others_c, others_d = others[v], others[v + 1], others[v + 2], others[v + 3]
        most_a, most_b, most_c, most_d = most[v], most[v + 1], most[v + 2], most[v + 3]
        for j in range(total.size):
            by_a, by_b = _degree(a, others_a[j], most_a), _degree(b, others_b[j], most_b)
            by_c, by_d = _degree(c, others_c[j], most_c), _degree(d, others_d[j], most_d)
            total[j] = Code(total[j] + Code(by_a + by_b) + Code(by_c + by_d))


@njit(cache=True, nogil=True)
def _add_mismatches(codes: Array, others: Array, weights: Array, graded: int, total: Array) -> None:
    for v in range(graded, codes.size):
        if codes[v] != MISSING:
            code, row, weight = codes[v], others[v], weights[v]
            for j in range(total.size):
                total[j] = Code(total[j] + _mismatch(code, row[j], weight))


@njit(cache=True, nogil=True, error_model="numpy")
def _add_overlap(size: int, chosen: Array, sizes: Array, bits: Array, weight: int, total: Array) -> None:
    for j in range(total.size):
        shared = np.uint64(0)
        for word in range(chosen.size):
            shared += bits_set(chosen[word] & bits[word, j])
        either = size + sizes[j] - shared
        compared = (either > 0) & (sizes[j] != MISSING)
        total[j] += Code(weight * (1 - shared / either) + 0.5) if compared else NONE


@njit(cache=True, nogil=True, error_model="numpy")
def _fill_tile(left: Answers, right: Answers, weights: ItemWeights, least: float, out: Array) -> None:
    sums = np.empty((3, 1, out.shape[1]), dtype=Code)
    total, shared, counted = sums[0, 0], sums[1], sums[2]
    for i in range(len(out)):
        total[:] = 0
        _add_degrees(left.simple[i], right.simple, weights.simple, weights.graded, total)
        _add_mismatches(left.simple[i], right.simple, weights.simple, weights.graded, total)
        for v in range(weights.chosen.size):
            words, size = slice(weights.words[v, 0], weights.words[v, 1]), left.chosen[i, v]
            if size != MISSING:
                _add_overlap(size, left.bits[i, words], right.chosen[v], right.bits[words], weights.chosen[v], total)
        count_without(right.known, right.answered, left.answered[i], False, shared[0])
        count_without(shared, right.absent, left.absent[i], True, counted[0])
        row, share = out[i], counted[0]
        for j in range(total.size):
            known = (share[j] > 0) & (shared[0, j] >= least)
            row[j] = np.float32(total[j]) / np.float32(share[j]) if known else np.float32(np.nan)


def fill_compact(items: CodedItems, weights: Array, least: float, out: Array) -> None:
    """Fill the whole table; each distance is off by at most twice the number of items / 65,000 / shared weight."""
    whole = np.floor(weights * TOTAL)
    least = max(np.ceil(least * whole.sum() - len(whole)), 1)  # rounding may take one off each weight
    fill_by_tile(weigh(items, whole, _codes, Code), _fill_tile, least, out)


def _codes(answers: Array) -> Array:
    return np.where(np.isnan(answers), float(MISSING), np.round(answers)).astype(Code)
