"""Network measures of Krackhardt's managers equal those of R's sna and igraph."""

import json
from itertools import permutations
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.graph.measures import efficiency, is_cut_vertex, kept_efficiency, largest_share, simmelian_ties
from tests.made.networks import graph_of, survey_of_edges

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
    found, known = pn.graph.layer_statistics(graph, betweenness=True).loc[layer], KNOWN[layer]
    assert found["ties"] == known["n_ties"]
    census = known["dyad_census"]
    assert found[["mutual", "one_sided", "empty"]].tolist() == [census["Mut"], census["Asym"], census["Null"]]
    for ours, theirs in {
        "density": "density",
        "reciprocity": "reciprocity_edgewise",
        "pair_reciprocity": "reciprocity_dyadic_nonnull",
        "reciprocity_correlation": "reciprocity_correlation",
        "transitivity": "transitivity_weak",
        "centralisation_in": "centralization_indegree",
        "centralisation_out": "centralization_outdegree",
        "centralisation_betweenness": "centralization_betweenness",
    }.items():
        assert found[ours] == pytest.approx(known[theirs], abs=1e-12), ours
    alike = (found["mutual"] + found["empty"]) / found[["mutual", "one_sided", "empty"]].sum()
    assert alike == pytest.approx(known["reciprocity_dyadic"], abs=1e-12)
    assert 1 - alike == pytest.approx(known["hierarchy_reciprocity"], abs=1e-12)


@pytest.mark.parametrize("layer", LAYERS)
def test_connectedness_hierarchy_efficiency_and_upper_bounds(graph, layer):
    """R reads ties as leading downwards, and its bound is the one that reaches all others."""
    found, known = pn.graph.layer_hierarchy(graph, superiors="naming").loc[layer], KNOWN[layer]
    for ours, theirs in {
        "connectedness": "krackhardt_connectedness",
        "hierarchy": "krackhardt_hierarchy",
        "efficiency": "krackhardt_efficiency",
        "highest_superior": "krackhardt_lubness",
    }.items():
        assert found[ours] == pytest.approx(known[theirs], abs=1e-12), ours


def test_who_reports_to_whom_is_a_tree_if_those_named_stand_above(graph):
    known = {name: value for name, value in KNOWN["reports_to_transposed"].items() if name != "note"}
    assert set(known.values()) == {1}
    assert (pn.graph.layer_hierarchy(graph).loc["reports_to"] == 1).all()


@pytest.mark.parametrize("layer", LAYERS)
def test_triad_census(graph, layer):
    """From the census follows the transitivity R calls strong: how often a path goes with a tie, and none with none."""
    found, known = pn.graph.triad_census(graph).loc[layer].drop("people"), KNOWN[layer]
    assert found.to_dict() == known["triad_census"]
    assert 3 * found["300"] == known["simmelian_valued_sum"]
    triples = sum(count * closed_alike(kind) for kind, count in found.items())
    assert triples / (6 * found.sum()) == pytest.approx(known["transitivity_strong"], abs=1e-12)


def closed_alike(kind):
    """Ordered triples of one triad in which a path from the first over the second to the third goes with a tie."""
    triad = nx.triad_graph(kind)
    return sum(
        (triad.has_edge(a, b) and triad.has_edge(b, c)) == triad.has_edge(a, c) for a, b, c in permutations("abc")
    )


@pytest.mark.parametrize("layer", LAYERS)
def test_degrees_constraint_and_betweenness(graph, layer):
    found, known = pn.graph.describe_people(graph, layers=[layer], betweenness=True), KNOWN[layer]
    assert found[f"received_{layer}"].tolist() == known["indegree"]
    assert found[f"sent_{layer}"].tolist() == known["outdegree"]
    np.testing.assert_allclose(found["constraint"], known["constraint_burt"], atol=1e-12)
    np.testing.assert_allclose(found["betweenness"], known["betweenness"], atol=1e-11)


@pytest.mark.parametrize("layer", LAYERS)
def test_simmelian_ties(graph, layer):
    assert pn.graph.layer_statistics(graph).loc[layer, "simmelian"] == KNOWN[layer]["simmelian_n_pairs"]
    assert simmelian_ties(pn.graph.layer_matrix(graph, layer)).sum() / 2 == KNOWN[layer]["simmelian_n_pairs"]
    assert pn.graph.describe_people(graph, layers=[layer])["simmelian"].sum() / 2 == KNOWN[layer]["simmelian_n_pairs"]


@pytest.mark.parametrize("layer", LAYERS)
def test_ties_under_both_rules(graph, layer):
    assert pn.graph.tie_layer(graph, layer, rule="either").number_of_edges() == KNOWN[layer]["symm_max_ties"]
    assert pn.graph.tie_layer(graph, layer, rule="mutual").number_of_edges() == KNOWN[layer]["symm_min_ties"]


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
        ties = nx.to_numpy_array(pn.graph.tie_layer(graph, layer, rule=rule), nodelist=PEOPLE, weight=None) > 0
        rest = ties[np.ix_(others, others)]
        assert efficiency(ties) == pytest.approx(known[name]["eff_full"], abs=1e-12)
        assert efficiency(rest) == pytest.approx(known[name]["eff_without_managers"], abs=1e-12)
        assert largest_share(rest) == pytest.approx(known[name]["lcc_without_managers"], abs=1e-12)
        assert rest.sum() / (16 * 15) == pytest.approx(known[name]["density_without_managers"], abs=1e-12)
    named = nx.to_numpy_array(pn.graph.tie_layer(graph, layer, rule="sent"), nodelist=PEOPLE, weight=None) > 0
    assert efficiency(named) == pytest.approx(known["directed_eff_full"], abs=1e-12)
    rest = named[np.ix_(others, others)]
    assert efficiency(rest) == pytest.approx(known["directed_eff_without_managers"], abs=1e-12)


@pytest.mark.parametrize("layer", ["advice", "friendship"])
def test_efficiency_without_each_person_and_cut_vertices(graph, layer):
    known = KNOWN["leader_independence"][layer]
    weak, mutual = (
        nx.to_numpy_array(pn.graph.tie_layer(graph, layer, rule=rule), nodelist=PEOPLE, weight=None) > 0
        for rule in ("either", "mutual")
    )
    np.testing.assert_allclose(kept_efficiency(weak) * efficiency(weak), known["weak_vertex_removal_eff"], atol=1e-12)
    cut = [i + 1 for i in range(len(PEOPLE)) if is_cut_vertex(mutual, i)]
    assert cut == known["articulation_points_mutual"]


@pytest.mark.parametrize("layer", ["advice", "friendship"])
def test_each_managers_team(graph, layer):
    own = survey(layer)
    found = pn.graph.leader_independence(own, pn.colleague_graph(own), rules=["sent"], floor=1).table.set_index("team")
    for team in KNOWN["leader_independence"][layer]["teams"]:
        row = found.loc[str(team["manager"])]
        assert row["people"] == len(team["members"]) + 1
        assert row["density"] == pytest.approx(team["within_density_directed"], abs=1e-12)
        assert row["peers"] == pytest.approx(team["share_with_peer_adviser"], abs=1e-12)
        assert row["leader"] == pytest.approx(team["share_naming_manager"], abs=1e-12)
