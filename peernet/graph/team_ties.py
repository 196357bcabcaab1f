"""What the ties inside one team say: peers, what is left without the leader, the leader's share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from peernet._arrays import Flags, Floats
from peernet.graph import resilience
from peernet.graph.colleagues import RULES, Ratings
from peernet.graph.leader_reach import Scored, reach_standing, surroundings
from peernet.graph.measures import binary
from peernet.graph.resilience import Standing
from peernet.graph.teams import Team

__all__ = ["TeamTies", "Told"]


@dataclass(frozen=True, eq=False)
class Told:
    """What was answered: ties of the layer in question, who spoke, who hears whom, and the scores if there are any."""

    layer: Ratings
    answered: Flags
    contact: tuple[Ratings, ...]
    scores: Scored | None


class TeamTies:
    """One layer under one rule, with or without proposed pairs, and what it says of any team."""

    def __init__(self, told: Told, rule: str, partners: Ratings) -> None:
        self.given, self.answered = told.layer, told.answered
        self.ties = binary(binary(RULES[rule](told.layer)) + partners)
        self.blind = rule not in ("either", "sent")  # a tie to somebody who did not answer cannot be seen
        self.reach = None if told.scores is None else told.scores.reach
        if told.scores is not None:
            self.heard = surroundings(told.contact, told.scores, rule, partners)

    def of(self, team: Team) -> dict[str, Any]:
        """What is known of one team."""
        members = team.members[self.answered[team.members]]
        roll = Team(team.name, team.leader, members)
        ties = self.ties[roll.people][:, roll.people].toarray() > 0
        unseen = self.blind and not self.answered[team.leader]
        row: dict[str, Any] = {"people": len(ties), "silent": len(team.members) - len(members)}
        row |= self._among_members(roll, ties, unseen) | self._with_leader(ties, unseen)
        row["leader_share"] = _leader_share(self.given, roll)
        if self.reach is not None:
            reached, place = reach_standing(roll, self.reach, self.heard)
            row |= {"reach": reached, **_named("reach_", place)}
        return row

    def _among_members(self, team: Team, ties: Flags, unseen: bool) -> dict[str, float]:
        members = ties[1:, 1:]
        others = self.ties[team.members].astype(bool).sum(axis=1) - ties[1:, 0]
        pairs = len(members) * (len(members) - 1)
        return {
            "peers": float(members.any(axis=1).mean()),
            "elsewhere": float((others > 0).mean()),
            "leader": float("nan") if unseen else float(ties[1:, 0].mean()),
            "density": float(members.sum() / pairs) if pairs else float("nan"),
            "largest": resilience.largest_share(members),
        }

    def _with_leader(self, ties: Flags, unseen: bool) -> dict[str, Any]:
        """What is left without the leader, against without each other; missing where the leader's ties are not seen."""
        nothing: Floats = np.full(len(ties), np.nan)
        parts = nothing if unseen else resilience.largest_without(ties)
        found = _named("largest_", resilience.standing(parts))
        del found["largest_kept"]  # told as the largest part of the members, which is known of silent leaders too
        return found | {
            "efficiency": float("nan") if unseen else resilience.efficiency(ties),
            **_named("", resilience.standing(nothing if unseen else resilience.kept_efficiency(ties))),
            "cut": None if unseen else resilience.is_cut_vertex(ties, 0),
        }


def _named(before: str, place: Standing) -> dict[str, float]:
    return {
        f"{before}kept": place.kept,
        f"{before}kept_others": place.others,
        f"{before}percentile": place.percentile,
        f"{before}percentile_low": place.low,
        f"{before}percentile_high": place.high,
    }


def _leader_share(given: Ratings, team: Team) -> float:
    """The leader's share of the ratings that the members give inside the team."""
    inside = given[team.members][:, team.people].toarray()
    return float(inside[:, 0].sum() / inside.sum()) if inside.sum() else float("nan")
