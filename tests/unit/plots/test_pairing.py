"""Pictures of a pairing show the numbers of their results."""

from dataclasses import replace

import numpy as np
import pytest

import peernet as pn
from peernet.errors import SettingError
from tests.made.surveys import both_ways, survey_of


@pytest.fixture(scope="module")
def scores():
    survey = pn.load_aarhus()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


@pytest.fixture(scope="module")
def frontier(scores):
    return pn.pairing_frontier(scores, progress=False)


@pytest.fixture(scope="module")
def stability():
    return pn.pairing_stability(pn.load_aarhus(), draws=12, progress=False)


def dots(ax, label):
    return next(artist for artist in ax.collections if artist.get_label().startswith(label))


def places(ax, label):
    return dots(ax, label).get_offsets().data.tolist()


def test_chosen_pairs_stand_among_the_possible_ones():
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    pairing = pn.pair_people(scores)
    ax = pn.plots.plot_pairing(pairing)
    chosen = sorted(places(ax, "chosen pairs (98)"))
    expected = sorted(pairing.table[["experience", "perspective"]].to_numpy().tolist())
    assert np.allclose(chosen, expected, atol=1e-6)
    assert len(places(ax, "possible pairs (873)")) == 873
    middle = [mark.get_offsets().data[0] for mark in ax.collections if mark.get_label() == "_median"]
    assert middle[1] == pytest.approx(pairing.table[["experience", "perspective"]].median().to_numpy())


def test_trios_and_circles_are_drawn_by_everyone_who_meets(scores):
    for found in (pn.pair_with_trios(scores), pn.form_circles(scores, progress=False)):
        ax = pn.plots.plot_pairing(found)
        assert dots(ax, f"chosen pairs ({len(found.pairs)})")


def test_pairs_at_one_place_are_one_larger_dot(scores):
    ax = pn.plots.plot_pairing(pn.pair_people(scores))
    assert places(ax, "chosen") == [[0.0, 1.0]]
    sizes = dots(ax, "possible").get_sizes()
    assert sizes.max() > sizes.min()


def test_very_many_possible_pairs_are_thinned(scores, monkeypatch):
    monkeypatch.setattr("peernet.plots.pairing.MOST_DOTS", 10)
    ax = pn.plots.plot_pairing(pn.pair_people(scores))
    assert len(places(ax, "possible pairs (122)")) <= 10


def test_a_survey_without_experience_is_refused():
    answers = {"a": {"perspective_1": 1}, "b": {"perspective_1": 5}}
    survey = survey_of(answers, {"works_with": [], "trust": both_ways(("a", "b"))})
    with pytest.raises(SettingError, match="asks nothing about experience"):
        pn.plots.plot_pairing(pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey))))


def test_nobody_paired_is_drawn_too():
    answers = {"a": {"perspective_1": 1, "experience_1": 2}, "b": {"perspective_1": 5, "experience_1": 2}}
    survey = survey_of(answers, {"works_with": [], "trust": []})
    ax = pn.plots.plot_pairing(pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey))))
    assert places(ax, "chosen pairs (0)") == []


def test_the_curve_holds_every_corner_and_marks_the_knee(frontier):
    ax = pn.plots.plot_frontier(frontier)
    curve = ax.lines[0].get_xydata()
    assert curve.tolist() == frontier.table[["closeness", "value"]].to_numpy().tolist()
    knee = frontier.table.loc[frontier.knee]
    assert places(ax, "knee") == [[knee["closeness"], knee["value"]]]
    assert f"{knee['pairs']:.0f} pairs,\n{knee['apart']:.2f} apart" in [text.get_text() for text in ax.texts]
    proposed = frontier.proposed
    assert places(ax, "best with the experience gate") == [[proposed["closeness"], proposed["value"]]]


def test_points_under_the_hull_are_hollow(frontier):
    table = frontier.table.assign(kind=["supported"] + ["unsupported"] * (len(frontier.table) - 1))
    line = pn.plots.plot_frontier(replace(frontier, table=table)).lines[1]
    assert line.get_xydata().tolist() == table.loc[1:, ["closeness", "value"]].to_numpy().tolist()
    assert line.get_markerfacecolor() == "white"


def test_against_the_foundation_no_distance_is_told(scores):
    ax = pn.plots.plot_frontier(pn.pairing_frontier(scores, against="foundation", points=4, progress=False))
    assert ax.get_xlabel() == "strength of foundation, total over pairs"
    assert not any("apart" in text.get_text() for text in ax.texts)


def test_proposed_pairs_are_drawn_surest_first(stability):
    ax = pn.plots.plot_pairing_stability(stability)
    shown = sorted(place for label in ("stable", "likely", "one of") for place in _places_if_any(ax, label))
    proposed = stability.pairs.loc[stability.pairs["proposed"], "inclusion"].sort_values(ascending=False)
    assert [height for _, height in shown] == proposed.tolist()
    line = next(line for line in ax.lines if line.get_label() == "consensus")
    assert line.get_ydata().sum() == pytest.approx(stability.consensus["inclusion"].sum())


def _places_if_any(ax, label):
    return [
        place
        for artist in ax.collections
        if artist.get_label().startswith(label)
        for place in artist.get_offsets().data.tolist()
    ]


def test_pictures_go_where_they_are_told(scores, frontier, stability):
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(1, 3)
    assert pn.plots.plot_pairing(pn.pair_people(scores), ax=axes[0], color="red") is axes[0]
    assert pn.plots.plot_frontier(frontier, ax=axes[1], color="red") is axes[1]
    assert pn.plots.plot_pairing_stability(stability, ax=axes[2], s=3) is axes[2]
    assert axes[1].lines[0].get_color() == "red"
