"""Coded answers times their weights, laid out for distances: items of one rule together, people in blocks."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from peernet._item_coding import CHOSEN, NAMED, TRAIT, CodedItems

__all__ = ["AT_ONCE", "Answers", "Rules", "WeighedItems", "weigh"]

Array = npt.NDArray[Any]

WIDTHS = {8: 320, 4: 640, 2: 640}  # people in a block, by the bytes of a number: their answers stay close at hand
AT_ONCE = 4  # items compared in one go, so that a sum is fetched and stored once for four of them


class Answers(NamedTuple):
    """Weighed answers of some people: item x person, or person x item; a tuple of arrays for compiled code."""

    simple: Array  # weight times answer of items that differ by degree, then numbers of categories
    most: Array  # the most that such an answer can differ: the weight, or 0 where it is missing
    chosen: Array  # number of answers chosen, for multiple choice
    bits: npt.NDArray[np.uint64]  # which were chosen, in words
    answered: Array  # weight where answered, else 0
    absent: Array  # weight where the answer is "no" or "nothing", else 0: two of these are answered but not compared
    known: Array  # weight of all that was answered, as one item


class Rules(NamedTuple):
    """Which rows of the answers follow which rule."""

    graded: int  # how many of the simple ones differ by degree
    chosen: Array  # weights of multiple choice items
    words: npt.NDArray[np.int64]  # where the words of each begin and end
    missing: float  # the number chosen of those who did not answer


class WeighedItems(NamedTuple):
    """What a distance needs of all people."""

    answers: Answers  # block x item x person in the block, the last block filled up with zeros
    rules: Rules

    @property
    def width(self) -> int:
        """Number of people in a block."""
        return int(self.answers.known.shape[-1])

    def block(self, number: int) -> Answers:
        """Answers of a block of people, item x person."""
        return Answers(*(array[number] for array in self.answers))

    def rows(self, positions: npt.NDArray[np.int64]) -> Answers:
        """Answers of some people in the order given, person x item."""
        block, place = np.divmod(positions, self.width)
        return Answers(*(array[block, :, place] for array in self.answers))

    def take(self, positions: npt.NDArray[np.int64]) -> WeighedItems:
        """Only some people, in the order given."""
        return self._replace(answers=_in_blocks(Answers(*(array.T for array in self.rows(positions))), self.width))


def weigh(items: CodedItems, weights: Array, kind: npt.DTypeLike, unit: float) -> WeighedItems:
    """Lay out the items that weigh anything in numbers of one kind, all rounded to the unit so that sums are exact.

    Weights are multiples of the unit. A missing answer lies at twice the weight where items differ by degree, and
    beyond any category or number chosen.
    """
    heavy = np.flatnonzero(weights)
    answers, rules, weights = items.answers[heavy], items.rules[heavy], weights[heavy, None]
    gone, missing = np.isnan(answers), _beyond_all(kind)
    named, chosen, lacking = rules == NAMED, rules == CHOSEN, np.isin(rules, (TRAIT, CHOSEN))
    graded = ~(named | chosen)
    answered = np.where(gone, 0, weights).astype(kind)
    degrees = np.where(gone[graded], 2 * weights[graded], np.rint(answers[graded] * (weights[graded] / unit)) * unit)
    degrees, counts = _filled_up(degrees.astype(kind)), np.where(gone, missing, answers).astype(kind)
    laid = Answers(
        simple=np.concatenate([degrees, _filled_up(counts[named])]),
        most=np.concatenate([_filled_up(answered[graded]), _filled_up(answered[named])]),
        chosen=counts[chosen],
        bits=items.bits,
        answered=answered,
        absent=np.where(answers[lacking] == 0, weights[lacking], 0).astype(kind),
        known=answered.sum(axis=0, keepdims=True, dtype=kind),
    )
    words = np.stack([items.words[heavy[chosen]], items.words[heavy[chosen] + 1]], axis=1)
    by_rule = Rules(len(degrees), weights[chosen, 0].astype(kind), words, missing)
    return WeighedItems(_in_blocks(laid, WIDTHS[answered.itemsize]), by_rule)


def _beyond_all(kind: npt.DTypeLike) -> float:
    return np.inf if np.issubdtype(kind, np.floating) else float(np.iinfo(kind).max)


def _filled_up(rows: Array) -> Array:
    """Rows with rows of zeros behind them, which differ in nothing, up to a number that is compared in one go."""
    return np.concatenate([rows, np.zeros((-len(rows) % AT_ONCE, rows.shape[1]), dtype=rows.dtype)])


def _in_blocks(answers: Answers, width: int) -> Answers:
    """Item x person as block x item x person in the block."""
    return Answers(*(_row_blocks(rows, width) for rows in answers))


def _row_blocks(rows: Array, width: int) -> Array:
    items, n = rows.shape
    out = np.zeros((max(-(-n // width), 1), items, width), dtype=rows.dtype)
    for number, block in enumerate(out):
        part = rows[:, number * width : (number + 1) * width]
        block[:, : part.shape[1]] = part
    return out
