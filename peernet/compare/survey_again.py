"""The survey resampled: items by a nonparametric m-out-of-n bootstrap, all else by parametric noise.

Items are drawn with replacement, fewer than there are. Nominations are forgotten and others made with a given
probability, thresholds move evenly up or down, and item weights follow a Dirichlet distribution around the usual ones;
how far, the analyst says, since one survey cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial, reduce
from operator import add
from typing import Any, TypeVar

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.distance.distances import PersonDistances
from peernet.distance.items import distance_reliability, repeat_share
from peernet.diversity.reach import Reach, reach_from
from peernet.errors import SettingError
from peernet.graph.colleagues import hears, layer_matrices, surroundings, unsaid, who_answered
from peernet.scores.foundation import Foundation, lay_foundation
from peernet.scores.gates import Gates
from peernet.scores.pair_scores import PairScores
from peernet.scores.rules import Rules

CAUSES = ("perspective", "experience", "goals", "ties")  # each block of answers with its line, and all that is named
USUAL = {"ties": 0.1, "thresholds": 0.1, "weights": 0.3}
Part = TypeVar("Part")
LayerRatings = Mapping[str, sparse.csr_array]


@dataclass(frozen=True)
class Perturbation:
    """How far the survey may come out differently, 0 for not at all."""

    # share of each block's items that is drawn, with replacement; None: what its reliability asks for
    items: float | None
    ties: float  # probability that a nomination is not made again
    thresholds: float  # largest share by which a threshold moves up or down
    weights: float  # spread (coefficient of variation) of each item's weight


def perturbation(*, items: bool | float, **others: bool | float) -> Perturbation:
    """From the keywords of `pairing_stability`: True for the usual amount, False for none, or a number."""
    amounts = {name: USUAL[name] * value if isinstance(value, bool) else value for name, value in others.items()}
    _check_amount("items", items, 1.0)
    for name, amount in amounts.items():
        _check_amount(name, amount, 1.0 if name == "weights" else 0.9)
    return Perturbation(items=None if items is True else float(items), **amounts)


def _check_amount(name: str, amount: object, most: float) -> None:
    if not (isinstance(amount, (int, float)) and 0 <= amount <= most):
        raise SettingError(f"{name} must be True, False or a number from 0 to {most:g}; got {amount!r}.")


@dataclass(frozen=True)
class SurveyResampler:
    """What it takes to score the pairs of a survey again and again."""

    scores: PairScores  # the scores as the survey came out
    graph: nx.MultiDiGraph[str]  # its colleague graph
    ratings: LayerRatings  # the ratings of each layer
    unnamed: LayerRatings  # per layer the cells of people the ego knows, was asked about and did not name
    perturbation: Perturbation  # how far the survey may come out differently
    items: pd.DataFrame  # per block how many items to draw: `items_to_draw`
    # settings the caller gave as numbers: they stay, the others follow each draw's own distances
    as_given: Mapping[str, Any]
    causes: tuple[str, ...] = CAUSES  # what is drawn anew; the rest stays as it came out

    def alone(self) -> dict[str, SurveyResampler]:
        """The same survey with one cause of change at a time, of those that decide about any pair."""
        gates = self.scores.gates
        open_gates = [name for name in ("experience", "goals") if getattr(gates, f"{name}_within") is None]
        return {cause: replace(self, causes=(cause,)) for cause in CAUSES if cause not in open_gates}

    def drawn(self, rng: np.random.Generator, together: dict[str, Any] | None = None) -> PairScores:
        """Scores of one survey as it might have come out, under the same rules.

        Of one cause alone, ``together`` holds what was drawn of all causes from the same seed, which is the same: each
        has a generator of its own, and perspective is drawn first. Of all of them, it is filled.
        """
        by_item, by_tie, by_line, by_weight = rng.spawn(4)
        known = {} if together is None else together
        ratings = self._once(known, "ratings", "ties", self.ratings, lambda: self._ratings_again(by_tie))
        foundation = self.scores.gates.foundation
        foundation = self._once(known, "foundation", "ties", foundation, lambda: self._foundation(ratings, by_line))
        heard = self._once(known, "heard", "ties", self._heard, lambda: self._heard_by(ratings))
        blocks = blocks_of(self.scores)
        apart = {
            block: self._once(
                known, block, block, distances, partial(self._weighed, block, distances, by_item, by_weight)
            )
            for block, distances in blocks.items()
        }
        outlook = apart["perspective"]
        as_it_is = outlook is blocks["perspective"] and heard is self._heard
        reach = self._reach if as_it_is else reach_from(outlook, self.scores.settings["scale"], *heard)
        gates = self._gates(apart, foundation, by_line)
        drawn = replace(self.scores, gates=gates, perspective=outlook, reach=reach)
        if gates.floor is not None:  # who gains how much changes with the answers
            drawn = drawn.floored(self.scores.settings["floor"])
        return drawn if drawn.applied_rules is None else drawn.under(Rules())  # who is the different one may change

    def _once(self, known: dict[str, Any], what: str, cause: str, as_it_is: Part, draw: Callable[[], Part]) -> Part:
        """Something as it came out where its cause is not asked about; else drawn, unless it is known."""
        if cause not in self.causes:
            return as_it_is
        if what not in known or cause not in ("perspective", "ties"):  # others are drawn after perspective
            known[what] = draw()
        found: Part = known[what]
        return found

    @cached_property
    def _heard(self) -> tuple[list[Ints], list[Floats] | None]:
        """Whom each person hears as it came out, and how fully."""
        return self._heard_by(self.ratings)

    @cached_property
    def _reach(self) -> Reach:
        """Everyone's surroundings as they came out."""
        return reach_from(self.scores.perspective, self.scores.settings["scale"], *self._heard)

    def _heard_by(self, ratings: LayerRatings) -> tuple[list[Ints], list[Floats] | None]:
        strength = self.scores.settings.get("strength", {})
        layers = ((ratings[layer], strength.get(layer, 1.0)) for layer in self.scores.settings["contact"])
        known: Flags = np.array([len(members) > 0 for members in self.scores.reach.heard], dtype=bool)
        return surroundings(hears(layers, "either", len(known)), known)

    def _weighed(
        self, block: str, distances: PersonDistances, by_item: np.random.Generator, by_weight: np.random.Generator
    ) -> PersonDistances:
        """The same answers with items drawn anew and weighed differently; the answers themselves stay as coded."""
        shares = distances.shares.copy()
        asked, count = np.flatnonzero(shares > 0), int(self.items["drawn"][block])
        if self.perturbation.weights:
            shares[asked] *= by_weight.gamma(self.perturbation.weights**-2, size=len(asked))
        if count:
            drawn = np.floor(by_item.random(count) * len(asked)).astype(np.int64)
            shares[asked] *= np.bincount(drawn, minlength=len(asked))
        return distances.reweighed(shares)

    def _ratings_again(self, rng: np.random.Generator) -> LayerRatings:
        if not self.perturbation.ties:
            return self.ratings
        return {
            layer: named_again(ratings, self.unnamed[layer], self.perturbation.ties, rng)
            for layer, ratings in self.ratings.items()
        }

    def _foundation(self, ratings: LayerRatings, rng: np.random.Generator) -> Foundation:
        if not (self.perturbation.ties or self.perturbation.thresholds):
            return self.scores.gates.foundation
        at_least, missing = self.as_given.get("at_least"), self.scores.settings["missing"]
        if self.perturbation.thresholds:
            rated = [self.ratings[layer].data for layer in self.graph.graph["foundation"]]
            levels = np.unique(np.concatenate(rated)) if rated else np.empty(0)
            at_least = _next_rating(levels, at_least, rng)
        return lay_foundation(self.graph, at_least=at_least, missing=missing, ratings=ratings)

    def _gates(self, apart: Mapping[str, PersonDistances], foundation: Foundation, rng: np.random.Generator) -> Gates:
        within = {name: self._within(name, apart.get(name), rng) for name in ("experience", "goals")}
        return replace(
            self.scores.gates,
            foundation=foundation,
            perspective=apart["perspective"].as_given,
            experience=apart.get("experience"),
            goals=apart.get("goals"),
            experience_within=within["experience"],
            goals_within=within["goals"],
        )

    def _within(self, name: str, distances: PersonDistances | None, rng: np.random.Generator) -> float | None:
        """The largest distance that passes in this draw."""
        move = 1 + self.perturbation.thresholds * (2 * rng.random() - 1) * (name in self.causes)
        within: float | None = getattr(self.scores.gates, f"{name}_within")
        if within is None or distances is None:
            return None
        if self.as_given.get(name, "average") == "average":
            within = float(np.nan_to_num(distances.mean))
        return within * move


def resampler_of(
    scores: PairScores, graph: nx.MultiDiGraph[str], perturbation: Perturbation, as_given: Mapping[str, Any]
) -> SurveyResampler:
    """Prepare to score a survey again; ``as_given`` are the settings `score_pairs` was called with."""
    ratings = layer_matrices(graph)
    given = {name: value for name, value in as_given.items() if value is not None}
    items = items_to_draw(scores, perturbation.items)
    return SurveyResampler(scores, graph, ratings, _unnamed(graph, ratings), perturbation, items, given)


def blocks_of(scores: PairScores) -> dict[str, PersonDistances]:
    """Distances of every block that the scores rest on."""
    found = {"perspective": scores.perspective, "experience": scores.gates.experience, "goals": scores.gates.goals}
    return {block: distances for block, distances in found.items() if distances is not None}


def items_to_draw(scores: PairScores, share: float | None) -> pd.DataFrame:
    """How many of each block's items to draw: ``items`` that weigh, ``reliability`` of the distances and ``drawn``.

    A ``share`` of None stands for what the reliability asks for. Where there is no telling, half are drawn, as a
    repeat of perfectly reliable distances would need; 0 drawn leaves the items as they are.
    """
    rows = {}
    for block, distances in blocks_of(scores).items():
        count, reliability = int((distances.shares > 0).sum()), distance_reliability(distances)
        wanted = repeat_share(1.0 if np.isnan(reliability) else reliability) if share is None else share
        drawn = 0 if share == 0 or count < 2 else max(1, round(wanted * count))
        rows[block] = {"items": count, "reliability": reliability, "drawn": drawn}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("block")


def _unnamed(graph: nx.MultiDiGraph[str], ratings: LayerRatings) -> LayerRatings:
    """Per layer the cells of people the ego knows, was asked about and did not name."""
    knows = _named_on_any(list(ratings.values()), len(graph))
    found = {}
    for layer, matrix in ratings.items():
        spoke = sparse.diags_array(who_answered(graph, layer).astype(float))
        closed = sparse.csr_array((matrix.astype(bool).astype(float) + unsaid(graph, layer)) > 0)
        found[layer] = sparse.csr_array(spoke @ (knows - knows.multiply(closed)))
        found[layer].eliminate_zeros()
    return found


def named_again(
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
    """The threshold itself or, as likely, the rating below or above it, where there is one; levels from low to high."""
    step = int(np.searchsorted((0.25, 0.75), rng.random())) - 1
    if len(levels) < 2 or not step:
        return at_least
    at = 0 if at_least is None else int(np.searchsorted(levels, at_least))
    return float(levels[min(max(at + step, 0), len(levels) - 1)])


def _named_on_any(layers: Sequence[sparse.csr_array], n: int) -> sparse.csr_array:
    """1 where either of two people named the other on any of the layers."""
    named = reduce(add, (matrix.astype(bool).astype(float) for matrix in layers), sparse.csr_array((n, n)))
    found = sparse.csr_array(((named + named.T) > 0).astype(float))
    found.sort_indices()
    return found
