"""Several tables in one file, one below the other: peer ratings as TEAMMATES downloads them; all others are refused.

A table below another begins after a line without anything. It is told by its headings: more cells than any row above
has, the headings of the first table again, or words over fewer columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from peernet.errors import SurveyError
from peernet.survey.files import Rows, Sheet
from peernet.survey.formats.export import Column, Export, Repeats, Source, filled, framed, unique
from peernet.survey.item import Item, plain_heading
from peernet.survey.numbers import holds_number

TEAM, GIVER, RECIPIENT, FEEDBACK = "Team", "Giver's ", "Recipient's ", "Feedback"
EMAIL = "Email"
NAMES = ("Name", "Full Name")
UNANSWERED = {"No Response": "asked and not answered"}
GENERAL = "-"  # stands for a recipient where a question is about nobody in particular
QUESTION = "Question "
_ANY_NUMBER = Item("any", "experience", "numeric")


@dataclass(frozen=True)
class _Ratings:
    """The rows of one question, each from a giver about a recipient."""

    title: str
    wording: str
    headings: list[str]
    rows: Rows

    def of(self, row: Sequence[str], who: str) -> str:
        """What tells a giver or a recipient from others: the address, else the name."""
        cells = dict(zip(self.headings, row, strict=False))
        return next((cells[who + part] for part in (EMAIL, *NAMES) if cells.get(who + part)), "")

    def is_alone(self, row: Sequence[str]) -> bool:
        """Whether a rating is of oneself, or of nobody in particular."""
        return self.of(row, RECIPIENT) in (self.of(row, GIVER), GENERAL, "")

    def alone(self) -> list[list[str]]:
        """The ratings of oneself or of nobody in particular."""
        return [row for _, row in self.rows if self.is_alone(row)]


def recognised(source: Source) -> bool:
    """Whether the one table there is holds another below it, or peer ratings."""
    tables = source.tables()
    return len(tables) == 1 and (_is_download(tables[0][1].rows) or second_table(tables[0][1]) is not None)


def read(source: Source) -> Export:
    """Peer ratings, a row per person who gave any; raises `SurveyError` of others with the line of the second table."""
    tables = source.tables()
    if len(tables) != 1:
        raise SurveyError(f"{source.path} holds {len(tables)} tables; name the one file with ratings.")
    ((file, sheet),) = tables
    if not _is_download(sheet.rows):
        refuse_second_table(file, sheet)
        raise SurveyError(f"{file} is one table and no download of peer ratings. Read it without format=.")
    return _peer_ratings(file, sheet)


def refuse_second_table(file: Path, sheet: Sheet) -> None:
    """Raise the error that names the line in which a second table begins, if one does."""
    line = second_table(sheet)
    above = [cell for number, row in filled(sheet.rows) if line and number < line for cell in row if cell]
    if line is not None and len(above) == 1:
        raise SurveyError(
            f"{file} has the title {above[0][:60]!r} above its table, whose headings stand in line {line}. "
            f"Remove the lines above line {line} and save it."
        )
    if line is not None:
        raise SurveyError(
            f"{file} holds several tables, one below the other; another begins in line {line}. "
            "Save each table as a file of its own and read the one with a row per person."
        )


def second_table(sheet: Sheet) -> int | None:
    """The line in which a second table begins; None where there is one table."""
    first, *later = _blocks(sheet.rows) or [[]]
    above = list(first)
    for block in later:
        (line, head), below = block[0], block[1:]
        known = [row for _, row in above]
        if below and (_is_wider(head, known) or head == known[0] or _is_heading_of_less(head, below, known)):
            return line
        above += block
    return None


def _blocks(rows: Rows) -> list[Rows]:
    """Rows parted where lines without anything stand between them."""
    blocks: list[Rows] = []
    last = 0
    for number, row in filled(rows):
        if not blocks or number > last + 1:
            blocks.append([])
        blocks[-1].append((number, row))
        last = number
    return blocks


def _width(row: Sequence[str]) -> int:
    """Up to the last cell with anything."""
    return max((place for place, cell in enumerate(row, start=1) if cell), default=0)


def _is_heading(row: Sequence[str]) -> bool:
    """Whether every cell up to the last holds other words than the others, and no number."""
    cells = row[: _width(row)]
    words = {cell.casefold() for cell in cells}
    return len(words) == len(cells) > 1 and all(words) and not any(holds_number(_ANY_NUMBER, cell) for cell in cells)


def _is_wider(head: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    return _is_heading(head) and _width(head) > max(map(_width, above))


def _is_heading_of_less(head: Sequence[str], below: Rows, above: Sequence[Sequence[str]]) -> bool:
    """Words over fewer columns than the table above has, of which none stood above and which no row below exceeds."""
    width = _width(head)
    fewer = width < _width(above[0]) and all(_width(row) <= width for _, row in below)
    new = all(cell not in {row[place] for row in above if place < len(row)} for place, cell in enumerate(head[:width]))
    cut = len(head) == width or any(holds_number(_ANY_NUMBER, cell) for _, row in below for cell in row[:width])
    return _is_heading(head) and fewer and new and cut


def _is_download(rows: Rows) -> bool:
    return any(_is_head_of_ratings(block[0][1]) for block in _blocks(rows))


def _is_head_of_ratings(row: Sequence[str]) -> bool:
    return {GIVER + EMAIL, RECIPIENT + EMAIL} <= {*row}


def _questions(file: Path, rows: Rows) -> Iterator[_Ratings]:
    """The rows of each question with its text, which stands in a line of its own above them."""
    title, wording = "Ratings", ""
    for block in _blocks(rows):
        for place, (_, row) in enumerate(block):
            if row[0].startswith(QUESTION) and row[0].removeprefix(QUESTION).isdigit():
                title, wording = row[0], plain_heading(row[1] if len(row) > 1 else "")
            if place == 0 and _is_head_of_ratings(row):
                headings = unique(plain_heading(cell) for cell in row[: _width(row)])
                for number, given in block[place + 1 :]:
                    if _width(given) > len(headings):
                        raise SurveyError(
                            f"{file}: row {number} has {_width(given)} cells, its headings are {len(headings)}. "
                            "Put quotation marks around answers that contain the separator."
                        )
                yield _Ratings(title, wording, headings, block[place + 1 :])
                break


def _peer_ratings(file: Path, sheet: Sheet) -> Export:
    """People who gave ratings, what they said of themselves, and rows of what they said of colleagues."""
    questions = [question for question in _questions(file, sheet.rows) if question.rows]
    first: dict[str, tuple[int, list[str]]] = {}  # the row in which each giver appears first
    for question in questions:
        for number, row in question.rows:
            first.setdefault(question.of(row, GIVER), (number, row))
    if "" in first:
        raise SurveyError(f"{file}: row {first[''][0]} names nobody who gave the rating. Download the results again.")
    numbers = {giver: number for giver, (number, _) in first.items()}
    cells, columns = _givers(questions, sorted(first.values()), numbers)
    repeats = (_about_colleagues(file, question, numbers) for question in questions)
    rated = sum(len(question.rows) for question in questions)
    return Export(
        "stacked",
        file.name,
        cells,
        tuple(columns),
        sheet.rows[-1][0],
        headings=len(filled(sheet.rows)) - rated,
        repeats=tuple(rows for rows in repeats if len(rows.cells)),
        other_lines={"of further ratings": rated - len(cells)},
        notes=(*sheet.notes, ("note", f"{file.name} has summaries beside the ratings", "the ratings alone were read")),
        semicolons=sheet.semicolons,
    )


def _givers(questions: Sequence[_Ratings], rows: Rows, numbers: Mapping[str, int]) -> tuple[pd.DataFrame, list[Column]]:
    """A row for each giver: team, name and address, then what they said of themselves."""
    names = questions[0].headings if questions else []
    names = [name for name in names if not name.startswith(RECIPIENT)][: sum(map(_is_of_giver, names))]
    columns = [Column(name, name, "person" if name == GIVER + EMAIL else "") for name in names]
    cells = framed(names, rows)
    for question in questions:
        alone = {numbers[question.of(row, GIVER)]: _answer(question, row) for row in question.alone()}
        if alone:
            name = f"{question.title} (oneself)"
            cells = cells.assign(**{name: pd.Series(alone, dtype="str").reindex(cells.index, fill_value="")})
            columns.append(Column(name, f"{question.wording} (oneself)", missing=UNANSWERED))
    return cells, columns


def _is_of_giver(name: str) -> bool:
    return name == TEAM or name.startswith(GIVER)


def _answer(question: _Ratings, row: Sequence[str]) -> str:
    """The first cell after the recipient's."""
    place = question.headings.index(RECIPIENT + EMAIL) + 1
    return row[place] if place < len(row) else ""


def _about_colleagues(file: Path, question: _Ratings, numbers: Mapping[str, int]) -> Repeats:
    """What givers said of colleagues, a row for each; the rating is called as its question."""
    givers = question.headings.index(GIVER + EMAIL) + 1
    rows = [(number, row) for number, row in question.rows if not question.is_alone(row)]
    person = pd.Series({number: numbers[question.of(row, GIVER)] for number, row in rows}, dtype="int64")
    columns = [_rated_column(question, name) for name in question.headings[givers:]]
    cells = framed((column.name for column in columns), [(number, row[givers:]) for number, row in rows])
    return Repeats(question.title, cells, person, tuple(columns), file.name, asked=frozenset(person))


def _rated_column(question: _Ratings, heading: str) -> Column:
    if heading.startswith(RECIPIENT):
        return Column(heading, heading, group=question.title, group_wording=question.wording)
    name = question.title if heading == FEEDBACK else f"{question.title}: {heading}"
    return Column(
        name, question.wording, group=question.title, group_wording=question.wording, part=heading, missing=UNANSWERED
    )
