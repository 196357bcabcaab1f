"""LimeSurvey: answers exported with codes or in full, with the table of participants and the questionnaire (.lss).

The questionnaire says what each question and part is called, and the answers in the order they stand.

**Unfinished sheets.** A sheet without a date of submission is kept where it is all its person left, as the token tells,
and set aside where the same token has a finished one, where it holds no answer, or where no token says whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd

from peernet._wording import listed
from peernet.errors import SurveyError
from peernet.survey.formats.export import Column, Export, Source, filled, framed, left_unread, unique
from peernet.survey.formats.plain import row_problems
from peernet.survey.instruments.standard import standard_item
from peernet.survey.item import plain_heading
from peernet.survey.sheets import Note, Sheet

ABOUT = {  # what LimeSurvey notes by itself, by heading in small letters: exported as codes, in English, in German
    **{name: name for name in ("id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp")},
    **{name: name for name in ("ipaddr", "refurl", "interviewtime", "token", "firstname", "lastname", "email")},
    "response id": "id",
    "date submitted": "submitdate",
    "last page": "lastpage",
    "start language": "startlanguage",
    "date started": "startdate",
    "date last action": "datestamp",
    "ip address": "ipaddr",
    "referrer url": "refurl",
    "access code": "token",
    "antwort id": "id",
    "antwort-id": "id",
    "zugangsschlüssel": "token",
    "zugangscode": "token",
    "datum abgeschickt": "submitdate",
    "letzte seite": "lastpage",
    "start-sprache": "startlanguage",
    "zufallsstartwert": "seed",
    "datum gestartet": "startdate",
    "datum letzte aktivität": "datestamp",
    "ip-adresse": "ipaddr",
}
PERSONAL = ("token", "firstname", "lastname", "email")
HIDDEN = "N/A"  # in answers in full, of a question a condition left out
TICKED = {"Y": "N", "Yes": "No", "Ja": "Nein", "Oui": "Non", "Sí": "No"}  # and what stands for not ticked
OTHER = ("other", "sonstiges")  # as code, and as the heading in full
COMMENT = "comment"
OTHER_CODE = "-oth-"
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
_PART = re.compile(r"(?P<question>.+?) ?\[(?P<part>[^\[\]]*)\](?:\[(?P<scale>[^\[\]]*)\])?", re.DOTALL)
_CODE_AND_TEXT = re.compile(r"(?P<code>[A-Za-z]\w*(?:\[[^\[\]]*\])*)\. (?P<text>.*)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_TIMING = re.compile(r"groupTime\d+|interviewtime", re.IGNORECASE)


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


@dataclass(frozen=True)
class _Heading:
    """One heading taken apart: the question's code or text, the part's, and what it says beside the code."""

    name: str
    question: str
    part: str = ""
    wording: str = ""
    about: str = ""


def recognised(source: Source) -> bool:
    """Whether a table has LimeSurvey's own columns: the number, the date of submission, the last page or language."""
    return any(_is_results(sheet) for _, sheet in source.tables())


def read(source: Source) -> Export:
    """The answers, with participants and questionnaire where they lie beside them.

    Raises `SurveyError` where there are no answers, or those of several surveys.
    """
    results = [(file, sheet) for file, sheet in source.tables() if _is_results(sheet)]
    if len(results) != 1:
        there = listed([file.name for file, _ in results]) or "no answers of LimeSurvey"
        raise SurveyError(f"{source.path} holds {there}; name the one file, exported with question codes as headings.")
    ((file, sheet),) = results
    definitions = source.with_suffix(".lss")
    if len(definitions) > 1 and definitions[0] != source.definition:
        raise SurveyError(
            f"{source.path} holds {listed([f.name for f in definitions])}; keep the one of these answers."
        )
    questions = read_lss(definitions[0]) if definitions else {}
    listing, people = _participants(source, file)
    export = _export(file, sheet, questions, definitions[0].name if definitions else "", people)
    return replace(export, notes=(*export.notes, *left_unread(source, [file, *listing])))


def _is_results(sheet: Sheet) -> bool:
    rows = filled(sheet.rows)
    if not rows:
        return False
    own = {heading.about for heading in map(_taken_apart, rows[0][1])}
    return {"id", "submitdate"} <= own and bool(own & {"lastpage", "startlanguage"})


def _taken_apart(cell: str) -> _Heading:
    """A heading as code, as text, or as both: ``arr[SQ001]``, ``How far? [Ana]``, ``arr[SQ001]. How far? [Ana]``."""
    name = plain_heading(cell)
    both = _CODE_AND_TEXT.fullmatch(name)
    code, wording = (both["code"], both["text"]) if both else (name, "")
    about = ABOUT.get(code.casefold(), "") or (code if _TIMING.fullmatch(code) else "")
    found = None if about else _PART.fullmatch(code)
    if found is None:
        return _Heading(name, code, wording=wording, about=about)
    scale = f"#{found['scale']}" if found["scale"] else ""
    return _Heading(name, found["question"], found["part"] + scale, wording)


def _export(
    file: Path, sheet: Sheet, questions: Mapping[str, Question], definition: str, people: pd.DataFrame
) -> Export:
    rows = filled(sheet.rows)
    headings = [_taken_apart(cell) for cell in rows[0][1]]
    notes = row_problems(file, [heading.name for heading in headings], rows[1:])
    names = unique(heading.name for heading in headings)
    cells = framed(names, rows[1:])
    columns = list(_columns(names, headings, cells, questions))
    asked = [name for name, column in zip(names, columns, strict=True) if column.kind not in ("about", "person")]
    place = {heading.about: name for name, heading in zip(names, headings, strict=True) if heading.about}
    set_aside = _unfinished(cells, place, asked)
    kept = cells.drop(index=list(set_aside))
    return Export(
        "limesurvey",
        file.name,
        kept,
        tuple(columns),
        sheet.rows[-1][0],
        people=people,
        set_aside=set_aside,
        notes=(
            *sheet.notes,
            *notes,
            *_notes_on_sheets(kept, place, people),
            *_only_codes(headings, questions, file.name),
            *_unaccounted(headings, questions, definition, file.name),
        ),
        semicolons=sheet.semicolons,
    )


def _columns(
    names: Sequence[str], headings: Sequence[_Heading], cells: pd.DataFrame, questions: Mapping[str, Question]
) -> Iterator[Column]:
    """What is said of each column, from the questionnaire where it is there, else from headings and cells."""
    groups: dict[str, list[str]] = {}
    for name, heading in zip(names, headings, strict=True):
        if heading.part and not _is_beside(heading.part):
            groups.setdefault(heading.question, []).append(name)
    keys = {name: heading.part for name, heading in zip(names, headings, strict=True)}
    told = {
        question: questions[question].kind
        if question in questions
        else _kind_of_group([keys[name] for name in own], cells[own])
        for question, own in groups.items()
    }
    codes = {heading.question for heading in headings}
    tokens = any(heading.about == "token" for heading in headings)
    for name, heading in zip(names, headings, strict=True):
        if heading.about or _is_timing(heading, codes):
            person = heading.about in PERSONAL or (heading.about == "id" and not tokens)
            yield Column(name, kind="person" if person else "about")
            continue
        own = groups.get(heading.question, [])
        yield _column(name, heading, cells, questions.get(heading.question), own, told.get(heading.question, ""))


def _column(
    name: str, heading: _Heading, cells: pd.DataFrame, question: Question | None, own: Sequence[str], kind: str
) -> Column:
    """What is said of one question or part."""
    missing = {HIDDEN: "hidden by a condition"} if (cells[name] == HIDDEN).any() else {}
    wording = question.wording if question else heading.wording or heading.question
    if not heading.part:
        labels = dict(question.labels) if question else {}
        if labels and (cells[name] == OTHER_CODE).any():
            labels[OTHER_CODE] = "Other"
        return Column(name, wording, question.kind if question else "", labels=labels, missing=missing)
    if question:
        key = heading.part.partition("#")[0]
        part = question.parts.get(key, "") or _part_of_table(question, key)
    else:
        part = heading.part
    whole = heading.wording or (f"{wording} [{part}]" if part else wording)
    if _is_beside(heading.part):
        group = heading.question if own else ""
        return Column(name, whole, "text", group, wording if group else "", heading.part, heading.part, missing=missing)
    unticked = _unticked(cells[list(own)]) if kind == "tick" else None
    labels = dict(question.labels) if question and kind in ("choice", "rank") else {}
    if question and kind == "rank" and not labels:
        labels = dict(question.parts)
    return Column(
        name, whole, kind, heading.question, wording, part or heading.part, heading.part, labels, missing, unticked
    )


def _is_beside(part: str) -> bool:
    """Whether a part is what somebody typed beside the options of a question."""
    return part.casefold() in OTHER or part.endswith(COMMENT)


def _is_timing(heading: _Heading, codes: Collection[str]) -> bool:
    """Whether a column holds how long a question took, such as ``q1Time`` beside ``q1``."""
    question = heading.question.removesuffix("Time")
    return not heading.part and question != heading.question and question in codes


def _part_of_table(question: Question, key: str) -> str:
    """The text of a part of a table with two headings, called ``SQ001_SQ002``."""
    for row, text in question.parts.items():
        column = key.removeprefix(f"{row}_")
        if column != key and column in question.parts:
            return f"{text}, {question.parts[column]}"
    return ""


def _kind_of_group(parts: Sequence[str], cells: pd.DataFrame) -> str:
    """What the parts of a question hold, where no questionnaire tells."""
    given = {cell for cell in cells.to_numpy().ravel() if cell and cell != HIDDEN}
    if any(given <= {yes, no} and yes in given for yes, no in TICKED.items()):
        return "tick"
    if list(parts) != [str(place) for place in range(1, len(parts) + 1)]:
        return ""
    return "rank" if _are_ranks(cells, given) else "name"


def _are_ranks(cells: pd.DataFrame, given: Collection[str]) -> bool:
    """Whether the places of a ranking are filled one after the other, each with another of a few options."""
    rows = [[cell for cell in row if cell != HIDDEN] for row in cells.to_numpy().tolist()]
    filled_up = all(not any(row[row.index("") :]) for row in rows if "" in row)
    apart = all(len({*row} - {""}) == len([cell for cell in row if cell]) for row in rows)
    return bool(given) and len(cells.columns) > 1 and len(given) <= len(cells.columns) and filled_up and apart


def _unticked(cells: pd.DataFrame) -> str | None:
    """What stands for an option that was shown and not ticked; None where it is left blank, as no answer is."""
    given = {*cells.to_numpy().ravel()}
    return next((no for yes, no in TICKED.items() if no in given and given <= {yes, no, "", HIDDEN}), None)


def _unfinished(cells: pd.DataFrame, place: Mapping[str, str], asked: Sequence[str]) -> dict[int, str]:
    """Sheets without a date of submission that are not kept, with the reason."""
    done = cells[place["submitdate"]].isin(["", HIDDEN, "NULL"]).map({True: False, False: True})
    tokens = cells[place["token"]] if "token" in place else pd.Series("", index=cells.index, dtype="str")
    finished = {*tokens[done]} - {""}
    answered = (cells[list(asked)] != "").any(axis=1)
    found: dict[int, str] = {}
    for number in cells.index[~done]:
        if not answered[number]:
            found[number] = "unfinished and without an answer"
        elif not tokens[number]:
            found[number] = "unfinished, and no token says whose"
        elif tokens[number] in finished:
            found[number] = "unfinished beside a finished one of the same person"
    return found


def _participants(source: Source, results: Path) -> tuple[list[Path], pd.DataFrame]:
    """The table of participants beside the answers and its file; no columns where there is none."""
    for file, sheet in source.tables():
        rows = filled(sheet.rows)
        names = [plain_heading(cell) for cell in rows[0][1]] if rows else []
        if file != results and "token" in names and {"tid", "firstname", "lastname", "email"} & {*names}:
            row_problems(file, names, rows[1:])
            return [file], framed(unique(names), rows[1:])
    return [], pd.DataFrame()


def _notes_on_sheets(cells: pd.DataFrame, place: Mapping[str, str], people: pd.DataFrame) -> Iterator[Note]:
    """Unfinished sheets that are kept, and tokens nobody among the participants has."""
    open_sheets = [number for number, said in cells[place["submitdate"]].items() if said in ("", HIDDEN, "NULL")]
    if open_sheets:
        which = f"row{'s' if len(open_sheets) > 1 else ''} {listed([str(number) for number in open_sheets])}"
        yield "note", f"{which} {'are' if len(open_sheets) > 1 else 'is'} unfinished", "kept: all that this person left"
    if "token" not in place or "token" not in people:
        return
    known = {*people["token"]}
    for number, token in cells[place["token"]].items():
        if token and token not in known:
            told = f"the token {token!r} of row {number} is not among the participants"
            yield "warning", told, "kept as somebody whose name is not known; export the participants again"


def _only_codes(headings: Sequence[_Heading], questions: Mapping[str, Question], file: str) -> Iterator[Note]:
    """That neither headings nor a questionnaire say what was asked, and that it is not what we ask."""
    asked = [heading for heading in headings if not heading.about]
    told = any(heading.wording or " " in heading.question for heading in asked)
    ours = sum(standard_item(heading.question) is not None for heading in asked)
    if asked and not questions and not told and 2 * ours < len(asked):
        how = "lay the survey's structure (.lss) beside it, or export question texts and full answers"
        yield "warning", f"{file} has codes of questions and answers, and nothing says what they mean", how


def _unaccounted(
    headings: Sequence[_Heading], questions: Mapping[str, Question], definition: str, file: str
) -> Iterator[Note]:
    """Questions of the questionnaire without a column, parts without one, and columns it does not know."""
    if not questions:
        return
    there = {(heading.question, heading.part.partition("#")[0]) for heading in headings if not heading.about}
    codes = {code for code, _ in there}
    for code, question in questions.items():
        parts = [part for part in question.parts if (code, part) not in there] if question.type in "MPFHABCEQK" else []
        if code not in codes:
            yield "warning", f"the question {code!r} of {definition} has no column in {file}", "left out"
        elif parts:
            which = ", ".join(f"{code}[{part}]" for part in parts)
            yield "warning", f"{which} of {definition} have no column in {file}", "left out"
    asked = dict.fromkeys(heading.question for heading in headings if not heading.about)
    strange = [code for code in asked if code not in questions and not _is_timing(_Heading(code, code), codes)]
    if strange:
        yield "warning", f"{definition} does not know {listed(strange)} of {file}", "read without wording and labels"


# The questionnaire


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
    tables: dict[str, list[dict[str, str]]] = {}
    for table in root:
        rows = table.iterfind("rows/row")
        tables[table.tag] = [{cell.tag: cell.text or "" for cell in row} for row in rows]
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
