"""Pictures of what pairings did: effects with intervals, a surface of responses, a test's draws, and what a plan tells.

All of them read results of the rooms below and work nothing out anew: an interval, a p value or a power that is drawn
stands in the table it came from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from peernet._arrays import Floats
from peernet._wording import count_in_digits
from peernet.dyads.effects import Effects, p_words
from peernet.errors import SettingError, checked_list, did_you_mean, type_in_words
from peernet.outcomes.plan import StudyPlan
from peernet.outcomes.trials import WANTED
from peernet.plots.style import (
    FAINT,
    INK,
    QUIET,
    STRONG,
    axes_or_new,
    bare_rows,
    draw_legend,
    group_style,
    name_rows,
    styled,
)

INTERCEPT = "intercept"  # of all or of a group: tells where the outcome lies and would press everything else together
MOST_BARS = 40
APART = 0.22  # rows between two results of one term


class Surface(Protocol):
    """Responses over the values of both members: on a grid, missing outside the data, and those observed."""

    @property
    def grid(self) -> pd.DataFrame:
        """Columns ``x``, ``y`` and ``outcome``, every x with every y; outcome missing outside the data."""
        ...

    @property
    def data(self) -> pd.DataFrame:
        """Columns ``x``, ``y`` and ``outcome``, one row per person."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """What the ``outcome`` and the ``predictor`` are called."""
        ...


def plot_effects(
    effects: Effects | Mapping[str, Effects],
    terms: Sequence[str] | None = None,
    *,
    ax: Axes | None = None,
    **kws: object,
) -> Axes:
    """Estimates with their 95 % intervals about a line at zero, of one result or of several side by side.

    Parameters
    ----------
    effects
        A result, or several by name.
    terms
        Terms to draw, from top to bottom; all but the intercept by default.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.scatter`, for the estimates.

    Returns
    -------
    matplotlib.axes.Axes
        A row per term, in it a dot per result that has the term; a dot without a line has no interval, and a line that
        ends in an arrow no end to that side. The caption, or the legend where there are several, says how many pairs
        went in and how many were left out.

    Raises
    ------
    SettingError
        If no result has a term, or there is nothing to draw.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> table = pd.DataFrame({"estimate": [2.0, -0.5], "low": [1.0, -2.0], "high": [3.0, 1.0]}, ["actor", "partner"])
    >>> found = pn.dyads.Effects(table=table, card={"pairs": 40}, sentence="...", method="...", citation="...")
    >>> ax = pn.plots.plot_effects(found)
    >>> [label.get_text() for label in ax.get_yticklabels()], ax.get_title(loc="left")
    (['actor', 'partner'], '40 pairs, none left out')
    """
    several = effects if isinstance(effects, Mapping) else {"": effects}
    for result in several.values():
        _refuse_other(result)
    shown = _terms(several, terms)
    ax = axes_or_new(ax, (6.4, 1.5 + (0.34 + APART * (len(several) - 1)) * len(shown)))
    ax.axvline(0, color=QUIET, linewidth=0.8, zorder=0)
    shared = any(sum(term in result.table.index for result in several.values()) > 1 for term in shown)
    spread = APART * (np.arange(len(several)) - (len(several) - 1) / 2) * shared
    reach = _reach([result.table.reindex(shown) for result in several.values()])
    for number, ((name, result), shift) in enumerate(zip(several.items(), spread, strict=True)):
        table, (colour, marker) = result.table.reindex(shown), group_style(number)
        rows, look = np.arange(len(shown)) + shift, {"color": colour if name else STRONG, "marker": marker}
        low, high = (table[end].clip(*reach) for end in ("low", "high"))
        ax.hlines(rows, low, high, colors=[look["color"]], linewidth=2.0, alpha=0.6)
        for end, arrow in (("low", "<"), ("high", ">")):
            if (endless := np.isinf(table[end].to_numpy(dtype=float))).any():
                ends = table[end].clip(*reach)[endless]
                ax.scatter(ends, rows[endless], color=look["color"], marker=arrow, s=36, alpha=0.6)
        label = f"{name}: {_went_in(result)}" if name else None
        ax.scatter(table["estimate"], rows, **styled(kws, **look, s=42, zorder=3, label=label))
    name_rows(ax, np.arange(len(shown)), shown)
    bare_rows(ax)
    room = 0.5 + APART * (len(several) - 1) / 2
    banded = any(result.table.reindex(shown)["low"].notna().any() for result in several.values())
    band = ", with its 95 % interval" * banded
    ax.set(ylim=(len(shown) - 1 + room, -room), xlabel=f"effect on the outcome{band}")
    if isinstance(effects, Mapping):
        draw_legend(ax, loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.0, handletextpad=0.2)
    else:
        ax.set_title(_went_in(effects), size="small", color=QUIET, loc="left")
    return ax


def _reach(tables: Sequence[pd.DataFrame]) -> tuple[float, float]:
    """How far to draw intervals that have no end: beyond all that has one, and beyond nought."""
    ends = np.concatenate(
        [[0.0], *(table[["estimate", "low", "high"]].to_numpy(dtype=float).ravel() for table in tables)]
    )
    ends = ends[np.isfinite(ends)]
    beyond = float(np.ptp(ends)) / 4 or 1.0
    return float(ends.min()) - beyond, float(ends.max()) + beyond


def _terms(several: Mapping[str, Effects], terms: Sequence[str] | None) -> list[str]:
    """Terms to draw: those asked for, or all that have an estimate."""
    terms = None if terms is None else checked_list("terms", terms, "terms of the results")
    known = list(dict.fromkeys(str(term) for result in several.values() for term in result.table.index))
    for term in terms or ():
        if term not in known:
            raise SettingError(f"No result has a term {term!r}.{did_you_mean(term, known)}")
    if terms:
        return terms
    told = pd.concat([pd.Series(dtype=float), *(result.table["estimate"] for result in several.values())]).dropna()
    shown = [term for term in known if term in told.index and not term.startswith(INTERCEPT)]
    if not shown:
        raise SettingError("No term has an estimate, so nothing is drawn.")
    return shown


def _refuse_other(result: object) -> None:
    if not isinstance(result, Effects):
        raise SettingError(f"This draws results, such as fit_apim returns; got {type_in_words(result)}.")


def _went_in(result: Effects) -> str:
    """How many pairs a result rests on and how many were left out."""
    pairs = result.card.get("pairs")
    used = f"{count_in_digits(int(pairs), 'pair', 'pairs')}, " if pairs is not None else ""
    return f"{used}{len(result.left_out) or 'none'} left out"


def plot_null(effects: Effects, term: str | None = None, *, ax: Axes | None = None, **kws: object) -> Axes:
    """What a test found beside what it finds in pairings drawn by lot.

    Parameters
    ----------
    effects
        A result of a test that draws, with its ``null``.
    term
        The term; the first that was drawn for by default.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `seaborn.histplot`.

    Returns
    -------
    matplotlib.axes.Axes
        The draws as bars, dark where they lie as far out as what was found or further, on its side of their mean. The
        title says how many these are, and the p value of the table.

    Raises
    ------
    SettingError
        If the result has no draws, or none for the term.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> table = pd.DataFrame({"estimate": [2.0], "statistic": [2.0], "p_value": [0.4]}, index=["distance"])
    >>> null = pd.DataFrame({"distance": [-2.0, -1, 0, 1, 2]})
    >>> what = {"card": {"pairs": 40}, "sentence": "...", "method": "...", "citation": "..."}
    >>> ax = pn.plots.plot_null(pn.dyads.Effects(table=table, null=null, **what))
    >>> ax.get_title(loc="left")
    '1 of 5 draws as large or larger; p = .400'
    """
    drawn, found, p = _drawn(effects, term)
    ax = axes_or_new(ax, (6.4, 3.2))
    high = found >= drawn.mean()
    far = drawn >= found if high else drawn <= found
    look = styled(kws, bins=_edges(drawn, found), multiple="stack", alpha=1.0, linewidth=0, legend=False)
    sns.histplot(x=drawn, hue=far, palette={True: STRONG, False: FAINT}, ax=ax, **look)
    ax.axvline(found, color=INK, linewidth=1.6, label="found")
    ax.annotate(
        "found", (found, 1), (0, 3), xycoords=("data", "axes fraction"), textcoords="offset points", ha="center"
    )
    side = "as large or larger" if high else "as small or smaller"
    ax.set_title(
        f"{far.sum():,} of {count_in_digits(len(drawn), 'draw', 'draws')} {side}; {p_words(p)}", loc="left", pad=18
    )
    ax.set(xlabel="what the test looks at", ylabel="draws")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _drawn(effects: Effects, term: str | None) -> tuple[Floats, float, float]:
    """The draws of a term, what was found and its p value."""
    _refuse_other(effects)
    if effects.null is None or not len(effects.null):
        raise SettingError("This result holds no draws; plot_effects shows its estimates.")
    term = str(effects.null.columns[0]) if term is None else term
    if term not in effects.null:
        raise SettingError(f"Nothing was drawn for {term!r}.{did_you_mean(term, effects.null.columns)}")
    row = effects.table[effects.table.index == term]
    told = {name: float(row[name].iloc[0]) for name in ("statistic", "estimate", "p_value") if name in row}
    found = told.get("statistic", np.nan)
    found = told["estimate"] if np.isnan(found) else found
    return effects.null[term].dropna().to_numpy(dtype=float), found, told.get("p_value", np.nan)


def _edges(drawn: Floats, found: float) -> Floats:
    """Ends of the bars: one bar per value where there are few; else one ends at what was found."""
    values = np.unique(drawn)
    if len(values) <= MOST_BARS / 2:
        middles = (values[1:] + values[:-1]) / 2
        room = 0.5 if len(values) == 1 else (values[1:] - values[:-1]).min() / 2
        return np.array([values[0] - room, *middles, values[-1] + room])
    edges = np.histogram_bin_edges(drawn, bins="auto")
    edges = edges if len(edges) <= MOST_BARS + 1 else np.linspace(values[0], values[-1], MOST_BARS + 1)
    width = edges[1] - edges[0]
    shift = (found - edges[0]) % width
    return np.asarray(np.arange(-1, len(edges)) * width + edges[0] + shift)


def plot_response_surface(surface: Surface, *, ax: Axes | None = None, **kws: object) -> Axes:
    """The outcome over what both members bring, drawn only where there are pairs.

    Parameters
    ----------
    surface
        A result with a ``grid`` (columns ``x``, own; ``y``, the partner's; ``outcome``, missing outside the data), the
        ``data`` (the same columns, one row per person), and in ``settings`` the names of ``outcome`` and ``predictor``.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.pcolormesh`.

    Returns
    -------
    matplotlib.axes.Axes
        The darker, the higher the outcome; dots are the people, on the same scale. Partners are alike on the broken
        line. Nothing is drawn outside the data.

    Raises
    ------
    SettingError
        If the grid is missing everywhere.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> import peernet as pn
    >>> grid = pd.DataFrame({"x": [1.0, 1, 2, 2], "y": [1.0, 2, 1, 2], "outcome": [3.0, 4, None, 5]})
    >>> names = {"outcome": "learning", "predictor": "openness"}
    >>> ax = pn.plots.plot_response_surface(SimpleNamespace(grid=grid, data=grid.dropna(), settings=names))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('own openness', "partner's openness")
    """
    if not hasattr(surface, "grid"):
        raise SettingError(f"This draws what response_surface returns; got {type_in_words(surface)}.")
    table = surface.grid.pivot(index="y", columns="x", values="outcome")
    values = np.ma.masked_invalid(table.to_numpy(dtype=float))
    if values.mask.all():
        raise SettingError("The surface is known nowhere, so nothing is drawn.")
    ax = axes_or_new(ax, (5.6, 4.6))
    x, y = table.columns.to_numpy(dtype=float), table.index.to_numpy(dtype=float)
    low, high = _scale(values.compressed(), surface.data["outcome"].to_numpy(dtype=float))
    look = styled(kws, cmap="Blues", shading="nearest", vmin=low, vmax=high)
    cells = ax.pcolormesh(x, y, values, **look)
    if min(values.shape) > 1 and np.ptp(values.compressed()) > 0:
        ax.clabel(ax.contour(x, y, values, colors=INK, linewidths=0.6, alpha=0.7), fontsize="small")
    dots: dict[str, Any] = {
        "cmap": look["cmap"],
        "edgecolors": INK,
        "linewidths": 0.6,
        "s": 22,
        "zorder": 3,
        "vmin": low,
        "vmax": high,
    }
    ax.scatter(surface.data["x"], surface.data["y"], c=surface.data["outcome"], label="people", **dots)
    ax.axline((x[0], x[0]), slope=1, color=INK, linewidth=1.0, linestyle=(0, (5, 3)), label="partners alike")
    ax.set(xlim=_with_margin(x), ylim=_with_margin(y), aspect="equal")
    outcome, predictor = (str(surface.settings.get(name, name)) for name in ("outcome", "predictor"))
    ax.set_xlabel(f"own {predictor}", parse_math=False)
    ax.set_ylabel(f"partner's {predictor}", parse_math=False)
    draw_legend(ax, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.0)
    scale_bar = ax.figure.colorbar(cells, ax=ax)
    scale_bar.set_label(outcome, parse_math=False)
    scale_bar.outline.set_visible(False)
    if scale_bar.solids is not None:  # as a picture it would be lost on a page that allows none
        scale_bar.solids.set(rasterized=False, edgecolor="face")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _scale(*outcomes: Floats) -> tuple[float, float]:
    """Ends of the scale, wide enough that dark lines can be read everywhere."""
    every = np.concatenate(outcomes)
    span = max(float(np.ptp(every)), 1e-9)
    return float(every.min()) - 0.1 * span, float(every.max()) + 0.35 * span


def _with_margin(values: Floats) -> tuple[float, float]:
    """Ends of an axis a little beyond the values."""
    room = 0.05 * float(np.ptp(values)) or 0.5
    return float(values.min()) - room, float(values.max()) + room


def plot_power(plan: StudyPlan, *, ax: Axes | None = None, **kws: object) -> Axes:
    """How likely each scenario is to find an effect, by its size.

    Parameters
    ----------
    plan
        What `plan_study` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.plot`.

    Returns
    -------
    matplotlib.axes.Axes
        A curve per scenario with its Monte Carlo interval; its dot is the smallest detectable effect, where the curve
        crosses 80 %. A broken line stands at the effect planned for. The legend says in what scenarios differ.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> plan = pn.outcomes.plan_study(scores, sites=[1, 3], draws=40, studies=200, progress=False)
    >>> [line.get_label() for line in pn.plots.plot_power(plan).get_lines()][:2]
    ['1 site', '3 sites']
    """
    if not hasattr(plan, "curve"):
        raise SettingError(f"This draws what plan_study returns; got {type_in_words(plan)}.")
    ax = axes_or_new(ax, (6.4, 4.0))
    for number, (scenario, row) in enumerate(plan.table.iterrows()):
        (colour, marker), curve = group_style(number), plan.curve[plan.curve["scenario"] == scenario]
        ax.plot(curve["effect"], curve["power"], **styled(kws, color=colour, label=_told_apart(plan.table, row)))
        ax.fill_between(curve["effect"], curve["low"], curve["high"], color=colour, alpha=0.15, linewidth=0)
        if np.isfinite(row["smallest_detectable"]):
            ax.scatter(row["smallest_detectable"], WANTED, color=colour, marker=marker, s=44, zorder=4)
    ax.axhline(WANTED, color=QUIET, linewidth=0.8, zorder=0)
    if plan.table["effect"].notna().all():
        planned = abs(plan.table["effect"].iloc[0])
        ax.axvline(planned, color=INK, linewidth=1.0, linestyle=(0, (5, 3)), label="planned for")
    ax.set(xlim=(0, None), ylim=(0, 1.02), ylabel="chance to find it", xlabel=f"effect, {plan.unit}")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.spines[["top", "right"]].set_visible(False)
    draw_legend(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)
    return ax


def _told_apart(table: pd.DataFrame, row: pd.Series) -> str:
    """The settings in which scenarios differ, of one of them."""
    words = {"drop_out": "{:.0%} drop out", "spill_over": "{:.0%} spills over"}
    words |= {"alike": "partners alike at {:g}", "before": "measured before, r = {:g}"}
    differ = [name for name in ("rounds", "sites", *words) if (table[name] != row[name]).any()]
    counted = {name: count_in_digits(int(row[name]), name[:-1], name) for name in ("rounds", "sites")}
    return ", ".join(counted[name] if name in counted else words[name].format(row[name]) for name in differ) or "power"
