#!/usr/bin/env bash
# How often two ties that meet are closed by a third, in a network where no two ties meet: there is nothing to count.
#
# networkx 3.6.1   transitivity and average_clustering are 0, the same as for a star of three ties, which closes none
#                  of three chances. Averaged over teams or weeks, those without ties pull the mean down.
# rustworkx 0.18.1 transitivity is 0 as well.
# igraph 1.0.0     transitivity_undirected is nan, and 0 for the star.
#
# R's sna 2.7-1, which is not on PyPI and is not run here, gives 1: gtrans(matrix(0, 4, 4)).
#
# Exits with 0 while this is so, with 1 once any of it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check networkx==3.6.1 rustworkx==0.18.1 igraph==1.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import math
import sys

import igraph
import networkx as nx
import rustworkx as rx

networks = {"no ties": [], "two ties apart": [(0, 1), (2, 3)], "a star of three": [(0, 1), (0, 2), (0, 3)]}
found = {}
for name, ties in networks.items():
    by_networkx = nx.empty_graph(4)
    by_networkx.add_edges_from(ties)
    by_rustworkx = rx.PyGraph()
    by_rustworkx.add_nodes_from(range(4))
    by_rustworkx.add_edges_from_no_data(ties)
    found[name] = {
        "networkx transitivity": nx.transitivity(by_networkx),
        "networkx average_clustering": nx.average_clustering(by_networkx),
        "rustworkx transitivity": rx.transitivity(by_rustworkx),
        "igraph transitivity_undirected": igraph.Graph(4, ties).transitivity_undirected(),
    }
    print(name, found[name])

same = [value == 0 for name in networks for library, value in found[name].items() if not library.startswith("igraph")]
igraphs = [found[name]["igraph transitivity_undirected"] for name in networks]
same += [math.isnan(igraphs[0]), math.isnan(igraphs[1]), igraphs[2] == 0]
print("as described" if all(same) else f"changed: {same}")
sys.exit(not all(same))
PYTHON
