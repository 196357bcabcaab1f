"""A pairing held against its scores again: gates, capacity, rules, values, and the proof by duality.

The bound is worked out anew from the certificate (the dual solution), without the engine that found it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from peernet._wording import count_in_digits
from peernet.matching.fair_limits import FairWithinLimits, is_fairest_within
from peernet.matching.fairness import FairMatching, is_fairest
from peernet.matching.limits import LimitedMatching, confirmed_bound
from peernet.matching.matching import reaches
from peernet.pairing.objectives import EngineWeights, wishes_kept
from peernet.pairing.record import VIOLATION, PairingRecord, Violation
from peernet.scores.cells import Limit, PairsAt
from peernet.scores.pair_scores import PairScores

ROUNDING = 1e-9
Pairs = Sequence[tuple[str, str]]


def violations(pairing: PairingRecord) -> pd.DataFrame:
    """One row per violation, in the columns that `Pairing.check` documents."""
    fresh = pairing.scores.to_frame(pairing.pairs)
    found = [
        *_broken_gates(pairing, fresh),
        *_broken_capacity(pairing),
        *_broken_rules(pairing),
        *_broken_totals(pairing, total_value(pairing.scores, fresh)),
        *_broken_proof(pairing),
    ]
    return pd.DataFrame(found, columns=VIOLATION)


def total_value(scores: PairScores, table: pd.DataFrame) -> float:
    """Value of the pairs of a table, less what broken limits on their number cost."""
    return float(table["value"].sum()) - limits_cost(scores, list(zip(table["a"], table["b"], strict=True)))


def stays_best(pairing: PairingRecord) -> bool:
    """Whether a pairing that was changed by hand is still as good as the best."""
    if not pairing.matching.proven:
        return False
    if isinstance(pairing.matching, FairMatching):
        return is_as_good(pairing, pairing.matching)
    return pairing.is_bounded and reaches(pairing.objective, pairing.bound)


def _broken_gates(pairing: PairingRecord, fresh: pd.DataFrame) -> Iterator[Violation]:
    for row in fresh[fresh["blocked"] != ""].itertuples():
        yield "gates", f"{row.a} and {row.b}", str(row.blocked)
    for a, b in {pair for pair, count in Counter(pairing.pairs).items() if count > 1}:
        yield "once", f"{a} and {b}", "paired more than once"


def _broken_capacity(pairing: PairingRecord) -> Iterator[Violation]:
    count = pd.concat([pairing.table["a"], pairing.table["b"]]).value_counts()
    allowed = pairing.scores.capacity.reindex(count.index)
    for person in count.index[count > allowed]:
        yield (
            "capacity",
            str(person),
            f"{count_in_digits(count[person], 'partner', 'partners')}, {allowed[person]} allowed",
        )


def _broken_totals(pairing: PairingRecord, total: float) -> Iterator[Violation]:
    for rule, who, found in pairing.broken_totals(total, ROUNDING):
        if pairing.is_bounded or rule != "bound":
            yield rule, who, found
    by_total = pairing.proven and pairing.settings["objective"] == "total"
    if by_total and not (pairing.is_bounded and reaches(total, pairing.bound)):
        yield "bound", "total", f"called proven, but {total!r} is below the bound {pairing.bound!r}"


def _broken_rules(pairing: PairingRecord) -> Iterator[Violation]:
    """Required pairs that are not made, and limits without a price that are not kept."""
    made = set(pairing.pairs)
    for a, b in pairing.required:
        if (min(a, b), max(a, b)) not in made:
            yield "required", f"{a} and {b}", "not paired"
    for limit, excess in excesses(pairing.scores, pairing.pairs):
        if math.isinf(limit.price):
            yield (
                "rules",
                limit.rule.told,
                f"{count_in_digits(excess, 'pair', 'pairs')} too {'many' if limit.sign > 0 else 'few'}",
            )


def limits_cost(scores: PairScores, pairs: Pairs) -> float:
    """What limits with a price cost, where they are not kept."""
    return math.fsum(limit.price * excess for limit, excess in excesses(scores, pairs) if math.isfinite(limit.price))


def excesses(scores: PairScores, pairs: Pairs) -> Iterator[tuple[Limit, int]]:
    """Limits that are not kept, and by how many pairs."""
    limits = () if scores.applied_rules is None else scores.applied_rules.limits
    if not limits:
        return
    places = np.array([(scores.position(a), scores.position(b)) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    for limit in limits:
        counted = limit.cells.mask(PairsAt(*places.T))
        if excess := limit.excess(int(counted.sum())):
            yield limit, excess


def _broken_proof(pairing: PairingRecord) -> Iterator[Violation]:
    """Whether the stated bound, and the stated fairness, are what the certificates prove."""
    names, found = EngineWeights(pairing.scores), pairing.matching
    required, cardinality = pairing.required, pairing.settings["cardinality"]
    if pairing.proven and not {*pairing.scores.wished} <= {*required}:
        yield from _broken_wishes(pairing)
    best = found.best if isinstance(found, FairWithinLimits) else found
    if isinstance(best, LimitedMatching):
        proven = confirmed_bound(names.pool(required), best)
    else:
        proven = names.proven_bound(found, required=required, cardinality=cardinality)
    yield from pairing.broken_bound(proven, ROUNDING)
    if isinstance(found, FairMatching) and pairing.proven and not _is_proven(pairing, names, found):
        yield "fairness", "everyone", "called fairest, but the certificates do not prove it"


def _broken_wishes(pairing: PairingRecord) -> Iterator[Violation]:
    """Whether more could be made of the pairs required at a price that means never; searched again."""
    applied = pairing.scores.applied_rules
    prices = {(a, b): price for a, b, price in (() if applied is None else applied.wished)}
    best, _ = wishes_kept(pairing.scores, pairing.settings["required"], pairing.settings["cardinality"])
    made = [pair for pair in prices if pair in pairing.required]
    if sum(prices[pair] for pair in best) > sum(prices[pair] for pair in made) * (1 + ROUNDING):
        yield "rules", " ".join(f"required {a} and {b}" for a, b in best if (a, b) not in made), "could be kept"


def is_as_good(pairing: PairingRecord, found: FairMatching) -> bool:
    """Whether a pairing is as fair as a fair matching, worth as much, and of as many pairs where those come first."""
    names = EngineWeights(pairing.scores)
    sides = names.sides()
    made, best = (np.sort(sides.levels(pairs)) for pairs in (names.positions(pairing.pairs), found.pairs))
    worth = abs(pairing.objective - found.objective) <= ROUNDING * max(1.0, abs(found.objective))
    return bool((made == best).all()) and worth and pairing.is_bounded


def _is_proven(pairing: PairingRecord, names: EngineWeights, found: FairMatching) -> bool:
    """Whether a pairing is as good as a fair matching whose certificates hold."""
    required = pairing.required
    sides = names.sides(required, fill=pairing.settings["cardinality"] == "max")
    if isinstance(found, FairWithinLimits):
        pool = names.kept_pool(required, found.best.pairs)
        return is_as_good(pairing, found) and is_fairest_within(sides, pool, found)
    return is_as_good(pairing, found) and is_fairest(sides, found)
