"""The same pairs seen at other scales and with other ties as contact."""

import numpy as np
import pytest

import peernet as pn
from peernet.errors import SettingError


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
