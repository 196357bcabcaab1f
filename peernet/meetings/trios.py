"""A pairing in which odd people join a pair: the best trio, proven or with its gap (see `planner` for the method)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from peernet._wording import Shown, count_in_digits
from peernet.errors import SettingError, check_choice
from peernet.matching.matching import reaches
from peernet.meetings.held import Round, read_rounds
from peernet.meetings.planner import Programme, programme_of
from peernet.meetings.rounds import ROUNDING, broken_meetings, round_table
from peernet.pairing.record import VIOLATION, Bounded
from peernet.scores.pair_scores import PairScores
from peernet.scores.reasons import left_out


@dataclass(frozen=True, repr=False)
class TrioPairing(Bounded, Shown):
    """Pairs and a few trios, and how much more any other choice could be worth.

    Parameters
    ----------
    table
        One row per pair of people who meet: ``pair`` (number; the three rows of a trio share it), ``a``, ``b``,
        ``trio`` (whether it belongs to one), ``gain_a`` and ``gain_b`` (effective perspectives; somebody with several
        partners gains from all of them together, shared equally among the rows), ``value``, ``foundation`` and
        ``introducer``.
    unpaired
        One row per person who meets nobody: ``person``, ``reason`` and ``detail``, as in `Pairing`.
    objective
        Total value, in effective perspectives, less what broken limits on numbers cost. A trio counts half the sum of
        its three gains, so that a person counts as much in a trio as in a pair.
    bound
        No choice of pairs and as many trios at most, for as many people and as little repeated trio duty, is worth
        more.
    settings
        What was chosen, enough to pair again.
    scores
        The scores it was made from.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.pair_with_trios(scores)
    <TrioPairing: 110 groups, 1 trio, 40 people without a partner, total value 18.746 (proven optimal)>
    """

    table: pd.DataFrame
    unpaired: pd.DataFrame
    objective: float
    bound: float
    settings: Mapping[str, Any]
    scores: PairScores = field(repr=False, compare=False)
    _programme: Programme = field(repr=False, compare=False)
    _groups: Round = field(repr=False, compare=False)

    @property
    def proven(self) -> bool:
        """Whether the objective is the optimum, to within rounding."""
        return reaches(self.objective, self.bound)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Everyone who meets, pair by pair."""
        return list(zip(self.table["a"], self.table["b"], strict=True))

    @property
    def trios(self) -> list[tuple[str, ...]]:
        """The trios as tuples of people."""
        people = self.scores.people
        return sorted(tuple(sorted(people[i] for i in group)) for group in self._groups if len(group) > 2)

    def __len__(self) -> int:
        return len(self._groups)

    def __repr__(self) -> str:
        trios, proof = count_in_digits(len(self.trios), "trio", "trios"), self.proof_in_words()
        return (
            f"<TrioPairing: {count_in_digits(len(self), 'group', 'groups')}, {trios}, "
            f"{count_in_digits(len(self.unpaired), 'person', 'people')} without a partner, "
            f"total value {self.objective:.3f} ({proof})>"
        )

    def check(self) -> pd.DataFrame:
        """Hold the pairing against its scores again: gates, capacity, limits, gains, turns and the bound.

        Returns
        -------
        DataFrame
            One row per violation: ``rule``, ``who``, ``found``. Empty when everything holds.
        """
        plan, table = (self._groups,), self.table.assign(round=1)
        fresh = round_table(self._programme, plan)
        found = [(rule, who, what) for rule, _, who, what in broken_meetings(self._programme, plan, table, fresh)]
        found += self.broken_totals(self._programme.total(plan, fresh["value"]), ROUNDING)
        found += self.broken_bound(_proven(self._programme)[2], ROUNDING)
        return pd.DataFrame(found, columns=VIOLATION)


def pair_with_trios(
    scores: PairScores,
    *,
    trios: int = 1,
    willing: Collection[str] | None = None,
    earlier: Iterable[object] = (),
    cardinality: str | None = None,
) -> TrioPairing:
    """Pair people so that the total value is largest, where odd people may join a pair.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    trios
        The most trios, nobody in two of them. One is proven best, or comes with its gap; further ones are added one by
        one, with a bound on all of them together.
    willing
        Who may be in a trio; everyone by default.
    earlier
        Rounds held before, see `plan_rounds`: nobody meets again, what was heard counts as heard, those who rested come
        first, and trio duty goes to those who had least of it.
    cardinality
        ``"max"``: as many people as possible first; by default people who add nothing to anyone stay single.

    Returns
    -------
    TrioPairing

    Raises
    ------
    SettingError
        If a setting is outside what is allowed.
    InfeasibleError
        If a pair that the rules require is not possible, or no pairing keeps a limit of the rules.
    UnknownPersonError
        If ``willing`` names somebody who was not scored.

    Notes
    -----
    All three pairs of a trio must pass every gate, and pairs that the rules require are made as pairs. Limits on the
    number of pairs count all three, and so does how often somebody is the different one, in earlier rounds too; for a
    capacity with a price a trio is one place. "At least" so many must be possible with pairs alone. Every possible
    trio is bounded by its own weight and the duals of everybody else in the best pairing without one; pairings are
    solved anew from the greatest bound down until none is left that could be better.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pairing = pn.pair_with_trios(scores)
    >>> pairing.trios, pairing.proven
    ([('p080', 'p169', 'p225')], True)
    """
    check_choice("cardinality", cardinality, (None, "max"))
    if not (isinstance(trios, int) and trios >= 0):
        raise SettingError(f"trios must be a whole number, 0 or more; got {trios!r}.")
    before = read_rounds(earlier, scores.people)
    programme = programme_of(scores, before, cardinality == "max", trios, willing)
    groups, objective, bound = _proven(programme)
    table = round_table(programme, (groups,)).drop(columns="round")
    settings = {**scores.settings, "trios": trios, "willing": willing, "cardinality": cardinality}
    unpaired = left_out(scores, {*table["a"], *table["b"]})
    return TrioPairing(table, unpaired, objective, bound, settings, scores, programme, groups)


def _proven(programme: Programme) -> tuple[Round, float, float]:
    """The best groups, their value, and the bound on the value of any for as many people."""
    groups, more = programme.best_after([])
    value = programme.total((groups,), round_table(programme, (groups,))["value"])
    return groups, value, value + more
