"""The files of a survey as they lie on disk, every cell still text.

One delimited text file as a table of text cells, or a precise account of why it is none.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from unicodedata import normalize

import pandas as pd

from peernet.errors import SurveyError
from peernet.survey.codebook import Codebook, read_codebook
from peernet.survey.issues import IssueLog

SUFFIXES = (".csv", ".tsv", ".txt")
OTHERS = ("roster", "ties", "outcomes")
SEPARATORS = ",;\t"
BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
HEADER_REACH = 100_000  # characters within which the header ends
_QUOTED = re.compile(r'"[^"]*"')
Rows = list[tuple[int, list[str]]]


@dataclass(frozen=True, eq=False)
class RawSurvey:
    """The tables of a survey before anything is understood.

    Parameters
    ----------
    codebook
        What each column means.
    survey, roster, ties, outcomes
        Cells as text, one column per header, the row's number in the file as index. A file that is not there is a
        frame without columns.
    file
        What to call the file of answers in messages.

    Examples
    --------
    >>> from peernet.survey.codebook import Item
    >>> raw = RawSurvey(Codebook((Item("id", "person"),)), pd.DataFrame({"id": ["p1", "p2"]}))
    >>> raw.roster.empty
    True
    """

    codebook: Codebook
    survey: pd.DataFrame
    roster: pd.DataFrame = field(default_factory=pd.DataFrame)
    ties: pd.DataFrame = field(default_factory=pd.DataFrame)
    outcomes: pd.DataFrame = field(default_factory=pd.DataFrame)
    file: str = "survey.csv"

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by the name of their file."""
        return {self.file: self.survey} | {f"{name}.csv": getattr(self, name) for name in OTHERS}


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
    path = Path(path)
    folder, files = _located(path)
    if not isinstance(codebook, Codebook):
        codebook = read_codebook(folder / "codebook.json" if codebook is None else codebook)
    tables = _read_all(files, encoding, log)
    return RawSurvey(codebook, **tables, file=files["survey"].name)


def _located(path: Path) -> tuple[Path, dict[str, Path]]:
    """The survey's folder and its files by table."""
    if path.is_file():
        if path.suffix.casefold() not in SUFFIXES:
            raise SurveyError(f"{path} is not a CSV file. Save the sheet as CSV (UTF-8) and read that.")
        return path.parent, {"survey": path}
    if not path.is_dir():
        raise SurveyError(f"There is no {path}. Give a survey folder (survey.csv and codebook.json) or a CSV file.")
    if not (path / "survey.csv").is_file():
        found = ", ".join(sorted(entry.name for entry in path.iterdir())) or "nothing"
        raise SurveyError(
            f"The folder {path} has no survey.csv; it holds {found}. Name the file of answers survey.csv."
        )
    files = {name: path / f"{name}.csv" for name in ("survey", *OTHERS)}
    return path, {name: file for name, file in files.items() if file.is_file()}


def _read_all(files: dict[str, Path], encoding: str, log: IssueLog) -> dict[str, pd.DataFrame]:
    """Every table, or one error with the problems of all files."""
    tables: dict[str, pd.DataFrame] = {}
    problems: list[str] = []
    for name, file in files.items():
        try:
            tables[name] = _filled(name, file, read_table(file, encoding, log))
        except SurveyError as error:
            problems += error.problems
    if problems:
        raise SurveyError(*problems)
    return tables


def _filled(name: str, file: Path, table: pd.DataFrame) -> pd.DataFrame:
    if table.empty and name == "survey":
        raise SurveyError(f"{file} has a header but no answers; it needs one row per person.")
    if table.empty and name == "roster":
        raise SurveyError(f"{file} has a header but lists nobody; list everyone who was invited or remove the file.")
    return table


def read_table(file: Path, encoding: str, log: IssueLog) -> pd.DataFrame:
    """Cells of a CSV file as stripped text; the index is the row's number as a spreadsheet shows it.

    The separator is the one of comma, semicolon and tab that the header holds most of. Rows that are too
    short are filled up and logged; columns without a name are left out and logged.
    """
    rows = _parsed(file, _decoded(file, encoding))
    if not rows:
        raise SurveyError(f"{file} is empty; it needs a header row and rows below it.")
    header = rows.pop(0)[1]
    problems = [*_header_problems(file, header), *_long_rows(file, len(header), rows)]
    if problems:
        raise SurveyError(*problems)
    cells = [(row + [""] * len(header))[: len(header)] for _, row in rows]
    for number, row in rows:
        if len(row) < len(header):
            found = f"row {number} of {file.name} has {len(row)} cells, the header has {len(header)}"
            log.warning(found, "the cells that are not there count as empty; check the row in the file")
    table = pd.DataFrame(cells, columns=header, index=[number for number, _ in rows], dtype="str")
    return _named_columns(table, file, log)


def _decoded(file: Path, encoding: str) -> str:
    data = file.read_bytes()
    if data.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    try:
        text = normalize("NFC", data.decode(encoding))
    except UnicodeError as error:
        raise SurveyError(_not_decoded(file, encoding, data, error)) from error
    except LookupError as error:
        raise SurveyError(f"{encoding!r} is no known text encoding; try 'utf-8', 'cp1252' or 'utf-16'.") from error
    if "\0" in text:
        raise SurveyError(f'{file} is not {encoding} text: it holds NUL characters. Try encoding="utf-16".')
    return text


def _not_decoded(file: Path, encoding: str, data: bytes, error: UnicodeError) -> str:
    guess = '"utf-16"' if data.startswith(BYTE_ORDER_MARKS) else '"cp1252" (Excel on Windows)'
    where = f"byte {error.start} does not decode" if isinstance(error, UnicodeDecodeError) else str(error)
    return f'{file} is not {encoding} text: {where}. Save it as "CSV UTF-8", or say what it is: try encoding={guess}.'


def _parsed(file: Path, text: str) -> Rows:
    """Rows that hold anything, each with its number counted as a spreadsheet counts."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        rows = [(number, [cell.strip() for cell in row]) for number, row in enumerate(reader, start=1)]
    except csv.Error as error:
        raise SurveyError(
            f"{file}: the quotation marks do not pair up near line {reader.line_num} ({error}). "
            'Inside a quoted cell a quotation mark is written twice: "".'
        ) from error
    return [(number, row) for number, row in rows if any(row)]


def _separator(text: str) -> str:
    """The one of comma, semicolon and tab that the header holds most of outside quotation marks."""
    unquoted = _QUOTED.sub("", text[:HEADER_REACH]).lstrip()
    return max(SEPARATORS, key=next(iter(unquoted.splitlines()), "").count)


def _header_problems(file: Path, header: list[str]) -> Iterator[str]:
    for name in sorted({name for name in header if name and header.count(name) > 1}):
        yield f"{file} has {header.count(name)} columns called {name!r}; rename or remove all but one."


def _long_rows(file: Path, width: int, rows: Rows) -> Iterator[str]:
    for number, row in rows:
        if any(row[width:]):
            yield (
                f"{file}: row {number} has {len(row)} cells, the header has {width}. "
                "Put quotation marks around answers that contain the separator."
            )


def _named_columns(table: pd.DataFrame, file: Path, log: IssueLog) -> pd.DataFrame:
    for place, name in enumerate(table.columns):
        if not name and (table.iloc[:, place] != "").any():
            log.warning(f"column {place + 1} of {file.name} has no name", "not used; name it to use it")
    return table.loc[:, [bool(name) for name in table.columns]]
