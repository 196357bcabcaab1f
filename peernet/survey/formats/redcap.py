"""REDCap: one record in several rows, by event and by repeating instrument, with the data dictionary where it is given.

A person is a record, never a row. The rows of a record that belong to no repeating instrument become one row: the
columns of the first event keep their names, those of a later event carry its name, as ``q1 (later_arm_1)``. Rows of a
repeating instrument become `Repeats`, each with its event; so do the instrument's fields where it does not repeat in
an event and they stand in the base row.

A checkbox is 0 in an export whether it was left empty, not shown, or on a form that nobody opened. Its zeros count as
"shown and not ticked" only where the form was opened: it is marked unverified or complete, something was ticked, or
another of its fields is filled. Of a field with branching logic, or with an option that says "nobody" or "none"
(``@NONEOFTHEABOVE``), they count only where one of its options is ticked. Whatever does not count is emptied.
Without a dictionary a form is the columns up to its ``<form>_complete``.

References
----------
REDCap Help & FAQ: "Data Dictionary", "Exporting data", "Repeating instruments and events".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

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
from peernet.survey.names import is_nobody
from peernet.survey.sheets import Notes, Rows, Sheet

EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
OF_THE_RECORD = {"redcap_data_access_group": "Data access group", "redcap_survey_identifier": "Survey identifier"}
AS_LABELS = {  # what an export with labels as headings calls the columns that REDCap adds
    "Event Name": EVENT,
    "Repeat Instrument": INSTRUMENT,
    "Repeat Instance": INSTANCE,
    "Data Access Group": "redcap_data_access_group",
    "Survey Identifier": "redcap_survey_identifier",
}
COMPLETE = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
OPENED = {"1", "2", "Unverified", "Complete"}
TICKED, UNTICKED = {"1", "Checked"}, {"0", "Unchecked"}
NOT_COMPLETED = {"[not completed]": "survey begun and not completed"}
HEADINGS = {  # of a dictionary: as downloaded, and as the API calls it
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "section": ("Section Header", "section_header"),
    "type": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "validation": ("Text Validation Type OR Show Slider Number", "text_validation_type_or_show_slider_number"),
    "low": ("Text Validation Min", "text_validation_min"),
    "high": ("Text Validation Max", "text_validation_max"),
    "identifier": ("Identifier?", "identifier"),
    "logic": ("Branching Logic (Show field only if...)", "branching_logic"),
    "matrix": ("Matrix Group Name", "matrix_group_name"),
    "annotation": ("Field Annotation", "field_annotation"),
}
WITH_CHOICES = ("radio", "dropdown", "checkbox", "sql")
YES_NO = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
KINDS = {
    "calc": "number",
    "slider": "number",
    "checkbox": "tick",
    **dict.fromkeys((*WITH_CHOICES[:2], "sql"), "choice"),
}
NUMBERS = ("integer", "number")  # validations begin so: number_2dp_comma_decimal
DATES = ("date", "time")
LIMITS = {"minimum": "low", "maximum": "high"}  # as Table Schema calls them
SAYS_NONE = "@NONEOFTHEABOVE"
FEW = 3  # conditions, in one note
_TICK = re.compile(r"(?P<field>.+?)___(?P<code>.+)|(?P<label>.+) \(choice=(?P<option>.*)\)", re.DOTALL)
_COMPLETE = re.compile(r"(?P<form>.+)_complete|Complete\?(?: \(\d+\))?")
_TIMESTAMP = re.compile(r".+_timestamp|Survey Timestamp(?: \(\d+\))?")
_ARM = re.compile(r"_arm_(?P<code>\d+)$| \(Arm (?P<label>\d+): .*\)$")
_OURS = re.compile(r"@PEERNET\s*=\s*['\"]?(?=\{)")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True)
class Field:
    """One row of a data dictionary."""

    name: str
    form: str = ""
    section: str = ""
    type: str = ""
    label: str = ""
    choices: str = ""
    validation: str = ""
    low: str = ""
    high: str = ""
    identifier: str = ""
    logic: str = ""
    matrix: str = ""
    annotation: str = ""

    @property
    def wording(self) -> str:
        """The label without the tags of its layout."""
        return _plain(self.label)

    @property
    def labels(self) -> dict[str, str]:
        """Code to label, in the dictionary's order."""
        if self.type not in WITH_CHOICES:
            return dict(YES_NO.get(self.type, {}))
        pairs = (choice.partition(",") for choice in self.choices.split("|") if choice.strip())
        return {code.strip(): _plain(label) or code.strip() for code, _, label in pairs}

    @property
    def kind(self) -> str:
        """What `Column` calls it."""
        if self.type != "text":
            return KINDS.get(self.type, "choice" if self.type in YES_NO else "text")
        return next((k for k, v in {"number": NUMBERS, "date": DATES}.items() if self.validation.startswith(v)), "text")


@dataclass(frozen=True)
class Place:
    """Where a column belongs: its form, the dictionary's row, the option where it is one of a checkbox."""

    column: str
    form: str = ""
    field: Field | None = None
    option: str = ""
    role: str = ""  # "record", "complete", "timestamp", or one of the names that REDCap adds

    @property
    def of_a_question(self) -> bool:
        """Whether it holds an answer."""
        return not self.role


@dataclass(frozen=True, eq=False)
class Records:
    """The rows of a file and what each is: whose, of which wave, of which repeating instrument."""

    cells: pd.DataFrame
    record: pd.Series
    wave: pd.Series
    instrument: pd.Series
    waves: tuple[str, ...]  # in order
    first: frozenset[str]  # of each arm
    repeated: Mapping[str, list[str]]  # instrument: its columns


def recognised(source: Source) -> bool:
    """Whether a table has what only REDCap writes, or there is nothing but a data dictionary."""
    tables = source.tables()
    dictionaries = [table for table in tables if _is_dictionary(table[1])]
    alone = bool(dictionaries) and len(dictionaries) == len(tables)
    return alone or bool(_answers(source)) or any(_is_line_per_answer(sheet) for _, sheet in tables)


def read(source: Source) -> Export:
    """The records of a project, one row each."""
    file, sheet = _one_export(source)
    dictionary_file, fields = _dictionary(source)
    notes = _strangers(source, file, dictionary_file)
    rows = filled(sheet.rows)
    names = unique(map(plain_heading, rows[0][1]))
    cells = framed(names, rows[1:])
    places = _places(names, fields)
    who = next(place.column for place in places if place.role == "record")
    nobody = cells.index[cells[who] == ""]
    cells = _without_empty_ticks(cells.drop(nobody), places, notes)
    records = _records(cells, places, who, notes)
    merged, later = _one_row_each(records, places, who, notes)
    people = pd.Series(merged.index, index=merged[who])
    repeats = tuple(_repeats(records, places, people, file.name))
    columns = _columns(merged, places, later)
    if fields:
        notes += _of_the_dictionary(dictionary_file, fields, places)
    notes += _of_the_cells(cells, repeats)
    return Export(
        "redcap",
        file.name,
        merged,
        columns,
        sheet.rows[-1][0],
        repeats=repeats,
        set_aside=dict.fromkeys(map(int, nobody), "no record"),
        notes=tuple(notes),
        semicolons=sheet.semicolons,
        other_lines=_other_lines(records, merged),
    )


def _other_lines(records: Records, merged: pd.DataFrame) -> dict[str, int]:
    """How many lines are no first line of a person, by what they are."""
    rest = records.instrument[~records.instrument.index.isin(merged.index)].value_counts()
    return {f"of {name}" if name else "of the same people at other events": int(n) for name, n in rest.items()}


# Which table is what


def _one_export(source: Source) -> tuple[Path, Sheet]:
    """The table of records; it is an error if there is none, or another."""
    if lines := [file.name for file, sheet in source.tables() if _is_line_per_answer(sheet)]:
        raise SurveyError(
            f"{listed(lines)} has a line per answer (REDCap's type EAV), which is no row per person. Export the "
            "records with type flat, or from the web page as CSV (raw data)."
        )
    answers = _answers(source)
    if len(answers) != 1:
        problem = "more than one export of REDCap" if answers else "no export of REDCap with records in it"
        raise SurveyError(
            f"{source.path} holds {what_is_there(source)}: {problem}. Export the records as CSV (raw data, all "
            "instruments and events in one file) and name that file, or put it alone beside the data dictionary."
        )
    return answers[0]


def _is_dictionary(sheet: Sheet) -> bool:
    found = set(headings(sheet))
    return any({HEADINGS["name"][k], HEADINGS["type"][k], HEADINGS["label"][k]} <= found for k in range(2))


def _is_line_per_answer(sheet: Sheet) -> bool:
    return {"record", "field_name", "value"} <= set(headings(sheet))


def _dictionary(source: Source) -> tuple[str, list[Field]]:
    """The dictionary the user named or that lies beside the records, and its fields in order."""
    for file in dict.fromkeys([*([source.definition] if source.definition else []), *source.files]):
        for sheet in source.sheets(file):
            if _is_dictionary(sheet):
                return file.name, _fields(sheet)
    return "", []


def _fields(sheet: Sheet) -> list[Field]:
    rows = filled(sheet.rows)
    first = headings(sheet)
    at = {part: first.index(name) for part, names in HEADINGS.items() for name in names if name in first}
    cells = ({part: row[place] if place < len(row) else "" for part, place in at.items()} for _, row in rows[1:])
    return [Field(**cell) for cell in cells if cell["name"]]


def _answers(source: Source) -> list[tuple[Path, Sheet]]:
    _, fields = _dictionary(source)
    return [
        (file, sheet)
        for file, sheet in source.tables()
        if file != source.definition and not _is_dictionary(sheet) and _looks_like_records(sheet, fields)
    ]


def _looks_like_records(sheet: Sheet, fields: Sequence[Field]) -> bool:
    """Names that REDCap reserves; or a form's completeness and a record, a checkbox or the dictionary's fields."""
    names, rows = headings(sheet), filled(sheet.rows)[1:]
    if {EVENT, INSTRUMENT, *OF_THE_RECORD} & set(names) or {"Event Name", "Repeat Instance"} <= set(names):
        return True
    known = {one.name for one in fields}
    if fields and fields[0].name in names and sum(_base_name(h) in known for h in names) * 2 >= len(names):
        return True
    forms = [place for place, heading in enumerate(names) if _COMPLETE.fullmatch(heading)]
    allowed = {"", "NA", *COMPLETE, *COMPLETE.values()}
    complete = any(_cells_of(rows, place) <= allowed for place in forms)
    ticks = [place for place, heading in enumerate(names) if _TICK.fullmatch(heading)]
    ticked = any(_cells_of(rows, place) <= {"", "NA", *TICKED, *UNTICKED} for place in ticks)
    labelled = any(names[place].startswith("Complete?") for place in forms)
    return complete and (ticked or labelled or "record_id" in names)


def _cells_of(rows: Rows, place: int) -> set[str]:
    return {row[place] for _, row in rows if place < len(row)}


def _base_name(heading: str) -> str:
    tick = _TICK.fullmatch(heading)
    return (tick["field"] or tick["label"]) if tick else heading


def _strangers(source: Source, answers: Path, dictionary: str) -> Notes:
    others = [file.name for file in source.files if file != answers and file.name != dictionary]
    return (
        [("warning", f"{listed(others)} lies beside {answers.name}", "not read; it is no part of it")] if others else []
    )


# What each column is


def _places(names: Sequence[str], fields: Sequence[Field]) -> list[Place]:
    """Each column with its field; the form is the dictionary's, else that of the next column of completeness."""
    of = {one.name: one for one in fields}
    ahead = list(fields)
    # The identifier: called so, or the first field of the dictionary; else the first column with a name.
    likely = ["record_id", "Record ID", *([fields[0].name, fields[0].wording] if fields else [])]
    record = next((name for name in likely if name in names), next(n for n in names if not n.startswith("column ")))
    places: list[Place] = []
    for name in names:
        tick, complete = _TICK.fullmatch(name), _COMPLETE.fullmatch(name)
        own = AS_LABELS.get(name, name)
        if name == record:
            places.append(Place(name, role="record"))
        elif own in (EVENT, INSTRUMENT, INSTANCE, *OF_THE_RECORD):
            places.append(Place(name, role=own))
        elif complete and name not in of:
            places.append(Place(name, complete["form"] or name, role="complete"))
        elif _TIMESTAMP.fullmatch(name) and name not in of:
            places.append(Place(name, role="timestamp"))
        else:
            found = of.get(_base_name(name)) or _by_label(_base_name(name), ahead)
            option = (tick["code"] or tick["option"]) if tick and (not found or found.type == "checkbox") else ""
            places.append(Place(name, found.form if found else "", found, option))
    return _with_forms(places)


def _by_label(heading: str, ahead: list[Field]) -> Field | None:
    """The next field of the dictionary with this label: labels repeat, their order does not change."""
    label = re.sub(r" \(\d+\)$", "", heading)
    place = next((k for k, one in enumerate(ahead) if one.wording in (heading, label)), None)
    if place is None:
        return None
    found = ahead[place]
    if found.type != "checkbox":  # of a checkbox there are more columns to come
        del ahead[: place + 1]
    return found


def _with_forms(places: Sequence[Place]) -> list[Place]:
    done: list[Place] = []
    form = ""
    for place in reversed(places):
        form = place.form if place.role == "complete" else form
        ours = place.of_a_question or place.role == "timestamp"
        done.append(replace(place, form=form) if ours and not place.form else place)
    return done[::-1]


# Checkboxes that say nothing


def _without_empty_ticks(cells: pd.DataFrame, places: Sequence[Place], notes: Notes) -> pd.DataFrame:
    """Zeros of checkboxes emptied where they say nothing, by the rule at the head of this file."""
    cells = cells.copy()
    emptied = 0
    for form in dict.fromkeys(place.form for place in places if place.option):
        ticks = [place for place in places if place.option and place.form == form]
        opened = _opened(cells, [place for place in places if place.form == form])
        for name in dict.fromkeys(_question(place) for place in ticks):
            options = [place.column for place in ticks if _question(place) == name]
            fields = [place.field for place in ticks if _question(place) == name and place.field]
            words = [place.option for place in ticks if _question(place) == name]
            words += [label for one in fields for label in one.labels.values()]
            needs_a_tick = any(one.logic or SAYS_NONE in one.annotation for one in fields) or any(map(is_nobody, words))
            says = cells[options].isin(TICKED).any(axis=1) if needs_a_tick else opened
            emptied += int((~says & cells[options].isin(UNTICKED).any(axis=1)).sum())
            cells[options] = cells[options].where(says, "")
    if emptied:
        count = count_in_digits(emptied, "checkbox question", "checkbox questions")
        hidden = "whose form was not opened, which branching logic may have hidden, or of which an option says none"
        problem = f"nothing is ticked in {count} {hidden}; REDCap writes 0 there too"
        notes.append(("note", problem, "no answer"))
    return cells


def _opened(cells: pd.DataFrame, places: Sequence[Place]) -> pd.Series:
    complete = [place.column for place in places if place.role == "complete"]
    ticks = [place.column for place in places if place.option]
    others = [place.column for place in places if place.of_a_question and not place.option]
    ticked = cells[ticks].isin(TICKED).any(axis=1)
    return cells[complete].isin(OPENED).any(axis=1) | ticked | (cells[others] != "").any(axis=1)


def _question(place: Place) -> str:
    return place.field.name if place.field else _base_name(place.column)


# Rows


def _records(cells: pd.DataFrame, places: Sequence[Place], who: str, notes: Notes) -> Records:
    def column(role: str) -> pd.Series:
        found = next((place.column for place in places if place.role == role), None)
        return pd.Series("", cells.index, dtype="str") if found is None else cells[found]

    event, instrument, instance = column(EVENT), column(INSTRUMENT), column(INSTANCE)
    again = (instrument == "") & ~instance.isin(["", "1"])  # the whole event repeats
    wave = event.where(~again, event + " " + instance).str.strip()
    seen = pd.DataFrame({"record": cells[who], "wave": wave}).drop_duplicates()
    courses = seen.groupby("record", sort=False)["wave"].agg(tuple).drop_duplicates().tolist()
    ordered = _in_order(courses)
    arms = {name: next(filter(None, arm.groups())) if (arm := _ARM.search(name)) else "" for name in ordered}
    one_arm_each = all(len({arms[name] for name in course}) == 1 for course in courses)
    first = (
        {next(name for name in ordered if arms[name] == arm) for arm in arms.values()} if one_arm_each else {ordered[0]}
    )
    records = Records(cells, cells[who], wave, instrument, tuple(ordered), frozenset(first), {})
    if len(ordered) > 1:
        later = listed_few([name for name in ordered if name not in first])
        problem = f"each record has rows of several events: first {listed(sorted(first), 'or')}, later {later}"
        done = "one person each; columns of a later event carry its name, and ties are those of the first"
        notes.append(("note", problem, done))
    return replace(records, repeated=_repeated(records, places))


def _in_order(sequences: Sequence[Sequence[str]]) -> list[str]:
    """Events in an order that every record keeps to, where there is one; else as they first appear."""
    left = list(dict.fromkeys(name for sequence in sequences for name in sequence))
    ordered: list[str] = []
    while left:
        behind = {name for sequence in sequences for name in [n for n in sequence if n in left][1:]}
        ordered.append(next((name for name in left if name not in behind), left[0]))
        left.remove(ordered[-1])
    return ordered


def _repeated(records: Records, places: Sequence[Place]) -> dict[str, list[str]]:
    """The columns of each repeating instrument: its form's, known by name or by what its rows fill."""
    found: dict[str, list[str]] = {}
    answers = [place for place in places if place.of_a_question or place.role in ("complete", "timestamp")]
    named = any(place.role == "complete" or place.field for place in places)
    for instrument in dict.fromkeys(records.instrument[records.instrument != ""]):
        rows = records.cells[records.instrument == instrument]
        says = {place for place in answers if not rows[place.column].isin(["", *UNTICKED]).all()}
        forms = {place.form for place in answers if place.form.casefold() == instrument.casefold().replace(" ", "_")}
        forms = forms or {place.form for place in says}
        found[instrument] = [p.column for p in answers if (p.form in forms if named and forms else p in says)]
    return found


def _one_row_each(
    records: Records, places: Sequence[Place], who: str, notes: Notes
) -> tuple[pd.DataFrame, dict[str, tuple[str, str]]]:
    """One row per record, and for each column of a later wave the column it is of and the wave."""
    base = records.instrument == ""
    below = {name for names in records.repeated.values() for name in names}
    kept = [p.column for p in places if p.role not in (EVENT, INSTRUMENT, INSTANCE, "record", *OF_THE_RECORD)]
    kept = [name for name in kept if name not in below]
    of_record = [place.column for place in places if place.role in OF_THE_RECORD]
    people = list(dict.fromkeys(records.record))
    first = _merged(records, base & records.wave.isin(records.first), kept, notes).reindex(people, fill_value="")
    parts, later, spoken = [], {}, (first != "").any()
    for wave in [name for name in records.waves if name not in records.first]:
        part = _merged(records, base & (records.wave == wave), kept, notes).reindex(people, fill_value="")
        part = part.loc[:, (part != "").any()]
        spoken[part.columns] = spoken[part.columns] | False
        named = {name: f"{name} ({wave})" for name in part.columns}
        later.update({new: (old, wave) for old, new in named.items()})
        parts.append(part.rename(columns=named))
    only_later = {old for old, _ in later.values()} - set(first.columns[(first != "").any()])
    everywhere = _merged(records, pd.Series(True, base.index), of_record, []).reindex(people, fill_value="")
    merged = pd.concat([everywhere, first.drop(columns=list(only_later)), *parts], axis=1)
    merged.insert(0, who, people)
    lead = records.record[base & records.wave.isin(records.first)]
    order = pd.concat([lead, records.record[base], records.record]).drop_duplicates()
    merged.index = pd.Index(pd.Series(order.index, index=order).reindex(people).to_numpy())
    return merged, later


def _merged(records: Records, rows: pd.Series, names: Sequence[str], notes: Notes) -> pd.DataFrame:
    """The first answer of each record in these rows; more than one row of a record is told where they differ."""
    cells = records.cells.loc[rows, list(names)]
    record = records.record[rows]
    if not record.duplicated().any():
        return cells.set_axis(pd.Index(record.to_numpy()), axis=0)
    grouped = cells.where(cells != "").groupby(record.to_numpy(), sort=False)
    several = grouped.nunique().gt(1).any(axis=1)
    if differ := [str(name) for name in several.index[several]]:
        notes.append(
            (
                "warning",
                f"{count_in_digits(len(differ), 'record has', 'records have')} several rows of one event that "
                f"differ: {listed_few(differ)}",
                "the first answer to each question counts; records are exported once",
            )
        )
    return grouped.first().fillna("").astype("str")


def _repeats(records: Records, places: Sequence[Place], people: pd.Series, file: str) -> Iterator[Repeats]:
    """The rows of each repeating instrument, those of the first event first; also where it stands in a base row."""
    rank = records.wave.map({name: (name not in records.first, k) for k, name in enumerate(records.waves)})
    instance = [place.column for place in places if place.role == INSTANCE]
    for instrument, names in records.repeated.items():
        answers = [p.column for p in places if p.column in names and p.of_a_question]
        in_base = (records.instrument == "") & (records.cells[answers] != "").any(axis=1)
        rows = (records.instrument == instrument) | in_base
        order = rank[rows].sort_values(kind="stable").index
        cells = records.cells.loc[order, [*instance, *names]]
        columns = tuple(
            replace(_column(place, place.column), group=instrument) for place in places if place.column in cells.columns
        )
        person = records.record.loc[order].map(people)
        one_name = dict.fromkeys(records.first, listed(sorted(records.first), "or"))  # parallel arms begin together
        wave = records.wave.loc[order].replace(one_name) if len(records.waves) > 1 else None
        yield Repeats(instrument, cells[[column.name for column in columns]], person, columns, file, wave)


# What is said of each column


def _columns(merged: pd.DataFrame, places: Sequence[Place], later: Mapping[str, tuple[str, str]]) -> tuple[Column, ...]:
    of = {place.column: place for place in places}
    headers = _above_matrices(places)
    columns = []
    for name in merged.columns:
        old, wave = later.get(name, (name, ""))
        column = _column(of[old], name, headers)
        columns.append(replace(column, group=f"{column.group} ({wave})") if wave and column.group else column)
    return tuple(columns)


def _column(place: Place, name: str, headers: Mapping[str, str] | None = None) -> Column:
    if place.role == "record":
        return Column(name, "Record", "person")
    if place.role == "complete":
        return Column(name, f"Form {place.form} complete?", "about", labels=COMPLETE)
    if place.role == "timestamp":
        return Column(name, "When the survey was sent in", "about", missing=NOT_COMPLETED)
    if place.role:
        return Column(name, OF_THE_RECORD.get(place.role, "Repeat instance"), "about")
    if place.option:
        return _tick(place, name)
    if place.field is None:
        return Column(name, "" if re.fullmatch(r"[a-z0-9_]+", place.column) else place.column)
    return _of_a_field(place.field, name, (headers or {}).get(place.field.matrix, ""))


def _of_a_field(field: Field, name: str, above: str) -> Column:
    """A column as the dictionary has it; rows of a matrix belong together, under the header above them."""
    column = Column(name, field.wording, field.kind, labels=field.labels, properties=_properties(field))
    if not field.matrix or field.type != "radio":
        return column
    whole, key = f"{above} {field.wording}".strip(), field.name.removeprefix(f"{field.matrix}_")
    return replace(column, wording=whole, group=field.matrix, group_wording=above, part=field.wording, key=key)


def _tick(place: Place, name: str) -> Column:
    """One option of a checkbox; in the column's name its code is in small letters and has no signs."""
    question, labels = _question(place), place.field.labels if place.field else {}
    plain = {re.sub(r"[^a-z0-9]", "_", code.lower()): code for code in labels}
    by_label = {label: code for code, label in labels.items()}
    key = plain.get(place.option) or by_label.get(place.option) or place.option
    part = labels.get(key, "" if "___" in place.column else place.option)
    wording = place.field.wording if place.field else "" if "___" in place.column else question
    unticked = "0" if "___" in place.column else "Unchecked"
    properties = _properties(place.field) if place.field else {}
    whole = " – ".join(filter(None, [wording, part]))
    return Column(name, whole, "tick", question, wording, part, key, unticked=unticked, properties=properties)


def _above_matrices(places: Sequence[Place]) -> dict[str, str]:
    """The section header above each matrix, which is its question."""
    fields = [place.field for place in places if place.field]
    return {
        one.matrix: plain_heading(_TAG.sub(" ", one.section)) for one in reversed(fields) if one.matrix and one.section
    }


def _properties(field: Field) -> dict[str, object]:
    """What the dictionary says an item is: the limits of a number, and our own properties in the annotation."""
    found: dict[str, object] = {}
    if field.kind == "number" and field.low and field.high:
        try:
            found = {"low": float(field.low), "high": float(field.high)}
        except ValueError:  # limits may be dates or other fields
            found = {}
    if ours := _OURS.search(field.annotation):
        try:
            said, _ = json.JSONDecoder().raw_decode(field.annotation, ours.end())
        except ValueError:
            return found
        found.update({LIMITS.get(name, name): value for name, value in said.items()})
    return found


# What is told


def _of_the_dictionary(file: str, fields: Sequence[Field], places: Sequence[Place]) -> Notes:
    """Every field is accounted for: without a column, marked as an identifier, asked under a condition."""
    exported = {place.field.name for place in places if place.field} | {
        place.column for place in places if place.role == "record"
    }
    exported |= {one.name for one in fields[:1]}
    texts = [one.name for one in fields if one.type == "descriptive"]
    absent = [one.name for one in fields if one.name not in exported and one.type != "descriptive"]
    unknown = [place.column for place in places if place.of_a_question and place.field is None]
    conditional = [f"{one.name} if {plain_heading(one.logic)}" for one in fields if one.logic and one.name in exported]
    more = [f"{len(conditional) - FEW:,} more"] if len(conditional) > FEW else []
    ours = [replace(one, low="", high="") for one in fields if _OURS.search(one.annotation)]  # limits apart
    broken = [one.name for one in ours if not _properties(one)]
    return [
        (severity, f"{problem} {listed_few(which)}", done)
        for severity, problem, which, done in [
            ("note", f"fields of {file} that are only read:", texts, "nothing to read"),
            ("warning", f"fields of {file} without a column in the export:", absent, "not read; export all fields"),
            ("warning", f"columns that {file} does not know:", unknown, "read as text"),
            ("note", "asked only under a condition:", conditional[:FEW] + more, "an empty cell may mean not asked"),
            (
                "note",
                f"marked in {file} as identifying people:",
                [one.name for one in fields if one.identifier.casefold() in ("y", "1")],
                "kept; leave out of the codebook what is not needed",
            ),
            ("warning", f"@PEERNET in {file} is no JSON for", broken, "not used"),
        ]
        if which
    ]


def _of_the_cells(cells: pd.DataFrame, repeats: Sequence[Repeats]) -> Notes:
    notes: Notes = []
    damaged = cells.apply(lambda column: column.str.contains(r"<U\+[0-9A-F]{4}>", regex=True)).to_numpy().sum()
    if damaged:
        notes.append(
            (
                "warning",
                f"{count_in_digits(int(damaged), 'cell holds', 'cells hold')} letters as <U+0421>",
                "read as they stand; another program damaged the file, export it again as UTF-8",
            )
        )
    for rows in repeats:
        waves = (
            [] if rows.wave is None else [f"{n} at {wave}" for wave, n in rows.wave.value_counts(sort=False).items()]
        )
        told = f": {listed_few(waves)}" if waves else ""
        count = count_in_digits(len(rows.cells), "row", "rows")
        done = "who has none named nobody or did not come to it: REDCap cannot tell"
        notes.append(("note", f"{rows.name} repeats, {count}{told}", done))
    return notes


def _plain(text: str) -> str:
    """Text without the tags of its layout, on one line."""
    return plain_heading(_TAG.sub(" ", text))
