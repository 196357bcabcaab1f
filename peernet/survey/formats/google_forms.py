"""Google Forms: one line of headings, the time first, then the questions as people read them.

A grid has a column per row, ``Question [Row]``. Boxes to tick share one cell, joined by ", " in the sheet and by ";" in
the file that the form itself downloads; options that hold the comma are not quoted, so that only the list of options
can take the cell apart, and nothing does so here. Titles may repeat.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from peernet.survey.formats.export import Column, Export, Source, unique
from peernet.survey.formats.online import (
    EMAIL,
    WHEN,
    answers,
    different,
    export_of,
    looks_like,
    personal_note,
    plain_text,
    repeated_note,
    several_in_one,
    shortened,
    the_sheet,
    without_blank_columns,
    without_unanswered,
)
from peernet.survey.sheets import Notes, Rows

TOOL = "Google Forms"
# The heading of the time in the language of the form's owner: as programs in public repositories expect it, except the
# Danish or Norwegian and the Turkish word, which are remembered and unchecked.
TIME = {
    "Timestamp",
    "Zeitstempel",
    "Horodateur",
    "Marca temporal",
    "Informazioni cronologiche",
    "Carimbo de data/hora",
    "Sygnatura czasowa",
    "Tijdstempel",
    "Tidstämpel",
    "Tidsstempel",
    "Отметка времени",
    "タイムスタンプ",
    "Zaman damgası",
}
SCORE = re.compile(r"\d+([.,]\d+)? / \d+([.,]\d+)?")
GRID = re.compile(r"(.*\S) \[(.*\S)\]", re.S)
OF_A_QUIZ = {"score", "feedback"}


def recognised(source: Source) -> bool:
    """Whether a sheet starts with the time as Google Forms heads and writes it."""
    return bool(looks_like(source, _is_export))


def read(source: Source) -> Export:
    """The export.

    Parameters
    ----------
    source
        The file or folder.

    Returns
    -------
    Export
        Sheets without a single answer are set aside.

    Raises
    ------
    SurveyError
        If no sheet or more than one is an export of Google Forms.
    """
    found = the_sheet(source, TOOL, _is_export, "Timestamp first (or its word in another language), and times below it")
    rows, uneven = without_blank_columns(found.rows, 1)
    headings = [plain_text(cell) for cell in rows[0][1]]
    names = unique(headings)
    cells, aside = answers(rows, 1, names)
    columns = [
        _column(place, name, heading, cells[name])
        for place, (name, heading) in enumerate(zip(names, headings, strict=True))
    ]
    cells, aside = without_unanswered(cells, columns, aside)
    columns = _grids(columns, headings)
    notes = [*uneven, *repeated_note(headings, names), *_untimed(cells), *_joined_notes(columns)]
    private = [column.name for column in columns if column.kind == "person"]
    notes += personal_note(
        TOOL, private, cells, "stop collecting addresses in the form's settings if a question asks who"
    )
    return export_of("google_forms", found, columns, cells, aside, notes)


def _is_export(rows: Rows) -> bool:
    if len(rows) < 2 or len(rows[0][1]) < 2 or plain_text(rows[0][1][0]) not in TIME:
        return False
    times = [row[0] for _, row in rows[1:] if row[0]]
    return bool(times) and all(WHEN.fullmatch(time) for time in times)


def _column(place: int, name: str, heading: str, cells: pd.Series[str]) -> Column:
    """What is said of a column: the time, who it is from, a score, or a question."""
    told = different(cells)
    addresses = bool(told) and all(EMAIL.fullmatch(cell) for cell in told)
    scores = bool(told) and all(SCORE.fullmatch(cell) for cell in told)
    grid = GRID.fullmatch(heading)
    if place == 0 or scores or (grid and grid[2].casefold() in OF_A_QUIZ):
        return Column(name, heading, kind="about")
    if place == 1 and addresses:
        return Column(name, heading, kind="person")
    several = several_in_one(cells, r", ") or several_in_one(cells, r";")
    return Column(name, heading, kind="choices" if several else "")


def _grids(columns: Sequence[Column], headings: Sequence[str]) -> list[Column]:
    """Columns that are rows of one grid, next to each other, as its parts; a row's answer is a column's heading."""
    made = [*columns]
    titles = [
        match[1] if (match := GRID.fullmatch(heading)) and columns[n].kind in ("", "choices") else ""
        for n, heading in enumerate(headings)
    ]
    starts = [n for n, title in enumerate(titles) if title and (n == 0 or titles[n - 1] != title)]
    groups = unique([*headings, *(titles[n] for n in starts)])[len(headings) :]
    for start, group in zip(starts, groups, strict=True):
        members = [start]
        while members[-1] + 1 < len(titles) and titles[members[-1] + 1] == titles[start]:
            members.append(members[-1] + 1)
        several = any(columns[n].kind == "choices" for n in members)
        for key, n in enumerate(members, start=1) if len(members) > 1 else []:
            row = str(GRID.sub(r"\2", headings[n]))
            kind = "choices" if several else "choice"
            made[n] = replace(columns[n], kind=kind, group=group, group_wording=titles[start], part=row, key=str(key))
    return made


def _untimed(cells: pd.DataFrame) -> Notes:
    """Rows without a time, which the form did not write."""
    numbers = [str(number) for number in cells.index[cells.iloc[:, 0] == ""]]
    if not numbers:
        return []
    return [("warning", f"rows {shortened(numbers)} have no time: typed into the sheet by hand", "kept")]


def _joined_notes(columns: Sequence[Column]) -> Notes:
    """That boxes ticked share a cell, and what takes it apart."""
    joined = [column.name for column in columns if column.kind == "choices" and not column.group]
    if not joined:
        return []
    problem = (
        f"{shortened([repr(name) for name in joined])}: several answers share a cell, joined by a comma or semicolon"
    )
    return [("note", problem, "left together; list the options as categories, which may hold the comma themselves")]
