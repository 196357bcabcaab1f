"""One score of some people against everyone, by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from peernet._arrays import Floats, Ints
from peernet.distance.distances import PersonDistances

if TYPE_CHECKING:
    from peernet.scores.pair_scores import PairScores

__all__ = ["BLOCK_COLUMNS", "column_of"]

BLOCK_COLUMNS = ("value", "gain", "own_gain", "perspective", "experience", "goals", "exchange", "ties")


def column_of(scores: PairScores, rows: Ints, column: str) -> Floats:
    """The score of that name for the rows against everyone; see `PairScores.block`."""
    if column == "value":
        return scores.values(rows, scores.gates.codes(rows) == 0)
    if column == "gain":
        return scores.values(rows)
    if column == "own_gain":
        return scores.reach.gains(rows)[0]
    if column == "exchange":
        return _exchange(scores, rows)
    if column == "ties":
        return scores.ties[rows].toarray().astype(float)
    gates = scores.gates
    distances = {"perspective": scores.perspective, "experience": gates.experience, "goals": gates.goals}
    return _distances(distances[column], rows, len(scores))


def _distances(distances: PersonDistances | None, rows: Ints, n: int) -> Floats:
    return np.full((len(rows), n), np.nan) if distances is None else np.array(distances.block(rows))


def _exchange(scores: PairScores, rows: Ints) -> Floats:
    """Topics one can teach and the other wants to learn, counted both ways."""
    if scores.topics is None:
        return np.full((len(rows), len(scores)), np.nan)
    offers, seeks = (side.astype(np.float64) for side in scores.topics)
    both: Floats = offers[rows] @ seeks.T + seeks[rows] @ offers.T
    return both
