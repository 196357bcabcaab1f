"""Perspectives a team's members still reach without their leader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from scipy import sparse

from peernet._arrays import Floats, Ints
from peernet.graph.colleagues import RULES, Ratings
from peernet.graph.resilience import Standing, standing
from peernet.graph.teams import Team

NOBODY = -1  # no position

__all__ = ["Scored", "reach_standing", "surroundings"]


class Surrounded(Protocol):
    """Whom people hear, and how many perspectives a set of people holds."""

    @property
    def heard(self) -> tuple[Ints, ...]:
        """Per person themselves and the colleagues heard; empty where their perspective is not known."""
        ...

    def among_without(self, members: Ints, absent: Iterable[int]) -> Floats:
        """Effective perspectives among some people without each of the absent in turn."""
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


def surroundings(contact: Iterable[Ratings], scores: Scored, rule: str, partners: Ratings) -> list[Ints]:
    """Whom each person whose perspective is known hears, themselves first: by the rule, and their partners."""
    known = np.array([len(members) > 0 for members in scores.reach.heard])
    others = sparse.csr_array(sum((RULES[rule](matrix) for matrix in contact), start=partners))
    others.setdiag(0)
    others.eliminate_zeros()
    others.sort_indices()
    heard = [own[known[own]] for own in np.split(others.indices.astype(np.int64), others.indptr[1:-1])]
    return [np.concatenate([[i], own]) if known[i] else own[:0] for i, own in enumerate(heard)]


def reach_standing(team: Team, reach: Surrounded, heard: Sequence[Ints]) -> tuple[float, Standing]:
    """Mean perspectives in reach of the members, and what is kept of them without each of the team."""
    members = [int(i) for i in team.members if len(heard[i])]
    if not members:
        return float("nan"), standing(np.full(len(team.people), np.nan))
    own, left = np.empty(len(members)), np.empty((len(team.people), len(members)))
    for column, i in enumerate(members):  # what each member reaches, and what they do without each of the team
        missed = np.flatnonzero(np.isin(team.people, heard[i]) & (team.people != i))
        own[column], *less = reach.among_without(heard[i], [NOBODY, *team.people[missed]])
        left[:, column] = own[column]
        left[missed, column] = less
    staying = team.people[:, None] != np.array(members)
    whole = staying @ own
    kept = np.divide((left * staying).sum(axis=1), whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return float(own.mean()), standing(kept)
