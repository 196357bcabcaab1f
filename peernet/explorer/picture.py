"""What is seen of a state where no kernel runs: a still picture and the settings in words, about nobody in person.

It is saved in the notebook and travels with it. So names are in it only where somebody asked for them, and nothing else
tells who is who: no identifiers, no places in a network, no order but that of the values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np

from peernet._arrays import Floats
from peernet._wording import amount, count_in_digits, distance, listed, percent
from peernet.explorer.answers import totals
from peernet.explorer.sentences import certificate_in_words, difference_in_words, total_in_words
from peernet.explorer.what_if import WhatIf
from peernet.plots.style import PALETTE
from peernet.programme.settings import Settings
from peernet.scores.rules import Rule

Rows = Sequence[tuple[str, ...]]
Spot = Sequence[float]
Scale = Callable[[Any], Any]  # from numbers to where they stand in the drawing
MOST_BARS = 120  # more pairs than these share bars
WIDTH, HEIGHT = 380, 190
LEFT, RIGHT, TOP, BOTTOM = 48, 370, 12, 150  # of what is drawn, within the axes
BAR = 0.75  # of the room for it
NEW = PALETTE[3]  # stands out from white and from black alike; everything else has the colour of the text around it
BESIDE = "display:flex;flex-wrap:wrap;gap:0 2em;align-items:flex-start"
CELL = "text-align:left;padding:0 1.5em .1em 0"
RUN_AGAIN = "A still picture of the last state: run this cell to move the dials."
AIMS = {"total": "the most for all together", "fair": "the most for the worst-off first"}
OUTLOOKS = {"adjusted": "the outlook behind the answers", "answers": "the answers as given"}


@dataclass(frozen=True)
class Still:
    """What a still picture shows.

    Parameters
    ----------
    bars
        Values of pairs, largest first, and the share of them that is kept as well; neighbours share a bar where there
        are many. Shape bars x 2.
    pairs
        How many there are.
    curve
        What `answers` tells of the curve, None where it is not known.
    figures
        Rows of what is counted, as it is and as it is kept.
    sentences
        The proof, and what differs from the kept pairing.
    dials
        Rows of a dial and where it stands.
    named
        Rows of two names and what the pair is worth; empty unless names are to be saved.
    """

    bars: Floats
    pairs: int
    curve: Mapping[str, Any] | None
    figures: Rows
    sentences: Sequence[str]
    dials: Rows
    named: Rows


def still(state: WhatIf, *, curve: Mapping[str, Any] | None = None, named: bool = False) -> Still:
    """What there is to see of a state, by name only where asked for."""
    table = state.pairing.table.sort_values("value", ascending=False, kind="stable")
    kept = {*state.kept_pairing.pairs}
    pairs, values = [*zip(table["a"], table["b"], strict=True)], table["value"].to_numpy(dtype=float)
    known = np.column_stack([values, np.array([pair in kept for pair in pairs], dtype=float)])
    bars = min(len(known), MOST_BARS)  # of so many neighbours in value the mean
    names = state.bench.names
    return Still(
        bars=np.array([part.mean(axis=0) for part in np.array_split(known, bars)]) if bars else known,
        pairs=len(pairs),
        curve=curve,
        figures=_figures(state),
        sentences=[certificate_in_words(state.pairing), *_difference(state)],
        dials=dials_in_words(state.settings),
        named=[(names[a], names[b], amount(value)) for (a, b), value in zip(pairs, values, strict=True) if named],
    )


def _figures(state: WhatIf) -> Rows:
    now, kept = totals(state.pairing), totals(state.kept_pairing)

    def row(what: str, told: Callable[[Mapping[str, Any]], str]) -> tuple[str, str, str]:
        return what, told(now), told(kept)

    return [
        row("people with a partner", lambda of: f"{of['paired']:,} of {of['able']:,}"),
        row("pairs", lambda of: f"{of['pairs']:,}"),
        row("total gain, in effective perspectives", lambda of: total_in_words(of["total"])),
        row("gain of the worst-off", lambda of: "–" if of["worst_off"] is None else amount(of["worst_off"])),
    ]


def _difference(state: WhatIf) -> list[str]:
    """What the state changes against the kept pairing, in numbers and not by name."""
    found = state.difference
    told = difference_in_words(replace(found, left=(), newly=()), state.bench.people)
    if found.lost or found.made:
        told[0] = f"Against the kept pairing {told[0]}"
    if found.left:
        told.append(f"{count_in_digits(len(found.left), 'person loses', 'people lose')} their only partner.")
    if found.newly:
        told.append(f"{count_in_digits(len(found.newly), 'person finds', 'people find')} a first partner.")
    return told


def dials_in_words(settings: Settings) -> Rows:
    """Each dial and where it stands; rules are counted, never told: whom they are about would tell who is who."""
    rules = Counter(map(_kind, settings.rules))
    return [
        ("foundation", listed([*settings.accept], "or")),
        ("distance in experience", _at_most(settings.experience)),
        ("distance in goals", _at_most(settings.goals)),
        ("difference in perspective", "any" if settings.band is None else " to ".join(map(distance, settings.band))),
        ("a pair counts", _mix(settings.value)),
        ("least gain of each", "none" if settings.floor is None else amount(settings.floor)),
        ("aim", AIMS[settings.objective]),
        ("pairs", "as many as possible" if settings.cardinality else "those that bring something"),
        ("gains rest on", OUTLOOKS[settings.outlook]),
        ("rules", listed([count_in_digits(rules[kind], *kind) for kind in KINDS if rules[kind]]) or "none"),
    ]


def _at_most(within: str | float | None) -> str:
    if within is None:
        return "any"
    return "up to the average" if isinstance(within, str) else f"up to {distance(within)}"


def _mix(value: str | float) -> str:
    if isinstance(value, str):
        return {"mean": "the mean of both gains", "lesser": "the lesser gain"}[value]
    return f"{percent(1 - value)} the mean of both gains, {percent(value)} the lesser"


LOCKED, APART = ("pair locked", "pairs locked"), ("pair kept apart", "pairs kept apart")
OUT, OTHER = ("person left out", "people left out"), ("other rule", "other rules")
KINDS = (LOCKED, APART, OUT, OTHER)


def _kind(rule: Rule) -> tuple[str, str]:
    if rule.price is None and rule.rule in ("required", "forbidden"):
        return LOCKED if rule.rule == "required" else APART
    return OUT if rule.rule == "capacity" and rule.a is not None and rule.number == 0 else OTHER


def drawn(shown: Still, static_id: str) -> str:
    """The still picture as HTML, without scripts, links or a style of the page's own."""
    pictures = "\n".join(filter(None, [_bars(shown), _curve(shown.curve)]))
    figures = _table(shown.figures, ("", "now", "kept"))
    return (
        f'<figure data-peernet-static="{escape(static_id)}" style="margin:0;max-width:64em">\n'
        f'<div style="{BESIDE}">\n{pictures}\n</div>\n'
        f"<p>{' '.join(map(escape, shown.sentences))}</p>\n"
        f'<div style="{BESIDE}">\n{figures}\n{_table(shown.dials)}\n</div>\n'
        f"{_by_name(shown.named)}<figcaption>{RUN_AGAIN}</figcaption>\n</figure>"
    )


def _table(rows: Rows, heads: Sequence[str] = ()) -> str:
    """A table whose first column heads the rows."""
    top = "".join(f'<th scope="col" style="{CELL}">{head}</th>' if head else "<td></td>" for head in heads)
    body = "\n".join(
        f'<tr><th scope="row" style="{CELL};font-weight:normal">{escape(first)}</th>'
        + "".join(f'<td style="{CELL}">{escape(cell)}</td>' for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    head = f"<thead><tr>{top}</tr></thead>\n" if top else ""
    return f'<table style="margin:0 0 1em">\n{head}<tbody>\n{body}\n</tbody></table>'


def _by_name(named: Rows) -> str:
    if not named:
        return ""
    rows = "\n".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in named)
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("partner", "partner", "value"))
    table = f"<table>\n<thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody></table>"
    return f"<details><summary>The pairs by name</summary>\n{table}\n</details>\n"


def _bars(shown: Still) -> str:
    """The pairs' values from the largest down, what is new set off from what is kept."""
    if not shown.pairs:
        return ""
    values, kept = shown.bars.T
    lowest, highest = min(0.0, float(values.min())), max(float(values.max()), 0.0)
    up = _scale(lowest, highest, BOTTOM, TOP)
    step = (RIGHT - LEFT) / max(len(values), 12)  # a handful of bars stay bars and become no blocks
    across, thick = LEFT + step * np.arange(0.5, len(values)), f'stroke-width="{step * BAR:.1f}"'
    until = values * kept  # where neighbours share a bar, its lower part is what is kept of them
    told = (
        f"{count_in_digits(shown.pairs, 'pair', 'pairs')}, the largest value first, from {amount(values[0])} to "
        f"{amount(values[-1])}{'; neighbours share a bar' if shown.pairs > len(values) else ''}. "
        "Grey: kept as well. Orange: new."
    )
    return _svg(
        "What each pair is worth",
        told,
        _upright(across, up(np.zeros_like(until)), up(until), f'stroke="currentColor" stroke-opacity=".5" {thick}'),
        _upright(across, up(until), up(values), f'stroke="{NEW}" {thick}'),
        _axis(up(0)),
        _text(LEFT - 6, TOP + 8, amount(highest), "end"),
        _text(LEFT - 6, up(0), "0", "end"),
        _text(LEFT, HEIGHT - 22, "pairs, the most valuable first;"),
        _text(LEFT, HEIGHT - 6, "grey: kept as well, orange: new"),
    )


def _upright(across: Floats, start: Floats, end: Floats, look: str) -> str:
    """Upright bars as one path, those of no height left out."""
    bars = zip(across, start.round(1), end.round(1), strict=True)
    path = "".join(f"M{x:.1f} {low}V{high}" for x, low, high in bars if low != high)
    return f'<path d="{path}" {look}/>' if path else ""


def _curve(curve: Mapping[str, Any] | None) -> str:
    """The best compromises between closeness and value, and where the state and the kept pairing stand."""
    if not curve or not curve.get("points"):
        return ""
    points: list[Spot] = curve["points"]
    now, kept = curve.get("now"), curve.get("kept")
    spots = np.array([*points, *(spot for spot in (now, kept) if spot)], dtype=float)
    (left, low), (right, high) = spots.min(axis=0), spots.max(axis=0)
    across, up = _scale(left, right, LEFT + 8, RIGHT - 8), _scale(low, high, BOTTOM - 8, TOP + 8)
    line = "L".join(f"{across(x):.1f} {up(y):.1f}" for x, y in points)
    told = (
        f"Totals of whole pairings: closeness from {amount(left)} to {amount(right)} across, value from {amount(low)} "
        f"to {amount(high)} upwards. {_stands('Orange dot, now', now)}{_stands('Ring, kept', kept)}"
    )
    return _svg(
        "What closeness in experience costs",
        told,
        f'<path d="M{line}" fill="none" stroke="currentColor" stroke-width="1.5"/>',
        _dot(kept, across, up, 'r="7.5" fill="none" stroke="currentColor" stroke-width="1.5"'),
        _dot(now, across, up, f'r="5" fill="{NEW}"'),
        _axis(BOTTOM),
        f'<path d="M{LEFT} {TOP}V{BOTTOM}" stroke="currentColor"/>',
        _text(LEFT - 6, TOP + 12, amount(high), "end"),
        _text(LEFT - 6, BOTTOM - 4, amount(low), "end"),
        _text(LEFT + 8, BOTTOM + 14, amount(left)),
        _text(RIGHT - 8, BOTTOM + 14, amount(right), "end"),
        _text(LEFT, HEIGHT - 6, "value against closeness; dot: now, ring: kept"),
    )


def _stands(who: str, spot: Spot | None) -> str:
    return f"{who}: {amount(spot[0])} and {amount(spot[1])}. " if spot else ""


def _scale(low: float, high: float, start: float, end: float) -> Scale:
    """Where numbers from low to high stand; at the start if they are all one."""
    if high == low:
        return lambda number: start + 0 * number
    return lambda number: start + (number - low) / (high - low) * (end - start)


def _dot(spot: Spot | None, across: Scale, up: Scale, look: str) -> str:
    return f'<circle cx="{across(spot[0]):.1f}" cy="{up(spot[1]):.1f}" {look}/>' if spot else ""


def _axis(height: float) -> str:
    return f'<path d="M{LEFT} {height:.1f}H{RIGHT}" stroke="currentColor"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(title: str, told: str, *parts: str) -> str:
    """A drawing with its title and description, in lines of their own: where drawings are taken out, words remain."""
    inside = "\n".join(filter(None, parts))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" style="max-width:100%;height:auto" fill="currentColor" font-family="inherit" font-size="12">\n'
        f"<title>{escape(title)}.</title>\n<desc>{escape(told)}</desc>\n{inside}\n</svg>"
    )
