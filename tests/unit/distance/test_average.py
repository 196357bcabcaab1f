"""Whoever's answers do not count is as far from each other person as people are on average."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from peernet.distance.adjusted import adjusted
from peernet.distance.average import AverageDistances, with_average
from peernet.distance.distances import frame_distances
from peernet.distance.items import subset
from tests.naive import distance as naive

UNREAD = np.array([True, False, False, True] + [False] * 14)
EVERYBODY, OTHERS = np.arange(len(UNREAD)), np.flatnonzero(~UNREAD)


def given(rng, missing=0.0, kinds=naive.KINDS):
    frame, asked = naive.answers_of_every_kind(rng, len(UNREAD), missing)
    asked = {name: kind for name, kind in asked.items() if kind in kinds}
    return frame_distances(frame[list(asked)], asked, None, "contribution", 0.0)


def test_they_are_about_at_the_mean_distance_of_the_others_and_the_rest_stays(rng):
    before = given(rng)
    apart, as_given = with_average(before, UNREAD).block(EVERYBODY), before.block(EVERYBODY)
    others = as_given[np.ix_(OTHERS, OTHERS)]
    assert apart[0, OTHERS] == pytest.approx(others.mean(axis=0) - 0.1 * others.mean())
    assert apart[0, 3] == pytest.approx(0.8 * others.mean())
    assert np.diag(apart).tolist() == [0.0] * len(UNREAD)
    np.testing.assert_array_equal(apart[np.ix_(OTHERS, OTHERS)], as_given[np.ix_(OTHERS, OTHERS)])
    np.testing.assert_array_equal(apart, apart.T)


def test_what_they_answered_does_not_matter(rng):
    one = given(rng)
    swapped = np.arange(len(UNREAD))
    swapped[0] = 5  # answers as somebody else does
    other = replace(one, items=one.items.take(swapped)._replace(people=one.items.people))
    assert not np.array_equal(one.block([0]), other.block([0]))
    np.testing.assert_allclose(*(with_average(table, UNREAD).block(EVERYBODY) for table in (one, other)))


def test_likeness_stays_positive_semidefinite(rng):
    for _ in range(20):
        apart = with_average(given(rng, kinds=("numeric", "ordinal", "nominal", "binary")), UNREAD).block(EVERYBODY)
        assert np.linalg.eigvalsh(np.exp(-apart / np.median(apart)))[0] > -1e-9


def test_rows_columns_and_frames_agree(rng):
    table = with_average(given(rng, missing=0.3), UNREAD)
    whole, rows, cols = table.block(EVERYBODY), np.array([3, 0, 7]), np.array([7, 3, 1])
    np.testing.assert_array_equal(table.block(rows), whole[rows])
    np.testing.assert_array_equal(table.block(rows, cols), whole[np.ix_(rows, cols)])
    np.testing.assert_array_equal(table.to_frame().to_numpy(), whole)


def test_on_some_items_they_are_at_the_mean_distance_on_these(rng):
    alone = with_average(given(rng), UNREAD).on_items([0, 2])
    assert isinstance(alone, AverageDistances)
    assert alone.block([0])[0, 5] == pytest.approx(
        alone.block([5])[0, OTHERS].mean() - 0.1 * alone.block(OTHERS, OTHERS).mean()
    )


def test_adjusted_distances_of_the_others_stay_adjusted(rng):
    answers = np.repeat(rng.standard_normal((60, 1)), 6, axis=1) + 0.5 * rng.standard_normal((60, 6))
    frame = pd.DataFrame(answers, columns=list("uvwxyz"))
    table, unread = frame_distances(frame, dict.fromkeys(frame, "numeric"), None, "equal", 0.5), np.arange(60) < 2
    borrowed = with_average(adjusted(table), unread)
    assert borrowed.borrowing.found
    np.testing.assert_array_equal(
        borrowed.block(range(2, 60), range(2, 60)), adjusted(table).block(range(2, 60), range(2, 60))
    )
    others = adjusted(table).block(range(2, 60), range(2, 60))
    assert borrowed.block([0])[0, 5] == pytest.approx(others[3].mean() - 0.1 * others.mean())
    assert np.linalg.eigvalsh(np.exp(-borrowed.block(range(60)) / borrowed.median))[0] > -1e-9
    np.testing.assert_array_equal(borrowed.as_given.block([0, 7]), with_average(table, unread).block([0, 7]))
    assert not hasattr(with_average(table, unread), "borrowing")


def test_among_some_of_the_people_the_same_ones_count(rng):
    assert subset(with_average(given(rng), UNREAD), np.array([5, 3, 8])).unread.tolist() == [False, True, False]


def test_nobody_who_answered_nothing_gets_a_distance(rng):
    table = given(rng, kinds=("ordinal",))
    table.items.answers[:, [3, 6]] = np.nan
    apart = with_average(table, UNREAD).block(EVERYBODY)
    assert np.isnan(apart[[3, 6]]).all()
    assert np.isfinite(apart[0, OTHERS[OTHERS != 6]]).all()


def test_where_there_is_nobody_or_nobody_else_distances_stay_as_they_are(rng):
    table = given(rng)
    assert with_average(table, np.zeros(len(UNREAD), dtype=bool)) is table
    assert with_average(table, np.ones(len(UNREAD), dtype=bool)) is table
