"""Scores and pairings of one survey by any settings, each at the price of what differs."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.explorer import held as held_module
from peernet.explorer.held import HeldPairs, ValueBlocks, apart_from_hand, can_be_held
from peernet.explorer.workbench import HELD, REMEMBERED, Workbench
from peernet.pairing.objectives import EngineWeights
from peernet.programme.settings import Settings
from peernet.scores.rules import Rule, Rules
from tests.made.explored import SHAPES, any_change


@pytest.fixture
def bench():
    return Workbench(SHAPES["refusals"](np.random.default_rng(2)))


def rules(*some, **facts):
    return Rules([Rule(kind, *who, **kws) for kind, who, kws in some], facts)


@pytest.mark.parametrize("seed", range(6))
def test_scores_by_any_settings_are_those_of_scoring_anew(bench, seed):
    rng, settings = np.random.default_rng(seed), Settings()
    for _ in range(4):
        settings = settings.but(**any_change(rng))
    found, anew = bench.scores(settings), settings.score(bench.survey, bench.graph)
    everybody = np.arange(len(anew))
    np.testing.assert_array_equal(found.block(everybody), anew.block(everybody))
    np.testing.assert_array_equal(found.gates.codes(everybody), anew.gates.codes(everybody))
    assert found.settings == anew.settings


def test_a_pairing_asked_for_again_is_the_same_one(bench):
    settings = Settings(experience=0.4)
    assert bench.pairing(settings) is bench.pairing(Settings(experience=0.4, seed=7, draws=3, repeats=0))
    assert bench.pairing(settings) is not bench.pairing(Settings(experience=0.5))


def test_no_more_is_remembered_than_it_says(bench):
    for k in range(REMEMBERED + 3):
        bench.pairing(Settings(experience=k / 100))
    assert len(bench._pairings) == REMEMBERED
    assert len(bench._held) == HELD


def test_one_list_of_pairs_serves_every_rule_by_hand(bench):
    free = bench.pairing(Settings())
    (a, b), (c, _) = free.pairs[:2]
    by_hand = rules(("required", (a, b), {}), ("forbidden", ("p01", "p05"), {}), ("capacity", (c,), {"number": 0}))
    assert bench.held(Settings()) is bench.held(Settings(rules=by_hand))


@pytest.mark.parametrize(
    ("rule", "so"),
    [
        (Rule("required", "p01", "p02"), True),
        (Rule("forbidden", "p01", "p02"), True),
        (Rule("capacity", "p01", number=0), True),
        (Rule("capacity", "p01", number=1), False),
        (Rule("capacity", number=0), False),
        (Rule("required", "p01", "p02", price=0.1), False),
        (Rule("forbidden", "p01", "p02", price=0.1), False),
        (Rule("capacity", "p01", number=0, price=0.1), False),
        (Rule("met", "p01", "p02"), False),
    ],
)
def test_rules_by_hand_are_told_from_others(rule, so):
    rest, by_hand = apart_from_hand(Rules([rule]))
    assert (by_hand, rest) == (([rule], []) if so else ([], [rule]))


def test_several_rules_on_the_room_of_one_person_are_not_by_hand():
    both = Rules([Rule("capacity", "p01", number=0), Rule("capacity", "p01", number=2)])
    assert apart_from_hand(both)[1] == []


@pytest.mark.parametrize(
    ("settings", "so"),
    [
        (Settings(), True),
        (Settings(cardinality="max"), True),
        (Settings(objective="fair"), False),
        (Settings(rules=Rules([Rule("at most within", column="team", number=1)])), False),
        (Settings(rules=Rules([Rule("partner", "p01")])), False),
        (Settings(rules=Rules([Rule("not within", column="team", price=0.02)])), True),
    ],
)
def test_only_totals_of_single_pairs_are_held(bench, settings, so):
    assert can_be_held(bench.scores(settings), settings) == so


def test_what_the_engine_is_given_is_what_pair_people_gives_it(bench, monkeypatch):
    """To the last bit: only then is it the same pairing of several that are worth as much."""
    given = {}
    real = held_module.max_weight_matching
    monkeypatch.setattr(held_module, "max_weight_matching", lambda w, **kws: given.update(kws, w=w) or real(w, **kws))
    a, b = bench.pairing(Settings()).pairs[0]
    by_hand = rules(("forbidden", (a, b), {}), ("capacity", ("p11",), {"number": 0}))
    scores = bench.scores(Settings(rules=by_hand))
    bench.pairing(Settings(rules=by_hand))
    weights = EngineWeights(scores)
    np.testing.assert_array_equal(given["w"], weights.block(np.arange(len(weights))))
    np.testing.assert_array_equal(given["capacity"], weights.capacity)


def test_values_of_many_are_handed_out_by_block():
    u, v, values = np.array([0, 1]), np.array([2, 3]), np.array([0.5, 0.0])
    blocks = ValueBlocks(4, u, v, values)
    nan = np.nan
    np.testing.assert_array_equal(blocks.block(np.array([3, 0])), [[nan, 0.0, nan, nan], [nan, nan, 0.5, nan]])
    assert len(blocks) == 4


@pytest.mark.parametrize("few", [0, 32])
def test_large_pools_are_solved_alike(bench, monkeypatch, few):
    """As lists or by block, as if there were thousands of people."""
    settings = Settings(accept=("mutual", "introduced", "unknown"))
    known = bench.pairing(settings)
    monkeypatch.setattr(held_module, "CELLS_AT_ONCE", 1)
    monkeypatch.setattr(held_module, "FEW_PARTNERS", few)
    found = HeldPairs(bench.scores(settings)).pairing(bench.scores(settings), settings)
    assert found.objective == pytest.approx(known.objective)
    assert found.proven
    assert not len(found.check())


def test_reasons_are_anew_for_whom_a_rule_touches(bench):
    """Somebody whose only possible partner is left out had nobody else."""
    scores = bench.scores(Settings())
    possible = scores.possible(np.arange(len(scores)))
    settings = Settings(rules=Rules([Rule("capacity", str(p), number=0) for p in scores.people[possible[0]]]))
    bench.pairing(Settings())
    reasons = bench.pairing(settings).unpaired.set_index("person")["reason"]
    assert reasons[scores.people[0]] == "no possible partner"


def test_groups_and_names_are_of_everybody(bench):
    assert bench.groups.index.equals(bench.survey.people.index)
    assert bench.groups.between(-1, 20).all()
    pd.testing.assert_index_equal(bench.names.index, bench.survey.people.index)


def test_a_graph_of_ones_own_is_used():
    survey = SHAPES["drawn"](np.random.default_rng(1))
    graph = pn.colleague_graph(survey)
    graph.remove_edges_from([*graph.edges(keys=True)])
    assert len(Workbench(survey, graph).pairing(Settings())) == 0
