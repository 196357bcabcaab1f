"""Whole tables of distances from answers rounded to whole numbers of 32 or 16 bits: faster, with a stated error."""

from __future__ import annotations

import numpy as np
from numba import njit

from peernet._arrays import Array
from peernet._compiled import dividing_part, part
from peernet.distance.coding import CodedItems
from peernet.distance.kernels import Corner, bits_set, count_answered, count_compared, fill_by_tile
from peernet.distance.weighed_items import AT_ONCE, Answers, Rules, weigh
from peernet.errors import SettingError

__all__ = ["fill_compact", "fill_single"]


@part
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


@part
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


@dividing_part
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
def _fill_compact_tile(left: Answers, right: Answers, rules: Rules, least: float, out: Array, corner: Corner) -> None:
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
