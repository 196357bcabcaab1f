"""How far the line of a distance gate can be relied on: who surely passes, who surely fails, and who cannot be told.

A gate compares a distance with a line, and a distance is a mean over a few questions: other questions of the same kind
would have given another. In classical test theory a distance is a true one, the mean over all the questions that could
have been asked, and error. Cronbach's alpha over pairs says how much of the variance of distances is true. Given what
was answered, the true distance is expected at Kelley's regressed score, mean + reliability x (distance - mean), with
the standard error of estimation about it; both are read as a normal distribution. The standard error of measurement
about the distance itself would not do: with a reliability of .1 it is sure of many pairs of which nothing is known.

Distances are skewed, so what is said is cautious where they are reliable: of made-up surveys answered again 85 % of the
pairs that passed on experience passed again and 79 % were said to (standard errors below one point), on goals 52 and
52 %; of the pairs said surely to be on one side 98 % were.

References
----------
Kelley, T. L. (1947). Fundamentals of Statistics. Harvard University Press (the regressed score).
Lord, F. M. & Novick, M. R. (1968). Statistical Theories of Mental Test Scores. Addison-Wesley, chapter 3.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import count_in_digits, percent
from peernet.distance.distances import PersonDistances
from peernet.distance.items import distance_reliability, evenly_spread, lengthened, shared_weight, weighing

RELIABLE = 0.5  # least reliability of a gate by default, see `too_unreliable`
SURELY = 0.9  # chance from which a pair is said surely to be on one side of a line
ROUNDING = 1e-12  # distances no further than this beyond a limit lie on it
STATES = ("surely passes", "cannot be told", "surely fails")
COLUMNS = ("items", "reliability", "line", "passes", "surely_passes", "cannot_be_told", "surely_fails")
AGAIN = ("pass_again", "any_again")


def too_unreliable(distances: PersonDistances) -> bool:
    """Whether distances are too unreliable to keep people apart without anybody having asked for it.

    Every gate drawn at the mean keeps about half of all pairs apart and costs what these would have brought, whether or
    not its line means anything; what it brings depends on its reliability. In twelve made-up organisations of 240, with
    made-up goals asked about more and more poorly, such a gate cost 14 to 20 % of the true gain at every reliability
    (standard errors 1 to 3). It brought pairs closer in their true goals by .79 standard deviations where these were
    known, and by .65, .59, .48, .38, .29 and .13 at reliabilities of .59, .46, .28, .18, .11 and .03; of the pairs that
    passed, 81, 73, 62, 60, 53 and 55 % would have passed again, of any 50 %. From one half on a gate does three
    quarters of what it could for its price; at .1 it does a third, by a line that is a coin toss.
    Of one question there is no telling; its gate is kept.
    """
    return bool(distance_reliability(distances) < RELIABLE)


@dataclass(frozen=True)
class GateLine:
    """The line of one gate, drawn with its error.

    Parameters
    ----------
    distances
        Distances on the block of the gate.
    within
        Largest distance that passes.
    """

    distances: PersonDistances
    within: float

    @cached_property
    def reliability(self) -> float:
        """Cronbach's alpha of the distances over pairs; missing where fewer than two items set people apart."""
        return distance_reliability(self.distances)

    @cached_property
    def _mean_and_variance(self) -> tuple[float, float]:
        """Of the distances of all pairs that are defined, of people evenly spread where they are many."""
        apart = _above(self.distances, evenly_spread(np.arange(len(self.distances))))[0]
        return (float(apart.mean()), float(apart.var())) if len(apart) else (np.nan, np.nan)

    def chances(self, apart: Floats, shared: Floats) -> tuple[Floats, Floats]:
        """How likely pairs are to be within the line in truth, and were other questions of the same kind asked.

        Parameters
        ----------
        apart
            Their distances.
        shared
            Share of the weight of the items that both answered. A distance that rests on fewer answers is less
            reliable, by the formula of Spearman and Brown.
        """
        mean, variance = self._mean_and_variance
        true = self.reliability * variance
        with np.errstate(divide="ignore", invalid="ignore"):
            own = lengthened(self.reliability, shared)
            short = self.within + ROUNDING - mean - own * (apart - mean)
            truly = ndtr(short / np.sqrt(true * (1 - own)))
            again = ndtr(short / np.sqrt(np.where(own > 0, true / own, variance) - own * true))
        return truly, again

    def states(self, apart: Floats, truly: Floats) -> np.ndarray:
        """What can be said of pairs, in the words of `STATES`; empty where their distance is not known."""
        passes = self.passes(apart)
        told = np.where(passes & (truly >= SURELY), STATES[0], STATES[1])
        told = np.where(~passes & (truly <= 1 - SURELY), STATES[2], told)
        return np.where(np.isnan(apart), "", told)

    def passes(self, apart: Floats) -> Flags:
        """Whether distances are within the line."""
        return np.asarray(apart <= self.within + ROUNDING)

    def of_pairs(self, firsts: Ints, seconds: Ints) -> np.ndarray:
        """What can be said of some pairs, given by positions."""
        people, at = np.unique(np.concatenate([firsts, seconds]), return_inverse=True)
        a, b = at[: len(firsts)], at[len(firsts) :]
        apart = self.distances.block(people, people)[a, b]
        return self.states(apart, self.chances(apart, shared_weight(self.distances, people)[a, b])[0])

    def summary(self, people: Ints) -> dict[str, float]:
        """The line in numbers over all pairs of some people, see `PairScores.gate_reliability`."""
        apart, shared = _above(self.distances, evenly_spread(people))
        truly, again = self.chances(apart, shared)
        passes, states = self.passes(apart), self.states(apart, truly)
        shares = [
            np.mean(states == state) if len(states) and not np.isnan(self.reliability) else np.nan for state in STATES
        ]
        found = (len(weighing(self.distances)), self.reliability, self.within, _mean(passes), *shares)
        return dict(zip((*COLUMNS, *AGAIN), (*found, _mean(again[passes]), _mean(again)), strict=True))


def _above(distances: PersonDistances, people: Ints) -> tuple[Floats, Floats]:
    """Each pair's distance, where it is defined, and the weight of what both answered."""
    above = np.triu_indices(len(people), k=1)
    apart, shared = distances.block(people, people)[above], shared_weight(distances, people)[above]
    known = ~np.isnan(apart)
    return apart[known], shared[known]


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


def line_of(distances: PersonDistances, within: float | None) -> GateLine:
    """The line of a gate, or where it would be by default if the gate is open."""
    return GateLine(distances, float(np.nan_to_num(distances.mean)) if within is None else within)


def lines_table(
    blocks: Mapping[str, PersonDistances | None],
    limits: Mapping[str, float | None],
    people: Ints,
    opened: Collection[str],
) -> pd.DataFrame:
    """The lines of gates in numbers, see `PairScores.gate_reliability`.

    Parameters
    ----------
    blocks, limits
        Distances on the block of each gate, None where it was not asked, and the largest that passes, None where the
        gate is open.
    people
        Positions of whoever takes part.
    opened
        Gates that were asked for and are open, since their distances are too unreliable.
    """
    rows = {
        gate: line_of(distances, limits[gate]).summary(people)
        for gate, distances in blocks.items()
        if distances is not None
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[*COLUMNS, *AGAIN]).rename_axis("gate")
    table["standing"] = [standing(row["reliability"], limits[gate], gate in opened) for gate, row in rows.items()]
    return table.astype({"items": "int64", "standing": "str"})


def lines_in_words(table: pd.DataFrame) -> Iterator[str]:
    """What a `lines_table` comes to, two sentences for each gate whose questions weigh."""
    for gate, row in table[table["items"] > 0].iterrows():
        asked = f"{gate}: {count_in_digits(int(row['items']), 'question', 'questions')}"
        if np.isnan(row["reliability"]):
            yield f"{asked}, of which no reliability can be told. {percent(row['passes'])} of all pairs pass"
            continue
        told = f"{asked}, reliability {row['reliability']:.2f} (1: no error, 0: a coin toss)"
        if row["standing"].startswith("open:"):
            told += f", below {RELIABLE:g}: no gate unless you give a limit. With --{gate} {row['line']:.2f}"
            yield f"{told}, {sides_in_words(row)}"
        else:
            yield f"{told}. {sides_in_words(row)}"


def sides_in_words(row: Mapping[Hashable, Any] | pd.Series) -> str:
    """How many pairs are on which side of a line, by a row of `lines_table`."""
    return (
        f"{percent(row['passes'])} of all pairs pass, {percent(row['surely_passes'])} surely, and "
        f"{percent(row['surely_fails'])} surely fail; of {percent(row['cannot_be_told'])} the answers do not tell on "
        "which side of the line they truly are"
    )


def opened_in_words(reliability: float) -> str:
    """Why a gate that was to be at the average is open, as the end of a sentence."""
    return f"its questions tell people apart hardly better than chance, with a reliability of {reliability:.2f}"


def standing(reliability: float, within: float | None, opened: bool) -> str:
    """Whether a gate is kept, and what is to be said of that."""
    if within is None:
        return f"open: reliability below {RELIABLE:g}" if opened else "open, as asked"
    if np.isnan(reliability):
        return "kept: one question does not tell its reliability"
    return "kept" if reliability >= RELIABLE else f"kept, as asked: reliability below {RELIABLE:g}"
