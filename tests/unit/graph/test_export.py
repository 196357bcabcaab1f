"""Graphs are written for other programs whole, under pseudonyms, and read back as they were."""

import networkx as nx
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError
from tests.made.surveys import both_ways, survey_of

PEOPLE = {name: {"perspective_1": i % 5 + 1} for i, name in enumerate(["ann", "bo", "cy", "=di"])}
TIES = {"works_with": [("ann", "bo"), ("=di", "bo")], "trust": both_ways(("ann", "bo"))}
READERS = {"graphml": (pn.graph.write_graphml, nx.read_graphml), "gexf": (pn.graph.write_gexf, nx.read_gexf)}


@pytest.fixture
def graph():
    survey = survey_of(PEOPLE, TIES, team={"ann": "R&D <East>", "bo": "Law\x0b"}, silent={"trust": ["cy"]})
    survey.ties.loc[0, "rating"] = float("nan")
    return pn.colleague_graph(survey)


def ties_of(graph):
    return sorted((a, b, data["layer"]) for a, b, data in graph.edges(data=True))


@pytest.mark.parametrize("form", READERS)
def test_what_is_written_is_the_same_graph_under_the_key(graph, tmp_path, form):
    write, read = READERS[form]
    key = write(graph, tmp_path / "ties")
    found = read(tmp_path / "ties")
    assert set(found) == set(key)
    assert ties_of(found) == sorted((key[a], key[b], layer) for a, b, layer in graph.edges(keys=True))


@pytest.mark.parametrize("form", READERS)
def test_no_identifier_or_answer_is_in_the_file_unless_wanted(graph, tmp_path, form):
    READERS[form][0](graph, tmp_path / "ties")
    text = (tmp_path / "ties").read_text()
    assert not any(word in text for word in ("ann", "cy", "=di", "R&amp;D", "perspective_1"))


@pytest.mark.parametrize("form", READERS)
def test_wanted_attributes_are_written_and_odd_characters_survive_or_go(graph, tmp_path, form):
    write, read = READERS[form]
    write(graph, tmp_path / "ties", names=True, attributes=["team", "perspective_1"])
    found = read(tmp_path / "ties")
    assert found.nodes["ann"]["team"] == "R&D <East>"
    assert found.nodes["bo"]["team"] == "Law"
    assert "team" not in found.nodes["cy"]
    assert found.nodes["bo"]["perspective_1"] == 2


@pytest.mark.parametrize("form", READERS)
def test_who_answered_goes_along_and_an_unknown_rating_stays_unknown(graph, tmp_path, form):
    write, read = READERS[form]
    write(graph, tmp_path / "ties", names=True)
    found = read(tmp_path / "ties")
    assert [found.nodes[person]["answered_trust"] for person in ("ann", "cy")] == [True, False]
    ratings = {(a, b, data["layer"]): data.get("rating") for a, b, data in found.edges(data=True)}
    assert ratings["ann", "bo", "works_with"] is None
    assert ratings["ann", "bo", "trust"] == 1.0


def test_the_order_of_people_in_the_file_gives_nobody_away(graph, tmp_path):
    """People stand in the order of their pseudonyms, which is drawn."""
    firsts = set()
    for seed in range(20):
        key = pn.graph.write_graphml(graph, tmp_path / "ties", rng=seed)
        found = list(nx.read_graphml(tmp_path / "ties"))
        assert found == ["n1", "n2", "n3", "n4"]
        firsts.add(key.index[key == "n1"][0])
    assert len(firsts) > 1


@pytest.mark.parametrize("write", [pn.graph.write_graphml, pn.graph.write_gexf, pn.graph.write_edges])
def test_the_same_seed_writes_the_same_file(graph, tmp_path, write):
    for name in ("one", "other"):
        write(graph, tmp_path / name, rng=7)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "other"], "no drafts are left"


def test_edges_are_a_table_no_spreadsheet_takes_for_formulas(graph, tmp_path):
    pn.graph.write_edges(graph, tmp_path / "ties.csv", names=True)
    table = pd.read_csv(tmp_path / "ties.csv")
    assert table.columns.tolist() == ["ego", "alter", "layer", "rating"]
    assert len(table) == 4
    assert "'=di" in table["ego"].tolist()


def test_edges_are_pseudonymous_by_default(graph, tmp_path):
    key = pn.graph.write_edges(graph, tmp_path / "ties.csv")
    table = pd.read_csv(tmp_path / "ties.csv")
    assert set(table["ego"]) | set(table["alter"]) <= set(key)


def test_an_unknown_attribute_is_refused_before_anything_is_written(graph, tmp_path):
    with pytest.raises(SettingError, match=r"People have no attribute 'teams'\. Did you mean 'team'\?"):
        pn.graph.write_graphml(graph, tmp_path / "ties", attributes=["teams"])
    assert not list(tmp_path.iterdir())
