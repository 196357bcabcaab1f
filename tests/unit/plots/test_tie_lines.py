"""Lines between people: one per tie and layer, side by side where two people have several."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.plots.layout import TOGETHER, segments, ties_by_layer
from tests.made.surveys import both_ways, survey_of

PLACES = pd.DataFrame({"x": [0.0, 1.0, 0.0], "y": [0.0, 0.0, 1.0]}, index=list("abc"))
PEOPLE = {name: {"perspective_1": 1} for name in "abc"}


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
