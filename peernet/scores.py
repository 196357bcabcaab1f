"""What every pair of colleagues would bring: gates first, then the gain on both sides, block by block."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Literal

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Integers
from peernet._constraints import capacity, topics
from peernet._foundation import STATES, lay_foundation, lowest_rating
from peernet._gates import GATES, Gates, hard_rules
from peernet._pair_table import pair_table
from peernet._reach import Reach
from peernet.codebook import Codebook
from peernet.distance import PersonDistances, person_distances
from peernet.diversity import reach
from peernet.errors import PeernetWarning, SettingError, UnknownPersonError, check_choice, did_you_mean
from peernet.graph import nominations_between
from peernet.survey import Survey

__all__ = ["PairScores", "score_pairs"]

BLOCK_COLUMNS = ("value", "gain", "own_gain", "perspective", "experience", "goals", "exchange", "ties")
CELLS_AT_ONCE = 4_000_000
Within = float | Literal["average"] | None


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
        ``"mean"`` of the two gains, or the ``"lesser"``.
    settings
        What was chosen, enough to score again.
    readiness
        Why each person's team is not ready, empty if it is; None where that was not asked.
    survey
        The survey the scores were made from; themes and seniority are read from it.

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
    value: str
    settings: Mapping[str, Any]
    readiness: pd.Series | None = None
    survey: Survey | None = field(default=None, compare=False)
    _place: dict[str, int] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_place", {person: i for i, person in enumerate(self.people)})

    def __len__(self) -> int:
        return len(self.people)

    def __repr__(self) -> str:
        n = len(self)
        return f"<PairScores: {n:,} people, {n * (n - 1) // 2:,} pairs, value = {self.value} gain>"

    def _repr_html_(self) -> str:
        chosen = "".join(f"<li>{escape(str(k))}: {escape(str(v))}</li>" for k, v in self.settings.items())
        return f"<p>{escape(repr(self)[1:-1])}</p><ul>{chosen}</ul>"

    def block(self, rows: Sequence[int] | Integers, *, column: str = "value") -> Floats:
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
        found = self._column(rows, column)
        found[np.arange(len(rows)), rows] = np.nan
        return found

    def _column(self, rows: Integers, column: str) -> Floats:
        if column == "value":
            return self._value(rows, self.gates.codes(rows) == 0)
        if column == "gain":
            return self._value(rows, None)
        if column == "own_gain":
            return self.reach.gains(rows)[0]
        if column == "exchange":
            return self._exchange(rows)
        if column == "ties":
            return self.ties[rows].toarray().astype(float)
        return _distances({"perspective": self.perspective, **_gated(self.gates)}[column], rows, len(self))

    def _value(self, rows: Integers, wanted: Flags | None) -> Floats:
        return self.worth(*self.reach.gains(rows, wanted), rows[:, None], np.arange(len(self)))

    def _exchange(self, rows: Integers) -> Floats:
        """Topics one can teach and the other wants to learn, counted both ways."""
        if self.topics is None:
            return np.full((len(rows), len(self)), np.nan)
        offers, seeks = (side.astype(np.float64) for side in self.topics)
        both: Floats = offers[rows] @ seeks.T + seeks[rows] @ offers.T
        return both

    def gains(self, firsts: Integers, seconds: Integers) -> tuple[Floats, Floats]:
        """What both people of each pair would gain, every gate ignored; pairs are given by positions."""
        own, given = np.empty(len(firsts)), np.empty(len(firsts))
        for chosen, rows, r in self.chunks(firsts):
            wanted = np.zeros((len(rows), len(self)), dtype=bool)
            wanted[r, seconds[chosen]] = True
            own[chosen], given[chosen] = (cells[r, seconds[chosen]] for cells in self.reach.gains(rows, wanted))
        return own, given

    def combined(self, own: Floats, given: Floats) -> Floats:
        """Value of pairs from the gains on both sides."""
        return np.minimum(own, given) if self.value == "lesser" else (own + given) / 2

    def worth(self, own: Floats, given: Floats, firsts: Integers, seconds: Integers) -> Floats:  # noqa: ARG002
        """Value of pairs given by positions, from the gains on both sides; peers count alike, whoever comes first."""
        return self.combined(own, given)

    def possible(self, rows: Sequence[int] | Integers) -> Flags:
        """Whether each pair passes every gate, shape (rows, people)."""
        codes = self.gates.codes(np.asarray(rows, dtype=np.int64))
        return np.equal(codes, 0)

    def blocks(self) -> Iterator[Integers]:
        """Positions of everyone in blocks small enough to score at once."""
        step = max(1, CELLS_AT_ONCE // max(1, len(self)))
        return (np.arange(i, min(i + step, len(self))) for i in range(0, len(self), step))

    def chunks(self, firsts: Integers) -> Iterator[tuple[Integers, Integers, Integers]]:
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
            ``value`` (missing if not possible); ``readiness``, if it was given (what is not ready in their teams).
        """
        return pair_table(self, pairs)

    def without(self, *gates: str) -> PairScores:
        """The same scores with some gates open: ``"foundation"``, ``"experience"``, ``"goals"``.

        Hard rules (reporting line, veto, opted out) always stand.

        Raises
        ------
        SettingError
            If a gate is unknown.
        """
        for gate in gates:
            check_choice("gate", gate, GATES)
        return replace(self, gates=self.gates.without(gates), settings={**self.settings, **dict.fromkeys(gates)})

    def rescaled(self, scale: float) -> PairScores:
        """The same scores with perspective seen at another scale."""
        if not scale > 0:
            raise SettingError(f"scale must be above 0; got {scale!r}.")
        return replace(self, reach=self.reach.rescaled(scale), settings={**self.settings, "scale": scale})


def score_pairs(
    survey: Survey,
    graph: nx.MultiDiGraph[str],
    *,
    foundation: Sequence[str] = ("mutual", "introduced"),
    experience: Within = "average",
    goals: Within = "average",
    scale: float | None = None,
    value: str = "mean",
    contact: Sequence[str] | None = None,
    at_least: float | None = None,
    missing: str = "available",
    readiness: pd.Series | None = None,
) -> PairScores:
    """Score every pair of colleagues: gates first, then what each would gain from the other.

    Parameters
    ----------
    survey
        What `read_survey` returned.
    graph
        What `colleague_graph` returned for it.
    foundation
        States of trust, respect and candour that let a pair pass: ``"mutual"``, ``"introduced"`` (a colleague whom
        both trust can introduce them), ``"unknown"``. No difference of outlook buys out a missing foundation.
    experience, goals
        Largest distance that still counts as similar; ``"average"``: no further apart than two people picked at
        random; None: no gate.
    scale
        Perspective distance at which two people count as about a third alike; the median distance by default.
    value
        A pair's value: ``"mean"`` of the two gains or the ``"lesser"`` one.
    contact
        Tie layers on which people hear each other; the graph's contact layers by default.
    at_least
        Lowest rating that counts as trust, respect or candour; by default the codebook's.
    missing
        What those who did not answer say of their trust, see `pair_foundation`; with ``"reconstruct"`` they can be
        paired on what others say.
    readiness
        Why each person's team is not ready, see `TeamClimate.readiness`; it is shown and blocks no pair.

    Returns
    -------
    PairScores
        ``.block(rows)``, ``.pair(a, b)`` and ``.to_frame(pairs)``; never one giant table.

    Raises
    ------
    SettingError
        If no perspective item was asked or a setting is outside what is allowed.

    Notes
    -----
    The gain of a from b is the effective number of perspectives in {a, those a hears, b} less that without b. It is
    zero for somebody a already hears, or thinks just like one of those.

    References
    ----------
    Leinster, T. & Meckes, M. W. (2016). Maximizing diversity in biology and beyond. Entropy 18, 88.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> scores
    <PairScores: 260 people, 33,670 pairs, value = mean gain>
    """
    check_choice("value", value, ("mean", "lesser"))
    for state in foundation:
        check_choice("foundation", state, STATES[:3])
    _warn_without_foundation(survey.codebook)
    perspective = person_distances(survey, "perspective")
    scale = _checked_scale(scale, perspective)
    known = survey.answers("perspective").notna().any(axis=1).to_numpy()
    surroundings = reach(graph, perspective, known, scale=scale, contact=contact)
    near, aims = _distances_if_asked(survey, "experience"), _distances_if_asked(survey, "goal")
    rules, out = hard_rules(survey, ~known)
    gates = Gates(
        rules=rules,
        out=out,
        foundation=lay_foundation(graph, at_least=at_least, missing=missing),
        accepted=tuple(foundation),
        perspective=perspective,
        experience=near,
        goals=aims,
        experience_within=_within("experience", experience, near),
        goals_within=_within("goals", goals, aims),
    )
    settings = {
        "foundation": tuple(foundation),
        "experience": gates.experience_within,
        "goals": gates.goals_within,
        "scale": scale,
        "value": value,
        "contact": tuple(contact if contact is not None else graph.graph["contact"] or graph.graph["layers"]),
        "at_least": lowest_rating(graph) if at_least is None else at_least,
        "missing": missing,
    }
    return PairScores(
        survey.people.index,
        capacity(survey),
        gates,
        perspective,
        surroundings,
        nominations_between(graph),
        topics(survey),
        value,
        settings,
        None if readiness is None else readiness.reindex(survey.people.index).fillna(""),
        survey,
    )


def _distances_if_asked(survey: Survey, block: str) -> PersonDistances | None:
    return person_distances(survey, block) if len(survey.answers(block).columns) else None


def _within(name: str, within: Within, distances: PersonDistances | None) -> float | None:
    if within is None or distances is None:
        return None
    if within == "average":
        return float(np.nan_to_num(distances.mean))
    if not (isinstance(within, (int, float)) and 0 <= within <= 1):
        raise SettingError(f"{name} must be 'average', None or a distance from 0 to 1; got {within!r}.")
    return float(within)


def _checked_scale(scale: float | None, perspective: PersonDistances) -> float:
    if scale is None:
        typical = (perspective.median, perspective.mean, 1.0)
        return float(next(value for value in typical if np.isfinite(value) and value > 0))
    if not scale > 0:
        raise SettingError(f"scale must be above 0; got {scale!r}.")
    return scale


def _gated(gates: Gates) -> dict[str, PersonDistances | None]:
    return {"experience": gates.experience, "goals": gates.goals}


def _distances(distances: PersonDistances | None, rows: Integers, n: int) -> Floats:
    return np.full((len(rows), n), np.nan) if distances is None else np.array(distances.block(rows))


def _warn_without_foundation(codebook: Codebook) -> None:
    if not codebook.foundation:
        warnings.warn(
            "No tie layer asks about trust, respect or candour, so every pair's foundation is unknown and nobody can "
            'be paired. Mark the layer that stands in for trust with "foundation": true in the codebook, or accept '
            'foundation=("mutual", "introduced", "unknown").',
            PeernetWarning,
            stacklevel=3,
        )
