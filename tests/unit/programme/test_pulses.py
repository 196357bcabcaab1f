"""A pulse: asked in every tool, read back, and four ways in which two people can have answered."""

from __future__ import annotations

from pathlib import Path

import pytest

import peernet as pn
from peernet.errors import SettingError, SurveyError
from peernet.programme import read_pulse, read_rounds, write_pulse
from peernet.programme.pulses import pulse_file, pulse_items
from peernet.survey.instruments.writing import TOOLS
from tests.made.exports import EXPORTS, STAFF, write_rows
from tests.made.surveys import survey_of

MORE = {"p006": ("Dana Roe", ""), "p007": ("Eve Fox", ""), "p008": ("Finn Lee", "")}
LOG = (
    "round,a,b,status,met,worth,note\n1,p001,p003,ended,,,\n2,p001,p002,running,,,\n2,p003,p004,running,,,\n"
    "2,p005,p006,running,,,\n2,p007,p008,running,,,\n"
)
SAID = {  # both yes; one yes and one no; one no and one silent; both silent
    "p001": {"met": "Yes", "meetings": 3, "relationship": 80, "learned": 70, "in_the_way": "a secret"},
    "p002": {"met": "Yes"},
    "p003": {"met": "Yes", "learned": 10},
    "p004": {"met": "No"},
    "p005": {"met": "No", "meetings": 0},
    "p007": {"in_the_way": "no time"},
}
EXPECTED = {
    ("p001", "p002"): ("met", 2),
    ("p003", "p004"): ("one yes, one no", 2),
    ("p005", "p006"): ("not yet", 1),
    ("p007", "p008"): ("no answer", 0),
}


@pytest.fixture
def survey(monkeypatch: pytest.MonkeyPatch) -> pn.Survey:
    for who, called in MORE.items():
        monkeypatch.setitem(STAFF, who, called)
    people = survey_of({who: {"perspective_1": 1} for who in STAFF})
    people.people["name"] = [name for name, _ in STAFF.values()]
    return people


@pytest.mark.parametrize("tool", TOOLS)
def test_what_two_people_say_is_read_back_from_every_tool(tmp_path: Path, survey: pn.Survey, tool: str) -> None:
    (tmp_path / "rounds.csv").write_text(LOG)
    rounds = read_rounds(tmp_path, survey)
    home = tmp_path / "pulse_2"
    files = write_pulse(survey, rounds, home / f"pulse{TOOLS[tool].suffix}", tool=tool, contact="Ana Ruiz")
    named = {who: {f"{name}_2": cell for name, cell in said.items()} for who, said in SAID.items()}
    short = {who: {f"{name.replace('_', '')}2": cell for name, cell in said.items()} for who, said in SAID.items()}
    answers = {who: {**named[who], **short[who]} for who in SAID}
    write_rows(home / "answers.csv", EXPORTS[tool](files[0], answers))
    pulse = read_pulse(home / "answers.csv", rounds)
    found = {(a, b): (met, n) for a, b, met, n in pulse.pairs.itertuples(index=False, name=None)}
    assert found == EXPECTED
    learned = pulse.survey.outcomes.set_index(["measure", "person"])["value"]
    assert learned["learned"].to_dict() == {"p001": 70, "p003": 10}
    assert learned["meetings"].to_dict() == {"p001": 3, "p005": 0}
    assert {*pulse.survey.outcomes["wave"]} == {2}
    dyads = pn.outcomes.pairs_of(pulse.survey, [*EXPECTED])
    assert dyads.table.set_index("a").loc["p003", ["met_2_a", "met_2_b"]].tolist() == [1, 0]
    assert not pulse.survey.people.isin(["a secret", "no time"]).any(axis=None), "free text is not read"

    log = rounds.append(pulse.rows)
    assert log.pairs["met"].tolist() == ["", *(met for met, _ in EXPECTED.values())]
    assert log.state == "running"
    assert read_rounds(tmp_path, survey).pairs["met"].tolist() == log.pairs["met"].tolist()
    assert "Ana Ruiz" not in "".join(pulse.summary()), "who met needs no asking"
    assert any("Minnie Mouse" in line for line in pulse.summary())


def test_five_questions_are_asked_of_those_in_the_round(tmp_path: Path, survey: pn.Survey) -> None:
    assert len(pulse_items(1)) == 5
    (tmp_path / "rounds.csv").write_text(LOG + "2,p007,p008,replaced,,,\n2,p008,,leaves,,,\n")
    files = write_pulse(survey, read_rounds(tmp_path, survey), tmp_path / "pulse_2" / "pulse.txt", tool="forms")
    text = files[0].read_text()
    assert "Dana Roe" in text
    assert "Finn Lee" not in text


def test_the_round_that_runs_is_asked_about_while_the_next_is_proposed(tmp_path: Path, survey: pn.Survey) -> None:
    (tmp_path / "rounds.csv").write_text(LOG + "3,p001,p004,proposed,,,\n")
    rounds = read_rounds(tmp_path, survey)
    assert (rounds.last, rounds.begun) == (3, 2)
    assert len(rounds.running()) == 4
    home = pulse_file(rounds, ".txt").parent
    assert home.name == "pulse_2"
    write_pulse(survey, rounds, home / "pulse.txt", tool="forms")
    write_rows(home / "answers.csv", EXPORTS["forms"](home / "pulse.txt", {"p001": {"met_2": "Yes", "met2": "Yes"}}))
    log = rounds.append(read_pulse(home / "answers.csv", rounds).rows)
    assert log.state == "proposed"
    assert log.pairs.set_index(["round", "a", "b"]).loc[(2, "p001", "p002"), "met"] == "met"


def test_a_pulse_needs_a_round_that_has_begun_and_answers_to_its_own_questions(
    tmp_path: Path, survey: pn.Survey
) -> None:
    (tmp_path / "rounds.csv").write_text(LOG.replace("running", "proposed").replace("ended", "withdrawn"))
    with pytest.raises(SettingError, match="No round has begun"):
        write_pulse(survey, read_rounds(tmp_path, survey), tmp_path / "pulse.txt", tool="forms")
    (tmp_path / "rounds.csv").write_text(LOG)
    rounds = read_rounds(tmp_path, survey)
    (tmp_path / "answers.csv").write_text("record_id,person,met_2\n1,p001,1\n")
    with pytest.raises(SurveyError, match="write the pulse first"):
        read_pulse(tmp_path / "answers.csv", rounds)
    write_pulse(survey, rounds, tmp_path / "pulse_2" / "pulse.csv", tool="redcap")
    assert read_pulse(tmp_path / "answers.csv", rounds).pairs["answered"].tolist() == [1, 0, 0, 0]
    (tmp_path / "rounds.csv").write_text(LOG + "3,p001,p004,running,,,\n")
    (tmp_path / "pulse_2").rename(tmp_path / "pulse_3")
    with pytest.raises(SurveyError, match="not about round 3"):
        read_pulse(tmp_path / "answers.csv", read_rounds(tmp_path, survey))
