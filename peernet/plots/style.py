"""Pictures: each takes a result, draws it on an Axes and returns that Axes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from peernet.compare.comparison import Comparison
from peernet.compare.strategies import WAYS
from peernet.diversity.ledger import Exposure
from peernet.pairing.pairing import Pairing
from peernet.plots.layout import place_colleagues
from peernet.plots.tie_lines import TOGETHER, segments, ties_by_layer

__all__ = ["plot_colleagues", "plot_comparison", "plot_exposure", "plot_gate_prices"]

PairingOrPairs = Pairing | Iterable[tuple[str, str]]

INK, QUIET, FAINT, STRONG = "#1f2933", "#7b8794", "#d9dee4", "#0b5fa5"
PALETTE = [colour for i, colour in enumerate(sns.color_palette("colorblind", 10).as_hex()) if i != 7]  # 7 is grey
TIES = ("#77aadd", "#ee8866", "#aaaa00", "#cc99cc", "#44bb99")  # light, told apart by the colour-blind (Tol 2021)
MARKERS = "os^DvPX"
GAIN = "effective perspectives"


def plot_colleagues(
    graph: nx.MultiDiGraph[str],
    pairing: PairingOrPairs | None = None,
    *,
    colour: pd.Series | None = None,
    layers: Sequence[str] | None = None,
    places: pd.DataFrame | None = None,
    legend: bool = True,
    seed: int = 0,
    ax: Axes | None = None,
    **kws: object,
) -> Axes:
    """Colleague graph: ties drawn lightly by layer, the proposed pairs strongly on top.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    pairing
        What `pair_people` returned, or any pairs of people; people in none are drawn smaller.
    colour
        Group of each person, index ``person``, for example a column of ``PeopleClusters.table``.
    layers
        Tie layers to draw, each in its colour; two people's ties on several lie side by side. A tie is mutual on the
        layers a pairing rests on and either way on others, as in `tie_layer`. By default the contact layers, if there
        are no more than five. ``()``: all contact in one grey, which is calmer among hundreds of people.
    places
        Where to draw people, by default what `place_colleagues` finds.
    legend
        Whether to draw a legend.
    seed
        Seed of the layout.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.scatter`, for people.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    SettingError
        If the graph has no such layer.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> graph = pn.colleague_graph(survey)
    >>> ax = plot_colleagues(graph, [("U1", "U3")], colour=survey.people["role"], layers=["work", "lunch"])
    >>> {lines.get_label(): len(lines.get_segments()) for lines in ax.collections[:3]}
    {'work': 194, 'lunch (mutual)': 193, 'proposed pair': 1}
    """
    ax = axes_or_new(ax, (8.0, 7.0))
    places = place_colleagues(graph, seed=seed) if places is None else places
    people = list(graph)
    pairs = _pairs(pairing)
    for number, (name, ends) in enumerate(segments(ties_by_layer(graph, layers), places).items()):
        _ties(ax, ends, name, number)
    if pairs:
        _lines(ax, places, pairs, INK, 1.3, "proposed pair", halo=1.2)
    paired = {person for pair in pairs for person in pair}
    size = float(np.clip(700 / np.sqrt(max(len(people), 1)), 40, 110))
    sizes = pd.Series([size if person in paired or not pairs else 0.4 * size for person in people], index=people)
    _people(ax, places, colour, sizes, kws)
    ax.set_axis_off()
    ax.set_aspect("equal")
    if legend:
        _legend(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def plot_comparison(comparison: Comparison, *, ax: Axes | None = None, **kws: object) -> Axes:
    """Ways of pairing on one axis of total gain, with the band of chance and what could be attained.

    Parameters
    ----------
    comparison
        What `compare_pairings` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.scatter`.

    Returns
    -------
    matplotlib.axes.Axes
        From bottom to top by gain; on the right the share of pairs that rests on trust.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> ax = plot_comparison(pn.compare_pairings(scores, draws=20))
    >>> ax.get_yticklabels()[-1].get_text()
    'attainable, gates open'
    """
    ax = axes_or_new(ax, (7.0, 3.6))
    table = comparison.table.sort_values("gain", kind="stable")
    rows, gain = np.arange(len(table)), table["gain"]
    ax.axvspan(*table.loc["random", ["low", "high"]], color=FAINT, zorder=0, label="95 of 100 random pairings")
    colours = [{"peernet": STRONG}.get(str(name), QUIET if "random" in str(name) else INK) for name in table.index]
    ax.hlines(rows, 0, gain, colors=colours, linewidth=1.0, alpha=0.4)
    ax.hlines(rows, table["low"], table["high"], colors=QUIET, linewidth=4.0)
    ax.scatter(gain, rows, **_style(kws, color=colours, s=60, zorder=3, clip_on=False))
    _bare(ax, rows, [WAYS.get(str(name), name) for name in table.index], most=float(gain.max()))
    _beside(ax, table["high"].fillna(gain), [f"{value:.1f}" for value in gain])
    _margin(ax, "rest on trust", ["" if np.isnan(share) else f"{share:.0%}" for share in table["founded"]])
    return ax


def plot_gate_prices(prices: pd.DataFrame, *, ax: Axes | None = None, **kws: object) -> Axes:
    """What each gate costs: the value within all gates, and what opening each would add.

    Parameters
    ----------
    prices
        What `gate_prices` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.barh`, for the price.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> ax = plot_gate_prices(pn.gate_prices(pn.score_pairs(survey, pn.colleague_graph(survey))))
    >>> [label.get_text() for label in ax.get_yticklabels()][-1]
    'all gates kept'
    """
    ax = axes_or_new(ax, (7.0, 2.8))
    table = prices.iloc[::-1]
    rows, within = np.arange(len(table)), table["value"] - table["price"]
    ax.barh(rows, within, color=FAINT, height=0.6, label="within all gates")
    ax.barh(rows, table["price"], left=within, **_style(kws, color=STRONG, height=0.6, label="price of the gate"))
    _bare(ax, rows, table.index, most=float(table["value"].max()))
    added = [f"+{price:.1f}" for price in table["price"]]
    _beside(ax, table["value"], [*added[:-1], f"{table['value'].iloc[-1]:.1f}"])
    return ax


def plot_exposure(exposure: Exposure, *, ax: Axes | None = None, **kws: object) -> Axes:
    """Perspectives in reach of each person, from before the pairing to after it.

    Parameters
    ----------
    exposure
        What `exposure` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.vlines`, for the gains.

    Returns
    -------
    matplotlib.axes.Axes
        People from left to right by what they reach before.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> plot_exposure(pn.exposure(scores, pn.pair_people(scores))).get_ylabel()
    'effective perspectives in reach'
    """
    ax = axes_or_new(ax, (7.0, 3.4))
    table = exposure.table.dropna(subset=["before"]).sort_values("before", kind="stable").reset_index()
    ax.vlines(table.index, table["before"], table["after"], **_style(kws, color=STRONG, linewidth=1.4))
    ax.scatter(table.index, table["before"], s=7, color=QUIET, label="before", zorder=3)
    gained = table[table["partners"] > 0]
    ax.scatter(gained.index, gained["after"], s=11, color=STRONG, label="after", zorder=3)
    ax.set(xticks=[], xlabel="people, by what they reach before", ylabel=f"{GAIN} in reach")
    ax.spines[["top", "right"]].set_visible(False)
    _legend(ax, loc="upper left")
    return ax


def axes_or_new(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """The axes given, or the only ones of a new figure of that size in inches."""
    return plt.figure(figsize=size, layout="constrained").subplots() if ax is None else ax


def _pairs(pairing: PairingOrPairs | None) -> list[tuple[str, str]]:
    return pairing.pairs if isinstance(pairing, Pairing) else list(pairing or ())


def _ties(ax: Axes, ends: npt.NDArray[np.float64], name: str, number: int) -> None:
    """Light lines of one layer, finer and paler the more there are; all contact together is grey."""
    colour = FAINT if name == TOGETHER else TIES[number % len(TIES)]
    crowd = 1 / np.sqrt(max(len(ends), 1))
    look = {"linewidths": float(np.clip(10 * crowd, 0.5, 0.9)), "alpha": float(np.clip(12 * crowd, 0.4, 0.8))}
    look |= {"alpha": 1.0} if name == TOGETHER else {}
    ax.add_collection(LineCollection(list(ends), colors=colour, label=name, zorder=1, **look))


def _lines(
    ax: Axes,
    places: pd.DataFrame,
    pairs: Iterable[tuple[str, str]],
    colour: str,
    width: float,
    label: str,
    halo: float = 0.0,
) -> None:
    """Straight lines between two people each, where both have a place, on a white halo so that they stand out."""
    at = {str(person): (x, y) for person, x, y in places.itertuples(name=None)}
    segments = [(at[a], at[b]) for a, b in pairs if a in at and b in at]
    around = [withStroke(linewidth=width + halo, foreground="white")] if halo else None
    lines = LineCollection(segments, colors=colour, linewidths=width, label=label, zorder=1, path_effects=around)
    ax.add_collection(lines)


def _people(
    ax: Axes, places: pd.DataFrame, groups: pd.Series | None, sizes: pd.Series[float], kws: Mapping[str, object]
) -> None:
    """Dots, one colour and shape per group, people without a group grey."""
    groups = pd.Series(pd.NA, index=places.index) if groups is None else groups.reindex(places.index)
    named = groups.dropna().drop_duplicates().sort_values()
    looks = {group: _group_look(number, group) for number, group in enumerate(named)}
    looks[None] = {"color": QUIET, "label": "no group" if looks else "person"}
    for group, look in looks.items():
        own = places[groups.isna() if group is None else (groups == group).fillna(False)]
        if len(own):
            style = _style({**look, **kws}, edgecolors="white", linewidths=0.5, zorder=2)
            ax.scatter(own["x"], own["y"], s=sizes[own.index], **style)


def _group_look(number: int, group: Hashable) -> dict[str, object]:
    colour, marker = group_style(number)
    return {"color": colour, "marker": marker, "label": f"group {group}"}


def _style(chosen: Mapping[str, object], **usual: object) -> dict[str, Any]:
    """Keywords for matplotlib, the caller's before the usual ones."""
    return {**usual, **chosen}


def group_style(number: int) -> tuple[str, str]:
    """Colour and shape of the group with this number, from 0."""
    return PALETTE[number % len(PALETTE)], MARKERS[number % len(MARKERS)]


def _legend(ax: Axes, **place: object) -> None:
    legend = ax.legend(**_style(place, frameon=False))
    for handle in legend.legend_handles:
        if isinstance(handle, Line2D):  # as fine and pale as in the picture it could not be told apart
            handle.set(alpha=1.0, linewidth=1.6)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _bare(ax: Axes, rows: npt.NDArray[np.int64], names: Iterable[object], *, most: float) -> None:
    """Rows with their names, and only the horizontal axis."""
    ax.set_yticks(rows, [str(name) for name in names])
    for label in ax.get_yticklabels():
        label.set_parse_math(False)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0, pad=8)
    ax.set(xlim=(0, 1.15 * most if most > 0 else 1.0), xlabel=f"total gain, {GAIN}")


def _beside(ax: Axes, values: Iterable[float], texts: Iterable[str]) -> None:
    """Text to the right of each row's value."""
    for row, (value, text) in enumerate(zip(values, texts, strict=True)):
        ax.annotate(text, (value, row), (7, 0), textcoords="offset points", va="center", color=INK)


def _margin(ax: Axes, head: str, texts: Sequence[str]) -> None:
    """A column of text in the right margin, under its heading."""
    place = ax.get_yaxis_transform()
    ax.text(1.14, len(texts) - 0.45, head, transform=place, ha="right", color=INK)
    for row, text in enumerate(texts):
        ax.text(1.14, row, text, transform=place, ha="right", va="center", color=INK)
