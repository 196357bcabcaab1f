"""Files as they lie on disk: every way they go wrong gives one message that says what to do."""

from __future__ import annotations

import csv
import json

import pandas as pd
import pytest

from peernet import read_survey
from peernet.errors import CodebookError, SurveyError
from peernet.survey import Codebook, Item
from peernet.survey.files import read_raw, read_table, survey_files
from peernet.survey.issues import IssueLog
from peernet.survey.sheets import READERS
from tests.made.workbooks import workbook

ITEMS = (Item("id", "person"), Item("years", "experience", "numeric"), Item("note", "ignore"))
PLAIN = "id,years,note\np1,3,fine\np2,4,\n"


def refusal(path, **kws) -> str:
    with pytest.raises(SurveyError) as caught:
        read_raw(path, log=IssueLog(), **kws)
    return str(caught.value)


def cells(path, **kws) -> list[list[str]]:
    return read_raw(path, log=IssueLog(), **kws).survey.cells.to_numpy().tolist()


def test_a_folder_that_is_not_there(tmp_path):
    path = tmp_path / "nowhere"
    told = f"There is no {path}. Give the export of a survey tool, or a survey folder."
    assert refusal(path) == told


def test_a_folder_without_answers_says_what_it_holds(tmp_path):
    (tmp_path / "answers.xlsx").touch()
    (tmp_path / "codebook.json").touch()
    assert refusal(tmp_path) == (
        f"The folder {tmp_path} holds answers.xlsx, codebook.json: neither an export peernet knows nor survey.csv. "
        "Give the file of answers."
    )


def test_an_empty_folder(tmp_path):
    assert "holds nothing: neither" in refusal(tmp_path)


def test_a_file_of_another_kind(tmp_path):
    (tmp_path / "answers.pdf").touch()
    allowed = ".csv, .tsv, .txt, .xlsx, .xls, .ods, .parquet"
    told = f"{tmp_path / 'answers.pdf'} is no table peernet reads: {allowed}. Save the answers as CSV (UTF-8)."
    assert refusal(tmp_path / "answers.pdf") == told


def test_a_folder_without_a_codebook(tmp_path):
    (tmp_path / "survey.csv").write_text(PLAIN)
    with pytest.raises(CodebookError, match=r"^No codebook at .*codebook\.json\. Draft one"):
        read_raw(tmp_path, log=IssueLog())


@pytest.mark.parametrize("content", ["", "\n\n", " \n", ",,\n"])
def test_an_empty_file(folder, content):
    path = folder(ITEMS, survey=content)
    assert refusal(path) == f"{path / 'survey.csv'} is empty; it needs a header row and rows below it."


def test_a_header_without_answers(folder):
    path = folder(ITEMS, survey="id,years\n")
    assert refusal(path) == f"{path / 'survey.csv'} has a header but no answers; it needs one row per person."


def test_a_roster_that_lists_nobody(folder):
    path = folder(ITEMS, survey=PLAIN, roster="id,name\n")
    assert refusal(path) == (
        f"{path / 'roster.csv'} has a header but lists nobody; list everyone who was invited or remove the file."
    )


def test_a_cp1252_file_is_told_by_its_letters_and_said(folder):
    path = folder(ITEMS, survey="id,years,note\np1,3,café\n".encode("cp1252"))
    log = IssueLog()
    assert read_raw(path, log=log).survey.cells.to_numpy().tolist() == [["p1", "3", "café"]]
    assert log.to_frame()[["severity", "problem", "done"]].to_numpy().tolist() == [
        ["note", "survey.csv is not UTF-8", "read as cp1252 (Excel on Windows); name another by encoding="]
    ]


def test_where_nothing_can_be_told_the_encoding_is_asked_for(folder):
    path = folder(ITEMS, survey="id,years,note\np1,3,Żółw\n".encode("cp1250"))
    assert refusal(path) == (
        f"{path / 'survey.csv'} is not utf-8 text: byte 19 does not decode. "
        'Save it as "CSV UTF-8", or say what it is: try encoding="cp1252" (Excel on Windows).'
    )


def test_a_cp1252_file_read_as_such(folder):
    path = folder(ITEMS, survey="id,years,note\np1,3,café\n".encode("cp1252"))
    assert cells(path, encoding="cp1252") == [["p1", "3", "café"]]


def test_a_utf16_file_is_told_by_its_mark(folder):
    path = folder(ITEMS, survey=PLAIN.encode("utf-16"))
    for encoding in ("utf-8", "utf-16"):
        assert cells(path, encoding=encoding) == [["p1", "3", "fine"], ["p2", "4", ""]]
    assert "is not cp1252 text" in refusal(path, encoding="cp1252"), "an encoding that is named is obeyed"


def test_a_utf16_file_without_its_mark_is_told_by_its_nul_characters(folder):
    path = folder(ITEMS, survey=PLAIN.encode("utf-16-le"))
    told = f'{path / "survey.csv"} is not utf-8 text: it holds NUL characters. Try encoding="utf-16".'
    assert refusal(path) == told


def test_an_encoding_that_does_not_exist(folder):
    told = "'utf-9' is no known text encoding; try 'utf-8', 'cp1252' or 'utf-16'."
    assert refusal(folder(ITEMS, survey=PLAIN), encoding="utf-9") == told


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_byte_order_mark_is_no_part_of_the_first_name_and_settles_the_encoding(folder, encoding):
    path = folder(ITEMS, survey="id,note\np1,café\n".encode("utf-8-sig"))
    raw = read_raw(path, log=IssueLog(), encoding=encoding)
    assert raw.survey.cells.columns.tolist() == ["id", "note"]
    assert raw.survey.cells["note"].tolist() == ["café"]


def test_letters_and_accents_typed_apart_are_put_together(folder):
    assert cells(folder(ITEMS, survey="id,note\np1,cafe\u0301\n")) == [["p1", "caf\u00e9"]]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        "\n\n" + PLAIN + "\n,,\n",
        "id , years,note\n p1,3 ,fine\np2,4,\n",
        '"id","years","note"\n"p1","3","fine"\n"p2","4",""\n',
    ],
)
def test_line_ends_separators_blank_lines_spaces_and_quotation_marks_make_no_difference(folder, text):
    assert cells(folder(ITEMS, survey=text)) == [["p1", "3", "fine"], ["p2", "4", ""]]


def test_quoted_cells_keep_separators_quotation_marks_and_line_ends(folder):
    path = folder(ITEMS, survey='id,years,note\np1,"3,5","She said ""yes"",\nthen left"\n')
    assert cells(path) == [["p1", "3,5", 'She said "yes",\nthen left']]


def test_a_semicolon_file_may_have_commas_in_its_header(folder):
    path = folder((*ITEMS, Item("a, b, c", "ignore")), survey='id;years;"a, b, c"\np1;3,5;x\n')
    assert cells(path) == [["p1", "3,5", "x"]]


def test_an_open_quotation_mark_does_not_swallow_the_rest_of_the_file(folder):
    path = folder(ITEMS, survey='id,years,note\np1,3,"fine\np2,4,\n')
    assert refusal(path) == (
        f"{path / 'survey.csv'}: the quotation marks do not pair up near line 3 (unexpected end of data). "
        'Inside a quoted cell a quotation mark is written twice: "".'
    )


def test_rows_that_are_too_long_are_all_named(folder):
    path = folder(ITEMS, survey="id,years,note\np1,3,yes,no\n\np2,4,fine\np3,1,a,b,c\n")
    with pytest.raises(SurveyError) as caught:
        read_raw(path, log=IssueLog())
    advice = "Put quotation marks around answers that contain the separator."
    assert caught.value.problems == (
        f"{path / 'survey.csv'}: row 2 has 4 cells, the header has 3. {advice}",
        f"{path / 'survey.csv'}: row 5 has 5 cells, the header has 3. {advice}",
    )


def test_empty_cells_beyond_the_header_are_no_problem(folder):
    assert cells(folder(ITEMS, survey="id,years,note\np1,3,yes,,\n")) == [["p1", "3", "yes"]]


def test_a_row_that_is_too_short_is_filled_up_and_told(folder):
    survey = read_survey(folder(ITEMS, survey="id,years,note\np1,3\np2,4,fine\n"))
    assert survey.people["years"].tolist() == [3.0, 4.0]
    assert survey.issues[["severity", "problem", "done"]].to_numpy().tolist() == [
        [
            "warning",
            "row 2 of survey.csv has 2 cells, the header has 3",
            "the cells that are not there count as empty; check the row in the file",
        ]
    ]


def test_a_column_that_is_there_twice(folder):
    path = folder(ITEMS, survey="id,years,years\np1,3,4\n")
    told = f"{path / 'survey.csv'} has 2 columns called 'years'; rename or remove all but one."
    assert refusal(path) == told


def test_a_column_without_a_name_is_left_out_and_told_unless_it_is_empty(folder):
    survey = read_survey(folder(ITEMS, survey=",id,years,note,\n0,p1,3,fine,\n1,p2,4,,\n"))
    assert survey.issues[["problem", "done"]].to_numpy().tolist() == [
        ["column 1 of survey.csv has no name", "not used; name it to use it"]
    ]


def test_problems_of_all_files_come_together(folder):
    path = folder(ITEMS, survey="", roster="id,id\np1,p1\n", outcomes=b"\xff\xfei")
    with pytest.raises(SurveyError) as caught:
        read_raw(path, log=IssueLog())
    assert len(caught.value.problems) == 3


def test_a_single_file_is_read_with_the_codebook_beside_it_or_with_one_given(folder, tmp_path):
    path = folder(ITEMS, survey=PLAIN, roster="id\np9\n")
    beside = read_raw(path / "survey.csv", log=IssueLog())
    assert (beside.survey.file, beside.roster.cells.empty) == ("survey.csv", True)
    (tmp_path / "answers.tsv").write_text(PLAIN.replace(",", "\t"))
    for codebook in (Codebook(ITEMS), path / "codebook.json", str(path / "codebook.json")):
        assert read_raw(tmp_path / "answers.tsv", log=IssueLog(), codebook=codebook).survey.cells.shape == (2, 3)


def test_every_cell_is_text_and_the_index_is_the_row_in_the_file(folder):
    raw = read_raw(folder(ITEMS, survey="id,years\np1,3\n\np2,4\n"), log=IssueLog())
    assert set(raw.survey.cells.dtypes.astype(str)) == {"str"}
    assert raw.survey.cells.index.tolist() == [2, 4]


def test_the_codebook_may_begin_with_a_byte_order_mark(folder):
    path = folder(ITEMS, survey=PLAIN)
    text = json.dumps(Codebook(ITEMS).to_descriptor())
    (path / "codebook.json").write_bytes(text.encode("utf-8-sig"))
    assert len(read_raw(path, log=IssueLog()).codebook) == 3


def test_each_table_knows_what_its_file_is_called_also_where_it_is_not_there(folder, tmp_path):
    raw = read_raw(folder(ITEMS, survey=PLAIN, outcomes="id,later\np1,3\n"), log=IssueLog())
    assert {role: (table.file, len(table.cells)) for role, table in raw.tables.items()} == {
        "survey": ("survey.csv", 2),
        "roster": ("roster.csv", 0),
        "ties": ("ties.csv", 0),
        "outcomes": ("outcomes.csv", 1),
    }
    (tmp_path / "roster.csv").write_text(PLAIN)
    raw = read_raw(tmp_path / "roster.csv", log=IssueLog(), codebook=Codebook(ITEMS))
    assert (len(raw.survey.cells), len(raw.roster.cells)) == (2, 0), "a file that is named holds the answers"


def test_the_files_of_a_survey_are_the_codebook_and_the_tables_that_are_there(folder):
    path = folder(ITEMS, survey=PLAIN, ties="ego,alter,layer\n")
    (path / "notes.csv").write_text("of somebody\n")
    assert [file.name for file in survey_files(path)] == ["codebook.json", "survey.csv", "ties.csv"]
    assert survey_files(path / "survey.csv") == [path / "codebook.json", path / "survey.csv"]
    for name in ("answers.csv", "roster.csv"):
        (path / name).write_text("id\np1\n", encoding="utf-8")
    assert [file.name for file in survey_files(path / "answers.csv")] == ["codebook.json", "answers.csv", "roster.csv"]


def test_a_reader_is_found_by_the_end_of_the_files_name_in_capital_letters_too(tmp_path):
    assert {*READERS} >= {".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods"}
    (tmp_path / "ANSWERS.CSV").write_text(PLAIN)
    assert read_table(tmp_path / "ANSWERS.CSV", "utf-8", IssueLog()).cells.shape == (2, 3)


def test_a_folder_may_hold_its_tables_as_workbooks_and_text_goes_before_them(folder):
    path = folder(ITEMS, survey=PLAIN)
    workbook(path / "roster.xlsx", [["id"], ["p1"], ["p2"]])
    workbook(path / "survey.xlsx", [["id"], ["p9"]])
    raw = read_raw(path, log=IssueLog())
    assert (raw.survey.file, raw.roster.file) == ("survey.csv", "roster.xlsx")
    assert raw.roster.cells["id"].tolist() == ["p1", "p2"]
    (path / "survey.csv").unlink()
    assert read_raw(path, log=IssueLog()).survey.cells["id"].tolist() == ["p9"]


def test_a_workbook_becomes_the_same_table_as_a_text_file(tmp_path):
    pytest.importorskip("python_calamine")
    rows = [["", "", ""], ["id", " years", "note"], ["p1", "3 ", "cafe\u0301"], ["", "", ""], ["p2", "4", ""]]
    table = read_table(workbook(tmp_path / "sheet.xlsx", rows), "utf-8", IssueLog()).cells
    assert table.to_dict("index") == {
        3: {"id": "p1", "years": "3", "note": "caf\u00e9"},
        5: {"id": "p2", "years": "4", "note": ""},
    }
    assert set(table.dtypes.astype(str)) == {"str"}


def test_columns_of_a_workbook_without_a_name_or_with_one_name_are_told_as_those_of_a_text_file(tmp_path):
    pytest.importorskip("python_calamine")
    log = IssueLog()
    file = workbook(tmp_path / "sheet.xlsx", [["", "id", "", ""], ["0", "p1", "", "x"]])
    assert read_table(file, "utf-8", log).cells.columns.tolist() == ["id"]
    assert log.to_frame()["problem"].tolist() == [f"column {n} of sheet.xlsx has no name" for n in (1, 4)]
    file = workbook(tmp_path / "twice.xlsx", [["id", "id"], ["p1", "p2"]])
    with pytest.raises(SurveyError, match=r"twice\.xlsx has 2 columns called 'id'; rename or remove all but one\.$"):
        read_table(file, "utf-8", log)


@pytest.mark.parametrize("rows", [[], [["", ""], [" ", ""]]])
def test_an_empty_workbook(tmp_path, rows):
    pytest.importorskip("python_calamine")
    with pytest.raises(SurveyError, match=r"sheet\.xlsx is empty; it needs a header row and rows below it\.$"):
        read_table(workbook(tmp_path / "sheet.xlsx", rows), "utf-8", IssueLog())


def test_what_is_no_workbook_is_told(tmp_path):
    pytest.importorskip("python_calamine")
    (tmp_path / "sheet.xlsx").write_text("no workbook")
    with pytest.raises(
        SurveyError, match=r"sheet\.xlsx is not a workbook that can be read: .* Save the sheet as CSV\.$"
    ):
        read_table(tmp_path / "sheet.xlsx", "utf-8", IssueLog())


def test_the_apostrophe_before_what_looks_like_a_formula_is_no_part_of_the_text(tmp_path):
    (tmp_path / "t.csv").write_text("ego,said\n'=di,'+1 for it\n't Hooft,'\n＝,''-\n", encoding="utf-8")
    cells = read_table(tmp_path / "t.csv", "utf-8", IssueLog()).cells
    assert cells["ego"].tolist() == ["=di", "'t Hooft", "＝"]
    assert cells["said"].tolist() == ["+1 for it", "'", "'-"]


@pytest.mark.parametrize("length", [131_072, 131_073, 3_000_000])
@pytest.mark.parametrize("quoted", [False, True])
def test_however_long_an_answer_is_it_is_read(tmp_path, length, quoted):
    limit = csv.field_size_limit()
    cell = "x" * length
    said = f'"{cell}, ""y"""' if quoted else cell
    (tmp_path / "t.csv").write_text(f"person,comment,q\nann,{said},4\nben,,5\n", encoding="utf-8")
    cells = read_table(tmp_path / "t.csv", "utf-8", IssueLog()).cells
    assert cells["comment"].tolist() == [f'{cell}, "y"' if quoted else cell, ""]
    assert cells["q"].tolist() == ["4", "5"]
    assert csv.field_size_limit() == limit, "other readers keep theirs"


@pytest.mark.parametrize("length", [10, 200_000])
def test_a_quotation_mark_that_is_never_closed_is_called_that(tmp_path, length):
    limit = csv.field_size_limit()
    (tmp_path / "t.csv").write_text(f'person,comment\nann,"{"x" * length}\nben,\n', encoding="utf-8")
    with pytest.raises(SurveyError, match="the quotation marks do not pair up"):
        read_table(tmp_path / "t.csv", "utf-8", IssueLog())
    assert csv.field_size_limit() == limit


def test_a_file_that_may_not_be_read_is_one_message(tmp_path, monkeypatch):
    def refused(_path):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "t.csv").write_text("a\n1\n")
    monkeypatch.setattr("pathlib.Path.read_bytes", refused)
    with pytest.raises(SurveyError, match=r"t\.csv cannot be read \(Permission denied\)\. Close it"):
        read_table(tmp_path / "t.csv", "utf-8", IssueLog())


@pytest.mark.parametrize("suffix", [".tsv", ".txt"])
def test_a_folder_may_hold_its_tables_with_tabs(folder, suffix):
    place = folder(
        [Item("id", "person"), Item("team", "team")], survey="id,team\nann,Sales\n", roster="id,team\nann,Sales\n"
    )
    for table in place.glob("*.csv"):
        table.with_suffix(suffix).write_text(table.read_text().replace(",", "\t"))
        table.unlink()
    raw = read_raw(place, log=IssueLog())
    assert (raw.survey.file, raw.roster.file) == (f"survey{suffix}", f"roster{suffix}")
    assert raw.survey.cells["team"].tolist() == ["Sales"]
    assert [file.name for file in survey_files(place)] == ["codebook.json", f"survey{suffix}", f"roster{suffix}"]


def test_two_files_for_one_table_are_a_question(folder):
    place = folder([Item("id", "person"), Item("team", "team")], survey="id,team\nann,Sales\n")
    (place / "survey.tsv").write_text("id\tteam\nbob\tSales\n")
    with pytest.raises(
        SurveyError, match=r"holds survey\.csv and survey\.tsv, which both could be its survey table. Keep one"
    ):
        read_raw(place, log=IssueLog())


@pytest.mark.parametrize(
    ("name", "done"),
    [
        ("tie.xlsx", "not read; save it as ties.xlsx to use it"),
        ("Roster.csv", "not read; save it as roster.csv to use it"),
        ("tie.csv", "not read; save it as ties.csv to use it"),
        ("outcome.TSV", "not read; save it as outcomes.tsv to use it"),
        ("survey.xlsx", "not read"),
    ],
)
def test_a_file_that_is_called_like_a_table_and_not_read_is_told(folder, name, done):
    path = folder(ITEMS, survey=PLAIN)
    (path / name).write_text("id\np1\n")
    issues = read_survey(path).issues
    assert issues[["severity", "problem", "done"]].to_numpy().tolist() == [
        ["warning", f"{name} lies in the folder", done]
    ]


@pytest.mark.parametrize("name", ["notes.csv", "README.md", "LICENSE.txt", "pairs.csv"])
def test_other_files_in_the_folder_are_nobodys_business(folder, name):
    path = folder(ITEMS, survey=PLAIN)
    (path / name).write_text("x")
    assert read_survey(path).issues.empty


def test_one_file_is_read_alone_and_the_tables_beside_it_are_told(folder):
    path = folder(ITEMS, survey=PLAIN, roster="id\np1\np2\np3\n", ties="ego,alter,layer\n")
    survey = read_survey(path / "survey.csv")
    assert len(survey.people) == 2
    assert survey.issues["problem"].tolist() == [f"{name}.csv lies beside survey.csv" for name in ("roster", "ties")]
    assert survey.issues["done"].tolist() == [f"not read; give the folder {path} to use it"] * 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id,years,note\np1,3,fine\n,,\np2,4,\n", "row 3 of survey.csv is blank"),
        (",,\nid,years,note\np1,3,fine\np2,4,\n , ,\n", "rows 1 and 5 of survey.csv are blank"),
        (PLAIN + ",,\n" * 12, "rows 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 2 more of survey.csv are blank"),
    ],
)
def test_blank_rows_are_told_once_with_their_numbers(folder, text, problem):
    issues = read_survey(folder(ITEMS, survey=text)).issues
    assert issues[["severity", "problem", "done"]].to_numpy().tolist() == [["note", problem, "passed over"]]


def test_lines_with_nothing_at_all_are_no_rows(folder):
    assert read_survey(folder(ITEMS, survey=PLAIN.replace("p2", "\n\np2") + "\n\n")).issues.empty


def test_of_a_workbook_the_first_sheet_with_anything_is_read_and_the_others_are_told(tmp_path):
    with pd.ExcelWriter(tmp_path / "t.xlsx") as book:
        pd.DataFrame().to_excel(book, sheet_name="Empty", index=False)
        pd.DataFrame({"id": ["p1"]}).to_excel(book, sheet_name="North", index=False)
        pd.DataFrame({"id": ["p2"]}).to_excel(book, sheet_name="South", index=False)
    log = IssueLog()
    assert read_table(tmp_path / "t.xlsx", "utf-8", log).cells["id"].tolist() == ["p1"]
    assert log.to_frame()[["severity", "problem"]].to_numpy().tolist() == [
        ["warning", "the sheet 'South' of t.xlsx lies beside 'North'"]
    ]
