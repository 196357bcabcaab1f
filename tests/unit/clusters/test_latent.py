"""Latent classes are a second opinion, and say whether they agree with the first."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from peernet.clusters.latent import _words, latent_classes
from peernet.errors import SettingError
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
    assert _words(classes, groups, agreement) == words


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
