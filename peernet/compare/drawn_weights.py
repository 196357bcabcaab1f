"""What pairs are worth in one draw of a survey, lots deciding between equals, and the best pairing under the rules."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from peernet._arrays import Flags, Floats, Ints
from peernet.matching.limits import best_within_limits
from peernet.matching.matching import Matching, max_weight_matching
from peernet.pairing.objectives import ByName, with_required
from peernet.scores.pair_scores import CELLS_AT_ONCE, PairScores

__all__ = ["LOT", "DrawnWeights", "cells_of"]

LOT = 1e-6  # share of a weight by which lots decide between pairings of equal value


class DrawnWeights(ByName):
    """Values in the order of names, each raised by a share of a millionth at most, so that lots decide ties.

    Pairs that the rules require stay possible whatever the draw says of their gates: whoever requires a pair makes it
    without asking the survey.

    Parameters
    ----------
    scores
        Scores of the draw, under the rules.
    rng
        Draws the lots.
    """

    def __init__(self, scores: PairScores, rng: np.random.Generator) -> None:
        super().__init__(scores)
        self._lots = 1 + rng.random(len(scores))
        self._required = with_required(scores, ())
        self._places = self.positions(self._required) if self._required else []

    @cached_property
    def table(self) -> Floats | ByName:
        """The weights as an array, or by block where there are many people."""
        n = len(self)
        return self.block(np.arange(n)) if n * n <= CELLS_AT_ONCE else self

    def block(self, rows: Ints) -> Floats:
        """Weights of the rows against everyone, missing where not allowed."""
        lots = np.modf(2.0**20 * np.outer(self._lots[rows], self._lots))[0]
        weights: Floats = super().block(rows)
        shut = self._must_be_made(rows) & np.isnan(weights)
        if shut.any():
            weights[shut] = self._gates_ignored(rows, shut)
        return weights * (1 + LOT * lots)

    def found(self) -> Matching:
        """The best matching that makes the required pairs and keeps the limits.

        Raises
        ------
        InfeasibleError
            If no matching keeps the limits.
        """
        if self._scores.ruling is not None and self._scores.ruling.limits:
            return best_within_limits(self.pool(self._required))
        return max_weight_matching(self.table, capacity=self.capacity, required=self._places)

    def _must_be_made(self, rows: Ints) -> Flags:
        found = np.zeros((len(rows), len(self)), dtype=bool)
        for i, j in self._places:
            found[rows == i, j] = found[rows == j, i] = True
        return found

    def _gates_ignored(self, rows: Ints, wanted: Flags) -> Floats:
        """Values of some cells of the rows, 0 where answers do not tell."""
        asked = np.zeros_like(wanted)
        asked[:, self.order] = wanted
        values: Floats = self._scores.values(self.order[rows], asked)[:, self.order][wanted]
        return np.nan_to_num(values)


def cells_of(table: Floats | ByName, pairs: Ints) -> Floats:
    """Weights of some pairs, missing where not allowed."""
    if isinstance(table, ByName):
        rows, place = np.unique(pairs[:, 0], return_inverse=True)
        return table.block(rows)[place, pairs[:, 1]]
    return table[pairs[:, 0], pairs[:, 1]]
