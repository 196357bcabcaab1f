"""People are grouped by each view, with a verdict that can be no."""

import numpy as np
import pandas as pd
import pytest

from peernet import _parallel
from peernet.clusters import groups
from peernet.clusters.people_clusters import cluster_people
from peernet.clusters.profile import describe_clusters
from peernet.clusters.two_views import relate_views
from peernet.errors import SettingError
from peernet.plots.views import plot_views
from tests.made.planted import gradient_answers, grouped_answers, survey_of_views

QUICK = {"draws": 39, "resamples": 25}


@pytest.fixture(scope="module")
def survey():
    rng = np.random.default_rng(6)
    return survey_of_views(experience=gradient_answers(rng, strength=0), perspective=grouped_answers(rng)[0])


@pytest.fixture(scope="module")
def clusters(survey):
    return cluster_people(survey, **QUICK)


def test_each_view_has_its_own_verdict_in_words(clusters):
    assert clusters.verdict("experience") == "no groups: work with distances"
    assert clusters.verdict("perspective") == "three clear groups"
    assert repr(clusters) == (
        "<PeopleClusters: experience: no groups: work with distances; perspective: three clear groups>"
    )
    assert clusters.views["clusters"].to_dict() == {"experience": 1, "perspective": 3}
    assert clusters.views["verdict"].tolist() == ["no groups", "groups"]
    assert (clusters.views["p_value"] <= 0.05).tolist() == [False, True]
    assert clusters.views["seconded_by"].tolist() == ["", "gap, prediction"]


def test_everybody_on_the_roster_has_a_row_and_nobody_a_group_where_there_are_none(survey, clusters):
    assert clusters.table.index.equals(survey.people.index)
    assert clusters.table.index.name == "person"
    assert (clusters.table.dtypes == "Int64").all()
    assert clusters.table["experience"].isna().all()
    assert clusters.table["perspective"].notna().all()


def test_groups_are_numbered_from_the_largest_and_described_in_that_order(clusters):
    sizes = clusters.table["perspective"].value_counts().sort_index()
    stability = clusters.stability
    assert sizes.is_monotonic_decreasing
    assert stability["view"].eq("perspective").all()
    assert stability["cluster"].tolist() == [1, 2, 3]
    assert stability["size"].tolist() == sizes.tolist()
    assert clusters.table.loc[stability["exemplar"], "perspective"].tolist() == [1, 2, 3]
    assert stability["jaccard"].between(0.75, 1).all()
    assert clusters.views.loc["perspective", "silhouette"] == pytest.approx(
        np.average(stability["silhouette"], weights=stability["size"])
    )


def test_the_evidence_covers_every_number_tried_and_favours_the_one_chosen(clusters):
    evidence = clusters.evidence.set_index(["view", "clusters"])
    assert evidence.loc["perspective"].index.tolist() == list(range(1, 9))
    assert evidence.loc["perspective", "excess"].idxmax() == 3
    assert evidence.loc[("perspective", 3), "silhouette"] == clusters.views.loc["perspective", "silhouette"]
    assert "silhouette" in evidence.loc[("perspective", 3), "favoured_by"]
    assert "silhouette" in evidence.loc[("experience", 1), "favoured_by"]
    assert evidence["favoured_by"].str.count("gap").groupby("view").sum().tolist() == [1, 1]
    assert (evidence.loc[(slice(None), 1), ["silhouette", "excess", "prediction_strength"]] == [0, 0, 1]).all(axis=None)


def test_consensus_and_membership_agree_with_the_groups(clusters):
    shares, membership = clusters.consensus("perspective"), clusters.membership("perspective")
    assert shares.shape == (120, 120)
    np.testing.assert_array_equal(shares, shares.T)
    assert membership.columns.tolist() == [1, 2, 3]
    np.testing.assert_allclose(membership.sum(axis=1), 1)
    assert (membership.idxmax(axis=1) == clusters.table.loc[membership.index, "perspective"]).mean() > 0.95
    assert clusters.consensus("experience").empty
    assert clusters.membership("experience").empty


def test_a_number_that_is_given_is_taken_as_given_in_every_view(survey):
    found = cluster_people(survey, clusters=4, resamples=5)
    assert found.views["verdict"].tolist() == ["as asked", "as asked"]
    assert found.verdict("experience") == "four groups, as asked"
    assert found.table.nunique().tolist() == [4, 4]


def test_votes_on_many_statements_are_grouped_though_hardly_any_two_people_voted_on_the_same():
    rng = np.random.default_rng(3)
    camp = np.repeat([0, 1], [100, 30])
    votes = np.where(rng.random((130, 80)) < 0.85, np.where(camp, 1.0, 5.0)[:, None], 3.0)
    votes = pd.DataFrame(votes).add_prefix("v").where(rng.random(votes.shape) < 0.2)
    survey = survey_of_views(perspective=votes.set_axis(pd.Index([f"p{i:04}" for i in range(130)], name="person")))
    found = cluster_people(survey, views=["perspective"], **QUICK)
    assert found.verdict("perspective") == "two clear groups"
    assert found.views.loc["perspective", "people"] == 130
    assert found.table["perspective"].tolist() == (camp + 1).tolist()


def test_everything_downstream_works_without_groups(survey, clusters):
    one_view = relate_views(survey, clusters.table, draws=19)
    assert one_view.contingency.empty
    assert one_view.table.loc["supply", "value"] > 0
    profile = describe_clusters(survey, clusters.table, "experience")
    assert profile.table.empty
    assert profile.exemplars.empty
    left, right = plot_views(clusters, survey, linked=["p0001"])
    assert left.get_title(loc="left") == "Experience – no groups: work with distances"
    assert right.get_title(loc="left") == "Perspective – three clear groups"


def test_people_who_answered_too_little_are_left_out_and_change_nothing_for_the_others():
    answers, _ = grouped_answers(np.random.default_rng(5))
    short = answers.copy()
    short.iloc[[3, 50], 3:] = np.nan
    found = cluster_people(survey_of_views(perspective=short), views=["perspective"], **QUICK)
    assert found.table.index[found.table["perspective"].isna()].tolist() == ["p0003", "p0050"]
    assert found.views.loc["perspective", ["people", "unplaced"]].tolist() == [118, 2]


@pytest.mark.parametrize("people", [0, 1, 2, 9])
def test_few_people_are_too_few_to_tell(people):
    answers, _ = grouped_answers(np.random.default_rng(5))
    found = cluster_people(survey_of_views(perspective=answers.head(people)), views=["perspective"], **QUICK)
    assert found.verdict("perspective") == "too few people to tell: work with distances"
    assert found.table["perspective"].isna().all()
    assert found.stability.empty
    assert found.evidence.empty


def test_one_item_or_none_is_too_little_to_tell():
    answers, _ = grouped_answers(np.random.default_rng(5))
    survey = survey_of_views(perspective=answers[["q0"]])
    found = cluster_people(survey, **QUICK)
    for view in ("experience", "perspective"):
        assert found.verdict(view) == "too few items to tell: work with distances"


def test_people_who_all_answer_alike_make_no_groups():
    alike = pd.DataFrame(3.0, index=pd.Index([f"p{i}" for i in range(30)], name="person"), columns=["a", "b", "c"])
    found = cluster_people(survey_of_views(perspective=alike), views=["perspective"], **QUICK)
    assert found.views.loc["perspective", "verdict"] == "no groups"


def test_a_single_odd_person_makes_no_group():
    answers = gradient_answers(np.random.default_rng(2), strength=0)
    answers.iloc[0] = [1.0, 5.0] * 6
    found = cluster_people(survey_of_views(perspective=answers), views=["perspective"], **QUICK)
    assert found.views.loc["perspective", "verdict"] == "no groups"


def test_many_people_are_worth_a_progress_bar_that_can_be_turned_off(monkeypatch, survey, capsys):
    monkeypatch.setattr(groups, "BUSY", 50)
    monkeypatch.setattr(_parallel, "PATIENCE", 0)
    cluster_people(survey, views=["perspective"], **QUICK, progress=False)
    assert capsys.readouterr().err == ""
    cluster_people(survey, views=["perspective"], **QUICK)
    told = capsys.readouterr().err
    assert "surveys without groups" in told
    assert "people drawn again" in told


def test_the_html_form_shows_the_verdicts_escaped(clusters):
    html = clusters._repr_html_()
    assert "perspective: three clear groups" in html
    assert html.count("<tr") == 4


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"max_clusters": 1}, r"^max_clusters must be at least 2; got 1\.$"),
        ({"min_size": 0}, r"^min_size must be at least 1; got 0\.$"),
        ({"draws": 0}, r"^draws must be at least 1; got 0\.$"),
        ({"resamples": 2.0}, r"^resamples must be a whole number; got 2\.0\.$"),
        ({"views": ["protected"]}, r"^block must be one of 'experience', .* got 'protected'\.$"),
        ({"weights": "same"}, "weights must be one of"),
    ],
)
def test_settings_out_of_range_are_refused(survey, setting, message):
    with pytest.raises(SettingError, match=message):
        cluster_people(survey, **setting)


def test_an_unknown_view_has_no_verdict(clusters):
    with pytest.raises(SettingError, match="view must be one of 'experience', 'perspective'; got 'goal'"):
        clusters.verdict("goal")
