"""One person can be followed from the file to the pairing, and no step changes what it was given."""

import copy

import numpy as np
import pytest

import peernet as pn


@pytest.fixture(scope="module")
def survey():
    return pn.load_example()


def snapshot(survey, graph):
    tables = (survey.people, survey.ties, survey.outcomes, survey.issues)
    return [table.copy(deep=True) for table in tables], copy.deepcopy(graph)


def test_nobody_is_lost_reordered_or_renamed_on_the_way(survey):
    graph = pn.colleague_graph(survey)
    scores = pn.score_pairs(survey, graph)
    pairing = pn.pair_people(scores)
    after = pn.exposure(scores, pairing).table
    people = list(survey.people.index)
    assert survey.people.index.name == after.index.name == "person"
    assert people == list(graph) == list(scores.people) == list(after.index)
    assert people == list(pn.cluster_people(survey).table.index)
    paired = {*pairing.table["a"], *pairing.table["b"]}
    assert sorted(paired | set(pairing.unpaired["person"])) == sorted(people)


def test_one_pair_can_be_followed_through_every_room(survey):
    graph = pn.colleague_graph(survey)
    scores = pn.score_pairs(survey, graph)
    row = pn.pair_people(scores).table.iloc[0]
    a, b = row["a"], row["b"]
    distances = pn.distance.person_distances(survey).to_frame()
    assert row["perspective"] == distances.loc[a, b]
    assert row["perspective"] == scores.pair(a, b)["perspective"]
    trust = pn.graph.tie_layer(graph, "trust")
    assert trust.has_edge(a, row["introducer"])
    assert trust.has_edge(b, row["introducer"])
    gains = pn.exposure(scores, [(a, b)]).table["gain"]
    np.testing.assert_allclose([gains[a], gains[b]], [row["gain_a"], row["gain_b"]], atol=1e-9)


def test_no_step_changes_what_it_was_given(survey):
    graph = pn.colleague_graph(survey)
    tables, graph_before = snapshot(survey, graph)
    scores = pn.score_pairs(survey, graph)
    pn.cluster_people(survey)
    pairing = pn.pair_people(scores)
    table = pairing.table.copy(deep=True)
    pn.exposure(scores, pairing)
    pn.compare_pairings(scores, draws=3)
    pn.gate_prices(scores)
    pairing.check()
    for before, now in zip(tables, (survey.people, survey.ties, survey.outcomes, survey.issues), strict=True):
        assert before.equals(now)
    assert list(graph_before.edges(keys=True, data=True)) == list(graph.edges(keys=True, data=True))
    assert table.equals(pairing.table)
