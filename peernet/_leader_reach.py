"""Perspectives a team's members still reach without their leader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np

from peernet._arrays import Floats, Integers
from peernet._reach import Reach
from peernet._resilience import Standing, standing
from peernet._team_rolls import Team
from peernet.diversity import heard_by

__all__ = ["reach_standing", "surroundings"]


def surroundings(
    graph: nx.MultiDiGraph[str], reach: Reach, contact: Sequence[str], rule: str, partners: Mapping[int, set[int]]
) -> list[Integers]:
    """Whom each person whose perspective is known hears, themselves first: by the rule, and their partners."""
    known = np.array([len(members) > 0 for members in reach.heard])
    found = []
    for i, alters in enumerate(heard_by(graph, contact=contact, rule=rule)):
        others = np.union1d(alters, np.array(sorted(partners.get(i, ())), dtype=np.int64))
        found.append(np.concatenate([[i], others[known[others]]]).astype(np.int64) if known[i] else others[:0])
    return found


def reach_standing(team: Team, reach: Reach, heard: Sequence[Integers]) -> tuple[float, Standing]:
    """Mean perspectives in reach of the members, and what is kept of them without each of the team."""
    people = [int(i) for i in team.people]
    own = {i: reach.among(heard[i]) for i in people if len(heard[i])}
    members = [i for i in people[1:] if i in own]
    if not members:
        return float("nan"), standing(np.full(len(people), np.nan))
    kept = np.array([_kept(absent, members, reach, heard, own) for absent in people])
    return float(np.mean([own[i] for i in members])), standing(kept)


def _kept(
    absent: int, members: Sequence[int], reach: Reach, heard: Sequence[Integers], own: Mapping[int, float]
) -> float:
    """Share of what the members but the absent one reach that is left without the absent one."""
    staying = [i for i in members if i != absent]
    if not staying:
        return float("nan")
    left: Floats = np.array(
        [reach.among(np.setdiff1d(heard[i], absent)) if absent in heard[i] else own[i] for i in staying]
    )
    return float(left.sum() / sum(own[i] for i in staying))
