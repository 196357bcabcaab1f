"""Who names whom in the fictional organisation, and how far people differ in outlook."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet.datasets.draws import whole_numbers
from peernet.datasets.organisation import VIEWS

OUTSIDERS = (3, 8)  # colleagues outside the team each person brings into their circle
SAME_DEPARTMENT, SAME_TYPE, SAME_STRATUM = 0.7, 0.8, 0.9  # log odds of an acquaintance outside the team
NAMES_TYPED = (6, 12)  # the most names a person types per question
EXTRA_WORK_NAMES = 2  # the first tie question gets a few more


def draw_nominations(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row per nomination, strongest first within each person and layer: ``person``, ``layer``, ``alter``."""
    pairs = _acquaintances(people, rng)
    ego, alter = np.concatenate([pairs, pairs[:, ::-1]]).T
    rapport = np.tile(rng.standard_normal(len(pairs)), 2)
    limit = whole_numbers(rng, *NAMES_TYPED, len(people))
    strengths = _strengths(people, ego, alter, rapport, rng)
    named = [
        _named(layer, strength, ego, alter, limit + EXTRA_WORK_NAMES * (layer == "works_with"))
        for layer, strength in strengths.items()
    ]
    rows = pd.concat(named, ignore_index=True)
    return rows.assign(person=people.index[rows["person"]], alter=people.index[rows["alter"]])


def view_distances(people: pd.DataFrame, a: Ints, b: Ints) -> Floats:
    """Distance in outlook between people at positions ``a`` and ``b``, in units of its mean over all pairs."""
    views = people[VIEWS].to_numpy()
    return _lengths(views[a] - views[b]) / _mean_distance(views)


def _mean_distance(views: Floats) -> float:
    total = sum(float(_lengths(views[k + 1 :] - views[k]).sum()) for k in range(len(views) - 1))
    return total / (len(views) * (len(views) - 1) / 2)


def _lengths(vectors: Floats) -> Floats:
    lengths: Floats = np.sqrt((vectors**2).sum(axis=1))
    return lengths


def _acquaintances(people: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Pairs of positions who know each other: team mates, the managers of one circle, and chosen outsiders."""
    codes = {name: pd.factorize(people[name])[0] for name in ("team", "department", "perspective_type", "stratum")}
    boss = people.index.get_indexer(pd.Index(people["manager"]))
    known = set[tuple[int, int]]()
    for k in range(len(people)):
        inside = (codes["team"] == codes["team"][k]) | ((boss == boss[k]) & (boss[k] >= 0))
        inside[[p for p in (boss[k], k) if p >= 0]] = True
        outside = _outsiders(k, codes, inside, rng)
        known.update((min(k, int(m)), max(k, int(m))) for m in (*np.flatnonzero(inside), *outside) if m != k)
    return np.array(sorted(known), dtype=np.int64)


def _outsiders(k: int, codes: dict[str, Ints], inside: Flags, rng: np.random.Generator) -> Ints:
    """A few people outside the team, the more likely the more alike (a weighted draw by the largest Gumbel score)."""
    alike = (
        SAME_DEPARTMENT * (codes["department"] == codes["department"][k])
        + SAME_TYPE * (codes["perspective_type"] == codes["perspective_type"][k])
        + SAME_STRATUM * (codes["stratum"] == codes["stratum"][k])
    )
    score = np.where(inside, -np.inf, alike - np.log(-np.log(rng.random(len(inside)))))
    count = min(int(whole_numbers(rng, *OUTSIDERS, 1)[0]), int((~inside).sum()))
    return np.argsort(-score, kind="stable")[:count]


def _strengths(
    people: pd.DataFrame, ego: Ints, alter: Ints, rapport: Floats, rng: np.random.Generator
) -> dict[str, Floats]:
    """How strongly each ego would name each acquaintance in each layer; above zero they do."""
    mates = _same(people["team"], ego, alter)
    seniority = people["seniority"].to_numpy()
    gap = np.abs(seniority[ego] - seniority[alter])
    boss = people.index.get_indexer(pd.Index(people["manager"]))
    line = (boss[ego] == alter) | (boss[alter] == ego)
    regard = 0.35 * people["trust_propensity"].to_numpy()[ego] + 0.35 * people["trustworthiness"].to_numpy()[alter]
    alike = 0.8 * (1 - view_distances(people, ego, alter)) + 0.3 * (1 - gap)
    trust = 0.05 + 0.2 * mates + alike + 0.9 * rapport + regard + _noise(rng, 0.55, ego)
    return {
        "works_with": -0.9 + 1.3 * mates + 2.0 * line + 0.4 * rapport + _noise(rng, 0.7, ego),
        "advice": -1.3 + 0.6 * trust + 0.7 * (seniority[alter] - seniority[ego]) + _noise(rng, 0.6, ego),
        "trust": trust,
        "respect": 0.35 + trust + 0.2 * (seniority[alter] - seniority.mean()) + _noise(rng, 0.4, ego),
        "candour": 0.25 + trust + 0.15 * (seniority[ego] - seniority.mean()) + _noise(rng, 0.4, ego),
    }


def _same(labels: pd.Series, ego: Ints, alter: Ints) -> Flags:
    codes = pd.factorize(labels)[0]
    same: Flags = codes[ego] == codes[alter]
    return same


def _noise(rng: np.random.Generator, spread: float, like: Ints) -> Floats:
    return spread * rng.standard_normal(len(like))


def _named(layer: str, strength: Floats, ego: Ints, alter: Ints, limit: Ints) -> pd.DataFrame:
    """The acquaintances a person comes up with, strongest first, up to as many names as they type."""
    rows = pd.DataFrame({"person": ego, "layer": layer, "alter": alter, "strength": strength})
    rows = rows[rows["strength"] > 0].sort_values(["person", "strength"], ascending=[True, False], kind="stable")
    place = rows.groupby("person").cumcount().to_numpy()
    typed: pd.DataFrame = rows[place < limit[rows["person"].to_numpy()]]
    return typed[["person", "layer", "alter"]]
