"""What a pairing is to be best at, and the search that proves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from peernet.errors import check_choice
from peernet.matching.fair_limits import fairest_within
from peernet.matching.fairness import FairMatching, fairest
from peernet.matching.limits import best_within_limits
from peernet.matching.matching import Matching
from peernet.matching.problem import deadline_after
from peernet.pairing.record import Pairs
from peernet.pairing.weights import ByName
from peernet.scores.pair_scores import PairScores

__all__ = ["OBJECTIVES", "best_pairs", "best_under_rules", "price_of_fairness", "with_required"]

OBJECTIVES = ("total", "fair")


def with_required(scores: PairScores, required: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Pairs required here and by the rules."""
    by_rule = () if scores.ruling is None else scores.ruling.required
    return tuple(dict.fromkeys([*required, *by_rule]))


def best_pairs(
    scores: PairScores,
    objective: str,
    *,
    required: Sequence[tuple[str, str]],
    cardinality: str | None,
    time_limit: float | None,
    progress: bool,
) -> tuple[Matching, Pairs]:
    """The best matching by some objective, with its proof, and its pairs as people."""
    check_choice("objective", objective, OBJECTIVES)
    names = ByName(scores)
    if objective == "total" and not names.limits:
        return names.best(required=required, cardinality=cardinality, time_limit=time_limit)
    check_choice("cardinality", cardinality, (None, "max"))
    deadline = deadline_after(time_limit)
    if objective == "fair":
        found: Matching = _fairest(names, required, cardinality, deadline, progress=progress)
    else:
        found = best_within_limits(names.pool(required), fill=cardinality == "max", deadline=deadline)
    return found, [(names.people[i], names.people[j]) for i, j in found.pairs]


def best_under_rules(scores: PairScores) -> tuple[Matching, Pairs]:
    """The matching of largest total value under the rules the scores are under, and its pairs as people."""
    required = with_required(scores, ())
    return best_pairs(scores, "total", required=required, cardinality=None, time_limit=None, progress=False)


def _fairest(
    names: ByName, required: Sequence[tuple[str, str]], cardinality: str | None, deadline: float, *, progress: bool
) -> FairMatching:
    fill = cardinality == "max"
    sides = names.sides(required, fill=fill)
    if not names.limits:
        best, _ = names.best(required=required, cardinality=cardinality)
        return fairest(sides, best, deadline=deadline, progress=progress)
    pool = names.pool(required)
    within = best_within_limits(pool, fill=fill, deadline=deadline)
    return fairest_within(sides, pool, within, deadline=deadline, progress=progress)


def price_of_fairness(found: Matching) -> float:
    """Share of the largest total value that a fair matching gives up; 0 for any other."""
    if not isinstance(found, FairMatching) or not found.best_total:
        return 0.0
    return (found.best_total - found.objective) / abs(found.best_total)
