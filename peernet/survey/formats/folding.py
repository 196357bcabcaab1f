"""From an export and its codebook to the tables of a survey: what belongs together is put together, codes get labels.

An item of the codebook is called as a column of the export or as a group of columns. A group of ticks becomes one cell
of labels, a group of names one cell of names, a group of ratings of colleagues becomes rows of ties, and so do rows
below people's answers. Who is meant is settled in `colleagues`, what a shape says of a tie in `tie_shapes`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from peernet._wording import listed, listed_few
from peernet.survey.codebook import Codebook
from peernet.survey.files import TIE_COLUMNS, RawSurvey, TextTable
from peernet.survey.formats.colleagues import Colleagues, parts_offered, who_is_who
from peernet.survey.formats.export import Column, Export, Repeats
from peernet.survey.formats.online import says_none, says_not_ticked, says_ticked
from peernet.survey.formats.tie_shapes import Folded, TieShapes, is_ticked
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import UNKNOWN, NameBook, is_no_answer, is_nobody
from peernet.survey.nominations import has_scale
from peernet.survey.numbers import plain_number
from peernet.survey.sheets import MOST_NUMBERS

NAMING = ("tie", "manager", "partner")  # blocks whose answers name people; a veto does as well
OWN_TIES = ("ego", "alter", "layer")  # columns that make a table our own list of ties
MOST_LOOKED_AT = 100  # different answers, to see whether they are names
Groups = Mapping[str, Sequence[Column]]


def raw_survey(export: Export, codebook: Codebook, log: IssueLog) -> RawSurvey:
    """The tables of a survey that an export and its codebook make.

    Parameters
    ----------
    export
        What a reader found.
    codebook
        What its columns and groups of columns mean.
    log
        Receives what was odd but readable, and what the format cannot tell apart.

    Returns
    -------
    RawSurvey
        Its codebook has the items as they are after folding: a question of ticks has the names that were offered, one
        of several columns for names as many as could be named.
    """
    _log_oddities(export, log)
    groups = _groups(export, codebook)
    parts = [*_parts(export, codebook, groups), *_named_in_rows(export, codebook, log)]
    colleagues = who_is_who(export, codebook, parts, log)
    folded = _folded_ties(export, codebook, groups, colleagues, log)
    cells = _answers(export, codebook, groups, folded, log)
    if codebook.person.name in cells:
        cells[codebook.person.name] = colleagues.egos
    ties, own = _own_ties(export, folded)
    items = [_after(item, export, folded) for item in codebook if not (item.block == "alter" and folded.rows)]
    if codebook.only("name") is None and colleagues.name in colleagues.roster.cells:
        items.append(Item(colleagues.name, "name"))
    cells = cells.drop(columns=[column for column in own if column in cells and column not in codebook])
    if own or _is_edge_list(export, codebook):  # what its rows say of the ego again and again is said once
        used = [item.name for item in codebook if item.block not in ("alter", "tie") and item.name in cells]
        cells = cells.drop_duplicates(used)[used] if used else cells
    return RawSurvey(
        replace(codebook, items=tuple(items)),
        TextTable(export.file, cells, export.semicolons),
        roster=colleagues.roster,
        ties=TextTable(export.file, ties, export.semicolons),
        came={layer: frozenset(people) for layer, people in folded.came.items()},
        labels=frozenset(folded.labels),
    )


def _log_oddities(export: Export, log: IssueLog) -> None:
    """What the reader noted, and which rows are no answers of a person, by reason."""
    for severity, problem, done in export.notes:
        getattr(log, severity)(problem, done)
    reasons: dict[str, list[int]] = {}
    for number, why in export.set_aside.items():
        reasons.setdefault(why, []).append(number)
    for why, numbers in reasons.items():
        which = listed_few([*map(str, numbers)], MOST_NUMBERS)
        rows = f"rows {which} of {export.file} are" if len(numbers) > 1 else f"row {which} of {export.file} is"
        log.note(f"{rows} set aside: {why}", "no answers of a person, and not counted")


def _groups(export: Export, codebook: Codebook) -> Groups:
    """The groups of columns that the codebook calls."""
    called = {item.name: [c for c in export.groups.get(item.name, ()) if c.name != item.name] for item in codebook}
    for item in codebook.block("tie"):
        if not called[item.name] and item.name not in export.cells:
            called[item.name] = _named_after(item, export, codebook)
    for item in (item for block in (*NAMING, "constraint") for item in codebook.block(block)):
        if _hold_names(item, called[item.name], export, codebook):
            called[item.name] = [replace(column, kind="name") for column in called[item.name]]
    return {name: columns for name, columns in called.items() if columns}


def _hold_names(item: Item, columns: Sequence[Column], export: Export, codebook: Codebook) -> bool:
    """Whether people typed names into columns of which the tool does not say so: most answers name whom it knows."""
    untold = [column for column in columns if column.kind not in ("name", "text")]
    if item.kind != "text" or has_scale(item) or not untold or any(column.kind or column.labels for column in untold):
        return False
    names = codebook.only("name") or codebook.person
    cells = pd.unique(export.cells[[column.name for column in untold]].to_numpy().ravel())
    typed = [cell for cell in cells[:MOST_LOOKED_AT] if cell and not is_nobody(cell)]
    tables = [export.cells[[name for name in (names.name,) if name in export.cells]], export.people]
    told = dict.fromkeys(name for table in tables for name in table.to_numpy().ravel() if name)
    book = NameBook({name: name for name in told})
    known = sum(bool(reading.person or reading.candidates) for reading in map(book.read, typed))
    return len(typed) > 1 and 2 * known >= len(typed)


def _named_after(item: Item, export: Export, codebook: Codebook) -> list[Column]:
    """Columns that bear an item's name and a code each, where the tool says no more: ``trust_p1``, ``trust[p1]``."""
    coded = re.compile(rf"{re.escape(item.name)}(?:___|_|\[|/|\.)(?P<key>.+?)\]?")
    own = [column for column in export.columns if not column.group and column.name not in codebook]
    found = [(column, match) for column in own if (match := coded.fullmatch(column.name))]
    return [replace(column, group=item.name, key=column.key or match["key"]) for column, match in found]


def _parts(export: Export, codebook: Codebook, groups: Groups) -> list[tuple[str, str]]:
    """Code and label of every colleague whom a question offers, on any form of it."""
    columns = {column.name: column for column in export.columns}
    found: list[tuple[str, str]] = []
    for item in codebook.block("tie"):
        own = groups.get(item.name) or [columns[item.name]] if item.name in {*groups, *columns} else []
        found += parts_offered(own) if own else ()
    alter = codebook.only("alter")
    tables = (export.columns, *(rows.columns for rows in export.repeats))
    for column in (column for table in tables for column in table if alter and column.name == alter.name):
        found += column.labels.items()
    return found


def _named_in_rows(export: Export, codebook: Codebook, log: IssueLog) -> list[tuple[str, str]]:
    """Everybody in a list of ties that has no list of people beside it: each ego, and each alter who is no ego.

    What can be read as the name of an ego, however typed, is no further person.
    """
    own = set(OWN_TIES) <= set(export.cells)
    alter = "alter" if own else getattr(codebook.only("alter"), "name", "")
    if not (own or _is_edge_list(export, codebook)) or codebook.person.name not in export.cells or len(export.people):
        return []
    name = codebook.only("name")
    ids = export.cells[codebook.person.name]
    called = export.cells[name.name] if name is not None and name.name in export.cells else ids
    egos = {who: said for who, said in zip(ids, called, strict=True) if who}
    book = NameBook(egos, settled=dict.fromkeys(codebook.aliases, ""))
    named = [
        cell for cell in dict.fromkeys(export.cells[alter]) if cell and not (is_nobody(cell) or is_no_answer(cell))
    ]
    further = [cell for cell in named if book.read(cell).how == UNKNOWN]
    if further:
        problem = f"{len(further)} who are named have no rows of their own, such as {further[0]!r}"
        log.note(problem, "people who did not answer; a name that is somebody else's can be settled among the names")
    return [("", said) for said in egos.values()] + [("", cell) for cell in further]


def _folded_ties(export: Export, codebook: Codebook, groups: Groups, colleagues: Colleagues, log: IssueLog) -> Folded:
    """Every tie question, in whatever shape it stands in the export."""
    columns = {column.name: column for column in export.columns}
    known = {item.name: groups[item.name] for item in codebook.block("ignore") if item.name in groups}
    shapes = TieShapes(export, colleagues, log, {name: own for name, own in known.items() if _are_ticks(own, export)})
    folded = Folded()
    alter = codebook.only("alter")
    edges = _is_edge_list(export, codebook)
    for item in codebook:
        if item.block in NAMING or item.role == "never_with":
            if item.name in groups:
                _fold_group(item, groups[item.name], shapes, folded)
            elif item.name in columns and not (edges and item.block == "tie"):
                shapes.fold_choice(item, columns[item.name], folded)
    if alter is not None:
        numbers = pd.Series(export.cells.index, index=export.cells.index)
        below_itself = Repeats("", export.cells, numbers, export.columns, export.file)  # each row of an edge list
        for rows in [*export.repeats, below_itself] if edges else export.repeats:
            if alter.name in rows.cells:
                shapes.fold_rows(rows, alter, codebook.block("tie"), folded)
    return folded


def _fold_group(item: Item, columns: Sequence[Column], shapes: TieShapes, folded: Folded) -> None:
    """A question of several columns: names typed or chosen, ratings of colleagues, or ticks."""
    kinds = {column.kind for column in columns}
    if kinds <= {"name", "text"} and item.kind != "multiple":
        shapes.fold_names(item, columns, folded)
    elif item.block == "tie" and (has_scale(item) or not _are_ticks(columns, shapes.export)):
        shapes.fold_ratings(item, columns, folded)
    else:
        shapes.fold_ticks(item, columns, folded)


def _are_ticks(columns: Sequence[Column], export: Export) -> bool:
    """Whether columns are the options of a list, as the tool says or as their cells do: words for ticked, or blank."""
    if any(column.kind == "tick" for column in columns):
        return True
    cells = {(column.part, cell) for column in columns for cell in export.cells[column.name].unique() if cell}
    one = {cell for _, cell in cells if not (says_not_ticked(cell) or is_no_answer(cell) or plain_number(cell))}
    alike = len(columns) > 1 and len(one) == 1 == len({cell for _, cell in cells})  # the name of what was asked
    return bool(cells) and (alike or all(says_ticked(cell) or cell == part for part, cell in cells))


def _is_edge_list(export: Export, codebook: Codebook) -> bool:
    """Whether each row of the answers is a tie: it names a colleague in the item of block "alter"."""
    alter = codebook.only("alter")
    return alter is not None and alter.name in export.cells and not set(OWN_TIES) <= set(export.cells)


def _own_ties(export: Export, folded: Folded) -> tuple[pd.DataFrame, list[str]]:
    """Rows of ties, and the columns that hold them where the export is our own list of ties."""
    if set(OWN_TIES) <= set(export.cells):
        for ego, layer in zip(export.cells["ego"], export.cells["layer"], strict=True):
            folded.came.setdefault(layer, set()).add(ego)
        own = [column for column in TIE_COLUMNS if column in export.cells]
        return export.cells[own], own
    return (folded.table() if folded.rows else pd.DataFrame()), []


def _answers(export: Export, codebook: Codebook, groups: Groups, folded: Folded, log: IssueLog) -> pd.DataFrame:
    """The cells of every item, one column each; the columns of a group that was put together are gone."""
    columns = {column.name: column for column in export.columns}
    layers = {row[3] for row in folded.rows}
    told: dict[str, pd.Series[str]] = {}
    for item in codebook:
        if item.name in folded.cells:
            told[item.name] = folded.cells[item.name]
        elif item.name in groups and item.block == "tie":  # rated: rows of ties, or nobody answered
            if item.layer not in layers:
                told[item.name] = pd.Series("", index=export.cells.index, dtype="str")
        elif item.name in groups:
            told[item.name] = _together(item, groups[item.name], export, folded, log)
        elif item.block == "tie" and item.name not in columns and (below := _rows_with(item, export)):
            if codebook.only("alter") is None:
                problem = f"is asked in the rows of {below}, of which no column says which colleague"
                log.error(problem, "no tie of it is read; write alter in the row of that column", item=item.name)
                told[item.name] = pd.Series("", index=export.cells.index, dtype="str")
        elif item.name in columns and not (item.block == "tie" and item.layer in layers):
            told[item.name] = _labelled(item, columns[item.name], export.cells[item.name])
    by_tool = [column for column in export.columns if column.kind in ("about", "person")]  # who answered is in another
    notes = {column.name for column in by_tool if column.name not in codebook}
    gone = (
        notes
        | _not_called(export, codebook, groups, log)
        | {column.name for own in groups.values() for column in own} - set(told)
    )
    rated = {item.name for item in codebook.block("tie") if item.layer in layers} - set(told)
    alters = {item.name for item in codebook.block("alter")} if folded.rows else set()
    return export.cells.drop(columns=[c for c in export.cells if c in gone | rated | alters]).assign(**told)


def _rows_with(item: Item, export: Export) -> str:
    """Which rows below people's answers have a column of an item, in words."""
    return listed([repr(rows.name) for rows in export.repeats if item.name in rows.cells])


def _not_called(export: Export, codebook: Codebook, groups: Groups, log: IssueLog) -> set[str]:
    """The columns of questions that the codebook does not know, each question told once."""
    unknown = {
        name: [column.name for column in columns]
        for name, columns in export.groups.items()
        if name not in groups and not any(column.name in codebook for column in columns)
    }
    for name, columns in unknown.items():
        problem = f"question {name!r} of {export.file}, {len(columns)} columns, is not in the codebook"
        log.warning(problem, "not used; describe it in the codebook to use it", item=name)
    return {column for columns in unknown.values() for column in columns}


def _together(item: Item, columns: Sequence[Column], export: Export, folded: Folded, log: IssueLog) -> pd.Series[str]:
    """The ticked options of a list as one cell; "none" where options were shown and none was ticked."""
    separator = next((mark for mark in (item.separator, ";", "|") if not any(mark in c.part for c in columns)), "\n")
    ticks = item.kind == "multiple" or _are_ticks(columns, export)
    if not ticks and item.block != "ignore":
        names = listed([column.name for column in columns[:3]])
        done = "left out; describe each of its columns as an item of its own"
        problem = f"{item.name!r} is a question of {len(columns)} columns ({names} ...) and no list to tick"
        log.error(problem, done, item=item.name)
        return pd.Series("", index=export.cells.index, dtype="str")
    codes = {column.key for column in columns} & set(item.categories)
    none = {c.name for c in columns if c.none or says_none(c.part or c.key)}
    none |= {c.name for c in columns if c.key == "0" and not c.part.strip("0") and "0" not in item.categories}
    labels = {column.name: column.key if codes else column.part or column.key for column in columns}
    tells = all(column.unticked is not None for column in columns)
    cells = []
    for row in export.cells[[*labels]].to_dict("records"):
        ticked = [c.name for c in columns if (is_ticked(row[c.name], c) if ticks else row[c.name])]
        chosen = [labels[name] for name in ticked if name not in none]
        said_none = bool(ticked) or (tells and any(row.values()))
        cells.append(separator.join(chosen) or ("none" if said_none else ""))
    if item.block != "ignore":
        given = {label.casefold(): label for name, label in labels.items() if name not in none}
        options = item.categories or tuple(given.values())
        folded.items[item.name] = replace(item, categories=options, separator=separator)
    return pd.Series(cells, index=export.cells.index, dtype="str")


def _after(item: Item, export: Export, folded: Folded) -> Item:
    """The item after folding, with the codes for no answer that its tool declares."""
    folded_item = folded.items.get(item.name, item)
    column = next((column for column in export.columns if column.name == item.name), None)
    if column is None or not column.missing:
        return folded_item
    return replace(folded_item, missing=tuple(dict.fromkeys((*folded_item.missing, *column.missing))))


def _labelled(item: Item, column: Column, cells: pd.Series[str]) -> pd.Series[str]:
    """Cells with the labels of their codes where the item's answers are labels, with the codes where they are codes."""
    labels = column.labels
    if not labels and item.kind != "multiple":
        return cells
    places, found = pd.factorize(cells)  # few different answers, of many people
    once: list[str] = [*found]
    if item.is_numbered or set(labels) & set(item.categories):
        codes = {label.casefold(): code for code, label in labels.items()}
        pieces = {cell: cell if cell in labels else codes.get(cell.casefold(), cell) for cell in once}
    else:
        pieces = {cell: labels.get(cell, cell) for cell in once}
    if item.kind == "multiple":
        pieces = {cell: _several(item, cell, labels, pieces[cell]) for cell in once}
        nothing = [cell for cell in once if says_none(labels.get(cell, cell)) and cell not in item.categories]
        pieces |= dict.fromkeys(nothing, "none")
    if all(cell == piece for cell, piece in pieces.items()):
        return cells
    return pd.Series([pieces[cell] for cell in once], dtype="str").take(places).set_axis(cells.index)


def _several(item: Item, cell: str, labels: Mapping[str, str], whole: str) -> str:
    """A cell of several codes with their labels; one that holds anything else stays as it is."""
    coded = set(labels) & set(item.categories)
    for mark in (item.separator, ",", " "):
        codes = [code.strip() for code in cell.split(mark) if code.strip()]
        if len(codes) > 1 and all(code in labels for code in codes):
            return item.separator.join(code if coded else labels[code] for code in codes)
    return whole
