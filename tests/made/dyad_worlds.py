"""Worlds of pairs in which everybody stands in many pairs: six ways outcomes may come about, with a planted slope."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

WORLDS = (
    "normal",
    "heavy tails",
    "sparse binary",
    "latent geometry",
    "member variance depends on x",
    "two correlated predictors",
)
FIRST, SECOND = "x", "second"


def dyad_world(
    kind: str, people: int, rng: np.random.Generator, *, slope: float = 0.0, member_slope: float = 0.0
) -> pd.DataFrame:
    """All pairs of so many people; ``y`` rests on ``x`` by ``slope`` and on ``z_a + z_b`` by ``member_slope``.

    ``x = |z_a - z_b|``; where two predictors go together there is ``second`` too, which does matter (see
    `predictors_of`). All else between people is one effect per member and chance, each in the way of its world.
    """
    z, drawn = rng.standard_normal(people), rng.standard_normal((people, 2))
    a, b = np.triu_indices(people, 1)
    pairs, x = len(a), np.abs(z[a] - z[b])
    member, chance = rng.standard_normal(people), rng.standard_normal(pairs)
    table: dict[str, object] = {"a": _named(a), "b": _named(b), FIRST: x, "z_a": z[a], "z_b": z[b]}
    if kind == "heavy tails":
        member, chance = rng.standard_t(3, people) / np.sqrt(3), rng.standard_t(3, pairs) / np.sqrt(3)
    elif kind == "latent geometry":
        chance = 0.5 * chance - np.linalg.norm(drawn[a] - drawn[b], axis=1)
    elif kind == "member variance depends on x":
        member *= 0.25 + np.abs(z)
    elif kind == "two correlated predictors":
        other = 0.7 * z + np.sqrt(1 - 0.7**2) * drawn[:, 0]
        table |= {SECOND: np.abs(other[a] - other[b]), "w_a": other[a], "w_b": other[b]}
        chance = chance + 0.5 * np.abs(other[a] - other[b])
    elif kind not in WORLDS:
        raise ValueError(f"no world {kind!r}")
    y = slope * x + member_slope * (z[a] + z[b]) + member[a] + member[b] + chance
    if kind == "sparse binary":  # a tie where the same sum, with chance of the logistic kind, exceeds 3
        y = (rng.logistic(size=pairs) < y - chance - 3).astype(float)
    return pd.DataFrame({**table, "y": y})


def predictors_of(kind: str) -> list[str]:
    """The pair-level predictors an analyst of this world would use; the first is the one tested."""
    return [FIRST, SECOND] if kind == "two correlated predictors" else [FIRST]


def dyad_worlds(kind: str, people: int, times: int, *, seed: int = 0, slope: float = 0.0) -> Iterator[pd.DataFrame]:
    """So many tables of one world, the same for the same seed whatever the slope."""
    for child in np.random.SeedSequence([seed, people, WORLDS.index(kind)]).spawn(times):
        yield dyad_world(kind, people, np.random.default_rng(child), slope=slope)


def _named(people: np.ndarray) -> np.ndarray:
    return np.array([f"p{i:03}" for i in range(people.max() + 1)], dtype=object)[people]
