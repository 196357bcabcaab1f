"""Inequality of standing: Gini coefficients of graded answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet import Survey
from peernet.diversity.measures import gini, gini_corrected, status_answers
from peernet.errors import SettingError
from peernet.survey import Codebook, Item
from tests.naive import diversity as naive


@pytest.mark.parametrize(
    ("amounts", "expected"), [([2, 2, 2], 0), ([0, 0, 5], 1), ([1, 3], 0.5), ([0, 0], 0), ([4, np.nan, 4], 0)]
)
def test_corrected_gini_by_hand(amounts, expected):
    assert gini_corrected(np.array([amounts]).T)[0] == pytest.approx(expected)


def test_corrected_gini_equals_the_mean_difference_of_pairs(rng):
    amounts = rng.integers(0, 9, (11, 4)).astype(float)
    amounts[rng.random(amounts.shape) < 0.2] = np.nan
    np.testing.assert_allclose(gini_corrected(amounts), [naive.gini(column.tolist()) for column in amounts.T])


def test_one_person_is_neither_equal_nor_unequal():
    assert np.isnan(gini_corrected(np.array([[3.0], [np.nan]]))[0])
    assert np.isnan(gini_corrected(np.empty((0, 1)))[0])


@pytest.mark.parametrize(("values", "expected"), [([1, 1, 1], 0.0), ([0, 0, 1], 2 / 3), ([0, 0], 0.0), ([], 0.0)])
def test_gini_by_hand(values, expected):
    assert gini(pd.Series(values, dtype=float)) == pytest.approx(expected)


def test_the_correction_is_for_the_number_of_people(rng):
    amounts = rng.random(7)
    assert gini_corrected(amounts[:, None])[0] == pytest.approx(gini(pd.Series(amounts)) * 7 / 6)


@pytest.fixture(scope="module")
def survey() -> Survey:
    items = (
        Item("person", "person"),
        Item("grade", "experience", "ordinal", categories=("Junior", "Senior", "Head")),
        Item("years", "experience", "numeric", low=0, high=40),
        Item("reach", "experience", "ordinal", low=3, high=7),
        Item("field", "experience", "nominal"),
        Item("bold", "perspective", "ordinal", low=1, high=5),
        Item("age", "protected", "numeric"),
    )
    people = pd.DataFrame(
        {
            "grade": pd.Categorical(["Junior", "Head", None], ["Junior", "Senior", "Head"], ordered=True),
            "years": [2.0, 8.0, 0.0],
            "reach": [3.0, 7.0, 4.0],
            "field": ["law", "law", "arts"],
            "bold": [1.0, 2.0, 3.0],
            "age": [30.0, 40.0, 50.0],
        },
        index=pd.Index(["a", "b", "c"], name="person"),
    )
    return Survey(people, pd.DataFrame(), pd.DataFrame(), Codebook(items), pd.DataFrame(), {})


def test_years_count_as_they_are_and_grades_from_one(survey):
    found = status_answers(survey, None)
    assert found["grade"].tolist()[:2] == [1, 3]
    assert np.isnan(found["grade"].iloc[2])
    assert found["years"].tolist() == [2, 8, 0]
    assert found["reach"].tolist() == [1, 5, 2]


def test_status_is_all_graded_experience_unless_named(survey):
    assert list(status_answers(survey, None)) == ["grade", "years", "reach"]
    assert list(status_answers(survey, ["bold", "years"])) == ["bold", "years"]


@pytest.mark.parametrize(("name", "hint"), [("field", ""), ("age", ""), ("year", "Did you mean 'years'")])
def test_items_that_tell_of_no_status_are_refused(survey, name, hint):
    with pytest.raises(SettingError, match=f"status names '{name}', which is no graded item.*{hint}"):
        status_answers(survey, [name])


def test_a_survey_without_graded_experience_has_no_disparity():
    found = pn.diversity.describe_diversity(pn.load_aarhus(), draws=0)
    assert found.status == ()
    assert found.table["disparity"].isna().all()
