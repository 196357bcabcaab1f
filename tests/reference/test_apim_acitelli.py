"""Actor and partner effects of 148 couples equal R's nlme and lavaan; eight pairs with a -999 those of a report."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from peernet.dyads import fit_apim
from peernet.errors import PeernetWarning

SHARED = Path(__file__).parents[3] / "shared"
COUPLES, REPORTED = SHARED / "refs" / "apim_acitelli", SHARED / "cases" / "C4" / "pairs.csv"
needs_couples = pytest.mark.skipif(not COUPLES.is_dir(), reason="reference results are not here")
needs_report = pytest.mark.skipif(not REPORTED.is_file(), reason="shared cases are not here")
CLOSE = {"rel": 1e-7, "abs": 1e-8}


@pytest.fixture(scope="module")
def couples():
    wide = pd.read_csv(COUPLES / "acitelli_wide.csv")
    columns = {"xW": "view_a", "xH": "view_b", "yW": "satisfaction_a", "yH": "satisfaction_b", "id": "pair"}
    return wide.rename(columns=columns).assign(spouse_a="Wife", spouse_b="Husband")


@pytest.fixture(scope="module")
def expected():
    return json.loads((COUPLES / "expected.json").read_text())


@needs_couples
@pytest.mark.parametrize("method", ["REML", "ML"])
def test_interchangeable_couples_equal_gls(couples, expected, method):
    reference = expected[f"indistinguishable_gls_{method}"]
    found = fit_apim(couples, "satisfaction", ["view"], method=method, errors="model")
    terms = ["(Intercept)", "OtherPos_A", "OtherPos_P"]
    assert found.table["estimate"].tolist() == pytest.approx([reference["coef"][term] for term in terms], **CLOSE)
    assert found.table["std_error"].tolist() == pytest.approx([reference["se"][term] for term in terms], **CLOSE)
    assert found.variances.loc["rho", "estimate"] == pytest.approx(reference["rho"], **CLOSE)
    assert found.variances.loc["sigma2", "estimate"] == pytest.approx(reference["sigma2"], **CLOSE)
    assert found.log_likelihood == pytest.approx(reference["logLik"], abs=1e-9)


@needs_couples
def test_variances_between_and_within_equal_those_of_lmer(couples, expected):
    reference, variances = (
        expected["indistinguishable_lmer_REML"],
        fit_apim(couples, "satisfaction", ["view"]).variances,
    )
    rho, sigma2 = variances["estimate"]
    assert rho * sigma2 == pytest.approx(reference["var_dyad"], rel=1e-6)
    assert (1 - rho) * sigma2 == pytest.approx(reference["var_resid"], rel=1e-6)


@needs_couples
def test_husbands_and_wives_equal_gls(couples, expected):
    reference = expected["distinguishable_gls_ML"]
    found = fit_apim(couples, "satisfaction", ["view"], distinguished_by="spouse", method="ML", errors="model")
    for kind in ("Wife", "Husband"):
        for term, theirs in [("intercept", ""), ("actor view", ":OtherPos_A"), ("partner view", ":OtherPos_P")]:
            row, name = found.table.loc[f"{term} ({kind})"], f"factor(Gender_A){kind}{theirs}"
            assert row["estimate"] == pytest.approx(reference["coef"][name], **CLOSE)
            assert row["std_error"] == pytest.approx(reference["se"][name], rel=1e-6)
    variances = found.variances["estimate"]
    assert variances["rho"] == pytest.approx(reference["rho"], rel=1e-6)
    assert variances["sigma2 (Wife)"] == pytest.approx(reference["sigma2"], rel=1e-6)
    ratio = np.sqrt(variances["sigma2 (Husband)"] / variances["sigma2 (Wife)"])
    assert ratio == pytest.approx(reference["var_ratio"], rel=1e-6)
    assert found.log_likelihood == pytest.approx(reference["logLik"], abs=1e-8)


@needs_couples
def test_standard_errors_without_the_widening_are_those_of_lavaan(couples, expected):
    reference = expected["distinguishable_sem"]["se"]
    table = fit_apim(couples, "satisfaction", ["view"], distinguished_by="spouse", method="ML", errors="model").table
    narrow = table["std_error"] * np.sqrt((2 * 148 - 6) / (2 * 148))
    assert narrow["actor view (Wife)"] == pytest.approx(reference["yW~xW"], rel=1e-6)
    assert narrow["partner view (Husband)"] == pytest.approx(reference["yH~xW"], rel=1e-6)


@needs_couples
def test_k_and_the_test_of_distinguishability_equal_lavaan(couples, expected):
    found = fit_apim(couples, "satisfaction", ["view"], errors="model")
    sem = expected["indistinguishable_sem"]
    assert found.ratios.loc["view", "estimate"] == pytest.approx(sem["k"], abs=1e-6)
    assert found.ratios.loc["view", ["low", "high"]].tolist() == pytest.approx(
        [sem["k"] - 1.96 * sem["k_se"], sem["k"] + 1.96 * sem["k_se"]], abs=0.05
    )
    apart = fit_apim(couples, "satisfaction", ["view"], distinguished_by="spouse").distinguishability
    reference = expected["omnibus_distinguishability"]
    assert apart.loc["chi2", "statistic"] == pytest.approx(reference["chisq"], abs=1e-6)
    assert apart.loc["chi2", "df"] == reference["df"]
    assert apart.loc["chi2", "p_value"] == pytest.approx(reference["p"], abs=1e-7)


@needs_report
def test_the_reported_pairs_have_their_effects_once_the_code_is_missing():
    table = pd.read_csv(REPORTED)
    found = fit_apim(table.replace(-999, np.nan), "y", ["x"])
    assert found.card["pairs"] == 7
    assert found.table["estimate"].round(3).tolist()[1:] == [5.515, 1.033]
    assert found.left_out[["pair", "reason"]].to_numpy().tolist() == [[7, "x_b missing"]]
    with pytest.warns(PeernetWarning, match="x_b holds -999"):
        coded = fit_apim(table, "y", ["x"])
    assert coded.table["estimate"].round(3).tolist()[1:] == [0.005, 0.003]
