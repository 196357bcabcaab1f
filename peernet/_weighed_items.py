"""Coded answers times their weights, laid out for distances: items of one rule together, people in blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from peernet._item_coding import CHOSEN, NAMED, TRAIT, CodedItems

__all__ = ["AT_ONCE", "WIDTH", "Answers", "ItemWeights", "WeighedItems", "weigh"]

Array = npt.NDArray[Any]

WIDTH = 320  # people in a block: their answers to all items stay close to the processor
AT_ONCE = 4  # items compared in one go, so that a sum is fetched and stored once for four of them


class Answers(NamedTuple):
    """Weighed answers of some people: item x person, or person x item; a tuple of arrays for compiled code."""

    simple: Array  # weight times answer of items that differ by degree, then numbers of categories
    chosen: Array  # number of answers chosen, for multiple choice
    bits: npt.NDArray[np.uint64]  # which were chosen, in words
    answered: Array  # weight where answered, else 0
    absent: Array  # weight where the answer is "no" or "nothing", else 0: two of these are answered but not compared
    known: Array  # weight of all that was answered, as one item


class ItemWeights(NamedTuple):
    """Weights of the items, and where to find those of one rule."""

    simple: Array
    chosen: Array
    words: npt.NDArray[np.int64]  # where the words of each multiple choice item begin and end
    graded: int  # how many of the simple rows differ by degree


class WeighedItems(NamedTuple):
    """What a distance needs of all people."""

    answers: Answers  # block x item x person in the block, the last block filled up with zeros
    weights: ItemWeights

    def block(self, number: int) -> Answers:
        """Answers of a block of people, item x person."""
        return Answers(*(array[number] for array in self.answers))

    def rows(self, positions: npt.NDArray[np.int64]) -> Answers:
        """Answers of some people in the order given, person x item."""
        block, place = np.divmod(positions, WIDTH)
        return Answers(*(array[block, :, place] for array in self.answers))

    def take(self, positions: npt.NDArray[np.int64]) -> WeighedItems:
        """Only some people, in the order given."""
        return self._replace(answers=Answers(*(_in_blocks(array.T) for array in self.rows(positions))))


def weigh(
    items: CodedItems, weights: Array, code: Callable[[Array], Array], units: npt.DTypeLike = np.float64
) -> WeighedItems:
    """Lay out the items that weigh anything.

    ``weights`` must add up without rounding in any order, in the type ``units``. ``code`` turns answers, NaN where
    missing, into the type they are compared in.
    """
    heavy = np.flatnonzero(weights)
    answers, rules, weights = items.answers[heavy], items.rules[heavy], weights[heavy, None]
    named, chosen = rules == NAMED, rules == CHOSEN
    graded = ~(named | chosen)
    answered = np.where(np.isnan(answers), 0, weights).astype(units)
    absent = np.where(answers == 0, weights, 0).astype(units)
    degrees = _filled_up(code((answers * weights)[graded]))
    laid = Answers(
        simple=np.concatenate([degrees, _filled_up(code(answers[named]))]),
        chosen=code(answers[chosen]),
        bits=items.bits,
        answered=answered,
        absent=absent[np.isin(rules, (TRAIT, CHOSEN))],
        known=answered.sum(axis=0, keepdims=True, dtype=units),
    )
    by_rule = ItemWeights(
        simple=np.concatenate([_filled_up(code(weights[rule]))[:, 0] for rule in (graded, named)]),
        chosen=code(weights[chosen])[:, 0],
        words=np.stack([items.words[heavy[chosen]], items.words[heavy[chosen] + 1]], axis=1),
        graded=len(degrees),
    )
    return WeighedItems(Answers(*map(_in_blocks, laid)), by_rule)


def _filled_up(rows: Array) -> Array:
    """Rows with rows of zeros behind them, which differ in nothing, up to a number that is compared in one go."""
    return np.concatenate([rows, np.zeros((-len(rows) % AT_ONCE, rows.shape[1]), dtype=rows.dtype)])


def _in_blocks(rows: Array) -> Array:
    """Item x person as block x item x person in the block."""
    items, n = rows.shape
    blocks = max(-(-n // WIDTH), 1)
    wide = np.zeros((items, blocks * WIDTH), dtype=rows.dtype)
    wide[:, :n] = rows
    return np.ascontiguousarray(wide.reshape(items, blocks, WIDTH).transpose(1, 0, 2))
