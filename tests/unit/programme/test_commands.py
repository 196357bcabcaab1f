"""A programme from the command line: `peernet round`, `replace` and `pulse` in the folder of an export."""

from __future__ import annotations

import csv
import shlex
import shutil
from pathlib import Path

import pytest

import peernet as pn
from peernet.cli import OF_A_ROUND, SETTINGS, main
from peernet.programme import read_rounds
from tests.made.surveys import DATA


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(DATA / "exports" / "google_forms", tmp_path / "firm")


def typed(capsys: pytest.CaptureFixture[str], *words: object) -> list[str]:
    assert main([*map(str, words)]) == 0
    return capsys.readouterr().out.splitlines()


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main([*map(str, words)]) == 1
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return shown.err


def test_a_programme_runs_in_the_folder_of_an_export(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = typed(capsys, "round", folder)
    assert lines[0] == str(folder / "rounds.csv")
    assert lines[1].startswith("Without a repeat: 1 round of 17 pairs")
    assert lines[-1] == f"Once they are told, begin it: peernet round {folder} --start"
    survey = pn.read_survey(folder)
    names = survey.people["name"]
    a, b = read_rounds(folder, survey).of_round(1)[0]
    assert any(f"{names[a]} ({a}) with {names[b]} ({b})" in line for line in lines)
    before = (folder / "rounds.csv").read_bytes()
    assert "Round 1 is proposed and has not begun" in refused(capsys, "round", folder)
    assert "No round has begun" in refused(capsys, "pulse", folder, "--for", "forms")

    # other settings, proposed anew, then begun
    lines = typed(capsys, "round", folder, "--again", "--accept", "mutual,introduced,unknown", "--cardinality", "max")
    assert any(line.startswith("Round 1: ") for line in lines)
    assert (folder / "rounds.csv").read_bytes().startswith(before)
    rounds = read_rounds(folder, survey)
    assert typed(capsys, "round", folder, "--start")[1] == f"Round 1 runs: {len(rounds.of_round(1))} pairs."

    # somebody leaves, by name; a pulse is written and read
    leaver, left = next(pair for pair in rounds.of_round(1) if list(names).count(names[pair[0]]) == 1)
    lines = typed(capsys, "replace", folder, "--leaves", names[leaver], "--until", "2999-12-31")
    assert lines[1] == f"Given up: {names[leaver]} ({leaver}) with {names[left]} ({left})"
    assert "touched (proven fewest)" in lines[-1]
    assert typed(capsys, "pulse", folder, "--for", "forms", "--contact", "Ana Ruiz")[0].endswith("pulse_1/pulse.txt")
    with (folder / "pulse_1" / "key.csv").open(encoding="utf-8", newline="") as opened:
        who, met = [row["wording"] for row in csv.DictReader(opened)][:2]
    pairs = read_rounds(folder, survey).of_round(1)
    answers = [["Timestamp", who, met], *(["2026-05-01", names[a], "Yes"] for a, _ in pairs[:-1])]
    with (folder / "pulse_1" / "answers.csv").open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(answers)
    lines = typed(capsys, "pulse", folder, "--answers", folder / "pulse_1" / "answers.csv")
    assert lines[1] == f"Round 1: {len(pairs) - 1} met; 1 no answer"

    # the next round: nobody twice, the answers kept, the files of the programme no part of the survey
    typed(capsys, "round", folder, "--accept", "mutual,introduced,unknown")
    rounds = read_rounds(folder, survey)
    assert not {*rounds.of_round(2)} & {*rounds.of_round(1)}
    assert leaver not in {person for pair in rounds.of_round(2) for person in pair}
    assert {*rounds.history(2)["met"]} >= {"met", "no answer"}
    assert len(pn.read_survey(folder).people) == len(survey.people)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["round", "nowhere"], "There is no nowhere. Give the folder of the programme."),
        (["replace", "nowhere", "--leaves", "p001"], "There is no nowhere"),
        (["pulse", "nowhere", "--for", "kobo"], "There is no nowhere"),
        (["round", "FIRM", "--start"], "No round is proposed that could be started"),
        (["round", "FIRM", "--again"], "No round is proposed that could be proposed anew"),
        (["replace", "FIRM", "--leaves", "Zoe Nobody"], "No person 'Zoe Nobody' in the survey or in the rounds"),
        (["round", "FIRM", "--accept", "mutal"], "accept must hold some of"),
        (["round", "FIRM", "--rules", "nix.csv"], "There is no file nix.csv"),
    ],
)
def test_a_mistake_is_one_sentence_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert told in refused(capsys, *(str(folder) if word == "FIRM" else word for word in words))
    assert not (folder / "rounds.csv").exists()


def test_a_day_is_written_in_one_way(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["replace", str(folder), "--leaves", "p001", "--until", "31.3.2026"])
    assert "'31.3.2026' is no day; write it as 2026-03-31" in capsys.readouterr().err


def test_settings_of_a_round_are_those_of_a_run() -> None:
    assert {*OF_A_ROUND} == {*SETTINGS} - {"seed", "draws", "repeats"}


def test_what_is_wrong_with_the_log_is_told_before_the_survey_is_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rounds.csv").write_text("round,a,b,status\n1,Ana,Bo,runing\n")
    (folder / "responses.csv").write_text("nothing\n")
    told = refused(capsys, "round", folder)
    assert "row 2: column 'status': found 'runing'" in told
    assert "Did you mean 'running'?" in told
    (folder / "rounds.csv").unlink()
    assert "has no answers" in refused(capsys, "round", folder), "the survey cannot be read"


def test_lines_to_type_can_be_pasted_into_a_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shutil.copytree(DATA / "exports" / "google_forms", tmp_path / "Fa. Öl & 'Gas'")
    said = typed(capsys, "round", folder, "--encoding", "utf-8-sig")[-1].partition("begin it: ")[2]
    start = shlex.split(said)
    assert start == ["peernet", "round", str(folder), "--encoding", "utf-8-sig", "--start"]
    typed(capsys, *start[1:])
    said = typed(capsys, "pulse", folder, "--for", "forms")[-1].partition("read them: ")[2]
    assert shlex.split(said) == ["peernet", "pulse", str(folder), "--answers", "FILE"]
