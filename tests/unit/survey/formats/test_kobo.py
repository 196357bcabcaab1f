"""A row of a repeat group belongs to the submission it names, and several answers to one question are one question."""

from __future__ import annotations

from pathlib import Path

import pytest

from peernet.errors import SurveyError
from peernet.survey.formats.door import open_export, recognised_format
from peernet.survey.formats.export import Source
from tests.made.exports_nested import FORM, KOBO, ODK, csv_text, workbook_of, written

SHARED = Path(__file__).resolve().parents[5] / "shared"


def column(columns, name):
    return next(column for column in columns if column.name == name)


def told(export, words):
    return [note for note in export.notes if words in " ".join(note)]


def altered(sheet, place, **cells):
    """The sheets of the export with other cells in one row."""
    headings, *rows = KOBO[sheet]
    row = [cells.get(heading, cell) for heading, cell in zip(headings, rows[place], strict=True)]
    return {**KOBO, sheet: [headings, *rows[:place], row, *rows[place + 1 :]]}


@pytest.fixture
def form(tmp_path):
    (tmp_path / "forms").mkdir()
    return workbook_of(tmp_path / "forms" / "form.xlsx", FORM)


@pytest.fixture
def book(tmp_path):
    return workbook_of(tmp_path / "export.xlsx", KOBO)


class TestRepeatGroups:
    def test_rows_are_joined_by_number_not_by_order(self, book):
        export = open_export(Source(book))
        assert export.format == "kobo"
        assert export.told == "5 lines: 1 of headings, 3 sheets filled in, 1 set aside (not approved by a reviewer)"
        (talk,) = export.repeats
        assert talk.person.map(export.cells["me"]).tolist() == ["p002", "p001"]
        assert talk.cells["talk/whom"].tolist() == ["p001", "p002"]
        assert {column.group for column in talk.columns} == {"talk"}

    def test_who_has_no_row_came_to_the_questions_all_the_same(self, book):
        export = open_export(Source(book))
        assert export.repeats[0].asked == frozenset(export.cells.index)

    def test_a_repeat_group_under_a_condition_does_not_say_who_came_to_it(self, tmp_path, book):
        survey = [[*row, "", "${years} > 1"] if "talk" in row else row for row in FORM["survey"]]
        form = workbook_of(tmp_path / "form.xlsx", {**FORM, "survey": survey})
        export = open_export(Source(book, definition=form))
        assert export.repeats[0].asked is None
        assert told(export, "whom if ${years} > 1")

    def test_a_row_that_points_to_two_submissions_belongs_to_nobody(self, tmp_path):
        book = workbook_of(tmp_path / "export.xlsx", altered("talk", 0, _parent_index=1))
        export = open_export(Source(book))
        assert export.repeats[0].person.isna().tolist() == [True, False]
        assert told(export, "1 row of talk point to one submission by number and to another by name")

    def test_groups_within_groups_lead_to_the_submission(self, tmp_path):
        topics = [["topic", "_parent_table_name", "_parent_index"], ["work", "talk", 1], ["home", "talk", 2]]
        book = workbook_of(tmp_path / "export.xlsx", {**KOBO, "topic": topics})
        talk, topic = open_export(Source(book)).repeats
        assert topic.person.tolist() == talk.person.tolist()

    def test_a_csv_alone_says_where_nominations_would_be(self, tmp_path):
        export = open_export(Source(written(tmp_path, main=csv_text(KOBO["Colleagues"], ";"))))
        assert export.semicolons
        assert told(export, "these nominations are on another sheet")

    def test_a_form_without_repeat_groups_misses_none(self, tmp_path):
        form = workbook_of(tmp_path / "form.xlsx", {**FORM, "survey": FORM["survey"][:4]})
        written(tmp_path, main="me,_id,_uuid\np001,1,u\n")
        assert not told(open_export(Source(tmp_path / "main.csv", definition=form)), "repeat groups")

    def test_a_form_with_a_repeat_group_and_no_rows_of_it_is_an_error(self, tmp_path, form):
        written(tmp_path, main=csv_text(KOBO["Colleagues"], ";"))
        export = open_export(Source(tmp_path / "main.csv", definition=form))
        assert told(export, "main.csv has none of the rows of talk")[0][0] == "error"

    def test_rows_side_by_side_are_told_and_not_read_as_rows(self, tmp_path):
        export = open_export(Source(written(tmp_path, main="me,talk[1]/whom,talk[2]/whom,_id,_uuid\nx,y,z,1,u\n")))
        assert told(export, "the rows of talk side by side")[0][0] == "error"

    def test_one_group_of_two_that_is_missing_is_named(self, tmp_path):
        extra = [["begin_repeat", "managers"], ["text", "who"], ["end_repeat"]]
        form = workbook_of(tmp_path / "form.xlsx", {**FORM, "survey": [*FORM["survey"], *extra]})
        export = open_export(Source(workbook_of(tmp_path / "export.xlsx", KOBO), definition=form))
        assert told(export, "none of the rows of managers")

    def test_files_of_odk_are_joined_by_their_keys(self, tmp_path):
        export = open_export(Source(written(tmp_path, **ODK)))
        talk, topic = sorted(export.repeats, key=lambda rows: rows.name)
        assert (talk.name, topic.name) == ("talk", "talk-topic")
        whose = [rows.person.map(export.cells["me"], na_action="ignore").tolist() for rows in (talk, topic)]
        assert whose[0][:2] == ["p002", "p001"]
        assert talk.person.isna().tolist() == [False, False, True]
        assert whose[1] == ["p002"]
        assert export.set_aside == {4: "not approved by a reviewer"}

    def test_the_same_submission_twice_is_one_person(self, tmp_path):
        headings, *rows = KOBO["Colleagues"]
        export = open_export(Source(written(tmp_path, main=csv_text([headings, *rows, rows[0]]))))
        assert export.set_aside[6] == "the same submission once more"
        assert export.cells["me"].tolist() == ["p001", "p002", "p003"]


class TestSeveralAnswers:
    def test_single_columns_stand_for_the_joined_cell(self, book):
        export = open_export(Source(book))
        assert "page/trust" not in export.cells
        options = export.groups["page/trust"]
        assert [(option.key, option.kind, option.unticked) for option in options] == [
            ("p001", "tick", "0"),
            ("p002", "tick", "0"),
            ("nobody", "tick", "0"),
        ]

    def test_nothing_ticked_is_no_answer(self, book):
        cells = open_export(Source(book)).cells
        assert cells[["page/trust/p001", "page/trust/p002"]].to_numpy().tolist() == [["0", "1"], ["", ""], ["0", "0"]]

    def test_labels_with_spaces_are_not_torn_apart(self, tmp_path):
        headings = ["Who are you?", "Whom?", "Whom?/Ana Ruiz", "Whom?/José Núñez", "_id", "_uuid"]
        export = open_export(Source(written(tmp_path, main=csv_text([headings, ["x", "José Núñez", 0, 1, 1, "u"]]))))
        assert [option.part for option in export.groups["Whom?"]] == ["Ana Ruiz", "José Núñez"]

    def test_a_joined_cell_that_says_more_counts(self, tmp_path):
        book = workbook_of(tmp_path / "export.xlsx", altered("Colleagues", 0, **{"page/trust": "p002 p077"}))
        export = open_export(Source(book))
        assert export.cells["page/trust"].tolist() == ["p002 p077", "", "nobody"]
        assert "page/trust" not in export.groups
        assert told(export, "holds other answers than the columns of its options")

    def test_single_columns_alone_are_one_question_only_where_the_form_says_so(self, tmp_path, form):
        headings, *rows = KOBO["Colleagues"]
        text = csv_text([[cell for k, cell in enumerate(row) if k != 2] for row in [headings, *rows]])
        written(tmp_path, main=text)
        alone = open_export(Source(tmp_path / "main.csv"))
        assert not alone.groups
        assert told(alone, "columns under page/trust may be the options of one question")
        assert list(open_export(Source(tmp_path / "main.csv", definition=form)).groups) == ["page/trust"]

    def test_a_joined_cell_alone_is_parted_by_spaces(self, tmp_path, form):
        written(tmp_path, main="me,trust,_id,_uuid\np001,p002 p003,1,u\n")
        export = open_export(Source(tmp_path / "main.csv", definition=form))
        joined = column(export.columns, "trust")
        assert (joined.kind, joined.properties["separator"]) == ("choices", " ")


class TestForm:
    @pytest.mark.parametrize("heading", ["years", "page/years", "page-years", "Years here", "Colleagues/Years here"])
    def test_a_question_is_known_by_any_of_its_headings(self, tmp_path, form, heading):
        written(tmp_path, main=f"{heading},_id,_uuid\n3,1,u\n")
        export = open_export(Source(tmp_path / "main.csv", definition=form))
        years = column(export.columns, heading)
        assert (years.kind, years.wording) == ("number", "Years here")
        assert years.properties == {"block": "experience", "reverse": True, "high": 50}

    def test_options_in_any_language_have_their_code(self, tmp_path, form):
        text = "Wem vertrauen Sie?,Wem vertrauen Sie?/Niemand,Wem vertrauen Sie?/Ana Ruiz,_id,_uuid\nNiemand,1,0,1,u\n"
        written(tmp_path, main=text)
        export = open_export(Source(tmp_path / "main.csv", definition=form))
        options = export.groups["Wem vertrauen Sie?"]
        assert [(option.key, option.part) for option in options] == [("nobody", "Nobody"), ("p001", "Ana Ruiz")]

    def test_questions_of_a_repeat_group_stay_there(self, book, form):
        export = open_export(Source(book, definition=form))
        (talk,) = export.repeats
        assert column(talk.columns, "talk/whom").properties == {"block": "alter"}
        assert column(talk.columns, "talk/how_often").labels == {"0": "never", "1": "daily"}
        assert column(export.columns, "me").labels["p002"] == "José Núñez"

    def test_every_question_is_accounted_for(self, book, form):
        export = open_export(Source(book, definition=form))
        assert told(export, "only read: why")
        assert told(export, "without a column in the export: why_not and gone")
        assert told(export, "why_not if ${how_often} = 0")
        assert not told(export, "does not know")

    def test_what_the_server_writes_is_about_the_submission(self, book):
        about = {column.name for column in open_export(Source(book)).columns if column.kind == "about"}
        assert about == {"start", "_id", "_uuid", "_submission_time", "_validation_status", "_index"}

    def test_a_question_called_as_a_column_of_the_other_tool_is_a_question(self, tmp_path):
        export = open_export(Source(written(tmp_path, main="me,Status,email,_id,_uuid\nx,senior,a@b.c,1,u\n")))
        assert column(export.columns, "Status").kind == ""
        assert column(export.columns, "email").kind == ""

    def test_the_form_may_lie_beside_the_data(self, tmp_path):
        workbook_of(tmp_path / "form.xlsx", FORM)
        workbook_of(tmp_path / "export.xlsx", KOBO)
        assert column(open_export(Source(tmp_path)).columns, "page/years").wording == "Years here"


class TestRefusals:
    def test_a_form_has_no_people(self, form):
        with pytest.raises(SurveyError, match="a form without submissions"):
            open_export(Source(form))

    def test_rows_of_a_repeat_group_alone_are_nobodys(self, tmp_path):
        with pytest.raises(SurveyError, match="holds the rows of a repeat group, and the submissions"):
            open_export(Source(written(tmp_path, talk=ODK["form-talk"])))

    def test_two_forms_are_not_put_together(self, tmp_path):
        with pytest.raises(SurveyError, match="more than one form"):
            open_export(Source(written(tmp_path, one=ODK["form"], two=csv_text(KOBO["Colleagues"]))))

    def test_rows_that_name_no_submission_are_refused(self, tmp_path):
        main = csv_text(KOBO["Colleagues"])
        with pytest.raises(SurveyError, match="no telling whose these rows are"):
            open_export(Source(written(tmp_path, main=main, rows="whom,_parent_table_name\np001,main\n")))

    @pytest.mark.parametrize("headings", ["_id,name", "KEY,name", "_index,name,team"])
    def test_other_tables_are_none_of_kobo(self, tmp_path, headings):
        text = f"{headings}\n{','.join('x' * len(headings.split(',')))}\n"
        assert recognised_format(Source(written(tmp_path, survey=text))) == "plain"


@pytest.mark.skipif(not SHARED.exists(), reason="the samples are not here")
class TestSamples:
    def test_nominations_live_in_a_repeat_group(self):
        export = open_export(Source(SHARED / "cases/B1"))
        named = export.repeats[0]
        assert named.person.map(export.cells["Your name"]).tolist() == ["Maud Ferrin", "Maud Ferrin", "Ivo Salter"]
        assert named.cells["Colleague"].tolist() == ["Ivo Salter", "Sela Brandt", "Maud Ferrin"]
        assert named.asked == frozenset(export.cells.index)

    def test_the_main_file_alone_says_so(self):
        assert told(open_export(Source(SHARED / "cases/B1/main.csv")), "on another sheet")

    def test_the_form_of_a_peer_questionnaire(self, tmp_path):
        text = "me,trust/trust_who,trust/trust_who/p001,trust/trust_who/p002,change_1,_id,_uuid\np001,p002,0,1,4,1,u\n"
        written(tmp_path, main=text)
        form = SHARED / "questionnaire_samples/peer.xlsx"
        export = open_export(Source(tmp_path / "main.csv", definition=form))
        change = column(export.columns, "change_1")
        assert change.properties == {"block": "perspective", "scale": "openness"}
        assert list(change.labels.values())[::4] == ["Disagree", "Agree"]
        assert told(export, "none of the rows of talk")
