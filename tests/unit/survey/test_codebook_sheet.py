"""A codebook as a spreadsheet: what is written comes back; what somebody makes of it is read or refused in place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.survey import Codebook, Item, read_codebook
from peernet.survey.codebook_sheet import COLUMNS, ItemRow, NameRow, Sheets, read_sheets, sheets_bytes, with_names
from peernet.survey.item import BLOCKS, KINDS, ROLES, item_problems

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
WORDS = st.one_of(
    TEXT.filter(bool),
    st.sampled_from(["1-5", "1e5", "=1+1", "'=x", "TRUE", " a ", "a | b", '"', '"a', "_x0041_", "\r\n", "007", "5.0"]),
)
NUMBER = st.one_of(st.integers(-1000, 1000), st.floats(-1e15, 1e15).map(lambda x: x + 0.0))


# A few at once, since most of them forbid each other.
FIELDS = {
    "label": TEXT,
    "layer": WORDS,
    "reverse": st.booleans(),
    "low": NUMBER,
    "high": NUMBER,
    "categories": st.lists(TEXT, max_size=4).map(tuple),
    "missing": st.lists(TEXT, max_size=3).map(tuple),
    "scale": WORDS,
    "role": st.sampled_from(ROLES),
    "foundation": st.booleans(),
    "at_least": NUMBER | WORDS,
    "most_named": st.integers(1, 99),
    "strength": st.floats(0, 1),
    "measure": WORDS,
    "wave": st.integers(1, 9),
    "shareable": st.booleans(),
    "separator": WORDS,
}
NEEDED = {"tie": "layer", "constraint": "role", "climate": "scale"}


def items_of(block: str, fields: list[str]) -> st.SearchStrategy[Item]:
    """Items of a block that say something of these fields, and of the one it needs."""
    said = {field: FIELDS[field] for field in {*fields, NEEDED.get(block, "label")}}
    return st.builds(
        Item,
        name=WORDS.filter(lambda name: Item(name, "ignore").name != ""),
        block=st.just(block),
        kind=st.sampled_from(KINDS),
        **said,
    )


ANY_ITEM = (
    st.tuples(st.sampled_from(BLOCKS), st.lists(st.sampled_from([*FIELDS]), max_size=4, unique=True))
    .flatmap(lambda chosen: items_of(*chosen))
    .filter(lambda item: not [*item_problems(item)])
)


@settings(max_examples=25, deadline=None, phases=[p for p in Phase if p is not Phase.shrink])
@given(st.lists(ANY_ITEM, max_size=4), st.lists(TEXT, max_size=3).map(tuple), st.dictionaries(WORDS, WORDS, max_size=2))
def test_python_json_and_sheet_agree(tmp_path_factory, items, missing, aliases):
    try:
        codebook = Codebook((Item("who", "person"), *items), missing, aliases)
    except pn.errors.CodebookError:  # two items that cannot stand together
        return
    folder = tmp_path_factory.mktemp("books")
    assert read_codebook(codebook.write(folder / "codebook.xlsx")) == codebook
    assert read_codebook(codebook.write(folder / "codebook.json")) == codebook


def test_harbours_codebook_comes_back_from_a_sheet(tmp_path: Path) -> None:
    codebook = pn.load_example().codebook
    assert read_codebook(codebook.write(tmp_path / "codebook.xlsx")) == codebook


def edited(path: Path, row: dict[str, object], sheet: str = "items") -> Path:
    """A codebook of two rows in which somebody has changed cells of the third line."""
    Codebook((Item("who", "person"), Item("q", "experience", "ordinal", low=1, high=5))).write(path)
    book = openpyxl.load_workbook(path)
    headings = [cell.value for cell in book[sheet][1]]
    for heading, value in row.items():
        book[sheet].cell(3, headings.index(heading) + 1).value = value
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"block": "experiance"}, "codebook.xlsx, row 3, block: 'experiance'; allowed are person, name,"),
        ({"block": "experiance"}, "Did you mean 'experience'?"),
        ({"kind": "ordnal"}, "codebook.xlsx, row 3, kind: 'ordnal'; allowed are numeric, ordinal,"),
        ({"kind": None}, "codebook.xlsx, row 3, kind: nothing; allowed are"),
        ({"low": "one"}, "codebook.xlsx, row 3, low: 'one' is no number."),
        ({"wave": 1.5}, "codebook.xlsx, row 3, wave: '1.5' is no whole number."),
        ({"reverse": "perhaps"}, "codebook.xlsx, row 3, reverse: 'perhaps' is neither yes nor no."),
        ({"categories": dt.datetime(2026, 1, 5)}, "codebook.xlsx, row 3, categories: the spreadsheet made a date"),
        ({"categories": '"a | b'}, "codebook.xlsx, row 3, categories: '\"a' begins with a quotation mark"),
        ({"name": None}, "codebook.xlsx, row 3: no name;"),
        ({"high": 1}, "codebook.xlsx, row 3: Item 'q': its minimum 1 is not below its maximum 1."),
        (
            {"block": "tie", "layer": "lunch", "at_least": 2, "strength": "1,5"},
            "codebook.xlsx, row 3: Item 'q': \"strength\" must be from 0, not heard, to 1, heard in full; found 1.5.",
        ),
        ({"strength": "thin"}, "codebook.xlsx, row 3, strength: 'thin' is no number."),
        (
            {"block": "tie", "layer": "trust"},
            "codebook.xlsx, row 3: Item 'q': which ratings are a tie? People are rated 1 to 5 on layer 'trust', and",
        ),
        ({"name": "who"}, "codebook.xlsx: Item 'who' is described 2 times; keep one."),
    ],
)
def test_what_is_wrong_is_said_with_its_cell(tmp_path: Path, row: dict[str, object], problem: str) -> None:
    with pytest.raises(pn.errors.CodebookError) as refused:
        read_codebook(edited(tmp_path / "codebook.xlsx", row))
    assert problem in str(refused.value)


def test_what_a_spreadsheet_makes_of_a_cell_is_read_as_it_was_meant(tmp_path: Path) -> None:
    row = {"low": 0.0, "high": "7,0", "missing": 99, "reverse": True, "scale": 3.0, "block": "Experience"}
    item = read_codebook(edited(tmp_path / "codebook.xlsx", row))["q"]
    assert (item.low, item.high, item.missing, item.reverse, item.scale) == (0, 7, ("99",), True, "3")


def test_the_strength_of_a_layer_is_read_as_people_write_it(tmp_path: Path) -> None:
    row = {"block": "tie", "layer": "lunch", "at_least": 2, "strength": "0,3"}
    assert read_codebook(edited(tmp_path / "codebook.xlsx", row)).strength == {"lunch": 0.3}


def test_a_row_without_a_block_is_not_used(tmp_path: Path) -> None:
    assert read_codebook(edited(tmp_path / "codebook.xlsx", {"block": None})).names == ("who",)


def test_a_heading_that_is_nearly_one_of_ours_is_refused_and_somebodys_own_column_is_not(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("name;block;kind;discussed with\nid;person;text;Ann\n", encoding="utf-8")
    assert read_codebook(path).names == ("id",)
    path.write_text("name,blok,kind\nid,person,text\n", encoding="utf-8")
    with pytest.raises(pn.errors.CodebookError, match=r"items.csv, row 1: no column is called 'blok'. Did you mean 'b"):
        read_codebook(path)


def test_names_settled_on_their_sheet_become_aliases(tmp_path: Path) -> None:
    rows = (ItemRow(Item("who", "person")),)
    names = (NameRow("Ann", 7, "Ann Ash (p1) or Ann Oak (p2)", "p2"), NameRow("Bo", 1, "nobody on the list"))
    path = tmp_path / "codebook.xlsx"
    path.write_bytes(sheets_bytes(Sheets(rows, names)))
    assert read_sheets(path).names == names
    assert read_codebook(path).aliases == {"Ann": "p2"}


def with_sheet_of_names(path: Path, *rows: Sequence[str], headings: Sequence[str] = ("typed", "is")) -> Path:
    book = openpyxl.load_workbook(Codebook((Item("who", "person"),)).write(path))
    del book["names"]
    for row in (headings, *rows):
        (book["names"] if "names" in book.sheetnames else book.create_sheet("names")).append(row)
    book.create_sheet("our notes")["B2"] = "ask Ann"
    book.save(path)
    return path


def test_further_names_are_added_below_and_everything_else_stays(tmp_path: Path) -> None:
    path = with_sheet_of_names(
        tmp_path / "codebook.xlsx", ("p2", "Ann", "Kim"), ("", "Bo", ""), headings=("is", "typed", "asked by")
    )
    path.write_bytes(with_names(path, [NameRow("ann ", 3), NameRow("Di", 2, "Dina (p4)"), NameRow("=1+1", 1)]))
    assert read_sheets(path).names == (NameRow("Ann", meant="p2"), NameRow("Bo"), NameRow("Di"), NameRow("=1+1"))
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book["names"][2]] == ["p2", "Ann", "Kim"]
    assert book["our notes"]["B2"].value == "ask Ann"
    assert len(book["items"].data_validations.dataValidation) == 4, "the lists to choose from"
    assert with_names(path, [NameRow("DI"), NameRow("Bo")]) is None


@pytest.mark.parametrize(
    ("rows", "headings", "problem"),
    [
        (
            [("Ann", "p1"), ("ann", "p2")],
            ("typed", "is"),
            "row 3: 'ann' is 'p2' here and 'p1' in a row above; keep one",
        ),
        (
            [("", "p1")],
            ("typed", "is"),
            "row 2: says who is meant ('p1') by no name; write what was typed, or empty the",
        ),
        ([("Bo", "p2")], ("Ann", "p1"), "row 1: it needs the headings typed, times, could be, is"),
    ],
)
def test_no_answer_on_the_sheet_of_names_is_lost(tmp_path: Path, rows, headings, problem) -> None:
    path = with_sheet_of_names(tmp_path / "codebook.xlsx", *rows, headings=headings)
    with pytest.raises(pn.errors.CodebookError) as refused:
        read_codebook(path)
    assert f"codebook.xlsx, sheet names, {problem}" in str(refused.value)


def with_sheet_of_scales(path: Path, *rows: Sequence[str]) -> Path:
    items = (Item("who", "person"), Item("q", "perspective", "ordinal", low=1, high=5, scale="chg"))
    book = openpyxl.load_workbook(Codebook(items).write(path))
    assert [[cell.value for cell in row] for row in book["scales"]] == [["scale", "called"], ["chg", None]]
    del book["scales"]
    for row in rows:
        (book["scales"] if "scales" in book.sheetnames else book.create_sheet("scales")).append(row)
    book.save(path)
    return path


def test_what_a_scale_is_called_is_read_from_its_sheet(tmp_path: Path) -> None:
    path = with_sheet_of_scales(tmp_path / "codebook.xlsx", ("Called", "scale"), ("Openness to change", "chg"))
    assert read_codebook(path).scales == {"chg": "Openness to change"}
    path = with_sheet_of_scales(tmp_path / "codebook.xlsx", ("scale", "called"), ("chg", ""), ("other", ""))
    assert read_codebook(path).scales == {}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (
            [("scale", "called"), ("chgn", "Openness")],
            "row 2: no item is of scale 'chgn', called 'Openness'. Did you mean",
        ),
        (
            [("scale", "called"), ("chg", "Openness"), ("chg", "Change")],
            "row 3: scale 'chg' is called 'Change' here and 'Openness' in a row above; keep one",
        ),
        ([("scale", "name"), ("chg", "Openness")], "row 1: it needs the headings scale, called"),
    ],
)
def test_what_is_wrong_on_the_sheet_of_scales_is_said_with_its_row(tmp_path: Path, rows, problem) -> None:
    with pytest.raises(pn.errors.CodebookError) as refused:
        read_codebook(with_sheet_of_scales(tmp_path / "codebook.xlsx", *rows))
    assert f"codebook.xlsx, sheet scales, {problem}" in str(refused.value)


def test_somebodys_own_columns_are_kept_when_the_sheet_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "codebook.xlsx"
    rows = (ItemRow(Item("who", "person"), notes={"discussed with": "Ann"}), ItemRow(Item("q", ""), look="?"))
    path.write_bytes(sheets_bytes(Sheets(rows)))
    assert read_sheets(path).rows == rows


def test_the_sheet_helps_whoever_edits_it(tmp_path: Path) -> None:
    path = tmp_path / "codebook.xlsx"
    path.write_bytes(sheets_bytes(Sheets((ItemRow(Item("q", ""), "1, 2, 3", "no idea", "what is it?"),))))
    book = openpyxl.load_workbook(path)
    sheet = book["items"]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert all(cell.comment.text for cell in sheet[1])
    assert sheet.freeze_panes == "B2"
    assert {rule.formula1 for rule in sheet.data_validations.dataValidation} >= {f'"{",".join(BLOCKS)}"'}
    assert sheet.cell(2, 1).fill.fgColor.rgb == "00FFF2CC"
    assert all(cell.number_format == "@" for cell in sheet[2])
    assert {row[0].value for row in book["what the words mean"]} >= {*COLUMNS, "  perspective", "  ordinal"}


def test_text_that_looks_like_a_formula_is_none(tmp_path: Path) -> None:
    path = Codebook((Item("who", "person", label="=1+1"),)).write(tmp_path / "codebook.xlsx")
    assert openpyxl.load_workbook(path)["items"].cell(2, 2).data_type == "s"


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04rubbish", b"name,block"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "codebook.xlsx"
    path.write_bytes(damage)
    with pytest.raises(pn.errors.CodebookError, match=r"codebook\.xlsx cannot be read as a spreadsheet"):
        read_codebook(path)


def test_another_suffix_and_a_cell_too_long_are_refused(tmp_path: Path) -> None:
    codebook = Codebook((Item("who", "person", label="long " * 9_999 + "long"),))
    with pytest.raises(pn.errors.SettingError, match=r"\.json or \.xlsx"):
        codebook.write(tmp_path / "codebook.txt")
    with pytest.raises(pn.errors.SettingError, match=r"row 2 of sheet items would need a cell of 49,999 characters"):
        codebook.write(tmp_path / "codebook.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", ["Codebook", "Tabelle1"])
def test_a_sheet_that_was_renamed_is_known_by_its_headings(tmp_path: Path, title: str) -> None:
    file = edited(tmp_path / "codebook.xlsx", {})
    book = openpyxl.load_workbook(file)
    book["items"].title = title
    book.save(file)
    assert read_codebook(file).names == ("who", "q")


@pytest.mark.parametrize(("word", "means"), [("ja", True), ("Oui", True), ("nein", False), ("Non", False)])
def test_yes_may_be_said_in_another_language(tmp_path: Path, word: str, means: bool) -> None:
    assert read_codebook(edited(tmp_path / "codebook.xlsx", {"reverse": word}))["q"].reverse is means


def test_a_codebook_that_cannot_be_read_says_so_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "codebook.xlsx").write_bytes(b"PK nothing")
    with pytest.raises(pn.errors.CodebookError) as told:
        read_codebook(tmp_path / "codebook.xlsx")
    assert len(told.value.problems) == 1


def test_what_to_look_at_stands_beside_the_wording_in_sight_without_scrolling() -> None:
    assert [*COLUMNS][:3] == ["name", "wording", "look"]
