"""Whom people say they were paired with: names read like all others, whatever file they stand in."""

import json

import pandas as pd
import pytest

import peernet as pn
from peernet.survey import Codebook, Item, read_codebook
from peernet.survey.draft import draft_of
from peernet.survey.formats.export import Column, Export

ITEMS = (
    Item("person", "person"),
    Item("name", "name"),
    Item("years", "experience", "numeric"),
    Item("learning_2", "outcome", "numeric", measure="learning", wave=2),
    Item("met", "partner", "text", "Who was your partner?", wave=3),
)
STAFF = pd.DataFrame({"person": ["p1", "p2", "p3", "p4"], "name": ["Ann Lee", "Bo Ek", "Cy Oz", "Dee Fir"]})


def read(folder, met, *, later=True, aliases=None, items=ITEMS):
    """The survey of four people who said these partners, in the second wave or in the survey itself."""
    Codebook(items, aliases=aliases or {}).write(folder / "codebook.json")
    STAFF.to_csv(folder / "roster.csv", index=False)
    said = pd.DataFrame({"person": STAFF["person"], "learning_2": ["5", "6", "7", "8"], "met": met})
    first = pd.DataFrame({"person": STAFF["person"], "years": ["1", "2", "3", "4"]})
    tables = {"survey": first, "outcomes": said} if later else {"survey": first.merge(said)}
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return pn.read_survey(folder)


def told(survey):
    return survey.partners.astype(object).where(survey.partners.notna(), None).to_numpy().tolist()


@pytest.mark.parametrize("later", [True, False])
def test_partners_are_read_from_the_second_wave_or_the_survey(tmp_path, later):
    survey = read(tmp_path, ["p2", "Ann Lee", "Fir, Dee", ""], later=later)
    assert told(survey) == [["p1", "met", 3, "p2"], ["p2", "met", 3, "p1"], ["p3", "met", 3, "p4"]]
    assert "met" not in survey.people
    assert not survey.issues["item"].eq("met").any()


def test_a_near_name_is_read_and_noted(tmp_path):
    survey = read(tmp_path, ["Bo Eck", "", "", ""])
    assert told(survey) == [["p1", "met", 3, "p2"]]
    (note,) = survey.issues[survey.issues["item"] == "met"].to_dict("records")
    assert (note["severity"], note["person"]) == ("note", "p1")
    assert note["done"].startswith("read as Bo Ek (p2)")


def test_a_name_that_cannot_be_read_is_a_partner_not_known_and_is_asked_back(tmp_path):
    survey = read(tmp_path, ["Zoe Quist", "", "", ""])
    assert told(survey) == [["p1", "met", 3, None]]
    asked = pn.survey.unread_names(survey)
    assert asked[["typed", "items"]].to_numpy().tolist() == [["Zoe Quist", "met"]]


def test_a_settled_name_is_read_as_settled(tmp_path):
    survey = read(tmp_path, ["Zoe Quist", "", "", ""], aliases={"Zoe Quist": "p4"})
    assert told(survey) == [["p1", "met", 3, "p4"]]


def test_nobody_and_a_blank_are_no_partner(tmp_path):
    assert told(read(tmp_path, ["nobody", "-", "", "p3"])) == [["p4", "met", 3, "p3"]]


def test_several_partners_stand_one_below_the_other(tmp_path):
    assert told(read(tmp_path, ["Bo Ek; p3", "", "", ""])) == [["p1", "met", 3, "p2"], ["p1", "met", 3, "p3"]]


def test_naming_a_partner_alone_is_no_answer_to_the_survey(tmp_path):
    Codebook(ITEMS).write(tmp_path / "codebook.json")
    rows = {"person": ["p1", "p2", "p3"], "years": ["1", "2", ""], "met": ["", "", "p1"]}
    pd.DataFrame(rows).to_csv(tmp_path / "survey.csv", index=False)
    survey = pn.read_survey(tmp_path)
    assert survey.people["answered"].tolist() == [True, True, False]
    assert told(survey) == [["p3", "met", 3, "p1"]]


def test_a_codebook_that_knows_no_partners_stays_valid(tmp_path):
    items = (*ITEMS[:-1], Item("met", "ignore", "text"))
    survey = read(tmp_path, ["p2", "", "", ""], items=items)
    assert survey.partners.empty
    assert list(survey.partners) == ["person", "item", "wave", "partner"]


@pytest.mark.parametrize("file", ["codebook.json", "codebook.xlsx"])
def test_a_codebook_with_partners_comes_back_as_it_was(tmp_path, file):
    codebook = Codebook(ITEMS)
    assert read_codebook(codebook.write(tmp_path / file)) == codebook


def test_partners_are_names_and_nothing_else():
    fields = [{"name": "id", "peernet": {"block": "person"}}, {"name": "met", "peernet": {"block": "partner"}}]
    assert Codebook.from_descriptor({"fields": fields})["met"].kind == "text"
    with pytest.raises(pn.errors.CodebookError, match="kind 'numeric' does not fit block 'partner'; allowed: text"):
        Codebook((Item("id", "person"), Item("met", "partner", "numeric")))


@pytest.mark.parametrize(
    ("question", "block"),
    [
        ("pilot_partner", "partner"),
        ("With whom were you paired?", "partner"),
        ("Colleague you were paired with", "partner"),
        ("Wer war Ihre Partnerin?", "partner"),
        ("Qui était votre binôme ?", "partner"),
        ("Is there anybody you could not be paired with?", "constraint"),
    ],
)
def test_a_draft_guesses_who_was_paired_with_whom(question, block):
    people = ["Ann Ash", "Bo Birk", "Cas Oak", "Dee Elm", "Eli Fir", "Fay Yew"]
    cells = pd.DataFrame({"name": people, question: [*people[3:], *people[:3]]}, dtype="str")
    table = draft_of(Export("made", "made.csv", cells, tuple(Column(name, name) for name in cells), lines=7)).table
    assert table.loc[question, "block"] == block


def test_the_partners_of_harbour_are_those_drawn(harbour_made):
    survey = pn.load_example()
    drawn = harbour_made.truth["pilot_partner"]
    assert survey.partners.set_index("person")["partner"].to_dict() == drawn[drawn != ""].to_dict()
    stored = json.dumps(survey.codebook.to_descriptor())
    assert '"block": "partner"' in stored


@pytest.fixture(scope="module")
def harbour_made():
    return pn.make_survey()
