"""Reliability and signs of carelessness equal those of R's psych, lavaan and careless."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from peernet.survey.quality import answer_spread, even_odd_consistency, longest_run, mahalanobis
from peernet.survey.reliability import reliability_of

FOLDER = Path(__file__).parents[3] / "shared" / "refs"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="reference results are not here")
SCALES = ("agree", "conscientious", "extraversion", "neuroticism", "openness")


@pytest.fixture(scope="module")
def known():
    return json.loads((FOLDER / "bfi_reliability" / "expected.json").read_text())


@pytest.fixture(scope="module")
def bfi(known):
    """Each scale's whole answers, reversed items turned round as the reference does (7 - x)."""
    answers = pd.read_csv(FOLDER / "bfi_reliability" / "bfi_items.csv").astype(float)
    turned = answers.assign(
        **{name: 7 - answers[name] for s in known.values() for name in np.atleast_1d(s["reversed"])}
    )
    return {scale: turned[known[scale]["items"]].dropna() for scale in SCALES}


@pytest.mark.parametrize("scale", SCALES)
def test_alpha_its_interval_and_the_mean_correlation(bfi, known, scale):
    found, expected = reliability_of(bfi[scale]), known[scale]["complete"]
    assert len(bfi[scale]) == expected["n"]
    assert found["alpha"] == pytest.approx(expected["alpha_raw"], abs=1e-10)
    assert found["mean_r"] == pytest.approx(expected["average_r"], abs=1e-10)
    assert [found["low"], found["high"]] == pytest.approx(known[scale]["alpha_feldt_ci95_complete"], abs=1e-10)


@pytest.mark.parametrize("scale", SCALES)
def test_omega_by_one_factor_and_maximum_likelihood(bfi, known, scale):
    assert reliability_of(bfi[scale])["omega"] == pytest.approx(known[scale]["omega_cfa_ml_complete"], abs=1e-5)


@pytest.mark.parametrize("scale", SCALES)
def test_alpha_without_each_item(bfi, known, scale):
    for item, alpha in known[scale]["complete"]["alpha_if_dropped"].items():
        assert reliability_of(bfi[scale].drop(columns=item))["alpha"] == pytest.approx(alpha, abs=1e-10)


@pytest.fixture(scope="module")
def answers():
    return pd.read_csv(FOLDER / "careless_indices" / "careless_dataset.csv")


@pytest.fixture(scope="module")
def indices():
    return pd.read_csv(FOLDER / "careless_indices" / "expected_indices.csv")


def test_longest_run_and_spread(answers, indices):
    assert longest_run(answers).tolist() == indices["longstring"].tolist()
    np.testing.assert_allclose(answer_spread(answers), indices["irv"], rtol=0, atol=1e-12)


def test_mahalanobis_distance_and_whom_it_sets_apart(answers, indices):
    found = mahalanobis(answers)
    np.testing.assert_allclose(found, indices["mahad"], rtol=0, atol=1e-9)
    assert (found > chi2.ppf(0.99, 50)).tolist() == indices["mahad_flag99"].tolist()


def test_even_odd_consistency_has_the_other_sign(answers, indices):
    """R's evenodd is the larger the more careless; five people's halves do not vary."""
    found = even_odd_consistency(answers, [name[:-1] for name in answers])
    np.testing.assert_allclose(found, -indices["evenodd"], rtol=0, atol=1e-12, equal_nan=True)
