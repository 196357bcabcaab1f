"""A plan of rounds as tables: who meets whom, what each person gets out of it, and which clusters everyone meets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats
from peernet.meetings.held import Round, clusters_met, heard_in, pairs_in, standing_after
from peernet.meetings.planner import Programme
from peernet.meetings.together import shared_gains

__all__ = ["coverage_table", "people_table", "round_table"]

COLUMNS = ["round", "pair", "a", "b", "trio", "gain_a", "gain_b", "value", "foundation", "introducer"]
STATUSES = ("met", "not in these rounds", "no possible partner")


def round_table(programme: Programme, plan: tuple[Round, ...]) -> pd.DataFrame:
    """One row per pair, with the gains at that time."""
    found = [_one_round(programme, plan, place) for place in range(len(plan))]
    table = pd.concat(found, ignore_index=True).astype({"a": "str", "b": "str"})
    told = programme.scores.to_frame(zip(table["a"], table["b"], strict=True))[["a", "b", "foundation", "introducer"]]
    table = table.merge(told, on=["a", "b"], how="left", validate="many_to_one")
    return table[COLUMNS]


def _one_round(programme: Programme, plan: tuple[Round, ...], place: int) -> pd.DataFrame:
    rank, people = programme.pairs.rank, programme.scores.people
    groups = sorted(
        (tuple(sorted(group, key=lambda i: rank[i])) for group in plan[place]), key=lambda g: rank[list(g)].tolist()
    )
    rows = [(number, pair, len(group) > 2) for number, group in enumerate(groups, 1) for pair in pairs_in([(group,)])]
    pairs = [pair for _, pair, _ in rows]
    scores = programme.scores_after(plan[:place])
    own, given = shared_gains(scores, pairs)
    return pd.DataFrame(
        {
            "round": np.full(len(rows), place + 1),
            "pair": np.array([number for number, _, _ in rows], dtype=np.int64),
            "a": [people[i] for i, _ in pairs],
            "b": [people[j] for _, j in pairs],
            "trio": np.array([trio for _, _, trio in rows], dtype=bool),
            "gain_a": own,
            "gain_b": given,
            "value": scores.combined(own, given) + programme.pairs.price[programme.pairs.find(pairs)],
        }
    )


def people_table(programme: Programme, plan: tuple[Round, ...]) -> pd.DataFrame:
    """What each person gets out of the rounds."""
    standing = standing_after(programme.pairs, [*programme.earlier, *plan])
    before, after = (programme.scores_after(rounds).reach.exposure for rounds in ((), plan))
    partners = heard_in(plan)
    active = [np.unique(np.array(pairs_in([groups]), dtype=np.int64)) for groups in plan]
    met = np.concatenate([np.empty(0, dtype=np.int64), *active])
    table = pd.DataFrame(
        {
            "rounds": np.bincount(met, minlength=programme.pairs.n),
            "partners": [len(partners.get(person, ())) for person in range(programme.pairs.n)],
            "rested": standing.rested,
            "no_one_new": standing.no_one_new,
            "trios": standing.trios,
            "before": before,
            "after": after,
            "gain": after - before,
        },
        index=programme.scores.people,
    )
    return table.rename_axis("person")


def coverage_table(programme: Programme, plan: tuple[Round, ...], clusters: pd.Series | None) -> pd.DataFrame:
    """Which clusters everyone meets, and who cannot meet one of them."""
    people, labels = programme.scores.people, programme.labels
    names = [] if clusters is None else pd.Index(clusters.dropna().unique()).sort_values()
    first = _first_met(programme, plan)
    possible = _possible_clusters(programme)
    able = np.flatnonzero(programme.pairs.partners() > 0).tolist()
    rows = [
        (people[i], name, first[i, c], _status(first[i, c], possible[i, c]))
        for i in able
        for c, name in enumerate(names)
        if c != labels[i]
    ]
    return pd.DataFrame(rows, columns=["person", "cluster", "round", "status"])


def _first_met(programme: Programme, plan: tuple[Round, ...]) -> Floats:
    """Round in which each person first meets each cluster, 0 before these rounds, missing if they never do."""
    labels = programme.labels
    found: Floats = np.where(clusters_met(labels, programme.earlier), 0.0, np.nan)
    for number in range(1, len(plan) + 1):
        met = clusters_met(labels, [*programme.earlier, *plan[:number]])
        found[met & np.isnan(found)] = number
    return found


def _possible_clusters(programme: Programme) -> Flags:
    """Whether each person has a possible partner in each cluster."""
    every = tuple(zip(programme.pairs.first.tolist(), programme.pairs.second.tolist(), strict=True))
    return clusters_met(programme.labels, [every])


def _status(first: float, possible: bool) -> str:
    return STATUSES[0] if not np.isnan(first) else STATUSES[1] if possible else STATUSES[2]
