"""Variances and reciprocities of round-robin ratings equal those of R's TripleR."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from peernet.graph import social_relations

LIKING = Path(__file__).parents[3] / "shared" / "refs" / "srm_liking"
pytestmark = pytest.mark.skipif(not LIKING.is_dir(), reason="reference results are not here")


@pytest.fixture(scope="module")
def liking():
    names = {"perceiver.id": "ego", "target.id": "alter", "liking_a": "rating"}
    return pd.read_csv(LIKING / "likingLong.csv").rename(columns=names)[[*names.values()]]


@pytest.mark.parametrize(("ours", "theirs"), [("estimate", "estimate"), ("standardised", "standardized")])
def test_variances_and_reciprocities_equal_tripler(liking, ours, theirs):
    known = json.loads((LIKING / "expected.json").read_text())[theirs]
    found = social_relations(liking).table[ours]
    np.testing.assert_allclose(found, [value for value in known if value is not None], atol=1e-8)


def test_a_tenth_of_the_ratings_missing_changes_little(liking, rng):
    """The moments allow for what is missing; the standard error of the full estimate is .035."""
    some = social_relations(liking[rng.random(len(liking)) < 0.9]).table["estimate"]
    full = social_relations(liking).table["estimate"]
    assert np.abs(some - full).max() < 0.035
