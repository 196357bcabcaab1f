"""The one door: which tool wrote an export, and the export in one shape. A new format is a file and a line here.

Whatever the tool, a list of staff beside the export is read, and columns that are one question though nothing in the
file says so become a group. A statistics file has a variable for each option and each colleague, called ``trust_1``,
``trust_2`` and labelled "Whom do you trust?: Ann Ash", and nothing that holds them together. What they share in front
is the question, what is left is the part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from peernet.errors import SurveyError, check_choice
from peernet.survey.files import ROSTER, called_like_ours, read_table
from peernet.survey.formats import (
    google_forms,
    kobo,
    limesurvey,
    microsoft_forms,
    network_canvas,
    plain,
    qualtrics,
    redcap,
    stacked,
    statistics,
    surveymonkey,
)
from peernet.survey.formats.export import Column, Export, Source, what_is_there
from peernet.survey.formats.online import TICKED, says_not_ticked
from peernet.survey.issues import IssueLog
from peernet.survey.respondents import with_full_names, with_questions_about_people

FEWEST = 3  # columns that make a battery, as a question of several columns is called
SHORTEST = 3  # letters of a question
_BETWEEN = re.compile(r".*(?:: | [-–—] | ?\[|[?!.…] )", re.DOTALL)  # a question and its part, the last place


class Format(NamedTuple):
    """One format: the tool's name, whether a source looks like it, and its reader."""

    tool: str
    recognised: Callable[[Source], bool]
    read: Callable[[Source], Export]


# Looked for in this order, the most telling first: a plain table is what is left.
FORMATS: Mapping[str, Format] = {
    "qualtrics": Format("Qualtrics", qualtrics.recognised, qualtrics.read),
    "surveymonkey": Format("SurveyMonkey", surveymonkey.recognised, surveymonkey.read),
    "microsoft_forms": Format("Microsoft Forms", microsoft_forms.recognised, microsoft_forms.read),
    "google_forms": Format("Google Forms", google_forms.recognised, google_forms.read),
    "network_canvas": Format("Network Canvas", network_canvas.recognised, network_canvas.read),
    "kobo": Format("KoboToolbox and ODK", kobo.recognised, kobo.read),
    "redcap": Format("REDCap", redcap.recognised, redcap.read),
    "statistics": Format("SPSS (.sav, .zsav) or Stata (.dta)", statistics.recognised, statistics.read),
    "limesurvey": Format("LimeSurvey, with codes or answers in full", limesurvey.recognised, limesurvey.read),
    "stacked": Format("peer ratings of TEAMMATES", stacked.recognised, stacked.read),
    "plain": Format("a table with one line of headings", plain.recognised, plain.read),
}


def recognised_format(source: Source) -> str | None:
    """The first format the source looks like, None where it looks like none."""
    return next((name for name, candidate in FORMATS.items() if candidate.recognised(source)), None)


def open_export(source: Source, format: str | None = None) -> Export:  # noqa: A002 - what users call it
    """Read an export of a survey tool, its format told from its content.

    Parameters
    ----------
    source
        The file or folder of one export.
    format
        A key of `FORMATS`, where the content should not decide.

    Returns
    -------
    Export

    Raises
    ------
    SurveyError
        If there is no such file, it is of no known format, its shape is not understood, or nobody answered.
    SettingError
        If ``format`` is none of those known.
    """
    if not source.path.exists():
        raise SurveyError(f"There is no {source.path}. Give an export of a survey tool, or a survey folder.")
    if format is not None:
        check_choice("format", format, tuple(FORMATS))
    known = format or recognised_format(source)
    if known is None and source.path.is_file() and source.tables():
        return plain.read(source)  # which says what keeps it from being one table
    if known is None:
        tools = "; ".join(candidate.tool for candidate in FORMATS.values())
        raise SurveyError(
            f"{source.path} holds {what_is_there(source)}, which is no export peernet knows. It reads: {tools}. "
            "Save the answers as CSV with one line of headings, or say what wrote them with format=."
        )
    export = _with_unread(_with_roster(with_batteries(FORMATS[known].read(source)), source), source)
    export = with_questions_about_people(with_full_names(export))
    if export.cells.empty:
        raise SurveyError(f"{source.path} has no answers: {export.told}. Export it again with the responses in it.")
    return export


def _with_roster(export: Export, source: Source) -> Export:
    """The export with the ``roster.csv`` beside it as everybody invited, where its tool has no such list."""
    roster = (source.path if source.path.is_dir() else source.path.parent) / ROSTER
    if not roster.is_file() or roster in source.files:
        return export
    if len(export.people):
        unread = ("warning", "roster.csv lies beside the export", "not read: the tool has a list of its own")
        return replace(export, notes=(*export.notes, unread))
    log = IssueLog()
    people = read_table(roster, source.encoding, log).cells
    log.note("roster.csv lies beside the export", "read as the list of everybody invited")
    told = log.to_frame()[["severity", "problem", "done"]].itertuples(index=False, name=None)
    return replace(export, people=people, notes=(*export.notes, *told))


def _with_unread(export: Export, source: Source) -> Export:
    """The export with a warning of every file beside it that is called like one of ours and is not read."""
    folder = source.path if source.path.is_dir() else source.path.parent
    ours = (
        "to use it keep the answers as survey.csv beside it, give the folder, and describe its columns in the codebook"
    )
    use = {"ties": ours, "outcomes": ours, "roster": f"save it as {ROSTER} to use it"}
    told = [
        ("warning", f"{file.name} lies beside the export", f"not read; {use[role]}")
        for role, file in called_like_ours(folder)
        if role in use and file.name != ROSTER and file not in source.files
    ]
    return replace(export, notes=(*export.notes, *told))


# --- columns of one question ------------------------------------------------------------------------------------------


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
        labels = [f"{code}={label}" for code, label in column.labels.items() if not column.wording.endswith(label)]
        return (_stem(column.name), column.kind, *labels)  # without a label that is the part, as of an option to tick

    for key, run in groupby(columns, key=alike):
        if len(key) > 1:
            yield list(run)


def _stem(name: str) -> str:
    """A name without the number or the bracket at its end."""
    return re.sub(r"[\s_.\-\[(]*(?:\d+|\[[^\]]*\])[\])]*$", "", name).strip()


def _battery(columns: Sequence[Column], taken: set[str]) -> Iterator[Column]:
    """The columns of a run with their question and part, if they share a question."""
    if len(columns) < FEWEST:
        return
    wordings = [column.wording for column in columns]
    first, last = min(wordings), max(wordings)  # what these share lies at the start of all between them
    same = next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    shared = _BETWEEN.match(first[:same])
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


def _ticks(labels: Mapping[str, str], part: str) -> str | None:
    """Of an option to tick, the code of one not ticked, empty where none is declared; None of anything else."""
    small = {code: label.casefold() for code, label in labels.items()}
    ticked = [code for code, label in small.items() if label in TICKED or label == part.casefold()]
    others = [code for code in small if code not in ticked]
    if len(ticked) != 1 or len(others) > 1 or not all(says_not_ticked(small[code]) for code in others):
        return None
    return others[0] if others else ""
