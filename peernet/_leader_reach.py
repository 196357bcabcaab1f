"""Perspectives a team's members still reach without their leader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import networkx as nx
import numpy as np

from peernet._arrays import Floats, Integers
from peernet._resilience import Standing, standing
from peernet._team_rolls import Team
from peernet.graph import RULES, layer_matrices

__all__ = ["Scored", "reach_standing", "surroundings"]


class Surrounded(Protocol):
    """Whom people hear, and how many perspectives a set of people holds."""

    @property
    def heard(self) -> tuple[Integers, ...]:
        """Per person themselves and the colleagues heard; empty where their perspective is not known."""
        ...

    def among(self, members: Integers) -> float:
        """Effective perspectives among some people."""
        ...


class Scored(Protocol):
    """What is needed of scores to count perspectives in reach."""

    @property
    def reach(self) -> Surrounded:
        """Everyone's surroundings."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """What was chosen; ``contact`` is needed."""
        ...


def surroundings(
    graph: nx.MultiDiGraph[str], scores: Scored, rule: str, partners: Mapping[int, set[int]]
) -> list[Integers]:
    """Whom each person whose perspective is known hears, themselves first: by the rule, and their partners."""
    known = np.array([len(members) > 0 for members in scores.reach.heard])
    layers = [RULES[rule](matrix) for matrix in layer_matrices(graph, scores.settings["contact"]).values()]
    found = []
    for i, spoken in enumerate(known):
        others = {int(j) for matrix in layers for j in matrix[[i]].nonzero()[1]} | partners.get(i, set())
        heard = [i, *(j for j in sorted(others - {i}) if known[j])] if spoken else []
        found.append(np.array(heard, dtype=np.int64))
    return found


def reach_standing(team: Team, reach: Surrounded, heard: Sequence[Integers]) -> tuple[float, Standing]:
    """Mean perspectives in reach of the members, and what is kept of them without each of the team."""
    people = [int(i) for i in team.people]
    own = {i: reach.among(heard[i]) for i in people if len(heard[i])}
    members = [i for i in people[1:] if i in own]
    if not members:
        return float("nan"), standing(np.full(len(people), np.nan))
    kept = np.array([_kept(absent, members, reach, heard, own) for absent in people])
    return float(np.mean([own[i] for i in members])), standing(kept)


def _kept(
    absent: int, members: Sequence[int], reach: Surrounded, heard: Sequence[Integers], own: Mapping[int, float]
) -> float:
    """Share of what the members but the absent one reach that is left without the absent one."""
    staying = [i for i in members if i != absent]
    if not staying:
        return float("nan")
    left: Floats = np.array(
        [reach.among(np.setdiff1d(heard[i], absent)) if absent in heard[i] else own[i] for i in staying]
    )
    return float(left.sum() / sum(own[i] for i in staying))
