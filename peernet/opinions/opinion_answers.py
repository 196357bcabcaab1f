"""Opinions out of survey answers: which items can move, where each person stands, and what was filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet.distance.coding import code_items
from peernet.errors import SettingError, UnknownItemError, did_you_mean
from peernet.opinions.influence import attention
from peernet.survey.item import Item
from peernet.survey.survey import Survey

__all__ = ["Opinions", "first_opinions"]

MOVABLE = ("numeric", "ordinal")


@dataclass(frozen=True)
class Opinions:
    """Where everybody with an opinion stands.

    Parameters
    ----------
    first
        From 0 to 1, shape (known people, items), nothing missing.
    known
        Positions, in the survey's order, of people with at least one opinion.
    heard
        For each of them the positions, among them, of the colleagues they hear.
    filled
        For each of them how many opinions were filled in.
    items
        Index ``item``; ``used``, ``answered``, ``filled`` and ``reason`` where it is not used.
    """

    first: Floats
    known: Ints
    heard: tuple[Ints, ...]
    filled: Ints
    items: pd.DataFrame


def first_opinions(survey: Survey, named: Sequence[Ints], items: Iterable[str] | None) -> Opinions:
    """Opinions of everyone who gave any; a missing one is the mean of the colleagues heard, else of everybody.

    Raises
    ------
    UnknownItemError
        If there is no such perspective item.
    SettingError
        If no item has answers that could move.
    """
    asked = _asked(survey, items)
    reasons = {item.name: _left_out(item, survey.people[item.name]) for item in asked}
    used = [item for item in asked if not reasons[item.name]]
    if not used:
        found = "; ".join(f"{name}: {reason}" for name, reason in reasons.items()) or "none was asked"
        raise SettingError(
            "No perspective item is an opinion that can move part of the way; a model of opinions needs numeric or "
            f"ordinal items ({found})."
        )
    limits = {item.name: item.limits for item in used if item.limits is not None and item.is_numbered}
    coded = code_items(survey.people[[i.name for i in used]], {i.name: i.kind for i in used}, limits).answers.T
    known = np.flatnonzero(~np.isnan(coded).all(axis=1))
    heard = _among(known, named, len(coded))
    values, missing = _filled(np.asarray(coded[known], dtype=np.float64), heard)
    return Opinions(values, known, heard, missing.sum(axis=1), _item_table(survey, reasons, missing))


def _asked(survey: Survey, items: Iterable[str] | None) -> list[Item]:
    asked = [item for item in survey.codebook.block("perspective") if item.name in survey.people]
    if items is None:
        return asked
    wanted, names = list(dict.fromkeys(items)), [item.name for item in asked]
    for name in wanted:
        if name not in names:
            raise UnknownItemError(f"No perspective item {name!r} was asked.{did_you_mean(name, names)}")
    return [item for item in asked if item.name in wanted]


def _left_out(item: Item, answers: pd.Series) -> str:
    if item.kind not in MOVABLE:
        return f"{item.kind}, so nobody can go part of the way"
    return "" if answers.notna().any() else "nobody answered"


def _among(known: Ints, named: Sequence[Ints], people: int) -> tuple[Ints, ...]:
    """Colleagues heard who have opinions themselves, by their place among those who do."""
    place = np.full(people, -1, dtype=np.int64)
    place[known] = np.arange(len(known))
    return tuple(place[colleagues][place[colleagues] >= 0] for colleagues in (named[i] for i in known))


def _filled(values: Floats, heard: Sequence[Ints]) -> tuple[Floats, Flags]:
    missing = np.isnan(values)
    given, answered = np.where(missing, 0.0, values), (~missing).astype(float)
    ears = attention(heard, partner_weight=1.0).astype(bool).astype(float)  # oneself adds nothing where it is missing
    voices = ears @ answered
    around = np.divide(ears @ given, voices, out=np.full(values.shape, np.nan), where=voices > 0)
    overall = given.sum(axis=0) / answered.sum(axis=0)
    return np.where(missing, np.where(np.isnan(around), overall, around), values), missing


def _item_table(survey: Survey, reasons: dict[str, str], missing: Flags) -> pd.DataFrame:
    table = pd.DataFrame({"reason": pd.Series(reasons, dtype="str")}).rename_axis("item")
    table.insert(0, "used", table["reason"] == "")
    table.insert(1, "answered", [int(survey.people[name].notna().sum()) for name in table.index])
    table.insert(2, "filled", 0)
    table.loc[table["used"], "filled"] = missing.sum(axis=0)
    return table
