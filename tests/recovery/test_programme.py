"""A programme as it runs: six rounds, people leave and come, some do not answer, and what was promised holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet import Rule, Rules
from peernet.programme import Settings, next_round, read_pulse, read_rounds, replace_partner, write_pulse
from peernet.programme.rounds import DISPUTED, HELD, NOT_YET, SILENT, YES

ROUNDS, PEOPLE, LEAVING, SILENT_SHARE = 6, 60, 0.1, 0.2
TODAY = date(2026, 3, 2)
WORLDS = {
    "open gates": Settings(accept=("mutual", "introduced", "unknown"), experience=None, goals=None),
    "usual gates, one partner each": Settings(rules=Rules([Rule("capacity", number=1)])),
}


def subset(source: Path, folder: Path, present: list[str]) -> pn.Survey:
    """The survey of those who are there, as an organiser has it at the beginning of a round."""
    folder.mkdir(exist_ok=True)
    (folder / "codebook.json").write_bytes((source / "codebook.json").read_bytes())
    for name in ("roster", "survey"):
        table = pd.read_csv(source / f"{name}.csv", dtype="str", keep_default_na=False)
        table[table["person"].isin(present)].to_csv(folder / f"{name}.csv", index=False)
    return pn.read_survey(folder)


def answered(folder: Path, pairs: list[tuple[str, str]], number: int, rng: np.random.Generator) -> dict[tuple, str]:
    """Answers to a pulse as REDCap exports them, a fifth of the people silent, and what each pair's should come to."""
    lines, truth = ["record_id,person,redcap_survey_identifier,met_1".replace("met_1", f"met_{number}")], {}
    said = {}
    for person in sorted({who for pair in pairs for who in pair}):
        if rng.random() > SILENT_SHARE:
            said[person] = int(rng.random() < 0.8)
            lines.append(f"{len(lines)},{person},,{said[person]}")
    for pair in pairs:
        two = {said[who] for who in pair if who in said}
        truth[pair] = SILENT if not two else DISPUTED if len(two) > 1 else YES if 1 in two else NOT_YET
    (folder / "answers.csv").write_text("\n".join(lines) + "\n")
    return truth


def most_with_a_partner(allowed: nx.Graph, first: set[str]) -> int:
    """The most of some people who can have a partner at the same time, found by another library."""
    for a, b in allowed.edges:
        allowed.edges[a, b]["weight"] = (a in first) + (b in first)
    return sum((a in first) + (b in first) for a, b in nx.max_weight_matching(allowed))


@pytest.mark.parametrize("world", WORLDS)
def test_six_rounds_keep_every_promise(tmp_path: Path, world: str) -> None:
    rng, gates = np.random.default_rng(1), WORLDS[world]
    made = pn.make_survey(people=100, answered=96, teams=8, mess=False, rng=1)
    source, folder = tmp_path / "all", tmp_path / "programme"
    made.write(source)
    order = [str(who) for who in rng.permutation(made.roster["person"])]
    present, waiting = order[:PEOPLE], order[PEOPLE:]
    gone: set[str] = set()
    left_out_before: set[str] = set()
    came_first = served = 0
    for number in range(1, ROUNDS + 1):
        survey = subset(source, folder, present)
        proposed = next_round(survey, read_rounds(folder, survey), settings=gates, today=TODAY)
        assert proposed.number == number
        assert proposed.pairing.proven
        assert proposed.pairing.check().empty
        rounds = read_rounds(folder, survey).append(proposed.rows)

        # nobody who left, no veto broken, nobody a second time
        pairs = {tuple(sorted(pair)) for pair in rounds.of_round(number)}
        earlier = {pair for other in range(1, number) for pair in rounds.of_round(other, *HELD)}
        assert not pairs & earlier
        assert not {who for pair in pairs for who in pair} & gone
        vetoes = pn.score_pairs(survey, pn.colleague_graph(survey)).without("foundation", "experience", "goals", "band")
        assert vetoes.to_frame(pairs)["blocked"].eq("").all()

        # of those left out before, as many have a partner as any choice of pairs could give one, and none has not while
        # somebody they could be paired with is free
        scores = gates.score(survey, pn.colleague_graph(survey))
        open_pairs = scores.to_frame()
        open_pairs = open_pairs[open_pairs["blocked"] == ""]
        possible = zip(open_pairs["a"], open_pairs["b"], strict=True)
        allowed = nx.Graph([pair for pair in possible if pair not in earlier and not {*pair} & gone])
        first = left_out_before & {*allowed}
        paired = {who for pair in pairs for who in pair}
        if (scores.capacity <= 1).all():
            assert len(first & paired) == most_with_a_partner(allowed, first)
        for person in first - paired:
            assert not {*allowed[person]} - paired, "a partner was free"
        assert {*proposed.first.index[proposed.first["without"] > 0]} == first
        came_first, served = came_first + len(first), served + len(first & paired)
        left_out_before = {*proposed.left_out["person"]}

        # the round runs; a tenth leaves, and who loses a partner has another one wherever that can be
        rounds = rounds.append(rounds.started())
        here = [who for who in present if who not in gone]
        leaving = [str(who) for who in rng.choice(here, round(LEAVING * len(here)), replace=False)]
        for some in (leaving[:1], leaving[1:]):
            mended = replace_partner(survey, rounds, some, settings=gates, today=TODAY)
            assert mended.proven
            assert not {*mended.made} & {*earlier}
            rounds = rounds.append(mended.rows)
            left_out_before |= {*mended.alone}
            left_out_before -= {who for pair in mended.made for who in pair}
        left_out_before -= {*leaving}
        gone |= {*leaving}
        pd.testing.assert_frame_equal(read_rounds(folder, survey).pairs, rounds.pairs)
        assert not {who for pair in rounds.of_round(number) for who in pair} & {*leaving}

        # a pulse, and its answers read back
        home = folder / f"pulse_{number}"
        write_pulse(survey, rounds, home / "pulse.csv", tool="redcap")
        truth = answered(home, rounds.of_round(number), number, rng)
        pulse = read_pulse(home / "answers.csv", rounds)
        found = {(a, b): word for a, b, word in pulse.pairs[["a", "b", "met"]].itertuples(index=False, name=None)}
        assert found == truth
        rounds = rounds.append(pulse.rows)
        dyads = pn.outcomes.pairs_of(pulse.survey, [*truth])
        assert len(dyads.table) == len({*truth})

        # some leave the list of staff as well, and as many come as left
        present = [who for who in present if who not in leaving[::2]] + waiting[: len(leaving)]
        waiting = waiting[len(leaving) :]
    everything = read_rounds(folder, survey)
    assert everything.last == ROUNDS
    met = [frozenset(pair) for number in range(1, ROUNDS + 1) for pair in everything.of_round(number, *HELD)]
    assert len(met) == len({*met})
    assert {*everything.pairs["met"]} >= {YES, NOT_YET, DISPUTED, SILENT}
    assert everything.gone
    assert served > 0 or world == "open gates", "with open gates there was a partner for everybody"
    print(f"{world}: {came_first} came first, {served} of them had a partner; {len(met)} pairs")
