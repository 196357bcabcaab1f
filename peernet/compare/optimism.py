"""How much of the promised value the choice itself makes up: pairs chosen on half of the items, valued on the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet.distance.distances import PersonDistances
from peernet.errors import InfeasibleError
from peernet.pairing.objectives import best_under_rules
from peernet.scores.pair_scores import PairScores

__all__ = ["cross_fitted", "halves", "halves_of", "on_items"]

SPLITS = 10
SPLIT_COLUMNS = ["promised", "delivered", "optimism"]


def cross_fitted(scores: PairScores, *, rng: np.random.Generator, splits: int = SPLITS) -> pd.DataFrame:
    """Pairings chosen by each half of the perspective items and valued by the other, gates and rules as they are.

    One row per choice, index ``split``: ``promised``, ``delivered`` and ``optimism``. Pairs whose distance one of the
    halves leaves undefined count in neither total, and neither do prices of rules. Choices that cannot keep the rules,
    because a half leaves a pair undefined, are left out.
    """
    rows = [row for pair in halves_of(scores, rng=rng, splits=splits) for row in _valued(*pair)]
    return pd.DataFrame(rows, columns=SPLIT_COLUMNS, dtype=np.float64).rename_axis("split")


def halves_of(
    scores: PairScores, *, rng: np.random.Generator, splits: int = SPLITS
) -> Iterator[tuple[PairScores, PairScores]]:
    """The scores with perspective from one half of its items and from the other, each half first in turn.

    Nothing where fewer than two items set people apart.
    """
    asked = np.flatnonzero(scores.perspective.shares > 0)
    for _ in range(splits if len(asked) >= 2 else 0):
        one, other = (on_items(scores, half) for half in halves(asked, rng))
        yield one, other
        yield other, one


def halves(items: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Items dealt out into two halves."""
    mixed = items[np.argsort(rng.random(len(items)), kind="stable")]
    return mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]


def on_items(scores: PairScores, items: Ints) -> PairScores:
    """The same scores with perspective, and its usual scale, from some items; the gates stay."""
    shares = np.zeros_like(scores.perspective.shares)
    shares[items] = scores.perspective.shares[items]
    weights = pd.Series(shares / shares.sum(), index=scores.perspective.weights.index, name="weight")
    perspective: PersonDistances = replace(scores.perspective, weights=weights)
    reach = replace(scores.reach, distances=perspective)
    scale = scores.settings["scale"] * _ratio(perspective.median, scores.perspective.median)
    return replace(scores, perspective=perspective, reach=reach.rescaled(scale))


def _ratio(half: float, whole: float) -> float:
    return half / whole if half > 0 and whole > 0 else 1.0


def _valued(chosen_by: PairScores, valued_by: PairScores) -> Iterator[dict[str, float]]:
    try:
        _, best = best_under_rules(chosen_by)
    except InfeasibleError:
        return
    sides = np.array([[chosen_by.position(person) for person in pair] for pair in best], dtype=np.int64)
    sides = sides.reshape(-1, 2).T
    promised, delivered = (_gains(scores, *sides) for scores in (chosen_by, valued_by))
    both = ~np.isnan(promised + delivered)
    told, found = float(promised[both].sum()), float(delivered[both].sum())
    yield {"promised": told, "delivered": found, "optimism": 1 - found / told if told > 0 else np.nan}


def _gains(scores: PairScores, firsts: Ints, seconds: Ints) -> Floats:
    """Value of pairs, every gate ignored."""
    return scores.combined(*scores.gains(firsts, seconds))
