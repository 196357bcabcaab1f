"""The questionnaire as an XLSForm, for KoboToolbox, ODK and whatever else reads one.

Sheets ``survey``, ``choices`` and ``settings``. People are choices named by their codes; every property that the
codebook has of a question travels with it in a column ``bind::peernet:<property>`` and so stands in the form itself.
Colleagues are ticked once and then per layer among those ticked (`instrument.TICKS_AMONG`), by a ``choice_filter``. A
point per colleague would need a repeat group, and repeats stand on a second sheet of the export and not at all in its
CSV file: nominations that are lost without a word.

What KoboToolbox exports ("XML values and headers", groups not in the headers, which is the default):

===================================== ==============================================================================
column                                cell
===================================== ==============================================================================
``person``, ``level``, ``change_1``   the name of the choice: ``p001``, ``senior_officer``, ``4``
``trust`` and ``trust/p001``          ``p001 p004`` or ``nobody``; per choice 1 or 0, empty where not answered
``goals`` and ``goals/lead_people``   the same
``start``, ``end``, ``_id``, ...      added by the form and the server
===================================== ==============================================================================

Of the five states of a tie all can be told but one point: whom somebody was not asked about says ``knows`` alone.

References
----------
XLSForm, https://xlsform.org; KoboToolbox help, "Exporting and downloading your data".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from peernet.survey.instruments.instrument import MOST_LISTED, TICKS_AMONG, TITLE, TYPED, Habits, Instrument, Question

NAMESPACE = 'peernet="https://github.com/peernet/peernet"'
Row = dict[str, Any]


def _choice_name(_place: int, label: str) -> str:
    return re.sub(r"\W+", "_", label.lower()).strip("_")


HABITS = Habits(
    tool="KoboToolbox and ODK",
    person_code=r"[A-Za-z0-9][A-Za-z0-9_.-]*",  # a space would part two choices of several
    option_code=_choice_name,
    ties=lambda people: TICKS_AMONG if people <= MOST_LISTED else TYPED,
    yes="yes",
    no="no",
    none="none",
    separator=" ",
    own=("start", "end"),
)
TYPE = {
    "who": "select_one {list}",
    "one": "select_one {list}",
    "points": "select_one {list}",
    "yes or no": "select_one {list}",
    "several": "select_multiple {list}",
    "ticks": "select_multiple {list}",
    "number": "integer",
    "text": "text",
}
APPEARANCE = {"who": "autocomplete", "points": "likert", "ticks": "columns"}


def xlsform(instrument: Instrument) -> bytes:
    """The workbook.

    Parameters
    ----------
    instrument
        The questionnaire, made with `HABITS`.

    Returns
    -------
    bytes
        An ``.xlsx`` file.

    Examples
    --------
    >>> from peernet.survey.instruments.instrument import instrument_for
    >>> from peernet.survey.instruments.roster import read_staff
    >>> form = xlsform(instrument_for(read_staff("data/harbour/roster.csv"), HABITS, contact="Ana Ruiz"))
    >>> form[:2]
    b'PK'
    """
    from openpyxl import Workbook  # type: ignore[import-untyped]  # here, as it takes a tenth of a second to load

    book = Workbook()
    book.remove(book.active)
    settings = {"form_title": TITLE, "form_id": "peernet", "style": "pages", "namespaces": NAMESPACE}
    for name, rows in {
        "survey": [*_survey_rows(instrument)],
        "choices": [*_choice_rows(instrument)],
        "settings": [settings],
    }.items():
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        sheet = book.create_sheet(name)
        cells: list[list[object]] = [[*headings], *([row.get(heading) for heading in headings] for row in rows)]
        for line, values in enumerate(cells, start=1):
            for place, value in enumerate(values, start=1):
                cell = sheet.cell(line, place, value)
                if isinstance(value, str):
                    cell.data_type = "s"  # a name that begins with = is no formula
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _survey_rows(instrument: Instrument) -> Iterator[Row]:
    yield {"type": "start", "name": "start"}
    yield {"type": "end", "name": "end"}
    for section in instrument.sections:
        title = f"{section.title}\n\n{section.text}" if section.text else section.title
        yield {"type": "begin_group", "name": f"page_{section.name}", "label": title, "appearance": "field-list"}
        person = instrument.questions[0].name
        for question in section.questions:
            yield {
                "type": TYPE[question.shape].format(list=_list_of(question)),
                "name": question.name,
                "label": question.wording,
                "required": "yes" if question.required else None,
                "appearance": APPEARANCE.get(question.shape),
                "choice_filter": _filter(question, person),
                **_constraint(question),
                **_travelling(question),
            }
        yield {"type": "end_group"}


def _list_of(question: Question) -> str:
    """The list of choices; scales with the same points share one, and so do all lists of people to tick."""
    if question.shape == "points":
        return "points_" + "_".join(
            _choice_name(0, option.label) for option in question.options[:: len(question.options) - 1]
        )
    return {"who": "people", "ticks": "people_or_nobody", "yes or no": "yes_no"}.get(question.shape, question.name)


def _filter(question: Question, person: str) -> str | None:
    """Who can be ticked: not oneself, and after the first list only those ticked there."""
    if question.shape != "ticks":
        return None
    known = f" and (selected(${{{question.among}}}, name) or name = '{question.exclusive}')" if question.among else ""
    return f"name != ${{{person}}}{known}"


def _constraint(question: Question) -> Row:
    if question.exclusive:
        alone = f"not(selected(., '{question.exclusive}') and count-selected(.) > 1)"
        label = next(option.label for option in question.options if option.code == question.exclusive)
        return {"constraint": alone, "constraint_message": f"Either tick some or {label.lower()}, not both."}
    if question.shape == "number" and question.item.limits:
        low, high = question.item.limits
        between = f"A number from {low:g} to {high:g}."
        return {"constraint": f". >= {low:g} and . <= {high:g}", "constraint_message": between}
    return {}


def _travelling(question: Question) -> Row:
    """What the codebook says of the question, a column each."""
    said = question.travelling.items()
    as_text = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in said}
    return {f"bind::peernet:{key}": value for key, value in as_text.items() if value.strip()}


def _choice_rows(instrument: Instrument) -> Iterator[Row]:
    written = set[str]()
    for question in instrument.questions:
        name = _list_of(question)
        if question.options and name not in written:
            written.add(name)
            yield from ({"list_name": name, "name": o.code, "label": o.label} for o in question.options)
