"""A LimeSurvey questionnaire (.lss): what each question and part is called, and the answers in the order they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

from peernet.errors import SurveyError
from peernet.survey.item import plain_heading

KINDS = {  # by the letter of a question's type
    **dict.fromkeys("MP", "tick"),
    **dict.fromkeys("L!OFH1", "choice"),
    **dict.fromkeys("5ABCEYG", "choice"),
    **dict.fromkeys("NK:", "number"),
    **dict.fromkeys("STUQ;", "text"),
    **dict.fromkeys("D", "date"),
    **dict.fromkeys("R", "rank"),
    **dict.fromkeys("*I|", "about"),
}
NO_COLUMN = "X"  # the type of a text that asks nothing
OWN_LABELS = {  # of types whose answers are LimeSurvey's own, by the code it exports
    "C": {"Y": "Yes", "U": "Uncertain", "N": "No"},
    "E": {"D": "Decrease", "S": "Same", "I": "Increase"},
    "Y": {"Y": "Yes", "N": "No"},
    "G": {"F": "Female", "M": "Male"},
    "A": {str(point): str(point) for point in range(1, 6)},
    "5": {str(point): str(point) for point in range(1, 6)},
    "B": {str(point): str(point) for point in range(1, 11)},
}
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Question:
    """One question of the questionnaire.

    Parameters
    ----------
    code
        What its columns are called by.
    type
        LimeSurvey's letter for its kind.
    wording
        Its text.
    parts
        Code to text of its rows, options or boxes.
    labels
        Code to label of its answers, in order.
    """

    code: str
    type: str
    wording: str
    parts: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What its columns hold, as of `Column`."""
        return KINDS.get(self.type, "")


def read_lss(file: Path) -> dict[str, Question]:
    """The questions of a questionnaire by their codes, those that only show a text left out.

    Raises
    ------
    SurveyError
        If the file is no LimeSurvey questionnaire.
    """
    try:
        root = ET.fromstring(file.read_bytes())
    except (ET.ParseError, OSError, ValueError, LookupError) as error:
        raise SurveyError(
            f"{file} is no LimeSurvey questionnaire: {error}. Export the survey structure (.lss)."
        ) from error
    tables = {table.tag: [_cells(row) for row in table.iterfind("rows/row")] for table in root}
    if root.tag != "document" or not tables.get("questions"):
        raise SurveyError(f"{file} is no LimeSurvey questionnaire. Export the survey structure (.lss) again.")
    language = next((row["language"] for row in tables.get("surveys", []) if row.get("language")), "")
    texts = _texts(tables, "qid", "question", language)
    labels = _texts(tables, "aid", "answer", language)
    asked = [row for row in tables["questions"] if row.get("parent_qid", "0") in ("", "0") and row.get("title")]
    found: dict[str, Question] = {}
    for row in asked:  # older versions repeat a question in each language
        if row.get("type") != NO_COLUMN:
            found.setdefault(row["title"], _question(row, tables, texts, labels))
    return found


def _question(
    row: Mapping[str, str],
    tables: Mapping[str, list[dict[str, str]]],
    texts: Mapping[str, str],
    labels: Mapping[str, str],
) -> Question:
    qid, letter = row.get("qid", ""), row.get("type", "")
    parts = (part for part in tables.get("subquestions", []) if part.get("parent_qid") == qid)
    said = (answer for answer in tables.get("answers", []) if answer.get("qid") == qid)
    return Question(
        row["title"],
        letter,
        texts.get(qid, ""),
        {part.get("title", ""): texts.get(part.get("qid", ""), "") for part in _in_order(parts, "question_order")},
        {answer.get("code", ""): labels.get(_key(answer, "aid"), "") for answer in _in_order(said, "sortorder")}
        or OWN_LABELS.get(letter, {}),
    )


def _cells(row: ET.Element) -> dict[str, str]:
    return {cell.tag: cell.text or "" for cell in row}


def _in_order(rows: Iterable[Mapping[str, str]], column: str) -> list[Mapping[str, str]]:
    """Rows as they stand in the questionnaire."""
    return sorted(rows, key=lambda row: int(row[column]) if row.get(column, "").isdecimal() else 0)


def _key(row: Mapping[str, str], column: str) -> str:
    """What a text belongs to; answers of older versions have no number and are known by question and code."""
    return row[column] if row.get(column) else f"{row.get('qid', '')}/{row.get('code', '')}"


def _texts(tables: Mapping[str, list[dict[str, str]]], key: str, column: str, language: str) -> dict[str, str]:
    """Texts in the questionnaire's language, else in any, without markup; older versions have no table of them."""
    names = {"question": ("question_l10ns", "questions", "subquestions"), "answer": ("answer_l10ns", "answers")}[column]
    rows = [row for name in names for row in tables.get(name, []) if column in row]
    found: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row.get("language", language) != language):
        found.setdefault(_key(row, key), plain_heading(unescape(_TAG.sub(" ", row[column]))))
    return found
