"""A layer is held against a tree with one head: in one piece, one way, no tie too many, a superior for every two."""

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.errors import SettingError
from tests.made.networks import graph_of

BOUNDS = ["any_superior", "nearest_superior", "highest_superior"]
TREE = [("b", "a"), ("c", "a"), ("d", "b"), ("e", "b"), ("f", "c")]


def dimensions(ties, people="abcdef", **kws):
    edges = pd.DataFrame(ties, columns=["ego", "alter"]).assign(layer="reports_to")
    return pn.graph.layer_hierarchy(graph_of(edges, people), **kws).loc["reports_to"]


def test_a_tree_whose_people_name_their_superior_is_all_hierarchy():
    assert (dimensions(TREE) == 1).all()


def test_the_same_tree_read_upside_down_has_hardly_a_common_superior():
    """Only who stands on one chain; everything that does not ask for superiors stays as it is."""
    found = dimensions(TREE, superiors="naming")
    assert (found.drop(BOUNDS) == 1).all()
    assert found["nearest_superior"] == pytest.approx(1 - (15 - 8) / 10)


def test_naming_downwards_is_the_same_tree():
    assert (dimensions([tie[::-1] for tie in TREE], superiors="naming") == 1).all()


def test_two_trees_are_two_parts():
    found = dimensions([("b", "a"), ("c", "a"), ("e", "d"), ("f", "d")])
    assert found["connectedness"] == pytest.approx(6 / 15)
    assert (found.drop("connectedness") == 1).all()


def test_a_circle_has_no_hierarchy_and_one_tie_too_many():
    found = dimensions([("a", "b"), ("b", "c"), ("c", "a")], "abc")
    assert found["hierarchy"] == 0
    assert found["efficiency"] == pytest.approx(1 - 1 / 4)


def test_two_superiors_side_by_side_leave_a_head_but_no_nearest():
    """c and d report to a and to b, who both report to e."""
    found = dimensions([*((low, high) for low in "cd" for high in "ab"), ("a", "e"), ("b", "e")], "abcde")
    assert found[BOUNDS].tolist() == pytest.approx([1, 1 - 1 / 6, 1])


def test_two_heads_side_by_side_leave_superiors_but_no_highest():
    found = dimensions([("c", "a"), ("c", "b"), ("d", "c"), ("e", "c")], "abcde")
    assert found["nearest_superior"] == found["any_superior"]
    assert found["highest_superior"] < found["any_superior"]


def test_without_ties_there_is_nothing_to_measure():
    found = pn.graph.layer_hierarchy(
        graph_of(
            pd.DataFrame(columns=["ego", "alter", "layer"]), "abc", items=[pn.survey.Item("q", "tie", layer="advice")]
        )
    ).loc["advice"]
    assert found["connectedness"] == 0
    assert found.drop("connectedness").isna().all()


def test_unknown_settings_are_refused():
    with pytest.raises(SettingError, match="superiors must be one of 'named', 'naming'; got 'up'"):
        dimensions(TREE, superiors="up")
    with pytest.raises(SettingError, match="missing must be one of"):
        dimensions(TREE, missing="zero")
    with pytest.raises(SettingError, match="No tie layer 'advice'"):
        dimensions(TREE, layers=["advice"])


ties = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda e: e[0] != e[1]), min_size=2, unique=True)


@settings(max_examples=25, deadline=None)
@given(ties)
def test_dimensions_are_those_counted_pair_by_pair(found):
    own = dimensions(found, range(8), superiors="naming")
    np.testing.assert_allclose(own, slow_dimensions(nx.DiGraph(found)), atol=1e-12)


def slow_dimensions(named):
    """Krackhardt's dimensions as defined, superiors naming."""
    named.add_nodes_from(range(8))
    parts = list(nx.weakly_connected_components(named))
    over = {a: nx.descendants(named, a) | {a} for a in named}
    pairs = [set(pair) for part in parts for pair in combinations(sorted(part), 2)]
    reached = [sum(b in over[a] for a, b in (pair, pair[::-1])) for pair in combinations(range(8), 2)]
    most = sum((len(part) - 1) * (len(part) - 2) / 2 for part in parts)
    bounds = [[c for c in named if pair <= over[c]] for pair in pairs]
    has = {
        "any": [len(found) > 0 for found in bounds],
        "nearest": [any(all(c in over[other] for other in found) for c in found) for found in bounds],
        "highest": [any(set(found) <= over[c] for c in found) for found in bounds],
    }
    return [
        len(pairs) / 28,
        1 - reached.count(2) / (8 - reached.count(0) + 20),
        1 - (named.number_of_edges() - (8 - len(parts))) / sum((len(part) - 1) ** 2 for part in parts),
        *((1 - (len(kind) - sum(kind)) / most) if most else np.nan for kind in has.values()),
    ]
