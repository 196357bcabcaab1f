"""Entropies, effective numbers and their partitions of vegan's dune meadows equal the references from R."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import peernet as pn

DUNE = Path(__file__).parents[3] / "shared" / "refs" / "diversity_dune"
pytestmark = pytest.mark.skipif(not DUNE.is_dir(), reason="reference results are not here")

ORDERS = {"q0": 0.0, "q1": 1.0, "q2": 2.0, "qInf": np.inf}


@pytest.fixture(scope="module")
def sites() -> pd.DataFrame:
    return pd.read_csv(DUNE / "dune.csv", index_col="site")


@pytest.fixture(scope="module")
def apart() -> np.ndarray:
    return pd.read_csv(DUNE / "taxon_distance.csv", index_col=0).to_numpy()


@pytest.fixture(scope="module")
def expected() -> dict:
    return json.loads((DUNE / "expected.json").read_text())


@pytest.fixture(scope="module")
def by_site() -> pd.DataFrame:
    return pd.read_csv(DUNE / "expected_by_site.csv", index_col="site")


@pytest.mark.parametrize(("end", "order"), [("0", 0.0), ("1", 1.0), ("2", 2.0), ("Inf", np.inf)])
def test_effective_numbers_of_each_site_equal_vegan_and_rdiversity(sites, apart, by_site, end, order):
    hill = [pn.diversity.hill_number(own, order=order) for own in sites.to_numpy()]
    alike = [pn.diversity.similarity_diversity(1 - apart, own, order=order) for own in sites.to_numpy()]
    np.testing.assert_allclose(hill, by_site[f"hill{end}"], atol=1e-9)
    np.testing.assert_allclose(alike, by_site[f"lc_q{end}"], atol=1e-9)
    own_alpha = pn.diversity.partition_diversity(sites.T, 1 - apart, order=order).groups["alpha"]
    if order < np.inf:
        np.testing.assert_allclose(own_alpha, by_site[f"rdiv_normalpha_q{end}"], atol=1e-9)


def test_entropy_of_each_site_equals_ade4(sites, apart, by_site):
    own = [pn.diversity.rao_entropy(apart, shares) for shares in sites.to_numpy()]
    np.testing.assert_allclose(own, by_site["rao_ade4_divc"], atol=1e-9)
    blau = [pn.diversity.rao_entropy(1 - np.eye(len(apart)), shares) for shares in sites.to_numpy()]
    np.testing.assert_allclose(blau, by_site["blau"], atol=1e-9)


@pytest.mark.parametrize("order", ORDERS)
def test_the_partition_equals_rdiversity(sites, apart, expected, order):
    alike = pn.diversity.partition_diversity(sites.T, 1 - apart, order=ORDERS[order]).whole
    unlike = pn.diversity.partition_diversity(sites.T, order=ORDERS[order]).whole
    found = {f"raw_meta_{name}": alike[f"raw_{name}"] for name in ("alpha", "beta", "rho")}
    found |= {f"norm_meta_{name}": alike[name] for name in ("alpha", "beta", "rho")}
    found |= {"meta_gamma": alike["gamma"], "naive_meta_gamma": unlike["gamma"]}
    found |= {f"naive_norm_meta_{name}": unlike[name] for name in ("alpha", "beta")}
    assert found == pytest.approx(expected["metacommunity"][order], abs=1e-9)


def test_both_weightings_of_raos_partition_equal_the_reference(sites, apart, expected):
    by_size = pn.diversity.rao_partition(sites.T, apart)
    names = {"beta_prop": "beta_share", "gamma_equiv": "gamma_number", "alpha_equiv": "alpha_number"}
    names |= {"beta_equiv_ratio": "beta_number"}
    reference = expected["rao_partition_size_weighted"]
    found = {name: by_size[names.get(name, name)] for name in reference}
    assert found == pytest.approx(reference, abs=1e-9)
    equal = pn.diversity.rao_partition(sites.T, apart, weights="equal")
    reference = expected["rao_partition_equal_weight"]
    assert equal[list(reference)].to_dict() == pytest.approx(reference, abs=1e-9)
    ade4 = {"Between samples": by_size["beta"], "Within samples": by_size["alpha"], "Total": by_size["gamma"]}
    assert ade4 == pytest.approx(expected["ade4_apqe"], abs=1e-9)
