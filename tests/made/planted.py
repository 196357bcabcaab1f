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
    return answers.set_axis(_people(len(answers)))


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


def mixed_gradient(
    rng: np.random.Generator, people: int = 60, strength: float = 1.0
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Answers of every kind that go together by degree, without groups, and their kinds; 5 % missing."""
    trait = rng.standard_normal(people)

    def latent() -> np.ndarray:
        return strength * rng.standard_normal() * trait + rng.standard_normal(people)

    def chosen() -> np.ndarray:
        liking = strength * np.outer(trait, rng.standard_normal(4)) + rng.standard_normal(4)
        return np.array(list("abcd"), dtype=object)[(liking + rng.gumbel(size=(people, 4))).argmax(axis=1)]

    answers: dict[str, object] = {f"ordinal_{k}": np.ceil(pd.Series(latent()).rank(pct=True) * 5) for k in range(4)}
    answers |= {f"numeric_{k}": np.exp(latent()) for k in range(2)}
    answers |= {f"nominal_{k}": chosen() for k in range(3)}
    answers |= {f"binary_{k}": (latent() > 0.7 * rng.standard_normal()).astype(float) for k in range(2)}
    ticks = np.array([latent() > 0.8 for _ in range(6)]).T
    answers["multiple_0"] = [frozenset(np.array(list("uvwxyz"))[row].tolist()) for row in ticks]
    frame = pd.DataFrame(answers)
    return frame.mask(rng.random(frame.shape) < 0.05), {name: name.split("_")[0] for name in frame}


def survey_of_views(**views: pd.DataFrame) -> pn.Survey:
    """A survey with one block of ordinal answers (1 to 5) per view."""
    items = [pn.survey.Item("person", "person")]
    columns = {}
    for view, answers in views.items():
        for name in answers:
            items.append(pn.survey.Item(f"{view}_{name}", view, "ordinal", low=1, high=5))
            columns[f"{view}_{name}"] = answers[name]
    people = pd.DataFrame(columns)
    people.insert(0, "answered", people.notna().any(axis=1))
    nothing = pd.DataFrame()
    return pn.Survey(people, nothing, nothing, pn.survey.Codebook(tuple(items)), nothing, {})


SPREADS = {
    "normal": lambda rng, size: rng.standard_normal(size),
    "skewed": lambda rng, size: np.exp(rng.standard_normal(size)),
    "even": lambda rng, size: rng.uniform(-np.sqrt(3), np.sqrt(3), size),
    "heavy": lambda rng, size: rng.standard_t(3, size),
}


def trait_answers(
    rng: np.random.Generator,
    people: int = 60,
    items: int = 12,
    *,
    spread: str = "normal",
    traits: int = 1,
    missing: float = 0.0,
) -> pd.DataFrame:
    """Answers that follow one trait or several: normal, lognormal, spread evenly or with heavy tails."""
    trait, loadings = SPREADS[spread](rng, (people, traits)), rng.standard_normal((traits, items))
    latent = trait @ (np.abs(loadings) if traits == 1 else loadings) + rng.standard_normal((people, items))
    return graded(latent, rng, missing=missing)


def capped_answers(rng: np.random.Generator, people: int = 60, items: int = 12, missing: float = 0.04) -> pd.DataFrame:
    """Answers of which most are 5, the top of the scale, following one trait that is spread evenly."""
    trait = SPREADS["even"](rng, (people, 1))
    latent = 4 + trait * rng.uniform(0.3, 1.2, (1, items)) + 0.8 * rng.standard_normal((people, items))
    answers = pd.DataFrame(latent.round().clip(1, 5)).add_prefix("q").set_axis(_people(people))
    return answers.where(rng.random(answers.shape) >= missing)


def skewed_answers(rng: np.random.Generator, people: int = 60, items: int = 12, missing: float = 0.1) -> pd.DataFrame:
    """Answers of which most are 1 and few are 5, following one normal trait, some missing."""
    latent = rng.standard_normal((people, 1)) + rng.standard_normal((people, items))
    fine = graded(latent, rng, levels=100, missing=missing)
    return 1.0 + (fine > 55) + (fine > 78) + (fine > 90) + (fine > 97) + 0 * fine


def styled_answers(rng: np.random.Generator, people: int = 60, items: int = 12) -> pd.DataFrame:
    """Unrelated answers of people some of whom answer more extremely than others."""
    extreme = np.exp(0.8 * rng.standard_normal((people, 1)))
    latent = 3 + 1.1 * extreme * rng.standard_normal((people, items))
    return pd.DataFrame(latent.round().clip(1, 5)).add_prefix("q").set_axis(_people(people))


def leaning_answers(rng: np.random.Generator, people: int = 60, items: int = 12) -> pd.DataFrame:
    """Answers that follow two traits, of people who answer more or less extremely and more or less in agreement."""
    extreme, agreeing = np.exp(0.6 * rng.standard_normal((people, 1))), 0.6 * rng.standard_normal((people, 1))
    traits = rng.standard_normal((people, 2)) @ (0.7 * rng.standard_normal((2, items)))
    latent = 3 + 1.1 * (extreme * (traits + rng.standard_normal((people, items))) / 1.4 + agreeing)
    return pd.DataFrame(latent.round().clip(1, 5)).add_prefix("q").set_axis(_people(people))


def camps(
    rng: np.random.Generator, people: int = 60, items: int = 6, wavering: float = 0.5
) -> tuple[pd.DataFrame, np.ndarray]:
    """Answers of two camps, 1 or 2 against 4 or 5, and the camp of everybody; 2 and 4 with a given probability."""
    camp = np.arange(people) % 2
    wavers = rng.random((people, items)) < wavering
    answers = np.where(camp[:, None] == 0, 1.0 + wavers, 5.0 - wavers)
    return pd.DataFrame(answers).add_prefix("q").set_axis(_people(people)), camp


def _people(number: int) -> pd.Index:
    return pd.Index([f"p{i:04}" for i in range(number)], name="person", dtype="str")
