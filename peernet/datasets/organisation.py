"""A fictional organisation: teams, managers, and what each person is really like."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet.datasets.draws import permutation, weighted, whole_numbers
from peernet.datasets.fictional_names import draw_names, team_names

STRATA = ("newcomer", "practitioner", "expert", "leader")
TYPES = ("explorer", "guardian", "connector", "analyst", "maker")
STRATUM_SHARES = (0.30, 0.36, 0.26, 0.08)
USUAL_TYPE = np.array([0, 4, 3, 2])  # the perspective type that goes with each stratum, as far as the two are related
TYPE_CENTRES = np.array([[1.1, 0.2, -0.9], [-1.1, -0.3, 0.9], [0.3, 1.2, -0.2], [-0.1, -1.1, 0.7], [-0.4, 0.1, -1.0]])
VIEWS = ["view_change", "view_people", "view_planning"]
SPREAD_WITHIN_TYPE = 0.40
SPREAD_WITHIN_STRATUM = 0.25
SMALLEST_TEAM, LARGEST_TEAM = 6, 16
TEAMS_PER_HEAD = 6


def draw_organisation(
    people: int, answered: int, teams: int, relatedness: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Everyone on the roster: index ``person``; who they are, where they work, and their latent traits."""
    team, rank = _seats(team_sizes(people, teams, rng), permutation(rng, people))
    width = max(3, len(str(people)))
    index = pd.Index([f"p{k + 1:0{width}d}" for k in range(people)], name="person")
    boss = _bosses(team, rank, teams)
    names, departments = team_names(teams)
    stratum = np.where(np.isin(np.arange(people), boss), len(STRATA) - 1, weighted(rng, STRATUM_SHARES, people))
    kind = _perspective_types(stratum, relatedness, rng)
    frame = pd.DataFrame(
        {
            "name": draw_names(people, rng),
            "team": np.array(names)[team],
            "department": np.array(departments)[team],
            "manager": ["" if b < 0 else index[b] for b in boss],
            "stratum": np.array(STRATA)[stratum],
            "perspective_type": np.array(TYPES)[kind],
            "answered": permutation(rng, people) < answered,
        },
        index=index,
    )
    return frame.join(_traits(stratum, kind, rng).set_index(index))


def team_sizes(people: int, teams: int, rng: np.random.Generator) -> Ints:
    """Team sizes that add up to ``people``: uneven, yet within the usual limits where the numbers allow it."""
    sizes = np.full(teams, people // teams, dtype=np.int64)
    sizes[: people % teams] += 1
    low, high = min(SMALLEST_TEAM, int(sizes.min())), max(LARGEST_TEAM, int(sizes.max()))
    moves = whole_numbers(rng, 0, teams - 1, 8 * teams).reshape(-1, 2)
    for giver, taker in moves:
        if giver != taker and sizes[giver] > low and sizes[taker] < high:
            sizes[giver] -= 1
            sizes[taker] += 1
    return sizes


def _seats(sizes: Ints, order: Ints) -> tuple[Ints, Ints]:
    """Team of every person and rank within it; rank 0 manages the team."""
    team, rank = np.empty(len(order), dtype=np.int64), np.empty(len(order), dtype=np.int64)
    team[order] = np.repeat(np.arange(len(sizes)), sizes)
    rank[order] = np.concatenate([np.arange(size) for size in sizes])
    return team, rank


def _bosses(team: Ints, rank: Ints, teams: int) -> Ints:
    """Position of everyone's manager (-1: none): of members theirs, of managers a head, of heads the director."""
    seat = {(int(t), int(r)): k for k, (t, r) in enumerate(zip(team, rank, strict=True))}
    heads = min(-(-teams // TEAMS_PER_HEAD), int((team == 0).sum()) - 1)
    boss = [seat[int(t), 0] if r > 0 else seat[0, 1 + (int(t) - 1) % heads] for t, r in zip(team, rank, strict=True)]
    boss[seat[0, 0]] = -1
    return np.array(boss)


def _perspective_types(stratum: Ints, relatedness: float, rng: np.random.Generator) -> Ints:
    usual: Flags = rng.random(len(stratum)) < relatedness
    return np.where(usual, USUAL_TYPE[stratum], whole_numbers(rng, 0, len(TYPES) - 1, len(stratum)))


def _traits(stratum: Ints, kind: Ints, rng: np.random.Generator) -> pd.DataFrame:
    n = len(stratum)
    views: Floats = TYPE_CENTRES[kind] + SPREAD_WITHIN_TYPE * rng.standard_normal((n, len(VIEWS)))
    return pd.DataFrame(views, columns=VIEWS).assign(
        seniority=stratum + SPREAD_WITHIN_STRATUM * rng.standard_normal(n),
        trust_propensity=rng.standard_normal(n),
        trustworthiness=rng.standard_normal(n),
    )
