"""How far the distances of pairs would come out again had other questions of the same kind been asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from peernet._arrays import Floats
from peernet.distance.distances import PersonDistances

__all__ = ["distance_reliability", "repeat_share"]

PEOPLE = 300  # among so many people, evenly spread, reliability is worked out


def distance_reliability(distances: PersonDistances) -> float:
    """Cronbach's alpha of the distances of pairs, each item's part taken as one question; from 0 to 1.

    Missing where fewer than two items set people apart or no pair is compared by two of them.
    """
    parts = _parts(distances)
    if min(parts.shape) < 2:
        return float("nan")
    together = parts.cov().to_numpy()
    total, k = np.nansum(together), len(together)
    if not total > 0:
        return float("nan")
    return float(np.clip(k / (k - 1) * (1 - np.nansum(np.diag(together)) / total), 0.0, 1.0))


def repeat_share(reliability: float) -> float:
    """Share of the items to draw, with replacement, so that a draw differs from the survey as a repeat does.

    Given an observed distance d with mean m, variance v and reliability r, a repeat's is expected at m + r (d - m) with
    variance v (1 - r)(1 + r). Drawing a share s of the items leaves d where it is and adds variance v (1 - r) / s.
    Pairings only depend on how the two compare: r**2 / (1 + r) = s.
    """
    return reliability**2 / (1 + reliability)


def _parts(distances: PersonDistances) -> pd.DataFrame:
    """What each item adds to the distance of each pair: a row per pair, a column per item that weighs."""
    n, shares = len(distances), distances.shares
    people = np.unique(np.linspace(0, n - 1, min(n, PEOPLE)).round().astype(np.int64)) if n else np.arange(0)
    above = np.triu_indices(len(people), k=1)
    asked = np.flatnonzero(shares > 0).tolist()
    columns = {v: shares[v] * _alone(distances, v).block(people, people)[above] for v in asked}
    return pd.DataFrame(columns)


def _alone(distances: PersonDistances, v: int) -> PersonDistances:
    only: Floats = np.eye(len(distances.shares))[v]
    return replace(distances, weights=pd.Series(only, index=distances.weights.index, name="weight"))
