"""Ties in the shapes in which tools export them: ticks, names, ratings in columns, rows of their own.

Two tables say everything. Where people are *named* (ticked, typed, chosen), each respondent has a cell of names, as if
typed, with the names that were offered. Where they are *rated*, and where rows of their own say who is meant, each tie
is a row as in ``ties.csv``: ego, alter, layer, rating, asked. Five states stay apart:

================== ================================= ==========================================================
state              named                             rated
================== ================================= ==========================================================
a tie              the name is in the cell           a row with its rating
asked, not chosen  another name is, or "nobody"      a row with a rating below what is a tie
said "nobody"      the cell says so                  a row that names "nobody"
not asked          not offered; else a row that      a row that says so; on no form: no row
                   says so
not answered       an empty cell                     a row without a rating; nothing rated at all: no row
================== ================================= ==========================================================

Where a format cannot tell two of them apart the less informative one is taken, and told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from peernet._wording import count_in_digits
from peernet.survey.answers import NO, YES
from peernet.survey.files import TIE_COLUMNS
from peernet.survey.formats.colleagues import Colleagues
from peernet.survey.formats.export import Column, Export, Repeats
from peernet.survey.formats.online import NOT_TICKED, TICKED, says_none, says_not_ticked, says_ticked
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import PART, SHORT, is_no_answer, is_nobody
from peernet.survey.nominations import has_scale
from peernet.survey.numbers import plain_number
from peernet.survey.ties import is_not_met

NOBODY = "nobody"
# In the reason of a code for no answer: that the question was shown, and that it was not.
SEEN = re.compile(r"\b(?:seen|shown|displayed|asked|unanswered|not answered)\b")
NOT_SEEN = re.compile(
    r"(?:\b(?:not|never)|n['’]t)(?: (?:been|yet|ever))* (?:seen|shown|displayed|asked)\b"
    r"|\bun(?:seen|shown|asked)\b|\bskip logic\b|\bhidden\b"
)
# What to change in a tool so that its export tells more; asked for where somebody chose nobody of a list.
EXPORT_OPTIONS: Mapping[str, str] = {
    "qualtrics": 'export with "Recode seen but unanswered multi-value fields as 0" to tell',
}
NEXT_TIME = 'an option "nobody" in the question would tell'


@dataclass
class Folded:
    """What becomes of the tie questions of an export.

    Parameters
    ----------
    items
        Items as they are after folding, under their names: of ticks, with the names that were offered.
    cells
        Cells of names by item.
    rows
        Rows of ties, each a number of its row in the export and the cells of `TIE_COLUMNS`.
    came
        By layer of the rows who answered its question.
    labels
        Whom questions of a column for each colleague are about, as written there.
    """

    items: dict[str, Item] = field(default_factory=dict)
    cells: dict[str, pd.Series[str]] = field(default_factory=dict)
    rows: list[tuple[int, str, str, str, str, str]] = field(default_factory=list)
    came: dict[str, set[str]] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)

    def add(self, number: int, ego: str, alter: str, item: Item, rating: str = "", asked: str = "") -> None:
        """One row of ties; ``asked`` is "no", or "no answer", for without a rating a row can be a plain nomination."""
        self.rows.append((number, ego, alter, str(item.layer), rating, asked))

    def keep_who_came(self, item: Item, egos: Iterable[str]) -> None:
        """Who answered a question, where rows of the same layer would say it of everybody otherwise."""
        self.came.setdefault(str(item.layer), set()).update({*egos} - {""})

    def table(self) -> pd.DataFrame:
        """The rows as a table of ties; the index is the number of the row in the export."""
        numbers = [number for number, *_ in self.rows]
        return pd.DataFrame([row for _, *row in self.rows], columns=TIE_COLUMNS, index=numbers, dtype="str")


@dataclass(frozen=True)
class TickList:
    """A question with a column to tick per colleague: its boxes, columns of names typed beside, and who is meant."""

    boxes: Sequence[Column]
    texts: Sequence[str]
    alters: Mapping[str, str]  # by column

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """Everybody who could be ticked, each once."""
        return tuple({alter.casefold(): alter for alter in self.alters.values() if alter != NOBODY}.values())

    @cached_property
    def tell_unticked(self) -> bool:
        """Whether a box that was shown and not ticked holds anything."""
        return all(column.unticked is not None for column in self.boxes)

    def ticked(self, row: Mapping[str, str]) -> list[str]:
        """Whom a sheet ticks."""
        return [self.alters[column.name] for column in self.boxes if is_ticked(row[column.name], column)]

    def named(self, row: Mapping[str, str]) -> list[str]:
        """Whom a sheet ticks or names beside."""
        return [*dict.fromkeys(self.ticked(row)), *(row[name] for name in self.texts if row[name])]

    def was_shown(self, row: Mapping[str, str]) -> bool:
        """Whether the cells say that the question was shown, ticked or not."""
        return self.tell_unticked and any(row[column.name] for column in self.boxes)

    def hidden(self, row: Mapping[str, str]) -> set[str]:
        """Who was not shown to somebody to whom others were."""
        return {self.alters[column.name] for column in self.boxes if self.was_shown(row) and not row[column.name]}


@dataclass(frozen=True)
class TieShapes:
    """Puts the columns and rows of tie questions together, for one export.

    Parameters
    ----------
    export
        What a reader found.
    colleagues
        Who is meant by a code, a label or a name.
    log
        Receives what a format cannot tell apart.
    known
        Groups of ticks that say which colleagues were asked about afterwards, by the codebook's name for them.
    """

    export: Export
    colleagues: Colleagues
    log: IssueLog
    known: Mapping[str, Sequence[Column]] = field(default_factory=dict)

    def fold_ticks(self, item: Item, columns: Sequence[Column], into: Folded) -> None:
        """One column per colleague, ticked or not, as a cell of names; who was not shown to somebody is not asked."""
        boxes = [column for column in columns if column.kind not in ("text", "name")]
        texts = [column.name for column in columns if column.kind in ("text", "name")]
        ticks = TickList(boxes, texts, self._alters(item, boxes, into))
        sheets = self._answered(columns)
        said = {(number, alter) for number, row in sheets for alter in ticks.ticked(row) if alter != NOBODY}
        before = self._ticked_before(columns[0].group, set(ticks.offered), said)
        cells, empty = [], 0
        for number, row in sheets:
            ego, known = self.colleagues.egos[number], before.get(number)
            named = ticks.named(row)
            if not named and (ticks.was_shown(row) or known == {NOBODY}):
                named = [NOBODY]
            empty += not named and bool(ego)
            cells.append("; ".join(named))
            if named and ego and known != {NOBODY}:
                hidden = ticks.hidden(row) | (set(ticks.offered) - known if known else set())
                for alter in sorted(hidden - {ego, NOBODY, *named}):
                    into.add(number, ego, alter, item, asked="no")
        into.cells[item.name] = pd.Series(cells, index=self.export.cells.index, dtype="str")
        label = _wording(item, columns)
        into.items[item.name] = replace(item, kind="multiple", categories=ticks.offered, separator=";", label=label)
        into.keep_who_came(item, self.colleagues.egos[into.cells[item.name] != ""])
        if empty and not ticks.tell_unticked:
            told = EXPORT_OPTIONS.get(self.export.format, NEXT_TIME)
            sheets_of = f"{empty} of {len(cells)} sheets"
            problem = f"{sheets_of} tick nobody at all, which the export does not tell from no answer"
            self.log.note(problem, f"taken as no answer; {told}", item=item.name)

    def fold_names(self, item: Item, columns: Sequence[Column], into: Folded) -> None:
        """A column per nomination as one cell of names; whoever fills every column may have had more to name."""
        rows = [
            "; ".join(filter(None, (self._name(column, row[column.name]) for column in columns)))
            for _, row in self._answered(columns)
        ]
        into.cells[item.name] = pd.Series(rows, index=self.export.cells.index, dtype="str")
        most = item.most_named or (len(columns) if item.block == "tie" else None)
        into.items[item.name] = replace(
            item, kind="text", categories=(), separator=";", most_named=most, label=_wording(item, columns)
        )

    def fold_choice(self, item: Item, column: Column, into: Folded) -> None:
        """One cell of names, or of the codes of names that could be chosen."""
        cells = self.export.cells[column.name]
        if not column.labels:
            into.cells[item.name] = cells
            return
        into.cells[item.name] = cells.map(lambda cell: "; ".join(self._chosen(item, column, cell))).astype("str")
        offered = [self._name(column, code) for code in column.labels]
        people = tuple({name.casefold(): name for name in offered if name != NOBODY}.values())
        into.items[item.name] = replace(
            item, kind="multiple", categories=people, separator=";", label=item.label or column.wording
        )

    def fold_ratings(self, item: Item, columns: Sequence[Column], into: Folded) -> None:
        """One column per colleague with what they were rated, as rows of ties.

        Whoever rates nobody gave no answer. An empty cell beside ratings is asked and not answered; where the export
        marks what was seen and not answered, it is not asked. Where the colleagues to rate were ticked in a question
        before, only these were asked about, and who ticked nobody there says nobody here.
        """
        alters = self._alters(item, columns, into)
        words = {column.name: rating_words(item, column) for column in columns}
        marks = {column.name: frozenset(column.missing) for column in columns}
        unseen = {column.name: _marks_of_unseen(column) for column in columns}
        marked = any((self.export.cells[c.name].isin(_marks_of_seen(c))).any() for c in columns if c.missing)
        sheets = self._answered(columns)
        rated = {
            (number, alter)
            for number, row in sheets
            for name, alter in alters.items()
            if not _is_silent(row[name], marks[name], words[name])
        }
        before = self._ticked_before(columns[0].group, set(alters.values()) - {NOBODY}, rated)
        came: set[str] = set()
        for number, row in sheets:
            ego, known = self.colleagues.egos[number], before.get(number)
            if ego and known == {NOBODY}:
                came.add(ego)
                into.add(number, ego, NOBODY, item)
                continue
            given = [name for name in alters if not _is_silent(row[name], marks[name], words[name])]
            if not ego or not (given or known):
                continue
            came |= {ego} if given else set()
            for name, alter in alters.items():
                cell = row[name]
                hidden = cell in unseen[name] or (not cell and (marked or (known is not None and alter not in known)))
                if alter in (ego, NOBODY) or not (given or hidden):
                    continue
                if hidden or _is_silent(cell, marks[name], words[name]):
                    into.add(number, ego, alter, item, asked="no" if hidden else "no answer")
                else:
                    into.add(number, ego, alter, item, words[name].get(cell.casefold(), cell))
        into.keep_who_came(item, came)

    def _ticked_before(self, group: str, offered: set[str], said: set[tuple[int, str]]) -> dict[int, set[str]]:
        """By row who was ticked in the question from which colleagues were carried forward to a question of theirs.

        Such a question is in block "ignore" and offers everybody of the later one, in which nothing was ``said`` of
        anybody who was not ticked.
        """
        for name, boxes in self.known.items():
            ticks = {self._alter(column): column for column in boxes}
            if not said or not offered <= set(ticks):
                continue
            before: dict[int, set[str]] = {}
            for number, row in self._answered(boxes):
                if ticked := {alter for alter, column in ticks.items() if is_ticked(row[column.name], column)}:
                    before[number] = ticked
            if all(alter in before.get(number, ()) for number, alter in said):
                problem = f"only colleagues ticked in {name!r} stand in {group!r}"
                self.log.note(problem, "of the others nobody was asked there")
                return before
        return {}

    def fold_rows(self, rows: Repeats, alter: Item, items: Iterable[Item], into: Folded) -> None:
        """Rows of their own, each of which names a colleague: a repeat group or an edge list, of its first wave.

        Of whoever came to the questions and named nobody, no telling "nobody" from having skipped them: they answered,
        and refused nobody.
        """
        columns = {column.name: column for column in rows.columns}
        whose = rows.person.map(self.colleagues.egos, na_action="ignore").fillna("").astype("str")
        first = self._first_wave(rows, whose)
        rated = [item for item in items if item.name in rows.cells]
        plain = [item for item in items if item.name == rows.name and item.name not in rows.cells]
        asked = [self.colleagues.egos[number] for number in rows.asked or () if number in self.colleagues.egos]
        for item in (*rated, *plain):
            into.keep_who_came(item, [*whose[first], *asked])
        words = {item.name: rating_words(item, columns[item.name]) for item in rated}
        chosen = rows.cells[alter.name]
        for number in rows.cells.index[first]:
            ego, named = whose[number], self._name(columns[alter.name], chosen[number])
            for item in plain:
                into.add(number, ego, named, item)
            for item in rated:
                cell = rows.cells.loc[number, item.name]
                if _is_silent(cell, frozenset(columns[item.name].missing), words[item.name]):
                    unseen = cell in _marks_of_unseen(columns[item.name])
                    into.add(number, ego, named, item, asked="" if named == NOBODY else "no" if unseen else "no answer")
                else:
                    into.add(number, ego, named, item, words[item.name].get(cell.casefold(), cell))

    def _first_wave(self, rows: Repeats, whose: pd.Series[str]) -> pd.Series[bool]:
        """Which rows belong to a person and to the first wave; the others are told."""
        lost = int((whose == "").sum())
        if lost:
            count = count_in_digits(lost, "row", "rows")
            problem = f"{count} of {rows.file or rows.name} without anybody who answered"
            self.log.warning(problem, "left out; their sheet is not in the export")
        kept = whose != ""
        if rows.wave is None:
            return kept
        waves = [wave for wave in dict.fromkeys(rows.wave[kept]) if wave]
        for wave in waves[1:]:
            count = count_in_digits(int((rows.wave[kept] == wave).sum()), "row", "rows")
            problem = f"{count} of {rows.file or rows.name} of the wave {wave!r}"
            self.log.note(problem, f"not used: ties are those of the first wave, {waves[0]!r}")
        return kept & ~rows.wave.isin(waves[1:])

    def _answered(self, columns: Sequence[Column]) -> list[tuple[int, dict[str, str]]]:
        """Each row's number and its cells under these columns."""
        cells = self.export.cells[[column.name for column in columns]]
        return list(zip(cells.index.tolist(), cells.to_dict("records"), strict=True))  # type: ignore[arg-type]

    def _alter(self, column: Column) -> str:
        """Whom a column is about; "nobody" for the option that says so."""
        if column.none or says_none(column.part or column.key):
            return NOBODY
        label = self.colleagues.identifier(column.key, column.part) or column.name
        reading = self.colleagues.book.read(label)
        return str(reading.person) if reading.person and reading.how in (PART, SHORT) else label

    def _alters(self, item: Item, columns: Sequence[Column], into: Folded) -> dict[str, str]:
        """Whom each column is about, by its name; a part of a name and two columns about one person are told."""
        alters = {column.name: self._alter(column) for column in columns}
        into.labels.update(alters.values())
        for column in columns:
            label, alter = self.colleagues.identifier(column.key, column.part) or column.name, alters[column.name]
            if alter not in (label, NOBODY):
                done = f"read as {self.colleagues.names[alter]} ({alter}): {self.colleagues.book.read(label).how}"
                self.log.note(f"a column is about {label!r}", done, item=item.name)
        for alter, count in Counter(alters.values()).items():
            if count > 1:
                problem = f"{count} columns of {columns[0].group!r} are about {alter!r}"
                self.log.warning(problem, "taken as one person; namesakes need codes of their own", item=item.name)
        return alters

    def _name(self, column: Column, cell: str) -> str:
        """Whom a cell names: by the code or the label of a choice, else as typed."""
        if not cell or cell in column.missing:
            return ""
        code = next((code for code, label in column.labels.items() if cell in (code, label)), "")
        label = column.labels.get(code, cell)
        if says_none(label) or is_nobody(cell):
            return NOBODY
        return self.colleagues.identifier(code or cell, label)

    def _chosen(self, item: Item, column: Column, cell: str) -> list[str]:
        """Whom a cell of codes or labels names, parted as its tool parts them."""
        if cell in column.labels or cell in column.labels.values():
            return [self._name(column, cell)]
        known = {*column.labels, *column.labels.values()}
        for mark in (item.separator, ",", ";", " "):
            pieces = [piece.strip() for piece in cell.split(mark) if piece.strip()]
            if pieces and all(piece in known for piece in pieces):
                return [self._name(column, piece) for piece in pieces]
        return [cell] if cell and cell not in column.missing else []


def is_ticked(cell: str, column: Column) -> bool:
    """Whether a cell says that its option was ticked."""
    says_no = says_not_ticked(cell) and cell != column.part  # an option may be called "No", and hold its name
    return bool(cell) and cell != column.unticked and cell not in column.missing and not says_no


def rating_words(item: Item, column: Column) -> dict[str, str]:
    """What stands for a cell of ratings, by the cell in small letters: the word or the number of the item's scale.

    Codes become labels where the item's categories are labels, labels become codes where it has limits. A point that
    says that one does not know somebody stays in words, whatever its number. A yes or no to one colleague is 1 or 0.
    """
    labels = {code: label for code, label in column.labels.items() if code not in column.missing}
    strangers = {code: label for code, label in labels.items() if is_not_met(label)}
    if item.rating_words:
        known = {word.casefold(): word for word in item.rating_words}
        codes = {code.casefold(): label for code, label in labels.items() if label.casefold() in known}
        codes |= {label.casefold(): code for code, label in labels.items() if code.casefold() in known}
        return known | codes | {code.casefold(): label for code, label in strangers.items()}
    if not has_scale(item) and labels and all(says_ticked(x) or says_not_ticked(x) for x in labels.values()):
        said = {label.casefold(): "1" if says_ticked(label) else "0" for label in labels.values()}
        return said | {code.casefold(): said[label.casefold()] for code, label in labels.items()}
    if has_scale(item) or any(plain_number(code) is not None for code in labels):
        numbers = {label.casefold(): code for code, label in labels.items() if label not in strangers.values()}
        return numbers | {code.casefold(): label for code, label in strangers.items()}
    return dict.fromkeys(YES | TICKED, "1") | dict.fromkeys(NO | NOT_TICKED, "0")


def _marks_of_seen(column: Column) -> frozenset[str]:
    """Codes that say a question was shown and not answered."""
    told = {code: reason.casefold() for code, reason in column.missing.items()}
    return frozenset(code for code, why in told.items() if SEEN.search(why)) - _marks_of_unseen(column)


def _marks_of_unseen(column: Column) -> frozenset[str]:
    """Codes that say a question was not shown."""
    return frozenset(code for code, reason in column.missing.items() if NOT_SEEN.search(reason.casefold()))


def _is_silent(cell: str, marks: frozenset[str], points: Mapping[str, str]) -> bool:
    """Whether a cell is empty, a mark or words for no answer; a point of the scale such as "rather not" is neither."""
    return not cell or cell in marks or (cell.casefold() not in points and is_no_answer(cell))


def _wording(item: Item, columns: Sequence[Column]) -> str:
    """The question's text as the codebook has it, else as the export does: it may say how many can be named."""
    return item.label or columns[0].group_wording or columns[0].wording
