"""Rosters to plan a study with: people who answer at random; any two can be paired unless ties say otherwise."""

import numpy as np
import pandas as pd

import peernet as pn
from tests.made.surveys import both_ways, survey_of

ITEMS = 6


def roster(people, *, seed=0, works_with=(), trust=None, unknown=(), **facts):
    """Scores of people with answers drawn from 1 to 5, of some not known; with ``trust``, these pairs alone pass."""
    rng = np.random.default_rng(seed)
    names = [f"p{i:03d}" for i in range(people)]
    answers = {name: {f"perspective_{k}": float(rng.integers(1, 6)) for k in range(ITEMS)} for name in names}
    for name in unknown:
        answers[name] = dict.fromkeys(answers[name], np.nan)
    ties = {"works_with": both_ways(*works_with), "trust": [] if trust is None else both_ways(*trust)}
    survey = survey_of(answers, ties, **facts)
    states = ("mutual", "introduced", "unknown") if trust is None else ("mutual",)
    return pn.score_pairs(survey, pn.colleague_graph(survey), foundation=states, careless="as given")


def distances(scores):
    """Perspective distances as they are shown of pairs, by name."""
    apart = scores.block(np.arange(len(scores)), column="perspective")
    return pd.DataFrame(apart, index=scores.people, columns=scores.people)
