"""Group stability equals Hennig's scheme in R on the same resamples of the iris data."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from peernet.clusters.evidence import jaccards
from tests.naive.distance import pam

IRIS = Path(__file__).parents[3] / "shared" / "refs" / "clusterboot_iris_pam"
pytestmark = pytest.mark.skipif(not IRIS.is_dir(), reason="reference results are not here")


def test_jaccard_overlaps_equal_the_reference_draw_by_draw():
    expected = json.loads((IRIS / "expected.json").read_text())
    measures = pd.read_csv(IRIS / "iris.csv").iloc[:, 1:5]
    measures = ((measures - measures.mean()) / measures.std()).to_numpy()
    table = np.sqrt(((measures[:, None] - measures) ** 2).sum(axis=2))
    drawn = pd.read_csv(IRIS / "bootstrap_indices_1based.csv").to_numpy() - 1

    label = np.array(expected["base_clustering"]) - 1
    overlaps = jaccards(label, np.array([grouped_again(table, people, expected["k"]) for people in drawn]))
    np.testing.assert_allclose(overlaps, pd.read_csv(IRIS / "jaccard_by_boot.csv"), atol=1e-8)
    assert overlaps.mean(axis=0) == pytest.approx(expected["jaccard_mean_unique_points"], abs=1e-8)
    assert (overlaps > 0.75 + 1e-9).sum(axis=0).tolist() == expected["recovered_0.75"]


def grouped_again(table, people, k):
    """Group of everybody by the reference's own method, -1 for those not drawn."""
    part = table[np.ix_(people, people)]
    group = np.full(len(table), -1)
    group[people] = part[pam(part, k)].argmin(axis=0)
    return group
