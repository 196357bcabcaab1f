"""Maps of people show where they stand in each view, pictures of groups the numbers of their tables."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch

import peernet as pn
from peernet.distance.distances import person_distances
from peernet.errors import SettingError, UnknownPersonError
from peernet.plots.layout import map_people
from peernet.plots.views import plot_views
from tests.made.artists import artist, labels
from tests.made.planted import gradient_answers, grouped_answers, survey_of_views
from tests.made.studies import aarhus, harbour, with_groups

COLUMNS = ["cluster", "size", "item", "answer", "inside", "outside", "effect", "low", "high"]
HIDDEN = (2, pd.NA, "pace", "", *[np.nan] * 5)


def test_each_view_shows_its_verdict_and_its_groups() -> None:
    study = with_groups(harbour(), [1] * 30 + [2] * 30, [1, 2, 3] * 20)
    axes = plot_views(study.clusters, study.survey)
    assert [ax.get_title(loc="left") for ax in axes] == [
        f"{view.capitalize()} – {study.clusters.verdict(view)}" for view in ("experience", "perspective")
    ]
    assert [len([label for label in labels(ax) if label.startswith("group")]) for ax in axes] == [2, 3]


def test_a_view_without_groups_has_one_colour() -> None:
    study = aarhus()
    for ax in plot_views(study.clusters, study.survey):
        assert labels(ax) == {"person"}


def test_partners_are_joined_in_every_view() -> None:
    study = harbour()
    for ax in plot_views(study.clusters, study.survey, pairing=study.pairing):
        assert len(artist(ax, "proposed pair").get_segments()) == len(study.pairing)


def test_one_view_can_be_drawn_alone(ax: Axes) -> None:
    study = harbour()
    (drawn,) = plot_views(study.clusters, study.survey, views=["perspective"], axes=[ax])
    assert drawn is ax
    assert "% of the differences" in ax.get_xlabel()


def links(axes) -> list[ConnectionPatch]:
    return [child for child in axes[0].figure.artists if isinstance(child, ConnectionPatch)]


def test_the_centres_of_the_first_views_groups_are_linked_from_map_to_map() -> None:
    study = harbour()
    centres = study.clusters.stability.query("view == 'experience'")["exemplar"]
    axes = plot_views(study.clusters, study.survey)
    assert len(links(axes)) == len(centres) > 0
    for ax in axes:
        assert len([rings for rings in ax.collections if len(rings.get_facecolors()) == 0]) == len(centres)
    assert links(plot_views(study.clusters, study.survey, linked=())) == []
    by_outlook = plot_views(study.clusters, study.survey, colour_by="perspective")
    assert len(links(by_outlook)) == (study.clusters.stability["view"] == "perspective").sum()


def test_a_link_runs_from_where_somebody_is_in_one_map_to_where_they_are_in_the_next() -> None:
    study = harbour()
    nowhere = study.survey.people.index[~study.survey.people["answered"].astype(bool)][0]
    axes = plot_views(study.clusters, study.survey, linked=["p001", nowhere])
    (link,) = links(axes)
    for view, end in (("experience", link.xy1), ("perspective", link.xy2)):
        places = map_people(person_distances(study.survey, view)).table
        np.testing.assert_allclose(end, places.loc["p001"])
    with pytest.raises(UnknownPersonError, match="No person 'p999' in the survey"):
        plot_views(study.clusters, study.survey, linked=["p999"])


def test_the_groups_of_one_view_can_colour_every_map() -> None:
    study = with_groups(harbour(), [1] * 30 + [2] * 30, [1, 2, 3] * 20)
    axes = plot_views(study.clusters, study.survey, colour_by="perspective")
    assert [len([label for label in labels(ax) if label.startswith("group")]) for ax in axes] == [3, 3]
    with pytest.raises(SettingError, match="colour_by must be one of 'experience', 'perspective'; got 'team'"):
        plot_views(study.clusters, study.survey, colour_by="team")


@cache
def planted():
    rng = np.random.default_rng(6)
    survey = survey_of_views(experience=gradient_answers(rng, strength=0), perspective=grouped_answers(rng)[0])
    clusters = pn.cluster_people(survey, draws=39, resamples=40)
    return clusters, pn.clusters.describe_clusters(survey, clusters.table, "perspective")


def profile_of(*rows):
    return pn.clusters.ClusterProfile(
        "perspective", pd.DataFrame(rows, columns=COLUMNS), pd.DataFrame(), pd.DataFrame()
    )


def row_names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def groups_told(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_each_difference_is_a_mark_at_its_effect_with_its_interval():
    profile = profile_of(
        (1, 20, "pace", "", 4.0, 2.0, 1.5, 1.0, 2.0), (2, 9, "field", "$law$", 0.2, 0.6, -0.8, -1.2, -0.4)
    )
    ax = pn.plots.plot_cluster_profile(profile)
    assert row_names(ax) == ["pace", "field: $law$"]
    assert groups_told(ax) == ["group 1, 20 people", "group 2, 9 people"]
    marks, _, (interval,) = ax.containers[0]
    assert marks.get_xdata() == pytest.approx([1.5, np.nan], nan_ok=True)
    assert interval.get_segments()[0][:, 0].tolist() == [1.0, 2.0]
    ax.figure.canvas.draw()


def test_rows_stand_in_the_order_of_their_largest_difference_and_no_more_than_asked_for():
    _, profile = planted()
    ax = pn.plots.plot_cluster_profile(profile, most=4)
    strongest = profile.table.assign(effect=profile.table["effect"].abs()).groupby("item")["effect"].max()
    assert row_names(ax) == strongest.sort_values(ascending=False).index[:4].tolist()
    assert ax.get_ylim() == (3.5, -0.5)


def test_what_is_hidden_has_no_mark_and_a_small_group_no_size():
    ax = pn.plots.plot_cluster_profile(profile_of((1, pd.NA, "pace", "", 4.0, 2.0, 1.5, 1.0, 2.0), HIDDEN))
    assert groups_told(ax) == ["group 1"]
    with pytest.raises(SettingError, match="Nothing sets the groups of perspective apart that may be shown"):
        pn.plots.plot_cluster_profile(profile_of(HIDDEN))


def test_the_consensus_is_drawn_group_by_group_and_from_core_to_fringe():
    clusters, _ = planted()
    left, _ = pn.plots.plot_stability(clusters, "perspective")
    shares = np.asarray(left.images[0].get_array())
    sizes = clusters.stability["size"].to_numpy()
    blocks = [shares[end - n : end, end - n : end] for end, n in zip(np.cumsum(sizes), sizes, strict=True)]
    assert min(block.mean() for block in blocks) > 0.7
    assert shares[: sizes[0], sizes[0] :].mean() < 0.2
    for block in blocks:
        core, fringe = np.array_split(block.mean(axis=1), 2)
        assert core.mean() >= fringe.mean()
    assert row_names(left) == ["group 1", "group 2", "group 3"]


def test_each_group_is_a_mark_at_its_mean_overlap_with_its_standing_beside():
    clusters, _ = planted()
    _, right = pn.plots.plot_stability(clusters, "perspective")
    marks = [dots.get_offsets()[0] for dots in right.collections if dots.get_offsets().any()]
    np.testing.assert_allclose(marks, np.column_stack([clusters.stability["jaccard"], np.arange(3)]))
    assert [text.get_text() for text in right.texts][1::2] == clusters.stability["standing"].tolist()


def test_a_view_without_groups_has_nothing_to_come_back():
    clusters, _ = planted()
    with pytest.raises(SettingError, match="'experience' has no groups to come back: no groups: work with distances"):
        pn.plots.plot_stability(clusters, "experience")
    with pytest.raises(SettingError, match="view must be one of 'experience', 'perspective'; got 'goal'"):
        pn.plots.plot_stability(clusters, "goal")


def test_given_axes_are_used_and_nothing_is_changed():
    clusters, profile = planted()
    before = clusters.stability.copy(), profile.table.copy()
    axes = Figure().subplots(1, 2)
    drawn = pn.plots.plot_stability(clusters, "perspective", axes=axes, cmap="Greys")
    assert list(drawn) == list(axes)
    assert drawn[0].images[0].get_cmap().name == "Greys"
    assert pn.plots.plot_cluster_profile(profile, ax=axes[1], markersize=3) is axes[1]
    pd.testing.assert_frame_equal(before[0], clusters.stability)
    pd.testing.assert_frame_equal(before[1], profile.table)
