"""What is said of the colleague graph follows from its definitions, whoever people are and in whatever order."""

from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.survey import Item
from tests.made.networks import survey_of_edges
from tests.naive.graph import available_statistics, foundation_state

PEOPLE = list("abcdefg")
LAYERS = ("works_with", "trust", "respect")
ITEMS = [Item(layer, "tie", layer=layer, low=0, high=5, at_least=2) for layer in LAYERS]
cells = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.sampled_from(LAYERS)).filter(
    lambda cell: cell[0] != cell[1]
)
ratings = st.tuples(st.sampled_from([0.0, 1.0, 2.0, 4.0, 5.0, np.nan]), st.sampled_from([True, True, True, False]))
NUMBERED = ["component", "component_mutual"]  # of components of one size, by who comes first
quick = settings(max_examples=20, deadline=None)


@st.composite
def surveys(draw):
    """Rated ties on three layers; a rating below 2 is no tie, some pairs were not asked about, some did not answer."""
    rated = draw(st.dictionaries(cells, ratings, max_size=50))
    silent = draw(st.sets(st.sampled_from(PEOPLE), max_size=3))
    rows = [
        (*cell, rating if asked else 0.0, asked) for cell, (rating, asked) in rated.items() if cell[0] not in silent
    ]
    ties = pd.DataFrame(rows, columns=["ego", "alter", "layer", "rating", "asked"]).astype(
        {"rating": float, "asked": bool}
    )
    team = draw(st.lists(st.sampled_from(["Dock", "Yard", None]), min_size=7, max_size=7))
    return survey_of_edges(ties, PEOPLE, items=ITEMS, answered=set(PEOPLE) - silent, team=team)


def renamed(survey, order, names):
    """The same survey with people in another order and under other names."""
    ties = survey.ties.assign(ego=survey.ties["ego"].map(names), alter=survey.ties["alter"].map(names))
    people = survey.people.iloc[order].rename(index=names).rename_axis("person")
    answered = {layer: frozenset(names[person] for person in who) for layer, who in survey.answered.items()}
    return pn.Survey(people, ties[::-1], survey.outcomes, survey.codebook, survey.issues, answered)


@quick
@given(surveys())
def test_every_pairs_foundation_is_what_its_definition_says(survey):
    graph = pn.colleague_graph(survey)
    pairs = list(combinations(PEOPLE, 2))
    found = pn.scores.pair_foundation(graph, pairs)["foundation"]
    assert found.tolist() == [foundation_state(graph, a, b) for a, b in pairs]


@quick
@given(surveys())
def test_statistics_of_a_layer_are_counts_of_what_was_asked_and_answered(survey):
    graph = pn.colleague_graph(survey)
    found = pn.graph.layer_statistics(graph)
    for layer in LAYERS:
        slow = available_statistics(graph, layer)
        assert found.loc[layer, list(slow)].to_dict() == slow


@quick
@given(surveys())
def test_reconstruction_never_lowers_the_number_of_ties_nor_zeroes_raise_density(survey):
    graph = pn.colleague_graph(survey)
    ways = {way: pn.graph.layer_statistics(graph, missing=way) for way in ("available", "as_zero", "reconstruct")}
    assert (ways["reconstruct"]["ties"] >= ways["available"]["ties"]).all()
    known = ways["available"]["density"].notna()
    assert (ways["as_zero"]["density"][known] <= ways["available"]["density"][known] + 1e-12).all()


@quick
@given(surveys(), st.permutations(range(7)), st.permutations(PEOPLE))
def test_names_and_order_of_people_do_not_matter(survey, order, others):
    names = dict(zip(PEOPLE, (f"x{other}" for other in others), strict=True))
    other = renamed(survey, order, names)
    mine, theirs = pn.colleague_graph(survey), pn.colleague_graph(other)
    for measured in (
        pn.graph.layer_statistics,
        pn.graph.layer_hierarchy,
        partial(pn.graph.triad_census, missing="as_zero"),
    ):
        pd.testing.assert_frame_equal(measured(mine), measured(theirs))
    one, two = (pn.graph.describe_people(graph, layers=LAYERS).drop(columns=NUMBERED) for graph in (mine, theirs))
    pd.testing.assert_frame_equal(one.rename(index=names), two.loc[[names[p] for p in PEOPLE]], check_names=False)
    pairs = list(combinations(PEOPLE, 2))
    here = pn.scores.pair_foundation(mine, pairs)["foundation"]
    there = pn.scores.pair_foundation(theirs, [(names[b], names[a]) for a, b in pairs])["foundation"]
    assert here.tolist() == there.tolist()


@quick
@given(surveys(), st.sampled_from(["mutual", "either", "mean"]))
def test_mutual_ties_are_among_those_of_every_other_rule(survey, rule):
    graph = pn.colleague_graph(survey)
    mutual, other = pn.graph.tie_layer(graph, "trust", rule="mutual"), pn.graph.tie_layer(graph, "trust", rule=rule)
    assert {frozenset(tie) for tie in mutual.edges} <= {frozenset(tie) for tie in other.edges}


@quick
@given(surveys())
def test_describing_a_graph_changes_neither_it_nor_the_survey(survey):
    before = survey.ties.copy(), survey.people.copy()
    graph = pn.colleague_graph(survey)
    edges, nodes = list(graph.edges(keys=True, data="rating")), list(graph.nodes)
    pn.graph.describe_people(graph)
    pn.graph.layer_statistics(graph, missing="reconstruct")
    pn.scores.pair_foundation(graph, [("a", "b")])
    assert repr(list(graph.edges(keys=True, data="rating"))) == repr(edges)
    assert list(graph.nodes) == nodes
    pd.testing.assert_frame_equal(survey.ties, before[0])
    pd.testing.assert_frame_equal(survey.people, before[1])


@quick
@given(surveys(), st.integers(0, 999))
def test_a_written_graph_is_read_back_as_it_was(tmp_path_factory, survey, seed):
    graph = pn.colleague_graph(survey)
    file = tmp_path_factory.mktemp("graphs") / "ties.csv"
    key = pn.graph.write_graph(graph, file, rng=seed)
    back = pd.read_csv(file)
    back = back[(back["asked"] == "yes") & (back["rating"] >= 2)]
    assert sorted(zip(back["ego"], back["alter"], back["layer"], strict=True)) == sorted(
        (key[a], key[b], layer) for a, b, layer in graph.edges(keys=True)
    )


@pytest.mark.parametrize("rule", ["mutual", "either"])
def test_a_team_is_seen_the_same_whoever_is_listed_first(rule, rng):
    people = [f"p{i}" for i in range(9)]
    ties = pd.DataFrame(
        [(a, b) for a in people for b in people if a != b and rng.random() < 0.4], columns=["ego", "alter"]
    )
    manager = np.array([None, *["p0"] * 8])
    one = survey_of_edges(ties.assign(layer="candour"), people, manager=manager, team="Dock")
    two = survey_of_edges(ties.assign(layer="candour")[::-1], people[::-1], manager=manager[::-1], team="Dock")
    here, there = (pn.graph.leader_independence(s, pn.colleague_graph(s), rules=[rule]).table for s in (one, two))
    pd.testing.assert_frame_equal(here, there)
