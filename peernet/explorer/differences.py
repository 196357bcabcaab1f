"""What one pairing changes against another, both counted alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from peernet.pairing.pairing import Pairing
from peernet.pairing.record import Pairs, difference
from peernet.scores.pair_scores import PairScores

COUNTING = ("value", "outlook")  # settings that change what a pair is worth, whoever may be paired


@dataclass(frozen=True)
class Difference:
    """What one pairing changes against another.

    Parameters
    ----------
    total, worst_off
        By how much the total value and the least gain of anybody with a partner are larger, in effective perspectives;
        nobody's gain counts as 0.
    lost, made
        Pairs given up and pairs made.
    left, newly
        Who loses their only partner, and who finds a first one.
    recounted
        Whether the other's pairs are counted as the one's settings count, since theirs count otherwise.
    proven
        Whether both are proven best.
    """

    total: float
    worst_off: float
    lost: Pairs
    made: Pairs
    left: tuple[str, ...]
    newly: tuple[str, ...]
    recounted: bool = False
    proven: bool = True


def worst_off(pairing: Pairing) -> float:
    """Least gain of anybody with a partner, in effective perspectives; 0 where nobody has one."""
    return float(pairing.table[["gain_a", "gain_b"]].min().min()) if len(pairing) else 0.0


def with_partner(pairing: Pairing) -> set[str]:
    """Everybody who has a partner."""
    return {*pairing.table["a"], *pairing.table["b"]}


def difference_of(now: Pairing, kept: Pairing) -> Difference:
    """What a pairing changes against the one that is kept; both are counted alike."""
    lost, made = difference(kept.pairs, now.pairs)
    before, after = with_partner(kept), with_partner(now)
    recounted = any(now.scores.settings[name] != kept.scores.settings[name] for name in COUNTING)
    value, least = counted_by(now.scores, kept.pairs) if recounted else (kept.objective, worst_off(kept))
    return Difference(
        now.objective - value,
        worst_off(now) - least,
        lost,
        made,
        tuple(sorted(before - after)),
        tuple(sorted(after - before)),
        recounted,
        now.proven and kept.proven,
    )


def counted_by(scores: PairScores, pairs: Pairs) -> tuple[float, float]:
    """What some pairs are worth as some scores count, whatever the gates say, and the least gain of anybody in them."""
    places = np.array([(scores.position(a), scores.position(b)) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    own, given = scores.gains(*places.T)
    value = np.nansum(scores.worth(own, given, *places.T)) - scores.to_frame(pairs).get("price", pd.Series()).sum()
    return float(value), float(np.nanmin([own, given])) if len(pairs) else 0.0
