"""Pictures that compare: ways of pairing, gates kept and open, kinds of pairs, and pairings under models of opinion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from peernet._arrays import Floats
from peernet._wording import count_in_digits
from peernet.compare.comparison import Comparison
from peernet.compare.kinds import PairingKinds
from peernet.compare.strategies import CHANCE, OWN, RANDOM, WAYS
from peernet.opinions.comparison import ScenarioComparison
from peernet.plots.style import (
    FAINT,
    GAIN,
    INK,
    QUIET,
    STRONG,
    axes_or_new,
    bare_rows,
    draw_legend,
    name_rows,
    styled,
    write_margin,
)

ROOMY = 12  # cells, up to which intervals are written too
BEYOND = 48.0  # points from the axis to the end of a column of shares, however narrow the picture
KEY = "thick frame: the kind named"


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
    >>> ax = pn.plots.plot_comparison(pn.compare_pairings(scores, draws=20))
    >>> ax.get_yticklabels()[-1].get_text()
    'attainable, gates open'
    """
    ax = axes_or_new(ax, (7.0, 3.6))
    table = comparison.table.sort_values("gain", kind="stable")
    rows, gain = np.arange(len(table)), table["gain"]
    ax.axvspan(*table.loc[RANDOM, ["low", "high"]], color=FAINT, zorder=0, label="95 of 100 random pairings")
    colours = [{OWN: STRONG}.get(str(name), QUIET if name in CHANCE else INK) for name in table.index]
    ax.hlines(rows, 0, gain, colors=colours, linewidth=1.0, alpha=0.4)
    ax.hlines(rows, table["low"], table["high"], colors=QUIET, linewidth=4.0)
    ax.scatter(gain, rows, **styled(kws, color=colours, s=60, zorder=3, clip_on=False))
    names = [WAYS.get(str(name), name) for name in table.index]
    _finish_totals(ax, names, most=float(max(gain.max(), table["high"].max())))
    _write_beside(ax, table["high"].fillna(gain), [f"{value:.1f}" for value in gain])
    founded = ["" if np.isnan(share) else f"{share:.0%}" for share in table["founded"]]
    write_margin(ax, 1.0, rows, founded, head="rest on trust", above=len(rows) - 0.45, points=BEYOND)
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
    >>> ax = pn.plots.plot_gate_prices(pn.gate_prices(pn.score_pairs(survey, pn.colleague_graph(survey))))
    >>> [label.get_text() for label in ax.get_yticklabels()][-1]
    'all gates kept'
    """
    ax = axes_or_new(ax, (7.0, 2.8))
    table = prices.iloc[::-1]
    rows, within = np.arange(len(table)), table["value"] - table["price"]
    ax.barh(rows, within, color=FAINT, height=0.6, label="within all gates")
    ax.barh(rows, table["price"], left=within, **styled(kws, color=STRONG, height=0.6, label="price of the gate"))
    _finish_totals(ax, table.index, most=float(table["value"].max()))
    added = [f"+{price:.1f}" for price in table["price"]]
    _write_beside(ax, table["value"], [*added[:-1], f"{table['value'].iloc[-1]:.1f}"])
    return ax


def _finish_totals(ax: Axes, names: Iterable[object], *, most: float) -> None:
    """Rows with their names above an axis of total gain that leaves room for numbers beside the rows."""
    names = [*names]
    name_rows(ax, np.arange(len(names)), names)
    bare_rows(ax, pad=8)
    ax.set(xlim=(0, 1.15 * most if most > 0 else 1.0), xlabel=f"total gain, {GAIN}")


def _write_beside(ax: Axes, values: Iterable[float], texts: Iterable[str]) -> None:
    """Text to the right of each row's value."""
    for row, (value, text) in enumerate(zip(values, texts, strict=True)):
        ax.annotate(text, (value, row), (7, 0), textcoords="offset points", va="center", color=INK)


def plot_kinds(kinds: PairingKinds, *, ax: Axes | None = None, **kws: object) -> Axes:
    """What each kind of pairing gains, experience downwards and perspective to the right.

    Parameters
    ----------
    kinds
        What `pairing_kinds` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.pcolormesh`.

    Returns
    -------
    matplotlib.axes.Axes
        The darker, the larger the mean gain, where one half of the items told the kind and the other the gain; where
        that cannot be told, at face value and in italics. A thick frame marks the kind named, which may cover several
        cells. Hatched: nothing may or can be said.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> ax = pn.plots.plot_kinds(pn.pairing_kinds(scores, progress=False))
    >>> ax.get_xlabel()
    'perspective'
    """
    table = kinds.table
    rows, columns = (table[view].drop_duplicates().tolist() for view in ("experience", "perspective"))
    ax = axes_or_new(ax, (max(5.2, 1.3 * len(columns) + 2.6), max(3.2, 0.75 * len(rows) + 1.2)))
    shown = "gain" if table["gain"].notna().any() else "face_value"
    grid = table.pivot(index="experience", columns="perspective", values=shown).reindex(index=rows, columns=columns)
    values = grid.to_numpy(dtype=float, na_value=np.nan)
    low, high = _limits(values)
    style = styled(kws, cmap="Blues", vmin=low, vmax=high, edgecolor="white")
    edges = [np.arange(-0.5, number) for number in (len(columns), len(rows))]
    cells = ax.pcolormesh(*edges, np.ma.masked_invalid(values), **style)
    digits = 2 if np.nanmax(values, initial=0.0) >= 0.1 else 3
    for _, row in table.iterrows():
        at = columns.index(row["perspective"]), rows.index(row["experience"])
        written = _written(row, digits, shown=shown, roomy=values.size <= ROOMY)
        _write(ax, *at, written, plain=shown == "gain")
        if row.name in kinds.covered(kinds.best):
            frame = Rectangle(
                (at[0] - 0.46, at[1] - 0.46), 0.92, 0.92, fill=False, edgecolor=INK, linewidth=2.8, zorder=4
            )
            ax.add_patch(frame)
    _name_sides(ax, rows, columns)
    if kinds.best is not None:
        ax.set_title(KEY, size="small", color=QUIET, loc="left")
    scale = ax.figure.colorbar(cells, ax=ax, label="gain per pair" if shown == "gain" else "gain per pair, face value")
    scale.outline.set_visible(False)
    if scale.solids is not None:  # as a picture it would be lost on a page that allows none
        scale.solids.set(rasterized=False, edgecolor="face")
    return ax


def _name_sides(ax: Axes, rows: list[str], columns: list[str]) -> None:
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel="perspective", ylabel="experience", ylim=(len(rows) - 0.5, -0.5))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _limits(values: Any) -> tuple[float, float]:  # noqa: ANN401
    """Ends of the scale, wide enough that no cell looks empty and dark writing can be read in all."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    span = max(float(np.ptp(known)), 1e-9)
    return float(known.min()) - 0.15 * span, float(known.max()) + 0.7 * span


def _written(row: pd.Series, digits: int, *, shown: str, roomy: bool) -> str:
    """Gain, and where there is room the interval and the number of pairs; empty where nothing may be said."""
    if pd.isna(row[shown]):
        return ""
    lines = [f"{row[shown]:.{digits}f}"]
    if roomy and shown == "gain":
        lines.append(f"{row['low']:.{digits}f} to {row['high']:.{digits}f}")
    if roomy:
        lines.append(count_in_digits(int(row["pairs"]), "pair", "pairs"))
    return "\n".join(lines)


def _write(ax: Axes, x: int, y: int, written: str, *, plain: bool) -> None:
    """Write into a cell, or hatch it where there is nothing to write."""
    if not written:
        ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor="white", edgecolor=FAINT, hatch="//", linewidth=0))
        return
    style = "normal" if plain else "italic"
    ax.text(x, y, written, ha="center", va="center", size="small", color=INK, style=style)


def plot_opinions(comparison: ScenarioComparison, *, ax: Axes | None = None, **kws: object) -> Axes:
    """What each pairing does to exposure later on, under each model of opinion, and at what price.

    Parameters
    ----------
    comparison
        What `compare_scenarios` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.scatter`, for the dots.

    Returns
    -------
    matplotlib.axes.Axes
        A row per pairing, by model from top to bottom: the exposure it adds with the middle 95 % of the draws; on the
        right the share of diversity it keeps and how much further apart partners end than without it. Filled where
        exposure surely rises, diversity is kept and partners are not driven apart.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> graph = pn.colleague_graph(survey)
    >>> found = pn.compare_scenarios(survey, graph, {"mine": [("p001", "p064")]}, draws=2, progress=False)
    >>> [label.get_text() for label in pn.plots.plot_opinions(found).get_yticklabels()]
    ['mine', 'mine', 'mine']
    """
    table = comparison.table.reset_index()
    ax = axes_or_new(ax, (7.4, 1.4 + 0.36 * len(table)))
    rows: Floats = -(np.arange(len(table)) + 1.3 * pd.factorize(table["model"])[0])  # room for the name of each model
    good = table[["raises", "keeps", "together"]].all(axis=1).to_numpy()
    colours = [STRONG if name == comparison.pairings[0] else INK for name in table["pairing"]]
    fills = [colour if fine else "white" for colour, fine in zip(colours, good, strict=True)]
    ax.axvline(0, color=QUIET, linewidth=0.8, zorder=0)
    ax.hlines(rows, table["exposure_low"], table["exposure_high"], colors=colours, linewidth=2.0, alpha=0.5)
    look = styled(kws, s=52, c=fills, edgecolors=colours, linewidths=1.4, zorder=3)
    ax.scatter(table["exposure"], rows, **look)
    _name_pairings(ax, table, rows)
    small = {"above": rows[0] + 1.25, "va": "bottom", "size": "small"}
    kept = [f"{share:.1%}" for share in table["diversity"]]
    write_margin(ax, 1.10, rows, kept, head="diversity\nkept", **small)
    # Numbers with their sign, which a zero has not.
    apart = ["–" if np.isnan(x) else "0.000" if abs(x) < 0.0005 else f"{x:+.3f}" for x in table["parted"]]
    write_margin(ax, 1.29, rows, apart, head="partners\nfurther apart", **small)
    _explain_dots(ax)
    return ax


def _name_pairings(ax: Axes, table: pd.DataFrame, rows: Floats) -> None:
    """Pairings beside their rows, models above them, and only the horizontal axis."""
    name_rows(ax, rows, table["pairing"])
    over: dict[str, Any] = {"transform": ax.get_yaxis_transform(), "va": "center", "color": QUIET}
    for row in np.flatnonzero(~table["model"].duplicated()):
        ax.text(0, rows[row] + 0.85, f"under {table['model'][row]}", **over)
    bare_rows(ax, pad=8)
    ax.grid(axis="x", color=FAINT, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.set(ylim=(rows[-1] - 0.7, rows[0] + 1.3), xlabel="later exposure the pairing adds, effective perspectives")


def _explain_dots(ax: Axes) -> None:
    """What filled and hollow dots mean."""
    dot: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 7, "color": INK}
    handles = [
        Line2D([], [], label="more exposure, diversity kept", **dot),
        Line2D([], [], mfc="white", label="not sure, or partners driven apart", **dot),
    ]
    place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (-0.05, 1.0), "ncols": 2}
    draw_legend(ax, handles=handles, fontsize="small", columnspacing=1.0, handletextpad=0.1, **place)
