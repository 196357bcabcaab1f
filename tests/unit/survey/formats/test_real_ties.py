"""Ties of real exports, and of small ones in the shape of public reports, come out as they were answered."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from unicodedata import normalize

import pandas as pd
import pytest

import peernet as pn
from peernet.survey.codebook import Codebook
from peernet.survey.formats.door import FORMATS
from peernet.survey.item import Item

Q1 = Item("q1", "perspective", "ordinal", low=1, high=5)


def rated(name: str, layer: str = "trust") -> Item:
    return Item(name, "tie", "ordinal", layer=layer, low=1, high=5, at_least=3)


def read(path: Path, format_: str, *items: Item) -> pn.Survey:
    if format_ not in FORMATS or not path.exists():
        pytest.skip("needs the reader of its format, and the file")
    return pn.read_survey(path, codebook=Codebook(items))


# The cases of public reports, written anew, as small as they are there.
FILES = {
    "B1": {
        "main.csv": """start,end,Your name,Team,q1,_id,_uuid,_index
2026-05-04T09:00:00,2026-05-04T09:12:00,Maud Ferrin,Dock,4,501,aa-1,1
2026-05-04T10:00:00,2026-05-04T10:09:00,Ivo Salter,Yard,2,503,aa-3,3
2026-05-05T08:00:00,2026-05-05T08:04:00,Sela Brandt,Dock,5,504,aa-4,4
""",
        "colleagues.csv": """Colleague,Trust,Respect,_index,_parent_table_name,_parent_index,_submission__id
Ivo Salter,4,5,1,main,1,501
Sela Brandt,3,3,2,main,1,501
Maud Ferrin,5,4,3,main,3,503
""",
    },
    "B3": {
        "participants.csv": """"tid";"firstname";"lastname";"email";"token"
"1";"Maud";"Ferrin";"maud@example.org";"tk1"
"2";"Ivo";"Salter";"ivo@example.org";"tk2"
""",
        "results.csv": """\
"id";"submitdate";"lastpage";"startlanguage";"token";"arr[SQ001]";"arr[SQ002]";"coll[1]";"coll[2]"
"1";"2026-03-01 10:00:00";"4";"de";"tk1";"A1";"A5";"Ivo Salter";""
"2";"";"2";"de";"tk2";"A4";"A6";"";""
"3";"2026-03-02 11:30:00";"4";"en";"tk9";"A2";"A2";"Maud Ferrin; sometimes Ivo";"Sela Brandt"
""",
    },
    "B6": {
        "export.csv": """\
record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,full_name,team,q1,colleague,trust
r1,start_arm_1,,,Maud Ferrin,Dock,4,,
r1,start_arm_1,nomination,1,,,,r2,4
r1,start_arm_1,nomination,2,,,,r3,2
r1,later_arm_1,,,,,,r2,5
r2,start_arm_1,,,Ivo Salter,Yard,2,,
r2,later_arm_1,,,,,,,
"""
    },
    "B7": {
        "results.csv": """Question 1,How far could you rely on this colleague? (1 to 5)

Summary Statistics
Team,Recipient,Average,Average without self
Dock,Maud Ferrin,4.5,5
Dock,Ivo Salter,,

Team,Giver's Name,Giver's Email,Recipient's Team,Recipient's Name,Recipient's Email,Feedback
Dock,Maud Ferrin,maud@example.org,Dock,Ivo Salter,ivo@example.org,No Response
Dock,Ivo Salter,ivo@example.org,Dock,Maud Ferrin,maud@example.org,5
Dock,Maud Ferrin,maud@example.org,Dock,Maud Ferrin,maud@example.org,4
Dock,Ivo Salter,ivo@example.org,Dock,Ivo Salter,ivo@example.org,No Response
"""
    },
}


def case(folder: Path, name: str, **further: str) -> Path:
    for file, text in (FILES[name] | {f"{stem}.csv": text for stem, text in further.items()}).items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def ties(survey: pn.Survey) -> dict[tuple[str, str, str], float]:
    return survey.ties.set_index(["ego", "alter", "layer"])["rating"].to_dict()


def test_a_roster_of_34_with_14_answers_and_five_lines_of_codebook(shared: Path):
    survey = read(
        shared / "data/export_format_samples/qualtrics_roster_network_survey.csv",
        "qualtrics",
        Item("QID169_1", "person"),
        Item("QID149", "tie", layer="trust"),
        Item("QID128", "tie", layer="advice"),
        Item("QID110", "tie", layer="works_with"),
        Item("QID61_1", "perspective", "ordinal", low=-2, high=2, missing=("-99",)),
    )
    assert (len(survey.people), survey.people["answered"].sum()) == (34, 14)
    assert survey.people.loc[["Carioca, Jose", "Mouse, Minnie", "Amigote, Jaimito"], "answered"].all(), (
        "typed otherwise"
    )
    assert survey.unread.empty
    counts = survey.ties[survey.ties["asked"]].groupby("layer").size().to_dict()
    assert counts == {"trust": 65, "advice": 42, "works_with": 43}
    not_listed = survey.ties[~survey.ties["asked"]]
    assert set(not_listed["alter"]) == {"Pistoles, Panchito"}, "who is on no list of this question was not asked about"
    assert "Charming, Prince" in survey.answered["trust"], "ticked nobody in my class"


def test_every_tick_of_the_real_roster_is_a_tie_or_the_respondent_or_nobody(shared: Path):
    file = shared / "data/export_format_samples/qualtrics_roster_network_survey.csv"
    layers = {"QID149": "trust", "QID128": "advice", "QID110": "works_with"}
    survey = read(
        file, "qualtrics", Item("QID169_1", "person"), *(Item(q, "tie", layer=layer) for q, layer in layers.items())
    )
    headings, wordings, *rows = csv.reader(file.read_text(encoding="utf-8-sig").splitlines(keepends=True))
    named = dict(zip(headings, (wording.split(" - ")[-1] for wording in wordings), strict=True))
    egos = [words(row[headings.index("QID169_1")]) for row in rows]
    for question, layer in layers.items():
        columns = [name for name in headings if name.startswith(f"{question}_")]
        label = {name: named[name.replace("QID149", "QID128")] for name in columns}  # both number people alike
        ticks = {
            (ego, words(label[name]))
            for ego, row in zip(egos, rows, strict=True)
            for name, cell in zip(headings, row, strict=True)
            if name in label and cell == "1" and "nobody" not in label[name]
        }
        given = survey.ties[(survey.ties["layer"] == layer) & survey.ties["asked"]]
        found = {(words(ego), words(alter)) for ego, alter in zip(given["ego"], given["alter"], strict=True)}
        assert found <= ticks
        assert all(ego == alter for ego, alter in ticks - found), "oneself is no colleague"


def words(name: str) -> frozenset[str]:
    """The words of a name, in any order and without accents."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return frozenset(re.findall(r"[a-z]+", plain.lower()))


def test_a_repeat_group_is_joined_by_number_and_whoever_named_nobody_has_answered(tmp_path: Path):
    items = Item("Your name", "person"), Q1, Item("Colleague", "alter"), rated("Trust"), rated("Respect", "respect")
    survey = read(case(tmp_path, "B1"), "kobo", *items)
    assert {pair[:2]: rating for pair, rating in ties(survey).items() if pair[2] == "trust"} == {
        ("Maud Ferrin", "Ivo Salter"): 4,
        ("Maud Ferrin", "Sela Brandt"): 3,
        ("Ivo Salter", "Maud Ferrin"): 5,
    }
    assert "Sela Brandt" in survey.answered["trust"]


def test_tokens_are_people_and_the_one_without_a_participant_is_told(tmp_path: Path):
    items = (Item("token", "person"), Item("arr[SQ001]", "perspective", "nominal"), Item("coll", "tie", layer="trust"))
    survey = read(case(tmp_path, "B3"), "limesurvey", *items)
    assert survey.people["name"].to_dict()["tk1"] == "Maud Ferrin"
    assert ties(survey) == {("tk1", "tk2", "trust"): 1, ("tk9", "tk1", "trust"): 1}
    assert pn.survey.unread_names(survey)["typed"].tolist() == ["sometimes Ivo", "Sela Brandt"]


def test_a_record_is_one_person_whatever_its_rows(tmp_path: Path):
    items = Item("record_id", "person"), Item("full_name", "name"), Q1, Item("colleague", "alter"), rated("trust")
    survey = read(case(tmp_path, "B6"), "redcap", *items)
    assert survey.people.index.tolist() == ["r1", "r2"]
    assert ties(survey) == {("r1", "r2", "trust"): 4}
    assert pn.survey.unread_names(survey)["typed"].tolist() == ["r3"], "named, and has no record"


def test_who_was_named_and_has_no_record_is_somebody_who_did_not_answer_where_a_list_says_who_that_is(tmp_path: Path):
    items = Item("record_id", "person"), Item("full_name", "name"), Q1, Item("colleague", "alter"), rated("trust")
    roster = "record_id,full_name\nr1,Maud Ferrin\nr2,Ivo Salter\nr3,Sela Brandt\n"
    survey = read(case(tmp_path, "B6", roster=roster), "redcap", *items)
    assert survey.people["answered"].to_dict() == {"r1": True, "r2": True, "r3": False}
    assert ties(survey) == {("r1", "r2", "trust"): 4, ("r1", "r3", "trust"): 2}
    assert survey.unread.empty


def test_records_are_people_where_colleagues_are_called_by_their_records(tmp_path: Path):
    table = pn.draft_codebook(case(tmp_path, "B6")).table
    blocks = table["block"][["record_id", "full_name", "colleague", "trust"]]
    assert blocks.tolist() == ["person", "name", "alter", "tie"]


def test_codes_declared_missing_are_none_of_the_answers(tmp_path: Path):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = {"person": [f"p{n}" for n in range(1, 7)], "q1": [2.0, 3, 4, 97, 98, 99]}
    frame["site"] = ["dock", "6", "66", "yard", "dock", "yard"]
    labels = {"q1": {1: "disagree", 5: "agree", 97: "refused", 99: "not asked"}}
    ranges = {"q1": [{"lo": 97, "hi": 99}], "site": ["6", "66"]}
    made = pd.DataFrame(frame), tmp_path / "survey.sav"
    pyreadstat.write_sav(*made, variable_value_labels=labels, missing_ranges=ranges)
    items = Item("person", "person"), Item("q1", "perspective", "numeric"), Item("site", "experience", "nominal")
    people = read(tmp_path / "survey.sav", "statistics", *items).people
    assert (people["q1"].mean(), people["q1"].count()) == (3, 3)
    assert people["site"].dropna().to_dict() == {"p1": "dock", "p4": "yard", "p5": "dock", "p6": "yard"}


def test_no_response_is_no_rating_and_a_rating_of_oneself_is_no_tie(tmp_path: Path):
    items = Item("Giver's Name", "person"), Item("Recipient's Name", "alter"), rated("Question 1")
    survey = read(case(tmp_path, "B7"), "stacked", *items)
    assert ties(survey)["Ivo Salter", "Maud Ferrin", "trust"] == 5
    assert survey.ties["rating"].isna().sum() == 1
    assert set(ties(survey)) == {("Maud Ferrin", "Ivo Salter", "trust"), ("Ivo Salter", "Maud Ferrin", "trust")}


def test_rows_of_ties_with_an_end_missing_leave_the_others_alone(shared: Path):
    survey = pn.read_survey(shared / "cases/A12")
    assert set(ties(survey)) == {("n01", "n02", "trust"), ("n03", "n01", "trust")}
    assert survey.ties.set_index("ego")["rating"].isna()["n03"]
    rows = [problem.split(" of ")[0] for problem in survey.issues["problem"] if problem.startswith("row ")]
    assert sorted(rows) == [f"row {n}" for n in (3, 4, 5, 6, 8)]
