"""Limits on numbers where people meet in rounds, trios and circles: what they count, what is left, what they cost.

A limit on pairs within or across groups holds in every round anew, and so does a capacity with a price, as capacities
do. How often somebody is the different one counts over all rounds, earlier ones included, as by its rule it counts the
pairs met before; who would gain more of whom is judged by what people hear before the first round.

A trio is three pairs, a circle as many as there are two people in it, and a limit counts each of them. Only for a
capacity a trio or circle is one place, however many people are in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import count_in_digits
from peernet.errors import InfeasibleError
from peernet.matching.limits import Counted, LimitedProblem, best_within_limits
from peernet.matching.matching import Matching
from peernet.meetings.held import Group, Round, pairs_in
from peernet.pairing.pool import PairList
from peernet.scores.cells import Limit
from peernet.scores.pair_scores import PairScores
from peernet.scores.ruling import different_one_limits


@dataclass(frozen=True)
class MeetingLimit:
    """At most or at least so many of some pairs, among people who meet in groups."""

    pairs: Flags  # the pairs counted, symmetric, people by position
    sign: int  # 1: at most, -1: at least
    number: int  # how many; below 0 where groups settled before hold more than there may be
    price: float  # what each pair too many or missing costs; infinite where the limit always holds
    told: str  # the limit in words
    once: bool = False  # whether a group counts as one pair at most: a place for partners
    lasting: bool = False  # whether it counts over all rounds, not in each anew
    never: bool = False  # whether the price is so high that it means never, see `Rule`

    @property
    def is_hard(self) -> bool:
        """Whether it is never broken, at no price."""
        return math.isinf(self.price)

    def count(self, groups: Iterable[Group]) -> int:
        """How many of the pairs in some groups it counts."""
        each = (sum(bool(self.pairs[pair]) for pair in combinations(group, 2)) for group in groups)
        return sum(min(found, 1) if self.once else found for found in each)

    def excess(self, groups: Iterable[Group]) -> int:
        """How many pairs too many, or missing."""
        return max(0, self.sign * (self.count(groups) - self.number))

    def after(self, groups: Iterable[Group]) -> MeetingLimit:
        """What is left of it beside some groups."""
        return replace(self, number=self.number - self.count(groups))

    @property
    def overrun(self) -> int:
        """How many pairs too many there are whatever else is made."""
        return max(0, -self.number) if self.sign > 0 else 0


Limits = tuple[MeetingLimit, ...]


def limits_on(scores: PairScores, earlier: Sequence[Round] = ()) -> Limits:
    """The limits that rules put on meetings; pairs of earlier rounds count where it is pairs met before that count."""
    if scores.applied_rules is None:
        return ()
    anew = [_limit(scores, limit) for limit in scores.applied_rules.limits if limit.rule.rule != "different one"]
    return (*anew, *_lasting(scores, earlier))


def _lasting(scores: PairScores, earlier: Sequence[Round]) -> Iterator[MeetingLimit]:
    """Limits on being the different one, once what happened in earlier rounds is taken off."""
    assert scores.applied_rules is not None  # `limits_on` asks for nothing else
    known = {
        frozenset((scores.position(str(rule.a)), scores.position(str(rule.b))))
        for rule in scores.applied_rules.rules.of("met")
    }
    fresh = [pair for pair in {*map(frozenset, pairs_in(earlier))} if pair not in known]
    for limit in different_one_limits(scores):
        found = _limit(scores, limit)
        yield replace(found.after(tuple(pair) for pair in fresh), lasting=True)


def _limit(scores: PairScores, limit: Limit) -> MeetingLimit:
    cells, once = limit.cells.mask(np.arange(len(scores))), limit.rule.rule == "capacity"
    return MeetingLimit(cells, limit.sign, limit.number, limit.price, limit.rule.told, once=once, never=limit.never)


def firm(limits: Limits, kept_by: Round | None = None) -> Limits:
    """The same limits where prices that mean never are no prices, or only where some groups keep them."""
    return tuple(
        replace(limit, price=math.inf) if limit.never and (kept_by is None or not limit.excess(kept_by)) else limit
        for limit in limits
    )


def left_of(limits: Limits, groups: Sequence[Group]) -> Limits:
    """What is left of some limits beside groups that are settled."""
    return tuple(limit.after(groups) for limit in limits)


def cost_of(limits: Limits, rounds: Sequence[Round]) -> float:
    """What broken limits with a price cost in some rounds together."""
    return math.fsum(
        limit.price * excess for limit, _, excess in excesses(limits, rounds) if math.isfinite(limit.price)
    )


def excesses(limits: Limits, rounds: Sequence[Round]) -> Iterator[tuple[MeetingLimit, int, int]]:
    """Limits that some rounds do not keep, in which of them (0: in all together), and by how many pairs."""
    whole = [group for groups in rounds for group in groups]
    for limit in limits:
        spans = [(0, whole)] if limit.lasting else enumerate(rounds, 1)
        for number, groups in spans:
            if excess := limit.excess(groups):
                yield limit, number, excess


def excess_in_words(limit: MeetingLimit, excess: int) -> str:
    """By how many pairs a limit is broken."""
    return f"{count_in_digits(excess, 'pair', 'pairs')} too {'many' if limit.sign > 0 else 'few'}"


def most_cost(limits: Limits, places: int) -> float:
    """No choice among so many places for partners breaks limits with a price at a higher cost."""
    return math.fsum(
        limit.price * (places if limit.sign > 0 else max(0, limit.number)) for limit in limits if not limit.is_hard
    )


def best_pairs_within(pairs: PairList, weight: Floats, capacity: Ints, limits: Limits) -> Matching:
    """The best matching of the pairs weighed like this under some limits, what they cost taken off.

    `InfeasibleError` if no choice keeps the limits that have no price.
    """
    over = [f"{limit.told}: {limit.overrun} too many already" for limit in limits if limit.is_hard and limit.overrun]
    if over:
        raise InfeasibleError(f"{'; '.join(over)}. Raise the number, give the rule a price, or require fewer pairs.")
    order = pairs.order
    counted = tuple(
        Counted(
            limit.pairs[np.ix_(order, order)],
            limit.sign,
            limit.number + limit.overrun,
            limit.price,
            limit.told,
        )
        for limit in limits
    )
    found = best_within_limits(LimitedProblem(_spread(pairs, weight), capacity[order], (), counted))
    settled = math.fsum(limit.price * limit.overrun for limit in limits if limit.overrun)
    return replace(found, objective=found.objective - settled, bound=found.bound - settled)


def _spread(pairs: PairList, weight: Floats) -> Floats:
    """Weights as a table, people by rank, missing where two cannot meet."""
    u, v = pairs.ranks
    table = np.full((pairs.n, pairs.n), np.nan)
    table[u, v] = table[v, u] = weight
    return table
