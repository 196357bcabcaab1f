"""People measured twice, in two groups, in worlds in which the group does nothing (or a planted amount)."""

from __future__ import annotations

import numpy as np
import pandas as pd

WORLDS = ("normal", "heavy tails", "skewed", "small group noisier", "large group noisier", "unequal slopes", "binary")


def measured_twice(
    world: str, people: int, rng: np.random.Generator, *, share: float = 0.5, effect: float = 0.0, alike: float = 0.0
) -> pd.DataFrame:
    """Columns ``first``, ``second``, ``paired`` and ``pair``; that share is paired, partners' answers hang together.

    ``alike`` is the correlation of partners' errors, which may be negative; at 0 nobody is in a pair that matters.
    """
    paired = np.arange(people) < round(people * share)
    first, noise = rng.normal(size=people), rng.normal(size=people)
    if world == "heavy tails":
        noise = rng.standard_t(3, size=people)
    if world == "skewed":
        noise = rng.exponential(size=people) - 1
    if world == "small group noisier":
        noise = noise * np.where(paired, 3, 1)
    if world == "large group noisier":
        noise = noise * np.where(paired, 1, 3)
    slope = np.where(paired, 0.0, 1.2) if world == "unequal slopes" else 0.6
    pair = np.where(paired, np.arange(people) // 2, np.nan)
    if alike:
        common = rng.normal(size=people)[np.arange(people) // 2]
        sides = np.where(np.arange(people) % 2, np.sign(alike), 1)
        noise = np.where(paired, np.sqrt(1 - abs(alike)) * noise + np.sqrt(abs(alike)) * sides * common, noise)
    second = slope * first + noise
    if world == "binary":
        first = (rng.random(people) < 0.5).astype(float)
        second = (rng.random(people) < 0.35 + 0.3 * first).astype(float)
    return pd.DataFrame({"first": first, "second": second + effect * paired, "paired": paired, "pair": pair})
