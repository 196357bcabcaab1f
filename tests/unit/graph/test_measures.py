"""What a small network keeps when somebody leaves, held against networkx."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.graph.measures import (
    cut_off_by_lot,
    cut_off_chance,
    efficiency,
    fallen_apart,
    is_cut_vertex,
    largest_share,
    largest_without,
    leader_rank,
    parts,
)
from tests.naive.graph import cut_off_in_a_random_network


@st.composite
def networks(draw):
    """Directed networks of up to a dozen people, nobody tied to themselves."""
    n = draw(st.integers(1, 12))
    ties = np.array(draw(st.lists(st.booleans(), min_size=n * n, max_size=n * n))).reshape(n, n)
    ties &= np.array(draw(st.lists(st.booleans(), min_size=n * n, max_size=n * n))).reshape(n, n)
    np.fill_diagonal(ties, False)
    return ties


@settings(max_examples=80, deadline=None)
@given(networks())
def test_parts_are_those_of_networkx_with_and_without_each_person(ties):
    graph = nx.from_numpy_array(ties | ties.T)
    assert sorted(parts(ties)) == sorted(map(len, nx.connected_components(graph)))
    cut = set(nx.articulation_points(graph))
    for person in range(len(ties)):
        rest = graph.subgraph(set(graph) - {person})
        assert sorted(parts(ties, absent=person)) == sorted(map(len, nx.connected_components(rest)))
        assert is_cut_vertex(ties, person) == (person in cut)


@settings(max_examples=60, deadline=None)
@given(networks())
def test_efficiency_is_that_of_networkx_where_ties_go_both_ways(ties):
    both = ties | ties.T
    if len(ties) > 1:
        assert efficiency(both) == pytest.approx(nx.global_efficiency(nx.from_numpy_array(both)))


def test_efficiency_follows_the_direction_of_ties():
    chain = np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=bool)
    assert efficiency(chain) == pytest.approx((1 + 1 / 2 + 1) / 6)


def test_networks_of_one_and_of_nobody_have_nothing_to_lose():
    assert np.isnan(efficiency(np.zeros((1, 1), dtype=bool)))
    assert np.isnan(largest_share(np.zeros((0, 0), dtype=bool)))
    assert largest_without(np.zeros((1, 1), dtype=bool)).tolist() == [0]


def test_more_people_than_bits_in_a_machine_word():
    line = np.eye(150, k=1, dtype=bool)
    assert parts(line, absent=75) == [75, 74]


def test_the_percentile_counts_equals_half_and_nobody_else_has_none():
    found = leader_rank(np.array([0.5, 0.2, 0.5, 0.9, np.nan]))
    assert (found.kept, found.percentile) == (0.5, 0.5)
    assert found.others == pytest.approx((0.2 + 0.5 + 0.9) / 3)
    assert found.low < 0.5 < found.high
    assert np.isnan(leader_rank(np.array([0.5]))[1:]).all()


@pytest.mark.parametrize("density", [0.15, 0.3, 0.5])
def test_whom_somebody_alone_holds_together_equals_networkx(density, rng):
    for _ in range(20):
        ties = np.triu(rng.random((8, 8)) < density, 1)
        graph = nx.from_numpy_array(ties | ties.T)
        own = nx.node_connected_component(graph, 2) - {2}
        sizes = [len(part) for part in nx.connected_components(graph.subgraph(own))]
        assert fallen_apart(ties, 2) == (len(sizes), sum(sizes) - max(sizes, default=0))


def test_ties_by_lot_cut_off_as_many_as_networks_drawn_one_by_one(rng):
    slow = np.array([cut_off_in_a_random_network(7, 8, rng) for _ in range(2_000)])
    quick = np.array(cut_off_by_lot(7, 8))
    for most in (1, 2, 3):
        assert (quick >= most).mean() == pytest.approx((slow >= most).mean(), abs=0.06)
    assert cut_off_by_lot(7, 8) == cut_off_by_lot.__wrapped__(7, 8), "the same draws each time"
    assert cut_off_chance(7, 8, 0) == 1.0
    assert set(cut_off_by_lot(5, 0)) == {0}
    assert set(cut_off_by_lot(5, 10)) == {0}
