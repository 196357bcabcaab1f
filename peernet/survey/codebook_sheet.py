"""A codebook as a spreadsheet that somebody edits: one row per item, drop-down lists, marks where a look is needed.

Cells hold text as it is. Only what a spreadsheet or a list in one cell would change (spaces at the ends, characters
that do not show, a bar inside a category) is written in quotation marks as JSON writes it, and so comes back as it was.
What a spreadsheet program makes of a cell by itself (a date of "1-5", 5.0 of 5) is read as what was meant where that
can be told, and refused with the cell's place where it cannot.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any, TypeAlias
from unicodedata import category, normalize

from peernet.errors import did_you_mean
from peernet.privacy import fused
from peernet.survey.item import BLOCKS, KINDS, ROLES, Item, item_problems, usual_kind
from peernet.survey.names import same_label

Workbook: TypeAlias = Any  # of openpyxl, which comes without types
Worksheet: TypeAlias = Any
ITEMS, SCALES, NAMES, MISSING, WORDS = "items", "scales", "names", "missing", "what the words mean"
SHEET_SUFFIXES = (".xlsx", ".xls", ".ods", ".csv")
LISTS = ("categories", "missing")
NUMBERS = ("low", "high", "most_named", "strength", "wave")
ANSWERS = ("reverse", "foundation", "shareable")
BAR = " | "  # between the entries of a list in one cell
LONGEST = 32_000  # characters of a cell; a spreadsheet holds 32,767
TRUE = ("yes", "true", "1", "x", "ja", "oui", "si", "sí", "sì", "sim", "jo", "tak")  # as a colleague may write it
FALSE = ("no", "false", "0", "nein", "non", "não", "nee", "nej", "nei", "nie")
SAME_WORD = {"label": "wording", "title": "wording", "minimum": "low", "maximum": "high", "missingvalues": "missing"}
# What each column of the sheet of items holds, in order; what is told of it stands in a comment and on a sheet.
COLUMNS: Mapping[str, str] = {
    "name": "The column's name in the export, or the name of a question that has several columns. Leave it as it is.",
    "wording": "The question as people read it.",
    "look": "What somebody should look at before the answers are used. Do what it says, or empty the cell.",
    "answers": "The first answers that were found. Only to look at; not read.",
    "block": "What the answer is used for. A row without a block is not used. The blocks are explained below.",
    "kind": "How it is measured. The kinds are explained below.",
    "categories": "The possible answers, parted by bars: never | sometimes | often. Of an ordinal item from lowest to "
    "highest; of yes or no in other words the one for no first; of ties the words people are rated in, or the names "
    "that could be ticked.",
    "low": "The lowest possible answer, of numbers.",
    "high": "The highest possible answer, of numbers.",
    "reverse": "yes for a statement worded against the others of its scale: answers are turned round.",
    "missing": "Answers that mean none, parted by a bar: 99 | don't know.",
    "layer": "Of a tie: works_with, advice, trust, respect, candour, or a word of your own.",
    "at_least": "Of a tie with ratings: the lowest rating that is a tie, as a number or one of the categories.",
    "most_named": "Of a tie: how many people could be named at most, if the question says so.",
    "strength": "Of a tie: how fully colleagues are heard on this layer, from 0 (not at all) to 1 (in full, as where "
    "nothing is written). A short chat now and then may count 0.3.",
    "foundation": "Of a tie: yes where a pair must rest on it. Trust, respect and candour do so anyway; no stops that.",
    "role": "Of a constraint: capacity (how many partners), opted_out (yes keeps out), takes_part (no keeps out), "
    "never_with (names), hours or may_share (yes: a partner may be shown what both answered alike).",
    "scale": "Questions that measure one thing together have the same word here, such as openness. What people read "
    "instead can be written on the sheet scales.",
    "wave": "Of an outcome: when it was asked, 1 for the first time. Of a partner: the number of the round.",
    "measure": "Of an outcome: what it measures; the same word in every wave.",
    "shareable": "May partners be shown that both gave the same answer? Of experience, goals, offers, seeks and facts. "
    "Of offers and seeks, yes shows them whole. Of a perspective, no keeps even its wording out. Free text, "
    "protected: never.",
    "separator": "What parts several answers in one cell; a semicolon if empty.",
    "because": "Why this was guessed. Only to look at; not read.",
}
BLOCKS_TOLD: Mapping[str, str] = {
    "person": "Identifies who answered; one column must.",
    "name": "The person's name, as colleagues type it.",
    "team": "Team or department.",
    "manager": "Whom the person reports to, by name or identifier.",
    "experience": "Level, years, kind of work, what makes it hard: partners should be alike in these.",
    "perspective": "Background, outlook, values, ways of working: partners should differ in these.",
    "goal": "What somebody wants from the next years: partners should go in a similar direction.",
    "tie": "Colleagues named or rated: trust, respect, candour, advice, work. It needs a layer.",
    "alter": "Of rows about colleagues: the column that says which colleague.",
    "offers": "What somebody could teach.",
    "seeks": "What somebody would like to learn.",
    "climate": "How the team and the manager are seen; never part of a distance.",
    "constraint": "What decides who may be paired; it needs a role.",
    "outcome": "What should change: learning, openness, the relationship.",
    "partner": "Whom the person was paired with in a round, by name or identifier.",
    "fact": "A plain fact such as site, building or shift: seen by rules, never part of a distance.",
    "protected": "Gender, age, origin and the like: to check for fairness, never part of a distance.",
    "ignore": "Known and not used.",
}
KINDS_TOLD: Mapping[str, str] = {
    "numeric": "A number.",
    "ordinal": "One of several answers in order; give low and high, or the categories in order.",
    "nominal": "One of several answers without an order.",
    "binary": "Yes or no.",
    "asymmetric": "Yes or no, where only a shared yes makes two people alike.",
    "multiple": "Several answers in one cell.",
    "text": "Words, names.",
}
SCALE_COLUMNS: Mapping[str, str] = {
    "scale": "The word that stands in the column scale of the items.",
    "called": "What people read instead, such as Openness to change. If it is empty they read the word.",
}
NAME_COLUMNS: Mapping[str, str] = {
    "typed": "The name as people typed it.",
    "times": "How often it was typed.",
    "could be": "Who that could be.",
    "is": "Write the identifier of who is meant; leave it empty if nobody can tell.",
}
_DAMAGED = re.compile(r"_x[0-9A-Fa-f]{4}_")
Cell = object  # as a spreadsheet holds it: text, a number, True, a date, nothing


@dataclass(frozen=True)
class ItemRow:
    """One row of the sheet of items: the item, and what stands beside it for whoever edits the sheet.

    Parameters
    ----------
    item
        What the column means; in block ``""`` nobody has said yet, and the row is not used.
    answers
        The first answers found.
    because
        Why it was guessed so.
    look
        What needs a look, empty where nothing does.
    notes
        What stands in columns of somebody's own, by heading.
    """

    item: Item
    answers: str = ""
    because: str = ""
    look: str = ""
    notes: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class NameRow:
    """A name as typed, how often, who that could be, and the identifier of who is meant, once somebody has said it."""

    typed: str
    times: int = 0
    could_be: str = ""
    meant: str = ""


@dataclass(frozen=True)
class Sheets:
    """Everything a codebook's spreadsheet holds, and every problem with it, each with its cell."""

    rows: tuple[ItemRow, ...] = ()
    names: tuple[NameRow, ...] = ()
    missing: tuple[str, ...] = ("",)
    scales: Mapping[str, str] = field(default_factory=dict, hash=False)  # what each is called, where somebody said it
    problems: tuple[str, ...] = field(default=(), compare=False)
    unsettled: tuple[str, ...] = field(default=(), compare=False)  # of rows that are understood and cannot be used yet


def read_sheets(path: Path) -> Sheets:
    """Read the rows of a codebook's spreadsheet, or of a CSV file of its items.

    Parameters
    ----------
    path
        A workbook with a sheet ``items`` and, where they are there, ``scales``, ``names`` and ``missing``; or the items
        as CSV.

    Returns
    -------
    Sheets
        Rows that cannot be understood are left out, and ``problems`` says where and why; what is still to settle of
        the others, such as which ratings are a tie, is ``unsettled``.
    """
    try:
        found = _csv_sheets(path) if path.suffix.casefold() == ".csv" else _workbook_sheets(path)
    except Exception as error:  # whatever a damaged file makes the library raise
        return Sheets(problems=(f"{path} cannot be read as a spreadsheet ({error}). Save it again as .xlsx.",))
    headings = {name: {str(cell).strip().casefold() for cell in rows[0]} for name, rows in found.items() if rows}
    described = next((name for name, words in headings.items() if {"name", "block"} <= words), ITEMS)
    if ITEMS not in found and described in found:  # the sheet was renamed
        found[ITEMS] = found[described]
    if ITEMS not in found:
        sheets = ", ".join(found) or "none"
        return Sheets(problems=(f"{path} has no sheet {ITEMS!r}; its sheets are {sheets}.",))
    reader = _SheetReader(path.name)
    rows = tuple(reader.item_rows(found[ITEMS]))
    scales = reader.scale_labels(found.get(SCALES, []), {row.item.scale for row in rows if row.item.scale})
    names = tuple(reader.name_rows(found.get(NAMES, [])))
    listed = [reader.value(row[0], f"sheet {MISSING}, row {n}") for n, row in _below(found.get(MISSING, []))]
    missing = tuple(value for value in listed if value is not None)
    missing = missing if found.get(MISSING) else ("",)
    return Sheets(rows, names, missing, scales, tuple(reader.problems), tuple(reader.unsettled))


def _csv_sheets(path: Path) -> dict[str, list[Sequence[Cell]]]:
    import csv

    text = normalize("NFC", path.read_text(encoding="utf-8-sig"))
    separator = max(",;\t", key=text.partition("\n")[0].count)
    return {ITEMS: [*csv.reader(text.splitlines(keepends=True), delimiter=separator)]}


def _workbook_sheets(path: Path) -> dict[str, list[Sequence[Cell]]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return {name: [*book.get_sheet_by_name(name).to_python(skip_empty_area=False)] for name in book.sheet_names}


def _below(rows: Sequence[Sequence[Cell]]) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Rows below the headings that hold anything, with their numbers as a spreadsheet shows them."""
    for number, row in enumerate(rows[1:], start=2):
        if any(cell not in ("", None) for cell in row):
            yield number, row


class _SheetReader:
    """Reads cells, and keeps a list of what is wrong and where."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[str] = []
        self.unsettled: list[str] = []

    def item_rows(self, rows: Sequence[Sequence[Cell]]) -> Iterator[ItemRow]:
        """The rows that describe an item, be it one that somebody has still to settle or to classify."""
        headings = [self._heading(cell, COLUMNS) for cell in (rows[0] if rows else ())]
        if "name" not in headings:
            self.problems.append(f"{self.file}, row 1: no column 'name'; it needs the headings {', '.join(COLUMNS)}.")
            return
        for number, row in _below(rows):
            before = len(self.problems)
            said = {key: cell for key, cell in zip(headings, row, strict=False) if key}
            item = self._item(said, f"row {number}")
            beside = {key: self._text(said.get(key, ""), "") or "" for key in ("answers", "because", "look")}
            own = zip(rows[0], headings, row, strict=False)
            notes = {
                str(head).strip(): str(cell) for head, key, cell in own if not key and str(head).strip() and str(cell)
            }
            if item is not None and len(self.problems) == before:
                yield ItemRow(item, **beside, notes=notes)

    def scale_labels(self, rows: Sequence[Sequence[Cell]], known: Collection[str]) -> dict[str, str]:
        """What scales are called, each once."""
        headings = [self._heading(cell, SCALE_COLUMNS) for cell in (rows[0] if rows else ())]
        if rows and not {*SCALE_COLUMNS} <= {*headings} and any(_below(rows)):
            self._wrong(f"sheet {SCALES}, row 1", f"it needs the headings {', '.join(SCALE_COLUMNS)}")
            return {}
        labels: dict[str, str] = {}
        for number, row in _below(rows):
            said = dict(zip(headings, row, strict=False))
            where = f"sheet {SCALES}, row {number}"
            scale, called = (self.value(said.get(key, ""), f"{where}, {key}") or "" for key in SCALE_COLUMNS)
            if called and scale not in known:
                hint = did_you_mean(scale, known)
                self._wrong(where, f"no item is of scale {scale!r}, called {called!r}.{hint}".removesuffix("."))
            elif called and labels.setdefault(scale, called) != called:
                before = labels[scale]
                self._wrong(where, f"scale {scale!r} is called {called!r} here and {before!r} in a row above; keep one")
        return labels

    def name_rows(self, rows: Sequence[Sequence[Cell]]) -> Iterator[NameRow]:
        """The rows of names to settle, each name once."""
        headings = [self._heading(cell, NAME_COLUMNS) for cell in (rows[0] if rows else ())]
        if rows and not {"typed", "is"} <= {*headings} and any(_below(rows)):
            self._wrong(f"sheet {NAMES}, row 1", f"it needs the headings {', '.join(NAME_COLUMNS)}")
            return
        settled: dict[str, str] = {}
        for number, row in _below(rows):
            said = dict(zip(headings, row, strict=False))
            where = f"sheet {NAMES}, row {number}"
            typed, meant = (self.value(said.get(key, ""), f"{where}, {key}") or "" for key in ("typed", "is"))
            times, could = (self._text(said.get(key, ""), "") or "" for key in ("times", "could be"))
            if meant and not typed:
                self._wrong(where, f"says who is meant ({meant!r}) by no name; write what was typed, or empty the row")
            elif meant and settled.setdefault(same_label(typed), meant) != meant:
                before = settled[same_label(typed)]
                self._wrong(where, f"{typed!r} is {meant!r} here and {before!r} in a row above; keep one")
            elif typed:
                yield NameRow(typed, int(_as_number(times) or 0), could, meant)

    def value(self, cell: Cell, where: str) -> str | None:
        """The text of a cell that holds one value; None, and a problem, where nobody can tell."""
        text = self._text(cell, where)
        if text is None or not text.startswith('"'):
            return text
        try:
            return str(json.loads(text))
        except ValueError:
            self._wrong(where, f"{text!r} begins with a quotation mark and does not end with one; remove both")
            return None

    def _heading(self, cell: Cell, known: Collection[str]) -> str:
        said = " ".join(str(cell).split())
        plain = said.casefold()
        heading = SAME_WORD.get(plain.replace("_", "").replace(" ", ""), plain)
        heading = heading if heading in known else plain.replace(" ", "_")
        if heading in known:
            return heading
        if hint := did_you_mean(heading, known):
            self.problems.append(f"{self.file}, row 1: no column is called {said!r}.{hint}")
        return ""  # somebody's own notes

    def _wrong(self, where: str, problem: str) -> None:
        self.problems.append(f"{self.file}, {where}: {problem}.")

    def _text(self, cell: Cell, where: str) -> str | None:
        """The text of a cell as it was meant: 5 of 5.0, nothing of a date, which was something else before."""
        if isinstance(cell, bool):
            return "true" if cell else "false"
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        if isinstance(cell, dt.date | dt.time | dt.timedelta):
            self._wrong(
                where,
                f"the spreadsheet made a date or time of what was written ({cell}); format the cell as text and write "
                "it again",
            )
            return None
        return "" if cell is None else fused(normalize("NFC", str(cell)).strip())

    def _item(self, said: Mapping[str, Cell], where: str) -> Item | None:
        known = {f.name for f in Item.__dataclass_fields__.values()}
        told: dict[str, Any] = {}
        for key, cell in said.items():
            if key == "wording":
                told["label"] = self.value(cell, f"{where}, wording") or ""
            elif key in known:
                told[key] = self._property(key, cell, f"{where}, {key}")
        given = {key: value for key, value in told.items() if value not in (None, "", ())}
        if not given.get("name"):
            self._wrong(where, "no name; write the column's name in the export, or remove the row")
            return None
        usual = usual_kind(given.get("block", "ignore"), given.get("role"))
        item = Item(**{"block": "", "kind": usual or "", **given})
        if item.block and not self._is_misspelt(item, where):
            self.unsettled += [f"{self.file}, {where}: {problem}" for problem in item_problems(item)]
        return item

    def _property(self, key: str, cell: Cell, where: str) -> object:
        if key in LISTS:
            return self._list(cell, where, commas=key == "categories")
        value = self.value(cell, where)
        if not value:
            return None
        if key in ANSWERS:
            return self._yes_or_no(value, where)
        if key in NUMBERS:
            return self._number(value, where, whole=key in ("most_named", "wave"))
        if key == "at_least" and not str(self._text(cell, where)).startswith('"'):
            return _as_number(value) if _as_number(value) is not None else value
        return value.casefold() if key in ("block", "kind", "role") else value

    def _list(self, cell: Cell, where: str, *, commas: bool) -> tuple[str, ...]:
        text = self._text(cell, where) or ""
        if not commas and "," in text and not re.search(r'[|;\n]|^"', text):  # 4,5 is a number, and 98, 99 are two
            self._wrong(where, f'{text!r} can be one or several; part several by bars, or write one as "{text}"')
            return ()
        entries = _entries(text) if text else []
        read = [self.value(entry, where) for entry in entries]
        return tuple(entry for entry in read if entry is not None)

    def _yes_or_no(self, value: str, where: str) -> bool | None:
        if value.casefold() in TRUE + FALSE:
            return value.casefold() in TRUE
        self._wrong(where, f"{value!r} is neither yes nor no")
        return None

    def _number(self, value: str, where: str, *, whole: bool) -> float | None:
        number = _as_number(value)
        if number is None or (whole and number != int(number)):
            self._wrong(where, f"{value!r} is no {'whole ' if whole else ''}number")
            return None
        return int(number) if whole else number

    def _is_misspelt(self, item: Item, where: str) -> bool:
        """Whether block, kind or role are none that peernet knows, which is told with the column."""
        before = len(self.problems)
        settled = {"block": BLOCKS} if item.block == "ignore" else {"block": BLOCKS, "kind": KINDS, "role": ROLES}
        for key, allowed in settled.items():
            value = getattr(item, key)
            if value is not None and value not in allowed:
                hint = did_you_mean(value, allowed)
                found = repr(value) if value else "nothing"
                told = f"{found}; allowed are {', '.join(allowed)}{f'.{hint}' if hint else ''}"
                self._wrong(f"{where}, {key}", told.removesuffix("."))
        return len(self.problems) > before


def _as_number(text: str) -> float | None:
    """The number a text is, with a decimal point or comma; None where it is none."""
    if not re.fullmatch(r"[-+−]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d{1,3})?", text, re.ASCII):
        return None
    number = float(text.replace("−", "-").replace(",", "."))
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _entries(text: str) -> list[str]:
    """The entries of a list in one cell: at bars, or as people part them where there is none; marks quoted are text."""
    if "|" not in text and not text.startswith('"'):
        mark = next((mark for mark in ("\n", ";", ",") if mark in text), "|")
        return [entry.strip() for entry in text.split(mark) if entry.strip()]
    entries = re.findall(r'\s*("(?:[^"\\]|\\.)*"|[^|]*)\s*(?:\||$)', text)
    return [entry.strip() for entry in entries[:-1]]  # the last is what stands after the end


def written(value: str, *, in_list: bool = False) -> str:
    """A text as it stands in a cell: as it is, or in quotation marks where it would not come back so.

    Examples
    --------
    >>> written("agree"), written(" agree"), written("tea | coffee", in_list=True)
    ('agree', '" agree"', '"tea | coffee"')
    """
    shows = all(char == "\n" or category(char)[0] != "C" for char in value) and not in_list
    shows = shows or all(category(char)[0] not in "CZ" or char == " " for char in value)
    plain = (
        shows
        and value == value.strip()
        and fused(value) == value
        and normalize("NFC", value) == value
        and not value.startswith('"')
        and not _DAMAGED.search(value)
        and not (in_list and ("|" in value or not value))
    )
    return value if plain else json.dumps(value).replace("_x", "\\u005fx")


def _cells_of(row: ItemRow) -> dict[str, str]:
    """The cells of a row, by column."""
    item, cells = row.item, {"wording": written(row.item.label), "answers": row.answers}
    for key in COLUMNS:
        value = getattr(item, key, None)
        if key in LISTS:
            entries = tuple(value or ())
            alone = len(entries) == 1 and re.search("[;,]", entries[0])  # or it would be read as several
            cells[key] = json.dumps(entries[0]) if alone else BAR.join(written(e, in_list=True) for e in entries)
        elif isinstance(value, bool):
            cells[key] = "" if key == "reverse" and not value else ("yes" if value else "no")
        elif isinstance(value, int | float):
            cells[key] = f"{value:.17g}" if float(value).is_integer() else repr(float(value))
        elif value is not None:
            is_word = key == "at_least" and _as_number(value) is not None  # a category that looks like a number
            cells[key] = json.dumps(value) if is_word else written(value)
    cells["separator"] = "" if item.separator == ";" else cells["separator"]
    return {"name": "", **cells, "because": row.because, "look": row.look}


def _openpyxl() -> Any:  # noqa: ANN401 - it comes without types
    """The library that writes workbooks, loaded when one is written, as that takes a tenth of a second."""
    import openpyxl  # type: ignore[import-untyped]

    return openpyxl


def sheets_bytes(sheets: Sheets) -> bytes:
    """The workbook of a codebook, ready to be written.

    Parameters
    ----------
    sheets
        Its rows and names; ``problems`` are not written.

    Returns
    -------
    bytes
        An .xlsx file: every cell text, headings explained, lists to choose block, kind and role from, rows that need
        a look in colour.

    Raises
    ------
    ValueError
        If a cell would be longer than a spreadsheet can hold.
    """
    book = _openpyxl().Workbook()
    book.remove(book.worksheets[0])
    notes = {heading: "Somebody's own notes; not read." for row in sheets.rows for heading in row.notes}
    items = _sheet(book, ITEMS, {**COLUMNS, **notes}, [{**row.notes, **_cells_of(row)} for row in sheets.rows])
    _lay_out(items, len(sheets.rows))
    scales = dict.fromkeys([*(row.item.scale for row in sheets.rows if row.item.scale), *sheets.scales])
    called = [{"scale": written(scale), "called": written(sheets.scales.get(scale, ""))} for scale in scales]
    _sheet(book, SCALES, SCALE_COLUMNS, called)
    _sheet(book, NAMES, NAME_COLUMNS, [_cells_of_name(name) for name in sheets.names])
    values = [{"value": written(value, in_list=True)} for value in sheets.missing]
    _sheet(book, MISSING, {"value": "Answers that mean none anywhere in the survey, one a row."}, values)
    _explain(book)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def with_names(file: Path, asked: Iterable[NameRow]) -> bytes | None:
    """The workbook of a codebook with further names to settle below those on its sheet; None where none is new.

    Everything else stays as it is: what was answered, what was edited, whatever somebody has added.
    """
    new = {same_label(name.typed): name for name in asked}
    for there in read_sheets(file).names:
        new.pop(same_label(there.typed), None)
    if not new:
        return None
    book = _openpyxl().load_workbook(file)
    sheet = book[NAMES] if NAMES in book.sheetnames else _sheet(book, NAMES, NAME_COLUMNS, ())
    places = {" ".join(str(cell.value).casefold().split()): cell.column for cell in sheet[1]}
    filled = [row[0].row for row in sheet.iter_rows() if any(cell.value not in (None, "") for cell in row)]
    for number, name in enumerate(new.values(), start=max(filled, default=1) + 1):
        for heading, text in _cells_of_name(name).items():
            if heading in places:
                _put(sheet, number, places[heading], text)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _cells_of_name(name: NameRow) -> dict[str, str]:
    could_be = name.could_be[:LONGEST]
    return {"typed": written(name.typed), "times": str(name.times), "could be": could_be, "is": written(name.meant)}


def _sheet(book: Workbook, title: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> Worksheet:
    """A sheet of text cells below explained headings that stay in sight."""
    sheet = book.create_sheet(title)
    for place, (heading, told) in enumerate(columns.items(), start=1):
        cell = sheet.cell(1, place, heading)
        cell.font = _openpyxl().styles.Font(bold=True)
        cell.comment = _openpyxl().comments.Comment(told, "peernet", width=320, height=120)
        width = {"name": 24}.get(heading, 44 if heading in ("wording", "because", "look", "could be", "called") else 14)
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.freeze_panes = "B2"
    for number, row in enumerate(rows, start=2):
        for place, heading in enumerate(columns, start=1):
            _put(sheet, number, place, row.get(heading, ""))
    return sheet


def _put(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Put text into a cell so that no program makes a number, a date or a formula of it."""
    if len(text) > LONGEST:
        raise ValueError(f"row {row} of sheet {sheet.title} would need a cell of {len(text):,} characters")
    cell = sheet.cell(row, column)
    cell.number_format = "@"
    if text:
        cell.value = text
        cell.data_type = "s"


def _lay_out(sheet: Worksheet, rows: int) -> None:
    """Lists to choose from, and colour where a look is needed."""
    place = {heading: column for column, heading in enumerate(COLUMNS, start=1)}
    for heading, allowed in {"block": BLOCKS, "kind": KINDS, "role": ROLES, "reverse": ("yes", "no")}.items():
        words = f'"{",".join(allowed)}"'
        choice = _openpyxl().worksheet.datavalidation.DataValidation(type="list", formula1=words, allow_blank=True)
        sheet.add_data_validation(choice)
        letter = sheet.cell(1, place[heading]).column_letter
        choice.add(f"{letter}2:{letter}{max(rows + 1, 2)}")
    marked = _openpyxl().styles.PatternFill("solid", fgColor="FFF2CC")
    for number in range(2, rows + 2):
        if sheet.cell(number, place["look"]).value:
            for heading in ("name", "block", "look"):
                sheet.cell(number, place[heading]).fill = marked
        for heading in ("wording", "because", "look"):
            sheet.cell(number, place[heading]).alignment = _openpyxl().styles.Alignment(wrap_text=True, vertical="top")


def _explain(book: Workbook) -> None:
    """A sheet that explains every heading, block and kind."""
    told = [(heading, words) for heading, words in COLUMNS.items()]
    told += [("", ""), ("block", "")] + [(f"  {word}", words) for word, words in BLOCKS_TOLD.items()]
    told += [("", ""), ("kind", "")] + [(f"  {word}", words) for word, words in KINDS_TOLD.items()]
    sheet = book.create_sheet(WORDS)
    for number, (word, words) in enumerate(told, start=1):
        _put(sheet, number, 1, word)
        _put(sheet, number, 2, words)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 120
