"""Counts, densities and reciprocities of published networks equal those computed with R."""

from dataclasses import replace

import pandas as pd
import pytest

from peernet.errors import CodebookError
from peernet.graph.layers import layer_statistics
from peernet.survey import Item
from tests.made.networks import DATA, graph_of, published

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="shared data are not here")
KNOWN = DATA / "REFERENCE_NETWORK_STATS.csv"
REFERENCE = pd.read_csv(KNOWN).set_index(["dataset", "relation"]) if KNOWN.is_file() else pd.DataFrame()
THRESHOLDS = {"any": 1, "all": 1, "ge3": 3, "ge4": 4}
HERE = [key for key in REFERENCE.index if (DATA / key[0]).is_dir()]


def network(name, relation):
    """Graph of one relation, with a threshold where its name ends in one."""
    edges, people = published(name)
    layer, _, ending = relation.rpartition("_")
    if ending not in THRESHOLDS:
        layer, ending = relation, "any"
    if "year" in edges:
        edges["layer"] += "_y" + edges["year"].astype(str)
    if name == "aucs_aarhus":
        edges = pd.concat([edges, edges.rename(columns={"ego": "alter", "alter": "ego"})], ignore_index=True)
    edges = edges[edges["layer"] == layer]
    return graph_of(edges, people, items=[Item("q", "tie", layer=layer, at_least=THRESHOLDS[ending])])


@pytest.mark.parametrize(("name", "relation"), HERE)
def test_counts_density_and_reciprocity_equal_the_reference(name, relation):
    found, known = layer_statistics(network(name, relation)).iloc[0], REFERENCE.loc[(name, relation)]
    directions = 2 if pd.isna(known["edge_reciprocity"]) else 1
    assert found["people"] == known["n"]
    assert found["ties"] == known["ties"] * directions
    assert found["mutual"] == known["mutual_dyads"]
    assert found["one_sided"] == known["asym_dyads"]
    assert found["empty"] == known["null_dyads"]
    assert found["isolates"] == known["isolates"]
    assert found["density"] == pytest.approx(known["density"], abs=6e-6)
    assert found["transitivity"] == pytest.approx(known["transitivity_weak"], abs=6e-5)
    if directions == 1:
        assert found["reciprocity"] == pytest.approx(known["edge_reciprocity"], abs=6e-5)
        assert found["pair_reciprocity"] == pytest.approx(known["dyad_reciprocity_MoverMA"], abs=6e-5)


def test_never_is_no_tie_when_the_codebook_says_so():
    """Cross and Parker's consultants rated 1 for "never"; a codebook that does not say so is refused."""
    edges, people = published("cross_parker_consulting")
    edges = edges[edges["layer"] == "info_frequency"]
    item = Item("info", "tie", layer="info_frequency", low=1, high=5, at_least=2)
    told = graph_of(edges, people, items=[item])
    assert told.number_of_edges() == (edges["rating"] >= 2).sum() < len(edges) == 877
    with pytest.raises(CodebookError, match="nothing says from which rating on that is a tie"):
        graph_of(edges, people, items=[replace(item, at_least=None)])
