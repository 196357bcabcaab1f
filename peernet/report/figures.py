"""Pictures of the report: vector graphics inside the page, each with a text for those who cannot see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from peernet._wording import amount, count_in_digits, display_names, percent, short_names
from peernet.compare import strategies
from peernet.compare.kinds import PairingKinds
from peernet.plots import diversity, style
from peernet.plots.colleagues import plot_colleagues, plot_teams
from peernet.plots.comparison import plot_comparison, plot_gate_prices, plot_kinds
from peernet.plots.views import plot_views
from peernet.report.html import Html, tag
from peernet.study import Study

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

    from peernet.dyads.effects import Effects

MOST_NAMED = 80  # people whose names can be read in one picture of the colleague graph
STYLE: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "peernet",
    "font.size": 11.0,
    "axes.titlesize": 11.0,
}
MOST_DRAWN = 2_000  # dots and lines of one picture; of more a page would take seconds to show, and megabytes
DOTS_PER_INCH = 150  # of what is one image
LONG_NUMBER = re.compile(r"(?<=[ \"(,MLCQ])-?\d+\.\d{3,}(?=[ \",)\n])")  # finer than any screen
GLYPHS = dict(zip(style.MARKERS, "●■▲◆▼✚✖", strict=True))


def colleagues(study: Study) -> Html:
    """Colleague graph with the proposed pairs and everybody's name."""
    groups = study.clusters.table.get("perspective")
    alt = (
        f"Network of {count_in_digits(len(study.graph), 'colleague', 'colleagues')}. "
        "Light lines join people who hear each other now; "
        f"dark lines are the {len(study.pairing)} proposed pairs."
    )
    names = short_names(display_names(study.survey.people)) if len(study.graph) <= MOST_NAMED else None

    def draw(ax: Axes) -> None:
        plot_colleagues(study.graph, study.pairing, colour=groups, layers=(), names=names, legend=False, ax=ax)

    return _roomy(_svg("graph", alt, draw, (8.0, 7.4)), "Network of colleagues")


def teams(study: Study) -> Html:
    """Teams by teams: who hears whom now, and how many pairs are proposed."""
    number = study.survey.people["team"].nunique()
    alt = (
        f"Table of {number} teams by {number} teams: how much they hear of each other now, and how many of the "
        f"{len(study.pairing)} proposed pairs join them."
    )
    side = 2.6 + 0.24 * number

    def draw(ax: Axes) -> None:
        plot_teams(study.graph, study.pairing, study.survey.people["team"], ax=ax)
        ax.tick_params(labelsize=8.5)
        for text in ax.texts:
            text.set_fontsize(8.5)

    return _roomy(_svg("teams", alt, draw, (side + 0.6, side)), "Table of teams")


def views(study: Study) -> Html:
    """Maps of the same people, one beside the other."""
    return tag("div", *(_view(study, str(view)) for view in study.clusters.table), class_="beside")


def _view(study: Study, view: str) -> Html:
    def draw(ax: Axes) -> None:
        plot_views(study.clusters, study.survey, views=[view], pairing=study.pairing, legend=False, axes=[ax])

    alt = f"Map of people by {view}, {study.clusters.verdict(view)}. Lines join the proposed pairs."
    return _svg(f"map-{view}", alt, draw, (4.3, 4.2))


def comparison(study: Study) -> Html:
    """Ways of pairing held against chance."""
    table = study.comparison.table.sort_values("gain", ascending=False, kind="stable").rename(index=strategies.WAYS)
    rows = zip(table.index, table["gain"], table["founded"], strict=True)
    ways = "; ".join(f"{name} {amount(gain)} ({percent(founded)})" for name, gain, founded in rows)
    alt = f"Total gain by way of pairing, the most first, and the share of pairs that rest on trust: {ways}."
    return _svg("ways", alt, lambda ax: plot_comparison(study.comparison, ax=ax), (5.6, 3.3))


def kinds(shown: PairingKinds) -> Html:
    """What each kind of pair brings, of what may be shown of it."""
    gains = "; ".join(f"{kind} {gain:.3f}" for kind, gain in shown.table["gain"].dropna().items())
    alt = f"Mean gain of a pair by kind, in effective perspectives: {gains}."
    return _svg("kinds", alt, lambda ax: plot_kinds(shown, ax=ax), (5.6, 3.3))


def gate_prices(prices: pd.DataFrame) -> Html:
    """What each gate costs."""
    values = ", ".join(f"{gate} {amount(value)}" for gate, value in prices["value"].items())
    alt = f"Best total gain with gates open: {values}."
    return _svg("gates", alt, lambda ax: plot_gate_prices(prices, ax=ax), (5.6, 2.8))


def reach(study: Study) -> Html:
    """Perspectives in reach, before and after."""
    mean = study.exposure.organisation.loc["mean"]
    alt = f"Perspectives in reach of each person, on average {mean['before']:.2f} before and {mean['after']:.2f} after."
    return _svg("reach", alt, lambda ax: diversity.plot_exposure(study.exposure, ax=ax), (5.6, 3.0))


def effects(name: str, alt: str, found: Effects | Mapping[str, Effects], terms: Sequence[str] | None = None) -> Html:
    """Estimates with their intervals, of one result or of several."""
    from peernet.plots.outcomes import plot_effects  # which takes all that tests of outcomes take

    rows = len(terms) if terms is not None else len(found) if isinstance(found, Mapping) else len(found.table)
    return _svg(name, alt, lambda ax: plot_effects(found, terms, ax=ax), (5.6, 1.4 + 0.42 * rows))


def null(name: str, alt: str, found: Effects) -> Html:
    """What a test found beside its draws."""
    from peernet.plots.outcomes import plot_null

    return _svg(name, alt, lambda ax: plot_null(found, ax=ax), (5.6, 2.6))


def _roomy(picture: Html, called: str) -> Html:
    """A picture with names in it: on a small screen it keeps its size and scrolls in its box, as tables do."""
    return tag("div", picture, class_="scroll roomy", role="region", aria_label=called, tabindex="0")


def key_to_groups(groups: Mapping[int, str]) -> list[Html]:
    """Which colour and shape is which group, described, as text that stays readable on a small screen."""
    entries = []
    for number, group in enumerate(sorted(groups)):
        colour, marker = style.group_style(number)
        glyph = tag("span", GLYPHS[marker], style=f"color:{colour}", aria_hidden="true")
        entries.append(tag("li", glyph, f" {groups[group]}"))
    return entries


def _flattened(axes: Axes) -> None:
    """Of very many dots and lines one image inside the picture, which does not grow with them; texts stay texts."""
    drawn = sum(int(np.shape(line.get_xydata())[0]) for line in axes.lines)
    for many in axes.collections:
        drawn += max(len(np.atleast_2d(np.asarray(many.get_offsets()))), len(many.get_paths()))
    if drawn > MOST_DRAWN:
        for mark in (*axes.collections, *axes.lines):
            mark.set_rasterized(True)


def _svg(name: str, alt: str, draw: Callable[[Axes], object], size: tuple[float, float]) -> Html:
    """One drawing as an svg element, the same bytes every time, identifiers its own."""
    with mpl.rc_context(STYLE):
        drawing = Figure(figsize=size, layout="constrained")
        axes = drawing.subplots()
        draw(axes)
        _flattened(axes)
        text = StringIO()
        drawing.savefig(text, format="svg", dpi=DOTS_PER_INCH, metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    body = svg[svg.index("<svg") :].strip()
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", body)
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = LONG_NUMBER.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), body)
    return Html(body.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1))
