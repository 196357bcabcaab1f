"""What every pair of colleagues would bring: gates first, then the gain on both sides, block by block.

One score of some people against everyone, by its name.

The tidy table of pairs: each unordered pair once, with everything known about it.

Scores with some pairs kept apart and some people left out, for pairing again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Codes, Flags, Floats, Ints
from peernet.distance.distances import PersonDistances
from peernet.diversity.reach import Reach
from peernet.errors import SettingError, check_choice, checked_pairs, unknown_person
from peernet.scores.cells import AppliedRules, BelowFloor
from peernet.scores.foundation import STATES
from peernet.scores.gates import GATES, REASONS, Gates
from peernet.scores.rules import Rules
from peernet.scores.ruling import apply_rules
from peernet.survey.survey import Survey

CELLS_AT_ONCE = 4_000_000
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
FORBIDDEN, ABSENT = (np.int8(REASONS.index(reason)) for reason in ("forbidden", "absent"))
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
        return self.applied_rules is not None and bool(self.applied_rules.priced)

    def prices(self, rows: Ints) -> Floats:
        """What the rules with a price take off each pair, shape (rows, people); below zero for pairs wished for."""
        return np.zeros((len(rows), len(self))) if self.applied_rules is None else self.applied_rules.prices(rows)

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
        known = Rules() if self.applied_rules is None else self.applied_rules.rules
        applied = apply_rules(self, known + rules)
        return replace(
            self,
            capacity=applied.capacity,
            gates=replace(self.gates, closed=applied.closed),
            applied_rules=applied,
            settings={**self.settings, "rules": applied.rules},
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
        return seen if self.applied_rules is None else seen.under(Rules())


def column_of(scores: PairScores, rows: Ints, column: str) -> Floats:
    """The score of that name for the rows against everyone; see `PairScores.block`."""
    if column == "value":
        return scores.values(rows, scores.gates.codes(rows) == 0)
    if column == "gain":
        return scores.values(rows)
    if column == "own_gain":
        return scores.reach.gains(rows)[0]
    if column == "exchange":
        return _exchange(scores, rows)
    if column == "ties":
        return scores.ties[rows].toarray().astype(float)
    gates = scores.gates
    distances = {"perspective": scores.perspective, "experience": gates.experience, "goals": gates.goals}
    return _distances(distances[column], rows, len(scores))


def _distances(distances: PersonDistances | None, rows: Ints, n: int) -> Floats:
    return np.full((len(rows), n), np.nan) if distances is None else np.array(distances.block(rows))


def _exchange(scores: PairScores, rows: Ints) -> Floats:
    """Topics one can teach and the other wants to learn, counted both ways."""
    if scores.topics is None:
        return np.full((len(rows), len(scores)), np.nan)
    offers, seeks = (side.astype(np.float64) for side in scores.topics)
    both: Floats = offers[rows] @ seeks.T + seeks[rows] @ offers.T
    return both


def pair_table(scores: PairScores, pairs: Iterable[tuple[str, str]] | None) -> pd.DataFrame:
    """Scores of some pairs, or of all, in the columns that `PairScores.to_frame` documents."""
    firsts, seconds = sides_of(scores, pairs)
    own, given = scores.gains(firsts, seconds)
    cells: dict[str, Any] = {"gain_a": own, "gain_b": given}
    price = np.zeros(len(firsts))
    for chosen, rows, r in scores.chunks(firsts):
        price[chosen] = scores.prices(rows)[r, seconds[chosen]]
        for column, values in _cells(scores, rows, r, seconds[chosen]).items():
            cells.setdefault(column, np.empty(len(firsts), dtype=object))[chosen] = values
    cells["value"] = scores.worth(own, given, firsts, seconds) - price
    sides = {"a": scores.people[firsts], "b": scores.people[seconds]}
    table = pd.DataFrame({**sides, **{column: cells.get(column) for column in COLUMNS}}).astype(DTYPES)
    table.loc[table["blocked"] != "", "value"] = np.nan
    if scores.priced:
        table["price"] = price
    if scores.readiness is not None:
        told = zip(scores.readiness[table["a"]], scores.readiness[table["b"]], strict=True)
        table["readiness"] = [" ".join(dict.fromkeys(filter(None, reasons))) for reasons in told]
    return table.sort_values(["a", "b"], ignore_index=True)


def sides_of(scores: PairScores, pairs: Iterable[tuple[str, str]] | None) -> tuple[Ints, Ints]:
    """Positions of both people of each pair, the smaller identifier first."""
    if pairs is None:
        order = np.argsort(scores.people.to_numpy(dtype=object), kind="stable")
        i, j = np.triu_indices(len(scores), k=1)
        return order[i], order[j]
    known = sorted({(min(pair), max(pair)) for pair in checked_pairs(pairs, scores.people, "was scored")})
    firsts, seconds = (
        np.array([(scores.position(a), scores.position(b)) for a, b in known], dtype=np.int64).reshape(-1, 2).T
    )
    return firsts, seconds


def _cells(scores: PairScores, rows: Ints, r: Ints, c: Ints) -> dict[str, Any]:
    """Columns of the table that need no gains, for the cells (rows[r], c)."""
    distances = ("experience", "goals", "perspective", "exchange")
    codes, states = scores.gates.codes(rows)[r, c], scores.gates.foundation.states(rows)[r, c]
    return {
        **{column: scores.block(rows, column=column)[r, c] for column in distances},
        "foundation": [STATES[state] for state in states],
        "introducer": [_introducer(scores, rows[i], j, s) for i, j, s in zip(r, c, states, strict=True)],
        "blocked": [REASONS[code] for code in codes],
    }


def _introducer(scores: PairScores, a: int, b: int, state: int) -> str | None:
    """Best placed colleague to introduce two people who do not know each other."""
    if STATES[state] != "introduced":
        return None
    return str(scores.people[scores.gates.foundation.introducers(a, b)[0]])


def numbered(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the number of each pair, ``pair``, as its first column."""
    return table.assign(pair=np.arange(1, len(table) + 1))[["pair", *table]]


def narrowed(scores: PairScores, *, forbidden: Sequence[tuple[str, str]], absent: Sequence[str]) -> PairScores:
    """The same scores with some pairs not possible and some people not there."""
    gates = replace(scores.gates, rules=_with(scores, forbidden), out=_without(scores, absent))
    told = {
        "forbidden": (*scores.settings.get("forbidden", ()), *forbidden),
        "absent": (*scores.settings.get("absent", ()), *absent),
    }
    return replace(scores, gates=gates, settings={**scores.settings, **told})


def _with(scores: PairScores, forbidden: Sequence[tuple[str, str]]) -> sparse.csr_array:
    """The hard rules and the forbidden pairs."""
    asked = scores.to_frame(forbidden)  # names anybody who is not there
    i, j = (scores.people.get_indexer(pd.Index(asked[side])) for side in ("a", "b"))
    cells = np.concatenate([i, j]), np.concatenate([j, i])
    apart = sparse.csr_array((np.full(len(cells[0]), FORBIDDEN), cells), shape=scores.gates.rules.shape)
    return sparse.csr_array(scores.gates.rules.maximum(apart))


def _without(scores: PairScores, absent: Sequence[str]) -> Codes:
    out = scores.gates.out.copy()
    out[[scores.position(person) for person in absent]] = ABSENT
    return out


def checked_value(value: Value) -> Value:
    """``"mean"``, ``"lesser"``, or the share of each, made to add up to one."""
    if isinstance(value, str) and value in VALUES:
        return value
    shares = dict(value) if isinstance(value, Mapping) else {}
    if not shares or not set(shares) <= set(VALUES) or not all(0 <= share < np.inf for share in shares.values()):
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
