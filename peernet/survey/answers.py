"""From typed text to typed answers: one column of the survey at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import isfinite, nan

import pandas as pd

from peernet.errors import did_you_mean
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item

YES = frozenset({"yes", "y", "true", "1", "1.0", "ja", "oui", "si", "sí", "x"})
NO = frozenset({"no", "n", "false", "0", "0.0", "nein", "non"})
LEFT_OUT = "treated as not answered"
_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
_LABELLED = re.compile(r"([-+]?\d+)[\s\-–=:.()]+[^\W\d_]\D*")  # "4 - agree", "4 (agree)", "4: agree"


def typed_answers(item: Item, cells: pd.Series[str], missing: tuple[str, ...], log: IssueLog) -> pd.Series:
    """Answers to one item, typed by its kind, reversed items turned round, every doubt logged.

    Parameters
    ----------
    item
        What the column means.
    cells
        The cells as text, index ``person``.
    missing
        Values that mean "no answer" anywhere in the survey.
    log
        Receives one row per cell that is not understood.

    Returns
    -------
    Series of the same index: float for numbers, categorical for declared categories, nullable boolean for yes/no,
    frozensets (or None) for multiple choice, strings for text.
    """
    given = given_cells(item, cells, missing)
    typed = (_numbers if item.is_numbered else BY_KIND[item.kind])(item, given, log)
    if item.kind == "multiple":  # reindex would write nan where None is meant
        return pd.Series([typed.get(person) for person in cells.index], index=cells.index, dtype=object)
    return typed.reindex(cells.index)


def given_cells(item: Item, cells: pd.Series[str], missing: tuple[str, ...]) -> pd.Series[str]:
    """The cells that hold an answer."""
    return cells[is_given(item, cells, missing)]


def is_given(item: Item, cells: pd.Series[str], missing: tuple[str, ...]) -> pd.Series[bool]:
    """Whether each cell holds an answer."""
    return ~cells.str.casefold().isin({word.casefold() for word in (*missing, *item.missing, "")})


def _numbers(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series[float]:
    values = [checked_number(item, str(person), cell, log, done=LEFT_OUT) for person, cell in cells.items()]
    numbers = pd.Series(values, index=cells.index, dtype=float)
    return sum(item.limits) - numbers if item.reverse and item.limits else numbers


def checked_number(item: Item, person: str, cell: str, log: IssueLog, *, done: str, where: str = "") -> float:
    """The number in a cell, or nan with the reason logged; ``where`` begins the reason."""
    value = _number(item, cell)
    problem = f"{cell!r} is not a number" if value is None else _doubt(item, cell, value)
    if problem or value is None:
        log.warning(f"{where}{problem}", done, item=item.name, person=person)
        return nan
    return value


def _number(item: Item, cell: str) -> float | None:
    labelled = _LABELLED.fullmatch(cell) if item.kind == "ordinal" or item.block == "tie" else None
    digits = labelled.group(1) if labelled else cell
    value = float(digits.replace(",", ".")) if _NUMBER.fullmatch(digits) else nan
    return value if isfinite(value) else None


def _doubt(item: Item, cell: str, value: float) -> str:
    """Why a number is not taken as it stands, empty where it is."""
    if _THOUSANDS.fullmatch(cell) and not _out_of_range(item, float(cell.replace(",", ""))):
        return f"{cell!r} could be {cell.replace(',', '')} or {cell.replace(',', '.')}; write it without the comma"
    outside = _out_of_range(item, value)
    return f"{cell!r} is {outside}" if outside else ""


def _out_of_range(item: Item, value: float) -> str:
    if item.limits and not item.limits[0] <= value <= item.limits[1]:
        return f"outside {item.limits[0]:g} to {item.limits[1]:g}"
    if item.low is not None and value < item.low:
        return f"below {item.low:g}"
    if item.high is not None and value > item.high:
        return f"above {item.high:g}"
    return ""


def _ordered(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    known = {category.casefold(): category for category in item.categories}
    order = item.categories[::-1] if item.reverse else item.categories
    values = [known.get(cell.casefold()) for cell in cells]
    for (person, cell), value in zip(cells.items(), values, strict=True):
        if value is None:
            allowed = ", ".join(item.categories)
            log.warning(f"{cell!r} is none of: {allowed}", LEFT_OUT, item=item.name, person=str(person))
    return pd.Series(pd.Categorical(values, categories=list(order), ordered=True), index=cells.index)


def _nominal(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    values = [_declared(item, str(person), cell, log) for person, cell in cells.items()]
    categories = list(dict.fromkeys((*item.categories, *sorted(values))))
    return pd.Series(pd.Categorical(values, categories=categories), index=cells.index)


def _declared(item: Item, person: str, cell: str, log: IssueLog) -> str:
    """The declared spelling of a category; one that is not declared is kept, and logged."""
    known = {category.casefold(): category for category in item.categories}
    if known and cell.casefold() not in known:
        problem = f"{cell!r} is not among the declared categories.{did_you_mean(cell, item.categories)}"
        log.warning(problem, "kept as a category of its own", item=item.name, person=person)
    return known.get(cell.casefold(), cell)


def _yes_no(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    values = [_said_yes(item, str(person), cell, log) for person, cell in cells.items()]
    return pd.Series(pd.array(values, dtype="boolean"), index=cells.index)


def _said_yes(item: Item, person: str, cell: str, log: IssueLog) -> bool | None:
    word = cell.casefold()
    if word in YES or word in NO:
        return word in YES
    log.warning(f"{cell!r} is neither yes nor no", LEFT_OUT, item=item.name, person=person)
    return None


def _multiple(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    chosen = []
    for person, cell in cells.items():
        parts = [part.strip() for part in cell.split(item.separator) if part.strip()]
        answers = [] if [part.casefold() for part in parts] == ["none"] else parts
        chosen.append(frozenset(_declared(item, str(person), answer, log) for answer in answers))
    return pd.Series(chosen, index=cells.index, dtype=object)


BY_KIND: Mapping[str, Callable[[Item, pd.Series[str], IssueLog], pd.Series]] = {  # where answers are not numbers
    "ordinal": _ordered,
    "nominal": _nominal,
    "binary": _yes_no,
    "asymmetric": _yes_no,
    "multiple": _multiple,
    "text": lambda _item, cells, _log: cells.astype("str"),
}
