"""What one way of pairing comes to: its gain, its foundation, and who ends up with how much in reach."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity.ledger import gini
from peernet.pairing.record import GivenPairs
from peernet.scores.pair_scores import PairScores

__all__ = ["measured", "places_of", "share"]

FOUNDED = ("mutual", "introduced")


def measured(scores: PairScores, pairs: GivenPairs, everybody: float) -> dict[str, float]:
    """The columns of `Comparison.table` that describe one set of pairs; ``everybody``: perspectives there are."""
    table = scores.to_frame(pairs)
    pairs = list(zip(table["a"], table["b"], strict=True))
    firsts, seconds = places_of(scores, pairs)
    own = table[["gain_a", "gain_b"]].to_numpy()
    after = _reach_after(scores, firsts, seconds, own)
    return {
        "pairs": len(table),
        "gain": float(np.nansum(scores.worth(own[:, 0], own[:, 1], firsts, seconds))),
        "low": np.nan,
        "high": np.nan,
        "worst_off": float(np.nanmin(own)) if len(table) else np.nan,
        "founded": share(table["foundation"].isin(FOUNDED)),
        "possible": share(table["blocked"] == ""),
        "repeats": share(scores.ties[firsts, seconds] > 0) if len(table) else np.nan,
        "coverage": float(after.mean() / everybody) if len(after) else np.nan,
        "gini": gini(after) if len(after) else np.nan,
    }


def _reach_after(scores: PairScores, firsts: Ints, seconds: Ints, own: Floats) -> pd.Series[float]:
    """What everybody has in reach with these pairs; the gains of those with one partner are known already."""
    sides, gains = np.concatenate([firsts, seconds]), own.T.ravel()
    partners = np.concatenate([seconds, firsts])
    after = scores.reach.exposure.copy()
    once = (np.bincount(sides, minlength=len(after))[sides] == 1) & ~np.isnan(gains)
    after[sides[once]] += gains[once]
    for person in np.unique(sides[~once]):
        after[person] = scores.reach.exposure_with(person, partners[sides == person].tolist())
    return pd.Series(after).dropna()


def places_of(scores: PairScores, pairs: list[tuple[str, str]]) -> tuple[Ints, Ints]:
    """Positions of the first and of the second of each pair."""
    firsts, seconds = (scores.people.get_indexer(pd.Index([pair[side] for pair in pairs])) for side in (0, 1))
    return firsts, seconds


def share(condition: pd.Series[bool] | Flags | Floats) -> float:
    """How often something holds; missing where there is nothing."""
    return float(np.mean(condition)) if len(condition) else float("nan")
