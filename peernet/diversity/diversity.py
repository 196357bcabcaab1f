"""Diversity of thought: how many distinct perspectives a set of people holds, and what a pairing adds to it.

Exposure of a person is the effective number of distinct perspectives in the set {self, colleagues they hear from}.
It is counted by the magnitude of the set, or rather of the part of it whose weights are non-negative, which is the
maximum diversity of every order: ten people who think alike count for about one, ten who share nothing for ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Protocol

import networkx as nx
import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet.distance.distances import PersonDistances
from peernet.diversity.kernels import diverse_weights
from peernet.diversity.reach import Reach, reach_from, similarity_of
from peernet.errors import SettingError, UnknownPersonError, check_choice, did_you_mean
from peernet.graph.colleagues import RULES, layer_matrix

__all__ = ["Exposure", "effective_perspectives", "exposure", "heard_by", "magnitude"]


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
    >>> round(magnitude(np.array([[0.0, 50.0], [50.0, 0.0]])), 6)
    2.0
    """
    weights, *_ = np.linalg.lstsq(similarity_of(distances, _positive(scale)), np.ones(len(distances)), rcond=None)
    return float(weights.sum())


def effective_perspectives(distances: Floats, *, scale: float = 1.0) -> float:
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

    Returns
    -------
    float
        Between 1 (all alike) and the number of people. Nobody added lowers it, a clone leaves it, and one person
        adds at most 1. 0 for an empty set.

    References
    ----------
    Leinster, T. & Meckes, M. W. (2016). Maximizing diversity in biology and beyond. Entropy 18, 88.

    Examples
    --------
    >>> far, clone = 50.0, 0.0
    >>> round(effective_perspectives(np.array([[0, far, far], [far, 0, clone], [far, clone, 0]])), 6)
    2.0
    """
    if not len(distances):
        return 0.0
    return float(diverse_weights(similarity_of(np.asarray(distances, dtype=float), _positive(scale))).sum())


def heard_by(
    graph: nx.MultiDiGraph[str], *, contact: Sequence[str] | None = None, rule: str = "either"
) -> tuple[Ints, ...]:
    """Positions of the colleagues each person hears from, in the order of the graph.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    contact
        Layers that count as hearing someone; by default the graph's contact layers, or all where it has none.
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
    >>> sum(len(colleagues) for colleagues in heard_by(graph, contact=["coauthor"]))  # 21 ties, seen from both ends
    42
    """
    check_choice("rule", rule, RULES)
    layers = contact if contact is not None else graph.graph["contact"] or graph.graph["layers"]
    named = [set[int]() for _ in graph]
    for layer in layers:
        for ego, alter in zip(*RULES[rule](layer_matrix(graph, layer)).nonzero(), strict=True):
            if ego != alter:
                named[ego].add(int(alter))
    return tuple(np.array(sorted(alters), dtype=np.int64) for alters in named)


def reach(
    graph: nx.MultiDiGraph[str],
    distances: PersonDistances,
    known: Flags,
    *,
    scale: float,
    contact: Sequence[str] | None,
) -> Reach:
    """Everyone's surroundings, of colleagues whose perspective is known."""
    named = heard_by(graph, contact=contact)
    heard = [
        np.concatenate([[i], alters[known[alters]]]).astype(np.int64) if known[i] else alters[:0]
        for i, alters in enumerate(named)
    ]
    unknown = np.array([int((~known[alters]).sum()) for alters in named], dtype=np.int64)
    return replace(reach_from(distances, scale, heard), unknown=unknown)


class Scored(Protocol):
    """People and their surroundings."""

    @property
    def people(self) -> pd.Index: ...
    @property
    def reach(self) -> Reach: ...


class Paired(Protocol):
    """A table of pairs, columns ``a`` and ``b``."""

    @property
    def table(self) -> pd.DataFrame: ...


@dataclass(frozen=True, repr=False)
class Exposure:
    """Perspectives in reach before and after a pairing.

    Parameters
    ----------
    table
        One row per person, index ``person``: ``before``, ``after`` and ``gain`` in effective perspectives,
        ``partners`` (how many the pairing adds) and ``unknown`` (colleagues heard whose perspective is not known).
        Missing for people whose own perspective is not known.
    organisation
        One row per statistic (``mean``, ``median``, ``lowest``, ``gini``), columns ``before`` and ``after``.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> list(pn.exposure(scores, [("p001", "p064")]).organisation.index)
    ['mean', 'median', 'lowest', 'gini']
    """

    table: pd.DataFrame
    organisation: pd.DataFrame

    def __repr__(self) -> str:
        mean = self.organisation.loc["mean"]
        return f"<Exposure: {mean['before']:.2f} perspectives in reach on average before, {mean['after']:.2f} after>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.organisation.round(3).to_html()}"


def exposure(scores: Scored, pairing: Paired | Iterable[tuple[str, str]]) -> Exposure:
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
        ``.table`` per person and ``.organisation`` for all.

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
    partners = partners_of(scores.people, pairing)
    before = scores.reach.exposure
    after = before.copy()
    for i, others in partners.items():
        after[i] = scores.reach.exposure_with(i, others)
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
    return Exposure(table, organisation_of(table))


def partners_of(people: pd.Index, pairing: Paired | Iterable[tuple[str, str]]) -> Mapping[int, list[int]]:
    """Positions of everybody's partners, each once."""
    table = getattr(pairing, "table", None)
    pairs = pairing if table is None else zip(table["a"], table["b"], strict=True)
    place = {person: i for i, person in enumerate(people)}
    found: dict[int, list[int]] = {}
    for a, b in dict.fromkeys((min(pair), max(pair)) for pair in pairs):  # type: ignore[union-attr]
        _check_pair(a, b, people)
        found.setdefault(place[a], []).append(place[b])
        found.setdefault(place[b], []).append(place[a])
    return found


def _check_pair(a: str, b: str, people: pd.Index) -> None:
    for person in (a, b):
        if person not in people:
            raise UnknownPersonError(f"No person {person!r} was scored.{did_you_mean(str(person), people)}")
    if a == b:
        raise SettingError(f"A pair needs two people; got {a!r} twice.")


def organisation_of(table: pd.DataFrame) -> pd.DataFrame:
    """What people have in reach, before and after, in a few numbers."""
    known = table[["before", "after"]].dropna()
    return pd.DataFrame(
        {"mean": known.mean(), "median": known.median(), "lowest": known.min(), "gini": known.apply(gini)}
    ).T.rename_axis("statistic")


def gini(values: pd.Series) -> float:
    """Gini coefficient: 0 where everyone has the same, towards 1 where one person has all."""
    ordered = np.sort(values.to_numpy(dtype=float))
    if not len(ordered) or ordered.sum() == 0:
        return 0.0
    n = len(ordered)
    return float(2 * (ordered * np.arange(1, n + 1)).sum() / (n * ordered.sum()) - (n + 1) / n)


def _positive(scale: float) -> float:
    if not scale > 0:
        raise SettingError(f"scale must be above 0; got {scale!r}.")
    return scale
