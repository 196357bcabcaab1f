"""Network measures of Krackhardt's managers equal those of R's sna and igraph."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet._layer_statistics import layer_statistics
from peernet._position import describe_people, simmelian_ties
from tests.build_networks import graph_of, survey_of_edges

FOLDER = Path(__file__).parents[3] / "shared" / "refs" / "krackhardt_network"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="reference results are not here")
KNOWN = json.loads((FOLDER / "expected.json").read_text()) if FOLDER.is_dir() else {}
PEOPLE = [str(i) for i in range(1, 22)]
LAYERS = ("advice", "friendship", "reports_to")


def ties():
    wide = pd.read_csv(FOLDER / "edges.csv")
    long = wide.melt(["ego", "alter"], list(LAYERS), var_name="layer", value_name="named")
    return long[long["named"] == 1][["ego", "alter", "layer"]].reset_index(drop=True)


@pytest.fixture(scope="module")
def graph():
    return graph_of(ties(), PEOPLE)


@pytest.mark.parametrize("layer", LAYERS)
def test_counts_density_reciprocity_and_centralisation(graph, layer):
    found, known = layer_statistics(graph).loc[layer], KNOWN[layer]
    assert found["ties"] == known["n_ties"]
    census = known["dyad_census"]
    assert found[["mutual", "one_sided", "empty"]].tolist() == [census["Mut"], census["Asym"], census["Null"]]
    for ours, theirs in {
        "density": "density",
        "reciprocity": "reciprocity_edgewise",
        "pair_reciprocity": "reciprocity_dyadic_nonnull",
        "transitivity": "transitivity_weak",
        "centralisation_in": "centralization_indegree",
        "centralisation_out": "centralization_outdegree",
    }.items():
        assert found[ours] == pytest.approx(known[theirs], abs=1e-12), ours


@pytest.mark.parametrize("layer", LAYERS)
def test_degrees_constraint_and_betweenness(graph, layer):
    found, known = describe_people(graph, layers=[layer], betweenness=True), KNOWN[layer]
    assert found[f"received_{layer}"].tolist() == known["indegree"]
    assert found[f"sent_{layer}"].tolist() == known["outdegree"]
    np.testing.assert_allclose(found["constraint"], known["constraint_burt"], atol=1e-12)
    np.testing.assert_allclose(found["betweenness"], known["betweenness"], atol=1e-11)


@pytest.mark.parametrize("layer", LAYERS)
def test_simmelian_ties(graph, layer):
    assert simmelian_ties(pn.layer_matrix(graph, layer)).sum() / 2 == KNOWN[layer]["simmelian_n_pairs"]
    assert describe_people(graph, layers=[layer])["simmelian"].sum() / 2 == KNOWN[layer]["simmelian_n_pairs"]


@pytest.mark.parametrize("layer", LAYERS)
def test_ties_under_both_rules(graph, layer):
    assert pn.tie_layer(graph, layer, rule="either").number_of_edges() == KNOWN[layer]["symm_max_ties"]
    assert pn.tie_layer(graph, layer, rule="mutual").number_of_edges() == KNOWN[layer]["symm_min_ties"]


def survey(layer):
    boss = {person: None if b is None else str(b) for person, b in KNOWN["boss"].items()}
    manager = pd.Series(boss, dtype="str").reindex(PEOPLE)
    chosen = ties()
    return survey_of_edges(chosen[chosen["layer"] == layer], PEOPLE, manager=manager.to_numpy())
