"""Graphs are written for other programs whole, under pseudonyms, and read back as they were."""

import networkx as nx
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError
from tests.made.surveys import both_ways, survey_of

PEOPLE = {name: {"perspective_1": i % 5 + 1} for i, name in enumerate(["ann", "bo", "cy", "=di"])}
TIES = {"works_with": [("ann", "bo"), ("=di", "bo")], "trust": both_ways(("ann", "bo"))}
READERS = {"ties.graphml": nx.read_graphml, "ties.gexf": nx.read_gexf}


@pytest.fixture
def graph():
    survey = survey_of(PEOPLE, TIES, team={"ann": "R&D <East>", "bo": "Law\x0b"}, silent={"trust": ["cy"]})
    survey.ties.loc[0, "rating"] = float("nan")
    return pn.colleague_graph(survey)


def ties_of(graph):
    return sorted((a, b, data["layer"]) for a, b, data in graph.edges(data=True))


@pytest.mark.parametrize("file", READERS)
def test_what_is_written_is_the_same_graph_under_the_key(graph, tmp_path, file):
    key = pn.graph.write_graph(graph, tmp_path / file)
    found = READERS[file](tmp_path / file)
    assert set(found) == set(key)
    assert ties_of(found) == sorted((key[a], key[b], layer) for a, b, layer in graph.edges(keys=True))


@pytest.mark.parametrize("file", READERS)
def test_no_identifier_or_answer_is_in_the_file_unless_wanted(graph, tmp_path, file):
    pn.graph.write_graph(graph, tmp_path / file)
    text = (tmp_path / file).read_text()
    assert not any(word in text for word in ("ann", "cy", "=di", "R&amp;D", "perspective_1"))


@pytest.mark.parametrize("file", READERS)
def test_wanted_attributes_are_written_and_odd_characters_survive_or_go(graph, tmp_path, file):
    pn.graph.write_graph(graph, tmp_path / file, names=True, attributes=["team", "perspective_1"])
    found = READERS[file](tmp_path / file)
    assert found.nodes["ann"]["team"] == "R&D <East>"
    assert found.nodes["bo"]["team"] == "Law"
    assert "team" not in found.nodes["cy"]
    assert found.nodes["bo"]["perspective_1"] == 2


@pytest.mark.parametrize("file", READERS)
def test_who_answered_goes_along_and_an_unknown_rating_is_no_number(graph, tmp_path, file):
    pn.graph.write_graph(graph, tmp_path / file, names=True)
    found = READERS[file](tmp_path / file)
    assert [found.nodes[person]["answered_trust"] for person in ("ann", "cy")] == [True, False]
    ratings = {(a, b, data["layer"]): data.get("rating") for a, b, data in found.edges(data=True)}
    assert pd.isna(ratings["ann", "bo", "works_with"])
    assert ratings["ann", "bo", "trust"] == 1.0


def test_the_order_of_people_in_the_file_gives_nobody_away(graph, tmp_path):
    """People stand in the order of their pseudonyms, which is drawn."""
    firsts = set()
    for seed in range(20):
        key = pn.graph.write_graph(graph, tmp_path / "ties.graphml", rng=seed)
        found = list(nx.read_graphml(tmp_path / "ties.graphml"))
        assert found == ["n1", "n2", "n3", "n4"]
        firsts.add(key.index[key == "n1"][0])
    assert len(firsts) > 1


@pytest.mark.parametrize("ending", [".graphml", ".gexf", ".csv", ".CSV"])
def test_the_same_seed_writes_the_same_file(graph, tmp_path, ending):
    files = [tmp_path / f"{name}{ending}" for name in ("one", "other")]
    for file in files:
        pn.graph.write_graph(graph, file, rng=7)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == files, "no drafts are left"


def test_edges_are_a_table_no_spreadsheet_takes_for_formulas(graph, tmp_path):
    pn.graph.write_graph(graph, tmp_path / "ties.csv", names=True)
    table = pd.read_csv(tmp_path / "ties.csv")
    assert table.columns.tolist() == ["ego", "alter", "layer", "rating"]
    assert len(table) == 4
    assert "'=di" in table["ego"].tolist()


def test_edges_are_pseudonymous_by_default(graph, tmp_path):
    key = pn.graph.write_graph(graph, tmp_path / "ties.csv")
    table = pd.read_csv(tmp_path / "ties.csv")
    assert set(table["ego"]) | set(table["alter"]) <= set(key)


@pytest.mark.parametrize(
    ("file", "attributes", "message"),
    [
        ("ties.gexf", ["teams"], r"People have no attribute 'teams'\. Did you mean 'team'\?"),
        ("ties.csv", ["team"], r"A \.csv file holds ties alone, so attributes have no place in it"),
        ("ties.txt", [], r"path must end in \.graphml, \.gexf or \.csv; got 'ties\.txt'\."),
        ("ties", [], r"path must end in .* got 'ties'\."),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_written(graph, tmp_path, file, attributes, message):
    with pytest.raises(SettingError, match=message):
        pn.graph.write_graph(graph, tmp_path / file, attributes=attributes)
    assert not list(tmp_path.iterdir())
