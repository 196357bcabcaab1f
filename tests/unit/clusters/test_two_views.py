"""Two views are related by what can be expected of independent ones, and by the pairs they leave to make."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from peernet.clusters import two_views
from peernet.clusters.two_views import against_shuffling, label_measure, relate_views, table_measure
from peernet.distance.distances import person_distances
from peernet.errors import SettingError
from tests.made.planted import gradient_answers, grouped_answers, survey_of_views

VIEWS = ("experience", "perspective")


@pytest.fixture(scope="module")
def survey():
    rng = np.random.default_rng(3)
    return survey_of_views(
        experience=gradient_answers(rng, people=50), perspective=gradient_answers(rng, people=50, strength=0)
    )


@pytest.fixture(scope="module")
def relation(survey):
    return relate_views(survey, draws=199)


def off_diagonal(table):
    return table[np.triu_indices(len(table), k=1)]


def test_mantel_is_the_correlation_of_the_two_distances(survey, relation):
    one, other = (person_distances(survey, view).to_frame().to_numpy() for view in VIEWS)
    expected = np.corrcoef(off_diagonal(one), off_diagonal(other))[0, 1]
    assert relation.table.loc["mantel", "value"] == pytest.approx(expected)


def test_rv_is_the_correlation_of_the_configurations(survey, relation):
    centre = np.eye(50) - 1 / 50
    one, other = (centre @ person_distances(survey, view).to_frame().to_numpy() ** 2 @ centre for view in VIEWS)
    expected = np.trace(one @ other) / np.sqrt(np.trace(one @ one) * np.trace(other @ other))
    assert relation.table.loc["rv", "value"] == pytest.approx(expected)


def test_supply_counts_pairs_close_in_the_first_view_and_far_in_the_second(survey, relation):
    one, other = (person_distances(survey, view).to_frame().to_numpy() for view in VIEWS)
    close, far = np.median(off_diagonal(one)), np.median(off_diagonal(other))
    pairs = [(i, j) for i, j in combinations(range(50), 2) if one[i, j] <= close and other[i, j] >= far]
    assert relation.table.loc["supply", "value"] == len(pairs)
    assert relation.partners.sum() == 2 * len(pairs)
    assert relation.partners.iloc[7] == sum(7 in pair for pair in pairs)


def test_independent_views_lie_within_the_band_and_repeated_views_far_outside(survey, relation):
    assert (relation.table["p_value"] > 0.01).all()
    assert relation.table["expected"].between(relation.table["low"], relation.table["high"]).all()
    answers = gradient_answers(np.random.default_rng(8), people=50)
    same = relate_views(survey_of_views(experience=answers, perspective=answers), draws=99)
    assert same.table.loc[["mantel", "rv"], "value"].to_numpy() == pytest.approx([1, 1])
    assert (same.table["p_value"] == 0.01).all()
    assert same.table.loc["supply", "value"] < same.table.loc["supply", "low"]


def test_groups_add_their_contingency_and_agreement():
    rng = np.random.default_rng(1)
    answers, group = grouped_answers(rng, people=60)
    survey = survey_of_views(experience=answers, perspective=gradient_answers(rng, people=60))
    groups = pd.DataFrame({"experience": group + 1, "perspective": group % 2 + 1}, survey.people.index, dtype="Int64")
    relation = relate_views(survey, groups, draws=49)
    assert relation.contingency.to_numpy().tolist() == [[20, 0], [0, 20], [20, 0]]
    assert relation.table.index.tolist() == ["mantel", "rv", "supply", "adjusted_rand", "adjusted_mutual_information"]
    assert relation.table.loc["adjusted_rand", "p_value"] == pytest.approx(1 / 50)
    assert relation.table.loc["adjusted_rand", "expected"] == pytest.approx(0, abs=0.03)
    groups["experience"] = pd.NA
    assert relate_views(survey, groups, draws=9).contingency.empty


def grouped_survey(people=40):
    rng = np.random.default_rng(4)
    views = {view: gradient_answers(rng, people=people) for view in VIEWS}
    return survey_of_views(**views)


def agreement(survey, one, other, index=None):
    groups = pd.DataFrame({"experience": one, "perspective": other}, survey.people.index if index is None else index)
    relation = relate_views(survey, groups, draws=49)
    return relation, relation.table["value"].reindex(["adjusted_rand", "adjusted_mutual_information"]).tolist()


@pytest.mark.parametrize("unplaced", [pd.NA, None, np.nan, "", "  ", "unknown", "?"])
def test_whoever_has_no_group_in_one_view_is_left_out_of_both(unplaced):
    """Identical groupings agree fully, whoever could not be placed; nobody's group is 'none'."""
    survey = grouped_survey()
    one = pd.Series(["x", "y", "z", "w"] * 10, survey.people.index, dtype="object")
    other = one.copy()
    one.iloc[:8], other.iloc[4:16] = unplaced, unplaced
    relation, found = agreement(survey, one, other)
    assert found == pytest.approx([1, 1])
    assert relation.contingency.to_numpy().sum() == 24
    assert relation.contingency.shape == (4, 4)


def test_groups_are_compared_among_those_who_are_in_one_as_if_nobody_else_were_there():
    survey = grouped_survey()
    people = survey.people.index
    one, other = pd.Series([1, 2] * 20, people, dtype="Int64"), pd.Series([1, 1, 2, 2] * 10, people, dtype="Int64")
    one.iloc[:10] = pd.NA
    _, whole = agreement(survey, one, other)
    _, listed = agreement(survey, one.iloc[10:], other.iloc[10:], index=people[10:])
    assert whole == listed


@pytest.mark.parametrize("other", [[1] * 40, [2] * 39 + [None], ["all"] * 40, [1] * 20 + [None] * 20])
def test_a_view_with_one_group_cannot_be_compared_and_that_is_said(other):
    relation, found = agreement(grouped_survey(), [1, 2] * 20, pd.Series(other, dtype="object").to_numpy())
    assert np.isnan(found).all()
    assert relation.words.endswith("; the groups cannot be compared, one view has no two of them")


def test_two_views_of_one_group_each_are_not_called_alike():
    assert np.isnan(agreement(grouped_survey(), [1] * 40, [1] * 40)[1]).all()


def test_all_but_one_person_together_is_a_comparison_that_can_be_made():
    relation, found = agreement(grouped_survey(), [1] * 39 + [2], [1] * 39 + [2])
    assert found == pytest.approx([1, 1])
    assert "cannot be compared" not in relation.words


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        (lambda t: t.drop(columns="perspective"), "groups has no column 'perspective'; it has experience"),
        (lambda t: t.rename(columns={"perspective": "Perspective"}), "Did you mean 'Perspective'"),
        (lambda t: t.reset_index(drop=True), "40 rows for nobody in the survey, such as 0"),
        (lambda t: t.rename(index=str.upper), "40 rows for nobody in the survey, such as 'P0000'"),
        (lambda t: pd.concat([t, t.iloc[:1]]), "more than one row for 'p0000'"),
        (lambda t: t["experience"], "groups must be a table"),
        (lambda t: {"experience": 1}, "groups must be a table"),
    ],
)
def test_groups_of_other_people_or_other_views_are_refused_by_name(groups, words):
    survey = grouped_survey()
    table = pd.DataFrame({view: [1, 2] * 20 for view in VIEWS}, survey.people.index)
    with pytest.raises(SettingError, match=words):
        relate_views(survey, groups(table), draws=9)


@pytest.mark.parametrize(
    "settings",
    [
        {"close": "half"},
        {"far": np.nan},
        {"far": None},
        {"draws": 2.5},
        {"draws": True},
        {"views": ("experience",)},
        {"views": "experience"},
        {"views": ("experience", "outlook")},
        {"min_shared": "x"},
        {"weights": "nope"},
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused_by_name(survey, settings):
    with pytest.raises(SettingError, match=next(iter(settings)).replace("views", "view|block")):
        relate_views(survey, **{"draws": 9, **settings})


def test_everybody_is_covered_where_a_ring_of_partners_exists_and_nobody_without_partners():
    mirrored = pd.DataFrame({"a": [1.0, 1.0, 1.0, 1.0], "b": [2.0, 2.0, 2.0, 3.0]}, [f"p{i}" for i in range(4)])
    survey = survey_of_views(experience=mirrored, perspective=mirrored[::-1].set_axis(mirrored.index))
    relation = relate_views(survey, draws=9)
    assert relation.partners.tolist() == [2, 1, 1, 0]
    assert relation.coverable == 0.5


def test_some_of_many_people_are_related(monkeypatch, survey, relation):
    monkeypatch.setattr(two_views, "RELATED", 30)
    some = relate_views(survey, draws=49)
    assert some.partners.notna().sum() == 30
    assert some.table.loc["mantel", "value"] == pytest.approx(relation.table.loc["mantel", "value"], abs=0.2)
    assert relation.partners.notna().all()


@pytest.mark.parametrize("people", [1, 3])
def test_few_people_have_no_relation_to_show(people):
    answers = gradient_answers(np.random.default_rng(0), people=people)
    relation = relate_views(survey_of_views(experience=answers, perspective=answers), draws=9)
    assert relation.table[["value", "p_value"]].isna().all(axis=None)
    assert len(relation.partners) == people


def test_settings_out_of_range_are_refused(survey):
    with pytest.raises(
        SettingError, match=r"^close and far lie between 0 and 1, draws at 1 or more; got 0, 0\.5, 499\.$"
    ):
        relate_views(survey, close=0)


def test_the_repr_says_the_number_that_matters(relation):
    supply = int(relation.table.loc["supply", "value"])
    assert repr(relation) == (
        f"<ViewRelation: {supply} pairs alike in experience and different in perspective, as many as independent views "
        "give; everybody can be in one at once>"
    )
    assert "mantel" in relation._repr_html_()


@pytest.mark.parametrize(
    ("value", "coverable", "words"),
    [
        (80.0, 0.999, "20% fewer than independent views give; 99% of people can be in one at once"),
        (120.0, 0.4, "20% more than independent views give; 40% of people can be in one at once"),
        (101.0, 1.0, "as many as independent views give; everybody can be in one at once"),
        (np.nan, 0.0, "too few people to tell"),
    ],
)
def test_the_supply_is_told_against_that_of_independent_views(relation, value, coverable, words):
    table = pd.DataFrame({"value": value, "expected": 100.0, "low": 95.0, "high": 105.0}, index=["supply"])
    assert replace(relation, table=table, coverable=coverable).words.endswith(words)


def symmetric(rng, n):
    table = rng.random((n, n))
    return table + table.T


def test_tables_are_multiplied_entry_by_entry_in_the_order_given(rng):
    one, other = symmetric(rng, 9), symmetric(rng, 9)
    orders = np.array([rng.permutation(9) for _ in range(5)])
    expected = [(one * other[np.ix_(order, order)]).sum() for order in orders]
    np.testing.assert_allclose(table_measure(one, other)(orders), expected)


def test_the_same_people_in_the_same_order_are_the_value_and_the_others_what_is_expected():
    group = np.array([0, 0, 1, 1])
    measure = label_measure(lambda one, other: float((one == other).mean()), group, group)
    row = against_shuffling({"same": measure}, 4, 200, np.random.default_rng(0)).loc["same"]
    assert row["value"] == 1
    assert row["expected"] == pytest.approx(0.5, abs=0.05)
    assert row[["low", "high"]].tolist() == [0, 1]
    assert row["p_value"] == pytest.approx(1 / 3, abs=0.1)  # one order in six is the same, one in six the opposite
