"""Teams planted as a star, a ring and a mesh are told apart, and in that order, under both tie rules."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from tests.made.networks import survey_of_edges
from tests.made.surveys import both_ways

SIZE = 8
SHAPES = ("star", "ring", "mesh")


def shape(name):
    """Mutual ties of one team; the first of its people leads it."""
    people = [f"{name}{i}" for i in range(SIZE)]
    if name == "star":
        return both_ways(*((people[0], other) for other in people[1:]))
    if name == "ring":
        return both_ways(*zip(people, people[1:] + people[:1], strict=True))
    return both_ways(*((a, b) for i, a in enumerate(people) for b in people[:i]))


def planted(extra=()):
    people = [f"{name}{i}" for name in SHAPES for i in range(SIZE)]
    ties = pd.DataFrame([tie for name in SHAPES for tie in shape(name)] + list(extra), columns=["ego", "alter"])
    team = [name for name in SHAPES for _ in range(SIZE)]
    manager = [None if i == 0 else f"{name}0" for name in SHAPES for i in range(SIZE)]
    return survey_of_edges(ties.assign(layer="candour"), people, team=team, manager=manager)


@pytest.fixture(scope="module")
def found():
    survey = planted()
    return pn.graph.leader_independence(survey, pn.colleague_graph(survey)).table.set_index(["rule", "team"])


@pytest.mark.parametrize("rule", ["mutual", "either"])
@pytest.mark.parametrize("measure", ["kept", "percentile", "largest", "largest_percentile"])
def test_star_ring_and_mesh_stand_in_this_order(found, rule, measure):
    star, ring, mesh = (found.loc[(rule, name), measure] for name in SHAPES)
    assert star < ring <= mesh


@pytest.mark.parametrize("rule", ["mutual", "either"])
def test_a_star_is_nothing_without_its_middle(found, rule):
    star = found.loc[(rule, "star")]
    assert star[["peers", "kept", "percentile", "largest_percentile"]].tolist() == [0, 0, 0, 0]
    assert star["largest_kept_others"] == 1
    assert star["largest"] == pytest.approx(1 / (SIZE - 1))
    assert star["cut"]
    assert star[["parts", "cut_off", "cut_off_others"]].tolist() == [SIZE - 1, SIZE - 2, 0]
    assert star["hangs"]


@pytest.mark.parametrize("rule", ["mutual", "either"])
def test_a_mesh_does_not_notice(found, rule):
    mesh = found.loc[(rule, "mesh")]
    assert mesh[["peers", "largest", "kept", "kept_others"]].tolist() == [1, 1, 1, 1]
    assert mesh["percentile"] == 0.5
    assert not mesh["cut"]
    assert not mesh["hangs"]


def test_in_a_ring_the_leader_is_like_anybody(found):
    ring = found.loc[("mutual", "ring")]
    assert ring["kept"] == pytest.approx(ring["kept_others"])
    assert ring["percentile"] == 0.5
    assert ring["kept"] < 1


def test_the_leader_gets_all_candour_in_a_star_and_an_equal_share_in_a_mesh(found):
    assert found.loc[("mutual", "star"), "leader_share"] == 1
    assert found.loc[("mutual", "mesh"), "leader_share"] == pytest.approx(1 / (SIZE - 1))


@pytest.mark.parametrize("rule", ["mutual", "either"])
def test_two_halves_that_meet_in_the_leader_hang_on_them(rule):
    """Two circles of four, each of whose members trusts the leader too."""
    people = [f"t{i}" for i in range(9)]
    halves = [*combinations(people[1:5], 2), *combinations(people[5:], 2), *(("t0", other) for other in people[1:])]
    ties = pd.DataFrame(both_ways(*halves), columns=["ego", "alter"]).assign(layer="candour")
    survey = survey_of_edges(ties, people, team="Dock", manager=[None, *["t0"] * 8])
    found = pn.graph.leader_independence(survey, pn.colleague_graph(survey), rules=[rule]).table.iloc[0]
    assert found[["parts", "cut_off", "cut_off_others"]].tolist() == [2, 4, 0]
    assert found["hangs"]


def share_that_hang(teams, size, likely, rng):
    """Of teams whose members name each other by lot, how many are said to hang on their leader, by rule."""
    tied = rng.random((teams, size, size)) < likely
    tied &= ~np.eye(size, dtype=bool)
    tied |= tied.transpose(0, 2, 1) & (rng.random(tied.shape) < 0.4)
    ties = [(f"{t}_{i}", f"{t}_{j}") for t, i, j in zip(*tied.nonzero(), strict=True)]
    people = [f"{t}_{i}" for t in range(teams) for i in range(size)]
    manager = [None if i == 0 else f"{t}_0" for t in range(teams) for i in range(size)]
    frame = pd.DataFrame(ties, columns=["ego", "alter"]).assign(layer="candour")
    survey = survey_of_edges(frame, people, team=[person.split("_")[0] for person in people], manager=manager)
    table = pn.graph.leader_independence(survey, pn.colleague_graph(survey), progress=False).table
    return table["hangs"].astype(bool).groupby(table["rule"]).mean()


def test_teams_by_lot_are_seldom_said_to_hang_on_their_leader(rng):
    assert (share_that_hang(120, 9, 0.2, rng) <= 0.09).all()


@pytest.mark.slow
@pytest.mark.parametrize("size", [6, 9, 12])
def test_at_most_one_in_twenty_teams_by_lot_is_said_to_hang_on_its_leader(size, rng):
    for likely in (0.1, 0.2, 0.3, 0.5):
        found = share_that_hang(1000, size, likely, rng)
        print(f"\nteams of {size}, {likely:.0%} named: {found.round(3).to_dict()}")
        assert (found <= 0.055).all()


def test_pairing_members_of_a_star_loosens_it_from_its_middle():
    survey = planted()
    pairs = [("star1", "star2"), ("star3", "star4"), ("star5", "ring5")]
    table = pn.graph.leader_independence(survey, pn.colleague_graph(survey), pairing=pairs).table
    star = table[(table["team"] == "star") & (table["rule"] == "mutual")].set_index("when")
    assert star.loc["now", ["peers", "elsewhere"]].tolist() == [0, 0]
    assert star.loc["with pairs", "peers"] == pytest.approx(4 / 7)
    assert star.loc["with pairs", "elsewhere"] == pytest.approx(5 / 7)
    assert star.loc["with pairs", "kept"] > 0


def test_the_rule_decides_where_candour_is_not_returned():
    """A ring in which everybody names only the next: whole under one rule, dust under the other."""
    one_way = [(f"star{i}", f"star{i % 7 + 1}") for i in range(1, 8)]
    survey = planted(one_way)
    table = pn.graph.leader_independence(survey, pn.colleague_graph(survey)).table.set_index(["team", "rule"])
    assert table.loc[("star", "either"), ["peers", "largest"]].tolist() == [1, 1]
    assert table.loc[("star", "mutual"), "peers"] == 0
