"""Who should meet whom: the pairing of greatest total weight, with a bound that proves it.

Everybody is in one pool; a pair has one weight and some pairs may not be allowed. The matching found comes with an
upper bound on the total of every matching there is. Where the two are equal, which is the rule, nothing better exists.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy.typing as npt

from peernet.errors import check_choice
from peernet.matching.best_pairs import Question, answer, ask, nobody
from peernet.matching.certificate import Certificate
from peernet.matching.greatest_pairs import greatest_pairs
from peernet.matching.matching_rules import read_rules
from peernet.matching.problem import deadline_after
from peernet.matching.proven_matching import Found, Solution, solve
from peernet.matching.resettling import Ground, lay_ground, resettle
from peernet.matching.resolver import OneAbsent, one_absent, who_left
from peernet.matching.weights import WeightBlocks, look_over, read_weights

__all__ = ["Certificate", "Matching", "Resolver", "WeightBlocks", "max_weight_matching", "verify_bound"]

HELD_BELOW = 5000  # people: up to 200 MB of weights are kept in memory for asking again


@dataclass(frozen=True)
class Matching:
    """Pairs and the proof that comes with them.

    Parameters
    ----------
    pairs
        Matched people by position, ``i < j``, sorted.
    objective
        Total weight of the pairs.
    bound
        No matching under the same rules has a greater total weight. Equal to ``objective`` where the proof is exact;
        where weights had to be rounded to integers for the proof, it also allows for that rounding.
    proven
        Whether the matching was proven best (of the rounded weights, where ``bound`` exceeds ``objective``).
    certificate
        The duals behind the bound; `verify_bound` holds them against the weights.

    Examples
    --------
    >>> Matching(pairs=((0, 1),), objective=2.0, bound=2.5, proven=False).gap
    0.25
    """

    pairs: tuple[tuple[int, int], ...]
    objective: float
    bound: float
    proven: bool
    certificate: Certificate | None = field(default=None, repr=False, compare=False)

    @property
    def gap(self) -> float:
        """How far the bound is above the objective, relative to the objective; 0 when proven exactly."""
        if self.bound <= self.objective:
            return 0.0
        return (self.bound - self.objective) / abs(self.objective) if self.objective else math.inf


def max_weight_matching(
    weights: npt.ArrayLike | WeightBlocks,
    *,
    allowed: npt.ArrayLike | None = None,
    capacity: npt.ArrayLike = 1,
    required: Iterable[tuple[int, int]] = (),
    cardinality: str | None = None,
    time_limit: float | None = None,
) -> Matching:
    """Pairing of greatest total weight.

    Parameters
    ----------
    weights
        Weight of every pair: a symmetric array (NaN = not allowed), a symmetric SciPy sparse matrix (absent = not
        allowed, stored zeros are allowed pairs), or an object with ``len()`` and ``block(rows)`` that returns the rows
        asked for (see `WeightBlocks`; its rows are taken to be symmetric). The diagonal is ignored.
    allowed
        Symmetric yes/no array or sparse matrix; a pair must be allowed here and by its weight.
    capacity
        The most partners a person can have: one number, or one per person. 0 keeps a person out. No pair occurs twice.
    required
        Pairs of positions that must be in the matching.
    cardinality
        None: greatest total weight; nobody is paired at a loss, and whether a pair of weight zero is used is left open.
        ``"max"``: as many pairs as possible first, then greatest total weight.
    time_limit
        Seconds after which the best pairing so far is returned with a valid bound. The limit is looked at between
        steps, so on large pools the answer may come some steps later.

    Returns
    -------
    Matching
        ``pairs``, ``objective``, ``bound``, ``proven``, ``gap`` and ``certificate``.

    Raises
    ------
    MatchingError
        If weights are not square, not symmetric or infinite, or a capacity or required pair makes no sense.
    InfeasibleError
        If a required pair is not allowed or asks for more partners than a person's capacity.
    SettingError
        If ``cardinality`` or ``time_limit`` is not one of the values above.

    References
    ----------
    Edmonds, J. (1965). Maximum matching and a polyhedron with 0,1-vertices. Journal of Research of the National Bureau
    of Standards B, 69, 125-130.
    Applegate, D., & Cook, W. (1993). Solving large-scale matching problems. DIMACS Series 12, 557-576.

    Examples
    --------
    The two who differ most are not paired where that would cost the others more:

    >>> import numpy as np
    >>> weights = np.array([[0, 5, 4, 1], [5, 0, 1, 4], [4, 1, 0, 1], [1, 4, 1, 0]])
    >>> best = max_weight_matching(weights)
    >>> best.pairs
    ((0, 2), (1, 3))
    >>> best.objective, best.bound, best.proven
    (8.0, 8.0, True)
    >>> max_weight_matching(weights, capacity=2).pairs
    ((0, 1), (0, 2), (1, 3), (2, 3))
    """
    check_choice("cardinality", cardinality, (None, "max"))
    deadline = deadline_after(time_limit)
    rules = read_rules(read_weights(weights, allowed), capacity, required)
    question = ask(rules, fill=cardinality == "max")
    return _matching(question, _best(question, deadline))


def verify_bound(
    matching: Matching,
    weights: npt.ArrayLike | WeightBlocks,
    *,
    allowed: npt.ArrayLike | None = None,
    capacity: npt.ArrayLike = 1,
    required: Iterable[tuple[int, int]] = (),
    cardinality: str | None = None,
) -> float:
    """Upper bound that a matching's certificate proves, worked out anew from the weights.

    The engine has no part in it: every allowed pair is held against the duals, and what a pair weighs above them raises
    the bound. A wrong certificate therefore proves a higher bound, or none, but never one that does not hold.

    Parameters
    ----------
    matching
        What `max_weight_matching` returned.
    weights, allowed, capacity, required, cardinality
        What it was given.

    Returns
    -------
    float
        No matching under these rules has a greater total weight; with ``cardinality="max"``, none of as many pairs or
        more. Infinite where the certificate is missing or not made for these people and capacities.

    Raises
    ------
    MatchingError, InfeasibleError, SettingError
        As `max_weight_matching` does.

    References
    ----------
    Schrijver, A. (2003). Combinatorial Optimization: Polyhedra and Efficiency. Springer, chapters 25 and 26.

    Examples
    --------
    >>> weights = [[0, 5, 4, 1], [5, 0, 1, 4], [4, 1, 0, 1], [1, 4, 1, 0]]
    >>> best = max_weight_matching(weights)
    >>> verify_bound(best, weights)
    8.0

    Duals that prove a total of 8 for some weights do not prove it for greater ones:

    >>> verify_bound(best, [[0, 9, 4, 1], [9, 0, 1, 4], [4, 1, 0, 1], [1, 4, 1, 0]])
    16.0
    """
    check_choice("cardinality", cardinality, (None, "max"))
    rules = read_rules(read_weights(weights, allowed), capacity, required)
    proof, span, most = matching.certificate, look_over(rules.table), rules.most_pairs
    lack = math.inf if proof is None else proof.lack(rules.table, rules.space)
    if proof is None or lack == math.inf:
        return math.inf
    counts = (0, most)
    if cardinality == "max" and span.count:
        counts = (len(matching.pairs) - len(rules.required), min(most, proof.most_pairs(span.smallest, lack)))
    return math.fsum([*rules.required_weights, min(proof.bound(counts, lack), span.most(counts))])


class Resolver:
    """A pool that is solved once and then asked again under stricter rules, each time proven.

    The search goes on from the duals of the first solution, so that asking again after a small change costs a
    fraction of solving anew. Answers depend only on what is asked, never on what was asked before.

    Parameters
    ----------
    weights, allowed, capacity, required, cardinality
        As `max_weight_matching` takes them.

    Attributes
    ----------
    matching : Matching
        The pairing of greatest total weight, as `max_weight_matching` would prove it.

    Raises
    ------
    MatchingError, InfeasibleError, SettingError
        As `max_weight_matching` does.

    Notes
    -----
    Of several pairings with the same total, asking again may give another one than solving anew. Where all are matched,
    one search answers who pairs with whom without any one person; it is made when that is first asked.

    Examples
    --------
    What is lost if persons 0 and 1 have to be paired?

    >>> import numpy as np
    >>> weights = np.array([[0, 5, 4, 1], [5, 0, 1, 4], [4, 1, 0, 1], [1, 4, 1, 0]])
    >>> pool = Resolver(weights)
    >>> pool.matching.objective - pool.again(required=[(0, 1)]).objective
    2.0
    >>> pool.again(absent=[2]).pairs
    ((0, 1),)
    """

    def __init__(
        self,
        weights: npt.ArrayLike | WeightBlocks,
        *,
        allowed: npt.ArrayLike | None = None,
        capacity: npt.ArrayLike = 1,
        required: Iterable[tuple[int, int]] = (),
        cardinality: str | None = None,
    ) -> None:
        check_choice("cardinality", cardinality, (None, "max"))
        table = read_weights(weights, allowed)
        if table.n <= HELD_BELOW and table.pairs is None:
            table = table.held()
        self._question = ask(read_rules(table, capacity, required), fill=cardinality == "max")
        self._first = _best(self._question, math.inf)
        self.matching = _matching(self._question, self._first)

    def __repr__(self) -> str:
        return f"<Resolver: {self._question.rules.given.n} people, {self.matching!r}>"

    def again(
        self,
        *,
        required: Iterable[tuple[int, int]] = (),
        forbidden: Iterable[tuple[int, int]] = (),
        absent: Iterable[int] = (),
    ) -> Matching:
        """Best pairing of the same pool under stricter rules.

        Parameters
        ----------
        required
            Pairs of positions that must be in the matching too.
        forbidden
            Pairs of positions that must not be in it.
        absent
            Positions of people who are not there.

        Returns
        -------
        Matching
            As `max_weight_matching` returns under these rules: the same objective, bound and proof. `verify_bound`
            checks its certificate when given the same rules: absent people with capacity 0, forbidden pairs not
            allowed, and all required pairs, the first ones too.

        Raises
        ------
        MatchingError
            If a pair or person is none of this pool.
        InfeasibleError
            If a required pair is forbidden or not allowed, has an absent person, or asks for more partners than a
            person's capacity.

        Examples
        --------
        >>> import numpy as np
        >>> weights = np.array([[0, 5, 4, 1], [5, 0, 1, 4], [4, 1, 0, 1], [1, 4, 1, 0]])
        >>> found = Resolver(weights).again(required=[(0, 1)], absent=[3])
        >>> found.pairs, found.bound
        (((0, 1),), 5.0)
        >>> verify_bound(found, weights, required=[(0, 1)], capacity=[1, 1, 1, 0])
        5.0
        """
        question = self._question.under(self._question.rules.also(required, forbidden, absent))
        if self._first is None or question.is_empty:
            return _matching(question, None)
        found = self._greatest(question) or self._one_absent(question) or resettle(self._ground, question.rules)
        return _matching(question, found)

    @cached_property
    def _ground(self) -> Ground:
        found = self._first if isinstance(self._first, Solution) else solve(self._question.problem(math.inf))
        return lay_ground(found.end)

    @cached_property
    def _anyone_out(self) -> OneAbsent | None:
        return one_absent(self._ground.at)

    def _greatest(self, question: Question) -> Found | None:
        """The answer where all pairs had the greatest weight and still can."""
        if isinstance(self._first, Solution):
            return None
        return greatest_pairs(question.rules, question.units, question.span.largest, before=self._first)

    def _one_absent(self, question: Question) -> Found | None:
        """The answer without one person, where that is all that is asked."""
        absent = who_left(self._question.rules, question.rules)
        return self._anyone_out.without(absent) if absent is not None and self._anyone_out else None


def _best(question: Question, deadline: float) -> Found | None:
    """The best pairs and their proof; None where pairing nobody is best."""
    if question.is_empty:
        return None
    shortest = greatest_pairs(question.rules, question.units, question.span.largest)
    return shortest or solve(question.problem(deadline))


def _matching(question: Question, found: Found | None) -> Matching:
    rules, best = question.rules, answer(question, found) if found else nobody(question)
    pairs = sorted([*map(tuple, rules.required.tolist()), *zip(best.u.tolist(), best.v.tolist(), strict=True)])
    objective = math.fsum(rules.required_weights.tolist() + best.weights)
    return Matching(tuple(pairs), objective, objective + best.room, best.proven, best.certificate)
