"""Kinds of pairs: bands of distance, one group or two, and both views crossed."""

import numpy as np

from peernet.compare.kind_gains import ViewKinds, banded, crossed, nearest_groups, pair_kinds, same_or_not

ALL = np.triu(np.ones((6, 6), dtype=bool), k=1)


def distances(rng):
    table = rng.random((6, 6))
    return np.minimum(table, table.T)


def test_bands_hold_equally_many_possible_pairs(rng):
    found = banded(distances(rng), ALL, 3)
    assert found.words == ("near", "middle", "far")
    assert np.bincount(found.codes[ALL]).tolist() == [5, 5, 5]


def test_bands_go_from_near_to_far(rng):
    table = distances(rng)
    codes = banded(table, ALL, 3).codes
    assert table[ALL][codes[ALL] == 0].max() < table[ALL][codes[ALL] == 1].min()
    assert table[ALL][codes[ALL] == 1].max() < table[ALL][codes[ALL] == 2].min()


def test_equal_distances_fall_into_one_band_and_there_are_no_more_bands_than_distances():
    table = np.ones((6, 6))
    table[0, 1:] = table[1:, 0] = 0.0
    found = banded(table, ALL, 3)
    assert found.words == ("near", "far")
    assert (found.codes[ALL] == table[ALL]).all()


def test_a_missing_distance_has_no_band(rng):
    table = distances(rng)
    table[2, 3] = np.nan
    assert banded(table, ALL, 2).codes[2, 3] == -1


def test_one_group_or_two():
    found = same_or_not(np.array([0, 0, 1, -1]))
    assert found.codes.tolist() == [[0, 0, 1, -1], [0, 0, 1, -1], [1, 1, 0, -1], [-1, -1, -1, -1]]


def test_which_groups_meet_whoever_comes_first():
    found = pair_kinds(np.array([0, 2, 1]))
    assert found.words == ("1 with 1", "1 with 2", "1 with 3", "2 with 2", "2 with 3", "3 with 3")
    assert found.words[found.codes[1, 2]] == found.words[found.codes[2, 1]] == "2 with 3"


def test_views_crossed_are_unknown_where_one_of_them_is():
    one = ViewKinds(np.array([[0, 1], [1, -1]], dtype=np.int8), ("near", "far"))
    other = ViewKinds(np.array([[2, 0], [0, 1]], dtype=np.int8), ("near", "middle", "far"))
    assert crossed(one, other).tolist() == [[2, 3], [3, -1]]


def test_people_join_the_group_they_are_nearest_to_whatever_they_were_in():
    places = np.array([0.0, 0.1, 0.2, 5.0, 5.1, 5.2])
    table = np.abs(np.subtract.outer(places, places))
    assert nearest_groups(table, np.array([0, 0, 1, 1, 1, 1])).tolist() == [0, 0, 0, 1, 1, 1]


def test_people_without_a_group_or_distance_join_none():
    table = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    table[3, :3] = table[:3, 3] = np.nan
    assert nearest_groups(table, np.array([0, 1, -1, 1]))[2:].tolist() == [-1, -1]
