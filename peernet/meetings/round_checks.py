"""A plan of rounds held against its own promises, each worked out anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from peernet._arrays import Ints
from peernet.meetings.held import Round, pairs_in, standing_after
from peernet.meetings.meeting_bounds import programme_bounds
from peernet.meetings.planner import Programme
from peernet.meetings.round_tables import round_table

__all__ = ["broken_meetings", "broken_rules"]

ROUNDING = 1e-7
Broken = Iterator[tuple[str, int, str, str]]


def broken_rules(
    programme: Programme, plan: tuple[Round, ...], table: pd.DataFrame, objective: float, bound: float
) -> list[tuple[str, int, str, str]]:
    """Every violation of a plan as rule, round, who and what was found."""
    return [*broken_meetings(programme, plan, table, objective), *_broken_bound(programme, plan, objective, bound)]


def broken_meetings(programme: Programme, plan: tuple[Round, ...], table: pd.DataFrame, objective: float) -> Broken:
    """Every violation but those of the bound."""
    yield from _broken_gates(programme, table)
    yield from _broken_required(programme, plan)
    yield from _broken_repeats(programme, table)
    yield from _broken_capacity(programme, table)
    yield from _broken_totals(programme, plan, table, objective)
    yield from _broken_turns(programme, plan)


def _broken_gates(programme: Programme, table: pd.DataFrame) -> Broken:
    told = programme.scores.to_frame(zip(table["a"], table["b"], strict=True))
    for row in told[told["blocked"] != ""].itertuples():
        yield "gates", 0, f"{row.a} and {row.b}", str(row.blocked)


def _broken_required(programme: Programme, plan: tuple[Round, ...]) -> Broken:
    people, made = programme.scores.people, {frozenset(pair) for pair in pairs_in(plan[:1])}
    for i, j in programme.required:
        if frozenset((i, j)) not in made:
            yield "required", 1, f"{people[i]} and {people[j]}", "do not meet in the first round"


def _broken_repeats(programme: Programme, table: pd.DataFrame) -> Broken:
    people = programme.scores.people
    before = [frozenset((people[i], people[j])) for i, j in pairs_in(programme.earlier)]
    now = [frozenset(pair) for pair in zip(table["a"], table["b"], strict=True)]
    times = Counter([*set(before), *now])
    for pair in sorted({pair for pair in now if times[pair] > 1}, key=sorted):
        yield "repeats", 0, " and ".join(sorted(pair)), f"meet {times[pair]} times"


def _broken_capacity(programme: Programme, table: pd.DataFrame) -> Broken:
    """A trio takes one place."""
    groups = pd.concat([table[["round", "pair", side]].set_axis(["round", "pair", "person"], axis=1) for side in "ab"])
    times = groups.drop_duplicates().groupby(["round", "person"]).size()
    allowed = programme.scores.capacity.to_dict()
    for number, person, count in times.reset_index().itertuples(index=False, name=None):
        if count > allowed[person]:
            yield "capacity", number, person, f"{count} meetings, {allowed[person]} allowed"


def _broken_totals(programme: Programme, plan: tuple[Round, ...], table: pd.DataFrame, objective: float) -> Broken:
    fresh = round_table(programme, plan)
    for column in ("gain_a", "gain_b", "value"):
        wrong = ~np.isclose(fresh[column].to_numpy(), table[column].to_numpy(), rtol=0, atol=ROUNDING)
        for row in table[wrong].itertuples():
            yield column, int(row.round), f"{row.a} and {row.b}", "not what the scores give"
    total = float(fresh["value"].sum())
    if abs(total - objective) > ROUNDING * max(1.0, abs(total)):
        yield "objective", 0, "total", f"{total!r} recomputed, {objective!r} stated"


def _broken_bound(programme: Programme, plan: tuple[Round, ...], objective: float, bound: float) -> Broken:
    if np.isnan(bound):
        return
    if objective > bound + ROUNDING * max(1.0, abs(bound)):
        yield "bound", 0, "total", f"{objective!r} is above the bound {bound!r}"
    proven, _ = programme_bounds(programme, plan)
    if proven > bound + ROUNDING * max(1.0, abs(bound)):
        yield "bound", 0, "total", f"{bound!r} stated, but no less than {proven!r} is proven"


def _broken_turns(programme: Programme, plan: tuple[Round, ...]) -> Broken:
    """Rounds in which more of those who had to rest before could have met somebody."""
    for place, groups in enumerate(plan):
        before = [*programme.earlier, *plan[:place]]
        rested = standing_after(programme.pairs, before).rested
        turn = np.unique(rested, return_inverse=True)[1] + programme.everyone
        pairs = programme.pairs.without(pairs_in(before))
        places, fixed = programme.places(rested), programme.fixed(place)
        left = np.maximum(places - _taken(fixed, pairs.n), 0)
        pairs = pairs.without(pairs_in([fixed]))
        best = pairs.best((turn[pairs.first] + turn[pairs.second]).astype(float), left)
        reached = float((turn * (np.minimum(_taken(groups, pairs.n), places) - (places - left))).sum())
        if reached < best.objective - ROUNDING:
            yield (
                "turns",
                place + 1,
                "those who rested",
                f"claims worth {best.objective:g} could be met, {reached:g} are",
            )


def _taken(groups: Round, people: int) -> Ints:
    """In how many of the groups each person is."""
    return np.bincount(np.array([person for group in groups for person in group], dtype=np.int64), minlength=people)
