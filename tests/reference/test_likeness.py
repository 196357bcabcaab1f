"""Intraclass correlations of partners equal R's, and so does chance over all pairings of the same people."""

import json
from pathlib import Path

import pandas as pd
import pytest

from peernet.dyads import partner_likeness

REFERENCES = Path(__file__).parents[3] / "shared" / "refs"
COUPLES, EIGHT = REFERENCES / "apim_acitelli", REFERENCES / "exclusion_bias_randomisation"
pytestmark = pytest.mark.skipif(not COUPLES.is_dir(), reason="reference results are not here")


def known(folder):
    return json.loads((folder / "expected.json").read_text())


def test_satisfaction_of_couples():
    wide = pd.read_csv(COUPLES / "acitelli_wide.csv").rename(columns={"yW": "y_a", "yH": "y_b"})
    estimate = partner_likeness(wide[["y_a", "y_b"]], "y", draws=9).table["estimate"]
    expected = known(COUPLES)["icc_satisfaction"]
    assert estimate["intraclass correlation"] == pytest.approx(expected["anova"], abs=1e-10)
    assert estimate["double-entry correlation"] == pytest.approx(expected["pairwise_double_entry"], abs=1e-10)


def test_the_ten_dyads_of_a_textbook():
    dyads = pd.read_csv(COUPLES / "kkc_table2_1.csv").rename(columns={"x": "x_a", "xprime": "x_b"})
    estimate = partner_likeness(dyads[["x_a", "x_b"]], "x", draws=9).table["estimate"]
    expected = known(COUPLES)["kkc_table2_1"]
    assert estimate["intraclass correlation"] == pytest.approx(expected["icc_anova"], abs=1e-10)
    assert estimate["double-entry correlation"] == pytest.approx(expected["pairwise"], abs=1e-10)


def test_chance_over_all_pairings_of_eight_people():
    expected = known(EIGHT)
    tenure = pd.read_csv(EIGHT / "persons8.csv")["tenure"].to_numpy().reshape(4, 2)
    found = partner_likeness(pd.DataFrame(tenure, columns=["x_a", "x_b"]), "x")
    row, null = found.table.loc["double-entry correlation"], found.null["double-entry correlation"]
    assert len(null) == expected["n_matchings"]
    assert row["estimate"] == pytest.approx(expected["observed_partner_correlation"], abs=1e-12)
    assert null.mean() == pytest.approx(expected["mean_partner_correlation_over_all_matchings"], abs=1e-12)
    assert row["expected"] == pytest.approx(-1 / 7, abs=1e-12)
    assert row["p_alike"] == pytest.approx(expected["p_geq"], abs=1e-12)
    assert row["p_value"] == pytest.approx(expected["p_two_sided_abs_dev_from_mean"], abs=1e-12)
    gap = found.table.loc["mean absolute difference", "expected"]
    assert gap == pytest.approx(expected["mean_abs_diff_over_matchings"], abs=1e-10)
