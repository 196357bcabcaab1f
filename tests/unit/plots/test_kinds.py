"""The picture of what each kind of pairing brings, read off its artists."""

import numpy as np
import pytest

import peernet as pn
from tests.made.kinds import made, quick

pytestmark = pytest.mark.filterwarnings("ignore::peernet.errors.PeernetWarning")  # no layer asks about trust


@pytest.fixture(scope="module")
def kinds():
    return quick(*made(80, best="same", aimed=0.7))


def test_cells_are_the_gains_experience_down_and_perspective_across(kinds):
    ax = pn.plots.plot_kinds(kinds)
    assert np.asarray(ax.collections[0].get_array()).ravel() == pytest.approx(kinds.table["gain"].to_numpy())
    assert [label.get_text() for label in ax.get_xticklabels()] == ["same group", "different groups"]


def test_cells_tell_gain_interval_and_pairs_in_words(kinds):
    row = kinds.table.iloc[0]
    said = [f"{row['gain']:.2f}", f"{row['low']:.2f} to {row['high']:.2f}", f"{row['pairs']:,} pairs"]
    assert pn.plots.plot_kinds(kinds).texts[0].get_text().split("\n") == said


def test_the_kind_named_is_framed_and_starred(kinds):
    ax = pn.plots.plot_kinds(kinds)
    frame = max(ax.patches, key=lambda patch: patch.get_linewidth())
    assert (round(frame.get_x()), round(frame.get_y())) == (1, 0)


def test_hidden_kinds_are_hatched_and_say_nothing(kinds):
    hidden = kinds.shareable(floor=1000)
    ax = pn.plots.plot_kinds(hidden)
    assert [patch.get_hatch() for patch in ax.patches] == ["//"] * 4
    assert not ax.texts


def test_where_nothing_can_be_told_face_values_are_shown_in_italics():
    survey = pn.load_aarhus()
    ax = pn.plots.plot_kinds(pn.pairing_kinds(pn.score_pairs(survey, pn.colleague_graph(survey), experience=None)))
    assert {text.get_style() for text in ax.texts} == {"italic"}
    assert not any(patch.get_linewidth() > 2 for patch in ax.patches)


def test_many_kinds_have_room_for_the_gain_only():
    ax = pn.plots.plot_kinds(quick(made(80, best="same", aimed=0.7)[0], bands=5))
    assert all("\n" not in text.get_text() for text in ax.texts)
