"""Pictures of diversity: each kind in a panel of its own, items, and what is in each person's reach."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import peernet as pn
from peernet.errors import SettingError
from tests.made.artists import artist
from tests.made.studies import harbour
from tests.made.surveys import survey_of


@pytest.fixture(scope="module")
def teams() -> pn.diversity.DiversityProfile:
    return pn.diversity.describe_diversity(pn.load_example(), "team", draws=19)


def dots(ax: Axes, number: int = 0) -> np.ndarray:
    """Places of the dots of a panel: the measure first, then chance."""
    found = [c for c in ax.collections if len(c.get_offsets()) and hasattr(c, "get_sizes")]
    return np.asarray(found[number].get_offsets())


def test_every_group_has_its_row_and_every_measure_its_panel(teams):
    axes = pn.plots.plot_diversity(teams)
    for ax, measure in zip(axes, ("variety", "separation", "disparity", "faultline"), strict=True):
        np.testing.assert_allclose(dots(ax)[:, 0], teams.table[measure])
        np.testing.assert_array_equal(dots(ax)[:, 1], np.arange(24))
    names = [label.get_text() for label in axes[0].get_yticklabels()]
    assert names[0] == f"Berth planning  {teams.table['people'].iloc[0]}"


def test_chance_stands_beside_variety_and_the_faultline(teams):
    axes = pn.plots.plot_diversity(teams)
    np.testing.assert_allclose(dots(axes[0], 1)[:, 0], teams.table["variety_by_lot"])
    np.testing.assert_allclose(dots(axes[3], 1)[:, 0], teams.table["faultline_chance"])
    (text,) = axes[0].get_legend().get_texts()
    assert text.get_text() == "by chance"


def test_what_is_hidden_is_not_drawn(teams):
    shared = teams.shareable(floor=7)
    axes = pn.plots.plot_diversity(shared)
    hidden = shared["variety"].isna().to_numpy()
    assert np.isnan(np.ma.filled(dots(axes[0])[hidden, 0], np.nan)).all()
    names = [label.get_text() for label in axes[0].get_yticklabels()]
    assert [name for name, gone in zip(names, hidden, strict=True) if gone] == list(shared.index[hidden])


def test_a_measure_nobody_has_is_left_out():
    axes = pn.plots.plot_diversity(pn.diversity.describe_diversity(pn.load_aarhus(), draws=0))
    assert [ax.get_title(loc="left") for ax in axes] == ["Variety"]
    assert axes[0].get_legend() is None


def test_many_groups_are_ordered_by_variety_and_not_named(teams):
    many = pd.concat([teams.table, teams.table.add_suffix("").rename(index="{} 2".format)])
    axes = pn.plots.plot_diversity(many)
    assert (np.diff(dots(axes[0])[:, 0]) <= 0).all()
    assert axes[0].get_yticklabels() == []
    assert axes[0].get_ylabel() == "48 groups, the most varied first"


def test_axes_can_be_given_and_looks_chosen(teams):
    given = Figure().subplots(1, 4)
    axes = pn.plots.plot_diversity(teams, axes=given, color="red")
    assert list(axes) == list(given)
    with pytest.raises(SettingError, match="There are 4 measures to draw and only 2 axes"):
        pn.plots.plot_diversity(teams, axes=given[:2])


def test_nothing_to_show_is_said(teams):
    nothing = teams.table.mask(teams.table["people"] > 0)
    with pytest.raises(SettingError, match="No group has a measure that may be shown"):
        pn.plots.plot_diversity(nothing)


def test_each_item_has_a_bar_between_and_within_groups_and_the_mark_of_chance():
    found = pn.diversity.rao_by_item(pn.load_example(), groups="team", draws=0)
    ax = pn.plots.plot_item_diversity(found)
    between, within = ([bar.get_width() for bar in bars] for bars in ax.containers)
    np.testing.assert_allclose(between, found.table["between"])
    np.testing.assert_allclose(np.add(between, within), found.table["diversity"])
    np.testing.assert_allclose(dots(ax)[:, 0], found.chance * found.table["diversity"])
    assert [label.get_text() for label in ax.get_yticklabels()] == list(found.table.index)


def test_without_groups_each_item_has_one_bar():
    found = pn.diversity.rao_by_item(pn.load_example())
    ax = pn.plots.plot_item_diversity(found, ax=Figure().subplots(), color="red")
    (bars,) = ax.containers
    np.testing.assert_allclose([bar.get_width() for bar in bars], found.table["diversity"])
    assert ax.get_legend() is None


def test_where_nobody_differs_there_is_nothing_to_draw():
    alike = pn.diversity.rao_by_item(survey_of({p: {"perspective_1": 3} for p in "abc"}))
    with pytest.raises(SettingError, match="No item sets these people apart"):
        pn.plots.plot_item_diversity(alike)


def test_exposure_rises_from_before_to_after(ax: Axes) -> None:
    exposure = harbour().exposure
    pn.plots.plot_exposure(exposure, ax=ax)
    known = exposure.table.dropna(subset=["before"]).sort_values("before", kind="stable")
    rises = np.array([segment[:, 1] for segment in ax.collections[0].get_segments()])
    np.testing.assert_allclose(rises, known[["before", "after"]])
    assert len(artist(ax, "after").get_offsets()) == (known["partners"] > 0).sum()
