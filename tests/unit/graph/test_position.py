"""Each person's place among the colleagues: degrees, brokerage, components, bridges."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.errors import SettingError
from tests.made.networks import graph_of, survey_of_edges
from tests.made.surveys import both_ways, survey_of

PEOPLE = {name: {"perspective_1": 1} for name in "abcde"}
TIES = {"works_with": [*both_ways(("a", "b"), ("b", "c"), ("a", "c")), ("c", "d")], "advice": [("d", "c"), ("a", "b")]}
TEAM = {"a": "Dock", "b": "Dock", "c": "Yard", "d": "Yard"}


@pytest.fixture
def graph():
    return pn.colleague_graph(survey_of(PEOPLE, TIES, team=TEAM, silent={"advice": ["e"]}))


def test_degrees_are_counted_by_layer(graph):
    found = pn.graph.describe_people(graph)
    assert found["sent_works_with"].tolist() == [2, 2, 3, 0, 0]
    assert found["received_works_with"].tolist() == [2, 2, 2, 1, 0]
    assert found["mutual_works_with"].tolist() == [2, 2, 2, 0, 0]


def test_somebody_who_did_not_answer_named_an_unknown_number(graph):
    found = pn.graph.describe_people(graph)["sent_advice"]
    assert found.drop("e").tolist() == [1, 0, 0, 1]
    assert np.isnan(found["e"])


def test_being_named_is_counted_of_those_who_could_have(graph):
    """Three others answered about a, and e, who did not, was asked about by four."""
    found = pn.graph.describe_people(graph)
    assert found["received_share_works_with"].tolist() == [2 / 4, 2 / 4, 2 / 4, 1 / 4, 0]
    assert found["received_share_advice"].tolist() == pytest.approx([0, 1 / 3, 1 / 3, 0, 0])


def test_whoever_was_not_asked_about_somebody_could_not_have_named_them():
    ties = pd.DataFrame(
        [("a", "c", 1.0, True), ("b", "c", np.nan, False), ("a", "b", np.nan, False)],
        columns=["ego", "alter", "rating", "asked"],
    )
    survey = survey_of_edges(ties.assign(layer="advice"), "abc", answered=["a", "b"])
    found = pn.graph.describe_people(pn.colleague_graph(survey))
    assert found.loc[["a", "c"], "received_share_advice"].tolist() == [0, 1]
    assert np.isnan(found.loc["b", "received_share_advice"]), "nobody else was asked about b"


def test_a_tie_on_any_layer_and_in_either_direction_is_a_tie(graph):
    assert pn.graph.describe_people(graph)["ties"].tolist() == [2, 2, 3, 1, 0]


def test_reciprocity_counts_pairs_who_both_answered():
    survey = survey_of(
        PEOPLE, {"works_with": [*both_ways(("a", "b")), ("a", "c"), ("a", "d")]}, silent={"works_with": ["d"]}
    )
    found = pn.graph.describe_people(pn.colleague_graph(survey))["reciprocity"]
    assert found["a"] == pytest.approx(1 / 2)
    assert found["c"] == 0
    assert np.isnan(found["d"])


def test_components_are_numbered_from_the_largest(graph):
    found = pn.graph.describe_people(graph)
    assert found["component"].tolist() == [1, 1, 1, 1, 2]
    assert found["component_size"].tolist() == [4, 4, 4, 4, 1]


def test_shares_across_teams_and_views_leave_out_whose_is_unknown(graph):
    views = pd.Series({"d": "x", "c": "x", "b": "y"})
    found = pn.graph.describe_people(graph, perspective=views)
    assert found["outside_team"].tolist()[:4] == pytest.approx([1 / 2, 1 / 2, 2 / 3, 0])
    assert found["cross_perspective"].tolist()[1:4] == pytest.approx([1, 1 / 2, 0])
    assert found.loc[["a", "e"], "cross_perspective"].isna().all()


def test_what_depends_on_whether_ties_are_mutual_is_given_both_ways(graph):
    """d's only tie is one-sided: part of the graph, and across no team, or not, by whether c's word is enough."""
    found = pn.graph.describe_people(graph, layers=["works_with"])
    assert found["ties"].tolist() == [2, 2, 3, 1, 0]
    assert found["ties_mutual"].tolist() == [2, 2, 2, 0, 0]
    assert found["component_mutual"].nunique() == 3
    assert found["component_size_mutual"].tolist() == [3, 3, 3, 1, 1]
    assert found["outside_team_mutual"].tolist()[:3] == pytest.approx([1 / 2, 1 / 2, 1])
    assert np.isnan(found.loc["d", "outside_team_mutual"])


def test_two_people_who_name_each_other_on_two_layers_have_a_mutual_tie(graph):
    found = pn.graph.describe_people(graph)
    assert found.loc["d", ["ties_mutual", "mutual_works_with", "mutual_advice"]].tolist() == [1, 0, 0]


def test_a_mutual_circle_of_three_is_simmelian(graph):
    assert pn.graph.describe_people(graph)["simmelian"].tolist() == [2, 2, 2, 0, 0]


def test_the_middle_of_a_star_is_no_more_constrained_than_each_tie_alone():
    ties = pd.DataFrame([("a", other) for other in "bcde"], columns=["ego", "alter"]).assign(layer="advice")
    found = pn.graph.describe_people(graph_of(ties, "abcde"))
    assert found.loc["a", ["constraint", "effective_size"]].tolist() == pytest.approx([1 / 4, 4])
    assert found.loc["b", ["constraint", "effective_size"]].tolist() == pytest.approx([1, 1])


def test_betweenness_is_counted_only_if_wanted(graph):
    assert "betweenness" not in pn.graph.describe_people(graph)
    assert pn.graph.describe_people(graph, betweenness=True)["betweenness"].tolist() == [0, 0, 4, 0, 0]


def test_an_unknown_layer_is_named(graph):
    with pytest.raises(SettingError, match="No tie layer 'advise'"):
        pn.graph.describe_people(graph, layers=["advise"])


def test_a_graph_without_ties_leaves_shares_undefined():
    found = pn.graph.describe_people(pn.colleague_graph(survey_of(PEOPLE, layers=["works_with"])))
    assert (found["ties"] == 0).all()
    assert found[["reciprocity", "constraint", "effective_size", "outside_team"]].isna().all(axis=None)


edges = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda e: e[0] != e[1]), min_size=1, unique=True
)


@settings(max_examples=25, deadline=None)
@given(edges)
def test_brokerage_equals_networkx_on_any_graph(ties):
    """Constraint and effective size by sparse algebra against networkx person by person."""
    frame = pd.DataFrame(ties, columns=["ego", "alter"]).astype(str).assign(layer="advice")
    found = pn.graph.describe_people(graph_of(frame, range(9)))
    slow = nx.DiGraph(zip(frame["ego"], frame["alter"], strict=True))
    named = sorted(slow)
    for ours, theirs in (("constraint", nx.local_constraint), ("effective_size", None)):
        for person in named:
            others = set(nx.all_neighbors(slow, person))
            known = (
                sum(theirs(slow, person, other) for other in others)
                if theirs
                else sum(redundancy(slow, person, other) for other in others)
            )
            assert found.loc[person, ours] == pytest.approx(known, abs=1e-12)


def redundancy(graph, ego, alter):
    """What is not redundant in one tie, as Burt defines it."""
    strength = lambda a, b: graph.has_edge(a, b) + graph.has_edge(b, a)  # noqa: E731
    total = sum(strength(ego, other) for other in graph)
    most = max(strength(alter, other) for other in graph)
    return 1 - sum(strength(ego, q) / total * strength(alter, q) / most for q in graph if q not in (ego, alter))
