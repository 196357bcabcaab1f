"""Float weights as the even integers in which a matching is proven best."""

from dataclasses import dataclass
from math import frexp, ldexp

import numpy as np

from peernet._arrays import Floats, Ints
from peernet.matching.pricing import is_whole
from peernet.matching.weights import PairTable, Span

__all__ = ["Units", "choose_units"]

MOST_BITS = 40
BITS_TO_SHARE = 47  # between a weight and the number of pairs, where as many pairs as possible come first


@dataclass(frozen=True)
class Units:
    """A weight counts as ``2 * round(weight * scale) + offset``; ``scale`` is a power of two."""

    scale: float
    offset: int
    exact: bool

    def to_integers(self, weights: Floats) -> Ints:
        """Integer weights, computed as the kernels do."""
        return (2.0 * np.rint(weights * self.scale)).astype(np.int64) + self.offset

    @property
    def unit(self) -> float:
        """The weight one integer stands for."""
        return 0.5 / self.scale


def choose_units(table: PairTable, span: Span, *, most_pairs: int, fill: bool) -> Units:
    """Finest units in which nothing overflows; with ``fill`` one more pair outweighs any change of weights."""
    if span.count == 0:
        return Units(1.0, 0, True)
    bits = min(MOST_BITS, BITS_TO_SHARE - (most_pairs + 1).bit_length()) if fill else MOST_BITS
    scale = ldexp(1.0, min(bits - frexp(max(abs(span.smallest), abs(span.largest)))[1], 1000))
    units = Units(scale, 0, (span.whole and scale >= 1) or _all_whole(table, scale))
    if not fill:
        return units
    low, high = units.to_integers(np.array([span.smallest, span.largest])).tolist()
    return Units(scale, most_pairs * (high - low + 2) + 2 - low, units.exact)  # + 2: rounding moves each end by 1


def _all_whole(table: PairTable, scale: float) -> bool:
    if table.pairs is not None:
        scaled = table.pairs[2] * scale
        return bool((scaled == np.rint(scaled)).all())
    return all(is_whole(block, start, scale) for start, block in table.blocks())
