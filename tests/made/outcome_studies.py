"""Whole studies of outcomes of a made-up company, asked once and shared by tests."""

from __future__ import annotations

from functools import cache

from peernet import Survey, make_survey
from peernet.outcomes import OutcomeStudy, study_outcomes


@cache
def pilot() -> Survey:
    """A company in which two in three were paired and asked again: learning rises with the distance of partners."""
    return make_survey(people=70, answered=64, teams=7, effect=8.0, rng=3).read()


@cache
def by_lot() -> OutcomeStudy:
    """Its outcomes, where it is said that a lot was drawn."""
    return study_outcomes(pilot(), drawn_by_lot=True, draws=200, name="pilot")


@cache
def observed() -> OutcomeStudy:
    """The same, where it is not."""
    return study_outcomes(pilot(), draws=200, name="pilot")
