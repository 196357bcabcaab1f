"""The questionnaire as a Qualtrics survey file (QSF).

Every question has the item's name as its export tag, every answer a recode value of its own that never changes, so that
"I don't know this person" is 0 whatever the order. Colleagues are ticked once; each layer is then a matrix with a row
per colleague, shown where that colleague was ticked, and the row's export tag is ``<layer>_<code>``.

What Qualtrics exports (CSV or TSV, "use numeric values", multiple answers split into columns, three heading rows):

======================================= ============================================================================
column                                  cell
======================================= ============================================================================
``level``, ``change_1``, ``takes_part`` the recode value: ``3``, ``4``, ``1`` for yes and ``0`` for no
``goals_1`` ... ``goals_6``, ``goals_0`` ``1`` where ticked, else empty; 0 is "none of these"
``knows_1`` ..., ``knows_0``            the same, numbered in the order of the list, the name in the second heading row;
                                        0 is nobody
``trust_p001``, ``works_with_p001``     the recode value of the point: 0 to 4; contact: 0 or 1
``person``                              as typed
======================================= ============================================================================

Recode values must be numbers; that is why people are chosen by number in ``knows``, and why ``person`` is a box to type
the identifier into and no list. With personal links it need not be asked: the contact's ``ExternalDataReference`` is
exported.

Somebody not asked about a colleague and somebody who was and left the row blank are both empty cells; ``knows`` tells
them apart. Where the export writes "seen but unanswered questions as -99", -99 is such a blank row. "Nobody" is
``knows_0``.

References
----------
Qualtrics support, "Understanding Your Dataset", "Recode Values", "Display Logic".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from peernet.survey.instruments.instrument import MOST_LISTED, ROWS, TITLE, TYPED, Habits, Instrument, Option, Question

HABITS = Habits(
    tool="Qualtrics",
    person_code=r"[A-Za-z0-9]+(_[A-Za-z0-9]+)*",  # an export writes other characters as _
    option_code=lambda place, _label: str(place),
    ties=lambda people: ROWS if people <= MOST_LISTED else TYPED,
    missing=("-99",),
)
SURVEY_ID = "SV_peernet"
AS_TYPED = " Please type your identifier as it stands in your invitation."
Payload = dict[str, Any]


def qsf(instrument: Instrument) -> str:
    """The survey file.

    Parameters
    ----------
    instrument
        The questionnaire, made with `HABITS`.

    Returns
    -------
    str
        JSON.

    Examples
    --------
    >>> import json
    >>> from peernet.survey.instruments.instrument import instrument_for
    >>> from peernet.survey.instruments.roster import read_staff
    >>> text = qsf(instrument_for(read_staff("data/harbour/roster.csv"), HABITS, contact="Ana Ruiz"))
    >>> elements = [e["Payload"] for e in json.loads(text)["SurveyElements"] if e["Element"] == "SQ"]
    >>> [e["ChoiceDataExportTags"]["2"] for e in elements if e["QuestionType"] == "Matrix"]
    ['works_with_p051', 'advice_p051', 'trust_p051', 'respect_p051', 'candour_p051']
    """
    numbers = {question.name: f"QID{n}" for n, question in enumerate(instrument.questions, start=2)}
    notice = "".join(f"<p>{escape(section.text)}</p>" for section in instrument.sections if section.text)
    questions = [_question("QID1", "notice", notice, QuestionType="DB", Selector="TB")]
    questions += [
        _question(
            numbers[question.name],
            question.name,
            escape(question.wording + (AS_TYPED if question.shape == "who" else ""), quote=False),
            **_payload(question, numbers),
        )
        for question in instrument.questions
    ]
    blocks = [
        {
            "Type": "Standard" if place else "Default",
            "Description": section.title,
            "ID": f"BL_{section.name}",
            "BlockElements": [
                {"Type": "Question", "QuestionID": qid}
                for qid in (*(() if place else ("QID1",)), *(numbers[question.name] for question in section.questions))
            ],
        }
        for place, section in enumerate(instrument.sections)
    ]
    flow = [{"Type": "Block", "ID": block["ID"], "FlowID": f"FL_{n}"} for n, block in enumerate(blocks, start=2)]
    elements = [
        _element("BL", "Survey Blocks", blocks),
        _element("FL", "Survey Flow", {"Type": "Root", "FlowID": "FL_1", "Flow": flow}),
        _element("SO", "Survey Options", {"BackButton": "true", "SaveAndContinue": "true", "SurveyTitle": TITLE}),
        _element("QC", "Survey Question Count", None, str(len(questions))),
        *(_element("SQ", question["QuestionID"], question, question["QuestionText"][:99]) for question in questions),
    ]
    entry = {
        "SurveyID": SURVEY_ID,
        "SurveyName": TITLE,
        "SurveyLanguage": "EN",
        "SurveyStatus": "Inactive",
    }
    return json.dumps({"SurveyEntry": entry, "SurveyElements": elements}, ensure_ascii=False, indent=1)


def _element(kind: str, name: str, payload: object, second: str | None = None) -> Payload:
    return {
        "SurveyID": SURVEY_ID,
        "Element": kind,
        "PrimaryAttribute": name,
        "SecondaryAttribute": second,
        "TertiaryAttribute": None,
        "Payload": payload,
    }


def _question(qid: str, tag: str, text: str, **more: object) -> Payload:
    """A question of any type; what is given replaces what is usual."""
    settings = {"ForceResponse": "OFF", "Type": "None"}
    return {
        "QuestionText": text,
        "QuestionDescription": text[:99],
        "DataExportTag": tag,
        "QuestionID": qid,
        "Language": [],
        "Validation": {"Settings": settings},
        **more,
    }


def _payload(question: Question, numbers: Mapping[str, str]) -> Payload:
    """What a question's type, answers and checks are, and when it is shown.

    Rows among people ticked before: each where its colleague was, and all of them unless nobody was.
    """
    made = SHAPES[question.shape](question)
    if question.among:  # choices there are numbered in the same order, and nobody is the last
        known = numbers[question.among]
        for number, row in made["Choices"].items():
            row["DisplayLogic"] = _logic(known, number, "Selected")
        made["DisplayLogic"] = _logic(known, str(len(question.rows) + 1), "NotSelected")
    if question.required:
        made.setdefault("Validation", {"Settings": {"ForceResponse": "ON", "ForceResponseType": "ON", "Type": "None"}})
    return made


def _choice(question: Question, selector: str) -> Payload:
    """Multiple choice: of one answer or several, the exclusive one recoded as 0."""
    options = question.options
    codes = [o.code if question.shape != "ticks" else str(n) for n, o in enumerate(options, start=1)]
    recodes = ["0" if o.code == question.exclusive else code for o, code in zip(options, codes, strict=True)]
    return {
        "QuestionType": "MC",
        "Selector": selector,
        "SubSelector": "TX",
        **_listed("Choice", options, {question.exclusive}),
        "RecodeValues": {str(n): code for n, code in enumerate(recodes, start=1)},
    }


def _listed(what: str, options: Sequence[Option], exclusive: set[str] | None = None) -> Payload:
    choices: dict[str, Payload] = {
        str(n): {"Display": escape(option.label, quote=False)} for n, option in enumerate(options, start=1)
    }
    for choice, option in zip(choices.values(), options, strict=True):
        if option.code in (exclusive or set()) - {""}:
            choice["ExclusiveAnswer"] = True
    return {f"{what}s": choices, f"{what}Order": [*choices], f"Next{what}Id": len(choices) + 1}


def _number(question: Question) -> Payload:
    low, high = question.item.limits or ("", "")
    between = {"Min": str(low), "Max": str(high), "NumDecimals": ""}
    settings = {
        "ForceResponse": "OFF",
        "Type": "ContentType",
        "ContentType": "ValidNumber",
        "ValidNumber": between,
    }
    return {"QuestionType": "TE", "Selector": "SL", "Validation": {"Settings": settings}}


def _matrix(question: Question) -> Payload:
    """A row per colleague, shown where the colleague was ticked before; points recoded as they are numbered."""
    return {
        "QuestionType": "Matrix",
        "Selector": "Likert",
        "SubSelector": "SingleAnswer",
        **_listed("Choice", question.rows),
        "ChoiceDataExportTags": {str(n): f"{question.name}_{row.code}" for n, row in enumerate(question.rows, start=1)},
        **_listed("Answer", question.options),
        "RecodeValues": {str(n): option.code for n, option in enumerate(question.options, start=1)},
    }


SHAPES: Mapping[str, Callable[[Question], Payload]] = {
    "who": lambda _question: {"QuestionType": "TE", "Selector": "SL"},
    "one": lambda question: _choice(question, "SAVR"),
    "points": lambda question: _choice(question, "SAHR"),
    "yes or no": lambda question: _choice(question, "SAHR"),
    "several": lambda question: _choice(question, "MAVR"),
    "ticks": lambda question: _choice(question, "MACOL"),
    "number": _number,
    "text": lambda _question: {"QuestionType": "TE", "Selector": "ESTB"},
    "rows": _matrix,
}


def _logic(qid: str, choice: str, operator: str) -> Payload:
    """Display logic that asks whether a choice of another question was ticked, or was not."""
    locator = f"q://{qid}/SelectableChoice/{choice}"
    test = {
        "LogicType": "Question",
        "QuestionID": qid,
        "QuestionIsInLoop": "no",
        "ChoiceLocator": locator,
        "Operator": operator,
        "QuestionIDFromLocator": qid,
        "LeftOperand": locator,
        "Type": "Expression",
        "Description": "",
    }
    return {"0": {"0": test, "Type": "If"}, "Type": "BooleanExpression", "inPage": False}
