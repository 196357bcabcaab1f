"""Latent classes are a second opinion: answers become categories, which classes explain, and the two agree or not."""

import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from peernet.clusters.latent import ClassModel, answer_codes, fit_classes, largest_first, latent_classes, second_opinion
from peernet.errors import SettingError
from peernet.survey.item import Item
from tests.made.planted import gradient_answers, grouped_answers, survey_of_views

QUICK = {"starts": 3, "max_classes": 4, "progress": False}


@pytest.fixture(scope="module")
def planted():
    pytest.importorskip("stepmix")
    answers, group = grouped_answers(np.random.default_rng(5), people=90, items=8, apart=2)
    answers.iloc[7] = np.nan
    survey = survey_of_views(perspective=answers)
    groups = pd.DataFrame({"perspective": pd.array(group + 1, dtype="Int64")}, index=survey.people.index)
    return survey, groups, latent_classes(survey, "perspective", groups, **QUICK)


def test_separable_groups_are_found_with_their_number_and_agree(planted):
    _, groups, found = planted
    known = found.table["class"].notna()
    agreement = adjusted_rand_score(groups.loc[known, "perspective"], found.table.loc[known, "class"])
    assert found.membership.shape == (89, 3)
    assert found.agreement == pytest.approx(agreement)
    assert found.words == (
        f"a second method agrees: three latent classes of much the same people (adjusted Rand index {agreement:.2f})"
    )
    assert repr(found) == f"<LatentClasses: perspective, {found.words}>"
    assert "bic" in found._repr_html_()


def test_everybody_has_a_row_and_only_who_answered_a_class(planted):
    survey, _, found = planted
    assert found.table.index.equals(survey.people.index)
    assert found.table.index[found.table["class"].isna()].tolist() == ["p0007"]
    np.testing.assert_allclose(found.membership.sum(axis=1), 1)
    assert found.table["probability"].dropna().between(1 / 3, 1).all()
    assert found.table["class"].value_counts().sort_index().is_monotonic_decreasing


def test_the_evidence_says_which_number_has_the_smallest_bic_and_the_search_ends_soon_after(planted):
    evidence = planted[2].evidence
    assert evidence["classes"].tolist() == [1, 2, 3, 4]
    assert evidence.loc[evidence["bic"].idxmin(), "classes"] == 3
    assert evidence["log_likelihood"].is_monotonic_increasing
    assert evidence["reached"].between(0.33, 1).all()


def test_the_order_of_people_does_not_matter(planted):
    survey, _, found = planted
    turned = survey_of_views(
        perspective=survey.people.drop(columns="answered").iloc[::-1].rename(columns=lambda c: c[12:])
    )
    again = latent_classes(turned, "perspective", **QUICK)
    pd.testing.assert_frame_equal(again.table.loc[found.table.index], found.table)
    assert again.words == "three latent classes"
    assert np.isnan(again.agreement)


def test_unrelated_answers_make_one_class_and_nobody_has_one():
    pytest.importorskip("stepmix")
    survey = survey_of_views(perspective=gradient_answers(np.random.default_rng(1), people=60, items=5, strength=0))
    nothing = pd.DataFrame({"perspective": pd.array([pd.NA] * 60, dtype="Int64")}, index=survey.people.index)
    found = latent_classes(survey, "perspective", nothing, **QUICK)
    assert found.words == "a second method agrees: no groups"
    assert found.table["class"].isna().all()
    assert found.membership.shape == (60, 1)


def test_numbers_with_a_small_class_are_not_chosen(planted):
    survey, _, _ = planted
    assert latent_classes(survey, "perspective", **QUICK, min_size=40).membership.shape[1] < 3


@pytest.mark.parametrize(
    ("classes", "groups", "agreement", "words"),
    [
        (1, None, np.nan, "one latent class: no groups"),
        (4, None, np.nan, "four latent classes"),
        (1, 0, np.nan, "a second method agrees: no groups"),
        (1, 3, np.nan, "a second method does not agree: no groups"),
        (
            2,
            0,
            np.nan,
            "a second method does not agree: two latent classes, which answers that go together by degree give as well",
        ),
        (
            3,
            3,
            0.7,
            "a second method agrees on the whole: three latent classes of much the same people "
            "(adjusted Rand index 0.70)",
        ),
        (3, 3, 0.4, "a second method agrees on the number only: three latent classes (adjusted Rand index 0.40)"),
        (
            4,
            3,
            0.4,
            "a second method agrees neither on the number nor on the people: four latent classes "
            "(adjusted Rand index 0.40)",
        ),
    ],
)
def test_agreement_is_put_in_words(classes, groups, agreement, words):
    assert second_opinion(classes, groups, agreement) == words


@pytest.mark.parametrize(("people", "items"), [(9, 5), (50, 1), (50, 0)])
def test_few_people_or_items_are_too_few_to_tell(people, items):
    answers = gradient_answers(np.random.default_rng(0), people=people).iloc[:, :items]
    found = latent_classes(survey_of_views(perspective=answers), "perspective")
    assert found.words == "too few answers to tell"
    assert found.table["class"].isna().all()
    assert found.evidence.empty


def test_settings_out_of_range_are_refused(planted):
    survey, groups, _ = planted
    with pytest.raises(SettingError, match="starts must be at least 1; got 8, 3, 0"):
        latent_classes(survey, "perspective", starts=0)
    with pytest.raises(SettingError, match="view must be one of 'perspective'; got 'experience'"):
        latent_classes(survey, "experience", groups)


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


@pytest.mark.parametrize("classes", [1, 2])
def test_it_does_not_matter_which_numbers_stand_for_the_categories(classes):
    pytest.importorskip("stepmix")
    codes = pd.DataFrame(np.random.default_rng(0).integers(0, 3, (40, 4)), dtype=np.float64)
    codes.iloc[3, 1:] = np.nan
    model = fit_classes(codes, classes, starts=2, seed=0)
    for other in (codes + 1, 10 * codes - 7):
        again = fit_classes(other, classes, starts=2, seed=0)
        assert (again.log_likelihood, again.parameters, again.bic) == (
            model.log_likelihood,
            model.parameters,
            model.bic,
        )
        np.testing.assert_array_equal(again.membership, model.membership)


@pytest.mark.parametrize("first", [0, 7])
def test_a_survey_has_the_same_classes_whatever_its_codes_start_at(planted, first):
    survey, groups, found = planted
    answers = survey.people.drop(columns="answered").rename(columns=lambda column: column.removeprefix("perspective_"))
    again = latent_classes(survey_of_views(perspective=answers - 1 + first), "perspective", groups, **QUICK)
    pd.testing.assert_frame_equal(again.table, found.table)
    pd.testing.assert_frame_equal(again.evidence, found.evidence)
    assert again.words == found.words


def test_an_option_that_everybody_chose_is_no_category_to_tell_people_apart():
    people = pd.DataFrame({"topics": [frozenset("ab"), frozenset("a"), frozenset("ab")]})
    assert answer_codes(people, [Item("topics", "perspective", "multiple")]).columns.tolist() == ["topics: b"]


def test_the_largest_class_is_first_and_of_equal_ones_that_of_the_first_person():
    membership = np.eye(4)[[2, 0, 0, 2, 3, 3, 3, 1]] * 0.9 + 0.025
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]):
        np.testing.assert_array_equal(largest_first(membership[:, order]), membership[:, [3, 2, 0, 1]])


def test_certainty_is_one_where_classes_are_certain_and_nothing_where_all_are_as_likely():
    assert ClassModel(np.eye(4)[:, :2] + np.eye(4)[:, 2:], 0.0, 1, 1.0).entropy == pytest.approx(1)
    assert ClassModel(np.full((4, 2), 0.5), 0.0, 1, 1.0).entropy == pytest.approx(0)


def test_without_stepmix_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "stepmix.stepmix", None)
    with pytest.raises(ImportError, match=r"Install it with: pip install 'peernet\[latent\]'"):
        fit_classes(pd.DataFrame({"a": [0.0, 1.0]}), 2, starts=1, seed=0)
