"""SPSS (.sav, .zsav) and Stata (.dta) files: question texts, labels, and codes that mean "no answer" with the reason.

What the person at the statistics program declared is in the file and is read from there: a code is missing because the
file says so, and a whole number is written whole though such files hold every number as a fraction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from peernet._wording import listed
from peernet.errors import SurveyError
from peernet.survey.alone import AloneError, read_alone
from peernet.survey.formats.export import Column, Export, Source, left_unread, unique
from peernet.survey.sheets import TOLD_BY_DEFAULT, Note, cell_text, number_text

SPSS = (".sav", ".zsav")
STATA = (".dta",)
SPSS_START = datetime(1582, 10, 14)  # of the calendar; SPSS counts seconds from there
STATA_START = datetime(1960, 1, 1)
SPSS_DATES = ("DATE", "ADATE", "EDATE", "SDATE", "JDATE", "MOYR", "QYR", "WKYR")
SPSS_MOMENTS = ("DATETIME", "YMDHMS")
SPSS_TIMES = ("TIME", "DTIME", "MTIME")
_LETTERS = re.compile(r"[A-Z]*")
TOLD = (  # of what the library says of a file
    "number_rows",
    "readstat_variable_types",
    "original_variable_types",
    "column_names_to_labels",
    "variable_value_labels",
    "missing_ranges",
    "mr_sets",
)
_LIBRARY = """
import warnings
import pyreadstat

def read(file, kind, encoding, *parts):
    warnings.simplefilter("ignore")
    options = dict(user_missing=True, disable_datetime_conversion=True, output_format="dict", encoding=encoding or None)
    values, told = getattr(pyreadstat, kind)(file, **options)
    return {name: list(cells) for name, cells in values.items()}, {part: getattr(told, part, None) for part in parts}
"""
_SPSS_ZEROS = re.compile(r"N(\d+)")
_STATA_ZEROS = re.compile(r"%0(\d+)\.0f")
_STATA_UNIT = re.compile(r"%-?t?([a-zA-Z])")
_Told = tuple[Mapping[str, Sequence[object]], Mapping[str, Any]]


@dataclass(frozen=True)
class _Variable:
    """One variable as the library tells of it: every answer, its storage, its display format and what is declared."""

    name: str
    answers: Sequence[object]
    storage: str
    format: str
    wording: str
    labels: Mapping[object, str]
    ranges: Sequence[Mapping[str, Any]]
    stata: bool


def recognised(source: Source) -> bool:
    """Whether there is an SPSS or Stata file."""
    return bool(source.with_suffix(*SPSS, *STATA))


def read(source: Source) -> Export:
    """The one SPSS or Stata file of the source; raises `SurveyError` where there are several or it is damaged."""
    files = source.with_suffix(*SPSS, *STATA)
    if len(files) != 1:
        raise SurveyError(f"{source.path} holds {listed([file.name for file in files]) or 'no such file'}; name one.")
    (file,) = files
    values, told = _opened(file, source.encoding)
    variables = [_variable(name, values[name], told, stata=file.suffix.casefold() in STATA) for name in values]
    texts = [[_text(variable, value) for value in variable.answers] for variable in variables]
    names = unique(variable.name for variable in variables)
    cells = pd.DataFrame(dict(zip(names, texts, strict=True)), dtype="str")
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    columns = [
        replace(_column(variable, text), name=name)
        for variable, text, name in zip(variables, texts, names, strict=True)
    ]
    columns, notes = _in_sets(columns, cells, told["mr_sets"] or {})
    notes += left_unread(source, files)
    there = cells[(cells != "").any(axis=1)]
    return Export("statistics", file.name, there, tuple(columns), len(cells), headings=0, notes=notes)


def _opened(file: Path, encoding: str) -> _Told:
    """Values by variable with declared missing ones in place, and what the file says of them.

    Dates stay numbers: the library knows not every format of one, and stops at a date that is out of bounds.
    """
    if find_spec("pyreadstat") is None:
        raise SurveyError(
            f"{file} is an SPSS or Stata file, and pyreadstat is not here to read it. pip install 'peernet[formats]'."
        )
    named = "" if encoding == TOLD_BY_DEFAULT else encoding
    kind = "read_dta" if file.suffix.casefold() in STATA else "read_sav"
    try:
        values, told = cast(_Told, read_alone(_LIBRARY, file, kind, named, *TOLD))
    except AloneError as error:
        raise SurveyError(
            f"{file} cannot be read as an SPSS or Stata file: {error}. Save it again, or export it as CSV with labels."
        ) from error
    rows = len(next(iter(values.values()), ()))
    if told["number_rows"] not in (None, -1, rows):
        raise SurveyError(f"{file} says it has {told['number_rows']:,} rows, and {rows:,} can be read. Copy it again.")
    return values, told


def _variable(name: str, values: Sequence[object], told: Mapping[str, Any], *, stata: bool) -> _Variable:
    return _Variable(
        name,
        values,
        told["readstat_variable_types"].get(name, ""),
        told["original_variable_types"].get(name) or "",
        told["column_names_to_labels"].get(name) or "",
        told["variable_value_labels"].get(name, {}),
        told["missing_ranges"].get(name, []),
        stata,
    )


def _text(variable: _Variable, value: object) -> str:
    """The text of one value: a label's code as the label has it, a missing value of Stata as ``.a``."""
    if isinstance(value, str):
        own = variable.stata and variable.storage != "string"
        return f".{value}" if own else cell_text(value).strip()
    if value is None or value != value:
        return ""
    number = float(str(np.float32(value))) if variable.storage == "float" else float(value)  # type: ignore[arg-type]
    timed = _moment(variable)
    zeros = (_STATA_ZEROS if variable.stata else _SPSS_ZEROS).fullmatch(variable.format)  # 007 is a whole identifier
    try:
        return timed(number) if timed else number_text(number).zfill(int(zeros[1]) if zeros else 0)
    except (OverflowError, ValueError):  # a date out of bounds
        return number_text(number)


def _moment(variable: _Variable) -> Callable[[float], str] | None:
    """What writes a number that is a date or a time; None where it is neither."""
    if variable.stata:
        return _STATA_MOMENTS.get(found[1]) if (found := _STATA_UNIT.match(variable.format)) else None
    letters = _LETTERS.match(variable.format)
    return _SPSS_MOMENTS.get(letters[0]) if letters else None


_SPSS_MOMENTS: Mapping[str, Callable[[float], str]] = {
    **dict.fromkeys(SPSS_DATES, lambda seconds: (SPSS_START + timedelta(seconds=seconds)).date().isoformat()),
    **dict.fromkeys(SPSS_MOMENTS, lambda seconds: cell_text(SPSS_START + timedelta(seconds=round(seconds)))),
    **dict.fromkeys(SPSS_TIMES, lambda seconds: cell_text(timedelta(seconds=seconds))),
}
_STATA_MOMENTS: Mapping[str, Callable[[float], str]] = {
    "d": lambda days: (STATA_START + timedelta(days=days)).date().isoformat(),
    "c": lambda thousandths: cell_text(STATA_START + timedelta(seconds=round(thousandths / 1000))),
    "C": lambda thousandths: cell_text(STATA_START + timedelta(seconds=round(thousandths / 1000))),
    "m": lambda months: f"{1960 + int(months) // 12}-{int(months) % 12 + 1:02}",
}


def _column(variable: _Variable, texts: Iterable[str]) -> Column:
    labels = {_text(variable, value): label.strip() for value, label in variable.labels.items()}
    missing = _missing(variable, labels, texts)
    told = {code: label for code, label in labels.items() if code not in missing}
    return Column(variable.name, variable.wording.strip(), _kind(variable, told), labels=told, missing=missing)


def _kind(variable: _Variable, labels: Mapping[str, str]) -> str:
    if labels:
        return "choice"
    if variable.storage == "string":
        return "text"
    return "date" if _moment(variable) else "number"


def _missing(variable: _Variable, labels: Mapping[str, str], texts: Iterable[str]) -> dict[str, str]:
    """Codes declared missing that have a label, are declared one by one, or stand in a cell; with their labels."""
    if variable.stata:
        own = {code for code in (*labels, *texts) if code.startswith(".") and variable.storage != "string"}
        return {code: labels.get(code, "") for code in sorted(own) if code[1:].isalpha()}
    single = [_text(variable, part["lo"]) for part in variable.ranges if part["lo"] == part["hi"]]
    spans = [(part["lo"], part["hi"]) for part in variable.ranges if part["lo"] != part["hi"]]
    if variable.storage == "string":
        return {code: labels.get(code, "") for code in single}
    values = [value for value in (*variable.labels, *variable.answers) if isinstance(value, (int, float))]
    numbers = {_text(variable, value): value for value in values if value == value}
    within = [code for code, value in numbers.items() if any(low <= value <= high for low, high in spans)]
    return {code: labels.get(code, "") for code in dict.fromkeys([*single, *within])}


def _in_sets(
    columns: Sequence[Column], cells: pd.DataFrame, sets: Mapping[str, Mapping[str, Any]]
) -> tuple[list[Column], tuple[Note, ...]]:
    """The columns with those of a multiple-response set as one group, and what is to be said of a set."""
    found = {column.name: column for column in columns}
    notes: list[Note] = []
    for called, told in sets.items():
        parts = [name for name in told["variable_list"] if name in found and not found[name].group]
        counted = cell_text(told["counted_value"])
        unticked = {cell for name in parts for cell in (*found[name].labels, *cells[name])}
        unticked -= {counted, "", *(code for name in parts for code in found[name].missing)}
        if told["is_dichotomy"] and len(unticked) > 1:
            problem = f"the set {called!r} counts {counted}, and its columns hold {listed(sorted(unticked))} besides"
            notes.append(("warning", problem, "read as answers of their own; declare the codes that are no answer"))
        for name in parts:
            wording = told["label"] or called
            column = replace(found[name], group=called, group_wording=wording, part=found[name].wording, key=name)
            if told["is_dichotomy"] and len(unticked) <= 1:
                column = replace(column, kind="tick", labels={}, unticked=next(iter(unticked), None))
            found[name] = column
    return list(found.values()), tuple(notes)
