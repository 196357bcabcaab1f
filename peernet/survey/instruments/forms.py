"""The questionnaire as plain text to build a form from in Microsoft Forms or Google Forms, which import nothing.

Each question stands with the kind of question to choose, its wording to paste, and its options one to a line: both
tools make a line of pasted text an option. The wording is what the export has as its heading, so paste it as it is:
``key.csv`` lists every wording with the name of its question, and a draft of a codebook knows it again
(`standard.standard_item`).

Up to `MOST_TO_TICK` colleagues a layer is a list to tick, beyond that a box to type names into (`instrument.TYPED`):
nothing can be carried forward, and every list is pasted by hand. Scales are numbers from 1 to 5, whose ends are told in
the wording.

What the tools export (a workbook or CSV with one row of headings):

======================================= ============================================================================
column                                  cell
======================================= ============================================================================
the wording of a question               the option as people read it, or the number
the wording of a question with ticks    the options ticked: ``Lead people;Start something new;`` (Microsoft) or
                                        ``Lead people, Start something new`` (Google)
the wording of a tie question           names, ticked or typed, or ``Nobody``
``Id``, ``Timestamp``, ``Email``, ...   added by the tool
======================================= ============================================================================

Everybody is on every list, so nobody is "not asked"; a blank cell is no answer. Google does not quote options that hold
its comma; none of these here does, and neither should the names in the list of staff.

References
----------
Microsoft support, "Create a form", "Check and share your form results"; Google Docs Editors Help, "Edit your form".
"""

from __future__ import annotations

import csv
from io import StringIO

from peernet.survey.instruments.instrument import TICKS, TYPED, Habits, Instrument, Question
from peernet.survey.item import plain_heading

MOST_TO_TICK = 60  # colleagues: five lists are pasted by hand, and looked through one after the other
HABITS = Habits(
    tool="Microsoft Forms and Google Forms",
    person_code=r".+",
    option_code=lambda _place, label: label,
    question_code=lambda _name, wording: plain_heading(wording),
    ties=lambda people: TICKS if people <= MOST_TO_TICK else TYPED,
    yes="Yes",
    no="No",
    none="None of these",
    separator=";",
    full_wording=True,
    by_name=True,
)
KIND = {
    "who": "Choice, drop-down, one answer",
    "one": "Choice, one answer",
    "points": "Choice, one answer (in Google Forms also: linear scale 1 to 5)",
    "yes or no": "Choice, one answer",
    "several": "Choice, multiple answers (in Google Forms: checkboxes)",
    "ticks": "Choice, multiple answers (in Google Forms: checkboxes)",
    "number": "Text, with the restriction: a number from {low:g} to {high:g}",
    "text": "Text, long answer",
}


def form_text(instrument: Instrument) -> str:
    """The text to build the form from.

    Parameters
    ----------
    instrument
        The questionnaire, made with `HABITS`.

    Returns
    -------
    str

    Examples
    --------
    >>> from peernet.survey.instruments.instrument import instrument_for
    >>> from peernet.survey.instruments.roster import read_staff
    >>> instrument = instrument_for(read_staff("data/harbour/roster.csv"), HABITS, contact="Ana Ruiz")
    >>> print(form_text(instrument)[:14])
    PEER MENTORING
    """
    parts = []
    for section in instrument.sections:
        parts.append("\n\n".join(filter(None, [section.title.upper(), section.text])))
        parts += [_lines(question) for question in section.questions]
    return "\n\n\n".join(parts) + "\n"


def _lines(question: Question) -> str:
    low, high = question.item.limits or (0, 0)
    must = "; an answer is required" if question.required else ""
    options = [o.code if question.shape == "points" else o.label for o in question.options]
    return "\n".join([f"[{KIND[question.shape].format(low=low, high=high)}{must}]", question.name, *options])


def key_of_wordings(instrument: Instrument) -> str:
    """Which question stands behind each wording.

    Parameters
    ----------
    instrument
        The questionnaire, made with `HABITS`.

    Returns
    -------
    str
        CSV with the columns ``wording``, as the export has it for a heading, and ``name``, of the standard item.

    Examples
    --------
    >>> from peernet.survey.instruments.instrument import instrument_for
    >>> from peernet.survey.instruments.roster import read_staff
    >>> instrument = instrument_for(read_staff("data/harbour/roster.csv"), HABITS, contact="Ana Ruiz")
    >>> key_of_wordings(instrument).splitlines()[:3]
    ['wording,name', 'Who are you?,person', 'Do you want to take part in peer mentoring this time?,takes_part']
    """
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["wording", "name"])
    writer.writerows([question.name, question.standard] for question in instrument.questions)
    return file.getvalue()
