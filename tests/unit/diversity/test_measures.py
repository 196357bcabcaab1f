"""Leaving out items or people one at a time gives what measuring anew gives, and the jackknife the textbook's."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import peernet as pn
from peernet.distance.distances import frame_distances
from peernet.distance.items import each_alone, weighing, without_each
from peernet.diversity.measures import Measures, jackknife_interval, means_without_people, variety_without_people
from tests.made.surveys import survey_of
from tests.naive.diversity import leinster_cobbold


@pytest.fixture(scope="module")
def distances() -> pn.distance.PersonDistances:
    rng = np.random.default_rng(1)
    answers = rng.integers(1, 6, (9, 5)).astype(float)
    answers[rng.random(answers.shape) < 0.15] = np.nan
    rows = {f"p{i}": {f"perspective_{v}": x for v, x in enumerate(row)} for i, row in enumerate(answers)}
    return pn.distance.person_distances(survey_of(rows))


def measures(distances, over="items") -> Measures:
    return Measures(distances, np.empty((len(distances), 0)), 0.3, over)


def test_distances_without_an_item_are_those_of_a_survey_that_did_not_ask_it(distances):
    people, compared = distances.people, 0
    for v, rest in zip(weighing(distances), without_each(distances), strict=True):
        kept = distances.weights.drop(distances.weights.index[v])
        assert rest.weights[kept.index].to_dict() == pytest.approx((kept / kept.sum()).to_dict())
        for a, b in combinations(range(len(people)), 2):
            parts = distances.parts(people[a], people[b]).loc[kept.index]
            expected = (parts["distance"] * kept).sum() / kept[parts["distance"].notna()].sum()
            found = rest.block([a], [b])[0, 0]
            assert np.isnan(found) or found == pytest.approx(expected)
            compared += not np.isnan(found)
    assert compared > 100


def test_an_item_alone_gives_its_own_differences(distances):
    table = np.array([one.block([2], [5])[0, 0] for one in each_alone(distances)])
    np.testing.assert_allclose(table, distances.parts("p2", "p5")["distance"])


def test_one_item_cannot_be_left_out():
    assert (
        without_each(pn.distance.person_distances(survey_of({p: {"perspective_1": i} for i, p in enumerate("abc", 1)})))
        == []
    )


def test_variety_without_each_person_is_measured_anew(rng):
    alike = np.exp(-np.abs(rng.random((7, 1)) - rng.random((1, 7))))
    alike = (alike + alike.T) / 2
    np.fill_diagonal(alike, 1.0)
    rest = [np.delete(np.arange(7), i) for i in range(7)]
    expected = [leinster_cobbold(alike[np.ix_(own, own)], np.full(6, 1 / 6), 1) for own in rest]
    np.testing.assert_allclose(variety_without_people(alike), expected)


def test_separation_without_each_person_is_measured_anew(distances):
    table = distances.block(np.arange(9), np.arange(9))
    table[0, 3] = table[3, 0] = np.nan
    for i, found in enumerate(means_without_people(table)):
        rest = np.delete(np.delete(table, i, axis=0), i, axis=1)
        assert found == pytest.approx(np.nanmean(rest[np.triu_indices(8, k=1)]))


def test_separation_is_on_graded_items_alone(distances):
    nominal = pn.distance.person_distances(pn.load_aarhus())
    assert np.isnan(measures(nominal).of(np.arange(5)).separation)
    assert measures(distances).of(np.arange(5)).separation == pytest.approx(
        np.nanmean(distances.block(np.arange(5), np.arange(5))[np.triu_indices(5, k=1)])
    )


def test_two_camps_at_the_ends_have_the_largest_separation_and_a_variety_of_two(rng):
    def at(answers: list[list[float]]) -> Measures:
        rows = {f"p{i}": {f"perspective_{v}": x for v, x in enumerate(row)} for i, row in enumerate(answers)}
        found = pn.distance.person_distances(survey_of(rows))
        return Measures(found, np.empty((len(rows), 0)), 0.05, "items")

    camps = at([[1.0] * 6] * 4 + [[5.0] * 6] * 4).of(np.arange(8))
    everyone_else = at(rng.integers(1, 6, (8, 6)).astype(float).tolist()).of(np.arange(8))
    assert camps.variety == pytest.approx(2.0, abs=1e-6)
    assert camps.separation == pytest.approx(4 / 7)
    assert everyone_else.separation < camps.separation
    assert everyone_else.variety > 7


def test_identical_people_are_one_perspective_without_separation():
    rows = {f"p{i}": {"perspective_1": x, "perspective_2": 5 - x} for i, x in enumerate([2, 2, 2, 4])}
    found = measures(pn.distance.person_distances(survey_of(rows))).of(np.arange(3))
    assert (found.variety, found.variety_0, found.variety_2, found.perspectives) == pytest.approx((1, 1, 1, 1))
    assert found.separation == 0


@pytest.mark.parametrize("over", ["items", "people"])
def test_nobody_has_no_measures_and_one_person_one_perspective(distances, over):
    nobody = measures(distances, over).of(np.empty(0, dtype=np.int64))
    assert nobody.people == 0
    assert np.isnan(nobody[1:]).all()
    alone = measures(distances, over).of(np.array([2]))
    assert alone.variety == alone.perspectives == 1
    assert np.isnan(alone.separation)


def test_groups_drawn_by_lot_have_the_size_asked_for(distances, rng):
    known = np.arange(9)
    lots = measures(distances).variety_by_lot(known, 4, 50, rng)
    assert len(lots) == 50
    assert (lots >= 1).all()
    assert (lots <= 4).all()
    assert len(measures(distances).variety_by_lot(known, 9, 50, rng)) == 0, "everybody is nobody's draw"


def test_frames_are_measured_like_surveys(rng):
    """The same answers, coded from a frame."""
    frame = pd.DataFrame(rng.integers(1, 6, (6, 4)).astype(float))
    found = frame_distances(frame, dict.fromkeys(frame, "numeric"), dict.fromkeys(frame, (1, 5)), "equal", 0.5)
    apart = np.abs(frame.to_numpy()[:, None] - frame.to_numpy()).mean(axis=2) / 4
    expected = leinster_cobbold(np.exp(-apart / 0.3), np.full(6, 1 / 6), 1)
    assert measures(found).of(np.arange(6)).variety == pytest.approx(expected)


EVERYTHING = (-np.inf, np.inf)


def test_the_interval_of_a_mean_is_students(rng):
    values = rng.standard_normal(9)
    without = (values.sum() - values) / 8
    expected = stats.t.interval(0.95, 8, values.mean(), stats.sem(values))
    assert jackknife_interval(values.mean(), without, EVERYTHING) == pytest.approx(expected)


def test_it_ends_where_the_measure_does():
    assert jackknife_interval(0.5, np.array([0.1, 0.5, 0.9]), (0.0, 1.0)) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("value", "without"), [(0.5, [0.4, 0.6]), (np.nan, [0.4, 0.5, 0.6]), (0.5, [0.4, np.nan, 0.6]), (0.5, [])]
)
def test_too_few_questions_or_unknown_values_give_none(value, without):
    assert np.isnan(jackknife_interval(value, np.array(without), EVERYTHING)).all()
