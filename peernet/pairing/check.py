"""A pairing held against its scores again: gates, capacity, rules, values and the proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from peernet.matching.fairness import FairMatching
from peernet.matching.matching import reaches
from peernet.pairing.proof_check import broken_proof, broken_rules, is_as_good, limits_cost
from peernet.scores.pair_scores import PairScores

if TYPE_CHECKING:
    from peernet.pairing.pairing import Pairing

__all__ = ["ROUNDING", "stays_best", "total_value", "violations"]

ROUNDING = 1e-9
Violation = tuple[str, str, str]


def violations(pairing: Pairing) -> pd.DataFrame:
    """One row per violation, in the columns that `Pairing.check` documents."""
    fresh = pairing.scores.to_frame(pairing.pairs)
    found = [
        *_broken_gates(pairing, fresh),
        *_broken_capacity(pairing),
        *broken_rules(pairing),
        *_broken_totals(pairing, total_value(pairing.scores, fresh)),
        *broken_proof(pairing),
    ]
    return pd.DataFrame(found, columns=["rule", "who", "found"])


def total_value(scores: PairScores, table: pd.DataFrame) -> float:
    """Value of the pairs of a table, less what broken limits on their number cost."""
    return float(table["value"].sum()) - limits_cost(scores, list(zip(table["a"], table["b"], strict=True)))


def stays_best(pairing: Pairing) -> bool:
    """Whether a pairing that was changed by hand is still as good as the best."""
    if not pairing.matching.proven:
        return False
    if isinstance(pairing.matching, FairMatching):
        return is_as_good(pairing, pairing.matching)
    return pairing.is_bounded and reaches(pairing.objective, pairing.bound)


def _broken_gates(pairing: Pairing, fresh: pd.DataFrame) -> Iterator[Violation]:
    for row in fresh[fresh["blocked"] != ""].itertuples():
        yield "gates", f"{row.a} and {row.b}", str(row.blocked)
    for a, b in {pair for pair, count in Counter(pairing.pairs).items() if count > 1}:
        yield "once", f"{a} and {b}", "paired more than once"


def _broken_capacity(pairing: Pairing) -> Iterator[Violation]:
    count = pd.concat([pairing.table["a"], pairing.table["b"]]).value_counts()
    allowed = pairing.scores.capacity.reindex(count.index)
    for person in count.index[count > allowed]:
        yield "capacity", str(person), f"{count[person]} partners, {allowed[person]} allowed"


def _broken_totals(pairing: Pairing, total: float) -> Iterator[Violation]:
    tolerance = ROUNDING * max(1.0, abs(total))
    if abs(total - pairing.objective) > tolerance:
        yield "objective", "total", f"{total!r} recomputed, {pairing.objective!r} stated"
    if pairing.is_bounded and total > pairing.bound + tolerance:
        yield "bound", "total", f"{total!r} is above the bound {pairing.bound!r}"
    by_total = pairing.proven and pairing.settings["objective"] == "total"
    if by_total and not (pairing.is_bounded and reaches(total, pairing.bound)):
        yield "bound", "total", f"called proven, but {total!r} is below the bound {pairing.bound!r}"
