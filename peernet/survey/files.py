"""The files of a survey as they lie on disk: one table for each role, every cell still text, or why it is none.

A file is read by the reader of its suffix, see `READERS`; a new format is one function and one line there.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

import pandas as pd

from peernet._wording import listed
from peernet.errors import SurveyError
from peernet.privacy import fused
from peernet.survey.codebook import Codebook, read_codebook
from peernet.survey.issues import IssueLog
from peernet.survey.item import plain_heading

CODEBOOK = "codebook.json"
CODEBOOK_SHEET = "codebook.xlsx"  # the same as a spreadsheet
TABLES = ("survey", "roster", "ties", "outcomes")  # what the tables of a survey hold; all but the first may be missing
SURVEY_FILES = (".csv", ".tsv", ".txt")  # suffixes a table of a survey may have
WORKBOOKS = (".xlsx", ".xls", ".ods")
NOT_EMPTY = {  # tables that need a row, and what is said of one that has only a header
    "survey": "no answers; it needs one row per person",
    "roster": "lists nobody; list everyone who was invited or remove the file",
}
SEPARATORS = ",;\t"
ALIKE = 0.8  # difflib ratio of a file's name and a table's: tie.csv, Rosters.csv
MOST_NUMBERS = 10  # of rows without anything, told one by one
BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
HEADER_REACH = 100_000  # characters within which the header ends
_QUOTED = re.compile(r'"[^"]*"')
Rows = list[tuple[int, list[str]]]  # each row's number as a spreadsheet shows it, and its stripped cells


class Sheet(NamedTuple):
    """What a reader finds in a file: its rows, the headings among them, and whether semicolons part the cells."""

    rows: Rows
    semicolons: bool = False
    name: str = ""  # of a workbook's sheet


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

    @property
    def tables(self) -> dict[str, TextTable]:
        """The tables by role."""
        return {role: getattr(self, role) for role in TABLES}


def read_raw(
    path: str | Path, *, log: IssueLog, codebook: Codebook | str | Path | None = None, encoding: str = "utf-8"
) -> RawSurvey:
    """Read a survey folder, or one CSV with its codebook, as text.

    Parameters
    ----------
    path
        A folder with ``survey.csv`` and ``codebook.json`` (and, where they exist, ``roster.csv``, ``ties.csv`` and
        ``outcomes.csv``), or a single CSV file.
    log
        Receives what was odd but readable.
    codebook
        A codebook or its path; by default ``codebook.json`` beside the data.
    encoding
        Text encoding of the CSV files; a UTF-8 byte order mark in a file overrules it.

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
    peernet.errors.SurveyError: There is no nowhere. Give a survey folder (survey.csv and codebook.json) or a CSV file.
    """
    beside, files = _located(Path(path))
    _log_unread(Path(path), files, log)
    if not isinstance(codebook, Codebook):
        codebook = read_codebook(beside if codebook is None else codebook)
    return RawSurvey(codebook, **_read_all(files, encoding, log))


def codebook_beside(path: Path) -> Path:
    """The codebook in a folder, or in that of a file: a spreadsheet where there is one, else the JSON file, if any."""
    folder = path if path.is_dir() else path.parent
    both = [folder / name for name in (CODEBOOK_SHEET, CODEBOOK) if (folder / name).is_file()]
    if len(both) > 1:
        raise SurveyError(f"{folder} holds {CODEBOOK_SHEET} and {CODEBOOK}. Keep the one that counts.")
    return both[0] if both else folder / CODEBOOK


def is_survey_folder(path: Path) -> bool:
    """Whether a path is a folder of our own layout, or nowhere, which is told on reading it."""
    return not path.exists() or (path.is_dir() and _table_file(path, "survey") is not None)


def survey_files(path: Path) -> list[Path]:
    """Every file that is read when a survey is read from a path: the codebook beside it, then the tables by role.

    Of an export of a survey tool they are its files, in order of name.
    """
    if is_survey_folder(path):
        codebook, files = _located(path)
        return [codebook, *files.values()]
    found = [path] if path.is_file() else sorted(file for file in path.iterdir() if file.is_file())
    codebook = codebook_beside(path)
    tables = [file for file in found if file.name[0] not in ".~" and file != codebook]
    return [codebook, *tables] if codebook.is_file() else tables


def _located(path: Path) -> tuple[Path, dict[str, Path]]:
    """Where the codebook lies unless another is given, and the files that are there by role."""
    if path.is_file():
        if path.suffix.casefold() not in SURVEY_FILES:  # no workbooks yet: dates and yes/no need rules of their own
            raise SurveyError(f"{path} is not a CSV file. Save the sheet as CSV (UTF-8) and read that.")
        return codebook_beside(path), {"survey": path}
    if not path.is_dir():
        raise SurveyError(f"There is no {path}. Give a survey folder (survey.csv and codebook.json) or a CSV file.")
    files = {role: file for role in TABLES if (file := _table_file(path, role)) is not None}
    if "survey" not in files:
        found = ", ".join(sorted(entry.name for entry in path.iterdir())) or "nothing"
        raise SurveyError(
            f"The folder {path} has no survey.csv; it holds {found}. Name the file of answers survey.csv."
        )
    return codebook_beside(path), files


def _log_unread(path: Path, files: Mapping[str, Path], log: IssueLog) -> None:
    """Tell of files that are called like a table of a survey and are not read."""
    one_file = path.is_file()
    for file in sorted((path.parent if one_file else path).iterdir()):
        (role, *_) = get_close_matches(file.stem.casefold(), TABLES, n=1, cutoff=ALIKE) or [""]
        suffix = file.suffix.casefold()
        if not role or suffix not in READERS or file in files.values():
            continue
        if not one_file:
            rename = f"; save it as {role}{suffix if suffix in SURVEY_FILES else '.csv'} to use it"
            log.warning(f"{file.name} lies in the folder", f"not read{'' if role in files else rename}")
        elif role != "survey":
            log.warning(f"{file.name} lies beside {path.name}", f"not read; give the folder {path.parent} to use it")


def _table_file(folder: Path, role: str) -> Path | None:
    """The text file that holds the table of a role; None where there is none, an error where there are two."""
    found = [folder / f"{role}{suffix}" for suffix in SURVEY_FILES if (folder / f"{role}{suffix}").is_file()]
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
    """Cells of a text file or of a workbook's first sheet, stripped; the index is the row's number in the file.

    White space in headings becomes one space. Rows that are too short are filled up and logged; blank rows and columns
    without a name are left out and logged.
    """
    sheet = READERS[file.suffix.casefold()](file, encoding)[0]
    rows = [(number, row) for number, row in sheet.rows if any(row)]
    if not rows:
        raise SurveyError(f"{file} is empty; it needs a header row and rows below it.")
    header = [plain_heading(name) for name in rows.pop(0)[1]]
    if problems := [*_shape_problems(file, header, rows)]:
        raise SurveyError(*problems)
    if blank := [str(number) for number, row in sheet.rows if not any(row)]:
        more = [f"{len(blank) - MOST_NUMBERS:,} more"] if len(blank) > MOST_NUMBERS else []
        which = listed([*blank[:MOST_NUMBERS], *more])
        problem = f"rows {which} of {file.name} are blank" if len(blank) > 1 else f"row {which} of {file.name} is blank"
        log.note(problem, "passed over")
    for number, row in rows:
        if len(row) < len(header):
            problem = f"row {number} of {file.name} has {len(row)} cells, the header has {len(header)}"
            log.warning(problem, "the cells that are not there count as empty; check the row in the file")
    cells = [(row + [""] * len(header))[: len(header)] for _, row in rows]
    table = pd.DataFrame(cells, columns=header, index=[number for number, _ in rows], dtype="str")
    return TextTable(file.name, _named_columns(table, file, log), sheet.semicolons)


def _shape_problems(file: Path, header: list[str], rows: Rows) -> Iterator[str]:
    """Columns of one name, and rows with more cells than there are columns."""
    for name in sorted({name for name in header if name and header.count(name) > 1}):
        yield f"{file} has {header.count(name)} columns called {name!r}; rename or remove all but one."
    for number, row in rows:
        if any(row[len(header) :]):
            yield (
                f"{file}: row {number} has {len(row)} cells, the header has {len(header)}. "
                "Put quotation marks around answers that contain the separator."
            )


def _named_columns(table: pd.DataFrame, file: Path, log: IssueLog) -> pd.DataFrame:
    for place, name in enumerate(table.columns):
        if not name and (table.iloc[:, place] != "").any():
            log.warning(f"column {place + 1} of {file.name} has no name", "not used; name it to use it")
    return table.loc[:, [bool(name) for name in table.columns]]


def _text_rows(file: Path, encoding: str) -> list[Sheet]:
    """Rows of a delimited text file, parted by what its header holds most of: commas, semicolons or tabs."""
    text = _decoded(file, encoding)
    header = next(iter(_QUOTED.sub("", text[:HEADER_REACH]).lstrip().splitlines()), "")
    separator = max(SEPARATORS, key=header.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    usual = csv.field_size_limit(max(len(text), csv.field_size_limit()))  # the longest answer is one as well
    try:
        return [Sheet(_numbered(reader), semicolons=separator == ";")]
    except csv.Error as error:
        raise SurveyError(
            f"{file}: the quotation marks do not pair up near line {reader.line_num} ({error}). "
            'Inside a quoted cell a quotation mark is written twice: "".'
        ) from error
    finally:
        csv.field_size_limit(usual)


def _decoded(file: Path, encoding: str) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SurveyError(
            f"{file} cannot be read ({error.strerror}). Close it where it is open and try again."
        ) from error
    if data.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    try:
        text = normalize("NFC", data.decode(encoding))
    except UnicodeError as error:
        where = f"byte {error.start} does not decode" if isinstance(error, UnicodeDecodeError) else str(error)
        guess = '"utf-16"' if data.startswith(BYTE_ORDER_MARKS) else '"cp1252" (Excel on Windows)'
        raise SurveyError(
            f'{file} is not {encoding} text: {where}. Save it as "CSV UTF-8", or say what it is: try encoding={guess}.'
        ) from error
    except LookupError as error:
        raise SurveyError(f"{encoding!r} is no known text encoding; try 'utf-8', 'cp1252' or 'utf-16'.") from error
    if "\0" in text:
        raise SurveyError(f'{file} is not {encoding} text: it holds NUL characters. Try encoding="utf-16".')
    return text


def _workbook_rows(file: Path, encoding: str) -> list[Sheet]:  # noqa: ARG001 - one signature for all readers
    """Rows of each sheet of a workbook, the first sheet first."""
    try:
        book = pd.read_excel(file, sheet_name=None, engine="calamine", header=None, dtype=str, keep_default_na=False)
    except Exception as error:
        raise SurveyError(f"{file} is not a workbook that can be read: {error}. Save the sheet as CSV.") from error
    return [
        Sheet(_numbered([normalize("NFC", str(cell)) for cell in row] for row in cells.to_numpy().tolist()), name=name)
        for name, cells in book.items()
    ]


def _numbered(rows: Iterable[Sequence[str]]) -> Rows:
    """Rows with their numbers as a spreadsheet counts, which counts lines without anything too; those are no rows.

    The apostrophe that `peernet.privacy.defuse` puts before what looks like a formula is no part of the text.
    """
    return [(number, [fused(cell.strip()).strip() for cell in row]) for number, row in enumerate(rows, start=1) if row]


# Suffix: what reads the sheets of such a file, given its text encoding, rows in order and the header first. A line
# makes it a sheet of rules; a table of a survey is found by the suffixes in `SURVEY_FILES`.
READERS: Mapping[str, Callable[[Path, str], list[Sheet]]] = {
    ".csv": _text_rows,
    ".tsv": _text_rows,
    ".txt": _text_rows,
    **dict.fromkeys(WORKBOOKS, _workbook_rows),
}
