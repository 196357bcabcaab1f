"""Pictures of the colleague graph, of what its foundation allows and of teams without their leader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import PercentFormatter

from peernet._arrays import Floats, Ints
from peernet.errors import SettingError, check_choice
from peernet.graph.leaders import LeaderIndependence
from peernet.plots.layout import (
    TOGETHER,
    contact_of_teams,
    place_colleagues,
    place_names,
    segments,
    ties_by_layer,
)
from peernet.plots.style import (
    FAINT,
    INK,
    QUIET,
    STRONG,
    TIES,
    PairingOrPairs,
    axes_or_new,
    bare_rows,
    draw_legend,
    draw_pairs,
    draw_people,
    name_rows,
    proposed_pairs,
    styled,
    write_margin,
)

MARKS = {"either": ("o", "white"), "mutual": ("o", STRONG)}


def plot_colleagues(
    graph: nx.MultiDiGraph[str],
    pairing: PairingOrPairs | None = None,
    *,
    colour: pd.Series | None = None,
    layers: Sequence[str] | None = None,
    places: pd.DataFrame | None = None,
    names: pd.Series | None = None,
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
    names
        What to write beside each person, index ``person``; by default nothing. Of more than about 80 people names
        cover each other.
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
    >>> ax = pn.plots.plot_colleagues(graph, [("U1", "U3")], colour=survey.people["role"], layers=["work", "lunch"])
    >>> {lines.get_label(): len(lines.get_segments()) for lines in ax.collections[:3]}
    {'work': 194, 'lunch (mutual)': 193, 'proposed pair': 1}
    """
    ax = axes_or_new(ax, (8.0, 7.0))
    places = place_colleagues(graph, seed=seed) if places is None else places
    people = list(graph)
    pairs = proposed_pairs(pairing)
    for number, (name, ends) in enumerate(segments(ties_by_layer(graph, layers), places).items()):
        _draw_ties(ax, ends, name, number)
    if pairs:
        draw_pairs(ax, places, pairs, color=INK, width=1.3, halo=1.2)
    paired = {person for pair in pairs for person in pair}
    size = float(np.clip(700 / np.sqrt(max(len(people), 1)), 40, 110))
    sizes = pd.Series([size if person in paired or not pairs else 0.4 * size for person in people], index=people)
    draw_people(ax, places, colour, sizes, kws)
    ax.set_axis_off()
    ax.set_aspect("equal")
    if names is not None:
        _write_names(ax, places, names.reindex(places.index).dropna())
    if legend:
        draw_legend(ax, lines=1.6, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def _draw_ties(ax: Axes, ends: Floats, name: str, number: int) -> None:
    """Light lines of one layer, finer and paler the more there are; all contact together is grey."""
    colour = FAINT if name == TOGETHER else TIES[number % len(TIES)]
    crowd = 1 / np.sqrt(max(len(ends), 1))
    look = {"linewidths": float(np.clip(10 * crowd, 0.5, 0.9)), "alpha": float(np.clip(12 * crowd, 0.4, 0.8))}
    look |= {"alpha": 1.0} if name == TOGETHER else {}
    ax.add_collection(LineCollection(list(ends), colors=colour, label=name, zorder=1, **look))


def _write_names(ax: Axes, places: pd.DataFrame, names: pd.Series) -> None:
    """Names beside their dots, each where it covers least of other names and dots."""
    figure = ax.get_figure(root=True)
    assert figure is not None  # axes are drawn in one
    room = np.array(figure.get_size_inches()).min() * 72
    span = (places[["x", "y"]].max() - places[["x", "y"]].min()).max()
    points = places[["x", "y"]] * (0.9 * room / max(float(span), 1e-9))
    letters = float(np.clip(60 / np.sqrt(max(len(names), 1)), 6.5, 9.0))
    texts = names.astype("str")
    for person, (dx, dy) in place_names(points, texts, letters).items():
        where: dict[str, Any] = {"ha": "left" if dx > 0 else "right" if dx < 0 else "center", "va": "center"}
        label = ax.annotate(
            texts[person],
            tuple(places.loc[person, ["x", "y"]]),
            (dx, dy),
            textcoords="offset points",
            size=letters,
            color=INK,
            zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.3},  # paths would be no text
            **where,
        )
        label.set_parse_math(False)


def plot_teams(
    graph: nx.MultiDiGraph[str],
    pairing: PairingOrPairs | None,
    teams: pd.Series,
    *,
    ax: Axes | None = None,
    **kws: object,
) -> Axes:
    """Which teams the proposed pairs join: a table of teams that can be read where a graph of hundreds cannot.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    pairing
        What `pair_people` returned, or any pairs of people.
    teams
        Team of each person, index ``person``; whoever has none is left out.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.pcolormesh`, for the cells.

    Returns
    -------
    matplotlib.axes.Axes
        Each team as a row and as a column, those beside each other that hear much of each other. The darker a cell,
        the larger the share of possible contacts of the two teams that there are now (grey: one team, most of whom
        hear each other anyway); the number counts proposed pairs. In the right margin the people of the team who have
        no partner, of all in it.

    Raises
    ------
    SettingError
        If nobody has a team.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> graph = pn.colleague_graph(survey)
    >>> ax = pn.plots.plot_teams(graph, [("p001", "p050")], survey.people["team"])
    >>> len(ax.get_yticklabels()), [text.get_text() for text in ax.texts[:2]]
    (24, ['1', '1'])
    """
    known = teams.reindex(list(graph)).dropna().astype("str")
    if known.empty:
        raise SettingError("Nobody has a team, so there is nothing to draw.")
    contact, names = contact_of_teams(graph, known)
    pairs = proposed_pairs(pairing)
    counts = _pairs_of_teams(pairs, known, names)
    ax = axes_or_new(ax, (1.9 + 0.3 * len(names), 1.6 + 0.3 * len(names)))
    shade = LinearSegmentedColormap.from_list("contact", ["white", TIES[0]])
    between = np.where(np.eye(len(names)), np.nan, contact)
    most = max(float(np.nanmax(between, initial=0.0)), 1e-9)
    ax.set_facecolor(FAINT)
    ax.pcolormesh(np.ma.masked_invalid(between), **styled(kws, cmap=shade, vmin=0.0, vmax=most, edgecolor=FAINT))
    for row, column in zip(*counts.nonzero(), strict=True):
        ax.text(column + 0.5, row + 0.5, f"{counts[row, column]}", ha="center", va="center", color=INK, weight="bold")
    alone = known[~known.index.isin([person for pair in pairs for person in pair])].value_counts()
    size = known.value_counts()
    left = [f"{alone.get(name, 0)} of {size[name]}" for name in names]
    middle = np.arange(len(names)) + 0.5
    write_margin(ax, 1.0, middle, left, head="no partner", above=-0.25, points=52, va="bottom")
    name_rows(ax, middle, names)
    ax.set_xticks(middle, names, rotation=90)
    for label in ax.get_xticklabels():
        label.set_parse_math(False)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(ylim=(len(names), 0))
    return ax


def _pairs_of_teams(pairs: Iterable[tuple[str, str]], teams: pd.Series, names: Sequence[str]) -> Ints:
    """How many pairs join each two teams, symmetric; a pair within a team counts once."""
    place = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    for a, b in pairs:
        if a in teams.index and b in teams.index:
            ends = place[teams[a]], place[teams[b]]
            for row, column in {ends, ends[::-1]}:
                counts[row, column] += 1
    return counts


def plot_foundation_curve(curve: pd.DataFrame, *, ax: Axes | None = None, **kws: object) -> Axes:
    """What remains as the foundation is asked to be stronger: people who can be paired, and value.

    Parameters
    ----------
    curve
        What `foundation_curve` returned.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.plot`, for both lines.

    Returns
    -------
    matplotlib.axes.Axes
        Steps from left to right, the share that remains upwards; filled where everyone can still be paired.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> graph = pn.colleague_graph(survey)
    >>> ax = pn.plots.plot_foundation_curve(pn.compare.foundation_curve(pn.score_pairs(survey, graph), graph))
    >>> ax.get_xlabel()
    'foundation layers on which a pair must trust each other'
    """
    ax = axes_or_new(ax, (6.0, 3.4))
    steps, people = np.arange(len(curve)), curve["paired"] / curve["takes_part"].clip(lower=1)
    lines = {"people who can be paired": (people, STRONG), "value of the best pairing": (1 - curve["lost"], INK)}
    for label, (share, colour) in lines.items():
        ax.plot(steps, share, label=label, **styled(kws, color=colour, linewidth=1.6))
    fills = np.where(curve["everyone"], STRONG, "white")
    ax.scatter(steps, people, s=42, c=fills, edgecolors=STRONG, zorder=3, label="filled: everyone can be paired")
    ax.scatter(steps, 1 - curve["lost"], s=20, color=INK, zorder=3)
    labels, title = _steps(curve)
    ax.set_xticks(steps, labels)
    ax.set(ylim=(0, 1.05), xlabel=title, ylabel="share that remains")
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.spines[["top", "right"]].set_visible(False)
    draw_legend(ax)
    return ax


def _steps(curve: pd.DataFrame) -> tuple[list[str], str]:
    """What each step is called, and what the steps are."""
    least, number = (len(set(curve[column])) > 1 for column in ("at_least", "dimensions"))
    if least and number:
        steps = zip(curve["at_least"], curve["dimensions"], strict=True)
        return [f"{a:g} on {d}" for a, d in steps], "lowest rating that counts, and on how many foundation layers"
    if least:
        return [f"{a:g}" for a in curve["at_least"]], "lowest rating that counts as trust"
    return [str(d) for d in curve["dimensions"]], "foundation layers on which a pair must trust each other"


def plot_leader_independence(
    found: LeaderIndependence, *, when: str = "now", ax: Axes | None = None, **kws: object
) -> Axes:
    """What is left of each team's network without its leader, under both tie rules, against without anybody else.

    Parameters
    ----------
    found
        What `leader_independence` returned.
    when
        ``"now"`` or ``"with pairs"``.
    ax
        Where to draw, a new figure by default.
    **kws
        Handed to `matplotlib.axes.Axes.scatter`, for the teams.

    Returns
    -------
    matplotlib.axes.Axes
        Teams by name from top to bottom, not by result. A dot left of its tick: the team hangs on its leader more
        than on its other members.

    Raises
    ------
    SettingError
        If no team is shown, or not at this time.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> ax = pn.plots.plot_leader_independence(pn.graph.leader_independence(survey, pn.colleague_graph(survey)))
    >>> ax.get_yticklabels()[0].get_text()
    'Berth planning'
    """
    if found.table.empty:
        raise SettingError("No team is large enough to be shown, so there is nothing to draw.")
    check_choice("when", when, dict.fromkeys(found.table["when"]))
    table = found.table[found.table["when"] == when]
    teams = list(dict.fromkeys(table["team"]))
    ax = axes_or_new(ax, (7.0, 0.8 + 0.28 * len(teams)))
    for offset, (rule, rows) in zip((-0.14, 0.14), table.groupby("rule", sort=True), strict=False):
        _draw_rule(ax, str(rule), rows, np.array([teams.index(team) for team in rows["team"]]) + offset, kws)
    ax.axvline(1, color=FAINT, linewidth=1.0, zorder=0)
    name_rows(ax, np.arange(len(teams)), teams)
    ax.invert_yaxis()
    ax.set(xlabel=f"efficiency of {found.layer} kept without the leader", xlim=(0, None))
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    bare_rows(ax)
    draw_legend(ax, loc="lower left", bbox_to_anchor=(0.0, 1.0))
    return ax


def _draw_rule(ax: Axes, rule: str, rows: pd.DataFrame, height: Floats, kws: Mapping[str, object]) -> None:
    """Dots and ticks of every team under one rule."""
    marker, fill = MARKS.get(rule, ("D", QUIET))
    ax.hlines(height, rows["kept"], rows["kept_others"], color=FAINT, linewidth=1.5, zorder=1)
    other = "without another"  # of two rules only the first enters it into the legend
    other = "_" if other in ax.get_legend_handles_labels()[1] else other
    ax.scatter(rows["kept_others"], height, marker="|", s=60, color=QUIET, zorder=2, label=other)
    look = styled(kws, s=34, color=fill, edgecolors=STRONG, marker=marker, zorder=3)
    ax.scatter(rows["kept"], height, **look, label=f"without the leader, {rule} ties")
