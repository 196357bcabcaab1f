"""Signs of carelessness leave honest people alone and find those planted, in surveys whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.datasets.worlds import WORLDS
from peernet.survey.quality import careless_answers
from peernet.survey.survey import Survey

CLICKERS = 4


def clicked_through(survey: Survey, rng: np.random.Generator) -> tuple[Survey, pd.Index]:
    """The same survey in which some tick any of the five boxes, whatever is asked."""
    items = [i.name for i in survey.codebook if i.kind == "ordinal" and i.limits == (1, 5) and i.name in survey.people]
    clickers = survey.people.index[survey.people["answered"]][:: len(survey.people) // CLICKERS]
    people = survey.people.copy()
    people.loc[clickers, items] = rng.integers(1, 6, (len(clickers), len(items))).astype(float)
    return replace(survey, people=people), clickers


def measured(world: str, seed: int, rng: np.random.Generator) -> dict[str, float]:
    """Shares flagged of honest people, by either sign, and of those who clicked through."""
    survey = pn.make_survey(mess=False, world=world, rng=100 + seed).read()
    honest = careless_answers(survey)
    planted, clickers = clicked_through(survey, rng)
    found = careless_answers(planted).loc[clickers]
    return {
        "odd": float((honest["chance"] < 0.001).mean()),
        "run or flat": float(honest["reason"].str.contains("in a row|vary by").mean()),
        "inconsistent": float((honest["even_odd"] < 0.3).mean()),
        "clickers": float((found["chance"] < 0.001).mean()),
    }


WORLDS_TOLD = {"types": 0.4, "style": 0.3, "noise": 0.0}  # least share of people who click through that is found


@pytest.mark.parametrize("world", WORLDS_TOLD)
def test_unusual_combinations_flag_hardly_anybody_honest_and_most_who_click_where_answers_go_together(world, rng):
    found = pd.DataFrame([measured(world, seed, rng) for seed in range(3)]).mean()
    assert found["odd"] <= 0.01
    assert found["clickers"] >= WORLDS_TOLD[world]


@pytest.mark.slow
def test_false_flags_stay_at_one_in_a_hundred_in_every_world_and_what_is_found(rng):
    """What the notes of `careless_answers` say."""
    rows = {world: pd.DataFrame([measured(world, seed, rng) for seed in range(10)]).mean() for world in WORLDS}
    table = pd.DataFrame(rows).T
    print(table.round(4).to_string())
    assert (table["odd"] <= 0.01).all()
    assert (table["run or flat"] <= 0.03).all()
    assert table.loc["types", "clickers"] >= 0.7
    assert (table["inconsistent"] > 0.02).all(), "so that even and odd halves flag nobody"
