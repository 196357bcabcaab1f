#!/usr/bin/env bash
# What becomes of yes, no and no answer when networkx writes a network to GraphML and other libraries read it.
#
# networkx 3.6.1   writes the booleans of GraphML as True and False; the format's own words are true and false.
# rustworkx 0.18.1 refuses such a file: "provided string was not `true` or `false`".
# igraph 1.0.0     reads it, and reads somebody who has no answer as False, though the file says nothing of them:
#                  whoever did not say whether they agree to take part has said no. Numbers it reads as nan.
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

import igraph
import networkx as nx
import rustworkx as rx

network = nx.DiGraph()
network.add_node("ann", agrees=True, age=41.0)
network.add_node("ben", agrees=False, age=35.0)
network.add_node("cleo")  # gave no answer
network.add_edge("ann", "cleo", layer="trust")
nx.write_graphml(network, "people.graphml")
written = open("people.graphml").read()
assert nx.read_graphml("people.graphml").nodes["cleo"] == {}, "networkx itself keeps no answer apart"

try:
    rx.read_graphml("people.graphml")
    refused = ""
except Exception as error:
    refused = str(error)

read = igraph.Graph.Read_GraphML("people.graphml")
people = {person["id"]: (person["agrees"], person["age"]) for person in read.vs}

with open("lower.graphml", "w") as file:
    file.write(written.replace(">True<", ">true<").replace(">False<", ">false<"))
told = {person["id"]: person["agrees"] for person in rx.read_graphml("lower.graphml")[0].nodes()}

print("networkx writes     ", "True" if ">True<" in written else "true")
print("rustworkx says      ", refused or "nothing")
print("igraph reads        ", people)
print("rustworkx, once the words are in small letters:", told)
same = [
    ">True<" in written,
    "was not `true` or `false`" in refused,
    people["cleo"][0] is False and people["cleo"][1] != people["cleo"][1],
    told["cleo"] is None,
]
print("as described" if all(same) else f"changed: {same}")
sys.exit(not all(same))
PYTHON
