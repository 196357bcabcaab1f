"""What other programs read from our files is what the survey says: people, layers, ratings, silence, loners."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import combinations

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import rustworkx as rx

import peernet as pn
from peernet.errors import SettingError
from tests.made.studies import DATA
from tests.made.surveys import survey_of

NAMES = ["007", "7", "NA", "None", "=di", "José O’Hara <x@y>", "loner"]
TIES = {
    "works_with": [("007", "7"), ("NA", "7"), ("=di", "NA"), ("7", "José O’Hara <x@y>")],
    "trust": [("007", "7"), ("7", "007"), ("None", "NA")],
}
RATINGS = [1.0, 2.5, math.nan, 0.0, 3.0, 4.5, math.nan]  # the fourth was rated and is no tie
ATTRIBUTES = ["team", "perspective_1", "worked_abroad", "consents", "hours", "industries", "mixed"]
ANSWERS = {
    "team": [None, "R&D <East>", "None", "", "Law", None, "Law"],
    "worked_abroad": [True, False, None, None, True, False, True],
    "consents": [True, False, True, True, True, False, True],
    "hours": [1, 2, None, 4, 5, 6, 0],
    "industries": [frozenset({"Retail", "Public"}), frozenset(), None, None, None, None, frozenset({"Retail"})],
    "mixed": [1, "two", 3.5, True, None, None, None],
}


@pytest.fixture
def survey():
    made = survey_of({name: {"perspective_1": i % 5 + 1} for i, name in enumerate(NAMES)}, TIES)
    people = made.people.assign(
        team=pd.array(ANSWERS["team"], dtype="str"),
        worked_abroad=pd.array(ANSWERS["worked_abroad"], dtype="boolean"),
        consents=ANSWERS["consents"],
        hours=pd.array(ANSWERS["hours"], dtype="Int64"),
        industries=pd.Series(ANSWERS["industries"], index=made.people.index, dtype=object),
        mixed=pd.Series(ANSWERS["mixed"], index=made.people.index, dtype=object),
    )
    answered = {"works_with": frozenset(NAMES) - {"None"}, "trust": frozenset(NAMES) - {"7", "loner"}}
    return replace(made, people=people, ties=made.ties.assign(rating=RATINGS), answered=answered)


def known(cells):
    """What is known of the cells; a program that has no missing text shows it as empty."""
    return {
        k: c for k, c in cells.items() if c is not None and c != "" and not (isinstance(c, float) and math.isnan(c))
    }


def by_networkx(file):
    graph = nx.read_graphml(file) if file.suffix == ".graphml" else nx.read_gexf(file)
    return graph.nodes(data=True), graph.edges(data=True)


def by_rustworkx(file):
    (graph,) = rx.read_graphml(str(file))
    names = [cells["id"] for cells in graph.nodes()]
    ends = [(names[a], names[b], cells) for a, b, cells in graph.weighted_edge_list()]
    return zip(names, graph.nodes(), strict=True), ends


def by_igraph(file):
    graph = igraph.Graph.Read_GraphML(str(file))
    names = graph.vs["id"]
    ends = [(names[tie.source], names[tie.target], tie.attributes()) for tie in graph.es]
    return zip(names, (person.attributes() for person in graph.vs), strict=True), ends


READERS = [(by_networkx, "t.graphml"), (by_networkx, "t.gexf"), (by_rustworkx, "t.graphml"), (by_igraph, "t.graphml")]


@pytest.fixture(params=READERS, ids=lambda reader: f"{reader[0].__name__} {reader[1]}")
def read(request, survey, tmp_path):
    reader, name = request.param
    pn.graph.write_graph(pn.colleague_graph(survey), tmp_path / name, names=True, attributes=ATTRIBUTES)
    people, ties = reader(tmp_path / name)
    return {person: known(cells) for person, cells in people}, [(a, b, known(cells)) for a, b, cells in ties]


def test_everybody_is_there_once_under_their_own_identifier_loners_too(read) -> None:
    assert list(read[0]) == NAMES


def test_every_tie_is_there_with_its_layer_and_one_with_an_unknown_rating_is_none(read) -> None:
    found = sorted((a, b, cells["layer"], cells.get("rating")) for a, b, cells in read[1])
    assert found == [
        ("007", "7", "trust", 3.0),
        ("007", "7", "works_with", 1.0),
        ("7", "007", "trust", 4.5),
        ("NA", "7", "works_with", 2.5),
    ]


def test_who_answered_each_question_is_a_yes_or_no(read) -> None:
    people = read[0]
    assert {p for p in people if people[p]["answered_works_with"] is True} == set(NAMES) - {"None"}
    assert {p for p in people if people[p]["answered_trust"] is False} == {"7", "loner"}


def test_an_answer_that_was_not_given_is_none_whatever_its_kind(read) -> None:
    people = read[0]
    assert [people[p].get("team") for p in NAMES] == [None, "R&D <East>", "None", None, "Law", None, "Law"]
    assert [people[p].get("worked_abroad") for p in NAMES] == ["yes", "no", None, None, "yes", "no", "yes"]
    assert [people[p].get("consents") for p in NAMES] == ANSWERS["consents"]
    assert [people[p].get("hours") for p in NAMES] == ANSWERS["hours"]
    assert [people[p].get("industries") for p in NAMES] == ["Public; Retail", *[None] * 5, "Retail"]
    assert [people[p].get("mixed") for p in NAMES] == ["1.0", "two", "3.5", "true", None, None, None]


def test_no_weighted_measure_takes_an_unknown_rating_for_one(survey, tmp_path) -> None:
    pn.graph.write_graph(pn.colleague_graph(survey), tmp_path / "t.graphml", names=True)
    read = nx.read_graphml(tmp_path / "t.graphml")
    assert read.out_degree("=di", weight="rating") == 0.0
    assert not list(read.successors("None"))
    assert read.out_degree("007", weight="rating") == 4.0


def test_ties_carry_no_identifier_that_could_be_a_persons(survey, tmp_path) -> None:
    pn.graph.write_graph(pn.colleague_graph(survey), tmp_path / "t.graphml", names=True)
    assert all(not set(cells) - {"layer", "rating"} for _, _, cells in by_igraph(tmp_path / "t.graphml")[1])


@pytest.mark.parametrize("name", ["start", "end", "viz", "pid", "slices", "key", "source"])
@pytest.mark.parametrize("file", ["t.graphml", "t.gexf"])
def test_an_item_may_be_called_as_a_program_calls_its_own(survey, tmp_path, name, file) -> None:
    named = replace(survey, people=survey.people.assign(**{name: np.arange(len(NAMES)) + 2001.0}))
    pn.graph.write_graph(pn.colleague_graph(named), tmp_path / file, names=True, attributes=[name])
    people = dict(by_networkx(tmp_path / file)[0])
    assert people["loner"][name] == 2007.0
    assert f'{name}="20' not in (tmp_path / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["id", "label", "answered_trust"])
@pytest.mark.parametrize("file", ["t.graphml", "t.gexf"])
def test_an_item_that_would_hide_something_of_the_file_is_refused(survey, tmp_path, name, file) -> None:
    named = replace(survey, people=survey.people.assign(**{name: 1.0}))
    with pytest.raises(SettingError, match=f"The file has something else called '{name}'; rename that item"):
        pn.graph.write_graph(pn.colleague_graph(named), tmp_path / file, attributes=[name])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("pair", [("a\x0bb", "ab"), ("x\ufffe", "x")])
def test_two_people_never_become_one_for_want_of_a_character(tmp_path, pair) -> None:
    survey = survey_of({name: {"perspective_1": 1} for name in pair}, {"trust": [pair]})
    with pytest.raises(SettingError, match="identifiers that differ only in characters XML does not allow"):
        pn.graph.write_graph(pn.colleague_graph(survey), tmp_path / "t.graphml", names=True)


def test_the_table_read_by_pandas_as_the_notes_say_holds_the_same_ties(survey, tmp_path) -> None:
    pn.graph.write_graph(pn.colleague_graph(survey), tmp_path / "t.csv", names=True)
    table = pd.read_csv(
        tmp_path / "t.csv", dtype={"ego": str, "alter": str}, keep_default_na=False, na_values={"rating": ""}
    )
    rows = {
        (ego.removeprefix("'"), alter, layer, rating)
        for ego, alter, layer, rating, asked in table.itertuples(index=False)
        if alter != "nobody" and asked != "no"
    }
    assert {row for row in rows if row[3] > 0} == {
        ("007", "7", "trust", 3.0),
        ("007", "7", "works_with", 1.0),
        ("7", "007", "trust", 4.5),
        ("NA", "7", "works_with", 2.5),
    }
    assert {row[:3] for row in rows if row[3] != row[3]} == {("=di", "NA", "works_with"), ("None", "NA", "trust")}


@pytest.mark.parametrize("renamed", [{}, {"U1": "=U1"}, {"U1": "-3", "U3": "@home", "U10": "＋ten"}])
def test_the_table_beside_the_survey_gives_the_same_foundation(tmp_path, renamed) -> None:
    """Ties can be taken out, looked at and put back, under any identifiers."""
    for name in ("codebook.json", "survey.csv", "ties.csv"):
        text = (DATA / "aarhus" / name).read_text(encoding="utf-8").replace("\r\n", "\n")
        if name == "codebook.json":
            document = json.loads(text)
            for field in document["fields"]:
                if field["peernet"].get("layer") == "lunch":
                    field["peernet"]["foundation"] = True
            text = json.dumps(document)
        else:
            ends = {f"{old},": f"{new}," for old, new in renamed.items()}
            for old, new in ends.items():
                text = f"\n{text}".replace(f"\n{old}", f"\n{new}").replace(f",{old}", f",{new}").removeprefix("\n")
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    before = pn.read_survey(tmp_path)
    graph = pn.colleague_graph(before)
    assert set(renamed.values()) <= set(graph)
    pn.graph.write_graph(graph, tmp_path / "ties.csv", names=True)
    after = pn.read_survey(tmp_path)
    order = ["ego", "alter", "layer"]
    pd.testing.assert_frame_equal(
        before.ties.sort_values(order, ignore_index=True), after.ties.sort_values(order, ignore_index=True)
    )
    assert dict(before.answered) == dict(after.answered)
    pd.testing.assert_frame_equal(before.issues, after.issues)
    pairs = list(combinations(before.people.index, 2))
    one, other = (pn.scores.pair_foundation(pn.colleague_graph(survey), pairs) for survey in (before, after))
    assert len({*one["foundation"]}) > 1
    pd.testing.assert_frame_equal(one, other)
