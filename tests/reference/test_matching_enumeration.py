"""The best pairing of ten managers equals the best of all 945, with and without the foundation as a gate."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from peernet.matching.fairness import GainSides, fairest, is_fairest
from peernet.matching.matching import max_weight_matching
from peernet.pairing.objectives import price_of_fairness

MANAGERS = Path(__file__).parents[3] / "shared" / "refs" / "matching_enumeration"
pytestmark = pytest.mark.skipif(not MANAGERS.is_dir(), reason="reference results are not here")


@pytest.mark.parametrize("gate", ["ungated", "gated"])
@pytest.mark.parametrize("cardinality", [None, "max"])
def test_the_best_pairing_of_ten_managers_equals_the_enumeration(gate, cardinality):
    expected = json.loads((MANAGERS / "expected.json").read_text())
    best = expected[gate]["utilitarian"]
    cells = pd.read_csv(MANAGERS / "weights.csv")
    weight, gates = (cells.pivot(index="i", columns="j", values=name) for name in ("weight", "gate"))
    allowed = gates.to_numpy() == 1 if gate == "gated" else None
    found = max_weight_matching(weight.to_numpy(), allowed=allowed, cardinality=cardinality)
    assert found.proven
    assert found.objective == pytest.approx(best["total"], abs=1e-9)
    if gate == "gated":  # ungated, several pairings tie within the ten printed digits
        ids = np.array(expected["ids"])
        assert [ids[list(pair)].tolist() for pair in found.pairs] == best["pairs"]


@pytest.mark.parametrize("gate", ["ungated", "gated"])
def test_the_fairest_pairing_of_ten_managers_and_its_price_equal_the_enumeration(gate):
    expected = json.loads((MANAGERS / "expected.json").read_text())
    fair = expected[gate]["leximin"]
    cells = pd.read_csv(MANAGERS / "weights.csv")
    weight, gates = (cells.pivot(index="i", columns="j", values=name).to_numpy() for name in ("weight", "gate"))
    value = np.where((gates == 1) | (gate == "ungated"), weight, np.nan)
    np.fill_diagonal(value, np.nan)
    sides = GainSides(weight, value, np.ones(10, dtype=np.int64))
    found = fairest(sides, max_weight_matching(value))
    ids = np.array(expected["ids"])
    assert [ids[list(pair)].tolist() for pair in found.pairs] == fair["pairs"]
    assert sides.levels(found.pairs).min() == pytest.approx(expected[gate]["bottleneck_max_min"], abs=1e-9)
    assert np.sort(sides.levels(found.pairs))[::2] == pytest.approx(fair["sorted"], abs=1e-9)
    assert found.objective == pytest.approx(fair["total"], abs=1e-9)
    assert price_of_fairness(found) == pytest.approx(expected[gate]["price_of_fairness"], abs=1e-9)
    assert is_fairest(sides, found)
