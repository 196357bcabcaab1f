"""Distances of the Krackhardt managers and what each item contributes to them equal the reference from R."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet import Survey
from peernet.distance.distances import frame_distances, gower_distances
from peernet.survey import Codebook, Item

MANAGERS = Path(__file__).parents[3] / "shared" / "refs" / "pairs_rao_krackhardt"
pytestmark = pytest.mark.skipif(not MANAGERS.is_dir(), reason="reference results are not here")

KINDS = {"AGE": "numeric", "TENURE": "numeric", "LEVEL": "ordinal", "DEPT": "nominal"}


@pytest.fixture(scope="module")
def managers():
    return pd.read_csv(MANAGERS / "attributes.csv", index_col="id")


@pytest.fixture(scope="module")
def expected():
    return json.loads((MANAGERS / "expected.json").read_text())


def test_distances_equal_daisy(managers):
    table = gower_distances(managers, kinds=KINDS, weights="equal")
    np.testing.assert_allclose(table, pd.read_csv(MANAGERS / "gower.csv"), atol=1e-12)


def test_the_items_parts_sum_to_raos_quadratic_entropy(managers, expected):
    distances = frame_distances(managers, KINDS, None, "equal", 0.5)
    table, n = distances.to_frame().to_numpy(), len(managers)
    assert table.sum() / n**2 == pytest.approx(expected["rao_population"], abs=1e-9)
    assert distances.mean == pytest.approx(expected["rao_unbiased"], abs=1e-9)
    pairs = [(a, b) for a in managers.index for b in managers.index if a < b]
    parts = sum(distances.parts(a, b)["part"] for a, b in pairs) * 2 / n**2
    assert parts.to_dict() == pytest.approx(expected["contrib_by_item"], abs=1e-9)


def test_the_parts_of_one_pair_equal_the_reference(managers, expected):
    pair = expected["pair_example"]
    parts = frame_distances(managers, KINDS, None, "equal", 0.5).parts(pair["i"], pair["j"])
    assert parts["distance"].to_dict() == pytest.approx(pair["items"], abs=1e-12)
    assert parts["part"].sum() == pytest.approx(pair["d"], abs=1e-12)


def survey_of_managers(managers: pd.DataFrame) -> Survey:
    low, high = managers.min(), managers.max()
    items = [
        Item(name, "experience", kind)
        if kind == "nominal"
        else Item(name, "experience", kind, low=low[name], high=high[name])
        for name, kind in KINDS.items()
    ]
    people = managers.set_axis(managers.index.astype(str).rename("person"))
    ties = pd.DataFrame(columns=["ego", "alter", "layer", "rating"])
    codebook = Codebook((Item("person", "person"), *items))
    return Survey(people, ties, pd.DataFrame(), codebook, pd.DataFrame(), {})


def test_raos_entropy_by_item_equals_the_reference(managers, expected):
    found = pn.diversity.rao_by_item(survey_of_managers(managers), view="experience", weights="equal")
    assert found.table["diversity"].to_dict() == pytest.approx(expected["contrib_by_item"], abs=1e-9)
    assert found.table["share"].to_dict() == pytest.approx(expected["share_by_item"], abs=1e-9)
    assert found.total["diversity"] == pytest.approx(expected["sum_check"], abs=1e-9)


def test_a_pair_as_a_group_equals_the_reference(managers, expected):
    distances, pair = frame_distances(managers, KINDS, None, "equal", 0.5), expected["pair_example"]
    two = distances.block([pair["i"] - 1, pair["j"] - 1], [pair["i"] - 1, pair["j"] - 1])
    assert pn.diversity.rao_entropy(two) == pytest.approx(pair["rao_pair"], abs=1e-12)
    assert pn.diversity.similarity_diversity(1 - two, order=2) == pytest.approx(pair["lc_q2_pair"], abs=1e-12)
