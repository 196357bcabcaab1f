"""The same survey as it might have come out: other items, other nominations, other thresholds, other weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Integers
from peernet._foundation import Foundation, lay_foundation
from peernet._gates import Gates
from peernet._layer_statistics import pairs_matrix, who_answered
from peernet._reach import Blocks, Reach, reach_from
from peernet.distance import PersonDistances
from peernet.errors import SettingError
from peernet.graph import layer_matrices
from peernet.scores import CELLS_AT_ONCE, PairScores

__all__ = ["Latitude", "SurveyAgain", "latitude", "survey_again"]

USUAL = {"items": 0.5, "ties": 0.1, "thresholds": 0.1, "weights": 0.3}
Ratings = Mapping[str, sparse.csr_array]


@dataclass(frozen=True)
class Latitude:
    """How far the survey may come out differently, 0 for not at all.

    Parameters
    ----------
    items
        Share of each block's items that is drawn, with replacement.
    ties
        Probability that a nomination is not made again.
    thresholds
        Largest share by which a threshold moves up or down.
    weights
        Spread (coefficient of variation) of each item's weight.
    """

    items: float
    ties: float
    thresholds: float
    weights: float


def latitude(**chosen: bool | float) -> Latitude:
    """Latitude from the keywords of `pairing_stability`: True for the usual amount, False for none, or a number."""
    amounts = {name: USUAL[name] * value if isinstance(value, bool) else value for name, value in chosen.items()}
    for name, amount in amounts.items():
        most = 1.0 if name in ("items", "weights") else 0.9
        if not (isinstance(amount, (int, float)) and 0 <= amount <= most):
            raise SettingError(f"{name} must be True, False or a number from 0 to {most:g}; got {chosen[name]!r}.")
    return Latitude(**amounts)


@dataclass(frozen=True)
class SurveyAgain:
    """What it takes to score the pairs of a survey again and again.

    Parameters
    ----------
    scores
        The scores as the survey came out.
    graph
        Its colleague graph.
    ratings
        The ratings of each layer.
    unnamed
        Per layer the cells of people the ego knows, was asked about and did not name.
    latitude
        How far the survey may come out differently.
    as_given
        Settings the caller gave as numbers: they stay, the others follow each draw's own distances.
    """

    scores: PairScores
    graph: nx.MultiDiGraph[str]
    ratings: Ratings
    unnamed: Ratings
    latitude: Latitude
    as_given: Mapping[str, Any]

    def drawn(self, rng: np.random.Generator) -> PairScores:
        """Scores of one survey as it might have come out."""
        by_item, by_tie, by_line, by_weight = rng.spawn(4)
        ratings = self._named_again(by_tie)
        apart = {
            block: None if distances is None else _weighed(distances, self.latitude, by_item, by_weight)
            for block, distances in self._blocks().items()
        }
        gates = self._gates(apart, self._foundation(ratings, by_line), by_line)
        return replace(self.scores, gates=gates, perspective=gates.perspective, reach=self._reach(gates, ratings))

    def _blocks(self) -> dict[str, PersonDistances | None]:
        gates = self.scores.gates
        return {"perspective": gates.perspective, "experience": gates.experience, "goals": gates.goals}

    def _named_again(self, rng: np.random.Generator) -> Ratings:
        if not self.latitude.ties:
            return self.ratings
        return {
            layer: _named_again(ratings, self.unnamed[layer], self.latitude.ties, rng)
            for layer, ratings in self.ratings.items()
        }

    def _foundation(self, ratings: Ratings, rng: np.random.Generator) -> Foundation:
        if not self.latitude.ties and not self.latitude.thresholds:
            return self.scores.gates.foundation
        at_least, missing = self.as_given.get("at_least"), self.scores.settings["missing"]
        if self.latitude.thresholds:
            at_least = _next_rating(self._levels(), at_least, rng)
        return lay_foundation(self.graph, at_least=at_least, missing=missing, ratings=ratings)

    def _levels(self) -> Floats:
        """Ratings that occur on the layers a pairing rests on, from low to high."""
        found = [self.ratings[layer].data for layer in self.graph.graph["foundation"]]
        return np.unique(np.concatenate(found)) if found else np.empty(0)

    def _gates(
        self, apart: Mapping[str, PersonDistances | None], foundation: Foundation, rng: np.random.Generator
    ) -> Gates:
        within = {name: self._within(name, apart[name], rng) for name in ("experience", "goals")}
        perspective = apart["perspective"]
        assert perspective is not None  # nothing is scored without one
        return replace(
            self.scores.gates,
            foundation=foundation,
            perspective=perspective,
            experience=apart["experience"],
            goals=apart["goals"],
            experience_within=within["experience"],
            goals_within=within["goals"],
        )

    def _within(self, name: str, distances: PersonDistances | None, rng: np.random.Generator) -> float | None:
        """The largest distance that passes in this draw."""
        move = 1 + self.latitude.thresholds * (2 * rng.random() - 1)
        within: float | None = getattr(self.scores.gates, f"{name}_within")
        if within is None or distances is None:
            return None
        if self.as_given.get(name, "average") == "average":
            within = float(np.nan_to_num(distances.mean))
        return within * move

    def _reach(self, gates: Gates, ratings: Ratings) -> Reach:
        table = _at_hand(gates.perspective)
        scale = self.as_given.get("scale")
        if scale is None:
            median = gates.perspective.median
            scale = median if median > 0 else self.scores.settings["scale"]
        layers = [ratings[layer] for layer in self.scores.settings["contact"]]
        return reach_from(table, scale, _heard(layers, self.scores.reach))


def survey_again(
    scores: PairScores, graph: nx.MultiDiGraph[str], latitude: Latitude, as_given: Mapping[str, Any]
) -> SurveyAgain:
    """Prepare to score a survey again; ``as_given`` are the settings `score_pairs` was called with."""
    ratings = layer_matrices(graph)
    given = {name: value for name, value in as_given.items() if value is not None}
    return SurveyAgain(scores, graph, ratings, _unnamed(graph, ratings), latitude, given)


def _weighed(
    distances: PersonDistances, latitude: Latitude, by_item: np.random.Generator, by_weight: np.random.Generator
) -> PersonDistances:
    """The same answers with items drawn anew and weighed differently; the answers themselves stay as coded."""
    shares = distances.shares.copy()
    asked = np.flatnonzero(shares > 0)
    if latitude.weights:
        shares[asked] *= by_weight.gamma(latitude.weights**-2, size=len(asked))
    if latitude.items and len(asked):
        count = max(1, round(latitude.items * len(asked)))
        drawn = np.floor(by_item.random(count) * len(asked)).astype(np.int64)
        shares[asked] *= np.bincount(drawn, minlength=len(asked))
    total = shares.sum()
    weights = pd.Series(shares / total if total else shares, index=distances.weights.index, name="weight")
    return replace(distances, weights=weights)


def _unnamed(graph: nx.MultiDiGraph[str], ratings: Ratings) -> Ratings:
    """Per layer the cells of people the ego knows, was asked about and did not name."""
    n = len(graph)
    knows = sparse.csr_array((n, n))
    for matrix in ratings.values():
        knows = knows + matrix.astype(bool).astype(float)
    knows = sparse.csr_array((knows + knows.T) > 0).astype(float)
    found = {}
    for layer, matrix in ratings.items():
        skipped = pairs_matrix(graph, graph.graph.get("not_asked", {}).get(layer, ()))
        spoke = sparse.diags_array(who_answered(graph, layer).astype(float))
        closed = sparse.csr_array((matrix.astype(bool).astype(float) + skipped) > 0)
        found[layer] = sparse.csr_array(spoke @ (knows - knows.multiply(closed)))
        found[layer].eliminate_zeros()
    return found


def _named_again(
    ratings: sparse.csr_array, unnamed: sparse.csr_array, forgotten: float, rng: np.random.Generator
) -> sparse.csr_array:
    """Nominations made again: some are left out, and about as many people whom the ego knows are named instead."""
    named, others = ratings.tocoo(), unnamed.tocoo()
    kept = rng.random(named.nnz) >= forgotten
    chance = min(0.5, forgotten * named.nnz / others.nnz) if others.nnz else 0.0
    added = rng.random(others.nnz) < chance
    lot = np.floor(rng.random(int(added.sum())) * named.nnz).astype(np.int64)
    cells = [np.concatenate([named.coords[side][kept], others.coords[side][added]]) for side in (0, 1)]
    return sparse.csr_array((np.concatenate([named.data[kept], named.data[lot]]), tuple(cells)), shape=ratings.shape)


def _next_rating(levels: Floats, at_least: float | None, rng: np.random.Generator) -> float | None:
    """The threshold itself or, as likely, the rating below or above it, where there is one."""
    step = int(np.searchsorted((0.25, 0.75), rng.random())) - 1
    if len(levels) < 2 or not step:
        return at_least
    at = 0 if at_least is None else int(np.searchsorted(levels, at_least))
    return float(levels[min(max(at + step, 0), len(levels) - 1)])


@dataclass(frozen=True)
class _AtHand:
    """Distances held as one table."""

    cells: Floats

    def block(self, rows: Integers, cols: Integers | None = None) -> Floats:
        return self.cells[rows] if cols is None else self.cells[np.ix_(rows, cols)]


def _at_hand(distances: PersonDistances) -> Blocks:
    """Distances in memory where they are few: everyone's surroundings are read from them one by one."""
    n = len(distances)
    return _AtHand(distances.block(np.arange(n))) if n * n <= CELLS_AT_ONCE else distances


def _heard(layers: list[sparse.csr_array], reach: Reach) -> list[Integers]:
    """Whom each person hears, themselves first, as far as their perspective is known."""
    n = len(reach.heard)
    known: Flags = np.array([len(members) > 0 for members in reach.heard], dtype=bool)
    named = sparse.csr_array((n, n))
    for matrix in layers:
        named = named + matrix.astype(bool).astype(float)
    both = sparse.csr_array(named + named.T)
    both.sort_indices()
    heard = []
    for i in range(n):
        alters = both.indices[both.indptr[i] : both.indptr[i + 1]].astype(np.int64)
        alters = alters[known[alters] & (alters != i)]
        heard.append(np.concatenate([[i], alters]).astype(np.int64) if known[i] else alters[:0])
    return heard
