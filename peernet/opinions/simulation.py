"""The stage on which scenarios are played: first opinions, who hears whom, and what nobody knows drawn by lot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypedDict

import networkx as nx
import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet.diversity.ledger import heard_by
from peernet.errors import SettingError, UnknownPersonError, did_you_mean
from peernet.opinions.influence import Influence, attention
from peernet.opinions.models import MODELS, confidences
from peernet.opinions.opinion_answers import Opinions, first_opinions
from peernet.opinions.opinion_spread import STATISTICS, apart, exposures, spread, typical_distance
from peernet.pairing.record import GivenPairs
from peernet.scores.pair_scores import PairScores
from peernet.survey.survey import Survey

__all__ = [
    "MEASURES",
    "End",
    "Paired",
    "Pairs",
    "Places",
    "Scene",
    "SceneSettings",
    "Susceptibility",
    "between",
    "pairs_of",
    "set_scene",
]

Susceptibility = float | tuple[float, float] | pd.Series
MEASURES = (*STATISTICS, "exposure")
Places = Sequence[tuple[int, int]]


class Paired(Protocol):
    """Anything that says who meets whom: a pairing, trios, circles."""

    @property
    def pairs(self) -> list[tuple[str, str]]: ...


class End(NamedTuple):
    """What one play of one model comes to."""

    opinions: Floats  # person x item
    exposure: Floats  # person
    measures: Floats  # in the order of MEASURES
    meetings: int  # one more than allowed where people still moved


@dataclass(frozen=True)
class Scene:
    """First opinions and who hears whom, with one susceptibility per draw and person."""

    people: pd.Index
    opinions: Opinions
    distances: Floats
    scale: float
    confidence: float
    partner_confidence: float
    partner_weight: float
    meetings: int
    susceptibility: Floats
    drawn_from: Susceptibility

    @property
    def settings(self) -> dict[str, Any]:
        """What was chosen, or found where nothing was."""
        return {
            "items": tuple(self.opinions.items.index[self.opinions.items["used"]]),
            "susceptibility": self.drawn_from,
            "partner_weight": self.partner_weight,
            "confidence": self.confidence,
            "partner_confidence": self.partner_confidence,
            "scale": self.scale,
            "meetings": self.meetings,
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

    def places(self, pairs: GivenPairs) -> list[tuple[int, int]]:
        """Positions, among people with an opinion, of the pairs of which both have one."""
        place = np.full(len(self.people), -1, dtype=np.int64)
        place[self.opinions.known] = np.arange(len(self.opinions.known))
        found = [tuple(int(place[self._position(person)]) for person in pair) for pair in pairs]
        return sorted({(min(pair), max(pair)) for pair in found if min(pair) >= 0})

    def _position(self, person: str) -> int:
        if person not in self.people:
            raise UnknownPersonError(f"No person {person!r} in the survey.{did_you_mean(str(person), self.people)}")
        return int(self.people.get_indexer(pd.Index([person]))[0])

    def influence(self, met: Places = ()) -> Influence:
        """Shares of attention once these pairs meet."""
        return attention(self.opinions.heard, met, partner_weight=self.partner_weight)

    def heard(self, met: Places) -> list[Ints]:
        """Whom everybody hears once these pairs meet."""
        heard = [set(colleagues.tolist()) for colleagues in self.opinions.heard]
        for a, b in met:
            heard[a].add(b)
            heard[b].add(a)
        return [np.array(sorted(colleagues), dtype=np.int64) for colleagues in heard]

    def end(self, model: str, draw: int, met: Places) -> End:
        """Where opinions end under a model once these pairs meet."""
        W, first, a = self.influence(met), self.opinions.first, self.susceptibility[draw]
        final, meetings = MODELS[model](W, first, a, confidences(W, self._radius(met)), self.meetings)
        return self.measured(np.clip(final, 0.0, 1.0), met, meetings)

    def _radius(self, met: Places) -> Floats:
        """Up to which distance people hear each other."""
        radius = np.full((len(self.opinions.known), len(self.opinions.known)), self.confidence)
        a, b = np.array(list(met), dtype=np.int64).reshape(-1, 2).T
        radius[np.concatenate([a, b]), np.concatenate([b, a])] = self.partner_confidence
        return radius

    def measured(self, opinions: Floats, met: Places, meetings: int = 0) -> End:
        """What opinions come to, with these pairs heard."""
        distances = apart(opinions)
        exposure = exposures(distances, self.scale, self.heard(met))
        measures = np.array([*spread(distances, self.scale), exposure.mean()])
        return End(opinions, exposure, measures, meetings)


def between(opinions: Floats, partners: Places) -> Floats:
    """How far the two of each pair are apart."""
    a, b = np.array(list(partners), dtype=np.int64).reshape(-1, 2).T
    return np.asarray(np.abs(opinions[a] - opinions[b]).mean(axis=1))


class SceneSettings(TypedDict, total=False):
    """The settings of `simulate_opinions` that make a scene."""

    items: Iterable[str] | None
    contact: Sequence[str] | None
    rule: str
    susceptibility: Susceptibility
    partner_weight: float
    confidence: float | None
    partner_confidence: float | None
    meetings: int
    draws: int


def set_scene(
    data: PairScores | Survey,
    graph: nx.MultiDiGraph[str],
    *,
    items: Iterable[str] | None = None,
    contact: Sequence[str] | None = None,
    rule: str = "either",
    susceptibility: Susceptibility = (0.2, 0.8),
    partner_weight: float = 1.0,
    confidence: float | None = None,
    partner_confidence: float | None = None,
    meetings: int = 200,
    draws: int = 20,
    rng: int | np.random.Generator = 0,
) -> Scene:
    """First opinions, attention and susceptibilities, checked; see `simulate_opinions`."""
    radii = {"confidence": confidence, "partner_confidence": partner_confidence}
    for name, value in {"partner_weight": partner_weight, **radii}.items():
        if value is not None and not 0 < value < np.inf:
            raise SettingError(f"{name} must be above 0; got {value!r}.")
    for name, number in {"draws": draws, "meetings": meetings}.items():
        if number < 1:
            raise SettingError(f"{name} must be at least 1; got {number!r}.")
    survey = _survey_of(data)
    if contact is None and isinstance(data, PairScores):
        contact = data.settings["contact"]
    opinions = first_opinions(survey, heard_by(graph, contact=contact, rule=rule), items)
    distances = apart(opinions.first)
    scale = typical_distance(distances)
    names = survey.people.index[opinions.known]
    drawn = _susceptibilities(names, susceptibility, draws, np.random.default_rng(rng))
    near = scale if confidence is None else float(confidence)
    partner = near if partner_confidence is None else float(partner_confidence)
    people, weight = survey.people.index, float(partner_weight)
    return Scene(people, opinions, distances, scale, near, partner, weight, meetings, drawn, susceptibility)


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


def pairs_of(pairing: Paired | GivenPairs | None) -> list[tuple[str, str]]:
    """Who meets whom, checked to be pairs."""
    given: Any = () if pairing is None else pairing
    pairs = list(getattr(given, "pairs", given))
    wrong = next((pair for pair in pairs if isinstance(pair, str) or len(set(pair)) != 2 or len(pair) != 2), None)
    if wrong is not None:
        raise SettingError(f"A pair is two people; got {wrong!r}.")
    return pairs
