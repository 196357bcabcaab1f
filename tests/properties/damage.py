"""Damage to survey folders: codebooks and tables as they come back from other hands, programs and disks."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Rng = np.random.Generator
Table = list[list[str]]
Folder = dict[str, Any]  # the codebook's document under "codebook.json", a table under each other name

DEEP: Any = "x"
for _ in range(100):
    DEEP = [DEEP]
HUGE = 10**400
VALUES: Sequence[Any] = [
    *(HUGE, -HUGE, DEEP, {"x": DEEP}, [HUGE], [{"value": None}], [{"value": DEEP}], 10**19, 1e19, -0.0, "1e19", [True]),
    *(None, True, False, 0, 1, -1, 2, 3.5, 1e308, -1e308, 10**30, float("inf"), float("nan"), "", " ", "\u00a0", ";"),
    *(
        "x",
        "0",
        "NaN",
        "None",
        "person",
        "trust",
        "tie",
        "goal",
        "ordinal",
        "multiple",
        "capacity",
        "\u200b",
        "a" * 5000,
    ),
    *(
        [],
        {},
        [None],
        [[]],
        {"value": None},
        ["a", "A"],
        ["1", 2, 3.0],
        [{"value": 1, "label": "never"}],
        {"block": "tie"},
    ),
]
CELLS: Sequence[str] = [
    *(
        "",
        " ",
        "-",
        "?",
        "NA",
        "N/A",
        "none",
        "nobody",
        "null",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "1e308",
        "-1e308",
        "0",
        "1",
    ),
    *("-1", "9", "97", "99", "-999", "0.5", "1.5", "1,5", "1.234,5", "1,234", "12.500", "1_000", "1e19", "9" * 400),
    *(
        "0 (none)",
        "22 years",
        "4 - agree",
        "٣",
        "²",
        "½",
        "Ⅷ",
        "４",
        "yes",
        "no",
        "maybe",
        "skip",
        "Ja",
        "x",
        "x" * 2000,
    ),
    *(
        ";",
        ";;;",
        ",",
        "a;b;c",
        "a, b",
        "Ann; ",
        "p001",
        "p001; p002",
        "P001",
        "U1",
        "u1;U3",
        "=1+1",
        "@x",
        "'=di",
        "'",
    ),
    *(
        "(",
        "[",
        "\\",
        "\\d+",
        "*",
        "{}",
        "%s",
        "é",
        "e\u0301",
        "ß",
        "İ",
        "ǅ",
        "日本",
        "कि",
        "👩‍🚀",
        "\u200b",
        "\ufeff",
        "\u202eab",
    ),
    *(
        "\x0b",
        "\x1f",
        "\x85",
        "\u2028",
        "a\nb",
        "a\rb",
        "\t",
        '"',
        '""',
        "<b>",
        "06-Jan",
        "2024-01-01",
        "Mba",
        "Dr.",
        "J. S.",
    ),
]
HEADS: Sequence[str] = [
    "",
    " ",
    "person",
    "name",
    "team",
    "manager",
    "answered",
    "ego",
    "alter",
    "layer",
    "rating",
    "asked",
]
HEADS = [*HEADS, "index", "level_0", "value", "wave", "severity", "\u200b", "x" * 300, "a\nb", "=1", "0"]


def damaged(folder: Folder, rng: Rng) -> dict[str, bytes]:
    """The files of a folder after one to three blows."""
    folder = copy.deepcopy(folder)
    for _ in range(rng.integers(1, 4)):
        name = "codebook.json" if rng.random() < 0.5 else _one_of([*folder], rng)
        blows = CODEBOOK_BLOWS if name == "codebook.json" else TABLE_BLOWS
        _one_of(blows, rng)(folder[name], rng)
    files = {name: as_bytes(content) for name, content in folder.items()}
    if rng.random() < 0.15:
        name = _one_of([*files], rng)
        files[name] = _one_of(BYTE_BLOWS, rng)(files[name], rng)
    if rng.random() < 0.03:
        del files[_one_of([*files], rng)]
    return files


def each_place_once(document: Any) -> Iterator[Any]:
    """A document for each of its keys and each value that could stand there by mistake."""
    for key in _by_key(document):
        for value in VALUES:
            copied = copy.deepcopy(document)
            holder, place = _by_key(copied)[key][-1]
            holder[place] = copy.deepcopy(value)
            yield copied


def as_bytes(content: Any) -> bytes:
    """The bytes of a codebook or a table."""
    if not isinstance(content, list):
        return json.dumps(content, ensure_ascii=False).encode()
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(content)
    return text.getvalue().encode()


def part_of(path: Path, rows: Mapping[str, int]) -> Folder:
    """The first rows of each table of a survey folder, and its codebook."""
    tables: Folder = {"codebook.json": json.loads((path / "codebook.json").read_text(encoding="utf-8"))}
    for name, most in rows.items():
        with (path / name).open(encoding="utf-8", newline="") as file:
            tables[name] = [*csv.reader(file)][: most + 1]
    return tables


def _one_of(choices: Sequence[Any], rng: Rng) -> Any:
    return choices[int(rng.integers(len(choices)))]


def _places(node: Any) -> list[tuple[Any, Any]]:
    """Every list or object of a document with each of its keys."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found = [(node, key) for key, _ in inside]
    return [*found, *(place for holder, key in found for place in _places(holder[key]))]


def _by_key(document: Any) -> dict[Any, list[Any]]:
    """The lists and objects that have each key; all places in lists count as one."""
    found: dict[Any, list[Any]] = {}
    for holder, key in _places(document):
        found.setdefault(key if isinstance(key, str) else 0, []).append((holder, key))
    return found


def _some_place(document: Any, rng: Rng) -> tuple[Any, Any]:
    """A place, rare keys as often as those that every field has."""
    found = _by_key(document)
    return _one_of(found[_one_of([*found], rng)], rng) if found else ({"x": 0}, "x")


def _replace_value(document: Any, rng: Rng) -> None:
    holder, key = _some_place(document, rng)
    holder[key] = copy.deepcopy(_one_of(VALUES, rng))


def _remove(document: Any, rng: Rng) -> None:
    holder, key = _some_place(document, rng)
    del holder[key]


def _swap(document: Any, rng: Rng) -> None:
    """Two values of one key change places, such as the blocks, the names or the limits of two fields."""
    found = _by_key(document) or {"x": [({"x": 0}, "x")]}
    (one, here), (other, there) = (_one_of(found[key], rng) for key in [_one_of([*found], rng)] * 2)
    one[here], other[there] = other[there], one[here]


def _repeat_field(document: Any, rng: Rng) -> None:
    fields = document.get("fields")
    if isinstance(fields, list) and fields:
        fields.append(copy.deepcopy(_one_of(fields, rng)))


def _add_property(document: Any, rng: Rng) -> None:
    holder, _ = _some_place(document, rng)
    if isinstance(holder, dict):
        known = ["block", "kind", "layer", "reverse", "scale", "role", "foundation", "at_least", "measure", "wave"]
        known += ["separator", "missingValues", "categories", "categoriesOrdered", "constraints", "peernet", "enum"]
        holder[_one_of(known, rng)] = copy.deepcopy(_one_of(VALUES, rng))


def _replace_cell(table: Table, rng: Rng) -> None:
    row = _one_of(table[1:] or [[]], rng)
    if row:
        row[int(rng.integers(len(row)))] = _one_of(CELLS, rng)


def _replace_column(table: Table, rng: Rng) -> None:
    """All cells of a column are one, or drawn anew."""
    place, alike = int(rng.integers(max(1, len((table or [[]])[0])))), rng.random() < 0.5
    cell = _one_of(CELLS, rng)
    for row in table[1:]:
        if place < len(row):
            row[place] = cell if alike else _one_of(CELLS, rng)


def _rename_column(table: Table, rng: Rng) -> None:
    if table and table[0]:
        table[0][int(rng.integers(len(table[0])))] = _one_of([*HEADS, *table[0]], rng)


def _swap_columns(table: Table, rng: Rng) -> None:
    one, other = (int(rng.integers(max(1, len((table or [[]])[0])))) for _ in range(2))
    for row in table:
        if max(one, other) < len(row):
            row[one], row[other] = row[other], row[one]


def _remove_column(table: Table, rng: Rng) -> None:
    place = int(rng.integers(max(1, len((table or [[]])[0]))))
    for row in table:
        del row[place : place + 1]


def _change_rows(table: Table, rng: Rng) -> None:
    """Rows repeated, taken out, emptied, cut, lengthened, put in another order, or none left."""
    if not table:
        return
    place = int(rng.integers(len(table)))
    row = table[place]
    ways: list[Callable[[], Any]] = [
        lambda: table.insert(place, [*row]),
        lambda: table.pop(place),
        lambda: row.__setitem__(slice(None), [""] * len(row)),
        lambda: row.__delitem__(slice(len(row) // 2, None)),
        lambda: row.extend(["", "more"]),
        lambda: table.__setitem__(slice(1, None), [table[i] for i in 1 + rng.permutation(len(table) - 1)]),
        lambda: table.__delitem__(slice(1, None)),
        lambda: table.clear(),
    ]
    _one_of(ways, rng)()


def _cut(data: bytes, rng: Rng) -> bytes:
    return data[: int(rng.integers(len(data) + 1))]


def _strike(data: bytes, rng: Rng) -> bytes:
    place, length = int(rng.integers(len(data) + 1)), int(rng.integers(0, 30))
    put = _one_of(
        [b"\0", b"\xff", b'"', b"\n", b"\r", b";", b"\t", b"\xef\xbb\xbf", b"[" * 3000, b"{", b"9" * 5000], rng
    )
    return data[:place] + put + data[place + length :]


def _encode(data: bytes, rng: Rng) -> bytes:
    text = data.decode("utf-8", errors="replace")
    return text.encode(_one_of(["utf-16", "utf-8-sig", "cp1252", "utf-32", "cp437"], rng), errors="replace")


CODEBOOK_BLOWS = [_replace_value, _replace_value, _remove, _swap, _swap, _repeat_field, _add_property]
TABLE_BLOWS = [_replace_cell, _replace_cell, _replace_column, _replace_column, _rename_column, _swap_columns]
TABLE_BLOWS = [*TABLE_BLOWS, _remove_column, _change_rows, _change_rows]
BYTE_BLOWS = [_cut, _strike, _strike, _encode]
