"""Nominations: from names typed into cells, or rows of a tie file, to a tidy table of ties."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from peernet.survey.answers import checked_number, given_cells
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import MORE, SIMILAR, UNKNOWN, NameBook, Reading, is_nobody, split_names

TIE_COLUMNS = ["ego", "alter", "layer", "rating", "asked"]
NOT_ASKED = frozenset({"no", "n", "0", "0.0", "false"})
Tie = tuple[str, str, str, float, bool]


@dataclass(frozen=True)
class NameReader:
    """Reads typed names: with everyone's names, the words for a missing answer, and a log for every doubt."""

    book: NameBook
    missing: tuple[str, ...]
    log: IssueLog

    def people_named(self, item: Item, cells: pd.Series[str]) -> dict[str, list[str]]:
        """Respondent to the people named, each once; respondents who gave no answer are left out."""
        named = {}
        for person, cell in given_cells(item, cells, self.missing).items():
            ego = str(person)
            if names := self.names_in(cell, item, ego):
                named[ego] = list(dict.fromkeys(self._alters(names, item, ego)))
            else:
                self.log.warning(f"{cell!r} holds no name", "treated as not answered", item=item.name, person=ego)
        return named

    def names_in(self, cell: str, item: Item, ego: str) -> list[str]:
        """The names in a cell; commas part names unless they stand in one name. Marks alone are no name."""
        names: list[str] = []
        for name in split_names(cell, item.separator):
            names += [name] if self._is_one_name(name, ego) else [part.strip() for part in name.split(",")]
        names = [name for name in names if name]
        return names if any(is_nobody(name) or re.search(r"\w", name) for name in names) else []

    def _is_one_name(self, name: str, ego: str) -> bool:
        """Whether it has no comma, reads as somebody's "Last, First", or looks like that of a stranger."""
        if "," not in name or self.book.read(name, ego=ego).how not in (MORE, UNKNOWN):
            return True
        parts = [part.split() for part in name.split(",")]
        strange = any(self.book.read(" ".join(part), ego=ego).person is None for part in parts)
        return strange and [len(part) for part in parts] == [1, 1]

    def _alters(self, names: Iterable[str], item: Item, ego: str) -> Iterator[str]:
        for name in names:
            meant = () if is_nobody(name) else self.people_meant(name, item, ego=ego)
            if meant == (ego,):
                self.log.note(f"{name!r} is the respondent", "left out", item=item.name, person=ego)
            yield from (alter for alter in meant if alter != ego)

    def people_meant(self, typed: str, item: Item, *, ego: str) -> tuple[str, ...]:
        """The person meant; where the item keeps people apart, everyone who could be, so that nobody slips through."""
        person = self.person_meant(typed, item, ego=ego)
        if person is None:
            return self.book.read(typed, ego=ego).candidates if _keeps_apart(item) else ()
        return (person,)

    def person_meant(self, typed: str, item: Item, *, ego: str) -> str | None:
        """The person a typed name means, or None; whatever was not read word for word is logged."""
        reading = self.book.read(typed, ego=ego)
        if reading.person is None:
            self._log_unread(typed, reading, item, ego)
            return None
        team = ", in the same team" if reading.by_team else ""
        done = f"read as {self.book.names[reading.person]} ({reading.person}): {reading.how}{team}"
        if reading.how in (SIMILAR, MORE):
            done = f"{done}; check that this is who was meant"
            self.log.warning(f"typed {typed!r}", done, item=item.name, person=ego)
        elif team or reading.how not in ("identifier", "name"):
            self.log.note(f"typed {typed!r}", done, item=item.name, person=ego)
        return reading.person

    def _log_unread(self, typed: str, reading: Reading, item: Item, ego: str) -> None:
        log = self.log.error if _keeps_apart(item) else self.log.warning  # a veto not in force must be settled
        if reading.candidates:
            could_be = ", ".join(f"{self.book.names[person]} ({person})" for person in reading.candidates)
            done = "kept apart from all of them" if _keeps_apart(item) else "not counted"
            settle = f"{done}; write the identifier to settle it"
            log(f"{typed!r} could be {could_be}", settle, item=item.name, person=ego)
        else:
            log(f"{typed!r} is nobody on the roster", "not counted", item=item.name, person=ego)


def _keeps_apart(item: Item) -> bool:
    """Whether the people named in answers to an item are never paired with whoever named them."""
    return item.role == "never_with" or item.block == "manager"


def nominated_ties(
    items: Iterable[Item], cells: pd.DataFrame, reader: NameReader
) -> tuple[list[Tie], dict[str, set[str]]]:
    """Ties typed as names in the survey, and who answered each layer's question.

    A blank cell is no answer; "nobody" is an answer that names nobody, and so is a name that could not be read.
    """
    ties: list[Tie] = []
    answered: dict[str, set[str]] = {}
    for item in items:
        layer = str(item.layer)
        named = reader.people_named(item, cells[item.name])
        answered.setdefault(layer, set()).update(named)
        ties += [(ego, alter, layer, 1.0, True) for ego, alters in named.items() for alter in alters]
    return ties, answered


def vetoed_people(item: Item, cells: pd.Series[str], reader: NameReader) -> pd.Series:
    """People each respondent must not be paired with, as frozensets; None where the question was not answered."""
    named = reader.people_named(item, cells)
    vetoed = [frozenset(named[str(person)]) if str(person) in named else None for person in cells.index]
    return pd.Series(vetoed, index=cells.index, dtype=object)


def listed_ties(rows: pd.DataFrame, items: Iterable[Item], reader: NameReader) -> list[Tie]:
    """Ties of a ``ties.csv``: ego, alter, layer and, where given, rating and asked; the first of repeated rows."""
    by_layer = {str(item.layer): item for item in items}
    ties: dict[tuple[str, str, str], Tie] = {}
    for row in rows.to_dict("records"):
        item = by_layer[row["layer"]]
        tie = _listed_tie({str(column): str(cell) for column, cell in row.items()}, item, reader)
        if tie is not None and ties.setdefault(tie[:3], tie) != tie:
            problem = f"tie to {tie[1]} is listed more than once"
            reader.log.note(problem, "kept the first row", item=item.name, person=tie[0])
    return list(ties.values())


def _listed_tie(row: dict[str, str], item: Item, reader: NameReader) -> Tie | None:
    """The tie of one row, None where one of the two is not read or both are one person."""
    ego = reader.person_meant(row["ego"], item, ego="")
    alter = reader.person_meant(row["alter"], item, ego=ego or "")
    if ego is None or alter is None:
        return None
    if ego == alter:
        reader.log.note("a tie to oneself", "left out", item=item.name, person=ego)
        return None
    asked = row.get("asked", "").casefold() not in NOT_ASKED
    return ego, alter, str(item.layer), _rating(row, item, reader, ego) if asked else 0.0, asked


def _rating(row: dict[str, str], item: Item, reader: NameReader, ego: str) -> float:
    """The rating of a tie: 1 where none is given, nan (logged) where it is no number."""
    cell = row.get("rating", "")
    no_rating = {word.casefold() for word in (*reader.missing, *item.missing, "")}
    if cell.casefold() in no_rating:
        return 1.0
    return checked_number(item, ego, cell, reader.log, done="tie kept, its rating unknown")
