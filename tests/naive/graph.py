"""The colleague graph's measures pair by pair and person by person, as their definitions read."""

from __future__ import annotations

from itertools import permutations

import networkx as nx


def foundation_state(graph, a, b):
    """Mutual, refused, introduced or unknown, for two people who answered or did not."""
    layers = graph.graph["foundation"]
    if all(named(graph, a, b, layer) and named(graph, b, a, layer) for layer in layers):
        return "mutual"
    if any(withheld(graph, x, y, layer) for layer in layers for x, y in ((a, b), (b, a))):
        return "refused"
    trust = ["trust"] if "trust" in layers else list(layers)
    joined = lambda x, y: all(named(graph, x, y, t) and named(graph, y, x, t) for t in trust)  # noqa: E731
    if any(joined(a, c) and joined(b, c) for c in graph if c not in (a, b)):
        return "introduced"
    return "unknown"


def named(graph, ego, alter, layer):
    """Whether the ego named the alter on a layer."""
    return graph.has_edge(ego, alter, key=layer)


def withheld(graph, ego, alter, layer):
    """Whether the ego knows the alter, was asked about them, answered, and did not name them."""
    facts = graph.graph
    knows = graph.has_edge(ego, alter) or (ego, alter) in facts["rated_low"][layer]
    asked = (ego, alter) not in facts["not_asked"][layer] | facts["unknown"][layer]
    return knows and asked and ego in facts["answered"][layer] and not named(graph, ego, alter, layer)


def available_statistics(graph, layer):
    """Cells, ties, mutual, one-sided and empty pairs, over what was asked and answered."""
    answered, skipped = graph.graph["answered"][layer], graph.graph["not_asked"][layer] | graph.graph["unknown"][layer]
    cells = [(a, b) for a, b in permutations(graph, 2) if a in answered and (a, b) not in skipped]
    ties = [cell for cell in cells if named(graph, *cell, layer)]
    both = {frozenset(cell) for cell in cells if cell[::-1] in set(cells)}
    mutual = sum(all(named(graph, *way, layer) for way in permutations(pair)) for pair in both)
    one_sided = sum(any(named(graph, *way, layer) for way in permutations(pair)) for pair in both) - mutual
    return {
        "cells": len(cells),
        "ties": len(ties),
        "mutual": mutual,
        "one_sided": one_sided,
        "empty": len(both) - mutual - one_sided,
    }


def cut_off_in_a_random_network(people, ties, rng):
    """How many the first person holds to the largest part alone, with so many ties placed by lot."""
    graph = nx.gnm_random_graph(people, ties, seed=int(rng.integers(2**31)))
    own = nx.node_connected_component(graph, 0) - {0}
    sizes = [len(part) for part in nx.connected_components(graph.subgraph(own))]
    return sum(sizes) - max(sizes, default=0)
