"""A Qualtrics survey file (.qsf): the questionnaire behind an export, question by question.

It says what the export cannot: the labels of codes, the options of a list whose ticks share one cell, which columns
share a matrix, and how options are called in the headings. The file is JSON; a question is an element ``"SQ"``.

Codes are ``RecodeValues`` where there are any, else the number of the choice. A single choice and a matrix row hold the
code in the cell; a list to tick has it in the heading instead, and a matrix row may have an export tag of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from peernet.errors import SurveyError
from peernet.survey.formats.export import Column, Source
from peernet.survey.formats.online import plain_text, shortened
from peernet.survey.item import BLOCKS, Item
from peernet.survey.sheets import Notes

NO_ANSWERS = {"DB", "Timing", "Captcha", "Meta"}  # types that show something or measure by themselves
SEVERAL = {"MAVR", "MAHR", "MACOL", "MSB", "MultipleAnswer"}  # selectors that let one tick several
NUMBERS = {"Slider", "CS"}
KNOWN = {"MC", "Matrix", "TE", "RO", "PGR", *NUMBERS}
_LOOP = re.compile(r"^\d+_(?=\D)")  # the turn of a loop over the same questions
PROPERTIES = frozenset(field.name for field in fields(Item)) - {"name"}


@dataclass(frozen=True)
class Question:
    """One question of a definition.

    Parameters
    ----------
    qid, tag
        Its fixed identifier, such as ``"QID2"``, and what it is called in the export.
    wording
        Its text without HTML.
    kind, selector, content
        Its type, the way it is shown and, of a box to type into, what may be typed.
    choices
        Number to label of its choices; of a matrix, of its rows.
    answers
        Number to label of the points of a matrix.
    recodes
        Number to code: of the points of a matrix, else of the choices.
    tags
        Number to export tag of the rows of a matrix.
    exclusive
        Numbers of the choices that exclude all others, as "nobody" does.
    conditional
        Whether it, or a row or choice of it, is shown to some people only.
    properties
        Properties of an item that the file carries along.
    """

    qid: str
    tag: str
    wording: str = ""
    kind: str = ""
    selector: str = ""
    content: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    recodes: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    exclusive: frozenset[str] = frozenset()
    conditional: bool = False
    properties: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def labels(self) -> dict[str, str]:
        """Code to label of what stands in a cell."""
        options = self.answers or self.choices
        return {self.recodes.get(number, number): label for number, label in options.items()}

    @cached_property
    def codes(self) -> dict[str, str]:
        """What follows the question's name in a heading, to the number of the choice or row."""
        coded = {number: self.recodes.get(number, number) for number in self.choices}
        return {number: number for number in self.choices} if self.answers else {c: n for n, c in coded.items()}

    def column(self, column: Column, numbers: Sequence[str]) -> Column:
        """A column of this question with what the definition says of it; ``numbers`` are its row and point, if any."""
        labels = [told.get(number, "") for told, number in zip((self.choices, self.answers), numbers, strict=False)]
        part = " - ".join(filter(None, labels))
        kind, points = self._kind(numbers)
        return replace(
            column,
            wording=f"{self.wording} - {part}" if part else self.wording,
            kind=kind or column.kind,
            group_wording=self.wording if numbers else "",
            part=part or column.part,
            labels=points,
            missing={code: why for code, why in column.missing.items() if code not in points},
            none=kind == "tick" and not self.answers and not self.exclusive.isdisjoint(numbers),
            properties=self.properties,
        )

    def side(self, column: Column, numbers: Sequence[str], side: int) -> Column:
        """A cell of a matrix of ticks, as part of one point's rows (``side`` -2) or of one row's points (-1)."""
        labels = (self.choices.get(numbers[0], ""), self.answers.get(numbers[1], ""))
        return replace(column, part=labels[side], group_wording=f"{self.wording} - {labels[-3 - side]}")

    def _kind(self, numbers: Sequence[str]) -> tuple[str, dict[str, str]]:
        """What a cell holds, and the labels of its codes."""
        several = self.selector in SEVERAL
        if self.kind == "Matrix":
            return ("tick", {}) if several and len(numbers) > 1 else ("choices" if several else "choice", self.labels)
        if self.kind == "MC" and several:
            return ("tick", {}) if numbers else ("choices", self.labels)
        if self.kind == "MC":
            return "choice", self.labels
        if self.kind == "TE":
            return ("number" if self.content == "ValidNumber" else "date" if "Date" in self.content else "text"), {}
        return ("rank" if self.kind == "RO" else "number" if self.kind in NUMBERS else ""), {}


@dataclass(frozen=True)
class Definition:
    """The questions of a survey file, in order.

    Parameters
    ----------
    file
        Its name.
    questions
        What it asks; what only shows something is left out.
    """

    file: str
    questions: tuple[Question, ...]

    def find(self, code: str) -> tuple[Question, tuple[str, ...]] | None:
        """The question a column belongs to, by identifier or export tag, and the numbers of its row and point."""
        for question in self.questions:
            if code in (question.qid, question.tag):
                return question, ()
            for number, tag in question.tags.items():
                if code == tag:
                    return question, (number,)
        for name, question in self._longest_first:
            if code.startswith(f"{name}_"):
                rest = code[len(name) + 1 :]
                numbers = _numbers(question, rest, by_number=name == question.qid)
                if numbers:
                    return question, numbers
        return None

    def owner(self, name: str) -> Question | None:
        """The question a part such as ``QID5#1``, ``1_QID9`` or ``QID130_0_GROUP`` belongs to."""
        for known, question in self._longest_first:
            for bare in (name, _LOOP.sub("", name)):
                if bare == known or bare.startswith((f"{known}_", f"{known}#")):
                    return question
        return None

    @cached_property
    def _longest_first(self) -> list[tuple[str, Question]]:
        named = [(name, question) for question in self.questions for name in (question.qid, question.tag) if name]
        return sorted(named, key=lambda pair: -len(pair[0]))

    def unasked(self, found: Iterable[str]) -> Notes:
        """A note for each question that no column of the export belongs to."""
        there = set(found)
        return [
            ("note", f"{self.file} asks {_called(question)}, which is no column of the export", "not read")
            for question in self.questions
            if question.qid not in there
        ]

    def of_some(self) -> Notes:
        """That questions shown to some people only are blank for the others, as for those who said nothing."""
        some = [question.tag for question in self.questions if question.conditional]
        if not some:
            return []
        problem = f"{shortened(some)}: shown to some only, so that a blank cell may be a question not asked"
        return [("note", problem, 'export with "recode seen but unanswered questions as -99" to tell the two apart')]


def _numbers(question: Question, rest: str, *, by_number: bool) -> tuple[str, ...]:
    """Row or choice, and point, that the end of a heading stands for; none where it stands for neither."""
    codes = {number: number for number in question.choices} if by_number else question.codes
    plain = rest.removeprefix("x")
    if plain in codes:
        return (codes[plain],)
    row, _, point = plain.rpartition("_")
    points = question.answers if by_number else {question.recodes.get(n, n): n for n in question.answers}
    if row in codes and point in points:
        return (codes[row], point if by_number else str(points[point]))
    return ()


def _called(question: Question) -> str:
    wording = question.wording if len(question.wording) < 60 else f"{question.wording[:57]}..."
    return f"{question.tag} ({question.qid}: {wording!r})" + (
        "" if question.kind in KNOWN else f", of type {question.kind}"
    )


def the_definition(source: Source) -> tuple[Definition | None, Notes]:
    """The survey file the user named, or the one beside the answers; of several none is taken."""
    files = source.with_suffix(".qsf")
    if source.path.is_file() and not files:
        beside = source.path.with_suffix(".qsf")
        files = [beside] if beside.exists() else []
    if source.definition in files:
        files = [source.definition] if source.definition else files
    if len(files) > 1:
        names = shortened([file.name for file in files])
        return None, [("warning", f"{names} lie beside the answers", "none used; name the definition to use")]
    return (read_qsf(files[0]), []) if files else (None, [])


def read_qsf(file: Path) -> Definition:
    """The questions of a Qualtrics survey file.

    Parameters
    ----------
    file
        The ``.qsf`` file.

    Returns
    -------
    Definition

    Raises
    ------
    SurveyError
        If the file cannot be read or is no survey file of Qualtrics.
    """
    try:
        elements: list[dict[str, Any]] = json.loads(file.read_bytes())["SurveyElements"]
        payloads = [e["Payload"] for e in elements if e["Element"] == "SQ" and e["Payload"]]
        blocks = [block for e in elements if e["Element"] == "BL" for block in _values(e["Payload"])]
        asked = [_question(payload, _block_of(payload, blocks)) for payload in payloads]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise SurveyError(
            f"{file} is no Qualtrics survey file that can be read ({type(error).__name__}: {error}). "
            "Export it again: Tools, Import/Export, Export survey."
        ) from error
    thrown = {question["QuestionID"] for b in blocks if b.get("Type") == "Trash" for question in _asked_in(b)}
    return Definition(file.name, tuple(q for q in asked if q.kind not in NO_ANSWERS and q.qid not in thrown))


def _values(some: object) -> list[Any]:
    """The values of what JSON has as an object or, where its keys are 0, 1, 2, as a list."""
    return list(some.values()) if isinstance(some, Mapping) else some if isinstance(some, list) else []


def _asked_in(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [element for element in _values(block.get("BlockElements")) if element.get("Type") == "Question"]


def _block_of(payload: Mapping[str, Any], blocks: Iterable[Mapping[str, Any]]) -> str:
    """The title of the block of questions a question stands in, where that is a block of a codebook."""
    for block in blocks:
        if any(element["QuestionID"] == payload["QuestionID"] for element in _asked_in(block)):
            title = plain_text(block.get("Description") or "").casefold()
            return next((known for known in BLOCKS if title in (known, f"{known}s")), "")
    return ""


def _question(payload: Mapping[str, Any], block: str) -> Question:
    settings = (payload.get("Validation") or {}).get("Settings") or {}
    carried = payload.get("peernet") or {}  # Qualtrics knows no such key; a file written for peernet may have it
    selectors = (payload.get("SubSelector"), payload.get("Selector"))
    return Question(
        qid=str(payload["QuestionID"]),
        tag=str(payload.get("DataExportTag") or payload["QuestionID"]),
        wording=plain_text(str(payload.get("QuestionText") or "")),
        kind=str(payload.get("QuestionType") or ""),
        selector=next((str(s) for s in selectors if s in SEVERAL), str(payload.get("Selector") or "")),
        content=str(settings.get("ContentType") or ""),
        choices=_options(payload, "Choice"),
        answers=_options(payload, "Answer"),
        recodes=_texts(payload.get("RecodeValues")),
        tags=_texts(payload.get("ChoiceDataExportTags")),
        exclusive=frozenset(n for n, c in _numbered(payload.get("Choices")).items() if c.get("ExclusiveAnswer")),
        conditional=bool(payload.get("DisplayLogic") or payload.get("DynamicChoices"))
        or any(choice.get("DisplayLogic") for choice in _values(payload.get("Choices"))),
        properties={**({"block": block} if block else {}), **{k: v for k, v in carried.items() if k in PROPERTIES}},
    )


def _options(payload: Mapping[str, Any], what: str) -> dict[str, str]:
    """Number to label, in the order shown."""
    options = _numbered(payload.get(f"{what}s"))
    shown = [str(number) for number in _values(payload.get(f"{what}Order"))]
    ordered = [number for number in dict.fromkeys([*shown, *options]) if number in options]
    return {number: plain_text(str(options[number].get("Display", ""))) for number in ordered}


def _numbered(some: object) -> dict[str, Any]:
    """What is numbered, under its numbers as text; nothing where the file says false or has an empty list."""
    pairs = some.items() if isinstance(some, Mapping) else enumerate(_values(some))
    return {str(number): value for number, value in pairs}


def _texts(some: object) -> dict[str, str]:
    return {number: str(value) for number, value in _numbered(some).items() if value not in (None, "")}
