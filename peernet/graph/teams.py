"""Who is in which team, and who leads it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from peernet._arrays import Ints
from peernet.errors import SettingError, check_choice
from peernet.survey.survey import Survey

FLOOR = 5  # fewer people than this are never shown as a team


@dataclass(frozen=True, eq=False)
class Team:
    """A team by the positions of its people in the survey; the leader is no member."""

    name: str
    leader: int
    members: Ints

    @property
    def people(self) -> Ints:
        """Everyone, the leader first."""
        return np.concatenate([[self.leader], self.members]).astype(np.int64)


def teams_of(survey: Survey, by: str | None = None) -> list[Team]:
    """Teams and their leaders, by name.

    By ``"team"``: the leader is whoever most of the team report to, be it from outside. By ``"manager"``: a team is
    everybody who reports to the same person, and is called after them.
    """
    people = survey.people
    boss = people.index.get_indexer(pd.Index(people["manager"], dtype=object)).astype(np.int64)
    if not (boss >= 0).any():
        raise SettingError("Nobody's manager is known, so no team has a leader. Add a manager column to the roster.")
    by = by or ("team" if people["team"].notna().any() else "manager")
    check_choice("by", by, ("team", "manager"))
    rolls = people.groupby(by, observed=True).indices
    found = [
        _team(str(name), np.sort(rolls[name]).astype(np.int64), boss, people.index) for name in sorted(rolls, key=str)
    ]
    return [team for team in found if team is not None]


def _team(name: str, roll: Ints, boss: Ints, everyone: pd.Index) -> Team | None:
    """A team and its leader; None where nobody leads it or nobody else is in it."""
    reports = np.bincount(boss[roll][boss[roll] >= 0])
    if not len(reports):
        return None
    most = np.flatnonzero(reports == reports.max())
    leader = min(most.tolist(), key=lambda person: (person not in roll, everyone[person]))
    members = roll[roll != leader]
    return Team(name, leader, members) if len(members) else None
