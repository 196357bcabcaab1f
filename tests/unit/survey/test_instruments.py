"""A questionnaire to start from: asked whole, in a shape people can fill in, and read back without being declared."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pyxform.xls2xform import convert

import peernet as pn
from peernet.cli import SUFFIXES, main
from peernet.errors import SettingError, SurveyError
from peernet.survey import Item, read_codebook
from peernet.survey.codebook import field_of
from peernet.survey.instruments.instrument import ROWS, TICKS, TICKS_AMONG, TYPED, Instrument, instrument_for
from peernet.survey.instruments.redcap import HEADINGS
from peernet.survey.instruments.roster import StaffList, colleagues_of, read_staff
from peernet.survey.instruments.standard import (
    RATED,
    asked,
    knowing,
    point_labels,
    questionnaire,
    standard_item,
    taking_part,
)
from peernet.survey.instruments.writing import TOOLS
from tests.made.exports import (
    ANSWERS,
    LAYERS,
    NOBODY,
    NOT_ANSWERED,
    NOT_ASKED,
    NOT_CHOSEN,
    STAFF,
    TIE,
    evidence,
    exported,
    states,
    write_rows,
    written,
)
from tests.made.surveys import DATA
from tests.made.workbooks import workbook

BLOCKS_ASKED = ("experience", "perspective", "goal", "offers", "seeks", "tie")


def people(number: int) -> StaffList:
    rows = [
        {"person": f"p{k:03d}", "name": f"Name{k} Last", "team": "Quay", "manager": ""} for k in range(1, number + 1)
    ]
    return StaffList(tuple(rows), {})


def made(tool: str, number: int = 5, contact: str = "Ana Ruiz") -> Instrument:
    return instrument_for(people(number), TOOLS[tool].habits, contact=contact)


def text_of(instrument: Instrument, tool: str) -> str:
    text = TOOLS[tool].write(instrument)
    assert isinstance(text, str)
    return text


# the standard questions


@pytest.mark.parametrize("item", [*questionnaire(), taking_part(), knowing()], ids=lambda item: item.name)
def test_a_standard_question_is_known_by_its_tag_and_by_its_wording(item: Item) -> None:
    assert standard_item(item.name) == item
    assert standard_item(item.name.replace("_", "").upper()) == item
    for wording in (item.label, asked(item), asked(item).rstrip(".?").upper()):
        assert standard_item("q17", wording).label == item.label  # a later wave has the wording of the first


def test_a_tag_that_could_be_anybodys_does_not_decide_against_the_wording() -> None:
    assert standard_item("trust", "How much do you trust the board?") is None
    assert standard_item("q1") is None
    assert standard_item("q1", "How loud is it where you work?") is None


def test_points_of_a_scale_have_words_where_the_wording_names_its_ends() -> None:
    book = questionnaire()
    assert point_labels(book["change_1"]) == ("Disagree", "Rather disagree", "Neither", "Rather agree", "Agree")
    assert point_labels(book["office_politics"]) == ("1 none", "2", "3", "4", "5 most of it")


# the list of staff


def test_columns_of_a_staff_list_are_found_by_what_such_lists_call_them(tmp_path: Path) -> None:
    rows = [
        ["Personalnummer", "Vorname", "Nachname", "Abteilung"],
        ["007", "Ana", "Ruiz", "Kai"],
        ["8", "Bo", "Li", ""],
    ]
    staff = read_staff(write_rows(tmp_path / "staff.csv", rows, delimiter=";"))
    assert staff.rows[0] == {"person": "007", "name": "Ana Ruiz", "team": "Kai", "manager": ""}
    assert staff.told == "person from 'Personalnummer', name from 'Vorname Nachname' and team from 'Abteilung'"


def test_a_workbook_will_do_and_identifiers_stay_text(tmp_path: Path) -> None:
    file = workbook(tmp_path / "staff.xlsx", [["Staff ID", "Full name"], ["007", "Ana Ruiz"], ["1e5", "Bo Li"]])
    assert [(row["person"], row["name"]) for row in read_staff(file).rows] == [("007", "Ana Ruiz"), ("1e5", "Bo Li")]


def test_everything_wrong_with_a_staff_list_is_said_at_once(tmp_path: Path) -> None:
    rows = [["id", "name"], ["a1", "Ana"], ["A1", ""], ["", "Bo"]]
    with pytest.raises(SurveyError) as caught:
        read_staff(write_rows(tmp_path / "staff.csv", rows))
    assert [problem.split(" of ")[0] for problem in caught.value.problems] == ["Row 3", "Row 4", "2 rows"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["id", "shoe"], ["a", "43"], ["b", "42"]], "has no column of names; it has 'id', 'shoe'"),
        ([["id", "name"], ["a", "Ana"]], "lists 1 people"),
    ],
)
def test_a_list_nobody_can_be_asked_about_is_refused(tmp_path: Path, rows: list[list[str]], message: str) -> None:
    with pytest.raises(SurveyError, match=re.escape(message)):
        read_staff(write_rows(tmp_path / "staff.csv", rows))
    with pytest.raises(SurveyError, match="There is no file"):
        read_staff(tmp_path / "nowhere.csv")


def test_identifiers_are_kept_where_the_tool_takes_all_of_them_and_replaced_for_all_otherwise() -> None:
    names = ["Ana", "Bo", "Cy"]
    own = StaffList(
        tuple(
            {"person": i, "name": n, "team": "", "manager": "a1"}
            for i, n in zip(["a1", "b2", "c3"], names, strict=True)
        ),
        {},
    )
    mail = StaffList(tuple({**row, "person": f"{row['person']}@x.org", "manager": "a1@x.org"} for row in own.rows), {})
    kept, numbered = colleagues_of(own, "[a-z0-9]+"), colleagues_of(mail, "[a-z0-9]+")
    assert [person.code for person in kept] == ["a1", "b2", "c3"]
    assert [(person.code, person.identifier, person.manager) for person in numbered][1] == ("p002", "b2@x.org", "p001")
    reserved = StaffList(({**own.rows[0], "person": "nobody"}, *own.rows[1:]), {})
    assert [person.code for person in colleagues_of(reserved, "[a-z0-9]+")] == ["p001", "p002", "p003"]


def test_whoever_has_no_identifier_gets_a_code_and_no_manager_by_mistake() -> None:
    rows = tuple({"person": "", "name": name, "team": "", "manager": ""} for name in ("Ana", "Bo"))
    found = colleagues_of(StaffList(rows, {}), ".+")
    assert [(person.code, person.manager, person.identifier) for person in found] == [
        ("p001", "", ""),
        ("p002", "", ""),
    ]


def test_two_people_of_one_name_are_told_apart_by_team_and_then_by_code() -> None:
    teams = ["Quay", "Tariffs", "Quay", ""]
    rows = tuple({"person": f"p{k}", "name": "Ana Ruiz", "team": team, "manager": ""} for k, team in enumerate(teams))
    names = {person.name for person in colleagues_of(StaffList(rows, {}), "p.")}
    assert names == {"Ana Ruiz (Quay) (p0)", "Ana Ruiz (Tariffs)", "Ana Ruiz (Quay) (p2)", "Ana Ruiz"}


# what is asked, and in which shape


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("number", [5, 40, 250, 401])
def test_the_whole_instrument_is_asked_whatever_the_tool_and_the_number_of_colleagues(tool: str, number: int) -> None:
    instrument = made(tool, number)
    questions = {question.standard: question for question in instrument.questions}
    wanted = [item.name for block in BLOCKS_ASKED for item in questionnaire().block(block)]
    assert {*wanted, "person", "takes_part", "capacity", "never_with"} == {*questions} - {"knows"}
    outlook = [question.item for question in instrument.questions if question.item.scale]
    assert {item.reverse for item in outlook} == {True, False}, "outlook is asked both ways"
    assert {item.layer for item in instrument.codebook.block("tie")} == {*LAYERS}
    assert [question.standard for question in instrument.questions][:2] == ["person", "takes_part"]


@pytest.mark.parametrize(
    ("tool", "few", "many"),
    [
        ("kobo", TICKS_AMONG, TICKS_AMONG),
        ("qualtrics", ROWS, ROWS),
        ("limesurvey", ROWS, TYPED),
        ("redcap", ROWS, TICKS),
        ("forms", TICKS, TYPED),
    ],
)
def test_ties_are_asked_about_as_the_tool_and_the_number_of_colleagues_allow(tool: str, few: str, many: str) -> None:
    ties = TOOLS[tool].habits.ties
    assert (ties(40), ties(250), ties(401)) == (few, many, TYPED)
    for number in (40, 250):
        carried = {q.among for q in made(tool, number).questions if q.item.block == "tie"}
        assert carried == ({"knows"} if ties(number) in (ROWS, TICKS_AMONG) else {""})


def test_on_a_rated_layer_not_knowing_somebody_is_point_0_and_a_tie_begins_at_rather_yes() -> None:
    for question in made("qualtrics").questions:
        if question.item.layer in ("trust", "respect", "candour"):
            assert [(option.code, option.label) for option in question.options] == [*zip("01234", RATED, strict=True)]
            assert RATED[int(question.item.threshold or 0)] == "Rather yes"
        elif question.shape == "rows":
            assert [option.label for option in question.options] == ["No", "Yes"]
            assert question.item.threshold == 1


@pytest.mark.parametrize("tool", TOOLS)
def test_whoever_ticks_can_say_nobody_and_none_of_these_and_nothing_beside_it(tool: str) -> None:
    for question in made(tool, 40).questions:
        if question.shape in ("ticks", "several"):
            assert question.options[-1].code == question.exclusive
            assert question.options[-1].label == ("Nobody" if question.shape == "ticks" else "None of these")


@pytest.mark.parametrize("tool", TOOLS)
def test_the_codebook_beside_it_reads_back_as_it_is_and_says_what_codes_stand_for(tool: str, tmp_path: Path) -> None:
    instrument = made(tool, 40)
    (tmp_path / "codebook.json").write_text(json.dumps(instrument.descriptor), encoding="utf-8")
    assert read_codebook(tmp_path / "codebook.json") == instrument.codebook
    level = next(field for field in instrument.descriptor["fields"] if field.get("title") == "What is your grade?")
    labels = [entry["label"] if isinstance(entry, dict) else entry for entry in level["categories"]]
    assert labels == ["Trainee", "Officer", "Senior officer", "Principal", "Head"]


# the files


@pytest.mark.parametrize("number", [3, 40, 250, 401])
def test_an_xlsform_is_converted_without_a_warning(number: int, tmp_path: Path) -> None:
    form = tmp_path / "peer.xlsx"
    form.write_bytes(TOOLS["kobo"].write(made("kobo", number)))  # type: ignore[arg-type]
    assert convert(form).warnings == []


def test_block_scale_and_direction_travel_within_the_xlsform(tmp_path: Path) -> None:
    form, instrument = tmp_path / "peer.xlsx", made("kobo")
    form.write_bytes(TOOLS["kobo"].write(instrument))  # type: ignore[arg-type]
    headings, *rows = load_workbook(form)["survey"].iter_rows(values_only=True)
    found = {row[1]: dict(zip(map(str, headings), row, strict=True)) for row in rows}
    for question in instrument.questions:
        own = {key: value for key, value in field_of(question.item)["peernet"].items() if str(value).strip()}
        travelled = {key: found[question.name][f"bind::peernet:{key}"] for key in own}
        assert travelled == {key: str(value).lower() if value is True else str(value) for key, value in own.items()}
    xform = ET.fromstring(convert(form).xform)
    bind = next(
        e for e in xform.iter("{http://www.w3.org/2002/xforms}bind") if e.get("nodeset", "").endswith("/change_2")
    )
    assert bind.get("{https://github.com/peernet/peernet}reverse") == "true"


def test_a_name_that_begins_like_a_formula_stays_a_name(tmp_path: Path) -> None:
    staff = StaffList(({"person": "p1", "name": "=1+1", "team": "", "manager": ""}, *people(2).rows), {})
    form = tmp_path / "peer.xlsx"
    form.write_bytes(TOOLS["kobo"].write(instrument_for(staff, TOOLS["kobo"].habits, contact="Ana")))  # type: ignore[arg-type]
    cells = [cell for row in load_workbook(form)["choices"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s", "s"]


def qsf_questions(instrument: Instrument) -> dict[str, dict]:  # type: ignore[type-arg]
    elements = json.loads(text_of(instrument, "qualtrics"))["SurveyElements"]
    return {e["PrimaryAttribute"]: e["Payload"] for e in elements if e["Element"] == "SQ"}


def test_recode_values_of_a_qsf_are_fixed_and_never_repeated() -> None:
    for question in qsf_questions(made("qualtrics", 40)).values():
        recodes = [*question.get("RecodeValues", {}).values()]
        assert len(recodes) == len({*recodes})
        coded = question.get("Answers") or question.get("Choices", {})
        assert len(recodes) == len(coded)


def test_export_tags_of_a_qsf_are_the_items_and_rows_carry_the_persons_code() -> None:
    instrument = made("qualtrics", 40)
    questions = qsf_questions(instrument)
    assert {q["DataExportTag"] for q in questions.values()} == {q.name for q in instrument.questions} | {"notice"}
    trust = next(q for q in questions.values() if q["DataExportTag"] == "trust")
    assert sorted(trust["ChoiceDataExportTags"].values()) == [f"trust_p{k:03d}" for k in range(1, 41)]


def test_a_row_of_a_qsf_is_shown_where_the_same_person_was_ticked() -> None:
    questions = qsf_questions(made("qualtrics", 40))
    knows = next(qid for qid, q in questions.items() if q["DataExportTag"] == "knows")
    rows, nobody = 0, next(k for k, c in questions[knows]["Choices"].items() if c["Display"] == "Nobody")
    for question in questions.values():
        if question["QuestionType"] == "Matrix":
            whole = question["DisplayLogic"]["0"]["0"]
            assert (whole["LeftOperand"].split("/")[-1], whole["Operator"]) == (nobody, "NotSelected")
        for row in question.get("Choices", {}).values() if question["QuestionType"] == "Matrix" else ():
            test = row["DisplayLogic"]["0"]["0"]
            _, _, qid, _, choice = test["LeftOperand"].split("/")
            assert (qid, test["Operator"]) == (knows, "Selected")
            assert questions[knows]["Choices"][choice]["Display"] == row["Display"]
            rows += 1
    assert rows == 5 * 40


@pytest.mark.parametrize("number", [5, 401])
def test_every_question_of_a_qsf_stands_in_a_block_of_the_flow(number: int) -> None:
    document = json.loads(text_of(made("qualtrics", number), "qualtrics"))["SurveyElements"]
    payload = {e["Element"]: e["Payload"] for e in document if e["Element"] in ("BL", "FL")}
    assert [block["ID"] for block in payload["FL"]["Flow"]] == [block["ID"] for block in payload["BL"]]
    placed = [q["QuestionID"] for block in payload["BL"] for q in block["BlockElements"]]
    assert Counter(placed) == Counter(e["PrimaryAttribute"] for e in document if e["Element"] == "SQ")


def lss_rows(instrument: Instrument, table: str) -> list[dict[str, str]]:
    root = ET.fromstring(text_of(instrument, "limesurvey"))
    return [{cell.tag: cell.text or "" for cell in row} for row in root.iterfind(f"{table}/rows/row")]


@pytest.mark.parametrize("number", [5, 150, 151, 400])
def test_codes_of_an_lss_are_such_as_limesurvey_allows(number: int) -> None:
    instrument = made("limesurvey", number)
    questions, subs = lss_rows(instrument, "questions"), lss_rows(instrument, "subquestions")
    titles = [row["title"] for row in questions]
    assert all(re.fullmatch("[A-Za-z][A-Za-z0-9]{0,19}", title) for title in titles)
    assert len({*titles}) == len(titles)
    assert all(re.fullmatch("[A-Za-z0-9]{1,20}", row["title"]) and row["title"] != "time" for row in subs)
    assert all(re.fullmatch("[A-Za-z0-9]{1,5}", row["code"]) for row in lss_rows(instrument, "answers"))
    numbers = [row["qid"] for row in (*questions, *subs)]
    assert len({*numbers}) == len(numbers)


@pytest.mark.parametrize("number", [5, 150, 151, 400])
def test_the_answers_to_an_lss_fit_a_table_of_a_thousand_columns(number: int) -> None:
    instrument = made("limesurvey", number)
    subs = Counter(row["parent_qid"] for row in lss_rows(instrument, "subquestions"))
    own = 12  # id, submitdate, token, dates and what else the server adds
    assert sum(max(1, subs[row["qid"]]) for row in lss_rows(instrument, "questions")) + own <= 1000


def test_rows_of_an_lss_are_carried_forward_by_equal_codes() -> None:
    instrument = made("limesurvey", 40)
    titles = {row["qid"]: row["title"] for row in lss_rows(instrument, "questions")}
    filtered = {
        titles[r["qid"]]: r["value"]
        for r in lss_rows(instrument, "question_attributes")
        if r["attribute"] == "array_filter"
    }
    assert filtered == dict.fromkeys(["workswith", "advice", "trust", "respect", "candour"], "knows")
    codes: dict[str, list[str]] = {}
    for row in lss_rows(instrument, "subquestions"):
        codes.setdefault(titles[row["parent_qid"]], []).append(row["title"])
    assert all([*codes[layer], "nobody"] == codes["knows"] for layer in filtered)


def dictionary(number: int) -> list[dict[str, str]]:
    return [*csv.DictReader(text_of(made("redcap", number), "redcap").splitlines())]


@pytest.mark.parametrize("number", [5, 60, 250, 401])
def test_a_data_dictionary_has_redcaps_headings_and_names_it_allows(number: int) -> None:
    rows = dictionary(number)
    assert tuple(rows[0]) == HEADINGS
    assert len(HEADINGS) == 18
    names = [row["Variable / Field Name"] for row in rows]
    assert names[0] == "record_id"
    assert all(re.fullmatch("[a-z][a-z0-9_]{0,24}[a-z0-9]", name) for name in names)
    assert len({*names}) == len(names)


def test_a_field_of_a_matrix_is_shown_where_the_same_person_was_ticked() -> None:
    rows = dictionary(40)
    knows = next(row for row in rows if row["Variable / Field Name"] == "knows")
    codes = [choice.split(", ")[0] for choice in knows["Choices, Calculations, OR Slider Labels"].split(" | ")]
    matrix = [row for row in rows if row["Matrix Group Name"]]
    assert len(matrix) == 5 * 40
    for row in matrix:
        code = row["Variable / Field Name"].removeprefix(f"{row['Matrix Group Name']}_")
        assert code in codes
        assert row["Branching Logic (Show field only if...)"] == f"[knows({code})] = '1'"


@pytest.mark.parametrize("number", [40, 250])
def test_wordings_of_a_form_stand_in_its_text_and_are_known_again(number: int) -> None:
    instrument = made("forms", number)
    lines = text_of(instrument, "forms").splitlines()
    for question in instrument.questions:
        assert question.name in lines
        found = standard_item(wording=question.name)
        assert found is not None
        assert found.name == question.standard


@pytest.mark.parametrize("tool", TOOLS)
def test_the_notice_says_who_sees_what_and_whom_to_ask(tool: str, tmp_path: Path) -> None:
    instrument = made(tool, contact="Ana <Ruiz> & Co")
    if tool == "kobo":
        (tmp_path / "peer.xlsx").write_bytes(TOOLS[tool].write(instrument))  # type: ignore[arg-type]
        text = str([*load_workbook(tmp_path / "peer.xlsx")["survey"].values])
    else:
        text = text_of(instrument, tool)
    assert "None of your other answers is shown to them" in text
    assert ("Ana &lt;Ruiz&gt; &amp; Co" if tool in ("qualtrics", "limesurvey") else "Ana <Ruiz> & Co") in text


# written, answered and read back


@pytest.mark.parametrize("tool", TOOLS)
def test_codebook_and_colleagues_lie_beside_the_questionnaire(tool: str, tmp_path: Path) -> None:
    questionnaire_ = written(tmp_path, tool)
    assert all(file.is_file() for file in questionnaire_.files)
    assert [file.name for file in questionnaire_.files[1:3]] == ["codebook.json", "roster.csv"]
    assert {*questionnaire_.people["identifier"]} == {*STAFF}
    assert read_codebook(questionnaire_.files[1]) == questionnaire_.codebook
    scales = {item.scale for item in questionnaire_.codebook if item.scale}
    assert {*questionnaire_.codebook.scales} == scales
    again = pn.write_questionnaire(tmp_path / "staff.csv", questionnaire_.files[0], tool=tool)
    assert again.files == questionnaire_.files


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("further", [0, 200])
def test_every_question_has_a_column_in_the_export(tool: str, further: int, tmp_path: Path) -> None:
    questionnaire_ = written(tmp_path, tool, further=further)
    headings = exported(questionnaire_, tool)[0]
    for item in questionnaire_.codebook:
        if item.block not in ("name", "team", "manager") and item.name != "identifier":
            own = re.compile(re.escape(item.name) + r"($|/|\[|___|_)")
            assert any(own.match(heading) for heading in headings), item.name


@pytest.mark.parametrize("tool", ["kobo", "forms"])
def test_an_export_with_one_row_of_headings_is_read_with_nothing_declared(tool: str, tmp_path: Path) -> None:
    questionnaire_ = written(tmp_path, tool)
    folder = questionnaire_.files[0].parent
    write_rows(folder / "survey.csv", exported(questionnaire_, tool), delimiter=";" if tool == "kobo" else ",")
    survey = pn.read_survey(folder)
    codes = dict(zip(questionnaire_.people["identifier"], questionnaire_.people.index, strict=True))
    assert len(survey.people) == len(STAFF)
    for (ego, alter, layer), state in states(questionnaire_.ties).items():
        tie = survey.ties[
            (survey.ties["ego"] == codes[ego])
            & (survey.ties["alter"] == codes[alter])
            & (survey.ties["layer"] == layer)
        ]
        assert len(tie) == (state == TIE), (ego, alter, layer)
        if state in (NOBODY, TIE):
            assert codes[ego] in survey.answered[layer]
        if ANSWERS[ego].get(layer) is None:
            assert state == NOT_ANSWERED or alter not in ANSWERS[ego]["knows"]
            assert codes[ego] not in survey.answered[layer]
    column = next(
        item.name for item in survey.codebook if standard_item(item.name, item.label) == questionnaire()["change_2"]
    )
    assert survey.people[column].to_dict()[codes["p001"]] == 6 - ANSWERS["p001"]["change_2"]
    assert not (survey.issues["severity"] == "error").any()


def confused(tool: str, folder: Path, *, knows: bool, **how: str) -> set[frozenset[str]]:
    """Pairs of states that some two answers have and that look the same in the export."""
    questionnaire_ = written(folder, tool)
    table = exported(questionnaire_, tool, **how)
    looks: dict[tuple[object, ...], set[str]] = {}
    said = states(questionnaire_.ties)
    for key, seen in evidence(questionnaire_, tool, table, knows=knows).items():
        looks.setdefault(seen, set()).add(said[key])
    return {frozenset(pair) for alike in looks.values() for pair in combinations(sorted(alike), 2)}


SILENT = {frozenset(pair) for pair in combinations((NOBODY, NOT_ASKED, NOT_ANSWERED), 2)}
UNTICKED = {frozenset(pair) for pair in combinations((NOT_CHOSEN, NOT_ASKED, NOT_ANSWERED), 2)}


@pytest.mark.parametrize(
    ("tool", "with_knows", "without"),
    [
        ("kobo", {frozenset((NOT_CHOSEN, NOT_ANSWERED))}, UNTICKED),
        ("qualtrics", set(), SILENT),
        ("limesurvey", set(), SILENT),
        ("redcap", set(), SILENT),
        ("forms", UNTICKED, UNTICKED),
    ],
)
def test_which_states_of_a_tie_an_export_tells_apart(
    tool: str, with_knows: set[frozenset[str]], without: set[frozenset[str]], tmp_path: Path
) -> None:
    """Rated rows tell all five by the column knows; ticks cannot tell a blank among them from a no."""
    assert {*states().values()} == {TIE, NOT_CHOSEN, NOBODY, NOT_ASKED, NOT_ANSWERED}
    assert confused(tool, tmp_path, knows=True) == with_knows
    assert confused(tool, tmp_path, knows=False) == without


def test_qualtrics_writes_a_row_that_was_seen_and_left_blank_apart_where_asked_to(tmp_path: Path) -> None:
    questionnaire_ = written(tmp_path, "qualtrics")
    headings, *_, third, _ = exported(questionnaire_, "qualtrics", unanswered="-99")
    row = dict(zip(headings, third, strict=True))
    assert (row["trust_p001"], row["trust_p002"], row["trust_p004"]) == ("3", "-99", "")
    assert "-99" in questionnaire_.codebook.missing


# refused


def test_a_file_of_another_kind_or_an_unknown_tool_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"path must end in \.qsf for Qualtrics; got 'peer\.csv'"):
        pn.write_questionnaire(DATA / "harbour" / "roster.csv", tmp_path / "peer.csv", tool="qualtrics")
    with pytest.raises(SettingError, match="tool must be one of 'kobo'"):
        pn.write_questionnaire(DATA / "harbour" / "roster.csv", tmp_path / "peer.csv", tool="paper")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("name", ["codebook.json", "roster.csv"])
def test_a_codebook_or_roster_of_somebodys_own_is_not_overwritten(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(SettingError, match="is there already and holds something else"):
        pn.write_questionnaire(DATA / "harbour" / "roster.csv", tmp_path / "peer.qsf", tool="qualtrics")
    assert [(file.name, file.read_text(encoding="utf-8")) for file in tmp_path.iterdir()] == [(name, "mine")]


def test_a_questionnaire_called_like_a_file_beside_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="Give the questionnaire another name"):
        pn.write_questionnaire(DATA / "harbour" / "roster.csv", tmp_path / "roster.csv", tool="redcap")


# the command


def test_the_command_writes_and_says_what_was_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["questionnaire", str(DATA / "harbour" / "roster.csv"), "--for", "forms", "--contact", "Ana Ruiz"]) == 0
    *files, told = capsys.readouterr().out.splitlines()
    assert [Path(file).as_posix() for file in files] == [
        f"questionnaire/{name}" for name in ("questionnaire.txt", "codebook.json", "roster.csv", "key.csv")
    ]
    assert "260 colleagues" in told
    assert "name from 'name'" in told
    assert "deleted, ask Ana Ruiz." in Path(files[0]).read_text(encoding="utf-8")


def test_the_command_knows_every_tool_and_explains_what_it_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {name: tool.suffix for name, tool in TOOLS.items()} == SUFFIXES
    assert (
        main(["questionnaire", str(tmp_path / "nobody.csv"), "--for", "kobo", "--out", str(tmp_path / "a.xlsx")]) == 1
    )
    assert "There is no file" in capsys.readouterr().err
