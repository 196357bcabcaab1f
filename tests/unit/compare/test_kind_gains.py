"""Kinds of pairs, their means, how sure these are when pairs share people, and how often chance gives as much."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from peernet.compare import kind_gains
from peernet.compare.kind_gains import (
    PairFigures,
    ViewKinds,
    against_chance,
    banded,
    crossed,
    kind_means,
    nearest_groups,
    pair_kinds,
    same_or_not,
    shares_of_draws,
    swapped,
)

ALL = np.triu(np.ones((6, 6), dtype=bool), k=1)


def distances(rng):
    table = rng.random((6, 6))
    return np.minimum(table, table.T)


def test_bands_hold_equally_many_pairs_whatever_the_gates(rng):
    found = banded(distances(rng), 3)
    assert found.words == ("near", "middle", "far")
    assert np.bincount(found.codes[ALL]).tolist() == [5, 5, 5]


def test_bands_go_from_near_to_far(rng):
    table = distances(rng)
    codes = banded(table, 3).codes
    assert table[ALL][codes[ALL] == 0].max() < table[ALL][codes[ALL] == 1].min()
    assert table[ALL][codes[ALL] == 1].max() < table[ALL][codes[ALL] == 2].min()


def test_equal_distances_fall_into_one_band_and_there_are_no_more_bands_than_distances():
    table = np.ones((6, 6))
    table[0, 1:] = table[1:, 0] = 0.0
    found = banded(table, 3)
    assert found.words == ("near", "far")
    assert (found.codes[ALL] == table[ALL]).all()


def test_a_missing_distance_has_no_band(rng):
    table = distances(rng)
    table[2, 3] = np.nan
    assert banded(table, 2).codes[2, 3] == -1


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


PEOPLE, KINDS, CHOICES = 9, 2, 2


@pytest.fixture
def pairs(rng):
    firsts, seconds = np.array(list(combinations(range(PEOPLE), 2)), dtype=np.int64).T
    codes = rng.integers(-1, KINDS, (CHOICES, PEOPLE, PEOPLE)).astype(np.int16)
    codes = np.triu(codes, 1) + np.triu(codes, 1).transpose(0, 2, 1)
    figures = rng.random((CHOICES, len(firsts), 2)).astype(np.float32)
    figures[0, 3] = np.nan
    return PairFigures(firsts, seconds, side_by_side(figures), codes.transpose(1, 2, 0).copy(), KINDS)


def side_by_side(figures):
    """Choice x pair x figure as pair x choice x figure."""
    return np.ascontiguousarray(figures.transpose(1, 0, 2))


def known(pairs, kind=None, order=None, without=None):
    """First figures of the pairs of a kind (or of any), one by one."""
    order = np.arange(PEOPLE) if order is None else order
    return [
        float(pairs.figures[p, choice, 0])
        for choice in range(CHOICES)
        for p, (i, j) in enumerate(zip(pairs.firsts, pairs.seconds, strict=True))
        if not np.isnan(pairs.figures[p, choice, 0])
        and (pairs.codes[order[i], order[j], choice] == kind if kind is not None else
             pairs.codes[order[i], order[j], choice] >= 0)
        and without not in (i, j)
    ]  # fmt: skip


def means(pairs, order=None):
    sums, numbers = pairs.sums(np.arange(PEOPLE) if order is None else order)
    return kind_means(sums[:, :, 0], numbers)


def test_means_are_those_of_the_pairs_one_by_one(pairs):
    found = means(pairs)
    assert found.mean == pytest.approx([np.mean(known(pairs, kind)) for kind in range(KINDS)])
    assert found.overall == pytest.approx(np.mean(known(pairs)))
    assert found.pairs.tolist() == [len(known(pairs, kind)) for kind in range(KINDS)]
    assert found.excess == pytest.approx(found.mean - found.overall)


def test_without_a_person_all_their_pairs_are_gone(pairs):
    found = means(pairs)
    for person in range(PEOPLE):
        ours = np.mean(known(pairs, 1, without=person))
        assert found.without[person, 1] == pytest.approx(ours)
        assert found.excess_without[person, 1] == pytest.approx(ours - np.mean(known(pairs, without=person)))


def test_after_a_swap_people_have_the_kinds_of_those_whose_place_they_took(pairs, rng):
    order = swapped(PEOPLE, rng)
    assert means(pairs, order).mean[0] == pytest.approx(np.mean(known(pairs, 0, order)))


def test_what_pairs_have_to_themselves_is_added_over_choices_first(pairs):
    found = means(pairs)
    above = np.zeros(len(pairs.firsts))
    for choice in range(CHOICES):
        ours = pairs.codes[pairs.firsts, pairs.seconds, choice] == 1
        above += np.where(ours, np.nan_to_num(pairs.figures[:, choice, 0] - found.mean[1]), 0.0)
    assert pairs.pair_variance(found)[0, 1] == pytest.approx((above**2).sum() / found.pairs[1] ** 2)


def test_the_interval_of_pairs_that_each_have_their_own_luck_is_that_of_a_mean(rng):
    """What leaving people out counts twice is counted once; over forty sets of pairs, since each is uncertain."""
    people = 40
    firsts, seconds = np.array(list(combinations(range(people), 2)), dtype=np.int64).T
    codes = np.zeros((people, people, 1), dtype=np.int16)
    squares = []
    for _ in range(40):
        figures = rng.standard_normal((1, len(firsts), 1)).astype(np.float32)
        lucky = PairFigures(firsts, seconds, side_by_side(figures), codes, 1)
        sums, numbers = lucky.sums(np.arange(people))
        found = kind_means(sums[:, :, 0], numbers)
        squares.append(found.intervals(lucky.pair_variance(found))[0][0] ** 2)
    assert np.sqrt(np.mean(squares)) == pytest.approx(2.02 / np.sqrt(len(firsts)), rel=0.15)


def test_when_people_swap_each_takes_the_place_of_who_takes_theirs(rng):
    for people in (8, 9):
        order = swapped(people, rng)
        assert (order[order] == np.arange(people)).all()
        assert (order == np.arange(people)).sum() == people % 2


def test_chance_is_compared_with_each_kind_and_with_the_luckiest():
    found = np.array([[2.0, 1.0, -np.inf], [1.0, 3.0, 0.0], [0.0, 0.0, 1.0], [2.5, 0.5, 0.0]])
    own, any_kind = shares_of_draws(found)
    assert own[:2].tolist() == [0.5, 0.5]
    assert any_kind[:2].tolist() == [0.75, 1.0]
    assert np.isnan([own[2], any_kind[2]]).all()


def test_the_first_of_the_draws_is_what_was_found(pairs, rng):
    found = against_chance(pairs, PEOPLE, 4, rng, progress=False)
    assert found.shape == (5, 2, KINDS)
    assert found[0, 0] == pytest.approx(means(pairs).standing_out())


@pytest.mark.parametrize("blank", ["", "unknown", None])
def test_people_without_a_group_are_no_group_of_their_own(blank):
    labels = pd.DataFrame({"perspective": ["x", "X ", "y", blank, blank]}, index=list("abcde"))
    assert kind_gains._groups(labels, "perspective", labels.index).tolist() == [0, 0, 1, -1, -1]
    labels["perspective"] = labels["perspective"].replace("y", "x")
    assert kind_gains._groups(labels, "perspective", labels.index) is None
