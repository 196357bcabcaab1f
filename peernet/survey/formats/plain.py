"""A plain table: one line of headings and one row per sheet filled in, from no tool in particular.

The last resort, so it is strict: a table with several lines of headings, one below another, or everything in one
column is named and refused, since reading it would make people of headings. A table below another begins after a line
without anything. It is told by its headings: more cells than any row above has, the headings of the first table again,
or words over fewer columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from peernet._wording import listed
from peernet.errors import SurveyError
from peernet.survey.files import ROSTER, SHORT_ROW, long_rows, short_row
from peernet.survey.formats.export import Column, Export, Source, filled, framed, unique, what_is_there
from peernet.survey.item import Item, plain_heading
from peernet.survey.numbers import holds_number
from peernet.survey.scales import plain
from peernet.survey.sheets import SEPARATORS, Note, Rows, Sheet
from peernet.survey.wordings import MAIL, NAME, PERSON

IMPORT_MARK = "ImportId"  # stands in the last of three heading rows of a Qualtrics export
FEWEST_NUMBERS = 3  # columns of numbers below words that make a row of further headings
UNNAMED = 1 / 3  # of the columns with a cell in the second row that make it one as well
_CODE = re.compile(r"[^\W\d_]{1,10}[_.-]?\d{1,4}(?:[_.-]\w+)?")
_ANY_NUMBER = Item("any", "experience", "numeric")


def recognised(source: Source) -> bool:
    """Whether there is one table to read."""
    return len(_tables(source)) == 1


def read(source: Source) -> Export:
    """The one table of the source."""
    tables = _tables(source)
    if not tables and source.tables():
        raise SurveyError(f"{source.path} is empty; it needs a header row and rows below it.")
    if len(tables) != 1:
        sheets = [f"the sheet {sheet.name!r} of {file.name}" if sheet.name else file.name for file, sheet in tables]
        there = listed(sheets) if sheets else what_is_there(source)
        raise SurveyError(
            f"{source.path} holds {there}; name the one file of answers, keep one sheet in it, or say what wrote them "
            f"with format=. A list of everybody invited is read from {ROSTER} beside it."
        )
    ((file, sheet),) = tables
    return plain_export(file, sheet)


def _tables(source: Source) -> list[tuple[Path, Sheet]]:
    """Every sheet that holds anything."""
    return [(file, sheet) for file, sheet in source.tables() if filled(sheet.rows)]


def plain_export(file: Path, sheet: Sheet) -> Export:
    """A sheet with one line of headings; raises `SurveyError` where it has more, is several tables or one column."""
    rows = filled(sheet.rows)
    if not rows:
        raise SurveyError(f"{file} is empty; it needs a header row and rows below it.")
    refuse_second_table(file, sheet)
    headings = [plain_heading(name) for name in rows[0][1]]
    answers = rows[1:]
    if problems := [*_heading_problems(file, headings, answers)]:
        raise SurveyError(*problems)
    short = row_problems(file, headings, answers)
    kept = [
        place for place, name in enumerate(headings) if name or any(row[place:] and row[place] for _, row in answers)
    ]
    shared = _shared_headings(sheet, rows[0][0], headings, kept)
    over = {place: (heading, number) for heading, own in shared for number, place in enumerate(own, start=1)}
    called = ["{} ({})".format(*over[at]) if at in over else headings[at] or f"column {at + 1}" for at in kept]
    names = unique(called)
    columns = tuple(_column(name, *over.get(at, (headings[at], 0))) for name, at in zip(names, kept, strict=True))
    cells = framed(names, [(number, [row[place] for place in kept if place < len(row)]) for number, row in answers])
    alone = {place: name for place, name in zip(kept, names, strict=True) if place not in over}
    notes = (*sheet.notes, *short, *_merged(file, shared), *_nameless(file, headings, alone), *_same(headings, alone))
    return Export("plain", file.name, cells, columns, sheet.rows[-1][0], notes=notes, semicolons=sheet.semicolons)


def _heading_problems(file: Path, headings: list[str], answers: Rows) -> Iterator[str]:
    """Why a table has not one line of headings above answers."""
    named = [name for name in headings if name]
    texts = [*named, *(cell for _, row in answers for cell in row if cell)]
    marked = [cell for cell in texts if any(mark in cell for mark in SEPARATORS)]
    if len(named) == 1 and answers and 2 * len(marked) > len(texts):
        yield (
            f"{file} has everything in one column, such as {marked[0][:40]!r}. Export it again with a separator "
            "between the answers, and open it in a spreadsheet by importing it, not by a double click."
        )
    if answers and _repeats_headings(headings, answers):
        number, row = answers[0]
        example = next(cell for cell in row if cell)
        yield (
            f"{file} has several lines of headings: row {number} looks like headings too ({example[:40]!r}). Say what "
            "wrote it with format=, or keep one line of headings and remove the others."
        )


def _repeats_headings(headings: list[str], answers: Rows) -> bool:
    """Whether the first row below the headings names what they leave out, or has words where others have numbers."""
    if any(IMPORT_MARK in cell for _, row in answers[:2] for cell in row):
        return True
    (_, first), below = answers[0], [row for _, row in answers[1:]]
    new = sum(not name and bool(cell) for name, cell in zip(headings, first, strict=False))
    if new > UNNAMED * len(headings):
        return True
    words = [place for place, cell in enumerate(first) if cell]
    if not below or any(_is_number(first[place]) for place in words):
        return False
    columns = [[row[place] for row in below if place < len(row) and row[place]] for place in words]
    numbers = [given for given in columns if given and all(map(_is_number, given))]
    return (len(numbers) >= FEWEST_NUMBERS and 2 * len(numbers) > len(words)) or _calls(first, columns)


def _calls(first: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether a row holds codes of questions, or says that a column is a name, in words that no row below has."""
    cells = [cell for cell in first if cell]
    coded = sum(bool(_CODE.fullmatch(cell)) for cell in cells)
    own = [cell for cell, given in zip(cells, columns, strict=True) if 2 * len({*given}) > len(given)]
    said = any(pattern.fullmatch(plain(cell)) for pattern in (NAME, PERSON, MAIL) for cell in own)
    if not (said or 4 * coded >= 3 * len(cells)) or len({*cells}) < len(cells):
        return False
    again = [given for given in columns if 2 * len({*given}) <= len(given)]  # the answers that people share
    return len(again) > 1 and not any(cell in given for cell, given in zip(cells, columns, strict=True))


def _is_number(cell: str) -> bool:
    return holds_number(_ANY_NUMBER, cell)


def row_problems(file: Path, headings: list[str], answers: Rows) -> tuple[Note, ...]:
    """What is said of rows that are too short; raises `SurveyError` with all that are too long."""
    if problems := [*long_rows(file, headings, answers)]:
        raise SurveyError(*problems)
    short = [(number, row) for number, row in answers if len(row) < len(headings)]
    return tuple(("warning", short_row(file, number, row, headings), SHORT_ROW) for number, row in short)


def _column(name: str, heading: str, number: int) -> Column:
    """A column, in a group where it is one of several under its heading."""
    return Column(name, heading, group=heading, group_wording=heading) if number else Column(name, heading)


def _shared_headings(sheet: Sheet, line: int, headings: list[str], kept: list[int]) -> list[tuple[str, list[int]]]:
    """Headings that are merged over several columns with answers, and the places of these."""
    wide = [(first, [at for at in kept if first <= at <= last]) for row, first, last in sheet.wide if row == line]
    return [(headings[first], places) for first, places in wide if len(places) > 1]


def _merged(file: Path, shared: list[tuple[str, list[int]]]) -> Iterator[Note]:
    """Headings that several columns share."""
    for heading, places in shared:
        told = f"the heading {heading!r} of {file.name} is merged over {len(places)} columns"
        yield "note", told, "read as one question"


def _nameless(file: Path, headings: list[str], names: Mapping[int, str]) -> Iterator[Note]:
    """Columns without a name that hold something."""
    for place, name in names.items():
        if not headings[place]:
            yield "warning", f"column {place + 1} of {file.name} has no name", f"called {name!r}"


def _same(headings: list[str], names: Mapping[int, str]) -> Iterator[Note]:
    """Columns with the heading of one before them."""
    for place, name in names.items():
        if headings[place] not in ("", name):
            yield (
                "warning",
                f"two columns have the heading {headings[place]!r}",
                f"column {place + 1} is called {name!r}",
            )


# A table below another


def refuse_second_table(file: Path, sheet: Sheet) -> None:
    """Raise the error that names the line in which a second table begins, if one does."""
    line = second_table(sheet)
    above = [cell for number, row in filled(sheet.rows) if line and number < line for cell in row if cell]
    if line is not None and len(above) == 1:
        raise SurveyError(
            f"{file} has the title {above[0][:60]!r} above its table, whose headings stand in line {line}. "
            f"Remove the lines above line {line} and save it."
        )
    if line is not None:
        raise SurveyError(
            f"{file} holds several tables, one below the other; another begins in line {line}. "
            "Save each table as a file of its own and read the one with a row per person."
        )


def second_table(sheet: Sheet) -> int | None:
    """The line in which a second table begins; None where there is one table."""
    first, *later = blocks(sheet.rows) or [[]]
    above = list(first)
    for block in later:
        (line, head), below = block[0], block[1:]
        known = [row for _, row in above]
        wider = _is_heading(head) and width(head) > max(map(width, known))
        if below and (wider or head == known[0] or _is_heading_of_less(head, below, known)):
            return line
        above += block
    return None


def blocks(rows: Rows) -> list[Rows]:
    """Rows parted where lines without anything stand between them."""
    found: list[Rows] = []
    last = 0
    for number, row in filled(rows):
        if not found or number > last + 1:
            found.append([])
        found[-1].append((number, row))
        last = number
    return found


def width(row: Sequence[str]) -> int:
    """Up to the last cell with anything."""
    return max((place for place, cell in enumerate(row, start=1) if cell), default=0)


def _is_heading(row: Sequence[str]) -> bool:
    """Whether every cell up to the last holds other words than the others, and no number."""
    cells = row[: width(row)]
    words = {cell.casefold() for cell in cells}
    return len(words) == len(cells) > 1 and all(words) and not any(map(_is_number, cells))


def _is_heading_of_less(head: Sequence[str], below: Rows, above: Sequence[Sequence[str]]) -> bool:
    """Words over fewer columns than the table above has, of which none stood above and which no row below exceeds."""
    end = width(head)
    fewer = end < width(above[0]) and all(width(row) <= end for _, row in below)
    new = all(cell not in {row[place] for row in above if place < len(row)} for place, cell in enumerate(head[:end]))
    cut = len(head) == end or any(_is_number(cell) for _, row in below for cell in row[:end])
    return _is_heading(head) and fewer and new and cut
