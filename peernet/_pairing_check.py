"""A pairing held against its scores again: gates, capacity, required pairs, values and the bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from peernet._weights import ByName

if TYPE_CHECKING:
    from peernet.pairing import Pairing

__all__ = ["ROUNDING", "reaches", "violations"]

ROUNDING = 1e-9
Violation = tuple[str, str, str]


def violations(pairing: Pairing) -> pd.DataFrame:
    """One row per violation, in the columns that `Pairing.check` documents."""
    fresh = pairing.scores.to_frame(pairing.pairs)
    found = [
        *_broken_gates(pairing, fresh),
        *_broken_capacity(pairing),
        *_broken_requirements(pairing),
        *_broken_totals(pairing, float(fresh["value"].sum())),
        *_broken_bound(pairing),
    ]
    return pd.DataFrame(found, columns=["rule", "who", "found"])


def reaches(total: float, bound: float) -> bool:
    """Whether a total is as great as the bound, to within rounding."""
    return bound - total <= ROUNDING * max(1.0, abs(total))


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


def _broken_requirements(pairing: Pairing) -> Iterator[Violation]:
    made = {frozenset(pair) for pair in pairing.pairs}
    for a, b in pairing.settings["required"]:
        if frozenset((a, b)) not in made:
            yield "required", f"{a} and {b}", "not paired"


def _broken_totals(pairing: Pairing, total: float) -> Iterator[Violation]:
    tolerance = ROUNDING * max(1.0, abs(total))
    if abs(total - pairing.objective) > tolerance:
        yield "objective", "total", f"{total!r} recomputed, {pairing.objective!r} stated"
    if pairing.is_bounded and total > pairing.bound + tolerance:
        yield "bound", "total", f"{total!r} is above the bound {pairing.bound!r}"
    if pairing.proven and not (pairing.is_bounded and reaches(total, pairing.bound)):
        yield "bound", "total", f"called proven, but {total!r} is below the bound {pairing.bound!r}"


def _broken_bound(pairing: Pairing) -> Iterator[Violation]:
    rules = {rule: pairing.settings[rule] for rule in ("required", "cardinality")}
    proven = ByName(pairing.scores).proven_bound(pairing.matching, **rules)
    if proven > pairing.bound + ROUNDING * max(1.0, abs(pairing.bound)):
        yield "bound", "total", f"{pairing.bound!r} stated, but the certificate proves no less than {proven!r}"
