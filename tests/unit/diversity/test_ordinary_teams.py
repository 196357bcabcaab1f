"""Ordinary teams: answers that go together as everybody's do, graded without camps, of items of every kind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet import Survey
from peernet.diversity.subgroups import (
    PLACES,
    nearest_unimodal,
    normal_scores,
    ordinary_teams,
    places_of,
    traits_behind,
    within_correlation,
)
from peernet.survey import Codebook, Item


def survey_with(people: pd.DataFrame, *items: Item) -> Survey:
    people = people.rename_axis("person")
    people.index = people.index.astype("str")
    return Survey(
        people, pd.DataFrame(), pd.DataFrame(), Codebook((Item("person", "person"), *items)), pd.DataFrame(), {}
    )


def drawn_from(survey: Survey, teams: list[np.ndarray] | None = None):
    distances = pn.distance.person_distances(survey)
    items = dict(enumerate(item for item in survey.codebook.items if item.block == "perspective"))
    return ordinary_teams(distances, items, teams or [np.arange(len(distances))])


def test_normal_scores_are_shared_by_equals_and_sum_to_nothing():
    found = normal_scores(np.array([3.0, 1, np.nan, 1, 2]))
    assert np.isnan(found[2])
    assert found[1] == found[3] < found[4] < found[0]
    assert np.nansum(found) == pytest.approx(0)


@pytest.mark.parametrize(
    ("share", "nearest"),
    [
        ([0.1, 0.4, 0.3, 0.2], [0.1, 0.4, 0.3, 0.2]),
        ([0.5, 0.0, 0.5], [0.5, 0.25, 0.25]),
        ([0.3, 0.1, 0.2, 0.4], [0.2, 0.2, 0.2, 0.4]),
    ],
)
def test_the_nearest_unimodal_shares_fill_the_dip(share, nearest):
    assert nearest_unimodal(np.array(share)).tolist() == pytest.approx(nearest)


def test_grades_between_two_camps_are_given_though_nobody_gave_them():
    places = places_of(np.repeat([0.0, 1.0], 10), 0.25)
    assert sorted(set(places)) == [0, 0.25, 0.5, 0.75, 1]
    assert len(places) == PLACES


def test_numbers_keep_their_skew(rng):
    answers = np.exp(rng.standard_normal(400))
    places = places_of(answers, None)
    assert (np.diff(places) >= 0).all()
    assert np.quantile(places, [0.25, 0.5, 0.75]) == pytest.approx(np.quantile(answers, [0.25, 0.5, 0.75]), rel=0.15)
    assert places_of(np.full(5, 0.3), None).tolist() == [0.3] * PLACES


@pytest.mark.parametrize("cuts", [(-1.5, -0.5, 0.5, 1.5), (1.0,), (0.3, 1.4)])
@pytest.mark.parametrize("truth", [0.0, 0.3, 0.7, -0.5])
def test_the_correlation_behind_coarse_and_skewed_answers_is_found(cuts, truth):
    rng = np.random.default_rng(3)
    traits = rng.multivariate_normal([0, 0], [[1, truth], [truth, 1]], 20_000).T
    scores = np.stack([normal_scores(np.digitize(trait, cuts).astype(float)) for trait in traits])
    found = traits_behind(scores, np.corrcoef(scores))[0, 1]
    assert found == pytest.approx(truth, abs=0.05)


def test_what_sets_teams_apart_does_not_count_and_few_people_say_little(rng):
    teams = np.repeat(np.arange(60), 10)
    between, noise = rng.standard_normal(60)[teams], rng.standard_normal((3, 600))
    own = rng.standard_normal(600)
    scores = np.stack([between + noise[0], between + own + noise[1], own + noise[2]])
    split = [np.flatnonzero(teams == team) for team in range(60)]
    found = within_correlation(np.stack([normal_scores(row) for row in scores]), split)
    assert found[0, 1] == pytest.approx(0, abs=0.12)
    assert found[1, 2] == pytest.approx(1 / 2, abs=0.12)
    few = within_correlation(rng.standard_normal((12, 8)), [np.arange(8)])
    assert np.abs(few - np.eye(12)).max() < np.abs(np.corrcoef(rng.standard_normal((12, 8))) - np.eye(12)).max()


def test_drawn_answers_go_together_as_those_of_the_survey_do(rng):
    trait = rng.standard_normal(500)
    graded = np.clip(np.rint(3 + trait[:, None] + rng.standard_normal((500, 2))), 1, 5)
    people = pd.DataFrame(graded, columns=["q1", "q2"]).assign(
        field=np.where(trait + rng.standard_normal(500) > 0.5, "law", np.where(trait > 0, "art", "sea"))
    )
    items = [Item(name, "perspective", "ordinal", low=1, high=5) for name in ("q1", "q2")]
    found = drawn_from(survey_with(people, *items, Item("field", "perspective", "nominal")))
    places = found.draw(2_000, 1, rng)[0]
    drawn = np.take_along_axis(found.spread.scores, places, axis=1)
    assert np.corrcoef(drawn) == pytest.approx(np.corrcoef(found.scores), abs=0.06)
    assert np.isin(found.spread.tables[2], [0, 1]).all(), "two fields are the same or not"


def test_every_kind_of_item_can_be_drawn(rng):
    people = pd.DataFrame(
        {
            "years": rng.exponential(5, 40),
            "grade": pd.Categorical(rng.choice(["low", "mid", "high"], 40), ["low", "mid", "high"], ordered=True),
            "club": rng.random(40) < 0.3,
            "reads": [frozenset(rng.choice(["a", "b", "c"], 2)) for _ in range(40)],
        }
    )
    people.loc[3, "years"] = np.nan
    found = drawn_from(
        survey_with(
            people,
            Item("years", "perspective", "numeric"),
            Item("grade", "perspective", "ordinal", categories=("low", "mid", "high")),
            Item("club", "perspective", "asymmetric"),
            Item("reads", "perspective", "multiple", categories=("a", "b", "c")),
        )
    )
    assert np.isnan(found.scores[0, 3])
    assert not np.isnan(found.spread.scores).any()
    assert np.isnan(found.spread.tables[2]).any(), "two people in no club are not compared"
    assert np.nanmax(found.spread.tables) <= 1
    assert found.draw(6, 5, rng).shape == (5, 4, 6)
