"""The triad census counts every three people once, under the kind of triad they form."""

from math import comb

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.errors import SettingError
from tests.made.networks import graph_of
from tests.made.surveys import both_ways, survey_of

PEOPLE = {name: {"perspective_1": 1} for name in "abcd"}
CIRCLE = both_ways(("a", "b"), ("b", "c"), ("a", "c"))
edges = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda e: e[0] != e[1]), unique=True)


@settings(max_examples=25, deadline=None)
@given(edges.filter(len))
def test_the_census_equals_networkx_on_any_graph(ties):
    frame = pd.DataFrame(ties, columns=["ego", "alter"]).assign(layer="advice")
    graph = graph_of(frame, range(9))
    found = pn.graph.triad_census(graph).loc["advice"]
    slow = nx.triadic_census(nx.DiGraph(pn.graph.tie_layer(graph, "advice", rule="sent")))
    assert found.drop("people").to_dict() == slow
    assert found.drop("people").sum() == comb(9, 3)


def silent():
    return pn.colleague_graph(survey_of(PEOPLE, {"trust": [*CIRCLE, ("d", "a")]}, silent={"trust": ["d"]}))


def test_only_people_who_answered_are_counted():
    found = pn.graph.triad_census(silent()).loc["trust"]
    assert found[["people", "300"]].tolist() == [3, 1]
    assert found.drop(["people", "300"]).eq(0).all()


def test_silence_can_be_taken_for_nobody_or_filled_in():
    ties = {"trust": [*CIRCLE, ("a", "d")]}
    graph = pn.colleague_graph(survey_of(PEOPLE, ties, silent={"trust": ["d"]}))
    assert pn.graph.triad_census(graph, missing="as_zero").loc["trust", ["300", "111U", "102"]].tolist() == [1, 2, 1]
    assert pn.graph.triad_census(graph, missing="reconstruct").loc["trust", ["300", "201", "102"]].tolist() == [1, 2, 1]


def test_answers_that_were_not_asked_for_leave_triads_unknown():
    survey = survey_of(PEOPLE, {"trust": CIRCLE})
    survey.ties.loc[survey.ties["ego"] == "b", ["asked", "rating"]] = (False, 0.0)
    graph = pn.colleague_graph(survey)
    with pytest.raises(SettingError, match="On layer 'trust' 2 answers about colleagues not asked for"):
        pn.graph.triad_census(graph)
    assert pn.graph.triad_census(graph, missing="as_zero").loc["trust", "people"] == 4


def test_two_people_form_no_triad():
    frame = pd.DataFrame([("a", "b")], columns=["ego", "alter"]).assign(layer="advice")
    assert pn.graph.triad_census(graph_of(frame, "ab")).loc["advice"].drop("people").eq(0).all()


def test_an_unknown_layer_is_named():
    with pytest.raises(SettingError, match="No tie layer 'advice'"):
        pn.graph.triad_census(silent(), layers=["advice"])
