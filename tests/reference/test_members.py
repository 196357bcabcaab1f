"""Effects in all pairs equal those of R's dyadRobust, lme4 and the published member effects."""

import json
from pathlib import Path

import pandas as pd
import pytest

from peernet.dyads import fit_members, fit_multiple_membership, fit_pairs

FOLDER = Path(__file__).parents[3] / "shared" / "refs" / "dyadic_robust_se"
CASE = FOLDER.parents[1] / "cases" / "C7" / "pairs.csv"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="reference results are not here")
KNOWN = json.loads((FOLDER / "expected.json").read_text()) if FOLDER.is_dir() else {}
DATA = {
    "dyad_sim": ("dyad_sim.csv", {"dyad1": "a", "dyad2": "b", "dY": "y"}, ["dX"]),
    "krackhardt": (
        "krackhardt_undirected.csv",
        {"ego": "a", "alter": "b", "fmax": "y"},
        ["same_dept", "abs_age", "abs_tenure"],
    ),
}


def pairs_of(name):
    file, names, predictors = DATA[name]
    return pd.read_csv(FOLDER / file).rename(columns=names), predictors


@pytest.mark.parametrize("name", DATA)
def test_multiple_membership_equals_lme4(name):
    pairs, predictors = pairs_of(name)
    known = KNOWN["multiple_membership"][name]
    found = fit_multiple_membership(pairs, "y", predictors, errors="model")
    assert found.member_variance == pytest.approx(known["var_member"], abs=1e-6)
    assert found.residual_variance == pytest.approx(known["var_resid"], abs=1e-6)
    assert found.criterion == pytest.approx(known["REML_criterion"], abs=1e-6)
    for column, key in (("estimate", "fixef"), ("std_error", "se")):
        expected = [known[key][term] for term in ("(Intercept)", *predictors)]
        assert found.table[column].tolist() == pytest.approx(expected, abs=1e-6)


def test_effects_of_members_equal_the_published_ones():
    """Slopes and standard errors to the six digits given."""
    pairs, predictors = pairs_of("krackhardt")
    table = fit_members(pairs, "y", predictors).table
    assert table["estimate"].round(6).tolist() == [0.319399, -0.010583, 0.004571]
    assert table["std_error"].round(6).tolist() == [0.073785, 0.005233, 0.006480]
    assert table["df"].tolist() == [186.0] * 3
    pairs, predictors = pairs_of("dyad_sim")
    row = fit_members(pairs, "y", predictors).table.loc["dX"]
    assert (round(row["estimate"], 6), round(row["std_error"], 6)) == (0.996959, 0.022915)


@pytest.mark.parametrize("name", DATA)
@pytest.mark.filterwarnings("ignore:Dyadic-robust errors are too small with 21 people")
def test_dyadic_robust_errors_equal_dyadrobust(name):
    pairs, predictors = pairs_of(name)
    table = fit_pairs(pairs, "y", predictors, errors="dyadic robust").table
    for column, key in (("estimate", "coef"), ("std_error", "se_dyadic_robust")):
        expected = [KNOWN[name][key][term] for term in ("(Intercept)", *predictors)]
        assert table[column].tolist() == pytest.approx(expected, abs=1e-8)


@pytest.mark.skipif(not CASE.is_file(), reason="the case is not here")
@pytest.mark.parametrize("turned", [slice(0, 0), slice(0, 10), slice(2, 9, 3)])
def test_a_person_in_either_place_is_one_person(turned):
    """Without noise: half a point per unit of distance, 7 parameters from 10 pairs; .19 if people are ignored."""
    pairs = pd.read_csv(CASE)
    pairs.loc[pairs.index[turned], ["a", "b"]] = pairs.loc[pairs.index[turned], ["b", "a"]].to_numpy()
    found = fit_members(pairs, "y", ["distance"])
    assert found.table.loc["distance", "estimate"] == pytest.approx(0.5, abs=1e-12)
    assert (found.card["pairs"], found.card["effects estimated"]) == (10, 7)
    assert fit_pairs(pairs, "y", ["distance"]).table.loc["distance", "estimate"] == pytest.approx(0.19, abs=0.005)
