"""Coded answers times their weights, laid out for distances: items of one rule together, people in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from peernet._arrays import Array
from peernet.distance.coding import CHOSEN, NAMED, SCALED, TRAIT, CodedItems

__all__ = ["AT_ONCE", "Answers", "Rules", "WeighedItems", "weigh"]


WIDTHS = {8: 448, 4: 640, 2: 640}  # people in a block, by the bytes of a number: their answers stay close at hand
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
        rows = self.rows(positions)
        laid = (_in_blocks(array.T, len(positions), self.width, array.dtype) for array in rows)
        return self._replace(answers=Answers(*laid))


class _Rows(NamedTuple):
    """One number per person for an item, as each rule wants it; nothing for item -1, which fills up a group of rows."""

    items: CodedItems
    weights: Array
    unit: float
    missing: float
    graded: set[int]  # items that differ by degree

    def degrees(self, v: int) -> Array:
        answers, weight = self.items.answers[v], self.weights[v]
        steps = np.rint(answers * (weight / self.unit)) * self.unit
        return np.asarray(np.where(np.isnan(answers), 2 * weight, steps))

    def numbers(self, v: int) -> Array:
        answers = self.items.answers[v]
        return np.where(np.isnan(answers), self.missing, answers)

    def differing(self, v: int) -> Array:
        return self.degrees(v) if v in self.graded else self.numbers(v)

    def answered(self, v: int) -> Array:
        return np.where(np.isnan(self.items.answers[v]), 0.0, self.weights[v])

    def absent(self, v: int) -> Array:
        return np.where(self.items.answers[v] == 0, self.weights[v], 0.0)


def weigh(items: CodedItems, weights: Array, kind: npt.DTypeLike, unit: float) -> WeighedItems:
    """Lay out the items that weigh anything in numbers of one kind, all rounded to the unit so that sums are exact.

    Weights are multiples of the unit. A missing answer lies at twice the weight where items differ by degree, and
    beyond any category or number chosen.
    """
    width, missing, people = WIDTHS[np.dtype(kind).itemsize], _beyond_all(kind), len(items.people)
    graded, named, chosen, lacking = _by_rule(items, np.flatnonzero(weights))
    rows, nothing = _Rows(items, weights, unit, missing, set(graded)), np.zeros(people)
    simple = np.append(_filled_up(graded), _filled_up(named))

    def laid(row: Callable[[int], Array], of: Iterable[int]) -> Array:
        return _in_blocks([row(v) if v >= 0 else nothing for v in of], people, width, kind)

    answered = laid(rows.answered, np.flatnonzero(weights))
    answers = Answers(
        simple=laid(rows.differing, simple),
        most=laid(rows.answered, simple),
        chosen=laid(rows.numbers, chosen),
        bits=_in_blocks(items.bits, people, width, np.uint64),
        answered=answered,
        absent=laid(rows.absent, lacking),
        known=answered.sum(axis=1, keepdims=True, dtype=kind),
    )
    words = np.stack([items.words[chosen], items.words[chosen + 1]], axis=1)
    return WeighedItems(answers, Rules(len(_filled_up(graded)), weights[chosen].astype(kind), words, missing))


def _by_rule(items: CodedItems, heavy: Array) -> tuple[Array, Array, Array, Array]:
    """Items that differ by degree (or yes from no), by category, by choice; and those in which two can both lack."""
    rules, two_valued = items.rules[heavy], ~(items.answers[heavy] > 1).any(axis=1)
    graded = np.isin(rules, (SCALED, TRAIT)) | ((rules == NAMED) & two_valued)
    named = (rules == NAMED) & ~two_valued
    return heavy[graded], heavy[named], heavy[rules == CHOSEN], heavy[np.isin(rules, (TRAIT, CHOSEN))]


def _beyond_all(kind: npt.DTypeLike) -> float:
    return np.inf if np.issubdtype(kind, np.floating) else float(np.iinfo(kind).max)


def _filled_up(places: Array) -> Array:
    """Items and, up to a number that is compared in one go, what stands for none."""
    return np.append(places, np.full(-len(places) % AT_ONCE, -1))


def _in_blocks(rows: Sequence[Array] | Array, people: int, width: int, kind: npt.DTypeLike) -> Array:
    """Rows of one number per person as block x row x person in the block."""
    blocks = max(-(-people // width), 1)
    out = np.zeros((blocks, len(rows), width), dtype=kind)
    for number, row in enumerate(rows):
        padded = np.zeros(blocks * width, dtype=kind)
        padded[:people] = row
        out[:, number] = padded.reshape(blocks, width)
    return out
