"""Codebook and columns held against each other, both ways."""

from __future__ import annotations

from peernet.errors import SurveyError, did_you_mean
from peernet.survey.files import RawSurvey
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.nominations import TIE_COLUMNS

__all__ = ["check_columns"]

RESERVED = ("person", "name", "team", "manager", "answered")
READ_FROM = {
    "roster.csv": ("person", "name", "team", "manager", "ignore"),
    "outcomes.csv": ("person", "outcome", "ignore"),
}


def check_columns(raw: RawSurvey, log: IssueLog) -> None:
    """Refuse a survey that does not fit its codebook at all; log every column and item that finds no partner."""
    problems = [*_strange_survey(raw), *_reserved_names(raw), *_tie_file_problems(raw)]
    if problems:
        raise SurveyError(*problems)
    columns = {column for table in raw.tables.values() for column in table.columns}
    absent = [item for item in raw.codebook if item.name not in columns and not _is_listed(item, raw)]
    strangers = {file: _strangers(raw, file) for file in raw.tables}
    for item in absent:
        hint = did_you_mean(item.name, [column for found in strangers.values() for column in found])
        log.warning(f"item {item.name!r} is in the codebook but not in the data.{hint}", "left out", item=item.name)
    for file, column in [(file, column) for file, found in strangers.items() for column in found]:
        hint = did_you_mean(column, [item.name for item in absent])
        problem = f"column {column!r} of {file} is not in the codebook.{hint}"
        log.warning(problem, "not used; describe it in the codebook to use it", item=column)
    _note_misplaced(raw, log)


def _strange_survey(raw: RawSurvey) -> list[str]:
    if any(name in raw.survey for name in raw.codebook.names):
        return []
    found, known = ", ".join(raw.survey.columns), ", ".join(raw.codebook.names)
    return [f"No column of {raw.file} is in its codebook. The file has {found}; the codebook describes {known}."]


def _reserved_names(raw: RawSurvey) -> list[str]:
    own = {item.name for item in raw.codebook if item.block in READ_FROM["roster.csv"]}
    return [
        f"Item {name!r} has a name peernet keeps for itself ({', '.join(RESERVED)}). Rename the column and the item."
        for name in RESERVED
        if name in raw.codebook and name not in own
    ]


def _tie_file_problems(raw: RawSurvey) -> list[str]:
    if raw.ties.empty:
        return []
    lacking = [column for column in ("ego", "alter", "layer") if column not in raw.ties]
    if lacking:
        found = ", ".join(raw.ties.columns)
        return [f"ties.csv has no column {', '.join(lacking)}; it needs ego, alter and layer. It has {found}."]
    known = raw.codebook.layers
    allowed = ", ".join(known) or "none; give the codebook a tie item per layer"
    return [
        f"ties.csv has a layer {layer!r}; the codebook's layers are {allowed}.{did_you_mean(layer, known)}"
        for layer in sorted(set(raw.ties["layer"]) - set(known))
    ]


def _strangers(raw: RawSurvey, file: str) -> list[str]:
    expected = {*raw.codebook.names, *(TIE_COLUMNS if file == "ties.csv" else ())}
    return [column for column in raw.tables[file].columns if column not in expected]


def _is_listed(item: Item, raw: RawSurvey) -> bool:
    return item.block == "tie" and not raw.ties.empty and bool((raw.ties["layer"] == item.layer).any())


def _note_misplaced(raw: RawSurvey, log: IssueLog) -> None:
    """Items whose only column is in a file they are not read from."""
    for file, blocks in READ_FROM.items():
        for item in raw.codebook:
            if item.name in raw.tables[file] and item.name not in raw.survey and item.block not in blocks:
                problem = f"item {item.name!r} is in {file}"
                log.warning(problem, f"not used; move the column to {raw.file}", item=item.name)
