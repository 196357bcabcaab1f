"""Who is in the survey: roster and respondents brought together, one row per person."""

from __future__ import annotations

import pandas as pd

from peernet.errors import SurveyError
from peernet.survey.answers import given_cells, is_given
from peernet.survey.codebook import Codebook
from peernet.survey.files import RawSurvey, TextTable
from peernet.survey.issues import IssueLog
from peernet.survey.names import NameBook, is_no_person, is_nobody, same_name
from peernet.survey.nominations import NameReader

PERSONAL = ("person", "name", "team", "manager", "ignore")


def respondents(raw: RawSurvey, log: IssueLog) -> pd.DataFrame:
    """The survey's rows as text, one per person, index ``person``.

    Of a person's repeated answers the most complete is kept, of equally complete ones the last.
    """
    rows = indexed(raw.survey, raw.codebook, log)
    _refuse_shared_ids(rows, raw.codebook, raw.survey.file)
    asked = [item for item in raw.codebook if item.name in rows and item.block not in PERSONAL]
    given = {item.name: is_given(item, rows[item.name], raw.codebook.missing).to_numpy() for item in asked}
    filled = pd.DataFrame(given, index=range(len(rows))).sum(axis=1).astype(int).tolist()
    best: dict[str, int] = {}
    for place, person in enumerate(map(str, rows.index)):
        if person not in best or filled[place] >= filled[best[person]]:
            best[person] = place
    for name, count in rows.index.value_counts(sort=False).items():
        if count > 1:
            log.warning(f"answered {count} times", "kept the most complete answer", person=str(name))
    return rows.iloc[sorted(best.values())]


def indexed(table: TextTable, codebook: Codebook, log: IssueLog) -> pd.DataFrame:
    """A table's rows by person; rows that name nobody are left out and logged."""
    key, file, cells = codebook.person.name, table.file, table.cells
    if key not in cells:
        found = ", ".join(cells.columns) or "no columns"
        raise SurveyError(f"{file} has no column {key!r}, which the codebook calls the person; it has {found}.")
    known = is_given(codebook.person, cells[key], codebook.missing) & ~cells[key].map(is_no_person).astype(bool)
    for number, typed in cells.loc[~known, key].items():
        found = f" ({typed!r} is no identifier)" if typed else ""
        log.error(f"row {number} of {file} has no {key}{found}", "row left out; add the identifier to use it", item=key)
    return cells[known].set_index(key).rename_axis("person")


def _refuse_shared_ids(rows: pd.DataFrame, codebook: Codebook, file: str) -> None:
    item = codebook.only("name")
    if item is None or item.name not in rows:
        return
    repeated = rows.loc[rows.index.duplicated(keep=False), item.name]
    names = given_cells(item, repeated, codebook.missing).groupby(level=0).unique()
    problems = [
        f"{file}: the identifier {person!r} belongs to {len(found)} people ({', '.join(found)}). "
        "Give each person an identifier of their own."
        for person, found in names.items()
        if not all(same_name(found[0], other) for other in found[1:])
    ]
    if problems:
        raise SurveyError(*problems)


def gather_people(raw: RawSurvey, rows: pd.DataFrame, log: IssueLog) -> tuple[pd.DataFrame, NameReader]:
    """Name, team and manager of everyone on the roster (or who answered), and a reader of their names."""
    roster = _roster(raw, log)
    index = roster.index.append(_not_on_roster(roster, rows, log))
    parts = ("name", "team", "manager")
    people = pd.DataFrame(
        {part: _first_known(part, raw.codebook, (roster, rows), index) for part in parts}, index=index
    )
    _note_other_names(raw.codebook, roster, rows, log)
    people["name"] = people["name"].fillna(people.index.to_series())
    book = NameBook(_known(people["name"]), _known(people["team"]))
    for shared in book.namesakes():
        log.note(
            f"{', '.join(shared)} are all called {book.names[shared[0]]}", "told apart by team where only one fits"
        )
    reader = NameReader(book, raw.codebook.missing, log)
    people["manager"] = _managers(people["manager"], raw.codebook, reader)
    return people.rename_axis("person"), reader


def _roster(raw: RawSurvey, log: IssueLog) -> pd.DataFrame:
    if raw.roster.cells.empty:
        return pd.DataFrame(index=pd.Index([], dtype="str", name="person"))
    rows = indexed(raw.roster, raw.codebook, log)
    _refuse_shared_ids(rows, raw.codebook, raw.roster.file)
    for person in rows.index[rows.index.duplicated()].unique():
        log.note("listed more than once on the roster", "kept the first row", person=str(person))
    return rows[~rows.index.duplicated()]


def _not_on_roster(roster: pd.DataFrame, rows: pd.DataFrame, log: IssueLog) -> pd.Index[str]:
    added = rows.index.difference(roster.index, sort=False)
    book = NameBook({str(person): str(person) for person in roster.index})
    for person in added if len(roster) else ():
        likely = book.likely_id(str(person))
        hint = f"; {likely!r} is" if likely else ""
        log.warning(f"answered but is not on the roster{hint}", "added to the people", person=str(person))
    return added


def _first_known(part: str, codebook: Codebook, tables: tuple[pd.DataFrame, ...], index: pd.Index[str]) -> pd.Series:
    """What the first table that knows it says about each person."""
    item = codebook.only(part)
    known = pd.Series(pd.NA, index=index, dtype="str")
    for table in tables:
        if item is not None and item.name in table:
            known = known.fillna(given_cells(item, table[item.name], codebook.missing).reindex(index))
    return known


def _note_other_names(codebook: Codebook, roster: pd.DataFrame, rows: pd.DataFrame, log: IssueLog) -> None:
    """Respondents whose own name is not the roster's: perhaps somebody used another person's identifier."""
    item = codebook.only("name")
    if item is None or item.name not in roster or item.name not in rows:
        return
    for person, name in given_cells(item, rows[item.name], codebook.missing).items():
        listed = roster[item.name].get(person, "")
        if listed and not same_name(listed, name):
            problem = f"called {listed!r} on the roster but {name!r} in the survey"
            log.error(problem, "the roster's name is used; check the identifier", item=item.name, person=str(person))


def _known(column: pd.Series[str]) -> dict[str, str]:
    return {str(person): str(value) for person, value in column.dropna().items()}


def _managers(typed: pd.Series[str], codebook: Codebook, reader: NameReader) -> pd.Series[str]:
    item = codebook.only("manager")
    if item is None:
        return typed
    managers: dict[str, str | None] = {}
    for person, name in _known(typed).items():
        managers[person] = (
            None if is_nobody(name) or reader.is_silence(name, person) else reader.person_meant(name, item, ego=person)
        )
        if managers[person] == person:
            problem = "is listed as their own manager"
            reader.log.warning(problem, "manager left unknown", item=item.name, person=person)
            managers[person] = None
    return pd.Series(managers, index=typed.index, dtype="str")
