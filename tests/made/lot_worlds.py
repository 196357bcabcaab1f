"""People paired by lot, whose outcomes come about in known ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from peernet.dyads.pairs import Dyads
from peernet.outcomes.lots import ByLot

# how outcomes come about beside the planted effect
PROCESSES = ("normal", "heavy tails", "skewed", "spread grows", "partners alike", "partners unlike", "yes or no")
WITHIN = {"partners alike": 0.5, "partners unlike": -0.5}  # correlation of partners


@dataclass
class LotWorld:
    """A made study: everybody's outlook, outcomes before and after, and the pairs that were drawn."""

    people: pd.Index
    outlook: np.ndarray
    before: np.ndarray
    after: np.ndarray
    pairs: list[tuple[str, str]]
    lot: ByLot

    def remake(self, pairs):
        i, j = (self.people.get_indexer([pair[side] for pair in pairs]) for side in (0, 1))
        columns = {"after": self.after, "before": self.before, "outlook": self.outlook}
        of_people = {
            f"{name}_{side}": values[at] for name, values in columns.items() for side, at in (("a", i), ("b", j))
        }
        distance = np.abs(self.outlook[i] - self.outlook[j])
        return pd.DataFrame({"a": self.people[i], "b": self.people[j], **of_people, "distance": distance})

    @property
    def dyads(self) -> Dyads:
        return Dyads(self.remake(self.pairs), design="drawn by lot", remake=self.remake)


def noise(process: str, distance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pairs x 2."""
    shape = (len(distance), 2)
    if process == "heavy tails":
        return rng.standard_t(3, size=shape)
    if process == "skewed":
        return rng.exponential(size=shape)
    if process == "spread grows":
        return rng.normal(size=shape) * (0.3 + distance[:, None])
    rho = WITHIN.get(process, 0.0)
    return rng.normal(size=shape) @ np.linalg.cholesky([[1.0, rho], [rho, 1.0]]).T


def lot_world(
    n: int,
    rng: np.random.Generator,
    *,
    process: str = "normal",
    effect: float = 0.0,
    of_partner: float = 0.0,
    persons: float = 0.0,
    groups: int = 1,
) -> LotWorld:
    """Pairs drawn among n people; ``persons`` is how far people of unusual outlook have higher outcomes anyway."""
    people = pd.Index([f"p{i:03d}" for i in range(n)])
    outlook, before = rng.normal(size=n), rng.normal(size=n)
    lot = ByLot(people, pd.Series(np.arange(n) % groups, index=people))
    pairs = list(lot.draw(rng).itertuples(index=False, name=None))
    i, j = people.get_indexer([a for a, _ in pairs]), people.get_indexer([b for _, b in pairs])
    distance = np.abs(outlook[i] - outlook[j])
    shock = noise(process, distance, rng)
    after = 0.5 * before + persons * np.abs(outlook)
    after[i] += effect * distance + of_partner * outlook[j] + shock[:, 0]
    after[j] += effect * distance + of_partner * outlook[i] + shock[:, 1]
    if process == "yes or no":
        after = (after > 0.3).astype(float)
    return LotWorld(people, outlook, before, after, pairs, lot)
