"""Surveys of a few people with outcomes and partners, made by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd

from peernet.survey import Codebook, Item
from tests.made.surveys import survey_of


def with_outcomes(survey, outcomes):
    """The survey with outcomes by measure and wave, such as ``{("learning", 2): {"ann": 5.0}}``."""
    rows = [(who, wave, measure, value) for (measure, wave), said in outcomes.items() for who, value in said.items()]
    items = [Item(f"{m}_{w}", "outcome", "numeric", f"How much {m}?", measure=m, wave=w) for m, w in outcomes]
    frame = pd.DataFrame(rows, columns=["person", "wave", "measure", "value"])
    return replace(survey, outcomes=frame, codebook=Codebook((*survey.codebook.items, *items)))


def with_partners(survey, said):
    """The survey with a question "partner" that these people answered with these partners; None is not read."""
    rows = [(who, "partner", 1, partner) for who, partners in said.items() for partner in partners]
    frame = pd.DataFrame(rows, columns=["person", "item", "wave", "partner"]).astype({"partner": "str"})
    return replace(survey, partners=frame, codebook=Codebook((*survey.codebook.items, Item("partner", "partner"))))


def answered_by(people, *, seed=0, items=4):
    """A survey of so many people who answered at random, in three teams with a manager each."""
    rng = np.random.default_rng(seed)
    names = [f"p{i:02d}" for i in range(people)]
    questions = ("experience_1", "experience_2", "goal_1", *(f"perspective_{i}" for i in range(1, items + 1)))
    answers = {name: {question: float(rng.integers(1, 6)) for question in questions} for name in names}
    named = [(a, b) for a in names for b in names if a != b and rng.random() < 0.4]
    ties = {"works_with": named, "trust": named, "respect": named}
    team = {name: f"team {i % 3}" for i, name in enumerate(names)}
    manager = {name: names[i % 3] for i, name in enumerate(names) if i > 2}
    learning = {wave: {name: float(rng.integers(0, 101)) for name in names} for wave in (1, 2)}
    survey = survey_of(answers, ties, team=team, manager=manager)
    return with_outcomes(survey, {("learning", wave): said for wave, said in learning.items()})
