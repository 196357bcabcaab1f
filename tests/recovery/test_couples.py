"""Tests of actor and partner effects reject a true null as often as they say, and what was planted is found.

Everybody is in one pair; 6, 10 and 20 pairs. The rates at full size:
``pytest -m slow -s tests/recovery/test_couples.py``.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtr

from peernet.dyads import fit_apim, response_surface
from peernet.dyads.apim import SIDES, ratio_set
from peernet.dyads.pair_gls import pair_gls
from peernet.dyads.surface import ALONG, second_degree, two_lines
from tests.made.couples import WORLDS, world

SIZES = (6, 10, 20)
TIMES = 2000  # worlds per rate, which has then a standard error of .005
CHANCE = 2 * 0.005


def quickly(table, between=None, covariate=None, *, robust=True):
    """P values of all but the intercept, as `fit_apim` has them, without tables, checks and sentence."""
    x, y = table[["x_a", "x_b"]].to_numpy(), table[["y_a", "y_b"]].to_numpy()
    further = [] if between is None else [np.repeat(between[:, None], 2, axis=1)]
    columns = [np.ones_like(x), x, x[:, ::-1], *further, *([] if covariate is None else [covariate])]
    designs = np.einsum("st,pti->psi", SIDES, np.stack(columns, axis=2))
    fit = pair_gls(designs, y @ SIDES, correlated=False, method="REML", robust=robust)
    found = (fit.contrast(unit) for unit in np.eye(len(columns))[1:])
    return [2 * stdtr(df, -abs(estimate / error)) for estimate, error, df in found]


def worlds(kind, pairs, times, seed):
    """As many worlds without effects; of binary ones those that can be answered."""
    rng = np.random.default_rng([seed, pairs, WORLDS.index(kind)])
    while times:
        table = world(kind, pairs, rng)
        sums, differences = table["y_a"] + table["y_b"], table["y_a"] - table["y_b"]
        if np.ptp(sums) > 0 and differences.any():
            times -= 1
            yield table


def rejected(kind, pairs, times, seed, *, robust=True):
    """How often actor and partner effects are found where there are none."""
    p = [quickly(table, robust=robust) for table in worlds(kind, pairs, times, seed)]
    return (np.array(p) < 0.05).mean(axis=0)


def told(kind, pairs, rates, times):
    print(f"{kind:<26}{pairs:>3} pairs {np.round(rates, 3)} (standard error {np.sqrt(0.05 * 0.95 / times):.3f})")


@pytest.mark.parametrize("kind", ["normal", "disagreeing", "binary"])
def test_the_quick_way_is_that_of_the_package(kind):
    for table in worlds(kind, 8, 3, seed=0):
        p = fit_apim(table, "y", ["x"], errors="model").table["p_value"]
        assert quickly(table, robust=False) == pytest.approx(p[["actor x", "partner x"]].tolist(), rel=1e-9)
        p = fit_apim(table, "y", ["x"]).table["p_value"]
        assert quickly(table) == pytest.approx(p[["actor x", "partner x"]].tolist(), rel=1e-9)


@pytest.mark.parametrize("kind", WORLDS)
def test_a_true_null_is_rejected_in_about_a_twentieth(kind, pairs=10, times=200):  # noqa: PT028
    """Four standard errors to either side of 5 %."""
    assert (np.abs(rejected(kind, pairs, times, seed=1) - 0.05) < 4 * np.sqrt(0.05 * 0.95 / times)).all()


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
@pytest.mark.parametrize("kind", WORLDS)
def test_type_one_error(kind, pairs):
    rates = rejected(kind, pairs, TIMES, seed=3)
    told(kind, pairs, rates, TIMES)
    assert (rates > 0.03 - CHANCE).all()
    assert (rates < 0.07).all()


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
@pytest.mark.parametrize("kind", WORLDS)
def test_type_one_error_with_measures_of_the_pair_and_ones_own(kind, pairs):
    """The covariate leans on both equations, sums and differences; with fewer than six pairs that is refused."""
    rng, p = np.random.default_rng([90, pairs]), []  # not what the world is drawn from
    for table in worlds(kind, pairs, TIMES, seed=9):
        p.append(quickly(table, rng.standard_normal(pairs), rng.standard_normal((pairs, 2))))
    rates = (np.array(p) < 0.05).mean(axis=0)
    told(f"{kind}, four terms", pairs, rates, TIMES)
    assert (rates > 0.03 - CHANCE).all()
    assert (rates < 0.07 + CHANCE).all()


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
@pytest.mark.parametrize("kind", [kind for kind in WORLDS if kind != "spread goes with x"])
def test_type_one_error_by_the_model(kind, pairs):
    rates = rejected(kind, pairs, TIMES, seed=2, robust=False)
    told(f"{kind}, model", pairs, rates, TIMES)
    assert (rates > 0.03 - 0.008).all()
    assert (rates < 0.07).all()


@pytest.mark.slow
def test_where_the_spread_goes_with_the_predictor_the_model_rejects_too_often_and_says_so():
    """The model's own errors are then too small; the check sees it once there are pairs enough."""
    for pairs in SIZES:
        rates = rejected("spread goes with x", pairs, TIMES, seed=4, robust=False)
        told("spread, by the model", pairs, rates, TIMES)
        assert 0.07 < rates[0] < 0.2
    rng = np.random.default_rng(4)
    seen = [not fit_apim(world("spread goes with x", 100, rng), "y", ["x"]).assumptions["holds"][2] for _ in range(100)]
    print(f"seen with 100 pairs {np.mean(seen):.2f}")
    assert np.mean(seen) > 0.6


def covered(kind, pairs, times, seed, actor=0.6, partner=0.3):
    truth, inside = {"actor x": actor, "partner x": partner}, {"effects": [], "rho": [], "k": []}
    rng, rho = np.random.default_rng([seed, pairs]), -0.7 if kind == "disagreeing" else 0.4
    for _ in range(times):
        found = fit_apim(world(kind, pairs, rng, actor, partner), "y", ["x"])
        inside["effects"] += [found.table["low"][t] <= v <= found.table["high"][t] for t, v in truth.items()]
        inside["rho"].append(found.variances["low"]["rho"] <= rho <= found.variances["high"]["rho"])
        ratio = found.ratios.loc["x"]
        inside["k"] += [] if np.isnan(ratio["estimate"]) else [ratio["low"] <= partner / actor <= ratio["high"]]
    return {name: float(np.mean(held)) for name, held in inside.items() if held}


def test_intervals_hold_the_truth_in_nineteen_of_twenty():
    held = covered("disagreeing", 10, 150, seed=5)
    assert held["effects"] > 0.95 - 5 * np.sqrt(0.05 * 0.95 / 300)
    assert held["rho"] > 0.95 - 5 * np.sqrt(0.05 * 0.95 / 150)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
@pytest.mark.parametrize("kind", ["normal", "disagreeing"])
def test_coverage(kind, pairs):
    held = covered(kind, pairs, 800, seed=6)
    print(f"{kind:<12}{pairs:>3} pairs {held}")
    assert 0.93 <= held["effects"] <= 0.97
    assert 0.93 <= held["rho"] <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "disagreeing"])
def test_coverage_of_the_ratio_with_pairs_enough(kind):
    held = covered(kind, 100, 600, seed=7)
    print(f"{kind:<12}100 pairs {held}")
    assert 0.93 <= held["k"] <= 0.97


@pytest.mark.parametrize("kind", ["normal", "disagreeing", "heavy tails"])
def test_planted_effects_are_found(kind):
    rng = np.random.default_rng(8)
    found = [fit_apim(world(kind, 400, rng, 0.5, -0.3), "y", ["x"]).table["estimate"] for _ in range(5)]
    actor, partner = np.mean([[each["actor x"], each["partner x"]] for each in found], axis=0)
    assert actor == pytest.approx(0.5, abs=0.1)
    assert partner == pytest.approx(-0.3, abs=0.1)


def holds_ratio(table, ratio):
    """Whether Fieller's set holds a ratio of partner and actor effects, with or without ends."""
    x, y = table[["x_a", "x_b"]].to_numpy(), table[["y_a", "y_b"]].to_numpy()
    designs = np.einsum("st,pti->psi", SIDES, np.stack([np.ones_like(x), x, x[:, ::-1]], axis=2))
    fit = pair_gls(designs, y @ SIDES, correlated=False, method="REML", robust=True)
    low, high = ratio_set(fit, 1, 2)
    return low <= ratio <= high if low < high else not high < ratio < low


def ratios_held(kind, pairs, times):
    """Actor effects small and large, errors of partners at -.8, 0 and .8."""
    rng, held = np.random.default_rng([16, pairs, WORLDS.index(kind)]), []
    for _ in range(times):
        for actor in (0.3, 1.0):
            tables = (world(kind, pairs, rng, actor, actor / 2, rho=rho) for rho in (-0.8, 0.0, 0.8))
            held += [holds_ratio(table, 0.5) for table in tables]
    return float(np.mean(held))


def test_the_ratios_set_holds_it_in_nineteen_of_twenty_also_with_six_pairs():
    held = ratios_held("normal", 6, 50)
    assert abs(held - 0.95) < 4 * np.sqrt(0.05 * 0.95 / 300)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
@pytest.mark.parametrize("kind", ["normal", "heavy tails", "skewed", "spread goes with x"])
def test_the_ratios_set_holds_it_at_full_size(kind, pairs):
    held = ratios_held(kind, pairs, 200)
    print(f"{kind:<20}{pairs:>3} pairs {held:.3f}")
    assert 0.93 - 2 * np.sqrt(0.05 * 0.95 / 1200) < held < 0.97


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
@pytest.mark.parametrize("kind", ["normal", "disagreeing", "heavy tails"])
def test_intervals_hold_the_correlation_within_pairs(kind, pairs):
    rng, held, rho = np.random.default_rng([16, pairs]), [], {"disagreeing": -0.7}.get(kind, 0.4)
    for _ in range(400):
        correlation = fit_apim(world(kind, pairs, rng, 1.0, 0.5), "y", ["x"]).variances.loc["rho"]
        held.append(correlation["low"] <= rho <= correlation["high"])
    print(f"{kind:<12}{pairs:>3} pairs {np.mean(held):.3f}")
    assert np.mean(held) > 0.93 - 2 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
def test_kinds_that_are_alike_are_told_apart_in_a_twentieth(pairs):
    """Wilks' lambda; the likelihood ratio of the books is much too quick with few pairs."""
    rng, chances = np.random.default_rng([10, pairs]), []
    for _ in range(800):
        table = world("normal", pairs, rng).assign(role_a="one", role_b="other")
        found = fit_apim(table, "y", ["x"], distinguished_by="role")
        chances.append(found.distinguishability["p_value"])
    rates = {row: float(np.mean([p[row] < 0.05 for p in chances])) for row in ("chi2", "Wilks")}
    print(f"distinguishability{pairs:>3} pairs {rates}")
    assert 0.03 <= rates["Wilks"] <= 0.07


# --- surfaces


def surface_world(pairs, rng, shape):
    """Pairs whose outcome is a shape of the two values, and noise that pairs share in part."""
    x = rng.standard_normal((pairs, 2))
    noise = rng.standard_normal((pairs, 1)) + rng.standard_normal((pairs, 2))
    y = shape(x, x[:, ::-1]) + noise
    return pd.DataFrame({"x_a": x[:, 0], "x_b": x[:, 1], "y_a": y[:, 0], "y_b": y[:, 1]})


def nothing(own, partners):
    return np.zeros_like(own)


def likeness(own, partners):
    return -0.5 * (own - partners) ** 2


def own_only(own, partners):
    return own - 0.5 * own**2


def between_too_little_and_too_much(own, partners):
    return -1.5 * (np.abs(own - partners) - 1.2) ** 2


def test_likeness_is_found_and_is_not_where_only_ones_own_value_bends():
    rng = np.random.default_rng(11)
    alike = [response_surface(surface_world(200, rng, likeness), "y", "x") for _ in range(10)]
    assert np.mean([surface.table["estimate"]["a4"] for surface in alike]) == pytest.approx(-2, abs=0.15)
    assert np.mean([surface.conditions["met"][:3].all() for surface in alike]) >= 0.7
    own = [response_surface(surface_world(200, rng, own_only), "y", "x") for _ in range(10)]
    assert not any(surface.conditions["met"][:3].all() for surface in own)


def test_an_inverted_u_is_found_and_none_where_more_is_always_better():
    rng = np.random.default_rng(12)
    there = [
        response_surface(surface_world(150, rng, between_too_little_and_too_much), "y", "x").inverted_u
        for _ in range(10)
    ]
    assert np.mean(there) >= 0.8
    rising = [response_surface(surface_world(150, rng, lambda a, b: np.abs(a - b)), "y", "x") for _ in range(10)]
    assert not any(surface.inverted_u for surface in rising)


def surface_quickly(table, *, robust=True):
    """P values of a1 to a5."""
    x, y = table[["x_a", "x_b"]].to_numpy(), table[["y_a", "y_b"]].to_numpy()
    designs = np.einsum("st,pti->psi", SIDES, second_degree(x, x[:, ::-1]))
    fit = pair_gls(designs, y @ SIDES, correlated=False, method="REML", robust=robust)
    found = (fit.contrast(row) for row in ALONG)
    return [2 * stdtr(df, -abs(estimate / error)) for estimate, error, df in found]


def test_the_quick_surface_is_that_of_the_package():
    table = surface_world(12, np.random.default_rng(15), nothing)
    p = response_surface(table, "y", "x", centre=0).table["p_value"][[f"a{k}" for k in range(1, 6)]]
    assert surface_quickly(table) == pytest.approx(p.tolist(), rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
@pytest.mark.parametrize("kind", WORLDS)
def test_type_one_error_of_the_surface(kind, pairs):
    p = [surface_quickly(table) for table in worlds(kind, pairs, TIMES, seed=13)]
    rates = (np.array(p) < 0.05).mean(axis=0)
    told(f"{kind}, a1 to a5", pairs, rates, TIMES)
    assert (rates > 0.03 - CHANCE).all()
    assert (rates < 0.07 + CHANCE).all()


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
def test_type_one_error_of_the_surface_by_the_model(pairs):
    p = [surface_quickly(table, robust=False) for table in worlds("normal", pairs, TIMES, seed=13)]
    rates = (np.array(p) < 0.05).mean(axis=0)
    told("a1 to a5, model", pairs, rates, TIMES)
    assert (rates > 0.03).all()
    assert (rates < 0.07).all()


SHAPES = {"nothing": nothing, "rising": lambda a, b: np.abs(a - b), "levelling": lambda a, b: np.log1p(np.abs(a - b))}


@pytest.mark.slow
@pytest.mark.parametrize("pairs", [12, 20, 60])
@pytest.mark.parametrize("shape", SHAPES)
def test_no_inverted_u_is_claimed_in_more_than_a_twentieth(shape, pairs, times=1000):  # noqa: PT028
    rng, claims = np.random.default_rng([14, pairs]), []
    for _ in range(times):
        table = surface_world(pairs, rng, SHAPES[shape])
        x, y = table[["x_a", "x_b"]].to_numpy(), table[["y_a", "y_b"]].to_numpy()
        lines = two_lines(y.mean(axis=1), np.abs(x[:, 0] - x[:, 1]), x.mean(axis=1))
        up, down = lines["estimate"]
        claims.append(up > 0 > down and (lines["p_value"] < 0.05).all())
    print(f"inverted U where there is {shape}{pairs:>3} pairs {np.mean(claims):.3f}")
    assert np.mean(claims) <= 0.06
