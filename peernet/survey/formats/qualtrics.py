"""Qualtrics: one sheet whose headings take one, two or three lines, a column per answer, row, option or colleague.

The lines are the names of the columns, the questions, and ``{"ImportId": "QID1"}``; older exports and exports by
question number leave the last out, and people delete lines, so they are counted and never assumed. Which columns are
one question is told by identifiers where there are any (``QID61_1``, ``QID61_12``), else by what their headings share.

References
----------
Qualtrics support, "Understanding Your Dataset" (the columns, Status, Finished) and "Export Options" (multi-value fields
split into columns, seen but unanswered questions as -99).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from peernet.survey.formats.export import Column, Export, Source, unique
from peernet.survey.formats.online import (
    answers,
    different,
    looks_like,
    personal_note,
    plain_text,
    says_none,
    several_in_one,
    shortened,
    the_sheet,
    unanswered,
    without_blank_columns,
)
from peernet.survey.formats.qsf import Definition, Question, the_definition
from peernet.survey.sheets import Notes, Rows

TOOL = "Qualtrics"
# What Qualtrics writes by itself, by the heading in today's export, by its identifier, or in the older export.
ROLES: Mapping[str, str] = {
    "startdate": "start",
    "enddate": "end",
    "status": "status",
    "ipaddress": "address",
    "progress": "progress",
    "duration (in seconds)": "duration",
    "duration": "duration",
    "finished": "finished",
    "recordeddate": "recorded",
    "responseid": "response",
    "_recordid": "response",
    "responseset": "set",
    "name": "recipient",
    "emailaddress": "email",
    "recipientlastname": "recipient",
    "recipientfirstname": "recipient",
    "recipientemail": "email",
    "externalreference": "reference",
    "externaldatareference": "reference",
    "locationlatitude": "place",
    "locationlongitude": "place",
    "locationaccuracy": "place",
    "distributionchannel": "channel",
    "userlanguage": "language",
}
TELLING = {"start", "end", "status", "progress", "duration", "finished", "recorded", "channel"}
FIRST_AND_LAST = ("recipientfirstname", "recipientlastname")
RECIPIENT = "RecipientName"  # the two as one name, as colleagues type it
ONCE = TELLING | {"response"}
ONLY_OLD = {"name", "emailaddress", "responseset"}  # today these are questions
PERSONAL = {"address", "recipient", "email", "reference", "place"}
OLD = re.compile(r"V\d+")
RESPONSE = re.compile(r"R_\w{6,}")
# Statuses of people trying the survey out, as code and in words; previews through the app count up to 17.
TRIED_OUT = {
    "1": "a preview",
    "survey preview": "a preview",
    "preview": "a preview",
    "9": "a preview",
    "17": "a preview",
    "offline survey preview": "a preview",
    "2": "a test",
    "survey test": "a test",
    "test": "a test",
}
# What stands in the words for a preview, whatever the language of the account.
PREVIEW = re.compile(
    r"preview|vorschau|aperçu|vista previa|anteprima|visualização|voorbeeld|förhandsgransk|forhåndsvis|podgląd"
)
ANSWERED = {"", "0", "ip address", "4", "imported", "8", "spam", "12", "16", "offline", "32", "ex", "36", "40", "48"}
ADDRESS = r"\bip\b"  # of whoever answered by the survey's address, in any language
UNFINISHED = {"0", "false"}
SEEN = "-99"
# Orders of display, times, the browser, groups and topics computed from an answer, scores, checks of the panel: nobody
# was asked these. The identifier tells; where there is none, the name.
NOTED = re.compile(
    r"_(DO(_\w+)?|FIRST[ _]CLICK|LAST[ _]CLICK|PAGE[ _]SUBMIT|CLICK[ _]COUNT|NPS_GROUP)$|"
    r"\d_(BROWSER|VERSION|OPERATING[ _]SYSTEM|OS|RESOLUTION)$|^SC(_\w+|\d+)$|^Q_[A-Z][A-Za-z]\w*$|"
    r"_[0-9a-f]{16,}\w*$| - (Parent )?Topic| - Sentiment",
    re.I,
)
TYPED = re.compile(r"^(.*?)(?:_(\d+))?_TEXT$")
RANK = re.compile(r"^(.*?)(?:_G?(\d+))?_(?:x*)(\d+)_RANK$")
LOOP = re.compile(r"^\d+_(?=\D)")
NUMBERED = re.compile(r"^(.*?)((?:_x*\d+)+)$")
QID = re.compile(r"^(?:\d+_)?QID\d+")
_PARTED = re.compile(r"\s+-(?:\s+|$)")


class Heading(NamedTuple):
    """What stands above one column: its name, its wording, its identifier and the number of its choice."""

    name: str
    label: str
    identifier: str
    choice: str
    role: str = ""  # what Qualtrics noted here by itself, empty where it is a question

    @property
    def code(self) -> str:
        """What tells which question it is: the identifier, with the choice, or the name."""
        told = self.identifier or self.name
        return f"{told}_{self.choice}" if self.choice else told


class Place(NamedTuple):
    """Where a column belongs: the question, and the numbers of its row, choice or point there."""

    question: str
    numbers: tuple[str, ...]
    shape: str = ""  # "text", "rank", "noted"
    defined: Question | None = None


def recognised(source: Source) -> bool:
    """Whether a sheet has headings of Qualtrics."""
    return bool(looks_like(source, _is_export))


def read(source: Source) -> Export:
    """The export, with what the survey file beside it says.

    Parameters
    ----------
    source
        The file or folder, and the ``.qsf`` if there is one.

    Returns
    -------
    Export
        Previews, tests and unfinished sheets are set aside.

    Raises
    ------
    SurveyError
        If no sheet or more than one is an export of Qualtrics.
    """
    needs = 'names such as StartDate, Status, Finished and ResponseId, or a line of {"ImportId": ...}'
    found = the_sheet(source, TOOL, _is_export, needs)
    lines = _heading_lines(found.rows)
    rows, uneven = without_blank_columns(found.rows, lines)
    headings = _headings(rows, lines)
    names = unique(heading.name for heading in headings)
    roles = {name: heading.role for name, heading in zip(names, headings, strict=True)}
    definition, notes = the_definition(source)
    places = [_place(heading, definition) for heading in headings]
    asked = [n for n, place in zip(names, places, strict=True) if not roles[n] and place.shape != "noted"]
    cells, again = answers(rows, lines, names, _heads)
    aside = {**again, **_set_aside(cells, roles)}
    kept = cells.drop(index=[number for number in aside if number not in again])
    empty = unanswered(kept, asked)
    kept = kept.drop(index=[*empty])
    columns, differences = _one_list_for_all(_columns(names, headings, places, kept))
    if (called := _recipients(headings, names, kept)) is not None:
        kept = kept.assign(**{RECIPIENT: called})
        columns = [*columns, Column(RECIPIENT, "Name")]
    notes = [*found.notes, *uneven, *notes, *_status_notes(cells, roles), *differences, *_seen_notes(columns)]
    notes += _accounted(definition, columns, places) if definition else []
    private = [name for name, role in roles.items() if role in PERSONAL]
    notes += personal_note(TOOL, private, kept, 'tick "anonymize responses" in the survey options, or remove them')
    return Export(
        "qualtrics",
        found.file.name,
        kept,
        tuple(columns),
        found.lines,
        lines,
        set_aside=dict(sorted({**aside, **empty}.items())),
        notes=tuple(notes),
        semicolons=found.semicolons,
    )


def _recipients(headings: Sequence[Heading], names: Sequence[str], cells: pd.DataFrame) -> pd.Series[str] | None:
    """Whole names of whom an invitation was sent to, where the export tells first and last name of most."""
    told = {heading.identifier or heading.name: cells[name] for heading, name in zip(headings, names, strict=True)}
    parts = {place.casefold(): column for place, column in told.items() if place.casefold() in FIRST_AND_LAST}
    if len(parts) < 2 or RECIPIENT in cells or any((column != "").mean() < 0.5 for column in parts.values()):
        return None
    first, last = (parts[place] for place in FIRST_AND_LAST)
    return (first + " " + last).str.strip()


def _is_export(rows: Rows) -> bool:
    return bool(rows) and _heading_lines(rows) > 0


def _heading_lines(rows: Rows) -> int:
    """How many lines of headings there are, 0 where they are none of Qualtrics."""
    for place, (_, row) in enumerate(rows[:3]):
        if _identifiers(row):
            return place + 1
    second = rows[1][1] if len(rows) > 1 else []
    labels = [*second, *[""] * len(rows[0][1])]  # the second line may be shorter
    headings = _with_roles(Heading(name, label, "", "") for name, label in zip(rows[0][1], labels, strict=False))
    roles = {heading.role for heading in headings} - {""}
    if len(roles & TELLING) < (3 if "response" in roles else 5) and not _is_old(rows) and not _answers_from_third(rows):
        return 0
    return 2 if second and (_is_old(rows) or _is_wording(headings)) else 1


def _is_old(rows: Rows) -> bool:
    """Whether columns are called V1, V2 and so on, and the second line has what Qualtrics noted in them."""
    if len(rows) < 2 or sum(bool(OLD.fullmatch(cell)) for cell in rows[0][1]) < 5:
        return False
    return len({cell.casefold() for cell in rows[1][1]} & ROLES.keys()) > 3


def _answers_from_third(rows: Rows) -> bool:
    """Whether the numbers of the sheets begin in the third line, below their name and a wording."""
    places = [n for n, name in enumerate(rows[0][1]) if ROLES.get(name.casefold()) == "response"]
    column = [row[places[0]] if places and places[0] < len(row) else "" for _, row in rows[1:3]]
    return len(column) > 1 and bool(RESPONSE.fullmatch(column[1])) and bool(re.fullmatch(r"[^\d_]+", column[0]))


def _heads(row: list[str]) -> bool:
    """Whether a line below the headings is one of headings, as where two exports were put one below the other."""
    if row[0].startswith("{"):
        return bool(_identifiers(row))
    return row[0][:1].isalpha() and len({cell.replace(" ", "").casefold() for cell in row[:16]} & ROLES.keys()) > 3


def _is_wording(headings: Iterable[Heading]) -> bool:
    """Whether the second line is questions and no answers: it has words where answers have a time and an identifier."""
    told = {heading.role: heading.label for heading in headings}
    if told.get("response"):
        return not RESPONSE.fullmatch(told["response"]) and not re.search(r"\d", told["response"])
    times = [told[role] for role in ("start", "end") if told.get(role)]
    return bool(times) and not any(re.search(r"\d", time) for time in times)


def _identifiers(row: Sequence[str]) -> list[dict[str, str]]:
    """The identifiers of a line that has little else; what cannot be read as one is none."""
    found = [_identifier(cell) for cell in row]
    return found if sum(map(bool, found)) * 2 > sum(map(bool, row)) else []


def _identifier(cell: str) -> dict[str, str]:
    if "ImportId" not in cell:
        return {}
    try:
        told = json.loads(cell)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _headings(rows: Rows, lines: int) -> list[Heading]:
    above = [row for _, row in rows[:lines]]
    told = _identifiers(above[-1])
    words = above[:-1] if told else above
    width = len(rows[0][1])
    identifiers = [str(each.get("ImportId", "")) for each in told] or [""] * width
    choices = [str(each.get("choiceId", "")) for each in told] or [""] * width
    names = [plain_text(name) for name in words[0]] if words else identifiers
    labels = [plain_text(label) for label in words[1]] if len(words) > 1 else [""] * width
    return _with_roles(Heading(*each) for each in zip(names, labels, identifiers, choices, strict=True))


def _with_roles(headings: Iterable[Heading]) -> list[Heading]:
    """Headings with what Qualtrics noted there; what it notes once stands before a question of the same name."""
    found: list[Heading] = []
    for heading in headings:
        old = OLD.fullmatch(heading.name)
        told = (heading.label if old else heading.identifier or heading.name).casefold()
        role = "" if told in ONLY_OLD and not old else ROLES.get(told, "")
        again = role in ONCE and role in {other.role for other in found}
        found.append(heading._replace(role="" if again else role))
    return found


def _set_aside(cells: pd.DataFrame, roles: Mapping[str, str]) -> dict[int, str]:
    """By number, the sheets of people who tried the survey out or did not finish it."""
    aside: dict[int, str] = {}
    told = {role: cells[name].str.casefold() for name, role in roles.items() if role}
    for role in ("status", "channel"):
        if role in told:
            tried = told[role].map(_tried_out).dropna()
            aside |= {int(str(number)): str(why) for number, why in tried.items() if number not in aside}
    done = told.get("finished", pd.Series("", index=cells.index, dtype="str"))
    open_ = done.isin(UNFINISHED)
    if "progress" in told:
        share = pd.to_numeric(told["progress"], errors="coerce")
        open_ |= ~done.isin({"1", "true"}) & (share < 100)
    return {**{int(number): "not finished" for number in cells.index[open_]}, **aside}


def _tried_out(status: str) -> str | None:
    """What a status in small letters says of somebody who tried the survey out; None of everybody else."""
    return TRIED_OUT.get(status) or ("a preview" if PREVIEW.search(status) else None)


def _status_notes(cells: pd.DataFrame, roles: Mapping[str, str]) -> Notes:
    """Statuses that are no tests and yet not plain: possible spam, and words not known."""
    notes: Notes = []
    for name in [name for name, role in roles.items() if role == "status"]:
        told = cells[name].str.casefold()
        spam = int(told.isin({"8", "12", "40", "spam"}).sum())
        if spam:
            notes.append(("warning", f"Qualtrics marks {spam:,} of the sheets as possible spam", "kept; look at them"))
        strange = sorted(
            set(cells[name][~told.isin(ANSWERED) & ~told.str.contains(ADDRESS) & told.map(_tried_out).isna()])
        )
        if strange:
            problem = f"{name} holds {shortened([repr(word) for word in strange])}, which may be previews"
            notes.append(("warning", problem, "kept; export with numeric values to tell previews from answers"))
    return notes


def _place(heading: Heading, definition: Definition | None) -> Place:
    """The question a column belongs to and its numbers there, by definition, identifier or name."""
    code = heading.code
    if heading.role:
        return Place(code, ())
    if NOTED.search(heading.identifier or heading.name):
        return Place(code, (), "noted")
    typed = TYPED.match(code)
    if typed and typed[2]:
        return Place(typed[1], (typed[2],), "text")
    bare = typed[1] if typed else code
    if rank := RANK.match(bare):
        return Place("_".join(filter(None, (rank[1], rank[2] and f"G{rank[2]}", "RANK"))), (rank[3],), "rank")
    found = definition and (definition.find(bare) or definition.find(heading.name))
    if found:
        return Place(found[0].qid, found[1], "", found[0])
    turn, once = LOOP.match(bare), LOOP.sub("", bare)  # each turn of a loop is a question of its own
    if turn and definition and (found := definition.find(once)):
        return Place(f"{turn[0]}{found[0].qid}", found[1], "", found[0])
    if typed or QID.fullmatch(bare):
        return Place(bare, (), "text" if typed else "")
    if numbered := NUMBERED.match(bare):
        return Place(numbered[1], tuple(numbered[2].strip("_").split("_")))
    stem, _, tag = bare.rpartition("_")  # a row of a matrix may be called as people like: trust_p001
    return Place(stem, (tag,)) if stem and not heading.identifier else Place(bare, ())


def _columns(
    names: Sequence[str], headings: Sequence[Heading], places: Sequence[Place], cells: pd.DataFrame
) -> list[Column]:
    """What is said of each column, alone and as part of its question."""
    columns = [
        _alone(name, *each, cells[name]) for name, each in zip(names, zip(headings, places, strict=True), strict=True)
    ]
    # An export that numbers choices in its identifiers does so for every list to tick, and for nothing else asked.
    numbered_choices = any(h.choice and place.shape != "noted" for h, place in zip(headings, places, strict=True))
    for members in _together(headings, places):
        above, where = [headings[n] for n in members], [places[n] for n in members]
        grouped = _group([columns[n] for n in members], above, where)
        taken = [*names, *dict.fromkeys(column.group for column in columns if column.group)]
        called = grouped[0].group if grouped[0].group not in taken else unique([*taken, where[0].question])[-1]
        chosen = any(heading.choice for heading in above)
        known = chosen or any(place.shape for place in where) or not numbered_choices
        for n, column in zip(members, _kinds(grouped, where, cells, chosen) if known else grouped, strict=True):
            columns[n] = replace(column, group=called)
    return columns


def _alone(name: str, heading: Heading, place: Place, cells: pd.Series[str]) -> Column:
    """What is said of a column by itself."""
    if heading.role or place.shape == "noted":
        return Column(name, heading.label or name, kind="person" if heading.role == "response" else "about")
    wording = " - ".join(filter(None, _segments(heading)))
    missing = {SEEN: "seen and not answered"} if (cells == SEEN).any() else {}
    column = Column(name, wording, missing=missing)
    if place.shape == "text":
        segments = _segments(heading)
        *question, part = segments[:-1] if place.numbers and len(segments) > 1 else [wording]
        key = place.numbers[0] if place.numbers else ""
        return replace(column, kind="text", group_wording=" - ".join(question), part=part if key else "", key=key)
    if place.defined:
        return place.defined.column(column, place.numbers)
    chosen = QID.fullmatch(heading.identifier) and not heading.choice
    coded = any(re.fullmatch(r"\d+(,\d+){2,}", cell) for cell in different(cells))
    several = coded or several_in_one(cells, r",(?! )")
    return replace(column, kind="choices" if several else "choice" if chosen else "")


def _segments(heading: Heading) -> list[str]:
    """The wording in its parts, without the name that an export by question number puts first."""
    parts = _PARTED.split(heading.label)
    by_number = not heading.identifier and len(parts) > 1 and " " not in parts[0]
    return parts[1:] if by_number and (QID.match(heading.name) or heading.role) else parts


def _parted(headings: Sequence[Heading]) -> list[list[str]]:
    """The wordings in their parts; the older export has nothing but a hyphen between them: "Whom?-Ana"."""
    labels = [_segments(heading) for heading in headings]
    texts = [label[0] for label in labels if len(label) == 1]
    same = next((k for k, letters in enumerate(zip(*texts, strict=False)) if len({*letters}) > 1), 0)
    hyphen = texts[0].rfind("-", 0, same) if len(texts) == len(labels) else -1
    return [[text[:hyphen], text[hyphen + 1 :]] for text in texts] if hyphen > 0 else labels


def _together(headings: Sequence[Heading], places: Sequence[Place]) -> list[list[int]]:
    """The places of the columns that make a question of several, each in its order."""
    asked: dict[str, list[int]] = {}
    for n, place in enumerate(places):
        if place.numbers and place.shape in ("", "rank"):
            asked.setdefault(place.question, []).append(n)
    groups: list[list[int]] = []
    for members in asked.values():
        sure = any(QID.match(headings[n].code) or places[n].defined for n in members)
        if len(members) > 1 and (sure or _share_a_question([headings[n] for n in members])):
            groups += _by_longer_side(members, places)
    return [members for members in groups if len(members) > 1]


def _share_a_question(headings: Sequence[Heading]) -> bool:
    """Whether headings start with the same question; where there are no wordings the numbers of the names decide."""
    labels = _parted(headings)
    if not any(any(label) for label in labels):
        return all(NUMBERED.match(heading.code) for heading in headings)
    return len({label[0] for label in labels}) == 1 and len(labels[0]) > 1


def _by_longer_side(members: list[int], places: Sequence[Place]) -> list[list[int]]:
    """A matrix of ticks has rows and points: the longer side makes the parts, as colleagues outnumber layers."""
    if {len(places[n].numbers) for n in members} != {2}:
        return [members]
    sides = [len({places[n].numbers[side] for n in members}) for side in (0, 1)]
    across = 1 if sides[0] > sides[1] else 0  # the shorter side keeps the groups apart
    groups: dict[str, list[int]] = {}
    for n in members:
        groups.setdefault(places[n].numbers[across], []).append(n)
    return [*groups.values()]


def _group(columns: Sequence[Column], headings: Sequence[Heading], places: Sequence[Place]) -> list[Column]:
    """Columns as parts of one question: its name, its wording, and each part's label and number."""
    numbers = [place.numbers for place in places]
    varying = [len({each[-1 - k] for each in numbers}) > 1 for k in range(min(map(len, numbers)))]
    keys = [each[-1 - varying.index(True)] if True in varying else "_".join(each) for each in numbers]
    fixed = "" if len(numbers[0]) < 2 or all(varying) else numbers[0][-1 - varying.index(False)]
    wording, parts = _split(_parted(headings))
    name = _common_name([heading.name for heading in headings], fixed) or places[0].question
    if all(heading.name.startswith(f"{name}_") for heading in headings):
        keys = [heading.name[len(name) + 1 :] for heading in headings]
    if len({key.lstrip("x") for key in keys}) == len(keys):
        keys = [re.sub(r"^x+(?=\d)", "", key) for key in keys]  # choices carried forward have an x before their number
    made = []
    for column, key, part, place in zip(columns, keys, parts, places, strict=True):
        if place.defined and len(place.numbers) == 2 and True in varying:
            made.append(
                replace(place.defined.side(column, place.numbers, -1 - varying.index(True)), group=name, key=key)
            )
        elif place.defined:
            made.append(replace(column, group=name, key=key, part=column.part or part))
        else:
            said = f"{wording} - {part}" if part else wording
            made.append(replace(column, wording=said, group=name, group_wording=wording, part=part, key=key, kind=""))
    return made


def _common_name(names: Sequence[str], fixed: str) -> str:
    """What the names share before the part's number or tag, with the number of the layer they share behind it."""
    if all(RANK.match(name) for name in names):
        return re.sub(r"_x*\d+_RANK$", "_RANK", names[0])
    numbered = {match[1] for name in names if (match := NUMBERED.match(name))}
    words = [name.split("_") for name in names]
    same = next((k for k, each in enumerate(zip(*words, strict=False)) if len({*each}) > 1), 0)
    shared = numbered.pop() if len(numbered) == 1 else "_".join(words[0][:same])
    if fixed:
        shared = NUMBERED.sub(r"\1", shared)
    return f"{shared}_{fixed}" if fixed and shared else shared


def _split(labels: Sequence[Sequence[str]]) -> tuple[str, list[str]]:
    """The question that headings share, before the part and behind it, and what is left for each part."""
    shortest = min(len(label) for label in labels)
    same = next((k for k in range(shortest) if len({label[k] for label in labels}) > 1), shortest)
    start = min(same, shortest - 1)
    end = next((k for k in range(shortest) if len({label[-1 - k] for label in labels}) > 1), 0)
    end = min(end, shortest - start - 1)
    around = [*labels[0][:start], *labels[0][len(labels[0]) - end :]]
    question = [word for word in around if word not in ("", "Selected Choice")]
    return " - ".join(question), [" - ".join(label[start : len(label) - end]).strip() for label in labels]


def _kinds(columns: Sequence[Column], places: Sequence[Place], cells: pd.DataFrame, chosen: bool) -> list[Column]:
    """Parts of a question with what their cells hold: ticks, ranks or, where nobody can tell, nothing said.

    Choices with a number of their own (`chosen`) are ticks where each column holds one thing at most.
    """
    if any(column.kind for column in columns):  # told by the definition
        ticks = all(column.kind == "tick" for column in columns)
        return [replace(c, unticked=_unticked(columns, cells)) if ticks else c for c in columns]
    if all(place.shape == "rank" for place in places):
        return [replace(column, kind="rank") for column in columns]
    seen = {column.name: {*different(cells[column.name])} - {SEEN} for column in columns}
    found = {cell for each in seen.values() for cell in each}
    blank = any((cells[column.name] == "").any() for column in columns)
    coded = found <= {"0", "1"} and "1" in found and (blank or "0" in found)
    words = _ticks_in_words(columns, seen)
    one_thing = all(len(each - {"0"}) < 2 for each in seen.values())
    if not coded and not words and not (chosen and one_thing):
        return [*columns]
    said = [column.part or (next(iter(seen[column.name] - {"0"}), "") if words else "") for column in columns]
    off = _unticked(columns, cells)
    return [replace(column, kind="tick", part=part, unticked=off) for column, part in zip(columns, said, strict=True)]


def _ticks_in_words(columns: Sequence[Column], seen: Mapping[str, set[str]]) -> bool:
    """Whether the only cell of each column is its own option, and of none another's."""
    words = {column.name: seen[column.name] - {"0"} for column in columns}
    told = [column for column in columns if words[column.name]]
    return (
        len(told) > 1
        and all(len(words[column.name]) == 1 for column in told)
        and all(column.part in ("", *words[column.name]) for column in told)
        and len({*map(str, (next(iter(words[column.name])) for column in told))}) == len(told)
    )


def _unticked(columns: Iterable[Column], cells: pd.DataFrame) -> str | None:
    return "0" if any((cells[column.name] == "0").any() for column in columns) else None


def _seen_notes(columns: Sequence[Column]) -> Notes:
    """What the export's options leave open: ticks that cannot be told from no answer, and how to tell them apart."""
    blank = list(dict.fromkeys(c.group for c in columns if c.kind == "tick" and c.unticked is None))
    if not blank:
        return []
    problem = f"{shortened(blank)}: read as ticks; a blank cell is an option not ticked or a question not answered"
    done = 'who ticked something saw the list; export with "recode seen but unanswered multi-value fields as 0" to tell'
    return [("note", problem, done)]


def _one_list_for_all(columns: Sequence[Column]) -> tuple[list[Column], Notes]:
    """Parts without a label are named after the same choice of another question; lists that differ are told.

    A choice keeps its number in all questions that carry it forward. A question is believed where every label the two
    have in common agrees, and there are two at least.
    """
    lists = _lists(columns)
    named = {n: {key: part for key, part in parts.items() if part} for n, parts in lists.items()}
    notes: Notes = []
    found: dict[str, dict[str, str]] = {}
    for name, parts in lists.items():
        lost = [key for key, part in parts.items() if not part]
        if not lost:
            continue
        like = [other for other in named if other != name and _agree(named[name], named[other])]
        best = max(like, key=lambda other: sum(key in named[other] for key in lost), default="")
        found[name] = {key: named[best][key] for key in lost if key in named.get(best, {})}
        notes += _recovery_notes(name, best, lost, found[name], len(named[name].keys() & named.get(best, {}).keys()))
    made = [_named(column, found.get(column.group, {}).get(column.key, "")) for column in columns]
    return made, [*notes, *_difference_notes(_lists(made))]


def _lists(columns: Iterable[Column]) -> dict[str, dict[str, str]]:
    """Number to label of each list to tick or rank."""
    lists: dict[str, dict[str, str]] = {}
    for column in columns:
        if column.group and column.kind in ("tick", "rank", ""):
            lists.setdefault(column.group, {})[column.key] = column.part
    return lists


def _named(column: Column, part: str) -> Column:
    """A column called as its choice is in another list, if it is, and whether that says none of the others."""
    if part:
        column = replace(column, part=part, wording=f"{column.group_wording} - {part}")
    choice = column.kind in ("tick", "rank")
    return replace(column, none=column.none or (choice and says_none(column.part)))


def _agree(some: Mapping[str, str], other: Mapping[str, str]) -> bool:
    shared = some.keys() & other.keys()
    return len(shared) > 1 and all(some[key] == other[key] for key in shared)


def _recovery_notes(name: str, best: str, lost: Sequence[str], found: Mapping[str, str], shared: int) -> Notes:
    notes: Notes = []
    if found:
        problem = f"{len(found)} columns of {name} have no name in their heading"
        notes.append(
            ("warning", problem, f"named by number as in {best}, where all {shared} names in both are the same")
        )
    if left := [key for key in lost if key not in found]:
        problem = f"{name}: nothing says what {shortened([f'{name}_{key}' for key in left])} stand for"
        notes.append(("warning", problem, "say so in the codebook, or export again with the choices' text"))
    return notes


def _difference_notes(lists: Mapping[str, Mapping[str, str]]) -> Notes:
    """Who is on one list and not on another like it, and lists that number the same people in another way."""
    notes: Notes = []
    told: set[str] = set()
    labels = {name: {part for part in parts.values() if part and not says_none(part)} for name, parts in lists.items()}
    for name, here in labels.items():
        alike = [
            other
            for other, there in labels.items()
            if other != name and 2 * len(here & there) > max(len(here), len(there))
        ]
        missing = sorted({label for other in alike for label in labels[other]} - here)
        if missing:
            where = shortened([other for other in alike if labels[other] & {*missing}])
            notes.append(("warning", f"{name} does not list {shortened(missing)}, unlike {where}", "not asked there"))
        other_way = [other for other in alike if not _agree(lists[name], lists[other])]
        if other_way and not told & {name, *other_way}:
            told |= {name, *alike}
            same = [other for other in (name, *alike) if other not in other_way]
            problem = f"a choice has another number in {shortened(same)} than in {shortened(other_way)}"
            notes.append(("note", problem, "the same choice where the label is the same"))
    return notes


def _accounted(definition: Definition, columns: Sequence[Column], places: Sequence[Place]) -> Notes:
    """Every question of the definition without a column, and every column without a question."""
    owners = [place.defined or definition.owner(place.question) for place in places]
    found = {owner.qid for owner in owners if owner}
    if not found:
        problem = f"{definition.file} asks none of the questions of the export"
        return [("warning", problem, "not used; name the definition of this survey")]
    strange = [
        column.name
        for column, place, owner in zip(columns, places, owners, strict=True)
        if not owner and column.kind not in ("about", "person")
    ]
    done = "read as the export has it"
    notes = [("note", f"{name} is a column that {definition.file} does not ask", done) for name in strange]
    return [*notes, *definition.unasked(found), *definition.of_some()]
