"""Rules as people keep them: a sheet with one row per rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from peernet._issues import IssueLog
from peernet._rules import COLUMNS, Rule, Rules
from peernet._text_tables import read_table
from peernet.errors import RulesError, SurveyError, did_you_mean

__all__ = ["read_rules"]

TEXT_FILES = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xls", ".ods")
NUMBERS = ("number", "share", "price")
NOTE = "note"
NEVER = ("", "never", "hard")


def read_rules(path: str | Path, *, encoding: str = "utf-8") -> Rules:
    """Read rules from a spreadsheet with one row per rule.

    Parameters
    ----------
    path
        A CSV file, or the first sheet of an Excel workbook (needs the ``excel`` extra). Columns ``rule``, ``a``,
        ``b``, ``column``, ``number``, ``share``, ``price``, in any order, those not needed left out; a column
        ``note`` is for people and not read. See `Rule` for what they mean. A blank price, or ``never``: the rule is
        never broken.
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
    table = _cells(path, encoding)
    problems = list(_header_problems(path, table))
    rules = []
    for row, cells in zip(table.index, table.to_dict("records"), strict=True):
        try:
            rules.append(_rule({str(name): str(cell) for name, cell in cells.items()}, f"row {row} of {path.name}"))
        except RulesError as error:
            problems += error.problems
    if problems:
        raise RulesError(*problems)
    return Rules(rules)


def _cells(path: Path, encoding: str) -> pd.DataFrame:
    """Stripped text, the row's number as a spreadsheet shows it as index."""
    if not path.is_file():
        raise RulesError(f"There is no file {path}. Give a CSV file or an Excel workbook with one row per rule.")
    if path.suffix.casefold() in WORKBOOKS:
        return _workbook(path)
    if path.suffix.casefold() not in TEXT_FILES:
        allowed = ", ".join((*TEXT_FILES, *WORKBOOKS))
        raise RulesError(f"{path} is no sheet peernet reads; allowed: {allowed}. Save the sheet as CSV (UTF-8).")
    try:
        return read_table(path, encoding, IssueLog())
    except SurveyError as error:
        raise RulesError(*error.problems) from error


def _workbook(path: Path) -> pd.DataFrame:
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
    table = filled.iloc[1:].set_axis(filled.iloc[0].tolist(), axis=1)
    return table.set_axis([int(row) + 1 for row in table.index], axis=0).loc[:, filled.iloc[0].tolist()]


def _header_problems(path: Path, table: pd.DataFrame) -> Iterator[str]:
    allowed = (*COLUMNS, NOTE)
    if "rule" not in table:
        yield f"{path.name} has no column 'rule'; found {', '.join(map(str, table)) or 'no columns'}."
    for name in table:
        if name not in allowed:
            hint = did_you_mean(str(name), allowed)
            yield f"{path.name} has a column {name!r}; allowed: {', '.join(allowed)}.{hint}"


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
