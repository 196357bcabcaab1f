"""Who is in the survey: several rows of one person put together, and roster and respondents, one row per person."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, compress

import numpy as np
import pandas as pd

from peernet._wording import listed
from peernet.errors import SurveyError, did_you_mean
from peernet.survey.answers import given_cells, is_given, yes_or_no
from peernet.survey.codebook import Codebook
from peernet.survey.files import RawSurvey, TextTable
from peernet.survey.issues import IssueLog
from peernet.survey.item import TAKING_PART, Item
from peernet.survey.names import (
    IDENTIFIER,
    IN_DOUBT,
    NAME,
    UNREAD,
    NameBook,
    holds_name,
    is_code,
    is_no_person,
    is_nobody,
    one_spelling,
    same_label,
    same_name,
    split_names,
    telling,
)
from peernet.survey.nominations import NameReader
from peernet.survey.numbers import plain_number, read_number
from peernet.survey.wordings import TRIAL

NOT_AMONG_PEOPLE = "nobody on the roster"  # the answer that settles a name of somebody who is none of the people
CUT_SHORT = re.compile(r"\d(?:[.,]\d+)?E\+\d+")  # as spreadsheets show long numbers
MOST_TRIALS = 3  # rows that may be trials or sums
Numbered = Sequence[tuple[Hashable, str]]  # cells with the number of their row, oldest first


@dataclass(frozen=True, eq=False)
class PersonTable:
    """A table with one row per person: its cells as text, index ``person``, and where in the file they stand.

    ``numbers`` has the rows of each person under ``(person, "")``, and under ``(person, column)`` those of one answer
    where the person has several rows.
    """

    file: str = ""
    cells: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(index=pd.Index([], dtype="str", name="person")))
    numbers: Mapping[tuple[str, str], tuple[Hashable, ...]] = field(default_factory=dict)

    def where(self, person: str, column: str) -> str:
        """Where somebody's answer stands, such as "row 7 of survey.csv"; empty for somebody without a row."""
        numbers = self.numbers.get((person, column)) or self.numbers.get((person, ""), ())
        if len(numbers) > 1:
            return f"rows {listed([*map(str, numbers)])} of {self.file}"
        return f"row {numbers[0]} of {self.file}" if numbers else ""


Tables = Sequence[PersonTable]


def gather_people(
    raw: RawSurvey, rows: PersonTable, log: IssueLog
) -> tuple[pd.DataFrame, dict[str, frozenset[str]], NameReader]:
    """Name, team and manager of everyone on the roster (or who answered), further managers, a reader of names."""
    roster = PersonTable() if raw.roster.cells.empty else one_row_each(raw.roster, raw.codebook, log)
    index = roster.cells.index.append(_not_on_roster(roster, rows, log))
    names = _names((roster, rows), index, raw.codebook, log)
    people = pd.DataFrame({"name": names, "team": _teams((roster, rows), index, raw.codebook, log)}, index=index)
    _note_other_names(raw.codebook, roster, rows, log)
    people["name"] = people["name"].fillna(people.index.to_series())
    names_of, teams = _known(people["name"]), _known(people["team"])
    book = NameBook(names_of, teams, settled_names(raw.codebook.aliases, NameBook(names_of), log), raw.labels)
    for shared in book.namesakes() if names.notna().any() else ():
        log.note(
            f"{', '.join(shared)} are all called {book.names[shared[0]]}", "told apart by team where only one fits"
        )
    _ask_about_twins(book, log)
    _ask_about_trials(rows, log)
    if cut := [person for person in index.tolist() if not is_code(person) and CUT_SHORT.fullmatch(person)]:
        told = f"identifiers such as {cut[0]!r} are numbers that a spreadsheet has cut short"
        log.warning(told, "kept as they are, and people may share one; export them again as text")
    reader = NameReader(book, raw.codebook.missing, log)
    people["manager"], managers = _managers((roster, rows), index, raw.codebook, reader)
    return people.rename_axis("person"), managers, reader


def _ask_about_twins(book: NameBook, log: IssueLog) -> None:
    """Identifiers alike but for zeros, case or forms of letters: an error, lest somebody is paired with themselves.

    People who are called otherwise are two, and only likely to be mixed up.
    """
    for people in book.twins():
        said = [book.names[person] for person in people if book.names[person] != person]
        one = len(said) < len(people) or any(same_name(a, b) for a, b in combinations(said, 2))
        told = (
            f"the identifiers {listed([*map(repr, people)])} differ only in zeros, capital letters or forms of a letter"
        )
        kept = f"kept as {len(people)} people"
        if one:
            log.error(told, f"{kept}; if they are one person, write one of them everywhere")
        else:
            log.warning(told, f"{kept}, who have different names; check who is meant where")


def _ask_about_trials(rows: PersonTable, log: IssueLog) -> None:
    """Rows whose identifier is that of a trial or of a line of sums; where there are many, people are called so."""
    words = (person for person in rows.cells.index.tolist() if not is_code(person))
    odd = [person for person in words if TRIAL.fullmatch(person.casefold())]
    for person in odd if len(odd) <= MOST_TRIALS else ():
        problem = f"{person!r} may be a trial or a line of sums below the table"
        log.placed(rows.where).warning(problem, "counted as a person; delete the row if so", person=person)


def settled_names(aliases: Mapping[str, str], book: NameBook, log: IssueLog) -> dict[str, str]:
    """Names as typed, with whom somebody has settled that they mean: an identifier, empty for nobody of the people."""
    settled: dict[str, str] = {}
    before: dict[str, str] = {}
    for typed, said in aliases.items():
        if before.setdefault(same_label(typed), said) != said:
            problem = f"the settled names say that {typed!r} is {said!r}, and {before[same_label(typed)]!r} as well"
            log.error(problem, "neither is used; keep one")
            settled = {name: person for name, person in settled.items() if same_label(name) != same_label(typed)}
            continue
        reading = book.read(said) if said else None
        own = book.read(typed)
        if (
            own.how in (IDENTIFIER, NAME)
            and own.person is not None
            and (reading is None or reading.person != own.person)
        ):
            problem = (
                f"the settled names say that {typed!r} is {said or NOT_AMONG_PEOPLE!r}, and {own.person} is called so"
            )
            log.warning(problem, "done as settled; take the row out if it is a slip")
        if reading is None or same_label(said) == NOT_AMONG_PEOPLE or is_nobody(said):
            settled[typed] = ""
        elif reading.person is not None and reading.how in (IDENTIFIER, NAME):
            settled[typed] = reading.person
        else:
            hint = did_you_mean(said, book.names)
            problem = f"the row of {typed!r} among the settled names says {said!r}, who is nobody on the roster.{hint}"
            log.error(problem, f"not used; write an identifier, or {NOT_AMONG_PEOPLE!r}")
    return settled


def _not_on_roster(roster: PersonTable, rows: PersonTable, log: IssueLog) -> pd.Index[str]:
    added = rows.cells.index.difference(roster.cells.index, sort=False)
    if roster.cells.empty or added.empty:
        return added
    book = NameBook({str(person): str(person) for person in roster.cells.index})
    for person in added:
        likely = book.likely_id(str(person))
        problem = f"answered but is not on the roster{f'; {likely!r} is' if likely else ''}"
        log.placed(rows.where).warning(problem, "added to the people", person=str(person))
    return added


def _names(tables: Tables, index: pd.Index[str], codebook: Codebook, log: IssueLog) -> pd.Series:
    """Everybody's name, as the first table says that knows it; marks that stand for one are noted."""
    item = codebook.only("name")
    known = pd.Series(pd.NA, index=index, dtype="str")
    for table in tables:
        if item is not None and item.name in table.cells:
            cells, placed = table.cells[item.name], log.placed(table.where)
            known = known.fillna(given_cells(item, cells, codebook.missing).reindex(index))
            for person, cell in zip(cells.index.tolist(), cells.tolist(), strict=True):
                if cell and not holds_name(cell):
                    placed.note(f"{cell!r} is no name", "passed over", item=item.name, person=str(person))
    return known


def _teams(tables: Tables, index: pd.Index[str], codebook: Codebook, log: IssueLog) -> pd.Series[str]:
    """Everybody's team in one spelling, as the first table says that knows it; where the next says another, a word."""
    item = codebook.only("team")
    known = pd.Series(pd.NA, index=index, dtype="str")
    for table in tables:
        if item is not None and item.name in table.cells:
            placed = log.placed(table.where)
            said = telling(item, given_cells(item, table.cells[item.name], codebook.missing), placed)
            listed_teams = _known(known)
            for person, team in _known(said).items() if listed_teams else ():
                on_roster = listed_teams.get(person, team)
                if on_roster != team and same_label(on_roster) != same_label(team):
                    problem = f"in {on_roster!r} on the roster but in {team!r} in the survey"
                    placed.warning(problem, "the roster's is used; settle which holds", item=item.name, person=person)
            known = known.fillna(said.reindex(index))
    return (
        known if item is None else one_spelling(item, known.dropna(), log.placed(_first_place(tables))).reindex(index)
    )


def _first_place(tables: Tables) -> Callable[[str, str], str]:
    """Where somebody's answer stands in the first table that holds one."""

    def where(person: str, column: str) -> str:
        own = (table for table in tables if column in table.cells and person in table.cells.index)
        return next((table.where(person, column) for table in own if table.cells.loc[person, column]), "")

    return where


def _note_other_names(codebook: Codebook, roster: PersonTable, rows: PersonTable, log: IssueLog) -> None:
    """Respondents whose own name is not the roster's: perhaps somebody used another person's identifier."""
    item = codebook.only("name")
    if item is None or item.name not in roster.cells or item.name not in rows.cells:
        return
    for person, name in given_cells(item, rows.cells[item.name], codebook.missing).items():
        called = roster.cells[item.name].get(person, "")
        if holds_name(called) and not same_name(called, name):
            problem = f"called {called!r} on the roster but {name!r} in the survey"
            done = "the roster's name is used; check the identifier"
            log.placed(rows.where).error(problem, done, item=item.name, person=str(person))


def _known(column: pd.Series[str]) -> dict[str, str]:
    known = column.dropna()
    return dict(zip(map(str, known.index.tolist()), map(str, known.tolist()), strict=True))


def _managers(
    tables: Tables, index: pd.Index[str], codebook: Codebook, reader: NameReader
) -> tuple[pd.Series[str], dict[str, frozenset[str]]]:
    """The manager each person's first table names first, and everyone any table names where that is more."""
    item = codebook.only("manager")
    first: dict[str, str] = {}
    lines: dict[str, frozenset[str]] = {}
    if item is None:
        return pd.Series(first, index=index, dtype="str"), lines
    log = reader.log.placed(_first_place(tables))
    by_person = _cells_by_person(item, tables, reader)
    settled, people = reader.settled_by(item.separator), reader.book.people
    alone = [cells[0][0] if len(cells) == 1 else "" for cells in by_person.values()]
    for (person, cells), place in zip(by_person.items(), settled.places(alone), strict=True):
        if UNREAD < place < IN_DOUBT and people[place] != person:
            first[person] = people[place]
            continue
        named = _managers_of(person, cells, item)
        if (person,) in named:
            log.warning("is listed as their own manager", "not counted", item=item.name, person=person)
        others = [tuple(other for other in people if other != person) for people in named]
        named = [*dict.fromkeys(filter(None, others))]
        certain = [people[0] for people in named if len(people) == 1]
        if certain:
            first[person] = certain[0]
        if further := frozenset().union(*named).difference(certain[:1]):
            lines[person] = further.union(certain[:1])
        if len(certain) > 1:
            problem = f"has {len(certain)} managers: {', '.join(certain)}"
            done = f"{certain[0]} counts as the manager; {person} is paired with none of them"
            log.warning(problem, done, item=item.name, person=person)
    return pd.Series([first.get(person) for person in index.tolist()], index=index, dtype="str"), lines


def _cells_by_person(item: Item, tables: Tables, reader: NameReader) -> dict[str, list[tuple[str, NameReader]]]:
    """The cells about each person, each with a reader that knows where it stands."""
    cells: dict[str, list[tuple[str, NameReader]]] = {}
    for table in tables:
        if item.name in table.cells:
            placed = replace(reader, log=reader.log.placed(table.where))
            given = given_cells(item, table.cells[item.name], reader.missing)
            for person, cell in zip(given.index.tolist(), given.tolist(), strict=True):
                cells.setdefault(str(person), []).append((cell, placed))
    return cells


def _managers_of(person: str, cells: list[tuple[str, NameReader]], item: Item) -> list[tuple[str, ...]]:
    """Whom each name in the cells means, or could mean; a name that stands in several is read once."""
    names: dict[str, NameReader] = {}
    for cell, reader in cells:
        told = [] if reader.is_silence(cell, person) else reader.names_in(cell, item, person)
        for name in told:
            if not (is_nobody(name) or reader.is_silence(name, person)):
                names.setdefault(name, reader)
    return [reader.people_meant(name, item, ego=person) for name, reader in names.items()]


def one_row_each(table: TextTable, codebook: Codebook, log: IssueLog) -> PersonTable:
    """A table's rows as text, one per person, index ``person``, in the order in which people first appear.

    Of a person's several rows the newest answer to each question counts, that of the lowest row that holds one. An
    opt-out, a veto, a reporting line or a capacity of 0 holds whichever row says it. Rows put together are logged, and
    every question they answer differently. Rows that name nobody are left out and logged.

    Raises
    ------
    SurveyError
        If the table has no column for the person, or gives one identifier to people of different names.
    """
    key = codebook.person.name
    rows = _identified(table, codebook, log)
    again = rows[key].duplicated(keep=False)
    repeated = rows[again] if again.any() else rows[:0]
    _refuse_shared_ids(repeated, codebook, table.file)
    people, numbers, cells = rows[key].tolist(), rows.index.tolist(), rows.set_index(key)
    cells.index.name = "person"
    places: dict[tuple[str, str], tuple[Hashable, ...]] = {
        (person, ""): (number,) for person, number in zip(people, numbers, strict=True)
    }
    if repeated.empty:
        return PersonTable(table.file, cells, places)
    newest = {person: place for place, person in enumerate(people)}  # in the order in which people first appear
    cells, place_of = cells.take([*newest.values()]), {person: place for place, person in enumerate(newest)}
    mended: dict[str, dict[int, str]] = {}  # where the newest row does not say what counts
    for person, column, told, cell in _put_together(repeated, codebook, table.file, log):
        alike = [number for number, text in told if text == cell]  # none where cells of several rows were joined
        places[person, column] = tuple(alike[-1:]) or tuple(number for number, text in told if text)
        places[person, ""] = tuple(number for number, _ in told)
        if cell != told[-1][1]:
            mended.setdefault(column, {})[place_of[person]] = cell
    for column, other in mended.items():
        texts = cells[column].copy()
        texts.iloc[[*other]] = [*other.values()]
        cells[column] = texts
    return PersonTable(table.file, cells, places)


def _put_together(
    repeated: pd.DataFrame, codebook: Codebook, file: str, log: IssueLog
) -> Iterator[tuple[str, str, Numbered, str]]:
    """By person and column, what their rows say, oldest first, and what counts; all of it is logged."""
    own: dict[str, list[tuple[Hashable, int]]] = {}
    for place, (number, person) in enumerate(repeated[codebook.person.name].items()):
        own.setdefault(person, []).append((number, place))
    columns = {name: repeated[name].tolist() for name in map(str, repeated) if name != codebook.person.name}
    for person, rows in own.items():
        problem = f"has {len(rows)} rows in {file}: {', '.join(str(number) for number, _ in rows)}"
        log.warning(problem, "put together, the newest answer to each question", person=person)
        for name, texts in columns.items():
            item = codebook[name] if name in codebook else Item(name, "ignore")
            told = [(number, texts[place]) for number, place in rows]
            yield person, name, told, _together(item, told, file, person, codebook, log)


def _identified(table: TextTable, codebook: Codebook, log: IssueLog) -> pd.DataFrame:
    """The rows that say whose they are; a word for a missing answer is nobody's identifier."""
    key, file, cells = codebook.person.name, table.file, table.cells
    if key not in cells:
        found = ", ".join(cells.columns) or "no columns"
        raise SurveyError(f"{file} has no column {key!r}, which the codebook calls the person; it has {found}.")
    named = np.array([not is_no_person(cell) for cell in cells[key].tolist()], dtype=bool)
    known = is_given(codebook.person, cells[key], codebook.missing) & named
    for number, cell in cells.loc[~known, key].items():
        found = f" ({cell!r} is no identifier)" if cell else ""
        log.error(f"row {number} of {file} has no {key}{found}", "row left out; add the identifier to use it", item=key)
    return cells if known.all() else cells[known]


def _refuse_shared_ids(repeated: pd.DataFrame, codebook: Codebook, file: str) -> None:
    item, key = codebook.only("name"), codebook.person.name
    if item is None or item.name not in repeated or repeated.empty:
        return
    named = repeated[is_given(item, repeated[item.name], codebook.missing)]
    problems = [
        f"{file}: the identifier {person!r} belongs to {len(found)} people ({', '.join(found)}). "
        "Give each person an identifier of their own."
        for person, found in named.groupby(key)[item.name].unique().items()
        if not all(same_name(one, other) for one, other in combinations(found, 2))
    ]
    if problems:
        raise SurveyError(*problems)


def _together(item: Item, cells: Numbered, file: str, person: str, codebook: Codebook, log: IssueLog) -> str:
    """One cell for several; differing answers are logged with their rows."""
    texts = {text for _, text in cells} - {""}
    if len(texts) < 2:
        return next(iter(texts), "")
    known = is_given(item, pd.Series([text for _, text in cells], dtype="str"), codebook.missing)
    given = [*compress(cells, known.tolist())]
    if not given:
        return cells[-1][1]
    different: dict[Hashable, tuple[Hashable, str]] = {}
    for number, cell in given:
        different.pop(_meaning(item, cell), None)
        different[_meaning(item, cell)] = number, cell
    if len(different) == 1 or item.block == "ignore":
        return str(given[-1][1])
    kept, why = _decisive(item, [*different.values()])
    spelt = sorted(
        {cell: place for place, (_, cell) in enumerate(given)}.values()
    )  # every spelling, where it is newest
    says = f"{file} says {', '.join(f'{given[place][1]!r} in row {given[place][0]}' for place in spelt)}"
    log.warning(says, f"kept {kept!r}, {why}", item=item.name, person=person)
    return kept


def _meaning(item: Item, cell: str) -> Hashable:
    """What makes two cells one answer: the same words in any case, the same number, the same names in any order."""
    if item.block in ("tie", "manager", "partner") or item.role == "never_with" or item.kind == "multiple":
        return frozenset(part.casefold() for part in split_names(cell, item.separator))
    number = plain_number(cell) if item.block != "name" else None
    return " ".join(cell.casefold().split()) if number is None else number


def _decisive(item: Item, cells: Numbered) -> tuple[str, str]:
    """The cell that counts among different ones, and why."""
    if item.block == "manager" or item.role == "never_with":
        return f"{item.separator} ".join(cell for _, cell in reversed(cells)), "since nobody named in any row is paired"
    if item.block == "tie" and _is_silence(cells[-1][1]):
        named = [cell for _, cell in cells if not _is_silence(cell)]
        return (named[-1], "the newest that is one") if named else (cells[-1][1], "the newest")
    for _, cell in reversed(cells):
        if item.role in TAKING_PART:
            keeps_out = yes_or_no(item, cell) in (item.role == "opted_out", None)  # or may do so
        else:
            keeps_out = item.role == "capacity" and not read_number(item, cell).value > 0
        if keeps_out:
            return cell, "since what keeps somebody out holds in any row"
    return cells[-1][1], "the newest"


def _is_silence(cell: str) -> bool:
    """Whether words or a mark stand for no answer, which is not the same as naming nobody."""
    return is_no_person(cell) and not is_nobody(cell)
