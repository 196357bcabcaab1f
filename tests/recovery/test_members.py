"""Tests on all pairs of few people are right as often as they say, in six worlds, and find what is planted."""

import numpy as np
import pytest

from peernet.dyads import fit_members, fit_multiple_membership, fit_pairs
from peernet.errors import EstimationError
from tests.made.dyad_worlds import FIRST, WORLDS, dyad_world, dyad_worlds, predictors_of

PEOPLE = (12, 20, 40)
FULL = {12: 800, 20: 500, 40: 250}
FEW = 40  # tables of each world of 12 people, all six worlds judged together
ALPHA = 0.05


def rows_of(fit, kind, people, times, *, slope=0.0, term=FIRST, further=()):
    """The row of one term in so many tables of a world; a table in which nothing varies answers nothing."""
    for table in dyad_worlds(kind, people, times, slope=slope):
        try:
            yield fit(table, "y", [*further, *predictors_of(kind)]).table.loc[term]
        except EstimationError:
            assert table["y"].nunique() == 1, "only an outcome that never varies may go without an answer"


def rejections(*args, **kws):
    return [row["p_value"] < ALPHA for row in rows_of(*args, **kws)]


def assert_holds(rejected, low=0.03, high=0.07):
    """The rate lies within what is allowed, but for two standard errors of the study."""
    rate, error = np.mean(rejected), np.sqrt(ALPHA * (1 - ALPHA) / len(rejected))
    print(f"{rate:.3f} of {len(rejected)} (standard error {error:.3f})")
    assert low - 2 * error < rate < high + 2 * error, f"{rate:.3f} of {len(rejected)}"


@pytest.mark.parametrize("fit", [fit_members, fit_multiple_membership])
def test_error_rate_over_the_six_worlds_together(fit):
    assert_holds([rejected for kind in WORLDS for rejected in rejections(fit, kind, 12, FEW)])


@pytest.mark.slow
@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("kind", WORLDS)
@pytest.mark.parametrize("fit", [fit_members, fit_multiple_membership])
def test_error_rate_in_every_world(fit, kind, people):
    assert_holds(rejections(fit, kind, people, FULL[people]))


@pytest.mark.slow
@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("kind", [kind for kind in WORLDS if kind != "sparse binary"])
def test_intervals_cover_the_planted_slope(kind, people):
    rows = rows_of(fit_members, kind, people, FULL[people], slope=0.25)
    assert_holds([not row["low"] < 0.25 < row["high"] for row in rows])


@pytest.mark.parametrize("fit", [fit_members, fit_multiple_membership, fit_pairs])
def test_a_planted_slope_is_recovered_without_bias(fit):
    estimates = [row["estimate"] for row in rows_of(fit, "two correlated predictors", 20, 60, slope=0.25)]
    assert np.mean(estimates) == pytest.approx(0.25, abs=3 * np.std(estimates) / np.sqrt(len(estimates)))


def test_effects_of_members_find_far_more_than_least_squares():
    """Twenty people, slope .25: about half of the studies against one in ten."""
    power = {fit: np.mean(rejections(fit, "normal", 20, 60, slope=0.25)) for fit in (fit_members, fit_pairs)}
    assert power[fit_members] > 0.35
    assert power[fit_pairs] < 0.25


@pytest.mark.slow
@pytest.mark.parametrize(("people", "least"), [(20, 0.47), (40, 0.9)])
def test_power_at_full_size(people, least):
    for fit in (fit_members, fit_multiple_membership):
        assert np.mean(rejections(fit, "normal", people, FULL[people], slope=0.25)) > least


def test_a_slope_of_people_and_both_variances_are_recovered():
    found = []
    for seed in range(40):
        table = dyad_world("normal", 30, np.random.default_rng(seed), slope=0.25, member_slope=0.5)
        fit = fit_multiple_membership(table, "y", ["z", "x"])
        found.append([fit.table.loc["z", "estimate"], fit.member_variance, fit.residual_variance])
    error = np.std(found, axis=0) / np.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - [0.5, 1, 1]) < 3 * error).all()


@pytest.mark.slow
@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("kind", WORLDS)
def test_error_rate_of_a_measure_of_people(kind, people):
    """Also where members vary unequally with the very measure."""
    assert_holds(rejections(fit_multiple_membership, kind, people, FULL[people], term="z", further=["z"]))


def in_a_ring(table, partners):
    """Those pairs only whose members stand near each other in a ring, so that everybody has as many partners."""
    number = {person: place for place, person in enumerate(sorted({*table["a"], *table["b"]}))}
    gap = (table["a"].map(number) - table["b"].map(number)).abs()
    return table[np.minimum(gap, len(number) - gap) <= partners // 2]


def found_in_rings(kind, people, times, partners=2):
    """How often a measure of people and one of the pair are found where neither matters, in rings with an answer."""
    p = []
    for table in dyad_worlds(kind, people, times):
        try:
            fit = fit_multiple_membership(in_a_ring(table, partners), "y", ["z", *predictors_of(kind)])
            p.append(fit.table.loc[["z", FIRST], "p_value"])
        except EstimationError:
            continue
    return (np.array(p, dtype=float) < ALPHA).mean(axis=0)


def test_two_partners_each_find_no_more_than_there_is():
    assert (found_in_rings("normal", 12, 60) < ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / 60)).all()


@pytest.mark.slow
@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("kind", WORLDS)
def test_error_rate_with_two_partners_each(kind, people):
    rates = found_in_rings(kind, people, FULL[people])
    print(kind, people, rates)
    error = np.sqrt(ALPHA * (1 - ALPHA) / FULL[people])
    assert (rates < 0.07 + 2 * error).all()
    assert (rates > 0.03 - 2 * error).all()


@pytest.mark.slow
@pytest.mark.parametrize("partners", [4, 6])
@pytest.mark.parametrize("kind", ["normal", "member variance depends on x"])
def test_error_rate_with_a_few_partners_each(kind, partners):
    rates = found_in_rings(kind, 12, FULL[12], partners)
    print(kind, partners, rates)
    error = np.sqrt(ALPHA * (1 - ALPHA) / FULL[12])
    assert (rates < 0.07 + 2 * error).all()
    assert (rates > 0.03 - 2 * error).all()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in WORLDS if kind != "member variance depends on x"])
def test_the_jackknife_of_least_squares_never_rejects_too_often(kind):
    for people in (12, 20):
        assert_holds(rejections(fit_pairs, kind, people, FULL[people]), low=0.0)
