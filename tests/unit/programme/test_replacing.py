"""Somebody leaves while a round runs: the mending is held against every choice of pairs there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError, UnknownPersonError
from peernet.programme import next_round, read_rounds, replace_partner
from tests.made.programmes import HEAD, OPEN, TODAY, made, matchings
from tests.made.surveys import survey_of


def running(folder: Path, survey: pn.Survey, text: str) -> pn.programme.RoundLog:
    (folder / "rounds.csv").write_text(HEAD + text)
    return read_rounds(folder, survey)


@pytest.mark.parametrize("seed", range(20))
def test_most_keep_a_partner_then_fewest_pairs_are_touched_then_the_best(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    survey = made(rng, share=0.45)
    rounds = read_rounds(tmp_path, survey)
    proposed = next_round(survey, rounds, settings=OPEN.but(cardinality="max"), today=TODAY)
    if not proposed.pairing.pairs:
        pytest.skip("nobody trusts anybody")
    rounds = rounds.append(proposed.rows)
    rounds = rounds.append(rounds.started())
    live = rounds.of_round(1)
    leaver = live[0][int(rng.integers(2))]
    mended = replace_partner(survey, rounds, leaver, settings=OPEN, today=TODAY)
    assert mended.proven

    table = OPEN.score(survey, pn.colleague_graph(survey)).to_frame()
    table = table[(table["blocked"] == "") & (table["a"] != leaver) & (table["b"] != leaver)]
    value = dict(zip(zip(table["a"], table["b"], strict=True), table["value"], strict=True))
    others = {pair for pair in live if leaver not in pair}
    had = {who for pair in live for who in pair} - {leaver}

    def rank(pairs: set[tuple[str, str]]) -> tuple[int, int, int, float]:
        covered = had & {who for pair in pairs for who in pair}
        return len(covered), -len(others - pairs), -len(pairs - others), sum(value[pair] for pair in pairs)

    best = max(rank({*pairs}) for pairs in matchings([*value]))
    after = (others - {*mended.touched}) | {
        pair for pair in mended.made if not any({*pair} <= {*trio} for trio in mended.trios)
    }
    assert rank(after)[:3] == best[:3]
    assert rank(after)[3] == pytest.approx(best[3], abs=1e-9)
    assert mended.value == pytest.approx(best[3], abs=1e-9)
    now = rounds.append(mended.rows)
    assert {*now.of_round(1)} == (others - {*mended.touched}) | {*mended.made}
    assert leaver in now.away(TODAY)
    waiting = now.waiting(2)
    assert {*mended.alone} <= {*waiting.index[waiting["without"] == 1]}


ROUND = "1,a,b,running,,,\n1,c,d,running,,,\n1,e,,left out,,,\n"


def trusting(pairs: str) -> pn.Survey:
    """Six people, of whom those named in pairs trust each other; everybody brings everybody something."""
    answers = {
        who: {f"perspective_{k}": float((n * (k + 2)) % 5 + 1) for k in range(3)} for n, who in enumerate("abcdef")
    }
    both = [tuple(pair) for pair in pairs.split()]
    return survey_of(answers, {"trust": [*both, *((b, a) for a, b in both)], "advice": []}, layers=["advice"])


def test_somebody_free_comes_before_any_other_pair_is_touched(tmp_path: Path) -> None:
    survey = trusting("ab cd ef be ae bc de")
    mended = replace_partner(survey, running(tmp_path, survey, ROUND), "a", settings=OPEN, today=TODAY)
    assert (mended.made, mended.touched, mended.alone, mended.kept) == ([("b", "e")], [], (), 1)
    assert mended.price >= 0
    assert any("0 other pairs are touched (proven fewest), 1 stay" in line for line in mended.summary())


def test_else_another_pair_changes_partners_unless_a_trio_is_wanted(tmp_path: Path) -> None:
    survey = trusting("ab cd bc bd de")
    rounds = running(tmp_path, survey, ROUND)
    mended = replace_partner(survey, rounds, "a", settings=OPEN, today=TODAY)
    assert (mended.made, mended.touched) == ([("b", "c"), ("d", "e")], [("c", "d")])
    three = replace_partner(survey, rounds, "a", settings=OPEN, today=TODAY, trio=True)
    assert (three.trios, three.touched, three.alone) == ((("b", "c", "d"),), [], ())
    log = rounds.append(three.rows)
    assert log.of_round(1) == [("c", "d"), ("b", "c"), ("b", "d")]
    again = replace_partner(survey, log, "d", settings=OPEN, today=TODAY)
    assert (again.made, again.alone) == ([], ()), "of a trio a pair is left"
    assert log.append(again.rows).of_round(1) == [("b", "c")]


def test_else_they_join_a_pair_and_else_they_come_first_next_time(tmp_path: Path) -> None:
    survey = trusting("ab cd bc bd")
    mended = replace_partner(survey, running(tmp_path, survey, ROUND), "a", settings=OPEN, today=TODAY)
    assert mended.trios == (("b", "c", "d"),)
    survey = trusting("ab cd bc")
    rounds = running(tmp_path, survey, ROUND)
    mended = replace_partner(survey, rounds, "a", settings=OPEN, today=TODAY, until=date(2026, 4, 1))
    assert (mended.made, mended.touched, mended.alone) == ([], [], ("b",))
    log = rounds.append(mended.rows)
    assert log.away(TODAY) == {"a": "2026-04-01"}
    proposed = next_round(survey, log, settings=OPEN, today=TODAY)
    assert proposed.first.index.tolist() == ["b"], "e could be paired with nobody"
    assert proposed.pairing.pairs == [("b", "c")]


def test_nobody_gets_a_partner_who_had_none_to_lose(tmp_path: Path) -> None:
    survey = trusting("ab cd bc ef")
    rounds = running(tmp_path, survey, ROUND)
    mended = replace_partner(survey, rounds, "a", settings=OPEN, today=TODAY)
    assert (mended.made, mended.alone) == ([], ("b",)), "e and f are left for the next round"


def test_of_a_proposal_the_pair_is_withdrawn_and_may_come_again(tmp_path: Path) -> None:
    survey = trusting("ab cd ef be")
    rounds = running(tmp_path, survey, ROUND.replace("running", "proposed"))
    mended = replace_partner(survey, rounds, "a", settings=OPEN, today=TODAY)
    log = rounds.append(mended.rows)
    assert {*log.of_round(1, "proposed")} == {("b", "e"), ("c", "d")}
    assert log.of_round(1, "withdrawn") == [("a", "b")]


def test_a_pair_that_today_would_not_be_made_stays_all_the_same(tmp_path: Path) -> None:
    survey = trusting("ab be")
    mended = replace_partner(survey, running(tmp_path, survey, ROUND), "a", settings=OPEN, today=TODAY)
    assert (mended.made, mended.touched, mended.kept) == ([("b", "e")], [], 1)


def test_a_name_that_several_people_could_have_is_asked_back_with_all_of_them(tmp_path: Path) -> None:
    survey = trusting("ab cd be")
    names = dict(zip("abcdef", ("Ann Lee", "Ann Oak", "Bo Ek", "Cy Ek", "Di Ek", "Ann Lee"), strict=True))
    survey = replace(survey, people=survey.people.assign(name=pd.Series(names)))
    rounds = running(tmp_path, survey, ROUND)
    for typed, could_be in {
        "Ann": r"Ann Lee \(a\), Ann Oak \(b\) or Ann Lee \(f\)",
        "Ann Lee": r"Ann Lee \(a\) or Ann Lee \(f\)",
        "Bo": r"Bo Ek \(c\)",
    }.items():
        with pytest.raises(SettingError, match=f"'{typed}' could be {could_be}; give the identifier"):
            replace_partner(survey, rounds, typed, settings=OPEN, today=TODAY)
    mended = replace_partner(survey, rounds, "Bo Ek", settings=OPEN, today=TODAY)
    assert mended.leaves == ("c",)


def test_who_is_in_no_pair_only_leaves_and_who_is_nobody_is_told(tmp_path: Path) -> None:
    survey = trusting("ab cd be")
    rounds = running(tmp_path, survey, ROUND)
    mended = replace_partner(survey, rounds, ["e"], settings=OPEN, today=TODAY)
    assert mended.rows["status"].tolist() == ["leaves"]
    with pytest.raises(UnknownPersonError, match="No person 'z'"):
        replace_partner(survey, rounds, "z", settings=OPEN)
    with pytest.raises(SettingError, match="a day to come"):
        replace_partner(survey, rounds, "a", settings=OPEN, today=TODAY, until=TODAY)
