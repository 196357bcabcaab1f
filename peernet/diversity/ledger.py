"""Exposure: how many distinct perspectives each person has in reach, and what a pairing adds to it, for whom, by whom.

Exposure of a person is the effective number of distinct perspectives in the set {self, colleagues they hear from}.
It is counted by the magnitude of the set, or rather of the part of it whose weights are non-negative, which is the
maximum diversity of every order: ten people who think alike count for about one, ten who share nothing for ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import Shown, count_in_words
from peernet.distance.distances import PersonDistances
from peernet.diversity.kernels import diverse_weights, grown_weights
from peernet.diversity.measures import gini
from peernet.diversity.reach import (
    Reach,
    as_heard,
    is_blurred,
    likeness_among,
    positive_scale,
    reach_from,
    similarity_of,
    total_perspectives,
)
from peernet.errors import SettingError, check_choice, checked_pairs
from peernet.graph.colleagues import FAINTEST, SYMMETRISE, check_layer, hears, layer_matrices, surroundings

BOOKS = ("before", "after", "gain", "from_within", "from_beyond", "left")
STATISTICS = ["mean", "median", "lowest", "lowest_tenth", "gini", "coverage", "left_within_two_steps"]
Partners = Mapping[int, Sequence[int]]  # positions of everybody's partners, by position


class GainScores(Protocol):
    """People and their surroundings."""

    @property
    def people(self) -> pd.Index:
        """Everyone, in the order of the positions in ``reach``."""
        ...

    @property
    def reach(self) -> Reach:
        """Whom everyone hears."""
        ...


class Paired(Protocol):
    """A pairing."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per pair, columns ``a`` and ``b``."""
        ...


@dataclass(frozen=True, repr=False)
class Exposure(Shown):
    """Perspectives in reach before and after a pairing.

    Parameters
    ----------
    table
        One row per person, index ``person``: ``before``, ``after`` and ``gain`` in effective perspectives,
        ``partners`` (how many the pairing adds) and ``unknown`` (colleagues heard whose perspective is not known).
        Missing for people whose own perspective is not known.
    organisation
        One row per statistic (``mean``, ``median``, ``lowest``, ``gini``), columns ``before`` and ``after``. The Gini
        coefficient is not corrected for the number of people, and so at most (n - 1) / n.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> list(pn.exposure(scores, [("p001", "p064")]).organisation.index)
    ['mean', 'median', 'lowest', 'gini']
    """

    MAIN_TABLE = "organisation"

    table: pd.DataFrame
    organisation: pd.DataFrame

    def __repr__(self) -> str:
        mean = self.organisation.loc["mean"]
        return f"<Exposure: {mean['before']:.2f} perspectives in reach on average before, {mean['after']:.2f} after>"


def exposure(scores: GainScores, pairing: Paired | Iterable[tuple[str, str]]) -> Exposure:
    """Perspectives within each person's reach, before and after a pairing.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    pairing
        What `pair_people` returned, or any pairs of people.

    Returns
    -------
    Exposure
        ``.table`` per person and ``.organisation`` for all, with the Gini coefficient not corrected for their number.

    Raises
    ------
    UnknownPersonError
        If a pair names somebody who was not scored.
    SettingError
        If somebody is paired with themselves.

    References
    ----------
    Leinster, T. & Meckes, M. W. (2016). Maximizing diversity in biology and beyond. Entropy 18, 88.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.exposure(scores, pn.pair_people(scores))
    <Exposure: ... perspectives in reach on average before, ... after>
    """
    partners = partner_positions(scores.people, pairing)
    before = scores.reach.exposure
    after = before.copy()
    for i, exposed in scores.reach.exposures_with(partners):
        after[i] = exposed
    table = pd.DataFrame(
        {
            "before": before,
            "after": after,
            "gain": after - before,
            "partners": [len(partners.get(i, ())) for i in range(len(before))],
            "unknown": scores.reach.unknown,
        },
        index=scores.people,
    )
    return Exposure(table, _summary(table))


def partner_positions(people: pd.Index, pairing: Paired | Iterable[tuple[str, str]]) -> Partners:
    """Positions of everybody's partners, each once."""
    table = getattr(pairing, "table", None)
    pairs: Any = pairing if table is None else zip(table["a"], table["b"], strict=True)
    place = {person: i for i, person in enumerate(people)}
    found: dict[int, list[int]] = {}
    for a, b in dict.fromkeys((min(pair), max(pair)) for pair in checked_pairs(pairs, people, "was scored")):
        found.setdefault(place[a], []).append(place[b])
        found.setdefault(place[b], []).append(place[a])
    return found


def _summary(table: pd.DataFrame) -> pd.DataFrame:
    """What people have in reach, before and after, in a few numbers."""
    known = table[["before", "after"]].dropna()
    return pd.DataFrame(
        {"mean": known.mean(), "median": known.median(), "lowest": known.min(), "gini": known.apply(gini)}
    ).T.rename_axis("statistic")


@dataclass(frozen=True, repr=False)
class ExposureLedger(Shown):
    """What a pairing opens, for whom, by whom, and what it leaves.

    Parameters
    ----------
    people
        One row per person, index ``person``, in effective perspectives: ``before`` and ``after`` the pairing, ``gain``;
        ``from_within`` (the part of it that was two steps away already, with the colleagues of colleagues, or heard
        less than in full) and
        ``from_beyond`` (the rest of it, so that the two sum to ``gain``); ``left`` (what is still two steps away),
        so that ``before + from_within + left`` is all within two steps before the pairing; ``opens`` (what others would
        lose without this person as a partner); ``partners``; ``unknown`` (colleagues heard whose perspective is not
        known); ``indefinite`` (whether missing answers blur this count: it then depends on the order of counting, see
        `exposure_ledger`). Missing where a person's own perspective is not known.
    openings
        One row per pair and direction, index from 0, the largest first: ``opener``, ``listener``, ``alone`` (what the
        listener gains from this partner alone) and ``marginal`` (what the listener would lose without this partner, the
        others staying; the same where there is one).
    organisation
        One row per statistic, columns ``before`` and ``after``: ``mean``, ``median``, ``lowest``, ``lowest_tenth``
        (mean of the tenth of people with least) and ``gini`` (not corrected for the number of people) of what people
        have in reach; ``coverage``, the mean as a share of the perspectives there are among everybody;
        ``left_within_two_steps``, what is two steps away and not in reach, on average.
    everybody
        Effective perspectives among everybody.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> ledger = pn.exposure_ledger(scores, pn.pair_people(scores))
    >>> list(ledger.openings)
    ['opener', 'listener', 'alone', 'marginal']
    """

    MAIN_TABLE = "organisation"

    people: pd.DataFrame
    openings: pd.DataFrame
    organisation: pd.DataFrame
    everybody: float

    @property
    def pairs(self) -> pd.DataFrame:
        """One row per pair: ``a``, ``b``, what ``b_opens`` for a, what ``a_opens`` for b, and ``both`` together.

        Sorted by ``both``, the largest first.
        """
        sides = self.openings.rename(columns={"opener": "a", "listener": "b", "marginal": "a_opens"})
        back = self.openings.rename(columns={"opener": "b", "listener": "a", "marginal": "b_opens"})
        table = sides[sides["a"] < sides["b"]].merge(back, on=["a", "b"])[["a", "b", "b_opens", "a_opens"]]
        table["both"] = table[["b_opens", "a_opens"]].sum(axis=1, min_count=1)
        return table.sort_values(["both", "a", "b"], ascending=[False, True, True], ignore_index=True)

    def __repr__(self) -> str:
        mean, share = self.organisation.loc["mean"], self.organisation.loc["coverage"]
        blurred = int(self.people["indefinite"].sum())
        doubt = f"; missing answers blur the counts of {count_in_words(blurred, 'person', 'people')}" if blurred else ""
        return (
            f"<ExposureLedger: {mean['before']:.2f} of {self.everybody:.2f} perspectives in reach on average before "
            f"({share['before']:.0%}), {mean['after']:.2f} after ({share['after']:.0%}){doubt}>"
        )


def exposure_ledger(scores: GainScores, pairing: Paired | Iterable[tuple[str, str]]) -> ExposureLedger:
    """Keep the books of a pairing: what each person has in reach, who opened it, and what is left close by.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    pairing
        What `pair_people` returned, or any pairs of people.

    Returns
    -------
    ExposureLedger
        ``.people``, ``.openings`` and ``.organisation``, with the Gini coefficient not corrected for their number.

    Raises
    ------
    UnknownPersonError
        If a pair names somebody who was not scored.
    SettingError
        If somebody is paired with themselves.

    Notes
    -----
    Everything is counted against the contacts people have already. Where somebody has several partners their marginal
    openings need not sum to the gain: two partners who think alike open the same thing twice, and neither is missed.

    Where answers are missing, distances rest on different questions for different pairs and the likeness of a set can
    fail to be positive semidefinite; the count then depends on who is counted first. Those heard already count first,
    then partners, then colleagues of colleagues, always the one who adds most next; somebody who cannot be told apart
    from those counted is left out. Such a count is never too much, but may be too little; ``indefinite`` says for whom.
    What is there among everybody is counted by the same rule, beginning with the person least like the others.

    References
    ----------
    Leinster, T. & Meckes, M. W. (2016). Maximizing diversity in biology and beyond. Entropy 18, 88.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.exposure_ledger(scores, pn.pair_people(scores))
    <ExposureLedger: ... perspectives in reach on average before (...), ... after (...)...>
    """
    partners = partner_positions(scores.people, pairing)
    counts = _Counts(scores.reach)
    openings = _openings(scores.people, counts, partners)
    opened = openings.groupby("opener")["marginal"].sum().reindex(scores.people).fillna(0.0)
    books = [_books(counts, person, partners.get(person, ())) for person in range(len(scores.people))]
    people = pd.DataFrame(books, columns=[*BOOKS, "indefinite"]).set_axis(scores.people)
    people.insert(len(BOOKS), "opens", opened.where(people["before"].notna()))
    people.insert(len(BOOKS) + 1, "partners", [len(partners.get(person, ())) for person in range(len(people))])
    people.insert(len(BOOKS) + 2, "unknown", scores.reach.unknown)
    everybody = total_perspectives(scores.reach)
    return ExposureLedger(people, openings, _ledger_summary(people, everybody), everybody)


class _Counts:
    """Effective perspectives of a person's surroundings, enlarged step by step."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.likeness = likeness_among(reach.distances, reach.scale, len(reach.heard))

    def knows(self, person: int) -> bool:
        """Whether somebody's perspective is known."""
        return len(self.reach.heard[person]) > 0

    def exposure(self, person: int, others: Iterable[int]) -> float:
        """Effective perspectives in reach of a person who also hears the others."""
        return self.reach.exposure_with(person, others, self.likeness)

    def two_steps(self, person: int) -> Ints:
        """Colleagues of colleagues whom a person does not hear at all."""
        heard = self.reach.heard[person]
        return np.setdiff1d(np.concatenate([self.reach.heard[colleague] for colleague in heard]), heard)

    def left(self, person: int, near: Ints, met: Ints) -> float:
        """Effective perspectives two steps away, those met left out."""
        _, weights = self.reach.weighted(person)
        direct = self.reach.heard_with(person, met)
        likeness = self.reach.as_heard(person, self.likeness(np.concatenate([direct, np.setdiff1d(near, direct)])))
        own = grown_weights(likeness[: len(direct), : len(direct)], weights)
        return float(grown_weights(likeness, own).sum() - own.sum())


def _openings(people: pd.Index, counts: _Counts, partners: Partners) -> pd.DataFrame:
    """A row per pair and direction, the largest first."""
    rows = [
        (people[opener], people[listener], alone, marginal)
        for listener, others in partners.items()
        for opener, alone, marginal in _opened_for(counts, listener, others)
    ]
    table = pd.DataFrame(rows, columns=["opener", "listener", "alone", "marginal"])
    table = table.astype({"alone": "float64", "marginal": "float64"})
    return table.sort_values(["marginal", "opener", "listener"], ascending=[False, True, True], ignore_index=True)


def _opened_for(counts: _Counts, listener: int, others: Sequence[int]) -> Iterator[tuple[int, float, float]]:
    """What each partner opens for one person, alone and beside the other partners."""
    for opener in others:
        if not (counts.knows(listener) and counts.knows(opener)):
            yield opener, np.nan, np.nan
            continue
        alone = counts.exposure(listener, [opener]) - counts.exposure(listener, ())
        rest = [other for other in others if other != opener]
        marginal = counts.exposure(listener, others) - counts.exposure(listener, rest) if rest else alone
        yield opener, alone, marginal


def _books(counts: _Counts, person: int, partners: Sequence[int]) -> tuple[float, ...]:
    """One person's row, but for what they open for others."""
    if not counts.knows(person):
        return *([np.nan] * len(BOOKS)), False
    near = counts.two_steps(person)
    met = np.intersect1d(np.union1d(near, counts.reach.heard[person]), np.array(partners, dtype=np.int64))
    before, within = counts.exposure(person, ()), counts.exposure(person, met)
    after = within if len(met) == len(partners) else counts.exposure(person, partners)
    left = counts.left(person, near, met)
    blurred = is_blurred(counts.reach.as_heard(person, counts.likeness(counts.reach.heard_with(person, partners))))
    return before, after, after - before, within - before, after - within, left, blurred


def _ledger_summary(people: pd.DataFrame, everybody: float) -> pd.DataFrame:
    """The summary, with what those with least have, what is covered of all there is, and what is left close by."""
    table, known = _summary(people), people[["before", "after"]].dropna()
    tenth = max(1, round(len(known) / 10))
    left = {"before": (people["left"] + people["from_within"]).mean(), "after": people["left"].mean()}
    table.loc["lowest_tenth"] = known.apply(lambda side: side.nsmallest(tenth).mean())
    table.loc["coverage"] = table.loc["mean"] / everybody if everybody else table.loc["mean"]
    table.loc["left_within_two_steps"] = pd.Series(left)
    return table.loc[STATISTICS]


def effective_perspectives(distances: Floats, *, scale: float = 1.0, strength: Sequence[float] | None = None) -> float:
    """Effective number of distinct perspectives in a set of people.

    The largest diversity any weighting of the people gives, the same for every order q. It equals the magnitude
    where the magnitude's weights are non-negative; elsewhere magnitude would count a person between the others as
    negative, and reward a newcomer for being like everybody.

    Parameters
    ----------
    distances
        Symmetric distances, shape (people, people), zero on the diagonal; missing ones count as one ``scale``.
    scale
        Distance at which two people count as about a third alike.
    strength
        How fully each person is heard, from 0 (not at all) to 1; all in full by default. Where somebody is heard with
        strength s their likeness to themself counts as 1/s: as if their outlook came through with reliability s.

    Returns
    -------
    float
        Between 1 (all alike, somebody heard in full) and the number of people. Nobody added lowers it, nor does anybody
        heard more fully; a clone of somebody heard in full leaves it, and one person adds at most their strength. 0 for
        an empty set.

    Raises
    ------
    SettingError
        If the scale is not above 0, or the strengths are not one from 0 to 1 per person.

    References
    ----------
    Leinster, T. & Cobbold, C. A. (2012). Measuring diversity: the importance of species similarity. Ecology 93,
    477-489.
    Leinster, T. & Meckes, M. W. (2016). Maximizing diversity in biology and beyond. Entropy 18, 88.

    Examples
    --------
    >>> import numpy as np
    >>> import peernet as pn
    >>> far, clone = 50.0, 0.0
    >>> round(pn.diversity.effective_perspectives(np.array([[0, far, far], [far, 0, clone], [far, clone, 0]])), 6)
    2.0
    >>> round(pn.diversity.effective_perspectives(np.array([[0, far], [far, 0]]), strength=[1, 0.3]), 6)
    1.3
    """
    if not len(distances):
        return 0.0
    apart = np.asarray(distances, dtype=float)
    fully = np.ones(len(apart)) if strength is None else np.asarray(strength, dtype=float)
    if fully.shape != (len(apart),) or not ((fully >= 0) & (fully <= 1)).all():
        raise SettingError(
            f"strength must be a number from 0 to 1 for each of the {len(apart)} people; got {strength!r}."
        )
    known = np.where(np.isnan(apart), positive_scale(scale), apart)
    heard = np.flatnonzero(fully >= FAINTEST)
    likeness = similarity_of(known[np.ix_(heard, heard)], scale)
    return float(diverse_weights(as_heard(likeness, fully[heard])).sum())


def magnitude(distances: Floats, *, scale: float = 1.0) -> float:
    """Magnitude 1'Z^-1 1 of a set of people, with Z = exp(-distance / scale).

    Parameters
    ----------
    distances
        Symmetric distances, shape (people, people), zero on the diagonal.
    scale
        Distance at which two people count as about a third alike.

    Returns
    -------
    float
        Between 1 (all alike) and, for far apart people, their number.

    References
    ----------
    Leinster, T. & Willerton, S. (2013). On the asymptotic magnitude of subsets of Euclidean space. Geometriae
    Dedicata 164, 287-310.

    Examples
    --------
    >>> import numpy as np
    >>> import peernet as pn
    >>> round(pn.diversity.magnitude(np.array([[0.0, 50.0], [50.0, 0.0]])), 6)
    2.0
    """
    weights, *_ = np.linalg.lstsq(similarity_of(distances, positive_scale(scale)), np.ones(len(distances)), rcond=None)
    return float(weights.sum())


def heard_by(
    graph: nx.MultiDiGraph[str], *, contact: Sequence[str] | None = None, rule: str = "either"
) -> tuple[Ints, ...]:
    """Positions of the colleagues each person hears from, in the order of the graph.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    contact
        Layers that count as hearing someone; by default the graph's contact layers, or all where it has none. One of
        strength 0 (see `Item.strength`) does not; how fully the others make people heard is not told here.
    rule
        How a tie that one side named counts: ``"either"`` or ``"mutual"`` (or ``"sent"``, as named).

    Returns
    -------
    tuple of integer arrays
        One per person, sorted, without the person.

    Raises
    ------
    SettingError
        If a layer or the rule is unknown.

    Examples
    --------
    >>> import peernet as pn
    >>> graph = pn.colleague_graph(pn.load_aarhus())
    >>> sum(len(colleagues) for colleagues in pn.diversity.heard_by(graph, contact=["coauthor"]))  # 21 ties twice
    42
    """
    heard = contacts(graph, contact, rule)
    return tuple(np.split(heard.indices.astype(np.int64), heard.indptr[1:-1]))


def contacts(graph: nx.MultiDiGraph[str], contact: Sequence[str] | None, rule: str = "either") -> sparse.csr_array:
    """How fully people hear each other, from 0 to 1, see `hears`; the settings are those of `heard_by`."""
    check_choice("rule", rule, SYMMETRISE)
    layers = contact if contact is not None else graph.graph["contact"] or graph.graph["layers"]
    for layer in layers:
        check_layer(graph, layer)
    strength = graph.graph.get("strength", {})
    matrices = layer_matrices(graph, tuple(layers))
    return hears(((matrix, strength.get(layer, 1.0)) for layer, matrix in matrices.items()), rule, len(graph))


def reach(
    graph: nx.MultiDiGraph[str],
    distances: PersonDistances,
    known: Flags,
    *,
    scale: float,
    contact: Sequence[str] | None,
) -> Reach:
    """Everyone's surroundings, of colleagues whose perspective is known, in the order of identifiers.

    Where missing answers blur a likeness, equals are counted in that order; it must not hang on the survey's rows.
    """
    place = np.argsort(np.argsort(np.array(list(graph), dtype=object), kind="stable"))
    hearing = contacts(graph, contact)
    unknown = np.asarray(hearing.astype(bool).astype(np.int64) @ (~known).astype(np.int64))
    return replace(reach_from(distances, scale, *surroundings(hearing, known, place)), unknown=unknown)
