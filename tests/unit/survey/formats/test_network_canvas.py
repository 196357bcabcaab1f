"""A person is a respondent of Network Canvas, and what nobody answered is never "no"."""

from __future__ import annotations

import zipfile

import pytest

import peernet as pn
from peernet.errors import SurveyError
from peernet.survey.formats.door import open_export, recognised_format
from peernet.survey.formats.export import Source
from tests.made.exports_nested import INTERVIEWS, csv_text, interview_graph, interviews, netcanvas, written


def column(columns, name):
    return next(column for column in columns if column.name == name)


def told(export, words):
    return [note for note in export.notes if words in " ".join(note)]


def rows(export, name):
    return next(rows for rows in export.repeats if rows.name == name)


def answered(export):
    """The answers about people named, as they were given."""
    return rows(export, "Person").cells[["trust", "help_advice", "help_time", "close"]].to_numpy().tolist()


GIVEN = [
    ["true", "false", "true", "5"],
    ["true", "true", "true", "4"],
    ["false", "false", "false", "2"],
    ["", "", "", ""],
]


class TestPeople:
    def test_each_interview_is_one_person(self, tmp_path):
        export = open_export(Source(interviews(tmp_path)))
        assert export.format == "network_canvas"
        assert export.cells["networkCanvasCaseID"].tolist() == ["007", "NA", "P014"]
        assert export.told == "6 lines: 3 of headings, 3 sheets filled in"
        assert column(export.columns, "networkCanvasCaseID").kind == "person"

    def test_people_named_belong_to_their_respondent_whatever_their_number(self, tmp_path):
        export = open_export(Source(interviews(tmp_path)))
        named = rows(export, "Person")
        whose = named.person.map(export.cells["networkCanvasCaseID"]).tolist()
        assert list(zip(whose, named.cells["name"], strict=True)) == [
            ("007", "Ana Ruiz"),
            ("P014", "Ana Ruiz"),
            ("P014", "José, Núñez"),
            ("P014", "Mia"),
        ]
        assert {column.group for column in named.columns} == {"Person"}

    def test_who_finished_or_named_somebody_came_to_the_questions(self, tmp_path):
        export = open_export(Source(interviews(tmp_path)))
        cases = export.cells.loc[sorted(rows(export, "Person").asked), "networkCanvasCaseID"]
        assert cases.tolist() == ["007", "P014"]

    def test_ties_among_people_named_are_no_nominations(self, tmp_path):
        export = open_export(Source(interviews(tmp_path)))
        ties = rows(export, "knows")
        assert ties.asked is None
        assert ties.cells[["networkCanvasSourceUUID", "networkCanvasTargetUUID", "strength"]].to_numpy().tolist() == [
            ["a-1", "a-2", "3"]
        ]
        assert told(export, "as the respondent sees them")

    def test_an_interview_exported_twice_is_one_person(self, tmp_path):
        interviews(tmp_path, graphs=False)
        (tmp_path / "again").mkdir()
        interviews(tmp_path / "again", graphs=False, of=INTERVIEWS[:1])
        export = open_export(Source(tmp_path))
        assert len(export.cells) == 3
        assert list(export.set_aside.values()) == ["the same interview once more"]
        assert len(rows(export, "Person").cells) == 4

    def test_a_folder_per_interview_and_an_archive_are_the_same_export(self, tmp_path):
        flat = open_export(Source(interviews(tmp_path)))
        (tmp_path / "folders").mkdir()
        for interview in INTERVIEWS:
            (folder := tmp_path / "folders" / interview["ego"]["case"]).mkdir()
            interviews(folder, of=[interview])
        with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
            for file in (tmp_path / "folders").glob("*/*"):
                archive.write(file, file.relative_to(tmp_path / "folders"))
        for path in (tmp_path / "folders", tmp_path / "export.zip"):
            other = open_export(Source(path))
            assert other.cells.equals(flat.cells)
            assert rows(other, "Person").cells.equals(rows(flat, "Person").cells)

    def test_all_sessions_in_one_file_are_read_as_well(self, tmp_path):
        texts = {}
        for interview in INTERVIEWS[:2]:
            (folder := tmp_path / interview["ego"]["case"]).mkdir()
            interviews(folder, graphs=False, of=[interview])
            for file in folder.iterdir():
                name, lines = file.stem.partition("_s_")[2], file.read_text().splitlines()
                texts[name] = [*texts.get(name, lines[:1]), *lines[1:]]
        (merged := tmp_path / "merged").mkdir()
        export = open_export(
            Source(written(merged, **{f"study_{name}": "\n".join(lines) for name, lines in texts.items()}))
        )
        assert export.told == "3 lines: 1 of headings, 2 sheets filled in"
        assert rows(export, "Person").person.tolist() == [1, 1, 1, 2]

    def test_every_network_of_a_graphml_file_is_read(self, tmp_path):
        texts = [interview_graph(interview) for interview in INTERVIEWS]
        networks = [text[text.index("<graph ") : text.index("</graphml>")] for text in texts]
        (tmp_path / "all.graphml").write_text(texts[0].replace(networks[0], "".join(networks)), encoding="utf-8")
        export = open_export(Source(tmp_path))
        assert export.cells["networkCanvasCaseID"].tolist() == ["P014", "007", "NA"]
        assert rows(export, "Person").person.tolist() == [1, 1, 1, 2]


class TestUnanswered:
    @pytest.mark.parametrize("tables", [True, False])
    def test_with_graphml_every_answer_is_as_it_was_given(self, tmp_path, tables):
        export = open_export(Source(interviews(tmp_path, tables=tables)))
        assert answered(export) == GIVEN
        own = export.cells.set_index("networkCanvasCaseID")[["takes_part", "goals_learn", "goals_teach", "age"]]
        assert own.loc["P014"].tolist() == ["true", "true", "false", "37"]
        assert own.loc["007"].tolist() == ["false", "", "", "41"]
        assert own.loc["NA"].tolist() == ["", "false", "false", ""]

    def test_without_graphml_no_and_no_answer_are_no_answer_and_that_is_told(self, tmp_path):
        export = open_export(Source(interviews(tmp_path, graphs=False)))
        assert answered(export) == [*GIVEN[:2], ["", "", "", "2"], ["", "", "", ""]]
        assert told(export, "export GraphML as well")

    def test_a_no_of_their_own_stays_as_it_may_keep_them_out(self, tmp_path):
        export = open_export(Source(interviews(tmp_path, graphs=False)))
        own = export.cells.set_index("networkCanvasCaseID")["takes_part"]
        assert own.to_dict() == {"P014": "true", "007": "false", "NA": "false"}
        assert told(export, "takes_part is false of whoever said no and of whoever never touched it")

    def test_graphml_of_some_interviews_tells_of_these_alone(self, tmp_path):
        interviews(tmp_path, graphs=False)
        interviews(tmp_path, tables=False, of=INTERVIEWS[:1])
        export = open_export(Source(tmp_path))
        assert answered(export) == GIVEN
        assert export.cells.set_index("networkCanvasCaseID")["takes_part"].to_dict()["NA"] == "false"

    def test_a_word_that_is_no_yes_or_no_is_left_alone(self, tmp_path):
        named = [{**INTERVIEWS[0]["named"][0], "name": "False"}, INTERVIEWS[0]["named"][1]]
        export = open_export(Source(interviews(tmp_path, graphs=False, of=[{**INTERVIEWS[0], "named": named}])))
        assert rows(export, "Person").cells["name"].tolist() == ["False", "José, Núñez"]

    def test_hidden_names_are_no_names(self, tmp_path):
        named = [{**person, "name": "ENCRYPTED"} for person in INTERVIEWS[0]["named"]]
        export = open_export(Source(interviews(tmp_path, of=[{**INTERVIEWS[0], "named": named}])))
        assert "ENCRYPTED" in column(rows(export, "Person").columns, "name").missing
        assert told(export, "name is encrypted")[0][0] == "error"


class TestProtocol:
    @pytest.fixture
    def export(self, tmp_path):
        netcanvas(tmp_path / "study.netcanvas")
        return open_export(Source(interviews(tmp_path)))

    def test_variables_have_their_wording_kind_and_labels(self, export):
        close = column(rows(export, "Person").columns, "close")
        assert (close.wording, close.kind) == ("How close are you?", "choice")
        assert close.labels == {"1": "Not at all", "5": "Very"}
        assert column(export.columns, "takes_part").wording == "Do you take part?"
        assert column(export.columns, "age").kind == "number"

    def test_options_of_one_question_belong_together(self, export):
        options = [(option.key, option.part, option.kind, option.unticked) for option in export.groups["goals"]]
        assert options == [("learn", "To learn", "tick", "false"), ("teach", "To teach", "tick", "false")]

    def test_every_variable_is_accounted_for(self, export):
        assert told(export, "without a column in the export: left_out")

    @pytest.mark.parametrize("graphs", [True, False])
    def test_without_a_protocol_options_belong_together_by_their_keys_or_beginning(self, tmp_path, graphs):
        export = open_export(Source(interviews(tmp_path, graphs=graphs)))
        assert [option.key for option in export.groups["goals"]] == ["learn", "teach"]
        assert column(rows(export, "Person").columns, "trust").kind != "tick"

    def test_where_the_tool_puts_somebody_on_the_screen_is_no_answer(self, export):
        about = {column.name for column in rows(export, "Person").columns if column.kind == "about"}
        assert about == {"nodeID", "networkCanvasEgoUUID", "networkCanvasUUID", "layout_x", "layout_y"}


class TestDraft:
    def test_without_a_codebook_it_reads_and_says_which_column_is_missing(self, tmp_path):
        survey = pn.read_survey(interviews(tmp_path))
        assert survey.people.index.tolist() == ["007", "NA", "P014"]
        assert len(survey.ties) == 0
        problems = survey.issues.set_index("item")["problem"]["trust"].tolist()
        assert any("which column of these rows says which colleague? Write alter in its row" in x for x in problems)
        assert "is asked in the rows of 'Person', of which no column says which colleague" in problems
        assert not survey.issues["problem"].str.contains("not in the data").any()

    def test_what_the_tool_writes_into_several_files_is_described_once(self, tmp_path):
        names = pn.draft_codebook(interviews(tmp_path)).table.index
        assert names.is_unique
        assert "networkCanvasUUID" in names

    def test_one_heading_of_two_questions_is_described_once_and_marked(self, tmp_path):
        interviews(tmp_path)
        for file in tmp_path.glob("*_edgeList_knows.csv"):
            file.write_text(file.read_text().replace("strength", "close"))
        for file in tmp_path.glob("*_ego.csv"):
            file.write_text(file.read_text().replace("age", "trust"))
        look = pn.draft_codebook(tmp_path).table["look"]
        assert "stands in the rows of 'Person' and the rows of 'knows', and one row describes both" in look["close"]
        assert "stands in people's own answers and the rows of 'Person', and one row describes both" in look["trust"]
        assert look["networkCanvasUUID"] == ""


class TestRefusals:
    def test_a_protocol_alone_has_no_people(self, tmp_path):
        netcanvas(tmp_path / "study.netcanvas")
        with pytest.raises(SurveyError, match="no respondents"):
            open_export(Source(tmp_path))

    def test_people_named_without_respondents_are_refused(self, tmp_path):
        interviews(tmp_path, graphs=False)
        for file in tmp_path.glob("*_ego.csv"):
            file.unlink()
        with pytest.raises(SurveyError, match="no respondents"):
            open_export(Source(tmp_path))

    @pytest.mark.parametrize("name", ["study.graphml", "study.netcanvas"])
    def test_a_broken_file_is_named(self, tmp_path, name):
        interviews(tmp_path, graphs=False)
        (tmp_path / name).write_text("<graphml networkCanvasUUID")
        with pytest.raises(SurveyError, match=name):
            open_export(Source(tmp_path))

    def test_an_archive_that_is_none_is_named(self, tmp_path):
        (tmp_path / "export.zip").write_text("x")
        with pytest.raises(SurveyError, match="cannot be unpacked"):
            open_export(Source(tmp_path / "export.zip"))

    def test_a_matrix_says_nothing_new(self, tmp_path):
        interviews(tmp_path)
        written(tmp_path, P014_s_adjacencyMatrix_knows=csv_text([["", "a-1"], ["a-1", 0]]))
        assert told(open_export(Source(tmp_path)), "P014_s_adjacencyMatrix_knows.csv holds no interviews")

    def test_other_graphs_are_none_of_network_canvas(self, tmp_path):
        (tmp_path / "graph.graphml").write_text("<graphml/>")
        assert recognised_format(Source(tmp_path)) is None
