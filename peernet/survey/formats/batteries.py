"""Columns that belong to one question where the tool does not say so: numbered alike, worded alike up to their part.

A statistics file has a variable for each option and each colleague, called ``trust_1``, ``trust_2`` and labelled
"Whom do you trust?: Ann Ash", and nothing that holds them together. What they share in front is the question, what is
left is the part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from peernet.survey.formats.export import Column, Export

FEWEST = 3  # columns that make a battery
SHORTEST = 3  # letters of a question
TICKED = ("selected", "checked", "ticked", "quoted", "genannt", "gewählt")
NOT_TICKED = ("not selected", "unchecked", "not checked", "not ticked", "not quoted", "nicht genannt", "nicht gewählt")
_BETWEEN = re.compile(r".*(?:: | [-–—] | ?\[|[?!.…] )", re.DOTALL)  # a question and its part, the last place


def with_batteries(export: Export) -> Export:
    """The export with columns put into groups that are one question by their names and wordings.

    Columns that the reader has put into a group stay there. The cells are not changed.
    """
    taken = {*export.cells.columns, *export.groups}
    found: dict[str, Column] = {}
    for columns in _runs(export.columns):
        for column in _battery(columns, taken):
            found[column.name] = column
            taken.add(column.group)
    if not found:
        return export
    return replace(export, columns=tuple(found.get(column.name, column) for column in export.columns))


def _runs(columns: Sequence[Column]) -> Iterator[list[Column]]:
    """Columns in a row that have no group, are numbered alike and have the same answers."""

    def alike(column: Column) -> tuple[str, ...]:
        numbered = _stem(column.name) != column.name
        if column.group or column.kind in ("about", "person", "date") or not column.wording or not numbered:
            return (column.name,)
        return (_stem(column.name), column.kind, *_kinds_of_labels(column))

    for key, run in groupby(columns, key=alike):
        if len(key) > 1:
            yield list(run)


def _stem(name: str) -> str:
    """A name without the number or the bracket at its end."""
    return re.sub(r"[\s_.\-\[(]*(?:\d+|\[[^\]]*\])[\])]*$", "", name).strip()


def _kinds_of_labels(column: Column) -> tuple[str, ...]:
    """The labels, but for one that is the part itself, as an option that is its own label."""
    return tuple(f"{code}={label}" for code, label in column.labels.items() if not column.wording.endswith(label))


def _battery(columns: Sequence[Column], taken: set[str]) -> Iterator[Column]:
    """The columns of a run with their question and part, if they share a question."""
    if len(columns) < FEWEST:
        return
    shared = _BETWEEN.match(_shared_start([column.wording for column in columns]))
    if shared is None or len(shared[0].strip(" :-–—[")) < SHORTEST:
        return
    parts = [column.wording[len(shared[0]) :].strip().removesuffix("]").strip() for column in columns]
    stem = _stem(columns[0].name)
    question = shared[0].strip(" :-–—[").strip()
    group = stem if stem and stem not in taken else question
    if group in taken or not all(parts) or len(set(parts)) < len(parts):
        return
    for column, part in zip(columns, parts, strict=True):
        own = replace(column, group=group, group_wording=question, part=part, key=column.key or column.name)
        ticks = _ticks(column.labels, part)
        yield own if ticks is None else replace(own, kind="tick", unticked=ticks or None)


def _shared_start(texts: Sequence[str]) -> str:
    """What all texts begin with."""
    first, last = min(texts), max(texts)  # what these share lies at the start of all between them
    return first[: next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def _ticks(labels: Mapping[str, str], part: str) -> str | None:
    """Of an option to tick, the code of one not ticked, empty where none is declared; None of anything else."""
    plain = {code: label.casefold() for code, label in labels.items()}
    ticked = [code for code, label in plain.items() if label in (*TICKED, part.casefold())]
    others = [code for code in plain if code not in ticked]
    if len(ticked) != 1 or len(others) > 1 or any(plain[code] not in NOT_TICKED for code in others):
        return None
    return others[0] if others else ""
