"""The files of a survey as they lie on disk, every cell still text."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from peernet.errors import SurveyError
from peernet.survey.codebook import Codebook, read_codebook
from peernet.survey.issues import IssueLog
from peernet.survey.text_tables import read_table

__all__ = ["RawSurvey", "read_raw"]

SUFFIXES = (".csv", ".tsv", ".txt")
OTHERS = ("roster", "ties", "outcomes")


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
