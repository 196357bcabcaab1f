"""The gates a pair must pass before its value counts: rules, foundation, experience, goals and perspective band.

What people may not or will not do (reporting lines, vetoes, opting out, capacity) and what they can teach.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Codes, Flags, Ints
from peernet.distance.distances import PersonDistances
from peernet.scores.cells import PairMask
from peernet.scores.foundation import STATES, Foundation
from peernet.survey.survey import Survey

REASONS = (
    "",
    "same person",
    "did not answer",
    "opted out",
    "reporting line",
    "veto",
    "foundation refused",
    "foundation unknown",
    "foundation not accepted",
    "too few shared answers",
    "experience too different",
    "goals too different",
    "perspective too close",
    "perspective out of reach",
    "forbidden",
    "met before",
    "same group",
    "different group",
    "too few shared hours",
    "the different one too often",
    "gain below the floor",
    "absent",
    "neither side",
    "same side",
    "not senior",
)
CODE = {reason: np.int8(code) for code, reason in enumerate(REASONS)}
GATES = ("foundation", "experience", "goals", "band")


@dataclass(frozen=True)
class Gates:
    """What decides whether a pair is possible.

    Parameters
    ----------
    rules
        Sparse codes (into `REASONS`) of pairs that are never possible: reporting line and veto.
    out
        Per person the code of what keeps them from any pair, 0 for nothing.
    foundation
        Foundation of every pair.
    accepted
        Foundation states that pass, or None for no gate.
    perspective
        Distances; a pair with too few shared answers is not possible, since its gain is not known.
    experience, goals
        Distances, or None where nothing was asked.
    experience_within, goals_within
        Largest distance that passes, or None for no gate.
    band
        Least and largest perspective distance that passes, or None for no gate.
    closed
        Reason and pairs of each rule of a programme that closes pairs.
    floor
        Pairs in which somebody gains too little, or None for no floor.
    """

    rules: sparse.csr_array
    out: Codes
    foundation: Foundation
    accepted: tuple[str, ...] | None
    perspective: PersonDistances
    experience: PersonDistances | None
    goals: PersonDistances | None
    experience_within: float | None
    goals_within: float | None
    band: tuple[float, float] | None = None
    closed: tuple[tuple[str, PairMask], ...] = ()
    floor: PairMask | None = None

    def codes(self, rows: Ints) -> Codes:
        """What keeps each of the rows from being paired with everyone, as codes into `REASONS`; 0 for nothing."""
        found = np.zeros((len(rows), len(self.out)), dtype=np.int8)
        for _, codes in self.layers(rows):
            np.copyto(found, codes, where=codes > 0)  # a graver reason overwrites a lighter one
        found[np.arange(len(rows)), rows] = CODE["same person"]
        return found

    def layers(self, rows: Ints) -> Iterator[tuple[str, Codes]]:
        """What each gate and rule by itself keeps apart, the lightest first: its name, and codes into `REASONS`."""
        if self.floor is not None:
            yield "floor", self.floor.mask(rows) * CODE["gain below the floor"]
        yield "answers", self._apart(self.perspective, np.inf, rows, "")
        if self.band is not None:
            yield "band", self._outside(self.band, rows)
        yield "goals", self._apart(self.goals, self.goals_within, rows, "goals too different")
        yield "experience", self._apart(self.experience, self.experience_within, rows, "experience too different")
        yield "foundation", self._unfounded(rows)
        for reason, cells in self.closed:
            yield "programme", cells.mask(rows) * CODE[reason]
        yield "standing", self.rules[rows].toarray()
        yield "out", np.broadcast_to(self.out, (len(rows), len(self.out)))
        yield "out", np.broadcast_to(self.out[rows][:, None], (len(rows), len(self.out)))

    def without(self, gates: Collection[str]) -> Gates:
        """The same gates with some of them open."""
        return replace(
            self,
            accepted=None if "foundation" in gates else self.accepted,
            experience_within=None if "experience" in gates else self.experience_within,
            goals_within=None if "goals" in gates else self.goals_within,
            band=None if "band" in gates else self.band,
        )

    @property
    def named(self) -> tuple[str, ...]:
        """The gates that can be opened; the band only where there is one."""
        return GATES if self.band is not None else GATES[:-1]

    def _apart(self, distances: PersonDistances | None, within: float | None, rows: Ints, reason: str) -> Codes:
        if distances is None or within is None:
            return np.zeros((len(rows), len(self.out)), dtype=np.int8)
        apart = distances.block(rows)
        codes: Codes = (apart > within + 1e-12).view(np.int8) * CODE[reason]
        np.copyto(codes, CODE["too few shared answers"], where=np.isnan(apart))
        return codes

    def _outside(self, band: tuple[float, float], rows: Ints) -> Codes:
        apart = self.perspective.block(rows)
        codes = np.where(apart > band[1] + 1e-12, CODE["perspective out of reach"], CODE[""])
        return np.where(apart < band[0] - 1e-12, CODE["perspective too close"], codes)

    def _unfounded(self, rows: Ints) -> Codes:
        if self.accepted is None:
            return np.zeros((len(rows), len(self.out)), dtype=np.int8)
        code_of = np.array([_foundation_code(state, self.accepted) for state in STATES], dtype=np.int8)
        return code_of[self.foundation.states(rows)]


def _foundation_code(state: str, accepted: tuple[str, ...]) -> np.int8:
    if state in accepted:
        return CODE[""]
    return CODE.get(f"foundation {state}", CODE["foundation not accepted"])


def hard_rules(survey: Survey, unplaced: Flags) -> tuple[sparse.csr_array, Codes]:
    """Pairs that are never possible, and per person what keeps them out, as codes into `REASONS`."""
    place = {person: i for i, person in enumerate(survey.people.index)}
    rules = dict.fromkeys(vetoes(survey, place), CODE["veto"])
    rules |= dict.fromkeys(reporting_lines(survey, place), CODE["reporting line"])
    out = np.where(unplaced, CODE["did not answer"], CODE[""])
    out[opted_out(survey)] = CODE["opted out"]
    return _both_ways(rules, len(place)), out


def _both_ways(rules: dict[tuple[int, int], np.int8], n: int) -> sparse.csr_array:
    cells = {cell: code for (i, j), code in rules.items() for cell in ((i, j), (j, i))}
    i, j = np.array(list(cells), dtype=np.intp).reshape(-1, 2).T
    return sparse.csr_array((np.array(list(cells.values()), dtype=np.int8), (i, j)), shape=(n, n))


def reporting_lines(survey: Survey, place: dict[str, int]) -> list[tuple[int, int]]:
    managers = survey.people["manager"].dropna()
    return [(place[str(person)], place[manager]) for person, manager in managers.items() if manager in place]


def vetoes(survey: Survey, place: dict[str, int]) -> list[tuple[int, int]]:
    vetoes = survey.constraint("never_with")
    if vetoes is None:
        return []
    return [(place[str(person)], place[other]) for person, others in vetoes.dropna().items() for other in others]


def opted_out(survey: Survey) -> Flags:
    said = survey.constraint("opted_out")
    return np.zeros(len(survey.people), dtype=bool) if said is None else said.fillna(False).to_numpy(bool)


def capacity(survey: Survey) -> pd.Series:
    asked = survey.constraint("capacity")
    index = survey.people.index
    said = pd.Series(np.nan, index=index) if asked is None else asked.astype(float)
    return said.fillna(1).clip(lower=0).astype(int).rename("capacity")


def topics(survey: Survey) -> tuple[Flags, Flags] | None:
    sides = [_named_topics(survey, block) for block in ("offers", "seeks")]
    if not all(any(side) for side in sides):
        return None
    known = sorted(set().union(*sides[0], *sides[1]))
    return tuple(np.array([[t in s for t in known] for s in side]) for side in sides)  # type: ignore[return-value]


def _named_topics(survey: Survey, block: str) -> list[frozenset[str]]:
    answers = survey.answers(block)
    return [
        frozenset().union(*(cell for cell in row if isinstance(cell, frozenset)))
        for row in answers.itertuples(index=False, name=None)
    ]
