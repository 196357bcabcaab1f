"""What a drafted codebook guesses, what it leaves open, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import peernet as pn
from peernet.survey import read_codebook
from peernet.survey.draft import DraftedCodebook, draft_of
from peernet.survey.formats.export import Column, Export, Repeats
from peernet.survey.formats.folding import raw_survey
from peernet.survey.issues import IssueLog
from tests.made import four_exports
from tests.made.surveys import DATA

AGREE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
PEOPLE = ("Ann Ash", "Bo Birk", "Cas Oak", "Dee Elm", "Eli Fir", "Fay Yew")


def export(cells: Mapping[str, Sequence[str]], *said: Column, **more: object) -> Export:
    """An export of these cells; of columns that ``said`` does not describe nothing is known but the heading."""
    known = {column.name: column for column in said}
    columns = tuple(known.get(name, Column(name, name)) for name in cells)
    frame = pd.DataFrame(cells, dtype="str")
    return Export("made", "made.csv", frame, columns, lines=len(frame) + 1, **more)  # type: ignore[arg-type]


def drafted(cells: Mapping[str, Sequence[str]], *said: Column, **more: object) -> pd.DataFrame:
    return draft_of(export({"name": PEOPLE, **cells}, *said, **more)).table


def answered(path: Path, cells: Mapping[str, Sequence[str]]) -> Path:
    pd.DataFrame(cells).to_csv(path, index=False)
    return path


# --- who answered -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "block"),
    [
        ({"id": "123456", "Name": PEOPLE}, {"id": "ignore", "Name": "person"}),
        ({"Employee ID": "abcdef", "Name": PEOPLE}, {"Employee ID": "person", "Name": "name"}),
        ({"id": "123456", "E-Mail": [f"{x}@b.c" for x in "abcdef"]}, {"id": "ignore", "E-Mail": "person"}),
        ({"id": "123456", "Email": ["anonymous"] * 6}, {"id": "person", "Email": "ignore"}),
        ({"lfdn": "123456", "Name": PEOPLE}, {"lfdn": "ignore", "Name": "person"}),
        ({"Nombre y apellidos": PEOPLE}, {"Nombre y apellidos": "person"}),
        ({"Wie ist Ihr Name?": PEOPLE}, {"Wie ist Ihr Name?": "person"}),
    ],
)
def test_one_column_says_who_answered(cells: Mapping[str, Sequence[str]], block: dict[str, str]) -> None:
    table = draft_of(export({name: list(column) for name, column in cells.items()})).table
    assert table["block"].to_dict() == block


def ticks(name: str, keys: str) -> list[Column]:
    return [Column(f"{name}_{key}", kind="tick", group=name, part=key, key=key) for key in keys]


def test_options_are_no_colleagues_because_people_are_numbered_as_well() -> None:
    boxes = ticks("habits", "12345")
    table = draft_of(
        export({"Employee ID": [*"123456"]} | {box.name: ["1", "", "1"] * 2 for box in boxes}, *boxes)
    ).table
    assert "tie" not in table["block"].tolist()
    assert table["block"]["Employee ID"] == "person"
    sheets = {"id": [*"123456"], "person": ["p1", "p2", "p3", "p4", "p5", "p6"]}
    table = draft_of(export(sheets | {box.name: ["1", "", "1"] * 2 for box in boxes}, *boxes)).table
    assert table["block"][["id", "person"]].tolist() == ["ignore", "person"], "nor is a number of a sheet a name"


def test_rows_that_rate_colleagues_and_do_not_say_whom_are_marked() -> None:
    columns = tuple(Column(name, name, group="n") for name in ("who", "trust", "respect"))
    cells = pd.DataFrame(
        {"who": ["31", "57", "31"], "trust": [*"435"], "respect": [*"125"]}, index=[2, 3, 4], dtype="str"
    )
    rows = Repeats("n", cells.astype("str"), pd.Series([2, 2, 3], index=cells.index), columns)
    looks = draft_of(export({"name": PEOPLE}, repeats=(rows,))).table["look"]
    assert "which column of these rows says which colleague" in looks["trust"]
    assert "which column of these rows" not in looks["respect"], "once"


def test_columns_called_after_a_question_and_a_person_each_are_one_question() -> None:
    cells = {"person": ["ann_a", "bo_b", "cas"], "q_1": [*"123"], "q_2": [*"321"]}
    rated = {f"works_with_{who}": ["1", "0", ""] for who in ("ann_a", "bo_b", "cas", "dee")}
    table = draft_of(export(cells | rated)).table
    assert table.index.tolist() == ["person", "q_1", "q_2", "works_with"]
    assert table.loc["works_with", ["block", "layer", "at_least"]].tolist() == ["tie", "works_with", 1]


def test_a_name_that_stands_there_twice_is_asked_about() -> None:
    table = draft_of(export({"Name": ["Ann Ash", "Ann Ash", "Bo Birk"]})).table
    assert (
        "1 name stands there more than once, such as 'Ann Ash': one person twice, or namesakes?" in table["look"].item()
    )


def test_people_who_type_their_name_are_found_by_the_names_a_question_offers() -> None:
    ticks = [
        Column(f"q2_{n}", group="q2", part=", ".join(name.split()[::-1]), kind="tick") for n, name in enumerate(PEOPLE)
    ]
    cells = {"q1": PEOPLE[:4], **{column.name: ["1", "", "", "1"] for column in ticks}}
    table = draft_of(export(cells, Column("q1", "If you agree, please sign"), *ticks)).table
    assert table["block"].to_dict() == {"q1": "person", "q2": "tie"}


def test_without_anybody_to_tell_the_codebook_is_open() -> None:
    draft = draft_of(export({"How many years have you been here?": ["1", "2", "7"]}))
    with pytest.raises(pn.errors.CodebookError, match="No column says who answered"):
        _ = draft.codebook


# --- what is known ------------------------------------------------------------------------------------------------


def test_harbour_without_its_codebook_is_drafted_as_it_is() -> None:
    """Its own questions are known by their names; wording and who was invited stand elsewhere."""
    draft = _without_codebook("harbour")
    truth = read_codebook(DATA / "harbour" / "codebook.json")
    for item in draft.codebook:
        known = truth[item.name]
        assert (item.block, item.kind, item.scale, item.reverse) == (
            known.block,
            known.kind,
            known.scale,
            known.reverse,
        )
        assert (item.limits, item.categories, item.layer, item.role) == (
            known.limits,
            known.categories,
            known.layer,
            known.role,
        )
    assert draft.to_look_at == 0


def _without_codebook(name: str) -> DraftedCodebook:
    cells = pd.read_csv(DATA / name / "survey.csv", dtype="str", keep_default_na=False)
    return draft_of(Export("plain", "survey.csv", cells, tuple(Column(x, x) for x in cells), len(cells) + 1))


def test_a_word_such_as_level_with_other_answers_than_ours_is_not_our_question() -> None:
    table = drafted({"level": ["Junior", "Senior", "Junior", "Middle", "Senior", "Junior"]})
    assert table.loc["level", ["block", "kind", "categories"]].tolist() == ["experience", "nominal", ()]
    assert "are these in an order?" in table.loc["level", "look"]


def test_our_own_questions_are_known_where_cells_hold_numbers_of_labels_or_ticks() -> None:
    labels = {
        str(n): label for n, label in enumerate(("Disagree", "Rather disagree", "Neither", "Rather agree", "Agree"), 1)
    }
    point = Column("change1", "I would rather try a new way of working than polish the one we have.", labels=labels)
    wording = "What do you want from the next years at work?"
    ticks = [
        Column(f"goals_{n}", group="goals", group_wording=wording, part=part, kind="tick")
        for n, part in enumerate(("Lead people", "Start something new", "None of these"))
    ]
    draft = draft_of(
        export({"name": PEOPLE, "change1": list("123451"), **{c.name: list("101010") for c in ticks}}, point, *ticks)
    )
    change, goals = draft.codebook["change1"], draft.codebook["goals"]
    assert (change.scale, change.limits, change.categories) == ("change", (1, 5), ())
    assert (goals.block, goals.kind, draft.to_look_at) == ("goal", "multiple", 0)


def test_where_the_definition_says_only_that_answers_are_in_order_they_stand_as_it_lists_them() -> None:
    labels = {"a": "By noon", "b": "Today", "c": "One day"}
    said = Column("x", "By when?", labels=labels, properties={"block": "goal", "kind": "ordinal"})
    assert drafted({"x": list("abcabc")}, said).loc["x", "categories"] == ("By noon", "Today", "One day")


def test_short_answers_that_all_differ_are_not_left_out_without_a_word() -> None:
    table = drafted({"What is your grade?": ["A1", "B2", "C3", "", "", ""]})
    assert table.iloc[1]["block"] == "ignore"
    assert "is it experience? Then write that, and nominal" in table.iloc[1]["look"]


def test_what_the_definition_carries_along_is_taken_as_it_is() -> None:
    said = Column("x9", "Any words", properties={"block": "goal", "kind": "ordinal", "low": 0, "high": 10})
    table = drafted({"x9": list("123456")}, said)
    assert table.loc["x9", ["block", "kind", "low", "high", "look"]].tolist() == ["goal", "ordinal", 0, 10, ""]


def test_what_tools_note_by_themselves_and_comments_are_not_used() -> None:
    table = drafted(
        {
            "ip": list("abcdef"),
            "Zeitstempel": ["1.2.26"] * 6,
            "Gibt es sonst noch etwas?": ["a b", "c", "", "", "", ""],
        },
        Column("ip", kind="about"),
    )
    assert set(table["block"]) == {"person", "ignore"}


# --- how it was measured ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "categories"),
    [
        (
            ["Agree", "Neutral", "Strongly agree", "Disagree", "Agree", "Neutral"],
            ("Disagree", "Neutral", "Agree", "Strongly agree"),
        ),
        (
            ["stimme zu", "stimme eher zu", "stimme nicht zu", "", "", ""],
            ("stimme nicht zu", "stimme eher zu", "stimme zu"),
        ),
        (["Often", "Never", "Sometimes", "Often", "Always", "Never"], ("Never", "Sometimes", "Often", "Always")),
    ],
)
def test_labels_come_in_their_order(answers: list[str], categories: tuple[str, ...]) -> None:
    table = drafted({"I prefer to decide alone": answers})
    item = table.loc["I prefer to decide alone"]
    assert (item["block"], item["kind"], item["categories"]) == ("perspective", "ordinal", categories)


def test_labels_that_nobody_understands_are_in_no_order() -> None:
    table = drafted({"Which branch do you prefer?": ["Alpha", "Beta", "Alpha", "Gamma", "Beta", "Alpha"]})
    assert table["kind"].tolist() == ["text", "nominal"]


def test_points_that_nobody_chose_are_known_from_questions_answered_alike() -> None:
    few, all_five = ["Agree", "Disagree", "Agree", "Disagree", "Agree", "Agree"], [*AGREE, "Agree"]
    table = drafted({"I believe in plans": few, "I believe in people": all_five})
    assert table["categories"].tolist()[1:] == [AGREE, AGREE]


def test_a_side_that_nobody_chose_is_to_be_looked_at() -> None:
    table = drafted({"I believe in plans": ["Agree", "Strongly agree"] * 3})
    assert "nobody answered below the middle; add those points" in table.loc["I believe in plans", "look"]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["1", "5", "4", "2", "3", "5"], ("ordinal", 1, 5)),
        (["4 - agree", "1", "5 (very much)", "2", "3", "5"], ("ordinal", 1, 5)),
        (["12", "40", "3", "0", "7", "1"], ("numeric", None, None)),
        (["2.5", "1", "3", "4", "2", "1"], ("numeric", None, None)),
    ],
)
def test_numbers_are_points_of_a_scale_where_they_are_few_and_whole(
    answers: list[str], expected: tuple[str, float | None, float | None]
) -> None:
    item = draft_of(export({"name": PEOPLE, "I think a lot": answers})).rows[1].item
    assert (item.kind, item.low, item.high) == expected


def test_codes_for_no_answer_are_shown_with_what_they_change_and_not_applied() -> None:
    table = drafted({"I think a lot (1 no to 5 yes)": ["1", "5", "99", "4", "99", "2"]})
    item = table.iloc[1]
    assert item["look"].startswith("2 answers of 99; without them the mean goes from 35 to 3.")
    assert item["missing"] == ()


def test_an_answer_in_words_that_says_nothing_is_shown_and_not_applied() -> None:
    table = drafted({"I prefer plans": ["Agree", "k. A.", "Disagree", "Neutral", "Agree", "k. A."]})
    assert table.iloc[1]["look"].startswith("perhaps no answer: 'k. A.' (2 times); if so")
    assert (table.iloc[1]["missing"], table.iloc[1]["categories"]) == ((), ("Disagree", "Neutral", "Agree"))


def test_low_numbers_that_say_yes_are_shown() -> None:
    labels = ["1 - strongly agree", "2 - agree", "3 - neutral", "4 - disagree", "5 - strongly disagree", "3 - neutral"]
    item = drafted({"I prefer plans": labels}).iloc[1]
    assert "low numbers say yes here" in item["look"]
    assert not item["reverse"]


def test_several_answers_in_a_cell_are_told_from_a_sentence() -> None:
    several = ["Plans; People", "People", "Plans; Money", "Money; People", "Plans", "People; Money"]
    table = drafted(
        {"What is difficult in your job?": several, "What matters to you?": ["I like plans, and tea"] * 1 + [""] * 5}
    )
    assert table.iloc[1][["block", "kind", "separator"]].tolist() == ["experience", "multiple", ";"]
    assert table.iloc[2]["block"] == "ignore"


# --- whom they named ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "layer"),
    [
        ("Whom do you trust?", "trust"),
        ("Wem vertrauen Sie?", "trust"),
        ("En qui avez-vous confiance ?", "trust"),
        ("¿A quién pide consejo?", "advice"),
        ("Di chi rispetti il giudizio?", "respect"),
        ("Com quem você trabalha?", "works_with"),
        ("Welke collega's vertrouw je?", "trust"),
        ("Vilka kollegor litar du på?", "trust"),
        ("Hvilke kolleger arbejder du sammen med?", "works_with"),
        ("Komu ufasz?", "trust"),
    ],
)
def test_cells_of_names_are_ties_and_the_question_says_of_which_layer(question: str, layer: str) -> None:
    named = ["Bo Birk; Cas Oak", "Ann Ash", "Dee; Ann Ash", "Oak, Cas", "nobody", ""]
    item = drafted({question: named}).loc[question]
    assert (item["block"], item["layer"], item["look"]) == ("tie", layer, "")


def test_a_layer_that_nobody_can_tell_is_asked_for() -> None:
    item = drafted({"Pick some": ["Bo Birk", "Ann Ash", "Ann Ash; Bo Birk", "", "", ""]}).iloc[1]
    assert (item["block"], item["layer"]) == ("tie", "pick_some")
    assert item["look"].startswith("which layer is it")


def roster(name: str, wording: str, **said: object) -> list[Column]:
    return [
        Column(f"{name}_{n}", f"{wording} - {person}", group=name, group_wording=wording, part=person, **said)  # type: ignore[arg-type]
        for n, person in enumerate(PEOPLE)
    ]


def test_a_battery_of_colleagues_is_one_row_and_one_with_ratings_asks_from_where_on_it_is_a_tie() -> None:
    ticks, rated = roster("q1", "Whom do you respect?", kind="tick"), roster("q2", "How far do you trust each?")
    cells = {**{c.name: ["1", ""] * 3 for c in ticks}, **{c.name: list("124513") for c in rated}}
    draft = draft_of(export({"name": PEOPLE, **cells}, *ticks, *rated))
    assert draft.table[["block", "kind", "layer"]].fillna("").T.to_dict("list") == {
        "name": ["person", "text", ""],
        "q1": ["tie", "multiple", "respect"],
        "q2": ["tie", "ordinal", "trust"],
    }
    assert draft.table.loc["q2", "look"].startswith("from which rating on is it a tie?")
    assert len(draft.open_questions) == 1
    with pytest.raises(pn.errors.CodebookError, match="nothing says from which"):
        _ = draft.codebook


def test_a_matrix_of_statements_is_one_row_each() -> None:
    said = [
        Column(f"m_{n}", group="m", group_wording="How far do you agree?", part=f"I prefer {x}")
        for n, x in enumerate("abc")
    ]
    table = drafted({column.name: [*AGREE, "Agree"] for column in said}, *said)
    assert table["wording"].tolist()[1:] == ["I prefer a", "I prefer b", "I prefer c"]
    assert set(table["block"][1:]) == {"perspective"}


def test_rows_below_peoples_answers_name_a_colleague_and_rate_them() -> None:
    cells = pd.DataFrame({"Colleague": ["Bo Birk", "Ann Ash"], "Trust (1 no to 5 yes)": ["5", "3"]}, dtype="str")
    rows = Repeats("group", cells, pd.Series([0, 1]), tuple(Column(x, x, group="group") for x in cells))
    table = drafted({}, repeats=(rows,))
    assert table["block"].tolist() == ["person", "alter", "tie"]


# --- what decides who is paired -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "answers", "role"),
    [
        ("Do you want to take part?", ["Yes", "No"], "takes_part"),
        ("Möchten Sie teilnehmen?", ["Ja", "Nein"], "takes_part"),
        ("Souhaitez-vous participer ?", ["Oui", "Non"], "takes_part"),
        ("¿Quiere participar?", ["Sí", "No"], "takes_part"),
        ("Vuoi partecipare?", ["Sì", "No"], "takes_part"),
        ("Quer participar?", ["Sim", "Não"], "takes_part"),
        ("Wil je deelnemen?", ["Ja", "Nee"], "takes_part"),
        ("Vill du delta?", ["Ja", "Nej"], "takes_part"),
        ("Vil du delta?", ["Ja", "Nei"], "takes_part"),
        ("Czy chcesz wziąć udział?", ["Tak", "Nie"], "takes_part"),
        ("How many partners could you take on?", ["1", "2"], "capacity"),
        ("Is there anybody you could not be paired with?", ["Bo Birk", ""], "never_with"),
    ],
)
def test_who_takes_part_with_how_many_and_never_with_whom(question: str, answers: list[str], role: str) -> None:
    item = drafted({question: answers * 3}).loc[question]
    assert (item["block"], item["role"]) == ("constraint", role)


def test_taking_part_in_words_that_are_no_yes_is_open() -> None:
    draft = draft_of(export({"name": PEOPLE, "Do you want to take part?": ["Count me in", "Not this time"] * 3}))
    assert draft.table["block"].tolist() == ["person", ""]
    with pytest.raises(pn.errors.CodebookError, match="does this say who takes part"):
        _ = draft.codebook


def test_what_one_column_alone_can_be_is_taken_once() -> None:
    table = drafted({"Team": list("aabbab"), "Department": list("ccddcd")})
    assert table["block"].tolist() == ["person", "team", ""]
    assert "'Team' is taken for this already" in table.loc["Department", "look"]


# --- statements worded the other way --------------------------------------------------------------------------------


def test_items_worded_the_other_way_are_shown_with_what_turning_them_changes() -> None:
    rng = np.random.default_rng(5)
    outlook = rng.normal(size=60)
    keys = [1, -1, 1, 1]
    said = [Column(f"m_{n}", group="m", part=f"I prefer {n}") for n in range(4)]
    cells = {"name": [f"Person {chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(60)]}
    for column, key in zip(said, keys, strict=True):
        point = np.clip(np.round(3 + key * outlook + rng.normal(scale=0.5, size=60)), 1, 5).astype(int)
        cells[column.name] = [AGREE[x - 1] for x in point]
    table = draft_of(export(cells, *said)).table
    shown = [name for name in table.index if "answers run against most of its battery" in table.loc[name, "look"]]
    assert shown == ["m_1"]
    assert "reverse is yes, and r becomes 0.8" in table.loc["m_1", "look"]
    assert not table["reverse"].any()


def test_answers_by_lot_run_against_nothing() -> None:
    rng = np.random.default_rng(6)
    said = [Column(f"m_{n}", group="m", part=f"I prefer {n}") for n in range(5)]
    cells = {column.name: rng.choice(AGREE, 200).tolist() for column in said}
    names = [f"Person {chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(200)]
    table = draft_of(export({"name": names, **cells}, *said)).table
    assert table["look"].str.contains("run against").sum() == 0


# --- from an export to a survey -------------------------------------------------------------------------------------

SURE: dict[str, Sequence[str]] = {
    "Name": PEOPLE,
    "change_1": list("123451"),
    "years_here": list("123456"),
    "trust": ["Bo Birk", "Ann Ash", "Ann Ash", "Ann Ash", "Bo Birk", "nobody"],
}


def test_an_export_whose_draft_leaves_nothing_open_is_read_at_once_and_says_what_was_read(tmp_path: Path) -> None:
    survey = pn.read_survey(answered(tmp_path / "export.csv", SURE))
    assert len(survey.people) == 6
    assert survey.codebook["change_1"].scale == "change"
    last = survey.issues.iloc[-1]
    assert last["problem"] == "export.csv has 7 lines: 1 of headings, 6 sheets filled in"
    assert last["done"] == "read as 6 people, of whom 6 answered"
    assert [path.name for path in tmp_path.iterdir()] == ["export.csv"], "reading writes nothing"


def test_every_doubt_about_a_draft_is_a_warning_and_so_is_one_left_in_the_sheet(tmp_path: Path) -> None:
    path = answered(tmp_path / "export.csv", SURE | {"Hat": list("aabbab")})
    for _ in range(2):
        issues = pn.read_survey(path).issues
        told = issues[issues["item"] == "Hat"]
        assert told["severity"].tolist()[0] == "warning"
        assert "to look at: what is it used for?" in told["problem"].tolist()[0]
        pn.draft_codebook(path).write(tmp_path / "codebook.xlsx")


def test_what_decides_pairs_is_settled_before_anything_is_read(tmp_path: Path) -> None:
    path = answered(tmp_path / "export.csv", SURE | {"Do you want to take part?": ["Gladly", "Not now"] * 3})
    with pytest.raises(pn.errors.CodebookError, match=r"does this say who takes part(.|\n)*peernet codebook"):
        pn.read_survey(path)
    pn.draft_codebook(path).write(tmp_path / "codebook.xlsx")
    with pytest.raises(pn.errors.CodebookError, match=r"codebook\.xlsx: 'Do you want to take part\?' has no block"):
        pn.read_survey(path)


def test_rows_that_somebody_edited_stay_and_new_columns_are_added(tmp_path: Path) -> None:
    path = answered(tmp_path / "export.csv", SURE)
    sheet = pn.draft_codebook(path).write(tmp_path / "codebook.xlsx")
    book = openpyxl.load_workbook(sheet)
    headings = [cell.value for cell in book["items"][1]]
    book["items"].cell(3, headings.index("block") + 1).value = "goal"
    book.save(sheet)
    again = pn.draft_codebook(answered(path, SURE | {"gender": ["Woman", "Man"] * 3}))
    assert again.table["block"].to_dict() == {
        "Name": "person",
        "change_1": "goal",
        "years_here": "experience",
        "trust": "tie",
        "gender": "protected",
    }
    assert again.merged == "codebook.xlsx: 4 rows kept as they are, 1 added"


def test_a_draft_knows_what_scales_of_the_standard_questions_are_called_and_keeps_what_somebody_wrote(
    tmp_path: Path,
) -> None:
    path = answered(tmp_path / "export.csv", SURE | {"planning_3": [*"543215"]})
    draft = pn.draft_codebook(path)
    assert draft.codebook.scales == {"change": "Openness to change", "planning": "Planning ahead"}
    sheet = draft.write(tmp_path / "codebook.xlsx")
    book = openpyxl.load_workbook(sheet)
    scales = {row[0].value: row[1] for row in book["scales"].iter_rows(min_row=2)}
    assert {scale: cell.value for scale, cell in scales.items()} == draft.codebook.scales
    scales["change"].value = "New ways"
    book.save(sheet)
    again = pn.draft_codebook(path)
    assert again.codebook.scales == {"change": "New ways", "planning": "Planning ahead"}
    assert pn.survey.read_codebook(again.write(tmp_path / "codebook.xlsx")) == again.codebook
    assert pn.read_survey(path).codebook.scales == again.codebook.scales


def test_a_scale_that_only_sounds_like_a_standard_one_is_called_nothing(tmp_path: Path) -> None:
    export_ = draft_of(
        export(
            SURE | {"change_1": [*"123451"], "change_2": [*"123452"]},
            Column("change_1", "I like the weather here."),
            Column("change_2", "I like the food here."),
        )
    )
    assert export_.kept.scales == {}


def test_two_codebooks_beside_an_export_are_one_too_many(tmp_path: Path) -> None:
    path = answered(tmp_path / "export.csv", SURE)
    draft = pn.draft_codebook(path)
    draft.write(tmp_path / "codebook.xlsx")
    draft.write(tmp_path / "codebook.json")
    with pytest.raises(
        pn.errors.SurveyError, match=r"holds codebook\.xlsx and codebook\.json\. Keep the one that counts"
    ):
        pn.read_survey(path)


def test_json_is_written_once_nothing_is_open(tmp_path: Path) -> None:
    draft = draft_of(export({"Hat": list("aabb")}))
    with pytest.raises(pn.errors.CodebookError, match="No column says who answered"):
        draft.write(tmp_path / "codebook.json")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_our_own_may_have_its_codebook_as_a_sheet(tmp_path: Path) -> None:
    answered(tmp_path / "survey.csv", SURE)
    draft_of(export(SURE)).codebook.write(tmp_path / "codebook.xlsx")
    assert len(pn.read_survey(tmp_path).people) == 6


@pytest.mark.parametrize("write", [four_exports.google_forms, four_exports.microsoft_forms, four_exports.qualtrics])
def test_the_export_of_a_tool_is_drafted_with_every_block_right(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    """Somebody else wrote these questions; only statements worded against their scale are left to mark."""
    draft = pn.draft_codebook(write(tmp_path))
    blocks = draft.table["block"].value_counts().to_dict()
    blocks.pop("ignore")
    assert blocks.pop("name", 1) == 1
    assert blocks == {"person": 1, "team": 1, "experience": 3, "perspective": 7, "goal": 1, "tie": 3, "constraint": 2}
    shown = [row.item.label for row in draft.rows if "run against" in row.look]
    assert len(shown) == 3
    for statement, key in zip(shown, four_exports.AGAINST, strict=True):
        assert four_exports.STATEMENTS[key].rstrip(".") in statement
    assert draft.open_questions == ()


ROSTER = Path(pn.__file__).parents[2] / "shared/data/export_format_samples/qualtrics_roster_network_survey.csv"


@pytest.mark.skipif(not ROSTER.is_file(), reason="the sample lies beside the project")
def test_a_real_roster_export_is_drafted_in_few_rows_with_at_most_five_to_look_at() -> None:
    draft = pn.draft_codebook(ROSTER)
    used = draft.table[draft.table["block"] != "ignore"]
    assert used["block"].value_counts().to_dict() == {"perspective": 6, "tie": 4, "person": 1}
    assert used.loc["QID61_1", ["low", "high"]].tolist() == [-2, 2]
    assert draft.unclassified == 0
    assert draft.to_look_at <= 5


# --- what a first export taught -----------------------------------------------------------------------------------


def test_numbers_that_people_type_are_numbers_and_no_points_of_a_scale() -> None:
    cells = {"q3": ["4", "10", "2", "7", "1", "3"]}
    years = drafted(cells, Column("q3", "Seit wie vielen Jahren sind Sie hier?", "text")).loc["q3"]
    assert years[["block", "kind"]].tolist() == ["experience", "numeric"]
    typed = {"q3": [*map(str, range(1, 20)), "ca. 7"], "name": [f"Ann Ash{chr(97 + n)}" for n in range(20)]}
    look = draft_of(export(typed, Column("q3", "How many years?", "text"))).table.loc["q3", "look"]
    assert look == "'ca. 7' cannot be read as a number, and would not count"


def test_years_are_no_colleagues_where_people_are_numbered() -> None:
    cells = {"ID": [str(n) for n in range(1, 21)], "Years you work with us": [*map(str, range(1, 20)), "6 months"]}
    table = draft_of(export(cells)).table
    assert table.loc["Years you work with us", "block"] == "experience"


def test_numbers_beside_marks_for_no_answer_are_no_colleagues_where_people_are_numbered() -> None:
    marks = ["–", "k. A.", "?", "n/a"]
    cells = {"ID": [str(n) for n in range(1, 21)], "Jahre im Haus": [*map(str, range(1, 17)), *marks]}
    assert draft_of(export(cells)).table.loc["Jahre im Haus", ["block", "kind"]].tolist() == ["experience", "numeric"]


def test_a_date_among_other_answers_may_be_the_work_of_a_spreadsheet() -> None:
    hours = drafted({"Free hours": ["1-2", "3-4", "2026-02-01", "1-2", "3-4", "3-4"]}).iloc[1]
    assert "may have made a date of '2026-02-01'" in hours["look"]
    assert "date" not in drafted({"Since": ["2026-02-01", "2026-02-02"] * 3}).iloc[1]["look"]


def test_remarks_below_a_table_are_marked_as_people_they_are_not() -> None:
    note = "Note: collected in May, two people on leave"
    cells = {"Name": [*PEOPLE, "Total: 6", note, "Zoe Yew"], "q": [*"123456", "21", "", ""]}
    assert draft_of(export(cells)).table.loc["Name", "look"] == (
        f"'Total: 6' and {note!r} count as people; if they are a trial, a total or a note, delete its row"
    )


def test_boxes_into_which_people_typed_names_are_one_question() -> None:
    boxes = [Column(f"trust_{n}", group="trust", group_wording="Whom do you trust?", part=f"{n}") for n in (1, 2)]
    table = drafted({"trust_1": PEOPLE[::-1], "trust_2": [*PEOPLE[1:], ""]}, *boxes)
    assert table.loc["trust", ["block", "kind", "layer"]].tolist() == ["tie", "text", "trust"]


def test_an_option_with_a_comma_is_one_answer_where_its_pieces_are_met_nowhere_else() -> None:
    studied = drafted({"What did you study?": ["Law", "Arts", "None, self-taught"] * 2}).iloc[1]
    assert studied["kind"] == "nominal"
    hard = drafted({"What is hard at work?": ["Rota, Staff", "Staff", "Rota", "Rota, IT", "IT", "IT, Staff"]}).iloc[1]
    assert hard["kind"] == "multiple"


def test_each_question_about_colleagues_is_marked_for_its_threshold() -> None:
    words = ["not at all", "a little", "very much"] * 2
    asked = [
        Column("trust", "How much do you trust them?", group="about"),
        Column("respect", "Do you respect their judgement?", group="about"),
    ]
    cells = pd.DataFrame({"who": PEOPLE, "trust": words, "respect": words}, dtype="str")
    rows = Repeats("about", cells, pd.Series(range(6)), (Column("who", "Whom?", group="about"), *asked))
    table = draft_of(export({"name": PEOPLE}, repeats=(rows,))).table
    assert table.loc[["trust", "respect"], "look"].str.contains("under at_least").all()


def test_answers_that_begin_with_yes_and_no_say_who_takes_part_and_are_asked_about(tmp_path: Path) -> None:
    said = ["Yes, count me in"] * 5 + ["Not this time"]
    draft = draft_of(export({"name": PEOPLE, "years": list("123456"), "Do you want to take part?": said}))
    row = draft.table.loc["Do you want to take part?"]
    assert row[["block", "kind", "role"]].tolist() == ["constraint", "binary", "takes_part"]
    assert row["categories"] == ("Not this time", "Yes, count me in")
    assert "is that right?" in row["look"]
    cells = {"name": PEOPLE, "years": list("123456"), "Do you want to take part?": said}
    survey = pn.read_survey(answered(tmp_path / "answers.csv", cells), codebook=draft.codebook)
    assert survey.people["Do you want to take part?"].tolist() == [True] * 5 + [False]


def test_a_question_for_colleagues_without_an_answer_that_is_known_is_marked() -> None:
    look = drafted({"With whom should we not put you?": ["", "", "", "", "Zoe Quist", ""]}).iloc[1]["look"]
    assert look.startswith("does this name colleagues?")


def test_an_address_that_comes_twice_is_one_person_who_sent_the_form_twice() -> None:
    mails = [f"p{n}@firm.example" for n in range(19)]
    names = [f"Ann {chr(97 + n)}sh" for n in range(19)]
    cells = {"ID": [*map(str, range(20))], "E-Mail": [*mails, mails[3]], "Name": [*names, names[3]]}
    assert draft_of(export(cells)).table["block"].to_dict() == {"ID": "ignore", "E-Mail": "person", "Name": "name"}


@pytest.mark.parametrize("trial", ["TEST TEST", "Test 2", "asdf", "Total: 35", "Summe 12", "Total", "Durchschnitt"])
def test_a_row_that_looks_like_a_trial_or_a_total_is_marked(trial: str) -> None:
    look = draft_of(export({"Name": [*PEOPLE, trial]})).table.loc["Name", "look"]
    assert look == f"{trial!r} counts as a person; if it is a trial, a total or a note, delete its row"
    assert draft_of(export({"Name": [*PEOPLE, "Tess Testarossa"]})).table.loc["Name", "look"] == ""


def test_ratings_in_words_of_no_known_scale_stand_in_the_order_of_their_codes() -> None:
    labels = {"0": "kenne ich nicht", "1": "nie", "2": "manches Mal", "3": "laufend"}
    asked = [Column(f"z{n}", group="z", part=name, labels=labels) for n, name in enumerate(PEOPLE)]
    row = drafted({column.name: list("012312") for column in asked}, *asked).loc["z"]
    assert row[["block", "categories"]].tolist() == ["tie", ("nie", "manches Mal", "laufend")]
    assert "under at_least" in row["look"]


def test_doing_what_a_mark_says_settles_it(tmp_path: Path) -> None:
    file = answered(tmp_path / "answers.csv", {"name": PEOPLE, "level": ["junior", "senior", "head"] * 2})
    draft = pn.draft_codebook(file)
    assert draft.to_look_at == 1
    book = openpyxl.load_workbook(draft.write(tmp_path / "codebook.xlsx"))
    heads = [cell.value for cell in book["items"][1]]
    for column, value in {"kind": "ordinal", "categories": "junior | senior | head"}.items():
        book["items"].cell(3, heads.index(column) + 1, value)
    book.save(tmp_path / "codebook.xlsx")
    assert pn.draft_codebook(file).to_look_at == 0
    assert not pn.read_survey(file).issues["problem"].str.startswith("to look at").any()


def test_the_codebook_of_another_survey_is_no_start(tmp_path: Path) -> None:
    pn.draft_codebook(answered(tmp_path / "one.csv", {"name": PEOPLE})).write(tmp_path / "codebook.xlsx")
    other = answered(tmp_path / "other.csv", {"Vor- und Nachname": PEOPLE, "Jahre": list("123456")})
    with pytest.raises(pn.errors.CodebookError, match="codebook of another survey: it describes 'name'"):
        pn.draft_codebook(other)
    with pytest.raises(pn.errors.SurveyError, match="put each survey into a folder of its own"):
        pn.read_survey(other)


def test_what_was_odd_about_an_export_is_told_and_a_long_list_of_marks_is_cut() -> None:
    odd = (("warning", "row 7 has no time", "kept"), ("note", "nothing much", "kept"))
    cells = {f"quizzical {chr(97 + n)}": ["red", "blue", "green"] * 2 for n in range(26)}
    lines = draft_of(export({"name": PEOPLE, **cells}, notes=odd)).summary
    assert "  row 7 has no time: kept" in lines
    assert "  and 1 more, in the sheet" in lines
    assert not any("nothing much" in line for line in lines)


def test_what_people_rate_on_a_scale_that_its_heading_names_is_taken_for_outlook_and_asked_about() -> None:
    points = ["1", "2", "5", "4", "3", "2"]
    table = drafted({"Likes change (1-5)": points, "Hears everybody (1 to 5)": points, "Luck": points})
    assert table["block"].tolist() == ["person", "perspective", "perspective", ""]
    assert table["look"].iloc[1].startswith("is this part of people's outlook")


def test_another_export_in_the_folder_is_told_before_anything_is_guessed(tmp_path: Path) -> None:
    time = "2026-03-01 09:00:00"
    answered(tmp_path / "form.csv", {"Timestamp": [time] * 6, "Your name": PEOPLE, "Years": list("123456")})
    about = {"StartDate": [time] * 6, "Finished": ["1"] * 6, "ResponseId": [f"R_abcdefgh{n}" for n in range(6)]}
    answered(tmp_path / "other.csv", {**about, "Name": PEOPLE})
    told = pn.draft_codebook(tmp_path).summary
    assert any("lies beside the answers: not read" in line for line in told)


def test_zero_and_one_of_colleagues_are_no_and_yes_and_marked_where_our_own_question_has_more_points(tmp_path):
    people = ["Ann Ash", "Bo Birk", "Cas Oak"]
    lines = ["name," + ",".join(f"trust [{person}]" for person in people)]
    lines += [f"{person},{','.join('01'[person != other] for other in people)}" for person in people]
    (tmp_path / "answers.csv").write_text("\n".join(lines))
    row = pn.draft_codebook(tmp_path / "answers.csv").table.loc["trust"]
    assert (row["low"], row["high"], row["at_least"]) == (0, 1, 1)
    assert row["look"].startswith("is 1 a yes here? It counts as one; if people could rate up to 4 (Yes)")
    assert len(pn.read_survey(tmp_path / "answers.csv").ties) == 6


# --- lists of ties ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ego", "alter", "tie"),
    [
        ("from", "to", "trust"),
        ("Employee ID", "Colleague ID", "How often do you ask for advice?"),
        ("Source", "Target", "trust"),
    ],
)
def test_each_row_of_a_list_of_ties_is_a_tie(tmp_path: Path, ego: str, alter: str, tie: str) -> None:
    rows = [(PEOPLE[i], PEOPLE[(i + k) % 6], "Sales", str(1 + (i + k) % 5)) for i in range(6) for k in (1, 2, 3)]
    path = answered(tmp_path / "t.csv", dict(zip((ego, alter, "Team", tie), zip(*rows, strict=True), strict=True)))
    draft = pn.draft_codebook(path)
    assert draft.table["block"].to_dict() == {ego: "person", alter: "alter", "Team": "team", tie: "tie"}
    assert draft.table.loc[tie, ["low", "high"]].tolist() == [1, 5]
    items = [replace(row.item, at_least=4) if row.item.block == "tie" else row.item for row in draft.rows]
    survey = pn.read_survey(path, codebook=pn.survey.Codebook(tuple(items)))
    told = {(a, b, r) for a, b, r in survey.ties[["ego", "alter", "rating"]].itertuples(index=False)}
    assert told == {(a, b, float(r)) for a, b, _, r in rows}


def test_a_list_of_ties_without_a_layer_is_marked_and_sheets_sent_in_again_are_no_list(tmp_path: Path) -> None:
    rows = [(PEOPLE[i], PEOPLE[(i + k) % 6]) for i in range(6) for k in (1, 2)]
    path = answered(tmp_path / "t.csv", dict(zip(("from", "to"), zip(*rows, strict=True), strict=True)))
    assert "add a column called such as trust" in pn.draft_codebook(path).table.loc["to", "look"]
    again = {"Name": [*PEOPLE, PEOPLE[0]], "Colleague": [*PEOPLE[1:], PEOPLE[0], PEOPLE[1]], "trust": "1234512"}
    table = pn.draft_codebook(answered(tmp_path / "u.csv", {k: [*v] for k, v in again.items()})).table
    assert "alter" not in table["block"].tolist(), "somebody says the same of one colleague twice"
    waves = {
        "Employee ID": [*"abcabc"],
        "Target": ["sell", "hire", "rest", "learn", "lead", "teach"],
        "wave": [*"111222"],
    }
    table = pn.draft_codebook(answered(tmp_path / "w.csv", waves)).table
    assert "alter" not in table["block"].tolist(), "a goal of a person in each of two waves"


def test_a_matrix_of_people_says_who_answered_in_its_first_column(tmp_path: Path) -> None:
    cells = {name: ["1" if (i + j) % 2 else "0" for i in range(6)] for j, name in enumerate(PEOPLE)}
    path = answered(tmp_path / "t.csv", {"": PEOPLE, **cells})
    survey = pn.read_survey(path, codebook=pn.draft_codebook(path).codebook)
    assert (survey.ties["rating"] == 1).sum() == 18


@pytest.mark.parametrize(
    ("asked", "code"), [("How far do you trust {}? (1-5, 9 = don't know)", "9"), ("I trust {}", "99")]
)
def test_codes_among_ratings_of_colleagues_are_shown_and_no_point_of_the_scale(
    tmp_path: Path, asked: str, code: str
) -> None:
    columns = {asked.format(name): [*"12345", code] for name in PEOPLE}
    table = pn.draft_codebook(answered(tmp_path / "t.csv", {"Name": PEOPLE, **columns})).table
    tie = table[table["block"] == "tie"].iloc[0]
    assert tie[["low", "high"]].tolist() == [1, 5]
    assert f"6 answers of {code}; without them the mean goes from" in tie["look"]


def test_names_in_a_list_that_the_tool_calls_a_choice_are_ties() -> None:
    cells = [f"{PEOPLE[i - 1]}, {PEOPLE[i - 2]}" for i in range(6)]
    table = drafted({"Whom do you trust?": cells}, Column("Whom do you trust?", "Whom do you trust?", "choice"))
    assert table.loc["Whom do you trust?", ["block", "layer"]].tolist() == ["tie", "trust"]


def test_ranges_that_a_spreadsheet_made_dates_of_are_shown() -> None:
    table = drafted({"How many projects?": ["1-2", "3-4", "02.Jan", "1-2", "3-4", "04.Mrz"]})
    assert "may have made a date of '02.Jan'" in table.loc["How many projects?", "look"]


def test_points_of_a_scale_in_two_spellings_are_one_and_those_of_few_people_are_no_text(tmp_path: Path) -> None:
    said = ["Agree", "agree ", "Disagree", "Strongly agree", "STRONGLY DISAGREE", "Agree"]
    table = drafted({"I like change": [x.strip() for x in said]})
    assert table.loc["I like change", "categories"] == ("STRONGLY DISAGREE", "Disagree", "Agree", "Strongly agree")
    mixed = drafted({"Ich mag Wandel": ["trifft zu", "trifft eher zu", "trifft nicht zu", "trifft zu", "agree", ""]})
    assert "are these in an order?" in mixed.loc["Ich mag Wandel", "look"], "of two languages: nobody can tell"
    assert drafted({"Comments": [f"Agree, but {x}" for x in "abcdef"]}).loc["Comments", "block"] == "ignore"


def test_numbers_of_which_the_ends_alone_have_labels_are_points_of_a_scale() -> None:
    ends = {"1": "Strongly disagree", "5": "Strongly agree", "8": "Don't know"}
    column = Column("change", "I like change at work", "choice", labels=ends)
    made = export({"name": PEOPLE, "change": [*"123418"]}, column)
    table = draft_of(made).table.loc["change"]
    assert table[["block", "kind", "low", "high"]].tolist() == ["perspective", "ordinal", 1, 5]
    assert 'perhaps no answer: "Don\'t know" (1 times)' in table["look"]
    read = raw_survey(made, draft_of(made).codebook, IssueLog()).survey.cells
    assert read["change"].tolist() == [*"123418"], "and stay the numbers they are"


def test_a_number_beside_points_that_all_have_labels_is_no_point() -> None:
    labels = dict(zip("12345", AGREE, strict=True))
    column = Column("change", "I like change at work", "choice", labels=labels)
    table = drafted({"change": [*"123457"]}, column)
    assert table.loc["change", "categories"] == AGREE


def test_percentages_are_numbers_and_no_points_of_a_scale() -> None:
    table = drafted({"How much of your time is meetings?": ["5 %", "10 %", "35 %", "80 %", "50 %", "20 %"]})
    assert table.loc["How much of your time is meetings?", "kind"] == "numeric"


def test_answers_about_colleagues_in_no_order_must_be_settled_before_numbers_among_them_count(tmp_path: Path) -> None:
    columns = {f"How often do you ask {name} for advice": ["never", "1", "2", "often", "3", "1"] for name in PEOPLE}
    path = answered(tmp_path / "t.csv", {"Name": PEOPLE, **columns})
    draft = pn.draft_codebook(path)
    assert [question.partition(": from")[0] for question in draft.open_questions] == [
        "'How often do you ask … for advice'"
    ]
    draft.write(tmp_path / "codebook.xlsx")
    with pytest.raises(pn.PeernetError, match="from which answer on is it a tie"):
        pn.read_survey(path)


def test_ranks_of_colleagues_are_no_ratings(tmp_path: Path) -> None:
    ranks = {
        f"Rank your colleagues [{b}]": [str((j - i) % 6) if 0 < (j - i) % 6 < 4 else "" for i in range(6)]
        for j, b in enumerate(PEOPLE)
    }
    table = pn.draft_codebook(answered(tmp_path / "t.csv", {"Name": PEOPLE, **ranks})).table
    assert table.loc["Rank your colleagues", ["block", "because"]].tolist() == ["ignore", "ranks of colleagues"]
