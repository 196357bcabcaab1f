"""Several declared options in one cell, told apart although their labels may hold the marks that part them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from peernet.errors import did_you_mean
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item

LEFT_OUT = "treated as not answered"
_OTHER_MARKS = ",;\n|"  # what tools put between options when they do not keep to the declared separator
MOST_READINGS = 3  # kept of one cell; two are enough to ask


@dataclass(frozen=True)
class Parting:
    """One way of reading a cell: the options in it, and the pieces that are none."""

    options: frozenset[str] = frozenset()
    strange: tuple[str, ...] = ()


def chosen_options(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    """The declared options that the cells of a multiple choice item hold.

    Labels are looked for whole, so that ``Plan, do, review`` is one option where it is declared. A piece that is no
    label is logged and left out, and a cell that can be read in several ways is logged and counts as not answered.

    Returns
    -------
    Series of the same index
        Frozensets, empty for the answer "none"; None where no option could be read, or not for sure.
    """
    known = {_folded(label): label for label in item.categories}
    read = [_chosen(item, known, str(person), cell, log) for person, cell in cells.items()]
    return pd.Series(read, index=cells.index, dtype=object)


def _chosen(item: Item, known: dict[str, str], person: str, cell: str, log: IssueLog) -> frozenset[str] | None:
    if cell.casefold() == "none":
        return frozenset()
    readings = _readings(item, known, cell)
    if len({reading.options for reading in readings}) > 1:
        ways = " or ".join(" + ".join(map(repr, sorted(reading.options))) for reading in readings)
        done = f"{LEFT_OUT}; part the options with a mark that is in no label"
        log.warning(f"{cell!r} could be {ways}", done, item=item.name, person=person)
        return None
    for piece in readings[0].strange:
        problem = f"{piece!r} is not among the declared options.{did_you_mean(piece, item.categories)}"
        log.warning(problem, "left out", item=item.name, person=person)
    return readings[0].options or None


def _readings(item: Item, known: dict[str, str], cell: str) -> list[Parting]:
    """The readings with the fewest strange pieces: by the declared separator where that reads all, else by any mark."""
    pieces = [_folded(piece) for piece in cell.split(item.separator) if piece.strip()]
    several = len(pieces) > 1 or not re.search(f"[{_OTHER_MARKS}]", cell)
    if several and all(piece in known for piece in pieces) and not any(item.separator in label for label in known):
        return [Parting(frozenset(known[piece] for piece in pieces))]
    declared = _partings(item, cell, re.escape(item.separator)) if item.separator in cell else []
    if declared and not declared[0].strange:
        return declared
    readings = _partings(item, cell, f"{re.escape(item.separator)}|[{_OTHER_MARKS}]")
    if any(reading.options for reading in readings) or item.separator in cell:
        return readings
    return [Parting(strange=(cell,))]  # somebody's own words, which may hold commas


def _partings(item: Item, cell: str, marks: str) -> list[Parting]:
    """Every reading of a cell as options and strange pieces between marks, of those with the fewest strange ones."""
    labels = {label: re.compile(rf"\s*{_loosely(label)}\s*(?:$|{marks})", re.IGNORECASE) for label in item.categories}
    between = re.compile(rf"(.*?)(?:$|{marks})", re.DOTALL)
    from_here = {len(cell): [Parting()]}
    for start in sorted({0, *(mark.end() for mark in re.finditer(marks, cell))} - {len(cell)}, reverse=True):
        matches = {label: pattern.match(cell, start) for label, pattern in labels.items()}
        steps = [(match.end(), Parting(frozenset({label}))) for label, match in matches.items() if match]
        if match := between.match(cell, start):
            steps.append((match.end(), Parting(strange=tuple(filter(None, [match[1].strip()])))))
        from_here[start] = _fewest_strange(
            Parting(step.options | rest.options, step.strange + rest.strange)
            for end, step in steps
            for rest in from_here.get(end, ())
        )
    return from_here[0]


def _fewest_strange(partings: Iterable[Parting]) -> list[Parting]:
    found = list(dict.fromkeys(partings))
    fewest = min(len(parting.strange) for parting in found)
    return [parting for parting in found if len(parting.strange) == fewest][:MOST_READINGS]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _loosely(label: str) -> str:
    """A pattern for a label, with any white space between its words."""
    return r"\s+".join(map(re.escape, label.split()))
