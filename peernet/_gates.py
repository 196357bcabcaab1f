"""The gates a pair must pass before its value counts: rules, foundation, experience and goals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._foundation import STATES, Foundation
from peernet.distance import PersonDistances
from peernet.survey import Survey

__all__ = ["GATES", "REASONS", "Gates", "hard_rules"]

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
)
CODE = {reason: np.int8(code) for code, reason in enumerate(REASONS)}
GATES = ("foundation", "experience", "goals")


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
    experience, goals
        Distances, or None where nothing was asked.
    experience_within, goals_within
        Largest distance that passes, or None for no gate.
    """

    rules: sparse.csr_array
    out: np.ndarray
    foundation: Foundation
    accepted: tuple[str, ...] | None
    experience: PersonDistances | None
    goals: PersonDistances | None
    experience_within: float | None
    goals_within: float | None

    def codes(self, rows: np.ndarray) -> np.ndarray:
        """Why each of the rows cannot be paired with everyone, as codes into `REASONS`; 0 where nothing is in the way."""
        found = self._apart(self.goals, self.goals_within, rows, "goals too different")
        _mark(found, self._apart(self.experience, self.experience_within, rows, "experience too different"))
        _mark(found, self._unfounded(rows))
        _mark(found, self.rules[rows].toarray())
        _mark(found, np.broadcast_to(self.out, found.shape))
        _mark(found, np.broadcast_to(self.out[rows][:, None], found.shape))
        found[np.arange(len(rows)), rows] = CODE["same person"]
        return found

    def _apart(
        self, distances: PersonDistances | None, within: float | None, rows: np.ndarray, reason: str
    ) -> np.ndarray:
        if distances is None or within is None:
            return np.zeros((len(rows), len(self.out)), dtype=np.int8)
        apart = distances.block(rows)
        codes = np.where(apart > within + 1e-12, CODE[reason], CODE[""])
        return np.where(np.isnan(apart), CODE["too few shared answers"], codes)

    def _unfounded(self, rows: np.ndarray) -> np.ndarray:
        if self.accepted is None:
            return np.zeros((len(rows), len(self.out)), dtype=np.int8)
        code_of = np.array([_foundation_code(state, self.accepted) for state in STATES], dtype=np.int8)
        return code_of[self.foundation.states(rows)]


def _foundation_code(state: str, accepted: tuple[str, ...]) -> np.int8:
    if state in accepted:
        return CODE[""]
    return CODE.get(f"foundation {state}", CODE["foundation not accepted"])


def _mark(found: np.ndarray, codes: np.ndarray) -> None:
    """Let a graver reason overwrite a lighter one."""
    found[codes > 0] = codes[codes > 0]


def hard_rules(survey: Survey, unplaced: np.ndarray) -> tuple[sparse.csr_array, np.ndarray]:
    """Pairs that are never possible, and per person what keeps them out, as codes into `REASONS`."""
    place = {person: i for i, person in enumerate(survey.people.index)}
    pairs = [(*pair, CODE["veto"]) for pair in _vetoes(survey, place)]
    pairs += [(*pair, CODE["reporting line"]) for pair in _reporting(survey, place)]
    n = len(place)
    rules = sparse.dok_array((n, n), dtype=np.int8)
    for i, j, code in pairs:
        rules[i, j] = rules[j, i] = code
    out = np.where(unplaced, CODE["did not answer"], CODE[""])
    out[_opted_out(survey)] = CODE["opted out"]
    return sparse.csr_array(rules), out


def _reporting(survey: Survey, place: dict[str, int]) -> list[tuple[int, int]]:
    managers = survey.people["manager"].dropna()
    return [(place[str(person)], place[manager]) for person, manager in managers.items() if manager in place]


def _vetoes(survey: Survey, place: dict[str, int]) -> list[tuple[int, int]]:
    vetoes = survey.constraint("never_with")
    if vetoes is None:
        return []
    return [(place[str(person)], place[other]) for person, others in vetoes.dropna().items() for other in others]


def _opted_out(survey: Survey) -> np.ndarray:
    said = survey.constraint("opted_out")
    n = len(survey.people)
    return np.zeros(n, dtype=bool) if said is None else pd.array(said, dtype="boolean").to_numpy(bool, na_value=False)
