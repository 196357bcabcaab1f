"""Surveys whose groups, or lack of groups, are known."""

from __future__ import annotations

import numpy as np
import pandas as pd

import peernet as pn


def graded(latent: np.ndarray, rng: np.random.Generator, levels: int = 5, missing: float = 0.04) -> pd.DataFrame:
    """Answers on a scale of 1 to ``levels``, cut from latent ones (person x item), some missing."""
    ranks = pd.DataFrame(latent).rank(pct=True)
    answers = np.ceil(ranks * levels).add_prefix("q")
    answers = answers.where(rng.random(answers.shape) >= missing)
    return answers.set_axis(pd.Index([f"p{i:04}" for i in range(len(answers))], name="person", dtype="str"))


def grouped_answers(
    rng: np.random.Generator, people: int = 120, items: int = 12, groups: int = 3, apart: float = 1.5
) -> tuple[pd.DataFrame, np.ndarray]:
    """Answers of people in groups of equal size that differ on every item, and the group of everybody."""
    group = rng.permutation(np.arange(people) % groups)
    middle = apart * rng.standard_normal((groups, items))
    return graded(middle[group] + rng.standard_normal((people, items)), rng), group


def gradient_answers(
    rng: np.random.Generator, people: int = 120, items: int = 12, factors: int = 1, strength: float = 1.0
) -> pd.DataFrame:
    """Answers that go together by degree, without groups; unrelated where ``strength`` is 0."""
    loadings = strength * rng.standard_normal((factors, items))
    return graded(rng.standard_normal((people, factors)) @ loadings + rng.standard_normal((people, items)), rng)


def survey_of_views(**views: pd.DataFrame) -> pn.Survey:
    """A survey with one block of ordinal answers (1 to 5) per view."""
    items = [pn.Item("person", "person")]
    columns = {}
    for view, answers in views.items():
        for name in answers:
            items.append(pn.Item(f"{view}_{name}", view, "ordinal", low=1, high=5))
            columns[f"{view}_{name}"] = answers[name]
    people = pd.DataFrame(columns)
    people.insert(0, "answered", people.notna().any(axis=1))
    nothing = pd.DataFrame()
    return pn.Survey(people, nothing, nothing, pn.Codebook(tuple(items)), nothing, {})
