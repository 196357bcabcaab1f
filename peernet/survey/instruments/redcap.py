"""The questionnaire as a REDCap data dictionary, one instrument of one survey project.

REDCap's rule for names: a variable's name has lower-case letters, digits and underscores, begins with a letter, does
not end with an underscore, and should have 26 characters at most; the codes of choices are written into the names of
columns and are in lower case there.

Up to `MOST_IN_ROWS` colleagues are ticked once, and each layer is then a matrix with a field per colleague, shown by
branching logic where the colleague was ticked. Every field of a matrix is a field of the project with logic of its own,
and hundreds make a survey slow; so with more colleagues each layer is one checkbox field with everybody, and nobody, in
which one looks up by the alphabet whom one would name (`instrument.TICKS`).

What REDCap exports (CSV, raw data):

================================================ ===================================================================
column                                           cell
================================================ ===================================================================
``record_id``                                    the record's number
``person``, ``level``, ``change_1``              the choice's code: ``p001``, ``3``, ``4``
``takes_part``, ``worked_abroad``                ``1`` or ``0``
``goals___1`` ... ``goals___0``                  ``1`` or ``0``; 0 is "none of these"
``knows___p001`` ... ``knows___nobody``          the same
``trust_p001``, ``works_with_p001``              the point's code: 0 to 4; contact: 0 or 1 (a matrix)
``trust___p001`` ... ``trust___nobody``          ``1`` or ``0`` (checkboxes)
``peer_mentoring_complete``                      0, 1 or 2
================================================ ===================================================================

A checkbox is never empty in an export: unticked and not answered are both 0. So a layer of checkboxes without a tick is
no answer, and "nobody" is ``trust___nobody``; in a matrix an empty cell is not asked where ``knows`` is 0, and not
answered where it is 1.

Block, scale and the like stand in the annotation of each field as ``@PEERNET={...}``, so that the dictionary beside an
export says what its columns mean.

References
----------
REDCap Help & FAQ, "Data Dictionary"; action tag ``@NONEOFTHEABOVE``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO

from peernet.survey.instruments.instrument import MOST_LISTED, ROWS, TICKS, TYPED, Habits, Instrument, Option, Question

MOST_IN_ROWS = 60  # colleagues: five fields each make 300 with branching logic
HABITS = Habits(
    tool="REDCap",
    person_code=r"(?=.{1,15}$)[a-z0-9]+(_[a-z0-9]+)*",  # 26 with the name of a layer before it
    option_code=lambda place, _label: str(place),
    ties=lambda people: ROWS if people <= MOST_IN_ROWS else TICKS if people <= MOST_LISTED else TYPED,
    own=("record_id", "peer_mentoring_complete"),
)
FORM = "peer_mentoring"
HEADINGS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
NAME, _FORM, HEADER, TYPE, LABEL, CHOICES, _NOTE, VALIDATION, LEAST, MOST, IDENTIFIER, LOGIC, REQUIRED = HEADINGS[:13]
MATRIX, ANNOTATION = HEADINGS[15], HEADINGS[17]
FIELD_TYPE = {
    "who": "dropdown",
    "one": "radio",
    "points": "radio",
    "yes or no": "yesno",
    "several": "checkbox",
    "ticks": "checkbox",
    "number": "text",
    "text": "notes",
}
Row = dict[str, str]


def data_dictionary(instrument: Instrument) -> str:
    """The data dictionary.

    Parameters
    ----------
    instrument
        The questionnaire, made with `HABITS`.

    Returns
    -------
    str
        CSV with REDCap's 18 headings.

    Examples
    --------
    >>> from peernet.survey.instruments.instrument import instrument_for
    >>> from peernet.survey.instruments.roster import StaffList
    >>> people = tuple({"person": f"p{k}", "name": f"Ana {k}", "team": "", "manager": ""} for k in range(3))
    >>> rows = data_dictionary(instrument_for(StaffList(people, {}), HABITS, contact="Ana 1")).splitlines()
    >>> [row.split(",")[0] for row in rows if row.startswith("trust")]
    ['trust_p0', 'trust_p1', 'trust_p2']
    """
    file = StringIO()
    writer = csv.DictWriter(file, HEADINGS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerow({NAME: "record_id", _FORM: FORM, TYPE: "text", LABEL: "Record ID"})
    for section in instrument.sections:
        if section.text:
            writer.writerow({NAME: "privacy_notice", _FORM: FORM, TYPE: "descriptive", LABEL: section.text})
        header = section.title
        for question in section.questions:
            for row in _fields(question):
                above = " ".join(filter(None, [header, row.pop(HEADER, "")]))
                writer.writerow({_FORM: FORM, HEADER: above, **row})
                header = ""
    return file.getvalue()


def _fields(question: Question) -> Iterator[Row]:
    """The field of a question, or those of its rows; the question stands above the first of these."""
    if question.rows:
        for place, person in enumerate(question.rows):
            yield {
                NAME: f"{question.name}_{person.code}",
                HEADER: "" if place else question.wording,
                TYPE: "radio",
                LABEL: person.label,
                CHOICES: _choices(question.options),
                LOGIC: f"[{question.among}({person.code})] = '1'",
                MATRIX: question.name,
                ANNOTATION: _travelling(question),
            }
        return
    low, high = question.item.limits if question.shape == "number" and question.item.limits else ("", "")
    yield {
        NAME: question.name,
        TYPE: FIELD_TYPE[question.shape],
        LABEL: question.wording,
        CHOICES: "" if question.shape == "yes or no" else _choices(question.options),
        VALIDATION: "integer" if question.shape == "number" else "",
        LEAST: str(low),
        MOST: str(high),
        IDENTIFIER: "y" if question.shape == "who" else "",
        REQUIRED: "y" if question.required else "",
        ANNOTATION: (f"@NONEOFTHEABOVE='{question.exclusive}' " if question.exclusive else "") + _travelling(question),
    }


def _travelling(question: Question) -> str:
    """What the codebook says of the question, in an action tag of our own, which REDCap keeps and does not read."""
    return f"@PEERNET={json.dumps(question.travelling, ensure_ascii=False)}"


def _choices(options: tuple[Option, ...]) -> str:
    """Codes and labels; a bar parts two of them, so that none can hold one."""
    return " | ".join(f"{option.code}, {option.label.replace('|', '/')}" for option in options)
