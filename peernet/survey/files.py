"""The files of a survey as they lie on disk: one table for each role, every cell still text, or why it is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from peernet._wording import listed_few
from peernet.errors import SurveyError
from peernet.survey.codebook import Codebook, read_codebook
from peernet.survey.issues import IssueLog
from peernet.survey.item import plain_heading
from peernet.survey.sheets import MOST_NUMBERS, READERS, TEXT_FILES, Rows, even_columns

CODEBOOK = "codebook.json"
CODEBOOK_SHEET = "codebook.xlsx"  # the same as a spreadsheet
ROSTER = "roster.csv"  # everybody invited, where it lies beside an export whose tool has no such list
OF_THE_PROGRAMME = ("programme.xlsx", "programme.toml", "rounds.csv")  # may lie in the folder, and are no answers
TIE_COLUMNS = ["ego", "alter", "layer", "rating", "asked"]  # of a table of ties
TABLES = ("survey", "roster", "ties", "outcomes")  # what the tables of a survey hold; all but the first may be missing
SURVEY_FILES = tuple(READERS)  # suffixes a table of a survey may have
NOT_EMPTY = {  # tables that need a row, and what is said of one that has only a header
    "survey": "no answers; it needs one row per person",
    "roster": "lists nobody; list everyone who was invited or remove the file",
}
ALIKE = 0.8  # difflib ratio of a file's name and a table's: tie.csv, Rosters.csv
SHORT_ROW = "the cells that are not there count as empty; check the row in the file"


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
    labels
        Names of colleagues that stand on the form.

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
    roster: TextTable = TextTable(ROSTER)
    ties: TextTable = TextTable("ties.csv")
    outcomes: TextTable = TextTable("outcomes.csv")
    came: Mapping[str, frozenset[str]] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()

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


def called_like_ours(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder that are called like a table of a survey, each after its role."""
    for file in sorted(folder.iterdir()):
        (role, *_) = get_close_matches(file.stem.casefold(), TABLES, n=1, cutoff=ALIKE) or [""]
        if role and file.suffix.casefold() in SURVEY_FILES:
            yield role, file


def _log_unread(path: Path, files: Mapping[str, Path], log: IssueLog) -> None:
    """Tell of files that are called like a table of a survey and are not read."""
    one_file = path.is_file()
    for role, file in called_like_ours(path.parent if one_file else path):
        if file in files.values():
            continue
        if not one_file:
            rename = f"; save it as {role}{file.suffix.casefold()} to use it"
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
    if file.suffix.casefold() in TEXT_FILES and (even := even_columns(file, encoding)):
        whole, semicolons = even
        header = [plain_heading(name) for name in whole.iloc[0].tolist()]
        if len(whole) > 1 and max(Counter(filter(None, header)).values(), default=0) == 1:
            table = whole.iloc[1:]
            table.columns, table.index = pd.Index(header), pd.RangeIndex(2, len(whole) + 1)
            return TextTable(file.name, _named_columns(table, file, log), semicolons)
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
        which = listed_few(blank, MOST_NUMBERS)
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
    if all(table.columns):
        return table
    for place, name in enumerate(table.columns):
        if not name and (table.iloc[:, place] != "").any():
            log.warning(f"column {place + 1} of {file.name} has no name", "not used; name it to use it")
    return table.loc[:, [bool(name) for name in table.columns]]
