"""Microsoft Forms: one line of headings, ID, two times, e-mail and name first, then the questions as people read them.

Several answers share one cell, each followed by ";". Statements of a Likert question are columns under the statement
alone, so that nothing in the file says which belong together. A quiz adds points and feedback behind each question.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from peernet.survey.formats.export import Column, Export, Source, unique
from peernet.survey.formats.online import (
    EMAIL,
    WHEN,
    answers,
    export_of,
    looks_like,
    personal_note,
    plain_text,
    repeated_note,
    shortened,
    the_sheet,
    without_blank_columns,
    without_unanswered,
)
from peernet.survey.sheets import Notes, Rows

TOOL = "Microsoft Forms"
# What Forms writes first, in the language of whoever downloads it: as programs in public repositories expect it, except
# the Swedish words and the German, Italian and Portuguese ones for a later change, which are remembered and unchecked.
TIMES = {
    ("start time", "completion time"),
    ("startzeit", "fertigstellungszeit"),
    ("heure de début", "heure de fin"),
    ("hora de inicio", "hora de finalización"),
    ("hora de início", "hora de conclusão"),
    ("ora di inizio", "ora di completamento"),
    ("begintijd", "tijd van voltooien"),
    ("godzina rozpoczęcia", "godzina ukończenia"),
    ("starttid", "slutförandetid"),
    ("starttidspunkt", "fullføringstidspunkt"),
}
EMAILS = {
    "email",
    "e-mail",
    "adresse de messagerie",
    "correo electrónico",
    "posta elettronica",
    "adres e-mail",
    "e-post",
    "e-postadresse",
}
NAMES = {"name", "nom", "nombre", "nome", "naam", "nazwa", "namn", "navn"}
MORE = {
    "last modified time",
    "zeitpunkt der letzten änderung",
    "heure de la dernière modification",
    "hora de la última modificación",
    "hora da última modificação",
    "ora ultima modifica",
    "tijd van laatste wijziging",
    "czas ostatniej modyfikacji",
    "tidspunkt for siste endring",
    "language",
    "sprache",
    "langue",
    "idioma",
    "lingua",
    "taal",
    "total points",
    "quiz feedback",
    "grade posted time",
    "gesamtpunktzahl",
    "prüfungsfeedback",
    "uhrzeit der notenveröffentlichung",
}
ANONYMOUS = "anonymous"


def recognised(source: Source) -> bool:
    """Whether a sheet starts with the columns Microsoft Forms writes."""
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
        If no sheet or more than one is an export of Microsoft Forms.
    """
    found = the_sheet(source, TOOL, _is_export, "ID, Start time, Completion time, Email and Name first")
    rows, uneven = without_blank_columns(found.rows, 1)
    headings = [plain_text(cell) for cell in rows[0][1]]
    names = unique(headings)
    cells, aside = answers(rows, 1, names)
    columns = _columns(headings, names, cells)
    cells, aside = without_unanswered(cells, columns, aside)
    private = [name for name, heading in zip(names[:5], headings, strict=False) if heading.casefold() in EMAILS | NAMES]
    private = [name for name in private if not cells[name].str.casefold().isin(["", ANONYMOUS]).all()]
    notes = [*uneven, *repeated_note(headings, names), *_ordered_notes(columns, cells)]
    advice = 'turn off "record name" in the form\'s settings if a question asks who'
    notes += personal_note(TOOL, private, cells, advice)
    return export_of("microsoft_forms", found, columns, cells, aside, notes)


def _is_export(rows: Rows) -> bool:
    """Whether the first three headings are known words, or the cells below them and an e-mail are what Forms writes."""
    if len(rows) < 2 or len(rows[0][1]) < 4 or plain_text(rows[0][1][0]).casefold() != "id":
        return False
    first, second = (plain_text(cell).casefold() for cell in rows[0][1][1:3])
    below = [row[:4] for _, row in rows[1:] if any(row[:3])]
    timed = bool(below) and all(
        len(row) > 3 and row[0].isdecimal() and (not row[1] or WHEN.fullmatch(row[1])) and WHEN.fullmatch(row[2])
        for row in below
    )
    if (first, second) in TIMES:
        return timed
    return timed and all(row[3].casefold() == ANONYMOUS or EMAIL.fullmatch(row[3]) for row in below)


def _columns(headings: Sequence[str], names: Sequence[str], cells: pd.DataFrame) -> list[Column]:
    """What is said of each column: written by Forms, points of a quiz, or a question."""
    written = _written(headings)
    earlier: set[str] = set()
    columns = []
    for place, (heading, name) in enumerate(zip(headings, names, strict=True)):
        _, dash, asked = heading.partition(" - ")
        if place < written or (dash and asked in earlier):
            columns.append(Column(name, heading, kind="about" if place else "person"))
        else:
            earlier.add(heading)
            joined = cells[name][cells[name].str.endswith(";")]
            several = not joined.empty and not _in_order(joined)
            columns.append(Column(name, heading, kind="choices" if several else ""))
    return columns


def _written(headings: Sequence[str]) -> int:
    """How many columns at the left Forms writes by itself: ID and the times, e-mail and name, and what may follow."""
    words = [heading.casefold() for heading in headings]
    place = 3
    for known in (EMAILS, NAMES):
        place += place < len(words) and words[place] in known
    while place < len(words) and words[place] in MORE:
        place += 1
    return max(place, 4) if tuple(words[1:3]) not in TIMES else place


def _in_order(joined: pd.Series[str]) -> bool:
    """Whether cells of answers each followed by ";" hold the same three or more, in different orders."""
    pieces = [[piece for piece in cell.split(";") if piece] for cell in joined]
    orders = {tuple(some) for some in pieces}
    return len({frozenset(some) for some in pieces}) == 1 and len(orders) > 1 and len(pieces[0]) > 2


def _ordered_notes(columns: Sequence[Column], cells: pd.DataFrame) -> Notes:
    """That cells hold all options in an order, which is no choice."""
    ordered = [c.name for c in columns if not c.kind and _in_order(cells[c.name][cells[c.name].str.endswith(";")])]
    if not ordered:
        return []
    problem = f"{shortened([repr(name) for name in ordered])}: every cell holds the same options in an order"
    return [("note", problem, "read as text; an order of preference is no choice of several")]
