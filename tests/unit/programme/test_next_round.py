"""The next round: turns first, then the best there is, held against every choice of pairs there is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import peernet as pn
from peernet import Rule, Rules
from peernet.programme import next_round, read_rounds
from peernet.programme.proposing import rounds_possible
from tests.made.programmes import HEAD, OPEN, PAIRS, PEOPLE, TODAY, made, matchings


@pytest.mark.parametrize("seed", range(12))
def test_turns_come_first_then_the_best_of_all_there_is(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    survey = made(rng)
    before = [PAIRS[k] for k in rng.permutation(len(PAIRS))[:3]]
    text = "".join(f"1,{a},{b},ended,,,\n" for a, b in before)
    waits = [str(who) for who in rng.permutation([*PEOPLE])[:3]]
    text += "".join(f"{number},{who},,left out,,,\n" for n, who in enumerate(waits) for number in range(2, 3 + n))
    (tmp_path / "rounds.csv").write_text(HEAD + text)
    rounds = read_rounds(tmp_path, survey)
    proposed = next_round(survey, rounds, settings=OPEN, today=TODAY)

    table = proposed.pairing.scores.to_frame()
    table = table[table["blocked"] == ""]
    value = dict(zip(zip(table["a"], table["b"], strict=True), table["value"], strict=True))
    assert not {*value} & {*before}
    turn = {who: 2 * row.without + row.partner_left for who, row in proposed.first.iterrows()}

    def rank(pairs: tuple[tuple[str, str], ...]) -> tuple[int, list[int], float]:
        served = sorted((turn[who] for pair in pairs for who in pair if who in turn), reverse=True)
        return len(served), served, sum(value[pair] for pair in pairs)

    assert max(value.values()) > 0
    best = max(map(rank, matchings([*value])), key=lambda found: (found[0], found[1], found[2]))
    found = rank(tuple(proposed.pairing.pairs))
    assert found[:2] == best[:2]
    assert found[2] == pytest.approx(best[2], abs=1e-9)
    assert proposed.pairing.proven
    assert proposed.pairing.check().empty
    assert proposed.number == rounds.last + 1


def test_who_leaves_or_is_away_takes_no_part_and_newcomers_are_told(tmp_path: Path) -> None:
    survey = made(np.random.default_rng(1), share=1.0)
    (tmp_path / "rounds.csv").write_text(
        HEAD + "1,a,b,ended,,,\n1,c,d,ended,,,\n1,e,,leaves,,,\n1,f,,away until 2026-05-01,,,\n1,zoe,c,ended,,,\n"
    )
    settings = OPEN.but(rules=Rules([Rule("required", "a", "f")]))
    proposed = next_round(survey, read_rounds(tmp_path, survey), settings=settings, today=TODAY)
    people = {who for pair in proposed.pairing.pairs for who in pair}
    assert not people & {"e", "f"}
    assert proposed.away == {"e": "", "f": "2026-05-01"}
    assert proposed.newcomers == ("g",)
    assert proposed.possible is None
    later = next_round(survey, read_rounds(tmp_path, survey), settings=settings, today=date(2026, 5, 1))
    assert ("a", "f") in later.pairing.pairs, "a pair that must be made waits until both are there"


def test_a_partner_met_before_counts_as_heard_and_one_never_met_does_not(tmp_path: Path) -> None:
    survey = made(np.random.default_rng(2), share=1.0)
    scores = {}
    for met in ("met", "not yet"):
        (tmp_path / "rounds.csv").write_text(HEAD + f"1,a,b,ended,{met},,\n")
        scores[met] = next_round(survey, read_rounds(tmp_path, survey), settings=OPEN, today=TODAY).pairing.scores
    plain = OPEN.score(survey, pn.colleague_graph(survey)).to_frame()
    at = {met: found.to_frame()["gain_a"] for met, found in scores.items()}
    np.testing.assert_allclose(at["not yet"], plain["gain_a"])
    assert (at["met"] < plain["gain_a"] - 1e-9).any()
    assert scores["not yet"].pair("a", "b")["blocked"] == "met before"


def test_proposing_again_withdraws_what_was_proposed(tmp_path: Path) -> None:
    survey = made(np.random.default_rng(3), share=1.0)
    first = next_round(survey, read_rounds(tmp_path, survey), settings=OPEN, today=TODAY)
    rounds = read_rounds(tmp_path, survey).append(first.rows)
    rules = Rules([Rule("forbidden", *first.pairing.pairs[0])])
    second = next_round(survey, rounds, settings=OPEN.but(rules=rules), today=TODAY, again=True)
    rounds = rounds.append(second.rows)
    assert second.number == 1
    assert sorted(rounds.of_round(1)) == sorted(second.pairing.pairs)


def test_the_rule_of_a_partner_can_stand_in_a_sheet() -> None:
    survey = made(np.random.default_rng(4), share=0.4)
    scores = OPEN.score(survey, pn.colleague_graph(survey))
    for who in PEOPLE:
        if scores.possible(range(len(scores)))[scores.position(who)].any():
            pairing = pn.pair_people(scores, rules=Rules([Rule("partner", who)]))
            assert who in {*pairing.table["a"], *pairing.table["b"]}
    alone = next(who for who in PEOPLE if who)
    closed = scores.under(Rules([Rule("capacity", alone, number=0)]))
    with pytest.raises(pn.errors.InfeasibleError, match=f"partner {alone}"):
        pn.pair_people(closed, rules=Rules([Rule("partner", alone)]))
    priced = pn.pair_people(closed, rules=Rules([Rule("partner", alone, price=0.5)]))
    assert priced.objective == pytest.approx(pn.pair_people(closed).objective - 0.5)


@pytest.mark.parametrize("seed", range(8))
def test_how_many_rounds_there_can_be_is_the_number_there_is(seed: int) -> None:
    scores = OPEN.score(survey := made(np.random.default_rng(seed), share=0.5), pn.colleague_graph(survey))
    table = scores.to_frame()
    open_pairs = list(zip(*(table.loc[table["blocked"] == "", side] for side in "ab"), strict=True))
    every = [frozenset(pairs) for pairs in matchings(open_pairs)]
    size = max(map(len, every))
    largest = [pairs for pairs in every if len(pairs) == size]

    def most(chosen: frozenset[tuple[str, str]], start: int) -> int:
        fits = (k for k in range(start, len(largest)) if not chosen & largest[k])
        return max((1 + most(chosen | largest[k], k + 1) for k in fits), default=0)

    found = rounds_possible(scores)
    assert found.least == found.most == (most(frozenset(), 0) if size else 0)
    assert size == 0 or found.in_turn[0] == size
