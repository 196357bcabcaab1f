"""LimeSurvey: codes or answers in full, unfinished sheets by a stated rule, participants, and the questionnaire."""

from __future__ import annotations

import pytest

from peernet.errors import SurveyError
from peernet.survey.formats.door import open_export
from peernet.survey.formats.export import Source

CODES = """\
"id";"submitdate";"lastpage";"startlanguage";"token";"arr[SQ001]";"arr[SQ002]";"coll[1]";"coll[2]";"langs[en]";\
"langs[de]";"langs[other]";"team";"team[other]";"rank[1]";"rank[2]";"arrTime";"interviewtime"
"1";"2026-03-01 10:00:00";"4";"de";"tk1";"A1";"A5";"Ivo Salter";"";"Y";"";"";"dock";"";"b";"a";"3.5";"60"
"2";"";"2";"de";"tk2";"A4";"A6";"";"";"";"Y";"Polish";"-oth-";"quay";"a";"";"3.5";"60"
"3";"2026-03-02 11:30:00";"4";"en";"tk9";"A2";"A2";"Maud Ferrin; sometimes Ivo";"Sela";"";"";"";"";"";"";"";"1";"9"
"""
PEOPLE = '"tid";"firstname";"lastname";"email";"token"\n"1";"Maud";"Ferrin";"m@x.org";"tk1"\n"2";"Ivo";"S.";"";"tk2"\n'
LSS = """<?xml version="1.0"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType>
<surveys><rows><row><sid>1</sid><language>en</language></row></rows></surveys>
<questions><rows>
<row><qid>1</qid><parent_qid>0</parent_qid><type>F</type><title>arr</title></row>
<row><qid>2</qid><parent_qid>0</parent_qid><type>M</type><title>langs</title></row>
<row><qid>3</qid><parent_qid>0</parent_qid><type>L</type><title>team</title></row>
<row><qid>4</qid><parent_qid>0</parent_qid><type>X</type><title>hello</title></row>
<row><qid>5</qid><parent_qid>0</parent_qid><type>S</type><title>why</title></row>
</rows></questions>
<subquestions><rows>
<row><qid>12</qid><parent_qid>1</parent_qid><title>SQ002</title><question_order>2</question_order></row>
<row><qid>11</qid><parent_qid>1</parent_qid><title>SQ001</title><question_order>1</question_order></row>
<row><qid>21</qid><parent_qid>2</parent_qid><title>en</title><question_order>1</question_order></row>
<row><qid>22</qid><parent_qid>2</parent_qid><title>de</title><question_order>2</question_order></row>
<row><qid>23</qid><parent_qid>2</parent_qid><title>pl</title><question_order>3</question_order></row>
</rows></subquestions>
<question_l10ns><rows>
<row><qid>1</qid><question>Inwieweit?</question><language>de</language></row>
<row><qid>1</qid><question><![CDATA[<p>How&nbsp;far <b>do you</b> agree?</p>]]></question><language>en</language></row>
<row><qid>11</qid><question>I like change</question><language>en</language></row>
<row><qid>2</qid><question>Which languages?</question><language>en</language></row>
<row><qid>21</qid><question>English</question><language>en</language></row>
</rows></question_l10ns>
<answers><rows>
<row><aid>2</aid><qid>1</qid><code>A5</code><sortorder>5</sortorder></row>
<row><aid>1</aid><qid>1</qid><code>A1</code><sortorder>1</sortorder></row>
<row><aid>3</aid><qid>1</qid><code>A6</code><sortorder>6</sortorder></row>
<row><aid>4</aid><qid>3</qid><code>dock</code><sortorder>1</sortorder></row>
</rows></answers>
<answer_l10ns><rows>
<row><aid>1</aid><answer>disagree</answer><language>en</language></row>
<row><aid>2</aid><answer>agree</answer><language>en</language></row>
<row><aid>3</aid><answer>no answer</answer><language>en</language></row>
<row><aid>4</aid><answer>Dock</answer><language>en</language></row>
</rows></answer_l10ns></document>"""


def opened(tmp_path, results=CODES, **files):
    (tmp_path / "results.csv").write_text(results, encoding="utf-8-sig")
    for name, text in files.items():
        (tmp_path / name.replace("_", ".")).write_text(text)
    return open_export(Source(tmp_path if files else tmp_path / "results.csv"))


def column(export, name):
    return next(column for column in export.columns if column.name == name)


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_codes_are_told_by_limesurveys_own_columns_whatever_the_separator(tmp_path, mark):
    export = opened(tmp_path, CODES.replace('";"', f'"{mark}"'))
    assert export.format == "limesurvey"
    assert export.told == "4 lines: 1 of headings, 3 sheets filled in"
    kinds = {column.name: column.kind for column in export.columns}
    assert {name for name, kind in kinds.items() if kind == "about"} == {
        *("id", "submitdate", "lastpage", "startlanguage", "arrTime", "interviewtime")
    }
    assert kinds["token"] == "person"


def test_parts_of_a_question_are_one_group(tmp_path):
    export = opened(tmp_path)
    assert {name: [part.key for part in parts] for name, parts in export.groups.items()} == {
        "arr": ["SQ001", "SQ002"],
        "coll": ["1", "2"],
        "langs": ["en", "de", "other"],
        "rank": ["1", "2"],
    }
    assert {name: parts[0].kind for name, parts in export.groups.items()} == {
        "arr": "",
        "coll": "name",
        "langs": "tick",
        "rank": "rank",
    }
    assert (column(export, "langs[other]").kind, column(export, "team[other]").kind) == ("text", "text")


def test_a_blank_box_may_be_no_answer_and_one_exported_as_no_is_not_ticked(tmp_path):
    assert column(opened(tmp_path), "langs[en]").unticked is None
    full = (
        "Response ID,Date submitted,Last page,Start language,Which? [English],Which? [German],Which? [Other],Why?\n"
        "1,2026-03-01 10:00:00,4,de,Yes,No,Polish,N/A\n2,2026-03-01 10:00:00,4,de,No,No,,so\n"
    )
    export = opened(tmp_path, full)
    assert [(part.part, part.kind, part.unticked) for part in export.groups["Which?"]] == [
        ("English", "tick", "No"),
        ("German", "tick", "No"),
        ("Other", "text", None),
    ]
    assert dict(column(export, "Why?").missing) == {"N/A": "hidden by a condition"}
    assert column(export, "Response ID").kind == "person"


def test_headings_with_code_and_text_tell_both(tmp_path):
    export = opened(
        tmp_path,
        "id. Response ID,submitdate. Date submitted,lastpage. Last page,arr[SQ001]. How far? [change],q2. Why?\n"
        "1,2026-03-01 10:00:00,4,A1,so\n",
    )
    part = export.columns[3]
    assert (part.group, part.key, part.wording) == ("arr", "SQ001", "How far? [change]")
    assert export.columns[4].wording == "Why?"


# Unfinished sheets


def test_an_unfinished_sheet_is_kept_where_it_is_all_its_person_left_and_said(tmp_path):
    export = opened(tmp_path)
    assert export.cells["token"].tolist() == ["tk1", "tk2", "tk9"]
    assert ("note", "row 3 is unfinished", "kept: all that this person left") in export.notes


def test_otherwise_it_is_set_aside_with_the_reason_and_listed(tmp_path):
    head = CODES.splitlines()[0]
    empty = ";".join(['""'] * 13)
    more = f'"5";"";"1";"de";"tk1";"A2"{";" * 12}\n"6";"";"1";"de";"tk7";{empty}\n"7";"";"1";"de";"";"A2"{";" * 12}\n'
    export = opened(tmp_path, CODES + more)
    assert dict(export.set_aside) == {
        5: "unfinished beside a finished one of the same person",
        6: "unfinished and without an answer",
        7: "unfinished, and no token says whose",
    }
    assert export.cells.index.tolist() == [2, 3, 4]
    with pytest.raises(SurveyError, match=r"has no answers: 2 lines: .* 1 set aside \(unfinished, and no token says"):
        opened(tmp_path, f'{head}\n"7";"";"1";"de";"";"A2"{";" * 12}\n')


# Participants


def test_tokens_lead_to_names_and_one_without_a_person_is_told(tmp_path):
    export = opened(tmp_path, people_csv=PEOPLE)
    assert export.people["lastname"].tolist() == ["Ferrin", "S."]
    assert export.people["token"].tolist() == ["tk1", "tk2"]
    assert [problem for severity, problem, _ in export.notes if severity == "warning"] == [
        "the token 'tk9' of row 4 is not among the participants",
        "results.csv has codes of questions and answers, and nothing says what they mean",
    ]


# The questionnaire


def test_the_questionnaire_tells_wordings_and_the_answers_in_their_order(tmp_path):
    export = opened(tmp_path, survey_lss=LSS)
    part = column(export, "arr[SQ001]")
    assert (part.wording, part.group_wording, part.part) == (
        "How far do you agree? [I like change]",
        "How far do you agree?",
        "I like change",
    )
    assert list(part.labels.items()) == [("A1", "disagree"), ("A5", "agree"), ("A6", "no answer")]
    assert list(column(export, "team").labels.items()) == [("dock", "Dock"), ("-oth-", "Other")]
    assert column(export, "langs[en]").part == "English"


def test_every_question_of_the_questionnaire_is_accounted_for(tmp_path):
    problems = [problem for _, problem, _ in opened(tmp_path, survey_lss=LSS).notes]
    assert "the question 'why' of survey.lss has no column in results.csv" in problems
    assert "langs[pl] of survey.lss have no column in results.csv" in problems
    assert "survey.lss does not know coll and rank of results.csv" in problems
    assert not any("hello" in problem for problem in problems), "it asks nothing"


@pytest.mark.parametrize("text", ["", "<document/>", "<other><questions/></other>", "no xml"])
def test_what_is_no_questionnaire_is_told(tmp_path, text):
    with pytest.raises(SurveyError, match=r"survey\.lss is no LimeSurvey questionnaire"):
        opened(tmp_path, survey_lss=text)


def test_another_table_beside_them_is_not_read_and_told(tmp_path):
    notes = opened(tmp_path, people_csv=PEOPLE, teams_csv="team,size\nDock,4\n").notes
    assert notes[-1] == ("warning", "teams.csv lies beside the answers", "not read")


def test_two_files_of_answers_are_a_question(tmp_path):
    with pytest.raises(SurveyError, match=r"holds again\.csv and results\.csv; name the one file"):
        opened(tmp_path, again_csv=CODES)


def test_the_shared_case(shared):
    export = open_export(Source(shared / "cases" / "B3"))
    assert [part.key for part in export.groups["arr"]] == ["SQ001", "SQ002"]
    assert export.cells["arr[SQ002]"].tolist() == ["A5", "A6", "A2"]
    assert len(export.people) == 2
    assert {problem for _, problem, _ in export.notes} == {
        "row 3 is unfinished",
        "the token 'tk9' of row 4 is not among the participants",
        "results.csv has codes of questions and answers, and nothing says what they mean",
    }


def test_the_shared_questionnaire(shared, tmp_path):
    head = "id,submitdate,lastpage,startlanguage,candour[p001],candour[p002],candour[p003],"
    ticks = "advice[p001],advice[p002],advice[p003],advice[nobody],change1\n"
    (tmp_path / "r.csv").write_text(f"{head}{ticks}1,2026-03-01,2,en,0,3,1,,Y,,,5\n")
    lss = shared / "questionnaire_samples" / "peer.lss"
    export = open_export(Source(tmp_path / "r.csv", definition=lss))
    assert export.notes == ()
    part = column(export, "candour[p002]")
    assert (part.key, part.part, part.kind) == ("p002", "José Núñez", "choice")
    assert list(part.labels) == ["0", "1", "2", "3"]
    assert [part.part for part in export.groups["advice"]][-1] == "Nobody"
    assert column(export, "change1").labels["5"] == "Agree"


def test_the_questionnaire_that_is_named_counts_before_one_that_lies_there(shared, tmp_path):
    (tmp_path / "r.csv").write_text("id,submitdate,lastpage,startlanguage,change1\n1,2026-03-01,2,en,5\n")
    lss = shared / "questionnaire_samples" / "peer.lss"
    (tmp_path / "old.lss").write_bytes(lss.read_bytes())
    assert column(open_export(Source(tmp_path, definition=lss)), "change1").labels["5"] == "Agree"


def test_headings_in_german_are_its_own_columns(tmp_path):
    head = '"Antwort ID";"Datum Abgeschickt";"Letzte Seite";"Start-Sprache";"Zugangsschlüssel";"Wem vertrauen Sie?"'
    export = opened(tmp_path, f'{head}\n"1";"2026-03-01 09:00:00";"2";"de";"tk1";"Ivo S."\n')
    assert [column.kind for column in export.columns] == ["about", "about", "about", "about", "person", ""]
