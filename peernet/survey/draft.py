"""A codebook guessed from an export, each guess with its reason, and a mark wherever somebody should look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from textwrap import shorten

import pandas as pd

from peernet._files import write_whole
from peernet._wording import count_in_words
from peernet.errors import CodebookError
from peernet.survey.codebook import Codebook, codebook_bytes, document_problems
from peernet.survey.codebook_sheet import COLUMNS, ItemRow, Sheets, read_sheets
from peernet.survey.files import CODEBOOK_SHEET
from peernet.survey.formats.door import open_export
from peernet.survey.formats.export import Export, Source
from peernet.survey.guessing import NO_RATING, WHO_TAKES_PART, guessed_rows, is_open
from peernet.survey.instruments.standard import scales_asked
from peernet.survey.item import Item, item_problems
from peernet.survey.nominations import has_scale

NAME_WIDTH = 60  # of an item in the terminal
MOST_MARKED = 25  # rows told of there
OPEN_PERSON = "No column says who answered: write person under block, in the row of the column that identifies them"


@dataclass(frozen=True, repr=False, eq=False)
class DraftedCodebook:
    """A codebook as far as it could be guessed from an export.

    Parameters
    ----------
    rows
        One row per item, in the order of the export.
    told
        How the export's lines were read.
    merged
        What became of a codebook that was there before, in words; empty where there was none.
    kept
        The codebook that was there before: its rows, missing values, and names to settle.
    notes
        What was odd about the export and read all the same, one sentence each.

    Examples
    --------
    >>> import peernet as pn
    >>> draft = pn.draft_codebook("data/aarhus/survey.csv")
    >>> draft.table.loc["person", ["block", "kind"]].tolist()
    ['person', 'text']
    """

    rows: tuple[ItemRow, ...]
    told: str = ""
    merged: str = ""
    kept: Sheets = field(default_factory=Sheets)
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        without, marked = self.unclassified, self.to_look_at
        return f"<DraftedCodebook: {len(self.rows)} items, {without} without a block, {marked} to look at>"

    @property
    def table(self) -> pd.DataFrame:
        """One row per item, index ``name``: the columns of the sheet, `Item`'s properties among them.

        ``wording`` is the item's label, ``answers`` the first that were found, ``because`` the reason for the guess
        and ``look`` what somebody should look at, empty where nothing.
        """
        known = {f.name for f in fields(Item)}
        told = [
            {
                **{key: getattr(row.item, key) for key in COLUMNS if key in known},
                "wording": row.item.label,
                "answers": row.answers,
                "because": row.because,
                "look": row.look,
            }
            for row in self.rows
        ]
        return pd.DataFrame(told, columns=[*COLUMNS]).set_index("name")

    @property
    def unclassified(self) -> int:
        """How many items have no block, and so are not used."""
        return sum(not row.item.block for row in self.rows)

    @property
    def to_look_at(self) -> int:
        """How many items carry a mark."""
        return sum(map(is_open, self.rows))

    @property
    def summary(self) -> list[str]:
        """What was read and guessed, and what is open, in a few lines."""
        blocks = pd.Series([row.item.block for row in self.rows if row.item.block], dtype="str").value_counts(
            sort=False
        )
        guessed = ", ".join(f"{times} {block}" for block, times in blocks.items())
        lines = [
            self.told,
            *(f"  {note}" for note in self.notes),
            f"{len(self.rows)} items: {guessed or 'none with a block'}",
        ]
        if self.unclassified:
            lines.append(f"Without a block, and so not used: {self.unclassified}")
        lines += [self.merged] if self.merged else []
        lines += self._marked()
        if self.open_questions:
            lines += ["Before pairs can be made:", *(f"  {question}" for question in self.open_questions)]
        return lines

    def _marked(self) -> list[str]:
        """Which rows somebody should look at, and why."""
        names = {row.item.name: shorten(row.item.name, NAME_WIDTH, placeholder=" ...") for row in self.rows}
        marked = [f"  {names[row.item.name]}: {row.look}" for row in self.rows if is_open(row)]
        count = count_in_words(len(marked), "row is", "rows are")
        more = [f"  and {len(marked) - MOST_MARKED} more, in the sheet"] if len(marked) > MOST_MARKED else []
        told = [f"{count[:1].upper()}{count[1:]} marked to look at:", *marked[:MOST_MARKED], *more]
        return told if marked else ["Nothing is marked."]

    @cached_property
    def open_questions(self) -> tuple[str, ...]:
        """What must be settled before pairs can be made, one sentence each."""
        used = [row.item for row in self.rows if row.item.block]
        problems = [problem for item in used for problem in item_problems(item)]
        problems += open_rows(self.rows)
        if not any(item.block == "person" for item in used):
            return (OPEN_PERSON + ".", *problems)
        return (*problems, *document_problems(used))

    @property
    def codebook(self) -> Codebook:
        """The codebook of all items that have a block.

        Raises
        ------
        CodebookError
            With every question that is still open.
        """
        if self.open_questions:
            raise CodebookError(*self.open_questions)
        names = {name.typed: name.meant for name in self.kept.names if name.meant}
        items = tuple(row.item for row in self.rows if row.item.block)
        return Codebook(items, self.kept.missing, names, self.kept.scales)

    def write(self, path: str | Path) -> Path:
        """Write the draft as a spreadsheet to edit, or as JSON once nothing is open.

        Parameters
        ----------
        path
            A ``.xlsx`` or ``.json`` file; one that is there is replaced. What somebody has edited is not lost: a draft
            of `draft_codebook` has it already, where the file lies beside the export.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        CodebookError
            If a JSON file is asked for and something must be settled first.
        SettingError
            If the suffix is another one, or the file cannot be written.
        """
        path = Path(path)
        sheets = replace(self.kept, rows=self.rows)
        write_whole(path.parent, {path.name: codebook_bytes(path, sheets, lambda: self.codebook.to_descriptor())})
        return path


def draft_codebook(
    path: str | Path,
    *,
    format: str | None = None,  # noqa: A002 - what users call it
    definition: str | Path | None = None,
    encoding: str = "utf-8",
) -> DraftedCodebook:
    """Guess from the export of a survey tool what each column means, with a reason for every guess.

    Nothing is applied that only seems so: codes that may mean no answer, statements that seem to be worded the other
    way, and scales of ratings without a threshold are marked, with what they would change. A ``codebook.xlsx`` that
    lies beside the export is taken over: its rows stay as they are, and what the export has beside them is added.

    Parameters
    ----------
    path
        The file or folder of the export.
    format
        What wrote it, where its content should not decide: a key of `peernet.survey.formats.door.FORMATS`.
    definition
        The questionnaire's definition, where there is one.
    encoding
        Of text files.

    Returns
    -------
    DraftedCodebook

    Raises
    ------
    SurveyError
        If the export cannot be read.
    CodebookError
        If a codebook beside it cannot be understood.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.draft_codebook("data/aarhus/survey.csv")
    <DraftedCodebook: ... items, ... without a block, ... to look at>
    """
    source = Source(Path(path), encoding, None if definition is None else Path(definition))
    drafted = draft_of(open_export(source, format))
    beside = beside_export(source.path) / CODEBOOK_SHEET
    return merged(drafted, beside) if beside.is_file() else drafted


def open_rows(rows: Iterable[ItemRow]) -> list[str]:
    """What rows leave open that decides who may be paired, or which answers are a tie, one sentence each."""
    rows = [*rows]
    undecided = [row for row in rows if not row.item.block and WHO_TAKES_PART in row.look]
    unordered = [row for row in rows if row.item.block == "tie" and not has_scale(row.item) and NO_RATING in row.look]
    unordered = [row for row in unordered if row.item.kind == "text"]
    return [
        *(f"{row.item.name!r} has no block: {row.look}." for row in undecided),
        *(f"{row.item.name!r}: {row.look}." for row in unordered),
    ]


def beside_export(path: Path) -> Path:
    """The folder in which the codebook of an export lies: the export itself, where it is a folder."""
    return path if path.is_dir() else path.parent


def merged(drafted: DraftedCodebook, file: Path) -> DraftedCodebook:
    """A draft into which the rows of an edited codebook are taken over, whatever the draft guessed."""
    kept = read_sheets(file)
    if kept.problems:
        raise CodebookError(*kept.problems)
    settled = {row.item.name for row in kept.rows}
    asked = {row.item.name for row in drafted.rows}
    if settled and not settled & {row.item.name for row in drafted.rows if row.item.block != "ignore"}:
        first = kept.rows[0].item.name
        raise CodebookError(
            f"{file} is the codebook of another survey: it describes {first!r}, and nothing that was asked in this "
            "export. Put each survey into a folder of its own, or move that codebook away."
        )
    gone = len(settled - asked)
    new = [row for row in drafted.rows if row.item.name not in settled]
    told = f"{file.name}: {len(kept.rows)} rows kept as they are, {len(new)} added"
    told += f", {gone} of those kept are not in this export" if gone else ""
    called = {scale: label for scale, label in drafted.kept.scales.items() if scale not in kept.scales}
    kept = replace(kept, scales={**kept.scales, **called})
    return replace(drafted, rows=(*kept.rows, *new), merged=told, kept=kept)


def draft_of(export: Export) -> DraftedCodebook:
    """The codebook that an export suggests."""
    odd = [f"{problem}: {done}" for severity, problem, done in export.notes if severity != "note"]
    rows = guessed_rows(export)
    return DraftedCodebook(rows, export.told, notes=(*odd,), kept=Sheets(scales=scales_asked(row.item for row in rows)))
