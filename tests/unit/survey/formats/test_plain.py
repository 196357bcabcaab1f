"""A plain table is the last resort and strict: several lines of headings, one column or several tables are refused."""

from __future__ import annotations

import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SurveyError
from peernet.survey.codebook import Codebook
from peernet.survey.formats.door import open_export, recognised_format
from peernet.survey.formats.export import Source
from peernet.survey.item import Item
from tests.made.workbooks import workbook


def opened(tmp_path, text, **kws):
    (tmp_path / "t.csv").write_text(text)
    return open_export(Source(tmp_path / "t.csv"), **kws)


def refusal(tmp_path, text) -> str:
    with pytest.raises(SurveyError) as caught:
        opened(tmp_path, text, format="plain")
    return str(caught.value)


def test_one_line_of_headings_and_a_row_per_sheet(tmp_path):
    export = opened(tmp_path, "id,How  far?,id\n007,4,NA\n\np2,,1e5\n")
    assert export.cells.to_dict("index") == {
        2: {"id": "007", "How far?": "4", "id (2)": "NA"},
        4: {"id": "p2", "How far?": "", "id (2)": "1e5"},
    }
    assert [column.wording for column in export.columns] == ["id", "How far?", "id"]
    assert export.told == "4 lines: 1 of headings, 2 sheets filled in, 1 blank"


def test_short_rows_and_columns_without_a_name_are_told_and_empty_ones_left_out(tmp_path):
    export = opened(tmp_path, "id,,q,\np1,x\np2,,4,\n")
    assert export.cells.to_dict("list") == {"id": ["p1", "p2"], "column 2": ["x", ""], "q": ["", "4"]}
    assert [problem for _, problem, _ in export.notes] == [
        "row 2 of t.csv has 2 cells, the header has 4",
        "column 2 of t.csv has no name",
    ]


def test_a_heading_that_comes_again_gets_a_name_nobody_has_and_is_told(tmp_path):
    export = opened(tmp_path, "id,Why,Why,Why (2)\np1,a,b,c\n")
    assert export.cells.to_dict("records") == [{"id": "p1", "Why": "a", "Why (3)": "b", "Why (2)": "c"}]
    assert export.notes == (("warning", "two columns have the heading 'Why'", "column 3 is called 'Why (3)'"),)


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_file_without_a_codebook_is_called_empty(tmp_path, text):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(SurveyError, match=r"t.csv is empty; it needs a header row"):
        pn.read_survey(tmp_path / "t.csv")


def test_a_workbook_of_two_tables_without_a_codebook_names_its_sheets(tmp_path):
    with pd.ExcelWriter(tmp_path / "t.xlsx") as book:
        pd.DataFrame({"id": ["p1"], "q": [1]}).to_excel(book, sheet_name="Answers", index=False)
        pd.DataFrame({"Exported on Monday": []}).to_excel(book, sheet_name="Read me", index=False)
    with pytest.raises(SurveyError, match=r"holds the sheet 'Answers' of t.xlsx and the sheet 'Read me' of t.xlsx"):
        pn.read_survey(tmp_path / "t.xlsx")


def test_a_row_that_is_too_long_loses_nothing_in_silence(tmp_path):
    assert "row 3 has 3 cells, the header has 2" in refusal(tmp_path, "id,q\np1,1\np2,yes,no\n")


@pytest.mark.parametrize(
    "text",
    [
        'Q1,Q2\n"How far, you think?",Why\n"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\n4,so\n',
        "Which?,,,Why\ntea,milk,water,Response\ntea,,,so\n",
        "id,q1,q2,q3\nWho are you?,How far?,How long?,How often?\np1,1,2,3\np2,2,,4\n",
    ],
)
def test_several_lines_of_headings_are_refused_with_what_would_work(tmp_path, text):
    told = refusal(tmp_path, text)
    assert "several lines of headings: row 2 looks like headings too" in told
    assert "format=" in told


@pytest.mark.parametrize(
    "text",
    [
        "name,q1,q2,q3,q4\nAnn,agree,disagree,agree,neither\nBen,agree,agree,agree,agree\n",
        "name,age,years,q3\nAnn,fifty,two,4\nBen,40,3,5\n",
        "name,pronoun,team\nAnn,,Dock\n",
    ],
)
def test_words_are_answers_where_words_are_answered(tmp_path, text):
    assert opened(tmp_path, text).cells.iloc[0].tolist()[0] == "Ann"


def test_everything_in_one_column_is_refused(tmp_path):
    assert "everything in one column, such as 'id,q1'" in refusal(tmp_path, '"id,q1"\n"p1,1"\n"p2,3"\n')
    file = workbook(tmp_path / "t.xlsx", [["id;q1;q2"], ["p1;1;2"]])
    with pytest.raises(SurveyError, match="everything in one column"):
        open_export(Source(file))


def test_a_list_of_one_column_is_a_table(tmp_path):
    assert opened(tmp_path, 'name\nAnn Lee\n"Ben Oz, from the dock"\n').cells["name"].tolist()[0] == "Ann Lee"


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n"])
def test_an_empty_file(tmp_path, text):
    assert refusal(tmp_path, text).endswith("is empty; it needs a header row and rows below it.")


def test_no_people_is_an_error(tmp_path):
    assert "has no answers: 1 line: 1 of headings, 0 sheets filled in" in refusal(tmp_path, "id,q1\n")


def test_empty_sheets_of_a_workbook_are_no_tables_and_full_ones_are_a_question(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["id", "q"], ["007", 4]):
        book.active.append(row)
    book.create_sheet("Sheet2")
    book.save(tmp_path / "t.xlsx")
    assert open_export(Source(tmp_path / "t.xlsx")).cells.to_numpy().tolist() == [["007", "4"]]
    book["Sheet2"].append(["notes"])
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(
        SurveyError, match=r"holds the sheet 'Sheet' of t\.xlsx and the sheet 'Sheet2' of t\.xlsx; name"
    ):
        open_export(Source(tmp_path / "t.xlsx"), format="plain")


@pytest.mark.parametrize(
    "text", ["giver,colleague,trust\np1,p2,4\np1,p3,5\np2,p1,3\n", "name,Ann,Ben,Cleo\nAnn,,4,1\nBen,2,,\n"]
)
def test_an_edge_list_and_a_matrix_of_people_are_plain_tables_whose_meaning_the_codebook_says(tmp_path, text):
    export = opened(tmp_path, text)
    assert (export.format, export.repeats, len(export.cells)) == ("plain", (), text.count("\n") - 1)


@pytest.mark.parametrize("how", ["sheet", "json", "python"])
def test_a_table_is_read_alike_whatever_its_codebook_is_written_in(tmp_path, how):
    trust = Item("trust", "tie", "ordinal", layer="trust", low=1, high=5, at_least=3)
    codebook = Codebook((Item("id", "person"), Item("q1", "perspective", "ordinal", low=1, high=5), trust))
    (tmp_path / "answers.csv").write_text("id,q1,trust_p1,trust_p2,trust_p3\np1,1,,4,1\np2,2,5,,\n", encoding="utf-8")
    (tmp_path / "roster.csv").write_text("id,name\np1,Ann Lee\np2,Bo Ek\np3,Cy Oz\n", encoding="utf-8")
    if how != "python":
        codebook.write(tmp_path / {"sheet": "codebook.xlsx", "json": "codebook.json"}[how])
    survey = pn.read_survey(tmp_path / "answers.csv", codebook=codebook if how == "python" else None)
    assert survey.people["answered"].to_dict() == {"p1": True, "p2": True, "p3": False}
    ties = survey.ties.set_index(["ego", "alter"])["rating"]
    assert ties.dropna().to_dict() == {("p1", "p2"): 4, ("p1", "p3"): 1, ("p2", "p1"): 5}


TWO = "team,average\nDock,4\nQuay,3\n\nid,q1,q2,q3\np1,1,2,3\np2,3,4,5\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TWO, 5),
        ("id,q1,q2\np1,1,2\np2,3,4\n\nteam,mean\nDock,4\nQuay,3\n", 5),
        ("id,q1\np1,1\n\n\nid,q1\np2,3\n", 5),
    ],
)
def test_other_stacked_tables_are_refused_with_the_line_in_which_the_second_begins(tmp_path, text, line):
    with pytest.raises(SurveyError, match=rf"holds several tables, .* another begins in line {line}\. Save each"):
        opened(tmp_path, text)


def test_a_title_above_a_table_is_told_with_the_line_of_the_headings(tmp_path):
    with pytest.raises(SurveyError, match="has the title 'Results' above its table, whose headings stand in line 3"):
        opened(tmp_path, "Results,\n\nid,q1,q2\np1,1,2\n")


@pytest.mark.parametrize(
    "text",
    [
        "id,q1,why\np1,1,so\n\np2,3,because\n\n\np3,,\n",
        "id,q1,why\n\np1,1,so\np2,3,because\n",
        "\n\nid,q1,why\np1,1,so\n,,\np2,nobody,\np3,yes,\n",
        "id,why\nann,so\n\nben,because\ncleo,never\n",
    ],
)
def test_blank_lines_inside_one_table_do_not_make_it_two(tmp_path, text):
    (tmp_path / "t.csv").write_text(text)
    assert recognised_format(Source(tmp_path / "t.csv")) == "plain"


def test_a_heading_merged_over_several_columns_is_one_question(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    people = ["Ann Ash", "Bo Birk", "Cas Oak", "Dee Elm"]
    book.active.append(["Employee ID", "Name", "Whom do you trust?", None, "Why?"])
    for place, name in enumerate(people):
        book.active.append([f"p{place}", name, people[place - 1], people[place - 2], None])
    book.active.merge_cells("C1:D1")
    book.save(tmp_path / "t.xlsx")
    export = open_export(Source(tmp_path / "t.xlsx"))
    assert [*export.cells] == ["Employee ID", "Name", "Whom do you trust? (1)", "Whom do you trust? (2)", "Why?"]
    assert export.notes == (
        ("note", "the heading 'Whom do you trust?' of t.xlsx is merged over 2 columns", "read as one question"),
    )
    ties = pn.read_survey(tmp_path / "t.xlsx").ties
    named = ties[ties["rating"] > 0].groupby("ego")["alter"].agg(set).to_dict()
    assert named == {"p0": {"p3", "p2"}, "p1": {"p0", "p3"}, "p2": {"p1", "p0"}, "p3": {"p2", "p1"}}


def test_a_heading_merged_over_a_second_line_of_headings_is_refused_as_ever(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["About you", None, None, "Views"], ["id", "team", "level", "q1"], ["p1", "A", "Lead", 4]):
        book.active.append(row)
    book.active.merge_cells("A1:C1")
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(SurveyError, match="several lines of headings: row 2"):
        open_export(Source(tmp_path / "t.xlsx"))


@pytest.mark.parametrize("file", ["outcomes.csv", "ties.xlsx", "roster.xlsx", "Rosters.csv"])
def test_a_table_of_ours_beside_an_export_is_not_left_out_without_a_word(tmp_path, file):
    (tmp_path / file).write_text("id,late\np1,3\n")
    export = opened(tmp_path, "id,q\np1,4\n")
    ((severity, problem, done),) = export.notes
    assert (severity, problem) == ("warning", f"{file} lies beside the export")
    assert done.startswith("not read; ")


def test_outcomes_beside_the_answers_do_not_keep_a_folder_from_being_read(tmp_path):
    (tmp_path / "outcomes.csv").write_text("id,late\np1,3\n")
    opened(tmp_path, "id,q\np1,4\n")
    export = open_export(Source(tmp_path))
    assert (export.file, [problem for _, problem, _ in export.notes]) == (
        "t.csv",
        ["outcomes.csv lies beside the export"],
    )


WORDS = ["Agree", "Disagree", "Neutral"]


@pytest.mark.parametrize(
    "lines",
    [
        ["q0,q00,q1,q2,q3", "Name,Team,I like change,I seek news,I plan"],
        ["Name,Team,I like change,I seek news,I plan", "q0,q00,q1,q2,q3"],
        ["Name,Team,I like change,I seek news,I plan", "V1,V2,Q1_1,Q1_2,Q1_3"],
    ],
)
def test_codes_and_wordings_in_two_lines_are_refused_among_answers_in_words(tmp_path, lines):
    rows = [f"P {chr(97 + i)},{'AB'[i % 2]},{WORDS[i % 3]},{WORDS[(i + 1) % 3]},{WORDS[i % 2]}" for i in range(12)]
    assert "several lines of headings: row 2" in refusal(tmp_path, "\n".join([*lines, *rows, ""]))


def test_somebody_first_who_answers_as_nobody_else_does_is_no_heading(tmp_path):
    rows = ["Ann,Law,Head,Email,Agree", *(f"P {i},Sales,Officer,Phone,{WORDS[1 + i % 2]}" for i in range(12))]
    export = opened(tmp_path, "\n".join(["Name,Team,Level,Contact,I plan", *rows, ""]))
    assert len(export.cells) == 13
    coded = [f"P{i},A{1 + i % 3},A{1 + i % 4},A{1 + i % 2},A1" for i in range(12)]
    assert len(opened(tmp_path, "\n".join(["id,q1,q2,q3,q4", *coded, ""])).cells) == 12
