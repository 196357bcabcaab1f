"""What somebody sees who types ``peernet``."""

from __future__ import annotations

import gc
import json
import shlex
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

import peernet
from peernet.cli import Steps, main
from peernet.report.onward import PRICE_IN_WORDS
from peernet.report.page import FILES
from peernet.survey import Item
from tests.made.studies import DATA
from tests.made.tiny import ITEMS, SURVEY, write_folder, write_tiny


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "tiny")


def test_run_writes_what_is_for_whom_apart_sums_up_and_ends_with_a_way_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(DATA / "aarhus"), "--out", str(tmp_path / "out"), "--draws", "20", "--repeats", "5"]) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0] == str(tmp_path / "out" / "analyst" / "report.html")
    assert lines[1].startswith("survey.csv, 62 lines: 1 of headings")
    assert lines[2].startswith(
        "61 of 61 people answered. 28 of the 55 people who could take part have a partner, in 14 "
    )
    assert "clearly different outlooks (effective perspectives) now, on average; the partner adds" in lines[3]
    assert "proven optimal" in lines[4]
    assert lines[5].startswith("Kinds of pairs cannot be compared: ")
    assert lines[6].endswith("of these pairs are proposed again on average (5 repeats).")
    assert lines[7] == "The data: 0 issues, 0 of them more than a note."
    places = sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_dir())
    assert places == ["analyst", "briefs", "sponsor"]
    assert sorted(line.partition(": for the ")[0] for line in lines[8:11]) == [
        str(tmp_path / "out" / place) for place in places
    ]
    assert lines[11].startswith("The pool is small for its gates. 28 people have a partner of 55 willing (51%).")
    assert lines[12].split()[:3] == ["peernet", "run", str(DATA / "aarhus")]
    changes = (
        f"These {len(lines[15:-1])} changes, counted as 6 as each partner or pair more is one, would give everybody one"
    )
    assert f"{changes} (fewest possible)" in lines[13]
    assert lines[14] == PRICE_IN_WORDS
    assert all("(price " in line for line in lines[15:-1])
    assert lines[-1].strip().endswith(f"--settings {tmp_path / 'out' / 'analyst' / 'everybody.toml'}")
    assert {*FILES} <= {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*")}


def test_briefs_come_in_a_language_and_with_a_calendar(tmp_path: Path) -> None:
    chosen = ["--draws", "2", "--repeats", "0", "--language", "it", "--calendar", "2027-01-18"]
    assert main(["run", str(DATA / "aarhus"), "--out", str(tmp_path), *chosen]) == 0
    assert 'lang="it"' in (tmp_path / "briefs" / "brief_001.html").read_text(encoding="utf-8")
    assert "DTSTART:20270118T" in (tmp_path / "briefs" / "pair_001.ics").read_text(encoding="utf-8")


@pytest.mark.parametrize("typed", [["--language", "xx"], ["--calendar", "18.1.2027"]])
def test_no_such_language_or_day_is_refused_at_once(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", str(DATA / "aarhus"), *typed])
    assert "invalid choice" in (told := capsys.readouterr().err) or "is no day; write it as 2026-03-31" in told


def test_progress_is_told_with_seconds_beside_the_result(tiny_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", str(tiny_folder), "--out", str(tiny_folder / "out"), "--draws", "5"])
    steps = capsys.readouterr().err.splitlines()
    assert steps[0].endswith(" s reading the survey")
    assert steps[-1].endswith(" s writing the report")
    assert all(float(step.split(" s ")[0]) >= 0 for step in steps)


def test_how_often_python_looks_for_cycles_is_as_before_a_run(tiny_folder: Path) -> None:
    usual = gc.get_threshold()
    main(["run", str(tiny_folder), "--out", str(tiny_folder / "out"), "--draws", "5"])
    assert gc.get_threshold() == usual
    main(["run", str(tiny_folder / "nowhere")])
    assert gc.get_threshold() == usual


def test_results_go_to_a_folder_of_the_same_name(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tiny_folder.parent)
    assert main(["run", "tiny", "--draws", "5"]) == 0
    assert Path("results/tiny/analyst/run.json").is_file()
    assert capsys.readouterr().out.startswith(str(Path("results", "tiny", "analyst", "report.html")))


def test_what_an_earlier_version_left_is_told_and_left(
    tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "pairs.csv").write_text("a,b\n")
    assert main(["run", str(tiny_folder), "--out", str(out), "--draws", "5"]) == 0
    assert f"Of an earlier version, not of this run, and with names in them: {out / 'pairs.csv'}\n" in (
        capsys.readouterr().out
    )
    assert (out / "pairs.csv").read_text() == "a,b\n"
    assert main(["run", str(tiny_folder), "--out", str(tmp_path / "new"), "--draws", "5"]) == 0
    assert "earlier version" not in capsys.readouterr().out


def test_seed_and_draws_are_recorded(tiny_folder: Path) -> None:
    chosen = ["--draws", "5", "--repeats", "3", "--seed", "7"]
    main(["run", str(tiny_folder), "--out", str(tiny_folder / "out"), *chosen])
    record = json.loads((tiny_folder / "out" / "analyst" / "run.json").read_text(encoding="utf-8"))
    chosen = record["programme"]
    assert (chosen["seed"], chosen["draws"], chosen["repeats"]) == (7, 5, 3)


@pytest.mark.parametrize("command", ["run", "check"])
def test_an_error_is_one_message_without_a_traceback(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "nowhere"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines()[-1] == (
        "peernet: There is no nowhere. Give the export of a survey tool, or a survey folder."
    )
    assert "Traceback" not in shown.err


def test_wrong_settings_are_explained(tiny_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(tiny_folder), "--draws", "0"]) == 1
    assert capsys.readouterr().err == "peernet: draws must be a whole number, 1 or more; got 0.\n"


def test_nothing_is_written_after_an_error(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s", [item for item in ITEMS if item.block != "perspective"], survey=SURVEY)
    assert main(["run", str(folder), "--out", str(tmp_path / "out")]) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", ["survey.csv", "survey.csv/out", "taken"])
def test_a_place_that_cannot_be_written_is_explained_before_the_run(
    tiny_folder: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (tiny_folder / "taken" / "analyst" / "pairs.csv").mkdir(parents=True)
    before = sorted(tiny_folder.rglob("*"))
    assert main(["run", str(tiny_folder), "--out", str(tiny_folder / place), "--draws", "5"]) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith(
        f"peernet: {tiny_folder / ('taken/analyst/pairs.csv' if place == 'taken' else 'survey.csv')} is a f"
    )
    assert "hoose another place." in told
    assert sorted(tiny_folder.rglob("*")) == before


def test_a_file_open_elsewhere_is_named_before_the_run(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a spreadsheet program locks it."""
    out, opened = tiny_folder / "out", Path.open
    table = out / "analyst" / "pairs.csv"
    table.parent.mkdir(parents=True)
    table.write_text("mine")

    def locked(path: Path, *arguments, **kws):
        if path == table:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **kws)

    monkeypatch.setattr(Path, "open", locked)
    assert main(["run", str(tiny_folder), "--out", str(out), "--draws", "5"]) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith(f"peernet: {table} cannot be written (Permission denied). Close it where")
    assert [path for path in out.rglob("*") if path.is_file()] == [table]


def test_rules_come_from_the_sheet_that_is_named_and_give_the_same_files_again(tiny_folder: Path) -> None:
    (tiny_folder / "autumn.csv").write_text("rule,a,number\ncapacity,ben,0\n", encoding="utf-8")
    for out in ("one", "two"):
        places = ["--rules", str(tiny_folder / "autumn.csv"), "--out", str(tiny_folder / out)]
        assert main(["run", str(tiny_folder), "--draws", "5", *places]) == 0
    one, two = (
        {p.name: p.read_bytes() for p in (tiny_folder / out).rglob("*") if p.is_file()} for out in ("one", "two")
    )
    assert one == two
    assert json.loads(one["run.json"])["programme"]["rules"] == [{"rule": "capacity", "a": "ben", "number": 0.0}]
    assert "no partner by a rule" in one["people.csv"].decode()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("forbiden,ann,ben", "row 2 of rules.csv, column 'rule': found 'forbiden'; allowed: capacity,"),
        ("forbidden,ann,nobody", "row 2 of rules.csv, column 'b': No person 'nobody' was scored."),
        ("required,ann,ben", "'ann' and 'ben' are required but cannot be paired:"),
    ],
)
def test_rules_that_cannot_be_kept_are_one_message_and_nothing_is_written(
    tiny_folder: Path, capsys: pytest.CaptureFixture[str], row: str, message: str
) -> None:
    (tiny_folder / "rules.csv").write_text(f"rule,a,b\n{row}\n", encoding="utf-8")
    out = tiny_folder / "out"
    rules = ["--rules", str(tiny_folder / "rules.csv")]
    assert main(["run", str(tiny_folder), "--draws", "5", "--out", str(out), *rules]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines()[-1].startswith(f"peernet: {message}")
    assert sum(line.startswith("peernet: ") for line in shown.err.splitlines()) == 1
    assert not out.exists()


@pytest.mark.parametrize("command", [["check"], ["run", "--draws", "5"]])
def test_another_encoding_can_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    survey = SURVEY.replace("\n", " Ивáн\n", 1)  # letters of another alphabet, of which no code page is told
    write_folder(tmp_path / "old", ITEMS, survey=survey.encode("cp1251", errors="replace"))
    assert main([*command, "old"]) == 1
    assert "say what it is: try encoding=" in capsys.readouterr().err.splitlines()[-1]
    write_folder(tmp_path / "named", ITEMS, survey=SURVEY.encode("utf-16-le"))
    assert main([*command, "named", "--encoding", "utf-16-le"]) == 0


def test_warnings_are_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path / "s", [item for item in ITEMS if item.block != "tie"], survey=SURVEY)
    assert main(["run", str(folder), "--out", str(tmp_path / "out"), "--draws", "5"]) == 0
    warned = [line for line in capsys.readouterr().err.splitlines() if line.startswith("peernet: ")]
    assert [line[:55] for line in warned] == ["peernet: No tie layer asks about trust, respect or cand"]


def test_check_says_what_was_read_and_then_every_kind_of_issue(
    tiny_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tiny_folder)]) == 0
    first, second, *issues = capsys.readouterr().out.splitlines()
    assert first.startswith("survey.csv, 6 lines: 1 of headings, 5 sheets filled in; roster.csv, 6 rows")
    assert second.startswith("6 people, 5 answered, 15 ties in 2 layers: ")
    assert any(line.startswith("note     ") and "typed" in line for line in issues), issues


def test_check_fits_a_screen_where_hundreds_of_names_were_misspelled(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(DATA / "harbour")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "436 issues" in lines[1]
    assert len(lines) < 40
    assert max(map(len, lines)) < 121


def test_check_for_a_program_is_one_document(tiny_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tiny_folder), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["people"], told["answered"], told["errors"]) == (6, 5, 0)
    assert sum(problem["times"] for problem in told["problems"]) == len(peernet.read_survey(tiny_folder).issues)
    assert all(gate["reliability"] is None or gate["reliability"] <= 1 for gate in told["gates"]), "NaN is no JSON"


def test_check_says_how_far_gates_can_be_relied_on(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(DATA / "harbour")])
    told = " ".join(line[9:] for line in capsys.readouterr().out.splitlines())
    assert "experience: 8 questions, reliability 0.76 (1: no error, 0: a coin toss). 57% of all pairs pass, 24%" in told
    assert "goals: 4 questions, reliability 0.10 (1: no error, 0: a coin toss), below 0.5: no gate unless you" in told


def test_check_for_a_program_says_what_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "nowhere"), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["refused"][0].startswith("There is no ")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp437", "cp932", "utf-8"])
@pytest.mark.parametrize(
    ("command", "told", "channel"),
    [
        (["check", str(DATA / "harbour")], "Julia Ram\u00edrez (p137)", "stdout"),
        (["check", "łódź"], "There is no \u0142\xf3d\u017a.", "stderr"),
        (
            ["run", str(DATA / "aarhus"), "--out", "łódź", "--draws", "2", "--repeats", "0"],
            "\u0142\xf3d\u017a",
            "stdout",
        ),
    ],
)
def test_whatever_the_output_can_hold_every_name_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, command: list[str], told: str, channel: str
) -> None:
    monkeypatch.chdir(tmp_path)
    output = TextIOWrapper(BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, channel, output)
    main(command)
    output.flush()
    written = output.buffer.getvalue().decode(encoding)
    known = [char if _can(encoding, char) else char.encode("ascii", "backslashreplace").decode() for char in told]
    assert "".join(known) in written
    assert output.errors == "strict", "the stream is as it was"


def _can(encoding: str, char: str) -> bool:
    try:
        return bool(char.encode(encoding))
    except UnicodeEncodeError:
        return False


def test_check_fails_where_something_must_be_settled(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = peernet.read_survey(tiny_folder)
    survey.issues.loc[0, "severity"] = "error"
    monkeypatch.setattr("peernet.survey.reading.read_survey", lambda _folder, **_kws: survey)
    assert main(["check", str(tiny_folder)]) == 1


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"peernet {peernet.__version__}\n"


def test_without_a_command_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "usage: peernet" in capsys.readouterr().err


def test_python_dash_m_does_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "peernet", "check", "nowhere"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("peernet: There is no nowhere.")


def test_on_a_terminal_the_running_step_is_shown_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    Steps().start("thinking")
    assert capsys.readouterr().err == "          thinking\r"


def test_check_tells_the_gravest_first_and_what_is_alike_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "p1,many,skip,Ann\np2,2,no,Bob\np3,3,no,\np4,lots,no,-\n"
    items = [
        Item("id", "person"),
        Item("years", "experience", "numeric"),
        Item("out", "constraint", "binary", role="opted_out"),
        Item("trust", "tie", layer="trust"),
    ]
    main(["check", str(write_folder(tmp_path / "firm", items, survey=f"id,years,out,trust\n{rows}"))])
    shown = capsys.readouterr().out.split("\n\n")[0]
    issues = [line for line in shown.splitlines()[2:] if not line.startswith(" ")]
    assert [line.split()[:3] for line in issues] == [
        ["error", "p1", "row"],
        ["warning", "2", "x"],
        ["warning", "2", "x"],
        ["note", "p4", "row"],
        ["gate", "experience:", "1"],
    ]
    assert not any(".: " in line or "?: " in line for line in issues)


def test_a_question_is_followed_by_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = [Item("id", "person"), Item("trust", "tie", layer="trust")]
    main(["check", str(write_folder(tmp_path / "firm", items, survey="id,trust\nemp1,emp22\nemp2,emp1\n"))])
    assert "Did you mean 'emp2'? Not counted" in capsys.readouterr().out


def test_whoever_reads_only_the_first_lines_is_told_of_no_error() -> None:
    command = f"{sys.executable} -m peernet check {DATA / 'harbour'} | head -1"
    shown = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert shown.stderr == ""
    assert len(shown.stdout.splitlines()) == 1


def test_check_of_one_file_says_which_tables_beside_it_are_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(DATA / "harbour" / "survey.csv")])
    shown = capsys.readouterr().out
    for name in ("roster.csv", "outcomes.csv"):
        assert f"{name} lies beside survey.csv: not read; give the folder {DATA / 'harbour'} to use it" in shown


# An export as people have it: names, a question of peernet's own, one nobody can classify.
EXPORT = """Name,change_1,years_here,trust,Hat
Ann Ash,1,2,Bo Birk; Cas Oak,red
Bo Birk,5,3,Ann Ash,red
Cas Oak,3,2,Ann Ash; Bo Birk,blue
Dee Elm,4,9,nobody,blue
"""


def test_the_codebook_of_an_export_is_drafted_beside_it_and_told_in_a_few_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    assert main(["codebook", str(tmp_path / "export.csv")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(tmp_path / "codebook.xlsx"),
        "5 lines: 1 of headings, 4 sheets filled in",
        "5 items: 1 person, 1 perspective, 1 experience, 1 tie",
        "Without a block, and so not used: 1",
        "One row is marked to look at:",
        "  Hat: what is it used for? Nothing tells; it is not used until it has a block",
    ]
    assert main(["codebook", str(tmp_path / "export.csv")]) == 0
    assert "codebook.xlsx: 5 rows kept as they are, 0 added" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["run", "check"])
def test_an_export_without_a_codebook_gets_a_draft_and_the_second_time_it_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    more = ["--out", str(tmp_path / "out"), "--draws", "5", "--repeats", "0"] if command == "run" else []
    assert main([command, str(tmp_path / "export.csv"), *more]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == str(tmp_path / "codebook.xlsx")
    again = shlex.split(told[-1].partition("type this again: ")[2])
    assert again == ["peernet", command, str(tmp_path / "export.csv"), *more]
    assert not (tmp_path / "out").exists()
    assert main([command, str(tmp_path / "export.csv"), *more]) == 0
    if command == "run":
        record = json.loads((tmp_path / "out" / "analyst" / "run.json").read_text(encoding="utf-8"))
        assert list(record["inputs"]) == ["codebook.xlsx", "export.csv"]


def test_a_codebook_somebody_wrote_is_not_drafted_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    assert main(["codebook", str(tmp_path / "export.csv"), "--json"]) == 0
    written = (tmp_path / "codebook.json").read_bytes()
    assert main(["codebook", str(tmp_path / "export.csv")]) == 1
    assert "codebook.json is there already. Edit it, or move it away" in capsys.readouterr().err
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["codebook.json", "export.csv"]
    assert (tmp_path / "codebook.json").read_bytes() == written


def test_outcomes_writes_three_files_and_sums_up_in_ten_lines_at_most(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = (
        peernet.make_survey(people=50, answered=44, teams=5, rng=3).write(tmp_path / "pilot"),
        tmp_path / "out",
    )
    assert main(["outcomes", str(tmp_path / "pilot"), "--by-lot", "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == str(out / "outcomes.html")
    assert " pairs of " in lines[1]
    assert len(lines) <= 10
    assert sorted(p.name for p in out.iterdir()) == ["outcomes.csv", "outcomes.html", "outcomes.json"]
    record = json.loads((out / "outcomes.json").read_text(encoding="utf-8"))
    assert record["settings"]["drawn_by_lot"]
    assert {"survey.csv", "outcomes.csv", "codebook.json"} <= {*record["inputs"]}, folder


@pytest.mark.parametrize(("typed", "told"), [([], "holds no outcomes"), (["--pairs", "nix"], "holds no outcomes")])
def test_outcomes_without_any_is_an_error_in_words(
    typed: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outcomes", str(DATA / "aarhus"), "--out", str(tmp_path / "out"), *typed]) == 1
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


MISTAKES = {
    "nowhere": ["nowhere"],
    "a setting": [str(DATA / "harbour"), "--accept", "mutal"],
    "a sheet": [str(DATA / "harbour"), "--rules", "none.csv"],
    "a person": [str(DATA / "harbour"), "--rules", "{rules}"],
    "a tool": [str(DATA / "harbour"), "--from", "nothing"],
    "no table": ["README.md"],
    "a place": [str(DATA / "harbour"), "--out", "README.md"],
}
HEAVY = ("numba", "matplotlib", "sklearn", "scipy.stats")
ANSWER = "import sys; from peernet.cli import main; main(sys.argv[1:]); print(*set(sys.modules) & set({heavy}))"


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_answered_before_anything_that_takes_long_is_loaded(tmp_path: Path, mistake: str) -> None:
    rules = tmp_path / "rules.csv"
    rules.write_text("rule,a,b\nforbidden,p001,nobody\n", encoding="utf-8")
    typed = [part.format(rules=rules) for part in MISTAKES[mistake]]
    command = [sys.executable, "-c", ANSWER.format(heavy=HEAVY), "run", *typed]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=DATA.parent, check=True)
    assert shown.stderr.splitlines()[-1].startswith("peernet: ")
    assert shown.stdout.strip() == "", "loaded all the same"
