"""The gates a pair must pass before its value counts, and the one vocabulary of reasons why a pair is not possible.

Below them what the survey itself says: whom people may not or will not meet, how many partners they want, what they can
teach.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Codes, Flags
from peernet.distance.distances import PersonDistances
from peernet.scores.cells import Look, PairMask, Where, look
from peernet.scores.foundation import STATES, Foundation
from peernet.survey.survey import Survey

GATES = ("foundation", "experience", "goals", "band")
NO_PART = "not taking part"
NO_OUTLOOK = "perspective not known"  # of somebody who answered, but nothing on perspective that sets people apart
RESTING = WANTS_NONE, NONE_BY_RULE = ("wants no partner", "no partner by a rule")
# Every reason, with the heading under which others may be told of it (foundation, and rules that only two people know
# of, are each told as one) and the gate or rule which, opened, lets the pair pass; nothing opens where that is empty.
VOCABULARY = {
    "": ("", ""),
    "same person": ("", ""),
    "did not answer": (NO_PART, ""),
    NO_OUTLOOK: (NO_PART, ""),
    "opted out": (NO_PART, ""),
    **dict.fromkeys(RESTING, (NO_PART, "")),
    "reporting line": ("rules", "programme"),  # further up than the manager, who is never possible
    "veto": ("rules", ""),
    **{state.reason: ("foundation", "foundation" if state.can_be_accepted else "") for state in STATES},
    "too few shared answers": ("too few answers", ""),
    "experience too different": ("experience", "experience"),
    "goals too different": ("goals", "goals"),
    "perspective too close": ("perspective band", "band"),
    "perspective out of reach": ("perspective band", "band"),
    "forbidden": ("rules", "programme"),
    "met before": ("rules", "programme"),
    "same group": ("rules", "programme"),
    "different group": ("rules", "programme"),
    "too few shared hours": ("rules", "programme"),
    "the different one too often": ("rules", "programme"),
    "gain below the floor": ("floor", "floor"),
    "absent": (NO_PART, ""),
    "neither side": (NO_PART, ""),
    "same side": ("sides", ""),
    "not senior": ("seniority", ""),
}
REASONS = tuple(VOCABULARY)
HEADING = {reason: heading for reason, (heading, _) in VOCABULARY.items()}
OPENED_BY = {reason: gate for reason, (_, gate) in VOCABULARY.items()}
CODE = {reason: np.int8(code) for code, reason in enumerate(REASONS)}
NAMING_BOTH = ("forbidden", "met before")  # reasons by rules that name the two people of a pair
# By gate, the codes that do not hold for a pair that is allowed by name: what a programme itself chose to keep apart.
LET_THROUGH = {
    gate: [CODE[reason] for reason in REASONS if OPENED_BY[reason] == gate and reason not in NAMING_BOTH]
    for gate in (*GATES, "floor", "programme")
}
ROUNDING = 1e-12  # distances no further than this beyond a limit lie on it


@dataclass(frozen=True)
class Gates:
    """What decides whether a pair is possible."""

    # sparse codes (into `REASONS`) of pairs that are never possible: reporting line, veto and pairs forbidden by hand
    constraints: sparse.csr_array
    out: Codes  # per person the code of what keeps them from any pair, 0 for nothing
    foundation: Foundation  # foundation of every pair
    accept: tuple[str, ...] | None  # names of the foundation states that pass, or None for no gate
    # distances; a pair with too few shared answers is not possible, since its gain is not known
    perspective: PersonDistances
    # experience, goals: distances, or None where nothing was asked
    experience: PersonDistances | None
    goals: PersonDistances | None
    # experience_within, goals_within: largest distance that passes, or None for no gate
    experience_within: float | None
    goals_within: float | None
    band: tuple[float, float] | None = None  # least and largest perspective distance that passes, or None for no gate
    closed: tuple[tuple[str, PairMask], ...] = ()  # reason and pairs of each rule of a programme that closes pairs
    floor: PairMask | None = None  # pairs in which somebody gains too little, or None for no floor
    allowed: PairMask | None = None  # pairs let through by name, or None for none

    def codes(self, where: Where) -> Codes:
        """What keeps pairs of a list, or some rows and everyone, apart, as codes into `REASONS`; 0 for nothing."""
        at = look(where, len(self.out))
        found = np.zeros(at.shape, dtype=np.int8)
        for _, codes in self.layers(where):
            np.copyto(found, codes, where=codes > 0)  # a graver reason overwrites a lighter one
        found[at.selves] = CODE["same person"]
        return found

    def layers(self, where: Where) -> Iterator[tuple[str, Codes]]:
        """What each gate and rule by itself keeps apart, the lightest first: its name, and codes into `REASONS`."""
        if self.allowed is None:
            yield from self._layers(where)
            return
        allowed = self.allowed.mask(where)
        for gate, codes in self._layers(where):
            yield gate, np.where(allowed & np.isin(codes, LET_THROUGH.get(gate, ())), CODE[""], codes)

    def _layers(self, where: Where) -> Iterator[tuple[str, Codes]]:
        """The same, as if no pair had been allowed by name."""
        at = look(where, len(self.out))
        if self.floor is not None:
            yield "floor", self.floor.mask(where) * CODE["gain below the floor"]
        yield "answers", self._too_far(self.perspective, np.inf, at, "")
        if self.band is not None:
            apart, (nearest, farthest) = at.apart(self.perspective), self.band
            codes = np.where(apart > farthest + ROUNDING, CODE["perspective out of reach"], CODE[""])
            yield "band", np.where(apart < nearest - ROUNDING, CODE["perspective too close"], codes)
        yield "goals", self._too_far(self.goals, self.goals_within, at, "goals too different")
        yield "experience", self._too_far(self.experience, self.experience_within, at, "experience too different")
        yield "foundation", self._not_accepted(at)
        for reason, cells in self.closed:
            yield "programme", cells.mask(where) * CODE[reason]
        yield "constraints", at.stored(self.constraints)
        yield "out", np.maximum(*at.sides(self.out))  # of both out the same, whoever of them asks

    def without(self, gates: Collection[str]) -> Gates:
        """The same gates with some of them open."""
        return replace(
            self,
            accept=None if "foundation" in gates else self.accept,
            experience_within=None if "experience" in gates else self.experience_within,
            goals_within=None if "goals" in gates else self.goals_within,
            band=None if "band" in gates else self.band,
        )

    @property
    def named(self) -> tuple[str, ...]:
        """The gates that can be opened; the band only where there is one."""
        return GATES if self.band is not None else GATES[:-1]

    def _too_far(self, distances: PersonDistances | None, within: float | None, at: Look, reason: str) -> Codes:
        """The reason where two people are further apart than that, another where it is not known how far they are."""
        if distances is None or within is None:
            return np.zeros(at.shape, dtype=np.int8)
        apart = at.apart(distances)
        codes: Codes = (apart > within + ROUNDING).view(np.int8) * CODE[reason]
        np.copyto(codes, CODE["too few shared answers"], where=np.isnan(apart))
        return codes

    def _not_accepted(self, at: Look) -> Codes:
        """Pairs in a state of foundation that the programme does not accept."""
        if self.accept is None:
            return np.zeros(at.shape, dtype=np.int8)
        code_of = [CODE["" if state.name in self.accept else state.reason] for state in STATES]
        return np.array(code_of, dtype=np.int8)[self.foundation.states(at)]


def hard_constraints(survey: Survey, unplaced: Flags) -> tuple[sparse.csr_array, Codes]:
    """Pairs that are never possible, and per person what keeps them out, as codes into `REASONS`."""
    place = {person: i for i, person in enumerate(survey.people.index)}
    codes = dict.fromkeys(vetoes(survey, place), CODE["veto"])
    codes |= dict.fromkeys(reporting_lines(survey, place), CODE["reporting line"])
    both_ways = {cell: code for (i, j), code in codes.items() for cell in ((i, j), (j, i))}
    i, j = np.array(list(both_ways), dtype=np.intp).reshape(-1, 2).T
    apart = np.array(list(both_ways.values()), dtype=np.int8)
    answered = survey.people["answered"].to_numpy(bool)
    out = np.where(unplaced, np.where(answered, CODE[NO_OUTLOOK], CODE["did not answer"]), CODE[""])
    out[opted_out(survey)] = CODE["opted out"]
    out[(out == 0) & (capacity(survey) == 0).to_numpy()] = CODE[WANTS_NONE]
    return sparse.csr_array((apart, (i, j)), shape=(len(place), len(place))), out


def resting(out: Codes, room: Flags) -> Codes:
    """What keeps each person out once others decide who has room for a partner: whoever has none takes no part."""
    held_back = np.isin(out, [CODE[reason] for reason in RESTING])
    found = np.where(held_back & room, CODE[""], out)
    return np.where((found == 0) & ~room, CODE[NONE_BY_RULE], found)


def reporting_lines(survey: Survey, place: dict[str, int]) -> list[tuple[int, int]]:
    """Everyone with each of their managers, by position."""
    return [(place[one], place[other]) for one, other in survey.reporting_lines() if one in place and other in place]


def vetoes(survey: Survey, place: dict[str, int]) -> list[tuple[int, int]]:
    """Everyone with those they will not be paired with, by position."""
    vetoes = survey.constraint("never_with")
    if vetoes is None:
        return []
    return [(place[str(person)], place[other]) for person, others in vetoes.dropna().items() for other in others]


def opted_out(survey: Survey) -> Flags:
    """Whether each person said they take no part."""
    said = survey.constraint("opted_out")
    return np.zeros(len(survey.people), dtype=bool) if said is None else said.fillna(False).to_numpy(bool)


def capacity(survey: Survey) -> pd.Series:
    """How many partners each person wants, at most as many as there are people; one where nothing was said."""
    asked = survey.constraint("capacity")
    index = survey.people.index
    said = pd.Series(np.nan, index=index) if asked is None else asked.astype(float)
    return said.fillna(1).clip(0, len(index)).astype(int).rename("capacity")


def topics(survey: Survey) -> tuple[Flags, Flags] | None:
    """Whether each person offers, and whether they seek, each topic; None unless both are said by somebody."""
    sides = [_named_topics(survey, block) for block in ("offers", "seeks")]
    if not all(any(side) for side in sides):
        return None
    place = {topic: k for k, topic in enumerate(sorted(set().union(*sides[0], *sides[1])))}
    tables = tuple(np.zeros((len(survey.people), len(place)), dtype=bool) for _ in sides)
    for table, side in zip(tables, sides, strict=True):
        for person, named in enumerate(side):
            table[person, [place[topic] for topic in named]] = True
    return tables  # type: ignore[return-value]


def _named_topics(survey: Survey, block: str) -> list[frozenset[str]]:
    answers = survey.answers(block)
    return [
        frozenset().union(*(cell for cell in row if isinstance(cell, frozenset)))
        for row in answers.itertuples(index=False, name=None)
    ]
