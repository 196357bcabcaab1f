"""An export as its tool wrote it, in one shape for every tool: cells as text, and what the tool says of each column.

A reader says what stands in the file and decides nothing: what a column is used for is the codebook's to say. So the
columns of one question (the ticks of a list, the rows of a matrix, the colleagues of a roster) stay columns, and only
say that they belong together; `peernet.survey.formats.folding` puts them together as the codebook wants them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from weakref import finalize
from zipfile import BadZipFile, ZipFile

import pandas as pd

from peernet._wording import count_in_digits, listed
from peernet.errors import SurveyError
from peernet.survey.files import OF_THE_PROGRAMME, ROSTER
from peernet.survey.item import plain_heading
from peernet.survey.sheets import READERS, Rows, Sheet


@dataclass(frozen=True)
class Column:
    """One column of an export, and what its tool says of it.

    Parameters
    ----------
    name
        Its name in `Export.cells`, as the file calls it.
    wording
        The whole question as people read it; empty where the file does not tell.
    kind
        What the tool says it holds, where it does: ``"number"``, ``"text"``, ``"date"``, ``"choice"`` (one label or
        code), ``"choices"`` (several in one cell), ``"tick"`` (one option of a list: ticked or not), ``"name"`` (one
        of several columns to type a name into), ``"rank"``, ``"about"`` (what the tool notes by itself: times,
        addresses, progress), ``"person"`` (identifies who answered). Empty where nobody can tell.
    group
        The question of which this is a part, such as ``"QID61"``; empty where it stands alone. A codebook's item may
        be called as a column or as a group.
    group_wording
        The question's text without the part's.
    part
        The part's label: a statement of a matrix, an option of a list, a colleague of a roster.
    key
        The part's code in the tool, such as ``"4"`` or ``"p017"``.
    labels
        Code to label of the answers, in the tool's order; the cells hold either, as exported.
    missing
        Codes and labels that mean "no answer", with the reason where the tool gives one.
    unticked
        Of a tick: what stands in the cell of an option that was shown and not ticked, ``None`` where the format
        cannot tell that from no answer.
    none
        Of a tick or rank: whether it is the option that says none of the others, such as "nobody here".
    properties
        Properties of `peernet.survey.Item` that the questionnaire's definition carries along.
    """

    name: str
    wording: str = ""
    kind: str = ""
    group: str = ""
    group_wording: str = ""
    part: str = ""
    key: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    unticked: str | None = None
    none: bool = False
    properties: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Repeats:
    """Rows of their own below the answers of a person, such as one per colleague: a repeat group, an edge list.

    Parameters
    ----------
    name
        What the tool calls them.
    cells
        One row per colleague or event, cells as text; the index is the row's number in its file.
    person
        By row, the row of `Export.cells` it belongs to; missing where that row is not there.
    columns
        What is said of each column of ``cells``; their ``group`` is ``name``.
    file
        The file or sheet the rows stand in.
    wave
        By row, the wave's name in the tool; empty where there is one wave.
    asked
        Rows of `Export.cells` of people who came to these questions, named somebody or not; None where unknown.
    """

    name: str
    cells: pd.DataFrame
    person: pd.Series
    columns: tuple[Column, ...]
    file: str = ""
    wave: pd.Series | None = None
    asked: frozenset[int] | None = None


@dataclass(frozen=True, eq=False)
class Export:
    """Everything an export holds, with every cell as text.

    Parameters
    ----------
    format
        The format's name in `peernet.survey.formats.door.FORMATS`.
    file
        Name of the file the answers stand in.
    cells
        One row per sheet filled in; the index is the row's number in the file, the columns are those of ``columns``.
    columns
        What is said of each column, in order.
    lines
        Lines (or records) the file has, by its own count; ``headings`` of them are headings.
    headings
        Lines of headings.
    repeats
        Rows below people's answers.
    people
        The tool's table of participants: everybody invited, one row each; no columns where there is none.
    set_aside
        Rows that are no answers of a person, by number: previews, unfinished sheets, with the reason in words.
    other_lines
        How many lines belong to sheets that begin in another line, by what they are, such as ``{"of nomination": 3}``.
    notes
        What was odd and readable: severity, problem and what was done, as for `IssueLog`.
    semicolons
        Whether semicolons part the cells, so that commas may be decimal.
    """

    format: str
    file: str
    cells: pd.DataFrame
    columns: tuple[Column, ...]
    lines: int
    headings: int = 1
    repeats: tuple[Repeats, ...] = ()
    people: pd.DataFrame = field(default_factory=pd.DataFrame)
    set_aside: Mapping[int, str] = field(default_factory=dict)
    other_lines: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[tuple[str, str, str], ...] = ()
    semicolons: bool = False

    @cached_property
    def groups(self) -> Mapping[str, tuple[Column, ...]]:
        """The columns of each question that has several, in order."""
        found: dict[str, tuple[Column, ...]] = {}
        for column in self.columns:
            if column.group:
                found[column.group] = (*found.get(column.group, ()), column)
        return found

    @property
    def told(self) -> str:
        """How many lines were read as what, such as "16 lines: 2 of headings, 14 people"."""
        parts = [f"{self.headings} of headings", count_in_digits(len(self.cells), "sheet", "sheets") + " filled in"]
        counts = pd.Series(list(self.set_aside.values()), dtype="str").value_counts()
        parts += [f"{count:,} set aside ({why})" for why, count in counts.items()]
        parts += [f"{count:,} {what}" for what, count in self.other_lines.items()]
        told = len(self.cells) + len(self.set_aside) + sum(self.other_lines.values())
        rest = self.lines - self.headings - told
        blank = f", {rest:,} blank" if rest else ""
        return f"{count_in_digits(self.lines, 'line', 'lines')}: {', '.join(parts)}{blank}"


@dataclass(frozen=True, eq=False)
class Source:
    """What a reader is given: the file or the files of the folder, each looked into once.

    Parameters
    ----------
    path
        The file or folder the user named; of a zip archive the files in it are read.
    encoding
        Of text files.
    definition
        The questionnaire's definition where the user named one (.qsf, .lss, XLSForm, dictionary, protocol).
    """

    path: Path
    encoding: str = "utf-8"
    definition: Path | None = None
    _sheets: dict[Path, list[Sheet]] = field(default_factory=dict)

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The file, or every file of the folder in order of name, without hidden ones and ours (codebook, roster, ...).

        Of an archive those of its folders too. A roster or ties or outcomes that lie there alone are those of nothing.
        """
        if not self.path.exists():
            return ()
        if self.path.is_file() and self.path.suffix.casefold() != ".zip":
            return (self.path,)
        within = self.path.iterdir() if self.path.is_dir() else self._unpacked.rglob("*")
        inside = sorted(file for file in within if file.is_file() and file.name[0] not in ".~")
        own = tuple(file for file in inside if file.stem != "codebook" and file.name not in OF_THE_PROGRAMME)
        return tuple(file for file in own if file.name != ROSTER and file.stem not in ("ties", "outcomes")) or own

    @cached_property
    def _unpacked(self) -> Path:
        """Where the files of an archive lie as long as they are needed."""
        folder = mkdtemp(prefix="peernet-")
        finalize(self, rmtree, folder, ignore_errors=True)
        try:
            with ZipFile(self.path) as archive:
                archive.extractall(folder)
        except (BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
            raise SurveyError(f"{self.path} cannot be unpacked: {error}. Unpack it and give the folder.") from error
        return Path(folder)

    def with_suffix(self, *suffixes: str) -> list[Path]:
        """The files that end in one of these suffixes, and the definition if it does."""
        named = [self.definition] if self.definition else []
        return [file for file in dict.fromkeys([*named, *self.files]) if file.suffix.casefold() in suffixes]

    def sheets(self, file: Path) -> list[Sheet]:
        """The sheets of a table: one of a text file, each with its rows as text; none of a file that is no table."""
        if file not in self._sheets:
            read = READERS.get(file.suffix.casefold())
            self._sheets[file] = [] if read is None else read(file, self.encoding)
        return self._sheets[file]

    def tables(self) -> list[tuple[Path, Sheet]]:
        """Every sheet of every table."""
        return [(file, sheet) for file in self.files for sheet in self.sheets(file)]


def filled(rows: Rows) -> Rows:
    """The rows that hold anything."""
    return [(number, row) for number, row in rows if any(row)]


def headings(sheet: Sheet) -> list[str]:
    """The first line of a sheet that holds anything."""
    return [plain_heading(cell) for cell in next((row for _, row in sheet.rows if any(row)), [])]


def framed(names: Iterable[str], rows: Rows) -> pd.DataFrame:
    """A frame of text cells under these names, its index the rows' numbers; short rows are filled up."""
    columns = list(names)
    cells = [(row + [""] * len(columns))[: len(columns)] for _, row in rows]
    return pd.DataFrame(cells, columns=columns, index=[number for number, _ in rows], dtype="str")


def unique(names: Iterable[str]) -> list[str]:
    """Names made unique: what is repeated gets a number, as ``Comment (2)``; one without text its column.

    Examples
    --------
    >>> unique(["Comment", "Comment", "", "Comment"]), unique(["Comment", "Comment", "Comment (2)"])
    (['Comment', 'Comment (2)', 'column 3', 'Comment (3)'], ['Comment', 'Comment (3)', 'Comment (2)'])
    """
    given = [name or f"column {place}" for place, name in enumerate(names, start=1)]
    taken, times, made = {*given}, dict.fromkeys(given, 0), []
    for name in given:
        called = name
        times[name] += 1
        while times[name] > 1 and (called := f"{name} ({times[name]})") in taken:
            times[name] += 1
        taken.add(called)
        made.append(called)
    return made


def left_unread(source: Source, used: Iterable[Path]) -> tuple[tuple[str, str, str], ...]:
    """A warning of each table beside the files that are used, as for `Export.notes`."""
    known = {*used}
    tables = [file for file in source.files if file.suffix.casefold() in READERS and file not in known]
    return tuple(("warning", f"{file.name} lies beside the answers", "not read") for file in tables)


def what_is_there(source: Source) -> str:
    """The files of a source in words, for a message."""
    return listed([file.name for file in source.files]) if source.files else "nothing"
