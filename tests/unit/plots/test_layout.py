"""Where people are drawn, and the lines between them: one per tie and layer."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.plots.layout import TOGETHER, contact_ties, map_people, place_colleagues, segments, ties_by_layer
from tests.made.surveys import both_ways, survey_of

ANSWERS = {f"p{i}": {"perspective_1": 1 + i % 5, "perspective_2": 5 - i % 3} for i in range(14)}
PLACES = pd.DataFrame({"x": [0.0, 1.0, 0.0], "y": [0.0, 0.0, 1.0]}, index=list("abc"))
PEOPLE = {name: {"perspective_1": 1} for name in "abc"}


def circles(graph_layers: dict[str, list[tuple[str, str]]]) -> nx.MultiDiGraph:
    return pn.colleague_graph(survey_of(ANSWERS, graph_layers))


def two_circles() -> nx.MultiDiGraph:
    inside = [(f"p{i}", f"p{j}") for half in (range(6), range(6, 12)) for i in half for j in half if i < j]
    return circles({"works_with": both_ways(*inside, ("p0", "p6"))})


def test_contact_goes_either_way_and_foundation_layers_do_not_count() -> None:
    ties = contact_ties(circles({"works_with": [("p0", "p1")], "trust": [("p2", "p3")]})).toarray()
    assert ties.sum() == 2
    assert ties[0, 1] == ties[1, 0] == 1


def test_circles_of_colleagues_stand_together_and_apart_from_each_other() -> None:
    places = place_colleagues(two_circles()).to_numpy()
    one, other = places[:6], places[6:12]
    spread = max(np.linalg.norm(circle - circle.mean(axis=0), axis=1).mean() for circle in (one, other))
    assert np.linalg.norm(one.mean(axis=0) - other.mean(axis=0)) > 2 * spread


def test_nobody_covers_anybody() -> None:
    places = place_colleagues(two_circles()).to_numpy()[:12]
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2)[~np.eye(12, dtype=bool)]
    assert gaps.min() > 0.05


def test_people_without_ties_stand_below_the_others() -> None:
    places = place_colleagues(two_circles())
    assert (places.loc[["p12", "p13"], "y"] < 0).all()
    assert places.loc["p0":"p11", "y"].between(0, 1).all()


def test_the_same_seed_gives_the_same_places() -> None:
    first, second, other = (place_colleagues(two_circles(), seed=seed) for seed in (3, 3, 4))
    assert first.equals(second)
    assert not first.equals(other)


@pytest.mark.parametrize("ties", [{}, {"works_with": []}, {"works_with": [("p0", "p1")]}])
def test_graphs_with_hardly_any_tie_can_be_drawn(ties: dict[str, list[tuple[str, str]]]) -> None:
    assert place_colleagues(circles(ties)).notna().all(axis=None)


def test_a_map_keeps_distances_that_lie_in_a_plane() -> None:
    survey = survey_of({f"p{i}": {"perspective_1": 1 + i % 5, "perspective_2": 1 + i // 5} for i in range(25)})
    found = map_people(pn.distance.person_distances(survey, "perspective"))
    assert found.table.shape == (25, 2)
    assert 0.5 < found.shown <= 1


def test_people_on_a_line_need_one_direction_only() -> None:
    survey = survey_of({f"p{i}": {"perspective_1": i} for i in (1, 2, 3, 4, 5)})
    distances = pn.distance.person_distances(survey, "perspective")
    found = map_people(distances)
    assert found.shown == pytest.approx(1)
    gaps = np.abs(np.subtract.outer(*[found.table["x"].to_numpy()] * 2))
    assert gaps == pytest.approx(distances.block(np.arange(5)))


def test_many_people_stand_by_their_distances_from_some_of_them_where_all_distances_put_them(monkeypatch) -> None:
    survey = pn.load_example()
    distances = pn.distance.person_distances(survey, "perspective")
    whole = map_people(distances).table
    monkeypatch.setattr("peernet.plots.layout.MOST_PLACED", 150)
    some = map_people(distances).table
    assert some.notna().equals(whole.notna())
    assert min(abs(some[axis].corr(whole[axis])) for axis in "xy") > 0.9
    monkeypatch.setattr("peernet.plots.layout.MOST_PLACED", len(distances) - 1)
    assert np.abs(map_people(distances).table - whole).max(axis=None) < 0.01


def test_people_without_answers_have_no_place_on_the_map() -> None:
    survey = survey_of({**ANSWERS, "quiet": {"perspective_1": float("nan"), "perspective_2": float("nan")}})
    found = map_people(pn.distance.person_distances(survey, "perspective")).table
    assert found.loc["quiet"].isna().all()
    assert found.drop("quiet").notna().all(axis=None)


def test_one_person_has_no_map() -> None:
    found = map_people(pn.distance.person_distances(survey_of({"p1": {"perspective_1": 3}}), "perspective"))
    assert found.shown == 0


def graph(**ties):
    return pn.colleague_graph(survey_of(PEOPLE, ties))


def test_contact_layers_are_drawn_by_default_each_by_its_name():
    found = ties_by_layer(graph(works_with=[("a", "b")], advice=[("c", "a")], trust=both_ways(("b", "c"))))
    assert {name: len(pairs) for name, pairs in found.items()} == {"works with": 1, "advice": 1}


def test_without_layers_contact_is_one_tie_for_two_people():
    found = ties_by_layer(graph(works_with=both_ways(("a", "b")), advice=[("a", "b"), ("c", "a")]), ())
    assert found == {TOGETHER: [("a", "b"), ("a", "c")]}


def test_more_layers_than_colours_are_drawn_together_unless_chosen():
    many = graph(**{f"contact_{i}": [("a", "b")] for i in range(6)})
    assert list(ties_by_layer(many)) == [TOGETHER]
    assert len(ties_by_layer(many, many.graph["layers"])) == 6


def test_a_single_tie_joins_the_two_places():
    assert segments({"work": [("a", "b")]}, PLACES)["work"].tolist() == [[[0, 0], [1, 0]]]


@pytest.mark.parametrize("second", [("a", "b"), ("b", "a")])
def test_two_ties_lie_side_by_side_whichever_way_they_are_told(second):
    found = segments({"work": [("a", "b")], "lunch": [second]}, PLACES)
    heights = [found[name][0][:, 1] for name in ("work", "lunch")]
    assert np.ptp(heights[0]) == 0
    assert heights[0][0] == -heights[1][0] != 0


def test_the_distance_grows_with_the_picture():
    ties = {"work": [("a", "b")], "lunch": [("a", "b")]}
    small, large = (segments(ties, PLACES * size)["work"] for size in (1, 100))
    np.testing.assert_allclose(small * 100, large)


def test_people_without_a_place_have_no_lines():
    found = segments({"work": [("a", "z")], "lunch": []}, PLACES)
    assert [len(ends) for ends in found.values()] == [0, 0]


def test_people_in_one_place_are_no_trouble():
    found = segments({"work": [("a", "b")], "lunch": [("a", "b")]}, PLACES * 0)
    assert np.isfinite(found["work"]).all()
