"""Partners who are not alike are said to be in five of a hundred studies, and intervals hold what was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from peernet.dyads import kind_mixing, partner_likeness, profile_similarity

CHANCE = np.sqrt(0.05 * 0.95 / 1_500)  # standard error of a study at full size
WORLDS = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "heavy tails": lambda rng, shape: rng.standard_t(3, size=shape),
    "skewed": lambda rng, shape: rng.exponential(size=shape) - 1,
    "five steps": lambda rng, shape: rng.integers(1, 6, size=shape).astype(float),
    "yes and no": lambda rng, shape: (rng.random(shape) < 0.4).astype(float),
}


def likeness_p(world, people, studies, rng):
    """The p value of the correlation, two-sided, and one-sided to either side, in studies in which nothing is true."""
    found = []
    while len(found) < studies:
        x = WORLDS[world](rng, (people // 2, 2))
        if min(np.ptp(np.sort(x, axis=None)[1:]), np.ptp(np.sort(x, axis=None)[:-1])) > 0:  # else pairing means nothing
            table = partner_likeness(pd.DataFrame(x, columns=["x_a", "x_b"]), "x", draws=399, rng=rng).table
            found.append(table.loc["double-entry correlation", ["p_value", "p_alike", "p_unlike"]].astype(float))
    return np.array(found)


def partners(world, correlation, pairs, rng):
    """Both members of so many pairs, who share a part of all that varies; negative where one has less of it."""
    draw, sides = WORLDS["normal" if world == "spread differs" else world], np.array([[1.0, np.sign(correlation)]])
    common, own = draw(rng, (pairs, 1)), draw(rng, (pairs, 2))
    x = np.sqrt(abs(correlation)) * sides * common + np.sqrt(1 - abs(correlation)) * own
    return x * np.exp(rng.normal(size=(pairs, 1)) / 2) if world == "spread differs" else x


def coverage(world, correlation, pairs, studies, rng):
    """How often the interval holds the correlation of partners, which may be negative."""
    held = 0
    for _ in range(studies):
        x = pd.DataFrame(partners(world, correlation, pairs, rng), columns=["x_a", "x_b"])
        row = partner_likeness(x, "x", draws=999, rng=rng).table.iloc[0]
        held += row["low"] <= correlation <= row["high"]
    return held / studies


@pytest.mark.parametrize("world", WORLDS)
def test_chance_is_mistaken_for_likeness_no_more_often_than_said(world, rng):
    wrong = (likeness_p(world, 20, 80, rng) <= 0.05).mean(axis=0)
    assert (wrong < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 80)).all()


@pytest.mark.slow
@pytest.mark.parametrize("people", [12, 20, 40])
@pytest.mark.parametrize("world", WORLDS)
def test_chance_is_mistaken_for_likeness_in_five_of_a_hundred_studies(world, people, rng):
    wrong = (likeness_p(world, people, 1_500, rng) <= 0.05).mean(axis=0)
    print(world, people, wrong)
    assert (wrong < 0.07).all()
    if world not in ("yes and no", "five steps"):  # these can give few p values only, so tests stay below their level
        assert (wrong > 0.03).all()


@pytest.mark.parametrize(("people", "exact", "mid"), [(12, 0.012, 0.018), (20, 0.020, 0.045), (40, 0.022, 0.044)])
def test_yes_and_no_answers_leave_few_values_so_that_no_exact_test_comes_near_five_in_a_hundred(people, exact, mid):
    """Over everything chance can give; a draw between what is as far would reject in exactly 5 %."""
    found, every = np.zeros(2), 0.0
    for yes in range(2, people - 1):
        sides = np.repeat([1, 0], [yes, people - yes]).reshape(2, -1)
        shares = kind_mixing(pd.DataFrame({"k_a": sides[0], "k_b": sides[1]}), "k").distribution
        mixed, share = shares.index.to_numpy(), shares.to_numpy()
        away = np.abs(mixed - mixed @ share)
        p = np.array([share[away >= each - 1e-9].sum() for each in away])
        same = np.array([share[np.abs(away - each) < 1e-9].sum() for each in away])
        weight = stats.binom.pmf(yes, people, 0.4)
        found += weight * np.array([share[p <= 0.05].sum(), share[p - same / 2 <= 0.05].sum()])
        every += weight
    assert found / every == pytest.approx([exact, mid], abs=0.0006)


@pytest.mark.parametrize("correlation", [-0.6, 0.0, 0.6])
@pytest.mark.parametrize("world", ["normal", "heavy tails"])
def test_intervals_hold_the_correlation(world, correlation, rng):
    assert coverage(world, correlation, 12, 80, rng) > 0.95 - 4 * np.sqrt(0.05 * 0.95 / 80)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", [6, 10, 20])
@pytest.mark.parametrize("correlation", [-0.8, -0.3, 0.0, 0.5, 0.9])
@pytest.mark.parametrize("world", ["normal", "heavy tails", "skewed", "spread differs"])
def test_intervals_hold_the_correlation_95_of_100_times(world, correlation, pairs, rng):
    held = coverage(world, correlation, pairs, 1_500, rng)
    print(world, correlation, pairs, held)
    assert 0.93 - 2 * CHANCE < held < 0.97 + 2 * CHANCE


@pytest.mark.parametrize("kinds", ["x" * 6 + "y" * 6, "x" * 9 + "y" * 2 + "z", "xyz" * 12, "abcdefgh" * 4])
def test_mixing_by_chance_is_called_more_in_at_most_five_of_a_hundred_studies(kinds):
    """Over everything chance can give, not over draws of it."""
    shares = kind_mixing(pd.DataFrame({"k_a": [*kinds[::2]], "k_b": [*kinds[1::2]]}), "k").distribution
    mixed, share = shares.index.to_numpy(), shares.to_numpy()
    away = np.abs(mixed - mixed @ share)
    p = np.array([share[away >= each - 1e-9].sum() for each in away])
    assert share[p <= 0.05].sum() <= 0.05


@pytest.mark.parametrize("gaps", [0.0, 0.6])
@pytest.mark.parametrize(
    ("studies", "least", "most"), [(100, 0, 0.14), pytest.param(1_500, 0.03, 0.07, marks=pytest.mark.slow)]
)
def test_profiles_of_strangers_are_called_alike_in_five_of_a_hundred_studies(studies, least, most, gaps, rng):
    """Also where a third have left out so much that many of the possible pairs cannot be compared."""
    wrong = []
    for _ in range(studies):
        people = [f"p{k:02d}" for k in range(20)]
        answers = pd.DataFrame(rng.normal(size=(20, 12)) + rng.normal(size=12), index=people)
        answers = answers.mask((rng.random(answers.shape) < gaps) & (np.arange(20) % 3 == 0)[:, None])
        pairs = pd.DataFrame({"a": people[::2], "b": people[1::2]})
        found = profile_similarity(answers, pairs, draws=399, rng=rng).table
        wrong.append(found[["p_value", "p_alike"]].to_numpy() <= 0.05)
    share = np.mean(wrong, axis=0)
    print(share)
    assert (least <= share).all()
    assert (share <= most).all()
