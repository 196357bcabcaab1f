"""The colleagues a questionnaire asks about: read from a list of staff, each with a code that the tool accepts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from peernet._wording import listed
from peernet.errors import SurveyError
from peernet.survey.files import read_table
from peernet.survey.issues import IssueLog
from peernet.survey.sheets import READERS

# What a list of staff calls its columns, in the order in which they are looked for: the standard codebook's own name
# first. Compared by letters and digits alone, whatever the case.
HEADINGS = {
    "person": (
        *("person", "identifier", "id", "person id", "employee id", "employee number", "staff id", "staff number"),
        *("personnel number", "user id", "username", "code", "personalnummer", "kennung", "matricule"),
        *("email", "e-mail", "email address", "mail"),
    ),
    "name": ("name", "full name", "display name", "employee", "employee name", "person name", "nom complet"),
    "team": ("team", "department", "unit", "group", "division", "section", "abteilung", "service", "equipe", "équipe"),
    "manager": ("manager", "manager id", "reports to", "supervisor", "line manager", "vorgesetzte", "responsable"),
}
FIRST_NAMES = ("first name", "given name", "forename", "vorname", "prénom", "prenom")
LAST_NAMES = ("last name", "surname", "family name", "nachname", "nom", "nom de famille")
RESERVED = frozenset({"nobody", "none", "other", "time", "comment"})  # words that a tool or an answer needs for itself
FEWEST = 2  # people; with fewer there is nobody to ask about


@dataclass(frozen=True)
class Colleague:
    """Somebody on the list.

    Parameters
    ----------
    code
        What the tool calls the person, in choices and in the columns of its export.
    name
        What people read, different for everybody.
    team
        Empty where the list has no teams.
    manager
        The manager's code, or what the list holds where that is nobody on it.
    identifier
        The identifier in the list; empty where it has none.
    """

    code: str
    name: str
    team: str = ""
    manager: str = ""
    identifier: str = ""


@dataclass(frozen=True)
class StaffList:
    """A list of staff as read: rows of ``identifier``, ``name``, ``team``, ``manager``, and from which columns."""

    rows: tuple[dict[str, str], ...]
    taken: dict[str, str]

    @property
    def told(self) -> str:
        """In words which column was taken for what."""
        return listed([f"{part} from {column!r}" for part, column in self.taken.items()])


def read_staff(path: str | Path, *, encoding: str = "utf-8") -> StaffList:
    """Read a list of staff and find out which of its columns holds what.

    Parameters
    ----------
    path
        A CSV file (comma, semicolon or tab) or the first sheet of a workbook, one row per person, with a heading row.
    encoding
        Text encoding of a CSV file.

    Returns
    -------
    StaffList

    Raises
    ------
    SurveyError
        If the file cannot be read or has no column of names, if somebody has no name or shares an identifier, or if
        fewer than two people are on it; every problem at once.

    Examples
    --------
    >>> staff = read_staff("data/harbour/roster.csv")
    >>> staff.told
    "person from 'person', name from 'name', team from 'team' and manager from 'manager'"
    """
    path = Path(path)
    if not path.is_file():
        raise SurveyError(f"There is no file {path}. Give a list of staff with a name, and an identifier and a team.")
    if path.suffix.casefold() not in READERS:
        raise SurveyError(f"{path} is none of {', '.join(READERS)}. Save the list as a workbook or as CSV (UTF-8).")
    cells = read_table(path, encoding, IssueLog()).cells
    columns = list(cells.columns)
    taken = {part: column for part, known in HEADINGS.items() if (column := _column(columns, known))}
    first, last = (_column(columns, known) for known in (FIRST_NAMES, LAST_NAMES))
    if "name" not in taken and not (first and last):
        found = ", ".join(map(repr, cells.columns))
        raise SurveyError(f"{path} has no column of names; it has {found}. Call one of them name.")
    if "name" not in taken:
        cells = cells.assign(**{f"{first} {last}": (cells[first] + " " + cells[last]).str.strip()})
        taken["name"] = f"{first} {last}"
    rows = tuple(
        {part: str(record[taken[part]]) if part in taken else "" for part in HEADINGS}
        for record in cells.to_dict("records")
    )
    if problems := [*_staff_problems(path, rows, [*map(int, cells.index)])]:
        raise SurveyError(*problems)
    return StaffList(rows, {part: taken[part] for part in HEADINGS if part in taken})


def _column(columns: Sequence[str], known: Sequence[str]) -> str:
    """The column with the first of the known headings that there is, or nothing."""
    plain = {re.sub(r"[\W_]+", "", column.casefold()): column for column in reversed(columns)}
    return next((plain[heading] for name in known if (heading := re.sub(r"[\W_]+", "", name)) in plain), "")


def _staff_problems(path: Path, rows: Sequence[dict[str, str]], numbers: Sequence[int]) -> Iterator[str]:
    if len(rows) < FEWEST:
        yield f"{path} lists {len(rows)} people; a questionnaire about colleagues needs two or more."
    for number, row in zip(numbers, rows, strict=True):
        if not row["name"]:
            yield f"Row {number} of {path} has no name."
    identifiers = [row["person"] for row in rows]
    if any(identifiers):
        for number, identifier in zip(numbers, identifiers, strict=True):
            if not identifier:
                yield f"Row {number} of {path} has no identifier, others have."
        for identifier, times in Counter(map(str.casefold, identifiers)).items():
            if identifier and times > 1:
                yield f"{times} rows of {path} have the identifier {identifier!r}; give each person one of their own."


def colleagues_of(staff: StaffList, allowed: str) -> tuple[Colleague, ...]:
    """Everybody on a list with a code and a name of their own, by name.

    Parameters
    ----------
    staff
        The list.
    allowed
        Regular expression of the codes the tool accepts. Where one identifier does not fit, or is a word that tools or
        answers need for themselves, all people are numbered instead: ``p001``, ``p002``, ... in the order of the list.

    Returns
    -------
    tuple of Colleague

    Examples
    --------
    >>> staff = StaffList(({"person": "ana@x.org", "name": "Ana Ruiz", "team": "Quay", "manager": ""},), {})
    >>> colleagues_of(staff, "[a-z0-9]+")
    (Colleague(code='p001', name='Ana Ruiz', team='Quay', manager='', identifier='ana@x.org'),)
    """
    codes = _codes(staff, allowed)
    names = _told_apart(staff, codes)
    code_of = {row["person"].casefold(): code for row, code in zip(staff.rows, codes, strict=True) if row["person"]}
    colleagues = [
        Colleague(code, name, row["team"], code_of.get(row["manager"].casefold(), row["manager"]), row["person"])
        for code, name, row in zip(codes, names, staff.rows, strict=True)
    ]
    return tuple(sorted(colleagues, key=lambda person: (person.name.casefold(), person.code)))


def _codes(staff: StaffList, allowed: str) -> list[str]:
    own = [row["person"] for row in staff.rows]
    if all(re.fullmatch(allowed, code) and code.casefold() not in RESERVED for code in own):
        return own
    digits = max(3, len(str(len(own))))
    return [f"p{number:0{digits}d}" for number in range(1, len(own) + 1)]


def _told_apart(staff: StaffList, codes: Sequence[str]) -> list[str]:
    """Names, with the team where two people share one, and with the code where they share that as well."""
    names = [row["name"] for row in staff.rows]
    for further in ([row["team"] for row in staff.rows], codes):
        times = Counter(map(str.casefold, names))
        names = [
            f"{name} ({more})" if times[name.casefold()] > 1 and more else name
            for name, more in zip(names, further, strict=True)
        ]
    return names
