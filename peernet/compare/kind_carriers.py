"""What carries the gain of a kind of pairing: the items its partners differ on, and the people who gain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse, stats

from peernet._arrays import Flags, Floats, Ints
from peernet.compare.kind_gains import FIGURES, Choice, OpenPairs
from peernet.compare.kind_statistics import spread
from peernet.graph.measures import brokerage
from peernet.scores.pair_scores import PairScores

__all__ = ["item_parts", "own_gains", "who_gains"]

ITEMS = ["part", "usual", "extra", "low", "high"]
GAINERS = ["by", "group", "people", "gain", "low", "high"]
MOST = 1 / 3  # of people: those whose contacts know each other least
WITHIN = 0.975


def item_parts(pairs: OpenPairs, chosen: Sequence[Choice], kind: int) -> pd.DataFrame:
    """Part of the outlook distance that each item makes, in pairs of the kind and in all possible pairs.

    An item counts only where the other half of the items told the kind.
    """
    weights = pairs.scores.perspective.weights
    asked = np.flatnonzero(weights > 0)
    told = [choice.codes[pairs.firsts, pairs.seconds] for choice in chosen]
    ours: list[Floats] = []
    every: list[Floats] = []
    for item in asked:
        codes = np.stack([codes for codes, choice in zip(told, chosen, strict=True) if item in choice.valued_by])
        apart = _item_distances(pairs, int(item)) * weights.iloc[item]
        ours.append(_mean_and_without(pairs, apart, (codes == kind).sum(axis=0)))
        every.append(_mean_and_without(pairs, apart, (codes >= 0).sum(axis=0)))
    part, usual = (_parts(np.array(means)) for means in (ours, every))
    extra = part - usual
    half = stats.t.ppf(WITHIN, len(pairs.people) - 1) * spread(extra[:, 1:].T)
    table = np.column_stack([part[:, 0], usual[:, 0], extra[:, 0], extra[:, 0] - half, extra[:, 0] + half])
    found = pd.DataFrame(table, columns=ITEMS, index=weights.index[asked].rename("item"))
    return found.sort_values("extra", ascending=False, kind="stable")


def _item_distances(pairs: OpenPairs, item: int) -> Floats:
    """Distance of every open pair on one item alone."""
    weights = pd.Series(0.0, index=pairs.scores.perspective.weights.index, name="weight")
    weights.iloc[item] = 1.0
    alone = replace(pairs.scores.perspective, weights=weights)
    firsts, seconds = pairs.places()
    apart = np.empty(len(firsts))
    for chosen, rows, r in pairs.scores.chunks(firsts):
        apart[chosen] = alone.block(rows)[r, seconds[chosen]]
    return apart


def _mean_and_without(pairs: OpenPairs, apart: Floats, times: Ints) -> Floats:
    """Mean over pairs that each count so many times, and the mean without each person in turn."""
    numbers = np.where(np.isnan(apart), 0.0, times)
    sums = np.nan_to_num(apart) * numbers
    total, count = sums.sum(), numbers.sum()
    sums, numbers = _per_person(pairs, sums), _per_person(pairs, numbers)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.append(total / count, (total - sums) / (count - numbers))


def _per_person(pairs: OpenPairs, each: Floats) -> Floats:
    """Sum over the pairs that each person is in."""
    return np.asarray(
        sum(np.bincount(side, weights=each, minlength=len(pairs.people)) for side in (pairs.firsts, pairs.seconds))
    )


def _parts(means: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(means / np.nansum(means, axis=0))


def own_gains(pairs: OpenPairs, chosen: Sequence[Choice], kind: int) -> Floats:
    """Mean gain of each person from a possible partner of the kind, each side counted for itself."""
    sums, numbers = np.zeros(len(pairs.people)), np.zeros(len(pairs.people))
    for choice in chosen:
        own, given = (choice.figures[:, FIGURES.index(name)] for name in ("own", "given"))
        ours = (choice.codes[pairs.firsts, pairs.seconds] == kind) & ~np.isnan(own + given)
        for people, gains in ((pairs.firsts, own), (pairs.seconds, given)):
            sums += np.bincount(people[ours], weights=gains[ours], minlength=len(sums))
            numbers += np.bincount(people[ours], minlength=len(sums))
    found: Floats = np.divide(sums, numbers, out=np.full(len(sums), np.nan), where=numbers > 0)
    return found


def who_gains(pairs: OpenPairs, gains: Floats) -> pd.DataFrame:
    """Mean gain by team, of people between teams and within one, and of brokers and others."""
    names = pairs.scores.people[pairs.people]
    teams = None if pairs.scores.survey is None else pairs.scores.survey.people.get("team")
    groupings: dict[str, Any] = {} if teams is None else {"team": teams.reindex(names).to_numpy(dtype=object)}
    named = _heard(pairs.scores)
    if teams is not None:
        groupings["bridge"] = _bridges(named, teams.reindex(pairs.scores.people)).to_numpy()[pairs.people]
    groupings["broker"] = _brokers(named).to_numpy()[pairs.people]
    rows = [row for by, groups in groupings.items() for row in _by_group(by, groups, gains)]
    return pd.DataFrame(rows, columns=GAINERS)


def _heard(scores: PairScores) -> sparse.csr_array:
    """1 where a person hears a colleague."""
    heard = scores.reach.heard
    rows = np.repeat(np.arange(len(heard)), [max(len(members) - 1, 0) for members in heard])
    others = np.concatenate([np.empty(0, dtype=np.int64), *(members[1:] for members in heard)])
    return sparse.csr_array((np.ones(len(rows)), (rows, others)), shape=(len(heard), len(heard)))


def _bridges(named: sparse.csr_array, teams: pd.Series) -> pd.Series:
    """Whether at least half of those a person hears are of another team."""
    codes = pd.factorize(teams)[0]
    ego, alter = named.nonzero()
    known = (codes[ego] >= 0) & (codes[alter] >= 0)
    ego, alter = ego[known], alter[known]
    outside = np.bincount(ego, weights=codes[ego] != codes[alter], minlength=len(codes))
    heard = np.bincount(ego, minlength=len(codes))
    words = pd.Series(np.where(2 * outside >= heard, "between teams", "within a team"))
    return words.where(heard > 0)


def _brokers(named: sparse.csr_array) -> pd.Series:
    """Whether a person is in the third whose colleagues know each other least (Burt's constraint)."""
    constraint = brokerage(named)["constraint"]
    known: Flags = np.isfinite(constraint)
    if not known.any():
        return pd.Series(np.full(len(constraint), pd.NA, dtype=object))
    words = pd.Series(np.where(constraint <= np.quantile(constraint[known], MOST), "broker", "not a broker"))
    return words.where(known)


def _by_group(by: str, groups: Ints, gains: Floats) -> list[Mapping[str, Any]]:
    known = pd.Series(gains).dropna()
    table = known.groupby(pd.Series(groups)[known.index]).agg(["size", "mean", "std"])
    table = table.sort_values("mean", ascending=False, kind="stable")
    half = stats.t.ppf(WITHIN, np.maximum(table["size"] - 1, 1)) * table["std"] / np.sqrt(table["size"])
    rows = zip(table.index, table["size"], table["mean"], table["mean"] - half, table["mean"] + half, strict=True)
    return [dict(zip(GAINERS, (by, *row), strict=True)) for row in rows]
