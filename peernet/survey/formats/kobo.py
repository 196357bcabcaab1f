"""KoboToolbox and ODK: one row per submission, and rows of repeat groups on further sheets or in further files.

Rows of a repeat group belong to the submission they name, never to the row they happen to stand beside:
``_submission__id`` to ``_id``, ``_submission__uuid`` to ``_uuid``, ``PARENT_KEY`` to ``KEY``, or ``_parent_index`` to
``_index`` by way of the groups in between. Where two of these differ the row belongs to nobody and is told.

A question with several answers stands twice in many exports: as one cell of answers joined by spaces, and as
``question/option`` with 1 and 0. The single columns say the same and cannot be torn apart wrongly, so the joined cell
is left out where both agree. Where nothing is ticked the form cannot tell "none" from no answer, and the zeros are
emptied. Submissions that a reviewer did not approve are set aside.

Headings may be names, paths of groups and names, or labels in any language of the form; with the form (an XLSForm)
each is known by any of these.

References
----------
KoboToolbox help, "Exporting and downloading your data"; ODK documentation, "Using submission data"; https://xlsform.org.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from peernet._wording import count_in_digits, listed, listed_few
from peernet.errors import SurveyError
from peernet.survey.formats.export import (
    Column,
    Export,
    Repeats,
    Source,
    filled,
    framed,
    headings,
    unique,
    what_is_there,
)
from peernet.survey.item import plain_heading
from peernet.survey.sheets import WORKBOOKS, Notes, Sheet

ODK = {"KEY", "SubmissionDate"}
TO_PARENT = ("_submission__id", "_submission__uuid", "PARENT_KEY", "_parent_index")
WRITTEN_BY_THE_FORM = {"start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "audit"}
WRITTEN_BY_THE_FORM |= {"username", "start-geopoint", "devicephonenum", "instanceID", "formhub/uuid", "formhub-uuid"}
WRITTEN_BY_KOBO = {"_id", "_uuid", "_index", "_parent_index", "_parent_table_name", "_submission_time", "_submitted_by"}
WRITTEN_BY_KOBO |= {"_validation_status", "_notes", "_status", "_tags", "_attachments", "_geolocation", "_duration"}
WRITTEN_BY_KOBO |= {"_xform_id", "_xform_id_string", "_date_modified", "_edited", "_media_all_received", "_media_count"}
WRITTEN_BY_ODK = {"SubmissionDate", "KEY", "PARENT_KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "Edits"}
WRITTEN_BY_ODK |= {"AttachmentsExpected", "Status", "ReviewState", "DeviceID", "FormVersion", "CompletionDate"}
WRITTEN_BY_ODK |= {"formdef_version", "isValidated", "review_quality"}
_SIDE_BY_SIDE = re.compile(r"(?P<group>[^\[]+)\[\d+\]/.+")  # talk[1]/whom
_ABOUT = re.compile(r"_submission_.+|_*version_*\d*|meta[/-].+|SET-OF-.+")
REFUSED = {"_validation_status": ("not approved", "validation_status_not_approved"), "ReviewState": ("rejected",)}
TICKED, UNTICKED = {"1", "True", "TRUE", "true"}, {"0", "False", "FALSE", "false"}
KINDS = {
    **dict.fromkeys(("integer", "decimal", "range"), "number"),
    **dict.fromkeys(("date", "time", "datetime"), "date"),
    **dict.fromkeys(("select_one", "select_one_from_file", "acknowledge"), "choice"),
    **dict.fromkeys(("select_multiple", "select_multiple_from_file", "rank"), "choices"),
    "text": "text",
}
TYPED = {"int": "integer", "string": "text", "select1": "select_one", "select one": "select_one"}
NO_COLUMN = ("note", "begin_group", "end_group", "begin_repeat", "end_repeat")
OURS = "bind::peernet:"
LIMITS = {"minimum": "low", "maximum": "high"}
FEW = 3  # conditions, in one note
SHEET_NAME = 31  # letters a workbook allows


class Table(NamedTuple):
    """A sheet or file with its cells."""

    file: Path
    name: str  # of the sheet, or of the file without its suffix
    cells: pd.DataFrame
    sheet: Sheet


@dataclass(frozen=True)
class Question:
    """One row of an XLSForm's sheet ``survey``."""

    name: str
    type: str
    labels: tuple[str, ...] = ()  # in each language, the form's own order
    groups: tuple[str, ...] = ()  # names, the outermost first
    group_labels: tuple[str, ...] = ()
    repeat: str = ""
    condition: str = ""  # under which it is asked, its groups' included
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # name: labels
    properties: Mapping[str, object] = field(default_factory=dict)

    @property
    def headings(self) -> Iterator[str]:
        """Everything an export may call it: name and labels, with any of the groups before."""
        for words, above in [(self.name, self.groups), *((label, self.group_labels) for label in self.labels)]:
            for separator in "/-":
                for k in range(len(above) + 1):
                    yield plain_heading(separator.join([*above[k:], words]))

    @property
    def codes(self) -> dict[str, str]:
        """Name to label of its options."""
        return {name: labels[0] if labels else name for name, labels in self.options.items()}


def recognised(source: Source) -> bool:
    """Whether a table has what the server adds to submissions, or there is nothing but a form."""
    tables = source.tables()
    forms = [file for file, sheet in tables if _is_form(source, file)]
    return any(_is_submissions(headings(sheet)) or _is_repeat(headings(sheet)) for _, sheet in tables) or (
        bool(forms) and len(forms) == len(tables)
    )


def read(source: Source) -> Export:
    """The submissions of a form, with its repeat groups."""
    main, repeats, notes = _tables(source)
    form_file, questions = _form(source)
    whole, refused = _set_aside(main.cells)
    kept = whole.drop(list(refused))
    cells, columns, told = _described(kept, [one for one in questions if not one.repeat], main.file.name)
    notes += told
    below = [_below(table, whole, refused, repeats, questions, notes) for table in repeats]
    notes += _not_here(main, below, questions)
    notes += _of_the_form(form_file, questions, [main, *repeats]) if questions else []
    return Export(
        "kobo",
        main.file.name,
        cells,
        columns,
        main.sheet.rows[-1][0],
        repeats=tuple(below),
        set_aside=refused,
        notes=tuple(notes),
        semicolons=main.sheet.semicolons,
    )


def _below(
    table: Table,
    main: pd.DataFrame,
    refused: Mapping[int, str],
    repeats: Sequence[Table],
    questions: Sequence[Question],
    notes: Notes,
) -> Repeats:
    """The rows of a repeat group, without those of submissions set aside."""
    person, conflicts = _belongs_to(table, main, repeats)
    own = _questions_of(table, questions)
    cells, columns, told = _described(table.cells[~person.isin(list(refused))], own, table.name)
    notes += conflicts + told
    under_condition = any(one.condition for one in own[:1])
    asked = None if under_condition else frozenset(map(int, main.index.difference(list(refused))))
    inside = tuple(replace(column, group=table.name) for column in columns)
    return Repeats(table.name, cells, person.loc[cells.index], inside, table.file.name, asked=asked)


# Which table is what


def _is_repeat(names: Sequence[str]) -> bool:
    return "PARENT_KEY" in names or {"_index", "_parent_index"} <= set(names) or "_parent_table_name" in names


def _is_submissions(names: Sequence[str]) -> bool:
    found = set(names)
    kobo = "_uuid" in found and bool({"_id", "_index", "_submission_time"} & found)
    return not _is_repeat(names) and (kobo or found >= ODK)


def _is_form(source: Source, file: Path) -> bool:
    sheets = {sheet.name: sheet for sheet in source.sheets(file)}
    return "survey" in sheets and {"type", "name"} <= {h.casefold() for h in headings(sheets["survey"])}


def _tables(source: Source) -> tuple[Table, list[Table], Notes]:
    """The submissions, the repeat groups, and what lies beside and is not read."""
    found = [(file, sheet, headings(sheet)) for file, sheet in source.tables() if not _is_form(source, file)]
    repeats = [(file, sheet) for file, sheet, names in found if _is_repeat(names)]
    mains = [(file, sheet) for file, sheet, names in found if _is_submissions(names)]
    if not mains and repeats:  # an export of chosen columns keeps the numbers alone
        mains = [(f, sheet) for f, sheet, names in found if "_index" in names and not _is_repeat(names)]
    if len(mains) != 1:
        raise SurveyError(f"{source.path} holds {what_is_there(source)}: {_what_is_wrong(mains, repeats)}")
    main = _table(*mains[0], "")
    others = sorted({file.name for file, sheet, _ in found if (file, sheet) not in [*mains, *repeats]})
    beside = f"{listed(others)} lies beside {main.file.name}"
    notes: Notes = [("warning", beside, "not read; it is no part of the form")] if others else []
    return main, [_table(file, sheet, main.file.stem) for file, sheet in repeats], notes


def _what_is_wrong(mains: Sequence[object], repeats: Sequence[tuple[Path, Sheet]]) -> str:
    if mains:
        return "submissions of more than one form. Name the one to read, or put each export in a folder of its own."
    if repeats:
        name = repeats[0][1].name or repeats[0][0].name
        return (
            f"{name} holds the rows of a repeat group, and the submissions they belong to are not there. Give the "
            "whole workbook, or all CSV files of the export in one folder."
        )
    return "a form without submissions. Export the data too, as XLSX or as CSV with one file per repeat group."


def _table(file: Path, sheet: Sheet, main: str) -> Table:
    rows = filled(sheet.rows)
    name = sheet.name or file.stem.removeprefix(f"{main}-")
    return Table(file, name, framed(unique(map(plain_heading, rows[0][1])), rows[1:]), sheet)


def _set_aside(cells: pd.DataFrame) -> tuple[pd.DataFrame, dict[int, str]]:
    """The submissions, and the rows among them that are no answers: not approved, or there already."""
    refused: dict[int, str] = {}
    for name, words in REFUSED.items():
        if name in cells:
            said = cells[name].str.casefold().isin(words)
            refused.update(dict.fromkeys(map(int, cells.index[said]), "not approved by a reviewer"))
    key = next((name for name in ("_uuid", "KEY", "_id") if name in cells), None)
    if key is not None:
        again = cells[key].duplicated() & (cells[key] != "")
        refused.update(dict.fromkeys(map(int, cells.index[again]), "the same submission once more"))
    return cells, dict(sorted(refused.items()))


# Whose each row is


def _belongs_to(table: Table, main: pd.DataFrame, repeats: Sequence[Table]) -> tuple[pd.Series, Notes]:
    """By row of a repeat group, the row of the submissions; missing where there is none or two ways differ."""
    keys = [("_submission__id", "_id"), ("_submission__uuid", "_uuid"), ("PARENT_KEY", "KEY")]
    there = [(below, above) for below, above in keys if below in table.cells and above in main]
    ways = [_looked_up(table.cells[below], _rows_by(main, above)) for below, above in there]
    ways += _by_number(table, main, repeats)
    if not ways:
        raise SurveyError(
            f"{table.name}: no telling whose these rows are; neither {listed(TO_PARENT, 'nor')} leads to a submission. "
            "Export again with all columns of the system (metadata)."
        )
    person, differ = ways[0], pd.Series(False, table.cells.index)
    for way in ways[1:]:
        differ |= (way != person).fillna(False)
        person = person.fillna(way)
    if not differ.any():
        return person, []
    count = count_in_digits(int(differ.sum()), "row", "rows")
    which = f"{count} of {table.name} point to one submission by number and to another by name"
    return person.mask(differ), [("error", which, "belong to nobody; export again, without sorting or editing")]


def _rows_by(cells: pd.DataFrame, name: str) -> dict[str, int]:
    """Row numbers by a column of keys; of a key that stands twice the first."""
    keys = zip(cells[name].map(_key), cells.index.tolist(), strict=True)
    return {key: number for key, number in reversed(list(keys)) if key}


def _looked_up(keys: pd.Series, rows: Mapping[str, int]) -> pd.Series:
    return keys.map(lambda key: rows.get(_key(key))).astype("Int64")


def _key(cell: str) -> str:
    """A key as both sides write it: numbers without a point, of a path below a submission the submission's."""
    return cell.removesuffix(".0").split("/")[0]


def _by_number(table: Table, main: pd.DataFrame, repeats: Sequence[Table]) -> list[pd.Series]:
    """By the parent's number, by way of the groups in between."""
    if "_parent_index" not in table.cells or "_index" not in main or main["_index"].duplicated().any():
        return []
    numbers = table.cells["_parent_index"]
    above = table.cells.get("_parent_table_name", pd.Series("", table.cells.index))
    found = _looked_up(numbers, _rows_by(main, "_index"))
    others = [other for other in repeats if other is not table]
    for parent in others:
        inside = above.isin([name for name in set(above) if _same_table(name, parent.name)])
        if not inside.any():
            continue
        up, _ = _belongs_to(parent, main, others)
        rows = {key: up[number] for key, number in _rows_by(parent.cells, "_index").items() if pd.notna(up[number])}
        found = found.mask(inside, _looked_up(numbers, rows))
    return [found]


def _same_table(name: str, sheet: str) -> bool:
    return name == sheet or (len(sheet) >= SHEET_NAME and name.startswith(sheet[: SHEET_NAME - 3]))


# What each column is


def _described(
    cells: pd.DataFrame, questions: Sequence[Question], file: str
) -> tuple[pd.DataFrame, tuple[Column, ...], Notes]:
    """Cells without what they say twice or do not say, and what is said of each column."""
    names = [str(name) for name in cells]
    about = _about(names)
    known = _by_heading([name for name in names if name not in about], questions)
    notes = Notes()
    columns = {n: Column(n, kind="about") if n in about else _column(n, known.get(n)) for n in names}
    for name, options in _boxes(cells, names, questions, known).items():
        question = known.get(name) or next((one for one in questions if name in one.headings), None)
        described = [_box(name, box, option, question) for box, option in options.items()]
        if name in cells and not _agree(cells, name, described):
            problem = f"{name} of {file} holds other answers than the columns of its options"
            notes.append(("warning", problem, "the joined cells count, the single columns stand alone"))
            continue
        ticked = cells[list(options)].isin(TICKED).any(axis=1)
        zeros = {cell for box in options for cell in set(cells[box]) & UNTICKED}
        said = cells[list(options)].where(ticked, "")
        columns |= {box.name: replace(box, unticked=min(zeros, default=None)) for box in described}
        columns.pop(name, None)
        cells = cells.assign(**said)
    cells = cells[list(columns)]
    return cells, tuple(columns.values()), notes + _perhaps_boxes(cells, columns, questions)


def _by_heading(headings: Sequence[str], questions: Sequence[Question]) -> dict[str, Question]:
    """The question of each heading, each question once; names go before labels."""
    called: dict[str, list[Question]] = {}
    for question in (one for one in questions if one.type not in NO_COLUMN):
        for heading in dict.fromkeys(question.headings):
            called.setdefault(heading, []).append(question)
    found: dict[str, Question] = {}
    for heading in headings:
        likely = called.get(heading) or called.get(re.sub(r" \(\d+\)$", "", heading)) or []
        free = [question for question in likely if question not in found.values()]
        if free:
            found[heading] = free[0]
    return found


def _boxes(
    cells: pd.DataFrame, names: Sequence[str], questions: Sequence[Question], known: Mapping[str, Question]
) -> dict[str, dict[str, str]]:
    """By question with several answers, the columns of its options and the option of each.

    It has a column of its own with the joined answers, or it is in the form: else it may be a group of questions.
    """
    several = {heading for one in questions if one.type.startswith("select_multiple") for heading in one.headings}
    joined = {name for name in names if name not in known or known[name].type.startswith("select_multiple")}
    found: dict[str, dict[str, str]] = {}
    for name in names:
        if "/" not in name or name in known or not _holds_ticks(cells[name]):
            continue
        ends = [place for place, letter in enumerate(name) if letter == "/"]  # options may hold one as well
        question = next((name[:end] for end in ends if name[:end] in several or name[:end] in joined), None)
        if question is not None:
            found.setdefault(question, {})[name] = name[len(question) + 1 :]
    return found


def _perhaps_boxes(cells: pd.DataFrame, columns: Mapping[str, Column], questions: Sequence[Question]) -> Notes:
    """Columns that look like the options of one question, where neither form nor joined cells tell."""
    alone = [name for name in columns if "/" in name and not columns[name].group and _holds_ticks(cells[name])]
    above = pd.Series([name.rpartition("/")[0] for name in alone], dtype="str").value_counts()
    likely = [str(name) for name, count in above.items() if count > 1]
    if questions or not likely:
        return []
    done = "read one by one; give the form (XLSForm), or export answers in single and separate columns"
    return [
        (
            "note",
            f"columns under {listed_few(likely)} may be the options of one question, or a group of questions",
            done,
        )
    ]


def _holds_ticks(column: pd.Series) -> bool:
    return set(column) <= {"", *TICKED, *UNTICKED}


def _agree(cells: pd.DataFrame, name: str, boxes: Sequence[Column]) -> bool:
    """Whether the joined cells hold the ticked options, in any order: by length, as labels may have spaces."""
    ticked = [cells[box.name].isin(TICKED) for box in boxes]

    def length(word: Callable[[Column], str]) -> pd.Series:
        parts = [on * (len(word(box)) + 1) for box, on in zip(boxes, ticked, strict=True)]
        return pd.concat(parts, axis=1).sum(axis=1).sub(1).clip(lower=0)

    said = cells[name].str.len()
    words: list[Callable[[Column], str]] = [lambda box: box.key, lambda box: box.part]
    words.append(lambda box: box.name[len(name) + 1 :])  # a label in another language than the form's first
    return any((said == length(word)).all() for word in words)


def _box(name: str, box: str, option: str, question: Question | None) -> Column:
    """One option of a question with several answers."""
    codes = question.codes if question else {}
    of_label = {label: code for code, labels in (question.options if question else {}).items() for label in labels}
    key = option if option in codes else of_label.get(option, option)
    part = codes.get(key, option)
    wording = question.labels[0] if question and question.labels else "" if re.fullmatch(r"\S+", name) else name
    properties = question.properties if question else {}
    whole = " – ".join(filter(None, [wording, part]))
    return Column(box, whole, "tick", name, wording, part, key, properties=properties)


def _column(name: str, question: Question | None) -> Column:
    if question is None:
        return Column(name, "" if re.fullmatch(r"[\w./-]+", name) else name)
    kind = "about" if question.type in WRITTEN_BY_THE_FORM else KINDS.get(question.type, "")
    properties = dict(question.properties)
    if kind == "choices":
        properties.setdefault("separator", " ")
    return Column(name, (*question.labels, "")[0], kind, labels=question.codes, properties=properties)


def _about(headings: Sequence[str]) -> set[str]:
    """What the form and the server note by themselves; "Status" is a question where ODK did not write the file."""
    found = set(headings)
    odk = found >= ODK or "PARENT_KEY" in found
    own = WRITTEN_BY_THE_FORM | WRITTEN_BY_KOBO | (WRITTEN_BY_ODK if odk else set())
    return {heading for heading in headings if heading in own or _ABOUT.fullmatch(heading)}


# The form


def _form(source: Source) -> tuple[str, list[Question]]:
    """The XLSForm the user named or that lies beside the data, and its questions in order."""
    for file in dict.fromkeys([*([source.definition] if source.definition else []), *source.files]):
        if file.suffix.casefold() in WORKBOOKS and _is_form(source, file):
            sheets = {sheet.name: _records(sheet) for sheet in source.sheets(file)}
            return file.name, list(_questions(sheets["survey"], _choices(sheets.get("choices", []))))
    return "", []


def _records(sheet: Sheet) -> list[dict[str, str]]:
    """Rows of a sheet by heading; headings of the form are in any case."""
    rows = filled(sheet.rows)
    parts = [plain_heading(cell).partition("::") for cell in rows[0][1]]
    headings = [word.casefold() + separator + rest for word, separator, rest in parts]
    return [dict(zip(headings, row, strict=False)) for _, row in rows[1:]]


def _choices(rows: Sequence[Mapping[str, str]]) -> dict[str, dict[str, tuple[str, ...]]]:
    lists: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in rows:
        name, code = row.get("list_name") or row.get("list name", ""), row.get("name") or row.get("value", "")
        if name and code:
            lists.setdefault(name, {})[code] = _labels(row)
    return lists


def _labels(row: Mapping[str, str]) -> tuple[str, ...]:
    """Its labels in every language, without those that are empty."""
    return tuple(
        plain_heading(text) for heading, text in row.items() if re.fullmatch(r"label(::?.*)?", heading) and text
    )


def _questions(
    rows: Sequence[Mapping[str, str]], lists: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> Iterator[Question]:
    above: list[Question] = []
    for row in rows:
        word, _, rest = " ".join(row.get("type", "").split()).partition(" ")
        kind = f"{word}_{rest}" if word in ("begin", "end") else TYPED.get(word, word)
        if kind.startswith("end_"):
            above = above[:-1]
            continue
        if not kind or not row.get("name"):
            continue
        conditions = [one.condition for one in above[-1:] if one.condition] + [row.get("relevant", "")]
        question = Question(
            row["name"],
            kind,
            _labels(row),
            tuple(one.name for one in above),
            tuple((*one.labels, one.name)[0] for one in above),
            next((one.name for one in reversed(above) if one.type == "begin_repeat"), ""),
            " and ".join(filter(None, conditions)),
            lists.get(rest.split(" ")[0], {}) if KINDS.get(kind) in ("choice", "choices") else {},
            _travelled(row),
        )
        if kind.startswith("begin_"):
            above = [*above, question]
        yield question


def _travelled(row: Mapping[str, str]) -> dict[str, object]:
    """Properties of ours in the form, under the names of `peernet.survey.Item`."""
    said = {key.removeprefix(OURS): _value(text) for key, text in row.items() if key.startswith(OURS) and text}
    return {LIMITS.get(key, key): value for key, value in said.items()}


def _value(text: str) -> object:
    """A property as it was before it became text: true, 5, or words."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, (bool, int, float)) else text


def _questions_of(table: Table, questions: Sequence[Question]) -> list[Question]:
    """The questions of a repeat group, the group itself first: that of which the table has most headings."""
    groups = {one.name: [one] for one in questions if one.type == "begin_repeat"}
    for one in questions:
        if one.repeat:
            groups[one.repeat].append(one)
    headings = set(table.cells)
    ranked = sorted(
        groups.values(),
        key=lambda own: (table.name.split("-")[-1] == own[0].name, sum(bool(headings & {*q.headings}) for q in own)),
    )
    return ranked[-1] if ranked else []


# What is told


def _not_here(main: Table, below: Sequence[Repeats], questions: Sequence[Question]) -> Notes:
    """Repeat groups of the form that are not in the export; a CSV file alone never has any."""
    groups = [one.name for one in questions if one.type == "begin_repeat"]
    groups += [str(name).removeprefix("SET-OF-") for name in main.cells if str(name).startswith("SET-OF-")]
    beside = list(dict.fromkeys(match["group"] for name in main.cells if (match := _SIDE_BY_SIDE.fullmatch(str(name)))))
    absent = [name for name in groups if name not in {rows.name.split("-")[-1] for rows in below}]
    done = "answers about colleagues one by one stand on another sheet: export as XLSX, or all CSV files together"
    if beside and not below:
        problem = f"{main.file.name} has the rows of {listed(beside)} side by side, in columns such as {beside[0]}[1]"
        return [("error", problem, f"not read as rows; {done}")]
    if len(dict.fromkeys(groups)) > len(below):
        problem = f"{main.file.name} has none of the rows of {listed(list(dict.fromkeys(absent)))}"
        return [("error", problem, done)]
    if below:
        return []
    if questions or main.file.suffix.casefold() in WORKBOOKS:
        return []
    problem = f"{main.file.name} stands alone, and a CSV file of submissions has no rows of repeat groups"
    done = (
        "if the form asks about colleagues one by one, these nominations are on another sheet: export as XLSX, or put "
        "the CSV files of the repeat groups beside it"
    )
    return [("note", problem, done)]


def _of_the_form(file: str, questions: Sequence[Question], tables: Sequence[Table]) -> Notes:
    """Every question is accounted for: without a column, only read, asked under a condition."""
    headings = list(dict.fromkeys(str(heading) for table in tables for heading in table.cells))
    called = {heading: one.name for one in questions if one.type not in NO_COLUMN for heading in one.headings}
    about = set().union(*(_about([str(heading) for heading in table.cells]) for table in tables))
    asked = {heading: _asked_in(heading, called) for heading in headings if heading not in about}
    strange = [heading for heading, name in asked.items() if not name]
    here = {*asked.values(), *(_asked_in(heading, called) for heading in headings)}
    rows = [one for one in questions if one.type not in NO_COLUMN]
    read_only = [one.name for one in questions if one.type == "note"]
    absent = [one.name for one in rows if one.name not in here]
    conditional = [f"{one.name} if {plain_heading(one.condition)}" for one in rows if one.condition]
    more = [f"{len(conditional) - FEW:,} more"] if len(conditional) > FEW else []
    return [
        (severity, f"{problem} {listed_few(which)}", done)
        for severity, problem, which, done in [
            ("note", f"of {file} only read:", read_only, "nothing to read"),
            ("warning", f"questions of {file} without a column in the export:", absent, "not read"),
            ("warning", f"columns that {file} does not know:", strange, "read as text; perhaps another version's"),
            ("note", "asked only under a condition:", conditional[:FEW] + more, "an empty cell may mean not asked"),
        ]
        if which
    ]


def _asked_in(heading: str, called: Mapping[str, str]) -> str:
    """The question a heading is of, as a whole or as one of its options; empty where there is none."""
    ends = [place for place, letter in enumerate(heading) if letter == "/"]
    found = [called[heading[:end]] for end in [*ends, len(heading)][::-1] if heading[:end] in called]
    return found[0] if found else ""
