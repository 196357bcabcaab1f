"""The survey drawn, scored and solved again and again, and what its pairings have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Integers
from peernet._resampling import Seed, over_draws, share_interval
from peernet._survey_again import SurveyAgain
from peernet._weights import ByName
from peernet.matching import max_weight_matching
from peernet.pairing import Pairing
from peernet.scores import CELLS_AT_ONCE, PairScores

__all__ = ["Repeats"]

LOT = 1e-6  # share of a weight by which lots decide between pairings of equal value


class Outcome(NamedTuple):
    """One draw: its best pairs, their value, and what the proposed pairs are worth there."""

    pairs: Integers  # pair x side, positions by name
    best: float
    proposed: Floats  # NaN where a gate closes the pair


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
    def _proposed(self) -> Integers:
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
        """Pairs with the greatest sum of inclusions of all pairings within the gates, the more valuable of equals."""
        places = self._places(pairs)
        values = _cells(self._weights, places)
        allowed = (pairs["inclusion"].to_numpy() > 0) & ~np.isnan(values)
        table, (i, j), value = pairs[allowed], places[allowed].T, values[allowed]
        weight = table["inclusion"].to_numpy() + LOT * value / max(value.max(initial=0.0), LOT)
        cells = sparse.coo_array((weight, (i, j)), shape=2 * (len(self._weights),)).tocsr()
        best = max_weight_matching(cells + cells.T, capacity=self._weights.capacity)
        n = len(self._weights)
        chosen = np.isin(i * n + j, [a * n + b for a, b in best.pairs])
        columns = ["a", "b", "inclusion", "proposed"]
        return table[columns].assign(value=value)[chosen].reset_index(drop=True)

    def _places(self, pairs: pd.DataFrame) -> Integers:
        people = self._weights.people
        return np.column_stack([people.get_indexer(pd.Index(pairs[side])) for side in ("a", "b")]).astype(np.int64)

    def table(self, consensus: pd.DataFrame) -> pd.DataFrame:
        """One row per draw: what its best pairing and the proposed pairs bring, and the consensus in a fresh draw."""
        work = partial(_solved_again, self.again, self._places(consensus))
        others = over_draws(work, self.fresh, n_jobs=self.n_jobs, progress=self.progress, what="consensus valued")
        proposed = _numbered(self._proposed, len(self._weights))
        rows = [
            {
                "pairs": len(outcome.pairs),
                "best": outcome.best,
                "proposed": (value := float(np.nansum(outcome.proposed))),
                "kept": _ratio(value, outcome.best),
                "same": _mean(np.isin(proposed, _numbered(outcome.pairs, len(self._weights)))),
                "allowed": _mean(~np.isnan(outcome.proposed)),
                "consensus_kept": _ratio(float(np.nansum(other.proposed)), other.best),
            }
            for outcome, other in zip(self.outcomes, others, strict=True)
        ]
        return pd.DataFrame(rows).rename_axis("draw")


def _solved_again(again: SurveyAgain, proposed: Integers, rng: np.random.Generator) -> Outcome:
    """One survey as it might have come out, its best pairing, and what some pairs are worth there."""
    weights = _ByLot(again.drawn(rng), rng)
    n = len(weights)
    table = weights.block(np.arange(n)) if n * n <= CELLS_AT_ONCE else weights
    best = max_weight_matching(table, capacity=weights.capacity)
    return Outcome(np.array(best.pairs, dtype=np.int64).reshape(-1, 2), best.objective, _cells(table, proposed))


class _ByLot(ByName):
    """Values in the order of names, each raised by a share of a millionth at most, so that lots decide ties."""

    def __init__(self, scores: PairScores, rng: np.random.Generator) -> None:
        super().__init__(scores)
        self._lots = 1 + rng.random(len(scores))

    def block(self, rows: Integers) -> Floats:
        """Weights of the rows against everyone, missing where not allowed."""
        lots = np.modf(2.0**20 * np.outer(self._lots[rows], self._lots))[0]
        return super().block(rows) * (1 + LOT * lots)


def _cells(table: Floats | ByName, pairs: Integers) -> Floats:
    """Weights of some pairs, missing where not allowed."""
    if isinstance(table, ByName):
        rows, place = np.unique(pairs[:, 0], return_inverse=True)
        return table.block(rows)[place, pairs[:, 1]]
    return table[pairs[:, 0], pairs[:, 1]]


def _numbered(pairs: Integers, n: int) -> Integers:
    return pairs[:, 0] * n + pairs[:, 1]


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


def _mean(flags: Flags) -> float:
    return float(np.mean(flags)) if len(flags) else np.nan
