"""The log of a programme's rounds: read with every problem told, added to and never rewritten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError, SurveyError
from peernet.programme.rounds import log_rows, read_rounds
from tests.made.surveys import survey_of

HEAD = "round,a,b,status,met,worth,note\n"
SURVEY = survey_of({who: {"perspective_1": n} for n, who in enumerate("abcdef", start=1)})


def log_of(folder: Path, text: str, survey: pn.Survey | None = None) -> pn.programme.RoundLog:
    (folder / "rounds.csv").write_text(text)
    return read_rounds(folder, survey)


def test_the_last_row_about_a_pair_in_a_round_holds(tmp_path: Path) -> None:
    text = HEAD + "1,b,a,proposed,,0.5,\n1,a,b,running,,,\n1,a,b,running,not yet,,\n1,a,b,ended,,,said so\n"
    log = log_of(tmp_path, text)
    assert log.pairs.to_numpy().tolist() == [[1, "a", "b", "ended", "not yet", 0.5]]
    assert (log.last, log.state) == (1, "ended")


def test_every_problem_is_told_by_row_at_once(tmp_path: Path) -> None:
    rows = (
        *("0,a,b,running,,,", "1,,b,running,,,", "1,a,,running,,,", "1,a,b,left out,,,", "1,a,a,ended,,,"),
        *("1,a,b,runing,,,", "1,a,,away until May,,,", "1,a,b,ended,perhaps,,", "1,a,b,ended,,lots,"),
    )
    with pytest.raises(SurveyError) as caught:
        log_of(tmp_path, HEAD + "\n".join(rows) + "\n")
    told = [problem.split("rounds.csv, ")[1] for problem in caught.value.problems]
    assert [problem.split(":")[0] for problem in told] == [f"row {n}" for n in range(2, 11)]
    assert "Did you mean 'running'?" in told[5]
    with pytest.raises(SurveyError, match="has no column 'status'"):
        log_of(tmp_path, "round,a,b\n1,a,b\n")


def test_people_are_known_by_name_and_those_unknown_are_history(tmp_path: Path) -> None:
    survey = pn.load_example()
    names = survey.people["name"]
    text = HEAD + f"1,{names['p001'].upper()},p002,ended,,,\n1,Somebody Gone,p003,ended,,,\n"
    log = log_of(tmp_path, text, survey)
    assert log.pairs[["a", "b"]].to_numpy().tolist() == [["p001", "p002"], ["Somebody Gone", "p003"]]
    assert log.gone == ("Somebody Gone",)


def test_a_name_that_two_people_have_is_asked_back(tmp_path: Path) -> None:
    survey = survey_of({who: {"perspective_1": 1} for who in "abc"})
    survey.people["name"] = ["Ana Ruiz", "Ana Ruiz", "Bo Li"]
    with pytest.raises(SurveyError, match="row 2: column 'a': 'Ana Ruiz' could be 'a' or 'b'; give the identifier"):
        log_of(tmp_path, HEAD + "1,Ana Ruiz,Bo Li,ended,,,\n", survey)
    with pytest.raises(SurveyError, match="row 2: both columns mean 'c'"):
        log_of(tmp_path, HEAD + "1,Bo Li,c,ended,,,\n", survey)


@pytest.mark.parametrize(
    "before",
    [
        HEAD.encode() + b"1,a,b,running,,,",
        b"\xef\xbb\xbf" + HEAD.encode() + b"1,a,b,running,,,\n\n",
        HEAD.replace(",", ";").encode() + b"1;a;b;running;;0,25;\r\n",
        b"note,status,b,a,round,met,worth,mine\nold,running,b,a,1,,,x\n",
        b"",
    ],
    ids=["no line end", "with a mark", "semicolons", "other order", "empty"],
)
def test_what_is_there_stays_byte_for_byte_and_what_is_added_is_read_again(tmp_path: Path, before: bytes) -> None:
    (tmp_path / "rounds.csv").write_bytes(before)
    log = read_rounds(tmp_path)
    added = log.append(log_rows([{"round": 2, "a": "=c", "b": "d", "status": "proposed", "worth": 0.12345}]))
    now = (tmp_path / "rounds.csv").read_bytes()
    assert now.startswith(before)
    again = read_rounds(tmp_path)
    pd.testing.assert_frame_equal(again.pairs, added.pairs)
    assert again.of_round(2) == [("=c", "d")]
    assert again.append(again.started()).state == "running", "a log that was added to can be added to again"


def test_nothing_is_added_to_a_file_that_somebody_changed_meanwhile(tmp_path: Path) -> None:
    log = log_of(tmp_path, HEAD + "1,a,b,running,,,\n")
    (tmp_path / "rounds.csv").write_text(HEAD)
    with pytest.raises(SettingError, match="was changed in the meantime"):
        log.append(log_rows([{"round": 1, "a": "a", "b": "b", "status": "ended"}]))
    assert (tmp_path / "rounds.csv").read_text() == HEAD


def test_a_column_that_is_needed_and_not_there_is_asked_for(tmp_path: Path) -> None:
    log = log_of(tmp_path, "round,a,b,status\n1,a,b,running\n")
    with pytest.raises(SettingError, match="has no column 'met'"):
        log.append(log_rows([{"round": 1, "a": "a", "b": "b", "status": "running", "met": "met"}]))
    assert log.append(log_rows([{"round": 1, "a": "a", "b": "b", "status": "ended"}])).state == "ended"


def test_absences_end_on_their_day_and_whoever_leaves_can_come_back(tmp_path: Path) -> None:
    text = HEAD + "1,a,,away until 2026-03-31,,,\n1,b,,leaves,,,\n1,c,,leaves,,,\n2,c,,back,,,\n"
    log = log_of(tmp_path, text)
    assert log.away(date(2026, 3, 30)) == {"a": "2026-03-31", "b": ""}
    assert log.away(date(2026, 3, 31)) == {"b": ""}
    assert log.last == 0, "no round was held"


def test_who_waits_is_who_had_no_partner_when_they_last_took_part(tmp_path: Path) -> None:
    text = (
        "1,a,b,ended,,,\n1,c,,left out,,,\n1,d,e,ended,,,\n1,f,,left out,,,\n"
        "2,a,c,ended,,,\n2,b,,left out,,,\n2,d,e,running,,,\n2,d,e,replaced,,,\n2,d,b,running,,,\n2,e,,left out,,,\n"
    )
    waiting = log_of(tmp_path, HEAD + text).waiting(3)
    found = {who: (without, left) for who, without, left in waiting.itertuples(name=None)}
    # c has a partner again, f was away in the second round, b found one after all, d lost one and has another
    assert found == {"e": (1, True), "f": (1, False), "d": (0, True)}
    assert log_of(tmp_path, HEAD + text).waiting(2).index.tolist() == ["c", "f"]


def test_a_withdrawn_proposal_is_no_history(tmp_path: Path) -> None:
    log = log_of(tmp_path, HEAD + "1,a,b,proposed,,,\n1,a,b,withdrawn,,,\n1,a,c,proposed,,,\n1,b,,left out,,,\n")
    assert log.of_round(1) == [("a", "c")]
    assert log.next_number(again=True) == 1
    assert len(log.history(2)) == 0
    with pytest.raises(SettingError, match="has not begun"):
        log.next_number()
    begun = log.append(log.started())
    assert begun.history(2)[["a", "b"]].to_numpy().tolist() == [["a", "c"]]
    assert begun.next_number() == 2
    with pytest.raises(SettingError, match="No round is proposed"):
        begun.next_number(again=True)
