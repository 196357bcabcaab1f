"""SurveyMonkey: the question above, the options below, in one line or two."""

from __future__ import annotations

import pytest

from peernet.survey.formats.door import recognised_format
from peernet.survey.formats.export import Source
from tests.made.exports_forms import (
    ONE_LINE,
    SURVEYMONKEY,
    as_workbook,
    assert_same,
    column,
    kinds,
    opened,
    told,
    written,
)


def export_of(tmp_path, rows=SURVEYMONKEY):
    return opened(written(tmp_path / "export.csv", rows))


def changed(rows, old, new):
    return [[new if cell == old else cell for cell in row] for row in rows]


def test_two_lines_of_headings_are_no_people(tmp_path):
    export = export_of(tmp_path)
    assert export.format == "surveymonkey"
    assert export.told == "7 lines: 2 of headings, 4 sheets filled in, 1 set aside (no question answered)"
    assert export.set_aside == {6: "no question answered"}  # there is only the respondent's number


def test_columns_before_the_first_question_are_about_the_sheet(tmp_path):
    found = kinds(export_of(tmp_path))
    assert found["Respondent ID"] == "person"
    added = ("Collector ID", "Start Date", "IP Address", "Email Address", "Custom Data 1")
    assert {found[name] for name in added} == {"about"}
    assert "does not need: IP Address: used only if" in told(export_of(tmp_path))


def test_the_question_stands_above_all_its_options(tmp_path):
    export = export_of(tmp_path)
    ticks = export.groups["What do you offer?"]  # the tag in the wording is gone
    assert [tick.part for tick in ticks] == ["Writing", "Budgets, costs", "None of the above"]
    assert {(tick.kind, tick.unticked, tick.group_wording) for tick in ticks} == {("tick", None, "What do you offer?")}
    assert [tick.none for tick in ticks] == [False, False, True]
    assert "a blank cell is an option not ticked or a question not answered" in told(export)


def test_unticked_options_are_known_where_the_export_writes_them(tmp_path):
    rows = [[*row] for row in SURVEYMONKEY]
    for row in rows[2:]:
        row[6:9] = [cell or "Not selected" for cell in row[6:9]]
    export = export_of(tmp_path, rows)
    assert {tick.unticked for tick in export.groups["What do you offer?"]} == {"Not selected"}
    assert "a blank cell" not in told(export)


def test_ticks_as_numbers(tmp_path):
    rows = [SURVEYMONKEY[0], SURVEYMONKEY[1]]
    for row in SURVEYMONKEY[2:]:
        rows.append([*row[:6], *(str(n) if cell else "" for n, cell in enumerate(row[6:9], start=1)), *row[9:]])
    assert [tick.kind for tick in export_of(tmp_path, rows).groups["What do you offer?"]] == ["tick"] * 3


def test_a_box_for_another_option_leaves_the_list(tmp_path):
    export = export_of(tmp_path)
    other = column(export, "What do you offer? - Other (please specify)")
    assert (other.kind, other.group, other.group_wording) == ("text", "", "What do you offer?")
    assert column(export, "How long & where? - Other (please specify)").kind == "text"


def test_one_answer_stands_under_the_question_alone(tmp_path):
    export = export_of(tmp_path)
    assert column(export, "How long & where?").kind == "choice"
    assert column(export, "Anything else?").kind == "text"
    assert export.cells["How long & where?"].tolist() == ["A year", "Two years", "", "A year"]


def test_ranks_need_people_enough_to_be_told_from_ratings(tmp_path):
    assert {c.kind for c in export_of(tmp_path).groups["Rank these"]} == {"rank"}
    assert {c.kind for c in export_of(tmp_path, SURVEYMONKEY[:-1]).groups["Rank these"]} == {""}
    ratings = changed(SURVEYMONKEY, "3", "2")
    assert {c.kind for c in export_of(tmp_path, ratings).groups["Rank these"]} == {""}


@pytest.mark.parametrize("filler", ["...{}", "Unnamed: {}"])
def test_blanks_that_a_library_filled_are_blanks(tmp_path, filler):
    first = [cell or filler.format(place) for place, cell in enumerate(SURVEYMONKEY[0], start=1)]
    assert_same(export_of(tmp_path), export_of(tmp_path, [first, *SURVEYMONKEY[1:]]))


def test_question_and_option_in_one_line(tmp_path):
    export = export_of(tmp_path, ONE_LINE)
    assert export.told == "4 lines: 1 of headings, 3 sheets filled in"
    assert [tick.part for tick in export.groups["What do you eat?"]] == ["Pie", "Cake"]
    assert column(export, "What do you eat? - Other").kind == "text"
    assert column(export, "Do you like it?").group == ""


def test_a_workbook_says_the_same(tmp_path):
    assert_same(export_of(tmp_path), opened(as_workbook(tmp_path / "export.xlsx", SURVEYMONKEY)))


def test_two_questions_of_one_title_stay_apart(tmp_path):
    rows = [[*row[:9], *row[6:9]] for row in SURVEYMONKEY]
    export = export_of(tmp_path, rows)
    assert [*export.groups] == ["What do you offer?", "What do you offer? (2)"]


@pytest.mark.parametrize(
    "rows",
    [
        [["Respondent ID", "Q1"], ["12345", "3"], ["12346", "4"]],
        [["Respondent ID", "Q1", "Q2"], ["", "mean", "sum"], ["anna", "3", "4"]],
        [["respondent_id", "a - b", "a - c"], ["100001", "3", "4"], ["100002", "4", "4"]],
        [["id", "Start Date", "End Date"], ["1", "Response", "Response"], ["2", "Response", "None"]],
        [["id", "first", "second"], ["1", "Response", "None"], ["2", "None", "None"]],
    ],
)
def test_a_plain_table_is_not_taken_for_it(tmp_path, rows):
    assert recognised_format(Source(written(tmp_path / "export.csv", rows))) == "plain"


def test_numbers_that_a_spreadsheet_rounded_are_told(tmp_path):
    rows = [SURVEYMONKEY[0], SURVEYMONKEY[1], *(["1.14E+10", *row[1:]] for row in SURVEYMONKEY[2:])]
    export = export_of(tmp_path, rows)
    assert len(export.cells) == 4  # the line of options is no person
    assert "warning: Respondent ID was rounded by a spreadsheet" in told(export)


def test_headings_in_another_language_are_told_by_their_shape(tmp_path):
    words = {"Respondent ID": "ID du répondant", "Response": "Réponse", "Open-Ended Response": "Réponse libre"}
    rows = [[words.get(cell, cell) for cell in row] for row in SURVEYMONKEY]
    export = export_of(tmp_path, rows)
    assert export.headings == 2
    assert kinds(export)["ID du répondant"] == "person"
    assert {tick.kind for tick in export.groups["What do you offer?"]} == {"tick"}


def test_options_are_no_person_where_the_respondents_were_removed(tmp_path):
    export = export_of(tmp_path, [row[6:] for row in SURVEYMONKEY])
    assert (export.headings, len(export.cells)) == (2, 4)
    assert "person" not in kinds(export).values()
