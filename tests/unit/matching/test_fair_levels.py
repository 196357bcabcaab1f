"""Levels counted as digits: the lowest outweighs everything that could be counted above it."""

import numpy as np
import pytest

from peernet.matching import fairness
from peernet.matching.fairness import capacity_slots, digits_from


def graph(own):
    own = np.array(own, dtype=float)
    value = (own + own.T) / 2
    np.fill_diagonal(value, np.nan)
    return capacity_slots(own, value, np.ones(len(own), dtype=np.int64))


def test_levels_come_from_the_lowest_asked_for_up():
    some = graph([[0, 1, 2], [3, 0, 2], [4, 5, 0]])
    assert digits_from(some, 0.0, 0).levels.tolist() == [0, 1, 2, 3, 4, 5]
    assert digits_from(some, 2.0, 0).levels.tolist() == [2, 3, 4, 5]


def test_a_free_place_is_at_zero_so_zero_counts_where_losses_do():
    some = graph([[0, -1, 2], [-1, 0, 2], [2, 2, 0]])
    assert digits_from(some, -1.0, 0).levels.tolist() == [-1, 0, 2]


def test_each_digit_has_room_for_everybody_who_could_be_at_its_level():
    """Two people could be at 2, one at each of the others, all three at zero."""
    counted = digits_from(graph([[0, 1, 2], [3, 0, 2], [4, 5, 0]]), 0.0, 0)
    assert counted.worth.tolist() == [48, 24, 8, 4, 2, 1]
    assert counted.span == 4 * 2 * 3 * 2 * 2 * 2
    most = np.array([3, 1, 2, 1, 1, 1])
    for k, worth in enumerate(counted.worth):
        assert worth == (counted.worth * most)[k + 1 :].sum() + 1


def test_links_count_what_both_people_gain():
    some = graph([[0, 0, 2], [0, 0, -1], [3, 4, 0]])
    counted = digits_from(some, -1.0, 0)
    worth = dict(zip(counted.levels.tolist(), counted.worth.tolist(), strict=True))
    assert counted.count(some).tolist() == [
        0,  # both at zero, like two free places
        worth[0] - worth[2] + worth[0] - worth[3],
        -worth[-1] + worth[0] - worth[4],
    ]


@pytest.mark.parametrize("heaviest", [0, 3, 1000])
def test_as_many_levels_as_numbers_have_room_for(rng, heaviest):
    some = graph(rng.random((60, 60)))
    counted = digits_from(some, 0.0, heaviest)
    assert counted.span * (heaviest + 2) <= fairness.LARGEST * (1 + 1e-9)
    assert 20 < len(counted.levels) < 40
    assert (counted.levels == np.unique(np.append(some.gain_u, [*some.gain_v, 0]))[: len(counted.levels)]).all()


def test_one_level_is_counted_however_little_room_there_is(rng, monkeypatch):
    monkeypatch.setattr(fairness, "LARGEST", 1.0)
    assert len(digits_from(graph(rng.random((6, 6))), 0.0, 5).levels) == 1
