"""Tests of actor and partner effects reject a true null as often as they say, and what was planted is found.

Everybody is in one pair; 6, 10 and 20 pairs. The rates at full size:
``pytest -m slow -s tests/recovery/test_couples.py``.
"""

import numpy as np
import pandas as pd
import pytest

from peernet.dyads import fit_apim, response_surface
from tests.made.couples import WORLDS, world

SIZES = (6, 10, 20)
TIMES = 1000  # worlds per rate: two effects give a standard error of .005
EVEN = [kind for kind in WORLDS if kind != "spread goes with x"]


def drawn(kind, pairs, times, seed, actor=0.0, partner=0.0, **settings):
    """The tables of effects of as many worlds, stacked."""
    tables, rng = [], np.random.default_rng([seed, pairs, WORLDS.index(kind)])
    while len(tables) < times:
        table = world(kind, pairs, rng, actor, partner)
        sums, differences = table["y_a"] + table["y_b"], table["y_a"] - table["y_b"]
        if kind == "binary" and (sums.nunique() < 2 or not differences.any()):
            continue  # nothing to explain, and refused
        tables.append(fit_apim(table, "y", ["x"], **settings).table)
    return pd.concat(tables)


def rejected(tables, terms=("actor x", "partner x")):
    return float(np.mean([tables["p_value"][term] < 0.05 for term in terms]))


def told(kind, pairs, rate, times):
    print(f"{kind:<22}{pairs:>3} pairs {rate:.3f} (standard error {np.sqrt(0.05 * 0.95 / times):.3f})")


@pytest.mark.parametrize("kind", ["normal", "disagreeing", "skewed"])
def test_a_true_null_is_rejected_in_about_a_twentieth(kind):
    """Both effects of 120 worlds: five standard errors to either side of 5 %."""
    assert rejected(drawn(kind, 6, 120, seed=1)) < 0.05 + 5 * np.sqrt(0.05 * 0.95 / 240)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
@pytest.mark.parametrize("kind", EVEN)
def test_type_one_error_by_the_model(kind, pairs):
    rate = rejected(drawn(kind, pairs, TIMES, seed=2))
    told(kind, pairs, rate, 2 * TIMES)
    assert 0.03 <= rate <= 0.07


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
@pytest.mark.parametrize("kind", WORLDS)
def test_type_one_error_robust(kind, pairs):
    """Careful with six pairs, and never much above where the spread goes with the predictor."""
    rate = rejected(drawn(kind, pairs, TIMES, seed=3, errors="robust"))
    told(kind, pairs, rate, 2 * TIMES)
    assert 0.02 <= rate <= 0.07


@pytest.mark.slow
def test_where_the_spread_goes_with_the_predictor_the_model_rejects_too_often_and_says_so(TIMES=600):
    """The model's own errors are then too small; the check sees it once there are pairs enough."""
    for pairs in SIZES:
        rate = rejected(drawn("spread goes with x", pairs, TIMES, seed=4))
        told("spread, by the model", pairs, rate, 2 * TIMES)
        assert 0.07 < rate < 0.2
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
    return {name: float(np.mean(held)) for name, held in inside.items()}


def test_intervals_hold_the_truth_in_nineteen_of_twenty():
    held = covered("disagreeing", 10, 150, seed=5)
    assert held["effects"] > 0.95 - 5 * np.sqrt(0.05 * 0.95 / 300)
    assert held["rho"] > 0.95 - 5 * np.sqrt(0.05 * 0.95 / 150)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
@pytest.mark.parametrize("kind", ["normal", "disagreeing"])
def test_coverage(kind, pairs):
    """Of k only where it is given: with few pairs that is where the actor effect came out large, so a ratio small."""
    held = covered(kind, pairs, TIMES, seed=6)
    print(f"{kind:<12}{pairs:>3} pairs {held}")
    assert 0.93 <= held["effects"] <= 0.97
    assert 0.93 <= held["rho"] <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "disagreeing"])
def test_coverage_of_the_ratio_with_pairs_enough(kind):
    held = covered(kind, 100, TIMES, seed=7)
    print(f"{kind:<12}100 pairs {held}")
    assert 0.93 <= held["k"] <= 0.97


@pytest.mark.parametrize("kind", ["normal", "disagreeing", "heavy tails"])
def test_planted_effects_are_found(kind):
    found = drawn(kind, 400, 3, seed=8, actor=0.5, partner=-0.3).groupby(level=0)["estimate"].mean()
    assert found["actor x"] == pytest.approx(0.5, abs=0.15)
    assert found["partner x"] == pytest.approx(-0.3, abs=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
def test_type_one_error_with_a_covariate_that_leans_on_both_equations(pairs):
    rng, chances = np.random.default_rng([9, pairs]), []
    for _ in range(TIMES):
        table = world("normal", pairs, rng)
        before = rng.standard_normal((pairs, 2))
        table = table.assign(before_a=before[:, 0], before_b=before[:, 1], y_a=table["y_a"] + before[:, 0])
        table["y_b"] += before[:, 1]
        chances.append(fit_apim(table, "y", ["x"], covariates=["before"]).table["p_value"])
    rates = {term: float(np.mean([p[term] < 0.05 for p in chances])) for term in ("actor x", "partner x")}
    print(f"covariate{pairs:>3} pairs {rates}")
    assert 0.03 <= np.mean([*rates.values()]) <= 0.07


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
def test_kinds_that_are_alike_are_told_apart_in_a_twentieth(pairs):
    """Wilks' lambda; the likelihood ratio of the books is much too quick with few pairs."""
    rng, chances = np.random.default_rng([10, pairs]), []
    for _ in range(TIMES):
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


@pytest.mark.slow
@pytest.mark.parametrize("pairs", SIZES)
def test_type_one_error_of_the_surface(pairs):
    rng = np.random.default_rng([13, pairs])
    found = [response_surface(surface_world(pairs, rng, nothing), "y", "x") for _ in range(TIMES)]
    chances = pd.DataFrame([surface.table["p_value"] for surface in found])
    rates = (chances[["a1", "a2", "a3", "a4", "a5"]] < 0.05).mean()
    claims = np.mean([surface.conditions["met"][:3].all() for surface in found])
    print(f"surface{pairs:>3} pairs {rates.round(3).to_dict()}, congruence claimed {claims:.3f}")
    assert rates.between(0.03, 0.07).all()
    assert claims <= 0.035


@pytest.mark.slow
@pytest.mark.parametrize("pairs", [12, 20, 60])
@pytest.mark.parametrize("shape", [nothing, lambda a, b: np.abs(a - b), lambda a, b: np.log1p(np.abs(a - b))])
def test_no_inverted_u_is_claimed_in_more_than_a_twentieth(shape, pairs):
    rng = np.random.default_rng([14, pairs])
    rate = np.mean([response_surface(surface_world(pairs, rng, shape), "y", "x").inverted_u for _ in range(TIMES)])
    print(f"inverted U{pairs:>3} pairs {rate:.3f}")
    assert rate <= 0.07
