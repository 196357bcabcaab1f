"""Graphs are written for other programs whole, under pseudonyms, and read back as they were."""

import warnings
from collections import Counter
from itertools import combinations

import networkx as nx
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError
from peernet.survey import Item
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
def test_who_answered_goes_along_and_an_unknown_rating_is_no_tie(graph, tmp_path, file):
    pn.graph.write_graph(graph, tmp_path / file, names=True)
    found = READERS[file](tmp_path / file)
    assert [found.nodes[person]["answered_trust"] for person in ("ann", "cy")] == [True, False]
    ratings = {(a, b, data["layer"]): data.get("rating") for a, b, data in found.edges(data=True)}
    assert ("ann", "bo", "works_with") not in ratings
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
    table = pd.read_csv(tmp_path / "ties.csv", dtype=str, keep_default_na=False)
    assert table.columns.tolist() == ["ego", "alter", "layer", "rating", "asked"]
    assert table.to_numpy().tolist() == [
        ["ann", "nobody", "works_with", "", "yes"],
        ["ann", "bo", "trust", "1.0", "yes"],
        ["ann", "bo", "works_with", "", "no answer"],
        ["bo", "nobody", "works_with", "", "yes"],
        ["bo", "ann", "trust", "1.0", "yes"],
        ["cy", "nobody", "works_with", "", "yes"],
        ["'=di", "nobody", "trust", "", "yes"],
        ["'=di", "bo", "works_with", "1.0", "yes"],
    ]


def test_edges_are_pseudonymous_by_default(graph, tmp_path):
    key = pn.graph.write_graph(graph, tmp_path / "ties.csv")
    table = pd.read_csv(tmp_path / "ties.csv")
    assert set(table["ego"]) | set(table["alter"]) <= {*key, "nobody"}


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


PERSON, WORKS = Item("person", "person"), Item("works_with", "tie", layer="works_with")
TYPED = "person,works_with,trust\na,b;c;d,b;Zed\nb,a;c,a\nc,a;b,nobody\nd,a,\ne,nobody,d\n"
RATED = (
    "ego,alter,layer,rating,asked\na,b,trust,4,\nb,a,trust,99,\na,c,trust,2,\nc,a,trust,5,\nb,c,trust,,\nc,b,trust,3,\n"
    "d,a,trust,5,no\na,d,trust,5,\na,e,works_with,,\ne,a,works_with,,\nb,d,works_with,,\nc,nobody,works_with,,\n"
)


@pytest.mark.parametrize(
    ("trust", "files"),
    [
        (Item("trust", "tie", layer="trust"), {"survey": TYPED}),
        (Item("trust", "tie", layer="trust", most_named=1), {"survey": TYPED.replace(";Zed", "")}),
        (Item("trust", "tie", "multiple", layer="trust", categories=("a", "b")), {"survey": TYPED}),
        (
            Item("trust", "tie", layer="trust", low=1, high=5, at_least=3, missing=("99",)),
            {"survey": "person,level\na,1\nb,2\nc,3\nd,4\ne,5\n", "ties": RATED},
        ),
        (
            Item("trust", "tie", layer="trust", categories=("1", "2", "3", "4", "5"), at_least=3, missing=("99",)),
            {"survey": "person,level\na,1\nb,2\nc,3\nd,4\ne,5\n", "ties": RATED},
        ),
    ],
)
def test_a_written_table_read_as_a_tie_file_gives_the_same_foundation(folder, tmp_path, trust, files):
    items = [PERSON, Item("level", "experience", "numeric"), WORKS, trust]
    graph = pn.colleague_graph(pn.read_survey(folder(items, **files)))
    pn.graph.write_graph(graph, tmp_path / "ties.csv", names=True)
    path = folder(items, survey="person,level\na,1\nb,2\nc,3\nd,4\ne,5\n", ties=(tmp_path / "ties.csv").read_bytes())
    again = pn.colleague_graph(pn.read_survey(path))
    pairs = list(combinations("abcde", 2))
    before, after = (pn.scores.pair_foundation(made, pairs) for made in (graph, again))
    pd.testing.assert_frame_equal(before, after)
    assert len(set(before["foundation"])) > 1
    assert sorted(graph.edges(keys=True, data="rating")) == sorted(again.edges(keys=True, data="rating"))


def test_a_layer_on_which_nothing_anybody_said_is_known_stays_a_layer_nobody_can_pass(folder, tmp_path):
    """Were it left out of the file, pairs would rest on trust alone."""
    respect = Item("respect", "tie", layer="respect")
    items = [PERSON, WORKS, Item("trust", "tie", layer="trust"), respect]
    graph = pn.colleague_graph(
        pn.read_survey(folder(items, survey="person,works_with,trust,respect\na,b,b,Zed\nb,a,a,Zed\nc,a,nobody,\n"))
    )
    pn.graph.write_graph(graph, tmp_path / "ties.csv", names=True)
    path = folder(items, survey="person\na\nb\nc\n", ties=(tmp_path / "ties.csv").read_bytes())
    again = pn.colleague_graph(pn.read_survey(path))
    before, after = (pn.scores.pair_foundation(made, [("a", "b"), ("a", "c")]) for made in (graph, again))
    assert before["foundation"].tolist() == after["foundation"].tolist() == ["unknown", "refused"]


def with_teams(sizes: dict[str, int], silent: int = 0) -> nx.MultiDiGraph:
    people = [f"{team} {i}" for team, size in sizes.items() for i in range(size)]
    said = {"trust": people[:silent]} if silent else {}
    teams = {person: person.split(" ")[0] for person in people}
    ties = {"trust": [(people[i], people[i + 1]) for i in range(silent, len(people) - 1)]}
    return pn.colleague_graph(
        survey_of({person: {"perspective_1": 1} for person in people}, ties, team=teams, silent=said)
    )


@pytest.mark.parametrize(
    ("sizes", "silent", "kept"),
    [
        ({"a": 6, "b": 7}, 0, {"a": 6, "b": 7}),
        ({"a": 6, "b": 7, "c": 4}, 0, {"b": 7}),  # the four alone would be told by what they lack
        ({"a": 6, "b": 7, "c": 4, "d": 4}, 0, {"a": 6, "b": 7}),
        ({"a": 6, "b": 7, "c": 1}, 0, {"b": 7}),
        ({"a": 8, "b": 7}, 2, {"b": 7}),  # two of a did not answer: they and the six others are too few each
        ({"a": 3, "b": 2}, 0, {}),
    ],
)
def test_under_pseudonyms_no_combination_of_attributes_is_of_few(tmp_path, sizes, silent, kept):
    graph = with_teams(sizes, silent)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pn.graph.write_graph(graph, tmp_path / "ties.graphml", attributes=["team"])
    written = nx.read_graphml(tmp_path / "ties.graphml").nodes(data="team")
    assert Counter(team for _, team in written if team) == kept
    assert len(caught) == (sum(kept.values()) < len(graph))
    pn.graph.write_graph(graph, tmp_path / "named.graphml", attributes=["team"], names=True)
    assert all(team for _, team in nx.read_graphml(tmp_path / "named.graphml").nodes(data="team"))
