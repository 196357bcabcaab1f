"""From typed text to typed answers: one column of the survey at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

import pandas as pd

from peernet.errors import did_you_mean
from peernet.survey.choices import chosen_options
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.numbers import (
    OFTEN,
    NumberRead,
    far_out,
    likely_codes,
    other_units,
    out_of_range,
    plain_number,
    read_number,
)
from peernet.survey.spellings import one_spelling, same_label

YES = frozenset({"yes", "y", "true", "1", "1.0", "ja", "oui", "si", "sí", "x"})
NO = frozenset({"no", "n", "false", "0", "0.0", "nein", "non"})
LEFT_OUT = "treated as not answered"
CODED = ("numeric", "ordinal", "binary", "asymmetric", "nominal")  # kinds whose cells may hold numbers as codes
NINES = re.compile(r"-?9{2,}")
SETTLE_CODE = "if it is an answer, give the item its minimum and maximum, else declare it in missingValues"
SETTLE_FAR = "check it, and if it means no answer declare it in missingValues"


def typed_answers(
    item: Item, cells: pd.Series[str], missing: tuple[str, ...], log: IssueLog, *, decimal_comma: bool = False
) -> pd.Series:
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
    decimal_comma
        Whether the file writes decimal commas, so that ``1.234`` is doubtful.

    Returns
    -------
    Series of the same index: float for numbers, categorical for declared categories, nullable boolean for yes/no,
    frozensets (or None) for multiple choice, strings for text.
    """
    given = given_cells(item, cells, missing)
    if item.is_numbered:
        typed = _numbers(item, given, log, decimal_comma=decimal_comma)
    else:
        typed = BY_KIND[item.kind](item, given, log)
    if item.kind == "multiple":  # reindex would write nan where None is meant
        return pd.Series([typed.get(person) for person in cells.index], index=cells.index, dtype=object)
    return typed.reindex(cells.index)


def given_cells(item: Item, cells: pd.Series[str], missing: tuple[str, ...]) -> pd.Series[str]:
    """The cells that hold an answer."""
    return cells[is_given(item, cells, missing)]


def is_given(item: Item, cells: pd.Series[str], missing: tuple[str, ...]) -> pd.Series[bool]:
    """Whether each cell holds an answer; codes for a missing one are compared as numbers where answers are coded."""
    words = {word.casefold() for word in (*missing, *item.missing, "")}
    given = ~cells.str.casefold().isin(words)
    codes = {plain_number(word) for word in words} - {None}
    if codes and item.kind in CODED:
        given &= ~cells.map(plain_number).isin(codes)
    return given


def _numbers(item: Item, cells: pd.Series[str], log: IssueLog, *, decimal_comma: bool) -> pd.Series[float]:
    texts = cells.tolist()
    once = {cell: read_number(item, cell, decimal_comma=decimal_comma) for cell in set(texts)}
    reads = other_units(item, texts, [once[cell] for cell in texts])
    for person, cell, read in zip(cells.index, texts, reads, strict=True):
        _log_reading(item, str(person), cell, read, log, done=LEFT_OUT)
    _hint_at_codes(item, texts, reads, log)
    numbers = pd.Series([read.value for read in reads], index=cells.index, dtype=float)
    if item.kind == "numeric":
        numbers = _ask_about_strays(item, cells, numbers, log)
    return sum(item.limits) - numbers if item.reverse and item.limits else numbers


def checked_number(item: Item, person: str, cell: str, log: IssueLog, *, done: str, where: str = "") -> float:
    """The number in a cell, or nan with the reason logged; ``where`` begins the reason."""
    read = read_number(item, cell)
    _log_reading(item, person, cell, read, log, done=done, where=where)
    return read.value


def _log_reading(
    item: Item, person: str, cell: str, read: NumberRead, log: IssueLog, *, done: str, where: str = ""
) -> None:
    if read.problem:
        log.warning(f"{where}{read.problem}", done, item=item.name, person=person)
    elif read.wording:
        log.note(f"typed {cell!r}", f"read as {read.value:g}", item=item.name, person=person)


def _hint_at_codes(item: Item, cells: list[str], reads: list[NumberRead], log: IssueLog) -> None:
    """A number that often lies outside the limits may stand for a missing answer."""
    outside = [plain_number(cell) for cell, read in zip(cells, reads, strict=True) if read.problem]
    for number, times in Counter(number for number in outside if number is not None).items():
        if times >= OFTEN and out_of_range(item, number):
            problem = f"{number:g} is no answer to {item.name!r}, but was given {times} times"
            log.warning(problem, f"{LEFT_OUT}; if it means no answer, declare it in missingValues", item=item.name)


def _ask_about_strays(item: Item, cells: pd.Series[str], numbers: pd.Series[float], log: IssueLog) -> pd.Series[float]:
    """The numbers without likely codes for a missing answer; those, and numbers far outside the rest, are logged."""
    values = numbers.tolist()
    codes, rest = likely_codes(values)
    far, near = far_out(value for value in values if value not in codes)
    left_out = {code for code in codes if (item.low if code < 0 else item.high) is None}
    asked = numbers.isin(codes | far)
    for person, cell, number in zip(numbers.index[asked], cells[asked], numbers[asked], strict=True):
        among = rest if number in codes else near
        problem = f"{cell!r} lies far from the other answers, which reach from {among[0]:g} to {among[-1]:g}"
        done = f"{LEFT_OUT}; {SETTLE_CODE}" if number in left_out else f"kept; {SETTLE_FAR}"
        log.warning(problem, done, item=item.name, person=str(person))
    _hint_at_nines(item, Counter(value for value in values if value not in codes), log)
    return numbers.mask(numbers.isin(left_out))


def _hint_at_nines(item: Item, counts: Counter[float], log: IssueLog) -> None:
    """Nines among the other answers may stand for a missing one where they recur and no limit says otherwise."""
    for number, times in counts.items():
        if times >= OFTEN and item.high is None and NINES.fullmatch(f"{number:.15g}"):
            problem = f"{number:g} was given {times} times to {item.name!r}"
            log.warning(problem, "kept; if it means no answer, declare it in missingValues", item=item.name)


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
    declared = [_declared(item, str(person), cell, log) for person, cell in cells.items()]
    values = one_spelling(item, pd.Series(declared, index=cells.index, dtype="str"), log).tolist()
    categories = list(dict.fromkeys((*item.categories, *sorted(values))))
    return pd.Series(pd.Categorical(values, categories=categories), index=cells.index)


def _declared(item: Item, person: str, cell: str, log: IssueLog) -> str:
    """The declared spelling of a category; one that is not declared is kept, and logged."""
    known = {same_label(category): category for category in item.categories}
    if known and same_label(cell) not in known:
        problem = f"{cell!r} is not among the declared categories.{did_you_mean(cell, item.categories)}"
        log.warning(problem, "kept as a category of its own", item=item.name, person=person)
    return known.get(same_label(cell), cell)


def _yes_no(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    values = [_said_yes(item, str(person), cell, log) for person, cell in cells.items()]
    return pd.Series(pd.array(values, dtype="boolean"), index=cells.index)


def _said_yes(item: Item, person: str, cell: str, log: IssueLog) -> bool | None:
    said = yes_or_no(item, cell)
    if said is None:
        log.warning(f"{cell!r} is neither yes nor no", LEFT_OUT, item=item.name, person=person)
    return said


def yes_or_no(item: Item, cell: str) -> bool | None:
    """Whether a cell says yes, turned round where the item is reversed; None where it says neither."""
    word = cell.casefold().rstrip(".! ")
    return (word in YES) != item.reverse if word in YES or word in NO else None


def _multiple(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    if item.categories:
        return chosen_options(item, cells, log)
    chosen = []
    for person, cell in cells.items():
        parts = [part.strip() for part in cell.split(item.separator) if part.strip()]
        answers = [] if [part.casefold() for part in parts] == ["none"] else parts
        chosen.append([_declared(item, str(person), answer, log) for answer in answers])
    options = pd.Series(chosen, index=cells.index, dtype=object).explode().dropna()
    spelled = one_spelling(item, options.astype("str"), log).groupby(level=0, sort=False).agg(frozenset)
    return pd.Series([spelled.get(person, frozenset()) for person in cells.index], index=cells.index, dtype=object)


BY_KIND: Mapping[str, Callable[[Item, pd.Series[str], IssueLog], pd.Series]] = {  # where answers are not numbers
    "ordinal": _ordered,
    "nominal": _nominal,
    "binary": _yes_no,
    "asymmetric": _yes_no,
    "multiple": _multiple,
    "text": lambda _item, cells, _log: cells.astype("str"),
}
