"""Time to place 10,000 people with 100,000 ties, beside networkx: ``python tests/benchmarks/bench_position.py``."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import networkx as nx
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

import peernet as pn
from tests.made.networks import graph_of

PEOPLE, TIES, NEIGHBOURS = 10_000, 100_000, 30
LIMIT = 5.0
SAMPLE = 100  # people for whom networkx is timed


def organisation(seed: int = 0) -> nx.MultiDiGraph[str]:
    """People who mostly name those near them, half of them named back."""
    rng = np.random.default_rng(seed)
    ego = rng.integers(0, PEOPLE, TIES)
    alter = (ego + rng.integers(1, NEIGHBOURS, TIES)) % PEOPLE
    named = np.concatenate([np.column_stack([ego, alter]), np.column_stack([alter, ego])[: TIES // 2]])
    edges = pd.DataFrame(named, columns=["ego", "alter"]).drop_duplicates().head(TIES)
    return graph_of(edges.assign(layer="advice"), range(PEOPLE))


def timed(name: str, work) -> float:
    """Seconds a call takes, told."""
    start = perf_counter()
    work()
    seconds = perf_counter() - start
    print(f"{name:<48}{seconds:8.2f} s")
    return seconds


def main() -> None:
    """Print the times; fail where describing people takes longer than it may."""
    graph = organisation()
    views = pd.Series(np.arange(PEOPLE) % 5, index=list(graph))
    print(f"{len(graph):,} people, {graph.number_of_edges():,} ties")
    seconds = timed("describe_people, all but betweenness", lambda: pn.graph.describe_people(graph, perspective=views))
    timed("layer_statistics", lambda: pn.graph.layer_statistics(graph))
    timed("layer_hierarchy", lambda: pn.graph.layer_hierarchy(graph))
    timed("triad_census", lambda: pn.graph.triad_census(graph))
    plain = nx.DiGraph(pn.graph.tie_layer(graph, "advice", rule="sent"))
    timed("networkx triadic_census", lambda: nx.triadic_census(plain))
    some = list(plain)[:SAMPLE]
    slow = timed(f"networkx constraint, {SAMPLE} people", lambda: nx.constraint(plain, some))
    print(f"networkx constraint, everybody (extrapolated)   {slow * PEOPLE / SAMPLE:8.0f} s")
    if seconds > LIMIT:
        raise SystemExit(f"describe_people took {seconds:.1f} s; it may take {LIMIT:g} s.")


if __name__ == "__main__":
    main()
