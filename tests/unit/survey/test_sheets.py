"""The sheets of a file: separators, encodings and damage are told from all of it, and cells stay what was typed."""

from __future__ import annotations

import datetime as dt

import pytest

from peernet.errors import SurveyError
from peernet.survey.sheets import READERS, Sheet, number_text
from tests.made.samples import plain_xls
from tests.made.workbooks import open_document

WORDS = "id,name,note\n1,Núñez,fine\n2,Zoë,¿qué? 20 € «là»\n3,Jörg Weiß,the café's “menu” …\n"


def read(file, encoding="utf-8") -> list[Sheet]:
    return READERS[file.suffix](file, encoding)


def rows(tmp_path, content, encoding="utf-8", name="t.csv") -> list[list[str]]:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    (sheet,) = read(file, encoding)
    return [row for _, row in sheet.rows]


def refusal(tmp_path, content, name="t.csv") -> str:
    with pytest.raises(SurveyError) as caught:
        rows(tmp_path, content, name=name)
    return str(caught.value)


# Separators


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "^"])
def test_the_separator_is_told_whatever_it_is(tmp_path, mark):
    assert rows(tmp_path, f"id{mark}q\n1{mark}4\n2{mark}5\n") == [["id", "q"], ["1", "4"], ["2", "5"]]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (
            "id;How far, and why, and since when?;b\n1;3,5;x\n2;4,5;y\n",
            ["id", "How far, and why, and since when?", "b"],
        ),
        ('id,"How far;\nhow often; how long; since when?"\n1,4\n2,5\n', None),
        ("id\tSay why, with commas, please\n1\ta, b\n2\tc, d\n", ["id", "Say why, with commas, please"]),
        ("id,sports\n1,a|b|c|d\n2,b|c|d|e\n", ["id", "sports"]),
        ("id;a;b\n1;3,5;4,5\n2;1,5;2,5\n3;2,5;2,5\n", ["id", "a", "b"]),
    ],
)
def test_headings_and_answers_that_hold_other_separators_do_not_mislead(tmp_path, text, first):
    found = rows(tmp_path, text)
    assert found[0] == (first or ["id", "How far;\nhow often; how long; since when?"])
    assert {len(row) for row in found} == {len(found[0])}


@pytest.mark.parametrize("ends", ['Gus "Hat",A,"Ann; Bo\n', '"he said "hi" to me",A,Ann\n'])
def test_marks_that_do_not_pair_up_are_named_where_answers_hold_another_separator(tmp_path, ends):
    told = refusal(tmp_path, "name,team,trust\nAnn,A,Bo; Cas\nBo,B,Ann; Cas\nCas,B,Bo; Ann\n" + ends)
    assert "the quotation marks do not pair up near line 5" in told


def test_the_line_in_which_excel_names_the_separator_is_obeyed_and_no_heading(tmp_path):
    (tmp_path / "t.csv").write_text("sep=;\nid;q\n1;a,b,c\n")
    (sheet,) = read(tmp_path / "t.csv")
    assert sheet.rows == [(2, ["id", "q"]), (3, ["1", "a,b,c"])]
    assert sheet.semicolons


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_western_text_reads_the_same_in_any_of_its_encodings(tmp_path, encoding):
    assert rows(tmp_path, WORDS.encode(encoding)) == rows(tmp_path, WORDS)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id,name\n1,Иван Петров\n", "cp1251"),
        ("id,name\n1,Paweł\n2,Małgorzata\n", "cp1250"),
        ("id,name\n1,Γιώργος\n", "cp1253"),
        ("id,name\n1,café\n2,Zoë\n", "mac-roman"),
        ("id,name\n1,José Núñez\n", "cp850"),
        ("id,name\n1,さくら\n", "shift-jis"),
    ],
)
def test_other_alphabets_and_code_pages_are_never_taken_for_it(tmp_path, text, encoding):
    assert 'Save it as "CSV UTF-8", or say what it is' in refusal(tmp_path, text.encode(encoding))
    assert rows(tmp_path, text.encode(encoding), encoding) == rows(tmp_path, text)


def test_a_damaged_utf8_file_is_no_cp1252(tmp_path):
    assert "byte 8 does not decode" in refusal(tmp_path, "id,name\nX,Núñez Zoë\n".encode().replace(b"X", b"\xff"))


@pytest.mark.parametrize(
    ("start", "kind"), [(b"PK\x03\x04", "a workbook"), (b"PAR1", "a Parquet file"), (b"$FL2@(#)", "an SPSS file")]
)
def test_a_file_under_a_wrong_name_is_called_what_it_is(tmp_path, start, kind):
    assert f"t.csv is {kind}" in refusal(tmp_path, start + b"\x00\x01\x02")


@pytest.mark.parametrize("mark", ["\u200b", "\ufeff", "\u00ad", "\u200e", "\u202a", "\u00a0"])
def test_what_nobody_sees_makes_no_other_answer(tmp_path, mark):
    assert rows(tmp_path, f"id,team\np1{mark},{mark}Sales\n") == [["id", "team"], ["p1", "Sales"]]
    assert rows(tmp_path, "id,name\np1,نیک\u200cنام\n")[1] == ["p1", "نیک\u200cنام"]


# Damage


MANGLED = (
    "id,sports,why;;;;\n"
    '"1,""tennis, table tennis"",fine";;;;\n'
    '"2,golf,""a";" b";" c""";;\n'
    '"3,,""she said """"no""""\nand left""";;;;\n'
)


def test_a_comma_file_saved_over_with_semicolons_is_put_together_again_and_said(tmp_path):
    assert rows(tmp_path, MANGLED) == [
        ["id", "sports", "why"],
        ["1", "tennis, table tennis", "fine"],
        ["2", "golf", "a; b; c"],
        ["3", "", 'she said "no"\nand left'],
    ]
    (sheet,) = read(tmp_path / "t.csv")
    assert [number for number, _ in sheet.rows] == [1, 2, 3, 4]
    assert sheet.notes[0][2] == "put together again: 4 rows of 3 cells"
    assert not sheet.semicolons


def test_where_a_record_of_it_cannot_be_put_together_its_row_is_named(tmp_path):
    told = refusal(tmp_path, MANGLED + '"4,golf";;;;\n')
    assert "row 5 cannot be put together again: it has 2 cells, the header has 3" in told


@pytest.mark.parametrize("short", ["p4,4,4", "p4", '"p4"'])
def test_a_short_row_and_an_empty_quoted_cell_make_no_such_file_of_a_comma_file(tmp_path, short):
    lines = ["id,a,b,note", *(f"p{n},0,0,note {n}" for n in range(10))]
    lines[5], lines[8] = short, 'p7,0,0,""'
    read_as = rows(tmp_path, "\n".join(lines) + "\n")
    assert read_as[5] == short.replace('"', "").split(",")
    assert read_as[8] == ["p7", "0", "0", ""]
    assert read_as[1:5] == [[f"p{n}", "0", "0", f"note {n}"] for n in range(4)]


def test_such_a_file_without_a_quotation_mark_is_put_together_as_well(tmp_path):
    assert rows(tmp_path, "id,sports,why;\n1,golf,fine;\n2,tennis,a; b\n") == [
        ["id", "sports", "why"],
        ["1", "golf", "fine"],
        ["2", "tennis", "a; b"],
    ]


def test_an_answer_that_ends_in_a_semicolon_keeps_it(tmp_path):
    assert rows(tmp_path, "id,sports,why\n1,golf,fine;\n2,tennis,a; b\n")[1:] == [
        ["1", "golf", "fine;"],
        ["2", "tennis", "a; b"],
    ]


@pytest.mark.parametrize(
    "text",
    ['"Last, first, middle"\n"Ruiz, Ana, M."\n', 'id;q;r\n1;"a, ""b"", c";\n2;"d, e, f";\n', 'a,b,c\n1,"""x""",2\n'],
)
def test_sound_files_with_commas_quotation_marks_and_ends_without_answers_are_left_alone(tmp_path, text):
    (tmp_path / "t.csv").write_text(text)
    assert read(tmp_path / "t.csv")[0].notes == ()


def test_the_shared_sample_of_it_has_59_answers(shared):
    file = shared / "data" / "export_format_samples" / "excel_semicolon_mangled_so2019_first60lines.csv"
    (sheet,) = read(file)
    assert len(sheet.rows) == 60
    assert {len(row) for _, row in sheet.rows} == {85}
    assert [row[0] for _, row in sheet.rows[1:]] == [str(number) for number in range(1, 60)]


# Numbers, dates and identifiers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"),
        (-3.0, "-3"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e16, "10000000000000000"),
        (1e300, "1e+300"),
        (2.5, "2.5"),
    ],
)
def test_numbers_are_written_as_somebody_types_them(value, text):
    assert number_text(value) == text


def sheet_of(tmp_path, *cells, **formats):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for number, cell in enumerate(cells, start=1):
        book.active.cell(number, 1, cell).number_format = formats.get(f"row{number}", "General")
    book.create_sheet("notes").append(["of somebody"])
    book.save(tmp_path / "t.xlsx")
    return read(tmp_path / "t.xlsx")


def test_identifiers_in_a_workbook_stay_text_and_whole_numbers_whole(tmp_path):
    given = ["007", "NA", "1e5", "nan", "12345678901234567890", 12, 12.0, 2.5, 1e12, 0.1 + 0.2, True, False]
    sheet, notes = sheet_of(tmp_path, *given)
    told = [row[0] for _, row in sheet.rows]
    assert told[:5] == given[:5]
    assert told[5:] == ["12", "12", "2.5", "1000000000000", "0.3", "TRUE", "FALSE"]
    assert sheet.notes == ()
    assert (notes.name, notes.rows) == ("notes", [(1, ["of somebody"])])


def test_dates_and_times_in_a_workbook_come_in_iso_order(tmp_path):
    given = [dt.date(2026, 3, 1), dt.datetime(2026, 3, 1, 14, 5), dt.time(9, 30), dt.timedelta(hours=30)]
    formats = {"row1": "d-mmm", "row2": "m/d/yy h:mm", "row3": "h:mm", "row4": "[h]:mm:ss"}
    sheet, _ = sheet_of(tmp_path, *given, **formats)
    assert [row[0] for _, row in sheet.rows] == ["2026-03-01", "2026-03-01 14:05:00", "09:30:00", "30:00:00"]


def test_an_open_document_reads_like_a_workbook_of_excel(tmp_path):
    given = ["007", "NA", "1e5", ("float", "12"), ("float", "2.5"), ("boolean", "true"), ("date", "2026-03-01")]
    (sheet,) = read(open_document(tmp_path / "t.ods", [[cell] for cell in given]))
    assert sheet.name == "answers"
    told = [row[0] for _, row in sheet.rows]
    assert told == ["007", "NA", "1e5", "12", "2.5", "TRUE", "2026-03-01"]


def test_what_a_workbook_cannot_hold_of_identifiers_is_said(tmp_path):
    sheet, _ = sheet_of(tmp_path, "id", 7, row2="000")
    assert sheet.rows[1][1] == ["7"]
    assert "shows some numbers as 000, with zeros in front that no cell holds" in sheet.notes[0][1]
    sheet, _ = sheet_of(tmp_path, "id", 4012888888881881123)
    assert "has 1 numbers of more than 15 digits" in sheet.notes[0][1]


def test_a_workbook_of_old_reads_the_same(tmp_path):
    (sheet,) = read(plain_xls(tmp_path))
    assert [row for _, row in sheet.rows] == [
        ["person", "name", "change_1", "day"],
        ["007", "Zoë Brandt", "4", "2026-03-01"],
        ["NA", "Ivo Salter", "2.5", "2026-03-02"],
        ["1e5", "Maud Ferrin", "TRUE", ""],
    ]


def test_cells_in_which_a_formula_failed_are_empty_and_said(tmp_path):
    sheet, _ = sheet_of(tmp_path, "id", "#N/A", "#DIV/0!", "fine")
    assert [row for _, row in sheet.rows] == [["id"], [""], [""], ["fine"]]
    assert sheet.notes == (
        ("warning", "t.xlsx has 2 cells in which a formula failed (#DIV/0! and #N/A)", "read as empty"),
    )


def test_cells_merged_over_several_rows_are_said_and_merged_headings_are_not(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["id", "team", "q", None], ["p1", "Sales", 1, 2], ["p2", None, 3, 4]):
        book.active.append(row)
    book.active.merge_cells("C1:D1")
    book.save(tmp_path / "t.xlsx")
    assert read(tmp_path / "t.xlsx")[0].notes == ()
    book.active.merge_cells("B2:B3")
    book.save(tmp_path / "t.xlsx")
    (sheet,) = read(tmp_path / "t.xlsx")
    assert [row[1] for _, row in sheet.rows] == ["team", "Sales", ""]
    assert [told for _, told, _ in sheet.notes] == [
        "t.xlsx has 1 cell merged over several rows, such as rows 2 to 3 of column 2"
    ]
    assert sheet.wide == ((1, 2, 3),), "the heading over the third and the fourth column"


def test_rows_that_a_filter_hides_are_read_and_said(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["id"], ["p1"], ["p2"], ["p3"]):
        book.active.append(row)
    book.active.column_dimensions["A"].hidden = True
    book.save(tmp_path / "t.xlsx")
    assert read(tmp_path / "t.xlsx")[0].notes == ()
    for number in (2, 4):
        book.active.row_dimensions[number].hidden = True
    book.save(tmp_path / "t.xlsx")
    (sheet,) = read(tmp_path / "t.xlsx")
    assert [row for _, row in sheet.rows] == [["id"], ["p1"], ["p2"], ["p3"]]
    assert [told for _, told, _ in sheet.notes] == ["rows 2 and 4 of t.xlsx are hidden"]


def test_a_workbook_that_claims_to_be_endless_is_refused(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.cell(1, 1, "id")
    book.active.cell(1_048_576, 16_384, "far away")
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(SurveyError, match=r"claims to have 17,179,869,184 cells"):
        read(tmp_path / "t.xlsx")


def test_parquet_reads_as_the_same_table_in_a_text_file_would(tmp_path):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pa.table(
        {
            "id": ["007", "NA", None],
            "floats": [12.0, None, 2.5],
            "long": pa.array([12345678901234567, None, 3], pa.int64()),
            "day": [dt.date(2026, 3, 1), None, None],
            "at": [dt.datetime(2026, 3, 1), dt.datetime(2026, 3, 1, 9, 30), None],
            "yes": [True, False, None],
            "kind": pa.array(["a", "b", "a"]).dictionary_encode(),
            "several": [["tea", "golf"], [], None],
        }
    )
    parquet.write_table(table, tmp_path / "t.parquet")
    (sheet,) = read(tmp_path / "t.parquet")
    assert [row for _, row in sheet.rows] == [
        table.column_names,
        ["007", "12", "12345678901234567", "2026-03-01", "2026-03-01", "TRUE", "a", "tea; golf"],
        ["NA", "", "", "", "2026-03-01 09:30:00", "FALSE", "b", ""],
        ["", "2.5", "3", "", "", "", "a", ""],
    ]


def test_without_its_library_parquet_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    with pytest.raises(SurveyError, match=r"pip install 'peernet\[formats\]'"):
        read(tmp_path / "t.parquet")


def test_what_is_no_parquet_is_told(tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "t.parquet").write_bytes(b"PAR1 and nothing")
    with pytest.raises(SurveyError, match="is not a Parquet file that can be read"):
        read(tmp_path / "t.parquet")
