"""Latent classes of the carcinoma ratings equal those of poLCA in R (Linzer & Lewis 2011)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from peernet.clusters.latent import answer_codes, fit_classes
from peernet.survey.item import Item

pytest.importorskip("stepmix")
CARCINOMA = Path(__file__).parents[3] / "shared" / "data" / "polca_latent_class" / "carcinoma.csv"
pytestmark = pytest.mark.skipif(not CARCINOMA.is_file(), reason="reference data are not here")


def test_three_classes_of_carcinoma_ratings_equal_polca():
    """poLCA(cbind(A, B, C, D, E, F, G) ~ 1, carcinoma, nclass = 3): llik, bic and Gsq."""
    ratings = pd.read_csv(CARCINOMA)
    codes = answer_codes(ratings, [Item(rater, "perspective", "nominal") for rater in ratings])
    model = fit_classes(codes, 3, starts=10, seed=0)
    patterns = ratings.value_counts().to_numpy()
    saturated = (patterns * np.log(patterns / len(ratings))).sum()
    assert model.log_likelihood == pytest.approx(-293.704979, abs=1e-6)
    assert model.bic == pytest.approx(697.1357, abs=1e-4)
    assert 2 * (saturated - model.log_likelihood) == pytest.approx(15.26171, abs=1e-5)
