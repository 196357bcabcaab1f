"""Who is in the survey: roster and respondents brought together, one row per person."""

from __future__ import annotations

import pandas as pd

from peernet.survey.answers import given_cells
from peernet.survey.codebook import Codebook
from peernet.survey.files import RawSurvey
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import NameBook, is_nobody, same_name
from peernet.survey.nominations import NameReader
from peernet.survey.repeats import one_row_each
from peernet.survey.spellings import one_spelling, same_label, telling


def gather_people(
    raw: RawSurvey, rows: pd.DataFrame, log: IssueLog
) -> tuple[pd.DataFrame, dict[str, frozenset[str]], NameReader]:
    """Name, team and manager of everyone on the roster (or who answered), further managers, a reader of names."""
    roster = _roster(raw, log)
    index = roster.index.append(_not_on_roster(roster, rows, log))
    names = _first_known("name", raw.codebook, (roster, rows), index)
    people = pd.DataFrame({"name": names, "team": _teams((roster, rows), index, raw.codebook, log)}, index=index)
    _note_other_names(raw.codebook, roster, rows, log)
    people["name"] = people["name"].fillna(people.index.to_series())
    book = NameBook(_known(people["name"]), _known(people["team"]))
    for shared in book.namesakes():
        log.note(
            f"{', '.join(shared)} are all called {book.names[shared[0]]}", "told apart by team where only one fits"
        )
    reader = NameReader(book, raw.codebook.missing, log)
    people["manager"], managers = _managers((roster, rows), index, raw.codebook, reader)
    return people.rename_axis("person"), managers, reader


def _roster(raw: RawSurvey, log: IssueLog) -> pd.DataFrame:
    if raw.roster.cells.empty:
        return pd.DataFrame(index=pd.Index([], dtype="str", name="person"))
    return one_row_each(raw.roster, raw.codebook, log)


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


def _teams(tables: tuple[pd.DataFrame, ...], index: pd.Index[str], codebook: Codebook, log: IssueLog) -> pd.Series[str]:
    """Everybody's team in one spelling, as the first table says that knows it; where the next says another, a word."""
    item = codebook.only("team")
    known = pd.Series(pd.NA, index=index, dtype="str")
    for table in tables:
        if item is not None and item.name in table:
            said = telling(item, given_cells(item, table[item.name], codebook.missing), log)
            listed_teams = _known(known)
            for person, team in _known(said).items():
                listed = listed_teams.get(person, team)
                if same_label(listed) != same_label(team):
                    problem = f"in {listed!r} on the roster but in {team!r} in the survey"
                    log.warning(problem, "the roster's is used; settle which holds", item=item.name, person=person)
            known = known.fillna(said.reindex(index))
    return known if item is None else one_spelling(item, known.dropna(), log).reindex(index)


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


def _managers(
    tables: tuple[pd.DataFrame, ...], index: pd.Index[str], codebook: Codebook, reader: NameReader
) -> tuple[pd.Series[str], dict[str, frozenset[str]]]:
    """The manager each person's first table names first, and everyone any table names where that is more."""
    item = codebook.only("manager")
    first: dict[str, str] = {}
    lines: dict[str, frozenset[str]] = {}
    if item is None:
        return pd.Series(first, index=index, dtype="str"), lines
    for person, cells in _cells_by_person(item, tables, codebook).items():
        named = _managers_of(person, cells, item, reader)
        certain = [people[0] for people in named if len(people) == 1]
        first |= {person: certain[0]} if certain else {}
        if further := frozenset().union(*named).difference(certain[:1]):
            lines[person] = further.union(certain[:1])
        if len(certain) > 1:
            problem = f"has {len(certain)} managers: {', '.join(certain)}"
            done = f"{certain[0]} counts as the manager; {person} is paired with none of them"
            reader.log.warning(problem, done, item=item.name, person=person)
    return pd.Series(first, index=index, dtype="str"), lines


def _cells_by_person(item: Item, tables: tuple[pd.DataFrame, ...], codebook: Codebook) -> dict[str, list[str]]:
    cells: dict[str, list[str]] = {}
    for table in tables:
        if item.name in table:
            for person, cell in _known(given_cells(item, table[item.name], codebook.missing)).items():
                cells.setdefault(person, []).append(cell)
    return cells


def _managers_of(person: str, cells: list[str], item: Item, reader: NameReader) -> list[tuple[str, ...]]:
    """Whom each name in the cells means, or could mean, each once; never the person themself."""
    told = [cell for cell in cells if not reader.is_silence(cell, person)]
    names = dict.fromkeys(name for cell in told for name in reader.names_in(cell, item, person))
    typed = [name for name in names if not (is_nobody(name) or reader.is_silence(name, person))]
    read = [reader.people_meant(name, item, ego=person) for name in typed]
    if (person,) in read:
        reader.log.warning("is listed as their own manager", "not counted", item=item.name, person=person)
    others = [tuple(other for other in people if other != person) for people in read]
    return [*dict.fromkeys(filter(None, others))]
