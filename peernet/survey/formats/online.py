"""What the exports of online forms share: one sheet, a row per sheet filled in, and columns the tool writes by itself.

Each tool has its own headings; this is what is done alike after they were understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from peernet._wording import listed, listed_few
from peernet.errors import SurveyError
from peernet.survey.answers import NO, YES
from peernet.survey.formats.export import Column, Export, Source, filled, framed, what_is_there
from peernet.survey.item import plain_heading
from peernet.survey.names import NOBODY
from peernet.survey.sheets import Notes, Rows, Sheet

MOST_LISTED = 6  # columns or rows named in one note
NOTHING_ANSWERED = "no question answered"
HEADINGS_AGAIN = "the headings again"
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# A day and a time of day in any order of day, month and year, as forms write it in any country: 1/5/2026 9:03:11,
# 2026/01/05 9:03:11 AM GMT+1, 05.01.2026 09:03, 12/02/2026 19.07.17, 2026-01-05 09:03:11.
WHEN = re.compile(
    r"\d{1,4}([-./])\d{1,2}\1\d{1,4}[ T,]+\d{1,2}[:.]\d{2}([:.]\d{2}(\.\d+)?)?(\s?[ap]\.?m\.?)?( ?\S+)?", re.I
)
# Words for nobody, alone or going on in small letters: "None of these", "nobody in my class"; "Nil Aydin" is somebody.
_NONE = rf"{NOBODY.pattern}|no|keine[rns]?|aucune?|ningun[oa]|nessun[oa]?|ninguém|nenhum[a]?|geen|inga|nikt|żadn[aey]"
NONE = re.compile(rf"(?i:{_NONE})(?:$|[ .!]+(?:$|[^\W\d_A-ZÀ-Ý]))")
# Words that a tool or a statistics program writes for an option that was ticked, and for one that was shown and not.
_TICKED = ("selected", "checked", "ticked", "quoted", "chosen", "genannt", "gewählt", "ausgewählt")
TICKED = frozenset({*_TICKED, *"✓✔☑☒"})
NOT_TICKED = frozenset(f"{no} {word}" for word in _TICKED for no in ("not", "nicht")) | {
    "☐",
    *("unselected", "unchecked", "unticked", "not mentioned", "nicht angekreuzt"),
}
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1>", re.I | re.S)


class Found(NamedTuple):
    """The sheet of answers: its file, its rows that hold anything, lines in the file, whether semicolons part cells."""

    file: Path
    rows: Rows
    lines: int
    semicolons: bool
    notes: Notes


def looks_like(source: Source, test: Callable[[Rows], bool]) -> list[tuple[Path, Sheet]]:
    """The sheets whose rows pass a tool's test."""
    return [(file, sheet) for file, sheet in source.tables() if test(filled(sheet.rows))]


def the_sheet(source: Source, tool: str, test: Callable[[Rows], bool], needs: str) -> Found:
    """The one sheet that a tool wrote; what lies beside it is told.

    Raises
    ------
    SurveyError
        If there is none, or if there are several.
    """
    fitting = looks_like(source, test)
    if not fitting:
        raise SurveyError(
            f"{source.path} holds {what_is_there(source)}, and none of it has the headings of {tool}: {needs}. "
            "Export the answers again and leave the headings as they are, or read it as format='plain'."
        )
    if len(fitting) > 1:
        which = listed([_called(file, sheet) for file, sheet in fitting])
        raise SurveyError(f"{source.path} holds {len(fitting)} exports of {tool}: {which}. Name the one to read.")
    ((file, sheet),) = fitting
    beside = [_called(*table) for table in source.tables() if table[1] is not sheet and filled(table[1].rows)]
    notes: Notes = [*sheet.notes]
    if beside:
        others = {other for other, _ in source.tables()} - {file}  # none: tabs of the workbook; text may be anything
        alone = all(other.suffix.casefold() == ".txt" for other in others)
        lie = f"{listed(beside)} {'lies' if len(beside) == 1 else 'lie'} beside the answers"
        notes += [("note" if alone else "warning", lie, "not read")]
    return Found(file, filled(sheet.rows), sheet.rows[-1][0], sheet.semicolons, notes)


def _called(file: Path, sheet: Sheet) -> str:
    return f"{file.name} ({sheet.name})" if sheet.name else file.name


def plain_text(text: str) -> str:
    """A wording without HTML: tags are gone, entities are characters, white space is one space."""
    return plain_heading(unescape(_TAG.sub(" ", _SCRIPT.sub(" ", text))))


def without_blank_columns(rows: Rows, headings: int) -> tuple[Rows, Notes]:
    """The rows without columns that have neither a heading nor an answer, and what was odd about their length."""
    width = max(len(row) for _, row in rows)
    padded = [(number, row + [""] * (width - len(row))) for number, row in rows]
    kept = [place for place in range(width) if any(row[place] for _, row in padded)]
    unnamed = [place for place in kept if not any(row[place] for _, row in padded[:headings])]
    if unnamed and unnamed[0] > max(set(kept) - set(unnamed), default=-1):
        number = next(number for number, row in padded[headings:] if row[unnamed[0]])
        raise SurveyError(
            f"Row {number} has more cells than there are headings ({unnamed[0]}). "
            "Put quotation marks around answers that contain the separator, or give every column a heading."
        )
    short = [str(number) for number, row in rows[headings:] if len(row) < len(rows[0][1])]
    notes: Notes = []
    if short:
        told = f"{'row' if len(short) == 1 else 'rows'} {shortened(short)}: fewer cells than there are headings"
        notes = [("warning", told, "those that are not there count as empty; check the rows in the file")]
    return [(number, [row[place] for place in kept]) for number, row in padded], notes


def answers(
    rows: Rows, headings: int, names: Sequence[str], heads: Callable[[list[str]], bool] = lambda _row: False
) -> tuple[pd.DataFrame, dict[int, str]]:
    """The rows below the headings under their names, and by number those that repeat the headings or look like some."""
    above = [row for _, row in rows[:headings]]
    again = {number: HEADINGS_AGAIN for number, row in rows[headings:] if row in above or heads(row)}
    return framed(names, [line for line in rows[headings:] if line[0] not in again]), again


def unanswered(cells: pd.DataFrame, questions: Collection[str]) -> dict[int, str]:
    """By number, the rows of people who opened the form and answered none of these columns."""
    if not questions:
        return {}
    empty = (cells[list(questions)] == "").all(axis=1)
    return dict.fromkeys(cells.index[empty].tolist(), NOTHING_ANSWERED)


def without_unanswered(
    cells: pd.DataFrame, columns: Sequence[Column], aside: dict[int, str]
) -> tuple[pd.DataFrame, dict[int, str]]:
    """The rows of people who answered anything that was asked, and the others with those set aside before."""
    asked = [column.name for column in columns if column.kind not in ("about", "person")]
    aside = {**aside, **unanswered(cells, asked)}
    return cells.drop(index=[number for number in aside if number in cells.index]), aside


def export_of(
    tool: str,
    found: Found,
    columns: Sequence[Column],
    cells: pd.DataFrame,
    aside: dict[int, str],
    notes: Notes,
    lines: int = 1,
) -> Export:
    """The export of a sheet whose first lines are headings."""
    return Export(
        tool,
        found.file.name,
        cells,
        tuple(columns),
        found.lines,
        lines,
        set_aside=dict(sorted(aside.items())),
        notes=(*found.notes, *notes),
        semicolons=found.semicolons,
    )


def different(cells: pd.Series[str]) -> list[str]:
    """The cells that hold something, each kind once."""
    return [cell for cell in cells.unique().tolist() if cell]


def several_in_one(cells: pd.Series[str], separator: str) -> bool:
    """Whether cells hold several answers, joined: most pieces of the joined ones are met in another cell as well.

    They are not taken apart, because options can hold the separator themselves.
    """
    pieces = [frozenset(piece.strip() for piece in re.split(separator, cell)) for cell in different(cells)]
    joined = [some for some in pieces if len(some) > 1]
    if len(pieces) < 2 or not joined:
        return False
    met = pd.Series([piece for some in pieces for piece in some], dtype="str").value_counts()
    parts = frozenset[str]().union(*joined)
    return sum(met[piece] > 1 for piece in parts) * 2 > len(parts)


def says_none(option: str) -> bool:
    """Whether an option of a list says none of the others."""
    return bool(NONE.match(option.strip()))


def says_ticked(cell: str) -> bool:
    """Whether a word says of an option that it was ticked."""
    return cell.casefold() in YES or cell.casefold() in TICKED


def says_not_ticked(cell: str) -> bool:
    """Whether a word says of an option that it was shown and not ticked."""
    return cell.casefold() in NO or cell.casefold() in NOT_TICKED


def are_ranks(cells: pd.DataFrame) -> bool:
    """Whether each of at least four people put at least three options in order: 1, 2, 3 and so on, none twice."""
    if cells.shape[1] < 3:
        return False
    given = [sorted(filter(None, row), key=lambda rank: (len(rank), rank)) for row in cells.to_numpy().tolist()]
    answered = [row for row in given if row]
    ranked = (len(row) > 1 and row == [*map(str, range(1, len(row) + 1))] for row in answered)
    return len(answered) > 3 and all(ranked)


def personal_note(tool: str, names: Iterable[str], cells: pd.DataFrame, advice: str) -> Notes:
    """That columns the tool adds by itself tell who people are or where, though nothing here needs it."""
    full = [name for name in names if (cells[name] != "").any()]
    if not full:
        return []
    problem = f"{tool} put personal data into the export that peernet does not need: {listed(full)}"
    return [("note", problem, f"used only if the codebook says so; {advice}")]


def shortened(words: Sequence[str]) -> str:
    """The first of many words, and how many more there are."""
    return listed_few(words, MOST_LISTED)


def repeated_note(headings: Sequence[str], names: Sequence[str]) -> Notes:
    """That several questions have one title, and what they are called here."""
    twice = [repr(name) for name, heading in zip(names, headings, strict=True) if name != heading and heading]
    return [("note", "several questions have the same title", f"called {shortened(twice)}")] if twice else []
