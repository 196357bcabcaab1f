"""A person is a record of REDCap, however many rows it has, and a checkbox that nobody saw says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from peernet.errors import SurveyError
from peernet.survey.formats.door import open_export, recognised_format
from peernet.survey.formats.export import Source
from tests.made.exports_nested import COLLEAGUES, COLLEAGUES_LABELLED, COLLEAGUES_RAW, EVENTS, csv_text, written

SHARED = Path(__file__).resolve().parents[5] / "shared"


def opened(folder, **texts):
    return open_export(Source(written(folder, **texts)))


def column(export, name):
    return next(column for column in export.columns if column.name == name)


def told(export, words):
    return [note for note in export.notes if words in " ".join(note)]


class TestRecords:
    @pytest.fixture
    def events(self, tmp_path):
        return opened(tmp_path, export=EVENTS)

    def test_rows_of_several_events_are_one_person(self, events):
        assert events.format == "redcap"
        assert events.cells["record_id"].tolist() == ["r3", "r1", "r2"]
        assert events.told == (
            "8 lines: 1 of headings, 3 sheets filled in, 2 of nomination, 2 of the same people at other events"
        )

    def test_the_first_event_keeps_its_names_and_a_later_one_is_named_in_the_column(self, events):
        cells = events.cells.set_index("record_id")
        assert list(cells) == ["team", "q1", "q1 (later_arm_1)", "outcome (later_arm_1)"]
        assert cells.loc["r1"].tolist() == ["Dock", "4", "5", "61"]
        assert cells.loc["r2"].tolist() == ["Yard", "2", "", "48"]

    def test_the_order_of_events_is_that_within_records_not_that_of_the_file(self, events):
        assert events.cells.set_index("record_id").loc["r3"].tolist() == ["", "", "", "50"]
        assert told(events, "first start_arm_1, later later_arm_1")

    def test_repeating_rows_belong_to_the_person_and_keep_their_event(self, events):
        (nominations,) = events.repeats
        whose = nominations.person.map(events.cells["record_id"])
        assert whose.tolist() == ["r1", "r1", "r1"]
        assert nominations.cells["colleague"].tolist() == ["r2", "r3", "r2"]
        assert nominations.cells["trust"].tolist() == ["4", "2", "5"]
        assert nominations.wave.tolist() == ["start_arm_1", "start_arm_1", "later_arm_1"]
        assert {column.group for column in nominations.columns} == {"nomination"}

    def test_who_named_nobody_is_not_said_to_have_been_asked(self, events):
        assert events.repeats[0].asked is None
        assert told(events, "REDCap cannot tell")

    def test_an_event_that_repeats_is_one_wave_each_time(self, tmp_path):
        rows = ["record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,q1"]
        rows += ["1,visit_arm_1,,1,4", "1,visit_arm_1,,2,5"]
        export = opened(tmp_path, export="\n".join(rows))
        assert export.cells.to_numpy().tolist() == [["1", "4", "5"]]
        assert list(export.cells) == ["record_id", "q1", "q1 (visit_arm_1 2)"]

    def test_of_two_arms_each_has_its_own_first_event(self, tmp_path):
        rows = ["record_id,redcap_event_name,q1", "1,start_arm_1,4", "1,end_arm_1,5", "2,intake_arm_2,3"]
        export = opened(tmp_path, export="\n".join(rows))
        assert export.cells.to_numpy().tolist() == [["1", "4", "5"], ["2", "3", ""]]

    def test_repeating_rows_of_two_arms_begin_with_one_wave(self, tmp_path):
        rows = ["record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,q1,named"]
        rows += ["1,start_arm_1,,,4,", "1,start_arm_1,ties,1,,2", "2,intake_arm_2,,,3,", "2,intake_arm_2,ties,1,,1"]
        rows += ["2,end_arm_2,,,2,"]
        export = opened(tmp_path, export="\n".join(rows))
        assert export.repeats[0].wave.tolist() == ["intake_arm_2 or start_arm_1"] * 2

    def test_a_record_exported_twice_is_one_person_and_differences_are_told(self, tmp_path):
        rows = ["record_id,q1,q2,form_complete", "1,4,,2", "1,5,3,2", "2,1,1,2"]
        export = opened(tmp_path, export="\n".join(rows))
        assert export.cells.to_numpy().tolist() == [["1", "4", "3", "2"], ["2", "1", "1", "2"]]
        assert told(export, "differ: 1")

    def test_a_record_with_repeating_rows_only_is_a_person(self, tmp_path):
        rows = ["record_id,redcap_repeat_instrument,redcap_repeat_instance,team,colleague", "1,named,1,,2"]
        export = opened(tmp_path, export="\n".join(rows))
        assert export.cells["record_id"].tolist() == ["1"]
        assert export.repeats[0].person.tolist() == export.cells.index.tolist()
        assert export.told == "2 lines: 1 of headings, 1 sheet filled in"

    def test_rows_without_a_record_are_set_aside(self, tmp_path):
        export = opened(tmp_path, export="record_id,q1,form_complete\n1,4,2\n,5,2\n")
        assert export.set_aside == {3: "no record"}
        assert export.cells["record_id"].tolist() == ["1"]


class TestCheckboxes:
    @pytest.fixture
    def export(self, tmp_path):
        return opened(tmp_path, data=COLLEAGUES_RAW, dictionary=COLLEAGUES)

    def test_zeros_of_a_form_nobody_opened_are_no_answer(self, export):
        ticks = export.cells[["goals____1", "goals___a"]].to_numpy().tolist()
        assert ticks == [["0", "1"], ["", ""], ["0", "0"]]  # ticked; never opened; complete with nothing ticked
        assert told(export, "nothing is ticked in 1 checkbox question")

    def test_an_option_has_the_code_of_the_dictionary_not_that_of_the_heading(self, export):
        options = [(option.key, option.part, option.unticked) for option in export.groups["goals"]]
        assert options == [("-1", "Other", "0"), ("a", "To learn, fast", "0")]
        assert {option.kind for option in export.groups["goals"]} == {"tick"}

    def test_without_a_dictionary_a_form_ends_with_its_completeness(self, tmp_path):
        export = opened(tmp_path, data=COLLEAGUES_RAW)
        assert export.cells["goals___a"].tolist() == ["1", "", "0"]
        assert [option.key for option in export.groups["goals"]] == ["_1", "a"]

    def test_nothing_ticked_is_no_answer_where_an_option_says_none(self, tmp_path):
        fields = COLLEAGUES.splitlines()
        says_none = [line[: -len('""')] + "\"@NONEOFTHEABOVE='-1'\"" if "What for" in line else line for line in fields]
        export = opened(tmp_path, data=COLLEAGUES_RAW, dictionary="\n".join(says_none))
        assert export.cells["goals___a"].tolist() == ["1", "", ""]

    def test_who_ticks_neither_a_name_nor_nobody_said_nothing(self, tmp_path):
        rows = ["record_id,knows___p1,knows___nobody,form_complete", "1,1,0,2", "2,0,1,2", "3,0,0,2"]
        export = opened(tmp_path, export="\n".join(rows))
        assert export.cells[["knows___p1", "knows___nobody"]].to_numpy().tolist() == [["1", "0"], ["0", "1"], ["", ""]]

    def test_zeros_of_a_field_that_logic_may_have_hidden_are_no_answer(self, tmp_path):
        hidden = COLLEAGUES.replace('"-1, Other | a, To learn, fast","","","","","",""', "X")
        hidden = hidden.replace("X", '"-1, Other | a, To learn, fast","","","","","","[lead] = 1"')
        export = opened(tmp_path, data=COLLEAGUES_RAW, dictionary=hidden)
        assert export.cells["goals___a"].tolist() == ["1", "", ""]


class TestDictionary:
    @pytest.fixture
    def export(self, tmp_path):
        return opened(tmp_path, data=COLLEAGUES_RAW, dictionary=COLLEAGUES)

    def test_identifiers_stay_text(self, export):
        assert export.cells["record_id"].tolist() == ["007", "NA", "1e5"]
        assert column(export, "record_id").kind == "person"

    def test_a_field_has_its_wording_kind_and_labels(self, export):
        assert column(export, "full_name").wording == "Your name"
        assert column(export, "years").kind == "number"
        assert column(export, "lead").labels == {"1": "Yes", "0": "No"}
        assert column(export, "about_you_complete").kind == "about"

    def test_limits_and_properties_of_ours_travel_along(self, export):
        expected = {"low": 0.0, "high": 50.0, "block": "experience", "kind": "numeric"}
        assert column(export, "years").properties == expected

    def test_rows_of_a_matrix_belong_together_under_their_header(self, export):
        rows = [(row.key, row.part, row.group_wording) for row in export.groups["trust"]]
        assert rows == [("p1", "Ana Ruiz", "Do you trust them?"), ("p2", "José Núñez", "Do you trust them?")]
        assert list(export.groups["trust"][0].labels.values())[-1] == "Agree"

    def test_every_field_is_accounted_for(self, tmp_path):
        more = COLLEAGUES + dictionary_row("left_out")
        export = opened(tmp_path, data=COLLEAGUES_RAW, dictionary=more)
        assert told(export, "only read: notice")
        assert told(export, "without a column in the export: left_out")
        assert told(export, "only under a condition: size if [lead] = '1'")
        assert told(export, "identifying people: full_name")

    def test_properties_that_are_no_json_are_told_and_not_used(self, tmp_path):
        broken = COLLEAGUES.replace('""block"": ', "block ")
        export = opened(tmp_path, data=COLLEAGUES_RAW, dictionary=broken)
        assert told(export, "no JSON for years")
        assert "block" not in column(export, "years").properties

    def test_a_dictionary_may_be_named(self, tmp_path):
        (elsewhere := tmp_path / "elsewhere").mkdir()
        written(elsewhere, dictionary=COLLEAGUES)
        written(tmp_path, data=COLLEAGUES_RAW)
        export = open_export(Source(tmp_path / "data.csv", definition=elsewhere / "dictionary.csv"))
        assert column(export, "full_name").wording == "Your name"

    def test_an_export_of_labels_is_the_same_with_labels(self, tmp_path):
        export = opened(tmp_path, data=COLLEAGUES_LABELLED, dictionary=COLLEAGUES)
        assert export.cells["Record ID"].tolist() == ["007", "NA"]
        assert [option.key for option in export.groups["goals"]] == ["-1", "a"]
        assert export.cells["What for? (choice=Other)"].tolist() == ["Unchecked", ""]
        assert [row.key for row in export.groups["trust"]] == ["p1", "p2"]
        assert column(export, "Years here").properties["block"] == "experience"
        assert column(export, "Data Access Group").kind == "about"


def dictionary_row(name):
    return csv_text([[name, "colleagues", "", "text", "Left out", *[""] * 13]])


class TestRefusals:
    def test_a_dictionary_alone_has_no_people(self, tmp_path):
        with pytest.raises(SurveyError, match="no export of REDCap with records in it"):
            opened(tmp_path, dictionary=COLLEAGUES)

    def test_two_exports_are_not_put_together(self, tmp_path):
        with pytest.raises(SurveyError, match="more than one export"):
            opened(tmp_path, one=COLLEAGUES_RAW, two=EVENTS)

    def test_a_line_per_answer_is_not_a_row_per_person(self, tmp_path):
        with pytest.raises(SurveyError, match="line per answer"):
            opened(tmp_path, export="record,field_name,value\n1,team,Dock\n1,q1,4\n2,team,Yard\n")

    def test_an_export_without_records_has_no_answers(self, tmp_path):
        with pytest.raises(SurveyError, match="no answers"):
            opened(tmp_path, export=EVENTS.splitlines()[0])

    @pytest.mark.parametrize(
        "text",
        [
            "name,team,training_complete\nAna,Dock,1\n",  # a question that happens to end so
            "record_id,training_complete\n1,yes\n",
            "id,a___b\n1,x\n",
        ],
    )
    def test_other_tables_are_none_of_redcap(self, tmp_path, text):
        assert recognised_format(Source(written(tmp_path, survey=text))) == "plain"

    def test_what_lies_beside_is_told(self, tmp_path):
        export = opened(tmp_path, data=COLLEAGUES_RAW, staff="name,team\nAna,Dock\n")
        assert told(export, "staff.csv lies beside data.csv")


@pytest.mark.skipif(not SHARED.exists(), reason="the samples are not here")
class TestSamples:
    @pytest.mark.parametrize(
        ("sample", "people"),
        [
            ("checkboxes-1", 4),
            ("decimal-comma", 4),
            ("longitudinal", 3),
            ("potentially-problematic-values", 2),
            ("repeating-instruments", 2),
            ("russian", 3),
            ("simple", 5),
            ("survey", 2),
        ],
    )
    def test_people_are_records(self, sample, people):
        export = open_export(Source(SHARED / "data/export_format_samples" / f"redcap_{sample}"))
        assert export.format == "redcap"
        assert len(export.cells) == people
        assert "blank" not in export.told

    def test_a_survey_begun_and_not_completed_says_so(self):
        export = open_export(Source(SHARED / "data/export_format_samples/redcap_survey"))
        stamp = column(export, "participant_morale_questionnaire_timestamp")
        assert stamp.kind == "about"
        assert "[not completed]" in stamp.missing

    def test_several_rows_per_person(self):
        export = open_export(Source(SHARED / "cases/B6/export.csv"))
        assert export.cells["record_id"].tolist() == ["r1", "r2"]
        assert export.cells["team"].tolist() == ["Dock", "Yard"]
        assert export.cells["outcome_2 (later_arm_1)"].tolist() == ["61", "48"]
        (named,) = export.repeats
        assert named.person.map(export.cells["record_id"]).tolist() == ["r1", "r1", "r1"]
        assert named.cells[["colleague", "trust"]].to_numpy().tolist() == [["r2", "4"], ["r3", "2"], ["r2", "5"]]
        assert named.wave.tolist() == ["start_arm_1", "start_arm_1", "later_arm_1"]
