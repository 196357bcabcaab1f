"""The stage on which scenarios are played: first opinions, who hears whom, and what nobody knows drawn by lot.

A Monte Carlo simulation: susceptibilities are drawn, everything else comes from the survey. Opinions are graded
answers, and a set of them is measured by its spread (Rao), effective perspectives, polarisation and number of camps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypedDict

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist

from peernet._arrays import Flags, Floats, Ints
from peernet.distance.coding import code_items
from peernet.diversity.kernels import diverse_weights
from peernet.diversity.ledger import contacts
from peernet.diversity.reach import SCALE, as_heard
from peernet.errors import SettingError, UnknownItemError, checked_pairs, did_you_mean
from peernet.opinions.influence import ROUNDING, Influence, attention
from peernet.opinions.models import MODELS, confidences
from peernet.pairing.record import GivenPairs
from peernet.scores.pair_scores import PairScores
from peernet.survey.item import Item
from peernet.survey.survey import Survey

Susceptibility = float | tuple[float, float] | pd.Series
PairPositions = Sequence[tuple[int, int]]
MOVABLE = ("numeric", "ordinal")
TOGETHER = 0.05  # a fifth of a step on a scale of five: the same opinion
STATISTICS = ("diversity", "perspectives", "polarisation", "clusters")
MEASURES = (*STATISTICS, "exposure")


class SimulationKeywords(TypedDict, total=False):
    """The keywords of `simulate_opinions` that make a simulation, as `SimulationSettings` holds them."""

    items: Iterable[str] | None
    contact: Sequence[str] | None
    rule: str
    susceptibility: Susceptibility
    partner_weight: float
    confidence: float | None
    partner_confidence: float | None
    meetings: int
    draws: int


@dataclass(frozen=True, kw_only=True)
class SimulationSettings:
    """What was asked for, checked as far as it can be without the survey; see `simulate_opinions`."""

    items: Iterable[str] | None = None
    contact: Sequence[str] | None = None
    rule: str = "either"
    susceptibility: Susceptibility = (0.2, 0.8)
    partner_weight: float = 1.0
    confidence: float | None = None
    partner_confidence: float | None = None
    meetings: int = 200
    draws: int = 20

    def __post_init__(self) -> None:
        for name in ("partner_weight", "confidence", "partner_confidence"):
            value = getattr(self, name)
            if value is not None and not 0 < value < np.inf:
                raise SettingError(f"{name} must be above 0; got {value!r}.")
        for name in ("draws", "meetings"):
            if getattr(self, name) < 1:
                raise SettingError(f"{name} must be at least 1; got {getattr(self, name)!r}.")


class FinalState(NamedTuple):
    """What one play of one model comes to."""

    opinions: Floats  # person x item
    exposure: Floats  # person
    measures: Floats  # in the order of MEASURES
    meetings: int  # one more than allowed where people still moved


@dataclass(frozen=True)
class Simulation:
    """First opinions and who hears whom, with one susceptibility per draw and person."""

    people: pd.Index  # everybody in the survey, in its order
    opinions: Opinions  # where those with an opinion stand, and whom they hear
    scale: float  # distance at which two people count as about a third alike, as in `score_pairs`
    # confidence, partner_confidence: distance up to which others, and partners, are heard
    confidence: float
    partner_confidence: float
    susceptibility: Floats  # draw x person with an opinion
    asked: SimulationSettings  # what was asked for

    @property
    def settings(self) -> dict[str, Any]:
        """What was chosen, or found where nothing was."""
        return {
            "items": tuple(self.opinions.items.index[self.opinions.items["used"]]),
            "susceptibility": self.asked.susceptibility,
            "partner_weight": float(self.asked.partner_weight),
            "confidence": self.confidence,
            "partner_confidence": self.partner_confidence,
            "scale": self.scale,
            "meetings": self.asked.meetings,
            "draws": self.draws,
        }

    @property
    def names(self) -> list[str]:
        """People with an opinion, in the survey's order."""
        return self.people[self.opinions.known].tolist()

    @property
    def draws(self) -> int:
        """How often susceptibility was drawn."""
        return len(self.susceptibility)

    def places(self, pairing: HasPairs | GivenPairs) -> list[tuple[int, int]]:
        """Positions, among people with an opinion, of the pairs of which both have one."""
        place = _place_among(self.opinions.known, len(self.people))
        known = pairs_given(pairing, self.people)
        found = [place[self.people.get_indexer(pd.Index(pair))].tolist() for pair in known]
        return sorted({(min(pair), max(pair)) for pair in found if min(pair) >= 0})

    def influence(self, met: PairPositions = ()) -> Influence:
        """Shares of attention once these pairs meet."""
        weight, strength = float(self.asked.partner_weight), self.opinions.strength
        return attention(self.opinions.heard, met, partner_weight=weight, strength=strength)

    def heard(self, met: PairPositions) -> tuple[list[Ints], list[Floats]]:
        """Whom everybody hears once these pairs meet, and how fully; those met in full."""
        both = zip(self.opinions.heard, self.opinions.strength, strict=True)
        heard = [dict(zip(colleagues.tolist(), fully.tolist(), strict=True)) for colleagues, fully in both]
        for a, b in met:
            heard[a][b] = heard[b][a] = 1.0
        colleagues = [np.array(sorted(own), dtype=np.int64) for own in heard]
        return colleagues, [np.array([own[k] for k in sorted(own)]) for own in heard]

    def end(self, model: str, draw: int, met: PairPositions) -> FinalState:
        """Where opinions end under a model once these pairs meet."""
        W, first, a = self.influence(met), self.opinions.first, self.susceptibility[draw]
        final, meetings = MODELS[model](W, first, a, confidences(W, self._radius(met)), self.asked.meetings)
        return self.measured(np.clip(final, 0.0, 1.0), met, meetings)

    def _radius(self, met: PairPositions) -> Floats:
        """Up to which distance people hear each other."""
        radius = np.full((len(self.opinions.known), len(self.opinions.known)), self.confidence)
        a, b = np.array(list(met), dtype=np.int64).reshape(-1, 2).T
        radius[np.concatenate([a, b]), np.concatenate([b, a])] = self.partner_confidence
        return radius

    def measured(self, opinions: Floats, met: PairPositions, meetings: int = 0) -> FinalState:
        """What opinions come to, with these pairs heard."""
        distances = apart(opinions)
        exposure = exposures(distances, self.scale, *self.heard(met))
        measures = np.array([*opinion_spread(distances, self.scale), exposure.mean()])
        return FinalState(opinions, exposure, measures, meetings)


def prepare_simulation(
    data: PairScores | Survey, graph: nx.MultiDiGraph[str], asked: SimulationSettings, rng: int | np.random.Generator
) -> Simulation:
    """First opinions, attention and susceptibilities, checked."""
    survey, contact = _survey_of(data), asked.contact
    if contact is None and isinstance(data, PairScores):
        contact = data.settings["contact"]
    hearing = contacts(graph, contact, asked.rule)
    heard, strength = (np.split(cells, hearing.indptr[1:-1]) for cells in (hearing.indices, hearing.data))
    opinions = first_opinions(survey, heard, asked.items, strength)
    scale = float(data.settings["scale"]) if isinstance(data, PairScores) else SCALE
    near = typical_distance(apart(opinions.first)) if asked.confidence is None else float(asked.confidence)
    partner = near if asked.partner_confidence is None else float(asked.partner_confidence)
    names, generator = survey.people.index[opinions.known], np.random.default_rng(rng)
    drawn = _susceptibilities(names, asked.susceptibility, asked.draws, generator)
    return Simulation(survey.people.index, opinions, scale, near, partner, drawn, asked)


def _survey_of(data: PairScores | Survey) -> Survey:
    if isinstance(data, Survey):
        return data
    if data.survey is None:
        raise SettingError("These scores do not carry the survey they were made from; give the survey instead.")
    return data.survey


def _susceptibilities(names: pd.Index, wanted: Susceptibility, draws: int, rng: np.random.Generator) -> Floats:
    """One row per draw; a single one where nothing is left to chance."""
    if isinstance(wanted, pd.Series):
        given = wanted.reindex(names).to_numpy(dtype=np.float64, na_value=np.nan)
        _check_shares(given, names)
        return given[None, :]
    low, high = _limits(wanted)
    if not 0 <= low <= high <= 1:
        raise SettingError(f"susceptibility must lie between 0 and 1, the lower limit first; got {wanted!r}.")
    if low == high:
        return np.full((1, len(names)), float(low))
    drawn = np.empty((draws, len(names)))
    drawn[:, np.argsort(names.to_numpy(dtype=object), kind="stable")] = rng.uniform(low, high, drawn.shape)
    return drawn


def _limits(wanted: object) -> tuple[float, float]:
    """The lowest and the highest, which are one where one number was given."""
    both = wanted if isinstance(wanted, tuple | list) else (wanted, wanted)
    if len(both) != 2 or not all(isinstance(share, int | float | np.number) for share in both):
        raise SettingError(
            f"susceptibility must be a number, the lowest and the highest, or a Series by person; got {wanted!r}."
        )
    return float(both[0]), float(both[1])


def _check_shares(given: Floats, names: pd.Index) -> None:
    wrong = np.flatnonzero(~((given >= 0) & (given <= 1)))
    if len(wrong):
        raise SettingError(
            f"susceptibility of {names[wrong[0]]!r} is {given[wrong[0]]:g}; everybody with an opinion needs one from 0 "
            "to 1."
        )


class HasPairs(Protocol):
    """Anything that says who meets whom: a pairing, trios, circles."""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Everyone who meets."""
        ...


def pairs_given(pairing: HasPairs | GivenPairs | None, people: pd.Index) -> list[tuple[str, str]]:
    """Who meets whom, checked to be pairs of these people."""
    given: Any = () if pairing is None else pairing
    return checked_pairs(getattr(given, "pairs", given), people)


def between(opinions: Floats, partners: PairPositions) -> Floats:
    """How far the two of each pair are apart."""
    a, b = np.array(list(partners), dtype=np.int64).reshape(-1, 2).T
    return np.asarray(np.abs(opinions[a] - opinions[b]).mean(axis=1))


@dataclass(frozen=True)
class Opinions:
    """Where everybody with an opinion stands."""

    first: Floats  # from 0 to 1, shape (known people, items), nothing missing
    known: Ints  # positions, in the survey's order, of people with at least one opinion
    heard: tuple[Ints, ...]  # for each of them the positions, among them, of the colleagues they hear
    strength: tuple[Floats, ...]  # and how fully they hear each, from above 0 to 1
    filled: Ints  # for each of them how many opinions were filled in
    items: pd.DataFrame  # index item; used, answered, filled and reason where it is not used


def first_opinions(
    survey: Survey, named: Sequence[Ints], items: Iterable[str] | None, strength: Sequence[Floats] | None = None
) -> Opinions:
    """Opinions of everyone who gave any; a missing one is the mean of the colleagues heard, else of everybody.

    ``named`` lists whom everybody hears, ``strength`` how fully, by default in full.
    """
    asked = _asked(survey, items)
    reasons = {}  # why an item is not used, nothing for one that is
    for item in asked:
        silent = "" if survey.people[item.name].notna().any() else "nobody answered"
        reasons[item.name] = silent if item.kind in MOVABLE else f"{item.kind}, so nobody can go part of the way"
    used = [item for item in asked if not reasons[item.name]]
    if not used:
        found = "; ".join(f"{name}: {reason}" for name, reason in reasons.items()) or "none was asked"
        raise SettingError(
            "No perspective item is an opinion that can move part of the way; a model of opinions needs numeric or "
            f"ordinal items ({found})."
        )
    limits = {item.name: item.limits for item in used if item.limits is not None and item.is_numbered}
    coded = code_items(survey.people[[i.name for i in used]], {i.name: i.kind for i in used}, limits).answers.T
    known = np.flatnonzero(~np.isnan(coded).all(axis=1))
    place = _place_among(known, len(coded))
    heard = tuple(place[named[i]][place[named[i]] >= 0] for i in known.tolist())
    in_full = [np.ones(len(own)) for own in named]
    fully = tuple((strength or in_full)[i][place[named[i]] >= 0] for i in known.tolist())
    values, missing = _filled(np.asarray(coded[known], dtype=np.float64), heard)
    return Opinions(values, known, heard, fully, missing.sum(axis=1), _item_table(survey, reasons, missing))


def _asked(survey: Survey, items: Iterable[str] | None) -> list[Item]:
    asked = [item for item in survey.codebook.block("perspective") if item.name in survey.people]
    if items is None:
        return asked
    wanted, names = list(dict.fromkeys(items)), [item.name for item in asked]
    for name in wanted:
        if name not in names:
            raise UnknownItemError(f"No perspective item {name!r} was asked.{did_you_mean(name, names)}")
    return [item for item in asked if item.name in wanted]


def _place_among(known: Ints, people: int) -> Ints:
    """Each person's place among those who have an opinion, -1 for the others."""
    place = np.full(people, -1, dtype=np.int64)
    place[known] = np.arange(len(known))
    return place


def _filled(values: Floats, heard: Sequence[Ints]) -> tuple[Floats, Flags]:
    missing = np.isnan(values)
    given, answered = np.where(missing, 0.0, values), (~missing).astype(float)
    ears = attention(heard, partner_weight=1.0).astype(bool).astype(float)  # oneself adds nothing where it is missing
    voices = ears @ answered
    around = np.divide(ears @ given, voices, out=np.full(values.shape, np.nan), where=voices > 0)
    overall = given.sum(axis=0) / answered.sum(axis=0)
    return np.where(missing, np.where(np.isnan(around), overall, around), values), missing


def _item_table(survey: Survey, reasons: dict[str, str], missing: Flags) -> pd.DataFrame:
    table = pd.DataFrame({"reason": pd.Series(reasons, dtype="str")}).rename_axis("item")
    table.insert(0, "used", table["reason"] == "")
    table.insert(1, "answered", [int(survey.people[name].notna().sum()) for name in table.index])
    table.insert(2, "filled", 0)
    table.loc[table["used"], "filled"] = missing.sum(axis=0)
    return table


def apart(opinions: Floats) -> Floats:
    """How far people are apart, the mean difference over the items; shape (people, people)."""
    return np.asarray(cdist(opinions, opinions, "cityblock") / max(opinions.shape[1], 1))


def kept(with_: float, without: float) -> float:
    """One diversity as a share of another; 1 where there is none to keep."""
    return with_ / without if without > ROUNDING else 1.0


def typical_distance(distances: Floats) -> float:
    """Median distance of two people who do not agree in everything; 1 where all do."""
    different = distances[distances > 0]
    return float(np.median(different)) if len(different) else 1.0


def opinion_spread(distances: Floats, scale: float) -> tuple[float, float, float, float]:
    """The `STATISTICS` of everyone's distances.

    Rao's quadratic entropy, the mean distance of two people drawn with replacement; the effective number of
    perspectives of order 2 at the scale; polarisation, four times the variance of the distances between two people: 1
    for two equal camps that agree on nothing, 0 where everybody is equally far from everybody; and the number of
    groups in which each is within a twentieth of the scale of somebody else.

    References
    ----------
    Flache, A. & Macy, M. W. (2011). Small worlds and cultural polarization. Journal of Mathematical Sociology 35,
    146-176.
    Leinster, T. & Cobbold, C. A. (2012). Measuring diversity: the importance of species similarity. Ecology 93,
    477-489.
    """
    pairs = len(distances) * (len(distances) - 1)
    mean, square = (float((distances**power).sum()) / max(pairs, 1) for power in (1, 2))
    return (
        float(distances.mean()),
        float(1.0 / np.exp(-distances / scale).mean()),
        max(0.0, 4.0 * (square - mean**2)),
        float(connected_components(distances <= TOGETHER, directed=False)[0]),
    )


def exposures(distances: Floats, scale: float, heard: Sequence[Ints], strength: Sequence[Floats]) -> Floats:
    """Effective perspectives among each person and those they hear, each so fully."""
    found = np.empty(len(heard))
    for i, (colleagues, fully) in enumerate(zip(heard, strength, strict=True)):
        members = np.append(colleagues, i)
        found[i] = diverse_weights(as_heard(np.exp(-distances[members[:, None], members] / scale), fully)).sum()
    return found
