"""What number a cell holds: decimal points and commas, thousands, words after the number, and codes that are none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, nan

import pandas as pd

from peernet.survey.item import Item

_NUMBER = r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?"
_GROUPED = r"[-+]?[1-9]\d{0,2}(?:(?P<mark>[.,'’ \u00a0\u2009\u202f])\d{3})(?:(?P=mark)\d{3})*(?:[.,]\d+)?"
_PLAIN = re.compile(_NUMBER)
_THOUSANDS = re.compile(_GROUPED)
_LABELLED = re.compile(r"([-+]?\d+)[\s\-–=:.()]+[^\W\d_]\D*")  # "4 - agree", "4 (agree)", "4: agree"
_WORDED = re.compile(rf"({_GROUPED.replace('mark', 'm')}|{_NUMBER})\s*((?:[^\W\d_]|[(%€$£°])\D*)")
_DECIMAL_COMMA = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d*),(?:\d{1,2}|\d{4,})(?:\s*\D*)|[-+]?0,\d+")
_DECIMAL_POINT = re.compile(r"[-+]?(?:\d*\.(?:\d{1,2}|\d{4,})|\d{4,}\.\d+|0\.\d+)(?:\s*\D*)")
_CODE = re.compile(r"-?(?:9{2,}|8{2,}|7{2,}|9+[78])|-[1-9]")
_NOT_EXACT = re.compile(  # words after a number that change it
    "or|to|and|plus|more|less|than|over|under|about|at|least|most|not|k|m|mio|mn|millions?|thousand|tsd|hundred|dozen|"
    "oder|bis|und|mehr|weniger|ou|et|moins|o|y|más|menos"
)
_TIMES = re.compile(
    r"(?P<years>y|yrs?|years?|jahre?n?|ans?|années?|años?|ann[io])|(?P<months>mos?|mths?|months?|monate?n?|mois|meses)"
    r"|(?P<weeks>w|wks?|weeks?|wochen?|semaines?|semanas?)|(?P<days>d|days?|tage?n?|jours?|días?)"
    r"|(?P<hours>h|hrs?|hours?|std|stunden?|heures?|horas?)|(?P<minutes>min|mins|minutes?|minuten)"
)
SHORTEST_TIME = 4  # letters of a word in a question that is taken for a time: "an" and "d" are other words too
OFTEN = 3  # times one code occurs before somebody is asked what it means
APART = 5.0  # times the reach of the rest that a number lies away from it before it is asked about
FEW = 0.2  # share of the answers that may lie far outside the rest
ENOUGH = 4  # numbers that make a rest to be far from


@dataclass(frozen=True)
class NumberRead:
    """The number in a cell, or why there is none, and the words that stood after it."""

    value: float
    problem: str = ""
    wording: str = ""


def read_number(item: Item, cell: str, *, decimal_comma: bool = False) -> NumberRead:
    """The number in one cell, as its item allows it.

    Parameters
    ----------
    item
        What the column means; its limits settle how a doubtful comma or point is read.
    cell
        The cell's text.
    decimal_comma
        Whether the file writes decimal commas, so that ``1.234`` may be one thousand.
    """
    text, wording = _apart(item, cell.replace("−", "-"))
    readings = _readings(text, decimal_comma=decimal_comma)
    if not readings:
        return NumberRead(nan, f"{cell!r} is not a number")
    allowed = [value for value in readings if not out_of_range(item, value)]
    if len(allowed) > 1:
        mark = "comma" if "," in text else "point"
        values = " or ".join(f"{value:.10g}" for value in allowed)
        return NumberRead(nan, f"{cell!r} could be {values}; write it without the {mark}")
    value = allowed[0] if allowed else readings[-1]
    outside = out_of_range(item, value)
    if not outside and item.kind == "ordinal" and item.block != "tie" and item.limits:
        low, high = item.limits
        outside = "" if (value - low).is_integer() else f"between two points of {low:g} to {high:g}"
    return NumberRead(nan, f"{cell!r} is {outside}") if outside else NumberRead(value, wording=wording)


def holds_number(item: Item, cell: str) -> bool:
    """Whether a cell holds any number, within the item's limits or not."""
    return bool(_readings(_apart(item, cell.replace("−", "-"))[0], decimal_comma=False))


def _apart(item: Item, cell: str) -> tuple[str, str]:
    """The digits of a cell and the words after them, where they do not change the number."""
    if (item.kind == "ordinal" or item.block == "tie") and (labelled := _LABELLED.fullmatch(cell)):
        return labelled.group(1), ""
    worded = _WORDED.fullmatch(cell) if item.kind == "numeric" else None
    after = worded[3] if worded else ""
    if worded is None or any(map(str.isnumeric, after)) or any(map(_NOT_EXACT.fullmatch, _words(after))):
        return cell, ""
    return worded[1], after


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def _readings(text: str, *, decimal_comma: bool) -> list[float]:
    """Every number a text can mean, thousands first, a decimal sign last."""
    grouped = _THOUSANDS.fullmatch(text)
    decimal = [float(text.replace(",", "."))] if _PLAIN.fullmatch(text) else []
    if grouped is None or (grouped["mark"] == "." and decimal and not decimal_comma):
        return [value for value in decimal if isfinite(value)]
    whole, sign, part = text.replace(grouped["mark"], "").replace(",", ".").partition(".")
    return [float(f"{whole}{sign}{part}"), *decimal]


def out_of_range(item: Item, value: float) -> str:
    """How a number lies outside an item's limits, empty where it does not."""
    if item.limits and not item.limits[0] <= value <= item.limits[1]:
        return f"outside {item.limits[0]:g} to {item.limits[1]:g}"
    if item.low is not None and value < item.low:
        return f"below {item.low:g}"
    if item.high is not None and value > item.high:
        return f"above {item.high:g}"
    return ""


def plain_number(text: str) -> float | None:
    """The number a text is, whatever its item: 97, 97.0 and 97,0 are one."""
    text = text.replace("−", "-")
    return float(text.replace(",", ".")) if _PLAIN.fullmatch(text) else None


def may_part_thousands(columns: Iterable[pd.Series[str]], *, semicolons: bool) -> bool:
    """Whether a point before three digits may part thousands in columns of numbers, because of decimal commas.

    One comma that can only be decimal shows them. A file parted by ``semicolons`` comes from a program that writes
    decimal commas, unless one of its points can only be decimal.
    """
    cells = {cell for column in columns for cell in column.tolist() if "," in cell or "." in cell}
    return any(map(_DECIMAL_COMMA.fullmatch, cells)) or (semicolons and not any(map(_DECIMAL_POINT.fullmatch, cells)))


def other_units(item: Item, cells: list[str], reads: list[NumberRead], times: list[int]) -> list[NumberRead]:
    """The same readings without numbers of months where the question, or most of the others, speak of years.

    ``times`` says how often each cell occurs.
    """
    if not any(read.wording for read in reads):
        return reads
    units = [_time(_words(read.wording)[:1]) for read in reads]
    asked = {
        time for word in _words(f"{item.name} {item.label}") if len(word) >= SHORTEST_TIME and (time := _time([word]))
    }
    counts = Counter[str]()
    for unit, often in zip(units, times, strict=True):
        counts[unit] += often if unit else 0
    usual = asked or {unit for unit, _ in counts.most_common(1) if unit}
    return [
        NumberRead(nan, f"{cell!r} is in {unit}, the question in {' or '.join(sorted(usual))}")
        if unit and unit not in usual
        else read
        for cell, read, unit in zip(cells, reads, units, strict=True)
    ]


def _time(words: list[str]) -> str:
    match = _TIMES.fullmatch(words[0]) if words else None
    return str(match.lastgroup) if match else ""


def likely_codes(numbers: Iterable[float]) -> tuple[set[float], tuple[float, float]]:
    """Numbers such as -999 or 99 that lie apart from the rest, as codes for no answer do; and the rest's ends."""
    given = {*numbers}
    rest = {number for number in given if not _CODE.fullmatch(f"{number:.15g}")}
    if len(rest) < 2:
        return set(), (nan, nan)
    low, high = min(rest), max(rest)
    reach = (high - low) / 2
    apart = {v for v in given - rest if v < 0 <= low or not low - reach <= v <= high + reach}
    return apart, (low, high)


def far_out(counts: Counter[float]) -> tuple[set[float], tuple[float, float]]:
    """The few numbers that lie far outside the rest on either side, by how often each occurs; and the rest's ends."""
    rest, out = sorted(counts), set[float]()
    most = max(FEW * counts.total(), 1)

    def times(numbers: list[float]) -> int:
        return sum(counts[number] for number in numbers)

    while len(rest) > 1 and times(rest) > ENOUGH:
        gaps = [after - before for before, after in pairwise(rest)]
        split = gaps.index(max(gaps)) + 1
        few, many = sorted((rest[:split], rest[split:]), key=times)
        reach = many[-1] - many[0]
        if times(few) > most or times(many) < ENOUGH or reach == 0 or max(gaps) <= APART * reach:
            break
        out |= set(few)
        rest = many
    return out, (rest[0], rest[-1]) if rest else (nan, nan)
