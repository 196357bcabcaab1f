"""Google Forms: the time first, in any language, and questions as people read them."""

from __future__ import annotations

import pytest

from peernet.survey.formats.door import recognised_format
from peernet.survey.formats.export import Source
from peernet.survey.formats.google_forms import TIME
from tests.made.exports_forms import GOOGLE, as_workbook, assert_same, column, kinds, opened, told, written


def export_of(tmp_path, rows=GOOGLE):
    return opened(written(tmp_path / "export.csv", rows))


def titled(first, time="1/5/2026 9:03:11"):
    return [[first, "How are you?"], [time, "fine"]]


def test_one_line_of_headings_and_the_rest_people(tmp_path):
    export = export_of(tmp_path)
    assert export.format == "google_forms"
    assert export.told == "5 lines: 1 of headings, 3 sheets filled in, 1 set aside (no question answered)"


def test_time_address_and_score_are_no_questions(tmp_path):
    found = kinds(export_of(tmp_path))
    assert (found["Timestamp"], found["Email Address"], found["Score"]) == ("about", "person", "about")
    assert "does not need: Email Address" in told(export_of(tmp_path))


@pytest.mark.parametrize("word", sorted(TIME))
def test_the_time_is_known_in_other_languages(tmp_path, word):
    assert export_of(tmp_path, titled(word)).format == "google_forms"


@pytest.mark.parametrize(
    "time",
    ["2026/01/05 9:03:11 AM GMT+1", "05.01.2026 09:03:11", "12/02/2026 19.07.17", "2026-01-05 09:03:11", "5/1/26 9:03"],
)
def test_times_are_written_in_many_ways(tmp_path, time):
    assert export_of(tmp_path, titled("Timestamp", time)).format == "google_forms"


@pytest.mark.parametrize(
    "rows",
    [
        titled("timestamp"),
        titled("Timestamp", "1700000000"),
        titled("Timestamp", "2026-01-05"),
        titled("Timestamp", "yesterday"),
        titled("Time"),
        [["Timestamp"], ["1/5/2026 9:03:11"]],
        [["id", "Timestamp"], ["p1", "1/5/2026 9:03:11"]],
    ],
)
def test_a_plain_table_is_not_taken_for_it(tmp_path, rows):
    assert recognised_format(Source(written(tmp_path / "export.csv", rows))) == "plain"


def test_a_grid_is_a_group_of_its_rows(tmp_path):
    export = export_of(tmp_path)
    assert [(c.name, c.part, c.key, c.kind) for c in export.groups["Trust"]] == [
        ("Trust [Ana Ruiz]", "Ana Ruiz", "1", "choice"),
        ("Trust [José Núñez]", "José Núñez", "2", "choice"),
    ]


def test_a_question_with_brackets_is_no_grid(tmp_path):
    rows = [["Timestamp", "Age [years]", "Score [Feedback]"], ["1/5/2026 9:03:11", "33", "good"]]
    export = export_of(tmp_path, rows)
    assert not export.groups
    assert kinds(export)["Score [Feedback]"] == "about"


def test_a_grid_called_like_a_question_before_it_is_called_otherwise(tmp_path):
    rows = [["Timestamp", "Trust", "Trust [Ana]", "Trust [Bo]"], ["1/5/2026 9:03:11", "x", "Yes", "No"]]
    assert [*export_of(tmp_path, rows).groups] == ["Trust (2)"]


def test_boxes_ticked_stay_in_their_cell(tmp_path):
    export = export_of(tmp_path)
    assert column(export, "How do you work?").kind == "choices"
    assert export.cells["How do you work?"].tolist()[0] == "Plan, do, Ask first"  # two options or three: not told here
    assert "'How do you work?': several answers share a cell" in told(export)


def test_a_comma_in_a_sentence_is_no_list(tmp_path):
    rows = [["Timestamp", "Why?"], *(["1/5/2026 9:03:11", text] for text in ("well, because", "no, never", "maybe"))]
    assert kinds(export_of(tmp_path, rows))["Why?"] == ""


def test_the_file_the_form_downloads_joins_by_semicolons(tmp_path):
    rows = [
        ["Timestamp", "What?"],
        *(["2026/01/05 9:03:11 AM GMT+1", text] for text in ("Plan, do;Ask", "Ask", "Plan, do")),
    ]
    assert kinds(export_of(tmp_path, rows))["What?"] == "choices"


def test_questions_of_one_title_get_a_number(tmp_path):
    export = export_of(tmp_path)
    assert export.cells[["Comment", "Comment (2)"]].iloc[:2].to_numpy().tolist() == [["", "a, b"], ["fine", ""]]
    assert "several questions have the same title: called 'Comment (2)'" in told(export)


def test_a_row_typed_into_the_sheet_is_kept_and_told(tmp_path):
    export = export_of(tmp_path, [*GOOGLE, ["", "", "Cy", "", "", "", "", "", ""]])
    assert len(export.cells) == 4
    assert "warning: rows 6 have no time" in told(export)


def test_the_tab_of_a_workbook_with_others_beside_it(tmp_path):
    csv = export_of(tmp_path)
    assert_same(csv, opened(as_workbook(tmp_path / "export.xlsx", GOOGLE, "Form Responses 1")))
    more = opened(
        as_workbook(tmp_path / "more.xlsx", GOOGLE, "Form Responses 1", Counts=[["team", "n"], ["north", "3"]])
    )
    assert more.cells.equals(csv.cells)
    assert "more.xlsx (Counts) lies beside the answers: not read" in told(more)
