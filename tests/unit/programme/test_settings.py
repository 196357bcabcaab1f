"""What an organiser decides: the same from the command line, a sheet, a script and the record of a run."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import peernet as pn
from peernet import Rule, Rules
from peernet.cli import SETTINGS, main
from peernet.errors import RulesError, SettingError
from peernet.programme.settings import ACCEPTED, MEANINGS, Settings, from_typed, read_settings, settings_beside
from peernet.scores.foundation import STATES
from peernet.survey.reading import read_survey
from tests.made.studies import DATA
from tests.made.tiny import ITEMS, ROSTER, SURVEY, write_folder

CHOSEN = Settings(
    accept=("mutual", "introduced", "unknown"),
    experience=None,
    goals=0.4,
    objective="fair",
    floor=0.01,
    value=0.3,
    band=(0.05, 0.6),
    seed=3,
    draws=5,
    repeats=0,
    rules=Rules([Rule("capacity", "ann", number=0), Rule("not within", column="team", price=0.02)]),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "six", ITEMS, survey=SURVEY, roster=ROSTER)


@pytest.mark.parametrize("name", ["programme.xlsx", "programme.toml"])
@pytest.mark.parametrize("chosen", [Settings(), CHOSEN])
def test_a_sheet_gives_back_what_was_written(tmp_path: Path, name: str, chosen: Settings) -> None:
    assert read_settings(chosen.write(tmp_path / name)) == chosen


@pytest.mark.parametrize("chosen", [Settings(), CHOSEN])
def test_what_is_typed_means_the_same(chosen: Settings) -> None:
    typed = chosen.command("s").split()[3:]
    options = dict(zip(typed[::2], typed[1::2], strict=True))
    read = {name.removeprefix("--"): from_typed(name.removeprefix("--"), text) for name, text in options.items()}
    assert Settings(**read, rules=chosen.rules) == chosen


@pytest.mark.parametrize(
    "typed", ["0.2,0.6", "0,2 - 0,6", "0.2 to 0.6", "0,2; 0,6", "0.2-0.6", ".2, .6", "0.2 – 0.6", "2e-1,6e-1"]
)
def test_a_band_may_be_typed_as_people_type_one(typed: str) -> None:
    assert Settings(band=from_typed("band", typed)).band == (0.2, 0.6)


@pytest.mark.parametrize("typed", ["0.2", "0,2,0,6", "0.6,0.2", "0.2,1.6", "near", "-0.2,0.6", "0.2,0.4,0.6", "nan,1"])
def test_what_is_no_band_is_refused(typed: str) -> None:
    with pytest.raises(SettingError, match="band must be none or two distances from 0 to 1, the least first; got "):
        Settings(band=from_typed("band", typed))


@pytest.mark.parametrize("share", [-0.1, 1.1, True, "most", float("nan")])
def test_a_mix_of_gains_is_a_share(share: object) -> None:
    with pytest.raises(SettingError, match="value must be mean, lesser or a number from 0 to 1"):
        Settings(value=share)  # type: ignore[arg-type]


def test_a_mix_counts_as_score_pairs_has_it() -> None:
    survey = pn.load_aarhus()
    graph = pn.colleague_graph(survey)
    mixed = Settings(value=0.3, band=(0.1, 0.5)).score(survey, graph)
    same = pn.score_pairs(survey, graph, value={"mean": 0.7, "lesser": 0.3}, band=(0.1, 0.5))
    pd.testing.assert_frame_equal(mixed.to_frame(), same.to_frame())
    for share, whole in ((0, "mean"), (1.0, "lesser")):
        ends = [Settings(value=name).score(survey, graph).to_frame() for name in (share, whole)]
        pd.testing.assert_frame_equal(*ends)


def test_every_digit_and_every_name_survives_the_sheet(tmp_path: Path) -> None:
    rules = Rules([Rule("forbidden", "=1+1", "-ann"), Rule("capacity", "ann", number=2, price=0.0123456789)])
    chosen = Settings(experience=0.123456789, floor=1 / 3, rules=rules)
    for name in ("programme.xlsx", "programme.toml"):
        assert read_settings(chosen.write(tmp_path / name)) == chosen
    assert "--experience 0.123456789 --floor 0.3333333333333333" in chosen.command("s")


def _edited(path: Path, settings: list[tuple[object, ...]], rules: list[tuple[object, ...]]) -> Path:
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("Rules ")
    assert first is not None
    first.title = "Settings"
    for sheet, rows in ((first, settings), (second, rules)):
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_blank_rows_remarks_and_a_missing_heading_change_nothing(tmp_path: Path) -> None:
    """No heading, blank rows, remarks in columns and rows of their own, decimal commas, any case."""
    settings = [("Experience", "0,45", "looser"), (None, None), (" Cardinality", " MAX "), (None, "ask Eva")]
    rules = [
        (None,) * 4,
        ("Rule ", " A", "Number", "note", None),
        (None,) * 5,
        ("Capacity", " ann ", 2, None, None),
        (None, None, None, "more to come", None),
    ]
    read = read_settings(_edited(tmp_path / "programme.xlsx", settings, rules))
    assert read == Settings(experience=0.45, cardinality="max", rules=Rules([Rule("capacity", "ann", number=2)]))


def test_a_setting_is_not_there_twice_in_another_case(tmp_path: Path) -> None:
    twice = _edited(tmp_path / "programme.xlsx", [("setting", "value"), ("goals", "none"), ("Goals", "0.3")], [])
    with pytest.raises(SettingError, match="row 3: 'goals' is there twice"):
        read_settings(twice)


def test_the_sheet_beside_an_export_is_found_as_the_one_in_its_folder(tmp_path: Path) -> None:
    export = tmp_path / "answers.csv"
    export.write_text("name,answer\n")
    assert settings_beside(export) is None
    sheet = CHOSEN.write(tmp_path / "programme.toml")
    assert settings_beside(export) == settings_beside(tmp_path) == sheet


def test_the_command_line_offers_every_setting() -> None:
    assert [*SETTINGS] == [*MEANINGS]


def test_what_a_pair_may_rest_on_is_what_the_scores_know() -> None:
    assert sorted(state.name for state in STATES if state.can_be_accepted) == [*ACCEPTED]


def test_the_record_of_a_run_makes_it_again(folder: Path) -> None:
    CHOSEN.write(folder / "programme.toml")
    assert main(["run", str(folder), "--out", str(folder / "one")]) == 0
    (folder / "programme.toml").unlink()
    record = folder / "one" / "analyst" / "run.json"
    assert main(["run", str(folder), "--out", str(folder / "two"), "--settings", str(record)]) == 0
    one, two = (
        json.loads((folder / out / "analyst" / "run.json").read_text(encoding="utf-8")) for out in ("one", "two")
    )
    assert one["programme"] == two["programme"]
    assert one["programme"]["accept"] == ["mutual", "introduced", "unknown"]
    assert "programme.toml" in one["inputs"]
    assert "run.json" in two["inputs"]
    for name in ("pairs.csv", "people.csv"):
        assert (folder / "one" / "analyst" / name).read_bytes() == (folder / "two" / "analyst" / name).read_bytes()


def test_what_is_typed_overrules_the_sheet(folder: Path) -> None:
    CHOSEN.write(folder / "programme.xlsx")
    study = pn.run_study(folder, seed=9)
    assert study.settings == CHOSEN.but(seed=9)
    assert study.pairing.settings["objective"] == "fair"
    assert study.scores.settings["foundation"] == CHOSEN.accept


def test_a_sheet_of_settings_is_no_part_of_the_survey(folder: Path) -> None:
    before = read_survey(folder)
    CHOSEN.write(folder / "programme.xlsx")
    after = read_survey(folder)
    assert after.issues.equals(before.issues)
    assert after.people.equals(before.people)
    export = DATA / "exports" / "google_forms"
    assert "programme" not in str(read_survey(export).source)


def test_settings_of_a_survey_that_was_read_are_given_or_usual(folder: Path) -> None:
    CHOSEN.write(folder / "programme.toml")
    survey = read_survey(folder)
    assert pn.run_study(survey, draws=5, repeats=0).settings == Settings(draws=5, repeats=0)
    assert pn.run_study(survey, settings=folder / "programme.toml").settings == CHOSEN


def test_gates_open_as_the_organiser_says() -> None:
    survey = pn.load_example()
    graph = pn.colleague_graph(survey)
    usual, opened = Settings(), Settings(accept=["mutual", "introduced", "unknown"], experience=None)
    assert len(opened.pair(opened.score(survey, graph))) > len(usual.pair(usual.score(survey, graph)))
    assert opened.score(survey, graph).settings["experience"] is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"accept": ["mutal"]}, "accept must hold some of introduced, mutual, unknown; got 'mutal'. Did you mean 'mut"),
        ({"accept": []}, "accept must hold at least one of introduced, mutual, unknown."),
        ({"accept": ["refused"]}, "accept must hold some of introduced, mutual, unknown; got 'refused'."),
        ({"experience": 1.2}, "experience must be average, none or a distance from 0 to 1; got 1.2."),
        ({"objective": "best"}, "objective must be total or fair; got 'best'."),
        ({"cardinality": "most"}, "cardinality must be none or max; got 'most'."),
        ({"floor": -1}, "floor must be none or a number, 0 or more; got -1."),
        ({"draws": 0.5}, "draws must be a whole number, 1 or more; got 0.5."),
        ({"rules": "rules.csv"}, "rules must be Rules; got 'rules.csv'. Read a sheet of them with read_rules."),
    ],
)
def test_what_is_outside_what_is_allowed_is_told(changes: dict[str, object], told: str) -> None:
    with pytest.raises(SettingError) as caught:
        Settings(**changes)  # type: ignore[arg-type]
    assert str(caught.value).startswith(told)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingError, match=r"goals must be .*; got 7\. draws must be"):
        Settings(goals=7, draws=0)


def test_a_sheet_is_read_as_people_leave_it(tmp_path: Path) -> None:
    sheet = tmp_path / "programme.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Settings"
    for row in [("setting", "value"), ("Accept", "mutual; unknown"), (None, None), ("experience", "none"), ("seed", 4)]:
        page.append(row)
    rules = book.create_sheet("rules")
    for row in [("rule", "a", "number"), ("capacity", "ann", 2)]:
        rules.append(row)
    book.save(sheet)
    found = read_settings(sheet)
    assert (found.accept, found.experience, found.seed) == (("mutual", "unknown"), None, 4)
    assert found.rules == Rules([Rule("capacity", "ann", number=2)])


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("programme.toml", "experiense = 1", "There is no setting 'experiense'; .* Did you mean 'experience'"),
        ("programme.toml", "goals = 3", "programme.toml: goals must be average, none or a distance"),
        ("programme.toml", "goals = ", "programme.toml cannot be read: "),
        ("programme.csv", "setting,value\ndraws,many\n", "draws must be a whole number, 1 or more; got 'many'"),
        ("programme.csv", "setting,value\nseed,1\nseed,2\n", "row 3: 'seed' is there twice; keep one row"),
        ("run.json", "{}", "is no record of a run"),
        ("run.json", "[]", "must hold settings by name; found a list"),
        ("programme.pdf", "", "is no settings sheet; allowed: "),
    ],
)
def test_a_sheet_that_makes_no_sense_is_explained(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SettingError, match=told):
        read_settings(tmp_path / name)


def test_a_rule_that_makes_no_sense_is_told_with_its_row(tmp_path: Path) -> None:
    (tmp_path / "programme.toml").write_text('[[rules]]\nrule = "capacity"\n', encoding="utf-8")
    with pytest.raises(RulesError, match=r"row 1 of programme.toml, column 'number': found nothing"):
        read_settings(tmp_path / "programme.toml")


def test_two_sheets_are_one_too_many(tmp_path: Path) -> None:
    assert settings_beside(tmp_path) is None
    for name in ("programme.xlsx", "programme.toml"):
        Settings().write(tmp_path / name)
    with pytest.raises(SettingError, match=r"programme.xlsx and programme.toml. Keep one"):
        settings_beside(tmp_path)
