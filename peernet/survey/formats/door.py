"""The one door: which tool wrote an export, and the export in one shape. A new format is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from peernet.errors import SurveyError, check_choice
from peernet.survey.files import read_table
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
from peernet.survey.formats.batteries import with_batteries
from peernet.survey.formats.export import ROSTER, Export, Source, what_is_there
from peernet.survey.issues import IssueLog


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
    if known is None:
        tools = "; ".join(candidate.tool for candidate in FORMATS.values())
        raise SurveyError(
            f"{source.path} holds {what_is_there(source)}, which is no export peernet knows. It reads: {tools}. "
            "Save the answers as CSV with one line of headings, or say what wrote them with format=."
        )
    export = _with_roster(with_batteries(FORMATS[known].read(source)), source)
    if export.cells.empty:
        raise SurveyError(f"{source.path} has no answers: {export.told}. Export it again with the responses in it.")
    return export


def _with_roster(export: Export, source: Source) -> Export:
    """The export with the ``roster.csv`` beside it as everybody invited, where its tool has no such list."""
    roster = (source.path if source.path.is_dir() else source.path.parent) / ROSTER
    if len(export.people) or not roster.is_file():
        return export
    log = IssueLog()
    people = read_table(roster, source.encoding, log).cells
    log.note("roster.csv lies beside the export", "read as the list of everybody invited")
    told = log.to_frame()[["severity", "problem", "done"]].itertuples(index=False, name=None)
    return replace(export, people=people, notes=(*export.notes, *told))
