"""Chance levels of faultlines and intervals of diversity keep their word on teams whose truth is known.

The rates at full size: ``pytest -m slow -s tests/recovery/test_diversity_measures.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet import Survey
from peernet.survey import Codebook, Item

SIZE, DRAWS = 10, 99
SCALES = ("change", "people", "planning", "time")


def survey_from(
    answers: np.ndarray, teams: np.ndarray, scale_of: Sequence[str] | None = None, kind: str = "ordinal"
) -> Survey:
    """A survey of outlook items, person x item, of five points where they are graded."""
    n, k = answers.shape
    names = [f"q{v}" for v in range(k)]
    scales = scale_of or [None] * k
    limits = {"low": 1, "high": 5} if kind == "ordinal" else {}
    items = [Item(q, "perspective", kind, scale=s, **limits) for q, s in zip(names, scales, strict=True)]
    index = pd.Index([f"p{i}" for i in range(n)], name="person")
    people = pd.DataFrame(answers, index, names).assign(team=teams, manager=pd.NA)
    ties = pd.DataFrame(columns=["ego", "alter", "layer", "rating", "asked"])
    codebook = Codebook((Item("person", "person"), *items))
    return Survey(people, ties, pd.DataFrame(), codebook, pd.DataFrame(), {})


def five_point(leaning: np.ndarray) -> np.ndarray:
    """Answers from 1 to 5 to how far people lean to either side."""
    return np.clip(np.rint(3 + leaning), 1, 5)


def asked_often(rng: np.random.Generator, people: int, items: int) -> tuple[np.ndarray, list[str]]:
    """Outlooks in four independent directions, each asked by several items, and the scale of each item."""
    outlook = rng.standard_normal((people, len(SCALES)))
    about = np.arange(items) % len(SCALES)
    answers = five_point(0.8 * outlook[:, about] + 0.6 * rng.standard_normal((people, items)))
    return answers, [SCALES[v] for v in about]


def without_some(answers: np.ndarray, rng: np.random.Generator, share: float | np.ndarray = 0.05) -> np.ndarray:
    return np.where(rng.random(answers.shape) < share, np.nan, answers)


def one_trait(rng: np.random.Generator, people: int) -> np.ndarray:
    return 0.8 * rng.standard_normal((people, 1)) + 0.6 * rng.standard_normal((people, 12))


STRUCTURELESS = {
    "four traits, scales declared": lambda rng, n: (
        without_some(asked_often(rng, n, 12)[0], rng),
        "ordinal",
        SCALES * 3,
    ),
    "four traits": lambda rng, n: (without_some(asked_often(rng, n, 12)[0], rng), "ordinal", None),
    "one trait": lambda rng, n: (five_point(one_trait(rng, n)), "ordinal", None),
    "one trait, skewed": lambda rng, n: (
        without_some(np.clip(np.floor(np.exp(0.8 * one_trait(rng, n))), 1, 5), rng, 0.15),
        "ordinal",
        None,
    ),
    "one trait, in categories": lambda rng, n: (np.digitize(one_trait(rng, n), (-0.8, 0, 0.8)), "nominal", None),
    "one trait, in numbers": lambda rng, n: (np.exp(one_trait(rng, n)), "numeric", None),
    "nothing in common": lambda rng, n: (five_point(rng.standard_normal((n, 12))), "ordinal", None),
    "some leave much open": lambda rng, n: (
        without_some(five_point(one_trait(rng, n)), rng, np.where(rng.random((n, 1)) < 0.2, 0.45, 0.03)),
        "ordinal",
        None,
    ),
}


def chances(world: str, teams: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """The share of ordinary teams that part as clearly, of teams whose people differ by nothing but traits."""
    answers, kind, scales = STRUCTURELESS[world](rng, teams * size)
    survey = survey_from(answers, np.repeat(np.arange(teams), size), scales, kind)
    return pn.diversity.faultlines(survey, "team", draws=DRAWS, rng=rng, progress=False).table["p"].to_numpy()


def two_camps(teams: int, rng: np.random.Generator) -> np.ndarray:
    """The same of teams of two camps that differ on everything."""
    camp = np.tile(np.repeat([-1.0, 1.0], SIZE // 2), teams)
    answers = five_point(camp[:, None] + rng.standard_normal((teams * SIZE, 12)))
    survey = survey_from(without_some(answers, rng), np.repeat(np.arange(teams), SIZE))
    return pn.diversity.faultlines(survey, "team", draws=DRAWS, rng=rng, progress=False).table["p"].to_numpy()


def check_faultlines(world: str, teams: int, size: int, rng: np.random.Generator) -> None:
    p = chances(world, teams, size, rng)
    rates = {level: float((p <= level).mean()) for level in (0.05, 0.2, 0.5)}
    print(f"\n{world}, {teams:,} teams of {size}:", *(f"p <= {level}: {rate:.1%}" for level, rate in rates.items()))
    for level, allowed in ((0.05, 0.02), (0.2, 0.05), (0.5, 0.08)):
        assert abs(rates[level] - level) <= allowed + 2 * np.sqrt(level * (1 - level) / teams)


@pytest.mark.parametrize("world", list(STRUCTURELESS))
def test_a_team_without_camps_has_a_small_p_as_often_as_it_says(world, rng):
    check_faultlines(world, 80, 8, rng)


@pytest.mark.slow
@pytest.mark.parametrize("size", [5, 8, 12, 20])
@pytest.mark.parametrize("world", list(STRUCTURELESS))
def test_a_team_without_camps_has_a_small_p_as_often_as_it_says_at_full_size(world, size, rng):
    check_faultlines(world, 1000, size, rng)


def test_two_camps_are_found(rng):
    assert (two_camps(60, rng) <= 0.05).mean() >= 0.75


@pytest.mark.slow
def test_two_camps_are_found_at_full_size(rng):
    found = (two_camps(1000, rng) <= 0.05).mean()
    print(f"\ntwo camps of five: {found:.1%}")
    assert found >= 0.85


MEASURES = ["variety", "separation", "disparity", "faultline"]


def over_items(repeats: int, items: int, rng: np.random.Generator) -> pd.Series:
    """Share of surveys, each with other questions of the same kind, whose interval holds the mean over them."""
    outlook = rng.standard_normal((SIZE, 6))

    def asked(k: int) -> np.ndarray:
        loading = rng.standard_normal((6, k)) / np.sqrt(3)
        return five_point(outlook @ loading + 0.5 * rng.standard_normal((SIZE, k)))

    return _covered([_measured(asked(items), "items") for _ in range(repeats)], MEASURES)


def over_people(repeats: int, people: int, rng: np.random.Generator) -> pd.Series:
    """The same where the questions stay and other people are asked."""
    loading = rng.standard_normal((6, 12)) / np.sqrt(3)

    def asked(n: int) -> np.ndarray:
        return five_point(rng.standard_normal((n, 6)) @ loading + 0.5 * rng.standard_normal((n, 12)))

    return _covered([_measured(asked(people), "people") for _ in range(repeats)], MEASURES[:3])


def _measured(answers: np.ndarray, over: str) -> pd.Series:
    survey = survey_from(answers, np.zeros(len(answers)))
    settings = {
        "scale": 0.3,
        "status": [name for name in survey.people if name.startswith("q")],
        "weights": "equal",
        "draws": 0,
    }
    return pn.diversity.describe_diversity(survey, over=over, progress=False, **settings).table.iloc[0]


def _covered(rows: list[pd.Series], measures: list[str]) -> pd.Series:
    table = pd.DataFrame(rows)
    truth = table[measures].mean()
    low, high = (table[[f"{name}_{end}" for name in measures]].set_axis(measures, axis=1) for end in ("low", "high"))
    return ((low <= truth) & (truth <= high)).mean()


def test_intervals_hold_what_other_questions_or_people_would_have_shown(rng):
    for covered in (over_items(40, 12, rng), over_people(40, 30, rng)):
        assert (covered > 0.8).all(), covered


@pytest.mark.slow
@pytest.mark.parametrize("items", [6, 12, 24])
def test_intervals_over_items_hold_what_they_say(items, rng):
    covered = pd.DataFrame([over_items(100, items, rng) for _ in range(4)]).mean()
    print(f"\n{items} items: {covered.round(3).to_dict()}")
    assert (covered >= 0.915).all(), covered


@pytest.mark.slow
@pytest.mark.parametrize("people", [10, 40, 120])
def test_intervals_over_people_hold_what_they_say(people, rng):
    covered = pd.DataFrame([over_people(100, people, rng) for _ in range(4)]).mean()
    print(f"\n{people} people: {covered.round(3).to_dict()}")
    assert (covered >= 0.915).all(), covered
