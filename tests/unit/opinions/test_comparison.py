"""Pairings under models that contradict each other: what holds under all of them is said, and what does not."""

from itertools import pairwise

import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError
from tests.made.surveys import survey_of


def line(*answers):
    """People in a row who hear their neighbours."""
    names = [chr(ord("a") + i) for i in range(len(answers))]
    people = {name: {"perspective_1": answer} for name, answer in zip(names, answers, strict=True)}
    survey = survey_of(people, {"works_with": list(pairwise(names))})
    return survey, pn.colleague_graph(survey)


@pytest.fixture(scope="module")
def found():
    survey = pn.load_example()
    return pn.compare_scenarios(survey, pn.colleague_graph(survey), draws=4, progress=False)


def test_every_pairing_is_played_under_every_model(found):
    assert found.models == ["assimilation", "bounded confidence", "repulsion"]
    assert found.pairings == ["peernet", "random", "most different"]
    assert len(found.table) == 9
    assert found.table["pairs"].between(90, 120).all()
    assert found.table["pairs"].nunique() <= 2
    assert found.baseline.index.tolist() == ["today", *found.models]
    assert found.table["first"].groupby("model").sum().eq(1).all()


def test_one_cell_is_the_scenario_of_that_pairing_and_model(found):
    survey = pn.load_example()
    graph = pn.colleague_graph(survey)
    pairing = pn.pair_people(pn.score_pairs(survey, graph))
    one = pn.simulate_opinions(survey, graph, pairing, model="repulsion", draws=4, progress=False)
    row = found.table.loc[("repulsion", "peernet")]
    assert row["exposure"] == pytest.approx(one.organisation.loc["exposure", "difference"])
    assert row["parted_high"] == pytest.approx(one.organisation.loc["partners_apart", "high"])
    assert bool(row["raises"]) == one.raises_exposure
    assert bool(row["together"]) != one.parts_partners


def test_verdicts_ask_for_exposure_diversity_and_partners_together(found):
    expected = found.table["raises"] & found.table["keeps"] & found.table["together"]
    for (model, pairing), good in expected.items():
        assert found.verdicts.loc[pairing, model] == good
    assert found.robust.equals(found.verdicts.all(axis=1).rename("robust"))


def test_one_model_alone_is_no_change_of_model():
    survey, graph = line(1, 1, 3, 3)
    found = pn.compare_scenarios(
        survey,
        graph,
        {"mine": [("a", "d")]},
        models=["assimilation"],
        susceptibility=0.5,
        tolerance=0.5,
        progress=False,
    )
    assert found.robust["mine"]
    assert found.words == (
        "Scenarios, not forecasts. mine raises later exposure and keeps diversity under assimilation: the "
        "recommendation was not put to a change of model."
    )


def test_a_pairing_that_survives_is_told_so():
    survey, graph = line(2, 2, 3)
    found = pn.compare_scenarios(
        survey,
        graph,
        {"mine": [("a", "c")]},
        models=["assimilation", "repulsion"],
        susceptibility=0.2,
        confidence=1.0,
        meetings=1,
        tolerance=0.5,
        progress=False,
    )
    assert found.robust["mine"]
    assert repr(found) == (
        "<ScenarioComparison, not a forecast: one pairing under two models; mine survives a change of model>"
    )


def test_partners_driven_apart_under_repulsion_are_a_failure():
    survey, graph = line(2, 2, 3, 4, 4)
    found = pn.compare_scenarios(
        survey,
        graph,
        {"far": [("a", "e")], "near": [("a", "b")]},
        models=["assimilation", "repulsion"],
        susceptibility=0.5,
        confidence=0.3,
        tolerance=0.2,
        progress=False,
    )
    row = found.table.loc[("repulsion", "far")]
    assert row["parted"] > 0.2
    assert not found.robust["far"]
    assert "and repulsion (partners may be driven apart)" in found.words
    assert "does not survive a change of model" in repr(found)


def test_a_pair_that_hears_each_other_already_changes_nothing_and_a_new_one_does():
    survey, graph = line(1, 1, 3, 5, 5)
    pairs = {"again": [("a", "b")], "new": [("a", "e")]}
    found = pn.compare_scenarios(survey, graph, pairs, models=["assimilation"], draws=3, progress=False)
    again, new = (found.table.loc[("assimilation", name)] for name in pairs)
    assert (again["exposure"], again["parted"], again["diversity"]) == (0, 0, 1)
    assert new["exposure_low"] > 0 > new["parted_high"]
    assert found.ranking["assimilation"].to_dict() == {"again": 2, "new": 1}


def test_the_same_seed_gives_the_same_table():
    survey, graph = line(1, 2, 4, 5, 3, 1)
    pairs = {"mine": [("a", "d")], "yours": [("b", "f")]}
    one, other = (pn.compare_scenarios(survey, graph, pairs, draws=3, rng=5, progress=False) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, other.table)


def test_the_order_of_pairings_is_said_to_depend_on_the_model_where_it_does(found):
    assert found.same_order == bool(found.ranking.nunique(axis=1).eq(1).all())
    assert ("depends on the model" in found.words) != found.same_order


def test_nothing_to_compare_is_refused():
    survey, graph = line(1, 5)
    with pytest.raises(SettingError, match="There is nothing to compare; give at least one pairing and one model"):
        pn.compare_scenarios(survey, graph, {}, progress=False)
    with pytest.raises(SettingError, match="model must be one of"):
        pn.compare_scenarios(survey, graph, {"mine": []}, models=["contagion"], progress=False)
