"""A plain table: one line of headings and one row per sheet filled in, from no tool in particular."""

from __future__ import annotations

from pathlib import Path

from peernet.errors import SurveyError
from peernet.survey.files import Sheet
from peernet.survey.formats.export import Column, Export, Source, filled, framed, unique, what_is_there
from peernet.survey.item import plain_heading


def recognised(source: Source) -> bool:
    """Whether there is one table to read."""
    return len(source.tables()) == 1


def read(source: Source) -> Export:
    """The one table of the source."""
    if not recognised(source):
        raise SurveyError(
            f"{source.path} holds {what_is_there(source)}; name the one file of answers, or say what wrote them "
            "with format=."
        )
    ((file, sheet),) = source.tables()
    return plain_export(file, sheet)


def plain_export(file: Path, sheet: Sheet) -> Export:
    """A sheet with one line of headings."""
    rows = filled(sheet.rows)
    if not rows:
        raise SurveyError(f"{file} is empty; it needs a header row and rows below it.")
    headings = [plain_heading(name) for name in rows[0][1]]
    names = unique(headings)
    columns = tuple(Column(name, wording) for name, wording in zip(names, headings, strict=True))
    lines = sheet.rows[-1][0]
    return Export("plain", file.name, framed(names, rows[1:]), columns, lines, semicolons=sheet.semicolons)
