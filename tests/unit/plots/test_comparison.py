"""Pictures of ways of pairing and of gates show the numbers of their tables."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from peernet.compare.comparison import Comparison
from peernet.plots.comparison import plot_comparison, plot_gate_prices
from tests.made.artists import artist


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


@pytest.mark.parametrize("gain", [8.9, 123.4])
@pytest.mark.parametrize("width", [5.6, 9.0])
def test_the_share_on_trust_stands_clear_of_the_gain_beside_its_dot(gain: float, width: float) -> None:
    ways = {"peernet": gain / 2, "random": 3.0, "same experience, different outlook": gain / 2, "attainable": gain}
    with plt.rc_context({"font.size": 11}):
        figure, ax = plt.subplots(figsize=(width, 3.3), layout="constrained")
        plot_comparison(comparison(**ways), ax=ax)
        figure.canvas.draw()
    boxes = [(text.get_text(), text.get_window_extent()) for text in ax.texts]
    gains = [box for text, box in boxes if text == f"{gain:.1f}"]
    shares = [box for text, box in boxes if text == "50%"]
    assert (len(gains), len(shares)) == (1, 4)
    assert min(box.x0 for box in shares) > gains[0].x1 + 2
    plt.close(figure)
