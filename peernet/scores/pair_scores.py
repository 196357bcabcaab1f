"""What every pair of colleagues would bring: gates first, then the gain on both sides, block by block."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import count_in_digits
from peernet.distance.average import AverageDistances
from peernet.distance.distances import PersonDistances
from peernet.diversity.reach import Reach
from peernet.errors import (
    PeernetWarning,
    SettingError,
    check_choice,
    checked_list,
    checked_pairs,
    is_number,
    unknown_person,
)
from peernet.scores.candidates import FEW, Candidates, PassingPairs, find_candidates
from peernet.scores.cells import AppliedRules, BelowFloor, Look, PairsAt, RowsOf, Where, look
from peernet.scores.foundation import STATES
from peernet.scores.gates import CODE, GATES, REASONS, Gates, resting
from peernet.scores.reliability import line_of, lines_table
from peernet.scores.rules import Rules
from peernet.scores.ruling import apply_rules
from peernet.survey.survey import Survey

CELLS_AT_ONCE = 4_000_000  # of a block: 32 MB for each of its arrays
AT_ONCE, A_PERSON = 150e6, 100e3  # bytes held by work on them where pairs are few, and further ones for each person
BLOCK_COLUMNS = ("value", "gain", "own_gain", "perspective", "experience", "goals", "exchange", "ties")
COLUMNS = (
    "experience",
    "goals",
    "perspective",
    "gain_a",
    "gain_b",
    "exchange",
    "foundation",
    "introducer",
    "blocked",
    "value",
)
TEXTS = ("a", "b", "foundation", "introducer", "blocked")
DTYPES = dict.fromkeys(TEXTS, "str") | {column: "float64" for column in COLUMNS if column not in TEXTS}
VALUES = ("mean", "lesser")
Value = str | Mapping[str, float]


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
        Perspective distances that gains rest on; ``.as_given`` are those of the answers, which are shown and told.
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
    applied_rules
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
    applied_rules: AppliedRules | None = None

    def __len__(self) -> int:
        return len(self.people)

    def __repr__(self) -> str:
        n, few = len(self), self.candidates
        people, pairs = count_in_digits(n, "person", "people"), count_in_digits(n * (n - 1) // 2, "pair", "pairs")
        can_pass = "" if few is None else f" of which {len(few):,} can pass ({few.share_in_words})"
        return f"<PairScores: {people}, {pairs}{can_pass}, value = {value_in_words(self.value)}>"

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
        at = RowsOf(np.asarray(rows, dtype=np.int64), len(self))
        found = self.values(at.rows, self.gates.codes(at) == 0) if column == "value" else self._scored(at, column)
        found[at.selves] = np.nan
        return found

    def of_pairs(self, firsts: Ints, seconds: Ints, *, column: str = "value") -> Floats:
        """One score of pairs given by positions: cells of `block`, to the bit, without the rows they stand in."""
        check_choice("column", column, BLOCK_COLUMNS)
        at = PairsAt(firsts, seconds)
        if column == "value":
            found, passes = np.full(len(at), np.nan), self.gates.codes(at) == 0
            found[passes] = self.values_of(PairsAt(firsts[passes], seconds[passes]))
        else:
            found = self._scored(at, column)
        found[at.selves] = np.nan
        return found

    def _scored(self, at: Look, column: str) -> Floats:
        """A score that no gate decides on."""
        if column == "gain":
            return self.values_of(at)
        if column == "own_gain":
            return at.gains(self.reach)[0]
        if column == "exchange":
            return self._exchange(at)
        if column == "ties":
            return np.asarray(at.stored(self.ties), dtype=np.float64)
        distances = self.perspective.as_given if column == "perspective" else getattr(self.gates, column)
        return np.full(at.shape, np.nan) if distances is None else np.array(at.apart(distances))

    @property
    def unread(self) -> pd.Index:
        """Who may have answered without reading and counts with an outlook that is not known, see `score_pairs`.

        For the analyst alone: nobody is told that their answers look so.
        """
        perspective = self.perspective
        return self.people[perspective.unread] if isinstance(perspective, AverageDistances) else self.people[:0]

    def _exchange(self, at: Look) -> Floats:
        """Topics one can teach and the other wants to learn, counted both ways."""
        if self.topics is None:
            return np.full(at.shape, np.nan)
        offers, seeks = (side.astype(np.float64) for side in self.topics)
        both: Floats
        if isinstance(at, PairsAt):
            a, b = at.firsts, at.seconds
            both = (offers[a] * seeks[b] + seeks[a] * offers[b]).sum(axis=1)
        else:
            both = offers[at.rows] @ seeks.T + seeks[at.rows] @ offers.T
        return both

    def values(self, rows: Ints, wanted: Flags | None = None) -> Floats:
        """Value of some cells of the rows against everyone, gates ignored; others are missing."""
        value = self.worth(*self.reach.gains(rows, wanted), rows[:, None], np.arange(len(self)))
        return value - self.prices(rows) if self.priced else value

    def values_of(self, at: Look) -> Floats:
        """Value of pairs, gates ignored."""
        value = self.worth(*at.gains(self.reach), *at.sides(np.arange(len(self))))
        return value - self.prices(at) if self.priced else value

    @cached_property
    def candidates(self) -> Candidates | None:
        """The pairs that foundation and rules leave, counted and listed; None where that is not what is quicker.

        People few enough to be scored in one block are looked at all together, and so are pairs that are not few.
        """
        return None if len(self) ** 2 <= CELLS_AT_ONCE else find_candidates(self.gates, self.by_name)

    def possible_at(self, people: Ints | None = None) -> PairsAt:
        """The pairs that pass every gate, among some people or all, each once, in the order of identifiers."""
        some = np.ones(len(self), dtype=bool) if people is None else np.isin(np.arange(len(self)), people)
        if self._open is not None:
            kept = some[self._open.firsts] & some[self._open.seconds]
            return PairsAt(self._open.firsts[kept], self._open.seconds[kept])
        order = self.by_name
        ranks = np.flatnonzero(some[order])
        found = [np.empty((2, 0), dtype=np.int64)]
        step = max(1, CELLS_AT_ONCE // max(1, len(self)))
        for rows in (ranks[start : start + step] for start in range(0, len(ranks), step)):
            r, c = np.nonzero(
                self.possible(order[rows])[:, order] & some[order] & (np.arange(len(self)) > rows[:, None])
            )
            found.append(np.stack([order[rows[r]], order[c]]))
        return PairsAt(*np.concatenate(found, axis=1))

    @cached_property
    def _open(self) -> PairsAt | None:
        """The candidates that pass every gate."""
        if self.candidates is None:
            return None
        at = self.candidates.at
        step = max(1, CELLS_AT_ONCE)
        parts = (slice(start, start + step) for start in range(0, len(at), step))
        some = (PairsAt(at.firsts[part], at.seconds[part]) for part in parts)
        passes = np.concatenate([np.empty(0, dtype=bool), *(self.gates.codes(pairs) == 0 for pairs in some)])
        return PairsAt(at.firsts[passes], at.seconds[passes])

    @cached_property
    def passing(self) -> PassingPairs | None:
        """The pairs that pass every gate and what they bring, found among the `candidates`; None where there are none.

        The same as all the rows of `block` would show.
        """
        found = self._open
        if found is None:
            return None
        own, given = self.reach.gains_of(found.firsts, found.seconds)
        value = self.worth(own, given, found.firsts, found.seconds)
        return PassingPairs(found, own, given, value - self.prices(found) if self.priced else value, len(self))

    @property
    def priced(self) -> bool:
        """Whether a rule with a price changes what pairs are worth."""
        return self.applied_rules is not None and bool(self.applied_rules.priced)

    def prices(self, where: Where) -> Floats:
        """What the rules with a price take off pairs of a list, or of some rows; below zero for pairs wished for."""
        rules = self.applied_rules
        return np.zeros(look(where, len(self)).shape) if rules is None else rules.prices(where)

    @property
    def wished(self) -> list[tuple[str, str]]:
        """Pairs that are required at a price which means never."""
        return [] if self.applied_rules is None else [(a, b) for a, b, _ in self.applied_rules.wished]

    def wishes(self, where: Where) -> Floats:
        """What puts pairs first that are required at a price which means never, of a list or some rows; no value."""
        wished = () if self.applied_rules is None else self.applied_rules.wished
        cells = [(self.position(a), self.position(b), price) for a, b, price in wished]
        i, j, price = np.array([*cells, *((j, i, price) for i, j, price in cells)], dtype=float).reshape(-1, 3).T
        places = i.astype(np.intp), j.astype(np.intp)
        table = sparse.csr_array((price, places), shape=(len(self), len(self)))
        return np.asarray(look(where, len(self)).stored(table), dtype=np.float64)

    def gains(self, firsts: Ints, seconds: Ints) -> tuple[Floats, Floats]:
        """What both people of each pair would gain, every gate ignored; pairs are given by positions."""
        if self.by_the_pair(firsts):
            return self.reach.gains_of(firsts, seconds)
        own, given = np.empty(len(firsts)), np.empty(len(firsts))
        for chosen, rows, r in self.chunks(firsts):
            wanted = np.zeros((len(rows), len(self)), dtype=bool)
            wanted[r, seconds[chosen]] = True
            own[chosen], given[chosen] = (cells[r, seconds[chosen]] for cells in self.reach.gains(rows, wanted))
        return own, given

    def by_the_pair(self, firsts: Ints) -> bool:
        """Whether pairs are quicker looked at one by one than in the rows of these people."""
        rows = len(np.unique(firsts))
        return rows * len(self) > CELLS_AT_ONCE and len(firsts) < FEW * rows * len(self)

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

    @cached_property
    def by_name(self) -> Ints:
        """Positions of everyone in the order of their identifiers, so that ties do not hang on the survey's rows."""
        return np.argsort(self.people.to_numpy(dtype=object), kind="stable")

    @cached_property
    def _place(self) -> dict[str, int]:
        return {person: i for i, person in enumerate(self.people.tolist())}

    def position(self, person: str) -> int:
        """Where a person stands in the survey's order.

        Raises
        ------
        UnknownPersonError
            If nobody has this identifier.
        """
        if not isinstance(person, Hashable) or person not in self._place:
            raise unknown_person(person, self.people, "was scored")
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
            ``foundation`` (its state, see `pair_foundation`); ``introducer`` (the colleague who could
            introduce them, missing otherwise); ``blocked`` (why the pair is not possible, empty if it is);
            ``value`` (missing if not possible); ``price``, if rules have one (what they take off the value, below zero
            for a pair that is wished for); ``readiness``, if it was given (what is not ready in their teams).
        """
        firsts, seconds = sides_of(self, pairs)
        own, given = self.gains(firsts, seconds)
        cells: dict[str, Any] = {"gain_a": own, "gain_b": given}
        at = PairsAt(firsts, seconds)
        price, cells = self.prices(at), cells | self._cells(at)
        cells["value"] = self.worth(own, given, firsts, seconds) - price
        sides = {"a": self.people[firsts], "b": self.people[seconds]}
        table = pd.DataFrame({**sides, **{column: cells.get(column) for column in COLUMNS}}).astype(DTYPES)
        table.loc[table["blocked"] != "", "value"] = np.nan
        if self.priced:
            table["price"] = price
        if self.readiness is not None:
            both = zip(self.readiness[table["a"]], self.readiness[table["b"]], strict=True)
            table["readiness"] = [" ".join(dict.fromkeys(filter(None, missing))) for missing in both]
        return table.sort_values(["a", "b"], ignore_index=True)

    def _cells(self, at: PairsAt) -> dict[str, Any]:
        """Columns of the table that need no gains."""
        distances = ("experience", "goals", "perspective", "exchange")
        foundation = self.gates.foundation
        states = [STATES[code] for code in foundation.states(at)]
        return {
            **{column: self.of_pairs(at.firsts, at.seconds, column=column) for column in distances},
            "foundation": [state.name for state in states],
            "introducer": [
                str(self.people[foundation.introducers(a, b)[0]]) if state.has_introducer else None
                for a, b, state in zip(at.firsts, at.seconds, states, strict=True)
            ],
            "blocked": [REASONS[code] for code in self.gates.codes(at)],
        }

    def gate_reliability(self) -> pd.DataFrame:
        """How far the line of each distance gate can be relied on.

        Returns
        -------
        DataFrame
            One row per block that was asked, index ``gate`` (experience, goals). ``items`` that set people apart;
            ``reliability`` of the distances (Cronbach's alpha over pairs); ``line``, the largest distance that passes,
            the mean distance where the gate is open; ``passes``, the share of the pairs that pass; ``surely_passes``,
            ``cannot_be_told`` and ``surely_fails``, the shares of pairs in each state of `gate_states`;
            ``pass_again``, the share of those passing expected to pass again were other questions of the same kind
            asked, and ``any_again``, the share of any pairs expected to pass then; ``standing``, whether the gate is
            kept, in words. Pairs of people who take part are counted, of 300 people at most. Missing where fewer than
            two items set people apart, since one question does not tell its reliability.

        Notes
        -----
        By default a gate at the average distance is kept from a reliability of 0.5 on: then three in four of the pairs
        that pass are truly no further apart than usual, and two in three would pass again. An explicit number is kept
        whatever its reliability. Distances are taken as a true part and error, see `GateLine`.

        References
        ----------
        Lord, F. M. & Novick, M. R. (1968). Statistical Theories of Mental Test Scores. Addison-Wesley.

        Examples
        --------
        >>> import peernet as pn
        >>> survey = pn.load_example()
        >>> lines = pn.score_pairs(survey, pn.colleague_graph(survey)).gate_reliability()
        >>> lines[["items", "reliability", "pass_again", "standing"]].round(2)
                    items  reliability  pass_again                     standing
        gate
        experience      8 ...
        goals           4         0.10        0.53  open: reliability below 0.5
        """
        blocks = {"experience": self.gates.experience, "goals": self.gates.goals}
        limits = {gate: getattr(self.gates, f"{gate}_within") for gate in blocks}
        return lines_table(blocks, limits, np.flatnonzero(self.gates.out == 0), self.settings.get("unreliable", ()))

    def gate_states(self, pairs: Iterable[tuple[str, str]] | None = None) -> pd.DataFrame:
        """Which side of the line of each distance gate pairs are on, as far as their answers tell.

        Parameters
        ----------
        pairs
            The pairs wanted; all by default.

        Returns
        -------
        DataFrame
            One row per pair, each once, ``a < b``, sorted: ``a``, ``b``, and for each block that was asked
            (``experience``, ``goals``) one of "surely passes", "surely fails" (the true distance lies on that side of
            the line with a chance of 0.9 or more, and so does the one observed) and "cannot be told"; empty where the
            two share too few answers. With one item nothing can be told.
        """
        firsts, seconds = sides_of(self, pairs)
        blocks = {"experience": self.gates.experience, "goals": self.gates.goals}
        states = {
            gate: line_of(distances, getattr(self.gates, f"{gate}_within")).of_pairs(firsts, seconds)
            for gate, distances in blocks.items()
            if distances is not None
        }
        table = pd.DataFrame({"a": self.people[firsts], "b": self.people[seconds], **states}, dtype="str")
        return table.sort_values(["a", "b"], ignore_index=True)

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

    def under(self, rules: Rules) -> Self:
        """The same scores under the rules of a programme, which come on top of those there are already.

        Pairs a rule closes are not possible, a price is taken off the value of the pairs it is about, and capacities
        are replaced. Required pairs, and limits on the number of pairs, are kept by whatever makes pairs of them:
        `pair_people`, `pairing_frontier` and `draw_pairing`, `plan_rounds`, `pair_with_trios` and `form_circles`.

        Raises
        ------
        RulesError
            If a rule names somebody or a column that is not there; every problem at once.

        Warns
        -----
        PeernetWarning
            If a price is so high that it means never, see `Rule`; ``settings["never"]`` says so too.
        """
        known = Rules() if self.applied_rules is None else self.applied_rules.rules
        applied = apply_rules(self, known + rules)
        room = (applied.capacity > 0).to_numpy()
        said = {text for rule, text in applied.never if rule in rules}
        if said:
            warnings.warn(" ".join(sorted(said)), PeernetWarning, stacklevel=2)
        never = {"never": tuple(text for _, text in applied.never)} if applied.never else {}
        return replace(
            self,
            capacity=applied.capacity,
            gates=replace(
                self.gates, closed=applied.closed, allowed=applied.allowed, out=resting(self.gates.out, room)
            ),
            applied_rules=applied,
            settings={**self.settings, "rules": applied.rules, **never},
        )

    def excluding(self, *, pairs: Iterable[tuple[str, str]] = (), people: Iterable[str] = ()) -> PairScores:
        """The same scores with some pairs not possible and some people not there.

        Raises
        ------
        UnknownPersonError
            If nobody has an identifier.
        """
        pairs, people = checked_list("pairs", pairs, "pairs"), tuple(checked_list("people", people, "people"))
        i, j = sides_of(self, pairs)
        both_ways = np.concatenate([i, j]), np.concatenate([j, i])
        forbidden = np.full(2 * len(i), CODE["forbidden"])
        apart = sparse.csr_array((forbidden, both_ways), shape=self.gates.constraints.shape)
        out = self.gates.out.copy()
        out[[self.position(person) for person in people]] = CODE["absent"]
        gates = replace(self.gates, constraints=sparse.csr_array(self.gates.constraints.maximum(apart)), out=out)
        excluded = {
            "forbidden": (*self.settings.get("forbidden", ()), *pairs),
            "absent": (*self.settings.get("absent", ()), *people),
        }
        return replace(self, gates=gates, settings={**self.settings, **excluded})

    def floored(self, floor: float) -> PairScores:
        """The same scores where a pair is possible only if each side gains at least so much.

        Raises
        ------
        SettingError
            If the floor is not a number.
        """
        if not is_number(floor):
            raise SettingError(f"floor must be a number of effective perspectives; got {floor!r}.")
        gates = replace(self.gates, floor=BelowFloor(self.reach, float(floor)))
        return replace(self, gates=gates, settings={**self.settings, "floor": float(floor)})

    def rescaled(self, scale: float) -> PairScores:
        """The same scores with perspective seen at another scale."""
        scale = checked_above_zero("scale", scale)
        seen = replace(self, reach=self.reach.rescaled(scale), settings={**self.settings, "scale": scale})
        seen = seen.floored(self.settings["floor"]) if self.gates.floor is not None else seen
        return seen if self.applied_rules is None else seen.under(Rules())


def sides_of(scores: PairScores, pairs: Iterable[tuple[str, str]] | None) -> tuple[Ints, Ints]:
    """Positions of both people of each pair, the smaller identifier first."""
    if pairs is None:
        i, j = np.triu_indices(len(scores), k=1)
        return scores.by_name[i], scores.by_name[j]
    known = sorted({(min(pair), max(pair)) for pair in checked_pairs(pairs, scores.people, "was scored")})
    firsts, seconds = (
        np.array([(scores.position(a), scores.position(b)) for a, b in known], dtype=np.int64).reshape(-1, 2).T
    )
    return firsts, seconds


def numbered(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the number of each pair, ``pair``, as its first column."""
    return table.assign(pair=np.arange(1, len(table) + 1))[["pair", *table]]


def checked_above_zero(name: str, value: float) -> float:
    """A finite number above 0."""
    if not is_number(value, 0) or value == 0:
        raise SettingError(f"{name} must be above 0; got {value!r}.")
    return float(value)


def checked_value(value: Value) -> Value:
    """``"mean"``, ``"lesser"``, or the share of each, made to add up to one."""
    if isinstance(value, str) and value in VALUES:
        return value
    shares = dict(value) if isinstance(value, Mapping) else {}
    if not shares or not set(shares) <= set(VALUES) or not all(is_number(share, 0) for share in shares.values()):
        raise SettingError(
            "value must be 'mean', 'lesser' or the shares of both, such as {'mean': 0.7, 'lesser': 0.3}; "
            f"got {value!r}."
        )
    total = sum(shares.values())
    if not total > 0:
        raise SettingError(f"The shares of value must add up to more than 0; got {value!r}.")
    return {name: float(shares.get(name, 0.0)) / total for name in VALUES}


def combined_gains(value: Value, own: Floats, given: Floats) -> Floats:
    """Value of pairs from the gains on both sides."""
    if value == "mean":
        return (own + given) / 2
    lesser: Floats = np.minimum(own, given)
    if isinstance(value, str):
        return lesser
    return value["mean"] * (own + given) / 2 + value["lesser"] * lesser


def value_in_words(value: Value) -> str:
    """What a pair's value is, for people."""
    if isinstance(value, str):
        return f"{value} gain"
    return " + ".join(f"{share:g} {name} gain" for name, share in value.items())


def memory_at_work(scores: PairScores, tables: float) -> float:
    """Bytes that work takes which holds so many tables of people by people where pairs are many."""
    dense = tables * 8.0 * len(scores) ** 2
    return dense if scores.candidates is None else min(dense, AT_ONCE + A_PERSON * len(scores))
