"""What every pair of colleagues would bring: gates first, then the gain on both sides, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.distance.distances import PersonDistances
from peernet.diversity.reach import Reach
from peernet.errors import SettingError, UnknownPersonError, check_choice, did_you_mean
from peernet.scores.gates import GATES, Gates
from peernet.scores.pair_table import pair_table
from peernet.scores.rules import Rules
from peernet.scores.ruling import BelowFloor, Ruling, rule_on
from peernet.scores.score_columns import BLOCK_COLUMNS, column_of
from peernet.scores.score_settings import Value, combined_gains, value_in_words
from peernet.survey.survey import Survey

__all__ = ["PairScores"]

CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, repr=False)
class PairScores:
    """Scores of every pair of people, computed when asked for and never held as one table.

    Parameters
    ----------
    people
        Everyone, in the survey's order.
    capacity
        How many partners each person can have, index ``person``.
    gates
        What decides whether a pair is possible.
    perspective
        Perspective distances.
    reach
        Everyone's surroundings; gives the gains.
    ties
        Sparse count of nominations between two people, both ways and over all layers.
    topics
        Boolean arrays (people, topics): offered and sought.
    value
        ``"mean"`` of the two gains, the ``"lesser"``, or the share of each.
    settings
        What was chosen, enough to score again.
    readiness
        Why each person's team is not ready, empty if it is; None where that was not asked.
    survey
        The survey the scores were made from; rules, themes and seniority are read from it.
    ruling
        What the programme's rules mean for these people, see `under`.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> scores.pair("p225", "p231")[["foundation", "introducer"]].tolist()
    ['introduced', 'p090']
    """

    people: pd.Index
    capacity: pd.Series
    gates: Gates
    perspective: PersonDistances
    reach: Reach
    ties: sparse.csr_array
    topics: tuple[Flags, Flags] | None
    value: Value
    settings: Mapping[str, Any]
    readiness: pd.Series | None = None
    survey: Survey | None = field(default=None, compare=False)
    ruling: Ruling | None = None
    _place: dict[str, int] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_place", {person: i for i, person in enumerate(self.people)})

    def __len__(self) -> int:
        return len(self.people)

    def __repr__(self) -> str:
        n = len(self)
        return f"<PairScores: {n:,} people, {n * (n - 1) // 2:,} pairs, value = {value_in_words(self.value)}>"

    def _repr_html_(self) -> str:
        chosen = "".join(f"<li>{escape(str(k))}: {escape(str(v))}</li>" for k, v in self.settings.items())
        return f"<p>{escape(repr(self)[1:-1])}</p><ul>{chosen}</ul>"

    def block(self, rows: Sequence[int] | Ints, *, column: str = "value") -> Floats:
        """One score for some people against everyone.

        Parameters
        ----------
        rows
            Positions of people.
        column
            ``"value"`` (missing where the pair is not possible), ``"gain"`` (the value with every gate ignored),
            ``"own_gain"`` (what the row's person gains, every gate ignored), ``"perspective"``, ``"experience"``,
            ``"goals"``, ``"exchange"`` or ``"ties"`` (nominations between the two, both ways and over all layers).

        Returns
        -------
        ndarray, shape (rows, people)
            Missing on the diagonal.

        Raises
        ------
        SettingError
            If the column is unknown.
        """
        check_choice("column", column, BLOCK_COLUMNS)
        rows = np.asarray(rows, dtype=np.int64)
        found = column_of(self, rows, column)
        found[np.arange(len(rows)), rows] = np.nan
        return found

    def values(self, rows: Ints, wanted: Flags | None = None) -> Floats:
        """Value of some cells of the rows against everyone, gates ignored; others are missing."""
        value = self.worth(*self.reach.gains(rows, wanted), rows[:, None], np.arange(len(self)))
        return value - self.prices(rows) if self.priced else value

    @property
    def priced(self) -> bool:
        """Whether a rule with a price changes what pairs are worth."""
        return self.ruling is not None and bool(self.ruling.priced)

    def prices(self, rows: Ints) -> Floats:
        """What the rules with a price take off each pair, shape (rows, people); below zero for pairs wished for."""
        return np.zeros((len(rows), len(self))) if self.ruling is None else self.ruling.prices(rows)

    def gains(self, firsts: Ints, seconds: Ints) -> tuple[Floats, Floats]:
        """What both people of each pair would gain, every gate ignored; pairs are given by positions."""
        own, given = np.empty(len(firsts)), np.empty(len(firsts))
        for chosen, rows, r in self.chunks(firsts):
            wanted = np.zeros((len(rows), len(self)), dtype=bool)
            wanted[r, seconds[chosen]] = True
            own[chosen], given[chosen] = (cells[r, seconds[chosen]] for cells in self.reach.gains(rows, wanted))
        return own, given

    def combined(self, own: Floats, given: Floats) -> Floats:
        """Value of pairs from the gains on both sides."""
        return combined_gains(self.value, own, given)

    def worth(self, own: Floats, given: Floats, firsts: Ints, seconds: Ints) -> Floats:  # noqa: ARG002
        """Value of pairs given by positions, from the gains on both sides; peers count alike, whoever comes first."""
        return self.combined(own, given)

    def possible(self, rows: Sequence[int] | Ints) -> Flags:
        """Whether each pair passes every gate, shape (rows, people)."""
        codes = self.gates.codes(np.asarray(rows, dtype=np.int64))
        return np.equal(codes, 0)

    def blocks(self) -> Iterator[Ints]:
        """Positions of everyone in blocks small enough to score at once."""
        step = max(1, CELLS_AT_ONCE // max(1, len(self)))
        return (np.arange(i, min(i + step, len(self))) for i in range(0, len(self), step))

    def chunks(self, firsts: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Pairs by first person, as many people at a time as a block holds: which pairs, whose rows, which row."""
        people = np.unique(firsts)
        step = max(1, CELLS_AT_ONCE // max(1, len(self)))
        for i in range(0, len(people), step):
            rows = people[i : i + step]
            chosen = np.flatnonzero(np.isin(firsts, rows))
            yield chosen, rows, np.searchsorted(rows, firsts[chosen])

    def position(self, person: str) -> int:
        """Where a person stands in the survey's order.

        Raises
        ------
        UnknownPersonError
            If nobody has this identifier.
        """
        if person not in self._place:
            raise UnknownPersonError(f"No person {person!r} was scored.{did_you_mean(person, self.people)}")
        return self._place[person]

    def pair(self, a: str, b: str) -> pd.Series:
        """Everything known about one pair, in the columns of `to_frame`.

        Raises
        ------
        UnknownPersonError
            If nobody has this identifier.
        SettingError
            If the two are one person.
        """
        return self.to_frame([(a, b)]).iloc[0]

    def to_frame(self, pairs: Iterable[tuple[str, str]] | None = None) -> pd.DataFrame:
        """Tidy table of pairs: each unordered pair once, ``a < b``, sorted.

        Parameters
        ----------
        pairs
            The pairs wanted; all by default.

        Returns
        -------
        DataFrame
            ``a``, ``b``; ``experience``, ``goals``, ``perspective`` distances; ``gain_a``, ``gain_b`` (effective
            perspectives each would gain from the other); ``exchange`` (topics one offers and the other seeks);
            ``foundation`` (mutual, introduced, unknown or refused); ``introducer`` (the colleague who could
            introduce them, missing otherwise); ``blocked`` (why the pair is not possible, empty if it is);
            ``value`` (missing if not possible); ``price``, if rules have one (what they take off the value, below zero
            for a pair that is wished for); ``readiness``, if it was given (what is not ready in their teams).
        """
        return pair_table(self, pairs)

    def without(self, *gates: str) -> PairScores:
        """The same scores with some gates open: ``"foundation"``, ``"experience"``, ``"goals"``, ``"band"``.

        Hard rules (reporting line, veto, opted out, those of the programme) always stand.

        Raises
        ------
        SettingError
            If a gate is unknown.
        """
        for gate in gates:
            check_choice("gate", gate, GATES)
        return replace(self, gates=self.gates.without(gates), settings={**self.settings, **dict.fromkeys(gates)})

    def under(self, rules: Rules) -> PairScores:
        """The same scores under the rules of a programme, which come on top of those there are already.

        Pairs a rule closes are not possible, a price is taken off the value of the pairs it is about, and capacities
        are replaced. Required pairs, and limits on the number of pairs, are kept by `pair_people`, `pairing_frontier`
        and `draw_pairing`.

        Raises
        ------
        RulesError
            If a rule names somebody or a column that is not there; every problem at once.
        """
        known = Rules() if self.ruling is None else self.ruling.rules
        ruling = rule_on(self, known + rules)
        return replace(
            self,
            capacity=ruling.capacity,
            gates=replace(self.gates, closed=ruling.closed),
            ruling=ruling,
            settings={**self.settings, "rules": ruling.rules},
        )

    def floored(self, floor: float) -> PairScores:
        """The same scores where a pair is possible only if each side gains at least so much.

        Raises
        ------
        SettingError
            If the floor is not a number.
        """
        if not np.isfinite(floor):
            raise SettingError(f"floor must be a number of effective perspectives; got {floor!r}.")
        gates = replace(self.gates, floor=BelowFloor(self.reach, float(floor)))
        return replace(self, gates=gates, settings={**self.settings, "floor": float(floor)})

    def rescaled(self, scale: float) -> PairScores:
        """The same scores with perspective seen at another scale."""
        if not scale > 0:
            raise SettingError(f"scale must be above 0; got {scale!r}.")
        seen = replace(self, reach=self.reach.rescaled(scale), settings={**self.settings, "scale": scale})
        seen = seen.floored(self.settings["floor"]) if self.gates.floor is not None else seen
        return seen if self.ruling is None else seen.under(Rules())
