"""SurveyMonkey: two lines of headings, the question and then its options, with a column for each option.

The question stands above the first of its columns only; libraries that read the file first write ``Unnamed: 4`` or
``...4`` into the blanks. Below it stand the options of a list to tick, the rows of a matrix, the boxes to type into, or
``Response`` where there is one column. Exports made for other programs have both in one line: ``Question - Option``.

A ticked option holds its own text; one that was not ticked is blank, or "Not selected" where the export says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from peernet.survey.formats.export import Column, Export, Source, unique
from peernet.survey.formats.online import (
    answers,
    are_ranks,
    different,
    export_of,
    looks_like,
    personal_note,
    plain_text,
    says_none,
    says_not_ticked,
    shortened,
    the_sheet,
    without_blank_columns,
    without_unanswered,
)
from peernet.survey.sheets import Notes, Rows

TOOL = "SurveyMonkey"
WHO = re.compile(r"respondent[ _]?id", re.I)
ADDED = re.compile(
    r"respondent[ _]?id|collector[ _]?id|(start|end) ?date|date (created|modified)|ip ?address|email ?address|"
    r"(first|last) ?name|custom ?data( ?\d+)?|collector|language",
    re.I,
)
PERSONAL = re.compile(r"ip ?address|email ?address|(first|last) ?name", re.I)
FILLER = re.compile(r"|unnamed: \d+(_level_\d+)?|\.\.\.\d+", re.I)
ONE_ANSWER = re.compile(r"|response", re.I)
OPEN = re.compile(r"open[- ]ended response", re.I)
OTHER = re.compile(r"other\b.*|.*please specify.*", re.I)
IDENTIFIER = re.compile(r"\d{4,}")


def recognised(source: Source) -> bool:
    """Whether a sheet has headings of SurveyMonkey."""
    return bool(looks_like(source, _is_export))


def read(source: Source) -> Export:
    """The export.

    Parameters
    ----------
    source
        The file or folder.

    Returns
    -------
    Export
        Sheets without a single answer are set aside.

    Raises
    ------
    SurveyError
        If no sheet or more than one is an export of SurveyMonkey.
    """
    needs = "Respondent ID first, and a second line with the options, Response or Open-Ended Response"
    found = the_sheet(source, TOOL, _is_export, needs)
    lines = _heading_lines(found.rows)
    rows, uneven = without_blank_columns(found.rows, lines)
    blocks = _blocks(rows) if lines == 2 else _blocks_of_one_line(rows)
    columns = [column for block in blocks for column in block]
    columns = [replace(c, name=name) for c, name in zip(columns, unique(c.name for c in columns), strict=True)]
    cells, aside = answers(rows, lines, [column.name for column in columns])
    cells, aside = without_unanswered(cells, columns, aside)
    columns = _with_kinds(columns, cells)
    private = [column.name for column in columns if column.kind == "about" and PERSONAL.fullmatch(column.name)]
    advice = "turn on anonymous responses in the collector, or remove them"
    notes = [*uneven, *_rounded(columns, cells), *personal_note(TOOL, private, cells, advice), *_blank_notes(columns)]
    return export_of("surveymonkey", found, columns, cells, aside, notes, lines)


def _is_export(rows: Rows) -> bool:
    return _heading_lines(rows) > 0


def _heading_lines(rows: Rows) -> int:
    """How many lines of headings there are, 0 where they are none of SurveyMonkey."""
    if len(rows) < 2:
        return 0
    if _is_line_of_options(rows):
        return 2
    first = rows[0][1]
    who = _respondent(first)
    if who is None:
        return 0
    collected = any(re.fullmatch(r"collector ?id", plain_text(cell), re.I) for cell in first)
    numbers = all(IDENTIFIER.fullmatch(row[who]) for _, row in rows[1:] if who < len(row) and row[who])
    return 1 if numbers and (collected or _has_options_in_cells(rows)) else 0


def _respondent(first: Sequence[str]) -> int | None:
    return next((place for place, cell in enumerate(first) if WHO.fullmatch(plain_text(cell))), None)


def _is_line_of_options(rows: Rows) -> bool:
    """Whether the second line says what each column is, so that nobody has a number in it.

    It says Response, or has options below the blanks beside a question. Without a column of respondents, removed or
    headed in another language, both have to be plain.
    """
    first, second = (row for _, row in rows[:2])
    below = [row for _, row in rows[2:]]
    who = _respondent(first)
    said = [place for place, cell in enumerate(second) if cell and _one_of_its_own(cell)]
    options = [place for place, cell in enumerate(first[: len(second)]) if FILLER.fullmatch(cell) and second[place]]
    ids = [row[who or 0] for row in below if (who or 0) < len(row) and row[who or 0]]
    numbers = all(IDENTIFIER.fullmatch(cell) for cell in ids)
    if who is not None:
        return who < len(second) and not second[who] and any(second) and bool(said or (options and numbers))
    if not second[0] and numbers and ids and all(len(cell) > 7 for cell in ids) and len(options) > 1:
        return True
    again = any(second[place] in [row[place] for row in below if place < len(row)] for place in said)
    return bool(below) and len(said) + len(options) > 1 and bool(said) and not again


def _has_options_in_cells(rows: Rows) -> bool:
    """Whether two headings "Question - Option" have nothing but the option in their cells."""
    split = [_at_last_dash(heading) for heading in rows[0][1]]
    questions = [question for question, _ in split if question]
    told = 0
    for place, (question, option) in enumerate(split):
        cells = {row[place] for _, row in rows[1:] if place < len(row)} - {""}
        told += questions.count(question) > 1 and bool(option) and cells == {option}
    return told > 1


def _at_last_dash(heading: str) -> tuple[str, str]:
    question, _, option = plain_text(heading).rpartition(" - ")
    return question, option


def _blocks(rows: Rows) -> list[list[Column]]:
    """The columns of each question, told from the first line, and what the second says of each."""
    first, second = ([plain_text(cell) for cell in row] for _, row in rows[:2])
    starts = [n for n, cell in enumerate(first) if n == 0 or not FILLER.fullmatch(cell)]
    ends = [*starts[1:], len(first)]
    titles = unique(first[n] for n in starts)
    began = False
    blocks = []
    for title, start, end in zip(titles, starts, ends, strict=True):
        began |= bool(second[start] or end - start > 1)  # what SurveyMonkey notes has nothing below its heading
        blocks.append(_block(title, second[start:end]) if began else [_added(title, start)])
    return blocks


def _added(name: str, place: int = 0) -> Column:
    return Column(name, name, kind="person" if WHO.fullmatch(name) or not place else "about")


def _block(title: str, options: Sequence[str]) -> list[Column]:
    """The columns of one question; the only column, and boxes for another option, stand alone."""
    parts = (
        []
        if len(options) > 1 and all(map(_one_of_its_own, options))
        else [o for o in options if not _alone(o, options)]
    )
    grouped = len(parts) > 1
    made = []
    for place, option in enumerate(options, start=1):
        kind = "text" if OPEN.fullmatch(option) else ""
        if ONE_ANSWER.fullmatch(option) or OPEN.fullmatch(option):
            name = f"{title} - {option or place}" if grouped else title  # a group is called as no column is
            made.append(Column(name, name, kind=kind or "choice"))
            continue
        said = f"{title} - {option}"
        kind = "text" if _alone(option, options) else ""
        column = Column(said, said, kind=kind, group_wording=title, part=option, key=str(place))
        made.append(replace(column, group=title) if grouped else column)
    return made


def _one_of_its_own(option: str) -> bool:
    return bool(ONE_ANSWER.fullmatch(option) or OPEN.fullmatch(option))


def _alone(option: str, options: Sequence[str]) -> bool:
    """Whether a column is no part of a list: the only answer, or a box to type another one into beside it."""
    beside_one = any(map(_one_of_its_own, options))
    return _one_of_its_own(option) or (beside_one and bool(OTHER.fullmatch(option)))


def _blocks_of_one_line(rows: Rows) -> list[list[Column]]:
    """The columns of each question where question and option share a line."""
    headings = [plain_text(cell) for cell in rows[0][1]]
    first_asked = next((n for n, heading in enumerate(headings) if not ADDED.fullmatch(heading)), len(headings))
    split = [_at_last_dash(heading) for heading in headings]
    questions = [question for question, _ in split]
    blocks: list[list[Column]] = []
    for n, (heading, (question, option)) in enumerate(zip(headings, split, strict=True)):
        if n < first_asked:
            blocks.append([_added(heading, n)])
        elif question and questions.count(question) > 1:
            key = str(questions[: n + 1].count(question))
            blocks.append([Column(heading, heading, group=question, group_wording=question, part=option, key=key)])
        else:
            blocks.append([Column(heading, heading)])
    return blocks


def _with_kinds(columns: Sequence[Column], cells: pd.DataFrame) -> list[Column]:
    """Columns with what their cells hold: ticks, ranks, text typed beside a list."""
    found = {column.name: column for column in columns}
    for group in dict.fromkeys(column.group for column in columns if column.group):
        members = [column for column in columns if column.group == group]
        found |= {column.name: column for column in _of_a_list(members, cells)}
    return [found[column.name] for column in columns]


def _of_a_list(members: Sequence[Column], cells: pd.DataFrame) -> list[Column]:
    """The parts of one question with what they hold; a box for another option leaves the list."""
    off = {c.name: {x for x in different(cells[c.name]) if x != c.part and says_not_ticked(x)} for c in members}
    seen = {name: {*different(cells[name])} - words for name, words in off.items()}
    ticked = [column for column in members if seen[column.name] == {column.part} or _numbered_tick(column, seen)]
    if len(ticked) > 1 or (ticked and all(c in ticked or OTHER.fullmatch(c.part) for c in members if seen[c.name])):
        words = set().union(*off.values())
        unticked = words.pop() if len(words) == 1 else None
        return [
            replace(c, kind="tick", unticked=unticked, none=says_none(c.part))
            if c in ticked or not seen[c.name]
            else replace(c, kind="text", group="")
            for c in members
        ]
    names = [column.name for column in members]
    return [replace(column, kind="rank") for column in members] if are_ranks(cells[names]) else [*members]


def _numbered_tick(column: Column, seen: dict[str, set[str]]) -> bool:
    """Whether a ticked option holds its number in the list, as in an export of numbers; others hold theirs."""
    others = [cells for name, cells in seen.items() if cells and name != column.name]
    alone = seen[column.name] == {column.key} and len(others) > 1
    return alone and all(len(cells) == 1 for cells in others) and len({*map(min, others)}) == len(others)


def _rounded(columns: Sequence[Column], cells: pd.DataFrame) -> Notes:
    """That a spreadsheet rounded the numbers of respondents, so that they tell nobody apart."""
    names = [
        c.name for c in columns if c.kind == "person" and cells[c.name].str.fullmatch(r"\d([.,]\d+)?E\+?\d+").any()
    ]
    problem = "was rounded by a spreadsheet, such as 1.14E+10"
    return [("warning", f"{name} {problem}", "export again, or say what else tells people apart") for name in names]


def _blank_notes(columns: Sequence[Column]) -> Notes:
    blank = list(dict.fromkeys(c.group for c in columns if c.kind == "tick" and c.unticked is None))
    if not blank:
        return []
    lists = shortened([repr(name) for name in blank])
    problem = f"{lists}: a blank cell is an option not ticked or a question not answered"
    return [("note", problem, "who ticked something saw the list; of the others SurveyMonkey cannot tell")]
