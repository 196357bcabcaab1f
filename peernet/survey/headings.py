"""Whether the headings of the tables fit the codebook: columns nobody described, items without one, rows of more."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator

import pandas as pd

from peernet._wording import listed_few
from peernet.errors import SurveyError, did_you_mean
from peernet.survey.answers import is_given, yes_or_no
from peernet.survey.codebook import Codebook
from peernet.survey.files import TIE_COLUMNS, RawSurvey, TextTable
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.numbers import holds_number

READ_FROM = {  # blocks read from a table beside the survey itself, by role
    "roster": ("person", "name", "team", "manager", "ignore"),
    "outcomes": ("person", "outcome", "partner", "ignore"),
    "ties": ("ignore",),
}
DECIDING = ("tie", "constraint")  # blocks of which a missing column changes who may be paired
RESERVED = ("person", "name", "team", "manager", "answered")  # columns and index of `Survey.people`
TOP_ROWS = 3  # rows below the header among which more headings are looked for
IMPORT_MARK = '"ImportId"'  # stands in the last of three heading rows of a Qualtrics export
FEW_NAMES = 4  # of columns told of
FEWEST_UNREAD = 3  # answers that cannot be read, and none that can, make a heading


def check_columns(raw: RawSurvey, log: IssueLog) -> None:
    """Refuse a survey that does not fit its codebook at all; log every column and item that finds no partner."""
    problems = [*_strange_survey(raw), *_reserved_names(raw), *_heading_problems(raw), *_tie_file_problems(raw)]
    if problems:
        raise SurveyError(*problems)
    known = {role: {*raw.codebook.names, *(TIE_COLUMNS if role == "ties" else ())} for role in raw.tables}
    strangers = [
        (table.file, column)
        for role, table in raw.tables.items()
        for column in table.cells.columns
        if column not in known[role]
    ]
    absent = _absent_items(raw)
    for item in absent:
        hint = did_you_mean(item.name, [column for _, column in strangers])
        problem = f"item {item.name!r} is in the codebook but not in the data.{hint}"
        if item.block in DECIDING:
            log.error(problem, "left out; nothing is known of it until its column is named so", item=item.name)
        else:
            log.warning(problem, "left out", item=item.name)
    for file, column in strangers:
        hint = did_you_mean(column, [item.name for item in absent])
        problem = f"column {column!r} of {file} is not in the codebook.{hint}"
        log.warning(problem, "not used; describe it in the codebook to use it", item=column)
    _log_misplaced(raw, log)


def _strange_survey(raw: RawSurvey) -> list[str]:
    columns = raw.survey.cells.columns
    if any(name in columns for name in raw.codebook.names):
        return []
    found, known = (listed_few([*map(repr, names)], FEW_NAMES) for names in (columns, raw.codebook.names))
    return [
        f"No column of {raw.survey.file} is in its codebook. The file has {found}; the codebook describes {known}. "
        "If it is the codebook of another survey, put each survey into a folder of its own."
    ]


def _reserved_names(raw: RawSurvey) -> list[str]:
    own = {item.name for item in raw.codebook if item.block in READ_FROM["roster"]}
    return [
        f"Item {name!r} has a name peernet keeps for itself ({', '.join(RESERVED)}). Rename the column and the item."
        for name in RESERVED
        if name in raw.codebook and name not in own
    ]


def _tie_file_problems(raw: RawSurvey) -> list[str]:
    file, rows = raw.ties.file, raw.ties.cells
    if rows.empty:
        return []
    lacking = [column for column in ("ego", "alter", "layer") if column not in rows]
    if lacking:
        found = ", ".join(rows.columns)
        return [f"{file} has no column {', '.join(lacking)}; it needs ego, alter and layer. It has {found}."]
    known = raw.codebook.layers
    strange = sorted({*rows["layer"].unique()} - {*known, ""})  # a row without a layer is told and left out
    allowed = ", ".join(known) or "none; give the codebook a tie item per layer"
    return [
        f"{file} has a layer {layer!r}; the codebook's layers are {allowed}.{did_you_mean(layer, known)}"
        for layer in strange
    ]


def _absent_items(raw: RawSurvey) -> list[Item]:
    """Items in use that have no column in any table, and no rows among the ties either."""
    columns = {column for table in raw.tables.values() for column in table.cells.columns}
    in_rows = set() if raw.ties.cells.empty else set(raw.ties.cells["layer"].unique())
    return [
        item
        for item in raw.codebook
        if item.name not in columns and item.block != "ignore" and not (item.block == "tie" and item.layer in in_rows)
    ]


def _log_misplaced(raw: RawSurvey, log: IssueLog) -> None:
    """Columns of items in a table they are not read from."""
    for role, blocks in READ_FROM.items():
        table = raw.tables[role]
        used = TIE_COLUMNS if role == "ties" else ()
        for item in raw.codebook:
            if item.name in table.cells and item.block not in blocks and item.name not in used:
                to_use = f"move the column to {raw.survey.file}"
                done = f"read from {raw.survey.file} alone" if item.name in raw.survey.cells else to_use
                log.warning(f"item {item.name!r} is in {table.file}", f"not used; {done}", item=item.name)


def _heading_problems(raw: RawSurvey) -> Iterator[str]:
    """One sentence per table that has rows which look like headings."""
    for role, table in raw.tables.items():
        key = "ego" if role == "ties" else raw.codebook.person.name
        if key in table.cells and (numbers := _heading_rows(table, key, raw.codebook)):
            which = ", ".join(map(str, numbers))
            rows = f"rows {which} look like headings" if len(numbers) > 1 else f"row {which} looks like a heading"
            first = table.cells.loc[[numbers[0]]].iloc[0]
            example = next(f"{cell!r} under {column!r}" for column, cell in first.items() if cell)
            yield (
                f"{table.file}: {rows}, not like answers ({example}). "
                "Keep one row of headings, the names in the codebook, and remove the others."
            )


def _heading_rows(table: TextTable, key: str, codebook: Codebook) -> list[Hashable]:
    """The numbers of rows that repeat headings anywhere, or that look like some at the top."""
    cells, names = table.cells, _names(table, codebook)
    repeated = [cell for cell in cells[key].unique().tolist() if _plain(cell) in names[key]]
    found: set[Hashable] = set(cells.index[cells[key].isin(repeated)])
    top = cells.head(TOP_ROWS)
    rows = [*zip(*(column.tolist() for _, column in top.items()), strict=True)]
    imported = [place for place, row in enumerate(rows) if any(IMPORT_MARK in cell for cell in row)]
    found |= set(top.index[: max(imported, default=-1) + 1])
    for number, row in zip(top.index, rows, strict=True):
        given = [(str(column), cell) for column, cell in zip(top.columns, row, strict=True) if cell]
        alike = sum(_plain(cell) in names[column] for column, cell in given)
        if alike >= 2 and 2 * alike > len(given):
            found.add(number)
    found |= {*_unreadable(cells, key, codebook)}
    return [number for number in cells.index if number in found] if found else []


def _names(table: TextTable, codebook: Codebook) -> dict[str, set[str]]:
    """What each column is called: its heading and the wording of its question."""
    return {
        column: {_plain(column), _plain(codebook[column].label if column in codebook else "")} - {""}
        for column in table.cells.columns
    }


def _plain(text: str) -> str:
    folded = text.casefold()
    return folded if folded.isalnum() else re.sub(r"[\W_]+", "", folded)


def _unreadable(cells: pd.DataFrame, key: str, codebook: Codebook) -> Iterator[Hashable]:
    """Rows at the top without any answer that can be read, where rows below have some."""
    items = [
        item
        for item in codebook
        if item.name in cells and item.block != "ignore"
        if item.is_numbered
        or item.kind in ("binary", "asymmetric")
        or (item.kind in ("ordinal", "nominal") and item.categories)
    ]
    for place, number in enumerate(cells.index[:TOP_ROWS]):
        row = cells.iloc[place]
        given = [item for item in items if row[item.name]]
        if any(_is_read(item, row[item.name]) for item in given):
            return
        words = [item for item in given if is_given(item, cells[item.name].iloc[[place]], codebook.missing).item()]
        below = cells.iloc[place + 1 :]
        enough = len(words) >= FEWEST_UNREAD or (words and _is_odd_one(row[key], below[key]))
        if enough and any(_is_read(item, cell) for item in words for cell in below[item.name]):
            yield number


def _is_odd_one(identifier: str, others: pd.Series[str]) -> bool:
    """Whether an identifier has digits or spaces where all others have none, or the other way round."""
    shapes = {_shape(other) for other in others.iloc[TOP_ROWS - 1 :].unique()}
    return bool(identifier) and len(shapes) == 1 and _shape(identifier) not in shapes


def _shape(identifier: str) -> tuple[bool, bool]:
    return any(map(str.isdigit, identifier)), " " in identifier


def _is_read(item: Item, cell: str) -> bool:
    """Whether a cell holds an answer of its item's kind."""
    if item.is_numbered:
        return holds_number(item, cell)
    if item.kind in ("binary", "asymmetric"):
        return yes_or_no(item, cell) is not None
    return cell.casefold() in {category.casefold() for category in item.categories}
