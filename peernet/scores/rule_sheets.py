"""Rules as people keep them: a sheet with one row per rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from peernet.errors import RulesError, SurveyError, did_you_mean
from peernet.scores.rules import COLUMNS, Rule, Rules
from peernet.survey.files import read_table
from peernet.survey.issues import IssueLog

__all__ = ["read_rules"]

TEXT_FILES = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xls", ".ods")
NUMBERS = ("number", "share", "price")
NOTE = "note"
NO_NAME = "has no name"
NEVER = ("", "never", "hard")


def read_rules(path: str | Path, *, encoding: str = "utf-8") -> Rules:
    """Read rules from a spreadsheet with one row per rule.

    Parameters
    ----------
    path
        A CSV file, or the first sheet of an Excel workbook (needs the ``excel`` extra). Columns ``rule``, ``a``,
        ``b``, ``column``, ``number``, ``share``, ``price``, in any order and in small or capital letters, those not
        needed left out; a column ``note`` is for people and not read. See `Rule` for what they mean. A blank price, or
        ``never``: the rule is never broken.
    encoding
        Text encoding of a CSV file.

    Returns
    -------
    Rules

    Raises
    ------
    RulesError
        If the file cannot be read or a row makes no sense; every problem at once, with row, column, what was found
        and what is allowed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> sheet = '''rule,a,b,column,number,price,note
    ... capacity,p001,,,2,,Ada offered
    ... forbidden,p003,p017,,,,
    ... met,p004,p009,,,0.1,spring round
    ... not within,,,team,,0.02,
    ... at least across,,,team,10,,
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "rules.csv").write_text(sheet)
    ...     rules = read_rules(Path(folder, "rules.csv"))
    >>> rules
    <Rules: 5 rules, 2 with a price>
    >>> rules.to_frame().shape
    (5, 7)
    """
    path = Path(path)
    table, problems = _cells(path, encoding)
    names = [str(name).casefold() for name in table]
    problems += _header_problems(path, names)
    if "rule" not in names or len({*names}) < len(names):
        raise RulesError(*problems)
    table = table.set_axis(names, axis=1)
    rules = []
    for row, cells in zip(table.index, table.to_dict("records"), strict=True):
        try:
            rules.append(_rule({str(name): str(cell) for name, cell in cells.items()}, f"row {row} of {path.name}"))
        except RulesError as error:
            problems += error.problems
    if problems:
        raise RulesError(*problems)
    return Rules(rules)


def _cells(path: Path, encoding: str) -> tuple[pd.DataFrame, list[str]]:
    """Stripped text, the row's number as a spreadsheet shows it as index, and columns that hold cells but no name."""
    if not path.is_file():
        raise RulesError(f"There is no file {path}. Give a CSV file or an Excel workbook with one row per rule.")
    if path.suffix.casefold() in WORKBOOKS:
        return _workbook(path)
    if path.suffix.casefold() not in TEXT_FILES:
        allowed = ", ".join((*TEXT_FILES, *WORKBOOKS))
        raise RulesError(f"{path} is no sheet peernet reads; allowed: {allowed}. Save the sheet as CSV (UTF-8).")
    log = IssueLog()
    try:
        table = read_table(path, encoding, log)
    except SurveyError as error:
        raise RulesError(*error.problems) from error
    return table, [f"{problem}; name it or clear it." for problem in log.to_frame()["problem"] if NO_NAME in problem]


def _workbook(path: Path) -> tuple[pd.DataFrame, list[str]]:
    try:
        sheet = pd.read_excel(path, engine="calamine", header=None, dtype=str, keep_default_na=False)
    except ImportError as error:
        raise RulesError(f"Reading {path.name} needs: pip install 'peernet[excel]'. Or save it as CSV.") from error
    except Exception as error:
        raise RulesError(f"{path} is not a workbook that can be read: {error}. Save the sheet as CSV.") from error
    sheet = sheet.map(lambda cell: str(cell).strip())
    filled = sheet[(sheet != "").any(axis=1)]
    if filled.empty:
        raise RulesError(f"{path} is empty; it needs a header row and one row per rule.")
    names, table = filled.iloc[0], filled.iloc[1:]
    nameless = [place for place in names.index[names == ""] if (table[place] != "").any()]
    table = table.loc[:, names != ""].set_axis([int(row) + 1 for row in table.index], axis=0)
    problems = [f"column {int(place) + 1} of {path.name} {NO_NAME}; name it or clear it." for place in nameless]
    return table.set_axis(names[names != ""].tolist(), axis=1), problems


def _header_problems(path: Path, names: list[str]) -> Iterator[str]:
    """What is wrong with the names of the columns, in small letters."""
    allowed = (*COLUMNS, NOTE)
    if "rule" not in names:
        found = ", ".join(map(repr, names)) or "none"
        yield f"{path.name} has no column 'rule'; its first row must name the columns, found {found}."
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"{path.name} has {names.count(name)} columns called {name!r}; keep one."
        if name not in allowed and "rule" in names:
            yield f"{path.name} has a column {name!r}; allowed: {', '.join(allowed)}.{did_you_mean(name, allowed)}"


def _rule(cells: dict[str, str], where: str) -> Rule:
    given: dict[str, Any] = {name: cells[name] or None for name in COLUMNS if name in cells}
    given["rule"] = " ".join((given.get("rule") or "").casefold().replace("_", " ").split())
    for name in NUMBERS:
        if cells.get(name, "").casefold() in NEVER[: 3 if name == "price" else 1]:
            given[name] = None
        else:
            given[name] = _number(cells[name])
    return Rule(**given, where=where)


def _number(cell: str) -> float | str:
    """The number a cell holds, decimal commas read; the text itself where it holds none."""
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return cell
