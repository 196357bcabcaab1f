"""A plan says what a study on these people could find, through their gates, their lot and the test to come."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import EstimationError, InfeasibleError, SettingError, UnknownPersonError
from peernet.outcomes.lots import ByLot
from peernet.outcomes.plan import StudyPlan, plan_study
from peernet.outcomes.trials import drawn_rounds
from peernet.pairing.lottery import design_of
from tests.made.rosters import roster
from tests.made.surveys import both_ways, survey_of

SIMPLE = {"test": "pair means", "reliability": 1.0, "draws": 40, "studies": 1000, "progress": False}
REDRAWN = {"reliability": 1.0, "draws": 80, "studies": 400, "progress": False}
FORTY = [f"p{i:03d}" for i in range(40)]
RING = [(a, FORTY[(i + k) % 40]) for i, a in enumerate(FORTY) for k in (1, 2, 3)]


@cache
def scores(people: int = 40) -> pn.scores.PairScores:
    return roster(people)


def smallest(chosen: pn.scores.PairScores | None = None, **settings: object) -> float:
    found = plan_study(chosen or scores(), **{**SIMPLE, **settings})  # type: ignore[arg-type]
    return float(found.table["smallest_detectable"].iloc[0])


# --- what it tells ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "correlation"),
    [(20, 0.64), (40, 0.47), *(pytest.param(*each, marks=pytest.mark.slow) for each in ((80, 0.34), (160, 0.24)))],
)
def test_without_gates_it_finds_the_correlations_that_the_formula_for_so_many_pairs_does(people, correlation):
    """|r| of Fisher's formula with N / (1 + .2) independent people, to the two digits that are known."""
    table = plan_study(scores(people), **{**SIMPLE, "studies": 4000}).table
    slope = table["smallest_per_sd"].iloc[0]
    assert slope / np.sqrt(1 + slope**2) == pytest.approx(correlation, abs=0.015)
    assert table["pairs"].iloc[0] == people / 2


def test_a_row_for_every_combination_of_what_was_given_several_times():
    table = plan_study(scores(), effect=2.0, sites=[1, 2], drop_out=(0.0, 0.2), **SIMPLE).table
    assert table[["sites", "drop_out"]].to_numpy().tolist() == [[1, 0.0], [1, 0.2], [2, 0.0], [2, 0.2]]
    assert table["people"].tolist() == [40, 40, 80, 80]
    assert table.index.tolist() == [1, 2, 3, 4]
    assert [*table] == [
        *("people", "pairs", "rounds", "sites", "drop_out", "spill_over", "alike", "before", "effect", "power", "low"),
        *("high", "false_alarms", "smallest_detectable", "smallest_per_sd", "people_needed"),
    ]


def test_the_smallest_detectable_effect_is_found_with_a_chance_of_80_percent():
    effect = smallest()
    again = plan_study(scores(), effect=effect, **SIMPLE).table.iloc[0]
    assert again["power"] == pytest.approx(0.8, abs=0.002)
    assert again["low"] < 0.8 < again["high"]
    assert again["people_needed"] == pytest.approx(40, rel=0.15)


def test_so_many_people_as_are_said_to_be_needed_find_the_effect():
    needed = plan_study(scores(), effect=1.5, **SIMPLE).table["people_needed"].iloc[0]
    sites = round(needed / 40)
    assert sites >= 3
    found = plan_study(scores(), effect=1.5, sites=sites, **SIMPLE).table["power"].iloc[0]
    assert found == pytest.approx(0.8, abs=0.05)


def test_the_curve_rises_from_the_level_of_the_test_to_certainty():
    curve = plan_study(scores(), **SIMPLE).curve
    assert curve["effect"].iloc[0] == 0.0
    assert 0.03 < curve["power"].iloc[0] < 0.07
    assert curve["power"].iloc[-1] > 0.9
    assert (curve["low"] <= curve["power"]).all()
    assert (curve["power"] <= curve["high"]).all()


def test_without_an_effect_it_says_what_could_be_found_and_nothing_else():
    plan = plan_study(scores(), **SIMPLE)
    assert plan.table[["effect", "power", "low", "high", "people_needed"]].isna().all(axis=None)
    assert "would be found" not in plan.sentence


def test_the_sentence_gives_people_pairs_smallest_effect_and_what_the_planned_one_needs():
    plan = plan_study(scores(), effect=1.5, sites=[1, 4], **SIMPLE)
    first = plan.table.iloc[0]
    assert plan.sentence.startswith(
        "Of 40 people 20 pairs can be made at once within the gates. With 20 pairs in one round at one site no effect "
        f"below {first['smallest_detectable']:.3g} points per unit of perspective distance can be told with a chance "
        f"of 80 %, which is {first['smallest_per_sd']:.3f} standard deviations of the outcome between pairs one "
        "standard deviation of distance apart. An effect of 1.5 would be found with a chance of "
    )
    assert f"it needs about {first['people_needed']:,.0f} people like these" in plan.sentence
    assert "Of 2 scenarios number 2 can find most: with 80 pairs in one round at four sites" in plan.sentence
    assert "significant" not in plan.sentence + plan.method + " ".join(plan.assumptions["assumption"])
    assert repr(plan) == f"<StudyPlan: {plan.sentence}>"


def test_a_plan_cannot_be_changed_and_shows_its_table():
    plan = plan_study(scores(), **SIMPLE)
    assert "smallest_detectable" in plan._repr_html_()
    with pytest.raises(AttributeError):
        plan.sentence = "All is well."  # type: ignore[misc]


# --- what it depends on -----------------------------------------------------------------------------------------------


def test_effects_are_in_points_of_the_outcome():
    assert smallest(outcome_sd=7.0) == pytest.approx(7 * smallest())


def test_a_measure_before_takes_its_share_of_the_variance_out():
    assert smallest(before=0.6) == pytest.approx(0.8 * smallest(), rel=1e-4)


def test_partners_who_are_alike_tell_less_and_partners_who_differ_tell_more():
    assert smallest(alike=-0.5) == pytest.approx(np.sqrt(0.5 / 1.2) * smallest(alike=0.2), rel=0.05)


def test_four_times_as_many_sites_find_half_the_effect():
    assert smallest(sites=4) == pytest.approx(smallest() / 2, rel=0.08)


def test_a_study_with_an_effect_below_zero_has_the_power_of_one_above():
    up, down = (plan_study(scores(), effect=effect, **SIMPLE).table.iloc[0] for effect in (3.0, -3.0))
    assert down["power"] == pytest.approx(up["power"], abs=0.04)
    assert down["people_needed"] == pytest.approx(up["people_needed"], rel=0.1)


def test_people_who_drop_out_take_the_outcome_of_their_pair_along():
    table = plan_study(scores(80), drop_out=[0.0, 0.3], **SIMPLE).table
    assert table["pairs"].tolist() == pytest.approx([40, 0.49 * 40], rel=0.02)
    assert table["smallest_detectable"].iloc[1] == pytest.approx(table["smallest_detectable"].iloc[0] / 0.7, rel=0.1)


def test_distances_with_error_hide_the_effect_of_the_true_ones():
    assert smallest(reliability=0.5) > 1.9 * smallest()


def test_by_default_the_reliability_is_that_of_the_distances_shown():
    plan = plan_study(pn.score_pairs(*_example()), **{**SIMPLE, "reliability": None, "studies": 100})
    assert plan.settings["reliability"] == pytest.approx(0.578, abs=0.001)
    assert plan.assumptions["found"].str.contains("reliability of 0.58").any()


@cache
def _example():
    survey = pn.load_example()
    return survey, pn.colleague_graph(survey)


def test_what_spills_over_is_lost_to_whoever_hears_colleagues():
    heard = roster(40, works_with=RING)
    lost = smallest(heard, spill_over=0.4) / smallest(heard)
    assert lost == pytest.approx(1 / 0.6, rel=0.15)


def test_nothing_spills_over_where_nobody_hears_anybody():
    assert smallest(spill_over=0.4) == smallest()


def test_rounds_in_which_everybody_meets_somebody_new_find_more():
    table = plan_study(scores(20), rounds=[1, 3], **{**REDRAWN, "draws": 40}).table
    assert table["pairs"].tolist() == [10, 30]
    assert table["smallest_detectable"].iloc[1] < table["smallest_detectable"].iloc[0] / 1.4


def test_a_design_near_the_best_leaves_less_to_compare():
    near = design_of(scores(), within=0.02, random_arm=0.0, cardinality="max")
    assert smallest(design=near) > 1.3 * smallest()


def test_the_design_of_a_pairing_drawn_is_taken_as_it_is():
    drawn = pn.draw_pairing(scores(), within=0.02, cardinality="max", draws=2, progress=False)
    assert smallest(design=drawn) == smallest(design=drawn.design)


def test_gates_decide_who_can_be_in_a_pair():
    names = FORTY[:24]
    trust = [(a, b) for i, a in enumerate(names[:12]) for b in names[i + 1 : 12]]
    plan = plan_study(roster(24, trust=trust), **SIMPLE)
    assert plan.table.loc[1, ["people", "pairs"]].tolist() == [24, 6]
    assert plan.sentence.startswith("Of 24 people 6 pairs can be made at once within the gates.")


@pytest.mark.parametrize("question", ["distance", "paired"])
def test_there_are_no_more_false_alarms_than_the_test_allows(question):
    settings = {**REDRAWN, "studies": 2000, "alike": [-0.4, 0.2, 0.6]}
    alarms = plan_study(scores(), question=question, **settings).table["false_alarms"]
    assert alarms.between(0.03, 0.07).all(), alarms.tolist()


def test_the_question_of_being_paired_is_one_of_groups():
    """A difference of means of 20 and 20 people is found from 2.8 standard errors on, and some for being few."""
    found = plan_study(scores(), question="paired", alike=0.0, **REDRAWN).table.iloc[0]
    assert found["smallest_detectable"] == pytest.approx(2.9 * np.sqrt(1 / 20 + 1 / 20), rel=0.1)
    assert found["pairs"] == 10


def test_whoever_waits_hears_of_it_from_those_who_were_paired():
    heard = roster(40, works_with=RING)
    few = {**REDRAWN, "question": "paired", "alike": 0.0}
    table = plan_study(heard, spill_over=[0.0, 0.5], **few).table
    assert table["smallest_detectable"].iloc[1] > 1.7 * table["smallest_detectable"].iloc[0]


# --- chance -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_same_seed_gives_the_same_plan_whatever_the_number_of_jobs(jobs):
    settings = {**REDRAWN, "draws": 40, "studies": 100, "rng": 5}
    one, other = (plan_study(scores(20), rounds=2, n_jobs=n, **settings) for n in (1, jobs))
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.curve, other.curve)


def test_a_scenario_finds_the_same_alone_and_among_others():
    alone = plan_study(scores(), sites=3, **SIMPLE).table.iloc[0]
    among = plan_study(scores(), sites=[1, 3], **SIMPLE).table.iloc[1]
    pd.testing.assert_series_equal(alone, among, check_names=False)


def test_nobody_meets_the_same_colleague_twice():
    design = design_of(scores(20), within=1.0, random_arm=0.0, cardinality="max")
    rounds = drawn_rounds(design, 5, 0.0, np.random.default_rng(3))
    met = pd.concat([each.pairs for each in rounds])
    assert len(met) == 50
    assert not met.duplicated().any()


def test_only_people_drawn_to_be_paired_are():
    design = design_of(scores(20), within=1.0, random_arm=0.0, cardinality="max")
    (found,) = drawn_rounds(design, 1, 0.4, np.random.default_rng(3))
    assert len(found.drawn) == 12
    assert {*found.pairs["a"], *found.pairs["b"]} <= {*found.drawn}


# --- pairs drawn by lot among all -------------------------------------------------------------------------------------


def test_a_lot_among_all_finds_what_a_draw_within_gates_that_let_all_through_does():
    lot = ByLot(scores().people)
    for question in ("distance", "paired"):
        found = [smallest(design=design, question=question, test="redraw", **REDRAWN) for design in (lot, None)]
        assert found[0] == pytest.approx(found[1], rel=0.1)


def test_no_gate_counts_for_a_lot_and_only_its_people_are_asked():
    closed = roster(40, trust=RING)
    plan = plan_study(closed, design=ByLot(FORTY[:17]), **SIMPLE)
    assert plan.table.loc[1, ["people", "pairs"]].tolist() == [17, 8]
    assert plan.sentence.startswith("Of 17 people 8 pairs can be made at once by the lot.")


def test_a_lot_draws_within_groups_anew_in_every_round_and_somebody_stays_single_of_an_odd_number():
    office = dict(zip(FORTY[:21], "n" * 11 + "s" * 10, strict=True))
    rounds = drawn_rounds(ByLot(office, office), 40, 0.0, np.random.default_rng(3))
    met = pd.concat([each.pairs for each in rounds])
    assert (met["a"].map(office) == met["b"].map(office)).all()
    assert met.duplicated().any()
    assert (met["a"] < met["b"]).all()
    for each in rounds:
        assert len({*each.pairs["a"], *each.pairs["b"]}) == 2 * len(each.pairs) == 20
    assert len({name for each in rounds for name in each.drawn if name not in each.pairs.to_numpy()}) == 11


def test_of_a_lot_too_only_people_drawn_to_be_paired_are():
    (found,) = drawn_rounds(ByLot(FORTY), 1, 0.4, np.random.default_rng(3))
    assert len(found.drawn) == 24
    assert {*found.pairs["a"], *found.pairs["b"]} == {*found.drawn}


def test_a_lot_of_strangers_of_few_or_of_one_pairing_is_refused():
    with pytest.raises(UnknownPersonError, match="zoe"):
        plan_study(scores(), design=ByLot([*FORTY, "zoe"]), **SIMPLE)
    with pytest.raises(EstimationError, match=r"Of 6 people 3 pairs can be made at once by the lot.*4\. Ask more"):
        plan_study(scores(), design=ByLot(FORTY[:6]), **SIMPLE)
    two = {name: k // 2 for k, name in enumerate(FORTY)}
    with pytest.raises(InfeasibleError, match="Only one pairing can be drawn by this lot"):
        plan_study(scores(), design=ByLot(two, two), **SIMPLE)


# --- what cannot be told ----------------------------------------------------------------------------------------------


def test_too_few_pairs_are_refused_with_their_number():
    names = FORTY[:6]
    trust = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    with pytest.raises(EstimationError, match=r"Of 40 people 3 pairs can be made .* fewer than 4\. Open a gate"):
        plan_study(roster(40, trust=trust), **SIMPLE)


def test_a_lot_with_too_few_pairings_finds_nothing_however_large():
    """Four cycles of four people: two pairings each, sixteen in all, and the rarest has a p value of 2 / 16."""
    trust = [(FORTY[4 * c + k], FORTY[4 * c + (k + 1) % 4]) for c in range(4) for k in range(4)]
    plan = plan_study(roster(16, trust=trust), effect=50.0, **REDRAWN)
    assert np.isinf(plan.table["smallest_detectable"].iloc[0])
    assert "no effect, however large, can be told with a chance of 80 %." in plan.sentence


def test_distances_that_are_mostly_error_find_nothing_however_large():
    plan = plan_study(scores(20), **{**SIMPLE, "reliability": 0.1})
    assert np.isinf(plan.table["smallest_detectable"].iloc[0])


def test_a_single_possible_pairing_is_no_lot():
    trust = [(FORTY[2 * k], FORTY[2 * k + 1]) for k in range(8)]
    with pytest.raises(InfeasibleError, match="nothing can be drawn by lot"):
        plan_study(roster(16, trust=trust), **SIMPLE)


def test_pairs_that_are_all_as_far_apart_tell_nothing():
    """Ten people at each end of the scale, who trust only people at the other."""
    answers = {name: {"perspective_1": 1.0 if i % 2 else 5.0} for i, name in enumerate(FORTY[:20])}
    trust = [(a, b) for a in FORTY[0:20:2] for b in FORTY[1:20:2]]
    survey = survey_of(answers, {"trust": both_ways(*trust)})
    split = pn.score_pairs(survey, pn.colleague_graph(survey), foundation=("mutual",), careless="as given")
    with pytest.raises(EstimationError, match="equally far apart"):
        plan_study(split, **SIMPLE)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"rounds": 0}, "rounds must be a whole number, 1 or more; got 0"),
        ({"sites": [1, 1.5]}, "sites must be a whole number"),
        ({"sites": []}, "sites must be a number or several; got none"),
        ({"drop_out": 1.0}, "drop_out must be a number from 0 to 0.95; got 1.0"),
        ({"spill_over": -0.1}, "spill_over must be a number"),
        ({"alike": 1.0}, "alike must be a number from -0.99 to 0.99"),
        ({"before": -0.3}, "before must be a number"),
        ({"outcome_sd": 0.0}, "outcome_sd must be"),
        ({"effect": np.nan}, "effect must be"),
        ({"waiting": 1.0}, "waiting must be a number from 0.05 to 0.95"),
        ({"reliability": 0.0}, "reliability must be a number above 0, up to 1"),
        ({"question": "learning"}, "question"),
        ({"test": "t"}, "test"),
        ({"draws": 5}, "draws must be a whole number, at least 40"),
        ({"studies": 5}, "studies must be a whole number, 100 or more; got 5"),
        ({"design": "by lot"}, "design must be what draw_pairing returned"),
        ({"rounds": 2}, "Use test='redraw'"),
        ({"question": "paired"}, "Use test='redraw'"),
        ({"test": "redraw", "rounds": 2, "same_person": 0.9, "alike": 0.5}, "Lower alike or same_person"),
    ],
)
def test_a_setting_outside_what_is_allowed_is_named(settings, says):
    with pytest.raises(SettingError) as refused:
        plan_study(scores(20), **{**SIMPLE, **settings})
    assert says in str(refused.value)


def test_somebody_in_several_pairs_is_no_matter_for_regression_on_pair_means():
    busy = roster(20, capacity={"p000": 3})
    assert isinstance(plan_study(busy, **SIMPLE), StudyPlan), "the lot gives everybody one partner"
    design = design_of(busy, within=1.0, random_arm=0.0, cardinality="max")
    with pytest.raises(SettingError, match="some people can be in several"):
        plan_study(busy, design=design, **SIMPLE)
    assert plan_study(busy, **REDRAWN).table["pairs"].iloc[0] > 10
