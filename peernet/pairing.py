"""A pairing that is proven best, checked again on request, with a reason for everyone left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from peernet._arrays import Codes, Floats, Integers
from peernet._gates import REASONS
from peernet._objectives import best_pairs, price_of_fairness, with_required
from peernet._proof_check import broken_limits_cost, broken_proof, broken_rules
from peernet._rules import Rules
from peernet.errors import InfeasibleError
from peernet.matching import Matching
from peernet.scores import PairScores

__all__ = ["Pairing", "pair_people"]

ROUNDING = 1e-9
GATE_OF = {
    "reporting line": "rules",
    "veto": "rules",
    "foundation refused": "foundation",
    "foundation unknown": "foundation",
    "foundation not accepted": "foundation",
    "too few shared answers": "too few answers",
    "experience too different": "experience",
    "goals too different": "goals",
    "perspective too close": "perspective band",
    "perspective out of reach": "perspective band",
    "forbidden": "rules",
    "met before": "rules",
    "same group": "rules",
    "different group": "rules",
    "too few shared hours": "rules",
    "the different one too often": "rules",
    "gain below the floor": "floor",
}


@dataclass(frozen=True, repr=False)
class Pairing:
    """Who is paired with whom, and the proof that no other pairing is worth more.

    Parameters
    ----------
    table
        One row per pair: ``pair`` (number), ``a``, ``b`` and the score columns of `PairScores.to_frame`.
    unpaired
        One row per person without a partner: ``person``, ``reason`` (did not answer, opted out, wants no partner, no
        possible partner, nothing new, left over) and ``detail``, the numbers behind it.
    objective
        Total value of the pairs, in effective perspectives, less what broken limits on their number cost.
    bound
        No pairing within the gates is worth more than this.
    proven
        Whether the objective is the optimum, to within rounding; of a fair pairing, whether no pairing is fairer.
    settings
        What was chosen, enough to pair again.
    scores
        The scores the pairing was made from; `check` reads them afresh.
    matching
        What the exact engine found, with the certificate of its bound.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.pair_people(scores)
    <Pairing: 102 pairs, 57 people without a partner, total value 4.347 (proven optimal)>
    """

    table: pd.DataFrame
    unpaired: pd.DataFrame
    objective: float
    bound: float
    proven: bool
    settings: Mapping[str, Any]
    scores: PairScores = field(repr=False, compare=False)
    matching: Matching = field(repr=False, compare=False)

    @property
    def gap(self) -> float:
        """Share of the bound that the pairing may fall short, 0 where it is proven exactly."""
        return max(0.0, self.bound - self.objective) / abs(self.bound) if self.bound else 0.0

    @property
    def price_of_fairness(self) -> float:
        """Share of the largest total value that a fair pairing gives up; 0 where the total was the objective."""
        return price_of_fairness(self.matching)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs as tuples of people."""
        return list(zip(self.table["a"], self.table["b"], strict=True))

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        best = "proven fairest" if self.settings["objective"] == "fair" else "proven optimal"
        proof = best if self.proven else f"gap {self.gap:.2%}"
        return (
            f"<Pairing: {len(self.table):,} pairs, {len(self.unpaired):,} people without a partner, "
            f"total value {self.objective:.3f} ({proof})>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.table.head(10).round(3).to_html()}"

    def check(self) -> pd.DataFrame:
        """Hold the pairing against its scores again: gates, rules, capacity, values, and the proof against all pairs.

        The bound is worked out anew from the certificate without the engine. Of a fair pairing every level's
        certificate is held against the gains. Under limits on the number of pairs the certificate proves which pairs
        can be left out; those in doubt, if any, are searched again.

        Returns
        -------
        DataFrame
            One row per violation: ``rule``, ``who``, ``found``. Empty when everything holds.
        """
        fresh = self.scores.to_frame(self.pairs)
        totals = [*self._broken_totals(fresh), *broken_proof(self)]
        found = [*self._broken_gates(fresh), *self._broken_capacity(), *broken_rules(self), *totals]
        return pd.DataFrame(found, columns=["rule", "who", "found"])

    def _broken_gates(self, fresh: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
        for row in fresh[fresh["blocked"] != ""].itertuples():
            yield "gates", f"{row.a} and {row.b}", str(row.blocked)
        for a, b in {pair for pair, count in Counter(self.pairs).items() if count > 1}:
            yield "once", f"{a} and {b}", "paired more than once"

    def _broken_capacity(self) -> Iterator[tuple[str, str, str]]:
        count = pd.concat([self.table["a"], self.table["b"]]).value_counts()
        allowed = self.scores.capacity.reindex(count.index)
        for person in count.index[count > allowed]:
            yield "capacity", str(person), f"{count[person]} partners, {allowed[person]} allowed"

    def _broken_totals(self, fresh: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
        total = float(fresh["value"].sum()) - broken_limits_cost(self.scores, self.pairs)
        tolerance = ROUNDING * max(1.0, abs(total))
        if abs(total - self.objective) > tolerance:
            yield "objective", "total", f"{total!r} recomputed, {self.objective!r} stated"
        if total > self.bound + tolerance:
            yield "bound", "total", f"{total!r} is above the bound {self.bound!r}"
        if self.proven and self.settings["objective"] == "total" and self.bound - total > tolerance:
            yield "bound", "total", f"called proven, but {total!r} is below the bound {self.bound!r}"


def pair_people(
    scores: PairScores,
    *,
    rules: Rules | None = None,
    objective: str = "total",
    floor: float | None = None,
    required: Iterable[tuple[str, str]] = (),
    cardinality: str | None = None,
    time_limit: float | None = None,
    progress: bool = True,
) -> Pairing:
    """Pair people so that the total value is largest, or so that the worst-off gain most, with a proof.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    rules
        What the programme demands, see `Rule`; on top of rules the scores are under already.
    objective
        ``"total"``: the largest total value. ``"fair"``: the worst-off person gains as much as anyone could see to,
        then the next, and so on; ties go by total value. A person counts with the best gain that any of their places
        brings, prices taken off, to nine decimals; a free place, and so nobody to meet, brings nothing.
    floor
        The least each side of a pair must gain; pairs that bring somebody less are not possible.
    required
        Pairs that must be made.
    cardinality
        ``"max"`` pairs as many people as possible first; by default people who add nothing to anyone stay single.
    time_limit
        Seconds after which the best pairing so far is returned, with its bound.
    progress
        Whether to show a progress bar where a fair pairing takes longer than two seconds.

    Returns
    -------
    Pairing
        The same pairs whatever the order of the rows of the survey. Of a fair pairing, `Pairing.price_of_fairness`
        says what share of the largest total value it gives up, and ``bound`` is a bound on that largest total.

    Raises
    ------
    InfeasibleError
        If a required pair is not possible, or no pairing keeps a limit of the rules; see `feasibility`.
    RulesError
        If a rule names somebody or a column that is not there.
    SettingError
        If a setting is not one of the values above, or a fair pairing is asked for under limits on the number of pairs.

    References
    ----------
    Bertsimas, D., Farias, V. F., & Trichakis, N. (2011). The price of fairness. Operations Research, 59, 17-31.
    Edmonds, J. (1965). Maximum matching and a polyhedron with 0,1-vertices. Journal of Research of the National
    Bureau of Standards 69B, 125-130.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> pairing.proven, len(pairing.check())
    (True, 0)
    """
    scores = scores if rules is None else scores.under(rules)
    scores = scores if floor is None else scores.floored(floor)
    required = with_required(scores, required)
    _check_required(scores, required)
    best, pairs = best_pairs(
        scores, objective, required=required, cardinality=cardinality, time_limit=time_limit, progress=progress
    )
    table = scores.to_frame(pairs)
    table.insert(0, "pair", np.arange(1, len(table) + 1))
    unpaired = _unpaired(scores, {*table["a"], *table["b"]})
    asked = {"required": required, "cardinality": cardinality, "time_limit": time_limit}
    settings = {"floor": None, **scores.settings, "objective": objective, **asked}
    return Pairing(table, unpaired, best.objective, best.bound, best.proven, settings, scores, best)


def _check_required(scores: PairScores, required: Sequence[tuple[str, str]]) -> None:
    asked = scores.to_frame(required)
    problems = [
        f"{row.a!r} and {row.b!r} are required but cannot be paired: {row.blocked}."
        for row in asked[asked["blocked"] != ""].itertuples()
    ]
    if problems:
        raise InfeasibleError(" ".join(problems) + " Drop the requirement, or open the gate for everyone.")


def _unpaired(scores: PairScores, paired: set[str]) -> pd.DataFrame:
    left = [i for i, person in enumerate(scores.people) if person not in paired]
    reasons = []
    for rows in scores.blocks():
        chosen = np.intersect1d(rows, left)
        if len(chosen):
            reasons += _reasons(scores, chosen)
    found = pd.DataFrame(reasons, columns=["reason", "detail"])
    found.insert(0, "person", scores.people[left])
    return found.astype("str")


def _reasons(scores: PairScores, rows: Integers) -> list[tuple[str, str]]:
    codes, values = scores.gates.codes(rows), scores.block(rows)
    capacity = scores.capacity.to_numpy()
    return [_reason(int(scores.gates.out[i]), capacity[i], codes[r], values[r]) for r, i in enumerate(rows)]


def _reason(out: int, capacity: int, codes: Codes, values: Floats) -> tuple[str, str]:
    """Why one person is left without a partner, in a word and in detail, never saying who did not trust whom."""
    if out or not capacity:
        return (REASONS[out] if out else "wants no partner"), ""
    possible = int((codes == 0).sum())
    if not possible:
        return "no possible partner", f"nobody passes every gate ({_tally(codes)})"
    if not (np.nan_to_num(values) > 0).any():
        return "nothing new", f"none of the {possible} possible partners adds a new perspective"
    return "left over", f"each of the {possible} possible partners brings more elsewhere"


def _tally(codes: Codes) -> str:
    """How many colleagues each gate keeps away; foundation, and rules that only two people know of, told as one."""
    gates = Counter(GATE_OF[REASONS[code]] for code in codes if REASONS[code] in GATE_OF)
    return ", ".join(f"{gate}: {count}" for gate, count in sorted(gates.items())) or "nobody else answered"
