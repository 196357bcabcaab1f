"""Whole tables of distances in single precision, from plain or from 16-bit codes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from peernet._item_coding import CHOSEN, NAMED, TRAIT, CodedItems
from peernet._item_distance import add_overlap

__all__ = ["fill_single"]

Array = npt.NDArray[Any]
TILE = 256
MISSING = 65535
LARGEST = 65000  # total weight in 16-bit codes, leaving room for rounding


@njit(cache=True, nogil=True)
def _add_coded(codes: Array, others: Array, caps: Array, named: Array, total: Array) -> None:
    """Add the differences of one person's codes from those of others; a code above its cap is a missing answer."""
    for v in range(codes.size):
        code, cap, column = codes[v], caps[v], others[v]
        if named[v]:
            for j in range(total.size):
                total[j] += cap if (column[j] != code) and (column[j] != MISSING) else 0
        else:
            for j in range(total.size):
                difference = max(code, column[j]) - min(code, column[j])
                total[j] += difference if difference <= cap else 0
