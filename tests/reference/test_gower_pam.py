"""Distances equal R's cluster::daisy, with and without missing answers, and silhouettes those of cluster::pam."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from peernet.clusters.partition import silhouettes
from peernet.distance.distances import gower_distances

FLOWER = Path(__file__).parents[3] / "shared" / "refs" / "flower_gower_pam"
pytestmark = pytest.mark.skipif(not FLOWER.is_dir(), reason="reference results are not here")

KINDS = dict(
    zip(
        [f"V{v}" for v in range(1, 9)],
        ["asymmetric", "binary", "asymmetric", "nominal", "ordinal", "ordinal", "ordinal", "numeric"],
        strict=True,
    )
)


def flowers(name):
    frame = pd.read_csv(FLOWER / f"{name}.csv", index_col="id")
    for item in ("V1", "V3"):
        frame[item] = frame[item].astype("boolean")
    frame["V5"] = pd.Categorical(frame["V5"], categories=range(1, 4), ordered=True)
    frame["V6"] = pd.Categorical(frame["V6"], categories=range(1, 19), ordered=True)
    return frame


def daisy(name):
    return pd.read_csv(FLOWER / f"{name}.csv").to_numpy()


@pytest.mark.parametrize(
    ("answers", "expected"), [("flower", "gower_typed"), ("flower_missing", "gower_typed_missing")]
)
def test_typed_distances_equal_daisy(answers, expected):
    weights = dict.fromkeys(KINDS, 1.0)
    table = gower_distances(flowers(answers), kinds=KINDS, weights=weights, min_shared=0)
    np.testing.assert_allclose(table, daisy(expected), atol=1e-11)


def test_plain_distances_equal_daisy():
    kinds = KINDS | {"V1": "binary", "V3": "binary", "V7": "numeric"}
    table = gower_distances(flowers("flower"), kinds=kinds, weights="equal")
    np.testing.assert_allclose(table, daisy("gower_default"), atol=1e-11)


@pytest.mark.parametrize(
    "expected", json.loads((FLOWER / "expected.json").read_text())["pam"] if FLOWER.is_dir() else []
)
def test_silhouettes_equal_those_of_pam(expected):
    label = np.array(expected["clustering"]) - 1
    width = silhouettes(daisy("gower_typed"), label, np.bincount(label))[0]
    assert width.mean() == pytest.approx(expected["avg_sil"], abs=1e-10)
