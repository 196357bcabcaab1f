#!/usr/bin/env bash
# Ties that igraph reads from GraphML are called by the identifiers of people.
#
# networkx 3.6.1  writes an identifier for each tie of a network in which two people can have several (<edge id="...">).
# igraph 1.0.0    reads the identifiers of people in their place: the first tie is called as the first person, the
#                 second as the second, and ties beyond the number of people by an empty text. No warning is given, and
#                 igraph writes them back so. Ratings joined to ties by these identifiers land on other ties, and names of
#                 people stand in a column that does not look as if it held any.
#
# Exits with 0 while this is so, with 1 once it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check networkx==3.6.1 igraph==1.0.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import igraph
import networkx as nx

network = nx.MultiDiGraph()
network.add_edge("ann", "ben", key="tie-1", layer="trust")
network.add_edge("ann", "ben", key="tie-2", layer="advice")
network.add_edge("ben", "ann", key="tie-3", layer="trust")
nx.write_graphml(network, "ties.graphml")
written = [key for _, _, key in nx.read_graphml("ties.graphml").edges(keys=True)]

read = igraph.Graph.Read_GraphML("ties.graphml")
ties = list(zip(read.es["layer"], read.es["id"]))
read.write_graphml("again.graphml")
again = open("again.graphml").read()

print("written, and read by networkx:", written)
print("read by igraph:               ", ties)
print("written again by igraph:      ", [line.strip() for line in again.splitlines() if 'key="e_id"' in line])
same = [
    written == ["tie-1", "tie-2", "tie-3"],
    ties == [("trust", "ann"), ("advice", "ben"), ("trust", "")],
    '<data key="e_id">ann</data>' in again and "tie-1" not in again,
]
print("as described" if all(same) else f"changed: {same}")
sys.exit(not all(same))
PYTHON
