"""Rounds never repeat a meeting, give everyone their turn, and say how much more any plan could bring."""

from dataclasses import replace
from itertools import combinations
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import PeernetWarning, SettingError, UnknownPersonError
from peernet.meetings import held
from peernet.meetings.held import group_gains, heard_in, pairs_in
from tests.made.meetings import NINE, VIEWS, planned, scored
from tests.made.surveys import both_ways, survey_of


@pytest.fixture(scope="module")
def example():
    survey = pn.load_example()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


@pytest.fixture(scope="module")
def plan(example):
    return planned(example, rounds=3)


# --- what a plan holds ------------------------------------------------------------------------------------------------


def test_nobody_meets_the_same_colleague_twice():
    table = planned(scored(VIEWS), rounds=5).table
    assert len(table) >= 9  # of the ten pairs there are
    assert not table.duplicated(["a", "b"]).any()


def test_the_first_round_is_the_best_pairing(example):
    assert planned(example, rounds=1, everyone=False).rounds[0] == pn.pair_people(example).pairs


def test_as_many_as_possible_meet_somebody_unless_asked_otherwise(example):
    most = len(pn.pair_people(example, cardinality="max"))
    least = len(pn.pair_people(example))
    asked = (planned(example, rounds=1, everyone=everyone) for everyone in (True, False))
    assert [len(plan.table) for plan in asked] == [most, least]


def test_gains_are_those_left_after_earlier_rounds():
    """The second time somebody from the far end is met, they bring little."""
    plan = planned(scored({"a": 1, "b": 5, "c": 5}), rounds=3)
    gains = plan.of("a")["gain"]
    assert gains.iloc[0] > 0.1
    assert gains.iloc[1] == 0


def test_the_table_names_each_pair_once_in_order(plan):
    table = plan.table
    assert list(table) == ["round", "pair", "a", "b", "trio", "gain_a", "gain_b", "value", "foundation", "introducer"]
    assert (table["a"] < table["b"]).all()
    assert table["round"].is_monotonic_increasing
    assert plan.objective == pytest.approx(table["value"].sum())


def test_people_say_what_they_get(plan, example):
    people = plan.people
    assert people.index.equals(example.people)
    np.testing.assert_allclose(people["after"] - people["before"], people["gain"])
    expected = pn.exposure(example, list(zip(plan.table["a"], plan.table["b"], strict=True))).table["after"]
    np.testing.assert_allclose(people["after"], expected)


def test_the_schedule_has_one_row_per_person(plan):
    schedule = plan.schedule()
    assert list(schedule) == [1, 2, 3]
    row = plan.table.iloc[0]
    assert (schedule.loc[row["a"], 1], schedule.loc[row["b"], 1]) == (row["b"], row["a"])


def test_a_person_reads_nothing_of_what_the_partner_gains(plan):
    mine = plan.of("p003")
    assert list(mine) == ["round", "partner", "introducer", "gain"]
    with pytest.raises(UnknownPersonError, match="No person 'zed'"):
        plan.of("zed")


def test_it_says_how_far_it_may_be_from_the_best(plan):
    assert plan.objective <= plan.likely_bound <= plan.bound + 1e-9
    told = f"total value {plan.objective:.3f} (at most {plan.gap:.1%} below the best)"
    assert repr(plan) == f"<Rounds: 3 rounds, {len(plan.table)} pairs, {told}>"
    assert "<table" in plan._repr_html_()


def test_no_bound_is_stated_where_none_was_asked_for(example):
    plan = planned(example, rounds=1, bound=False)
    assert np.isnan(plan.bound)
    assert "below" not in repr(plan)
    assert plan.check().empty


def test_what_a_round_brings_is_the_same_worked_out_together_or_person_by_person(plan):
    pairs = pairs_in(plan._plan[:1])
    with patch.object(held, "MANY", 10**6):
        together = group_gains(plan.scores, pairs)
    with patch.object(held, "MANY", 0):
        apart = group_gains(plan.scores, pairs)
    assert np.array_equal(together, apart, equal_nan=True)


def test_between_two_plans_only_people_who_meet_others_make_a_difference(plan):
    (a, b), (c, d), *rest = plan._plan[1]
    other = plan._plan[0], ((a, c), (b, d), *rest), plan._plan[2]
    programme = replace(plan._programme, pairs=_every_pair(plan))
    full, some = (
        [programme.worth(rounds, 0.0, people) for rounds in (other, plan._plan)]
        for people in (range(len(plan.scores)), {a, b, c, d})
    )
    assert len(heard_in(plan._plan)) > 4
    assert some[0] - some[1] == pytest.approx(full[0] - full[1], abs=1e-10)
    assert abs(full[0] - full[1]) > 1e-6


def _every_pair(plan):
    """The pool of a plan as if everybody could meet everybody."""
    pool = plan._programme.pairs
    firsts, seconds = np.triu_indices(pool.n, 1)
    columns = {name: np.zeros(len(firsts)) for name in pool.columns}
    return replace(pool, firsts=firsts, seconds=seconds, columns=columns)


def test_rounds_made_anew_beside_the_others_are_worth_more():
    rng = np.random.default_rng(1)
    answers = {f"p{i:02}": {f"perspective_{k}": rng.integers(1, 6) for k in range(4)} for i in range(20)}
    survey = survey_of(answers, {"works_with": [], "trust": both_ways(*combinations(answers, 2))})
    everybody = pn.score_pairs(survey, pn.colleague_graph(survey))
    few = planned(everybody, rounds=4, bound=False)
    assert few.objective > few.in_turn
    assert few.check().empty
    assert planned(everybody, rounds=4, bound=False, passes=0).objective == few.in_turn


def test_the_order_of_rows_does_not_matter():
    one, two = (planned(scored(dict(order)), rounds=3) for order in (VIEWS.items(), reversed(VIEWS.items())))
    pd.testing.assert_frame_equal(one.table, two.table)


def test_where_the_lesser_gain_counts_rounds_stay_as_they_were_made():
    plan = planned(scored(VIEWS, value="lesser"), rounds=3)
    assert plan.objective == plan.in_turn
    assert plan.check().empty


def test_a_plan_for_somebody_alone_is_empty():
    plan = planned(scored({"a": 1}, []), rounds=2)
    assert (len(plan.table), plan.objective, plan.gap) == (0, 0.0, 0.0)
    assert plan.people["no_one_new"].tolist() == [2]
    assert plan.schedule().loc["a"].tolist() == ["", ""]


# --- turns ------------------------------------------------------------------------------------------------------------


def test_with_an_odd_number_everyone_rests_once_before_anyone_rests_twice():
    people = planned(scored(NINE), rounds=6).people
    assert people["rested"].sum() == 6
    assert people["rested"].max() == 1


def test_resting_because_nobody_is_left_to_meet_is_told_apart():
    people = planned(scored({"a": 1, "b": 5, "c": 3}, [("a", "b"), ("b", "c")]), rounds=3).people
    told = people[["rested", "no_one_new"]]
    assert told.loc["b"].tolist() == [0, 1]  # met a, then c, then nobody was left
    assert told.loc["c"].tolist() == [1, 1]


def test_whoever_rested_before_the_plan_comes_first():
    scores = scored({"a": 1, "b": 5, "c": 4})
    assert planned(scores, rounds=1).table[["a", "b"]].to_numpy().tolist() == [["a", "b"]]
    later = planned(scores, rounds=1, earlier=[[("a", "b")]])
    assert "c" in {*later.table["a"], *later.table["b"]}


def test_somebody_with_room_for_two_does_not_take_two_from_those_who_wait():
    """a has room for two; after a round without them, c and d both wait and each gets one of the others."""
    scores = scored({"a": 1, "b": 5, "c": 2, "d": 4}, capacity={"a": 2})
    plan = planned(scores, rounds=2, earlier=[[("a", "b")]])
    assert set(plan.people["rested"]) == {0, 1}
    assert plan.check().empty


# --- earlier rounds ---------------------------------------------------------------------------------------------------


def test_a_plan_goes_on_from_a_plan(plan, example):
    more = planned(example, rounds=2, earlier=plan, bound=False)
    assert more.check().empty
    assert more.rounds[:3] == plan.rounds
    assert (more.people["rested"] >= plan.people["rested"]).all()
    np.testing.assert_allclose(more.people["before"], plan.people["after"])


def test_a_plan_goes_on_from_pairings(example):
    pairing = pn.pair_people(example)
    more = planned(example, rounds=1, earlier=[pairing], bound=False)
    assert not set(pairing.pairs) & set(zip(more.table["a"], more.table["b"], strict=True))


def test_people_who_have_left_are_named():
    with pytest.warns(PeernetWarning, match="1 person of earlier rounds not scored, and left out: 'zed'"):
        planned(scored(VIEWS), rounds=1, earlier=[[("a", "zed"), ("b", "c")]])


def test_earlier_rounds_must_hold_pairs():
    with pytest.raises(SettingError, match=r"earlier must hold rounds of pairs.*\('a', 'a'\)"):
        planned(scored(VIEWS), rounds=1, earlier=[[("a", "a")]])


# --- trios ------------------------------------------------------------------------------------------------------------


def test_nobody_is_in_a_trio_twice_while_others_never_were():
    people = planned(scored(NINE), rounds=2, trios=1).people
    assert people["rested"].sum() == 0
    assert sorted(people["trios"]) == [0, 0, 0, 1, 1, 1, 1, 1, 1]


def test_somebody_who_does_not_want_a_trio_is_in_none():
    willing = ["a", "b", "c", "e"]
    people = planned(scored(VIEWS), rounds=1, trios=1, willing=willing).people
    assert people["trios"].to_dict()["d"] == 0
    assert people["trios"].sum() == 3


def test_trio_duty_is_remembered_from_earlier_rounds():
    scores = scored(NINE)
    first = planned(scores, rounds=1, trios=1)
    second = planned(scores, rounds=1, trios=1, earlier=first)
    assert second.people["trios"].max() == 1


# --- clusters ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_groups():
    views = {"a": 1, "b": 5, "c": 1, "d": 5}
    return scored(views, works_with=[("a", "b"), ("c", "d"), ("a", "d"), ("b", "c")]), pd.Series(
        {"a": 1, "b": 2, "c": 1, "d": 2}
    )


def test_new_clusters_come_before_value(two_groups):
    """Those of the other cluster are heard already and bring nothing; they are met all the same."""
    scores, clusters = two_groups
    plan = planned(scores, rounds=1, clusters=clusters)
    assert plan.coverage["status"].tolist() == ["met"] * 4
    assert plan.coverage["round"].tolist() == [1.0] * 4
    assert plan.check().empty


def test_clusters_can_have_a_price_instead():
    scores = scored({"a": 1, "b": 5, "c": 1, "d": 5})
    clusters = pd.Series({"a": 1, "b": 1, "c": 2, "d": 2})
    free, dear = (planned(scores, rounds=1, clusters=clusters, cluster_price=price) for price in (0.0, 1.0))
    assert set(dear.coverage["status"]) == {"met"}
    assert free.objective >= dear.objective


def test_who_cannot_meet_a_cluster_is_told():
    plan = planned(
        scored({"a": 1, "b": 5, "c": 3}, [("a", "b")]), rounds=2, clusters=pd.Series({"a": "x", "b": "y", "c": "z"})
    )
    told = plan.coverage.set_index(["person", "cluster"])["status"]
    assert told.to_dict() == {
        ("a", "y"): "met",
        ("a", "z"): "no possible partner",
        ("b", "x"): "met",
        ("b", "z"): "no possible partner",
    }


def test_there_is_no_coverage_without_clusters(plan):
    assert plan.coverage.empty


def test_coverage_comes_at_a_price_in_value(example):
    clusters = pn.load_example().people["team"]
    first, never = (planned(example, rounds=2, clusters=clusters, cluster_price=p, bound=False) for p in (None, 0.0))
    met = [(plan.coverage["status"] == "met").sum() for plan in (first, never)]
    assert met[0] > met[1]
    assert first.objective < never.objective


# --- settings and checks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rounds": 0}, "rounds must be a whole number, 1 or more; got 0"),
        ({"trios": -1}, "trios must be a whole number, 0 or more; got -1"),
        ({"passes": 1.5}, "passes must be a whole number, 0 or more; got 1.5"),
        ({"cluster_price": -1.0}, "cluster_price must be None or a number, 0 or more; got -1.0"),
    ],
)
def test_settings_outside_what_is_allowed_are_named(settings, message):
    with pytest.raises(SettingError, match=message):
        planned(scored(VIEWS), **settings)


@pytest.mark.parametrize("settings", [{"willing": ["zed"]}, {"clusters": pd.Series({"zed": 1})}])
def test_strangers_are_named(settings):
    with pytest.raises(UnknownPersonError, match="No person 'zed'"):
        planned(scored(VIEWS), **settings)


@pytest.mark.parametrize(
    ("tampered", "rule"),
    [
        (lambda p: replace(p, objective=p.objective + 1), "objective"),
        (lambda p: replace(p, bounds=(p.objective - 1, np.nan)), "bound"),
        (lambda p: replace(p, bounds=(p.objective, np.nan)), "bound"),
        (lambda p: replace(p, table=p.table.assign(gain_a=0.0)), "gain_a"),
        (lambda p: replace(p, table=p.table.assign(value=0.0)), "value"),
        (lambda p: replace(p, table=p.table.assign(a="a", b="b")), "repeats"),
        (lambda p: replace(p, table=p.table.assign(round=1)), "capacity"),
        (lambda p: replace(p, _plan=p._plan[::-1]), "gain_a"),
        (lambda p: replace(p, _plan=(p._plan[0], p._plan[0], *p._plan[2:])), "turns"),
    ],
)
def test_check_finds_what_was_tampered_with(tampered, rule):
    plan = planned(scored(VIEWS), rounds=4)
    assert plan.check().empty
    assert rule in set(tampered(plan).check()["rule"])


def test_check_finds_a_pair_that_is_not_possible():
    plan = planned(scored({"a": 1, "b": 5, "c": 3}, [("a", "b"), ("b", "c")]), rounds=1)
    closed = scored({"a": 1, "b": 5, "c": 3}, [("b", "c")])
    broken = replace(plan, _programme=replace(plan._programme, scores=closed)).check()
    assert "gates" in set(broken["rule"])


def test_one_pairing_counts_as_one_earlier_round():
    scores = scored(NINE)
    pairing = pn.pair_people(scores)
    one, listed = planned(scores, rounds=1, earlier=pairing), planned(scores, rounds=1, earlier=[pairing])
    assert one.rounds == listed.rounds
    assert one.rounds[0] == pairing.pairs


def test_pairs_that_belong_to_no_round_are_refused():
    with pytest.raises(SettingError, match=r"one list of pairs per round; got \('a', 'b'\) for a round"):
        planned(scored(NINE), rounds=1, earlier=[("a", "b")])


def test_clusters_are_one_per_person():
    with pytest.raises(SettingError, match="clusters must be a Series, one cluster per person; got a DataFrame"):
        planned(scored(NINE), rounds=1, clusters=pd.DataFrame({"cluster": dict.fromkeys(NINE, 1)}))
