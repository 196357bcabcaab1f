"""Pictures, judged by what their artists hold, never by pixels."""

from __future__ import annotations

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import peernet as pn
from peernet.compare.comparison import Comparison
from peernet.errors import SettingError
from peernet.plots import colleagues, diversity, style
from peernet.plots.comparison import plot_comparison, plot_gate_prices
from tests.made.studies import aarhus, harbour, nobody_paired


@pytest.fixture
def ax() -> Axes:
    return Figure().subplots()


def artist(ax: Axes, label: str):
    (found,) = [child for child in ax.get_children() if child.get_label() == label]
    return found


def labels(ax: Axes) -> set[str]:
    return {str(child.get_label()) for child in ax.collections}


def test_the_colleague_graph_draws_each_pair_and_each_tie_once(ax: Axes) -> None:
    study = harbour()
    colleagues.plot_colleagues(study.graph, study.pairing, layers=(), ax=ax)
    contact = {frozenset(e[:2]) for e in study.graph.edges(keys=True) if e[2] in study.graph.graph["contact"]}
    assert len(artist(ax, "proposed pair").get_segments()) == len(study.pairing)
    assert len(artist(ax, "hear each other now").get_segments()) == len(contact)


def test_every_contact_layer_has_its_colour_and_its_ties(ax: Axes) -> None:
    graph = harbour().graph
    colleagues.plot_colleagues(graph, ax=ax)
    drawn = {layer: artist(ax, layer.replace("_", " ")) for layer in graph.graph["contact"]}
    for layer, lines in drawn.items():
        assert len(lines.get_segments()) == pn.graph.tie_layer(graph, layer).number_of_edges()
    assert len({to_hex(lines.get_color()[0]) for lines in drawn.values()}) == len(drawn) == 2


def test_layers_a_pairing_rests_on_are_drawn_where_ties_are_mutual(ax: Axes) -> None:
    graph = harbour().graph
    colleagues.plot_colleagues(graph, layers=["trust"], ax=ax)
    lines = artist(ax, "trust (mutual)").get_segments()
    assert len(lines) == pn.graph.tie_layer(graph, "trust", rule="mutual").number_of_edges()


def test_lines_are_strong_enough_in_the_legend_to_be_told_apart(ax: Axes) -> None:
    colleagues.plot_colleagues(harbour().graph, ax=ax)
    handles = [handle for handle in ax.get_legend().legend_handles if isinstance(handle, Line2D)]
    assert [(handle.get_alpha(), handle.get_linewidth()) for handle in handles] == [(1.0, 1.6)] * 2


def test_a_layer_that_is_not_there_cannot_be_drawn(ax: Axes) -> None:
    with pytest.raises(SettingError, match="No tie layer 'golf'"):
        colleagues.plot_colleagues(aarhus().graph, layers=["golf"], ax=ax)


def test_pairs_are_drawn_between_the_places_of_the_two(ax: Axes) -> None:
    places = pd.DataFrame({"x": [0.1, 0.2, 0.3], "y": [0.4, 0.5, 0.6]}, index=["U1", "U10", "U3"])
    colleagues.plot_colleagues(aarhus().graph, [("U1", "U3")], places=places, ax=ax)
    assert artist(ax, "proposed pair").get_segments()[0].tolist() == [[0.1, 0.4], [0.3, 0.6]]


def test_proposed_pairs_stand_out_from_contact(ax: Axes) -> None:
    colleagues.plot_colleagues(aarhus().graph, aarhus().pairing, layers=(), ax=ax)
    pair, contact = artist(ax, "proposed pair"), artist(ax, "hear each other now")
    assert pair.get_linewidth()[0] > 2 * contact.get_linewidth()[0]
    assert pair.get_color()[0][:3].mean() < 0.3 < contact.get_color()[0][:3].mean()


def test_proposed_pairs_stand_out_from_every_layer_and_lie_on_top(ax: Axes) -> None:
    colleagues.plot_colleagues(aarhus().graph, aarhus().pairing, ax=ax)
    lines = [child for child in ax.collections if isinstance(child, LineCollection)]
    assert lines[-1] is artist(ax, "proposed pair")
    for layer in lines[:-1]:
        assert layer.get_color()[0][:3].mean() > 0.4
        assert layer.get_linewidth()[0] < lines[-1].get_linewidth()[0]


def test_each_group_has_its_own_colour_and_nobody_is_left_out(ax: Axes) -> None:
    study = harbour()
    groups = study.clusters.table["perspective"]
    colleagues.plot_colleagues(study.graph, study.pairing, colour=groups, ax=ax)
    drawn = {label: artist(ax, label) for label in labels(ax) if "group" in label}
    assert {label: len(dots.get_offsets()) for label, dots in drawn.items()} == {
        "no group": int(groups.isna().sum()),
        **{f"group {group}": int(size) for group, size in groups.value_counts().items()},
    }
    assert len({to_hex(dots.get_facecolor()[0]) for dots in drawn.values()}) == len(drawn)


def test_people_without_a_partner_are_smaller(ax: Axes) -> None:
    study = aarhus()
    colleagues.plot_colleagues(study.graph, study.pairing, ax=ax)
    sizes = artist(ax, "person").get_sizes()
    assert [(sizes == size).sum() for size in sorted(set(sizes))] == [
        len(study.pairing.unpaired),
        2 * len(study.pairing),
    ]


def test_keywords_reach_the_people(ax: Axes) -> None:
    colleagues.plot_colleagues(aarhus().graph, color="red", ax=ax)
    assert to_hex(artist(ax, "person").get_facecolor()[0]) == "#ff0000"


def test_group_names_are_never_read_as_formulas(ax: Axes) -> None:
    graph = aarhus().graph
    hostile = pd.Series("$\\frac{", index=list(graph))
    colleagues.plot_colleagues(graph, colour=hostile, ax=ax)
    ax.figure.canvas.draw()
    assert "group $\\frac{" in [text.get_text() for text in ax.get_legend().get_texts()]


def comparison(**gains: float) -> Comparison:
    table = pd.DataFrame({"gain": gains, "low": np.nan, "high": np.nan, "founded": 0.5}).rename_axis("strategy")
    table.loc["random", ["low", "high"]] = [2.0, 4.0]
    return Comparison(table, np.array([2.0, 3.0, 4.0]))


def test_ways_of_pairing_are_dots_in_the_order_of_their_gain(ax: Axes) -> None:
    plot_comparison(comparison(peernet=5.0, random=3.0, attainable=9.0), ax=ax)
    dots = ax.collections[-1].get_offsets()
    assert dots.tolist() == [[3.0, 0.0], [5.0, 1.0], [9.0, 2.0]]
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "random, gates ignored",
        "peernet, within gates",
        "attainable, gates open",
    ]


def test_the_band_of_chance_runs_from_its_low_to_its_high(ax: Axes) -> None:
    plot_comparison(comparison(peernet=5.0, random=3.0), ax=ax)
    band = artist(ax, "95 of 100 random pairings")
    assert (band.get_x(), band.get_x() + band.get_width()) == (2.0, 4.0)


def test_a_strategy_of_any_name_can_be_drawn(ax: Axes) -> None:
    plot_comparison(comparison(**{"$mine\\": 5.0, "random": 3.0}), ax=ax)
    ax.figure.canvas.draw()
    assert ax.get_yticklabels()[-1].get_text() == "$mine\\"


def test_gates_are_bars_of_what_stays_and_what_opening_adds(ax: Axes) -> None:
    prices = pd.DataFrame({"value": [4.0, 6.5], "price": [0.0, 2.5]}, index=["all gates kept", "goals open"])
    plot_gate_prices(prices, ax=ax)
    assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [(0, 4.0), (0, 4.0), (4.0, 2.5), (4.0, 0.0)]
    assert [text.get_text() for text in ax.texts] == ["+2.5", "4.0"]


def test_exposure_rises_from_before_to_after(ax: Axes) -> None:
    exposure = harbour().exposure
    diversity.plot_exposure(exposure, ax=ax)
    known = exposure.table.dropna(subset=["before"]).sort_values("before", kind="stable")
    rises = np.array([segment[:, 1] for segment in ax.collections[0].get_segments()])
    np.testing.assert_allclose(rises, known[["before", "after"]])
    assert len(artist(ax, "after").get_offsets()) == (known["partners"] > 0).sum()


def draw_everything(study) -> list[Axes]:
    return [
        colleagues.plot_colleagues(study.graph, study.pairing),
        *pn.plots.plot_views(study.clusters, study.survey, pairing=study.pairing),
        plot_comparison(study.comparison),
        plot_gate_prices(study.prices),
        diversity.plot_exposure(study.exposure),
    ]


def test_every_picture_can_be_drawn_where_nobody_is_paired() -> None:
    for ax in draw_everything(nobody_paired()):
        ax.figure.canvas.draw()


def test_pictures_change_no_setting_of_matplotlib() -> None:
    before = dict(mpl.rcParams)
    draw_everything(aarhus())
    assert dict(mpl.rcParams) == before


def test_a_given_axes_is_used_and_no_other_figure_is_made(ax: Axes) -> None:
    from matplotlib import pyplot as plt

    colleagues.plot_colleagues(aarhus().graph, ax=ax)
    assert plt.get_fignums() == []


def test_colours_can_be_told_apart_and_repeat_only_with_another_shape() -> None:
    looks = [style.group_style(number) for number in range(60)]
    assert len(set(looks)) == 60
    assert len({colour for colour, _ in looks[:8]}) == 8


def test_importing_the_pictures_chooses_no_backend() -> None:
    code = "import peernet.plots, matplotlib as m; print(type(m.rcParams._get('backend')).__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "object"  # matplotlib's mark for "not chosen yet"
