"""The colleague graph holds every nomination, who was asked and who answered."""

import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError
from tests.made.networks import survey_of_edges
from tests.made.surveys import both_ways, survey_of

PEOPLE = {name: {"perspective_1": i + 1} for i, name in enumerate(["ann", "bo", "cy", "di"])}
TIES = {"works_with": [("ann", "bo"), ("cy", "bo")], "trust": [*both_ways(("ann", "bo")), ("cy", "ann")]}


@pytest.fixture
def graph():
    return pn.colleague_graph(survey_of(PEOPLE, TIES, silent={"trust": ["di"]}))


def test_nodes_are_people_in_survey_order_and_carry_their_answers(graph):
    assert list(graph) == ["ann", "bo", "cy", "di"]
    assert graph.nodes["cy"]["perspective_1"] == 3


def test_edges_are_keyed_by_layer(graph):
    assert {key for _, _, key in graph.edges(keys=True)} == {"works_with", "trust"}
    assert graph.edges["ann", "bo", "trust"]["rating"] == 1.0


def test_knows_who_was_asked_and_who_answered(graph):
    assert graph.graph["asked"]["trust"] == {"ann", "bo", "cy", "di"}
    assert graph.graph["answered"]["trust"] == {"ann", "bo", "cy"}


def test_tells_foundation_from_contact(graph):
    assert graph.graph["foundation"] == ("trust",)
    assert graph.graph["contact"] == ("works_with",)


@pytest.mark.parametrize(
    ("rule", "edges"),
    [
        ("mutual", {("ann", "bo")}),
        ("min", {("ann", "bo")}),
        ("either", {("ann", "bo"), ("ann", "cy")}),
        ("mean", {("ann", "bo")}),
        ("sent", {("ann", "bo"), ("bo", "ann"), ("cy", "ann")}),
    ],
)
def test_rules_decide_what_a_one_sided_tie_means(graph, rule, edges):
    assert set(pn.graph.tie_layer(graph, "trust", rule=rule).edges) == edges


def test_a_mean_rating_can_be_a_tie_at_a_lower_threshold(graph):
    assert set(pn.graph.tie_layer(graph, "trust", rule="mean", at_least=0.5).edges) == {("ann", "bo"), ("ann", "cy")}


def test_trust_is_mutual_and_contact_either_way_by_default(graph):
    assert set(pn.graph.tie_layer(graph, "trust").edges) == {("ann", "bo")}
    assert set(pn.graph.tie_layer(graph, "works_with").edges) == {("ann", "bo"), ("bo", "cy")}


def test_everyone_is_a_node_of_a_layer(graph):
    assert list(pn.graph.tie_layer(graph, "trust")) == list(graph)


def test_layer_matrix_has_egos_in_rows(graph):
    dense = pn.graph.layer_matrix(graph, "trust").toarray()
    assert dense[2, 0] == 1
    assert dense[0, 2] == 0


def test_layer_without_ties_is_an_empty_matrix():
    graph = pn.colleague_graph(survey_of(PEOPLE, layers=["trust"]))
    assert pn.graph.layer_matrix(graph, "trust").nnz == 0


def test_unknown_layer_is_named_with_a_hint(graph):
    with pytest.raises(SettingError) as caught:
        pn.graph.tie_layer(graph, "trusts")
    assert str(caught.value) == "No tie layer 'trusts'; the graph has works_with, trust. Did you mean 'trust'?"


def test_unknown_rule_is_refused(graph):
    with pytest.raises(SettingError, match="rule must be one of 'sent', 'mutual', 'min', 'either', 'mean'; got 'both'"):
        pn.graph.tie_layer(graph, "trust", rule="both")


def test_inputs_are_left_as_they_are():
    survey = survey_of(PEOPLE, TIES)
    before = survey.people.copy(), survey.ties.copy()
    graph = pn.colleague_graph(survey)
    graph.nodes["ann"]["perspective_1"] = 99
    assert before[0].equals(survey.people)
    assert before[1].equals(survey.ties)


def rated(rows, **item):
    """People a to d who rated each other's trust; ``item`` is what the codebook says of the ratings."""
    ties = pd.DataFrame(rows, columns=["ego", "alter", "rating"]).assign(layer="trust")
    return survey_of_edges(ties, "abcd", items=[pn.survey.Item("q", "tie", layer="trust", **item)])


def test_a_rating_below_the_codebooks_threshold_is_no_tie_but_is_remembered():
    graph = pn.colleague_graph(rated([("a", "b", 2.0), ("b", "a", 1.0), ("c", "a", 0.0)], at_least=2))
    assert set(graph.edges()) == {("a", "b")}
    assert graph.graph["rated_low"]["trust"] == {("b", "a"): 1.0}
    assert graph.graph["at_least"] == {"trust": 2.0}


def test_a_rating_that_is_not_known_is_no_tie_and_no_absent_one_either():
    graph = pn.colleague_graph(rated([("a", "b", float("nan")), ("b", "a", 3.0)], at_least=3))
    assert set(graph.edges()) == {("b", "a")}
    assert graph.graph["unknown"]["trust"] == {("a", "b")}
    assert pn.graph.layer_statistics(graph).loc["trust", "cells"] == 11
    with pytest.raises(SettingError, match="1 answer about colleagues not asked for or not known"):
        pn.graph.triad_census(graph)


def test_where_no_threshold_is_stated_whatever_is_above_0_is_a_tie():
    graph = pn.colleague_graph(rated([("a", "b", 0.6), ("b", "a", 0.9), ("c", "a", 0.0)]))
    assert set(graph.edges()) == {("a", "b"), ("b", "a")}
    assert set(pn.graph.tie_layer(graph, "trust").edges()) == {("a", "b")}


def test_as_many_ties_are_told_as_are_in_the_graph():
    ratings = [("a", "b", 1.0), ("a", "c", 3.0), ("b", "a", float("nan")), ("c", "a", 0.0), ("c", "b", 5.0)]
    survey = rated(ratings, low=1, high=5, at_least=3)
    assert "2 ties" in repr(survey)
    assert pn.colleague_graph(survey).number_of_edges() == 2


def test_a_pair_that_was_not_asked_about_is_no_tie_and_is_remembered():
    survey = rated([("a", "b", 1.0), ("b", "a", 0.0)])
    survey.ties["asked"] = [True, False]
    graph = pn.colleague_graph(survey)
    assert graph.number_of_edges() == 1
    assert graph.graph["not_asked"]["trust"] == {("b", "a")}


LENIENT = [("a", "b", 5.0), ("a", "c", 5.0), ("a", "d", 5.0)]
STRICT = [(ego, alter, 4.0 if {ego, alter} == {"b", "c"} else 2.0) for ego in "bcd" for alter in "abcd" if ego != alter]


def test_without_correction_a_lenient_rater_trusts_everybody():
    graph = pn.colleague_graph(rated(LENIENT + STRICT, low=1, high=5, at_least=4))
    assert set(pn.graph.tie_layer(graph, "trust", rule="sent")["a"]) == {"b", "c", "d"}


def test_ratings_can_be_freed_of_the_raters_lenience():
    """With lenience off, a's even praise says no more than anybody's average."""
    graph = pn.colleague_graph(rated(LENIENT + STRICT, low=1, high=5, at_least=4), ratings="centred")
    assert set(pn.graph.tie_layer(graph, "trust", rule="sent")["a"]) == set()
    assert pn.graph.tie_layer(graph, "trust", rule="mutual").has_edge("b", "c")


def test_plain_nominations_cannot_be_corrected(graph):
    with pytest.raises(SettingError, match="needs foundation ties with ratings; this survey has nominations only"):
        pn.colleague_graph(survey_of(PEOPLE, TIES), ratings="centred")


def test_an_unknown_correction_is_refused():
    with pytest.raises(SettingError, match="ratings must be one of 'given', 'centred', 'relationship'; got 'fair'"):
        pn.colleague_graph(survey_of(PEOPLE, TIES), ratings="fair")


def test_the_graph_says_which_ratings_its_ties_rest_on(graph):
    assert graph.graph["ratings"] == "given"


def test_a_low_rating_that_a_correction_takes_below_zero_is_still_remembered_and_a_zero_stays_none():
    """b's 1 for a falls below 0 once b's lenience is off; c's 0 for a stays no tie whatever c is credited with."""
    generous = [("b", "a", 1.0), ("b", "c", 9.0), ("b", "d", 9.0), ("c", "a", 0.0), ("c", "b", 1.0), ("c", "d", 1.0)]
    rest = [(ego, alter, 3.0) for ego in "ad" for alter in "abcd" if ego != alter]
    graph = pn.colleague_graph(rated(generous + rest, low=0, high=9, at_least=1), ratings="centred")
    assert ("b", "a") in graph.graph["rated_low"]["trust"]
    assert not graph.has_edge("c", "a")
    assert ("c", "a") not in graph.graph["rated_low"]["trust"]


ASKING = {
    "tie_layer": lambda graph: pn.graph.tie_layer(graph, "trust", at_least=2),
    "pair_foundation": lambda graph: pn.scores.pair_foundation(graph, [("a", "b")], at_least=2),
}


@pytest.mark.parametrize("wanted", ASKING)
def test_ratings_the_codebook_keeps_out_of_the_graph_cannot_be_asked_for(wanted):
    graph = pn.colleague_graph(rated([("a", "b", 2.0), ("b", "a", 4.0)], at_least=4))
    with pytest.raises(SettingError) as caught:
        ASKING[wanted](graph)
    assert str(caught.value) == (
        "at_least=2 asks for ratings below 4, which the codebook says are no ties and which are not in this graph. "
        "Lower at_least in the codebook and make the graph again."
    )


def test_a_threshold_below_the_codebooks_is_harmless_where_no_rating_was_that_low():
    graph = pn.colleague_graph(rated([("a", "b", 5.0), ("b", "a", 4.0)], at_least=4))
    assert pn.graph.tie_layer(graph, "trust", at_least=1).number_of_edges() == 1


def test_of_two_layers_the_lower_threshold_is_the_one_that_can_be_asked_for():
    ties = pd.DataFrame(
        [(*pair, layer, 3.0) for layer in ("trust", "respect") for pair in both_ways(("a", "b"))],
        columns=["ego", "alter", "layer", "rating"],
    )
    items = [
        pn.survey.Item(layer, "tie", layer=layer, at_least=least) for layer, least in (("trust", 4), ("respect", 3))
    ]
    graph = pn.colleague_graph(survey_of_edges(ties, "ab", items=items))
    table = pn.scores.pair_foundation(graph, [("a", "b")], at_least=3)
    assert table.loc[0, ["trust", "respect"]].tolist() == ["refused", "mutual"]
