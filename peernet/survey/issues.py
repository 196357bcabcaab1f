"""The running list of what was wrong with a survey and what was done about it."""

from __future__ import annotations

import pandas as pd

COLUMNS = ["severity", "item", "person", "problem", "done"]


class IssueLog:
    """Collects problems while a survey is read; becomes `Survey.issues`."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str, str, str]] = []

    def error(self, problem: str, done: str, *, item: str = "", person: str = "") -> None:
        """Something the analyst must settle by hand."""
        self._rows.append(("error", item, person, problem, done))

    def warning(self, problem: str, done: str, *, item: str = "", person: str = "") -> None:
        """Data that could not be used as given."""
        self._rows.append(("warning", item, person, problem, done))

    def note(self, problem: str, done: str, *, item: str = "", person: str = "") -> None:
        """Data that was understood, but not word for word."""
        self._rows.append(("note", item, person, problem, done))

    def to_frame(self) -> pd.DataFrame:
        """Tidy table, one row per problem."""
        return pd.DataFrame(self._rows, columns=COLUMNS).astype("str")
