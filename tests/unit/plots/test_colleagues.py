"""Pictures of foundation and teams show the numbers of their tables."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError
from peernet.graph.leaders import LeaderIndependence

CURVE = pd.DataFrame(
    {
        "at_least": [2.0, 3.0, 4.0],
        "dimensions": 1,
        "paired": [8, 6, 2],
        "takes_part": 8,
        "everyone": [True, False, False],
        "lost": [0.0, 0.25, 0.75],
    }
)


@cache
def independence():
    rows = [
        {"team": team, "rule": rule, "when": when, "kept": kept, "kept_others": 0.9}
        for team, kept in (("Yard", 0.4), ("$Dock$", 1.1))
        for rule in ("mutual", "either")
        for when in ("now", "with pairs")
    ]
    return LeaderIndependence(pd.DataFrame(rows), "candour", 0)


def line(ax, label):
    return next(artist for artist in ax.lines if artist.get_label() == label)


def dots(ax, label):
    return next(artist for artist in ax.collections if artist.get_label() == label)


def test_the_curve_shows_shares_of_people_and_of_value():
    ax = pn.plots.plot_foundation_curve(CURVE)
    assert line(ax, "people who can be paired").get_ydata().tolist() == [1, 0.75, 0.25]
    assert line(ax, "value of the best pairing").get_ydata().tolist() == [1, 0.75, 0.25]


def test_steps_are_called_by_what_changes():
    assert [text.get_text() for text in pn.plots.plot_foundation_curve(CURVE).get_xticklabels()] == ["2", "3", "4"]
    layers = CURVE.assign(at_least=1.0, dimensions=[1, 2, 3])
    ax = pn.plots.plot_foundation_curve(layers)
    assert ax.get_xlabel() == "foundation layers on which a pair must trust each other"
    both = pn.plots.plot_foundation_curve(CURVE.assign(dimensions=[1, 2, 3]))
    assert both.get_xticklabels()[0].get_text() == "2 on 1"


def test_steps_at_which_everyone_can_be_paired_are_filled():
    fills = dots(pn.plots.plot_foundation_curve(CURVE), "filled: everyone can be paired").get_facecolors()
    assert (fills[1:, :3] == 1).all()
    assert (fills[0, :3] < 1).any()


def test_teams_stand_in_the_order_of_the_table_with_a_dot_per_rule():
    ax = pn.plots.plot_leader_independence(independence())
    assert [text.get_text() for text in ax.get_yticklabels()] == ["Yard", "$Dock$"]
    for rule in ("mutual", "either"):
        found = dots(ax, f"without the leader, {rule} ties").get_offsets()
        assert found[:, 0].tolist() == [0.4, 1.1]
    ax.figure.canvas.draw()


def test_what_is_left_without_another_is_told_once():
    labels = pn.plots.plot_leader_independence(independence()).get_legend_handles_labels()[1]
    assert labels.count("without another") == 1


def test_a_time_that_was_not_asked_for_is_refused():
    with pytest.raises(SettingError, match="when must be one of 'now', 'with pairs'; got 'later'"):
        pn.plots.plot_leader_independence(independence(), when="later")


def test_nothing_to_show_is_said():
    with pytest.raises(SettingError, match="No team is large enough to be shown"):
        pn.plots.plot_leader_independence(LeaderIndependence(independence().table.iloc[:0], "candour", 3))


def test_drawing_changes_no_table():
    before = CURVE.copy()
    pn.plots.plot_foundation_curve(CURVE, linewidth=3)
    pd.testing.assert_frame_equal(before, CURVE)


def test_a_team_whose_leader_is_not_known_has_no_dot():
    table = independence().table.assign(kept=np.nan)
    ax = pn.plots.plot_leader_independence(LeaderIndependence(table, "candour", 0))
    assert np.ma.getmaskarray(np.ma.masked_invalid(dots(ax, "without the leader, mutual ties").get_offsets())).any()
