"""From the export somebody has to the survey that was answered: four tools, a codebook drafted, a few cells edited."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import peernet as pn
from tests.made.four_exports import AGAINST, LAYERS, STATEMENTS, TOOLS, WORDINGS, firm

EXPORTS = Path(__file__).parents[2] / "data" / "exports"
MOST_EDITS = 10
TURN = {key: {"reverse": "yes"} for key in AGAINST}
# What somebody writes into the sheet: by question, which cells. The order of grades is nowhere in the export.
GRADES = {"level": {"kind": "ordinal", "categories": "Trainee; Officer; Senior officer; Principal; Head"}}
TIES = {layer: {"at_least": "Fairly"} for layer in LAYERS}
SEEN = {"look": None}  # and found right
ONE, THREE = {"change_1": SEEN}, dict.fromkeys(("change_1", "challenges", "goals"), SEEN)
EDITS = {"google_forms": TURN | GRADES | THREE, "microsoft_forms": TURN | GRADES | ONE}
EDITS |= {"qualtrics": TURN | GRADES | THREE, "spss": TURN | GRADES | TIES | ONE}


def wording_of(key):
    return {**WORDINGS, **STATEMENTS}[key]


def edit(sheet, edits):
    """Write into the rows of a codebook's sheet whose wording holds a question's; gives how many cells."""
    book = openpyxl.load_workbook(sheet)
    items = book["items"]
    columns = {cell.value: cell.column for cell in items[1]}
    edited = 0
    for key, cells in edits.items():
        (row,) = [
            row[0].row
            for row in items.iter_rows(min_row=2)
            if wording_of(key) in str(row[columns["wording"] - 1].value)
        ]
        for heading, value in cells.items():
            items.cell(row, columns[heading]).value = value
            edited += 1
    book.save(sheet)
    return edited


def staff_list(folder):
    """Everybody invited, as somebody has them in a list: names and addresses."""
    staff = [(name, f"{person}@firm.example") for person, name in firm().names.items()]
    pd.DataFrame(staff, columns=["Name", "E-mail"]).to_csv(folder / "roster.csv", index=False)


@pytest.fixture(params=TOOLS)
def read(request, tmp_path):
    """The export's tool, how many cells were edited, and the survey read with the edited codebook."""
    path = TOOLS[request.param](tmp_path)
    if request.param.endswith("_forms"):  # the others list everybody on the form
        staff_list(tmp_path)
    sheet = pn.draft_codebook(path).write(tmp_path / "codebook.xlsx")
    edited = edit(sheet, EDITS[request.param])
    return request.param, edited, pn.read_survey(path)


def by_name(survey):
    """Everybody's identifier in the firm, by their identifier in the survey."""
    known = {name: person for person, name in firm().names.items()}
    return {person: known[name] for person, name in survey.people["name"].items()}


def item_of(survey, key):
    (item,) = [item for item in survey.codebook if wording_of(key) in item.label or wording_of(key) in item.name]
    return item


def as_told(answer):
    """An answer as text: numbers without their decimals, several choices in order."""
    return sorted(answer) if isinstance(answer, frozenset) else str(answer).removesuffix(".0")


def test_what_was_answered_comes_back_after_a_few_edits(read):
    tool, edited, survey = read
    assert edited <= MOST_EDITS
    who = by_name(survey)
    answered = survey.people.index[survey.people["answered"]]
    assert {who[person] for person in answered} == set(firm().answers.index)
    assert (survey.issues["severity"] != "error").all(), survey.issues.loc[
        lambda i: i["severity"] == "error"
    ].to_string()

    for key in STATEMENTS:
        item = item_of(survey, key)
        assert (item.block, item.kind, item.reverse) == ("perspective", "ordinal", key in AGAINST)
        for person in answered:
            true, said = firm().answers.loc[who[person], key], survey.people.loc[person, item.name]
            assert pd.isna(said) == (pd.isna(true) or true == "")
            if not pd.isna(said):
                scale = list(survey.people[item.name].cat.categories) if not item.is_numbered else [1, 2, 3, 4, 5]
                place = scale.index(said) + 1
                assert place == (6 - float(true) if item.reverse else float(true)), (tool, key, person)

    for key in ("years_here", "level", "background", "challenges", "goals"):
        item = item_of(survey, key)
        assert item.block in ("experience", "perspective", "goal")
        true, said = firm().answers[key].replace("", pd.NA).dropna(), survey.people[item.name].dropna()
        assert {who[person]: as_told(answer) for person, answer in said.items()} == {
            person: as_told(frozenset(answer.split(";")) - {"none"} if item.kind == "multiple" else answer)
            for person, answer in true.items()
        }


def test_ties_come_back_as_they_were_named(read):
    _, _, survey = read
    who = by_name(survey)
    named = survey.ties[survey.ties["asked"] & (survey.ties["rating"] > 0)]
    least = {item.layer: item.threshold or 0 for item in survey.codebook.block("tie")}
    named = named[named["rating"] >= named["layer"].map(least).astype(float)]
    for layer in LAYERS:
        found = {(who[row.ego], who[row.alter]) for row in named[named["layer"] == layer].itertuples()}
        assert found == {
            (ego, alter) for (ego, said), alters in firm().named.items() if said == layer for alter in alters
        }


def test_whoever_said_no_is_left_out(read):
    _, _, survey = read
    who = by_name(survey)
    out = survey.constraint("opted_out")
    assert out is not None
    said_no = {who[person] for person in out.index if out[person] is not pd.NA and out[person]}
    assert said_no == set(firm().answers.index[firm().answers["takes_part"] == "No"])


def test_no_row_of_headings_preview_or_unfinished_sheet_became_a_person(read):
    _, _, survey = read
    assert set(survey.people["name"]) <= set(firm().names.values())
    assert f"{len(firm().answers)} sheets filled in" in survey.source


@pytest.mark.parametrize("tool", ["google_forms", "microsoft_forms"])
def test_without_a_list_of_staff_only_names_of_people_who_did_not_answer_are_asked_back(tool, tmp_path):
    survey = pn.read_survey(TOOLS[tool](tmp_path))
    silent = set(firm().names) - set(firm().answers.index)
    asked = pn.survey.unread_names(survey)
    assert set(asked["typed"]) == {firm().names[person] for person in silent}
    named = sum(person in silent for alters in firm().named.values() for person in alters)
    assert asked["times"].sum() == named > 0
    assert len(survey.ties) == sum(map(len, firm().named.values())) - named


@pytest.mark.parametrize("tool", TOOLS)
def test_the_exports_that_come_with_the_project_are_these(tool, tmp_path):
    folder = EXPORTS / tool
    (shipped,) = folder.glob("responses.*")
    made = TOOLS[tool](tmp_path)
    assert shipped.suffix == made.suffix
    if made.suffix == ".csv":
        assert shipped.read_bytes() == made.read_bytes()
    survey = pn.read_survey(folder)
    assert (len(survey.people), int(survey.people["answered"].sum())) == (len(firm().names), len(firm().answers))
    assert (survey.issues["severity"] == "note").all()
