"""What chance alone would give: every other way of pairing the same people, gone through one by one or drawn.

Whoever took part in one pairing could have been paired otherwise. Where pairs are made only within groups, so are the
others. All ways are gone through where there are few enough (16 people in one group: 2,027,025), else some are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from math import prod

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet._parallel import generator
from peernet._wording import count_in_digits, listed_few
from peernet.dyads.pairs import LEFT_OUT, Dyads, why_fewer
from peernet.errors import EstimationError, SettingError, is_whole

MOST_WAYS = 2_027_025  # of pairing the same people that are gone through one by one: those of 16
AT_A_TIME = 2_000_000  # people in the pairings drawn at once
ROUNDING = 1e-9  # sums that differ by less, relative to the largest, are the same
BY_LOT = (
    "The pairs were drawn by lot: if partners are more alike in something measured afterwards, being partners brought "
    "it about; if in something from before, it is chance."
)
Cost = Callable[[Ints, Ints], Floats]  # of pairs (i, j), a row for each of several costs


def pools_of(dyads: Dyads) -> tuple[Dyads, list[Ints]]:
    """The pairs that could have been others, and their rows by the group within which pairs were made.

    Left out with the reason are pairs without a group, and the only pair of a group. `EstimationError` if somebody is
    in several pairs, or there is no other way of pairing these people.
    """
    if dyads.in_several:
        raise EstimationError(
            f"{count_in_digits(len(dyads.in_several), 'person stands', 'people stand')} in several pairs "
            f"({listed_few(dyads.in_several, 3)}), so there is no one way of pairing these people anew. Give the pairs "
            "of one round."
        )
    group = dyads.table["group"] if "group" in dyads.table else pd.Series(0, index=dyads.table.index)
    alone = group.map(group.value_counts()) == 1
    reasons = {"group missing": group.isna(), "nobody else in the group could have been the partner": alone}
    lost = [dyads.table[who].reindex(columns=LEFT_OUT[:3]).assign(reason=why) for why, who in reasons.items()]
    kept = ~(group.isna() | alone).to_numpy(dtype=bool)
    if not kept.any():
        there = (
            f"There {'is' if len(dyads) == 1 else 'are'} {count_in_digits(len(dyads), 'usable pair', 'usable pairs')}"
        )
        raise EstimationError(
            f"{there}{why_fewer(dyads.left_out)}, and no other way of pairing these people. Two pairs that could have "
            "been swapped are the least, and ten are of some use."
        )
    gone = pd.concat([part for part in [dyads.left_out, *lost] if len(part)] or [dyads.left_out], ignore_index=True)
    code, names = pd.factorize(group[kept].astype(str), sort=True)
    rows = [np.flatnonzero(code == k) for k in range(len(names))]
    return replace(dyads, table=dyads.table[kept], left_out=gone), rows


def ways_of_pairing(sizes: list[int]) -> int:
    """In how many ways groups of these even sizes can be paired, each within itself."""
    return prod(prod(range(1, size, 2)) for size in sizes)


def sums_over_pairings(cost: Cost, groups: list[Ints], draws: int, rng: int | np.random.Generator) -> Floats:
    """The total cost of every way of pairing people within their groups, or of as many drawn.

    Parameters
    ----------
    cost
        What pairs of the people numbered ``i`` and ``j`` cost, a row for each of several costs.
    groups
        The numbers of those who can be paired with each other.
    draws
        How many pairings are drawn where there are more than 2,027,025.
    rng
        A seed or generator for these.

    Returns
    -------
    array
        A row per cost, a column per pairing.
    """
    if not is_whole(draws, 1):
        raise SettingError(f"draws must be a whole number of at least 1; got {draws!r}.")
    if ways_of_pairing([len(group) for group in groups]) > MOST_WAYS:
        return _drawn(cost, groups, draws, generator(rng))
    first, *others = (_all_sums(cost(group[:, None], group[None, :])) for group in groups)
    for sums in others:
        first = (first[:, :, None] + sums[:, None, :]).reshape(len(first), -1)
    return first


def shares_as_far(null: Floats, observed: float, centre: float, *, drawn: bool) -> tuple[float, float, float]:
    """How often chance gives as much: as far from the centre to either side, as low, and as high.

    Of drawn pairings the one observed counts as another draw.
    """
    slack = ROUNDING * max(np.abs(null).max(), abs(observed))
    as_far = np.abs(null - centre) >= abs(observed - centre) - slack
    as_low, as_high = null <= observed + slack, null >= observed - slack
    two_sided, low, high = (float((drawn + np.sum(each)) / (drawn + null.size)) for each in (as_far, as_low, as_high))
    return two_sided, low, high


def pairings_words(sizes: list[int], draws: int) -> str:
    """Over which pairings: all of them, or how many drawn."""
    ways, people = ways_of_pairing(sizes), sum(sizes)
    within = f" within their {len(sizes)} groups" if len(sizes) > 1 else ""
    if ways <= MOST_WAYS:
        return f"all {ways:,} ways of pairing the same {people} people{within}"
    return f"{draws:,} drawn ways of pairing the same {people:,} people{within}"


def _all_sums(costs: Floats) -> Floats:
    """Of every pairing: the first of those left with each of the others, and then those left."""

    @cache
    def sums(people: tuple[int, ...]) -> Floats:
        if not people:
            return np.zeros((len(costs), 1))
        first, others = people[0], people[1:]
        parts = [costs[:, first, k, None] + sums(tuple(p for p in others if p != k)) for k in others]
        return np.concatenate(parts, axis=1)

    return sums(tuple(range(costs.shape[1])))


def _drawn(cost: Cost, groups: list[Ints], draws: int, rng: np.random.Generator) -> Floats:
    at_once = max(1, AT_A_TIME // sum(map(len, groups)))
    sums = []
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        shuffled = [rng.permuted(np.tile(group, (size, 1)), axis=1) for group in groups]
        halves = [(each[:, ::2], each[:, 1::2]) for each in shuffled]
        sums.append(np.sum([cost(i, j).sum(axis=-1) for i, j in halves], axis=0))
    return np.concatenate(sums, axis=-1)
