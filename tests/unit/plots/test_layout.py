"""Where people are drawn."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

import peernet as pn
from peernet.plots.layout import contact_ties, map_people, place_colleagues
from tests.made.surveys import both_ways, survey_of

ANSWERS = {f"p{i}": {"perspective_1": 1 + i % 5, "perspective_2": 5 - i % 3} for i in range(14)}


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


def test_people_without_answers_have_no_place_on_the_map() -> None:
    survey = survey_of({**ANSWERS, "quiet": {"perspective_1": float("nan"), "perspective_2": float("nan")}})
    found = map_people(pn.distance.person_distances(survey, "perspective")).table
    assert found.loc["quiet"].isna().all()
    assert found.drop("quiet").notna().all(axis=None)


def test_one_person_has_no_map() -> None:
    found = map_people(pn.distance.person_distances(survey_of({"p1": {"perspective_1": 3}}), "perspective"))
    assert found.shown == 0
