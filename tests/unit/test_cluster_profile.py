"""Groups are described by what sets them apart, and by nothing that only a few people answered."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet._cluster_profile import describe_clusters
from peernet.errors import SettingError

PEOPLE = pd.Index([f"p{i:02}" for i in range(40)], name="person")
GROUPS = pd.DataFrame({"perspective": pd.array([1] * 20 + [2] * 20, dtype="Int64")}, index=PEOPLE)


def survey_with(kind, answers, **details):
    items = (pn.Item("id", "person"), pn.Item("it", "perspective", kind, **details))
    people = pd.DataFrame({"it": answers}, index=PEOPLE)
    return pn.Survey(people, pd.DataFrame(), pd.DataFrame(), pn.Codebook(items), pd.DataFrame(), {})


def test_graded_items_are_described_by_means_and_hedges_g():
    answers = np.r_[np.tile([4.0, 5.0], 10), np.tile([1.0, 2.0], 10)]
    profile = describe_clusters(survey_with("ordinal", answers, low=1, high=5), GROUPS, "perspective")
    first = profile.iloc[0]
    spread = np.sqrt(0.25 * 20 / 19)
    effect = (1 - 3 / (4 * 40 - 9)) * 3 / spread
    assert first[["cluster", "size", "item", "answer"]].tolist() == [1, 20, "it", ""]
    assert first[["inside", "outside", "effect"]].tolist() == pytest.approx([4.5, 1.5, effect])
    assert first["high"] - first["effect"] == pytest.approx(1.96 * np.sqrt(0.1 + effect**2 / 80), rel=1e-4)
    assert profile.iloc[1]["effect"] == pytest.approx(-effect)


def test_categories_are_described_by_shares_and_cohens_h():
    answers = ["law"] * 12 + ["design"] * 8 + ["law"] * 6 + ["design"] * 14
    profile = describe_clusters(survey_with("nominal", answers), GROUPS, "perspective").set_index(["cluster", "answer"])
    law = profile.loc[(1, "law")]
    assert law[["inside", "outside"]].tolist() == pytest.approx([0.6, 0.3])
    assert law["effect"] == pytest.approx(2 * (np.arcsin(np.sqrt(0.6)) - np.arcsin(np.sqrt(0.3))))
    assert law["low"] < 0.1 < law["effect"] < law["high"]


def test_an_answer_of_a_few_people_is_hidden_in_every_group_and_cannot_be_worked_out():
    answers = ["law"] * 12 + ["design"] * 8 + ["law"] * 12 + ["design"] * 6 + ["dance"] * 2
    profile = describe_clusters(survey_with("nominal", answers), GROUPS, "perspective").set_index("answer")
    assert profile.loc["dance", ["inside", "outside", "effect"]].isna().all(axis=None)
    hidden = profile.groupby("cluster")["inside"].apply(lambda shares: shares.isna().sum())
    assert (hidden >= 2).all()


def test_multiple_choices_are_described_option_by_option():
    chosen = [frozenset("ab")] * 8 + [frozenset("a")] * 12 + [frozenset("b")] * 10 + [frozenset()] * 10
    chosen[-1] = frozenset("a")
    profile = describe_clusters(survey_with("multiple", chosen), GROUPS, "perspective", floor=1)
    shares = profile.set_index(["cluster", "answer"])["inside"].to_dict()
    assert shares == pytest.approx({(1, "a"): np.nan, (1, "b"): 0.4, (2, "a"): np.nan, (2, "b"): 0.5}, nan_ok=True)


def test_both_answers_to_a_yes_no_item_are_described():
    answers = pd.array([True] * 15 + [False] * 5 + [False] * 14 + [True] * 6, dtype="boolean")
    profile = describe_clusters(survey_with("binary", answers), GROUPS, "perspective").set_index(["cluster", "answer"])
    assert profile["inside"].to_dict() == pytest.approx(
        {(1, "True"): 0.75, (1, "False"): 0.25, (2, "True"): 0.3, (2, "False"): 0.7}
    )


def test_the_largest_differences_of_each_group_come_first():
    survey = pn.load_example()
    groups = pd.DataFrame({"perspective": pd.array(np.arange(len(survey.people)) % 3 + 1, dtype="Int64")})
    profile = describe_clusters(survey, groups.set_index(survey.people.index), "perspective", block="experience")
    for _, part in profile.groupby("cluster"):
        assert part["effect"].abs().dropna().is_monotonic_decreasing


def test_no_groups_have_no_profile_and_settings_are_checked():
    survey = survey_with("numeric", np.arange(40.0))
    assert describe_clusters(survey, GROUPS.assign(perspective=pd.NA), "perspective").empty
    with pytest.raises(SettingError, match="view must be one of 'perspective'; got 'goal'"):
        describe_clusters(survey, GROUPS, "goal")
    with pytest.raises(SettingError, match="floor must be at least 1; got 0"):
        describe_clusters(survey, GROUPS, "perspective", floor=0)
