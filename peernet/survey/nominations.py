"""Nominations: from names typed into cells, or rows of a tie file, to a tidy table of ties."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from peernet.survey.answers import checked_number, given_cells
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import MORE, SIMILAR, UNKNOWN, NameBook, is_nobody, split_names

TIE_COLUMNS = ["ego", "alter", "layer", "rating", "asked"]
NOT_ASKED = frozenset({"no", "n", "0", "0.0", "false"})
Tie = tuple[str, str, str, float, bool]


@dataclass(frozen=True)
class NameReader:
    """What it takes to read names: everyone's names, the words for a missing answer, and where to note doubts."""

    book: NameBook
    missing: tuple[str, ...]
    log: IssueLog


def nominated_ties(
    items: Iterable[Item], cells: pd.DataFrame, desk: NameReader
) -> tuple[list[Tie], dict[str, set[str]]]:
    """Ties typed as names in the survey, and who answered each layer's question.

    A blank cell is no answer; "nobody" is an answer that names nobody, and so is a name that could not be read.
    """
    ties: list[Tie] = []
    answered: dict[str, set[str]] = {}
    for item in items:
        layer = str(item.layer)
        named = _named(item, cells[item.name], desk)
        answered.setdefault(layer, set()).update(named)
        ties += [(ego, alter, layer, 1.0, True) for ego, alters in named.items() for alter in alters]
    return ties, answered


def vetoes(item: Item, cells: pd.Series[str], desk: NameReader) -> pd.Series:
    """People each respondent must not be paired with, as frozensets; None where the question was not answered."""
    named = _named(item, cells, desk)
    asked = [frozenset(named[str(person)]) if str(person) in named else None for person in cells.index]
    return pd.Series(asked, index=cells.index, dtype=object)


def _named(item: Item, cells: pd.Series[str], desk: NameReader) -> dict[str, list[str]]:
    """Respondent to the people named, each once; respondents who gave no answer are left out."""
    named = {}
    for ego, cell in given_cells(item, cells, desk.missing).items():
        typed = _typed_names(item, str(ego), cell, desk.book)
        if typed:
            named[str(ego)] = list(dict.fromkeys(_alters(item, str(ego), typed, desk)))
        else:
            desk.log.warning(f"{cell!r} holds no name", "treated as not answered", item=item.name, person=str(ego))
    return named


def _typed_names(item: Item, ego: str, cell: str, book: NameBook) -> list[str]:
    """The names in a cell; commas part names unless they stand in one name. Marks alone are no name."""
    names: list[str] = []
    for name in split_names(cell, item.separator):
        names += [name] if _is_one_name(name, ego, book) else [part.strip() for part in name.split(",")]
    said = [name for name in names if name]
    return said if any(is_nobody(name) or re.search(r"\w", name) for name in said) else []


def _is_one_name(name: str, ego: str, book: NameBook) -> bool:
    """Whether it has no comma, reads as somebody's "Last, First", or looks like that of a stranger."""
    if "," not in name or book.read(name, ego=ego).how not in (MORE, UNKNOWN):
        return True
    parts = [part.split() for part in name.split(",")]
    strange = any(book.read(" ".join(part), ego=ego).person is None for part in parts)
    return strange and [len(part) for part in parts] == [1, 1]


def _alters(item: Item, ego: str, typed: Iterable[str], desk: NameReader) -> Iterator[str]:
    for name in typed:
        alter = None if is_nobody(name) else person_meant(name, desk.book, desk.log, item=item, ego=ego)
        if alter == ego:
            desk.log.note(f"{name!r} is the respondent", "left out", item=item.name, person=ego)
        elif alter is not None:
            yield alter


def person_meant(typed: str, book: NameBook, log: IssueLog, *, item: Item, ego: str) -> str | None:
    """The person a typed name means, or None; whatever was not read word for word is logged."""
    reading = book.read(typed, ego=ego)
    if reading.person is not None:
        team = ", in the same team" if reading.by_team else ""
        done = f"read as {book.names[reading.person]} ({reading.person}): {reading.how}{team}"
        if reading.how in (SIMILAR, MORE):
            log.warning(f"typed {typed!r}", f"{done}; check that this is who was meant", item=item.name, person=ego)
        elif team or reading.how not in ("identifier", "name"):
            log.note(f"typed {typed!r}", done, item=item.name, person=ego)
        return reading.person
    tell = log.error if item.role == "never_with" else log.warning  # a veto that is not in force must be settled
    if reading.candidates:
        could_be = ", ".join(f"{book.names[person]} ({person})" for person in reading.candidates)
        tell(
            f"{typed!r} could be {could_be}",
            "not counted; write the identifier to settle it",
            item=item.name,
            person=ego,
        )
    else:
        tell(f"{typed!r} is nobody on the roster", "not counted", item=item.name, person=ego)
    return None


def listed_ties(rows: pd.DataFrame, items: Iterable[Item], desk: NameReader) -> list[Tie]:
    """Ties of a ``ties.csv``: ego, alter, layer and, where given, rating and asked; the first of repeated rows."""
    by_layer = {str(item.layer): item for item in items}
    ties: dict[tuple[str, str, str], Tie] = {}
    for row in rows.to_dict("records"):
        item = by_layer[row["layer"]]
        for tie in _listed_tie({str(column): str(cell) for column, cell in row.items()}, item, desk):
            if ties.setdefault(tie[:3], tie) != tie:
                desk.log.note(
                    f"tie to {tie[1]} is listed more than once", "kept the first row", item=item.name, person=tie[0]
                )
    return list(ties.values())


def _listed_tie(row: dict[str, str], item: Item, desk: NameReader) -> Iterator[Tie]:
    ego = person_meant(row["ego"], desk.book, desk.log, item=item, ego="")
    alter = person_meant(row["alter"], desk.book, desk.log, item=item, ego=ego or "")
    if ego is not None and ego == alter:
        desk.log.note("a tie to oneself", "left out", item=item.name, person=ego)
    elif ego is not None and alter is not None:
        asked = row.get("asked", "").casefold() not in NOT_ASKED
        yield ego, alter, str(item.layer), _rating(row.get("rating", ""), item, ego, desk) if asked else 0.0, asked


def _rating(cell: str, item: Item, ego: str, desk: NameReader) -> float:
    if cell.casefold() in {word.casefold() for word in (*desk.missing, *item.missing, "")}:
        return 1.0
    return checked_number(item, ego, cell, desk.log, done="tie kept, its rating unknown")
