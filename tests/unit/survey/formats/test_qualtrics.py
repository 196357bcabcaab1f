"""Qualtrics: headings are counted, never assumed; columns of one question stay together; only people are people."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from peernet.errors import SurveyError
from peernet.survey.formats.door import recognised_format
from peernet.survey.formats.export import Source
from tests.made.exports_forms import (
    ADDED,
    QSF,
    SMALL,
    SMALL_SHEETS,
    as_workbook,
    assert_same,
    column,
    kinds,
    opened,
    options,
    qualtrics,
    question,
    sheet,
    survey_file,
    told,
    written,
)


def export_of(tmp_path, questions=SMALL, sheets=SMALL_SHEETS, **kws):
    return opened(written(tmp_path / "export.csv", qualtrics(questions, sheets, **kws)))


def parts(export, group):
    return {column.key: column.part for column in export.groups[group]}


# Lines of headings


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_lines_of_headings_are_counted(tmp_path, lines):
    export = export_of(tmp_path, lines=lines)
    assert export.format == "qualtrics"
    assert export.headings == lines
    assert export.told == f"{lines + 3} lines: {lines} of headings, 3 sheets filled in"
    assert export.cells["ResponseId"].tolist() == ["R_abcdefgh1", "R_abcdefgh2", "R_abcdefgh3"]
    assert export.cells.index.tolist() == [lines + 1, lines + 2, lines + 3]


def test_names_and_identifiers_without_wordings(tmp_path):
    rows = qualtrics(SMALL, SMALL_SHEETS)
    export = opened(written(tmp_path / "export.csv", [rows[0], *rows[2:]]))
    assert (export.headings, len(export.cells)) == (2, 3)
    assert parts(export, "advice") == {"1": "", "2": "", "99": ""}
    assert "nothing says what advice_1, advice_2 and advice_99 stand for" in told(export)


def test_identifiers_alone_name_the_columns(tmp_path):
    export = opened(written(tmp_path / "export.csv", qualtrics(SMALL, SMALL_SHEETS)[2:]))
    assert (export.headings, len(export.cells)) == (1, 3)
    assert "QID4_TEXT" in export.cells


def test_headings_in_another_language_are_headings(tmp_path):
    rows = qualtrics(SMALL, SMALL_SHEETS)
    german = "Anfangsdatum,Enddatum,Antworttyp,IP-Adresse,Aktueller Stand,Beendet,Antwort-ID,E-Mail,Verteilungskanal"
    rows[1][: len(ADDED)] = german.split(",")
    for lines in (rows, rows[:2] + rows[3:]):
        assert opened(written(tmp_path / "export.csv", lines)).cells.shape[0] == 3


def test_wordings_are_no_person_where_most_of_what_qualtrics_notes_was_removed(tmp_path):
    rows = [[row[6], *row[len(ADDED) :]] for row in qualtrics(SMALL, SMALL_SHEETS)]
    for lines in (rows, rows[:2] + rows[3:], rows[:1] + rows[2:]):
        assert len(opened(written(tmp_path / "export.csv", lines)).cells) == 3


def test_a_column_added_by_hand_has_no_identifier(tmp_path):
    rows = [[*row, more] for row, more in zip(qualtrics(SMALL, SMALL_SHEETS), ["mark", "", "?", *"abc"], strict=True)]
    export = opened(written(tmp_path / "export.csv", rows))
    assert (export.headings, column(export, "mark").kind) == (3, "")


def test_a_row_that_is_too_short_is_told(tmp_path):
    rows = qualtrics(SMALL, SMALL_SHEETS)
    rows[3] = rows[3][:-1]
    assert "warning: row 4: fewer cells than there are headings" in told(opened(written(tmp_path / "e.csv", rows)))


def test_headings_that_come_again_are_no_people(tmp_path):
    rows = qualtrics(SMALL, SMALL_SHEETS)
    again = [*rows[:2], [cell.replace("QID", "QID1") for cell in rows[2]], rows[3]]
    export = opened(written(tmp_path / "export.csv", [*rows, *again]))
    assert Counter(export.set_aside.values()) == {"the headings again": 3}
    assert len(export.cells) == 4


def test_the_older_export_with_v_columns(tmp_path):
    names = [f"V{n}" for n in range(1, 11)] + ["Q1", "Q2_1", "Q2_2", ""]
    labels = ["ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress", "IPAddress", "Status"]
    labels += ["StartDate", "EndDate", "Finished", "Where?", "What?-One", "What?-Two", ""]
    person = ["R_abcdefgh1", "Default Response Set", "Anonymous", "", "", "192.0.2.1", "0"]
    person += ["2017-07-18 08:28:09", "2017-07-18 08:28:48", "1", "here", "1", "", ""]
    unfinished = ["R_abcdefgh2", *person[1:9], "0", *person[10:]]
    export = opened(written(tmp_path / "export.csv", [names, labels, person, unfinished]))
    assert export.headings == 2
    assert kinds(export)["V1"] == "person"
    assert {kinds(export)[f"V{n}"] for n in range(2, 11)} == {"about"}
    assert export.set_aside == {4: "not finished"}
    assert parts(export, "Q2") == {"1": "One", "2": "Two"}
    assert export.groups["Q2"][0].group_wording == "What?"
    assert export.cells.columns.tolist() == names[:-1]  # the column behind the trailing comma is none


@pytest.mark.parametrize(
    "rows",
    [
        [["StartDate", "EndDate", "id"], ["2026-01-01", "2026-01-02", "p1"]],
        [["id", "Status", "Finished"], ["R_1", "0", "1"]],
        [["V1", "V2", "V3"], ["1", "2", "3"]],
        [["QID1", "QID2_1", "QID2_2"], ["1", "2", "3"]],
        [["ResponseId", "answer"], ["R_abcdefgh1", "3"], ["R_abcdefgh2", "3"]],
        [['{"a":1}', "b"], ["1", "2"]],
    ],
)
def test_a_plain_table_is_not_taken_for_it(tmp_path, rows):
    assert recognised_format(Source(written(tmp_path / "export.csv", rows))) == "plain"


def test_what_is_no_export_is_refused_by_name(tmp_path):
    file = written(tmp_path / "export.csv", [["id", "q1"], ["p1", "3"]])
    with pytest.raises(SurveyError, match=r"none of it has the headings of Qualtrics: .*format='plain'"):
        opened(file, format="qualtrics")


def test_two_exports_in_a_folder_are_one_too_many(tmp_path):
    for name in ("first.csv", "second.csv"):
        written(tmp_path / name, qualtrics(SMALL, SMALL_SHEETS))
    with pytest.raises(SurveyError, match=r"2 exports of Qualtrics: first\.csv and second\.csv\. Name the one"):
        opened(tmp_path)


def test_a_row_with_more_cells_than_headings_is_refused(tmp_path):
    rows = qualtrics(SMALL, SMALL_SHEETS)
    rows[4].append("spilt")
    with pytest.raises(SurveyError, match=r"^Row 5 has more cells than there are headings \(\d+\)\. Put quotation"):
        opened(written(tmp_path / "export.csv", rows))


def test_a_workbook_says_the_same(tmp_path):
    rows = qualtrics(SMALL, SMALL_SHEETS)
    csv = opened(written(tmp_path / "export.csv", rows))
    assert_same(csv, opened(as_workbook(tmp_path / "export.xlsx", rows)))


def test_a_workbook_with_numbers_says_the_same(tmp_path):
    rows = qualtrics(SMALL, SMALL_SHEETS)
    typed = [[int(cell) if cell.lstrip("-").isdecimal() else cell for cell in row] for row in rows]
    typed[4][5] = True  # Finished
    rows[4][5] = "TRUE"
    csv = opened(written(tmp_path / "export.csv", rows))
    assert_same(csv, opened(as_workbook(tmp_path / "export.xlsx", typed)))


# Sheets that are no answers


@pytest.mark.parametrize(
    ("noted", "why"),
    [
        ({"status": "1"}, "a preview"),
        ({"status": "Survey Preview"}, "a preview"),
        ({"status": "17"}, "a preview"),
        ({"status": "Survey Test"}, "a test"),
        ({"status": "Umfragevorschau", "channel": "preview"}, "a preview"),
        ({"finished": "0", "progress": "40"}, "not finished"),
        ({"finished": "False", "progress": "99"}, "not finished"),
        ({"finished": "Falsch", "progress": "99"}, "not finished"),
    ],
)
def test_previews_and_unfinished_sheets_are_set_aside(tmp_path, noted, why):
    rows = [*qualtrics(SMALL, SMALL_SHEETS), [*sheet(9, **noted), *SMALL_SHEETS[0]]]
    export = opened(written(tmp_path / "export.csv", rows))
    assert export.set_aside == {7: why}
    assert export.told == f"7 lines: 3 of headings, 3 sheets filled in, 1 set aside ({why})"


@pytest.mark.parametrize(
    "noted", [{"finished": "True"}, {"finished": "Wahr"}, {"status": "IP Address"}, {"status": "4"}]
)
def test_finished_sheets_stay(tmp_path, noted):
    assert not export_of(tmp_path, **noted).set_aside


def test_possible_spam_and_strange_statuses_are_kept_and_told(tmp_path):
    rows = [*qualtrics(SMALL, SMALL_SHEETS), [*sheet(8, status="8"), *SMALL_SHEETS[0]]]
    rows.append([*sheet(9, status="Neznámé"), *SMALL_SHEETS[0]])
    export = opened(written(tmp_path / "export.csv", rows))
    assert len(export.cells) == 5
    assert "marks 1 of the sheets as possible spam" in told(export)
    assert "Status holds 'Neznámé', which may be previews" in told(export)


def test_a_sheet_without_an_answer_is_set_aside(tmp_path):
    export = export_of(tmp_path, sheets=[*SMALL_SHEETS, [""] * len(SMALL)])
    assert export.set_aside == {7: "no question answered"}


def test_an_export_of_previews_only_has_no_answers(tmp_path):
    with pytest.raises(SurveyError, match=r"has no answers: 6 lines: 3 of headings, 0 sheets .* \(a preview\)"):
        export_of(tmp_path, status="1")


# Columns


def test_what_qualtrics_notes_by_itself_is_about_the_sheet(tmp_path):
    found = kinds(export_of(tmp_path))
    assert found["ResponseId"] == "person"
    assert {found[name] for name in ADDED if name != "ResponseId"} == {"about"}
    assert found["why - Topics"] == "about"
    assert found["team"] == ""


@pytest.mark.parametrize(
    "identifier",
    ["QID9_FIRST_CLICK", "QID9_PAGE_SUBMIT", "QID9_DO", "FL_3_DO", "QID9_NPS_GROUP", "QID9_BROWSER", "SC_a1"],
)
def test_times_orders_and_scores_are_no_questions(tmp_path, identifier):
    questions = [*SMALL, ("Q9", "Timing", identifier)]
    assert kinds(export_of(tmp_path, questions, [[*s, "4"] for s in SMALL_SHEETS]))["Q9"] == "about"


def test_a_question_called_like_a_note_is_a_question(tmp_path):
    questions = [*SMALL, ("Q_Url", "Which page?", "QID9_TEXT"), ("the_version", "Which?", "QID10")]
    found = kinds(export_of(tmp_path, questions, [[*s, "a", "2"] for s in SMALL_SHEETS]))
    assert (found["Q_Url"], found["the_version"]) == ("text", "choice")


def test_personal_data_is_kept_and_told(tmp_path):
    export = export_of(tmp_path)
    assert export.cells["IPAddress"].eq("192.0.2.1").all()
    assert "personal data into the export that peernet does not need: IPAddress: used only if" in told(export)
    assert "RecipientEmail" not in told(export)  # there is nothing in it


def test_one_answer_several_answers_and_what_is_typed(tmp_path):
    found = kinds(export_of(tmp_path))
    assert found["level"] == "choice"
    assert found["level_4_TEXT"] == "text"
    assert found["ways"] == "choices"
    assert found["why"] == "text"


def test_options_that_hold_a_comma_stay_whole_in_a_cell_of_several(tmp_path):
    """Qualtrics joins by a comma without a space; whether "Plan, do,Ask" is two options or three is left open."""
    cells = ["Plan, do,Ask", "Ask", "Plan, do"]
    found = export_of(
        tmp_path, [("ways", "How?", "QID5"), ("why", "Why?", "QID6")], [[cell, "So, it is"] for cell in cells]
    )
    assert found.cells["ways"].tolist() == cells
    assert (kinds(found)["ways"], kinds(found)["why"]) == ("choices", "choice")


def test_a_box_for_another_answer_stands_beside_its_question(tmp_path):
    other = column(export_of(tmp_path), "level_4_TEXT")
    assert (other.group, other.part, other.key) == ("", "Other", "4")
    assert other.wording == "How senior are you? - Other - Text"


@pytest.mark.parametrize("lines", [2, 3])
def test_ticks_are_one_group(tmp_path, lines):
    export = export_of(tmp_path, lines=lines)
    ticks = export.groups["advice"]
    assert {(tick.kind, tick.group_wording) for tick in ticks} == {("tick", "Whom do you ask?")}
    assert parts(export, "advice") == {"1": "Ruiz, Ana", "2": "Núñez, José", "99": "nobody in my team"}
    assert [tick.none for tick in ticks] == [False, False, True]
    assert ticks[0].wording == "Whom do you ask? - Ruiz, Ana"


def test_unticked_options_are_known_where_the_export_writes_them(tmp_path):
    assert {tick.unticked for tick in export_of(tmp_path).groups["advice"]} == {None}
    sheets = [[cell if cell or not 2 <= n < 5 else "0" for n, cell in enumerate(s)] for s in SMALL_SHEETS]
    export = export_of(tmp_path, sheets=sheets)
    assert {tick.unticked for tick in export.groups["advice"]} == {"0"}
    assert "a blank cell" not in told(export)


def test_ticks_in_words(tmp_path):
    names = {2: "Ruiz, Ana", 3: "Núñez, José", 4: "nobody in my team"}
    sheets = [[names[n] if n in names and cell else cell for n, cell in enumerate(s)] for s in SMALL_SHEETS]
    for lines in (2, 3):
        assert {tick.kind for tick in export_of(tmp_path, sheets=sheets, lines=lines).groups["advice"]} == {"tick"}


def test_a_label_that_is_not_in_the_heading_is_in_the_cells_of_an_export_of_words(tmp_path):
    blank = [(f"advice_{n}", "Whom do you ask? -", {"ImportId": "QID2", "choiceId": n}) for n in ("1", "2", "3")]
    export = export_of(tmp_path, blank, [["Ana", "Bo", ""], ["Ana", "", ""]])
    assert parts(export, "advice") == {"1": "Ana", "2": "Bo", "3": ""}


def test_a_matrix_has_gaps_and_answers_seen_and_not_given(tmp_path):
    export = export_of(tmp_path)
    assert parts(export, "mood") == {"1": "I plan", "8": "I talk"}
    assert {point.kind for point in export.groups["mood"]} == {""}  # codes of points, or amounts: nobody can tell
    assert column(export, "mood_8").missing == {"-99": "seen and not answered"}
    assert column(export, "mood_1").missing == {}


def test_a_matrix_of_zeros_and_ones_everybody_answered_may_be_ticks_or_not(tmp_path):
    questions = [(f"m_{n}", f"Is it so? - {what}", f"QID3_{n}") for n, what in (("1", "a"), ("2", "b"))]
    assert {c.unticked for c in export_of(tmp_path, questions, [["1", "0"], ["1", "1"]]).groups["m"]} == {"0"}
    assert {c.kind for c in export_of(tmp_path, questions, [["1", "1"], ["1", "1"]]).groups["m"]} == {""}


def test_questions_numbered_alike_are_no_group_without_a_question_in_common(tmp_path):
    questions = [("change_1", "I like to try", "QID5"), ("change_2", "I like to keep", "QID6")]
    for lines in (2, 3):
        assert not export_of(tmp_path, questions, [["1", "2"], ["3", "4"]], lines=lines).groups


def test_a_question_with_a_dash_in_it_stays_whole(tmp_path):
    questions = [(f"m_{n}", f"Trust - how far? - {who}", f"QID3_{n}") for n, who in (("1", "Ana"), ("2", "Bo - Ba"))]
    export = export_of(tmp_path, questions, [["4", "5"]])
    assert parts(export, "m") == {"1": "Ana", "2": "Bo - Ba"}
    assert {c.group_wording for c in export.groups["m"]} == {"Trust - how far?"}


@pytest.mark.parametrize(
    ("rows", "points", "groups"),
    [(3, 2, {"t_1": 3, "t_2": 3}), (2, 3, {"t_1": 3, "t_2": 3})],
)
def test_a_matrix_of_ticks_has_its_parts_along_the_longer_side(tmp_path, rows, points, groups):
    """Three colleagues and two layers make a group for each layer; two statements and three options one for each."""
    questions = [
        (f"t_{r}_{p}", f"Tick - row {r} - point {p}", f"QID3_{r}_{p}")
        for r in range(1, rows + 1)
        for p in range(1, points + 1)
    ]
    export = export_of(tmp_path, questions, [["1"] + [""] * 5, [""] * 5 + ["1"]])
    assert {name: len(members) for name, members in export.groups.items()} == groups
    along = "row" if rows > points else "point"
    assert parts(export, "t_2") == {str(n): f"{along} {n}" for n in (1, 2, 3)}


def test_ratings_that_are_all_one_are_no_ticks_where_lists_number_their_choices(tmp_path):
    ratings = [(f"m_{n}", f"How far? - {who}", f"QID3_{n}") for n, who in (("1", "Ana"), ("2", "Bo"))]
    sheets = [["1", ""], ["", "1"]]
    ticks = [(f"t_{n}", f"Who? - {who}", {"ImportId": "QID2", "choiceId": n}) for n, who in (("1", "A"), ("2", "B"))]
    alone = export_of(tmp_path, ratings, sheets)
    assert {c.kind for c in alone.groups["m"]} == {"tick"}  # nothing else tells the two apart
    export = export_of(tmp_path, [*ratings, *ticks], [[*some, "", ""] for some in sheets])
    assert {c.kind for c in export.groups["m"]} == {""}
    assert {c.kind for c in export.groups["t"]} == {"tick"}  # though nobody ticked anything


def test_turns_of_a_loop_are_questions_of_their_own(tmp_path):
    questions = [(f"{turn}_q_{n}", f"How is {turn}? - part {n}", f"{turn}_QID2_{n}") for turn in (1, 2) for n in (1, 2)]
    elements = [
        question("QID2", "q", "How is it?", "Matrix", "Likert", Choices=options("a", "b"), Answers=options("x", "y"))
    ]
    for definition in (None, survey_file(tmp_path / "s.qsf", elements)):
        for lines in (1, 3):
            rows = qualtrics(questions, [["1", "2", "3", "4"]], lines=lines)
            export = opened(written(tmp_path / "e.csv", rows), definition)
            assert [*export.groups] == ["1_q", "2_q"]
            assert "does not ask" not in told(export)


def test_choices_carried_forward_keep_their_number(tmp_path):
    questions = [(f"q_x{n}", f"Who? - {who}", f"QID2_x{n}") for n, who in (("3", "Ana"), ("99", "Bo"))]
    assert parts(export_of(tmp_path, questions, [["1", "2"]]), "q") == {"3": "Ana", "99": "Bo"}


def test_the_line_of_wordings_is_no_person_where_the_sheet_has_no_number(tmp_path):
    rows = [row[:6] + row[7:] for row in qualtrics(SMALL, SMALL_SHEETS, lines=2)]
    rows = [[*row, extra] for row, extra in zip(rows, ["RecordedDate", "Recorded Date", "", "", ""], strict=True)]
    assert len(opened(written(tmp_path / "export.csv", rows)).cells) == 3


def test_a_matrix_of_ticks_with_its_definition(tmp_path):
    questions = [(f"t_{r}_{p}", f"Tick - {r} - {p}", f"QID3_{r}_{p}") for r in (1, 2, 3) for p in (1, 2)]
    shape = {
        "Choices": options("Ana", "Bo", "Cy"),
        "Answers": options("Trust", "Advice"),
        "SubSelector": "MultipleAnswer",
    }
    definition = survey_file(tmp_path / "s.qsf", [question("QID3", "t", "Tick!", "Matrix", "Likert", **shape)])
    for lines in (1, 2, 3):
        rows = qualtrics(questions, [["1", "", "", "1", "", ""]], lines=lines)
        export = opened(written(tmp_path / "e.csv", rows), definition)
        assert [*parts(export, "t_2").values()] == ["Ana", "Bo", "Cy"]
        assert {(c.kind, c.group_wording) for c in export.groups["t_2"]} == {("tick", "Tick! - Advice")}
        assert column(export, "t_1_2").wording == "Tick! - Ana - Advice"


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_questions_called_as_qualtrics_calls_its_notes_are_questions(tmp_path, lines):
    questions = [("name", "Your name?", "QID1_TEXT"), ("Status", "Your status?", "QID2"), ("q", "How?", "QID3")]
    export = export_of(tmp_path, questions, [["Ana Ruiz", "1", "3"], ["Bo Lind", "2", "4"]], lines=lines)
    assert not export.set_aside  # a status of 1 is no preview
    assert "about" not in {kinds(export)["name"], kinds(export)["Status (2)"]}


def test_numbered_choices_with_different_cells_are_no_ticks(tmp_path):
    questions = [(f"r_{n}", f"In order - {n}", {"ImportId": "QID3", "choiceId": str(n)}) for n in (1, 2)]
    assert {c.kind for c in export_of(tmp_path, questions, [["1", "2"], ["2", "1"]]).groups["r"]} == {""}
    assert {c.kind for c in export_of(tmp_path, questions, [["1", ""], ["1", "2"]]).groups["r"]} == {"tick"}


# One list of colleagues in several questions


def roster(tag, qid, names):
    return [(f"{tag}_{n}", f"{tag}? - {name}".strip(), f"{qid}_{n}") for n, name in names.items()]


PEOPLE = {"1": "Ana Ruiz", "2": "José Núñez", "3": "Eva Lind", "99": "nobody"}


def two_lists(tmp_path, first, second):
    sheets = [["1", *[""] * (len(first) + len(second) - 2), "1"], ["", "1", *[""] * (len(first) + len(second) - 2)]]
    return export_of(tmp_path, [*roster("a", "QID1", first), *roster("b", "QID2", second)], sheets)


def test_names_missing_in_headings_are_taken_by_number_from_another_question(tmp_path):
    export = two_lists(tmp_path, {**PEOPLE, "1": "", "99": ""}, PEOPLE)
    assert parts(export, "a") == PEOPLE
    assert export.groups["a"][3].none
    assert export.groups["a"][0].wording == "a? - Ana Ruiz"
    assert "warning: 2 columns of a have no name in their heading: named by number as in b, where all 2" in told(export)


def test_names_are_not_taken_from_a_question_that_numbers_people_otherwise(tmp_path):
    export = two_lists(tmp_path, {**PEOPLE, "1": ""}, {**PEOPLE, "2": "Eva Lind", "3": "José Núñez"})
    assert parts(export, "a")["1"] == ""
    assert "nothing says what a_1 stand for" in told(export)
    assert "a choice has another number in a than in b: the same choice where the label is the same" in told(export)


def test_whom_one_list_leaves_out_is_told(tmp_path):
    export = two_lists(tmp_path, {n: name for n, name in PEOPLE.items() if n != "2"}, PEOPLE)
    assert "warning: a does not list José Núñez, unlike b: not asked there" in told(export)


# The survey file


@pytest.mark.parametrize("beside", ["folder", "same name", "named"])
def test_a_survey_file_is_found(tmp_path, beside):
    place = tmp_path / "survey"
    place.mkdir()
    file = written(place / "export.csv", qualtrics(SMALL, SMALL_SHEETS))
    definition = survey_file((tmp_path / "other.qsf") if beside == "named" else place / "export.qsf")
    export = opened(place if beside == "folder" else file, definition if beside == "named" else None)
    assert column(export, "level").labels == {"1": "Junior", "2": "Middle", "3": "Senior", "4": "Other"}


def defined(tmp_path, elements=QSF, **kws):
    file = written(tmp_path / "export.csv", qualtrics(kws.pop("questions", SMALL), SMALL_SHEETS, **kws))
    return opened(file, survey_file(tmp_path / "survey.qsf", elements))


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_a_survey_file_says_what_the_export_cannot(tmp_path, lines):
    export = defined(tmp_path, lines=lines)
    assert column(export, "level").wording == "How senior are you?"
    assert column(export, "ways").kind == "choices"
    assert column(export, "ways").labels == {"1": "Plan, do", "2": "Ask", "3": "Draw"}
    assert parts(export, "advice") == {"1": "Ana Ruiz", "2": "José Núñez", "99": "Not anybody"}
    assert [tick.none for tick in export.groups["advice"]] == [False, False, True]
    assert parts(export, "mood") == {"1": "I plan", "8": "I talk"}
    assert {point.kind for point in export.groups["mood"]} == {"choice"}
    assert column(export, "mood_8").labels["5"] == "Fully"
    assert column(export, "mood_8").properties == {"block": "perspective", "scale": "mood"}


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_parts_are_known_by_the_code_their_heading_ends_in(tmp_path, lines):
    """Rows named after people by their export tag, and a choice recoded as 0, whatever number Qualtrics gave them."""
    elements = [
        question(
            "QID2",
            "candour",
            "Whom would you tell?",
            "Matrix",
            "Likert",
            Choices=options("Ana", "Bo"),
            Answers=options("I do not know this person", "No", "Yes"),
            RecodeValues={"1": "0", "2": "1", "3": "2"},
            ChoiceDataExportTags={"1": "candour_p001", "2": "candour_p002"},
        ),
        question(
            "QID3", "knows", "Whom?", "MC", "MAVR", Choices=options("Ana", "No"), RecodeValues={"1": "1", "2": "0"}
        ),
    ]
    questions = [
        (f"candour_p00{n}", f"Whom would you tell? - {who}", f"QID2_{n}") for n, who in ((1, "Ana"), (2, "Bo"))
    ]
    questions += [("knows_1", "Whom? - Ana", {"ImportId": "QID3", "choiceId": "1"})]
    questions += [("knows_0", "Whom? - No", {"ImportId": "QID3", "choiceId": "2"})]
    file = written(tmp_path / "e.csv", qualtrics(questions, [["0", "2", "1", ""]], lines=lines))
    defined = opened(file, survey_file(tmp_path / "s.qsf", elements))
    for export in [defined] if lines == 1 else [opened(file), defined]:
        assert parts(export, "candour") == {"p001": "Ana", "p002": "Bo"}
        assert parts(export, "knows") == {"1": "Ana", "0": "No"}
    assert column(defined, "candour_p001").labels["0"] == "I do not know this person"


def test_every_question_and_every_column_is_accounted_for(tmp_path):
    notes = told(defined(tmp_path))
    assert "survey.qsf asks age (QID6: 'How old are you?'), which is no column of the export: not read" in notes
    assert "team is a column that survey.qsf does not ask: read as the export has it" in notes
    assert "age: shown to some only" in notes
    assert "old" not in notes.replace("old are", "")  # thrown away in Qualtrics
    assert "hello" not in notes  # only shows a text
    assert notes.count("does not ask") == 1


def test_an_answer_recoded_as_minus_99_is_an_answer(tmp_path):
    elements = json.loads(json.dumps(QSF))
    elements[3]["Payload"]["RecodeValues"]["1"] = "-99"
    talk = column(defined(tmp_path, elements), "mood_8")
    assert (talk.labels["-99"], talk.missing) == ("Disagree", {})


def test_codes_in_headings_are_recode_values_where_there_are_no_identifiers(tmp_path):
    elements = [
        question("QID2", "q", "Who?", "MC", "MAVR", Choices=options("Ana", "Bo"), RecodeValues={"1": 2, "2": 1})
    ]
    file = tmp_path / "export.csv"
    for named, first in ((1, "Bo"), (3, "Ana")):
        rows = qualtrics([("q_1", "", "QID2_1"), ("q_2", "", "QID2_2")], [["1", ""], ["", "1"]], lines=named)
        export = opened(written(file, rows), survey_file(tmp_path / "s.qsf", elements))
        assert column(export, "q_1").part == first


def test_boxes_ranks_and_amounts_are_told_by_their_type(tmp_path):
    elements = [
        question("QID1", "n", "How many?", "TE", "SL", Validation={"Settings": {"ContentType": "ValidNumber"}}),
        question("QID2", "r", "In order", "RO", "DND", Choices=options("a", "b")),
        question("QID3", "s", "How much?", "Slider", "HSLIDER", Choices=options("a", "b")),
        question("QID4", "f", "Who?", "TE", "FORM", Choices=options("First name", "Last name")),
        question("QID5", "x", "Both?", "SBS", "SBSMatrix"),
    ]
    names = ["n", "r_1", "r_2", "s_1", "s_2", "f_1", "f_2", "x#1_1", "x#1_2"]
    codes = ["QID1_TEXT", *(f"QID{n}_{k}" for n in (2, 3, 4) for k in (1, 2)), "QID5#1_1", "QID5#1_2"]
    rows = qualtrics([*zip(names, names, codes, strict=True)], [["3", "1", "2", "10", "20", "A", "B", "1", "2"]])
    export = opened(written(tmp_path / "e.csv", rows), survey_file(tmp_path / "s.qsf", elements))
    found = [kinds(export)[name] for name in names]
    assert found == ["number", "rank", "rank", "number", "number", "text", "text", "", ""]
    assert "does not ask" not in told(export)
    assert "no column" not in told(export)


def test_the_survey_file_of_another_survey_is_not_used(tmp_path):
    export = defined(tmp_path, [question("QID77", "zeal", "Other?", "TE", "SL")])
    assert "warning: survey.qsf asks none of the questions of the export" in told(export)


def test_two_survey_files_are_one_too_many(tmp_path):
    written(tmp_path / "export.csv", qualtrics(SMALL, SMALL_SHEETS))
    for name in ("a.qsf", "b.qsf"):
        survey_file(tmp_path / name)
    assert "a.qsf and b.qsf lie beside the answers: none used" in told(opened(tmp_path))
    assert "none used" not in told(opened(tmp_path, tmp_path / "b.qsf"))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"SurveyElements": [{"Element": "SQ", "Payload": {"a": 1}}]}', "<xml/>"]
)
def test_a_survey_file_that_is_none_is_refused(tmp_path, text):
    written(tmp_path / "export.csv", qualtrics(SMALL, SMALL_SHEETS))
    (tmp_path / "survey.qsf").write_text(text)
    with pytest.raises(SurveyError, match=r"survey\.qsf is no Qualtrics survey file that can be read"):
        opened(tmp_path)


@pytest.mark.parametrize("status", ["Umfragevorschau", "Aperçu de l'enquête", "Vista previa de la encuesta"])
def test_a_preview_is_one_in_the_language_of_the_account(tmp_path, status):
    rows = [*qualtrics(SMALL, SMALL_SHEETS), [*sheet(9, status=status), *SMALL_SHEETS[0]]]
    rows.append([*sheet(8, status="IP-Adresse"), *SMALL_SHEETS[0]])
    export = opened(written(tmp_path / "export.csv", rows))
    assert "1 set aside (a preview)" in export.told
    assert len(export.cells) == 4
    assert "which may be previews" not in told(export)


def test_whom_an_invitation_was_sent_to_has_a_name(tmp_path):
    head = ["StartDate", "Finished", "ResponseId", "RecipientLastName", "RecipientFirstName", "ExternalReference", "Q1"]
    rows = [["2026-03-01 09:00:00", "1", f"R_abcdefgh{n}", "Oak", name, f"{n}", "yes"] for n, name in enumerate("AB")]
    marks = [f'{{"ImportId":"{head[n]}"}}' for n in range(6)] + ['{"ImportId":"QID1"}']
    export = opened(written(tmp_path / "export.csv", [head, head, marks, *rows]))
    assert export.cells["RecipientName"].tolist() == ["A Oak", "B Oak"]
    assert export.columns[-1].wording == "Name"
