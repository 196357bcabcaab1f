"""Several tables in one file, one below the other: peer ratings as TEAMMATES downloads them; all others are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from peernet.errors import SurveyError
from peernet.survey.formats.export import Column, Export, Repeats, Source, filled, framed, unique
from peernet.survey.formats.plain import blocks, refuse_second_table, second_table, width
from peernet.survey.item import plain_heading
from peernet.survey.sheets import Rows, Sheet

TEAM, GIVER, RECIPIENT, FEEDBACK = "Team", "Giver's ", "Recipient's ", "Feedback"
EMAIL = "Email"
NAMES = ("Name", "Full Name")
UNANSWERED = {"No Response": "asked and not answered"}
GENERAL = "-"  # stands for a recipient where a question is about nobody in particular
QUESTION = "Question "


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


def _is_download(rows: Rows) -> bool:
    return any(_is_head_of_ratings(block[0][1]) for block in blocks(rows))


def _is_head_of_ratings(row: Sequence[str]) -> bool:
    return {GIVER + EMAIL, RECIPIENT + EMAIL} <= {*row}


def _questions(file: Path, rows: Rows) -> Iterator[_Ratings]:
    """The rows of each question with its text, which stands in a line of its own above them."""
    title, wording = "Ratings", ""
    for block in blocks(rows):
        for place, (_, row) in enumerate(block):
            if row[0].startswith(QUESTION) and row[0].removeprefix(QUESTION).isdigit():
                title, wording = row[0], plain_heading(row[1] if len(row) > 1 else "")
            if place == 0 and _is_head_of_ratings(row):
                headings = unique(plain_heading(cell) for cell in row[: width(row)])
                for number, given in block[place + 1 :]:
                    if width(given) > len(headings):
                        raise SurveyError(
                            f"{file}: row {number} has {width(given)} cells, its headings are {len(headings)}. "
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
    of_giver = [name for name in names if name == TEAM or name.startswith(GIVER)]
    names = [name for name in names if not name.startswith(RECIPIENT)][: len(of_giver)]
    columns = [Column(name, name, "person" if name == GIVER + EMAIL else "") for name in names]
    cells = framed(names, rows)
    for question in questions:
        place = question.headings.index(RECIPIENT + EMAIL) + 1  # the answer is the first cell after the recipient's
        alone = {numbers[question.of(row, GIVER)]: row[place] if place < len(row) else "" for row in question.alone()}
        if alone:
            name = f"{question.title} (oneself)"
            cells = cells.assign(**{name: pd.Series(alone, dtype="str").reindex(cells.index, fill_value="")})
            columns.append(Column(name, f"{question.wording} (oneself)", missing=UNANSWERED))
    return cells, columns


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
