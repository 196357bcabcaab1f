"""What could not be read is asked back once for each name, and an answer is used on the next reading."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

import peernet as pn
from peernet.cli import main
from peernet.errors import SettingError
from peernet.survey import Codebook
from peernet.survey.asked_back import ask_in_sheet, what_is_asked
from peernet.survey.codebook_sheet import read_sheets
from peernet.survey.item import Item
from tests.made.shapes import an_export, base, book, survey_in
from tests.made.tiny import write_folder

TRUST, RESPECT = Item("trust", "tie", layer="trust"), Item("respect", "tie", layer="respect")
ITEMS = Item("id", "person"), Item("name", "name"), Item("q1", "perspective", "ordinal", low=1, high=5), TRUST
STAFF = {"p1": "Ann Lee", "p2": "Bo Ek", "p3": "Bo Oz", "p4": "Ruth"}


def typed(trust: list[str], respect: list[str] = (), aliases=None) -> pn.Survey:
    cells = base([*STAFF][: len(trust)]) | {"trust": trust} | ({"respect": respect} if respect else {})
    codebook = replace(book(TRUST, *([RESPECT] if respect else [])), aliases=aliases or {})
    return survey_in(an_export(cells, staff=STAFF), codebook)


def rows(survey: pn.Survey) -> list[tuple]:
    return list(pn.survey.unread_names(survey).itertuples(index=False, name=None))


def test_a_name_is_asked_back_once_in_its_commonest_spelling_the_most_typed_first():
    survey = typed(["Zoe Quist; Xu Li", "zoe quist", "Zoe Quist"], ["Zoe Quist", "", ""])
    assert rows(survey) == [
        ("Zoe Quist", 4, 3, "trust; respect", "", ""),
        ("Xu Li", 1, 1, "trust", "", ""),
    ]


def test_everybody_a_name_could_mean_is_named():
    assert rows(typed(["Bo", "Ann Lee"]))[0][4:] == ("Bo Ek (p2); Bo Oz (p3)", "")


def test_people_of_whom_one_name_is_known_may_be_meant_by_two():
    survey = typed(["Ruth Amari", "Ruth Amari; Ruth Bell", "Bo Ek"])
    assert rows(survey)[0] == ("Ruth Amari", 2, 2, "trust", "Ruth (p4)", "")
    table = pn.survey.unread_names(survey)
    sentence = "3 answers with 2 different names may mean one person of whom one name is known: the same?"
    assert what_is_asked(survey, table) == [sentence]


def test_a_name_with_more_words_is_counted_and_asked_back():
    survey = typed(["Bo Ek Hansen", "Bo Ek"])
    assert rows(survey)[0] == ("Bo Ek Hansen", 1, 1, "trust", "Bo Ek (p2)", "p2")
    assert ("p1", "p2") in set(zip(survey.ties["ego"], survey.ties["alter"], strict=True))


def test_a_settled_name_is_read_and_not_asked_again():
    survey = typed(["Zoe Quist", "Ann Lee"], aliases={"ZOE  quist": "p3"})
    assert survey.unread.empty
    assert ("p1", "p3") in set(zip(survey.ties["ego"], survey.ties["alter"], strict=True))
    assert survey.incomplete["trust"] == frozenset()
    assert survey.issues.empty


@pytest.mark.parametrize("nobody", ["", "nobody on the roster", "Nobody"])
def test_a_name_settled_as_nobody_is_an_answer_that_leaves_nothing_open(nobody):
    survey = typed(["Zoe Quist; Bo Ek", "Zoe Quist"], aliases={"Zoe Quist": nobody})
    assert survey.unread.empty
    assert survey.issues.empty
    assert survey.answered["trust"] == {"p1", "p2"}
    assert survey.incomplete["trust"] == frozenset()


def test_a_settled_name_overrules_what_would_be_read():
    survey = typed(["Bo Ek", "Ann Lee"], aliases={"Bo Ek": "p3"})
    assert survey.ties["alter"].tolist() == ["p3", "p1"]


def test_an_alias_may_say_the_whole_name_and_one_to_nobody_known_is_an_error_with_its_row():
    survey = typed(["Zoe Quist; Xu Li", "Ann Lee"], aliases={"Zoe Quist": "Oz, Bo", "Xu Li": "p33"})
    assert survey.ties["alter"].tolist() == ["p3", "p1"]
    ((severity, problem),) = survey.issues[["severity", "problem"]].head(1).to_numpy().tolist()
    assert severity == "error"
    assert problem.startswith("the row of 'Xu Li' among the settled names says 'p33', who is nobody on the roster")
    assert rows(survey)[0][0] == "Xu Li"


def test_a_veto_that_could_be_several_people_is_asked_back_as_well():
    veto = Item("never", "constraint", "text", role="never_with")
    export = an_export(base(["p1", "p2"]) | {"trust": ["", "Ann Lee"], "never": ["Bo", ""]}, staff=STAFF)
    survey = survey_in(export, book(TRUST, veto))
    assert rows(survey)[0][:4] == ("Bo", 1, 1, "never")
    assert survey.people.loc["p1", "never"] == {"p2", "p3"}


def test_a_settled_name_that_is_somebody_elses_own_is_told():
    survey = typed(["Bo Ek", "Ann Lee"], aliases={"Bo Ek": "p3", "Ann Lee": "p1", "Ruth": ""})
    told = survey.issues[["severity", "problem"]].to_numpy().tolist()
    assert told == [
        ["warning", "the settled names say that 'Bo Ek' is 'p3', and p2 is called so"],
        ["warning", "the settled names say that 'Ruth' is 'nobody on the roster', and p4 is called so"],
    ]


def test_one_name_settled_in_two_ways_is_not_used_and_told():
    survey = typed(["Zoe Quist", "Ann Lee"], aliases={"Zoe Quist": "p3", "zoe quist": "p2"})
    assert ("p1", "p3") not in set(zip(survey.ties["ego"], survey.ties["alter"], strict=True))
    ((severity, problem),) = survey.issues[["severity", "problem"]].head(1).to_numpy().tolist()
    assert (severity, problem) == ("error", "the settled names say that 'zoe quist' is 'p2', and 'p3' as well")
    assert rows(survey)[0][0] == "Zoe Quist"


def an_export_on_disk(folder: Path) -> Path:
    """Answers of three people, one of whom typed a nickname and a name with a word more."""
    Codebook(ITEMS).write(folder / "codebook.xlsx")
    lines = ("id,name,q1,trust", "p1,Ann Lee,1,Bobby; Cy Oz Dahl", "p2,Bo Ek,2,Ann Lee", "p3,Cy Oz,5,bobby; Ann Lee")
    (folder / "answers.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder / "answers.csv"


def test_names_are_asked_in_the_codebooks_sheet_answered_there_and_not_asked_again(tmp_path, capsys):
    file, sheet = an_export_on_disk(tmp_path), tmp_path / "codebook.xlsx"
    main(["check", str(file)])
    assert capsys.readouterr().out.splitlines()[-1] == f'The names to settle stand in the sheet "names" of {sheet}.'
    asked = [("Bobby", 2, "", ""), ("Cy Oz Dahl", 1, "Cy Oz (p3), and is counted so far", "")]
    assert [(n.typed, n.times, n.could_be, n.meant) for n in read_sheets(sheet).names] == asked
    before = sheet.read_bytes()
    main(["check", str(file)])
    assert sheet.read_bytes() == before, "nothing is new"
    assert "The names to settle stand" not in capsys.readouterr().out
    book = load_workbook(sheet)
    book["names"]["D2"], book["names"]["D3"] = "p2", "nobody on the roster"
    book.save(sheet)
    survey = pn.read_survey(file)
    assert survey.unread.empty
    assert set(zip(survey.ties["ego"], survey.ties["alter"], strict=True)) == {
        ("p1", "p2"),
        ("p2", "p1"),
        ("p3", "p2"),
        ("p3", "p1"),
    }
    main(["check", str(file)])
    assert "settle" not in capsys.readouterr().out


def test_a_program_that_asks_for_json_finds_no_file_changed(tmp_path, capsys):
    file, sheet = an_export_on_disk(tmp_path), tmp_path / "codebook.xlsx"
    before = sheet.read_bytes()
    main(["check", str(file), "--format", "json"])
    assert sheet.read_bytes() == before
    assert '"Bobby"' in capsys.readouterr().out


def test_a_codebook_that_is_open_elsewhere_is_told_and_stops_nothing(tmp_path, monkeypatch):
    file = an_export_on_disk(tmp_path)

    def refuse(*_):
        raise SettingError("codebook.xlsx is open elsewhere.")

    monkeypatch.setattr("peernet.survey.asked_back.write_whole", refuse)
    told = ask_in_sheet(pn.read_survey(file), tmp_path / "codebook.xlsx")
    assert told.startswith("The names to settle could not be written into")
    assert told.endswith("codebook.xlsx is open elsewhere.")


def test_settled_names_hold_in_our_own_folders_codebook_as_well(tmp_path):
    folder = write_folder(
        tmp_path,
        ITEMS,
        roster="id,name\np1,Ann Lee\np2,Bo Ek\n",
        survey="id,q1,trust\np1,1,Bobby; Zed\np2,4,Ann Lee\n",
    )
    document = json.loads((folder / "codebook.json").read_text(encoding="utf-8"))
    document["peernet"] = {"aliases": {"bobby": "p2", "Zed": "nobody on the roster"}}
    (folder / "codebook.json").write_text(json.dumps(document), encoding="utf-8")
    survey = pn.read_survey(folder)
    assert survey.unread.empty
    assert set(zip(survey.ties["ego"], survey.ties["alter"], strict=True)) == {("p1", "p2"), ("p2", "p1")}
    assert ask_in_sheet(survey, folder / "codebook.json") == ""


def test_a_survey_without_doubts_asks_nothing():
    table = pn.survey.unread_names(pn.load_aarhus())
    assert table.empty
    assert table.columns.tolist() == ["typed", "times", "people", "items", "could_be", "is"]
    assert what_is_asked(pn.load_aarhus(), table) == []
