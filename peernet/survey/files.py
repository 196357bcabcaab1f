"""The files of a survey as they lie on disk: one table for each role, every cell still text, or why it is none.

And whether their headings fit the codebook: columns nobody described, items without one, rows of headings.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from peernet._wording import listed
from peernet.errors import SurveyError, did_you_mean
from peernet.survey.answers import is_given, yes_or_no
from peernet.survey.codebook import Codebook, read_codebook
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item, plain_heading
from peernet.survey.nominations import TIE_COLUMNS
from peernet.survey.numbers import holds_number
from peernet.survey.sheets import READERS, TEXT_FILES, Rows

CODEBOOK = "codebook.json"
CODEBOOK_SHEET = "codebook.xlsx"  # the same as a spreadsheet
ROSTER = "roster.csv"  # everybody invited, where it lies beside an export whose tool has no such list
OF_THE_PROGRAMME = ("programme.xlsx", "programme.toml", "rounds.csv")  # may lie in the folder, and are no answers
TABLES = ("survey", "roster", "ties", "outcomes")  # what the tables of a survey hold; all but the first may be missing
SURVEY_FILES = tuple(READERS)  # suffixes a table of a survey may have
NOT_EMPTY = {  # tables that need a row, and what is said of one that has only a header
    "survey": "no answers; it needs one row per person",
    "roster": "lists nobody; list everyone who was invited or remove the file",
}
ALIKE = 0.8  # difflib ratio of a file's name and a table's: tie.csv, Rosters.csv
SHORT_ROW = "the cells that are not there count as empty; check the row in the file"
MOST_NUMBERS = 10  # of rows without anything, told one by one
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


@dataclass(frozen=True, eq=False)
class TextTable:
    """One table of a survey: what its file is called, its cells as text, and whether semicolons part them.

    The row's number in the file is the index. A file that is not there has no columns.
    """

    file: str
    cells: pd.DataFrame = field(default_factory=pd.DataFrame)
    semicolons: bool = False


@dataclass(frozen=True, eq=False)
class RawSurvey:
    """The tables of a survey before anything is understood.

    Parameters
    ----------
    codebook
        What each column means.
    survey, roster, ties, outcomes
        The table of each role, empty where there is no such file.
    came
        By layer of ``ties`` who answered its question, where that is known; of the rows of a file it is not.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> from peernet.survey.codebook import Item
    >>> answers = TextTable("answers.csv", pd.DataFrame({"id": ["p1", "p2"]}))
    >>> raw = RawSurvey(pn.survey.Codebook((Item("id", "person"),)), answers)
    >>> raw.roster.file, raw.roster.cells.empty
    ('roster.csv', True)
    """

    codebook: Codebook
    survey: TextTable
    roster: TextTable = TextTable("roster.csv")
    ties: TextTable = TextTable("ties.csv")
    outcomes: TextTable = TextTable("outcomes.csv")
    came: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def tables(self) -> dict[str, TextTable]:
        """The tables by role."""
        return {role: getattr(self, role) for role in TABLES}


def read_raw(
    path: str | Path, *, log: IssueLog, codebook: Codebook | str | Path | None = None, encoding: str = "utf-8"
) -> RawSurvey:
    """Read a survey folder, or one table with its codebook, as text.

    Parameters
    ----------
    path
        A folder with ``survey.csv`` and ``codebook.json`` (and, where they exist, ``roster.csv``, ``ties.csv`` and
        ``outcomes.csv``), or a single file; every suffix of `READERS` will do.
    log
        Receives what was odd but readable.
    codebook
        A codebook or its path; by default ``codebook.json`` beside the data.
    encoding
        Text encoding of the text files; a UTF-8 byte order mark in a file overrules it. Where none is named, UTF-16
        is told by its mark and cp1252 by its letters.

    Returns
    -------
    RawSurvey

    Raises
    ------
    SurveyError
        If a file is missing, empty, irregular or cannot be decoded; every problem of every file at once.
    CodebookError
        If the codebook is missing or cannot be understood.

    Examples
    --------
    >>> read_raw("nowhere", log=IssueLog())
    Traceback (most recent call last):
    ...
    peernet.errors.SurveyError: There is no nowhere. Give the export of a survey tool, or a survey folder.
    """
    beside, files = _located(Path(path))
    _log_unread(Path(path), files, log)
    if not isinstance(codebook, Codebook):
        codebook = read_codebook(beside if codebook is None else codebook)
    tables = _read_all(files, encoding, log)
    survey, roster, ties, outcomes = (tables.get(role, TextTable(f"{role}.csv")) for role in TABLES)
    return RawSurvey(codebook, survey, roster, ties, outcomes)


def codebook_beside(path: Path) -> Path:
    """The codebook in a folder, or in that of a file: a spreadsheet where there is one, else the JSON file, if any."""
    folder = path if path.is_dir() else path.parent
    both = [folder / name for name in (CODEBOOK_SHEET, CODEBOOK) if (folder / name).is_file()]
    if len(both) > 1:
        raise SurveyError(f"{folder} holds {CODEBOOK_SHEET} and {CODEBOOK}. Keep the one that counts.")
    return both[0] if both else folder / CODEBOOK


def called_after(path: Path) -> str:
    """What to call the study of a survey: as its folder, or as the file without its suffix."""
    return path.stem if path.is_file() else path.resolve().name


def is_survey_folder(path: Path) -> bool:
    """Whether a path is a folder of our own layout, or nowhere, which is told on reading it."""
    return not path.exists() or (path.is_dir() and _table_file(path, "survey") is not None)


def survey_files(path: Path) -> list[Path]:
    """Every file that is read when a survey is read from a path: the codebook beside it, then the tables by role.

    Of an export of a survey tool they are its files, in order of name, and the roster beside a file of answers.
    """
    if is_survey_folder(path):
        codebook, files = _located(path)
        return [codebook, *files.values()]
    found = [path] if path.is_file() else sorted(file for file in path.iterdir() if file.is_file())
    found = [file for file in found if file.name not in OF_THE_PROGRAMME]
    roster = path.parent / ROSTER
    if path.is_file() and path.stem != "survey" and path != roster and roster.is_file():
        found.append(roster)
    codebook = codebook_beside(path)
    tables = [file for file in found if file.name[0] not in ".~" and file != codebook]
    return [codebook, *tables] if codebook.is_file() else tables


def _located(path: Path) -> tuple[Path, dict[str, Path]]:
    """Where the codebook lies unless another is given, and the files that are there by role."""
    if path.is_file():
        if path.suffix.casefold() not in SURVEY_FILES:
            allowed = ", ".join(SURVEY_FILES)
            raise SurveyError(f"{path} is no table peernet reads: {allowed}. Save the answers as CSV (UTF-8).")
        return codebook_beside(path), {"survey": path}
    if not path.is_dir():
        raise SurveyError(f"There is no {path}. Give the export of a survey tool, or a survey folder.")
    files = {role: file for role in TABLES if (file := _table_file(path, role)) is not None}
    if "survey" not in files:
        found = ", ".join(sorted(entry.name for entry in path.iterdir())) or "nothing"
        raise SurveyError(
            f"The folder {path} holds {found}: neither an export peernet knows nor survey.csv. "
            "Give the file of answers."
        )
    return codebook_beside(path), files


def _log_unread(path: Path, files: Mapping[str, Path], log: IssueLog) -> None:
    """Tell of files that are called like a table of a survey and are not read."""
    one_file = path.is_file()
    for file in sorted((path.parent if one_file else path).iterdir()):
        (role, *_) = get_close_matches(file.stem.casefold(), TABLES, n=1, cutoff=ALIKE) or [""]
        suffix = file.suffix.casefold()
        if not role or suffix not in SURVEY_FILES or file in files.values():
            continue
        if not one_file:
            rename = f"; save it as {role}{suffix} to use it"
            log.warning(f"{file.name} lies in the folder", f"not read{'' if role in files else rename}")
        elif role != "survey":
            log.warning(f"{file.name} lies beside {path.name}", f"not read; give the folder {path.parent} to use it")


def _table_file(folder: Path, role: str) -> Path | None:
    """The file that holds the table of a role, text before workbooks; None where there is none, an error where two."""
    found = [folder / f"{role}{suffix}" for suffix in SURVEY_FILES if (folder / f"{role}{suffix}").is_file()]
    found = [file for file in found if file.suffix in TEXT_FILES] or found
    if len(found) > 1:
        names = " and ".join(file.name for file in found)
        raise SurveyError(f"The folder {folder} holds {names}, which both could be its {role} table. Keep one.")
    return found[0] if found else None


def _read_all(files: Mapping[str, Path], encoding: str, log: IssueLog) -> dict[str, TextTable]:
    """Every table by role, or one error with the problems of all files."""
    tables: dict[str, TextTable] = {}
    problems: list[str] = []
    for role, file in files.items():
        try:
            tables[role] = read_table(file, encoding, log)
        except SurveyError as error:
            problems += error.problems
        else:
            if role in NOT_EMPTY and tables[role].cells.empty:
                problems.append(f"{file} has a header but {NOT_EMPTY[role]}.")
    if problems:
        raise SurveyError(*problems)
    return tables


def read_table(file: Path, encoding: str, log: IssueLog) -> TextTable:
    """Cells of a file, of a workbook the first sheet with any, stripped; the index is the row's number in the file.

    White space in headings becomes one space. Rows that are too short are filled up and logged; blank rows, columns
    without a name and further sheets are left out and logged.
    """
    sheets = READERS[file.suffix.casefold()](file, encoding)
    full = [sheet for sheet in sheets if any(any(row) for _, row in sheet.rows)]
    if not full:
        raise SurveyError(f"{file} is empty; it needs a header row and rows below it.")
    sheet, *others = full
    for other in others:
        problem = f"the sheet {other.name!r} of {file.name} lies beside {sheet.name!r}"
        log.warning(problem, "not read; put its rows below those of the first if they belong there")
    for severity, problem, done in sheet.notes:
        getattr(log, severity)(problem, done)
    rows = [(number, row) for number, row in sheet.rows if any(row)]
    header = [plain_heading(name) for name in rows.pop(0)[1]]
    if problems := [*shape_problems(file, header, rows)]:
        raise SurveyError(*problems)
    if blank := [str(number) for number, row in sheet.rows if not any(row)]:
        more = [f"{len(blank) - MOST_NUMBERS:,} more"] if len(blank) > MOST_NUMBERS else []
        which = listed([*blank[:MOST_NUMBERS], *more])
        problem = f"rows {which} of {file.name} are blank" if len(blank) > 1 else f"row {which} of {file.name} is blank"
        log.note(problem, "passed over")
    for number, row in rows:
        if len(row) < len(header):
            log.warning(short_row(file, number, row, header), SHORT_ROW)
    wide = len(header)
    cells = [row if len(row) == wide else (row + [""] * wide)[:wide] for _, row in rows]
    table = pd.DataFrame(cells, columns=header, index=[number for number, _ in rows], dtype="str")
    return TextTable(file.name, _named_columns(table, file, log), sheet.semicolons)


def short_row(file: Path, number: int, row: list[str], header: list[str]) -> str:
    """What is said of a row with fewer cells than there are columns."""
    return f"row {number} of {file.name} has {len(row)} cells, the header has {len(header)}"


def shape_problems(file: Path, header: list[str], rows: Rows) -> Iterator[str]:
    """Columns of one name, and rows with more cells than there are columns."""
    for name in sorted({name for name in header if name and header.count(name) > 1}):
        yield f"{file} has {header.count(name)} columns called {name!r}; rename or remove all but one."
    yield from long_rows(file, header, rows)


def long_rows(file: Path, header: list[str], rows: Rows) -> Iterator[str]:
    """Rows with more cells than there are columns."""
    for number, row in rows:
        if len(row) > len(header) and any(row[len(header) :]):
            yield (
                f"{file}: row {number} has {len(row)} cells, the header has {len(header)}. "
                "Put quotation marks around answers that contain the separator."
            )


def _named_columns(table: pd.DataFrame, file: Path, log: IssueLog) -> pd.DataFrame:
    for place, name in enumerate(table.columns):
        if not name and (table.iloc[:, place] != "").any():
            log.warning(f"column {place + 1} of {file.name} has no name", "not used; name it to use it")
    return table.loc[:, [bool(name) for name in table.columns]]


# --- headings and the codebook ----------------------------------------------------------------------------------------


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
    found, known = (
        listed([*map(repr, names[:FEW_NAMES]), *([f"{len(names) - FEW_NAMES} more"] if len(names) > FEW_NAMES else [])])
        for names in (list(columns), list(raw.codebook.names))
    )
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
    imported = [place for place in range(len(top)) if top.iloc[place].str.contains(IMPORT_MARK, regex=False).any()]
    found |= set(top.index[: max(imported, default=-1) + 1])
    for number, row in top.iterrows():
        given = [(str(column), cell) for column, cell in row.items() if cell]
        alike = sum(_plain(cell) in names[column] for column, cell in given)
        if alike >= 2 and 2 * alike > len(given):
            found.add(number)
    found |= {*_unreadable(cells, key, codebook)}
    return [number for number in cells.index if number in found]


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
        row, below = cells.iloc[place], cells.iloc[place + 1 :]
        given = [item for item in items if row[item.name]]
        if any(_is_read(item, row[item.name]) for item in given):
            return
        words = [item for item in given if is_given(item, cells[item.name].iloc[[place]], codebook.missing).item()]
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
