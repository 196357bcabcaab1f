"""Dispersion, silhouettes and gap statistic equal R's cluster::clusGap and pam on the Ruspini data."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from peernet.clusters.evidence import gap_number, gap_statistic
from peernet.clusters.partition import appraise, groupings
from tests.naive.distance import pam

RUSPINI = Path(__file__).parents[3] / "shared" / "refs" / "gap_silhouette_ruspini"
pytestmark = pytest.mark.skipif(not RUSPINI.is_dir(), reason="reference results are not here")


@pytest.fixture(scope="module")
def points():
    return pd.read_csv(RUSPINI / "ruspini.csv").to_numpy(float)


@pytest.fixture(scope="module")
def expected():
    return {key: np.array(value) for key, value in json.loads((RUSPINI / "expected.json").read_text()).items()}


def appraised(points, groups):
    table = cdist(points, points)
    return np.array([appraise(table, label) for label in groups(points, table)])


def around_medoids(_, table):
    return [table[pam(table, k)].argmin(axis=0) for k in range(1, 9)]


def by_k_means(points, _):
    return groupings(points, 8, axes=2)


def test_dispersion_and_silhouette_of_each_number_of_groups_equal_the_reference(points, expected):
    silhouette, dispersion = appraised(points, around_medoids).T
    np.testing.assert_allclose(np.log(dispersion), expected["logW"], atol=1e-10)
    np.testing.assert_allclose(silhouette[1:], expected["silhouette_pam"], atol=1e-12)


@pytest.mark.parametrize("space", ["original", "scaledPCA"])
def test_gap_equals_the_reference_and_finds_four_groups(points, expected, space):
    centred = points - points.mean(axis=0)
    turn = np.linalg.svd(centred, full_matrices=False)[2].T if space == "scaledPCA" else np.eye(2)
    low, high = (centred @ turn).min(axis=0), (centred @ turn).max(axis=0)
    rng = np.random.default_rng(1)
    uniform = [appraised(rng.uniform(low, high, points.shape) @ turn.T, by_k_means)[:, 1] for _ in range(200)]
    gap, se = gap_statistic(np.log(appraised(points, by_k_means)[:, 1]), np.log(uniform))
    np.testing.assert_allclose(gap, expected[f"gap_{space}"], atol=0.03)  # of PAM; k-means differs a little
    np.testing.assert_allclose(se, expected[f"se_{space}"], atol=0.01)
    assert gap_number(gap, se) == 4
