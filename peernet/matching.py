"""Who should meet whom: the pairing of greatest total weight, with a bound that proves it.

Everybody is in one pool; a pair has one weight and some pairs may not be allowed. The matching found comes with an
upper bound on the total of every matching there is. Where the two are equal, which is the rule, nothing better exists.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import index
from time import monotonic

import numpy as np
import numpy.typing as npt

from ._certificate import Certificate, no_duals
from ._copies import Copies, no_pairs
from ._matching_units import choose_units
from ._pair_weights import Floats, Ints, PairTable, WeightBlocks, listed, look_over, read_weights
from ._proven_matching import Problem, Solution, solve
from .errors import InfeasibleError, MatchingError, SettingError, check_choice

__all__ = ["Certificate", "Matching", "WeightBlocks", "max_weight_matching", "verify_bound"]

FEW_PARTNERS = 32  # per person; pools with fewer allowed pairs are solved on all of them


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
    deadline = _deadline(time_limit)
    rules = _read_rules(weights, allowed, capacity, required)
    found, weight, room, proven = _match(rules, fill=cardinality == "max", deadline=deadline)
    pairs = np.concatenate([rules.fixed, np.column_stack([found.u, found.v])]).tolist()
    objective = math.fsum([*rules.fixed_weights, *weight])
    return Matching(tuple(sorted(map(tuple, pairs))), objective, objective + room, proven, found.certificate)


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
    rules = _read_rules(weights, allowed, capacity, required)
    proof, span, most = matching.certificate, look_over(rules.table), rules.most_pairs
    lack = math.inf if proof is None else proof.lack(rules.table, rules.space)
    if proof is None or lack == math.inf:
        return math.inf
    counts = (0, most)
    if cardinality == "max" and span.count:
        counts = (len(matching.pairs) - len(rules.fixed), min(most, proof.most_pairs(span.smallest, lack)))
    return math.fsum([*rules.fixed_weights, min(proof.bound(counts, lack), span.most(counts))])


@dataclass(frozen=True)
class Rules:
    """What is left to decide beside the required pairs: allowed pairs, and partners each person still can have."""

    table: PairTable
    space: Ints
    fixed: Ints
    fixed_weights: Floats

    @property
    def most_pairs(self) -> int:
        """More pairs than this cannot be made."""
        return int(self.space.sum()) // 2


def _read_rules(
    weights: object, allowed: object, capacity: npt.ArrayLike, required: Iterable[tuple[int, int]]
) -> Rules:
    table = read_weights(weights, allowed)
    space = _read_capacity(capacity, table.n)
    fixed, fixed_weights = _read_required(required, table, space)
    space = space - np.bincount(fixed.ravel(), minlength=table.n)
    return Rules(table.without(fixed[:, 0], fixed[:, 1]), space, fixed, fixed_weights)


def _deadline(time_limit: float | None) -> float:
    if time_limit is None:
        return math.inf
    if not time_limit >= 0:
        raise SettingError(f"time_limit must be None or a number of seconds, 0 or more; got {time_limit!r}.")
    return monotonic() + time_limit


def _read_capacity(capacity: npt.ArrayLike, n: int) -> Ints:
    """Capacity of each person, cut to the number of others."""
    given = np.asarray(capacity)
    if given.shape not in ((), (n,)):
        raise MatchingError(f"capacity must be one number or one for each of the {n} people; got shape {given.shape}.")
    each = np.broadcast_to(given, n)
    whole = each.dtype.kind in "iu" or (each.dtype.kind == "f" and np.array_equal(each, np.rint(each)))
    if n and not (whole and each.min() >= 0):
        raise MatchingError(f"capacity must be whole numbers, 0 or more; got {_first_bad(each)}.")
    return np.asarray(np.minimum(each, max(0, n - 1)), dtype=np.int64)


def _first_bad(each: np.ndarray) -> str:
    if each.dtype.kind not in "iuf":
        return f"{each[0]!r}"
    person = int(np.flatnonzero(~((each >= 0) & (each == np.rint(each))))[0])
    return f"{each[person]} for person {person}"


def _read_required(required: Iterable[tuple[int, int]], table: PairTable, space: Ints) -> tuple[Ints, Floats]:
    """Required pairs, one row each, and their weights; checked against what is allowed."""
    fixed = sorted({_ordered(pair, table.n) for pair in required})
    pairs = np.array(fixed, dtype=np.int64).reshape(-1, 2)
    weight = table.weight_of(pairs[:, 0], pairs[:, 1])
    for (i, j), w in zip(fixed, weight, strict=True):
        if np.isnan(w):
            raise InfeasibleError(f"Required pair ({i}, {j}) is not allowed. Allow it or drop it from required.")
    wanted = np.bincount(pairs.ravel(), minlength=table.n)
    for person in np.flatnonzero(wanted > space).tolist():
        named = ", ".join(str(pair) for pair in fixed if person in pair)
        raise InfeasibleError(
            f"Person {person} has capacity {space[person]} but is in {wanted[person]} required pairs: {named}. "
            "Raise the capacity or require fewer."
        )
    return pairs, weight


def _ordered(pair: tuple[int, int], n: int) -> tuple[int, int]:
    try:
        i, j = sorted(map(index, pair))
    except (TypeError, ValueError) as error:
        raise MatchingError(f"A required pair must be two positions of people; got {pair!r}.") from error
    if i == j or i < 0 or j >= n:
        raise MatchingError(f"Required pair ({i}, {j}) must be two different people from 0 to {n - 1}.")
    return i, j


def _match(rules: Rules, *, fill: bool, deadline: float) -> tuple[Solution, Floats, float, bool]:
    """Best pairs apart from the required ones, their weights, room below the bound, and whether they are proven."""
    table, space, most = rules.table, rules.space, rules.most_pairs
    span = look_over(table)
    if not span.count or not most or not (fill or span.largest > 0):
        return Solution(no_pairs().u, no_pairs().v, no_duals(space)), np.empty(0), 0.0, True
    if span.count <= FEW_PARTNERS * table.n:
        table = listed(table)
    units = choose_units(table, span, most_pairs=most, fill=fill)
    bonus = int(units.to_integers(np.array([span.largest]))[0]) + 2
    found = solve(Problem(table, units, Copies(space, no_pairs(), bonus), deadline))
    weights = table.weight_of(found.u, found.v)
    proven = found.certificate.value == sum(units.to_integers(weights).tolist())
    counts = (len(weights), len(weights) if proven and fill else most)
    upper = found.certificate.bound(counts, 0.0 if units.exact else 1.0)
    if not proven:
        upper = min(upper, span.most(counts))
    return found, weights, max(0.0, upper - math.fsum(weights)), proven
