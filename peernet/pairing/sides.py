"""Two sides, mentors and mentees, laid over the scores of peers: who can be whose mentor, and what a pair is worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from peernet._arrays import Codes, Flags, Floats, Ints
from peernet.scores.gates import REASONS, Gates
from peernet.scores.pair_scores import PairScores

__all__ = ["MentorScores", "SidedGates", "Sides"]

NEITHER, SAME, JUNIOR = (np.int8(REASONS.index(reason)) for reason in ("neither side", "same side", "not senior"))


@dataclass(frozen=True)
class Sides:
    """Who is a mentor and who a mentee, by position; somebody can be both.

    Parameters
    ----------
    mentor, mentee
        Whether each person is one.
    rank
        Seniority of each person, missing where not known; None where it does not matter.
    """

    mentor: Flags
    mentee: Flags
    rank: Floats | None = None

    def teaches(self, firsts: Ints, seconds: Ints) -> Flags:
        """Whether the first of each pair can be the second's mentor; positions are broadcast against each other."""
        fit: Flags = self.mentor[firsts] & self.mentee[seconds]
        return fit if self.rank is None else fit & (self.rank[firsts] > self.rank[seconds])

    def codes(self, rows: Ints) -> Codes:
        """What keeps each of the rows from being paired with everyone, as codes into `REASONS`."""
        others = np.arange(len(self.mentor))
        anyhow = Sides(self.mentor, self.mentee)
        fit, senior = (
            sides.teaches(rows[:, None], others) | sides.teaches(others, rows[:, None]) for sides in (anyhow, self)
        )
        return np.select([~fit, ~senior], [SAME, JUNIOR], np.int8(0))


@dataclass(frozen=True)
class SidedGates(Gates):
    """Gates that pairs of one side, and pairs whose mentor is not senior, do not pass either."""

    sides: Sides = field(kw_only=True)

    def layers(self, rows: Ints) -> Iterator[tuple[str, Codes]]:
        """What each gate by itself keeps apart, the lightest first; only taking no part is graver than the sides."""
        *lighter, out, own_out = super().layers(rows)
        yield from (*lighter, ("sides", self.sides.codes(rows)), out, own_out)


@dataclass(frozen=True, repr=False)
class MentorScores(PairScores):
    """Scores of pairs of one mentor and one mentee; everything else as in `PairScores`.

    Parameters
    ----------
    sides
        Who is a mentor and who a mentee.
    """

    sides: Sides = field(kw_only=True)

    def worth(self, own: Floats, given: Floats, firsts: Ints, seconds: Ints) -> Floats:
        """Value of pairs given by positions: what the mentee gains, or both gains combined as for peers."""
        if self.value != "mentee":
            return super().worth(own, given, firsts, seconds)
        fit = self.sides.teaches(firsts, seconds) | self.sides.teaches(seconds, firsts)
        gain = np.where(self._first_teaches(own, given, firsts, seconds), given, own)
        return np.where(fit, gain, np.nan)

    def _first_teaches(self, own: Floats, given: Floats, firsts: Ints, seconds: Ints) -> Flags:
        """Whether the first is the mentor; where either could be, the one from whom the other gains more."""
        forth, back = self.sides.teaches(firsts, seconds), self.sides.teaches(seconds, firsts)
        more = (given > own) | ((given == own) & (self._by_name[firsts] < self._by_name[seconds]))
        first: Flags = forth & (~back | more)
        return first

    @cached_property
    def _by_name(self) -> Ints:
        """Rank of each person's identifier."""
        return np.argsort(np.argsort(self.people.to_numpy(dtype=object), kind="stable"))

    def to_frame(self, pairs: Iterable[tuple[str, str]] | None = None) -> pd.DataFrame:
        """Tidy table of pairs as `PairScores.to_frame` gives it, with ``mentor`` and ``mentee`` after ``b``.

        Both are empty where neither can be the other's mentor.
        """
        table = super().to_frame(pairs)
        a, b = (self.people.get_indexer(pd.Index(table[side])) for side in ("a", "b"))
        fit = self.sides.teaches(a, b) | self.sides.teaches(b, a)
        first = self._first_teaches(table["gain_a"].to_numpy(), table["gain_b"].to_numpy(), a, b)
        for at, (role, sides) in enumerate({"mentor": ("a", "b"), "mentee": ("b", "a")}.items(), start=2):
            named = np.where(first, table[sides[0]], table[sides[1]])
            table.insert(at, role, pd.Series(np.where(fit, named, ""), dtype="str"))
        return table
