#!/usr/bin/env bash
# What becomes of a GraphML file with several networks, such as Network Canvas writes when interviews are merged.
#
# GraphML lets a file hold any number of graphs. Of a file with three interviews
# networkx 3.6.1   read_graphml returns the first, without a word: two of three respondents are gone.
# igraph 1.0.0     the same; asked for the second by index=1, as its manual has it, it says
#                  "Graph index was too large", so that nobody gets at the others.
# rustworkx 0.18.1 returns all three.
#
# Exits with 0 while this is so, with 1 once any of it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check networkx==3.6.1 rustworkx==0.18.1 igraph==1.0.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import warnings

import igraph
import networkx as nx
import rustworkx as rx

warnings.simplefilter("error")
graphs = "".join(
    f'<graph edgedefault="undirected"><data key="ego">{ego}</data>'
    + "".join(f'<node id="{k}"><data key="name">{name}</data></node>' for k, name in enumerate(named, start=1))
    + "</graph>"
    for ego, named in [("ann", ["ben", "cleo"]), ("dan", ["ben"]), ("eva", ["cleo", "ann", "dan"])]
)
with open("interviews.graphml", "w") as file:
    file.write(
        '<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        '<key id="ego" for="graph" attr.name="ego" attr.type="string"/>'
        f'<key id="name" for="node" attr.name="name" attr.type="string"/>{graphs}</graphml>'
    )

one = nx.read_graphml("interviews.graphml")
by_networkx = {key: data["name"] for key, data in one.nodes(data=True)}
by_igraph = igraph.Graph.Read_GraphML("interviews.graphml").vs["name"]
try:
    second = str(igraph.Graph.Read_GraphML("interviews.graphml", index=1).vs["name"])
except igraph.InternalError as error:
    second = str(error)
by_rustworkx = [[node["name"] for node in graph.nodes()] for graph in rx.read_graphml("interviews.graphml")]

print("networkx reads       ", one.graph.get("ego"), by_networkx)
print("igraph reads         ", by_igraph)
print("igraph, the second   ", second)
print("rustworkx reads      ", by_rustworkx)
everybody = [["ben", "cleo"], ["ben"], ["cleo", "ann", "dan"]]
same = [
    list(by_networkx.values()) == everybody[0],
    by_igraph == everybody[0],
    "Graph index was too large" in second,
    by_rustworkx == everybody,
]
print("as described" if all(same) else f"changed: {same}")
sys.exit(not all(same))
PYTHON
