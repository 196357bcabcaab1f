"""Microsoft Forms: ID, times, e-mail and name first, in any language, then questions as people read them."""

from __future__ import annotations

from datetime import datetime

import openpyxl
import pytest

from peernet.survey.formats.door import recognised_format
from peernet.survey.formats.export import Source
from peernet.survey.formats.microsoft_forms import TIMES
from tests.made.exports_forms import MICROSOFT, as_workbook, assert_same, column, kinds, opened, told, written


def export_of(tmp_path, rows=MICROSOFT):
    return opened(written(tmp_path / "export.csv", rows))


def titled(*first, below=("1", "7/2/26 11:00:22", "7/2/26 11:09:01", "ana@example.org", "Ana Ruiz", "fine")):
    return [[*first, "How are you?"], [*below]]


ENGLISH = ("ID", "Start time", "Completion time", "Email", "Name")


def test_one_line_of_headings_and_the_rest_people(tmp_path):
    export = export_of(tmp_path)
    assert export.format == "microsoft_forms"
    assert export.told == "4 lines: 1 of headings, 3 sheets filled in"
    assert export.cells["ID"].tolist() == ["1", "2", "5"]  # sheets 3 and 4 were deleted


def test_what_forms_writes_is_about_the_sheet(tmp_path):
    found = kinds(export_of(tmp_path))
    assert found["ID"] == "person"
    written_first = ("Start time", "Completion time", "Email", "Name", "Last modified time")
    assert {found[name] for name in written_first} == {"about"}
    assert found["Who are you?"] == ""  # the space in the heading is an ordinary one


def test_points_of_a_quiz_follow_their_question(tmp_path):
    assert kinds(export_of(tmp_path))["Points - I plan ahead"] == "about"
    rows = [[*MICROSOFT[0][:-1], "Points - something else"], *MICROSOFT[1:]]
    assert kinds(export_of(tmp_path, rows))["Points - something else"] == ""


def test_anonymous_is_no_personal_data(tmp_path):
    assert "personal data" not in told(export_of(tmp_path))
    named = export_of(tmp_path, titled(*ENGLISH))
    assert "does not need: Email and Name: used only if" in told(named)


def test_several_answers_share_a_cell(tmp_path):
    export = export_of(tmp_path)
    assert column(export, "What do you offer?").kind == "choices"
    assert export.cells["What do you offer?"].tolist() == ["Writing;Maps, old;", "Writing;", ""]


def test_an_order_is_no_choice_of_several(tmp_path):
    export = export_of(tmp_path)
    assert column(export, "Put in order").kind == ""
    assert "'Put in order': every cell holds the same options in an order" in told(export)


@pytest.mark.parametrize(("start", "end"), sorted(TIMES))
def test_the_columns_are_known_in_other_languages(tmp_path, start, end):
    assert (
        export_of(tmp_path, titled("Id", start.capitalize(), end.capitalize(), "E-Mail", "Name")).format
        == "microsoft_forms"
    )


def test_a_language_not_known_is_told_by_the_cells(tmp_path):
    rows = titled("ID", "Kezdés időpontja", "Befejezés időpontja", "E-mail", "Név")
    export = export_of(tmp_path, rows)
    assert export.format == "microsoft_forms"
    assert kinds(export)["Befejezés időpontja"] == "about"


@pytest.mark.parametrize(
    "rows",
    [
        titled(*ENGLISH, below=("p1", "7/2/26 11:00:22", "7/2/26 11:09:01", "", "", "fine")),
        titled(*ENGLISH, below=("1", "9", "17", "", "", "fine")),
        titled(
            "ID", "Begin", "End", "Site", "Name", below=("1", "7/2/26 11:00", "7/2/26 12:00", "north", "Ana", "fine")
        ),
        titled("Nr", *ENGLISH[1:]),
        [["id", "name", "email", "q1"], ["1", "Ana", "ana@example.org", "4"]],
    ],
)
def test_a_plain_table_is_not_taken_for_it(tmp_path, rows):
    assert recognised_format(Source(written(tmp_path / "export.csv", rows))) == "plain"


def test_statements_of_a_matrix_stay_columns(tmp_path):
    assert not export_of(tmp_path).groups


def test_a_sheet_without_an_answer_is_set_aside(tmp_path):
    rows = [*MICROSOFT, ["6", "7/3/26 12:00:22", "7/3/26 12:09:01", "anonymous", "", "", "", "", "", "", ""]]
    assert export_of(tmp_path, rows).set_aside == {5: "no question answered"}


def test_a_workbook_says_the_same(tmp_path):
    assert_same(export_of(tmp_path), opened(as_workbook(tmp_path / "export.xlsx", MICROSOFT)))


def test_the_workbook_of_forms_has_dates_and_numbers(tmp_path):
    book = openpyxl.Workbook()
    book.active.append([*ENGLISH, "How\u00a0many?"])
    book.active.append([1, datetime(2026, 7, 2, 11, 0, 22), datetime(2026, 7, 2, 11, 9, 1), "anonymous", None, 7])
    book.save(tmp_path / "export.xlsx")
    export = opened(tmp_path / "export.xlsx")
    assert export.format == "microsoft_forms"
    assert export.cells[["ID", "How many?"]].to_numpy().tolist() == [["1", "7"]]
