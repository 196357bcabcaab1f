"""How many hours two people share, from slots they chose or times they wrote."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pandas as pd

from peernet._arrays import Floats
from peernet.errors import SettingError
from peernet.survey.survey import Survey

__all__ = ["free_hours"]

# "Mon 9-12", "14:00-17:30": a day (every day if none is given), from, to.
_TIMES = re.compile(r"(?P<day>[^\W\d]*)\.?\s*(\d{1,2})(?:[:.](\d{2}))?\s*[-\u2013]\s*(\d{1,2})(?:[:.](\d{2}))?")
Span = tuple[str, float, float]


def free_hours(survey: Survey) -> tuple[Floats, Floats]:
    """When people are free: an array (people, slots) of 0 and 1, and how many hours each slot counts.

    Raises
    ------
    SettingError
        If the survey did not ask for hours, or an answer is no choice of slots and no list of times.
    """
    said, item = survey.constraint("hours"), survey.codebook.constraint("hours")
    if said is None or item is None:
        raise SettingError(
            "A rule asks for shared hours, but no item of the codebook has the role 'hours'. "
            "Add the item to the codebook (block constraint, role hours) or drop the rule."
        )
    if item.kind == "multiple":
        return _chosen(said)
    return _written([_spans(str(who), cell, item.separator) for who, cell in said.items()])


def _chosen(said: pd.Series) -> tuple[Floats, Floats]:
    answers = [cell if isinstance(cell, frozenset) else frozenset() for cell in said]
    slots = sorted(frozenset().union(*answers))
    return np.array([[float(slot in answer) for slot in slots] for answer in answers]), np.ones(len(slots))


def _spans(person: str, cell: object, separator: str) -> list[Span]:
    """What one person wrote, as day, from and to."""
    if pd.isna(cell):  # type: ignore[call-overload]
        return []
    return [_span(person, part.strip()) for part in str(cell).split(separator) if part.strip()]


def _span(person: str, part: str) -> Span:
    found = _TIMES.fullmatch(part)
    if found:
        day, h1, m1, h2, m2 = found.groups()
        start, stop = int(h1) + int(m1 or 0) / 60, int(h2) + int(m2 or 0) / 60
        if start < stop <= 24:
            return day.casefold()[:3], start, stop
    raise SettingError(
        f"The hours of {person!r} hold {part!r}; allowed are times such as '9-12' or 'Mon 14:00-17:30', or an item of "
        "kind multiple whose categories are slots."
    )


def _written(spans: list[list[Span]]) -> tuple[Floats, Floats]:
    """Days cut where anybody starts or stops; times without a day hold on every day that anybody names."""
    days = sorted({day for own in spans for day, _, _ in own if day}) or [""]
    columns, lengths = [], []
    for day in days:
        today = [[(start, stop) for on, start, stop in own if on in ("", day)] for own in spans]
        for start, stop in pairwise(sorted({cut for own in today for span in own for cut in span})):
            columns.append([float(any(a <= start and stop <= b for a, b in own)) for own in today])
            lengths.append(stop - start)
    return np.array(columns).reshape(-1, len(spans)).T, np.array(lengths)
