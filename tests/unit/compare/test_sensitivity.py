"""What gates, a stronger foundation, another scale and other contacts change, one at a time."""

from dataclasses import replace

import numpy as np
import pytest

import peernet as pn
from peernet.errors import PeernetWarning, SettingError
from peernet.pairing.objectives import EngineWeights, all_rows, best_under_rules
from peernet.scores.gates import GATES
from tests.made.surveys import both_ways, survey_of


@pytest.fixture(scope="module")
def scores():
    survey = pn.load_example()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def test_opening_a_gate_never_lowers_the_value(scores):
    prices = pn.gate_prices(scores)
    assert prices.index.tolist() == [
        "all gates kept",
        "foundation open",
        "experience open",
        "goals open",
        "every gate open",
    ]
    assert prices["value"].min() == prices["value"].iloc[0]
    assert prices["value"].max() == prices["value"].iloc[-1]
    assert prices.loc["all gates kept", "price"] == 0


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("listed", [True, False])
def test_values_worked_out_once_price_the_gates_as_solving_each_by_itself(scores, monkeypatch, listed, held):
    by_itself = {
        gate: best_under_rules(scores.without(*gates))[0]
        for gate, gates in {"all gates kept": (), "foundation open": ("foundation",), "every gate open": GATES}.items()
    }
    if listed:  # as where people are many
        for room in ("peernet.scores.pair_scores", "peernet.pairing.objectives"):
            monkeypatch.setattr(f"{room}.CELLS_AT_ONCE", 1_000)
    if not held:  # as where they are too many for a table
        monkeypatch.setattr("peernet.pairing.objectives.MOST_HELD", 0)
    again = replace(scores)  # nothing worked out yet
    found = pn.gate_prices(again)
    assert (again.candidates is not None) == listed
    for gate, best in by_itself.items():
        assert found.loc[gate, ["pairs", "value"]].tolist() == [len(best.pairs), best.objective]


def test_a_table_that_is_held_is_that_of_the_blocks_to_the_bit(scores, monkeypatch):
    monkeypatch.setattr("peernet.scores.pair_scores.CELLS_AT_ONCE", 5_000)
    monkeypatch.setattr("peernet.pairing.objectives.TURNED_AT_ONCE", 7)
    for some in (scores, scores.without(*GATES)):
        names = EngineWeights(some)
        everyone = np.concatenate([names.block(rows) for rows in np.array_split(np.arange(len(some)), 3)])
        assert np.array_equal(names.held(), everyone, equal_nan=True)
        assert np.array_equal(all_rows(names), everyone, equal_nan=True)


def test_at_its_own_scale_a_pairing_keeps_every_pair(scores):
    found = pn.compare.scale_sensitivity(scores, pn.pair_people(scores), factors=[1.0, 4.0])
    assert found.loc[1.0, "same_pairs"] == 1
    assert found.loc[1.0, "kept"] == pytest.approx(1)
    assert found.loc[4.0, "kept"] <= 1 + 1e-9


@pytest.mark.parametrize("chosen", [{"objective": "fair"}, {"cardinality": "max"}, {"floor": 0.1}])
def test_another_scale_is_looked_at_by_the_settings_of_the_pairing(scores, chosen):
    pairing = pn.pair_people(scores, **chosen)
    assert pairing.pairs != pn.pair_people(scores).pairs
    found = pn.compare.scale_sensitivity(scores, pairing, factors=[1.0])
    assert found.loc[1.0, ["same_pairs", "kept"]].tolist() == pytest.approx([1, 1])


PEOPLE = {name: {"perspective_1": answer} for name, answer in zip("abcdef", (1, 5, 2, 4, 1, 5), strict=True)}
PAIRS = [("a", "b"), ("c", "d"), ("e", "f")]


def curve(ratings, *, layers=("trust",), people=PEOPLE, **kws):
    """Three mutual pairs, rated so much on every layer."""
    survey = survey_of(people, {"works_with": [], **dict.fromkeys(layers, both_ways(*PAIRS))})
    survey.ties["rating"] = np.tile(np.repeat(ratings, 2), len(layers)).astype(float)
    graph = pn.colleague_graph(survey)
    scores = pn.score_pairs(survey, graph, experience=None, goals=None, foundation=("mutual",))
    return pn.compare.foundation_curve(scores, graph, **kws)


def test_every_rating_there_is_becomes_a_step():
    assert curve([2, 3, 5])["at_least"].tolist() == [2, 3, 5]


def test_pairs_and_people_fall_away_one_by_one():
    found = curve([2, 3, 5])
    assert found["mutual"].tolist() == [3, 2, 1]
    assert found["possible"].tolist() == [3, 2, 1]
    assert found["people"].tolist() == [6, 4, 2]
    assert found["paired"].tolist() == [6, 4, 2]
    assert found["everyone"].tolist() == [True, False, False]
    assert found["parts"].tolist() == [3, 4, 5]


def test_the_value_never_rises_and_what_is_lost_never_falls():
    found = curve([2, 3, 5])
    assert found["value"].is_monotonic_decreasing
    assert found["lost"].is_monotonic_increasing
    assert (found["lost"] < 1).all()


def test_the_value_is_that_of_the_best_pairing_at_this_threshold():
    survey = survey_of(PEOPLE, {"works_with": [], "trust": both_ways(*PAIRS)})
    survey.ties["rating"] = [2.0, 2, 3, 3, 5, 5]
    graph = pn.colleague_graph(survey)
    kws = {"experience": None, "goals": None, "foundation": ("mutual",)}
    found = pn.compare.foundation_curve(pn.score_pairs(survey, graph, **kws), graph)
    for least, value in zip(found["at_least"], found["value"], strict=True):
        assert value == pytest.approx(pn.pair_people(pn.score_pairs(survey, graph, at_least=least, **kws)).objective)


def test_rules_are_kept_at_every_step_and_the_value_is_missing_where_they_cannot_be():
    survey = survey_of(PEOPLE, {"works_with": [], "trust": both_ways(*PAIRS)})
    survey.ties["rating"] = [2.0, 2, 3, 3, 5, 5]
    graph = pn.colleague_graph(survey)
    scores = pn.score_pairs(survey, graph, experience=None, goals=None, foundation=("mutual",))
    found = pn.compare.foundation_curve(scores.under(pn.Rules([pn.Rule("required", "c", "d")])), graph)
    assert found["at_least"].tolist() == [2, 3, 5]
    assert found["value"].isna().tolist() == found["lost"].isna().tolist() == [False, False, True]
    assert found["paired"].tolist() == [6, 4, 0]


def test_nominations_are_made_stricter_by_dimension():
    assert curve([1, 1, 1], layers=("trust", "respect"))["dimensions"].tolist() == [1, 2]


def test_an_odd_one_out_is_still_everyone():
    people = PEOPLE | {"g": {"perspective_1": 3}}
    survey = survey_of(people, {"works_with": [], "trust": both_ways(*PAIRS, ("g", "a"))})
    graph = pn.colleague_graph(survey)
    found = pn.compare.foundation_curve(pn.score_pairs(survey, graph, experience=None, goals=None), graph)
    assert found.loc[0, "paired"] == 6
    assert found.loc[0, "everyone"]


def test_steps_can_be_chosen():
    found = curve([2, 3, 5], layers=("trust", "respect"), at_least=[4, 1], dimensions=[2])
    assert found[["at_least", "dimensions"]].to_numpy().tolist() == [[1, 2], [4, 2]]


def test_without_a_foundation_layer_there_is_no_curve():
    survey = survey_of(PEOPLE, {"works_with": both_ways(*PAIRS)})
    graph = pn.colleague_graph(survey)
    with pytest.warns(PeernetWarning):
        scores = pn.score_pairs(survey, graph)
    with pytest.raises(SettingError, match="No tie layer asks about trust, respect or candour"):
        pn.compare.foundation_curve(scores, graph)


@pytest.fixture(scope="module")
def department():
    survey = pn.load_aarhus()
    graph = pn.colleague_graph(survey)
    scores = pn.score_pairs(survey, graph)
    return scores, pn.pair_people(scores), graph


def test_seen_as_scored_nothing_changes(department):
    found = pn.compare.exposure_sensitivity(*department).set_index(["contact", "factor"])
    same = found.loc[("as chosen", 1.0)]
    assert same["same_top"] == 1
    assert same["rank_correlation"] == pytest.approx(1)
    assert same["before"] == pytest.approx(department[0].reach.exposure[~np.isnan(department[0].reach.exposure)].mean())


def test_every_layer_is_tried_at_every_scale(department):
    found = pn.compare.exposure_sensitivity(*department, factors=[1, 3])
    layers = [*department[2].graph["layers"]]
    assert found["contact"].unique().tolist() == ["as chosen", *layers, "all layers"]
    assert found["factor"].tolist() == [1.0, 3.0] * (len(layers) + 2)


def test_layers_as_contact_are_what_scoring_with_them_gives(department):
    scores, pairing, graph = department
    found = pn.compare.exposure_sensitivity(scores, pairing, graph, factors=[2], contact={"at lunch": ["lunch"]}).iloc[
        0
    ]
    again = pn.score_pairs(scores.survey, graph, contact=["lunch"], scale=2 * scores.settings["scale"])
    expected = pn.exposure(again, pairing).table
    assert found["before"] == pytest.approx(expected["before"].mean())
    assert found["gain"] == pytest.approx(expected.loc[expected["partners"] > 0, "gain"].mean())


def test_a_wider_scale_makes_people_more_alike(department):
    found = pn.compare.exposure_sensitivity(*department, contact={"lunch": ["lunch"]})
    assert found["before"].is_monotonic_decreasing


def test_no_pairs_gain_nothing_to_compare(department):
    scores, _, graph = department
    found = pn.compare.exposure_sensitivity(scores, [], graph, contact={"lunch": ["lunch"]})
    assert found[["gain", "same_top", "rank_correlation"]].isna().all(axis=None)


def test_scales_and_layers_are_checked(department):
    with pytest.raises(SettingError, match=r"factors must be above 0; got 0\.0"):
        pn.compare.exposure_sensitivity(*department, factors=[0])
    with pytest.raises(SettingError, match="luch"):
        pn.compare.exposure_sensitivity(*department, contact={"x": ["luch"]})
