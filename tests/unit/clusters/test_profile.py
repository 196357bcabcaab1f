"""Groups are described by what sets them apart, and by nothing that only a few people answered."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.clusters.profile import answers_in_words, describe_clusters
from peernet.distance.distances import compared_items
from peernet.errors import SettingError, UnknownPersonError

PEOPLE = pd.Index([f"p{i:02}" for i in range(40)], name="person")
GROUPS = pd.DataFrame({"perspective": pd.array([1] * 20 + [2] * 20, dtype="Int64")}, index=PEOPLE)


def survey_with(kind, answers, **details):
    items = (pn.survey.Item("id", "person"), pn.survey.Item("it", "perspective", kind, **details))
    people = pd.DataFrame({"it": answers}, index=PEOPLE)
    return pn.Survey(people, pd.DataFrame(), pd.DataFrame(), pn.survey.Codebook(items), pd.DataFrame(), {})


def test_graded_items_are_described_by_means_and_hedges_g():
    answers = np.r_[np.tile([4.0, 5.0], 10), np.tile([1.0, 2.0], 10)]
    profile = describe_clusters(survey_with("ordinal", answers, low=1, high=5), GROUPS, "perspective").table
    first = profile.iloc[0]
    spread = np.sqrt(0.25 * 20 / 19)
    effect = (1 - 3 / (4 * 40 - 9)) * 3 / spread
    assert first[["cluster", "size", "item", "answer"]].tolist() == [1, 20, "it", ""]
    assert first[["inside", "outside", "effect"]].tolist() == pytest.approx([4.5, 1.5, effect])
    assert first["high"] - first["effect"] == pytest.approx(1.96 * np.sqrt(0.1 + effect**2 / 80), rel=1e-4)
    assert profile.iloc[1]["effect"] == pytest.approx(-effect)


def test_categories_are_described_by_shares_and_cohens_h():
    answers = ["law"] * 12 + ["design"] * 8 + ["law"] * 6 + ["design"] * 14
    profile = describe_clusters(survey_with("nominal", answers), GROUPS, "perspective").table.set_index(
        ["cluster", "answer"]
    )
    law = profile.loc[(1, "law")]
    assert law[["inside", "outside"]].tolist() == pytest.approx([0.6, 0.3])
    assert law["effect"] == pytest.approx(2 * (np.arcsin(np.sqrt(0.6)) - np.arcsin(np.sqrt(0.3))))
    assert law["low"] < 0.1 < law["effect"] < law["high"]


def test_an_answer_of_a_few_people_is_hidden_in_every_group_and_cannot_be_worked_out():
    answers = ["law"] * 12 + ["design"] * 8 + ["law"] * 12 + ["design"] * 6 + ["dance"] * 2
    profile = describe_clusters(survey_with("nominal", answers), GROUPS, "perspective").table.set_index("answer")
    assert profile.loc["dance", ["inside", "outside", "effect"]].isna().all(axis=None)
    hidden = profile.groupby("cluster")["inside"].apply(lambda shares: shares.isna().sum())
    assert (hidden >= 2).all()


def test_multiple_choices_are_described_option_by_option():
    chosen = [frozenset("ab")] * 8 + [frozenset("a")] * 12 + [frozenset("b")] * 10 + [frozenset()] * 10
    chosen[-1] = frozenset("a")
    profile = describe_clusters(survey_with("multiple", chosen), GROUPS, "perspective", floor=1).table
    shares = profile.set_index(["cluster", "answer"])["inside"].to_dict()
    assert shares == pytest.approx({(1, "a"): np.nan, (1, "b"): 0.4, (2, "a"): np.nan, (2, "b"): 0.5}, nan_ok=True)


def test_both_answers_to_a_yes_no_item_are_described():
    answers = pd.array([True] * 15 + [False] * 5 + [False] * 14 + [True] * 6, dtype="boolean")
    profile = describe_clusters(survey_with("binary", answers), GROUPS, "perspective").table.set_index(
        ["cluster", "answer"]
    )
    assert profile["inside"].to_dict() == pytest.approx(
        {(1, "True"): 0.75, (1, "False"): 0.25, (2, "True"): 0.3, (2, "False"): 0.7}
    )


def test_the_largest_differences_of_each_group_come_first():
    survey = pn.load_example()
    groups = pd.DataFrame({"perspective": pd.array(np.arange(len(survey.people)) % 3 + 1, dtype="Int64")})
    profile = describe_clusters(survey, groups.set_index(survey.people.index), "perspective", block="experience").table
    for _, part in profile.groupby("cluster"):
        assert part["effect"].abs().dropna().is_monotonic_decreasing


def test_equal_differences_come_in_the_order_of_the_codebook_whatever_the_last_bit():
    """Yes and no to one question differ by the same, but for rounding."""
    for inside, outside in ((11, 7), (12, 5), (13, 6), (14, 8), (13, 9)):
        answers = pd.array(np.r_[np.arange(20) < inside, np.arange(20) < outside], dtype="boolean")
        profile = describe_clusters(survey_with("binary", answers), GROUPS, "perspective").table
        assert profile["answer"].tolist() == ["False", "True"] * 2


def test_a_small_group_is_hidden_and_so_is_what_it_could_be_worked_out_from():
    """Three of forty people would be what is left of the means of the two larger groups."""
    groups = GROUPS.assign(perspective=pd.array([1] * 20 + [2] * 17 + [3] * 3, dtype="Int64"))
    answers = np.r_[np.tile([4.0, 5.0], 10), np.tile([1.0, 2.0], 10)]
    profile = describe_clusters(survey_with("ordinal", answers, low=1, high=5), groups, "perspective").table
    told = profile.set_index("cluster")
    assert told["inside"].isna().tolist() == [False, True, True]
    assert told["size"].isna().tolist() == [False, True, True]


def test_no_groups_have_no_profile_but_what_everybody_shares_and_settings_are_checked():
    survey = survey_with("numeric", np.r_[np.zeros(30), np.full(10, 40.0)], low=0, high=50)
    profile = describe_clusters(survey, GROUPS.assign(perspective=pd.NA), "perspective")
    assert repr(profile) == "<ClusterProfile: perspective, 0 groups, nothing sets them apart>"
    assert profile.table.empty
    assert profile.exemplars.empty
    assert profile.shared.to_numpy().tolist() == [["it", "low", 0.75, 0.75]]
    stranger = pd.DataFrame({"perspective": [1]}, index=["p40"])
    with pytest.raises(UnknownPersonError, match=r"No person 'p40' in the survey\. Did you mean"):
        describe_clusters(survey, stranger, "perspective")
    with pytest.raises(SettingError, match="view must be one of 'perspective'; got 'goal'"):
        describe_clusters(survey, GROUPS, "goal")
    with pytest.raises(SettingError, match="floor must be at least 1; got 0"):
        describe_clusters(survey, GROUPS, "perspective", floor=0)


@pytest.fixture(scope="module")
def harbour():
    survey = pn.load_example()
    groups = pn.cluster_people(survey, views=["perspective"], draws=39, resamples=10).table
    return survey, groups, describe_clusters(survey, groups, "perspective")


def test_every_group_is_described_in_a_survey_of_many_kinds(harbour):
    _, groups, profile = harbour
    assert profile.table["cluster"].unique().tolist() == sorted(groups["perspective"].dropna().unique())
    assert profile.hidden == profile.table["effect"].isna().sum() > 0
    assert "<table" in profile._repr_html_()


def test_an_exemplar_is_one_of_at_least_five_who_gave_all_these_answers_and_is_not_named(harbour):
    survey, groups, profile = harbour
    given = answers_in_words(survey.people, compared_items(survey, "perspective"))
    for cluster, rows in profile.exemplars.groupby("cluster"):
        said = [given[row.item, row.answer].fillna(False) for row in rows.itertuples()]
        assert len(said) >= 3
        assert (np.logical_and.reduce(said) & (groups["perspective"] == cluster)).sum() >= 5
    told = set(profile.exemplars.to_numpy().ravel().tolist())
    assert not told & {*survey.people.index, *survey.people["name"].dropna()}


def test_a_higher_floor_says_less(harbour):
    survey, groups, profile = harbour
    strict = describe_clusters(survey, groups, "perspective", floor=12)
    assert strict.hidden > profile.hidden
    assert len(strict.exemplars) < len(profile.exemplars)


def test_groups_that_are_no_view_can_be_described_by_a_block(harbour):
    survey, groups, profile = harbour
    by_team = describe_clusters(survey, groups.rename(columns={"perspective": "mine"}), "mine", block="perspective")
    pd.testing.assert_frame_equal(by_team.exemplars, profile.exemplars)
