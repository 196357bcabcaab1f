"""Intraclass correlations, within-group agreement and REML variances equal those of R's multilevel and lme4."""

import json
from pathlib import Path

import pandas as pd
import pytest

from peernet.graph.climate import average_deviation, awg, intraclass, null_variance, rwg_j, variance_parts

FOLDER = Path(__file__).parents[3] / "shared" / "refs" / "climate_icc_rwg"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="reference results are not here")
KNOWN = json.loads((FOLDER / "expected.json").read_text()) if FOLDER.is_dir() else {}


@pytest.fixture(scope="module")
def soldiers():
    return pd.read_csv(FOLDER / "bh1996.csv")


@pytest.fixture(scope="module")
def companies():
    return pd.read_csv(FOLDER / "lq2002.csv").groupby("COMPID")


@pytest.fixture(scope="module")
def known():
    return pd.read_csv(FOLDER / "expected_lq2002_by_group.csv").set_index("grpid")


@pytest.mark.parametrize("scale", ["HRS", "LEAD", "COHES", "WBEING"])
def test_intraclass_correlations(soldiers, scale):
    found = intraclass(soldiers[scale], soldiers["GRP"])
    assert found.icc1 == pytest.approx(KNOWN[scale]["ICC1"], abs=1e-10)
    assert found.icc2 == pytest.approx(KNOWN[scale]["ICC2"], abs=1e-10)


def test_variances_by_restricted_likelihood(soldiers):
    between, within, _ = variance_parts(soldiers["LEAD"], soldiers["GRP"])
    reml = KNOWN["LEAD"]["lmer_REML"]
    assert between == pytest.approx(reml["var_between"], abs=1e-6)
    assert within == pytest.approx(reml["var_within"], abs=1e-6)


@pytest.mark.parametrize(
    ("measure", "column"),
    [
        (lambda items: rwg_j(items, null_variance("uniform", 5)), "rwgj"),
        (lambda items: awg(items, 1, 5), "awg"),
        (average_deviation, "adm"),
    ],
)
def test_agreement_on_eleven_items_in_every_company(companies, known, measure, column):
    items = KNOWN["lq2002"]["items"]
    found = pd.Series({company: measure(group[items]) for company, group in companies})
    assert found[known.index].to_numpy() == pytest.approx(known[column].to_numpy(), abs=1e-10)


def test_agreement_on_one_score_in_every_company(companies, known):
    found = pd.Series({company: rwg_j(group[["LEAD"]], 2.0) for company, group in companies})
    assert found[known.index].to_numpy() == pytest.approx(known["rwg_LEAD"].to_numpy(), abs=1e-8)


@pytest.mark.parametrize(
    ("null", "variance"),
    [("uniform", 2.0), ("triangular", 4 / 3), ("slight skew", 1.34), ("moderate skew", 0.90)],
)
def test_variance_without_agreement_on_five_points_is_the_published_one(null, variance):
    """LeBreton and Senter (2008), table 2; the triangular one is (A - 1)(A + 3) / 24 for odd A."""
    assert null_variance(null, 5) == pytest.approx(variance)
