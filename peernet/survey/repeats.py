"""Several rows of one person put together: the newest answer to each question, and from any row what keeps apart."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import pandas as pd

from peernet.errors import SurveyError
from peernet.survey.answers import is_given, yes_or_no
from peernet.survey.codebook import Codebook
from peernet.survey.files import TextTable
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import is_no_person, is_nobody, same_name, split_names
from peernet.survey.numbers import plain_number, read_number

Numbered = Sequence[tuple[Hashable, str]]  # cells with the number of their row, oldest first


def one_row_each(table: TextTable, codebook: Codebook, log: IssueLog) -> pd.DataFrame:
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
    _refuse_shared_ids(rows, codebook, table.file)
    repeated = rows[rows[key].duplicated(keep=False)]
    single = rows.drop_duplicates(key).set_index(key).rename_axis("person")
    columns = {name: codebook[name] if name in codebook else Item(name, "ignore") for name in single.columns}
    joined: dict[str, list[str]] = {}
    for person, several in repeated.groupby(key, sort=False):
        numbers = ", ".join(map(str, several.index))
        problem = f"has {len(several)} rows in {table.file}: {numbers}"
        log.warning(problem, "put together, the newest answer to each question", person=str(person))
        joined[str(person)] = [
            _together(item, several[name], table.file, str(person), codebook, log) for name, item in columns.items()
        ]
    together = pd.DataFrame.from_dict(joined, orient="index", columns=list(columns), dtype="str")
    return pd.concat([single.drop(index=list(joined)), together]).reindex(single.index).rename_axis("person")


def _identified(table: TextTable, codebook: Codebook, log: IssueLog) -> pd.DataFrame:
    """The rows that say whose they are; a word for a missing answer is nobody's identifier."""
    key, file, cells = codebook.person.name, table.file, table.cells
    if key not in cells:
        found = ", ".join(cells.columns) or "no columns"
        raise SurveyError(f"{file} has no column {key!r}, which the codebook calls the person; it has {found}.")
    known = is_given(codebook.person, cells[key], codebook.missing) & ~cells[key].map(is_no_person).astype(bool)
    for number, cell in cells.loc[~known, key].items():
        found = f" ({cell!r} is no identifier)" if cell else ""
        log.error(f"row {number} of {file} has no {key}{found}", "row left out; add the identifier to use it", item=key)
    return cells[known]


def _refuse_shared_ids(rows: pd.DataFrame, codebook: Codebook, file: str) -> None:
    item, key = codebook.only("name"), codebook.person.name
    if item is None or item.name not in rows:
        return
    named = rows[is_given(item, rows[item.name], codebook.missing) & rows[key].duplicated(keep=False)]
    problems = [
        f"{file}: the identifier {person!r} belongs to {len(found)} people ({', '.join(found)}). "
        "Give each person an identifier of their own."
        for person, found in named.groupby(key)[item.name].unique().items()
        if not all(same_name(found[0], other) for other in found[1:])
    ]
    if problems:
        raise SurveyError(*problems)


def _together(item: Item, cells: pd.Series[str], file: str, person: str, codebook: Codebook, log: IssueLog) -> str:
    """One cell for several; differing answers are logged with their rows."""
    texts = {*cells} - {""}
    if len(texts) < 2:
        return next(iter(texts), "")
    given = [*cells[is_given(item, cells, codebook.missing)].items()]
    if not given:
        return str(cells.iloc[-1])
    different: dict[Hashable, tuple[Hashable, str]] = {}
    for number, cell in given:
        different.pop(_meaning(item, cell), None)
        different[_meaning(item, cell)] = number, cell
    if len(different) == 1 or item.block == "ignore":
        return str(given[-1][1])
    kept, why = _decisive(item, [*different.values()])
    says = f"{file} says {', '.join(f'{cell!r} in row {number}' for number, cell in different.values())}"
    log.warning(says, f"kept {kept!r}, {why}", item=item.name, person=person)
    return kept


def _meaning(item: Item, cell: str) -> Hashable:
    """What makes two cells one answer: the same words in any case, the same number, the same names in any order."""
    if item.block in ("tie", "manager") or item.role == "never_with" or item.kind == "multiple":
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
    out = next((cell for _, cell in reversed(cells) if _keeps_out(item, cell)), None)
    return (cells[-1][1], "the newest") if out is None else (out, "since what keeps somebody out holds in any row")


def _is_silence(cell: str) -> bool:
    """Whether words or a mark stand for no answer, which is not the same as naming nobody."""
    return is_no_person(cell) and not is_nobody(cell)


def _keeps_out(item: Item, cell: str) -> bool:
    """Whether a cell keeps its person out of the pairing, or may do so."""
    if item.role in ("opted_out", "takes_part"):
        return yes_or_no(item, cell) in (item.role == "opted_out", None)
    return item.role == "capacity" and not read_number(item, cell).value > 0
