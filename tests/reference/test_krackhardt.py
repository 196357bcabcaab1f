"""Network measures of Krackhardt's managers equal those of R's sna and igraph."""

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet._layer_statistics import layer_statistics
from peernet._position import describe_people, simmelian_ties
from peernet._resilience import efficiency, is_cut_vertex, kept_efficiency, largest_share
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


@pytest.mark.parametrize("layer", ["advice", "friendship"])
def test_efficiency_without_the_managers(graph, layer):
    """Under the mutual rule advice collapses without the five managers, under the other it does not."""
    known = KNOWN["leader_independence"][layer]
    others = np.array([int(person) not in KNOWN["managers"] for person in PEOPLE])
    for rule, name in (("either", "weak"), ("mutual", "mutual")):
        ties = nx.to_numpy_array(pn.tie_layer(graph, layer, rule=rule), nodelist=PEOPLE, weight=None) > 0
        rest = ties[np.ix_(others, others)]
        assert efficiency(ties) == pytest.approx(known[name]["eff_full"], abs=1e-12)
        assert efficiency(rest) == pytest.approx(known[name]["eff_without_managers"], abs=1e-12)
        assert largest_share(rest) == pytest.approx(known[name]["lcc_without_managers"], abs=1e-12)


@pytest.mark.parametrize("layer", ["advice", "friendship"])
def test_efficiency_without_each_person_and_cut_vertices(graph, layer):
    known = KNOWN["leader_independence"][layer]
    weak, mutual = (
        nx.to_numpy_array(pn.tie_layer(graph, layer, rule=rule), nodelist=PEOPLE, weight=None) > 0
        for rule in ("either", "mutual")
    )
    np.testing.assert_allclose(kept_efficiency(weak) * efficiency(weak), known["weak_vertex_removal_eff"], atol=1e-12)
    cut = [i + 1 for i in range(len(PEOPLE)) if is_cut_vertex(mutual, i)]
    assert cut == known["articulation_points_mutual"]


@pytest.mark.parametrize("layer", ["advice", "friendship"])
def test_each_managers_team(graph, layer):
    own = survey(layer)
    found = pn.leader_independence(own, pn.colleague_graph(own), rules=["sent"], floor=1).table.set_index("team")
    for team in KNOWN["leader_independence"][layer]["teams"]:
        row = found.loc[str(team["manager"])]
        assert row["people"] == len(team["members"]) + 1
        assert row["density"] == pytest.approx(team["within_density_directed"], abs=1e-12)
        assert row["peers"] == pytest.approx(team["share_with_peer_adviser"], abs=1e-12)
        assert row["leader"] == pytest.approx(team["share_naming_manager"], abs=1e-12)
