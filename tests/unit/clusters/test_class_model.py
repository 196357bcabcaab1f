"""Answers become categories, and a model of classes says how likely they are."""

import sys

import numpy as np
import pandas as pd
import pytest

from peernet.clusters.latent import ClassModel, answer_codes, fit_classes
from peernet.survey.item import Item


def test_answers_of_every_kind_become_categories_and_missing_ones_stay_missing():
    order = pd.CategoricalDtype(["low", "mid", "high"], ordered=True)
    people = pd.DataFrame(
        {
            "field": ["law", "art", None, "law"],
            "abroad": pd.array([True, False, pd.NA, True], dtype="boolean"),
            "grade": pd.Series(["mid", "high", None, "low"], dtype=order),
            "topics": [frozenset("ab"), frozenset("a"), None, frozenset()],
            "same": [1.0, 1.0, 1.0, np.nan],
        }
    )
    kinds = {"field": "nominal", "abroad": "binary", "grade": "ordinal", "topics": "multiple", "same": "numeric"}
    codes = answer_codes(people, [Item(name, "perspective", kind) for name, kind in kinds.items()])
    expected = {
        "field": [1, 0, np.nan, 1],
        "abroad": [1, 0, np.nan, 1],
        "grade": [1, 2, np.nan, 0],
        "topics: a": [1, 1, np.nan, 0],
        "topics: b": [1, 0, np.nan, 0],
    }
    pd.testing.assert_frame_equal(codes, pd.DataFrame(expected))


def test_many_grades_are_cut_into_bands_of_about_as_many_people_and_few_are_kept():
    people = pd.DataFrame({"years": np.arange(50.0) ** 2, "scale": np.arange(50.0) % 7})
    codes = answer_codes(people, [Item(name, "experience", "numeric") for name in people])
    assert np.bincount(codes["years"].astype(int)).tolist() == [10] * 5
    assert codes["years"].is_monotonic_increasing
    assert codes["scale"].tolist() == people["scale"].tolist()


def test_one_class_has_the_likelihood_of_independent_answers():
    pytest.importorskip("stepmix")
    codes = pd.DataFrame({"a": [0, 0, 0, 1, np.nan], "b": [0, 1, 1, 2, 2]}, dtype=np.float64)
    model = fit_classes(codes, 1, starts=3, seed=0)
    by_hand = 3 * np.log(3 / 4) + np.log(1 / 4) + np.log(1 / 5) + 4 * np.log(2 / 5)
    assert model.log_likelihood == pytest.approx(by_hand)
    assert model.parameters == 3
    assert model.bic == pytest.approx(3 * np.log(5) - 2 * by_hand)
    assert model.entropy == 1


def test_certainty_is_one_where_classes_are_certain_and_nothing_where_all_are_as_likely():
    assert ClassModel(np.eye(4)[:, :2] + np.eye(4)[:, 2:], 0.0, 1, 1.0).entropy == pytest.approx(1)
    assert ClassModel(np.full((4, 2), 0.5), 0.0, 1, 1.0).entropy == pytest.approx(0)


def test_without_stepmix_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "stepmix.stepmix", None)
    with pytest.raises(ImportError, match=r"Install it with: pip install 'peernet\[latent\]'"):
        fit_classes(pd.DataFrame({"a": [0.0, 1.0]}), 2, starts=1, seed=0)
