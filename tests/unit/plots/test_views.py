"""Maps of people show where they stand in each view, and the same people in both."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch

from peernet.distance.distances import person_distances
from peernet.errors import SettingError, UnknownPersonError
from peernet.plots.layout import map_people
from peernet.plots.views import plot_views
from tests.made.studies import aarhus, harbour, with_groups


@pytest.fixture
def ax() -> Axes:
    return Figure().subplots()


def artist(ax: Axes, label: str):
    (found,) = [child for child in ax.get_children() if child.get_label() == label]
    return found


def labels(ax: Axes) -> set[str]:
    return {str(child.get_label()) for child in ax.collections}


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
