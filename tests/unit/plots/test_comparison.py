"""Pictures of ways of pairing and of gates show the numbers of their tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
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
