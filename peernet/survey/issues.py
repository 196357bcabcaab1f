"""The running list of what was wrong with a survey and what was done about it, each with the row where it stands."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

COLUMNS = ["severity", "item", "person", "problem", "done"]
SEVERITIES = ("error", "warning", "note")  # the gravest first
UNREAD_COLUMNS = ["typed", "person", "item", "could_be", "read_as"]


class IssueLog:
    """Collects problems while a survey is read; becomes `Survey.issues`.

    Parameters
    ----------
    where
        Says in which row of which file a person's answer to an item stands, empty where it does not know; what is told
        of a person begins with it.
    """

    def __init__(self, where: Callable[[str, str], str] = lambda _person, _item: "") -> None:
        self._where = where
        self._rows: list[tuple[str, str, str, str, str]] = []
        self._unread: list[tuple[str, str, str, tuple[str, ...], str]] = []

    def placed(self, where: Callable[[str, str], str]) -> IssueLog:
        """The same list for the answers of one table."""
        log = IssueLog(where)
        log._rows, log._unread = self._rows, self._unread
        return log

    def error(self, problem: str, done: str, *, item: str = "", person: str = "") -> None:
        """Something the analyst must settle by hand."""
        self._add("error", problem, done, item, person)

    def warning(self, problem: str, done: str, *, item: str = "", person: str = "") -> None:
        """Data that could not be used as given."""
        self._add("warning", problem, done, item, person)

    def note(self, problem: str, done: str, *, item: str = "", person: str = "") -> None:
        """Data that was understood, but not word for word."""
        self._add("note", problem, done, item, person)

    def ask(self, typed: str, *, item: str, person: str, could_be: tuple[str, ...] = (), read_as: str = "") -> None:
        """A name that is to be asked back: who it could mean, and whom it is taken for until it is settled."""
        self._unread.append((typed, person, item, could_be, read_as))

    def _add(self, severity: str, problem: str, done: str, item: str, person: str) -> None:
        place = self._where(person, item) if person else ""
        problem = f"{place}: {problem}" if place else problem
        self._rows.append((severity, item, person, problem.removesuffix("."), done))  # what was done follows on it

    @property
    def holds_any(self) -> bool:
        """Whether there is any problem."""
        return bool(self._rows or self._unread)

    def to_frame(self) -> pd.DataFrame:
        """Tidy table, one row per problem."""
        return pd.DataFrame(self._rows, columns=COLUMNS).astype("str")

    def unread(self) -> pd.DataFrame:
        """Tidy table, one row per name to ask back and cell it stands in."""
        return pd.DataFrame(self._unread, columns=UNREAD_COLUMNS)
