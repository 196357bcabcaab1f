"""Ratings are taken apart into the rater's lenience, the rated person's standing and their relationship."""

import numpy as np
import pandas as pd
import pytest

from peernet.errors import SettingError
from peernet.graph import social_relations


def round_robin(n, rate):
    """Everybody rates everybody else."""
    rows = [(f"p{i}", f"p{j}", rate(i, j)) for i in range(n) for j in range(n) if i != j]
    return pd.DataFrame(rows, columns=["ego", "alter", "rating"])


def planted(n, rng, *, actor=0.5, partner=0.3, relationship=0.8, generalised=0.1, dyadic=0.25):
    """Ratings with known variances and reciprocities."""
    people = rng.multivariate_normal([0, 0], [[actor, generalised], [generalised, partner]], size=n)
    pairs = rng.multivariate_normal([0, 0], [[relationship, dyadic], [dyadic, relationship]], size=(n, n))
    between = np.triu(pairs[..., 0], 1) + np.triu(pairs[..., 1], 1).T
    return round_robin(n, lambda i, j: 3 + people[i, 0] + people[j, 1] + between[i, j])


def test_raters_who_differ_only_in_lenience_are_all_actor():
    found = social_relations(round_robin(6, lambda i, j: i))
    assert found.table.loc["actor", "estimate"] == pytest.approx(np.var(range(6), ddof=1))
    assert found.table["standardised"].head(3).tolist() == pytest.approx([1, 0, 0])


def test_people_who_differ_only_in_standing_are_all_partner():
    assert social_relations(round_robin(6, lambda i, j: j)).table.loc["partner", "standardised"] == pytest.approx(1)


def test_particular_liking_that_is_returned_is_dyadic_reciprocity(rng):
    draws = rng.standard_normal((12, 12))
    found = social_relations(round_robin(12, lambda i, j: draws[min(i, j), max(i, j)]))
    assert found.table.loc["dyadic reciprocity", "estimate"] == pytest.approx(
        found.table.loc["relationship", "estimate"], abs=0.15
    )


def test_effects_are_those_of_the_round_robin_formula(rng):
    """Kenny's closed form for a full round robin."""
    n, found = 9, social_relations(ties := planted(9, rng))
    square = ties.pivot(index="ego", columns="alter", values="rating")
    own, given, overall = square.mean(axis=1), square.mean(axis=0), np.nanmean(square)
    lenience = ((n - 1) ** 2 * own + (n - 1) * given - n * (n - 1) * overall) / (n * (n - 2))
    np.testing.assert_allclose(found.people["actor"], lenience[found.people.index], atol=1e-10)
    assert found.mean == pytest.approx(overall)


@pytest.mark.parametrize("kept", [1.0, 0.7])
def test_estimates_are_right_on_average_however_many_ratings_are_missing(rng, kept):
    """80 surveys of 20 people; the mean is held against four of its own standard errors."""
    planted_parts = np.array([0.5, 0.3, 0.8, 0.1, 0.25])
    found = []
    for _ in range(80):
        ties = planted(20, rng)
        found.append(social_relations(ties[rng.random(len(ties)) < kept]).table["estimate"].to_numpy())
    error = np.std(found, axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - planted_parts) < 4 * error).all()


def test_moving_all_ratings_moves_only_the_mean(rng):
    ties = planted(8, rng)
    one, other = social_relations(ties), social_relations(ties.assign(rating=ties["rating"] + 10))
    np.testing.assert_allclose(one.table["estimate"], other.table["estimate"], atol=1e-9)
    assert other.mean - one.mean == pytest.approx(10)


def test_the_order_of_rows_and_the_names_of_people_do_not_matter(rng):
    ties = planted(8, rng)
    shuffled = ties.sample(frac=1, random_state=1).replace({"p0": "zoe"})
    one, other = social_relations(ties), social_relations(shuffled)
    np.testing.assert_allclose(one.table["estimate"], other.table["estimate"], atol=1e-9)
    assert one.people.loc["p0", "actor"] == pytest.approx(other.people.loc["zoe", "actor"])


def test_a_correction_takes_off_little_where_somebody_gave_few_ratings(rng):
    ties = planted(14, rng, actor=0.5)
    lone = pd.DataFrame([("new", "p1", 9.0)], columns=ties.columns)
    often = pd.DataFrame([("old", f"p{j}", 9.0) for j in range(14)], columns=ties.columns)
    found = social_relations(pd.concat([ties, lone, often])).ties.groupby("ego")["centred"].mean()
    assert found["new"] > found["old"]


def test_corrections_solve_the_mixed_model_equations(rng):
    """Henderson's equations, solved densely, on ratings of which a third are missing."""
    ties = planted(10, rng)
    ties = ties[rng.random(len(ties)) < 0.67].reset_index(drop=True)
    found = social_relations(ties)
    actor, partner, relationship = np.maximum(found.table["estimate"].to_numpy()[:3], 1e-14)
    people = list(found.people.index)
    raters, rated = (pd.get_dummies(ties[side])[people].to_numpy(dtype=float) for side in ("ego", "alter"))
    both = np.hstack([raters, rated])
    draw = np.diag(relationship / np.repeat([actor, partner], len(people)))
    effects = np.linalg.solve(both.T @ both + draw, both.T @ (ties["rating"] - found.mean).to_numpy())
    np.testing.assert_allclose(found.ties["centred"], ties["rating"] - raters @ effects[: len(people)], atol=1e-8)
    np.testing.assert_allclose(found.ties["relationship"], ties["rating"] - both @ effects, atol=1e-8)


def test_somebody_who_gave_no_rating_has_no_lenience():
    ties = round_robin(6, lambda i, j: (i + 2 * j) % 5)
    found = social_relations(ties[ties["ego"] != "p5"]).people
    assert np.isnan(found.loc["p5", "actor"])
    assert found.loc["p5", ["given", "received"]].tolist() == [0, 5]


def test_ratings_that_were_not_asked_for_or_are_missing_are_left_out():
    ties = round_robin(6, lambda i, j: (i + 2 * j) % 5).assign(asked=True)
    more = pd.DataFrame([("p0", "p1", 0.0, False), ("p2", "p3", np.nan, True)], columns=ties.columns)
    np.testing.assert_array_equal(social_relations(pd.concat([ties, more])).table, social_relations(ties).table)


@pytest.mark.parametrize(
    ("ties", "message"),
    [
        (round_robin(5, lambda i, j: 1.0), "cannot be taken apart: all are 1. Plain nominations have no lenience."),
        (round_robin(3, lambda i, j: i), "6 ratings among 3 people are too few, or too one-sided"),
        (round_robin(5, lambda i, j: 1.0).iloc[:0], "cannot be taken apart: there are none"),
    ],
)
def test_ratings_that_cannot_be_taken_apart_are_refused(ties, message):
    with pytest.raises(SettingError) as caught:
        social_relations(ties)
    assert message in str(caught.value)


def test_one_layer_must_be_named_where_there_are_several():
    ties = pd.concat([round_robin(5, lambda i, j: i).assign(layer=layer) for layer in ("trust", "advice")])
    with pytest.raises(SettingError, match=r"These ties are of 2 layers \(trust, advice\); name one as layer="):
        social_relations(ties)
    with pytest.raises(SettingError, match=r"No ties of layer 'trus'; there are trust, advice. Did you mean 'trust'"):
        social_relations(ties, layer="trus")
    assert len(social_relations(ties, layer="trust").ties) == 20
