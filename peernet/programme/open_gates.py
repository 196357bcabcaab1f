"""What each gate costs a small pool in people: gates against people paired, every point a proven optimum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Any

import numpy as np
import pandas as pd

from peernet._wording import Shown, amount, count_in_digits, listed, percent
from peernet.errors import InfeasibleError
from peernet.pairing.frontier import pairing_frontier
from peernet.pairing.pairing import Pairing
from peernet.programme.settings import Settings
from peernet.scores.foundation import FOUNDED
from peernet.scores.pair_scores import PairScores

ENOUGH = 0.8  # of the willing: with fewer in pairs the pool is too small for its gates
POINTS = 6  # of the trade-off between closeness and value that are looked at for its knee
# A step away from the settings, and how gladly it is taken: trust is left alone wherever other steps do.
STEPS: dict[str, dict[str, Any]] = {
    "as many pairs as possible first": {"cardinality": "max"},
    "no gate on goals": {"goals": None},
    "no gate on experience": {"experience": None},
    "unknown foundation accepted": {"accept": "unknown"},
}
UNFOUNDED = "unknown foundation accepted"
GLADLY = {step: place for place, step in enumerate(STEPS, start=1)}


@dataclass(frozen=True, repr=False)
class GateCurve(Shown):
    """How many people find a partner as gates open, and what the pairs are then like.

    Parameters
    ----------
    table
        One row per point, the settings as they are first: ``step`` (what is changed, in words), ``steps`` (how many
        settings that is), ``pairs``, ``people`` (with a partner), ``share`` (of the willing), ``value`` (of all pairs,
        in effective perspectives), ``price`` (value lost against the first row; below zero where the pairs bring
        more), ``experience`` and ``goals`` (mean distance of partners), ``founded`` (share of pairs on a known
        foundation), ``proven`` and ``recommended``. Points of several steps that pair no more people than one with
        fewer of them are left out.
    willing
        How many people answered, take part and want a partner.
    most
        No more people than this can have a partner, whichever of these gates are open.
    settings
        The settings of each row.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> curve = pn.programme.gate_curve(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> curve
    <GateCurve: 28 of 55 willing people have a partner as set; 46 with ...>
    """

    table: pd.DataFrame
    willing: int
    most: int
    settings: tuple[Settings, ...]

    @property
    def recommended(self) -> Settings:
        """The settings of the recommended point.

        The fewest steps by which at least 80 % of the willing have a partner, those that leave the foundation alone
        before any that do not; where none reach that, the steps by which the most have one.
        """
        return self.settings[int(np.flatnonzero(self.table["recommended"])[0])]

    @property
    def enough(self) -> bool:
        """Whether the recommended point gives at least 80 % of the willing a partner."""
        return bool((self.table["share"][self.table["recommended"]] >= ENOUGH).all())

    @property
    def words(self) -> str:
        """The recommended point in a sentence, with what it costs."""
        first = self.table.iloc[0]
        point = self.table[self.table["recommended"]].iloc[0]
        paired = count_in_digits(int(first["people"]), "person has", "people have")
        now = f"{paired} a partner of {self.willing:,} willing"
        reached = "" if self.enough else f"; more than {self.most:,} cannot have one, however these gates are set"
        if point["steps"] == 0:
            return f"{now} ({percent(first['share'])}){reached}."
        founded = "" if point["founded"] == 1 else f" and {percent(point['founded'])} of them on a known foundation"
        return (
            f"{now} ({percent(first['share'])}). With {point['step']} it would be {int(point['people']):,} "
            f"({percent(point['share'])}), their pairs worth {amount(point['value'])} instead of "
            f"{amount(first['value'])}{founded}{reached}."
        )

    def __repr__(self) -> str:
        first, point = self.table.iloc[0], self.table[self.table["recommended"]].iloc[0]
        more = f"; {int(point['people']):,} with {point['step']}" if point["steps"] else ""
        return f"<GateCurve: {int(first['people']):,} of {self.willing:,} willing people have a partner as set{more}>"


def gate_curve(scores: PairScores, settings: Settings | None = None) -> GateCurve:
    """Trade gates against people paired: what each step away from the settings would give, and cost.

    Parameters
    ----------
    scores
        What `score_pairs` or `Settings.score` returned.
    settings
        The settings they were made with; by default as usual.

    Returns
    -------
    GateCurve

    Notes
    -----
    A step opens the gate on goals or experience, accepts pairs of whose foundation nothing is known, or makes as many
    pairs as possible before it looks at what they bring. All of them together are looked at, sixteen points at most,
    each the proven best pairing under those settings. Refusals, vetoes, managers and answers that are not there stand
    at every point, and so do the rules.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> curve = pn.programme.gate_curve(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> curve.table[["step", "people", "recommended"]].head(2)
                                  step  people  recommended
    0                           as set      28 ...
    1  as many pairs as possible first ...
    """
    settings = settings or Settings()
    willing = int((scores.gates.out == 0).sum())
    rows: list[tuple[tuple[str, ...], dict[str, Any]]] = []
    chosen: list[Settings] = []
    worth_trying = [*_worth_trying(scores, settings)]
    fewest_first = (combinations(worth_trying, number) for number in range(len(worth_trying) + 1))
    for steps in chain.from_iterable(fewest_first):
        after = settings.but(**_changes(settings, steps))
        try:
            row = _row(steps, after.pair(with_gates_of(scores, after)), willing)
        except InfeasibleError:  # as many pairs as possible, within limits that are not to be kept that way
            continue
        if len(steps) < 2 or not any(
            {*other} <= {*steps} and row["people"] <= known["people"] for other, known in rows
        ):
            rows.append((steps, row))
            chosen.append(after)
    table = pd.DataFrame([row for _, row in rows])
    table.insert(6, "price", table["value"].iloc[0] - table["value"])
    table["recommended"] = np.arange(len(table)) == _recommended([steps for steps, _ in rows], table)
    return GateCurve(table, willing, _most(scores, settings, willing), tuple(chosen))


def with_gates_of(scores: PairScores, settings: Settings) -> PairScores:
    """Scores with gates as open as some settings want them that open some, or accept more, and close none."""
    opened = [gate for gate in ("experience", "goals") if getattr(settings, gate) is None]
    scores = scores.without(*opened) if opened else scores
    if scores.gates.accept is None:
        return scores
    gates = replace(scores.gates, accept=tuple(settings.accept))
    return replace(scores, gates=gates, settings={**scores.settings, "foundation": gates.accept})


def trade_off(scores: PairScores) -> pd.DataFrame | None:
    """The pairing as its gate on experience is set, beside the knee of what closeness in experience costs."""
    if scores.gates.experience_within is None or not len(scores.possible_at()):
        return None
    try:
        frontier = pairing_frontier(scores, points=POINTS, prices=False, progress=False)
    except InfeasibleError:
        return None
    if frontier.knee is None:
        return None
    columns = ["pairs", "value", "apart"]
    both = [frontier.proposed[columns], frontier.table.loc[frontier.knee, columns]]
    return pd.DataFrame(both, index=pd.Index(["as set", "knee"], name="point")).astype("float64")


def _worth_trying(scores: PairScores, settings: Settings) -> Iterator[str]:
    """The steps that would change anything."""
    gates = scores.gates
    closed = {
        "as many pairs as possible first": settings.cardinality is None,
        "no gate on goals": gates.goals_within is not None,
        "no gate on experience": gates.experience_within is not None,
        "unknown foundation accepted": gates.accept is not None and "unknown" not in gates.accept,
    }
    yield from (step for step, would_change in closed.items() if would_change)


def _changes(settings: Settings, steps: tuple[str, ...]) -> dict[str, Any]:
    """What some steps change of the settings."""
    changes = {name: value for step in steps for name, value in STEPS[step].items()}
    return changes | ({"accept": (*settings.accept, "unknown")} if "accept" in changes else {})


def _most(scores: PairScores, settings: Settings, willing: int) -> int:
    """No more people can have a partner: twice as many as there can be pairs with every gate open."""
    every = settings.but(**(_changes(settings, tuple(_worth_trying(scores, settings))) | {"cardinality": "max"}))
    try:
        found = every.pair(with_gates_of(scores, every))
    except InfeasibleError:
        return willing
    return min(willing, 2 * len(found)) if found.proven else willing


def _row(steps: tuple[str, ...], pairing: Pairing, willing: int) -> dict[str, Any]:
    table = pairing.table
    people = len({*table["a"], *table["b"]})
    return {
        "step": listed(steps) or "as set",
        "steps": len(steps),
        "pairs": len(table),
        "people": people,
        "share": people / willing if willing else np.nan,
        "value": pairing.objective,
        "experience": table["experience"].mean(),
        "goals": table["goals"].mean(),
        "founded": table["foundation"].isin([state.name for state in FOUNDED]).mean() if len(table) else np.nan,
        "proven": pairing.proven,
    }


def _recommended(steps: list[tuple[str, ...]], table: pd.DataFrame) -> int:
    """The place of the point that `GateCurve.recommended` documents."""
    reach, people = (table["share"] >= ENOUGH).to_list(), table["people"].to_list()
    asks = [(UNFOUNDED in own, len(own), sum(GLADLY[step] for step in own)) for own in steps]
    if any(reach):
        return min((place for place, enough in enumerate(reach) if enough), key=lambda place: asks[place])
    return min(range(len(table)), key=lambda place: (-people[place], asks[place]))
