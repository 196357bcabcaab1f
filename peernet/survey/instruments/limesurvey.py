"""The questionnaire as a LimeSurvey survey structure (LSS).

LimeSurvey's rule for codes, as its ``Question`` model and schema have it: a question's code has letters and digits
only, begins with a letter, is unique and has at most 20 characters; a sub-question's code has letters and digits only,
at most 20, and is not ``time``; an answer's code has at most 5 characters. Older versions let sub-questions be edited
with 5 at most. A person is an answer (to "Who are you?") and a sub-question, so their code has at most 5. The item's
name without its underscores is the question's code: ``change_1`` is ``change1``.

Colleagues are ticked once (``knows``); each layer is then an array whose rows LimeSurvey's ``array_filter`` shows for
those ticked. The answers of a survey are one table of the database with a column per colleague and layer, and of those
MySQL's InnoDB engine holds a thousand at most; so with more than `MOST_IN_ROWS` colleagues names are typed, one box per
layer (`instrument.TYPED`). A server may hold fewer: activate the survey before anybody is invited.

What LimeSurvey exports (CSV, "question code" as heading, "answer codes" as answers):

======================================= ============================================================================
column                                  cell
======================================= ============================================================================
``person``, ``level``, ``change1``      the answer's code: ``p001``, ``3``, ``4``
``takespart``, ``workedabroad``         ``Y`` or ``N``
``goals[1]`` ... ``goals[none]``        ``Y`` where ticked, else empty
``knows[p001]`` ... ``knows[nobody]``   the same
``trust[p001]``, ``workswith[p001]``    the point's code: 0 to 4; contact: 0 or 1
``id``, ``submitdate``, ...             added by the server; no ``submitdate``: not finished
======================================= ============================================================================

Not asked about a colleague and no answer are both empty; ``knows`` tells them apart. "Nobody" is ``knows[nobody]``. A
multiple choice left blank and one whose every option was refused look alike; "none of these" is there for the latter.

References
----------
LimeSurvey manual, "Question types", "Array filter", "Export results"; LimeSurvey source, ``models/Question.php`` and
``create-database.php``. LimeSurvey manual, "Installation FAQ".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import count

from peernet.survey.instruments.instrument import ROWS, TITLE, TYPED, Habits, Instrument, Option, Question

MOST_IN_ROWS = 150  # colleagues: six columns each and 88 others stay below a thousand
HABITS = Habits(
    tool="LimeSurvey",
    person_code=r"[A-Za-z0-9]{1,5}",
    option_code=lambda place, _label: str(place),
    question_code=lambda name, _wording: name.replace("_", ""),
    ties=lambda people: ROWS if people <= MOST_IN_ROWS else TYPED,
    yes="Y",
    no="N",
    none="none",  # and not 0, which LimeSurvey's language takes for no code at all
)
VERSION = "623"  # of the database whose tables these are
LANGUAGE = "en"
TYPE = {
    "who": "!",
    "one": "L",
    "points": "L",
    "yes or no": "Y",
    "several": "M",
    "ticks": "M",
    "number": "N",
    "text": "T",
    "rows": "F",
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Row = dict[str, object]


def lss(instrument: Instrument) -> str:
    """The survey structure.

    Parameters
    ----------
    instrument
        The questionnaire, made with `HABITS`.

    Returns
    -------
    str
        XML.

    Examples
    --------
    >>> from peernet.survey.instruments.instrument import instrument_for
    >>> from peernet.survey.instruments.roster import StaffList
    >>> people = tuple({"person": f"p{k}", "name": f"Ana {k}", "team": "", "manager": ""} for k in range(3))
    >>> text = lss(instrument_for(StaffList(people, {}), HABITS, contact="Ana 1"))
    >>> text.count("<title><![CDATA[nobody]]></title>"), text.count("<title><![CDATA[p1]]></title>")
    (1, 6)
    """
    tables: dict[str, list[Row]] = {name: [] for name in TABLES}
    subquestions = count(len(instrument.questions) + 1)
    numbers = {question.name: n for n, question in enumerate(instrument.questions, start=1)}
    for gid, section in enumerate(instrument.sections, start=1):
        tables["groups"].append({"gid": gid, "sid": 1, "group_order": gid, "grelevance": "1"})
        tables["group_l10ns"].append({"id": gid, "gid": gid, "group_name": section.title, "language": LANGUAGE})
        for order, question in enumerate(section.questions, start=1):
            qid = numbers[question.name]
            tables["questions"].append(_question(question, qid, gid, order))
            tables["question_l10ns"].append(_text(qid, question.wording))
            for key, value in _attributes(question):
                tables["question_attributes"].append({"qid": qid, "attribute": key, "value": value, "language": ""})
            ticked = question.options if question.shape in ("several", "ticks") else ()  # one by one
            for place, option in enumerate(question.rows or ticked):
                sub = next(subquestions)
                tables["subquestions"].append(_subquestion(option, sub, qid, gid, place))
                tables["question_l10ns"].append(_text(sub, option.label))
            _add_answers(question, qid, tables)
    notice = "".join(f"<p>{escape(section.text)}</p>" for section in instrument.sections if section.text)
    tables["surveys"] = [{"sid": 1, "language": LANGUAGE, "format": "G", "anonymized": "N", "allowsave": "Y"}]
    texts = {"surveyls_survey_id": 1, "surveyls_language": LANGUAGE, "surveyls_title": TITLE}
    tables["surveys_languagesettings"] = [{**texts, "surveyls_welcometext": notice}]
    return _document(tables)


TABLES = (
    "answers",
    "answer_l10ns",
    "groups",
    "group_l10ns",
    "questions",
    "subquestions",
    "question_l10ns",
    "question_attributes",
    "surveys",
    "surveys_languagesettings",
)


def _question(question: Question, qid: int, gid: int, order: int) -> Row:
    return {
        "qid": qid,
        "parent_qid": 0,
        "sid": 1,
        "gid": gid,
        "type": TYPE[question.shape],
        "title": question.name,
        "mandatory": "Y" if question.required else "N",
        "other": "N",
        "question_order": order,
        "scale_id": 0,
        "relevance": "1",
    }


def _subquestion(option: Option, sub: int, qid: int, gid: int, place: int) -> Row:
    return {
        "qid": sub,
        "parent_qid": qid,
        "sid": 1,
        "gid": gid,
        "type": "T",
        "title": option.code,
        "question_order": place,
        "scale_id": 0,
        "relevance": "1",
    }


def _text(qid: int, wording: str) -> Row:
    return {"id": qid, "qid": qid, "question": escape(wording, quote=False), "language": LANGUAGE}


def _add_answers(question: Question, qid: int, tables: Mapping[str, list[Row]]) -> None:
    """What is chosen from: yes and no are LimeSurvey's own."""
    chosen = question.options if question.shape in ("who", "one", "points", "rows") else ()
    for place, option in enumerate(chosen):
        aid = len(tables["answers"]) + 1
        answer = {"aid": aid, "qid": qid, "code": option.code, "sortorder": place}
        tables["answers"].append({**answer, "assessment_value": 0, "scale_id": 0})
        label = escape(option.label, quote=False)
        tables["answer_l10ns"].append({"id": aid, "aid": aid, "answer": label, "language": LANGUAGE})


def _attributes(question: Question) -> Iterator[tuple[str, str]]:
    if question.exclusive:
        yield "exclude_all_others", question.exclusive
    if question.among:
        yield "array_filter", question.among
    if question.shape == "number" and question.item.limits:
        low, high = question.item.limits
        yield "min_num_value_n", f"{low:g}"
        yield "max_num_value_n", f"{high:g}"
        yield "num_value_int_only", "1"


def _document(tables: Mapping[str, Iterable[Row]]) -> str:
    head = (
        f"<LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>{VERSION}</DBVersion>"
        f"<languages><language>{LANGUAGE}</language></languages>"
    )
    body = "\n".join(_table(name, [*rows]) for name, rows in tables.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<document>{head}\n{body}\n</document>\n'


def _table(name: str, rows: list[Row]) -> str:
    fields = "".join(f"<fieldname>{field}</fieldname>" for field in dict.fromkeys(key for row in rows for key in row))
    cells = ("".join(f"<{key}><![CDATA[{_plain(value)}]]></{key}>" for key, value in row.items()) for row in rows)
    lines = "\n".join(f"<row>{row}</row>" for row in cells)
    return f"<{name}><fields>{fields}</fields><rows>\n{lines}\n</rows></{name}>"


def _plain(value: object) -> str:
    """Text that can stand in a CDATA section."""
    return _NOT_XML.sub("", str(value)).replace("]]>", "]]]]><![CDATA[>")
