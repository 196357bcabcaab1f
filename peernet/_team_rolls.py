"""Who is in which team, and who leads it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from peernet._arrays import Integers
from peernet.errors import SettingError, check_choice
from peernet.survey import Survey

__all__ = ["FLOOR", "Team", "teams_of"]

FLOOR = 5  # fewer people than this are never shown as a team


@dataclass(frozen=True, eq=False)
class Team:
    """A team by the positions of its people in the survey; the leader is no member."""

    name: str
    leader: int
    members: Integers

    @property
    def people(self) -> Integers:
        """Everyone, the leader first."""
        return np.concatenate([[self.leader], self.members]).astype(np.int64)


def teams_of(survey: Survey, by: str | None = None) -> list[Team]:
    """Teams and their leaders, by name.

    By ``"team"``: the leader is whoever most of the team report to, be it from outside. By ``"manager"``: a team is
    everybody who reports to the same person, and is called after them.
    """
    people = survey.people
    if not people["manager"].isin(people.index).any():
        raise SettingError("Nobody's manager is known, so no team has a leader. Add a manager column to the roster.")
    by = by or ("team" if people["team"].notna().any() else "manager")
    check_choice("by", by, ("team", "manager"))
    found = [_team(str(name), group, people) for name, group in people.groupby(by, observed=True, sort=True)]
    return [team for team in found if team is not None]


def _team(name: str, group: pd.DataFrame, people: pd.DataFrame) -> Team | None:
    """A team and its leader; None where nobody leads it or nobody else is in it."""
    bosses = group["manager"][group["manager"].isin(people.index)].astype("str").value_counts()
    if bosses.empty:
        return None
    most = bosses.index[bosses == bosses.iloc[0]]
    leader = min(most, key=lambda boss: (boss not in group.index, boss))
    members = people.index.get_indexer(group.index.drop(leader, errors="ignore")).astype(np.int64)
    return Team(name, int(people.index.get_indexer(pd.Index([leader]))[0]), members) if len(members) else None
