"""The survey drawn, scored and solved again and again, and what its pairings have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import Seed, over_draws, share_interval
from peernet.compare.drawn_weights import LOT, DrawnWeights, cells_of
from peernet.compare.survey_again import SurveyAgain
from peernet.errors import InfeasibleError
from peernet.matching.limits import Pool, best_within_limits
from peernet.matching.matching import Matching, max_weight_matching
from peernet.pairing.check import limits_cost
from peernet.pairing.objectives import ByName, with_required
from peernet.pairing.pairing import Pairing

__all__ = ["AGREED", "Repeats"]

AGREED = ["a", "b", "inclusion", "proposed"]  # what is told of the pairs of the consensus, beside their value


class Outcome(NamedTuple):
    """One draw: its best pairs, their value, and what the proposed pairs are worth there."""

    pairs: Ints  # pair x side, positions by name; none where no pairing keeps the limits
    best: float  # NaN where no pairing keeps the limits
    proposed: Floats  # NaN where a gate closes the pair
    cost: float  # what limits with a price cost the proposed pairs

    @property
    def value(self) -> float:
        """What the proposed pairs are worth."""
        return float(np.nansum(self.proposed)) - self.cost


@dataclass(frozen=True)
class Repeats:
    """Draws of one survey, each solved to a proven optimum.

    Parameters
    ----------
    again
        What to draw from.
    pairing
        The pairing proposed by the survey as it is.
    seeds, fresh
        One per draw, and as many for draws from which nothing was chosen.
    n_jobs, progress
        Processes to use, and whether to show a bar.
    """

    again: SurveyAgain
    pairing: Pairing
    seeds: Sequence[Seed]
    fresh: Sequence[Seed]
    n_jobs: int
    progress: bool

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """Every draw solved."""
        work = partial(_solved_again, self.again, self._proposed)
        return over_draws(work, self.seeds, n_jobs=self.n_jobs, progress=self.progress, what="surveys drawn anew")

    @cached_property
    def _weights(self) -> ByName:
        return ByName(self.again.scores)

    @cached_property
    def _proposed(self) -> Ints:
        return np.array(self._weights.positions(self.pairing.pairs), dtype=np.int64).reshape(-1, 2)

    def pairs(self) -> pd.DataFrame:
        """Pairs that were proposed or came up, and how often: ``a, b, inclusion, low, high, proposed``."""
        n = len(self._weights)
        proposed = _numbered(self._proposed, n)
        found, counts = np.unique(
            np.concatenate([proposed, *(_numbered(o.pairs, n) for o in self.outcomes)]), return_counts=True
        )
        counts = counts - np.isin(found, proposed)
        low, high = share_interval(counts.astype(np.float64), len(self.seeds))
        people = self._weights.people
        return pd.DataFrame(
            {
                "a": people[found // n],
                "b": people[found % n],
                "inclusion": counts / len(self.seeds),
                "low": low,
                "high": high,
                "proposed": np.isin(found, proposed),
            }
        )

    def people(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """Each person's proposed and likeliest partner, how often they have none, and how many different ones."""
        scores = self.again.scores
        sides = [pairs.rename(columns=dict(zip(names, ("person", "partner"), strict=True))) for names in ("ab", "ba")]
        both = pd.concat(sides).sort_values(["inclusion", "partner"], ascending=[False, True], kind="stable")
        people = scores.people[(scores.gates.out == 0) & (scores.capacity.to_numpy() > 0)]
        shares = both.groupby("person")["inclusion"]
        first, proposed = both.groupby("person").first(), both[both["proposed"]].groupby("person").first()
        table = pd.DataFrame(
            {
                "partner": proposed["partner"],
                "inclusion": proposed["inclusion"],
                "likeliest": first["partner"],
                "comes_up": first["inclusion"],
                "unpaired": 1 - self._paired(),
                "partners": shares.sum() ** 2 / shares.agg(lambda own: (own**2).sum()),
            }
        )
        return table.reindex(people).rename_axis("person")

    def _paired(self) -> pd.Series:
        """Share of the draws in which each person has a partner."""
        counts = np.zeros(len(self._weights))
        for outcome in self.outcomes:
            counts[np.unique(outcome.pairs)] += 1
        return pd.Series(counts / len(self.seeds), index=self._weights.people)

    def consensus(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """Pairs with the greatest sum of inclusions of all pairings within the rules, the more valuable of equals."""
        places = self._places(pairs)
        values = cells_of(self._weights, places)
        wanted = (pairs["inclusion"] > 0) | (pairs["proposed"] & self._limited)  # the proposed pairs keep the limits
        allowed = wanted.to_numpy() & ~np.isnan(values)
        table, (i, j), value = pairs[allowed], places[allowed].T, values[allowed]
        scale = LOT / max(value.max(initial=0.0), LOT)
        best = self._most_included(i, j, table["inclusion"].to_numpy() + scale * value, scale)
        n = len(self._weights)
        chosen = np.isin(i * n + j, [a * n + b for a, b in best.pairs])
        return table[AGREED].assign(value=value)[chosen].reset_index(drop=True)

    @property
    def _limited(self) -> bool:
        ruling = self.again.scores.ruling
        return ruling is not None and bool(ruling.limits)

    def _most_included(self, i: Ints, j: Ints, weight: Floats, scale: float) -> Matching:
        """The best matching of some pairs under the rules, prices of limits scaled as the values are."""
        weights, required = self._weights, with_required(self.again.scores, ())
        places = sorted(weights.positions(required))
        if not self._limited:
            cells = sparse.coo_array((weight, (i, j)), shape=2 * (len(weights),)).tocsr()
            both: Any = cells + cells.T  # the engine takes it, but SciPy's stubs do not say so
            return max_weight_matching(both, capacity=weights.capacity, required=places)
        table = np.full(2 * (len(weights),), np.nan)
        table[i, j] = table[j, i] = weight
        limits = tuple(replace(limit, price=limit.price * scale) for limit in weights.limits)
        return best_within_limits(Pool(table, weights.capacity, tuple(places), limits))

    def _kept(self, consensus: pd.DataFrame | None) -> list[float]:
        """What the consensus keeps of what is attainable in each of the fresh draws."""
        if consensus is None:
            return [np.nan] * len(self.fresh)
        work = partial(_solved_again, self.again, self._places(consensus))
        others = over_draws(work, self.fresh, n_jobs=self.n_jobs, progress=self.progress, what="consensus valued")
        return [_ratio(other.value, other.best) for other in others]

    def _places(self, pairs: pd.DataFrame) -> Ints:
        people = self._weights.people
        return np.column_stack([people.get_indexer(pd.Index(pairs[side])) for side in ("a", "b")]).astype(np.int64)

    def table(self, consensus: pd.DataFrame | None) -> pd.DataFrame:
        """One row per draw: what its best pairing and the proposed pairs bring, and the consensus in a fresh draw."""
        proposed = _numbered(self._proposed, len(self._weights))
        rows = [
            {
                "pairs": len(outcome.pairs),
                "best": outcome.best,
                "proposed": outcome.value,
                "kept": _ratio(outcome.value, outcome.best),
                "same": _mean(np.isin(proposed, _numbered(outcome.pairs, len(self._weights)))),
                "allowed": _mean(~np.isnan(outcome.proposed)),
                "consensus_kept": kept,
            }
            for outcome, kept in zip(self.outcomes, self._kept(consensus), strict=True)
        ]
        return pd.DataFrame(rows).rename_axis("draw")


def _solved_again(again: SurveyAgain, proposed: Ints, rng: np.random.Generator) -> Outcome:
    """One survey as it might have come out, its best pairing, and what some pairs are worth there."""
    scores = again.drawn(rng)
    weights = DrawnWeights(scores, rng)
    worth = cells_of(weights.table, proposed)
    made = proposed[~np.isnan(worth)]
    cost = limits_cost(scores, list(zip(*(weights.people[made[:, side]] for side in (0, 1)), strict=True)))
    try:
        best = weights.found()
    except InfeasibleError:
        return Outcome(np.empty((0, 2), dtype=np.int64), np.nan, worth, cost)
    return Outcome(np.array(best.pairs, dtype=np.int64).reshape(-1, 2), best.objective, worth, cost)


def _numbered(pairs: Ints, n: int) -> Ints:
    return pairs[:, 0] * n + pairs[:, 1]


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


def _mean(flags: Flags) -> float:
    return float(np.mean(flags)) if len(flags) else np.nan
