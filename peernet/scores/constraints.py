"""What people may not or will not do (reporting lines, vetoes, opting out, capacity) and what they can teach."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._arrays import Flags
from peernet.survey.survey import Survey

__all__ = ["capacity", "opted_out", "reporting_lines", "topics", "vetoes"]


def reporting_lines(survey: Survey, place: dict[str, int]) -> list[tuple[int, int]]:
    managers = survey.people["manager"].dropna()
    return [(place[str(person)], place[manager]) for person, manager in managers.items() if manager in place]


def vetoes(survey: Survey, place: dict[str, int]) -> list[tuple[int, int]]:
    vetoes = survey.constraint("never_with")
    if vetoes is None:
        return []
    return [(place[str(person)], place[other]) for person, others in vetoes.dropna().items() for other in others]


def opted_out(survey: Survey) -> Flags:
    said = survey.constraint("opted_out")
    return np.zeros(len(survey.people), dtype=bool) if said is None else said.fillna(False).to_numpy(bool)


def capacity(survey: Survey) -> pd.Series:
    asked = survey.constraint("capacity")
    index = survey.people.index
    said = pd.Series(np.nan, index=index) if asked is None else asked.astype(float)
    return said.fillna(1).clip(lower=0).astype(int).rename("capacity")


def topics(survey: Survey) -> tuple[Flags, Flags] | None:
    sides = [_named_topics(survey, block) for block in ("offers", "seeks")]
    if not all(any(side) for side in sides):
        return None
    known = sorted(set().union(*sides[0], *sides[1]))
    return tuple(np.array([[t in s for t in known] for s in side]) for side in sides)  # type: ignore[return-value]


def _named_topics(survey: Survey, block: str) -> list[frozenset[str]]:
    answers = survey.answers(block)
    return [
        frozenset().union(*(cell for cell in row if isinstance(cell, frozenset)))
        for row in answers.itertuples(index=False, name=None)
    ]
