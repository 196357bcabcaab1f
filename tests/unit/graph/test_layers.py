"""Density and reciprocity count only what was asked and answered, unless another treatment is named."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError
from tests.made.networks import DATA, graph_of, published
from tests.made.surveys import both_ways, survey_of

PEOPLE = {name: {"perspective_1": 1} for name in "abcd"}
TIES = {"trust": [*both_ways(("a", "b")), ("a", "c"), ("c", "d")]}


def statistics(**kws):
    return pn.graph.layer_statistics(pn.colleague_graph(survey_of(PEOPLE, TIES, silent={"trust": ["d"]})), **kws).loc[
        "trust"
    ]


def test_only_cells_that_were_answered_count():
    found = statistics()
    assert found[["people", "answered", "cells", "ties"]].tolist() == [4, 3, 9, 4]
    assert found["density"] == pytest.approx(4 / 9)
    assert found[["mutual", "one_sided", "empty"]].tolist() == [1, 1, 1]
    assert found["reciprocity"] == pytest.approx(2 / 3)
    assert found["pair_reciprocity"] == pytest.approx(1 / 2)


def test_silence_taken_for_nobody_lowers_density_and_reciprocity():
    found = statistics(missing="as_zero")
    assert found["density"] == pytest.approx(4 / 12)
    assert found["reciprocity"] == pytest.approx(2 / 4)


def test_silence_filled_with_what_others_say_raises_reciprocity():
    found = statistics(missing="reconstruct")
    assert found["ties"] == 5
    assert found["reciprocity"] == pytest.approx(4 / 5)


def test_a_pair_that_was_not_asked_about_is_no_cell():
    survey = survey_of(PEOPLE, TIES)
    survey.ties.loc[survey.ties["ego"] == "b", ["asked", "rating"]] = (False, 0.0)
    found = pn.graph.layer_statistics(pn.colleague_graph(survey)).loc["trust"]
    assert found[["cells", "ties"]].tolist() == [11, 3]
    assert found[["mutual", "one_sided", "empty"]].tolist() == [0, 2, 3]


@pytest.mark.parametrize(
    ("missing", "density", "reciprocity"),
    [("available", 0.3824, 0.5085), ("as_zero", 0.3095, 0.4615), ("reconstruct", 0.3381, 0.5915)],
)
@pytest.mark.skipif(not DATA.is_dir(), reason="shared data are not here")
def test_four_silent_managers_bias_each_treatment_as_published(missing, density, reciprocity):
    """Krackhardt's advice network without the answers of four people; with them .4524 and .4737."""
    edges, people = published("krackhardt_hightech")
    edges = edges[edges["layer"] == "advice"]
    silent = {"M03", "M10", "M15", "M19"}
    graph = graph_of(edges[~edges["ego"].isin(silent)], people, answered=set(people) - silent)
    found = pn.graph.layer_statistics(graph, missing=missing).loc["advice"]
    assert found[["density", "reciprocity"]].tolist() == pytest.approx([density, reciprocity], abs=6e-5)


def test_a_layer_nobody_answered_has_no_density():
    graph = pn.colleague_graph(survey_of(PEOPLE, layers=["trust"], silent={"trust": list("abcd")}))
    found = pn.graph.layer_statistics(graph).loc["trust"]
    assert found["cells"] == 0
    assert np.isnan(found[["density", "reciprocity", "transitivity"]].astype(float)).all()


def advice(ties, people="abcd", **kws):
    frame = pd.DataFrame(ties, columns=["ego", "alter"]).assign(layer="advice")
    return pn.graph.layer_statistics(graph_of(frame, people), **kws).loc["advice"]


def test_a_star_is_wholly_centralised():
    star = [(person, "a") for person in "bcd"]
    assert advice(star)["centralisation_in"] == 1
    assert advice(both_ways(*star), betweenness=True)["centralisation_betweenness"] == 1


def test_shortest_paths_are_counted_only_if_wanted():
    assert "centralisation_betweenness" not in advice([("a", "b")])


def test_reciprocity_is_also_held_against_chance():
    """Four people, three ties in twelve cells: by chance a quarter would be returned, and two of three are."""
    found = advice([*both_ways(("a", "b")), ("c", "d")])
    assert found["reciprocity_correlation"] == pytest.approx((2 / 3 - 3 / 12) / (1 - 3 / 12))
    assert advice(both_ways(("a", "b")))["reciprocity_correlation"] == 1
    assert advice([("a", "b")])["reciprocity_correlation"] == pytest.approx(-1 / 11)


def test_people_without_a_tie_and_without_a_mutual_one_are_counted():
    found = advice([*both_ways(("a", "b")), ("c", "a")], "abcde")
    assert found[["isolates", "isolates_mutual"]].tolist() == [2, 3]


def test_mutual_pairs_inside_a_circle_are_simmelian():
    circle = both_ways(("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"))
    assert advice(circle)["simmelian"] == 3


def test_an_unknown_treatment_or_layer_is_refused():
    graph = pn.colleague_graph(survey_of(PEOPLE, TIES))
    with pytest.raises(SettingError, match="missing must be one of 'available', 'as_zero', 'reconstruct'; got 'zero'"):
        pn.graph.layer_statistics(graph, missing="zero")
    with pytest.raises(SettingError, match="No tie layer 'advice'"):
        pn.graph.layer_statistics(graph, layers=["advice"])
