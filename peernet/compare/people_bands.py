"""Where ways of pairing lie between chance and what is attainable, had other people of the kind been asked.

People are drawn anew, not pairs: everybody gets a weight, the same in every way of pairing, and a pair counts with the
product of its people's. So two ways of pairing that serve the same people go up and down together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints

__all__ = ["DRAWS", "Valued", "drawn_people", "pair_weights", "position_bands"]

BAND_DRAWS = 200
BAND = (0.025, 0.975)
LIKE_PAIRS = np.sqrt(2) - 1  # variance of a person's weight that gives the product of two the variance 1


@dataclass(frozen=True)
class Valued:
    """Pairs by position, and what each is worth."""

    firsts: Ints
    seconds: Ints
    values: Floats

    def total(self, weights: Floats) -> float:
        """Total value for people of these weights, as if their number had stayed."""
        pairs = pair_weights(weights, self.firsts, self.seconds)
        known = ~np.isnan(self.values)
        if not pairs[known].sum() > 0:
            return 0.0
        return float(pairs[known] @ self.values[known] / pairs[known].sum() * known.sum())


def drawn_people(people: int, rng: np.random.Generator) -> Floats:
    """Weights of people drawn anew.

    They are gamma distributed, with a variance that gives pairs who have nobody in common the same freedom as drawing
    pairs would.
    """
    weights: Floats = rng.gamma(1 / LIKE_PAIRS, LIKE_PAIRS, size=people)
    return weights


def pair_weights(weights: Floats, firsts: Ints, seconds: Ints) -> Floats:
    """Weights of pairs: the product of their people's, so that pairs who share somebody go up and down together."""
    product: Floats = weights[firsts] * weights[seconds]
    return product


def position_bands(
    ways: Mapping[str, Valued], chance: Valued, draws: int, most: Valued, people: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Ends of the 95 % bands of each way's position: ``position_low`` and ``position_high``, index as ``ways``.

    ``chance`` holds the pairs of that many random ``draws`` together.
    """
    found = np.full((BAND_DRAWS, len(ways)), np.nan)
    for draw in range(BAND_DRAWS):
        weights = drawn_people(people, rng)
        middle = chance.total(weights) / draws
        room = most.total(weights) - middle
        if room > 0:
            found[draw] = [(way.total(weights) - middle) / room for way in ways.values()]
    known = found[~np.isnan(found).any(axis=1)]
    low, high = np.quantile(known, BAND, axis=0) if len(known) else (np.nan, np.nan)
    return pd.DataFrame({"position_low": low, "position_high": high}, index=list(ways))
