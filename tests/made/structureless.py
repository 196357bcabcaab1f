"""Surveys in which nothing has to do with anything, or in which outlook is planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

import peernet as pn
from peernet.scores.pair_scores import PairScores
from tests.made.surveys import both_ways, survey_of


def scores_of(seed: int, *, people: int = 48, items: int = 10, planted: float = 0.0) -> PairScores:
    """Scores of people with uneven numbers of contacts; ``planted`` is how far two traits shape all outlook answers."""
    rng = np.random.default_rng(seed)
    names = [f"p{i:03}" for i in range(people)]
    latent = rng.standard_normal((people, 2)) @ (planted * rng.standard_normal((2, items)))
    outlook = graded(latent + rng.standard_normal((people, items)))
    outlook[rng.random(outlook.shape) < 0.04] = np.nan
    experience = graded(rng.standard_normal((people, 3)))
    answers = {
        name: {f"perspective_{k}": cell for k, cell in enumerate(outlook[i])}
        | {f"experience_{k}": cell for k, cell in enumerate(experience[i])}
        for i, name in enumerate(names)
    }
    likes_company = rng.gamma(2, 1, people)
    ties = {layer: drawn_ties(names, likes_company, mean, rng) for layer, mean in (("works_with", 5), ("trust", 6))}
    survey = survey_of(answers, ties)
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def graded(latent: np.ndarray) -> np.ndarray:
    """Answers from 1 to 5, each as often."""
    return np.ceil(pd.DataFrame(latent).rank(pct=True).to_numpy() * 5)


def drawn_ties(
    names: list[str], likes_company: np.ndarray, mean: int, rng: np.random.Generator
) -> list[tuple[str, str]]:
    """Mutual ties by lot, more for those who like company."""
    likely = np.outer(likes_company, likes_company)
    np.fill_diagonal(likely, 0)
    drawn = np.triu(rng.random(likely.shape) < likely * mean * len(names) / likely.sum(), 1)
    return both_ways(*((names[i], names[j]) for i, j in zip(*drawn.nonzero(), strict=True)))
