"""Ties of real exports, and of small ones in the shape of public reports, come out as they were answered."""

from __future__ import annotations

from pathlib import Path

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


def test_a_repeat_group_is_joined_by_number_and_whoever_named_nobody_has_answered(shared: Path):
    items = Item("Your name", "person"), Q1, Item("Colleague", "alter"), rated("Trust"), rated("Respect", "respect")
    survey = read(shared / "cases/B1", "kobo", *items)
    assert {pair[:2]: rating for pair, rating in ties(survey).items() if pair[2] == "trust"} == {
        ("Maud Ferrin", "Ivo Salter"): 4,
        ("Maud Ferrin", "Sela Brandt"): 3,
        ("Ivo Salter", "Maud Ferrin"): 5,
    }
    assert "Sela Brandt" in survey.answered["trust"]


def test_tokens_are_people_and_the_one_without_a_participant_is_told(shared: Path):
    items = (Item("token", "person"), Item("arr[SQ001]", "perspective", "nominal"), Item("coll", "tie", layer="trust"))
    survey = read(shared / "cases/B3", "limesurvey", *items)
    assert survey.people["name"].to_dict()["tk1"] == "Maud Ferrin"
    assert ties(survey) == {("tk1", "tk2", "trust"): 1, ("tk9", "tk1", "trust"): 1}
    assert pn.survey.unread_names(survey)["typed"].tolist() == ["sometimes Ivo", "Sela Brandt"]


def test_a_record_is_one_person_whatever_its_rows(shared: Path):
    items = Item("record_id", "person"), Item("full_name", "name"), Q1, Item("colleague", "alter"), rated("trust")
    survey = read(shared / "cases/B6", "redcap", *items)
    assert survey.people.index.tolist() == ["r1", "r2"]
    assert ties(survey) == {("r1", "r2", "trust"): 4}
    assert pn.survey.unread_names(survey)["typed"].tolist() == ["r3"], "named, and has no record"


def test_no_response_is_no_rating_and_a_rating_of_oneself_is_no_tie(shared: Path):
    items = Item("Giver's Name", "person"), Item("Recipient's Name", "alter"), rated("Question 1")
    survey = read(shared / "cases/B7", "stacked", *items)
    assert ties(survey)["Ivo Salter", "Maud Ferrin", "trust"] == 5
    assert survey.ties["rating"].isna().sum() == 1
    assert set(ties(survey)) == {("Maud Ferrin", "Ivo Salter", "trust"), ("Ivo Salter", "Maud Ferrin", "trust")}


def test_rows_of_ties_with_an_end_missing_leave_the_others_alone(shared: Path):
    survey = pn.read_survey(shared / "cases/A12")
    assert set(ties(survey)) == {("n01", "n02", "trust"), ("n03", "n01", "trust")}
    assert survey.ties.set_index("ego")["rating"].isna()["n03"]
    rows = [problem.split(" of ")[0] for problem in survey.issues["problem"] if problem.startswith("row ")]
    assert sorted(rows) == [f"row {n}" for n in (3, 4, 5, 6, 8)]
