"""The sheets of a file with every cell as text, whatever a library thinks it is: identifiers stay what was typed.

A file is read by the reader of its suffix, see `READERS`; a new kind of file is one function and one line there.
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from io import StringIO
from itertools import chain, islice
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast
from unicodedata import normalize

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._wording import count_in_digits, listed, listed_few
from peernet.errors import SurveyError
from peernet.privacy import fused
from peernet.survey.alone import AloneError, read_alone

if TYPE_CHECKING:
    from _csv import Reader

TEXT_FILES = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xls", ".ods")
SEPARATORS = ",;\t|^"
TOLD_BY_DEFAULT = "utf-8"  # the encoding nobody named: what the bytes show overrules it
REACH = 2_000  # rows by which the separator is told
PIECE = 1_000_000  # characters that are parted into lines at once
HEADER_REACH = 100_000  # characters within which the header ends
FIRST_MARK = 0xCC  # the least byte with which UTF-8 begins a mark that is put on another letter
MOST_AT_ONCE = 500_000_000  # characters of a text that is parted by a library at once
MOST_CELLS = 50_000_000  # that a workbook may claim to hold
DIMENSION_REACH = 4_096  # bytes within which a sheet says how large it is
_BREAK, _RETURN, _QUOTE, _LAST_ASCII = b'\n\r"\x7f'
DIGITS = 15  # of a number that a spreadsheet keeps
MOST_NUMBERS = 10  # of rows that are told one by one
MOST_DIGITS = 21  # of a whole number that is written out
WIDEST_MENDED = 3  # cells a line must hold before it is taken for a record saved as one cell
CONTENTS = {  # first bytes of files that are no text: what they are, and the suffix they should have
    b"PK\x03\x04": ("a workbook or another packed file", ".xlsx or .ods"),
    b"\xd0\xcf\x11\xe0": ("an old workbook", ".xls"),
    b"PAR1": ("a Parquet file", ".parquet"),
    b"$FL2": ("an SPSS file", ".sav"),
    b"$FL3": ("a compressed SPSS file", ".zsav"),
    b"<stata_dta>": ("a Stata file", ".dta"),
    b"%PDF": ("a PDF", ".pdf, which peernet does not read"),
}
_LIBRARY = """
from python_calamine import CalamineWorkbook

def read(file):
    book = CalamineWorkbook.from_path(file)
    sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    # of .ods it tells of no merged cells
    return [(each.name, each.to_python(skip_empty_area=False), each.merged_cell_ranges or []) for each in sheets]
"""
_Areas = list[tuple[tuple[int, int], tuple[int, int]]]  # first and last cell of each, row and column from 0
_Cells = list[tuple[str, list[list[object]], _Areas]]  # of each sheet, by name
_QUOTED = re.compile(r'"[^"]*"')
_NAMED_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.I)  # the line Excel writes and reads before the header
_WORD = re.compile(r"[^\W\d_]+")
_WRONG_LETTERS = re.compile(  # what letters of another code page become in cp1252, inside or after a word
    r"[^\W\d_][‚ƒ„…†‡ˆ‰‹¡¢£¤¥¦§¨©ª«¬®¯°±²³µ¶·¸¹º»¼½¾¿÷×]+[^\W\d_]|[a-z]{2}[‚ƒ„ˆ¡¢¤¥¦¬¯±³¹¶¸¼¾¿]|[a-zà-ÿ][ŠŒŽŸ]|[a-z][À-ÖØ-Þ]"
)
# Characters without room or letter that pages and documents leave in what is copied; joiners tell words apart in some
# scripts and stay.
_NO_ROOM = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e"), "")
_WHITE = (  # what `str.strip` takes away
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_DIMENSION = re.compile(rb'<dimension ref="[A-Z]+\d+:([A-Z]+)(\d+)"')
_HIDDEN_ROW = re.compile(rb'<row (?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d+)"')
_ERROR = re.compile(rb'<c [^>]*t="e"[^>]*>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>([^<]*)</v>')
_ZEROS = re.compile(rb'formatCode="(0{2,})"')
Rows = list[tuple[int, list[str]]]  # each row's number as a spreadsheet shows it, and its stripped cells
Note = tuple[str, str, str]  # severity, problem and what was done, as for `IssueLog`
Notes = list[Note]


class Sheet(NamedTuple):
    """What a reader finds in a file.

    Parameters
    ----------
    rows
        Its rows, the headings among them.
    semicolons
        Whether semicolons part the cells, so that commas may be decimal.
    name
        Of a workbook's sheet.
    notes
        What was odd and readable.
    wide
        Of a workbook's cells that are merged over several columns, the number of the row, the first place and the last.
    """

    rows: Rows
    semicolons: bool = False
    name: str = ""
    notes: tuple[Note, ...] = ()
    wide: tuple[tuple[int, int, int], ...] = ()


def number_text(value: float) -> str:
    """A number as somebody would have typed it: whole ones without a point, all digits of long ones.

    Examples
    --------
    >>> number_text(12.0), number_text(-0.0), number_text(1e16), number_text(0.1), number_text(float("nan"))
    ('12', '0', '10000000000000000', '0.1', '')
    """
    if value != value:
        return ""
    whole = isfinite(value) and value.is_integer() and abs(value) < 10**MOST_DIGITS
    return str(int(value)) if whole else repr(float(value))


def cell_text(value: object) -> str:
    """The text of a cell: numbers as `number_text`, dates in ISO order, yes and no as TRUE and FALSE.

    Examples
    --------
    >>> from datetime import date, datetime, timedelta
    >>> cell_text(True), cell_text(date(2026, 1, 2)), cell_text(datetime(2026, 1, 2, 3, 4)), cell_text(None)
    ('TRUE', '2026-01-02', '2026-01-02 03:04:00', '')
    >>> cell_text(timedelta(hours=30)), cell_text(["tea", 2.0]), cell_text(b"ann")
    ('30:00:00', 'tea; 2', 'ann')
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float():
            return number_text(value)
        case datetime():
            return value.isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case bytes():
            return value.decode("utf-8", errors="replace")
        case list() | tuple():
            return "; ".join(map(cell_text, value))
    return normalize("NFC", str(value))


def _text_rows(file: Path, encoding: str) -> list[Sheet]:
    """Rows of a delimited text file; the separator is the one under which its rows have one shape."""
    text, notes = _decoded(file, encoding)
    named = _NAMED_SEPARATOR.match(text)
    with _cells_of_any_length(text):
        begun = {} if named else _begun(text)
        if not named and (mended := _saved_over(text, begun, file)) is not None:
            told = f"each record of {file.name} is one cell, as when a spreadsheet set to semicolons saves a comma file"
            done = f"put together again: {sum(map(any, mended)):,} rows of {len(mended[0])} cells"
            return [Sheet(_numbered(mended), notes=(*notes, ("note", told, done)))]
        separator = named[1] if named else _separator(text, begun)
        parted = begun.get(separator) or _Parted.of(text, separator, named.end() if named else 0)
        try:
            rows = _numbered(chain(parted.first, parted.rest), start=2 if named else 1)
        except csv.Error as error:
            raise SurveyError(
                f"{file}: the quotation marks do not pair up near line {parted.rest.line_num} ({error}). "
                'Inside a quoted cell a quotation mark is written twice: "".'
            ) from error
    return [Sheet(rows, semicolons=separator == ";", notes=notes)]


def even_columns(file: Path, encoding: str) -> tuple[pd.DataFrame, bool] | None:
    """The columns of a text file that can be parted at once, and whether semicolons part them; None of any other.

    They are what `READERS` makes of a file with nothing to tell of: one separator in its header, as many cells in each
    row as there, quotation marks around whole cells alone, and no blank row. The first row is that of the headings.
    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
        from pyarrow import compute, csv
    except ImportError:
        return None
    data = _composed(file, encoding)
    header = data[: data.find(b"\n") + 1].decode("utf-8", errors="replace")
    marks = [mark for mark in SEPARATORS if mark in header]
    width = header.count(marks[0]) + 1 if marks else 0
    told = len(data) > MOST_AT_ONCE or _NAMED_SEPARATOR.match(header) is not None
    if told or len(marks) != 1 or '"' in header or not _parts_evenly(data, marks[0]):
        return None
    as_text = {f"f{place}": pa.large_string() for place in range(width)}
    try:
        table = csv.read_csv(
            pa.py_buffer(data),
            csv.ReadOptions(use_threads=False, autogenerate_column_names=True, block_size=len(data) + 1),
            csv.ParseOptions(delimiter=marks[0], newlines_in_values=True),
            csv.ConvertOptions(check_utf8=False, column_types=as_text),
        )
    except pa.ArrowInvalid:  # rows of different lengths
        return None
    columns = [compute.utf8_trim(column, characters=_WHITE) for column in table.columns]
    for place, column in enumerate(columns if b"'" in data else ()):
        if compute.any(compute.starts_with(column, "'")).as_py():
            columns[place] = pa.array([fused(cell).strip() for cell in column.to_pylist()], type=pa.large_string())
    as_str = {pa.large_string(): pd.StringDtype(na_value=np.nan)}.get
    cells = pa.table(columns, [*map(str, range(width))]).to_pandas(types_mapper=as_str)
    begun_blank = (cells["0"] == "").to_numpy(dtype=bool)
    blank = begun_blank.any() and (cells[begun_blank] == "").all(axis=1).any()
    return None if blank else (cells, marks[0] == ";")


def _composed(file: Path, encoding: str) -> bytes:
    """The text of a file in UTF-8, its marks put together with their letters; empty where there is a word to say of it.

    What may be in UTF-8 and cannot hold such marks is as it was: to decode it takes longer than to part it.
    """
    data = _bytes(file)
    letters = np.frombuffer(data, dtype=np.uint8)
    if encoding == TOLD_BY_DEFAULT and letters.max(initial=0) < FIRST_MARK and letters.min(initial=1) > 0:
        return data
    text, notes = _decoded(file, encoding)
    return b"" if notes else text.encode()


def _parts_evenly(data: bytes, mark: str) -> bool:
    """Whether quotation marks stand around whole cells, and no line is blank or may be one cell saved over."""
    letters = np.frombuffer(data, dtype=np.uint8)
    if not _is_plain(letters):
        return False
    breaks = np.flatnonzero(letters == _BREAK)
    returns = letters[breaks - 1] == _RETURN
    ends = breaks - returns  # of what a line says
    blank = ends == np.concatenate([[0], breaks[:-1] + 1])
    if blank.any() or np.count_nonzero(letters == _RETURN) != np.count_nonzero(returns):
        return False
    return not (letters[ends - 1] == ord(";")).any() and _whole_cells_quoted(letters, ord(mark))


def _is_plain(letters: npt.NDArray[np.uint8]) -> bool:
    """Whether bytes are UTF-8 without characters that have no room; only those beyond ASCII need a look."""
    beyond = np.flatnonzero(letters > _LAST_ASCII)
    ends = beyond[np.diff(beyond, append=len(letters)) > 1] + 1  # what follows shows whether a character is whole
    beyond = np.insert(beyond, np.searchsorted(beyond, ends), ends)
    try:
        return not any(map(letters.take(beyond).tobytes().decode().__contains__, map(chr, _NO_ROOM)))
    except UnicodeDecodeError:
        return False


def _whole_cells_quoted(letters: npt.NDArray[np.uint8], mark: int) -> bool:
    """Whether every quotation mark begins or ends a cell, or is doubled within one."""
    quotes = np.flatnonzero(letters == _QUOTE)
    if not len(quotes):
        return True
    if len(quotes) % 2 or quotes[-1] == len(letters) - 1:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before, after = letters[opening - 1], letters[closing + 1]
    doubled = closing[:-1] + 1 == opening[1:]
    begins = (before == mark) | (before == _BREAK)
    ends = (after == mark) | (after == _BREAK) | (after == _RETURN)
    return bool(begins[0] and ends[-1] and (doubled | (begins[1:] & ends[:-1])).all())


def _lines(text: str, start: int = 0) -> Iterator[str]:
    """The lines of a text with their ends, piece by piece: often the first are enough, and a copy of all is large."""
    while start < len(text):
        end = text.find("\n", start + PIECE) + 1 or len(text)
        yield from StringIO(text[start:end], newline="")
        start = end


@contextmanager
def _cells_of_any_length(text: str) -> Iterator[None]:
    """The longest answer is one as well; other readers keep their limit."""
    usual = csv.field_size_limit(max(len(text), csv.field_size_limit()))
    try:
        yield
    finally:
        csv.field_size_limit(usual)


class _Parted(NamedTuple):
    """A text parted by one mark: its first rows, what reads the others, and the shape of the first.

    The shape is the share of rows with the commonest number of cells, and that number; zeros where that is one or the
    text is no table.
    """

    first: list[list[str]]
    rest: Reader
    shape: tuple[float, int] = (0.0, 0)

    @classmethod
    def of(cls, text: str, separator: str, start: int = 0) -> _Parted:
        """Read the first rows."""
        reader = csv.reader(_lines(text, start), delimiter=separator, strict=True)
        try:
            first = [*islice(reader, REACH)]
        except csv.Error:  # whoever reads on shall come upon it again
            return cls([], csv.reader(_lines(text, start), delimiter=separator, strict=True))
        widths = Counter(map(len, filter(any, first)))
        width, rows = max(widths.items(), key=lambda found: (found[1], found[0]), default=(0, 0))
        return cls(first, reader, (rows / widths.total(), width) if width > 1 else (0.0, 0))


def _begun(text: str) -> dict[str, _Parted]:
    """The text parted by each mark in it, but for marks that cannot do so better than one before.

    Where a mark gives all rows one number of cells, no other does better that is not in the header.
    """
    header = next((line.rstrip("\r\n") for line in _lines(text) if line.strip("\r\n")), "")
    parted: dict[str, _Parted] = {}
    for mark in SEPARATORS:
        whole = any(other.shape[0] == 1.0 for other in parted.values())
        if mark in text and not (whole and mark not in header and not header.startswith('"')):
            parted[mark] = _Parted.of(text, mark)
    return parted


def _separator(text: str, begun: Mapping[str, _Parted]) -> str:
    """The separator that gives most rows the same number of cells, then the most cells; else what the header holds."""
    best = max(begun, key=lambda mark: begun[mark].shape, default=",")
    header = next(iter(_QUOTED.sub("", text[:HEADER_REACH]).lstrip().splitlines()), "")
    likely = max(SEPARATORS, key=header.count)
    if best not in begun or begun[best].shape == (0.0, 0):
        return likely
    broken = likely in begun and not begun[likely].first and best not in header and begun[best].shape[0] < 1.0
    return likely if broken else best  # whose quotation marks do not pair up, while answers hold another mark


def _saved_over(text: str, begun: Mapping[str, _Parted], file: Path) -> list[list[str]] | None:
    """The rows of a comma file that a spreadsheet set to semicolons opened as one column and saved; None of others.

    Such a file holds records as one cell with their quotation marks doubled, parts cells at the semicolons inside
    answers, and ends its lines in runs of semicolons. Most lines that commas part badly must become whole, lest a
    comma file with a short row is taken for one; where commas part all lines alike, all must end in equal runs.
    """
    alike = "," in begun and begun[","].shape[0] == 1.0
    if "," not in begun or not any(mark in text for mark in (";\n", ";\r", *(() if alike else ('""',)))):
        return None
    try:
        cells = list(csv.reader(_lines(text), delimiter=";", strict=True))
        rows = [_record(";".join(row).rstrip(";")) for row in cells]
    except csv.Error:
        return None
    filled = [number for number, row in enumerate(rows) if any(row)]
    if not filled or any(cells[filled[0]][1:]) or (width := len(rows[filled[0]])) < WIDEST_MENDED:
        return None
    if alike and (len(cells[filled[0]]) == 1 or len({len(cells[number]) for number in filled}) > 1):
        return None
    odd = [number for number in filled if len(rows[number]) != width]
    ragged = sum(any(row) and len(row) != width for row in csv.reader(_lines(text)))
    if odd and 2 * len(odd) >= ragged:
        return None
    if odd:
        raise SurveyError(
            f"{file}: each record is one cell, and row {odd[0] + 1} cannot be put together again: it has "
            f"{len(rows[odd[0]])} cells, the header has {width}. Export the answers again and open them by importing."
        )
    return rows


def _record(line: str) -> list[str]:
    """The cells of one record of a comma file; an error of `csv` where it is none."""
    found = list(csv.reader(_lines(line), strict=True))
    if len(found) > 1:
        raise csv.Error("several records in one cell")
    return found[0] if found else []


def _decoded(file: Path, encoding: str) -> tuple[str, tuple[Note, ...]]:
    """The text of a file, and what is to be said of how it was told."""
    data = _bytes(file)
    if data.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    elif encoding == TOLD_BY_DEFAULT and data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        if encoding == TOLD_BY_DEFAULT and _is_western(data):
            told = "note", f"{file.name} is not UTF-8", "read as cp1252 (Excel on Windows); name another by encoding="
            return normalize("NFC", data.decode("cp1252")), (told,)
        where = f"byte {error.start} does not decode" if isinstance(error, UnicodeDecodeError) else str(error)
        raise SurveyError(
            f'{file} is not {encoding} text: {where}. Save it as "CSV UTF-8", or say what it is: '
            'try encoding="cp1252" (Excel on Windows).'
        ) from error
    except LookupError as error:
        raise SurveyError(f"{encoding!r} is no known text encoding; try 'utf-8', 'cp1252' or 'utf-16'.") from error
    if "\0" in text:
        raise SurveyError(f'{file} is not {encoding} text: it holds NUL characters. Try encoding="utf-16".')
    composed = encoding == TOLD_BY_DEFAULT and np.frombuffer(data, dtype=np.uint8).max(initial=0) < FIRST_MARK
    return text if composed else normalize("NFC", text), ()


def _bytes(file: Path) -> bytes:
    """What a text file holds; files of another kind under its name are named."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SurveyError(
            f"{file} cannot be read ({error.strerror}). Close it where it is open and try again."
        ) from error
    for start, (kind, suffix) in CONTENTS.items():
        if data.startswith(start):
            raise SurveyError(f"{file} is {kind} and no text, whatever its name says. Its suffix should be {suffix}.")
    return data


def _is_western(data: bytes) -> bool:
    """Whether bytes that are no UTF-8 read well as cp1252: words of mostly plain letters, none with signs inside.

    A damaged UTF-8 file, another alphabet, or another code page of the same alphabet does not: then nobody can tell.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    if "\0" in text or _WRONG_LETTERS.search(text) or re.search("[ÃÂÐÑ][\u0080-\u00bf‚-™]", text):
        return False
    letters = "".join(word for word in _WORD.findall(text) if not word.isascii())
    return 2 * sum(map(str.isascii, letters)) >= len(letters)


def _workbook_rows(file: Path, encoding: str) -> list[Sheet]:  # noqa: ARG001 - one signature for all readers
    """Rows of each sheet of a workbook, the first sheet first."""
    claimed, padded = _told_by(file)
    if claimed > MOST_CELLS:  # the library makes room for all of them, or ends the program where it cannot
        raise SurveyError(
            f"{file} claims to have {claimed:,} cells. Delete what lies far below and beside the answers, or save the "
            "sheet as CSV."
        )
    try:
        cells = cast(_Cells, read_alone(_LIBRARY, file))
    except AloneError as error:
        raise SurveyError(f"{file} is not a workbook that can be read: {error}. Save the sheet as CSV.") from error
    return [
        Sheet(
            _numbered(map(_workbook_cell, row) for row in rows),
            name=name,
            notes=(*padded, *_merged_below(areas, file), *_long_numbers(rows, file)),
            wide=tuple((top + 1, left, right) for (top, left), (_, right) in areas if left < right),
        )
        for name, rows, areas in cells
    ]


def _workbook_cell(value: object) -> str:
    """The text of a cell; numbers with the digits a spreadsheet shows, without the last ones of binary arithmetic."""
    if isinstance(value, float) and not isinstance(value, bool) and not value.is_integer():
        return number_text(float(f"{value:.{DIGITS}g}"))
    return cell_text(value)


def _merged_below(areas: _Areas, file: Path) -> Iterator[Note]:
    """A warning of cells below the headings that are merged over several rows, whose text stands in the first alone."""
    below = [(left, top, bottom) for (top, left), (bottom, _) in areas if 0 < top < bottom]
    if below:
        left, top, bottom = min(below)
        cells = count_in_digits(len(below), "cell", "cells")
        told = f"{file.name} has {cells} merged over several rows, such as rows {top + 1} to {bottom + 1} of column "
        done = "only the first row of each has its text; undo the merging and fill in the others"
        yield "warning", f"{told}{left + 1}", done


def _long_numbers(rows: Iterable[Sequence[object]], file: Path) -> Iterator[Note]:
    """A warning of numbers that are longer than a spreadsheet can hold."""
    found = [value for row in rows for value in row if isinstance(value, float) and abs(value) >= 10**DIGITS]
    if found:
        told = f"{file.name} has {len(found):,} numbers of more than {DIGITS} digits, such as {number_text(found[0])}"
        yield "warning", told, "spreadsheets lose their last digits; format identifiers as text before they are typed"


def _told_by(file: Path) -> tuple[int, tuple[Note, ...]]:
    """How many cells an .xlsx says it has, and warnings of what its cells show and the library does not give."""
    try:
        with zipfile.ZipFile(file) as archive:
            sheets = [archive.read(part) for part in archive.namelist() if part.startswith("xl/worksheets/sheet")]
            styles = archive.read("xl/styles.xml") if "xl/styles.xml" in archive.namelist() else b""
    except (EOFError, OSError, RuntimeError, NotImplementedError, ValueError, zipfile.BadZipFile, zlib.error):
        return 0, ()  # no .xlsx, or one that the library refuses with its own words
    sizes = [size for sheet in sheets if (size := _DIMENSION.search(sheet[:DIMENSION_REACH]))]
    notes: Notes = []
    if zeros := _ZEROS.search(styles):
        told = f"{file.name} shows some numbers as {zeros[1].decode()}, with zeros in front that no cell holds"
        notes.append(("warning", told, "read without them; format such identifiers as text"))
    if failed := [said for sheet in sheets if b't="e"' in sheet for said in _ERROR.findall(sheet)]:
        kinds = listed(sorted({said.decode("utf-8", errors="replace") for said in failed}))
        told = f"{file.name} has {len(failed):,} cells in which a formula failed ({kinds})"
        notes.append(("warning", told, "read as empty"))
    if hidden := [number.decode() for sheet in sheets for number in _HIDDEN_ROW.findall(sheet)]:
        some = listed_few(hidden, MOST_NUMBERS)
        told = f"row {some} of {file.name} is hidden" if len(hidden) == 1 else f"rows {some} of {file.name} are hidden"
        notes.append(("warning", told, "read like the others, as a filter may hide them; delete what should not count"))
    claimed = 0
    for size in sizes:
        column = 0  # of which the letters are the number
        for letter in size[1]:
            column = 26 * column + letter - ord("A") + 1
        claimed += int(size[2]) * column
    return claimed, tuple(notes)


def _parquet_rows(file: Path, encoding: str) -> list[Sheet]:  # noqa: ARG001 - one signature for all readers
    """Rows of a Parquet file, its column names first."""
    try:
        import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
        from pyarrow import parquet
    except ImportError as error:
        raise SurveyError(
            f"{file} is a Parquet file, and pyarrow is not here to read it. pip install 'peernet[formats]'."
        ) from error
    try:
        table = parquet.read_table(file)
        columns = []
        for column in table.columns:
            cells = column.to_pylist()
            told = zip(cells, map(cell_text, cells), strict=True)  # midnight is a date, kept as a time
            columns.append([x.removesuffix(" 00:00:00") if isinstance(cell, datetime) else x for cell, x in told])
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise SurveyError(f"{file} is not a Parquet file that can be read: {error}. Save it as CSV.") from error
    rows = [table.column_names, *map(list, zip(*columns, strict=True))]
    return [Sheet(_numbered(rows))]


def _numbered(rows: Iterable[Iterable[str]], start: int = 1) -> Rows:
    """Rows with their numbers as a spreadsheet counts, which counts lines without anything too; those are no rows.

    The apostrophe that `peernet.privacy.defuse` puts before what looks like a formula is no part of the text.
    """
    return [(number, _plain(row)) for number, row in enumerate(map(list, rows), start=start) if row]


def _plain(row: list[str]) -> list[str]:
    """Cells stripped, without what nobody sees or the apostrophe before a formula; most rows hold neither."""
    whole = "".join(row)
    if not whole.isascii() and any(map(whole.__contains__, map(chr, _NO_ROOM))):
        row = [cell.translate(_NO_ROOM) for cell in row]
    row = [*map(str.strip, row)]
    return [fused(cell).strip() for cell in row] if "'" in whole else row


# Suffix: what reads the sheets of such a file, given its text encoding, rows in order and the header first.
READERS: Mapping[str, Callable[[Path, str], list[Sheet]]] = {
    **dict.fromkeys(TEXT_FILES, _text_rows),
    **dict.fromkeys(WORKBOOKS, _workbook_rows),
    ".parquet": _parquet_rows,
}
