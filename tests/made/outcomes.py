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


def two_waves(
    pairs,
    *,
    pull=0.0,
    noise=0.5,
    seed=0,
    items=6,
    tails="normal",
    chance_of_pairs="lot",
    back=0.0,
    missing=0.0,
    widest=20,
):
    """A survey of pairs in two waves, with pairs as they were drawn: people go ``pull`` of the way to their partner.

    Outlooks have variance 1 and every answer chance of standard deviation ``noise``; everybody also goes ``back`` of
    the way to the mean. No answer lies further than ``widest`` from 0. ``chance_of_pairs`` is ``"lot"``, ``"apart"`` or
    ``"alike"``: by the first question.
    """
    rng = np.random.default_rng(seed)
    draw = {
        "normal": lambda size: rng.normal(size=size),
        "heavy": lambda size: rng.standard_t(3, size=size) / np.sqrt(3),
        "skewed": lambda size: rng.exponential(size=size) - 1,
        "yes or no": lambda size: rng.choice([-1.0, 1.0], size=size),
    }[tails]
    n = 2 * pairs
    outlook = draw((n, items))
    partner = np.arange(n) ^ 1
    if chance_of_pairs != "lot":
        order = np.argsort(outlook[:, 0])
        together = (
            order if chance_of_pairs == "alike" else np.column_stack([order[:pairs], order[: pairs - 1 : -1]]).ravel()
        )
        outlook = outlook[together]
    later = outlook + pull * (outlook[partner] - outlook) - back * outlook
    waves = [outlook + noise * draw((n, items)), later + noise * draw((n, items))]
    names = [f"p{i:03d}" for i in range(n)]
    made = []
    for wave in waves:
        answers = np.where(rng.random(wave.shape) < missing, np.nan, wave)
        rows = {
            who: {f"perspective_{k + 1}": x for k, x in enumerate(row)} for who, row in zip(names, answers, strict=True)
        }
        survey = survey_of(rows)
        numbers = tuple(
            Item(item.name, item.block, "numeric", low=-widest, high=widest) if item.block == "perspective" else item
            for item in survey.codebook
        )
        made.append(replace(survey, codebook=Codebook(numbers)))
    return *made, [*zip(names[::2], names[1::2], strict=True)]
